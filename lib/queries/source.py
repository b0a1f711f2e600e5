"""Where queries read: a published snapshot, or the case database itself through the same prepared rows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Column, Engine, FromClause, MetaData, Select, Table
from sqlalchemy.exc import OperationalError

from lib import clock
from lib.database.prepared import (
    OPTIONAL_SHEETS,
    ProvinceData,
    prepared_cases,
    prepared_pendamping,
    province_dates,
)
from lib.database.prepared_services import (
    prepared_attendance,
    prepared_components,
    prepared_referrals,
    prepared_targets,
)
from lib.domain import UserError
from lib.snapshot import Opened

__all__ = ["OPTIONAL_SHEETS", "Source", "direct_source", "fetch", "snapshot_source"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """An engine with the row sets the queries read, and what is known of the provinces' registers."""

    engine: Engine
    kasus: FromClause
    pendamping: FromClause
    rujukan: FromClause
    komponen: FromClause
    kehadiran: FromClause
    target: FromClause
    versi: str
    simulasi: bool
    dibuat: str
    provinces: tuple[ProvinceData, ...]


def snapshot_source(opened: Opened) -> Source:
    """The queries' view of an opened snapshot version."""

    def stored(name: str, query: Select) -> Table:
        return Table(
            name, MetaData(), *(Column(column.name, column.type) for column in query.selected_columns)
        )

    cases = stored("kasus", prepared_cases("duckdb", []))
    return Source(
        engine=opened.engine,
        kasus=cases,
        pendamping=stored("pendamping", prepared_pendamping("duckdb", [])),
        rujukan=stored("rujukan", prepared_referrals("duckdb", [])),
        komponen=stored("komponen", prepared_components("duckdb", [], cases)),
        kehadiran=stored("kehadiran", prepared_attendance("duckdb", [])),
        target=stored("target", prepared_targets()),
        versi=opened.versi,
        simulasi=opened.simulasi,
        dibuat=opened.dibuat,
        provinces=opened.provinces,
    )


def direct_source(engine: Engine, *, simulasi: bool, referral_resolves: bool = False) -> Source:
    """The same view of the case database itself, prepared by the engine at each query."""
    with engine.connect() as connection:
        provinces = province_dates(connection)
    dialect = engine.dialect.name
    cases = prepared_cases(dialect, provinces, referral_resolves=referral_resolves).subquery("kasus_siap")
    return Source(
        engine=engine,
        kasus=cases,
        pendamping=prepared_pendamping(dialect, provinces).subquery("pendamping_siap"),
        rujukan=prepared_referrals(dialect, provinces).subquery("rujukan_siap"),
        komponen=prepared_components(dialect, provinces, cases).subquery("komponen_siap"),
        kehadiran=prepared_attendance(dialect, provinces).subquery("kehadiran_siap"),
        target=prepared_targets().subquery("target_siap"),
        versi="langsung",
        simulasi=simulasi,
        # Read as it stands at this moment; a snapshot says when it was made instead.
        dibuat=clock.now().isoformat(timespec="seconds"),
        provinces=tuple(provinces),
    )


def fetch(source: Source, query: Select) -> pd.DataFrame:
    """Run a query and return its rows; columns named tanggal_* become datetime64[s].

    Raises UserError when the snapshot's file or the case database cannot be read.
    """
    try:
        frame = _rows(source, query)
    except OperationalError as error:
        # Each block of a snapshot has a checksum, looked at only when the block is read.
        where, remedy = f"Potret versi {source.versi}", "buat ulang dengan `python -m lib.cli potret`"
        if source.engine.dialect.name != "duckdb":
            where, remedy = "Basis data kasus", "periksa TUNTAS_DB dan apakah server atau berkasnya baik"
        raise UserError(f"{where} rusak atau tidak terbaca; {remedy}.") from error
    for name in frame.columns:
        if name.startswith("tanggal_"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame


def _rows(source: Source, query: Select) -> pd.DataFrame:
    with source.engine.connect() as connection:
        result = connection.execute(query)
        if source.engine.dialect.name != "duckdb":
            return pd.DataFrame(result.all(), columns=list(result.keys()))
        # DuckDB hands over whole columns: 11 ms instead of 1.8 s for a million rows.
        frame = result.cursor.df()
        frame.columns = list(result.keys())
        return frame
