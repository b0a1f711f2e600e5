"""Alur: figures of the one door, lists as long as their links say, nonsense named, calm where there is nothing."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from lib import measure, reference, settings, text, text_flow
from lib.domain import CaseFilter, Dimensi, Period, PeriodKind, Role, Scope, Tahap
from lib.numbers_id import angka
from lib.web.flow import CARDS
from tests.pages.conftest import door
from tests.pages.test_pages import shown

PAGE = "pages/alur.py"
NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
FILTERS = {
    "all": ({}, {}),
    "one province": ({"provinsi": "32"}, {"provinsi": ("32",)}),
    "late province": ({"provinsi": "92"}, {"provinsi": ("92",)}),
    "klaster": ({"klaster": "ANAK"}, {"klaster": ("ANAK",)}),
}


def ask(run, *arguments, **more):
    return run(NATIONAL, *arguments, **door(), **more)


def chosen(more: dict) -> CaseFilter:
    return CaseFilter(**({"period": Period(kind=PeriodKind.DUA_BELAS_BULAN)} | more))


@pytest.mark.parametrize("name", FILTERS)
def test_the_page_shows_the_one_doors_numbers(name, demo, open_app):
    url, more = FILTERS[name]
    app = open_app(PAGE, **url)
    assert not app.exception and not app.error and not app.warning
    answer = ask(measure.measure, CARDS, chosen(more))
    values = [text.shown(row.kode, row.nilai) for row in answer.itertuples() if row.alasan is None]
    assert [metric.value for metric in app.metric] == values
    whole = ask(measure.stock_and_flow, chosen(more), per=None).iloc[0]
    assert text_flow.agrees(whole) and text_flow.identity(whole) in shown(app)
    assert "cocok pada 13 dari 13 bulan" in shown(app) or name == "late province"


@pytest.mark.parametrize("name", ["all", "one province"])
def test_every_list_has_the_length_its_link_says(name, demo, open_app):
    url, more = FILTERS[name]
    person = {}
    if name == "one province":
        rows = ask(measure.measure, ("I15-n",), chosen(more), per=Dimensi.PENDAMPING)
        person = {"macet_orang": rows.loc[rows["nilai"].idxmax(), "pendamping"]}
    app = open_app(PAGE, **url, **(person or {"macet_provinsi": "32"}))
    checked = set()
    for link in app.get("page_link"):
        label, query = (
            link.proto.label,
            {key: value[0] for key, value in parse_qs(link.proto.query_string).items()},
        )
        if "kode" not in query or label == "Lihat kasusnya":
            continue
        where = more | ({"provinsi": (query["provinsi"],)} if "provinsi" in query else {})
        asked = CaseFilter(period=chosen({}).period, pendamping=query.get("pendamping"), **where)
        tahap = Tahap(query["tahap"]) if "tahap" in query else None
        count = angka(ask(measure.count_behind, query["kode"], asked, tahap=tahap))
        assert label.endswith(f": {count}") or label.startswith(f"{count} kasus macet"), label
        checked.add((query["kode"], *(part for part in ("tahap", "pendamping") if part in query)))
    assert {("DITUTUP-dialihkan",), ("DITUTUP-berhenti",)} <= checked
    assert {("I01",), ("DITUTUP",), ("I13",), ("I14-181",), ("I15-n", "tahap")} <= checked
    assert (("I15-n", "pendamping") if person else ("I15-n",)) in checked


def test_a_month_opens_its_own_lists(demo, open_app):
    app = open_app(PAGE, bulan="2026-03")
    month = ask(measure.stock_and_flow, chosen({}), per=Dimensi.BULAN).set_index("bulan").loc["2026-03"]
    found = {link.proto.label: parse_qs(link.proto.query_string) for link in app.get("page_link")}
    query = found[f"Masuk: {angka(month['masuk'])}"]
    assert (query["dari"], query["sampai"]) == (["2026-03-01"], ["2026-03-31"])


def test_what_if_is_the_one_doors(demo, open_app):
    app = open_app(PAGE, provinsi="36", tambah="2", asal="32")
    values = settings.load()
    known = ask(measure.pace, CaseFilter())
    then = measure.outlook(known, target="beban", limits=values.ambang, change={"36": 2, "32": -2})
    row = then.set_index("provinsi").loc["36"]
    assert (
        f"**Dengan +2 pendamping**: {text_flow.cleared(row)} (rentang 95\u00a0%: {text_flow.span(row)})."
        in shown(app)
    )
    table = next(each.value for each in app.dataframe if "Keadaan" in each.value.columns)
    assert table["Keadaan"].tolist() == [
        "Banten, sekarang",
        "Banten, dengan +2",
        "Jawa Barat, sekarang",
        "Jawa Barat, dengan −2",
    ]
    app.number_input(key="al_tambah").set_value(3).run()
    assert app.query_params["tambah"] == ["3"] or app.query_params["tambah"] == "3"
    app.segmented_control(key="al_batas").set_value("norma").run()
    assert "norma 180\u00a0hari" in shown(app) and not app.exception


@pytest.mark.parametrize("query", [{"tambah": "x"}, {"batas": "y"}, {"tujuan": "zz"}, {"asal": "q"}])
def test_nonsense_in_a_link_is_named(query, demo, open_app):
    app = open_app(PAGE, **query)
    assert not app.exception and app.metric
    assert any(next(iter(query.values())) in warning.value for warning in app.warning)


def test_no_pendamping_side_by_side_across_provinces(demo, open_app):
    assert "Urutan pendamping" not in [each.label for each in open_app(PAGE).segmented_control]


def test_a_kind_without_cases_is_calm(demo, open_app):
    app = open_app(PAGE, jenis="P20", provinsi="93")
    assert not app.exception and not app.error and not app.warning
    assert "Tidak ada kasus terbuka pada akhir periode." in shown(app)


def test_before_the_data_date_stuck_cases_say_why(demo, open_app):
    app = open_app(PAGE, dari="2025-01-01", sampai="2025-12-31")
    assert not app.exception and "Pilih periode yang sampai tanggal data" in shown(app)


def test_an_empty_office_has_no_invented_figure(empty_office, open_app):
    app = open_app(PAGE)
    assert not app.exception and not app.error and not app.metric
    assert "belum pernah mengirim data" in shown(app)
