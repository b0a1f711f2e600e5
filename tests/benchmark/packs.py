"""The meeting pack: the nation in each form, in a running program and as a command, and every province in one zip."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from lib import access, clock, decisions, measure, publishing, snapshot
from lib.domain import CaseFilter, Period, PeriodKind, Role, Tayang
from lib.exports import pack
from lib.settings import Settings
from tests.benchmark.timing import Figure, run_cli, whole

ENDINGS = ("pptx", "xlsx", "pdf")
NATIONAL, EVERY_PROVINCE = 5, 90


def made_anew(values: Settings, ending: str) -> float:
    """Seconds that a press of the button on Rapat takes: every question asked anew, nothing kept from before."""
    scope = replace(access.scope_of(Role.DIREKTUR), tayang=Tayang.PRESENTASI)
    source = measure.open_source(values)
    begun = time.perf_counter()
    agreed = decisions.for_export(scope, values, source=source, today=clock.today())
    asked = CaseFilter(period=Period(kind=PeriodKind.TAHUN))
    pack.one(scope, asked, ending, source=source, values=values, decisions=agreed)
    seconds = time.perf_counter() - begun
    source.engine.dispose()
    return seconds


def measured(values: Settings, cases: int, folder: Path, *, runs: int) -> list[Figure]:
    """Seconds of a pack in a program that runs, and of `paket` with starting Python.

    The version is audited first where it is not yet.
    """
    versi = snapshot.current_version(values)
    if not snapshot.audit_path(values, versi).exists():
        publishing.audit_version(values, versi=versi)
    environment = {"TUNTAS_DATA": str(values.data_folder)}
    named = {"data": f"{whole(cases)} kasus", "unit": "s"}

    def seconds(*words: str, times: int) -> tuple[float, ...]:
        return tuple(run_cli("paket", *words, environment=environment).seconds for _ in range(times))

    for ending in ENDINGS:
        # The first of a form loads its libraries.
        made_anew(values, ending)
    found = [
        Figure(
            what=f"paket nasional di program yang berjalan, {ending.upper()}",
            runs=tuple(made_anew(values, ending) for _ in range(runs)),
            budget=NATIONAL,
            **named,
        )
        for ending in ENDINGS
    ]
    found += [
        Figure(
            what=f"`paket` nasional, {ending.upper()}, termasuk memulai Python",
            runs=seconds("--keluar", str(folder / f"paket.{ending}"), times=runs),
            budget=NATIONAL,
            **named,
        )
        for ending in ENDINGS
    ]
    every = seconds("--keluar", str(folder / "paket.zip"), "--per", "provinsi", times=1)
    return [*found, Figure(what="`paket` 38 provinsi, ZIP", runs=every, budget=EVERY_PROVINCE, **named)]
