"""Fair comparison: which units differ more than chance, which months do, and rates of small areas smoothed.

Nothing here says good or bad: a unit beyond the limits is one to listen to or to learn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lib.stats.funnel import (
    arcsine_z,
    binomial_limits,
    binomial_tails,
    flags,
    log_ratio_z,
    overdispersed_ratio_limits,
    overdispersed_share_limits,
    overdispersion,
    poisson_limits,
    poisson_tails,
)
from lib.stats.smoothing import empirical_bayes_binomial, empirical_bayes_poisson
from lib.stats.spc import ControlChart, p_chart, xmr_chart

WARNING, ALARM = 0.95, 0.998
DRAWN_SIZES = 200
P_CHART_UNTIL = 300
"""Above this mean monthly n the limits of a p chart are too tight for a monthly series: XmR instead."""
BULK_LEAST, BULK_TIMES = 10, 5
OF_CLOSINGS = ("I03", "I13")
"""The figures whose monthly change many closings on one day would explain."""
SCALES = {"per 100.000 penduduk": 100_000, "kasus per pendamping": 1}


# --- funnel ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Units against the limits of chance, and the limits to draw.

    `units`: the keys, x, n, besar (place on the axis: n, or the expected count when adjusted), nilai (percent, or
    observed / expected), letak (-2 .. 2: below 99.8 %, below 95 %, within, above 95 %, above 99.8 %), letak_lebar
    (-1, 0, 1 beside the widened 99.8 % limits). `limits`: besar, and low and high for 95, 998 and lebar.
    """

    units: pd.DataFrame
    limits: pd.DataFrame
    reference: float
    phi: float
    tau2: float
    few: int
    unknown: int
    adjusted: bool


def judged(x: np.ndarray, n: np.ndarray, reference: float | np.ndarray) -> np.ndarray:
    """Where x of n lies beside the reference share (a fraction): -2 .. 2, by exact binomial tails.

    1 is a tail below .025, 2 one below .001. Spiegelhalter 2005.
    Example: 30 of 100 at .5: tail .00004, so -2; 40 of 100: tail .028, so 0; 39 of 100: .018, so -1.
    """
    return _twice(binomial_tails(x, n, reference))


def judged_ratio(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The same for counts against an expected count, by exact Poisson tails. Example: 2 of 10 expected: -1."""
    return _twice(poisson_tails(observed, expected))


def _twice(tails: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return flags(tails, level=WARNING) + flags(tails, level=ALARM)


def funnel(units: pd.DataFrame, *, minimum: int, expected: np.ndarray | None = None) -> Funnel:
    """The funnel of shares x / n, or with `expected` [units] of the ratios x / expected.

    `units` has the keys, x and n (NaN: not known). The reference is the share of all units together; those with
    n below `minimum` or without an expected count take part in it but are neither drawn nor judged. phi and tau2
    come from the drawn units, pulled in at 10 % (Spiegelhalter 2005); a unit without any event has no logarithm
    and takes no part in them when adjusted.
    """
    known = units[units["n"].notna()]
    x, n = known["x"].to_numpy(dtype=float), known["n"].to_numpy(dtype=float)
    size = n if expected is None else np.asarray(expected, dtype=float)[units["n"].notna().to_numpy()]
    reference = 1.0 if expected is not None else (x.sum() / n.sum() if n.sum() else float("nan"))
    drawn = (n >= minimum) & (size > 0)
    x, size = x[drawn], size[drawn]
    spread = _spread(x, size, adjusted=expected is not None)
    place = judged(x, size, reference) if expected is None else judged_ratio(x, size)
    wide = _limits(reference, size, spread.tau2, adjusted=expected is not None)
    value = np.divide(x, size, out=np.full(len(x), np.nan), where=size > 0)
    beyond = (value > wide["atas_lebar"]).astype(int) - (value < wide["bawah_lebar"]).astype(int)
    scale = 1.0 if expected is not None else 100.0
    return Funnel(
        units=known[drawn].assign(besar=size, nilai=scale * value, letak=place, letak_lebar=beyond),
        limits=_drawn_limits(reference, size, spread.tau2, adjusted=expected is not None, scale=scale),
        reference=scale * reference,
        phi=spread.phi,
        tau2=spread.tau2,
        few=int((~drawn).sum()),
        unknown=int(units["n"].isna().sum()),
        adjusted=expected is not None,
    )


def of_own_units(whole: Funnel, own: pd.Series, *, few: int, unknown: int) -> Funnel:
    """The funnel without the units of others (`own`: one bool per drawn unit), and nothing that tells their counts.

    The place of each unit is judged as in the whole. The reference is rounded to a tenth of a percent, and the limits
    are drawn from the rounded reference over the own sizes only.
    """
    units = whole.units[own].reset_index(drop=True)
    scale = 1.0 if whole.adjusted else 100.0
    reference = whole.reference if whole.adjusted else round(whole.reference, 1)
    sizes = units["besar"].to_numpy(dtype=float)
    if len(sizes):
        # One point alone would give a funnel without a shape; how large the others are stays unsaid.
        sizes = np.array([sizes.min() / 3, sizes.max() * 2])
    drawn = _drawn_limits(reference / scale, sizes, whole.tau2, adjusted=whole.adjusted, scale=scale)
    return replace(whole, units=units, limits=drawn, reference=reference, few=few, unknown=unknown)


def _spread(x: np.ndarray, size: np.ndarray, *, adjusted: bool):
    if not adjusted:
        return overdispersion(*arcsine_z(x, size))
    seen = x > 0
    return overdispersion(*log_ratio_z(x[seen], size[seen]))


def _limits(reference: float, size: np.ndarray, tau2: float, *, adjusted: bool) -> dict[str, np.ndarray]:
    """Low and high at each size: exact for 95 and 99.8 %, widened by tau2 for 99.8 %; fractions or ratios."""
    if not adjusted and not 0 <= reference <= 1:
        return {
            f"{side}_{name}": np.full(len(size), np.nan)
            for name in ("95", "998", "lebar")
            for side in ("bawah", "atas")
        }
    columns = {}
    for name, level in (("95", WARNING), ("998", ALARM)):
        low, high = (
            poisson_limits(size, level=level) if adjusted else binomial_limits(reference, size, level=level)
        )
        columns |= {f"bawah_{name}": low, f"atas_{name}": high}
    low, high = (
        overdispersed_ratio_limits(size, tau2=tau2, level=ALARM)
        if adjusted
        else overdispersed_share_limits(reference, size, tau2=tau2, level=ALARM)
    )
    return columns | {"bawah_lebar": low, "atas_lebar": high}


def _drawn_limits(
    reference: float, size: np.ndarray, tau2: float, *, adjusted: bool, scale: float
) -> pd.DataFrame:
    if not len(size):
        return pd.DataFrame(columns=["besar", "bawah_95", "atas_95", "bawah_998", "atas_998"], dtype=float)
    grid = np.geomspace(size.min(), max(size.max() * 1.04, size.min() + 1), DRAWN_SIZES)
    if not adjusted:
        grid = np.unique(np.round(grid))  # a binomial count has whole n
    columns = _limits(reference, grid, tau2, adjusted=adjusted)
    return pd.DataFrame({"besar": grid} | {name: scale * values for name, values in columns.items()})


# --- control chart --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """What the last month shows: jenis luar, tren, beruntun, dekat or "" (nothing), arah -1 or +1, how many months."""

    jenis: str
    arah: int
    bulan: int


def monthly_chart(
    x: np.ndarray, n: np.ndarray, values: np.ndarray, *, share: bool, rebase_at: Sequence[int] = ()
) -> tuple[ControlChart, str]:
    """The chart of a monthly series and its kind, "p" or "xmr".

    p for a share (values in percent, x of n) whose mean monthly n is at most P_CHART_UNTIL, XmR for all others.
    A month whose value is NaN is a gap.
    """
    known = np.isfinite(values)
    if share and known.any() and np.mean(n[known]) <= P_CHART_UNTIL:
        return p_chart(np.where(known, x, 0), np.where(known, n, 0), rebase_at=rebase_at), "p"
    return xmr_chart(values, rebase_at=rebase_at), "xmr"


def chart_frame(chart: ControlChart, *, scale: float) -> pd.DataFrame:
    """The chart as columns nilai, tengah, bawah, atas (times `scale`), segmen, luar, beruntun, tren, dekat, khusus,
    sisi (-1, 0, 1) and sementara (the segment's limits rest on fewer than 13 months)."""
    return pd.DataFrame(
        {
            "nilai": scale * chart.value,
            "tengah": scale * chart.mean,
            "bawah": scale * chart.lower,
            "atas": scale * chart.upper,
            "segmen": chart.segment,
            "luar": chart.outside,
            "beruntun": chart.run,
            "tren": chart.trend,
            "dekat": chart.near_limit,
            "khusus": chart.flagged,
            "sisi": chart.side,
            "sementara": chart.short,
        }
    )


def last_pattern(frame: pd.DataFrame) -> Pattern:
    """The pattern that the last month of `chart_frame` is part of: beyond a limit, trend, run, near a limit.

    Example: 1, 2, 3, 4, 5, 6, 7 inside the limits: tren, +1, 7 months.
    """
    if frame.empty or not frame["khusus"].iloc[-1]:
        return Pattern(jenis="", arah=0, bulan=0)
    last = frame.iloc[-1]
    own = frame[frame["segmen"] == last["segmen"]]
    side = int(last["sisi"])
    if last["luar"]:
        return Pattern(jenis="luar", arah=side, bulan=1)
    if last["tren"]:
        steps = np.sign(np.diff(own["nilai"].to_numpy()))[::-1]
        return Pattern(jenis="tren", arah=int(steps[0]), bulan=1 + _leading(steps))
    if last["beruntun"]:
        return Pattern(jenis="beruntun", arah=side, bulan=_leading(own["sisi"].to_numpy()[::-1]))
    return Pattern(jenis="dekat", arah=side, bulan=3)


def _leading(signs: np.ndarray) -> int:
    """How many equal values a series begins with."""
    different = np.flatnonzero(signs != signs[0])
    return int(different[0]) if different.size else len(signs)


def bulk_days(closings: pd.DataFrame) -> pd.DataFrame:
    """The days on which a province closed unusually many cases at once, largest first.

    `closings`: provinsi, tanggal, n. A day counts with n >= max(10, 5 x the median of the province's days that have
    any closing); biasa is that median. Example: 20 days of 2 and one of 12: the day of 12; of 9: none.
    """
    usual = closings.groupby("provinsi")["n"].transform("median")
    found = closings.assign(biasa=usual)[closings["n"] >= np.maximum(BULK_LEAST, BULK_TIMES * usual)]
    return found.sort_values(["n", "tanggal"], ascending=[False, True], ignore_index=True)


# --- small areas ----------------------------------------------------------------------------------------


def can_be_smoothed(satuan: str) -> bool:
    """Whether a figure is a share or a rate of its n, which smoothing needs."""
    return satuan == "persen" or satuan in SCALES


def smoothed(answer: pd.DataFrame) -> pd.DataFrame:
    """The answer (one kode, one row per area) with nilai drawn towards the mean of all areas, the more the smaller n.

    Global empirical Bayes: Martuzzi and Elliott 1996 for percentages, Marshall 1991 for rates. A figure that is not
    shown stays so; the interval belongs to the raw figure and is left out. Raises ValueError for a unit that is no
    share or rate.
    """
    unit = answer["satuan"].iloc[0]
    if not can_be_smoothed(unit):
        raise ValueError(f"a figure in {unit!r} cannot be smoothed")
    known = answer["nilai"].notna()
    x, n = (answer.loc[known, name].to_numpy(dtype=float) for name in ("pembilang", "n"))
    method, scale = (
        (empirical_bayes_binomial, 100) if unit == "persen" else (empirical_bayes_poisson, SCALES[unit])
    )
    result = answer.copy()
    result[["bawah", "atas"]] = np.nan
    if known.any():
        result.loc[known, "nilai"] = scale * method(x, n).estimate
    return result
