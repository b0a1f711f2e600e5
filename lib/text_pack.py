"""Sentences of the meeting pack: the message of each step of the story, made from the rows of `measure`."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lib import reference, text
from lib.disclosure.rules import BASE, K_SENSITIF, N_RATE, WITHHELD, K
from lib.domain import CaseFilter, Tayang, Thresholds
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, bulan_tahun, persen, rentang_tanggal, tanggal

WAITS = ("I12-asesmen", "I12-rencana", "I12-intervensi", "I12-terminasi")
STEP_NAMES = {
    "I12-asesmen": "terdata sampai asesmen",
    "I12-rencana": "asesmen sampai rencana",
    "I12-intervensi": "rencana sampai intervensi",
    "I12-terminasi": "intervensi sampai terminasi",
}
RULES = {
    Tayang.PRESENTASI: (
        f"1–{K - 1} ditulis “<{K}” (jenis sensitif “<{K_SENSITIF}”), jumlah lain dibulatkan ke kelipatan {BASE}, "
        f"sebagian “disamarkan”, tanpa persen dan nilai tengah dari n < {N_RATE}"
    ),
    Tayang.INTERNAL: "TAYANG INTERNAL: angka tepat tanpa penyamaran, bukan untuk rapat terbuka",
}


def said(row: pd.Series) -> str:
    """A figure as it is shown, or its reason."""
    return text.shown(row["kode"], row["nilai"], row["alasan"])


def counted(row: pd.Series, word: str) -> str:
    """A count within a sentence. Example: "24.390 terdata"; "<5 terdata"; "jumlah terdata disamarkan"."""
    if pd.isna(row["nilai"]) and not str(row["alasan"]).startswith("<"):
        return f"jumlah {word} {row['alasan']}"
    return f"{said(row)} {word}"


def headline(rows: pd.DataFrame, *, place: str) -> str:
    """The three counts. Example: "Bali: 320 kasus terdata, 300 tertangani, 190 terselesaikan"."""
    recorded, handled, resolved = (rows.loc[kode] for kode in ("I01", "I02", "I03K"))
    if recorded["alasan"] == "belum ada data":
        return f"{place}: belum ada data"
    if recorded["nilai"] == 0:
        return f"{place}: tidak ada kasus yang terdata dalam periode ini"
    hidden = {row["alasan"] for row in (recorded, handled, resolved) if pd.isna(row["nilai"])}
    if hidden == {WITHHELD} and pd.isna(rows.loc[["I01", "I02", "I03K"], "nilai"]).all():
        return f"{place}: jumlah kasus terdata, tertangani, dan terselesaikan {WITHHELD}"
    parts = (
        counted(recorded, "kasus terdata"),
        counted(handled, "tertangani"),
        counted(resolved, "terselesaikan"),
    )
    return f"{place}: {', '.join(parts)}"


def several(names: Sequence[str], *, what: str, most: int = 3) -> str:
    """Names up to `most`, else their number. Example: (Bali, Aceh) -> "Bali dan Aceh"; six -> "6 provinsi"."""
    if len(names) > most:
        return f"{angka(len(names))} {what}"
    return " dan ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _hidden(frame: pd.DataFrame, what: str) -> str:
    missing = int(frame["nilai"].isna().sum())
    return f"; {angka(missing)} {what} tanpa angka" if missing else ""


def over_provinces(frame: pd.DataFrame, total: pd.Series | None, *, place: str) -> str:
    """One figure over the provinces: the whole and the span, without naming the last one."""
    kode = frame["kode"].iloc[0]
    known = frame.dropna(subset=["nilai"])
    name = INDICATORS[kode].pendek
    if known.empty:
        return f"{name}: tidak ada provinsi dengan angka"
    low, high = (text.shown(kode, known["nilai"].agg(side)) for side in ("min", "max"))
    whole = f"{place} {said(total)}; " if total is not None else ""
    return f"{name}: {whole}antarprovinsi {low} sampai {high}{_hidden(frame, 'provinsi')}"


def over_places(frame: pd.DataFrame, total: pd.Series, *, what: str) -> str:
    """Where most cases were recorded. Example: "Kasus terbanyak di Kota Surabaya: 350 dari 4.270 kasus terdata"."""
    known = frame.dropna(subset=["nilai"])
    known = known[known["nilai"] > 0]
    if known.empty:
        return f"Tidak ada {what} dengan jumlah kasus yang dapat ditampilkan"
    top = known.loc[known["nilai"].idxmax()]
    whole = f" dari {said(total)}" if not pd.isna(total["nilai"]) else ""
    # What is withheld may be larger than all that is shown.
    start = "Dari yang dapat ditampilkan, kasus" if (frame["alasan"] == WITHHELD).any() else "Kasus"
    return f"{start} terbanyak di {top['nama']}: {top['tampil']}{whole} kasus terdata{_hidden(frame, what)}"


def months(recorded: pd.DataFrame, resolved: pd.DataFrame, *, full_until: str | None) -> str:
    """In how many whole months more cases came in than were resolved."""
    both = recorded[["bulan", "nilai"]].merge(
        resolved[["bulan", "nilai"]], on="bulan", suffixes=("_in", "_out")
    )
    both = both.dropna()
    both = both[both["bulan"] <= (full_until or "")]
    if both.empty:
        return "Kasus per bulan: belum ada bulan penuh dengan angka"
    more = int((both["nilai_in"] > both["nilai_out"]).sum())
    last = both["bulan"].iloc[-1]
    if len(both) == 1:
        word = "lebih" if more else "tidak lebih"
        return f"Kasus yang masuk {word} banyak daripada yang terselesaikan pada {bulan_tahun(last)}"
    return (
        f"Kasus yang masuk lebih banyak daripada yang terselesaikan pada {angka(more)} dari {angka(len(both))} bulan "
        f"penuh sampai {bulan_tahun(last)}"
    )


def times(rows: pd.DataFrame) -> str:
    """How long it takes. Example: "Separuh kasus terselesaikan dalam 141 hari; 57,5 % selesai dalam 180 hari"."""
    half = rows.loc["I05M"]
    first = (
        f"Waktu sampai separuh kasus terselesaikan: {half['alasan']}"
        if pd.isna(half["nilai"])
        else f"Separuh kasus terselesaikan dalam {said(half)}"
    )
    if "I04-180" not in rows.index or pd.isna(rows.loc["I04-180", "nilai"]):
        return first
    return f"{first}; {said(rows.loc['I04-180'])} selesai dalam 180 hari"


def stuck(rows: pd.DataFrame) -> str:
    """How many cases are stuck and which step is waited for longest."""
    parts = []
    if "I15-n" in rows.index:
        number = rows.loc["I15-n"]
        share = rows.loc["I15-persen"]
        of = f" ({said(share)} dari kasus terbuka)" if not pd.isna(share["nilai"]) else ""
        if pd.isna(number["nilai"]) and not str(number["alasan"]).startswith("<"):
            parts.append(f"Jumlah kasus macet: {number['alasan']}")
        else:
            parts.append(f"{said(number)} kasus macet{of}")
    known = rows.loc[[kode for kode in WAITS if kode in rows.index]].dropna(subset=["nilai"])
    if not known.empty:
        longest = known.loc[known["nilai"].idxmax()]
        words = f"tunggu terlama {STEP_NAMES[longest['kode']]}, separuhnya lebih dari {said(longest)}"
        parts.append(words if parts else words[0].upper() + words[1:])
    return "; ".join(parts) or "Waktu tunggu langkah: belum ada angka"


def load(rows: pd.DataFrame, limits: Thresholds) -> str:
    """The mean load and the share above the limit."""
    mean, above = rows.loc["I18-rata"], rows.loc["I18-persen"]
    if pd.isna(mean["nilai"]):
        return f"Beban pendamping: {mean['alasan']}"
    sentence = f"Rata-rata {said(mean)} kasus terbuka per pendamping aktif"
    if pd.isna(above["nilai"]):
        return sentence
    return f"{sentence}; {said(above)} memegang lebih dari {limits.beban_wajar} (batas usulan)"


# --- what needs a decision --------------------------------------------------------------------------------


def stuck_decision(rows: pd.DataFrame) -> str | None:
    """What is to be decided on stuck cases, where there are some."""
    number = rows.loc["I15-n"]
    if number["nilai"] > 0 or str(number["alasan"]).startswith("<"):
        return f"{said(number)} kasus terbuka macet: siapa menindaklanjuti, dan sampai kapan?"
    return None


def response_decision(rows: pd.DataFrame, limits: Thresholds) -> str | None:
    """What is to be decided on late responses, where there are some."""
    share = rows.loc["I11", "nilai"] if "I11" in rows.index else float("nan")
    if not share < 100:
        return None
    return (
        f"{persen(100 - share)} kasus tidak direspon dalam {limits.asesmen_hari} hari (ambang usulan): apa "
        "penghambatnya, dan apa yang diubah?"
    )


def load_decision(rows: pd.DataFrame, limits: Thresholds) -> str | None:
    """What is to be decided on the load, where some are above the limit."""
    above = rows.loc["I18-persen"]
    if not above["nilai"] > 0:
        return None
    return (
        f"{said(above)} pendamping memegang lebih dari {limits.beban_wajar} kasus (batas usulan): membagi ulang kasus "
        "atau menambah tenaga?"
    )


def lateness_decision(names: Sequence[str], *, days: int) -> str | None:
    """What is to be decided on provinces whose data are old."""
    if not len(names):
        return None
    return (
        f"Data {several(list(names), what='provinsi', most=5)} lebih dari {days} hari di belakang yang terbaru: kapan "
        "data berikutnya dikirim?"
    )


# --- what the pack is about -------------------------------------------------------------------------------


def definition(kode: str) -> str:
    """The record of an indicator in plain sentences, for notes and tables."""
    record = INDICATORS[kode]
    over = "" if record.penyebut == "–" else f" Atas: {record.penyebut}."
    return f"{record.pembilang}.{over} Satuan: {record.satuan}. Tanggal acuan: {record.acuan}. {record.pengecualian}"


def area(case_filter: CaseFilter, provinces: Sequence[str]) -> str:
    """Where the figures are from. Example: "Indonesia"; "Bali dan Aceh"; "6 provinsi"."""
    if case_filter.kabkota:
        names = [reference.names("kabkota")[code] for code in case_filter.kabkota]
        return several(names, what="kabupaten/kota")
    if set(provinces) == set(reference.all_provinces()):
        return "Indonesia"
    return several([reference.names("provinsi")[code] for code in provinces], what="provinsi")


def problems(case_filter: CaseFilter) -> str:
    """The chosen clusters and kinds; empty where all are meant. Example: "klaster Anak"."""
    groups = [f"klaster {reference.names('klaster')[code]}" for code in case_filter.klaster]
    kinds = [f"{code} {reference.names('jenis_masalah')[code]}" for code in case_filter.jenis]
    return several([*groups, *kinds], what="klaster dan jenis") if groups or kinds else ""


def place(case_filter: CaseFilter, provinces: Sequence[str]) -> str:
    """What the figures are about. Example: "Jawa Timur, klaster Anak"."""
    which = problems(case_filter)
    return f"{area(case_filter, provinces)}, {which}" if which else area(case_filter, provinces)


def meaning(kode: str) -> str:
    """What a figure counts, in short. Example: "Kasus macet. Atas: kasus terbuka."."""
    record = INDICATORS[kode]
    return f"{record.pembilang}." + ("" if record.penyebut == "–" else f" Atas: {record.penyebut}.")


def filters(case_filter: CaseFilter, provinces: Sequence[str]) -> str:
    """The filter in words. Example: "Jawa Timur; klaster Anak"."""
    person = f"; pendamping {case_filter.pendamping}" if case_filter.pendamping else ""
    return f"{area(case_filter, provinces)}; {problems(case_filter) or 'semua klaster dan jenis'}{person}"


def period(answer: pd.DataFrame) -> str:
    """The days of an answer. Example: "1 Jan 2026 – 20 Nov 2026"."""
    return rentang_tanggal(answer["dari"].iloc[0], answer["sampai"].iloc[0])


def data_dates(dates: Sequence) -> str:
    """From when the data are. Example: "20 November 2026"; of several provinces the oldest is named too."""
    known = sorted(day for day in dates if not pd.isna(day))
    if not known:
        return "belum ada data"
    late = f" (paling lambat {tanggal(known[0])})" if known[0] != known[-1] else ""
    return f"{tanggal(known[-1])}{late}"
