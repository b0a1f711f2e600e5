"""Boundaries of the provinces: the copy the browser draws, its address, and the points to label.

`python -m lib.geo` builds static/provinsi-<hash>.geojson from data/batas/provinsi.geojson.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from lib.domain import UserError

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "data" / "batas" / "provinsi.geojson"
REFERENCE = ROOT / "data" / "referensi" / "provinsi.csv"
STATIC = ROOT / "static"
FILE_PATTERN = "provinsi-*.geojson"


def provinsi_geojson_url(*, folder: Path = STATIC) -> str:
    """The relative address of the boundary file, "app/static/provinsi-<hash8>.geojson".

    Raises UserError when the folder holds none, or more than one: a map is never drawn from a stale file.
    """
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
    return f"app/static/{found[0].name}"


def label_points(*, source: Path = REFERENCE) -> pd.DataFrame:
    """Points inside the outlines: columns provinsi (code), nama, singkatan, lon, lat, in degrees; 38 rows."""
    table = pd.read_csv(source, dtype={"kode": str}).rename(columns={"kode": "provinsi"})
    return table[["provinsi", "nama", "singkatan", "lon", "lat"]]


def province_box(provinsi: str, *, folder: Path = STATIC) -> tuple[float, float, float, float]:
    """West, south, east and north of one province in degrees, from the browser's boundary file.

    Raises KeyError for a code without an outline, UserError when there is no boundary file.
    """
    return _boxes(folder / Path(provinsi_geojson_url(folder=folder)).name)[provinsi]


@cache
def _boxes(file: Path) -> dict[str, tuple[float, float, float, float]]:
    # The name holds the content's hash: a changed boundary is another file.
    boxes = {}
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        lon, lat = zip(*_points(feature["geometry"]["coordinates"]), strict=True)
        boxes[feature["properties"]["kode"]] = (min(lon), min(lat), max(lon), max(lat))
    return boxes


def _points(coordinates: list) -> Iterator[tuple[float, float]]:
    """The points of a geometry, however deep its rings are nested."""
    if isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
    else:
        for part in coordinates:
            yield from _points(part)


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


def content_hash(content: bytes) -> str:
    """The first 8 hexadecimal digits of the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()[:8]


def build(source: Path = SOURCE, *, folder: Path = STATIC) -> Path:
    """Write the browser's copy of a boundary file, remove older copies, and return the new path.

    The hash of the content is part of the name: browsers keep a file by its address, so a changed boundary
    needs a new one. Raises UserError when the source is missing.
    """
    if not source.exists():
        raise UserError(f"Berkas batas wilayah {source.name} tidak ditemukan di {source.parent}.")
    collection = rewound(json.loads(source.read_text(encoding="utf-8")))
    content = json.dumps(collection, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    target = folder / f"provinsi-{content_hash(content)}.geojson"
    folder.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    for old in folder.glob(FILE_PATTERN):
        if old != target:
            old.unlink()
    return target


if __name__ == "__main__":
    print(f"Berkas batas wilayah: {build().relative_to(ROOT)}")
