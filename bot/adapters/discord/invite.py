"""The link that puts the bot into a server, built from the application id.

Pure; the permissions are the few the bot uses.
"""

from urllib.parse import urlencode

VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS, ATTACH_FILES, READ_HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 16
SEND_IN_THREADS = 1 << 38
PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_HISTORY | SEND_IN_THREADS


def invite_link(application_id: str) -> str:
    """Where a server's admin adds the bot, with its commands and permissions. Raises ValueError for no id."""
    if not (application_id.isascii() and application_id.isdigit()):
        raise ValueError("an application id is digits only")
    query = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": str(PERMISSIONS),
        "integration_type": "0",
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
