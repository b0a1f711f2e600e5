"""Words about kept versions and about what has changed between two of them."""

from __future__ import annotations

import pandas as pd

from lib import text
from lib.indicators.records import INDICATORS
from lib.numbers_id import HOLD, rentang_tanggal, selisih, tanggal

NEWEST_NAME = "Data terbaru"
REDEFINED = (
    "Definisi indikator sudah berubah sejak versi ini disimpan: data dan ambangnya dari waktu itu, tetapi angkanya "
    "dihitung menurut definisi sekarang (lihat Kamus)."
)
REPROGRAMMED = (
    "Program penghitung sudah berubah sejak versi ini disimpan; definisi indikatornya sama. Angka yang berbeda dari "
    "yang dahulu disajikan dapat berasal dari perbaikan program."
)
WHAT_IT_IS = (
    "Versi simpanan adalah seluruh data yang disajikan pada suatu saat, beserta ambang, kebijakan, dan riwayatnya, "
    "disimpan dengan sebuah nama. Ia tidak berubah oleh impor berikutnya, tidak dihapus otomatis, dan sidik berkasnya "
    "diperiksa setiap kali dibuka."
)
# The public definition of the comparison: the Kamus and the help of the page say it in these words.
DEFINITION = (
    "Kedua versi ditanya hal yang sama: periode, wilayah, dan masalah yang sama. Periodenya dihitung menurut "
    "versi yang lebih baru.",
    "**Dulu** dan **kini**: angka tiap versi pada t, yaitu yang lebih dini antara akhir periode dan tanggal data "
    "provinsi pada versi itu, dengan ambang versi itu.",
    "**Kejadian baru**: bagian selisih dari kejadian yang tanggalnya sesudah tanggal data provinsi pada versi "
    "yang lebih dulu. Dihitung seluruhnya dari versi yang lebih baru: angka pada t dikurangi angka pada tanggal "
    "data yang dulu.",
    "**Data lampau diperbaiki**: semua selebihnya, yaitu angka versi yang lebih baru pada tanggal data yang dulu,"
    " dikurangi angka dulu. Isinya kasus atau tanggal yang terlambat dikirim, dibetulkan, dipindah jenis atau "
    "wilayahnya, dihapus, atau kemudian ditutup sebagai duplikat atau salah input. Yang bertambah dan yang "
    "berkurang saling meniadakan di dalamnya.",
    "Kedua bagian selalu berjumlah tepat selisihnya, juga untuk persen dan nilai tengah; untuk keduanya bagian "
    "itu berarti berapa angka bergeser, bukan berapa kasus.",
    "Angka yang hanya diketahui pada tanggal data (macet, beban, tanpa pendamping) dan angka yang ambang atau "
    "kebijakannya berbeda antara kedua versi tidak dipecah: hanya selisihnya yang ditampilkan.",
    "Angka seluruh wilayah hanya memuat provinsi yang sudah mengirim pada kedua versi.",
)
INTERNAL_ONLY = (
    "Perbandingan dua versi hanya ada dalam tayang internal. Dalam tayang presentasi angka dibulatkan dan yang kecil "
    "disamarkan; selisih dua versi dapat membuka kembali angka kecil itu."
)


def difference(kode: str, value: float) -> str:
    """A signed difference in the unit of its figure. Example: difference("I04-180", 1.24) == "+1,2 poin"."""
    unit = INDICATORS[kode].satuan
    if pd.isna(value):
        return "–"
    if unit == "persen":
        return f"{selisih(value, decimals=1)} poin"
    if unit == "hari":
        return f"{selisih(value, decimals=0)}{HOLD}hari"
    return selisih(value, decimals=0 if text.is_count(kode) else 1)


def sentence(row: pd.Series, *, place: str) -> str:
    """What has become of one figure. Example: "Indonesia, 1 Januari–20 November 2026: kasus terdata dulu 10, kini 15
    (+5): +4 dari kejadian baru, +1 karena data lampau diperbaiki."
    """
    kode = row["kode"]
    name = INDICATORS[kode].nama
    then = text.shown(kode, row["dulu"], row["alasan_dulu"])
    now = text.shown(kode, row["kini"], row["alasan_kini"])
    period = rentang_tanggal(row["dari"], row["sampai"])
    start = f"{place}, {period}: {name[0].lower()}{name[1:]} dulu {then}, kini {now}"
    if pd.isna(row["selisih"]):
        return f"{start}."
    start = f"{start} ({difference(kode, row['selisih'])})"
    if pd.isna(row["baru"]):
        return f"{start}; tidak dipecah, karena {row['catatan']}."
    return (
        f"{start}: {difference(kode, row['baru'])} dari kejadian baru, {difference(kode, row['direvisi'])} karena data "
        "lampau diperbaiki."
    )


def up_to(first: str | None, last: str | None) -> str:
    """The data dates of a kept version in words, from ISO text."""
    if last is None:
        return "belum ada data"
    newest = tanggal(pd.Timestamp(last).date())
    return (
        f"data per {newest}"
        if first == last
        else f"data per {newest} (provinsi paling lambat: {tanggal(pd.Timestamp(first).date())})"
    )
