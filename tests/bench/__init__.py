"""The core beside plain BM25, bm25s and SQLite FTS5: quality and time in one run."""
