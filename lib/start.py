"""What happens before the first figure: simulated data where nothing is configured, and the first snapshot."""

from __future__ import annotations

import datetime as dt
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from lib import measure, publishing, snapshot
from lib.database import connection, simulation
from lib.decisions import demonstration
from lib.domain import UserError
from lib.settings import LIVE, VIEWS, Settings

LOGGER = logging.getLogger("tuntas")
DEMO_CASES = 84_000
DEMO_SEED = 20261120


def needs_simulation(settings: Settings) -> bool:
    """Whether nothing is configured and nothing lies in the data folder, so that a simulation may be made.

    A simulated database without cases is what an interrupted first start leaves behind; it is made again.
    A configured database that is missing is an error elsewhere, never a reason to invent figures.
    """
    if settings.db is not None:
        return False
    if not (settings.data_folder / "kasus.sqlite").is_file():
        return True
    engine = connection.read_engine(settings.database_url)
    try:
        return connection.is_simulated(engine) and connection.count_cases(engine) == 0
    finally:
        engine.dispose()


def schema_flaw(settings: Settings) -> str | None:
    """Why no new snapshot can be made of the case database: its schema version; None when it fits.

    Also None for views, which have no version, for direct mode, which refuses by itself, and for a database that cannot
    be read: that is told elsewhere.
    """
    if settings.kontrak == VIEWS or settings.sumber == LIVE:
        return None
    try:
        engine = connection.read_engine(settings.database_url)
        found = connection.version_of(engine)
        engine.dispose()
    except UserError:
        return None
    try:
        connection.check_known(found)
    except UserError as error:
        return str(error)
    return None


def make_demo(
    settings: Settings,
    *,
    now: dt.datetime,
    cases: int = DEMO_CASES,
    seed: int = DEMO_SEED,
    progress: Callable[[float, str], None] | None = None,
    past: bool = True,
    audit: bool = False,
) -> snapshot.Built:
    """Write the simulated case database and publish its snapshot, with `past` its riwayat of twelve month-ends too,
    with `audit` what tayang presentasi hides.

    Raises UserError when the database holds data that are not simulated.
    """
    settings.require_own_tables()
    say = progress or (lambda share, text: None)
    say(0.0, "Menyusun kasus simulasi …")
    data = simulation.simulate(cases=cases, seed=seed)
    engine = connection.writable_engine(settings.database_url)
    try:
        simulation.write(engine, data, progress=lambda share, text: say(0.2 + 0.4 * share, text))
    finally:
        engine.dispose()
    built = publishing.publish(
        settings,
        now=now,
        progress=lambda share, text: say(0.6 + (0.2 if past else 0.4) * share, text),
        anew=True,
        audit=False,
    )
    if past:
        say(0.8, "Menghitung riwayat …")
        publishing.tell_past(settings, versi=built.versi)
    if audit:
        say(0.95, publishing.AUDITING)
        publishing.audit_version(settings, versi=built.versi)
    if past:
        _invent_decisions(settings, versi=built.versi, now=now)
    return built


def tell_past(settings: Settings, *, versi: str, now: dt.datetime) -> None:
    """What a simulation made without its past lacks: the riwayat, and the invented tindak lanjut that need it."""
    publishing.tell_past(settings, versi=versi)
    _invent_decisions(settings, versi=versi, now=now)


def _invent_decisions(settings: Settings, *, versi: str, now: dt.datetime) -> None:
    source = measure.open_source(settings, versi)
    try:
        demonstration.write(settings, source, now=now)
    finally:
        source.engine.dispose()


def ensure_data(
    settings: Settings, *, now: dt.datetime, progress: Callable[[float, str], None] | None = None
) -> str:
    """Return the published version, making the simulation or the first snapshot when there is none.

    The simulation's past is left to `publishing.tell_past`, the audit of small numbers to `audit_aside`: nobody should
    wait for them before the first page.
    """
    if needs_simulation(settings):
        return make_demo(settings, now=now, progress=progress, past=False).versi
    current = snapshot.current_version(settings)
    if current is not None and snapshot.version_path(settings, current).is_file():
        return current
    return publishing.publish(settings, now=now, progress=progress, audit=False).versi


def audit_aside(versi: str) -> threading.Thread:
    """Audit the small numbers of a version of this server's data in a process of low priority, and return at once.

    A failure is logged, and tayang presentasi goes on refusing the version. The thread ends with the process.
    """
    watching = threading.Thread(target=_audit_aside, args=(versi, dict(os.environ)), daemon=True)
    watching.start()
    return watching


def _audit_aside(versi: str, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603  our own program, a version's name
        [sys.executable, "-m", "lib.publishing", versi],
        cwd=Path(__file__).resolve().parents[1],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        LOGGER.error("audit of small numbers of %s failed: %s", versi, done.stderr.strip())
