"""The page in a real browser: what a person does, by mouse, finger and keyboard."""

import asyncio
import re
from contextlib import suppress
from dataclasses import replace

import pytest
from playwright.async_api import Error, Page, Route, expect

from bot.adapters.web.server import WebAdapter
from bot.adapters.web.shapes import outcome_json
from bot.answer.model import Answer, Question, Quote
from bot.answer.service import Answers
from tests.adapters.web.served import SHOW
from tests.browser.conftest import Open
from tests.picture.long_episode import long_episode

pytestmark = pytest.mark.asyncio(loop_scope="session")

FUEL = "what fuel did the lantern use"
FUEL_ANSWER = "The lamp burned 12 litres of paraffin a night"


async def test_asking_shows_the_answer_its_moment_and_its_theme(visit: Open, web: WebAdapter) -> None:
    """A typed question leads to the short answer, the theme tag, the link to the second, and the mark on the map."""
    made = await visit(web.url)
    await made.ask(FUEL)
    page = made.page
    await expect(page.locator("#view .text")).to_contain_text(FUEL_ANSWER)
    await expect(page.locator("#view .tag")).to_contain_text("The lamp")
    link = page.locator("#view a.button")
    assert re.fullmatch(r"https://www\.youtube\.com/watch\?v=Ab3dEf6hIj_&t=\d+", await link.get_attribute("href") or "")
    await expect(page.locator(".overlay text.mark")).to_be_visible()
    assert "q=what+fuel" in page.url
    assert made.foreign == []


async def test_a_starter_is_answered(visit: Open, web: WebAdapter) -> None:
    """A question offered at the start gets an answer, not a refusal."""
    made = await visit(web.url)
    for number in range(await made.page.locator(".starter").count()):
        async with made.page.expect_response(lambda reply: "/api/ask" in reply.url) as got:
            await made.page.locator(".starter").nth(number).click()
        assert (await (await got.value).json())["outcome"] == "answer"


async def test_a_shared_link_asks_by_itself_and_back_goes_back(visit: Open, web: WebAdapter) -> None:
    """`/?q=` shows the answer at once; the browser's back button leads to the question before."""
    made = await visit(f"{web.url}/?q=what+fuel+did+the+lantern+use")
    await expect(made.page.locator("#view .text")).to_contain_text(FUEL_ANSWER)
    await made.ask("why not use soap")
    await expect(made.page.locator("#view .text")).to_contain_text("vinegar")
    await made.page.go_back()
    await expect(made.page.locator("#view .text")).to_contain_text(FUEL_ANSWER)


async def test_going_back_to_the_start_forgets_a_question_under_way(visit: Open, web: WebAdapter) -> None:
    """An answer that arrives after the person has gone back does not reappear."""
    made = await visit(web.url)
    page = made.page
    await made.ask(FUEL)
    await expect(page.locator("#view .text")).to_contain_text(FUEL_ANSWER)
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        with suppress(Error):  # a request that was given up can no longer go on
            await route.continue_()

    await page.route("**/api/ask?*", hold)
    async with page.expect_request("**/api/ask?*"):
        await page.fill("#question", "why not use soap")
        await page.press("#question", "Enter")
    await page.go_back()
    await expect(page.locator("#reply")).to_be_hidden()
    held.set()
    await page.unroute_all(behavior="wait")
    await page.evaluate("() => fetch('/livez').then((reply) => reply.text())")
    await expect(page.locator("#reply")).to_be_hidden()


async def test_the_same_answer_is_shown_as_discord_and_slack_would(visit: Open, web: WebAdapter) -> None:
    """The switch draws the payloads of the two renderers; links lead to the moment, other buttons are only drawn."""
    made = await visit(f"{web.url}/?q=what+fuel+did+the+lantern+use")
    page = made.page
    for name, part in (("discord", ".embed"), ("slack", ".section")):
        await page.click(f"#tab-{name}")
        view = page.locator(f"#view .chat.{name}")
        await expect(view.locator(part).first).to_contain_text(FUEL_ANSWER)
        await expect(view).to_contain_text("The lamp")
        play = view.locator("a.button").first
        assert "watch?v=Ab3dEf6hIj_&t=" in (await play.get_attribute("href") or "")
        assert await view.locator(".unknown").count() == 0
        await made.shot(name)
    await page.click("#tab-plain")
    await expect(page.locator("#view .plain")).to_be_visible()


async def test_a_refusal_is_shown_in_every_view_with_its_nearest_moment(visit: Open, web: WebAdapter) -> None:
    """What the episode does not say is said so, and the nearest moment can be opened."""
    made = await visit(web.url)
    await made.ask("who built the lens")
    for name in ("discord", "slack", "plain"):
        await made.page.click(f"#tab-{name}")
        await expect(made.page.locator("#view")).to_contain_text("not in this episode")
    await made.page.locator("#further .moment").first.click()
    await expect(made.page.locator("#view .plain .text")).to_contain_text(FUEL_ANSWER)


async def test_follow_ups_know_the_answer_above(visit: Open, web: WebAdapter) -> None:
    """ "Tell me more", pressed or typed, gives the detail behind the answer."""
    detail = "The keeper before him had left"
    made = await visit(web.url)
    await made.ask("where did he sleep on day one")
    await made.page.get_by_role("button", name="Tell me more").click()
    await expect(made.page.locator("#view .text")).to_contain_text(detail)
    await made.ask("where did he sleep on day one")
    await made.ask("and why?")
    await expect(made.page.locator("#view .text")).to_contain_text(detail)


async def test_first_answer_within_a_second_and_a_half_and_200_kb(visit: Open, long_web: WebAdapter) -> None:
    """A cold load of a shared link shows its answer in 1.5 s (the best of three) and moves at most 200 kB in all."""
    question = long_episode().notes[7].asks[0]
    seen = []
    for _ in range(3):
        made = await visit("about:blank")
        await made.page.goto(f"{long_web.url}/?q={question.replace(' ', '+')}")
        await made.page.wait_for_selector("#view > *")
        seen.append(await made.page.evaluate("performance.now()"))
        await made.page.wait_for_selector(".bar")
        await made.page.wait_for_selector("#thought:not([hidden])")
        weight = await made.weight()
        assert 10_000 < weight <= 200_000
        if seen[-1] <= 1500:
            break
    print(f"first answer after {min(seen):.0f} ms; page weight {weight / 1000:.0f} kB")
    assert min(seen) <= 1500


HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1> "
    "@everyone <!channel> <@U123> **b** [l](https://evil.example)"
)


async def test_a_hostile_question_does_nothing(visit: Open, web: WebAdapter) -> None:
    """Markup and mentions in a question stay what was typed; nothing runs, nothing is called."""
    made = await visit(web.url)
    await made.ask(HOSTILE)
    await expect_harmless(made.page)
    assert await made.page.input_value("#question") == HOSTILE


async def test_hostile_text_in_an_answer_stays_text(visit: Open, web: WebAdapter, answers: Answers) -> None:
    """The same in every field of an answer, as it may come from a transcript: each view shows it as text."""
    said = answers.ask(Question(text=FUEL))
    assert isinstance(said, Answer)
    quote = Quote(text=HOSTILE, speaker=HOSTILE)
    bad = replace(said, question=HOSTILE, text=HOSTILE, title=HOSTILE, speaker=HOSTILE, quote=quote)
    body = outcome_json(bad) | {"shown": {name: show(bad) for name, show in SHOW.items()}}
    made = await visit(web.url)
    await made.page.route("**/api/ask*", lambda route: route.fulfill(json=body))
    await made.ask("anything")
    await expect(made.page.locator("#view .text")).to_have_text(HOSTILE)
    await expect_harmless(made.page)


async def expect_harmless(page: Page) -> None:
    """No view of the reply holds an element, a mention or a link that the text asked for."""
    for view in ("slack", "discord", "plain"):
        await page.click(f"#tab-{view}")
        assert await page.locator("#view :is(script, img[src='x'], .mention, a[href*='evil'])").count() == 0, view
    assert await page.evaluate("window.hacked") is None


async def test_trouble_is_told(visit: Open, web: WebAdapter) -> None:
    """A server that cannot be reached gives a sentence, not silence."""
    made = await visit(web.url)
    await made.page.route("**/api/ask*", lambda route: route.abort())
    await made.page.fill("#question", FUEL)
    await made.page.press("#question", "Enter")
    await expect(made.page.get_by_role("alert")).to_contain_text("cannot be reached")
    made.complaints = [one for one in made.complaints if "ERR_FAILED" not in one]


async def test_the_shade_is_chosen_and_kept(visit: Open, web: WebAdapter) -> None:
    """Light or dark is the system's choice until the person presses the button, and survives a reload."""
    made = await visit(web.url, dark=True)
    await expect(made.page.locator("html")).to_have_attribute("data-shade", "dark")
    await made.page.click("#shade")
    await made.page.reload()
    await expect(made.page.locator("html")).to_have_attribute("data-shade", "light")
