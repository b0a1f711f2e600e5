"""Queues and capacity against the tests of NHSRwaitinglist."""

import numpy as np
import pytest

from lib.stats.flow import (
    clearing_time,
    closing_stock,
    little_stock,
    queue_load,
    relief_capacity,
    share_late,
    target_capacity,
    target_queue,
)


def test_q1_load():
    assert queue_load(30, 27) == pytest.approx(1.111111, abs=5e-7)
    load = queue_load(np.array([35, 30, 52]), np.array([27, 25, 42]))
    assert load == pytest.approx([1.296296, 1.2, 1.238095], abs=5e-7)


@pytest.mark.parametrize(
    "demand, wait, factor, expected", [(30, 52, 4, 390), (30, 50, 4, 375), (30, 50, 6, 250)]
)
def test_q2_target_queue(demand, wait, factor, expected):
    assert target_queue(demand, wait, factor=factor) == expected


def test_q3_relief_capacity():
    assert relief_capacity(30, 1200, 390, weeks=26) == pytest.approx(61.153846, abs=5e-7)


def test_q4_target_capacity():
    """Its code halves the sum of the squared variations, its documentation does not."""
    capacity = target_capacity(30, 52, factor=3, cv_demand=1.1, cv_capacity=1.2)
    assert capacity == pytest.approx(30.076442, abs=5e-7)


def test_q5_queue_size():
    """Referrals on 1, 4, 10 and 16 January, one removal on the 8th."""
    arrived, left = np.zeros((2, 16), dtype=int)
    arrived[[0, 3, 9, 15]] = 1
    left[7] = 1
    assert closing_stock(0, arrived, left).tolist() == [1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2, 2, 2, 2, 2, 3]


def test_q6_clearing_time():
    assert clearing_time(1200, target_queue=390, capacity=45, demand=30) == 54


def test_little_and_the_share_that_waits_too_long():
    assert little_stock(30, 8) == 240
    assert (share_late(4), share_late(6)) == pytest.approx((0.018, 0.0025), abs=5e-4)
