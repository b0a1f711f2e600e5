"""A table as a file for Excel: CSV for an Indonesian Excel, or XLSX; always with filter, data date and definitions."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import pandas as pd
import xlsxwriter

from lib.indicators.records import INDICATORS
from lib.numbers_id import HOLD

# What a spreadsheet would take for a formula at the start of a cell (OWASP).
RISKY = ("=", "+", "-", "@", "\t", "\r")
CSV_MIME = "text/csv"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class About:
    """What an export belongs to: title, lines on filter and data date, the indicators in it, simulated or not."""

    judul: str
    baris: tuple[str, ...]
    kodes: tuple[str, ...] = ()
    simulasi: bool = False

    def lines(self) -> list[str]:
        """All the remarks of an export, DATA SIMULASI first."""
        head = ["DATA SIMULASI – bukan kasus nyata"] if self.simulasi else []
        defined = [
            f"{kode} {INDICATORS[kode].nama}: {INDICATORS[kode].pembilang}; atas: {INDICATORS[kode].penyebut}; "
            f"satuan: {INDICATORS[kode].satuan}"
            for kode in self.kodes
        ]
        return [*head, self.judul, *self.baris, *defined]


def harmless(value):
    """Text that a spreadsheet cannot take for a formula, with plain spaces, because a search finds no other.

    Numbers stay numbers. Example: "=1+1" -> "'=1+1".
    """
    if not isinstance(value, str):
        return value
    written = value.replace(HOLD, " ")
    return f"'{written}" if written.startswith(RISKY) else written


def file_name(stem: str, content: bytes, ending: str) -> str:
    """A name with the content's digest: the server tells large downloads apart by their names only."""
    return f"tuntas-{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{ending}"


def to_csv(frame: pd.DataFrame, about: About) -> bytes:
    """UTF-8 with BOM, semicolons and decimal commas; the remarks follow the table."""
    safe = frame.map(harmless).rename(columns=harmless)
    text = safe.to_csv(sep=";", decimal=",", index=False, lineterminator="\r\n")
    notes = pd.DataFrame({"catatan": [harmless(line) for line in about.lines()]})
    remarks = notes.to_csv(sep=";", index=False, header=False, lineterminator="\r\n")
    return ("\ufeff" + text + "\r\n" + remarks).encode()


def to_xlsx(frame: pd.DataFrame, about: About) -> bytes:
    """A sheet with typed cells and a sheet with the remarks; no cell is a formula or a link."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("data")
        for column, name in enumerate(frame.columns):
            sheet.write_string(0, column, str(name), bold)
            for row, value in enumerate(frame[name], start=1):
                _write(sheet, row, column, value, day)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
        notes = book.add_worksheet("keterangan")
        for row, line in enumerate(about.lines()):
            notes.write_string(row, 0, line.replace(HOLD, " "))
        notes.set_column(0, 0, 110)
    return target.getvalue()


def _write(sheet, row: int, column: int, value, day) -> None:
    if pd.isna(value):
        sheet.write_blank(row, column, None)
    elif isinstance(value, bool | str):
        sheet.write_string(row, column, str(value).replace(HOLD, " "))
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), day)
    else:
        sheet.write_number(row, column, float(value))
