"""Sentences of the screen, made from figures; plain Indonesian."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, hari, persen, rentang_tanggal, selisih, tanggal

SIMULATION = "DATA SIMULASI"
INDICATIVE = "Batas wilayah indikatif, bukan batas resmi."
STATUS_NAMES = {
    "terdata": "Terdata, belum ditangani",
    "tertangani": "Tertangani",
    "terselesaikan": "Terselesaikan",
    "ditutup_lainnya": "Ditutup lainnya",
}


def shown(kode: str, nilai: float | None, alasan: str | None = None) -> str:
    """A figure as its card shows it; a missing one as its reason. Zero is "0", never an empty place.

    Example: shown("I04-90", 46.04) == "46,0 %"; shown("I05M", None, "belum tercapai") == "belum tercapai".
    """
    if not pd.isna(alasan) and alasan:
        return alasan
    if pd.isna(nilai):
        return "–"
    unit = INDICATORS[kode].satuan
    if unit == "persen":
        return persen(nilai)
    if unit == "hari":
        return hari(nilai, decimals=0)
    if unit == "kasus":
        return angka(nilai, decimals=0)
    return angka(nilai, decimals=1)


def definition(kode: str) -> str:
    """The record of an indicator as the help text of its card."""
    record = INDICATORS[kode]
    lines = [f"**{record.nama}** ({kode}, {record.satuan})", "", record.pembilang + "."]
    if record.penyebut != "–":
        lines.append(f"Dibagi atau dihitung atas: {record.penyebut}.")
    lines += ["", f"Tanggal acuan: {record.acuan}.", record.pengecualian]
    return "\n".join(lines)


def headline(figures: pd.DataFrame, *, place: str) -> str:
    """The one sentence of the overview, from the rows I01, I02, I03K and I05M (indexed by kode)."""
    recorded = figures.loc["I01"]
    period = rentang_tanggal(recorded["dari"], recorded["sampai"])
    if pd.isna(recorded["nilai"]):
        return f"{place}: belum ada data untuk {period}."
    if recorded["nilai"] == 0:
        return f"{place}: tidak ada kasus yang terdata pada {period}."
    handled, resolved, half = (figures.loc[kode] for kode in ("I02", "I03K", "I05M"))
    sentence = (
        f"{place}: dari {angka(recorded['nilai'])} kasus yang terdata {period}, "
        f"{angka(handled['nilai'])} ({persen(100 * handled['nilai'] / recorded['nilai'])}) tertangani dan "
        f"{angka(resolved['nilai'])} ({persen(100 * resolved['nilai'] / recorded['nilai'])}) terselesaikan."
    )
    if not pd.isna(half["nilai"]):
        return f"{sentence} Separuh kasus terselesaikan dalam {hari(half['nilai'], decimals=0)}."
    return f"{sentence} Waktu sampai separuh kasus terselesaikan: {half['alasan']}."


def data_date(oldest: dt.date | None, newest: dt.date | None, missing: int) -> str:
    """Up to when the figures are known. Example: "Data per 20 November 2026 (paling lama 11 Oktober 2026)"."""
    if newest is None:
        return "Belum ada data yang masuk"
    sentence = f"Data per {tanggal(newest)}"
    if oldest != newest:
        sentence += f" (provinsi paling lambat: {tanggal(oldest)})"
    if missing:
        sentence += f"; {missing} provinsi belum pernah mengirim"
    return sentence


def change(now: float, before: float, kode: str) -> str:
    """The difference of a figure to an earlier period. Example: +12 (+4,0 %)."""
    difference = now - before
    unit = INDICATORS[kode].satuan
    if unit == "kasus" and before:
        return f"{selisih(difference)} ({selisih(100 * difference / before, decimals=1)} %)"
    words = {"persen": " poin persen", "hari": " hari"}.get(unit, "")
    return f"{selisih(difference, decimals=1 if unit == 'persen' else None)}{words}"


def attention_reason(row: pd.Series, *, days: int, limit: int) -> str:
    """Why a province stands in "Perlu perhatian", its largest part first, in words."""
    parts = {
        "macet": f"{angka(row['macet'])} dari {angka(row['terbuka'])} kasus terbuka macet",
        "terlambat": (
            f"{angka(row['terlambat'])} dari {angka(row['jatuh_tempo'])} kasus tidak direspon dalam {days} hari"
        ),
        "beban": (
            f"{angka(row['di_atas_wajar'])} dari {angka(row['pendamping'])} pendamping memegang lebih dari "
            f"{limit} kasus"
        ),
    }
    excess = {"macet": "macet_lebih", "terlambat": "terlambat_lebih", "beban": "beban"}
    counted = sorted((part for part in parts if row[excess[part]] > 0), key=lambda part: -row[excess[part]])
    sentence = "; ".join(parts[part] for part in counted)
    return sentence[0].upper() + sentence[1:] + "."
