"""The desk between every platform and the answers, over a real store."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.adapters.desk import Asker, Busy, Desk
from bot.adapters.limits import RateLimit
from bot.answer.library import Library
from bot.answer.model import Answer, Question, Refusal
from bot.answer.service import Answers
from bot.errors import StoreError, UsageError
from bot.store.model import Topic
from bot.store.store import Store
from bot.telemetry import Telemetry

WAVES = "how high were the waves"
ADA = Asker(platform="discord", user_id="user-4711", place_id="server", conversation="thread")
BOB = Asker(platform="discord", user_id="user-0815", place_id="server")


class _Clock:
    """A time of day that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


class _DownStore:
    """A store whose database is gone: every verb fails as the real one does."""

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        async def fail(*_: object, **__: object) -> None:
            raise StoreError("the database does not answer")

        return fail


@pytest.fixture
def clock() -> _Clock:
    """Moved by hand."""
    return _Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: _Clock) -> AsyncIterator[Store]:
    """A store in a file of its own."""
    opened = await Store.open(f"sqlite:///{tmp_path}/desk.db", clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
def make_desk(answers: Answers, store: Store, clock: _Clock) -> Callable[..., Desk]:
    """A desk over the made-up episode; options replace its parts."""

    def make(**options: Any) -> Desk:
        per_user, per_place = options.pop("per_user", 100), options.pop("per_place", 100)
        parts: dict[str, Any] = {
            "library": Library({"harbour-light": answers}, default="harbour-light"),
            "store": store,
            "telemetry": Telemetry(),
            "user_limit": RateLimit(per_user, clock.seconds),
            "place_limit": RateLimit(per_place, clock.seconds),
            "key": b"key",
            "clock": clock,
        }
        return Desk(**(parts | options))

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """The usual desk."""
    return make_desk()


async def test_a_question_is_answered_as_the_core_does(desk: Desk, answers: Answers) -> None:
    """The desk adds nothing to the answer."""
    outcome = await desk.ask(ADA, WAVES)
    assert outcome == answers.ask(Question(text=WAVES))
    assert isinstance(outcome, Answer)
    assert isinstance(await desk.ask(ADA, "capital city of peru"), Refusal)


async def test_a_theme_is_passed_on(desk: Desk) -> None:
    """What comes back keeps to it."""
    outcome = await desk.ask(ADA, "keeper and lamp and storm", theme="lamp")
    assert not isinstance(outcome, Busy)
    related = outcome.related if isinstance(outcome, Answer) else outcome.nearest
    assert {one.theme.id for one in related if one.theme} <= {"lamp"}


async def test_a_follow_up_belongs_to_its_conversation(desk: Desk, store: Store) -> None:
    """The topic is kept by a hash of the conversation, across people, and nowhere else."""
    await desk.ask(ADA, WAVES)
    assert await store.topic_of("discord:thread") is None
    assert await store.topic_of(desk.conversation_key("discord", "thread")) == Topic(
        episode_id="harbour-light", hit_id="great-storm"
    )
    friend = Asker(platform="discord", user_id="friend", conversation="thread")
    more = await desk.ask(friend, "and why?")
    assert isinstance(more, Answer)
    assert more.hit_id == "great-storm+"
    for elsewhere in (
        BOB,
        Asker(platform="discord", user_id="user-4711", conversation="other"),
        Asker(platform="slack", user_id="user-4711", conversation="thread"),
    ):
        assert isinstance(await desk.ask(elsewhere, "and why?"), Refusal)


async def test_a_topic_is_forgotten_after_a_day(desk: Desk, clock: _Clock) -> None:
    """Nobody means yesterday's answer."""
    await desk.ask(ADA, WAVES)
    clock.now += timedelta(hours=24, seconds=1)
    assert isinstance(await desk.ask(ADA, "and why?"), Refusal)


async def test_a_refusal_leaves_the_topic_alone(desk: Desk) -> None:
    """Thanks in between does not end the conversation."""
    await desk.ask(ADA, WAVES)
    await desk.ask(ADA, "thanks")
    assert isinstance(await desk.ask(ADA, "tell me more"), Answer)


async def test_a_topic_of_another_episode_is_no_topic(desk: Desk, store: Store) -> None:
    """Ids of another episode mean nothing here."""
    await store.remember_topic("discord:thread", episode_id="other", hit_id="great-storm", keep=timedelta(hours=1))
    assert isinstance(await desk.ask(ADA, "and why?"), Refusal)


async def test_a_client_may_keep_the_topic_itself(desk: Desk) -> None:
    """Where there is no conversation, as on the web page."""
    more = await desk.ask(BOB, "and why?", topic="great-storm")
    assert isinstance(more, Answer)
    assert more.hit_id == "great-storm+"


async def test_open_makes_a_button_the_topic(desk: Desk) -> None:
    """Pressing a related moment and asking on belongs to that moment; a stale button is None and changes nothing."""
    opened = await desk.open(ADA, "dog-pilot", question="more")
    assert opened is not None
    assert opened.hit_id == "dog-pilot"
    assert await desk.open(ADA, "gone") is None
    more = await desk.ask(ADA, "go on")
    assert isinstance(more, Answer)
    assert more.hit_id == "automation"


async def test_asking_too_often_is_told_with_the_wait(make_desk: Callable[..., Desk], clock: _Clock) -> None:
    """One person's limit is his own; the platform belongs to the name."""
    desk = make_desk(per_user=2)
    assert [isinstance(await desk.ask(BOB, WAVES), Answer) for _ in range(2)] == [True, True]
    assert await desk.ask(BOB, WAVES) == Busy(wait_seconds=30)
    assert isinstance(await desk.ask(ADA, WAVES), Answer)
    assert isinstance(await desk.ask(Asker(platform="slack", user_id=BOB.user_id), WAVES), Answer)
    clock.now += timedelta(seconds=30)
    assert isinstance(await desk.ask(BOB, WAVES), Answer)


async def test_a_place_has_a_limit_of_its_own(make_desk: Callable[..., Desk]) -> None:
    """A whole server cannot drown the bot; direct messages have no place."""
    desk = make_desk(per_place=3)
    for number in range(3):
        assert isinstance(await desk.ask(Asker(platform="discord", user_id=str(number), place_id="s"), WAVES), Answer)
    assert await desk.ask(Asker(platform="discord", user_id="9", place_id="s"), WAVES) == Busy(wait_seconds=20)
    assert isinstance(await desk.ask(Asker(platform="discord", user_id="9"), WAVES), Answer)


async def test_votes_count_once_a_person(desk: Desk, store: Store) -> None:
    """Voting again changes the vote; a hit that is gone takes none."""
    assert await desk.vote(ADA, "great-storm", is_up=True)
    assert await desk.vote(ADA, "great-storm", is_up=False)
    assert await desk.vote(BOB, "great-storm", is_up=True)
    assert not await desk.vote(ADA, "gone", is_up=True)
    votes = await store.votes_of("harbour-light", "great-storm")
    assert (votes.up, votes.down) == (1, 1)


async def test_questions_are_kept_only_where_the_operator_says_so(make_desk: Callable[..., Desk], store: Store) -> None:
    """And under a hash; forgetting removes them with the votes."""
    quiet = make_desk()
    await quiet.ask(ADA, WAVES)
    assert await quiet.forget(ADA) == 0
    keeping = make_desk(keep_questions=True)
    await keeping.ask(ADA, WAVES)
    await keeping.ask(ADA, "capital city of peru")
    await keeping.ask(BOB, WAVES)
    await keeping.vote(ADA, "great-storm", is_up=True)
    assert await keeping.forget(ADA) == 3
    assert await keeping.forget(ADA) == 0
    assert await keeping.forget(BOB) == 1


async def test_a_network_address_is_never_stored(make_desk: Callable[..., Desk], store: Store) -> None:
    """Nobody could ask to forget it: a kept question from the page stands there without anybody."""
    desk = make_desk(keep_questions=True)
    await desk.ask(Asker(platform="web", user_id="203.0.113.77", is_account=False), WAVES)
    assert [(one.text, one.user_hash) for one in await store.kept_questions()] == [(WAVES, "")]


def test_people_are_known_by_a_keyed_hash(make_desk: Callable[..., Desk]) -> None:
    """The same for one key, another for another platform or key; the id is not in it, nor in any repr."""
    desk = make_desk()
    known = desk.user_hash(ADA)
    assert known == make_desk().user_hash(ADA)
    assert known != make_desk(key=b"other").user_hash(ADA)
    assert known != desk.user_hash(Asker(platform="slack", user_id=ADA.user_id))
    assert "4711" not in known + repr(ADA) + repr(desk)


async def test_a_database_that_is_down_takes_no_answer_away(make_desk: Callable[..., Desk]) -> None:
    """Answers go on without topics and kept questions; what needs the store says so; the log names no person."""
    desk = make_desk(store=_DownStore(), keep_questions=True)
    with capture_logs() as lines:
        assert isinstance(await desk.ask(ADA, WAVES), Answer)
        assert isinstance(await desk.ask(ADA, "and why?"), Refusal)
        assert await desk.open(ADA, "dog-pilot") is not None
    assert {line["event"] for line in lines} == {"topic_not_read", "topic_not_kept", "question_not_kept"}
    assert "4711" not in str(lines)
    assert WAVES not in str(lines)
    with pytest.raises(StoreError):
        await desk.vote(ADA, "great-storm", is_up=True)
    with pytest.raises(StoreError):
        await desk.forget(ADA)


async def test_what_is_said_at_a_time_needs_no_store(make_desk: Callable[..., Desk]) -> None:
    """And a time that is none is the person's to mend."""
    desk = make_desk(store=_DownStore())
    assert desk.at("2:40").seconds == 160
    with pytest.raises(UsageError):
        desk.at("later")


async def test_every_question_is_counted(desk: Desk) -> None:
    """By platform, outcome and theme; never by text or person."""
    for text in (WAVES, WAVES, "capital city of peru", "hello"):
        await desk.ask(ADA, text)
    exposition = desk.telemetry.exposition().decode()
    assert 'chapterverse_questions_total{outcome="answer",platform="discord",theme="weather"} 2.0' in exposition
    assert 'chapterverse_questions_total{outcome="refusal",platform="discord",theme=""} 1.0' in exposition
    assert 'chapterverse_questions_total{outcome="smalltalk",platform="discord",theme=""} 1.0' in exposition
    assert 'chapterverse_stage_seconds_count{stage="answer"} 4.0' in exposition
    assert "4711" not in exposition
    assert "waves" not in exposition


def test_a_failure_gets_a_code_and_a_log_line(desk: Desk) -> None:
    """Short, new each time, counted, with the kind of error and where it broke, never its text: it may quote people."""
    with capture_logs() as lines:
        codes = {desk.reference("discord", "ask", ValueError("user-4711 typed this")) for _ in range(20)}
        desk.reference("slack", "send")
        with pytest.raises(UsageError) as broke:
            desk.at("soon")
        desk.reference("slack", "at", broke.value)
    assert lines[-1]["place"].startswith("clock.py:")
    assert len(codes) == 20
    assert all(len(code) == 6 and code.isalnum() and code == code.upper() for code in codes)
    assert {line["reference"] for line in lines} > codes
    assert {line["error"] for line in lines} == {"ValueError", "UsageError", None}
    assert "4711" not in str(lines)
    assert 'chapterverse_failures_total{kind="ask",platform="discord"} 20.0' in desk.telemetry.exposition().decode()
