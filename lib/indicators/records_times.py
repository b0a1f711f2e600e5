"""Records of how long cases take: I04, I05, I08-I11."""

from __future__ import annotations

from lib.indicators.record import ADMIN, AT_T, BEFORE_COMPLETE, PERIOD_VIEW, WATCHED, Indicator


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
        halaman=("ringkasan", "provinsi", "klaster", "waktu") if days == 180 else ("waktu",),
        butuh=(f"kohort-{days}",),
        batas_kelas=limits,
    )


def _chance(days: int) -> Indicator:
    return Indicator(
        kode=f"I05-{days}",
        nama=f"Peluang terselesaikan dalam {days} hari",
        pendek=f"Peluang selesai {days} hari",
        pembilang=f"Kurva Aalen-Johansen pada hari ke-{days}; dialihkan dan berhenti adalah akhir yang bersaing",
        penyebut=WATCHED,
        satuan="persen",
        arah="naik",
        acuan=AT_T,
        pengecualian=ADMIN,
        alasan=PERIOD_VIEW,
        halaman=("waktu",),
        butuh=("kurva",),
        sumber="Aalen & Johansen 1978; pandangan periode menurut Brenner & Gefeller",
    )


TIMES = (
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
        penyebut=WATCHED,
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=ADMIN,
        alasan=PERIOD_VIEW + " Kasus yang masih terbuka ikut dihitung, jadi angkanya tidak semu cepat.",
        halaman=("ringkasan", "provinsi", "klaster", "waktu"),
        butuh=("kurva",),
        batas_kelas=(90, 120, 150, 180),
        sumber="Aalen & Johansen 1978; pandangan periode menurut Brenner & Gefeller",
    ),
    Indicator(
        kode="I08",
        nama="Lama kasus sampai ditutup, median",
        pendek="Separuh kasus ditutup",
        pembilang="Hari pertama kurva Kaplan-Meier (akhir apa pun) turun sampai 50 persen",
        penyebut=WATCHED,
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=ADMIN + " Selalu dibaca bersama I05M, karena ditutup belum tentu terselesaikan.",
        alasan=PERIOD_VIEW,
        halaman=("ringkasan", "provinsi", "waktu", "pendamping"),
        butuh=("kurva",),
        sumber="Kaplan & Meier 1958; pandangan periode menurut Brenner & Gefeller",
    ),
    Indicator(
        kode="I09",
        nama="Lama kasus sampai ditutup, p80",
        pendek="80 persen kasus ditutup",
        pembilang="Hari pertama kurva Kaplan-Meier (akhir apa pun) turun sampai 20 persen",
        penyebut=WATCHED,
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=ADMIN + " Ditutup belum tentu terselesaikan.",
        alasan="Berapa lama kasus yang lambat. " + PERIOD_VIEW,
        halaman=("waktu",),
        butuh=("kurva",),
        sumber="Kaplan & Meier 1958; pandangan periode menurut Brenner & Gefeller",
    ),
    Indicator(
        kode="I10",
        nama="Waktu respon, median",
        pendek="Separuh kasus direspon",
        pembilang=(
            "Hari pertama kurva Kaplan-Meier, dari terdata ke respon (asesmen; darurat: yang lebih dulu dari asesmen "
            "dan intervensi), turun sampai 50 persen"
        ),
        penyebut=WATCHED,
        satuan="hari",
        arah="turun",
        acuan=AT_T,
        pengecualian=ADMIN + " Kasus yang ditutup tanpa respon dipantau sampai hari ditutupnya.",
        alasan=PERIOD_VIEW,
        halaman=("provinsi", "waktu"),
        butuh=("kurva-respon",),
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
)
