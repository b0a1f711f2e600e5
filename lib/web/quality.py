"""The sections of Mutu data about all provinces of a visitor: age, grade, parts, empty fields, doubtful dates."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lib import clock, geo, measure, present_quality, reference, text, text_quality
from lib.charts.quality import freshness_map
from lib.domain import CaseFilter, Kesegaran, Mutu, Scope, Tayang
from lib.measure import Source
from lib.numbers_id import angka, held, rentang_tanggal, tanggal_pendek
from lib.web import cache, cards, filters, links, navigation
from lib.web.session import current_settings, current_source, looked_back

CASES_ONLY = "hanya kasus"
TABLE_HEIGHT = 440
GRADES_HEIGHT = 560


def answer(scope: Scope) -> measure.DataQuality:
    """What the data of the visitor's provinces are worth, over the last 12 months."""
    return cache.data_quality(scope, CaseFilter(), today=as_of(current_source()))


def as_of(source: Source) -> dt.date:
    """The day up to which ages count: today, or when a kept version was kept; simulated data do not age, theirs count
    from the newest data date."""
    kept = looked_back()
    day = clock.today() if kept is None else kept.disimpan.date()
    dates = [p.tanggal_data for p in source.provinces if p.tanggal_data is not None]
    return max(dates, default=day) if source.simulasi else day


def headline(scope: Scope, found: measure.DataQuality) -> None:
    """How many provinces are up to date and how their data are graded, in two sentences."""
    frame, values = found.provinces, current_settings()
    fresh = frame["kesegaran"].value_counts()
    if len(frame) == 1:
        row = frame.iloc[0]
        name = reference.names("provinsi")[row["provinsi"]]
        met = f"{angka(row['dinilai'] - row['belum'])} dari {angka(row['dinilai'])} bagian terpenuhi"
        st.markdown(f"#### {name}: mutu data {row['mutu']}, {met}.")
        st.markdown(text_quality.last_sent(row["tanggal_data"], row["umur"], row["kesegaran"]) + ".")
    else:
        st.markdown(f"#### {angka(len(frame))} provinsi: {_counted(fresh, Kesegaran)}.")
        st.markdown(f"Mutu data: {_counted(frame['mutu'].value_counts(), Mutu)}.")
    today = "hari ini" if looked_back() is None else "hari versi ini disimpan"
    against = "tanggal data terbaru" if current_source().simulasi else today
    cards.note(
        f"Umur dihitung dari {against}; mulai tertinggal lebih dari {values.kuning_hari} hari, tertinggal lebih dari "
        f"{values.merah_hari} hari (usulan). Isian diperiksa untuk {rentang_tanggal(found.dari, found.sampai)}."
    )
    if scope.tayang is Tayang.PRESENTASI:
        cards.note(text_quality.NO_COUNTS)


def _counted(numbers: pd.Series, kinds) -> str:
    return ", ".join(f"{angka(numbers.get(each.value, 0))} {each.value}" for each in kinds)


def provinces(scope: Scope, found: measure.DataQuality) -> None:
    """When each province sent last: a map beside a table with since when its register is complete, what it sends."""
    st.subheader("Kapan data terakhir dikirim")
    if len(found.provinces) == 1:
        _sent(current_source(), found)
        return
    left, right = st.columns(2, gap="medium")
    with left:
        figure, sentence = cache.made("mutu.peta", scope, lambda: _map(found), geo.provinsi_geojson_url())
        cards.chart(figure, key="mutu_peta", sentence=sentence, is_map=True)
        cards.note(sentence)
        cards.note(text.INDICATIVE_OF_USER if geo.is_from_user() else text.INDICATIVE)
    with right:
        _sent(current_source(), found)


def _map(found: measure.DataQuality) -> tuple[go.Figure, str]:
    frame = present_quality.freshness_map(found.provinces)
    late = frame[frame["kesegaran"] != Kesegaran.TERKINI.value]
    late = late.sort_values("umur", ascending=False, na_position="first", kind="stable")
    parts = [f"{row.nama}: {row.tampil[0].lower()}{row.tampil[1:]}" for row in late.itertuples(index=False)]
    sentence = "; ".join(parts) + "." if parts else "Semua provinsi terkini."
    return freshness_map(frame, geojson_url=geo.provinsi_geojson_url()), sentence


def _sent(source: Source, found: measure.DataQuality) -> None:
    st.dataframe(
        freshness(source, found),
        hide_index=True,
        height=TABLE_HEIGHT if len(found.provinces) > 10 else "content",
        placeholder="–",
        key="mutu_provinsi",
        column_config={"Umur (hari)": st.column_config.NumberColumn(format="%d")},
        alt="Tanggal data tiap provinsi, yang paling lama lebih dulu",
    )


def freshness(source: Source, found: measure.DataQuality) -> pd.DataFrame:
    """The provinces of an answer, the oldest data first: Provinsi, Umur (hari), Keadaan, Data sampai, Lengkap sejak,
    Lembar tambahan."""
    known = {p.kode_provinsi: p for p in source.provinces}
    order = found.provinces.sort_values("umur", ascending=False, na_position="first", kind="stable")
    own = [known[kode] for kode in order["provinsi"]]
    return pd.DataFrame(
        {
            "Provinsi": [reference.names("provinsi")[p.kode_provinsi] for p in own],
            "Umur (hari)": pd.array(order["umur"], dtype="Int64"),
            "Keadaan": order["kesegaran"].tolist(),
            "Data sampai": [p.tanggal_data and tanggal_pendek(p.tanggal_data) for p in own],
            "Lengkap sejak": [p.lengkap_sejak and tanggal_pendek(p.lengkap_sejak) for p in own],
            "Lembar tambahan": [", ".join(p.lembar.split()) or CASES_ONLY for p in own],
        }
    )


def how_graded() -> None:
    """The published rule of the grade, one click away."""
    with st.expander("Cara menilai mutu data", icon=":material/rule:"):
        st.markdown(_rule())


def _rule() -> str:
    values = current_settings()
    return held("\n".join(f"- {line}" for line in text_quality.rule(values.ambang, values.mutu)))


def beside(scope: Scope, choice: filters.Choice) -> None:
    """How far a province's figures can be relied on, beside them: the grade of its data, whatever the filter."""
    found = answer(scope)
    sentence = present_quality.grade_of(found.provinces, found.parts, choice.provinsi)
    st.markdown(f":small[{held(sentence)}]", help=_rule())
    if scope.role in navigation.SENDERS:
        links.page("mutu_data", "Yang perlu diperbaiki", choice, icon=":material/fact_check:")


def grades(scope: Scope, found: measure.DataQuality) -> None:
    """The grade of each province beside the numbers it is made of, in the order of the codes; no league table."""
    st.subheader("Nilai mutu per provinsi")
    values = current_settings()
    frame = cache.made("mutu.nilai", scope, lambda: present_quality.grades(found.provinces, found.parts))
    st.dataframe(
        frame,
        hide_index=True,
        height=GRADES_HEIGHT if len(frame) > 15 else "content",
        placeholder="–",
        key="mutu_nilai",
        column_config={"Provinsi": st.column_config.Column(pinned=True)}
        | {
            head: st.column_config.Column(help=line)
            for head, line in zip(
                text_quality.PART_HEADS.values(), text_quality.rule(values.ambang, values.mutu), strict=False
            )
        },
        alt="Nilai mutu data tiap provinsi menurut kode provinsi, dan angka tiap bagiannya",
    )
    cards.note(
        "Urut menurut kode provinsi. ✓ terpenuhi, ✗ belum terpenuhi, “n kurang”: kasusnya terlalu sedikit untuk "
        "dinilai. Klik kepala kolom untuk urutan lain."
    )
    how_graded()


def chooser(scope: Scope, choice: filters.Choice) -> str:
    """Which province is shown in detail: the only one, or the chosen one, or none ("")."""
    if len(scope.provinces) == 1:
        return scope.provinces[0]
    names = reference.names("provinsi")
    st.session_state["mutu_pilih"] = choice.provinsi if choice.provinsi in scope.provinces else ""
    st.subheader("Satu provinsi")
    st.selectbox(
        "Provinsi yang dibuka",
        ["", *scope.provinces],
        format_func=lambda kode: names.get(kode, "Semua provinsi bersama"),
        key="mutu_pilih",
        on_change=_chosen,
        placeholder="Ketik untuk mencari",
        width=320,
    )
    return st.session_state["mutu_pilih"]


def _chosen() -> None:
    # Only a wish: the page checks it against the rights on its next run.
    filters.choose_province(st.session_state["mutu_pilih"])


def all_fields(found: measure.DataQuality) -> None:
    """Percent empty of each field, per province, behind one click."""
    frame = present_quality.fields_by_province(found.counts)
    columns = {name: name for name in frame.columns}
    cards.table_of(
        lambda: (frame.round(1), columns, frame),
        key="mutu-ruas-provinsi",
        label="Persen kosong tiap ruas per provinsi",
        choice=filters.Choice(),
    )


def all_findings(found: measure.DataQuality) -> None:
    """What is hardly true, per province, behind one click."""
    frame = present_quality.findings_by_province(found.counts)
    columns = {name: name for name in frame.columns}
    cards.table_of(
        lambda: (frame, columns, frame),
        key="mutu-janggal-provinsi",
        label="Isian janggal per provinsi",
        choice=filters.Choice(),
    )
