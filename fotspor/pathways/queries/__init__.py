"""What should happen, has happened, and is booked, narrowed to what the viewer may see."""
