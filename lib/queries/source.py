"""Where queries read: a published snapshot, or the case database itself through the same prepared rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd
from sqlalchemy import Column, Engine, FromClause, MetaData, Select, Table, delete, select
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError

from lib import clock
from lib.database import fence, schema
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
from lib.domain import DataUnreadable, Scope, UserError
from lib.queries.history import History
from lib.queries.remembered import Remembered
from lib.snapshot import Opened

__all__ = ["OPTIONAL_SHEETS", "Source", "direct_source", "fetch", "snapshot_source"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """An engine with the row sets the queries read, and what is known of the provinces' registers.

    `peran_baca` is the role under which PostgreSQL runs the queries; without it they run as the connecting user.
    `samar` is the file of the cells that tayang presentasi hides besides the small ones; it is written after the
    version, so that a reader looks for it at each question. None where there never is one. `dikeluarkan` says which
    rows of a ministry's views were left out, empty for none. `simpanan` is the name of a kept version. `ingatan`
    keeps what queries found in a version, which never changes; None where every query is run.
    """

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
    riwayat: History | None = None
    campuran: bool = False
    peran_baca: str | None = None
    samar: Path | None = None
    dikeluarkan: str = ""
    simpanan: str | None = None
    ingatan: Remembered | None = field(default=None, compare=False, repr=False)


def snapshot_source(opened: Opened, *, riwayat: History | None = None) -> Source:
    """The queries' view of an opened snapshot version, and where its past is kept."""

    return Source(
        engine=opened.engine,
        **_stored(),
        versi=opened.versi,
        simulasi=opened.simulasi,
        campuran=opened.campuran,
        dibuat=opened.dibuat,
        provinces=opened.provinces,
        riwayat=riwayat,
        dikeluarkan=opened.dikeluarkan,
        ingatan=Remembered(),
    )


@cache
def _stored() -> dict[str, Table]:
    """The tables of every version: the columns of what is prepared, which no version changes."""

    def table(name: str, query: Select) -> Table:
        return Table(
            name, MetaData(), *(Column(column.name, column.type) for column in query.selected_columns)
        )

    cases = table("kasus", prepared_cases("duckdb", []))
    return {
        "kasus": cases,
        "pendamping": table("pendamping", prepared_pendamping("duckdb", [])),
        "rujukan": table("rujukan", prepared_referrals("duckdb", [])),
        "komponen": table("komponen", prepared_components("duckdb", [], cases)),
        "kehadiran": table("kehadiran", prepared_attendance("duckdb", [])),
        "target": table("target", prepared_targets()),
    }


def direct_source(
    engine: Engine,
    *,
    simulasi: bool,
    referral_resolves: bool = False,
    provinces: Sequence[ProvinceData] | None = None,
    versi: str = "langsung",
    peran_baca: str | None = None,
) -> Source:
    """The same view of the case database itself, prepared by the engine at each query.

    `provinces` are read from its rows where they are not given.
    """
    if provinces is None:
        provinces = registers(engine, peran_baca=peran_baca)
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
        versi=versi,
        simulasi=simulasi,
        # Read as it stands at this moment; a snapshot says when it was made instead.
        dibuat=clock.now().isoformat(timespec="seconds"),
        provinces=tuple(provinces),
        peran_baca=peran_baca,
    )


def registers(engine: Engine, *, peran_baca: str | None = None) -> list[ProvinceData]:
    """What the case database knows of every province's register, whoever asks.

    No rows: dates, the number of administratif closures and names of sheets. A question keeps those of its scope.
    """
    with engine.connect() as connection:
        fence.let_in_program(connection, reader=peran_baca)
        return province_dates(connection)


def as_they_stood(provinces: Sequence[ProvinceData], day: dt.date) -> list[ProvinceData]:
    """The registers as they stood at the end of a day, told from the dates in their rows.

    A province whose T lies before that day, or whose register begins after it, is one that never sent.
    """
    return [
        replace(province, tanggal_data=day)
        if province.tanggal_data is not None and province.lengkap_sejak <= day <= province.tanggal_data
        else replace(province, tanggal_data=None, lengkap_sejak=None)
        for province in provinces
    ]


def forget_closed(engine: Engine, day: dt.date) -> None:
    """Take the cases that were closed by a day, and their kegiatan, out of a copy of the case database."""
    kasus, kegiatan = schema.kasus, schema.kegiatan
    left = select(kasus.c.id_kasus).where(
        kasus.c.kode_provinsi == kegiatan.c.kode_provinsi, kasus.c.id_kasus == kegiatan.c.id_kasus
    )
    with engine.begin() as connection:
        connection.execute(delete(kasus).where(kasus.c.tanggal_terminasi <= day))
        connection.execute(delete(kegiatan).where(~left.exists()))


def fetch(scope: Scope, source: Source, query: Select, *, of_cases: bool = False) -> pd.DataFrame:
    """Run a query and return its rows; columns named tanggal_* become datetime64[s]. Rows `of_cases`, which are long
    and asked for once, are never remembered.

    The query restricts itself to the scope; PostgreSQL is told the scope too (see `lib.database.fence`).
    Raises DataUnreadable when the snapshot's file or the case database cannot be read, UserError for a query that
    takes too long or is not allowed.
    """
    if source.ingatan is None or of_cases:
        return _fetched(scope, source, query)
    return source.ingatan.found(scope, query, lambda: _fetched(scope, source, query))


def _fetched(scope: Scope, source: Source, query: Select) -> pd.DataFrame:
    try:
        frame = _rows(scope, source, query)
    except DBAPIError as error:
        known = unreadable(error, source.engine, versi=source.versi)
        if known is None:
            raise
        raise known from error
    for name in frame.columns:
        if name.startswith("tanggal_"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame


def unreadable(error: DBAPIError, engine: Engine, *, versi: str = "") -> UserError | None:
    """What to say of an error that is the database's and not the query's; None for a wrong query.

    DataUnreadable where the file or the server is gone or damaged.
    """
    if fence.sqlstate(error) == fence.TIMED_OUT:
        return UserError(
            "Kueri dihentikan karena melewati batas waktu basis data; persempit saringan, atau naikkan "
            "`langsung.batas_kueri_detik`."
        )
    if fence.sqlstate(error) in (fence.NO_RIGHT, fence.NO_SUCH_VALUE):
        return UserError(
            "Pengguna dalam TUNTAS_DB tidak berhak membaca basis data kasus; jalankan `python -m lib.cli siapkan` "
            "sebagai pemilik tabelnya, lalu `periksa`."
        )
    # DuckDB calls what it finds in a damaged block an inner fault of its own.
    if not isinstance(error, OperationalError | InternalError):
        return None
    # Each block of a snapshot has a checksum, looked at only when the block is read.
    where, remedy = f"Potret versi {versi}", "buat ulang dengan `python -m lib.cli potret`"
    if engine.dialect.name != "duckdb":
        where, remedy = "Basis data kasus", "periksa TUNTAS_DB dan apakah server atau berkasnya baik"
    return DataUnreadable(f"{where} rusak atau tidak terbaca; {remedy}.", versi=versi or None)


def _rows(scope: Scope, source: Source, query: Select) -> pd.DataFrame:
    with source.engine.connect() as connection:
        fence.let_in(connection, scope, reader=source.peran_baca)
        result = connection.execute(query)
        if source.engine.dialect.name != "duckdb":
            return pd.DataFrame(result.all(), columns=list(result.keys()))
        # DuckDB hands over whole columns: 11 ms instead of 1.8 s for a million rows.
        frame = result.cursor.df()
        frame.columns = list(result.keys())
        return frame
