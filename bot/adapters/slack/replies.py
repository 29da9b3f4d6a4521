"""The way back to whoever asked: by the address that came along, else in the channel, else directly.

Knows routes; no answers. Nobody waits in vain, and nothing is sent twice.
"""

from typing import Any

import structlog

from bot.adapters.desk import Desk
from bot.adapters.slack import blocks as kit
from bot.adapters.slack.blocks import Message
from bot.adapters.slack.courier import BAD_TOKEN, Courier, Fate, Sent
from bot.adapters.slack.incoming import Incoming
from bot.adapters.slack.render import note_message
from bot.adapters.slack.workspaces import Workspace, Workspaces
from bot.adapters.words import say
from bot.errors import StoreError

_NOWHERE = Sent(fate=Fate.REFUSED, reason="not_installed")
log = structlog.get_logger()


class Replies:
    """Sends what handlers say."""

    def __init__(self, *, courier: Courier, workspaces: Workspaces, desk: Desk, locale: str) -> None:
        self.courier = courier
        self.workspaces = workspaces
        self.locale = locale
        self._desk = desk

    async def privately(self, incoming: Incoming, message: Message) -> Sent:
        """To the one who asked alone. An unclear send is followed by one line that says so, never by a second copy.

        What every way has refused goes once more as bare words: blocks may be what Slack does not like.
        """
        sent = await self._once(incoming, message)
        if sent.fate is Fate.REFUSED and message.blocks:
            log.warning("slack_message_refused", reason=sent.reason)
            sent = await self._once(incoming, Message(text=message.text))
        if sent.fate is Fate.UNCLEAR:
            code = self._desk.reference("slack", "unclear")
            await self._directly(incoming, note_message(say("slack.maybe_lost", self.locale, code=code)))
        elif sent.fate is Fate.REFUSED:
            self._desk.reference("slack", sent.reason or "refused")
        return sent

    async def tell(self, incoming: Incoming, text: str) -> Sent:
        """One line of ours, in private."""
        return await self.privately(incoming, note_message(text))

    async def openly(self, incoming: Incoming, message: Message) -> Sent:
        """Into the thread of the one who asked; in private where the channel does not take it."""
        workspace = await self.workspace(incoming)
        if workspace is None:
            return _NOWHERE
        sent = await self.post(workspace, incoming.channel_id, message, thread_ts=incoming.thread_ts)
        if sent.fate is Fate.REFUSED:
            return await self.privately(incoming, message)
        if sent.fate is Fate.UNCLEAR:
            code = self._desk.reference("slack", "unclear")
            await self._directly(incoming, note_message(say("slack.maybe_lost", self.locale, code=code)))
        return sent

    async def post(self, workspace: Workspace, channel: str, message: Message, *, thread_ts: str = "") -> Sent:
        """A message in a channel; a token that Slack refuses is looked up anew the next time."""
        sent = await self.courier.post(workspace.bot_token, channel, message, thread_ts=thread_ts)
        self._watch(workspace, sent)
        return sent

    async def workspace(self, incoming: Incoming) -> Workspace | None:
        """The installation it came from, or None where there is none or the store is down."""
        try:
            found = await self.workspaces.find(incoming.team_id, incoming.enterprise_id)
        except StoreError as error:
            log.warning("slack_workspace_not_read", reason=str(error))
            return None
        if found is None:
            log.warning("slack_workspace_unknown", team=incoming.team_id)
        return found

    async def _once(self, incoming: Incoming, message: Message) -> Sent:
        if incoming.view_type:
            return await self._window(incoming, message)
        if incoming.response_url:
            thread = incoming.thread_ts if incoming.surface == "press" else ""
            sent = await self.courier.respond(incoming.response_url, message, thread_ts=thread)
            if sent.fate is not Fate.REFUSED:
                return sent
            log.warning("slack_response_url_refused", reason=sent.reason)
        return await self._directly(incoming, message)

    async def _directly(self, incoming: Incoming, message: Message) -> Sent:
        """Without a response_url: in the direct message, else as a whisper in the channel, else as a direct message."""
        workspace = await self.workspace(incoming)
        if workspace is None:
            return _NOWHERE
        sent = Sent(fate=Fate.REFUSED, reason="no_channel")
        if incoming.is_direct and incoming.surface in ("direct", "press"):
            sent = await self.post(workspace, incoming.channel_id, message, thread_ts=incoming.thread_ts)
            if sent.reason != "channel_not_found":  # else two people talk there, and the bot is neither
                return sent
        elif incoming.channel_id and not incoming.is_direct:
            thread = "" if incoming.surface == "command" else incoming.thread_ts
            user, channel = incoming.user_id, incoming.channel_id
            sent = await self.courier.whisper(workspace.bot_token, channel, user, message, thread_ts=thread)
            self._watch(workspace, sent)
        if sent.fate is Fate.REFUSED and sent.reason not in BAD_TOKEN:
            sent = await self.post(workspace, incoming.user_id, message)
        return sent

    async def _window(self, incoming: Incoming, message: Message) -> Sent:
        workspace = await self.workspace(incoming)
        if workspace is None:
            return _NOWHERE
        view = _window_view(message)
        if incoming.view_type == "modal":
            sent = await self.courier.update_window(workspace.bot_token, incoming.view_id, view)
        else:
            sent = await self.courier.open_window(workspace.bot_token, incoming.trigger_id, view)
        if sent.fate is Fate.REFUSED:
            sent = await self.post(workspace, incoming.user_id, message)
        return sent

    def _watch(self, workspace: Workspace, sent: Sent) -> None:
        if sent.reason in BAD_TOKEN:
            log.warning("slack_token_refused", team=workspace.team_id, reason=sent.reason)
            self.workspaces.distrust(workspace)


def _window_view(message: Message) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": kit.plain("Chapter & Verse", 24),
        "blocks": list(message.blocks) or [kit.section(message.text)],
    }
