"""Groups as bars with names and numbers above them, where they have the whole width, also on a telephone."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.bars import names_above
from lib.charts.theme import (
    EDGE,
    NEUTRAL_BAR,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    base_layout,
    drawn,
    heading_from_left,
    hover_text,
    no_entry,
    number_axis,
    plain,
    require_columns,
    wrap,
)
from lib.domain import Status
from lib.numbers_id import persen

# Each bar lies inside the one before: the counts are nested, so the shorter one is always in front.
PARTS = {
    "I01": (Status.TERDATA, 0.30),
    "I02": (Status.TERTANGANI, 0.20),
    "I03K": (Status.TERSELESAIKAN, 0.10),
}
ROW = 72
ROOM = 100  # heading, two lines of legend, and the axis
TEXT_ABOVE = 0.18
NAMED_ROW = 46
NAMED_ROOM = 36  # the heading


def _bars(frame: pd.DataFrame, kode: str, position: dict[str, int]) -> dict:
    status, width = PARTS[kode]
    part = frame[frame["kode"] == kode]
    nama = part["nama_kode"].iloc[0]
    return {
        "type": "bar",
        "x": part["nilai"].tolist(),
        "y": part["kunci"].map(position).tolist(),
        "width": width,
        "orientation": "h",
        "name": plain(nama),
        "marker": {"color": STATUS_COLOURS[status], "line": {"color": EDGE, "width": 0.6}},
        "customdata": part["kunci"].tolist(),
        "hovertext": [
            f"<b>{plain(row.nama)}</b><br>{plain(nama)}: {plain(row.tampil)}" for row in part.itertuples()
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def step_texts(rows: pd.DataFrame) -> str:
    """The three counts of one group (indexed by kode) in a line: "200 → 150 (75,0 %) → 50 (25,0 %)"."""
    whole = rows.loc["I01", "nilai"]
    texts = [f"<b>{plain(rows.loc['I01', 'tampil'])}</b>"]
    for kode in ("I02", "I03K"):
        text = plain(rows.loc[kode, "tampil"])
        share = f" ({persen(100 * rows.loc[kode, 'nilai'] / whole)})" if whole > 0 else ""
        texts.append(text + share)
    return " → ".join(texts)


def corong_groups(frame: pd.DataFrame, *, unit: str) -> go.Figure:
    """Per group I01 >= I02 >= I03K as bars inside each other, with numbers and percent of I01 above them.

    One row per group and kode: kunci, nama (of the group), kode (I01, I02, I03K), nama_kode, nilai (NaN: not shown),
    tampil. Groups keep the order of the frame; `unit` is the heading. Raises ValueError for missing columns.
    """
    require_columns(frame, "kunci", "nama", "kode", "nama_kode", "nilai", "tampil")
    groups = frame.drop_duplicates("kunci")
    position = {kunci: row for row, kunci in enumerate(groups["kunci"])}
    labels = [
        f"{wrap(nama)}<br>{step_texts(frame[frame['kunci'] == kunci].set_index('kode'))}"
        for kunci, nama in zip(groups["kunci"], groups["nama"], strict=True)
    ]
    return drawn(
        [*(_bars(frame, kode, position) for kode in PARTS), names_above(labels, half_bar=TEXT_ABOVE)],
        base_layout(height=ROW * len(groups) + ROOM, heading=wrap(unit)),
        barmode="overlay",
        showlegend=True,
        xaxis=number_axis() | {"nticks": 5},
        yaxis={"visible": False, "fixedrange": True, "range": [len(groups) - 0.75, -0.85]},
    )


def named_bars(frame: pd.DataFrame, *, unit: str) -> go.Figure:
    """One count per group, the highest on top; without an axis, because every number stands above its bar.

    One row per group: kunci, nama, nilai (NaN: not shown), tampil. Bars carry kunci as customdata; `unit` is the
    heading. Raises ValueError for missing columns.
    """
    require_columns(frame, "kunci", "nama", "nilai", "tampil")
    frame = frame.sort_values("nilai", ascending=False, na_position="last", kind="stable", ignore_index=True)
    labels = [f"{wrap(row.nama)} <b>{plain(row.tampil)}</b>" for row in frame.itertuples(index=False)]
    bars = {
        "type": "bar",
        "x": frame["nilai"].tolist(),
        "y": list(range(len(frame))),
        "width": 0.34,
        "orientation": "h",
        "name": "nilai",
        "showlegend": False,
        "marker": {"color": NEUTRAL_BAR, "line": {"color": EDGE, "width": 0.6}},
        "customdata": frame["kunci"].tolist(),
        "hovertext": [hover_text(row.nama, row.tampil) for row in frame.itertuples(index=False)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return drawn(
        # Small: the longest name and its number fill the line on a telephone.
        [bars, names_above(labels, half_bar=TEXT_ABOVE, font=SMALL_TEXT_FONT), no_entry()],
        base_layout(height=NAMED_ROW * len(frame) + NAMED_ROOM),
        showlegend=True,
        legend=heading_from_left(wrap(unit), alone=True),
        margin={"t": NAMED_ROOM - 8},
        xaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
        yaxis={"visible": False, "fixedrange": True, "range": [len(frame) - 0.75, -0.75]},
    )
