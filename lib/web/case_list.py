"""The sections of Kasus: which list, the list page by page, and the timeline of one case."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from lib import measure, present_cases, reference, text, text_quality
from lib.charts.timeline import case_steps
from lib.domain import CaseFilter, Scope, Tahap, UserError
from lib.exports import sheets
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka
from lib.web import cache, cards, counts, filters, links
from lib.web.session import current_settings, current_source

PAGE_SIZE = 50
KINDS = (
    *("I13", "I15-n", "I28", "I01", "I02", "I03K", "I03", "DITUTUP", "DITUTUP-dialihkan", "DITUTUP-berhenti"),
    *("I14-0", "I14-31", "I14-91", "I14-181"),
    *("STOK-terdata", "STOK-tertangani", "STOK-terselesaikan", "STOK-ditutup"),
    *("TUNGGU-asesmen", "TUNGGU-rencana", "TUNGGU-intervensi", "TUNGGU-terminasi"),
    *("LEWAT-respon", "LEWAT-asesmen", "LEWAT-rencana", "LEWAT-terminasi"),
    *text_quality.LISTS,
)
ORDERS = {
    "terdata-baru": ("Terdata, terbaru dulu", "tanggal_terdata", True),
    "terdata-lama": ("Terdata, terlama dulu", "tanggal_terdata", False),
    "aktivitas-lama": ("Paling lama tanpa aktivitas", "tanggal_aktivitas", False),
    "aktivitas-baru": ("Aktivitas terbaru dulu", "tanggal_aktivitas", True),
}
STEP_NAMES = {
    Tahap.TERDATA: "terdata",
    Tahap.ASESMEN: "asesmen",
    Tahap.RENCANA: "rencana intervensi",
    Tahap.INTERVENSI: "intervensi",
    Tahap.TERMINASI: "terminasi",
}
TRAIL = "kasus_jejak"
CASE = "kasus"  # the parameter of the case whose timeline is open
TABLE_HEIGHT = 560
SEPARATOR = "~"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which list, in which order, narrowed to what."""

    kode: str
    case_filter: CaseFilter
    tahap: Tahap | None
    urutan: str


def wanted(choice: filters.Choice) -> Wanted:
    """What the link asks for; raises UserError that names a value which means nothing."""
    kode = choice.other("kode", KINDS[0])
    urutan = choice.other("urut", next(iter(ORDERS)))
    tahap = choice.other("tahap")
    if kode not in KINDS:
        raise UserError(f"Daftar “{kode}” pada tautan tidak dikenal; pilih daftar lain dari menu.")
    if urutan not in ORDERS:
        raise UserError(f"Urutan “{urutan}” pada tautan tidak dikenal; pilihannya: {', '.join(ORDERS)}.")
    if tahap and tahap not in set(Tahap):
        raise UserError(f"Tahap “{tahap}” pada tautan tidak dikenal; pilihannya: {', '.join(Tahap)}.")
    kabkota, pendamping = choice.other("kabkota"), choice.other("pendamping")
    narrowed = replace(
        choice.case_filter(), kabkota=(kabkota,) if kabkota else (), pendamping=pendamping or None
    )
    if pas := choice.other("pas"):
        narrowed = filters.of_pas(narrowed, pas)
    return Wanted(kode=kode, case_filter=narrowed, tahap=Tahap(tahap) if tahap else None, urutan=urutan)


def controls(choice: filters.Choice, asked: Wanted) -> None:
    """Choose list and order; what a link has narrowed is shown and can be taken away."""
    state = st.session_state
    state["k_kode"], state["k_urut"] = asked.kode, asked.urutan
    left, right = st.columns(2)
    left.selectbox(
        "Daftar",
        KINDS,
        format_func=text.list_name,
        key="k_kode",
        on_change=lambda: filters.set_other("kode", state["k_kode"]),
        placeholder="Ketik untuk mencari",
        help=text.list_definition(asked.kode),
    )
    right.selectbox(
        "Urutan",
        list(ORDERS),
        format_func=lambda key: ORDERS[key][0],
        key="k_urut",
        on_change=lambda: filters.set_other("urut", state["k_urut"]),
        placeholder="Pilih urutan",
        filter_mode=None,
    )
    if narrowed := _narrowings(choice, asked):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Dipersempit:")
            for name, label in narrowed.items():
                st.button(
                    label,
                    icon=":material/close:",
                    key=f"k_hapus_{name}",
                    on_click=filters.set_other,
                    args=(name, ""),
                    help="Klik untuk menghapus penyempitan ini",
                )


def _narrowings(choice: filters.Choice, asked: Wanted) -> dict[str, str]:
    """What the link has narrowed beside the filter bar, in words by the name of its parameter."""
    kabkota, pas = choice.other("kabkota"), choice.other("pas")
    labels = {
        "kabkota": reference.names("kabkota").get(kabkota, kabkota),
        "pas": f"12-PAS {reference.names('pas').get(pas, pas)}",
        "pendamping": f"pendamping {choice.other('pendamping')}",
        "tahap": f"tahap {STEP_NAMES.get(asked.tahap, '')}",
    }
    return {name: label for name, label in labels.items() if choice.other(name)}


def whole_work(choice: filters.Choice) -> None:
    """Say which part of the filter a person's list leaves out, and that the way back brings it again."""
    if masalah := links.set_aside("kasus", choice):
        names = reference.names("klaster") | reference.names("jenis_masalah")
        cards.note(
            f"Daftar ini mencakup seluruh pekerjaan pendamping: saringan “{names[masalah]}” tidak berlaku di sini, "
            "dan berlaku lagi saat Anda kembali."
        )


def listing(scope: Scope, asked: Wanted) -> None:
    """The list, page by page; its length is the count that led here."""
    if unknown := _never_sent(scope, asked):
        st.info(unknown, icon=":material/inbox:")
        return
    _, sort, newest_first = ORDERS[asked.urutan]
    trail = _trail(scope, asked)
    total, rows = cache.listed(
        scope,
        asked.kode,
        asked.case_filter,
        tahap=asked.tahap,
        sort=sort,
        newest_first=newest_first,
        after=trail[-1],
        size=PAGE_SIZE,
    )
    st.markdown(f"**{angka(total)} kasus** · {text.list_name(asked.kode)}")
    if rows.empty:
        st.info("Tidak ada kasus dalam daftar ini.", icon=":material/inbox:")
        return
    dates = {p.kode_provinsi: p.tanggal_data for p in current_source().provinces}
    shown = present_cases.case_list(rows, dates)
    keys = [f"{row.kode_provinsi}{SEPARATOR}{row.id_kasus}" for row in rows.itertuples()]
    chosen, several = st.session_state[filters.STATE].other(CASE), len(_provinces(scope, asked)) > 1
    columns = {
        name: label for name, label in present_cases.LIST_COLUMNS.items() if name != "provinsi" or several
    }
    # A selection is a row number: on another page of the list, or when a case was closed, the table is new.
    table = f"k_tabel_{zlib.crc32(repr((keys, chosen)).encode())}"
    st.dataframe(
        shown[list(columns)]
        .assign(kabkota=shown["kabkota"].str.replace("Kabupaten ", "Kab. ", regex=False))
        .rename(columns=columns),
        hide_index=True,
        placeholder="–",
        key=table,
        on_select=lambda: _row_chosen(table, keys),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [keys.index(chosen)] if chosen in keys else []}},
        height=min(TABLE_HEIGHT, counts.HEAD_HEIGHT + counts.ROW_HEIGHT * len(keys)),
        column_config={
            name: st.column_config.DateColumn(format="DD/MM/YYYY")
            for column, name in columns.items()
            if column.startswith("tanggal_")
        },
        alt=f"Daftar {text.list_name(asked.kode)}, {total} kasus; pilih baris untuk linimasanya",
    )
    _page_buttons(trail, total, rows, sort)
    links.choose(
        "Kasus yang dibuka linimasanya",
        keys,
        key="k_kasus",
        own_choice=CASE,
        chosen=chosen,
        names={key: _case_name(key) for key in keys},
    )
    cards.note("Hari: umur sampai tanggal data, atau lama sampai ditutup.")
    _downloads(scope, asked, sort, newest_first, dates)


def _provinces(scope: Scope, asked: Wanted) -> tuple[str, ...]:
    return asked.case_filter.provinsi or scope.provinces


def _never_sent(scope: Scope, asked: Wanted) -> str:
    """Why there is no list, not even an empty one, when none of its provinces has sent anything."""
    dates = {p.kode_provinsi: p.tanggal_data for p in current_source().provinces}
    provinces = _provinces(scope, asked)
    if any(dates[kode] is not None for kode in provinces):
        return ""
    names = reference.names("provinsi")
    who = names[provinces[0]] if len(provinces) == 1 else "Provinsi Anda"
    return f"{who} belum pernah mengirim data. Daftar akan muncul sesudah unggahan pertama."


def _trail(scope: Scope, asked: Wanted) -> list:
    """Where each page so far began; a new list begins again."""
    key = (scope, current_source().versi, asked)
    kept = st.session_state.get(TRAIL)
    if kept is None or kept[0] != key:
        st.session_state[TRAIL] = (key, [None])
    return st.session_state[TRAIL][1]


def _page_buttons(trail: list, total: int, rows: pd.DataFrame, sort: str) -> None:
    first = (len(trail) - 1) * PAGE_SIZE + 1
    last = rows.iloc[-1]
    place = measure.Place(
        tanggal=last[sort].date(), kode_provinsi=last["kode_provinsi"], id_kasus=last["id_kasus"]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Sebelumnya",
            icon=":material/chevron_left:",
            disabled=len(trail) == 1,
            on_click=trail.pop,
        )
        st.button(
            "Berikutnya",
            icon=":material/chevron_right:",
            disabled=first + len(rows) - 1 >= total,
            on_click=trail.append,
            args=(place,),
        )
        # After both, so that they stay side by side on a telephone.
        st.markdown(f"{angka(first)}–{angka(first + len(rows) - 1)} dari {angka(total)}")


def _case_name(key: str) -> str:
    kode_provinsi, _, id_kasus = key.partition(SEPARATOR)
    return f"{id_kasus} · {reference.names('provinsi')[kode_provinsi]}"


def _row_chosen(table: str, keys: list[str]) -> None:
    rows = st.session_state[table].selection.rows
    filters.set_other(CASE, keys[rows[0]] if rows else "")


def _downloads(scope: Scope, asked: Wanted, sort: str, newest_first: bool, dates: dict) -> None:
    source, limits, choice = current_source(), current_settings().ambang, st.session_state[filters.STATE]
    narrowed = _narrowings(choice, asked).values()
    about = sheets.About(
        judul=f"Tuntas: daftar kasus, {text.list_name(asked.kode)}",
        baris=(
            f"Saringan: {'; '.join((filters.describe(choice), *narrowed))}",
            f"Versi potret: {source.versi}; tayang internal",
        ),
        kodes=(asked.kode,) if asked.kode in INDICATORS else (),
        simulasi=source.simulasi,
    )
    # Version and question decide the content, so their digest tells two files apart without making them first.
    digest = hashlib.sha256(repr((scope, source.versi, limits, asked)).encode()).hexdigest()[:10]

    def make(write):
        def content() -> bytes:
            rows = cache.all_listed(
                scope,
                asked.kode,
                asked.case_filter,
                tahap=asked.tahap,
                sort=sort,
                newest_first=newest_first,
                source=source,
                limits=limits,
            )
            columns = present_cases.LIST_COLUMNS
            return write(present_cases.case_list(rows, dates)[list(columns)].rename(columns=columns), about)

        return content

    with st.container(horizontal=True):
        for label, ending, mime, write in (
            ("Unduh daftar CSV", "csv", sheets.CSV_MIME, sheets.to_csv),
            ("Unduh daftar XLSX", "xlsx", sheets.XLSX_MIME, sheets.to_xlsx),
        ):
            cards.file_button(
                label, make(write), f"tuntas-kasus-{digest}.{ending}", mime=mime, key=f"k_unduh_{ending}"
            )


def one_case(scope: Scope, choice: filters.Choice) -> None:
    """The timeline of the chosen case: steps, waits and norms on one line."""
    chosen = choice.other(CASE)
    if not chosen:
        return
    kode_provinsi, _, id_kasus = chosen.partition(SEPARATOR)
    if kode_provinsi not in reference.names("provinsi"):
        raise UserError(f"Kasus “{chosen}” pada tautan tidak dikenal; pilih kasus dari daftar.")
    case = cache.timeline(scope, kode_provinsi, id_kasus)
    dates = {p.kode_provinsi: p.tanggal_data for p in current_source().provinces}
    steps = present_cases.timeline(case, current_settings().ambang, data_date=dates[kode_provinsi])
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(f"Linimasa kasus {id_kasus}", width="content")
            st.button("Tutup", icon=":material/close:", on_click=filters.set_other, args=(CASE, ""))
        place = reference.names("kabkota")[case["kode_kabkota"]]
        kind = reference.names("jenis_masalah")[case["kode_jenis"]]
        worker = (
            "tanpa pendamping" if pd.isna(case["id_pendamping"]) else f"pendamping {case['id_pendamping']}"
        )
        st.markdown(f"{kind} · {place} · prioritas {case['prioritas']} · {worker}")
        sentence = "; ".join(f"{row.nama} {row.tunggu} ({row.norma})" for row in steps.itertuples())
        cards.chart(case_steps(steps), key="linimasa", sentence=sentence)
        listed = steps.rename(
            columns={
                "nama": "Langkah",
                "tanggal": "Tanggal",
                "sela": "Hari sejak langkah sebelumnya",
                "norma": "Norma",
            }
        )
        st.dataframe(
            listed[["Langkah", "Tanggal", "Hari sejak langkah sebelumnya", "Norma"]],
            hide_index=True,
            placeholder="–",
            column_config={"Tanggal": st.column_config.DateColumn(format="DD/MM/YYYY")},
        )
