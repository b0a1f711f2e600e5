"""The sections of Ringkasan."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from lib import present, reference, text, text_delay
from lib.charts import bars
from lib.charts import trends as trend_charts
from lib.charts.theme import STATUS_COLOURS
from lib.domain import CaseFilter, Dimensi, Scope, Status
from lib.measure import NO_DATA
from lib.numbers_id import rentang_tanggal
from lib.web import annotations, cache, filters, growth, links, watch
from lib.web import cards as pieces
from lib.web.session import current_settings

KODES = ("I01", "I02", "I03K", "I03", "I05M", "I08", "I13", *present.STOCK)
OUTCOME = "I25"
TARGETS = ("I26-I01", "I26-I02", "I26-I03", "I26-I03K", "I26-I04-180", "I26-I11")
CARDS = ("I01", "I02", "I03K", "I05M", "I08", "I13")
# Every figure this page shows, also on its map, in its trends and among what needs attention.
SHOWN = tuple(
    dict.fromkeys((*KODES, OUTCOME, *TARGETS, "I04-180", "I11", "I15-n", "I15-persen", "I18-persen"))
)
COMPARISON, PREVIOUS, LAST_YEAR = "banding", "sebelumnya", "tahun-lalu"
COMPARISONS = {PREVIOUS: "Periode sebelumnya", LAST_YEAR: "Periode sama tahun lalu"}
TREND_COLUMNS = {"bulan": "Bulan", "tampil": "Nilai", "n": "n", "catatan": "Catatan"}
GROWING_COLUMNS = TREND_COLUMNS | text_delay.COLUMNS
CORONG_HELP = "Dari kasus yang terdata dalam periode: berapa yang sampai tiap langkah."
TARGET_HELP = (
    "Capaian = realisasi sejak awal tahun (atau bulan) target dibagi target untuk hari yang sudah berjalan; 100 % "
    "berarti sejalan dengan target. Target ada untuk nasional dan provinsi, tidak untuk klaster atau jenis."
)
STOCK_HELP = "Semua kasus yang pernah terdata, menurut statusnya pada akhir periode."
TRENDS = {
    "I01": ("Terdata per bulan (kasus)", Status.TERDATA),
    "I11": ("Respon dalam 14 hari (persen)", Status.TERTANGANI),
    "I04-180": ("Selesai dalam 180 hari (persen)", Status.TERSELESAIKAN),
}


def headline(scope: Scope, choice: filters.Choice) -> None:
    """What the figures say, in one sentence."""

    def draw() -> None:
        st.markdown(f"#### {text.headline(figures(scope, choice), place=filters.place(scope, choice))}")

    cache.drawn("ringkasan.kalimat", scope, draw, choice)


def figures(scope: Scope, choice: filters.Choice) -> pd.DataFrame:
    """The national figures, or those of the chosen province and kinds, by kode."""
    kodes = (*KODES, OUTCOME, *TARGETS)
    return cache.measured(scope, kodes, choice.case_filter()).set_index("kode", drop=False)


def sent(scope: Scope, choice: filters.Choice) -> bool:
    """Whether there are data to draw; where no province of the filter ever sent, the page says so instead."""
    shown = figures(scope, choice)
    if shown.loc["I01", "alasan"] != NO_DATA:
        return True
    st.info(
        "Wilayah ini belum pernah mengirim data; grafik, peta dan daftar muncul setelah kiriman pertama.",
        icon=":material/hourglass_empty:",
    )
    return False


def cards(scope: Scope, choice: filters.Choice) -> None:
    """The figures a Direktur looks for first, each against the earlier period or the same days a year ago."""
    against = _comparison(choice)
    cache.drawn("ringkasan.kartu", scope, lambda: _cards(scope, choice, against), choice, against)


def _cards(scope: Scope, choice: filters.Choice, against: str) -> None:
    shown = figures(scope, choice)
    now, before, left_out = _compared(scope, choice, against)
    earlier = before.set_index("kode", drop=False) if len(before) else None
    for start in range(0, len(CARDS), 3):
        columns = st.columns(3)
        for column, kode in zip(columns, CARDS[start : start + 3], strict=True):
            with column:
                pieces.card(
                    shown.loc[kode],
                    now=now.set_index("kode").loc[kode] if len(now) else None,
                    before=None if earlier is None else earlier.loc[kode],
                    choice=choice,
                )
    pieces.note(
        pieces.compared_note(before, left_out)
        + " Perubahan kecil dapat terjadi kebetulan. “Separuh kasus ditutup” menghitung akhir apa pun; baca selalu "
        "bersama “Separuh kasus selesai”."
    )


def _compared(
    scope: Scope, choice: filters.Choice, against: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """The two sides of the comparison of every card of the page, and the provinces left out of both."""
    case_filter, last_year = choice.case_filter(), against == LAST_YEAR
    known = figures(scope, choice)
    return cache.compared(scope, (*CARDS, OUTCOME), case_filter, last_year=last_year, known=known)


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


def corong_and_stock(scope: Scope, choice: filters.Choice) -> None:
    """The three counts as corong (of the period's cases) and as stok (all cases now)."""
    left, right = st.columns(2, gap="large")
    for column, key, heading, help_text, draw, prepare, kodes in (
        (left, "corong", "Langkah", CORONG_HELP, _corong, present.corong, present.CORONG),
        (right, "stok", "Status", STOCK_HELP, _stock, present.stock, present.STOCK),
    ):

        def make(heading=heading, prepare=prepare, kodes=kodes) -> tuple:
            answer = figures(scope, choice).loc[list(kodes)].reset_index(drop=True)
            return prepare(answer), {"nama": heading, "tampil": "Kasus"}, answer

        with column, st.container(border=True, height="stretch"):
            st.subheader(key.capitalize(), help=help_text)
            cache.drawn(f"ringkasan.{key}", scope, partial(draw, scope, choice), choice)
            pieces.table_of(make, key=key)


def _corong(scope: Scope, choice: filters.Choice) -> None:
    frame = present.corong(figures(scope, choice).reset_index(drop=True))
    pieces.chart(bars.corong(frame), key="corong", sentence=_listing(frame))


def _stock(scope: Scope, choice: filters.Choice) -> None:
    shown = figures(scope, choice)
    frame = present.stock(shown.reset_index(drop=True))
    if not frame["nilai"].any():
        pieces.note("Tidak ada kasus yang pernah terdata sampai akhir periode ini.")
        return
    last = rentang_tanggal(shown["sampai"].iloc[0], shown["sampai"].iloc[0])
    figure = trend_charts.stacked_status(frame, title=f"Semua kasus menurut status, {last}")
    pieces.chart(figure, key="stok", sentence=_listing(frame))


def _listing(frame: pd.DataFrame) -> str:
    return "; ".join(f"{row.nama}: {row.tampil}" for row in frame.itertuples())


def results(scope: Scope, choice: filters.Choice) -> None:
    """How the clients fared, and what has been achieved of the targets."""
    against = choice.other(COMPARISON, PREVIOUS)
    cache.drawn("ringkasan.hasil", scope, lambda: _results(scope, choice, against), choice, against)
    pieces.table_of(
        lambda: _target_table(scope, choice), key="target", label="Tabel dan unduhan capaian target"
    )


def _results(scope: Scope, choice: filters.Choice, against: str) -> None:
    st.subheader("Hasil dan target")
    left, right = st.columns([1, 2])
    # The remark below the card keeps it as low as its figure: the chart beside it is four times as high.
    with left, st.container(gap="small"):
        sides = [
            side[side["kode"] == OUTCOME] if len(side) else side
            for side in _compared(scope, choice, against)[:2]
        ]
        now, before = (side.iloc[0] if len(side) else None for side in sides)
        pieces.card(figures(scope, choice).loc[OUTCOME], now=now, before=before)
        pieces.note(TARGET_HELP)
    with right, st.container(border=True, height="stretch"):
        answer = _of_targets(scope, choice)
        known = answer[answer["nilai"].notna()]
        st.markdown("**Capaian target**")
        if known.empty:
            pieces.note(
                "; ".join(dict.fromkeys(f"{reason}" for reason in answer["alasan"])).capitalize() + "."
            )
            return
        frame = present.targets(known)
        pieces.chart(bars.achievement(frame), key="target", sentence=_listing(frame))


def _of_targets(scope: Scope, choice: filters.Choice) -> pd.DataFrame:
    return figures(scope, choice).loc[list(TARGETS)].reset_index(drop=True)


def _target_table(scope: Scope, choice: filters.Choice) -> tuple:
    answer = _of_targets(scope, choice)
    columns = {"nama": "Indikator", "tampil": "Capaian", "catatan": "Realisasi dan target"}
    return present.targets(answer), columns, answer


def needs_attention(scope: Scope, choice: filters.Choice) -> None:
    """At most five provinces whose figures chance alone would rarely explain, each with its reason; then what the
    months and the clocks of the steps say."""
    cache.drawn("ringkasan.perhatian", scope, lambda: _attention(scope, choice), choice)
    watch.patterns(scope, choice)


def _attention(scope: Scope, choice: filters.Choice) -> None:
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
    noted = annotations.marks(scope, *case_filter.provinsi)
    for column, kode in zip(st.columns(3), TRENDS, strict=True):

        def make(kode=kode) -> tuple:
            return _trend_table(scope, case_filter, kode)

        with column, st.container(border=True, height="stretch"):
            draw = partial(_trend, scope, case_filter, kode, noted)
            cache.drawn("ringkasan.tren", scope, draw, kode, case_filter, noted)
            pieces.table_of(make, key=f"tren_{kode}")
    pieces.note(
        "Respon dan penyelesaian hanya menghitung kasus yang sudah cukup lama dipantau: bulan ialah saat hari ke-14 "
        "atau ke-180 kasus itu tiba. Bulan terakhir kasus terdata masih bertambah."
    )
    cache.drawn("ringkasan.bertambah", scope, lambda: _growth(scope, case_filter), case_filter)
    if noted:
        legend = partial(_legend, scope, case_filter, noted)
        cache.drawn("ringkasan.catatan", scope, legend, case_filter, noted)


def _growth(scope: Scope, case_filter: CaseFilter) -> None:
    """Below all three charts: in the box of its own it would leave the other two blank."""
    if _monthly(scope, case_filter, "I01")["nilai"].notna().any():
        growth.note(growth.months(scope, case_filter))


def _legend(scope: Scope, case_filter: CaseFilter, noted: annotations.Marks) -> None:
    annotations.legend(annotations.within(noted, _trend_answer(scope, case_filter, "I01")))


def _trend_table(scope: Scope, case_filter: CaseFilter, kode: str) -> tuple:
    frame, answer = _monthly(scope, case_filter, kode), _trend_answer(scope, case_filter, kode)
    if kode != "I01":
        return frame, TREND_COLUMNS, answer
    frame, answer = growth.in_table(frame, answer, growth.months(scope, case_filter))
    return frame, GROWING_COLUMNS, answer


def _trend_answer(scope: Scope, case_filter: CaseFilter, kode: str) -> pd.DataFrame:
    answer = cache.measured(scope, tuple(TRENDS), case_filter, Dimensi.BULAN)
    return answer[answer["kode"] == kode]


def _monthly(scope: Scope, case_filter: CaseFilter, kode: str) -> pd.DataFrame:
    answer = _trend_answer(scope, case_filter, kode)
    frame = present.monthly(answer)
    # A first month that is cut looks like a rise; shares have no such start.
    return present.without_cut_start(frame, answer["dari"].iloc[0]) if kode == "I01" else frame


def _trend(scope: Scope, case_filter: CaseFilter, kode: str, noted: annotations.Marks) -> None:
    title, status = TRENDS[kode]
    frame = _monthly(scope, case_filter, kode)
    if frame["nilai"].isna().all():
        pieces.note(f"**{title}**")
        pieces.note("Belum ada bulan yang dapat ditampilkan; sebabnya ada di tabel.")
        return
    answer, full, expected = _trend_answer(scope, case_filter, kode), None, None
    if kode == "I01":
        full, expected = present.full_until(answer), growth.months(scope, case_filter)
    figure = trend_charts.monthly(
        frame,
        y_title=title,
        colour=STATUS_COLOURS[status],
        mature_until=full,
        growing=None if expected is None else growth.growing(expected),
    )
    noted = annotations.within(noted, answer)
    sentence = text_delay.by_month(frame, name=title, mature_until=full)
    pieces.chart(annotations.on(figure, noted), key=f"tren_{kode}", sentence=sentence)


def clusters(scope: Scope, case_filter: CaseFilter) -> None:
    """Where the cases stand, by cluster."""
    st.subheader("Menurut klaster", help="Lima klaster dan dua kelompok lain; semuanya berjumlah total.")

    def prepare() -> tuple[pd.DataFrame, pd.DataFrame]:
        answer = cache.measured(scope, tuple(present.STOCK), case_filter, Dimensi.KLASTER)
        return present.stock_by(answer, "klaster", reference.names("klaster")), answer

    def draw() -> None:
        frame, _ = prepare()
        if not frame["nilai"].any():
            pieces.note("Tidak ada kasus yang pernah terdata sampai akhir periode ini.")
            return
        pieces.chart(
            bars.composition(frame, unit="kasus"),
            key="klaster",
            sentence="Stok kasus menurut klaster dan status; lihat tabel.",
        )

    def make() -> tuple:
        frame, answer = prepare()
        wide = present.wide(frame)
        return wide, {column: column for column in wide.columns}, answer

    cache.drawn("ringkasan.klaster", scope, draw, case_filter)
    pieces.table_of(make, key="klaster")
