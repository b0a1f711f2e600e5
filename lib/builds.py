"""One build of a version at a time, and how the last one went: both kept beside the versions.

Every server and every command on one TUNTAS_DATA goes by the same lock and the same record.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from lib import snapshot
from lib.database import storage
from lib.domain import UserError
from lib.settings import Settings

LOGGER = logging.getLogger("tuntas")
LOCK, RECORD = ".kunci", "penyegaran.json"
BUG = "Kesalahan program; rinciannya di catatan server."
# What could not be written, because the disk is full for instance, is known to this process at least.
_UNWRITTEN: dict[Path, Attempt] = {}


class Busy(UserError):
    """Another process is building a version."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """When a version was last tried, why it failed (`sebab`, None when it went well), and what it was built of.

    `sidik` is `lib.publishing.fingerprint` of the case database before the build; None where it is not known.
    """

    waktu: dt.datetime
    sebab: str | None = None
    sidik: str | None = None


@contextmanager
def alone(settings: Settings, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of the snapshot folder; the system frees it when a process is killed.

    What a killed build left behind is removed: nobody else can be at work. Raises Busy without `wait` where somebody
    is, DataUnreadable when the folder cannot be written.
    """
    home = snapshot.folder(settings)
    with storage.written():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = (home / LOCK).open("a")
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Busy("Potret sedang dibangun oleh proses lain; tunggu sampai selesai.") from error
        for left in home.glob(".bangun-*"):
            left.unlink(missing_ok=True)
        yield


def note(settings: Settings, attempt: Attempt) -> None:
    """Write how an attempt went; where even that cannot be written, this process remembers it."""
    home = snapshot.folder(settings)
    unfinished = home / f".{RECORD}.{os.getpid()}"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished.write_text(
            json.dumps(asdict(attempt) | {"waktu": attempt.waktu.isoformat()}), encoding="utf-8"
        )
        unfinished.replace(home / RECORD)
        _UNWRITTEN.pop(home, None)
    except OSError:
        LOGGER.warning("the record of builds cannot be written")
        _UNWRITTEN[home] = attempt
        _drop(unfinished)


def _drop(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        LOGGER.warning("an unfinished record of builds cannot be removed")


def last(settings: Settings) -> Attempt | None:
    """How the last attempt went; None before the first, and where the record cannot be read."""
    home = snapshot.folder(settings)
    known = [attempt for attempt in (_read(home / RECORD), _UNWRITTEN.get(home)) if attempt is not None]
    return max(known, key=lambda attempt: attempt.waktu, default=None)


def _read(path: Path) -> Attempt | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        when = dt.datetime.fromisoformat(found["waktu"])
        if when.tzinfo is None:
            raise ValueError("a moment without its zone")
        return Attempt(waktu=when, sebab=found["sebab"], sidik=found["sidik"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        # The next attempt writes it anew.
        LOGGER.warning("the record of builds cannot be read")
        return None
