"""Sentences of the screen, made from figures; plain Indonesian."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lib.domain import Pita, Thresholds, Weights
from lib.indicators.records import INDICATORS
from lib.numbers_id import HOLD, angka, hari, persen, rentang_tanggal, selisih, tanggal
from lib.text_lists import LISTS

SIMULATION = "DATA SIMULASI"
INDICATIVE = "Batas wilayah indikatif, bukan batas resmi."
INDICATIVE_OF_USER = "Batas dari berkas pengguna: indikatif, bukan batas resmi."
STATUS_NAMES = {
    "terdata": "Terdata, belum ditangani",
    "tertangani": "Tertangani",
    "terselesaikan": "Terselesaikan",
    "ditutup_lainnya": "Ditutup lainnya",
}


# Middle, highest and spread of the cases each person holds.
LOADS = ("I18-median", "I18-maks", "I19")


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
    if is_count(kode):
        return angka(nilai, decimals=0)
    # Numbers of cases too, whole or halves: "12 kasus", not "12,0"; a rate keeps its decimal.
    return angka(nilai, decimals=None if kode in LOADS else 1)


def definition(kode: str) -> str:
    """The record of an indicator as the help text of its card."""
    record = INDICATORS[kode]
    lines = [f"**{record.nama}** ({kode}, {record.satuan})", "", record.pembilang + "."]
    if record.penyebut != "–":
        lines.append(f"Dibagi atau dihitung atas: {record.penyebut}.")
    lines += ["", f"Tanggal acuan: {record.acuan}.", record.pengecualian]
    return "\n".join(lines)


def list_name(kode: str) -> str:
    """The name of a list of cases: that of its figure, or its own."""
    return LISTS[kode][0] if kode in LISTS else INDICATORS[kode].nama


def list_definition(kode: str) -> str:
    """What a list of cases holds."""
    return LISTS[kode][1] if kode in LISTS else definition(kode)


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


LEAST_FOR_PERCENT = 10  # "−2 (−100 %)" says no more than "−2"


def change(now: float, before: float, kode: str) -> str:
    """The difference of a figure to an earlier period. Example: +12 (+4,0 %)."""
    difference = now - before
    unit = INDICATORS[kode].satuan
    if unit == "kasus" and before >= LEAST_FOR_PERCENT:
        return f"{selisih(difference)} ({selisih(100 * difference / before, decimals=1)}{HOLD}%)"
    words = {"persen": " poin persen", "hari": f"{HOLD}hari"}.get(unit, "")
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

NO_SERVICE = {"pendekatan": "Pendekatan tidak diisi", "komponen": "Tanpa kegiatan komponen"}
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


def base(kode: str, n: float | None) -> str:
    """What a figure was computed of, below it; a count is its own n. Example: "n = 621", "284.973.643 penduduk"."""
    if pd.isna(n) or is_count(kode):
        return ""
    return f"{angka(n)} penduduk" if INDICATORS[kode].satuan.endswith("penduduk") else f"n = {angka(n)}"


def is_count(kode: str) -> bool:
    """Whether a figure counts cases or referrals, so that provinces add up to the nation."""
    return INDICATORS[kode].satuan in ("kasus", "rujukan")


def service(kode: str | None, *, key: str) -> str:
    """The name of an approach or component (`key`), or of the cases without one."""
    return NO_SERVICE[key] if pd.isna(kode) or not kode else SERVICE_NAMES[kode]


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
        parts.append(
            f"{angka(beban['n'])} pendamping aktif dengan rata-rata {angka(beban['nilai'], decimals=1)} kasus"
        )
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
        sentence += (
            f"; {size} terbanyak di {largest['nama']} ({largest['tampil_ukuran']} dari {angka(total)})"
        )
    known = frame.dropna(subset=["nilai"])
    if known.empty:
        return f"{sentence}. {colour}: belum ada angka."
    top, low = known.loc[known["nilai"].idxmax()], known.loc[known["nilai"].idxmin()]
    sentence += (
        f". {colour}: tertinggi {top['nama']} ({top['tampil']}), terendah {low['nama']} ({low['tampil']})"
    )
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


def corong_groups(frame: pd.DataFrame) -> str:
    """The nested counts of several groups in words: the largest group, and n."""
    recorded = frame[frame["kode"] == "I01"]
    total = recorded["nilai"].sum()
    if not total > 0:
        return "Tidak ada kasus yang terdata dalam periode."
    top = recorded.loc[recorded["nilai"].idxmax()]
    return (
        f"n = {angka(total)} kasus terdata; terbanyak {top['nama']} ({top['tampil']}, "
        f"{persen(100 * top['nilai'] / total)})."
    )


def services(frame: pd.DataFrame) -> str:
    """Approaches or components in words: the most frequent one, and n (all cases recorded, not their sum)."""
    top = frame.loc[frame["nilai"].idxmax()]
    return f"n = {angka(top['n'])} kasus terdata; terbanyak {top['nama']}: {top['tampil']}."


# --- Pendamping -------------------------------------------------------------------------------------------

NO_PERSONS = "tidak ada pendamping aktif"
BAND_NAMES = {Pita.WAJAR: "Wajar", Pita.TINGGI: "Tinggi", Pita.BERLEBIH: "Berlebih"}
GRADE_NAMES = {
    "3": "III Asisten",
    "4": "IV Muda",
    "5": "V Madya",
    "6": "VI Utama",
    "7": "VII Ahli Muda",
    "8": "VIII Ahli Madya",
    "9": "IX Ahli Utama",
}
TITLE_NAMES = {
    "umum": "Pendamping umum",
    "pendamping_lu": "Pendamping lanjut usia",
    "pendamping_pd": "Pendamping penyandang disabilitas",
    "sakti_peksos": "Sakti Peksos",
    "konselor_adiksi": "Konselor adiksi",
    "pendamping_ts_kpo": "Pendamping tuna sosial dan korban perdagangan orang",
}
SCHOOL_NAMES = {
    "s1_peksos": "S1 pekerjaan sosial",
    "d_peksos": "Diploma pekerjaan sosial",
    "smk_peksos": "SMK pekerjaan sosial",
    "lainnya": "Lainnya",
}


def band_labels(limits: Thresholds) -> dict[Pita, str]:
    """The bands with their limits. Example with 15 and 18: Wajar (≤ 15), Tinggi (16–18), Berlebih (> 18)."""
    return {
        Pita.WAJAR: f"{BAND_NAMES[Pita.WAJAR]} (≤ {limits.beban_wajar})",
        Pita.TINGGI: f"{BAND_NAMES[Pita.TINGGI]} ({limits.beban_wajar + 1}–{limits.beban_berlebih})",
        Pita.BERLEBIH: f"{BAND_NAMES[Pita.BERLEBIH]} (> {limits.beban_berlebih})",
    }


def load_headline(median: pd.Series, bands: dict[Pita, int], *, place: str, limits: Thresholds) -> str:
    """How many are active, the middle load, how many are above the limits; `median` is the row I18-median."""
    if pd.isna(median["nilai"]):
        return f"{place}: beban pendamping belum dapat dihitung ({median['alasan']})."
    total = median["n"]
    above, far_above = bands[Pita.TINGGI] + bands[Pita.BERLEBIH], bands[Pita.BERLEBIH]
    sentence = (
        f"{place}: {angka(total)} pendamping aktif, beban tengah {angka(median['nilai'])} kasus terbuka. "
    )
    if not above:
        return f"{sentence}Tidak ada yang memegang lebih dari {limits.beban_wajar} kasus (batas usulan)."
    sentence += (
        f"{angka(above)} ({persen(100 * above / total)}) memegang lebih dari {limits.beban_wajar} kasus"
    )
    if far_above:
        sentence += f", {angka(far_above)} di antaranya lebih dari {limits.beban_berlebih}"
    return f"{sentence} (batas usulan)."


def weights_used(weights: Weights) -> str:
    """The weights of the priorities. Example: "Beban berbobot: darurat 2, tinggi 1,5, biasa 1 (bobot usulan)."."""
    return (
        f"Beban berbobot: tiap kasus terbuka dihitung darurat {angka(weights.darurat)}, tinggi "
        f"{angka(weights.tinggi)}, biasa {angka(weights.biasa)} (bobot usulan)."
    )


def spread_of_loads(bands: dict[Pita, int], *, zero: int, highest: int, limits: Thresholds) -> str:
    """The histogram in words, with n."""
    labels = band_labels(limits)
    parts = ", ".join(f"{angka(bands[pita])} {labels[pita].lower()}" for pita in Pita)
    return (
        f"{angka(sum(bands.values()))} pendamping aktif: {parts} kasus. {angka(zero)} tanpa kasus terbuka; "
        f"beban tertinggi {angka(highest)}."
    )


def flow(came: float, left: float, last_open: float) -> str:
    """The months in words. Example: "120 kasus terdata dan 110 ditutup dalam periode; 64 terbuka pada akhirnya."."""
    return (
        f"{angka(came)} kasus terdata dan {angka(left)} ditutup dalam periode; {angka(last_open)} terbuka pada "
        "akhirnya."
    )


def person_times(shown_count: int, left_out: dict[str, int], *, province: pd.Series) -> str:
    """How many dots the chart has, why others have none, and the province's own figure (row I08)."""
    sentence = f"{angka(shown_count)} pendamping dengan angka"
    if left_out:
        reasons = ", ".join(f"{angka(number)} karena {reason}" for reason, number in left_out.items())
        sentence += f"; tidak ditampilkan: {reasons}"
    return f"{sentence}. Provinsi: {shown('I08', province['nilai'], province['alasan'])} (n = {angka(province['n'])})."


def unknown_person(code: str, *, place: str) -> str:
    """That a link names nobody on duty in the place that is shown."""
    return f"Pendamping “{code}” tidak ada di antara pendamping aktif {place}; periksa kodenya atau pilih dari tabel."


def highest_share(frame: pd.DataFrame, *, name: str) -> str:
    """The largest group of a profile in words, with its n (rows nama, nilai, tampil, n)."""
    top = frame.loc[frame["nilai"].idxmax()]
    return f"{name}: terbesar {top['nama']} ({top['tampil']}, n = {angka(top['n'])})."


def bands_of_areas(frame: pd.DataFrame) -> str:
    """The areas with pendamping above the limit, in words (rows kunci, nama, pita, n per area and band)."""
    above = frame[frame["pita"] != Pita.WAJAR.value].groupby("nama", sort=False)["n"].sum()
    touched = above[above > 0]
    areas, total = len(above), frame["n"].sum()
    if touched.empty:
        return f"{angka(total)} pendamping di {angka(areas)} wilayah; tidak ada yang di atas batas wajar."
    return (
        f"{angka(total)} pendamping di {angka(areas)} wilayah; {angka(touched.sum())} di atas batas wajar, di "
        f"{angka(len(touched))} wilayah."
    )


def fair_reading(*, has_spread: bool) -> str:
    """How the times of pendamping beside each other are to be read."""
    band = "Separuh pendamping selalu berada di luar pita. " if has_spread else ""
    return (
        f"{band}Rentang yang saling menjangkau berarti perbedaannya dapat kebetulan; jenis kasus tiap orang pun "
        "berbeda. Ditutup belum tentu terselesaikan: baca bersama “Separuh kasus selesai” di tabel."
    )
