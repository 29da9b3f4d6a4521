"""What the bot remembers, on SQLite or PostgreSQL, spoken to through our own verbs.

Knows no chat platform and no knowledge files; nothing outside this folder sees SQL.
"""
