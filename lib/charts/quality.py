"""How old each province's data are, as a map: colours and signs, so that neither is needed alone."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib import geo
from lib.charts.maps import WHOLE_COUNTRY, bare_areas, class_areas, map_heading, map_legend
from lib.charts.theme import (
    INK,
    NO_DATA,
    NO_FADING,
    PAPER,
    SEQUENTIAL,
    base_layout,
    drawn,
    hover_text,
    require_columns,
)
from lib.domain import Kesegaran

# state -> class of the map's colours, the sign over the province; terkini needs none.
STATES = {
    Kesegaran.TERKINI: (0, ""),
    Kesegaran.MULAI_TERTINGGAL: (2, "circle"),
    Kesegaran.TERTINGGAL: (4, "triangle-up"),
    Kesegaran.BELUM_PERNAH: (-1, "x"),
}
HEADING = "Kesegaran data per provinsi"
MAP_HEIGHT = 370  # it has half a page: a taller one would be blank above the islands


def freshness_map(frame: pd.DataFrame, *, geojson_url: str) -> go.Figure:
    """Provinces coloured and marked by how old their data are; those outside the scope are bare outlines.

    One row per province: provinsi, nama, kesegaran (a Kesegaran), tampil. Raises ValueError for missing columns.
    """
    require_columns(frame, "provinsi", "nama", "kesegaran", "tampil")
    points = geo.label_points()
    outside = sorted(set(points["provinsi"]) - set(frame["provinsi"]))
    hover = [hover_text(row.nama, row.tampil) for row in frame.itertuples(index=False)]
    traces = [bare_areas(outside, geojson_url=geojson_url)] if outside else []
    classes = [STATES[Kesegaran(state)][0] for state in frame["kesegaran"]]
    traces.append(
        class_areas(frame["provinsi"].tolist(), classes, hover, geojson_url=geojson_url, name="provinsi")
    )
    for state, (number, symbol) in STATES.items():
        colour = NO_DATA if number < 0 else SEQUENTIAL[number]
        own = points[points["provinsi"].isin(frame.loc[frame["kesegaran"] == state.value, "provinsi"])]
        if symbol and not own.empty:
            traces.append(_signs(own, symbol, name=state.value))
        traces.append(map_legend(f"{state.value} ({len(own)})", colour, symbol=symbol or "square"))
    return drawn(
        traces,
        base_layout(height=MAP_HEIGHT),
        margin={"l": 0, "r": 0, "t": 0, "b": 4},
        legend={"orientation": "v", "yref": "paper", "y": 0, "yanchor": "bottom"},
        annotations=[map_heading(HEADING)],
        geo=WHOLE_COUNTRY,
    )


def _signs(points: pd.DataFrame, symbol: str, *, name: str) -> dict:
    """A white sign with a dark edge: seen on every class."""
    return {
        "type": "scattergeo",
        "lon": points["lon"].tolist(),
        "lat": points["lat"].tolist(),
        "mode": "markers",
        "marker": {"symbol": symbol, "size": 11, "color": PAPER, "line": {"color": INK, "width": 1.5}},
        "name": f"tanda {name}",
        "showlegend": False,
        "hoverinfo": "skip",
        **NO_FADING,
    }
