"""Edges of the funnel: nothing counted, level limits, one stratum, impossible input."""

import numpy as np
import pytest

from lib.stats import funnel


def test_limits_without_cases_are_nan_and_stay_inside_zero_and_one():
    low, high = funnel.binomial_limits(0.5, np.array([0, 1, 2, 50]), level=0.998)
    assert np.isnan([low[0], high[0]]).all()
    assert (low[1:] >= 0).all() and (high[1:] <= 1).all()
    assert np.isnan(funnel.poisson_limits(np.array([0.0]), level=0.95)).all()
    assert np.isnan(funnel.score_limits(0.5, np.array([0]), level=0.95)).all()


@pytest.mark.parametrize("target", [0.0, 0.05, 0.5, 0.95, 1.0])
def test_limits_narrow_with_n_and_enclose_the_target(target):
    low, high = funnel.binomial_limits(target, np.array([10, 100, 1000, 10000]), level=0.95)
    assert (low <= target + 1e-12).all() and (np.diff(high - low) <= 1e-12).all()
    assert (high[1:] >= target - 1e-2).all()


def test_tails_by_hand():
    low, high = funnel.binomial_tails([0, 3, 2], 3, 0.5)
    assert low == pytest.approx([1 / 8, 1, 7 / 8])
    assert high == pytest.approx([1, 1 / 8, 1 / 2])
    low, high = funnel.poisson_tails([0, 1], 2.0)
    assert low == pytest.approx([np.exp(-2), 3 * np.exp(-2)])
    assert high == pytest.approx([1, 1 - np.exp(-2)])


@pytest.mark.parametrize(
    "low, high, level, expected",
    [
        (0.0009, 1.0, 0.998, -1),
        (0.001, 1.0, 0.998, 0),  # exactly .001 is not below it
        (1.0, 0.0009, 0.998, 1),
        (0.024, 1.0, 0.998, 0),
        (0.024, 1.0, 0.95, -1),
        (0.025, 0.98, 0.95, 0),
        (0.5, 0.6, 0.95, 0),
    ],
)
def test_flags(low, high, level, expected):
    assert funnel.flags((np.array([low]), np.array([high])), level=level).tolist() == [expected]


def test_a_unit_without_cases_is_never_flagged():
    assert funnel.flags(funnel.binomial_tails([0], [0], 0.9), level=0.95).tolist() == [0]
    z, s = funnel.arcsine_z([0, 5, 9], [0, 10, 10])
    assert np.isnan(z[0])
    assert np.isfinite(funnel.overdispersion(z, s).phi)


def test_without_overdispersion_tau2_is_zero_and_the_limits_are_plain():
    z, s = funnel.arcsine_z([50, 49, 51, 50], [100, 100, 100, 100])
    found = funnel.overdispersion(z, s)
    assert found.tau2 == 0
    assert found.phi < 1
    low, high = funnel.overdispersed_share_limits(0.5, np.array([1000]), tau2=0, level=0.95)
    assert (low[0], high[0]) == pytest.approx((0.469, 0.531), abs=1e-3)


def test_overdispersed_limits_are_wider_and_by_hand():
    ratio = funnel.overdispersed_ratio_limits(np.array([100.0, 0.0]), tau2=0.03, level=0.95)
    assert ratio[1][0] == pytest.approx(np.exp(1.959964 * 0.2))  # 1/100 + .03 = .2 squared
    assert ratio[0][0] == pytest.approx(1 / ratio[1][0])
    assert np.isnan(ratio[0][1])
    low, high = funnel.overdispersed_share_limits(0.9, np.array([0, 5]), tau2=0.5, level=0.998)
    assert np.isnan(low[0])
    assert (low[1], high[1]) == (0, 1)  # the angle is cut, it does not come back from the other side


def test_one_unit_has_no_overdispersion():
    found = funnel.overdispersion(np.array([2.0, np.nan]), np.array([0.1, np.nan]))
    assert np.isnan(found.phi)
    assert found.tau2 == 0


def test_a_stratum_nobody_has_expects_nothing():
    result = funnel.indirect_standardisation([[1, 0], [0, 0]], [[2, 0], [0, 0]])
    assert result.expected.tolist() == [1, 0]
    assert result.ratio[0] == 1
    assert np.isnan(result.ratio[1])


@pytest.mark.parametrize(
    "call",
    [
        lambda: funnel.binomial_limits(1.2, [10], level=0.95),
        lambda: funnel.binomial_limits(0.5, [10], level=95),
        lambda: funnel.arcsine_z([5], [4]),
        lambda: funnel.arcsine_z([-1], [4]),
        lambda: funnel.log_ratio_z([0, 5], [3, 5]),
        lambda: funnel.overdispersion(np.ones(3), np.ones(3), winsorise=0.5),
        lambda: funnel.indirect_standardisation([[1, 2]], [[1]]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match=r"must|needs"):
        call()
