"""Many rows at once, the fastest way of each driver: prepared tuples or a copied file in SQLite, COPY in PostgreSQL.

Values are what the driver takes as it stands: dates as ISO text, whole numbers, text and None.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import adbc_driver_sqlite.dbapi as adbc_sqlite
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Column, Connection, Date, DateTime, Float, Integer, Table
from sqlalchemy.exc import OperationalError

CHUNK_ROWS = 20_000


def insert_tuples(db: Connection, table: Table, names: Sequence[str], rows: Iterable[tuple]) -> None:
    """Insert rows whose values stand in the order of the columns `names`.

    Raises what the database raises; a lost PostgreSQL connection is an OperationalError too.
    """
    listed = ", ".join(names)
    if db.dialect.name == "postgresql":
        with _copying(db, f"COPY {table.name} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(names))
    run_many(db, f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", rows)  # noqa: S608  our own schema


@contextmanager
def insert_later(db: Connection, order: Sequence[Table]) -> Iterator[Callable[[Table, pa.Table], None]]:
    """SQLite: take rows as Arrow tables and insert them all at the end, in the `order` of their tables.

    Half the time of prepared tuples: the rows go into a temporary file of their own and are copied from there, in
    the transaction of `db`. A file cannot be let go within a transaction, so that the connection is not used again.
    Raises what the database raises.
    """
    names: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(prefix="tuntas-") as folder:
        path = Path(folder) / "baris.sqlite"
        with closing(adbc_sqlite.connect(str(path))) as target, closing(target.cursor()) as cursor:

            def put(table: Table, rows: pa.Table) -> None:
                cursor.adbc_ingest(table.name, rows, mode="append" if table.name in names else "create")
                names.setdefault(table.name, rows.column_names)

            yield put
            target.commit()
        if names:
            db.detach()
            db.exec_driver_sql("ATTACH DATABASE ? AS masuk", (str(path),))
        for table in (each for each in order if each.name in names):
            listed = ", ".join(names[table.name])
            db.exec_driver_sql(
                f"INSERT INTO main.{table.name} ({listed}) SELECT {listed} FROM masuk.{table.name}"  # noqa: S608
            )


def run_many(db: Connection, statement: str, rows: Iterable[tuple]) -> None:
    """Run a statement once for each row; the places of its values are question marks."""
    if db.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK_ROWS)):
        db.exec_driver_sql(statement, chunk)


def equalities(names: Iterable[str], *, between: str = " AND ") -> str:
    """`name = ?` for each name. Example: kode_provinsi = ? AND id_kasus = ?."""
    return between.join(f"{name} = ?" for name in names)


def as_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """The columns of a table as the database stores them: numbers, text, and days and times as ISO text."""
    columns = {column.name: _arrow_column(frame[column.name], column) for column in table.columns}
    return pa.table(columns)


@contextmanager
def sqlite_file(tables: Mapping[str, pa.Table]) -> Iterator[Path]:
    """A temporary SQLite file that holds the tables without keys and rules, to be attached and copied from.

    The fast driver brings a SQLite library of its own. Two libraries in one process lose each other's locks on
    a file that both have open (sqlite.org/howtocorrupt.html, 2.2.1), so that this one never touches the case
    database itself.
    """
    with tempfile.TemporaryDirectory(prefix="tuntas-") as folder:
        path = Path(folder) / "baris.sqlite"
        with closing(adbc_sqlite.connect(str(path))) as target, closing(target.cursor()) as cursor:
            for name, rows in tables.items():
                cursor.adbc_ingest(name, rows, mode="create")
            target.commit()
        yield path


def copy_table(db: Connection, table: Table, rows: pa.Table) -> None:
    """Copy an Arrow table into a PostgreSQL table; it must hold no empty text, which would become null."""
    buffer = io.BytesIO()
    csv.write_csv(rows, buffer, csv.WriteOptions(include_header=False, quoting_style="needed"))
    listed = ", ".join(rows.column_names)
    with _copying(db, f"COPY {table.name} ({listed}) FROM STDIN WITH (FORMAT csv)") as copy:
        copy.write(buffer.getbuffer())


@contextmanager
def foreign_keys_later(db: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """PostgreSQL: take the foreign keys of the tables away and put them back, checked all at once, at the end.

    One by one they are four fifths of the time of copying. The tables are locked until the transaction ends.
    """
    listed = ", ".join(f"'{table.name}'::regclass" for table in tables)
    found = db.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "  # noqa: S608
        f"WHERE contype = 'f' AND conrelid IN ({listed}) ORDER BY conname"
    ).all()
    for name, key, _ in found:
        db.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {key}")
    yield
    for name, key, definition in found:
        db.exec_driver_sql(f"ALTER TABLE {name} ADD CONSTRAINT {key} {definition}")


@contextmanager
def _copying(db: Connection, statement: str) -> Iterator:
    import psycopg  # noqa: PLC0415 - SQLite alone does not need it

    try:
        with db.connection.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy
    except psycopg.OperationalError as error:
        # The driver is used below SQLAlchemy here, so that its errors are not translated.
        raise OperationalError(statement, None, error) from error


def _arrow_column(values: pd.Series, column: Column) -> pa.Array:
    if isinstance(column.type, DateTime):
        return pa.array(values.dt.strftime("%Y-%m-%d %H:%M:%S.000000"), pa.string(), from_pandas=True)
    if isinstance(column.type, Date):
        return _iso(values)
    kind = pa.float64() if isinstance(column.type, Float) else pa.int64()
    kind = kind if isinstance(column.type, Integer | Float) else pa.string()
    return pa.array(values, kind, from_pandas=True)


def _iso(values: pd.Series) -> pa.Array:
    day = values.to_numpy().astype("datetime64[D]").astype(np.int64)
    known = values.notna().to_numpy()
    if not known.any():
        return pa.nulls(len(values), pa.string())
    # Few different dates, many rows: format each date once.
    low, high = day[known].min(), day[known].max()
    formatted = pa.array(np.arange(low, high + 1).astype("datetime64[D]").astype(str).tolist())
    return formatted.take(pa.array(np.where(known, day - low, 0), mask=~known))
