"""The team on Pendamping: time to closure per pendamping inside one province, and the profile of the staff."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import present_workers, reference, text
from lib.charts import workload
from lib.domain import Dimensi, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka
from lib.web import cache, cards, counts, filters, workers

SHARES = ("I29-sertifikat", "I31", "I30")  # as bars; percent of different wholes
PROFILE_LABEL = "Profil pendamping: sertifikat, pelatihan, kehadiran, jenjang, sebutan, pendidikan"
TIME_ORDER = "urut_orang"
TIME_ORDERS = {"kode": "Menurut kode", "beban": "Menurut beban"}


def times(scope: Scope, choice: filters.Choice, staff: pd.DataFrame) -> None:
    """Time to closure per pendamping of one province, with the province's spread behind."""
    st.subheader("Lama kasus sampai ditutup per pendamping", help=text.definition("I08"))
    provinsi = choice.provinsi
    if not provinsi:
        st.info(
            "Pilih satu provinsi di bilah saringan: pendamping hanya disandingkan di dalam provinsinya.",
            icon=":material/location_on:",
        )
        return
    order = workers.switch(choice, TIME_ORDER, TIME_ORDERS, label="Urutan pendamping")
    case_filter = choice.case_filter()
    answer = cache.measured(scope, ("I08", "I05M"), case_filter, Dimensi.PENDAMPING)
    own = cache.measured(scope, ("I08", "I05M"), case_filter).set_index("kode")
    frame = cache.made(
        "pendamping.lama",
        scope,
        lambda: present_workers.times(answer, staff, by_load=order == "beban"),
        case_filter,
        order,
    )

    def draw() -> None:
        _times(frame, own, provinsi)

    cache.drawn("pendamping.lama.gambar", scope, draw, case_filter, order)
    headings = {
        "nama": "Pendamping",
        "terbuka": "Terbuka",
        "tampil": INDICATORS["I08"].pendek,
        "selesai": INDICATORS["I05M"].pendek,
        "n": "n",
    }
    cards.table(frame, headings, key="pd_lama", answer=answer)


def _times(frame: pd.DataFrame, own: pd.DataFrame, provinsi: str) -> None:
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


def staff_profile(scope: Scope, choice: filters.Choice, staff: pd.DataFrame) -> None:
    """Certification, training, attendance, and the team by grade, title and schooling, behind one click: it changes
    from year to year, the work above from day to day. Why there is nobody is said at once."""
    if staff.empty:
        _profiles(scope, choice)
        return
    with cards.behind_click(PROFILE_LABEL, key="profil_tim", icon=":material/badge:") as is_open:
        if is_open:
            _profiles(scope, choice)


def _profiles(scope: Scope, choice: filters.Choice) -> None:
    shares, profiles = counts.known(SHARES), counts.known(tuple(present_workers.PROFILES))

    def prepare() -> list[tuple[str, str, pd.DataFrame, pd.DataFrame]]:
        answer = cache.measured(scope, (*shares, *profiles), choice.case_filter())
        kept = answer[answer["kode"].isin(shares)]
        found = [
            ("profil", "Sertifikat, pelatihan dan kehadiran", present_workers.shares(kept, shares), kept)
        ]
        for kode in profiles:
            own = answer[answer["kode"] == kode]
            found.append((kode, INDICATORS[kode].nama, present_workers.profile(own, kode), own))
        return found

    drawings = cache.made("pendamping.profil.angka", scope, prepare, choice.case_filter())
    if all(frame["nilai"].isna().all() for _, _, frame, _ in drawings):
        st.info(f"Profil pendamping: {_reason(drawings[0][2])}.", icon=":material/info:")
        return
    for start in range(0, len(drawings), 2):
        for column, drawing in zip(st.columns(2, gap="medium"), drawings[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                _profile(scope, choice, *drawing)


def _reason(frame: pd.DataFrame) -> str:
    return frame["tampil"].iloc[0] if len(frame) else text.NO_PERSONS


def _profile(
    scope: Scope, choice: filters.Choice, key: str, name: str, frame: pd.DataFrame, answer: pd.DataFrame
) -> None:
    if frame["nilai"].isna().all():
        cards.note(f"{name}: {_reason(frame)}.")
        return

    def draw() -> None:
        parts = "; ".join(f"{row.nama} {row.tampil} (n = {angka(row.n)})" for row in frame.itertuples())
        cards.chart(workload.ordered_bars(frame, heading=name), key=f"pd_{key}", sentence=f"{name}: {parts}.")
        cards.note(text.highest_share(frame, name=name))

    cache.drawn("pendamping.profil", scope, draw, choice, key)
    headings = {"nama": "Kelompok", "pembilang": "Pembilang", "n": "n", "tampil": "Persen"}
    cards.table(frame, headings, key=f"pd_{key}", answer=answer)
