"""Pages in AppTest: a small simulated office, an empty real one, and broken ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib import clock, settings, snapshot, start
from lib.database import connection

ROOT = Path(__file__).resolve().parents[2]
CASES = 4_000


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small simulation and its snapshot, made once."""
    folder = tmp_path_factory.mktemp("demo")
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    start.make_demo(values, now=clock.now(), cases=CASES)
    return folder


@pytest.fixture
def demo(demo_folder: Path, tuntas_data: Path) -> Path:
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
def open_app() -> Iterator[Callable[..., AppTest]]:
    """Run the entry with query parameters, optionally on another page; caches of earlier tests are dropped."""

    def run(page: str | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if page:
            app.switch_page(page).run()
        return app

    st.cache_resource.clear()
    st.cache_data.clear()
    yield run
    st.cache_resource.clear()
    st.cache_data.clear()
