"""The sections of Mutu data."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import clock, reference
from lib.domain import Scope
from lib.measure import Source
from lib.numbers_id import angka, tanggal
from lib.web.session import current_settings, current_source

FRESH, OLD, VERY_OLD, NEVER = "terkini", "mulai tertinggal", "tertinggal", "belum pernah mengirim"
CASES_ONLY = "hanya kasus"


def headline(scope: Scope) -> None:
    """How many provinces are up to date, in one sentence."""
    frame = freshness(current_source(), scope)
    counted = frame["Keadaan"].value_counts()
    parts = [f"{angka(counted.get(each, 0))} {each}" for each in (FRESH, OLD, VERY_OLD, NEVER)]
    st.markdown(f"#### {angka(len(frame))} provinsi: {', '.join(parts)}.")
    values = current_settings()
    against = "tanggal data terbaru" if current_source().simulasi else "hari ini"
    st.markdown(
        f"Umur dihitung dari {against}; mulai tertinggal lebih dari {values.kuning_hari} hari, tertinggal lebih dari "
        f"{values.merah_hari} hari (usulan)."
    )


def provinces(scope: Scope) -> None:
    """One row per province: its data date, how old it is, since when its register is complete, what it sends."""
    frame = freshness(current_source(), scope)
    st.dataframe(
        frame.sort_values("Umur (hari)", ascending=False, na_position="first", kind="stable"),
        hide_index=True,
        height=560,
        placeholder="–",
        key="mutu_provinsi",
        column_config={"Umur (hari)": st.column_config.NumberColumn(format="%d")},
    )


def freshness(source: Source, scope: Scope) -> pd.DataFrame:
    """The provinces of the scope with Provinsi, Keadaan, Tanggal data, Umur (hari), Lengkap sejak, Lembar.

    Simulated data do not age: their days count from the newest data date.
    """
    own = [p for p in source.provinces if p.kode_provinsi in scope.provinces]
    dates = [p.tanggal_data for p in own if p.tanggal_data is not None]
    today = max(dates, default=clock.today()) if source.simulasi else clock.today()
    ages = [None if p.tanggal_data is None else (today - p.tanggal_data).days for p in own]
    return pd.DataFrame(
        {
            "Provinsi": [reference.names("provinsi")[p.kode_provinsi] for p in own],
            "Keadaan": [_state(age) for age in ages],
            "Tanggal data": [p.tanggal_data and tanggal(p.tanggal_data) for p in own],
            "Umur (hari)": pd.array(ages, dtype="Int64"),
            "Lengkap sejak": [p.lengkap_sejak and tanggal(p.lengkap_sejak) for p in own],
            "Lembar tambahan": [", ".join(p.lembar.split()) or CASES_ONLY for p in own],
        }
    )


def _state(age: int | None) -> str:
    values = current_settings()
    if age is None:
        return NEVER
    if age > values.merah_hari:
        return VERY_OLD
    return OLD if age > values.kuning_hari else FRESH
