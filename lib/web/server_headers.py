"""What the server says about every answer: what the browser may load, who may frame or keep it, safe cookies."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from lib.web import server_sign_in

MEDIA = "/media/"


@cache
def _inline_scripts() -> str:
    """The digests of the scripts written into the framework's own page, so that no other inline script runs."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_bytes()
    digests = (
        hashlib.sha256(script).digest() for script in re.findall(rb"<script>(.*?)</script>", page, re.S)
    )
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


@cache
def content_policy() -> str:
    """The strictest policy every page still works with.

    The framework writes its styles into the page, brings small fonts and pictures as data, and reads its messages with
    WebAssembly; the picture of a chart is made of a blob.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {_inline_scripts()}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


# The parts of the front end that draw charts and tables; the first of them is larger than all others together.
EARLY_PARTS = ("PlotlyChart", "DataFrame", "arrowFormatUtils")


@cache
def _early_files() -> tuple[str, ...]:
    folder = Path(file_util.get_static_dir()) / "static" / "js"
    files = []
    for part in EARLY_PARTS:
        (file,) = folder.glob(f"{part}.*.js")
        files.append(file.name)
    return tuple(files)


def early_parts() -> str:
    """The Link header that has the browser fetch and compile what draws charts while the page is still being made.

    The framework asks for these parts only when the first chart arrives. Raises ValueError when its files have other
    names.
    """
    base = server_sign_in.base_path()
    links = (f'<{base}/static/js/{name}>; rel="modulepreload"; crossorigin' for name in _early_files())
    return ", ".join(links)


@cache
def security_headers() -> dict[str, str]:
    """The headers every answer carries."""
    return {
        "Content-Security-Policy": content_policy(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def secured(cookie: str) -> str:
    """A cookie that only travels encrypted. Example: "a=1; Path=/" -> "a=1; Path=/; Secure"."""
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    return cookie if "secure" in attributes else f"{cookie}; Secure"


def _changed(headers: MutableHeaders, *, path: str, encrypted: bool) -> None:
    headers.update(security_headers())
    # The framework lets every website read what lies in static/.
    if headers.get("access-control-allow-origin") == "*":
        del headers["access-control-allow-origin"]
    if path.startswith(MEDIA):
        headers["Cache-Control"] = "no-store"
    if headers.get("content-type", "").startswith("text/html"):
        headers["Link"] = early_parts()
    cookies = headers.getlist("set-cookie")
    if encrypted and cookies:
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", secured(cookie))


def with_headers(app: ASGIApp) -> ASGIApp:
    """Write the headers into every answer of the app.

    Cookies become Secure when the request came encrypted - the server in front of this one is believed by its address
    (uvicorn's FORWARDED_ALLOW_IPS, 127.0.0.1 unless set) - or when the site's own address for sign-in is https.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        encrypted = scope["scheme"] == "https" or server_sign_in.origin().startswith("https://")

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                _changed(headers, path=server_sign_in.own_path(scope), encrypted=encrypted)
                message = {**message, "headers": headers.raw}
            await send(message)

        await app(scope, receive, send_on)

    return answer
