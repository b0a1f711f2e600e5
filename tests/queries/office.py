"""An office in a folder: settings, a case database that holds a world, published snapshots of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from lib import settings, snapshot
from lib.database.connection import writable_engine
from lib.domain import CaseFilter, Role, Scope
from lib.measure import measure, open_source
from tests.plain.data import Raw
from tests.queries.build import DAY, PROVINCES, kasus_row, raw_world, unggahan_row, write

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
