"""The sheets of the import workbook: their columns, what a cell may hold, and what it means.

One record per column serves the template, the reader and the checks. Whether a column is required and how
long a text may be is read from the schema, so that both cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from lib import reference
from lib.database import schema

KETERANGAN = "keterangan"
KASUS = "kasus"
PENDAMPING = "pendamping"
KEGIATAN = "kegiatan"
RUJUKAN = "rujukan"
PENUGASAN = "penugasan"
KEHADIRAN = "kehadiran"
TARGET = "target"
# A file without one of these leaves its rows in the database as they are.
OPTIONAL = (KEGIATAN, RUJUKAN, PENUGASAN, KEHADIRAN, TARGET)
NASIONAL = "00"

# Texts as they lie in Arrow, also where the pages prefer Python's own strings: a million rows of those are gigabytes.
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)

HIDDEN_COLUMNS = frozenset({"id_klien"})


class Kind(StrEnum):
    """What kind of value a column holds; decides its checks and its cell format in the template."""

    ID = "id"
    KODE = "kode"
    PILIHAN = "pilihan"
    BILANGAN = "bilangan"
    ANGKA = "angka"
    TANGGAL = "tanggal"
    BULAN = "bulan"
    PERIODE = "periode"
    TEKS = "teks"


# Excel must not touch these: as numbers "01" becomes 1 and "11.10" becomes 11.1.
TEXT_ONLY = frozenset({Kind.ID, Kind.KODE})


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a sheet; `choices` is the closed list, `reference` the code list (codes.py) of its codes."""

    name: str
    kind: Kind
    meaning: str
    example: str
    required: bool
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    reference: str | None = None


def _column(table, name, kind, meaning, example, *, choices=(), reference=None) -> Column:
    stored = table.c[name]
    return Column(
        name=name,
        kind=kind,
        meaning=meaning,
        example=example,
        required=not stored.nullable,
        max_length=stored.type.length if kind in (Kind.ID, Kind.TEKS) else None,
        choices=choices,
        reference=reference,
    )


def _date(table, name, meaning, example="2026-03-31") -> Column:
    return _column(table, name, Kind.TANGGAL, meaning, example)


def _provinsi(table) -> Column:
    meaning = "Kode provinsi dua angka (lembar kode_provinsi)."
    return _column(table, "kode_provinsi", Kind.KODE, meaning, "35", reference="provinsi")


def _keterangan() -> tuple[Column, ...]:
    table = schema.unggahan
    return (
        _provinsi(table),
        _date(table, "tanggal_data", "Data provinsi ini lengkap sampai dengan tanggal ini."),
        _date(
            table,
            "lengkap_sejak",
            "Sejak tanggal ini register provinsi memuat semua kasus, juga yang sudah ditutup.",
            "2024-01-01",
        ),
    )


def _pendamping() -> tuple[Column, ...]:
    table = schema.pendamping
    return (
        _provinsi(table),
        _column(
            table, "id_pendamping", Kind.ID, "Kode pendamping, unik di dalam provinsi; bukan NIK.", "PD-0001"
        ),
        _column(
            table,
            "kode_kabkota",
            Kind.KODE,
            "Kabupaten/kota tempat bertugas (lembar kode_kabkota).",
            "35.78",
            reference="kabkota",
        ),
        _column(table, "nama_tampil", Kind.TEKS, "Nama pendamping yang boleh ditampilkan.", "Sri W."),
        _column(
            table,
            "jenjang",
            Kind.BILANGAN,
            "Jenjang kualifikasi (KKNI) 3 sampai 9.",
            "6",
            choices=tuple(str(level) for level in range(3, 10)),
        ),
        _column(
            table,
            "bersertifikat",
            Kind.BILANGAN,
            "1 bila memiliki sertifikat kompetensi yang berlaku, 0 bila tidak.",
            "1",
            choices=("0", "1"),
        ),
        _column(table, "sebutan", Kind.PILIHAN, "Sebutan pendamping.", "umum", choices=schema.SEBUTAN),
        _column(
            table, "pendidikan", Kind.PILIHAN, "Pendidikan terakhir.", "s1_peksos", choices=schema.PENDIDIKAN
        ),
        _date(table, "pelatihan_terakhir", "Tanggal pelatihan terakhir selesai."),
        _date(table, "tanggal_mulai", "Hari pertama bertugas.", "2023-01-02"),
        _date(table, "tanggal_selesai", "Hari terakhir bertugas; kosong selama masih bertugas."),
    )


def _outcome(name: str, meaning: str) -> Column:
    text = f"{meaning} saat terminasi: 1 ya, 0 tidak; isi bila kasus terselesaikan."
    return _column(schema.kasus, name, Kind.BILANGAN, text, "1", choices=("0", "1"))


def _case_identity() -> tuple[Column, ...]:
    table = schema.kasus
    return (
        _provinsi(table),
        _column(
            table, "id_kasus", Kind.ID, "Nomor kasus, unik di dalam provinsi; bukan NIK.", "K-2026-00001"
        ),
        _column(
            table,
            "id_klien",
            Kind.ID,
            "Kode acak klien yang disimpan provinsi; bukan NIK dan bukan turunan NIK.",
            "KL-7F3A91",
        ),
        _column(
            table,
            "id_kasus_sebelumnya",
            Kind.ID,
            "Nomor kasus terdahulu dari klien yang sama, bila ada.",
            "K-2025-00412",
        ),
        _column(
            table,
            "kode_jenis",
            Kind.KODE,
            "Jenis masalah (lembar kode_jenis).",
            "P18",
            reference="jenis_masalah",
        ),
        _column(
            table,
            "kode_kabkota",
            Kind.KODE,
            "Kabupaten/kota kasus (lembar kode_kabkota).",
            "35.78",
            reference="kabkota",
        ),
        _column(
            table,
            "id_pendamping",
            Kind.ID,
            "Pendamping yang menangani sekarang; harus ada di lembar pendamping atau sudah terdaftar.",
            "PD-0001",
        ),
    )


def _case_profile() -> tuple[Column, ...]:
    table = schema.kasus
    return (
        _column(
            table,
            "jenis_kelamin",
            Kind.PILIHAN,
            "L laki-laki, P perempuan.",
            "P",
            choices=schema.JENIS_KELAMIN,
        ),
        _column(
            table,
            "kelompok_umur",
            Kind.PILIHAN,
            "Kelompok umur saat terdata.",
            "6-17",
            choices=schema.KELOMPOK_UMUR,
        ),
        _column(
            table,
            "sumber_laporan",
            Kind.PILIHAN,
            "Dari mana kasus diketahui.",
            "dinsos",
            choices=schema.SUMBER_LAPORAN,
        ),
        _column(table, "prioritas", Kind.PILIHAN, "Tingkat kedaruratan.", "biasa", choices=schema.PRIORITAS),
        _column(
            table, "pendekatan", Kind.PILIHAN, "Pendekatan layanan.", "keluarga", choices=schema.PENDEKATAN
        ),
    )


def _case_course() -> tuple[Column, ...]:
    table = schema.kasus
    return (
        _date(table, "tanggal_terdata", "Kasus dicatat.", "2026-01-05"),
        _date(table, "tanggal_kontak", "Kontak pertama dengan klien.", "2026-01-07"),
        _date(table, "tanggal_asesmen", "Asesmen selesai.", "2026-01-12"),
        _date(table, "tanggal_rencana", "Rencana intervensi disepakati.", "2026-01-20"),
        _date(table, "tanggal_intervensi", "Intervensi dimulai.", "2026-01-27"),
        _date(table, "tanggal_terminasi", "Kasus ditutup; kosong selama terbuka.", "2026-05-04"),
        _column(
            table,
            "kode_alasan",
            Kind.KODE,
            "Alasan terminasi (lembar kode_alasan); diisi bersama tanggal_terminasi.",
            "T1",
            reference="alasan_terminasi",
        ),
        _date(table, "tanggal_pembaruan", "Catatan kasus ini terakhir diperbarui.", "2026-05-04"),
        _outcome("hasil_kebutuhan_dasar", "Kebutuhan dasar terpenuhi"),
        _outcome("hasil_peran_sosial", "Peran sosial dijalankan"),
        _outcome("hasil_atasi_masalah", "Mampu mengatasi masalah"),
        _date(table, "tanggal_pascalayanan", "Pemantauan pascalayanan.", "2026-08-04"),
    )


def _id_kasus(table) -> Column:
    meaning = "Nomor kasus; harus ada di lembar kasus atau sudah terdaftar."
    return _column(table, "id_kasus", Kind.ID, meaning, "K-2026-00001")


def _id_pendamping(table, who: str) -> Column:
    meaning = f"{who}; harus ada di lembar pendamping atau sudah terdaftar."
    return _column(table, "id_pendamping", Kind.ID, meaning, "PD-0001")


def _choice(table, name: str, meaning: str, example: str, choices: tuple[str, ...]) -> Column:
    return _column(table, name, Kind.PILIHAN, meaning, example, choices=choices)


def _days_of_month(name: str, meaning: str, example: str) -> Column:
    days = tuple(str(number) for number in range(32))
    return _column(schema.kehadiran, name, Kind.BILANGAN, meaning, example, choices=days)


def _kegiatan() -> tuple[Column, ...]:
    table = schema.kegiatan
    return (
        _provinsi(table),
        _id_kasus(table),
        _date(table, "tanggal_kegiatan", "Hari kegiatan dilakukan.", "2026-02-10"),
        _choice(table, "jenis_kegiatan", "Jenis kegiatan.", "kunjungan", schema.JENIS_KEGIATAN),
        _id_pendamping(table, "Pendamping yang melakukan"),
    )


def _rujukan() -> tuple[Column, ...]:
    table = schema.rujukan
    return (
        _provinsi(table),
        _id_kasus(table),
        _date(table, "tanggal_rujukan", "Rujukan dikirim.", "2026-02-10"),
        _choice(table, "tujuan", "Lembaga yang dituju.", "faskes", schema.TUJUAN_RUJUKAN),
        _date(
            table,
            "tanggal_diterima",
            "Rujukan diterima; diisi bila dan hanya bila hasil diterima.",
            "2026-02-17",
        ),
        _choice(table, "hasil", "Jawaban lembaga yang dituju.", "diterima", schema.HASIL_RUJUKAN),
    )


def _penugasan() -> tuple[Column, ...]:
    table = schema.penugasan
    return (
        _provinsi(table),
        _id_kasus(table),
        _id_pendamping(table, "Pendamping yang ditugaskan"),
        _date(table, "tanggal_mulai", "Hari pertama memegang kasus.", "2026-01-05"),
        _date(table, "tanggal_selesai", "Hari terakhir memegang kasus; kosong selama masih memegang."),
    )


def _kehadiran() -> tuple[Column, ...]:
    table = schema.kehadiran
    return (
        _provinsi(table),
        _id_pendamping(table, "Pendamping yang hadir"),
        _column(table, "bulan", Kind.BULAN, "Bulan, tahun-bulan.", "2026-03"),
        _days_of_month("hari_kerja", "Banyaknya hari kerja bulan itu.", "20"),
        _days_of_month("hadir", "Banyaknya hari hadir, tidak melebihi hari_kerja.", "19"),
    )


def _target() -> tuple[Column, ...]:
    table = schema.target
    return (
        _column(table, "periode", Kind.PERIODE, "Tahun, atau bulan sebagai tahun-bulan.", "2026"),
        _column(
            table,
            "kode_wilayah",
            Kind.KODE,
            "00 nasional, atau kode provinsi (lembar kode_provinsi) yang ada di lembar keterangan.",
            "35",
            choices=(NASIONAL, *reference.all_provinces()),
        ),
        _column(
            table,
            "kode_indikator",
            Kind.KODE,
            "Indikator yang ditargetkan (lembar kode_indikator).",
            "I03",
            reference="indikator",
        ),
        _column(table, "nilai", Kind.ANGKA, "Nilai target dalam satuan indikatornya.", "1200"),
    )


SHEETS: dict[str, tuple[Column, ...]] = {
    KETERANGAN: _keterangan(),
    KASUS: (*_case_identity(), *_case_profile(), *_case_course()),
    PENDAMPING: _pendamping(),
    KEGIATAN: _kegiatan(),
    RUJUKAN: _rujukan(),
    PENUGASAN: _penugasan(),
    KEHADIRAN: _kehadiran(),
    TARGET: _target(),
}
# Sheets of the template that explain; an import passes over them.
REFERENCE_SHEETS = {
    "kode_jenis": "jenis_masalah",
    "kode_alasan": "alasan_terminasi",
    "kode_provinsi": "provinsi",
    "kode_kabkota": "kabkota",
    "kode_indikator": "indikator",
}
EXPLAINING_SHEETS = frozenset({"kamus", *REFERENCE_SHEETS})


def key(sheet: str) -> tuple[str, ...]:
    """The columns that name a row of a sheet, e.g. kode_provinsi and id_kasus."""
    if sheet == KETERANGAN:
        return ("kode_provinsi",)
    return tuple(column.name for column in schema.metadata.tables[sheet].primary_key.columns)


def area(sheet: str) -> str:
    """The column that says whose row it is: kode_provinsi, in target kode_wilayah."""
    return "kode_wilayah" if sheet == TARGET else "kode_provinsi"


def own_key(sheet: str) -> tuple[str, ...]:
    """The key without the column `area`, e.g. id_kasus: what names a row inside its province."""
    return tuple(name for name in key(sheet) if name != area(sheet))


def names(sheet: str) -> tuple[str, ...]:
    """The column names of a sheet, in the template's order."""
    return tuple(column.name for column in SHEETS[sheet])


def of_kind(sheet: str, *kinds: Kind) -> tuple[str, ...]:
    """The names of a sheet's columns that are of one of the kinds."""
    return tuple(column.name for column in SHEETS[sheet] if column.kind in kinds)
