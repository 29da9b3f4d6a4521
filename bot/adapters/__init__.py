"""Chat platforms, terminal and web: thin shells around the answers."""
