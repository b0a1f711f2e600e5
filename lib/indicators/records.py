"""The catalogue: every indicator as a record, before it is code.

Cards, Kamus, `hitung`, exports and targets read these records; nobody types a definition twice.
"""

from __future__ import annotations

from lib.indicators.record import ADMIN, AREA_DIMENSIONS, AT_DATA, AT_T, Indicator, count
from lib.indicators.records_people import PEOPLE
from lib.indicators.records_quality import QUALITY
from lib.indicators.records_services import SERVICES, TARGET_PREFIX, TARGET_SHEET, achievements
from lib.indicators.records_stages import STAGES
from lib.indicators.records_times import TIMES

__all__ = [
    "INDICATORS",
    "MAP_INDICATORS",
    "TARGET_PREFIX",
    "TARGET_SHEET",
    "VALUE_KEYS",
    "Indicator",
    "class_limits",
]

ALL_PAGES = ("ringkasan", "provinsi", "klaster", "pendamping", "waktu", "alur")
# Codes that answer with one row per value, and the key that holds the value.
VALUE_KEYS = {
    "I29-jenjang": "jenjang",
    "I29-sebutan": "sebutan",
    "I29-pendidikan": "pendidikan",
    "I32-pendekatan": "pendekatan",
    "I32-komponen": "komponen",
}


def _ages(kode: str, text: str) -> Indicator:
    return count(
        kode,
        f"Kasus terbuka berumur {text} hari",
        f"Umur {text} hari",
        f"Kasus terbuka yang umurnya {text} hari sejak terdata",
        alasan="Kasus lama yang menumpuk terlihat di sini lebih dulu daripada di rata-rata.",
        halaman=("alur",),
        butuh=("umur",),
    )


def _stock(status: str, pendek: str, counted: str) -> Indicator:
    return count(
        f"STOK-{status}",
        f"Stok: {pendek.lower()}",
        pendek,
        counted,
        alasan="Posisi semua kasus sekarang; keempat status berjumlah seluruh kasus yang pernah terdata.",
        halaman=("ringkasan", "provinsi", "klaster"),
        butuh=("stok",),
    )


_CASES = (
    count(
        "I01",
        "Kasus terdata",
        "Terdata",
        "Kasus yang terdata dalam periode",
        alasan="Pintu masuk: berapa kasus yang dikenali.",
        halaman=ALL_PAGES,
        butuh=("terdata",),
    ),
    count(
        "I02",
        "Kasus tertangani (kumulatif)",
        "Tertangani",
        "Dari kasus terdata: sudah asesmen pada t, atau (darurat) sudah intervensi, atau sudah terselesaikan",
        alasan="Kasus tidak boleh berhenti sebagai data; penanganan mulai pada asesmen.",
        arah="naik",
        halaman=("ringkasan", "provinsi", "klaster"),
        butuh=("terdata",),
    ),
    count(
        "I03",
        "Kasus terselesaikan (periode)",
        "Selesai dalam periode",
        "Kasus yang terminasinya jatuh dalam periode dengan alasan kelompok terselesaikan, kapan pun terdata",
        alasan="Hasil kerja dalam periode itu.",
        arah="naik",
        halaman=("ringkasan", "alur"),
        butuh=("tutup",),
    ),
    count(
        "I03K",
        "Kasus terselesaikan (dari yang terdata)",
        "Terselesaikan",
        "Dari kasus terdata dalam periode: terselesaikan pada t",
        alasan="Ujung corong: dari kasus yang terdata, berapa yang tuntas. Kasus baru belum sempat selesai.",
        arah="naik",
        halaman=("ringkasan", "provinsi", "klaster"),
        butuh=("terdata",),
    ),
    Indicator(
        kode="I06",
        nama="Rasio penyelesaian periode",
        pendek="Rasio penyelesaian",
        pembilang="Kasus terselesaikan dalam periode (I03), kapan pun terdata",
        penyebut="Kasus terdata dalam periode (I01)",
        satuan="persen",
        arah="naik",
        acuan=AT_T,
        pengecualian=ADMIN
        + " Pembilang dan penyebut adalah kasus yang berbeda; boleh lebih dari 100 persen.",
        alasan="Apakah penyelesaian mengimbangi kasus masuk. Selang: Poisson eksak atas pembilang.",
        halaman=("alur",),
        butuh=("terdata", "tutup"),
    ),
    Indicator(
        kode="I07",
        nama="Rasio stok",
        pendek="Rasio stok",
        pembilang="Semua kasus yang pernah terselesaikan sampai t",
        penyebut="Semua kasus yang pernah terdata sampai t",
        satuan="persen",
        arah="naik",
        acuan=AT_T,
        pengecualian=ADMIN,
        alasan="Angka kumulatif sejak awal register; naik perlahan dan tidak cocok untuk membandingkan provinsi.",
        halaman=("kamus",),
        butuh=("stok",),
    ),
    count(
        "I13",
        "Kasus terbuka",
        "Terbuka",
        "Kasus yang terdata sampai t dan belum ditutup pada t",
        alasan="Pekerjaan yang sedang berjalan.",
        halaman=ALL_PAGES,
        butuh=("stok",),
    ),
    _stock("terdata", "Terdata", "Kasus terbuka pada t yang belum ditangani"),
    _stock(
        "tertangani",
        "Tertangani",
        "Kasus terbuka pada t yang sudah asesmen, atau (darurat) sudah intervensi",
    ),
    _stock(
        "terselesaikan", "Terselesaikan", "Kasus yang ditutup sampai t dengan alasan kelompok terselesaikan"
    ),
    _stock("ditutup", "Ditutup lainnya", "Kasus yang ditutup sampai t karena dialihkan atau berhenti"),
    Indicator(
        kode="I14-median",
        nama="Umur kasus terbuka, median",
        pendek="Umur tengah (terbuka)",
        pembilang="Nilai tengah t dikurangi tanggal terdata",
        penyebut="Kasus terbuka (I13)",
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=ADMIN,
        alasan="Seberapa lama kasus yang masih terbuka sudah menunggu.",
        halaman=("alur",),
        butuh=("umur",),
    ),
    _ages("I14-0", "0–30"),
    _ages("I14-31", "31–90"),
    _ages("I14-91", "91–180"),
    _ages("I14-181", "lebih dari 180"),
    count(
        "I15-n",
        "Kasus macet",
        "Macet",
        "Kasus terbuka pada tanggal data tanpa aktivitas lebih dari 30 hari (darurat 7 hari; ambang usulan)",
        alasan="Kasus yang tidak bergerak perlu didatangi lebih dulu.",
        arah="turun",
        acuan=AT_DATA,
        halaman=("ringkasan", "provinsi", "klaster", "alur"),
        butuh=("macet",),
        pada_data=True,
    ),
    Indicator(
        kode="I15-persen",
        nama="Kasus macet, persen dari kasus terbuka",
        pendek="Macet",
        pembilang="Kasus macet (I15-n)",
        penyebut="Kasus terbuka pada tanggal data",
        satuan="persen",
        arah="turun",
        acuan=AT_DATA,
        pengecualian=ADMIN,
        alasan="Membuat provinsi besar dan kecil dapat dibandingkan.",
        halaman=("ringkasan", "provinsi", "alur"),
        butuh=("macet",),
        batas_kelas=(5, 10, 15, 25),
        pada_data=True,
    ),
    count(
        "I16",
        "Arus bersih",
        "Arus bersih",
        "Kasus terdata dikurangi kasus ditutup (alasan apa pun) dalam periode = perubahan kasus terbuka",
        alasan="Di atas nol berarti tumpukan bertambah.",
        arah="turun",
        halaman=("alur",),
        butuh=("terdata", "tutup"),
    ),
    Indicator(
        kode="I27",
        nama="Kasus terdata per 100.000 penduduk",
        pendek="Terdata per 100.000",
        pembilang="Kasus terdata dalam periode (I01)",
        penyebut="Penduduk wilayah yang pernah mengirim data (Kepmendagri 300.2.2-2430/2025)",
        satuan="per 100.000 penduduk",
        arah="netral",
        acuan=AT_T,
        pengecualian=(
            ADMIN
            + " Angka tinggi dapat berarti pelaporan yang baik, angka rendah akses yang sulit: warna bukan penilaian."
        ),
        alasan="Membuat provinsi besar dan kecil dapat dibandingkan. Selang: Poisson eksak atas pembilang.",
        halaman=("ringkasan", "provinsi"),
        butuh=("terdata", "penduduk"),
        dimensi=AREA_DIMENSIONS,
        batas_kelas=(4, 8, 12, 20),
    ),
    count(
        "I28",
        "Kasus terbuka tanpa pendamping aktif",
        "Tanpa pendamping aktif",
        "Kasus terbuka pada tanggal data yang belum punya pendamping, atau pendampingnya sudah tidak aktif",
        alasan="Kasus ini tidak termasuk beban siapa pun; perlu segera ditugaskan.",
        arah="turun",
        acuan=AT_DATA,
        halaman=("provinsi", "pendamping"),
        butuh=("tanpa-pendamping",),
        pada_data=True,
    ),
)


def _place(record: Indicator) -> int:
    """Where a record stands in the catalogue: the number of its kode; the stock belongs to the open cases."""
    return 13 if record.kode.startswith("STOK-") else int(record.kode[1:3])


_PLAIN = sorted((*_CASES, *TIMES, *STAGES, *PEOPLE, *QUALITY, *SERVICES), key=_place)
_ALL = tuple(sorted((*_PLAIN, *achievements(_PLAIN, several_rows=tuple(VALUE_KEYS))), key=_place))

INDICATORS: dict[str, Indicator] = {indicator.kode: indicator for indicator in _ALL}
MAP_INDICATORS = ("I04-180", "I27", "I13", "I15-persen", "I18-rata", "I05M")


def class_limits(
    kode: str, *, period_days: int, maximum: float | None = None
) -> tuple[float, float, float, float]:
    """The four fixed limits between the five map classes of an indicator.

    I27's yearly limits are scaled to the period's days, I13's (a count) to the filter's largest value, rounded to
    1, 2 or 5 times a power of ten. Example: I27 over 73 days -> a fifth of the yearly limits.
    """
    if kode == "I27":
        return tuple(limit * period_days / 365 for limit in INDICATORS[kode].batas_kelas)
    limits = INDICATORS[kode].batas_kelas
    if limits is not None:
        return limits
    step = max(1.0, (maximum or 0.0) / 5)
    power = 10.0 ** int(f"{step:e}".split("e")[1])
    nice = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step)
    return tuple(nice * number for number in (1, 2, 3, 4))
