"""The server around the pages, without a browser: closed addresses, files, headers, the way back after a sign-in.

Also that the framework's inner parts it relies on are still what they were.
"""

from __future__ import annotations

import datetime as dt
import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit import config, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.app_discovery import discover_asgi_app
from streamlit.web.server.starlette import starlette_auth_routes, starlette_routes
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib import clock, settings, snapshot, users
from lib.database import connection
from lib.domain import Role, UserError
from lib.settings import ROOT
from lib.users import User
from lib.web import identity, server, server_headers, server_sign_in

SITE = "https://tuntas.contoh.go.id"
PROVIDER = "https://masuk.contoh.go.id"
SECRET = "0123456789abcdef" * 4
OURS, OTHERS, UNKNOWN, REVOKED = "siti", "budi", "orang-baru", "mantan"
HTML = {"accept": "text/html,*/*"}


def auth_section(**changes: str) -> str:
    values = {
        "redirect_uri": f"{SITE}/oauth2callback",
        "cookie_secret": SECRET,
        "client_id": "tuntas",
        "client_secret": "rahasia",
        "server_metadata_url": f"{PROVIDER}/.well-known/openid-configuration",
    } | changes
    return "[auth]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items())


@pytest.fixture
def configure(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Give the framework a secrets file; "" is none."""
    before = config.get_option("secrets.files")
    file = tmp_path / "secrets.toml"

    def write(content: str) -> None:
        file.unlink(missing_ok=True)
        if content:
            file.write_text(content)
        secrets_singleton._reset()

    config.set_option("secrets.files", [str(file)])
    yield write
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def set_up(folder: Path) -> settings.Settings:
    """A real database without rows, with a coordinator, another one, and one whose rights were revoked."""
    values = settings.load(environment=place(folder))
    engine = connection.writable_engine(values.database_url)
    connection.prepare(engine)
    engine.dispose()
    snapshot.build(values, now=clock.now())
    for subject, active in ((OURS, True), (OTHERS, True), (REVOKED, False)):
        user = User(issuer=PROVIDER, subject=subject, role=Role.KOORDINATOR, provinces=("35",), active=active)
        users.put(values, user, now=clock.now())
    return values


def place(folder: Path) -> dict[str, str]:
    return {"TUNTAS_DATA": str(folder), "TUNTAS_DB": f"sqlite:///{folder / 'nyata.sqlite'}"}


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> settings.Settings:
    return set_up(tmp_path_factory.mktemp("kantor"))


@pytest.fixture
def office(made_once, tuntas_data, monkeypatch) -> Iterator[settings.Settings]:
    """That office as the one these tests run in; it is shared, so nothing may be changed in it."""
    yield from _opened(made_once, monkeypatch)


@pytest.fixture
def own_office(tuntas_data, monkeypatch) -> Iterator[settings.Settings]:
    """The same for one test that breaks something."""
    yield from _opened(set_up(tuntas_data), monkeypatch)


def _opened(values: settings.Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[settings.Settings]:
    monkeypatch.setattr(config, "get_option", _at_home(config.get_option))
    for name, value in place(values.data_folder).items():
        monkeypatch.setenv(name, value)
    st.cache_resource.clear()
    yield values
    st.cache_resource.clear()


def _at_home(get: Callable) -> Callable:
    """The options of .streamlit/config.toml that matter here, whatever started these tests."""
    own = {"server.address": "127.0.0.1", "server.allowedHosts": ["testserver"], "server.baseUrlPath": ""}
    return lambda name: own[name] if name in own else get(name)


def cookie_of(subject: str, *, origin: str = SITE, hours_ago: float = 0, secret: str = SECRET) -> str:
    """What the framework writes after a sign-in."""
    claims = {
        "iss": PROVIDER,
        "sub": subject,
        "iat": (clock.now() - dt.timedelta(hours=hours_ago)).timestamp(),
        "origin": origin,
        "is_logged_in": True,
    }
    return create_signed_value(secret, USER_COOKIE_NAME, json.dumps(claims)).decode()


# --- whom a cookie names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookie", "subject"),
    [
        (lambda: cookie_of(OURS), OURS),
        (lambda: cookie_of(UNKNOWN), None),
        (lambda: cookie_of(REVOKED), None),
        (lambda: cookie_of(OURS, hours_ago=11.9), OURS),
        (lambda: cookie_of(OURS, hours_ago=12.1), None),
        (lambda: cookie_of(OURS, hours_ago=-1), None),
        (lambda: cookie_of(OURS, origin="https://lain.contoh.go.id"), None),
        (lambda: cookie_of(OURS, secret="f" * 64), None),
        (lambda: cookie_of(OURS)[:-2], None),
        (lambda: "", None),
    ],
)
def test_only_a_true_cookie_of_somebody_with_rights_counts(office, configure, cookie, subject):
    configure(auth_section())
    person = server_sign_in.admitted(office, {USER_COOKIE_NAME: cookie()})
    assert (person.subject if person else None) == subject


def test_without_sign_in_a_cookie_names_nobody(office, configure):
    """The framework would then sign with a secret of its own; an old cookie must not count."""
    configure("")
    assert server_sign_in.identity_of({USER_COOKIE_NAME: cookie_of(OURS)}) is None


@pytest.mark.parametrize(
    ("changes", "options", "named"),
    [
        ({"cookie_secret": "pendek"}, {}, "cookie_secret"),
        ({"cookie_secret": ""}, {}, "cookie_secret"),
        ({"redirect_uri": SITE}, {}, "redirect_uri"),
        ({}, {"server.allowedHosts": ["localhost"]}, "allowedHosts"),
        ({}, {"server.trustedUserHeaders": {"x-user": "sub"}}, "trustedUserHeaders"),
        ({}, {}, None),
    ],
)
def test_an_unsafe_setting_of_the_sign_in_stops_the_start(configure, monkeypatch, changes, options, named):
    configure(auth_section(**changes))
    get, own = config.get_option, {"server.allowedHosts": [SITE.removeprefix("https://")]} | options
    monkeypatch.setattr(config, "get_option", lambda name: own[name] if name in own else get(name))
    if named is None:
        server_sign_in.check()
        return
    with pytest.raises(UserError, match=named):
        server_sign_in.check()


def test_the_example_of_the_secrets_does_not_pass_unchanged(configure):
    configure((ROOT / "deploy" / "secrets.contoh.toml").read_text())
    assert identity.configured()
    with pytest.raises(UserError, match="cookie_secret"):
        server_sign_in.check()


# --- files -----------------------------------------------------------------------------------------------------------


class House:
    """The framework's store of files, with two live sessions of a person each and one that has ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.manager = MediaFileManager(MemoryMediaFileStorage("/media"))
        self.made = server.note_downloads(self.manager)
        self._patch = monkeypatch
        live = {
            name: SimpleNamespace(_user_info={"iss": PROVIDER, "sub": sub})
            for name, sub in {"a": OURS, "b": OTHERS}.items()
        }
        instance = SimpleNamespace(media_file_mgr=self.manager, get_app_session=live.get)
        monkeypatch.setattr(runtime, "get_instance", lambda: instance)

    def _as(self, session: str) -> None:
        self._patch.setattr("streamlit.runtime.media_file_manager._get_session_id", lambda: session)

    def drawn(self, session: str, content: bytes) -> str:
        """A file made while a page was drawn."""
        self._as(session)
        return self.manager.add(content, "text/csv", f"1.{session}", is_for_static_download=True)

    def clicked(self, session: str, content: bytes) -> str:
        """A file made by a click."""
        self._as(session)
        return self.manager.execute_deferred(
            self.manager.add_deferred(lambda: content, "text/csv", f"2.{session}")
        )

    def status(self, path: str, cookies: dict[str, str]) -> int:
        refusal = server.file_refusal(path, cookies, self.made)
        return 200 if refusal is None else refusal.status_code


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    return House(monkeypatch)


@pytest.mark.parametrize("how", ["drawn", "clicked"])
@pytest.mark.parametrize(
    ("made_by", "subject", "hours_ago", "status"),
    [
        ("a", OURS, 0, 200),
        ("b", OURS, 0, 404),
        ("ended", OURS, 0, 404),
        ("a", None, 0, 401),
        ("a", UNKNOWN, 0, 401),
        ("a", REVOKED, 0, 401),
        ("a", OURS, 13, 401),
    ],
)
def test_a_file_opens_only_for_whom_it_was_made(
    office, configure, house, how, made_by, subject, hours_ago, status
):
    configure(auth_section())
    url = getattr(house, how)(made_by, b"provinsi;terdata")
    cookies = {USER_COOKIE_NAME: cookie_of(subject, hours_ago=hours_ago)} if subject else {}
    assert house.status(url, cookies) == status


def test_the_same_content_opens_for_everybody_it_was_made_for(office, configure, house):
    configure(auth_section())
    urls = {house.clicked("a", b"sama"), house.clicked("b", b"sama")}
    assert len(urls) == 1
    for subject in (OURS, OTHERS):
        assert house.status(*urls, {USER_COOKIE_NAME: cookie_of(subject)}) == 200


def test_what_was_forgotten_is_noted_no_longer(house):
    house.clicked("a", b"lama")
    house.manager._storage._files_by_id.clear()
    url = house.clicked("a", b"baru")
    assert [f"/media/{code}.csv" for code in house.made] == [url]


@pytest.mark.parametrize(
    ("session", "subject", "status"),
    [("a", OURS, 200), ("b", OURS, 404), ("ended", OURS, 404), ("", OURS, 404), ("a", None, 401)],
)
def test_a_file_is_taken_only_into_an_own_session(office, configure, house, session, subject, status):
    configure(auth_section())
    cookies = {USER_COOKIE_NAME: cookie_of(subject)} if subject else {}
    assert house.status(f"/_stcore/upload_file/{session}/1", cookies) == status


def test_the_logo_is_shown_before_the_sign_in_but_no_other_picture(office, configure, house):
    configure(auth_section())
    logo = (ROOT / "static" / "logo-terang.png").read_bytes()
    assert house.status(house.drawn("ended", logo), {}) == 200
    assert house.status(house.drawn("ended", logo + b"lain"), {}) == 401


@pytest.mark.parametrize(
    ("simulated", "without_sign_in", "made_by", "status"),
    [
        (True, False, "b", 200),
        (True, False, "ended", 404),
        (False, True, "b", 200),
        (False, True, "ended", 404),
        (False, False, "b", 401),
    ],
)
def test_where_nobody_signs_in_a_file_needs_a_live_session(
    office, configure, house, monkeypatch, simulated, without_sign_in, made_by, status
):
    configure("")
    monkeypatch.setattr(server, "current_source", lambda: SimpleNamespace(simulasi=simulated, campuran=False))
    if without_sign_in:
        monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
        st.cache_resource.clear()
    assert house.status(house.clicked(made_by, b"isi"), {}) == status


def test_a_real_database_is_told_from_a_simulated_one(office, configure):
    configure("")
    assert server.signs_in(office)


def test_rights_that_cannot_be_read_open_nothing(own_office, configure, house):
    configure(auth_section())
    url = house.clicked("a", b"isi")
    (own_office.data_folder / "aplikasi.sqlite").write_bytes(b"rusak" * 100)
    assert house.status(url, {USER_COOKIE_NAME: cookie_of(OURS)}) == 503


# --- addresses and headers -------------------------------------------------------------------------------------------


async def _everything(request) -> Response:
    response = PlainTextResponse("isi", headers={"Access-Control-Allow-Origin": "*"})
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", secure=True)
    return response


async def _broken(request) -> Response:
    raise ZeroDivisionError


async def _talk(websocket) -> None:
    await websocket.accept()
    await websocket.close()


def client(**options) -> TestClient:
    """The middleware of the product around an app that answers everything."""
    parts = server.parts()
    app = Starlette(
        routes=[
            *parts["routes"],
            Route("/rusak", _broken),
            WebSocketRoute("/_stcore/stream", _talk),
            Route("/{path:path}", _everything),
        ],
        middleware=parts["middleware"],
        exception_handlers=parts["exception_handlers"],
    )
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False, **options)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/_stcore/metrics", 404),
        ("/_stcore/metrics/", 404),
        ("/_stcore/metrics%0A", 404),
        ("/_stcore/metrics?a=1", 404),
        # Matched by the framework's own addresses, whose pattern allows a line break at the end.
        ("/oauth2callback%0A?code=1", 404),
        ("/_stcore/agent/interact", 404),
        ("/_stcore/agent/mcp", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/_stcore/script-health-check", 404),
        ("/_stcore/health", 200),
        ("/_stcore/host-config", 200),
        ("/provinsi", 200),
    ],
)
def test_closed_and_open_addresses(office, configure, path, status):
    configure(auth_section())
    assert client().get(path).status_code == status


@pytest.mark.parametrize("header", server.FORWARDED)
def test_without_sign_in_nothing_comes_through_a_proxy(office, configure, monkeypatch, header):
    configure("")
    monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
    st.cache_resource.clear()
    assert client().get("/", headers={header: "x"}).status_code == 403
    assert client().get("/").status_code == 200
    with client() as connected:
        with (
            pytest.raises(WebSocketDisconnect),
            connected.websocket_connect("/_stcore/stream", headers={header: "x"}),
        ):
            pass
        with connected.websocket_connect("/_stcore/stream"):
            pass


def test_with_sign_in_a_proxy_is_expected(office, configure, monkeypatch):
    configure(auth_section())
    monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
    st.cache_resource.clear()
    assert client().get("/", headers={"x-forwarded-for": "10.0.0.1"}).status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/", 400), ("/media/a.csv", 400), ("/_stcore/health", 200)])
def test_a_foreign_host_name_is_refused(office, configure, path, status):
    configure("")
    assert client(base_url="http://jahat.contoh").get(path).status_code == status


@pytest.mark.parametrize(
    "path", ["/", "/_stcore/metrics", "/media/a.csv", "/rusak", "/siap", "/app/static/a.png"]
)
def test_every_answer_carries_the_security_headers(office, configure, monkeypatch, path):
    configure(auth_section())
    monkeypatch.setattr(server, "file_refusal", lambda *_: None)
    answer = client().get(path)
    wanted = server_headers.security_headers()
    assert {name: answer.headers.get(name) for name in wanted} == wanted
    assert "access-control-allow-origin" not in answer.headers


def test_a_file_is_kept_nowhere(office, configure, monkeypatch):
    configure("")
    monkeypatch.setattr(server, "file_refusal", lambda *_: None)
    assert client().get("/media/a.csv").headers["cache-control"] == "no-store"


def test_a_bug_is_answered_calmly(office, configure):
    configure("")
    answer = client().get("/rusak")
    assert (answer.status_code, answer.text.strip()) == (500, server.FAILED)


@pytest.mark.parametrize(
    ("redirect_uri", "address", "secure"),
    [
        (f"{SITE}/oauth2callback", "http://testserver", True),
        ("http://127.0.0.1:8501/oauth2callback", "http://testserver", False),
        ("http://127.0.0.1:8501/oauth2callback", "https://testserver", True),
        ("", "http://testserver", False),
    ],
)
def test_cookies_travel_encrypted_where_the_site_does(office, configure, redirect_uri, address, secure):
    configure(auth_section(redirect_uri=redirect_uri) if redirect_uri else "")
    cookies = client(base_url=address).get("/kamus").headers.get_list("set-cookie")
    own = [cookie for cookie in cookies if cookie.startswith(("a=", "b="))]
    assert [cookie.lower().count("secure") for cookie in own] == [int(secure), 1]


def test_the_policy_names_every_script_written_into_the_page():
    """Another inline script changes the digests by itself; a script in an attribute would not."""
    page = (Path(inspect.getfile(st)).parent / "static" / "index.html").read_text()
    inline = re.findall(r"<script(?![^>]*src=)[^>]*>", page)
    assert inline == ["<script>"] * server_headers.content_policy().count("sha256-")
    assert not re.search(r"\son\w+=", page)


def test_a_page_has_what_draws_charts_fetched_early_and_nothing_else_has(monkeypatch):
    monkeypatch.setattr(server_sign_in, "base_path", lambda: "/tuntas")

    async def answer(request) -> Response:
        return Response("isi", media_type=request.query_params["jenis"])

    app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(server_headers.with_headers)])
    visitor = TestClient(app)
    link = visitor.get("/", params={"jenis": "text/html"}).headers["link"]
    files = re.findall(r'<([^>]+)>; rel="modulepreload"; crossorigin', link)
    assert len(files) == len(server_headers.EARLY_PARTS)
    folder = Path(inspect.getfile(st)).parent / "static"
    assert all((folder / file.removeprefix("/tuntas/")).is_file() for file in files)
    assert "link" not in visitor.get("/", params={"jenis": "text/csv"}).headers


def test_ready_says_whether_a_snapshot_can_be_opened(own_office, configure):
    configure(auth_section())
    assert client().get("/siap").text == "siap\n"
    snapshot.version_path(own_office, snapshot.current_version(own_office)).write_bytes(b"rusak")
    answer = client().get("/siap")
    assert answer.status_code == 503
    assert "potret" in answer.text


def test_below_a_base_path_the_same_holds(office, configure, house, monkeypatch):
    configure(auth_section(redirect_uri=f"{SITE}/tuntas/oauth2callback"))
    get = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda name: "tuntas" if name == "server.baseUrlPath" else get(name)
    )
    assert client().get("/tuntas/_stcore/metrics").status_code == 404
    assert client().get("/tuntas/media/a.csv").status_code == 401
    assert client().get("/tuntas/siap").status_code == 200
    answer = client().get("/tuntas/provinsi?provinsi=35", headers=HTML)
    assert "Path=/tuntas;" in answer.headers["set-cookie"]
    assert quote("/provinsi?provinsi=35", safe="") in answer.headers["set-cookie"]


# --- the way back ----------------------------------------------------------------------------------------------------

BAD_LINKS = [
    ("//evil", ""),
    ("/\\evil", ""),
    ("https://evil.contoh/provinsi", ""),
    ("/provinsi/../evil", ""),
    ("/media/a.csv", ""),
    ("/auth/logout", ""),
    ("/tidak-ada", "provinsi=35"),
    ("provinsi", ""),
    ("", ""),
    ("/provinsi", "a=" + "x" * 2_000),
]


@pytest.mark.parametrize(
    ("path", "query", "link"),
    [
        ("/", "", "/"),
        ("/provinsi", "provinsi=35&klaster=ANAK", "/provinsi?provinsi=35&klaster=ANAK"),
        ("/", "masuk=gagal&klaster=ANAK", "/?klaster=ANAK"),
        ("/kasus", "a=1\r\nSet-Cookie: x=1", "/kasus?a=1%0D%0ASet-Cookie%3A+x%3D1"),
        ("/kasus", "a=%0D%0ALocation:%20//evil", "/kasus?a=%0D%0ALocation%3A+%2F%2Fevil"),
        *((path, query, None) for path, query in BAD_LINKS),
    ],
)
def test_only_a_page_of_this_site_is_a_way_back(path, query, link):
    assert server_sign_in.own_link(path, query) == link


async def _signs_in(request) -> Response:
    response = RedirectResponse("/", status_code=302)
    response.set_cookie(USER_COOKIE_NAME, "isi")
    return response


async def _signs_nobody_in(request) -> Response:
    response = RedirectResponse("/", status_code=302)
    response.delete_cookie(USER_COOKIE_NAME)
    return response


async def _provider_away(request) -> Response:
    return PlainTextResponse("Authentication error", status_code=400)


async def _to_provider(request) -> Response:
    return RedirectResponse(f"{PROVIDER}/oauth2/authorize", status_code=302)


def door(callback=_signs_in, login=_to_provider) -> TestClient:
    routes = [
        Route("/oauth2callback", callback),
        Route("/auth/login", login),
        Route("/{path:path}", lambda _request: PlainTextResponse("halaman")),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(server_sign_in.with_way_back)])
    return TestClient(app, base_url=SITE, follow_redirects=False)


@pytest.mark.parametrize(
    ("opened", "arrives"),
    [
        ("/provinsi?provinsi=35", "/provinsi?provinsi=35"),
        ("/kasus", "/kasus"),
        ("/", "/"),
        ("/tidak-ada?provinsi=35", "/"),
    ],
)
def test_a_link_opened_signed_out_is_where_one_arrives(office, configure, opened, arrives):
    configure(auth_section())
    visitor = door()
    visitor.get(opened, headers=HTML)
    answer = visitor.get("/oauth2callback?code=1&state=2")
    assert answer.headers["location"] == arrives
    assert server_sign_in.BACK not in visitor.cookies
    assert visitor.get("/oauth2callback?code=1&state=2").headers["location"] == "/"


def test_the_page_where_the_sign_in_was_started_comes_first(office, configure):
    """Two windows were opened signed out; or the sign-in grew old on a page that was long open."""
    configure(auth_section())
    visitor = door()
    visitor.get("/provinsi?provinsi=35", headers=HTML)
    visitor.get("/auth/login", headers={"referer": f"{SITE}/klaster?klaster=ANAK"})
    assert visitor.get("/oauth2callback?code=1").headers["location"] == "/klaster?klaster=ANAK"


@pytest.mark.parametrize(
    "referrer", ["https://evil.contoh/provinsi", f"{SITE}//evil", "//evil", "", f"{SITE}.evil/kasus"]
)
def test_a_foreign_page_does_not_become_the_way_back(office, configure, referrer):
    configure(auth_section())
    visitor = door()
    visitor.get("/auth/login", headers={"referer": referrer})
    assert server_sign_in.BACK not in visitor.cookies


def test_who_is_signed_in_is_not_followed(office, configure):
    configure(auth_section())
    visitor = door()
    visitor.get("/provinsi?provinsi=35", headers=HTML | {"cookie": f"{USER_COOKIE_NAME}={cookie_of(OURS)}"})
    assert server_sign_in.BACK not in visitor.cookies


@pytest.mark.parametrize(("path", "query"), BAD_LINKS)
def test_a_changed_cookie_leads_nowhere_else(office, configure, path, query):
    configure(auth_section())
    kept = quote(f"{path}?{query}", safe="")
    answer = door().get("/oauth2callback?code=1", headers={"cookie": f"{server_sign_in.BACK}={kept}"})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("callback", "query", "arrives"),
    [
        (_signs_nobody_in, "?error=access_denied", "/?masuk=gagal"),
        (_signs_nobody_in, "?code=1&state=lama", "/?masuk=gagal"),
        # The provider sends everybody here after signing out.
        (_signs_nobody_in, "", "/"),
        (_signs_in, "?code=1&state=2", "/"),
    ],
)
def test_a_failed_sign_in_says_so(office, configure, callback, query, arrives):
    configure(auth_section())
    answer = door(callback).get(f"/oauth2callback{query}")
    assert (answer.status_code, answer.headers["location"]) == (302, arrives)


def test_a_failed_sign_in_keeps_the_way_back(office, configure):
    configure(auth_section())
    visitor = door(_signs_nobody_in)
    visitor.get("/provinsi?provinsi=35", headers=HTML)
    failed = visitor.get("/oauth2callback?error=access_denied").headers["location"]
    visitor.get(failed, headers=HTML)
    visitor.get("/auth/login", headers={"referer": SITE + failed})
    assert visitor.cookies[server_sign_in.BACK] == quote("/provinsi?provinsi=35", safe="")


def test_a_provider_that_does_not_answer_is_a_failed_sign_in(office, configure):
    configure(auth_section())
    answer = door(login=_provider_away).get("/auth/login")
    assert (answer.status_code, answer.headers["location"], answer.text) == (302, "/?masuk=gagal", "")


# --- what is relied on in the framework ------------------------------------------------------------------------------


def test_the_server_is_found_by_reading_the_entry():
    assert discover_asgi_app(ROOT / "dashboard.py").import_string == "dashboard:app"


def test_the_framework_still_keeps_what_is_read_here():
    assert {"_user_info"} <= set(AppSession.__init__.__code__.co_names)
    assert callable(Runtime.get_app_session)
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    for name in (
        "_deferred_callables",
        "_files_by_session_and_coord",
        "_lock",
        "execute_deferred",
        "read_file",
    ):
        assert hasattr(manager, name), name


def test_the_framework_still_answers_at_the_addresses_that_are_guarded():
    assert f"/{starlette_auth_routes._ROUTE_AUTH_LOGIN}" == server_sign_in.LOGIN
    assert f"/{starlette_auth_routes._ROUTE_OAUTH_CALLBACK}" == server_sign_in.CALLBACK
    assert f"/{starlette_routes.BASE_ROUTE_MEDIA}/" == server.MEDIA
    assert f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}" == server.UPLOAD
    assert f"/{starlette_routes.ROUTE_HEALTH}" == server.HEALTH
    assert f"/{starlette_routes.ROUTE_METRICS}" in server.CLOSED


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/ringkasan", "/"),
        ("/ringkasan?provinsi=33&klaster=ANAK", "/?provinsi=33&klaster=ANAK"),
        ("/ringkasan?x=//evil.example", "/?x=//evil.example"),
    ],
)
def test_the_first_page_is_known_by_its_name_too(asked, led_to):
    app = Starlette(routes=[Route("/ringkasan", server.at_root)])
    answer = TestClient(app).get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, led_to)
