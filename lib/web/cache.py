"""Answers of the one door, kept per scope, version, settings and filter. Never pass a frame as an argument here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import measure
from lib.domain import CaseFilter, Dimensi, Scope
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
