-- Contoh kontrak data: tampilan Tuntas di atas skema lama yang direka (bukan skema sungguhan).
-- Yang perlu diganti: nama tabel dan kolom di sebelah kanan, daftar terjemahan kode, dan garam sidik klien.

-- 1. Skema lama, seperti yang mungkin dimiliki sebuah kantor --------------------------------------------------------

CREATE SCHEMA layanan;
CREATE TABLE layanan.m_petugas (
    prov char(4) NOT NULL,              -- '35  ': lebih panjang daripada kodenya
    nip_samar varchar(40) NOT NULL,
    kab varchar(10),
    inisial varchar(120),
    jabatan integer,
    lulus_uji boolean,
    kategori varchar(40),
    sekolah varchar(40),
    diklat_akhir timestamp,
    tmt timestamp NOT NULL,
    tat timestamp,
    PRIMARY KEY (prov, nip_samar)
);
CREATE TABLE layanan.t_register (
    prov char(4) NOT NULL,
    no_register varchar(40) NOT NULL,
    no_klien varchar(40) NOT NULL,      -- nomor asli: tidak boleh keluar apa adanya
    masalah varchar(6) NOT NULL,
    kab varchar(10) NOT NULL,
    nip_samar varchar(40),
    gender integer,                     -- 1 laki-laki, 2 perempuan
    usia varchar(5),
    pelapor varchar(20),
    gawat integer NOT NULL,             -- 1 darurat, 2 tinggi, 3 biasa
    pola varchar(24),
    tgl_daftar timestamp NOT NULL,
    tgl_temui timestamp,
    tgl_asesmen timestamp,
    tgl_rencana timestamp,
    tgl_layanan timestamp,
    tgl_tutup timestamp,
    sebab_tutup varchar(2),
    ubah_akhir timestamp NOT NULL,
    pulih_dasar boolean,
    pulih_peran boolean,
    pulih_masalah boolean,
    tgl_pasca timestamp,
    dihapus boolean NOT NULL DEFAULT false,
    PRIMARY KEY (prov, no_register)
);
CREATE TABLE layanan.t_layanan (
    prov char(4) NOT NULL,
    no_register varchar(40) NOT NULL,
    tgl timestamp NOT NULL,
    macam varchar(32) NOT NULL,
    nip_samar varchar(40)
);
CREATE TABLE layanan.t_rujuk (
    prov char(4) NOT NULL,
    no_register varchar(40) NOT NULL,
    tgl timestamp NOT NULL,
    ke varchar(16) NOT NULL,
    tgl_terima timestamp,
    jawaban varchar(12) NOT NULL
);
CREATE TABLE layanan.t_absen (
    prov char(4) NOT NULL,
    nip_samar varchar(40) NOT NULL,
    tahun integer NOT NULL,
    bulan integer NOT NULL,
    wajib bigint NOT NULL,
    masuk bigint NOT NULL
);
CREATE TABLE layanan.m_sasaran (
    masa varchar(7) NOT NULL,
    prov char(4) NOT NULL,
    ukuran varchar(24) NOT NULL,
    angka numeric(12, 3) NOT NULL
);
CREATE TABLE layanan.m_status_data (
    prov char(4) PRIMARY KEY,
    lengkap_dari timestamp,
    lengkap_sampai timestamp NOT NULL
);

-- 2. Tampilan menurut kontrak ---------------------------------------------------------------------------------------

CREATE SCHEMA tuntas;

CREATE VIEW tuntas.v_unggahan AS
SELECT trim(prov) AS kode_provinsi,
       lengkap_sampai::date AS tanggal_data,
       lengkap_dari::date AS lengkap_sejak
FROM layanan.m_status_data;

CREATE VIEW tuntas.v_pendamping AS
SELECT trim(prov) AS kode_provinsi,
       nip_samar AS id_pendamping,
       kab AS kode_kabkota,
       inisial AS nama_tampil,
       jabatan AS jenjang,
       lulus_uji::int AS bersertifikat,
       kategori AS sebutan,
       sekolah AS pendidikan,
       diklat_akhir::date AS pelatihan_terakhir,
       tmt::date AS tanggal_mulai,
       tat::date AS tanggal_selesai
FROM layanan.m_petugas;

CREATE VIEW tuntas.v_kasus AS
SELECT trim(prov) AS kode_provinsi,
       no_register AS id_kasus,
       -- Sidik bergaram menggantikan nomor klien; garamnya hanya diketahui pengelola basis data ini. Angkanya diganti
       -- huruf, agar tidak ada deretan yang menyerupai NIK.
       left(translate(encode(sha256(convert_to('ganti garam ini' || no_klien, 'UTF8')), 'hex'),
                      '0123456789', 'ghijklmnop'), 40) AS id_klien,
       masalah AS kode_jenis,
       kab AS kode_kabkota,
       nip_samar AS id_pendamping,
       CASE gender WHEN 1 THEN 'L' WHEN 2 THEN 'P' END AS jenis_kelamin,
       usia AS kelompok_umur,
       pelapor AS sumber_laporan,
       CASE gawat WHEN 1 THEN 'darurat' WHEN 2 THEN 'tinggi' WHEN 3 THEN 'biasa' END AS prioritas,
       pola AS pendekatan,
       tgl_daftar::date AS tanggal_terdata,
       tgl_temui::date AS tanggal_kontak,
       tgl_asesmen::date AS tanggal_asesmen,
       tgl_rencana::date AS tanggal_rencana,
       tgl_layanan::date AS tanggal_intervensi,
       tgl_tutup::date AS tanggal_terminasi,
       sebab_tutup AS kode_alasan,
       ubah_akhir::date AS tanggal_pembaruan,
       pulih_dasar::int AS hasil_kebutuhan_dasar,
       pulih_peran::int AS hasil_peran_sosial,
       pulih_masalah::int AS hasil_atasi_masalah,
       tgl_pasca::date AS tanggal_pascalayanan
FROM layanan.t_register
WHERE NOT dihapus;

CREATE VIEW tuntas.v_kegiatan AS
SELECT DISTINCT trim(l.prov) AS kode_provinsi,
       l.no_register AS id_kasus,
       l.tgl::date AS tanggal_kegiatan,
       l.macam AS jenis_kegiatan,
       first_value(l.nip_samar) OVER (PARTITION BY l.prov, l.no_register, l.tgl::date, l.macam ORDER BY l.nip_samar)
           AS id_pendamping
FROM layanan.t_layanan l
JOIN layanan.t_register r USING (prov, no_register)
WHERE NOT r.dihapus;

CREATE VIEW tuntas.v_rujukan AS
SELECT trim(prov) AS kode_provinsi,
       no_register AS id_kasus,
       tgl::date AS tanggal_rujukan,
       ke AS tujuan,
       tgl_terima::date AS tanggal_diterima,
       jawaban AS hasil
FROM layanan.t_rujuk
JOIN layanan.t_register r USING (prov, no_register)
WHERE NOT r.dihapus;

CREATE VIEW tuntas.v_kehadiran AS
SELECT trim(prov) AS kode_provinsi,
       nip_samar AS id_pendamping,
       to_char(make_date(tahun, bulan, 1), 'YYYY-MM') AS bulan,
       wajib AS hari_kerja,
       masuk AS hadir
FROM layanan.t_absen;

CREATE VIEW tuntas.v_target AS
SELECT masa AS periode,
       trim(prov) AS kode_wilayah,
       ukuran AS kode_indikator,
       angka AS nilai
FROM layanan.m_sasaran;

-- 3. Pengguna yang hanya membaca tampilan itu -----------------------------------------------------------------------
-- Kata sandinya ditetapkan pengelola. search_path membuat `v_kasus` ditemukan tanpa nama skemanya.

CREATE ROLE tuntas_kontrak LOGIN;
ALTER ROLE tuntas_kontrak SET search_path = tuntas;
ALTER ROLE tuntas_kontrak SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA tuntas TO tuntas_kontrak;
GRANT SELECT ON ALL TABLES IN SCHEMA tuntas TO tuntas_kontrak;
