"""Sentences about how old the data are, and why an older version is on the screen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from lib import text
from lib.clock import WIB
from lib.numbers_id import angka, rentang_tanggal, tanggal, tanggal_pendek

NAMED = 3
NEWEST = "data terbaru"  # how the one door begins its remark on the newest of several data dates
_NEWEST_DAY = re.compile(rf"({NEWEST} )(\d{{4}}-\d{{2}}-\d{{2}})")


def moment(when: dt.datetime) -> str:
    """A moment in WIB. Example: 22 November 2026 pukul 10.05 WIB."""
    local = when.astimezone(WIB)
    return f"{tanggal(local.date())} pukul {local:%H.%M} WIB"


def remark(catatan: str | None) -> str | None:
    """A remark of the one door with its day in words: "data terbaru 20 November 2026" for "data terbaru 2026-11-20"."""
    if pd.isna(catatan):
        return catatan
    return _NEWEST_DAY.sub(lambda found: found[1] + tanggal(dt.date.fromisoformat(found[2])), catatan)


def source(dates: Sequence[dt.date], *, versi: str, simpanan: str | None, simulasi: bool) -> tuple[str, ...]:
    """Where a picture is from, in parts: kind of data, data dates of its provinces, version.

    Example: ("DATA SIMULASI", "data per 20 November 2026", "Tuntas versi 20261122T225928-8919c6").
    """
    oldest, newest = min(dates, default=None), max(dates, default=None)
    if newest is None:
        until = "belum ada data"
    else:
        until = f"data per {tanggal(newest) if oldest == newest else rentang_tanggal(oldest, newest)}"
    kept = [f"simpanan “{simpanan}”"] if simpanan else []
    start = [text.SIMULATION, until] if simulasi else [until[0].upper() + until[1:]]
    return (*start, f"Tuntas versi {versi}", *kept)


def silent_since(since: Mapping[str, dt.date], *, today: dt.date) -> str:
    """One province, or some, by name that have sent nothing since a day.

    Example: {"Aceh": 11 October} on 22 November -> "Aceh belum mengirim data sejak 11 Oktober 2026 (42 hari)".
    """
    parts = [
        f"{name} belum mengirim data sejak {tanggal(day)} ({angka((today - day).days)} hari)"
        for name, day in since.items()
    ]
    return "; ".join(parts)


def silent_provinces(since: Mapping[str, dt.date], *, days: int) -> str:
    """How many provinces have sent nothing for more than `days`, the longest silent ones by name.

    Example: "2 provinsi belum mengirim data lebih dari 7 hari: Aceh (sejak 11 Okt 2026) dan Riau (sejak 1 Nov 2026)".
    """
    oldest = sorted(since.items(), key=lambda item: (item[1], item[0]))
    named = [f"{name} (sejak {tanggal_pendek(day)})" for name, day in oldest[:NAMED]]
    if len(oldest) > NAMED:
        named.append(f"{len(oldest) - NAMED} provinsi lain")
    return f"{len(oldest)} provinsi belum mengirim data lebih dari {days} hari: {_together(named)}"


def _together(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} dan {names[-1]}"


def never_sent(names: Sequence[str]) -> str:
    """Provinces that have sent nothing so far."""
    return f"{_together(list(names))} belum pernah mengirim data"


def ahead(day: dt.date, *, today: dt.date) -> str:
    """A data date that has not come yet: the server's clock or the sender's date is wrong."""
    return (
        f"Tanggal data {tanggal(day)} sesudah tanggal server ini, {tanggal(today)}; periksa jam server, dan lembar "
        "keterangan provinsi yang mengirimnya"
    )


def instead(made: dt.datetime, why: str) -> str:
    """Why what is shown is not the newest version."""
    return (
        f"**Yang tampil adalah potret terakhir yang baik, dibuat {moment(made)}**, karena data yang lebih baru tidak "
        f"dapat dibuka. {why}"
    )


def not_refreshed(made: dt.datetime, tried: dt.datetime, why: str, *, minutes: float) -> str:
    """That the last attempt to refresh failed, what is shown meanwhile, and when it is tried again."""
    again = f" Dicoba lagi tiap {angka(minutes)} menit." if minutes else ""
    return (
        f"**Data belum dapat disegarkan** ({moment(tried)}); yang tampil adalah potret terakhir yang baik, dibuat "
        f"{moment(made)}. {why}{again}"
    )
