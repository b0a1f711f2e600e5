"""Gini against published values (PySAL's inequality gives the same)."""

import pytest

from lib.stats.inequality import gini


@pytest.mark.parametrize(
    "values, expected",
    [([1, 2, 3, 4], 0.25), ([4, 1, 3, 2], 0.25), ([7, 7, 7], 0.0), ([0, 0, 0, 1], 0.75)],
)
def test_e5_gini(values, expected):
    assert gini(values) == pytest.approx(expected, abs=1e-12)
