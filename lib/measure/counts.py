"""The counts an answer needs, fetched once per call and aligned with its groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lib.domain import Dimensi, Tahap, Thresholds
from lib.measure.align import aligned, located
from lib.measure.counts_people import PEOPLE_PROVIDERS
from lib.measure.counts_quality import QUALITY_PROVIDERS
from lib.measure.counts_services import SERVICE_PROVIDERS
from lib.measure.counts_times import TIME_PROVIDERS
from lib.measure.question import Question, arguments
from lib.queries import cases, services, stages

RETURN_DAYS = 180


def provide(name: str, frames: dict, question: Question) -> None:
    """Put the counts called `name` (see `Indicator.butuh`) into `frames`; frames["anggota"] holds the groups.

    Raises KeyError for a name nobody provides.
    """
    if name not in frames:
        frames |= PROVIDERS[name](question, frames)


def provide_together(names: Iterable[str], frames: dict, question: Question) -> None:
    """Put those of the counts `names` into `frames` that one pass over the cases can count."""
    asked = {name: PLAIN[name](question.limits) for name in names if name in PLAIN and name not in frames}
    if len(asked) > 1 and question.per is not Dimensi.BULAN:
        found = cases.counted_together(*arguments(question), asked)
        for name, counted in found.items():
            frames[name] = aligned(counted, question, frames["anggota"])


def _counted(name: str, count_of: Callable) -> Callable:
    """A provider of plain counts, one row per group."""

    def provider(question: Question, frames: dict) -> dict:
        counted = cases.counted(*arguments(question), count_of(question.limits))
        return {name: aligned(counted, question, frames["anggota"])}

    return provider


def _ages(question: Question, frames: dict) -> dict:
    return {"umur": located(cases.open_ages(*arguments(question)), question, frames["anggota"])}


PLAIN: dict[str, Callable[[Thresholds], cases.Count]] = {
    "terdata": lambda limits: cases.RECORDED,
    "tutup": lambda limits: cases.CLOSED,
    "stok": lambda limits: cases.STOCK,
    "hasil": lambda limits: services.OUTCOMES,
    **{f"kohort-{days}": lambda limits, days=days: cases.matured(days) for days in (30, 90, 180)},
    "kohort-respon": lambda limits: cases.matured(limits.asesmen_hari),
    "kohort-ulang": lambda limits: stages.returned(RETURN_DAYS),
    **{
        f"dilewati-{step.value}": lambda limits, step=step: stages.left_out(step)
        for step in stages.BEFORE
        if step is not Tahap.TERMINASI
    },
    "macet": lambda limits: cases.stuck(limits.macet_hari, limits.macet_hari_darurat),
}

PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    **{name: _counted(name, count_of) for name, count_of in PLAIN.items()},
    "umur": _ages,
    **PEOPLE_PROVIDERS,
    **QUALITY_PROVIDERS,
    **SERVICE_PROVIDERS,
    **TIME_PROVIDERS,
}
