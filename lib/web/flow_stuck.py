"""The section of Alur about stuck cases: where they are, and the way to each of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from lib import measure, present_workers, reference, text, text_flow
from lib.charts import workload
from lib.charts.page import Sent
from lib.charts.theme import NO_FADING
from lib.domain import Dimensi, Scope
from lib.numbers_id import angka
from lib.web import cache, cards, counts, filters, flow, links
from lib.web.session import current_settings

AREA, PERSON, ORDER = "macet_provinsi", "macet_orang", "urut_macet"
ORDERS = {"kode": "Menurut kode", "beban": "Menurut kasus terbuka"}
NO_PERSON = "Tanpa pendamping"
MOST_BARS = 14  # more are drawn in two halves side by side
NOT_CHOSEN = {"": "Pilih di sini atau tekan batangnya"}


def stuck(scope: Scope, choice: filters.Choice, shown: pd.DataFrame) -> None:
    """Where the stuck cases are: by province, or by pendamping within one; and at which step."""
    row = shown.loc["I15-n"]
    st.subheader("Kasus macet", help=text.definition("I15-n"))
    sentence = text_flow.stuck(row, limits=current_settings().ambang)
    if pd.isna(row["nilai"]) or row["nilai"] == 0:
        st.info(sentence, icon=":material/info:")
        return
    kept = f" Angka {row['catatan'].split('; ')[0]}." if measure.is_kept(row) else ""
    st.markdown(f"{sentence}{kept}")
    provinsi = choice.provinsi
    left, right = st.columns([2, 1], gap="medium")
    with left, st.container(border=True, height="stretch"):
        if provinsi:
            _stuck_by_person(scope, choice, provinsi)
        else:
            _stuck_by_province(scope, choice)
    with right, st.container(border=True, height="stretch"):
        _stuck_by_step(scope, choice)
    flow.how_to_read(text_flow.READ_STUCK)


def _bars(scope: Scope, frame: pd.DataFrame, *, heading: str, key: str, own_choice: str) -> None:
    """Bars whose pressed one is kept as the page's own choice; many in two halves side by side, on one scale."""
    half = len(frame) if len(frame) <= MOST_BARS else (len(frame) + 1) // 2
    sentence = f"{heading}: {angka(frame['nilai'].sum())} kasus macet dalam {angka(len(frame))} kelompok."
    parts = [part for part in (frame.iloc[:half], frame.iloc[half:]) if len(part)]
    longest = 1.02 * frame["nilai"].max()
    for number, (column, part) in enumerate(zip(st.columns(len(parts)), parts, strict=True)):
        own_heading = heading if number == 0 else "(lanjutan)"
        draw = partial(_half, part, heading=own_heading, longest=longest)
        # A chart to press on is sent in every run; what it shows is drawn once.
        bars = tuple(part[["nama", "kunci", "nilai"]].itertuples(index=False, name=None))
        figure = cache.made("alur.batang", scope, draw, bars, own_heading, longest)
        own_key = f"{key}_{number}"
        with column:
            cards.chart(
                figure,
                key=own_key,
                sentence=sentence,
                on_select=partial(_pressed, own_key, own_choice),
                is_ready=True,
            )


def _half(part: pd.DataFrame, *, heading: str, longest: float) -> Sent:
    figure = workload.ordered_bars(part.reset_index(drop=True), heading=heading)
    figure.update_traces(**NO_FADING)
    figure.update_xaxes(range=[0, longest], nticks=4)
    return cards.for_this_page(figure, selectable=True)


def _pressed(key: str, own_choice: str) -> None:
    points = st.session_state[key].selection.points
    if points and "customdata" in points[0]:
        code = points[0]["customdata"]
        filters.set_other(own_choice, code if isinstance(code, str) else code[0])


def _stuck_by_province(scope: Scope, choice: filters.Choice) -> None:
    answer = cache.measured(scope, ("I15-n", "I15-persen"), choice.case_filter(), Dimensi.PROVINSI)
    frame = _named(answer[answer["kode"] == "I15-n"], "provinsi", reference.names("provinsi"))
    drawn = frame[frame["nilai"] > 0].sort_values("nilai", ascending=False, kind="stable", ignore_index=True)
    _bars(scope, drawn, heading="Kasus macet menurut provinsi", key="al_macet_provinsi", own_choice=AREA)
    _without_bar(frame, "provinsi")
    codes = frame.sort_values("nama")["kunci"].tolist()
    chosen = choice.other(AREA) if choice.other(AREA) in codes else ""
    links.choose(
        "Provinsi yang dibuka",
        codes,
        key="al_macet_pilih",
        own_choice=AREA,
        chosen=chosen,
        names=reference.names("provinsi") | NOT_CHOSEN,
    )
    if chosen:
        row = frame.set_index("kunci").loc[chosen]
        narrowed = replace(choice, provinsi=chosen)
        with st.container(horizontal=True, gap="small"):
            if measure.has_list(row):
                label = f"{angka(row['nilai'])} kasus macet {row['nama']}"
                links.cases("I15-n", label, narrowed, urut="aktivitas-lama")
            links.page("provinsi", f"Buka {row['nama']}", narrowed, icon=":material/location_on:")
    cards.table(
        frame.assign(persen=_shares(answer, "provinsi", frame["kunci"])),
        {"nama": "Provinsi", "tampil": "Kasus macet", "n": "Kasus terbuka", "persen": "Persen"},
        key="alur-macet-provinsi",
        answer=answer,
    )


def _named(answer: pd.DataFrame, key: str, names: dict[str, str]) -> pd.DataFrame:
    frame = answer.reset_index(drop=True)
    frame["kunci"] = [code if isinstance(code, str) else "" for code in frame[key]]
    frame["nama"] = [names.get(code, code) or NO_PERSON for code in frame["kunci"]]
    frame["tampil"] = [
        text.shown("I15-n", row.nilai, row.alasan)
        for row in frame[["nilai", "alasan"]].itertuples(index=False)
    ]
    return frame


def _shares(answer: pd.DataFrame, key: str, codes: pd.Series) -> list[str]:
    rows = answer[answer["kode"] == "I15-persen"].set_index(key)
    return [text.shown("I15-persen", rows.loc[code, "nilai"], rows.loc[code, "alasan"]) for code in codes]


def _without_bar(frame: pd.DataFrame, what: str) -> None:
    """How many groups have no bar, and why."""
    none, unknown = int((frame["nilai"] == 0).sum()), int(frame["nilai"].isna().sum())
    parts = [f"{angka(none)} {what} tanpa kasus macet"] if none else []
    parts += [f"{angka(unknown)} {what} belum ada angkanya"] if unknown else []
    cards.note(
        f"n = {angka(frame['nilai'].sum())} kasus macet."
        + (f" Tanpa batang: {'; '.join(parts)}." if parts else "")
    )


def _stuck_by_step(scope: Scope, choice: filters.Choice) -> None:
    answer = cache.measured(scope, ("I15-n",), choice.case_filter(), Dimensi.TAHAP)
    if answer["nilai"].isna().all():
        cards.note(f"Menurut langkah: {answer['alasan'].iloc[0]}. Pilih periode yang sampai tanggal data.")
        return
    frame = present_workers.counted(answer, present_workers.STEPS, "tahap")

    def draw() -> None:
        figure = workload.ordered_bars(frame, heading="Kasus macet menurut langkah terjauh")
        figure.update_xaxes(nticks=3)
        parts = ", ".join(f"{row.nama} {row.tampil}" for row in frame.itertuples())
        sentence = f"n = {angka(frame['nilai'].sum())} kasus macet: {parts}."
        cards.chart(figure, key="al_macet_tahap", sentence=sentence)
        cards.note(sentence)

    cache.drawn("alur.macet.tahap", scope, draw, choice.case_filter())
    with st.container(horizontal=True, gap="small"):
        for row in frame[frame["nilai"] > 0].itertuples():
            links.cases("I15-n", f"{row.nama}: {row.tampil}", choice, tahap=row.kunci, urut="aktivitas-lama")
    cards.table(frame, {"nama": "Langkah", "tampil": "Kasus macet"}, key="alur-macet-tahap", answer=answer)


def _stuck_by_person(scope: Scope, choice: filters.Choice, provinsi: str) -> None:
    """By code or by how many cases are held, never by who has the most stuck ones: the list is no ranking."""
    narrowed = replace(choice, provinsi=provinsi)
    answer = cache.measured(scope, ("I15-n", "I13"), narrowed.case_filter(), Dimensi.PENDAMPING)
    held = answer[answer["kode"] == "I13"].set_index("pendamping")["nilai"]
    frame = _named(answer[answer["kode"] == "I15-n"], "pendamping", {})
    if frame["nilai"].isna().all():
        cards.note(f"Menurut pendamping: {frame['alasan'].iloc[0]}. Pilih periode yang sampai tanggal data.")
        return
    order = _order(choice)
    frame["dipegang"] = frame["pendamping"].map(held).to_numpy()
    keys, ascending = (["dipegang", "kunci"], [False, True]) if order == "beban" else (["kunci"], [True])
    frame = frame.sort_values(keys, ascending=ascending, kind="stable", ignore_index=True)
    drawn = frame[frame["nilai"] > 0].reset_index(drop=True)
    _bars(scope, drawn, heading="Kasus macet menurut pendamping", key="al_macet_orang", own_choice=PERSON)
    _without_bar(frame, "pendamping")
    cards.note("Urutan menurut kode atau kasus terbuka, bukan peringkat; dihitung pada pendamping sekarang.")
    codes = [code for code in drawn["kunci"] if code]
    chosen = choice.other(PERSON) if choice.other(PERSON) in codes else ""
    links.choose(
        "Pendamping yang dibuka",
        codes,
        key="al_macet_kode",
        own_choice=PERSON,
        chosen=chosen,
        names=NOT_CHOSEN,
    )
    if chosen:
        count = drawn.set_index("kunci").loc[chosen, "nilai"]
        with st.container(horizontal=True, gap="small"):
            label = f"{angka(count)} kasus macet pendamping {chosen}"
            links.cases("I15-n", label, narrowed, pendamping=chosen, urut="aktivitas-lama")
            links.page(
                "pendamping",
                f"Pendamping {chosen}",
                narrowed,
                icon=":material/person:",
                **{links.PERSON: chosen},
            )
    headings = {"nama": "Pendamping", "dipegang": "Kasus terbuka", "nilai": "Kasus macet"}
    cards.table(frame, headings, key="alur-macet-pendamping", answer=answer)


def _order(choice: filters.Choice) -> str:
    value = counts.own_choice(choice, ORDER, tuple(ORDERS), label="Urutan")
    st.session_state["al_urut"] = value
    st.segmented_control(
        "Urutan pendamping",
        list(ORDERS),
        format_func=ORDERS.get,
        key="al_urut",
        required=True,
        on_change=lambda: filters.set_other(ORDER, st.session_state["al_urut"]),
    )
    return value
