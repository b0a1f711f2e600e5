"""Who looked, who exported, who was refused: an append-only trail in the application database.

It names people of the office and codes of places and figures, nothing about clients.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum

import pandas as pd
from sqlalchemy import delete, insert, select

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
# Only what looks like a code is kept: whatever somebody types into an address may be about a client.
CODE = re.compile(r"[A-Za-z0-9_.-]{1,24}")
LONG_NUMBER = re.compile(r"\d{8,}")
CASE_PARAMETER, ONE_CASE, NOT_KEPT = "kasus", "satu-kasus", "…"
EVERYWHERE = "semua"


class Event(StrEnum):
    LIHAT = "lihat"
    UNDUH = "unduh"
    DITOLAK = "ditolak"
    MASUK = "masuk"
    HAK = "hak"
    HAPUS = "hapus"


def record(
    settings: Settings,
    event: Event,
    *,
    now: dt.datetime,
    who: Identity | None,
    scope: Scope | None = None,
    page: str | None = None,
    asked: Mapping[str, str] | None = None,
    detail: str | None = None,
) -> None:
    """Append one line; raises UserError when it cannot be written. `asked` are the parameters of the address."""
    with application.writing(settings) as connection:
        connection.execute(
            insert(jejak).values(
                waktu=_utc(now),
                penerbit=who.issuer if who else None,
                subjek=who.subject if who else None,
                peran=scope.role.value if scope else None,
                wilayah=_area(scope),
                kejadian=event.value,
                halaman=page,
                saringan=_codes(asked or {})[:400],
                rincian=(detail or "")[:200] or None,
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
        if not CODE.fullmatch(name) or LONG_NUMBER.search(name):
            name = NOT_KEPT
        if name == CASE_PARAMETER:
            value = ONE_CASE
        elif not CODE.fullmatch(value) or LONG_NUMBER.search(value):
            value = NOT_KEPT
        kept.append(f"{name}={value}")
    return " ".join(kept)


def trail(
    settings: Settings,
    *,
    since: dt.datetime | None = None,
    event: Event | None = None,
    subject: str | None = None,
    limit: int | None = None,
) -> pd.DataFrame:
    """The lines with COLUMNS, newest first, waktu as UTC; raises UserError when they cannot be read."""
    query = select(*(jejak.c[name] for name in COLUMNS)).order_by(jejak.c.nomor.desc())
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
