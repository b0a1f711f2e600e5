"""Pages in AppTest: a small simulated office, an empty real one, and broken ones."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from lib import clock, measure, settings, snapshot, start
from lib.database import connection
from lib.disclosure import kept
from lib.domain import Scope
from lib.web import session

ROOT = Path(__file__).resolve().parents[2]
CASES = 4_000
# The page at "/", which an address without a page opens.
FIRST = "pages/ringkasan.py"


@pytest.fixture(scope="session", autouse=True)
def packages_read_once() -> Iterator[None]:
    """Every AppTest looks for components in the metadata of all installed packages, which stay as they are."""
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small simulation and its snapshot, made once."""
    folder = tmp_path_factory.mktemp("demo")
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    start.make_demo(values, now=clock.now(), cases=CASES)
    # An audit that hides nothing further: what it hides is tested where it is made, here what the pages do with it.
    kept.write(snapshot.audit_path(values, snapshot.current_version(values)), [])
    return folder


@pytest.fixture
def demo(demo_folder: Path) -> Iterator[Path]:
    """The small simulation as TUNTAS_DATA: one folder for all tests, which only look at it (see demo_copy)."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("TUNTAS_")]:
            patch.delenv(name)
        patch.setenv("TUNTAS_DATA", str(demo_folder))
        before = _data_files(demo_folder)
        yield demo_folder
        assert _data_files(demo_folder) == before, "a test that changes the data takes the fixture demo_copy"


def _data_files(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of the case database and of what is published of it."""
    files = [folder / "kasus.sqlite", *(folder / "potret").iterdir()]
    return {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def demo_copy(demo_folder: Path, tuntas_data: Path) -> Path:
    """A copy of the small simulation as this test's TUNTAS_DATA."""
    shutil.copytree(demo_folder, tuntas_data, dirs_exist_ok=True)
    return tuntas_data


@pytest.fixture
def empty_office(tuntas_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real database without a single row, served on this machine only."""
    monkeypatch.setenv("TUNTAS_DB", f"sqlite:///{tuntas_data / 'nyata.sqlite'}")
    monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
    values = settings.load()
    engine = connection.writable_engine(values.database_url)
    connection.prepare(engine)
    engine.dispose()
    snapshot.build(values, now=clock.now())
    return tuntas_data


@pytest.fixture
def open_app(request: pytest.FixtureRequest) -> Iterator[Callable[..., AppTest]]:
    """Run the entry with query parameters, optionally on another page.

    What the pages keep is shared by the tests on `demo` that patch nothing: the same question has the same answer
    there. Every other test begins and ends with empty caches.
    """
    alike = "demo" in request.fixturenames and "monkeypatch" not in request.fixturenames

    def run(page: str | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        # Before the first run, as an address with a page does: no other page runs first.
        if page and page != FIRST:
            app.switch_page(page)
        return app.run()

    # Other folders' tests open the app too, and may have left their own office in the caches.
    if not alike or session.current_settings().data_folder != settings.load().data_folder:
        _forget()
    yield run
    if not alike:
        _forget()


def door() -> dict:
    """What the one door needs besides the question, of the office that is set; each version is opened once."""
    values = settings.load()
    return {
        "source": _opened(values.data_folder, snapshot.current_version(values)),
        "limits": values.ambang,
    }


@functools.lru_cache(maxsize=2)
def _opened(_folder: Path, version: str) -> measure.Source:
    return measure.open_source(settings.load(), version)


def _forget() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def look_as(monkeypatch: pytest.MonkeyPatch, scope: Scope) -> None:
    """The demonstration as a coordinator of these provinces, also several, which its menu does not offer."""

    def chosen() -> Scope:
        st.session_state[session.SEEN_AS] = scope.role
        st.session_state[session.SEEN_PROVINCE] = scope.provinces[0]
        return scope

    monkeypatch.setattr(session, "_demonstration_scope", chosen)
