"""Survival and competing-risk curves from grouped counts, many groups at once.

Ages are whole days and columns, groups are rows. The risk set at age u holds everybody with
entry < u <= exit: a subject seen from its own start enters at -1, so an end on the same day (age 0) counts;
a subject that was already running when the observation began enters later (left truncation). Ends precede
censorings of the same day. The intervals are log-log: log(-log S) for a survival curve, log(-log F) for an
incidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

TOLERANCE = 1e-12
"""A curve has reached a level when it is this close: .5 is seldom exact after 12 multiplications."""


@dataclass(frozen=True)
class LifeTable:
    """Counts of G groups at the ages 0..A-1 and K causes of ending."""

    at_risk: np.ndarray
    """[G, A] int64: subjects with entry < u and exit >= u."""
    ended: np.ndarray
    """[G, A, K] int64: ends at age u by cause 1..K (index 0..K-1)."""
    censored: np.ndarray
    """[G, A] int64: subjects lost at age u, after the ends of that day."""
    entered: np.ndarray
    """[G, A + 1] int64: entries at age u - 1; column 0 is entry -1, seen from the start."""
    total: np.ndarray
    """[G] int64: subjects that entered."""


@dataclass(frozen=True)
class Curve:
    """An estimate after the events of each day with its standard error and interval, each [G, A] float.

    lower and upper are NaN where the estimate is 0 or 1: the log-log interval does not exist there.
    """

    value: np.ndarray
    se: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def life_table(
    *,
    groups: int,
    causes: int,
    entry_group: np.ndarray,
    entry_age: np.ndarray,
    entry_n: np.ndarray,
    exit_group: np.ndarray,
    exit_age: np.ndarray,
    exit_cause: np.ndarray,
    exit_n: np.ndarray,
) -> LifeTable:
    """Return the risk sets of counted entries and exits; repeated keys are summed.

    All arrays are one-dimensional whole numbers. exit_cause 0 is censored, 1..causes ended. Every subject
    is in both lists. Without rows the table has one column of zeros. Raises ValueError for a group, age,
    cause or count out of range, for a group with unequal numbers of entries and exits, and for exits that
    come before enough subjects have entered.

    Example: entries -1, 4, -1 and exits 5, 8, 9 (all ended): at risk 3, 2, 1 at the ages 5, 8, 9.
    """
    entry_group, entry_age, entry_n = _integers(entry_group=entry_group, entry_age=entry_age, entry_n=entry_n)
    exit_group, exit_age, exit_cause, exit_n = _integers(
        exit_group=exit_group, exit_age=exit_age, exit_cause=exit_cause, exit_n=exit_n
    )
    _check_range("entry_group", entry_group, 0, groups - 1)
    _check_range("exit_group", exit_group, 0, groups - 1)
    _check_range("entry_age", entry_age, -1, None)
    _check_range("exit_age", exit_age, 0, None)
    _check_range("exit_cause", exit_cause, 0, causes)
    _check_range("entry_n", entry_n, 0, None)
    _check_range("exit_n", exit_n, 0, None)

    ages = 1 + max(int(exit_age.max(initial=0)), int(entry_age.max(initial=-1)))
    entered = _count((groups, ages + 1), (entry_group, entry_age + 1), entry_n)
    exits = _count((groups, ages, causes + 1), (exit_group, exit_age, exit_cause), exit_n)
    left = np.einsum("gac->ga", exits)
    total = entered.sum(axis=1)
    unequal = np.flatnonzero(total != left.sum(axis=1))
    if unequal.size:
        g = int(unequal[0])
        raise ValueError(f"group {g}: {int(total[g])} entries but {int(left[g].sum())} exits")
    at_risk = np.cumsum(entered[:, :ages], axis=1) - (np.cumsum(left, axis=1) - left)
    impossible = np.argwhere(at_risk < left)
    if impossible.size:
        g, u = (int(i) for i in impossible[0])
        raise ValueError(f"group {g}, age {u}: {int(left[g, u])} exits but {int(at_risk[g, u])} at risk")
    return LifeTable(at_risk, exits[:, :, 1:], exits[:, :, 0], entered, total)


def _integers(**arrays: np.ndarray) -> list[np.ndarray]:
    """Return the arrays as int64; ValueError unless they are whole, one-dimensional and equally long."""
    whole = []
    for name, given in arrays.items():
        array = np.asarray(given)
        if array.ndim != 1:
            raise ValueError(f"{name} must be one-dimensional, got {array.ndim} dimensions")
        if array.dtype.kind not in "iu":
            as_float = array.astype(float)
            if not np.array_equal(as_float, np.trunc(as_float)) or not np.isfinite(as_float).all():
                raise ValueError(f"{name} must hold whole numbers")
        whole.append(array.astype(np.int64))
    if len({array.size for array in whole}) > 1:
        raise ValueError(f"{', '.join(arrays)} must be equally long")
    return whole


def _check_range(name: str, array: np.ndarray, low: int, high: int | None) -> None:
    wrong = array < low if high is None else (array < low) | (array > high)
    if wrong.any():
        allowed = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be {allowed}, got {int(array[wrong][0])}")


def _count(shape: tuple[int, ...], keys: tuple[np.ndarray, ...], n: np.ndarray) -> np.ndarray:
    size = int(np.prod(shape))
    if keys[0].size == 0:
        return np.zeros(shape, dtype=np.int64)
    # bincount sums in float64, which is exact up to 2**53 subjects
    flat = np.bincount(np.ravel_multi_index(keys, shape), weights=n, minlength=size)
    return flat.astype(np.int64).reshape(shape)


def _ended_any(table: LifeTable) -> np.ndarray:
    """Return the ends by any cause [G, A] int64."""
    # Over so short an axis einsum is five times as fast as sum.
    return np.einsum("gac->ga", table.ended)


def _survival(table: LifeTable) -> np.ndarray:
    """Return the Kaplan-Meier survival [G, A]; nobody at risk leaves the curve where it is."""
    n, d = table.at_risk, _ended_any(table)
    factor = np.divide(n - d, n, out=np.ones(n.shape), where=n > 0)
    return np.cumprod(factor, axis=1)


def _survival_before(table: LifeTable) -> np.ndarray:
    survival = _survival(table)
    return np.concatenate([np.ones((len(survival), 1)), survival[:, :-1]], axis=1)


def _greenwood_terms(table: LifeTable, *, where_all_end: float) -> np.ndarray:
    """Return d / (n (n - d)) [G, A], and where_all_end at ages at which everybody at risk ends."""
    n, d = table.at_risk, _ended_any(table)
    terms = np.divide(d, n * (n - d), out=np.zeros(n.shape), where=n > d)
    terms[(n > 0) & (n == d)] = where_all_end
    return terms


def kaplan_meier(table: LifeTable, *, level: float = 0.95) -> Curve:
    """Return the survival curve [G, A] where an end by any cause counts, with Greenwood's variance.

    S(u) = product of (1 - d/n) up to u; variance S^2 sum of d / (n (n - d)). The standard error is NaN from
    the age on at which everybody at risk ends (S = 0). Kaplan and Meier 1958, Greenwood 1926.
    Example: 8 subjects, ends at 1, 1, 4, 5: S(1) = 6/8, S(4) = 5/8, S(5) = 4/8.
    """
    value = _survival(table)
    se = value * np.sqrt(np.cumsum(_greenwood_terms(table, where_all_end=np.nan), axis=1))
    return Curve(value, se, *_log_log_limits(value, se, level))


def cumulative_incidences(table: LifeTable) -> np.ndarray:
    """Return the Aalen-Johansen incidence of every cause [G, A, K], without variances.

    F_k(u) = sum of S(u-) d_k / n up to u; survival and incidences add up to 1.
    """
    return np.cumsum(_weight(table)[:, :, None] * table.ended, axis=1)


def _weight(table: LifeTable) -> np.ndarray:
    """Return S(u-) / n [G, A], 0 where nobody is at risk."""
    n = table.at_risk
    return np.divide(_survival_before(table), n, out=np.zeros(n.shape), where=n > 0)


def aalen_johansen(table: LifeTable, *, cause: int, level: float = 0.95) -> Curve:
    """Return the cumulative incidence [G, A] of one cause 1..K among competing ones.

    The variance is the delta-method one of statsmodels' CumIncidenceRight. Where everybody at risk ends,
    Greenwood's infinite term has weight (F - F)^2 = 0 and is dropped; statsmodels gives NaN there.
    Raises ValueError for a cause the table does not have. Aalen and Johansen 1978.
    Example: ends at 1 (cause 1), 2 (cause 2), 2 (censored) of 10: F_1(1) = .1, F_2(2) = .9 / 9 = .1.
    """
    causes = table.ended.shape[2]
    if not 1 <= cause <= causes:
        raise ValueError(f"cause must be from 1 to {causes}, got {cause}")
    n, d, weight = table.at_risk, table.ended[:, :, cause - 1], _weight(table)
    value = np.cumsum(weight * d, axis=1)
    share = np.divide(d, n, out=np.zeros(n.shape), where=n > 0)
    # sum over earlier ages v of (F(u) - F(v))^2 a(v) + b(v) - 2 (F(u) - F(v)) c(v), opened into running sums
    a = _greenwood_terms(table, where_all_end=0.0)
    b = weight**2 * (n - d) * share
    c = weight * share
    variance = (
        value**2 * np.cumsum(a, axis=1)
        - 2 * value * np.cumsum(value * a + c, axis=1)
        + np.cumsum(value**2 * a + b + 2 * value * c, axis=1)
    )
    se = np.sqrt(np.maximum(variance, 0.0))  # the running sums can cancel to -1e-18
    return Curve(value, se, *_log_log_limits(value, se, level))


def _log_log_limits(value: np.ndarray, se: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return value ** exp(+-z se / (value log value)), NaN where value is 0 or 1."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    inside = (value > TOLERANCE) & (value < 1 - TOLERANCE)
    safe = np.where(inside, value, 0.5)
    spread = ndtri(0.5 + level / 2) * se / (safe * np.abs(np.log(safe)))
    # a tiny value with a wide spread may overflow the exponent; the limit is then simply 0
    with np.errstate(over="ignore"):
        lower = safe ** np.exp(spread)
        upper = safe ** np.exp(-spread)
    return np.where(inside, lower, np.nan), np.where(inside, upper, np.nan)


def _first_true(reached: np.ndarray) -> np.ndarray:
    return np.where(reached.any(axis=1), reached.argmax(axis=1).astype(float), np.nan)


def _first_at_most(values: np.ndarray, level: float) -> np.ndarray:
    return _first_true(values <= level + TOLERANCE)


def _first_at_least(values: np.ndarray, level: float) -> np.ndarray:
    return _first_true(values >= level - TOLERANCE)


def first_day_survival_at_most(curve: Curve, level: float) -> np.ndarray:
    """Return the first age [G] float at which the curve is <= level (quantile q: 1 - q), NaN if never."""
    return _first_at_most(curve.value, level)


def first_day_incidence_at_least(curve: Curve, level: float) -> np.ndarray:
    """Return the first age [G] float at which the curve is >= level, NaN if never."""
    return _first_at_least(curve.value, level)


def survival_quantile(curve: Curve, q: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return day, lower and upper, each [G] float, at which a survival curve and its limits fall to 1 - q.

    NaN where they do not. Brookmeyer and Crowley 1982, on the log-log band.
    """
    level = 1 - q
    return tuple(_first_at_most(values, level) for values in (curve.value, curve.lower, curve.upper))


def incidence_quantile(curve: Curve, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return day, lower and upper, each [G] float, at which an incidence, its upper and its lower limit
    rise to level; NaN where they do not."""
    return tuple(_first_at_least(values, level) for values in (curve.value, curve.upper, curve.lower))


def at_age(curve: Curve, age: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return value, lower and upper, each [G], after the events of day age; flat past the last column.

    Raises ValueError for a negative age.
    """
    if age < 0:
        raise ValueError(f"age must be at least 0, got {age}")
    column = min(age, curve.value.shape[1] - 1)
    return curve.value[:, column], curve.lower[:, column], curve.upper[:, column]


def watched_until(table: LifeTable, *, minimum: int = 5) -> np.ndarray:
    """Return the last day [G] float up to which the curve may be reported: -1 none, infinite without a limit.

    It ends before the first end that happened with fewer than minimum at risk, unless from that age on nobody is
    censored or enters any more (then the few left are simply the last ones, and nothing is unknown); and at the
    last age with anyone at risk while the survival is still above 0.
    """
    ages = table.at_risk.shape[1]
    age = np.arange(ages)
    last_change = np.maximum(_last_true(table.censored > 0), _last_true(table.entered > 0) - 1)
    thin = (_ended_any(table) > 0) & (table.at_risk < minimum) & (age <= last_change[:, None])
    before_thin = np.where(thin.any(axis=1), thin.argmax(axis=1) - 1.0, np.inf)
    unknown_after = np.where(
        _survival(table)[:, -1] > TOLERANCE, _last_true(table.at_risk > 0).astype(float), np.inf
    )
    return np.minimum(before_thin, unknown_after)


def watched_enough(table: LifeTable, day: np.ndarray, *, minimum: int = 5) -> np.ndarray:
    """Return [G] bool: may the curve be reported at this whole day ([G] float, or one day for all)?

    See watched_until. A NaN day (never reached) is True: there is no number to hide.
    """
    day = np.broadcast_to(np.asarray(day, dtype=float), (len(table.total),))
    with np.errstate(invalid="ignore"):  # a comparison with a NaN day is False, as wanted
        return ~(day > watched_until(table, minimum=minimum))


def _last_true(mask: np.ndarray) -> np.ndarray:
    """Return the last column [G] that is True, -1 without any."""
    columns = mask.shape[1]
    return np.where(mask.any(axis=1), columns - 1 - mask[:, ::-1].argmax(axis=1), -1)


def restricted_mean(table: LifeTable, tau: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean days [G] before an end within the first tau days, and its standard error [G].

    The area under S from 0 to tau; past the last column S stays flat (ask watched_enough whether tau was
    observed). Variance: sum over ages u < tau of (area from u to tau)^2 d / (n (n - d)), a term being 0 where
    the area is. Raises ValueError for a negative tau. Irwin 1949; Klein and Moeschberger section 4.5.
    Example: ends at 1 and 3, tau 4: 1 + 2 * .5 = 2 days.
    """
    if tau < 0:
        raise ValueError(f"tau must be at least 0, got {tau}")
    survival = _survival(table)
    groups, ages = survival.shape
    seen = min(tau, ages)
    tail = (tau - seen) * survival[:, -1]
    # remaining[:, u] is the area from u to tau
    remaining = np.cumsum(survival[:, :seen][:, ::-1], axis=1)[:, ::-1] + tail[:, None]
    value = remaining[:, 0].copy() if seen else np.zeros(groups)
    terms = _greenwood_terms(table, where_all_end=0.0)[:, :seen]
    return value, np.sqrt((remaining**2 * terms).sum(axis=1))
