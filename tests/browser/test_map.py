"""The map and the player in a real browser: hover, click, filter, highlight."""

import re

import pytest
from playwright.async_api import expect

from bot.adapters.web.server import WebAdapter
from tests.browser.conftest import VIDEO, Open
from tests.picture.long_episode import long_episode

pytestmark = pytest.mark.asyncio(loop_scope="session")


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


async def test_a_deep_link_finds_the_note_that_is_playing(visit: Open, web: WebAdapter) -> None:
    """`/e/<episode>#t=` marks the exact note, or the one before that second, and brings it into view."""
    made = await visit(f"{web.url}/e/harbour-light#t=70")
    meant = made.page.locator(".is-meant")
    await expect(meant).to_contain_text("What the lamp burned")
    await expect(meant).to_be_in_viewport()
    await made.page.goto(f"{web.url}/e/harbour-light#t=105")
    await expect(meant).to_contain_text("Cleaning the lens with vinegar")
