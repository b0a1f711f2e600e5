"""Taking files in, from the screen or the command line: checked, imported, told, and taken back.

The importer knows the case database only; here every import leaves its line in the log and the access trail, and what
was refused stays in the quarantine. The line is begun before the import: without an application database nothing is
imported.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, delete
from sqlalchemy.exc import DBAPIError

from lib import application, audit, builds
from lib.application import riwayat
from lib.audit import Event
from lib.database import connection, fence, origins
from lib.domain import Identity, Scope, UserError
from lib.importing import importer, store, trial, undo
from lib.importing.job import Progress, Request
from lib.importing.outcome import DITOLAK_BERKAS, ImportReport
from lib.importing.trial import Trial
from lib.importing.undo import LastImport
from lib.intake import log, quarantine
from lib.settings import Settings

LOGGER = logging.getLogger("tuntas")
OPERATOR_PAGE = "baris-perintah"
READ_ONLY = (
    "Pengguna basis data dalam TUNTAS_DB hanya boleh membaca; impor dan pembatalannya dijalankan oleh pemilik "
    "tabelnya, dengan `python -m lib.cli impor`."
)
REFUSED = "Basis data menolak perubahan ini; tidak ada yang disimpan. Hubungi pengelola dan sebutkan waktu kejadian."


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sends a file: a visitor with their scope, or the operator at the command line (scope None: everything)."""

    scope: Scope | None = None
    identity: Identity | None = None
    page: str = OPERATOR_PAGE

    @property
    def provinces(self) -> tuple[str, ...] | None:
        """Whose rows may be sent; None: all."""
        return None if self.scope is None else self.scope.provinces


OPERATOR = Sender()


@contextmanager
def _case_database(settings: Settings, *, write: bool = True) -> Iterator[Engine]:
    """The case database; what it refuses becomes a sentence, because its own words may repeat a whole row.

    Raises UserError where its file is missing: neither a look nor an import makes an empty one in its place.
    """
    settings.require_own_tables()
    engine = connection.read_engine(settings.database_url)
    if write:
        engine.dispose()
        engine = connection.writable_engine(settings.database_url)
    try:
        yield engine
    except DBAPIError as error:
        code = fence.sqlstate(error)
        LOGGER.error("case database refused: %s %s", type(error.orig).__name__, code)
        sentence = READ_ONLY if code in (fence.NO_RIGHT, fence.READ_ONLY) else REFUSED
        raise UserError(sentence) from None
    finally:
        engine.dispose()


def check(
    settings: Settings,
    scope: Scope,
    paths: Sequence[Path],
    *,
    now: dt.datetime,
    sender: Sender | None = None,
    replace_all: bool = False,
    into_simulated: bool = True,
    progress: Progress | None = None,
) -> Trial:
    """What an import of the files would do, with its effect on the main counts; nothing is written or logged.

    The counts are those of the scope, which is also the sender's unless one is named. A simulated database is tried
    too, although it takes no import. Raises UserError when it cannot be used.
    """
    asked = Request(
        now=now.replace(tzinfo=None),
        replace=replace_all,
        into_simulated=into_simulated,
        allowed=scope.provinces if sender is None else sender.provinces,
        max_bad_percent=settings.ambang.batas_baris_ditolak,
        progress=progress,
    )
    with _case_database(settings) as engine:
        done = trial.try_files(
            scope, engine, paths, asked=asked, referral_resolves=settings.rujukan_penuh_terselesaikan
        )
    return replace(done, report=replace(done.report, checked={}))


def bring_in(
    settings: Settings,
    paths: Sequence[Path],
    *,
    now: dt.datetime,
    sender: Sender = OPERATOR,
    replace_all: bool = False,
    into_simulated: bool = False,
    expected_digest: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import files, with their line in the log and the access trail, and refused rows in the quarantine.

    `expected_digest` is that of the check before. A refused file is a report. Raises UserError when a database cannot
    be used; nothing is imported then.
    """
    names = [path.name for path in paths]
    with _case_database(settings) as engine:
        place = log.Place(sumber=origins.of(settings), simulasi=connection.is_simulated(engine))
        line = log.begin(settings, place, sender, now=now, names=names, replaced=replace_all)
        with _told_failure(settings, line):
            report = importer.import_files(
                engine,
                paths,
                now=now.replace(tzinfo=None),
                replace=replace_all,
                into_simulated=into_simulated,
                allowed_provinces=sender.provinces,
                max_bad_percent=settings.ambang.batas_baris_ditolak,
                expected_digest=expected_digest,
                progress=progress,
            )
    notes = report.notes
    with application.writing(settings) as db:
        log.end(db, line, report)
        if report.status != DITOLAK_BERKAS:
            taken = quarantine.keep(db, place, report, now=now, line=line, allowed=sender.provinces)
            notes += _kept_notes(report, taken)
        _tell(db, Event.IMPOR, sender, now=now, simulated=place.simulasi, detail=log.described(report))
    return replace(report, checked={}, notes=notes)


def _kept_notes(report: ImportReport, taken: int) -> tuple[str, ...]:
    """What became of the refused rows, in sentences."""
    left = sum(counts["ditolak"] for counts in report.counts.values()) - taken
    return (
        *((f"{taken} baris yang ditolak disimpan di karantina.",) if taken else ()),
        *((f"{left} baris di luar wilayah pengirim tidak disimpan.",) if left else ()),
    )


@contextmanager
def _told_failure(settings: Settings, line: int) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        sentence = str(error) if isinstance(error, UserError) else "Berhenti karena kesalahan program."
        log.fail(settings, line, sentence)
        raise


def _tell(db, event: Event, sender: Sender, *, now: dt.datetime, simulated: bool, detail: str) -> None:
    audit.write(
        db,
        event,
        now=now,
        who=sender.identity,
        scope=sender.scope,
        page=sender.page,
        detail=detail,
        simulated=simulated,
    )


def last_import(settings: Settings) -> LastImport | None:
    """The import that can be undone, of whatever provinces; None where there is none.

    Raises UserError when the case database cannot be read.
    """
    with _case_database(settings, write=False) as engine:
        return undo.last_import(engine)


def take_back(
    settings: Settings,
    *,
    now: dt.datetime,
    sender: Sender = OPERATOR,
    expected: LastImport | None = None,
) -> LastImport:
    """Undo the last import as a whole and say which one it was; told in the log and the access trail.

    What the riwayat kept of data dates that are gone goes too; quarantined rows are as before the import. Raises
    AccessRefused or UserError as lib.importing.undo does; then nothing has changed.
    """
    # A version that was begun before would write the riwayat of the dates that go here once more.
    with builds.alone(settings):
        with _case_database(settings) as engine:
            place = log.Place(sumber=origins.of(settings), simulasi=connection.is_simulated(engine))
            line = log.begin(settings, place, sender, now=now, names=(), action=log.BATAL)
            with _told_failure(settings, line):
                last = undo.take_back(engine, allowed_provinces=sender.provinces, expected=expected)
            with engine.connect() as reading:
                dates = store.last_uploads(reading, last.provinces)
        with application.writing(settings) as db:
            undone = log.undone(db, line, place, last, now=now)
            quarantine.as_before(db, place, undone)
            for kode in last.provinces:
                kept = riwayat.c.sumber.in_(place.sumber) & (riwayat.c.simulasi == place.simulasi)
                kept &= riwayat.c.kode_provinsi == kode
                if kode in dates:
                    kept &= riwayat.c.tanggal_data > dates[kode].largest
                db.execute(delete(riwayat).where(kept))
            detail = f"provinsi {','.join(last.provinces)} sha256:{last.digest[:16]}"
            _tell(db, Event.BATAL, sender, now=now, simulated=place.simulasi, detail=detail)
    return last


def remove(
    settings: Settings, scope: Scope, numbers: Sequence[int], *, now: dt.datetime, sender: Sender
) -> int:
    """Remove rows of the quarantine by their numbers and say how many; others than the scope's stay."""
    simulated = is_simulated(settings)
    with application.writing(settings) as db:
        removed = quarantine.remove(db, scope, numbers)
        if removed:
            detail = f"{removed} baris karantina"
            _tell(db, Event.HAPUS, sender, now=now, simulated=simulated, detail=detail)
    return removed


def place_of(settings: Settings) -> log.Place:
    """Which case database is asked for in log and quarantine; raises UserError when it cannot be read."""
    return log.Place(sumber=origins.of(settings), simulasi=is_simulated(settings))


def is_simulated(settings: Settings) -> bool:
    """Whether the case database holds simulated data; raises UserError when it cannot be read."""
    with _case_database(settings, write=False) as engine:
        return connection.is_simulated(engine)
