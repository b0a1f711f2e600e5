"""The section of Mutu data about late reports: how late cases come, and how complete the last months are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import measure, reference, text_delay
from lib.charts import workload
from lib.domain import CaseFilter, Dimensi, Scope
from lib.numbers_id import angka, bulan_pendek, hari, persen
from lib.web import cache, cards, growth
from lib.web.session import current_settings

LAST_MONTHS = 3
SLOWEST = 12  # bars of the chart; the table has all


def section(scope: Scope) -> None:
    """Share of cases there within 7 and 30 days, median delay, and the completeness of the last three months."""
    st.subheader("Keterlambatan laporan", help=text_delay.DEFINITION)
    known = growth.delays(scope)
    if not any(register.kode_provinsi in scope.provinces for register in known.registers):
        st.info(
            "Belum ada unggahan, jadi keterlambatan laporan belum dapat dihitung.", icon=":material/inbox:"
        )
        return
    cache.drawn("mutu.keterlambatan", scope, lambda: _draw(scope))
    cards.table_of(lambda: _table(scope), key="keterlambatan", label="Semua provinsi: tabel dan unduhan")


def shares(scope: Scope) -> pd.DataFrame:
    """`measure.delay_shares` with names and texts: nama, dalam7, dalam30, tengah, and one column per last month."""
    frame = measure.delay_shares(scope, growth.delays(scope), limits=current_settings().ambang)
    frame["nama"] = frame["provinsi"].map(reference.names("provinsi"))
    frame["dalam7"] = [persen(value, decimals=0) for value in frame["dalam_7"]]
    frame["dalam30"] = [persen(value, decimals=0) for value in frame["dalam_30"]]
    frame["tengah"] = [hari(value, decimals=0) for value in frame["median"]]
    frame["jumlah"] = [angka(value) for value in frame["n"]]
    frame["catatan"] = frame["alasan"].fillna("cukup data")
    return frame


def last_months(scope: Scope) -> pd.DataFrame:
    """Completeness in percent [provinces, last months]: the index provinsi, one column per month."""
    expected = growth.months(scope, CaseFilter(), per=Dimensi.PROVINSI)
    names = sorted(expected["bulan"].unique())[-LAST_MONTHS:]
    return expected.set_index(["provinsi", "bulan"])["kelengkapan"].unstack()[names]  # noqa: PD010


def _draw(scope: Scope) -> None:
    frame, complete = shares(scope), last_months(scope)
    st.markdown(f"**{text_delay.delays(frame)}**")
    left, right = st.columns(2, gap="large")
    with left:
        _chart(
            frame.assign(kunci=frame["provinsi"], nilai=frame["dalam_7"], tampil=frame["dalam7"]),
            heading="Kasus yang masuk dalam 7 hari (persen)",
            key="mutu_dalam7",
        )
    with right:
        # The newest month of a province that has sent nothing of it has no share.
        newest = complete.apply(lambda row: row.dropna().iloc[-1] if row.notna().any() else None, axis=1)
        months = complete.apply(lambda row: row.last_valid_index(), axis=1)
        values = frame["provinsi"].map(newest).astype("float64")
        texts = [
            f"{persen(value, decimals=0)} · {bulan_pendek(month)}" if pd.notna(value) else persen(value)
            for value, month in zip(values, frame["provinsi"].map(months), strict=True)
        ]
        _chart(
            frame.assign(kunci=frame["provinsi"], nilai=values, tampil=texts),
            heading="Kelengkapan bulan terakhir tiap provinsi menurut perkiraan (persen)",
            key="mutu_lengkap",
        )
    cards.note(text_delay.READ_DELAYS)


def _chart(frame: pd.DataFrame, *, heading: str, key: str) -> None:
    lowest = frame.dropna(subset=["nilai"]).nsmallest(SLOWEST, "nilai", keep="first")
    if lowest.empty:
        cards.note(f"{heading}: belum ada angka; sebabnya ada di tabel.")
        return
    more = f", {len(lowest)} yang terendah" if len(lowest) < frame["nilai"].notna().sum() else ""
    figure = workload.ordered_bars(lowest, heading=f"{heading}{more}")
    sentence = f"{heading}: " + "; ".join(f"{row.nama} {row.tampil}" for row in lowest.itertuples())
    cards.chart(figure, key=key, sentence=sentence)


def _table(scope: Scope) -> tuple:
    frame, complete = shares(scope), last_months(scope)
    headings = {
        "nama": "Provinsi",
        "jumlah": "n",
        "dalam7": "Dalam 7 hari",
        "dalam30": "Dalam 30 hari",
        "tengah": "Median",
    }
    numbers = frame[["provinsi", "nama", "n", "dalam_7", "dalam_30", "median", "catatan"]]
    for month in complete.columns:
        values = frame["provinsi"].map(complete[month])
        frame[month] = [persen(value) for value in values]
        numbers = numbers.assign(**{f"lengkap_{month}": values})
        headings[month] = f"Lengkap {bulan_pendek(month)}"
    return frame, headings | {"catatan": "Catatan"}, numbers
