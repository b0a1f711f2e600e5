"""Publishing a version: the snapshot, and then what the product remembers of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sys
from collections.abc import Callable

import pandas as pd

from lib import application, builds, measure, snapshot
from lib.audit import forget_old
from lib.builds import Attempt
from lib.database import changes, connection, origins, schema, storage
from lib.disclosure import kept
from lib.domain import UserError
from lib.settings import Settings, load

MONTH_ENDS = 12
AUDITING = "Memeriksa penyamaran angka kecil …"
# A low priority: who looks at a page goes first.
NICE = 10


def publish(
    settings: Settings,
    *,
    now: dt.datetime,
    progress: Callable[[float, str], None] | None = None,
    anew: bool = False,
    audit: bool = True,
    wait: bool = True,
) -> snapshot.Built:
    """Build and publish a version, then keep the figures at T of every province (riwayat) and, with `audit`, what
    tayang presentasi hides of it; until then presentasi refuses the version. Old lines of the access trail go.

    `anew` forgets what was kept of this case database before: for simulated data, which are another office each time.
    How it went is noted (`lib.builds`), so that the screen tells of a failure until the next success.
    Raises UserError when the case database cannot be read or the application database cannot be written; a version
    once published stays. Without `wait` raises builds.Busy where another process is building.
    """
    say = progress or (lambda share, text: None)
    try:
        with builds.alone(settings, wait=wait):
            sidik = fingerprint(settings)
            built = _build(settings, now=now, say=say, anew=anew)
        if audit:
            say(0.93, AUDITING)
            audit_version(settings, versi=built.versi)
        forget_old(settings, now=now)
    except builds.Busy:
        raise
    except UserError as error:
        builds.note(settings, Attempt(waktu=now, sebab=str(error)))
        raise
    except Exception:
        builds.note(settings, Attempt(waktu=now, sebab=builds.BUG))
        raise
    builds.note(settings, Attempt(waktu=now, sidik=sidik))
    return built


def _build(
    settings: Settings, *, now: dt.datetime, say: Callable[[float, str], None], anew: bool
) -> snapshot.Built:
    built = snapshot.build(settings, now=now, progress=lambda share, text: say(0.9 * share, text))
    say(0.9, "Menyimpan riwayat …")
    source = measure.open_source(settings, built.versi)
    try:
        rows = measure.figures_to_keep(source, limits=settings.ambang)
    finally:
        source.engine.dispose()
    _keep(settings, rows, versi=built.versi, simulasi=source.simulasi, only_these=anew)
    return built


def fingerprint(settings: Settings) -> str | None:
    """A digest of all a version is built of: the same twice means that a new one would hold the same.

    None where that cannot be told, so that a version is built.
    """
    try:
        engine = connection.read_engine(settings.database_url)
    except UserError:
        return None
    try:
        mark = changes.mark(engine)
    finally:
        engine.dispose()
    if mark is None:
        return None
    text = repr((mark, origins.of(settings)[0], schema.SCHEMA_VERSION, settings.digest))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def audit_version(settings: Settings, *, versi: str) -> None:
    """Audit what presentasi may show of a version and keep the cells it hides further beside it.

    Raises UserError when the version cannot be read.
    """
    source = measure.open_source(settings, versi)
    try:
        cells = measure.audited(source, limits=settings.ambang)
    finally:
        source.engine.dispose()
    with storage.written():
        kept.write(snapshot.audit_path(settings, versi), cells)


def tell_past(settings: Settings, *, versi: str) -> None:
    """Keep the figures of the last month-ends too, as the registers stood then: simulated data have no past of their
    own.

    Takes some seconds, so that a first start does it after its first page. Raises UserError as `publish` does.
    """
    with snapshot.copied(settings) as copy:
        past = measure.figures_of_the_past(copy, settings, MONTH_ENDS)
    if past:
        rows = pd.concat(past, ignore_index=True)
        _keep(settings, rows, versi=versi, simulasi=True, only_these=False)


def _keep(settings: Settings, rows: pd.DataFrame, *, versi: str, simulasi: bool, only_these: bool) -> None:
    application.keep(
        settings,
        rows.assign(versi=versi),
        sumber=origins.of(settings),
        simulasi=simulasi,
        only_these=only_these,
    )


def main(versions: list[str]) -> int:
    """Audit versions of the data that are set, at a low priority; 2 with a sentence where that fails."""
    os.nice(NICE)
    try:
        for versi in versions:
            audit_version(load(), versi=versi)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
