"""Building under trouble, one at a time, and by itself: what is left afterwards can always be read."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, insert, text, update

from lib import builds, clock, publishing, refresh, settings, snapshot
from lib.builds import Attempt
from lib.database import changes, connection, schema
from lib.disclosure import kept
from lib.domain import UserError
from tests.browser.harness import AppServer
from tests.queries.build import DAY, kasus_row, write
from tests.queries.conftest import copy_of
from tests.queries.office import NOW, SMALL, T, home_of, nilai

MINUTE = dt.timedelta(minutes=1)


def add_case(values: settings.Settings, number: int = 2) -> None:
    engine = connection.writable_engine(values.database_url)
    with engine.begin() as target:
        target.execute(insert(schema.kasus), [kasus_row("34", number, T - 5 * DAY)])
    engine.dispose()


# --- no room, no right ------------------------------------------------------------------------------------------------

# A limit on the size of any file is what a full disk looks like to the writer; here in the middle of the version.
FULL_DISK = """
import datetime as dt, resource, sys
from lib import publishing, settings
from lib.domain import UserError

values = settings.load(environment={"TUNTAS_DATA": sys.argv[1]})
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    publishing.publish(values, now=dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC), audit=False)
except UserError as error:
    print(error)
"""


def test_full_disk_in_the_middle_of_a_version(small):
    before = snapshot.current_version(small), nilai(small, "I01")
    add_case(small)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(small.data_folder)],
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "ruang simpannya penuh" in done.stdout and "Traceback" not in done.stderr
    assert (snapshot.current_version(small), nilai(small, "I01")) == before
    assert home_of(small) == [".kunci", f"kasus-{before[0]}.duckdb", "penyegaran.json", "terbaru.json"]
    assert "penuh" in builds.last(small).sebab
    publishing.publish(small, now=NOW + 90 * MINUTE, audit=False)
    assert nilai(small, "I01") == 2 and builds.last(small).sebab is None


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "penuh"),
        (errno.EDQUOT, "penuh"),
        (errno.EROFS, "tidak boleh ditulis"),
        (errno.EIO, "gagal"),
    ],
)
@pytest.mark.parametrize("where", ["os.fsync", "json.dump", "os.open"])
def test_disk_that_fails_while_a_version_is_published(small, monkeypatch, where, number, says):
    before = snapshot.current_version(small), [name for name in home_of(small) if not name.startswith(".")]
    real_open = os.open

    def fails(*arguments, **_):
        # Of all that is opened only the folder itself, which comes last of all.
        if where == "os.open" and arguments[0] != snapshot.folder(small):
            return real_open(*arguments)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(where, fails)
    with pytest.raises(UserError, match=says):
        snapshot.build(small, now=NOW + MINUTE)
    monkeypatch.undo()
    if where != "os.open":
        assert (
            snapshot.current_version(small),
            [n for n in home_of(small) if not n.startswith(".")],
        ) == before
    assert not list(snapshot.folder(small).glob(".bangun-*")) + list(snapshot.folder(small).glob(".terbaru*"))
    assert nilai(small, "I01") == 1


def test_full_disk_while_the_audit_is_written(small, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "full")

    path = snapshot.audit_path(small, snapshot.current_version(small))
    monkeypatch.setattr("json.dump", full)
    with pytest.raises(OSError, match="full"):
        kept.write(path, [])
    assert not path.exists() and not [name for name in home_of(small) if name.startswith(".kasus")]


def test_a_failure_that_cannot_be_written_is_remembered(small, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    builds.note(small, Attempt(waktu=NOW, sebab="Penuh."))
    assert builds.last(small).sebab == "Penuh."
    monkeypatch.undo()
    builds.note(small, Attempt(waktu=NOW + MINUTE))
    assert builds.last(small) == Attempt(waktu=NOW + MINUTE)


# --- a database that waits, or is being changed -----------------------------------------------------------------------


@pytest.mark.database
def test_tables_locked_by_somebody_else(postgres_url, tmp_path, monkeypatch):
    """A build gives up after some seconds; when the lock is gone the next one succeeds."""
    monkeypatch.setattr(connection, "LOCK_SECONDS", 1)
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path), "TUNTAS_DB": postgres_url})
    engine = connection.writable_engine(postgres_url)
    write(engine, SMALL)
    for table in ("kasus", "meta"):
        with engine.connect() as other:
            other.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(UserError, match=r"Basis data kasus tidak dapat (disalin|dibaca)"):
                refresh.refresh(values, now=NOW)
            assert builds.last(values).sebab.startswith("Basis data kasus tidak dapat")
    refresh.refresh(values, now=NOW)
    assert nilai(values, "I01") == 1 and builds.last(values).sebab is None
    engine.dispose()


@pytest.mark.database
def test_marks_of_a_postgresql_database(postgres_database):
    url = postgres_database()
    engine, reader = connection.writable_engine(url), connection.read_engine(url)
    write(engine, SMALL)

    def mark_after(*statements) -> str:
        with engine.connect() as target:
            for statement in statements:
                target.execute(statement)
            target.commit()
            # The server counts with a delay of some seconds otherwise.
            target.execute(text("SELECT pg_stat_force_next_flush()"))
            target.commit()
        return changes.mark(reader)

    one_more = insert(schema.kasus).values(kasus_row("34", 2, T))
    seen = [
        mark_after(),
        mark_after(one_more),
        mark_after(update(schema.kasus).values(prioritas="tinggi")),
        mark_after(delete(schema.kasus)),
        mark_after(text("TRUNCATE kasus CASCADE")),
    ]
    assert len(set(seen)) == len(seen) and seen[-1] == mark_after(text("SELECT count(*) FROM kasus"))
    for each in (engine, reader):
        each.dispose()


def test_marks_of_a_sqlite_database(small):
    engine = connection.read_engine(small.database_url)
    before = changes.mark(engine)
    with engine.connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM kasus")) == 1
    assert changes.mark(engine) == before
    add_case(small)
    assert changes.mark(engine) != before
    engine.dispose()
    assert changes.mark(create_engine("duckdb:///:memory:")) is None


# --- one at a time ----------------------------------------------------------------------------------------------------


def test_who_does_not_wait_is_told_and_no_failure_is_noted(small):
    with builds.alone(small), pytest.raises(builds.Busy, match="proses lain"):
        publishing.publish(small, now=NOW, audit=False, wait=False)
    assert builds.last(small) is None


def test_who_waits_builds_afterwards(small):
    built = []
    waiting = threading.Thread(
        target=lambda: built.append(publishing.publish(small, now=NOW + MINUTE, audit=False))
    )
    with builds.alone(small):
        waiting.start()
        waiting.join(0.3)
        assert not built
    waiting.join(60)
    assert snapshot.current_version(small) == built[0].versi


def test_leftovers_of_a_killed_build_are_removed_by_the_next(small):
    left = snapshot.folder(small) / ".bangun-1-2.duckdb"
    left.write_bytes(b"half")
    with builds.alone(small):
        assert not left.exists()


# --- by itself --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def refreshed(published, tmp_path_factory) -> Path:
    """The folder of an office whose version holds all there is, as a refresh left it; made once."""
    folder = tmp_path_factory.mktemp("segar")
    values = copy_of(published["small"], folder)
    versi = publishing.publish(values, now=NOW + MINUTE, audit=False).versi
    kept.write(snapshot.audit_path(values, versi), [])
    return folder


@pytest.fixture
def fresh(refreshed, tmp_path) -> settings.Settings:
    """An office of its own that was refreshed; a copied file keeps the time of its last write."""
    return copy_of(refreshed, tmp_path)


def test_nothing_is_built_while_nothing_changes(fresh):
    before = snapshot.current_version(fresh)
    assert refresh.refresh(fresh, now=NOW + 60 * MINUTE) is None
    assert snapshot.current_version(fresh) == before
    assert builds.last(fresh).waktu == NOW + 60 * MINUTE


def test_a_change_is_built(fresh):
    add_case(fresh)
    versi = refresh.refresh(fresh, now=NOW + 60 * MINUTE)
    assert versi == snapshot.current_version(fresh) and nilai(fresh, "I01") == 2


# What makes a refresh necessary although no row has changed.
REASONS = {
    "a damaged version": lambda values: snapshot.version_path(
        values, snapshot.current_version(values)
    ).write_bytes(b""),
    "no audit": lambda values: snapshot.audit_path(values, snapshot.current_version(values)).unlink(),
    "a damaged pointer": lambda values: (snapshot.folder(values) / snapshot.POINTER).write_text("{"),
    "a failure before": lambda values: builds.note(values, Attempt(waktu=NOW, sebab="gagal")),
    "no record": lambda values: (snapshot.folder(values) / builds.RECORD).unlink(),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_broken_is_built_anew(fresh, name, monkeypatch):
    monkeypatch.setattr(publishing, "audit_version", lambda *_, **__: None)
    REASONS[name](fresh)
    versi = refresh.refresh(fresh, now=NOW + 60 * MINUTE)
    assert versi == snapshot.current_version(fresh) and nilai(fresh, "I01") == 1


def test_another_policy_is_built(fresh, monkeypatch):
    monkeypatch.setattr(publishing, "audit_version", lambda *_, **__: None)
    assert (
        refresh.refresh(replace(fresh, rujukan_penuh_terselesaikan=True), now=NOW + 60 * MINUTE) is not None
    )


HOURLY = {"segarkan_menit": 60.0}


@pytest.mark.parametrize(
    ("minutes", "others", "due"),
    [
        (59, HOURLY, False),
        (60, HOURLY, True),
        (600, HOURLY, True),
        (600, {"segarkan_menit": 0.0}, False),
        (600, HOURLY | {"sumber": settings.LIVE}, False),
        # The clock was put back: better now than in a year.
        (-600, HOURLY, True),
    ],
)
def test_when_a_refresh_is_due(fresh, minutes, others, due):
    last = builds.last(fresh).waktu
    assert refresh.is_due(replace(fresh, **others), now=last + minutes * MINUTE) is due


def test_no_refresh_before_the_first_version(tmp_path):
    """A simulation or a first version is made where somebody waits for it, never in the background."""
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path)})
    assert not refresh.is_due(values, now=NOW)
    assert not refresh.look(values, now=NOW) and not list(tmp_path.iterdir())


def test_settings_of_the_interval(tmp_path):
    assert settings.load(environment={}).segarkan_menit == 60
    assert settings.load(environment={"TUNTAS_SEGARKAN_MENIT": "0"}).segarkan_menit == 0
    for wrong in ("-1", "nan", "inf", "sejam"):
        with pytest.raises(UserError, match="pengaturan.toml"):
            settings.load(environment={"TUNTAS_SEGARKAN_MENIT": wrong})


def ended(code: int, said: str = "") -> subprocess.CompletedProcess:
    return subprocess.CompletedProcess([], code, stdout="", stderr=said)


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (ended(2, "peringatan\nBasis data kasus hilang."), "Basis data kasus hilang."),
        (ended(-9), builds.BUG),
        (ended(1, "Traceback\nValueError: x"), builds.BUG),
        (subprocess.TimeoutExpired([], 1), refresh.TOO_LONG),
        (ended(0), None),
    ],
)
def test_a_process_that_could_not_say_how_it_went(fresh, done, why, monkeypatch, caplog):
    def run(*_, **__):
        if isinstance(done, Exception):
            raise done
        return done

    monkeypatch.setattr(subprocess, "run", run)
    assert refresh.look(fresh, now=NOW + 90 * MINUTE)
    assert builds.last(fresh).sebab == why
    assert len([r for r in caplog.records if r.name == "tuntas"]) == (why is not None)


class Rounds:
    """Stands for the event that ends the thread, after some looks."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.pauses: list[float] = []

    def wait(self, pause: float) -> bool:
        self.pauses.append(pause)
        self.left -= 1
        return self.left < 0


def test_the_thread_goes_on_after_whatever_a_round_meets(fresh, monkeypatch, caplog):
    wrong, brief = UserError("pengaturan salah"), replace(fresh, segarkan_menit=0.1)
    met, looked = iter([wrong, wrong, brief, brief, wrong]), iter([ValueError("bug"), None])

    def values() -> settings.Settings:
        found = next(met)
        if found is wrong:
            raise found
        return found

    def look(*_, **__) -> None:
        if error := next(looked):
            raise error

    monkeypatch.setattr(refresh, "look", look)
    stop = Rounds(4)
    refresh.keep_fresh(stop, settings=values).join(60)
    assert next(looked, "both") == "both" and stop.pauses == [30.0, 30.0, 3.0, 3.0, 30.0]
    assert [r.getMessage() for r in caplog.records if r.name == "tuntas"] == [
        "refresh not possible: pengaturan salah",
        "refresh failed",
    ]


def test_a_running_server_refreshes_by_itself(fresh):
    """And again when the cause of a failure is gone; its pages are told of both by the record (see tests/pages)."""
    database = fresh.data_folder / "kasus.sqlite"
    environment = {"TUNTAS_DATA": str(fresh.data_folder), "TUNTAS_SEGARKAN_MENIT": "0.01"}
    before = snapshot.current_version(fresh)
    with AppServer(environment) as app:
        add_case(fresh)
        until(lambda: snapshot.current_version(fresh) != before, app)
        good = database.read_bytes()
        database.write_bytes(b"bukan basis data " * 5000)
        until(lambda: builds.last(fresh).sebab is not None, app)
        until(lambda: "refresh failed: Basis data kasus" in app.output(), app)
        assert "Traceback" not in app.output()
        database.write_bytes(good)
        until(lambda: builds.last(fresh).sebab is None, app)
    assert nilai(fresh, "I01") == 2


def until(reached, app: AppServer) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline, app.output()
        time.sleep(0.05)


# --- the clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati", "UTC", "Nowhere/Wrong"])
def test_the_machines_own_zone_changes_nothing(zone, monkeypatch):
    now = dt.datetime.now(dt.UTC)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert abs(clock.now() - now) < MINUTE
        assert clock.now().utcoffset() == dt.timedelta(hours=7)
        assert clock.today() in {
            (now + dt.timedelta(hours=7)).date(),
            (now + dt.timedelta(hours=7, minutes=1)).date(),
        }
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_record_names_its_moment_with_its_zone(fresh):
    found = json.loads((snapshot.folder(fresh) / builds.RECORD).read_text())
    assert dt.datetime.fromisoformat(found["waktu"]) == NOW + MINUTE and found["sebab"] is None
