"""The case database: tables as SQLAlchemy Core, for SQLite and PostgreSQL.

Keys hold the province, because 38 offices number their cases alone. Only the importer writes here.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = "2"

metadata = MetaData()

JENIS_KELAMIN = ("L", "P")
KELOMPOK_UMUR = ("0-5", "6-17", "18-59", "60+")
PRIORITAS = ("darurat", "tinggi", "biasa")
PENDEKATAN = ("keluarga", "komunitas_lks", "residensial", "penampungan_sementara")
SEBUTAN = (
    "umum",
    "pendamping_lu",
    "pendamping_pd",
    "sakti_peksos",
    "konselor_adiksi",
    "pendamping_ts_kpo",
)
PENDIDIKAN = ("s1_peksos", "d_peksos", "smk_peksos", "lainnya")
KELOMPOK_ALASAN = ("terselesaikan", "dialihkan", "berhenti", "administratif")
SUMBER_LAPORAN = (
    "penjangkauan",
    "command_center_171",
    "lapor",
    "dinsos",
    "aparat_hukum",
    "masyarakat",
    "rujukan_lembaga",
    "lainnya",
)
KOMPONEN_ATENSI = (
    "pemenuhan_hidup_layak",
    "perawatan_pengasuhan",
    "dukungan_keluarga",
    "terapi",
    "vokasional_kewirausahaan",
    "bantuan_asistensi_sosial",
    "dukungan_aksesibilitas",
)
JENIS_KEGIATAN = ("kunjungan", "asesmen", *KOMPONEN_ATENSI, "rujukan", "monitoring", "pascalayanan")
TUJUAN_RUJUKAN = (
    "sentra",
    "dinsos",
    "faskes",
    "uptd_ppa",
    "kepolisian",
    "lks",
    "bnn_ipwl",
    "pendidikan",
    "lainnya",
)
HASIL_RUJUKAN = ("diterima", "ditolak", "menunggu")

# Steps in their order: each date present must not lie before an earlier one that is present.
STEP_DATES = (
    "tanggal_terdata",
    "tanggal_asesmen",
    "tanggal_rencana",
    "tanggal_intervensi",
    "tanggal_terminasi",
    "tanggal_pascalayanan",
)
OUTCOMES = ("hasil_kebutuhan_dasar", "hasil_peran_sosial", "hasil_atasi_masalah")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{column}")


def _step_order() -> list[CheckConstraint]:
    checks = []
    for position, later in enumerate(STEP_DATES):
        for earlier in STEP_DATES[:position]:
            rule = f"{later} >= {earlier}"
            # In an emergency help comes first: intervensi may precede asesmen and rencana.
            if later == "tanggal_intervensi" and earlier != "tanggal_terdata":
                rule = f"prioritas = 'darurat' OR {rule}"
            checks.append(CheckConstraint(rule, name=f"ck_{later[8:]}_{earlier[8:]}"))
    return checks


provinsi = Table(
    "provinsi",
    metadata,
    Column("kode_provinsi", String(2), primary_key=True),
    Column("nama", String(60), nullable=False),
    Column("penduduk", Integer, nullable=False),
)
kabkota = Table(
    "kabkota",
    metadata,
    Column("kode_kabkota", String(5), primary_key=True),
    Column("kode_provinsi", ForeignKey("provinsi.kode_provinsi"), nullable=False),
    Column("nama", String(60), nullable=False),
    Column("penduduk", Integer, nullable=False),
)
klaster = Table(
    "klaster",
    metadata,
    Column("kode_klaster", String(12), primary_key=True),
    Column("nama", String(60), nullable=False),
    Column("urutan", SmallInteger, nullable=False),
    Column("lima_klaster", SmallInteger, nullable=False),
)
pas = Table(
    "pas",
    metadata,
    Column("kode_pas", String(2), primary_key=True),
    Column("nama", String(60), nullable=False),
)
jenis_masalah = Table(
    "jenis_masalah",
    metadata,
    Column("kode_jenis", String(3), primary_key=True),
    Column("nama", String(80), nullable=False),
    Column("kode_klaster", ForeignKey("klaster.kode_klaster"), nullable=False),
    Column("kode_pas", ForeignKey("pas.kode_pas"), nullable=False),
    Column("sensitif", SmallInteger, nullable=False),
)
alasan_terminasi = Table(
    "alasan_terminasi",
    metadata,
    Column("kode_alasan", String(2), primary_key=True),
    Column("uraian", String(80), nullable=False),
    Column("kelompok", String(16), nullable=False),
    _one_of("kelompok", KELOMPOK_ALASAN),
)
pendamping = Table(
    "pendamping",
    metadata,
    Column("kode_provinsi", ForeignKey("provinsi.kode_provinsi"), primary_key=True),
    Column("id_pendamping", String(40), primary_key=True),
    Column("kode_kabkota", ForeignKey("kabkota.kode_kabkota")),
    Column("nama_tampil", String(120)),
    Column("jenjang", SmallInteger),
    Column("bersertifikat", SmallInteger),
    Column("sebutan", String(24), nullable=False),
    Column("pendidikan", String(16), nullable=False),
    Column("pelatihan_terakhir", Date),
    Column("tanggal_mulai", Date, nullable=False),
    Column("tanggal_selesai", Date),
    CheckConstraint("jenjang BETWEEN 3 AND 9", name="ck_jenjang"),
    CheckConstraint("bersertifikat IN (0, 1)", name="ck_bersertifikat"),
    CheckConstraint("tanggal_selesai >= tanggal_mulai", name="ck_selesai_mulai"),
    _one_of("sebutan", SEBUTAN),
    _one_of("pendidikan", PENDIDIKAN),
)
unggahan = Table(
    "unggahan",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kode_provinsi", ForeignKey("provinsi.kode_provinsi"), nullable=False),
    Column("tanggal_data", Date, nullable=False),
    Column("lengkap_sejak", Date),
    Column("waktu", DateTime, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("baris", Integer, nullable=False),
    Column("ditolak", Integer, nullable=False),
    CheckConstraint("lengkap_sejak <= tanggal_data", name="ck_lengkap_sejak"),
)
kasus = Table(
    "kasus",
    metadata,
    Column("kode_provinsi", ForeignKey("provinsi.kode_provinsi"), primary_key=True),
    Column("id_kasus", String(40), primary_key=True),
    Column("id_klien", String(40), nullable=False),
    Column("id_kasus_sebelumnya", String(40)),
    Column("kode_jenis", ForeignKey("jenis_masalah.kode_jenis"), nullable=False),
    Column("kode_kabkota", ForeignKey("kabkota.kode_kabkota"), nullable=False),
    Column("id_pendamping", String(40)),
    Column("jenis_kelamin", String(1)),
    Column("kelompok_umur", String(5)),
    Column("sumber_laporan", String(20)),
    Column("prioritas", String(8), nullable=False),
    Column("pendekatan", String(24)),
    Column("tanggal_terdata", Date, nullable=False),
    Column("tanggal_kontak", Date),
    Column("tanggal_asesmen", Date),
    Column("tanggal_rencana", Date),
    Column("tanggal_intervensi", Date),
    Column("tanggal_terminasi", Date),
    Column("kode_alasan", ForeignKey("alasan_terminasi.kode_alasan")),
    Column("tanggal_pembaruan", Date, nullable=False),
    Column("hasil_kebutuhan_dasar", SmallInteger),
    Column("hasil_peran_sosial", SmallInteger),
    Column("hasil_atasi_masalah", SmallInteger),
    Column("tanggal_pascalayanan", Date),
    Column("tanggal_pertama_masuk", Date),
    Column("id_unggahan", ForeignKey("unggahan.id")),
    ForeignKeyConstraint(
        ["kode_provinsi", "id_pendamping"], ["pendamping.kode_provinsi", "pendamping.id_pendamping"]
    ),
    *_step_order(),
    CheckConstraint("tanggal_kontak >= tanggal_terdata", name="ck_kontak_terdata"),
    CheckConstraint("tanggal_terminasi >= tanggal_kontak", name="ck_terminasi_kontak"),
    CheckConstraint("tanggal_pembaruan >= tanggal_terdata", name="ck_pembaruan_terdata"),
    CheckConstraint("(tanggal_terminasi IS NULL) = (kode_alasan IS NULL)", name="ck_terminasi_alasan"),
    _one_of("jenis_kelamin", JENIS_KELAMIN),
    _one_of("kelompok_umur", KELOMPOK_UMUR),
    _one_of("sumber_laporan", SUMBER_LAPORAN),
    _one_of("prioritas", PRIORITAS),
    _one_of("pendekatan", PENDEKATAN),
    *(CheckConstraint(f"{name} IN (0, 1)", name=f"ck_{name}") for name in OUTCOMES),
    Index("ix_kasus_klien", "kode_provinsi", "id_klien"),
)
kegiatan = Table(
    "kegiatan",
    metadata,
    Column("kode_provinsi", String(2), primary_key=True),
    Column("id_kasus", String(40), primary_key=True),
    Column("tanggal_kegiatan", Date, primary_key=True),
    Column("jenis_kegiatan", String(32), primary_key=True),
    Column("id_pendamping", String(40)),
    ForeignKeyConstraint(["kode_provinsi", "id_kasus"], ["kasus.kode_provinsi", "kasus.id_kasus"]),
    _one_of("jenis_kegiatan", JENIS_KEGIATAN),
)
rujukan = Table(
    "rujukan",
    metadata,
    Column("kode_provinsi", String(2), primary_key=True),
    Column("id_kasus", String(40), primary_key=True),
    Column("tanggal_rujukan", Date, primary_key=True),
    Column("tujuan", String(16), primary_key=True),
    Column("tanggal_diterima", Date),
    Column("hasil", String(12), nullable=False),
    ForeignKeyConstraint(["kode_provinsi", "id_kasus"], ["kasus.kode_provinsi", "kasus.id_kasus"]),
    CheckConstraint("tanggal_diterima >= tanggal_rujukan", name="ck_diterima"),
    _one_of("tujuan", TUJUAN_RUJUKAN),
    _one_of("hasil", HASIL_RUJUKAN),
)
penugasan = Table(
    "penugasan",
    metadata,
    Column("kode_provinsi", String(2), primary_key=True),
    Column("id_kasus", String(40), primary_key=True),
    Column("id_pendamping", String(40), primary_key=True),
    Column("tanggal_mulai", Date, primary_key=True),
    Column("tanggal_selesai", Date),
    ForeignKeyConstraint(["kode_provinsi", "id_kasus"], ["kasus.kode_provinsi", "kasus.id_kasus"]),
)
kehadiran = Table(
    "kehadiran",
    metadata,
    Column("kode_provinsi", String(2), primary_key=True),
    Column("id_pendamping", String(40), primary_key=True),
    Column("bulan", String(7), primary_key=True),
    Column("hari_kerja", SmallInteger, nullable=False),
    Column("hadir", SmallInteger, nullable=False),
    ForeignKeyConstraint(
        ["kode_provinsi", "id_pendamping"], ["pendamping.kode_provinsi", "pendamping.id_pendamping"]
    ),
    CheckConstraint("hadir BETWEEN 0 AND hari_kerja", name="ck_hadir"),
)
target = Table(
    "target",
    metadata,
    Column("periode", String(7), primary_key=True),
    Column("kode_wilayah", String(2), primary_key=True),
    Column("kode_indikator", String(24), primary_key=True),
    Column("nilai", Float, nullable=False),
)
meta = Table(
    "meta",
    metadata,
    Column("kunci", String(24), primary_key=True),
    Column("nilai", String(200), nullable=False),
)
# What the last import found before it wrote, so that it can be undone; the import itself fills it.
cadangan = Table(
    "cadangan",
    metadata,
    Column("nomor", Integer, primary_key=True, autoincrement=True),
    Column("lembar", String(12), nullable=False),
    Column("tindakan", String(8), nullable=False),
    Column("isi", Text, nullable=False),
)

# Reference tables and the CSV files that fill them; a CSV calls its own key `kode`.
REFERENCE_TABLES = {
    "provinsi": provinsi,
    "kabkota": kabkota,
    "klaster": klaster,
    "pas": pas,
    "jenis_masalah": jenis_masalah,
    "alasan_terminasi": alasan_terminasi,
}
# Sheets of the import workbook that are tables of the same name, in the order in which they are written.
SHEETS = ("pendamping", "kasus", "kegiatan", "rujukan", "penugasan", "kehadiran", "target")
