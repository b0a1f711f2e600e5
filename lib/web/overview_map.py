"""The provinces on Ringkasan: map or tiles, ranked table, and the figures of the one that was chosen."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lib import geo, measure, present, reference, text
from lib import text_comparison as words
from lib.charts import maps
from lib.domain import CaseFilter, Dimensi, Scope
from lib.indicators.records import INDICATORS, MAP_INDICATORS
from lib.numbers_id import angka
from lib.web import cache, counts, filters, links
from lib.web import cards as pieces
from lib.web.session import guarded

PANEL = (
    "I01",
    "I02",
    "I03K",
    "I04-180",
    "I05M",
    "I08",
    "I11",
    "I13",
    "I15-n",
    "I15-persen",
    "I18-rata",
    "I27",
)
MAP_CHOICE, PANEL_CHOICE = "peta", "lihat"
TABLE_HEIGHT, TABLE_ROWS = 470, 12
# Pixels that fit beside the map of a 1440 pixel screen and a telephone, with the 33 of the selection column.
TABLE_WIDTHS = {"Provinsi": 172, "Nilai": 84, "n": 66}
TABLE_WIDTHS_WITH_REASON = {"Provinsi": 118, "Nilai": 62, "n": 46, "Sebab": 120}
TABLE_WIDTHS_ADJUSTED = {"Provinsi": 162, "Disesuaikan": 94, "n": 66}
TABLE_WIDTHS_ADJUSTED_WITH_REASON = {"Provinsi": 106, "Disesuaikan": 94, "n": 46, "Sebab": 100}
SHAPE_CHOICE, MAP, TILES = "tampilan", "peta", "petak"
SHAPES = {MAP: "Peta", TILES: "Petak sama besar"}
SMOOTH, RAW, SMOOTHED = "halus", "0", "1"


def provinces(scope: Scope, choice: filters.Choice) -> None:
    """Choropleth, ranked table beside it, and the figures of the province that was clicked."""
    case_filter = choice.case_filter()
    st.subheader("Provinsi")
    kode = choice.other(MAP_CHOICE, MAP_INDICATORS[0])
    if kode not in MAP_INDICATORS:
        st.warning(f"Peta “{kode}” pada tautan tidak dikenal dan diabaikan.", icon=":material/link_off:")
        kode = MAP_INDICATORS[0]
    st.session_state["r_peta"] = kode
    st.segmented_control(
        "Ukuran pada peta",
        MAP_INDICATORS,
        format_func=lambda each: INDICATORS[each].pendek,
        key="r_peta",
        required=True,
        on_change=lambda: filters.set_other(MAP_CHOICE, st.session_state["r_peta"]),
        help=text.definition(kode),
    )

    smooth = _smooth(choice, kode)

    def prepare() -> tuple[pd.DataFrame, tuple[float, ...], list[str]]:
        answer = cache.measured(scope, (kode,), case_filter, Dimensi.PROVINSI)
        if smooth:
            answer = measure.smoothed(answer)
        days = (answer["sampai"].iloc[0] - answer["dari"].iloc[0]).days + 1
        return present.by_province(answer, period_days=days)

    frame, limits, labels = cache.made("ringkasan.provinsi", scope, prepare, kode, case_filter, smooth)
    seen = choice.other(PANEL_CHOICE)
    chosen = seen if seen in set(frame["provinsi"]) else None
    left, right = st.columns([3, 2], gap="medium")
    with left:
        outlined = chosen or choice.provinsi or None  # a small province alone would be hard to find
        # A boundary file that cannot be read takes the map away, not the figures beside it.
        guarded(
            lambda: _shape(
                scope, frame, kode, choice, limits=limits, labels=labels, selected=outlined, smooth=smooth
            )
        )
        if smooth:
            pieces.note(words.SMOOTHED)
    with right:
        _ranked_table(scope, frame, kode, case_filter, smooth=smooth)
        links.choose(
            "Provinsi yang dibuka",
            frame["provinsi"].tolist(),
            key="r_lihat",
            own_choice=PANEL_CHOICE,
            chosen=seen,
            names=reference.names("provinsi"),
        )
    if chosen:
        _panel(scope, choice, chosen)


def _smooth(choice: filters.Choice, kode: str) -> bool:
    """Whether the map shows rates of small areas drawn towards the mean; part of the link, raw unless chosen."""
    wanted = counts.own_choice(choice, SMOOTH, (RAW, SMOOTHED), label="Penyesuaian peta") == SMOOTHED
    possible = measure.can_be_smoothed(INDICATORS[kode].satuan)
    st.session_state["r_halus"] = wanted and possible
    st.toggle(
        "Disesuaikan untuk jumlah kecil",
        key="r_halus",
        disabled=not possible,
        on_change=lambda: filters.set_other(SMOOTH, SMOOTHED if st.session_state["r_halus"] else ""),
        help=words.SMOOTHED if possible else words.NOT_SMOOTHED,
    )
    return wanted and possible


def _shape(
    scope: Scope,
    frame: pd.DataFrame,
    kode: str,
    choice: filters.Choice,
    *,
    limits: tuple[float, ...],
    labels: list[str],
    selected: str | None,
    smooth: bool,
) -> None:
    """The provinces as a map, or as equal tiles where small ones are as easy to hit as large ones."""
    shape = choice.other(SHAPE_CHOICE, MAP)
    st.session_state["r_tampilan"] = shape if shape in SHAPES else MAP
    st.segmented_control(
        "Bentuk",
        list(SHAPES),
        format_func=SHAPES.get,
        key="r_tampilan",
        required=True,
        label_visibility="collapsed",
        on_change=lambda: filters.set_other(SHAPE_CHOICE, st.session_state["r_tampilan"]),
    )
    common = {
        "limits": limits,
        "labels": labels,
        "title": f"{INDICATORS[kode].nama}{' (disesuaikan)' if smooth else ''}",
        "unit": INDICATORS[kode].satuan,
        "selected": selected,
    }
    key = st.session_state["r_tampilan"]
    borders = None if key == TILES else geo.provinsi_geojson_url()

    def draw() -> tuple[go.Figure, str]:
        if borders is None:
            figure = maps.tile_grid(frame, **common)
        else:
            figure = maps.choropleth(frame, geojson_url=borders, **common)
        return pieces.for_this_page(figure, selectable=True), _map_sentence(frame, kode)

    figure, sentence = cache.made(
        "ringkasan.peta",
        scope,
        draw,
        key,
        kode,
        choice.case_filter(),
        selected,
        borders,
        smooth,
    )
    pieces.chart(
        figure,
        key=key,
        sentence=sentence,
        is_map=key == MAP,
        on_select=lambda: _map_clicked(key),
        is_ready=True,
    )
    said = "" if borders is None else text.INDICATIVE_OF_USER if geo.is_from_user() else text.INDICATIVE
    own = "" if measure.is_national(scope) else "Hanya wilayah Anda yang berwarna."
    limits_said = "Batas kelas tetap (usulan); klik provinsi untuk angkanya."
    pieces.note(" ".join(filter(None, [said, own, limits_said])))


def _map_sentence(frame: pd.DataFrame, kode: str) -> str:
    known = frame.dropna(subset=["nilai"])
    if known.empty:
        return f"{INDICATORS[kode].nama}: tidak ada angka untuk provinsi mana pun."
    top, low = known.loc[known["nilai"].idxmax()], known.loc[known["nilai"].idxmin()]
    return (
        f"{INDICATORS[kode].nama}: tertinggi {top['nama']} ({top['tampil']}), terendah {low['nama']} "
        f"({low['tampil']}); {len(frame) - len(known)} provinsi tanpa angka. Semua angka ada di tabel."
    )


def _map_clicked(key: str) -> None:
    points = st.session_state[key].selection.points
    if points:
        point = points[0]
        code = point.get("location") or point.get("customdata")
        filters.set_other(PANEL_CHOICE, code[0] if isinstance(code, list) else code)


def _ranked_table(
    scope: Scope, frame: pd.DataFrame, kode: str, case_filter: CaseFilter, *, smooth: bool
) -> None:
    value = "Disesuaikan" if smooth else "Nilai"

    def prepare() -> tuple[list[str], pd.DataFrame, bool]:
        ordered = frame.sort_values(
            "nilai", ascending=False, na_position="last", kind="stable", ignore_index=True
        )
        shown = pd.DataFrame({"Provinsi": ordered["nama"], value: ordered["nilai"], "n": ordered["n"]})
        missing = ordered["nilai"].isna()
        if missing.any():
            shown["Sebab"] = ordered["tampil"].where(missing, "")
        return ordered["provinsi"].tolist(), shown, bool(missing.any())

    codes, shown, missing = cache.made("ringkasan.peringkat", scope, prepare, kode, case_filter, smooth)
    # Made anew each time: a Styler computes inside itself, so two visitors may not share one.
    styled = shown.style.format({"n": angka, value: lambda number: text.shown(kode, number)}, na_rep="–")
    widths = TABLE_WIDTHS_ADJUSTED if smooth else TABLE_WIDTHS
    if missing:
        widths = TABLE_WIDTHS_ADJUSTED_WITH_REASON if smooth else TABLE_WIDTHS_WITH_REASON
    st.dataframe(
        styled,
        hide_index=True,
        height=TABLE_HEIGHT if len(codes) > TABLE_ROWS else "content",
        placeholder="–",  # the framework's own word for a missing number is English
        key=f"tabel_{kode}",
        on_select=lambda: _row_clicked(f"tabel_{kode}", codes),
        selection_mode="single-row",
        column_config={name: st.column_config.Column(width=width) for name, width in widths.items()},
        alt=f"{INDICATORS[kode].nama} per provinsi, terurut dari yang tertinggi",
    )


def _row_clicked(key: str, codes: list[str]) -> None:
    rows = st.session_state[key].selection.rows
    if rows:
        filters.set_other(PANEL_CHOICE, codes[rows[0]])


def _panel(scope: Scope, choice: filters.Choice, provinsi: str) -> None:
    own = replace(choice, provinsi=provinsi)
    figures = cache.measured(scope, PANEL, own.case_filter()).set_index("kode", drop=False)
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(f"{reference.names('provinsi')[provinsi]}: angka provinsi", width="content")
            st.button("Tutup", icon=":material/close:", on_click=filters.set_other, args=(PANEL_CHOICE, ""))
        for start in range(0, len(PANEL), 4):
            for column, kode in zip(st.columns(4), PANEL[start : start + 4], strict=True):
                with column:
                    pieces.card(figures.loc[kode], choice=own)
        links.page("provinsi", "Buka halaman provinsi", own, icon=":material/open_in_new:")
        # A card without a number shows its reason already.
        notes = [
            f"{INDICATORS[kode].pendek}: {row['catatan']}"
            for kode, row in figures.iterrows()
            if row["catatan"] and row["catatan"] != row["alasan"]
        ]
        if notes:
            pieces.note("Catatan: " + " · ".join(notes))
