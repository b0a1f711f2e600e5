"""The sender's own workbook with the faulty cells marked: complete, harmless, importable once they are corrected."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from lib.importing import columns, importer, marked, reader
from tests.unit.test_importing_rows import (
    NOW,
    case_database,
    kasus_row,
    kegiatan_row,
    keterangan_row,
    pendamping_row,
    workbook,
)

GOOD = {
    "pendamping": [pendamping_row(), pendamping_row(id_pendamping="PD-2")],
    "kasus": [kasus_row(number) for number in range(1, 41)],
    "kegiatan": [kegiatan_row(id_kasus=f"K-{number}") for number in range(1, 6)],
}
# sheet, row number, column, what was written
FAULTS = [
    ("pendamping", 3, "jenjang", "12"),
    ("kasus", 2, "prioritas", "=CMD()"),
    ("kasus", 3, "tanggal_asesmen", "2025-01-01"),
    ("kasus", 5, "kode_kabkota", ""),
    ("kegiatan", 4, "id_kasus", "K-77"),
]


def damaged() -> dict[str, list[list[str]]]:
    rows = {sheet: [list(row) for row in own] for sheet, own in GOOD.items()}
    for sheet, number, kolom, value in FAULTS:
        rows[sheet][number - 2][columns.names(sheet).index(kolom)] = value
    return rows


def try_marked(engine, folder, paths) -> tuple[importer.ImportReport, dict[str, list[list]]]:
    report = importer.import_files(engine, paths, now=NOW, dry_run=True)
    marked.write_marked(paths, report.problems, folder / "ditandai.xlsx")
    return report, sheets_of(folder / "ditandai.xlsx")


def sheets_of(path) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def send_again(engine, folder, sheets) -> importer.ImportReport:
    """Save the sheets as a spreadsheet program would and import them."""
    with xlsxwriter.Workbook(str(folder / "diperbaiki.xlsx"), {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            worksheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                for across, value in enumerate(row):
                    if value != "":
                        worksheet.write(place, across, value)
    return importer.import_files(engine, [folder / "diperbaiki.xlsx"], now=NOW)


def test_correcting_only_the_marked_cells_leaves_nothing_refused(tmp_path):
    engine = case_database(tmp_path)
    path = workbook(tmp_path / "a.xlsx", **damaged())
    report, sheets = try_marked(engine, tmp_path, [path])
    assert report.status == importer.SEBAGIAN
    for sheet, number, kolom, value in FAULTS:
        header, row = sheets[sheet][0], sheets[sheet][number - 1]
        assert header[-1] == "alasan"
        assert row[header.index(kolom)] == value
        assert f"{kolom}: " in row[-1]
        row[header.index(kolom)] = GOOD[sheet][number - 2][columns.names(sheet).index(kolom)]
    unmarked = send_again(engine, tmp_path, sheets)
    assert (unmarked.status, len(unmarked.problems)) == (importer.DITERIMA, 0)
    counts = {sheet: unmarked.counts[sheet]["baru"] for sheet in GOOD}
    assert counts == {sheet: len(rows) for sheet, rows in GOOD.items()}


def test_every_row_is_in_it_as_it_was(tmp_path):
    path = workbook(tmp_path / "a.xlsx", **damaged())
    report, _ = try_marked(case_database(tmp_path), tmp_path, [path])
    before, after = reader.read_files([path]), reader.read_files([tmp_path / "ditandai.xlsx"])
    for old, new in zip(before.parts, after.parts, strict=True):
        assert new.frame.equals(old.frame)
    again = importer.import_files(
        case_database(tmp_path), [tmp_path / "ditandai.xlsx"], now=NOW, dry_run=True
    )
    assert again.problems.equals(report.problems)
    assert again.notes == ()


def test_a_formula_stays_a_text_and_the_cell_shows_its_fault(tmp_path):
    path = workbook(tmp_path / "a.xlsx", **damaged())
    try_marked(case_database(tmp_path), tmp_path, [path])
    with zipfile.ZipFile(tmp_path / "ditandai.xlsx") as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    cells = "".join(part for name, part in parts.items() if name.startswith("xl/worksheets/sheet"))
    comments = "".join(part for name, part in parts.items() if name.startswith("xl/comments"))
    styles = parts["xl/styles.xml"]
    assert "<f>" not in cells
    assert "=CMD()</t>" in cells
    assert 'quotePrefix="1"' in styles
    assert "FFF8CBAD" in styles
    assert "Nilai harus salah satu dari" in comments


def test_cells_that_were_numbers_stay_refused_until_somebody_looked(tmp_path):
    """As text the number 7 would be a fine id, although it was 007."""
    rows = {sheet: [list(row) for row in own] for sheet, own in GOOD.items()}
    place = columns.names("kasus").index("id_kasus")
    given = [7, 2.5, dt.date(2026, 3, 31), dt.timedelta(hours=31, minutes=1)]
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        day, span = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "[h]:mm:ss"}),
        )
        for sheet, own in {"keterangan": [keterangan_row()], **rows}.items():
            worksheet = book.add_worksheet(sheet)
            worksheet.write_row(0, 0, columns.names(sheet))
            for number, row in enumerate(own, start=1):
                worksheet.write_row(number, 0, [value or None for value in row])
                if sheet == "kasus" and number <= len(given):
                    value = given[number - 1]
                    look = span if isinstance(value, dt.timedelta) else day
                    worksheet.write(number, place, value, None if isinstance(value, int | float) else look)
    engine = case_database(tmp_path)
    report, _ = try_marked(engine, tmp_path, [tmp_path / "a.xlsx"])
    again = importer.import_files(engine, [tmp_path / "ditandai.xlsx"], now=NOW, dry_run=True)
    refused = report.problems.query("lembar == 'kasus' and kolom == 'id_kasus'")
    assert refused["baris"].tolist() == [2, 3, 4, 5]
    assert again.problems.equals(report.problems)


def test_csv_files_of_one_sheet_stand_below_each_other(tmp_path):
    def csv_file(name, sheet, rows):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, delimiter=";").writerows([columns.names(sheet), *rows])
        return tmp_path / name

    other = [kasus_row(number, kode_provinsi="33") for number in range(1, 6)]
    other[2][columns.names("kasus").index("prioritas")] = "?"
    paths = [
        csv_file("keterangan.csv", "keterangan", [keterangan_row("35"), keterangan_row("33")]),
        csv_file("pendamping.csv", "pendamping", [pendamping_row(), pendamping_row(kode_provinsi="33")]),
        csv_file("kasus-jatim.csv", "kasus", GOOD["kasus"]),
        csv_file("kasus-jateng.csv", "kasus", other),
    ]
    engine = case_database(tmp_path)
    report, sheets = try_marked(engine, tmp_path, paths)
    assert report.problems["lembar"].tolist() == ["kasus (kasus-jateng.csv)"]
    header, *rows = sheets["kasus"]
    assert [row[:2] for row in rows] == [row[:2] for row in [*GOOD["kasus"], *other]]
    assert [bool(row[-1]) for row in rows].index(True) == len(GOOD["kasus"]) + 2
    rows[len(GOOD["kasus"]) + 2][header.index("prioritas")] = "biasa"
    assert send_again(engine, tmp_path, sheets).status == importer.DITERIMA


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (["id_kasus", "alamat"], "alamat"),
        (["id_kasus", "=1+1"], "=1+1"),
        (["id_kasus", "k" * 300], "k" * 300),
    ],
)
def test_wrong_titles_are_marked_too(tmp_path, header, told):
    path = tmp_path / "kasus.csv"
    names = [name for name in columns.names("kasus") if name != "id_kasus"] + header
    path.write_text(",".join(names) + "\n" + ",".join(["x"] * len(names)) + "\n")
    other = workbook(tmp_path / "a.xlsx", kasus=GOOD["kasus"])
    report, sheets = try_marked(case_database(tmp_path), tmp_path, [other, path])
    assert report.status == importer.DITOLAK_BERKAS
    assert sheets["kasus"][0][-2:] == [told, "alasan"]
    with zipfile.ZipFile(tmp_path / "ditandai.xlsx") as packed:
        assert "FFF8CBAD" in packed.read("xl/styles.xml").decode()
