"""Days as people write them: 31/3/2026 is read, month/day/year refuses the file, a bare day number is explained."""

from __future__ import annotations

import datetime as dt
import re

from lib.importing.places import UNTOUCHED, Reading, shown

_SLASHED = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_SERIAL = re.compile(r"([0-9]{5})(?:[.,][0-9]+)?")
# Day 0 of the day numbers of Excel, valid from 1 March 1900 on.
_DAY_ZERO = dt.date(1899, 12, 30)
# From 1980, the first year a file may name, to 2119.
_SERIALS = range(29_221, 80_000)


def read(text: str) -> Reading:
    """What a written day means; ISO days and unknown forms stay untouched.

    Example: 5/1/2026 is 2026-01-05; 1/15/2026 and 45992 are refused, the latter naming 2025-12-01.
    """
    parts = _SLASHED.fullmatch(text)
    if parts:
        return _slashed(text, int(parts[1]), int(parts[3]), int(parts[4]))
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in _SERIALS:
        day = _DAY_ZERO + dt.timedelta(days=int(serial[1]))
        return Reading(
            alasan=f"{shown(text)} adalah angka, bukan tanggal; mungkin {day.isoformat()} (nomor hari lembar kerja)? "
            "Ubah format sel menjadi Tanggal, atau tulis tahun-bulan-hari."
        )
    return UNTOUCHED


def _slashed(text: str, day: int, month: int, year: int) -> Reading:
    if month > 12:
        return Reading(
            alasan=f"Tanggal {shown(text)}: bagian kedua lebih dari 12, padahal urutannya hari/bulan/tahun; "
            "tulis tahun-bulan-hari, misalnya 2026-03-31."
        )
    try:
        return Reading(code=dt.date(year, month, day).isoformat())
    except ValueError:
        # 31/02/2026: the check of every date says that the calendar has no such day.
        return UNTOUCHED


def month_first(values: list[str]) -> str | None:
    """An example of a day in a column that writes month/day/year, else None.

    That is a column with a second part above 12 and no first part above 12.
    """
    example = None
    for text in values:
        parts = _SLASHED.fullmatch(text)
        if parts and int(parts[1]) > 12:
            return None
        if parts and int(parts[3]) > 12:
            example = example or text
    return example
