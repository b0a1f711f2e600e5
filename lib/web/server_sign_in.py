"""Sign-in as the server sees it: who a request's cookies name, and the way back to the page that was asked for.

The framework always returns to the first page after a sign-in, and says nothing when one failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import auth_util, config
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib import access, clock
from lib.domain import AccessRefused, Identity, UserError
from lib.settings import Settings
from lib.web import identity
from lib.web.navigation import PAGES
from lib.web.session import current_settings

LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
BACK, BACK_SECONDS = "tuntas_kembali", 900
LONGEST_LINK = 1_500
SHORTEST_SECRET = 32
PAGE_PATHS = frozenset({"/", *(f"/{url}" for _, _, _, url, _ in PAGES)})
FAILED_LINK = f"/?{identity.FAILED_PARAMETER}={identity.FAILED}"


def base_path() -> str:
    """The address the app lies below. Example: server.baseUrlPath "tuntas" -> "/tuntas"; "" without one."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def own_path(scope: Scope) -> str:
    """The path of a request below the app's own address. Example: "/tuntas/media/a.csv" -> "/media/a.csv"."""
    path, base = scope["path"], base_path()
    if base and (path == base or path.startswith(f"{base}/")):
        return path[len(base) :] or "/"
    return path


def origin() -> str:
    """The site's own origin as set for sign-in, "" without. Example: "https://tuntas.contoh.go.id"."""
    return (auth_util.get_origin_from_redirect_uri() or "") if identity.configured() else ""


def identity_of(cookies: Mapping[str, str]) -> Identity | None:
    """Whom the signed cookie names, as the framework itself would read it; None for a missing or forged one."""
    if not identity.configured():
        return None
    signed = starlette_websocket._get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
    if signed is None:
        return None
    return identity.named(starlette_websocket._parse_decoded_user_cookie(signed, origin()))


def admitted(settings: Settings, cookies: Mapping[str, str]) -> Identity | None:
    """Whoever the cookies name, when that person has rights now; raises UserError when rights cannot be read."""
    person = identity_of(cookies)
    try:
        access.scope_for(settings, person, now=clock.now())
    except AccessRefused:
        return None
    return person


def check() -> None:
    """Raise UserError at the start where the sign-in is set up in a way that is not safe or cannot work."""
    if not identity.configured():
        return
    section = auth_util.get_secrets_auth_section()
    if len(section.get("cookie_secret", "")) < SHORTEST_SECRET:
        raise UserError(
            f"cookie_secret pada bagian [auth] tidak ada atau kurang dari {SHORTEST_SECRET} huruf; buat dengan "
            '`python -c "import secrets; print(secrets.token_hex(32))"`.'
        )
    if auth_util.get_validated_redirect_uri() is None:
        raise UserError(
            f"redirect_uri pada bagian [auth] harus alamat Tuntas yang berakhir dengan {CALLBACK}, misalnya "
            f"https://tuntas.contoh.go.id{CALLBACK}."
        )
    if not starlette_websocket.is_host_allowed(urlsplit(origin()).netloc):
        raise UserError(
            f"Nama server pada redirect_uri ({origin()}) tidak ada di server.allowedHosts dalam "
            ".streamlit/config.toml; tambahkan."
        )
    if config.get_option("server.trustedUserHeaders"):
        raise UserError(
            "server.trustedUserHeaders harus kosong: dengan itu siapa pun dapat mengaku sebagai orang lain."
        )
    if not auth_util.is_authlib_installed():
        raise UserError(
            "Paket untuk masuk belum terpasang; pasang dengan "
            "`bash deploy/lingkungan.sh deploy/requirements-masuk.txt`."
        )


# --- the way back ----------------------------------------------------------------------------------------------------


def own_link(path: str, query: str) -> str | None:
    """A link into this site that is safe to be sent to, written anew; None for anything but a page of its own.

    Example: ("/provinsi", "provinsi=35&masuk=gagal") -> "/provinsi?provinsi=35".
    """
    if path not in PAGE_PATHS or len(query) > LONGEST_LINK:
        return None
    kept = [(name, value) for name, value in parse_qsl(query) if name != identity.FAILED_PARAMETER]
    return f"{path}?{urlencode(kept)}" if kept else path


def _came_from(referrer: str) -> str | None:
    """The own page a sign-in was started from; none where one had just failed, so that the earlier link stays."""
    parts = urlsplit(referrer)
    if not referrer or f"{parts.scheme}://{parts.netloc}" != origin():
        return None
    if identity.FAILED_PARAMETER in dict(parse_qsl(parts.query)):
        return None
    return own_link(own_path({"path": parts.path}), parts.query)


def _kept(cookies: Mapping[str, str]) -> str:
    """Where to go after the sign-in. The cookie is the visitor's own to change, so it is checked as a link is."""
    parts = unquote(cookies.get(BACK, "")).split("?", 1)
    return own_link(parts[0], parts[1] if len(parts) == 2 else "") or "/"


def _keep(headers: MutableHeaders, link: str) -> None:
    cookie = Response()
    cookie.set_cookie(
        BACK,
        quote(link, safe=""),
        max_age=BACK_SECONDS,
        path=base_path() or "/",
        httponly=True,
        samesite="lax",
    )
    headers.append("set-cookie", cookie.headers["set-cookie"])


def _signed_out(cookies: Mapping[str, str]) -> bool:
    try:
        return admitted(current_settings(), cookies) is None
    except UserError:
        # Rights cannot be read now: the page says so, and the link may as well be kept.
        return True


async def _answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[MutableHeaders, list[Message]]:
    """The whole answer of the app, held back; for the small answers of the sign-in only."""
    messages: list[Message] = []

    async def hold(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, hold)
    headers = MutableHeaders(raw=list(messages[0]["headers"]))
    messages[0] = {**messages[0], "headers": headers.raw}
    return headers, messages


def _sets_identity(headers: Headers) -> bool:
    """Whether an answer signs somebody in; the same cookie is also set empty, to sign somebody out."""
    named = (cookie for cookie in headers.getlist("set-cookie") if cookie.startswith(f"{USER_COOKIE_NAME}="))
    return any(cookie.partition("=")[2].partition(";")[0].strip('"') for cookie in named)


def _redirected(headers: MutableHeaders, messages: list[Message], link: str) -> None:
    headers["Location"] = base_path() + link
    headers["Content-Length"] = "0"
    messages[:] = [{**messages[0], "status": 302}, {"type": "http.response.body", "body": b""}]


async def _login(app: ASGIApp, request: Request, send: Send) -> None:
    headers, messages = await _answer_of(app, request.scope, request.receive)
    if messages[0]["status"] >= 400:
        _redirected(headers, messages, FAILED_LINK)
    if link := _came_from(request.headers.get("referer", "")):
        _keep(headers, link)
    await _sent(messages, headers, send)


async def _callback(app: ASGIApp, request: Request, send: Send) -> None:
    headers, messages = await _answer_of(app, request.scope, request.receive)
    # Without either the provider only returns somebody who signed out.
    answered = "code" in request.query_params or "error" in request.query_params
    if _sets_identity(headers):
        _redirected(headers, messages, _kept(request.cookies))
        cookie = Response()
        cookie.delete_cookie(BACK, path=base_path() or "/", httponly=True, samesite="lax")
        headers.append("set-cookie", cookie.headers["set-cookie"])
    elif answered:
        _redirected(headers, messages, FAILED_LINK)
    await _sent(messages, headers, send)


async def _sent(messages: list[Message], headers: MutableHeaders, send: Send) -> None:
    messages[0] = {**messages[0], "headers": headers.raw}
    for message in messages:
        await send(message)


async def _page(app: ASGIApp, request: Request, send: Send) -> None:
    """A page's document: where nobody is signed in, its link is kept for afterwards."""
    link = own_link(own_path(request.scope), request.url.query)
    failed = identity.FAILED_PARAMETER in request.query_params
    keeps = link is not None and not failed and await run_in_threadpool(_signed_out, request.cookies)

    async def send_on(message: Message) -> None:
        if keeps and message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            _keep(headers, link)
            message = {**message, "headers": headers.raw}
        await send(message)

    await app(request.scope, request.receive, send_on)


def with_way_back(app: ASGIApp) -> ASGIApp:
    """Return to the page that was asked for after a sign-in, and to the first page with `masuk=gagal` without."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path = own_path(scope) if scope["type"] == "http" else ""
        request = Request(scope, receive) if path else None
        if request is None or not identity.configured():
            await app(scope, receive, send)
        elif path == LOGIN:
            await _login(app, request, send)
        elif path == CALLBACK:
            await _callback(app, request, send)
        elif path in PAGE_PATHS and "text/html" in request.headers.get("accept", ""):
            await _page(app, request, send)
        else:
            await app(scope, receive, send)

    return answer
