"""Funnel plots: limits to draw, tail probabilities to flag, over-dispersion and indirect standardisation.

Drawn limits are interpolated between whole counts, so that they are smooth; a unit is flagged by its tail
probability alone. With 635 identical units of 10 to 44 cases the interpolated limits flag 24, the tails 0.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # scipy.stats takes a second to load: as an attribute it comes with its first use


def binomial_limits(target: float, n: np.ndarray, *, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact limits (low, high) of a share at n cases, interpolated, for drawing; NaN where n is 0.

    limit = (r - (F(r) - p) / f(r)) / n with r the smallest count with F(r) >= p, cut at 0 and 1.
    Manktelow and Seaton 2012; Spiegelhalter 2005.
    Example: target .80642448, n 10, level .95: .484 to .979.
    """
    n = np.asarray(n, dtype=float)
    tail = _tail(level)
    low, high = (_interpolated_binomial(_share(target), n, p) for p in (tail, 1 - tail))
    return low, high


def _interpolated_binomial(target: float, n: np.ndarray, p: float) -> np.ndarray:
    safe = np.where(n > 0, n, 1)
    r = scipy.stats.binom.ppf(p, safe, target)
    limit = (r - (scipy.stats.binom.cdf(r, safe, target) - p) / scipy.stats.binom.pmf(r, safe, target)) / safe
    return np.where(n > 0, np.clip(limit, 0.0, 1.0), np.nan)


def poisson_limits(expected: np.ndarray, *, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact limits (low, high) of the ratio observed / expected, for drawing.

    low = chi-square quantile(tail, 2 E) / 2 E, high = chi-square quantile(1 - tail, 2 (E + 1)) / 2 E; NaN where
    E is 0. As in FunnelPlotR.
    Example: E 15, level .95: .5596924 to 1.649348.
    """
    expected = np.asarray(expected, dtype=float)
    tail, safe = _tail(level), np.where(expected > 0, expected, np.nan)
    return scipy.stats.chi2.ppf(tail, 2 * safe) / (2 * safe), scipy.stats.chi2.ppf(
        1 - tail, 2 * (safe + 1)
    ) / (2 * safe)


def score_limits(target: float, n: np.ndarray, *, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the normal limits target +- z sqrt(target (1 - target) / n), cut at 0 and 1.

    Only to compare with tools that draw them (UKHSA fingertips): at n 10 and target .806 the uncut upper
    95 % limit is 1.051.
    """
    target, n = _share(target), np.asarray(n, dtype=float)
    spread = _z(level) * np.sqrt(target * (1 - target) / np.where(n > 0, n, np.nan))
    return np.clip(target - spread, 0.0, 1.0), np.clip(target + spread, 0.0, 1.0)


def binomial_tails(x: np.ndarray, n: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return P(X <= x) and P(X >= x) of x cases among n under the reference share (each broadcastable).

    Example: 0 of 3 at .5: .125 and 1.
    """
    x = np.asarray(x)
    return scipy.stats.binom.cdf(x, n, share), scipy.stats.binom.sf(x - 1, n, share)


def poisson_tails(x: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return P(X <= x) and P(X >= x) of a count x under the expected count (broadcastable).

    Example: 0 with 2 expected: exp(-2) = .135335 and 1.
    """
    x = np.asarray(x)
    return scipy.stats.poisson.cdf(x, expected), scipy.stats.poisson.sf(x - 1, expected)


def flags(tails: tuple[np.ndarray, np.ndarray], *, level: float) -> np.ndarray:
    """Return -1 where P(X <= x), +1 where P(X >= x) is below (1 - level) / 2, else 0 (int).

    level .998 asks for a tail below .001, level .95 for one below .025.
    """
    tail = _tail(level)
    low, high = (np.asarray(probability) < tail for probability in tails)
    return high.astype(int) - low.astype(int)


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    return round((1 - level) / 2, 12)  # (1 - .998) / 2 is .001 + 9e-19, and "below .001" is meant


def _z(level: float) -> float:
    return float(scipy.stats.norm.ppf(1 - _tail(level)))


def _share(target: float) -> float:
    if not 0 <= target <= 1:
        raise ValueError(f"a share must be from 0 to 1, got {target}")
    return target


# --- over-dispersion ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overdispersion:
    """phi is the mean squared z (1 without over-dispersion), tau2 the variance between units (0 or more)."""

    phi: float
    tau2: float


def arcsine_z(x: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return z and its standard error [units] of the shares x / n against the share of all, arcsine scale.

    z = (asin sqrt(x / n) - asin sqrt(sum x / sum n)) / s with s = 1 / (2 sqrt n); NaN where n is 0.
    Spiegelhalter 2005. Raises ValueError for x outside 0..n.
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    if (x < 0).any() or (x > n).any():
        raise ValueError("x must be from 0 to n")
    safe = np.where(n > 0, n, np.nan)
    s = 1 / (2 * np.sqrt(safe))
    target = np.sum(x) / np.sum(n) if np.sum(n) > 0 else np.nan
    return (np.arcsin(np.sqrt(x / safe)) - np.arcsin(np.sqrt(target))) / s, s


def log_ratio_z(observed: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return z and its standard error [units] of the ratios observed / expected against 1, log scale.

    z = sqrt(E) log(O / E), s = 1 / sqrt(E); NaN where E is 0. Raises ValueError where nothing was observed
    although something was expected: the logarithm does not exist there.
    Example: 150 observed, 112 expected: z 3.0917.
    """
    observed, expected = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    known = expected > 0
    if (observed[known] <= 0).any():
        raise ValueError("log_ratio_z needs an observed count above 0 wherever one is expected")
    safe = np.where(known, expected, np.nan)
    return np.sqrt(safe) * np.log(np.where(known, observed, np.nan) / safe), 1 / np.sqrt(safe)


def overdispersion(z: np.ndarray, s: np.ndarray, *, winsorise: float = 0.1) -> Overdispersion:
    """Return phi and tau2 of the z scores, pulled in to their winsorise and 1 - winsorise quantiles.

    phi = mean z^2; tau2 = max(0, (n phi - (n - 1)) / (sum w - sum w^2 / sum w)), w = 1 / s^2. Units with a NaN
    are left out; with fewer than two units phi is NaN and tau2 0. Raises ValueError for winsorise outside
    0 to .5. Spiegelhalter 2005; DerSimonian and Laird 1986.
    """
    if not 0 <= winsorise < 0.5:
        raise ValueError(f"winsorise must be from 0 to below .5, got {winsorise}")
    known = np.isfinite(z) & np.isfinite(s)
    z, weight = np.asarray(z)[known], 1 / np.asarray(s)[known] ** 2
    if z.size < 2:
        return Overdispersion(phi=float("nan"), tau2=0.0)
    clipped = np.clip(z, np.quantile(z, winsorise), np.quantile(z, 1 - winsorise))
    phi = float(np.mean(clipped**2))
    spread = weight.sum() - (weight**2).sum() / weight.sum()
    return Overdispersion(phi, max(0.0, float((z.size * phi - (z.size - 1)) / spread)))


def overdispersed_share_limits(
    target: float, n: np.ndarray, *, tau2: float, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits (low, high) of a share at n cases, widened by tau2 on the arcsine scale.

    sin^2 of asin sqrt(target) +- z sqrt(1 / (4 n) + tau2), the angle cut at 0 and 90 degrees; NaN where n is 0.
    """
    n = np.asarray(n, dtype=float)
    centre = np.arcsin(np.sqrt(_share(target)))
    spread = _z(level) * np.sqrt(1 / (4 * np.where(n > 0, n, np.nan)) + tau2)
    low, high = (np.clip(centre + sign * spread, 0.0, np.pi / 2) for sign in (-1, 1))
    return np.sin(low) ** 2, np.sin(high) ** 2


def overdispersed_ratio_limits(
    expected: np.ndarray, *, tau2: float, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits (low, high) of observed / expected, exp(+-z sqrt(1 / E + tau2)); NaN where E is 0."""
    expected = np.asarray(expected, dtype=float)
    spread = _z(level) * np.sqrt(1 / np.where(expected > 0, expected, np.nan) + tau2)
    return np.exp(-spread), np.exp(spread)


# --- indirect standardisation -------------------------------------------------------------------------


@dataclass(frozen=True)
class Standardised:
    """Observed and expected events per unit and their ratio (NaN where nothing is expected), each [units]."""

    observed: np.ndarray
    expected: np.ndarray
    ratio: np.ndarray


def indirect_standardisation(events: np.ndarray, n: np.ndarray) -> Standardised:
    """Return observed and expected events of each unit, adjusted for its mix of strata.

    events and n are [units, strata]; every stratum's rate is that of all units together, expected is what the
    unit would have at those rates. Raises ValueError for different shapes.
    Example: strata rates 60/100 and 40/200; a unit with n (50, 0) and 20 events: 20 / 30 = .667.
    """
    events, n = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    if events.shape != n.shape or events.ndim != 2:
        raise ValueError(f"events {events.shape} and n {n.shape} must be the same [units, strata]")
    total = n.sum(axis=0)
    rate = np.divide(events.sum(axis=0), total, out=np.zeros(total.shape), where=total > 0)
    return standardised_ratio(events, n * rate)


def standardised_ratio(observed: np.ndarray, expected: np.ndarray) -> Standardised:
    """Return the ratio of sums per unit, from observed and expected [units, strata].

    Sums come before the ratio: 100/102, 150/135 and 180/165 give 430/402 = 1.069652, not the mean of ratios.
    """
    observed, expected = (np.asarray(part, dtype=float).sum(axis=1) for part in (observed, expected))
    ratio = np.divide(observed, expected, out=np.full(observed.shape, np.nan), where=expected > 0)
    return Standardised(observed, expected, ratio)
