"""What a record of the catalogue is, and the words that many records share."""

from __future__ import annotations

from dataclasses import dataclass

from lib.domain import Dimensi

CASE_DIMENSIONS = tuple(Dimensi)
PERSON_DIMENSIONS = (Dimensi.PROVINSI, Dimensi.KABKOTA, Dimensi.PENDAMPING, Dimensi.BULAN)
# A share or a spread over several persons says nothing about one of them.
TEAM_DIMENSIONS = (Dimensi.PROVINSI, Dimensi.KABKOTA, Dimensi.BULAN)
AREA_DIMENSIONS = (
    Dimensi.PROVINSI,
    Dimensi.KABKOTA,
    Dimensi.KLASTER,
    Dimensi.JENIS,
    Dimensi.PAS,
    Dimensi.BULAN,
)
INDICATORS_MD = "Definisi Tuntas"
CASE_SHEET = "kasus"


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One figure: what is counted, out of what, in which unit, at which date, without whom, and why.

    `lembar` is the sheet of the import workbook without which it does not exist.
    """

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
    lembar: str = CASE_SHEET
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
WATCHED = "Kasus yang terpantau pada suatu hari dalam periode"
WHOLE_WORK = "Menggambarkan orang dan seluruh pekerjaannya: saringan klaster dan jenis tidak berlaku."


def count(kode: str, nama: str, pendek: str, counted: str, **more) -> Indicator:
    """The record of a plain count of cases seen at t; `more` replaces or adds fields."""
    defaults = {
        "pembilang": counted,
        "penyebut": "–",
        "satuan": "kasus",
        "arah": "netral",
        "acuan": AT_T,
        "pengecualian": ADMIN,
    }
    return Indicator(kode=kode, nama=nama, pendek=pendek, **(defaults | more))
