"""The sections of Mutu data about one province: what is to be done, the parts of its grade, fields, doubtful dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st

from lib import measure, present_quality, reference, text, text_quality
from lib.charts import bars
from lib.domain import Dimensi, PeriodKind, Scope, Tayang
from lib.numbers_id import angka, persen
from lib.web import cache, cards, links
from lib.web.filters import Choice
from lib.web.session import current_settings

HEADING = "Persen kosong dari ruas yang wajib"
MONTH_END = "MUTU-akhir_bulan"
NO_COUNT = "–"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do: how many rows it concerns, the sentence, and the list of exactly these rows."""

    n: float
    kalimat: str
    kode: str
    choice: Choice


def sees_cases(scope: Scope) -> bool:
    """Whether the visitor may be told counts and led to cases."""
    return scope.tayang is Tayang.INTERNAL


def items(found: measure.DataQuality, provinsi: str) -> list[Item]:
    """What one province can put right, the largest number of rows first; a list that is empty is left out."""
    limits, own = current_settings().ambang, Choice(provinsi=provinsi)
    counts = found.counts[(found.counts["provinsi"] == provinsi) & (found.counts["n"] > 0)]
    parts = found.parts[found.parts["provinsi"] == provinsi].set_index("bagian")["keadaan"]
    listed = [
        Item(n=row.n, kalimat=text_quality.to_do(row.kode, row.n, limits=limits), kode=row.kode, choice=own)
        for row in counts.itertuples(index=False)
        # Some cases always end at a month's end: only more of them than chance allows are to be looked at.
        if row.kode != MONTH_END or parts["akhir_bulan"] == "belum terpenuhi"
    ]
    for row in found.spikes[found.spikes["provinsi"] == provinsi].itertuples(index=False):
        days = replace(own, periode=PeriodKind.BEBAS, dari=row.mulai, sampai=row.akhir)
        sentence = text_quality.spike(row.mulai, row.akhir, row.n, row.harapan)
        listed.append(Item(n=row.n, kalimat=sentence, kode="DITUTUP", choice=days))
    return sorted(listed, key=lambda item: -item.n)


def to_do(scope: Scope, found: measure.DataQuality, provinsi: str) -> None:
    """ "Yang perlu diperbaiki": each sentence says what to do and leads to its rows."""
    st.subheader(
        "Yang perlu diperbaiki", help="Terbanyak lebih dulu. Satu kasus dapat muncul di beberapa baris."
    )
    row = found.provinces.set_index("provinsi").loc[provinsi]
    if row["tanggal_data"] is None or pd.isna(row["tanggal_data"]):
        st.info(
            f"{reference.names('provinsi')[provinsi]} belum pernah mengirim data. Kirim data yang pertama.",
            icon=":material/inbox:",
        )
        return
    if row["umur"] > current_settings().merah_hari:
        sentence = text_quality.last_sent(row["tanggal_data"], row["umur"], row["kesegaran"])
        st.warning(f"{sentence}. Kirim data yang baru lebih dulu.", icon=":material/schedule:")
    if not sees_cases(scope):
        cards.note(text_quality.NO_COUNTS)
        return
    listed = items(found, provinsi)
    if not listed:
        st.success(text_quality.NOTHING_TO_DO, icon=":material/check_circle:")
        return
    with st.container(border=True):
        for item in listed:
            _line(item)


def _line(item: Item) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(item.kalimat)
    with right:
        links.cases(item.kode, f"Lihat {angka(item.n)} kasus", item.choice)


def parts(scope: Scope, found: measure.DataQuality, provinsi: str) -> None:
    """The parts of the grade of one province, each with its numbers and the limit it is held against."""
    row = found.provinces.set_index("provinsi").loc[provinsi]
    name = reference.names("provinsi")[provinsi]
    st.subheader(f"Nilai mutu {name}")
    met = f"{angka(row['dinilai'] - row['belum'])} dari {angka(row['dinilai'])} bagian yang dapat dinilai terpenuhi"
    st.markdown(f"{present_quality.GRADE_MARKS[row['mutu']]} **{row['mutu'].capitalize()}**: {met}.")
    frame = present_quality.parts_of(found.parts, provinsi)
    if not sees_cases(scope):
        frame = frame.drop(columns="Hitungan")
    st.dataframe(frame, hide_index=True, placeholder="–", key="mutu_bagian", alt=f"Bagian nilai mutu {name}")


def fields(scope: Scope, found: measure.DataQuality, place: str) -> None:
    """Which due field is missing how often, in the order of the steps: bars, and the table with what is due when."""
    st.subheader("Ruas yang kosong, per langkah", help=text.definition("I24"))
    frame = present_quality.fields_of(found.counts, place)
    known = frame.dropna(subset=["nilai"])
    if known.empty:
        st.info("Belum dapat dinilai: kasusnya terlalu sedikit.", icon=":material/info:")
    else:
        worst = known.loc[known["nilai"].idxmax()]
        sentence = f"Paling sering kosong: {worst['nama']} ({worst['tampil']}); wajib {worst['wajib']}."
        st.markdown(sentence)
        figure = cache.made("mutu.ruas", scope, lambda: bars.ranked(known, unit=HEADING), place)
        cards.chart(figure, key="mutu_ruas", sentence=f"{HEADING}. {sentence}")
    _coverage(scope, place)
    columns = {"langkah": "Langkah", "nama": "Ruas", "wajib": "Wajib", "tampil": "Kosong"}
    if sees_cases(scope):
        columns |= {"n": "Wajib pada kasus", "kosong": "Kosong pada kasus"}
    numbers = frame[["langkah", "nama", "nilai", *(("n", "kosong") if sees_cases(scope) else ())]]
    cards.table_of(
        lambda: (frame, columns, numbers),
        key="mutu-ruas",
        label="Tabel ruas per langkah",
        choice=_choice(place),
    )
    if sees_cases(scope) and place != measure.ALL_PROVINCES:
        cards.table_of(
            partial(_by_person, scope, place), key="mutu-orang", label="Ruas kosong per pendamping"
        )


def _choice(place: str) -> Choice:
    """What this page looks at, whatever is chosen elsewhere: all kinds over the last 12 months."""
    return Choice(provinsi="" if place == measure.ALL_PROVINCES else place)


def _coverage(scope: Scope, place: str) -> None:
    """How many kab/kota have a case at all (I23)."""
    if not sees_cases(scope):
        return
    row = cache.measured(scope, ("I23",), _choice(place).case_filter()).iloc[0]
    if pd.isna(row["nilai"]):
        return
    cards.note(
        f"Cakupan: {angka(row['pembilang'])} dari {angka(row['n'])} kabupaten/kota punya kasus terdata dalam periode "
        f"({text.shown('I23', row['nilai'])}). Tanpa kasus dapat berarti tidak ada masalah, atau tidak ada yang "
        "melapor."
    )


def _by_person(scope: Scope, provinsi: str) -> tuple[pd.DataFrame, dict[str, str], pd.DataFrame]:
    """Fields due and empty of the cases each pendamping holds now, in the order of the codes."""
    answer = cache.measured(scope, ("I24",), _choice(provinsi).case_filter(), Dimensi.PENDAMPING)
    frame = answer[answer["n"] > 0].reset_index(drop=True)
    shown = pd.DataFrame(
        {
            "pendamping": frame["pendamping"].where(frame["pendamping"].notna(), "tanpa pendamping"),
            "wajib": frame["n"],
            "kosong": frame["n"] - frame["pembilang"],
        }
    )
    names = {"pendamping": "Pendamping", "wajib": "Ruas wajib", "kosong": "Ruas kosong"}
    return shown, names, answer


def oddities(scope: Scope, found: measure.DataQuality, place: str) -> None:
    """What is hardly true: each finding with its n and its definition."""
    st.subheader("Isian yang janggal")
    own = found.counts[found.counts["provinsi"] == place].set_index("kode")
    columns = st.columns(len(text_quality.FINDING_NAMES))
    for column, (name, label) in zip(columns, text_quality.FINDING_NAMES.items(), strict=True):
        row = own.loc[f"MUTU-{name}"]
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(
                label,
                _number(scope, row),
                _base(scope, row),
                delta_color="off",
                delta_arrow="off",
                help=text_quality.FINDING_DEFINITIONS[name],
            )
            if sees_cases(scope) and row["n"] > 0:
                links.cases(f"MUTU-{name}", "Lihat kasusnya", _choice(place))
    _spikes(scope, found, place)


def _number(scope: Scope, row: pd.Series) -> str:
    if sees_cases(scope):
        return NO_COUNT if pd.isna(row["n"]) else angka(row["n"])
    return NO_COUNT if pd.isna(row["persen"]) else persen(row["persen"], decimals=None)


def _base(scope: Scope, row: pd.Series) -> str | None:
    if not sees_cases(scope):
        return None if not pd.isna(row["persen"]) else "kasusnya terlalu sedikit"
    return "belum ada data" if pd.isna(row["dari"]) else f"dari {angka(row['dari'])} kasus"


def _spikes(scope: Scope, found: measure.DataQuality, place: str) -> None:
    """Days and weeks of many closings, by date and province."""
    if not sees_cases(scope):
        return
    peaks = found.spikes
    if place != measure.ALL_PROVINCES:
        peaks = peaks[peaks["provinsi"] == place]
    if peaks.empty:
        cards.note(
            "Lonjakan penutupan: tidak ada hari atau pekan yang jauh di atas hari lain provinsi itu sendiri."
        )
        return
    names = reference.names("provinsi")
    for row in peaks.itertuples(index=False):
        sentence = text_quality.spike(row.mulai, row.akhir, row.n, row.harapan)
        st.markdown(f"- **{names[row.provinsi]}**: {sentence}")
