"""The tables' history, one revision a change, run when a store is opened."""
