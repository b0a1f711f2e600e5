"""The empty import workbook: the sheets to fill in, a dictionary sheet and the code lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lib.importing import codes, columns
from lib.importing.columns import Column, Kind

_LAST_ROW = 1_048_575
CREATED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
# Text stays text: a cell that starts with = must not become a formula.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A list typed into a validation may have 255 characters.
_LIST_LIMIT = 255
# 49 is the built-in format "Text".
_TEXT = 49
_NUMBER_FORMATS = {Kind.TANGGAL: "yyyy-mm-dd", Kind.BILANGAN: "0", Kind.ANGKA: "General"}
_KAMUS = ("lembar", "kolom", "wajib", "nilai yang diterima", "arti", "contoh")
_CODE_LISTS = {
    "kode_jenis": ("kode_jenis", "nama", "kode_klaster"),
    "kode_alasan": ("kode_alasan", "uraian", "kelompok"),
    "kode_provinsi": ("kode_provinsi", "nama"),
    "kode_kabkota": ("kode_kabkota", "nama", "kode_provinsi"),
    "kode_indikator": ("kode_indikator", "nama", "satuan"),
}
# What the sheet kamus says about a column without a list.
_ACCEPTED = {
    Kind.TANGGAL: "tanggal, tahun-bulan-hari",
    Kind.BULAN: "bulan, tahun-bulan",
    Kind.PERIODE: "tahun, atau tahun-bulan",
    Kind.ANGKA: "angka lebih dari 0, tanpa pemisah ribuan",
}


def write_template(path: Path, *, rows: Mapping[str, Iterable[Sequence[str]]] | None = None) -> None:
    """Write the import workbook (XLSX) to `path`, an existing file is replaced.

    `rows` fills sheets, by sheet name, with rows of text in the order of the columns; by default all sheets
    to fill in are empty but for their header.
    """
    with xlsxwriter.Workbook(str(path), dict(AS_TEXT)) as workbook:
        # The same content gives the same bytes, so that a template written twice has one digest.
        workbook.set_properties({"created": CREATED})
        formats = _formats(workbook)
        for sheet, wanted in columns.SHEETS.items():
            worksheet = workbook.add_worksheet(sheet)
            _write_header(worksheet, wanted, formats)
            for place, values in enumerate((rows or {}).get(sheet, ()), start=1):
                worksheet.write_row(place, 0, [value or None for value in values])
        _explain(workbook, formats)


def explain(workbook: xlsxwriter.Workbook) -> None:
    """Add the sheets that explain: the dictionary of columns and the code lists."""
    _explain(workbook, _formats(workbook))


def _explain(workbook: xlsxwriter.Workbook, formats: dict[str, Format]) -> None:
    _write_kamus(workbook.add_worksheet("kamus"), formats)
    for sheet, table in columns.REFERENCE_SHEETS.items():
        frame = codes.table(table)[list(_CODE_LISTS[sheet])]
        _write_list(workbook.add_worksheet(sheet), frame.columns, frame.to_numpy().tolist(), formats)


def _formats(workbook: xlsxwriter.Workbook) -> dict[str, Format]:
    head = {"bold": True, "border": 1, "bg_color": "#E7E6E6"}
    return {
        "wajib": workbook.add_format(head | {"bg_color": "#FFE699"}),
        "judul": workbook.add_format(head),
        "bungkus": workbook.add_format({"text_wrap": True, "valign": "top", "num_format": _TEXT}),
        **{kind: workbook.add_format({"num_format": _NUMBER_FORMATS.get(kind, _TEXT)}) for kind in Kind},
    }


def _write_header(worksheet: Worksheet, wanted: Sequence[Column], formats: dict[str, Format]) -> None:
    worksheet.freeze_panes(1, 0)
    for place, column in enumerate(wanted):
        worksheet.set_column(place, place, max(12, len(column.name) + 2), formats[column.kind])
        worksheet.write_string(0, place, column.name, formats["wajib" if column.required else "judul"])
        source = _choices(column)
        if source is None:
            continue
        worksheet.data_validation(
            1,
            place,
            _LAST_ROW,
            place,
            {
                "validate": "list",
                "source": source,
                "ignore_blank": True,
                "error_title": "Nilai tidak dikenal",
                "error_message": f"Pilih nilai {column.name} dari daftar.",
            },
        )


def _choices(column: Column) -> list[str] | str | None:
    if column.choices:
        if len(",".join(column.choices)) > _LIST_LIMIT:
            raise ValueError(f"{column.name}: the list is too long for a drop-down")
        return list(column.choices)
    if column.reference:
        return f"={column.name}!$A$2:$A${len(codes.codes(column.reference)) + 1}"
    return None


def _write_kamus(worksheet: Worksheet, formats: dict[str, Format]) -> None:
    lines = [
        (
            sheet,
            column.name,
            "ya" if column.required else "tidak",
            _accepted(column),
            column.meaning,
            column.example,
        )
        for sheet, wanted in columns.SHEETS.items()
        for column in wanted
    ]
    _write_list(worksheet, _KAMUS, lines, formats)
    for place, width in enumerate((13, 24, 8, 48, 60, 16)):
        worksheet.set_column(place, place, width, formats["bungkus"])


def _accepted(column: Column) -> str:
    if column.choices:
        return ", ".join(column.choices)
    if column.reference:
        return f"kode dari lembar {column.name}"
    if column.kind in _ACCEPTED:
        return _ACCEPTED[column.kind]
    return f"teks, paling panjang {column.max_length} huruf"


def _write_list(
    worksheet: Worksheet, titles: Iterable[str], lines: Iterable[Sequence[str]], formats: dict[str, Format]
) -> None:
    worksheet.freeze_panes(1, 0)
    worksheet.set_column(0, 5, 24, formats[Kind.TEKS])
    worksheet.write_row(0, 0, list(titles), formats["judul"])
    for place, line in enumerate(lines, start=1):
        for across, value in enumerate(line):
            worksheet.write_string(place, across, str(value))
