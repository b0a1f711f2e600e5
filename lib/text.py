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


# --- Provinsi and Klaster ---------------------------------------------------------------------------------

NOBODY = "tanpa keterangan"
SERVICE_NAMES = {
    "keluarga": "Keluarga",
    "komunitas_lks": "Komunitas atau LKS",
    "residensial": "Residensial",
    "penampungan_sementara": "Penampungan sementara",
    "pemenuhan_hidup_layak": "Pemenuhan hidup layak",
    "perawatan_pengasuhan": "Perawatan sosial dan pengasuhan anak",
    "dukungan_keluarga": "Dukungan keluarga",
    "terapi": "Terapi",
    "vokasional_kewirausahaan": "Pelatihan vokasional dan kewirausahaan",
    "bantuan_asistensi_sosial": "Bantuan sosial dan asistensi sosial",
    "dukungan_aksesibilitas": "Dukungan aksesibilitas",
}


def is_count(kode: str) -> bool:
    """Whether a figure counts cases or referrals, so that provinces add up to the nation."""
    return INDICATORS[kode].satuan in ("kasus", "rujukan")


def unnamed(kode: str | None) -> str:
    """The name of a service, or of the group of those without one."""
    return NOBODY if pd.isna(kode) or not kode else SERVICE_NAMES.get(kode, kode)


def interval(kode: str, bawah: float | None, atas: float | None) -> str:
    """The limits of a figure's 95 % interval. Example: interval("I05M", 90, 104) == "90 hari – 104 hari"."""
    if pd.isna(bawah) and pd.isna(atas):
        return "–"
    if pd.isna(bawah):
        return f"sampai {shown(kode, atas)}"
    return f"mulai {shown(kode, bawah)}" if pd.isna(atas) else f"{shown(kode, bawah)} – {shown(kode, atas)}"


def beside(kode: str, own: float | None, wider: pd.Series, *, place: str, same_period: bool) -> str:
    """What stands beside a province's figure: the wider figure, for a count the province's share of it.

    A share is given only over the same days. Example: "3,2 % dari nasional (12.345)"; "nasional 58,9 %".
    """
    text = shown(kode, wider["nilai"], wider["alasan"])
    if is_count(kode) and same_period and wider["nilai"] > 0 and not pd.isna(own):
        return f"{persen(100 * own / wider['nilai'])} dari {place} ({text})"
    return f"{place} {text}" if not pd.isna(wider["nilai"]) else f"{place}: {text}"


def province_now(figures: pd.DataFrame) -> str:
    """What a province has in hand: open and stuck cases and the mean load (rows I13, I15-n, I18-rata by kode)."""
    terbuka, macet, beban = (figures.loc[kode] for kode in ("I13", "I15-n", "I18-rata"))
    if pd.isna(terbuka["nilai"]):
        return ""
    day = min(terbuka["sampai"], terbuka["tanggal_data"])
    parts = [f"Pada {tanggal(day)}: {angka(terbuka['nilai'])} kasus terbuka"]
    if not pd.isna(macet["nilai"]):
        parts.append(f"{angka(macet['nilai'])} di antaranya macet")
    if not pd.isna(beban["nilai"]):
        parts.append(f"{angka(beban['n'])} pendamping aktif dengan rata-rata {angka(beban['nilai'], decimals=1)} kasus")
    return ", ".join(parts) + "."


def late_data(own: dt.date, newest: dt.date) -> str:
    """That a province's data end before those of others."""
    return (
        f"Data provinsi ini sampai {tanggal(own)}, sedangkan provinsi terbaru sampai {tanggal(newest)}: setiap kasus "
        "dinilai pada tanggal data provinsinya, dan bagian dari nasional tidak dihitung bila periodenya berbeda."
    )


def places(frame: pd.DataFrame, *, colour: str, size: str) -> str:
    """The bubbles in words: the largest, the extremes of the colour, and how many have no number."""
    if frame.empty:
        return "Tidak ada kabupaten/kota."
    total = frame["ukuran"].sum()
    largest = frame.loc[frame["ukuran"].idxmax()] if frame["ukuran"].notna().any() else None
    sentence = f"{angka(len(frame))} kabupaten/kota"
    if largest is not None and total > 0:
        sentence += f"; {size} terbanyak di {largest['nama']} ({largest['tampil_ukuran']} dari {angka(total)})"
    known = frame.dropna(subset=["nilai"])
    if known.empty:
        return f"{sentence}. {colour}: belum ada angka."
    top, low = known.loc[known["nilai"].idxmax()], known.loc[known["nilai"].idxmin()]
    sentence += f". {colour}: tertinggi {top['nama']} ({top['tampil']}), terendah {low['nama']} ({low['tampil']})"
    missing = len(frame) - len(known)
    return f"{sentence}; {angka(missing)} tanpa angka." if missing else f"{sentence}."


def extremes(frame: pd.DataFrame, *, name: str) -> str:
    """Groups of one figure in words: the highest, the lowest, how many have no number, and n."""
    known = frame.dropna(subset=["nilai"])
    if known.empty:
        return f"{name}: belum ada angka untuk kelompok mana pun."
    top, low = known.loc[known["nilai"].idxmax()], known.loc[known["nilai"].idxmin()]
    sentence = f"{name}: tertinggi {top['nama']} ({top['tampil']}), terendah {low['nama']} ({low['tampil']})"
    if missing := len(frame) - len(known):
        sentence += f"; {angka(missing)} tanpa angka"
    return f"{sentence}. n = {angka(known['n'].sum())}."


def reconciled(parts: dict[str, float], total: float, *, what: str) -> str:
    """That the parts make up the whole, with the numbers.

    Example: "Jumlah 7 kelompok 120 = jumlah 26 jenis 120 = total 120 kasus terdata."
    """
    sums = [f"jumlah {name} {angka(number)}" for name, number in parts.items()]
    whole = f"total {angka(total)} {what}"
    if any(number != total for number in parts.values() if not pd.isna(number)):
        return f"Perhatian: {', '.join(sums)} tidak sama dengan {whole}. Laporkan kepada pengelola."
    sentence = " = ".join([*sums, whole])
    return f"{sentence[0].upper()}{sentence[1:]}."


def loads(counts: dict[str, int], *, limit: int, high: int) -> str:
    """The bands of the load in words, with n. Example: "4 pendamping aktif: 3 wajar (≤ 15), 1 tinggi (16–18), ..."."""
    total = sum(counts.values())
    if not total:
        return "Tidak ada pendamping aktif pada tanggal data."
    return (
        f"{angka(total)} pendamping aktif: {angka(counts['wajar'])} wajar (≤ {limit} kasus), "
        f"{angka(counts['tinggi'])} tinggi ({limit + 1}–{high}), {angka(counts['berlebih'])} berlebih (> {high}). "
        "Batas usulan."
    )
