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
from tests.browser.axe import axe_source
from tests.browser.conftest import VIDEO, Open
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


async def test_everything_works_by_keyboard_alone(visit: Open, web: WebAdapter) -> None:
    """Ask, switch views, walk the map, play, and close the video without a pointer."""
    made = await visit(web.url)
    page = made.page
    await expect(page.locator("#question")).to_be_focused()
    await page.keyboard.type(FUEL)
    await page.keyboard.press("Enter")
    await expect(page.locator("#view .text")).to_contain_text(FUEL_ANSWER)
    await tab_to(page, "#tab-plain")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#tab-discord")).to_be_focused()
    await expect(page.locator("#view .discord")).to_be_visible()
    await tab_to(page, ".slider")
    slider = page.locator(".slider")
    spoken = []
    for key in ("Home", "ArrowRight", "PageDown", "End", "ArrowLeft"):
        await page.keyboard.press(key)
        spoken.append(await slider.get_attribute("aria-valuetext"))
    assert len(set(spoken)) == 5
    assert (spoken[0] or "").startswith("0:00, His first night on the rock")
    assert "2:30" in (spoken[2] or "")
    await page.keyboard.press("Enter")
    await expect(page.locator("#player iframe")).to_be_visible()
    await page.locator("#player").get_by_role("button", name="Close the video").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#player")).to_be_hidden()
    await expect(slider).to_be_focused()


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that element has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


async def test_hover_shows_a_note_and_a_click_plays_it_there(visit: Open, web: WebAdapter) -> None:
    """Nothing is asked of the video's host before the click; then its privacy-enhanced player opens at the second."""
    made = await visit(web.url)
    page = made.page
    await page.locator(".slider").scroll_into_view_if_needed()
    bar = await page.locator(".bar").first.bounding_box()
    assert bar is not None
    await page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    await expect(page.locator(".tip")).to_contain_text("His first night on the rock")
    assert made.foreign == []
    await page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    await expect(page.locator("#note")).to_contain_text("sack of coal")
    source = await page.locator("#player iframe").get_attribute("src") or ""
    assert source.startswith(f"{VIDEO}embed/Ab3dEf6hIj_?start=0&")
    await expect(page.frame_locator("#player iframe").locator("body")).to_contain_text("video")
    assert all(url.startswith(VIDEO) for url in made.foreign)
    assert made.foreign


async def test_offline_the_player_shows_the_link_and_the_time(visit: Open, web: WebAdapter) -> None:
    """Without a network there is no dead frame, but the link that keeps the second."""
    made = await visit(f"{web.url}/?q=what+fuel+did+the+lantern+use")
    await made.page.wait_for_selector("#play")
    await made.page.context.set_offline(True)
    await made.page.click("#play")
    player = made.page.locator("#player")
    await expect(player).to_contain_text("You are offline")
    assert await player.locator("iframe").count() == 0
    link = player.locator("a")
    assert re.search(r"&t=\d+$", await link.get_attribute("href") or "")
    assert re.search(r"\d:\d\d", await link.inner_text())


async def test_a_theme_filters_the_map(visit: Open, web: WebAdapter) -> None:
    """One theme's notes stay, the others step back; pressing again brings them back."""
    made = await visit(web.url)
    page = made.page
    total = await page.locator(".bar").count()
    storms = page.get_by_role("button", name="Storms")
    await storms.click()
    await expect(storms).to_have_attribute("aria-pressed", "true")
    shown = await page.locator(".bar:not(.dim)").count()
    assert 0 < shown < total
    await storms.click()
    assert await page.locator(".bar:not(.dim)").count() == total


async def test_typing_highlights_notes_within_50_ms_a_keystroke(visit: Open, long_web: WebAdapter) -> None:
    """Over 400 notes each keystroke changes the map in at most 50 ms (the median of ten), layout included."""
    made = await visit(long_web.url)
    await made.page.wait_for_selector(".bar")
    took = await made.page.evaluate(
        """() => {
          const field = document.getElementById("find"), took = [];
          for (const text of ["l", "la", "lam", "lamp", "lamp s", "lamp st", "s", "st", "sto", "stor"]) {
            const began = performance.now();
            field.value = text;
            field.dispatchEvent(new Event("input", {bubbles: true}));
            document.querySelector(".plot").getBoundingClientRect();
            took.push(performance.now() - began);
          }
          return took.sort((a, b) => a - b);
        }"""
    )
    hits = await made.page.locator(".bar.hit").count()
    notes = [note for note in long_episode().notes if re.search(r"\bstor", f"{note.title} {note.answer}".lower())]
    assert hits == len(notes) > 0
    assert await made.page.locator("#found").inner_text() == f"{hits} notes"
    assert took[5] <= 50, took


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


async def test_a_phone_shows_everything_in_its_width(visit: Open, web: WebAdapter) -> None:
    """At 360 pixels nothing sticks out; a tap on the map shows the note, and a second press plays it."""
    made = await visit(f"{web.url}/?q=what+fuel+did+the+lantern+use", width=360, height=740, touch=True)
    page = made.page
    await page.wait_for_selector("#view .text")
    await page.wait_for_selector(".bar")
    for view in ("discord", "slack", "plain"):
        await page.tap(f"#tab-{view}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, view
    await page.locator(".bar").first.scroll_into_view_if_needed()
    bar = await page.locator(".bar").first.bounding_box()
    assert bar is not None
    await page.touchscreen.tap(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    await expect(page.locator("#note h3")).to_be_visible()
    await expect(page.locator("#player")).to_be_hidden()
    await page.locator("#note").get_by_role("button", name="Play").tap()
    await expect(page.locator("#player iframe")).to_be_visible()
    await made.shot("phone")


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


async def test_a_deep_link_finds_the_note_that_is_playing(visit: Open, web: WebAdapter) -> None:
    """`/e/<episode>#t=` marks the exact note, or the one before that second, and brings it into view."""
    made = await visit(f"{web.url}/e/harbour-light#t=70")
    meant = made.page.locator(".is-meant")
    await expect(meant).to_contain_text("What the lamp burned")
    await expect(meant).to_be_in_viewport()
    await made.page.goto(f"{web.url}/e/harbour-light#t=105")
    await expect(meant).to_contain_text("Cleaning the lens with vinegar")


async def test_the_page_to_read_prints_as_text(visit: Open, web: WebAdapter) -> None:
    """On paper the navigation is gone and every note is there."""
    made = await visit(f"{web.url}/e/harbour-light")
    await made.page.emulate_media(media="print")
    await expect(made.page.locator(".top")).to_be_hidden()
    assert await made.page.locator(".note h3:visible").count() == 8
    assert len(await made.page.pdf()) > 5000


async def serious(page: Page, part: str) -> list[tuple[str, str]]:
    """What axe-core calls serious or critical in a part of the page."""
    found = await page.evaluate("part => axe.run(part, {resultTypes: ['violations']})", part)
    return [
        (one["id"], node["html"][:120])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_no_serious_barrier_on_the_page(visit: Open, web: WebAdapter, dark: bool) -> None:
    """axe-core finds nothing serious on the page with an answer, in any view, or with a refusal and a video open."""
    made = await visit(f"{web.url}/?q=what+fuel+did+the+lantern+use", dark=dark)
    await made.page.wait_for_selector("#view > *")
    await made.page.wait_for_selector(".bar")
    await made.page.evaluate(axe_source())
    assert await serious(made.page, "html") == []
    for view in ("discord", "slack"):
        await made.page.click(f"#tab-{view}")
        assert await serious(made.page, "#reply") == [], view
    await made.page.click("#tab-plain")
    await made.page.click("#play")
    assert await serious(made.page, "#player .player-head, #player .player-foot") == []
    await made.ask("who built the lens")
    assert await serious(made.page, "#reply") == []


@pytest.mark.parametrize("place", ["read", "phone"])
async def test_no_serious_barrier_elsewhere(visit: Open, web: WebAdapter, place: str) -> None:
    """Nor on the page to read, nor on a phone with a note of the map shown."""
    if place == "read":
        made = await visit(f"{web.url}/e/harbour-light#t=70")
    else:
        made = await visit(web.url, width=390, height=800, touch=True)
        await made.page.wait_for_selector(".bar")
        await made.page.focus(".slider")
        await made.page.keyboard.press("Home")
        await expect(made.page.locator("#note")).to_be_visible()
    await made.page.evaluate(axe_source())
    assert await serious(made.page, "html") == []
