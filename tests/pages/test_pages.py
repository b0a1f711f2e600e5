"""Every page, for simulated, empty, refused, stale and broken data: no traceback, no English, no invented figure."""

from __future__ import annotations

import sqlite3

import duckdb
import pandas as pd
import pytest
from sqlalchemy import text

from lib import clock, reference, settings, snapshot
from lib.database import connection
from lib.domain import CaseFilter, Role, Scope
from lib.measure import measure, open_source
from lib.numbers_id import angka
from lib.web import cards
from lib.web.overview import CARDS

PAGES = {"pages/ringkasan.py": "Ringkasan", "pages/kamus.py": "Kamus indikator"}


def shown(app) -> str:
    """All the text of a page."""
    kinds = (app.markdown, app.caption, app.warning, app.error, app.info, app.title, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_numbers_of_a_table_are_written_in_indonesian_and_stay_numbers():
    frame = pd.DataFrame({"nama": ["a", "b"], "n": [27848, None], "rasio": [1.25, 2.5]}, index=[3, 3])
    table = cards.readable(frame)
    assert table.to_string(delimiter=";").split() == [";nama;n;rasio", "0;a;27.848;1,25", "1;b;–;2,50"]
    assert table.data["n"].tolist()[0] == 27848


@pytest.mark.parametrize(("page", "title"), PAGES.items())
def test_page_shows_simulated_data(page, title, demo, open_app):
    app = open_app(page)
    assert not app.exception and not app.error
    assert app.title[0].value == title
    assert "DATA SIMULASI" in shown(app)


@pytest.mark.parametrize("page", PAGES)
def test_empty_office_has_no_invented_figure(page, empty_office, open_app):
    app = open_app(page)
    assert not app.exception and not app.error
    assert "DATA SIMULASI" not in shown(app)
    assert "Belum ada data yang masuk" in shown(app)
    assert all(metric.value == "belum ada data" for metric in app.metric)


@pytest.mark.parametrize("page", PAGES)
def test_real_data_without_permission_are_refused(page, empty_office, open_app, monkeypatch):
    monkeypatch.delenv("TUNTAS_TANPA_MASUK")
    app = open_app(page)
    assert "TUNTAS_TANPA_MASUK=1" in shown(app)
    assert not app.metric and not app.get("plotly_chart")


def test_real_data_on_another_address_are_refused(empty_office, open_app, monkeypatch):
    monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else None)  # noqa: S104
    app = open_app()
    assert "127.0.0.1" in shown(app) and not app.metric


def test_missing_configured_database_is_an_error_not_a_simulation(tuntas_data, open_app, monkeypatch):
    monkeypatch.setenv("TUNTAS_DB", f"sqlite:///{tuntas_data / 'tidak_ada.sqlite'}")
    app = open_app()
    assert "tidak_ada.sqlite" in shown(app) and "DATA SIMULASI" not in shown(app)
    assert not (tuntas_data / "tidak_ada.sqlite").exists()


def test_last_snapshot_is_served_while_the_database_is_gone(demo_copy, open_app):
    (demo_copy / "kasus.sqlite").rename(demo_copy / "hilang.sqlite")
    (demo_copy / "kasus.sqlite").write_bytes(b"bukan basis data")
    app = open_app()
    assert not app.exception
    assert "Basis data kasus tidak dapat dibaca" in shown(app) or app.metric


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("1", "berskema versi 1, Tuntas ini memerlukan versi 2; jalankan `python -m lib.cli siapkan`."),
        ("3", "lebih baru daripada versi 2 yang dikenal Tuntas ini; perbarui Tuntas."),
    ],
)
def test_last_snapshot_is_served_while_the_schema_is_another(demo_copy, open_app, version, sentence):
    with sqlite3.connect(demo_copy / "kasus.sqlite") as database:
        database.execute("UPDATE meta SET nilai = ? WHERE kunci = 'versi_skema'", [version])
    app = open_app(page="pages/kamus.py")
    assert [
        warning.value for warning in app.warning if sentence in warning.value and "potret" in warning.value
    ]
    # The page itself goes on, and nothing was changed.
    assert len(app.markdown) > 10 and not app.error
    with sqlite3.connect(demo_copy / "kasus.sqlite") as database:
        kept = database.execute("SELECT nilai FROM meta WHERE kunci = 'versi_skema'").fetchone()
    assert kept == (version,)


def test_rows_that_broke_the_contract_are_told_on_the_page(demo_copy, open_app):
    told = "v_kasus 12, v_kegiatan 3"
    with duckdb.connect(str(next((demo_copy / "potret").glob("*.duckdb")))) as version:
        version.execute("UPDATE meta SET nilai = ? WHERE kunci = 'dikeluarkan'", [told])
    app = open_app(page="pages/kamus.py")
    assert [warning.value for warning in app.warning if f"tidak dihitung: {told}." in warning.value]


def test_damaged_snapshot_says_what_to_do(demo_copy, open_app):
    values = settings.load()
    snapshot.version_path(values, snapshot.current_version(values)).write_bytes(b"rusak" * 1000)
    app = open_app()
    assert not app.exception and "python -m lib.cli potret" in shown(app)


def test_stale_data_are_announced(empty_office, open_app):
    values = settings.load()
    engine = connection.writable_engine(values.database_url)
    with engine.begin() as database:
        database.execute(
            text(
                "INSERT INTO unggahan (kode_provinsi, tanggal_data, waktu, digest, baris, ditolak) "
                "VALUES ('34', '2020-01-31', '2020-02-01 08:00:00.000000', 'x', 0, 0)"
            )
        )
    snapshot.build(values, now=clock.now())
    app = open_app()
    assert any("tanpa data baru" in error.value for error in app.error)


def test_cards_equal_the_one_door(demo, open_app):
    app = open_app(provinsi="32")
    values = settings.load()
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
    answer = measure(
        scope, CARDS, CaseFilter(provinsi=("32",)), source=open_source(values), limits=values.ambang
    ).set_index("kode")
    assert app.metric[0].value == angka(answer.loc["I01", "nilai"])
    assert app.metric[1].value == angka(answer.loc["I02", "nilai"])
    assert app.metric[5].value == angka(answer.loc["I13", "nilai"])


@pytest.mark.parametrize(
    ("query", "widget", "value"),
    [
        ({"provinsi": "33"}, "f_provinsi", "33"),
        ({"klaster": "ANAK"}, "f_masalah", "ANAK"),
        ({"jenis": "P18"}, "f_masalah", "P18"),
        ({"periode": "tahun-ini"}, "f_periode", "tahun-ini"),
        ({"dari": "2026-01-01", "sampai": "2026-03-31"}, "f_periode", "bebas"),
    ],
)
def test_link_shows_the_same_filter(query, widget, value, demo, open_app):
    app = open_app(**query)
    assert app.selectbox(key=widget).value == value
    assert not app.exception and not app.warning


def test_link_and_widget_round_trip(demo, open_app):
    app = open_app()
    app.selectbox(key="f_provinsi").set_value("33").run()
    app.selectbox(key="f_masalah").set_value("ANAK").run()
    assert app.query_params["provinsi"] == "33" and app.query_params["klaster"] == "ANAK"
    assert "Jawa Tengah" in shown(app)


@pytest.mark.parametrize(
    "query",
    [{"provinsi": "99"}, {"jenis": "P99"}, {"periode": "abad-ini"}, {"dari": "31/12/2025"}, {"peta": "I99"}],
)
def test_nonsense_in_a_link_is_named(query, demo, open_app):
    app = open_app(**query)
    value = next(iter(query.values()))
    assert any(value in warning.value for warning in app.warning) and app.metric


def test_filter_survives_a_change_of_page(demo, open_app):
    app = open_app(provinsi="33")
    app.switch_page("pages/kamus.py").run()
    app.switch_page("pages/ringkasan.py").run()
    assert app.selectbox(key="f_provinsi").value == "33"


def test_panel_of_a_province_opens_from_its_link(demo, open_app):
    app = open_app(lihat="31")
    assert any("DKI Jakarta: angka provinsi" in subheader.value for subheader in app.subheader)


def test_snapshot_of_another_database_is_never_shown(demo_copy, open_app, monkeypatch):
    """A simulation's figures must not stand in for a real office's."""
    monkeypatch.setenv("TUNTAS_DB", f"sqlite:///{demo_copy / 'nyata.sqlite'}")
    monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
    engine = connection.writable_engine(settings.load().database_url)
    connection.prepare(engine)
    engine.dispose()
    app = open_app()
    assert "dibuat dari basis data lain" in shown(app) and not app.metric


def test_empty_office_shows_no_invented_date(empty_office, open_app):
    """Nobody ever sent: the period ends on the day the snapshot was made, not in 1970."""
    app = open_app()
    assert str(clock.today().year) in shown(app) and "1970" not in shown(app)
