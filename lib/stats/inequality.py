"""How unevenly a load is spread: Gini, the share of the top, percentiles, and quantiles by group."""

from __future__ import annotations

import numpy as np


def gini(values: np.ndarray) -> float:
    """Return the Gini coefficient of values >= 0, without small-sample correction.

    sum over sorted i of (2 i - n - 1) x_i / (n sum x). NaN without values or when all are 0. Raises ValueError
    for negative values. Examples: 1, 2, 3, 4: .25; equal: 0; 0, 0, 0, 1: .75.
    """
    values = _sorted(values)
    n, total = values.size, values.sum()
    if n == 0 or total == 0:
        return float("nan")
    return float(((2 * np.arange(1, n + 1) - n - 1) * values).sum() / (n * total))


def top_share(values: np.ndarray, *, top: float = 0.1) -> float:
    """Return the share (0..1) of the sum that the top part of the units holds.

    A part of a unit counts in proportion: of 25 units the top 10 % are two and a half. NaN without values or
    when all are 0. Raises ValueError for negative values or top outside 0..1.
    Example: 10 units, nine with 5 and one with 55: .55.
    """
    if not 0 < top <= 1:
        raise ValueError(f"top must be above 0 and at most 1, got {top}")
    values = _sorted(values)[::-1]
    total = values.sum()
    if values.size == 0 or total == 0:
        return float("nan")
    held = np.concatenate([[0.0], np.cumsum(values)])
    return float(np.interp(top * values.size, np.arange(values.size + 1), held) / total)


def p90_p10(values: np.ndarray) -> tuple[float, float]:
    """Return the 90th and 10th percentile (numpy's linear interpolation), NaN without values.

    Example: 0, 1, ..., 10: 9 and 1.
    """
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        return float("nan"), float("nan")
    return float(np.quantile(values, 0.9)), float(np.quantile(values, 0.1))


def quantile_by_group(values: np.ndarray, group: np.ndarray, *, groups: int, q: float) -> np.ndarray:
    """Return the q quantile of every group [groups], numpy's linear interpolation; NaN for an empty group.

    values and group are [N], group holding 0..groups-1. q .5 is the mean of the two middle values. Raises
    ValueError for q outside 0..1, a group out of range or different lengths.
    Example: values 1, 2, 10 in groups 0, 0, 2 at q .5: 1.5, NaN, 10.
    """
    if not 0 <= q <= 1:
        raise ValueError(f"q must be from 0 to 1, got {q}")
    values, group = np.asarray(values, dtype=float), np.asarray(group, dtype=np.int64)
    if values.shape != group.shape or values.ndim != 1:
        raise ValueError("values and group must be one-dimensional and equally long")
    if ((group < 0) | (group >= groups)).any():
        raise ValueError(f"group must be from 0 to {groups - 1}")
    result = np.full(groups, np.nan)
    if values.size == 0:
        return result
    ordered = values[np.lexsort((values, group))]
    size = np.bincount(group, minlength=groups)
    filled = size > 0
    start, place = (np.cumsum(size) - size)[filled], q * (size[filled] - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, size[filled] - 1)
    low, high = ordered[start + below], ordered[start + above]
    result[filled] = low + (place - below) * (high - low)
    return result


def _sorted(values: np.ndarray) -> np.ndarray:
    values = np.sort(np.asarray(values, dtype=float))
    if (values < 0).any():
        raise ValueError("values cannot be negative")
    return values
