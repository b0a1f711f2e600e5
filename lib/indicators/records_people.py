"""Records of pendamping and their whole work: I17-I20, I29-I31."""

from __future__ import annotations

from lib.indicators.record import AT_DATA, AT_T, PERSON_DIMENSIONS, TEAM_DIMENSIONS, WHOLE_WORK, Indicator

ACTIVE = "Pendamping aktif pada tanggal data"


def _person(kode: str, nama: str, pendek: str, satuan: str, counted: str, **more) -> Indicator:
    """A figure of those active at T; `more` replaces or adds fields."""
    defaults = {
        "pembilang": counted,
        "penyebut": ACTIVE,
        "satuan": satuan,
        "arah": "naik",
        "acuan": AT_DATA,
        "pengecualian": WHOLE_WORK,
        "halaman": ("pendamping",),
        "dimensi": TEAM_DIMENSIONS,
        "pada_data": True,
        "filter_kasus": False,
    }
    return Indicator(kode=kode, nama=nama, pendek=pendek, **(defaults | more))


def _load(kode: str, nama: str, pendek: str, satuan: str, counted: str, **more) -> Indicator:
    defaults = {
        "penyebut": f"{ACTIVE}, juga yang tanpa kasus",
        "arah": "turun",
        "pengecualian": f"{WHOLE_WORK} Kasus tanpa pendamping aktif tidak termasuk.",
        "alasan": "Beban yang terlalu tinggi membuat kasus menunggu; ini tanda siapa yang perlu dibantu.",
        "halaman": ("ringkasan", "pendamping"),
        "butuh": ("beban",),
        "dimensi": PERSON_DIMENSIONS,
        "sumber": "CWLA; Western Australia 4.1.7 (batas 15 dan 18, usulan)",
    }
    return _person(kode, nama, pendek, satuan, counted, **(defaults | more))


def _profile(key: str, nama: str, pendek: str, alasan: str) -> Indicator:
    return _person(
        f"I29-{key}",
        nama,
        pendek,
        "persen",
        f"Pendamping aktif per {key}, satu baris untuk tiap nilai",
        arah="netral",
        alasan=alasan,
        butuh=(f"profil-{key}",),
    )


PEOPLE = (
    _person(
        "I17",
        "Kasus ditutup per pendamping-bulan",
        "Ditutup per pendamping-bulan",
        "kasus per pendamping-bulan",
        "Kasus yang ditutup dalam periode (alasan apa pun) dan kini dipegang pendamping yang dihitung di penyebut",
        penyebut="Hari bertugas semua pendamping dalam periode dibagi 30,4375",
        arah="netral",
        acuan=AT_T,
        alasan=(
            "Memperkirakan berapa kasus dapat diselesaikan dengan jumlah pendamping yang ada; bukan nilai kinerja "
            "seseorang. Selang: Poisson eksak atas pembilang."
        ),
        butuh=("hasil-kerja",),
        dimensi=PERSON_DIMENSIONS,
        pada_data=False,
    ),
    _load(
        "I18-rata",
        "Beban: kasus terbuka per pendamping aktif, rata-rata",
        "Beban rata-rata",
        "kasus per pendamping",
        "Kasus terbuka yang dipegang pendamping aktif",
        halaman=("ringkasan", "provinsi", "pendamping"),
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
    _load(
        "I19",
        "Pemerataan beban",
        "Jarak beban P90–P10",
        "kasus per pendamping",
        "Beban pada persentil ke-90 dikurangi beban pada persentil ke-10 (interpolasi linear)",
        penyebut=f"{ACTIVE}, paling sedikit lima, juga yang tanpa kasus",
        alasan="Jarak yang lebar berarti sebagian pendamping kelebihan kasus sementara yang lain lapang.",
        halaman=("pendamping",),
        dimensi=TEAM_DIMENSIONS,
        sumber="P90/P10, interpolasi linear menurut numpy",
    ),
    _person(
        "I20",
        "Pendamping per sejuta penduduk",
        "Pendamping per sejuta",
        "per sejuta penduduk",
        ACTIVE,
        penyebut="Penduduk wilayah yang pernah mengirim data (Kepmendagri 300.2.2-2430/2025)",
        alasan="Sebaran pendamping menurut besarnya penduduk. Selang: Poisson eksak atas pembilang.",
        butuh=("profil", "penduduk"),
    ),
    _person(
        "I29-sertifikat",
        "Pendamping bersertifikat",
        "Bersertifikat",
        "persen",
        "Pendamping aktif yang bersertifikat kompetensi; yang tidak diketahui dihitung belum",
        alasan="Hanya pemegang sertifikat yang berhak disebut pekerja sosial (Permensos 15/2025 Pasal 1).",
        butuh=("profil",),
    ),
    _profile(
        "jenjang", "Profil pendamping menurut jenjang", "Jenjang", "Jenjang III–IX di satu standar nasional."
    ),
    _profile(
        "sebutan",
        "Profil pendamping menurut sebutan",
        "Sebutan",
        "Sebutan pendamping berbeda menurut klaster; ini sebarannya.",
    ),
    _profile(
        "pendidikan",
        "Profil pendamping menurut pendidikan",
        "Pendidikan",
        "Berapa yang berlatar pendidikan pekerjaan sosial.",
    ),
    _person(
        "I30",
        "Kehadiran",
        "Kehadiran",
        "persen",
        "Hari hadir pendamping",
        penyebut="Hari kerja bulan-bulan yang hari terakhirnya jatuh dalam periode dan tidak sesudah tanggal data",
        acuan=AT_T,
        pengecualian=f"{WHOLE_WORK} Bulan yang belum lengkap tidak dihitung; n adalah jumlah hari kerja.",
        alasan="Pendamping yang hadir adalah syarat kasus bergerak.",
        butuh=("kehadiran",),
        dimensi=PERSON_DIMENSIONS,
        pada_data=False,
        lembar="kehadiran",
    ),
    _person(
        "I31",
        "Cakupan pelatihan",
        "Terlatih dalam 24 bulan",
        "persen",
        "Pendamping aktif yang pelatihan terakhirnya dalam 24 bulan sebelum tanggal data",
        alasan="Pertemuan pelatihan digilir dari provinsi ke provinsi; ini menunjukkan yang belum terjangkau.",
        butuh=("profil",),
    ),
)
