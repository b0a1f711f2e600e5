"""Waiting times from curves: I05, I08, I09, I10, I12."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.plain.curves import Clock, clock, probability, quantile
from tests.plain.data import response
from tests.plain.figures import Figure
from tests.plain.groups import Group

# A step is missing when one of these is there though it is not; for a darurat case intervensi does not tell.
LATER = {"asesmen": ("rencana", "intervensi"), "rencana": ("intervensi",), "intervensi": (), "terminasi": ()}
BEFORE = {"asesmen": "terdata", "rencana": "asesmen", "intervensi": "rencana", "terminasi": "intervensi"}


def closing_clocks(group: Group) -> list[Clock]:
    """Terdata to terminasi inside [s, t]; the outcome is the group of the reason."""
    clocks = []
    for case in group.cases:
        add(clocks, group, case, case["terdata"], case["terminasi"], case["kelompok"])
    return clocks


def add(
    clocks: list[Clock],
    group: Group,
    case: dict,
    start: dt.date,
    end: dt.date | None,
    outcome: str | None,
) -> None:
    """Appends what [s, t] of the case's province sees of one clock."""
    place = case["tempat"]
    seen = clock(start, end, outcome, s=place.window_start(group.a), t=place.seen_until(group.b))
    if seen is not None:
        clocks.append(seen)


def cohort_clocks(group: Group) -> list[Clock]:
    """Cases recorded in [a, b] and not before lengkap_sejak, followed to T."""
    clocks = []
    for case in group.cases:
        place = case["tempat"]
        if case["terdata"] < place.window_start(group.a):
            continue
        whole = case["at_data_date"]
        end = whole["terminasi"] or place.tanggal_data
        clocks.append(Clock(entry=-1, exit=(end - whole["terdata"]).days, outcome=whole["kelompok"]))
    return clocks


def i05(group: Group, day: int) -> Figure:
    return probability(closing_clocks(group), "terselesaikan", day)


def i05k(group: Group, day: int) -> Figure:
    return _noting(probability(cohort_clocks(group), "terselesaikan", day), sebelum_lengkap=_too_early(group))


def _noting(figure: Figure, **left_out: int) -> Figure:
    return replace(figure, dilewati=tuple((name, n) for name, n in left_out.items() if n))


def _too_early(group: Group) -> int:
    """Recorded in [a, t], but before the register was complete."""
    cases = [case for case in group.cases if case["terdata"] >= group.a]
    return len([case for case in cases if case["terdata"] < case["tempat"].window_start(group.a)])


def i05m(group: Group) -> Figure:
    return quantile(closing_clocks(group), 0.5, "terselesaikan")


def i05mk(group: Group) -> Figure:
    figure = quantile(cohort_clocks(group), 0.5, "terselesaikan")
    return _noting(figure, sebelum_lengkap=_too_early(group))


def i08(group: Group, share: float) -> Figure:
    """The day by which that share of cases is closed, for whatever reason (I08 .5, I09 .8)."""
    return quantile(closing_clocks(group), share)


def i10(group: Group) -> Figure:
    """Terdata to response; closed before a response is censored then."""
    clocks = []
    for case in group.cases:
        answered = response(case)
        end = answered or case["terminasi"]
        add(clocks, group, case, case["terdata"], end, None if answered is None else "respon")
    return quantile(clocks, 0.5)


def i12(group: Group, step: str, share: float) -> Figure:
    """From the step before to `step`; closed without it is censored then."""
    clocks = []
    skipped = negative = 0
    for case in group.cases:
        s = case["tempat"].window_start(group.a)
        skipped += any(shown is not None and shown >= s for shown in _shown(case, step))
        negative += _is_negative(case, step) and case[BEFORE[step]] >= s
        start, reached = case[BEFORE[step]], case[step]
        if start is None or is_skipped(case, step) or _is_negative(case, step):
            continue
        end = reached or case["terminasi"]
        add(clocks, group, case, start, end, None if reached is None else step)
    return _noting(quantile(clocks, share), terlewat=skipped, negatif=negative)


def _shown(case: dict, step: str) -> list[dt.date | None]:
    """The days on which it showed that the step, or the one before it, was skipped."""
    days = []
    for name in (step, BEFORE[step]):
        later = [case[other] for other in LATER.get(name, ()) if other != "intervensi" or not case["darurat"]]
        days.append(
            min((day for day in later if day is not None), default=None) if case[name] is None else None
        )
    return days


def _is_negative(case: dict, step: str) -> bool:
    start, reached = case[BEFORE[step]], case[step]
    return start is not None and reached is not None and reached < start


def is_skipped(case: dict, step: str) -> bool:
    """The step has no date though a later one has; terminasi is not such a later one."""
    if case[step] is not None:
        return False
    later = [name for name in LATER[step] if name != "intervensi" or not case["darurat"]]
    return any(case[name] is not None for name in later)
