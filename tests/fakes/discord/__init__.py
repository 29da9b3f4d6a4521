"""A small Discord on loopback: the REST routes and the gateway the bot uses, and the faults they are known for."""
