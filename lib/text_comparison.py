"""Sentences of Perbandingan: what lies outside chance, in words that judge nobody."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lib.indicators.records import INDICATORS
from lib.measure import NATIONAL_UNIT, OF_CLOSINGS, Control, Event, Funnel
from lib.numbers_id import angka, bulan_tahun, persen, tanggal
from lib.text import is_count, shown

WITHIN, LISTEN, STUDY = "dalam variasi wajar", "perlu didengar", "patut dipelajari"
CLASSES = (WITHIN, LISTEN, STUDY)
RARE = "pola seperti ini jarang muncul kebetulan"
SIDES = {-1: "di bawah", 0: "pada", 1: "di atas"}
CHART_KINDS = {
    "xmr": "Peta XmR (nilai tunggal dan rentang bergerak)",
    "p": "Peta p (persen dengan n tiap bulan)",
}
WISHED = {"naik": 1, "turun": -1, "netral": 0}
NAMED_DAYS = 3
FEWEST = 5  # cases a month: with fewer the limits of single values are not those of a count

FUNNEL_READING = """
Setiap titik satu {unit}. Makin ke kanan makin banyak kasusnya, dan makin sempit corongnya: dengan sedikit kasus, angka
mudah naik-turun karena kebetulan.

**Contoh.** Bayangkan semua {unit} bekerja sama baiknya dan 60 dari 100 kasus selesai pada waktunya. {Unit} dengan
10 kasus tetap dapat menunjukkan 40 % atau 80 %, seperti sepuluh lemparan koin jarang tepat lima-lima. {Unit} dengan
1.000 kasus hampir selalu antara 57 % dan 63 %. Maka 45 % dari 10 kasus belum berarti apa-apa, sedangkan 45 % dari
1.000 kasus bukan kebetulan.

- **Dalam variasi wajar** (lingkaran): perbedaannya dapat kebetulan; jangan diurutkan.
- **Perlu didengar** (belah ketupat): di luar 95 %. Satu dari dua puluh {unit} sampai di sini karena kebetulan semata.
- **Patut dipelajari** (persegi): di luar 99,8 %, ke arah mana pun. Tanyakan apa yang berbeda: cara kerja, jenis kasus,
  cara mencatat. Diagram ini tidak mengatakan sebabnya.
"""
CONTROL_READING = """
Angka bulanan selalu naik-turun. Peta kendali memisahkan naik-turun biasa dari perubahan yang patut ditanyakan.
Garis tengah ialah rata-rata; dua garis putus-putus ialah batas naik-turun biasa.

**Contoh.** Sebuah kantor menyelesaikan 48, 52, 47, 51, 50 kasus per bulan, dengan batas 40 dan 60. Bulan depan 45:
masih biasa, tidak perlu rapat khusus. Bulan depan 65: di luar batas, tanyakan apa yang berubah.

Empat pola yang jarang muncul kebetulan: satu bulan di luar batas; 7 bulan berturut-turut di satu sisi garis tengah;
7 bulan terus naik atau terus turun; 2 dari 3 bulan dekat batas yang sama. Bulan dalam pola itu berbentuk segitiga.

Kasus terbuka (stok) terbawa dari bulan ke bulan, sehingga pola berturut-turut lebih mudah muncul padanya.

**Peristiwa.** Bila pada bulan tertentu ada perubahan yang diketahui (aturan baru, tambahan pendamping), garis tengah
dan batas dapat dimulai lagi dari bulan itu: pengelola menulis unit, bulan, dan keterangannya di `data/peristiwa.toml`.
"""


WITHIN_THE_NATION = (
    "Acuan dan batas dihitung dari semua provinsi; titik provinsi lain tidak ditampilkan. "
    "Acuan dibulatkan ke sepersepuluh."
)


def verdict(place: int) -> str:
    """The words of a place beside the limits (-2 .. 2). Example: verdict(-2) == "patut dipelajari (di bawah)"."""
    word = CLASSES[abs(place)]
    return f"{word} ({SIDES[1 if place > 0 else -1]})" if place else word


def ratio(value: float) -> str:
    """Observed beside expected. Example: ratio(1.171) == "1,17"."""
    return angka(value, decimals=2)


def funnel_value(funnel: Funnel, value: float) -> str:
    """The value of a unit as text: percent, or observed / expected."""
    return ratio(value) if funnel.adjusted else persen(value)


def funnel_sentence(funnel: Funnel, names: Mapping[str, str], *, key: str, unit: str, name: str) -> str:
    """How many units are outside chance, those beyond 99.8 % by name; `names` by the units' `key`."""
    units = funnel.units
    if units.empty:
        return f"{name}: belum ada {unit} dengan cukup kasus untuk dibandingkan."
    start = f"{name}: {angka(len(units))} {unit} dengan {angka(units['n'].sum())} kasus yang sudah cukup lama dipantau."
    outside = units[units["letak"].abs() == 2]
    listen = int((units["letak"].abs() == 1).sum())
    by_chance = angka(0.05 * len(units), decimals=0)
    if outside.empty and not listen:
        return f"{start} Semuanya dalam variasi wajar."
    parts = [
        f"{', '.join(names[code] for code in found[key])} ({SIDES[side]} batas)"
        for side in (-1, 1)
        if len(found := outside[outside["letak"] == 2 * side])
    ]
    studied = f" Patut dipelajari: {'; '.join(parts)}." if parts else " Tidak ada yang di luar batas 99,8 %."
    return f"{start}{studied} Perlu didengar: {angka(listen)} (karena kebetulan saja diharapkan sekitar {by_chance})."


def overdispersion(funnel: Funnel, *, unit: str) -> str:
    """Whether the units vary more than chance, how much, and what that does to the flags."""
    if pd.isna(funnel.phi):
        return "Variasi antarunit tidak dapat dihitung karena kurang dari dua yang ditampilkan."
    name = f"φ = {angka(funnel.phi, decimals=2)}"
    if not funnel.tau2 > 0:
        return (
            f"Dispersi berlebih: tidak ada ({name}; 1 berarti hanya kebetulan). Di luar yang ditandai, perbedaan "
            f"antar{unit} tidak lebih besar daripada kebetulan."
        )
    outside = funnel.units[funnel.units["letak"].abs() == 2]
    still = int((outside["letak_lebar"] != 0).sum())
    return (
        f"Dispersi berlebih: ya ({name}; 1 berarti hanya kebetulan). {unit.capitalize()} memang berbeda satu sama "
        f"lain; batas titik-titik (99,8 % yang dilebarkan) memperhitungkannya, dan {angka(still)} dari "
        f"{angka(len(outside))} yang patut dipelajari tetap di luarnya."
    )


def limits_used(funnel: Funnel, *, unit: str, one_group: bool) -> str:
    """Which limits are drawn, by what units are flagged, and who is not drawn."""
    if funnel.adjusted:
        method = (
            "Disesuaikan untuk campuran klaster: kasus yang diamati dibagi kasus yang diharapkan bila tiap klaster "
            f"berjalan seperti pada semua {unit} bersama (standardisasi tak langsung); 1 berarti sesuai harapan. "
            "Batas: Poisson eksak, untuk persen sedikit terlalu lebar sehingga tanda lebih hati-hati"
        )
        if one_group:
            method += "; dengan satu klaster atau jenis pada saringan tidak ada campuran yang disesuaikan"
    else:
        method = f"Acuan: {persen(funnel.reference)} dari semua kasus bersama. Batas: binomial eksak"
    sentence = f"{method}. Ditandai menurut peluang ekor di bawah 0,025 (95 %) dan 0,001 (99,8 %)."
    if funnel.few:
        sentence += f" {angka(funnel.few)} {unit} dengan n < 10 tidak digambar."
    if funnel.unknown:
        sentence += f" {angka(funnel.unknown)} {unit} belum ada data."
    return sentence


# --- control chart --------------------------------------------------------------------------------------


def pattern_sentence(control: Control, *, kode: str, names: Mapping[str, str]) -> str:
    """The one sentence of a control chart: what the last month shows, and days on which very many were closed."""
    known = control.frame.dropna(subset=["nilai"])
    if known.empty:
        return "Belum ada bulan lengkap yang dapat ditampilkan."
    last = control.frame.iloc[-1]
    if pd.isna(last["nilai"]):
        said = f"{bulan_tahun(last['bulan'])} tanpa angka (n < 10); polanya belum dapat dinilai."
    elif too_few(control, kode):
        said = (
            f"{bulan_tahun(last['bulan'])} ({shown(kode, last['nilai'])}); rata-rata kurang dari {FEWEST} kasus per "
            "bulan, terlalu sedikit untuk menilai pola."
        )
    else:
        said = _pattern(control, shown(kode, last["nilai"]), bulan_tahun(last["bulan"]))
    return f"{said}{bulk_sentence(control.massal, names)}" if kode in OF_CLOSINGS else said


def too_few(control: Control, kode: str) -> bool:
    """Whether so few cases are counted a month that the rules of the chart mark every month without one.

    Example: 1 case in 24 months has a mean of 0.04, and 23 months "below the mean".
    """
    return is_count(kode) and not control.frame["nilai"].mean() >= FEWEST


def _pattern(control: Control, value: str, month: str) -> str:
    pattern, side = control.pola, SIDES[control.pola.arah]
    if pattern.jenis == "luar":
        return f"{month} ({value}) {side} batas naik-turun biasa: {RARE}."
    if pattern.jenis == "tren":
        word = "Naik" if pattern.arah > 0 else "Turun"
        return f"{word} {angka(pattern.bulan)} bulan berturut-turut, sampai {value} pada {month}: {RARE}."
    if pattern.jenis == "beruntun":
        return (
            f"{angka(pattern.bulan)} bulan berturut-turut {side} rata-rata, sampai {month} ({value}): {RARE}."
        )
    if pattern.jenis == "dekat":
        limit = "atas" if pattern.arah > 0 else "bawah"
        return f"2 dari 3 bulan terakhir dekat batas {limit}, {month} {value}: {RARE}."
    earlier = control.frame.loc[control.frame["khusus"], "bulan"]
    past = f" Pola khusus terakhir: {bulan_tahun(earlier.iloc[-1])}." if len(earlier) else ""
    return f"{month} ({value}) dalam naik-turun biasa; tidak ada pola khusus pada bulan terakhir.{past}"


def bulk_sentence(days: pd.DataFrame, names: Mapping[str, str]) -> str:
    """The days on which a province closed very many cases at once; nothing when there is none."""
    if days.empty:
        return ""
    parts = [
        f"{names[row.provinsi]} {tanggal(row.tanggal)} ({angka(row.n)} kasus, biasanya {angka(row.biasa)})"
        for row in days.head(NAMED_DAYS).itertuples()
    ]
    more = f" dan {angka(len(days) - NAMED_DAYS)} hari lain" if len(days) > NAMED_DAYS else ""
    return f" Penutupan massal pada satu hari: {'; '.join(parts)}{more}."


def variation_mark(control: Control, *, kode: str) -> str:
    """The variation of the last month as a sign and words, with the direction that is wished for."""
    arah, wished = control.pola.arah, WISHED[INDICATORS[kode].arah]
    if too_few(control, kode):
        return "– Terlalu sedikit kasus untuk dinilai"
    if not control.pola.jenis:
        return "○ Variasi biasa"
    direction = "▲ ke atas" if arah > 0 else "▼ ke bawah"
    if not wished:
        return f"{direction}: pola khusus"
    return f"{direction}: pola khusus, {'searah' if arah == wished else 'berlawanan'} dengan tujuan"


def assurance_mark(control: Control, *, kode: str) -> str:
    """Whether the limits lie wholly on one side of the target, as a sign and words."""
    if control.target is None:
        return "– Tidak ada target untuk angka dan saringan ini"
    target = f"target {shown(kode, control.target)}"
    if control.jaminan is None:
        return f"– Batas belum dapat dihitung ({target})"
    if control.jaminan == "across":
        return f"? Kadang tercapai, kadang tidak ({target} di antara kedua batas)"
    above = control.jaminan == "above"
    reached = above == (WISHED[INDICATORS[kode].arah] >= 0)
    return (
        f"● Selalu tercapai bila tidak ada yang berubah ({target} di luar batas)"
        if reached
        else f"□ Tidak tercapai bila tidak ada yang berubah ({target} di luar batas)"
    )


def control_notes(control: Control, names: Mapping[str, str]) -> str:
    """Kind of chart, provisional limits, what was left out and the events, as one remark."""
    parts = [f"{CHART_KINDS[control.jenis]}, n = {angka(len(control.frame))} bulan"]
    if len(control.frame) and control.frame["sementara"].any():
        parts.append("batas sementara: kurang dari 13 bulan")
    if control.belum:
        parts.append(f"belum lengkap dan tidak digambar: {', '.join(map(bulan_tahun, control.belum))}")
    for codes, why in (
        (control.terlambat, "datanya lebih dari 62 hari di belakang"),
        (control.baru, "registernya belum lengkap pada awal deret"),
    ):
        if codes:
            parts.append(f"tidak ikut karena {why}: {', '.join(names[code] for code in codes)}")
    parts += [f"batas dimulai lagi {_event(event, names)}" for event in control.peristiwa]
    return "; ".join(parts) + "."


def _event(event: Event, names: Mapping[str, str]) -> str:
    place = "nasional" if event.unit == NATIONAL_UNIT else names[event.unit]
    return f"{bulan_tahun(event.bulan)} ({place}: {event.keterangan})"


SMOOTHED = (
    "Disesuaikan untuk jumlah kecil: angka provinsi dengan sedikit kasus ditarik ke rata-rata semua provinsi "
    "(empirical Bayes), karena angka kecil mudah berayun; makin besar n, makin kecil tarikannya."
)
NOT_SMOOTHED = "Angka ini bukan persen atau rasio, jadi ditampilkan apa adanya."
