"""Mutu data: what each role is told, links that lead to as many cases as they say, an empty office."""

from __future__ import annotations

import re

import pytest

from lib import access, measure, reference, settings
from lib.domain import CaseFilter, Role
from lib.numbers_id import angka
from lib.web import quality, session
from tests.pages.conftest import look_as
from tests.pages.test_pages import shown

PAGE = "pages/mutu_data.py"
LINK = re.compile(r"Lihat ([\d.]+) kasus")


def links_of(app) -> list[tuple[str, str]]:
    """(label, address) of the links to lists of cases."""
    found = [element.proto for element in app.get("page_link")]
    return [(link.label, link.query_string) for link in found if "kode=" in link.query_string]


def as_role(open_app, monkeypatch, role: Role, *provinces: str, **query: str):
    look_as(monkeypatch, access.scope_of(role, provinces or ("33",)))
    return open_app(PAGE, **query)


def test_a_coordinator_finds_what_to_do_first_and_each_line_leads_to_its_cases(demo, open_app, monkeypatch):
    app = as_role(open_app, monkeypatch, Role.KOORDINATOR, "33")
    assert not app.exception and not app.error and not app.warning
    assert app.subheader[0].value == "Yang perlu diperbaiki"
    listed = [(LINK.fullmatch(label), query) for label, query in links_of(app) if LINK.fullmatch(label)]
    assert len(listed) > 5
    values = settings.load()
    asked = {"source": measure.open_source(values), "limits": values.ambang}
    scope = access.scope_of(Role.KOORDINATOR, ("33",))
    sizes = []
    for found, query in listed:
        kode = re.search(r"kode=([^&]+)", query)[1]
        number = measure.count_behind(scope, kode, CaseFilter(provinsi=("33",)), **asked)
        assert found[1] == angka(number), kode
        sizes.append(number)
    assert sizes == sorted(sizes, reverse=True)


def test_the_way_back_from_such_a_list_is_this_page(demo, open_app, monkeypatch):
    app = as_role(open_app, monkeypatch, Role.KOORDINATOR, "33")
    app.switch_page("pages/kasus.py").run()
    back = next(
        element.proto for element in app.get("page_link") if element.proto.label.startswith("Kembali")
    )
    assert back.label == "Kembali ke Mutu data"


def test_the_rule_of_the_grade_stands_one_click_away(demo, open_app, monkeypatch):
    app = as_role(open_app, monkeypatch, Role.KOORDINATOR, "33")
    box = next(each for each in app.expander if each.label == "Cara menilai mutu data")
    assert "Tidak ada bobot" in box.markdown[0].value


def test_several_provinces_stand_in_the_order_of_their_codes(demo, open_app, monkeypatch):
    app = as_role(open_app, monkeypatch, Role.KOORDINATOR, "35", "33", "93")
    assert not app.exception and not app.error
    grades = next(frame.value for frame in app.dataframe if "Terpenuhi" in frame.value)
    assert grades["Provinsi"].tolist() == ["Jawa Tengah", "Jawa Timur", "Papua Selatan"]
    assert not [label for label, _ in links_of(app) if LINK.fullmatch(label)]
    app.selectbox(key="mutu_pilih").select("93").run()
    assert app.query_params["provinsi"] in ("93", ["93"])
    assert "Nilai mutu Papua Selatan" in shown(app)


def test_the_admin_is_told_no_count_and_led_to_no_case(demo, open_app, monkeypatch):
    app = as_role(open_app, monkeypatch, Role.ADMIN_DATA, provinsi="33")
    assert not app.exception and not app.error
    assert links_of(app) == []
    assert "tanpa hitungan" in shown(app)
    worst = next(each.value for each in app.markdown if each.value.startswith("Paling sering kosong"))
    assert "kasus" not in worst
    tables = [frame.value for frame in app.dataframe]
    assert len(next(table for table in tables if "Terpenuhi" in table)) == 38
    assert all("Hitungan" not in table for table in tables)
    assert all(metric.value.endswith("%") or metric.value == "–" for metric in app.metric)


def test_the_director_does_not_have_this_page(demo, open_app, monkeypatch):
    look_as(monkeypatch, access.scope_of(Role.DIREKTUR))
    app = open_app(PAGE)
    assert "hanya untuk Koordinator provinsi dan Pengelola data" in app.warning[0].value


@pytest.mark.parametrize("role", [Role.KOORDINATOR, Role.ADMIN_DATA])
def test_an_empty_office_has_no_invented_figure(role, empty_office, open_app, monkeypatch):
    monkeypatch.setattr(access, "local_scope", lambda *, address: access.scope_of(role, ("33",)))
    app = open_app(PAGE)
    assert not app.exception and not app.error
    assert "belum dapat dinilai" in shown(app) + app.dataframe[0].value.to_string()
    assert all(metric.value == "–" for metric in app.metric)
    assert links_of(app) == []


def test_ages_of_simulated_data_count_from_the_newest_data_date(demo):
    source = measure.open_source(settings.load())
    dates = [p.tanggal_data for p in source.provinces]
    assert quality.as_of(source) == max(dates)
    assert session.current_settings().mutu.merah_hari == 7


@pytest.mark.parametrize(("role", "led"), [(Role.DIREKTUR, False), (Role.KOORDINATOR, True)])
def test_the_grade_stands_beside_a_province_s_numbers(demo, open_app, monkeypatch, role, led):
    provinces = reference.all_provinces() if role is Role.DIREKTUR else ("33",)
    look_as(monkeypatch, access.scope_of(role, provinces))
    app = open_app("pages/provinsi.py", provinsi="33", klaster="ANAK")
    values = settings.load()
    source = measure.open_source(values)
    newest = max(p.tanggal_data for p in source.provinces if p.tanggal_data)
    found = measure.data_quality(
        access.scope_of(role, provinces),
        CaseFilter(provinsi=("33",)),
        source=source,
        limits=values.ambang,
        rules=values.mutu,
        today=newest,
    )
    (row,) = found.provinces.to_dict("records")
    line = next(each for each in app.markdown if "Mutu data 12 bulan terakhir" in each.value)
    assert row["mutu"] in line.value
    assert f"{row['dinilai'] - row['belum']} dari {row['dinilai']} bagian terpenuhi" in line.value
    assert "Tidak ada bobot" in line.proto.help
    assert any(link.proto.label == "Yang perlu diperbaiki" for link in app.get("page_link")) is led
