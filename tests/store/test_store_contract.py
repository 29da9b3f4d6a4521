"""What every store promises, on SQLite and on a real PostgreSQL.

One file for both: a difference between the two is a failing test.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import StoreError
from bot.store.model import Installation, KeptQuestion, Replacement, Topic, Votes
from bot.store.store import Store
from tests.store.made import DAY, HOUR, claim, held, wanted


async def test_an_event_is_new_once(store: Store, clock: Any) -> None:
    """Of many askers at once exactly one is told that an event is new, until its memory ends."""
    answers = await asyncio.gather(*(store.seen_before("event", keep=HOUR) for _ in range(12)))
    assert sorted(answers) == [False] + [True] * 11
    clock.move(hours=1)
    assert not await store.seen_before("event", keep=HOUR)
    assert not await store.seen_before("another", keep=HOUR)


async def test_a_forgotten_event_is_new_again(store: Store) -> None:
    """Work that was claimed and could not be done can be claimed again."""
    await store.seen_before("event", keep=HOUR)
    await store.forget_seen("event")
    assert not await store.seen_before("event", keep=HOUR)


async def test_a_share_is_claimed_once(store: Store) -> None:
    """However often Share is pressed, one press posts."""
    presses = await asyncio.gather(*(store.claim_share("message-1") for _ in range(5)))
    assert sum(presses) == 1


async def test_a_topic_lasts_as_long_as_asked(store: Store, clock: Any) -> None:
    """A conversation's topic is the last one remembered, and ends."""
    await store.remember_topic("thread", episode_id="e1", hit_id="note-1", keep=HOUR)
    await store.remember_topic("thread", episode_id="e1", hit_id="note-2", keep=HOUR)
    assert await store.topic_of("thread") == Topic(episode_id="e1", hit_id="note-2")
    assert await store.topic_of("other") is None
    clock.move(hours=1)
    assert await store.topic_of("thread") is None


async def test_a_setting_is_kept(store: Store) -> None:
    """A small value is there until it is replaced."""
    assert await store.setting_of("commands") is None
    await store.set_setting("commands", "hash-1")
    await store.set_setting("commands", "hash-2")
    assert await store.setting_of("commands") == "hash-2"


async def test_one_vote_a_person(store: Store) -> None:
    """A second vote of one person replaces the first, also when cast at the same moment."""
    for user, is_up in (("a", True), ("b", True), ("c", False), ("a", False)):
        await store.vote(episode_id="e1", hit_id="n1", user_hash=user, platform="slack", is_up=is_up)
    await asyncio.gather(
        *(store.vote(episode_id="e1", hit_id="n2", user_hash="a", platform="slack", is_up=True) for _ in range(5))
    )
    assert await store.votes_of("e1", "n1") == Votes(up=1, down=2)
    assert await store.votes_by_hit("e1") == {"n1": Votes(up=1, down=2), "n2": Votes(up=1)}
    assert await store.votes_of("e2", "n1") == Votes()


def asked(text: str, user: str, at: datetime) -> KeptQuestion:
    return KeptQuestion(platform="web", user_hash=user, text=text, outcome="answer", hit_id="n1", asked_at=at)


async def test_forgetting_a_person_removes_everything_of_them(store: Store, clock: Any) -> None:
    """Votes and kept questions of one person go, those of others stay."""
    for user in ("a", "b"):
        await store.vote(episode_id="e1", hit_id="n1", user_hash=user, platform="slack", is_up=True)
        await store.keep_question(asked("why \N{PILE OF POO}'; --?", user, clock()))
    assert await store.forget_user("a") == 2
    assert await store.forget_user("a") == 0
    assert await store.votes_of("e1", "n1") == Votes(up=1)
    assert await store.kept_questions() == (asked("why \N{PILE OF POO}'; --?", "b", clock()),)


async def test_a_purge_keeps_what_is_young(store: Store, clock: Any) -> None:
    """What has expired or passed its retention goes, and nothing else."""
    await held(store, clock())
    for key in ("old", "new"):
        await store.seen_before(key, keep=HOUR)
        await store.remember_topic(key, episode_id="e1", hit_id="n1", keep=HOUR)
        await store.issue_oauth_state(keep=HOUR)
        await store.vote(episode_id="e1", hit_id=key, user_hash="a", platform="slack", is_up=True)
        await store.keep_question(asked(key, "a", clock()))
        clock.move(days=20)
    purged = await store.purge(votes=timedelta(days=30), questions=timedelta(days=30), deliveries=timedelta(days=1))
    assert (purged.votes, purged.questions) == (1, 1)
    assert (purged.seen, purged.topics, purged.oauth_states) == (2, 2, 2)
    assert purged.deliveries == 0, "an open delivery is never purged"
    assert [question.text for question in await store.kept_questions()] == ["new"]
    assert await store.votes_by_hit("e1") == {"new": Votes(up=1)}


async def test_installations_come_and_go(store: Store, clock: Any) -> None:
    """A workspace's installation is kept by its ids, renewed, found exactly, and removed whole."""
    bot = Installation(enterprise_id="E1", team_id="T1", payload=b"\x00sealed", installed_at=clock())
    person = replace(bot, user_id="U1", payload=b"theirs")
    for item in (replace(bot, payload=b"older"), bot, person):
        await store.save_installation(item)
    assert await store.find_installation(enterprise_id="E1", team_id="T1") == bot
    assert await store.find_installation(enterprise_id="E1", team_id="T1", user_id="U1") == person
    assert await store.find_installation(team_id="T1") is None
    assert await store.delete_installation(enterprise_id="E1", team_id="T1") == 2
    assert await store.find_installation(enterprise_id="E1", team_id="T1") is None


async def test_an_oauth_state_is_used_once(store: Store, clock: Any) -> None:
    """A state is good for one return from the platform, and only in time."""
    state = await store.issue_oauth_state(keep=HOUR)
    late = await store.issue_oauth_state(keep=HOUR)
    answers = await asyncio.gather(*(store.consume_oauth_state(state) for _ in range(4)))
    assert sorted(answers) == [False, False, False, True]
    clock.move(hours=2)
    assert not await store.consume_oauth_state(late)
    assert not await store.consume_oauth_state("made up")


async def test_a_lock_is_held_alone(store: Store, address: str, clock: Any) -> None:
    """Between two stores on one database only one holder of a key is inside; another key is free."""
    other = await Store.open(address, clock=clock)
    inside: list[int] = []

    async def enter(who: Store) -> None:
        async with who.locked("team"):
            inside.append(1)
            assert len(inside) == 1
            await who.set_setting("in", "side")
            inside.pop()

    try:
        await asyncio.gather(*(enter(who) for who in (store, other) * 4))
        async with store.locked("team"), other.locked("another"):
            with pytest.raises(StoreError, match="not free in time"):
                async with other.locked("team", patience_seconds=0.1):
                    pytest.fail("two holders of one lock")
    finally:
        await other.close()


async def test_a_lock_is_free_after_a_failure(store: Store) -> None:
    """An error inside leaves through the lock, and the lock is free again."""
    with pytest.raises(KeyError):
        async with store.locked("team"):
            raise KeyError("inside")
    async with store.locked("team", patience_seconds=1):
        pass


async def test_setting_again_keeps_the_rotation(store: Store, clock: Any) -> None:
    """A channel set anew keeps its id and its used insights; a pause, a skip and a replacement end."""
    first = await store.subscribe(wanted(), next_due_at=clock())
    await claim(store, clock())
    await store.skip(first.id, DAY)
    await store.put_replacement(first.id, Replacement(local_date=DAY, insight_id="x"))
    await store.pause(first.id, until=None, reason="asked", next_due_at=None)
    clock.move(hours=1)
    again = await store.subscribe(wanted(theme="cuda", weekdays=(4, 0), chosen=("theme",)), next_due_at=clock())
    assert (again.id, again.used, again.theme, again.weekdays) == (first.id, ("insight-0",), "cuda", (0, 4))
    assert (again.is_paused, again.skip_dates, again.replacement, again.chosen) == (False, (), None, ("theme",))
    assert again.created_at < again.changed_at
    assert await store.subscription(first.id) == again


async def test_subscriptions_are_found_by_place(store: Store) -> None:
    """By workspace, by channel, by page; another workspace's stay out of sight."""
    for channel, workspace in (("c1", "w1"), ("c2", "w1"), ("c1", "w2")):
        await store.subscribe(wanted(channel, workspace_id=workspace), next_due_at=None)
    assert len(await store.subscriptions_of("discord", "w1")) == 2
    assert [item.channel_id for item in await store.subscriptions_of("discord", "w1", "c2")] == ["c2"]
    assert await store.subscriptions_of("slack", "w1") == ()
    first = await store.subscriptions_after("", limit=2)
    rest = await store.subscriptions_after(first[-1].id, limit=2)
    assert len({item.id for item in (*first, *rest)}) == 3
    assert await store.forget_workspace("discord", "w1") == 2
    assert len(await store.subscriptions_after("", limit=9)) == 1


async def test_pause_skip_replace_and_resume_are_kept(store: Store, clock: Any) -> None:
    """Each change comes back as it was made, and a subscription that is gone answers None."""
    made = await store.subscribe(wanted(), next_due_at=clock())
    until = clock() + timedelta(days=3)
    paused = await store.pause(made.id, until=until, reason="holidays", next_due_at=until)
    assert paused is not None
    assert (paused.is_paused, paused.paused_until, paused.pause_reason) == (True, until, "holidays")
    resumed = await store.resume(made.id, next_due_at=clock())
    assert resumed is not None
    assert (resumed.is_paused, resumed.paused_until, resumed.pause_reason) == (False, None, None)
    skipped = await store.skip(made.id, DAY)
    assert skipped is not None
    assert skipped.skip_dates == (DAY,)
    replaced = await store.put_replacement(made.id, Replacement(local_date=DAY, insight_id="x"))
    assert replaced is not None
    assert replaced.replacement == Replacement(local_date=DAY, insight_id="x")
    assert await store.unsubscribe(made.id)
    assert not await store.unsubscribe(made.id)
    assert await store.resume(made.id, next_due_at=None) is None
    assert await store.skip(made.id, DAY) is None


async def test_a_due_time_is_corrected_unless_it_moved(store: Store, clock: Any) -> None:
    """A correction after a change of zone rules never undoes what a runner did meanwhile."""
    made = await store.subscribe(wanted(), next_due_at=clock())
    other = await store.subscribe(wanted("c2"), next_due_at=clock())
    later = clock() + HOUR
    await store.put_next_due({made.id: (clock(), later), other.id: (later, later + HOUR)})
    found = {item.id: item.next_due_at for item in await store.subscriptions_after("", limit=9)}
    assert found == {made.id: later, other.id: clock()}
    assert (await store.next_due_at(["discord"]), await store.next_due_at(["elsewhere"])) == (clock(), None)


async def test_times_come_back_in_utc(store: Store) -> None:
    """A datetime of any zone comes back as the same instant in UTC; one without a zone is refused."""
    odd = datetime(2026, 3, 2, 3, 4, 5, 678901, tzinfo=UTC).astimezone()
    made = await store.subscribe(wanted(), next_due_at=odd)
    assert made.next_due_at == odd
    assert made.next_due_at.tzinfo is UTC
    with pytest.raises((StoreError, ValueError)):
        await store.subscribe(wanted(), next_due_at=datetime(2026, 3, 2))
