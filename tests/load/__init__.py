"""Load figures, run by hand: `python -m tests.load` for every entrance, `python -m tests.load.memory` for a million."""
