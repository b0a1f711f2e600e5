"""Stock and flow: queue sizes, the capacity they need, and the intake to expect.

Rates are per one unit of time (a week here), and every wait is in the same unit. Formulas of
NHSRwaitinglist (Fong et al. 2022), written as numbers in, numbers out; all work on arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # scipy.stats takes a second to load: as an attribute it comes with its first use


def closing_stock(opening: np.ndarray, arrived: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return the stock at the end of every step [..., N]: opening + arrivals - departures so far.

    opening is [...] or a number, arrived and left [..., N]. Raises ValueError if more leave than there are.
    Example: opening 0, arrivals 1, 0, 1 and departures 0, 0, 1: 1, 1, 1.
    """
    change = np.cumsum(np.asarray(arrived) - np.asarray(left), axis=-1)
    stock = np.asarray(opening)[..., None] + change
    if (stock < 0).any():
        raise ValueError("more have left than there were")
    return stock


def little_stock(rate: float, wait: float) -> float:
    """Return the stock of a steady state: rate x mean wait (Little 1961). Example: 30 a week, 8 weeks: 240."""
    return rate * wait


def queue_load(demand: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """Return demand / capacity; above 1 the queue grows. Infinite without capacity, NaN without both.

    Example: 30 / 27 = 1.111111.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(demand, dtype=float) / np.asarray(capacity, dtype=float)


def clearing_time(
    queue: np.ndarray, *, target_queue: np.ndarray, capacity: np.ndarray, demand: np.ndarray
) -> np.ndarray:
    """Return the weeks until the queue is down to its target: (queue - target) / (capacity - demand).

    0 for a queue that is at its target already; otherwise infinite where capacity <= demand.
    Example: 1200 to 390 with capacity 45 and demand 30: 54 weeks.
    """
    excess = np.asarray(queue, dtype=float) - np.asarray(target_queue, dtype=float)
    gain = np.asarray(capacity, dtype=float) - np.asarray(demand, dtype=float)
    excess, gain = np.broadcast_arrays(np.maximum(excess, 0.0), gain)
    weeks = np.divide(excess, gain, out=np.full(excess.shape, np.inf), where=gain > 0)
    return np.where(excess > 0, weeks, 0.0)


def target_queue(demand: float, target_wait: float, *, factor: float = 4) -> float:
    """Return the queue whose mean wait is target_wait / factor: demand x target_wait / factor.

    Example: 30 a week, 52 weeks, factor 4: 390.
    """
    return demand * target_wait / factor


def share_late(factor: float) -> float:
    """Return the share that waits longer than the target when the mean wait is target / factor.

    exp(-factor) under exponential waits. Examples: 4: .0183; 6: .0025.
    """
    return float(np.exp(-factor))


def relief_capacity(demand: float, queue: float, target_queue: float, *, weeks: float = 26) -> float:
    """Return the capacity that brings the queue to its target in the given weeks.

    demand + (queue - target) / weeks. Raises ValueError for weeks <= 0.
    Example: 30 + (1200 - 390) / 26 = 61.153846.
    """
    if weeks <= 0:
        raise ValueError(f"weeks must be above 0, got {weeks}")
    return demand + (queue - target_queue) / weeks


def target_capacity(
    demand: float, target_wait: float, *, factor: float = 4, cv_demand: float = 1, cv_capacity: float = 1
) -> float:
    """Return the capacity that keeps the mean wait at target_wait / factor (Kingman, Marchal).

    demand + (cv_demand^2 + cv_capacity^2) / 2 x factor / target_wait. Raises ValueError for target_wait <= 0.
    Example: 30, 52, factor 3, 1.1, 1.2: 30.076442.
    """
    if target_wait <= 0:
        raise ValueError(f"target_wait must be above 0, got {target_wait}")
    return demand + (cv_demand**2 + cv_capacity**2) / 2 * factor / target_wait


@dataclass(frozen=True)
class Forecast:
    """Arrivals to expect from now to the end of each coming step, each [horizon]."""

    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray


def intake_forecast(recent: np.ndarray, *, horizon: int, level: float = 0.95) -> Forecast:
    """Return the cumulative arrivals of the next 1..horizon weeks from recent weekly counts [N].

    Expected = mean of recent x weeks. The interval is that of a Poisson count whose rate is known only from
    the recent weeks (gamma with Jeffreys' prior, hence negative binomial). Raises ValueError without recent
    counts, for negative ones, a horizon below 1 or a level outside 0..1.
    Example: 12 weeks of 30 each: after 4 weeks 120 expected, 95 % from 96 to 146.
    """
    recent = np.asarray(recent, dtype=float)
    if recent.size == 0 or (recent < 0).any():
        raise ValueError("recent must hold at least one count, none negative")
    if horizon < 1 or not 0 < level < 1:
        raise ValueError(f"horizon must be at least 1 and level between 0 and 1, got {horizon} and {level}")
    weeks = np.arange(1, horizon + 1)
    shape, chance = recent.sum() + 0.5, recent.size / (recent.size + weeks)
    low, high = (scipy.stats.nbinom.ppf(p, shape, chance) for p in ((1 - level) / 2, (1 + level) / 2))
    return Forecast(recent.mean() * weeks, low, high)


def project_stock(stock: float, arrivals: np.ndarray, *, capacity: float) -> np.ndarray:
    """Return the stock after 1..N weeks given cumulative arrivals [N] and a weekly capacity, never below 0.

    Week by week, since capacity that finds nobody waiting is lost.
    Example: stock 10, arrivals 5, 10, capacity 8: 7, 4.
    """
    weekly = np.diff(np.asarray(arrivals, dtype=float), prepend=0.0)
    # the reflected walk: its level is the walk less its lowest point so far, where that is below 0
    walk = stock + np.cumsum(weekly - capacity)
    return walk - np.minimum(np.minimum.accumulate(walk), 0.0)
