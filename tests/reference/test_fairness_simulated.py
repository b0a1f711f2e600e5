"""The funnel's rule on simulated units: how often chance alone is flagged, and how surely a real difference is."""

from __future__ import annotations

import numpy as np
import pytest

from lib.indicators.fairness import judged

RUNS = 2_000
PROVINCES, STAFF = 38, 635


def flagged(x: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Per run and unit whether it lies beyond 99.8 % of the share of its own run, as `funnel` judges."""
    share = x.sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    return np.abs(judged(x, n, share)) == 2


@pytest.mark.parametrize("p", [0.4, 0.55, 0.7])
def test_identical_provinces_are_hardly_ever_flagged(p):
    rng = np.random.default_rng(38)
    n = np.tile(np.round(np.geomspace(15, 3_000, PROVINCES)).astype(int), (RUNS, 1))
    assert flagged(rng.binomial(n, p), n).sum(axis=1).mean() <= 0.15


@pytest.mark.parametrize("p", [0.4, 0.55, 0.7])
def test_a_province_20_points_worse_is_found(p):
    rng = np.random.default_rng(20)
    n = np.tile(np.r_[150, np.round(np.geomspace(60, 3_000, PROVINCES - 1)).astype(int)], (RUNS, 1))
    x = rng.binomial(n, np.r_[p - 0.2, np.full(PROVINCES - 1, p)])
    assert flagged(x, n)[:, 0].mean() >= 0.93


def test_identical_pendamping_are_hardly_ever_flagged():
    rng = np.random.default_rng(635)
    n = rng.integers(10, 45, size=(RUNS // 4, STAFF))
    assert flagged(rng.binomial(n, 0.85), n).sum(axis=1).mean() <= 1.3


def test_the_drawn_limit_would_flag_far_more():
    """Why the tail decides: limits interpolated between counts are for the eye only."""
    from lib.stats.funnel import binomial_limits

    rng = np.random.default_rng(635)
    n = rng.integers(10, 45, size=STAFF)
    share = rng.binomial(n, 0.85, size=(50, STAFF)) / n
    low, high = binomial_limits(0.85, n, level=0.998)
    assert ((share < low) | (share > high)).sum(axis=1).mean() > 10
