"""Makes the browser's copies of a user's boundary file: simplified to a size, rewound, put in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib import geo, reference
from lib.domain import UserError
from lib.geo import given, in_force

PROVINSI_BYTES = 400_000
KABKOTA_BYTES = 300_000
GRID = 1e-4  # degrees, about 11 metres
HAIR = 1e-6  # degrees, about 0.1 metre: what programs differ by when they write the same border twice
# Degrees, each half as much again as the one before; the last leaves triangles.
TOLERANCES = (0.0, *(0.0002 * 1.5**step for step in range(20)))
LEAST_BYTES_PER_POINT = 12


@dataclass(frozen=True)
class Adopted:
    """What was put in force: how many areas, in how many provinces, and the largest file in bytes."""

    are_provinces: bool
    areas: int
    provinces: int
    largest: int
    uneven: tuple[str, ...]  # files whose areas do not share their borders exactly


def adopt(path: Path, *, column: str, data_folder: Path, static: Path | None = None) -> Adopted:
    """Read, check, simplify and put in force a boundary file whose codes stand in `column`.

    Raises UserError like `given.read` and `in_force.put`; nothing is then in force that was not before.
    """
    areas = given.read(path, column=column)
    groups = {in_force.PROVINSI: areas.shapes} if areas.are_provinces else areas.by_province()
    budget = PROVINSI_BYTES if areas.are_provinces else KABKOTA_BYTES
    contents, uneven = {}, []
    for key, shapes in groups.items():
        contents[key], is_coverage = as_file(shapes, most_bytes=budget)
        uneven += [] if is_coverage else [key]
    in_force.put(contents, asal=path.name, static=static or geo.STATIC, data_folder=data_folder)
    return Adopted(
        are_provinces=areas.are_provinces,
        areas=len(areas.shapes),
        provinces=len({code[:2] for code in areas.shapes}),
        largest=max(len(content) for content in contents.values()),
        uneven=tuple(uneven),
    )


def as_file(shapes: Mapping[str, Any], *, most_bytes: int) -> tuple[bytes, bool]:
    """The browser's file of some areas by code, simplified only as far as the size demands.

    Also whether neighbours shared their borders exactly, and so still do; where they did not, each area is simplified
    by itself. Raises UserError when no simplification is small enough.
    """
    import shapely

    codes = list(shapes)
    simple, is_coverage = _aligned(list(shapes.values()))
    for tolerance in TOLERANCES:
        if tolerance:
            simple = _simpler(simple, tolerance, is_coverage=is_coverage)
        if shapely.get_num_coordinates(simple).sum() * LEAST_BYTES_PER_POINT > most_bytes:
            continue
        content = geo.as_bytes(_collection(codes, _rounded(simple)))
        if len(content) <= most_bytes:
            return content, is_coverage
    raise UserError(
        f"Batas {given.some(codes)} tidak dapat disederhanakan sampai {most_bytes // 1000} kB; sederhanakan dahulu di "
        "aplikasi peta, atau keluarkan pulau-pulau kecilnya."
    )


def _aligned(shapes: list[Any]) -> tuple[list[Any], bool]:
    """The areas, their borders brought together when that takes no more than a hair; and whether they now meet.

    The method is that of GEOS: a coverage is valid when areas neither overlap nor have borders that only nearly meet.
    """
    import shapely

    if shapely.coverage_is_valid(shapes, gap_width=HAIR):
        return shapes, True
    snapped = list(shapely.set_precision(shapes, HAIR))
    if any(each.is_empty for each in snapped) or not shapely.coverage_is_valid(snapped, gap_width=HAIR):
        return shapes, False
    return snapped, True


def _simpler(shapes: list[Any], tolerance: float, *, is_coverage: bool) -> list[Any]:
    """Fewer points: borders smoothed, islands smaller than the square of the tolerance left out."""
    import shapely

    fewer = [_without_specks(shape, tolerance**2) for shape in shapes]
    if is_coverage:
        return list(shapely.coverage_simplify(fewer, tolerance))
    return list(shapely.simplify(fewer, tolerance, preserve_topology=True))


def _without_specks(shape: Any, least_area: float) -> Any:
    """The parts of at least an area, and always the largest."""
    import shapely

    parts = shapely.get_parts(shape)
    if len(parts) == 1:
        return shape
    sizes = shapely.area(parts)
    kept = parts[(sizes >= least_area) | (sizes == sizes.max())]
    return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)


def _rounded(shapes: list[Any]) -> list[Any]:
    """Four decimals; an area too small for them keeps its own."""
    import shapely

    rounded = shapely.set_precision(shapes, GRID)
    return [small if each.is_empty else each for each, small in zip(rounded, shapes, strict=True)]


def _collection(codes: list[str], shapes: list[Any]) -> dict:
    from shapely.geometry import mapping

    names = {**reference.names("provinsi"), **reference.names("kabkota")}
    # Nothing of the user's table goes along: what lies in static/ is public.
    features = [
        {"properties": {"kode": code, "nama": names[code]}, "geometry": mapping(shape)}
        for code, shape in zip(codes, shapes, strict=True)
    ]
    return geo.rewound({"type": "FeatureCollection", "features": features})
