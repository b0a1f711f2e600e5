"""Intervals: shapes, order and impossible input."""

import numpy as np
import pytest

from lib.stats.intervals import poisson_exact, wilson


def test_vectorised_with_a_common_n_and_inside_zero_and_one():
    low, high = wilson(np.arange(0, 11), 10)
    assert low.shape == high.shape == (11,)
    assert ((low >= 0) & (high <= 1) & (low < high)).all()
    assert low[:-1] == pytest.approx((1 - high)[::-1][:-1])


def test_higher_level_is_wider():
    assert wilson(5, 10, 0.998)[0] < wilson(5, 10, 0.95)[0]
    assert poisson_exact(5, 0.998)[1] > poisson_exact(5, 0.95)[1]


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(3, 2),
        lambda: wilson(-1, 2),
        lambda: wilson(1, 2, 95),
        lambda: poisson_exact(-1),
        lambda: poisson_exact(1, 0),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match=r"must|cannot"):
        call()
