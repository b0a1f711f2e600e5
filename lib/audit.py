"""Who looked, who exported, who was refused: an append-only trail in the application database.

It names people of the office and codes of places and figures, nothing about clients.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete, insert, select

from lib import application, reference
from lib.application import jejak
from lib.domain import Identity, Scope
from lib.settings import Settings

COLUMNS = (
    "waktu",
    "kejadian",
    "peran",
    "wilayah",
    "halaman",
    "saringan",
    "rincian",
    "penerbit",
    "subjek",
)
# What is kept of an address, by the name of its parameter: codes of places, kinds, figures and dates. Whatever else
# somebody types into an address may be about a client.
PLACE, KIND, FIGURE, DAY = (
    r"\d\d(\.\d\d)?",
    r"[A-Z]{1,8}\d{0,2}",
    r"[A-Z]{1,6}[A-Za-z0-9-]{0,20}",
    r"\d{4}-\d\d-\d\d",
)
MONTH, WORD, PERSON = r"\d{4}-\d\d", r"[a-z0-9-]{1,16}", r"[A-Z]{0,2}\d{2}-?\d{1,5}"
KEPT = {
    "periode": WORD,
    "dari": DAY,
    "sampai": DAY,
    "klaster": KIND,
    "jenis": KIND,
    "pas": KIND,
    "sorot_jenis": KIND,
    "kelompok": KIND,
    **dict.fromkeys(
        ("provinsi", "kabkota", "sorot_kabkota", "macet_provinsi", "orang_provinsi", "tujuan", "asal"), PLACE
    ),
    **dict.fromkeys(("kode", "peta", "warna", "ukuran", "pantau"), FIGURE),
    **dict.fromkeys(("pendamping", "orang", "macet_orang"), PERSON),
    **dict.fromkeys(("tahap", "urut", "banding", "tampilan", "rinci", "batas", "halus", "campuran"), WORD),
    "lihat": PLACE,
    "bulan": f"{MONTH}|\\d{{1,2}}",
    "masuk": WORD,
    **dict.fromkeys(("versi", "dulu", "kini"), r"\d{8}T\d{6}-[0-9a-f]{6}"),
    "angka": FIGURE,
}
CASES, ONE_CASE, NOT_KEPT = ("kasus", "sorot_kasus"), "satu-kasus", "…"
EVERYWHERE = "semua"


class Event(StrEnum):
    LIHAT = "lihat"
    UNDUH = "unduh"
    DITOLAK = "ditolak"
    MASUK = "masuk"
    HAK = "hak"
    HAPUS = "hapus"
    CATAT = "catat"
    SIMPANAN = "simpanan"
    IMPOR = "impor"
    BATAL = "batal"


def record(settings: Settings, event: Event, **line: Any) -> None:
    """Append one line (see `write`) in a transaction of its own; raises UserError when it cannot be written."""
    with application.writing(settings) as connection:
        write(connection, event, **line)


def write(
    connection: Connection,
    event: Event,
    *,
    now: dt.datetime,
    who: Identity | None,
    scope: Scope | None = None,
    page: str | None = None,
    asked: Mapping[str, str] | None = None,
    detail: str | None = None,
    simulated: bool = False,
) -> None:
    """Append one line inside a transaction of the application database.

    `asked` are the parameters of the address; `simulated` lines are the demonstration's and are shown there only.
    """
    connection.execute(
        insert(jejak).values(
            simulasi=simulated,
            waktu=_utc(now),
            penerbit=who.issuer if who else None,
            subjek=who.subject if who else None,
            peran=scope.role.value if scope else None,
            wilayah=_area(scope),
            kejadian=event.value,
            halaman=page,
            saringan=_codes(asked or {})[:400],
            rincian=(detail or "")[:400] or None,
        )
    )


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _area(scope: Scope | None) -> str | None:
    if scope is None:
        return None
    return EVERYWHERE if scope.provinces == reference.all_provinces() else ",".join(scope.provinces)


def _codes(asked: Mapping[str, str]) -> str:
    """The parameters as text. Example: {"provinsi": "33", "kasus": "33~K-1"} -> "kasus=satu-kasus provinsi=33"."""
    kept = []
    for name, value in sorted(asked.items()):
        if name in CASES:
            kept.append(f"{name}={ONE_CASE}")
        elif name in KEPT:
            kept.append(f"{name}={value if re.fullmatch(KEPT[name], value) else NOT_KEPT}")
        else:
            kept.append(NOT_KEPT)
    return " ".join(kept)


def trail(
    settings: Settings,
    *,
    since: dt.datetime | None = None,
    event: Event | None = None,
    subject: str | None = None,
    limit: int | None = None,
    simulated: bool = False,
) -> pd.DataFrame:
    """The lines with COLUMNS, newest first, waktu as UTC; raises UserError when they cannot be read."""
    query = select(*(jejak.c[name] for name in COLUMNS)).order_by(jejak.c.nomor.desc())
    query = query.where(jejak.c.simulasi == simulated)
    if since is not None:
        query = query.where(jejak.c.waktu >= _utc(since))
    if event is not None:
        query = query.where(jejak.c.kejadian == event.value)
    if subject is not None:
        query = query.where(jejak.c.subjek == subject)
    with application.reading(settings, jejak) as connection:
        rows = [] if connection is None else connection.execute(query.limit(limit)).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(COLUMNS), dtype=object)
    frame["waktu"] = pd.to_datetime(frame["waktu"]).dt.tz_localize("UTC")
    return frame


def forget_old(settings: Settings, *, now: dt.datetime) -> int:
    """Drop what is older than the setting `jejak.simpan_hari` and say how many lines; the trail tells of it."""
    oldest = _utc(now) - dt.timedelta(days=settings.jejak_hari)
    with application.reading(settings, jejak) as connection:
        if connection is None:
            return 0
    with application.writing(settings) as connection:
        dropped = connection.execute(delete(jejak).where(jejak.c.waktu < oldest)).rowcount
    if dropped:
        record(settings, Event.HAPUS, now=now, who=None, detail=f"{dropped} baris sebelum {oldest:%Y-%m-%d}")
    return dropped
