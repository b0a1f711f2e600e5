"""Margins that hold the names of the axes before the browser has measured them."""

from __future__ import annotations

import pytest

from lib.charts.foot import written
from lib.charts.page import on_page
from lib.charts.room import BELOW, BESIDE, HALF_A_NUMBER, SPARE, with_room
from lib.charts.theme import base_layout, drawn

NUMBERS = {"tickformat": ",", "tickangle": 0, "tickfont": {"size": 12}}
MONTHS = {"ticktext": ["Nov<br>2025", "Des"], "tickangle": 0, "tickfont": {"size": 12}}
TITLE = {"title": {"text": "kasus", "font": {"size": 12}}}
HIDDEN = {"visible": False}
SERIES = [{"type": "scatter", "x": ["a", "b"], "y": [1200.0, 2943.0]}]
ONE_LINE, TWO_LINES = 16 + BELOW + SPARE, 32 + BELOW + SPARE


def margin_of(traces: list[dict], **layout) -> dict:
    return with_room(layout, traces).get("margin", {})


def beside(**axis) -> int:
    """Left margin for the names of one y axis, less what is always there."""
    traces = axis.pop("traces", SERIES)
    return margin_of(traces, xaxis=NUMBERS, yaxis=NUMBERS | axis)["l"] - BESIDE - SPARE


@pytest.mark.parametrize(
    ("x", "height"),
    [
        (NUMBERS, ONE_LINE),
        (MONTHS, TWO_LINES),
        (NUMBERS | TITLE, TWO_LINES),
        (NUMBERS | {"tickfont": {"size": 24}}, 32 + BELOW + SPARE),
    ],
)
def test_the_lower_margin_holds_every_line_below(x, height):
    assert margin_of(SERIES, xaxis=x, yaxis=NUMBERS)["b"] == height


def test_the_foot_comes_below_the_names():
    foot = written(["DATA SIMULASI", "data per 20 November 2026"])
    figure = drawn(SERIES, base_layout(height=200), xaxis=NUMBERS, yaxis=NUMBERS)
    layout = on_page(figure, dark=False, foot=foot).to_plotly_json()["layout"]
    assert layout["margin"]["b"] == ONE_LINE + foot.height
    # In room that is there the library lowers no line.
    assert not layout["title"]["automargin"]


# As wide as the browser draws them, measured there: 31 to 37 pixels for "2.500", 14 to 16 for "80".
@pytest.mark.parametrize(
    ("axis", "least", "most"),
    [
        ({}, 32, 40),
        ({"range": [0, 80]}, 14, 18),
        ({"range": [0, 107], "ticksuffix": " %"}, 33, 42),
        ({"range": [-80, 80]}, 20, 26),
        ({"range": [0, 0.4]}, 15, 22),
        ({"ticktext": ["Kalimantan Selatan"]}, 106, 110),
        ({"ticktext": ["Kalimantan<br>Selatan", "Bali"]}, 60, 72),
        ({"ticktext": ["Lansia &amp; <b>1.200</b>"]}, 75, 95),
    ],
)
def test_the_left_margin_holds_the_widest_name(axis, least, most):
    assert least <= beside(**axis) <= most


def test_bold_names_are_wider_and_markup_has_no_width():
    assert beside(ticktext=["Bali"]) < beside(ticktext=["<b>Bali</b>"]) < beside(ticktext=["Bali Bali"])


def test_stacked_bars_count_together():
    parts = [{"type": "bar", "x": ["a", "b"], "y": [600, 10]}] * 2
    alone = margin_of(parts, xaxis=MONTHS, yaxis=NUMBERS, barmode="group")["l"]
    assert margin_of(parts, xaxis=MONTHS, yaxis=NUMBERS, barmode="stack")["l"] > alone


def test_of_two_axes_at_the_left_the_wider_counts():
    low = SERIES[0] | {"y": [1, 9]}
    both = {"xaxis": MONTHS, "yaxis": NUMBERS, "yaxis2": NUMBERS}
    assert margin_of([low, SERIES[0] | {"yaxis": "y2"}], **both) == margin_of(
        SERIES, xaxis=MONTHS, yaxis=NUMBERS
    )


def test_beside_a_hidden_axis_there_is_room_for_half_a_number():
    assert margin_of([], xaxis=NUMBERS, yaxis=HIDDEN)["l"] == HALF_A_NUMBER + SPARE


def test_a_larger_margin_of_the_chart_stays():
    margin = {"l": 400, "r": 3, "b": 1}
    layout = with_room({"xaxis": NUMBERS, "yaxis": NUMBERS, "margin": margin}, SERIES)
    assert layout["margin"] == {"l": 400, "r": 3, "b": ONE_LINE}
    assert margin == {"l": 400, "r": 3, "b": 1}


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"xaxis": NUMBERS | HIDDEN, "yaxis": NUMBERS},
        {"xaxis": {"type": "date"}, "yaxis": NUMBERS},
        {"xaxis": NUMBERS | {"tickangle": 45}, "yaxis": NUMBERS},
        {"xaxis": NUMBERS, "xaxis2": NUMBERS, "yaxis": NUMBERS},
        {"xaxis": NUMBERS, "yaxis": NUMBERS | TITLE},
        {"xaxis": NUMBERS, "yaxis": NUMBERS | {"side": "right"}},
        {"xaxis": NUMBERS, "yaxis": NUMBERS | {"tickformat": ".1%"}},
        {"xaxis": NUMBERS, "yaxis": NUMBERS, "yaxis2": NUMBERS | {"overlaying": "y"}},
    ],
)
def test_what_is_not_known_is_left_to_the_browser(layout):
    assert with_room(layout, SERIES) == layout


def test_an_axis_without_numbers_is_left_to_the_browser():
    none = [
        {"type": "scatter", "x": ["a"], "y": [float("nan")]},
        {"type": "scatter", "x": ["a"], "y": [None]},
    ]
    assert margin_of(none, xaxis=NUMBERS, yaxis=NUMBERS) == {}
