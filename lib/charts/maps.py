"""The provinces as a map and as equal tiles: tables in, figures out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lib import geo
from lib.charts.classes import CLASS_COUNT, NO_CLASS, classify
from lib.charts.theme import (
    EDGE,
    HEADING_FONT,
    NO_DATA,
    NO_DATA_LABEL,
    NO_DATA_MARK,
    PAGE_TEXT,
    SELECTED,
    SELECTED_CASING,
    SEQUENTIAL,
    SMALL_FONT_SIZE,
    base_layout,
    hover_text,
    plain,
    require_columns,
    text_on,
    wrap,
)
from lib.numbers_id import NONE_TEXT, angka

HEIGHT = 430
TILE_GRID_HEIGHT = 500
LON_RANGE = [94.5, 141.5]
LAT_RANGE = [-11.5, 6.5]
MAP_TOP = 0.9  # the share of the height left to the map; above it stands the heading
TILE_SIZE = 0.95
TEXT_WIDTH = 1.3
TILE_TEXT_LENGTH = 7  # characters of SMALL_FONT_SIZE that fit a tile on a desktop screen
# The two abbreviations wider than a tile of a 1280 pixel screen.
HYPHENATED = {"GORONTALO": "Goron-<br>talo", "BENGKULU": "Beng-<br>kulu"}
_COLUMNS = ("provinsi", "nama", "nilai", "tampil", "kelas", "n", "catatan")
# The drawing library fades every other mark to a fifth once one is clicked.
_NO_FADING = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
_CLASS_COLOURS = {NO_CLASS: NO_DATA} | dict(enumerate(SEQUENTIAL))


def _check(frame: pd.DataFrame, limits: Sequence[float], labels: Sequence[str], *more_columns: str) -> None:
    require_columns(frame, *_COLUMNS, *more_columns)
    if len(labels) != CLASS_COUNT:
        raise ValueError(f"a map has {CLASS_COUNT} class labels, got: {list(labels)}")
    expected = classify(frame["nilai"], limits)
    wrong = frame.loc[frame["kelas"].to_numpy() != expected, "provinsi"].tolist()
    if wrong:
        # The printed limits would contradict the colours.
        raise ValueError(f"kelas does not follow the limits {tuple(limits)} for: {', '.join(wrong)}")


def _heading(title: str, unit: str) -> str:
    unit_line = f"<span style='font-size:{SMALL_FONT_SIZE}px;font-weight:400'>{wrap(unit)}</span>"
    return f"{wrap(title)}<br>{unit_line}" if unit else wrap(title)


def _map_layout(figure: go.Figure, heading: str) -> go.Figure:
    """Heading above the map, classes in the sea south of Sumatra, where no width of the page moves a coast."""
    base_layout(figure, height=HEIGHT)
    figure.update_geos(
        visible=False,
        projection_type="mercator",
        lonaxis_range=LON_RANGE,
        lataxis_range=LAT_RANGE,
        bgcolor="rgba(0,0,0,0)",
        domain={"x": [0, 1], "y": [0, MAP_TOP]},
    )
    figure.add_annotation(
        text=heading,
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font=HEADING_FONT,
    )
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 4}, legend={"orientation": "v", "y": 0, "yanchor": "bottom"}
    )
    return figure


def _hover(frame: pd.DataFrame) -> list[str]:
    return [
        hover_text(row.nama, row.tampil, n=row.n, catatan=row.catatan)
        for row in frame.itertuples(index=False)
    ]


def _stepped_scale() -> list[tuple[float, str]]:
    """One flat colour per class, from no number (-1) to the highest (4)."""
    colours = (NO_DATA, *SEQUENTIAL)
    edges = np.linspace(0, 1, len(colours) + 1)
    return [
        (edge, colour)
        for low, high, colour in zip(edges, edges[1:], colours, strict=False)
        for edge in (low, high)
    ]


def _outline(kode: str, *, geojson_url: str, colour: str, width: float) -> go.Choropleth:
    clear = "rgba(0,0,0,0)"
    return go.Choropleth(
        geojson=geojson_url,
        locations=[kode],
        z=[0],
        colorscale=[(0, clear), (1, clear)],
        showscale=False,
        hoverinfo="skip",
        marker={"line": {"color": colour, "width": width}},
        **_NO_FADING,
        name="provinsi terpilih",
    )


def _legend_entry(name: str, colour: str, *, symbol: str = "square") -> go.Scattergeo:
    """A mark off the map: class areas have no legend entries of their own."""
    return go.Scattergeo(
        lon=[None],
        lat=[None],
        mode="markers",
        marker={"symbol": symbol, "size": 13, "color": colour, "line": {"color": NO_DATA_MARK, "width": 1}},
        name=plain(name),
        showlegend=True,
        hoverinfo="skip",
    )


def _no_data_marks(frame: pd.DataFrame) -> go.Scattergeo:
    points = geo.label_points()
    points = points[points["provinsi"].isin(frame.loc[frame["kelas"] == NO_CLASS, "provinsi"])]
    return go.Scattergeo(
        lon=points["lon"].tolist(),
        lat=points["lat"].tolist(),
        mode="markers",
        marker={"symbol": "x-thin", "size": 7, "line": {"color": NO_DATA_MARK, "width": 1.5}},
        **_NO_FADING,
        name=NO_DATA_LABEL,
        showlegend=False,
        hoverinfo="skip",
    )


def choropleth(
    frame: pd.DataFrame,
    *,
    limits: Sequence[float],
    labels: Sequence[str],
    title: str,
    unit: str,
    geojson_url: str,
    selected: str | None = None,
) -> go.Figure:
    """The 38 provinces coloured by five fixed classes; provinces without a number are grey with a cross.

    One row per province: provinsi (code), nama, nilai (NaN: none), tampil (text of the value), kelas (0-4, -1: no
    number), n, catatan. `limits` are the four class limits, `labels` the five names, `selected` a code to outline.
    Each area carries its code as location and customdata. Raises ValueError for missing columns, and when kelas
    does not follow from nilai and limits.
    """
    _check(frame, limits, labels)
    figure = go.Figure(
        go.Choropleth(
            geojson=geojson_url,
            locations=frame["provinsi"].tolist(),
            z=frame["kelas"].tolist(),
            zmin=NO_CLASS - 0.5,
            zmax=CLASS_COUNT - 0.5,
            colorscale=_stepped_scale(),
            showscale=False,
            customdata=frame["provinsi"].tolist(),
            hovertext=_hover(frame),
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"line": {"color": EDGE, "width": 0.6}},
            **_NO_FADING,
            name="provinsi",
        )
    )
    figure.add_trace(_no_data_marks(frame))
    if selected is not None:
        figure.add_trace(_outline(selected, geojson_url=geojson_url, colour=SELECTED_CASING, width=5))
        figure.add_trace(_outline(selected, geojson_url=geojson_url, colour=SELECTED, width=2.5))
    figure.add_traces([_legend_entry(name, colour) for name, colour in zip(labels, SEQUENTIAL, strict=True)])
    figure.add_trace(_legend_entry(NO_DATA_LABEL, NO_DATA, symbol="square-x"))
    return _map_layout(figure, _heading(title, unit))


def _tile_value(nilai: float, tampil: str) -> str:
    """The text of a value if it is short, else the bare number: a tile has room for few characters."""
    if len(tampil) <= TILE_TEXT_LENGTH:
        return tampil
    return NONE_TEXT if pd.isna(nilai) else angka(nilai)


def _short_name(singkatan: str) -> str:
    """NTB stays NTB, SUMUT becomes Sumut, which is narrower; the two longest are hyphenated."""
    return HYPHENATED.get(singkatan) or plain(singkatan if len(singkatan) <= 3 else singkatan.capitalize())


def _tiles(frame: pd.DataFrame, selected: str | None) -> go.Bar:
    is_chosen = frame["provinsi"].eq(selected).tolist()
    return go.Bar(
        **_tile_places(frame, width=TILE_SIZE),
        customdata=frame["provinsi"].tolist(),
        hovertext=_hover(frame),
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": [_CLASS_COLOURS[kelas] for kelas in frame["kelas"]],
            "line": {
                "color": [SELECTED if chosen else EDGE for chosen in is_chosen],
                "width": [4 if chosen else 0.6 for chosen in is_chosen],
            },
            "pattern": {
                "shape": ["/" if kelas == NO_CLASS else "" for kelas in frame["kelas"]],
                "fillmode": "overlay",
                "fgcolor": NO_DATA_MARK,
                "fgopacity": 0.4,
                "size": 8,
                "solidity": 0.12,
            },
        },
        **_NO_FADING,
        name="provinsi",
        showlegend=False,
    )


def _tile_places(frame: pd.DataFrame, *, width: float) -> dict:
    return {
        "x": frame["grid_kolom"].tolist(),
        "y": [TILE_SIZE] * len(frame),
        "base": (-frame["grid_baris"]).tolist(),
        "width": width,
    }


def _tile_texts(frame: pd.DataFrame) -> go.Bar:
    """The texts on clear bars a little wider than the tiles: uniformtext hides those that would run into others."""
    return go.Bar(
        **_tile_places(frame, width=TEXT_WIDTH),
        text=[
            f"{_short_name(row.singkatan)}<br><b>{plain(_tile_value(row.nilai, row.tampil))}</b>"
            for row in frame.itertuples(index=False)
        ],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={
            "size": SMALL_FONT_SIZE,
            "color": [
                PAGE_TEXT if kelas == NO_CLASS else text_on(_CLASS_COLOURS[kelas]) for kelas in frame["kelas"]
            ],
        },
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
        hoverinfo="skip",
        name="tulisan",
        showlegend=False,
    )


def tile_grid(
    frame: pd.DataFrame,
    *,
    limits: Sequence[float],
    labels: Sequence[str],
    title: str,
    unit: str,
    selected: str | None = None,
) -> go.Figure:
    """38 equal tiles, each with abbreviation and value: small provinces weigh as much as large ones.

    The frame of `choropleth` plus grid_baris, grid_kolom (row from the north, column from the west, from 0) and
    singkatan. Tiles without a number are hatched; below about 750 pixels of width the texts are hidden. Raises
    ValueError like `choropleth`.
    """
    _check(frame, limits, labels, "grid_baris", "grid_kolom", "singkatan")
    figure = go.Figure([_tiles(frame, selected), _tile_texts(frame)])
    figure.add_traces([_tile_legend(name, colour) for name, colour in zip(labels, SEQUENTIAL, strict=True)])
    figure.add_trace(_tile_legend(NO_DATA_LABEL, NO_DATA, pattern="/"))
    figure.update_xaxes(visible=False, fixedrange=True, range=[-0.55, frame["grid_kolom"].max() + 0.55])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-frame["grid_baris"].max() - 0.06, 1])
    base_layout(figure, height=TILE_GRID_HEIGHT, heading=_heading(title, unit))
    figure.update_layout(barmode="overlay", uniformtext={"minsize": SMALL_FONT_SIZE, "mode": "hide"})
    return figure


def _tile_legend(name: str, colour: str, *, pattern: str = "") -> go.Bar:
    return go.Bar(
        x=[None],
        y=[None],
        marker={
            "color": colour,
            "line": {"color": NO_DATA_MARK, "width": 1},
            "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": NO_DATA_MARK, "size": 5},
        },
        name=plain(name),
        showlegend=True,
        hoverinfo="skip",
    )
