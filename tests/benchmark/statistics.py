"""The statistics alone: 38 provinces x 7 groups, from grouped counts of a million cases to curves, limits and flags."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from lib.stats import funnel, smoothing, survival
from tests.benchmark.timing import Figure, whole

PROVINCES, GROUPS, CASES, DAYS = 38, 7, 1_000_000, 1_095
HORIZON, BUDGET_MS = 180, 150.0


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What the queries would return: one row per group, age and outcome, with the number of cases."""

    entry: tuple[np.ndarray, np.ndarray, np.ndarray]
    exit: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def grouped(seed: int = 1) -> Counts:
    """Grouped counts of a million cases with late entries, three outcomes and open cases."""
    random = np.random.default_rng(seed)
    unit = random.integers(0, PROVINCES * GROUPS, CASES)
    entered = np.where(random.random(CASES) < 0.7, -1, random.integers(0, 400, CASES))
    left = np.minimum(entered + 1 + random.geometric(0.008, CASES), DAYS)
    cause = random.integers(0, 4, CASES)
    return Counts(entry=_counted(unit, entered), exit=_counted(unit, left, cause))


def _counted(*keys: np.ndarray) -> tuple[np.ndarray, ...]:
    rows, n = np.unique(np.stack(keys, axis=1), axis=0, return_counts=True)
    return (*rows.T, n)


def finished(counts: Counts) -> None:
    """All a page shows of them: curves with intervals, quantiles, funnel with adjustment, smoothing."""
    entry_unit, entry_age, entry_n = counts.entry
    exit_unit, exit_age, exit_cause, exit_n = counts.exit
    table = survival.life_table(
        groups=PROVINCES * GROUPS,
        causes=3,
        entry_group=entry_unit,
        entry_age=entry_age,
        entry_n=entry_n,
        exit_group=exit_unit,
        exit_age=exit_age,
        exit_cause=exit_cause,
        exit_n=exit_n,
    )
    curve = survival.aalen_johansen(table, cause=1)
    survival.incidence_quantile(curve, 0.5)
    survival.at_age(curve, HORIZON)
    survival.survival_quantile(survival.kaplan_meier(table), 0.5)
    in_time = (exit_cause == 1) & (exit_age <= HORIZON)
    shape = (PROVINCES, GROUPS)
    size = PROVINCES * GROUPS
    events = np.bincount(exit_unit[in_time], weights=exit_n[in_time], minlength=size).reshape(shape)
    cases = np.bincount(exit_unit, weights=exit_n, minlength=size).reshape(shape)
    x, n = events.sum(axis=1), cases.sum(axis=1)
    adjusted = funnel.indirect_standardisation(events, cases)
    share = x.sum() / n.sum()
    for level in (0.95, 0.998):
        funnel.binomial_limits(share, n, level=level)
        funnel.flags(funnel.binomial_tails(x, n, np.full(PROVINCES, share)), level=level)
        funnel.flags(funnel.poisson_tails(x, adjusted.expected), level=level)
    funnel.overdispersion(*funnel.arcsine_z(x, n))
    smoothing.empirical_bayes_binomial(x, n)


def measured(*, runs: int) -> list[Figure]:
    """Wall and processor milliseconds of the whole."""
    counts = grouped()
    finished(counts)
    wall, processor = [], []
    for _ in range(max(runs, 5)):
        started, used = time.perf_counter(), time.process_time()
        finished(counts)
        wall.append(1000 * (time.perf_counter() - started))
        processor.append(1000 * (time.process_time() - used))
    named = {"data": f"{PROVINCES} x {GROUPS} kelompok, {whole(CASES)} kasus", "unit": "ms"}
    return [
        Figure(
            what="statistik dari jumlah berkelompok: kurva, batas wajar, penyesuaian, penghalusan",
            runs=tuple(wall),
            budget=BUDGET_MS,
            **named,
        ),
        Figure(what="sama, waktu prosesor", runs=tuple(processor), **named),
    ]
