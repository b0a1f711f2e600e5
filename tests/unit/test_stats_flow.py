"""Stock and flow: arrays, queues that never clear, forecasts and projections."""

import numpy as np
import pytest

from lib.stats import flow


def test_stock_identity_for_several_groups():
    stock = flow.closing_stock([10, 0], [[5, 0], [2, 3]], [[1, 4], [0, 5]])
    assert stock.tolist() == [[14, 10], [2, 0]]
    with pytest.raises(ValueError, match="more have left"):
        flow.closing_stock(0, [1], [2])


@pytest.mark.parametrize(
    "queue, target, capacity, demand, weeks",
    [
        (100, 0, 30, 20, 10),
        (100, 0, 20, 20, np.inf),
        (100, 0, 10, 20, np.inf),
        (100, 100, 10, 20, 0),  # nothing to clear
        (50, 100, 30, 20, 0),
    ],
)
def test_clearing_time(queue, target, capacity, demand, weeks):
    assert flow.clearing_time(queue, target_queue=target, capacity=capacity, demand=demand) == weeks


def test_clearing_time_of_several_capacities():
    weeks = flow.clearing_time(100, target_queue=0, capacity=np.array([20, 22, 25]), demand=20)
    assert weeks.tolist() == [np.inf, 50, 20]


def test_load_without_capacity():
    assert flow.queue_load([5, 0], [0, 0]) == pytest.approx([np.inf, np.nan], nan_ok=True)


def test_intake_forecast_example():
    forecast = flow.intake_forecast([30] * 12, horizon=4)
    assert forecast.expected.tolist() == [30, 60, 90, 120]
    assert (forecast.low[3], forecast.high[3]) == (96, 146)


def test_intake_forecast_without_any_intake_still_allows_for_some():
    forecast = flow.intake_forecast([0, 0, 0], horizon=2)
    assert forecast.expected.tolist() == [0, 0]
    assert forecast.low.tolist() == [0, 0]
    assert (forecast.high > 0).all()


def test_forecast_interval_holds_what_it_promises():
    random = np.random.default_rng(5)
    inside = 0
    for _ in range(400):
        forecast = flow.intake_forecast(random.poisson(6, 12), horizon=8)
        inside += forecast.low[7] <= random.poisson(6 * 8) <= forecast.high[7]
    assert 0.92 <= inside / 400 <= 0.99


@pytest.mark.parametrize(
    "stock, arrivals, capacity, expected",
    [
        (10, [5, 10], 8, [7, 4]),
        (2, [0, 10, 10], 8, [0, 2, 0]),  # unused capacity of the first week is lost
        (0, [3, 6], 3, [0, 0]),
        (0, [], 3, []),
    ],
)
def test_project_stock(stock, arrivals, capacity, expected):
    assert flow.project_stock(stock, arrivals, capacity=capacity).tolist() == expected


def test_project_stock_equals_week_by_week():
    random = np.random.default_rng(1)
    weekly = random.poisson(8, 40)
    level, expected = 15.0, []
    for arrived in weekly:
        level = max(0.0, level + arrived - 9)
        expected.append(level)
    assert flow.project_stock(15, np.cumsum(weekly), capacity=9).tolist() == expected
    assert 0 in expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: flow.relief_capacity(1, 2, 3, weeks=0),
        lambda: flow.target_capacity(1, 0),
        lambda: flow.intake_forecast([], horizon=4),
        lambda: flow.intake_forecast([-1], horizon=4),
        lambda: flow.intake_forecast([1], horizon=0),
        lambda: flow.intake_forecast([1], horizon=4, level=95),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
