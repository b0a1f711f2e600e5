"""One pendamping on the page Pendamping: open cases by age and step, flow, times, and the stuck cases."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from lib import present_area, present_workers, reference, text
from lib.charts import workload
from lib.domain import CaseFilter, Dimensi, Pita, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, hari, rentang_tanggal
from lib.web import cache, cards, counts, filters, links, workers
from lib.web.case_list import SEPARATOR
from lib.web.session import current_settings

FIGURES = ("I13", "I15-n", "I01", "I14-median", "I05M", "I08")
STUCK_SHOWN = 10


def person(scope: Scope, choice: filters.Choice, staff: pd.DataFrame) -> None:
    """The pendamping of the address, inside the scope and the filter's provinces; else a sentence."""
    code = choice.other(workers.PERSON)
    if not code:
        return
    # A province in the filter decides; without one the address may name the person's own.
    found = present_workers.find(staff, code, choice.provinsi or choice.other(workers.PERSON_AREA))
    if len(found) != 1:
        _not_found(scope, choice, code, several=len(found) > 1)
        return
    provinsi = found["provinsi"].iloc[0]
    # A person's whole work: the filter on kinds does not apply, in the lists of the cases neither.
    whole = replace(choice, masalah="", provinsi=provinsi)
    own = replace(whole.case_filter(), pendamping=code)
    row = cache.workers(scope, own).iloc[0]
    with st.container(border=True):
        _head(row)
        _figures(scope, own, whole)
        _open_cases(scope, own, whole)
        st.markdown("**Arus per bulan**")
        workers.flow(scope, own, whole, key="pd_orang_arus", pendamping=code)
        _stuck(scope, own, whole, row)


def _not_found(scope: Scope, choice: filters.Choice, code: str, *, several: bool) -> None:
    place = filters.area(scope, choice)
    sentence = text.unknown_person(code, place=place)
    if several:
        sentence = (
            f"Kode pendamping “{code}” dipakai di beberapa provinsi; pilih provinsinya di bilah saringan."
        )
    st.subheader(f"Pendamping {code}", anchor=workers.PERSON_ANCHOR)
    st.warning(sentence, icon=":material/person_off:")
    st.button("Tutup", icon=":material/close:", key="pd_tutup", on_click=workers.close_person)


def _head(row: pd.Series) -> None:
    title, close = st.columns([5, 1], vertical_alignment="center")
    name = f" · {row['nama']}" if isinstance(row["nama"], str) else ""
    title.subheader(f"Pendamping {row['pendamping']}{name}", anchor=workers.PERSON_ANCHOR)
    close.button("Tutup", icon=":material/close:", key="pd_tutup", on_click=workers.close_person)
    home = reference.names("kabkota").get(row["kabkota"], present_workers.NO_PLACE)
    values = current_settings()
    band = text.band_labels(values.ambang)[Pita(row["pita"])] if row["pita"] else row["alasan"]
    st.markdown(
        f"{home}, {reference.names('provinsi')[row['provinsi']]} · beban: **{band}** (usulan) · beban berbobot "
        f"**{angka(row['beban_berbobot'])}** · ditutup dalam periode: **{angka(row['ditutup'])}** kasus"
    )
    cards.note(
        f"Periode {rentang_tanggal(row['dari'], row['sampai'])}. Kasus dihitung pada pendampingnya sekarang. "
        f"{text.weights_used(values.bobot)}"
    )


def _figures(scope: Scope, own: CaseFilter, whole: filters.Choice) -> None:
    answer = cache.measured(scope, FIGURES, own).set_index("kode", drop=False)
    counts.grid(
        [answer.loc[kode] for kode in FIGURES],
        lambda row: counts.card(row, whole, pendamping=own.pendamping),
        columns=3,
    )
    cards.note(
        "“Separuh kasus ditutup” menghitung akhir apa pun; baca selalu bersama “Separuh kasus selesai”. "
        "Jenis kasus tiap orang berbeda: angka ini bukan penilaian."
    )


def _open_cases(scope: Scope, own: CaseFilter, whole: filters.Choice) -> None:
    """The open cases by age and by furthest step, each count with its list."""
    left, right = st.columns(2, gap="medium")
    ages = cache.measured(scope, tuple(present_workers.AGES), own)
    with left:
        frame = present_workers.counted(ages, present_workers.AGES, "kode")
        _counted(frame, ages, heading="Kasus terbuka menurut umur", key="pd_orang_umur")
        _lists(frame, whole, own, lambda key: {"kode": key})
    steps = cache.measured(scope, ("I13",), own, Dimensi.TAHAP)
    with right:
        frame = present_workers.counted(steps, present_workers.STEPS, "tahap")
        _counted(frame, steps, heading="Kasus terbuka menurut langkah terjauh", key="pd_orang_langkah")
        _lists(frame, whole, own, lambda key: {"kode": "I13", "tahap": key})


def _counted(frame: pd.DataFrame, answer: pd.DataFrame, *, heading: str, key: str) -> None:
    parts = ", ".join(f"{row.nama} {row.tampil}" for row in frame.itertuples())
    sentence = f"{heading}, n = {angka(frame['nilai'].sum())}: {parts}."
    cards.chart(workload.ordered_bars(frame, heading=heading), key=key, sentence=sentence)
    cards.note(sentence)
    cards.table(frame, {"nama": "Kelompok", "tampil": "Kasus terbuka"}, key=key, answer=answer)


def _lists(frame: pd.DataFrame, whole: filters.Choice, own: CaseFilter, asked) -> None:
    with st.container(horizontal=True, gap="small"):
        for row in frame[frame["nilai"] > 0].itertuples():
            links.cases(
                label=f"{row.nama}: {row.tampil}", choice=whole, pendamping=own.pendamping, **asked(row.kunci)
            )


def _stuck(scope: Scope, own: CaseFilter, whole: filters.Choice, row: pd.Series) -> None:
    """The stuck cases that have waited longest, each with the way to its timeline."""
    st.markdown("**Kasus macet**", help=text.definition("I15-n"))
    if pd.isna(row["macet"]):
        st.info(f"{INDICATORS['I15-n'].nama}: {row['alasan']}.", icon=":material/info:")
        return
    if row["macet"] == 0:
        st.info("Tidak ada kasus macet pada tanggal data.", icon=":material/check_circle:")
        return
    total, rows = cache.listed(
        scope, "I15-n", own, sort="tanggal_aktivitas", newest_first=False, size=STUCK_SHOWN
    )
    shown = present_area.stuck(rows, row["tanggal_data"])
    headings = {name: label for name, label in present_area.STUCK_COLUMNS.items() if name != "pendamping"}
    st.dataframe(
        shown[list(headings)].rename(columns=headings),
        hide_index=True,
        placeholder="–",
        height=counts.HEAD_HEIGHT + counts.ROW_HEIGHT * len(shown),
        key="pd_orang_macet",
        column_config={
            label: st.column_config.DateColumn(format="DD/MM/YYYY")
            for name, label in headings.items()
            if name.startswith("tanggal_")
        },
        alt=f"{len(shown)} kasus macet pendamping {own.pendamping}, yang paling lama tanpa aktivitas dulu",
    )
    more = {"pendamping": own.pendamping, "urut": "aktivitas-lama"}
    with st.container(horizontal=True, gap="small"):
        links.cases("I15-n", f"Semua {angka(total)} kasus macet", whole, **more)
        for case in shown.itertuples():
            links.cases(
                "I15-n",
                f"{case.id_kasus} ({hari(case.diam)})",
                whole,
                kasus=f"{row['provinsi']}{SEPARATOR}{case.id_kasus}",
                **more,
            )
