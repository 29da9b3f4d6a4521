"""Daily insights: what is due, which insight, who posts it, and the words around it.

Knows no chat platform; the adapters bring a poster each.
"""
