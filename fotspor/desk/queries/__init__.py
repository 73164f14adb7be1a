"""What the staff's pages show, composed from the slices' own queries."""
