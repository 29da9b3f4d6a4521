"""What arrives: any shape is safe to look at, and conversations are told apart."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.incoming import from_command, from_event, from_press
from tests.fakes.slack.payloads import command, direct, event, mention, press
from tests.fakes.slack.server import FakeSlack

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("type", "event", "user", "channel", "team", "actions", "container", "view", "authorizations", "tokens", "text")
bodies = st.dictionaries(st.sampled_from(KEYS), json, max_size=6)


@given(bodies, bodies)
def test_any_shape_is_safe_to_look_at(body: dict[str, Any], inner: dict[str, Any]) -> None:
    """Nothing raises; what is not understood is None or says nothing."""
    for read in (from_command, from_press, from_event):
        read(body)
        read(body | {"event": inner, "actions": [inner], "authorizations": [inner], "container": inner})
        read({**body, "type": "event_callback", "event": inner | {"type": "message", "channel_type": "im"}})


def test_conversations_are_told_apart() -> None:
    """A thread is one, a direct message is one, a channel as such is none."""
    slack = FakeSlack()
    thread = from_event(mention("x", thread="1.5"))
    alone = from_event(direct("x"))
    inside = from_event(direct("x", thread="1.7"))
    typed = from_command(command(slack, "ask", "x"))
    pressed = from_press(press(slack, {"action_id": "cv_up"}, thread="1.5"))
    assert thread is not None
    assert pressed is not None
    assert thread.conversation == pressed.conversation == "T1:C1:1.5"
    assert alone is not None
    assert alone.conversation == "T1:D1"
    assert inside is not None
    assert inside.conversation == "T1:D1:1.7"
    assert typed is not None
    assert typed.conversation == ""


def test_who_asks_is_known_by_team_and_person() -> None:
    """The same in every channel, so that limits and forgetting hold everywhere; and never printed."""
    slack = FakeSlack()
    first, second = from_command(command(slack, "ask", "x")), from_event(mention("y", channel="C2"))
    assert first is not None
    assert second is not None
    assert first.asker.user_id == second.asker.user_id == "T1:U0ADA"
    assert first.asker.place_id != second.asker.place_id
    assert "U0ADA" not in repr(first) + repr(first.asker)


def test_a_file_with_words_is_a_question() -> None:
    """Words beside an upload are read, the file is not."""
    found = from_event(direct("what is that", subtype="file_share"))
    assert found is not None
    assert found.text == "what is that"


def test_other_events_are_nothing() -> None:
    """What the bot did not ask for is not reacted to."""
    assert from_event(event({"type": "team_join", "user": {"id": "U1"}})) is None


def test_a_reply_that_is_shown_in_the_channel_too_is_a_question() -> None:
    """ "Also send to channel" is a kind of message of its own; the words are the person's all the same."""
    found = from_event(direct("what is that", subtype="thread_broadcast", thread="1.5"))
    assert found is not None
    assert found.surface == "direct"
