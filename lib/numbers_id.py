"""Indonesian numbers and dates: pure value -> text, independent of the operating system's locale."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

NONE_TEXT = "–"
# Between a number and its unit: no line ends there. Files for a spreadsheet get a plain space (lib.exports.sheets).
HOLD = "\u00a0"
MINUS = "\u2212"
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=%|hari\b)")
_MONTH_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def _rounded(value: float, decimals: int) -> Decimal:
    # Through str, not float arithmetic: 0.25 is "0,3" as readers expect, and 2.675 is "2,68".
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def angka(value: float | None, *, decimals: int | None = None) -> str:
    """A number with "." between thousands and "," before decimals; None, NaN and NA give "–".

    Without `decimals`: at most one decimal, none where it would be zero. Halves are rounded away from zero.
    Example: angka(1234.5) == "1.234,5"; angka(96.0) == "96"; angka(46, decimals=1) == "46,0".
    """
    if pd.isna(value):
        return NONE_TEXT
    number = _rounded(value, 1 if decimals is None else decimals)
    if decimals is None and number == number.to_integral_value():
        number = number.to_integral_value()
    digits = f"{abs(number):,}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{digits}" if number < 0 else digits


def persen(value: float | None, *, decimals: int | None = 1) -> str:
    """A percentage already in 0-100, persen(46.04) == "46,0 %" with a space that holds; without a value "–"."""
    return NONE_TEXT if pd.isna(value) else f"{angka(value, decimals=decimals)}{HOLD}%"


def hari(value: float | None, *, decimals: int | None = None) -> str:
    """A length in days, hari(96) == "96 hari" with a space that holds; without a value "–"."""
    return NONE_TEXT if pd.isna(value) else f"{angka(value, decimals=decimals)}{HOLD}hari"


def held(sentence: str) -> str:
    """A sentence in which no line ends between a number and its "%" or "hari". Example: "rentang 95 %: 3 hari"."""
    return _BEFORE_UNIT.sub(HOLD, sentence)


def selisih(value: float | None, *, decimals: int | None = None) -> str:
    """A signed difference with a true minus sign: selisih(12) == "+12", selisih(-3) == "−3", zero is "0"."""
    if pd.isna(value):
        return NONE_TEXT
    text = angka(value, decimals=decimals)
    return f"+{text}" if _rounded(value, 1 if decimals is None else decimals) > 0 else text


def tanggal(value: dt.date | None) -> str:
    """A date in full: tanggal(date(2026, 11, 20)) == "20 November 2026"; without a date "–"."""
    return NONE_TEXT if pd.isna(value) else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def tanggal_pendek(value: dt.date | None) -> str:
    """A date with a short month: tanggal_pendek(date(2026, 11, 20)) == "20 Nov 2026"; without a date "–"."""
    return NONE_TEXT if pd.isna(value) else f"{value.day} {SHORT_MONTHS[value.month - 1]} {value.year}"


def rentang_tanggal(dari: dt.date | None, sampai: dt.date | None) -> str:
    """A closed interval of days, "21 Nov 2025 – 20 Nov 2026"; one day is written once; no dates give "–"."""
    if pd.isna(dari) and pd.isna(sampai):
        return NONE_TEXT
    if pd.isna(dari):
        return f"sampai {tanggal_pendek(sampai)}"
    if pd.isna(sampai):
        return f"sejak {tanggal_pendek(dari)}"
    if dari == sampai:
        return tanggal_pendek(dari)
    return f"{tanggal_pendek(dari)} – {tanggal_pendek(sampai)}"


def _year_and_month(bulan: str) -> tuple[str, int]:
    match = _MONTH_PATTERN.fullmatch(bulan)
    if match is None:
        raise ValueError(f"a month is written YYYY-MM, got {bulan!r}")
    return match[1], int(match[2])


def bulan_tahun(bulan: str | None) -> str:
    """A month given as YYYY-MM: bulan_tahun("2026-11") == "November 2026"; ValueError for any other form."""
    if pd.isna(bulan):
        return NONE_TEXT
    year, month = _year_and_month(bulan)
    return f"{MONTHS[month - 1]} {year}"


def bulan_pendek(bulan: str | None) -> str:
    """A month given as YYYY-MM: bulan_pendek("2026-11") == "Nov 2026"; ValueError for any other form."""
    if pd.isna(bulan):
        return NONE_TEXT
    year, month = _year_and_month(bulan)
    return f"{SHORT_MONTHS[month - 1]} {year}"
