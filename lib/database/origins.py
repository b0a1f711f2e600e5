"""Which case database a snapshot, a kept figure or an import is of: another one's must never be shown as its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import URL, make_url

from lib.settings import VIEWS, Settings

DEFAULT = "bawaan"


def of(settings: Settings) -> tuple[str, ...]:
    """The names of the case database: the first is written, each of them is known as this one's.

    A SQLite file is known by where it really lies, however its address spells that; the file in the data folder is
    called DEFAULT, so that a folder may be moved as a whole. The others are what earlier versions of this program
    wrote, which went by the spelling. User and password of a server are left out: who reads and who imports come to
    the same cases, and a new password keeps them.
    Example: with TUNTAS_DATA=/srv/tuntas, the addresses sqlite:////srv/tuntas/kasus.sqlite and none have both names.
    """
    address = make_url(settings.database_url)
    if address.get_backend_name() != "sqlite":
        return (_digest(address, settings.kontrak),)
    file = Path(address.database or "").resolve()
    inside = file == (settings.data_folder / "kasus.sqlite").resolve() and settings.kontrak != VIEWS
    spelled = (URL.create("sqlite", database=str(file)), address)
    names = (*((DEFAULT,) if inside else ()), *(_digest(each, settings.kontrak) for each in spelled))
    return tuple(dict.fromkeys(names))


def _digest(address: URL, kontrak: str) -> str:
    shown = address.set(username="", password="").render_as_string(hide_password=True)
    if kontrak == VIEWS:
        # Views and tables of one database are other rows.
        shown = f"{shown} {VIEWS}"
    return hashlib.sha256(shown.encode()).hexdigest()[:16]
