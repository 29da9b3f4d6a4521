"""From what arrived to what was said: each event once, in time, and never in silence.

Knows surfaces and failures; the answers come from the desk, the way back from the replies.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.errors import SlackApiError

from bot.adapters.desk import Busy, Desk, soon
from bot.adapters.slack import render
from bot.adapters.slack.blocks import Message
from bot.adapters.slack.commands import is_help
from bot.adapters.slack.courier import Fate, error_of
from bot.adapters.slack.daily import DailyCommands
from bot.adapters.slack.home import home_view, prompts
from bot.adapters.slack.incoming import Incoming
from bot.adapters.slack.once import Once
from bot.adapters.slack.presses import Presses
from bot.adapters.slack.questions import Questions
from bot.adapters.slack.replies import Replies
from bot.adapters.slack.workspaces import Workspace
from bot.adapters.words import say
from bot.answer.model import Answer
from bot.errors import StoreError, UsageError
from bot.insights.daily import DailyReply

ANSWER_SECONDS = 30.0
STATUS_SECONDS = 1.5
APOLOGY_SECONDS = 1.5
_UNASKED = frozenset({"home", "prompts", "revoked", "removed"})
log = structlog.get_logger()


def reply_id(incoming: Incoming) -> str:
    """A short name for the reply to an event, the same in every redelivery."""
    return hashlib.sha256(f"{incoming.team_id}:{incoming.key}".encode()).hexdigest()[:16]


class Reactions:
    """What happens behind the acknowledgement, in a task of its own."""

    def __init__(
        self,
        *,
        desk: Desk,
        replies: Replies,
        once: Once,
        questions: Questions,
        presses: Presses,
        daily: DailyCommands | None,
        locale: str,
    ) -> None:
        self._desk = desk
        self._replies = replies
        self._once = once
        self._questions = questions
        self._presses = presses
        self._daily = daily
        self._locale = locale
        self._without_status: set[str] = set()
        self._surfaces: dict[str, Callable[[Incoming], Awaitable[None]]] = {
            "command": self._command,
            "press": presses.run,
            "mention": self._question,
            "direct": self._question,
            "thread": self._question,
            "home": self._home,
            "prompts": self._prompts,
            "removed": self._removed,
            "revoked": self._revoked,
        }

    async def react(self, incoming: Incoming) -> None:
        """React once. Whatever goes wrong, the one who asked gets one line with what to do or a reference code."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if await self._once.is_first(incoming.key):
                    await self._surfaces[incoming.surface](incoming)
        except UsageError as error:
            await self._tell(incoming, str(error))
        except StoreError as error:
            await self._fail(incoming, "shared.store_down", "store", error)
        except TimeoutError as error:
            await self._fail(incoming, "shared.late", "late", error)
        except asyncio.CancelledError:
            async with asyncio.timeout(APOLOGY_SECONDS):
                await self._tell(incoming, say("shared.restarting", self._locale))
            raise
        except Exception as error:
            await self._fail(incoming, "shared.failed", "handler", error)

    async def _fail(self, incoming: Incoming, line: str, kind: str, error: BaseException) -> None:
        code = self._desk.reference("slack", kind, error)
        await self._tell(incoming, say(line, self._locale, code=code))

    async def _tell(self, incoming: Incoming, text: str) -> None:
        if incoming.surface not in _UNASKED:
            await self._replies.tell(incoming, text)

    async def _command(self, incoming: Incoming) -> None:
        if incoming.name == "daily" and self._daily is not None and not is_help(incoming.text):
            message = await self._daily.run(incoming)
        else:
            message = await self._questions.run(incoming)
        await self._replies.privately(incoming, message)

    async def _question(self, incoming: Incoming) -> None:
        """A mention, a direct message, or a reply in the bot's own thread."""
        if incoming.surface == "thread" and not await self._is_ours(incoming):
            return
        if not incoming.text or is_help(incoming.text):
            if incoming.surface != "thread":
                await self._say(incoming, self._questions.help())
            return
        if incoming.surface == "direct":
            await self._show_status(incoming)
        outcome = await self._desk.ask(incoming.asker, incoming.text)
        if isinstance(outcome, Busy):
            await self._replies.privately(incoming, self._questions.busy(outcome))
        elif isinstance(outcome, Answer):
            await self._answer(incoming, outcome)
        elif incoming.surface != "thread":
            await self._say(incoming, render.refusal_message(outcome, locale=self._locale))
        elif outcome.outcome != "smalltalk":  # people talk among themselves there, so only the writer is told
            await self._replies.privately(incoming, render.refusal_message(outcome, locale=self._locale))

    async def _answer(self, incoming: Incoming, answer: Answer) -> None:
        message = render.answer_message(answer, reply=reply_id(incoming), locale=self._locale)
        sent = await self._replies.openly(incoming, message)
        if sent.fate is Fate.POSTED and incoming.surface == "direct":
            await self._desk.open(incoming.asker_in(incoming.thread_ts), answer.hit_id)

    async def _say(self, incoming: Incoming, message: Message) -> None:
        if incoming.surface == "mention" and not incoming.text:
            await self._replies.privately(incoming, message)
        else:
            await self._replies.openly(incoming, message)

    async def _is_ours(self, incoming: Incoming) -> bool:
        """True in a thread where the bot has answered within a day. Where that is not known nobody is disturbed."""
        try:
            key = self._desk.conversation_key("slack", incoming.conversation)
            return await self._desk.store.topic_of(key) is not None
        except StoreError as error:
            log.warning("slack_thread_not_known", reason=str(error))
            return False

    async def _show_status(self, incoming: Incoming) -> None:
        """The assistant's "is looking it up"; a workspace that does not take it is not asked again."""
        workspace = await self._replies.workspace(incoming)
        if workspace is None or incoming.team_id in self._without_status:
            return
        status = say("slack.status", self._locale)
        place = {"channel_id": incoming.channel_id, "thread_ts": incoming.thread_ts}
        try:
            async with asyncio.timeout(STATUS_SECONDS):
                await self._replies.courier.call(
                    workspace.bot_token, "assistant.threads.setStatus", **place, status=status
                )
        except SlackApiError as error:
            self._without_status.add(incoming.team_id)
            log.info("slack_status_not_taken", team=incoming.team_id, reason=error_of(error)[1])
        except (OSError, TimeoutError):
            log.info("slack_status_not_shown", team=incoming.team_id)

    async def _home(self, incoming: Incoming) -> None:
        workspace = await self._replies.workspace(incoming)
        if workspace is None:
            return
        answers = self._desk.library.default
        privacy = self._questions.privacy_words()
        upcoming = await self._upcoming(incoming, workspace)
        view = home_view(answers.episode, answers.insight(), privacy=privacy, locale=self._locale, upcoming=upcoming)
        await self._set(workspace.bot_token, "views.publish", user_id=incoming.user_id, view=view)

    async def _upcoming(self, incoming: Incoming, workspace: Workspace) -> DailyReply | None:
        if self._daily is None:
            return None
        try:
            return await soon(self._daily.upcoming(incoming, workspace))
        except StoreError as error:
            log.warning("slack_next_insight_not_read", reason=str(error))
            return None

    async def _prompts(self, incoming: Incoming) -> None:
        workspace = await self._replies.workspace(incoming)
        if workspace is None:
            return
        offered = prompts(self._desk.library.default)
        place = {"channel_id": incoming.channel_id} | ({"thread_ts": incoming.thread_ts} if incoming.thread_ts else {})
        title = say("slack.prompts_title", self._locale)
        method = "assistant.threads.setSuggestedPrompts"
        await self._set(workspace.bot_token, method, **place, title=title, prompts=offered)

    async def _set(self, token: str, method: str, **arguments: object) -> None:
        try:
            await self._replies.courier.call(token, method, **arguments)
        except SlackApiError as error:
            log.warning("slack_surface_not_set", method=method, reason=error_of(error)[1])
        except OSError:
            log.warning("slack_surface_not_set", method=method, reason="not reached")

    async def _removed(self, incoming: Incoming) -> None:
        await self._replies.workspaces.forget(incoming.team_id, incoming.enterprise_id)
        log.info("slack_workspace_removed", team=incoming.team_id)

    async def _revoked(self, incoming: Incoming) -> None:
        if incoming.revoked_bots:
            await self._replies.workspaces.forget(incoming.team_id, incoming.enterprise_id)
            log.info("slack_token_revoked", team=incoming.team_id)
