"""The intervals and curves against published numbers (the numbers of cases S1, S2, S5, S7, S7b, S8, F7, F8)."""

import pytest

from tests.plain.curves import Clock, curve, greenwood, quantile, standard_error
from tests.plain.figures import linear_quantile, middle
from tests.plain.intervals import log_log, poisson, wilson


def clocks(times: list[int], events: list[int | str]) -> list[Clock]:
    """One clock per time, seen from the start; event 0 is censored."""
    return [
        Clock(entry=-1, exit=time, outcome=str(event) if event else None)
        for time, event in zip(times, events, strict=True)
    ]


SIX_MP = clocks(
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
)
PLACEBO = clocks([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [1] * 21)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (65, 100, 0.552544, 0.736358),
        (1045, 5000, 0.197955, 0.220491),
        # p = 0: the interval is (0, z2 / (n + z2)), with z2 = 3.841459 and n = 10.
        (0, 10, 0, 0.277533),
        (10, 10, 0.722467, 1),
    ],
)
def test_wilson(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [
        (10, 4.79539, 18.39036),
        # No event: P(X = 0) = exp(-high) = .025.
        (0, 0, 3.688879),
        # One event: P(X >= 1) = 1 - exp(-low) = .025.
        (1, 0.0253178, 5.571643),
    ],
)
def test_poisson(events, low, high):
    assert poisson(events) == pytest.approx((low, high), abs=1e-5)


def test_poisson_of_a_large_count_is_near_the_normal_one():
    low, high = poisson(10_000)
    assert (low, high) == pytest.approx((10_000 - 196, 10_000 + 196), abs=3)


def test_no_log_log_interval_at_the_ends():
    assert log_log(0.0, 0.1) == (None, None)
    assert log_log(1.0, 0.1) == (None, None)


def test_kaplan_meier_6mp():
    days = curve(SIX_MP).days
    assert [day.age for day in days] == [6, 7, 10, 13, 16, 22, 23]
    assert [day.risk for day in days] == [21, 17, 15, 12, 11, 7, 6]
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert [day.survival for day in days] == pytest.approx(expected, abs=5e-5)
    errors = [greenwood(days[: upto + 1]) for upto in range(len(days))]
    assert errors == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)


def test_median_of_6mp_and_placebo_with_log_log_limits():
    six = quantile(SIX_MP, 0.5)
    assert (six.nilai, six.bawah, six.atas) == (23, 13, None)
    placebo = quantile(PLACEBO, 0.5)
    assert (placebo.nilai, placebo.bawah, placebo.atas) == (8, 4, 11)


def test_kaplan_meier_bewick():
    days = curve(clocks([1, 1, 4, 5, 6, 9, 9, 22], [1, 1, 1, 1, 0, 1, 0, 1])).days
    assert [day.survival for day in days] == pytest.approx([0.75, 0.625, 0.5, 1 / 3, 0])


@pytest.mark.parametrize(
    ("rows", "risks", "survivals"),
    [
        (
            [(0, 3, 1), (2, 5, 1), (0, 6, 0), (4, 8, 1), (6, 10, 1)],
            [3, 3, 2, 1],
            [2 / 3, 4 / 9, 2 / 9, 0],
        ),
        # Entered at age 5, so not at risk at age 5.
        ([(0, 5, 1), (5, 8, 1), (0, 9, 1)], [2, 2, 1], [0.5, 0.25, 0]),
    ],
)
def test_late_entry(rows, risks, survivals):
    late = [Clock(entry=a, exit=b, outcome="1" if c else None) for a, b, c in rows]
    days = curve(late).days
    assert [day.risk for day in days] == risks
    assert [day.survival for day in days] == pytest.approx(survivals)


def test_aalen_johansen_and_its_standard_error():
    rows = clocks([1, 2, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 0, 1, 1, 0, 2, 1, 0, 1])
    first = curve(rows, "1").days
    at = {day.age: day.incidence for day in first}
    assert [at[age] for age in (1, 3, 4, 7, 9)] == pytest.approx(
        [0.1, 0.214286, 0.328571, 0.471429, 0.757143], abs=1e-6
    )
    errors = {day.age: standard_error(first[: upto + 1]) for upto, day in enumerate(first)}
    assert [errors[age] for age in (1, 3, 4, 7)] == pytest.approx(
        [0.094868, 0.135041, 0.156184, 0.175562], abs=1e-6
    )
    second = {day.age: day.incidence for day in curve(rows, "2").days}
    assert [second[age] for age in (2, 6)] == pytest.approx([0.1, 0.242857], abs=1e-6)


def test_survival_and_incidences_sum_to_one():
    rows = clocks([1, 2, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 0, 1, 1, 0, 2, 1, 0, 1])
    for one, two in zip(curve(rows, "1").days, curve(rows, "2").days, strict=True):
        assert one.survival + one.incidence + two.incidence == pytest.approx(1)


def test_variance_of_one_cause_is_greenwood():
    days = curve(SIX_MP, "1").days
    for upto in range(1, len(days) + 1):
        assert standard_error(days[:upto]) == pytest.approx(greenwood(days[:upto]))


@pytest.mark.parametrize("n", [24, 38])
def test_a_quantile_is_not_a_day_late_by_rounding(n):
    one_a_day = clocks(list(range(1, n + 1)), [1] * n)
    assert quantile(one_a_day, 0.5).nilai == n // 2


def test_middle_and_linear_quantile():
    assert middle([4, 1, 9, 2]) == 3
    assert middle([4, 1, 9]) == 4
    assert middle([]) is None
    # Five values: P90 at position 3.6, P10 at position 0.4.
    assert linear_quantile([10, 0, 20, 40, 30], 0.9) == pytest.approx(36)
    assert linear_quantile([10, 0, 20, 40, 30], 0.1) == pytest.approx(4)
