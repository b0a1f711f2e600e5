"""Stock and flow as a figure, the look ahead, and their sentences."""

import datetime as dt
import math

import pandas as pd
import pytest

from lib import text_flow
from lib.charts import stock

MONTHS = pd.DataFrame(
    {
        "bulan": ["2026-10", "2026-11"],
        "masuk": [30.0, 10.0],
        "terselesaikan": [20.0, 4.0],
        "dialihkan": [3.0, 0.0],
        "berhenti": [2.0, 1.0],
        "akhir": [105.0, 110.0],
        "utuh": [True, False],
    }
)


def test_inflow_stands_above_zero_and_outflow_below():
    figure = stock.monthly_stock(MONTHS, heading="Arus")
    came, *left, line = figure.data
    assert list(came.y) == [30, 10] and list(line.y) == [105, 110]
    assert [list(part.y) for part in left] == [[-20, -4], [-3, 0], [-2, -1]]
    assert list(came.marker.opacity) == [1, 0.45]
    assert left[0].hovertext[1] == "<b>November 2026</b><br>Terselesaikan: 4 kasus<br>bulan tidak penuh"
    assert not any("-" in tick or "−" in tick for tick in figure.layout.yaxis.ticktext)
    assert figure.layout.xaxis.ticktext[-1].endswith("*")


@pytest.mark.parametrize(("size", "step"), [(0.4, 1), (1, 1), (3, 5), (21, 25), (1300, 2000)])
def test_steps_are_round(size, step):
    assert stock.nice_step(size) == step


def ahead(*names):
    weeks = {"minggu": [0, 1], "stok": [200.0, 195.0], "bawah": [200.0, 190.0], "atas": [200.0, 200.0]}
    return pd.concat([pd.DataFrame({"skenario": name, **weeks}) for name in names])


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"Laju": 150.0, "Dengan +2": 150.0}, ["Batas: <b>150</b>"]),
        (
            {"Laju": 150.0, "Dengan +2": 180.0},
            ["Batas, laju: <b>150</b>", "Batas, dengan +2: <b>180</b>"],
        ),
    ],
)
def test_limits_are_drawn_once_where_they_agree(limits, named):
    figure = stock.projection(ahead(*limits), limits=limits, heading="Stok")
    assert [trace.name for trace in figure.data if (trace.name or "").startswith("Batas")] == named
    assert figure.data[1].hovertext[1].endswith("sekitar 195 kasus terbuka<br>rentang 95 %: 190–200")


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="masuk"):
        stock.monthly_stock(MONTHS.drop(columns="masuk"), heading="Arus")
    with pytest.raises(ValueError, match="one or two"):
        stock.projection(ahead("a", "b", "c"), limits=dict.fromkeys("abc", 1.0), heading="Stok")


# --- sentences -----------------------------------------------------------------------------------------------

ROW = pd.Series(
    {
        **{"awal": 100.0, "masuk": 30.0, "terselesaikan": 20.0, "dialihkan": 3.0, "berhenti": 2.0},
        **{"keluar": 25.0, "akhir": 105.0, "alasan": None},
        **{"dari": dt.date(2026, 10, 1), "sampai": dt.date(2026, 10, 31)},
    }
)


def test_the_identity_in_words():
    assert text_flow.identity(ROW) == (
        "Stok akhir 105 = stok awal 100 + masuk 30 − keluar 25 (keluar: terselesaikan 20, dialihkan 3, berhenti 2)."
    )
    assert text_flow.headline(ROW, place="Aceh").endswith("stok kasus terbuka naik 5 menjadi 105.")


@pytest.mark.parametrize("change", [{"akhir": 104.0}, {"dialihkan": 2.0}])
def test_numbers_that_do_not_agree_are_said_aloud(change):
    wrong = pd.Series(ROW.to_dict() | change)
    assert text_flow.identity(wrong).startswith("Perhatian")
    both = pd.DataFrame([ROW, wrong]).assign(nama=["Oktober 2026", "November 2026"])
    assert text_flow.months_agree(both).startswith("Perhatian: November 2026 tidak")
    assert text_flow.months_agree(both.iloc[:1]) == "Hitungan ini cocok pada 1 dari 1 bulan."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.inf, "tidak akan habis"),
        (12.4, "12 minggu"),
        (0.3, "kurang dari 1 minggu"),
        (521, "lebih dari 10 tahun"),
        (math.nan, "–"),
    ],
)
def test_weeks_in_words(value, words):
    assert text_flow.weeks(value) == words


@pytest.mark.parametrize(
    ("row", "cleared", "span"),
    [
        ({"tumpukan": 0.0, "minggu": 0.0}, "sudah di bawah batas", "–"),
        ({"minggu": 10.0, "minggu_lambat": 30.0}, "10 minggu", "5 minggu – 30 minggu"),
        ({"minggu": 10.0, "minggu_lambat": math.inf}, "10 minggu", "5 minggu – tidak habis"),
        (
            {"minggu": math.inf, "minggu_cepat": math.inf, "minggu_lambat": math.inf},
            "tidak akan habis",
            "tidak akan habis",
        ),
        ({"alasan": "belum ada data"}, "belum ada data", "–"),
    ],
)
def test_when_a_backlog_is_gone(row, cleared, span):
    full = pd.Series({"alasan": None, "tumpukan": 50.0, "minggu_cepat": 5.0} | row)
    assert (text_flow.cleared(full), text_flow.span(full)) == (cleared, span)
