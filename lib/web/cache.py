"""Answers of the one door and what was drawn of them, kept per scope, version, settings and filter.

Every key is text that writes out the scope, the version, the settings and all that was asked: the framework would
take 30 ms of each rerun to hash the same as objects. What begins with an underscore is not part of the key by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from lib import application, measure
from lib.domain import CaseFilter, Dimensi, Scope, Tahap, Thresholds
from lib.web.session import current_settings, current_source

ENTRIES = 2000
DRAWINGS = 500
REMEMBERED = 64


def _key(scope: Scope, *asked: object) -> tuple[str, str]:
    """The two texts every kept thing is found by: the whole scope, and all else it depends on."""
    source = current_source()
    return repr(scope), repr((source.versi, source.simpanan, current_settings().digest, *asked))


def is_dark() -> bool:
    """Whether the visitor's page is dark."""
    return getattr(st.context.theme, "type", None) == "dark"


@st.cache_resource(max_entries=DRAWINGS, show_spinner=False)
def _drawn(scope: str, key: str, _draw: Callable[[], None]) -> None:
    _draw()


def drawn(name: str, scope: Scope, draw: Callable[[], None], *asked: object) -> None:
    """Draw a part of a page that holds nothing to operate, or show again what it drew for the same question.

    `asked` must name everything the part depends on beside scope, version, settings and dark or light; the part may
    not hold widgets. What fails is not kept.
    """
    _drawn(*_key(scope, name, is_dark(), *asked), draw)


@st.cache_resource(max_entries=DRAWINGS, show_spinner=False)
def _made(scope: str, key: str, _make: Callable[[], object]) -> object:
    return _make()


def made(name: str, scope: Scope, make: Callable[[], object], *asked: object):
    """What `make` returned for the same question: a figure or a prepared frame, which nobody may change."""
    return _made(*_key(scope, name, is_dark(), *asked), make)


@st.cache_resource(max_entries=REMEMBERED, show_spinner=False)
def _remembered(scope: str, key: str, _read: Callable[[], object]) -> object:
    return _read()


def remembered(name: str, scope: Scope, read: Callable[[], object], *asked: object):
    """What the application database holds, read anew as soon as anything was written there; nobody may change it.

    A database on a server does not tell cheaply whether it changed, and is read in every run.
    """
    stamp = application.stamp(current_settings())
    return read() if stamp is None else _remembered(*_key(scope, name, stamp, *asked), read)


@st.cache_data(max_entries=ENTRIES, show_spinner=False)
def _answered(scope: str, key: str, _ask: Callable[[], object]) -> object:
    return _ask()


def forget() -> None:
    """Drop all that is kept, when the same question has another answer now."""
    for kept in (_drawn, _made, _remembered, _answered):
        kept.clear()


def _ask(scope: Scope, run: Callable[..., object], name: str, *asked: object) -> object:
    source, limits = current_source(), current_settings().ambang
    return _answered(*_key(scope, name, *asked), lambda: run(source=source, limits=limits))


def measured(
    scope: Scope, kodes: tuple[str, ...], case_filter: CaseFilter, per: Dimensi | None = None
) -> pd.DataFrame:
    """`measure.measure` on the published version, from the cache when the same was asked before."""
    run = partial(measure.measure, scope, kodes, case_filter, per=per)
    return _ask(scope, run, "measure", kodes, case_filter, per)


def compared(
    scope: Scope,
    kodes: tuple[str, ...],
    case_filter: CaseFilter,
    *,
    last_year: bool = False,
    known: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """`measure.measure_comparison` on the published version; `known` only saves work and is no part of the question."""
    run = partial(measure.measure_comparison, scope, kodes, case_filter, last_year=last_year, known=known)
    return _ask(scope, run, "measure_comparison", kodes, case_filter, last_year)


def benchmark(scope: Scope, kodes: tuple[str, ...], case_filter: CaseFilter) -> pd.DataFrame:
    """`measure.benchmark` on the published version."""
    run = partial(measure.benchmark, scope, kodes, case_filter)
    return _ask(scope, run, "benchmark", kodes, case_filter)


def attention(scope: Scope, case_filter: CaseFilter) -> pd.DataFrame:
    """`measure.attention` on the published version."""
    return _ask(scope, partial(measure.attention, scope, case_filter), "attention", case_filter)


def listed(
    scope: Scope,
    kode: str,
    case_filter: CaseFilter,
    *,
    tahap: Tahap | None = None,
    sort: str = "tanggal_terdata",
    newest_first: bool = True,
    after: measure.Place | None = None,
    size: int = 50,
) -> tuple[int, pd.DataFrame]:
    """Length of the list behind a count, and one page of it."""
    order = {"sort": sort, "newest_first": newest_first, "after": after, "size": size}

    def run(**door) -> tuple[int, pd.DataFrame]:
        rows = measure.cases_behind(scope, kode, case_filter, tahap=tahap, **order, **door)
        return measure.count_behind(scope, kode, case_filter, tahap=tahap, **door), rows

    return _ask(scope, run, "listed", kode, case_filter, tahap, order)


def all_listed(
    scope: Scope,
    kode: str,
    case_filter: CaseFilter,
    *,
    tahap: Tahap | None,
    sort: str,
    newest_first: bool,
    source: measure.Source,
    limits: Thresholds,
) -> pd.DataFrame:
    """The whole list for a download, of the version and thresholds its page shows; not kept, because it may be long."""
    return measure.cases_behind(
        scope,
        kode,
        case_filter,
        tahap=tahap,
        sort=sort,
        newest_first=newest_first,
        size=None,
        source=source,
        limits=limits,
    )


def timeline(scope: Scope, kode_provinsi: str, id_kasus: str) -> pd.Series:
    """The dates and states of one case."""
    return measure.case_timeline(scope, kode_provinsi, id_kasus, source=current_source())


def workers(scope: Scope, case_filter: CaseFilter) -> pd.DataFrame:
    """`measure.workers` on the published version."""
    run = partial(measure.workers, scope, case_filter, weights=current_settings().bobot)
    return _ask(scope, run, "workers", case_filter)


def data_quality(scope: Scope, case_filter: CaseFilter, *, today: dt.date) -> measure.DataQuality:
    """`measure.data_quality` on the published version, as on a day."""
    run = partial(measure.data_quality, scope, case_filter, rules=current_settings().mutu, today=today)
    return _ask(scope, run, "data_quality", case_filter, today)
