"""The page for everybody: keyboard alone, a phone, print, and no serious finding of axe-core."""

import pytest
from playwright.async_api import Page, expect

from bot.adapters.web.server import WebAdapter
from tests.browser.axe import axe_source
from tests.browser.conftest import Open

pytestmark = pytest.mark.asyncio(loop_scope="session")

FUEL = "what fuel did the lantern use"
FUEL_ANSWER = "The lamp burned 12 litres of paraffin a night"


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
