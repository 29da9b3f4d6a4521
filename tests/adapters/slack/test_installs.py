"""Several workspaces: installing, tokens at rest, revocation and removal."""

from collections.abc import AsyncIterator
from datetime import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.adapters.http import HttpReply, HttpRequest
from bot.retrieval.index import Index
from bot.store.model import Wanted
from bot.store.secrets import Secrets
from bot.store.store import Store
from tests.adapters.slack.conftest import Clock, House, Naps
from tests.fakes.slack.house import KEY, adapter_of, config, desk_of
from tests.fakes.slack.payloads import command, event, mention, words
from tests.fakes.slack.server import BOT_USER, FakeSlack

# Slack's client still uses what the web client's authors have begun to replace.
pytestmark = pytest.mark.filterwarnings("ignore:.*BasicAuth:DeprecationWarning")

TOKEN = "xoxb-of-team-one"
FUEL = "what fuel did the lantern use"


@pytest.fixture
async def many(slack: FakeSlack, store: Store, index: Index, clock: Clock) -> AsyncIterator[House]:
    """A bot that several workspaces may install."""
    naps = Naps()
    desk = desk_of(store, index, clock=clock)
    settings = config(slack.url, socket=False, http=True, oauth=True)
    adapter = adapter_of(settings, desk, clock=clock, sleep=naps)
    await adapter.start()
    yield House(adapter=adapter, slack=slack, store=store, desk=desk, clock=clock, naps=naps)
    await adapter.stop()


async def get(house: House, path: str, query: dict[str, str], cookie: str = "") -> HttpReply:
    endpoint = next(one for one in house.adapter.endpoints if one.path == path)
    headers = {"cookie": cookie} if cookie else {}
    return await endpoint.handle(HttpRequest(method="GET", path=path, headers=headers, query=query, body=b""))


async def begin(house: House) -> tuple[str, str]:
    """Open the install page: the state in its link, and the cookie beside it."""
    page = await get(house, "/slack/install", {})
    assert page.status == 200
    link = page.body.decode().split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert link.startswith("https://slack.com/oauth/v2/authorize?")
    query = parse_qs(urlsplit(link).query)
    assert query["redirect_uri"] == ["https://bot.example/slack/oauth_redirect"]
    assert set(query["scope"][0].split(",")) == {
        "app_mentions:read", "assistant:write", "chat:write", "commands", "im:history"
    }  # fmt: skip
    return query["state"][0], page.headers["set-cookie"].split(";")[0]


async def install(house: House, **more: Any) -> HttpReply:
    house.slack.tokens[TOKEN] = "T1"
    house.slack.oauth["code1"] = {
        "access_token": TOKEN,
        "token_type": "bot",
        "scope": "chat:write,commands",
        "bot_user_id": BOT_USER,
        "app_id": "A1",
        "team": {"id": "T1", "name": "Rock"},
        "enterprise": None,
        "authed_user": {"id": "U0BOSS"},
        **more,
    }
    state, cookie = await begin(house)
    return await get(house, "/slack/oauth_redirect", {"code": "code1", "state": state}, cookie)


async def test_a_workspace_installs_and_is_answered(many: House) -> None:
    """From the page to the first answer, with that workspace's own token."""
    before = await many.send(mention(FUEL))
    await many.settle()
    assert before.status == 200
    assert many.slack.posted() == []
    done = await install(many)
    assert done.status == 200
    assert "Open Slack" in done.body.decode()
    assert "12 litres" in words(await many.ask(mention(FUEL)))
    assert many.slack.calls[-1].token == TOKEN
    asked = [call.method for call in many.slack.calls]
    assert asked.count("auth.test") == 1


async def test_no_token_lies_readable_in_the_database(many: House, store: Store) -> None:
    """What is kept is encrypted with the key of the settings."""
    await install(many)
    kept = await store.find_installation(team_id="T1")
    assert kept is not None
    assert TOKEN.encode() not in kept.payload
    assert TOKEN in Secrets([KEY]).decrypt(kept.payload)


@pytest.mark.parametrize("case", ["no cookie", "no state", "used state", "no code", "wrong code", "cancelled"])
async def test_an_install_that_is_not_ours_is_refused(many: House, case: str) -> None:
    """A page with a reference code; nothing is kept."""
    state, cookie = await begin(many)
    query = {"code": "code1", "state": state}
    if case == "no cookie":
        cookie = ""
    elif case == "no state":
        query = {"code": "code1"}
    elif case == "used state":
        await many.store.consume_oauth_state(state)
    elif case == "no code":
        query = {"state": state}
    elif case == "cancelled":
        query = {"error": "<script>access_denied"}
    reply = await get(many, "/slack/oauth_redirect", query, cookie)
    assert "did not go through" in reply.body.decode()
    assert "<script>" not in reply.body.decode()
    assert await many.store.find_installation(team_id="T1") is None


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_a_removed_bot_forgets_the_workspace(many: House, kind: str) -> None:
    """Its token and its daily insights go."""
    await install(many)
    wanted = Wanted(
        platform="slack",
        workspace_id="T1",
        channel_id="C1",
        episode_id="harbour-light",
        local_time=time(9),
        zone="UTC",
    )
    await many.store.subscribe(wanted, next_due_at=None)
    await many.send(event({"type": kind, "tokens": {"oauth": [], "bot": [BOT_USER]}}))
    await many.settle()
    assert await many.store.find_installation(team_id="T1") is None
    assert await many.store.subscriptions_of("slack", "T1") == ()


async def test_a_persons_revoked_token_removes_nothing(many: House) -> None:
    """Only the bot's own token matters."""
    await install(many)
    await many.send(event({"type": "tokens_revoked", "tokens": {"oauth": ["U0ADA"], "bot": []}}))
    await many.settle()
    assert await many.store.find_installation(team_id="T1") is not None


async def test_a_command_without_an_installation_is_still_answered(many: House) -> None:
    """The reply address needs no token."""
    assert "12 litres" in words(await many.ask(command(many.slack, "ask", FUEL)))


async def test_a_token_that_ends_soon_is_traded_at_slack(many: House) -> None:
    """The next answer goes out with the new one."""
    await install(many, refresh_token="xoxe-1", expires_in=3600)
    many.slack.tokens["xoxb-renewed"] = "T1"
    many.slack.oauth["xoxe-1"] = {"access_token": "xoxb-renewed", "refresh_token": "xoxe-2", "expires_in": 43_200}
    await many.ask(mention(FUEL))
    assert many.slack.calls[-1].token == "xoxb-renewed"
