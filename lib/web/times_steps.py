"""The section of Waktu on the clocks of the steps: how long each takes, and who waits for it now."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import present_times, text, text_times
from lib.charts import waits
from lib.domain import Scope
from lib.numbers_id import angka, hari
from lib.web import cache, cards, links, times, watch


def steps(scope: Scope, about: times.Asked) -> None:
    """Per step the open cases that wait for it, with their lists, and how long it takes."""
    st.subheader("Langkah demi langkah: di mana kasus menunggu")
    own, frame = times.figures(scope, about), watch.waiting(scope, about.case_filter)
    key = (about.choice, about.case_filter)
    cache.drawn("waktu.batang", scope, lambda: _bars(frame, own.loc["I13", "nilai"]), *key)
    cache.drawn("waktu.langkah", scope, lambda: _clocks(frame, own, about), *key)
    times.download(lambda: (frame, present_times.waiting_table(frame)), key="waktu-langkah", about=about)


def _bars(frame: pd.DataFrame, opened: float) -> None:
    sentence = text_times.waiting(frame, opened=opened)
    if not opened > 0:
        cards.note(sentence)
        return
    cards.chart(
        waits.waiting(present_times.waiting(frame), heading="Kasus terbuka menurut langkah yang ditunggu"),
        key="w_menunggu",
        sentence=sentence,
    )
    cards.note(sentence)
    times.how_to_read(text_times.READ_WAITING)


def _clocks(frame: pd.DataFrame, own: pd.DataFrame, about: times.Asked) -> None:
    for column, (_, row) in zip(st.columns(len(frame)), frame.iterrows(), strict=True):
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            step = row["langkah"]
            st.markdown(f"**{text_times.STEPS[step]}**  \n:small[{text_times.WAYS[step]}]")
            if step == "respon":
                _clock("Separuh dalam", own.loc["I10"])
                _clock(f"Dalam {hari(row['norma'])}", own.loc["I11"])
            else:
                _clock("Separuh dalam", own.loc[f"I12-{step}"])
                _clock("80 persen dalam", own.loc[f"I12-{step}-p80"])
            st.markdown(f":small[{text_times.norm(step, row['norma'])}]")
            _lists(row, about)


def _clock(name: str, row: pd.Series) -> None:
    kode = row["kode"]
    st.markdown(f":small[{name}]", help=text.definition(kode))
    st.markdown(f"**{text.shown(kode, row['nilai'], row['alasan'])}**  \n:small[n = {angka(row['n'])}]")


def _lists(row: pd.Series, about: times.Asked) -> None:
    """The way to exactly the cases of a bar."""
    if not row["menunggu"] > 0:
        st.markdown(":small[Tidak ada yang menunggu]")
    for number, daftar, word in (
        (row["menunggu"], row["daftar_menunggu"], "menunggu"),
        (row["lewat"], row["daftar_lewat"], "lewat"),
    ):
        if number > 0:
            hint = f"Daftar {angka(number)} kasus ini: {text.list_name(daftar)}"
            label = f"{angka(number)} {word}"
            links.cases(daftar, label, about.choice, hint=hint, urut="terdata-lama", **about.own)
