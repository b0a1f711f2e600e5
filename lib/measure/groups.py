"""The groups of an answer: one row per member of the dimension, those without cases too."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lib import reference
from lib.domain import CaseFilter, Dimensi, Tahap
from lib.indicators.records import VALUE_KEYS
from lib.measure.question import Question
from lib.queries import cases, people

ALL = "semua"
KEY_COLUMNS: dict[Dimensi | None, list[str]] = {
    None: [],
    Dimensi.PENDAMPING: ["provinsi", "pendamping"],
    **{dimension: [dimension.value] for dimension in Dimensi if dimension is not Dimensi.PENDAMPING},
}


def keys_of(kode: str, per: Dimensi | None) -> list[str]:
    """The columns that tell the rows of an indicator apart: those of the dimension, and its value if it has one."""
    return [*KEY_COLUMNS[per], *([VALUE_KEYS[kode]] if kode in VALUE_KEYS else [])]


def members_of(question: Question, *, persons: bool = False) -> pd.DataFrame:
    """One row per group, those without cases too, with the data dates of the provinces it draws on.

    With `persons`, pendamping who have no kab/kota are a group of their own (kabkota None).
    """
    per, chosen = question.per, question.case_filter
    if per is None:
        frame = pd.DataFrame({ALL: [0]})
    elif per is Dimensi.PROVINSI:
        frame = pd.DataFrame({"provinsi": list(question.provinces)})
    elif per is Dimensi.KABKOTA:
        codes = [
            kode
            for kode in reference.names("kabkota")
            if kode[:2] in question.provinces and (not chosen.kabkota or kode in chosen.kabkota)
        ]
        homeless = persons and _any_without_kabkota(question)
        frame = pd.DataFrame({"kabkota": [*codes, None] if homeless else codes})
    elif per in (Dimensi.KLASTER, Dimensi.JENIS, Dimensi.PAS):
        frame = _kind_members(per, chosen)
    elif per is Dimensi.BULAN:
        frame = pd.DataFrame({"bulan": list(question.names)})
    elif per is Dimensi.TAHAP:
        frame = pd.DataFrame({"tahap": [tahap.value for tahap in Tahap]})
    else:
        frame = _pendamping_members(question)
    return _with_dates(frame.astype(object), question)


def _kind_members(per: Dimensi, chosen: CaseFilter) -> pd.DataFrame:
    kinds = reference.table("jenis_masalah")
    if chosen.klaster:
        kinds = kinds[kinds["kode_klaster"].isin(chosen.klaster)]
    if chosen.jenis:
        kinds = kinds[kinds["kode_jenis"].isin(chosen.jenis)]
    column = {Dimensi.KLASTER: "kode_klaster", Dimensi.JENIS: "kode_jenis", Dimensi.PAS: "kode_pas"}[per]
    table = {Dimensi.KLASTER: "klaster", Dimensi.JENIS: "jenis_masalah", Dimensi.PAS: "pas"}[per]
    present = set(kinds[column])
    return pd.DataFrame({per.value: [kode for kode in reference.names(table) if kode in present]})


def _pendamping_members(question: Question) -> pd.DataFrame:
    # All pendamping of the provinces: under a kab/kota filter somebody else's pendamping may hold its cases.
    everybody = replace(question.case_filter, kabkota=())
    workers = people.profiles(question.scope, question.source, everybody)[["provinsi", "pendamping"]]
    workers = workers[workers["provinsi"].isin(question.provinces)]
    held = cases.stock(
        question.scope, question.source, question.case_filter, list(question.windows), Dimensi.PENDAMPING
    )[["provinsi", "pendamping"]]
    everyone = pd.concat([workers, held]).astype(object).where(lambda frame: frame.notna(), None)
    return everyone.drop_duplicates().sort_values(["provinsi", "pendamping"], na_position="last")


def _any_without_kabkota(question: Question) -> bool:
    return bool(
        people.profiles(question.scope, question.source, question.case_filter)["kabkota"].isna().any()
    )


def area_of(members: pd.DataFrame, per: Dimensi | None) -> pd.Series:
    """The province each group lies in; None for a group that draws on all of them (also without a kab/kota)."""
    if per in (Dimensi.PROVINSI, Dimensi.PENDAMPING):
        return members["provinsi"]
    if per is Dimensi.KABKOTA:
        return members["kabkota"].str[:2]
    return pd.Series([None] * len(members), index=members.index, dtype=object)


def _with_dates(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Add tanggal_data (oldest), terbaru (newest), kosong (never sent), hilang (how many) and sebelum_data (b < T)."""
    dates = {register.kode_provinsi: register.tanggal_data for register in question.registers}
    frame = frame.reset_index(drop=True)
    per = question.per
    area = [None if pd.isna(kode) else kode for kode in area_of(frame, per)]
    oldest, newest = min(dates.values(), default=None), max(dates.values(), default=None)
    missing = len(question.provinces) - len(dates) if dates else 0
    latest = [newest if kode is None else dates.get(kode) for kode in area]
    ends = [question.end] * len(frame)
    if per is Dimensi.BULAN:
        ends = [
            max((w.sampai for w in question.windows if w.nomor == i), default=question.end)
            for i in frame.index
        ]
    return frame.assign(
        tanggal_data=[oldest if kode is None else dates.get(kode) for kode in area],
        terbaru=latest,
        hilang=[missing if kode is None else 0 for kode in area],
        kosong=[day is None for day in latest],
        sebelum_data=[day is not None and end < day for end, day in zip(ends, latest, strict=True)],
    )
