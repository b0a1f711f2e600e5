"""The months as a line and the stock as one bar: which numbers they carry and which they leave out."""

import numpy as np
import pandas as pd
import pytest

from lib.charts import trends
from lib.charts.theme import STATUS_COLOURS
from lib.domain import Status

BLUE = "#0B4F8A"
NAN = float("nan")


def months(values, **columns):
    """Months from August 2025 on, one per value; NaN is written as a dash."""
    bulan = [str(period) for period in pd.period_range("2025-08", periods=len(values), freq="M")]
    tampil = ["–" if np.isnan(value) else f"{value:g} %" for value in values]
    base = {"bulan": bulan, "nilai": values, "tampil": tampil, "n": [100] * len(values)}
    return pd.DataFrame(base | columns)


def monthly(frame, **options):
    return trends.monthly(frame, **({"y_title": "Persen tuntas", "colour": BLUE} | options))


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def numbers(values):
    return [None if value is None or np.isnan(value) else value for value in values]


@pytest.mark.parametrize(
    ("present", "runs"),
    [
        ([], []),
        ([False, False], []),
        ([True], [range(0, 1)]),
        ([True, True, False, True], [range(0, 2), range(3, 4)]),
        ([False, True, True], [range(1, 3)]),
    ],
)
def test_runs(present, runs):
    assert trends._runs(np.array(present, dtype=bool)) == runs


def test_a_month_without_a_number_interrupts_the_line():
    (line,) = named(monthly(months([10, 20, NAN, 30])), "angka per bulan")
    assert list(line.x) == ["2025-08", "2025-09", "2025-10", "2025-11"]
    assert numbers(line.y) == [10, 20, None, 30]
    assert line.connectgaps is False
    assert line.line.color == BLUE


def test_months_are_put_in_order_and_named_in_indonesian():
    figure = monthly(months([10, 20, 30]).iloc[::-1])
    (line,) = named(figure, "angka per bulan")
    assert list(line.y) == [10, 20, 30]
    assert line.hovertext[0] == "<b>Agustus 2025</b><br>10 %<br>n = 100"
    assert list(figure.layout.xaxis.categoryarray) == ["2025-08", "2025-09", "2025-10"]
    assert list(figure.layout.xaxis.ticktext) == ["Agu<br>2025", "Sep", "Okt"]


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (9, 9), (10, 5), (12, 6), (24, 8), (36, 9)])
def test_month_labels_are_thinned_but_the_newest_stays(count, shown):
    axis = monthly(months([1.0] * count)).layout.xaxis
    assert len(axis.tickvals) == shown
    assert axis.tickvals[-1] == axis.categoryarray[-1]


def test_partial_months_continue_the_line_with_open_marks():
    figure = monthly(months([10, 20, 30, 12, 4]), mature_until="2025-10")
    (full,) = named(figure, "bulan lengkap")
    (partial,) = named(figure, "belum lengkap (sementara)")
    assert numbers(full.y) == [10, 20, 30, None, None]
    assert list(partial.x) == ["2025-10", "2025-11", "2025-12"]
    assert list(partial.y) == [30, 12, 4]
    assert list(partial.marker.size) == [0, 9, 9]
    assert list(partial.hoverinfo) == ["skip", "text", "text"]
    assert partial.marker.symbol == "circle-open"
    assert partial.line.dash == "dot"
    assert partial.hovertext[1] == "<b>November 2025</b><br>12 %<br>n = 100<br>belum lengkap (sementara)"


def test_only_partial_months():
    figure = monthly(months([10, 20]), mature_until="2025-07")
    (partial,) = named(figure, "belum lengkap (sementara)")
    assert list(partial.y) == [10, 20]
    assert list(partial.marker.size) == [9, 9]


@pytest.mark.parametrize("mature_until", [None, "2025-10", "2026-03"])
def test_without_partial_months_there_is_one_line(mature_until):
    figure = monthly(months([10, 20, 30]), mature_until=mature_until)
    assert [trace.name for trace in figure.data] == ["angka per bulan"]


@pytest.mark.parametrize(
    ("values", "mature_until", "labels", "side"),
    [
        ([10, 20, 30], None, ["", "", "<b>30 %</b>"], "top left"),
        ([30, 20, 10], None, ["", "", "<b>10 %</b>"], "bottom left"),
        ([10, 20, 5], "2025-09", ["", "<b>20 %</b>", ""], "top left"),
        ([10, NAN, NAN], None, ["<b>10 %</b>", "", ""], "top left"),
        ([NAN, NAN], None, ["", ""], "top left"),
    ],
)
def test_the_last_full_month_is_labelled_beside_the_line(values, mature_until, labels, side):
    line = monthly(months(values), mature_until=mature_until).data[0]
    assert list(line.text) == labels
    assert line.textposition == side


def test_the_band_covers_each_unbroken_stretch():
    data = months([10, 20, NAN, 30, 40], bawah=[8, 18, NAN, 28, NAN], atas=[12, 22, NAN, 32, 42])
    figure = monthly(data)
    first, second = named(figure, "rentang 95 %")
    assert list(first.x) == ["2025-08", "2025-09", "2025-09", "2025-08"]
    assert list(first.y) == [12, 22, 18, 8]
    assert list(second.y) == [32, 28]
    assert [first.showlegend, second.showlegend] == [True, False]
    (line,) = named(figure, "angka per bulan")
    assert line.hovertext[0].endswith("<br>rentang 95 %: 8–12")
    assert line.hovertext[2].endswith("n = 100")
    assert line.hovertext[4].endswith("<br>rentang 95 %: sampai 42")


def test_the_note_stands_below_and_makes_the_chart_taller():
    without, with_note = monthly(months([10])), monthly(months([10]), note="Bulan terakhir < 30 hari.")
    assert len(without.layout.annotations) == 0
    (note,) = with_note.layout.annotations
    assert note.text == "Bulan terakhir &lt; 30 hari."
    assert with_note.layout.height > without.layout.height


def test_the_axis_starts_at_zero_and_has_points_between_thousands():
    layout = monthly(months([1500])).layout
    assert layout.yaxis.rangemode == "tozero"
    assert (layout.yaxis.tickformat, layout.separators) == (",", ",.")
    assert layout.legend.title.text == "Persen tuntas"


def test_an_empty_table_of_months_draws_an_empty_line():
    (line,) = monthly(months([])).data
    assert list(line.x) == []


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="missing columns: n;"):
        monthly(months([10]).drop(columns="n"))


def stock(values):
    nama = ["Terdata", "Tertangani", "Terselesaikan", "Ditutup lainnya"]
    tampil = ["<5" if np.isnan(value) else f"{value:g}" for value in values]
    return pd.DataFrame({"status": list(Status), "nama": nama, "nilai": values, "tampil": tampil})


def test_stock_names_each_status_with_number_and_share():
    figure = trends.stacked_status(stock([1, 2, 5, 2]), title="Keadaan kasus")
    assert [trace.name for trace in figure.data] == [
        "Terdata: <b>1 (10,0\u00a0%)</b>",
        "Tertangani: <b>2 (20,0\u00a0%)</b>",
        "Terselesaikan: <b>5 (50,0\u00a0%)</b>",
        "Ditutup lainnya: <b>2 (20,0\u00a0%)</b>",
    ]
    assert [trace.x[0] for trace in figure.data] == [1, 2, 5, 2]
    assert [trace.text[0] for trace in figure.data] == ["10\u00a0%", "20\u00a0%", "50\u00a0%", "20\u00a0%"]
    assert [trace.customdata[0] for trace in figure.data] == list(Status)
    assert [trace.marker.color for trace in figure.data] == list(STATUS_COLOURS.values())
    assert figure.layout.barmode == "stack"
    assert tuple(figure.layout.xaxis.range) == (0, 10)
    assert figure.layout.legend.title.text == "Keadaan kasus"


@pytest.mark.parametrize("values", [[1, NAN, 5, 2], [0, 0, 0, 0]])
def test_stock_without_a_known_whole_has_no_shares(values):
    figure = trends.stacked_status(stock(values), title="Keadaan kasus")
    assert all("%" not in trace.name for trace in figure.data)
    assert [trace.text[0] for trace in figure.data] == [""] * 4


def test_a_suppressed_count_is_shown_as_text_only():
    figure = trends.stacked_status(stock([1, NAN, 5, 2]), title="Keadaan kasus")
    assert figure.data[1].x[0] == 0
    assert figure.data[1].name == "Tertangani: <b>&lt;5</b>"


def test_an_unknown_status_is_refused():
    frame = stock([1, 2, 5, 2])
    frame["status"] = ["terdata", "tertangani", "selesai", "ditutup_lainnya"]
    with pytest.raises(ValueError, match="selesai"):
        trends.stacked_status(frame, title="Keadaan kasus")


def test_statuses_are_named_one_below_the_other():
    """Each name carries a number and a share: in lines that follow the width they could not be compared."""
    assert trends.stacked_status(stock([1, 2, 5, 2]), title="Keadaan kasus").layout.legend.orientation == "v"
