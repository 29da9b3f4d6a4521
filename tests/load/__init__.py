"""Load figures, run by hand: `python -m tests.load.slack`."""
