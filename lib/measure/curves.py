"""Whole curves through the one door: what becomes of cases, day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from lib import periods
from lib.domain import CaseFilter, Dimensi, Scope, Thresholds, UserError
from lib.indicators.curves import CLOSINGS, outcomes_by_day
from lib.indicators.figures import BEFORE_COMPLETE, NOT_ENOUGH, left_out
from lib.measure.answer import NO_DATA
from lib.measure.counts import provide
from lib.measure.groups import KEY_COLUMNS, members_of
from lib.measure.question import Question, ask
from lib.queries.source import Source

TRIWULAN = "triwulan"
CURVE_DIMENSIONS = (None, Dimensi.KLASTER, Dimensi.PROVINSI, TRIWULAN)
MAX_DAYS = 3650


def outcome_curves(
    scope: Scope,
    case_filter: CaseFilter,
    *,
    per: Dimensi | str | None,
    source: Source,
    limits: Thresholds,
    cohort: bool = False,
    days: int = 365,
) -> pd.DataFrame:
    """What had become of the cases by each day 0..`days` after terdata, one row per group and day.

    Period view, or with `cohort` the cases recorded in the period, followed to T. `per` is None, klaster, provinsi, or
    "triwulan": every quarter in which cases were recorded ("2026-T1"), each a cohort of its own.
    Columns: the key of the group, hari; terselesaikan, dialihkan, berhenti (cumulative incidences) and terbuka, in
    percent, which sum to 100; berisiko (cases at risk on the day), n (cases of the group), andal_sampai (the last day
    of which the curve may be shown, -1 for none); alasan (why there are no percentages), catatan (what is left out);
    dari, sampai, tanggal_data, versi, simulasi. What lies after andal_sampai rests on too few cases: never show it.
    Raises UserError and AccessRefused as `measure` does, and for another dimension or number of days.

    Example: ten cases, four terselesaikan and one berhenti by day 30 -> hari 30: 40, 0, 10, 50.
    """
    if per not in CURVE_DIMENSIONS:
        raise UserError(
            f"Kurva tidak dapat dirinci per {per}; pilihannya: klaster, provinsi, {TRIWULAN}, atau tanpa rincian."
        )
    if not 0 <= days <= MAX_DAYS:
        raise UserError(f"Jumlah hari {days} harus dari 0 sampai {MAX_DAYS}.")
    question = _question(scope, case_filter, per, source=source, limits=limits)
    members = members_of(question)
    frames: dict = {"anggota": members}
    followed = cohort or per == TRIWULAN
    name = "kurva-kohort" if followed else "kurva"
    provide(name, frames, question)
    answer = outcomes_by_day(frames[name], limits, days=days)
    place = answer.pop("g").to_numpy()
    notes = left_out(frames["kohort-sebelum-lengkap"], {"n": BEFORE_COMPLETE}) if followed else None
    members = members.assign(catatan=pd.Series(notes, index=members.index, dtype=object))
    answer = _without_data(answer, members["kosong"].to_numpy()[place])
    for position, key in enumerate(KEY_COLUMNS[question.per]):
        answer.insert(position, TRIWULAN if per == TRIWULAN else key, members[key].to_numpy()[place])
    answer["catatan"] = members["catatan"].to_numpy()[place]
    answer["dari"], answer["sampai"] = question.start, question.end
    answer["tanggal_data"] = members["tanggal_data"].to_numpy()[place]
    answer["versi"], answer["simulasi"] = source.versi, source.simulasi
    return answer


def closed_mean(
    scope: Scope, case_filter: CaseFilter, *, source: Source, limits: Thresholds
) -> dict[str, float | str | None]:
    """The mean days from terdata to closing of the cases closed in the period alone: nilai, n and alasan.

    It leaves out every case that is still open, so it looks faster than the service is: only to be shown struck
    through, beside I05M. Raises UserError and AccessRefused as `measure` does.
    Example: closed after 10, 20 and 60 days, seven still open -> nilai 30, n 3 (hidden where n is below n_minimum).
    """
    question = ask(scope, case_filter, per=None, source=source, limits=limits)
    frames: dict = {"anggota": members_of(question)}
    if frames["anggota"]["kosong"].iloc[0]:
        return {"nilai": None, "n": None, "alasan": NO_DATA}
    provide("kurva", frames, question)
    ended = frames["kurva"].ended[0].sum(axis=1)
    total = int(ended.sum())
    if total < limits.n_minimum:
        return {"nilai": None, "n": total, "alasan": NOT_ENOUGH.format(minimum=limits.n_minimum)}
    return {"nilai": float((ended * np.arange(len(ended))).sum() / total), "n": total, "alasan": None}


def _question(
    scope: Scope, case_filter: CaseFilter, per: Dimensi | str | None, *, source: Source, limits: Thresholds
) -> Question:
    if per != TRIWULAN:
        return ask(scope, case_filter, per=per, source=source, limits=limits)
    question = ask(scope, case_filter, per=None, source=source, limits=limits)
    spans = _quarters(question.start, question.end)
    # Spans of a period are numbered as its months are; quarters are only longer ones.
    return replace(
        question,
        per=Dimensi.BULAN,
        names=tuple(spans),
        windows=tuple(periods.windows(question.registers, list(spans.values()))),
    )


def _quarters(start: dt.date, end: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    """The quarters of [start, end] by name, first and last cut at the ends.

    Example: 2026-02-10 to 2026-04-05 -> 2026-T1: 10 Feb to 31 March, 2026-T2: 1 to 5 April.
    """
    spans: dict[str, tuple[dt.date, dt.date]] = {}
    for _, first, last in periods.months(start, end):
        name = f"{first.year:04d}-T{(first.month + 2) // 3}"
        spans[name] = (spans.get(name, (first, last))[0], last)
    return spans


def _without_data(answer: pd.DataFrame, empty) -> pd.DataFrame:
    """Take everything away where no province of the group ever sent: nothing is known, not even counts."""
    if empty.any():
        counts = ["berisiko", "n"]
        answer[counts] = answer[counts].astype("float64")
        answer.loc[empty, [*CLOSINGS, "terbuka", *counts]] = float("nan")
        answer.loc[empty, "andal_sampai"] = -1
        answer.loc[empty, "alasan"] = NO_DATA
    return answer
