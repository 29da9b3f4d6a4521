"""When Slack or the database is in trouble: one visible line, and no second post after an unclear one."""

import asyncio
from typing import Any

import pytest

from bot.adapters.slack.bolt import quiet_logger
from bot.errors import StoreError
from tests.adapters.slack.conftest import House
from tests.fakes.slack.payloads import buttons, command, direct, mention, press, reply, words
from tests.fakes.slack.server import Fault

FUEL = "what fuel did the lantern use"
ANSWER = "12 litres of paraffin"


def answers(house: House) -> list[str]:
    """The routes by which an answer arrived."""
    return [call.method for call in house.slack.calls if ANSWER in words(call.body)]


async def test_a_rate_limit_is_waited_out_on_a_reply_address(house: House) -> None:
    """429 with Retry-After: the same message after that many seconds."""
    house.slack.fail("response_url", Fault(status=429, retry_after="7"))
    message = await house.ask(command(house.slack, "ask", FUEL))
    assert ANSWER in words(message)
    assert house.naps.seconds == [7.0]


async def test_a_rate_limit_is_waited_out_on_the_web_api(house: House) -> None:
    """The client's retry handler honours Retry-After."""
    house.slack.fail("chat.postMessage", Fault(status=429, retry_after="3", error="ratelimited"))
    message = await house.ask(mention(FUEL), "chat.postMessage")
    assert ANSWER in words(message)
    assert 3.0 in house.naps.seconds


async def test_a_wait_longer_than_patience_falls_back(house: House) -> None:
    """An hour's Retry-After is not waited out: the answer comes by another way."""
    house.slack.fail("response_url", Fault(status=429, retry_after="3600"))
    message = await house.ask(command(house.slack, "ask", FUEL), "chat.postEphemeral")
    assert ANSWER in words(message)
    assert message["user"] == "U0ADA"


@pytest.mark.parametrize("fault", [Fault(status=404, error="expired_url"), Fault(status=200, error="used_url")])
async def test_a_reply_address_that_is_over_falls_back(house: House, fault: Fault) -> None:
    """`respond` neither tries again nor raises; its status is looked at."""
    house.slack.fail("response_url", fault)
    message = await house.ask(command(house.slack, "ask", FUEL), "chat.postEphemeral")
    assert ANSWER in words(message)
    assert len(answers(house)) == 1


async def test_the_last_resort_is_a_direct_message(house: House) -> None:
    """Neither the address nor the channel takes it: the person gets it directly."""
    house.slack.fail("response_url", Fault(status=404))
    house.slack.fail("chat.postEphemeral", Fault(error="channel_not_found"))
    message = await house.ask(command(house.slack, "ask", FUEL), "chat.postMessage")
    assert message["channel"] == "U0ADA"


async def test_a_press_between_two_people_falls_back_to_a_direct_message(house: House) -> None:
    """A direct message the bot is not part of: what it may not post there comes from the bot itself."""
    house.slack.fail("response_url", Fault(status=404))
    house.slack.fail("chat.postMessage", Fault(error="channel_not_found"))
    pressed = press(house.slack, {"action_id": "cv_open_0", "value": '{"h": "lamp-oil"}'}, channel="D0BOB")
    message = await house.ask(pressed, "chat.postMessage")
    assert message["channel"] == "U0ADA"
    assert ANSWER in words(message)
    assert "blocks" in message


async def test_blocks_that_slack_does_not_like_become_bare_words(house: House) -> None:
    """Refused on every way with blocks: the words alone still arrive."""
    house.slack.fail("response_url", Fault(status=400, error="invalid_blocks"))
    for method in ("chat.postEphemeral", "chat.postMessage"):
        house.slack.fail(method, Fault(error="invalid_blocks"))
    message = await house.ask(command(house.slack, "ask", FUEL), "response_url")
    assert ANSWER in message["text"]
    assert "blocks" not in message


UNCLEAR = [Fault(status=500), Fault(status=503), Fault(drop=True), Fault(drop=True, done=True)]
NAMES = ["500", "503", "dropped before", "dropped after"]


@pytest.mark.parametrize("fault", UNCLEAR, ids=NAMES)
async def test_an_unclear_reply_is_followed_by_one_line_not_by_a_copy(house: House, fault: Fault) -> None:
    """Nobody can know whether it arrived, so it is not said twice; a line says that."""
    house.slack.fail("response_url", fault)
    line = await house.ask(command(house.slack, "ask", FUEL), "chat.postEphemeral")
    await house.settle()
    assert "I am not sure my answer reached you" in words(line)
    assert len(answers(house)) <= 1


@pytest.mark.parametrize("fault", [*UNCLEAR, Fault(error="internal_error")], ids=[*NAMES, "internal_error"])
async def test_an_unclear_post_in_a_channel_is_never_repeated(house: House, fault: Fault) -> None:
    """The same in a thread."""
    house.slack.fail("chat.postMessage", fault)
    line = await house.ask(mention(FUEL), "chat.postEphemeral")
    await house.settle()
    assert "I am not sure my answer reached you" in words(line)
    assert len(answers(house)) <= 1


async def test_an_unclear_share_is_not_shared_again(house: House) -> None:
    """The one who pressed is asked to look; pressing again does not post."""
    shown = buttons(await house.ask(command(house.slack, "ask", FUEL)))
    house.slack.fail("chat.postMessage", Fault(drop=True, done=True))
    await house.send(press(house.slack, shown["cv_share"], hook="q1"))
    await house.settle()
    assert "could not confirm that it was shared" in words(house.slack.posted("response_url")[-1])
    again = await house.ask(press(house.slack, shown["cv_share"], hook="q2"), "response_url")
    assert "already shared" in words(again)
    assert len(house.slack.posted("chat.postMessage")) == 1


async def test_a_share_where_the_bot_is_no_member_goes_by_the_reply_address(house: House) -> None:
    """A certain refusal, so the other way is tried: visible to all."""
    shown = buttons(await house.ask(command(house.slack, "ask", FUEL)))
    house.slack.fail("chat.postMessage", Fault(error="not_in_channel"))
    posted = await house.ask(press(house.slack, shown["cv_share"]), "response_url")
    assert posted["response_type"] == "in_channel"


async def test_a_share_that_surely_failed_may_be_tried_again(house: House) -> None:
    """Both ways refused: told so, and the next press posts."""
    shown = buttons(await house.ask(command(house.slack, "ask", FUEL)))
    house.slack.fail("chat.postMessage", Fault(error="channel_not_found"))
    house.slack.fail("response_url", Fault(status=404))
    line = await house.ask(press(house.slack, shown["cv_share"]), "response_url")
    assert "/invite" in words(line)
    posted = await house.ask(press(house.slack, shown["cv_share"]), "chat.postMessage")
    assert ANSWER in words(posted)


async def test_reading_calls_are_tried_again(house: House) -> None:
    """Publishing the Home tab twice does no harm, so a server error is tried again."""
    from tests.fakes.slack.payloads import event

    house.slack.fail("views.publish", Fault(status=500), Fault(drop=True))
    await house.send(event({"type": "app_home_opened", "tab": "home", "user": "U0ADA", "channel": "D1"}))
    assert len(await house.slack.until(1, "views.publish")) == 1


async def test_a_workspace_without_the_status_is_not_asked_again(house: House) -> None:
    """The status is a courtesy: the answer comes without it, and later answers do not wait for it."""
    house.slack.fail("assistant.threads.setStatus", Fault(error="missing_scope"))
    for _ in range(2):
        assert ANSWER in words(await house.ask(direct(FUEL), "chat.postMessage"))
    assert [call.method for call in house.slack.refused] == ["assistant.threads.setStatus"]
    assert house.slack.posted("assistant.threads.setStatus") == []


async def test_a_revoked_token_turns_readiness_red(house: House) -> None:
    """The operator sees it; the reply address still works without a token."""
    assert house.adapter.health().is_ready
    house.slack.fail("chat.postMessage", Fault(error="token_revoked"))
    await house.send(mention(FUEL))
    await house.settle()
    assert not house.adapter.health().is_ready
    assert ANSWER in words(await house.ask(command(house.slack, "ask", FUEL)))


class Down:
    """A store that is down; what it has instead of verbs raises."""

    def __getattr__(self, name: str) -> Any:
        async def verb(*args: object, **kwargs: object) -> None:
            raise StoreError("database: it does not answer")

        return verb


async def test_without_the_database_questions_are_still_answered(house: House) -> None:
    """Only what needs it says that it is down, with a reference code."""
    adapter = house.adapter
    house.desk.store = Down()  # type: ignore[assignment]
    adapter._react = adapter._reactions(None).react
    assert ANSWER in words(await house.ask(command(house.slack, "ask", FUEL)))
    line = words(await house.ask(press(house.slack, {"action_id": "cv_up", "value": '{"h": "lamp-oil"}'})))
    assert "I cannot reach my notebook" in line
    assert "reference" in line


async def test_without_the_database_a_thread_of_others_stays_undisturbed(house: House) -> None:
    """Whether a thread is the bot's cannot be known then, so nothing is said into it."""
    adapter = house.adapter
    house.desk.store = Down()  # type: ignore[assignment]
    adapter._react = adapter._reactions(None).react
    await house.send(reply(FUEL, thread="1600000000.1"))
    await house.settle()
    assert house.slack.posted() == []


async def test_a_failure_of_ours_gets_one_line_with_a_code(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never the error's own words."""

    async def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(house.desk, "ask", broken)
    for payload in (command(house.slack, "ask", FUEL), mention(FUEL), direct(FUEL)):
        line = words(await house.ask(payload))
        assert "Something went wrong on my side" in line
        assert "reference" in line
        assert "secret" not in line


async def test_an_answer_that_takes_too_long_gets_a_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the limit the person is told."""

    async def endless(*args: object, **kwargs: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(house.desk, "ask", endless)
    monkeypatch.setattr("bot.adapters.slack.reactions.ANSWER_SECONDS", 0.05)
    assert "took me too long" in words(await house.ask(command(house.slack, "ask", FUEL)))


async def test_a_channel_gets_one_post_a_second(house: House) -> None:
    """Mentions in one channel are spaced out; another channel does not wait."""
    for channel in ("C1", "C1", "C1", "C2"):
        await house.send(mention(FUEL, channel=channel))
    await house.slack.until(4, "chat.postMessage")
    assert len(house.naps.seconds) == 2
    assert max(house.naps.seconds) == pytest.approx(2.1, abs=0.2)


async def test_a_reply_address_elsewhere_is_never_used(house: House) -> None:
    """Even in a signed body only Slack's own addresses are answered."""
    payload = command(house.slack, "ask", FUEL) | {"response_url": "http://127.0.0.1:9/steal"}
    message = await house.ask(payload, "chat.postEphemeral")
    assert ANSWER in words(message)


async def test_nothing_secret_is_logged(house: House, capsys: pytest.CaptureFixture[str], caplog: Any) -> None:
    """Neither tokens nor question text nor user ids appear in what is logged when things fail."""
    house.slack.fail("response_url", Fault(status=404), Fault(status=500))
    house.slack.fail("chat.postEphemeral", Fault(status=500), Fault(error="token_revoked"))
    for _ in range(2):
        await house.send(command(house.slack, "ask", FUEL))
        await house.settle()
    said = "".join(capsys.readouterr()) + caplog.text
    assert said
    assert not any(word in said for word in ("xoxb-", "lantern", "U0ADA", "hooks/"))


def test_slacks_libraries_log_nothing_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Tokens, tickets and reply addresses are stars, tracebacks are dropped."""
    logger = quiet_logger()
    try:
        raise OSError("wss://wss.slack.com/link/?ticket=abc-def")
    except OSError as error:
        logger.exception(f"Failed ({error}) with xoxb-12-ab and xapp-1-cd to https://hooks.slack.com/commands/T1/2/x")
    assert "Failed" in caplog.text
    assert not any(word in caplog.text for word in ("abc-def", "12-ab", "1-cd", "T1/2", "Traceback"))
