"""The sections of Pendamping: who needs help, never who is best."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from lib import measure, present_workers, text
from lib.charts import flow as flow_charts
from lib.charts import workload
from lib.domain import CaseFilter, Dimensi, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, rentang_tanggal, tanggal
from lib.web import cache, cards, counts, filters, links
from lib.web.session import current_settings

CARDS = ("I18-median", "I18-persen", "I18-maks", "I19", "I20", "I17", "I28", "I31")
PERSON, PERSON_AREA = links.PERSON, "orang_provinsi"
SEARCH, AREA_ORDER = "cari_orang", "urut_wilayah"
AREA_ORDERS = {"nama": "Menurut nama", "bantuan": "Terbanyak di atas batas"}
FEW_AREAS = 14  # so many rows are as high as the histogram beside them
FEW_FOUND = 6  # so many found persons get a button each
TABLE_HEIGHT = 460
PERSON_ANCHOR = "orang"
ROUND = "pendamping_putaran"
DEFINED = {"terbuka": "I13", "terdata": "I01", "macet": "I15-n", "umur_median": "I14-median"}
WHOLE_WORK = "Angka orang mencakup seluruh pekerjaannya, apa pun jenis kasusnya"


def headline(scope: Scope, choice: filters.Choice, figures: pd.DataFrame, staff: pd.DataFrame) -> None:
    """How many are active and how many are above the limits, in one sentence."""
    limits = current_settings().ambang
    bands = present_workers.band_counts(staff)
    sentence = text.load_headline(
        figures.loc["I18-median"], bands, place=filters.area(scope, choice), limits=limits
    )
    st.markdown(f"#### {sentence}")


def figure_cards(choice: filters.Choice, figures: pd.DataFrame) -> None:
    """The figures of the whole team; the notes say what is left out."""
    rows = [figures.loc[kode] for kode in counts.known(CARDS)]
    counts.grid(rows, lambda row: counts.card(row, choice), columns=4)
    ignored = f" {WHOLE_WORK}: saringan klaster dan jenis tidak berlaku." if choice.masalah else ""
    notes = present_workers.notes(rows, without="filter klaster dan jenis tidak berlaku")
    cards.note(
        "Beban ditampilkan untuk menemukan siapa yang perlu dibantu, bukan untuk menilai orang."
        + ignored
        + (f" Catatan: {'; '.join(notes)}." if notes else "")
    )


def chosen_person(choice: filters.Choice) -> None:
    """A link down to the pendamping of the address, who may lie far below."""
    if code := choice.other(PERSON):
        st.markdown(f":material/person: Pendamping **{code}** dibuka: [lihat rinciannya](#{PERSON_ANCHOR})")


def no_load(figures: pd.DataFrame, staff: pd.DataFrame) -> bool:
    """Say why there is no load to show, if so."""
    reason = figures.loc["I18-median", "alasan"]
    if staff["pita"].notna().any():
        return False
    st.info(f"Sebaran beban: {reason or text.NO_PERSONS}.", icon=":material/info:")
    return True


def distribution(scope: Scope, choice: filters.Choice, staff: pd.DataFrame) -> None:
    """Open cases over all active pendamping, zero included, and the bands by province or kab/kota."""
    st.subheader("Sebaran beban", help=text.definition("I18-persen"))
    key = "kabkota" if choice.provinsi else "provinsi"
    few = staff[key].nunique(dropna=False) <= FEW_AREAS
    left, right = st.columns(2, gap="medium") if few else (st.container(), st.container())
    with left, st.container(border=True, height="stretch"):
        cache.drawn("pendamping.sebaran", scope, lambda: _histogram(staff), choice)
        headings = {"terbuka": "Kasus terbuka", "pita": "Beban", "n": "Pendamping"}
        loads = partial(present_workers.load_counts, staff, current_settings().ambang)
        _table(loads, headings, key="beban-sebaran", staff=staff)
    with right, st.container(border=True, height="stretch"):
        order = switch(choice, AREA_ORDER, AREA_ORDERS, label="Urutan wilayah")
        by_area = partial(present_workers.by_area, staff, key, most_above_first=order == "bantuan")
        cache.drawn("pendamping.wilayah", scope, lambda: _areas(by_area(), few=few), choice, order)
        labels = text.band_labels(current_settings().ambang)
        _table(lambda: present_workers.area_table(by_area(), labels), None, key="beban-wilayah", staff=staff)


def _histogram(staff: pd.DataFrame) -> None:
    limits = current_settings().ambang
    loads = present_workers.load_counts(staff, limits)
    held = staff.loc[staff["pita"].notna(), "terbuka"]
    sentence = text.spread_of_loads(
        present_workers.band_counts(staff), zero=int((held == 0).sum()), highest=held.max(), limits=limits
    )
    figure = workload.load_histogram(
        loads, heading="Pendamping menurut kasus terbuka", labels=text.band_labels(limits)
    )
    cards.chart(figure, key="pd_sebaran", sentence=sentence)
    cards.note(f"{sentence} Batas usulan.")


def _areas(frame: pd.DataFrame, *, few: bool) -> None:
    """The bands per area; many areas in two halves side by side, on one scale."""
    labels = text.band_labels(current_settings().ambang)
    halves = [frame] if few else present_workers.halves(frame)
    longest = present_workers.largest_area(frame)
    for number, (column, half) in enumerate(zip(st.columns(len(halves), gap="medium"), halves, strict=True)):
        with column:
            figure = workload.bands_by_area(
                half, heading="Pendamping di atas batas wajar / semua", labels=labels, longest=longest
            )
            sentence = text.bands_of_areas(half)
            cards.chart(figure, key=f"pd_wilayah_{number}", sentence=sentence)
    cards.note(f"{text.bands_of_areas(frame)} Batas usulan; urutan wilayah bukan penilaian.")


def switch(choice: filters.Choice, name: str, options: dict[str, str], *, label: str) -> str:
    """A choice of the page between a few words, kept in the address."""
    value = counts.own_choice(choice, name, tuple(options), label=label)
    key = f"pd_{name}"
    st.session_state[key] = value
    st.segmented_control(
        label,
        list(options),
        format_func=options.get,
        key=key,
        required=True,
        on_change=lambda: filters.set_other(name, st.session_state[key]),
    )
    return value


def _table(
    make: Callable[[], pd.DataFrame], columns: dict[str, str] | None, *, key: str, staff: pd.DataFrame
) -> None:
    """The numbers of a chart made of `workers`, which has no kode, with period and data dates in its files."""
    with cards.behind_click(cards.TABLE_LABEL, key=key, icon=":material/table:") as is_open:
        if is_open:
            frame = make()
            columns = columns or {name: name for name in frame}
            st.dataframe(frame[list(columns)].rename(columns=columns), hide_index=True, placeholder="–")
            cards.downloads(
                frame, key=key, title="Tuntas: beban pendamping", lines=(*dates(staff), *definitions())
            )


def dates(staff: pd.DataFrame) -> tuple[str, ...]:
    """Period and data dates of the rows, for a file without these columns."""
    known = staff["tanggal_data"].dropna()
    if known.empty:
        return ()
    return (
        f"Periode: {rentang_tanggal(staff['dari'].iloc[0], staff['sampai'].iloc[0])}",
        f"Tanggal data: {tanggal(min(known))} sampai {tanggal(max(known))}",
    )


def definitions() -> tuple[str, ...]:
    """What the columns of a file of pendamping count."""
    values = current_settings()
    return (
        f"{WHOLE_WORK}; kasus dihitung pada pendampingnya sekarang. Bukan peringkat.",
        f"Pita beban (usulan): {', '.join(text.band_labels(values.ambang).values())} kasus terbuka.",
        text.weights_used(values.bobot),
        "ditutup: kasus yang ditutup dalam periode, alasan apa pun",
        *(f"{name} ({kode}): {INDICATORS[kode].pembilang}" for name, kode in DEFINED.items()),
    )


def staff_list(scope: Scope, choice: filters.Choice, staff: pd.DataFrame) -> None:
    """The searchable table: those above the limit first, then by code; a row opens the person below."""
    st.subheader("Siapa yang perlu dibantu")
    limits = current_settings().ambang
    st.session_state["pd_cari"] = choice.other(SEARCH)
    st.text_input(
        "Cari kode pendamping",
        key="pd_cari",
        placeholder="misalnya 32-014",
        live="500ms",  # else the framework asks for the Enter key, in English
        on_change=lambda: filters.set_other(SEARCH, st.session_state["pd_cari"].strip()),
        width=320,
    )
    found = present_workers.searched(present_workers.who_needs_help(staff), choice.other(SEARCH))
    if found.empty:
        st.info(
            f"Tidak ada pendamping dengan kode “{choice.other(SEARCH)}” di {filters.area(scope, choice)}; "
            "kosongkan kotak pencarian untuk melihat semuanya.",
            icon=":material/search_off:",
        )
        return
    _rows(scope, choice, found)
    if choice.other(SEARCH) and len(found) <= FEW_FOUND:
        with st.container(horizontal=True):
            for row in found.itertuples():
                st.button(
                    f"Buka {row.pendamping}",
                    key=f"pd_buka_{row.provinsi}_{row.pendamping}",
                    icon=":material/person:",
                    on_click=_open,
                    args=(row.pendamping, row.provinsi),
                )
    cards.note(
        f"{angka(len(found))} dari {angka(len(staff))} pendamping aktif; yang memegang lebih dari "
        f"{limits.beban_wajar} kasus lebih dahulu (usulan), lalu menurut kode: bukan peringkat. "
        f"{text.weights_used(current_settings().bobot)} Baru dan ditutup: dalam periode. "
        "Pilih baris untuk membuka pendamping itu."
    )
    # Files travel further than screens: codes only.
    counts.files(
        staff.drop(columns="nama"), key="pendamping", title="Tuntas: pendamping aktif", lines=definitions()
    )


def _rows(scope: Scope, choice: filters.Choice, found: pd.DataFrame) -> None:
    shown = present_workers.staff_table(
        found,
        names=measure.shows_names(scope),
        one_province=bool(choice.provinsi),
    )
    persons = list(zip(found["pendamping"], found["provinsi"], strict=True))
    # A selection is a row number: another order or a closed person begins a new table.
    turn = st.session_state.setdefault(ROUND, 0)
    key = f"pd_tabel_{turn}_{zlib.crc32(repr(persons).encode())}"
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="–",
        height=min(TABLE_HEIGHT, counts.HEAD_HEIGHT + counts.ROW_HEIGHT * len(shown)),
        key=key,
        on_select=lambda: _row_chosen(key, persons),
        selection_mode="single-row",
        column_config=_columns(),
        alt=f"{len(shown)} pendamping aktif dengan kasus terbuka, baru, ditutup, umur, macet dan beban berbobot",
    )


def _columns() -> dict:
    """Narrow columns, so that all of them fit beside each other; the numbers that are texts stand right."""
    narrow = {"pendamping": 82, "terbuka": 78, "beban": 82, "berbobot": 86, "macet": 70, "umur": 105}
    narrow |= {"terdata": 62, "ditutup": 76, "provinsi_nama": 138}
    helps = {
        "umur": text.definition("I14-median"),
        "macet": text.definition("I15-n"),
        "terdata": text.definition("I01"),
        "berbobot": text.weights_used(current_settings().bobot),
        "ditutup": "Kasus yang ditutup dalam periode, alasan apa pun.",
    }
    return {
        heading: st.column_config.Column(
            width=narrow.get(name),
            help=helps.get(name),
            alignment="right" if name in ("umur", "macet", "berbobot") else None,
        )
        for name, heading in present_workers.COLUMNS.items()
    }


def _row_chosen(key: str, persons: list[tuple[str, str]]) -> None:
    rows = st.session_state[key].selection.rows
    _open(*(persons[rows[0]] if rows else ("", "")))


def _open(code: str, provinsi: str) -> None:
    """Keep the person in the address; the province only where the filter does not say it."""
    chosen = st.session_state[filters.STATE].provinsi
    filters.set_other(PERSON_AREA, "" if chosen else provinsi)
    filters.set_other(PERSON, code)


def close_person() -> None:
    """Close the person and take the mark off the table's row."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    _open("", "")


def flow(
    scope: Scope,
    case_filter: CaseFilter,
    choice: filters.Choice,
    *,
    key: str,
    heading: str = "Kasus per bulan",
    **own: str,
) -> None:
    """Cases that came, were closed and stayed open, by month; `choice` and `own` are the filter of their lists."""
    answer = cache.measured(scope, present_workers.FLOW, case_filter, Dimensi.BULAN)
    frame = cache.made("pendamping.bulan", scope, lambda: present_workers.flow(answer), case_filter)
    if frame["terdata"].isna().all():
        st.info(f"Arus per bulan: {frame['tampil_terdata'].iloc[0]}.", icon=":material/info:")
        return
    if not frame[["terdata", "ditutup", "terbuka"]].to_numpy().any():
        st.info("Tidak ada kasus yang terdata, ditutup, atau terbuka dalam periode.", icon=":material/inbox:")
        return

    def draw() -> None:
        sentence = text.flow(frame["terdata"].sum(), frame["ditutup"].sum(), frame["terbuka"].iloc[-1])
        cards.chart(flow_charts.monthly_flow(frame, heading=heading), key=key, sentence=sentence)
        cut = "" if frame["utuh"].all() else " * dan warna pucat: bulan tidak penuh."
        cards.note(f"{sentence}{cut}")

    cache.drawn("pendamping.arus", scope, draw, case_filter, key, heading)
    headings = {
        "nama": "Bulan",
        "tampil_terdata": "Terdata",
        "tampil_ditutup": "Ditutup",
        "tampil_terbuka": "Terbuka pada akhir bulan",
    }
    cards.table(frame, headings, key=key, answer=answer)
    totals = {
        "I01": ("Terdata", frame["terdata"].sum()),
        "DITUTUP": ("Ditutup", frame["ditutup"].sum()),
        "I13": ("Terbuka", frame["terbuka"].iloc[-1]),
    }
    with st.container(horizontal=True, gap="small"):
        for kode, (name, number) in totals.items():
            if number > 0:
                links.cases(kode, f"{name}: {angka(number)}", choice, **own)


def team_flow(scope: Scope, choice: filters.Choice) -> None:
    """The flow of all cases of the filter."""
    st.subheader("Arus kasus", help=text.definition("I16"))
    flow(scope, choice.case_filter(), choice, key="pd_arus", heading="Kasus per bulan menurut saringan")
