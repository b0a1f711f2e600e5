"""Outcomes day by day, quarters, groups with intervals and waits: values, order, and reading without colour."""

import pandas as pd
import pytest

from lib.charts import outcomes, waits
from lib.charts.theme import EDGE, contrast
from lib.text_times import OUTCOMES

NAN = float("nan")
MARKS = (30, 90, 180)


def curve(until: int) -> pd.DataFrame:
    """By day: a third terselesaikan, a tenth dialihkan, a twentieth berhenti of the days so far, in percent."""
    day = pd.Series(range(until + 1), name="hari")
    parts = {"terselesaikan": day / 6, "dialihkan": day / 20, "berhenti": day / 40}
    return pd.DataFrame({"hari": day, **parts, "terbuka": 100 - sum(parts.values())})


def drawn(until: int):
    return outcomes.outcomes(curve(until), names=OUTCOMES, heading="Dari 100 kasus", days=365, marks=MARKS)


def test_areas_are_stacked_in_order_and_sum_to_100():
    figure = drawn(365)
    assert [trace.name for trace in figure.data] == list(OUTCOMES.values())
    assert {trace.stackgroup for trace in figure.data} == {"nasib"}
    assert [sum(values) for values in zip(*(trace.y for trace in figure.data), strict=True)] == pytest.approx(
        [100] * 366
    )


def test_areas_are_told_apart_without_colour():
    figure = drawn(365)
    patterns = [trace.fillpattern.shape for trace in figure.data]
    assert len(set(patterns)) == len(patterns) == 4
    # On day 304 a third, a tenth and a twentieth: berhenti is too thin for its name.
    labels = [label for label in figure.layout.annotations if label.bgcolor]
    assert [label.text for label in labels] == [
        "<b>Terselesaikan</b>",
        "<b>Dialihkan</b>",
        "<b>Masih terbuka</b>",
    ]
    assert all(contrast(label.font.color, label.bgcolor) >= 7 for label in labels)


def test_narrow_areas_leave_the_names_to_the_legend():
    assert not [label for label in drawn(60).layout.annotations if label.bgcolor]


def test_hover_names_the_day_and_all_outcomes():
    *below, area = drawn(365).data
    assert area.hovertemplate == (
        "<b>Hari %{x}</b><br>Terselesaikan: %{customdata[0]:,.1f}\u00a0%<br>Dialihkan: %{customdata[1]:,.1f}\u00a0%"
        "<br>Berhenti: %{customdata[2]:,.1f}\u00a0%<br>Masih terbuka: %{customdata[3]:,.1f}\u00a0%<extra></extra>"
    )
    assert (area.x[60], list(area.customdata[60])) == (60, [10.0, 3.0, 1.5, 85.5])
    assert [each.hoverinfo for each in below] == ["skip"] * 3


@pytest.mark.parametrize(
    ("until", "marks", "noted"),
    [(365, 3, False), (300, 3, False), (179, 2, True), (89, 1, True), (29, 0, True)],
)
def test_what_is_not_known_is_not_drawn(until, marks, noted):
    figure = drawn(until)
    assert max(figure.data[0].x) == until
    assert figure.layout.xaxis.range == (0, 365)
    assert len(figure.layout.shapes) == marks
    assert any("belum cukup" in label.text for label in figure.layout.annotations) is noted


def test_missing_column_is_named():
    with pytest.raises(ValueError, match="berhenti"):
        outcomes.outcomes(
            curve(9).drop(columns="berhenti"), names=OUTCOMES, heading="", days=365, marks=MARKS
        )


# --- quarters -----------------------------------------------------------------------------------------------


def quarter_frame(*untils: int) -> pd.DataFrame:
    parts = [
        curve(365).assign(nama=f"Triwulan {place}", kode=f"T{place}", n=1234, andal_sampai=until)
        for place, until in enumerate(untils, start=1)
    ]
    return pd.concat(parts, ignore_index=True)


def test_immature_parts_of_quarters_are_not_drawn():
    figure = outcomes.quarters(
        quarter_frame(365, 200, 50, -1), heading="Terselesaikan", days=365, marks=MARKS
    )
    lines, ends = figure.data[::2], figure.data[1::2]
    assert [list(line.x) for line in lines] == [list(range(until + 1)) for until in (365, 200, 50)]
    assert [line.hovertemplate for line in lines] == [
        f"<b>Triwulan {place}</b><br>hari %{{x}}: %{{y:,.1f}}\u00a0%<extra></extra>" for place in (1, 2, 3)
    ]
    # Each line is named at its end, where its mark is, and once in the legend.
    assert [(list(end.x), list(end.y)) for end in ends] == [([day], [day / 6]) for day in (365, 200, 50)]
    assert [list(end.text) for end in ends] == [["<b>T1</b>"], ["<b>T2</b>"], ["<b>T3</b>"]]
    assert [end.name for end in ends] == [f"Triwulan {place} (n = 1.234)" for place in (1, 2, 3)]
    assert [line.showlegend for line in lines] == [False] * 3


def test_eight_quarters_differ_without_colour():
    figure = outcomes.quarters(quarter_frame(*[100] * 8), heading="Terselesaikan", days=365, marks=MARKS)
    assert len({trace.line.dash for trace in figure.data}) == 8
    # A line and its end go together, also in the legend.
    for line, end in zip(figure.data[::2], figure.data[1::2], strict=True):
        assert (line.line, line.legendgroup) == (end.line, end.legendgroup)
    assert len({end.marker.symbol for end in figure.data[1::2]}) == 8


# --- dots ---------------------------------------------------------------------------------------------------

GROUPS = pd.DataFrame(
    {
        "kunci": ["A", "B", "C"],
        "nama": ["Anak", "Bencana", "Satu nama yang sangat panjang sekali"],
        "nilai": [40.0, NAN, 20.0],
        "tampil": ["40 hari", "n < 10", "20 hari"],
        "n": [100, 5, 50],
        "bawah": [30.0, NAN, 15.0],
        "atas": [55.0, NAN, NAN],
    }
)


def test_groups_keep_their_order_and_say_why_there_is_no_dot():
    figure = waits.dots(GROUPS, unit="Separuh selesai (hari)", whole=33.0, whole_label="Semua kasus")
    dots, reasons, whole = figure.data
    assert list(dots.customdata) == ["A", "B", "C"] and list(dots.y) == [0, 1, 2]
    assert list(dots.error_x.array) == [15, 0, 0] and list(dots.error_x.arrayminus) == [10, 0, 5]
    assert (list(reasons.y), list(reasons.text)) == ([1], [" n &lt; 10"])
    assert whole.name == "Semua kasus: <b>33</b>" and list(whole.x) == [33, 33]
    assert figure.layout.yaxis.ticktext[2].endswith("…")
    assert dots.hovertext[2].endswith("<br>rentang 95 %: mulai 15")


def test_without_a_figure_of_the_whole_there_is_no_line():
    figure = waits.dots(GROUPS, unit="hari", whole=NAN, whole_label="Semua kasus")
    assert len(figure.data) == 2


# --- waiting ------------------------------------------------------------------------------------------------


def test_bars_split_at_the_norm():
    frame = pd.DataFrame(
        {
            "nama": ["Asesmen", "Intervensi"],
            "menunggu": [100.0, 7.0],
            "lewat": [40.0, NAN],
            "tampil": ["100 menunggu, 40 lewat 14 hari", "7 menunggu, tanpa norma"],
        }
    )
    over, within, names = waits.waiting(frame, heading="Kasus terbuka").data
    assert list(over.x) == [40, 0] and list(within.x) == [60, 7]
    assert over.marker.pattern.shape != within.marker.pattern.shape
    assert names.text[0] == "<b>Asesmen</b>: 100 menunggu, 40 lewat 14 hari"
    assert over.marker.line.color == EDGE
