"""Pendamping: figures of the one door, no league table, persons only inside the scope, nonsense is named."""

from __future__ import annotations

import pytest

from lib import measure, present_workers, reference, settings, text
from lib.domain import CaseFilter, Dimensi, Pita, Role, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka
from tests.pages.conftest import door, look_as
from tests.pages.test_pages import shown

NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
PAGE = "pages/pendamping.py"
COLUMN = present_workers.COLUMNS


def staff(**chosen):
    return measure.workers(NATIONAL, CaseFilter(**chosen), weights=settings.load().bobot, **door())


def figures(kodes, per=None, **chosen):
    return measure.measure(NATIONAL, kodes, CaseFilter(**chosen), per=per, **door())


def table(app):
    """The table of pendamping: the one with a column for the weighted load."""
    return next(each.value for each in app.dataframe if COLUMN["berbobot"] in each.value.columns)


def opened(app, box: str):
    """The page with one of its closed boxes opened."""
    app.session_state[f"kotak_{box}"] = True
    return app.run()


def links(app) -> list[dict]:
    """Label and address of every link to another page."""
    return [{"label": each.proto.label, "query": each.proto.query_string} for each in app.get("page_link")]


def test_the_profile_of_the_team_is_one_click_away(demo, open_app):
    app = open_app(PAGE, provinsi="32")
    closed = {each.proto.id for each in app.get("plotly_chart")}
    app = opened(app, "profil_tim")
    assert not app.exception and not app.error
    assert len({each.proto.id for each in app.get("plotly_chart")} - closed) == 4
    for kode in ("I29-jenjang", "I29-sebutan", "I29-pendidikan"):
        answer = figures((kode,), provinsi=("32",))
        frame = present_workers.profile(answer, kode)
        assert text.highest_share(frame, name=INDICATORS[kode].nama) in shown(app)


def test_national_page(demo, open_app):
    app = open_app(PAGE)
    assert not app.exception and not app.error and not app.warning
    everybody = staff()
    median = figures(("I18-median",)).iloc[0]
    bands = present_workers.band_counts(everybody)
    headline = text.load_headline(median, bands, place="Indonesia", limits=settings.load().ambang)
    assert headline in shown(app)
    assert len(table(app)) == len(everybody)
    assert "Pilih satu provinsi" in shown(app), "no times side by side across provinces"
    app = opened(app, "beban-wilayah")
    assert sum(len(each.value) for each in app.dataframe if "Wilayah" in each.value.columns) == 38


@pytest.mark.parametrize("provinsi", ["32", "93"])
def test_table_equals_the_one_door(provinsi, demo, open_app):
    app = open_app(PAGE, provinsi=provinsi)
    assert not app.exception and not app.error
    rows = table(app).set_index(COLUMN["pendamping"])
    expected = figures(("I13", "I15-n"), Dimensi.PENDAMPING, provinsi=(provinsi,))
    for kode, column in (("I13", "terbuka"), ("I15-n", "macet")):
        values = (
            expected[expected["kode"] == kode].dropna(subset="pendamping").set_index("pendamping")["nilai"]
        )
        assert rows[COLUMN[column]].astype(int).to_dict() == values.loc[rows.index].astype(int).to_dict()
    assert COLUMN["provinsi_nama"] not in rows.columns and COLUMN["nama"] not in rows.columns
    assert "usulan" in shown(app)


def test_those_above_the_limit_come_first_then_by_code(demo, open_app):
    rows = table(open_app(PAGE))
    above = (rows[COLUMN["beban"]] != text.BAND_NAMES[Pita.WAJAR]).tolist()
    assert above == sorted(above, reverse=True)
    codes = rows[COLUMN["pendamping"]].tolist()
    for part in (codes[: sum(above)], codes[sum(above) :]):
        assert part == sorted(part)


def test_search_finds_by_code_and_opens(demo, open_app):
    app = open_app(PAGE, provinsi="32")
    app.text_input(key="pd_cari").set_value("32-00").run()
    codes = table(app)[COLUMN["pendamping"]].tolist()
    assert codes and all("32-00" in code for code in codes)
    app.text_input(key="pd_cari").set_value(codes[0]).run()
    assert table(app)[COLUMN["pendamping"]].tolist() == [codes[0]]
    assert app.query_params["cari_orang"] == codes[0]
    app.button(key=f"pd_buka_32_{codes[0]}").click().run()
    assert app.query_params["orang"] == codes[0]
    assert any(codes[0] in each.value for each in app.subheader)
    app.button(key="pd_tutup").click().run()
    assert "orang" not in app.query_params


def test_search_without_a_hit_says_so(demo, open_app):
    app = open_app(PAGE, cari_orang="tidak-ada")
    assert any("tidak-ada" in each.value for each in app.info) and not app.exception


def test_one_person(demo, open_app):
    app = open_app(PAGE, provinsi="93", orang="93-001")
    assert not app.exception and not app.error and not app.warning
    own = {"provinsi": ("93",), "pendamping": "93-001"}
    values = figures(("I13", "I01"), **own).set_index("kode")["nilai"]
    cards = {each.label: each.value for each in app.metric}
    assert cards["Terbuka"] == angka(values["I13"]) and cards["Terdata"] == angka(values["I01"])
    assert any("Pendamping 93-001" in each.value for each in app.subheader)


def test_counts_of_a_person_lead_to_the_same_cases(demo, open_app):
    everybody = staff()
    busy = everybody.sort_values("macet").iloc[-1]
    code, provinsi = busy["pendamping"], busy["provinsi"]
    # A filter on a kind does not apply to a person, so the link must not carry it.
    app = open_app(PAGE, provinsi=provinsi, orang=code, klaster="ANAK")
    to_cases = [each for each in links(app) if f"pendamping={code}" in each["query"]]
    assert {
        kode for kode in ("I13", "I15-n", "I01") if any(f"kode={kode}" in e["query"] for e in to_cases)
    } == {
        "I13",
        "I15-n",
        "I01",
    }
    assert all(f"provinsi={provinsi}" in each["query"] for each in to_cases)
    assert not any("klaster" in each["query"] for each in to_cases)
    assert any("kasus=" in each["query"] for each in to_cases), "a stuck case leads to its timeline"


def test_person_of_a_national_link_is_found_by_its_code(demo, open_app):
    app = open_app(PAGE, orang="93-002")
    assert any("Pendamping 93-002" in each.value for each in app.subheader) and not app.warning
    assert app.query_params["orang"] == "93-002"


@pytest.mark.parametrize(
    "query", [{"orang": "xx-999"}, {"orang": "93-001", "provinsi": "32"}, {"orang": "' OR 1=1"}]
)
def test_unknown_person_is_named(query, demo, open_app):
    app = open_app(PAGE, **query)
    assert not app.exception and not app.error
    assert any(query["orang"] in each.value for each in app.warning)
    app.button(key="pd_tutup").click().run()
    assert not app.warning


@pytest.mark.parametrize("query", [{"urut_orang": "hasil", "provinsi": "32"}, {"urut_wilayah": "terbaik"}])
def test_an_order_that_does_not_exist_is_named(query, demo, open_app):
    app = open_app(PAGE, **query)
    value = next(iter(query.values()))
    assert any(value in each.value for each in app.warning) and not app.exception


@pytest.mark.parametrize("order", ["kode", "beban"])
def test_times_are_ordered_by_code_or_load_never_by_result(order, demo, open_app):
    app = opened(open_app(PAGE, provinsi="32", urut_orang=order), "pd_lama")
    rows = next(each.value for each in app.dataframe if "Separuh kasus ditutup" in each.value.columns)
    assert "Separuh kasus selesai" in rows.columns, "never without the resolved half beside it"
    codes, loads = rows["Pendamping"].tolist(), rows["Terbuka"].tolist()
    assert len(codes) == len(staff(provinsi=("32",)))
    if order == "kode":
        assert codes == sorted(codes)
    else:
        assert loads == sorted(loads, reverse=True)


def test_months_are_those_of_the_one_door(demo, open_app):
    app = opened(open_app(PAGE, provinsi="32", klaster="ANAK"), "pd_arus")
    rows = next(each.value for each in app.dataframe if "Terbuka pada akhir bulan" in each.value.columns)
    answer = figures(("I01", "I16", "I13"), Dimensi.BULAN, provinsi=("32",), klaster=("ANAK",))
    by_kode = {kode: part["nilai"].tolist() for kode, part in answer.groupby("kode")}
    assert rows["Terdata"].tolist() == [angka(value) for value in by_kode["I01"]]
    assert rows["Terbuka pada akhir bulan"].tolist() == [angka(value) for value in by_kode["I13"]]
    closed = [came - net for came, net in zip(by_kode["I01"], by_kode["I16"], strict=True)]
    assert rows["Ditutup"].tolist() == [angka(value) for value in closed]


def test_before_the_data_date_there_is_no_load(demo, open_app):
    app = open_app(PAGE, dari="2026-01-01", sampai="2026-03-31")
    assert not app.exception and not app.error
    assert any("belum ada riwayat" in each.value for each in app.info)
    assert (table(app)[COLUMN["macet"]] == "belum ada riwayat").all()


def as_coordinator(monkeypatch, *provinces):
    look_as(monkeypatch, Scope(role=Role.KOORDINATOR, provinces=provinces))


def test_coordinator_sees_names_of_the_own_province_only(demo, open_app, monkeypatch):
    as_coordinator(monkeypatch, "93")
    app = open_app(PAGE)
    assert not app.exception and not app.error
    rows = table(app)
    assert COLUMN["nama"] in rows.columns and all(
        code.startswith("93") for code in rows[COLUMN["pendamping"]]
    )
    assert "Papua Selatan" in shown(app), "one province in the scope is one province on the page"


def test_person_outside_the_scope_is_unknown(demo, open_app, monkeypatch):
    as_coordinator(monkeypatch, "93")
    app = open_app(PAGE, orang="32-001")
    assert any("32-001" in each.value for each in app.warning)
    assert not any("Jawa Barat" in line for line in shown(app).splitlines())


def test_province_outside_the_scope_is_refused(demo, open_app, monkeypatch):
    as_coordinator(monkeypatch, "93")
    app = open_app(PAGE, provinsi="32", orang="32-001")
    assert any("di luar wilayah" in each.value for each in app.warning) and not app.metric


def test_director_sees_no_names(demo, open_app):
    app = open_app(PAGE, provinsi="93", orang="93-001")
    assert COLUMN["nama"] not in table(app).columns
    assert "Pendamping Simulasi" not in shown(app)


def test_empty_office(empty_office, open_app):
    app = open_app(PAGE)
    assert not app.exception and not app.error
    assert all(each.value == "belum ada data" for each in app.metric)
    assert "Indonesia: beban pendamping belum dapat dihitung (belum ada data)" in shown(app)
    assert any("belum ada data" in each.value for each in app.info) and not app.get("plotly_chart")
    assert "DATA SIMULASI" not in shown(app)


def test_unknown_person_in_an_empty_office(empty_office, open_app):
    app = open_app(PAGE, orang="93-001", provinsi="93")
    assert not app.exception and any("93-001" in each.value for each in app.warning)
