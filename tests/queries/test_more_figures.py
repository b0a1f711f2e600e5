"""Figures of pendamping, referrals, components and targets through the one door, on a few rows.

The answers are worked out beside them; random worlds against the plain reference are in test_against_plain.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine

from lib import clock, measure, reference, settings, snapshot
from lib.database import connection, schema
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope, UserError
from lib.queries.source import direct_source
from tests.queries.build import (
    DAY,
    PROVINCES,
    kasus_row,
    pendamping_row,
    places_of,
    raw_world,
    unggahan_row,
    write,
)

NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
FOUR = Scope(role=Role.DIREKTUR, provinces=PROVINCES)
LIMITS = settings.load(environment={}).ambang
T = dt.date(2026, 11, 20)
ENGINES = ("langsung", "potret")


@contextmanager
def stored(raw, folder, engine: str, url: str | None = None):
    """The world as the queries see it: the database itself (SQLite unless a URL is given), or a snapshot of it."""
    values = settings.load(environment={"TUNTAS_DATA": str(folder)} | ({"TUNTAS_DB": url} if url else {}))
    database = connection.writable_engine(values.database_url)
    write(database, raw)
    if engine == "potret":
        snapshot.build(values, now=clock.now())
        source = measure.open_source(values)
    else:
        source = direct_source(create_engine(values.database_url), simulasi=True)
    yield source
    source.engine.dispose()
    database.dispose()


def ask(source, kode: str, dari=None, sampai=None, *, per=None, scope=FOUR, **chosen):
    """The rows of one indicator, indexed by what tells them apart."""
    case_filter = CaseFilter(period=Period(dari=dari, sampai=sampai), **chosen)
    rows = measure.measure(scope, [kode], case_filter, per=per, source=source, limits=LIMITS)
    keys = measure.keys_of(kode, per)
    return rows.set_index(keys) if keys else rows


def by(rows, name: str = "nilai") -> dict:
    """One column by the key of its rows; no value is the key None."""
    return {None if key != key else key: value for key, value in rows[name].items()}


def one(source, kode: str, dari=None, sampai=None, **chosen):
    rows = ask(source, kode, dari, sampai, **chosen)
    assert len(rows) == 1
    return rows.iloc[0]


def small_world():
    """35 to 20 November, 34 to 20 October, 93 without optional sheets; 96 never sent."""
    uploads = [
        unggahan_row(number, kode, day, dt.date(2020, 1, 1))
        for number, (kode, day) in enumerate([("35", T), ("34", T - 31 * DAY), ("93", T)], start=1)
    ]
    people = [
        pendamping_row(
            "35", "p1", T - 900 * DAY, jenjang=3, bersertifikat=1, pelatihan_terakhir=T - 30 * DAY
        ),
        pendamping_row("35", "p2", T - 900 * DAY, jenjang=4, tanggal_selesai=T - DAY),
        *[pendamping_row("35", f"q{i}", T - 900 * DAY, jenjang=5, bersertifikat=0) for i in range(9)],
        pendamping_row("34", "p1", T - 900 * DAY, kode_kabkota=None),
    ]
    cases = [
        kasus_row("35", 1, T - 100 * DAY, id_pendamping="p1", tanggal_asesmen=T - 90 * DAY),
        kasus_row("35", 2, T - 50 * DAY, id_pendamping="p2", kode_jenis="P18", pendekatan="keluarga"),
        kasus_row("35", 3, T - 50 * DAY, tanggal_terminasi=T - 10 * DAY, kode_alasan="A1"),
        kasus_row("93", 4, T - 50 * DAY),
        *[
            kasus_row(
                "35",
                number,
                T - 400 * DAY,
                id_pendamping="p1",
                tanggal_terminasi=T - 20 * DAY,
                kode_alasan="T1",
                **dict.fromkeys(schema.OUTCOMES, result),
            )
            for number, result in ((5, 1), (6, None), (7, 0))
        ],
    ]
    referrals = [
        {
            "kode_provinsi": "35",
            "id_kasus": f"{number:04d}",
            "tanggal_rujukan": T - 40 * DAY,
            "tujuan": place,
            "tanggal_diterima": None,
            "hasil": outcome,
        }
        for number, place, outcome in [
            (1, "sentra", "menunggu"),
            (1, "faskes", "ditolak"),
            (2, "sentra", "menunggu"),
            (3, "sentra", "menunggu"),
        ]
    ]
    activities = [
        {
            "kode_provinsi": "35",
            "id_kasus": "0001",
            "tanggal_kegiatan": T - 80 * DAY,
            "jenis_kegiatan": kind,
            "id_pendamping": None,
        }
        for kind in ("terapi", "kunjungan", "dukungan_keluarga")
    ]
    attendance = [
        {"kode_provinsi": "35", "id_pendamping": "p1", "bulan": month, "hari_kerja": 20, "hadir": 19}
        for month in ("2026-09", "2026-10", "2026-11")
    ]
    goals = [
        {"periode": "2026", "kode_wilayah": "00", "kode_indikator": "I01", "nilai": 365.0},
        {"periode": "2026", "kode_wilayah": "35", "kode_indikator": "I01", "nilai": 365.0},
        {"periode": "2026-11", "kode_wilayah": "35", "kode_indikator": "I01", "nilai": 30.0},
        {"periode": "2026", "kode_wilayah": "35", "kode_indikator": "I28", "nilai": 4.0},
    ]
    return raw_world(
        kasus=cases,
        pendamping=people,
        unggahan=uploads,
        kegiatan=activities,
        rujukan=referrals,
        kehadiran=attendance,
        target=goals,
    )


@pytest.fixture(
    scope="module",
    params=[*ENGINES, *(pytest.param(f"{name}-postgresql", marks=pytest.mark.database) for name in ENGINES)],
)
def source(request, tmp_path_factory):
    engine, _, postgresql = request.param.partition("-")
    url = request.getfixturevalue("postgres_database")() if postgresql else None
    with stored(small_world(), tmp_path_factory.mktemp("lembar"), engine, url=url) as opened:
        yield opened


def test_referrals_follow_the_filters_of_cases(source):
    assert one(source, "I22-n")["nilai"] == 3
    assert one(source, "I22-n", klaster=("TSKPO",))["nilai"] == 1
    assert one(source, "I22-n", kabkota=(places_of("35")[1],))["nilai"] == 0
    rows = ask(source, "I22-n", per=Dimensi.PENDAMPING, provinsi=("35",))
    assert rows.loc[("35", "p1"), "nilai"] == 2 and rows.loc[("35", "p2"), "nilai"] == 1


def test_a_note_names_what_is_left_out_and_who_lacks_the_sheet(source):
    row = one(source, "I22-hari")
    assert row["n"] == 2 and row["alasan"] == "n < 10"
    # 34 and 93 sent no referrals, 96 nothing at all.
    assert row["catatan"].split("; ") == [
        "n < 10",
        "1 rujukan ditolak tidak dihitung",
        "data terbaru 2026-11-20",
        "1 provinsi belum ada data",
        "2 provinsi tidak mengirim lembar rujukan",
    ]
    reasons = ask(source, "I22-n", per=Dimensi.PROVINSI)["alasan"]
    assert reasons["34"] == reasons["93"] == reasons["96"] == "belum ada data"
    assert one(source, "I22-n", provinsi=("93",))["n"] != one(source, "I22-n", provinsi=("35",))["n"]


def test_components_and_those_without_any(source):
    rows = by(ask(source, "I32-komponen"))
    assert rows == dict.fromkeys(schema.KOMPONEN_ATENSI, 0) | {"dukungan_keluarga": 1, "terapi": 1, None: 1}
    # Two cases of 35 are counted: the administratif one is nowhere, 93 sent no kegiatan.
    assert set(ask(source, "I32-komponen")["n"]) == {2}


def test_approaches_and_those_without_any(source):
    rows = by(ask(source, "I32-pendekatan"))
    assert rows == dict.fromkeys(schema.PENDEKATAN, 0) | {"keluarga": 1, None: 2}


def test_load_and_open_cases_without_an_active_pendamping_are_all_open_cases(source):
    load, alone, still_open = (one(source, kode)["nilai"] for kode in ("I18-rata", "I28", "I13"))
    assert load * one(source, "I18-rata")["n"] == 1
    # p2 left the day before T, 93 has nobody.
    assert alone == 2 and still_open == 3
    assert one(source, "I28", klaster=("TSKPO",))["nilai"] == 1
    assert one(source, "I28", sampai=T - DAY)["alasan"] == "belum ada riwayat"


def test_closed_by_the_months_on_duty_spread_and_number_of_pendamping(source):
    # In 35 ten were on duty for 365 days and p2 for 364; three cases were closed.
    row = one(source, "I17", provinsi=("35",))
    assert row["nilai"] == pytest.approx(3 / (4014 / 30.4375))
    assert (row["pembilang"], row["n"]) == (3, 11)
    # Nine without a case, one with one: P90 lies a tenth of the way between them.
    assert one(source, "I19", provinsi=("35",))["nilai"] == pytest.approx(0.1)
    assert one(source, "I19", provinsi=("34",))["alasan"] == "n < 5"
    people = reference.table("provinsi").set_index("kode_provinsi")["penduduk"]
    row = one(source, "I20", provinsi=("35",))
    assert row["nilai"] == pytest.approx(10_000_000 / people["35"])
    assert row["n"] == people["35"]
    assert one(source, "I20")["n"] == people[["34", "35", "93"]].sum()


def test_the_note_says_how_many_outcomes_are_filled(source):
    row = one(source, "I25")
    assert (row["pembilang"], row["n"], row["alasan"]) == (1, 2, "n < 10")
    assert "hasil terisi pada 2 dari 3 kasus terselesaikan (66,7 persen)" in row["catatan"]


def test_attendance_is_of_whole_months(source):
    row = one(source, "I30", dt.date(2026, 9, 30), dt.date(2026, 12, 31), provinsi=("35",))
    # November is not over on 20 November.
    assert (row["pembilang"], row["n"]) == (38, 40)
    rows = ask(source, "I30", dt.date(2026, 9, 1), T, per=Dimensi.BULAN, provinsi=("35",))
    assert rows["n"].to_dict() == {"2026-09": 20, "2026-10": 20, "2026-11": 0}


def test_figures_over_a_period_list_everybody_those_at_the_data_date_the_active(source):
    assert len(ask(source, "I30", per=Dimensi.PENDAMPING, provinsi=("35",))) == 11
    assert len(ask(source, "I17", per=Dimensi.PENDAMPING, provinsi=("35",))) == 11
    assert len(ask(source, "I18-rata", per=Dimensi.PENDAMPING, provinsi=("35",))) == 10
    rows = ask(source, "I17", per=Dimensi.KABKOTA, provinsi=("34",))
    assert rows["n"][rows.index.isna()].tolist() == [1]


def test_profile_lists_every_value(source):
    rows = ask(source, "I29-jenjang", provinsi=("35",))
    assert by(rows, "pembilang") == {3: 1, 4: 0, 5: 9, 6: 0, 7: 0, 8: 0, 9: 0}
    assert rows["nilai"][5] == 90 and set(rows["n"]) == {10}
    assert one(source, "I31", provinsi=("35",))["nilai"] == 10
    assert by(ask(source, "I29-jenjang"), "pembilang")[None] == 1
    rows = ask(source, "I29-jenjang", sampai=T - DAY)
    assert set(rows["alasan"]) == {"belum ada riwayat"} and len(rows) == 7


def test_count_target_of_the_month_and_of_the_year(source):
    # 1 January to 20 November is 324 days: 2 of 324.
    row = one(source, "I26-I01", provinsi=("35",))
    assert row["nilai"] == pytest.approx(200 / 324)
    assert (row["pembilang"], row["satuan"]) == (2, "persen")
    assert row["catatan"] == "realisasi 2 (1 Januari 2026 sampai 20 November 2026), target 2026: 365"
    # The period lies in November: its own target, and nobody was recorded since the 1st.
    row = one(source, "I26-I01", T - 5 * DAY, T, provinsi=("35",))
    assert row["nilai"] == 0 and "target 2026-11: 30" in row["catatan"]


def test_lower_is_better_and_no_target(source):
    assert one(source, "I26-I28", provinsi=("35",))["nilai"] == 400
    assert one(source, "I26-I03", provinsi=("35",))["alasan"] == "belum ada target"
    assert one(source, "I26-I01", provinsi=("34",))["alasan"] == "belum ada data"
    assert one(source, "I26-I01", provinsi=("34", "35"))["alasan"] == "belum ada target"
    assert (
        one(source, "I26-I01", provinsi=("35",), jenis=("P18",))["alasan"]
        == "target hanya nasional dan provinsi"
    )


def test_national_target_needs_the_whole_country(source):
    assert one(source, "I26-I01", scope=NATIONAL)["nilai"] == pytest.approx(300 / 324)
    assert one(source, "I26-I01", scope=FOUR)["alasan"] == "belum ada target"


@pytest.mark.parametrize(
    ("kode", "per"),
    [
        ("I17", Dimensi.KLASTER),
        ("I19", Dimensi.PENDAMPING),
        ("I29-jenjang", Dimensi.JENIS),
        ("I30", Dimensi.PAS),
        ("I31", Dimensi.PENDAMPING),
        ("I26-I01", Dimensi.BULAN),
    ],
)
def test_senseless_dimension_is_refused(source, kode, per):
    with pytest.raises(UserError, match=f"{kode} tidak dapat dirinci per {per.value}"):
        ask(source, kode, per=per)


def test_several_indicators_at_once_keep_their_own_rows(source):
    kodes = ["I01", "I29-jenjang", "I26-I01", "I26-I28", "I32-pendekatan"]
    rows = measure.measure(FOUR, kodes, CaseFilter(provinsi=("35",)), source=source, limits=LIMITS)
    assert rows.groupby("kode", sort=False).size().to_dict() == dict(zip(kodes, (1, 7, 1, 1, 5), strict=True))


def test_version_of_an_older_program_is_refused(tmp_path):
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path)})
    write(connection.writable_engine(values.database_url), small_world())
    versi = snapshot.build(values, now=clock.now()).versi
    engine = create_engine(f"duckdb:///{snapshot.version_path(values, versi)}")
    with engine.begin() as writer:
        writer.exec_driver_sql("ALTER TABLE data_provinsi DROP COLUMN lembar")
    engine.dispose()
    with pytest.raises(UserError, match="dibuat oleh program yang lebih lama"):
        measure.open_source(values)
