"""Versi: keeping, opening and comparing versions on the screen, by role; a kept version on every page."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lib import audit, clock, publishing, settings, snapshot, versions, versions_keep
from lib.audit import Event
from lib.disclosure import kept as hidden
from lib.domain import Role
from lib.web import kept as screen
from lib.web import quality, session
from tests.pages.test_roles import looking_as, sentences, start

NAME = "Rapat triwulan III"


@pytest.fixture(scope="module")
def two_versions(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small simulation kept under a name, and a newer version without the cases of every 3rd number."""
    folder = tmp_path_factory.mktemp("dua")
    shutil.copytree(demo_folder, folder, dirs_exist_ok=True)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    then = replace(values, ambang=replace(values.ambang, macet_hari=1))
    versions_keep.keep(then, NAME, by="Direktur", now=clock.now())
    with closing(sqlite3.connect(folder / "kasus.sqlite")) as database, database:
        database.execute("DELETE FROM kasus WHERE id_kasus LIKE '%3'")
    built = publishing.publish(values, now=clock.now(), audit=False)
    hidden.write(snapshot.audit_path(values, built.versi), [])
    return folder


@pytest.fixture
def two(two_versions: Path, tuntas_data: Path) -> settings.Settings:
    """An office of its own with both versions."""
    shutil.copytree(two_versions, tuntas_data, dirs_exist_ok=True)
    return settings.load()


def words(app) -> str:
    kinds = (app.markdown, app.warning, app.error, app.info, app.success, app.title, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def code(values: settings.Settings) -> str:
    return versions.resolve(values, NAME)


def address(app) -> dict[str, str]:
    """The address of the page; what the test itself has set is a list."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def go_back(app):
    return next(button for button in app.button if button.label == "Kembali ke data terbaru")


def test_a_kept_version_carries_over_pages_and_has_a_way_back(two, open_app):
    app = looking_as(start(provinsi="33"), Role.DIREKTUR).run()
    newest = app.metric[0].value
    app = looking_as(start(provinsi="33", versi=NAME), Role.DIREKTUR).run()
    assert not app.exception and not app.error
    assert (
        f"{NAME}.**" in words(app) and "Sebagaimana disajikan" in words(app) and "DATA SIMULASI" in words(app)
    )
    then = app.metric[0].value
    assert then != newest
    assert address(app) == {"provinsi": "33", "versi": code(two)}
    # The menu empties the address; the version stays, as the filter does.
    for page in ("pages/provinsi.py", "pages/kamus.py", "pages/ringkasan.py"):
        app.query_params.clear()
        app.switch_page(page).run()
        assert "Sebagaimana disajikan" in words(app), page
    assert app.metric[0].value == then
    assert address(app) == {"provinsi": "33", "versi": code(two)}
    go_back(app).click().run()
    assert "Sebagaimana disajikan" not in words(app)
    assert app.metric[0].value == newest
    assert address(app) == {"provinsi": "33"}


def test_the_back_button_and_a_link_without_the_version_lead_to_the_newest(two, open_app):
    app = looking_as(start(versi=code(two)), Role.DIREKTUR).run()
    assert "Sebagaimana disajikan" in words(app)
    app.query_params.clear()
    app.run()
    assert "Sebagaimana disajikan" not in words(app)
    app = looking_as(start(versi=code(two)), Role.DIREKTUR).run()
    app.query_params.clear()
    app.query_params["provinsi"] = "35"
    app.run()
    assert "Sebagaimana disajikan" not in words(app)
    assert address(app) == {"provinsi": "35"}


def test_the_thresholds_of_then_hold(two, open_app):
    app = looking_as(start("kamus", versi=code(two)), Role.DIREKTUR).run()
    assert "macet tanpa aktivitas lebih dari 1 hari" in words(app)
    go_back(app).click().run()
    assert "macet tanpa aktivitas lebih dari 30 hari" in words(app)


def test_a_kept_version_takes_no_import_and_ages_no_further(two, open_app, monkeypatch):
    look = looking_as(start("mutu_data"), Role.ADMIN_DATA)
    look.session_state["mutu_atau_impor"] = "Impor"
    look.run()
    assert look.file_uploader and "Karantina" in words(look)
    back = looking_as(start("mutu_data", versi=code(two)), Role.ADMIN_DATA)
    back.session_state["mutu_atau_impor"] = "Impor"
    back.run()
    assert not back.exception and not back.error and not back.warning
    assert not back.file_uploader and "Karantina" not in words(back)
    assert "Anda sedang melihat versi simpanan" in words(back)
    kept = versions.found(two, NAME)
    monkeypatch.setattr(quality, "looked_back", lambda: replace(kept, waktu="2026-03-02T23:30:00+07:00"))
    real = replace(session.published_source(), simulasi=False)
    assert quality.as_of(real) == dt.date(2026, 3, 2)


@pytest.mark.parametrize("role", Role)
def test_every_role_opens_the_first_page_of_its_own_at_a_kept_version(two, open_app, role):
    app = looking_as(start("versi", versi=code(two)), role).run()
    assert not app.exception and not app.error and not app.warning
    assert "Sebagaimana disajikan" in words(app) and "sedang dibuka" in words(app)


def test_a_version_that_is_not_there_or_was_changed_is_refused_with_a_way_back(two, open_app):
    app = looking_as(start(versi="[x](http://y)"), Role.DIREKTUR).run()
    assert "yang ada: “Rapat triwulan III”" in sentences(app) and "http" not in sentences(app)
    assert not app.metric
    path = versions.path_of(two, versions.found(two, NAME), versions.HISTORY)
    path.write_bytes(path.read_bytes() + b"x")
    app = looking_as(start(versi=NAME), Role.DIREKTUR).run()
    assert "isi berkas riwayat.sqlite berubah" in sentences(app)
    assert not app.metric
    go_back(app).click().run()
    assert app.metric


def test_comparing_tells_both_parts_and_a_coordinator_the_own_province_only(two, open_app):
    app = looking_as(start("versi", periode="tahun-ini"), Role.DIREKTUR).run()
    assert not app.exception and not app.warning
    assert "0 dari kejadian baru" in words(app) and "karena data lampau diperbaiki" in words(app)
    table = app.dataframe[0].value.set_index("Angka")
    assert table.loc["Kasus terdata", "Kejadian baru"] == "0"
    assert table.loc["Kasus terdata", "Selisih"] == table.loc["Kasus terdata", "Data lampau diperbaiki"]
    # Another threshold then: what it decides is not divided.
    assert table.loc["Asesmen tepat waktu", "Kejadian baru"] == "tidak dipecah"
    own = looking_as(start("versi", periode="tahun-ini"), Role.KOORDINATOR).run()
    assert "Jawa Tengah" in words(own) and "Simpan versi yang terbit" not in words(own)
    assert not own.get("plotly_chart")
    admin = looking_as(start("versi"), Role.ADMIN_DATA).run()
    assert "hanya ada dalam tayang internal" in words(admin) and not admin.dataframe


def test_keeping_checks_the_name_and_is_told_to_the_trail(two, open_app):
    app = looking_as(start("versi"), Role.ADMIN_DATA).run()
    app.text_input[0].set_value("3578012345678901")
    next(button for button in app.button if button.label == "Simpan versi").click().run()
    assert "NIK" in sentences(app) and len(versions.every(two)) == 1
    app.text_input[0].set_value("Rapat pimpinan")
    next(button for button in app.button if button.label == "Simpan versi").click().run()
    assert not app.exception and "disimpan dengan nama “Rapat pimpinan”" in words(app)
    kept = versions.found(two, "Rapat pimpinan")
    assert (kept.versi, kept.oleh) == (snapshot.current_version(two), "Pengelola data")
    lines = audit.trail(two, event=Event.SIMPANAN, simulated=True)
    assert lines["rincian"].tolist() == [f"simpan {kept.versi}"]


def test_a_coordinator_keeps_nothing_even_by_a_made_up_wish(two, open_app):
    app = looking_as(start("versi"), Role.KOORDINATOR)
    app.session_state[screen.WISH] = "Rapat pimpinan"
    app.run()
    assert "hanya untuk Direktur" in sentences(app)
    assert len(versions.every(two)) == 1


def test_the_demonstration_does_not_open_real_data(two, open_app, monkeypatch):
    real = session._opened_kept

    def opened(*asked):
        return replace(real(*asked), simulasi=False)

    monkeypatch.setattr(session, "_opened_kept", opened)
    app = looking_as(start(versi=NAME), Role.DIREKTUR).run()
    assert "berisi data nyata" in sentences(app) and not app.metric


def test_a_kept_simulation_opens_beside_a_mixture(two, open_app, monkeypatch):
    """What the visitor may choose follows from what is published, whatever the kept version holds."""
    real = session._opened
    monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
    monkeypatch.setattr(session, "_opened", lambda versi: replace(real(versi), campuran=True))
    app = start(versi=NAME).run()
    assert not app.exception and "Sebagaimana disajikan" in words(app)
