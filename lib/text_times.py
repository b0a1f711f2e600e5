"""Sentences of the page Waktu, made from figures; plain Indonesian."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from lib import text
from lib.indicators.records import INDICATORS
from lib.numbers_id import HOLD, angka, hari, persen, tanggal

OUTCOMES = {
    "terselesaikan": "Terselesaikan",
    "dialihkan": "Dialihkan",
    "berhenti": "Berhenti",
    "terbuka": "Masih terbuka",
}
STEPS = {
    "respon": "Respon",
    "asesmen": "Asesmen",
    "rencana": "Rencana intervensi",
    "intervensi": "Intervensi",
    "terminasi": "Terminasi",
}
# From which step each wait runs.
WAYS = {
    "respon": "dari terdata",
    "asesmen": "dari terdata",
    "rencana": "dari asesmen",
    "intervensi": "dari rencana",
    "terminasi": "dari intervensi",
}
NOBODY = "tidak ada kasus yang terpantau dalam periode ini"
TOO_SHORT = "masa pantau kurang"


def of_hundred(shares: Mapping[str, float]) -> dict[str, int]:
    """Percentages that sum to 100 as whole cases of a hundred that do so too, by the largest remainders.

    Example: 33.2, 9.3, 3.7 and 53.8 -> 33, 9, 4 and 54: of the four remainders .8 and .7 are the largest.
    """
    whole = {name: int(share) for name, share in shares.items()}
    missing = 100 - sum(whole.values())
    by_remainder = sorted(shares, key=lambda name: round(whole[name] - shares[name], 9))
    return whole | {name: whole[name] + 1 for name in by_remainder[:missing]}


def headline(shares: Mapping[str, float], *, day: int, place: str) -> str:
    """What becomes of a hundred cases by a day.

    Example: "Indonesia: dari 100 kasus, setelah 90 hari 33 terselesaikan, 9 dialihkan, 4 berhenti, dan 54 masih
    terbuka."
    """
    parts = [f"{number} {OUTCOMES[name].lower()}" for name, number in of_hundred(shares).items()]
    return f"{place}: dari 100 kasus, setelah {day} hari {', '.join(parts[:-1])}, dan {parts[-1]}."


def no_headline(alasan: str | None, n: float, *, place: str) -> str:
    """Why there is no such sentence."""
    if n == 0:
        return f"{place}: {NOBODY}."
    return f"{place}: nasib kasus hari demi hari belum dapat ditampilkan ({alasan or TOO_SHORT}; n = {angka(n)})."


def late(own: dt.date, newest: dt.date) -> str:
    """That a province's data end before those of others."""
    return (
        f"Data provinsi ini sampai {tanggal(own)}, sedangkan provinsi terbaru sampai {tanggal(newest)}; kasus "
        "dinilai pada tanggal datanya sendiri."
    )


def curve(shares: Mapping[str, float], *, day: int, until: int, days: int, n: float) -> str:
    """The picture of the outcomes in words, with n and until when it is drawn."""
    parts = ", ".join(f"{OUTCOMES[name].lower()} {persen(share)}" for name, share in shares.items())
    sentence = f"Hari {day}: {parts}. n = {angka(n)} kasus yang terpantau dalam periode"
    if until >= days:
        return f"{sentence}."
    return f"{sentence}; digambar sampai hari {until}, sesudahnya terlalu sedikit kasus yang terpantau."


def interval(row: pd.Series) -> str:
    """The 95 % interval of a figure, or nothing. Example: "rentang 95 %: 94–98 hari"; open: "mulai 94 hari"."""
    low, high = row["bawah"], row["atas"]
    if pd.isna(row["nilai"]) or (pd.isna(low) and pd.isna(high)):
        return ""
    if pd.isna(low) or pd.isna(high):
        return f"rentang 95{HOLD}%: {text.interval(row['kode'], low, high)}"
    # The unit once: in a narrow card the line would break in it.
    decimals = 1 if INDICATORS[row["kode"]].satuan == "persen" else 0
    return f"rentang 95{HOLD}%: {angka(low, decimals=decimals)}–{text.shown(row['kode'], high)}"


def views(period: pd.Series, cohort: pd.Series) -> str:
    """The period view beside the cohort view of the same figure, and what their difference says.

    Example: 36 (35-37) and 31 (30-32) -> the period view is 5 percentage points higher; 36 (30-40) and 31 (26-38) ->
    5 apart, but each interval reaches the other.
    """
    a, b = (text.shown(row["kode"], row["nilai"], row["alasan"]) for row in (period, cohort))
    sentence = f"Terselesaikan dalam 90 hari: pandangan periode {a}, pandangan kohort {b}."
    if pd.isna(period["nilai"]) or pd.isna(cohort["nilai"]):
        return f"{sentence} Bedanya belum dapat dihitung."
    difference = period["nilai"] - cohort["nilai"]
    apart = f"{angka(abs(difference), decimals=1)} poin persen"
    if _without_limits(period, cohort):
        return f"{sentence} Beda {apart}; {NO_LIMITS}."
    if not (period["bawah"] > cohort["atas"] or cohort["bawah"] > period["atas"]):
        return f"{sentence} Beda {apart}; rentang keduanya saling menjangkau, jadi tidak ada tanda perubahan."
    word = "lebih tinggi" if difference > 0 else "lebih rendah"
    return (
        f"{sentence} Pandangan periode {apart} {word}. Beda itu datang dari kasus yang terdata sebelum periode, yang "
        "hanya ada di pandangan periode, dan dari hari-hari sesudah periode, yang hanya ada di kohort."
    )


def pace(now: pd.Series | None, before: pd.Series | None) -> str:
    """The answer to "are we faster now?": the same figure over the earlier period, the same provinces in both."""
    if now is None or before is None:
        return "Belum ada periode pembanding: register provinsi belum lengkap pada periode sebelumnya."
    if pd.isna(now["nilai"]) or pd.isna(before["nilai"]):
        reason = before["alasan"] if pd.isna(before["nilai"]) else now["alasan"]
        return f"Belum dapat dibandingkan dengan periode sebelumnya ({reason})."
    difference = now["nilai"] - before["nilai"]
    a, b = (text.shown(row["kode"], row["nilai"]) for row in (before, now))
    sentence = f"Peluang terselesaikan dalam 90 hari: {a} pada periode sebelumnya, {b} sekarang"
    if _without_limits(now, before):
        return f"{sentence}; {NO_LIMITS}."
    if not (now["bawah"] > before["atas"] or before["bawah"] > now["atas"]):
        return f"{sentence}. Rentang keduanya saling menjangkau: belum tentu berubah."
    return f"{sentence}: {'lebih cepat' if difference > 0 else 'lebih lambat'} daripada sebelumnya."


# At 0 % and 100 % the interval does not exist.
NO_LIMITS = "rentangnya tidak dapat dihitung, jadi bedanya belum dapat dinilai"


def _without_limits(*rows: pd.Series) -> bool:
    return any(pd.isna(row[name]) for row in rows for name in ("bawah", "atas"))


def groups(frame: pd.DataFrame, *, name: str, reference: str, noun: str = "kelompok") -> str:
    """Figures of groups in words without naming best or worst: how many differ from the whole, and how many have none.

    `frame` has nilai, bawah, atas, acuan (the figure of the whole); `noun` is what its rows are.
    """
    # A limit that is not reached is open; without both limits nothing can be said.
    known = frame.dropna(subset=["nilai"])
    known = known[known["bawah"].notna() | known["atas"].notna()]
    known = known.assign(bawah=known["bawah"].fillna(-np.inf), atas=known["atas"].fillna(np.inf))
    whole = frame["acuan"].iloc[0] if len(frame) else float("nan")
    missing = int(frame["nilai"].isna().sum())
    end = f"; {angka(missing)} tanpa angka (sebabnya di tempatnya)" if missing else ""
    if known.empty or pd.isna(whole):
        return f"{name}: {angka(len(frame) - missing)} dari {angka(len(frame))} {noun} punya angka{end}."
    above, below = int((known["bawah"] > whole).sum()), int((known["atas"] < whole).sum())
    return (
        f"{name}: {angka(above)} {noun} seluruh rentangnya di atas {reference}, {angka(below)} di bawahnya, "
        f"{angka(len(known) - above - below)} rentangnya memuatnya{end}."
    )


def quarters(frame: pd.DataFrame) -> str:
    """Lines of quarters in words: day 90 of the first and last quarter that have it, and who is not drawn.

    `frame` has triwulan, hari, terselesaikan, n, andal_sampai, alasan; one row per quarter and day.
    """
    first_day = frame[frame["hari"] == 0]
    at = frame[(frame["hari"] == 90) & (frame["andal_sampai"] >= 90)]
    hidden = [
        f"{quarter_name(row.triwulan)} ({row.alasan or TOO_SHORT})"
        for row in first_day.itertuples()
        if row.andal_sampai < 1
    ]
    end = f" Tidak digambar: {', '.join(hidden)}." if hidden else ""
    total = f"n = {angka(first_day['n'].sum())} kasus."
    if at.empty:
        return f"Belum ada triwulan yang 90 harinya sudah terpantau. {total}{end}"
    parts = [
        f"{quarter_name(row.triwulan)} {persen(row.terselesaikan)}" for row in at.iloc[[0, -1]].itertuples()
    ]
    return f"Terselesaikan pada hari 90: {' dan '.join(dict.fromkeys(parts))}. {total}{end}"


def quarter_name(code: str) -> str:
    """Example: "2026-T1" -> "Triwulan I 2026"."""
    year, number = code.split("-T")
    return f"Triwulan {('I', 'II', 'III', 'IV')[int(number) - 1]} {year}"


def quarter_code(code: str) -> str:
    """Example: "2026-T1" -> "T1 2026"."""
    year, number = code.split("-")
    return f"{number} {year}"


def struck_mean(mean: Mapping[str, object], half: pd.Series) -> str:
    """The mean of closed cases struck through, with why it misleads and what to read instead."""
    if mean["nilai"] is None:
        return f"Rata-rata kasus yang sudah ditutup saja: {mean['alasan']}."
    return (
        f"~~{hari(mean['nilai'], decimals=0)}~~ rata-rata {angka(mean['n'])} kasus yang ditutup. Dicoret karena hanya "
        "menghitung kasus yang sudah ditutup: yang masih terbuka, justru yang paling lama, tidak ikut. Yang benar: "
        f"separuh kasus selesai, {text.shown('I05M', half['nilai'], half['alasan'])}."
    )


def norm(langkah: str, days: float) -> str:
    """The proposed norm of a step. Example: norm("rencana", 7) == "norma 7 hari (usulan)"."""
    if pd.isna(days):
        return "tanpa norma"
    since = " sejak terdata" if langkah == "terminasi" else ""
    return f"norma {hari(days)}{since} (usulan)"


def waiting_row(row: pd.Series) -> str:
    """One bar in words, short enough for a telephone. Example: "108 menunggu, 60 lewat 7 hari"."""
    sentence = f"{angka(row['menunggu'])} menunggu"
    if pd.isna(row["norma"]):
        return f"{sentence}, tanpa norma"
    return f"{sentence}, {angka(row['lewat'])} lewat {hari(row['norma'])}"


def waiting(frame: pd.DataFrame, *, opened: float) -> str:
    """All bars in words: that the four steps share out the open cases, and where most are over the norm."""
    if not opened > 0:
        return "Tidak ada kasus terbuka."
    sentence = f"n = {angka(opened)} kasus terbuka, terbagi atas asesmen, rencana, intervensi, dan terminasi"
    known = frame[frame["lewat"] > 0]
    if known.empty:
        return f"{sentence}. Tidak ada yang lewat norma."
    top = known.loc[known["lewat"].idxmax()]
    return f"{sentence}. Terbanyak lewat norma: menunggu {STEPS[top['langkah']].lower()}, {angka(top['lewat'])} kasus."


# --- Cara membaca -----------------------------------------------------------------------------------------

READ_GROUPS = (
    "Titik adalah angka kelompok, garisnya rentang 95 %: nilai sebenarnya hampir pasti ada di dalamnya. Garis tegak "
    "putus-putus adalah angka semua kasus dalam saringan. Bila garis kelompok memotongnya, bedanya dapat kebetulan; "
    "dari 38 provinsi, satu atau dua di luarnya pun dapat kebetulan. Contoh: titik 40 % dengan garis 30–50 % dan garis "
    "tegak 36 % berarti belum tentu berbeda. Urutan tetap, bukan peringkat: jenis kasus tiap kelompok berbeda."
)
READ_QUARTERS = (
    "Tiap garis mengikuti kasus yang terdata dalam satu triwulan. Contoh: garis setinggi 35 % pada hari 90 berarti "
    "dari 100 kasus triwulan itu, 35 terselesaikan dalam 90 hari. Garis lebih tinggi berarti lebih cepat. Triwulan "
    "baru berhenti lebih awal karena hari-hari sesudahnya belum terpantau, bukan karena hasilnya buruk."
)
READ_VIEWS = (
    "**Pandangan periode** memakai semua kasus yang terbuka dalam periode ini, juga yang terdata lebih dulu: seberapa "
    "cepat kita *dalam periode ini*. **Pandangan kohort** mengikuti hanya kasus yang terdata dalam periode ini sampai "
    "tanggal data. **Genap H hari** menghitung kasus yang hari ke-H-nya jatuh dalam periode ini. Contoh: seratus kasus "
    "lama yang diselesaikan bulan ini menaikkan pandangan periode, tetapi tidak menaikkan pandangan kohort."
)
READ_WAITING = (
    "Panjang batang adalah kasus terbuka yang sekarang menunggu langkah itu; bagian bergaris sudah menunggu lebih lama "
    "daripada norma usulan. Contoh: batang 100 dengan 40 bergaris berarti 100 kasus menunggu dan 40 di antaranya "
    "terlambat. Menunggu respon dan menunggu asesmen hampir kasus yang sama; untuk darurat, intervensi juga respon. "
    "Norma terminasi dihitung sejak terdata."
)


def read_outcomes(shares: Mapping[str, float], *, day: int) -> str:
    """How to read the areas, with the numbers that are shown."""
    counted = of_hundred(shares)
    return (
        "Bayangkan 100 kasus yang terdata pada hari 0. Tarik garis tegak pada satu hari: tinggi tiap bidang adalah "
        f"banyaknya kasus dengan nasib itu. Contoh, pada hari {day}: {counted['terselesaikan']} terselesaikan, "
        f"{counted['dialihkan']} dialihkan, {counted['berhenti']} berhenti, dan {counted['terbuka']} masih terbuka; "
        "jumlahnya selalu 100. Kasus yang masih terbuka ikut dihitung selama terpantau (Aalen-Johansen, pandangan "
        "periode), jadi gambar ini tidak semu cepat."
    )
