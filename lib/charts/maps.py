"""The provinces as a map and as equal tiles: tables in, figures out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lib import geo
from lib.charts.classes import CLASS_COUNT, NO_CLASS, classify
from lib.charts.theme import (
    CLEAR,
    EDGE,
    HEADING_FONT,
    NO_DATA,
    NO_DATA_LABEL,
    NO_DATA_MARK,
    NO_FADING,
    PAGE_TEXT,
    SELECTED,
    SELECTED_CASING,
    SEQUENTIAL,
    SMALL_FONT_SIZE,
    base_layout,
    drawn,
    hover_text,
    plain,
    require_columns,
    text_on,
    wrap,
)
from lib.numbers_id import NONE_TEXT, angka

HEIGHT = 430
LON_RANGE = [94.5, 141.5]
LAT_RANGE = [-11.5, 6.5]
MAP_TOP = 0.9  # the share of the height left to the map; above it stands the heading
WHOLE_COUNTRY = {
    "visible": False,
    "projection": {"type": "mercator"},
    "lonaxis": {"range": LON_RANGE},
    "lataxis": {"range": LAT_RANGE},
    "bgcolor": CLEAR,
    "domain": {"x": [0, 1], "y": [0, MAP_TOP]},
}
TILE_GRID_HEIGHT = 500
TILE_SIZE = 0.95
TEXT_WIDTH = 1.3
TILE_TEXT_LENGTH = 7  # characters of SMALL_FONT_SIZE that fit a tile on a desktop screen
# The two abbreviations wider than a tile of a 1280 pixel screen.
HYPHENATED = {"GORONTALO": "Goron-<br>talo", "BENGKULU": "Beng-<br>kulu"}
_COLUMNS = ("provinsi", "nama", "nilai", "tampil", "kelas", "n", "catatan")
_CLASS_COLOURS = {NO_CLASS: NO_DATA} | dict(enumerate(SEQUENTIAL))
_HOVER_TEMPLATE = "%{hovertext}<extra></extra>"


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


def _hover(frame: pd.DataFrame) -> list[str]:
    return [
        hover_text(row.nama, row.tampil, n=row.n, catatan=row.catatan)
        for row in frame.itertuples(index=False)
    ]


def _stepped_scale() -> list[tuple[float, str]]:
    """One flat colour per class, from no number (-1) to the highest (4)."""
    colours = (NO_DATA, *SEQUENTIAL)
    edges = np.linspace(0, 1, len(colours) + 1).tolist()
    return [
        (edge, colour)
        for low, high, colour in zip(edges, edges[1:], colours, strict=False)
        for edge in (low, high)
    ]


def class_areas(
    codes: Sequence[str], classes: Sequence[int], texts: Sequence[str], *, geojson_url: str, name: str
) -> dict:
    """Areas coloured by class (0-4, -1: no number), each with its code as location and customdata."""
    return {
        "type": "choropleth",
        "geojson": geojson_url,
        "locations": list(codes),
        "z": list(classes),
        "zmin": NO_CLASS - 0.5,
        "zmax": CLASS_COUNT - 0.5,
        "colorscale": _stepped_scale(),
        "showscale": False,
        "customdata": list(codes),
        "hovertext": list(texts),
        "hovertemplate": _HOVER_TEMPLATE,
        "marker": {"line": {"color": EDGE, "width": 0.6}},
        "name": name,
        **NO_FADING,
    }


def _outline(codes: list[str], *, geojson_url: str, colour: str, width: float, name: str) -> dict:
    return {
        "type": "choropleth",
        "geojson": geojson_url,
        "locations": codes,
        "z": [0] * len(codes),
        "colorscale": [(0, CLEAR), (1, CLEAR)],
        "showscale": False,
        "hoverinfo": "skip",
        "marker": {"line": {"color": colour, "width": width}},
        "name": name,
        **NO_FADING,
    }


def chosen_outline(code: str, *, geojson_url: str, name: str) -> list[dict]:
    """A light line in a dark casing round one area: seen on every class."""
    return [
        _outline([code], geojson_url=geojson_url, colour=SELECTED_CASING, width=5, name=name),
        _outline([code], geojson_url=geojson_url, colour=SELECTED, width=2.5, name=name),
    ]


def bare_areas(codes: list[str], *, geojson_url: str) -> dict:
    """Bare outlines of the provinces that are not in question: a single small one would float in an empty sea."""
    return _outline(codes, geojson_url=geojson_url, colour=EDGE, width=0.6, name="provinsi lain")


def no_data_marks(points: pd.DataFrame) -> dict:
    """A cross on every area without a number; columns lon and lat in degrees."""
    return {
        "type": "scattergeo",
        "lon": points["lon"].tolist(),
        "lat": points["lat"].tolist(),
        "mode": "markers",
        "marker": {"symbol": "x-thin", "size": 7, "line": {"color": NO_DATA_MARK, "width": 1.5}},
        "name": f"tanda {NO_DATA_LABEL}",
        "showlegend": False,
        "hoverinfo": "skip",
        **NO_FADING,
    }


def map_legend(name: str, colour: str, *, symbol: str = "square") -> dict:
    """A mark off the map: class areas have no legend entries of their own."""
    return {
        "type": "scattergeo",
        "lon": [None],
        "lat": [None],
        "mode": "markers",
        "marker": {
            "symbol": symbol,
            "size": 13,
            "color": colour,
            "line": {"color": NO_DATA_MARK, "width": 1},
        },
        "name": plain(name),
        "showlegend": True,
        "hoverinfo": "skip",
    }


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
    """Provinces coloured by five fixed classes; those without a number are grey with a cross, absent ones bare.

    One row per province: provinsi (code), nama, nilai (NaN: none), tampil (text of the value), kelas (0-4, -1: no
    number), n, catatan. `limits` are the four class limits, `labels` the five names, `selected` a code to outline.
    Each area carries its code as location and customdata. Raises ValueError for missing columns, and when kelas
    does not follow from nilai and limits.
    """
    _check(frame, limits, labels)
    outside = sorted(set(geo.label_points()["provinsi"]) - set(frame["provinsi"]))
    traces = [bare_areas(outside, geojson_url=geojson_url)] if outside else []
    traces.append(
        class_areas(
            frame["provinsi"].tolist(),
            frame["kelas"].tolist(),
            _hover(frame),
            geojson_url=geojson_url,
            name="provinsi",
        )
    )
    without_number = frame.loc[frame["kelas"] == NO_CLASS, "provinsi"]
    if not without_number.empty:
        points = geo.label_points()
        traces.append(no_data_marks(points[points["provinsi"].isin(without_number)]))
    if selected is not None:
        traces += chosen_outline(selected, geojson_url=geojson_url, name="provinsi terpilih")
    traces += [map_legend(name, colour) for name, colour in zip(labels, SEQUENTIAL, strict=True)]
    traces.append(map_legend(NO_DATA_LABEL, NO_DATA, symbol="square-x"))
    return drawn(
        traces,
        base_layout(height=HEIGHT),
        margin={"l": 0, "r": 0, "t": 0, "b": 4},
        # In the sea south of Sumatra: no width of the page moves a coast there.
        legend={"orientation": "v", "yref": "paper", "y": 0, "yanchor": "bottom"},
        annotations=[map_heading(_heading(title, unit))],
        geo=WHOLE_COUNTRY,
    )


def map_heading(text: str) -> dict:
    """A heading at the upper left corner; a map has no legend on top that could carry one."""
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "showarrow": False,
        "font": HEADING_FONT,
    }


def _tile_value(nilai: float, tampil: str) -> str:
    """The text of a value if it is short, else the bare number: a tile has room for few characters."""
    if len(tampil) <= TILE_TEXT_LENGTH:
        return tampil
    return NONE_TEXT if pd.isna(nilai) else angka(nilai)


def _short_name(singkatan: str) -> str:
    """NTB stays NTB, SUMUT becomes Sumut, which is narrower; the two longest are hyphenated."""
    return HYPHENATED.get(singkatan) or plain(singkatan if len(singkatan) <= 3 else singkatan.capitalize())


def _tile_places(frame: pd.DataFrame, *, width: float) -> dict:
    return {
        "type": "bar",
        "x": frame["grid_kolom"].tolist(),
        "y": [TILE_SIZE] * len(frame),
        "base": (-frame["grid_baris"]).tolist(),
        "width": width,
        "showlegend": False,
    }


def _tiles(frame: pd.DataFrame, selected: str | None) -> dict:
    is_chosen = frame["provinsi"].eq(selected).tolist()
    return _tile_places(frame, width=TILE_SIZE) | {
        "customdata": frame["provinsi"].tolist(),
        "hovertext": _hover(frame),
        "hovertemplate": _HOVER_TEMPLATE,
        "marker": {
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
        "name": "provinsi",
        **NO_FADING,
    }


def _tile_texts(frame: pd.DataFrame) -> dict:
    """The texts on clear bars wider than the tiles: only those that would run into others are hidden."""
    inks = [
        PAGE_TEXT if kelas == NO_CLASS else text_on(_CLASS_COLOURS[kelas])  # the grey follows the page
        for kelas in frame["kelas"]
    ]
    return _tile_places(frame, width=TEXT_WIDTH) | {
        "text": [
            f"{_short_name(row.singkatan)}<br><b>{plain(_tile_value(row.nilai, row.tampil))}</b>"
            for row in frame.itertuples(index=False)
        ],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"size": SMALL_FONT_SIZE, "color": inks},
        "marker": {"color": CLEAR, "line": {"width": 0}},
        "hoverinfo": "skip",
        "name": "tulisan",
    }


def _tile_legend(name: str, colour: str, *, pattern: str = "") -> dict:
    return {
        "type": "bar",
        "x": [None],
        "y": [None],
        "marker": {
            "color": colour,
            "line": {"color": NO_DATA_MARK, "width": 1},
            "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": NO_DATA_MARK, "size": 5},
        },
        "name": plain(name),
        "showlegend": True,
        "hoverinfo": "skip",
    }


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
    entries = [_tile_legend(name, colour) for name, colour in zip(labels, SEQUENTIAL, strict=True)]
    entries.append(_tile_legend(NO_DATA_LABEL, NO_DATA, pattern="/"))
    east, south = int(frame["grid_kolom"].max()), int(frame["grid_baris"].max())
    return drawn(
        [_tiles(frame, selected), _tile_texts(frame), *entries],
        base_layout(height=TILE_GRID_HEIGHT, heading=_heading(title, unit)),
        barmode="overlay",
        uniformtext={"minsize": SMALL_FONT_SIZE, "mode": "hide"},
        xaxis={"visible": False, "fixedrange": True, "range": [-0.55, east + 0.55]},
        yaxis={"visible": False, "fixedrange": True, "range": [-south - 0.06, 1]},
    )
