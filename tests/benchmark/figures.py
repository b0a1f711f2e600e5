"""How long the data work takes: each query and each indicator, without any cache."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
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

# Wall seconds and processor seconds of every call, by the function's name.
Taken = dict[str, list[tuple[float, float]]]


@contextmanager
def timed(targets: list[tuple[object, str]]) -> Iterator[Taken]:
    """Time every call of the named functions while the block runs; a call inside another is not counted."""
    taken: Taken = defaultdict(list)
    depth = 0

    def watch(name: str, work: Callable) -> Callable:
        @wraps(work)
        def run(*arguments, **options):
            nonlocal depth
            started, used, depth = time.perf_counter(), time.process_time(), depth + 1
            try:
                return work(*arguments, **options)
            finally:
                depth -= 1
                if not depth:
                    taken[name].append((time.perf_counter() - started, time.process_time() - used))

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


def families(kodes: Sequence[str] = tuple(INDICATORS)) -> dict[tuple, list[str]]:
    """Indicators that need the same counts and know the same dimensions: one of them is measured for all."""
    found: dict[tuple, list[str]] = defaultdict(list)
    for kode in kodes:
        found[INDICATORS[kode].butuh, INDICATORS[kode].dimensi].append(kode)
    return found


@dataclass(frozen=True, kw_only=True)
class Times:
    """Median milliseconds by name and per column of COLUMNS (None where not asked): wall, and processor."""

    wall: dict[str, list[float | None]]
    processor: dict[str, list[float | None]]

    def add(self, name: str, column: int, calls: Sequence[tuple[float, float]]) -> None:
        """Keep the medians of (wall, processor) seconds."""
        for rows, each in ((self.wall, 0), (self.processor, 1)):
            row = rows.setdefault(name, [None] * len(COLUMNS))
            row[column] = 1000 * statistics.median(call[each] for call in calls)


def measured_times(
    source: Source, values: Settings, kodes: Sequence[str], *, runs: int
) -> tuple[Times, Times]:
    """One indicator of each family through `measure`, and the queries inside, in every column."""
    by_family, by_query = Times(wall={}, processor={}), Times(wall={}, processor={})
    for column, (years, per) in enumerate(COLUMNS):
        chosen, called = period(source, years), defaultdict(list)
        for (_, dimensions), alike in families(kodes).items():
            if per is not None and per not in dimensions:
                continue
            work = partial(
                measure.measure, NATIONAL, alike[:1], chosen, per=per, source=source, limits=values.ambang
            )
            with timed(query_functions()) as taken:
                by_family.add(" ".join(f"`{kode}`" for kode in alike), column, clocked(work, runs=runs))
            for query, calls in taken.items():
                called[query] += calls
        for query, calls in called.items():
            by_query.add(f"`{query}`", column, calls)
    return by_family, by_query


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


def report(values: Settings, total: int, kodes: Sequence[str], *, runs: int) -> tuple[str, list[Figure]]:
    """The two tables for one data size, and the slowest query against its budget."""
    # Every query is run, also one that was asked before.
    source = replace(measure.open_source(values), ingatan=None)
    by_family, by_query = measured_times(source, values, kodes, runs=runs)
    source.engine.dispose()
    data = f"{whole(total)} kasus"
    budget = QUERY_BUDGET_MS if total <= BUDGETED_CASES else None
    without_months = {
        name: [value for value, (_, per) in zip(row, COLUMNS, strict=True) if per is not Dimensi.BULAN]
        for name, row in by_query.wall.items()
    }
    shown = {
        "kueri paling lambat": (max(_known(by_query.wall)), budget),
        "kueri paling lambat, tanpa rincian bulan": (max(_known(without_months)), budget),
        "kueri, nilai tengah semua": (statistics.median(_known(by_query.wall)), None),
        "kueri, nilai tengah semua, waktu prosesor": (statistics.median(_known(by_query.processor)), None),
        "satu indikator, nilai tengah semua": (statistics.median(_known(by_family.wall)), None),
        "satu indikator, nilai tengah semua, waktu prosesor": (
            statistics.median(_known(by_family.processor)),
            None,
        ),
    }
    text = (
        f"### Kueri, {data} (ms waktu prosesor)\n\n{_matrix('kueri', by_query.processor)}\n"
        f"### Satu indikator lewat `measure`, {data} (ms waktu prosesor)\n\n"
        f"{_matrix('kode', by_family.processor)}"
    )
    return text, [
        Figure(what=what, data=data, runs=(value,), unit="ms", budget=limit)
        for what, (value, limit) in shown.items()
    ]
