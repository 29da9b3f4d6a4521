"""Requests and answers as they go over the line: JSON, forms with files, what Discord adds to what it was told.

Knows shapes only, nothing of who asked.
"""

import json
from typing import Any

from aiohttp import web

from tests.fakes.discord import payloads
from tests.fakes.discord.faults import Fault


def as_json(answer: Any, status: int, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with the bare content type that Discord sends."""
    kind = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(answer).encode(), status=status, headers=kind | (headers or {}))


def ends(fault: Fault) -> bool:
    """True for a fault after which nothing is done."""
    return bool(fault.status or fault.is_dropped)


def kept(body: dict[str, Any]) -> dict[str, Any]:
    """The parts of a message that stay."""
    return {key: body[key] for key in ("embeds", "components") if body.get(key) is not None}


def as_synced(number: int, told: dict[str, Any]) -> dict[str, Any]:
    """A command as Discord gives it back."""
    extra = {"id": str(600000 + number), "application_id": str(payloads.APPLICATION_ID), "version": "1"}
    return {"default_member_permissions": None, "description": ""} | told | extra


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON of a request, also out of a form with files; a bare list under `list`."""
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        made: dict[str, Any] = json.loads(str(form["payload_json"]))
        made["files"] = [name for name in form if name.startswith("files[")]
        return made
    raw = await request.read()
    parsed = json.loads(raw) if raw else {}
    return {"list": parsed} if isinstance(parsed, list) else parsed
