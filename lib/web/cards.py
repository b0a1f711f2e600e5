"""Cards, charts with their table, and the empty state: the pieces every page is built of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lib import text, text_freshness
from lib.charts.foot import Foot, written
from lib.charts.page import Sent, on_page
from lib.charts.theme import plotly_config
from lib.decisions.movement import BETTER, WISHED, WORSE
from lib.exports import sheets
from lib.indicators.records import INDICATORS
from lib.measure import has_list
from lib.numbers_id import angka, bulan_tahun, held, rentang_tanggal, tanggal
from lib.web import cache, filters, links, trail
from lib.web.session import current_source, data_dates, visitor

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler  # a template engine, loaded where a table is styled

TABLE_LABEL = "Tabel dan unduhan"
ARROWS = {1: "up", 0: "off", -1: "down"}


def card(
    row: pd.Series,
    *,
    now: pd.Series | None = None,
    before: pd.Series | None = None,
    choice: filters.Choice | None = None,
) -> None:
    """One figure with its definition a click away, its n, and the change to the earlier period.

    `now` and `before` are the two sides of the comparison, over the same provinces; without them no change is shown.
    With a `choice` a count links to its list of cases.
    """
    record = INDICATORS[row["kode"]]
    delta, sign, judged = None, 0, ""
    if now is not None and before is not None:
        if pd.isna(now["nilai"]) or pd.isna(before["nilai"]):
            delta = "tidak ada pembanding"
        else:
            difference = now["nilai"] - before["nilai"]
            sign = int(difference > 0) - int(difference < 0)
            few = text.is_count(row["kode"]) and before["nilai"] < text.LEAST_FOR_PERCENT
            judged = "" if few else _judged(record.arah, sign)
            change = text.change(now["nilai"], before["nilai"], row["kode"])
            delta = ", ".join(part for part in (change if sign else "tidak berubah", judged) if part)
    parts = [part for part in (delta, text.base(row["kode"], row["n"])) if part]
    # The link lies inside the frame, so that the cards of a row keep one height.
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(
            record.pendek,
            text.shown(row["kode"], row["nilai"], row["alasan"]),
            " · ".join(parts) or None,
            # The word carries it; the colour only helps to find it again.
            delta_color="blue" if judged == BETTER else "off",
            delta_arrow=ARROWS[sign],
            help=text.definition(row["kode"]),
        )
        if choice is not None and has_list(row):
            links.cases(row["kode"], "Lihat kasusnya", choice)


def _judged(arah: str, sign: int) -> str:
    """Which way a change points, as a word; none where neither is better. Example: ("turun", 1) -> "memburuk"."""
    if not WISHED[arah] or not sign:
        return ""
    return BETTER if sign == WISHED[arah] else WORSE


def note(sentence: str) -> None:
    """A small remark; captions of the framework are too pale to read (contrast below 4.5)."""
    st.markdown(f":small[{held(sentence)}]")


def chart(
    figure: go.Figure | Sent,
    *,
    key: str,
    sentence: str,
    is_map: bool = False,
    on_select=None,
    height: str = "content",
    foot: Foot | None = None,
    is_ready: bool = False,
) -> None:
    """A figure with its sentence for those who cannot see it; dark pages get lighter colours. With the `height`
    "stretch" it fills the place it stands in. `foot` is its source where that is not in the small type of a page.
    A figure of `for_this_page` is ready."""
    more = {} if on_select is None else {"on_select": on_select, "selection_mode": "points"}
    st.plotly_chart(
        figure if is_ready else for_this_page(figure, selectable=on_select is not None, foot=foot),
        key=key,
        theme=None,  # its looks are in the figure already
        config=plotly_config(_picture_name(key), is_map=is_map),
        alt=sentence,
        height=height,
        **more,
    )


def for_this_page(figure: go.Figure, *, selectable: bool = False, foot: Foot | None = None) -> Sent:
    """A copy of a figure with the looks of the visitor's page, light or dark, and the source of this run's figures.

    A chart that is drawn in every run, because it can be pressed, keeps it with its figure.
    """
    return on_page(
        figure, dark=cache.is_dark(), selectable=selectable, foot=foot or written(picture_source())
    )


def picture_source() -> tuple[str, ...]:
    """Where the figures of this run are from: the last line of every chart, also in its picture."""
    source = current_source()
    return text_freshness.source(
        data_dates(visitor().scope), versi=source.versi, simpanan=source.simpanan, simulasi=source.simulasi
    )


def _picture_name(key: str) -> str:
    """The name of a chart's picture says where it is from, as its last line does."""
    source = current_source()
    return f"tuntas-{key}-versi-{source.versi}" + ("-DATA-SIMULASI" if source.simulasi else "")


def table(
    frame: pd.DataFrame,
    columns: dict[str, str],
    *,
    key: str,
    answer: pd.DataFrame | None = None,
    label: str = TABLE_LABEL,
) -> None:
    """The numbers of a chart as a table behind one click, with downloads.

    `columns` maps frame columns to headings; `answer` is the measure frame the chart was made of: its unrounded
    numbers go into the files, with filter, data date and definitions.
    """
    table_of(lambda: (frame, columns, answer), key=key, label=label)


def table_of(
    make: Callable[[], tuple[pd.DataFrame, dict[str, str], pd.DataFrame | None]],
    *,
    key: str,
    label: str = TABLE_LABEL,
    choice: filters.Choice | None = None,
) -> None:
    """`table` of what `make` returns, which is not called before the click; `choice` where it is not the session's."""
    with behind_click(label, key=key, icon=":material/table:") as is_open:
        if is_open:
            frame, columns, answer = make()
            shown = frame[list(columns)]
            if "catatan" in columns:
                shown = shown.assign(catatan=shown["catatan"].map(text_freshness.remark))
            if "bulan" in columns:
                shown = shown.assign(bulan=shown["bulan"].map(bulan_tahun))
            st.dataframe(readable(shown.rename(columns=columns)), hide_index=True, placeholder="–")
            if answer is not None:
                downloads(answer, key=key, choice=choice)


def readable(shown: pd.DataFrame) -> Styler:
    """A table for the screen with "." between thousands and "," before two decimals, its numbers sorted as such.

    Example: 27848 -> "27.848"; 1.25 and 2.5 -> "1,25" and "2,50".
    """
    numbers = shown.select_dtypes("number")
    formats = {
        name: angka if (numbers[name].dropna() % 1 == 0).all() else partial(angka, decimals=2)
        for name in numbers
    }
    return shown.reset_index(drop=True).style.format(formats)


@contextmanager
def behind_click(label: str, *, key: str, icon: str) -> Iterator[bool]:
    """A closed box; gives whether it is open, so that what is in it costs nothing until then."""
    box = st.expander(label, key=f"kotak_{key}", icon=icon, on_change="rerun")
    with box:
        yield bool(box.open)


def downloads(
    answer: pd.DataFrame,
    *,
    key: str,
    title: str = "",
    lines: tuple[str, ...] = (),
    choice: filters.Choice | None = None,
) -> None:
    """CSV and XLSX of an answer of the one door; made when clicked, named by their content."""
    about = sheets.About(
        judul=title or f"Tuntas: {key}",
        baris=(*about_lines(answer, choice), *lines),
        kodes=tuple(dict.fromkeys(answer["kode"])) if "kode" in answer else (),
        simulasi=current_source().simulasi,
    )
    content = sheets.to_csv(answer, about)
    with st.container(horizontal=True):
        for label, ending, mime, make in (
            ("Unduh CSV", "csv", sheets.CSV_MIME, lambda: content),
            ("Unduh XLSX", "xlsx", sheets.XLSX_MIME, lambda: sheets.to_xlsx(answer, about)),
        ):
            file_button(
                label, make, sheets.file_name(key, content, ending), mime=mime, key=f"unduh_{key}_{ending}"
            )


def file_button(label: str, make: Callable[[], bytes], file_name: str, *, mime: str, key: str) -> None:
    """A download that is made when clicked, and told to the access trail."""
    st.download_button(
        label,
        data=trail.told(make, file_name),
        file_name=file_name,
        mime=mime,
        key=key,
        on_click="ignore",
        icon=":material/download:",
    )


def about_lines(answer: pd.DataFrame, choice: filters.Choice | None = None) -> tuple[str, ...]:
    """Filter (of the session, or the one given), data date and version of an answer, for its export."""
    lines = [f"Saringan: {filters.describe(choice or st.session_state[filters.STATE])}"]
    if {"dari", "sampai", "tanggal_data"} <= set(answer.columns) and len(answer):
        row = answer.iloc[0]
        lines.append(f"Periode: {rentang_tanggal(row['dari'], row['sampai'])}")
        dates = answer["tanggal_data"].dropna()
        lines.append(
            f"Tanggal data: {tanggal(min(dates, default=None))} sampai {tanggal(max(dates, default=None))}"
        )
    shown = "; ".join(dict.fromkeys(answer["tayang"])) if "tayang" in answer else visitor().scope.tayang
    lines.append(f"Versi potret: {current_source().versi}; tayang {shown}")
    return tuple(lines)


def compared_note(before: pd.DataFrame, left_out: list[str]) -> str:
    """With what the cards are compared, in words."""
    if before.empty:
        return "Tidak ada periode pembanding: register provinsi belum lengkap pada periode sebelumnya."
    row = before.iloc[0]
    sentence = f"Dibandingkan dengan {rentang_tanggal(row['dari'], row['sampai'])}"
    if left_out:
        sentence += f"; {angka(len(left_out))} provinsi tidak ikut dibandingkan karena datanya belum mencakup keduanya"
    return sentence + "."
