"""The frame around every page: navigation, data date, the label of simulated data."""

from __future__ import annotations

import streamlit as st

from lib import clock, text
from lib.web import cache, navigation
from lib.web.cards import note
from lib.web.session import begin_run, current_settings, end_run, guarded


def run() -> None:
    """Set up navigation and run the chosen page."""
    chosen = navigation.navigation()
    st.logo("static/logo-terang.png", size="large", icon_image="static/favicon.png")
    # Without a readable snapshot the page would only repeat the same sentence.
    if guarded(_as_of):
        navigation.framed()
        guarded(chosen.run)
        guarded(_finish)


def _finish() -> None:
    """What was answered before the past was told is answered anew."""
    if end_run():
        cache.forget()


def _as_of() -> None:
    """The data date on every page, amber or red when old; simulated data are labelled, not aged."""
    source, values = begin_run(), current_settings()
    dates = [p.tanggal_data for p in source.provinces if p.tanggal_data is not None]
    missing = len(source.provinces) - len(dates)
    sentence = text.data_date(min(dates, default=None), max(dates, default=None), missing)
    with st.sidebar:
        st.markdown(f":small[{values.unit}]  \n:small[{values.kementerian}]")
        if source.simulasi:
            st.markdown(f":material/science: **{text.SIMULATION}**")
        st.markdown(f":small[{sentence}.]  \n:small[Versi potret {source.versi}]")
    if source.simulasi:
        note(f":material/science: **{text.SIMULATION}** – bukan kasus nyata. {sentence}.")
        return
    age = (clock.today() - max(dates)).days if dates else 0
    if age > values.merah_hari:
        st.error(f"{sentence}: sudah {age} hari tanpa data baru.", icon=":material/event_busy:")
    elif age > values.kuning_hari:
        st.warning(f"{sentence}: sudah {age} hari tanpa data baru.", icon=":material/schedule:")
    else:
        note(f"{sentence}.")
