"""Opening and creating the case database."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError

from lib import reference
from lib.database import fence, schema
from lib.domain import DataUnreadable, UserError

# The mark of a simulated database that holds rows of the user's own.
MIXED = "campuran"
UNREADABLE = "Basis data kasus tidak dapat dibaca; periksa TUNTAS_DB dan apakah server atau berkasnya baik."
# How long a reader waits for somebody who changes the tables; as long as an import does.
LOCK_SECONDS = 10


def writable_engine(url: str) -> Engine:
    """An engine for siapkan, demo and impor; creates a missing SQLite file (WAL, foreign keys on)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_pre_ping=True, **_timeouts(parsed.get_backend_name()))
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _sqlite_writer)
    return engine


def read_engine(url: str) -> Engine:
    """An engine that only reads; a missing SQLite file is an error, never a new empty file.

    Raises UserError when the file of a SQLite URL does not exist.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        if not path.is_file():
            raise DataUnreadable(
                f"Basis data kasus {path.name} tidak ditemukan; periksa TUNTAS_DB atau jalankan "
                "`python -m lib.cli siapkan`."
            )
        return create_engine(f"sqlite:///file:{path.resolve()}?mode=ro&uri=true")
    engine = create_engine(parsed, pool_pre_ping=True, **_timeouts(parsed.get_backend_name()))

    # Said by the connection itself and not in the URL's options, which may hold some of the office's own.
    @event.listens_for(engine, "connect")
    def _patience(connection, _record) -> None:
        connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        connection.commit()

    return engine


@lru_cache(maxsize=2)
def live_engine(url: str, *, seconds: int) -> Engine:
    """The one engine of direct mode, kept: its connections only read and give up a query after `seconds`."""
    engine = read_engine(url)

    @event.listens_for(engine, "connect")
    def _limit(connection, _record) -> None:
        connection.execute("SET default_transaction_read_only = on")
        connection.execute(f"SET statement_timeout = '{int(seconds)}s'")
        connection.commit()

    return engine


def sqlite_path(engine: Engine) -> Path | None:
    """The file of a SQLite engine, else None."""
    if engine.dialect.name != "sqlite":
        return None
    return Path((engine.url.database or "").removeprefix("file:").split("?")[0])


def _timeouts(backend: str) -> dict:
    return {"connect_args": {"connect_timeout": 3}} if backend == "postgresql" else {}


def _sqlite_writer(connection, _record) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 10000")


def prepare(engine: Engine, *, simulasi: bool = False) -> None:
    """Create the schema and fill the reference tables of an empty database; an existing one is left as it is.

    Raises UserError when the database holds another schema version.
    """
    if not is_empty(engine):
        check_version(engine)
        return
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        for name, table in schema.REFERENCE_TABLES.items():
            columns = [column.name for column in table.columns]
            connection.execute(insert(table), reference.table(name)[columns].to_dict("records"))
        connection.execute(
            insert(schema.meta),
            [
                {"kunci": "versi_skema", "nilai": schema.SCHEMA_VERSION},
                {"kunci": "simulasi", "nilai": "1" if simulasi else "0"},
            ],
        )


def read_meta(engine: Engine) -> dict[str, str]:
    """The table meta as a dict; raises UserError when the database has not been prepared or cannot be read."""
    try:
        if not inspect(engine).has_table("meta"):
            raise UserError(
                "Basis data kasus belum disiapkan (tabel meta tidak ada); "
                "jalankan `python -m lib.cli siapkan`."
            )
        with engine.connect() as connection:
            return dict(connection.execute(select(schema.meta.c.kunci, schema.meta.c.nilai)).all())
    except DBAPIError as error:
        raise DataUnreadable(UNREADABLE) from error


def is_empty(engine: Engine) -> bool:
    """Whether the case database has not been prepared yet; raises UserError when it cannot be read."""
    try:
        return not inspect(engine).has_table("meta")
    except DBAPIError as error:
        raise DataUnreadable(UNREADABLE) from error


def version_of(engine: Engine) -> str:
    """The schema version a case database names; raises UserError when it names none."""
    found = read_meta(engine).get("versi_skema", "")
    if not (found.isascii() and found.isdigit()):
        raise UserError(
            f"Versi skema basis data kasus “{found}” tidak dikenal; periksa apakah TUNTAS_DB menyebut basis data "
            "Tuntas."
        )
    return found


def check_version(engine: Engine) -> None:
    """Raise UserError unless the database has exactly this program's schema version; nothing is ever changed here."""
    check_known(version_of(engine))


def check_known(found: str) -> None:
    """Raise UserError, with the way out, unless a version is exactly this program's."""
    refuse_newer(found)
    if int(found) < int(schema.SCHEMA_VERSION):
        raise UserError(
            f"Basis data kasus berskema versi {found}, Tuntas ini memerlukan versi {schema.SCHEMA_VERSION}; jalankan "
            "`python -m lib.cli siapkan`."
        )


def refuse_newer(found: str) -> None:
    """Raise UserError for a schema version that this program does not know yet."""
    if int(found) > int(schema.SCHEMA_VERSION):
        raise UserError(
            f"Basis data kasus berskema versi {found}, lebih baru daripada versi {schema.SCHEMA_VERSION} yang dikenal "
            "Tuntas ini; perbarui Tuntas."
        )


def is_simulated(engine: Engine) -> bool:
    """Whether the database is marked as simulated data."""
    return read_meta(engine).get("simulasi") == "1"


def is_mixed(engine: Engine) -> bool:
    """Whether rows of the user's own were put into a simulated database, which is not open to everybody then."""
    return read_meta(engine).get(MIXED) == "1"


def mark_mixed(connection: Connection) -> None:
    """Note in a simulated database that it holds rows of the user's own from now on; any other stays as it is."""
    simulated = select(schema.meta.c.nilai).where(schema.meta.c.kunci == "simulasi")
    if connection.execute(simulated).scalar() != "1":
        return
    connection.execute(delete(schema.meta).where(schema.meta.c.kunci == MIXED))
    connection.execute(insert(schema.meta), {"kunci": MIXED, "nilai": "1"})


def count_cases(engine: Engine) -> int:
    """Number of rows of the table kasus, all provinces."""
    with engine.connect() as connection:
        fence.let_in_program(connection)
        return connection.execute(select(func.count()).select_from(schema.kasus)).scalar_one()
