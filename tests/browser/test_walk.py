"""From the country to one case and back by the pages' own links, the filter kept: by mouse, and by keyboard alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from lib import measure, reference, settings
from lib.domain import CaseFilter, Role, Scope
from lib.numbers_id import angka
from tests.browser.edges import MOST
from tests.browser.harness import WITHOUT_FOOT, AppServer, errors_of, expect, settled
from tests.browser.test_app import (
    CHECKBOX_X,
    HEADER_HEIGHT,
    ROW_HEIGHT,
    arrives,
    choose,
    headline,
    query,
    visit,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

FILTER = {"periode": "tahun-ini", "klaster": "ANAK"}
FILTER_WORDS = {"Periode": "Tahun ini", "Klaster atau jenis masalah": "Klaster Anak"}
MOST_TABS, MOST_ARROWS = 250, 50


@dataclass(frozen=True)
class Goal:
    """Where the walk leads: a pendamping of a province, and how many stuck cases that person has."""

    provinsi: str
    name: str
    person: str
    row: int
    stuck: int


@pytest.fixture(scope="module")
def goal(office: AppServer) -> Goal:
    """The person of the province with the most stuck cases."""
    values = settings.load(environment=office.environment)
    source = measure.open_source(values)
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
    staff = measure.workers(
        scope, CaseFilter(provinsi=(MOST,)), source=source, limits=values.ambang, weights=values.bobot
    )
    source.engine.dispose()
    # Nobody is above the limit in so small an office, so the table stands in the order of the codes.
    assert staff["terbuka"].max() <= values.ambang.beban_wajar
    listed = staff.sort_values("pendamping", ignore_index=True)
    row = int(listed["macet"].astype(int).idxmax())
    person, stuck = listed.loc[row, ["pendamping", "macet"]]
    goal = Goal(MOST, reference.names("provinsi")[MOST], person, row, int(stuck))
    assert goal.stuck > 1
    return goal


# --- what is shown -------------------------------------------------------------------------------------------


def title_is(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    settled(page)


def filter_is(page: Page, *, provinsi: str = "", without: tuple[str, ...] = ()) -> None:
    """The filter in the address and in the bar: the walk's own, this province, without some parts."""
    wanted = {name: value for name, value in FILTER.items() if name not in without}
    wanted |= {"provinsi": provinsi} if provinsi else {}

    def is_wanted(url: str) -> bool:
        return wanted == {k: v for k, v in query(url).items() if k in (*FILTER, "jenis", "provinsi")}

    page.wait_for_url(is_wanted)
    words = FILTER_WORDS | {
        "Provinsi": reference.names("provinsi")[provinsi] if provinsi else "Semua provinsi"
    }
    if "klaster" in without:
        words["Klaster atau jenis masalah"] = "Semua klaster dan jenis"
    for label, word in words.items():
        expect(page.get_by_role("combobox", name=label, exact=True)).to_have_value(word)


def province_is_shown(page: Page, goal: Goal) -> None:
    title_is(page, goal.name)
    filter_is(page, provinsi=goal.provinsi)
    expect(headline(page)).to_have_text(re.compile(f"^{goal.name}, Anak: "))


def person_is_shown(page: Page, goal: Goal) -> None:
    title_is(page, "Pendamping")
    expect(page.get_by_role("heading", level=3, name=f"Pendamping {goal.person}")).to_be_visible()
    filter_is(page, provinsi=goal.provinsi)
    arrives(page, orang=goal.person)
    # The card stands in the person's frame, below the team's eight.
    card = page.get_by_test_id("stMetric").filter(has_text="Macet").last
    expect(card.get_by_test_id("stMetricValue")).to_have_text(angka(goal.stuck))
    assert page.evaluate(WITHOUT_FOOT) == []


def list_is_shown(page: Page, goal: Goal) -> None:
    """The person's stuck cases, as many as the link said; the cluster is set aside, and that is said."""
    title_is(page, "Kasus")
    filter_is(page, provinsi=goal.provinsi, without=("klaster",))
    expect(page.get_by_text("saringan “Anak” tidak berlaku di sini")).to_be_visible()
    expect(page.get_by_role("button", name=f"pendamping {goal.person}")).to_be_visible()
    expect(page.get_by_text(f"{angka(goal.stuck)} kasus · Kasus macet", exact=True)).to_be_visible()
    rows = table(page).locator("canvas tbody tr")
    expect(rows).to_have_count(goal.stuck)


def case_is_shown(page: Page, goal: Goal) -> None:
    """The timeline of the first case of the list."""
    provinsi, _, case = query(page.url)["kasus"].partition("~")
    assert provinsi == goal.provinsi and case
    # The rows are written for readers a moment after the table is drawn.
    expect(table(page).locator("canvas tbody tr").first).to_contain_text(case)
    expect(page.get_by_role("heading", name=f"Linimasa kasus {case}", exact=True)).to_be_visible()
    frame = page.get_by_test_id("stPlotlyChart").filter(visible=True)
    expect(frame.locator(".points path").nth(1)).to_be_attached()
    assert page.evaluate(WITHOUT_FOOT) == []
    expect(page.get_by_text(f"pendamping {goal.person}").last).to_be_visible()
    list_is_shown(page, goal)


def table(page: Page) -> Locator:
    """The last table of the page: of the pages on the way the one that is chosen from."""
    return page.get_by_test_id("stDataFrame").filter(visible=True).last


# --- by mouse ------------------------------------------------------------------------------------------------


def click_row(page: Page, grid: Locator, row: int) -> None:
    """Click a row's box; a row further down is brought up with the wheel."""
    scroller = grid.locator(".dvn-scroller")
    scroller.scroll_into_view_if_needed()
    box = scroller.bounding_box()
    page.mouse.move(box["x"] + CHECKBOX_X, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, max(0, (row - 3) * ROW_HEIGHT))
    # The table glides to its new place.
    page.wait_for_function(
        "([part, way]) => part.scrollTop === Math.min(way, part.scrollHeight - part.clientHeight)",
        arg=[scroller.element_handle(), max(0, (row - 3) * ROW_HEIGHT)],
    )
    settled(page)
    place = HEADER_HEIGHT + row * ROW_HEIGHT - scroller.evaluate("(part) => part.scrollTop")
    box = scroller.bounding_box()
    page.mouse.click(box["x"] + CHECKBOX_X, box["y"] + place + ROW_HEIGHT / 2)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=re.compile(rf"(^|\s){re.escape(name)}$"))


def rows_of(grid: Locator) -> list[list[str]]:
    return [row.locator("td").all_text_contents() for row in grid.locator("canvas tbody tr").all()]


def test_to_one_case_and_back_by_mouse(office, page, goal):
    visit(page, office.base)
    choose(page, "Periode", FILTER_WORDS["Periode"], typed=False)
    choose(page, "Klaster atau jenis masalah", FILTER_WORDS["Klaster atau jenis masalah"], typed=False)
    expect(headline(page)).to_contain_text("Indonesia, Anak")
    settled(page)
    filter_is(page)
    start = headline(page).inner_text()

    page.get_by_role("radio", name="Terbuka").click()
    settled(page)
    provinces = page.get_by_test_id("stDataFrame").filter(visible=True).first
    provinces.scroll_into_view_if_needed()
    # The largest office has the most open cases.
    expect(provinces.locator("canvas tbody tr").first).to_contain_text(goal.name)
    click_row(page, provinces, 0)
    expect(page.get_by_role("heading", name=f"{goal.name}: angka provinsi", exact=True)).to_be_visible()
    link(page, "Buka halaman provinsi").click()
    province_is_shown(page, goal)

    team = page.get_by_test_id("stDataFrame").filter(visible=True).nth(1)
    click_row(page, team, goal.row)
    link(page, f"Pendamping {goal.person}").click()
    person_is_shown(page, goal)

    link(page, f"Semua {angka(goal.stuck)} kasus macet").click()
    list_is_shown(page, goal)
    click_row(page, table(page), 0)
    page.wait_for_url(lambda url: "kasus" in query(url))
    settled(page)
    case_is_shown(page, goal)

    page.get_by_role("button", name="Tutup").click()
    page.wait_for_url(lambda url: "kasus" not in query(url))
    list_is_shown(page, goal)
    link(page, f"Kembali ke pendamping {goal.person}").click()
    person_is_shown(page, goal)
    link(page, f"Kembali ke {goal.name}").click()
    province_is_shown(page, goal)
    link(page, "Kembali ke nasional").click()
    title_is(page, "Ringkasan")
    filter_is(page)
    expect(headline(page)).to_have_text(start)
    assert errors_of(page) == []


# --- by keyboard ---------------------------------------------------------------------------------------------


def tab_to(page: Page, place: Locator, *, key: str = "Tab") -> None:
    """Press Tab until the focus is on the place; fails when it never gets there."""
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        if place.evaluate_all("(found) => found.includes(document.activeElement)"):
            return
    pytest.fail(f"no way to {place} by keyboard")


def press(page: Page, place: Locator, *, key: str = "Enter") -> None:
    tab_to(page, place)
    page.keyboard.press(key)


def type_into(page: Page, label: str, option: str) -> None:
    """Choose an option of a menu by typing its name."""
    tab_to(page, page.get_by_role("combobox", name=label, exact=True))
    page.keyboard.press("ArrowDown")
    page.keyboard.type(option)
    expect(page.get_by_role("option", name=option)).to_have_count(1)
    page.keyboard.press("Enter")


def arrow_into(page: Page, label: str, option: str) -> None:
    """Choose an option of a menu with the arrow keys."""
    menu = page.get_by_role("combobox", name=label, exact=True)
    tab_to(page, menu)
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).wait_for()
    marked = "(menu) => document.getElementById(menu.getAttribute('aria-activedescendant'))?.textContent"
    for _ in range(MOST_ARROWS):
        before = menu.evaluate(marked)
        if before == option:
            page.keyboard.press("Enter")
            return
        page.keyboard.press("ArrowDown")
        changed = f"([menu, before]) => ({marked})(menu) !== before"
        page.wait_for_function(changed, arg=[menu.element_handle(), before])
    pytest.fail(f"{option} is not reached with the arrow keys")


def arrow_to(page: Page, wanted: str) -> None:
    """Arrow down in the table that has the focus, until a cell of the row is the wanted one."""
    row = "[...(document.activeElement.closest('tr')?.children ?? [])].map((cell) => cell.textContent)"
    for _ in range(MOST_ARROWS):
        before = page.evaluate(row)
        if wanted in before:
            return
        page.keyboard.press("ArrowDown")
        # The table moves the focus a moment after the key.
        page.wait_for_function(f"(before) => JSON.stringify({row}) !== JSON.stringify(before)", arg=before)
    pytest.fail(f"no row with {wanted} in the table")


def test_to_one_case_and_back_by_keyboard_alone(office, page, goal):
    visit(page, office.base)
    arrow_into(page, "Periode", FILTER_WORDS["Periode"])
    page.wait_for_url(lambda url: "periode" in query(url))
    settled(page)
    type_into(page, "Klaster atau jenis masalah", FILTER_WORDS["Klaster atau jenis masalah"])
    expect(headline(page)).to_contain_text("Indonesia, Anak")
    settled(page)
    filter_is(page)
    start = headline(page).inner_text()

    tab_to(page, page.get_by_test_id("stDataFrame").filter(visible=True).first.locator("canvas"))
    arrow_to(page, goal.name)
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("heading", name=f"{goal.name}: angka provinsi", exact=True)).to_be_visible()
    settled(page)
    press(page, link(page, "Buka halaman provinsi"))
    province_is_shown(page, goal)

    type_into(page, "Pendamping yang dibuka", goal.person)
    link(page, f"Pendamping {goal.person}").wait_for()
    settled(page)
    press(page, link(page, f"Pendamping {goal.person}"))
    person_is_shown(page, goal)

    press(page, link(page, f"Semua {angka(goal.stuck)} kasus macet"))
    list_is_shown(page, goal)
    expect(table(page).locator("canvas tbody tr").first).to_contain_text(re.compile(r"20\d\d"))
    case = next(cell for cell in rows_of(table(page))[0] if cell.startswith("20"))
    arrow_into(page, "Kasus yang dibuka linimasanya", f"{case} · {goal.name}")
    page.wait_for_url(lambda url: "kasus" in query(url))
    settled(page)
    case_is_shown(page, goal)
    assert query(page.url)["kasus"].partition("~")[2] == case

    press(page, page.get_by_role("button", name="Tutup"), key="Space")
    page.wait_for_url(lambda url: "kasus" not in query(url))
    list_is_shown(page, goal)
    press(page, link(page, f"Kembali ke pendamping {goal.person}"))
    person_is_shown(page, goal)
    press(page, link(page, f"Kembali ke {goal.name}"))
    province_is_shown(page, goal)
    press(page, link(page, "Kembali ke nasional"))
    title_is(page, "Ringkasan")
    filter_is(page)
    expect(headline(page)).to_have_text(start)
    assert errors_of(page) == []
