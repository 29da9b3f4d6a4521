"""Coverage-guided fuzzing of every parser of outside input: `make fuzz`, or `python -m tests.fuzz --seconds 60`.

The same targets run over their seeds in the ordinary suite, without atheris.
"""
