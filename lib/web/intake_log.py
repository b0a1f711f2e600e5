"""The sections of Mutu data on importing, and those on what was imported: undoing it, the log, the quarantine."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from lib import clock, intake, reference
from lib.domain import Role, Scope, UserError
from lib.exports import sheets
from lib.importing import marked
from lib.importing.undo import LastImport
from lib.intake import log, quarantine
from lib.numbers_id import angka, tanggal
from lib.web import cards
from lib.web import intake as screen
from lib.web.intake_shown import places
from lib.web.navigation import ROLE_NAMES
from lib.web.session import current_settings, looked_back

WISH, DONE = "batal_diminta", "batal_selesai"
REMOVE = "karantina_diminta"
ALL = "semua"
SHOWN_ROWS = 200
RESULTS = {
    "diterima": "diterima",
    "sebagian": "diterima sebagian",
    "ditolak_berkas": "ditolak",
    log.BERJALAN: "tidak selesai",
    log.GAGAL: "gagal",
    log.DIBATALKAN: "dibatalkan kemudian",
}


def sections(scope: Scope) -> None:
    """Import, undo, log and quarantine; where the case database is a ministry's own, why there is none of them.

    They are about the case database of now, so that a kept version shows none of them.
    """
    if looked_back() is not None:
        st.subheader("Impor")
        cards.note(
            "Anda sedang melihat versi simpanan, yang tidak berubah lagi. Impor, pembatalan, catatan impor dan "
            "karantina ada pada data terbaru: tekan “Kembali ke data terbaru” di atas."
        )
        return
    try:
        current_settings().require_own_tables()
    except UserError as error:
        st.subheader("Impor")
        cards.note(str(error))
        return
    screen.section(scope)
    undo(scope)
    history(scope)
    held(scope)


def undo(scope: Scope) -> None:
    """The last import, which can be taken back as a whole until the next one."""
    wish = st.session_state.pop(WISH, None)
    if wish is not None:
        _take_back(wish)
    st.subheader("Batalkan impor terakhir")
    if said := st.session_state.pop(DONE, None):
        st.success(said, icon=":material/undo:")
    try:
        last = intake.last_import(current_settings())
    except UserError as error:
        cards.note(str(error))
        return
    if last is None:
        cards.note("Tidak ada impor yang dapat dibatalkan. Impor terakhir dapat, sampai impor berikutnya.")
        return
    if not last.is_within(scope.provinces):
        cards.note(
            "Impor terakhir menyentuh data di luar wilayah Anda; hanya pengelola data yang dapat membatalkannya."
        )
        return
    st.markdown(
        f"Impor {_moment(pd.Timestamp(last.waktu))} ({places(last.provinces)}) dapat dibatalkan seluruhnya sampai "
        "impor berikutnya: baris baru hilang, baris yang berubah atau dihapus kembali seperti sebelumnya."
    )
    sure = st.checkbox("Ya, kembalikan data seperti sebelum impor itu", key=f"batal_yakin_{last.digest[:12]}")
    st.button(
        "Batalkan impor",
        icon=":material/undo:",
        key="batal_impor",
        on_click=_wish,
        args=(last,),
        disabled=not sure,
    )


def _wish(last: LastImport) -> None:
    st.session_state[WISH] = last


def _take_back(last: LastImport) -> None:
    try:
        done = intake.take_back(current_settings(), now=clock.now(), sender=screen.sender(), expected=last)
    except UserError as error:
        st.warning(str(error), icon=":material/info:")
        return
    _, wrong = screen.publish()
    said = f"Impor {_moment(pd.Timestamp(done.waktu))} ({places(done.provinces)}) sudah dibatalkan."
    st.session_state[DONE] = (
        f"{said} {f'Potret belum terbit: {wrong}' if wrong else 'Potret baru sudah terbit.'}"
    )
    st.session_state.pop(screen.DONE, None)
    st.session_state.pop(screen.TRIED, None)
    st.rerun()


def _moment(local: pd.Timestamp) -> str:
    """Example: "22 November 2026 pukul 08.05"."""
    return f"{tanggal(local.date())} pukul {local:%H.%M}"


def history(scope: Scope) -> None:
    """The log of imports, newest first."""
    st.subheader("Catatan impor")
    frame = log.lines(current_settings(), scope, intake.place_of(current_settings()))
    if frame.empty:
        cards.note("Belum ada impor yang tercatat.")
        return
    st.dataframe(_as_table(frame), hide_index=True, placeholder="–", key="catatan_impor")
    cards.note(
        f"{angka(len(frame))} impor dan pembatalan terakhir, juga yang ditolak, dari layar maupun baris perintah."
        + (
            ""
            if scope.role is not Role.KOORDINATOR
            else " Dari impor yang memuat provinsi lain hanya bagian Anda."
        )
    )


def _as_table(frame: pd.DataFrame) -> pd.DataFrame:
    roles = {role.value: name for role, name in ROLE_NAMES.items()}
    counts = [json.loads(text) if isinstance(text, str) else {} for text in frame["jumlah"]]

    def total(*kinds: str) -> pd.Series:
        return pd.array(
            [
                sum(each[kind] for each in found.values() for kind in kinds) if found else None
                for found in counts
            ],
            dtype="Int64",
        )

    codes = [tuple(filter(None, text.split(","))) for text in frame["provinsi"]]
    whole = set(reference.all_provinces())
    return pd.DataFrame(
        {
            "Waktu (WIB)": frame["waktu"].dt.tz_convert(clock.WIB).dt.strftime("%Y-%m-%d %H:%M"),
            "Tindakan": ["batalkan" if each == log.BATAL else "impor" for each in frame["tindakan"]],
            "Hasil": [RESULTS[each] for each in frame["hasil"]],
            "Provinsi": ["semua" if set(each) == whole else places(each) if each else None for each in codes],
            "Berkas": frame["berkas"].replace("", None),
            "Baru": total("baru"),
            "Berubah": total("berubah"),
            "Ditolak": total("ditolak"),
            "Dihapus": total("hilang"),
            "Oleh": [
                each if isinstance(each, str) else roles.get(role) if isinstance(role, str) else None
                for each, role in zip(frame["siapa"], frame["peran"], strict=True)
            ],
            "Keterangan": frame["kalimat"],
        }
    )


def held(scope: Scope) -> None:
    """The quarantine: refused rows of the own provinces, to be corrected or removed."""
    wish = st.session_state.pop(REMOVE, None)
    if wish is not None:
        _remove(scope, wish)
    st.subheader("Karantina")
    frame = quarantine.rows(current_settings(), scope, intake.place_of(current_settings()))
    if frame.empty:
        cards.note("Tidak ada baris di karantina. Baris yang ditolak oleh impor disimpan di sini.")
        return
    st.markdown(
        f"**{angka(len(frame))} baris yang ditolak** menunggu perbaikan. Sebuah baris keluar dari sini bila kuncinya "
        "diterima oleh impor berikutnya, atau bila Anda menghapusnya."
    )
    names = reference.names("provinsi")
    shown = frame.head(SHOWN_ROWS)
    st.dataframe(
        pd.DataFrame(
            {
                "Impor (WIB)": shown["waktu"].dt.tz_convert(clock.WIB).dt.strftime("%Y-%m-%d %H:%M"),
                "Provinsi": [names.get(each) for each in shown["kode_provinsi"]],
                "Lembar": shown["lembar"],
                "Baris": shown["baris"],
                "Alasan": shown["alasan"],
            }
        ),
        hide_index=True,
        placeholder="–",
        key="karantina_tabel",
    )
    if len(frame) > SHOWN_ROWS:
        cards.note(f"Tabel memuat {angka(SHOWN_ROWS)} baris terbaru; unduhan memuat semuanya.")
    cards.file_button(
        "Unduh baris karantina (XLSX)",
        lambda: _workbook(frame),
        "karantina.xlsx",
        mime=sheets.XLSX_MIME,
        key="unduh_karantina",
    )
    cards.note("Isi lembar keterangan, perbaiki barisnya, lalu unggah lagi.")
    _removal(frame)


def _workbook(frame: pd.DataFrame) -> bytes:
    rows = [
        (row.lembar, json.loads(row.isi), row.alasan)
        for row in frame.sort_values(["lembar", "baris"], kind="stable").itertuples()
    ]
    with tempfile.TemporaryDirectory(prefix="tuntas-") as folder:
        path = Path(folder) / "karantina.xlsx"
        marked.write_rows(rows, path)
        return path.read_bytes()


def _removal(frame: pd.DataFrame) -> None:
    imports = {
        digest: f"{_moment(own['waktu'].iloc[0].tz_convert(clock.WIB))} ({angka(len(own))} baris)"
        for digest, own in frame.groupby("digest", sort=False)
    }
    chosen = st.selectbox(
        "Hapus dari karantina",
        [ALL, *imports],
        format_func=lambda each: f"Semua ({angka(len(frame))} baris)" if each == ALL else imports[each],
        key="karantina_impor",
        placeholder="Pilih impor",
        filter_mode=None,
    )
    own = frame if chosen == ALL else frame[frame["digest"] == chosen]
    sure = st.checkbox("Ya, hapus baris itu untuk seterusnya", key=f"karantina_yakin_{chosen}_{len(own)}")
    st.button(
        "Hapus",
        icon=":material/delete:",
        key="karantina_hapus",
        on_click=_wish_removal,
        args=(tuple(int(each) for each in own["nomor"]),),
        disabled=not sure,
    )


def _wish_removal(numbers: tuple[int, ...]) -> None:
    st.session_state[REMOVE] = numbers


def _remove(scope: Scope, numbers: tuple[int, ...]) -> None:
    removed = intake.remove(current_settings(), scope, numbers, now=clock.now(), sender=screen.sender())
    st.success(f"{angka(removed)} baris dihapus dari karantina.", icon=":material/delete:")
