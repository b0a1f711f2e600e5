"""The application database: what the product itself remembers, never in the case database.

The riwayat (figures that are known at a province's tanggal_data only, kept when a version is published), who may see
what (pengguna), and who saw what (jejak). What the demonstration writes is marked:
it gives nobody a right on real data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pandas as pd
from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    make_url,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from lib.domain import DataUnreadable, UserError
from lib.settings import LEAST_TRAIL_DAYS, Settings

metadata = MetaData()
# sumber and simulasi say which case database a row is of: never to be shown as the past of another one.
riwayat = Table(
    "riwayat",
    metadata,
    Column("sumber", String(16), primary_key=True),
    Column("simulasi", Boolean, primary_key=True),
    Column("kode_provinsi", String(2), primary_key=True),
    Column("tanggal_data", Date, primary_key=True),
    Column("kode", String(24), primary_key=True),
    Column("nilai", Float, nullable=False),
    Column("pembilang", Float),
    Column("n", Float),
    Column("versi", String(40), nullable=False),
)


def _person() -> tuple[Column, ...]:
    """The key of a user: as the identity provider names them, and whether the demonstration wrote it."""
    return (
        Column("penerbit", String(200), primary_key=True),
        Column("subjek", String(200), primary_key=True),
        Column("simulasi", Boolean, primary_key=True),
    )


pengguna = Table(
    "pengguna",
    metadata,
    *_person(),
    Column("peran", String(24), nullable=False),
    Column("aktif", Boolean, nullable=False),
    Column("sebutan", String(80)),
    Column("diubah", DateTime, nullable=False),
)
pengguna_provinsi = Table(
    "pengguna_provinsi",
    metadata,
    *_person(),
    Column("kode_provinsi", String(2), primary_key=True),
)
# Who opened, downloaded or was refused what; times are UTC. Nothing about clients.
jejak = Table(
    "jejak",
    metadata,
    Column("nomor", Integer, primary_key=True, autoincrement=True),
    Column("simulasi", Boolean, nullable=False),
    Column("waktu", DateTime, nullable=False, index=True),
    Column("penerbit", String(200)),
    Column("subjek", String(200)),
    Column("peran", String(24)),
    Column("wilayah", String(160)),
    Column("kejadian", String(16), nullable=False),
    Column("halaman", String(40)),
    Column("saringan", String(400)),
    Column("rincian", String(400)),
    sqlite_autoincrement=True,
)
# The trail is append-only for everybody who writes through this database; what is old enough may be dropped.
for _dialect, _statements in {
    "sqlite": (
        # REPLACE would take a line's place without an update or a delete.
        "CREATE TRIGGER jejak_baru BEFORE INSERT ON jejak WHEN EXISTS (SELECT 1 FROM jejak WHERE nomor = NEW.nomor) "
        "BEGIN SELECT RAISE(ABORT, 'jejak tidak boleh diganti'); END",
        "CREATE TRIGGER jejak_tetap BEFORE UPDATE ON jejak BEGIN SELECT RAISE(ABORT, 'jejak tidak boleh diubah'); END",
        "CREATE TRIGGER jejak_simpan BEFORE DELETE ON jejak "
        f"WHEN OLD.waktu > datetime('now', '-{LEAST_TRAIL_DAYS} days') "
        "BEGIN SELECT RAISE(ABORT, 'jejak belum boleh dihapus'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION jejak_tetap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' OR OLD.waktu > (now() AT TIME ZONE 'UTC') - interval "
        f"'{LEAST_TRAIL_DAYS} days' THEN RAISE EXCEPTION 'jejak tidak boleh diubah'; END IF; RETURN OLD; END $$",
        "CREATE TRIGGER jejak_tetap BEFORE UPDATE OR DELETE ON jejak "
        "FOR EACH ROW EXECUTE FUNCTION jejak_tetap()",
        "CREATE OR REPLACE FUNCTION jejak_utuh() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'jejak tidak boleh dikosongkan'; END $$",
        "CREATE TRIGGER jejak_utuh BEFORE TRUNCATE ON jejak FOR EACH STATEMENT EXECUTE FUNCTION jejak_utuh()",
    ),
}.items():
    for _statement in _statements:
        event.listen(jejak, "after_create", DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect))
UNREADABLE = "Basis data aplikasi tidak dapat {verb}; periksa TUNTAS_DB_APLIKASI dan apakah server atau berkasnya baik."


def readable_engine(settings: Settings) -> Engine | None:
    """An engine that reads the application database; None where its SQLite file has not been made yet."""
    address = make_url(settings.application_url)
    if address.get_backend_name() != "sqlite":
        return _engine(settings)
    path = Path(address.database or "")
    return create_engine(f"sqlite:///file:{path.resolve()}?mode=ro&uri=true") if path.is_file() else None


def _engine(settings: Settings) -> Engine:
    """Raises UserError where the application database is the case database."""
    address = make_url(settings.application_url)
    if address == make_url(settings.database_url):
        raise UserError(
            "TUNTAS_DB_APLIKASI sama dengan basis data kasus; beri basis data tersendiri atau hapus pengaturan itu."
        )
    return _opened(settings.application_url)


@lru_cache(maxsize=4)
def _opened(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
        return create_engine(address, connect_args={"timeout": 10}, poolclass=NullPool)
    return create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": 3})


def stamp(settings: Settings) -> tuple[int, int] | None:
    """What changes with every write into a SQLite application database; None for a server or before the first write."""
    address = make_url(settings.application_url)
    path = Path(address.database or "")
    if address.get_backend_name() != "sqlite" or not path.is_file():
        return None
    state = path.stat()
    return state.st_mtime_ns, state.st_size


@contextmanager
def writing(settings: Settings) -> Iterator[Connection]:
    """One transaction in the application database, its tables made where they are missing.

    Raises UserError when it cannot be written.
    """
    try:
        engine = _engine(settings)
        metadata.create_all(engine)
        with engine.begin() as connection:
            yield connection
    except (DBAPIError, OSError) as error:
        raise DataUnreadable(UNREADABLE.format(verb="ditulis")) from error
    if engine.dialect.name == "sqlite":
        Path(engine.url.database).chmod(0o600)


@contextmanager
def reading(settings: Settings, table: Table) -> Iterator[Connection | None]:
    """A connection that reads a table of the application database; None where that table has not been made yet.

    Raises UserError when the database cannot be read.
    """
    if readable_engine(settings) is None:
        yield None
        return
    try:
        with _engine(settings).connect() as connection:
            yield connection if inspect(connection).has_table(table.name) else None
    except DBAPIError as error:
        raise DataUnreadable(UNREADABLE.format(verb="dibaca")) from error


def keep(
    settings: Settings,
    rows: pd.DataFrame,
    *,
    sumber: tuple[str, ...],
    simulasi: bool,
    only_these: bool = False,
) -> None:
    """Write rows of riwayat: kode_provinsi, tanggal_data, kode, nilai, pembilang, n, versi.

    Rows of the same province and tanggal_data are replaced; with `only_these`, all rows of the same case database,
    whose names are `sumber`.
    Raises UserError when the application database cannot be written.
    """
    own = riwayat.c.sumber.in_(sumber) & (riwayat.c.simulasi == simulasi)
    records = rows.astype(object).where(rows.notna(), None).to_dict("records")
    with writing(settings) as connection:
        if only_these:
            connection.execute(delete(riwayat).where(own))
        for kode, day in _places(rows):
            connection.execute(
                delete(riwayat).where(own, riwayat.c.kode_provinsi == kode, riwayat.c.tanggal_data == day)
            )
        if records:
            marked = [row | {"sumber": sumber[0], "simulasi": simulasi} for row in records]
            connection.execute(insert(riwayat), marked)


def _places(rows: pd.DataFrame) -> Sequence[tuple]:
    return list(rows[["kode_provinsi", "tanggal_data"]].drop_duplicates().itertuples(index=False, name=None))


def has_history(engine: Engine) -> bool:
    """Whether anything was ever kept there; raises UserError when the database cannot be read."""
    try:
        return inspect(engine).has_table(riwayat.name)
    except DBAPIError as error:
        raise DataUnreadable(UNREADABLE.format(verb="dibaca")) from error
