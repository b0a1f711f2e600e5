"""Direct mode: the case database on PostgreSQL itself as the source of every figure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy.exc import DBAPIError

from lib.database import connection, fence
from lib.domain import UserError
from lib.queries.source import Source, direct_source, unreadable
from lib.settings import LIVE, Settings


def live_version(now: dt.datetime, seconds: int) -> str:
    """The name under which answers are kept for some seconds, so that they are never older.

    Example: 10:15:42 and 60 seconds -> "langsung-20261122T101500"; at 10:16:00 another one begins.
    """
    begun = now.timestamp() // seconds * seconds
    return f"{LIVE}-{dt.datetime.fromtimestamp(begun, tz=now.tzinfo):%Y%m%dT%H%M%S}"


def is_live(versi: str) -> bool:
    """Whether a version is one of `live_version`, not a snapshot's."""
    return versi.startswith(f"{LIVE}-")


def live_source(settings: Settings, *, now: dt.datetime) -> Source:
    """The case database as it is now, asked as the reading role.

    Raises UserError when it cannot be read, or when the fence does not stand: there is no direct mode without it.
    """
    engine = connection.live_engine(settings.database_url, seconds=settings.batas_kueri_detik)
    connection.check_version(engine)
    simulasi = connection.is_simulated(engine)
    try:
        found = fence.state(engine, reader=settings.peran_baca)
        if not found.holds:
            raise UserError(
                "TUNTAS_SUMBER=langsung memerlukan pagar kedua: "
                f"{found.reader_flaw or 'tabel ' + ', '.join(found.without) + ' belum dijaga'}. Jalankan "
                "`python -m lib.cli siapkan` sebagai pemilik tabelnya."
            )
        source = direct_source(
            engine,
            simulasi=simulasi,
            referral_resolves=settings.rujukan_penuh_terselesaikan,
            versi=live_version(now, settings.langsung_detik),
            peran_baca=settings.peran_baca,
        )
        return replace(source, campuran=connection.is_mixed(engine))
    except DBAPIError as error:
        known = unreadable(error, engine)
        if known is None:
            raise
        raise known from error
