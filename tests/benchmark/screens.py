"""How long a visitor waits, and what a rerun costs the processor: AppTest in this process, Chromium for the rest.

A browser time ends when the script has ended and the last change inside a chart was drawn; nothing is added for
the quiet quarter of a second that shows that nothing follows.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.settings import Settings
from lib.web import services, team
from tests.benchmark.figures import BUDGETED_CASES, PAGE_BUDGET_MS, door_functions, timed
from tests.benchmark.timing import ROOT, Figure, whole
from tests.browser.harness import AppServer, chromium, open_page, running_browser, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOADED = {"Ringkasan": "/", "Kamus": "/kamus"}
# Title in the menu -> address, and the budget of a filter there: pages with a map may take longer.
WITH_MAP, WITHOUT_MAP = 0.8, 0.5
PAGES = {
    "Ringkasan": ("/", WITH_MAP),
    "Provinsi": ("/provinsi?provinsi=12", WITH_MAP),
    "Klaster": ("/klaster", WITHOUT_MAP),
    "Pendamping": ("/pendamping", WITHOUT_MAP),
    "Waktu": ("/waktu", WITHOUT_MAP),
    "Alur": ("/alur", WITHOUT_MAP),
    "Perbandingan": ("/perbandingan", WITHOUT_MAP),
    "Kasus": ("/kasus", WITHOUT_MAP),
    "Kamus": ("/kamus", None),
}
# The framework by itself: charts of four bars and single numbers, nothing to compute (see floor.py).
FLOORS = ((1, 0), (7, 0), (8, 10))
# What stands behind one click because it is asked for seldom; both have charts of their own.
BOXES = {"Klaster": services.LABEL, "Pendamping": team.PROFILE_LABEL}
PROVINCES = ("Jawa Timur", "Bali", "Aceh", "Riau", "Maluku", "Banten", "Jambi", "Lampung", "Gorontalo")
MEASURES = ("Terdata per 100.000", "Terbuka", "Macet", "Beban rata-rata", "Separuh kasus selesai")
ON_THE_MAP = ("62", "16", "32", "72", "93")
MOST_OF_THE_DATA_FILE = 84_000

# Remembers when something inside a chart was last changed, and since when the page looks finished: the script has
# ended, nothing is a placeholder or left over from the run before, each chart has its picture. It looks only after a
# change, and at the cheapest first: a watcher that searches the page in every frame would slow what it measures.
WATCH_CHARTS = """() => {
  window.tuntasLastDraw = 0;
  const shown = (selector) => [...document.querySelectorAll(selector)].some((part) => part.getClientRects().length);
  const unfinished =
    '[data-testid=stSkeleton], [data-testid=stAppSkeleton], [data-testid=stSpinner], [data-stale=true]';
  let changed = true, app = null;
  const finished = () => {
    if (!app?.isConnected) app = document.querySelector('[data-testid=stApp]');
    return app?.dataset.testScriptState === 'notRunning' &&
      document.fonts.status === 'loaded' &&
      !shown(unfinished) &&
      [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(
        (chart) => !chart.getClientRects().length || chart.querySelector('.main-svg, canvas') !== null);
  };
  const look = () => {
    if (changed) {
      changed = false;
      window.tuntasDrawnSince = finished() ? window.tuntasDrawnSince ?? performance.now() : undefined;
    }
    requestAnimationFrame(look);
  };
  look();
  new MutationObserver((changes) => {
    changed = true;
    if (changes.some((c) => c.target.closest && c.target.closest('[data-testid=stPlotlyChart]')))
      window.tuntasLastDraw = performance.now();
  }).observe(document, {
    subtree: true, childList: true, attributes: true,
    attributeFilter: ['d', 'transform', 'style', 'data-stale', 'data-test-script-state']
  });
  // The press itself: how long the test takes to aim is no part of what a visitor waits for.
  addEventListener('pointerdown', (event) => { window.tuntasPressed = event.timeStamp; }, true);
  document.fonts.addEventListener('loadingdone', () => { changed = true; });
}"""
QUIET = "() => window.tuntasDrawnSince !== undefined && performance.now() - window.tuntasLastDraw > 300"
FINISHED = "() => Math.max(window.tuntasDrawnSince, window.tuntasLastDraw)"
FLOOR = Path(__file__).with_name("floor.py")
# A point inside a province's outline, on the screen.
INSIDE_PROVINCE = """(code) => {
  for (const path of document.querySelectorAll('.st-key-peta .choroplethlayer path')) {
    if (!path.__data__ || path.__data__.loc !== code) continue;
    const box = path.getBBox(), matrix = path.getScreenCTM();
    for (let i = 1; i < 20; i++) for (let j = 1; j < 20; j++) {
      const point = new DOMPoint(box.x + box.width * i / 20, box.y + box.height * j / 20);
      if (!path.isPointInFill(point)) continue;
      const {x, y} = point.matrixTransform(matrix);
      return {x, y};
    }
  }
  return null;
}"""


# --- in this process --------------------------------------------------------------------------------------


@contextmanager
def environment(values: Settings) -> Iterator[None]:
    """This process as an app over the given data folder, with nothing cached."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUNTAS_")}
    with mock.patch.dict(os.environ, kept | {"TUNTAS_DATA": str(values.data_folder)}, clear=True):
        st.cache_data.clear()
        st.cache_resource.clear()
        yield
        st.cache_data.clear()
        st.cache_resource.clear()


def processor(values: Settings, total: int, *, runs: int) -> list[Figure]:
    """The data work of a cold Ringkasan, and processor time of a rerun when all is cached."""
    data = f"{whole(total)} kasus"
    work, used, reruns = [], [], []
    with environment(values):
        for _ in range(runs):
            st.cache_data.clear()
            st.cache_resource.clear()  # the opened version too: it remembers what was found in it
            app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
            app.query_params["periode"] = "bebas"
            app.query_params["dari"], app.query_params["sampai"] = "2023-11-21", "2026-11-20"
            with timed(door_functions()) as taken:
                app.run()
            used.append(1000 * sum(cpu for calls in taken.values() for _, cpu in calls))
            work.append(1000 * sum(wall for calls in taken.values() for wall, _ in calls))
        app.run()
        for _ in range(4 * runs):
            started = time.process_time()
            app.run()
            reruns.append(1000 * (time.process_time() - started))
    return [
        Figure(
            what="kerja data Ringkasan, tanpa simpanan, tiga tahun",
            data=data,
            runs=tuple(work),
            unit="ms",
            budget=PAGE_BUDGET_MS if total <= BUDGETED_CASES else None,
        ),
        Figure(what="sama, waktu prosesor", data=data, runs=tuple(used), unit="ms"),
        Figure(
            what="waktu prosesor satu jalan ulang, AppTest",
            data=data,
            runs=tuple(reruns),
            unit="ms",
            budget=60,
        ),
    ]


# --- in a browser -----------------------------------------------------------------------------------------


def finished(page: Page) -> float:
    """Milliseconds on the page's own clock at which everything was drawn."""
    settled(page)
    page.wait_for_function(QUIET)
    return page.evaluate(FINISHED)


def after(page: Page, act: Callable[[], None], seen: Callable[[], str]) -> float:
    """Seconds from the press of an action to the last chart.

    Raises RuntimeError when the action changes neither what is seen nor the address.
    """
    before, address = seen(), page.url
    act()
    drawn = finished(page)
    if seen() == before and page.url == address:
        raise RuntimeError("nothing changed on the page after the action")
    return (drawn - page.evaluate("window.tuntasPressed")) / 1000


def opened(page: Page, address: str) -> float:
    """Seconds from asking for an address to the last chart."""
    page.goto(address, wait_until="commit")
    return finished(page) / 1000


def map_title(page: Page) -> Callable[[], str]:
    return lambda: page.locator(".st-key-peta").last.inner_text()


def choose_province(page: Page, name: str) -> float:
    """Seconds from choosing a province in the filter bar."""
    box = page.get_by_role("combobox", name="Provinsi", exact=True)
    box.click()
    box.fill(name)
    option = page.get_by_role("option", name=name, exact=True)
    option.wait_for()
    return after(page, option.click, lambda: page.url)


def go_by_menu(page: Page, title: str) -> float:
    """Seconds from a press on the menu to another page."""
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True)
    link.hover()
    page.wait_for_timeout(150)
    return after(page, link.click, lambda: page.url)


def choose_measure(page: Page, name: str) -> float:
    """Seconds from choosing another figure for the map."""
    return after(page, page.locator(".st-key-r_peta").get_by_text(name, exact=True).click, map_title(page))


def click_province(page: Page, kode: str) -> float:
    """Seconds from a click on the map to the figures of that province."""
    page.locator(".st-key-peta").scroll_into_view_if_needed()
    place = page.evaluate(INSIDE_PROVINCE, kode)
    if place is None:
        raise RuntimeError(f"{kode} has no point on the map that can be clicked")
    page.mouse.move(place["x"], place["y"])
    page.wait_for_timeout(200)
    return after(page, lambda: page.mouse.click(place["x"], place["y"]), lambda: page.url)


def server_seconds(process_id: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def loaded(page: Page, base: str, *, runs: int) -> dict[str, tuple[float, ...]]:
    """Seconds of pages that are loaded whole, as from a link in a message."""
    taken = {}
    for name, path in LOADED.items():
        opened(page, base + path)
        taken[f"halaman {name}, dimuat penuh"] = tuple(opened(page, base + path) for _ in range(runs))
    return taken


def moved(page: Page, base: str, *, runs: int) -> dict[str, tuple[float, ...]]:
    """Seconds from one page to the next by the menu, once round before it counts."""
    for path, _ in PAGES.values():
        opened(page, base + path)
    rounds = [{title: go_by_menu(page, title) for title in PAGES} for _ in range(runs + 1)]
    return {f"halaman {title}, lewat menu": tuple(each[title] for each in rounds[1:]) for title in PAGES}


def filtered(page: Page, base: str, process_id: int, *, runs: int) -> dict[str, tuple[float, ...]]:
    """Seconds from another province to the last chart of each page, and the server's processor time of it."""
    names = [PROVINCES[number % len(PROVINCES)] for number in range(runs)]
    taken: dict[str, tuple[float, ...]] = {}
    for title, (path, budget) in PAGES.items():
        if budget is None:
            continue
        opened(page, base + path)
        for kept in ("belum tersimpan", "tersimpan"):
            used = server_seconds(process_id)
            taken[f"saringan di {title}, {kept}"] = tuple(choose_province(page, name) for name in names)
            each = (server_seconds(process_id) - used) / len(names)
            taken[f"sama, waktu prosesor peladen ({title}, {kept})"] = (each,)
    return taken


def on_the_map(page: Page, base: str, process_id: int, *, runs: int) -> dict[str, tuple[float, ...]]:
    """Seconds of another figure on the map and of a click on it, and the server's processor time of a rerun."""
    taken: dict[str, tuple[float, ...]] = {}
    opened(page, base)
    measures = [MEASURES[number % len(MEASURES)] for number in range(min(runs, len(MEASURES)))]
    taken["ukuran peta, belum tersimpan"] = tuple(choose_measure(page, name) for name in measures)
    used = server_seconds(process_id)
    taken["ukuran peta, tersimpan"] = tuple(choose_measure(page, name) for name in measures)
    each = (server_seconds(process_id) - used) / len(measures)
    places = ON_THE_MAP[: min(runs, len(ON_THE_MAP))]
    taken["klik provinsi pada peta"] = tuple(click_province(page, kode) for kode in places)
    taken["waktu prosesor peladen, satu jalan ulang"] = (each,)
    return taken


def boxes(page: Page, base: str, *, runs: int) -> dict[str, tuple[float, ...]]:
    """Seconds from a press on a closed box to its charts, of provinces whose box nobody opened before."""
    taken = {}
    for title, label in BOXES.items():
        times = []
        for kode in ON_THE_MAP[: min(runs, len(ON_THE_MAP))]:
            opened(page, f"{base}{PAGES[title][0]}?provinsi={kode}")
            charts = page.get_by_test_id("stPlotlyChart")
            times.append(
                after(page, page.get_by_text(label).click, lambda charts=charts: str(charts.count()))
            )
        taken[f"kotak di {title}, belum tersimpan"] = tuple(times)
    return taken


def floors(browser: Browser, *, runs: int) -> dict[str, tuple[float, ...]]:
    """What the framework itself takes for so many of the simplest charts and numbers, measured the same way."""
    taken: dict[str, tuple[float, ...]] = {}
    with AppServer(script=FLOOR) as app, open_page(browser) as page:
        page.add_init_script(f"({WATCH_CHARTS})()")
        for charts, numbers in FLOORS:
            address = f"{app.base}/?grafik={charts}&angka={numbers}&pilihan={','.join(PROVINCES)}"
            name = f"lantai kerangka kerja: {charts} grafik, {numbers} angka"
            opened(page, address)
            taken[f"{name}, dimuat penuh"] = tuple(opened(page, address) for _ in range(runs))
            names = [PROVINCES[number % len(PROVINCES)] for number in range(runs)]
            taken[f"{name}, saringan"] = tuple(choose_province(page, each) for each in names)
    return taken


BUDGETS = {
    **{f"halaman {title}, dimuat penuh": 1.0 for title in LOADED},
    **{f"halaman {title}, lewat menu": 1.0 for title in PAGES},
    **{
        f"saringan di {title}, {kept}": budget
        for title, (_, budget) in PAGES.items()
        for kept in ("belum tersimpan", "tersimpan")
    },
    **{f"kotak di {title}, belum tersimpan": WITHOUT_MAP for title in BOXES},
    "ukuran peta, belum tersimpan": WITH_MAP,
    "ukuran peta, tersimpan": WITH_MAP,
    "klik provinsi pada peta": WITH_MAP,
    "waktu prosesor peladen, satu jalan ulang": 0.060,
}


def in_browser(values: Settings, total: int, *, runs: int) -> list[Figure]:
    """Everything a visitor waits for; raises RuntimeError without Chromium."""
    data = f"{whole(total)} kasus"
    with (
        running_browser(_chromium()) as browser,
        AppServer({"TUNTAS_DATA": str(values.data_folder)}) as app,
        open_page(browser) as page,
    ):
        page.add_init_script(f"({WATCH_CHARTS})()")
        taken = {"kunjungan pertama, peramban dan peladen dingin": (opened(page, app.base),)}
        taken |= loaded(page, app.base, runs=runs)
        taken |= moved(page, app.base, runs=runs)
        taken |= filtered(page, app.base, app.process.pid, runs=runs)
        taken |= boxes(page, app.base, runs=runs)
        taken |= on_the_map(page, app.base, app.process.pid, runs=runs)
        taken |= floors(browser, runs=runs)
    return [
        Figure(what=what, data=data, runs=times, unit="s", budget=_budget(what, total))
        for what, times in taken.items()
    ]


def _chromium() -> str:
    executable = chromium()
    if executable is None:
        raise RuntimeError("Chromium is not installed (apt-get install chromium)")
    return executable


def _budget(what: str, total: int) -> float | None:
    """The budgets of the browser are set for 84,000 cases."""
    return BUDGETS.get(what) if total <= MOST_OF_THE_DATA_FILE else None


def empty_folder() -> Figure:
    """From starting the server without any data to the first page with charts."""
    with running_browser(_chromium()) as browser:
        return _from_nothing(browser)


def _from_nothing(browser: Browser) -> Figure:
    started = time.perf_counter()
    with AppServer() as app, open_page(browser) as page:
        page.add_init_script(f"({WATCH_CHARTS})()")
        page.goto(app.base, wait_until="commit")
        # The data are made while the page is open; its own clock began with the page.
        began = time.perf_counter() - page.evaluate("performance.now()") / 1000
        drawn = finished(page) / 1000
    return Figure(
        what="mulai dari nol: peladen, data simulasi, potret, Ringkasan tergambar",
        data="84.000 kasus",
        runs=(began - started + drawn,),
        unit="s",
    )
