"""A question becomes hits: pure functions over an Index, no files, no clock, no network."""
