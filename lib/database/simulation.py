"""A simulated case database: no real client, a fixed seed, and truths that every figure can be held against.

simulate() draws the rows, write() stores them; what is true of them stands in simulation_truth and in
docs/simulasi.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from lib.database import connection, schema
from lib.database import simulation_rows as rows
from lib.database import simulation_truth as true
from lib.database.simulation_episodes import NONE, draw_episodes, places
from lib.domain import UserError

# In the order in which foreign keys allow writing; emptied in the opposite order.
WRITTEN = (schema.pendamping, schema.unggahan, schema.kasus)
EMPTIED = (schema.kegiatan, schema.rujukan, schema.penugasan, schema.kehadiran, schema.target)
BATCH = 5_000


@dataclass(frozen=True)
class SimulatedData:
    """The rows of three tables; columns and their order as in the schema, dates as datetime64."""

    pendamping: pd.DataFrame
    unggahan: pd.DataFrame
    kasus: pd.DataFrame


def simulate(
    *, cases: int = 84_000, seed: int = 20261120, end: dt.date = dt.date(2026, 11, 20)
) -> SimulatedData:
    """Return exactly `cases` cases recorded in the 1,096 days up to `end`, 635 pendamping and the uploads.

    The same arguments give identical frames. Raises UserError when cases is below 1.
    """
    if cases < 1:
        raise UserError(f"Jumlah kasus simulasi {cases} tidak mungkin; beri bilangan bulat mulai dari 1.")
    rng = np.random.default_rng(seed)
    first = np.datetime64(end, "D") - (true.DAYS - 1)
    provinces = places()
    episodes = draw_episodes(rng, cases=cases, places=provinces, end=end)
    staff = rows.draw_staff(rng, places=provinces)
    steps = rows.draw_steps(rng, episodes, places=provinces)
    uploads, entered, touched = rows.draw_uploads(
        rng, episodes, changed=steps["pembaruan"].to_numpy(), places=provinces, first=first
    )
    pendamping = rows.staff_frame(staff, first=first)
    chosen = rows.assign(rng, episodes, staff=staff, places=provinces)
    codes = pendamping["id_pendamping"].to_numpy(dtype=object)[np.maximum(chosen, 0)]
    kasus = rows.case_frame(
        rng,
        episodes,
        steps=steps,
        code_of_staff=np.where(chosen == NONE, None, codes),
        places=provinces,
        first=first,
    )
    kasus["tanggal_pertama_masuk"] = uploads["tanggal_data"].to_numpy()[entered]
    kasus["id_unggahan"] = uploads["id"].to_numpy()[touched]
    return SimulatedData(
        pendamping=_columns(pendamping, schema.pendamping),
        unggahan=_columns(uploads.sort_values("id"), schema.unggahan),
        kasus=_columns(kasus, schema.kasus),
    )


def _columns(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    return frame[[column.name for column in table.columns]].reset_index(drop=True)


def write(
    engine: Engine, data: SimulatedData, *, progress: Callable[[float, str], None] | None = None
) -> None:
    """Store the rows in one transaction in an empty or a simulated database, which is emptied first.

    `progress` is told the finished share (0..1) and a sentence. Raises UserError for a database that holds
    other data, and for another schema version.
    """
    report = progress or (lambda share, sentence: None)
    report(0.0, "Menyiapkan basis data simulasi")
    if not inspect(engine).has_table("meta") and inspect(engine).get_table_names():
        raise UserError(
            "Basis data kasus berisi tabel lain yang bukan milik program ini; "
            "arahkan TUNTAS_DB ke basis data kosong sebelum membuat data simulasi."
        )
    connection.prepare(engine, simulasi=True)
    with engine.begin() as db, _checks_off(db):
        _make_room(db)
        total, done = sum(len(getattr(data, table.name)) for table in WRITTEN), 0
        for table in WRITTEN:
            for batch in _batches(getattr(data, table.name), table):
                _insert(db, table, batch)
                done += len(batch)
                report(done / total, f"Menulis tabel {table.name}")
        if db.dialect.name == "postgresql":
            # The ids were given; the next upload must not start again at 1.
            db.execute(
                text("SELECT setval(pg_get_serial_sequence('unggahan', 'id'), :newest)"),
                {"newest": int(data.unggahan["id"].max())},
            )


@contextmanager
def _checks_off(db: Connection) -> Iterator[None]:
    """SQLite: every row sets up its CHECKs anew, half of the time of writing; the tests check them all instead.

    Foreign keys stay on; PostgreSQL keeps both.
    """
    if db.dialect.name != "sqlite":
        yield
        return
    db.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        db.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def _make_room(db: Connection) -> None:
    """Empty a simulated database, mark an empty one as simulated, refuse any other."""
    marked = db.execute(select(schema.meta.c.nilai).where(schema.meta.c.kunci == "simulasi")).scalar()
    if marked != "1":
        for table in (*WRITTEN, *EMPTIED):
            count = db.execute(select(func.count()).select_from(table)).scalar_one()
            if count:
                raise UserError(
                    f"Basis data kasus sudah berisi {count} baris {table.name} yang bukan simulasi; "
                    "data simulasi hanya ditulis ke basis data kosong atau basis data simulasi."
                )
        db.execute(update(schema.meta).where(schema.meta.c.kunci == "simulasi").values(nilai="1"))
        return
    emptied = (*EMPTIED, *reversed(WRITTEN))
    if db.dialect.name == "postgresql":
        # DELETE would look for the cases of each of 5,800 uploads among the dead rows: minutes.
        db.execute(text(f"TRUNCATE {', '.join(table.name for table in emptied)}"))
        return
    for table in emptied:
        db.execute(delete(table))


def _batches(frame: pd.DataFrame, table: Table) -> Iterator[list[tuple]]:
    """Rows as tuples of text, whole numbers and None: as the drivers take them fastest."""
    remaining = zip(*(_plain(frame[column.name], column) for column in table.columns), strict=True)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _plain(values: pd.Series, column: Column) -> list:
    """One column of plain values; times as the text that SQLAlchemy stores in SQLite."""
    if isinstance(column.type, DateTime):
        return values.dt.strftime("%Y-%m-%d %H:%M:%S.000000").tolist()
    if isinstance(column.type, Date):
        return _iso(values)
    return values.to_numpy(dtype=object, na_value=None).tolist()


def _iso(values: pd.Series) -> list:
    day = values.to_numpy().astype("datetime64[D]").astype(np.int64)
    known = values.notna().to_numpy()
    if not known.any():
        return [None] * len(values)
    # Few different dates, many rows: format each date once.
    low, high = day[known].min(), day[known].max()
    table = np.append(np.arange(low, high + 1).astype("datetime64[D]").astype(str).astype(object), None)
    return table[np.where(known, day - low, len(table) - 1)].tolist()


def _insert(db: Connection, table: Table, batch: list[tuple]) -> None:
    if db.dialect.name == "postgresql":
        names = ", ".join(column.name for column in table.columns)
        with db.connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row(row)
        return
    db.exec_driver_sql(str(insert(table).compile(dialect=db.dialect)), batch)
