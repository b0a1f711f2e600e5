"""Intervals against the published test data of UKHSA's PHEindicatormethods."""

import numpy as np
import pytest

from lib.stats.intervals import poisson_exact, wilson


@pytest.mark.parametrize(
    "x, n, level, low, high",
    [
        (65, 100, 0.95, 0.552544, 0.736358),
        (1045, 5000, 0.95, 0.197955, 0.220491),
        (65, 100, 0.998, 0.495495, 0.778354),
    ],
)
def test_f7_wilson(x, n, level, low, high):
    """testdata_Byars_Wilson.xlsx."""
    assert wilson(x, n, level) == pytest.approx((low, high), abs=5e-7)


@pytest.mark.parametrize("level, low, high", [(0.95, 4.79539, 18.39036), (0.998, 2.96052, 24.13397)])
def test_f8_exact_poisson_of_ten(level, low, high):
    """testdata_funnel_ratio_outputs.csv."""
    assert poisson_exact(10, level) == pytest.approx((low, high), abs=5e-6)


def test_known_closed_forms_at_the_edges():
    # x = 0: Wilson's lower limit is 0, its upper z^2 / (n + z^2); Poisson's upper -log(alpha / 2)
    low, high = wilson(np.array([0, 10, 0]), np.array([10, 10, 0]))
    z2 = 1.959963984540054**2
    assert low == pytest.approx([0, 10 / (10 + z2), np.nan], nan_ok=True)
    assert high == pytest.approx([z2 / (10 + z2), 1, np.nan], nan_ok=True)
    low, high = poisson_exact(np.array([0]))
    assert (low[0], high[0]) == (0, pytest.approx(-np.log(0.025)))
