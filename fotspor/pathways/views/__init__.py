"""Pages of contacts, bookings, pregnancies, groups and batons."""
