"""The parts of the further figures that need no database: dates, spreads over values, targets, waits."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lib import settings
from lib.database.prepared_services import last_whole_month
from lib.indicators.compute import COMPUTE
from lib.indicators.curves import ACCEPTANCES, CLOSINGS, cohort_table, days_until, life_table
from lib.indicators.records import INDICATORS, VALUE_KEYS
from lib.measure.align import spread
from lib.periods import months_before

LIMITS = settings.load(environment={}).ambang


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-11-20", 24, "2024-11-20"),
        ("2026-11-20", 0, "2026-11-20"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-01-31", 1, "2025-12-31"),
        ("2026-12-31", 13, "2025-11-30"),
    ],
)
def test_months_before(day, months, expected):
    assert months_before(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-20", "2026-10"),
        ("2026-11-30", "2026-11"),
        ("2026-01-30", "2025-12"),
        ("2024-02-28", "2024-01"),
        ("2024-02-29", "2024-02"),
    ],
)
def test_last_whole_month(day, expected):
    assert last_whole_month(dt.date.fromisoformat(day)) == expected


def test_spread_lists_every_value_and_none_only_where_there_is_one():
    counted = pd.DataFrame({"g": [0, 0, 1, 1], "warna": ["merah", "merah", None, "biru"], "n": [2, 1, 4, 5]})
    found = spread(counted, "warna", ("merah", "biru"), pd.Series([3, 9, 0]))
    assert found.values.tolist() == [  # noqa: PD011  rows in their order
        [0, "merah", 3, 3],
        [0, "biru", 0, 3],
        [1, "merah", 0, 9],
        [1, "biru", 5, 9],
        [1, None, 4, 9],
        [2, "merah", 0, 0],
        [2, "biru", 0, 0],
    ]


@pytest.mark.parametrize(
    ("kode", "target", "realised", "nilai", "alasan"),
    [
        ("I26-I03", 600, 90, 75, None),  # a fifth of the year is over: 90 of 120
        ("I26-I04-90", 60, 45, 75, None),  # a rate is not divided
        ("I26-I05M", 120, 150, 80, None),  # lower is better
        ("I26-I15-n", 5, 0, None, "realisasi nol"),
        ("I26-I03", 0, 90, None, "target nol"),
        ("I26-I05M", 0, 150, 0, None),
    ],
)
def test_achievement(kode, target, realised, nilai, alasan):
    row = {
        "target": target,
        "bagian": 73 / 365,
        "realisasi": realised,
        "n": 12,
        "alasan": None,
        "catatan": "x",
    }
    frames = {f"capaian-{kode.removeprefix('I26-')}": pd.DataFrame([row])}
    (found,) = COMPUTE[kode](frames, LIMITS).to_dict("records")
    assert (found["nilai"] if alasan is None else None) == (None if nilai is None else pytest.approx(nilai))
    assert (found["alasan"], found["pembilang"], found["n"]) == (alasan, realised, 12)


def test_a_figure_that_cannot_be_realised_has_no_achievement():
    row = {
        "target": 60.0,
        "bagian": 0.2,
        "realisasi": np.nan,
        "n": 4.0,
        "alasan": "n < 10",
        "catatan": None,
    }
    (found,) = COMPUTE["I26-I11"]({"capaian-I11": pd.DataFrame([row])}, LIMITS).to_dict("records")
    assert np.isnan(found["nilai"]) and found["alasan"] == "n < 10"


def test_targets_are_for_single_numbers_with_a_direction():
    wished = {kode.removeprefix("I26-") for kode in INDICATORS if kode.startswith("I26-")}
    assert {"I01", "I02", "I03", "I03K", "I04-180", "I05M", "I22-diterima", "I30"} <= wished
    assert not wished & {"I13", "I16", "I17", "I27", "STOK-terdata", *VALUE_KEYS}
    for kode in wished:
        record = INDICATORS[f"I26-{kode}"]
        inverted = INDICATORS[kode].arah == "turun"
        assert ("target dibagi realisasi" in record.alasan) is inverted


def test_catalogue_is_in_the_order_of_the_numbers():
    numbers = [int(kode[1:3]) for kode in INDICATORS if not kode.startswith("STOK-")]
    assert numbers == sorted(numbers)


# Four accepted after 3 days, three after 10, four waiting 27 days and longer: 7 of 11 after 10 days.
WAITS = pd.DataFrame(
    [
        (0, 3, "diterima", 4),
        (0, 10, "diterima", 3),
        (0, 30, "menunggu", 1),
        (0, 27, "menunggu", 3),
        (1, 2, "diterima", 9),
    ],
    columns=["g", "lama_hari", "hasil", "n"],
)


def test_waits_seen_from_their_start():
    found = days_until(
        cohort_table(WAITS, groups=3, causes=ACCEPTANCES), LIMITS, q=0.5, catatan=["a", None, None]
    )
    assert found["nilai"][0] == 10
    assert found["alasan"].tolist() == [None, "n < 10", "n < 10"]
    assert found["n"].tolist() == [11, 9, 0]
    assert found["catatan"].tolist() == ["a", None, None]


def test_an_end_that_is_no_cause_is_lost_at_its_end():
    day = pd.Timestamp("2026-01-01")
    starts = pd.DataFrame(
        [(0, day, day, day + pd.Timedelta(days=9), 3, 2)], columns=["g", "mulai", "s", "t", "n", "berakhir"]
    )
    ends = pd.DataFrame(
        [(0, 4, "terselesaikan", 1), (0, 6, "ditutup", 1)], columns=["g", "lama_hari", "hasil", "n"]
    )
    table = life_table(starts, ends, groups=1, causes=CLOSINGS)
    assert np.flatnonzero(table.ended.sum(axis=2)[0]).tolist() == [4]
    assert np.flatnonzero(table.censored[0]).tolist() == [6, 9]
