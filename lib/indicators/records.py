"""The catalogue: every indicator as a record, before it is code.

Cards, Kamus, `hitung`, exports and targets read these records; nobody types a definition twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from lib.domain import Dimensi

CASE_DIMENSIONS = tuple(Dimensi)
PERSON_DIMENSIONS = (Dimensi.PROVINSI, Dimensi.KABKOTA, Dimensi.PENDAMPING, Dimensi.BULAN)
AREA_DIMENSIONS = (
    Dimensi.PROVINSI,
    Dimensi.KABKOTA,
    Dimensi.KLASTER,
    Dimensi.JENIS,
    Dimensi.PAS,
    Dimensi.BULAN,
)
INDICATORS_MD = "Definisi Tuntas"


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One figure: what is counted, out of what, in which unit, at which date, without whom, and why."""

    kode: str
    nama: str
    pendek: str
    pembilang: str
    penyebut: str
    satuan: str
    arah: str
    acuan: str
    pengecualian: str
    alasan: str
    halaman: tuple[str, ...]
    butuh: tuple[str, ...]
    sumber: str = INDICATORS_MD
    dimensi: tuple[Dimensi, ...] = CASE_DIMENSIONS
    batas_kelas: tuple[float, float, float, float] | None = None
    pada_data: bool = False
    filter_kasus: bool = True


ADMIN = "Penutupan administratif (duplikat, salah input) tidak dihitung sama sekali."
AT_T = "t = tanggal yang lebih dini antara akhir periode dan tanggal data provinsi"
AT_DATA = "tanggal data provinsi"
PERIOD_VIEW = (
    "Pengalaman semua kasus selama periode: kasus yang sudah berjalan masuk pada umurnya saat itu, kasus yang belum "
    "selesai dipantau sampai t."
)
BEFORE_COMPLETE = (
    " Kasus sebelum register provinsi lengkap (lengkap_sejak) tidak dihitung; jumlahnya ada di catatan."
)
ALL_PAGES = ("ringkasan", "provinsi", "klaster", "pendamping", "waktu", "alur")


def _count(kode: str, nama: str, pendek: str, counted: str, **more) -> Indicator:
    defaults = {
        "pembilang": counted,
        "penyebut": "–",
        "satuan": "kasus",
        "arah": "netral",
        "acuan": AT_T,
        "pengecualian": ADMIN,
    }
    return Indicator(kode=kode, nama=nama, pendek=pendek, **(defaults | more))


def _resolved_within(days: int, limits: tuple[float, float, float, float]) -> Indicator:
    return Indicator(
        kode=f"I04-{days}",
        nama=f"Terselesaikan dalam {days} hari (kohort)",
        pendek=f"Selesai dalam {days} hari",
        pembilang=f"Kasus kohort yang terselesaikan dalam {days} hari sejak terdata",
        penyebut=f"Kasus yang hari ke-{days}-nya jatuh dalam periode dan tidak sesudah tanggal data",
        satuan="persen",
        arah="naik",
        acuan=f"hari ke-{days} tiap kasus",
        pengecualian=ADMIN + BEFORE_COMPLETE,
        alasan="Hanya kasus yang sudah cukup lama dipantau ikut dihitung, jadi kasus baru tidak merugikan provinsi.",
        halaman=("ringkasan", "provinsi", "waktu"),
        butuh=(f"kohort-{days}",),
        batas_kelas=limits,
    )


def _chance(days: int) -> Indicator:
    return Indicator(
        kode=f"I05-{days}",
        nama=f"Peluang terselesaikan dalam {days} hari",
        pendek=f"Peluang selesai {days} hari",
        pembilang=f"Kurva Aalen-Johansen pada hari ke-{days}; dialihkan dan berhenti adalah akhir yang bersaing",
        penyebut="Kasus yang terpantau pada suatu hari dalam periode",
        satuan="persen",
        arah="naik",
        acuan=AT_T,
        pengecualian=ADMIN,
        alasan=PERIOD_VIEW,
        halaman=("waktu",),
        butuh=("kurva",),
        sumber="Aalen & Johansen 1978; pandangan periode menurut Brenner & Gefeller",
    )


def _ages(kode: str, text: str) -> Indicator:
    return _count(
        kode,
        f"Kasus terbuka berumur {text} hari",
        f"Umur {text} hari",
        f"Kasus terbuka yang umurnya {text} hari sejak terdata",
        alasan="Kasus lama yang menumpuk terlihat di sini lebih dulu daripada di rata-rata.",
        halaman=("alur",),
        butuh=("umur",),
    )


def _stock(status: str, pendek: str, counted: str) -> Indicator:
    return _count(
        f"STOK-{status}",
        f"Stok: {pendek.lower()}",
        pendek,
        counted,
        alasan="Posisi semua kasus sekarang; keempat status berjumlah seluruh kasus yang pernah terdata.",
        halaman=("ringkasan",),
        butuh=("stok",),
    )


def _load(kode: str, nama: str, pendek: str, satuan: str, counted: str, **more) -> Indicator:
    defaults = {
        "pembilang": counted,
        "penyebut": "Pendamping aktif pada tanggal data, juga yang tanpa kasus",
        "satuan": satuan,
        "arah": "turun",
        "acuan": AT_DATA,
        "pengecualian": (
            "Menggambarkan orang dan seluruh pekerjaannya: filter klaster dan jenis tidak berlaku. Kasus tanpa "
            "pendamping aktif tidak termasuk."
        ),
        "alasan": "Beban yang terlalu tinggi membuat kasus menunggu; ini tanda siapa yang perlu dibantu.",
        "halaman": ("ringkasan", "pendamping"),
        "butuh": ("beban",),
        "dimensi": PERSON_DIMENSIONS,
        "pada_data": True,
        "filter_kasus": False,
        "sumber": "CWLA; Western Australia 4.1.7 (batas 15 dan 18, usulan)",
    }
    return Indicator(kode=kode, nama=nama, pendek=pendek, **(defaults | more))


_ALL = (
    _count(
        "I01",
        "Kasus terdata",
        "Terdata",
        "Kasus yang terdata dalam periode",
        alasan="Pintu masuk: berapa kasus yang dikenali.",
        halaman=ALL_PAGES,
        butuh=("terdata",),
    ),
    _count(
        "I02",
        "Kasus tertangani (kumulatif)",
        "Tertangani",
        "Dari kasus terdata: sudah asesmen pada t, atau (darurat) sudah intervensi, atau sudah terselesaikan",
        alasan="Kasus tidak boleh berhenti sebagai data; penanganan mulai pada asesmen.",
        arah="naik",
        halaman=("ringkasan", "provinsi", "klaster"),
        butuh=("terdata",),
    ),
    _count(
        "I03",
        "Kasus terselesaikan (periode)",
        "Terselesaikan dalam periode",
        "Kasus yang terminasinya jatuh dalam periode dengan alasan kelompok terselesaikan, kapan pun terdata",
        alasan="Hasil kerja dalam periode itu.",
        arah="naik",
        halaman=("ringkasan", "alur"),
        butuh=("tutup",),
    ),
    _count(
        "I03K",
        "Kasus terselesaikan (dari yang terdata)",
        "Terselesaikan",
        "Dari kasus terdata dalam periode: terselesaikan pada t",
        alasan="Ujung corong: dari kasus yang terdata, berapa yang tuntas. Kasus baru belum sempat selesai.",
        arah="naik",
        halaman=("ringkasan", "provinsi", "klaster"),
        butuh=("terdata",),
    ),
    _resolved_within(30, (2, 5, 10, 20)),
    _resolved_within(90, (10, 20, 30, 40)),
    _resolved_within(180, (30, 40, 50, 60)),
    _chance(30),
    _chance(90),
    _chance(180),
    Indicator(
        kode="I05M",
        nama="Separuh kasus terselesaikan dalam … hari",
        pendek="Separuh kasus selesai",
        pembilang="Hari pertama kurva peluang terselesaikan (Aalen-Johansen) mencapai 50 persen",
        penyebut="Kasus yang terpantau pada suatu hari dalam periode",
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=ADMIN,
        alasan=PERIOD_VIEW + " Kasus yang masih terbuka ikut dihitung, jadi angkanya tidak semu cepat.",
        halaman=("ringkasan", "waktu"),
        butuh=("kurva",),
        batas_kelas=(90, 120, 150, 180),
        sumber="Aalen & Johansen 1978; pandangan periode menurut Brenner & Gefeller",
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
    Indicator(
        kode="I08",
        nama="Lama kasus sampai ditutup, median",
        pendek="Separuh kasus ditutup",
        pembilang="Hari pertama kurva Kaplan-Meier (akhir apa pun) turun sampai 50 persen",
        penyebut="Kasus yang terpantau pada suatu hari dalam periode",
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=ADMIN + " Selalu dibaca bersama I05M, karena ditutup belum tentu terselesaikan.",
        alasan=PERIOD_VIEW,
        halaman=("waktu", "pendamping"),
        butuh=("kurva",),
        sumber="Kaplan & Meier 1958; pandangan periode menurut Brenner & Gefeller",
    ),
    Indicator(
        kode="I11",
        nama="Asesmen tepat waktu",
        pendek="Respon dalam 14 hari",
        pembilang="Kasus dengan respon (asesmen; darurat: asesmen atau intervensi) dalam 14 hari",
        penyebut="Kasus yang hari ke-14-nya jatuh dalam periode dan tidak sesudah tanggal data",
        satuan="persen",
        arah="naik",
        acuan="hari ke-14 tiap kasus (ambang usulan)",
        pengecualian=(
            ADMIN
            + BEFORE_COMPLETE
            + " Kasus yang ditutup sebelum hari ke-14 tanpa respon tidak dihitung; jumlahnya "
            "ada di catatan."
        ),
        alasan="Penanganan yang cepat dimulai dengan asesmen yang cepat.",
        halaman=("provinsi", "waktu"),
        butuh=("kohort-respon",),
    ),
    _count(
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
        pendek="Umur tengah kasus terbuka",
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
    _count(
        "I15-n",
        "Kasus macet",
        "Macet",
        "Kasus terbuka pada tanggal data tanpa aktivitas lebih dari 30 hari (darurat 7 hari; ambang usulan)",
        alasan="Kasus yang tidak bergerak perlu didatangi lebih dulu.",
        arah="turun",
        acuan=AT_DATA,
        halaman=("ringkasan", "provinsi", "alur"),
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
    _count(
        "I16",
        "Arus bersih",
        "Arus bersih",
        "Kasus terdata dikurangi kasus ditutup (alasan apa pun) dalam periode = perubahan kasus terbuka",
        alasan="Di atas nol berarti tumpukan bertambah.",
        arah="turun",
        halaman=("alur",),
        butuh=("terdata", "tutup"),
    ),
    _load(
        "I18-rata",
        "Beban: kasus terbuka per pendamping aktif, rata-rata",
        "Beban rata-rata",
        "kasus per pendamping",
        "Kasus terbuka yang dipegang pendamping aktif",
        batas_kelas=(9, 12, 15, 18),
    ),
    _load(
        "I18-median",
        "Beban: kasus terbuka per pendamping aktif, median",
        "Beban tengah",
        "kasus per pendamping",
        "Nilai tengah kasus terbuka per pendamping aktif",
    ),
    _load(
        "I18-maks",
        "Beban: kasus terbuka per pendamping aktif, tertinggi",
        "Beban tertinggi",
        "kasus per pendamping",
        "Kasus terbuka terbanyak pada satu pendamping aktif",
    ),
    _load(
        "I18-persen",
        "Pendamping dengan beban di atas batas wajar",
        "Beban di atas wajar",
        "persen",
        "Pendamping aktif dengan lebih dari 15 kasus terbuka (ambang usulan)",
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
        halaman=("ringkasan",),
        butuh=("terdata", "penduduk"),
        dimensi=AREA_DIMENSIONS,
        batas_kelas=(4, 8, 12, 20),
    ),
)

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
