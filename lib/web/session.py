"""What every page needs before its first figure: settings, the published snapshot, the scope, calm errors."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar

import streamlit as st

from lib import access, clock, measure, publishing, settings, snapshot, start
from lib.domain import Scope, UserError
from lib.measure import Source
from lib.web.navigation import require_frame

LOGGER = logging.getLogger("tuntas")
KEPT_SOURCES = 3
FIRST_START = threading.Lock()
# Simulations made by this server whose past is not told yet.
WITHOUT_PAST: list[str] = []
# The version a run of the page began with: all that one page shows comes from it.
RUNS_WITH: ContextVar[Source | None] = ContextVar("runs_with", default=None)


@st.cache_resource(show_spinner=False)
def current_settings() -> settings.Settings:
    """The settings, read once per server."""
    return settings.load()


@st.cache_resource(show_spinner=False, max_entries=KEPT_SOURCES)
def _opened(versi: str) -> Source:
    return measure.open_source(current_settings(), versi)


def begin_run() -> Source:
    """Take the version that is published now for everything this run of the page shows."""
    RUNS_WITH.set(None)
    source = current_source()
    RUNS_WITH.set(source)
    return source


def current_source() -> Source:
    """The version of this run, else the published one; on the very first start it is made, with visible progress."""
    kept = RUNS_WITH.get()
    if kept is not None:
        return kept
    values = current_settings()
    versi = snapshot.current_version(values)
    return _opened(_first_start(values) if versi is None else versi)


def _first_start(values: settings.Settings) -> str:
    """Make the simulation or the first snapshot once, however many visitors wait for it."""
    title = "Menyiapkan data untuk pertama kali (sekitar 10 detik)"
    bar = st.progress(0.0, text=f"{title} …")
    with FIRST_START:
        simulated = start.needs_simulation(values)
        versi = start.ensure_data(
            values,
            now=clock.now(),
            progress=lambda share, text: bar.progress(min(share, 1.0), text=f"{title}: {text}"),
        )
        if simulated:
            WITHOUT_PAST.append(versi)
    bar.empty()
    return versi


def end_run() -> bool:
    """After the first page of a first start: what nobody should have waited for; says whether there was any."""
    with FIRST_START:
        if not WITHOUT_PAST:
            return False
        publishing.tell_past(current_settings(), versi=WITHOUT_PAST[-1])
        WITHOUT_PAST.clear()
        return True


def require_scope() -> Scope:
    """The scope of whoever is looking; without one the page says why and stops."""
    require_frame()
    try:
        source = current_source()
        return access.decide_scope(
            simulasi=source.simulasi,
            tanpa_masuk=current_settings().tanpa_masuk,
            address=st.get_option("server.address") or "",
        )
    except UserError as error:
        st.warning(str(error), icon=":material/block:")
        st.stop()


def guarded(run: Callable[[], None]) -> bool:
    """Run a part of a page and say whether it went well.

    A UserError becomes its sentence, a bug a calm message with the traceback in the log only.
    """
    try:
        run()
    except UserError as error:
        st.warning(str(error), icon=":material/info:")
    except Exception:
        # The log keeps the traceback; frames and filters hold no client data beyond codes.
        LOGGER.exception("page failed")
        st.error(
            "Halaman ini tidak dapat ditampilkan karena kesalahan program. Muat ulang halaman; bila terulang, "
            "hubungi pengelola dan sebutkan waktu kejadian.",
            icon=":material/error:",
        )
    else:
        return True
    return False
