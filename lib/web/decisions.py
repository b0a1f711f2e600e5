"""Tindak lanjut on the screen: the list of the page, and what other pages show beside an indicator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib import clock, decisions, reference
from lib.decisions import Decision, State
from lib.disclosure.rules import BASE
from lib.domain import CaseFilter, Scope, Tayang, UserError
from lib.exports import sheets
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, tanggal
from lib.text_notes import for_markdown
from lib.web import cache, cards, filters
from lib.web.navigation import ROLE_NAMES
from lib.web.session import current_settings, current_source, looked_back

LATE = "lewat tenggat"
GROUPS = (LATE, *(state.value for state in State))
# Closed ones lie behind a click.
SHOWN_AT_ONCE = (LATE, State.TERBUKA.value, State.BERJALAN.value)
READING = (
    "Angka dibandingkan antara saat diputuskan dan sekarang: angka tanggal data pada tanggalnya, angka lain dalam "
    "triwulan kalender terakhir yang lengkap. Perubahan kecil dapat terjadi kebetulan, dan perubahan besar belum "
    "tentu karena tindak lanjut ini. Selisih dihitung sebelum angkanya dibulatkan."
)
PRESENTED = (
    " Tayang presentasi: jumlah dibulatkan ke kelipatan {base} dan persen dihitung darinya, jadi angkanya dapat "
    "sedikit berbeda dari yang dilihat Direktur dan koordinator."
)


def today() -> dt.date:
    """The day due dates are held against: of a kept version when it was kept; simulated data stand still at their
    data date."""
    source, at = current_source(), as_of()
    dates = [p.tanggal_data for p in source.provinces if p.tanggal_data is not None]
    if source.simulasi and dates:
        return max(dates)
    return at.date() if at else clock.today()


def as_of() -> dt.datetime | None:
    """Beside a kept version stands what had been decided by then; None: what is decided now."""
    kept = looked_back()
    return kept.disimpan if kept else None


def _listed(scope: Scope, **asked) -> list[Decision]:
    simulated = current_source().simulasi
    return decisions.listed(scope, current_settings(), simulated=simulated, at=as_of(), **asked)


def agreed(scope: Scope) -> pd.DataFrame:
    """The open tindak lanjut as `decisions.for_export` lists them, of the version on the screen."""
    return decisions.for_export(
        scope, current_settings(), source=current_source(), today=today(), ask=_ask, at=as_of()
    )


def _ask(scope: Scope, kode: str, case_filter: CaseFilter) -> pd.DataFrame:
    return cache.measured(scope, (kode,), case_filter)


def _moved(scope: Scope, decision: Decision) -> decisions.Movement:
    return decisions.moved(scope, decision, source=current_source(), ask=_ask)


def counted(found: Sequence[Decision]) -> str:
    """How many are open, and how many of them late. Example: "3 tindak lanjut terbuka, 1 lewat tenggat"."""
    late = sum(each.days_late(today()) > 0 for each in found)
    said = f"{angka(len(found))} tindak lanjut terbuka"
    return f"{said}, {angka(late)} {LATE}" if late else f"{said}, tidak ada yang {LATE}"


def headline(scope: Scope) -> None:
    """How much is open and late, in one sentence."""
    found = _listed(scope, states=decisions.OPEN)
    if found:
        st.markdown(f"#### {counted(found)}.")
    else:
        st.markdown("#### Tidak ada tindak lanjut yang terbuka.")
    cards.note(READING + (PRESENTED.format(base=BASE) if scope.tayang is Tayang.PRESENTASI else ""))


def listing(scope: Scope, choice: filters.Choice) -> None:
    """The tindak lanjut by state, overdue ones first, filtered by province, indicator and state."""
    found = _listed(scope)
    if not found:
        st.info(
            "Belum ada tindak lanjut. Yang diputuskan dalam rapat dicatat di sini, dengan angka yang hendak diubah.",
            icon=":material/assignment:",
        )
        return
    chosen = _filtered(scope, found, choice)
    if not chosen:
        st.info("Tidak ada tindak lanjut untuk pilihan ini.", icon=":material/filter_alt_off:")
        return
    rows = [(each, _moved(scope, each)) for each in chosen]
    for group in GROUPS:
        inside = [row for row in rows if group_of(row[0]) == group]
        if not inside:
            continue
        title = f"{group[0].upper()}{group[1:]} ({angka(len(inside))})"
        if group in SHOWN_AT_ONCE:
            st.subheader(title)
            _boxes(inside)
        else:
            with cards.behind_click(title, key=f"tl_{group}", icon=":material/task_alt:") as is_open:
                if is_open:
                    _boxes(inside)
    _files(scope, rows)
    _history(scope, [each.nomor for each in chosen])


def group_of(decision: Decision) -> str:
    """The heading a tindak lanjut stands under: its state, or that it is late."""
    return LATE if decision.days_late(today()) else decision.keadaan.value


def _filtered(scope: Scope, found: list[Decision], choice: filters.Choice) -> list[Decision]:
    left, middle, right = st.columns(3)
    names = reference.names("provinsi")
    places = ["", *(kode for kode in names if kode in {each.provinsi for each in found})]
    if any(each.provinsi is None for each in found):
        places.insert(1, decisions.NATIONAL)
    # Whoever has one province did not choose it, and reads the nation's too.
    arrived = choice.provinsi if len(scope.provinces) > 1 else ""
    figures = [kode for kode in INDICATORS if kode in {each.kode for each in found}]
    place = left.selectbox(
        "Provinsi",
        places,
        index=places.index(arrived) if arrived in places else 0,
        format_func=lambda kode: names.get(kode, kode or "Semua wilayah"),
        key="tl_wilayah",
        placeholder="Ketik untuk mencari",
    )
    kode = middle.selectbox(
        "Indikator",
        ["", *figures],
        format_func=lambda each: INDICATORS[each].nama if each else "Semua indikator",
        key="tl_indikator",
        placeholder="Ketik untuk mencari",
    )
    state = right.selectbox(
        "Keadaan",
        ["", *GROUPS],
        format_func=lambda each: f"{each[0].upper()}{each[1:]}" if each else "Semua keadaan",
        key="tl_keadaan",
        placeholder="Pilih keadaan",
        filter_mode=None,
    )
    return [
        each
        for each in found
        if place in ("", each.provinsi or decisions.NATIONAL)
        and kode in ("", each.kode)
        and state in ("", group_of(each))
    ]


def _boxes(rows: Sequence[tuple[Decision, decisions.Movement]], *, named: bool = True) -> None:
    for decision, moved in rows:
        with st.container(border=True, gap="xsmall"):
            box(decision, moved, named=named)


def box(decision: Decision, moved: decisions.Movement, *, named: bool = True) -> None:
    """One tindak lanjut: what, about which figure (unless its heading names it), where, who, until when, and how the
    figure moved."""
    st.markdown(f"**{for_markdown(decision.keputusan)}**")
    due = decisions.due(decision, today())
    if decision.days_late(today()):
        due = f":material/alarm: **{due}**"
    figure = f"{INDICATORS[decision.kode].nama} ({decision.kode}) · " if named else ""
    cards.note(
        f"No. {decision.nomor} · {figure}{for_markdown(decision.place)} · "
        f"{for_markdown(decision.penanggung)} · diputuskan {tanggal(decision.diputuskan)} · {due} · "
        f"{decision.keadaan.value}"
    )
    st.markdown(_harmless(decisions.sentence(moved)))


def _harmless(sentence: str) -> str:
    return sentence.replace("<", "\\<")


def _files(scope: Scope, rows: Sequence[tuple[Decision, decisions.Movement]]) -> None:
    """The chosen tindak lanjut as a table with downloads; its remarks are not those of the filter bar."""
    with cards.behind_click(cards.TABLE_LABEL, key="tl_tabel", icon=":material/table:") as is_open:
        if not is_open:
            return
        frame = decisions.as_table(rows, today=today())
        st.dataframe(frame, hide_index=True, placeholder="–")
        source = current_source()
        about = sheets.About(
            judul="Tuntas: tindak lanjut",
            baris=(
                f"Keadaan per {tanggal(today())}",
                READING,
                f"Versi potret: {source.versi}; tayang {scope.tayang.value}",
            ),
            kodes=tuple(dict.fromkeys(decision.kode for decision, _ in rows)),
            simulasi=source.simulasi,
        )
        content = sheets.to_csv(frame, about)
        left, right = st.columns(2)
        with left:
            name = sheets.file_name("tindak-lanjut", content, "csv")
            cards.file_button(
                "Unduh CSV", lambda: content, name, mime=sheets.CSV_MIME, key="unduh_tindak_lanjut_csv"
            )
        with right:
            name = sheets.file_name("tindak-lanjut", content, "xlsx")
            cards.file_button(
                "Unduh XLSX",
                lambda: sheets.to_xlsx(frame, about),
                name,
                mime=sheets.XLSX_MIME,
                key="unduh_tindak_lanjut_xlsx",
            )


def _history(scope: Scope, numbers: Sequence[int]) -> None:
    """Which role changed which state when, and why."""
    with cards.behind_click("Riwayat keadaan", key="tl_riwayat", icon=":material/history:") as is_open:
        if not is_open:
            return
        found = decisions.changes(scope, current_settings(), simulated=current_source().simulasi)
        rows = [
            {
                "Waktu (WIB)": f"{each.waktu.replace(tzinfo=dt.UTC).astimezone(clock.WIB):%Y-%m-%d %H:%M}",
                "No.": str(each.nomor),
                "Dari": each.dari.value if each.dari else "baru",
                "Menjadi": each.menjadi.value,
                "Oleh": ROLE_NAMES[each.peran] if each.peran else "–",
                "Catatan": each.catatan or "–",
            }
            for each in found
            if each.nomor in numbers
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, placeholder="–")


def beside(scope: Scope, kodes: Sequence[str], provinsi: str = "") -> None:
    """The open tindak lanjut about figures a page shows, behind one click that says how many and how late.

    Costs one short query, and nothing else where there are none. Where they cannot be read, the page says so and goes
    on.
    """
    try:
        found = cache.remembered("tindak-lanjut", scope, lambda: _listed(scope, states=decisions.OPEN))
    except UserError as error:
        st.warning(f"Tindak lanjut tidak tampil. {error}", icon=":material/info:")
        return
    near = (None, provinsi)
    found = [each for each in found if each.kode in kodes and (not provinsi or each.provinsi in near)]
    if not found:
        return
    late = any(each.days_late(today()) for each in found)
    icon = ":material/alarm:" if late else ":material/assignment:"
    label = f"{counted(found)}, tentang angka di halaman ini"
    with cards.behind_click(label, key="tl_di_sini", icon=icon) as is_open:
        if is_open:
            _by_figure(scope, found)


def _by_figure(scope: Scope, found: Sequence[Decision]) -> None:
    """Each beside its indicator; the indicator with the earliest due date first."""
    for kode in dict.fromkeys(each.kode for each in found):
        st.markdown(f"**{INDICATORS[kode].nama}**")
        _boxes([(each, _moved(scope, each)) for each in found if each.kode == kode], named=False)


def in_meeting(scope: Scope, choice: filters.Choice) -> None:
    """All open tindak lanjut of the area, overdue ones first, as a room may see them."""
    try:
        found = _listed(scope, states=decisions.OPEN)
    except UserError as error:
        st.warning(f"Tindak lanjut tidak tampil. {error}", icon=":material/info:")
        return
    found = [each for each in found if not choice.provinsi or each.provinsi in (choice.provinsi, None)]
    st.subheader("Tindak lanjut rapat sebelumnya", help=READING)
    if not found:
        cards.note("Tidak ada tindak lanjut yang terbuka untuk wilayah ini.")
        return
    st.markdown(f"{counted(found)}.")
    _by_figure(scope, found)
