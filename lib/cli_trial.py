"""What `impor --uji` prints beside the report: the effect of the files on the main counts, before and after."""

from __future__ import annotations

import pandas as pd

from lib import reference
from lib.importing.trial import KODES
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, tanggal_pendek

NO_DATA = "belum ada data"
TOGETHER = "Semua"
_GAP = "   "


def effect_lines(effect: pd.DataFrame) -> list[str]:
    """The counts of lib.importing.trial as lines of a table: one per province, and all of them together.

    Together counts the provinces that have data. No lines without an effect, as of a refused file.
    """
    if effect.empty:
        return []
    rows = [("Provinsi", "Tanggal data", *(f"{kode} {INDICATORS[kode].pendek}" for kode in KODES))]
    for code, own in effect.groupby("kode_provinsi", sort=True):
        first = own.iloc[0]
        dates = f"{_day(first['tanggal_sebelum'])} → {_day(first['tanggal_sesudah'])}"
        counts = own.set_index("kode")[["sebelum", "sesudah"]]
        rows.append(
            (reference.names("provinsi")[code], dates, *(_change(*counts.loc[kode]) for kode in KODES))
        )
    every = [effect.loc[effect["kode"].eq(kode), ["sebelum", "sesudah"]] for kode in KODES]
    rows.append((TOGETHER, "", *(_change(*(_total(own[side]) for side in own)) for own in every)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    years = ", ".join(str(year) for year in sorted(set(effect["tahun"])))
    return [
        "Pengaruh pada angka utama (sebelum → sesudah):",
        *(
            _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ),
        f"{', '.join(KODES[:-1])}: kasus yang terdata sejak 1 Januari {years}; {KODES[-1]}: semua kasus yang belum "
        "ditutup. Sebelum pada tanggal data lama, sesudah pada tanggal data baru.",
    ]


def _total(counts: pd.Series) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _change(before: int | None, after: int | None) -> str:
    return f"{_number(before)} → {_number(after)}"


def _number(value: int | None) -> str:
    return NO_DATA if value is None else angka(value)


def _day(day) -> str:
    return NO_DATA if day is None else tanggal_pendek(day)
