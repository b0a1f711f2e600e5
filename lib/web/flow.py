"""The sections of Alur that look back: stock and flow, ages, clients who came back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from lib import measure, present_workers, text, text_flow
from lib.charts import stock as stock_charts
from lib.charts import workload
from lib.domain import CaseFilter, Dimensi, PeriodKind, Scope
from lib.measure import NO_DATA
from lib.numbers_id import angka, bulan_tahun, persen
from lib.periods import months
from lib.present import full_until
from lib.web import annotations, cache, cards, counts, filters, links
from lib.web.session import current_settings, current_source

CARDS = ("I01", "I03", "I06", "I16", "I13", "I14-median", "I15-n", "I21")
KODES = (*CARDS, "I15-persen", *present_workers.AGES)
MONTH = "bulan"
# The numbers of a month with a list of their cases: the name of the number, and in words.
MONTH_LISTS = {
    "I01": ("masuk", "Masuk"),
    "I03": ("terselesaikan", "Terselesaikan"),
    "DITUTUP-dialihkan": ("dialihkan", "Dialihkan"),
    "DITUTUP-berhenti": ("berhenti", "Berhenti"),
    "DITUTUP": ("keluar", "Keluar"),
    "I13": ("akhir", "Stok akhir"),
}


def figures(scope: Scope, choice: filters.Choice) -> pd.DataFrame:
    """The figures of the filter by kode."""
    return cache.measured(scope, KODES, choice.case_filter()).set_index("kode", drop=False)


def stock_and_flow(scope: Scope, case_filter: CaseFilter, per: Dimensi | None) -> pd.DataFrame:
    """`measure.stock_and_flow` on the published version, kept."""
    return cache.made(
        "alur.stok",
        scope,
        partial(
            measure.stock_and_flow,
            scope,
            case_filter,
            per=per,
            source=current_source(),
            limits=current_settings().ambang,
        ),
        case_filter,
        per,
    )


def headline(scope: Scope, choice: filters.Choice) -> None:
    """How the stock changed, in one sentence."""
    row = stock_and_flow(scope, choice.case_filter(), None).iloc[0]
    st.markdown(f"#### {text_flow.headline(row, place=filters.place(scope, choice))}")


def nothing(shown: pd.DataFrame) -> bool:
    """Say that nothing was ever sent, if so: then there is nothing to draw."""
    if shown.loc["I13", "alasan"] != NO_DATA:
        return False
    st.info(
        "Wilayah ini belum pernah mengirim data; stok, arus dan prakiraan muncul setelah kiriman pertama.",
        icon=":material/hourglass_empty:",
    )
    return True


def figure_cards(choice: filters.Choice, shown: pd.DataFrame) -> None:
    """The figures of the flow, each count with the list of its cases."""
    share = shown.loc["I15-persen"]
    # A share of fewer cases than may be judged has a reason instead, which the other cards tell.
    beside = {} if pd.isna(share["nilai"]) else {"I15-n": f"{persen(share['nilai'])} dari kasus terbuka"}
    counts.grid(
        [shown.loc[kode] for kode in CARDS],
        lambda row: counts.card(row, choice, beside="" if row["alasan"] else beside.get(row["kode"], "")),
        columns=4,
    )
    notes = present_workers.notes([shown.loc[kode] for kode in CARDS], without="")
    if notes:
        cards.note(f"Catatan: {'; '.join(notes)}.")


def how_to_read(words: str) -> None:
    """How an unusual chart is read, with an example in plain words."""
    with st.expander("Cara membaca", icon=":material/help:"):
        st.markdown(words)


# --- stock and flow ---------------------------------------------------------------------------------------


def months_of(answer: pd.DataFrame) -> pd.DataFrame:
    """`stock_and_flow` by month with names; a month cut by the period or the data date is not whole (utuh False)."""
    frame = answer.copy()
    last = full_until(answer)
    frame["utuh"] = [last is not None and month <= last for month in frame["bulan"]]
    if len(frame) and answer["dari"].iloc[0].day != 1:
        frame.loc[0, "utuh"] = False
    frame["nama"] = [
        bulan_tahun(month) + ("" if whole else " (tidak penuh)")
        for month, whole in zip(frame["bulan"], frame["utuh"], strict=True)
    ]
    return frame


def stock_by_month(scope: Scope, choice: filters.Choice) -> None:
    """What came, what left and what stayed, by month, and the sum that ties them together."""
    st.subheader("Stok dan arus", help=text.definition("I16"))
    case_filter = choice.case_filter()
    noted = annotations.marks(scope, choice.provinsi)
    draw = partial(_stock_by_month, scope, case_filter, noted)
    cache.drawn("alur.arus", scope, draw, case_filter, noted)
    _stock_table(scope, case_filter)
    how_to_read(text_flow.READ_STOCK)
    _month_lists(scope, choice)


def _stock_by_month(scope: Scope, case_filter: CaseFilter, noted: annotations.Marks) -> None:
    whole = stock_and_flow(scope, case_filter, None).iloc[0]
    frame = months_of(stock_and_flow(scope, case_filter, Dimensi.BULAN))
    st.markdown(f"**{text_flow.identity(whole)}** {text_flow.months_agree(frame)}")
    if not frame[["masuk", "keluar", "akhir"]].to_numpy().any():
        cards.note("Tidak ada kasus yang masuk, keluar, atau terbuka dalam periode menurut saringan ini.")
        return
    figure = stock_charts.monthly_stock(frame, heading="Kasus masuk, keluar, dan stok per bulan")
    noted = annotations.within(noted, pd.DataFrame([whole]))
    cards.chart(annotations.on(figure, noted), key="al_arus", sentence=text_flow.identity(whole))
    annotations.legend(noted)
    cut = "" if frame["utuh"].all() else "* dan warna pucat: bulan tidak penuh."
    note = f"{cut}{text_flow.late_months(_late(scope, case_filter, whole['sampai']))}".strip()
    if note:
        cards.note(note)


def _late(scope: Scope, case_filter: CaseFilter, end) -> int:
    """How many provinces of the filter have sent data that stop before the period's end."""
    asked = case_filter.provinsi or scope.provinces
    return sum(
        p.tanggal_data is not None and p.tanggal_data < end
        for p in current_source().provinces
        if p.kode_provinsi in asked
    )


def _stock_table(scope: Scope, case_filter: CaseFilter) -> None:
    label = "Tabel per bulan: stok awal + masuk − keluar = stok akhir"
    with cards.behind_click(label, key="al_arus", icon=":material/table:") as is_open:
        if is_open:
            answer = stock_and_flow(scope, case_filter, Dimensi.BULAN)
            frame = months_of(answer)
            shown = frame.astype({name: "int64" for name in measure.FLOWS})
            columns = text_flow.STOCK_COLUMNS
            st.dataframe(cards.readable(shown[list(columns)].rename(columns=columns)), hide_index=True)
            lines = (
                "awal: kasus terbuka sebelum hari pertama; akhir: kasus terbuka pada hari terakhir (I13)",
                "masuk: kasus terdata (I01); keluar: kasus ditutup, terselesaikan + dialihkan + berhenti",
            )
            cards.downloads(answer, key="alur-stok", title="Tuntas: stok dan arus per bulan", lines=lines)


def _month_lists(scope: Scope, choice: filters.Choice) -> None:
    """The lists behind the bars: of the whole period, or of one month."""
    whole = stock_and_flow(scope, choice.case_filter(), None).iloc[0]
    by_month = stock_and_flow(scope, choice.case_filter(), Dimensi.BULAN).set_index("bulan")
    spans = {name: (first, last) for name, first, last in months(whole["dari"], whole["sampai"])}
    chosen = choice.other(MONTH) if choice.other(MONTH) in spans else ""
    links.choose(
        "Bulan yang dibuka",
        list(spans)[::-1],
        key="al_bulan",
        own_choice=MONTH,
        chosen=chosen,
        names={name: bulan_tahun(name) for name in spans} | {"": "Seluruh periode"},
    )
    row, narrowed = whole, choice
    if chosen:
        first, last = spans[chosen]
        row, narrowed = (
            by_month.loc[chosen],
            replace(choice, periode=PeriodKind.BEBAS, dari=first, sampai=last),
        )
    with st.container(horizontal=True, gap="small"):
        for kode, (number, name) in MONTH_LISTS.items():
            if row[number] > 0:
                links.cases(kode, f"{name}: {angka(row[number])}", narrowed)


# --- ages -------------------------------------------------------------------------------------------------


def ages(choice: filters.Choice, shown: pd.DataFrame) -> None:
    """The open cases by age, each band with its list."""
    st.subheader("Umur kasus terbuka", help=text.definition("I14-median"))
    answer = shown.loc[list(present_workers.AGES)].reset_index(drop=True)
    frame = present_workers.counted(answer, present_workers.AGES, "kode")
    sentence = text_flow.ages(frame, shown.loc["I14-median"], limit=180)
    if not frame["nilai"].any():
        st.info(sentence, icon=":material/inbox:")
        return
    figure = workload.ordered_bars(frame, heading="Kasus terbuka menurut umur")
    cards.chart(figure, key="al_umur", sentence=sentence)
    cards.note(sentence)
    with st.container(horizontal=True, gap="small"):
        for row in frame[frame["nilai"] > 0].itertuples():
            links.cases(row.kunci, f"{row.nama}: {row.tampil}", choice, urut="terdata-lama")
    cards.table(frame, {"nama": "Umur", "tampil": "Kasus terbuka"}, key="alur-umur", answer=answer)


# --- clients who came back --------------------------------------------------------------------------------


def returned(shown: pd.DataFrame) -> None:
    """Whether closing lasts: the counterweight of closing fast, and how the ratio of the period is to be read."""
    st.subheader("Apakah penyelesaian bertahan?", help=text.definition("I21"))
    st.markdown(text_flow.returned(shown.loc["I21"], shown.loc["I06"]))
    answer = shown.loc[["I21", "I06", "I03", "I01"]].reset_index(drop=True)
    frame = answer.assign(
        tampil=[text.shown(row.kode, row.nilai, row.alasan) for row in answer.itertuples()],
        nama=[text.list_name(kode) for kode in answer["kode"]],
    )
    cards.table(
        frame,
        {"nama": "Indikator", "tampil": "Nilai", "n": "n", "catatan": "Catatan"},
        key="alur-berulang",
        answer=answer,
    )
