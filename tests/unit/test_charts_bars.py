"""Bars: values, order, texts and what happens to groups without a number."""

import pandas as pd
import pytest

from lib.charts import bars
from lib.charts.theme import STATUS_COLOURS, STATUS_PATTERNS
from lib.domain import Status

NAN = float("nan")


def named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def counts(values, tampil=None):
    return pd.DataFrame(
        {
            "kode": ["I01", "I02", "I03K"],
            "nama": ["Terdata", "Tertangani", "Terselesaikan"],
            "nilai": values,
            "tampil": tampil or [f"{value:g}" for value in values],
        }
    )


def corong_bars(values, tampil=None):
    return [trace for trace in bars.corong(counts(values, tampil)).data if trace.type == "bar"]


def test_corong_shows_number_and_share_of_the_first():
    traces = corong_bars([200, 150, 50])
    assert [trace.x[0] for trace in traces] == [200, 150, 50]
    assert [trace.text[0].strip() for trace in traces] == [
        "<b>200 · 100,0\u00a0%</b>",
        "<b>150 · 75,0\u00a0%</b>",
        "<b>50 · 25,0\u00a0%</b>",
    ]
    assert [trace.customdata[0] for trace in traces] == ["I01", "I02", "I03K"]
    assert [trace.marker.color for trace in traces] == list(STATUS_COLOURS.values())[:3]
    assert traces[1].hovertext[0] == "<b>Tertangani</b><br>150 · 75,0\u00a0%"


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([200, 150, 50], ["inside", "inside", "outside"]),
        ([200, 100, 99], ["inside", "inside", "outside"]),
        ([200, 0, 0], ["inside", "outside", "outside"]),
        ([0, 0, 0], ["outside", "outside", "outside"]),
        ([NAN, 3, 1], ["outside", "outside", "outside"]),
    ],
)
def test_corong_texts_stand_where_there_is_room(values, places):
    traces = corong_bars(values)
    assert [trace.textposition for trace in traces] == places
    assert {trace.constraintext for trace in traces} == {"none"}


def test_corong_with_a_suppressed_number_shows_its_text():
    traces = corong_bars([200, 150, NAN], ["200", "150", "<5"])
    assert traces[2].x[0] == 0
    assert traces[2].text[0].strip() == "<b>&lt;5</b>"


def test_corong_without_a_first_number_has_no_shares():
    assert all("%" not in trace.text[0] for trace in corong_bars([NAN, 150, 50]))


def test_corong_names_stand_above_the_bars_in_order():
    figure = bars.corong(counts([200, 150, 50]))
    names = named(figure, "nama")
    assert list(names.text) == ["Terdata", "Tertangani", "Terselesaikan"]
    assert list(names.y) == sorted(names.y)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first bar is on top"
    assert tuple(figure.layout.xaxis.range) == (0, 200)


def groups(**columns):
    base = {
        "kunci": ["11", "12", "13", "14"],
        "nama": ["Aceh", "Sumatera Utara", "Sumatera Barat", "Riau"],
        "nilai": [30.0, NAN, 50.0, 40.0],
        "tampil": ["30,0 %", "n < 10", "50,0 %", "40,0 %"],
        "n": [300, 8, 500, 400],
    }
    return pd.DataFrame(base | columns)


@pytest.mark.parametrize(
    ("ascending", "order"), [(False, ["13", "14", "11", "12"]), (True, ["11", "14", "13", "12"])]
)
def test_ranked_orders_by_value_and_puts_groups_without_one_last(ascending, order):
    figure = bars.ranked(groups(), unit="persen", ascending=ascending)
    assert list(named(figure, "nilai").customdata) == order
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first group is on top"


def test_ranked_keeps_the_order_of_equal_values():
    figure = bars.ranked(groups(nilai=[5.0, 5.0, 5.0, 5.0]), unit="persen")
    assert list(named(figure, "nilai").customdata) == ["11", "12", "13", "14"]


def test_ranked_prints_the_value_beside_the_name():
    figure = bars.ranked(groups(), unit="persen")
    assert list(figure.layout.yaxis.ticktext) == [
        "Sumatera Barat  <b>50,0 %</b>",
        "Riau  <b>40,0 %</b>",
        "Aceh  <b>30,0 %</b>",
        "Sumatera Utara  <b>n &lt; 10</b>",
    ]
    assert list(figure.layout.yaxis.tickvals) == list(named(figure, "nilai").y) == [0, 1, 2, 3]
    assert figure.layout.legend.title.text == "persen"


def test_ranked_groups_of_the_same_name_stay_two_rows():
    figure = bars.ranked(groups(nama=["Aceh", "Aceh", "Aceh", "Aceh"]), unit="persen")
    assert len(set(named(figure, "nilai").y)) == 4


def test_ranked_whiskers_reach_the_limits_of_the_interval():
    data = groups(
        bawah=[25.0, NAN, 44.0, NAN], atas=[36.0, NAN, 57.0, 48.0], catatan=[None, "n < 10", None, None]
    )
    figure = bars.ranked(data, unit="persen")
    trace = named(figure, "nilai")
    assert list(trace.x)[:3] == [50, 40, 30]
    assert list(trace.error_x.array) == [7, 8, 6, 0]
    assert list(trace.error_x.arrayminus) == [6, 0, 5, 0]
    assert list(trace.hovertext) == [
        "<b>Sumatera Barat</b><br>50,0 %<br>n = 500<br>rentang 95 %: 44–57",
        "<b>Riau</b><br>40,0 %<br>n = 400<br>rentang 95 %: sampai 48",
        "<b>Aceh</b><br>30,0 %<br>n = 300<br>rentang 95 %: 25–36",
        "<b>Sumatera Utara</b><br>n &lt; 10<br>n = 8",
    ]
    assert named(figure, "rentang 95 %").showlegend is True


@pytest.mark.parametrize("columns", [{}, {"bawah": [NAN] * 4, "atas": [NAN] * 4}])
def test_ranked_without_intervals_has_no_whiskers(columns):
    figure = bars.ranked(groups(**columns), unit="persen")
    assert named(figure, "nilai").error_x.array is None
    # The nameless one only carries the heading.
    assert [trace.name for trace in figure.data] == ["nilai", ""]


def test_ranked_reference_line_carries_its_number():
    line = named(bars.ranked(groups(), unit="persen", reference=46.04), "Nasional: <b>46</b>")
    assert list(line.x) == [46.04, 46.04]
    assert line.line.dash == "dash"


@pytest.mark.parametrize("reference", [None, NAN])
def test_ranked_without_a_reference_has_no_line(reference):
    assert [trace.name for trace in bars.ranked(groups(), unit="persen", reference=reference).data] == [
        "nilai",
        "",
    ]


def test_ranked_long_names_are_wrapped_and_make_rows_taller():
    short = bars.ranked(groups(), unit="persen")
    long = bars.ranked(
        groups(nama=["Aceh", "Anak Korban Tindak Kekerasan atau Diperlakukan Salah", "Riau", "Jambi"]),
        unit="persen",
    )
    label = long.layout.yaxis.ticktext[3]
    assert label == "Anak Korban Tindak Kekerasan<br>atau Diperlakukan Salah  <b>n &lt; 10</b>"
    assert long.layout.height > short.layout.height


def parts(**columns):
    """Two clusters; the second has no case in one status and a suppressed count in another."""
    base = {
        "kunci": ["ANAK", "ANAK", "LANSIA", "LANSIA"],
        "nama": ["Anak", "Anak", "Lanjut Usia", "Lanjut Usia"],
        "status": ["terdata", "terselesaikan", "terdata", "terselesaikan"],
        "nama_status": ["Terdata", "Terselesaikan", "Terdata", "Terselesaikan"],
        "nilai": [120.0, 300.0, 0.0, NAN],
        "tampil": ["120", "300", "0", "<5"],
    }
    return pd.DataFrame(base | columns)


def test_composition_stacks_the_statuses_in_their_fixed_order():
    figure = bars.composition(parts().iloc[::-1], unit="Kasus per klaster")
    assert [trace.name for trace in figure.data] == ["Terdata", "Terselesaikan", "nama"]
    assert figure.layout.barmode == "stack"
    assert figure.layout.legend.title.text == "Kasus per klaster"


def test_composition_places_each_count_in_its_group():
    figure = bars.composition(parts(), unit="Kasus")
    done = named(figure, "Terselesaikan")
    assert list(named(figure, "Terdata").x) == [120, 0]
    assert done.x[0] == 300
    assert pd.isna(done.x[1])
    assert list(done.y) == [0, 1]
    assert list(done.text) == ["300", "&lt;5"]
    assert list(done.customdata) == ["ANAK", "LANSIA"]
    assert list(done.hovertext) == [
        "<b>Anak</b><br>Terselesaikan: 300",
        "<b>Lanjut Usia</b><br>Terselesaikan: &lt;5",
    ]
    assert done.marker.color == STATUS_COLOURS[Status.TERSELESAIKAN]
    assert done.marker.pattern.shape == STATUS_PATTERNS[Status.TERSELESAIKAN]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ({}, ["Anak", "Lanjut Usia"]),
        ({"tampil_total": ["420", "420", "<5", "<5"]}, ["Anak  <b>420</b>", "Lanjut Usia  <b>&lt;5</b>"]),
    ],
)
def test_composition_names_groups_with_their_total_if_given(columns, names):
    assert list(named(bars.composition(parts(**columns), unit="Kasus"), "nama").text) == names


@pytest.mark.parametrize(
    ("draw", "data", "missing"),
    [
        (bars.corong, counts([3, 2, 1]), "kode"),
        (lambda frame: bars.ranked(frame, unit="persen"), groups(), "kunci"),
        (lambda frame: bars.composition(frame, unit="Kasus"), parts(), "nama_status"),
    ],
)
def test_a_missing_column_is_named(draw, data, missing):
    with pytest.raises(ValueError, match=f"missing columns: {missing}"):
        draw(data.drop(columns=missing))
