"""What a check and an import found, in tables and sentences."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import reference
from lib.disclosure.rules import BASE, K
from lib.domain import Scope, Tayang
from lib.importing.outcome import DITERIMA, DITOLAK_BERKAS, ImportReport
from lib.importing.trial import KODES, Trial
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, tanggal_pendek
from lib.web import cards

SHOWN_PROBLEMS = 200
NO_DATA = "belum ada data"
COUNTS = {
    "Diterima": ("baru", "berubah", "sama"),
    "Baru": ("baru",),
    "Berubah": ("berubah",),
    "Tidak berubah": ("sama",),
    "Ditolak": ("ditolak",),
    "Dihapus": ("hilang",),
    "Dengan peringatan": ("peringatan",),
}


def trial(found: Trial, scope: Scope, *, simulated: bool) -> None:
    """What an import would do: the outcome, rows by sheet, the effect on the main counts, the problems."""
    report = found.report
    if report.refusal:
        st.warning(f"Bila diimpor, berkas ini ditolak. {_on_screen(report.refusal)}", icon=":material/block:")
    elif report.status == DITERIMA:
        st.success(
            f"Semua baris dapat diterima ({places(report.provinces)}). Belum ada yang ditulis.",
            icon=":material/check_circle:",
        )
    else:
        refused = sum(counts["ditolak"] for counts in report.counts.values())
        st.warning(
            f"{angka(refused)} baris akan ditolak, yang lain dapat diterima ({places(report.provinces)}). Belum ada "
            "yang ditulis.",
            icon=":material/rule:",
        )
    _rows(report)
    _effect(found.effect, scope, simulated=simulated)
    _notes(report)
    _problems(report)


def finished(report: ImportReport, *, versi: str | None, unpublished: str | None) -> None:
    """What an import did."""
    if report.status == DITOLAK_BERKAS:
        st.info(f"Tidak diimpor. {_on_screen(report.refusal or '')}", icon=":material/block:")
        _problems(report)
        return
    refused = sum(counts["ditolak"] for counts in report.counts.values())
    left = f" {angka(refused)} baris ditolak." if refused else ""
    st.success(
        f"Selesai diimpor: {places(report.provinces)}.{left}"
        + (f" Potret {versi} sudah terbit." if versi else ""),
        icon=":material/check_circle:",
    )
    if unpublished:
        st.warning(f"Data sudah masuk, tetapi potret belum terbit. {unpublished}", icon=":material/info:")
    _rows(report)
    _notes(report)
    _problems(report)


def _on_screen(sentence: str) -> str:
    """A refusal as the screen calls things. Example: --ganti is the switch."""
    words = {
        "pakai --ganti": "nyalakan “Ganti seluruh data provinsi”",
        "--ganti memerlukan": "penggantian memerlukan",
        "dari perintah `templat`": "yang dapat diunduh di atas",
    }
    for command, shown in words.items():
        sentence = sentence.replace(command, shown)
    return sentence


def places(provinces: tuple[str, ...]) -> str:
    """Provinces by name, the first three of many."""
    names = [reference.names("provinsi")[kode] for kode in provinces]
    if len(names) <= 3:
        return ", ".join(names) or "seluruh negara"
    return f"{', '.join(names[:3])} dan {angka(len(names) - 3)} provinsi lain"


def _rows(report: ImportReport) -> None:
    if not report.counts:
        return
    st.markdown("**Baris menurut lembar**")
    frame = pd.DataFrame(
        [
            {"Lembar": sheet}
            | {title: sum(counts[kind] for kind in kinds) for title, kinds in COUNTS.items()}
            for sheet, counts in report.counts.items()
            if sheet != "keterangan" or counts["ditolak"]
        ]
    )
    filled = frame[frame.drop(columns="Lembar").ne(0).any(axis=1)] if len(frame) else frame
    if filled.empty:
        cards.note("Tidak ada baris selain keterangan.")
        return
    st.dataframe(filled, hide_index=True, key="impor_lembar")
    if report.refusal:
        cards.note("Baris yang ditolak dihitung dari isi berkas; tidak ada baris yang dibandingkan.")


def _effect(effect: pd.DataFrame, scope: Scope, *, simulated: bool) -> None:
    """The main counts before and after, one row per province."""
    if effect.empty:
        return
    st.markdown("**Pengaruh pada angka utama**")
    exact = scope.tayang is Tayang.INTERNAL
    rows = []
    for code, own in effect.groupby("kode_provinsi", sort=True):
        first = own.iloc[0]
        row = {
            "Provinsi": reference.names("provinsi")[code],
            "Tanggal data": f"{_day(first['tanggal_sebelum'])} → {_day(first['tanggal_sesudah'])}",
        }
        for each in own.itertuples():
            row[INDICATORS[each.kode].pendek] = change(each.sebelum, each.sesudah, exact=exact)
        rows.append(row)
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="impor_pengaruh")
    years = ", ".join(str(year) for year in sorted(set(effect["tahun"])))
    against = "kasus simulasi di basis data ini" if simulated else "basis data sekarang"
    rounded = "" if exact else f" Jumlah dibulatkan ke kelipatan {BASE}; 1 sampai {K - 1} menjadi <{K}."
    cards.note(
        f"Sebelum: {against} pada tanggal data lama; sesudah: bila berkas diimpor, pada tanggal data baru. Terdata, "
        f"tertangani, dan terselesaikan ({', '.join(KODES[:-1])}) menghitung kasus yang terdata sejak 1 Januari "
        f"{years}; terbuka ({KODES[-1]}) semua kasus yang belum ditutup, kapan pun terdata. Dihitung dengan "
        f"benar-benar menulis berkas dalam transaksi yang kemudian dibatalkan.{rounded}"
    )


def _day(day) -> str:
    return NO_DATA if day is None else tanggal_pendek(day)


def change(before: int | None, after: int | None, *, exact: bool) -> str:
    """Before and after in words. Example: "1.204 → 1.210 (+6)"; inexact: "1.205 → 1.210"."""
    if not exact:
        return f"{_rounded(before)} → {_rounded(after)}"
    if before is None or after is None:
        return f"{_number(before)} → {_number(after)}"
    sign = "tetap" if after == before else f"{'+' if after > before else '−'}{angka(abs(after - before))}"
    return f"{angka(before)} → {angka(after)} ({sign})"


def _number(value: int | None) -> str:
    return NO_DATA if value is None else angka(value)


def _rounded(value: int | None) -> str:
    if value is None or not value:
        return _number(value)
    return f"<{K}" if value < K else angka(BASE * round(value / BASE))


def _notes(report: ImportReport) -> None:
    for sentence in report.notes:
        cards.note(sentence)


def _problems(report: ImportReport) -> None:
    if report.problems.empty:
        return
    st.markdown("**Yang perlu diperbaiki**")
    shown = report.problems.head(SHOWN_PROBLEMS)
    titles = {
        "lembar": "Lembar",
        "baris": "Baris",
        "kolom": "Kolom",
        "nilai": "Isi",
        "alasan": "Alasan",
        "tingkat": "Tingkat",
    }
    st.dataframe(
        shown[list(titles)].rename(columns=titles), hide_index=True, placeholder="–", key="impor_masalah"
    )
    if len(report.problems) > SHOWN_PROBLEMS:
        cards.note(
            f"{angka(SHOWN_PROBLEMS)} dari {angka(len(report.problems))} yang pertama; semuanya ada di berkas bertanda."
        )


def agreed(report: ImportReport, scope: Scope, *, key: str) -> bool:
    """What replacing would delete, by province, and whether the visitor agrees; nothing to agree to is agreed.

    Single cases are named only to whoever may see them.
    """
    if report.vanishing.empty:
        cards.note("Tidak ada baris yang dihapus oleh penggantian ini.")
        return True
    gone = report.vanishing.groupby(["kode_provinsi", "lembar"], sort=True, as_index=False).agg(
        baris=("baris", "sum"), contoh=("contoh", lambda keys: ", ".join(filter(None, keys)))
    )
    st.markdown("**Yang dihapus oleh penggantian**")
    shown = {
        "Provinsi": gone["kode_provinsi"].map(reference.names("provinsi")),
        "Lembar": gone["lembar"],
        "Baris dihapus": gone["baris"],
    }
    if scope.tayang is Tayang.INTERNAL:
        shown["Nomor pertama"] = gone["contoh"].replace("", None)
    st.dataframe(
        pd.DataFrame(shown),
        hide_index=True,
        placeholder="–",
        key="impor_dihapus",
    )
    rows = int(gone["baris"].sum())
    return st.checkbox(f"Saya setuju {angka(rows)} baris itu dihapus", key=key)
