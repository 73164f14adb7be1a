"""What should happen and when (plans), how a baton moves (handovers), how the trail is laid out (trail)."""
