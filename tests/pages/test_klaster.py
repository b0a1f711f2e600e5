"""Klaster: groups, kinds and total agree, every figure is the one door's, every count leads to its list."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs

import pandas as pd
import pytest

from lib import measure, present_area, reference, text
from lib.domain import CaseFilter, Dimensi, Period, PeriodKind, Role, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka
from lib.web.clusters import CORONG, GROUP_CARDS, KIND_TABLE
from tests.pages.conftest import door

PAGE = "pages/klaster.py"
SCOPE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
TWELVE_MONTHS = Period(kind=PeriodKind.DUA_BELAS_BULAN)
CARDS = [kode for row in GROUP_CARDS.values() for kode in row]
RESCUED = ("P21", "P22")
FILTERS = {
    "semua": ({}, {}),
    "provinsi": ({"provinsi": "32"}, {"provinsi": ("32",)}),
    "provinsi kecil": ({"provinsi": "93"}, {"provinsi": ("93",)}),
    "provinsi terlambat": ({"provinsi": "92"}, {"provinsi": ("92",)}),
    "klaster": ({"klaster": "TSKPO"}, {"klaster": ("TSKPO",)}),
    "jenis": ({"jenis": "P08"}, {"jenis": ("P08",)}),
    "bulan ini": ({"periode": "bulan-ini"}, {"period": Period(kind=PeriodKind.BULAN)}),
    "tahun ini": (
        {"periode": "tahun-ini", "provinsi": "35"},
        {"period": Period(kind=PeriodKind.TAHUN), "provinsi": ("35",)},
    ),
    "triwulan": ({"periode": "triwulan-ini"}, {"period": Period(kind=PeriodKind.TRIWULAN)}),
    "lampau": (
        {"dari": "2025-01-01", "sampai": "2025-12-31"},
        {"period": Period(dari=dt.date(2025, 1, 1), sampai=dt.date(2025, 12, 31))},
    ),
}


def case_filter(more: dict) -> CaseFilter:
    return CaseFilter(**({"period": TWELVE_MONTHS} | more))


def measured(kodes, more: dict, per=None) -> pd.DataFrame:
    return measure.measure(SCOPE, kodes, case_filter(more), per=per, **door())


def words(app) -> str:
    kinds = (app.markdown, app.warning, app.error, app.info, app.title, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def shown_values(answer: pd.DataFrame) -> list[str]:
    return [text.shown(row.kode, row.nilai) for row in answer.itertuples() if not pd.isna(row.nilai)]


def table(app, *headings: str) -> pd.DataFrame:
    found = [each.value for each in app.dataframe if set(headings) <= set(each.value.columns)]
    assert len(found) == 1, f"{len(found)} tables with {headings}"
    return found[0]


def list_links(app) -> list[dict]:
    return [parse_qs(each.proto.query_string) for each in app.get("page_link") if each.proto.page == "kasus"]


CASES = [(name, "klaster") for name in FILTERS] + [
    (name, "pas") for name in ("semua", "provinsi kecil", "jenis")
]


@pytest.mark.parametrize(("name", "grouping"), CASES)
def test_groups_kinds_and_total_agree(name, grouping, demo, open_app):
    url, more = FILTERS[name]
    app = open_app(PAGE, **url, **({"rinci": "pas"} if grouping == "pas" else {}))
    assert not app.exception and not app.error and not app.warning
    total = measured(("I01", "I13"), more).set_index("kode")["nilai"]
    groups = measured(("I01", "I13"), more, Dimensi(grouping))
    kinds = measured(("I01", "I13"), more, Dimensi.JENIS)
    noun = "PAS" if grouping == "pas" else "kelompok"
    for kode, what in (("I01", "kasus terdata"), ("I13", "kasus terbuka")):
        number = angka(total[kode])
        assert groups.loc[groups["kode"] == kode, "nilai"].sum() == total[kode]
        assert kinds.loc[kinds["kode"] == kode, "nilai"].sum() == total[kode]
        line = (
            f"Jumlah {groups[grouping].nunique()} {noun} {number} = jumlah {kinds['jenis'].nunique()} jenis "
            f"{number} = total {number} {what}."
        )
        assert line in words(app)
    cards = measured(CARDS, more)
    assert [metric.value for metric in app.metric] == shown_values(cards)
    for row in cards.dropna(subset=["nilai"]).itertuples():
        assert measure.count_behind(SCOPE, row.kode, case_filter(more), **door()) == row.nilai


@pytest.mark.parametrize("klaster", ["ANAK", "NAPZA", "BENCANA"])
def test_a_group_has_its_figures_its_kinds_and_its_lists(klaster, demo, open_app):
    app = open_app(PAGE, provinsi="32", kelompok=klaster)
    more = {"provinsi": ("32",), "klaster": (klaster,)}
    own = measured(CARDS, more)
    assert [metric.value for metric in app.metric] == shown_values(own)
    for row in own[own["nilai"] > 0].itertuples():
        assert {"kode": [row.kode], "klaster": [klaster], "provinsi": ["32"]} in list_links(app)
    answer = measured(KIND_TABLE, more, Dimensi.JENIS)
    kinds = table(app, "Jenis masalah")
    for kode in KIND_TABLE:
        rows = answer[answer["kode"] == kode]
        column = kinds[INDICATORS[kode].pendek]
        on_page = [each.strip() if isinstance(each, str) else text.shown(kode, each) for each in column]
        assert on_page == [text.shown(kode, row.nilai, row.alasan) for row in rows.itertuples()], kode
    assert kinds["Jenis masalah"].tolist() == [
        reference.names("jenis_masalah")[code] for code in rows["jenis"]
    ]


def test_a_pas_is_the_sum_of_its_kinds(demo, open_app):
    app = open_app(PAGE, rinci="pas", kelompok="5")
    own = measured(CARDS, {"jenis": RESCUED})
    assert [metric.value for metric in app.metric] == shown_values(own)
    per_pas = measured(("I01",), {}, Dimensi.PAS).set_index("pas")["nilai"]
    assert own.set_index("kode").loc["I01", "nilai"] == per_pas["5"]
    # The filter bar knows no PAS: its lists are narrowed to it.
    assert {"kode": ["I01"], "pas": ["5"]} in list_links(app)


def test_a_chosen_kind_leads_to_its_lists(demo, open_app):
    app = open_app(PAGE, provinsi="32", kelompok="ANAK", sorot_jenis="P02")
    count = measured(("I13",), {"provinsi": ("32",), "jenis": ("P02",)})["nilai"].iloc[0]
    assert text.shown("I13", count) in [metric.value for metric in app.metric]
    assert {"kode": ["I13"], "jenis": ["P02"], "provinsi": ["32"]} in list_links(app)


def test_the_corong_table_is_the_one_doors(demo, open_app):
    app = open_app(PAGE)
    app.session_state["kotak_klaster-corong"] = True
    app.run()
    answer = measured(CORONG, {}, Dimensi.KLASTER)
    shown = table(app, "Klaster", *(INDICATORS[kode].pendek for kode in CORONG))
    for kode in CORONG:
        assert shown[INDICATORS[kode].pendek].tolist() == answer.loc[answer["kode"] == kode, "nilai"].tolist()


def test_the_statuses_of_the_groups_sum_to_all_cases(demo, open_app):
    app = open_app(PAGE)
    stock = [kode for kode in CARDS if kode.startswith("STOK-")]
    total = measured(stock, {})["nilai"].sum()
    assert f"Stok {angka(total)} kasus, tiap baris satu kelompok." in words(app)
    assert measured(stock, {}, Dimensi.KLASTER)["nilai"].sum() == total


def test_the_toggle_is_kept_in_the_address_and_forgets_the_group(demo, open_app):
    app = open_app(PAGE, kelompok="ANAK")
    app.segmented_control(key="kl_rinci").set_value("pas").run()
    assert app.query_params["rinci"] == "pas" and "kelompok" not in app.query_params
    assert app.selectbox(key="kl_kelompok").value == ""
    app.selectbox(key="kl_kelompok").set_value("1").run()
    assert app.query_params["kelompok"] == "1" and "Anak rentan" in words(app)
    app.segmented_control(key="kl_rinci").set_value("klaster").run()
    assert "rinci" not in app.query_params and not app.warning


def test_a_filter_that_leaves_the_group_shows_what_there_is(demo, open_app):
    app = open_app(PAGE, kelompok="ANAK", klaster="LANSIA")
    assert not app.warning and app.selectbox(key="kl_kelompok").value == "LANSIA"


@pytest.mark.parametrize("query", [{"rinci": "abjad"}, {"kelompok": "ENTAH"}])
def test_nonsense_in_a_link_is_named(query, demo, open_app):
    app = open_app(PAGE, **query)
    value = next(iter(query.values()))
    assert any(value in warning.value for warning in app.warning) and app.metric


def test_services_add_up_to_the_recorded_cases(demo, open_app):
    app = open_app(PAGE, provinsi="32")
    answer = measured(("I32-pendekatan",), {"provinsi": ("32",)})
    recorded = measured(("I01",), {"provinsi": ("32",)})["nilai"].iloc[0]
    assert answer["nilai"].sum() == recorded
    closed = len(app.get("plotly_chart"))
    app.session_state["kotak_layanan"] = True
    app.run()
    assert len(app.get("plotly_chart")) == closed + 2
    for kode in ("I32-pendekatan", "I32-komponen"):
        names = present_area.services(measured((kode,), {"provinsi": ("32",)}), kode.removeprefix("I32-"))
        assert text.services(names) in words(app)


def test_an_empty_office_has_no_invented_figure(empty_office, open_app):
    app = open_app(PAGE)
    assert not app.exception and not app.error and not app.metric
    assert "Belum ada data untuk wilayah ini" in words(app)
