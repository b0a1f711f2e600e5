"""The story of a meeting in a real browser: by keyboard and clicker, on the screens it is made for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lib import clock, publishing, settings, snapshot, versions_keep
from lib.disclosure import kept
from tests.browser.harness import (
    WITHOUT_FOOT,
    AppServer,
    axe_serious,
    errors_of,
    expect,
    open_page,
    settled,
)
from tests.browser.test_app import query, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NAME = "Rapat lama"
SCREENS = ((1280, 720), (1920, 1080))
ENGLISH = ("Show", "Loading", "Choose", "Error", "Download", "Fullscreen", "Previous", "Next")
ROOM = "(m => m.clientHeight - m.scrollHeight)(document.querySelector('[data-testid=stMain]'))"
# Pairs of values of a chart that lie over each other by more than the room above and below a figure.
OVERLAPPING = """() => {
  const values = [...document.querySelectorAll('.bartext')].filter((text) => text.textContent.trim());
  const boxes = values.map((text) => text.getBoundingClientRect());
  const over = (a, b) => a.left < b.right && b.left < a.right && a.bottom - b.top > a.height / 4;
  return boxes.flatMap((box, at) => boxes.slice(at + 1)
    .filter((other) => over(...[box, other].sort((a, b) => a.top - b.top))).map(() => values[at].textContent));
}"""
# How much larger a chart is on the screen than it was drawn, and how large its type is then.
TYPE = """() => {
  const plot = document.querySelector('.js-plotly-plot');
  const size = parseFloat(getComputedStyle(plot.querySelector('.ytick text')).fontSize);
  return size * plot.querySelector('.main-svg').getBoundingClientRect().width / plot._fullLayout.width;
}"""


@pytest.fixture(scope="module")
def meeting(office: AppServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A copy of the small office whose audit hides nothing further, kept under a name."""
    folder = tmp_path_factory.mktemp("rapat") / "data"
    shutil.copytree(Path(office.environment["TUNTAS_DATA"]), folder)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    built = publishing.publish(values, now=clock.now(), audit=False)
    kept.write(snapshot.audit_path(values, built.versi), [])
    versions_keep.keep(values, NAME, by="Direktur", now=clock.now())
    with AppServer({"TUNTAS_DATA": str(folder)}) as app:
        yield app


def on_screen(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))


def turned(page: Page, key: str, step: str) -> None:
    page.keyboard.press(key)
    page.wait_for_function("s => (new URL(location.href).searchParams.get('langkah') ?? '') === s", arg=step)
    settled(page)


def step_of(page: Page) -> str:
    return query(page.url).get("langkah", "")


def test_the_story_is_turned_by_keys_and_fits_every_screen(meeting: AppServer, browser: Browser):
    with open_page(browser, viewport=SCREENS[0]) as page:
        visit(page, f"{meeting.base}/rapat")
        page.get_by_role("button", name="Mulai tayangan").click()
        page.wait_for_url("**langkah=pokok*")
        settled(page)
        walked = ["pokok"]
        while page.get_by_role("button", name="Selanjutnya").is_enabled():
            page.keyboard.press(("ArrowRight", "PageDown")[len(walked) % 2])
            page.wait_for_url(lambda url, seen=walked[-1]: query(url).get("langkah") != seen)
            settled(page)
            walked.append(step_of(page))
            _looked_at(page)
        assert walked[0] == "pokok" and walked[-1] == "tindak-lanjut" and len(walked) == len(set(walked)) > 7
        turned(page, "ArrowLeft", walked[-2])
        turned(page, "PageUp", walked[-3])
        turned(page, "Home", "pokok")
        turned(page, "End", walked[-1])
        turned(page, "Escape", "")
        expect(page.get_by_role("heading", level=1)).to_have_text("Rapat")
        assert not errors_of(page)


def _looked_at(page: Page) -> None:
    small, large = SCREENS
    on_screen(page, large)
    settled(page)
    _fits(page, large)
    words = page.locator("[data-testid=stMain]").inner_text()
    assert not [word for word in ENGLISH if word in words], step_of(page)
    assert not axe_serious(page), step_of(page)
    # The next step comes on this one.
    on_screen(page, small)
    settled(page)
    _fits(page, small)


def _fits(page: Page, size: tuple[int, int]) -> None:
    assert page.evaluate(ROOM) >= 0, (step_of(page), size)
    assert page.evaluate(WITHOUT_FOOT) == [], (step_of(page), size)


def test_a_chart_s_type_grows_with_the_screen_and_its_bars_answer_the_pointer(
    meeting: AppServer, browser: Browser
):
    with open_page(browser, viewport=SCREENS[1]) as page:
        visit(page, f"{meeting.base}/rapat?langkah=klaster")
        assert page.evaluate(TYPE) >= 30
        bar = page.locator(".bars .point path").nth(1).bounding_box()
        page.mouse.move(bar["x"] + bar["width"] * 0.9, bar["y"] + bar["height"] / 2)
        label = page.locator(".hoverlayer .hovertext")
        label.wait_for()
        place = label.locator("path").bounding_box()
        assert place["y"] < bar["y"] + bar["height"] and place["y"] + place["height"] > bar["y"]
        on_screen(page, SCREENS[0])
        settled(page)
        page.wait_for_function(f"(wanted) => Math.abs(({TYPE})() - wanted) <= 0.1", arg=22)


def test_a_kept_version_s_banner_leaves_room_for_the_story(meeting: AppServer, browser: Browser):
    with open_page(browser, viewport=SCREENS[0]) as page:
        for step in ("klaster", "peta", "tersendat"):
            visit(page, f"{meeting.base}/rapat?versi={NAME}&langkah={step}")
            expect(page.get_by_text("Sebagaimana disajikan")).to_be_visible()
            assert page.evaluate(ROOM) >= 0, step
            assert page.evaluate(OVERLAPPING) == [], step
