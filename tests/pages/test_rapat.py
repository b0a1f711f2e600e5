"""Rapat: always presentasi, only listed views, by link too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib import measure, settings, snapshot
from lib.access import scope_of
from lib.domain import CaseFilter, Period, PeriodKind, Role, Tayang
from tests.pages.conftest import look_as
from tests.pages.test_roles import looking_as, sentences, shown, start


@pytest.fixture
def audited(demo_copy: Path) -> Path:
    """The small simulation, whose audit hides nothing further."""
    return demo_copy


def opened(role: Role = Role.DIREKTUR, **query: str) -> AppTest:
    app = looking_as(start("rapat", **query), role).run()
    assert not app.exception
    assert not app.error
    return app


def numbers(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_rounded_counts_of_its_own_area(audited, open_app, role):
    app = opened(role)
    scope = scope_of(role, ("33",))
    expected = measure.measure(
        type(scope)(role=role, provinces=scope.provinces, tayang=Tayang.PRESENTASI),
        ["I01"],
        CaseFilter(period=Period(kind=PeriodKind.TAHUN)),
        source=measure.open_source(settings.load()),
        limits=settings.load().ambang,
    )["nilai"].iloc[0]
    value = app.metric[0].value
    assert value == f"{expected:,.0f}".replace(",", ".")
    assert int(value.replace(".", "")) % 5 == 0


def test_of_several_provinces_one_is_shown_and_said_why(audited, open_app, monkeypatch):
    two = scope_of(Role.KOORDINATOR, ("33", "34"))
    look_as(monkeypatch, two)
    app = start("rapat").run()
    assert not app.exception and not app.warning
    assert app.selectbox(key="f_provinsi").value == "33"
    assert "Yang tampil Jawa Tengah; pilih provinsi lain" in " ".join(shown(app))
    assert "Provinsi" in [each.value for each in app.subheader]
    first = numbers(app)
    app.selectbox(key="f_provinsi").select("34").run()
    assert not app.exception and "Yang tampil" not in " ".join(shown(app))
    second = numbers(app)
    look_as(monkeypatch, scope_of(Role.KOORDINATOR, ("33",)))
    assert first == numbers(start("rapat").run()) != second


def test_without_an_audit_there_is_no_figure(demo_copy, open_app):
    values = settings.load()
    snapshot.audit_path(values, snapshot.current_version(values)).unlink(missing_ok=True)
    app = opened()
    assert "belum selesai diperiksa" in sentences(app)
    assert not app.metric


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"dari": "2026-01-03", "sampai": "2026-02-11"}, "2026-01-03 sampai 2026-02-11 tidak tersedia"),
        ({"periode": "bulan-ini", "provinsi": "33"}, "pilih triwulan atau tahun"),
        ({"periode": "triwulan-ini", "provinsi": "33", "jenis": "P24"}, "pilih tahun"),
    ],
)
def test_a_view_that_is_not_listed_is_refused_by_link_too(audited, open_app, query, words):
    app = opened(**query)
    assert words in sentences(app)
    assert not app.metric
    assert not app.dataframe


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"periode": "triwulan-ini"},
        {"periode": "bulan-ini"},
        {"klaster": "ANAK"},
        {"jenis": "P24"},
        {"provinsi": "33"},
        {"provinsi": "33", "klaster": "LANSIA"},
        {"provinsi": "33", "jenis": "P24"},
        {"dari": "2025-01-01", "sampai": "2025-12-31"},
    ],
)
def test_a_listed_view_has_its_figures(audited, open_app, query):
    app = opened(**query)
    assert not app.warning
    assert len(app.metric) + sum("**" in each.value for each in app.markdown) >= 4
    for box in app.expander:
        assert box.label == "Tabel dan unduhan"


@pytest.mark.parametrize("query", [{"tayang": "internal"}, {"kabkota": "3374"}, {"pendamping": "P33-001"}])
def test_no_parameter_makes_it_more_exact(audited, open_app, query):
    assert numbers(opened(**query)) == numbers(opened())


def test_what_is_sent_holds_no_exact_small_count(audited, open_app):
    """Every whole number of the tables is a multiple of five, a year, or a marked one."""
    app = opened(provinsi="93")
    for frame in app.dataframe:
        for cell in frame.value.iloc[:, 1:].astype(str).to_numpy().ravel():
            assert re.fullmatch(r"[\d.]*[05]|<5|<10|disamarkan|n < 10|\d+,\d %|.*belum.*", cell), cell


def test_the_last_twelve_months_of_other_pages_become_the_running_year(audited, open_app):
    app = opened()
    assert app.selectbox(key="f_periode").value is PeriodKind.TAHUN
    assert "1 Jan 2026" in " ".join(shown(app))
