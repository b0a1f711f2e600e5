"""From counts to the rows of an answer: why a number is missing, its notes, and what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lib.domain import Dimensi
from lib.indicators.compute import COMPUTE, blank
from lib.indicators.records import INDICATORS, TARGET_PREFIX, TARGET_SHEET, VALUE_KEYS, Indicator
from lib.measure import targets
from lib.measure.counts import provide
from lib.measure.groups import KEY_COLUMNS, area_of, members_of
from lib.measure.question import Question, with_sheet
from lib.queries.source import OPTIONAL_SHEETS

NO_DATA = "belum ada data"
NO_HISTORY = "belum ada riwayat"


def answer(question: Question, kodes: Sequence[str]) -> pd.DataFrame:
    """The rows of `measure` for a question already worked out."""
    records = [INDICATORS[kode] for kode in kodes]
    persons = any(_of_persons(record) for record in records)
    members = members_of(question, persons=persons)
    frames: dict = {"anggota": members}
    aims = [record.kode.removeprefix(TARGET_PREFIX) for record in records if record.lembar == TARGET_SHEET]
    if aims:
        frames |= targets.achieved(question, members, aims, answer)
    answers = []
    for record in records:
        for name in record.butuh:
            provide(name, frames, question)
        result = COMPUTE[record.kode](frames, question.limits)
        answers.append(_finish(result, record, members, question, listed=_listed(record, frames, question)))
    return pd.concat(answers, ignore_index=True)


def _of_persons(record: Indicator) -> bool:
    return not record.filter_kasus


def _listed(record: Indicator, frames: dict, question: Question) -> pd.Series:
    """Which groups a figure lists: of persons the pendamping on duty (over a period: all known at T), of cases the
    kab/kota that exist."""
    members = frames["anggota"]
    if question.per not in (Dimensi.PENDAMPING, Dimensi.KABKOTA):
        return pd.Series(True, index=members.index)
    named = members[KEY_COLUMNS[question.per]].notna().all(axis=1)
    if not _of_persons(record):
        return named if question.per is Dimensi.KABKOTA else pd.Series(True, index=members.index)
    provide("orang", frames, question)
    known = frames["orang"]
    if record.pada_data:
        known = known[known["aktif"] == 1]
    present = pd.Series(members.index.isin(known["g"]), index=members.index)
    return present | named if question.per is Dimensi.KABKOTA else present


def _finish(
    result: pd.DataFrame,
    record: Indicator,
    members: pd.DataFrame,
    question: Question,
    *,
    listed: pd.Series,
) -> pd.DataFrame:
    """Say why a number is missing, add the notes and what the number belongs to; only the groups `listed`."""
    result = result.reset_index(drop=True)
    keys = list(KEY_COLUMNS[question.per])
    if "g" in result:
        # One row per group and value: the value becomes one more key.
        places, value = result.pop("g").to_numpy(), VALUE_KEYS[record.kode]
        members = members.iloc[places].reset_index(drop=True).assign(**{value: result.pop(value)})
        listed, keys = listed.iloc[places].reset_index(drop=True), [*keys, value]
    without_sheet, lacking = _sheets(record, members, question)
    if record.pada_data and members["sebelum_data"].any():
        result.loc[members["sebelum_data"], "alasan"] = NO_HISTORY
    never_sent = members["kosong"] | without_sheet
    if never_sent.any():
        result.loc[never_sent, "alasan"] = NO_DATA
    result = blank(result)
    unknown = result["alasan"].isin([NO_DATA, NO_HISTORY])
    if unknown.any():
        result.loc[unknown, ["pembilang", "n", "catatan"]] = None
    if record.kode in VALUE_KEYS:
        # Whether there is anybody without a value is not known either.
        listed = listed & ~(unknown & members[keys[-1]].isna())
    notes = [
        "; ".join(part for part in parts if part) or None
        for parts in zip(
            result["alasan"].where(result["alasan"].notna(), None),
            result["catatan"].where(result["catatan"].notna(), None),
            _general_notes(record, members, question),
            lacking,
            strict=True,
        )
    ]
    # One construction: adding eight columns one by one takes longer than all the counting.
    answer = pd.DataFrame(
        {
            "kode": record.kode,
            **{key: members[key].array for key in keys},
            **{column: result[column].array for column in result.columns if column != "catatan"},
            "catatan": pd.Series(notes, dtype="object", index=members.index),
            "satuan": record.satuan,
            "dari": question.start,
            "sampai": question.end,
            "tanggal_data": members["tanggal_data"].array,
            "tayang": question.scope.tayang.value,
            "versi": question.source.versi,
            "simulasi": question.source.simulasi,
        },
        index=members.index,
    )
    return answer if listed.all() else answer[listed]


def _sheets(
    record: Indicator, members: pd.DataFrame, question: Question
) -> tuple[pd.Series, list[str | None]]:
    """Which groups lack the optional sheet a figure needs, and the note where only some of their provinces do."""
    if record.lembar not in OPTIONAL_SHEETS:
        return pd.Series(False, index=members.index), [None] * len(members)
    sent = with_sheet(question, record.lembar)
    missing = len(question.registers) - len(
        sent & {register.kode_provinsi for register in question.registers}
    )
    area = area_of(members, question.per)
    lacks = pd.Series([not sent if pd.isna(kode) else kode not in sent for kode in area], index=members.index)
    note = f"{missing} provinsi tidak mengirim lembar {record.lembar}"
    return lacks, [note if pd.isna(kode) and missing and sent else None for kode in area]


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
