"""Every formatter as a table of value and literal text."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from lib.numbers_id import (
    angka,
    bulan_pendek,
    bulan_tahun,
    hari,
    held,
    persen,
    rentang_tanggal,
    selisih,
    tanggal,
    tanggal_pendek,
)

ABSENT = [None, float("nan"), np.nan, pd.NA, pd.NaT]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, None, "0"),
        (7, None, "7"),
        (999, None, "999"),
        (1000, None, "1.000"),
        (1234.5, None, "1.234,5"),
        (1234567, None, "1.234.567"),
        (96.0, None, "96"),
        (96.04, None, "96"),
        (96.05, None, "96,1"),
        (0.25, None, "0,3"),
        (-0.04, None, "0"),
        (-3, None, "−3"),
        (-1234.56, None, "−1.234,6"),
        (46, 1, "46,0"),
        (2.675, 2, "2,68"),
        (2.5, 0, "3"),
        (3.5, 0, "4"),
        (999.95, 1, "1.000,0"),
        (1e15, None, "1.000.000.000.000.000"),
        (np.int64(84000), None, "84.000"),
        (np.float64(1234.5), None, "1.234,5"),
        (Decimal("1234.50"), 2, "1.234,50"),
    ],
)
def test_angka(value, decimals, text):
    assert angka(value, decimals=decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (46.04, "46,0\u00a0%"),
        (46.05, "46,1\u00a0%"),
        (0, "0,0\u00a0%"),
        (100, "100,0\u00a0%"),
        (1234.5, "1.234,5\u00a0%"),
        (-2.5, "−2,5\u00a0%"),
    ],
)
def test_persen(value, text):
    assert persen(value) == text


def test_persen_without_decimals():
    assert persen(46.5, decimals=0) == "47\u00a0%"


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("rentang 95 %: 94–98 hari.", "rentang 95\u00a0%: 94–98\u00a0hari."),
        (
            "(99,8 % dilebarkan) hari 90 sampai hari terakhir",
            "(99,8\u00a0% dilebarkan) hari 90 sampai hari terakhir",
        ),
        ("3 harian, 12 persen, % dari 4", "3 harian, 12 persen, % dari 4"),
    ],
)
def test_no_line_ends_between_a_number_and_its_unit(sentence, text):
    assert held(sentence) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(96, "96\u00a0hari"), (0, "0\u00a0hari"), (1200, "1.200\u00a0hari"), (12.5, "12,5\u00a0hari")],
)
def test_hari(value, text):
    assert hari(value) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (12, None, "+12"),
        (-3, None, "−3"),
        (0, None, "0"),
        (1500, None, "+1.500"),
        (2.25, 1, "+2,3"),
        (-0.04, None, "0"),
        (0.04, None, "0"),
    ],
)
def test_selisih(value, decimals, text):
    assert selisih(value, decimals=decimals) == text


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (dt.date(2026, 11, 20), "20 November 2026", "20 Nov 2026"),
        (dt.date(2026, 1, 1), "1 Januari 2026", "1 Jan 2026"),
        (dt.date(2026, 5, 31), "31 Mei 2026", "31 Mei 2026"),
        (dt.date(2024, 8, 17), "17 Agustus 2024", "17 Agu 2024"),
        (dt.datetime(2026, 12, 9, 13, 5), "9 Desember 2026", "9 Des 2026"),  # noqa: DTZ001 - only its day is printed
        (pd.Timestamp("2026-10-02"), "2 Oktober 2026", "2 Okt 2026"),
    ],
)
def test_dates(value, long, short):
    assert tanggal(value) == long
    assert tanggal_pendek(value) == short


@pytest.mark.parametrize(
    ("dari", "sampai", "text"),
    [
        (dt.date(2025, 11, 21), dt.date(2026, 11, 20), "21 Nov 2025 – 20 Nov 2026"),
        (dt.date(2026, 11, 20), dt.date(2026, 11, 20), "20 Nov 2026"),
        (None, dt.date(2026, 11, 20), "sampai 20 Nov 2026"),
        (dt.date(2025, 11, 21), None, "sejak 21 Nov 2025"),
        (None, None, "–"),
    ],
)
def test_rentang_tanggal(dari, sampai, text):
    assert rentang_tanggal(dari, sampai) == text


@pytest.mark.parametrize(
    ("bulan", "long", "short"),
    [
        ("2026-11", "November 2026", "Nov 2026"),
        ("2026-05", "Mei 2026", "Mei 2026"),
        ("2025-08", "Agustus 2025", "Agu 2025"),
        ("2024-01", "Januari 2024", "Jan 2024"),
    ],
)
def test_months(bulan, long, short):
    assert bulan_tahun(bulan) == long
    assert bulan_pendek(bulan) == short


@pytest.mark.parametrize("bulan", ["2026-13", "2026-00", "2026-1", "November 2026", "2026-11-20", ""])
@pytest.mark.parametrize("formatter", [bulan_tahun, bulan_pendek])
def test_a_malformed_month_is_refused(formatter, bulan):
    with pytest.raises(ValueError, match="YYYY-MM"):
        formatter(bulan)


@pytest.mark.parametrize("value", ABSENT)
@pytest.mark.parametrize(
    "formatter", [angka, persen, hari, selisih, tanggal, tanggal_pendek, bulan_tahun, bulan_pendek]
)
def test_an_absent_value_is_a_dash(formatter, value):
    assert formatter(value) == "–"
