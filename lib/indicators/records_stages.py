"""Records of the way between steps: the cohort view of I05, stage waits (I12), clients who came back (I21)."""

from __future__ import annotations

from lib.domain import Dimensi, Tahap
from lib.indicators.record import ADMIN, AT_T, BEFORE_COMPLETE, CASE_DIMENSIONS, PERIOD_VIEW, Indicator

# Each wait: what is waited for, and from where to where.
WAITS = {
    Tahap.ASESMEN: ("asesmen", "dari terdata ke asesmen"),
    Tahap.RENCANA: ("rencana", "dari asesmen ke rencana intervensi"),
    Tahap.INTERVENSI: ("intervensi", "dari rencana intervensi ke intervensi"),
    Tahap.TERMINASI: ("terminasi", "dari intervensi ke terminasi (alasan apa pun)"),
}
# What a code ends with, and the share that has reached the step by then.
QUANTILES = {"": 0.5, "-p80": 0.8}
# The step a case stands at is itself an outcome of the wait.
WAIT_DIMENSIONS = tuple(dimension for dimension in CASE_DIMENSIONS if dimension is not Dimensi.TAHAP)
COHORT = "Kasus yang terdata dalam periode, dipantau sampai tanggal data"
COHORT_VIEW = (
    "Pandangan kohort: nasib kasus yang terdata dalam periode, dipantau sampai tanggal data. Baru pasti sesudah semua "
    "kasusnya cukup lama dipantau; untuk keadaan sekarang lihat pandangan periode."
)
COMPETING = "dialihkan dan berhenti adalah akhir yang bersaing"


def _cohort_chance(days: int) -> Indicator:
    return Indicator(
        kode=f"I05-{days}K",
        nama=f"Peluang terselesaikan dalam {days} hari (kohort)",
        pendek=f"Peluang selesai {days} hari, kohort",
        pembilang=f"Kurva Aalen-Johansen kohort pada hari ke-{days}; {COMPETING}",
        penyebut=COHORT,
        satuan="persen",
        arah="naik",
        acuan="tanggal data provinsi",
        pengecualian=ADMIN + BEFORE_COMPLETE,
        alasan=COHORT_VIEW,
        halaman=("waktu",),
        butuh=("kurva-kohort", "kohort-sebelum-lengkap"),
        sumber="Aalen & Johansen 1978",
    )


def _wait(step: Tahap, suffix: str) -> Indicator:
    name, way = WAITS[step]
    q = QUANTILES[suffix]
    reached = 100 - round(100 * q)
    excluded = {
        Tahap.ASESMEN: " Kasus yang melewati langkah itu tidak dihitung; jumlahnya ada di catatan.",
        Tahap.RENCANA: " Kasus yang melewati rencana atau asesmen tidak dihitung; jumlahnya ada di catatan.",
        Tahap.INTERVENSI: (
            " Kasus tanpa rencana, atau (darurat) dengan intervensi sebelum rencana, tidak dihitung; jumlahnya ada di "
            "catatan."
        ),
        Tahap.TERMINASI: " Kasus yang ditutup sebelum intervensi tidak menunggu di langkah ini.",
    }[step]
    return Indicator(
        kode=f"I12-{step.value}{suffix}",
        nama=f"Waktu tunggu {name}, {'p80' if suffix else 'median'}",
        pendek=f"Tunggu {name}{', p80' if suffix else ''}",
        pembilang=f"Hari pertama kurva Kaplan-Meier, {way}, turun sampai {reached} persen",
        penyebut="Kasus yang terpantau menunggu langkah itu pada suatu hari dalam periode",
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=(
            ADMIN
            + excluded
            + (
                ""
                if step is Tahap.TERMINASI
                else " Yang ditutup tanpa langkah itu dipantau sampai hari ditutupnya."
            )
        ),
        alasan="Di langkah mana kasus menunggu paling lama. " + PERIOD_VIEW,
        halaman=("waktu",),
        butuh=(f"tunggu-{step.value}", *([] if step is Tahap.TERMINASI else [f"dilewati-{step.value}"])),
        dimensi=WAIT_DIMENSIONS,
        sumber="Kaplan & Meier 1958; pandangan periode menurut Brenner & Gefeller",
    )


STAGES = (
    *(_cohort_chance(days) for days in (30, 90, 180)),
    Indicator(
        kode="I05MK",
        nama="Separuh kasus terselesaikan dalam … hari (kohort)",
        pendek="Separuh kasus selesai, kohort",
        pembilang=(
            "Hari pertama kurva peluang terselesaikan (Aalen-Johansen) kohort mencapai 50 persen; "
            + COMPETING
        ),
        penyebut=COHORT,
        satuan="hari",
        arah="turun",
        acuan="tanggal data provinsi",
        pengecualian=ADMIN + BEFORE_COMPLETE,
        alasan=COHORT_VIEW,
        halaman=("waktu",),
        butuh=("kurva-kohort", "kohort-sebelum-lengkap"),
        sumber="Aalen & Johansen 1978",
    ),
    *(_wait(step, suffix) for step in WAITS for suffix in QUANTILES),
    Indicator(
        kode="I21",
        nama="Kasus berulang",
        pendek="Kasus berulang",
        pembilang="Di antaranya: klien yang sama punya kasus baru (jenis apa pun) 1–180 hari sesudah terminasi",
        penyebut=(
            "Kasus terselesaikan yang hari ke-180 sesudah terminasinya jatuh dalam periode dan tidak sesudah tanggal "
            "data"
        ),
        satuan="persen",
        arah="turun",
        acuan="hari ke-180 sesudah terminasi tiap kasus",
        pengecualian=ADMIN + " Klien dikenali di dalam provinsinya saja.",
        alasan="Apakah penyelesaian bertahan. Klien yang kembali perlu dilihat lagi, belum tentu karena layanan gagal.",
        halaman=("alur",),
        butuh=("kohort-ulang",),
    ),
)
