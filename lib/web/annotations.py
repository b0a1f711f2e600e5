"""Notes on the monthly charts: numbered lines on the charts, their words below."""

from __future__ import annotations

import calendar
import datetime as dt

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lib import decisions, measure
from lib.charts.annotated import annotated
from lib.decisions import Annotation
from lib.domain import Scope, UserError
from lib.numbers_id import tanggal
from lib.text_notes import for_markdown
from lib.web import cache, cards
from lib.web.decisions import as_of
from lib.web.session import current_settings, current_source

Marks = tuple[Annotation, ...]


def marks(scope: Scope, provinsi: str = "") -> Marks:
    """The notes for a chart of a province, or of all a visitor sees: there the nation's, and the own provinces' of
    whoever does not see the nation.

    Read anew in every run, so that a new note is seen at once: part of the key of whatever is kept with them. Where
    they cannot be read, the page says so and its charts come without.
    """
    try:
        found = cache.remembered("catatan", scope, lambda: _read(scope))
    except UserError as error:
        st.warning(f"Catatan pada grafik tidak tampil. {error}", icon=":material/info:")
        return ()
    places = {None, provinsi} if provinsi else {None}
    if not provinsi and not measure.is_national(scope):
        places |= set(scope.provinces)
    return tuple(each for each in found if each.provinsi in places)


def _read(scope: Scope) -> list[Annotation]:
    return decisions.annotations(scope, current_settings(), simulated=current_source().simulasi, at=as_of())


def within(found: Marks, answer: pd.DataFrame) -> Marks:
    """The notes in the months of an answer of the one door."""
    if not found or answer.empty:
        return ()
    first, last = answer["dari"].iloc[0], answer["sampai"].iloc[0]
    last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return tuple(each for each in found if first.replace(day=1) <= each.tanggal <= last)


def on(figure: go.Figure, found: Marks) -> go.Figure:
    """The figure with its numbered lines."""
    return annotated(figure, _numbered(found))


def _numbered(found: Marks) -> list[tuple[int, dt.date, str]]:
    return [(number, each.tanggal, each.teks) for number, each in enumerate(found, start=1)]


def legend(found: Marks) -> None:
    """What the numbers stand for."""
    if not found:
        return
    lines = [
        f"**{number}** · {tanggal(each.tanggal)} · {for_markdown(each.place)}: {for_markdown(each.teks)}"
        for number, each in enumerate(found, start=1)
    ]
    cards.note("Catatan pada grafik:")
    for line in lines:
        cards.note(line)
