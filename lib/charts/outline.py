"""One province: its kab/kota as bubbles on its outline, or as coloured areas. Tables in, figures out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from lib import geo
from lib.charts.classes import CLASS_COUNT, NO_CLASS, classify
from lib.charts.maps import chosen_outline, class_areas, map_legend, no_data_marks
from lib.charts.theme import (
    CLEAR,
    EDGE,
    NO_DATA,
    NO_DATA_LABEL,
    NO_DATA_MARK,
    NO_FADING,
    PAGE_TEXT,
    SELECTED,
    SEQUENTIAL,
    SMALL_FONT_SIZE,
    base_layout,
    drawn,
    hover_text,
    plain,
    require_columns,
    wrap,
)

HEIGHT = 470
LAND = "rgba(124,140,161,0.20)"  # light on a white page, dark on a dark one
LARGEST, SMALLEST = 44.0, 9.0  # pixels across; a place without cases is still a mark
SPECK = 0.025  # of the longer side, about as wide as the smallest bubble: a smaller area gets a dot
PADDING = 0.06  # of the longer side, so that a bubble at the coast is not cut
_COLUMNS = ("kabkota", "nama", "lon", "lat", "nilai", "tampil", "kelas", "n", "ukuran", "tampil_ukuran")
_COLOURS = {NO_CLASS: NO_DATA} | dict(enumerate(SEQUENTIAL))


def _check(frame: pd.DataFrame, limits: Sequence[float], labels: Sequence[str]) -> None:
    require_columns(frame, *_COLUMNS)
    if len(labels) != CLASS_COUNT:
        raise ValueError(f"a map has {CLASS_COUNT} class labels, got: {list(labels)}")
    wrong = frame.loc[frame["kelas"].to_numpy() != classify(frame["nilai"], limits), "kabkota"].tolist()
    if wrong:
        # The printed limits would contradict the colours.
        raise ValueError(f"kelas does not follow the limits {tuple(limits)} for: {', '.join(wrong)}")


def diameters(counts: Sequence[float]) -> list[float]:
    """Pixels across so that the area follows the count; at least SMALLEST, also for 0 and no number.

    Example: counts 100, 25 and 0 -> 44, 22 and 9.
    """
    known = [0.0 if pd.isna(count) else float(count) for count in counts]
    largest = max(known, default=0.0)
    return [
        max(SMALLEST, LARGEST * math.sqrt(count / largest)) if largest > 0 else SMALLEST for count in known
    ]


def _land(provinsi: str, geojson_url: str) -> dict:
    return {
        "type": "choropleth",
        "geojson": geojson_url,
        "locations": [provinsi],
        "z": [0],
        "colorscale": [(0, LAND), (1, LAND)],
        "showscale": False,
        "hoverinfo": "skip",
        "marker": {"line": {"color": EDGE, "width": 1}},
        "name": "provinsi",
        **NO_FADING,
    }


def _hover(frame: pd.DataFrame, size_name: str) -> list[str]:
    return [
        f"{hover_text(row.nama, row.tampil, n=row.n)}<br>{plain(size_name)}: {plain(row.tampil_ukuran)}"
        for row in frame.itertuples(index=False)
    ]


def _bubbles(frame: pd.DataFrame, selected: str | None, *, size_name: str) -> dict:
    is_chosen = frame["kabkota"].eq(selected).tolist()
    return {
        "type": "scattergeo",
        "lon": frame["lon"].tolist(),
        "lat": frame["lat"].tolist(),
        "mode": "markers",
        "marker": {
            "size": diameters(frame["ukuran"]),
            "symbol": ["circle-x" if kelas == NO_CLASS else "circle" for kelas in frame["kelas"]],
            "color": [_COLOURS[kelas] for kelas in frame["kelas"]],
            "opacity": 0.92,
            "line": {
                "color": [
                    SELECTED if chosen else NO_DATA_MARK if kelas == NO_CLASS else EDGE
                    for chosen, kelas in zip(is_chosen, frame["kelas"], strict=True)
                ],
                "width": [4 if chosen else 1 for chosen in is_chosen],
            },
        },
        "customdata": frame["kabkota"].tolist(),
        "hovertext": _hover(frame, size_name),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "name": "kabupaten/kota",
        "showlegend": False,
        **NO_FADING,
    }


def ranges(frame: pd.DataFrame, provinsi: str) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes to show: the province and all centres, with room at the edges.

    The outlines leave some small islands out (Kepulauan Seribu), their kab/kota must be seen all the same.
    """
    west, south, east, north = geo.province_box(provinsi)
    if len(frame):
        west, east = min(west, frame["lon"].min()), max(east, frame["lon"].max())
        south, north = min(south, frame["lat"].min()), max(north, frame["lat"].max())
    return _with_room((west, south, east, north))


def _with_room(box: geo.Box) -> tuple[list[float], list[float]]:
    west, south, east, north = box
    room = PADDING * max(east - west, north - south)
    return [west - room, east + room], [south - room, north + room]


def bubbles(
    frame: pd.DataFrame,
    *,
    provinsi: str,
    limits: Sequence[float],
    labels: Sequence[str],
    title: str,
    size_name: str,
    geojson_url: str,
    selected: str | None = None,
) -> go.Figure:
    """The kab/kota of one province as bubbles on its outline: area by `ukuran`, colour by five fixed classes.

    One row per kab/kota: kabkota (code), nama, lon, lat, nilai (NaN: none), tampil, kelas (0-4, -1: no number), n,
    ukuran (a count), tampil_ukuran. `title` names the colour, `size_name` the area. Each bubble carries its code as
    customdata. Raises ValueError for missing columns, and when kelas does not follow from nilai and limits;
    KeyError for a province without an outline.
    """
    _check(frame, limits, labels)
    # The largest first, so that a small neighbour lies on top of it.
    ordered = frame.sort_values("ukuran", ascending=False, na_position="last", kind="stable")
    lon, lat = ranges(frame, provinsi)
    entries = _legend(frame, labels, symbol="circle")
    small = f"<span style='font-size:{SMALL_FONT_SIZE}px;font-weight:400;color:{PAGE_TEXT}'>"
    heading = f"{wrap(title)}<br>{small}{wrap(f'luas gelembung: {size_name}')}</span>"
    return _view(
        [_land(provinsi, geojson_url), _bubbles(ordered, selected, size_name=size_name), *entries],
        heading,
        lon=lon,
        lat=lat,
    )


def areas(
    frame: pd.DataFrame,
    *,
    provinsi: str,
    limits: Sequence[float],
    labels: Sequence[str],
    title: str,
    size_name: str,
    geojson_url: str,
    selected: str | None = None,
) -> go.Figure:
    """The kab/kota of one province as areas coloured by five fixed classes; without a number grey with a cross.

    Areas too small to be hit have a dot of their class as well.

    The frame of `bubbles`; `ukuran` is only told when pointed at. `geojson_url` is the kab/kota boundary file of the
    province. Each area carries its code as location and customdata. Raises ValueError like `bubbles`, KeyError for a
    province without kab/kota boundaries.
    """
    _check(frame, limits, labels)
    west, south, east, north = zip(*geo.kabkota_boxes(provinsi).values(), strict=True)
    box = min(west), min(south), max(east), max(north)
    lon, lat = _with_room(box)
    traces = [
        class_areas(
            frame["kabkota"].tolist(),
            frame["kelas"].tolist(),
            _hover(frame, size_name),
            geojson_url=geojson_url,
            name="kabupaten/kota",
        )
    ]
    without_number = frame[frame["kelas"] == NO_CLASS]
    if not without_number.empty:
        traces.append(no_data_marks(without_number))
    if selected is not None:
        traces += chosen_outline(selected, geojson_url=geojson_url, name="kabupaten/kota terpilih")
    specks = _specks(frame, provinsi, longer_side=max(box[2] - box[0], box[3] - box[1]))
    if not specks.empty:
        # Last, so that the dot and not the area round it is hit.
        traces.append(
            _bubbles(specks.assign(ukuran=0), selected, size_name=size_name) | {"name": "wilayah kecil"}
        )
    return _view([*traces, *_legend(frame, labels, symbol="square")], wrap(title), lon=lon, lat=lat)


def _specks(frame: pd.DataFrame, provinsi: str, *, longer_side: float) -> pd.DataFrame:
    """The areas too small to be seen or hit, at the scale of the map."""
    sides = frame["kabkota"].map(geo.kabkota_sides(provinsi))
    return frame[sides < SPECK * longer_side]


def _legend(frame: pd.DataFrame, labels: Sequence[str], *, symbol: str) -> list[dict]:
    entries = [
        map_legend(name, colour, symbol=symbol) for name, colour in zip(labels, SEQUENTIAL, strict=True)
    ]
    if (frame["kelas"] == NO_CLASS).any():
        entries.append(map_legend(NO_DATA_LABEL, NO_DATA, symbol=f"{symbol}-x"))
    return entries


def _view(traces: list[dict], heading: str, *, lon: list[float], lat: list[float]) -> go.Figure:
    return drawn(
        traces,
        base_layout(height=HEIGHT, heading=heading),
        margin={"l": 0, "r": 0, "t": 0, "b": 4},
        showlegend=True,
        geo={
            "visible": False,
            "projection": {"type": "mercator"},
            "lonaxis": {"range": lon},
            "lataxis": {"range": lat},
            "bgcolor": CLEAR,
        },
    )
