"""The data of the benchmark: simulated offices of any size, as a folder with case database and snapshot, or as CSV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lib import clock, settings, snapshot, start
from lib.database import connection, simulation
from lib.importing import columns
from lib.settings import Settings

# Every so many rows one has a kind that does not exist, so that the report has something to say.
WRONG_EVERY = 100


def office(folder: Path, cases: int) -> Settings:
    """The settings of a data folder with `cases` simulated cases and a published snapshot; made once."""
    home = folder / f"kasus-{cases}"
    values = settings.load(environment={"TUNTAS_DATA": str(home)})
    if snapshot.current_version(values) is None:
        start.make_demo(values, now=clock.now(), cases=cases)
    return values


def postgresql_office(url: str, folder: Path, cases: int) -> dict[str, str]:
    """Fill an empty PostgreSQL database; returns the environment that names it."""
    engine = connection.writable_engine(url)
    simulation.write(engine, simulation.simulate(cases=cases))
    engine.dispose()
    return {"TUNTAS_DB": url, "TUNTAS_DATA": str(folder / f"postgresql-{cases}")}


def sheets(folder: Path, cases: int) -> list[Path]:
    """The simulated office as CSV sheets to import: keterangan, pendamping, kasus, with one row in 100 wrong."""
    simulated = simulation.simulate(cases=cases)
    last = simulated.unggahan.sort_values("tanggal_data").drop_duplicates("kode_provinsi", keep="last")
    kasus = simulated.kasus.copy()
    kasus.loc[kasus.index % WRONG_EVERY == 0, "kode_jenis"] = "P99"
    frames = {
        columns.KETERANGAN: last,
        columns.PENDAMPING: simulated.pendamping,
        columns.KASUS: kasus,
    }
    home = folder / f"lembar-{cases}"
    home.mkdir(parents=True, exist_ok=True)
    return [_write(home / f"{sheet}.csv", frame, sheet) for sheet, frame in frames.items()]


def _write(path: Path, frame: pd.DataFrame, sheet: str) -> Path:
    wanted = frame[list(columns.names(sheet))]
    whole = {name: "Int64" for name in wanted.select_dtypes("number").columns}
    wanted.astype(whole).to_csv(path, index=False, date_format="%Y-%m-%d")
    return path
