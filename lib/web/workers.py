"""The sections of Pendamping: who needs help, never who is best."""

from __future__ import annotations

import zlib

import pandas as pd
import streamlit as st

from lib import measure, present_workers, reference, text
from lib.charts import flow as flow_charts
from lib.charts import workload
from lib.domain import CaseFilter, Dimensi, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, rentang_tanggal, tanggal
from lib.web import cache, cards, counts, filters
from lib.web.session import current_settings

CARDS = ("I18-median", "I18-persen", "I18-maks", "I19", "I20", "I17", "I28", "I31")
SHARES = ("I29-sertifikat", "I31", "I30")  # as bars; percent of different wholes
PERSON, PERSON_AREA = "orang", "orang_provinsi"
SEARCH, AREA_ORDER, TIME_ORDER = "cari_orang", "urut_wilayah", "urut_orang"
AREA_ORDERS = {"nama": "Menurut nama", "bantuan": "Terbanyak di atas batas"}
TIME_ORDERS = {"kode": "Menurut kode", "beban": "Menurut beban"}
FEW_AREAS = 14  # so many rows are as high as the histogram beside them
FEW_FOUND = 6  # so many found persons get a button each
TABLE_HEIGHT = 460
PERSON_ANCHOR = "orang"
ROUND = "pendamping_putaran"
DEFINED = {"terbuka": "I13", "terdata": "I01", "macet": "I15-n", "umur_median": "I14-median"}
WHOLE_WORK = "Angka orang mencakup seluruh pekerjaannya, apa pun jenis kasusnya"


def one_province(scope: Scope, choice: filters.Choice) -> str:
    """The one province that is shown, or nothing when there are several."""
    return choice.provinsi or (scope.provinces[0] if len(scope.provinces) == 1 else "")


def area(scope: Scope, choice: filters.Choice) -> str:
    """What the figures are about: the country, the viewer's provinces or one of them."""
    if kode := one_province(scope, choice):
        return reference.names("provinsi")[kode]
    return "Indonesia" if scope.provinces == reference.all_provinces() else "Semua provinsi Anda"


def headline(scope: Scope, choice: filters.Choice, figures: pd.DataFrame, staff: pd.DataFrame) -> None:
    """How many are active and how many are above the limits, in one sentence."""
    limits = current_settings().ambang
    bands = present_workers.band_counts(staff)
    sentence = text.load_headline(figures.loc["I18-median"], bands, place=area(scope, choice), limits=limits)
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
    key = "kabkota" if one_province(scope, choice) else "provinsi"
    few = staff[key].nunique(dropna=False) <= FEW_AREAS
    left, right = st.columns(2, gap="medium") if few else (st.container(), st.container())
    with left, st.container(border=True, height="stretch"):
        _histogram(staff)
    with right, st.container(border=True, height="stretch"):
        order = _switch(choice, AREA_ORDER, AREA_ORDERS, label="Urutan wilayah")
        _areas(present_workers.by_area(staff, key, most_above_first=order == "bantuan"), staff, few=few)


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
    headings = {"terbuka": "Kasus terbuka", "pita": "Beban", "n": "Pendamping"}
    _table(loads, headings, key="beban-sebaran", answer=loads, staff=staff)


def _areas(frame: pd.DataFrame, staff: pd.DataFrame, *, few: bool) -> None:
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
    wide = present_workers.area_table(frame, labels)
    _table(wide, {name: name for name in wide}, key="beban-wilayah", answer=wide, staff=staff)


def _switch(choice: filters.Choice, name: str, options: dict[str, str], *, label: str) -> str:
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
    frame: pd.DataFrame, columns: dict[str, str], *, key: str, answer: pd.DataFrame, staff: pd.DataFrame
) -> None:
    """The numbers of a chart made of `workers`, which has no kode, with period and data dates in its files."""
    with st.expander("Tabel dan unduhan", icon=":material/table:"):
        st.dataframe(frame[list(columns)].rename(columns=columns), hide_index=True, placeholder="–")
        cards.downloads(
            answer, key=key, title="Tuntas: beban pendamping", lines=(*dates(staff), *definitions())
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
            f"Tidak ada pendamping dengan kode “{choice.other(SEARCH)}” di {area(scope, choice)}; "
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
        one_province=bool(one_province(scope, choice)),
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


def flow(scope: Scope, case_filter: CaseFilter, *, key: str, heading: str = "Kasus per bulan") -> None:
    """Cases that came, were closed and stayed open, by month."""
    answer = cache.measured(scope, present_workers.FLOW, case_filter, Dimensi.BULAN)
    frame = present_workers.flow(answer)
    if frame["terdata"].isna().all():
        st.info(f"Arus per bulan: {frame['tampil_terdata'].iloc[0]}.", icon=":material/info:")
        return
    sentence = text.flow(frame["terdata"].sum(), frame["ditutup"].sum(), frame["terbuka"].iloc[-1])
    cards.chart(flow_charts.monthly_flow(frame, heading=heading), key=key, sentence=sentence)
    cut = "" if frame["utuh"].all() else " * dan warna pucat: bulan tidak penuh."
    cards.note(f"{sentence}{cut}")
    headings = {
        "nama": "Bulan",
        "tampil_terdata": "Terdata",
        "tampil_ditutup": "Ditutup",
        "tampil_terbuka": "Terbuka pada akhir bulan",
    }
    cards.table(frame, headings, key=key, answer=answer)


def team_flow(scope: Scope, choice: filters.Choice) -> None:
    """The flow of all cases of the filter."""
    st.subheader("Arus kasus", help=text.definition("I16"))
    flow(scope, choice.case_filter(), key="pd_arus", heading="Kasus per bulan menurut saringan")


def times(scope: Scope, choice: filters.Choice, staff: pd.DataFrame) -> None:
    """Time to closure per pendamping of one province, with the province's spread behind."""
    st.subheader("Lama kasus sampai ditutup per pendamping", help=text.definition("I08"))
    provinsi = one_province(scope, choice)
    if not provinsi:
        st.info(
            "Pilih satu provinsi di bilah saringan: pendamping hanya disandingkan di dalam provinsinya.",
            icon=":material/location_on:",
        )
        return
    order = _switch(choice, TIME_ORDER, TIME_ORDERS, label="Urutan pendamping")
    case_filter = choice.case_filter()
    answer = cache.measured(scope, ("I08", "I05M"), case_filter, Dimensi.PENDAMPING)
    own = cache.measured(scope, ("I08", "I05M"), case_filter).set_index("kode")
    frame = present_workers.times(answer, staff, by_load=order == "beban")
    drawn = frame[frame["nilai"].notna()]
    sentence = text.person_times(len(drawn), present_workers.left_out(frame), province=own.loc["I08"])
    if drawn.empty:
        st.info(sentence, icon=":material/info:")
    else:
        spread = present_workers.middle_half(drawn)
        figure = workload.person_times(
            drawn,
            heading="Hari sampai separuh kasus ditutup",
            reference=own.loc["I08", "nilai"],
            reference_label=reference.names("provinsi")[provinsi],
            spread=spread,
            spread_label="separuh pendamping di tengah",
        )
        cards.chart(figure, key="pd_lama", sentence=sentence)
        cards.note(f"{sentence} {text.fair_reading(has_spread=spread is not None)}")
    headings = {
        "nama": "Pendamping",
        "terbuka": "Terbuka",
        "tampil": INDICATORS["I08"].pendek,
        "selesai": INDICATORS["I05M"].pendek,
        "n": "n",
    }
    cards.table(frame, headings, key="pd_lama", answer=answer)


def staff_profile(scope: Scope, choice: filters.Choice) -> None:
    """Certification, training, attendance, and the team by grade, title and schooling."""
    shares, profiles = counts.known(SHARES), counts.known(tuple(present_workers.PROFILES))
    st.subheader("Profil pendamping")
    answer = cache.measured(scope, (*shares, *profiles), choice.case_filter())
    kept = answer[answer["kode"].isin(shares)]
    drawings = [("profil", "Sertifikat, pelatihan dan kehadiran", present_workers.shares(kept, shares), kept)]
    for kode in profiles:
        own = answer[answer["kode"] == kode]
        drawings.append((kode, INDICATORS[kode].nama, present_workers.profile(own, kode), own))
    for start in range(0, len(drawings), 2):
        for column, drawing in zip(st.columns(2, gap="medium"), drawings[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                _profile(*drawing)


def _profile(key: str, name: str, frame: pd.DataFrame, answer: pd.DataFrame) -> None:
    if frame["nilai"].isna().all():
        why = frame["tampil"].iloc[0] if len(frame) else text.NO_PERSONS
        st.info(f"{name}: {why}.", icon=":material/info:")
        return
    parts = "; ".join(f"{row.nama} {row.tampil} (n = {angka(row.n)})" for row in frame.itertuples())
    cards.chart(
        workload.ordered_bars(frame, heading=name),
        key=f"pd_{key}",
        sentence=f"{name}: {parts}.",
    )
    cards.note(text.highest_share(frame, name=name))
    headings = {"nama": "Kelompok", "pembilang": "Pembilang", "n": "n", "tampil": "Persen"}
    cards.table(frame, headings, key=f"pd_{key}", answer=answer)
