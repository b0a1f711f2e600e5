"""The known truths of the simulated data are recovered through the one door.

A figure recovers its truth when it lies within 5 % of it, or when the truth lies in an interval whose whole family
holds jointly at 99 % (Bonferroni over the comparisons of a test).
"""

from __future__ import annotations

import datetime as dt
import os

import numpy as np
import pytest
from scipy.stats import binom, norm

from lib import clock, measure, reference, settings, start
from lib.database.simulation_truth import (
    BETTER,
    BETTER_MULTIPLIER,
    OVERLOADED,
    STUCK,
    WORSE,
    WORSE_MULTIPLIER,
    speedup_dates,
    true_half,
    true_incidence,
    true_median_any_end,
    truth,
)
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope

KLASTER = tuple(reference.names("klaster"))
ORDINARY = tuple(kode for kode in reference.all_provinces() if kode not in (BETTER, WORSE))
AGES = (30, 90, 180)
RELATIVE, JOINT = 0.05, 0.01
FUNNELS = 4  # kodes and adjustments of the funnel's test


SCOPE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """What every question takes besides its own, over the default simulation (84,000 cases, fixed seed).

    The benchmark runs the same tests with other seeds (BENIH_UJI).
    """
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path_factory.mktemp("simulasi"))})
    seed = int(os.environ.get("BENIH_UJI", start.DEMO_SEED))
    start.make_demo(values, now=clock.now(), seed=seed, past=False)
    return {"source": measure.open_source(values), "limits": values.ambang}


@pytest.fixture(scope="module")
def ask(door):
    """A function of kodes, filter and dimension."""

    def run(kodes, case_filter, per=None):
        return measure.measure(SCOPE, kodes, case_filter, per=per, **door)

    return run


def joint_limits(row, comparisons: int) -> tuple[float, float]:
    """The log-log interval of a percentage widened from 95 % to a joint 99 % over `comparisons`."""
    low, value, high = (np.log(-np.log(row[name] / 100)) for name in ("bawah", "nilai", "atas"))
    wider = norm.ppf(1 - JOINT / (2 * comparisons)) / norm.ppf(0.975)
    limits = (value + (limit - value) * wider for limit in (low, high))
    return tuple(sorted(100 * np.exp(-np.exp(limit)) for limit in limits))


def joint_days(row, *, comparisons: int) -> tuple[float, float]:
    """The interval of a day widened from 95 % to a joint 99 % over `comparisons`, each side by its own length."""
    wider = norm.ppf(1 - JOINT / (2 * comparisons)) / norm.ppf(0.975)
    value = row["nilai"]
    return value - (value - row["bawah"]) * wider, value + (row["atas"] - value) * wider


def assert_recovered(rows, expected: dict, *, comparisons: int) -> None:
    for key, row in rows.items():
        near = abs(row["nilai"] - expected[key]) <= RELATIVE * expected[key]
        low, high = joint_limits(row, comparisons)
        assert near or low <= expected[key] <= high, (key, row["nilai"], expected[key], low, high)


def chances(answer, klaster: str) -> dict:
    return {
        (klaster, int(row["kode"].removeprefix("I05-"))): row
        for _, row in answer[answer["klaster"] == klaster].iterrows()
    }


KODES = tuple(f"I05-{age}" for age in AGES)


@pytest.mark.parametrize(
    ("provinces", "multiplier"),
    [(ORDINARY, 1.0), ((BETTER,), BETTER_MULTIPLIER), ((WORSE,), WORSE_MULTIPLIER)],
    ids=["ordinary", "better", "worse"],
)
def test_chances_per_klaster(ask, provinces, multiplier):
    answer = ask(KODES, CaseFilter(provinsi=provinces), Dimensi.KLASTER)
    rows, expected = {}, {}
    for klaster in KLASTER:
        known = {key: row for key, row in chances(answer, klaster).items() if not np.isnan(row["bawah"])}
        rows |= known
        curve = 100 * true_incidence(klaster, multiplier=multiplier)[:, 0]
        expected |= {key: curve[key[1]] for key in known}
    assert len(rows) >= 15
    assert_recovered(rows, expected, comparisons=len(rows))


def test_chances_in_the_months_of_the_speedup(ask):
    first, last = speedup_dates(truth().tanggal_data["31"])
    period = Period(dari=first, sampai=last)
    answer = ask(KODES, CaseFilter(provinsi=ORDINARY, period=period), Dimensi.KLASTER)
    rows, expected = {}, {}
    for klaster in KLASTER:
        rows |= chances(answer, klaster)
        curve = 100 * true_incidence(klaster, multiplier=1.4)[:, 0]
        expected |= {(klaster, age): curve[age] for age in AGES}
    assert_recovered(rows, expected, comparisons=len(rows))


@pytest.mark.parametrize("klaster", KLASTER)
def test_half_resolved_and_half_closed_per_klaster(ask, klaster):
    answer = ask(("I05M", "I08"), CaseFilter(provinsi=ORDINARY, klaster=(klaster,))).set_index("kode")
    for kode, expected in (("I05M", true_half(klaster)), ("I08", true_median_any_end(klaster))):
        row = answer.loc[kode]
        near = abs(row["nilai"] - expected) <= RELATIVE * expected
        low, high = joint_days(row, comparisons=2 * len(KLASTER))
        assert near or low <= expected <= high, (kode, row["nilai"], expected, low, high)


def test_naive_mean_of_closed_cases_would_be_wrong(ask):
    """Why curves: the first half year of the register shows 'belum tercapai', not a flattering number."""
    begin = truth().tanggal_data["31"].replace(year=2023)
    period = Period(dari=begin, sampai=begin.replace(year=2024, month=2))
    early = ask(("I05M",), CaseFilter(provinsi=("31",), period=period))
    assert early["alasan"].iloc[0] in ("belum tercapai", "masa pantau kurang")


def test_overloaded_and_stuck_provinces_are_found(ask):
    load = ask(("I18-median",), CaseFilter(), Dimensi.PROVINSI).set_index("provinsi")["nilai"]
    assert set(load.nlargest(2).index) == set(OVERLOADED)
    stuck = ask(("I15-persen",), CaseFilter(), Dimensi.PROVINSI).set_index("provinsi")["nilai"]
    assert stuck.idxmax() == STUCK


def test_load_is_as_documented(ask):
    everyone = ask(("I18-median", "I18-persen"), CaseFilter()).set_index("kode")["nilai"]
    ordinary = tuple(kode for kode in reference.all_provinces() if kode not in OVERLOADED)
    elsewhere = ask(("I18-persen",), CaseFilter(provinsi=ordinary))["nilai"].iloc[0]
    assert 11 <= everyone["I18-median"] <= 13
    assert 10 <= elsewhere <= 20


@pytest.mark.parametrize("adjusted", [False, True], ids=["plain", "adjusted"])
@pytest.mark.parametrize("kode", ["I04-90", "I04-180"])
def test_the_better_and_the_worse_province_are_flagged_and_hardly_anybody_else(door, kode, adjusted):
    """Of the 36 others chance alone puts .002 each beyond the limits: how many that may be, jointly at 99 %."""
    funnel = measure.funnel_of(SCOPE, kode, CaseFilter(), per=Dimensi.PROVINSI, adjusted=adjusted, **door)
    found = funnel.units.set_index("provinsi")["letak"]
    assert found[BETTER] == 2 and found[WORSE] == -2
    others = set(found.index[found.abs() == 2]) - {BETTER, WORSE}
    assert len(others) <= binom.ppf(1 - JOINT / FUNNELS, len(found) - 2, 0.002), others


def test_the_speedup_is_flagged_within_two_months(door):
    """As seen at the end of its second month: the series ends there, so nothing later helps."""
    first, _ = speedup_dates(truth().tanggal_data["31"])
    second_month_ends = dt.date(first.year, first.month + 2, 1) - dt.timedelta(days=1)
    seen = CaseFilter(period=Period(sampai=second_month_ends))
    chart = measure.control_chart(SCOPE, "I03", seen, **door)
    assert chart.frame["bulan"].iloc[-1] == f"{second_month_ends:%Y-%m}"
    in_time = chart.frame[chart.frame["bulan"] >= f"{first:%Y-%m}"]
    assert len(in_time) == 2 and in_time["khusus"].any() and (in_time["sisi"] == 1).all()


def test_before_the_speedup_the_last_months_are_ordinary(door):
    first, _ = speedup_dates(truth().tanggal_data["31"])
    seen = CaseFilter(period=Period(sampai=first - dt.timedelta(days=1)))
    chart = measure.control_chart(SCOPE, "I03", seen, months=12, **door)
    assert not chart.frame["luar"].iloc[-2:].any()
