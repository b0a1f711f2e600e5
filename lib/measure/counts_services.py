"""The counts of what was done for cases: referrals, outcomes, approaches, components."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib.indicators.curves import ACCEPTANCES, cohort_table
from lib.measure.align import aligned, located, spread
from lib.measure.question import Question, arguments
from lib.queries import cases, services


def _referrals(question: Question, frames: dict) -> dict:
    counted = services.referrals(*arguments(question, sheet="rujukan"))
    return {"rujukan": aligned(counted, question, frames["anggota"])}


def _referral_curve(question: Question, frames: dict) -> dict:
    members = frames["anggota"]
    waits = located(services.referral_waits(*arguments(question, sheet="rujukan")), question, members)
    return {"kurva-rujukan": cohort_table(waits, groups=len(members), causes=ACCEPTANCES)}


def _approaches(question: Question, frames: dict) -> dict:
    counted = located(services.approaches(*arguments(question)), question, frames["anggota"])
    return {
        "pendekatan": spread(
            counted, "pendekatan", services.VALUES["pendekatan"], _totals(counted, "n", frames)
        )
    }


def _components(question: Question, frames: dict) -> dict:
    """Cases per component; those without any are the row without a component."""
    asked = arguments(question, sheet="kegiatan")
    counted = located(services.components(*asked), question, frames["anggota"])
    cases_of = aligned(cases.recorded(*asked), question, frames["anggota"])["n"]
    without = cases_of - _totals(counted, "pertama", frames)
    nothing = pd.DataFrame({"g": range(len(without)), "komponen": None, "n": without})
    rows = pd.concat([counted[["g", "komponen", "n"]].astype({"komponen": object}), nothing])
    return {"komponen": spread(rows, "komponen", services.VALUES["komponen"], cases_of)}


def _totals(counted: pd.DataFrame, column: str, frames: dict) -> pd.Series:
    sums = counted.groupby("g")[column].sum().astype("int64")
    return sums.reindex(range(len(frames["anggota"])), fill_value=0)


SERVICE_PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    "rujukan": _referrals,
    "kurva-rujukan": _referral_curve,
    "pendekatan": _approaches,
    "komponen": _components,
}
