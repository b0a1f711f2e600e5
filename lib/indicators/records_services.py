"""Records of what was done for a case and of targets: I22, I25, I26, I32."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain import Dimensi
from lib.indicators.record import ADMIN, AT_T, Indicator, count

TARGET_PREFIX = "I26-"
TARGET_SHEET = "target"
TARGET_COUNTS = ("I01", "I02", "I03", "I03K")
# A balance of two counts has a sign; a target for it would be met by dividing by it.
NO_TARGET = ("I16",)

SERVICES = (
    count(
        "I22-n",
        "Rujukan",
        "Rujukan",
        "Rujukan yang tanggalnya jatuh dalam periode dan tidak sesudah tanggal data",
        satuan="rujukan",
        penyebut="Rujukan itu sendiri",
        alasan="Berapa kali kasus diteruskan ke lembaga lain.",
        halaman=("provinsi",),
        butuh=("rujukan",),
        lembar="rujukan",
    ),
    Indicator(
        kode="I22-diterima",
        nama="Rujukan yang diterima",
        pendek="Rujukan diterima",
        pembilang="Rujukan dalam periode yang diterima sampai tanggal data",
        penyebut="Rujukan dalam periode yang sudah diputuskan (diterima atau ditolak) sampai tanggal data",
        satuan="persen",
        arah="naik",
        acuan="tanggal rujukan dalam periode; keputusan pada tanggal data",
        pengecualian=ADMIN + " Rujukan yang masih menunggu tidak termasuk.",
        alasan="Rujukan yang ditolak membuat kasus kembali menunggu.",
        halaman=("provinsi",),
        butuh=("rujukan",),
        lembar="rujukan",
    ),
    Indicator(
        kode="I22-hari",
        nama="Waktu sampai rujukan diterima, median",
        pendek="Rujukan diterima dalam",
        pembilang="Hari pertama kurva Kaplan-Meier, dari tanggal rujukan ke tanggal diterima, turun sampai 50 persen",
        penyebut="Rujukan dalam periode; yang belum diterima pada t dipantau sampai t",
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=(
            ADMIN
            + " Rujukan yang ditolak, dan yang diterima tanpa tanggal, tidak dihitung; jumlahnya ada di catatan."
        ),
        alasan="Rujukan yang menunggu ikut dihitung, jadi angkanya tidak semu cepat.",
        halaman=("provinsi",),
        butuh=("rujukan", "kurva-rujukan"),
        lembar="rujukan",
        sumber="Kaplan & Meier 1958",
    ),
    Indicator(
        kode="I25",
        nama="Keberfungsian sosial saat terminasi",
        pendek="Berfungsi sosial",
        pembilang="Kasus yang ketiga hasilnya baik: kebutuhan dasar, peran sosial, mengatasi masalah",
        penyebut="Kasus terselesaikan dalam periode yang ketiga hasilnya terisi",
        satuan="persen",
        arah="naik",
        acuan=AT_T,
        pengecualian=ADMIN
        + " Kasus yang hasilnya belum terisi lengkap tidak dihitung; berapa, ada di catatan.",
        alasan="Terselesaikan berarti klien berfungsi sosial lagi, bukan sekadar berkas ditutup.",
        halaman=("ringkasan",),
        butuh=("hasil",),
        sumber="Permensos 15/2025 Pasal 1 angka 3",
    ),
    count(
        "I32-pendekatan",
        "Pendekatan layanan",
        "Pendekatan",
        "Kasus yang terdata dalam periode, satu baris untuk tiap pendekatan",
        alasan="Keluarga lebih dahulu, lalu komunitas, lalu residensial: ini kenyataannya.",
        halaman=("klaster",),
        butuh=("pendekatan",),
        sumber="Permensos 15/2025 Pasal 1",
    ),
    count(
        "I32-komponen",
        "Komponen ATENSI",
        "Komponen",
        (
            "Kasus yang terdata dalam periode dan mendapat kegiatan komponen itu sampai t, satu baris untuk tiap "
            "komponen; satu kasus dapat mendapat beberapa"
        ),
        alasan="Layanan apa yang sungguh diterima klien.",
        halaman=("klaster",),
        butuh=("komponen",),
        lembar="kegiatan",
        sumber="Permensos 15/2025 Pasal 1",
    ),
)


def achievements(catalogue: Sequence[Indicator], *, several_rows: Sequence[str]) -> tuple[Indicator, ...]:
    """The record I26-KODE of every indicator that can have a target: one number, with a good direction.

    `several_rows` are the codes that answer with one row per value. Example: I03 -> I26-I03.
    """
    return tuple(
        _achievement(record)
        for record in catalogue
        if record.kode in TARGET_COUNTS
        or (record.arah != "netral" and record.kode not in (*NO_TARGET, *several_rows))
    )


def _achievement(record: Indicator) -> Indicator:
    is_count = record.kode in TARGET_COUNTS
    realised = f"Realisasi {record.kode} ({record.nama}) dari awal tahun atau bulan target sampai t"
    target = "Target wilayah itu"
    if is_count:
        target += ", dikali hari yang sudah berjalan dibagi hari tahun atau bulan target"
    inverted = record.arah == "turun" and not is_count
    return Indicator(
        kode=TARGET_PREFIX + record.kode,
        nama=f"Capaian target: {record.nama}",
        pendek=f"Capaian {record.kode}",
        pembilang=target if inverted else realised,
        penyebut=realised if inverted else target,
        satuan="persen",
        arah="naik",
        acuan="t = tanggal yang lebih dini antara akhir periode dan tanggal data terbaru",
        pengecualian=(
            record.pengecualian
            + " Target hanya ada untuk nasional dan provinsi: dengan saringan lain tidak ada angka."
        ),
        alasan=(
            "Apakah sampai hari ini sudah sejalan dengan target. "
            + (
                "Makin rendah makin baik, maka target dibagi realisasi."
                if inverted
                else "Realisasi dibagi target."
            )
        ),
        halaman=("ringkasan", "rapat"),
        butuh=(f"capaian-{record.kode}",),
        lembar=TARGET_SHEET,
        dimensi=(Dimensi.PROVINSI,),
    )
