"""A PostgreSQL server of the tests' own: started in a temporary folder, thrown away at the end."""

from __future__ import annotations

import getpass
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

USER = "tuntas"
# With characters that a URL must quote: code that pastes or prints a URL wrongly fails in the tests.
PASSWORD = "uji:rahasia@1/2"
STARTS = 5

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 60
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server; `url("name")` is the SQLAlchemy (and libpq) URL of one of its databases."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"


def binaries(*, system: Path = Path("/usr"), search_path: str | None = None) -> Path | None:
    """The folder with initdb, pg_ctl and postgres of the newest installed version, or None.

    Debian keeps them out of PATH; what is in PATH may be a wrapper, so the real folders come first.
    """
    folders = sorted(
        [*system.glob("lib/postgresql/*/bin"), *system.glob("pgsql-*/bin")],
        key=lambda folder: float(re.sub(r"^pgsql-", "", folder.parent.name)),
        reverse=True,
    )
    in_path = shutil.which("initdb", path=search_path)
    if in_path:
        folders.append(Path(in_path).resolve().parent)
    needed = ("initdb", "pg_ctl", "postgres")
    return next((folder for folder in folders if all((folder / name).is_file() for name in needed)), None)


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Start a server on a free port of 127.0.0.1 and stop it afterwards.

    Raises RuntimeError with the server's own words when it does not start.
    """
    # Not pytest's tmp_path: its parent folders are closed to the other user that root has to become.
    folder = Path(tempfile.mkdtemp(prefix="tuntas-postgres-"))
    identity = _identity()
    try:
        if identity:
            os.chown(folder, *identity)
        _initialise(programs, folder, identity)
        port = _start(programs, folder, identity)
        try:
            yield Server(port=port)
        finally:
            _run(
                [programs / "pg_ctl", "stop", "-m", "immediate", "-w", "-D", folder / "data"],
                folder,
                identity,
            )
    finally:
        shutil.rmtree(folder)


def create_database(server: Server, name: str) -> str:
    """Create an empty database and return its URL."""
    _execute(server, f'CREATE DATABASE "{name}"')
    return server.url(name)


def drop_database(server: Server, name: str) -> None:
    """Drop a database, closing the connections that a test left open."""
    _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(server: Server, statement: str) -> None:
    import psycopg  # noqa: PLC0415 - only tests of PostgreSQL pay for it

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def _identity() -> tuple[int, int] | None:
    """User and group that run the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return entry.pw_uid, entry.pw_gid


def _initialise(programs: Path, folder: Path, identity: tuple[int, int] | None) -> None:
    password_file = folder / "password"
    password_file.write_text(PASSWORD + "\n")
    if identity:
        os.chown(password_file, *identity)
    command = [programs / "initdb", "-D", folder / "data", "-U", USER, "--pwfile", password_file]
    _run([*command, "-A", "scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync"], folder, identity)


def _start(programs: Path, folder: Path, identity: tuple[int, int] | None) -> int:
    """Start on a free port; another program may take it in between, so try again on the next one."""
    for attempt in range(1, STARTS + 1):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (folder / "data" / "postgresql.auto.conf").write_text(SETTINGS.format(port=port, folder=folder))
        try:
            log = folder / "server.log"
            _run([programs / "pg_ctl", "start", "-w", "-D", folder / "data", "-l", log], folder, identity)
            return port
        except RuntimeError as error:
            words = log.read_text() if log.exists() else ""
            if attempt == STARTS or "Address already in use" not in words:
                raise RuntimeError(f"{error}\n{words}") from error
    raise AssertionError("unreachable")


def _run(command: list, folder: Path, identity: tuple[int, int] | None) -> None:
    """Run one program as the server's user; its output goes to a file, for a pipe would stay open."""
    user, group = identity or (None, None)
    output = folder / "output"
    # Warnings about an unreadable home or an unknown language would only confuse.
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(folder)}
    with output.open("w") as stream:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            user=user,
            group=group,
            extra_groups=[] if identity else None,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        who = f"user {user}" if identity else getpass.getuser()
        raise RuntimeError(f"{Path(command[0]).name} failed ({who}): {output.read_text()}")
