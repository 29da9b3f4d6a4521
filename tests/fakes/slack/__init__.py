"""A small Slack on loopback: what the bot uses of the Web API, Socket Mode, reply addresses, and faults on demand."""
