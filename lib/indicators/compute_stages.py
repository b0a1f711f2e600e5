"""Figures of the way between steps: the cohort view of I05, stage waits (I12), clients who came back (I21)."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib.domain import Tahap, Thresholds
from lib.indicators.curves import chance, days_until, half_resolved
from lib.indicators.figures import BEFORE_COMPLETE, Frames, left_out, not_mature, share
from lib.indicators.records_stages import QUANTILES, WAITS

LEFT_OUT = {
    "terlewat": "kasus yang melewati langkah ini atau langkah sebelumnya tidak dihitung",
    "negatif": "kasus yang langkahnya lebih dulu daripada langkah sebelumnya tidak dihitung",
}


def _since_complete(frames: Frames) -> list[str | None]:
    return left_out(frames["kohort-sebelum-lengkap"], {"n": BEFORE_COMPLETE})


def _cohort_chance(days: int) -> Callable:
    return lambda frames, limits: chance(
        frames["kurva-kohort"], days, limits, catatan=_since_complete(frames)
    )


def _cohort_half(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return half_resolved(frames["kurva-kohort"], limits, catatan=_since_complete(frames))


def _wait(step: Tahap, q: float) -> Callable:
    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        # Closing is possible at any step: that wait leaves nobody out.
        notes = None if step is Tahap.TERMINASI else left_out(frames[f"dilewati-{step.value}"], LEFT_OUT)
        return days_until(frames[f"tunggu-{step.value}"], limits, q=q, catatan=notes)

    return compute


def _returned(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    cohort = frames["kohort-ulang"]
    return share(cohort["berulang"], cohort["n"], limits.n_minimum, alasan=not_mature(cohort))


COMPUTE_STAGES: dict[str, Callable[[Frames, Thresholds], pd.DataFrame]] = {
    **{f"I05-{days}K": _cohort_chance(days) for days in (30, 90, 180)},
    "I05MK": _cohort_half,
    **{f"I12-{step.value}{suffix}": _wait(step, q) for step in WAITS for suffix, q in QUANTILES.items()},
    "I21": _returned,
}
