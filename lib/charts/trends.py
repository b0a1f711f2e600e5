"""Months as a line, and where all cases stand as one bar: tables in, figures out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lib.charts import growth
from lib.charts.theme import (
    INTERVAL_LABEL,
    LINE_HEIGHT,
    SMALL_FONT_SIZE,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    TEXT_FONT,
    base_layout,
    drawn,
    hover_text,
    interval_line,
    line_count,
    number_axis,
    plain,
    require_columns,
    status_marker,
    text_on,
    wrap,
)
from lib.charts.workload import WHOLE_STEPS_UNTIL, count_axis
from lib.domain import Status
from lib.numbers_id import bulan_pendek, bulan_tahun, persen

MONTHLY_HEIGHT = 340
MAX_MONTH_LABELS = 9  # two-line labels that stay apart on a telephone
NOTE_OFFSET = 48  # below the two-line names of the months
STATUS_BAR_HEIGHT = 216  # as tall as the corong beside it, or one of the two boxes is blank below
MONTH_LABEL = "angka per bulan"
MATURE_LABEL = "bulan lengkap"
PARTIAL_LABEL = "belum lengkap (sementara)"


def _runs(present: np.ndarray) -> list[range]:
    """Positions of each unbroken stretch of True: [1, 1, 0, 1] -> [range(0, 2), range(3, 4)]."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], present.astype(int), [0]))))
    return [range(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _band_traces(frame: pd.DataFrame, colour: str) -> list[dict]:
    """One filled area per unbroken stretch of months that have both limits."""
    traces = []
    for run in _runs(frame[["bawah", "atas"]].notna().all(axis=1).to_numpy()):
        part = frame.iloc[run.start : run.stop]
        months = part["bulan"].tolist()
        traces.append(
            {
                "type": "scatter",
                "x": months + months[::-1],
                "y": part["atas"].tolist() + part["bawah"].tolist()[::-1],
                "fill": "toself",
                "fillcolor": colour,
                "line": {"width": 1, "color": colour},
                "opacity": 0.2,
                "mode": "lines",
                "name": INTERVAL_LABEL,
                "showlegend": not traces,
                "hoverinfo": "skip",
            }
        )
    return traces


def _month_hover(frame: pd.DataFrame, *, is_partial: np.ndarray) -> list[str]:
    lines = []
    has_band = {"bawah", "atas"} <= set(frame.columns)
    for row, partial in zip(frame.itertuples(index=False), is_partial, strict=True):
        text = hover_text(bulan_tahun(row.bulan), row.tampil, n=row.n)
        if has_band:
            text += interval_line(row.bawah, row.atas)
        lines.append(f"{text}<br>{PARTIAL_LABEL}" if partial else text)
    return lines


def _mature_trace(frame: pd.DataFrame, hover: list[str], is_partial: np.ndarray, colour: str) -> dict:
    values = frame["nilai"].where(~is_partial)
    last = values.last_valid_index()
    labels = [f"<b>{plain(text)}</b>" if index == last else "" for index, text in frame["tampil"].items()]
    # On the side the line does not come from.
    falls = last is not None and last > 0 and values[last] < values[last - 1]
    return {
        "type": "scatter",
        "x": frame["bulan"].tolist(),
        "y": values.tolist(),
        "mode": "lines+markers+text",
        "text": labels,
        "textposition": "bottom left" if falls else "top left",
        "textfont": TEXT_FONT,
        "cliponaxis": False,
        "line": {"color": colour, "width": 2.5},
        "marker": {"color": colour, "size": 7},
        "connectgaps": False,
        "hovertext": hover,
        "hoverinfo": "text",
        "name": MATURE_LABEL if is_partial.any() else MONTH_LABEL,
    }


def _partial_trace(frame: pd.DataFrame, hover: list[str], is_partial: np.ndarray, colour: str) -> dict:
    """Open markers on a dotted line that starts at the last full month, so that the curve stays one."""
    first = int(np.flatnonzero(is_partial)[0])
    start = max(first - 1, 0)
    joins = first - start  # 1 where a full month comes before
    values = frame["nilai"].iloc[start:]
    partial_count = len(values) - joins
    return {
        "type": "scatter",
        "x": frame["bulan"].iloc[start:].tolist(),
        "y": values.tolist(),
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2, "dash": "dot"},
        "marker": {
            "symbol": "circle-open",
            "color": colour,
            "size": [0] * joins + [9] * partial_count,
            "line": {"width": 2},
        },
        "connectgaps": False,
        "hovertext": hover[start:],
        "hoverinfo": ["skip"] * joins + ["text"] * partial_count,
        "name": PARTIAL_LABEL,
    }


def month_axis(months: list[str], *, most: int = MAX_MONTH_LABELS) -> dict:
    """One place per month, at most about `most` of them named, each year only once."""
    step = max(math.ceil(len(months) / most), 1)
    shown = months[::-1][::step][::-1]  # counted back from the newest month, which always has its label
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": months,
        "range": [-0.6, len(months) - 0.4],
        "tickmode": "array",
        "tickvals": shown,
        "ticktext": [
            bulan_pendek(month).replace(" ", "<br>") if month[:4] != before[:4] else bulan_pendek(month)[:3]
            for before, month in zip(["", *shown], shown, strict=False)
        ],
        "tickangle": 0,
        "tickfont": SMALL_TEXT_FONT,
        "showgrid": False,
        "fixedrange": True,
    }


def _note_below(note: str) -> dict:
    return {
        "text": note,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "yshift": -NOTE_OFFSET,
        "align": "left",
        "showarrow": False,
        "font": SMALL_TEXT_FONT,
    }


def monthly(
    frame: pd.DataFrame,
    *,
    y_title: str,
    colour: str,
    mature_until: str | None = None,
    note: str | None = None,
    growing: pd.DataFrame | None = None,
) -> go.Figure:
    """A line over months that stops where there is no number; months after `mature_until` are open and dotted.

    One row per month, none left out: bulan ("2026-11"), nilai (NaN: none), tampil, n; bawah and atas give a band.
    The last months of a rate are still growing: drawn like the others they would look like a collapse. `y_title`
    is the heading, `note` a sentence below. `growing` are months whose late reports are still to come (see
    `lib.charts.growth`): hatched, with their expected number. Raises ValueError for missing columns.
    """
    require_columns(frame, "bulan", "nilai", "tampil", "n")
    frame = frame.sort_values("bulan", ignore_index=True)
    is_partial = np.array(
        [mature_until is not None and month > mature_until for month in frame["bulan"]], dtype=bool
    )
    hover = _month_hover(frame, is_partial=is_partial)
    traces = _band_traces(frame, colour) if {"bawah", "atas"} <= set(frame.columns) else []
    if growing is not None:
        traces += growth.traces(growing, colour=colour)
    traces.append(_mature_trace(frame, hover, is_partial, colour))
    if is_partial.any():
        traces.append(_partial_trace(frame, hover, is_partial, colour))
    longest = max(frame["nilai"].max(), 0 if growing is None else growing["atas"].max())
    note_text = wrap(note or "")
    note_height = LINE_HEIGHT * line_count(note_text)
    return drawn(
        traces,
        base_layout(height=MONTHLY_HEIGHT + note_height, heading=wrap(y_title)),
        showlegend=True,
        barmode="overlay",
        bargap=0.3,
        margin={"b": NOTE_OFFSET + note_height} if note_text else {},
        annotations=[_note_below(note_text)] if note_text else [],
        xaxis=month_axis(frame["bulan"].tolist()),
        # Few cases: whole steps, where the library would take a fifth of one.
        yaxis=count_axis(longest) if longest <= WHOLE_STEPS_UNTIL else number_axis(),
    )


def _status_part(nama: str, status: Status, *, nilai: float, tampil: str, share: float) -> dict:
    label = plain(tampil) if math.isnan(share) else f"{plain(tampil)} ({persen(share)})"
    return {
        "type": "bar",
        "x": [0 if math.isnan(nilai) else nilai],
        "y": [""],
        "orientation": "h",
        "name": f"{plain(nama)}: <b>{label}</b>",
        "text": ["" if math.isnan(share) else persen(share, decimals=0)],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"size": 14, "color": text_on(STATUS_COLOURS[status])},
        "marker": status_marker(status),
        "customdata": [status.value],
        "hovertext": [f"<b>{plain(nama)}</b><br>{label}"],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def stacked_status(frame: pd.DataFrame, *, title: str) -> go.Figure:
    """All cases at one date as a single bar of the four statuses, each named with its number and share.

    One row per status: status, nama, nilai (count, NaN: not shown), tampil. Shares are left out when one of the
    counts is not shown, because the whole is unknown then. Example: 1, 2, 5 and 2 cases read 10, 20, 50 and 20 %.
    Raises ValueError for missing columns and for an unknown status.
    """
    require_columns(frame, "status", "nama", "nilai", "tampil")
    whole = frame["nilai"].sum(skipna=False)
    parts = [
        _status_part(
            row.nama,
            Status(row.status),
            nilai=row.nilai,
            tampil=row.tampil,
            share=row.nilai / whole * 100 if whole > 0 else math.nan,
        )
        for row in frame.itertuples(index=False)
    ]
    return drawn(
        parts,
        base_layout(height=STATUS_BAR_HEIGHT, heading=wrap(title)),
        barmode="stack",
        bargap=0.1,
        showlegend=True,
        # One below the other at every width: four numbers and shares to compare.
        legend={"orientation": "v"},
        uniformtext={"minsize": SMALL_FONT_SIZE, "mode": "hide"},
        xaxis={"visible": False, "fixedrange": True, "range": [0, frame["nilai"].sum() or 1]},
        yaxis={"visible": False, "fixedrange": True},
    )
