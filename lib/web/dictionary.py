"""The sections of Kamus, read from the records."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lib import text_delay
from lib.domain import Scope
from lib.indicators.records import INDICATORS, TARGET_SHEET, Indicator
from lib.text_versions import DEFINITION, INTERNAL_ONLY
from lib.web import cache
from lib.web.session import current_settings

DIRECTIONS = {
    "naik": "makin tinggi makin baik",
    "turun": "makin rendah makin baik",
    "netral": "tidak dinilai baik atau buruk",
}
STATUSES = (
    ("Terdata", "kasus terbuka yang belum ditangani"),
    ("Tertangani", "kasus terbuka dengan asesmen, atau (darurat) dengan intervensi"),
    ("Terselesaikan", "kasus yang diterminasi dengan alasan kelompok terselesaikan"),
    ("Ditutup lainnya", "kasus yang diterminasi karena dialihkan atau berhenti"),
)
FEW_TARGETS = 5  # so many are shown one by one
TARGET_COUNTED = "Realisasi KODE dari awal tahun atau bulan target sampai t"
TARGET_WHY = (
    "Apakah sampai hari ini sudah sejalan dengan target. Realisasi dibagi target; untuk angka yang makin rendah makin "
    "baik, target dibagi realisasi."
)
DISPLAYS = (
    ("0", "tidak ada kasus"),
    ("belum ada data", "provinsi belum pernah mengirim"),
    ("belum matang", "kasusnya belum cukup lama dipantau"),
    ("belum tercapai", "kurva belum sampai pada batas itu, misalnya belum separuh kasus selesai"),
    ("masa pantau kurang", "terlalu sedikit kasus yang terpantau sampai hari itu"),
    ("n < 10", "terlalu sedikit kasus untuk persen atau nilai tengah"),
    ("<5", "jumlah 1–4 dalam tayang presentasi; jenis sensitif di bawah 10: <10"),
    ("disamarkan", "tidak ditampilkan agar angka kecil tidak dapat dihitung balik"),
    ("belum ada riwayat", "angka hanya diketahui pada tanggal data, bukan pada tanggal yang diminta"),
)


def conventions() -> None:
    """How status, dates and missing numbers are to be read."""
    limits = current_settings().ambang
    # Closed, like the next one: on a telephone the search lay three screens below.
    with st.expander("Cara membaca", icon=":material/help:"):
        st.markdown("**Status kasus** (diturunkan dari tanggal, tidak pernah diketik):")
        st.markdown("\n".join(f"- **{name}**: {meaning}" for name, meaning in STATUSES))
        st.markdown("**Bila tidak ada angka**, layar menyebut sebabnya:")
        st.markdown("\n".join(f"- `{shown}`: {meaning}" for shown, meaning in DISPLAYS))
        st.markdown(
            "**Tanggal data (T)** adalah tanggal sampai mana register suatu provinsi diketahui. Setiap kasus dinilai "
            "pada tanggal data provinsinya, tidak pernah pada tanggal hari ini."
        )
        st.markdown(
            f"**Ambang usulan** (belum ditetapkan resmi, dapat diubah di pengaturan): beban wajar sampai "
            f"{limits.beban_wajar} kasus, berlebih di atas {limits.beban_berlebih}; respon {limits.asesmen_hari} hari; "
            f"macet tanpa aktivitas lebih dari {limits.macet_hari} hari (darurat {limits.macet_hari_darurat}); angka "
            f"dengan n di bawah {limits.n_minimum} tidak ditampilkan."
        )
        st.markdown(text_delay.DEFINITION)


def two_versions() -> None:
    """How the difference of two versions is divided."""
    with st.expander("Membandingkan dua versi", icon=":material/compare_arrows:"):
        st.markdown("\n".join(f"- {line}" for line in (*DEFINITION, INTERNAL_ONLY)))


def records(scope: Scope) -> None:
    """All records, searchable by code or word."""
    wanted = st.text_input(
        "Cari indikator",
        placeholder="kode atau kata, misalnya I05M atau macet",
        key="k_cari",
        live=True,  # else the framework asks for the Enter key, in English
    )
    cache.drawn("kamus.catatan", scope, lambda: _entries(wanted), wanted.strip().lower())


def _entries(wanted: str) -> None:
    found = [record for record in INDICATORS.values() if _matches(record, wanted)]
    if not found:
        st.info(f"Tidak ada indikator yang memuat “{wanted}”; coba kata lain.", icon=":material/search_off:")
    targets = [record for record in found if record.lembar == TARGET_SHEET]
    targets = targets if len(targets) > FEW_TARGETS else []
    for record in found:
        if record not in targets:
            _entry(record, f"{record.kode} · {record.nama}")
    if targets:
        # One entry for all: they differ only in the figure that is held against its target.
        listed = ", ".join(f"{record.kode} ({record.nama.split(': ', 1)[1]})" for record in targets)
        common = replace(targets[0], pembilang=TARGET_COUNTED, alasan=TARGET_WHY)
        _entry(common, "I26-KODE · Capaian target", {"Untuk": listed})


def _matches(record: Indicator, wanted: str) -> bool:
    return wanted.strip().lower() in f"{record.kode} {record.nama} {record.pendek} {record.pembilang}".lower()


def _entry(record: Indicator, heading: str, more: dict[str, str] | None = None) -> None:
    lines = {
        "Dihitung": record.pembilang,
        "Atas": record.penyebut,
        "Satuan": f"{record.satuan}; {DIRECTIONS[record.arah]}",
        "Tanggal acuan": record.acuan,
        "Tidak termasuk": record.pengecualian,
        "Mengapa": record.alasan,
        "Rincian": ", ".join(dimension.value for dimension in record.dimensi),
        "Sumber": record.sumber,
    } | (more or {})
    with st.container(border=True):
        # One text for the whole entry: with a hundred of them each further element is felt.
        listed = "  \n".join(f"**{label}:** {value}" for label, value in lines.items())
        st.markdown(f"##### {heading}\n{listed}")
