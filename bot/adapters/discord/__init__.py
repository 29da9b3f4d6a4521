"""Discord: slash commands, mentions and direct messages, over the gateway or signed HTTP."""
