"""The sheets of the import workbook: their columns, what a cell may hold, and what it means.

One record per column serves the template, the reader and the checks. Whether a column is required and how
long a text may be is read from the schema, so that both cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lib.database import schema

KETERANGAN = "keterangan"
KASUS = "kasus"
PENDAMPING = "pendamping"

HIDDEN_COLUMNS = frozenset({"id_klien"})


class Kind(StrEnum):
    """What kind of value a column holds; decides its checks and its cell format in the template."""

    ID = "id"
    KODE = "kode"
    PILIHAN = "pilihan"
    BILANGAN = "bilangan"
    TANGGAL = "tanggal"
    TEKS = "teks"


# Excel must not touch these: as numbers "01" becomes 1 and "11.10" becomes 11.1.
TEXT_ONLY = frozenset({Kind.ID, Kind.KODE})


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a sheet; `choices` is the closed list, `reference` the reference table of its codes."""

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


SHEETS: dict[str, tuple[Column, ...]] = {
    KETERANGAN: _keterangan(),
    KASUS: (*_case_identity(), *_case_profile(), *_case_course()),
    PENDAMPING: _pendamping(),
}
# Sheets of the template that explain; an import passes over them.
REFERENCE_SHEETS = {
    "kode_jenis": "jenis_masalah",
    "kode_alasan": "alasan_terminasi",
    "kode_provinsi": "provinsi",
    "kode_kabkota": "kabkota",
}
EXPLAINING_SHEETS = frozenset({"kamus", *REFERENCE_SHEETS})


def key(sheet: str) -> tuple[str, ...]:
    """The columns that name a row of a sheet, e.g. kode_provinsi and id_kasus."""
    if sheet == KETERANGAN:
        return ("kode_provinsi",)
    return tuple(column.name for column in schema.metadata.tables[sheet].primary_key.columns)


def names(sheet: str) -> tuple[str, ...]:
    """The column names of a sheet, in the template's order."""
    return tuple(column.name for column in SHEETS[sheet])


def of_kind(sheet: str, *kinds: Kind) -> tuple[str, ...]:
    """The names of a sheet's columns that are of one of the kinds."""
    return tuple(column.name for column in SHEETS[sheet] if column.kind in kinds)
