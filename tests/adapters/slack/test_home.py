"""The Home tab and the assistant's prompts."""

from typing import Any

import pytest

from tests.adapters.slack.conftest import House
from tests.fakes.slack.payloads import buttons, command, event, press, words

OPENED = {"type": "app_home_opened", "tab": "home", "user": "U0ADA", "channel": "D1"}


async def test_the_home_tab_shows_what_there_is(house: House) -> None:
    """Commands, a thought, themes, chapters, the privacy line."""
    await house.send(event(OPENED))
    view = (await house.slack.until(1, "views.publish"))[0]["view"]
    shown = words(view)
    assert all(word in shown for word in ("/ask", "sack of coal", "The great storm", "Arrival", "scrambled id"))
    message = await house.ask(press(house.slack, buttons(view)["cv_theme_0"], view="home"), "views.open")
    assert message["view"]["type"] == "modal"
    inside = buttons(message["view"])
    again = await house.ask(press(house.slack, inside["cv_open_0"], view="modal"), "views.update")
    assert "cv_play" in buttons(again["view"])


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "app_home_opened", "tab": "messages", "user": "U0ADA", "channel": "D1"},
        {
            "type": "assistant_thread_started",
            "assistant_thread": {"user_id": "U0ADA", "channel_id": "D1", "thread_ts": "1.2", "context": {}},
        },
    ],
    ids=["agent", "assistant"],
)
async def test_the_assistant_surface_offers_prompts(house: House, inner: dict[str, Any]) -> None:
    """Up to four, each with an answer."""
    await house.send(event(inner))
    body = (await house.slack.until(1, "assistant.threads.setSuggestedPrompts"))[0]
    assert 1 <= len(body["prompts"]) <= 4
    assert body.get("thread_ts", "") == inner.get("assistant_thread", {}).get("thread_ts", "")


async def shown(house: House) -> str:
    """The words of the Home tab as it is published now."""
    before = len(house.slack.posted("views.publish"))
    await house.send(event(OPENED))
    return words((await house.slack.until(before + 1, "views.publish"))[before]["view"])


@pytest.mark.parametrize("settings", [{"admins": ("U0ADA",)}])
async def test_the_home_tab_shows_the_next_insight_of_the_workspace(house: House) -> None:
    """The one that is posted first in any channel, with its day, as a preview shows it; a paused channel has none."""
    await house.ask(command(house.slack, "daily", "set <#C7|late> 09:00 UTC theme=storms"))
    await house.ask(command(house.slack, "daily", "set 08:00 Pacific/Kiritimati theme=lamp"))
    previews = {
        channel: words(await house.ask(command(house.slack, "daily", f"preview <#{channel}|x>")))
        for channel in ("C1", "C7")
    }
    subscriptions = await house.store.subscriptions_of("slack", "T1")
    first = min(subscriptions, key=lambda one: one.next_due_at or house.clock()).channel_id
    seen = await shown(house)
    assert "The next insight" in seen
    assert "UTC" in seen or "Kiritimati" in seen
    insight = next(line for line in previews[first].splitlines() if line.startswith("_"))
    assert insight in seen
    for channel in ("C1", "C7"):
        await house.ask(command(house.slack, "daily", f"pause <#{channel}|x>"))
    seen = await shown(house)
    assert "The next insight" not in seen
    assert "sack of coal" in seen
