"""Kaplan-Meier and Aalen-Johansen from clocks, one by one, with the rules for small and short data."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass

from tests.plain.figures import FEW, Figure
from tests.plain.intervals import TOLERANCE, log_log

FEW_AT_RISK = 5


@dataclass(frozen=True, kw_only=True)
class Clock:
    """At risk at the ages (entry, exit]; entry -1 is seen from the start; outcome None is censored."""

    entry: int
    exit: int
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class EventDay:
    """One age with ends: at risk, ends of any cause, ends of the cause asked for, S before, and S and F after."""

    age: int
    risk: int
    ended: int
    reached: int
    before: float
    survival: float
    incidence: float


@dataclass(frozen=True, kw_only=True)
class Curve:
    """F of the cause asked for over its event days; last_age is the last with anyone at risk, -1 if none."""

    days: tuple[EventDay, ...]
    n: int
    last_age: int
    last_censored: int
    last_entry: int


def clock(
    start: dt.date, end: dt.date | None, outcome: str | None, *, s: dt.date, t: dt.date
) -> Clock | None:
    """The clock as the window [s, t] sees it; None where it sees nothing of it.

    Started 10 days before s and still running: entry 9, at risk from age 10 on, which is day s.
    `end` must be empty when later than t.
    """
    if s > t or start > t or (end is not None and end < s):
        return None
    entry = max(-1, (s - start).days - 1)
    return Clock(entry=entry, exit=((end or t) - start).days, outcome=outcome)


def curve(clocks: list[Clock], cause: str | None = None) -> Curve:
    """F of one cause while the others compete; without a cause, of any end (then F = 1 - S)."""
    entering = Counter(one.entry for one in clocks)
    leaving = Counter(one.exit for one in clocks)
    ends = Counter((one.exit, one.outcome) for one in clocks if one.outcome is not None)
    ended = Counter(one.exit for one in clocks if one.outcome is not None)
    last_age = max(leaving, default=-1)
    days = []
    risk, survival, incidence = 0, 1.0, 0.0
    for age in range(last_age + 1):
        risk += entering[age - 1]
        if ended[age]:
            reached = ended[age] if cause is None else ends[age, cause]
            before = survival
            incidence += before * reached / risk
            survival = before * (1 - ended[age] / risk)
            days.append(
                EventDay(
                    age=age,
                    risk=risk,
                    ended=ended[age],
                    reached=reached,
                    before=before,
                    survival=survival,
                    incidence=1 - survival if cause is None else incidence,
                )
            )
        risk -= leaving[age]
    return Curve(
        days=tuple(days),
        n=len(clocks),
        last_age=last_age,
        last_censored=max((one.exit for one in clocks if one.outcome is None), default=-1),
        last_entry=max(entering, default=-1),
    )


def standard_error(days: tuple[EventDay, ...]) -> float:
    """Of F at the last of these days, by the delta method.

    Var = sum over days j of (F - F_j)^2 d/(n(n-d)) + S_j-^2 d1(n-d1)/n^3 - 2 (F - F_j) S_j- d1/n^2, with d
    ends of any cause and d1 of the cause. For one cause it is Greenwood's variance. Where d = n nothing moves
    any more, so F - F_j = 0 and the first term is nothing.
    Marubini and Valsecchi 1995; statsmodels CumIncidenceRight. Case S8 -> .094868 .135041 .156184 .175562.
    """
    if not days:
        return 0.0
    now = days[-1].incidence
    variance = 0.0
    for day in days:
        still = now - day.incidence
        if day.ended < day.risk:
            variance += still * still * day.ended / (day.risk * (day.risk - day.ended))
        variance += day.before**2 * day.reached * (day.risk - day.reached) / day.risk**3
        variance -= 2 * still * day.before * day.reached / day.risk**2
    return math.sqrt(max(0.0, variance))


def greenwood(days: tuple[EventDay, ...]) -> float:
    """Greenwood's standard error of S at the last of these days; S times the root of sum d/(n(n-d))."""
    if not days:
        return 0.0
    if days[-1].survival <= TOLERANCE:
        return 0.0
    return days[-1].survival * math.sqrt(sum(d.ended / (d.risk * (d.risk - d.ended)) for d in days))


def band(of: Curve, upto: int, cause: str | None) -> tuple[float, float] | tuple[None, None]:
    """Limits of F after the first `upto` event days: log-log of S for any end, of F for one cause."""
    days = of.days[:upto]
    if not days:
        return None, None
    if cause is not None:
        return log_log(days[-1].incidence, standard_error(days))
    low, high = log_log(days[-1].survival, greenwood(days))
    return (None, None) if low is None else (1 - high, 1 - low)


def too_thin(of: Curve, day: int) -> bool:
    """Fewer than five at risk at an end on or before the day, or the day lies past everyone's last age.

    A small number at risk is no fault from the age on at which nobody is censored or enters any more.
    """
    for event in of.days:
        settled = event.age > of.last_censored and event.age > of.last_entry
        if event.age <= day and event.risk < FEW_AT_RISK and not settled:
            return True
    survival = of.days[-1].survival if of.days else 1.0
    return day > of.last_age and survival > TOLERANCE


def probability(clocks: list[Clock], cause: str, day: int) -> Figure:
    """100 F at a day (I05-30 ...); n = the clocks."""
    of = curve(clocks, cause)
    if of.n < FEW:
        return Figure(n=of.n, alasan="n < 10")
    if too_thin(of, day):
        return Figure(n=of.n, alasan="masa pantau kurang")
    upto = sum(1 for event in of.days if event.age <= day)
    value = of.days[upto - 1].incidence if upto else 0.0
    low, high = band(of, upto, cause)
    return Figure.percent(value, of.n, low, high)


def quantile(clocks: list[Clock], share: float, cause: str | None = None) -> Figure:
    """The first day F reaches the share, in whole days (I05M, I08 ...); n = the clocks."""
    of = curve(clocks, cause)
    if of.n < FEW:
        return Figure(n=of.n, alasan="n < 10")
    day = _first(of, [event.incidence for event in of.days], share)
    if day is None:
        return Figure(n=of.n, alasan="belum tercapai")
    if too_thin(of, day):
        return Figure(n=of.n, alasan="masa pantau kurang")
    limits = [band(of, upto + 1, cause) for upto in range(len(of.days))]
    # F is at its quickest on the upper limit, so that one gives the lower number of days.
    return Figure(
        nilai=day,
        n=of.n,
        bawah=_first(of, [high for _, high in limits], share),
        atas=_first(of, [low for low, _ in limits], share),
    )


def _first(of: Curve, values: list[float | None], share: float) -> int | None:
    for event, value in zip(of.days, values, strict=True):
        if value is not None and value >= share - TOLERANCE:
            return event.age
    return None
