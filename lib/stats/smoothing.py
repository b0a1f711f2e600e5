"""Global empirical Bayes: shrink the rates of small areas towards the mean of all areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Smoothed:
    """Raw and smoothed rates [areas], NaN where n is 0, and the parameters they were smoothed with."""

    raw: np.ndarray
    estimate: np.ndarray
    mean: float
    between: float
    """Variance between areas beyond chance, never below 0; at 0 every estimate is the mean."""


def empirical_bayes_poisson(events: np.ndarray, n: np.ndarray) -> Smoothed:
    """Return the rates events / n smoothed for counts that may exceed n or have a large n (population).

    b = sum e / sum n; a = max(0, sum n (r - b)^2 / sum n - b / mean n); estimate = b + (r - b) a / (a + b / n).
    Areas with n = 0 take no part. Raises ValueError for negative counts. Marshall 1991, as in spdep's EBest.
    Example: 10, 20, 31, 40 of 100, 200, 300, 400: all .1010, since a is 0.
    """
    events, n, raw, mean, spread = _moments(events, n)
    between = _clamped(spread - mean / _mean_size(n)) if mean > 0 else 0.0
    weight = between / (between + mean / n) if between > 0 else np.zeros(n.shape)
    return _smoothed(raw, mean, between, weight)


def empirical_bayes_binomial(events: np.ndarray, n: np.ndarray) -> Smoothed:
    """Return the shares events / n smoothed for counts that are part of n.

    b = sum e / sum n; s2 = sum n (r - b)^2 / sum n; v = max(0, s2 - b (1 - b) / mean n);
    estimate = b + (r - b) n v / (n v + b (1 - b) - s2). Areas with n = 0 take no part. Raises ValueError for
    events outside 0..n. Martuzzi and Elliott 1996, as in spdep's EBest but with the variance clamped at 0:
    without it, 10, 20, 31, 40 of 100, 200, 300, 400 would move away from the mean.
    """
    if (np.asarray(events) > np.asarray(n)).any():
        raise ValueError("events must be from 0 to n")
    events, n, raw, mean, spread = _moments(events, n)
    chance = mean * (1 - mean)
    between = _clamped(spread - chance / _mean_size(n)) if chance > 0 else 0.0
    weight = n * between / (n * between + chance - spread) if between > 0 else np.zeros(n.shape)
    return _smoothed(raw, mean, between, weight)


def _moments(events: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Return events, n (NaN for 0), raw rates, their mean and their variance weighted by n."""
    events, n = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    if (events < 0).any() or (n < 0).any():
        raise ValueError("counts cannot be negative")
    if (events[n == 0] > 0).any():
        raise ValueError("an area without n cannot have events")
    total = n.sum()
    n = np.where(n > 0, n, np.nan)
    raw = events / n
    mean = float(events.sum() / total) if total > 0 else float("nan")
    spread = float(np.nansum(n * (raw - mean) ** 2) / total) if total > 0 else float("nan")
    return events, n, raw, mean, spread


def _mean_size(n: np.ndarray) -> float:
    return float(np.nanmean(n))


def _clamped(variance: float) -> float:
    return max(0.0, variance)


def _smoothed(raw: np.ndarray, mean: float, between: float, weight: np.ndarray) -> Smoothed:
    return Smoothed(raw, mean + weight * (raw - mean), mean, between)
