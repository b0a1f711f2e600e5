"""Times from curves: risk sets from count tables, and the rules for curves that cannot be reported."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lib.domain import Thresholds
from lib.indicators.figures import NOT_ENOUGH, blank, figure
from lib.stats import survival

CENSORED = 0
# What an end counts as; of competing ends each has its own number.
CLOSINGS = {"terselesaikan": 1, "dialihkan": 2, "berhenti": 3}
RESPONSES = {"respon": 1}
ACCEPTANCES = {"diterima": 1}


def life_table(
    starts: pd.DataFrame, ends: pd.DataFrame, *, groups: int, causes: Mapping[str, int]
) -> survival.LifeTable:
    """The period view's risk sets from the two count tables.

    `starts`: columns g, mulai (start), s, t (datetime64), n, berakhir; `ends`: g, lama_hari, hasil, n. A clock that
    began before s enters at age s - start - 1, one that began in the window at -1; one that has not ended by t is
    lost there. An end whose hasil is not among `causes` (hasil -> 1, 2, ...) is lost at its end.
    """
    late = (starts["s"] - starts["mulai"]).dt.days.to_numpy()
    running = (starts["n"] - starts["berakhir"]).to_numpy(dtype=np.int64)
    watched = (starts["t"] - starts["mulai"]).dt.days.to_numpy()
    lost = running > 0
    group = starts["g"].to_numpy(dtype=np.int64)
    return survival.life_table(
        groups=groups,
        causes=max(causes.values()),
        entry_group=group,
        entry_age=np.where(late > 0, late - 1, -1),
        entry_n=starts["n"].to_numpy(dtype=np.int64),
        exit_group=np.concatenate([group[lost], ends["g"].to_numpy(dtype=np.int64)]),
        exit_age=np.concatenate([watched[lost], ends["lama_hari"].to_numpy(dtype=np.int64)]),
        exit_cause=np.concatenate([np.full(int(lost.sum()), CENSORED), _cause(ends, causes)]),
        exit_n=np.concatenate([running[lost], ends["n"].to_numpy(dtype=np.int64)]),
    )


def cohort_table(waits: pd.DataFrame, *, groups: int, causes: Mapping[str, int]) -> survival.LifeTable:
    """Risk sets of clocks all seen from their start: `waits` has the columns g, lama_hari, hasil and n."""
    group, n = waits["g"].to_numpy(dtype=np.int64), waits["n"].to_numpy(dtype=np.int64)
    return survival.life_table(
        groups=groups,
        causes=max(causes.values()),
        entry_group=group,
        entry_age=np.full(len(group), -1),
        entry_n=n,
        exit_group=group,
        exit_age=waits["lama_hari"].to_numpy(dtype=np.int64),
        exit_cause=_cause(waits, causes),
        exit_n=n,
    )


def _cause(ends: pd.DataFrame, causes: Mapping[str, int]) -> np.ndarray:
    return np.array([causes.get(outcome, CENSORED) for outcome in ends["hasil"]], dtype=np.int64)


def days_until(
    table: survival.LifeTable, limits: Thresholds, *, q: float, catatan: list[str | None] | None = None
) -> pd.DataFrame:
    """The first day by which the share q has ended, by Kaplan-Meier, whatever the cause."""
    values = survival.survival_quantile(survival.kaplan_meier(table), q)
    reached = ~np.isnan(values[0])
    return from_curve(table, values[0], values, limits, factor=1, reached=reached, catatan=catatan)


def from_curve(
    table: survival.LifeTable,
    day: np.ndarray,
    values: tuple[np.ndarray, np.ndarray, np.ndarray],
    limits: Thresholds,
    *,
    factor: float,
    reached: np.ndarray,
    catatan: list[str | None] | None = None,
) -> pd.DataFrame:
    """Order of the reasons: too few cases, never reached, not watched long enough."""
    value, low, high = values
    enough = survival.watched_enough(table, day, minimum=limits.n_risiko_minimum)
    reasons = np.select(
        [table.total < limits.n_minimum, ~reached, ~enough],
        [NOT_ENOUGH.format(minimum=limits.n_minimum), "belum tercapai", "masa pantau kurang"],
        default="",
    )
    return blank(
        figure(
            nilai=factor * value,
            n=table.total,
            bawah=factor * low,
            atas=factor * high,
            alasan=[reason or None for reason in reasons],
            catatan=catatan,
        )
    )
