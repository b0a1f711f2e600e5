"""Reverse-time hazards against the most published run-off triangle of insurance."""

import numpy as np
import pytest

from lib.stats.nowcast import reverse_counts, share_seen, shrunk_hazards

# Taylor and Ashe 1983, cumulative claims by accident year; the youngest year last.
TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]
# Mack 1993, "Distribution-free calculation of the standard error of chain ladder reserve estimates", Table 2.
FACTORS = [3.491, 1.747, 1.457, 1.174, 1.104, 1.086, 1.054, 1.077, 1.018]
RESERVES = [94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]


def triangle() -> np.ndarray:
    """Increments [years of age, lags], the youngest first, as the cohorts of `reverse_counts`."""
    counts = np.full((10, 10), np.nan)
    for age, year in enumerate(reversed(TAYLOR_ASHE)):
        counts[age, : len(year)] = np.diff(year, prepend=0)
    return np.nan_to_num(counts)


def test_hazards_give_the_chain_ladder_factors_of_mack():
    events, at_risk = reverse_counts(triangle())
    assert 1 / (1 - (events / at_risk)[1:]) == pytest.approx(FACTORS, abs=5e-4)


def test_what_is_unseen_is_macks_reserve():
    hazards = shrunk_hazards(*(part[None] for part in reverse_counts(triangle())))
    latest = np.array([year[-1] for year in reversed(TAYLOR_ASHE)])
    reserve = latest / hazards.seen[0] - latest
    assert reserve[::-1][1:] == pytest.approx(RESERVES, abs=1)
    assert reserve.sum() == pytest.approx(18_680_856, abs=1)
    assert share_seen(hazards.hazard)[0, -1] == 1
