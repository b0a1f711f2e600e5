"""Nowcasting: how many events are still to be reported, from how late the reports of earlier events came.

Cohorts are events of one step of time (a week here), lags the whole steps until an event is first seen. The delay
distribution comes from reverse-time hazards (Lawless 1994, "Adjustments for reporting delays and the prediction of
occurred but not reported events"), whose factors are those of the chain ladder (Mack 1993). What is still unseen is
negative binomial: the level of an area's recent steps is its prior, what a step has shown so far updates it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Hazards:
    """Reverse-time hazards [areas, ..., lags] shrunk to those of all areas.

    `own` and `shared` are variances of log F(lag) [areas, ..., lags]: what is not known of the area alone, and the
    square of what it takes over from the error of all areas together.
    """

    hazard: np.ndarray
    weight: np.ndarray
    seen: np.ndarray
    own: np.ndarray
    shared: np.ndarray


@dataclass(frozen=True)
class Unseen:
    """Events still to be reported per area and target [areas, targets]: expected number and its variance.

    `shared` [areas, ..., targets] is the standard deviation that comes from the error all areas have in common, by
    independent part of the delay distribution.
    """

    mean: np.ndarray
    variance: np.ndarray
    shared: np.ndarray


def reverse_counts(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return events and numbers at risk [..., lags] of the reverse-time hazard from counts [..., ages, lags].

    counts[a, l] are the events of the cohort that is a steps old, first seen at lag l. A cohort speaks of lag l when
    it is at least l steps old: events(l) of its own lag, at risk(l) of all lags up to l. Its cells with l > a are
    not looked at. Example: cohorts 0, 1 and 2 steps old with 5; 6, 2; 8, 3, 1 seen: events 19, 5, 1 of 19, 19, 12.
    """
    counts = np.asarray(counts, dtype=float)
    ages, lags = counts.shape[-2:]
    old_enough = np.arange(ages)[:, None] >= np.arange(lags)
    events = np.where(old_enough, counts, 0.0).sum(axis=-2)
    at_risk = np.where(old_enough, counts.cumsum(axis=-1), 0.0).sum(axis=-2)
    return events, at_risk


def share_seen(hazard: np.ndarray) -> np.ndarray:
    """Return F(l) [..., lags], the share of all events that is seen by lag l; 1 at the last lag.

    F(l) = product of 1 - g(j) over j > l, with g(j) = P(lag = j | lag <= j) (Lawless 1994); 1 / (1 - g(j)) are the
    chain-ladder factors. Example: g = 1, 5/19, 1/12: F = 14/19 x 11/12 = .6754, .9167, 1.
    """
    kept = 1.0 - np.asarray(hazard, dtype=float)
    later = np.concatenate([kept[..., 1:], np.ones((*kept.shape[:-1], 1))], axis=-1)
    return np.cumprod(later[..., ::-1], axis=-1)[..., ::-1]


def shrunk_hazards(events: np.ndarray, at_risk: np.ndarray) -> Hazards:
    """Return the hazards of areas [areas, ..., lags], shrunk cell by cell to the pooled hazard of all areas.

    Binomial empirical Bayes of Martuzzi and Elliott 1996 with the variance clamped at 0 (as
    `smoothing.empirical_bayes_binomial`): an area without events at risk has the pooled hazard. The variance of
    log F adds up over the later lags, each with (variance of g) / (1 - g)^2 (delta method, as Greenwood's).
    Example: 2 of 10 and 20 of 100: pooled .2, no variance between them, so both .2.
    """
    events, at_risk = np.asarray(events, dtype=float), np.asarray(at_risk, dtype=float)
    total = at_risk.sum(axis=0)
    pooled = np.divide(events.sum(axis=0), total, out=np.zeros(total.shape), where=total > 0)
    raw = np.divide(events, at_risk, out=np.broadcast_to(pooled, events.shape).copy(), where=at_risk > 0)
    spread = np.divide(
        (at_risk * (raw - pooled) ** 2).sum(axis=0), total, out=np.zeros(total.shape), where=total > 0
    )
    chance = pooled * (1 - pooled)
    mean_size = np.divide(total, (at_risk > 0).sum(axis=0), out=np.ones(total.shape), where=total > 0)
    between = np.maximum(spread - chance / mean_size, 0.0)
    noise = np.maximum(chance - spread, 0.0)
    whole = at_risk * between + noise
    weight = np.divide(at_risk * between, whole, out=np.zeros(whole.shape), where=whole > 0)
    hazard = pooled + weight * (raw - pooled)
    own = between * (1 - weight)
    common = np.divide(chance, total, out=np.zeros(total.shape), where=total > 0)
    return Hazards(
        hazard=hazard,
        weight=weight,
        seen=share_seen(hazard),
        own=_log_variance(own, hazard),
        shared=_log_variance((1 - weight) ** 2 * common, hazard),
    )


def of_areas(hazards: Hazards, areas: np.ndarray) -> Hazards:
    """Return the hazards of some areas, in this order."""
    return Hazards(**{field.name: getattr(hazards, field.name)[areas] for field in fields(hazards)})


def _log_variance(variance: np.ndarray, hazard: np.ndarray) -> np.ndarray:
    """Variance of log F(l): the sum over later lags j of Var g(j) / (1 - g(j))^2."""
    kept = 1 - hazard
    part = np.divide(variance, kept**2, out=np.zeros(variance.shape), where=kept > 0)[..., 1:]
    later = np.cumsum(part[..., ::-1], axis=-1)[..., ::-1]
    return np.concatenate([later, np.zeros((*later.shape[:-1], 1))], axis=-1)


def unseen(
    seen: np.ndarray,
    *,
    share: np.ndarray,
    hazards: Hazards,
    member: np.ndarray,
    usable: np.ndarray,
    recent: int,
) -> Unseen:
    """Return what is still to be seen of the events of each target.

    seen[areas, steps] are the events seen of the step that is 0, 1, ... steps old; share[areas, parts] what part of a
    step's events its parts (days) have; `hazards` are by area and part; member[areas, parts, steps, targets] is 1
    where a part of a step belongs to a target. The level of an area is mu = sum of seen / sum of F over its `recent`
    newest `usable`[areas, steps] steps (the Cape Cod of Buehlmann and Stanard; half an event is added, Jeffreys'
    prior). A step's own level is gamma around mu with relative variance c, that by which the recent steps of an area,
    or of all, differ more than by chance; after n seen of a step that is F complete it is
    mu (1 + c n) / (1 + c mu F), and what is unseen of it negative binomial (Lawless 1994, section 4). Variances are
    those of the events, of mu, and of F (delta method).
    Example: one part, F = .5, 1; 6 and 10 seen: mu = 16.5 / 1.5 = 11, unseen of the newest step 11 x .5 = 5.5.
    """
    seen, share = np.asarray(seen, dtype=float), np.asarray(share, dtype=float)
    steps = seen.shape[1]
    complete = hazards.seen[..., :steps]
    used = np.einsum("ar,ark->ak", share, complete)
    rest = np.einsum("ar,ark,arkt->akt", share, 1 - complete, member)
    known = usable & (np.arange(steps) < recent)
    exposure = np.where(known, used, 0.0)
    whole = np.maximum(exposure.sum(axis=1), 1e-9)
    level = (np.where(known, seen, 0.0).sum(axis=1) + 0.5) / whole
    expected = level[:, None] * exposure
    spread = _relative_variance(np.where(known, seen, 0.0), expected)
    uncertain = (expected + spread[:, None] * expected**2).sum(axis=1) / whole**2
    spread, mu = spread[:, None], level[:, None]
    shrink = 1 + spread * mu * used
    rate = mu * (1 + spread * seen) / shrink
    mean = np.einsum("ak,akt->at", rate, rest)
    chance = mean + np.einsum("ak,akt->at", rate * spread * mu / shrink, rest**2)
    slope = np.einsum("ak,akt->at", (1 + spread * seen) / shrink**2, rest)
    events = np.einsum("ak,ar,arkt->arkt", rate, share, member)
    own = np.einsum("arkt,ark->art", events, np.sqrt(hazards.own[..., :steps]))
    shared = np.einsum("arkt,ark->art", events, np.sqrt(hazards.shared[..., :steps]))
    variance = chance + slope**2 * uncertain[:, None] + (own**2).sum(axis=1)
    return Unseen(mean=mean, variance=variance, shared=shared)


def _relative_variance(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """How much the steps of an area [areas] differ beyond chance, as a share of their level; at least as all areas."""
    excess = (seen - expected) ** 2 - expected
    size = (expected**2).sum(axis=1)
    pooled = max(excess.sum() / max(size.sum(), 1e-9), 0.0)
    own = np.divide(excess.sum(axis=1), size, out=np.zeros(size.shape), where=size > 0)
    return np.maximum(own, pooled)


def together(part: Unseen, areas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance [targets] of the unseen of several areas; their common errors add up before squaring."""
    common = part.shared[areas].sum(axis=0)
    return part.mean[areas].sum(axis=0), part.variance[areas].sum(axis=0) + (common**2).sum(axis=0)


def interval(mean: np.ndarray, variance: np.ndarray, *, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Return the prediction interval (low, high) of negative binomial counts of this mean and variance, whole numbers.

    Quantiles (1 - level) / 2 and (1 + level) / 2; variances not above the mean are taken as the mean's (Poisson).
    A mean of 0 has (0, 0). Raises ValueError for a level outside 0..1.
    Example: mean 10, variance 10: 5 to 15; mean 10, variance 40: 2 to 22.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    mean = np.asarray(mean, dtype=float)
    wide = np.maximum(np.asarray(variance, dtype=float), mean * (1 + 1e-6) + 1e-12)
    size = np.divide(mean**2, wide - mean, out=np.ones(mean.shape), where=mean > 0)
    chance = np.where(mean > 0, mean / wide, 1.0)
    low, high = (
        np.where(mean > 0, np.ceil(special.nbdtrik(p, size, chance)), 0.0)
        for p in ((1 - level) / 2, (1 + level) / 2)
    )
    return np.maximum(low, 0.0), np.maximum(high, 0.0)
