"""How long cases took from their day to the first upload that had them: grouped counts, never rows of cases."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import and_, func

from lib.database.expressions import selisih_hari
from lib.domain import CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries.cases import grouped
from lib.queries.source import Source


def first_seen(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], *, by_entry: bool = True
) -> pd.DataFrame:
    """Cases recorded in the windows by the days back from T: provinsi, umur (of tanggal_terdata), masuk, n.

    masuk are the days from the upload that first had the case to T, NaN where the register does not know it; without
    `by_entry` it is left out and the cases are counted by their day alone.
    """

    def build(k, w):
        inside = and_(k.c.tanggal_terdata >= w.c.mulai, k.c.tanggal_terdata <= w.c.akhir)
        return [func.count().label("n")], inside

    def keys(k, w):
        days = [selisih_hari(w.c.data, k.c.tanggal_terdata).label("umur")]
        entry = [selisih_hari(w.c.data, k.c.tanggal_pertama_masuk).label("masuk")] if by_entry else []
        return days + entry

    frame = grouped(scope, source, case_filter, windows, Dimensi.PROVINSI, build, more_keys=keys)
    kinds = {"umur": "int64", "n": "int64"} | ({"masuk": "float64"} if by_entry else {})
    return frame.astype(kinds)
