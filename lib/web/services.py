"""The services to the cases of a group on Klaster: approach and the components of ATENSI."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from lib import present_area, text
from lib.charts import nested
from lib.domain import CaseFilter, Scope
from lib.indicators.records import INDICATORS
from lib.web import cache, cards, clusters, counts, filters

KEYS = {"I32-pendekatan": "pendekatan", "I32-komponen": "komponen"}
LABEL = "Layanan: pendekatan dan komponen ATENSI"


def services(scope: Scope, choice: filters.Choice, shown: clusters.View) -> None:
    """Approach and components of the service to the cases recorded in the period, behind one click."""
    kodes = counts.known(tuple(KEYS))
    if not kodes:
        return
    with cards.behind_click(LABEL, key="layanan", icon=":material/volunteer_activism:") as is_open:
        if is_open:
            st.markdown(f"##### Layanan: {shown.name}")
            _services(scope, clusters.narrowed(choice, shown), shown, kodes)


def _services(scope: Scope, case_filter: CaseFilter, shown: clusters.View, kodes: tuple[str, ...]) -> None:
    for column, kode in zip(st.columns(len(kodes), gap="large"), kodes, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{INDICATORS[kode].nama}**", help=text.definition(kode))
            answer = cache.measured(scope, (kode,), case_filter)
            draw = partial(_service, answer, kode)
            cache.drawn("klaster.layanan", scope, draw, kode, case_filter)
            if answer["nilai"].sum() > 0:
                make = partial(_service_table, answer, kode)
                cards.table_of(make, key=f"{shown.per.value}-{kode}")


def _service(answer: pd.DataFrame, kode: str) -> None:
    record = INDICATORS[kode]
    frame = present_area.services(answer, KEYS[kode])
    if frame["nilai"].isna().all():
        cards.note(f"{record.nama}: {frame['tampil'].iloc[0]}.")
        return
    if not frame["nilai"].sum():
        cards.note(f"{record.nama}: tidak ada kasus yang terdata dalam periode.")
        return
    sentence = text.services(frame)
    cards.chart(
        nested.named_bars(frame, unit=f"{record.satuan} terdata dalam periode"),
        key=f"kl_{kode}",
        sentence=sentence,
    )
    cards.note(sentence)


def _service_table(answer: pd.DataFrame, kode: str) -> tuple:
    columns = {"nama": INDICATORS[kode].pendek, "tampil": "Kasus", "n": "n", "catatan": "Catatan"}
    return present_area.services(answer, KEYS[kode]), columns, answer
