"""The past of figures that are known at T only: kept when a version is published, looked up where b < T."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lib import reference
from lib.domain import CaseFilter, Dimensi, Role, Scope, Thresholds
from lib.indicators.records import INDICATORS, Indicator
from lib.measure.question import Question, ask
from lib.queries import history
from lib.queries.source import Source

# I29 and I31 are looked at now; their past is not kept.
KEPT = tuple(
    kode
    for kode, record in INDICATORS.items()
    if record.pada_data and kode[:3] in ("I15", "I18", "I19", "I20", "I28")
)
SHOWN = (None, Dimensi.PROVINSI, Dimensi.BULAN)
NUMBERS = ("nilai", "pembilang", "n")
FROM_HISTORY = "menurut riwayat"


def is_kept(row: pd.Series) -> bool:
    """Whether a row of an answer is told from the riwayat: a number whose cases are no longer known."""
    return isinstance(row["catatan"], str) and FROM_HISTORY in row["catatan"]


def figures_to_keep(source: Source, limits: Thresholds, answer) -> pd.DataFrame:
    """The rows of riwayat of every province as its register stands: see `lib.application.riwayat`.

    `answer` computes them. A figure that does not exist (too few cases, nobody on duty) has no row.
    """
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
    if not any(province.tanggal_data for province in source.provinces):
        return pd.DataFrame(columns=history.COLUMNS)
    question = ask(scope, CaseFilter(), per=Dimensi.PROVINSI, source=source, limits=limits)
    rows = answer(question, KEPT)
    rows = rows[rows["nilai"].notna()].rename(columns={"provinsi": "kode_provinsi"})
    return rows[history.COLUMNS].reset_index(drop=True)


def recall(
    record: Indicator,
    members: pd.DataFrame,
    question: Question,
    *,
    numbers: dict[str, np.ndarray],
    reason: np.ndarray,
    remark: np.ndarray,
) -> None:
    """Put what was kept into the columns of a figure, for groups whose period ends before T; the others stay.

    A group shows the last row dated in the month in which its period ends, and not after that end. Kept are whole
    provinces only: nothing under a filter on kab/kota, kinds or a pendamping, nor for several provinces together.
    """
    early = np.flatnonzero(members["sebelum_data"].to_numpy(dtype=bool))
    chosen = question.case_filter
    filtered = chosen.kabkota or chosen.klaster or chosen.jenis or chosen.pendamping is not None
    past = question.source.riwayat
    if past is None or filtered or not len(early) or record.kode not in KEPT or question.per not in SHOWN:
        return
    places = _places(members, question)
    if places is None:
        return
    ends = [_end(question, position) for position in range(len(members))]
    known = [register.kode_provinsi for register in question.registers]
    rows = history.kept(
        question.scope, past, known, kode=record.kode, first=min(ends).replace(day=1), last=max(ends)
    )
    for position in early:
        end = ends[position]
        own = [
            row
            for row in rows.to_dict("records")
            if row["kode_provinsi"] == places[position] and end.replace(day=1) <= row["tanggal_data"] <= end
        ]
        if own:
            row = own[-1]
            for name in NUMBERS:
                numbers[name][position] = np.nan if pd.isna(row[name]) else float(row[name])
            # Of a kept figure only the figure is kept, not its interval.
            numbers["bawah"][position] = numbers["atas"][position] = np.nan
            reason[position] = None
            remark[position] = f"{FROM_HISTORY} per {row['tanggal_data'].isoformat()}"


def _places(members: pd.DataFrame, question: Question) -> list[str] | None:
    """The province of each group; None where a group draws on several."""
    if question.per is Dimensi.PROVINSI:
        return members["provinsi"].tolist()
    if len(question.registers) == 1:
        return [question.registers[0].kode_provinsi] * len(members)
    return None


def _end(question: Question, position: int) -> dt.date:
    """The last day of a group's period."""
    if question.per is not Dimensi.BULAN:
        return question.end
    return next(window.sampai for window in question.windows if window.nomor == position)
