"""An office of a few thousand simulated cases whose provinces are as far apart as real ones can be.

One with 4 pendamping, one with 90, one that sends its lists without any case, one that never sent anything, and one
whose data end weeks before those of the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd

from lib import settings, snapshot
from lib.database import connection, simulation
from lib.start import DEMO_SEED

FEWEST, MOST, NO_CASES, NEVER_SENT, LATE = "93", "32", "75", "76", "92"
STAFF = {FEWEST: 4, MOST: 90}
CASES = 12_000
NOW = dt.datetime(2026, 11, 21, 7, 0, tzinfo=dt.UTC)
OF_CASES = ("kasus", "kegiatan", "rujukan", "penugasan")


def edge_office(folder: Path, *, cases: int = CASES) -> settings.Settings:
    """Settings of an office in `folder` with its case database and a published snapshot."""
    data = simulation.simulate(cases=cases, seed=DEMO_SEED)
    for kode, size in STAFF.items():
        data = _with_staff(data, kode, size)
    data = _without(data, NO_CASES, OF_CASES)
    sent = tuple(field.name for field in fields(data) if field.name != "target")
    data = _without(data, NEVER_SENT, sent)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    engine = connection.writable_engine(values.database_url)
    simulation.write(engine, data)
    engine.dispose()
    snapshot.build(values, now=NOW)
    return values


def _changed(
    data: simulation.SimulatedData, tables: tuple[str, ...], change: Callable[[pd.DataFrame], pd.DataFrame]
) -> simulation.SimulatedData:
    return replace(data, **{name: change(getattr(data, name)) for name in tables})


def _without(data: simulation.SimulatedData, kode: str, tables: tuple[str, ...]) -> simulation.SimulatedData:
    """The data without a province's rows in some tables."""
    return _changed(data, tables, lambda frame: frame[frame["kode_provinsi"] != kode])


def _with_staff(data: simulation.SimulatedData, kode: str, size: int) -> simulation.SimulatedData:
    """The data with `size` pendamping in a province, all active; the others hand their cases to the first one."""
    own = data.pendamping.loc[data.pendamping["kode_provinsi"] == kode, "id_pendamping"]
    first, kept, gone = own.iloc[0], set(own.iloc[:size]), set(own.iloc[size:])
    stays = data.pendamping["id_pendamping"].isin(kept)
    data = replace(
        data,
        pendamping=data.pendamping.assign(tanggal_selesai=data.pendamping["tanggal_selesai"].mask(stays)),
    )
    data = _changed(
        data, ("pendamping", "kehadiran"), lambda frame: frame[~frame["id_pendamping"].isin(gone)]
    )

    def handed_over(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(
            id_pendamping=frame["id_pendamping"].where(~frame["id_pendamping"].isin(gone), first)
        )

    data = _changed(data, ("kasus", "kegiatan"), handed_over)
    return _changed(data, ("penugasan",), lambda frame: frame[~frame["id_pendamping"].isin(gone)])
