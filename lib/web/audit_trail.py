"""The sections of Jejak akses."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from lib import audit, clock
from lib.audit import Event
from lib.exports import sheets
from lib.numbers_id import angka
from lib.web import cards
from lib.web.navigation import ROLE_NAMES, TITLES
from lib.web.session import current_settings, current_source, visitor

DAYS = (1, 7, 30, 90, 365)
SHOWN = 500
EVENT_NAMES = {
    Event.LIHAT: "membuka halaman",
    Event.UNDUH: "mengunduh",
    Event.DITOLAK: "ditolak",
    Event.MASUK: "masuk",
    Event.HAK: "hak diubah",
    Event.CATAT: "tindak lanjut atau catatan ditulis",
    Event.SIMPANAN: "versi disimpan atau dihapus",
    Event.HAPUS: "catatan dihapus",
    Event.IMPOR: "impor",
    Event.BATAL: "impor dibatalkan",
}
HEADINGS = {
    "waktu": "Waktu (WIB)",
    "kejadian": "Kejadian",
    "siapa": "Siapa",
    "peran": "Peran",
    "wilayah": "Wilayah",
    "halaman": "Halaman",
    "saringan": "Saringan",
    "rincian": "Rincian",
}


def introduction() -> None:
    """What the trail holds, and what it does not."""
    days = current_settings().jejak_hari
    st.markdown(
        "Siapa membuka halaman mana dengan saringan apa, mengunduh berkas apa, dan ditolak di mana. Jejak hanya dapat "
        f"ditambah; baris yang lebih tua dari {angka(days)} hari dihapus saat potret baru terbit. Tidak ada data klien "
        "di dalamnya."
    )


def listing() -> None:
    """The lines of the chosen days and kind, newest first, with a download."""
    left, right, _ = st.columns([1, 1, 2])
    days = left.selectbox(
        "Rentang",
        DAYS,
        index=1,
        format_func=lambda n: f"{angka(n)} hari terakhir",
        placeholder="Pilih rentang",
        filter_mode=None,
    )
    kind = right.selectbox(
        "Kejadian",
        [None, *Event],
        format_func=lambda each: EVENT_NAMES[each] if each else "Semua kejadian",
        filter_mode=None,
        placeholder="Semua kejadian",
    )
    frame = audit.trail(
        current_settings(),
        since=clock.now() - dt.timedelta(days=days),
        event=kind,
        simulated=visitor().demonstration,
    )
    if frame.empty:
        st.info("Belum ada jejak untuk pilihan ini.", icon=":material/history_toggle_off:")
        return
    shown = presented(frame)
    counted = frame["kejadian"].value_counts()
    st.markdown(
        f"**{angka(len(frame))} baris**: "
        + ", ".join(f"{angka(number)} {EVENT_NAMES[Event(each)]}" for each, number in counted.items())
        + "."
    )
    if len(shown) > SHOWN:
        cards.note(f"Tabel memuat {angka(SHOWN)} baris terbaru; unduhan memuat semuanya.")
    st.dataframe(
        # A cell that is empty text would stay blank.
        shown.head(SHOWN)
        .replace("", None)
        .assign(waktu=_wib(frame["waktu"]).dt.tz_localize(None))
        .rename(columns=HEADINGS),
        hide_index=True,
        placeholder="–",
        key="jejak_tabel",
        column_config={HEADINGS["waktu"]: st.column_config.DatetimeColumn(format="DD/MM/YYYY HH.mm.ss")},
    )
    about = sheets.About(
        judul="Tuntas: jejak akses",
        baris=(f"{angka(days)} hari terakhir", "Waktu menurut WIB"),
        simulasi=current_source().simulasi,
    )
    content = sheets.to_csv(shown.rename(columns=HEADINGS), about)
    cards.file_button(
        "Unduh CSV",
        lambda: content,
        sheets.file_name("jejak", content, "csv"),
        mime=sheets.CSV_MIME,
        key="unduh_jejak",
    )


def _wib(times: pd.Series) -> pd.Series:
    return times.dt.tz_convert(clock.WIB)


def presented(frame: pd.DataFrame) -> pd.DataFrame:
    """The lines in words, columns as in HEADINGS."""
    roles = {role.value: name for role, name in ROLE_NAMES.items()}
    return frame.assign(
        waktu=_wib(frame["waktu"]).dt.strftime("%Y-%m-%d %H:%M:%S"),
        kejadian=[EVENT_NAMES[Event(each)] for each in frame["kejadian"]],
        siapa=frame["subjek"].fillna("tanpa masuk"),
        peran=[roles.get(each, "–") for each in frame["peran"]],
        halaman=[TITLES.get(each, each) for each in frame["halaman"]],
    )[list(HEADINGS)]
