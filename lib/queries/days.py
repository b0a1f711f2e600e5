"""Closings by day: very many on one day are an act of the office, not of the work."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import and_, func

from lib.domain import CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries.cases import count_where, grouped
from lib.queries.source import Source


def closings_per_day(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window]
) -> pd.DataFrame:
    """Cases closed on each day of the windows: provinsi, tanggal (date), n (any reason), terselesaikan.

    Only days with a closing; administrative closures do not count. Sorted by province and day.
    """

    def build(k, w):
        return (
            [func.count().label("n"), count_where(k.c.kelompok == "terselesaikan").label("terselesaikan")],
            and_(k.c.tanggal_terminasi >= w.c.mulai, k.c.tanggal_terminasi <= w.c.akhir),
        )

    frame = grouped(
        scope,
        source,
        case_filter,
        windows,
        Dimensi.PROVINSI,
        build,
        more_keys=lambda k, w: [k.c.tanggal_terminasi.label("tanggal_terminasi")],
    )
    frame["tanggal"] = frame.pop("tanggal_terminasi").dt.date
    frame = frame[["provinsi", "tanggal", "n", "terselesaikan"]].astype(
        {"n": "int64", "terselesaikan": "int64"}
    )
    return frame.sort_values(["provinsi", "tanggal"], ignore_index=True)
