"""The sections of Provinsi."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lib import geo, measure, present, present_area, present_workers, reference, text
from lib.charts import bars, outline, workload
from lib.domain import Dimensi, Scope
from lib.indicators.records import INDICATORS
from lib.measure import is_kept
from lib.numbers_id import angka
from lib.web import cache, cards, counts, filters, links, watch, workers
from lib.web.case_list import SEPARATOR
from lib.web.session import current_settings, data_dates, guarded

# Four in a row: the corong and what is open; what is stuck and the load; how long; response and referrals.
FIGURES = (
    *("I01", "I02", "I03K", "I13"),
    *("I15-n", "I15-persen", "I28", "I18-rata"),
    *("I04-180", "I05M", "I08", "I11"),
    *("I10", "I22-n", "I22-diterima", "I22-hari"),
)
PLACE_TABLE = ("I01", "I02", "I03K", "I13", "I15-n", "I04-180")
COLOURS = ("I04-180", "I15-persen", "I27", "I05M")
SIZE = "I13"
COLOUR_CHOICE = "warna"
PERIOD = ["dari", "sampai"]
PLACE_CHOICE, CASE_CHOICE = "sorot_kabkota", "sorot_kasus"
STUCK_SHOWN = 10
# Pixels: all columns beside each other on a 1440 pixel screen, the longest kinds of problems shortened.
STUCK_WIDTHS = {"id_kasus": 140, "prioritas": 76, "jenis": 262, "kabkota": 184, "pendamping": 92}
# Column by column, with widths after their longest names.
ISLANDS = {
    ("Sumatera",): 1.25,
    ("Jawa", "Bali dan Nusa Tenggara"): 1.1,
    ("Kalimantan", "Sulawesi"): 1.1,
    ("Maluku", "Papua"): 1.0,
}


def title(scope: Scope, choice: filters.Choice) -> None:
    """The page's title and the way back, with the filter kept."""
    st.title(reference.names("provinsi")[choice.provinsi] if choice.provinsi else "Provinsi")
    above = "nasional" if measure.is_national(scope) else "Ringkasan"
    links.page("ringkasan", f"Kembali ke {above}", replace(choice, provinsi=""), icon=":material/arrow_back:")


def chooser(scope: Scope, choice: filters.Choice) -> None:
    """All provinces by island with their open cases; one press opens a province."""
    st.markdown("#### Pilih provinsi")
    cards.note("Angka di belakang nama: kasus terbuka.")
    answer = cache.measured(scope, (SIZE,), choice.case_filter(), Dimensi.PROVINSI).set_index("provinsi")
    listed = reference.table("provinsi").set_index("kode_provinsi").loc[answer.index]
    for column, islands in zip(st.columns(list(ISLANDS.values())), ISLANDS, strict=True):
        with column:
            for island in islands:
                _island(choice, answer.loc[listed.index[listed["pulau"] == island]], island)


def _island(choice: filters.Choice, answer: pd.DataFrame, island: str) -> None:
    if answer.empty:
        return
    st.markdown(f"**{island}**")
    with st.container(gap=None):
        for kode, row in answer.iterrows():
            # Not a link: to the page it stands on a link leaves the address as it was.
            st.button(
                f"{reference.names('provinsi')[kode]} · {text.shown(SIZE, row['nilai'], row['alasan'])}",
                key=f"p_buka_{kode}",
                type="tertiary",
                icon=":material/chevron_right:",
                on_click=filters.keep,
                args=(replace(choice, provinsi=kode),),
            )


def figures(scope: Scope, choice: filters.Choice) -> pd.DataFrame:
    """The province's figures by kode."""
    return cache.measured(scope, counts.known(FIGURES), choice.case_filter()).set_index("kode", drop=False)


def headline(scope: Scope, choice: filters.Choice, own: pd.DataFrame) -> bool:
    """The province in a sentence; False when it has never sent anything."""
    if pd.isna(own.loc["I01", "nilai"]):
        name = reference.names("provinsi")[choice.provinsi]
        st.info(
            f"{name} belum pernah mengirim data. Angka akan muncul sesudah unggahan pertama.",
            icon=":material/inbox:",
        )
        return False
    st.markdown(f"#### {text.headline(own, place=filters.place(scope, choice))}")
    st.markdown(text.province_now(own))
    dates = data_dates(scope)
    if (day := own.loc["I01", "tanggal_data"]) < max(dates):
        st.info(text.late_data(day, max(dates)), icon=":material/schedule:")
    return True


def figure_cards(scope: Scope, choice: filters.Choice, own: pd.DataFrame) -> None:
    """The figures, each beside the nation's: counts with their share, rates and durations with the nation's value."""
    cache.drawn("provinsi.angka", scope, lambda: _figure_cards(scope, choice, own), choice)


def _figure_cards(scope: Scope, choice: filters.Choice, own: pd.DataFrame) -> None:
    wider = _nation(scope, own, choice)
    same = wider.index.intersection(own.index)
    same_period = bool((own.loc[same, PERIOD] == wider.loc[same, PERIOD]).all(axis=None))

    def draw(row: pd.Series) -> None:
        kode, beside = row["kode"], ""
        if kode in wider.index:
            beside = text.beside(
                kode, row["nilai"], wider.loc[kode], place="nasional", same_period=same_period
            )
        counts.card(row, choice, beside=beside)

    counts.grid([own.loc[kode] for kode in own.index], draw, columns=4)
    notes = [
        f"{INDICATORS[kode].pendek}: {row['catatan']}"
        for kode, row in own.iterrows()
        if row["catatan"] and not row["alasan"]
    ]
    cards.note(
        "“Separuh kasus ditutup” menghitung akhir apa pun; baca selalu bersama “Separuh kasus selesai”."
        + (f" Catatan: {' · '.join(notes)}." if notes else "")
    )


def _nation(scope: Scope, own: pd.DataFrame, choice: filters.Choice) -> pd.DataFrame:
    """The nation's figures by kode; whoever may not see the nation gets its rates and durations only."""
    case_filter = replace(choice.case_filter(), provinsi=())
    ask = cache.measured if measure.is_national(scope) else cache.benchmark
    return ask(scope, tuple(own["kode"]), case_filter).set_index("kode", drop=False)


def places(scope: Scope, choice: filters.Choice) -> None:
    """The kab/kota on a map, and as a table whose rows lead to the cases."""
    st.subheader("Kabupaten/kota")
    kode = counts.own_choice(choice, COLOUR_CHOICE, COLOURS, label="Warna")
    st.session_state["p_warna"] = kode
    st.segmented_control(
        "Warna peta",
        COLOURS,
        format_func=lambda each: INDICATORS[each].pendek,
        key="p_warna",
        required=True,
        on_change=lambda: filters.set_other(COLOUR_CHOICE, st.session_state["p_warna"]),
        help=text.definition(kode),
    )
    kodes = tuple(dict.fromkeys((*PLACE_TABLE, kode)))
    answer = cache.measured(scope, kodes, choice.case_filter(), Dimensi.KABKOTA)
    chosen = choice.other(PLACE_CHOICE)
    chosen = chosen if chosen in set(answer["kabkota"]) else ""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        # A boundary file that cannot be read takes the map away, not the figures beside it.
        guarded(lambda: _outline(scope, answer, choice, kode=kode, chosen=chosen))
    with right:
        _place(answer, choice, chosen)

    def prepare() -> present_area.Table:
        return present_area.side_by_side(
            answer, "kabkota", names=reference.names("kabkota"), highest_first=SIZE
        )

    counts.table(
        cache.made("provinsi.kabkota", scope, prepare, choice.case_filter(), kode),
        heading="Kabupaten/kota",
        key="p_kabkota",
        alt="Kabupaten/kota dengan kasus terdata, tertangani, terselesaikan, terbuka, macet, dan persen selesai",
        own_choice=PLACE_CHOICE,
        chosen=chosen,
    )
    counts.files(answer, key="provinsi-kabkota", title="Tuntas: kabupaten/kota")


def _outline(scope: Scope, answer: pd.DataFrame, choice: filters.Choice, *, kode: str, chosen: str) -> None:
    # Areas where the user brought the boundaries, else bubbles on the province's outline.
    areas_url, whole_url = geo.kabkota_geojson_url(choice.provinsi), geo.provinsi_geojson_url()

    def draw() -> tuple[go.Figure, str]:
        frame, limits, labels = present_area.kabkota_bubbles(answer, size_kode=SIZE, colour_kode=kode)
        size = INDICATORS[SIZE].nama.lower()
        make = outline.bubbles if areas_url is None else outline.areas
        figure = make(
            frame,
            provinsi=choice.provinsi,
            limits=limits,
            labels=labels,
            title=f"{INDICATORS[kode].nama} ({INDICATORS[kode].satuan})",
            size_name=size,
            geojson_url=areas_url or whole_url,
            selected=chosen or None,
        )
        return figure, text.places(frame, colour=INDICATORS[kode].nama, size=size)

    asked = (choice.case_filter(), kode, chosen, areas_url, whole_url)
    figure, sentence = cache.made("provinsi.peta", scope, draw, *asked)
    cards.chart(figure, key="p_peta", sentence=sentence, is_map=True, on_select=_place_pressed)
    from_user = areas_url is not None or geo.is_from_user()
    cards.note(f"{sentence} {text.INDICATIVE_OF_USER if from_user else text.INDICATIVE} Batas kelas usulan.")


def _place_pressed() -> None:
    points = st.session_state["p_peta"].selection.points
    if points and "customdata" in points[0]:
        code = points[0]["customdata"]
        filters.set_other(PLACE_CHOICE, code if isinstance(code, str) else code[0])


def _place(answer: pd.DataFrame, choice: filters.Choice, chosen: str) -> None:
    """One kab/kota, chosen here, on the map or in the table: its figures with their lists."""
    names = reference.names("kabkota")
    st.session_state["p_tempat"] = chosen
    st.selectbox(
        "Kabupaten/kota yang dirinci",
        ["", *dict.fromkeys(answer["kabkota"])],
        format_func=lambda code: names[code] if code else "Pilih di sini, pada peta, atau di tabel",
        key="p_tempat",
        on_change=lambda: filters.set_other(PLACE_CHOICE, st.session_state["p_tempat"]),
        placeholder="Ketik untuk mencari",
    )
    if not chosen:
        cards.note("Angka kabupaten/kota yang dipilih, dengan daftar kasusnya, muncul di sini.")
        return
    rows = answer[answer["kabkota"] == chosen].set_index("kode", drop=False)
    counts.grid(
        [rows.loc[kode] for kode in PLACE_TABLE],
        lambda row: counts.card(row, choice, kabkota=chosen),
        columns=2,
    )


def clusters(scope: Scope, choice: filters.Choice) -> None:
    """Where the province's cases stand, by cluster."""
    st.subheader("Menurut klaster", help="Lima klaster dan dua kelompok lain; semuanya berjumlah total.")
    answer = cache.measured(scope, tuple(present.STOCK), choice.case_filter(), Dimensi.KLASTER)
    if not answer["nilai"].sum():
        st.info("Belum pernah ada kasus menurut saringan ini.", icon=":material/inbox:")
        return

    def make() -> tuple:
        wide = present.wide(present.stock_by(answer, "klaster", reference.names("klaster")))
        return wide, {column: column for column in wide.columns}, answer

    cache.drawn("provinsi.klaster", scope, lambda: _clusters(answer), choice.case_filter())
    cards.table_of(make, key="provinsi-klaster")
    links.page("klaster", "Buka halaman Klaster untuk provinsi ini", choice, icon=":material/category:")


def _clusters(answer: pd.DataFrame) -> None:
    frame = present.stock_by(answer, "klaster", reference.names("klaster"))
    sentence = f"Stok {angka(frame['nilai'].sum())} kasus menurut klaster dan status."
    cards.chart(bars.composition(frame, unit="kasus"), key="p_klaster", sentence=sentence)
    cards.note(sentence)


def team(scope: Scope, choice: filters.Choice) -> None:
    """The pendamping on duty with their load against the bands; a row leads to the page Pendamping."""
    st.subheader("Pendamping", help=text.definition("I18-rata"))
    staff = cache.workers(scope, choice.case_filter())
    known = staff[staff["pita"].notna()]
    if known.empty:
        reason = staff["alasan"].iloc[0] if len(staff) else text.NO_PERSONS
        st.info(f"Beban pendamping: {reason}.", icon=":material/info:")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        cache.drawn("provinsi.beban", scope, lambda: _loads(staff, choice), choice)
    with right:
        _team_table(choice, present_workers.who_needs_help(known))
        counts.files(
            staff.drop(columns="nama"),
            key="provinsi-pendamping",
            title="Tuntas: pendamping aktif",
            lines=workers.definitions(),
        )
    _way_to_person(choice, known["pendamping"].tolist())


def _loads(staff: pd.DataFrame, choice: filters.Choice) -> None:
    limits = current_settings().ambang
    held = staff.loc[staff["pita"].notna(), "terbuka"]
    sentence = text.spread_of_loads(
        present_workers.band_counts(staff), zero=int((held == 0).sum()), highest=held.max(), limits=limits
    )
    figure = workload.load_histogram(
        present_workers.load_counts(staff, limits),
        heading="Pendamping menurut kasus terbuka yang dipegang (batas usulan)",
        labels=text.band_labels(limits),
    )
    cards.chart(figure, key="p_beban", sentence=sentence)
    ignored = f" {workers.WHOLE_WORK}: saringan klaster dan jenis tidak berlaku." if choice.masalah else ""
    cards.note(sentence + ignored)


def _team_table(choice: filters.Choice, staff: pd.DataFrame) -> None:
    counts.rows_table(
        present_area.team(staff, text.band_labels(current_settings().ambang)),
        staff["pendamping"].tolist(),
        key="p_pendamping",
        own_choice=workers.PERSON,
        chosen=choice.other(workers.PERSON),
        alt="Pendamping aktif dengan beban, kasus terbuka dan kasus macet",
    )


def _way_to_person(choice: filters.Choice, codes: list[str]) -> None:
    chosen = choice.other(workers.PERSON)
    links.choose("Pendamping yang dibuka", codes, key="p_orang", own_choice=workers.PERSON, chosen=chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        links.page("pendamping", "Semua pendamping provinsi ini", choice, icon=":material/group:")
        if chosen in codes:
            links.page(
                "pendamping",
                f"Pendamping {chosen}",
                choice,
                icon=":material/person:",
                **{workers.PERSON: chosen},
            )


def watched(scope: Scope, choice: filters.Choice) -> None:
    """What the province's months and the clocks of its steps say."""
    st.subheader(
        "Perlu perhatian",
        help="Bulan yang di luar naik-turun biasa menurut peta kendali, dan langkah yang paling banyak lewat norma.",
    )
    watch.patterns(scope, choice)


def stuck(scope: Scope, choice: filters.Choice, own: pd.DataFrame) -> None:
    """The ten cases that have waited longest without activity, and the way to all of them."""
    row = own.loc["I15-n"]
    st.subheader("Kasus macet", help=text.definition("I15-n"))
    if pd.isna(row["nilai"]):
        st.info(
            f"Kasus macet: {row['alasan']}. Pilih periode yang sampai tanggal data.", icon=":material/info:"
        )
        return
    if is_kept(row):
        kept = row["catatan"].split("; ")[0]
        st.info(
            f"{angka(row['nilai'])} kasus macet {kept}; daftar kasusnya hanya ada pada tanggal data.",
            icon=":material/history:",
        )
        return
    if row["nilai"] == 0:
        st.info("Tidak ada kasus macet pada tanggal data.", icon=":material/check_circle:")
        return
    total, rows = cache.listed(
        scope, "I15-n", choice.case_filter(), sort="tanggal_aktivitas", newest_first=False, size=STUCK_SHOWN
    )
    shown = present_area.stuck(rows, row["tanggal_data"])
    cards.note(
        f"{angka(len(shown))} dari {angka(total)} kasus macet (n = {angka(row['n'])} kasus terbuka), yang paling lama "
        "tanpa aktivitas dulu."
    )
    headings, ids = present_area.STUCK_COLUMNS, shown["id_kasus"].tolist()
    counts.rows_table(
        shown.rename(columns=headings),
        ids,
        key="p_macet",
        own_choice=CASE_CHOICE,
        chosen=choice.other(CASE_CHOICE),
        alt=f"{len(shown)} kasus macet yang paling lama tanpa aktivitas",
        column_config={
            headings[name]: st.column_config.Column(width=width) for name, width in STUCK_WIDTHS.items()
        },
    )
    links.choose(
        "Kasus yang dibuka", ids, key="p_kasus", own_choice=CASE_CHOICE, chosen=choice.other(CASE_CHOICE)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        links.cases("I15-n", f"Semua {angka(total)} kasus macet", choice, urut="aktivitas-lama")
        if (chosen := choice.other(CASE_CHOICE)) in ids:
            links.cases(
                "I15-n",
                f"Linimasa kasus {chosen}",
                choice,
                urut="aktivitas-lama",
                kasus=f"{choice.provinsi}{SEPARATOR}{chosen}",
            )
