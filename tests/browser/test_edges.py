"""The smallest, the largest, the emptiest and the latest province on every page and width: calm and whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from lib import measure, reference, settings
from tests.browser.edges import FEWEST, LATE, MOST, NEVER_SENT, NO_CASES, STAFF
from tests.browser.harness import AppServer, errors_of, open_page, settled
from tests.browser.test_app import ENGLISH, HIDDEN_TEXTS, TOO_WIDE, VIEWPORTS, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PATHS = {
    "provinsi": "provinsi",
    "pendamping": "pendamping",
    "kasus": "kasus",
    "klaster": "klaster",
    "ringkasan": "",
}
HIGH = 5_000  # pixels; so high that all of a page is on the screen and drawn
NOT_A_NUMBER = re.compile(r"(?<![\w-])([Nn]a[Nn]|NaT|None|inf|Infinity|undefined|null)(?![\w-])")
BROKEN = "kesalahan program"
# Texts on the screen, also those of drawings.
SEEN = """() => [
  document.querySelector('[data-testid=stMain]').innerText,
  ...[...document.querySelectorAll('.js-plotly-plot text')].map((text) => text.textContent),
]"""
# Of each drawing the number of its marks that are not of size zero; the classes are those of its library.
MARKS = """() => [...document.querySelectorAll('.js-plotly-plot')]
  .filter((plot) => plot.checkVisibility())
  .map((plot) => [...plot.querySelectorAll('.point path, path.point, .js-line, .choroplethlocation')]
    .filter((mark) => { const box = mark.getBBox(); return box.width > 0.5 || box.height > 0.5; }).length)"""
# What must be said where there is nothing to draw, per page; nothing is claimed that is not known.
CALM = {
    (NO_CASES, "provinsi"): ("tidak ada kasus yang terdata", "Belum pernah ada kasus menurut saringan ini."),
    (NO_CASES, "pendamping"): ("Tidak ada kasus yang terdata, ditutup, atau terbuka dalam periode.",),
    (NO_CASES, "kasus"): ("0 kasus", "Tidak ada kasus dalam daftar ini."),
    (NO_CASES, "klaster"): ("Belum pernah ada kasus menurut saringan ini.",),
    (NO_CASES, "ringkasan"): ("tidak ada kasus yang terdata",),
    (NEVER_SENT, "provinsi"): ("Sulawesi Barat belum pernah mengirim data.",),
    (NEVER_SENT, "pendamping"): ("Sebaran beban: belum ada data.", "Profil pendamping: belum ada data."),
    (NEVER_SENT, "kasus"): ("Sulawesi Barat belum pernah mengirim data.",),
    (NEVER_SENT, "klaster"): ("Belum ada data untuk wilayah ini.",),
    (NEVER_SENT, "ringkasan"): ("belum ada data",),
    (FEWEST, "pendamping"): ("4 pendamping aktif",),
    (FEWEST, "provinsi"): ("4 pendamping aktif", "Tidak ada kasus macet pada tanggal data."),
    (FEWEST, "klaster"): ("belum ada angka untuk kelompok mana pun. Sebabnya: n < 10 (7).",),
    (MOST, "pendamping"): ("90 pendamping aktif",),
    (LATE, "provinsi"): ("11 Oktober 2026",),
}
# Ringkasan draws its frames also where there is nothing to fill them.
EMPTY_DRAWINGS_ALLOWED = {(NO_CASES, "ringkasan"), (NEVER_SENT, "ringkasan")}


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Page]:
    """One page for all: a browser that has nothing cached yet takes far longer."""
    with open_page(browser) as page:
        yield page


def resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    settled(page)


def problems(page: Page, *, empty_allowed: bool) -> list[str]:
    """What is wrong with the page as it is now."""
    texts = page.evaluate(SEEN) + page.evaluate(HIDDEN_TEXTS)
    found = [f"English: {text[:80]}" for text in texts[1:] if ENGLISH.search(text)]
    found += [f"English: {match}" for match in ENGLISH.findall(texts[0])]
    found += [f"not a number: {text[:80]}" for text in texts if NOT_A_NUMBER.search(text)]
    found += [f"too wide: {name}" for name in page.evaluate(TOO_WIDE)]
    found += ["broken"] * (BROKEN in texts[0])
    found += [name for name in ("stException", "stAlertContentError") if page.get_by_test_id(name).count()]
    if not empty_allowed:
        found += [f"drawing {at} is empty" for at, marks in enumerate(page.evaluate(MARKS)) if marks == 0]
    return found


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("kode", [FEWEST, MOST, NO_CASES, NEVER_SENT, LATE])
def test_page_of_a_province_is_whole_at_every_width(kode, name, office, visitor):
    (width, _), *others = VIEWPORTS
    visitor.set_viewport_size({"width": width, "height": HIGH})
    visit(visitor, f"{office.base}/{PATHS[name]}?provinsi={kode}")
    allowed = (kode, name) in EMPTY_DRAWINGS_ALLOWED
    found = [f"{width}: {problem}" for problem in problems(visitor, empty_allowed=allowed)]
    for width, _ in others:
        resize(visitor, width, HIGH)
        found += [f"{width}: {problem}" for problem in problems(visitor, empty_allowed=allowed)]
    assert found == [] and errors_of(visitor) == []
    text = visitor.get_by_test_id("stMain").inner_text()
    assert [sentence for sentence in CALM.get((kode, name), ()) if sentence not in text] == []
    assert reference.names("provinsi")[kode] in text or name == "kasus"


def test_office_is_as_far_apart_as_it_says(office: AppServer):
    source = measure.open_source(settings.load(environment=office.environment))
    dates = {province.kode_provinsi: province.tanggal_data for province in source.provinces}
    source.engine.dispose()
    assert dates[NEVER_SENT] is None and dates[NO_CASES] is not None
    newest = max(day for day in dates.values() if day is not None)
    assert (newest - dates[LATE]).days >= 30
    assert STAFF == {FEWEST: 4, MOST: 90}


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ("<p>nan</p>", "not a number"),
        ("<p>Rujukan: None</p>", "not a number"),
        ("<p>Loading</p>", "English"),
        ("<p style='width: 4000px'>lebar</p>", "too wide"),
        ("<p>kesalahan program</p>", "broken"),
        (
            "<div class='js-plotly-plot'><svg><g class='point'><path d='M0,0Z'></path></g></svg></div>",
            "is empty",
        ),
    ],
)
def test_what_is_wrong_is_noticed(markup, problem, visitor):
    visitor.set_viewport_size({"width": 1440, "height": 900})
    visitor.set_content(
        f"<main data-testid='stMain' style='overflow: auto'><p>4 pendamping</p>{markup}</main>"
    )
    assert any(problem in line for line in problems(visitor, empty_allowed=False))
    visitor.set_content("<main data-testid='stMain'><p>inferensi, nan-01, informasi</p></main>")
    assert problems(visitor, empty_allowed=False) == []
