"""The nested counts of several groups in one figure."""

import pandas as pd
import pytest

from lib.charts import nested
from lib.charts.theme import STATUS_COLOURS
from lib.domain import Status

NAN = float("nan")


def frame(**changes):
    """Two groups: 200 recorded, 150 handled, 50 resolved; and one without cases."""
    columns = {
        "kunci": ["ANAK"] * 3 + ["LANSIA"] * 3,
        "nama": ["Anak"] * 3 + ["Lanjut Usia"] * 3,
        "kode": ["I01", "I02", "I03K"] * 2,
        "nama_kode": ["Terdata", "Tertangani", "Terselesaikan"] * 2,
        "nilai": [200, 150, 50, 0, 0, 0],
        "tampil": ["200", "150", "50", "0", "0", "0"],
    }
    return pd.DataFrame(columns | changes)


def named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_each_count_is_a_bar_inside_the_one_before():
    figure = nested.corong_groups(frame(), unit="kasus")
    bars = [named(figure, name) for name in ("Terdata", "Tertangani", "Terselesaikan")]
    assert [list(bar.x) for bar in bars] == [[200, 0], [150, 0], [50, 0]]
    assert [bar.marker.color for bar in bars] == [
        STATUS_COLOURS[status] for status in (Status.TERDATA, Status.TERTANGANI, Status.TERSELESAIKAN)
    ]
    assert bars[0].width > bars[1].width > bars[2].width
    assert list(bars[0].customdata) == ["ANAK", "LANSIA"]
    assert figure.layout.barmode == "overlay"


def test_names_numbers_and_shares_stand_above_the_bars():
    texts = named(nested.corong_groups(frame(), unit="kasus"), "nama").text
    assert list(texts) == [
        "Anak<br><b>200</b> → 150 (75,0\u00a0%) → 50 (25,0\u00a0%)",
        "Lanjut Usia<br><b>0</b> → 0 → 0",
    ]


def test_a_missing_count_is_its_reason_without_a_share():
    missing = frame(nilai=[NAN] * 6, tampil=["belum ada data"] * 6)
    text = named(nested.corong_groups(missing, unit="kasus"), "nama").text[0]
    assert text == "Anak<br><b>belum ada data</b> → belum ada data → belum ada data"


def test_missing_columns_are_refused():
    with pytest.raises(ValueError, match="nama_kode"):
        nested.corong_groups(frame().drop(columns="nama_kode"), unit="kasus")


def counted(**changes):
    """Three approaches, the last one not known."""
    columns = {
        "kunci": ["residensial", "keluarga", ""],
        "nama": ["Residensial", "Keluarga", "Pendekatan tidak diisi"],
        "nilai": [10, 30, NAN],
        "tampil": ["10 (25,0 %)", "30 (75,0 %)", "belum ada data"],
    }
    return pd.DataFrame(columns | changes)


def test_named_bars_stand_in_order_with_their_numbers_above():
    figure = nested.named_bars(counted(), unit="kasus")
    bars = named(figure, "nilai")
    assert list(bars.customdata) == ["keluarga", "residensial", ""]
    assert list(bars.x)[:2] == [30, 10]
    assert list(named(figure, "nama").text) == [
        "Keluarga <b>30 (75,0 %)</b>",
        "Residensial <b>10 (25,0 %)</b>",
        "Pendekatan tidak diisi <b>belum ada data</b>",
    ]
    assert figure.layout.legend.title.text == "kasus" and not figure.layout.xaxis.visible


def test_named_bars_need_their_columns():
    with pytest.raises(ValueError, match="tampil"):
        nested.named_bars(counted().drop(columns="tampil"), unit="kasus")
