"""A boundary file of the user's own: what is taken from it, and every reason to refuse it."""

from __future__ import annotations

import shutil
import zipfile

import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from lib import reference
from lib.domain import UserError
from lib.geo import given
from tests.unit.boundaries import KABKOTA_34, frame, square, written

PROVINCES = reference.all_provinces()


def read(path, column="KODE"):
    return given.read(path, column=column)


@pytest.mark.parametrize("crs", [4326, 3857, 23830])
@pytest.mark.parametrize("name", ["batas.geojson", "batas.gpkg"])
def test_any_coordinate_system_gives_degrees(tmp_path, name, crs):
    areas = read(written(tmp_path / name, frame(KABKOTA_34), crs=crs))
    assert list(areas.shapes) == list(KABKOTA_34) and not areas.are_provinces
    for code, shape in areas.shapes.items():
        assert shape.bounds == pytest.approx(square(code).bounds, abs=2e-4)


def test_provinces_are_told_from_kabkota(tmp_path):
    areas = read(written(tmp_path / "batas.gpkg", frame(PROVINCES)))
    assert areas.are_provinces and set(areas.shapes) == set(PROVINCES)


@pytest.mark.parametrize(
    ("values", "digits"),
    [
        (["11.01", " 1101", "11 01"], ["1101", "1101", "1101"]),
        ([1101, 3471], ["1101", "3471"]),
        ([11, 92], ["11", "92"]),
        ([11.01, 11.1, 34.71], ["1101", "1110", "3471"]),
        ([11.0, None], ["11", ""]),
        (["11", None], ["11", ""]),
    ],
)
def test_codes_are_read_however_they_are_written(values, digits):
    assert given.code_digits(pd.Series(values)) == digits


ALL = [code.replace(".", "") for code in PROVINCES]
DIY = [code.replace(".", "") for code in KABKOTA_34]


@pytest.mark.parametrize("digits", [ALL, DIY])
def test_complete_codes_have_no_problem(digits):
    assert given.code_problems(digits, column="KODE") == []


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ([*DIY, "3499"], ["Kode tidak dikenal: 3499", "kode Kemendagri"]),
        ([*DIY, "", ""], ["Kolom “KODE” kosong pada baris 6, 7", "hapus barisnya"]),
        ([*DIY, "3471"], ["lebih dari sekali: 34.71 Kota Yogyakarta", "dissolve"]),
        (DIY[:-1], ["harus lengkap", "1 tidak ada: 34.71 Kota Yogyakarta", "keluarkan provinsi itu"]),
        (ALL[1:], ["harus memuat 38 provinsi", "1 tidak ada: 11 Aceh; lengkapi"]),
        (["34"] * 5, ["lebih dari sekali: 34 DI Yogyakarta", "sebut kolom kode kab/kotanya", "37 tidak ada"]),
        ([*ALL, "3471"], ["mencampur kode provinsi (11, 12", "dan 30 lainnya"]),
        (["340101", "340102"], ["Kode tidak dikenal: 340101, 340102", "kecamatan atau desa"]),
        (["1100", "3400"], ["Kode tidak dikenal: 1100, 3400", "tampaknya provinsi", "dua angka"]),
        (["3499", "3471", "3471"], ["tidak dikenal: 3499", "lebih dari sekali: 34.71", "4 tidak ada"]),
    ],
)
def test_problems_of_codes_name_the_values_and_the_remedy(digits, words):
    text = "\n".join(given.code_problems(digits, column="KODE"))
    assert [word for word in words if word not in text] == []


def test_codes_of_another_numbering_are_refused(tmp_path):
    """BPS calls Simeulue 11.01 and so on: every code is known, and every area is another's."""
    aceh = [code for code in reference.names("kabkota") if code.startswith("11.")]
    shifted = frame([*aceh[1:], aceh[0]], values=aceh)
    with pytest.raises(UserError, match=r"(?s)tidak berada di tempatnya: 11\.\d\d .*kode BPS"):
        read(written(tmp_path / "bps.gpkg", shifted))


def test_one_misplaced_centre_is_no_reason_to_refuse(tmp_path):
    stray = {"34.71": box(110.0, -7.5, 110.02, -7.48)}
    assert len(read(written(tmp_path / "batas.gpkg", frame(KABKOTA_34, shapes=stray))).shapes) == 5


def test_an_unknown_column_names_those_there_are(tmp_path):
    path = written(tmp_path / "batas.gpkg", frame(KABKOTA_34))
    with pytest.raises(UserError, match="Kolom “WADMKK” tidak ada di batas.gpkg.*: KODE, PENDUDUK"):
        read(path, column="WADMKK")


def test_a_file_of_several_layers_is_read_by_its_column(tmp_path):
    path = tmp_path / "batas.gpkg"
    frame(KABKOTA_34).rename(columns={"KODE": "LAIN"}).to_file(path, layer="lain")
    frame(KABKOTA_34).to_file(path, layer="satu")
    assert len(read(path).shapes) == 5
    frame(KABKOTA_34).to_file(path, layer="dua")
    with pytest.raises(UserError, match="2 lapis dengan kolom “KODE”: satu, dua"):
        read(path)


def shapefile_zip(tmp_path, *, names=("batas",), without=(), folder=""):
    parts = tmp_path / "shp"
    parts.mkdir()
    for name in names:
        written(parts / f"{name}.shp", frame(KABKOTA_34), crs=3857)
    path = tmp_path / "batas.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(parts.iterdir()):
            if part.suffix not in without:
                archive.write(part, folder + part.name)
    shutil.rmtree(parts)
    return path


@pytest.mark.parametrize("folder", ["", "kab/"])
def test_a_shapefile_in_a_zip_is_read(tmp_path, folder):
    assert list(read(shapefile_zip(tmp_path, folder=folder)).shapes) == list(KABKOTA_34)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"names": ("satu", "dua")}, "tepat satu peta, tetapi berisi 2: dua.shp, satu.shp"),
        ({"without": (".shp",)}, "tepat satu peta, tetapi berisi 0"),
        ({"without": (".prj",)}, "tidak menyebut sistem koordinatnya; sertakan berkas .prj"),
    ],
)
def test_an_incomplete_zip_is_refused(tmp_path, options, words):
    with pytest.raises(UserError, match=words):
        read(shapefile_zip(tmp_path, **options))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tidak.txt", b"x", "bukan GeoJSON"),
        ("rusak.zip", b"PK\x03\x04", "bukan zip yang utuh"),
        ("rusak.gpkg", b"SQLite format 3\x00", "rusak.gpkg tidak dapat dibaca sebagai peta"),
        ("rusak.geojson", b'{"type": "FeatureCollection", "feat', "tidak dapat dibaca sebagai peta"),
        ("kosong.geojson", b"", "tidak dapat dibaca sebagai peta"),
    ],
)
def test_a_broken_file_is_refused(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=words):
        read(tmp_path / name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="tidak-ada.gpkg tidak ditemukan"):
        read(tmp_path / "tidak-ada.gpkg")


@pytest.mark.parametrize("shape", [shapely.Point(110, -7), LineString([(110, -7), (110.1, -7)])])
def test_points_and_lines_are_no_areas(tmp_path, shape):
    with pytest.raises(UserError, match=r"Tidak ada bidang \(poligon\) untuk kode 34.71"):
        read(written(tmp_path / "batas.gpkg", frame(KABKOTA_34, shapes={"34.71": shape})))


def test_an_area_without_a_geometry_is_named(tmp_path):
    table = frame(KABKOTA_34)
    table.loc[2, "geometry"] = None
    with pytest.raises(UserError, match="poligon.* 34.03"):
        read(written(tmp_path / "batas.gpkg", table))


def test_places_outside_the_country_are_refused(tmp_path):
    """Latitude and longitude exchanged, or a projected file that says it is in degrees."""
    table = frame(KABKOTA_34)
    table["geometry"] = shapely.transform(table.geometry.to_numpy(), lambda points: points[:, ::-1])
    with pytest.raises(UserError, match="di luar Indonesia.*periksa CRS"):
        read(written(tmp_path / "batas.gpkg", table))


def test_a_ring_that_crosses_itself_is_mended_and_heights_are_dropped(tmp_path):
    west, south, east, north = square("34.71").bounds
    bow = Polygon([(west, south, 5), (east, north, 5), (east, south, 5), (west, north, 5)])
    shape = read(written(tmp_path / "batas.gpkg", frame(KABKOTA_34, shapes={"34.71": bow}))).shapes["34.71"]
    assert isinstance(shape, MultiPolygon) and shape.is_valid and not shape.has_z


def test_a_long_list_is_cut():
    assert given.some("abcdefghij") == "a, b, c, d, e, f, g, h dan 2 lainnya"
    assert given.some("ab") == "a, b"
