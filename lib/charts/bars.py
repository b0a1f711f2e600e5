"""Bars: the nested counts, groups in order of their value, groups divided by status. Tables in, figures out."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    HEADING_ROOM,
    INTERVAL_LABEL,
    LINE_HEIGHT,
    NEUTRAL_BAR,
    NO_FADING,
    PAGE_TEXT,
    SMALL_FONT_SIZE,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    TEXT_FONT,
    base_layout,
    drawn,
    heading_from_left,
    hover_text,
    interval_line,
    line_count,
    no_entry,
    number_axis,
    plain,
    require_columns,
    status_marker,
    text_on,
    wrap,
)
from lib.domain import Status
from lib.numbers_id import angka, persen

CORONG_STATUS = {"I01": Status.TERDATA, "I02": Status.TERTANGANI, "I03K": Status.TERSELESAIKAN}
CORONG_ROW = 66
# A bar this long holds its own text even on a telephone; a shorter one leaves that room beside it.
TEXT_INSIDE_FROM = 50.0
ACHIEVEMENT_ROW = 46
NAME_WIDTH = 28  # characters of a group's name on one line
ROW_PADDING = 11
COMPOSITION_ROW = 58
AXIS_ROOM = 36
LEGEND_ROOM = 56  # two lines of legend, as on a telephone
COMPOSITION_ROOM = 120  # heading, up to three lines of legend, and the axis
_HOVER_TEMPLATE = "%{hovertext}<extra></extra>"


def _corong_bar(position: int, row: object, *, share: float) -> dict:
    label = plain(row.tampil) if math.isnan(share) else f"{plain(row.tampil)} · {persen(share)}"
    colour = STATUS_COLOURS[CORONG_STATUS[row.kode]]
    return {
        "type": "bar",
        "x": [0 if pd.isna(row.nilai) else row.nilai],
        "y": [position],
        "width": 0.52,
        "orientation": "h",
        "name": plain(row.nama),
        "text": [f" <b>{label}</b>"],
        "textposition": "inside" if share >= TEXT_INSIDE_FROM else "outside",
        "insidetextanchor": "start",
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
        "textfont": {"size": 14, "color": PAGE_TEXT},
        "insidetextfont": {"size": 14, "color": text_on(colour)},
        "marker": {"color": colour, "line": {"color": EDGE, "width": 0.6}},
        "customdata": [row.kode],
        "hovertext": [f"<b>{plain(row.nama)}</b><br>{label}"],
        "hovertemplate": _HOVER_TEMPLATE,
    }


def corong(frame: pd.DataFrame) -> go.Figure:
    """The nested counts I01 >= I02 >= I03K as three bars from a common zero, with number and percent of I01.

    One row per kode: kode (I01, I02, I03K), nama, nilai (NaN: not shown), tampil. Example: 200, 150 and 50 cases
    read 100 %, 75 % and 25 %. Raises ValueError for missing columns, KeyError for another kode.
    """
    require_columns(frame, "kode", "nama", "nilai", "tampil")
    whole = frame.set_index("kode")["nilai"].get("I01", math.nan)
    bars = [
        _corong_bar(position, row, share=row.nilai / whole * 100 if whole > 0 else math.nan)
        for position, row in enumerate(frame.itertuples(index=False))
    ]
    longest = frame["nilai"].max()
    return drawn(
        [*bars, names_above([wrap(nama) for nama in frame["nama"]], half_bar=0.29)],
        base_layout(height=CORONG_ROW * len(frame) + 18),
        showlegend=False,
        barmode="overlay",
        xaxis={"visible": False, "fixedrange": True, "range": [0, longest if longest > 0 else 1]},
        yaxis={"visible": False, "fixedrange": True, "range": [len(frame) - 0.6, -0.62]},
    )


def achievement(frame: pd.DataFrame) -> go.Figure:
    """What has been achieved of each target, as bars in percent with a line at 100, where the target is.

    One row per figure: nama, nilai (percent), tampil, catatan (what the bar stands for). Example: 46 of a target of
    50 for the same days reads 92 %, a bar that ends before the line. Raises ValueError for missing columns.
    """
    require_columns(frame, "nama", "nilai", "tampil", "catatan")
    longest = max(frame["nilai"].max(), 100.0)
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": frame["nilai"].tolist(),
        "y": list(range(len(frame))),
        "width": 0.4,
        "text": [f" <b>{plain(text)}</b>" for text in frame["tampil"]],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "constraintext": "none",
        "insidetextfont": {"size": 13, "color": text_on(NEUTRAL_BAR)},
        "marker": {"color": NEUTRAL_BAR, "line": {"color": EDGE, "width": 0.6}},
        "hovertext": [
            hover_text(row.nama, row.tampil, catatan=row.catatan) for row in frame.itertuples(index=False)
        ],
        "hovertemplate": _HOVER_TEMPLATE,
        "showlegend": False,
        "name": "capaian",
    }
    line = {
        "type": "scatter",
        "x": [100, 100],
        "y": [-0.75, len(frame) - 0.5],
        "mode": "lines+text",
        "text": ["target ", ""],
        "textposition": "middle left",
        "textfont": SMALL_TEXT_FONT,
        "line": {"color": PAGE_TEXT, "width": 2, "dash": "dot"},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
        "name": "target",
    }
    return drawn(
        [bars, line, names_above([wrap(nama) for nama in frame["nama"]], half_bar=0.24)],
        base_layout(height=ACHIEVEMENT_ROW * len(frame) + 40),
        showlegend=False,
        xaxis={"visible": False, "fixedrange": True, "range": [0, 1.04 * longest]},
        yaxis={"visible": False, "fixedrange": True, "range": [len(frame) - 0.6, -0.95]},
    )


def names_above(texts: list[str], *, half_bar: float, font: dict = TEXT_FONT) -> dict:
    """Texts that start at zero just above each bar: they have the whole width, also on a telephone."""
    return {
        "type": "scatter",
        "x": [0] * len(texts),
        "y": [position - half_bar for position in range(len(texts))],
        "mode": "text",
        "text": texts,
        "textposition": "top right",
        "textfont": font,
        "cliponaxis": False,
        "showlegend": False,
        "hoverinfo": "skip",
        "name": "nama",
    }


def _row_labels(frame: pd.DataFrame) -> list[str]:
    """Name, wrapped, and value in bold at the end of its last line: beside the axis nothing can overlap it."""
    return [
        f"{wrap(row.nama, width=NAME_WIDTH)}  <b>{plain(row.tampil)}</b>"
        for row in frame.itertuples(index=False)
    ]


def _label_axis(labels: list[str]) -> dict:
    """One row per label, the first on top."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [len(labels) - 0.4, -0.6],
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": SMALL_TEXT_FONT,
    }


def _has_interval(frame: pd.DataFrame) -> bool:
    return {"bawah", "atas"} <= set(frame.columns) and bool(frame[["bawah", "atas"]].notna().any(axis=None))


def _whiskers(frame: pd.DataFrame) -> dict:
    """Distances from the value to the limits of its interval; an absent limit draws no arm."""
    return {
        "type": "data",
        "array": (frame["atas"] - frame["nilai"]).clip(lower=0).fillna(0).tolist(),
        "arrayminus": (frame["nilai"] - frame["bawah"]).clip(lower=0).fillna(0).tolist(),
        "color": PAGE_TEXT,
        "thickness": 1.5,
        "width": 4,
    }


def _interval_entry() -> dict:
    """A mark off the chart: whiskers of bars have no legend entry of their own."""
    return {
        "type": "scatter",
        "x": [None],
        "y": [None],
        "mode": "markers",
        "marker": {"symbol": "line-ew", "size": 14, "line": {"color": PAGE_TEXT, "width": 2}},
        "name": INTERVAL_LABEL,
        "showlegend": True,
        "hoverinfo": "skip",
    }


def _reference_line(value: float, label: str, *, row_count: int) -> dict:
    return {
        "type": "scatter",
        "x": [value, value],
        "y": [-0.6, row_count - 0.4],
        "mode": "lines",
        "line": {"color": PAGE_TEXT, "width": 2, "dash": "dash"},
        "name": f"{plain(label)}: <b>{angka(value)}</b>",
        "showlegend": True,
        "hoverinfo": "skip",
    }


def _ranked_hover(frame: pd.DataFrame) -> list[str]:
    return [
        hover_text(row.nama, row.tampil, n=row.n, catatan=getattr(row, "catatan", None))
        + interval_line(getattr(row, "bawah", None), getattr(row, "atas", None))
        for row in frame.itertuples(index=False)
    ]


def _ranked_bars(frame: pd.DataFrame) -> dict:
    return {
        "type": "bar",
        "x": frame["nilai"].tolist(),
        "y": list(range(len(frame))),
        "orientation": "h",
        "width": 0.62,
        "name": "nilai",
        "showlegend": False,
        "error_x": _whiskers(frame) if _has_interval(frame) else {},
        "marker": {"color": NEUTRAL_BAR, "line": {"color": EDGE, "width": 0.6}},
        "customdata": frame["kunci"].tolist(),
        "hovertext": _ranked_hover(frame),
        "hovertemplate": _HOVER_TEMPLATE,
        **NO_FADING,
    }


def ranked(
    frame: pd.DataFrame,
    *,
    unit: str,
    reference: float | None = None,
    reference_label: str = "Nasional",
    ascending: bool = False,
) -> go.Figure:
    """Groups in order of their value, with interval whiskers and a line at a reference value.

    One row per group: kunci, nama, nilai (NaN: no number, listed last), tampil, n; optional bawah, atas, catatan.
    `unit` is the heading. The highest value is on top unless `ascending`. Bars carry kunci as customdata. Raises
    ValueError for missing columns.
    """
    require_columns(frame, "kunci", "nama", "nilai", "tampil", "n")
    frame = frame.sort_values(
        "nilai", ascending=ascending, na_position="last", kind="stable", ignore_index=True
    )
    traces = [_ranked_bars(frame)]
    if not pd.isna(reference):
        traces.append(_reference_line(reference, reference_label, row_count=len(frame)))
    if _has_interval(frame):
        traces.append(_interval_entry())
    labels, heading, alone = _row_labels(frame), wrap(unit), len(traces) == 1
    if alone:
        traces.append(no_entry())
    row_height = LINE_HEIGHT * max((line_count(label) for label in labels), default=1) + ROW_PADDING
    room = LINE_HEIGHT * line_count(heading) + (HEADING_ROOM if alone else LEGEND_ROOM)
    return drawn(
        traces,
        base_layout(height=row_height * len(labels) + room + AXIS_ROOM),
        showlegend=True,
        margin={"t": room},
        legend=heading_from_left(heading, alone=alone),
        xaxis=number_axis() | {"nticks": 5},
        yaxis=_label_axis(labels),
    )


def _composition_part(part: pd.DataFrame, status: Status, *, position: dict[str, int]) -> dict:
    return {
        "type": "bar",
        "x": part["nilai"].tolist(),
        "y": part["kunci"].map(position).tolist(),
        "orientation": "h",
        "width": 0.4,
        "name": plain(part["nama_status"].iloc[0]),
        "text": [plain(text) for text in part["tampil"]],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"size": SMALL_FONT_SIZE, "color": text_on(STATUS_COLOURS[status])},
        "marker": status_marker(status),
        "customdata": part["kunci"].tolist(),
        "hovertext": [
            f"<b>{plain(row.nama)}</b><br>{plain(row.nama_status)}: {plain(row.tampil)}"
            for row in part.itertuples(index=False)
        ],
        "hovertemplate": _HOVER_TEMPLATE,
        **NO_FADING,
    }


def _group_names(groups: pd.DataFrame) -> list[str]:
    if "tampil_total" not in groups:
        return [wrap(nama) for nama in groups["nama"]]
    return [f"{wrap(row.nama)}  <b>{plain(row.tampil_total)}</b>" for row in groups.itertuples(index=False)]


def composition(frame: pd.DataFrame, *, unit: str) -> go.Figure:
    """Groups (klaster, jenis, provinsi) as bars divided by status; groups keep the order of the frame.

    One row per group and status: kunci, nama (of the group), status, nama_status, nilai (NaN: not shown), tampil;
    optional tampil_total, shown beside the group's name. A count is printed in its part where it fits. `unit` is
    the heading. Raises ValueError for missing columns.
    """
    require_columns(frame, "kunci", "nama", "status", "nama_status", "nilai", "tampil")
    groups = frame.drop_duplicates("kunci")
    position = {kunci: row for row, kunci in enumerate(groups["kunci"])}
    parts = [
        _composition_part(part, status, position=position)
        for status in Status
        if not (part := frame[frame["status"] == status.value]).empty
    ]
    return drawn(
        [*parts, names_above(_group_names(groups), half_bar=0.23)],
        base_layout(height=COMPOSITION_ROW * len(groups) + COMPOSITION_ROOM, heading=wrap(unit)),
        showlegend=True,
        barmode="stack",
        uniformtext={"minsize": SMALL_FONT_SIZE, "mode": "hide"},
        xaxis=number_axis() | {"nticks": 5},
        yaxis={"visible": False, "fixedrange": True, "range": [len(groups) - 0.7, -0.8]},
    )
