"""How long the data work takes: each query and each indicator, without any cache."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from unittest import mock

from lib import measure, queries, reference
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope
from lib.indicators.records import INDICATORS
from lib.queries.source import Source
from lib.settings import Settings
from tests.benchmark.timing import Figure, clocked, number, table, whole

YEARS = (1, 3)
GROUPINGS = (None, Dimensi.PROVINSI, Dimensi.BULAN)
COLUMNS = [(years, per) for years in YEARS for per in GROUPINGS]
NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
QUERY_BUDGET_MS = 100
PAGE_BUDGET_MS = 250
BUDGETED_CASES = 1_000_000

Taken = dict[str, list[float]]


@contextmanager
def timed(targets: list[tuple[object, str]]) -> Iterator[Taken]:
    """Seconds of every call of the named functions while the block runs; a call inside another is not counted."""
    taken: Taken = defaultdict(list)
    depth = 0

    def watch(name: str, work: Callable) -> Callable:
        @wraps(work)
        def run(*arguments, **options):
            nonlocal depth
            started, depth = time.perf_counter(), depth + 1
            try:
                return work(*arguments, **options)
            finally:
                depth -= 1
                if not depth:
                    taken[name].append(time.perf_counter() - started)

        return run

    with ExitStack() as patches:
        for module, name in targets:
            patches.enter_context(mock.patch.object(module, name, watch(name, getattr(module, name))))
        yield taken


def query_functions() -> list[tuple[object, str]]:
    """Every function of lib.queries that takes the scope first."""
    modules = [
        importlib.import_module(f"lib.queries.{found.name}")
        for found in pkgutil.iter_modules(queries.__path__)
    ]
    return [
        (module, name)
        for module in modules
        for name, work in inspect.getmembers(module, inspect.isfunction)
        if work.__module__ == module.__name__
        and next(iter(inspect.signature(work).parameters), "") == "scope"
    ]


def door_functions() -> list[tuple[object, str]]:
    """Every function of the one door that takes the scope first."""
    return [
        (measure, name)
        for name in measure.__all__
        if inspect.isfunction(getattr(measure, name))
        and next(iter(inspect.signature(getattr(measure, name)).parameters), "") == "scope"
    ]


def period(source: Source, years: int) -> CaseFilter:
    """The given number of years up to the newest data date."""
    end = max(p.tanggal_data for p in source.provinces if p.tanggal_data is not None)
    first = end + dt.timedelta(days=1)
    return CaseFilter(period=Period(dari=first.replace(year=first.year - years), sampai=end))


def families() -> dict[tuple, list[str]]:
    """Indicators that need the same counts and know the same dimensions: one of them is measured for all."""
    found: dict[tuple, list[str]] = defaultdict(list)
    for kode, record in INDICATORS.items():
        found[record.butuh, record.dimensi].append(kode)
    return found


@dataclass(frozen=True, kw_only=True)
class Times:
    """Median milliseconds per column of COLUMNS, None where not asked: `measure` by family (wall and processor) and
    each query inside."""

    families: dict[str, list]
    processor: dict[str, list]
    queries: dict[str, list]


def indicator_times(source: Source, values: Settings, *, runs: int) -> Times:
    """Measure one indicator of each family in every column."""
    by_family: dict[str, list] = {}
    processor: dict[str, list] = {}
    by_query: dict[str, list] = defaultdict(lambda: [None] * len(COLUMNS))
    for column, (years, per) in enumerate(COLUMNS):
        chosen, called = period(source, years), defaultdict(list)
        for (_, dimensions), kodes in families().items():
            name = " ".join(f"`{kode}`" for kode in kodes)
            for table_of in (by_family, processor):
                table_of.setdefault(name, [None] * len(COLUMNS))
            if per is not None and per not in dimensions:
                continue
            work = partial(
                measure.measure, NATIONAL, kodes[:1], chosen, per=per, source=source, limits=values.ambang
            )
            with timed(query_functions()) as taken:
                wall, used = clocked(work, runs=runs)
            by_family[name][column] = 1000 * statistics.median(wall)
            processor[name][column] = 1000 * statistics.median(used)
            for query, times in taken.items():
                called[query] += times
        for query, times in called.items():
            by_query[query][column] = 1000 * statistics.median(times)
    queries_named = {f"`{query}`": row for query, row in by_query.items()}
    return Times(families=by_family, processor=processor, queries=queries_named)


def _matrix(first: str, taken: dict[str, list]) -> str:
    named = {1: "12 bulan", 3: "36 bulan"}
    head = [
        first,
        *(f"{named[years]}, {f'per {per.value}' if per else 'nasional'}" for years, per in COLUMNS),
    ]
    rows = [
        [name, *("–" if value is None else number(value) for value in row)] for name, row in taken.items()
    ]
    return table(head, rows)


def _known(taken: dict[str, list]) -> list[float]:
    return [value for row in taken.values() for value in row if value is not None]


def report(values: Settings, total: int, *, runs: int) -> tuple[str, list[Figure]]:
    """The two tables for one data size, and the slowest query against its budget."""
    source = measure.open_source(values)
    times = indicator_times(source, values, runs=runs)
    source.engine.dispose()
    data = f"{whole(total)} kasus"
    budget = QUERY_BUDGET_MS if total <= BUDGETED_CASES else None
    without_months = {
        name: [value for value, (_, per) in zip(row, COLUMNS, strict=True) if per is not Dimensi.BULAN]
        for name, row in times.queries.items()
    }
    shown = {
        "kueri paling lambat": (max(_known(times.queries)), budget),
        "kueri paling lambat, tanpa rincian bulan": (max(_known(without_months)), budget),
        "kueri, nilai tengah semua": (statistics.median(_known(times.queries)), None),
        "satu indikator lewat `measure`, nilai tengah semua": (
            statistics.median(_known(times.families)),
            None,
        ),
        "sama, waktu prosesor": (statistics.median(_known(times.processor)), None),
    }
    text = (
        f"### Kueri, {data} (ms)\n\n{_matrix('kueri', times.queries)}\n"
        f"### Satu indikator lewat `measure`, {data} (ms)\n\n{_matrix('kode', times.families)}"
    )
    return text, [
        Figure(what=what, data=data, runs=(value,), unit="ms", budget=limit)
        for what, (value, limit) in shown.items()
    ]
