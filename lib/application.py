"""The application database: what the product itself remembers, never in the case database.

Now the riwayat: figures that are known at a province's tanggal_data only, kept when a version is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Engine,
    Float,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    insert,
    inspect,
    make_url,
)
from sqlalchemy.exc import DBAPIError

from lib.domain import UserError
from lib.settings import Settings

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
    backend = address.get_backend_name()
    if backend == "sqlite":
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
        return create_engine(address, connect_args={"timeout": 10})
    return create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": 3})


def keep(
    settings: Settings, rows: pd.DataFrame, *, sumber: str, simulasi: bool, only_these: bool = False
) -> None:
    """Write rows of riwayat: kode_provinsi, tanggal_data, kode, nilai, pembilang, n, versi.

    Rows of the same province and tanggal_data are replaced; with `only_these`, all rows of the same case database.
    Raises UserError when the application database cannot be written.
    """
    engine = _engine(settings)
    own = (riwayat.c.sumber == sumber) & (riwayat.c.simulasi == simulasi)
    records = rows.astype(object).where(rows.notna(), None).to_dict("records")
    try:
        metadata.create_all(engine)
        with engine.begin() as connection:
            if only_these:
                connection.execute(delete(riwayat).where(own))
            for kode, day in _places(rows):
                connection.execute(
                    delete(riwayat).where(own, riwayat.c.kode_provinsi == kode, riwayat.c.tanggal_data == day)
                )
            if records:
                marked = [row | {"sumber": sumber, "simulasi": simulasi} for row in records]
                connection.execute(insert(riwayat), marked)
    except DBAPIError as error:
        raise UserError(UNREADABLE.format(verb="ditulis")) from error
    finally:
        engine.dispose()
    if engine.dialect.name == "sqlite":
        Path(engine.url.database).chmod(0o600)


def _places(rows: pd.DataFrame) -> Sequence[tuple]:
    return list(rows[["kode_provinsi", "tanggal_data"]].drop_duplicates().itertuples(index=False, name=None))


def has_history(engine: Engine) -> bool:
    """Whether anything was ever kept there; raises UserError when the database cannot be read."""
    try:
        return inspect(engine).has_table(riwayat.name)
    except DBAPIError as error:
        raise UserError(UNREADABLE.format(verb="dibaca")) from error
