"""The kept past of figures that are known at T only; a scope is the first argument here too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from lib.application import UNREADABLE, has_history, riwayat
from lib.domain import CaseFilter, DataUnreadable, Scope
from lib.scoping import allowed_provinces

COLUMNS = ["kode_provinsi", "tanggal_data", "kode", "nilai", "pembilang", "n", "versi"]


@dataclass(frozen=True, kw_only=True)
class History:
    """Where the past of one case database is kept: rows of riwayat with one of its names and the same simulasi."""

    engine: Engine
    sumber: tuple[str, ...]
    simulasi: bool


def kept(
    scope: Scope,
    history: History,
    provinces: Sequence[str],
    *,
    kode: str,
    first: dt.date,
    last: dt.date,
) -> pd.DataFrame:
    """The rows of one figure dated in [first, last], oldest first: see COLUMNS.

    Raises AccessRefused for a province outside the scope, DataUnreadable when the database cannot be read.
    """
    inside = allowed_provinces(scope, CaseFilter(provinsi=tuple(provinces)))
    if not has_history(history.engine):
        return pd.DataFrame(columns=COLUMNS)
    query = (
        select(*(riwayat.c[name] for name in COLUMNS))
        .where(riwayat.c.sumber.in_(history.sumber), riwayat.c.simulasi == history.simulasi)
        .where(riwayat.c.kode_provinsi.in_(inside), riwayat.c.kode == kode)
        .where(riwayat.c.tanggal_data >= first, riwayat.c.tanggal_data <= last)
        .order_by(riwayat.c.tanggal_data, riwayat.c.versi)
    )
    try:
        with history.engine.connect() as connection:
            return pd.DataFrame(connection.execute(query).all(), columns=COLUMNS)
    except DBAPIError as error:
        raise DataUnreadable(UNREADABLE.format(verb="dibaca")) from error
