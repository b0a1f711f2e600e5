"""Cases recorded and closed in the last whole weeks before each province's T."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import and_, func

from lib.database.expressions import selisih_hari
from lib.domain import CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries.cases import grouped
from lib.queries.source import Source

DAYS = 7
KEYS = ["provinsi", "minggu"]


def weekly(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], *, weeks: int
) -> pd.DataFrame:
    """Cases per province and week of its window: provinsi, minggu, terdata, ditutup (any reason).

    A week is seven days; the last one, minggu `weeks`, ends on the last day of the window, the first one is minggu 1.
    Every window has one row per week, also where nothing happened. Grouped by day: one pass for all weeks.
    """
    dates = {"terdata": lambda k: k.c.tanggal_terdata, "ditutup": lambda k: k.c.tanggal_terminasi}
    places = [window.kode_provinsi for window in windows if window.kode_provinsi in scope.provinces]
    rows = pd.MultiIndex.from_product([places, range(1, weeks + 1)], names=KEYS)
    counted = pd.DataFrame(index=rows)
    for name, date in dates.items():
        by_day = grouped(
            scope,
            source,
            case_filter,
            windows,
            Dimensi.PROVINSI,
            lambda k, w, date=date: (
                [func.count().label("n")],
                and_(date(k) >= w.c.mulai, date(k) <= w.c.akhir),
            ),
            more_keys=lambda k, w, date=date: [selisih_hari(w.c.akhir, date(k)).label("hari")],
        )
        by_day["minggu"] = weeks - by_day["hari"].astype("int64") // DAYS
        sums = by_day.groupby(KEYS)["n"].sum()
        counted[name] = sums.reindex(rows, fill_value=0).astype("int64")
    return counted.reset_index()
