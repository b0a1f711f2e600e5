"""The sections of Perbandingan: funnels of provinces and pendamping, control charts of months."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from lib import measure, reference, settings, text
from lib import text_comparison as words
from lib.charts import control as control_charts
from lib.charts import funnel as funnel_charts
from lib.domain import CaseFilter, Dimensi, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, bulan_tahun
from lib.web import cache, counts, filters, links
from lib.web import cards as pieces
from lib.web.session import current_settings, current_source

MEASURE, MIX, SEEN, WATCHED, MONTHS = "ukuran", "campuran", "lihat", "pantau", "bulan"
EVENTS_FILE = settings.EVENTS_FILE
PLAIN, ADJUSTED = "0", "1"
CLASS_NAMES = dict(enumerate(words.CLASSES))
UNIT_NAMES = {Dimensi.PROVINSI: "provinsi", Dimensi.PENDAMPING: "pendamping"}
FEWEST_UNITS = 2


def introduction() -> None:
    """What the page is for, and what it is not for."""
    st.markdown(
        "Angka yang berbeda belum tentu berarti. Halaman ini menunjukkan perbedaan dan perubahan yang jarang muncul "
        "kebetulan: **perlu didengar** atau **patut dipelajari**, ke arah mana pun. Bukan peringkat."
    )


def measure_choice(choice: filters.Choice) -> tuple[str, bool]:
    """The proportion of both funnels and whether it is adjusted for the mix of klaster; part of the link."""
    st.subheader("Diagram batas wajar")
    kode = counts.own_choice(choice, MEASURE, measure.FUNNEL_KODES, label="Ukuran")
    adjusted = counts.own_choice(choice, MIX, (PLAIN, ADJUSTED), label="Penyesuaian campuran") == ADJUSTED
    st.session_state["pb_ukuran"], st.session_state["pb_campuran"] = kode, adjusted
    st.segmented_control(
        "Ukuran",
        measure.FUNNEL_KODES,
        format_func=lambda each: INDICATORS[each].pendek,
        key="pb_ukuran",
        required=True,
        on_change=lambda: filters.set_other(MEASURE, st.session_state["pb_ukuran"]),
        help=text.definition(kode),
    )
    st.toggle(
        "Sesuaikan campuran klaster",
        key="pb_campuran",
        on_change=lambda: filters.set_other(MIX, ADJUSTED if st.session_state["pb_campuran"] else ""),
        help=(
            "Unit dengan banyak kasus dari klaster yang memang lama tidak dirugikan: kasus yang selesai dibandingkan "
            "dengan yang diharapkan dari campuran klasternya."
        ),
    )
    return kode, adjusted


# --- funnels --------------------------------------------------------------------------------------------


def _funnel(
    scope: Scope, kode: str, case_filter: CaseFilter, per: Dimensi, *, adjusted: bool
) -> measure.Funnel:
    ask = partial(measure.funnel_of, scope, kode, case_filter, per=per, adjusted=adjusted)
    return cache.made(
        "perbandingan.corong",
        scope,
        lambda: ask(source=current_source(), limits=current_settings().ambang),
        kode,
        case_filter,
        per,
        adjusted,
    )


def prepared(funnel: measure.Funnel, per: Dimensi) -> pd.DataFrame:
    """The units as chart and table show them, by code."""
    names = reference.names("provinsi")
    units = funnel.units.sort_values(per.value, ignore_index=True)
    units["kunci"] = units[per.value]
    units["nama"] = (
        [names.get(code, code) for code in units["kunci"]] if per is Dimensi.PROVINSI else units["kunci"]
    )
    units["tampil"] = [words.funnel_value(funnel, value) for value in units["nilai"]]
    units["arti"] = [words.verdict(place) for place in units["letak"]]
    units["diharapkan"] = [angka(size, decimals=1) for size in units["besar"]]
    counted = [
        f"; {angka(row.x)} kasus, diharapkan {row.diharapkan}"
        if funnel.adjusted
        else f"; {angka(row.x)} kasus"
        for row in units.itertuples()
    ]
    units["catatan"] = units["arti"] + pd.Series(counted, index=units.index, dtype=object)
    return units


def provinces(scope: Scope, choice: filters.Choice, kode: str, *, adjusted: bool) -> None:
    """All provinces of the scope against the limits of chance; a province leads to its own page."""
    st.markdown("##### Provinsi")
    case_filter = replace(choice, provinsi="").case_filter()
    funnel = _funnel(scope, kode, case_filter, Dimensi.PROVINSI, adjusted=adjusted)
    # Within the limits of the nation one province of one's own is enough to compare.
    if len(funnel.units) < (FEWEST_UNITS if measure.is_national(scope) else 1):
        _too_few(funnel, "provinsi")
        return
    units = prepared(funnel, Dimensi.PROVINSI)
    seen = choice.other(SEEN)
    if seen and seen not in scope.provinces:
        st.warning(f"Provinsi “{seen}” pada tautan tidak dikenal dan diabaikan.", icon=":material/link_off:")
        seen = ""
    selected = seen or choice.provinsi or None
    _chart(scope, funnel, units, kode, case_filter, Dimensi.PROVINSI, selected=selected)
    if not measure.is_national(scope):
        pieces.note(words.WITHIN_THE_NATION)
    links.choose(
        "Provinsi yang dibuka",
        units["kunci"].tolist(),
        key="pb_lihat",
        own_choice=SEEN,
        chosen=seen,
        names=reference.names("provinsi"),
    )
    if seen:
        _opened(choice, units, seen)
    _remarks(funnel, kode, choice, Dimensi.PROVINSI)
    _units_table(scope, funnel, kode, case_filter, Dimensi.PROVINSI)


def _too_few(funnel: measure.Funnel, unit: str) -> None:
    few = f"; {angka(funnel.few)} {unit} punya kurang dari 10 kasus" if funnel.few else ""
    st.info(
        f"Belum ada pembanding: diagram ini memerlukan paling sedikit dua {unit} dengan 10 kasus yang sudah cukup "
        f"lama dipantau{few}.",
        icon=":material/info:",
    )


def _chart(
    scope: Scope,
    funnel: measure.Funnel,
    units: pd.DataFrame,
    kode: str,
    case_filter: CaseFilter,
    per: Dimensi,
    *,
    selected: str | None = None,
) -> None:
    unit, name = UNIT_NAMES[per], INDICATORS[kode].pendek
    sentence = words.funnel_sentence(
        funnel, dict(zip(units["kunci"], units["nama"], strict=True)), key=per.value, unit=unit, name=name
    )
    heading = f"{name} (diamati / diharapkan)" if funnel.adjusted else f"{name} (persen)"

    def draw():
        return funnel_charts.funnel(
            units,
            funnel.limits,
            reference=funnel.reference,
            heading=heading,
            x_title="kasus yang diharapkan" if funnel.adjusted else "jumlah kasus (n)",
            classes=CLASS_NAMES,
            widened=funnel.tau2 > 0,
            selected=selected,
        )

    figure = cache.made("perbandingan.gambar", scope, draw, kode, case_filter, per, funnel.adjusted, selected)
    st.markdown(sentence)
    key = f"pb_corong_{unit}"
    on_select = (lambda: _clicked(key)) if per is Dimensi.PROVINSI else None
    pieces.chart(figure, key=key, sentence=sentence, on_select=on_select)


def _clicked(key: str) -> None:
    points = [point for point in st.session_state[key].selection.points if point.get("customdata")]
    if points:
        code = points[0]["customdata"]
        filters.set_other(SEEN, code[0] if isinstance(code, list) else code)


def _opened(choice: filters.Choice, units: pd.DataFrame, seen: str) -> None:
    """The province that was clicked, with the way to its page."""
    own = units[units["kunci"] == seen]
    with st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        said = (
            f"{own['tampil'].iloc[0]} (n = {angka(own['n'].iloc[0])}), {own['arti'].iloc[0]}"
            if len(own)
            else "tidak digambar karena kasusnya terlalu sedikit atau belum ada data"
        )
        st.markdown(f"**{reference.names('provinsi')[seen]}**: {said}")
        links.page(
            "provinsi",
            "Buka halaman provinsi",
            replace(choice, provinsi=seen),
            icon=":material/arrow_forward:",
        )


def _remarks(funnel: measure.Funnel, kode: str, choice: filters.Choice, per: Dimensi) -> None:
    unit = UNIT_NAMES[per]
    used = words.limits_used(funnel, unit=unit, one_group=bool(choice.masalah))
    pieces.note(f"{used} {words.overdispersion(funnel, unit=unit)}")
    with st.expander("Cara membaca", icon=":material/help:"):
        st.markdown(words.FUNNEL_READING.format(unit=unit, Unit=unit.capitalize()))


def _units_table(
    scope: Scope, funnel: measure.Funnel, kode: str, case_filter: CaseFilter, per: Dimensi
) -> None:
    def make() -> tuple:
        units = prepared(funnel, per)
        keys = ["provinsi"] if per is Dimensi.PROVINSI else ["provinsi", "pendamping"]
        answer = cache.measured(scope, (kode,), case_filter, per)
        answer = answer.merge(
            units[[*keys, "besar", "nilai", "arti"]], on=keys, how="left", suffixes=("", "_diagram")
        )
        answer = answer[answer[keys].notna().all(axis=1)]
        answer = answer.rename(columns={"besar": "letak_mendatar"})
        headings = {"nama": UNIT_NAMES[per].capitalize(), "tampil": "Nilai", "n": "n"}
        if funnel.adjusted:
            headings = {**headings, "tampil": "Diamati / diharapkan", "diharapkan": "Diharapkan"}
        return units, headings | {"arti": "Arti"}, answer

    pieces.table_of(make, key=f"perbandingan-{UNIT_NAMES[per]}")


def staff(scope: Scope, choice: filters.Choice, kode: str, *, adjusted: bool) -> None:
    """The pendamping of one province, by code; nobody is ranked or named."""
    st.subheader("Pendamping dalam satu provinsi", help=text.definition(kode))
    provinsi = choice.provinsi
    if not provinsi:
        st.info(
            "Pilih satu provinsi di bilah saringan: pendamping hanya dibandingkan di dalam provinsinya.",
            icon=":material/info:",
        )
        return
    case_filter = replace(choice, provinsi=provinsi).case_filter()
    funnel = _funnel(scope, kode, case_filter, Dimensi.PENDAMPING, adjusted=adjusted)
    if len(funnel.units) < FEWEST_UNITS:
        _too_few(funnel, "pendamping")
        return
    st.markdown(
        f"**{reference.names('provinsi')[provinsi]}.** Untuk belajar dan membantu, bukan menilai orang: jenis kasus "
        "dan wilayah tiap pendamping berbeda. Hanya kode, tanpa urutan."
    )
    units = prepared(funnel, Dimensi.PENDAMPING)
    _chart(scope, funnel, units, kode, case_filter, Dimensi.PENDAMPING)
    _remarks(funnel, kode, choice, Dimensi.PENDAMPING)
    _units_table(scope, funnel, kode, case_filter, Dimensi.PENDAMPING)


# --- control charts -------------------------------------------------------------------------------------


def control(scope: Scope, choice: filters.Choice) -> None:
    """One figure by month with the limits of its ordinary variation, for the filter's place and kinds."""
    st.subheader("Peta kendali bulanan")
    kode = counts.own_choice(choice, WATCHED, measure.CONTROL_KODES, label="Ukuran peta kendali")
    allowed = tuple(str(months) for months in measure.CONTROL_MONTHS)
    months = counts.own_choice(choice, MONTHS, allowed, label="Jumlah bulan")
    _switch(WATCHED, measure.CONTROL_KODES, kode, "Angka", lambda each: INDICATORS[each].pendek, kode=kode)
    _switch(MONTHS, tuple(sorted(allowed)), months, "Rentang", lambda each: f"{each} bulan")
    chart = chart_of(scope, kode, choice.case_filter(), int(months))
    asked = (kode, choice, months, chart.peristiwa)
    cache.drawn("perbandingan.kendali", scope, lambda: _draw_control(scope, chart, choice, kode), *asked)
    with st.expander("Cara membaca", icon=":material/help:"):
        st.markdown(words.CONTROL_READING)
    pieces.table_of(lambda: _control_table(chart, kode), key="perbandingan-bulanan")


def _switch(name: str, options: tuple[str, ...], value: str, label: str, show, *, kode: str = "") -> None:
    key = f"pb_{name}"
    st.session_state[key] = value
    st.segmented_control(
        label,
        options,
        format_func=show,
        key=key,
        required=True,
        on_change=lambda: filters.set_other(name, st.session_state[key]),
        help=text.definition(kode) if kode else None,
    )


def events_file() -> Path:
    """The known events of the version on the screen: a kept one has those of then."""
    return current_settings().peristiwa if current_source().simpanan else EVENTS_FILE


def chart_of(
    scope: Scope, kode: str, case_filter: CaseFilter, months: int = measure.CONTROL_MONTHS[0]
) -> measure.Control:
    """`measure.control_chart` on the published version, with the dated events of the settings."""
    events = measure.read_events(events_file())
    ask = partial(measure.control_chart, scope, kode, case_filter, months=months, events=events)
    return cache.made(
        "perbandingan.deret",
        scope,
        lambda: ask(source=current_source(), limits=current_settings().ambang),
        kode,
        case_filter,
        months,
        events,
    )


def _shown_months(chart: measure.Control, kode: str) -> pd.DataFrame:
    frame = chart.frame.copy()
    if words.too_few(chart, kode):
        frame["khusus"] = False
    frame["tampil"] = [
        text.shown(kode, row.nilai, reason)
        for row, reason in zip(frame.itertuples(), chart.answer.get("alasan", []), strict=True)
    ]
    frame["catatan"] = ["pola khusus" if special else None for special in frame["khusus"]]
    frame["nama"] = [bulan_tahun(month) for month in frame["bulan"]]
    for name in ("tengah", "bawah", "atas"):
        clipped = frame[name].clip(lower=0)
        frame[f"tampil_{name}"] = [text.shown(kode, value) for value in clipped]
    return frame


def _draw_control(scope: Scope, chart: measure.Control, choice: filters.Choice, kode: str) -> None:
    names = reference.names("provinsi")
    sentence = words.pattern_sentence(chart, kode=kode, names=names)
    st.markdown(f"**{filters.place(scope, choice)}, {INDICATORS[kode].pendek}.** {sentence}")
    if chart.frame["nilai"].notna().any():
        left, right = st.columns(2)
        with left, st.container(border=True, height="stretch"):
            st.markdown(f":small[Variasi]  \n**{words.variation_mark(chart, kode=kode)}**")
        with right, st.container(border=True, height="stretch"):
            st.markdown(f":small[Terhadap target]  \n**{words.assurance_mark(chart, kode=kode)}**")
        figure = control_charts.control_chart(
            _shown_months(chart, kode),
            heading=f"{INDICATORS[kode].nama} per bulan",
            target=chart.target,
            target_label="target (tahun bulan terakhir)",
        )
        pieces.chart(figure, key="pb_kendali", sentence=sentence)
    pieces.note(words.control_notes(chart, names))


def _control_table(chart: measure.Control, kode: str) -> tuple:
    frame = _shown_months(chart, kode)
    headings = {
        "nama": "Bulan",
        "tampil": "Nilai",
        "n": "n",
        "tampil_tengah": "Rata-rata",
        "tampil_bawah": "Batas bawah",
        "tampil_atas": "Batas atas",
        "catatan": "Pola",
    }
    own = ["tengah", "bawah", "atas", "khusus", "sementara"]
    limits = chart.frame[["bulan", *own]].rename(columns={name: f"kendali_{name}" for name in own})
    return frame, headings, chart.answer.merge(limits, on="bulan", how="left")
