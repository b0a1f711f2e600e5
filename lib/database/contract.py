"""What the snapshot reads, and what it demands of it: the tables of Tuntas, or views a ministry makes over its own.

The contract of views is the schema itself: `v_kasus` has the columns of `kasus`, with the same types and rules (see
docs/kontrak.md). Here stand its shape and the statements that read it; its values are in `lib.database.contract_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Table,
    inspect,
    text,
)
from sqlalchemy.engine.reflection import ObjectKind
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from lib import reference
from lib.database import connection as database
from lib.database import schema
from lib.domain import UserError
from lib.settings import VIEWS

# What a snapshot is made of, what others refer to first.
COPIED = (
    schema.provinsi,
    schema.jenis_masalah,
    schema.alasan_terminasi,
    schema.unggahan,
    schema.meta,
    schema.pendamping,
    schema.kasus,
    schema.kegiatan,
    schema.rujukan,
    schema.kehadiran,
    schema.target,
)
REQUIRED = (schema.kasus, schema.pendamping, schema.unggahan)
# Tables that are taken from data/referensi where there is no view of them, and those only the rules look at.
FROM_REFERENCE = (schema.provinsi, schema.jenis_masalah, schema.alasan_terminasi)
ONLY_REFERENCE = (schema.kabkota, schema.klaster, schema.pas)
# Columns of the tables that a view does not have, and what stands in their place.
NOT_IN_VIEWS = {
    "kasus": {"id_unggahan": "NULL"},
    # One row per province: the order of arrival does not matter.
    "unggahan": {
        "id": "row_number() OVER (ORDER BY kode_provinsi)",
        "waktu": "NULL",
        "digest": "''",
        "baris": "0",
        "ditolak": "0",
    },
}
MAY_LACK = {"kasus": ("id_kasus_sebelumnya", "tanggal_pertama_masuk")}
# Stands for "nothing" in SQLite's columns of numbers; no rule lets it through as a value.
NO_NUMBER = -2_147_483_647
TEXT, DATE, TIME, WHOLE, NUMBER, TRUTH = (
    *("teks", "tanggal", "waktu", "bilangan bulat", "bilangan", "ya/tidak"),
)
_DUCKDB = {TEXT: "VARCHAR", DATE: "DATE", TIME: "TIMESTAMP", WHOLE: "INTEGER", NUMBER: "DOUBLE"}
_POSTGRESQL = {TEXT: "text", DATE: "date", WHOLE: "integer", NUMBER: "double precision"}
# SQLite's typeof() of a value that is not of the family of its column.
_SQLITE = {"integer": WHOLE, "real": NUMBER, "text": TEXT, "blob": "biner"}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One table of the snapshot: the statement that reads it from its source, and the columns DuckDB makes of it."""

    table: Table
    statement: str
    typed: str


def family(kind: TypeEngine) -> str:
    """The family of a column's type as a word. Example: VARCHAR(40) -> teks, NUMERIC(10, 0) -> bilangan."""
    kind = getattr(kind, "data_type", kind)
    families = (
        (DateTime, TIME),
        (Date, DATE),
        (Boolean, TRUTH),
        (Integer, WHOLE),
        (Numeric | Float, NUMBER),
        (String, TEXT),
    )
    return next((word for base, word in families if isinstance(kind, base)), str(kind).lower())


def columns(table: Table) -> list[Column]:
    """The columns of the view of a table, in their order."""
    without = NOT_IN_VIEWS.get(table.name, {})
    return [column for column in table.columns if column.name not in without]


def check(engine: Engine, *, kontrak: str) -> None:
    """Raise UserError unless the case database has this program's version and the shape of the contract."""
    if kontrak != VIEWS:
        database.check_version(engine)
    if found := flaws(engine, kontrak=kontrak):
        raise UserError(" ".join(found))


def flaws(engine: Engine, *, kontrak: str) -> list[str]:
    """What is missing in the case database or of the wrong type, one sentence each; more than is asked for is fine.

    Raises UserError when it cannot be read.
    """
    views = kontrak == VIEWS
    wanted = {_name(t, kontrak): t for t in (COPIED if views else schema.metadata.sorted_tables)}
    try:
        known = _columns_of(engine, list(wanted))
        found = []
        for name, table in wanted.items():
            if name not in known:
                if not views or table in REQUIRED:
                    found.append(f"{'Tampilan' if views else 'Tabel'} {name} tidak ada.")
                continue
            found += _wrong_columns(name, table, known[name], views=views, engine=engine)
        return found + _unreadable(
            engine, [name for name, t in wanted.items() if name in known and t in COPIED]
        )
    except DBAPIError as error:
        raise UserError(database.UNREADABLE) from error


def _name(table: Table, kontrak: str) -> str:
    return f"v_{table.name}" if kontrak == VIEWS else table.name


def _columns_of(engine: Engine, names: list[str]) -> dict[str, dict[str, TypeEngine]]:
    """Name and type of the columns of those of the tables and views that are there."""
    found = inspect(engine).get_multi_columns(kind=ObjectKind.ANY, filter_names=names)
    return {name: {c["name"]: c["type"] for c in listed} for (_, name), listed in found.items()}


def _wrong_columns(
    name: str, table: Table, known: dict[str, TypeEngine], *, views: bool, engine: Engine
) -> list[str]:
    wanted = columns(table) if views else list(table.columns)
    optional = MAY_LACK.get(table.name, ()) if views else ()
    found = [
        f"{name}.{column.name} tidak ada, seharusnya kolom {family(column.type)}."
        for column in wanted
        if column.name not in known and column.name not in optional
    ]
    present = [column for column in wanted if column.name in known]
    if views and engine.dialect.name == "sqlite":
        kinds = _kinds_of_values(engine, name, present)
    else:
        kinds = {column.name: family(known[column.name]) for column in present}
    for column in present:
        due, has = family(column.type), kinds[column.name]
        if has != due and (due, has) != (NUMBER, WHOLE):
            found.append(f"{name}.{column.name} bertipe {has}, seharusnya {due}.")
    return found


def _kinds_of_values(engine: Engine, name: str, present: list[Column]) -> dict[str, str]:
    """The families of a view's columns in SQLite, where a view has no types: told from every value."""
    asked = ", ".join(
        f"max(CASE WHEN {column.name} IS NULL OR {_fits(column)} THEN '' ELSE typeof({column.name}) END)"
        for column in present
    )
    with engine.connect() as reader:
        worst = reader.exec_driver_sql(f"SELECT {asked} FROM {name}").one()  # noqa: S608  names of our own schema
    return {
        column.name: _SQLITE[kind] if kind else family(column.type)
        for column, kind in zip(present, worst, strict=True)
    }


def _fits(column: Column) -> str:
    name = column.name
    return {
        TEXT: f"typeof({name}) = 'text'",
        # A day that does not exist becomes another one by counting: 2026-02-30 is 2026-03-02.
        DATE: f"(typeof({name}) = 'text' AND date({name}, '+0 days') IS {name})",
        WHOLE: f"typeof({name}) = 'integer'",
        NUMBER: f"typeof({name}) IN ('integer', 'real')",
    }[family(column.type)]


def _unreadable(engine: Engine, names: list[str]) -> list[str]:
    if engine.dialect.name != "postgresql":
        return []
    closed = text(
        "SELECT name FROM unnest(CAST(:names AS text[])) n(name) WHERE NOT has_table_privilege(name, 'SELECT')"
    )
    with engine.connect() as reader:
        found = reader.execute(closed, {"names": names}).scalars().all()
    return [f"{name} tidak boleh dibaca pengguna dalam TUNTAS_DB; beri hak SELECT." for name in found]


# --- reading it ------------------------------------------------------------------------------------------------


def readings(engine: Engine, *, kontrak: str) -> list[Reading]:
    """How to read each table of the snapshot that the case database has, after `check`."""
    sqlite = engine.dialect.name == "sqlite"
    if kontrak != VIEWS:
        read = _own_table_sqlite if sqlite else _own_table
        return [read(table) for table in COPIED]
    known = _columns_of(engine, [_name(table, kontrak) for table in COPIED])
    return [
        _view(table, known[name], sqlite=sqlite)
        for table in COPIED
        if (name := _name(table, kontrak)) in known
    ]


def _own_table(table: Table) -> Reading:
    listed = ", ".join(column.name for column in table.columns)
    return Reading(table=table, statement=f"SELECT {listed} FROM {table.name}", typed="*")  # noqa: S608


def _own_table_sqlite(table: Table) -> Reading:
    # The driver guesses a column's type from its first rows: an empty start must not make it a number.
    listed = ", ".join(
        f"COALESCE({column.name}, {_nothing(column)}) AS {column.name}" if column.nullable else column.name
        for column in table.columns
    )
    typed = ", ".join(_from_sqlite(column, may_lack=column.nullable) for column in table.columns)
    return Reading(table=table, statement=f"SELECT {listed} FROM {table.name}", typed=typed)  # noqa: S608


def _view(table: Table, known: dict[str, TypeEngine], *, sqlite: bool) -> Reading:
    """A view may hold nothing where a table may not: that is for the rules to find."""
    present = [column for column in columns(table) if column.name in known]
    listed = ", ".join(f"{_from_view(column, sqlite=sqlite)} AS {column.name}" for column in present)
    typed = []
    for column in table.columns:
        if column in present:
            typed.append(_from_sqlite(column, may_lack=True) if sqlite else column.name)
        else:
            instead = NOT_IN_VIEWS.get(table.name, {}).get(column.name, "NULL")
            typed.append(f"CAST({instead} AS {_duckdb(column)}) AS {column.name}")
    return Reading(table=table, statement=f"SELECT {listed} FROM v_{table.name}", typed=", ".join(typed))  # noqa: S608


def _from_view(column: Column, *, sqlite: bool) -> str:
    kind = family(column.type)
    if sqlite:
        value = f"CAST({column.name} AS REAL)" if kind == NUMBER else column.name
        return f"COALESCE({value}, {_nothing(column)})"
    target = "smallint" if isinstance(column.type, SmallInteger) else _POSTGRESQL[kind]
    return f"CAST({column.name} AS {target})"


def _nothing(column: Column) -> str:
    return str(NO_NUMBER) if family(column.type) in (WHOLE, NUMBER) else "''"


def _duckdb(column: Column) -> str:
    return _DUCKDB[family(column.type)]


def _from_sqlite(column: Column, *, may_lack: bool) -> str:
    value = f"NULLIF({column.name}, {_nothing(column)})" if may_lack else column.name
    return f"CAST({value} AS {_duckdb(column)}) AS {column.name}"


def complete(raw) -> None:
    """Add to the copied views, in DuckDB, the tables there were no views of: references, marks, and empty ones."""
    there = {row[0] for row in raw.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for table in (*ONLY_REFERENCE, *COPIED):
        if table.name in there:
            continue
        if table in FROM_REFERENCE or table in ONLY_REFERENCE:
            names = [column.name for column in table.columns]
            raw.register("rujukan_kami", pa.Table.from_pandas(reference.table(table.name)[names]))
            typed = ", ".join(f"CAST({c.name} AS {_duckdb(c)}) AS {c.name}" for c in table.columns)
            raw.execute(f"CREATE TABLE {table.name} AS SELECT {typed} FROM rujukan_kami")  # noqa: S608  our own names
            raw.unregister("rujukan_kami")
        else:
            typed = ", ".join(f"{column.name} {_duckdb(column)}" for column in table.columns)
            raw.execute(f"CREATE TABLE {table.name} ({typed})")
    known = ["simulasi", database.MIXED]
    raw.execute("DELETE FROM meta WHERE kunci NOT IN (?, ?)", known)
    raw.execute("INSERT INTO meta SELECT 'simulasi', '0' WHERE 'simulasi' NOT IN (SELECT kunci FROM meta)")
    raw.execute("INSERT INTO meta VALUES ('versi_skema', ?)", [schema.SCHEMA_VERSION])
