"""What every page needs before its first figure: settings, the published snapshot, the visitor's scope, calm errors."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace

import streamlit as st

from lib import access, clock, measure, reference, settings, snapshot, start, versions
from lib.domain import AccessRefused, DataUnreadable, Identity, Role, Scope, UserError
from lib.measure import Source
from lib.versions import Kept
from lib.web import identity, navigation

LOGGER = logging.getLogger("tuntas")
KEPT_SOURCES = 3
# How long it is believed that the case database has this program's schema version.
SCHEMA_SECONDS = 300
FIRST_START = threading.Lock()
# Simulations made by this server whose past is not told yet.
WITHOUT_PAST: list[str] = []
# Versions made by this server whose small numbers are not audited yet.
WITHOUT_AUDIT: list[str] = []
# The version a run of the page began with: all that one page shows comes from it.
RUNS_WITH: ContextVar[Source | None] = ContextVar("runs_with", default=None)
# Why that is not the newest version, where it is not.
RUNS_DESPITE: ContextVar[UserError | None] = ContextVar("runs_despite", default=None)
# Versions whose file turned out to be damaged while it was read: the file as it was then, and what is said of it.
DAMAGED: dict[str, tuple[tuple | None, DataUnreadable]] = {}
# What the log was told last, and when: not the same for every click of every visitor.
LOGGED: dict[str, dt.datetime] = {}
LOG_AGAIN = dt.timedelta(minutes=10)
# The kept version this run shows instead of the published one, and the settings of then.
RUNS_KEPT: ContextVar[Kept | None] = ContextVar("runs_kept", default=None)
RUNS_UNDER: ContextVar[settings.Settings | None] = ContextVar("runs_under", default=None)
# In the demonstration: the role and province the visitor looks as.
SEEN_AS, SEEN_PROVINCE = "sebagai", "sebagai_provinsi"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who is looking at which page with which scope.

    `looked_up` where the scope comes from the table of users, `demonstration` where anybody may look as anybody.
    """

    scope: Scope
    identity: Identity | None
    looked_up: bool
    demonstration: bool = False
    page: str = ""


# Whose rights this run of the page has, decided anew for every run.
RUNS_AS: ContextVar[Visitor | None] = ContextVar("runs_as", default=None)


@st.cache_resource(show_spinner=False)
def present_settings() -> settings.Settings:
    """The settings of now, read once per server."""
    return settings.load()


def current_settings() -> settings.Settings:
    """The settings that hold for what this run shows: those of now, or of the kept version."""
    return RUNS_UNDER.get() or present_settings()


@st.cache_resource(show_spinner=False, max_entries=KEPT_SOURCES)
def _opened(versi: str) -> Source:
    return measure.open_source(present_settings(), versi)


@st.cache_resource(show_spinner=False, max_entries=KEPT_SOURCES)
def _opened_kept(versi: str, stamp: tuple, _kept: Kept) -> Source:
    """`stamp` tells changed files apart, so that they are checked again."""
    return measure.open_kept(present_settings(), _kept)


@st.cache_resource(show_spinner=False, ttl=SCHEMA_SECONDS)
def schema_flaw() -> str | None:
    """Why no new snapshot can be made of the case database: another schema version; None when it fits."""
    return start.schema_flaw(present_settings())


def begin_run() -> Source:
    """Take the version that is published now for everything this run of the page shows."""
    RUNS_WITH.set(None)
    RUNS_AS.set(None)
    RUNS_KEPT.set(None)
    RUNS_UNDER.set(None)
    source, error = _readable(present_settings())
    RUNS_WITH.set(source)
    RUNS_DESPITE.set(error)
    return source


def hindered() -> UserError | None:
    """Why this run of the page does not show the newest version; None where it does."""
    return RUNS_DESPITE.get()


def kept_source(kept: Kept) -> Source:
    """A kept version, opened once per server and checked by its digests then.

    Who was let in because the published data are a demonstration sees no other data. Raises UserError.
    """
    source = _opened_kept(kept.versi, versions.stamp(present_settings(), kept), kept)
    if open_to_all(published_source()) and not open_to_all(source):
        raise UserError(
            f"Versi simpanan “{kept.nama}” berisi data nyata, sedangkan yang terbit sekarang data simulasi; versi itu "
            "hanya dibuka di server dengan data nyata."
        )
    return source


def look_back(asked: str) -> None:
    """Show a kept version, with the settings of then, in this run; rights were decided by the published data.

    Raises UserError for one that is not there, was changed, or holds other data than the visitor was let in for.
    """
    kept = versions.found(present_settings(), asked)
    source = kept_source(kept)
    RUNS_UNDER.set(versions.settings_then(present_settings(), kept))
    RUNS_KEPT.set(kept)
    RUNS_WITH.set(source)


def looked_back() -> Kept | None:
    """The kept version this run shows; None where it shows what is published now."""
    return RUNS_KEPT.get()


def published_source() -> Source:
    """What is published now, whatever this run shows."""
    source = RUNS_WITH.get()
    return source if source is not None and source.simpanan is None else _published()


def admit(source: Source) -> Visitor:
    """Who is looking, with the rights they have now; no page shows anything before `on_page`.

    A simulation is open to everybody, in the role that was chosen. Raises SignInNeeded or AccessRefused.
    """
    who = identity.identity()
    if open_to_all(source):
        scope, looked_up = _demonstration_scope(), False
    elif identity.configured():
        scope, looked_up = access.scope_for(current_settings(), who, now=clock.now()), True
    elif current_settings().tanpa_masuk:
        scope, looked_up = access.local_scope(address=st.get_option("server.address") or ""), False
    else:
        raise AccessRefused(access.NOT_CONFIGURED)
    return Visitor(scope=scope, identity=who, looked_up=looked_up, demonstration=open_to_all(source))


def open_to_all(source: Source) -> bool:
    """Whether this is the demonstration: simulated rows, and nobody's own among them."""
    return source.simulasi and not source.campuran


def on_page(admitted: Visitor, page: str) -> Visitor:
    """Let the visitor look at a page in this run."""
    there = replace(admitted, page=page)
    RUNS_AS.set(there)
    return there


def _demonstration_scope() -> Scope:
    # Not the menus' own keys: the framework forgets a menu's value on a change of page.
    role = st.session_state.setdefault(SEEN_AS, Role.DIREKTUR)
    province = st.session_state.setdefault(SEEN_PROVINCE, reference.all_provinces()[0])
    return access.scope_of(role, (province,) if role is Role.KOORDINATOR else ())


def visitor() -> Visitor:
    """Who is looking; raises AccessRefused where nobody was let in."""
    admitted = RUNS_AS.get()
    if admitted is None:
        raise AccessRefused("Halaman ini hanya terbuka sesudah hak Anda diperiksa; muat ulang halaman.")
    return admitted


def current_source() -> Source:
    """The version of this run, else the published one; on the very first start it is made, with visible progress."""
    kept = RUNS_WITH.get()
    return _published() if kept is None else kept


def _published() -> Source:
    return _readable(present_settings())[0]


def _readable(values: settings.Settings) -> tuple[Source, UserError | None]:
    """The newest version that can be opened, and why it is not the published one where it is not.

    Raises the published one's error where there is no other.
    """
    try:
        versi = measure.current_version(values)
        if versi is not None and values.sumber != settings.LIVE:
            # A pointer may hold anything; a name of a kept version is none of it.
            snapshot.version_path(values, versi)
        return _usable(values, _first_start(values) if versi is None else versi), None
    except UserError as error:
        _log(error)
        # What the second fence refuses is no reason to show a snapshot in its stead.
        if values.sumber == settings.LIVE and not isinstance(error, DataUnreadable):
            raise
        for versi in reversed(snapshot.versions(values)):
            try:
                return _usable(values, versi), error
            except UserError as another:
                _log(another)
        raise


def _usable(values: settings.Settings, versi: str) -> Source:
    """A version, unless its file is still the one that turned out to be damaged."""
    if versi in DAMAGED:
        seen, error = DAMAGED[versi]
        if seen == _file_of(values, versi):
            raise error
        DAMAGED.pop(versi, None)
    return _opened(versi)


def _file_of(values: settings.Settings, versi: str) -> tuple | None:
    """What tells a version's file apart from one that replaces it; None where there is no file."""
    try:
        found = snapshot.version_path(values, versi).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _give_up(error: DataUnreadable) -> None:
    """Read a version no more whose file turned out to be damaged; a new file of its name is opened anew."""
    kept = RUNS_WITH.get()
    if kept is None or kept.simpanan is not None or error.versi != kept.versi:
        return
    if len(DAMAGED) > KEPT_SOURCES:
        DAMAGED.clear()
    DAMAGED[kept.versi] = (_file_of(present_settings(), kept.versi), error)
    _opened.clear(kept.versi)
    kept.engine.dispose()


def given_up(source: Source) -> bool:
    """Whether a version turned out to be damaged in this run of the page."""
    return source.versi in DAMAGED


def _log(error: UserError) -> None:
    """One line of the log about stored data, which holds no client data; the same again only after some minutes."""
    now, sentence = clock.now(), str(error)
    if sentence not in LOGGED or not dt.timedelta() <= now - LOGGED[sentence] < LOG_AGAIN:
        LOGGED[sentence] = now
        LOGGER.warning("stored data: %s", sentence)


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
        if not snapshot.audit_path(values, versi).is_file():
            WITHOUT_AUDIT.append(versi)
    bar.empty()
    return versi


def end_run() -> bool:
    """After the first page of a first start: what nobody should have waited for; says whether there was any."""
    with FIRST_START:
        if WITHOUT_AUDIT:
            start.audit_aside(WITHOUT_AUDIT[-1])
            WITHOUT_AUDIT.clear()
        if not WITHOUT_PAST:
            return False
        start.tell_past(present_settings(), versi=WITHOUT_PAST[-1], now=clock.now())
        WITHOUT_PAST.clear()
        return True


def data_dates(scope: Scope) -> list[dt.date]:
    """The data dates of the provinces of a scope that have sent data."""
    sent = [p for p in current_source().provinces if p.kode_provinsi in scope.provinces]
    return [p.tanggal_data for p in sent if p.tanggal_data is not None]


def require_scope() -> Scope:
    """The scope of whoever is looking, if their role may open this page; otherwise the page says why and stops."""
    navigation.require_frame()
    admitted = visitor()
    navigation.check_role(admitted.page, admitted.scope.role)
    return admitted.scope


def guarded(run: Callable[[], None], *, on_refusal: Callable[[AccessRefused], None] | None = None) -> bool:
    """Run a part of a page and say whether it went well.

    A UserError becomes its sentence, a bug a calm message with the traceback in the log only. `on_refusal` is told of
    what the visitor's rights do not allow.
    """
    try:
        run()
    except AccessRefused as error:
        st.warning(str(error), icon=":material/block:")
        if on_refusal is not None:
            guarded(lambda refusal=error: on_refusal(refusal))
    except DataUnreadable as error:
        _log(error)
        _give_up(error)
        st.warning(str(error), icon=":material/info:")
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
