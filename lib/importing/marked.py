"""The sender's own rows as a workbook with the faulty cells marked and the reason beside, to be corrected and sent.

Every row of the files is in it, as it was read. A cell that was a number where a code belongs stays a number: as text
it would pass without anybody having looked at it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lib.domain import UserError
from lib.importing import columns, reader, rules, template
from lib.importing.reader import REASONS, SheetPart

# Spreadsheets become slow with more; the column of reasons names every cell.
MAX_COMMENTS = 2_000
MAX_ROWS = 1_048_576
_TEXT = 49
# How cells that were no text are shown, so that the reader finds the same kind again.
_NUMBERS = {"#": "General", "#hari": "yyyy-mm-dd", "#jam": "[h]:mm:ss"}
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_REFUSED = {"bg_color": "#F8CBAD", "border": 2, "border_color": "#C00000"}
_WARNED = {"bg_color": "#FFF2CC", "border": 1, "border_color": "#BF9000"}


def write_marked(paths: Sequence[Path], problems: pd.DataFrame, out: Path) -> None:
    """Write the files that were imported (or tried) as one workbook (XLSX) with the problems marked.

    Sheets, titles and values are those of the files; several files of a sheet stand below each other, and the
    column `alasan` at the end is ignored when the workbook is sent again. `problems` are those of the report of
    exactly these files. Raises UserError for files that cannot be read or have more rows than a sheet.
    """
    upload = reader.read_files(paths)
    told = {key: group for key, group in problems.groupby("lembar", sort=False)}
    options = {**template.AS_TEXT, "constant_memory": True}
    with xlsxwriter.Workbook(str(out), options) as workbook:
        workbook.set_properties({"created": template.CREATED})
        formats = _formats(workbook)
        for sheet in dict.fromkeys(part.sheet for part in upload.parts):
            parts = [part for part in upload.parts if part.sheet == sheet]
            _write_sheet(workbook.add_worksheet(sheet), parts, told, formats)
        template.explain(workbook)


def write_rows(rows: Iterable[tuple[str, dict[str, str], str]], out: Path) -> None:
    """Write single rows (sheet, values by column, reason) into the sheets of a workbook that can be sent again.

    The sheet keterangan is there to be filled in.
    """
    by_sheet: dict[str, list[tuple[dict[str, str], str]]] = {columns.KETERANGAN: []}
    for sheet, values, reason in rows:
        by_sheet.setdefault(sheet, []).append((values, reason))
    with xlsxwriter.Workbook(str(out), dict(template.AS_TEXT)) as workbook:
        workbook.set_properties({"created": template.CREATED})
        formats = _formats(workbook)
        for sheet, own in by_sheet.items():
            worksheet, names = workbook.add_worksheet(sheet), columns.names(sheet)
            worksheet.freeze_panes(1, 0)
            worksheet.set_column(0, len(names) - 1, 16, formats[""])
            worksheet.set_column(len(names), len(names), 90)
            _write_header(worksheet, {(name, 1): place for place, name in enumerate(names)}, [], formats)
            for row, (values, reason) in enumerate(own, start=1):
                across, cells = list(range(len(names))), (row, *(values.get(name, "") for name in names))
                _write_row(worksheet, row, list(names), across, cells, [], {}, formats, 0)
                worksheet.write_string(row, len(names), reason, formats[""])
        template.explain(workbook)


def _formats(workbook: xlsxwriter.Workbook) -> dict[str, Format]:
    """quote_prefix: such a text stays a text also after it was edited in the spreadsheet."""
    looks = {"": {}, rules.DITOLAK: _REFUSED, rules.PERINGATAN: _WARNED}
    made = {"judul": workbook.add_format({"bold": True, "border": 1, "bg_color": "#E7E6E6"})}
    for name, look in looks.items():
        made[name] = workbook.add_format({"num_format": _TEXT, **look})
        made[f"{name}'"] = workbook.add_format({"num_format": _TEXT, "quote_prefix": True, **look})
        for kind, shown in _NUMBERS.items():
            made[f"{name}{kind}"] = workbook.add_format({"num_format": shown, **look})
    return made


def _write_sheet(
    worksheet: Worksheet, parts: list[SheetPart], told: dict[str, pd.DataFrame], formats: dict[str, Format]
) -> None:
    places = _places(parts)
    texts = set(columns.of_kind(parts[0].sheet, *columns.TEXT_ONLY))
    worksheet.freeze_panes(1, 0)
    worksheet.set_column(0, len(places), 16)
    worksheet.set_column(len(places), len(places), 90)
    marked = {part.lembar: _marks(told[part.lembar]) for part in parts if part.lembar in told}
    of_titles = [mark for marks in marked.values() for mark in marks.get(1, ())]
    _write_header(worksheet, places, of_titles, formats)
    above, comments = 0, MAX_COMMENTS
    for part in parts:
        marks = marked.get(part.lembar, {})
        across = [places[key] for key in _numbered(part)]
        numbers = {name: set(rows.tolist()) for name, rows in part.not_text.items() if name in texts}
        titles = list(part.frame.columns)
        last = above
        for values in part.frame.itertuples(name=None):
            row = above + values[0] - 1
            if row >= MAX_ROWS:
                raise UserError(
                    f"Lembar {part.sheet} dari semua berkas bersama lebih dari {MAX_ROWS} baris; kirim berkasnya "
                    "satu per satu."
                )
            comments -= _write_row(
                worksheet, row, titles, across, values, marks.get(values[0], []), numbers, formats, comments
            )
            last = row
        above = last
    worksheet.autofilter(0, 0, max(above, 1), len(places))


def _numbered(part: SheetPart) -> Iterator[tuple[str, int]]:
    """The titles of a part, the same title twice told apart."""
    seen: dict[str, int] = {}
    for title in part.frame.columns:
        seen[title] = seen.get(title, 0) + 1
        yield title, seen[title]


def _places(parts: list[SheetPart]) -> dict[tuple[str, int], int]:
    """In which column of the workbook each title stands."""
    keys = dict.fromkeys(key for part in parts for key in _numbered(part))
    return {key: place for place, key in enumerate(keys)}


def _marks(problems: pd.DataFrame) -> dict[int, list[tuple[str, str, str]]]:
    """By row number: column, reason, refused or warned."""
    marks: dict[int, list[tuple[str, str, str]]] = {}
    for each in problems.itertuples():
        marks.setdefault(int(each.baris), []).append((each.kolom, each.alasan, each.tingkat))
    return marks


def _write_header(
    worksheet: Worksheet,
    places: dict[tuple[str, int], int],
    marks: list[tuple[str, str, str]],
    formats: dict[str, Format],
) -> None:
    wrong = {kolom for kolom, _, _ in marks}
    titles = [title for title, _ in places]
    # As the problems name them.
    named = rules.cut(pd.Series(titles, dtype=columns.TEXT))
    for place, title, name in zip(places.values(), titles, named, strict=True):
        worksheet.write_string(0, place, title, formats[rules.DITOLAK if name in wrong else "judul"])
    worksheet.write_string(0, len(places), REASONS, formats["judul"])
    if marks:
        worksheet.write_comment(0, len(places), _sentence(marks), {"x_scale": 3, "y_scale": 2})


def _write_row(
    worksheet: Worksheet,
    row: int,
    titles: list[str],
    across: list[int],
    values: tuple,
    marks: list[tuple[str, str, str]],
    numbers: dict[str, set[int]],
    formats: dict[str, Format],
    comments: int,
) -> int:
    """Write one row (values: its number in the file, then its cells) and return how many comments that took."""
    levels: dict[str, str] = {}
    for kolom, _, tingkat in marks:
        levels[kolom] = rules.DITOLAK if rules.DITOLAK in (tingkat, levels.get(kolom)) else tingkat
    for title, place, value in zip(titles, across, values[1:], strict=True):
        level = levels.get(title, "")
        if value and values[0] in numbers.get(title, ()):
            _write_number(worksheet, row, place, value, level, formats)
        elif value:
            mark = "'" if value.startswith(_FORMULA_START) else ""
            worksheet.write_string(row, place, value, formats[f"{level}{mark}"])
        elif level:
            worksheet.write_blank(row, place, None, formats[level])
    if not marks:
        return 0
    worksheet.write_string(row, max(across) + 1, _sentence(marks), formats[""])
    told = [name for name in levels if name in titles][:comments]
    for name in told:
        reasons = " ".join(alasan for kolom, alasan, _ in marks if kolom == name)
        worksheet.write_comment(row, across[titles.index(name)], reasons, {"x_scale": 2})
    return len(told)


def _sentence(marks: list[tuple[str, str, str]]) -> str:
    """Example: "prioritas: Nilai harus salah satu dari: ... | peringatan, tanggal_terdata: ..."."""
    return " | ".join(
        f"{'' if tingkat == rules.DITOLAK else 'peringatan, '}{kolom or '(tanpa judul)'}: {alasan}"
        for kolom, alasan, tingkat in marks
    )


def _write_number(
    worksheet: Worksheet, row: int, place: int, text: str, level: str, formats: dict[str, Format]
) -> None:
    """A cell that was no text, in the kind it had (the reader's texts: 11.1, 2026-03-31, 31:01:00, TRUE)."""
    if text in ("TRUE", "FALSE"):
        worksheet.write_boolean(row, place, text == "TRUE", formats[f"{level}#"])
    elif ":" in text:
        hours, minutes, seconds = text.split(":")
        span = dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
        worksheet.write_datetime(row, place, span, formats[f"{level}#jam"])
    elif _DAY.fullmatch(text):
        worksheet.write_datetime(row, place, dt.date.fromisoformat(text), formats[f"{level}#hari"])
    else:
        worksheet.write_number(row, place, float(text), formats[f"{level}#"])
