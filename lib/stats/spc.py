"""Statistical process control charts of a monthly series (XmR and p), without drawing.

Rules, limits and screening follow NHSRplotthedots ("Making data count"): moving ranges are screened once
before the limits are set (Nelson 1982), which the official spreadsheet does not do; screen=False gives its
result. A gap (NaN) breaks a run, a trend and a moving range. Every rebase begins a new segment with its own
mean, limits and rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

LIMIT = 2.66
"""Limits lie this many mean moving ranges from the mean (3 / 1.128, rounded as the sources do)."""
SCREEN = 3.267
"""A moving range above this many mean moving ranges is left out of the mean moving range."""
RUN = 7
"""Points on one side of the mean, or rising or falling, that are no longer chance."""
SHORT = 13
"""A segment with fewer points has provisional limits."""
NOISE = 1e-9
"""Differences below this share of the scale are rounding: a constant series has no point off its mean."""


@dataclass(frozen=True)
class ControlChart:
    """One point per month, all arrays [N]; NaN where a month has no value or a segment no limits."""

    value: np.ndarray
    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    segment: np.ndarray
    """int: 0, 1, ... counted by the rebases."""
    side: np.ndarray
    """int: -1 below, 0 on, +1 above the mean."""
    outside: np.ndarray
    """bool, rule 1: beyond a limit."""
    run: np.ndarray
    """bool, rule 2: part of 7 or more points on one side of the mean."""
    trend: np.ndarray
    """bool, rule 3: part of 7 points all rising or all falling."""
    near_limit: np.ndarray
    """bool, rule 4: one of 2 of 3 points in the outer third of the same side."""
    flagged: np.ndarray
    """bool: any of the four rules."""
    short: np.ndarray
    """bool: the segment has fewer than 13 points, its limits are provisional."""


def xmr_chart(values: np.ndarray, *, rebase_at: Sequence[int] = (), screen: bool = True) -> ControlChart:
    """Return the chart of individual values and moving ranges of a series [N].

    Limits = mean +- 2.66 x mean moving range; moving ranges above 3.267 x their mean are left out first unless
    screen is False. rebase_at holds the indices at which a new segment begins. A segment without a moving
    range has no limits (NaN). Raises ValueError for a rebase outside 1..N-1.
    Example: 1,2,1,2,10,1,2,...: mean 1.94, limits -0.72 and 4.60; unscreened -3.06 and 6.95.
    """
    values = np.asarray(values, dtype=float)
    segment = _segments(values.size, rebase_at)
    mean, spread = np.full((2, values.size), np.nan)
    for s in range(segment.max(initial=-1) + 1):
        here = segment == s
        if np.isfinite(values[here]).any():
            mean[here] = np.nanmean(values[here])
            spread[here] = LIMIT * _mean_moving_range(values[here], screen=screen)
    return _chart(values, mean, mean - spread, mean + spread, segment)


def p_chart(x: np.ndarray, n: np.ndarray, *, rebase_at: Sequence[int] = ()) -> ControlChart:
    """Return the chart of a share x / n whose n changes by month, both [N] counts.

    Mean = sum x / sum n of the segment; limits = mean +- 3 sqrt(mean (1 - mean) / n), cut at 0 and 1. With a
    large n they are too tight for most monthly series: prefer xmr_chart. A month with n = 0 is a gap. Raises
    ValueError for x outside 0..n or a rebase outside 1..N-1.
    Example: 5 of 50 each month: mean .1, limits 0 and .2273.
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    if x.shape != n.shape or (x < 0).any() or (x > n).any():
        raise ValueError("x and n must be equally long, x from 0 to n")
    segment = _segments(x.size, rebase_at)
    cases = np.bincount(segment, weights=n)
    share = np.divide(
        np.bincount(segment, weights=x), cases, out=np.full(cases.shape, np.nan), where=cases > 0
    )
    mean = share[segment]
    known = np.where(n > 0, n, np.nan)
    spread = 3 * np.sqrt(mean * (1 - mean) / known)
    lower, upper = np.maximum(mean - spread, 0.0), np.minimum(mean + spread, 1.0)
    return _chart(x / known, mean, lower, upper, segment, third=spread / 3)


def assurance(chart: ControlChart, target: float) -> Literal["above", "below", "across"] | None:
    """Return where the last point's limits lie: entirely above or below the target, or across it.

    None for an empty chart or one without limits. Entirely above a target to be reached means that the process
    reaches it every month; across means that chance decides.
    """
    if chart.value.size == 0 or not np.isfinite(chart.lower[-1]):
        return None
    if target < chart.lower[-1]:
        return "above"
    return "below" if target > chart.upper[-1] else "across"


def run_ends(signs: np.ndarray, length: int = RUN) -> np.ndarray:
    """Return [N] bool: does this point end length equal signs (-1 or +1) in a row?

    Example: eight +1, then -1: the 7th and 8th do.
    """
    signs = np.asarray(signs)
    ends = np.zeros(signs.size, dtype=bool)
    if signs.size >= length:
        sums = np.lib.stride_tricks.sliding_window_view(signs, length).sum(axis=1)
        ends[length - 1 :] = np.abs(sums) == length
    return ends


def trend_ends(values: np.ndarray, length: int = RUN) -> np.ndarray:
    """Return [N] bool: does this point end length points all rising or all falling?

    Example: 1, 2, ..., 7: the 7th does; 1, 2, 3, 3, 4, 5, 6: none.
    """
    values = np.asarray(values, dtype=float)
    steps = np.where(np.isfinite(np.diff(values)), np.sign(np.diff(values)), 0)
    return np.concatenate([[False], run_ends(steps, length - 1)])[: values.size]


def mark_run(ends: np.ndarray, length: int = RUN) -> np.ndarray:
    """Return [N] bool: all the length points up to an end are part of it."""
    ends = np.asarray(ends, dtype=bool)
    if ends.size == 0:
        return ends
    padded = np.concatenate([ends, np.zeros(length - 1, dtype=bool)])
    return np.lib.stride_tricks.sliding_window_view(padded, length).any(axis=1)


def two_of_three(side: np.ndarray, outer_third: np.ndarray) -> np.ndarray:
    """Return [N] bool: points in the outer third that are 2 of 3 neighbours, the 3 on one side of the mean.

    side is -1, 0 or +1, outer_third bool: between two thirds of the limit and the limit. As coded in
    NHSRplotthedots, a point beyond the limit is not of the two (rule 1 flags it).
    Example on one side: outer 1,0,0,1,1: the last two; 1,0,0,1: none.
    """
    side, outer_third = np.asarray(side), np.asarray(outer_third, dtype=bool)
    if side.size < 3:
        return np.zeros(side.size, dtype=bool)
    window = np.lib.stride_tricks.sliding_window_view
    ends = np.zeros(side.size, dtype=bool)
    ends[2:] = (window(outer_third, 3).sum(axis=1) >= 2) & (np.abs(window(side, 3).sum(axis=1)) == 3)
    return mark_run(ends, 3) & outer_third


def _segments(size: int, rebase_at: Sequence[int]) -> np.ndarray:
    starts = np.zeros(size, dtype=int)
    for index in rebase_at:
        if not 1 <= index < size:
            raise ValueError(f"a rebase must be from 1 to {size - 1}, got {index}")
        starts[index] = 1
    return np.cumsum(starts)


def _mean_moving_range(values: np.ndarray, *, screen: bool) -> float:
    """Return the mean of the known moving ranges, NaN without any."""
    ranges = np.abs(np.diff(values))
    ranges = ranges[np.isfinite(ranges)]
    if ranges.size == 0:
        return float("nan")
    if screen:
        ranges = ranges[ranges <= SCREEN * ranges.mean()]
    return float(ranges.mean())


def _chart(
    value: np.ndarray,
    mean: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    segment: np.ndarray,
    third: np.ndarray | None = None,
) -> ControlChart:
    third = (upper - mean) / 3 if third is None else third
    noise = NOISE * np.maximum(np.abs(mean), np.abs(value))
    known = np.isfinite(value)
    distance = np.where(known, value - mean, 0.0)
    side = np.where(np.abs(distance) > noise, np.sign(distance), 0).astype(int)
    outside = (value > upper + noise) | (value < lower - noise)
    outer_third = ~outside & (np.abs(distance) > 2 * third + noise)
    run, trend, near_limit = np.zeros((3, value.size), dtype=bool)
    short = np.zeros(value.size, dtype=bool)
    for s in range(segment.max(initial=-1) + 1):
        here = segment == s
        run[here] = mark_run(run_ends(side[here]))
        trend[here] = mark_run(trend_ends(value[here]))
        near_limit[here] = two_of_three(side[here], outer_third[here])
        short[here] = known[here].sum() < SHORT
    flagged = outside | run | trend | near_limit
    return ControlChart(
        value, mean, lower, upper, segment, side, outside, run, trend, near_limit, flagged, short
    )
