"""Answers of the one door, kept per scope, version, settings and filter. Never pass a frame as an argument here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import measure
from lib.domain import CaseFilter, Dimensi, Scope, Tahap
from lib.web.session import current_settings, current_source

ENTRIES = 2000


@st.cache_data(max_entries=ENTRIES, show_spinner=False)
def _measured(
    scope: Scope,
    versi: str,
    setting: str,
    kodes: tuple[str, ...],
    case_filter: CaseFilter,
    per: Dimensi | None,
) -> pd.DataFrame:
    return measure.measure(
        scope, kodes, case_filter, per=per, source=current_source(), limits=current_settings().ambang
    )


@st.cache_data(max_entries=ENTRIES, show_spinner=False)
def _compared(
    scope: Scope,
    versi: str,
    setting: str,
    kodes: tuple[str, ...],
    case_filter: CaseFilter,
    last_year: bool,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    return measure.measure_comparison(
        scope,
        kodes,
        case_filter,
        source=current_source(),
        limits=current_settings().ambang,
        last_year=last_year,
    )


@st.cache_data(max_entries=ENTRIES, show_spinner=False)
def _attention(scope: Scope, versi: str, setting: str, case_filter: CaseFilter) -> pd.DataFrame:
    return measure.attention(scope, case_filter, source=current_source(), limits=current_settings().ambang)


def measured(
    scope: Scope, kodes: tuple[str, ...], case_filter: CaseFilter, per: Dimensi | None = None
) -> pd.DataFrame:
    """`measure.measure` on the published version, from the cache when the same was asked before."""
    return _measured(scope, current_source().versi, current_settings().digest, kodes, case_filter, per)


def compared(
    scope: Scope, kodes: tuple[str, ...], case_filter: CaseFilter, *, last_year: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """`measure.measure_comparison` on the published version."""
    return _compared(scope, current_source().versi, current_settings().digest, kodes, case_filter, last_year)


def attention(scope: Scope, case_filter: CaseFilter) -> pd.DataFrame:
    """`measure.attention` on the published version."""
    return _attention(scope, current_source().versi, current_settings().digest, case_filter)


@st.cache_data(max_entries=ENTRIES, show_spinner=False)
def _listed(
    scope: Scope,
    versi: str,
    setting: str,
    kode: str,
    case_filter: CaseFilter,
    tahap: Tahap | None,
    sort: str,
    newest_first: bool,
    after: measure.Place | None,
    size: int,
) -> tuple[int, pd.DataFrame]:
    asked = {"source": current_source(), "limits": current_settings().ambang, "tahap": tahap}
    rows = measure.cases_behind(
        scope, kode, case_filter, sort=sort, newest_first=newest_first, after=after, size=size, **asked
    )
    return measure.count_behind(scope, kode, case_filter, **asked), rows


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
    versi, setting = current_source().versi, current_settings().digest
    return _listed(scope, versi, setting, kode, case_filter, tahap, sort, newest_first, after, size)


def all_listed(
    scope: Scope, kode: str, case_filter: CaseFilter, *, tahap: Tahap | None, sort: str, newest_first: bool
) -> pd.DataFrame:
    """The whole list for a download; not kept, because it may be long."""
    return measure.cases_behind(
        scope,
        kode,
        case_filter,
        source=current_source(),
        limits=current_settings().ambang,
        tahap=tahap,
        sort=sort,
        newest_first=newest_first,
        size=None,
    )


def timeline(scope: Scope, kode_provinsi: str, id_kasus: str) -> pd.Series:
    """The dates and states of one case."""
    return measure.case_timeline(scope, kode_provinsi, id_kasus, source=current_source())


@st.cache_data(max_entries=ENTRIES, show_spinner=False)
def _workers(scope: Scope, versi: str, setting: str, case_filter: CaseFilter) -> pd.DataFrame:
    values = current_settings()
    return measure.workers(
        scope, case_filter, source=current_source(), limits=values.ambang, weights=values.bobot
    )


def workers(scope: Scope, case_filter: CaseFilter) -> pd.DataFrame:
    """`measure.workers` on the published version."""
    return _workers(scope, current_source().versi, current_settings().digest, case_filter)
