"""Provinsi with kab/kota boundaries of the user's own: areas where there are some, bubbles elsewhere."""

from __future__ import annotations

import json

import pytest

from lib import cli, geo, reference, text
from tests.pages.test_provinsi import words
from tests.unit.boundaries import KABKOTA_34, frame, written

PAGE = "pages/provinsi.py"


@pytest.fixture
def static(tmp_path, monkeypatch, demo_copy):
    """A served folder of this test's own beside the demo data."""
    folder = tmp_path / "static"
    geo.build(folder=folder)
    monkeypatch.setattr(geo, "STATIC", folder)
    return folder


def traces(app) -> dict[str, dict]:
    """The marks of the province's map by name."""
    (chart,) = [each for each in app.get("plotly_chart") if "p_peta" in each.proto.id]
    return {each.get("name"): each for each in json.loads(chart.proto.spec)["data"]}


def adopt(tmp_path, table) -> None:
    assert cli.main(["batas", str(written(tmp_path / "batas.gpkg", table, crs=3857)), "--kode", "KODE"]) == 0


def test_without_a_file_there_are_bubbles(static, open_app):
    app = open_app(PAGE, provinsi="34")
    assert not app.exception and traces(app)["kabupaten/kota"]["type"] == "scattergeo"
    assert text.INDICATIVE in words(app) and text.INDICATIVE_OF_USER not in words(app)


def test_with_a_file_there_are_areas_with_the_same_figures(static, tmp_path, open_app):
    bubbles = traces(open_app(PAGE, provinsi="34"))["kabupaten/kota"]
    adopt(tmp_path, frame(KABKOTA_34))
    app = open_app(PAGE, provinsi="34", sorot_kabkota="34.04")
    assert not app.exception and not app.error
    marks = traces(app)
    areas = marks["kabupaten/kota"]
    assert areas["type"] == "choropleth" and areas["geojson"] == geo.kabkota_geojson_url("34")
    assert dict(zip(areas["customdata"], areas["hovertext"], strict=True)) == dict(
        zip(bubbles["customdata"], bubbles["hovertext"], strict=True)
    )
    assert marks["kabupaten/kota terpilih"]["locations"] == ["34.04"]
    assert app.selectbox(key="p_tempat").value == "34.04"
    assert "atas dari berkas pengguna" in words(app) and "indikatif" in words(app)
    assert text.INDICATIVE not in words(app)


def test_other_provinces_keep_their_bubbles(static, tmp_path, open_app):
    adopt(tmp_path, frame(KABKOTA_34))
    app = open_app(PAGE, provinsi="36")
    assert traces(app)["kabupaten/kota"]["type"] == "scattergeo" and text.INDICATIVE in words(app)


def test_provinces_of_the_user_lie_under_the_bubbles(static, tmp_path, open_app):
    adopt(tmp_path, frame(reference.all_provinces(), half=0.2))
    app = open_app(PAGE, provinsi="36")
    assert traces(app)["provinsi"]["geojson"] == geo.provinsi_geojson_url()
    assert "/batas/" in geo.provinsi_geojson_url() and text.INDICATIVE_OF_USER in words(app)


def test_a_served_file_that_is_gone_is_a_sentence_on_the_page(static, tmp_path, open_app):
    adopt(tmp_path, frame(KABKOTA_34))
    next(static.glob("batas/*/kabkota-34-*")).unlink()
    app = open_app(PAGE, provinsi="34")
    assert not app.exception and "batas.gpkg tidak ada lagi" in words(app)
