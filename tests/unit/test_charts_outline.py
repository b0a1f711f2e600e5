"""One province with its kab/kota as bubbles: what stands where, how large, in which class."""

import pandas as pd
import pytest

from lib import geo
from lib.charts import outline
from lib.charts.theme import NO_DATA, SELECTED, SEQUENTIAL

LIMITS = (20, 40, 60, 80)
LABELS = ["≤ 20", "20–40", "40–60", "60–80", "> 80"]
URL = "app/static/provinsi-abcd1234.geojson"
NAN = float("nan")


def frame(**changes):
    """Three kab/kota of DI Yogyakarta: a small one in the lowest class, the largest, one without a number."""
    columns = {
        "kabkota": ["34.01", "34.04", "34.71"],
        "nama": ["Kabupaten Kulon Progo", "Kabupaten Sleman", "Kota Yogyakarta"],
        "lon": [110.16, 110.36, 110.37],
        "lat": [-7.83, -7.69, -7.80],
        "nilai": [12.5, 91.0, NAN],
        "tampil": ["12,5 %", "91,0 %", "n < 10"],
        "kelas": [0, 4, -1],
        "n": [120, 4321, 7],
        "catatan": [None, None, "n < 10"],
        "ukuran": [25, 100, 0],
        "tampil_ukuran": ["25", "100", "0"],
    }
    return pd.DataFrame(columns | changes)


def bubbles(data=None, **options):
    defaults = {
        "provinsi": "34",
        "limits": LIMITS,
        "labels": LABELS,
        "title": "Selesai",
        "size_name": "terbuka",
    }
    return outline.bubbles(frame() if data is None else data, geojson_url=URL, **(defaults | options))


def named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_only_the_one_province_is_drawn():
    land = named(bubbles(), "provinsi")
    assert list(land.locations) == ["34"] and land.geojson == URL


def test_each_bubble_has_its_place_code_and_texts_the_largest_first():
    marks = named(bubbles(), "kabupaten/kota")
    assert list(marks.customdata) == ["34.04", "34.01", "34.71"]
    assert list(marks.lon) == [110.36, 110.16, 110.37]
    assert list(marks.lat) == [-7.69, -7.83, -7.80]
    assert list(marks.hovertext) == [
        "<b>Kabupaten Sleman</b><br>91,0 %<br>n = 4.321<br>terbuka: 100",
        "<b>Kabupaten Kulon Progo</b><br>12,5 %<br>n = 120<br>terbuka: 25",
        "<b>Kota Yogyakarta</b><br>n &lt; 10<br>n = 7<br>terbuka: 0",
    ]


def test_area_follows_the_count_and_colour_the_class():
    marks = named(bubbles(), "kabupaten/kota")
    assert list(marks.marker.size) == [44, 22, 9]
    assert list(marks.marker.color) == [SEQUENTIAL[4], SEQUENTIAL[0], NO_DATA]
    assert list(marks.marker.symbol) == ["circle", "circle", "circle-x"]


@pytest.mark.parametrize(
    ("counts", "pixels"), [([], []), ([0, 0], [9, 9]), ([NAN, 4], [9, 44]), ([1, 10_000], [9, 44])]
)
def test_every_count_has_a_visible_mark(counts, pixels):
    assert outline.diameters(counts) == pixels


def test_the_chosen_one_has_a_ring():
    line = named(bubbles(selected="34.01"), "kabupaten/kota").marker.line
    assert [colour == SELECTED for colour in line.color] == [False, True, False]
    assert list(line.width) == [1, 4, 1]


def test_the_legend_names_the_classes_and_a_missing_number_only_where_there_is_one():
    names = [trace.name for trace in bubbles().data if trace.showlegend]
    assert names == ["≤ 20", "20–40", "40–60", "60–80", "&gt; 80", "tidak ada angka"]
    whole = frame().iloc[:2]
    assert "tidak ada angka" not in [trace.name for trace in bubbles(whole).data if trace.showlegend]


def test_the_heading_names_colour_and_area():
    heading = bubbles().layout.legend.title.text
    assert heading.startswith("Selesai<br>") and "luas gelembung: terbuka" in heading


def test_the_view_holds_the_province_and_islands_outside_its_outline():
    west, south, east, north = geo.province_box("31")
    island = frame(lon=[106.8] * 3, lat=[-5.6, -6.2, -6.2])
    figure = bubbles(island, provinsi="31")
    assert north < -5.6 < figure.layout.geo.lataxis.range[1]
    assert figure.layout.geo.lonaxis.range[0] < west and figure.layout.geo.lonaxis.range[1] > east
    assert figure.layout.geo.lataxis.range[0] < south


def test_a_province_without_kabkota_is_still_an_outline():
    figure = bubbles(frame().iloc[:0])
    assert list(named(figure, "provinsi").locations) == ["34"]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (frame().drop(columns="ukuran"), {}),
        (frame(kelas=[1, 4, -1]), {}),
        (frame(), {"labels": LABELS[:4]}),
    ],
)
def test_what_contradicts_itself_is_refused(data, options):
    with pytest.raises(ValueError):
        bubbles(data, **options)


def test_a_province_without_an_outline_is_refused():
    with pytest.raises(KeyError):
        bubbles(provinsi="99")


def test_the_box_of_a_province_is_that_of_its_outline():
    west, south, east, north = geo.province_box("93")
    assert (west, south, east, north) == pytest.approx((137.57, -9.11, 140.98, -4.85), abs=0.02)


AREAS_URL = "app/static/batas/aaaaaaaa/kabkota-34-abcd1234.geojson"


@pytest.fixture
def boundaries(monkeypatch):
    """The extent and size of three areas, the last too small to be hit."""
    boxes = {
        "34.01": (110.0, -8.0, 110.3, -7.7),
        "34.04": (110.3, -7.8, 110.5, -7.5),
        "34.71": (110.36, -7.8, 110.37, -7.79),
    }
    monkeypatch.setattr(outline.geo, "kabkota_boxes", {"34": boxes}.__getitem__)
    monkeypatch.setattr(
        outline.geo, "kabkota_sides", {"34": {"34.01": 0.3, "34.04": 0.2, "34.71": 0.01}}.__getitem__
    )


def areas(data=None, **options):
    defaults = {
        "provinsi": "34",
        "limits": LIMITS,
        "labels": LABELS,
        "title": "Selesai",
        "size_name": "terbuka",
    }
    return outline.areas(frame() if data is None else data, geojson_url=AREAS_URL, **(defaults | options))


def test_areas_have_the_codes_classes_and_texts_of_the_bubbles(boundaries):
    filled = named(areas(), "kabupaten/kota")
    assert filled.geojson == AREAS_URL
    assert list(filled.locations) == list(filled.customdata) == ["34.01", "34.04", "34.71"]
    assert list(filled.z) == [0, 4, -1]
    by_code = dict(zip(filled.customdata, filled.hovertext, strict=True))
    marks = named(bubbles(), "kabupaten/kota")
    assert by_code == dict(zip(marks.customdata, marks.hovertext, strict=True))


def test_an_area_without_a_number_has_a_cross(boundaries):
    cross = named(areas(), "tanda tidak ada angka")
    assert list(cross.lon) == [110.37] and list(cross.lat) == [-7.80] and cross.hoverinfo == "skip"
    assert not [trace for trace in areas(frame().iloc[:2]).data if trace.name == "tanda tidak ada angka"]


def test_an_area_too_small_to_be_hit_has_a_dot(boundaries):
    dots = areas(selected="34.71").data
    (dot,) = [trace for trace in dots if trace.name == "wilayah kecil"]
    assert list(dot.customdata) == ["34.71"] and list(dot.marker.size) == [outline.SMALLEST]
    assert list(dot.marker.color) == [NO_DATA] and list(dot.marker.line.color) == [SELECTED]
    assert dot.hovertext[0].endswith("terbuka: 0")


def test_the_chosen_area_is_outlined(boundaries):
    rings = [trace for trace in areas(selected="34.01").data if trace.name == "kabupaten/kota terpilih"]
    assert [list(ring.locations) for ring in rings] == [["34.01"], ["34.01"]]
    assert rings[-1].marker.line.color == SELECTED
    assert not [trace for trace in areas().data if trace.name == "kabupaten/kota terpilih"]


def test_areas_have_the_legend_of_the_bubbles_and_no_word_of_their_size(boundaries):
    def entries(figure):
        return [trace.name for trace in figure.data if trace.showlegend]

    assert entries(areas()) == entries(bubbles())
    assert areas().layout.legend.title.text == "Selesai"


def test_the_view_is_that_of_the_areas(boundaries):
    layout = areas().layout.geo
    assert layout.lonaxis.range == pytest.approx((109.97, 110.53)) and layout.lataxis.range == pytest.approx(
        (-8.03, -7.47)
    )


@pytest.mark.parametrize(
    ("data", "options", "error"),
    [
        (frame().drop(columns="kelas"), {}, ValueError),
        (frame(kelas=[1, 4, -1]), {}, ValueError),
        (frame(), {"provinsi": "35"}, KeyError),
    ],
)
def test_areas_that_contradict_themselves_are_refused(boundaries, data, options, error):
    with pytest.raises(error):
        areas(data, **options)
