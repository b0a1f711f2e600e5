"""Empirical Bayes: what shrinking must do, and its edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.stats.smoothing import empirical_bayes_binomial, empirical_bayes_poisson

FORMS = [empirical_bayes_poisson, empirical_bayes_binomial]
areas = st.lists(
    st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12
)


@pytest.mark.parametrize("smooth", FORMS)
@settings(max_examples=50, deadline=None)
@given(areas=areas)
def test_estimates_lie_between_the_raw_rate_and_the_mean(smooth, areas):
    events, n = np.array(areas).T
    result = smooth(events, n)
    some = n > 0
    assert np.isnan(result.estimate[~some]).all()
    low, high = np.minimum(result.raw, result.mean)[some], np.maximum(result.raw, result.mean)[some]
    assert (result.estimate[some] >= low - 1e-9).all()
    assert (result.estimate[some] <= high + 1e-9).all()


@pytest.mark.parametrize("smooth", FORMS)
def test_the_smaller_area_moves_more(smooth):
    result = smooth([8, 80, 10, 300], [10, 100, 100, 1000])
    assert result.raw[0] == result.raw[1]
    assert result.mean < result.estimate[0] < result.estimate[1] < result.raw[1]


@pytest.mark.parametrize("smooth", FORMS)
@pytest.mark.parametrize(
    "events, n, expected",
    [
        ([0, 0], [10, 30], [0, 0]),
        ([3, 0], [10, 0], [0.3, np.nan]),
        ([0, 0], [0, 0], [np.nan, np.nan]),
        ([], [], []),
    ],
)
def test_edges(smooth, events, n, expected):
    assert smooth(events, n).estimate == pytest.approx(expected, nan_ok=True)


def test_all_or_nothing_areas_keep_their_share():
    assert empirical_bayes_binomial([10, 0], [10, 10]).estimate == pytest.approx([1, 0])
    assert empirical_bayes_binomial([10, 10], [10, 10]).estimate == pytest.approx([1, 1])


def test_poisson_rates_may_exceed_one():
    assert empirical_bayes_poisson([300, 20], [10, 10]).estimate[0] > 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: empirical_bayes_binomial([2], [1]),
        lambda: empirical_bayes_poisson([-1], [1]),
        lambda: empirical_bayes_poisson([1], [-1]),
        lambda: empirical_bayes_poisson([1], [0]),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match=r"must be|cannot"):
        call()
