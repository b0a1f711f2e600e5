"""What the screen gets: all looks written out, no template, the colours of the light or the dark page."""

from __future__ import annotations

import tomllib
from pathlib import Path

import plotly.graph_objects as go
import pytest

from lib.charts import page, theme

CONFIG = tomllib.loads(
    (Path(__file__).resolve().parents[2] / ".streamlit/config.toml").read_text(encoding="utf-8")
)["theme"]
BOTH = pytest.mark.parametrize(("name", "dark"), [("light", False), ("dark", True)])


def bars(**layout) -> go.Figure:
    text = {"color": theme.PAGE_TEXT}
    trace = {"type": "bar", "x": [1, 2], "y": ["a", f"<span style='color:{theme.PAGE_TEXT}'>b</span>"]}
    return theme.drawn([trace | {"textfont": text}], theme.base_layout(height=200), **layout)


@BOTH
def test_colours_are_those_of_the_settings(name, dark):
    assert page.GROUND[dark] == CONFIG[name]["backgroundColor"]
    assert page.HEADING[dark] == CONFIG[name]["textColor"]
    assert page.FRAME[dark] == CONFIG[name]["borderColor"]
    assert page.COLOURS[dark] == CONFIG[name]["chartCategoricalColors"]
    assert CONFIG["font"] == page.FONTS
    assert theme.contrast(page.TEXT[dark], page.GROUND[dark]) >= 7


@BOTH
def test_no_template_remains_and_the_page_text_has_the_colour_of_the_page(name, dark):
    sent = page.on_page(bars(), dark=dark).to_plotly_json()
    assert sent["layout"]["template"] is None and sent["layout"]["datarevision"]
    assert theme.PAGE_TEXT not in str(sent)
    assert sent["data"][0]["textfont"]["color"] == page.TEXT[dark]
    assert page.TEXT[dark] in sent["data"][0]["y"][1]
    assert sent["layout"]["hoverlabel"]["bgcolor"] == page.GROUND[dark]


def test_the_figure_itself_stays_as_it_was():
    figure = bars()
    before = figure.to_json()
    page.on_page(figure, dark=True)
    assert figure.to_json() == before


def test_every_axis_that_is_drawn_on_has_its_looks_and_keeps_its_own():
    figure = bars(xaxis={"showgrid": True, "title": {"text": "kasus", "standoff": 6}})
    layout = page.on_page(figure, dark=False).to_plotly_json()["layout"]
    assert layout["xaxis"]["showgrid"] and layout["xaxis"]["title"]["standoff"] == 6
    assert layout["xaxis"]["title"]["font"]["color"] == page.FAINT[False]
    assert layout["yaxis"]["automargin"] and layout["yaxis"]["gridcolor"] == page.GRID[False]
    # A colour alone would bring tick marks.
    assert "tickcolor" not in layout["yaxis"]


def test_axes_of_second_panels_and_maps():
    panels = go.Figure([{"type": "scatter", "x": [1], "y": [2], "yaxis": "y2"}])
    assert {"xaxis", "yaxis2"} <= page.on_page(panels, dark=False).to_plotly_json()["layout"].keys()
    on_map = go.Figure([{"type": "scattergeo", "lon": [106], "lat": [-6]}])
    assert "xaxis" not in page.on_page(on_map, dark=False).to_plotly_json()["layout"]


def test_title_is_bold_and_dots_have_no_rim_unless_they_ask_for_one():
    rim = {"type": "scatter", "x": [1], "y": [2], "marker": {"line": {"width": 3}}}
    bare = {"type": "scatter", "x": [1], "y": [2]}
    sent = page.on_page(go.Figure([rim, bare], {"title": {"text": "Judul"}}), dark=False).to_plotly_json()
    assert [each["marker"]["line"]["width"] for each in sent["data"]] == [3, 0]
    assert sent["layout"]["title"]["text"] == "<b>Judul</b>"


def test_a_chart_to_click_on_starts_with_the_modes_of_one():
    chosen = page.on_page(bars(), dark=False, selectable=True).to_plotly_json()["layout"]
    assert (chosen["clickmode"], chosen["dragmode"]) == ("event+select", "pan")
    assert page.on_page(bars(), dark=False).to_plotly_json()["layout"]["dragmode"] is False
