"""Perbandingan: its numbers are the one door's, nobody is ranked, nonsense in a link is named."""

from __future__ import annotations

import pandas as pd
import pytest

from lib import measure, reference, text
from lib import text_comparison as wording
from lib.domain import CaseFilter, Dimensi, Period, PeriodKind, Role, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, bulan_tahun, persen
from lib.web import comparison
from tests.pages.conftest import door

PAGE = "pages/perbandingan.py"
SCOPE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
TWELVE_MONTHS = Period(kind=PeriodKind.DUA_BELAS_BULAN)
NAMES = reference.names("provinsi")


def chosen(**more) -> CaseFilter:
    return CaseFilter(**({"period": TWELVE_MONTHS} | more))


def words(app) -> str:
    kinds = (app.markdown, app.warning, app.error, app.info, app.title, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def table(app, *headings: str) -> pd.DataFrame:
    found = [each.value for each in app.dataframe if set(headings) <= set(each.value.columns)]
    assert len(found) == 1, f"{len(found)} tables with {headings}"
    return found[0]


def calm(app) -> None:
    assert not app.exception and not app.error and not app.warning, words(app)


@pytest.mark.parametrize("kode", ["I04-180", "I11"])
def test_the_provinces_are_the_one_doors(kode, demo, open_app):
    app = open_app(PAGE, ukuran=kode)
    calm(app)
    app.session_state["kotak_perbandingan-provinsi"] = True
    app.run()
    rows = measure.measure(SCOPE, (kode,), chosen(), per=Dimensi.PROVINSI, **door())
    shown = rows[rows["n"] >= 10].sort_values("provinsi")
    on_page = table(app, "Provinsi", "Nilai", "Arti")
    assert on_page["Provinsi"].tolist() == [NAMES[code] for code in shown["provinsi"]]
    assert on_page["Nilai"].tolist() == [persen(value) for value in shown["nilai"]]
    assert on_page["n"].tolist() == shown["n"].tolist()
    assert set(on_page["Arti"].str.split(" \\(").str[0]) <= set(wording.CLASSES)
    assert f"{angka(len(shown))} provinsi dengan {angka(shown['n'].sum())} kasus" in words(app)
    if few := int((rows["n"] < 10).sum()):
        assert f"{few} provinsi dengan n < 10 tidak digambar" in words(app)


def test_the_adjusted_provinces_are_the_one_doors(demo, open_app):
    app = open_app(PAGE, campuran="1")
    calm(app)
    app.session_state["kotak_perbandingan-provinsi"] = True
    app.run()
    made = measure.funnel_of(SCOPE, "I04-180", chosen(), per=Dimensi.PROVINSI, adjusted=True, **door())
    expected = made.units.sort_values("provinsi")
    on_page = table(app, "Provinsi", "Diamati / diharapkan")
    assert on_page["Diamati / diharapkan"].tolist() == [angka(v, decimals=2) for v in expected["nilai"]]
    assert "standardisasi tak langsung" in words(app) and "Poisson" in words(app)


def test_the_switches_are_kept_in_the_address(demo, open_app):
    app = open_app(PAGE)
    app.toggle(key="pb_campuran").set_value(True).run()
    app.segmented_control(key="pb_ukuran").set_value("I11").run()
    app.segmented_control(key="pb_pantau").set_value("I03").run()
    app.segmented_control(key="pb_bulan").set_value("36").run()
    asked = {name: app.query_params[name] for name in ("campuran", "ukuran", "pantau", "bulan")}
    assert asked == {"campuran": "1", "ukuran": "I11", "pantau": "I03", "bulan": "36"}
    app.toggle(key="pb_campuran").set_value(False).run()
    assert "campuran" not in app.query_params
    calm(app)


def test_a_province_leads_to_its_page(demo, open_app):
    app = open_app(PAGE)
    app.selectbox(key="pb_lihat").set_value("32").run()
    assert app.query_params["lihat"] == "32"
    links = [
        each.proto.query_string
        for each in app.get("page_link")
        if each.proto.label == "Buka halaman provinsi"
    ]
    assert links == ["provinsi=32"]
    assert f"**{NAMES['32']}**" in words(app)


@pytest.mark.parametrize(
    ("kode", "provinsi"), [("I01", ""), ("I03", "32"), ("I04-180", ""), ("I11", "32"), ("I13", "")]
)
def test_the_months_are_the_one_doors(kode, provinsi, demo, open_app):
    app = open_app(PAGE, pantau=kode, **({"provinsi": provinsi} if provinsi else {}))
    calm(app)
    where = chosen(provinsi=(provinsi,) if provinsi else ())
    chart = measure.control_chart(SCOPE, kode, where, **door())
    assert wording.pattern_sentence(chart, kode=kode, names=NAMES) in words(app)
    assert wording.variation_mark(chart, kode=kode) in words(app)
    assert wording.assurance_mark(chart, kode=kode) in words(app)
    app.session_state["kotak_perbandingan-bulanan"] = True
    app.run()
    on_page = table(app, "Bulan", "Batas atas")
    assert on_page["Bulan"].tolist() == [bulan_tahun(month) for month in chart.frame["bulan"]]
    expected = [text.shown(kode, row.nilai, row.alasan) for row in chart.answer.itertuples()]
    assert on_page["Nilai"].tolist() == expected


def test_pendamping_stand_by_code_within_one_province(demo, open_app):
    app = open_app(PAGE, provinsi="32", ukuran="I11")
    calm(app)
    app.session_state["kotak_perbandingan-pendamping"] = True
    app.run()
    rows = measure.measure(
        SCOPE, ("I11",), chosen(provinsi=("32",)), per=Dimensi.PENDAMPING, **door()
    ).dropna(subset=["pendamping"])
    shown = rows[rows["n"] >= 10].sort_values("pendamping")
    if len(shown) < 2:
        assert "paling sedikit dua pendamping" in words(app)
        return
    on_page = table(app, "Pendamping", "Arti")
    assert on_page["Pendamping"].tolist() == shown["pendamping"].tolist()
    assert on_page["Nilai"].tolist() == [persen(value) for value in shown["nilai"]]


def test_without_a_province_no_pendamping_are_compared(demo, open_app):
    app = open_app(PAGE)
    assert "pendamping hanya dibandingkan di dalam provinsinya" in words(app)
    assert not [each for each in app.dataframe if "Pendamping" in each.value.columns]


def test_a_kind_without_cases_says_so(demo, open_app):
    app = open_app(PAGE, provinsi="92", jenis="P26")
    calm(app)
    assert "Belum ada pembanding" in words(app)
    assert not app.get("plotly_chart") or "Peta kendali bulanan" in words(app)


def test_an_empty_office_has_no_invented_figure(empty_office, open_app):
    app = open_app(PAGE)
    calm(app)
    assert "belum pernah mengirim data" in words(app)
    assert not app.get("plotly_chart") and not app.dataframe


@pytest.mark.parametrize(
    "query",
    [
        {"ukuran": "I99"},
        {"campuran": "mungkin"},
        {"lihat": "98"},
        {"pantau": "I05M"},
        {"bulan": "13"},
    ],
)
def test_nonsense_in_a_link_is_named(query, demo, open_app):
    app = open_app(PAGE, **query)
    value = next(iter(query.values()))
    assert any(value in warning.value for warning in app.warning) and app.get("plotly_chart")
    assert not app.exception and not app.error


def test_events_begin_new_limits_and_wrong_ones_are_named(demo, open_app, tmp_path, monkeypatch):
    path = tmp_path / "peristiwa.toml"
    monkeypatch.setattr(comparison, "EVENTS_FILE", path)
    chart = measure.control_chart(SCOPE, "I01", chosen(), **door())
    month = chart.frame["bulan"].iloc[10]
    path.write_text(
        f'[[peristiwa]]\nunit = "nasional"\nbulan = "{month}"\nketerangan = "Aturan baru"', encoding="utf-8"
    )
    assert f"{bulan_tahun(month)} (nasional: Aturan baru)" in words(open_app(PAGE))
    path.write_text('[[peristiwa]]\nunit = "zz"\nbulan = "2026-01"\nketerangan = "x"', encoding="utf-8")
    assert "zz" in words(open_app(PAGE))


@pytest.mark.parametrize("kode", ["I04-180", "I27"])
def test_the_map_of_ringkasan_is_smoothed_on_demand(kode, demo, open_app):
    raw = open_app("pages/ringkasan.py", peta=kode)
    assert not raw.toggle(key="r_halus").value and table(raw, "Provinsi", "Nilai", "n") is not None
    raw.toggle(key="r_halus").set_value(True).run()
    calm(raw)
    assert raw.query_params["halus"] == "1" and wording.SMOOTHED in words(raw)
    answer = measure.smoothed(measure.measure(SCOPE, (kode,), chosen(), per=Dimensi.PROVINSI, **door()))
    on_page = table(raw, "Provinsi", "Disesuaikan", "n").dropna(subset=["Disesuaikan"])
    known = answer.dropna(subset=["nilai"]).sort_values("nilai", ascending=False)
    assert on_page["Disesuaikan"].tolist() == pytest.approx(known["nilai"].tolist())
    assert INDICATORS[kode].satuan in ("persen", "per 100.000 penduduk", "kasus per pendamping")


def test_a_count_on_the_map_cannot_be_smoothed(demo, open_app):
    app = open_app("pages/ringkasan.py", peta="I13", halus="1")
    assert app.toggle(key="r_halus").disabled and table(app, "Provinsi", "Nilai", "n") is not None
