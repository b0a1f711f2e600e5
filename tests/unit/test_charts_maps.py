"""The map and the tiles: what they show for each province, not how it is painted."""

import pandas as pd
import pytest

from lib.charts import maps
from lib.charts.theme import NO_DATA, SEQUENTIAL

LIMITS = (20, 40, 60, 80)
LABELS = ["≤ 20", "20–40", "40–60", "60–80", "> 80"]
URL = "app/static/provinsi-abcd1234.geojson"
NAN = float("nan")


def frame(**changes):
    """Three provinces: the lowest class, the highest, and one without a number."""
    columns = {
        "provinsi": ["11", "31", "94"],
        "nama": ["Aceh", "DKI Jakarta", "Papua Tengah"],
        "nilai": [12.5, 91.0, NAN],
        "tampil": ["12,5 %", "91,0 %", "–"],
        "kelas": [0, 4, -1],
        "n": [120, 4321, 7],
        "catatan": [None, None, "n < 10"],
        "grid_baris": [0, 4, 2],
        "grid_kolom": [0, 4, 14],
        "singkatan": ["ACEH", "DKI", "PATENG"],
    }
    return pd.DataFrame(columns | changes)


def choropleth(data=None, **options):
    defaults = {"limits": LIMITS, "labels": LABELS, "title": "Tuntas dalam 90 hari", "unit": "persen"}
    return maps.choropleth(frame() if data is None else data, geojson_url=URL, **(defaults | options))


def tile_grid(data=None, **options):
    defaults = {"limits": LIMITS, "labels": LABELS, "title": "Tuntas dalam 90 hari", "unit": "persen"}
    return maps.tile_grid(frame() if data is None else data, **(defaults | options))


def named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def legend_names(figure):
    return [trace.name for trace in figure.data if trace.showlegend]


def test_each_area_has_its_code_class_and_hover_text():
    areas = named(choropleth(), "provinsi")
    assert list(areas.locations) == ["11", "31", "94"]
    assert list(areas.customdata) == ["11", "31", "94"]
    assert list(areas.z) == [0, 4, -1]
    assert areas.geojson == URL
    assert list(areas.hovertext) == [
        "<b>Aceh</b><br>12,5 %<br>n = 120",
        "<b>DKI Jakarta</b><br>91,0 %<br>n = 4.321",
        "<b>Papua Tengah</b><br>–<br>n = 7<br>n &lt; 10",
    ]


def test_the_scale_has_one_flat_colour_per_class():
    areas = named(choropleth(), "provinsi")
    span = areas.zmax - areas.zmin
    for kelas, colour in zip([-1, 0, 1, 2, 3, 4], [NO_DATA, *SEQUENTIAL], strict=True):
        place = (kelas - areas.zmin) / span
        below = [shade for edge, shade in areas.colorscale if edge <= place][-1]
        above = [shade for edge, shade in areas.colorscale if edge >= place][0]
        assert (below, above) == (colour, colour)


def test_the_legend_lists_all_classes_and_the_missing_number():
    figure = choropleth()
    assert legend_names(figure) == ["≤ 20", "20–40", "40–60", "60–80", "&gt; 80", "tidak ada angka"]
    swatches = [trace.marker.color for trace in figure.data if trace.showlegend]
    assert swatches == [*SEQUENTIAL, NO_DATA]
    assert figure.layout.legend.itemclick is False


def test_a_province_without_a_number_gets_a_cross_inside_it():
    marks = named(choropleth(), "tanda tidak ada angka")
    assert len(marks.lon) == 1
    assert (marks.lon[0], marks.lat[0]) == pytest.approx((136.956, -3.982))


def test_without_gaps_there_is_no_cross():
    full = frame().iloc[:2]
    assert "tanda tidak ada angka" not in [trace.name for trace in choropleth(full).data]


def test_the_selected_province_is_outlined_twice_and_lets_the_pointer_through():
    assert "provinsi terpilih" not in [trace.name for trace in choropleth().data]
    outlines = [trace for trace in choropleth(selected="31").data if trace.name == "provinsi terpilih"]
    assert [list(trace.locations) for trace in outlines] == [["31"], ["31"]]
    assert [trace.marker.line.width for trace in outlines] == [5, 2.5]
    assert {trace.hoverinfo for trace in outlines} == {"skip"}


@pytest.mark.parametrize("selected", [None, "31"])
def test_no_area_fades_when_another_is_clicked(selected):
    areas = [trace for trace in choropleth(selected=selected).data if trace.type == "choropleth"]
    assert {trace.unselected.marker.opacity for trace in areas} == {1}


def test_the_map_is_indonesia_and_asks_for_no_base_map():
    layout = choropleth().layout
    assert layout.geo.visible is False
    assert layout.geo.projection.type == "mercator"
    assert tuple(layout.geo.lonaxis.range) == (94.5, 141.5)
    assert tuple(layout.geo.lataxis.range) == (-11.5, 6.5)
    assert layout.height == 430
    assert layout.uirevision == "tetap"
    (heading,) = layout.annotations
    assert heading.text.startswith("Tuntas dalam 90 hari<br>")
    assert "persen" in heading.text


def test_colours_that_contradict_the_printed_limits_are_refused():
    with pytest.raises(ValueError, match=r"limits \(20, 40, 60, 80\) for: 11, 94"):
        choropleth(frame(kelas=[1, 4, 0]))


def test_a_wrong_number_of_labels_is_refused():
    with pytest.raises(ValueError, match="5 class labels"):
        choropleth(labels=["rendah", "tinggi"])


@pytest.mark.parametrize(("draw", "missing"), [(choropleth, "catatan"), (tile_grid, "singkatan")])
def test_a_missing_column_is_named(draw, missing):
    with pytest.raises(ValueError, match=f"missing columns: {missing}"):
        draw(frame().drop(columns=missing))


def test_tiles_lie_where_the_grid_says_and_carry_code_and_colour():
    tiles = named(tile_grid(selected="31"), "provinsi")
    assert list(tiles.x) == [0, 4, 14]
    assert list(tiles.base) == [0, -4, -2]
    assert list(tiles.customdata) == ["11", "31", "94"]
    assert list(tiles.marker.color) == [SEQUENTIAL[0], SEQUENTIAL[4], NO_DATA]
    assert list(tiles.marker.pattern.shape) == ["", "", "/"]
    assert list(tiles.marker.line.width) == [0.6, 4, 0.6]
    assert list(tiles.hovertext)[0] == "<b>Aceh</b><br>12,5 %<br>n = 120"


def test_tile_texts_are_short():
    texts = list(named(tile_grid(), "tulisan").text)
    assert texts == ["Aceh<br><b>12,5 %</b>", "DKI<br><b>91,0 %</b>", "Pateng<br><b>–</b>"]


@pytest.mark.parametrize(
    ("nilai", "tampil", "text"),
    [
        (96.0, "96 hari", "96 hari"),
        (1234.0, "1.234 hari", "1.234"),
        (NAN, "n < 10", "n < 10"),
        (NAN, "belum ada data", "–"),
        (NAN, "<5", "<5"),
    ],
)
def test_a_tile_shortens_what_it_cannot_hold(nilai, tampil, text):
    assert maps._tile_value(nilai, tampil) == text


def test_tile_legend_lists_all_classes():
    figure = tile_grid()
    assert legend_names(figure) == ["≤ 20", "20–40", "40–60", "60–80", "&gt; 80", "tidak ada angka"]
    assert figure.layout.legend.title.text.startswith("Tuntas dalam 90 hari<br>")


def test_all_38_provinces_have_a_tile_of_their_own():
    table = pd.read_csv(maps.geo.REFERENCE, dtype={"kode": str}).rename(columns={"kode": "provinsi"})
    table = table.assign(nilai=NAN, tampil="–", kelas=-1, n=0, catatan="belum ada data")
    tiles = named(tile_grid(table), "provinsi")
    assert len(set(zip(tiles.x, tiles.base, strict=True))) == 38
