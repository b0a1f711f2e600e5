"""The outlines of the provinces as few points, for maps that are drawn shape by shape."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from lib.geo import provinsi_file

Ring = tuple[tuple[float, float], ...]
SMALLEST = 4  # points of a closed ring that has an area


def province_outlines(*, tolerance: float, folder: Path | None = None) -> dict[str, tuple[Ring, ...]]:
    """The rings of each province by code, islands and holes alike, in degrees, simplified by Douglas-Peucker.

    `tolerance` in degrees: no point of the boundary lies further from the simplified one. Islands not twice
    as wide or high are left out unless a province has no larger one. Raises UserError when there is no boundary file.
    """
    return _simplified(provinsi_file(folder=folder), tolerance)


@cache
def _simplified(file: Path, tolerance: float) -> dict[str, tuple[Ring, ...]]:
    found = {}
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        rings = sorted((ring for polygon in polygons for ring in polygon), key=len, reverse=True)
        kept = [simplified([(x, y) for x, y, *_ in ring], tolerance) for ring in rings]
        large = [ring for ring in kept if len(ring) >= SMALLEST and _extent(ring) >= 2 * tolerance]
        found[feature["properties"]["kode"]] = tuple(large or [tuple(tuple(point[:2]) for point in rings[0])])
    return found


def _extent(ring: Ring) -> float:
    lon, lat = zip(*ring, strict=True)
    return max(max(lon) - min(lon), max(lat) - min(lat))


def simplified(points: list[tuple[float, float]], tolerance: float) -> Ring:
    """A line with the points that matter (Douglas and Peucker 1973).

    Example: (0, 0), (1, 0.01), (2, 0) with tolerance 0.1 -> (0, 0), (2, 0).
    """
    keep = {0, len(points) - 1}
    # A ring begins where it ends: its point farthest from there is kept too.
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        farthest, place = tolerance, None
        for number in range(first + 1, last):
            away = _distance(points[number], points[first], points[last])
            if away > farthest:
                farthest, place = away, number
        if place is not None:
            keep.add(place)
            spans += [(first, place), (place, last)]
    return tuple(points[number] for number in sorted(keep))


def _distance(point: tuple, start: tuple, end: tuple) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if not length:
        return math.hypot(x - x1, y - y1)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
