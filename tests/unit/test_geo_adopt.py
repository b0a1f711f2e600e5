"""A user's boundary file put in force: small, wound for the map library, in one step, and nothing on refusal."""

from __future__ import annotations

import json

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box, shape

from lib import cli, geo, reference
from lib.domain import UserError
from lib.geo import adopt, in_force
from tests.unit.boundaries import KABKOTA_34, frame, square, written

PROVINCES = reference.all_provinces()
KABKOTA_36 = tuple(code for code in reference.names("kabkota") if code.startswith("36."))


@pytest.fixture
def static(tmp_path, monkeypatch, tuntas_data):
    """A served folder of this test's own, with the product's file in it."""
    folder = tmp_path / "static"
    geo.build(folder=folder)
    monkeypatch.setattr(geo, "STATIC", folder)
    return folder


def batas(path, *, column="KODE"):
    return cli.main(["batas", str(path), "--kode", column])


def served(static, url):
    return json.loads((static / url.removeprefix("app/static/")).read_text(encoding="utf-8"))["features"]


def signed_area(ring):
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False)) / 2


def everything(*folders):
    return sorted(
        (str(path), path.read_bytes()) for each in folders for path in each.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("crs", [4326, 3857, 23830])
def test_kabkota_are_served_clockwise_with_code_and_name_only(static, tmp_path, capsys, crs):
    hole = square("34.01", half=0.002).exterior.coords
    ringed = {"34.01": Polygon(square("34.01").exterior.coords, [hole])}
    assert batas(written(tmp_path / "diy.gpkg", frame(KABKOTA_34, shapes=ringed), crs=crs)) == 0
    assert "Batas 5 kabupaten/kota di 1 provinsi dari diy.gpkg dipakai" in capsys.readouterr().out
    features = served(static, geo.kabkota_geojson_url("34"))
    assert [each["id"] for each in features] == list(KABKOTA_34)
    assert features[4]["properties"] == {"kode": "34.71", "nama": "Kota Yogyakarta"}
    for each in features:
        outer, *holes = each["geometry"]["coordinates"]
        assert signed_area(outer) < 0 and len(holes) == (each["id"] == "34.01")
        assert all(signed_area(ring) > 0 for ring in holes)
        assert shape(each["geometry"]).bounds == pytest.approx(square(each["id"]).bounds, abs=3e-4)
    west, south, east, north = geo.kabkota_boxes("34")["34.71"]
    assert (west, north) == pytest.approx((square("34.71").bounds[0], square("34.71").bounds[3]), abs=3e-4)
    assert geo.kabkota_sides("34")["34.71"] == pytest.approx(0.02, abs=3e-4)


def test_only_the_provinces_of_the_file_have_areas(static, tmp_path):
    assert batas(written(tmp_path / "diy.gpkg", frame(KABKOTA_34))) == 0
    assert geo.kabkota_geojson_url("35") is None
    with pytest.raises(KeyError):
        geo.kabkota_boxes("35")
    assert not geo.is_from_user() and geo.provinsi_geojson_url().startswith("app/static/provinsi-")


def test_a_second_file_adds_provinces_and_replaces_its_own(static, tmp_path):
    assert batas(written(tmp_path / "diy.gpkg", frame(KABKOTA_34))) == 0
    assert batas(written(tmp_path / "banten.gpkg", frame(KABKOTA_36))) == 0
    first = geo.kabkota_geojson_url("34")
    assert first and geo.kabkota_geojson_url("36")
    assert batas(written(tmp_path / "diy2.gpkg", frame(KABKOTA_34, half=0.012))) == 0
    second = geo.kabkota_geojson_url("34")
    assert second != first and geo.kabkota_geojson_url("36")
    # The one before is kept for pages already open, the one before that is not.
    assert batas(written(tmp_path / "diy3.gpkg", frame(KABKOTA_34, half=0.014))) == 0
    there = [path.name for path in static.glob("batas/*/kabkota-34-*")]
    assert sorted(there) == sorted(url.split("/")[-1] for url in (second, geo.kabkota_geojson_url("34")))


def test_the_same_file_twice_changes_nothing(static, tmp_path, tuntas_data):
    path = written(tmp_path / "diy.gpkg", frame(KABKOTA_34))
    assert batas(path) == 0
    before = everything(static, tuntas_data)
    assert batas(path) == 0
    assert everything(static, tuntas_data) == before


def test_provinces_go_before_the_products_own(static, tmp_path, capsys):
    own = geo.provinsi_geojson_url()
    assert batas(written(tmp_path / "prov.gpkg", frame(PROVINCES, half=0.1), crs=3857)) == 0
    assert "Batas 38 provinsi dari prov.gpkg dipakai" in capsys.readouterr().out
    assert geo.is_from_user() and geo.provinsi_geojson_url() != own
    assert {each["id"] for each in served(static, geo.provinsi_geojson_url())} == set(PROVINCES)
    assert geo.province_box("34") == pytest.approx(square("34", half=0.1).bounds, abs=3e-4)


def test_without_the_list_the_products_own_file_is_used_again(static, tmp_path, tuntas_data):
    own = geo.provinsi_geojson_url()
    assert batas(written(tmp_path / "prov.gpkg", frame(PROVINCES, half=0.1))) == 0
    (tuntas_data / in_force.LIST).unlink()
    assert geo.provinsi_geojson_url() == own


def test_each_data_folder_has_its_own_boundaries(static, tmp_path, monkeypatch):
    assert batas(written(tmp_path / "diy.gpkg", frame(KABKOTA_34))) == 0
    monkeypatch.setenv("TUNTAS_DATA", str(tmp_path / "lain"))
    assert geo.kabkota_geojson_url("34") is None
    assert batas(tmp_path / "diy.gpkg") == 0
    assert len(list(static.glob("batas/*/kabkota-34-*"))) == 2


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        (frame(KABKOTA_34, values=[*KABKOTA_34[:4], "34.99"]), "KODE", "Kode tidak dikenal: 3499"),
        (frame(KABKOTA_34, values=[*KABKOTA_34[:4], "34.04"]), "KODE", "lebih dari sekali: 34.04"),
        (frame(KABKOTA_34, values=["34"] * 5), "KODE", "berkas kab/kota, sebut kolom"),
        (frame(PROVINCES[1:]), "KODE", "harus memuat 38 provinsi, tetapi 1 tidak ada: 11 Aceh"),
        (frame(KABKOTA_34), "NAMA", "Kolom “NAMA” tidak ada"),
    ],
)
def test_what_is_refused_leaves_no_trace(static, tmp_path, tuntas_data, capsys, table, column, words):
    path = written(tmp_path / "batas.gpkg", table)
    before = everything(static, tuntas_data)
    assert batas(path, column=column) == 2
    captured = capsys.readouterr()
    assert words in captured.err and captured.out == ""
    assert everything(static, tuntas_data) == before


def test_a_broken_file_is_refused_with_a_sentence(static, tmp_path, tuntas_data, capsys):
    (tmp_path / "rusak.gpkg").write_bytes(b"bukan peta")
    assert batas(tmp_path / "rusak.gpkg") == 2
    assert "rusak.gpkg tidak dapat dibaca sebagai peta" in capsys.readouterr().err
    assert everything(tuntas_data) == [] and not (static / "batas").exists()


def test_a_failure_while_writing_keeps_what_was_in_force(static, tmp_path, monkeypatch, capsys):
    assert batas(written(tmp_path / "diy.gpkg", frame(KABKOTA_34))) == 0
    first = geo.kabkota_geojson_url("34")

    def full(target, content):
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(in_force, "_write", full)
    assert batas(written(tmp_path / "diy2.gpkg", frame(KABKOTA_34, half=0.012))) == 2
    assert "tidak dapat ditulis (No space left on device)" in capsys.readouterr().err
    assert geo.kabkota_geojson_url("34") == first and served(static, first)


def test_a_served_file_that_is_gone_is_an_error_and_no_other_map(static, tmp_path):
    assert batas(written(tmp_path / "diy.gpkg", frame(KABKOTA_34))) == 0
    next(static.glob("batas/*/kabkota-34-*")).unlink()
    with pytest.raises(UserError, match=r"dari diy.gpkg tidak ada lagi.*lib.cli batas"):
        geo.kabkota_geojson_url("34")


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"wilayah": {"34": 1}, "sebelumnya": []}', '{"wilayah": {}}']
)
def test_a_broken_list_says_what_to_do(static, tuntas_data, content):
    (tuntas_data / in_force.LIST).write_text(content)
    with pytest.raises(UserError, match="batas.json.*hapus berkas itu"):
        geo.provinsi_geojson_url()


def wavy_pair(points):
    """Two neighbours with a border of many points, in degrees."""
    border = [(110 + 0.02 * (step % 2), -8 + step / points) for step in range(points + 1)]
    left = Polygon([(109.5, -8), *border, (109.5, -7)])
    right = Polygon([(110.5, -8), *border, (110.5, -7)])
    return {"34.01": left, "34.02": right}


def shapes_of(content):
    return [shape(each["geometry"]) for each in json.loads(content)["features"]]


def test_what_is_small_enough_is_not_simplified():
    content, is_coverage = adopt.as_file(wavy_pair(50), most_bytes=adopt.KABKOTA_BYTES)
    assert is_coverage
    assert [shapely.get_num_coordinates(each) for each in shapes_of(content)] == [54, 54]


def test_neighbours_keep_one_border_when_simplified():
    content, is_coverage = adopt.as_file(wavy_pair(2000), most_bytes=3_000)
    assert is_coverage and len(content) <= 3_000
    left, right = shapes_of(content)
    assert shapely.get_num_coordinates(left) < 200
    assert shapely.coverage_is_valid([left, right]) and left.union(right).area == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize("apart", [1e-9, -1e-9])
def test_borders_a_hair_apart_are_brought_together(apart):
    pair = wavy_pair(2000)
    pair["34.02"] = shapely.transform(pair["34.02"], lambda points: points + apart)
    content, is_coverage = adopt.as_file(pair, most_bytes=3_000)
    left, right = shapes_of(content)
    assert is_coverage and left.union(right).area == pytest.approx(left.area + right.area, rel=1e-9)
    assert left.union(right).geom_type == "Polygon"


def test_overlapping_areas_are_simplified_one_by_one():
    pair = wavy_pair(2000)
    pair["34.02"] = shapely.transform(pair["34.02"], lambda points: points - [0.1, 0])
    content, is_coverage = adopt.as_file(pair, most_bytes=3_000)
    assert not is_coverage and len(content) <= 3_000 and all(each.is_valid for each in shapes_of(content))


def test_specks_go_first_and_no_area_is_lost():
    specks = [box(109 + i / 100, -9, 109.0001 + i / 100, -8.9999) for i in range(90)]
    shapes = {"34.01": MultiPolygon([box(110, -8, 110.5, -7.5), *specks]), "34.71": specks[0].buffer(1e-5)}
    content, _ = adopt.as_file(shapes, most_bytes=1_500)
    large, small = shapes_of(content)
    assert large.area == pytest.approx(0.25, rel=0.01) and large.geom_type == "Polygon"
    assert small.area > 0


def test_what_cannot_be_made_small_enough_is_refused():
    with pytest.raises(UserError, match="Batas 34.01, 34.02 tidak dapat disederhanakan sampai 0 kB"):
        adopt.as_file(wavy_pair(50), most_bytes=100)
