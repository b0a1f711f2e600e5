"""Small boundary files for tests: one square per code, round the centre of its area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas
from shapely.geometry import box

from lib import reference

HALF = 0.01  # degrees; the squares of no two centres overlap

KABKOTA_34 = ("34.01", "34.02", "34.03", "34.04", "34.71")


def square(code: str, *, half: float = HALF):
    """A square round the centre of a province or kab/kota, its outer ring counter-clockwise."""
    level = "provinsi" if len(code) == 2 else "kabkota"
    row = reference.table(level).set_index(reference.KEYS[level]).loc[code]
    return box(row["lon"] - half, row["lat"] - half, row["lon"] + half, row["lat"] + half)


def frame(
    codes: Sequence[str], *, values: Sequence | None = None, shapes: Mapping | None = None, half: float = HALF
) -> geopandas.GeoDataFrame:
    """One row per code; `values` stand in the column KODE instead of the codes, `shapes` replace squares by code."""
    geometry = [(shapes or {}).get(code) or square(code, half=half) for code in codes]
    table = {"KODE": list(codes if values is None else values), "PENDUDUK": range(len(codes))}
    return geopandas.GeoDataFrame(table, geometry=geometry, crs=4326)


def written(path: Path, given: geopandas.GeoDataFrame, *, crs: int = 4326) -> Path:
    """The frame as a file of the kind its name ends in, in a coordinate system."""
    given.to_crs(crs).to_file(path)
    return path
