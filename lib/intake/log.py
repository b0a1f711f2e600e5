"""The log of imports (catatan impor) in the application database: who sent what when, and what became of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from lib import application, reference
from lib.domain import Scope
from lib.importing.outcome import DITERIMA, SEBAGIAN, ImportReport
from lib.importing.undo import LastImport
from lib.settings import Settings

if TYPE_CHECKING:
    from lib.intake import Sender

IMPOR, BATAL = "impor", "batal"
# What a line says beside an import's own results: begun and never ended, failed, the import was undone.
BERJALAN, GAGAL, DIBATALKAN = "berjalan", "gagal", "dibatalkan"
OPERATOR = "operator"
EVERYWHERE = "semua"
LINES = 200
COLUMNS = (
    *("nomor", "waktu", "tindakan", "hasil", "siapa", "peran", "provinsi", "berkas", "ganti"),
    *("jumlah", "kalimat", "digest"),
)
catatan_impor = Table(
    "catatan_impor",
    application.metadata,
    Column("nomor", Integer, primary_key=True, autoincrement=True),
    Column("sumber", String(16), nullable=False),
    Column("simulasi", Boolean, nullable=False),
    Column("waktu", DateTime, nullable=False, index=True),
    Column("penerbit", String(200)),
    Column("subjek", String(200)),
    Column("peran", String(24)),
    Column("wilayah", String(160), nullable=False),
    Column("tindakan", String(8), nullable=False),
    Column("hasil", String(16), nullable=False),
    Column("berkas", String(400), nullable=False),
    Column("ganti", Boolean, nullable=False),
    Column("digest", String(64)),
    Column("provinsi", String(160)),
    Column("jumlah", Text),
    Column("kalimat", String(600)),
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which case database a line is of (all names of lib.database.origins), and whether it is a simulation."""

    sumber: tuple[str, ...]
    simulasi: bool


def begin(
    settings: Settings,
    place: Place,
    sender: Sender,
    *,
    now: dt.datetime,
    names: Sequence[str],
    replaced: bool = False,
    action: str = IMPOR,
) -> int:
    """Begin a line and return its number; raises UserError when the application database cannot be written."""
    who, scope = sender.identity, sender.scope
    values = {
        "sumber": place.sumber[0],
        "simulasi": place.simulasi,
        "waktu": _utc(now),
        "penerbit": who.issuer if who else None,
        "subjek": OPERATOR if scope is None else who.subject if who else None,
        "peran": scope.role.value if scope else None,
        "wilayah": _area(scope.provinces if scope else reference.all_provinces()),
        "tindakan": action,
        "hasil": BERJALAN,
        "berkas": ", ".join(names)[:400],
        "ganti": replaced,
    }
    with application.writing(settings) as db:
        return db.execute(insert(catatan_impor).values(values)).inserted_primary_key[0]


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _area(provinces: Sequence[str]) -> str:
    return EVERYWHERE if set(provinces) >= set(reference.all_provinces()) else ",".join(provinces)


def _provinces(area: str) -> set[str]:
    return set(reference.all_provinces()) if area == EVERYWHERE else set(filter(None, area.split(",")))


def end(db: Connection, line: int, report: ImportReport) -> None:
    """Write what became of an import into its line."""
    _set(
        db,
        line,
        hasil=report.status,
        digest=report.digest or None,
        provinsi=_area(report.provinces),
        jumlah=json.dumps(report.counts),
        kalimat=(report.refusal or "")[:600] or None,
    )


def fail(settings: Settings, line: int, sentence: str) -> None:
    """Note in a line that it came to nothing, and why."""
    with application.writing(settings) as db:
        _set(db, line, hasil=GAGAL, kalimat=sentence[:600])


def undone(db: Connection, line: int, place: Place, last: LastImport, *, now: dt.datetime) -> int | None:
    """End the line of an undo, mark the import it took back, and return the number of that one's line."""
    _set(db, line, hasil=DITERIMA, digest=last.digest, provinsi=_area(last.provinces))
    table = catatan_impor
    found = db.execute(
        select(table.c.nomor)
        .where(table.c.sumber.in_(place.sumber), table.c.simulasi == place.simulasi)
        .where(table.c.digest == last.digest, table.c.hasil.in_((DITERIMA, SEBAGIAN)))
        .where(table.c.tindakan == IMPOR)
        .order_by(table.c.nomor.desc())
        .limit(1)
    ).scalar()
    if found is not None:
        _set(db, found, hasil=DIBATALKAN)
    return found


def _set(db: Connection, line: int, **values: object) -> None:
    db.execute(update(catatan_impor).where(catatan_impor.c.nomor == line).values(**values))


def described(report: ImportReport) -> str:
    """An import for the access trail. Example: "sebagian provinsi 33,35 12 baris ditolak 1 sha256:0a1b2c"."""
    changed = sum(counts[kind] for counts in report.counts.values() for kind in ("baru", "berubah", "hilang"))
    refused = sum(counts["ditolak"] for counts in report.counts.values())
    where = f" provinsi {_area(report.provinces)}" if report.provinces else ""
    return f"{report.status}{where} {changed} baris ditolak {refused} sha256:{report.digest[:16]}"


def lines(settings: Settings, scope: Scope, place: Place, *, limit: int = LINES) -> pd.DataFrame:
    """The newest lines with COLUMNS as the scope may see them, waktu as UTC.

    A line of more provinces than the scope's names only the own ones, without files, counts and reason; one that
    names none is seen by whoever may see all provinces of its sender. Raises UserError when they cannot be read.
    """
    table = catatan_impor
    query = (
        select(table)
        .where(table.c.sumber.in_(place.sumber), table.c.simulasi == place.simulasi)
        .order_by(table.c.nomor.desc())
    )
    with application.reading(settings, table) as db:
        rows = [] if db is None else db.execute(query).mappings()
        shown = [each for each in map(lambda row: _as_seen(dict(row), scope), rows) if each][:limit]
    frame = pd.DataFrame([{name: row[name] for name in COLUMNS} for row in shown], columns=list(COLUMNS))
    return frame.assign(waktu=pd.to_datetime(frame["waktu"]).dt.tz_localize("UTC"))


def _as_seen(row: dict, scope: Scope) -> dict | None:
    own = set(scope.provinces)
    sent = _provinces(row["provinsi"] or "")
    row["siapa"] = row["subjek"]
    row["provinsi"] = ",".join(sorted(sent & own))
    if _provinces(row["wilayah"]) <= own and sent <= own:
        return row
    if not sent & own:
        return None
    whole = sent <= own
    hidden = {"siapa": None} if whole else {"siapa": None, "jumlah": None}
    return row | hidden | {"berkas": None, "kalimat": None, "digest": None}
