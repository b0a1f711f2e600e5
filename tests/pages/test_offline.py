"""The app never speaks to the outside: first start, snapshot and pages with every outbound connection refused."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from lib import settings, snapshot, start
from lib.disclosure import kept
from lib.measure import open_source
from lib.web.navigation import PAGES
from lib.web.session import SEEN_AS

CASES = 2_000
# Reserved for documentation: never anybody's address.
OUTSIDE = ("192.0.2.1", 443)


class Outbound(AssertionError):
    """Something tried to leave this machine."""


def stays_here(family: int, address: object) -> bool:
    """Whether an address is this machine's own; a name counts as foreign, whatever it resolves to."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Refuse every connection, datagram and name lookup to another machine, and list what was tried."""
    tried: list[str] = []
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    real_lookup = socket.getaddrinfo

    def refuse(what: str) -> None:
        # Listed as well as raised: a library may swallow the exception.
        tried.append(what)
        raise Outbound(what)

    def guarded(name: str):
        def call(self, *arguments):
            address = arguments[-1]
            if not stays_here(self.family, address):
                refuse(f"{name} {address}")
            return real[name](self, *arguments)

        return call

    def lookup(host, *arguments, **options):
        if host is not None and not stays_here(socket.AF_INET, (_text(host),)):
            refuse(f"getaddrinfo {host}")
        return real_lookup(host, *arguments, **options)

    for name in real:
        monkeypatch.setattr(socket.socket, name, guarded(name))
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return tried


def _text(host: str | bytes) -> str:
    return host.decode() if isinstance(host, bytes) else host


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first start with few cases; the default of the argument is fixed where the function is defined."""
    monkeypatch.setitem(start.make_demo.__kwdefaults__, "cases", CASES)
    # Not as a process of its own, which might outlive the test.
    monkeypatch.setattr(
        start, "audit_aside", lambda versi: kept.write(snapshot.audit_path(settings.load(), versi), [])
    )


def test_guard_notices_what_leaves_the_machine_and_nothing_else(attempts):
    with socket.socket() as listener, socket.socket() as caller:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        caller.connect(listener.getsockname())
    assert socket.getaddrinfo("127.0.0.1", 80)
    assert attempts == []
    for address in (OUTSIDE, ("peta.contoh.invalid", 443)):
        with pytest.raises(Outbound):
            socket.create_connection(address, timeout=1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, pytest.raises(Outbound):
        datagrams.sendto(b"x", OUTSIDE)
    assert len(attempts) == 3


def test_first_start_and_every_page_stay_on_this_machine(tuntas_data, small, attempts, open_app):
    app = open_app()
    assert (tuntas_data / "kasus.sqlite").is_file()
    for page, *_, roles in PAGES:
        app.session_state[SEEN_AS] = roles[0]
        app.switch_page(page).run()
        assert app.title, page
        assert not app.exception and not app.error and not app.warning, page
    assert attempts == []


def test_database_engine_cannot_fetch_extensions(demo):
    """Its own network code is not Python's, so the guard above would not see it: the settings must forbid it."""
    engine = open_source(settings.load()).engine
    with engine.connect() as database:
        for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert database.exec_driver_sql(f"SELECT current_setting('{name}')").scalar() is False
