"""The counts of curves and of the way between steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from lib.domain import Tahap
from lib.indicators.curves import CLOSINGS, RESPONSES, STEPS, cohort_table, life_table
from lib.measure.align import located
from lib.measure.question import Question, arguments
from lib.queries import clocks, stages
from lib.stats.survival import LifeTable


def _curve(name: str, clock: clocks.Clock, causes: Mapping[str, int]) -> Callable:
    def provider(question: Question, frames: dict) -> dict:
        starts = clocks.at_risk_starts(*arguments(question), clock=clock)
        starts = starts.rename(columns={"tanggal_terdata": "tanggal_mulai"})
        ends = clocks.ended_ages(*arguments(question), clock=clock)
        return {name: _period_table(starts, ends, question, frames["anggota"], causes)}

    return provider


def _wait(step: Tahap) -> Callable:
    def provider(question: Question, frames: dict) -> dict:
        starts = stages.wait_starts(*arguments(question), step=step)
        ends = stages.wait_ends(*arguments(question), step=step)
        return {f"tunggu-{step.value}": _period_table(starts, ends, question, frames["anggota"], STEPS)}

    return provider


def _period_table(
    starts: pd.DataFrame,
    ends: pd.DataFrame,
    question: Question,
    members: pd.DataFrame,
    causes: Mapping[str, int],
) -> LifeTable:
    """The two count tables of the period view, with the windows' days, as risk sets of the groups."""
    days = pd.DataFrame(
        [(w.nomor, w.kode_provinsi, w.masuk, w.akhir) for w in question.windows],
        columns=["nomor", "wilayah", "s", "t"],
    ).astype({"s": "datetime64[s]", "t": "datetime64[s]"})
    starts = located(starts, question, members).merge(days, on=["nomor", "wilayah"])
    starts = starts.rename(columns={"tanggal_mulai": "mulai"})
    return life_table(starts, located(ends, question, members), groups=len(members), causes=causes)


def _cohort(question: Question, frames: dict) -> dict:
    """The cohort's risk sets, and n of the cases left out of it because the register was not complete yet."""
    members = frames["anggota"]
    ends = located(stages.followed(*arguments(question)), question, members)
    before = ends["hasil"] == stages.BEFORE_COMPLETE
    early = ends[before].groupby("g")["n"].sum().reindex(range(len(members)), fill_value=0)
    return {
        "kurva-kohort": cohort_table(ends[~before], groups=len(members), causes=CLOSINGS),
        "kohort-sebelum-lengkap": early.astype("int64").to_frame(),
    }


TIME_PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    "kurva": _curve("kurva", clocks.CLOSING, CLOSINGS),
    "kurva-respon": _curve("kurva-respon", clocks.RESPONSE, RESPONSES),
    **dict.fromkeys(("kurva-kohort", "kohort-sebelum-lengkap"), _cohort),
    **{f"tunggu-{step.value}": _wait(step) for step in stages.BEFORE},
}
