"""Sentences of Alur: stock and flow, ages, stuck cases, clients who came back, and the way ahead."""

from __future__ import annotations

import math

import pandas as pd

from lib.domain import Thresholds
from lib.numbers_id import HOLD, angka, hari, persen, rentang_tanggal, selisih, tanggal

TARGET_NAMES = {"beban": "Beban wajar", "norma": "Norma lama"}
OUTCOME_NAMES = {"terselesaikan": "terselesaikan", "dialihkan": "dialihkan", "berhenti": "berhenti"}
LONG = 520  # weeks; what takes longer than ten years is not counted in weeks
NEVER = "tidak akan habis"
BELOW = "sudah di bawah batas"
STOCK_COLUMNS = {
    "nama": "Bulan",
    "awal": "Stok awal",
    "masuk": "+ Masuk",
    "terselesaikan": "− Terselesaikan",
    "dialihkan": "− Dialihkan",
    "berhenti": "− Berhenti",
    "akhir": "= Stok akhir",
}


def headline(row: pd.Series, *, place: str) -> str:
    """How the stock changed in the period, from the one row of `stock_and_flow`.

    Example: "Indonesia, 21 Nov 2025 – 20 Nov 2026: stok kasus terbuka naik 508 menjadi 8.097."
    """
    period = rentang_tanggal(row["dari"], row["sampai"])
    if pd.isna(row["akhir"]):
        return f"{place}: {row['alasan']} untuk {period}."
    difference = row["akhir"] - row["awal"]
    if difference == 0:
        return f"{place}, {period}: stok kasus terbuka tetap {angka(row['akhir'])}."
    word = "naik" if difference > 0 else "turun"
    return f"{place}, {period}: stok kasus terbuka {word} {angka(abs(difference))} menjadi {angka(row['akhir'])}."


def identity(row: pd.Series) -> str:
    """stok akhir = stok awal + masuk - keluar, with the numbers, or that they do not agree.

    Example: "Stok akhir 8.097 = stok awal 7.589 + masuk 27.848 − keluar 27.340 (...)".
    """
    parts = ", ".join(f"{name} {angka(row[part])}" for part, name in OUTCOME_NAMES.items())
    whole = f"stok awal {angka(row['awal'])} + masuk {angka(row['masuk'])} − keluar {angka(row['keluar'])}"
    if agrees(row):
        return f"Stok akhir {angka(row['akhir'])} = {whole} (keluar: {parts})."
    return (
        f"Perhatian: stok akhir {angka(row['akhir'])} tidak sama dengan {whole} (keluar: {parts}). "
        "Laporkan kepada pengelola."
    )


def agrees(row: pd.Series) -> bool:
    """Whether the numbers of a row of `stock_and_flow` add up."""
    left = row["terselesaikan"] + row["dialihkan"] + row["berhenti"]
    return bool(row["awal"] + row["masuk"] - row["keluar"] == row["akhir"] and left == row["keluar"])


def months_agree(frame: pd.DataFrame) -> str:
    """That every month adds up, or which do not (rows of `stock_and_flow` by month with nama)."""
    wrong = [row["nama"] for _, row in frame.iterrows() if not agrees(row)]
    if wrong:
        return f"Perhatian: {', '.join(wrong)} tidak cocok. Laporkan kepada pengelola."
    return f"Hitungan ini cocok pada {angka(len(frame))} dari {angka(len(frame))} bulan."


def late_months(late: int) -> str:
    """That some provinces' last months are not known yet."""
    if not late:
        return ""
    return (
        f" {angka(late)} provinsi belum mengirim data sampai akhir periode: sesudah tanggal datanya tidak ada yang "
        "masuk atau keluar, dan stoknya tetap."
    )


def ages(frame: pd.DataFrame, median: pd.Series, *, limit: int) -> str:
    """The age bands in words (rows nama, tampil, nilai; the last is the oldest), with the median (row I14-median)."""
    total, oldest = frame["nilai"].sum(), frame.iloc[-1]
    if total == 0:
        return "Tidak ada kasus terbuka pada akhir periode."
    known = not pd.isna(median["nilai"])
    middle = hari(median["nilai"], decimals=0) if known else f"tidak dihitung ({median['alasan']})"
    share = f" ({persen(100 * oldest['nilai'] / total)})" if known else ""
    return f"n = {angka(total)} kasus terbuka; umur tengah {middle}. {oldest['tampil']}{share} lebih dari {limit} hari."


def stuck(row: pd.Series, *, limits: Thresholds) -> str:
    """How many open cases are stuck, from the row I15-n."""
    if pd.isna(row["nilai"]):
        return f"Kasus macet: {row['alasan']}. Pilih periode yang sampai tanggal data."
    if row["n"] == 0:
        return "Tidak ada kasus terbuka pada tanggal data."
    share = f" ({persen(100 * row['nilai'] / row['n'])})" if row["n"] >= limits.n_minimum else ""
    return (
        f"{angka(row['nilai'])} dari {angka(row['n'])} kasus terbuka{share} macet: tanpa aktivitas lebih dari "
        f"{limits.macet_hari} hari, darurat {limits.macet_hari_darurat} hari (usulan)."
    )


def returned(row: pd.Series, ratio: pd.Series) -> str:
    """I21 as the counterweight of fast closing, and how I06 is to be read."""
    if pd.isna(row["nilai"]):
        first = f"Kasus berulang: {row['alasan']}."
    else:
        first = (
            f"Dari {angka(row['n'])} kasus terselesaikan yang sudah dipantau 180 hari, {angka(row['pembilang'])} "
            f"({persen(row['nilai'])}; rentang 95{HOLD}%: {angka(row['bawah'], decimals=1)}–{persen(row['atas'])}) "
            "diikuti kasus baru klien yang sama."
        )
    value = f"saat ini {persen(ratio['nilai'])}" if not pd.isna(ratio["nilai"]) else f"{ratio['alasan']}"
    return (
        f"{first} Menutup kasus lebih cepat baru berarti bila angka ini tidak naik. Rasio penyelesaian periode "
        f"({value}) membandingkan kasus yang diselesaikan dalam periode dengan kasus yang terdata dalam periode; "
        f"kasusnya berbeda, maka rasio dapat melebihi {persen(100, decimals=0)}."
    )


# --- the way ahead ----------------------------------------------------------------------------------------


def weeks(value: float) -> str:
    """A number of weeks. Example: 12.4 -> "12 minggu"; 0.3 -> "kurang dari 1 minggu"; inf -> "tidak akan habis"."""
    if pd.isna(value):
        return "–"
    if math.isinf(value):
        return NEVER
    if value > LONG:
        return "lebih dari 10 tahun"
    if 0 < value < 1:
        return "kurang dari 1 minggu"
    return f"{angka(value, decimals=0)} minggu"


def cleared(row: pd.Series) -> str:
    """When the backlog of a row of `outlook` is gone, short. Example: "59 minggu"."""
    if isinstance(row["alasan"], str):
        return row["alasan"]
    return BELOW if row["tumpukan"] == 0 else weeks(row["minggu"])


def span(row: pd.Series) -> str:
    """The limits of `cleared` in words; nothing where there is no backlog. Example: "24 minggu – tidak habis"."""
    if isinstance(row["alasan"], str) or row["tumpukan"] == 0:
        return "–"
    fast, slow = row["minggu_cepat"], row["minggu_lambat"]
    if math.isinf(fast):
        return NEVER
    return f"{weeks(fast)} – {'tidak habis' if math.isinf(slow) else weeks(slow)}"


def outlook(row: pd.Series, *, place: str) -> str:
    """One province in words: stock, limit, pace and when the backlog is gone."""
    if isinstance(row["alasan"], str):
        return f"{place}: {row['alasan']}, jadi belum dapat diperkirakan."
    limit = angka(row["batas"], decimals=0)
    stock = f"{place}, {tanggal(row['tanggal_data'])}: {angka(row['terbuka'])} kasus terbuka, batas {limit}"
    more = selisih(row["masuk_minggu"] - row["kapasitas"], decimals=1)
    pace = (
        f"Tiap minggu {angka(row['masuk_minggu'], decimals=1)} kasus masuk dan "
        f"{angka(row['kapasitas'], decimals=1)} ditutup (selisih {more})"
    )
    if row["tumpukan"] == 0:
        return f"{stock}: {BELOW}. {pace}{_growing(row)}."
    ahead = (
        f"tumpukan {angka(row['tumpukan'], decimals=0)} kasus {NEVER} dengan laju ini"
        if math.isinf(row["minggu"])
        else f"tumpukan {angka(row['tumpukan'], decimals=0)} kasus habis dalam {weeks(row['minggu'])}"
    )
    return f"{stock}. {pace}: {ahead} (rentang 95{HOLD}%: {span(row)})."


def _growing(row: pd.Series) -> str:
    """When a stock below its limit would pass it."""
    if row["turun"] >= 0:
        return ""
    left = (row["batas"] - row["terbuka"]) / -row["turun"]
    return f": stok bertambah dan melewati batas dalam sekitar {weeks(left)}" if left <= LONG else ""


def many(frame: pd.DataFrame) -> str:
    """How many provinces are below the limit, get there, or do not (rows of `outlook`)."""
    usable = frame[frame["alasan"].isna()]
    backlog = usable[usable["tumpukan"] > 0]
    never = backlog["minggu"].map(math.isinf).sum() if len(backlog) else 0
    parts = [f"{angka(len(usable) - len(backlog))} dari {angka(len(usable))} provinsi {BELOW}"]
    if len(backlog):
        parts.append(
            f"{angka(len(backlog))} punya tumpukan, seluruhnya {angka(backlog['tumpukan'].sum(), decimals=0)} kasus"
        )
        parts.append(f"{angka(never)} di antaranya {NEVER} dengan laju sekarang")
    if missing := len(frame) - len(usable):
        parts.append(f"{angka(missing)} belum dapat diperkirakan")
    return "; ".join(parts) + "."


def target(name: str, *, limits: Thresholds) -> str:
    """What the limit is and why."""
    if name == "beban":
        return (
            f"Batas = {limits.beban_wajar} kasus × jumlah pendamping aktif (usulan): pada stok ini tiap pendamping "
            "dapat memegang beban wajar. Stok di atasnya disebut tumpukan."
        )
    return (
        f"Batas = kasus masuk per minggu × seperempat norma {limits.total_hari} hari (usulan): stok ketika kasus "
        f"rata-rata selesai dalam {angka(limits.total_hari / 4)} hari (hukum Little). Seperempat, karena lama kasus "
        f"berbeda-beda: barulah hanya sekitar 2 % yang melewati {limits.total_hari} hari. Stok di atasnya disebut "
        "tumpukan."
    )


def assumptions(*, weeks_used: int, whole_work: bool) -> str:
    """What the look ahead takes for granted."""
    ignored = (
        " Saringan klaster dan jenis tidak berlaku di sini: pendamping menangani semua jenis."
        if whole_work
        else ""
    )
    return (
        f"Anggapan: kasus masuk dan kasus ditutup (alasan apa pun) tetap seperti rata-rata {weeks_used} minggu "
        "terakhir sebelum tanggal data tiap provinsi, apa pun periode yang dipilih. Tambahan pendamping langsung "
        "menutup kasus secepat rata-rata provinsinya; bila di sana tiap orang memegang sangat banyak kasus, kecepatan "
        "itu dapat berkurang. Rentang 95 % hanya memuat naik-turun acak (Poisson), bukan musim, bencana, "
        f"atau perubahan kebijakan. Ini hitungan, bukan janji.{ignored}"
    )


def per_person(row: pd.Series) -> str:
    """How many cases a pendamping of the province closes; the capacity that one more brings."""
    if pd.isna(row["per_pendamping"]):
        return "Kapasitas per pendamping belum diketahui karena tidak ada pendamping aktif."
    month = row["per_pendamping"] * 365.25 / 7 / 12
    return (
        f"Satu pendamping menutup {angka(row['per_pendamping'], decimals=2)} kasus per minggu "
        f"({angka(month, decimals=1)} per bulan) di sini."
    )


READ_STOCK = """
Bayangkan bak air. **Masuk** (biru, ke atas) adalah keran, **keluar** (ke bawah) adalah saluran buang, dan garis di
bagan bawah adalah tinggi air: **stok** kasus terbuka. Bila batang ke atas lebih panjang daripada batang ke bawah,
stok naik.

Contoh: bulan dimulai dengan 100 kasus terbuka. Masuk 30, keluar 25 (20 terselesaikan, 3 dialihkan, 2 berhenti). Stok
akhir = 100 + 30 − 25 = **105**.

Kasus yang keluar bulan ini dapat masuk kapan saja sebelumnya. Bulan yang pucat (tanda *) terpotong oleh awal periode
atau tanggal data: batangnya pendek karena harinya kurang, bukan karena kasusnya sedikit.
"""
READ_AHEAD = """
Garis menunjukkan stok bila laju 12 minggu terakhir berlanjut. Pita di sekitarnya adalah rentang 95 %: makin jauh ke
depan makin lebar. Saat garis sampai di **batas**, tumpukan habis; garis dan pita berhenti turun di situ.

Contoh: 200 kasus terbuka, batas 150, maka tumpukan 50. Tiap minggu 10 kasus masuk dan 15 ditutup, jadi stok turun 5
per minggu: tumpukan habis dalam 50 ÷ 5 = **10 minggu**. Bila yang masuk 15 atau lebih, stok tidak turun: tumpukan
**tidak akan habis** tanpa tambahan tenaga.
"""
READ_STUCK = """
Setiap batang adalah jumlah kasus macet; batang yang dipilih membuka daftar dengan jumlah yang sama. Batang panjang
berarti banyak kasus yang perlu didatangi, dan provinsi besar wajar punya lebih banyak.

Contoh: batang “Asesmen 40” berarti 40 kasus sudah diasesmen, lalu tidak ada catatan apa pun lebih dari 30 hari.
Mungkin pendampingnya berhalangan, mungkin hanya catatannya yang tertinggal: buka daftarnya dan tanyakan.
"""
