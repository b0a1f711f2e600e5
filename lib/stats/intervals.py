"""Confidence intervals of shares and counts."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri, ndtri


def wilson(x: np.ndarray, n: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the Wilson score interval (low, high) of the share x / n, as fractions; NaN where n is 0.

    x and n are counts of the same (or broadcastable) shape. Raises ValueError for negative counts or x > n.
    Wilson 1927; Newcombe 1998, method 3.
    Example: 65 of 100 at 95 %: .552544 to .736358.
    """
    x, n = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    if (x < 0).any() or (x > n).any():
        raise ValueError("x must be from 0 to n")
    z = _z(level)
    safe = np.where(n > 0, n, np.nan)
    middle = 2 * x + z**2
    spread = z * np.sqrt(z**2 + 4 * x * (1 - x / safe))
    low = (middle - spread) / (2 * (safe + z**2))
    high = (middle + spread) / (2 * (safe + z**2))
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def poisson_exact(x: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact Poisson interval (low, high) of a count x; the lower limit of 0 is 0.

    low = chi-square quantile(alpha / 2, 2 x) / 2, high = chi-square quantile(1 - alpha / 2, 2 x + 2) / 2.
    Raises ValueError for a negative count. Garwood 1936.
    Example: 10 events at 95 %: 4.79539 to 18.39036.
    """
    x = np.asarray(x, dtype=float)
    if (x < 0).any():
        raise ValueError("a count cannot be negative")
    alpha = 1 - _checked(level)
    low = np.where(x > 0, chdtri(2 * np.where(x > 0, x, 1), 1 - alpha / 2) / 2, 0.0)
    return np.where(np.isnan(x), np.nan, low), chdtri(2 * x + 2, alpha / 2) / 2


def _z(level: float) -> float:
    return float(ndtri(0.5 + _checked(level) / 2))


def _checked(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    return level
