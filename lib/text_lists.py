"""Names and definitions of the lists of cases that are no figure of their own."""

from __future__ import annotations

from lib.text_quality import LISTS as QUALITY_LISTS

_FURTHEST = "Kasus yang terbuka pada akhir periode (atau tanggal data) dan langkah terjauhnya"
_NORM = "Norma adalah ambang usulan; nilainya ada di halaman Waktu."

LISTS = {
    "DITUTUP": (
        "Kasus ditutup (alasan apa pun)",
        "Kasus yang ditutup dalam periode, apa pun alasannya dan kapan pun terdata. Penutupan administratif tidak "
        "dihitung.",
    ),
    "DITUTUP-dialihkan": (
        "Kasus dialihkan",
        "Kasus yang ditutup dalam periode dengan alasan kelompok dialihkan, kapan pun terdata.",
    ),
    "DITUTUP-berhenti": (
        "Kasus berhenti",
        "Kasus yang ditutup dalam periode dengan alasan kelompok berhenti, kapan pun terdata.",
    ),
    "TUNGGU-asesmen": ("Menunggu asesmen", f"{_FURTHEST} baru terdata."),
    "TUNGGU-rencana": ("Menunggu rencana intervensi", f"{_FURTHEST} asesmen."),
    "TUNGGU-intervensi": ("Menunggu intervensi", f"{_FURTHEST} rencana intervensi."),
    "TUNGGU-terminasi": ("Menunggu terminasi", f"{_FURTHEST} intervensi."),
    "LEWAT-respon": (
        "Menunggu respon, lewat norma",
        "Kasus terbuka tanpa respon (asesmen; darurat: asesmen atau intervensi) yang lebih lama daripada norma sejak "
        f"terdata. {_NORM}",
    ),
    "LEWAT-asesmen": (
        "Menunggu asesmen, lewat norma",
        f"{_FURTHEST} baru terdata, lebih lama daripada norma sejak terdata. {_NORM}",
    ),
    "LEWAT-rencana": (
        "Menunggu rencana intervensi, lewat norma",
        f"{_FURTHEST} asesmen, lebih lama daripada norma sejak asesmen. {_NORM}",
    ),
    "LEWAT-terminasi": (
        "Menunggu terminasi, lewat norma",
        f"{_FURTHEST} intervensi, lebih lama daripada norma lama penanganan sejak terdata. {_NORM}",
    ),
} | QUALITY_LISTS
