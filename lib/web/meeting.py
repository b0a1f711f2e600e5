"""The sections of Rapat: what a meeting sees, with small numbers hidden and every count rounded."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from lib import geo, present, present_area, reference, text
from lib.charts import maps, trends
from lib.charts.theme import STATUS_COLOURS
from lib.disclosure.rules import BASE, K_SENSITIF, N_RATE, K
from lib.domain import Dimensi, PeriodKind, Scope, Status, Tayang, UserError
from lib.indicators.records import INDICATORS
from lib.numbers_id import rentang_tanggal
from lib.web import annotations, cache, counts, filters
from lib.web import cards as pieces

PERIODS = (PeriodKind.TAHUN, PeriodKind.TRIWULAN, PeriodKind.BULAN)
CARDS = ("I01", "I02", "I03K", "I13", "I04-180", "I05M", "I11", "I15-n")
GROUP_KODES = ("I01", "I02", "I03K", "I13", "I04-180")
# What a kind within a province, or a kab/kota, is told of: see lib.disclosure.rules.
CORE = ("I01", "I02", "I03K", "I05M")
ON_THE_MAP, IN_THE_TREND = "I04-180", "I01"


def for_the_screen(scope: Scope) -> Scope:
    """The visitor's own area as it may be shown to a room."""
    return replace(scope, tayang=Tayang.PRESENTASI)


def calendar_choice(choice: filters.Choice) -> filters.Choice:
    """The choice with a calendar period: the last twelve months of other pages become the running year.

    Free dates of a link stay, so that they are refused by name and not quietly changed.
    """
    if choice.periode is PeriodKind.DUA_BELAS_BULAN:
        return replace(choice, periode=PeriodKind.TAHUN)
    return choice


def one_place(scope: Scope, choice: filters.Choice) -> filters.Choice:
    """The choice of a place that is listed: with some provinces, but not all, and none chosen, the first of them."""
    some = len(scope.provinces) > 1 and scope.provinces != reference.all_provinces()
    return replace(choice, provinsi=scope.provinces[0]) if some and not choice.provinsi else choice


def why_one_place(choice: filters.Choice) -> None:
    """Why a province is shown that nobody chose."""
    name = reference.names("provinsi")[choice.provinsi]
    pieces.note(
        f":material/info: Jumlah beberapa provinsi tidak ada dalam tayang presentasi: di samping jumlah tiap provinsi, "
        f"angka yang kecil dapat dihitung balik. Yang tampil {name}; pilih provinsi lain pada saringan. "
        "Provinsi-provinsi Anda berdampingan di bagian Provinsi."
    )


def rules() -> None:
    """What is hidden and rounded here, and why."""
    hidden = f"Jumlah 1–{K - 1} ditulis “<{K}” (jenis sensitif di bawah {K_SENSITIF}: “<{K_SENSITIF}”)"
    st.markdown(
        f"**Tayang presentasi.** {hidden}, jumlah lain dibulatkan ke kelipatan {BASE}, persen dihitung dari yang "
        f"sudah dibulatkan, dan tidak ada persen atau nilai tengah dari kurang dari {N_RATE} kasus. Beberapa jumlah "
        "lain ditulis “disamarkan” agar yang kecil tidak dapat dihitung balik."
    )


def _asked(scope: Scope, kodes: tuple[str, ...], choice: filters.Choice, per: Dimensi | None) -> pd.DataFrame:
    return cache.measured(scope, kodes, choice.case_filter(), per)


def _figures(scope: Scope, choice: filters.Choice) -> tuple[str, ...]:
    """The figures that are listed for this view."""
    one_kind = choice.masalah in reference.names("jenis_masalah")
    return CORE if one_kind and (choice.provinsi or len(scope.provinces) == 1) else CARDS


def headline(scope: Scope, choice: filters.Choice) -> None:
    """The three counts in one sentence; ends the page where the view is not on the list."""
    try:
        rows = _asked(scope, _figures(scope, choice), choice, None).set_index("kode", drop=False)
    except UserError as error:
        st.warning(str(error), icon=":material/block:")
        st.stop()
    shown = {kode: text.shown(kode, row["nilai"], row["alasan"]) for kode, row in rows.iterrows()}
    period = rentang_tanggal(rows["dari"].iloc[0], rows["sampai"].iloc[0])
    st.markdown(
        f"#### {filters.place(scope, choice)}, {period}: {shown['I01']} kasus terdata, {shown['I02']} tertangani, "
        f"{shown['I03K']} terselesaikan."
    )


def cards(scope: Scope, choice: filters.Choice) -> None:
    """The figures of the view, without lists."""
    kodes = _figures(scope, choice)

    def draw() -> None:
        rows = _asked(scope, kodes, choice, None).set_index("kode", drop=False)
        counts.grid([rows.loc[kode] for kode in kodes], lambda row: counts.card(row, None), columns=4)

    cache.drawn("rapat.kartu", scope, draw, choice)
    pieces.table_of(lambda: _table(scope, kodes, choice, None), key="rapat-angka")


def _table(scope: Scope, kodes: tuple[str, ...], choice: filters.Choice, per: Dimensi | None) -> tuple:
    answer = _asked(scope, kodes, choice, per)
    names = [INDICATORS[kode].nama for kode in answer["kode"]]
    frame = answer.assign(nama=names, tampil=present.display(answer))
    return frame, {"nama": "Indikator", "tampil": "Nilai", "catatan": "Catatan"}, answer


def provinces(scope: Scope, choice: filters.Choice) -> None:
    """The provinces on the map, where the view tells them apart."""
    if len(scope.provinces) < 2 or choice.provinsi:
        return
    st.subheader("Provinsi", help=text.definition(ON_THE_MAP))

    def draw() -> None:
        try:
            answer = _asked(scope, (ON_THE_MAP,), choice, Dimensi.PROVINSI)
        except UserError as error:
            pieces.note(str(error))
            return
        frame, limits, labels = present.by_province(answer, period_days=365)
        figure = maps.choropleth(
            frame,
            geojson_url=geo.provinsi_geojson_url(),
            limits=limits,
            labels=labels,
            title=INDICATORS[ON_THE_MAP].nama,
            unit=INDICATORS[ON_THE_MAP].satuan,
        )
        hidden = int(frame["nilai"].isna().sum())
        sentence = f"{INDICATORS[ON_THE_MAP].nama} per provinsi; {hidden} provinsi tanpa angka. Semuanya ada di tabel."
        pieces.chart(figure, key="rapat_peta", sentence=sentence, is_map=True)
        pieces.note(f"{sentence} {text.INDICATIVE_OF_USER if geo.is_from_user() else text.INDICATIVE}")

    cache.drawn("rapat.peta", scope, draw, choice, geo.provinsi_geojson_url())
    pieces.table_of(lambda: _by_province(scope, choice), key="rapat-provinsi")


def _by_province(scope: Scope, choice: filters.Choice) -> tuple:
    one_kind = choice.masalah in reference.names("jenis_masalah")
    answer = _asked(scope, CORE if one_kind else GROUP_KODES, choice, Dimensi.PROVINSI)
    table = present_area.side_by_side(answer, "provinsi", names=reference.names("provinsi"))
    shown = table.tampil.rename(columns=present_area.headings(table.tampil.columns))
    shown.insert(0, "Provinsi", table.nama)
    return shown, {name: name for name in shown.columns}, answer


def clusters(scope: Scope, choice: filters.Choice) -> None:
    """The groups side by side."""
    if choice.masalah:
        return
    st.subheader(
        "Menurut klaster",
        help="Jumlah kelompok dibulatkan sendiri-sendiri, sehingga tidak persis berjumlah total.",
    )

    def draw() -> None:
        answer = _asked(scope, GROUP_KODES, choice, Dimensi.KLASTER)
        table = present_area.side_by_side(answer, "klaster", names=reference.names("klaster"))
        shown = table.tampil.rename(columns=present_area.headings(table.tampil.columns))
        shown.insert(0, "Klaster", table.nama)
        right = {name: st.column_config.TextColumn(alignment="right") for name in shown.columns[1:]}
        st.dataframe(shown, hide_index=True, placeholder="–", column_config=right)

    try:
        cache.drawn("rapat.klaster", scope, draw, choice)
    except UserError as error:
        pieces.note(str(error))


def trend(scope: Scope, choice: filters.Choice) -> None:
    """The recorded cases by month: of the nation only, where months are on the list."""
    if len(scope.provinces) < 2 or choice.provinsi or choice.periode is PeriodKind.BULAN:
        return
    st.subheader("Tren bulanan", help=text.definition(IN_THE_TREND))

    noted = annotations.marks(scope, choice.provinsi)

    def draw() -> None:
        answer = _asked(scope, (IN_THE_TREND,), choice, Dimensi.BULAN)
        inside = annotations.within(noted, answer)
        frame = present.monthly(answer)
        figure = trends.monthly(
            frame,
            y_title=f"{INDICATORS[IN_THE_TREND].nama} per bulan (dibulatkan ke {BASE})",
            colour=STATUS_COLOURS[Status.TERDATA],
            mature_until=present.full_until(answer),
        )
        sentence = f"{INDICATORS[IN_THE_TREND].nama} per bulan: " + "; ".join(
            f"{row.bulan} {row.tampil}" for row in frame.itertuples()
        )
        pieces.chart(annotations.on(figure, inside), key="rapat_tren", sentence=sentence)
        annotations.legend(inside)

    cache.drawn("rapat.tren", scope, draw, choice, noted)
    pieces.table_of(lambda: _table_by_month(scope, choice), key="rapat-tren")


def _table_by_month(scope: Scope, choice: filters.Choice) -> tuple:
    answer = _asked(scope, (IN_THE_TREND,), choice, Dimensi.BULAN)
    frame = answer.assign(tampil=present.display(answer))
    return frame, {"bulan": "Bulan", "tampil": "Kasus terdata", "catatan": "Catatan"}, answer
