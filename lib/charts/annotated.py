"""Notes on a monthly chart: a thin line at the day of each, numbered as in the list below the chart."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence

import plotly.graph_objects as go

from lib.charts.theme import CLEAR, PAGE_TEXT, PAPER, SMALL_FONT_SIZE, wrap
from lib.numbers_id import tanggal

LABEL_GROUND = "#44546A"  # 7:1 under white figures, on the light and on the dark page
NEAR = 0.6  # months: numbers closer than this stand below each other
LABEL_HEIGHT = 20
# Of the plot's height: values that are drawn from zero, and the number beside the last one, lie higher.
LABEL_PLACE = 0.15


def place(day: dt.date, months: Sequence[str]) -> float | None:
    """Where a day lies on an axis of months, whose points stand in the middle of theirs; None outside.

    Example: 16 November 2026 on ("2026-10", "2026-11") -> 1 + 15.5 / 30 - 0.5 = 1.0167.
    """
    name = f"{day.year:04d}-{day.month:02d}"
    if name not in months:
        return None
    length = calendar.monthrange(day.year, day.month)[1]
    return list(months).index(name) + (day.day - 0.5) / length - 0.5


def annotated(figure: go.Figure, marks: Sequence[tuple[int, dt.date, str]]) -> go.Figure:
    """The same figure with a line per mark (number, day, words) that lies in its months; the words are in the hover.

    The months are the categories of the x axis; a figure without marks stays as it is.
    """
    months = list(figure.layout.xaxis.categoryarray or ())
    level, before = 0, None
    for number, day, words in sorted(marks, key=lambda mark: mark[1]):
        x = place(day, months)
        if x is None:
            continue
        level = level + 1 if before is not None and x - before < NEAR else 0
        before = x
        figure.add_shape(
            type="line",
            xref="x",
            yref="paper",
            x0=x,
            x1=x,
            y0=0,
            y1=1,
            line={"color": PAGE_TEXT, "width": 1, "dash": "dash"},
        )
        figure.add_annotation(
            xref="x",
            yref="paper",
            x=x,
            y=LABEL_PLACE,
            yanchor="bottom",
            yshift=-LABEL_HEIGHT * level,
            text=f"<b>{number}</b>",
            showarrow=False,
            bgcolor=LABEL_GROUND,
            bordercolor=CLEAR,
            borderpad=2,
            font={"size": SMALL_FONT_SIZE, "color": PAPER},
            hovertext=f"<b>{tanggal(day)}</b><br>{wrap(words)}",
        )
    return figure
