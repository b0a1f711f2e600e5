"""Bringing the case database to another schema version, with its rows kept; only `siapkan` does it.

meta.versi_skema says what a database is. Alembic's own table follows it, for databases made before have none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from lib.database import connection as database
from lib.database import fence, schema
from lib.domain import UserError

REVISIONS = Path(__file__).parent / "migrations"
LOCK_SECONDS = 10
# Whoever upgrades a PostgreSQL database holds this lock; the number only has to be the same everywhere.
LOCK = 20_261_122


def bring_up(engine: Engine) -> str | None:
    """Create everything in an empty database, bring an older one to this program's version.

    Returns the version it had, None for an empty one. Raises UserError for a newer one, or when it may not be changed.
    """
    if database.is_empty(engine):
        database.prepare(engine)
        with _alone(engine) as connection:
            command.stamp(_config(connection), "head")
        return None
    found = database.version_of(engine)
    if found != schema.SCHEMA_VERSION:
        database.refuse_newer(found)
        with _alone(engine) as connection:
            _recognise(connection)
            command.upgrade(_config(connection), "head")
            _arrived(connection, schema.SCHEMA_VERSION)
    return found


def turn_down(engine: Engine, version: str, *, lose: bool = False) -> str:
    """Take the schema back to an older version; returns the version it had.

    Raises UserError for a version that is none of the older ones, and where rows would be deleted unless `lose`.
    """
    found = database.version_of(engine)
    database.refuse_newer(found)
    older = [str(number) for number in range(1, int(found))]
    if version not in older:
        known = f"pilihannya: {', '.join(older)}" if older else "tidak ada yang lebih lama"
        raise UserError(f"Skema versi {found} tidak dapat diturunkan ke versi “{version}”; {known}.")
    with _alone(engine) as connection:
        _recognise(connection)
        gone = _lost(connection, version)
        if gone and not lose:
            raise UserError(
                f"Menurunkan ke skema versi {version} menghapus {'; '.join(gone)}. Salin dahulu basis datanya, lalu "
                "ulangi dengan `--ya`."
            )
        command.downgrade(_config(connection), _revision(version))
        _arrived(connection, version)
    return found


def _config(connection: Connection) -> Config:
    config = Config()
    # ConfigParser reads % as the start of a name.
    config.set_main_option("script_location", str(REVISIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(version: str) -> str:
    """The revision that makes a version. Example: 2 -> 0002."""
    return f"{int(version):04d}"


def _recognise(connection: Connection) -> None:
    """Give Alembic's table to a database made without it."""
    if MigrationContext.configure(connection).get_current_revision() is None:
        command.stamp(_config(connection), _revision(_noted(connection)))


def _lost(connection: Connection, version: str) -> list[str]:
    """What the way down to a version deletes, as words."""
    scripts = ScriptDirectory.from_config(_config(connection))
    passed = scripts.iterate_revisions(_revision(_noted(connection)), _revision(version))
    counts = [count for each in passed for count in each.module.lost(connection).items()]
    return [f"{number} {what}" for what, number in counts if number]


def _noted(connection: Connection) -> str:
    query = select(schema.meta.c.nilai).where(schema.meta.c.kunci == "versi_skema")
    return connection.execute(query).scalar_one()


def _arrived(connection: Connection, version: str) -> None:
    found = _noted(connection)
    if found != version:
        raise UserError(
            f"Skema tidak sampai ke versi {version} (meta menyebut {found}): tabel alembic_version tidak sesuai dengan "
            "meta. Pulihkan basis data dari salinannya."
        )


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction in which nobody else writes; all of it is done, or nothing.

    Raises UserError when the tables are in use too long or the user may not change them.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                yield from _alone_in_sqlite(connection)
                return
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                yield connection
    except DBAPIError as error:
        busy = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        if busy or fence.sqlstate(error) == fence.LOCKED:
            raise UserError(
                "Tabel kasus sedang dipakai, mungkin oleh impor; jalankan `python -m lib.cli siapkan` sesudah itu "
                "selesai."
            ) from error
        if fence.sqlstate(error) in (fence.NO_RIGHT, fence.READ_ONLY):
            raise UserError(
                "Pengguna dalam TUNTAS_DB tidak berhak mengubah skema; jalankan `python -m lib.cli siapkan` sebagai "
                "pemilik tabelnya."
            ) from error
        raise


def _alone_in_sqlite(connection: Connection) -> Iterator[Connection]:
    # A table is changed by making it anew; with foreign keys on, dropping the old one would delete what hangs on it.
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.commit()
    try:
        with connection.begin():
            # The driver begins a transaction only before rows are written, not before a table is made.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise RuntimeError(f"rows without the row they belong to: {broken[:3]}")
    finally:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.commit()
