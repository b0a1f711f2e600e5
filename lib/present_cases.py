"""From case rows to the list and the timeline that Kasus shows: names, states, waits against norms."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lib import reference
from lib.domain import Thresholds
from lib.numbers_id import hari, tanggal_pendek

STEPS = (
    ("tanggal_terdata", "Terdata"),
    ("tanggal_kontak", "Kontak pertama"),
    ("tanggal_asesmen", "Asesmen"),
    ("tanggal_rencana", "Rencana intervensi"),
    ("tanggal_intervensi", "Intervensi"),
    ("tanggal_terminasi", "Terminasi"),
    ("tanggal_pascalayanan", "Pascalayanan"),
)
OUTCOMES = {"terselesaikan": "Terselesaikan", "dialihkan": "Dialihkan", "berhenti": "Berhenti"}
LIST_COLUMNS = {
    "id_kasus": "Kasus",
    "keadaan": "Keadaan",
    "umur": "Hari",
    "tanggal_aktivitas": "Aktivitas terakhir",
    "prioritas": "Prioritas",
    "jenis": "Jenis masalah",
    "provinsi": "Provinsi",
    "kabkota": "Kabupaten/kota",
    "id_pendamping": "Pendamping",
    "tanggal_terdata": "Terdata",
    "tanggal_asesmen": "Asesmen",
    "tanggal_rencana": "Rencana",
    "tanggal_intervensi": "Intervensi",
    "tanggal_terminasi": "Terminasi",
}


def case_list(rows: pd.DataFrame, data_dates: dict[str, dt.date]) -> pd.DataFrame:
    """The rows of a list as they stand on their province's data date, columns LIST_COLUMNS; `umur` in days."""
    shown = rows.copy()
    shown["provinsi"] = shown["kode_provinsi"].map(reference.names("provinsi"))
    shown["kabkota"] = shown["kode_kabkota"].map(reference.names("kabkota"))
    shown["jenis"] = shown["kode_jenis"].map(reference.names("jenis_masalah"))
    shown["id_pendamping"] = shown["id_pendamping"].where(shown["id_pendamping"].notna(), "tanpa pendamping")
    shown["keadaan"] = [_state(row) for row in shown.to_dict("records")]
    last = pd.to_datetime(shown["kode_provinsi"].map(data_dates))
    shown["umur"] = (shown["tanggal_terminasi"].fillna(last) - shown["tanggal_terdata"]).dt.days
    return shown


def _state(row: dict) -> str:
    """Furthest step of an open case, outcome of a closed one."""
    if not pd.isna(row["kelompok"]):
        return OUTCOMES[row["kelompok"]]
    reached = [name for column, name in STEPS if column in row and not pd.isna(row[column])]
    return f"Terbuka: {reached[-1].lower()}"


def norms(case: pd.Series, limits: Thresholds) -> dict[str, tuple[str, int]]:
    """Per step the earlier date it is counted from and its norm in days (usulan)."""
    contact = {
        "darurat": limits.kontak_hari_darurat,
        "tinggi": limits.kontak_hari_tinggi,
        "biasa": limits.kontak_hari_biasa,
    }[case["prioritas"]]
    return {
        "tanggal_kontak": ("tanggal_terdata", contact),
        "tanggal_asesmen": ("tanggal_terdata", limits.asesmen_hari),
        "tanggal_rencana": ("tanggal_asesmen", limits.rencana_hari),
        "tanggal_terminasi": ("tanggal_terdata", limits.total_hari),
    }


def timeline(case: pd.Series, limits: Thresholds, *, data_date: dt.date) -> pd.DataFrame:
    """The steps of one case in the order of their dates, with the wait since the step before and the norm.

    Columns nama, tanggal, sela (days since the step before, NaN for the first), tunggu (text), norma (text),
    terlambat. An open case ends with a row for the data date.
    """
    steps = [(case[column], column, name) for column, name in STEPS if not pd.isna(case[column])]
    # Steps of one day keep their order in STEPS.
    steps.sort(key=lambda step: step[0])
    rules = norms(case, limits)
    rows, before = [], None
    for date, column, name in steps:
        rows.append(_step(case, date, column, name, before, rules))
        before = date
    if pd.isna(case["tanggal_terminasi"]):
        now = pd.Timestamp(data_date)
        rows.append(_still_open(case, now, before, rules))
    return pd.DataFrame(rows)


def _step(case, date, column: str, name: str, before, rules: dict) -> dict:
    since, norm = rules.get(column, (None, None))
    taken = None if since is None or pd.isna(case[since]) else (date - case[since]).days
    late = taken is not None and taken > norm
    wait = None if before is None else (date - before).days
    return {
        "nama": name,
        "tanggal": date,
        "sela": wait,
        "tunggu": tanggal_pendek(date.date())
        if wait is None
        else f"{tanggal_pendek(date.date())}, +{hari(wait)}",
        "norma": _norm_text(taken, norm),
        "terlambat": late,
    }


def _still_open(case, now, before, rules: dict) -> dict:
    since, norm = rules["tanggal_terminasi"]
    age = (now - case[since]).days
    wait = (now - before).days
    return {
        "nama": "Masih terbuka",
        "tanggal": now,
        "sela": wait,
        "tunggu": f"{tanggal_pendek(now.date())}, +{hari(wait)}",
        "norma": _norm_text(age, norm),
        "terlambat": age > norm,
    }


def _norm_text(taken: int | None, norm: int | None) -> str:
    if norm is None:
        return "tanpa norma"
    if taken is None:
        return f"norma {hari(norm)}; langkah sebelumnya tidak tercatat"
    verdict = "melewati" if taken > norm else "dalam"
    return f"{hari(taken)}: {verdict} norma {hari(norm)} (usulan)"
