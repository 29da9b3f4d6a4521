"""Socket Mode: a killed, silent, refused or replaced connection, and what an operator sees of it."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bot.adapters.slack.adapter import SlackAdapter
from bot.errors import SettingsError
from bot.retrieval.index import Index
from bot.store.store import Store
from tests.fakes.slack.house import adapter_of, config, desk_of
from tests.fakes.slack.payloads import command, mention, words
from tests.fakes.slack.server import FakeSlack

FUEL = "what fuel did the lantern use"


@pytest.fixture
async def adapter(slack: FakeSlack, store: Store, index: Index) -> AsyncIterator[SlackAdapter]:
    made = adapter_of(config(slack.url), desk_of(store, index))
    await made.start()
    yield made
    await made.stop()


async def ready(adapter: SlackAdapter, wanted: bool = True, seconds: float = 8.0) -> float:
    """How long until health says so."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while adapter.health().is_ready is not wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def more(slack: FakeSlack, what: str, than: int) -> None:
    """Wait until the bot has `opened` (asked for) or `linked` (made) more connections than that."""
    async with asyncio.timeout(8):
        while getattr(slack, what) <= than:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_command_is_acknowledged_and_answered(adapter: SlackAdapter, slack: FakeSlack) -> None:
    """The envelope comes back at once, the answer by the reply address."""
    assert adapter.health().is_ready
    began = time.monotonic()
    await slack.send("slash_commands", command(slack, "ask", FUEL))
    assert time.monotonic() - began < 3
    assert "12 litres" in words((await slack.until(1))[0])


async def test_a_killed_connection_costs_at_most_three_seconds(adapter: SlackAdapter, slack: FakeSlack) -> None:
    """It is noticed, replaced, counted, and questions are answered again."""
    began = time.monotonic()
    await slack.kill_sockets()
    await slack.connected()
    await slack.send("slash_commands", command(slack, "ask", FUEL))
    assert time.monotonic() - began < 3
    assert len(await slack.until(1)) == 1
    assert await ready(adapter) < 3


async def test_a_silent_connection_is_noticed(adapter: SlackAdapter, slack: FakeSlack) -> None:
    """No pong: the connection counts as dead, and a new one is made."""
    linked = slack.linked
    slack.answers_pings = False
    await more(slack, "linked", linked)
    slack.answers_pings = True
    await ready(adapter)
    await slack.send("slash_commands", command(slack, "ask", FUEL))
    assert len(await slack.until(1)) == 1


async def test_slack_may_ask_for_a_fresh_connection(adapter: SlackAdapter, slack: FakeSlack) -> None:
    """`refresh_requested` loses nothing: what comes on the new connection is answered."""
    linked = slack.linked
    await slack.refresh()
    await more(slack, "linked", linked)
    await ready(adapter)
    await slack.send("events_api", mention(FUEL))
    assert "12 litres" in words((await slack.until(1))[0])


async def test_an_expired_ticket_is_not_tried_for_ever(adapter: SlackAdapter, slack: FakeSlack) -> None:
    """Slack's client would go on with the same ticket; the watchdog fetches another one."""
    assert adapter._socket is not None
    adapter._socket._stuck_seconds = 0.5
    slack.ticket_works = False
    await slack.kill_sockets()
    await ready(adapter, wanted=False)
    opened = slack.opened
    await more(slack, "opened", opened + 1)
    slack.ticket_works = True
    await ready(adapter)
    await slack.send("slash_commands", command(slack, "ask", FUEL))
    assert len(await slack.until(1)) == 1


async def test_a_redelivered_envelope_is_answered_once(adapter: SlackAdapter, slack: FakeSlack) -> None:
    """Three redeliveries are acknowledged and change nothing."""
    payload = mention(FUEL)
    for retry in range(4):
        await slack.send("events_api", payload, retry=retry)
    await slack.until(1)
    await slack.send("slash_commands", command(slack, "about"))
    await slack.until(2)
    assert len(slack.posted("chat.postMessage")) == 1


async def test_a_stopped_bot_takes_nothing_more(slack: FakeSlack, store: Store, index: Index) -> None:
    """The connection is closed, so that Slack delivers elsewhere."""
    adapter = adapter_of(config(slack.url), desk_of(store, index))
    await adapter.start()
    await adapter.stop()
    assert not adapter.health().is_ready
    async with asyncio.timeout(3):
        while slack._sockets:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("name", "tokens"), [("SLACK_APP_TOKEN", "app_tokens"), ("SLACK_BOT_TOKEN", "tokens")])
async def test_a_token_slack_does_not_take_is_named(
    slack: FakeSlack, store: Store, index: Index, name: str, tokens: str
) -> None:
    """The message names the setting, never the token."""
    getattr(slack, tokens).clear()
    adapter = adapter_of(config(slack.url), desk_of(store, index))
    with pytest.raises(SettingsError, match=name) as caught:
        await adapter.start()
    assert "xapp-1" not in str(caught.value)
    assert "xoxb-1" not in str(caught.value)
    await adapter.stop()
