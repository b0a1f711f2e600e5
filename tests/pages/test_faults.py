"""Faults, one by one: what the screen says, what it still shows, what the log is told, and that it recovers.

Nobody ever sees a traceback or a zero in place of a figure, and no restart is needed when the cause is gone.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lib import builds, clock, publishing, refresh, settings, snapshot
from lib.builds import Attempt
from lib.web import session
from tests.pages.test_pages import shown
from tests.queries.office import NOW, SMALL, T, build, office

KAMUS, RINGKASAN = "pages/kamus.py", "pages/ringkasan.py"
NOISE = bytes(range(256)) * 200
OLDER = "20200101T000000-abcdef"
GOOD, PROGRAM = "potret terakhir yang baik", "kesalahan program"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    session.DAMAGED.clear()
    session.LOGGED.clear()


@pytest.fixture(scope="module")
def one_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case database with one case, made once."""
    return office(tmp_path_factory.mktemp("satu"), SMALL).data_folder / "kasus.sqlite"


@pytest.fixture
def small(one_case: Path, tuntas_data: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    """An office with one case and no version yet, in a database that is named: nothing is ever simulated for it."""
    shutil.copy(one_case, tuntas_data)
    monkeypatch.setenv("TUNTAS_DB", f"sqlite:///{tuntas_data / 'kasus.sqlite'}")
    return settings.load()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The lines of the product's log so far."""
    caplog.set_level(logging.WARNING, logger="tuntas")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "tuntas"]


def calm(app) -> str:
    """The text of a page, which shows neither a traceback nor the sentence of a bug."""
    assert not app.exception and not app.error
    found = shown(app)
    assert PROGRAM not in found and "Traceback" not in found
    return found


def replaced(path: Path, content: bytes) -> None:
    """A new file in place of an old one."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def folder_instead(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def other_schema(version: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with sqlite3.connect(path) as database:
            database.execute("UPDATE meta SET nilai = ? WHERE kunci = 'versi_skema'", [version])
        database.close()

    return change


# --- the case database, with no version to fall back on ---------------------------------------------------------------

DATABASES = {
    "missing": (lambda path: path.unlink(), "periksa TUNTAS_DB"),
    "random bytes": (lambda path: replaced(path, NOISE), "periksa TUNTAS_DB"),
    "half": (lambda path: replaced(path, path.read_bytes()[:40_000]), "periksa TUNTAS_DB"),
    "empty": (lambda path: replaced(path, b""), "lib.cli siapkan"),
    "a folder": (folder_instead, "periksa TUNTAS_DB"),
    "older schema": (other_schema("0"), "skema"),
    "newer schema": (other_schema("999"), "skema"),
}


@pytest.mark.parametrize("name", DATABASES)
def test_database_that_cannot_be_read_before_the_first_version(name, small, open_app, told):
    path = small.data_folder / "kasus.sqlite"
    good = path.read_bytes()
    change, remedy = DATABASES[name]
    change(path)
    app = open_app(KAMUS)
    assert remedy in calm(app) and not app.title and not app.metric
    app.run()
    assert len(told()) == 1, "one line of the log, however often somebody looks"
    if path.is_dir():
        path.rmdir()
    replaced(path, good)
    app.run()
    assert "Data per" in calm(app) and app.title and not app.warning


def test_server_that_is_down_or_never_answers_before_the_first_version(
    tuntas_data, open_app, monkeypatch, silent_port
):
    for port in (1, silent_port):
        monkeypatch.setenv("TUNTAS_DB", f"postgresql://dasbor@127.0.0.1:{port}/tuntas")
        app = open_app(KAMUS)
        assert "periksa TUNTAS_DB" in calm(app) and not app.title


# --- the published version --------------------------------------------------------------------------------------------


def pointer_of(values: settings.Settings) -> Path:
    return snapshot.folder(values) / snapshot.POINTER


def published(values: settings.Settings) -> Path:
    return snapshot.version_path(values, snapshot.current_version(values))


def lose_pointer_and_database(values: settings.Settings) -> None:
    pointer_of(values).unlink()
    replaced(values.data_folder / "kasus.sqlite", NOISE)


VERSIONS = {
    "pointer of random bytes": (lambda values: pointer_of(values).write_bytes(NOISE), "terbaru.json"),
    "empty pointer": (lambda values: pointer_of(values).write_bytes(b""), "terbaru.json"),
    "pointer is a folder": (lambda values: folder_instead(pointer_of(values)), "terbaru.json"),
    "pointer to a version that is gone": (
        lambda values: pointer_of(values).write_text(json.dumps({"versi": "20300101T000000-abcdef"})),
        "20300101T000000-abcdef",
    ),
    "pointer out of the folder": (lambda values: pointer_of(values).write_text('{"versi": "../x"}'), "../x"),
    "no pointer, no database": (lose_pointer_and_database, "periksa TUNTAS_DB"),
    "file gone": (lambda values: published(values).unlink(), "tidak ada"),
    "file of random bytes": (lambda values: replaced(published(values), NOISE), "rusak"),
    "half a file": (
        lambda values: replaced(published(values), published(values).read_bytes()[:100_000]),
        "rusak",
    ),
    "empty file": (lambda values: replaced(published(values), b""), "rusak"),
    "not ours": (lambda values: (published(values).unlink(), published_database(published(values))), "rusak"),
}


def published_database(path: Path) -> None:
    """A DuckDB file without our tables."""
    duckdb.connect(str(path)).close()


@pytest.mark.parametrize("name", VERSIONS)
def test_last_good_version_is_shown_with_its_date(name, small, open_app, told):
    build(small)
    good = (small.data_folder / "kasus.sqlite").read_bytes()
    older = snapshot.version_path(small, OLDER)
    shutil.copy(published(small), older)
    change, why = VERSIONS[name]
    change(small)
    app = open_app(KAMUS)
    assert GOOD in calm(app) and why in shown(app) and app.title
    # When the older one was made, in the office's own time.
    assert "1 Desember 2026 pukul 14.00 WIB" in app.warning[0].value
    app.run()
    assert len(told()) == 1
    replaced(small.data_folder / "kasus.sqlite", good)
    if pointer_of(small).is_dir():
        pointer_of(small).rmdir()
    newest = publishing.publish(small, now=NOW + dt.timedelta(minutes=1), audit=False).versi
    app.run()
    assert GOOD not in calm(app) and newest in "".join(each.value for each in app.sidebar.markdown)


def test_without_any_good_version_the_published_ones_fault_is_named(small, open_app):
    build(small)
    replaced(snapshot.version_path(small, OLDER), NOISE)
    replaced(published(small), NOISE)
    app = open_app(KAMUS)
    assert "rusak" in calm(app) and OLDER not in shown(app) and not app.title


def test_version_of_another_database_is_no_last_good_one(small, open_app, monkeypatch):
    """The figures of the office's former database must not come back when its new one cannot be read."""
    build(small)
    monkeypatch.setenv("TUNTAS_DB", f"sqlite:///{small.data_folder / 'lain.sqlite'}")
    app = open_app(KAMUS)
    assert "dibuat dari basis data lain" in calm(app) and not app.title


FIRST_BLOCK = 3 * 4096


def test_file_damaged_while_it_is_open(demo_copy, open_app, told):
    """The version was opened when its file was whole; the blocks with the cases are read afterwards."""
    values = settings.load()
    path = published(values)
    for suffix in (".duckdb", ".samar.json"):
        shutil.copy(path.with_suffix(suffix), snapshot.version_path(values, OLDER).with_suffix(suffix))
    app = open_app(KAMUS)
    assert GOOD not in calm(app)
    with path.open("r+b") as file:
        file.seek(FIRST_BLOCK)
        file.write(os.urandom(path.stat().st_size - FIRST_BLOCK))
    app.switch_page(RINGKASAN).run()
    assert GOOD in calm(app) and "rusak" in shown(app)
    assert len(app.metric) >= 6 and len(app.get("plotly_chart")) > 3
    assert any("rusak" in line for line in told())


def test_file_deleted_while_it_is_open(demo_copy, open_app):
    app = open_app(KAMUS)
    published(settings.load()).unlink()
    app.switch_page(RINGKASAN).run()
    assert len(app.metric) >= 6 and GOOD not in calm(app)


# --- while pages are open ---------------------------------------------------------------------------------------------


def test_database_dies_while_pages_are_open(small, open_app):
    """Pages go on with their version; the next refresh fails, and the screen says so until one succeeds."""
    build(small)
    app = open_app(KAMUS)
    good = (small.data_folder / "kasus.sqlite").read_bytes()
    replaced(small.data_folder / "kasus.sqlite", NOISE)
    app.run()
    assert not app.warning and app.title
    tried = dt.datetime(2026, 12, 2, 3, 5, tzinfo=dt.UTC)
    with pytest.raises(settings.UserError):
        refresh.refresh(small, now=tried)
    app.run()
    [warning] = app.warning
    assert (
        "2 Desember 2026 pukul 10.05 WIB" in warning.value
        and "1 Desember 2026 pukul 14.00 WIB" in warning.value
    )
    assert "Basis data kasus tidak dapat dibaca" in warning.value and "60 menit" in warning.value
    replaced(small.data_folder / "kasus.sqlite", good)
    versi = refresh.refresh(small, now=tried + dt.timedelta(hours=1))
    app.run()
    assert not app.warning and versi in "".join(each.value for each in app.sidebar.markdown)
    assert calm(app)


APPLICATION = {
    "random bytes": lambda path: replaced(path, NOISE),
    "half": lambda path: replaced(path, path.read_bytes()[:5000]),
    "a folder": folder_instead,
}


@pytest.mark.parametrize("name", APPLICATION)
def test_application_database_that_cannot_be_written(name, small, open_app, told):
    """What cannot be told to the access trail is not shown; nobody is let in on a guess."""
    build(small)
    app = open_app(KAMUS)
    path = small.data_folder / "aplikasi.sqlite"
    good = path.read_bytes()
    APPLICATION[name](path)
    app.query_params["provinsi"] = "34"
    app.run()
    assert "TUNTAS_DB_APLIKASI" in calm(app) and not app.title
    app.run()
    assert len(told()) == 1
    if path.is_dir():
        path.rmdir()
    replaced(path, good)
    app.run()
    assert app.title and "TUNTAS_DB_APLIKASI" not in calm(app)


def test_application_server_that_never_answers(small, open_app, monkeypatch, silent_port):
    build(small)
    monkeypatch.setenv("TUNTAS_DB_APLIKASI", f"postgresql://dasbor@127.0.0.1:{silent_port}/aplikasi")
    app = open_app(KAMUS)
    assert "TUNTAS_DB_APLIKASI" in calm(app) and not app.title


@pytest.mark.parametrize(("page", "query"), [(RINGKASAN, {}), ("pages/provinsi.py", {"provinsi": "33"})])
def test_boundary_list_of_random_bytes_takes_only_the_map_away(page, query, demo_copy, open_app, told):
    (demo_copy / "batas.json").write_bytes(NOISE)
    app = open_app(page, **query)
    assert "batas.json" in calm(app) and any("batas.json" in line for line in told())
    without = len(app.get("plotly_chart"))
    assert len(app.metric) >= 6 and without >= 2
    (demo_copy / "batas.json").unlink()
    app.run()
    assert "batas.json" not in calm(app) and len(app.get("plotly_chart")) == without + 1


@pytest.mark.parametrize("content", [NOISE, b"", b"[]", b'{"aturan": 1}'])
def test_audit_that_cannot_be_read_is_no_audit(content, demo_copy, open_app):
    values = settings.load()
    snapshot.audit_path(values, snapshot.current_version(values)).write_bytes(content)
    app = open_app("pages/rapat.py")
    assert "belum selesai diperiksa" in calm(app)


@pytest.mark.parametrize(
    "content", [NOISE, b"", b"[]", b'{"waktu": "kemarin"}', b'{"waktu": "2026-12-01T00:00:00"}']
)
def test_record_of_builds_that_cannot_be_read(content, small, open_app, told):
    build(small)
    (snapshot.folder(small) / builds.RECORD).write_bytes(content)
    app = open_app(KAMUS)
    assert app.title and not app.warning and calm(app) and told()
    builds.note(small, Attempt(waktu=NOW, sebab="Uji gagal."))
    app.run()
    assert "Uji gagal." in app.warning[0].value


def test_settings_that_cannot_be_read(small, open_app, monkeypatch):
    build(small)
    monkeypatch.setenv("TUNTAS_SEGARKAN_MENIT", "sejam")
    app = open_app(KAMUS)
    assert "TUNTAS_SEGARKAN_MENIT" in calm(app) or "pengaturan.toml" in shown(app)
    monkeypatch.delenv("TUNTAS_SEGARKAN_MENIT")
    app.run()
    assert app.title and calm(app)


# --- the clock --------------------------------------------------------------------------------------------------------


@pytest.fixture
def real_small(small, monkeypatch) -> settings.Settings:
    """The same office with data that are not simulated: they age."""
    with sqlite3.connect(small.data_folder / "kasus.sqlite") as database:
        database.execute("UPDATE meta SET nilai = '0' WHERE kunci = 'simulasi'")
    database.close()
    monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
    build(small)
    return settings.load()


@pytest.mark.parametrize(
    ("later", "kind", "says"),
    [
        (-1, "warning", "periksa jam server"),
        (0, "note", "Data per 20 November 2026"),
        (2, "note", "Data per 20 November 2026"),
        (3, "warning", "sudah 3 hari tanpa data baru"),
        (8, "error", "sudah 8 hari tanpa data baru"),
    ],
)
def test_age_of_the_data_on_every_page(later, kind, says, real_small, open_app, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: T + dt.timedelta(days=later))
    app = open_app(KAMUS)
    assert says in shown(app) and app.title and not app.exception
    assert [bool(app.warning), bool(app.error)] == [kind == "warning", kind == "error"]
