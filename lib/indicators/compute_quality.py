"""Figures of what the data themselves are worth: I23, I24."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib.domain import Thresholds
from lib.indicators.figures import NOT_ENOUGH, Frames, share


def _with_any(x: pd.Series, n: pd.Series, limits: Thresholds) -> pd.DataFrame:
    """A share shown however small its n, but not over nothing."""
    nothing = [None if number else NOT_ENOUGH.format(minimum=limits.n_minimum) for number in n]
    return share(x, n, 0, alasan=nothing)


def _coverage(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return _with_any(frames["kabkota-berkasus"]["berkasus"], frames["kabkota-semua"]["kabkota"], limits)


def _completeness(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    due, empty = fields_of(frames["kelengkapan"])
    return _with_any(due - empty, due, limits)


def fields_of(counted: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """How many fields are due and how many of them are empty, over all fields of each group.

    Example: 10 cases with 5 fields due in each, of which 3 are empty -> 50, 3.
    """
    due = counted[[name for name in counted if name.startswith("jatuh_")]].sum(axis=1)
    empty = counted[[name for name in counted if name.startswith("kosong_")]].sum(axis=1)
    return due.astype("int64"), empty.astype("int64")


COMPUTE_QUALITY: dict[str, Callable[[Frames, Thresholds], pd.DataFrame]] = {
    "I23": _coverage,
    "I24": _completeness,
}
