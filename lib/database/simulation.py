"""A simulated case database: no real client, a fixed seed, and truths that every figure can be held against.

simulate() draws the rows, write() stores them; what is true of them stands in simulation_truth and in
docs/simulasi.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine, Table, delete, func, inspect, select, text, update
from sqlalchemy.exc import OperationalError

from lib.database import bulk, connection, schema
from lib.database import simulation_rows as rows
from lib.database import simulation_truth as true
from lib.database.simulation_episodes import NONE, draw_episodes, places
from lib.database.simulation_services import World, draw_services
from lib.domain import UserError

# In the order in which foreign keys allow writing; emptied in the opposite order.
WRITTEN = (
    schema.pendamping,
    schema.unggahan,
    schema.kasus,
    schema.kegiatan,
    schema.rujukan,
    schema.penugasan,
    schema.kehadiran,
    schema.target,
)
# The optional sheets have a generator of their own: whatever they draw, the cases stay the same.
SERVICES = 1


@dataclass(frozen=True, kw_only=True)
class SimulatedData:
    """The rows of the tables an import fills; columns and their order as in the schema, dates as datetime64."""

    pendamping: pd.DataFrame
    unggahan: pd.DataFrame
    kasus: pd.DataFrame
    kegiatan: pd.DataFrame
    rujukan: pd.DataFrame
    penugasan: pd.DataFrame
    kehadiran: pd.DataFrame
    target: pd.DataFrame


def simulate(
    *, cases: int = 84_000, seed: int = 20261120, end: dt.date = dt.date(2026, 11, 20)
) -> SimulatedData:
    """Return exactly `cases` cases recorded in the 1,096 days up to `end`, with 635 pendamping and all else.

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
    world = World(
        episodes=episodes,
        steps=steps,
        kasus=kasus,
        staff=staff,
        pendamping=pendamping,
        chosen=chosen,
        places=provinces,
        first=first,
        end=end,
    )
    frames = draw_services(np.random.default_rng([seed, SERVICES]), world)
    frames |= {"pendamping": pendamping, "unggahan": uploads.sort_values("id"), "kasus": kasus}
    return SimulatedData(**{table.name: _columns(frames[table.name], table) for table in WRITTEN})


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
    parts = {table.name: bulk.as_arrow(getattr(data, table.name), table) for table in WRITTEN}
    store = _write_postgresql if engine.dialect.name == "postgresql" else _write_sqlite
    try:
        store(engine, parts, report)
    except OperationalError as error:
        raise UserError(
            "Basis data kasus tidak dapat ditulis (terkunci, penuh, atau terputus); tidak ada yang disimpan. "
            "Coba lagi."
        ) from error


def _write_postgresql(engine: Engine, parts: dict[str, pa.Table], report: Callable) -> None:
    with engine.begin() as db:
        _make_room(db)
        with bulk.foreign_keys_later(db, WRITTEN):
            for table, share in _shares(parts):
                bulk.copy_table(db, table, parts[table.name])
                report(share, f"Menulis tabel {table.name}")
        # The ids were given; the next upload must not start again at 1.
        newest = {"newest": pc.max(parts["unggahan"]["id"]).as_py()}
        db.execute(text("SELECT setval(pg_get_serial_sequence('unggahan', 'id'), :newest)"), newest)


def _write_sqlite(engine: Engine, parts: dict[str, pa.Table], report: Callable) -> None:
    with bulk.sqlite_file(parts) as path, engine.connect() as db, _unchecked(db, path):
        db.exec_driver_sql("BEGIN IMMEDIATE")
        _make_room(db)
        for table, share in _shares(parts):
            listed = ", ".join(column.name for column in table.columns)
            db.exec_driver_sql(
                f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM baris.{table.name}"  # noqa: S608
            )
            report(share, f"Menulis tabel {table.name}")
        db.commit()


def _shares(parts: dict[str, pa.Table]) -> Iterator[tuple[Table, float]]:
    """The tables in the order of writing with the share of all rows that is written after each."""
    total, done = sum(len(part) for part in parts.values()), 0
    for table in WRITTEN:
        done += len(parts[table.name])
        yield table, done / total


@contextmanager
def _unchecked(db: Connection, path: Path) -> Iterator[None]:
    """SQLite: attach the file `path` as "baris" and leave out CHECKs and foreign keys, two thirds of the time.

    The tests check both on every simulated row instead. All three can only change outside a transaction.
    """
    db.exec_driver_sql("ATTACH DATABASE ? AS baris", (str(path),))
    db.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    db.exec_driver_sql("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        db.rollback()
        db.exec_driver_sql("DETACH DATABASE baris")
        db.exec_driver_sql("PRAGMA foreign_keys = ON")
        db.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def _make_room(db: Connection) -> None:
    """Empty a simulated database, mark an empty one as simulated, refuse any other."""
    # What an import into the former simulation could be undone with is of no use for the new one.
    db.execute(delete(schema.cadangan))
    marked = db.execute(select(schema.meta.c.nilai).where(schema.meta.c.kunci == "simulasi")).scalar()
    if marked != "1":
        for table in WRITTEN:
            count = db.execute(select(func.count()).select_from(table)).scalar_one()
            if count:
                raise UserError(
                    f"Basis data kasus sudah berisi {count} baris {table.name} yang bukan simulasi; "
                    "data simulasi hanya ditulis ke basis data kosong atau basis data simulasi."
                )
        db.execute(update(schema.meta).where(schema.meta.c.kunci == "simulasi").values(nilai="1"))
        db.execute(delete(schema.meta).where(schema.meta.c.kunci == connection.MIXED))
        return
    emptied = tuple(reversed(WRITTEN))
    if db.dialect.name == "postgresql":
        # DELETE would look for the cases of each of 5,800 uploads among the dead rows: minutes.
        db.execute(text(f"TRUNCATE {', '.join(table.name for table in emptied)}"))
        return
    for table in emptied:
        db.execute(delete(table))
