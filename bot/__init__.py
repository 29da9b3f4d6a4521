"""Chapter & Verse: answers questions about a podcast episode and cites the moment."""

__version__ = "0.1.0"
