"""How much the last months will still grow, for the pages that draw cases by month."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from lib import measure, text_delay
from lib.domain import CaseFilter, Dimensi, Scope
from lib.web import cache
from lib.web.session import current_settings, current_source

NUMBERS = ["perkiraan", "bawah", "atas", "kelengkapan"]


def delays(scope: Scope) -> measure.Delays:
    """`measure.reporting_delays` on the published version, kept for all filters."""
    run = partial(measure.reporting_delays, scope, source=current_source(), limits=current_settings().ambang)
    return cache.made("perkiraan.keterlambatan", scope, run)


def months(scope: Scope, case_filter: CaseFilter, *, per: Dimensi | None = None) -> pd.DataFrame:
    """`measure.nowcast` on the published version, kept."""

    def run() -> pd.DataFrame:
        return measure.nowcast(
            scope,
            case_filter,
            per=per,
            source=current_source(),
            limits=current_settings().ambang,
            known=delays(scope),
        )

    return cache.made("perkiraan.bulan", scope, run, case_filter, per)


def growing(expected: pd.DataFrame) -> pd.DataFrame:
    """The months that are less than 98 % complete by expectation."""
    return expected[expected["kelengkapan"] < measure.COMPLETE]


def note(expected: pd.DataFrame) -> None:
    """What the months that still grow are expected to become, with the definition one click away."""
    parts = [text_delay.growth(growing(expected)), text_delay.untold(expected)]
    if sentence := " ".join(part for part in parts if part):
        st.markdown(f":small[{sentence}]", help=text_delay.DEFINITION)


def in_table(frame: pd.DataFrame, answer: pd.DataFrame, expected: pd.DataFrame) -> tuple:
    """Months of a table with the texts of the expectation, and the answer for its files with the numbers."""
    numbers = (
        expected.set_index("bulan")[NUMBERS]
        .add_prefix("akhir_")
        .rename(columns={"akhir_perkiraan": "perkiraan_akhir", "akhir_kelengkapan": "kelengkapan_persen"})
    )
    return text_delay.columns(frame, expected), answer.join(numbers, on="bulan")
