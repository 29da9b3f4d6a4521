"""A Discord and a Slack as the doctor sees them: fixed answers by path, on loopback.

Knows nothing of the doctor; the fakes of the adapters serve what a running bot needs, these what is looked up once.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

DISCORD_TOKEN, BOT_TOKEN, APP_TOKEN = "discord-token-of-tests", "xoxb-of-tests", "xapp-of-tests"
ME, GUILD, EVERYONE = "900", "500", "500"
KEY = "ab" * 32


def _discord() -> dict[str, Any]:
    return {
        "gateway": {"url": "wss://x"},
        "users/@me": {"id": ME},
        "applications/@me": {"id": "77", "verify_key": KEY, "interactions_endpoint_url": None},
        "gateway/bot": {"url": "wss://x", "shards": 1, "session_start_limit": {"remaining": 900}},
        f"guilds/{GUILD}/members/{ME}": {"roles": ["11"]},
        f"guilds/{GUILD}/roles": [
            {"id": EVERYONE, "permissions": str(1 << 10)},
            {"id": "11", "permissions": str(1 << 11 | 1 << 14 | 1 << 16 | 1 << 38)},
            {"id": "12", "permissions": str(1 << 3)},
        ],
        "channels/1": {"id": "1", "type": 0, "guild_id": GUILD, "permission_overwrites": []},
    }


def _slack() -> dict[str, Any]:
    return {
        "api.test": {"ok": True},
        "auth.test": {"ok": True, "team_id": "T1"},
        "apps.connections.open": {"ok": True, "url": "wss://secret-ticket"},
        "conversations.info": {"ok": True, "channel": {"id": "C1", "is_member": True}},
    }


@dataclass
class Platforms:
    """Change the answers, then look at what the doctor says."""

    discord: dict[str, Any] = field(default_factory=_discord)
    slack: dict[str, Any] = field(default_factory=_slack)
    scopes: str = "app_mentions:read,assistant:write,chat:write,commands,im:history"
    date: str = ""
    url: str = ""

    def _headers(self) -> dict[str, str]:
        return {"x-oauth-scopes": self.scopes} | ({"Date": self.date} if self.date else {})

    async def answer_discord(self, request: web.Request) -> web.Response:
        """404 for what is not there, 403 for None, 401 without the token."""
        path = request.match_info["path"]
        if path != "gateway" and request.headers.get("Authorization") != f"Bot {DISCORD_TOKEN}":
            return web.json_response({"message": "401: Unauthorized"}, status=401, headers=self._headers())
        if path not in self.discord:
            return web.json_response({"message": "Unknown"}, status=404)
        found = self.discord[path]
        if found is None or isinstance(found, int):
            return web.json_response({"message": "no"}, status=found or 403)
        return web.json_response(found, headers=self._headers())

    async def answer_slack(self, request: web.Request) -> web.Response:
        """Slack says no with 200 and a word."""
        method = request.match_info["path"]
        known = {"apps.connections.open": APP_TOKEN, "api.test": ""}.get(method, BOT_TOKEN)
        if known and request.headers.get("Authorization") != f"Bearer {known}":
            return web.json_response({"ok": False, "error": "invalid_auth"}, headers=self._headers())
        found: Mapping[str, Any] = self.slack[method]
        return web.json_response(dict(found), headers=self._headers())


@asynccontextmanager
async def serving() -> AsyncIterator[Platforms]:
    """Both, until the end of the block."""
    platforms = Platforms()
    app = web.Application()
    app.router.add_get("/discord/{path:.*}", platforms.answer_discord)
    app.router.add_post("/slack/{path:.*}", platforms.answer_slack)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platforms.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield platforms
    finally:
        await runner.cleanup()
