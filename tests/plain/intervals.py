"""95 % intervals: Wilson for shares, exact Poisson for counts, log-log for curves."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
TAIL = 0.025
TOLERANCE = 1e-12


def wilson(hits: int, n: int) -> tuple[float, float] | tuple[None, None]:
    """Wilson's score interval of hits / n, as fractions; (None, None) for n = 0.

    (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n); 65 of 100 -> (.552544, .736358).
    """
    if n == 0:
        return None, None
    p = hits / n
    middle = p + Z * Z / (2 * n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def poisson(count: int) -> tuple[float, float]:
    """Exact (Garwood) interval of a Poisson count: P(X >= count | low) = P(X <= count | high) = .025.

    10 -> (4.79539, 18.39036); 0 -> (0, 3.68888).
    """
    top = 2 * count + 30.0
    low = 0.0 if count == 0 else _root(lambda mean: _upper_tail(count, mean) - TAIL, 0.0, float(count))
    return low, _root(lambda mean: TAIL - _lower_tail(count, mean), float(count), top)


def _upper_tail(count: int, mean: float) -> float:
    """P(X >= count) for a mean below count: terms fall from the first one on."""
    if mean == 0:
        return 0.0
    term = total = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    k = count
    while term > total * 1e-17:
        k += 1
        term *= mean / k
        total += term
    return total


def _lower_tail(count: int, mean: float) -> float:
    """P(X <= count) for a mean not below count: terms fall going down from count."""
    if mean == 0:
        return 1.0
    term = total = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    for k in range(count, 0, -1):
        term *= k / mean
        total += term
        if term < total * 1e-17:
            break
    return total


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses zero, by halving until the doubles meet."""
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if rising(middle) < 0:
            low = middle
        else:
            high = middle


def log_log(fraction: float, standard_error: float) -> tuple[float, float] | tuple[None, None]:
    """Interval of a fraction x on the scale log(-log x): x ** exp(+-z se / (x |log x|)).

    (None, None) at 0 and at 1, where the scale does not exist.
    """
    if fraction <= TOLERANCE or fraction >= 1 - TOLERANCE:
        return None, None
    width = Z * standard_error / (fraction * -math.log(fraction))
    return fraction ** math.exp(width), fraction ** math.exp(-width)
