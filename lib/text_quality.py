"""Words of Mutu data: names and definitions of lists, parts, and what a coordinator can do about each."""

from __future__ import annotations

import datetime as dt

from lib.domain import Kesegaran, Mutu, QualityLimits, Thresholds
from lib.numbers_id import angka, hari, persen, tanggal

STEP_OF = {
    "pendamping": "Pendataan",
    "jenis_kelamin": "Pendataan",
    "kelompok_umur": "Pendataan",
    "sumber_laporan": "Pendataan",
    "pendekatan": "Pendataan",
    "kontak": "Kontak pertama",
    "asesmen": "Asesmen",
    "rencana": "Rencana intervensi",
    "hasil_kebutuhan_dasar": "Terminasi",
    "hasil_peran_sosial": "Terminasi",
    "hasil_atasi_masalah": "Terminasi",
}
FIELD_NAMES = {
    "pendamping": "Pendamping",
    "jenis_kelamin": "Jenis kelamin",
    "kelompok_umur": "Kelompok umur",
    "sumber_laporan": "Sumber laporan",
    "pendekatan": "Pendekatan",
    "kontak": "Tanggal kontak pertama",
    "asesmen": "Tanggal asesmen",
    "rencana": "Tanggal rencana intervensi",
    "hasil_kebutuhan_dasar": "Hasil: kebutuhan dasar",
    "hasil_peran_sosial": "Hasil: peran sosial",
    "hasil_atasi_masalah": "Hasil: mengatasi masalah",
}
WHEN_DUE = {
    "pendamping": "selalu",
    "jenis_kelamin": "selalu",
    "kelompok_umur": "selalu",
    "sumber_laporan": "selalu",
    "pendekatan": "selalu",
    "kontak": "bila asesmen, rencana, atau intervensi sudah ada",
    "asesmen": "bila rencana, atau (bukan darurat) intervensi, sudah ada",
    "rencana": "bila intervensi sudah ada (bukan darurat)",
    "hasil_kebutuhan_dasar": "bila terselesaikan",
    "hasil_peran_sosial": "bila terselesaikan",
    "hasil_atasi_masalah": "bila terselesaikan",
}
PART_NAMES = {
    "segar": "Data terkini",
    "lengkap": "Ruas wajib terisi",
    "ruas": "Ruas paling sering kosong",
    "tanpa_kabar": "Kasus terbuka tanpa kabar",
    "sehari": "Selesai dalam sehari",
    "kembar": "Mungkin ganda",
    "akhir_bulan": "Penutupan di akhir bulan",
    "lonjakan": "Lonjakan penutupan",
}
# The same as heads of a table that holds all of them.
PART_HEADS = {
    "segar": "Umur data",
    "lengkap": "Ruas terisi",
    "ruas": "Ruas terkosong",
    "tanpa_kabar": "Tanpa kabar",
    "sehari": "Sehari",
    "kembar": "Ganda",
    "akhir_bulan": "Akhir bulan",
    "lonjakan": "Lonjakan",
}
FINDING_NAMES = {
    "sehari": "Selesai dalam sehari",
    "akhir_bulan": "Ditutup di akhir bulan",
    "kembar": "Mungkin ganda",
    "tanpa_kabar": "Terbuka tanpa kabar",
}
FINDING_DEFINITIONS = {
    "sehari": (
        "Kasus yang ditutup dalam periode, dan asesmen, rencana, intervensi, serta terminasinya semua bertanggal sama "
        "dengan terdata. Mungkin tanggal pengisian, bukan tanggal kejadian."
    ),
    "akhir_bulan": (
        "Kasus yang ditutup dalam periode (sejak register lengkap) pada tiga hari terakhir suatu bulan, apa pun "
        "alasannya."
    ),
    "kembar": (
        "Kasus yang terdata dalam periode, dan ada kasus lain dengan klien, jenis masalah, dan hari terdata yang sama. "
        "Kedua-duanya dihitung."
    ),
    "tanpa_kabar": (
        "Kasus yang terbuka pada tanggal data tanpa pembaruan, kegiatan, atau langkah lebih lama daripada batas di "
        "pengaturan. Mungkin sudah selesai tetapi belum ditutup di catatan."
    ),
}
LISTS = {
    f"KOSONG-{name}": (
        f"Ruas kosong: {FIELD_NAMES[name].removeprefix('Hasil: ').lower()}",
        f"Kasus yang terdata dalam periode, dan pada t ruas “{FIELD_NAMES[name]}” wajib ({WHEN_DUE[name]}) tetapi "
        "kosong.",
    )
    for name in FIELD_NAMES
} | {f"MUTU-{name}": (FINDING_NAMES[name], FINDING_DEFINITIONS[name]) for name in FINDING_NAMES}

# What to do about the rows of a list; {n} is their number with the word kasus.
TO_DO = {
    "KOSONG-pendamping": "{n} belum punya pendamping: tetapkan pendampingnya.",
    "KOSONG-jenis_kelamin": "{n} tanpa jenis kelamin klien: lengkapi isiannya.",
    "KOSONG-kelompok_umur": "{n} tanpa kelompok umur: lengkapi isiannya.",
    "KOSONG-sumber_laporan": "{n} tanpa sumber laporan: isi dari mana laporannya datang.",
    "KOSONG-pendekatan": "{n} tanpa pendekatan layanan: isi pendekatannya.",
    "KOSONG-kontak": "{n} sudah ditangani tanpa tanggal kontak pertama: isi tanggalnya.",
    "KOSONG-asesmen": "{n} sudah sampai rencana atau intervensi tanpa tanggal asesmen: isi tanggalnya.",
    "KOSONG-rencana": "{n} sudah diintervensi tanpa tanggal rencana intervensi: isi tanggalnya.",
    "KOSONG-hasil_kebutuhan_dasar": "{n} terselesaikan tanpa hasil kebutuhan dasar: isi hasilnya.",
    "KOSONG-hasil_peran_sosial": "{n} terselesaikan tanpa hasil peran sosial: isi hasilnya.",
    "KOSONG-hasil_atasi_masalah": "{n} terselesaikan tanpa hasil mengatasi masalah: isi hasilnya.",
    "MUTU-sehari": (
        "{n} terdata sampai terminasi pada satu hari: periksa apakah itu tanggal kejadian atau tanggal pengisian."
    ),
    "MUTU-kembar": (
        "{n} sama klien, jenis, dan hari terdatanya dengan kasus lain: tutup yang ganda dengan alasan A1 (duplikat)."
    ),
    "MUTU-tanpa_kabar": "{n} terbuka tanpa kabar lebih dari {hari} hari: perbarui, atau tutup bila sudah selesai.",
    "MUTU-akhir_bulan": (
        "{n} ditutup pada tiga hari terakhir bulan, lebih banyak daripada wajar: pastikan tanggal terminasinya benar."
    ),
}
NO_COUNTS = (
    "Pengelola data melihat persen bulat dan keadaan tiap bagian, tanpa hitungan dan tanpa daftar kasus: angka kecil "
    "tidak boleh terbuka. Hitungan dan daftarnya ada pada koordinator provinsi."
)
NOTHING_TO_DO = "Tidak ada yang perlu diperbaiki menurut pemeriksaan di halaman ini."


def part_text(bagian: str, nilai: float | None, *, decimals: int = 1) -> str:
    """The number of a part as the table shows it; "–" where there is none."""
    if nilai is None or nilai != nilai:
        return "–"
    if bagian == "segar":
        return hari(nilai, decimals=0)
    return angka(nilai, decimals=0) if bagian == "lonjakan" else persen(nilai, decimals=decimals)


def limit_text(bagian: str, batas: float) -> str:
    """What a part is held against. Example: limit_text("lengkap", 90.0) == "paling sedikit 90 %"."""
    if bagian == "segar":
        return f"paling lama {hari(batas, decimals=0)}"
    if bagian == "lonjakan":
        return "tidak ada"
    if bagian == "akhir_bulan":
        return f"bila merata {persen(batas)}"
    return f"{'paling sedikit' if bagian == 'lengkap' else 'paling banyak'} {persen(batas, decimals=None)}"


def rule(limits: Thresholds, rules: QualityLimits) -> list[str]:
    """The published rule of the grade, one line per part, then how the parts are counted."""
    chance = angka(100 * rules.peluang, decimals=2)
    return [
        f"**{PART_NAMES['segar']}**: umur data paling lama {rules.merah_hari} hari.",
        f"**{PART_NAMES['lengkap']}**: paling sedikit {angka(rules.lengkap_persen)} % ruas wajib terisi (I24).",
        f"**{PART_NAMES['ruas']}**: kosong pada paling banyak {angka(rules.ruas_kosong_persen)} % kasus yang "
        "mewajibkannya.",
        f"**{PART_NAMES['tanpa_kabar']}**: paling banyak {angka(rules.tanpa_kabar_persen)} % kasus terbuka tanpa "
        f"aktivitas lebih dari {limits.tanpa_kabar_hari} hari.",
        f"**{PART_NAMES['sehari']}**: paling banyak {angka(rules.sehari_persen)} % kasus ditutup yang semua "
        "langkahnya bertanggal sama.",
        f"**{PART_NAMES['kembar']}**: paling banyak {angka(rules.kembar_persen)} % kasus terdata yang klien, jenis, "
        "dan harinya sama dengan kasus lain.",
        f"**{PART_NAMES['akhir_bulan']}**: penutupan pada tiga hari terakhir bulan tidak lebih banyak daripada bila "
        f"merata menurut hari, kecuali yang mungkin kebetulan (peluang binomial eksak paling sedikit {chance} %).",
        f"**{PART_NAMES['lonjakan']}**: tidak ada hari atau pekan dengan paling sedikit {rules.lonjakan_kasus} "
        "penutupan yang jauh di atas rata-rata hari atau pekan lain provinsi itu sendiri (peluang Poisson di bawah "
        f"{chance} % dibagi banyaknya hari atau pekan).",
        f"Bagian dengan kurang dari {limits.n_minimum} kasus **belum dapat dinilai** dan tidak ikut dihitung.",
        f"Nilai: semua bagian terpenuhi **{Mutu.BAIK.value}**; 1–{rules.cukup_bagian} bagian belum terpenuhi "
        f"**{Mutu.CUKUP.value}**; lebih dari itu **{Mutu.PERLU_PERBAIKAN.value}**; ruas wajibnya belum dapat dinilai: "
        f"**{Mutu.BELUM_DINILAI.value}**. Tidak ada bobot. Semua batas adalah usulan.",
    ]


def to_do(kode: str, n: float, *, limits: Thresholds) -> str:
    """What to do about the rows of a list. Example: to_do("KOSONG-kelompok_umur", 3, ...) begins with "3 kasus"."""
    return TO_DO[kode].format(n=f"{angka(n)} kasus", hari=limits.tanpa_kabar_hari)


def spike(start: dt.date, end: dt.date, n: float, expected: float) -> str:
    """A day or a week of many closings, in words."""
    long, per = start != end, "sepekan" if start != end else "sehari"
    when = f"pekan {tanggal(start)} sampai {tanggal(end)}" if long else tanggal(start)
    near = _deadline(end)
    return (
        f"{angka(n)} kasus ditutup pada {when}{near}, biasanya {angka(expected, decimals=1)} {per}: pastikan tanggal "
        "terminasinya tanggal kejadian."
    )


def _deadline(day: dt.date) -> str:
    """Whether a day lies in the last three of a year, a quarter or a month, when reports are due."""
    after = day + dt.timedelta(days=3)
    if after.month == day.month:
        return ""
    if day.month == 12:
        return " (akhir tahun)"
    return " (akhir triwulan)" if day.month % 3 == 0 else " (akhir bulan)"


def last_sent(day: dt.date | None, age: float | None, state: str) -> str:
    """When a province sent last. Example: "Data sampai 11 Oktober 2026; belum mengirim sejak itu, 40 hari"."""
    if day is None:
        return "Belum pernah mengirim data"
    if state == Kesegaran.TERKINI.value:
        return f"Data sampai {tanggal(day)} (terkini)"
    return f"Belum mengirim sejak {tanggal(day)}, {angka(age)} hari ({state})"
