"""The terminal: the whole bot with no token."""
