"""The story of a meeting in a real browser: by keyboard and clicker, on the screens it is made for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lib import clock, publishing, settings, snapshot, versions_keep
from lib.disclosure import kept
from tests.browser.harness import WITHOUT_FOOT, AppServer, axe_serious, errors_of, open_page, settled
from tests.browser.test_app import query, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NAME = "Rapat lama"
SCREENS = ((1280, 720), (1920, 1080))
ENGLISH = ("Show", "Loading", "Choose", "Error", "Download", "Fullscreen", "Previous", "Next")
ROOM = "(m => m.clientHeight - m.scrollHeight)(document.querySelector('[data-testid=stMain]'))"


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
        assert page.get_by_role("heading", level=1).inner_text() == "Rapat"
        assert not errors_of(page)


def _looked_at(page: Page) -> None:
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        settled(page)
        assert page.evaluate(ROOM) >= 0, (step_of(page), width)
        assert page.evaluate(WITHOUT_FOOT) == [], (step_of(page), width)
    words = page.locator("[data-testid=stMain]").inner_text()
    assert not [word for word in ENGLISH if word in words], step_of(page)
    assert not axe_serious(page), step_of(page)
    page.set_viewport_size(dict(zip(("width", "height"), SCREENS[0], strict=True)))


def test_a_kept_version_s_banner_leaves_room_for_the_story(meeting: AppServer, browser: Browser):
    with open_page(browser, viewport=SCREENS[0]) as page:
        for step in ("klaster", "peta"):
            visit(page, f"{meeting.base}/rapat?versi={NAME}&langkah={step}")
            assert page.get_by_text("Sebagaimana disajikan").is_visible()
            assert page.evaluate(ROOM) >= 0, step
