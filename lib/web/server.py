"""The server around the pages: who may fetch files, which addresses are closed, and whether it is ready.

The framework hands out /media/* and its counts to anybody. What is read here of its inner state is read only in this
file and in lib/web/server_sign_in.py, for the exact version in requirements.txt; tests/unit/test_server.py holds it.
"""

from __future__ import annotations

import gc
import importlib
import logging
import pkgutil
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from os.path import splitext

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection
from streamlit import config, runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from lib import access, measure, refresh, snapshot
from lib.domain import Identity, UserError
from lib.settings import ROOT, SNAPSHOT, Settings
from lib.web import identity, navigation, server_headers, server_sign_in
from lib.web.session import current_settings, current_source, open_to_all

LOGGER = logging.getLogger("tuntas")
MEDIA, UPLOAD = "/media/", "/_stcore/upload_file"
HEALTH, READY = "/_stcore/health", "/siap"
# Counts of sessions tell who is at work; the others would run pages or describe how to.
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
NO_FORWARDING = (
    "TUNTAS_TANPA_MASUK=1 hanya untuk dipakai di komputer ini sendiri, tanpa proksi di depannya. Atur cara masuk "
    "menurut README bagian Keamanan."
)
UNKNOWN_HOST = "Nama server ini tidak dikenal; tambahkan ke server.allowedHosts dalam .streamlit/config.toml."
NOT_SIGNED_IN = "Masuk dahulu ke Tuntas, lalu unduh lagi dari halamannya."
NOT_YOURS = "Berkas ini tidak ada, atau dibuat untuk sesi lain. Unduh lagi dari halamannya."
NOT_KNOWN = "Hak Anda tidak dapat diperiksa sekarang. Coba lagi sebentar lagi."
NOT_FOUND = "Alamat ini tidak ada."
FAILED = "Permintaan ini gagal karena kesalahan program. Coba lagi; bila terulang, hubungi pengelola."


def says(sentence: str, status: int) -> Response:
    """One plain sentence as the whole answer."""
    return PlainTextResponse(f"{sentence}\n", status_code=status, headers={"Cache-Control": "no-store"})


# --- who made which file ---------------------------------------------------------------------------------------------


def note_downloads(manager: MediaFileManager) -> dict[str, set[str]]:
    """Note from now on for which session a file was made on click; gives file code -> sessions.

    The framework keeps such a file without its session, so nobody could tell afterwards whose it is.
    """
    made: dict[str, set[str]] = {}
    make = manager.execute_deferred

    def noted(placeholder: str) -> str:
        entry = manager._deferred_callables.get(placeholder)
        url = make(placeholder)
        if entry is not None:
            made.setdefault(splitext(url.rsplit("/", 1)[-1])[0], set()).add(entry["session_id"])
        for code in list(made):
            if manager.read_file(code) is None:
                made.pop(code, None)
        return url

    manager.execute_deferred = noted
    return made


def sessions_of(code: str, manager: MediaFileManager, made: Mapping[str, set[str]]) -> set[str]:
    """The sessions a file was made for: on click, or while a page was drawn."""
    with manager._lock:
        drawn = {key for key, files in manager._files_by_session_and_coord.items() if code in files.values()}
    return drawn | made.get(code, set())


@cache
def public_files() -> frozenset[bytes]:
    """Contents of the pictures in static/, which are public anyway: the logo is shown before anybody signs in."""
    return frozenset(path.read_bytes() for path in (ROOT / "static").glob("*.png"))


def _is_public(code: str, manager: MediaFileManager) -> bool:
    found = manager.read_file(code)
    return found is not None and found.content in public_files()


def _belongs(session_id: str, person: Identity | None) -> bool:
    """Whether a live session is this person's; without a person (nobody signs in here) whether it is live."""
    session = runtime.get_instance().get_app_session(session_id)
    if session is None:
        return False
    if person is None:
        return True
    info = session._user_info
    return (info.get("iss"), info.get("sub")) == (person.issuer, person.subject)


# --- the gate --------------------------------------------------------------------------------------------------------


def signs_in(settings: Settings) -> bool:
    """Whether a person has to be known here: not for simulated data, nor on this machine with TUNTAS_TANPA_MASUK."""
    # Before the first version there is nothing to fetch, and nobody should wait here until it is made.
    if _has_version(settings) and open_to_all(current_source()):
        return False
    return not _without_sign_in(settings)


def _has_version(settings: Settings) -> bool:
    try:
        return measure.current_version(settings) is not None
    except UserError:
        # The pages show the last good one then, if there is any.
        return True


def _without_sign_in(settings: Settings) -> bool:
    """Whether real data are shown to whoever sits at this machine."""
    if identity.configured() or not settings.tanpa_masuk:
        return False
    return config.get_option("server.address") in access.LOCAL_ADDRESSES


def file_refusal(path: str, cookies: Mapping[str, str], made: Mapping[str, set[str]]) -> Response | None:
    """Why a file may not be fetched or sent, or None."""
    manager = runtime.get_instance().media_file_mgr
    code = splitext(path.removeprefix(MEDIA))[0]
    if path.startswith(MEDIA) and _is_public(code, manager):
        return None
    settings, person = current_settings(), None
    try:
        if signs_in(settings):
            person = server_sign_in.admitted(settings, cookies)
            if person is None:
                return says(NOT_SIGNED_IN, 401)
    except UserError as error:
        LOGGER.warning("a file was refused: %s", error)
        return says(NOT_KNOWN, 503)
    if path.startswith(MEDIA):
        owners = sessions_of(code, manager, made)
    else:
        owners = set(path.removeprefix(UPLOAD).split("/")[1:2])
    if any(_belongs(session_id, person) for session_id in owners):
        return None
    return says(NOT_YOURS, 404)


def address_refusal(request: HTTPConnection, path: str) -> Response | None:
    """Why an address is closed to this request, or None."""
    # A line break at the end would still match the framework's own addresses, but not the names that are guarded.
    if not path.isprintable() or path.startswith(CLOSED):
        return says(NOT_FOUND, 404)
    if _without_sign_in(current_settings()) and any(name in request.headers for name in FORWARDED):
        return says(NO_FORWARDING, 403)
    if path != HEALTH and not is_host_allowed(request.headers.get("host")):
        return says(UNKNOWN_HOST, 400)
    return None


def gate(app: ASGIApp, *, made: Callable[[], Mapping[str, set[str]]]) -> ASGIApp:
    """Everything passes that neither `address_refusal` nor `file_refusal` refuses."""

    async def answer(scope: Connection, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        path = server_sign_in.own_path(scope)
        refusal = address_refusal(request, path)
        if refusal is None and path.startswith((MEDIA, UPLOAD)):
            refusal = await run_in_threadpool(file_refusal, path, request.cookies, made())
        if refusal is None:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await refusal(scope, receive, send)

    return answer


# --- what dashboard.py hands to the framework ------------------------------------------------------------------------


async def ready(_request: Request) -> Response:
    """/siap: 200 when what the pages show can be opened, else 503 with what to do; no figure in it."""
    try:
        await run_in_threadpool(_open_data, current_settings())
    except UserError as error:
        return says(str(error), 503)
    return says("siap", 200)


async def at_root(request: Request) -> Response:
    """The first page under its own name, which the framework knows at "/" only; the filter is kept."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{server_sign_in.base_path()}/{query}", status_code=307)


def _open_data(settings: Settings) -> None:
    if measure.current_version(settings) is None:
        raise UserError("Belum ada potret; buka halaman pertama atau jalankan `python -m lib.cli potret`.")
    if settings.sumber == SNAPSHOT:
        # Opened anew: a version that is kept open would hide that its file is damaged or gone.
        snapshot.open_version(settings, snapshot.current_version(settings)).engine.dispose()
    else:
        current_source()


async def failed(_request: Request, _error: Exception) -> Response:
    """A bug in the server: a calm sentence, the traceback only in the log."""
    response = says(FAILED, 500)
    response.headers.update(server_headers.security_headers())
    return response


def load_pages() -> None:
    """Load everything the pages are made of before anybody waits for it; what stays for good is no garbage.

    Also the parts of libraries that come with their first use and take half a second or more.
    """
    for found in pkgutil.iter_modules([str(ROOT / "lib" / "web")], "lib.web."):
        importlib.import_module(found.name)
    for late in ("scipy.stats", "pandas.io.formats.style"):
        importlib.import_module(late)
    gc.collect()
    gc.freeze()


def parts() -> dict:
    """The arguments of the framework's App: middleware from the outside in, the route /siap, what to do at start."""
    made: dict[str, set[str]] = {}

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        nonlocal made
        server_sign_in.check()
        load_pages()
        made = note_downloads(runtime.get_instance().media_file_mgr)
        stop = threading.Event()
        refresh.keep_fresh(stop)
        yield
        stop.set()

    base = server_sign_in.base_path()
    return {
        "middleware": [
            Middleware(server_headers.with_headers),
            Middleware(gate, made=lambda: made),
            Middleware(server_sign_in.with_way_back),
        ],
        "routes": [
            Route(base + READY, ready, methods=["GET"]),
            Route(f"{base}/{navigation.DEFAULT}", at_root, methods=["GET"]),
        ],
        "exception_handlers": {Exception: failed},
        "lifespan": lifespan,
    }
