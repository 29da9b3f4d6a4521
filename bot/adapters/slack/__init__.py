"""Slack: commands, mentions, direct messages and buttons, over Socket Mode and signed HTTP.

A thin shell around the desk; knows Slack's payloads and nothing of how answers are found.
"""
