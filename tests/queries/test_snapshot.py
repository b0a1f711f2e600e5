"""The snapshot file: nothing that names a client, never half-built, readable while the next one is made."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import delete, insert

from lib import settings, snapshot
from lib.database import schema
from lib.database.connection import writable_engine
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope, UserError
from lib.measure import measure, open_source
from lib.queries.source import direct_source
from tests.plain.data import Raw
from tests.queries.build import (
    DAY,
    PROVINCES,
    kasus_row,
    pendamping_row,
    random_world,
    raw_world,
    unggahan_row,
    write,
)

T = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 12, 1, 7, 0, tzinfo=dt.UTC)
SCOPE = Scope(role=Role.DIREKTUR, provinces=PROVINCES)


def office(folder: Path, raw: Raw) -> settings.Settings:
    """Settings of an office whose case database holds a world."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
    write(engine, raw)
    engine.dispose()
    return settings.load(environment={"TUNTAS_DATA": str(folder)})


def one_province(*cases: dict, **rows: list[dict]) -> Raw:
    return raw_world(kasus=list(cases), unggahan=[unggahan_row(1, "34", T)], **rows)


SMALL = one_province(kasus_row("34", 1, T - 10 * DAY))


def build(values: settings.Settings, minutes: int = 0) -> snapshot.Built:
    return snapshot.build(values, now=NOW + dt.timedelta(minutes=minutes))


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> dict[str, Path]:
    """Folders of two offices with one published version: a single case, and a random world."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("small", "random")}
    for name, raw in (("small", SMALL), ("random", random_world(6))):
        build(office(folders[name], raw))
    return folders


@pytest.fixture
def small(published, tmp_path) -> settings.Settings:
    """An office of its own with one case and one published version."""
    return _copy(published["small"], tmp_path)


@pytest.fixture
def varied(published, tmp_path) -> settings.Settings:
    """An office of its own with a random world and one published version."""
    return _copy(published["random"], tmp_path)


def _copy(folder: Path, target: Path) -> settings.Settings:
    shutil.copytree(folder, target, dirs_exist_ok=True)
    return settings.load(environment={"TUNTAS_DATA": str(target)})


def rows_of(values: settings.Settings, query: str) -> list[tuple]:
    """The rows of a query on the published file."""
    path = snapshot.version_path(values, snapshot.current_version(values))
    with duckdb.connect(str(path), read_only=True) as reader:
        return reader.execute(query).fetchall()


def nilai(values: settings.Settings, kode: str) -> float:
    source = open_source(values)
    answer = measure(SCOPE, [kode], CaseFilter(), source=source, limits=values.ambang)
    source.engine.dispose()
    return answer["nilai"].iloc[0]


def home_of(values: settings.Settings) -> list[str]:
    return sorted(path.name for path in snapshot.folder(values).iterdir())


# --- what it holds -------------------------------------------------------------------------------------------


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


# --- publishing ----------------------------------------------------------------------------------------------


def test_pointer_and_the_last_two_versions_are_kept(tmp_path):
    values = office(tmp_path, SMALL)
    assert values.simpan_terakhir == 2
    assert snapshot.current_version(values) is None
    built = [build(values, minutes).versi for minutes in range(4)]
    assert snapshot.current_version(values) == built[-1]
    assert snapshot.versions(values) == built[-2:]
    assert home_of(values) == sorted(["terbaru.json", *(f"kasus-{versi}.duckdb" for versi in built[-2:])])


def test_the_published_version_stays_whatever_the_clock_says(small):
    values = small
    versions = [build(values, minutes).versi for minutes in (30, 20, 10)]
    assert snapshot.current_version(values) == versions[-1]
    assert versions[-1] in snapshot.versions(values)
    assert nilai(values, "I01") == 1


class Interrupted(Exception):
    """Whatever may happen in the middle of a build."""


def fails(*arguments, **options):
    raise Interrupted


# Where a build may break: copying, writing the version, before and in the middle of publishing.
BREAKS = {
    "copying": "_copy_sqlite",
    "writing": "prepared_targets",
    "publishing": "_publish",
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_build_that_breaks_leaves_nothing(small, monkeypatch, name):
    values = small
    versi, before = snapshot.current_version(values), home_of(values)
    monkeypatch.setattr(snapshot, BREAKS[name], fails)
    with pytest.raises(Interrupted):
        build(values, 1)
    monkeypatch.undo()
    assert home_of(values) == before
    assert snapshot.current_version(values) == versi
    assert nilai(values, "I01") == 1
    assert build(values, 2).versi == snapshot.current_version(values)


@pytest.mark.parametrize("written", [0, 2])
def test_a_build_that_breaks_while_tables_are_written(small, monkeypatch, written):
    """A table cannot be made after some were: the file exists already, with rows in it."""
    values = small
    before = snapshot.current_version(values), home_of(values)
    broken = "prepared_cases" if written == 0 else "prepared_referrals"
    monkeypatch.setattr(
        snapshot, broken, lambda *_, **__: schema.provinsi.select().add_columns(_impossible())
    )
    with pytest.raises(duckdb.Error):
        build(values, 1)
    assert (snapshot.current_version(values), home_of(values)) == before


def _impossible():
    from sqlalchemy import literal_column  # noqa: PLC0415

    return literal_column("tidak_ada")


@pytest.mark.parametrize("module", ["json.dump", "os.fsync"])
def test_a_build_that_breaks_while_it_is_published(small, monkeypatch, module):
    values = small
    before = snapshot.current_version(values), home_of(values)
    monkeypatch.setattr(module, fails)
    with pytest.raises(Interrupted):
        build(values, 1)
    monkeypatch.undo()
    assert (snapshot.current_version(values), home_of(values)) == before


def test_a_build_under_way_is_not_a_version(small):
    values = small
    first = snapshot.current_version(values)
    seen = []

    def look(share: float, text: str) -> None:
        seen.append((snapshot.versions(values), snapshot.current_version(values)))

    snapshot.build(values, now=NOW + dt.timedelta(minutes=1), progress=look)
    assert len(seen) == 3
    assert set(map(str, seen)) == {str(([first], first))}


def test_leftovers_of_a_killed_build_are_removed_when_old(small):
    values = small
    old, fresh = (snapshot.folder(values) / f".bangun-{number}.duckdb" for number in (1, 2))
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (NOW.timestamp() - 4000, NOW.timestamp() - 4000))
    os.utime(fresh, (NOW.timestamp(), NOW.timestamp()))
    build(values, 1)
    # The fresh one may be another process at work.
    assert fresh.exists()
    assert not old.exists()


# --- reading -------------------------------------------------------------------------------------------------

READER = """
import sys, time
from pathlib import Path
from lib import settings
from lib.domain import CaseFilter, Role, Scope
from lib.measure import measure, open_source

values = settings.load(environment={"TUNTAS_DATA": sys.argv[1]})
source = open_source(values)
scope = Scope(role=Role.DIREKTUR, provinces=("34",))

def count():
    return int(measure(scope, ["I01"], CaseFilter(), source=source, limits=values.ambang)["nilai"].iloc[0])

print(source.versi, count(), flush=True)
sys.stdin.readline()
print(source.versi, count(), flush=True)
"""


def test_reading_goes_on_while_a_new_version_is_published(small, tmp_path):
    values = small
    first = snapshot.current_version(values)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path)],
        cwd=settings.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with reader:
        assert reader.stdout.readline().split() == [first, "1"]
        engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
        with engine.begin() as target:
            target.execute(insert(schema.kasus), [kasus_row("34", 2, T - 5 * DAY)])
        engine.dispose()
        # Three more: the file of the version being read is taken away.
        newest = [build(values, minutes).versi for minutes in (1, 2, 3)][-1]
        assert first not in snapshot.versions(values)
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline().split() == [first, "1"]
        assert reader.wait(timeout=60) == 0
    assert snapshot.current_version(values) == newest
    assert nilai(values, "I01") == 2


def test_two_versions_open_in_one_process(small, tmp_path):
    values = small
    old = open_source(values)
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    with engine.begin() as target:
        target.execute(delete(schema.kasus))
    engine.dispose()
    new = open_source(values, build(values, 1).versi)
    counts = [
        measure(SCOPE, ["I01"], CaseFilter(), source=source, limits=values.ambang)["nilai"].iloc[0]
        for source in (old, new, old)
    ]
    assert counts == [1, 0, 1]
    for source in (old, new):
        source.engine.dispose()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '"kasus"', '{"versi": 5}', '{"versi": null}', b"\xff\xfe", '{"versi": "../x"}'],
)
def test_damaged_pointer(small, content):
    values = small
    pointer = snapshot.folder(values) / snapshot.POINTER
    pointer.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError, match=r"otret .*(terbaru\.json|\.\./x).*periksa|potret"):
        open_source(values)


def test_building_again_repairs_a_damaged_pointer(small):
    (snapshot.folder(small) / snapshot.POINTER).write_text("{")
    build(small, 1)
    assert nilai(small, "I01") == 1


def test_no_snapshot_at_all(tmp_path):
    values = office(tmp_path, SMALL)
    with pytest.raises(UserError, match="Belum ada potret"):
        open_source(values)


@pytest.mark.parametrize("versi", ["20261201T070000-abcdef", "../kasus", "a/b", ""])
def test_unknown_version(small, versi):
    (snapshot.folder(small) / snapshot.POINTER).write_text(json.dumps({"versi": versi}))
    with pytest.raises(UserError, match="[Pp]otret"):
        open_source(small)


# A DuckDB file: three headers of 4 KiB, then blocks of 256 KiB that begin with a checksum of 8 bytes.
FIRST_BLOCK, BLOCK = 3 * 4096, 262_144
DAMAGES = {
    "empty": lambda good: b"",
    "not a database": lambda good: b"potret " * 1000,
    "half": lambda good: good[: len(good) // 2],
    "beginning": lambda good: bytes(4096) + good[4096:],
}


def damage(values: settings.Settings, change) -> str:
    """Replaces the bytes of the published file; returns its version."""
    path = snapshot.version_path(values, snapshot.current_version(values))
    good = path.read_bytes()
    # A new file of that name: DuckDB remembers the one that a process has open.
    path.unlink()
    path.write_bytes(change(good))
    return snapshot.current_version(values)


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_file(varied, name):
    versi = damage(varied, DAMAGES[name])
    with pytest.raises(UserError, match=versi):
        open_source(varied)


def test_a_file_damaged_where_only_figures_look(varied):
    """The blocks of cases are read after the version is open; their checksums tell then."""
    good = snapshot.version_path(varied, snapshot.current_version(varied)).read_bytes()
    broken = 0
    for block in range(FIRST_BLOCK, len(good), BLOCK):
        wrong = bytes(byte ^ 255 for byte in good[block + 8 : block + 24])
        versi = damage(varied, lambda _, at=block, bad=wrong: good[: at + 8] + bad + good[at + 24 :])
        try:
            source = open_source(varied)
        except UserError:
            continue
        try:
            measure(SCOPE, ["I11"], CaseFilter(), source=source, limits=varied.ambang)
        except UserError as error:
            assert versi in str(error)
            broken += 1
        source.engine.dispose()
    assert broken > 0


def test_missing_case_database(tmp_path):
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path)})
    with pytest.raises(UserError, match=r"kasus\.sqlite"):
        build(values)


def test_nothing_is_asked_of_the_network(tmp_path, monkeypatch):
    def refused(self, address):
        raise AssertionError(f"asks {address}")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket.socket, "connect_ex", refused)
    values = office(tmp_path, random_world(6))
    build(values)
    source = open_source(values)
    period = Period(dari=T - 100 * DAY)
    for per in (None, Dimensi.BULAN, Dimensi.PENDAMPING):
        assert len(
            measure(
                SCOPE,
                ["I01", "I05M", "I18-rata"],
                CaseFilter(period=period),
                per=per,
                source=source,
                limits=values.ambang,
            )
        )
    # What Python's sockets do not show: DuckDB fetches extensions by itself unless told not to.
    with source.engine.connect() as reader:
        asked = "SELECT current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
        assert reader.exec_driver_sql(asked).one() == (False, False)
    source.engine.dispose()
