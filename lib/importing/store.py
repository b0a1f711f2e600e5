"""Reading and writing the case database for an import, the same way on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import (
    Connection,
    Date,
    SmallInteger,
    String,
    Table,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from lib.database import schema
from lib.importing import columns

CHUNK_ROWS = 20_000


@dataclass(frozen=True, kw_only=True)
class LastUpload:
    """The newest row of unggahan of a province, and the largest tanggal_data the province ever sent."""

    tanggal_data: dt.date
    digest: str
    largest: dt.date


def lock(connection: Connection) -> None:
    """Let one import at a time read and write; called first in the transaction."""
    if connection.dialect.name == "sqlite":
        # The driver would begin only at the first write, after our reads.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # As long as SQLite's busy_timeout.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        connection.exec_driver_sql("LOCK TABLE unggahan IN SHARE ROW EXCLUSIVE MODE")


def prepare_reading(connection: Connection) -> None:
    """Make the text of dates ISO whatever the server's own setting; SQLite needs nothing."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL datestyle = 'ISO'")


def last_uploads(connection: Connection, provinces: Sequence[str]) -> dict[str, LastUpload]:
    """The last upload of each province that ever sent one."""
    table = schema.unggahan
    ends = (
        select(func.max(table.c.id).label("id"), func.max(table.c.tanggal_data).label("largest"))
        .where(table.c.kode_provinsi.in_(provinces))
        .group_by(table.c.kode_provinsi)
        .subquery()
    )
    found = connection.execute(
        select(table.c.kode_provinsi, table.c.tanggal_data, table.c.digest, ends.c.largest).join(
            ends, ends.c.id == table.c.id
        )
    )
    return {
        row.kode_provinsi: LastUpload(tanggal_data=row.tanggal_data, digest=row.digest, largest=row.largest)
        for row in found
    }


def rows_as_text(
    connection: Connection, table: Table, names: Sequence[str], provinces: Sequence[str]
) -> pd.DataFrame:
    """The named columns of the provinces' rows as text; null is the empty text, a date is ISO."""
    texts = [func.coalesce(cast(table.c[name], String), literal("")) for name in names]
    rows = connection.execute(select(*texts).where(table.c.kode_provinsi.in_(provinces))).all()
    values = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pd.DataFrame(
        {name: pd.Series(list(column), dtype="str") for name, column in zip(names, values, strict=True)}
    )


def add_upload(connection: Connection, values: dict) -> int:
    """Write one row of unggahan and return its id."""
    return connection.execute(insert(schema.unggahan), values).inserted_primary_key[0]


def insert_rows(connection: Connection, sheet: str, frame: pd.DataFrame, ours: dict) -> None:
    """Insert text rows of a sheet; `ours` are the columns that are the same for all of them."""
    table = schema.metadata.tables[sheet]
    for records in _records(table, frame, ours):
        connection.execute(insert(table), records)


def update_rows(connection: Connection, sheet: str, frame: pd.DataFrame, ours: dict) -> None:
    """Replace the values of existing rows, found by their key."""
    table = schema.metadata.tables[sheet]
    keys = columns.key(sheet)
    changed = [name for name in (*frame.columns, *ours) if name not in keys]
    statement = (
        update(table)
        .where(*(table.c[name] == bindparam(f"kunci_{name}") for name in keys))
        .values({name: bindparam(f"isi_{name}") for name in changed})
    )
    for records in _records(table, frame, ours):
        renamed = [
            {f"kunci_{name}" if name in keys else f"isi_{name}": value for name, value in record.items()}
            for record in records
        ]
        connection.execute(statement, renamed)


def child_counts(connection: Connection, sheet: str, kode_provinsi: str, ids: pd.Series) -> dict[str, int]:
    """Rows by table that hang on the given rows of a sheet (kegiatan of a kasus, kehadiran of a pendamping)."""
    own = columns.key(sheet)[-1]
    counts = {}
    for child in children(sheet):
        found = connection.execute(
            select(child.c[own], func.count())
            .where(child.c.kode_provinsi == kode_provinsi)
            .group_by(child.c[own])
        )
        wanted = set(ids)
        counts[child.name] = sum(number for key, number in found if key in wanted)
    return counts


def children(sheet: str) -> tuple[Table, ...]:
    """The tables whose rows belong to a row of the sheet and go with it; kasus is nobody's child."""
    parent = schema.metadata.tables[sheet]
    return tuple(
        table
        for table in schema.metadata.sorted_tables
        if table.name != "kasus"
        and any(key.referred_table is parent for key in table.foreign_key_constraints)
    )


def delete_rows(connection: Connection, sheet: str, kode_provinsi: str, ids: pd.Series) -> None:
    """Delete rows of a sheet by id, first the rows that hang on them."""
    own = columns.key(sheet)[-1]
    keys = [{"prov": kode_provinsi, "own": value} for value in ids]
    for table in (*children(sheet), schema.metadata.tables[sheet]):
        statement = delete(table).where(
            table.c.kode_provinsi == bindparam("prov"), table.c[own] == bindparam("own")
        )
        for start in range(0, len(keys), CHUNK_ROWS):
            connection.execute(statement, keys[start : start + CHUNK_ROWS])


def _records(table: Table, frame: pd.DataFrame, ours: dict) -> Iterator[list[dict]]:
    for start in range(0, len(frame), CHUNK_ROWS):
        chunk = frame.iloc[start : start + CHUNK_ROWS]
        values = [_bound(table, chunk[name]) for name in chunk.columns]
        names = list(chunk.columns)
        yield [dict(zip(names, row, strict=True)) | ours for row in zip(*values, strict=True)]


def _bound(table: Table, text: pd.Series) -> list:
    """The values of a text column as the database wants them: None, date, int or str."""
    values = text.tolist()
    convert = {Date: dt.date.fromisoformat, SmallInteger: int}.get(type(table.c[text.name].type))
    if convert is None:
        return [value or None for value in values]
    # Days repeat: convert each different text once.
    known = {value: convert(value) if value else None for value in set(values)}
    return [known[value] for value in values]
