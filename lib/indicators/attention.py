""" "Perlu perhatian": which provinces need help first, with the reason in cases.

A part (stuck cases, late response, load) counts when chance alone would rarely explain it: its binomial tail at the
national share is below 0.025. Its excess is in cases; provinces are sorted by the sum, at most five.
"""

from __future__ import annotations

import pandas as pd

from lib.stats.funnel import binomial_tails

TAIL = 0.025
AT_MOST = 5
# part -> (numerator, denominator) columns of the counts
PARTS = {
    "macet": ("macet", "terbuka"),
    "terlambat": ("terlambat", "jatuh_tempo"),
    "beban": ("di_atas_wajar", "pendamping"),
}


def needs_attention(counts: pd.DataFrame, told: pd.Series | None = None) -> pd.DataFrame:
    """Provinces that need attention, largest excess first; with `told` (one bool per row) only those rows.

    `counts`: provinsi and per part a numerator and a denominator, plus beban_lebih (sum of max(0, load - limit)).
    Answer: provinsi, bagian (largest part), lebih (sum of the excesses in cases), and per part its excess (0 when
    it does not count). Example: 60 stuck of 200 open where the country has 10 % -> excess 60 - 20 = 40.
    """
    result = counts[["provinsi"]].copy()
    for part, (numerator, denominator) in PARTS.items():
        x, n = counts[numerator], counts[denominator]
        national = x.sum() / n.sum() if n.sum() else 0.0
        rare = binomial_tails(x.to_numpy(), n.to_numpy(), national)[1] < TAIL
        excess = counts["beban_lebih"] if part == "beban" else x - n * national
        result[part] = excess.where(rare & (n > 0) & (excess > 0), 0.0).astype(float)
    result["lebih"] = result[list(PARTS)].sum(axis=1)
    if told is not None:
        result = result[told]
    result = result[result["lebih"] > 0].sort_values(["lebih", "provinsi"], ascending=[False, True])
    result["bagian"] = result[list(PARTS)].idxmax(axis=1) if len(result) else pd.Series(dtype=str)
    return result.head(AT_MOST).reset_index(drop=True)
