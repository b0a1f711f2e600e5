"""The vectorised curves against a slow plain-Python account of every subject, and their properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.stats.survival import (
    Curve,
    aalen_johansen,
    at_age,
    cumulative_incidences,
    first_day_incidence_at_least,
    first_day_survival_at_most,
    incidence_quantile,
    kaplan_meier,
    life_table,
    restricted_mean,
    survival_quantile,
    watched_enough,
)

CAUSES = 3


def table_of(*groups, causes=CAUSES):
    """Build a life table from one list of (entry, exit, cause) per group; cause 0 is censored."""
    rows = [(g, *subject) for g, subjects in enumerate(groups) for subject in subjects]
    group, entry, exit_age, cause = np.array(rows, dtype=int).reshape(-1, 4).T
    ones = np.ones(len(rows), dtype=int)
    return life_table(
        groups=len(groups),
        causes=causes,
        entry_group=group,
        entry_age=entry,
        entry_n=ones,
        exit_group=group,
        exit_age=exit_age,
        exit_cause=cause,
        exit_n=ones,
    )


def seen(*exits):
    """Subjects seen from the start, as (exit, cause)."""
    return [(-1, day, cause) for day, cause in exits]


# --- the slow account ---------------------------------------------------------------------------------


def slow_counts(subjects, age):
    at_risk = [s for s in subjects if s[0] < age <= s[1]]
    return len(at_risk), [sum(s[1] == age and s[2] == k for s in at_risk) for k in range(CAUSES + 1)]


def slow_survival(subjects, age):
    """Return S(age) and Greenwood's sum, None once everybody at risk has ended."""
    survival, greenwood = 1.0, 0.0
    for u in range(age + 1):
        n, by_cause = slow_counts(subjects, u)
        d = sum(by_cause[1:])
        if d == 0:
            continue
        survival *= (n - d) / n
        greenwood = None if greenwood is None or n == d else greenwood + d / (n * (n - d))
    return survival, greenwood


def slow_incidence(subjects, age, cause):
    """Return F(age) and its delta-method variance, as double sums."""
    steps = []
    incidence = 0.0
    for u in range(age + 1):
        n, by_cause = slow_counts(subjects, u)
        if n == 0:
            continue
        before = slow_survival(subjects, u - 1)[0] if u else 1.0
        incidence += before * by_cause[cause] / n
        steps.append((n, sum(by_cause[1:]), by_cause[cause], before, incidence))
    variance = 0.0
    for n, d, d_cause, before, then in steps:
        rise = incidence - then
        if n > d:
            variance += rise**2 * d / (n * (n - d))
        variance += before**2 * (n - d_cause) * d_cause / n**3
        variance -= 2 * rise * before * d_cause / n**2
    return incidence, variance


def slow_limits(value, se):
    if value < 1e-12 or value > 1 - 1e-12:
        return math.nan, math.nan
    middle, spread = math.log(-math.log(value)), 1.959963984540054 * se / (value * math.log(value))
    return sorted(math.exp(-math.exp(middle + sign * spread)) for sign in (-1, 1))


subjects_strategy = st.lists(
    st.tuples(st.integers(-1, 6), st.integers(0, 8), st.integers(0, CAUSES)).map(
        lambda s: (s[0], max(s[1], s[0] + 1), s[2])
    ),
    max_size=14,
)


@settings(max_examples=50, deadline=None)
@given(first=subjects_strategy, second=subjects_strategy)
def test_brute_force_with_late_entry_agrees(first, second):
    table = table_of(first, second)
    survival = kaplan_meier(table)
    incidence = [aalen_johansen(table, cause=k) for k in range(1, CAUSES + 1)]
    for g, subjects in enumerate((first, second)):
        for age in range(table.at_risk.shape[1]):
            n, by_cause = slow_counts(subjects, age)
            assert table.at_risk[g, age] == n
            assert [table.censored[g, age], *table.ended[g, age]] == by_cause
            value, greenwood = slow_survival(subjects, age)
            se = math.nan if greenwood is None else value * math.sqrt(greenwood)
            assert_point(survival, g, age, value, se)
            for k, curve in enumerate(incidence):
                value, variance = slow_incidence(subjects, age, k + 1)
                # a variance of 0 may come out as 1e-17 on either side
                assert_point(curve, g, age, value, math.sqrt(max(variance, 0.0)))


def assert_point(curve: Curve, g, age, value, se):
    assert curve.value[g, age] == pytest.approx(value, abs=1e-12)
    assert curve.se[g, age] == pytest.approx(se, abs=1e-7, nan_ok=True)
    limits = (curve.lower[g, age], curve.upper[g, age])
    assert limits == pytest.approx(slow_limits(value, se), abs=1e-5, nan_ok=True)


@settings(max_examples=50, deadline=None)
@given(subjects=subjects_strategy, shuffle=st.randoms())
def test_parts_add_up_to_one_and_order_is_irrelevant(subjects, shuffle):
    table = table_of(subjects)
    parts = cumulative_incidences(table)
    assert kaplan_meier(table).value + parts.sum(axis=2) == pytest.approx(1, abs=1e-12)
    assert parts[0, :, 1] == pytest.approx(aalen_johansen(table, cause=2).value[0], abs=1e-15)

    shuffled = list(subjects)
    shuffle.shuffle(shuffled)
    other = table_of(shuffled)
    for name in ("at_risk", "ended", "censored", "entered", "total"):
        assert np.array_equal(getattr(table, name), getattr(other, name))


@settings(max_examples=50, deadline=None)
@given(
    subjects=subjects_strategy,
    minimum=st.integers(1, 6),
    day=st.one_of(st.integers(0, 12), st.just(math.nan)),
)
def test_brute_force_of_watched_enough_agrees(subjects, minimum, day):
    def expected():
        if math.isnan(day):
            return True
        for age in range(int(day) + 1):
            n, by_cause = slow_counts(subjects, age)
            settled = not any(s[0] >= age or (s[2] == 0 and s[1] >= age) for s in subjects)
            if sum(by_cause[1:]) and n < minimum and not settled:
                return False
        last = max((s[1] for s in subjects), default=-1)
        return day <= last or slow_survival(subjects, max(last, 0))[0] <= 1e-12

    assert watched_enough(table_of(subjects), np.array([float(day)]), minimum=minimum)[0] == expected()


@settings(max_examples=50, deadline=None)
@given(subjects=subjects_strategy)
def test_one_cause_is_one_minus_kaplan_meier(subjects):
    table = table_of([(entry, end, min(cause, 1)) for entry, end, cause in subjects], causes=1)
    survival, incidence = kaplan_meier(table), aalen_johansen(table, cause=1)
    assert incidence.value == pytest.approx(1 - survival.value, abs=1e-12)
    known = np.isfinite(survival.se)  # with one cause the delta method is Greenwood's formula
    assert incidence.se[known] == pytest.approx(survival.se[known], abs=1e-7)


# --- small cases --------------------------------------------------------------------------------------


def test_nobody_at_all_gives_one_column_of_zeros():
    table = table_of([], [])
    assert table.at_risk.tolist() == [[0], [0]]
    assert table.entered.tolist() == [[0, 0], [0, 0]]
    curve = kaplan_meier(table)
    assert curve.value.tolist() == [[1.0], [1.0]]
    assert np.isnan(survival_quantile(curve, 0.5)).all()
    assert np.isnan(incidence_quantile(aalen_johansen(table, cause=1), 0.5)).all()
    assert watched_enough(table, np.array([30.0, np.nan])).tolist() == [False, True]


def test_no_groups():
    table = life_table(
        groups=0,
        causes=1,
        **dict.fromkeys(["entry_group", "entry_age", "entry_n"], []),
        **dict.fromkeys(["exit_group", "exit_age", "exit_cause", "exit_n"], []),
    )
    assert table.at_risk.shape == (0, 1)
    assert kaplan_meier(table).value.shape == (0, 1)
    assert first_day_survival_at_most(kaplan_meier(table), 0.5).shape == (0,)
    assert restricted_mean(table, 10)[0].shape == (0,)


def test_all_censored_stays_at_one_and_has_no_median():
    table = table_of(seen((3, 0), (5, 0), (5, 0)))
    curve = kaplan_meier(table)
    assert (curve.value == 1).all()
    assert np.isnan(curve.lower).all()
    assert np.isnan(first_day_survival_at_most(curve, 0.5))[0]
    assert (aalen_johansen(table, cause=1).value == 0).all()


def test_one_case_that_ends_on_its_first_day():
    table = table_of(seen((0, 1)))
    curve = kaplan_meier(table)
    assert (table.at_risk.tolist(), curve.value.tolist()) == ([[1]], [[0.0]])
    assert np.isnan(curve.se[0, 0])
    assert first_day_survival_at_most(curve, 0.5)[0] == 0
    assert at_age(aalen_johansen(table, cause=1), 400)[0][0] == 1


def test_a_group_does_not_disturb_another():
    together = table_of(seen((1, 1), (2, 2)), [], seen((40, 1), (60, 0)))
    alone = table_of(seen((1, 1), (2, 2)))
    short = alone.at_risk.shape[1]
    joint, own = (aalen_johansen(table, cause=1) for table in (together, alone))
    assert joint.value[0, :short].tolist() == own.value[0].tolist()
    assert (joint.value[0, short:] == own.value[0, -1]).all()
    assert together.total.tolist() == [2, 0, 2]


def test_counted_rows_equal_single_rows():
    single = table_of(seen((2, 1), (2, 1), (2, 1), (5, 0)))
    counted = life_table(
        groups=1,
        causes=CAUSES,
        entry_group=np.array([0, 0]),
        entry_age=np.array([-1, -1]),
        entry_n=np.array([3, 1]),
        exit_group=np.array([0, 0, 0]),
        exit_age=np.array([2, 5, 2]),
        exit_cause=np.array([1, 0, 1]),
        exit_n=np.array([1, 1, 2]),
    )
    assert np.array_equal(single.at_risk, counted.at_risk)
    assert np.array_equal(single.ended, counted.ended)


def test_everybody_ending_keeps_a_finite_error_of_the_incidence():
    # 10 subjects, nobody censored: F is a plain share, so its variance is .6 * .4 / 10 on the last day too
    table = table_of(seen(*[(day, 1 if day <= 6 else 2) for day in range(1, 11)]))
    curve = aalen_johansen(table, cause=1)
    assert curve.value[0, 10] == pytest.approx(0.6)
    assert curve.se[0, 10] == pytest.approx(math.sqrt(0.024))


def test_incidence_quantile_takes_the_upper_band_for_the_lower_day():
    table = table_of(seen(*[(day, 1) for day in range(1, 31)], *[(40, 0)] * 10))
    curve = aalen_johansen(table, cause=1)
    day, lower, upper = (value[0] for value in incidence_quantile(curve, 0.5))
    assert day == 20 == first_day_incidence_at_least(curve, 0.5)[0]
    assert lower < day < upper
    assert curve.upper[0, int(lower)] >= 0.5 > curve.upper[0, int(lower) - 1]
    assert curve.lower[0, int(upper)] >= 0.5 > curve.lower[0, int(upper) - 1]


def test_at_age_inside_and_beyond():
    curve = kaplan_meier(table_of(seen((1, 1), (3, 0))))
    assert [float(at_age(curve, age)[0][0]) for age in (0, 1, 3, 99)] == [1, 0.5, 0.5, 0.5]
    with pytest.raises(ValueError, match="age"):
        at_age(curve, -1)


THIN = [(-1, day, 1) for day in range(1, 9)] + [(-1, 7, 0)]


@pytest.mark.parametrize(
    "subjects, day, expected",
    [
        (THIN, 5.0, True),  # 9 at risk on day 1, 5 on day 5
        (THIN, 6.0, False),  # an end with 4 at risk, and the censoring of day 7 is still to come
        (THIN[:-1], 8.0, True),  # nobody censored: the last ones may be few
        (THIN[:-1], 900.0, True),  # S is 0, it stays 0
        ([*THIN[:-1], (4, 9, 1)], 6.0, True),  # 5 at risk on day 5; 4 on day 6, when nobody enters any more
        ([*THIN[:-1], (5, 9, 1)], 6.0, False),  # 4 at risk on day 5, the day somebody still enters
        ([(-1, 30, 0)] * 20, 30.0, True),
        ([(-1, 30, 0)] * 20, 31.0, False),  # S is still 1 and nobody is watched on day 31
        (THIN, math.nan, True),
    ],
)
def test_watched_enough(subjects, day, expected):
    assert watched_enough(table_of(subjects), np.array([day])).tolist() == [expected]


def test_watched_enough_takes_one_day_for_all_groups():
    assert watched_enough(table_of(THIN, THIN[:-1]), 6).tolist() == [False, True]


def test_restricted_mean_by_hand_and_past_the_last_column():
    table = table_of(seen((1, 1), (3, 1)), seen((1, 1), (3, 0)))
    assert restricted_mean(table, 4)[0].tolist() == [2.0, 2.5]
    assert restricted_mean(table, 10)[0].tolist() == [2.0, 5.5]
    assert restricted_mean(table, 0)[0].tolist() == [0.0, 0.0]
    # group 2: sqrt(area^2 * 1 / (2 * 1)) with the area 1.5 from day 1 to 4
    assert restricted_mean(table, 4)[1][1] == pytest.approx(1.5 / math.sqrt(2))
    with pytest.raises(ValueError, match="tau"):
        restricted_mean(table, -1)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"exit_n": [2]}, "1 entries but 2 exits"),
        ({"entry_age": [5]}, "1 exits but 0 at risk"),
        ({"entry_age": [-2]}, "entry_age must be at least -1, got -2"),
        ({"exit_age": [-1]}, "exit_age must be at least 0"),
        ({"exit_cause": [3]}, "exit_cause must be from 0 to 2, got 3"),
        ({"entry_group": [1]}, "entry_group must be from 0 to 0, got 1"),
        ({"exit_n": [-1]}, "exit_n must be at least 0"),
        ({"exit_age": [4.5]}, "exit_age must hold whole numbers"),
        ({"exit_age": [np.nan]}, "exit_age must hold whole numbers"),
        ({"entry_n": [1, 1]}, "equally long"),
        ({"entry_n": [[1]]}, "one-dimensional"),
    ],
)
def test_impossible_input_is_refused(change, message):
    good = {
        "entry_group": [0],
        "entry_age": [-1],
        "entry_n": [1],
        "exit_group": [0],
        "exit_age": [5],
        "exit_cause": [1],
        "exit_n": [1],
    }
    assert life_table(groups=1, causes=2, **good).total.tolist() == [1]
    with pytest.raises(ValueError, match=message):
        life_table(groups=1, causes=2, **{**good, **change})


def test_unknown_cause_or_level_is_refused():
    table = table_of(seen((1, 1)))
    for cause in (0, CAUSES + 1):
        with pytest.raises(ValueError, match="cause must be from 1 to 3"):
            aalen_johansen(table, cause=cause)
    with pytest.raises(ValueError, match="level"):
        kaplan_meier(table, level=95)
