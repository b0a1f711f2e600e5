"""The shapes most figures have: a count, a share, a rate, with the rules that hide small numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib.stats import intervals

NOT_ENOUGH = "n < {minimum}"
BEFORE_COMPLETE = "kasus sebelum register lengkap tidak dihitung"
Frames = dict[str, pd.DataFrame]


def figure(
    *,
    nilai,
    n,
    pembilang=None,
    bawah=None,
    atas=None,
    alasan=None,
    catatan=None,
) -> pd.DataFrame:
    """The columns of an answer, one row per group; what is not given is empty."""
    numbers = {"nilai": nilai, "pembilang": pembilang, "n": n, "bawah": bawah, "atas": atas}
    words = {"alasan": alasan, "catatan": catatan}
    # Whole arrays: a page asks for dozens of figures, and series made of lists would take longer than the counting.
    return pd.DataFrame(
        {name: _numbers(values, len(n)) for name, values in numbers.items()}
        | {name: _words(values, len(n)) for name, values in words.items()}
    )


def _numbers(values, size: int) -> np.ndarray:
    return np.full(size, np.nan) if values is None else np.array(values, dtype="float64")


def _words(values, size: int) -> pd.Series:
    # Objects, not text: None must stay None.
    column = np.full(size, None, dtype=object)
    if values is not None:
        column[:] = list(values)
    return pd.Series(column, dtype=object)


def count(values: pd.Series, n: pd.Series) -> pd.DataFrame:
    """A plain count; n is the number of cases it is drawn from."""
    return figure(nilai=values, n=n)


def share(x: pd.Series, n: pd.Series, minimum: int, **more) -> pd.DataFrame:
    """100 x / n with Wilson's interval; no number below `minimum`. Example: 65 of 100 -> 65 (55.25 to 73.64)."""
    low, high = intervals.wilson(x.to_numpy(), n.to_numpy())
    return hide_small(
        figure(nilai=100 * ratio(x, n), pembilang=x, n=n, bawah=100 * low, atas=100 * high, **more),
        minimum,
    )


def rate(x: pd.Series, n: pd.Series, factor: float, **more) -> pd.DataFrame:
    """factor x / n with the exact Poisson interval of x. Example: 10 of 100,000 -> 10 (4.80 to 18.39)."""
    low, high = intervals.poisson_exact(x.to_numpy())
    base = np.where(n > 0, n, np.nan)
    columns = {"pembilang": x, "n": n, "bawah": factor * low / base, "atas": factor * high / base}
    return blank(figure(nilai=factor * ratio(x, n), **(columns | more)))


def ratio(x: pd.Series, n: pd.Series) -> np.ndarray:
    """x / n as floats, NaN where n is 0."""
    x, n = x.to_numpy(dtype=float), n.to_numpy(dtype=float)
    return np.divide(x, n, out=np.full(len(x), np.nan), where=n > 0)


def hide_small(result: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Say "n < minimum" and take the number away where n is too small and no other reason is given."""
    small = result["n"].to_numpy() < minimum
    if small.any():
        result.loc[small & result["alasan"].isna(), "alasan"] = NOT_ENOUGH.format(minimum=minimum)
    return blank(result)


def blank(result: pd.DataFrame) -> pd.DataFrame:
    """Take the number and its interval away wherever there is a reason for it not to exist."""
    gone = result["alasan"].notna()
    # Mostly nothing is missing: an empty assignment would cost milliseconds for each figure of a page.
    if gone.any():
        result.loc[gone, ["nilai", "bawah", "atas"]] = np.nan
    return result


def per_group(group: pd.Series, n: pd.Series, groups: int) -> pd.Series:
    """Sums of n by the row number of the group, 0 for a group without rows."""
    totals = np.bincount(group.to_numpy(dtype=int), weights=n.to_numpy(dtype=float), minlength=groups)
    return pd.Series(totals[:groups])


def left_out(counted: pd.DataFrame, reasons: dict[str, str]) -> list[str | None]:
    """The note of each group: how many were left out and why; `reasons` maps count columns to words."""
    notes = []
    for numbers in zip(*(counted[name].tolist() for name in reasons), strict=True):
        parts = [
            f"{int(number)} {words}"
            for number, words in zip(numbers, reasons.values(), strict=True)
            if number > 0
        ]
        notes.append("; ".join(parts) or None)
    return notes


def not_mature(cohort: pd.DataFrame) -> list[str | None]:
    """The reason of each group whose cohort (`calon`) has nobody watched long enough (`n`) yet."""
    waiting = (cohort["calon"] > 0) & (cohort["n"] == 0)
    return ["belum matang" if yes else None for yes in waiting]
