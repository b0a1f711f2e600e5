"""Records of what the data themselves are worth: I23, I24."""

from __future__ import annotations

from lib.indicators.record import ADMIN, AREA_DIMENSIONS, AT_T, Indicator

QUALITY = (
    Indicator(
        kode="I23",
        nama="Cakupan kab/kota",
        pendek="Kab/kota berkasus",
        pembilang="Kabupaten/kota dengan sedikitnya satu kasus yang terdata dalam periode",
        penyebut="Semua kabupaten/kota di provinsi yang pernah mengirim data",
        satuan="persen",
        arah="netral",
        acuan=AT_T,
        pengecualian=(
            ADMIN
            + " Kabupaten/kota tanpa kasus dapat berarti tidak ada masalah, atau tidak ada yang melapor: warna "
            "dan urutan bukan penilaian."
        ),
        alasan="Apakah pencatatan menjangkau seluruh wilayah.",
        halaman=("mutu_data",),
        butuh=("kabkota-berkasus", "kabkota-semua"),
        dimensi=AREA_DIMENSIONS,
    ),
    Indicator(
        kode="I24",
        nama="Kelengkapan data",
        pendek="Ruas terisi",
        pembilang="Ruas yang terisi pada t",
        penyebut=(
            "Ruas yang wajib pada t, dari kasus yang terdata dalam periode (I01): pendamping, jenis kelamin, kelompok "
            "umur, sumber laporan, dan pendekatan selalu; kontak pertama dan asesmen bila langkah sesudahnya (bukan "
            "terminasi) sudah ada; rencana bila intervensi sudah ada (bukan darurat); ketiga hasil bila terselesaikan"
        ),
        satuan="persen",
        arah="naik",
        acuan=AT_T,
        pengecualian=(
            ADMIN
            + " Pada kasus darurat intervensi boleh mendahului asesmen dan rencana, jadi keduanya tidak lalu "
            "wajib."
        ),
        alasan="Angka lain hanya sebaik isian yang mendasarinya.",
        halaman=("mutu_data",),
        butuh=("kelengkapan",),
    ),
)
