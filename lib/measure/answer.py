"""From counts to the rows of an answer: why a number is missing, its notes, and what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lib.domain import Dimensi
from lib.indicators.compute import COMPUTE, blank
from lib.indicators.records import INDICATORS, Indicator
from lib.measure.counts import provide
from lib.measure.groups import KEY_COLUMNS, members_of
from lib.measure.question import Question

NO_DATA = "belum ada data"
NO_HISTORY = "belum ada riwayat"


def answer(question: Question, kodes: Sequence[str]) -> pd.DataFrame:
    persons = any(_of_persons(INDICATORS[kode]) for kode in kodes)
    members = members_of(question, persons=persons)
    frames: dict = {"anggota": members}
    answers = []
    for kode in kodes:
        record = INDICATORS[kode]
        for name in record.butuh:
            provide(name, frames, question)
        result = COMPUTE[kode](frames, question.limits)
        finished = _finish(result, record, members, question)
        answers.append(finished[_listed(record, frames, question)])
    return pd.concat(answers, ignore_index=True)


def _of_persons(record: Indicator) -> bool:
    return "beban" in record.butuh


def _listed(record: Indicator, frames: dict, question: Question) -> pd.Series:
    """Which groups a figure lists: of persons the pendamping on duty, of cases the kab/kota that exist."""
    members = frames["anggota"]
    if question.per is Dimensi.PENDAMPING and _of_persons(record):
        return pd.Series(members.index.isin(frames["beban"]["g"]), index=members.index)
    if question.per is Dimensi.KABKOTA and not _of_persons(record):
        return members["kabkota"].notna()
    return pd.Series(True, index=members.index)


def _finish(
    result: pd.DataFrame, record: Indicator, members: pd.DataFrame, question: Question
) -> pd.DataFrame:
    """Say why a number is missing, add the notes and what the number belongs to."""
    result = result.reset_index(drop=True)
    if record.pada_data:
        result.loc[members["sebelum_data"], "alasan"] = NO_HISTORY
    result.loc[members["kosong"], "alasan"] = NO_DATA
    result = blank(result)
    result.loc[result["alasan"].isin([NO_DATA, NO_HISTORY]), ["pembilang", "n", "catatan"]] = None
    notes = [
        "; ".join(part for part in parts if part) or None
        for parts in zip(
            result["alasan"].where(result["alasan"].notna(), None),
            result["catatan"].where(result["catatan"].notna(), None),
            _general_notes(record, members, question),
            strict=True,
        )
    ]
    keys = KEY_COLUMNS[question.per]
    answer = pd.concat([members[keys].reset_index(drop=True), result], axis=1)
    answer.insert(0, "kode", record.kode)
    answer["catatan"] = pd.Series(notes, dtype="object")
    answer["satuan"] = record.satuan
    answer["dari"], answer["sampai"] = question.start, question.end
    answer["tanggal_data"] = members["tanggal_data"].to_numpy()
    answer["tayang"] = question.scope.tayang.value
    answer["versi"] = question.source.versi
    answer["simulasi"] = question.source.simulasi
    return answer


def _general_notes(record: Indicator, members: pd.DataFrame, question: Question) -> list[str | None]:
    guessed = {p.kode_provinsi for p in question.source.provinces if p.tanpa_keterangan} & set(
        question.provinces
    )
    chosen = question.case_filter
    ignored = not record.filter_kasus and bool(chosen.klaster or chosen.jenis)
    notes = []
    for row in members[["tanggal_data", "terbaru", "hilang", "kosong"]].itertuples(index=False):
        parts = []
        if not row.kosong and row.tanggal_data != row.terbaru:
            parts.append(f"data terbaru {row.terbaru.isoformat()}")
        if row.hilang:
            parts.append(f"{row.hilang} provinsi belum ada data")
        if guessed and not row.kosong and question.per not in (Dimensi.PROVINSI, Dimensi.KABKOTA):
            parts.append(f"tanggal data {len(guessed)} provinsi diambil dari baris kasus")
        if ignored:
            parts.append("filter klaster dan jenis tidak berlaku")
        notes.append("; ".join(parts) or None)
    return notes
