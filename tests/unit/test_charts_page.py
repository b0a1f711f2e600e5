"""What the screen gets: all looks written out, no template, the colours of the light or the dark page."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import plotly.graph_objects as go
import pytest

from lib import text_freshness
from lib.charts import foot, page, theme

CONFIG = tomllib.loads(
    (Path(__file__).resolve().parents[2] / ".streamlit/config.toml").read_text(encoding="utf-8")
)["theme"]
BOTH = pytest.mark.parametrize(("name", "dark"), [("light", False), ("dark", True)])


def bars(**layout) -> go.Figure:
    text = {"color": theme.PAGE_TEXT}
    trace = {"type": "bar", "x": [1, 2], "y": ["a", f"<span style='color:{theme.PAGE_TEXT}'>b</span>"]}
    return theme.drawn([trace | {"textfont": text}], theme.base_layout(height=200), **layout)


def layout_of(sent: page.Sent) -> go.Layout:
    """The layout as the library reads what is sent; a property that it does not know raises ValueError."""
    return go.Figure(sent.to_dict()).layout


@BOTH
def test_colours_are_those_of_the_settings(name, dark):
    assert page.GROUND[dark] == CONFIG[name]["backgroundColor"]
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
    assert sent["layout"]["paper_bgcolor"] == page.GROUND[dark]


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


def test_dots_have_no_rim_unless_they_ask_for_one():
    rim = {"type": "scatter", "x": [1], "y": [2], "marker": {"line": {"width": 3}}}
    bare = {"type": "scatter", "x": [1], "y": [2]}
    sent = page.on_page(go.Figure([rim, bare]), dark=False).to_plotly_json()
    assert [each["marker"]["line"]["width"] for each in sent["data"]] == [3, 0]


def test_a_chart_to_click_on_starts_with_the_modes_of_one():
    chosen = page.on_page(bars(), dark=False, selectable=True).to_plotly_json()["layout"]
    assert (chosen["clickmode"], chosen["dragmode"]) == ("event+select", "pan")
    assert page.on_page(bars(), dark=False).to_plotly_json()["layout"]["dragmode"] is False


SOURCE = ("DATA SIMULASI", "data per 20 November 2026", "Tuntas versi 20261122T225928-8919c6")


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        (SOURCE, [" · ".join(SOURCE[:2]), SOURCE[2]]),
        (SOURCE[:2], [" · ".join(SOURCE[:2])]),
        (
            (*SOURCE, "simpanan “Rapat <lama>”"),
            [" · ".join(SOURCE[:2]), SOURCE[2], "simpanan “Rapat &lt;lama&gt;”"],
        ),
        (("satu kata lain " * 4,), ["satu kata lain satu kata lain satu kata lain satu", "kata lain"]),
    ],
)
def test_parts_of_a_source_stay_together_and_no_line_is_wider_than_a_narrow_chart(parts, lines):
    assert foot.written(parts).text.split("<br>") == lines
    assert max(map(len, lines)) <= foot.WIDTH + len("&lt;&gt;")


@BOTH
def test_the_source_is_below_and_the_plot_keeps_its_height(name, dark):
    below = foot.written(SOURCE)
    on_axis = layout_of(page.on_page(bars(), dark=dark, foot=below))
    assert (on_axis.title.text, on_axis.title.automargin) == (below.text, True)
    assert on_axis.height == 200 + below.height
    # What the library reserves is what the figure grew by.
    assert on_axis.title.pad.t + on_axis.title.pad.b == pytest.approx(below.height)
    assert theme.contrast(on_axis.title.font.color, page.GROUND[dark]) >= 4.5
    assert layout_of(page.on_page(bars(), dark=dark)).height == 200


@pytest.mark.parametrize(
    "layout", [{"xaxis": {"visible": False}}, {"margin": {"b": 44}}], ids=["no axis", "own room"]
)
def test_without_names_below_or_with_room_of_its_own_the_margin_grows(layout):
    before, below = bars(**layout), foot.written(SOURCE)
    shown = layout_of(page.on_page(before, dark=False, foot=below))
    assert not shown.title.automargin
    assert shown.margin.b - before.layout.margin.b == shown.height - before.layout.height == below.height


def test_a_chart_with_a_title_is_refused():
    with pytest.raises(ValueError, match="title is kept for its source"):
        page.on_page(bars(title={"text": "Judul"}), dark=False, foot=foot.Foot(text="Tuntas"))


@pytest.mark.parametrize(
    ("days", "more", "parts"),
    [
        ([20], {}, SOURCE),
        ([20, 3], {}, (SOURCE[0], "data per 3 Nov 2026 – 20 Nov 2026", SOURCE[2])),
        ([20], {"simulasi": False}, ("Data per 20 November 2026", SOURCE[2])),
        ([], {}, (SOURCE[0], "belum ada data", SOURCE[2])),
        ([20], {"simpanan": "Rapat lama"}, (*SOURCE, "simpanan “Rapat lama”")),
    ],
)
def test_a_source_names_kind_dates_and_version(days, more, parts):
    known = {"versi": "20261122T225928-8919c6", "simpanan": None, "simulasi": True} | more
    assert text_freshness.source([dt.date(2026, 11, day) for day in days], **known) == parts
