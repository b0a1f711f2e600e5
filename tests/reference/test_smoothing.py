"""Empirical Bayes against the rule for the clamped variance and against the formulas of spdep's EBest.

The published Auckland example (167 areas: a 7.284173e-07, b .002633436) needs data that are not part of this
project; the same formulas are checked on the counts below instead, term by term.
"""

import pytest

from lib.stats.smoothing import empirical_bayes_binomial, empirical_bayes_poisson


@pytest.mark.parametrize("smooth", [empirical_bayes_poisson, empirical_bayes_binomial])
def test_e3_no_variance_between_areas_gives_the_mean_everywhere(smooth):
    # unclamped, esda 2.9.0 "smooths" the third area from .1033 away from the mean, to .1154
    result = smooth([10, 20, 31, 40], [100, 200, 300, 400])
    assert result.between == 0
    assert result.estimate == pytest.approx([0.1010] * 4)
    assert result.raw[2] == pytest.approx(0.1033, abs=5e-5)


EVENTS, POPULATION = [2, 30, 5, 90], [100, 400, 300, 800]


def test_poisson_form_term_by_term():
    """Marshall 1991 as in spdep, R/EBI.R: est = b + a (p - b) / (a + b / x)."""
    b = 127 / 1600
    s2 = sum(x * (n / x - b) ** 2 for n, x in zip(EVENTS, POPULATION, strict=True)) / 1600
    a = s2 - b / (1600 / 4)
    assert a > 0
    expected = [b + a * (n / x - b) / (a + b / x) for n, x in zip(EVENTS, POPULATION, strict=True)]
    result = empirical_bayes_poisson(EVENTS, POPULATION)
    assert (result.mean, result.between) == pytest.approx((b, a))
    assert result.estimate == pytest.approx(expected)


def test_binomial_form_term_by_term():
    """Martuzzi and Elliott 1996 as in spdep, R/EBI.R."""
    b, mean_size = 127 / 1600, 400
    s2 = sum(x * (n / x - b) ** 2 for n, x in zip(EVENTS, POPULATION, strict=True)) / 1600
    chance = b * (1 - b)
    expected = []
    for n, x in zip(EVENTS, POPULATION, strict=True):
        rho = (x * s2 - x / mean_size * chance) / ((x - 1) * s2 + (mean_size - x) / mean_size * chance)
        expected.append(rho * n / x + (1 - rho) * b)
    assert empirical_bayes_binomial(EVENTS, POPULATION).estimate == pytest.approx(expected)
