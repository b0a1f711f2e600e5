"""Sentences about late reports: how far the last months are complete, and what they are expected to become."""

from __future__ import annotations

import pandas as pd

from lib.numbers_id import HOLD, angka, bulan_tahun, hari, persen

COLUMNS = {"perkiraan_akhir": "Perkiraan akhir", "rentang": "Rentang 90 %", "lengkap": "Lengkap"}
NO_NUMBER = "–"
DEFINITION = (
    "**Perkiraan akhir bulan** (kasus)\n\n"
    "Kasus dihitung menurut tanggal terdata, tetapi sebagian baru masuk dengan unggahan sesudahnya. Perkiraan akhir = "
    "kasus yang sudah masuk + kasus yang masih akan masuk untuk hari-hari yang sama, sampai tanggal data tiap "
    "provinsi.\n\n"
    "Keterlambatan = hari dari tanggal terdata sampai unggahan pertama yang memuat kasus itu, menurut kasus 52 minggu "
    "terakhir. Kasus yang terdata sampai hari unggahan pertama provinsinya tidak dipakai, karena keterlambatannya "
    "tidak diketahui. Peluangnya dihitung dari laju balik waktu (Lawless 1994; Mack 1993); provinsi dengan sedikit "
    "kasus ditarik ke pola semua provinsi yang boleh Anda lihat (Martuzzi dan Elliott 1996). Rentang 90 % binomial "
    "negatif: sembilan dari sepuluh jumlah akhir seharusnya ada di dalamnya.\n\n"
    "Tidak diperkirakan: kasus pada hari sesudah tanggal data, kasus yang masuk lebih dari 26 minggu kemudian, dan "
    "kasus yang kelak ditutup secara administratif. Bulan diarsir bila menurut perkiraan belum 98 % lengkap."
)
READ_DELAYS = (
    "Dalam 7 atau 30 hari: bagian kasus yang sudah masuk register paling lama sekian hari sesudah tanggal terdata, "
    "diperkirakan juga untuk kasus yang masih akan masuk (laju balik waktu, Lawless 1994). n: kasus 52 minggu terakhir "
    "sesudah unggahan pertama provinsi. Lengkap: kasus yang sudah masuk dibagi perkiraan akhir bulan itu; bulan "
    "terakhir dihitung sampai tanggal data provinsi."
)
ROUNDED = (
    "Tayang presentasi: persen dibulatkan (kelengkapan ke kelipatan 5), jumlah kasus tidak ditampilkan, dan angka dari "
    "kurang dari 50 kasus disamarkan."
)


def growth(frame: pd.DataFrame) -> str:
    """What each month that still grows is expected to become, from its rows of `measure.nowcast`.

    Example: "Oktober 2026: 2.312 kasus sejauh ini; diperkirakan menjadi 2.390 (90 %: 2.361–2.425) karena laporan yang
    datang terlambat."
    """
    told = [
        f"{_month(row)}: {angka(row.sejauh_ini)} kasus sejauh ini; diperkirakan menjadi "
        f"{angka(row.perkiraan, decimals=0)} (90{HOLD}%: {span(row.bawah, row.atas)})"
        for row in frame.itertuples(index=False)
        # "0 so far, expected 0 (0–0)" says nothing.
        if not round(row.atas) <= row.sejauh_ini
    ]
    if not told:
        return ""
    sentence = ". ".join(told) + " karena laporan yang datang terlambat."
    waiting = frame["belum_kirim"].max()
    return (
        f"{sentence} Hari yang belum dikirim {angka(waiting)} provinsi tidak termasuk."
        if waiting
        else sentence
    )


def by_month(frame: pd.DataFrame, *, name: str, mature_until: str | None = None) -> str:
    """A line over months in words: its first month and its last whole one; a growing month would read as a fall.

    `mature_until` ("2026-09") is the last month that no longer grows; without it all months are whole.
    """
    known = frame.dropna(subset=["nilai"])
    whole = known if mature_until is None else known[known["bulan"] <= mature_until]
    if known.empty:
        return f"{name}: belum ada bulan yang dapat ditampilkan."
    if whole.empty:
        return f"{name}: {known.iloc[-1]['tampil']} sejauh ini ({bulan_tahun(known.iloc[-1]['bulan'])})."
    first, last = whole.iloc[0], whole.iloc[-1]
    start = f"{first['tampil']} ({bulan_tahun(first['bulan'])})"
    if len(whole) == 1:
        return f"{name}: {start}."
    which = "" if len(whole) == len(known) else ", bulan lengkap terakhir"
    return f"{name}: dari {start} ke {last['tampil']} ({bulan_tahun(last['bulan'])}{which})."


def _month(row) -> str:
    """The month in words, with its last day where it is not the month's."""
    name = bulan_tahun(row.bulan)
    last = pd.Timestamp(row.sampai)
    return name if last.is_month_end else f"{name} (sampai {last.day} {name.split()[0]})"


def span(low: float, high: float) -> str:
    """Both ends of an interval of counts. Example: "2.361–2.425"."""
    return NO_NUMBER if pd.isna(low) or pd.isna(high) else f"{angka(low)}–{angka(high)}"


def untold(frame: pd.DataFrame) -> str:
    """Why the months of a chart cannot be told, or which part of them is not, or nothing."""
    if frame.empty:
        return ""
    reason = frame["alasan"].iloc[-1]
    if isinstance(reason, str):
        return f"Pertumbuhan bulan terakhir belum dapat diperkirakan: {reason}."
    _, _, rest = frame["catatan"].iloc[-1].partition("; ")
    return f"{rest[0].upper()}{rest[1:]}." if rest else ""


def columns(frame: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """A table of months with the expected final number, its interval and the share seen, as texts.

    Months that are not in `expected` (rows of `measure.nowcast`) are older than what still comes: "–".
    """
    rows = expected.set_index("bulan").reindex(frame["bulan"])
    return frame.assign(
        perkiraan_akhir=[angka(value, decimals=0) for value in rows["perkiraan"]],
        rentang=[span(low, high) for low, high in zip(rows["bawah"], rows["atas"], strict=True)],
        lengkap=[persen(value) for value in rows["kelengkapan"]],
    )


def delays(frame: pd.DataFrame) -> str:
    """How late cases come, in words: rows of the first answer of `measure.late_reports` with nama.

    No province is named as the worst: most differ by chance only.
    Example: "Separuh kasus masuk register dalam 7 hari (provinsi di tengah); dalam 30 hari 88–98 %, menurut provinsi."
    """
    known = frame.dropna(subset=["dalam_30"])
    if known.empty:
        reasons = ", ".join(dict.fromkeys(frame["alasan"].dropna()))
        return f"Keterlambatan laporan belum dapat ditampilkan: {reasons}."
    if len(frame) == 1:
        own = known.iloc[0]
        return (
            f"{own['nama']}: {persen(own['dalam_7'], decimals=0)} kasus masuk register dalam 7 hari, "
            f"{persen(own['dalam_30'], decimals=0)} dalam 30 hari; separuh dalam {hari(own['median'])}."
        )
    low, high = angka(known["dalam_30"].min(), decimals=0), persen(known["dalam_30"].max(), decimals=0)
    return (
        f"Separuh kasus masuk register dalam {hari(known['median'].median(), decimals=0)} (provinsi di tengah); dalam "
        f"30 hari {low}–{high}, menurut provinsi."
    )
