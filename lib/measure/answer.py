"""From counts to the rows of an answer: why a number is missing, its notes, and what it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.domain import Dimensi
from lib.indicators.compute import COMPUTE
from lib.indicators.records import INDICATORS, TARGET_PREFIX, TARGET_SHEET, VALUE_KEYS, Indicator
from lib.measure import targets
from lib.measure.counts import provide, provide_together
from lib.measure.groups import KEY_COLUMNS, area_of, members_of
from lib.measure.history import recall
from lib.measure.question import Question, with_sheet
from lib.queries.source import OPTIONAL_SHEETS

NUMBERS = ("nilai", "pembilang", "n", "bawah", "atas")
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
    provide_together([name for record in records for name in record.butuh], frames, question)
    kinds = {_of_persons(record) for record in records}
    general = {persons: _general_notes(members, question, persons=persons) for persons in kinds}
    parts = []
    for record in records:
        for name in record.butuh:
            provide(name, frames, question)
        result = COMPUTE[record.kode](frames, question.limits)
        listed, notes = _listed(record, frames, question), general[_of_persons(record)]
        parts.append(_finish(result, record, members, question, listed=listed, notes=notes))
    return _joined(parts, question)


def _joined(parts: Sequence[dict[str, np.ndarray]], question: Question) -> pd.DataFrame:
    """One frame of all figures; a key that a figure does not have is empty in its rows.

    Made once: a frame for each figure, put together afterwards, takes longer than all the counting.
    """
    names = list(dict.fromkeys(name for part in parts for name in part))
    sizes = [len(part["nilai"]) for part in parts]
    columns = {
        name: np.concatenate(
            [
                part[name] if name in part else np.full(size, np.nan, dtype=object)
                for part, size in zip(parts, sizes, strict=True)
            ]
        )
        for name in names
    }
    about = {
        "dari": question.start,
        "sampai": question.end,
        "tanggal_data": columns.pop("tanggal_data"),
        "tayang": question.scope.tayang.value,
        "versi": question.source.versi,
        "simulasi": question.source.simulasi,
    }
    # Words stay objects: read as text, None would become NaN.
    kinds = {name: values.dtype for name, values in columns.items()} | {"kode": "str", "satuan": "str"}
    rows = pd.RangeIndex(sum(sizes))
    kept = {name: pd.Series(values, index=rows, dtype=kinds[name]) for name, values in columns.items()}
    return pd.DataFrame(kept | about, index=rows)


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
    notes: list[str | None],
) -> dict[str, np.ndarray]:
    """The columns of one figure: why a number is missing, its notes, its keys; only the groups `listed`."""
    keys = list(KEY_COLUMNS[question.per])
    shown, own = listed.to_numpy(dtype=bool), {}
    if "g" in result:
        # One row per group and value: the value becomes one more key.
        places, value = result["g"].to_numpy(), VALUE_KEYS[record.kode]
        members, shown = members.iloc[places].reset_index(drop=True), shown[places]
        notes = [notes[place] for place in places]
        own = {value: result[value].to_numpy(dtype=object)}
    numbers = {name: result[name].to_numpy(dtype="float64").copy() for name in NUMBERS}
    reason, remark = _words(result["alasan"]), _words(result["catatan"])
    without_sheet, lacking = _sheets(record, members, question)
    if record.pada_data:
        reason[members["sebelum_data"].to_numpy(dtype=bool)] = NO_HISTORY
        recall(record, members, question, numbers=numbers, reason=reason, remark=remark)
    reason[members["kosong"].to_numpy(dtype=bool) | without_sheet] = NO_DATA
    gone = reason != None  # noqa: E711  an array of words
    for name in ("nilai", "bawah", "atas"):
        numbers[name][gone] = np.nan
    unknown = np.isin(reason.astype(str), (NO_DATA, NO_HISTORY))
    numbers["pembilang"][unknown] = numbers["n"][unknown] = np.nan
    remark[unknown] = None
    for values in own.values():
        # Whether there is anybody without a value is not known either.
        shown = shown & ~(unknown & pd.isna(values))
    remarks = [
        "; ".join(part for part in parts if part) or None
        for parts in zip(reason, remark, notes, lacking, strict=True)
    ]
    columns = {
        "kode": np.full(len(members), record.kode, dtype=object),
        **{key: members[key].to_numpy(dtype=object) for key in keys},
        **own,
        **numbers,
        "alasan": reason,
        "catatan": np.array([*remarks, None], dtype=object)[:-1],
        "satuan": np.full(len(members), record.satuan, dtype=object),
        "tanggal_data": members["tanggal_data"].to_numpy(dtype=object),
    }
    return columns if shown.all() else {name: values[shown] for name, values in columns.items()}


def _words(column: pd.Series) -> np.ndarray:
    words = column.to_numpy(dtype=object).copy()
    words[pd.isna(words)] = None
    return words


def _sheets(
    record: Indicator, members: pd.DataFrame, question: Question
) -> tuple[np.ndarray, list[str | None]]:
    """Which groups lack the optional sheet a figure needs, and the note where only some of their provinces do."""
    if record.lembar not in OPTIONAL_SHEETS:
        return np.zeros(len(members), dtype=bool), [None] * len(members)
    sent = with_sheet(question, record.lembar)
    missing = len(question.registers) - len(
        sent & {register.kode_provinsi for register in question.registers}
    )
    area = area_of(members, question.per)
    lacks = np.array([not sent if pd.isna(kode) else kode not in sent for kode in area], dtype=bool)
    note = f"{missing} provinsi tidak mengirim lembar {record.lembar}"
    return lacks, [note if pd.isna(kode) and missing and sent else None for kode in area]


def _general_notes(members: pd.DataFrame, question: Question, *, persons: bool) -> list[str | None]:
    """What is to be said of every figure of a group; `persons`: figures that ignore the filters on kinds."""
    guessed = {p.kode_provinsi for p in question.source.provinces if p.tanpa_keterangan} & set(
        question.provinces
    )
    chosen = question.case_filter
    ignored = persons and bool(chosen.klaster or chosen.jenis)
    partly = guessed and question.per not in (Dimensi.PROVINSI, Dimensi.KABKOTA)
    notes = []
    columns = (members[name].tolist() for name in ("tanggal_data", "terbaru", "hilang", "kosong"))
    for oldest, newest, missing, empty in zip(*columns, strict=True):
        parts = []
        if not empty and oldest != newest:
            parts.append(f"data terbaru {newest.isoformat()}")
        if missing:
            parts.append(f"{missing} provinsi belum ada data")
        if partly and not empty:
            parts.append(f"tanggal data {len(guessed)} provinsi diambil dari baris kasus")
        if ignored:
            parts.append("filter klaster dan jenis tidak berlaku")
        notes.append("; ".join(parts) or None)
    return notes
