"""What should happen and when (expected), how a baton moves (handovers), how the trail is laid out (trail)."""
