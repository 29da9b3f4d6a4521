"""Hits become an answer: the one door every adapter calls."""
