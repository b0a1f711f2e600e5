"""Boundaries the browser draws: their addresses, their extent, and the points to label.

`python -m lib.geo` builds static/provinsi-<hash>.geojson from data/batas/provinsi.geojson. A boundary file of the
user's own (lib.geo.adopt) goes before it, and alone gives the outlines of kab/kota.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from lib.domain import UserError
from lib.geo import in_force
from lib.geo.in_force import content_hash

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "data" / "batas" / "provinsi.geojson"
REFERENCE = ROOT / "data" / "referensi" / "provinsi.csv"
STATIC = ROOT / "static"
FILE_PATTERN = "provinsi-*.geojson"

Box = tuple[float, float, float, float]


def own_provinsi_file(*, folder: Path | None = None) -> Path:
    """The product's own boundary file of the 38 provinces in the served folder.

    Raises UserError when the folder holds none, or more than one: a map is never drawn from a stale file.
    """
    folder = folder or STATIC
    found = sorted(folder.glob(FILE_PATTERN))
    if not found:
        raise UserError(
            f"Berkas batas wilayah {FILE_PATTERN} tidak ada di folder {folder.name}; "
            "buat dengan perintah: python -m lib.geo"
        )
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise UserError(
            f"Ada {len(found)} berkas batas wilayah di folder {folder.name} ({names}); "
            "sisakan satu dengan perintah: python -m lib.geo"
        )
    return found[0]


def provinsi_geojson_url(*, folder: Path | None = None) -> str:
    """The relative address of the boundary file in force, for example "app/static/provinsi-<hash8>.geojson".

    The user's file goes before the product's own. Raises UserError like `own_provinsi_file`, and when the user's
    file is no longer there.
    """
    return _url(provinsi_file(folder=folder), folder or STATIC)


def kabkota_geojson_url(provinsi: str, *, folder: Path | None = None) -> str | None:
    """The relative address of the user's kab/kota boundaries of one province; None when there are none.

    Raises UserError when the file in force is no longer there.
    """
    file = in_force.file(provinsi, static=folder or STATIC)
    return None if file is None else _url(file, folder or STATIC)


def is_from_user(*, folder: Path | None = None) -> bool:
    """Whether the outlines of the provinces come from the user's boundary file."""
    return in_force.file(in_force.PROVINSI, static=folder or STATIC) is not None


def provinsi_file(*, folder: Path | None = None) -> Path:
    """The boundary file of the provinces in force: the user's own, else the product's; raises UserError without one."""
    folder = folder or STATIC
    return in_force.file(in_force.PROVINSI, static=folder) or own_provinsi_file(folder=folder)


def _url(file: Path, folder: Path) -> str:
    return f"app/static/{file.relative_to(folder).as_posix()}"


def label_points(*, source: Path = REFERENCE) -> pd.DataFrame:
    """Points inside the outlines: columns provinsi (code), nama, singkatan, lon, lat, in degrees; 38 rows."""
    table = pd.read_csv(source, dtype={"kode": str}).rename(columns={"kode": "provinsi"})
    return table[["provinsi", "nama", "singkatan", "lon", "lat"]]


def province_box(provinsi: str, *, folder: Path | None = None) -> Box:
    """West, south, east and north of one province in degrees, from the boundary file in force.

    Raises KeyError for a code without an outline, UserError when there is no boundary file.
    """
    return _boxes(provinsi_file(folder=folder))[provinsi]


def kabkota_boxes(provinsi: str, *, folder: Path | None = None) -> dict[str, Box]:
    """West, south, east and north of the user's kab/kota of one province by code, in degrees.

    Raises KeyError when there are none, UserError when the file in force is no longer there.
    """
    return _boxes(_kabkota_file(provinsi, folder or STATIC))


def kabkota_sides(provinsi: str, *, folder: Path | None = None) -> dict[str, float]:
    """The side of the square as large as each of the user's kab/kota of one province, by code, in degrees.

    Raises like `kabkota_boxes`. Example: islands of 1 and 3 square degrees -> 2.
    """
    return _sides(_kabkota_file(provinsi, folder or STATIC))


def _kabkota_file(provinsi: str, folder: Path) -> Path:
    file = in_force.file(provinsi, static=folder)
    if file is None:
        raise KeyError(provinsi)
    return file


@cache
def _boxes(file: Path) -> dict[str, Box]:
    # The name holds the content's hash: a changed boundary is another file.
    boxes = {}
    for code, polygons in _polygons(file):
        lon, lat = zip(*(point for rings in polygons for point in rings[0]), strict=True)
        boxes[code] = (min(lon), min(lat), max(lon), max(lat))
    return boxes


@cache
def _sides(file: Path) -> dict[str, float]:
    return {code: math.sqrt(sum(_area(rings[0]) for rings in polygons)) for code, polygons in _polygons(file)}


def _polygons(file: Path) -> Iterator[tuple[str, list]]:
    """The code of each feature and its polygons, each a list of rings with the outer one first."""
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        is_one = geometry["type"] == "Polygon"
        yield feature["properties"]["kode"], [geometry["coordinates"]] if is_one else geometry["coordinates"]


def _area(ring: list) -> float:
    """Square degrees inside a ring, by the shoelace formula."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))) / 2


def rewound(collection: dict) -> dict:
    """The same features, outer rings clockwise and holes counter-clockwise; properties kode and nama only.

    RFC 7946 asks for the opposite, but the map library draws on a sphere and takes a counter-clockwise ring
    for the whole globe outside it.
    """
    import shapely  # here and not above: pages import this module, and only the build needs it
    from shapely.geometry import mapping, shape

    features = []
    for feature in collection["features"]:
        properties = {"kode": feature["properties"]["kode"], "nama": feature["properties"]["nama"]}
        outline = shapely.orient_polygons(shape(feature["geometry"]), exterior_cw=True)
        features.append(
            {
                "type": "Feature",
                "id": properties["kode"],
                "properties": properties,
                "geometry": mapping(outline),
            }
        )
    return {"type": "FeatureCollection", "features": features}


def as_bytes(collection: dict) -> bytes:
    """A collection as the file the browser loads."""
    return json.dumps(collection, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def build(source: Path = SOURCE, *, folder: Path = STATIC) -> Path:
    """Write the browser's copy of a boundary file, remove older copies, and return the new path.

    The hash of the content is part of the name: browsers keep a file by its address, so a changed boundary
    needs a new one. Raises UserError when the source is missing.
    """
    if not source.exists():
        raise UserError(f"Berkas batas wilayah {source.name} tidak ditemukan di {source.parent}.")
    content = as_bytes(rewound(json.loads(source.read_text(encoding="utf-8"))))
    target = folder / f"provinsi-{content_hash(content)}.geojson"
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    for old in folder.glob(FILE_PATTERN):
        if old != target:
            old.unlink()
    return target
