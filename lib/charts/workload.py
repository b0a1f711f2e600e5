"""The load of pendamping and their times: tables in, figures out. Nobody is ranked by a result."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    HEADING_ROOM,
    LINE_HEIGHT,
    NEUTRAL_BAR,
    NO_FADING,
    PAGE_TEXT,
    PAPER,
    SMALL_FONT_SIZE,
    SMALL_TEXT_FONT,
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
    text_on,
    wrap,
)
from lib.domain import Pita
from lib.numbers_id import angka

BAND_COLOURS = {Pita.WAJAR: "#93BEE0", Pita.TINGGI: "#C9963C", Pita.BERLEBIH: "#8F5A1B"}
# Told apart by pattern as well, for readers and printers that do not see the hues.
BAND_PATTERNS = {Pita.WAJAR: "", Pita.TINGGI: "/", Pita.BERLEBIH: "x"}
SPREAD_COLOUR = NEUTRAL_BAR
HISTOGRAM_HEIGHT = 360
NAME_WIDTH = 28  # characters of a row's name on one line
HEADING_WIDTH = 40  # characters of a heading inside a frame on a telephone
WHOLE_STEPS_UNTIL = 5
ROW_PADDING = 11
AREA_ROW = 32  # holds two lines of a name; the same in two figures side by side
PERSON_ROW = 18
LEGEND_ROOM = 64  # three entries below each other, as on a telephone
AXIS_ROOM = 44
_HOVER_TEMPLATE = "%{hovertext}<extra></extra>"


def band_marker(pita: Pita) -> dict:
    """Colour, hairline and pattern of a band in every chart."""
    return {
        "color": BAND_COLOURS[pita],
        "line": {"color": EDGE, "width": 0.6},
        "pattern": {
            "shape": BAND_PATTERNS[pita],
            "fillmode": "overlay",
            "fgcolor": PAPER,
            "fgopacity": 0.6,
            "size": 7,
            "solidity": 0.2,
        },
    }


def load_histogram(frame: pd.DataFrame, *, heading: str, labels: dict[Pita, str]) -> go.Figure:
    """How many pendamping hold 0, 1, 2, ... open cases, in the three bands.

    One row per number of open cases, none left out: terbuka, pita, n (pendamping). `labels` names each band with
    its limits; the legend adds how many pendamping are in it, zero included. Raises ValueError for missing columns.
    """
    require_columns(frame, "terbuka", "pita", "n")
    return drawn(
        [_histogram_part(frame[frame["pita"] == pita.value], pita, labels[pita]) for pita in Pita],
        base_layout(height=HISTOGRAM_HEIGHT, heading=wrap(heading, width=HEADING_WIDTH)),
        showlegend=True,
        barmode="overlay",
        bargap=0.12,
        margin={"b": AXIS_ROOM},
        xaxis=number_axis()
        | {
            "range": [-0.7, max(frame["terbuka"].max(), 1) + 0.7],
            "showgrid": False,
            "title": {"text": "kasus terbuka per pendamping", "font": SMALL_TEXT_FONT, "standoff": 6},
        },
        yaxis=count_axis(frame["n"].max()),
    )


def _histogram_part(part: pd.DataFrame, pita: Pita, label: str) -> dict:
    return {
        "type": "bar",
        "x": part["terbuka"].tolist(),
        "y": part["n"].tolist(),
        "name": f"{plain(label)}: <b>{angka(part['n'].sum())}</b>",
        "marker": band_marker(pita),
        "hovertext": [
            f"<b>{angka(row.terbuka)} kasus terbuka</b><br>{angka(row.n)} pendamping"
            for row in part.itertuples(index=False)
        ],
        "hovertemplate": _HOVER_TEMPLATE,
    }


def bands_by_area(
    frame: pd.DataFrame, *, heading: str, labels: dict[Pita, str], longest: float | None = None
) -> go.Figure:
    """Areas as bars of pendamping divided by band; areas keep the order of the frame.

    One row per area and band: kunci, nama, pita, n (pendamping). Beside the name stands how many are above the
    limit, out of all. `longest` ends the axis, so that two figures side by side compare. Bars carry kunci as
    customdata. Raises ValueError for missing columns.
    """
    require_columns(frame, "kunci", "nama", "pita", "n")
    areas = frame.drop_duplicates("kunci")
    position = {kunci: row for row, kunci in enumerate(areas["kunci"])}
    above = frame[frame["pita"] != Pita.WAJAR.value].groupby("kunci")["n"].sum()
    whole = frame.groupby("kunci")["n"].sum()
    names = [
        f"{wrap(row.nama, width=NAME_WIDTH)}  <b>{angka(above.get(row.kunci, 0))}</b>/{angka(whole[row.kunci])}"
        for row in areas.itertuples(index=False)
    ]
    parts = [
        _area_part(frame[frame["pita"] == pita.value], pita, labels[pita], position=position) for pita in Pita
    ]
    longest = whole.max() if longest is None else longest
    figure = _rows(parts, names, heading=heading, legend=True, longest=longest, row_height=AREA_ROW)
    figure.layout.xaxis.range = [0, longest * 1.02]
    return figure


def _area_part(part: pd.DataFrame, pita: Pita, label: str, *, position: dict[str, int]) -> dict:
    return {
        "type": "bar",
        "x": part["n"].tolist(),
        "y": part["kunci"].map(position).tolist(),
        "orientation": "h",
        "width": 0.8,
        "name": plain(label),
        "text": [angka(n) if n else "" for n in part["n"]],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"size": SMALL_FONT_SIZE, "color": text_on(BAND_COLOURS[pita])},
        "marker": band_marker(pita),
        "customdata": part["kunci"].tolist(),
        "hovertext": [
            f"<b>{plain(row.nama)}</b><br>{plain(label)}: {angka(row.n)} pendamping"
            for row in part.itertuples(index=False)
        ],
        "hovertemplate": _HOVER_TEMPLATE,
        **NO_FADING,
    }


def ordered_bars(frame: pd.DataFrame, *, heading: str) -> go.Figure:
    """Groups as bars in the order of the frame: age bands, steps, grades have an order of their own.

    One row per group: kunci, nama, nilai (NaN: no number), tampil; optional n. Raises ValueError for missing
    columns.
    """
    require_columns(frame, "kunci", "nama", "nilai", "tampil")
    names = [
        f"{wrap(row.nama, width=NAME_WIDTH)}  <b>{plain(row.tampil)}</b>"
        for row in frame.itertuples(index=False)
    ]
    bar = {
        "type": "bar",
        "x": frame["nilai"].tolist(),
        "y": list(range(len(frame))),
        "orientation": "h",
        "width": 0.62,
        "showlegend": False,
        "marker": {"color": NEUTRAL_BAR, "line": {"color": EDGE, "width": 0.6}},
        "customdata": frame["kunci"].tolist(),
        "hovertext": [
            hover_text(row.nama, row.tampil, n=getattr(row, "n", None))
            for row in frame.itertuples(index=False)
        ],
        "hovertemplate": _HOVER_TEMPLATE,
    }
    row_height = LINE_HEIGHT * max((line_count(name) for name in names), default=1) + ROW_PADDING
    return _rows(
        [bar], names, heading=heading, legend=False, longest=frame["nilai"].max(), row_height=row_height
    )


def _rows(
    parts: list[dict], names: list[str], *, heading: str, legend: bool, longest: float, row_height: int
) -> go.Figure:
    """Horizontal bars, one row per name, the first on top; the heading starts at the left edge."""
    return drawn(
        parts if legend else [*parts, no_entry()],
        _layout_of_rows(row_height * max(len(names), 1), heading, legend=legend),
        barmode="stack",
        uniformtext={"minsize": SMALL_FONT_SIZE, "mode": "hide"},
        xaxis=count_axis(longest),
        yaxis=_row_axis(names),
    )


def _layout_of_rows(height: int, heading: str, *, legend: bool) -> dict:
    """Heading and legend above the rows, both from the left edge of the figure rather than of the bars."""
    heading = wrap(heading, width=HEADING_WIDTH)
    room = LINE_HEIGHT * line_count(heading) + (LEGEND_ROOM if legend else HEADING_ROOM)
    layout = base_layout(height=height + room + AXIS_ROOM)
    layout["showlegend"] = True
    layout["margin"] |= {"t": room}
    layout["legend"] |= heading_from_left(heading, alone=not legend)
    return layout


def count_axis(longest: float) -> dict:
    """From zero; whole steps where the library would take halves of a person or a case."""
    return number_axis() | ({"dtick": 1} if longest <= WHOLE_STEPS_UNTIL else {"nticks": 4})


def _row_axis(names: list[str]) -> dict:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "range": [len(names) - 0.4, -0.6],
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": SMALL_TEXT_FONT,
    }


def person_times(
    frame: pd.DataFrame,
    *,
    heading: str,
    reference: float | None,
    reference_label: str,
    spread: tuple[float, float] | None,
    spread_label: str,
) -> go.Figure:
    """One dot with its interval per pendamping, in the order of the frame; one colour for all, for no verdict.

    One row per pendamping: kunci, nama, nilai, bawah, atas (NaN: the limit is not reached), tampil, n, selesai
    (I05M as text, for the hover). `reference` is the province's own figure as a dashed line, `spread` the limits
    of the band behind. Raises ValueError for missing columns.
    """
    require_columns(frame, "kunci", "nama", "nilai", "bawah", "atas", "tampil", "n", "selesai")
    bottom, top = len(frame) - 0.4, -0.6
    traces = []
    if spread is not None:
        low, high = spread
        traces.append(
            {
                "type": "scatter",
                "x": [low, high, high, low],
                "y": [top, top, bottom, bottom],
                "fill": "toself",
                "fillcolor": SPREAD_COLOUR,
                "opacity": 0.18,
                "mode": "lines",
                "line": {"width": 0, "color": SPREAD_COLOUR},
                "name": f"{plain(spread_label)}: <b>{angka(low, decimals=0)}–{angka(high, decimals=0)}</b>",
                "hoverinfo": "skip",
            }
        )
    if not pd.isna(reference):
        traces.append(
            {
                "type": "scatter",
                "x": [reference, reference],
                "y": [top, bottom],
                "mode": "lines",
                "line": {"color": PAGE_TEXT, "width": 1.5, "dash": "dash"},
                "name": f"{plain(reference_label)}: <b>{angka(reference, decimals=0)}</b>",
                "hoverinfo": "skip",
            }
        )
    traces.append(_person_dots(frame))
    return drawn(
        traces,
        _layout_of_rows(PERSON_ROW * max(len(frame), 3), heading, legend=True),
        xaxis=number_axis() | {"nticks": 6},
        yaxis=_row_axis([plain(nama) for nama in frame["nama"]]),
    )


def _person_dots(frame: pd.DataFrame) -> dict:
    return {
        "type": "scatter",
        "x": frame["nilai"].tolist(),
        "y": list(range(len(frame))),
        "mode": "markers",
        "marker": {"color": NEUTRAL_BAR, "size": 9, "line": {"color": EDGE, "width": 0.6}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            # An absent limit draws no arm.
            "array": (frame["atas"] - frame["nilai"]).clip(lower=0).fillna(0).tolist(),
            "arrayminus": (frame["nilai"] - frame["bawah"]).clip(lower=0).fillna(0).tolist(),
            "color": PAGE_TEXT,
            "thickness": 1.2,
            "width": 3,
        },
        "name": "median dan rentang 95 % tiap pendamping",
        "customdata": frame["kunci"].tolist(),
        "hovertext": [
            hover_text(row.nama, f"separuh kasus ditutup: {row.tampil}", n=row.n)
            + interval_line(row.bawah, row.atas)
            + f"<br>separuh kasus selesai: {plain(row.selesai)}"
            for row in frame.itertuples(index=False)
        ],
        "hoverinfo": "text",
        **NO_FADING,
    }
