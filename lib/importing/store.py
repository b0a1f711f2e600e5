"""Reading and writing the case database for an import, the same way on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from pyarrow import compute
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    SmallInteger,
    String,
    Table,
    cast,
    func,
    insert,
    literal,
    select,
)

from lib.database import bulk, schema
from lib.database.expressions import disusun
from lib.importing import columns, rules

JOINED = "gabungan"
# sheet, rows as text, columns that are the same for all of them
Inserter = Callable[[str, pd.DataFrame, dict], None]


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
    connection: Connection,
    table: Table,
    names: Sequence[str],
    places: Sequence[str],
    *,
    joined: Sequence[str] = (),
) -> pd.DataFrame:
    """The named columns of the provinces' rows as text, in the order of their keys; null is the empty text, a date ISO.

    The columns `joined` come as one, JOINED, put together as rules.joined_key does; a value for each of them would take
    several times as long. They must not be decimals, whose text differs from engine to engine.
    """
    texts = {name: _text(table.c[name]) for name in names}
    if joined:
        marks = rules.SEPARATOR.join(["%s"] * len(joined))
        texts[JOINED] = disusun(literal(marks), *(table.c[name] for name in joined))
    area = table.c[columns.area(table.name)]
    query = select(*texts.values()).where(area.in_(places)).order_by(*table.primary_key.columns)
    chunks: list[list[pa.Array]] = [[] for _ in texts]
    # Read in pieces, so that the values are never all there as objects.
    for rows in connection.execute(query, execution_options={"yield_per": bulk.CHUNK_ROWS}).partitions():
        for column, values in zip(chunks, zip(*rows, strict=True), strict=True):
            column.append(pa.array(values, pa.large_string()))
    frame = pd.DataFrame(
        {
            name: pd.Series(pa.chunked_array(column, pa.large_string()).combine_chunks(), dtype=columns.TEXT)
            for name, column in zip(texts, chunks, strict=True)
        },
        copy=False,
    )
    decimals = {name: rules.number_text(frame[name]) for name in names if is_decimal(table.c[name])}
    return frame.assign(**decimals)


def _text(column: Column) -> ColumnElement[str]:
    text = column if isinstance(column.type, String) else cast(column, String)
    return func.coalesce(text, literal("")) if column.nullable else text


def is_decimal(column: Column) -> bool:
    """Whether a column holds decimals."""
    return isinstance(column.type, Float)


def count_rows(connection: Connection, sheet: str, code: str) -> int:
    """How many rows of a sheet the database holds for a province (in target: for a kode_wilayah)."""
    table = schema.metadata.tables[sheet]
    query = select(func.count()).select_from(table).where(table.c[columns.area(sheet)] == code)
    return connection.execute(query).scalar_one()


def add_upload(connection: Connection, values: dict) -> int:
    """Write one row of unggahan and return its id."""
    return connection.execute(insert(schema.unggahan), values).inserted_primary_key[0]


@contextmanager
def inserting(connection: Connection) -> Iterator[Inserter]:
    """What inserts text rows of a sheet; `ours` are the columns that are the same for all of them.

    A pendamping is there at once, because changed rows name it; of the other sheets SQLite may write the rows at the
    end only.
    """
    if connection.dialect.name != "sqlite":
        yield lambda sheet, frame, ours: _insert(connection, sheet, frame, ours)
        return
    with bulk.insert_later(connection, [schema.metadata.tables[sheet] for sheet in schema.SHEETS]) as put:

        def insert_rows(sheet: str, frame: pd.DataFrame, ours: dict) -> None:
            if sheet == columns.PENDAMPING:
                _insert(connection, sheet, frame, ours)
            elif len(frame):
                put(schema.metadata.tables[sheet], _arrow(sheet, frame, ours))

        yield insert_rows


def _insert(connection: Connection, sheet: str, frame: pd.DataFrame, ours: dict) -> None:
    table = schema.metadata.tables[sheet]
    names = (*frame.columns, *ours)
    bulk.insert_tuples(connection, table, names, _tuples(table, frame, names, ours))


def _arrow(sheet: str, frame: pd.DataFrame, ours: dict) -> pa.Table:
    """Text rows as SQLite stores them: numbers as numbers, no text as null, the rest as it is."""
    table = schema.metadata.tables[sheet]
    found = {}
    for name in frame.columns:
        text = pa.array(frame[name], pa.string(), from_pandas=True)
        text = compute.if_else(compute.equal(text, ""), pa.scalar(None, pa.string()), text)
        kind = {SmallInteger: pa.int64(), Float: pa.float64()}.get(type(table.c[name].type))
        found[name] = text if kind is None else text.cast(kind)
    for name, value in ours.items():
        found[name] = pa.repeat(_plain(value), len(frame))
    return pa.table(found)


def update_rows(connection: Connection, sheet: str, frame: pd.DataFrame, ours: dict) -> None:
    """Replace the values of existing rows, found by their key."""
    table, keys = schema.metadata.tables[sheet], columns.key(sheet)
    changed = [name for name in (*frame.columns, *ours) if name not in keys]
    statement = (
        f"UPDATE {table.name} SET {bulk.equalities(changed, between=', ')} "  # noqa: S608  our own schema
        f"WHERE {bulk.equalities(keys)}"
    )
    bulk.run_many(connection, statement, _tuples(table, frame, (*changed, *keys), ours))


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


def delete_rows(connection: Connection, sheet: str, gone: pd.DataFrame) -> None:
    """Delete the rows of a sheet whose keys `gone` holds as text, first the rows that hang on them."""
    keys = columns.key(sheet)
    for table in (*children(sheet), schema.metadata.tables[sheet]):
        statement = f"DELETE FROM {table.name} WHERE {bulk.equalities(keys)}"  # noqa: S608  our own schema
        bulk.run_many(connection, statement, _tuples(table, gone, keys, {}))


def _tuples(table: Table, frame: pd.DataFrame, names: Sequence[str], ours: dict) -> Iterator[tuple]:
    """The rows as tuples in the order of `names`; in chunks, so that no second copy of all values is held."""
    for start in range(0, len(frame), bulk.CHUNK_ROWS):
        chunk = frame.iloc[start : start + bulk.CHUNK_ROWS]
        yield from zip(
            *(
                itertools.repeat(_plain(ours[name]), len(chunk))
                if name in ours
                else _bound(table, chunk[name])
                for name in names
            ),
            strict=True,
        )


def _bound(table: Table, text: pd.Series) -> list:
    """The values of a text column as the drivers take them: None, number or text; a date is ISO text."""
    values = text.tolist()
    convert = {SmallInteger: int, Float: float}.get(type(table.c[text.name].type))
    if convert is None:
        return [value or None for value in values]
    known = {value: convert(value) if value else None for value in set(values)}
    return [known[value] for value in values]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
