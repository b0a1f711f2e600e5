"""How long the data work takes: each query, each indicator, and all of a page, without any cache."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from unittest import mock

from lib import measure, reference
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope
from lib.indicators.records import INDICATORS
from lib.queries import cases, people
from lib.queries.source import Source
from lib.settings import Settings
from tests.benchmark.timing import Figure, number, seconds, table, whole

MONTHS = (12, 36)
GROUPINGS = (None, Dimensi.PROVINSI, Dimensi.BULAN)
NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
QUERY_BUDGET_MS = 100
PAGE_BUDGET_MS = 250
BUDGETED_CASES = 1_000_000


def period(source: Source, months: int) -> CaseFilter:
    """The given number of months up to the newest data date."""
    end = max(p.tanggal_data for p in source.provinces if p.tanggal_data is not None)
    first = end + dt.timedelta(days=1)
    return CaseFilter(period=Period(dari=first.replace(year=first.year - months // 12), sampai=end))


def queries(source: Source, values: Settings, chosen: CaseFilter, per: Dimensi | None) -> dict[str, Callable]:
    """Every query of lib.queries, ready to run for one filter."""
    asked = measure.ask(NATIONAL, chosen, per=per, source=source, limits=values.ambang)
    arguments = (NATIONAL, source, chosen, list(asked.windows), per)
    limits = values.ambang
    return {
        "recorded": partial(cases.recorded, *arguments),
        "closed": partial(cases.closed, *arguments),
        "stock": partial(cases.stock, *arguments),
        "open_ages": partial(cases.open_ages, *arguments),
        "matured": partial(cases.matured, *arguments, days=180),
        "at_risk_starts": partial(cases.at_risk_starts, *arguments),
        "ended_ages": partial(cases.ended_ages, *arguments),
        "stuck": partial(
            cases.stuck, *arguments, days=limits.macet_hari, days_emergency=limits.macet_hari_darurat
        ),
        "pendamping_load": partial(people.pendamping_load, NATIONAL, source, chosen),
    }


def columns() -> list[tuple[int, Dimensi | None]]:
    return [(months, per) for months in MONTHS for per in GROUPINGS]


def heads(first: str) -> list[str]:
    return [first] + [f"{months} bln, {per.value if per else 'nasional'}" for months, per in columns()]


def query_table(source: Source, values: Settings, *, runs: int) -> tuple[str, list[float]]:
    """Median milliseconds of each query (compile, run, fetch), and all of them in one list."""
    taken: dict[str, list[float]] = {}
    for months, per in columns():
        for name, run in queries(source, values, period(source, months), per).items():
            taken.setdefault(name, []).append(1000 * statistics.median(seconds(run, runs=runs)))
    return _matrix("kueri", taken), [value for row in taken.values() for value in row]


def indicator_table(source: Source, values: Settings, *, runs: int) -> tuple[str, list[float]]:
    """Median milliseconds of `measure` for each indicator alone; "–" where it has no such grouping."""
    taken: dict[str, list[float | None]] = {}
    for months, per in columns():
        chosen = period(source, months)
        for kode, record in INDICATORS.items():
            value = None
            if per is None or per in record.dimensi:
                work = partial(
                    measure.measure, NATIONAL, [kode], chosen, per=per, source=source, limits=values.ambang
                )
                value = 1000 * statistics.median(seconds(work, runs=runs))
            taken.setdefault(kode, []).append(value)
    return _matrix("kode", taken), [value for row in taken.values() for value in row if value is not None]


def _matrix(first: str, taken: dict[str, list]) -> str:
    rows = [
        [f"`{name}`", *("–" if value is None else number(value) for value in row)]
        for name, row in taken.items()
    ]
    return table(heads(first), rows)


@contextmanager
def watched() -> Iterator[list[float]]:
    """Seconds of every call through the one door while the block runs, whoever calls."""
    taken: list[float] = []

    def timed(work: Callable) -> Callable:
        def run(*arguments, **options):
            started = time.perf_counter()
            try:
                return work(*arguments, **options)
            finally:
                taken.append(time.perf_counter() - started)

        return run

    doors = {name: timed(getattr(measure, name)) for name in ("measure", "measure_comparison", "attention")}
    with mock.patch.multiple(measure, **doors):
        yield taken


def report(values: Settings, total: int, *, runs: int) -> tuple[str, list[Figure]]:
    """The two tables for one data size, and the slowest query against its budget."""
    source = measure.open_source(values)
    kept, all_queries = query_table(source, values, runs=runs)
    shown, all_indicators = indicator_table(source, values, runs=runs)
    source.engine.dispose()
    data = f"{whole(total)} kasus"
    budget = QUERY_BUDGET_MS if total <= BUDGETED_CASES else None
    figures = [
        Figure(what="kueri paling lambat", data=data, runs=(max(all_queries),), unit="ms", budget=budget),
        Figure(
            what="kueri, nilai tengah semua", data=data, runs=(statistics.median(all_queries),), unit="ms"
        ),
        Figure(what="indikator paling lambat", data=data, runs=(max(all_indicators),), unit="ms"),
    ]
    text = f"### Kueri, {data} (ms)\n\n{kept}\n### Indikator lewat `measure`, {data} (ms)\n\n{shown}"
    return text, figures
