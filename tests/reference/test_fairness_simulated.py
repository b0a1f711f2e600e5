"""The funnel's and the control chart's rules on simulated units and on the simulated office, whose truth is known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from lib import clock, measure, reference, settings, start
from lib.database.simulation_truth import BETTER, WORSE, speedup_dates, truth
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope
from lib.indicators.fairness import judged

RUNS = 2_000
PROVINCES, STAFF = 38, 635


def flagged(x: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Per run and unit whether it lies beyond 99.8 % of the share of its own run, as `funnel` judges."""
    share = x.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    return np.abs(judged(x, n, share)) == 2


@pytest.mark.parametrize("p", [0.4, 0.55, 0.7])
def test_identical_provinces_are_hardly_ever_flagged(p):
    rng = np.random.default_rng(38)
    n = np.tile(np.round(np.geomspace(15, 3_000, PROVINCES)).astype(int), (RUNS, 1))
    assert flagged(rng.binomial(n, p), n).sum(axis=1).mean() <= 0.15


@pytest.mark.parametrize("p", [0.4, 0.55, 0.7])
def test_a_province_20_points_worse_is_found(p):
    rng = np.random.default_rng(20)
    n = np.tile(np.r_[150, np.round(np.geomspace(60, 3_000, PROVINCES - 1)).astype(int)], (RUNS, 1))
    x = rng.binomial(n, np.r_[p - 0.2, np.full(PROVINCES - 1, p)])
    assert flagged(x, n)[:, 0].mean() >= 0.93


def test_identical_pendamping_are_hardly_ever_flagged():
    rng = np.random.default_rng(635)
    n = rng.integers(10, 45, size=(RUNS // 4, STAFF))
    assert flagged(rng.binomial(n, 0.85), n).sum(axis=1).mean() <= 1.3


def test_the_drawn_limit_would_flag_far_more():
    """Why the tail decides: limits interpolated between counts are for the eye only."""
    from lib.stats.funnel import binomial_limits

    rng = np.random.default_rng(635)
    n = rng.integers(10, 45, size=STAFF)
    share = rng.binomial(n, 0.85, size=(50, STAFF)) / n
    low, high = binomial_limits(0.85, n, level=0.998)
    assert ((share < low) | (share > high)).sum(axis=1).mean() > 10


# --- the simulated office -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """The default simulation (84,000 cases): what every question of `measure` takes besides its own."""
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path_factory.mktemp("simulasi"))})
    start.make_demo(values, now=clock.now())
    return {"source": measure.open_source(values), "limits": values.ambang}


SCOPE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())


@pytest.mark.parametrize("adjusted", [False, True], ids=["plain", "adjusted"])
@pytest.mark.parametrize("kode", ["I04-90", "I04-180"])
def test_the_better_and_the_worse_province_are_flagged_and_nobody_else(door, kode, adjusted):
    funnel = measure.funnel_of(SCOPE, kode, CaseFilter(), per=Dimensi.PROVINSI, adjusted=adjusted, **door)
    found = funnel.units.set_index("provinsi")["letak"]
    assert found[BETTER] == 2 and found[WORSE] == -2
    assert set(found.index[found.abs() == 2]) == {BETTER, WORSE}


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
