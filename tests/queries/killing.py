"""Kill an import or a build at twenty moments and look at what is left; prints one JSON object per moment.

    python -m tests.queries.killing FOLDER impor|potret SEED

Each attempt is a child of this process, which has loaded everything already, so that a moment is one of the work
and not of the start.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from sqlalchemy import event

from lib import builds, settings, snapshot
from lib.clock import WIB
from lib.database import connection
from lib.importing import columns, importer, store
from tests.unit.test_importing_rows import kasus_row, keterangan_row, pendamping_row

KILLS, ROWS, BEFORE = 20, 700, 100
NOW = dt.datetime(2026, 11, 21, 8, 0, tzinfo=WIB)


def main() -> None:
    folder, what, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    first, second = _files(folder, range(BEFORE), "a"), _files(folder, range(BEFORE, BEFORE + ROWS), "b")
    assert child(lambda: (_import(values, first), _publish(values))) == 0
    works = {
        "impor": Work(lambda: _import(values, second), _rows_left, (store, "add_upload")),
        "potret": Work(lambda: _publish(values), _versions_left, (snapshot, "_write_version")),
    }
    work = works[what]
    # The database nobody is working on, to begin each attempt from.
    shutil.copy(folder / "kasus.sqlite", folder / "awal.sqlite")
    durations = [_durations(folder, work) for _ in range(3)]
    whole, writing = (min(column) for column in zip(*durations, strict=True))
    chance = random.Random(seed)
    for number in range(KILLS):
        _restore(folder)
        # Every other one while it writes, the first half of which is sure to be reached before the end.
        during = number % 2 == 1
        moment = chance.uniform(0, 0.5) * writing if during else chance.uniform(0.05, 0.95) * whole
        killed = attempt(work, kill_after=moment, once_writing=during) == -signal.SIGKILL
        found = {"killed": killed} | work.left(values) | {"again": child(work.run)}
        print(json.dumps(found | {"then": _rows_left(values), "hidden_then": _hidden(values)}), flush=True)


@dataclass(frozen=True)
class Work:
    """What is killed, what to look at afterwards, and the function with which it begins to write."""

    run: Callable[[], object]
    left: Callable[[settings.Settings], dict]
    writes_with: tuple[ModuleType, str]


def _durations(folder: Path, work: Work) -> tuple[float, float]:
    """Seconds of the whole work, and from where it begins to write."""
    _restore(folder)
    begun = time.perf_counter()
    moments = []
    assert attempt(work, once_writing=True, told=lambda: moments.append(time.perf_counter())) == 0
    return time.perf_counter() - begun, time.perf_counter() - moments[0]


def attempt(
    work: Work,
    *,
    kill_after: float | None = None,
    once_writing: bool = False,
    told: Callable[[], object] = lambda: None,
) -> int:
    """The work in a child, killed some seconds after its start or after it began to write; its exit code."""
    reading, writing = os.pipe()
    module, name = work.writes_with
    real = getattr(module, name)

    def announced(*arguments, **options):
        os.write(writing, b".")
        return real(*arguments, **options)

    def run() -> None:
        setattr(module, name, announced)
        work.run()

    def wait() -> None:
        os.close(writing)
        if once_writing:
            os.read(reading, 1)
            told()

    code = child(run, kill_after=kill_after, meanwhile=wait)
    os.close(reading)
    return code


def child(
    work: Callable[[], object],
    *,
    kill_after: float | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> int:
    """Do something in a child of its own; its exit code, or minus the signal that killed it."""
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    meanwhile()
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _files(folder: Path, numbers: range, name: str) -> list[Path]:
    """An upload as three CSV files."""
    sheets = {
        "keterangan": [keterangan_row()],
        "pendamping": [pendamping_row()],
        "kasus": [kasus_row(number) for number in numbers],
    }
    paths = []
    for sheet, rows in sheets.items():
        path = folder / name / f"{sheet}.csv"
        path.parent.mkdir(exist_ok=True)
        lines = [columns.names(sheet), *rows]
        path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
        paths.append(path)
    return paths


def _import(values: settings.Settings, paths: list[Path]) -> None:
    engine = connection.writable_engine(values.database_url)
    # A small memory makes SQLite write before the end, as it does for a large upload.
    event.listen(engine, "connect", lambda opened, _: opened.execute("PRAGMA cache_size = 10"))
    connection.prepare(engine)
    report = importer.import_files(engine, paths, now=NOW)
    engine.dispose()
    assert report.status == importer.DITERIMA, report.refusal


def _publish(values: settings.Settings) -> None:
    moment = dt.datetime.fromtimestamp(time.time(), tz=WIB)
    with builds.alone(values):
        snapshot.build(values, now=moment)


def _restore(folder: Path) -> None:
    for path in folder.glob("kasus.sqlite*"):
        path.unlink()
    shutil.copy(folder / "awal.sqlite", folder / "kasus.sqlite")


def _rows_left(values: settings.Settings) -> dict:
    """What lies in the log of the database, its rows, and whether it is whole."""
    path = values.data_folder / "kasus.sqlite"
    log = path.with_name("kasus.sqlite-wal")
    log_bytes = log.stat().st_size if log.exists() else 0
    database = sqlite3.connect(path)
    found = {
        "log": log_bytes,
        "rows": database.execute("SELECT count(*) FROM kasus").fetchone()[0],
        "uploads": database.execute("SELECT count(*) FROM unggahan").fetchone()[0],
        "integrity": database.execute("PRAGMA integrity_check").fetchone()[0],
        "broken": len(database.execute("PRAGMA foreign_key_check").fetchall()),
    }
    database.close()
    return found


def _versions_left(values: settings.Settings) -> dict:
    """What lies hidden beside the versions, and how many cases the published one holds."""
    return {"hidden": _hidden(values), "shown": _shown(values)}


def _hidden(values: settings.Settings) -> list[str]:
    return sorted(path.name for path in snapshot.folder(values).glob(".*"))


def _shown(values: settings.Settings) -> int:
    """How many cases the published version holds, asked in a child; -1 where it cannot be opened."""
    reading, writing = os.pipe()

    def ask() -> None:
        opened = snapshot.open_version(values, snapshot.current_version(values))
        with opened.engine.connect() as reader:
            os.write(writing, str(reader.exec_driver_sql("SELECT count(*) FROM kasus").scalar()).encode())

    code = child(ask)
    os.close(writing)
    with os.fdopen(reading) as said:
        found = said.read()
    return int(found) if code == 0 else -1


if __name__ == "__main__":
    main()
