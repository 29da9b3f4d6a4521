"""Several processes on one PostgreSQL behind nginx, killed in turn; run by hand: `python -m tests.cluster --long`."""
