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
STEPS = {"sampai": 1}


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
    return ends["hasil"].map(dict(causes)).fillna(CENSORED).to_numpy(dtype=np.int64)


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


def chance(
    table: survival.LifeTable, days: int, limits: Thresholds, *, catatan: list[str | None] | None = None
) -> pd.DataFrame:
    """The percentage terselesaikan by day `days`, by Aalen-Johansen."""
    values = survival.at_age(survival.aalen_johansen(table, cause=CLOSINGS["terselesaikan"]), days)
    day = np.full(len(table.total), float(days))
    reached = np.ones(len(day), dtype=bool)
    return from_curve(table, day, values, limits, factor=100, reached=reached, catatan=catatan)


def half_resolved(
    table: survival.LifeTable, limits: Thresholds, *, catatan: list[str | None] | None = None
) -> pd.DataFrame:
    """The first day by which half are terselesaikan, by Aalen-Johansen."""
    values = survival.incidence_quantile(survival.aalen_johansen(table, cause=CLOSINGS["terselesaikan"]), 0.5)
    reached = ~np.isnan(values[0])
    return from_curve(table, values[0], values, limits, factor=1, reached=reached, catatan=catatan)


def outcomes_by_day(table: survival.LifeTable, limits: Thresholds, *, days: int) -> pd.DataFrame:
    """What had become of the cases by each day 0..`days`: one row per group (g) and day (hari), in this order.

    Columns terselesaikan, dialihkan, berhenti (cumulative incidences) and terbuka, in percent, which sum to 100;
    berisiko (at risk on the day), n, andal_sampai (the last day with enough at risk, -1 for none) and alasan.
    The percentages are missing, with `alasan`, where n is too small.
    """
    groups, day = len(table.total), np.arange(days + 1)
    column = np.minimum(day, table.at_risk.shape[1] - 1)
    incidences = survival.cumulative_incidences(table)[:, column, :]
    at_risk = np.where(day < table.at_risk.shape[1], table.at_risk[:, column], 0)
    few = table.total < limits.n_minimum
    until = np.minimum(survival.watched_until(table, minimum=limits.n_risiko_minimum), days)
    shares = {name: 100 * incidences[:, :, number - 1].ravel() for name, number in CLOSINGS.items()}
    frame = pd.DataFrame(
        {
            "g": np.repeat(np.arange(groups), days + 1),
            "hari": np.tile(day, groups),
            **shares,
            "terbuka": 100 - sum(shares.values()),
            "berisiko": at_risk.ravel(),
            "n": np.repeat(table.total, days + 1),
            "andal_sampai": np.repeat(np.where(few, -1, until).astype(np.int64), days + 1),
        }
    )
    hidden = np.repeat(few, days + 1)
    frame.loc[hidden, [*CLOSINGS, "terbuka"]] = np.nan
    reason = NOT_ENOUGH.format(minimum=limits.n_minimum)
    frame["alasan"] = pd.Series(reason, index=frame.index, dtype=object).where(hidden, None)
    return frame
