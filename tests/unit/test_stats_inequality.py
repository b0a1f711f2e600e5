"""Shares of the top, percentiles and quantiles by group."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.stats.inequality import gini, p90_p10, quantile_by_group, top_share


@pytest.mark.parametrize(
    "values, top, expected",
    [
        ([5] * 9 + [55], 0.1, 0.55),
        ([1, 1, 1, 1], 0.5, 0.5),
        ([4, 3, 2, 1], 0.375, 0.55),  # one and a half of four: (4 + 3 / 2) / 10
        ([9], 0.1, 0.1),
        ([3, 2, 1], 1.0, 1.0),
    ],
)
def test_top_share(values, top, expected):
    assert top_share(values, top=top) == pytest.approx(expected)


def test_p90_p10():
    assert p90_p10(range(11)) == pytest.approx((9, 1))
    assert p90_p10([4]) == (4, 4)
    assert np.isnan(p90_p10([])).all()


@pytest.mark.parametrize("values", [[], [0, 0]])
def test_nothing_to_share(values):
    assert np.isnan(gini(values))
    assert np.isnan(top_share(values))


def test_quantile_by_group_example():
    found = quantile_by_group([1, 2, 10], [0, 0, 2], groups=3, q=0.5)
    assert found == pytest.approx([1.5, np.nan, 10], nan_ok=True)
    assert np.isnan(quantile_by_group([], [], groups=2, q=0.5)).tolist() == [True, True]


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 50)), max_size=30),
    q=st.sampled_from([0.0, 0.1, 0.5, 0.8, 0.9, 1.0]),
)
def test_quantile_by_group_equals_numpy_group_by_group(rows, q):
    group, values = np.array(rows, dtype=int).reshape(-1, 2).T
    found = quantile_by_group(values, group, groups=4, q=q)
    for g in range(4):
        here = values[group == g]
        expected = np.quantile(here, q) if here.size else np.nan
        assert found[g] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda: gini([-1, 2]),
        lambda: top_share([1], top=0),
        lambda: quantile_by_group([1], [2], groups=2, q=0.5),
        lambda: quantile_by_group([1], [0], groups=2, q=50),
        lambda: quantile_by_group([1, 2], [0], groups=2, q=0.5),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match=r"must be|cannot"):
        call()
