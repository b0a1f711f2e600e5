"""Times of groups as dots with intervals, and open cases that wait for a step. Tables in, figures out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.bars import names_above
from lib.charts.theme import (
    EDGE,
    NEUTRAL_BAR,
    PAGE_TEXT,
    PAPER,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    base_layout,
    drawn,
    hover_text,
    interval_line,
    number_axis,
    plain,
    require_columns,
    wrap,
)
from lib.domain import Status
from lib.numbers_id import angka

DOT_ROW = 27
DOT_ROOM = 104  # heading, two lines of legend, and the axis
NAME_WIDTH = 25  # characters of a group's name on one line: the longest province fits
BAR_ROW = 54
BAR_ROOM = 60
OVER_COLOUR = STATUS_COLOURS[Status.TERTANGANI]


def dots(frame: pd.DataFrame, *, unit: str, whole: float, whole_label: str) -> go.Figure:
    """One dot with its 95 % interval per group, the first on top, in the order of the frame: no ranking.

    One row per group: kunci, nama, nilai (NaN: the reason stands in its place), tampil, n, bawah, atas (NaN: the
    interval has no such end). `whole` is the figure of all groups together, drawn as a line where it exists; `unit` is
    the heading. Raises ValueError for missing columns.
    """
    require_columns(frame, "kunci", "nama", "nilai", "tampil", "n", "bawah", "atas")
    rows = len(frame)
    traces = [_dots(frame), *_reasons(frame)]
    if not pd.isna(whole):
        traces.append(
            {
                "type": "scatter",
                "x": [whole, whole],
                "y": [-0.6, rows - 0.4],
                "mode": "lines",
                "line": {"color": PAGE_TEXT, "width": 2, "dash": "dash"},
                "name": f"{plain(whole_label)}: <b>{angka(whole)}</b>",
                "hoverinfo": "skip",
            }
        )
    return drawn(
        traces,
        base_layout(height=DOT_ROW * rows + DOT_ROOM, heading=wrap(unit)),
        showlegend=True,
        xaxis=number_axis() | {"nticks": 6},
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(rows)),
            "ticktext": [_short(nama) for nama in frame["nama"]],
            "range": [rows - 0.4, -0.6],
            "automargin": True,
            "showgrid": True,
            "zeroline": False,
            "fixedrange": True,
            "tickfont": SMALL_TEXT_FONT,
        },
    )


def _short(nama: str) -> str:
    return plain(nama if len(nama) <= NAME_WIDTH else f"{nama[: NAME_WIDTH - 1].rstrip()}…")


def _dots(frame: pd.DataFrame) -> dict:
    value = frame["nilai"]
    return {
        "type": "scatter",
        "x": value.tolist(),
        "y": list(range(len(frame))),
        "mode": "markers",
        "marker": {"color": NEUTRAL_BAR, "size": 9, "line": {"color": PAPER, "width": 1}},
        "error_x": {
            "type": "data",
            "array": (frame["atas"] - value).clip(lower=0).fillna(0).tolist(),
            "arrayminus": (value - frame["bawah"]).clip(lower=0).fillna(0).tolist(),
            "color": NEUTRAL_BAR,
            "thickness": 2,
            "width": 4,
        },
        "customdata": frame["kunci"].tolist(),
        "hovertext": [
            hover_text(row.nama, row.tampil, n=row.n) + interval_line(row.bawah, row.atas)
            for row in frame.itertuples(index=False)
        ],
        "hoverinfo": "text",
        "name": "nilai dengan rentang 95 %",
    }


def _reasons(frame: pd.DataFrame) -> list[dict]:
    """Why a group has no dot, at the left of its row."""
    places = [place for place, value in enumerate(frame["nilai"]) if pd.isna(value)]
    if not places:
        return []
    return [
        {
            "type": "scatter",
            "x": [0] * len(places),
            "y": places,
            "mode": "text",
            "text": [f" {plain(frame['tampil'].iloc[place])}" for place in places],
            "textposition": "middle right",
            "textfont": SMALL_TEXT_FONT,
            "cliponaxis": False,
            "showlegend": False,
            "hoverinfo": "skip",
            "name": "tanpa angka",
        }
    ]


def waiting(frame: pd.DataFrame, *, heading: str) -> go.Figure:
    """Open cases per step as bars, the part over the norm striped at the start, names and numbers above.

    One row per step, the first on top: nama, menunggu, lewat (NaN: no norm), tampil. Example: 100 waiting, 40 over
    the norm -> a striped part of 40 and a plain one of 60. Raises ValueError for missing columns.
    """
    require_columns(frame, "nama", "menunggu", "lewat", "tampil")
    over = frame["lewat"].fillna(0)
    labels = [f"<b>{plain(row.nama)}</b>: {plain(row.tampil)}" for row in frame.itertuples(index=False)]
    parts = (
        ("Lewat norma (usulan)", over, OVER_COLOUR, "/"),
        ("Dalam norma, atau tanpa norma", frame["menunggu"] - over, NEUTRAL_BAR, ""),
    )
    return drawn(
        [
            *(_part(name, values, colour, shape, labels) for name, values, colour, shape in parts),
            names_above(labels, half_bar=0.2),
        ],
        base_layout(height=BAR_ROW * len(frame) + BAR_ROOM, heading=wrap(heading)),
        barmode="stack",
        showlegend=True,
        xaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
        yaxis={"visible": False, "fixedrange": True, "range": [len(frame) - 0.75, -0.85]},
    )


def _part(name: str, values: pd.Series, colour: str, shape: str, labels: list[str]) -> dict:
    return {
        "type": "bar",
        "x": values.tolist(),
        "y": list(range(len(values))),
        "width": 0.34,
        "orientation": "h",
        "name": name,
        "marker": {
            "color": colour,
            "line": {"color": EDGE, "width": 0.6},
            "pattern": {
                "shape": shape,
                "fillmode": "overlay",
                "fgcolor": PAPER,
                "fgopacity": 0.6,
                "size": 8,
                "solidity": 0.2,
            },
        },
        "hovertext": labels,
        "hoverinfo": "text",
    }
