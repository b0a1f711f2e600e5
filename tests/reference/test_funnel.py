"""Funnel limits and over-dispersion against FunnelPlotR and UKHSA, and false flags by simulation."""

import numpy as np
import pytest

from lib.stats.funnel import (
    arcsine_z,
    binomial_limits,
    binomial_tails,
    flags,
    indirect_standardisation,
    log_ratio_z,
    overdispersion,
    poisson_limits,
    score_limits,
    standardised_ratio,
)


@pytest.mark.parametrize(
    "level, low, high",
    [
        (0.95, [0.5596924, 0.6108260, 0.6746958], [1.649348, 1.544419, 1.427562]),
        (0.998, [0.3862650, 0.4479107, 0.5289724], [2.082907, 1.902094, 1.702771]),
    ],
)
def test_f1_poisson_limits(level, low, high):
    """FunnelPlotR, tests/testthat/test-poisson_limits.R."""
    lower, upper = poisson_limits(np.array([15, 20, 30]), level=level)
    assert lower == pytest.approx(low, abs=5e-8)
    assert upper == pytest.approx(high, abs=5e-7)


OBSERVED = np.array([100, 150, 180, 80, 120, 225])
EXPECTED = np.array([108, 112, 165, 95, 100, 220])


def test_f2_log_ratio_z_and_its_overdispersion():
    """FunnelPlotR, test-classes_methods.R. Truncating 10 % at each end of six units drops none of them."""
    z, s = log_ratio_z(OBSERVED, EXPECTED)
    assert z == pytest.approx([-0.7998, 3.0917, 1.1177, -1.6750, 1.8232, 0.3333], abs=5e-5)
    found = overdispersion(z, s, winsorise=0)
    assert found.phi == pytest.approx(2.948033, abs=5e-7)
    assert found.tau2 == pytest.approx(0.0194775, abs=5e-8)


def test_f3_winsorised():
    assert overdispersion(*log_ratio_z(OBSERVED, EXPECTED)).phi == pytest.approx(2.149053, abs=5e-7)


def test_f4_proportions_on_the_arcsine_scale():
    z, s = arcsine_z(np.array([80, 150, 180, 60, 90, 200]), np.array([100, 180, 260, 95, 100, 220]))
    assert z == pytest.approx([0.1043, 1.2968, -3.8421, -3.5749, 2.9422, 4.8231], abs=5e-5)
    found = overdispersion(z, s)
    assert found.phi == pytest.approx(8.65956, abs=5e-6)
    assert found.tau2 == pytest.approx(0.0152615, abs=5e-8)


@pytest.mark.parametrize(
    "n, level, low", [(2, 0.95, 25.885383), (10, 0.95, 56.154344), (10, 0.998, 42.03259), (2, 0.998, 0.0)]
)
def test_f5_score_limits(n, level, low):
    """UKHSA PHEindicatormethods, testdata_funnel_prop_outputs.csv."""
    assert 100 * score_limits(0.80642448, n, level=level)[0] == pytest.approx(low, abs=5e-6)


def test_exact_and_score_limits_differ_for_small_n_only():
    small = [float(limit) for limit in binomial_limits(0.80642448, 10, level=0.95)]
    assert small == pytest.approx([0.484, 0.979], abs=5e-4)
    large = binomial_limits(0.80642448, 1000, level=0.95)
    assert large == pytest.approx(score_limits(0.80642448, 1000, level=0.95), abs=1e-3)


def test_f9_sums_come_before_the_ratio():
    """FunnelPlotR, test-aggregate_fun.R: rows a, a, a / b, b / c."""
    numerator = np.array([[100, 150, 180], [89, 120, 0], [225, 0, 0]])
    denominator = np.array([[102, 135, 165], [95, 100, 0], [220, 0, 0]])
    ratio = standardised_ratio(numerator, denominator).ratio
    assert ratio == pytest.approx([1.069652, 1.071795, 1.022727], abs=5e-7)


def test_indirect_standardisation_by_hand():
    # strata rates 60/100 and 40/200
    result = indirect_standardisation([[20, 0], [40, 40]], [[50, 0], [50, 200]])
    assert result.observed.tolist() == [20, 80]
    assert result.expected == pytest.approx([30, 70])
    assert result.ratio == pytest.approx([2 / 3, 8 / 7])


def false_flags(random, n, share, rounds, *, level):
    """Return the mean number of identical units flagged by their tails and by the drawn limits."""
    x = random.binomial(n, share, size=(rounds, n.size))
    by_tail = flags(binomial_tails(x, n, share), level=level) != 0
    low, high = binomial_limits(share, n, level=level)
    by_drawing = (x / n < low) | (x / n > high)
    return by_tail.sum() / rounds, by_drawing.sum() / rounds


def test_identical_provinces_are_hardly_ever_flagged():
    random = np.random.default_rng(38)
    n = random.integers(20, 2000, 38)
    by_tail, _ = false_flags(random, n, 0.6, 2000, level=0.998)
    assert 0.01 < by_tail <= 0.15  # .076 would be expected of a continuous distribution


def test_identical_small_units_are_hardly_ever_flagged_though_the_drawn_limits_would():
    random = np.random.default_rng(635)
    n = random.integers(10, 45, 635)
    by_tail, by_drawing = false_flags(random, n, 0.85, 200, level=0.998)
    assert 0.05 < by_tail <= 1.3
    assert by_drawing > 10
