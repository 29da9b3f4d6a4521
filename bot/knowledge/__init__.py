"""The knowledge folder as a running process sees it: loaded at start, built anew beside it when a file changes."""
