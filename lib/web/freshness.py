"""The line at the top of every page: up to when the data go, who is late, and what keeps newer data away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from lib import builds, clock, reference, text
from lib import text_freshness as words
from lib.database.prepared import ProvinceData
from lib.settings import SNAPSHOT
from lib.web.cards import note
from lib.web.session import current_settings, current_source, hindered, visitor


@dataclass(frozen=True, kw_only=True)
class Line:
    """The sentences of the line, and how bad it is: 0 fresh, 1 amber, 2 red."""

    sentences: tuple[str, ...]
    level: int = 0


def sent() -> tuple[list[ProvinceData], str]:
    """The visitor's provinces and the sentence of their data dates, which is put beside the menu with the version."""
    source, visible = current_source(), visitor().scope.provinces
    own = [p for p in source.provinces if p.kode_provinsi in visible]
    dates = [p.tanggal_data for p in own if p.tanggal_data is not None]
    sentence = text.data_date(min(dates, default=None), max(dates, default=None), len(own) - len(dates))
    with st.sidebar:
        st.markdown(f":small[{sentence}.]  \n:small[Versi {source.versi}]")
    return own, sentence


def line(asked: Mapping[str, str]) -> None:
    """The data date of the visitor's provinces, amber or red when old; simulated data are labelled, not aged.

    `asked` names the province a page shows, which is then told of by name.
    """
    source = current_source()
    own, sentence = sent()
    _hindrances()
    newest = max((p.tanggal_data for p in own if p.tanggal_data is not None), default=clock.today())
    found = judged(
        own, sentence, chosen=asked.get("provinsi"), today=newest if source.simulasi else clock.today()
    )
    said = ". ".join(found.sentences)
    if source.simulasi:
        note(f":material/science: **{text.SIMULATION}** – bukan kasus nyata. {said}.")
    elif found.level == 2:
        st.error(f"{said}.", icon=":material/event_busy:")
    elif found.level == 1:
        st.warning(f"{said}.", icon=":material/schedule:")
    else:
        note(f"{said}.")


def judged(own: list[ProvinceData], sentence: str, *, chosen: str | None, today: dt.date) -> Line:
    """How old the data of some provinces are on a day.

    Together they are as old as the newest of them. Beyond that the late ones are named: the province a page shows
    from the amber limit on, of a whole country those beyond the red one.
    """
    values, names = current_settings(), reference.names("provinsi")
    sent = {p.kode_provinsi: p.tanggal_data for p in own if p.tanggal_data is not None}
    age = (today - max(sent.values())).days if sent else 0
    level = 2 if age > values.merah_hari else 1 if age > values.kuning_hari else 0
    parts = [f"{sentence}: sudah {age} hari tanpa data baru" if level else sentence]
    if age < 0:
        parts, level = [*parts, words.ahead(max(sent.values()), today=today)], 1
    shown = [p for p in own if p.kode_provinsi == chosen] or own
    if len(shown) > words.NAMED:
        late = {names[k]: day for k, day in sent.items() if (today - day).days > values.merah_hari}
        if late and level < 2:
            return Line(
                sentences=(*parts, words.silent_provinces(late, days=values.merah_hari)), level=max(level, 1)
            )
        return Line(sentences=tuple(parts), level=level)
    late = {
        names[p.kode_provinsi]: p.tanggal_data
        for p in shown
        if p.tanggal_data is not None and (today - p.tanggal_data).days > values.kuning_hari
    }
    # What is said of all provinces together need not be said again of the only one.
    if late and (len(own) > 1 or not level):
        parts.append(words.silent_since(late, today=today))
        level = max(level, 2 if (today - min(late.values())).days > values.merah_hari else 1)
    never = [names[p.kode_provinsi] for p in shown if p.tanggal_data is None]
    if never and sent:
        parts, level = [*parts, words.never_sent(never)], max(level, 1)
    return Line(sentences=tuple(parts), level=level)


def _hindrances() -> None:
    """In amber: why an older version is shown, and that the last refresh failed."""
    source, values, error = current_source(), current_settings(), hindered()
    made = dt.datetime.fromisoformat(source.dibuat)
    if error is not None:
        st.warning(words.instead(made, str(error)), icon=":material/history:")
        return
    last = builds.last(values) if values.sumber == SNAPSHOT else None
    if last is not None and last.sebab is not None:
        sentence = words.not_refreshed(made, last.waktu, last.sebab, minutes=values.segarkan_menit)
        st.warning(sentence, icon=":material/sync_problem:")
