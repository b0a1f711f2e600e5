"""The last step before the screen: a figure with all its looks written out, so that the browser draws it once.

Streamlit's own theme is a template that its front end puts into a chart after the chart was drawn; a template that
is a new object makes the drawing library draw everything a second time. The same looks stand here, in colours of
the light and of the dark page, and the chart goes out without a template. `datarevision` says that the arrays are
the same ones: what is shown never changes inside a chart, a changed chart is a new one.
"""

from __future__ import annotations

import re

import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure

from lib.charts.foot import Foot, with_foot
from lib.charts.room import with_room
from lib.charts.theme import CLEAR, PAGE_TEXT, completed, for_dark, parts

FONTS = "'Plus Jakarta Sans', 'Segoe UI', Roboto, Arial, sans-serif"
AXIS = re.compile(r"[xy]axis\d*")
CARTESIAN = ("bar", "scatter")
# Per page, light and dark: strong text, faint text, the line of source, lines behind a chart, ground,
# frame of a hover label.
TEXT = {False: "#262730", True: "#FAFAFA"}
FAINT = {False: "#808495", True: "#E6EAF1"}
SOURCE = {False: "#5B6B7F", True: "#AAB6C5"}
GRID = {False: "#E6EAF1", True: "#31333F"}
GROUND = {False: "#FFFFFF", True: "#0C1624"}
FRAME = {False: "#DDE3EC", True: "#2A3B52"}
# Colours of marks that name none, in the order of the traces.
COLOURS = {
    False: [
        "#0B4F8A",
        "#E08A00",
        "#0E8A7B",
        "#94A0AE",
        "#7A4FA3",
        "#C2506B",
        "#4F94C8",
        "#8A6D1F",
        "#3F7D4E",
        "#5B6B7F",
    ],
    True: [
        "#2F80C6",
        "#E08A00",
        "#0E8A7B",
        "#94A0AE",
        "#A884CC",
        "#DE7F95",
        "#8FC1EA",
        "#C9A94A",
        "#6FB07E",
        "#AAB6C5",
    ],
}


class Sent(BaseFigure):
    """A finished figure on its way to the page, as the plain parts that are sent.

    A figure of the library copies all its parts when it is made and again each time it is read, which takes longer
    than choosing the colours.
    """

    def __init__(self, data: list[dict], layout: dict) -> None:
        self._parts = {"data": data, "layout": layout}

    def to_dict(self) -> dict:
        """Its parts, not copied."""
        return self._parts


def on_page(figure: go.Figure, *, dark: bool, selectable: bool = False, foot: Foot | None = None) -> Sent:
    """A copy of a figure for the light or the dark page, for `st.plotly_chart(..., theme=None)`.

    What the figure sets itself stays. A chart whose marks are `selectable` starts with the modes that Streamlit
    would give it later. `foot` is its last line. Example: an x axis without `showgrid` gets no grid, `PAGE_TEXT`
    becomes near black or near white.
    """
    plain = for_dark(figure) if dark else parts(figure)
    layout = {key: value for key, value in plain["layout"].items() if key != "template"}
    traces = [_trace(each) for each in plain["data"]]
    axes = {name for name in layout if AXIS.fullmatch(name)} | _axes_of(traces)
    if selectable:
        layout |= {
            "clickmode": layout.get("clickmode") or "event+select",
            "dragmode": layout.get("dragmode") or "pan",
        }
    looks = _looks(dark=dark) | {name: _axis(name, layout.get(name, {}), dark=dark) for name in axes}
    # A ground of its own: a picture of a dark page without one is white type on a white slide.
    layout = completed(looks, layout) | {"paper_bgcolor": GROUND[dark]}
    layout = with_room(layout, traces)
    if foot is not None:
        layout = with_foot(layout, foot, colour=SOURCE[dark])
    data, layout = _with_text_colour([traces, layout], TEXT[dark])
    # Without a template of its own the library would send its default one.
    return Sent(data, layout | {"template": None})


def _with_text_colour(part: object, colour: str) -> object:
    """A part of a figure with `colour` for PAGE_TEXT, also where it stands within a text as markup."""
    if isinstance(part, dict):
        return {key: _with_text_colour(value, colour) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_with_text_colour(value, colour) for value in part]
    return part.replace(PAGE_TEXT, colour) if isinstance(part, str) else part


def _looks(*, dark: bool) -> dict:
    faint = {"color": FAINT[dark], "size": 12}
    return {
        "datarevision": "tetap",
        "colorway": COLOURS[dark],
        "font": {"family": FONTS, "weight": 400} | faint,
        "legend": {
            "title": {"font": faint, "side": "top"},
            "valign": "top",
            "bordercolor": CLEAR,
            "borderwidth": 0,
            "font": {"size": 12, "color": TEXT[dark]},
        },
        "paper_bgcolor": GROUND[dark],
        "plot_bgcolor": GROUND[dark],
        "margin": {"pad": 8, "r": 0, "l": 0},
        "hoverlabel": {
            "bgcolor": GROUND[dark],
            "bordercolor": FRAME[dark],
            "font": {"family": FONTS} | faint,
        },
    }


def _axis(name: str, own: dict, *, dark: bool) -> dict:
    faint, grid = FAINT[dark], GRID[dark]
    looks = {
        "automargin": True,
        "gridcolor": grid,
        "zerolinecolor": grid,
        "tickfont": {"color": faint, "size": 12},
    }
    if own.get("ticks"):
        looks["tickcolor"] = grid  # a colour alone would bring tick marks with it
    if name.startswith("x"):
        looks |= {"showgrid": False, "zeroline": False}
    else:
        # The margin holds every name; else the library measures each one, to hide those that do not fit.
        looks["ticklabeloverflow"] = "allow"
    if "title" in own:
        looks["title"] = {
            "font": {"color": faint, "size": 14},
            "standoff": 20 if name.startswith("x") else 24,
        }
    return looks


def _trace(trace: dict) -> dict:
    """A trace whose dots have no rim unless it has one of its own."""
    if trace.get("type", "scatter") != "scatter":
        return trace
    return completed({"marker": {"line": {"width": 0}}}, trace)


def _axes_of(traces: list[dict]) -> set[str]:
    """Names of the axes that traces are drawn on. Example: a trace on "y2" -> {"xaxis", "yaxis2"}."""
    drawn_on = [each for each in traces if each.get("type", "scatter") in CARTESIAN]
    return {
        f"{axis}axis{each.get(f'{axis}axis', axis).removeprefix(axis)}" for each in drawn_on for axis in "xy"
    }
