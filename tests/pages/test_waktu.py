"""Waktu: every figure is the one door's, what is not known is not shown, every bar leads to its cases."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qs

import pandas as pd
import pytest

from lib import measure, reference, text
from lib.domain import CaseFilter, Dimensi, Period, PeriodKind, Role, Scope
from lib.numbers_id import angka, persen
from lib.web.times import CLOSING, FIGURES, VIEWS
from tests.pages.conftest import door, look_as

PAGE = "pages/waktu.py"
SCOPE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
TWELVE_MONTHS = Period(kind=PeriodKind.DUA_BELAS_BULAN)
FILTERS = {
    "semua": ({}, {}),
    "provinsi": ({"provinsi": "32"}, {"provinsi": ("32",)}),
    "provinsi terlambat": ({"provinsi": "92"}, {"provinsi": ("92",)}),
    "kabkota": ({"provinsi": "32", "kabkota": "32.73"}, {"provinsi": ("32",), "kabkota": ("32.73",)}),
    "klaster": ({"klaster": "LANSIA"}, {"klaster": ("LANSIA",)}),
    "jenis tanpa banyak kasus": (
        {"jenis": "P18", "provinsi": "93"},
        {"jenis": ("P18",), "provinsi": ("93",)},
    ),
    "bulan ini": ({"periode": "bulan-ini"}, {"period": Period(kind=PeriodKind.BULAN)}),
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


def list_links(app) -> list[tuple[str, dict]]:
    return [
        (each.proto.label, {key: values[0] for key, values in parse_qs(each.proto.query_string).items()})
        for each in app.get("page_link")
        if each.proto.page == "kasus"
    ]


@pytest.mark.parametrize("name", FILTERS)
def test_page_is_the_one_doors(name, demo, open_app):
    url, more = FILTERS[name]
    app = open_app(PAGE, **url)
    assert not app.exception and not app.error and not app.warning
    check_figures(app, more)
    check_outcomes(app, more)
    check_bars(app, url, more)


def check_figures(app, more: dict) -> None:
    """Every figure of the page is that of the one door."""
    own = measured(FIGURES + CLOSING, more)
    assert [metric.value for metric in app.metric] == shown_values(own)
    page = words(app)
    for row in measured(sum(VIEWS.values(), ()), more).itertuples():
        assert f"**{text.shown(row.kode, row.nilai, row.alasan)}**" in page, row.kode
    steps = [
        f"I12-{step}{end}"
        for step in ("asesmen", "rencana", "intervensi", "terminasi")
        for end in ("", "-p80")
    ]
    for row in measured(["I10", "I11", *steps], more).itertuples():
        assert f"**{text.shown(row.kode, row.nilai, row.alasan)}**  \n:small[n = {angka(row.n)}]" in page, (
            row.kode
        )


def check_outcomes(app, more: dict) -> None:
    """The sentence, the table and the curve agree, and the sentence's cases are a hundred."""
    curve = measure.outcome_curves(SCOPE, case_filter(more), per=None, **door())
    until = curve["andal_sampai"].iloc[0]
    said = [line for line in words(app).split("\n") if "dari 100 kasus" in line and line.startswith("####")]
    if until < 30:
        assert not said and ("belum dapat ditampilkan" in words(app) or "tidak ada kasus" in words(app))
        return
    day = 90 if until >= 90 else 30
    numbers = [
        int(number) for number in re.findall(r"(\d+) (?:terselesaikan|dialihkan|berhenti|masih)", said[0])
    ]
    assert f"setelah {day} hari" in said[0] and sum(numbers) == 100
    row = curve.set_index("hari").loc[day]
    parts = ["terselesaikan", "dialihkan", "berhenti", "terbuka"]
    assert all(abs(number - row[part]) <= 1 for number, part in zip(numbers, parts, strict=True))
    table = app.table[0].value
    assert table[f"Hari {day}"].tolist() == [persen(row[part]) for part in parts]
    own = measured((f"I05-{day}",), more).iloc[0]
    assert text.shown(own["kode"], own["nilai"], own["alasan"]) == table[f"Hari {day}"].iloc[0]


def check_bars(app, url: dict, more: dict) -> None:
    """Every bar leads to a list of exactly as many cases."""
    links, free = list_links(app), {"periode": "bebas"} if "dari" in url else {}
    rows = measure.waiting(SCOPE, case_filter(more), **door())
    expected = []
    for row in rows.to_dict("records"):
        for kode, number, word in (
            (row["daftar_menunggu"], row["menunggu"], "menunggu"),
            (row["daftar_lewat"], row["lewat"], "lewat"),
        ):
            if number > 0:
                expected.append(
                    (f"{angka(number)} {word}", url | free | {"kode": kode, "urut": "terdata-lama"})
                )
                assert measure.count_behind(SCOPE, kode, case_filter(more), **door()) == number
    assert links == expected


def test_the_list_of_a_bar_opens_and_leads_back(demo, open_app):
    number = measure.waiting(SCOPE, case_filter({"provinsi": ("32",)}), **door())["menunggu"].iloc[-1]
    app = open_app(PAGE, provinsi="32")
    app.query_params["kode"] = "TUNGGU-terminasi"
    app.switch_page("pages/kasus.py").run()
    assert not app.exception and not app.error
    assert f"**{angka(number)} kasus** · Menunggu terminasi" in words(app)
    assert any(each.proto.label == "Kembali ke Waktu" for each in app.get("page_link"))


def test_mean_of_closed_cases_is_struck_through_once(demo, open_app):
    page = words(open_app(PAGE))
    mean = measure.closed_mean(SCOPE, case_filter({}), **door())
    assert page.count("~~") == 2
    assert (
        f"~~{angka(mean['nilai'], decimals=0)}\u00a0hari~~ rata-rata {angka(mean['n'])} kasus yang ditutup"
        in page
    )


def test_closing_never_stands_without_resolving(demo, open_app):
    labels = [metric.label for metric in open_app(PAGE).metric]
    assert labels[-3:] == ["Separuh kasus selesai", "Separuh kasus ditutup", "80 persen kasus ditutup"]


@pytest.mark.parametrize("kode", FIGURES)
def test_groups_by_the_chosen_figure(kode, demo, open_app):
    app = open_app(PAGE, ukuran=kode)
    assert app.segmented_control(key="w_ukuran").value == kode
    app.session_state[f"kotak_waktu-provinsi-{kode}"] = True
    app.run()
    shown = next(each.value for each in app.dataframe if "Kelompok" in each.value)
    answer = measured((kode,), {}, Dimensi.PROVINSI)
    assert shown["Kelompok"].tolist() == [reference.names("provinsi")[code] for code in answer["provinsi"]]
    assert shown["Nilai"].tolist() == [text.shown(kode, row.nilai, row.alasan) for row in answer.itertuples()]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"ukuran": "I99"}, "I99"),
        ({"provinsi": "33", "kabkota": "32.73"}, "Kota Bandung"),
        ({"provinsi": "33", "kabkota": "99.99"}, "99.99"),
    ],
)
def test_nonsense_in_a_link_is_named_and_left_out(query, named, demo, open_app):
    app = open_app(PAGE, **query)
    assert any(named in warning.value for warning in app.warning)
    assert not app.exception and not app.error and app.metric


def test_a_chosen_kabkota_is_kept_in_the_address(demo, open_app):
    app = open_app(PAGE, provinsi="32")
    app.selectbox(key="w_kabkota").set_value("32.73").run()
    assert app.query_params["kabkota"] == "32.73" and "Kota Bandung, Jawa Barat" in words(app)
    assert not [each for each in open_app(PAGE).selectbox if each.key == "w_kabkota"]


def test_a_late_province_is_called_late(demo, open_app):
    assert "Data provinsi ini sampai" in words(open_app(PAGE, provinsi="92"))


def test_a_koordinator_sees_the_own_province_alone(demo, open_app, monkeypatch):
    own = Scope(role=Role.KOORDINATOR, provinces=("32",))
    look_as(monkeypatch, own)
    app = open_app(PAGE)
    assert not app.exception and not app.error
    expected = measure.measure(own, FIGURES + CLOSING, case_filter({}), **door())
    assert [metric.value for metric in app.metric] == shown_values(expected)
    assert "Menurut provinsi" not in words(app)


def test_an_empty_office_has_no_invented_figure(empty_office, open_app):
    app = open_app(PAGE)
    assert not app.exception and not app.error and not app.metric
    assert "belum ada data" in words(app)
