"""What becomes of cases day by day: stacked outcomes, and one line per quarter. Tables in, figures out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    INK,
    PAGE_TEXT,
    PAPER,
    SEQUENTIAL,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    base_layout,
    drawn,
    number_axis,
    plain,
    require_columns,
    wrap,
)
from lib.domain import Status
from lib.numbers_id import HOLD

# From the bottom: the end that is wanted, the two other ends, those still open. Colour and pattern both tell.
COLOURS = {
    "terselesaikan": STATUS_COLOURS[Status.TERSELESAIKAN],
    "dialihkan": STATUS_COLOURS[Status.DITUTUP_LAINNYA],
    "berhenti": "#5A6675",
    "terbuka": SEQUENTIAL[0],
}
PATTERNS = {"terselesaikan": "", "dialihkan": "/", "berhenti": "x", "terbuka": "."}
HEIGHT = 420
NAMES_FROM = 0.4  # share of the axis that must be drawn: names would hang over narrower areas
LABEL_FROM = 8.0  # percentage points a band needs to hold its name
# Share of the axis from which end labels stand left of their marks, above and below in turn: on a telephone the name
# right of one mark would meet that left of the next.
END_LABEL_LEFT_FROM = 0.5
UNTIL_NOTE_FROM = 0.25  # share of the axis that must be empty for the remark
# From the newest quarter to the oldest; colours repeat, dashes and marks do not.
LINES = (
    *(("solid", "circle"), ("dash", "square"), ("dot", "diamond"), ("dashdot", "x")),
    *(("longdash", "triangle-up"), ("longdashdot", "cross"), ("8px,2px", "star"), ("2px,8px", "hexagon")),
)
LINE_COLOURS = SEQUENTIAL[:0:-1]


def outcomes(
    frame: pd.DataFrame, *, names: dict[str, str], heading: str, days: int, marks: tuple[int, ...]
) -> go.Figure:
    """The four outcomes as areas stacked to 100 percent over the days 0..`days`, with lines at the days `marks`.

    One row per day that may be shown: hari, terselesaikan, dialihkan, berhenti, terbuka (percent). `names` gives the
    outcomes' names; a band that is high enough carries its own. Example: 40, 0, 10 and 50 on day 30 -> the upper edges
    40, 40, 50 and 100. Raises ValueError for missing columns.
    """
    require_columns(frame, "hari", *COLOURS)
    until = int(frame["hari"].max()) if len(frame) else 0
    shares = frame[list(COLOURS)].to_numpy().tolist()
    traces = [_area(frame, name, names[name]) for name in COLOURS]
    # One label for all areas, written by the browser: a text for each day would be most of the chart.
    traces[-1] |= {"customdata": shares, "hovertemplate": _hover(names), "hoverinfo": "text"}
    shown_marks = [day for day in marks if day <= until]
    return drawn(
        traces,
        base_layout(height=HEIGHT, heading=wrap(heading)),
        showlegend=True,
        hovermode="x",
        shapes=[_mark(day) for day in shown_marks],
        annotations=[
            *_band_names(frame, names, days),
            *(_mark_name(day) for day in shown_marks),
            *_note(until, days),
        ],
        xaxis={
            **number_axis(),
            "range": [0, days],
            "tickvals": [0, *marks, *([270, days] if days > 300 else [days])],
            "title": {"text": "hari sejak terdata", "font": SMALL_TEXT_FONT, "standoff": 6},
            "showgrid": False,
        },
        yaxis=number_axis() | {"range": [0, 107], "tickvals": [0, 25, 50, 75, 100], "ticksuffix": " %"},
    )


def _hover(names: dict[str, str]) -> str:
    lines = (f"{plain(names[name])}: {_percent(f'customdata[{i}]')}" for i, name in enumerate(COLOURS))
    return "<br>".join(["<b>Hari %{x}</b>", *lines]) + "<extra></extra>"


def _percent(variable: str) -> str:
    """What the browser writes as `persen` does, but for halves. Example: "y" -> "%{y:,.1f}", held space, "%"."""
    return f"%{{{variable}:,.1f}}{HOLD}%"


def _area(frame: pd.DataFrame, name: str, label: str) -> dict:
    return {
        "type": "scatter",
        "x": frame["hari"].tolist(),
        "y": frame[name].tolist(),
        "stackgroup": "nasib",
        "mode": "lines",
        "line": {"width": 1, "color": EDGE},
        "fillcolor": COLOURS[name],
        "fillpattern": {
            "shape": PATTERNS[name],
            "fgcolor": EDGE if name == "terbuka" else PAPER,
            "bgcolor": COLOURS[name],
            "fgopacity": 0.6,
            "size": 9,
            "solidity": 0.15,
        },
        "name": plain(label),
        "hoverinfo": "skip",
    }


def _band_names(frame: pd.DataFrame, names: dict[str, str], days: int) -> list[dict]:
    """The name in each band that can hold it, where it is highest among the middle days."""
    if len(frame) < NAMES_FROM * days:
        return []
    middle = frame.iloc[len(frame) // 6 : -max(len(frame) // 6, 1)]
    below, labels = 0.0 * middle["terbuka"], []
    for name in COLOURS:
        height = middle[name]
        place = height.idxmax()
        if height[place] >= LABEL_FROM:
            labels.append(
                {
                    "x": int(middle.loc[place, "hari"]),
                    "y": float(below[place] + height[place] / 2),
                    "text": f"<b>{plain(names[name])}</b>",
                    "showarrow": False,
                    # On paper, so that the pattern does not run through the letters, on a dark page too.
                    "font": {"size": 13, "color": INK},
                    "bgcolor": PAPER,
                    "borderpad": 2,
                }
            )
        below = below + height
    return labels


def _mark(day: int) -> dict:
    return {
        "type": "line",
        "x0": day,
        "x1": day,
        "y0": 0,
        "y1": 100,
        "line": {"color": PAGE_TEXT, "width": 1.5, "dash": "dot"},
    }


def _mark_name(day: int) -> dict:
    return {
        "x": day,
        "y": 100,
        "yanchor": "bottom",
        "text": f"hari {day}",
        "showarrow": False,
        "font": SMALL_TEXT_FONT,
    }


def _note(until: int, days: int) -> list[dict]:
    """Why the rest of the axis is empty, where there is room to say it."""
    if (days - until) / days < UNTIL_NOTE_FROM:
        return []
    return [
        {
            "x": (until + days) / 2,
            "y": 50,
            "text": "belum cukup<br>lama dipantau",
            "showarrow": False,
            "font": SMALL_TEXT_FONT,
        }
    ]


def quarters(frame: pd.DataFrame, *, heading: str, days: int, marks: tuple[int, ...]) -> go.Figure:
    """The percentage terselesaikan by day, one line per quarter, each until its last reliable day.

    One row per quarter and day: nama, kode (short, beside the end of the line), hari, terselesaikan, n, andal_sampai;
    later days are not drawn. Lines differ by dashes and by the mark at their end too; at most eight quarters. Raises
    ValueError for missing columns.
    """
    require_columns(frame, "nama", "kode", "hari", "terselesaikan", "n", "andal_sampai")
    kept = frame[(frame["hari"] <= frame["andal_sampai"]) & frame["terselesaikan"].notna()]
    names = [name for name in dict.fromkeys(frame["nama"]) if name in set(kept["nama"])]
    # The newest quarter is drawn last, on top of the others, and has the strongest line.
    traces = [
        trace
        for position, name in reversed(list(enumerate(reversed(names))))
        for trace in _line(kept[kept["nama"] == name], name, position=position, days=days)
    ]
    return drawn(
        traces,
        base_layout(height=HEIGHT, heading=wrap(heading)),
        showlegend=True,
        shapes=[_mark(day) | {"line": {"color": EDGE, "width": 1, "dash": "dot"}} for day in marks],
        xaxis={
            **number_axis(),
            "range": [0, days * 1.02],
            "tickvals": [0, *marks, *([270, days] if days > 300 else [days])],
            "title": {"text": "hari sejak terdata", "font": SMALL_TEXT_FONT, "standoff": 6},
            "showgrid": False,
        },
        yaxis=number_axis() | {"ticksuffix": " %"},
    )


def _beside_end(share: float, position: int) -> str:
    """Where the name of a line stands at its end, `share` of the axis: right of it where there is room.

    The lines run from low left to high right, so below them is free; two that end at the edge take both sides.
    """
    if share < END_LABEL_LEFT_FROM:
        return "bottom right"
    return "bottom left" if position % 2 else "top left"


def _line(part: pd.DataFrame, name: str, *, position: int, days: int) -> list[dict]:
    """The line of a quarter, and the mark with its name at the end, which also stands in the legend.

    Two traces: marks and texts of one trace are drawn at every day, also those of no size.
    """
    n, colour = part["n"].iloc[0], LINE_COLOURS[position % len(LINE_COLOURS)]
    dash, symbol = LINES[position % len(LINES)]
    line = {
        "type": "scatter",
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "cliponaxis": False,
        "legendgroup": plain(name),
    }
    days_of = {
        "x": part["hari"].tolist(),
        "y": part["terselesaikan"].tolist(),
        "mode": "lines",
        "showlegend": False,
        "hovertemplate": f"<b>{plain(name)}</b><br>hari %{{x}}: {_percent('y')}<extra></extra>",
    }
    end = {
        "x": [part["hari"].iloc[-1]],
        "y": [part["terselesaikan"].iloc[-1]],
        "mode": "lines+markers+text",
        "text": [f"<b>{plain(part['kode'].iloc[0])}</b>"],
        "textposition": _beside_end(part["hari"].iloc[-1] / days, position),
        "textfont": SMALL_TEXT_FONT,
        "marker": {"symbol": symbol, "color": colour, "size": 10},
        "name": f"{plain(name)} (n = {n:,.0f})".replace(",", "."),
        "hoverinfo": "skip",
    }
    return [line | days_of, line | end]
