"""Data quality for tayang presentasi: whole percent of many cases, and whether a part is met; never a count.

Counts of empty fields and of closings stand in no audited table, so none of them is shown: what is left are shares
without numerator and denominator, rounded to whole percent, of at least N_SHARE rows of a whole province.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

N_SHARE = 50
NOT_A_SHARE = ("segar", "lonjakan")


def harmless_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Rows with n, dari and persen: the counts are left out. Example: 7 of 60 -> 12 (percent); 7 of 40 -> nothing."""
    share = _whole(counts["persen"], counts["dari"])
    return counts.assign(n=np.nan, dari=np.nan, persen=share)


def harmless_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """Rows with bagian, x, n, nilai, peluang: the counts, the tails and the number of peaks are left out."""
    share = _whole(parts["nilai"], parts["n"])
    kept = parts["nilai"].where(parts["bagian"] == "segar")
    value = share.where(~parts["bagian"].isin(NOT_A_SHARE), kept)
    limit = parts["batas"].where(parts["bagian"] != "akhir_bulan", parts["batas"].round(0))
    return parts.assign(x=np.nan, n=np.nan, nilai=value, batas=limit, peluang=np.nan)


def _whole(percent: pd.Series, n: pd.Series) -> pd.Series:
    return percent.astype("float64").round(0).where(n.astype("float64") >= N_SHARE)
