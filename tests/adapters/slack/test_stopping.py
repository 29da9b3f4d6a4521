"""Acknowledged first, and what becomes of work in flight when the bot stops."""

import asyncio

import pytest

from bot.adapters import desk as counter
from bot.adapters.slack.incoming import Incoming
from tests.adapters.slack.conftest import House
from tests.fakes.slack.payloads import command, mention, press, words

FUEL = "what fuel did the lantern use"
ANSWER = "12 litres of paraffin"


async def test_stopping_finishes_or_apologises(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that does not end in time is cut short with an apology; a command that comes later gets one at once."""

    async def endless(*args: object, **kwargs: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(house.desk, "ask", endless)
    monkeypatch.setattr("bot.adapters.slack.adapter.DRAIN_SECONDS", 4.1)
    await house.send(command(house.slack, "ask", FUEL))
    await house.adapter.stop()
    assert "being restarted" in words(house.slack.posted("response_url")[0])
    late = await house.send(command(house.slack, "ask", FUEL))
    assert late.status == 200
    assert b"being restarted" in late.body
    assert (await house.send(mention(FUEL))).status == 503


async def test_what_was_acknowledged_before_stopping_is_answered(house: House) -> None:
    """Bolt acknowledges an event before it hands it over; one in between is not lost."""
    await house.send(mention(FUEL))
    await house.adapter.stop()
    assert ANSWER in words(house.slack.posted("chat.postMessage")[0])


async def test_an_acknowledgement_never_waits_for_the_work(house: House) -> None:
    """The reply to Slack comes while the work has not begun to end."""
    hold = asyncio.Event()

    async def slow(incoming: Incoming) -> None:
        await hold.wait()

    house.adapter.serve(slow)
    for payload in (command(house.slack, "ask", FUEL), mention(FUEL), press(house.slack, {"action_id": "cv_up"})):
        async with asyncio.timeout(1.0):
            assert (await house.send(payload)).status == 200
    hold.set()
    assert house.adapter.health().event_age_seconds is not None


async def test_a_database_that_hangs_silences_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether an event was seen before is given up after a moment: once too often rather than never."""

    async def hang(*args: object, **kwargs: object) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(counter, "STORE_SECONDS", 0.05)
    monkeypatch.setattr(house.store, "seen_before", hang)
    assert ANSWER in words(await house.ask(command(house.slack, "ask", FUEL)))


async def test_stopping_apologises_to_what_has_not_begun(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also to one whose event is still being compared with those seen before."""

    async def hang(*args: object, **kwargs: object) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(counter, "STORE_SECONDS", 30.0)
    monkeypatch.setattr("bot.adapters.slack.adapter.DRAIN_SECONDS", 4.1)
    monkeypatch.setattr(house.store, "seen_before", hang)
    await house.send(command(house.slack, "ask", FUEL))
    await house.adapter.stop()
    assert "being restarted" in words(house.slack.posted("response_url")[0])


async def test_a_press_while_stopping_is_refused(house: House) -> None:
    """Slack shows the one who pressed that it did not work; 200 would have been silence."""
    await house.adapter.stop()
    assert (await house.send(press(house.slack, {"action_id": "cv_up", "value": '{"h": "lamp-oil"}'}))).status == 503
