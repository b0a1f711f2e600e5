"""Tindak lanjut on the screen: roles, forms, other people's words, empty and broken application databases."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from lib import access, application, audit, clock, decisions, measure, settings
from lib.audit import Event
from lib.decisions import book
from lib.decisions.records import catatan_grafik, tindak_lanjut
from lib.domain import Role
from tests.pages.test_roles import looking_as, sentences, shown, start

DIREKTUR = access.scope_of(Role.DIREKTUR)


def opened(page: str, role: Role = Role.DIREKTUR, **query: str) -> AppTest:
    app = looking_as(start(page, **query), role).run()
    assert not app.exception
    assert not app.error
    return app


def listed(scope=DIREKTUR) -> list[decisions.Decision]:
    return decisions.listed(scope, settings.load(), simulated=True)


def test_every_role_sees_its_area_and_only_writers_a_form(demo_copy, open_app):
    everywhere = {each.keputusan for each in listed()}
    own = {each.keputusan for each in listed(access.scope_of(Role.KOORDINATOR, ("33",)))}
    assert own < everywhere
    for role, sees, places in (
        (Role.DIREKTUR, everywhere, 39),
        (Role.KOORDINATOR, own, 1),
        (Role.ADMIN_DATA, everywhere, 0),
    ):
        app = opened("tindak_lanjut", role)
        bold = {each.value.replace("\\", "").replace("\u2060", "")[2:-2] for each in app.markdown}
        assert bold & everywhere == {each for each in sees if _is_open(each)}
        forms = [each for each in app.selectbox if each.label == "Wilayah"]
        assert [len(each.options) for each in forms] == ([places] if places else [])


def _is_open(words: str) -> bool:
    return next(each for each in listed() if each.keputusan == words).is_open


def test_what_is_written_is_listed_told_and_refused_with_a_reason(demo_copy, open_app):
    app = opened("tindak_lanjut", Role.KOORDINATOR)
    before = len(listed())
    app.text_area[0].set_value("klien 3374011201900001 ditelaah")
    _press(app, "Simpan tindak lanjut")
    assert "seperti NIK" in sentences(app)
    assert len(listed()) == before
    app.text_area[0].set_value("Telaah *mingguan* kasus")
    _press(app, "Simpan tindak lanjut")
    new = next(each for each in listed() if each.keputusan == "Telaah *mingguan* kasus")
    assert (new.provinsi, new.kode, new.then.versi is None) == ("33", "I01", False)
    expected = measure.measure(
        access.scope_of(Role.KOORDINATOR, ("33",)),
        ["I01"],
        decisions.movement.case_filter("I01", "33", None, new.then.tanggal_data),
        source=measure.open_source(settings.load()),
        limits=settings.load().ambang,
    )
    assert new.then.nilai == expected["nilai"].iloc[0]
    line = audit.trail(settings.load(), event=Event.CATAT, simulated=True).iloc[0]
    assert line["rincian"] == f"tindak lanjut {new.nomor} baru I01 33"
    assert line["halaman"] == "tindak_lanjut"


def test_a_changed_state_and_a_note_are_seen_at_once(demo_copy, open_app):
    app = opened("tindak_lanjut")
    box = next(each for each in app.selectbox if each.label == "Tindak lanjut")
    box.set_value(box.options[0] if isinstance(box.options[0], decisions.Decision) else listed()[0])
    _press(app, "Simpan keadaan")
    assert not app.exception
    text = next(each for each in app.text_input if each.label == "Peristiwa")
    text.set_value("Layanan baru dibuka")
    _press(app, "Simpan catatan")
    assert "tampil pada grafik" in app.success[0].value
    app = opened("ringkasan")
    assert any("Layanan baru dibuka" in each.value for each in app.markdown)
    assert any("Layanan baru dibuka" in each for each in shown(app) if each.startswith("plotly_chart"))


def _press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click()
    app.run()
    assert not app.exception


def test_words_of_others_become_no_markup(demo_copy, open_app):
    harm = "[x](https://evil.example) <b>y</b> :red[z] www.evil.example $a$"
    own = book.writer(DIREKTUR, None, clock.now()) | {"simulasi": True}
    day = dt.date(2026, 10, 1)
    decided = {
        "diputuskan": day,
        "tenggat": day,
        "keadaan": "terbuka",
        "kode": "I01",
        "penanggung": harm[:60],
    }
    with application.writing(settings.load()) as connection:
        connection.execute(insert(tindak_lanjut).values(**own, **decided, keputusan=harm))
        connection.execute(insert(catatan_grafik).values(**own, tanggal=day, teks=harm))
    for page in ("tindak_lanjut", "rapat", "ringkasan"):
        app = opened(page)
        found = [each.value for each in app.markdown if "evil" in each.value]
        assert found
        for value in found:
            assert "](" not in value
            assert "://" not in value
            assert "www." not in value
            assert "<b>" not in value.replace("\\<", "")
            assert ":red[" not in value


def test_other_pages_say_what_is_open_beside_their_figures(demo_copy, open_app):
    app = opened("ringkasan")
    (box,) = [each for each in app.expander if "tindak lanjut terbuka" in each.label]
    assert "lewat tenggat, tentang angka di halaman ini" in box.label
    app = opened("provinsi", Role.KOORDINATOR)
    assert [each for each in app.expander if "1 lewat tenggat" in each.label]
    app = opened("rapat")
    assert any("Saat diputuskan" in each.value for each in app.markdown)


def test_without_any_there_is_nothing_on_other_pages(empty_office, open_app):
    for page in ("ringkasan", "tindak_lanjut", "rapat"):
        app = start(page).run()
        assert not app.exception
        assert not [each for each in app.expander if "tindak lanjut" in each.label]
    app = start("tindak_lanjut").run()
    assert "Belum ada tindak lanjut" in app.info[0].value


@pytest.mark.parametrize("page", ["ringkasan", "tindak_lanjut"])
def test_a_broken_application_database_is_one_calm_sentence(demo_copy, open_app, page):
    app = opened(page)
    (demo_copy / "aplikasi.sqlite").write_bytes(b"rusak" * 1000)
    app.run()
    assert not app.exception
    assert "Basis data aplikasi tidak dapat" in sentences(app)
    # What is shown beside the figures may fail; the figures stay.
    assert bool(app.metric) is (page == "ringkasan")
