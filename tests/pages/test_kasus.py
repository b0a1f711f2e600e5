"""Kasus: the list is as long as its count, pages follow, a case shows its timeline, nonsense is named."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lib import measure, reference, settings
from lib.domain import CaseFilter, Role, Scope
from lib.numbers_id import angka
from lib.present_cases import timeline
from lib.web.case_list import KINDS, PAGE_SIZE
from tests.pages.conftest import door
from tests.pages.test_pages import shown

NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
PAGE = "pages/kasus.py"


def count(kode: str, **chosen) -> int:
    return measure.count_behind(NATIONAL, kode, CaseFilter(**chosen), **door())


@pytest.mark.parametrize("kode", KINDS)
def test_length_of_each_list_is_its_count(kode, demo, open_app):
    app = open_app(PAGE, kode=kode, provinsi="33")
    assert not app.exception and not app.error and not app.warning
    assert f"**{angka(count(kode, provinsi=('33',)))} kasus**" in shown(app)


def test_pages_go_forth_and_back(demo, open_app):
    app = open_app(PAGE, kode="I13")
    total = count("I13")
    assert f"1–{PAGE_SIZE} dari {angka(total)}" in shown(app)
    first = app.dataframe[0].value["Kasus"].tolist()
    next(button for button in app.button if button.label == "Berikutnya").click().run()
    assert f"{PAGE_SIZE + 1}–" in shown(app)
    assert not set(first) & set(app.dataframe[0].value["Kasus"])
    next(button for button in app.button if button.label == "Sebelumnya").click().run()
    assert app.dataframe[0].value["Kasus"].tolist() == first


@pytest.mark.parametrize(
    "query",
    [
        {"kode": "I99"},
        {"urut": "acak"},
        {"tahap": "tamat"},
        {"kabkota": "99.99"},
        {"kasus": "33~2020-33-000000"},
        {"kasus": "zz"},
        {"pendamping": "33-001"},
    ],
)
def test_nonsense_in_a_link_is_named(query, demo, open_app):
    app = open_app(PAGE, **query)
    value = next(iter(query.values())).split("~")[-1]
    assert not app.exception and any(value in warning.value for warning in app.warning)


def test_narrowing_can_be_taken_away(demo, open_app):
    app = open_app(PAGE, kode="I13", provinsi="33", pendamping="33-001")
    narrow = count("I13", provinsi=("33",), pendamping="33-001")
    assert f"**{angka(narrow)} kasus**" in shown(app)
    app.button(key="k_hapus_pendamping").click().run()
    assert f"**{angka(count('I13', provinsi=('33',)))} kasus**" in shown(app)


def test_timeline_of_a_case(demo, open_app):
    row = measure.cases_behind(NATIONAL, "I13", CaseFilter(provinsi=("33",)), size=1, **door()).iloc[0]
    app = open_app(PAGE, kasus=f"33~{row['id_kasus']}")
    assert any(row["id_kasus"] in subheader.value for subheader in app.subheader)
    assert not app.exception and not app.warning


def case(**dates) -> pd.Series:
    columns = (
        "tanggal_terdata",
        "tanggal_kontak",
        "tanggal_asesmen",
        "tanggal_rencana",
        "tanggal_intervensi",
        "tanggal_terminasi",
        "tanggal_pascalayanan",
    )
    known = {name: pd.Timestamp(dates[name]) if name in dates else pd.NaT for name in columns}
    return pd.Series(known | {"prioritas": dates.get("prioritas", "biasa")}, dtype=object)


def test_waits_add_up_and_norms_are_judged():
    one = case(tanggal_terdata="2026-01-01", tanggal_asesmen="2026-01-20", tanggal_rencana="2026-01-25")
    limits = settings.load(environment={}).ambang
    steps = timeline(one, limits, data_date=dt.date(2026, 8, 1))
    assert steps["nama"].tolist() == ["Terdata", "Asesmen", "Rencana intervensi", "Masih terbuka"]
    assert steps["sela"].tolist()[1:] == [19, 5, 188]
    assert steps["sela"].sum() == (dt.date(2026, 8, 1) - dt.date(2026, 1, 1)).days
    assert steps["terlambat"].tolist() == [False, True, False, True]


def test_emergency_may_help_before_asesmen():
    one = case(
        tanggal_terdata="2026-01-01",
        tanggal_intervensi="2026-01-02",
        tanggal_asesmen="2026-01-05",
        tanggal_terminasi="2026-02-01",
        prioritas="darurat",
    )
    steps = timeline(one, settings.load(environment={}).ambang, data_date=dt.date(2026, 8, 1))
    assert steps["nama"].tolist() == ["Terdata", "Intervensi", "Asesmen", "Terminasi"]
