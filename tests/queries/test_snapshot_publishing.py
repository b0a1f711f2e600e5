"""Snapshots are never half-built, readable while the next one is made, and say when they are damaged."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys

import duckdb
import pytest
from sqlalchemy import delete, insert, literal_column, select

from lib import settings, snapshot
from lib.database import schema
from lib.database.connection import writable_engine
from lib.domain import CaseFilter, DataUnreadable, Dimensi, Period, UserError
from lib.measure import measure, open_source
from tests.queries.build import DAY, kasus_row, random_world
from tests.queries.office import NOW, SCOPE, SMALL, T, build, home_of, nilai, office

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
    "copying": "_copy_all",
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


@pytest.mark.parametrize("broken", ["prepared_pendamping", "prepared_targets"])
def test_a_build_that_breaks_while_tables_are_written(small, monkeypatch, broken):
    """A table cannot be made after others were: the file exists already, with rows in it."""
    before = snapshot.current_version(small), home_of(small)
    monkeypatch.setattr(snapshot, broken, lambda *_, **__: select(literal_column("tidak_ada")))
    with pytest.raises(duckdb.Error):
        build(small, 1)
    assert (snapshot.current_version(small), home_of(small)) == before


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
    [
        *(
            "",
            "{",
            "[]",
            "{}",
            '"kasus"',
            '{"versi": 5}',
            '{"versi": null}',
            b"\xff\xfe",
            '{"versi": "../x"}',
        ),
        *('{"versi": ""}', "[" * 100_000),
    ],
    ids=range(11),
)
def test_damaged_pointer(small, content):
    values = small
    pointer = snapshot.folder(values) / snapshot.POINTER
    pointer.write_bytes(content if isinstance(content, bytes) else content.encode())
    # Unreadable: only then the screen goes back to the last good version.
    with pytest.raises(DataUnreadable, match=r"terbaru\.json rusak; buat ulang dengan"):
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
