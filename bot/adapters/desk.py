"""The desk between every chat platform and the answers: limits, topics, votes, shares, privacy.

Same verbs for every adapter; knows no platform. Never raises for a store that is down where an answer is possible.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import structlog

from bot.adapters.limits import RateLimit
from bot.answer.library import Library
from bot.answer.model import Answer, Question, Refusal, Spoken
from bot.errors import StoreError
from bot.store.model import KeptQuestion
from bot.store.store import Store
from bot.telemetry import Telemetry, place_of

TOPIC_KEPT = timedelta(hours=24)
STORE_SECONDS = 1.5
"""What a question waits for the store, which it can do without."""
T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, where. `conversation` is the thread, direct message or replied-to message that keeps a topic.

    `is_account`: False where the id is only a network address, which is never stored, hashed neither.
    """

    platform: str
    user_id: str = field(repr=False)
    place_id: str = ""
    conversation: str | None = None
    is_account: bool = True


@dataclass(frozen=True, kw_only=True)
class Busy:
    """Asked too often: try again in so many seconds."""

    wait_seconds: int


class Desk:
    """What adapters call. `key` hashes user ids; `clock` gives aware UTC datetimes."""

    def __init__(
        self,
        *,
        library: Library,
        store: Store,
        telemetry: Telemetry,
        user_limit: RateLimit,
        place_limit: RateLimit,
        key: bytes,
        keep_questions: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.library = library
        self.store = store
        self.telemetry = telemetry
        self._user_limit = user_limit
        self._place_limit = place_limit
        self._key = key
        self._keep_questions = keep_questions
        self._clock = clock

    def user_hash(self, asker: Asker) -> str:
        """The keyed hash a person is known by in the store."""
        return hmac.new(self._key, f"{asker.platform}:{asker.user_id}".encode(), hashlib.sha256).hexdigest()[:32]

    def conversation_key(self, platform: str, conversation: str) -> str:
        """The key under which a conversation's topic is kept: a keyed hash, for it may hold a person's id."""
        return hmac.new(self._key, f"topic:{platform}:{conversation}".encode(), hashlib.sha256).hexdigest()[:32]

    def check_limit(self, asker: Asker) -> Busy | None:
        """None, or how long to wait."""
        seconds = self._user_limit.wait_seconds(f"{asker.platform}:{asker.user_id}")
        if not seconds and asker.place_id:
            seconds = self._place_limit.wait_seconds(f"{asker.platform}:{asker.place_id}")
        return Busy(wait_seconds=seconds) if seconds else None

    async def ask(
        self, asker: Asker, text: str, *, theme: str | None = None, topic: str | None = None
    ) -> Answer | Refusal | Busy:
        """Answer a question; a bare follow-up belongs to the conversation's topic, an answer becomes its topic.

        `topic` is a hit id that a client kept by itself, where there is no conversation to keep it.
        """
        if busy := self.check_limit(asker):
            return busy
        with self.telemetry.stage("ask", platform=asker.platform) as note:
            topic = topic or await self._topic(asker)
            with self.telemetry.stage("answer"):
                outcome = self.library.default.ask(Question(text=text, theme=theme, topic=topic))
            theme_name = outcome.theme.id if isinstance(outcome, Answer) and outcome.theme else ""
            self.telemetry.questions.labels(asker.platform, outcome.outcome, theme_name).inc()
            note(outcome=outcome.outcome, hit=outcome.hit_id if isinstance(outcome, Answer) else "")
            await self._remember(asker, text, outcome)
        return outcome

    async def open(self, asker: Asker, hit_id: str, *, question: str = "") -> Answer | None:
        """The answer behind a button; it becomes the conversation's topic. None: the knowledge has moved on."""
        answer = self.library.default.open(hit_id, question=question)
        if answer is not None:
            await self._remember_topic(asker, answer)
        return answer

    def at(self, time: str) -> Spoken:
        """What is said at a time. Raises UsageError."""
        return self.library.default.at(time)

    async def vote(self, asker: Asker, hit_id: str, *, is_up: bool) -> bool:
        """Count a vote; False for a hit this episode does not have. Raises StoreError."""
        answers = self.library.default
        if answers.open(hit_id) is None:
            return False
        await self.store.vote(
            episode_id=answers.episode.id,
            hit_id=hit_id,
            user_hash=self.user_hash(asker),
            platform=asker.platform,
            is_up=is_up,
        )
        return True

    async def forget(self, asker: Asker) -> int:
        """Remove what is kept of a person; how many entries that were. Raises StoreError."""
        return await self.store.forget_user(self.user_hash(asker))

    def reference(self, platform: str, kind: str, error: BaseException | None = None) -> str:
        """A short code for a failure: shown to the person, and logged with what an operator needs."""
        code = secrets.token_hex(3).upper()
        self.telemetry.failures.labels(platform, kind).inc()
        name = type(error).__name__ if error else None
        log.error("failed", platform=platform, kind=kind, reference=code, error=name, place=place_of(error))
        return code

    async def _topic(self, asker: Asker) -> str | None:
        if asker.conversation is None:
            return None
        try:
            with self.telemetry.stage("read_topic"):
                topic = await soon(self.store.topic_of(self.conversation_key(asker.platform, asker.conversation)))
        except StoreError as error:
            log.warning("topic_not_read", reason=str(error))
            return None
        return topic.hit_id if topic and topic.episode_id == self.library.default.episode.id else None

    async def _remember(self, asker: Asker, text: str, outcome: Answer | Refusal) -> None:
        hit_id = outcome.hit_id if isinstance(outcome, Answer) else None
        if isinstance(outcome, Answer):
            await self._remember_topic(asker, outcome)
        if self._keep_questions:
            kept = KeptQuestion(
                platform=asker.platform,
                user_hash=self.user_hash(asker) if asker.is_account else "",
                text=text,
                outcome=outcome.outcome,
                hit_id=hit_id,
                asked_at=self._clock(),
            )
            try:
                with self.telemetry.stage("keep_question"):
                    await soon(self.store.keep_question(kept))
            except StoreError as error:
                log.warning("question_not_kept", reason=str(error))

    async def _remember_topic(self, asker: Asker, answer: Answer) -> None:
        if asker.conversation is None:
            return
        key = self.conversation_key(asker.platform, asker.conversation)
        try:
            with self.telemetry.stage("keep_topic"):
                kept = self.store.remember_topic(
                    key, episode_id=answer.episode_id, hit_id=answer.hit_id, keep=TOPIC_KEPT
                )
                await soon(kept)
        except StoreError as error:
            log.warning("topic_not_kept", reason=str(error))


async def soon(work: Coroutine[Any, Any, T]) -> T:
    """What the store says; StoreError when it keeps a person waiting, and the work is cut short behind them."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=STORE_SECONDS)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if done:
        return task.result()
    task.cancel()
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    raise StoreError(f"database: no answer within {STORE_SECONDS:g} s")
