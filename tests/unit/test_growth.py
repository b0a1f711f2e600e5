"""Months that still grow: what the chart draws, what the sentences and the table say."""

import datetime as dt

import pandas as pd
import pytest

from lib import text_delay
from lib.charts import trends
from lib.disclosure.delays import harmless_months, harmless_shares
from lib.numbers_id import angka

COLUMNS = ["bulan", "sejauh_ini", "perkiraan", "bawah", "atas", "kelengkapan", "sampai", "belum_kirim"]
ROWS = pd.DataFrame(
    [
        ["2026-10", 2312, 2390.4, 2361.0, 2425.0, 96.7, dt.date(2026, 10, 31), 0],
        ["2026-11", 1264, 1636.7, 1602.0, 1672.0, 77.2, dt.date(2026, 11, 20), 6],
    ],
    columns=COLUMNS,
)
FRAME = pd.DataFrame(
    {
        "bulan": ["2026-09", "2026-10", "2026-11"],
        "nilai": [2344, 2312, 1264],
        "tampil": [angka(value) for value in (2344, 2312, 1264)],
        "n": [2344, 2312, 1264],
    }
)


def test_growing_months_are_hatched_with_an_empty_bar_up_to_what_is_expected():
    figure = trends.monthly(FRAME, y_title="Terdata", colour="#0B4F8A", growing=ROWS)
    hatched, expected = figure.data[:2]
    assert list(hatched.x) == ["2026-10", "2026-11"]
    assert (list(hatched.y), hatched.marker.pattern.shape) == ([2312, 1264], "/")
    assert list(expected.base) == [2312, 1264]
    assert list(expected.y) == pytest.approx([78.4, 372.7])
    assert list(expected.error_y.array) == pytest.approx([34.6, 35.3])
    assert list(expected.error_y.arrayminus) == pytest.approx([29.4, 34.7])
    assert "sejauh ini 2.312 kasus (96,7\u00a0%)" in expected.hovertext[0]


def test_without_a_growing_month_nothing_is_added():
    plain = trends.monthly(FRAME, y_title="Terdata", colour="#0B4F8A")
    assert len(trends.monthly(FRAME, y_title="T", colour="#0B4F8A", growing=ROWS[:0]).data) == len(plain.data)
    with pytest.raises(ValueError, match="kelengkapan"):
        trends.monthly(FRAME, y_title="T", colour="#0B4F8A", growing=ROWS.drop(columns="kelengkapan"))


def test_the_sentence_says_how_far_and_why():
    assert text_delay.growth(ROWS[:1]) == (
        "Oktober 2026: 2.312 kasus sejauh ini; diperkirakan menjadi 2.390 (90\u00a0%: 2.361–2.425) karena laporan yang "
        "datang terlambat."
    )
    both = text_delay.growth(ROWS)
    assert "November 2026 (sampai 20 November): 1.264 kasus" in both
    assert both.endswith("Hari yang belum dikirim 6 provinsi tidak termasuk.")
    assert text_delay.growth(ROWS[:0]) == ""


@pytest.mark.parametrize(
    ("alasan", "catatan", "said"),
    [
        (None, "cukup data", ""),
        ("tidak tercatat", "-", "Pertumbuhan bulan terakhir belum dapat diperkirakan: tidak tercatat."),
        (None, "cukup data; 2 provinsi belum dapat diperkirakan", "2 provinsi belum dapat diperkirakan."),
    ],
)
def test_what_cannot_be_told_is_said(alasan, catatan, said):
    assert text_delay.untold(ROWS.assign(alasan=alasan, catatan=catatan)) == said


def test_the_table_has_texts_for_growing_months_and_dashes_for_old_ones():
    table = text_delay.columns(FRAME, ROWS)
    assert table["perkiraan_akhir"].tolist() == ["–", "2.390", "1.637"]
    assert table["rentang"].tolist() == ["–", "2.361–2.425", "1.602–1.672"]
    assert table["lengkap"].tolist() == ["–", "96,7\u00a0%", "77,2\u00a0%"]


def shares(**columns) -> pd.DataFrame:
    base = {"nama": ["Aceh", "Bali"], "n": [60, 40], "dalam_7": [61.4, 58.0], "dalam_30": [97.2, 90.6]}
    return pd.DataFrame(base | {"median": [6.0, 8.0], "alasan": None} | columns)


def test_how_late_in_words():
    assert text_delay.delays(shares()) == (
        "Separuh kasus masuk register dalam 7\u00a0hari (provinsi di tengah); "
        "dalam 30 hari 91–97\u00a0%, menurut provinsi."
    )
    assert text_delay.delays(shares()[:1]).startswith(
        "Aceh: 61\u00a0% kasus masuk register dalam 7 hari, 97\u00a0%"
    )
    none = shares(dalam_30=float("nan"), alasan="n < 10")
    assert text_delay.delays(none) == "Keterlambatan laporan belum dapat ditampilkan: n < 10."


def test_presentasi_hides_few_cases_and_every_count():
    found = harmless_shares(shares())
    assert found["dalam_7"].tolist()[0] == 61
    assert found["n"].isna().all()
    assert found.iloc[1][["dalam_7", "dalam_30", "median"]].isna().all()
    assert found["alasan"].tolist()[1] == "disamarkan"
    months = harmless_months(ROWS.assign(alasan=None, perkiraan=[60.0, 40.0]))
    assert months["kelengkapan"].fillna(-1).tolist() == [95, -1]
    assert "sejauh_ini" not in months
