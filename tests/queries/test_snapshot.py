"""What the snapshot file holds: nothing that names a client, nothing from after T, days counted right."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

import duckdb
import pytest

from lib import snapshot
from lib.database.connection import writable_engine
from lib.domain import CaseFilter, Dimensi
from lib.measure import measure, open_source
from lib.queries.source import direct_source
from tests.queries.build import DAY, kasus_row, pendamping_row, random_world, raw_world, unggahan_row
from tests.queries.office import SCOPE, SMALL, T, build, nilai, office, one_province, rows_of


def test_no_client_code_is_in_the_file(varied):
    values, raw = varied, random_world(6)
    assert len(raw.kasus) > 30
    columns = {row[0] for row in rows_of(values, "SELECT column_name FROM duckdb_columns()")}
    assert {"id_kasus", "ulang_hari"} <= columns
    assert not {name for name in columns if "klien" in name}
    written = snapshot.version_path(values, snapshot.current_version(values)).read_bytes()
    assert b"ulang_hari" in written
    assert not [row["id_klien"] for row in raw.kasus if row["id_klien"].encode() in written]
    # Every code begins like this; the file may keep a common beginning once.
    assert b"klien" not in written


def test_only_the_owner_may_read_it(tmp_path):
    values = office(tmp_path, SMALL)
    before = os.umask(0)
    try:
        build(values)
    finally:
        os.umask(before)
    path = snapshot.version_path(values, snapshot.current_version(values))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(snapshot.folder(values).stat().st_mode) == 0o700


def test_what_was_built(varied, tmp_path):
    values = varied
    built = build(values)
    assert built.baris == rows_of(values, "SELECT count(*) FROM kasus")[0][0]
    source = open_source(values)
    assert (source.versi, source.simulasi) == (built.versi, True)
    assert source.dibuat == "2026-12-01T07:00:00+00:00"
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    assert source.provinces == direct_source(engine, simulasi=True).provinces
    source.engine.dispose()


def threads_of(values) -> int:
    source = open_source(values)
    with source.engine.connect() as reader:
        found = reader.exec_driver_sql("SELECT current_setting('threads')").scalar_one()
    source.engine.dispose()
    return found


@pytest.mark.parametrize(("groups", "threads"), [(0.01, 1), (1, 1), (1.01, 2), (1000, 1000)])
def test_no_more_threads_than_groups_of_rows_nor_than_usual(groups, threads, varied, monkeypatch):
    cases = rows_of(varied, "SELECT count(*) FROM kasus")[0][0]
    usual = duckdb.connect().sql("SELECT current_setting('threads')").fetchone()[0]
    monkeypatch.setattr(snapshot, "ROW_GROUP", cases / groups)
    assert threads_of(varied) == min(usual, threads)


def test_a_folder_with_an_apostrophe(tmp_path):
    values = office(tmp_path / "data Ma'ruf", SMALL)
    build(values)
    assert nilai(values, "I01") == 1


def test_empty_database(tmp_path):
    values = office(tmp_path, raw_world())
    assert build(values).baris == 0
    source = open_source(values)
    answer = measure(
        SCOPE, ["I01", "I05M"], CaseFilter(), per=Dimensi.PROVINSI, source=source, limits=values.ambang
    )
    assert set(answer["alasan"]) == {"belum ada data"}
    source.engine.dispose()


def test_first_rows_without_values(tmp_path):
    """The driver guesses the type of a column from its first rows; here 2,000 are empty before one is filled."""
    cases = [kasus_row("34", number, T - 20 * DAY) for number in range(2000)]
    last = kasus_row("34", 2000, T - 20 * DAY, tanggal_asesmen=T - 9 * DAY, jenis_kelamin="P")
    last |= {"tanggal_terminasi": T - 2 * DAY, "kode_alasan": "T1", "hasil_peran_sosial": 1}
    values = office(tmp_path, one_province(*cases, last))
    build(values)
    found = rows_of(
        values,
        "SELECT tanggal_asesmen, jenis_kelamin, hasil_peran_sosial, lama_hari FROM kasus "
        "WHERE id_kasus = '2000'",
    )
    assert found == [(T - 9 * DAY, "P", 1, 18)]
    nothing = rows_of(
        values, "SELECT count(*) FROM kasus WHERE tanggal_asesmen IS NULL AND jenis_kelamin IS NULL"
    )
    assert nothing == [(2000,)]


# --- days, dates and reasons ---------------------------------------------------------------------------------


def closed(number: int, days_ago: int, reason: str = "T1", **others) -> dict:
    """A case of client K recorded 10 days before it was closed."""
    end = T - days_ago * DAY
    return kasus_row(
        "34",
        number,
        end - 10 * DAY,
        **{"tanggal_terminasi": end, "kode_alasan": reason, "id_klien": "K"} | others,
    )


def again(days_ago: int, provinsi: str = "34", **others) -> dict:
    """A further case of client K."""
    return kasus_row(provinsi, 2, T - days_ago * DAY, **{"id_klien": "K"} | others)


# Further cases of a client whose first case was closed 100 days before T, and the days until the return.
RETURNS = {
    "none": ([], None),
    "of another kind": ([again(70, kode_jenis="P18")], 30),
    "another client": ([again(70, id_klien="L")], None),
    "in another province": ([again(70, "35")], None),
    "the first of two": ([again(40), again(99)], 1),
    "on the day of the closing": ([again(100)], None),
    "beside the first": ([again(105)], None),
    "on T": ([again(0)], 100),
    "after T": ([again(-1)], None),
    "administratif": ([closed(2, 50, "A1")], None),
}


@pytest.fixture(scope="module")
def days_of_return(tmp_path_factory) -> dict[str, int | None]:
    """ulang_hari of the first case of each client; all clients are in one snapshot."""
    cases = []
    for position, (further, _) in enumerate(RETURNS.values()):
        for number, row in enumerate([closed(1, 100), *further]):
            client = f"{row['id_klien']}{position}"
            cases.append(row | {"id_kasus": f"{position}-{number}", "id_klien": client})
    uploads = [unggahan_row(1, "34", T), unggahan_row(2, "35", T)]
    values = office(tmp_path_factory.mktemp("ulang"), raw_world(kasus=cases, unggahan=uploads))
    build(values)
    found = dict(rows_of(values, "SELECT id_kasus, ulang_hari FROM kasus WHERE kode_provinsi = '34'"))
    return {name: found[f"{position}-0"] for position, name in enumerate(RETURNS)}


@pytest.mark.parametrize("name", RETURNS)
def test_days_until_the_client_came_back(days_of_return, name):
    assert days_of_return[name] == RETURNS[name][1]


def test_an_open_case_and_one_closed_after_the_data_date_have_no_return(tmp_path):
    late = closed(1, -5, tanggal_terdata=T - 30 * DAY, tanggal_pembaruan=T - 30 * DAY)
    values = office(tmp_path, one_province(late, again(10)))
    build(values)
    assert rows_of(values, "SELECT id_kasus, lama_hari, ulang_hari FROM kasus ORDER BY 1") == [
        ("0001", None, None),
        ("0002", None, None),
    ]


def test_what_lies_after_the_data_date_is_not_there(tmp_path):
    day = T - 20 * DAY
    known = kasus_row(
        "34",
        1,
        day,
        tanggal_asesmen=T,
        tanggal_rencana=T + DAY,
        tanggal_terminasi=T + 9 * DAY,
        kode_alasan="T1",
        tanggal_pembaruan=T + 9 * DAY,
        hasil_peran_sosial=1,
    )
    people = [
        pendamping_row("34", "lama", day, tanggal_selesai=T + DAY),
        pendamping_row("34", "baru", T + DAY),
    ]
    values = office(tmp_path, one_province(known, kasus_row("34", 2, T + DAY), pendamping=people))
    build(values)
    names = "id_kasus, tanggal_asesmen, tanggal_rencana, tanggal_terminasi, kelompok, kode_alasan, "
    found = rows_of(values, f"SELECT {names} hasil_peran_sosial, tanggal_aktivitas FROM kasus")  # noqa: S608
    assert found == [("0001", T, None, None, None, None, None, T)]
    people_found = rows_of(values, "SELECT id_pendamping, tanggal_selesai, aktif FROM pendamping")
    assert people_found == [("lama", None, 1)]


def test_administratif_is_left_out_and_counted(tmp_path):
    values = office(tmp_path, one_province(closed(1, 50), closed(2, 50, "A1"), closed(3, 50, "A2")))
    build(values)
    assert rows_of(values, "SELECT id_kasus FROM kasus") == [("0001",)]
    assert rows_of(values, "SELECT administratif FROM data_provinsi WHERE kode_provinsi = '34'") == [(2,)]


@pytest.mark.parametrize(("resolves", "resolved"), [(False, 1), (True, 3)])
def test_rujukan_penuh_is_a_policy(tmp_path, resolves, resolved):
    cases = [
        closed(1, 50),
        closed(2, 50, "R1"),
        closed(3, 50, "R1"),
        closed(4, 50, "R2"),
        closed(5, 50, "B1"),
    ]
    values = office(tmp_path, one_province(*cases))
    values = replace(values, rujukan_penuh_terselesaikan=resolves)
    build(values)
    assert nilai(values, "I03") == resolved
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    direct = direct_source(engine, simulasi=True, referral_resolves=resolves)
    answer = measure(SCOPE, ["I03"], CaseFilter(), source=direct, limits=values.ambang)
    assert answer["nilai"].iloc[0] == resolved
    engine.dispose()
