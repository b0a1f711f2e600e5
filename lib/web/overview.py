"""The sections of Ringkasan."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from lib import geo, present, reference, text
from lib.charts import bars, maps
from lib.charts import trends as trend_charts
from lib.charts.theme import STATUS_COLOURS
from lib.domain import CaseFilter, Dimensi, Scope, Status
from lib.indicators.records import INDICATORS, MAP_INDICATORS
from lib.numbers_id import angka, rentang_tanggal
from lib.web import cache, filters, links
from lib.web import cards as pieces
from lib.web.session import current_settings

KODES = ("I01", "I02", "I03K", "I03", "I05M", "I08", "I13", *present.STOCK)
CARDS = ("I01", "I02", "I03K", "I05M", "I08", "I13")
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
TABLE_WIDTHS_WITH_REASON = {"Provinsi": 128, "Nilai": 68, "n": 50, "Sebab": 98}
COMPARISON, PREVIOUS, LAST_YEAR = "banding", "sebelumnya", "tahun-lalu"
COMPARISONS = {PREVIOUS: "Periode sebelumnya", LAST_YEAR: "Periode sama tahun lalu"}
SHAPE_CHOICE, MAP, TILES = "tampilan", "peta", "petak"
SHAPES = {MAP: "Peta", TILES: "Petak sama besar"}
TRENDS = {
    "I01": ("Terdata per bulan (kasus)", Status.TERDATA),
    "I11": ("Respon dalam 14 hari (persen)", Status.TERTANGANI),
    "I04-180": ("Selesai dalam 180 hari (persen)", Status.TERSELESAIKAN),
}


def place(choice: filters.Choice) -> str:
    """What the figures are about: the country or one province, all kinds or some."""
    area = reference.names("provinsi")[choice.provinsi] if choice.provinsi else "Indonesia"
    names = reference.names("klaster") | reference.names("jenis_masalah")
    return f"{area}, {names[choice.masalah]}" if choice.masalah else area


def cards(scope: Scope, choice: filters.Choice, figures: pd.DataFrame) -> None:
    """The figures a Direktur looks for first, each against the earlier period or the same days a year ago."""
    against = _comparison(choice)
    now, before, left_out = cache.compared(scope, CARDS, choice.case_filter(), last_year=against == LAST_YEAR)
    earlier = before.set_index("kode", drop=False) if len(before) else None
    for start in range(0, len(CARDS), 3):
        columns = st.columns(3)
        for column, kode in zip(columns, CARDS[start : start + 3], strict=True):
            with column:
                pieces.card(
                    figures.loc[kode],
                    now=now.set_index("kode").loc[kode] if len(now) else None,
                    before=None if earlier is None else earlier.loc[kode],
                    choice=choice,
                )
    pieces.note(
        pieces.compared_note(before, left_out)
        + " “Separuh kasus ditutup” menghitung akhir apa pun; baca selalu bersama “Separuh kasus selesai”."
    )


def _comparison(choice: filters.Choice) -> str:
    """Which earlier period the cards are held against; part of the link."""
    chosen = choice.other(COMPARISON, PREVIOUS)
    if chosen not in COMPARISONS:
        st.warning(
            f"Pembanding “{chosen}” pada tautan tidak dikenal dan diabaikan.", icon=":material/link_off:"
        )
        chosen = PREVIOUS
    st.session_state["r_banding"] = chosen
    st.segmented_control(
        "Bandingkan dengan",
        list(COMPARISONS),
        format_func=COMPARISONS.get,
        key="r_banding",
        required=True,
        on_change=lambda: filters.set_other(COMPARISON, st.session_state["r_banding"]),
    )
    return chosen


def corong_and_stock(figures: pd.DataFrame, choice: filters.Choice) -> None:
    """The three counts as corong (of the period's cases) and as stok (all cases now)."""
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, height="stretch"):
        st.subheader("Corong", help="Dari kasus yang terdata dalam periode: berapa yang sampai tiap langkah.")
        frame = present.corong(figures.reset_index(drop=True))
        pieces.chart(bars.corong(frame), key="corong", sentence=_listing(frame))
        pieces.table(
            frame, {"nama": "Langkah", "tampil": "Kasus"}, key="corong", answer=_raw(figures, present.CORONG)
        )
    with right, st.container(border=True, height="stretch"):
        st.subheader("Stok", help="Semua kasus yang pernah terdata, menurut statusnya pada akhir periode.")
        frame = present.stock(figures.reset_index(drop=True))
        last = rentang_tanggal(figures["sampai"].iloc[0], figures["sampai"].iloc[0])
        figure = trend_charts.stacked_status(frame, title=f"Semua kasus menurut status, {last}")
        pieces.chart(figure, key="stok", sentence=_listing(frame))
        pieces.table(
            frame, {"nama": "Status", "tampil": "Kasus"}, key="stok", answer=_raw(figures, present.STOCK)
        )


def _raw(figures: pd.DataFrame, kodes) -> pd.DataFrame:
    return figures.loc[list(kodes)].reset_index(drop=True)


def _listing(frame: pd.DataFrame) -> str:
    return "; ".join(f"{row.nama}: {row.tampil}" for row in frame.itertuples())


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
    answer = cache.measured(scope, (kode,), case_filter, Dimensi.PROVINSI)
    days = (answer["sampai"].iloc[0] - answer["dari"].iloc[0]).days + 1
    frame, limits, labels = present.by_province(answer, period_days=days)
    seen = choice.other(PANEL_CHOICE)
    chosen = seen if seen in set(frame["provinsi"]) else None
    left, right = st.columns([3, 2], gap="medium")
    with left:
        outlined = chosen or choice.provinsi or None  # a small province alone would be hard to find
        _shape(frame, kode, choice, limits=limits, labels=labels, selected=outlined)
        pieces.note(f"{text.INDICATIVE} Batas kelas tetap (usulan); klik provinsi untuk angkanya.")
    with right:
        _ranked_table(frame, kode)
    if chosen:
        _panel(scope, choice, chosen)


def _shape(
    frame: pd.DataFrame,
    kode: str,
    choice: filters.Choice,
    *,
    limits: tuple[float, ...],
    labels: list[str],
    selected: str | None,
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
        "title": INDICATORS[kode].nama,
        "unit": INDICATORS[kode].satuan,
        "selected": selected,
    }
    if st.session_state["r_tampilan"] == TILES:
        figure = maps.tile_grid(frame, **common)
    else:
        figure = maps.choropleth(frame, geojson_url=geo.provinsi_geojson_url(), **common)
    is_map = st.session_state["r_tampilan"] == MAP
    key = MAP if is_map else TILES
    pieces.chart(
        figure,
        key=key,
        sentence=_map_sentence(frame, kode),
        is_map=is_map,
        on_select=lambda: _map_clicked(key),
    )


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


def _ranked_table(frame: pd.DataFrame, kode: str) -> None:
    ordered = frame.sort_values(
        "nilai", ascending=False, na_position="last", kind="stable", ignore_index=True
    )
    codes = ordered["provinsi"].tolist()
    shown = pd.DataFrame({"Provinsi": ordered["nama"], "Nilai": ordered["nilai"], "n": ordered["n"]})
    missing = ordered["nilai"].isna()
    if missing.any():
        shown["Sebab"] = ordered["tampil"].where(missing, "")
    styled = shown.style.format({"n": angka, "Nilai": lambda number: text.shown(kode, number)}, na_rep="–")
    st.dataframe(
        styled,
        hide_index=True,
        height=TABLE_HEIGHT if len(shown) > TABLE_ROWS else "content",
        placeholder="–",  # the framework's own word for a missing number is English
        key=f"tabel_{kode}",
        on_select=lambda: _row_clicked(f"tabel_{kode}", codes),
        selection_mode="single-row",
        column_config={
            name: st.column_config.Column(width=width)
            for name, width in (TABLE_WIDTHS_WITH_REASON if missing.any() else TABLE_WIDTHS).items()
        },
        alt=f"{INDICATORS[kode].nama} per provinsi, terurut dari yang tertinggi",
    )
    pieces.note("Pilih baris untuk angka provinsi itu.")


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


def needs_attention(scope: Scope, choice: filters.Choice) -> None:
    """At most five provinces whose figures chance alone would rarely explain, each with its reason."""
    st.subheader(
        "Perlu perhatian",
        help=(
            "Provinsi dengan kasus macet, respon terlambat atau beban di atas batas wajar yang jarang terjadi "
            "kebetulan (peluang < 2,5 %). Diurutkan menurut kelebihan kasus; paling banyak lima. Ambang usulan."
        ),
    )
    rows = cache.attention(scope, choice.case_filter())
    limits = current_settings().ambang
    if rows.empty:
        st.info("Tidak ada provinsi yang angkanya di luar variasi wajar.", icon=":material/check_circle:")
        return
    for _, row in rows.iterrows():
        with st.container(
            border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            reason = text.attention_reason(row, days=limits.asesmen_hari, limit=limits.beban_wajar)
            st.markdown(f"**{reference.names('provinsi')[row['provinsi']]}** — {reason}")
            links.page(
                "provinsi",
                "Buka provinsi",
                replace(choice, provinsi=row["provinsi"]),
                icon=":material/arrow_forward:",
            )


def trends(scope: Scope, case_filter: CaseFilter) -> None:
    """One trend per step by month; the shares hold mature cases only, so the last months do not collapse."""
    st.subheader("Tren bulanan")
    answer = cache.measured(scope, tuple(TRENDS), case_filter, Dimensi.BULAN)
    for column, (kode, (title, status)) in zip(st.columns(3), TRENDS.items(), strict=True):
        frame = present.monthly(answer[answer["kode"] == kode])
        if kode == "I01":
            frame = present.without_cut_start(frame, answer["dari"].iloc[0])
        full = present.full_until(answer) if kode == "I01" else None
        with column, st.container(border=True, height="stretch"):
            figure = trend_charts.monthly(
                frame, y_title=title, colour=STATUS_COLOURS[status], mature_until=full
            )
            pieces.chart(figure, key=f"tren_{kode}", sentence=_trend_sentence(frame, title))
            if frame["nilai"].isna().all():
                pieces.note("Belum ada bulan yang dapat ditampilkan; sebabnya ada di tabel.")
            pieces.table(
                frame,
                {"bulan": "Bulan", "tampil": "Nilai", "n": "n", "catatan": "Catatan"},
                key=f"tren_{kode}",
                answer=answer[answer["kode"] == kode],
            )
    pieces.note(
        "Respon dan penyelesaian hanya menghitung kasus yang sudah cukup lama dipantau: bulan ialah saat hari ke-14 "
        "atau ke-180 kasus itu tiba. Bulan terakhir kasus terdata masih bertambah."
    )


def _trend_sentence(frame: pd.DataFrame, title: str) -> str:
    known = frame.dropna(subset=["nilai"])
    if known.empty:
        return f"{title}: belum ada bulan yang dapat ditampilkan."
    first, last = known.iloc[0], known.iloc[-1]
    return f"{title}: dari {first['tampil']} ({first['bulan']}) ke {last['tampil']} ({last['bulan']})."


def clusters(scope: Scope, case_filter: CaseFilter) -> None:
    """Where the cases stand, by cluster."""
    st.subheader("Menurut klaster", help="Lima klaster dan dua kelompok lain; semuanya berjumlah total.")
    answer = cache.measured(scope, tuple(present.STOCK), case_filter, Dimensi.KLASTER)
    frame = present.stock_by(answer, "klaster", reference.names("klaster"))
    pieces.chart(
        bars.composition(frame, unit="kasus"),
        key="klaster",
        sentence="Stok kasus menurut klaster dan status; lihat tabel.",
    )
    wide = present.wide(frame)
    pieces.table(wide, {column: column for column in wide.columns}, key="klaster", answer=answer)
