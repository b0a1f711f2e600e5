"""The section of Mutu data about late reports: how late cases come, and how complete the last months are."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from lib import measure, reference, text_delay
from lib.charts import workload
from lib.domain import Scope, Tayang
from lib.numbers_id import angka, bulan_pendek, hari, persen
from lib.web import cache, cards
from lib.web.session import current_settings, current_source, data_dates

SHOWN = 12  # bars of a chart; the table has all
WITHIN_7 = "Kasus yang masuk dalam 7 hari (persen)"
COMPLETENESS = "Kelengkapan bulan terakhir menurut perkiraan (persen)"


def section(scope: Scope) -> None:
    """Share of cases there within 7 and 30 days, median delay, and the completeness of the last three months."""
    st.subheader("Keterlambatan laporan", help=text_delay.DEFINITION)
    if not data_dates(scope):
        cards.note("Belum ada unggahan, jadi keterlambatan laporan belum dapat dihitung.")
        return
    cache.drawn("mutu.keterlambatan", scope, lambda: _draw(scope))
    cards.table_of(lambda: _table(scope), key="keterlambatan", label="Keterlambatan: tabel dan unduhan")


def answer(scope: Scope) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`measure.late_reports` on the published version, kept: provinces with nama, and their last months."""
    run = partial(measure.late_reports, scope, source=current_source(), limits=current_settings().ambang)
    shares, months = cache.made("mutu.keterlambatan.angka", scope, run)
    return shares.assign(nama=shares["provinsi"].map(reference.names("provinsi"))), months


def _draw(scope: Scope) -> None:
    shares, months = answer(scope)
    st.markdown(f"**{text_delay.delays(shares)}**")
    if len(shares) > 1:
        left, right = st.columns(2, gap="large")
        with left:
            texts = [persen(value, decimals=0) for value in shares["dalam_7"]]
            _chart(shares.assign(nilai=shares["dalam_7"], tampil=texts), heading=WITHIN_7, key="mutu_dalam7")
        with right:
            _chart(_newest(shares, months), heading=COMPLETENESS, key="mutu_lengkap")
    cards.note(text_delay.READ_DELAYS)
    if scope.tayang is Tayang.PRESENTASI:
        cards.note(text_delay.ROUNDED)


def _newest(shares: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """The month of each province's data date: nilai (percent complete) and tampil."""
    last = months[months["alasan"] != measure.AFTER_DATA].groupby("provinsi").tail(1).set_index("provinsi")
    rows = last.reindex(shares["provinsi"])
    texts = [
        persen(value) if pd.isna(value) else f"{persen(value, decimals=0)} · {bulan_pendek(month)}"
        for value, month in zip(rows["kelengkapan"], rows["bulan"], strict=True)
    ]
    return shares.assign(nilai=rows["kelengkapan"].to_numpy(dtype=float), tampil=texts)


def _chart(frame: pd.DataFrame, *, heading: str, key: str) -> None:
    known = frame.dropna(subset=["nilai"]).assign(kunci=frame["provinsi"])
    lowest = known.nsmallest(SHOWN, "nilai", keep="first")
    if lowest.empty:
        cards.note(f"{heading}: belum ada angka; sebabnya ada di tabel.")
        return
    if len(lowest) < len(known):
        heading = f"{heading}, {len(lowest)} terendah"
    figure = workload.ordered_bars(lowest, heading=heading)
    sentence = f"{heading}: " + "; ".join(f"{row.nama} {row.tampil}" for row in lowest.itertuples())
    cards.chart(figure, key=key, sentence=sentence)


def _table(scope: Scope) -> tuple:
    """All provinces: texts with their headings, and the numbers for the files."""
    shares, months = answer(scope)
    texts = pd.DataFrame(
        {
            "Provinsi": shares["nama"],
            "n": [angka(value) for value in shares["n"]],
            "Dalam 7 hari": [persen(value, decimals=0) for value in shares["dalam_7"]],
            "Dalam 30 hari": [persen(value, decimals=0) for value in shares["dalam_30"]],
            "Median": [hari(value, decimals=0) for value in shares["median"]],
        }
    )
    numbers = shares.drop(columns="alasan")
    for month, rows in months.groupby("bulan"):
        values = shares["provinsi"].map(rows.set_index("provinsi")["kelengkapan"])
        texts[f"Lengkap {bulan_pendek(month)}"] = [persen(value, decimals=0) for value in values]
        numbers = numbers.assign(**{f"kelengkapan_{month}": values})
    texts["Catatan"] = shares["alasan"].fillna("cukup data")
    return texts, {name: name for name in texts.columns}, numbers.assign(catatan=texts["Catatan"])
