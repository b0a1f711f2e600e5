"""Late reports for tayang presentasi: rounded percent of many cases of a whole province, never a count.

How late a report came says nothing about a client, but a percentage of few cases would tell their number.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

N_SHARE = 50
STEP = (
    5  # percentage points: coarser than what counts rounded to 5 already tell about a month of N_SHARE cases
)
HIDDEN = "disamarkan"


def harmless_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with n, dalam_7, dalam_30, median, alasan: whole percent of at least N_SHARE cases, without n.

    Example: 61.4 % of 60 cases -> 61 %; 61.4 % of 40 cases -> "disamarkan".
    """
    few = frame["alasan"].isna() & (frame["n"] < N_SHARE)
    shown = frame["alasan"].isna() & ~few
    numbers = frame[["dalam_7", "dalam_30", "median"]].round(0).where(shown)
    return frame.assign(n=np.nan, **numbers, alasan=frame["alasan"].mask(few, HIDDEN))


def harmless_months(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with sejauh_ini, perkiraan, kelengkapan, alasan: percent in steps of 5 where at least N_SHARE are expected.

    The columns with counts are left out. Example: 77.4 % of 60 expected -> 75 %; of 40 -> "disamarkan".
    """
    few = frame["alasan"].isna() & ~(frame["perkiraan"] >= N_SHARE)
    rounded = ((frame["kelengkapan"] / STEP).round(0) * STEP).where(frame["alasan"].isna() & ~few)
    kept = frame.drop(columns=["sejauh_ini", "perkiraan", "bawah", "atas"])
    return kept.assign(kelengkapan=rounded, alasan=frame["alasan"].mask(few, HIDDEN))
