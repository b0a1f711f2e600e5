"""From grouped counts to the blocks the audit solves: one table of counts in one year, or at the end of one month.

A block is a list of cases; which listed cells a case counts in follows from its kab/kota, kind, month and quarter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from lib import reference
from lib.disclosure.rules import AT_DATA, COHORTS, FINE_TABLES

NO_MONTH, NO_QUARTER = 12, 4
"""Where a case counts in the quarter or the year only: what follows came after the month's or the quarter's end."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """The cases of one table in one year, one element each: positions of kab/kota and kind in their tables, month
    0-11, quarter 0-3. `months`, `quarters`, `year` name the periods that are published, None for those that are not.
    `fine`: whether it is told apart by kab/kota and klaster, and by province and jenis, too.
    """

    tabel: str
    kab: np.ndarray
    kind: np.ndarray
    month: np.ndarray
    quarter: np.ndarray
    months: tuple[str | None, ...]
    quarters: tuple[str | None, ...]
    year: str | None
    fine: bool = True


@cache
def positions(table: str) -> dict[str, int]:
    """Where each code of a reference table stands."""
    return {kode: place for place, kode in enumerate(reference.names(table))}


def blocks(
    lives: pd.DataFrame,
    due: Mapping[int, pd.DataFrame],
    response: pd.DataFrame,
    silent: pd.DataFrame,
    *,
    newest: dt.date,
    since: dt.date,
) -> Iterator[Block]:
    """All tables of counts behind the listed figures in periods that begin on `since` or later; the frames of
    `lib.queries.cells`.

    `due` holds the cohorts by their number of days. The month of the newest T is the running one: its quarter and year
    end with it.
    """
    lives = _placed(lives)
    recorded = _number(lives["terdata"])
    resolved = np.where(lives["selesai"] == 1, _number(lives["terminasi"]), np.iinfo("int32").max)
    handled = np.minimum(_number(lives["respon"]), resolved)
    ended = _number(lives["terminasi"])
    # The first month that begins on that day or later.
    first = since.year * 12 + since.month - (since.day == 1)
    yield from _years("terdata", lives, recorded, recorded, first=first)
    yield from _years("tertangani", lives, recorded, handled, first=first)
    yield from _years("tuntas", lives, recorded, resolved, first=first)
    yield from _years("selesai", lives, resolved, resolved, first=first)
    last = newest.year * 12 + newest.month - 1
    for end in range(first, last + 1):
        inside = (recorded <= end) & (ended > end)
        yield _standing("terbuka", lives[inside], end, first=first, running=end == last)
    yield _at_data("terbuka-T", lives[ended == np.iinfo("int32").max])
    yield _at_data("macet", _placed(silent))
    for days in COHORTS:
        yield from _shares(f"kohort-{days}", due[days], n="n", x="selesai", first=first)
    answered = response.assign(dinilai=response["n"] - response["tanpa_respon"])
    names = ("respon-n", "respon-tepat")
    yield from _shares("respon", answered, n="dinilai", x="respon", first=first, names=names)


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        kab=frame["kabkota"].map(positions("kabkota")).to_numpy(dtype="int64"),
        kind=frame["jenis"].map(positions("jenis_masalah")).to_numpy(dtype="int64"),
    )


def _number(dates: pd.Series) -> np.ndarray:
    """Months counted from year 0; one after all others where there is no date."""
    numbers = (dates.dt.year * 12 + dates.dt.month - 1).to_numpy(dtype="float64")
    return np.where(np.isnan(numbers), np.iinfo("int32").max, numbers).astype("int64")


def _shares(
    tabel: str, cohort: pd.DataFrame, *, n: str, x: str, first: int, names: tuple[str, str] | None = None
) -> Iterator[Block]:
    placed = _placed(cohort)
    for column, name in zip((n, x), names or (f"{tabel}-n", f"{tabel}-{x}"), strict=True):
        counted = placed.assign(n=placed[column].astype("int64"))
        month = _number(counted["bulan"])
        yield from _years(name, counted, month, month, first=first)


def _years(
    tabel: str, frame: pd.DataFrame, begin: np.ndarray, reached: np.ndarray, *, first: int
) -> Iterator[Block]:
    """Cases of the month `begin` that count from the month `reached` on: in a month, its quarter or its year; all
    months are numbered from year 0, the published periods begin with the month `first` or later.

    A case reached in a later month of the same quarter counts in the quarter and not in its month.
    """
    counted = (begin >= first) & (begin < np.iinfo("int32").max) & (reached // 12 == begin // 12)
    frame, begin, reached = frame[counted], begin[counted], reached[counted]
    month = np.where(reached == begin, begin % 12, NO_MONTH)
    quarter = np.where(reached // 3 == begin // 3, begin % 12 // 3, NO_QUARTER)
    for year in np.unique(begin // 12):
        own = begin // 12 == year
        yield _block(
            tabel,
            frame[own],
            month[own],
            quarter[own],
            months=tuple(
                f"{year}-{number + 1:02d}" if year * 12 + number >= first else None for number in range(12)
            ),
            quarters=tuple(
                f"{year}-T{number + 1}" if year * 12 + 3 * number >= first else None for number in range(4)
            ),
            year=str(year) if year * 12 >= first else None,
        )


def _standing(tabel: str, frame: pd.DataFrame, end: int, *, first: int, running: bool) -> Block:
    """What stands at a month's end: published of the nation, of provinces at a quarter's end, of all at a year's."""
    year, month = divmod(end, 12)
    quarterly = (running or month % 3 == 2) and end - month % 3 >= first
    yearly = (running or month == 11) and year * 12 >= first
    whole = np.zeros(len(frame), dtype="int64")
    return _block(
        tabel,
        frame,
        whole + month,
        whole + month // 3,
        months=tuple(f"{year}-{month + 1:02d}" if number == month else None for number in range(12)),
        quarters=tuple(
            f"{year}-T{number + 1}" if number == month // 3 and quarterly else None for number in range(4)
        ),
        year=str(year) if yearly else None,
    )


def _at_data(tabel: str, frame: pd.DataFrame) -> Block:
    whole = np.zeros(len(frame), dtype="int64")
    return _block(
        tabel,
        frame,
        whole + NO_MONTH,
        whole,
        months=(None,) * 12,
        quarters=(AT_DATA, None, None, None),
        year=AT_DATA,
    )


def _block(tabel: str, frame: pd.DataFrame, month: np.ndarray, quarter: np.ndarray, **names) -> Block:
    n = frame["n"].to_numpy(dtype="int64")
    columns = {
        "kab": frame["kab"].to_numpy(dtype="int64"),
        "kind": frame["kind"].to_numpy(dtype="int64"),
        "month": month,
        "quarter": quarter,
    }
    repeated = {name: np.repeat(values, n) for name, values in columns.items()}
    return Block(tabel=tabel, **repeated, **names, fine=tabel in FINE_TABLES)
