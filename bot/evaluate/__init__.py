"""Question sets, scores and the report."""
