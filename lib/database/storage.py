"""Writing files where there may be no room or no right to: a sentence with the remedy instead of a bare error."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from lib.domain import DataUnreadable

# Builds, pointers, audits and records on their way to their place; a killed process leaves them behind.
UNFINISHED = (".bangun-*", ".terbaru.json.*", ".kasus-*", ".penyegaran.json.*")
STALE_SECONDS = 3600
FULL = ("ruang simpannya penuh", "kosongkan ruang")
CLOSED = ("folder itu tidak boleh ditulis", "perbaiki izinnya")
CAUSES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), CLOSED),
}
OTHER = ("penyimpanannya gagal", "periksa cakram itu")
# DuckDB gives the system's words and no number.
SAID = {"No space left": FULL, "File too large": FULL, "quota": FULL, "Permission denied": CLOSED}


@contextmanager
def written() -> Iterator[None]:
    """Raise DataUnreadable where files of the snapshot folder cannot be written: full, closed, or broken."""
    try:
        yield
    except OSError as error:
        raise _failed(CAUSES.get(error.errno, OTHER)) from error
    except duckdb.IOException as error:
        found = next((cause for said, cause in SAID.items() if said in str(error)), OTHER)
        raise _failed(found) from error


def _failed(cause: tuple[str, str]) -> DataUnreadable:
    why, remedy = cause
    return DataUnreadable(
        f"Potret tidak dapat ditulis di TUNTAS_DATA: {why}. Potret sebelumnya tetap dipakai; {remedy}, lalu jalankan "
        "`python -m lib.cli potret`."
    )


def remove_stale(home: Path, now: dt.datetime) -> None:
    """Remove what was begun more than an hour ago and never finished; younger ones may be another process at work."""
    for path in (found for pattern in UNFINISHED for found in home.glob(pattern)):
        if now.timestamp() - path.stat().st_mtime > STALE_SECONDS:
            path.unlink(missing_ok=True)
