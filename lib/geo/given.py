"""A boundary file of the user's own: read, its codes and places checked, in degrees. Nothing is written here."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lib import reference
from lib.domain import UserError
from lib.numbers_id import angka

KINDS = (".geojson", ".json", ".gpkg", ".zip", ".shp")
INSIDE_ZIP = (".shp", ".gpkg", ".geojson", ".json")
BOX = (92.5, -13.5, 143.5, 8.5)  # degrees; Indonesia with its waters
NAMED_AT_MOST = 8
# Kemendagri and BPS number some kab/kota differently: then most centres lie in a neighbour's area.
MISPLACED_SHARE = 0.2
PROVINSI, KABKOTA = 2, 4  # digits of a code


@dataclass(frozen=True)
class Areas:
    """Checked areas by code in the product's form ("11" or "11.01"): polygons in EPSG:4326."""

    shapes: dict[str, Any]

    @property
    def are_provinces(self) -> bool:
        """Whether they are the 38 provinces; else kab/kota."""
        return all(len(code) == PROVINSI for code in self.shapes)

    def by_province(self) -> dict[str, dict[str, Any]]:
        """The areas by the code of their province."""
        found: dict[str, dict[str, Any]] = {}
        for code, shape in self.shapes.items():
            found.setdefault(code[:2], {})[code] = shape
        return found


def read(path: Path, *, column: str) -> Areas:
    """The areas of a GeoJSON, GeoPackage or Shapefile (in a zip) whose codes stand in `column`.

    Raises UserError, one line per problem, for a file that cannot be read, has no such column or no coordinate
    system, or whose codes are missing, unknown, repeated, of two levels, incomplete, or not where they belong.
    """
    frame = _frame(path, column=column)
    digits = code_digits(frame[column])
    if problems := code_problems(digits, column=column):
        raise UserError("\n".join(problems))
    codes = [_in_house_form(each) for each in digits]
    shapes = dict(zip(codes, _polygons(frame, codes, path), strict=True))
    areas = Areas({code: shapes[code] for code in sorted(shapes)})
    _check_places(areas)
    return areas


def _frame(path: Path, *, column: str) -> Any:
    """A GeoDataFrame of the column and the shapes, whose name is not imported up there because that is slow."""
    import geopandas
    import pyogrio

    source = _source(path)
    try:
        layer = _layer(source, column=column, name=path.name)
        frame = geopandas.read_file(source, layer=layer, columns=[column], engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise UserError(
            f"Berkas {path.name} tidak dapat dibaca sebagai peta; simpan ulang dari aplikasi peta sebagai GeoPackage, "
            "lalu coba lagi."
        ) from error
    if frame.empty:
        raise UserError(f"Berkas {path.name} tidak berisi satu wilayah pun; periksa lapis yang diekspor.")
    if frame.crs is None:
        raise UserError(
            f"Berkas {path.name} tidak menyebut sistem koordinatnya; sertakan berkas .prj, atau simpan ulang sebagai "
            "GeoPackage dengan CRS."
        )
    return frame


def _source(path: Path) -> str:
    """The name under which the reading library opens a file; of a zip, the one map inside it."""
    if not path.is_file():
        raise UserError(f"Berkas {path} tidak ditemukan; periksa nama dan foldernya.")
    if path.suffix.lower() not in KINDS:
        raise UserError(
            f"Berkas {path.name} bukan GeoJSON (.geojson), GeoPackage (.gpkg), atau Shapefile dalam .zip; simpan "
            "ulang dalam salah satu bentuk itu."
        )
    if path.suffix.lower() != ".zip":
        return str(path)
    try:
        with zipfile.ZipFile(path) as opened:
            inside = [name for name in opened.namelist() if name.lower().endswith(INSIDE_ZIP)]
    except zipfile.BadZipFile as error:
        raise UserError(f"Berkas {path.name} bukan zip yang utuh; buat ulang zip itu.") from error
    inside = [name for name in inside if not name.startswith("__MACOSX/")]
    if len(inside) != 1:
        raise UserError(
            f"Berkas {path.name} harus memuat tepat satu peta, tetapi berisi {len(inside)}: {some(inside)}. "
            "Buat zip dengan satu Shapefile (.shp, .shx, .dbf, .prj)."
        )
    return f"/vsizip/{path.resolve()}/{inside[0]}"


def _layer(source: str, *, column: str, name: str) -> str:
    """The one layer with areas that has the column."""
    import pyogrio

    layers = [layer for layer, geometry in pyogrio.list_layers(source) if geometry is not None]
    fields = {layer: list(pyogrio.read_info(source, layer=layer)["fields"]) for layer in layers}
    having = [layer for layer in layers if column in fields[layer]]
    if not having:
        known = some(dict.fromkeys(field for each in fields.values() for field in each), at_most=30)
        raise UserError(
            f"Kolom “{column}” tidak ada di {name}; kolom yang ada: {known}. Sebut kolom kodenya dengan --kode."
        )
    if len(having) > 1:
        raise UserError(
            f"Berkas {name} berisi {len(having)} lapis dengan kolom “{column}”: {some(having)}. Simpan lapis yang "
            "dimaksud ke berkas tersendiri."
        )
    return having[0]


def code_digits(values: pd.Series) -> list[str]:
    """The codes of a column as digits only, "" where there is none.

    Example: "11.01", " 1101", 1101 and the number 11.01 -> "1101"; 11.1 read as a number -> "1110", because the last
    two digits always number the kab/kota.
    """
    digits = []
    for value in values:
        if pd.isna(value):
            digits.append("")
        elif isinstance(value, str):
            digits.append(re.sub(r"[.\s]", "", value))
        elif float(value).is_integer():
            digits.append(str(int(value)))
        else:
            digits.append(f"{value:.2f}".replace(".", ""))
    return digits


def code_problems(digits: Sequence[str], *, column: str) -> list[str]:
    """What is wrong with the codes of a file, one sentence each with the values and the remedy; none when all is well.

    The codes must be all 38 provinces, or all kab/kota of one or more provinces, each once.
    """
    found = _unknown(digits, column=column)
    known = [each for each in digits if each in _names()]
    levels = {len(each) for each in known}
    if len(levels) > 1:
        provinces = some(sorted({each for each in known if len(each) == PROVINSI}))
        return [
            *found,
            f"Kolom “{column}” mencampur kode provinsi ({provinces}) dengan kode kab/kota; simpan keduanya di berkas "
            "tersendiri.",
        ]
    repeated = [each for each, times in Counter(known).items() if times > 1]
    if repeated:
        remedy = "gabungkan (dissolve) menjadi satu baris per kode"
        if levels == {PROVINSI}:
            remedy += ", atau, bila ini berkas kab/kota, sebut kolom kode kab/kotanya dengan --kode"
        found.append(f"Kode muncul lebih dari sekali: {_named(repeated)}; {remedy}.")
    return [*found, *_missing(set(known), levels)]


def _unknown(digits: Sequence[str], *, column: str) -> list[str]:
    found = []
    empty = [str(row) for row, each in enumerate(digits, start=1) if not each]
    if empty:
        found.append(
            f"Kolom “{column}” kosong pada baris {some(empty)}; isi kodenya atau hapus barisnya (misalnya danau)."
        )
    unknown = list(dict.fromkeys(each for each in digits if each and each not in _names()))
    if not unknown:
        return found
    remedy = "pakai kode Kemendagri, dua angka untuk provinsi (11) atau empat untuk kab/kota (11.01)"
    if all(each.isdecimal() and len(each) > KABKOTA for each in unknown):
        remedy = "ini tampaknya kecamatan atau desa; pakai berkas provinsi atau kab/kota"
    elif all(len(each) == KABKOTA and each.endswith("00") for each in unknown):
        remedy = "ini tampaknya provinsi; tulis kodenya dengan dua angka"
    found.append(f"Kode tidak dikenal: {some(unknown)}; {remedy}.")
    return found


def _missing(known: set[str], levels: set[int]) -> list[str]:
    if levels == {PROVINSI}:
        missing = [code for code in reference.all_provinces() if code not in known]
        whole = "Berkas provinsi harus memuat 38 provinsi"
    else:
        provinces = {each[:2] for each in known}
        theirs = [each for each in _names() if len(each) == KABKOTA and each[:2] in provinces]
        missing = [each for each in theirs if each not in known]
        whole = "Tiap provinsi dalam berkas kab/kota harus lengkap"
    if not missing:
        return []
    return [
        f"{whole}, tetapi {angka(len(missing))} tidak ada: {_named(missing)}; lengkapi berkasnya"
        + (" atau keluarkan provinsi itu." if levels == {KABKOTA} else ".")
    ]


def _names() -> dict[str, str]:
    """Digits of a code -> name, provinces and kab/kota."""
    names = {**reference.names("provinsi"), **reference.names("kabkota")}
    return {code.replace(".", ""): name for code, name in names.items()}


def _in_house_form(digits: str) -> str:
    return digits if len(digits) == PROVINSI else f"{digits[:2]}.{digits[2:]}"


def _named(codes: Sequence[str]) -> str:
    names = _names()
    return some(f"{_in_house_form(code)} {names[code]}" for code in codes)


def some(values: Iterable[str], *, at_most: int = NAMED_AT_MOST) -> str:
    """The first few values of a list, and how many more there are. Example: "a, b dan 3 lainnya"."""
    listed = list(values)
    more = len(listed) - at_most
    return ", ".join(listed[:at_most]) + (f" dan {angka(more)} lainnya" if more > 0 else "")


def _polygons(frame: Any, codes: Sequence[str], path: Path) -> list[Any]:
    """The areas in degrees, whole and valid; lines and points that come with them are left out."""
    import shapely

    # Always longitude first, whatever the order of the coordinate system's axes.
    shapes = shapely.force_2d(frame.geometry.to_crs(4326).to_numpy())
    parts = [
        [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type.endswith("Polygon")]
        for shape in shapes
    ]
    without = [code for code, each in zip(codes, parts, strict=True) if not each]
    if without:
        raise UserError(
            f"Tidak ada bidang (poligon) untuk kode {some(without)}; berkas batas memuat bidang wilayah, bukan titik "
            "atau garis."
        )
    whole = [shapely.union_all(each) if len(each) > 1 else each[0] for each in parts]
    west, south, east, north = shapely.total_bounds(whole)
    if not (west >= BOX[0] and south >= BOX[1] and east <= BOX[2] and north <= BOX[3]):
        raise UserError(
            f"Koordinat di {path.name} berada di luar Indonesia (bujur {angka(west)} sampai {angka(east)}, lintang "
            f"{angka(south)} sampai {angka(north)}); periksa CRS berkas itu, lalu simpan ulang."
        )
    return whole


def _check_places(areas: Areas) -> None:
    """Refuse codes of another numbering: too many known centres lie in the area of another code."""
    import shapely

    level = "provinsi" if areas.are_provinces else "kabkota"
    table = reference.table(level).set_index(reference.KEYS[level]).loc[list(areas.shapes)]
    codes = list(areas.shapes)
    tree = shapely.STRtree(list(areas.shapes.values()))
    points, hit = tree.query(shapely.points(table["lon"], table["lat"]), predicate="within")
    lying: dict[str, set[str]] = {}
    for point, area in zip(points, hit, strict=True):
        lying.setdefault(codes[point], set()).add(codes[area])
    elsewhere = [code for code, found in lying.items() if code not in found]
    if len(elsewhere) <= MISPLACED_SHARE * len(lying):
        return
    names = reference.names(level)
    examples = some(f"{code} {names[code]} (tertulis {min(lying[code])})" for code in elsewhere)
    raise UserError(
        f"{angka(len(elsewhere))} dari {angka(len(lying))} wilayah tidak berada di tempatnya: {examples}. Kolom itu "
        "tampaknya memuat kode BPS; pakai kolom kode Kemendagri."
    )
