"""What is done along a pathway: open and plan journeys, book and record contacts, pass the baton on."""
