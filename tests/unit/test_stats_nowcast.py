"""Nowcasting on cases small enough to do by hand."""

import numpy as np
import pytest
from scipy import stats

from lib.stats import nowcast
from lib.stats.smoothing import empirical_bayes_binomial

COHORTS = np.array([[5, 0, 0], [6, 2, 0], [8, 3, 1]])


def hazards(counts):
    return nowcast.shrunk_hazards(*nowcast.reverse_counts(counts))


def test_triangle_by_hand():
    events, at_risk = nowcast.reverse_counts(COHORTS)
    assert (events.tolist(), at_risk.tolist()) == ([19, 5, 1], [19, 19, 12])
    assert nowcast.share_seen(events / at_risk) == pytest.approx([14 / 19 * 11 / 12, 11 / 12, 1])


def test_cells_that_cannot_be_seen_yet_are_not_looked_at():
    wrong = COHORTS + np.triu(np.full((3, 3), 99), 1)
    assert nowcast.reverse_counts(wrong)[0].tolist() == [19, 5, 1]


def test_an_area_is_shrunk_as_martuzzi_and_elliott_say():
    events, at_risk = np.array([30.0, 2.0, 45.0, 9.0]), np.array([100.0, 20.0, 90.0, 10.0])
    found = nowcast.shrunk_hazards(events[:, None], at_risk[:, None])
    assert found.hazard[:, 0] == pytest.approx(empirical_bayes_binomial(events, at_risk).estimate)
    assert ((found.weight > 0) & (found.weight < 1)).all()


def test_an_area_without_cases_has_the_pooled_delay_and_the_widest_error():
    counts = np.array([np.diag([50.0, 50]) + [[0, 0], [50, 0]], [[90, 0], [80, 10]], np.zeros((2, 2))])
    found = hazards(counts)
    pooled = nowcast.reverse_counts(counts.sum(axis=0))
    assert found.hazard[2] == pytest.approx(pooled[0] / pooled[1])
    assert found.own[2, 0] > found.own[:2, 0].max() > 0


def unseen(seen, counts=COHORTS, **more):
    seen = np.atleast_2d(seen)
    steps = seen.shape[1]
    given = {
        "share": np.ones((len(seen), 1)),
        "hazards": hazards(np.repeat(np.asarray(counts)[None, None], len(seen), axis=0)),
        "member": np.ones((len(seen), 1, steps, 1)),
        "usable": np.ones(seen.shape, dtype=bool),
        "recent": steps,
    }
    return nowcast.unseen(seen, **(given | more))


def test_unseen_by_hand():
    # Half is seen at lag 0: g(1) = 1/2.
    found = unseen([6, 10], counts=[[6, 0], [5, 5]])
    assert found.mean[0] == pytest.approx([5.5])
    # The Poisson variance of the unseen, and that of the level 11 / 1.5 on half a step.
    assert found.variance[0] == pytest.approx([5.5 + 0.25 * 11 / 1.5])
    # The hazard of 10 events at risk, times the 11 events of the newest step.
    assert found.shared[0] == pytest.approx(np.array([[11 * np.sqrt(0.25 / 10 / 0.25)]]))


def test_a_step_that_differs_more_than_by_chance_is_judged_by_itself():
    level = [[30, 80, 90, 85, 88]]
    burst = [[90, 40, 100, 30, 90]]
    counts = np.zeros((5, 5))
    counts[:, 0], counts[1:, 1] = 5, 5
    calm, wild = (unseen(seen, counts=counts).mean[0, 0] for seen in (level, burst))
    assert calm == pytest.approx(0.5 * 373.5 / 4.5)  # the level alone
    assert wild > 0.5 * 350.5 / 4.5 * 1.2  # towards the 90 that the newest step has shown in half its time


def test_steps_before_the_register_are_left_out_of_the_level():
    counts = [[6, 0], [5, 5]]
    found = unseen([6, 0], counts=counts, usable=np.array([[True, False]]))
    assert found.mean[0] == pytest.approx([0.5 * 6.5 / 0.5])


def test_common_errors_add_up_before_they_are_squared():
    part = unseen([[6, 10], [6, 10]], counts=[[6, 0], [5, 5]])
    mean, variance = nowcast.together(part, np.array([0, 1]))
    assert mean == pytest.approx([11])
    assert variance == pytest.approx(2 * part.variance[0] + 4 * part.shared[0, 0] ** 2)


@pytest.mark.parametrize(("mean", "variance"), [(10, 10), (10, 40), (200, 260), (0.2, 0.3), (3, 1)])
def test_interval_is_that_of_the_negative_binomial(mean, variance):
    low, high = nowcast.interval(np.array([mean]), np.array([variance]))
    law = stats.poisson(mean)
    if variance > mean:
        law = stats.nbinom(mean**2 / (variance - mean), mean / variance)
    assert (low[0], high[0]) == (law.ppf(0.05), law.ppf(0.95))


def test_interval_of_nothing_and_of_a_wrong_level():
    assert [each.tolist() for each in nowcast.interval(np.zeros(1), np.zeros(1))] == [[0], [0]]
    with pytest.raises(ValueError, match="level"):
        nowcast.interval(np.ones(1), np.ones(1), level=90)
