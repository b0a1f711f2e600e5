"""Figures that lead on: cards with a link to the cases they count, and tables whose rows can be chosen."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib import present_area, text
from lib.indicators.records import INDICATORS
from lib.measure import has_list
from lib.numbers_id import angka
from lib.web import cards, filters, links

ROW_HEIGHT, HEAD_HEIGHT, TALLEST = 35, 38, 500


def known(kodes: Sequence[str]) -> tuple[str, ...]:
    """Those of the kodes that the catalogue has."""
    return tuple(kode for kode in kodes if kode in INDICATORS)


def card(row: pd.Series, choice: filters.Choice | None, *, beside: str = "", **own: str) -> None:
    """One figure with its definition, its n, what stands beside it, and for a count the list of its cases.

    Without a `choice` there is no link; `own` are parameters of the list (kabkota, pendamping).
    """
    kode = row["kode"]
    base = text.base(kode, row["n"])
    name = INDICATORS[kode].pendek
    with st.container(border=True, height="stretch", gap="xsmall"):
        # Not as the metric's own label: that one is cut where the card is narrow.
        st.markdown(f":small[{name}]", help=text.definition(kode))
        value = text.shown(kode, row["nilai"], row["alasan"])
        if pd.isna(row["nilai"]):
            st.markdown(f"**{value}**")  # a reason is a sentence: in the metric's size it is cut
        else:
            st.metric(name, value, label_visibility="collapsed")
        remarks = [f":small[{part}]" for part in (beside, base) if part]
        if remarks:
            st.markdown("  \n".join(remarks))
        if choice is not None and has_list(row):
            links.cases(kode, "Lihat kasusnya", choice, hint=f"Daftar {angka(row['nilai'])} kasus ini", **own)


def grid(rows: Sequence[pd.Series], draw, *, columns: int) -> None:
    """Cards in rows of `columns`; each row of the page has its own columns, so that heights agree."""
    for start in range(0, len(rows), columns):
        for column, row in zip(st.columns(columns), rows[start : start + columns], strict=False):
            with column:
                draw(row)


def table(
    figures: present_area.Table,
    *,
    heading: str,
    key: str,
    alt: str,
    own_choice: str,
    chosen: str = "",
    width: int = 270,
) -> None:
    """Figures side by side; choosing a row keeps its code as the page's own choice `own_choice`.

    `chosen` is the code that is kept now, `width` that of the names in pixels.
    """
    shown, texts = present_area.styled(figures, heading)
    rows_table(
        shown,
        figures.kunci,
        key=key,
        alt=alt,
        own_choice=own_choice,
        chosen=chosen,
        column_config={heading: st.column_config.Column(width=width)}
        | {name: st.column_config.TextColumn(alignment="right") for name in texts},
    )


def rows_table(
    data, codes: list[str], *, key: str, alt: str, own_choice: str, chosen: str = "", column_config=None
) -> None:
    """A table of one row per code whose chosen row is kept as the page's own choice."""
    # A selection is a row number: with other rows, or when something else was chosen elsewhere, the table is new.
    key = f"{key}_{zlib.crc32(repr((codes, chosen)).encode())}"
    st.dataframe(
        data,
        hide_index=True,
        height=min(TALLEST, HEAD_HEIGHT + ROW_HEIGHT * max(1, len(codes))),
        key=key,
        column_config=column_config,
        on_select=lambda: _row_chosen(key, codes, own_choice),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [codes.index(chosen)] if chosen in codes else []}},
        alt=alt,
    )


def _row_chosen(key: str, codes: list[str], own_choice: str) -> None:
    rows = st.session_state[key].selection.rows
    filters.set_other(own_choice, codes[rows[0]] if rows else "")


def files(answer: pd.DataFrame, *, key: str, title: str = "", lines: tuple[str, ...] = ()) -> None:
    """The downloads of an answer behind one click; nothing is made before it."""
    with cards.behind_click("Unduhan", key=key, icon=":material/download:") as is_open:
        if is_open:
            cards.downloads(answer, key=key, title=title, lines=lines)


def own_choice(choice: filters.Choice, name: str, allowed: Sequence[str], *, label: str) -> str:
    """A page's own choice from the link; a value that is not allowed is named and the first one taken."""
    value = choice.other(name, allowed[0])
    if value in allowed:
        return value
    st.warning(f"{label} “{value}” pada tautan tidak dikenal dan diabaikan.", icon=":material/link_off:")
    return allowed[0]
