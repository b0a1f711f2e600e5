"""The whole app in a real browser, on the data its first start makes: pages, map, table, keyboard, links, dark mode.

One server and one page serve most tests: a browser that has nothing cached yet takes far longer.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from lib import geo, reference
from lib.domain import Role
from lib.indicators.records import INDICATORS, MAP_INDICATORS
from lib.text import SIMULATION, shown
from lib.web.navigation import DEFAULT, PAGES, ROLE_NAMES
from lib.web.overview import CARDS
from tests.browser.harness import (
    ROOT,
    SCREENSHOTS,
    TALLEST,
    WITHOUT_FOOT,
    AppServer,
    axe_serious,
    errors_of,
    expect,
    open_page,
    outside_requests,
    recording_of,
    settled,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

VIEWPORTS = ((1440, 900), (1920, 1080), (390, 844))
# So high that nearly every page is on the screen at once.
HIGH = {1440: 5_000, 1920: 5_000, 390: 11_000}
FIRST_START_SECONDS = 600
CHECKBOX_X, HEADER_HEIGHT, ROW_HEIGHT = 16, 36, 35  # pixels of the framework's table
# What the framework writes on its own.
ENGLISH = re.compile(
    r"\b(Running|Please wait|Connecting|Connection error|Choose an option|No results|Press Enter|Press Ctrl|Rerun"
    r"|Deploy|None|empty|Loading|Select|Search|Download|Upload|Drag and drop|Browse files|Fullscreen|Error)\b"
)
# Every text that was ever on the page, also for a moment only.
WATCH = """(() => {
  window.tuntasTexts = new Set();
  const keep = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement;
      if (parent?.closest('#root') && !parent.closest('style, script, noscript')) {
        window.tuntasTexts.add(node.data.trim());
      }
    } else node.childNodes.forEach(keep);
  };
  new MutationObserver((changes) => changes.forEach((change) =>
    change.type === 'characterData' ? keep(change.target) : change.addedNodes.forEach(keep)
  )).observe(document, {subtree: true, childList: true, characterData: true});
})()"""
# Now: placeholders, and the cells of tables, which are painted and have a hidden text beside.
HIDDEN_TEXTS = """() => [
  ...[...document.querySelectorAll('[placeholder]')].map((field) => field.placeholder),
  ...[...document.querySelectorAll('canvas th, canvas td')].map((cell) => cell.textContent),
]"""
CUT_OFF = "(part) => part.scrollWidth - part.clientWidth"
# Everything that ends right of the screen and that no part of the page cuts off or scrolls.
TOO_WIDE = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  const held = (element) => {
    for (let outer = element.parentElement; outer && outer !== main; outer = outer.parentElement)
      if (getComputedStyle(outer).overflowX !== 'visible') return true;
    return false;
  };
  const wide = [...main.querySelectorAll('*')].filter((element) =>
    element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1 && !held(element));
  if (main.scrollWidth > main.clientWidth) wide.push(main);
  return wide.map((element) => element.getAttribute('data-testid') ?? element.tagName);
}"""
# The filled areas of the map, each as [path, share of the map's width].
AREAS = """() => {
  const width = document.querySelector('.geo').getBoundingClientRect().width;
  return [...document.querySelectorAll('.choroplethlocation')]
    .filter((area) => getComputedStyle(area).fillOpacity !== '0')
    .map((area) => [area.getAttribute('d'), area.getBoundingClientRect().width / width]);
}"""
ON_SCREEN = """(place) => {
  const plot = [...document.querySelectorAll('.js-plotly-plot')].find((each) => each._fullLayout?.geo);
  const [x, y] = plot._fullLayout.geo._subplot.projection(place);
  const box = plot.querySelector('.main-svg').getBoundingClientRect();
  return [box.x + x, box.y + y];
}"""


@dataclass(frozen=True)
class Started:
    """A server on a data folder that was empty, and the page that saw its first start."""

    app: AppServer
    folder: Path
    page: Page
    texts: list[str]
    title: str
    cards: list[str]


@pytest.fixture(scope="module")
def started(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """The first start, once: all cases of the default simulation are made while the page waits."""
    folder = tmp_path_factory.mktemp("lokal")
    with AppServer({"TUNTAS_DATA": str(folder)}) as app, open_page(browser) as page:
        page.add_init_script(WATCH)
        page.goto(app.base)
        settled(page, seconds=FIRST_START_SECONDS)
        texts = page.evaluate("[...window.tuntasTexts]")
        yield Started(app, folder, page, texts, title(page).inner_text(), cards(page))


@pytest.fixture
def app(started: Started) -> AppServer:
    return started.app


@pytest.fixture
def visitor(started: Started) -> Page:
    """The shared page, light and at 1440x900; what it did so far is forgotten."""
    page, recording = started.page, recording_of(started.page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    for kept in (recording.urls, recording.console_errors, recording.page_errors):
        kept.clear()
    return page


def visit(page: Page, address: str) -> None:
    page.goto(address)
    settled(page)


def look_as(page: Page, role: str) -> None:
    """Choose a role of the demonstration in the sidebar."""
    menu = page.locator(".st-key-lihat_sebagai").get_by_role("combobox")
    menu.click()
    page.get_by_role("option", name=role, exact=True).click()
    expect(menu).to_have_value(role)
    settled(page)


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def headline(page: Page) -> Locator:
    return page.get_by_role("heading", level=4).first


def cards(page: Page) -> list[str]:
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def query(url: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}


def arrives(page: Page, **wanted: str) -> None:
    """Wait until the address holds these parameters."""
    page.wait_for_url(lambda url: wanted.items() <= query(url).items())


def choose(page: Page, label: str, option: str, *, typed: bool = True) -> None:
    """Pick an option of the filter bar; long lists are found by typing."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    if typed:
        box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def unfold(page: Page, width: int) -> None:
    """Make the window so high that the whole page is on the screen: pictures and axe end at its edge."""
    # Each change of size draws all charts anew: as high as it is now is mostly enough.
    size = {"width": width, "height": max(HIGH[width], page.viewport_size["height"])}
    if page.viewport_size != size:
        page.set_viewport_size(size)
        settled(page)
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    if tall > size["height"]:
        page.set_viewport_size({"width": width, "height": min(tall, TALLEST)})
        settled(page)


def picture(page: Page, name: str, width: int, height: int) -> None:
    """For whoever looks at it; under CI nobody does."""
    if os.environ.get("CI"):
        return
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    ends = "Math.max(...[...document.querySelectorAll('[data-testid=stElementContainer]')]"
    ends += ".map((part) => part.getBoundingClientRect().bottom))"
    clip = {"x": 0, "y": 0, "width": width, "height": max(height, page.evaluate(ends) + 100)}
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}x{height}.png", clip=clip)


def test_first_start_says_what_it_does_and_then_shows_figures(started):
    assert any("Menyiapkan data untuk pertama kali" in text for text in started.texts), started.texts
    assert started.title == "Ringkasan"
    assert len(started.cards) >= len(CARDS) and all(value[0].isdigit() for value in started.cards)
    assert (started.folder / "kasus.sqlite").is_file()


@pytest.mark.parametrize(("name", "path", "roles"), [(name, *rest) for _, name, _, *rest in PAGES])
def test_page_is_clean_at_every_width(name, path, roles, app, visitor):
    visitor.set_viewport_size({"width": VIEWPORTS[0][0], "height": HIGH[VIEWPORTS[0][0]]})
    if Role.DIREKTUR in roles:
        # The first page has no address of its own; the framework knows it as the bare one only.
        visit(visitor, app.base if path == DEFAULT else f"{app.base}/{path}")
    else:
        visit(visitor, app.base)
        look_as(visitor, ROLE_NAMES[roles[0]])
        visitor.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(title(visitor)).to_have_text(re.compile(f"^{name}"))
    settled(visitor)
    found = []
    for width, height in VIEWPORTS:
        unfold(visitor, width)
        picture(visitor, path, width, height)
        # axe takes longest, and 1920 shows what 1440 shows, only further apart.
        problems = [] if width == 1920 else axe_serious(visitor)
        problems += [f"too wide: {name}" for name in visitor.evaluate(TOO_WIDE)]
        problems += visitor.evaluate(WITHOUT_FOOT)
        found += [f"{width}: {problem}" for problem in problems]
    seen = visitor.evaluate("[...window.tuntasTexts]") + visitor.evaluate(HIDDEN_TEXTS)
    found += [f"English: {text}" for text in seen if ENGLISH.search(text)]
    found += errors_of(visitor) + outside_requests(visitor, app.base)
    assert found == []


def test_map_has_38_provinces_and_a_click_opens_the_very_one(app, visitor):
    visit(visitor, app.base)
    areas = visitor.evaluate(AREAS)
    assert len(areas) == len({path for path, _ in areas}) == 38
    # A wrongly wound outline fills the whole map.
    assert max(share for _, share in areas) < 1 / 3
    points = geo.label_points().set_index("provinsi")
    for kode in ("62", "94"):
        visitor.locator(".geo").scroll_into_view_if_needed()
        x, y = visitor.evaluate(ON_SCREEN, [points.at[kode, "lon"], points.at[kode, "lat"]])
        name = reference.names("provinsi")[kode]
        visitor.mouse.move(x - 2, y)
        # A click counts for the province the pointer is known to be at.
        expect(visitor.locator(".hoverlayer .hovertext")).to_contain_text(name)
        visitor.mouse.click(x, y)
        expect(visitor.get_by_role("heading", name=f"{name}: angka provinsi")).to_be_visible()
        arrives(visitor, lihat=kode)
        settled(visitor)
    assert errors_of(visitor) == []


def test_row_of_the_table_opens_its_province_and_no_column_is_cut_off(app, visitor):
    visit(visitor, app.base)
    table = visitor.get_by_test_id("stDataFrame").filter(visible=True).first
    table.scroll_into_view_if_needed()
    grid = table.locator(".dvn-scroller")
    assert grid.evaluate(CUT_OFF) <= 0
    names = reference.names("provinsi")
    row = 2
    texts = table.locator("canvas tbody tr").nth(row).locator("td")
    # The hidden texts of a painted table come a moment after its picture.
    expect(texts.filter(has_text=re.compile("[a-z]")).first).to_be_attached()
    cells = texts.all_text_contents()
    (kode,) = (each for each, name in names.items() if name in cells)
    grid.click(position={"x": CHECKBOX_X, "y": HEADER_HEIGHT + row * ROW_HEIGHT + ROW_HEIGHT // 2})
    panel = visitor.get_by_role("heading", name=f"{names[kode]}: angka provinsi", exact=True)
    expect(panel).to_be_visible()
    arrives(visitor, lihat=kode)
    settled(visitor)
    visitor.set_viewport_size({"width": 390, "height": 844})
    settled(visitor)
    assert grid.evaluate(CUT_OFF) <= 0


def test_map_changes_by_keyboard_alone(app, visitor):
    visit(visitor, app.base)
    visitor.get_by_role("combobox", name="Provinsi", exact=True).focus()
    in_group = "document.activeElement.closest('[role=radiogroup][aria-label=\"Ukuran pada peta\"]') !== null"
    for _ in range(80):
        visitor.keyboard.press("Tab")
        if visitor.evaluate(in_group):
            break
    assert visitor.evaluate(in_group)
    visitor.keyboard.press("ArrowRight")
    visitor.keyboard.press("Enter")
    arrives(visitor, peta=MAP_INDICATORS[1])
    heading = visitor.locator(".js-plotly-plot:has(.geo) .annotation-text")
    heading.filter(has_text=INDICATORS[MAP_INDICATORS[1]].nama).wait_for()


def test_filter_changes_headline_and_link_which_shows_the_same_elsewhere(app, visitor, browser):
    visit(visitor, app.base)
    before = headline(visitor).inner_text()
    choose(visitor, "Periode", "Tahun ini", typed=False)
    expect(headline(visitor)).not_to_have_text(before)
    choose(visitor, "Klaster atau jenis masalah", "Klaster Anak")
    expect(headline(visitor)).to_contain_text("Indonesia, Anak")
    choose(visitor, "Provinsi", "Jawa Tengah")
    expect(headline(visitor)).to_contain_text("Jawa Tengah, Anak")
    arrives(visitor, provinsi="33")
    settled(visitor)
    assert query(visitor.url) == {"periode": "tahun-ini", "klaster": "ANAK", "provinsi": "33"}
    with open_page(browser) as other:
        visit(other, visitor.url)
        assert headline(other).inner_text() == headline(visitor).inner_text()
        assert cards(other) == cards(visitor)


def test_back_returns_to_the_earlier_filter_and_other_pages_keep_it(app, visitor):
    visit(visitor, f"{app.base}/?klaster=ANAK")
    before, values = headline(visitor).inner_text(), cards(visitor)
    choose(visitor, "Provinsi", "Bali")
    expect(headline(visitor)).to_contain_text("Bali, Anak")
    arrives(visitor, provinsi="51")
    settled(visitor)
    visitor.go_back()
    expect(headline(visitor)).to_have_text(before)
    settled(visitor)
    assert cards(visitor) == values
    assert query(visitor.url) == {"klaster": "ANAK"}
    sidebar = visitor.get_by_test_id("stSidebarNav")
    sidebar.get_by_role("link", name="Kamus").click()
    expect(visitor.get_by_role("heading", name="Kamus indikator")).to_be_visible()
    sidebar.get_by_role("link", name="Ringkasan").click()
    expect(headline(visitor)).to_have_text(before)
    arrives(visitor, klaster="ANAK")


def test_dictionary_is_searched_while_typing(app, visitor):
    visit(visitor, f"{app.base}/kamus")
    entries = visitor.get_by_role("heading", level=5)
    before = entries.count()
    visitor.get_by_label("Cari indikator").press_sequentially("i05m")
    expect(entries.filter(has_not_text="I05M")).to_have_count(0)
    settled(visitor)
    assert entries.filter(has_not_text="I05M").count() == 0
    assert 0 < entries.count() < before
    assert not ENGLISH.search(visitor.get_by_test_id("stMain").inner_text())


def test_deep_link_as_the_first_request_of_a_server_has_the_frame(started, browser):
    with AppServer({"TUNTAS_DATA": str(started.folder)}) as app, open_page(browser) as page:
        visit(page, f"{app.base}/kamus")
        expect(title(page)).to_have_text("Kamus indikator")
        links = page.get_by_test_id("stSidebarNav").get_by_role("link").all_inner_texts()
        own = [name for _, name, *_, roles in PAGES if Role.DIREKTUR in roles]
        assert own == [text.split("\n")[-1] for text in links]
        sidebar = page.get_by_test_id("stSidebar").inner_text()
        assert SIMULATION in sidebar and re.search(r"Data per \d+ \w+ \d{4}", sidebar)
        assert errors_of(page) == [] and outside_requests(page, app.base) == []


def test_dark_mode_is_readable(app, visitor):
    visitor.emulate_media(color_scheme="dark")
    visitor.set_viewport_size({"width": 1440, "height": HIGH[1440]})
    visit(visitor, f"{app.base}/?lihat=62")
    ground = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    assert visitor.evaluate(ground) == "rgb(12, 22, 36)"
    unfold(visitor, 1440)
    picture(visitor, "ringkasan-gelap", 1440, 900)
    assert axe_serious(visitor) == []
    assert visitor.evaluate(WITHOUT_FOOT) == []


@pytest.mark.parametrize("key", ["corong", "peta"])
def test_the_picture_of_a_chart_holds_its_source(key, app, visitor, tmp_path):
    visit(visitor, app.base)
    chart = visitor.locator(f".st-key-{key} .js-plotly-plot")
    chart.scroll_into_view_if_needed()
    chart.hover()
    with visitor.expect_download() as download:
        chart.locator("[data-title='Unduh gambar (PNG)']").click()
    download.value.save_as(tmp_path / "gambar.png")
    assert SIMULATION in chart.locator(".gtitle").text_content()
    assert re.fullmatch(rf"tuntas-{key}-versi-\S+-DATA-SIMULASI\.png", download.value.suggested_filename)
    whole, foot = chart.bounding_box(), chart.locator(".gtitle").bounding_box()
    left, top = foot["x"] - whole["x"], foot["y"] - whole["y"]
    with Image.open(tmp_path / "gambar.png") as image:
        assert image.size == pytest.approx((2 * whole["width"], 2 * whole["height"]), abs=2)
        place = (2 * left, 2 * top, 2 * (left + foot["width"]), 2 * (top + foot["height"]))
        tones = image.convert("L").crop(tuple(map(round, place))).getextrema()
    # Ink on the white ground, where the page shows the line.
    assert tones[0] < 140 and tones[1] == 255


def counted(folder: Path, *options: str) -> subprocess.Popen:
    """`python -m lib.cli hitung` of the cards' figures, running."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUNTAS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "lib.cli", "hitung", *CARDS, *options],
        cwd=ROOT,
        env=kept | {"TUNTAS_DATA": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )


def answer_of(process: subprocess.Popen) -> dict[str, dict]:
    output, _ = process.communicate()
    assert process.returncode == 0
    return {row["kode"]: row for row in json.loads(output)}


def as_shown(rows: dict[str, dict]) -> list[str]:
    """The answers of `hitung` as the cards write them; without a number the note gives the reason."""
    pairs = [(rows[kode]["nilai"], kode) for kode in CARDS]
    return [rows[kode]["catatan"] if nilai is None else shown(kode, nilai) for nilai, kode in pairs]


@pytest.fixture(scope="module")
def national(started: Started) -> dict[str, dict]:
    """The figures without any filter."""
    return answer_of(counted(started.folder))


def test_cards_of_the_first_start_equal_the_command_line(started, national):
    assert started.cards[: len(CARDS)] == as_shown(national)


@pytest.mark.parametrize(
    ("link", "options"),
    [
        ("?provinsi=31", ("--provinsi", "31")),
        ("?klaster=ANAK", ("--klaster", "ANAK")),
        ("?jenis=P18", ("--jenis", "P18")),
        ("?periode=bulan-ini", ("--dari", "{bulan}")),
    ],
)
def test_cards_equal_the_command_line(link, options, started, visitor, national):
    month = dt.date.fromisoformat(national["I01"]["sampai"]).replace(day=1).isoformat()
    process = counted(started.folder, *(option.format(bulan=month) for option in options))
    visitor.goto(f"{started.app.base}/{link}")
    values = as_shown(answer_of(process))
    assert values != as_shown(national)
    for position, (kode, value) in enumerate(zip(CARDS, values, strict=True)):
        card = visitor.get_by_test_id("stMetric").nth(position)
        expect(card.get_by_test_id("stMetricLabel")).to_contain_text(INDICATORS[kode].pendek)
        expect(card.get_by_test_id("stMetricValue")).to_have_text(value)
