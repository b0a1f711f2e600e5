"""The pack on Rapat: offered to every role for its own area, made only when clicked, in tayang presentasi."""

from __future__ import annotations

import pytest

from lib.domain import CaseFilter, Role, Scope, Tayang, UserError
from lib.exports import pack
from lib.web import meeting_pack
from tests.pages.conftest import look_as
from tests.pages.test_roles import looking_as, start

OWN = Scope(role=Role.KOORDINATOR, provinces=("33", "34"))


@pytest.fixture
def made(monkeypatch):
    """What is asked of the writers; they write nothing."""
    asked = []

    def one(scope, case_filter, ending, **more):
        asked.append((scope, case_filter, ending))
        return b"isi"

    def every(scope, case_filter, *, progress, **more):
        asked.append((scope, case_filter, "zip"))
        progress(1.0, "selesai")
        return b"isi"

    monkeypatch.setattr(pack, "one", one)
    monkeypatch.setattr(pack, "every_province", every)
    return asked


def labels(app) -> list[str]:
    return [each.proto.label for each in app.get("download_button") if each.proto.id.find("paket_") >= 0]


@pytest.mark.parametrize(
    ("role", "several"), [(Role.DIREKTUR, True), (Role.KOORDINATOR, False), (Role.ADMIN_DATA, True)]
)
def test_every_role_is_offered_the_pack_and_nothing_is_made_before_a_click(
    demo, open_app, made, role, several
):
    app = looking_as(start("rapat"), role).run()
    assert not app.exception
    assert labels(app) == ["PowerPoint", "Excel", "PDF"]
    assert any(button.key == "paket_semua" for button in app.button) == several
    assert made == []


def test_all_provinces_are_the_visitor_s_own(demo, open_app, made, monkeypatch):
    look_as(monkeypatch, OWN)
    app = start("rapat", provinsi="33").run()
    app.button(key="paket_semua").click().run()
    assert not app.exception
    ((scope, case_filter, _),) = made
    assert (scope.provinces, scope.tayang, case_filter.provinsi) == (OWN.provinces, Tayang.PRESENTASI, ())
    assert labels(app)[-1] == "Unduh zip"
    made.clear()
    app.run()
    assert made == [] and labels(app)[-1] == "Unduh zip"


def test_what_is_refused_is_said(demo, open_app, made, monkeypatch):
    def refuse(*args, **named):
        raise UserError("Tidak ada provinsi dengan paket.")

    monkeypatch.setattr(pack, "every_province", refuse)
    app = looking_as(start("rapat"), Role.DIREKTUR).run()
    app.button(key="paket_semua").click().run()
    assert any("Tidak ada provinsi dengan paket." in each.value for each in app.warning)
    assert labels(app) == ["PowerPoint", "Excel", "PDF"]


def test_another_filter_or_scope_has_another_file_name(demo, open_app, monkeypatch):
    monkeypatch.setattr(meeting_pack, "current_source", lambda: type("Source", (), {"versi": "v1"}))
    shown = Scope(role=Role.DIREKTUR, provinces=("33",), tayang=Tayang.PRESENTASI)
    names = {
        meeting_pack._file_name(scope, CaseFilter(provinsi=provinces), "rapat", "pdf")
        for scope in (shown, OWN)
        for provinces in ((), ("33",))
    }
    assert len(names) == 4
