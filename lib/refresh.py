"""Refreshing: a version is built in the background whenever the case database has changed.

One thread of a server looks at the clock; the work is done by a process of low priority, so that pages stay fast.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable

from lib import builds, clock, publishing, snapshot
from lib.builds import Attempt
from lib.domain import UserError
from lib.settings import ROOT, SNAPSHOT, Settings, load

LOGGER = logging.getLogger("tuntas")
# How often the clock is looked at, and how long a build may take before it is given up.
LOOK_SECONDS, LONGEST_SECONDS = 30.0, 1800
# The exit code of a process that says in one sentence why it did nothing.
REFUSED = 2
TOO_LONG = (
    f"Pembangunan potret melewati {LONGEST_SECONDS // 60} menit dan dihentikan; periksa apakah server basis data "
    "kasus menjawab."
)


def is_due(settings: Settings, *, now: dt.datetime) -> bool:
    """Whether the last attempt, of whichever server or command, is longer ago than the setting allows.

    Never before the first version, which a page or a command makes; nor without snapshots.
    """
    if not settings.segarkan_menit or settings.sumber != SNAPSHOT or not snapshot.versions(settings):
        return False
    last = builds.last(settings)
    # An attempt in the future was noted under a wrong clock.
    return last is None or not dt.timedelta() <= now - last.waktu < interval(settings)


def interval(settings: Settings) -> dt.timedelta:
    """How long after an attempt the next one follows."""
    return dt.timedelta(minutes=settings.segarkan_menit)


def refresh(settings: Settings, *, now: dt.datetime) -> str | None:
    """Publish a version if the case database has changed since the last one, and return its name, else None.

    A published version that cannot be opened is built anew. Raises UserError as `publishing.publish` does, and
    builds.Busy where another process is at it.
    """
    fingerprint = publishing.fingerprint(settings)
    last = builds.last(settings)
    unchanged = (
        last is not None and last.sebab is None and fingerprint is not None and last.sidik == fingerprint
    )
    if unchanged and _is_whole(settings):
        builds.note(settings, Attempt(waktu=now, sidik=fingerprint))
        return None
    return publishing.publish(settings, now=now, wait=False).versi


def _is_whole(settings: Settings) -> bool:
    """Whether the published version opens and its small numbers are audited."""
    try:
        versi = snapshot.current_version(settings)
        if versi is None:
            return False
        snapshot.open_version(settings, versi).engine.dispose()
    except UserError:
        return False
    return snapshot.audit_path(settings, versi).is_file()


def aside(settings: Settings, *, now: dt.datetime) -> None:
    """Refresh in a process of low priority and wait for it; a failure is logged and noted, never raised."""
    try:
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "lib.refresh"],
            cwd=ROOT,
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        LOGGER.error("refresh given up after %s seconds", LONGEST_SECONDS)
        builds.note(settings, Attempt(waktu=now, sebab=TOO_LONG))
        return
    if not done.returncode:
        return
    LOGGER.error("refresh failed: %s", done.stderr.strip())
    last = builds.last(settings)
    if last is None or last.waktu < now:
        # It could not say so itself: the disk is full, or the process was killed.
        builds.note(settings, Attempt(waktu=now, sebab=_sentence(done)))


def _sentence(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.strip().splitlines()
    return lines[-1] if done.returncode == REFUSED and lines else builds.BUG


def look(settings: Settings, *, now: dt.datetime) -> bool:
    """Refresh if it is due, and say whether it was."""
    if not is_due(settings, now=now):
        return False
    aside(settings, now=now)
    return True


def keep_fresh(stop: threading.Event, *, settings: Callable[[], Settings] = load) -> threading.Thread:
    """Start the server's one thread; it looks until `stop` is set and reads the settings anew each time."""
    watching = threading.Thread(target=_watch, args=(stop, settings), name="penyegaran", daemon=True)
    watching.start()
    return watching


def _watch(stop: threading.Event, settings: Callable[[], Settings]) -> None:
    told = ""
    while True:
        pause, values = LOOK_SECONDS, None
        try:
            values = settings()
            pause = _pause(values)
        except UserError as error:
            # Not twice a minute for as long as nobody mends it.
            if told != str(error):
                LOGGER.warning("refresh not possible: %s", error)
            told = str(error)
        if stop.wait(pause):
            return
        try:
            if values is not None:
                look(values, now=clock.now())
        except Exception:
            # The thread lives as long as the server, whatever one round meets.
            LOGGER.exception("refresh failed")


def _pause(settings: Settings) -> float:
    """Seconds until the next look: at least twice within an interval, for those who try it with a short one."""
    if not settings.segarkan_menit:
        return LOOK_SECONDS
    return min(LOOK_SECONDS, max(1.0, interval(settings).total_seconds() / 2))


def main() -> int:
    """Refresh the data that are set, at a low priority; 2 with a sentence where that fails."""
    os.nice(publishing.NICE)
    try:
        versi = refresh(load(), now=clock.now())
    except builds.Busy as busy:
        print(busy)
    except UserError as error:
        print(error, file=sys.stderr)
        return REFUSED
    else:
        print(versi or "tidak berubah")
    return 0


if __name__ == "__main__":
    sys.exit(main())
