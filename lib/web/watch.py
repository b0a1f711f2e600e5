"""What the months and the clocks of the steps say: patterns that chance alone seldom makes, and where cases wait."""

from __future__ import annotations

import streamlit as st

from lib import measure, reference, text_comparison, text_times
from lib.domain import CaseFilter, Scope
from lib.indicators.records import INDICATORS
from lib.web import cache, comparison, filters, links
from lib.web import cards as pieces
from lib.web.session import current_settings, current_source

WATCHED = ("I03", "I04-180")


def patterns(scope: Scope, choice: filters.Choice) -> None:
    """One row per figure whose last month breaks its ordinary variation, and one for the step most wait too long for.

    Says so in one sentence where there is no such month.
    """
    events = measure.read_events(comparison.events_file())
    cache.drawn("perhatian.pola", scope, lambda: _patterns(scope, choice), choice, events)


def _patterns(scope: Scope, choice: filters.Choice) -> None:
    quiet = []
    for kode in WATCHED:
        chart = comparison.chart_of(scope, kode, choice.case_filter())
        sentence = text_comparison.pattern_sentence(chart, kode=kode, names=reference.names("provinsi"))
        special = chart.pola.jenis and not text_comparison.too_few(chart, kode)
        if special or _bulk_last_month(chart, kode):
            with _row(f"**{INDICATORS[kode].pendek} per bulan** — {sentence}"):
                own = {comparison.WATCHED: kode}
                links.page(
                    "perbandingan", "Buka peta kendali", choice, icon=":material/arrow_forward:", **own
                )
        else:
            quiet.append(f"{INDICATORS[kode].pendek}: {sentence}")
    _waits(scope, choice)
    if quiet:
        pieces.note("Peta kendali bulanan. " + " ".join(quiet))


def _bulk_last_month(chart: measure.Control, kode: str) -> bool:
    """Whether very many cases were closed on one day of the last month; older days are told on Perbandingan."""
    if kode != "I03" or chart.massal.empty:
        return False
    last = chart.frame["bulan"].iloc[-1]
    return any(f"{day:%Y-%m}" == last for day in chart.massal["tanggal"])


def _row(sentence: str):
    row = st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    row.markdown(sentence)
    return row


def _waits(scope: Scope, choice: filters.Choice) -> None:
    frame = waiting(scope, choice.case_filter())
    late = frame[frame["lewat"] > 0]
    if late.empty:
        return
    top = late.loc[late["lewat"].idxmax()]
    with _row(f"**{text_times.STEPS[top['langkah']]}** — {text_times.waiting_row(top)} (norma usulan)."):
        links.page("waktu", "Buka waktu tiap langkah", choice, icon=":material/arrow_forward:")


def waiting(scope: Scope, case_filter: CaseFilter):
    """`measure.waiting` on the published version: the open cases by the step they wait for."""
    ask = {"source": current_source(), "limits": current_settings().ambang}
    return cache.made(
        "waktu.menunggu", scope, lambda: measure.waiting(scope, case_filter, **ask), case_filter
    )
