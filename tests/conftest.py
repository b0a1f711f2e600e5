"""Fixtures of all tests: an empty data folder, a PostgreSQL server, and nothing skipped under CI."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from lib.charts import theme
from tests import postgres

UNDER_CI = bool(os.environ.get("CI"))
theme.CHECKED = True

# A shared machine is slow at times: no deadline. Under CI the same examples each time, and one failure reported
# rather than minutes of shrinking several.
settings.register_profile(
    "lokal", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", settings.get_profile("lokal"), derandomize=True, report_multiple_bugs=False, print_blob=True
)
settings.load_profile("ci" if UNDER_CI else "lokal")


@pytest.fixture
def tuntas_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as TUNTAS_DATA; every other TUNTAS_ variable of the caller is taken away."""
    for name in [name for name in os.environ if name.startswith("TUNTAS_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "lokal"
    folder.mkdir()
    monkeypatch.setenv("TUNTAS_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for the whole session."""
    programs = postgres.binaries()
    if programs is None:
        pytest.skip("PostgreSQL tidak terpasang (apt-get install postgresql)")
    with postgres.running_server(programs) as server:
        yield server


@pytest.fixture(scope="module")
def postgres_database(postgres_server: postgres.Server) -> Iterator[Callable[[], str]]:
    """A function that creates one more empty database and returns its URL; all are dropped with the module."""
    names: list[str] = []

    def create() -> str:
        name = f"uji_{uuid.uuid4().hex[:12]}"
        url = postgres.create_database(postgres_server, name)
        names.append(name)
        return url

    yield create
    for name in names:
        postgres.drop_database(postgres_server, name)


@pytest.fixture(scope="module")
def postgres_url(postgres_database: Callable[[], str]) -> str:
    """The SQLAlchemy URL of an empty PostgreSQL database that this module has for itself."""
    return postgres_database()


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skipped report into a failed one that keeps the reason; an expected failure stays what it is."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"Di bawah CI tidak ada uji yang boleh dilewati. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    if UNDER_CI:
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    if UNDER_CI:
        refuse_skip(report)
    return report


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port of 127.0.0.1 that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(20)
        yield listening.getsockname()[1]
