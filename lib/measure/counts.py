"""The counts an answer needs, fetched once per call and aligned with its groups."""

from __future__ import annotations

from collections.abc import Callable

from lib.measure.align import aligned, located
from lib.measure.counts_people import PEOPLE_PROVIDERS
from lib.measure.counts_quality import QUALITY_PROVIDERS
from lib.measure.counts_services import SERVICE_PROVIDERS
from lib.measure.counts_times import TIME_PROVIDERS
from lib.measure.question import Question, arguments
from lib.queries import cases


def provide(name: str, frames: dict, question: Question) -> None:
    """Put the counts called `name` (see `Indicator.butuh`) into `frames`; frames["anggota"] holds the groups.

    Raises KeyError for a name nobody provides.
    """
    if name not in frames:
        frames |= PROVIDERS[name](question, frames)


def _counted(name: str, query: Callable) -> Callable:
    """A provider of plain counts, one row per group."""
    return lambda question, frames: {name: aligned(query(*arguments(question)), question, frames["anggota"])}


def _cohort(name: str, days_of: Callable) -> Callable:
    def provider(question: Question, frames: dict) -> dict:
        counted = cases.matured(*arguments(question), days=days_of(question.limits))
        return {name: aligned(counted, question, frames["anggota"])}

    return provider


def _ages(question: Question, frames: dict) -> dict:
    return {"umur": located(cases.open_ages(*arguments(question)), question, frames["anggota"])}


def _stuck(question: Question, frames: dict) -> dict:
    limits = question.limits
    counted = cases.stuck(
        *arguments(question), days=limits.macet_hari, days_emergency=limits.macet_hari_darurat
    )
    return {"macet": aligned(counted, question, frames["anggota"])}


PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    "terdata": _counted("terdata", cases.recorded),
    "tutup": _counted("tutup", cases.closed),
    "stok": _counted("stok", cases.stock),
    "umur": _ages,
    **{f"kohort-{days}": _cohort(f"kohort-{days}", lambda limits, days=days: days) for days in (30, 90, 180)},
    "kohort-respon": _cohort("kohort-respon", lambda limits: limits.asesmen_hari),
    "macet": _stuck,
    **PEOPLE_PROVIDERS,
    **QUALITY_PROVIDERS,
    **SERVICE_PROVIDERS,
    **TIME_PROVIDERS,
}
