"""Survival curves against published examples and against statsmodels on random data."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from lib.stats.survival import (
    LifeTable,
    aalen_johansen,
    cumulative_incidences,
    first_day_survival_at_most,
    kaplan_meier,
    life_table,
    restricted_mean,
    survival_quantile,
)

# Freireich et al. 1963, remission in weeks; "+" is still in remission (lifelines: load_leukemia)
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
# Cox and Oakes 1984, table 1.1
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
# Bewick, Cheek and Ball, Critical Care 2004;8:389, table 2
BEWICK = "1 1 4 5 6+ 9 9+ 22"


def table_of(subjects: list[tuple[int, int, int]], *, causes: int = 1) -> LifeTable:
    """Build the life table of one group from (entry, exit, cause); cause 0 is censored."""
    entry, exit_age, cause = np.array(subjects).T
    ones = np.ones_like(entry)
    group = np.zeros_like(entry)
    return life_table(
        groups=1,
        causes=causes,
        entry_group=group,
        entry_age=entry,
        entry_n=ones,
        exit_group=group,
        exit_age=exit_age,
        exit_cause=cause,
        exit_n=ones,
    )


def seen_from_the_start(text: str) -> LifeTable:
    return table_of([(-1, int(word.rstrip("+")), 0 if word.endswith("+") else 1) for word in text.split()])


@pytest.mark.parametrize(
    "day, at_risk, survival, se",
    [
        (6, 21, 0.8571, 0.0764),
        (7, 17, 0.8067, 0.0869),
        (10, 15, 0.7529, 0.0963),
        (13, 12, 0.6902, 0.1068),
        (16, 11, 0.6275, 0.1141),
        (22, 7, 0.5378, 0.1282),
        (23, 6, 0.4482, 0.1346),
    ],
)
def test_s1_mercaptopurine(day, at_risk, survival, se):
    table = seen_from_the_start(MERCAPTOPURINE)
    curve = kaplan_meier(table)
    assert table.at_risk[0, day] == at_risk
    assert curve.value[0, day] == pytest.approx(survival, abs=5e-5)
    assert curve.se[0, day] == pytest.approx(se, abs=5e-5)


def test_s1_median_with_log_log_interval_and_no_upper_limit():
    day, lower, upper = survival_quantile(kaplan_meier(seen_from_the_start(MERCAPTOPURINE)), 0.5)
    assert (day[0], lower[0]) == (23, 13)
    assert np.isnan(upper[0])


def test_s2_placebo():
    curve = kaplan_meier(seen_from_the_start(PLACEBO))
    assert curve.value[0, 10] == pytest.approx(8 / 21)
    assert curve.se[0, 10] == pytest.approx(0.1060, abs=5e-5)
    assert [value[0] for value in survival_quantile(curve, 0.5)] == [8, 4, 11]


def test_s5_bewick():
    value = kaplan_meier(seen_from_the_start(BEWICK)).value[0]
    assert value[[1, 4, 5, 9, 22]] == pytest.approx([0.750, 0.625, 0.500, 1 / 3, 0.0])


@pytest.mark.parametrize(
    "data, tau, mean, se",
    [
        (MERCAPTOPURINE, 35, 23.2874, 2.8275),
        (MERCAPTOPURINE, 20, 16.1165, None),
        (PLACEBO, 35, 8.6667, 1.3774),
    ],
)
def test_s6_restricted_mean(data, tau, mean, se):
    value, standard_error = restricted_mean(seen_from_the_start(data), tau)
    assert value[0] == pytest.approx(mean, abs=5e-5)
    if se is not None:
        assert standard_error[0] == pytest.approx(se, abs=5e-5)


def test_s7_left_truncation():
    # lifelines with entry= gives the same
    table = table_of([(0, 3, 1), (2, 5, 1), (0, 6, 0), (4, 8, 1), (6, 10, 1)])
    days = [3, 5, 8, 10]
    assert table.at_risk[0, days].tolist() == [3, 3, 2, 1]
    assert kaplan_meier(table).value[0, days] == pytest.approx([2 / 3, 4 / 9, 2 / 9, 0])


def test_s7b_who_enters_on_the_day_of_an_end_is_not_yet_at_risk():
    table = table_of([(0, 5, 1), (5, 8, 1), (0, 9, 1)])
    assert table.at_risk[0, [5, 8, 9]].tolist() == [2, 2, 1]
    assert kaplan_meier(table).value[0, [5, 8, 9]] == pytest.approx([0.5, 0.25, 0])


def test_s8_aalen_johansen():
    days, causes = [1, 2, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 0, 1, 1, 0, 2, 1, 0, 1]
    table = table_of([(-1, day, cause) for day, cause in zip(days, causes, strict=True)], causes=2)
    first, second = (aalen_johansen(table, cause=cause) for cause in (1, 2))
    assert first.value[0, [1, 3, 4, 7, 9]] == pytest.approx([0.1, 3 / 14, 23 / 70, 33 / 70, 53 / 70])
    assert second.value[0, [2, 6]] == pytest.approx([0.1, 17 / 70])
    assert first.se[0, [1, 3, 4, 7]] == pytest.approx([0.094868, 0.135041, 0.156184, 0.175562], abs=5e-7)


@pytest.mark.parametrize("n", [24, 38])
def test_tolerance_one_end_a_day_reaches_each_quantile_on_its_day(n):
    # multiplied up, S(n / 2) is .5 + 1e-16: without a tolerance the median would come a day late
    curve = kaplan_meier(table_of([(-1, day, 1) for day in range(1, n + 1)]))
    assert first_day_survival_at_most(curve, 0.5)[0] == n / 2
    assert first_day_survival_at_most(curve, 0.25)[0] == np.ceil(0.75 * n)


def test_s10_survival_and_incidences_of_a_million_subjects_add_up_to_one():
    random = np.random.default_rng(11)
    size = 1_000_000
    exit_age = np.minimum(random.geometric(0.01, size), 800)
    ones, group = np.ones(size, dtype=int), random.integers(0, 38, size)
    table = life_table(
        groups=38,
        causes=3,
        entry_group=group,
        entry_age=-ones,
        entry_n=ones,
        exit_group=group,
        exit_age=exit_age,
        exit_cause=random.integers(0, 4, size),
        exit_n=ones,
    )
    total = kaplan_meier(table).value + cumulative_incidences(table).sum(axis=2)
    assert np.abs(total - 1).max() < 1e-13


@pytest.mark.parametrize("seed", range(8))
def test_statsmodels_agrees_without_late_entry(seed):
    random = np.random.default_rng(seed)
    size = 20 + 20 * seed
    day = random.integers(0, 30, size)
    cause = random.integers(0, 3, size)
    table = table_of(list(zip([-1] * size, day, cause, strict=True)), causes=2)

    oracle = SurvfuncRight(day, (cause > 0).astype(int))
    curve = kaplan_meier(table)
    at = oracle.surv_times
    assert curve.value[0, at] == pytest.approx(oracle.surv_prob, abs=1e-12)
    assert curve.se[0, at] == pytest.approx(oracle.surv_prob_se, abs=1e-12, nan_ok=True)

    with np.errstate(divide="ignore", invalid="ignore"):  # the oracle divides by 0 where everybody ends
        oracle = CumIncidenceRight(day, cause)
    times = np.unique(day)
    for k in range(2):
        curve = aalen_johansen(table, cause=k + 1)
        assert curve.value[0, times] == pytest.approx(oracle.cinc[k], abs=1e-12)
        known = np.isfinite(oracle.cinc_se[k])
        assert known.sum() >= len(times) - 1
        assert curve.se[0, times][known] == pytest.approx(oracle.cinc_se[k][known], abs=1e-10)


def test_statsmodels_agrees_on_the_quantile_interval():
    subjects = [(int(word.rstrip("+")), int(not word.endswith("+"))) for word in MERCAPTOPURINE.split()]
    time, status = np.array(subjects).T
    oracle = SurvfuncRight(time, status)
    lower, upper = oracle.quantile_ci(0.25, method="cloglog")
    day, low, high = survival_quantile(kaplan_meier(seen_from_the_start(MERCAPTOPURINE)), 0.25)
    assert (day[0], low[0], high[0]) == (oracle.quantile(0.25), lower, upper)
