"""The boundary file the browser draws: complete, wound the right way, named by its content."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from lib.domain import UserError
from lib.geo import (
    REFERENCE,
    ROOT,
    STATIC,
    build,
    content_hash,
    label_points,
    own_provinsi_file,
    provinsi_geojson_url,
    rewound,
)

CCW_SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
CW_HOLE = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]


def signed_area(ring):
    """Shoelace formula; positive for a counter-clockwise ring."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False)) / 2


def polygons(geometry):
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def collection(*, kode="11", rings=(CCW_SQUARE, CW_HOLE)):
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    properties = {"kode": kode, "nama": "Aceh", "iso": "ID-AC"}
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "id": kode, "properties": properties, "geometry": geometry}],
    }


@pytest.fixture(scope="module")
def built():
    return own_provinsi_file()


@pytest.fixture(scope="module")
def features(built):
    return json.loads(built.read_text(encoding="utf-8"))["features"]


def test_the_helper_tells_the_direction():
    assert signed_area(CCW_SQUARE) == 16
    assert signed_area(CW_HOLE) == -1


def test_outer_rings_are_clockwise_and_holes_are_not(features):
    outer = [rings[0] for feature in features for rings in polygons(feature["geometry"])]
    holes = [hole for feature in features for rings in polygons(feature["geometry"]) for hole in rings[1:]]
    assert len(outer) >= 38
    assert [ring for ring in outer if signed_area(ring) >= 0] == []
    assert [ring for ring in holes if signed_area(ring) <= 0] == []


def test_codes_are_those_of_the_reference_table(features):
    codes = set(pd.read_csv(REFERENCE, dtype={"kode": str})["kode"])
    assert len(codes) == len(features) == 38
    assert {feature["id"] for feature in features} == codes
    assert {feature["properties"]["kode"] for feature in features} == codes


def test_the_name_carries_the_hash_of_the_content(built):
    assert built.name == f"provinsi-{content_hash(built.read_bytes())}.geojson"
    assert built.stat().st_size < 300_000


def test_the_committed_file_is_what_the_source_gives(built, tmp_path):
    assert build(folder=tmp_path).name == built.name


def test_rewound_turns_rings_and_keeps_code_and_name_only():
    (feature,) = rewound(collection())["features"]
    outer, hole = feature["geometry"]["coordinates"]
    assert signed_area(outer) == -16
    assert signed_area(hole) == 1
    assert feature["id"] == "11"
    assert feature["properties"] == {"kode": "11", "nama": "Aceh"}


def test_build_replaces_the_older_copy(tmp_path, tuntas_data):
    source = tmp_path / "batas.geojson"
    folder = tmp_path / "static"
    source.write_text(json.dumps(collection(kode="11")))
    first = build(source, folder=folder)
    source.write_text(json.dumps(collection(kode="12")))
    second = build(source, folder=folder)
    assert first.name != second.name
    assert [path.name for path in folder.iterdir()] == [second.name]
    assert provinsi_geojson_url(folder=folder) == f"app/static/{second.name}"


def test_a_missing_source_is_named(tmp_path):
    with pytest.raises(UserError, match="tidak-ada.geojson"):
        build(tmp_path / "tidak-ada.geojson", folder=tmp_path)


def test_a_missing_boundary_file_says_how_to_make_it(tmp_path, tuntas_data):
    with pytest.raises(UserError, match="python -m lib.geo"):
        provinsi_geojson_url(folder=tmp_path)


def test_two_boundary_files_are_refused(tmp_path, tuntas_data):
    for name in ("provinsi-aaaaaaaa.geojson", "provinsi-bbbbbbbb.geojson"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(UserError, match="provinsi-aaaaaaaa.geojson, provinsi-bbbbbbbb.geojson"):
        provinsi_geojson_url(folder=tmp_path)


def test_label_points_lie_on_the_map():
    points = label_points()
    assert list(points.columns) == ["provinsi", "nama", "singkatan", "lon", "lat"]
    assert len(points) == 38
    assert points["lon"].between(94.5, 141.5).all()
    assert points["lat"].between(-11.5, 6.5).all()
    assert points.set_index("provinsi").loc["11", "nama"] == "Aceh"


def test_label_points_lie_inside_their_outline(features):
    from shapely.geometry import Point, shape

    outline = {feature["id"]: shape(feature["geometry"]) for feature in features}
    outside = [
        row.provinsi
        for row in label_points().itertuples()
        if not outline[row.provinsi].contains(Point(row.lon, row.lat))
    ]
    assert outside == []


def test_importing_the_module_does_not_load_the_geometry_library():
    """Pages import lib.geo on every start; shapely is for the build alone."""
    code = "import sys, lib.geo; print([m for m in ('shapely', 'geopandas') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_the_stub_of_the_world_outline_is_a_valid_empty_topology():
    """Without it the map library fetches the world's coastline from a foreign server."""
    stub = json.loads((STATIC / "topojson" / "world_110m.json").read_text())
    assert stub["type"] == "Topology"
    assert stub["arcs"] == []
    layers = {"coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"}
    assert set(stub["objects"]) == layers
    assert all(stub["objects"][layer]["geometries"] == [] for layer in layers)
