"""Slack: renderer, gate, and the bot against a fake Slack."""
