"""Load, flow and times of pendamping: values, bands, order, and that nobody is told apart by a result."""

import pandas as pd
import pytest

from lib.charts import flow, workload
from lib.charts.theme import contrast
from lib.domain import Pita

NAN = float("nan")
LABELS = {Pita.WAJAR: "Wajar (≤ 15)", Pita.TINGGI: "Tinggi (16–18)", Pita.BERLEBIH: "Berlebih (> 18)"}


def named(figure, part):
    return next(trace for trace in figure.data if part in (trace.name or ""))


def test_bands_differ_in_colour_pattern_and_contrast():
    colours, patterns = workload.BAND_COLOURS, workload.BAND_PATTERNS
    assert set(colours) == set(patterns) == set(Pita)
    assert len(set(colours.values())) == len(set(patterns.values())) == len(Pita)
    in_order = [colours[pita] for pita in Pita]
    assert all(contrast(one, other) >= 1.2 for one, other in zip(in_order, in_order[1:], strict=False))
    assert contrast(colours[Pita.WAJAR], colours[Pita.BERLEBIH]) >= 2.5


# --- histogram ----------------------------------------------------------------------------------------------

LOADS = pd.DataFrame(
    {
        "terbuka": [0, 1, 2, 16, 19],
        "pita": ["wajar", "wajar", "wajar", "tinggi", "berlebih"],
        "n": [2, 0, 5, 3, 1],
    }
)


def test_histogram_shows_zero_and_every_band():
    figure = workload.load_histogram(LOADS, heading="Pendamping", labels=LABELS)
    assert [trace.name for trace in figure.data] == [
        "Wajar (≤ 15): <b>7</b>",
        "Tinggi (16–18): <b>3</b>",
        "Berlebih (&gt; 18): <b>1</b>",
    ]
    assert list(figure.data[0].x) == [0, 1, 2] and list(figure.data[0].y) == [2, 0, 5]
    assert [trace.marker.pattern.shape for trace in figure.data] == ["", "/", "x"]
    assert figure.data[1].hovertext[0] == "<b>16 kasus terbuka</b><br>3 pendamping"
    assert figure.layout.xaxis.range[0] < 0 < 19 < figure.layout.xaxis.range[1]


def test_histogram_names_a_band_without_anybody():
    figure = workload.load_histogram(LOADS[LOADS["pita"] == "wajar"], heading="Pendamping", labels=LABELS)
    assert named(figure, "Berlebih").name.endswith("<b>0</b>")


@pytest.mark.parametrize(("longest", "step"), [(0, 1), (5, 1), (6, None), (80, None)])
def test_few_are_counted_in_whole_steps(longest, step):
    assert workload.count_axis(longest).get("dtick") == step


# --- areas --------------------------------------------------------------------------------------------------


def areas():
    rows = [("32", "Jawa Barat", (60, 9, 8)), ("93", "Papua Selatan", (4, 0, 0))]
    return pd.DataFrame(
        [
            {"kunci": code, "nama": name, "pita": pita.value, "n": n}
            for code, name, counts in rows
            for pita, n in zip(Pita, counts, strict=True)
        ]
    )


def test_areas_keep_their_order_and_say_how_many_are_above():
    figure = workload.bands_by_area(areas(), heading="Wilayah", labels=LABELS)
    assert list(figure.layout.yaxis.ticktext) == ["Jawa Barat  <b>17</b>/77", "Papua Selatan  <b>0</b>/4"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first area is on top"
    assert [list(trace.x) for trace in figure.data] == [[60, 4], [9, 0], [8, 0]]
    assert list(figure.data[1].text) == ["9", ""], "no zero is printed in a part that is not there"
    assert list(figure.data[0].customdata) == ["32", "93"]
    assert figure.layout.barmode == "stack"


def test_two_figures_of_areas_share_their_scale_and_row_height():
    whole = areas()
    parts = [
        workload.bands_by_area(whole[whole["kunci"] == code], heading="W", labels=LABELS, longest=77)
        for code in ("32", "93")
    ]
    assert parts[0].layout.xaxis.range == parts[1].layout.xaxis.range
    assert parts[0].layout.height == parts[1].layout.height


# --- bars in the order of the frame -------------------------------------------------------------------------


def test_ordered_bars_are_not_sorted_by_value():
    frame = pd.DataFrame(
        {
            "kunci": ["I14-0", "I14-31", "x"],
            "nama": ["0–30 hari", "31–90 hari", "Kehadiran"],
            "nilai": [1, 7, NAN],
            "tampil": ["1", "7", "n < 10"],
            "n": [8, 8, 3],
        }
    )
    figure = workload.ordered_bars(frame, heading="Umur")
    assert list(figure.layout.yaxis.ticktext) == [
        "0–30 hari  <b>1</b>",
        "31–90 hari  <b>7</b>",
        "Kehadiran  <b>n &lt; 10</b>",
    ]
    assert list(figure.data[0].x)[:2] == [1, 7]
    assert figure.data[0].hovertext[2] == "<b>Kehadiran</b><br>n &lt; 10<br>n = 3"
    assert figure.layout.legend.title.text == "Umur"
    assert [trace.name for trace in figure.data if trace.showlegend] == [""]


# --- flow ---------------------------------------------------------------------------------------------------


def months(**columns):
    frame = pd.DataFrame(
        {
            "bulan": ["2026-09", "2026-10", "2026-11"],
            "terdata": [10, 12, 5],
            "ditutup": [8, 9, 6],
            "terbuka": [40, 43, NAN],
            "utuh": [True, True, False],
        }
    )
    return frame.assign(**columns)


def test_flow_has_two_bars_and_an_own_panel_for_the_open_cases():
    figure = flow.monthly_flow(months(), heading="Kasus per bulan")
    came, left, still_open = figure.data
    assert (came.name, left.name) == ("Terdata", "Ditutup, alasan apa pun")
    assert list(came.y) == [10, 12, 5] and list(left.y) == [8, 9, 6]
    assert still_open.yaxis == "y2" and list(still_open.y)[:2] == [40, 43]
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0], "the panels do not overlap"


def test_flow_marks_a_month_that_is_not_whole():
    figure = flow.monthly_flow(months(), heading="Kasus per bulan")
    assert list(figure.data[0].marker.opacity) == [1.0, 1.0, 0.45]
    assert figure.data[0].hovertext[2].endswith("bulan tidak penuh")
    assert list(figure.layout.xaxis.ticktext) == ["Sep<br>2026", "Okt<br>2026", "Nov<br>2026*"]


def test_flow_of_many_months_keeps_the_newest_label():
    names = [f"{2024 + number // 12}-{number % 12 + 1:02d}" for number in range(30)]
    frame = pd.DataFrame({"bulan": names, "terdata": 1, "ditutup": 1, "terbuka": 1, "utuh": True})
    shown = flow.monthly_flow(frame, heading="Kasus per bulan").layout.xaxis.tickvals
    assert len(shown) <= 9 and shown[-1] == "2026-06"


# --- times --------------------------------------------------------------------------------------------------


def persons():
    return pd.DataFrame(
        {
            "kunci": ["32-001", "32-002"],
            "nama": ["32-001", "32-002"],
            "nilai": [96.0, 80.0],
            "bawah": [70.0, NAN],
            "atas": [NAN, 110.0],
            "tampil": ["96 hari", "80 hari"],
            "n": [40, 31],
            "selesai": ["120 hari", "belum tercapai"],
        }
    )


def times(**changes):
    given = {
        "heading": "Hari sampai separuh kasus ditutup",
        "reference": 90.0,
        "reference_label": "Jawa Barat",
        "spread": (80.0, 96.0),
        "spread_label": "separuh pendamping di tengah",
    }
    return workload.person_times(persons(), **(given | changes))


def test_times_keep_the_order_of_the_frame_and_one_colour():
    figure = times()
    dots = named(figure, "median")
    assert list(dots.x) == [96.0, 80.0] and list(dots.y) == [0, 1]
    assert list(figure.layout.yaxis.ticktext) == ["32-001", "32-002"]
    assert isinstance(dots.marker.color, str), "no pendamping is coloured by the result"


def test_times_draw_no_arm_where_a_limit_is_not_reached():
    dots = named(times(), "median")
    assert list(dots.error_x.arrayminus) == [26.0, 0]
    assert list(dots.error_x.array) == [0, 30.0]
    assert "mulai 70" in dots.hovertext[0] and "sampai 110" in dots.hovertext[1]


def test_times_have_the_resolved_half_beside_the_closed_half():
    assert named(times(), "median").hovertext[1].endswith("separuh kasus selesai: belum tercapai")


def test_the_spread_lies_behind_the_dots():
    figure = times()
    assert [trace.name.split(":")[0] for trace in figure.data] == [
        "separuh pendamping di tengah",
        "Jawa Barat",
        "median dan rentang 95 % tiap pendamping",
    ]
    assert set(figure.data[0].x) == {80.0, 96.0} and figure.data[0].name.endswith("<b>80–96</b>")
    assert list(figure.data[1].x) == [90.0, 90.0]


@pytest.mark.parametrize(("changes", "traces"), [({"reference": NAN}, 2), ({"spread": None}, 2), ({}, 3)])
def test_what_is_not_known_is_not_drawn(changes, traces):
    assert len(times(**changes).data) == traces


@pytest.mark.parametrize(
    ("draw", "frame"),
    [
        (lambda frame: workload.load_histogram(frame, heading="H", labels=LABELS), LOADS),
        (lambda frame: workload.bands_by_area(frame, heading="H", labels=LABELS), areas()),
        (lambda frame: workload.ordered_bars(frame, heading="H"), persons()),
        (lambda frame: flow.monthly_flow(frame, heading="H"), months()),
    ],
)
def test_a_missing_column_is_named(draw, frame):
    last = frame.columns[0]
    with pytest.raises(ValueError, match=last):
        draw(frame.drop(columns=last))
