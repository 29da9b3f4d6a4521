"""Posts daily insights to Slack channels, and finds its own earlier posts by the mark in their metadata.

Knows the insights' poster protocol; decides only what happened, not what follows.
"""

from datetime import datetime

import structlog
from slack_sdk.errors import SlackApiError

from bot.adapters.desk import TOPIC_KEPT, Desk
from bot.adapters.slack import blocks as kit
from bot.adapters.slack import render
from bot.adapters.slack.blocks import Message
from bot.adapters.slack.config import SlackConfig
from bot.adapters.slack.courier import BAD_TOKEN, Fate, Sent, error_of, is_passing
from bot.adapters.slack.replies import Replies
from bot.adapters.slack.text import escape_within
from bot.adapters.slack.workspaces import Workspace
from bot.errors import StoreError
from bot.insights.poster import Absent, NotPosted, Outcome, Posted, Rejected, Sight, Unclear
from bot.insights.posts import DailyPost
from bot.store.model import Subscription

EVENT_TYPE = "chapterverse_daily"
PAGES = 5
_HISTORY = "channels:history"
_NOT_INSTALLED = "the bot is no longer installed in this workspace"
_FINAL = {
    "channel_not_found": "the channel is gone, or I am not in it: invite me with /invite",
    "not_in_channel": "I am not in the channel: invite me with /invite",
    "is_archived": "the channel is archived",
    "missing_scope": "a right is missing: install me again",
    "restricted_action": "a workspace setting keeps me from posting there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "no_permission": "I may not post there",
    "ekm_access_denied": "a workspace administrator has suspended posting",
    "team_access_not_granted": "I may not act in this workspace",
} | dict.fromkeys(BAD_TOKEN, _NOT_INSTALLED)
log = structlog.get_logger()


def workspace_key(team_id: str, workspace: Workspace) -> str:
    """What a subscription keeps of its workspace: the team, behind its organisation where that one installed."""
    is_of_organisation = workspace.enterprise_id and not workspace.team_id
    return f"{workspace.enterprise_id}/{team_id}" if is_of_organisation else team_id


def daily_message(post: DailyPost, *, locale: str) -> Message:
    """The post, the same in a preview as in the channel; its mark travels in the metadata."""
    parts = [kit.context(_source_line(post))]
    parts += render.thought_blocks(
        text=post.insight.text, question=post.insight.question, theme=post.theme, chapter=post.chapter
    )
    parts.append(kit.actions(*render.thought_buttons(post.moment, post.note_id, "", locale)))
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"mark": post.mark}}
    return kit.message(f"{post.insight.text} {post.insight.question}", parts, metadata=metadata)


def _source_line(post: DailyPost) -> str:
    """Where it comes from, behind whom an admin chose to call."""
    group = post.role_id or ""
    call = f"<!subteam^{group}> " if group.startswith("S") and group.isascii() and group.isalnum() else ""
    return call + escape_within(f"💭 {post.source}", kit.SECTION - 60)


class SlackPoster:
    """One platform's poster."""

    def __init__(self, *, replies: Replies, desk: Desk, config: SlackConfig) -> None:
        self._replies = replies
        self._desk = desk
        self._config = config

    async def post(self, subscription: Subscription, post: DailyPost) -> Outcome:
        """Post once. An answer that was lost is unclear, never tried again here."""
        try:
            workspace = await self._workspace(subscription)
        except StoreError as error:
            return NotPosted(reason=str(error))
        if workspace is None:
            return Rejected(reason=_NOT_INSTALLED)
        message = daily_message(post, locale=self._config.locale)
        sent = await self._replies.post(workspace, subscription.channel_id, message)
        if sent.fate is Fate.POSTED:
            await self._remember(subscription, post, sent.ts)
        return _outcome(sent, subscription.channel_id)

    async def find(self, subscription: Subscription, mark: str, since: datetime) -> Sight:
        """Look through the channel where the operator granted that; without it nobody can tell."""
        try:
            workspace = await self._workspace(subscription)
        except StoreError as error:
            return Unclear(reason=str(error), is_passing=True)
        if workspace is None:
            return Unclear(reason=_NOT_INSTALLED)
        if _HISTORY not in (workspace.scopes or self._config.optional_scopes):
            return Unclear(reason="Slack cannot tell whether it was posted without the optional right channels:history")
        try:
            return await self._look(workspace, subscription.channel_id, mark, since)
        except SlackApiError as error:
            reason = f"looking into the channel was refused ({error_of(error)[1]})"
            return Unclear(reason=reason, is_passing=is_passing(error))
        except OSError:
            return Unclear(reason="Slack could not be reached to look for an earlier post", is_passing=True)

    async def tell_admin(self, subscription: Subscription, text: str) -> bool:
        """A direct message to whoever set the subscription."""
        try:
            workspace = await self._workspace(subscription)
        except StoreError:
            return False
        if workspace is None or not subscription.admin_contact:
            return False
        channel = subscription.channel_id
        line = escape_within(text, kit.SECTION - 50) + (f" (<#{channel}>)" if channel.isalnum() else "")
        message = Message(text=line, blocks=(kit.marked_section(line),))
        sent = await self._replies.post(workspace, subscription.admin_contact, message)
        return sent.fate is Fate.POSTED

    async def _look(self, workspace: Workspace, channel: str, mark: str, since: datetime) -> Sight:
        cursor = ""
        for _ in range(PAGES):
            page = await self._replies.courier.call(
                workspace.bot_token,
                "conversations.history",
                channel=channel,
                oldest=f"{since.timestamp() - 5:.6f}",
                include_all_metadata=True,
                limit=200,
                **({"cursor": cursor} if cursor else {}),
            )
            for message in page.get("messages", ()):
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("mark") == mark:
                    return Posted(message_ref=f"{channel}:{message.get('ts', '')}")
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return Absent()
        return Unclear(reason="too many messages came since to look through them all")

    async def _workspace(self, subscription: Subscription) -> Workspace | None:
        enterprise, _, team = subscription.workspace_id.rpartition("/")
        return await self._replies.workspaces.find(team, enterprise)

    async def _remember(self, subscription: Subscription, post: DailyPost, ts: str) -> None:
        """So that a mention in the thread under the post knows what it is about."""
        team = subscription.workspace_id.rpartition("/")[2]
        key = self._desk.conversation_key("slack", f"{team}:{subscription.channel_id}:{ts}")
        try:
            store = self._desk.store
            await store.remember_topic(key, episode_id=post.episode_id, hit_id=post.note_id, keep=TOPIC_KEPT)
        except StoreError as error:
            log.warning("topic_not_kept", reason=str(error))


def _outcome(sent: Sent, channel: str) -> Outcome:
    if sent.fate is Fate.POSTED:
        return Posted(message_ref=f"{channel}:{sent.ts}")
    if sent.fate is Fate.UNCLEAR:
        return Unclear(reason=f"Slack's answer was lost ({sent.reason})")
    if sent.reason in _FINAL:
        return Rejected(reason=_FINAL[sent.reason])
    return NotPosted(reason=f"Slack did not take it ({sent.reason})", retry_after_seconds=sent.wait_seconds)
