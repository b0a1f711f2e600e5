"""The counts an answer needs, fetched once per call and aligned with its groups."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib.indicators.curves import CLOSINGS, RESPONSES, life_table
from lib.measure.align import aligned, located
from lib.measure.counts_people import PEOPLE_PROVIDERS
from lib.measure.counts_services import SERVICE_PROVIDERS
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


def _curve(name: str, clock: cases.Clock, causes: dict[str, int]) -> Callable:
    def provider(question: Question, frames: dict) -> dict:
        starts, ends = _curve_counts(question, frames["anggota"], clock)
        return {name: life_table(starts, ends, groups=len(frames["anggota"]), causes=causes)}

    return provider


def _curve_counts(
    question: Question, members: pd.DataFrame, clock: cases.Clock
) -> tuple[pd.DataFrame, pd.DataFrame]:
    starts = located(cases.at_risk_starts(*arguments(question), clock=clock), question, members)
    days = pd.DataFrame(
        [(w.nomor, w.kode_provinsi, w.masuk, w.akhir) for w in question.windows],
        columns=["nomor", "wilayah", "s", "t"],
    ).astype({"s": "datetime64[s]", "t": "datetime64[s]"})
    starts = starts.merge(days, on=["nomor", "wilayah"]).rename(columns={"tanggal_terdata": "mulai"})
    return starts, located(cases.ended_ages(*arguments(question), clock=clock), question, members)


PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    "terdata": _counted("terdata", cases.recorded),
    "tutup": _counted("tutup", cases.closed),
    "stok": _counted("stok", cases.stock),
    "umur": _ages,
    **{f"kohort-{days}": _cohort(f"kohort-{days}", lambda limits, days=days: days) for days in (30, 90, 180)},
    "kohort-respon": _cohort("kohort-respon", lambda limits: limits.asesmen_hari),
    "macet": _stuck,
    "kurva": _curve("kurva", cases.CLOSING, CLOSINGS),
    "kurva-respon": _curve("kurva-respon", cases.RESPONSE, RESPONSES),
    **PEOPLE_PROVIDERS,
    **SERVICE_PROVIDERS,
}
