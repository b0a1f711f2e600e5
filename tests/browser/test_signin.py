"""Signing in through a real provider in a real browser: rights, links, files, and what is closed to everybody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib import clock, settings, snapshot, users
from lib.database import connection, simulation
from lib.domain import Role
from lib.start import DEMO_SEED
from lib.users import User
from lib.web import server, server_headers, server_sign_in
from lib.web.identity import FAILED_SENTENCE
from lib.web.navigation import PAGES
from tests.browser.harness import (
    WAIT,
    AppServer,
    errors_of,
    expect,
    open_page,
    outside_requests,
    recording_of,
    settled,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

CASES = 4_000
DOOR = "Masuk ke Tuntas"
ANSWER = WAIT / 1000  # seconds a server may take to answer
PROVIDER_STYLES = "https://cdn.jsdelivr.net"
SECRET = "0123456789abcdef" * 4
DIRECTOR, EAST, CENTRAL, DATA, UNKNOWN = "direktur", "jatim", "jateng", "data", "orang-baru"
PROVINCE_OF = {EAST: "35", CENTRAL: "33"}
SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{secret}"
client_id = "tuntas"
client_secret = "tidak-dipakai"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid", prompt = "login" }}
"""
# Every rule of the policy that was broken, also one that the program itself would pass over in silence.
WATCH_POLICY = """document.addEventListener('securitypolicyviolation', (broken) =>
  console.error('policy', broken.violatedDirective, broken.blockedURI.slice(0, 80), broken.sourceFile));"""


@dataclass(frozen=True, kw_only=True)
class Office:
    """A server on real data, its provider, and where its rights are kept."""

    app: AppServer
    issuer: str
    values: settings.Settings
    variables: dict[str, str]

    def user(self, subject: str, role: Role, *provinces: str) -> None:
        users.put(
            self.values,
            User(issuer=self.issuer, subject=subject, role=role, provinces=provinces),
            now=clock.now(),
        )


def real_data(folder: Path) -> dict[str, str]:
    """A database that is not marked as simulated, with a published snapshot; the variables that point to it."""
    variables = {"TUNTAS_DATA": str(folder), "TUNTAS_DB": f"sqlite:///{folder / 'nyata.sqlite'}"}
    values = settings.load(environment=variables)
    engine = connection.writable_engine(values.database_url)
    simulation.write(engine, simulation.simulate(cases=CASES, seed=DEMO_SEED))
    with engine.begin() as writer:
        writer.exec_driver_sql("UPDATE meta SET nilai = '0' WHERE kunci = 'simulasi'")
    engine.dispose()
    snapshot.build(values, now=clock.now())
    return variables


def with_secrets(folder: Path, variables: dict[str, str], *, issuer: str, secret: str = SECRET) -> AppServer:
    """The app with a sign-in through this provider; the framework fills in its port itself."""
    secrets = folder / "secrets.toml"
    secrets.write_text(SECRETS.format(secret=secret, issuer=issuer))
    return AppServer(variables | {"STREAMLIT_SECRETS_FILES": str(secrets)})


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a provider that lets everybody be whom they say."""
    with oidc_provider_mock.run_server_in_thread() as provider:
        yield f"http://localhost:{provider.server_port}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, issuer: str) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("kantor")
    variables = real_data(folder)
    with with_secrets(folder, variables, issuer=issuer) as app:
        values = settings.load(environment=variables)
        opened = Office(app=app, issuer=issuer, values=values, variables=variables)
        opened.user(DIRECTOR, Role.DIREKTUR)
        opened.user(DATA, Role.ADMIN_DATA)
        for subject, kode in PROVINCE_OF.items():
            opened.user(subject, Role.KOORDINATOR, kode)
        yield opened


def sign_in(page: Page, office: Office, subject: str, link: str = "/") -> None:
    """Open a link signed out, press the button, and be `subject` at the provider."""
    page.goto(office.app.base + link)
    settled(page)
    to_provider(page, office)
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()
    back_at(page, office)


def to_provider(page: Page, office: Office, *, button: str = "Masuk") -> None:
    """Press a button that leads to the provider, and wait for its page."""
    # That page asks for a style sheet from elsewhere. Only so long: the browser keeps nothing of what may be replaced.
    page.context.route(f"{PROVIDER_STYLES}/**", lambda route: route.fulfill(body="", content_type="text/css"))
    page.get_by_role("button", name=re.compile(rf"(^|\s){button}$")).click()
    page.wait_for_url(f"{office.issuer}/**")
    page.context.unroute(f"{PROVIDER_STYLES}/**")


def back_at(page: Page, office: Office) -> None:
    page.wait_for_url(f"{office.app.base}/**")
    settled(page)


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1).first


def download(page: Page, app: AppServer, link: str) -> str:
    """Take the first table of a page as CSV; gives the address it came from."""
    page.goto(app.base + link)
    settled(page)
    page.get_by_text("Tabel dan unduhan").first.click()
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Unduh CSV").first.click()
    assert taken.value.failure() is None
    return taken.value.url


def cookie_of(office: Office, subject: str, *, hours_ago: float) -> dict:
    """The cookie of a sign-in of some time ago, as the framework would have written it."""
    claims = {
        "iss": office.issuer,
        "sub": subject,
        "iat": int(clock.now().timestamp() - hours_ago * 3600),
        "origin": office.app.base,
        "is_logged_in": True,
        "provider": "default",
    }
    value = create_signed_value(SECRET, USER_COOKIE_NAME, json.dumps(claims)).decode()
    return {"name": USER_COOKIE_NAME, "value": value, "url": office.app.base, "httpOnly": True}


def test_signed_out_every_page_shows_the_door_only(office, page):
    # The first page lies at the bare address.
    for url in ["", *(url for *_, url, _ in PAGES[1:])]:
        page.goto(f"{office.app.base}/{url}")
        settled(page)
        expect(heading(page)).to_have_text(DOOR)
        for shown in ("stMetric", "stPlotlyChart", "stDataFrame", "stSidebarNav", "stDownloadButton"):
            assert page.get_by_test_id(shown).count() == 0, (url, shown)
    assert errors_of(page) == []


def test_a_link_opened_signed_out_shows_the_same_page_and_filter_afterwards(office, page):
    link = "/klaster?klaster=ANAK&provinsi=35"
    sign_in(page, office, DIRECTOR, link)
    assert page.url == office.app.base + link
    expect(page.get_by_text("Kembali ke Jawa Timur")).to_be_visible()
    expect(page.get_by_label("Klaster atau jenis masalah")).to_have_value("Klaster Anak")
    names = {cookie["name"] for cookie in page.context.cookies()}
    assert server_sign_in.BACK not in names
    asked = [url for url in recording_of(page).urls if "/oauth2/authorize" in url]
    assert all("prompt=login" in url for url in asked)
    assert asked


def test_a_director_opens_every_page_without_breaking_the_policy(office, page):
    page.add_init_script(WATCH_POLICY)
    sign_in(page, office, DIRECTOR)
    for _, title, _, _, roles in PAGES:
        if Role.DIREKTUR in roles:
            page.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
            expect(heading(page)).to_have_text(re.compile(f"^{title}"))
            settled(page)
    download(page, office.app, "/")
    # The provider's own page has no icon.
    assert [line for line in errors_of(page) if not line.endswith(f"({office.issuer}/favicon.ico)")] == []
    providers = (office.issuer, PROVIDER_STYLES)
    assert [url for url in outside_requests(page, office.app.base) if not url.startswith(providers)] == []


def test_somebody_unknown_is_told_whom_to_ask(office, page):
    sign_in(page, office, UNKNOWN)
    shown = page.get_by_test_id("stMain")
    expect(shown).to_contain_text("belum terdaftar", use_inner_text=True)
    expect(shown).to_contain_text(UNKNOWN, use_inner_text=True)
    assert page.get_by_test_id("stMetric").count() == 0


def test_a_cancelled_sign_in_says_so_and_the_next_one_still_arrives(office, page):
    page.goto(office.app.base + "/kasus?provinsi=35")
    settled(page)
    to_provider(page, office)
    page.get_by_role("button", name="Deny").click()
    back_at(page, office)
    expect(page.get_by_text(FAILED_SENTENCE)).to_be_visible()
    to_provider(page, office)
    page.get_by_placeholder("sub").fill(EAST)
    page.get_by_role("button", name="Authorize").click()
    back_at(page, office)
    assert urlsplit(page.url).path == "/kasus"
    assert parse_qs(urlsplit(page.url).query)["provinsi"] == ["35"]


def test_rights_taken_away_are_gone_at_the_next_click(office, page):
    office.user("pindah", Role.KOORDINATOR, "35")
    sign_in(page, office, "pindah")
    url = download(page, office.app, "/")
    users.set_active(office.values, office.issuer, "pindah", active=False, now=clock.now())
    assert page.context.request.get(url, timeout=WAIT).status == 401
    page.get_by_test_id("stSidebarNav").get_by_text("Kasus", exact=True).click()
    expect(page.get_by_test_id("stMain")).to_contain_text("sudah dicabut", use_inner_text=True)
    settled(page)
    assert page.get_by_test_id("stDataFrame").count() == 0


def test_an_old_sign_in_is_asked_for_again(office, page):
    hours = office.values.masuk_jam
    page.context.add_cookies([cookie_of(office, EAST, hours_ago=hours - 0.5)])
    page.goto(office.app.base + "/kasus")
    settled(page)
    expect(heading(page)).to_have_text(re.compile("^Kasus"))
    page.context.add_cookies([cookie_of(office, EAST, hours_ago=hours + 0.5)])
    page.goto(office.app.base + "/kasus?provinsi=35")
    settled(page)
    expect(heading(page)).to_have_text(DOOR)
    to_provider(page, office)
    page.get_by_placeholder("sub").fill(EAST)
    page.get_by_role("button", name="Authorize").click()
    back_at(page, office)
    assert urlsplit(page.url).path == "/kasus"


def test_a_file_opens_for_the_one_who_made_it_and_nobody_else(office, page, browser):
    sign_in(page, office, EAST)
    url = download(page, office.app, "/")
    assert urlsplit(url).path.startswith("/media/")
    mine = page.context.request.get(url, timeout=WAIT)
    assert (mine.status, mine.headers["cache-control"]) == (200, "no-store")
    anonymous = httpx.get(url, timeout=ANSWER)
    assert (anonymous.status_code, anonymous.text.strip()) == (401, server.NOT_SIGNED_IN)
    for subject in (CENTRAL, DIRECTOR, UNKNOWN):
        with open_page(browser) as other:
            sign_in(other, office, subject)
            wanted = 401 if subject == UNKNOWN else 404
            assert other.context.request.get(url, timeout=WAIT).status == wanted


def test_after_signing_out_nothing_is_left_open(office, page):
    sign_in(page, office, CENTRAL)
    url = download(page, office.app, "/")
    to_provider(page, office, button="Keluar")
    page.get_by_role("button").first.click()
    back_at(page, office)
    expect(heading(page)).to_have_text(DOOR)
    assert page.get_by_text(FAILED_SENTENCE).count() == 0
    assert page.context.request.get(url, timeout=WAIT).status == 401


def test_what_is_closed_to_everybody_and_what_every_answer_carries(office):
    with httpx.Client(base_url=office.app.base, timeout=ANSWER) as visitor:
        for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json"):
            assert visitor.get(path).status_code == 404
        assert visitor.get("/siap").status_code == 200
        for path in ("/", "/kasus", "/app/static/favicon.png", "/media/a.csv", "/siap", "/auth/login"):
            answer = visitor.get(path)
            wanted = server_headers.security_headers()
            assert {name: answer.headers.get(name) for name in wanted} == wanted, path
            assert "access-control-allow-origin" not in answer.headers
        # The server in front of this one is believed: its visitors came by https.
        cookies = visitor.get("/_stcore/health", headers={"x-forwarded-proto": "https"}).headers["set-cookie"]
        assert "Secure" in cookies


def test_real_data_without_a_sign_in_are_shown_to_nobody(office, page):
    with AppServer(office.variables) as app:
        page.goto(app.base + "/kasus")
        settled(page)
        expect(page.get_by_test_id("stMain")).to_contain_text("cara masuk belum diatur", use_inner_text=True)
        assert page.get_by_role("button", name="Masuk").count() == 0
        assert httpx.get(app.base + "/media/a.csv", timeout=ANSWER).status_code == 401


def test_without_a_sign_in_this_machine_only_sees_real_data(office, page):
    with AppServer(office.variables | {"TUNTAS_TANPA_MASUK": "1"}) as app:
        url = download(page, app, "/")
        assert httpx.get(url, timeout=ANSWER).status_code == 200
        through = httpx.get(app.base, headers={"x-forwarded-for": "10.0.0.1"}, timeout=ANSWER)
        assert (through.status_code, through.text.strip()) == (403, server.NO_FORWARDING)


def test_an_unsafe_secret_stops_the_start(tmp_path, issuer):
    with (
        pytest.raises(RuntimeError, match="cookie_secret"),
        with_secrets(tmp_path, {"TUNTAS_DATA": str(tmp_path)}, issuer=issuer, secret="pendek"),
    ):
        pass
