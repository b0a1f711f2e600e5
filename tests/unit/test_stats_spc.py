"""Control charts: rules on whole series, gaps, rebases, short series and targets."""

import numpy as np
import pytest

from lib.stats.spc import assurance, p_chart, two_of_three, xmr_chart

UP_AND_DOWN = [10, 12] * 8
NAN = float("nan")


def test_common_cause_only():
    chart = xmr_chart(UP_AND_DOWN)
    assert chart.mean[0] == 11
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((11 - 5.32, 11 + 5.32))
    assert not chart.flagged.any()
    assert not chart.short.any()
    assert chart.side.tolist() == [-1, 1] * 8


def test_a_constant_series_has_no_special_cause():
    # .1 added up twenty times is not exactly 2: the mean is off by rounding
    chart = xmr_chart([0.1] * 20)
    assert chart.lower[0] == pytest.approx(0.1)
    assert not chart.flagged.any()
    assert not chart.side.any()


def test_each_rule_marks_its_points():
    shift = xmr_chart([16, 10] * 4 + [17, 18] * 4)
    assert np.flatnonzero(shift.run).tolist() == list(range(8, 16))
    trend = xmr_chart([5, 6, 5, 6, 5, 6, 5, 6, 7, 8, 9, 10, 11, 5])
    assert np.flatnonzero(trend.trend).tolist() == [6, 7, 8, 9, 10, 11, 12]
    assert trend.flagged[6]


def test_two_of_three_need_the_same_side():
    assert two_of_three([1, 1, 1], [True, False, True]).any()
    assert not two_of_three([1, 1, -1], [True, False, True]).any()
    assert not two_of_three([1, 0, 1], [True, False, True]).any()


def test_two_of_three_in_a_series():
    values = [10, 12] * 8 + [16, 12, 16]
    chart = xmr_chart(values)
    assert np.flatnonzero(chart.near_limit).tolist() == [16, 18]
    assert not chart.outside.any()


def test_rebase_starts_new_limits_and_new_rules():
    chart = xmr_chart([10, 12] * 7 + [50, 54] * 3, rebase_at=[14])
    assert chart.segment.tolist() == [0] * 14 + [1] * 6
    assert chart.mean[[13, 14]].tolist() == [11, 52]
    assert chart.upper[14] == pytest.approx(52 + 2.66 * 4)  # the jump from 12 to 50 is no moving range
    assert not chart.flagged.any()
    assert chart.short.tolist() == [False] * 14 + [True] * 6
    assert xmr_chart([10, 12] * 7 + [50, 54] * 3).flagged.any()


@pytest.mark.parametrize("points, short", [(12, True), (13, False)])
def test_short_series(points, short):
    assert xmr_chart(range(points)).short.tolist() == [short] * points


def test_a_gap_breaks_run_and_moving_range():
    chart = xmr_chart([1, 1, 1, 1, 1, 1, 1, 9, 9, 9, 9, NAN, 9, 9, 9])
    assert chart.run.tolist() == [True] * 7 + [False] * 8
    assert np.isnan(chart.value[11])
    assert not chart.flagged[11]
    assert np.isfinite(chart.upper[11])
    gap = xmr_chart([10, NAN, 20, NAN, 30])
    assert gap.mean[0] == 20
    assert np.isnan(gap.upper).all()
    assert not gap.flagged.any()
    assert xmr_chart([1] * 12 + [NAN]).short.all()


@pytest.mark.parametrize("values", [[], [5.0], [NAN, NAN]])
def test_too_little_to_chart(values):
    chart = xmr_chart(values)
    assert chart.value.size == len(values)
    assert not chart.flagged.any()
    assert np.isnan(chart.upper).all()
    assert assurance(chart, 5) is None


def test_p_chart_by_hand():
    chart = p_chart([5, 5, 20, 0], [50, 50, 100, 0])
    assert chart.mean[0] == pytest.approx(0.15)
    spread = 3 * np.sqrt(0.15 * 0.85 / np.array([50, 50, 100]))
    assert chart.upper[:3] == pytest.approx(0.15 + spread)
    assert chart.lower[:3] == pytest.approx([0, 0, 0.15 - spread[2]])
    assert np.isnan([chart.value[3], chart.upper[3]]).all()
    assert assurance(chart, 0.1) is None
    assert p_chart([5] * 13, [50] * 13).upper[0] == pytest.approx(0.2273, abs=5e-5)


def test_p_chart_flags_the_share_that_is_outside_for_its_own_n():
    chart = p_chart([40, 40, 40, 40, 16, 160], [100, 100, 100, 100, 25, 250])
    assert chart.value[4] == chart.value[5] == 0.64
    assert chart.outside.tolist() == [False] * 5 + [True]


def test_p_chart_with_rebase_and_all_empty():
    chart = p_chart([1, 1, 9, 9], [10, 10, 10, 10], rebase_at=[2])
    assert chart.mean.tolist() == [0.1, 0.1, 0.9, 0.9]
    assert np.isnan(p_chart([0, 0], [0, 0]).mean).all()
    assert p_chart([], []).value.size == 0


@pytest.mark.parametrize(
    "target, expected", [(5.6, "above"), (5.68, "across"), (11, "across"), (16.32, "across"), (17, "below")]
)
def test_assurance(target, expected):
    assert assurance(xmr_chart(UP_AND_DOWN), target) == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: xmr_chart([1, 2, 3], rebase_at=[0]),
        lambda: xmr_chart([1, 2, 3], rebase_at=[3]),
        lambda: p_chart([2], [1]),
        lambda: p_chart([-1], [1]),
        lambda: p_chart([1, 1], [1]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match="must be"):
        call()
