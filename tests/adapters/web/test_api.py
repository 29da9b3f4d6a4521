"""The API: the same answers as everywhere, clear errors, limits, and nothing kept or logged."""

import asyncio
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession

from bot.adapters.desk import Desk
from bot.adapters.limits import RateLimit
from bot.answer.service import Answers
from bot.episode.model import Episode
from bot.store.store import Store
from tests.adapters.contract_table import CASES, Case, Said, expected
from tests.adapters.web.served import NoStore, make_desk, served

SECRET = "zebra-crossing-in-the-question"


async def got(client: ClientSession, url: str, status: int = 200, **query: str) -> Any:
    """The JSON of a reply that has that status."""
    async with client.get(url, params=query) as reply:
        assert reply.status == status, await reply.text()
        assert reply.content_type == "application/json"
        return await reply.json()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_web_says_what_every_platform_says(
    client: ClientSession, desk: Desk, answers: Answers, case: Case
) -> None:
    """The same question gives the same text, theme tag and links as the one door; too long is a clear 400."""
    async with served(desk) as web:
        query = {"q": case.text} | ({"theme": case.theme} if case.theme else {})
        if len(case.text) > 500:
            error = await got(client, f"{web.url}/api/ask", 400, **query)
            assert error["error"]["code"] == "too_long"
            return
        body = await got(client, f"{web.url}/api/ask", **query)
    theme = body.get("theme")
    links = [body["moment"]] if "moment" in body else [one["moment"] for one in body["related"]]
    said = Said(
        text=body["text"],
        tag=f"{theme['emoji']} {theme['name']}" if theme else "",
        links=tuple(one["url"] for one in links),
    )
    assert said == expected(answers, case)


async def test_the_very_payloads_of_the_renderers_come_along(client: ClientSession, desk: Desk) -> None:
    """An answer and a refusal both carry what Discord and Slack would be sent."""
    async with served(desk) as web:
        for question in ("what fuel did the lantern use", "what is the capital of norway"):
            shown = (await got(client, f"{web.url}/api/ask", q=question))["shown"]
            assert shown["discord"]["embeds"]
            assert shown["slack"]["blocks"]


async def test_a_renderer_that_fails_costs_its_view_only(client: ClientSession, desk: Desk) -> None:
    """The answer arrives though one of the other platforms' renderers is broken."""

    def broken(_: object) -> dict[str, Any]:
        raise RuntimeError(SECRET)

    async with served(desk, show={"discord": broken}) as web:
        body = await got(client, f"{web.url}/api/ask", q="what fuel did the lantern use")
    assert body["outcome"] == "answer"
    assert body["shown"] == {"discord": None}


async def test_a_follow_up_belongs_to_its_topic(client: ClientSession, desk: Desk) -> None:
    """ "tell me more" with a topic opens the detail of that answer; a topic nobody knows changes nothing."""
    async with served(desk) as web:
        first = await got(client, f"{web.url}/api/ask", q="where did he sleep on day one")
        more = await got(client, f"{web.url}/api/ask", q="tell me more", topic=first["hit_id"])
        lost = await got(client, f"{web.url}/api/ask", q="what fuel did the lantern use", topic="nonsense")
    assert more["text"] == "The keeper before him had left without saying that the roof leaked."
    assert lost["hit_id"] == "lamp-oil"


async def test_a_hit_opens_and_an_unknown_one_is_404(client: ClientSession, desk: Desk) -> None:
    """A related moment leads to its answer."""
    async with served(desk) as web:
        assert (await got(client, f"{web.url}/api/open", id="lamp-oil"))["hit_id"] == "lamp-oil"
        error = await got(client, f"{web.url}/api/open", 404, id="no-such-note")
    assert error["error"]["code"] == "no_such_hit"


async def test_when_at_and_insight_answer(client: ClientSession, desk: Desk) -> None:
    """Moments of a topic, what is said at a time, and a thought of a theme."""
    async with served(desk) as web:
        moments = (await got(client, f"{web.url}/api/when", q="vinegar"))["moments"]
        spoken = await got(client, f"{web.url}/api/at", t="1:10")
        thought = await got(client, f"{web.url}/api/insight", theme="weather")
    assert moments[0]["hit_id"] == "cleaning-lens"
    assert spoken["answer"]["hit_id"] == "lamp-oil"
    assert thought["theme"]["id"] == "weather"


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("ask", {}, 400, "missing"),
        ("ask", {"q": "x" * 501}, 400, "too_long"),
        ("ask", {"q": "fuel", "theme": "nonsense"}, 400, "unknown_theme"),
        ("at", {"t": "soon"}, 400, "bad_time"),
        ("at", {"t": "10:00"}, 400, "bad_time"),
        ("map.png", {"t": "99:00:00"}, 400, "bad_time"),
        ("strip.png", {}, 400, "missing"),
        ("nothing", {}, 404, "not_found"),
    ],
)
async def test_a_wrong_request_gets_a_clear_json_error(
    client: ClientSession, desk: Desk, path: str, query: dict[str, str], status: int, code: str
) -> None:
    """The reply names the parameter and what to write instead."""
    async with served(desk) as web:
        error = (await got(client, f"{web.url}/api/{path}", status, **query))["error"]
    assert error["code"] == code
    assert set(error) == {"code", "message"}


async def test_the_longest_question_of_the_widest_letters_is_answered(client: ClientSession, desk: Desk) -> None:
    """500 emoji are 6,000 bytes of address, and still a question."""
    async with served(desk) as web:
        body = await got(client, f"{web.url}/api/ask", q="🐕" * 500, topic="🐕" * 200)
    assert body["outcome"] != "answer"


async def test_a_parameter_given_twice_is_refused(client: ClientSession, desk: Desk) -> None:
    """Nobody has to guess which of two questions was answered."""
    async with served(desk) as web, client.get(f"{web.url}/api/ask?q=a&q=b") as reply:
        assert (reply.status, (await reply.json())["error"]["code"]) == (400, "given_twice")


async def test_other_methods_are_405_in_json(client: ClientSession, desk: Desk) -> None:
    """The API only reads; what it allows is said."""
    async with served(desk) as web:
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            async with client.request(method, f"{web.url}/api/ask") as reply:
                assert (reply.status, reply.headers["Allow"]) == (405, "GET,HEAD")
                assert (await reply.json())["error"]["code"] == "method_not_allowed"


async def test_other_origins_get_no_permission(client: ClientSession, desk: Desk) -> None:
    """CORS is off: no reply names an allowed origin."""
    async with (
        served(desk) as web,
        client.get(f"{web.url}/api/episode", headers={"Origin": "https://a.example"}) as got,
    ):
        assert not [name for name in got.headers if name.lower().startswith("access-control")]


async def test_questions_are_limited_by_address(client: ClientSession, told_episode: Episode) -> None:
    """The third question of a minute gets 429 with the seconds to wait; a moment later it is answered again."""
    now = [0.0]
    desk = make_desk(NoStore(), told_episode, per_minute=2, now=lambda: now[0])
    async with served(desk) as web:
        url = f"{web.url}/api/ask"
        for _ in range(2):
            await got(client, url, q="hello")
        async with client.get(url, params={"q": "hello"}) as reply:
            assert (reply.status, reply.headers["Retry-After"]) == (429, "30")
        now[0] = 30.0
        await got(client, url, q="hello")


async def test_reading_has_a_limit_of_its_own(client: ClientSession, desk: Desk) -> None:
    """Opening moments is limited too, apart from questions."""
    async with served(desk, reads=RateLimit(1, lambda: 0.0)) as web:
        await got(client, f"{web.url}/api/at", t="10")
        error = await got(client, f"{web.url}/api/at", 429, t="10")
        await got(client, f"{web.url}/api/ask", q="hello")
    assert error["error"]["code"] == "too_often"


@pytest.mark.parametrize(("proxies", "statuses"), [(0, [200, 429]), (1, [200, 200])])
async def test_a_proxy_header_counts_only_behind_proxies(
    client: ClientSession, told_episode: Episode, proxies: int, statuses: list[int]
) -> None:
    """Without a proxy in front the header is only a claim of the client, and does not buy another allowance."""
    desk = make_desk(NoStore(), told_episode, per_minute=1)
    seen = []
    async with served(desk, trusted_proxies=proxies) as web:
        for claim in ("203.0.113.1", "203.0.113.2"):
            async with client.get(f"{web.url}/api/ask?q=hi", headers={"X-Forwarded-For": claim}) as reply:
                seen.append(reply.status)
    assert seen == statuses


async def test_no_question_and_no_address_in_the_log(
    client: ClientSession, desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither an answered question, nor a wrong request, nor broken HTTP leaves what a person wrote in a log."""
    with structlog.testing.capture_logs() as lines:
        async with served(desk) as web:
            await got(client, f"{web.url}/api/ask", q=SECRET)
            await got(client, f"{web.url}/api/at", 400, t=SECRET)
            await broken_request(web.port, f"GET /{SECRET} {SECRET} HTTP/1.1\r\n{SECRET}\r\n\r\n")
    told = repr(lines) + caplog.text + "".join(capfd.readouterr())
    assert "http_trouble" in told
    assert SECRET not in told
    assert "127.0.0.1" not in told.replace(web.url, "").replace("http://127.0.0.1:", "")


@pytest.mark.parametrize("keeps", [False, True])
async def test_questions_are_kept_only_where_the_operator_chose_so(
    client: ClientSession, store: Store, told_episode: Episode, keeps: bool
) -> None:
    """By default nothing of a web question reaches the database; with KEEP_QUESTIONS its text and no address."""
    desk = make_desk(store, told_episode, keep=keeps)
    async with served(desk) as web:
        await got(client, f"{web.url}/api/ask", q=SECRET)
    assert [(one.text, one.user_hash) for one in await store.kept_questions()] == [(SECRET, "")] * keeps


async def broken_request(port: int, text: str) -> bytes:
    """What the server says to something that is not HTTP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode())
    said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return said
