"""Every page under ten filters: its cards are what `hitung` prints, each link leads to a list as long as the number it
belongs to, and the parts of a whole sum to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib import cli, measure, present_workers, reference, settings, text
from lib.domain import Dimensi, Role, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka
from lib.web import case_list, filters

ENTRY = Path(__file__).resolve().parents[2] / "dashboard.py"
SCOPE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
PAGES = ("ringkasan", "klaster", "pendamping", "kasus", "provinsi")
# "T" stands for days counted from the data date of the province that is latest with its data.
FILTERS: dict[str, dict[str, str]] = {
    "semua": {},
    "provinsi": {"provinsi": "32"},
    "klaster": {"klaster": "ANAK"},
    "jenis": {"jenis": "P08"},
    "jenis sensitif": {"jenis": "P18"},
    "jenis tanpa kasus": {"provinsi": "92", "jenis": "P26"},
    "bulan ini": {"periode": "bulan-ini"},
    "triwulan ini": {"periode": "triwulan-ini"},
    "melewati T terlambat": {"dari": "T-40", "sampai": "T+10"},
    "klaster dan provinsi": {"klaster": "TSKPO", "provinsi": "35"},
}
UNFILTERED = "semua"
# The page Provinsi shows one province: where the filter names none, the largest, or the one whose data are late.
ONE_PROVINCE = {"melewati T terlambat": "T"}
LARGEST = "32"
OPENED = {
    "satu PAS": ("klaster", {"rinci": "pas", "kelompok": "8"}),
    "satu klaster": ("klaster", {"kelompok": "TSKPO"}),
    "satu jenis": ("klaster", {"sorot_jenis": "P09"}),
    "satu kab/kota": ("provinsi", {"sorot_kabkota": "{provinsi}.73"}),
    "satu pendamping": ("pendamping", {"orang": "{provinsi}-001"}),
    "satu provinsi": ("ringkasan", {"lihat": "{provinsi}"}),
}
OPENED_UNDER = ("semua", "klaster dan provinsi")
CARD = re.compile(r"\*\*.+?\*\* \(([\w-]+), ")
IN_LABEL = re.compile(r"(?:Semua |: )([\d.]+)\b")
# Each dimension and the page whose filter it is asked with: 514 kab/kota at once would only take time.
DIMENSIONS = {
    **dict.fromkeys(("provinsi", "klaster", "pas", "jenis", "tahap"), "ringkasan"),
    **dict.fromkeys(("kabkota", "pendamping"), "provinsi"),
}
STOCK = ("STOK-terdata", "STOK-tertangani", "STOK-terselesaikan", "STOK-ditutup")
AGES = ("I14-0", "I14-31", "I14-91", "I14-181")
COUNTS = ("I01", "I02", "I03", "I03K", "I13", "I15-n", "I28", *AGES, *STOCK)


@dataclass(frozen=True)
class Link:
    """A link to a list: its label, its address, and the number it stands beside (None: only in its label)."""

    label: str
    query: dict[str, str]
    beside: str | None


@dataclass(frozen=True)
class Card:
    """One figure of a page as it is shown, and the links in its frame."""

    kode: str
    shown: str
    links: tuple[Link, ...]


@dataclass
class Screen:
    """What a page shows."""

    words: str
    cards: list[Card] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    tables: list = field(default_factory=list)


# --- the office, its pages and its command line -------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def office(demo_folder, tmp_path_factory) -> Iterator[None]:
    """The small simulation for the whole module, with the pages' caches kept from one test to the next."""
    folder = tmp_path_factory.mktemp("saringan") / "lokal"
    shutil.copytree(demo_folder, folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("TUNTAS_")]:
            patch.delenv(name)
        patch.setenv("TUNTAS_DATA", str(folder))
        _forget()
        yield
        _forget()


def _forget() -> None:
    for kept in (screen, hitung, data_dates, session, length, list_behind, parts, door):
        kept.cache_clear()
    st.cache_resource.clear()
    st.cache_data.clear()


@cache
def door() -> dict:
    """What the one door needs besides the question."""
    values = settings.load()
    return {"source": measure.open_source(values), "limits": values.ambang}


@cache
def data_dates() -> dict[str, dt.date]:
    return {p.kode_provinsi: p.tanggal_data for p in door()["source"].provinces if p.tanggal_data is not None}


def latest() -> str:
    """The province that is latest with its data."""
    return min(data_dates(), key=lambda kode: (data_dates()[kode], kode))


def address(name: str, page: str, own: dict[str, str] | None = None) -> dict[str, str]:
    """The query of a filter on a page, its days and province made definite; `own` are choices of the page."""
    query = dict(FILTERS[name])
    for end in ("dari", "sampai"):
        if end in query:
            day = data_dates()[latest()] + dt.timedelta(days=int(query[end].removeprefix("T")))
            query[end] = day.isoformat()
    needs_one = page == "provinsi" or any("orang" in key for key in own or {})
    if needs_one and "provinsi" not in query:
        query["provinsi"] = latest() if ONE_PROVINCE.get(name) == "T" else LARGEST
    place = query.get("provinsi", LARGEST)
    return query | {key: value.format(provinsi=place) for key, value in (own or {}).items()}


@cache
def session(*, filtered: bool) -> AppTest:
    """One visitor for all filters, and one who has never filtered: an address without any keeps what was chosen."""
    return AppTest.from_file(str(ENTRY), default_timeout=60).run()


def visit(name: str, page: str, query: dict[str, str]) -> AppTest:
    app = session(filtered=name != UNFILTERED)
    app.query_params.clear()
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"pages/{page}.py").run()
    return app


@cache
def screen(name: str, page: str, opened: str = "") -> Screen:
    """A page under a filter, run once for all tests; `opened` is what a visitor has opened on it."""
    app = visit(name, page, address(name, page, OPENED[opened][1] if opened else None))
    assert not app.exception and not app.error and not app.warning
    seen = Screen(words="\n".join(each.value for each in (*app.markdown, *app.title, *app.info)))
    seen.tables = [each.value for each in app.dataframe]
    for block in _blocks(app.main):
        _read(block, seen)
    return seen


def _blocks(block) -> Iterator:
    yield block
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from _blocks(child)


def _read(block, seen: Screen) -> None:
    """Add the card that a block is, and its links to lists."""
    inside = [child for child in block.children.values() if not hasattr(child, "children")]
    kode, shown = _figure(inside)
    links = tuple(
        Link(each.proto.label, dict(parse_qsl(each.proto.query_string)), shown)
        for each in inside
        if each.type == "page_link" and each.proto.page == "kasus"
    )
    seen.links += links
    if kode is not None:
        seen.cards.append(Card(kode, shown, links))


def _figure(inside: list) -> tuple[str | None, str | None]:
    """The kode of a card, from the definition one click away, and what it shows: a number or a reason."""
    for position, each in enumerate(inside):
        named = each.type == "metric" or (each.type == "markdown" and each.value.startswith(":small["))
        found = CARD.match(each.proto.help) if named else None
        if found and each.type == "metric":
            return found[1], each.value
        if found:
            value = inside[position + 1]
            return found[1], value.value if value.type == "metric" else value.value.strip("*")
    return None, None


def _period(query: dict[str, str]) -> list[str]:
    """The days of a filter's period as options of `hitung`, worked out from the newest data date in the filter."""
    newest = max(day for kode, day in data_dates().items() if query.get("provinsi", kode) == kode)
    first_month = {"bulan-ini": newest.month, "triwulan-ini": newest.month - (newest.month - 1) % 3}
    if query.get("periode") in first_month:
        first = newest.replace(month=first_month[query["periode"]], day=1)
        return ["--dari", first.isoformat(), "--sampai", newest.isoformat()]
    return [part for end in ("dari", "sampai") if end in query for part in (f"--{end}", query[end])]


@cache
def hitung(kodes: tuple[str, ...], asked: tuple[tuple[str, str], ...]) -> list[dict]:
    """What `hitung` prints for a filter given as the parts of an address."""
    query = dict(asked)
    chosen = [
        part for key in ("provinsi", "klaster", "jenis") if key in query for part in (f"--{key}", query[key])
    ]
    arguments = ["hitung", *kodes, *chosen, *_period(query), "--format", "json"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert cli.main(arguments) == 0, arguments
    return json.loads(printed.getvalue())


def figures(name: str, page: str) -> dict[str, dict]:
    """The rows of `hitung` for every kode on any page, one call per filter."""
    kodes = {card.kode for each in PAGES for card in screen(name, each).cards} | {*COUNTS, "I18-rata", "I07"}
    rows = hitung(tuple(sorted(kodes)), tuple(sorted(address(name, page).items())))
    return {row["kode"]: row for row in rows}


@cache
def length(query: tuple[tuple[str, str], ...]) -> int:
    """How long the list of a link's address is, by the one door."""
    choice, wrong = filters.from_url(dict(query))
    assert not wrong
    asked = case_list.wanted(choice)
    return measure.count_behind(SCOPE, asked.kode, asked.case_filter, tahap=asked.tahap, **door())


# --- 1. the numbers of the pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in PAGES if page != "kasus"])
@pytest.mark.parametrize("name", FILTERS)
def test_every_card_is_what_hitung_prints(name, page):
    expected, cards = figures(name, page), screen(name, page).cards
    if sum(expected[kode]["nilai"] for kode in STOCK) == 0 and not cards:
        assert "Belum pernah ada kasus" in screen(name, page).words
        return
    assert len(cards) >= 6
    for card in cards:
        row = expected[card.kode]
        if row["nilai"] is None:
            assert card.shown in row["catatan"].split("; "), card
        else:
            assert card.shown == text.shown(card.kode, row["nilai"]), card


@pytest.mark.parametrize("name", FILTERS)
def test_the_open_cases_are_listed_first(name):
    """The page Kasus, opened without a list, shows I13."""
    assert f"**{angka(figures(name, 'kasus')['I13']['nilai'])} kasus**" in screen(name, "kasus").words


# --- 2. the lists behind them -----------------------------------------------------------------------------------


@cache
def list_behind(name: str, query: tuple[tuple[str, str], ...]) -> list[str]:
    """The words of the page Kasus at a link's address; several pages of a filter have the same link."""
    app = visit(name, "kasus", dict(query))
    assert not app.exception and not app.error and not app.warning, query
    return [each.value for each in app.markdown]


def check_links(name: str, seen: Screen) -> None:
    """Every count has a link, every link a list of the number it stands beside, and Kasus shows that length."""
    for card in seen.cards:
        has_list = card.kode in measure.LISTED and card.shown[0].isdigit() and card.shown != "0"
        assert len(card.links) == has_list, card
    for link in seen.links:
        listed = length(tuple(sorted(link.query.items())))
        if "kasus" not in link.query:
            beside = link.beside or IN_LABEL.search(link.label)[1]
            assert angka(listed) == beside, link
        words = list_behind(name, tuple(link.query.items()))
        assert any(each.startswith(f"**{angka(listed)} kasus**") for each in words), link


@pytest.mark.parametrize("page", [page for page in PAGES if page != "kasus"])
@pytest.mark.parametrize("name", FILTERS)
def test_every_link_leads_to_a_list_of_its_number(name, page):
    check_links(name, screen(name, page))


@pytest.mark.parametrize("opened", OPENED)
@pytest.mark.parametrize("name", OPENED_UNDER)
def test_every_link_of_what_is_opened_leads_to_a_list_of_its_number(name, opened):
    page, _ = OPENED[opened]
    seen = screen(name, page, opened)
    assert seen.links
    check_links(name, seen)


def test_a_pas_is_listed_by_its_kinds():
    """The filter bar knows no PAS: the link narrows to it, and a kind of another PAS is refused by name."""
    cards = screen("semua", "klaster", "satu PAS").cards
    kinds = reference.table("jenis_masalah").query("kode_pas == '8'")["kode_jenis"]
    rows = hitung(tuple(card.kode for card in cards), (("jenis", ",".join(kinds)),))
    assert [card.shown for card in cards] == [text.shown(row["kode"], row["nilai"]) for row in rows]
    assert all(link.query["pas"] == "8" for card in cards for link in card.links)
    app = visit("semua", "kasus", {"kode": "I13", "pas": "8"})
    assert app.button(key="k_hapus_pas").label == "12-PAS Korban kekerasan"
    app.button(key="k_hapus_pas").click().run()
    assert "pas" not in app.query_params


@pytest.mark.parametrize(
    ("query", "named"), [({"pas": "13"}, "13"), ({"pas": "8", "jenis": "P01"}, "P01"), ({"pas": "x"}, "x")]
)
def test_a_pas_that_means_nothing_is_named(query, named):
    app = visit("semua", "kasus", query)
    assert not app.exception and any(
        f"“{named}”" in each.value or named in each.value for each in app.warning
    )


# --- 3. parts and wholes ----------------------------------------------------------------------------------------


@cache
def parts(name: str, page: str, dimension: str) -> dict[str, dict[str, float]]:
    """The counts of every member of a dimension by kode, by the one door; without a number NaN."""
    choice, _ = filters.from_url(address(name, page))
    answer = measure.measure(SCOPE, COUNTS, choice.case_filter(), per=Dimensi(dimension), **door())
    key = answer[measure.KEY_COLUMNS[Dimensi(dimension)][-1]]
    return {
        kode: dict(zip(key[rows.index], rows["nilai"], strict=True)) for kode, rows in answer.groupby("kode")
    }


@pytest.mark.parametrize(("dimension", "page"), DIMENSIONS.items())
@pytest.mark.parametrize("name", FILTERS)
def test_the_parts_sum_to_the_whole(name, dimension, page):
    whole, of = figures(name, page), parts(name, page, dimension)
    for kode in COUNTS:
        numbers = [number for number in of[kode].values() if number == number]
        if whole[kode]["nilai"] is not None:
            assert len(numbers) == len(of[kode]) and sum(numbers) == whole[kode]["nilai"], kode
        else:
            # Known at the data date only: the period ends before it in some province, so there is no whole.
            assert INDICATORS[kode].pada_data and len(numbers) < len(of[kode]), kode


@pytest.mark.parametrize(("group", "column"), [("klaster", "kode_klaster"), ("pas", "kode_pas")])
@pytest.mark.parametrize("name", FILTERS)
def test_the_kinds_sum_to_their_group(name, group, column):
    table = reference.table("jenis_masalah")
    group_of = dict(zip(table["kode_jenis"], table[column], strict=True))
    kinds, groups = parts(name, "ringkasan", "jenis"), parts(name, "ringkasan", group)
    for kode in [kode for kode in COUNTS if not INDICATORS[kode].pada_data]:
        sums = dict.fromkeys(groups[kode], 0)
        for kind, number in kinds[kode].items():
            sums[group_of[kind]] += number
        assert sums == groups[kode], kode


@pytest.mark.parametrize("name", FILTERS)
def test_statuses_ages_and_loads_sum_to_their_whole(name):
    for page in ("ringkasan", "provinsi"):
        row = figures(name, page)
        nilai = {kode: each["nilai"] for kode, each in row.items()}
        assert sum(nilai[kode] for kode in STOCK) == row["I07"]["n"]
        assert nilai["STOK-terdata"] + nilai["STOK-tertangani"] == nilai["I13"]
        assert sum(nilai[kode] for kode in AGES) == nilai["I13"]
        assert nilai["I01"] >= nilai["I02"] >= nilai["I03K"]
        if nilai["I28"] is not None and not {"klaster", "jenis"} & FILTERS[name].keys():
            assert row["I18-rata"]["pembilang"] + nilai["I28"] == nilai["I13"]


@pytest.mark.parametrize("name", FILTERS)
def test_the_loads_of_the_page_and_those_without_sum_to_the_open_cases(name):
    """The rows of the page Pendamping are whole persons: a filter on kinds does not apply to them."""
    heading = present_workers.COLUMNS["berbobot"]
    table = next(each for each in screen(name, "pendamping").tables if heading in each.columns)
    asked = {
        key: value for key, value in address(name, "pendamping").items() if key not in ("klaster", "jenis")
    }
    rows = {row["kode"]: row for row in hitung(("I13", "I28"), tuple(sorted(asked.items())))}
    if rows["I28"]["nilai"] is not None:
        held = table[present_workers.COLUMNS["terbuka"]].sum()
        assert held + rows["I28"]["nilai"] == rows["I13"]["nilai"]
