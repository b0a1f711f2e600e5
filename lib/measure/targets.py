"""What has been achieved of a target: which target holds, over which days, and what was realised in them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lib import reference
from lib.domain import Dimensi
from lib.measure.question import Question
from lib.numbers_id import angka, tanggal
from lib.periods import Window
from lib.queries import services

NO_SHEET = "belum ada data"
NO_TARGET = "belum ada target"
ONLY_PLACES = "target hanya nasional dan provinsi"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """The target of one group: its own period, its days [mulai, akhir], t in it; or why there is none."""

    alasan: str | None = None
    periode: str | None = None
    nilai: float | None = None
    mulai: dt.date | None = None
    akhir: dt.date | None = None
    t: dt.date | None = None

    @property
    def elapsed(self) -> float | None:
        """The share (0-1) of the target's days that are over on t. Example: 2026, t = 14 March -> 73 / 365."""
        if self.alasan is not None:
            return None
        return ((self.t - self.mulai).days + 1) / ((self.akhir - self.mulai).days + 1)


def achieved(
    question: Question, members: pd.DataFrame, bases: Sequence[str], answer: Callable
) -> dict[str, pd.DataFrame]:
    """For each indicator of `bases` a frame "capaian-KODE" aligned with the groups.

    Columns target, bagian (elapsed share of the target's days), realisasi, n, alasan, catatan. `answer` computes
    what was realised, from the start of the target's own period to t.
    """
    known = _targets(question)
    goals = {base: [_goal(question, row, base, known) for row in _rows(members)] for base in bases}
    realised = _realised(question, goals, answer)
    return {f"capaian-{base}": _frame(goals[base], realised.get(base)) for base in bases}


def _rows(members: pd.DataFrame) -> list[dict]:
    columns = [name for name in ("provinsi", "terbaru", "kosong") if name in members]
    return members[columns].to_dict("records")


def _targets(question: Question) -> list[dict]:
    places = list(question.provinces)
    if _is_national(question):
        places.append(services.NATIONAL)
    return services.targets(question.scope, question.source, places).to_dict("records")


def _is_national(question: Question) -> bool:
    return set(question.provinces) == set(reference.all_provinces())


def _place(question: Question, row: dict) -> str | None:
    """The province of a group, 00 for all of them; None for some provinces together, which have no target."""
    if question.per is Dimensi.PROVINSI:
        return row["provinsi"]
    if _is_national(question):
        return services.NATIONAL
    return question.provinces[0] if len(question.provinces) == 1 else None


def _goal(question: Question, row: dict, base: str, known: list[dict]) -> Goal:
    chosen = question.case_filter
    if chosen.kabkota or chosen.klaster or chosen.jenis or chosen.pendamping is not None:
        return Goal(alasan=ONLY_PLACES)
    place = _place(question, row)
    if place is None:
        return Goal(alasan=NO_TARGET)
    sent = [each for each in known if each["wilayah"] == place]
    if row["kosong"] or not sent:
        return Goal(alasan=NO_SHEET)
    own = {each["periode"]: each["nilai"] for each in sent if each["kode"] == base}
    t = min(question.end, row["terbaru"])
    month, year = f"{t:%Y-%m}", f"{t:%Y}"
    in_one_month = month == f"{question.start:%Y-%m}" == f"{question.end:%Y-%m}"
    if in_one_month and month in own:
        last = calendar.monthrange(t.year, t.month)[1]
        return Goal(periode=month, nilai=own[month], mulai=t.replace(day=1), akhir=t.replace(day=last), t=t)
    if year in own:
        return Goal(
            periode=year,
            nilai=own[year],
            mulai=dt.date(t.year, 1, 1),
            akhir=dt.date(t.year, 12, 31),
            t=t,
        )
    return Goal(alasan=NO_TARGET)


def _realised(question: Question, goals: dict[str, list[Goal]], answer: Callable) -> dict[str, pd.DataFrame]:
    """The answer of each indicator over the days of its target; one call for those with the same days."""
    together: dict[tuple[Window, ...], list[str]] = {}
    for base, listed in goals.items():
        windows = _windows(question, listed)
        if windows:
            together.setdefault(windows, []).append(base)
    found = {}
    for windows, bases in together.items():
        # The end stays as asked: figures known at T only do not become known by cutting the period there.
        asked = replace(question, windows=windows, start=min(window.mulai for window in windows))
        rows = answer(asked, bases)
        found |= {base: rows[rows["kode"] == base].reset_index(drop=True) for base in bases}
    return found


def _windows(question: Question, goals: list[Goal]) -> tuple[Window, ...]:
    """The days of every province up to min(t, T); those of a group without a target are not needed."""
    of_place = dict(zip(question.provinces, goals, strict=True)) if question.per is Dimensi.PROVINSI else {}
    windows = []
    for register in question.registers:
        goal = of_place.get(register.kode_provinsi, goals[0])
        if goal.alasan is None:
            windows.append(
                Window(
                    nomor=0,
                    kode_provinsi=register.kode_provinsi,
                    mulai=goal.mulai,
                    akhir=min(goal.t, register.tanggal_data),
                    sampai=goal.t,
                    tanggal_data=register.tanggal_data,
                    lengkap_sejak=register.lengkap_sejak,
                )
            )
    return tuple(windows)


def _frame(goals: list[Goal], realised: pd.DataFrame | None) -> pd.DataFrame:
    """The goals with what was realised of those that exist, row by row.

    Whole columns of one type: a frame made of rows takes longer than counting what was realised.
    """
    if realised is None:
        known = [(np.nan, np.nan, None)] * len(goals)
    else:
        known = list(zip(realised["nilai"], realised["n"], _or_none(realised["alasan"]), strict=True))
    rows = [
        (found, _note(goal, found[0])) if goal.alasan is None else ((np.nan, np.nan, goal.alasan), None)
        for goal, found in zip(goals, known, strict=True)
    ]
    numbers = {
        "target": [goal.nilai for goal in goals],
        "bagian": [goal.elapsed for goal in goals],
        "realisasi": [found[0] for found, _ in rows],
        "n": [found[1] for found, _ in rows],
    }
    words = {"alasan": [found[2] for found, _ in rows], "catatan": [note for _, note in rows]}
    return pd.DataFrame(
        {name: np.array(values, dtype="float64") for name, values in numbers.items()}
        | {name: pd.Series(values, dtype=object) for name, values in words.items()}
    )


def _or_none(column: pd.Series) -> list[str | None]:
    return [None if pd.isna(word) else word for word in column]


def _note(goal: Goal, realised: float) -> str:
    """Example: "realisasi 90 (1 Januari 2026 sampai 14 Maret 2026), target 2026: 600"."""
    days = f"{tanggal(goal.mulai)} sampai {tanggal(goal.t)}"
    return f"realisasi {angka(realised)} ({days}), target {goal.periode}: {angka(goal.nilai)}"
