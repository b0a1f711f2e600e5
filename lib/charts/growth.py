"""Months that late reports still make larger: what is there hatched, what is expected as an empty bar on top of it."""

from __future__ import annotations

import pandas as pd

from lib.charts.theme import CLEAR, PAGE_TEXT, require_columns
from lib.numbers_id import angka, bulan_tahun, persen

HATCHED_LABEL = "belum 98 % lengkap"
EXPECTED_LABEL = "perkiraan akhir (rentang 90 %)"


def traces(frame: pd.DataFrame, *, colour: str) -> list[dict]:
    """Two sets of bars for a figure with months as categories, none for a frame without rows.

    One row per month that still grows: bulan, sejauh_ini, perkiraan, bawah, atas, kelengkapan (percent). Raises
    ValueError for missing columns.
    """
    require_columns(frame, "bulan", "sejauh_ini", "perkiraan", "bawah", "atas", "kelengkapan")
    if frame.empty:
        return []
    months, seen = frame["bulan"].tolist(), frame["sejauh_ini"].tolist()
    hatched = {
        "type": "bar",
        "x": months,
        "y": seen,
        "name": HATCHED_LABEL,
        "marker": {
            "color": CLEAR,
            "line": {"color": colour, "width": 0.6},
            "pattern": {"shape": "/", "fgcolor": colour, "fgopacity": 0.55, "size": 7, "solidity": 0.2},
        },
        "hoverinfo": "skip",
    }
    expected = {
        "type": "bar",
        "x": months,
        "base": seen,
        "y": (frame["perkiraan"] - frame["sejauh_ini"]).tolist(),
        "name": EXPECTED_LABEL,
        "marker": {"color": CLEAR, "line": {"color": colour, "width": 1.5}},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": (frame["atas"] - frame["perkiraan"]).clip(lower=0).tolist(),
            "arrayminus": (frame["perkiraan"] - frame["bawah"]).clip(lower=0).tolist(),
            "color": PAGE_TEXT,
            "thickness": 1.5,
            "width": 5,
        },
        "hovertext": _hover(frame),
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return [hatched, expected]


def _hover(frame: pd.DataFrame) -> list[str]:
    return [
        f"<b>{bulan_tahun(row.bulan)}</b><br>sejauh ini {angka(row.sejauh_ini)} kasus ({persen(row.kelengkapan)})"
        f"<br>perkiraan akhir {angka(row.perkiraan, decimals=0)}"
        f"<br>rentang 90 %: {angka(row.bawah)}–{angka(row.atas)}"
        for row in frame.itertuples(index=False)
    ]
