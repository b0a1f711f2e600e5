"""Control charts against NHSRplotthedots and the NIST e-Handbook."""

import numpy as np
import pytest

from lib.stats.spc import mark_run, run_ends, trend_ends, two_of_three, xmr_chart

# NHSRplotthedots, vignettes/deviations.Rmd
OUTLIER = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


@pytest.mark.parametrize("screen, lower, upper", [(True, -0.72, 4.60), (False, -3.06, 6.95)])
def test_p1_moving_ranges_are_screened_first(screen, lower, upper):
    chart = xmr_chart(OUTLIER, screen=screen)
    assert chart.mean[0] == pytest.approx(1.94, abs=0.005)
    assert chart.lower[0] == pytest.approx(lower, abs=0.005)
    assert chart.upper[0] == pytest.approx(upper, abs=0.005)
    assert chart.outside.tolist() == [i == 4 for i in range(18)]


def test_p2_individuals_chart():
    """NIST e-Handbook; its limits with 3 / 1.128 are 55.8041 and 45.8159."""
    chart = xmr_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert chart.mean[0] == pytest.approx(50.81)
    assert (chart.upper[0], chart.lower[0]) == pytest.approx((55.8049, 45.8151), abs=5e-5)
    moving_range = (chart.upper[0] - chart.mean[0]) / 2.66
    assert moving_range == pytest.approx(1.8778, abs=5e-5)
    exact = 50.81 + np.array([1, -1]) * 3 / 1.128 * moving_range
    assert exact == pytest.approx([55.8041, 45.8159], abs=5e-5)


@pytest.mark.parametrize(
    "signs, ends",
    [
        ([], []),
        ([1] * 6, []),
        ([1] * 6 + [-1], []),
        ([1] * 8 + [-1], [6, 7]),
        ([-1] * 8 + [1], [6, 7]),
        ([-1] + [1] * 8 + [-1], [7, 8]),
        ([0] * 9, []),
    ],
)
def test_p4_seven_on_one_side(signs, ends):
    """NHSRplotthedots, tests/testthat/test-ptd_calculate_point_type.R."""
    assert np.flatnonzero(run_ends(signs)).tolist() == ends


@pytest.mark.parametrize(
    "values, ends",
    [
        ([], []),
        ([1, 2, 3, 4, 5, 6], []),
        ([1, 2, 3, 4, 5, 6, 7], [6]),
        ([1, 2, 3, 3, 4, 5, 6], []),
        ([2, 1, 2, 3, 4, 5, 6, 7, 3], [7]),
        ([7, 6, 5, 4, 3, 2, 1], [6]),
        ([2, 7, 6, 5, 4, 3, 2, 1, 3], [7]),
    ],
)
def test_p4_seven_rising_or_falling(values, ends):
    assert np.flatnonzero(trend_ends(values)).tolist() == ends


def test_p4_a_run_of_seven_flags_all_its_points():
    assert mark_run([0, 0, 0, 0, 0, 0, 0, 1, 0]).tolist() == [False] + [True] * 7 + [False]
    assert mark_run([]).tolist() == []


@pytest.mark.parametrize(
    "outer_third, part",
    [
        ([1, 0, 1], [1, 0, 1]),
        ([0, 1, 1], [0, 1, 1]),
        ([1, 1, 0], [1, 1, 0]),
        ([0, 0, 1, 0, 1, 0, 0], [0, 0, 1, 0, 1, 0, 0]),
        ([1, 0, 0, 1], [0, 0, 0, 0]),
        ([1, 0, 0, 1, 1], [0, 0, 0, 1, 1]),
        ([1, 1], [0, 0]),
        ([], []),
    ],
)
def test_p4_two_of_three(outer_third, part):
    assert two_of_three(np.ones(len(outer_third), dtype=int), outer_third).tolist() == part
