"""The schema as it was first: fifteen tables, versi_skema 1."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.domain import UserError

revision = "0001"
down_revision = None


def _one_of(column: str, values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{column}")


OUTCOMES = ("kebutuhan_dasar", "peran_sosial", "atasi_masalah")
# Each date of kasus, and the dates that it must not lie before.
NOT_BEFORE = {
    "asesmen": "terdata",
    "intervensi": "terdata",
    "kontak": "terdata",
    "pascalayanan": "asesmen intervensi rencana terdata terminasi",
    "pembaruan": "terdata",
    "rencana": "asesmen terdata",
    "terminasi": "asesmen intervensi kontak rencana terdata",
}


def _not_before() -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(f"tanggal_{later} >= tanggal_{earlier}", name=f"ck_{later}_{earlier}")
        for later, listed in NOT_BEFORE.items()
        for earlier in listed.split()
    ]


def upgrade() -> None:
    """All tables, without rows."""
    _references()
    _provinces()
    _cases()
    _services()


def downgrade() -> None:
    raise UserError("Skema versi 1 adalah yang pertama; tidak ada yang lebih lama.")


def _references() -> None:
    op.create_table(
        "alasan_terminasi",
        sa.Column("kode_alasan", sa.String(2), nullable=False),
        sa.Column("uraian", sa.String(80), nullable=False),
        sa.Column("kelompok", sa.String(16), nullable=False),
        _one_of("kelompok", "terselesaikan dialihkan berhenti administratif"),
        sa.PrimaryKeyConstraint("kode_alasan"),
    )
    op.create_table(
        "klaster",
        sa.Column("kode_klaster", sa.String(12), nullable=False),
        sa.Column("nama", sa.String(60), nullable=False),
        sa.Column("urutan", sa.SmallInteger(), nullable=False),
        sa.Column("lima_klaster", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kode_klaster"),
    )
    op.create_table(
        "meta",
        sa.Column("kunci", sa.String(24), nullable=False),
        sa.Column("nilai", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("kunci"),
    )
    op.create_table(
        "pas",
        sa.Column("kode_pas", sa.String(2), nullable=False),
        sa.Column("nama", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("kode_pas"),
    )
    op.create_table(
        "provinsi",
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("nama", sa.String(60), nullable=False),
        sa.Column("penduduk", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kode_provinsi"),
    )
    op.create_table(
        "jenis_masalah",
        sa.Column("kode_jenis", sa.String(3), nullable=False),
        sa.Column("nama", sa.String(80), nullable=False),
        sa.Column("kode_klaster", sa.String(12), nullable=False),
        sa.Column("kode_pas", sa.String(2), nullable=False),
        sa.Column("sensitif", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kode_klaster"], ["klaster.kode_klaster"]),
        sa.ForeignKeyConstraint(["kode_pas"], ["pas.kode_pas"]),
        sa.PrimaryKeyConstraint("kode_jenis"),
    )
    op.create_table(
        "kabkota",
        sa.Column("kode_kabkota", sa.String(5), nullable=False),
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("nama", sa.String(60), nullable=False),
        sa.Column("penduduk", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kode_provinsi"], ["provinsi.kode_provinsi"]),
        sa.PrimaryKeyConstraint("kode_kabkota"),
    )


def _provinces() -> None:
    op.create_table(
        "unggahan",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("tanggal_data", sa.Date(), nullable=False),
        sa.Column("lengkap_sejak", sa.Date()),
        sa.Column("waktu", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("baris", sa.Integer(), nullable=False),
        sa.Column("ditolak", sa.Integer(), nullable=False),
        sa.CheckConstraint("lengkap_sejak <= tanggal_data", name="ck_lengkap_sejak"),
        sa.ForeignKeyConstraint(["kode_provinsi"], ["provinsi.kode_provinsi"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "pendamping",
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("id_pendamping", sa.String(40), nullable=False),
        sa.Column("kode_kabkota", sa.String(5)),
        sa.Column("nama_tampil", sa.String(120)),
        sa.Column("jenjang", sa.SmallInteger()),
        sa.Column("bersertifikat", sa.SmallInteger()),
        sa.Column("sebutan", sa.String(24), nullable=False),
        sa.Column("pendidikan", sa.String(16), nullable=False),
        sa.Column("pelatihan_terakhir", sa.Date()),
        sa.Column("tanggal_mulai", sa.Date(), nullable=False),
        sa.Column("tanggal_selesai", sa.Date()),
        _one_of("pendidikan", "s1_peksos d_peksos smk_peksos lainnya"),
        _one_of("sebutan", "umum pendamping_lu pendamping_pd sakti_peksos konselor_adiksi pendamping_ts_kpo"),
        sa.CheckConstraint("bersertifikat IN (0, 1)", name="ck_bersertifikat"),
        sa.CheckConstraint("jenjang BETWEEN 3 AND 9", name="ck_jenjang"),
        sa.CheckConstraint("tanggal_selesai >= tanggal_mulai", name="ck_selesai_mulai"),
        sa.ForeignKeyConstraint(["kode_kabkota"], ["kabkota.kode_kabkota"]),
        sa.ForeignKeyConstraint(["kode_provinsi"], ["provinsi.kode_provinsi"]),
        sa.PrimaryKeyConstraint("kode_provinsi", "id_pendamping"),
    )
    op.create_table(
        "kehadiran",
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("id_pendamping", sa.String(40), nullable=False),
        sa.Column("bulan", sa.String(7), nullable=False),
        sa.Column("hari_kerja", sa.SmallInteger(), nullable=False),
        sa.Column("hadir", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("hadir BETWEEN 0 AND hari_kerja", name="ck_hadir"),
        sa.ForeignKeyConstraint(
            ["kode_provinsi", "id_pendamping"], ["pendamping.kode_provinsi", "pendamping.id_pendamping"]
        ),
        sa.PrimaryKeyConstraint("kode_provinsi", "id_pendamping", "bulan"),
    )
    op.create_table(
        "target",
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("kode_wilayah", sa.String(2), nullable=False),
        sa.Column("kode_indikator", sa.String(12), nullable=False),
        sa.Column("nilai", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("periode", "kode_wilayah", "kode_indikator"),
    )


def _cases() -> None:
    op.create_table(
        "kasus",
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("id_kasus", sa.String(40), nullable=False),
        sa.Column("id_klien", sa.String(40), nullable=False),
        sa.Column("id_kasus_sebelumnya", sa.String(40)),
        sa.Column("kode_jenis", sa.String(3), nullable=False),
        sa.Column("kode_kabkota", sa.String(5), nullable=False),
        sa.Column("id_pendamping", sa.String(40)),
        sa.Column("jenis_kelamin", sa.String(1)),
        sa.Column("kelompok_umur", sa.String(5)),
        sa.Column("sumber_laporan", sa.String(20)),
        sa.Column("prioritas", sa.String(8), nullable=False),
        sa.Column("pendekatan", sa.String(24)),
        sa.Column("tanggal_terdata", sa.Date(), nullable=False),
        sa.Column("tanggal_kontak", sa.Date()),
        sa.Column("tanggal_asesmen", sa.Date()),
        sa.Column("tanggal_rencana", sa.Date()),
        sa.Column("tanggal_intervensi", sa.Date()),
        sa.Column("tanggal_terminasi", sa.Date()),
        sa.Column("kode_alasan", sa.String(2)),
        sa.Column("tanggal_pembaruan", sa.Date(), nullable=False),
        sa.Column("hasil_kebutuhan_dasar", sa.SmallInteger()),
        sa.Column("hasil_peran_sosial", sa.SmallInteger()),
        sa.Column("hasil_atasi_masalah", sa.SmallInteger()),
        sa.Column("tanggal_pascalayanan", sa.Date()),
        sa.Column("tanggal_pertama_masuk", sa.Date()),
        sa.Column("id_unggahan", sa.Integer()),
        _one_of("jenis_kelamin", "L P"),
        _one_of("kelompok_umur", "0-5 6-17 18-59 60+"),
        _one_of("pendekatan", "keluarga komunitas_lks residensial penampungan_sementara"),
        sa.CheckConstraint(
            "prioritas = 'darurat' OR tanggal_intervensi >= tanggal_asesmen", name="ck_intervensi_asesmen"
        ),
        sa.CheckConstraint(
            "prioritas = 'darurat' OR tanggal_intervensi >= tanggal_rencana", name="ck_intervensi_rencana"
        ),
        _one_of("prioritas", "darurat tinggi biasa"),
        _one_of(
            "sumber_laporan",
            "penjangkauan command_center_171 lapor dinsos aparat_hukum masyarakat rujukan_lembaga lainnya",
        ),
        sa.CheckConstraint("(tanggal_terminasi IS NULL) = (kode_alasan IS NULL)", name="ck_terminasi_alasan"),
        *(sa.CheckConstraint(f"hasil_{name} IN (0, 1)", name=f"ck_hasil_{name}") for name in OUTCOMES),
        *_not_before(),
        sa.ForeignKeyConstraint(["id_unggahan"], ["unggahan.id"]),
        sa.ForeignKeyConstraint(["kode_alasan"], ["alasan_terminasi.kode_alasan"]),
        sa.ForeignKeyConstraint(["kode_jenis"], ["jenis_masalah.kode_jenis"]),
        sa.ForeignKeyConstraint(["kode_kabkota"], ["kabkota.kode_kabkota"]),
        sa.ForeignKeyConstraint(
            ["kode_provinsi", "id_pendamping"], ["pendamping.kode_provinsi", "pendamping.id_pendamping"]
        ),
        sa.ForeignKeyConstraint(["kode_provinsi"], ["provinsi.kode_provinsi"]),
        sa.PrimaryKeyConstraint("kode_provinsi", "id_kasus"),
    )
    op.create_index("ix_kasus_klien", "kasus", ["kode_provinsi", "id_klien"], unique=False)


def _services() -> None:
    op.create_table(
        "kegiatan",
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("id_kasus", sa.String(40), nullable=False),
        sa.Column("tanggal_kegiatan", sa.Date(), nullable=False),
        sa.Column("jenis_kegiatan", sa.String(32), nullable=False),
        sa.Column("id_pendamping", sa.String(40)),
        _one_of(
            "jenis_kegiatan",
            "kunjungan asesmen pemenuhan_hidup_layak perawatan_pengasuhan dukungan_keluarga terapi "
            "vokasional_kewirausahaan bantuan_asistensi_sosial dukungan_aksesibilitas rujukan monitoring "
            "pascalayanan",
        ),
        sa.ForeignKeyConstraint(["kode_provinsi", "id_kasus"], ["kasus.kode_provinsi", "kasus.id_kasus"]),
        sa.PrimaryKeyConstraint("kode_provinsi", "id_kasus", "tanggal_kegiatan", "jenis_kegiatan"),
    )
    op.create_table(
        "penugasan",
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("id_kasus", sa.String(40), nullable=False),
        sa.Column("id_pendamping", sa.String(40), nullable=False),
        sa.Column("tanggal_mulai", sa.Date(), nullable=False),
        sa.Column("tanggal_selesai", sa.Date()),
        sa.ForeignKeyConstraint(["kode_provinsi", "id_kasus"], ["kasus.kode_provinsi", "kasus.id_kasus"]),
        sa.PrimaryKeyConstraint("kode_provinsi", "id_kasus", "id_pendamping", "tanggal_mulai"),
    )
    op.create_table(
        "rujukan",
        sa.Column("kode_provinsi", sa.String(2), nullable=False),
        sa.Column("id_kasus", sa.String(40), nullable=False),
        sa.Column("tanggal_rujukan", sa.Date(), nullable=False),
        sa.Column("tujuan", sa.String(16), nullable=False),
        sa.Column("tanggal_diterima", sa.Date()),
        sa.Column("hasil", sa.String(12), nullable=False),
        _one_of("hasil", "diterima ditolak menunggu"),
        _one_of("tujuan", "sentra dinsos faskes uptd_ppa kepolisian lks bnn_ipwl pendidikan lainnya"),
        sa.CheckConstraint("tanggal_diterima >= tanggal_rujukan", name="ck_diterima"),
        sa.ForeignKeyConstraint(["kode_provinsi", "id_kasus"], ["kasus.kode_provinsi", "kasus.id_kasus"]),
        sa.PrimaryKeyConstraint("kode_provinsi", "id_kasus", "tanggal_rujukan", "tujuan"),
    )
