"""Bars: the nested counts, groups in order of their value, groups divided by status. Tables in, figures out."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from lib.charts.theme import (
    EDGE,
    HEADING_FONT,
    LINE_HEIGHT,
    NEUTRAL_BAR,
    PAGE_TEXT,
    SMALL_FONT_SIZE,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    TEXT_FONT,
    base_layout,
    hover_text,
    line_count,
    number_axis,
    plain,
    require_columns,
    status_marker,
    text_on,
    wrap,
)
from lib.domain import Status
from lib.numbers_id import angka, persen

CORONG_STATUS = {"I01": Status.TERDATA, "I02": Status.TERTANGANI, "I03K": Status.TERSELESAIKAN}
CORONG_ROW = 74
# A bar this long holds its own text even on a telephone; a shorter one leaves that room beside it.
TEXT_INSIDE_FROM = 0.5
NAME_WIDTH = 28  # characters of a group's name on one line
ROW_PADDING = 11
COMPOSITION_ROW = 58
AXIS_ROOM = 36
LEGEND_ROOM = 120  # heading, up to three lines of legend, and the axis


def corong(frame: pd.DataFrame) -> go.Figure:
    """The nested counts I01 >= I02 >= I03K as three bars from a common zero, with number and percent of I01.

    One row per kode: kode (I01, I02, I03K), nama, nilai (NaN: not shown), tampil. Example: 200, 150 and 50 cases
    read 100 %, 75 % and 25 %.
    """
    require_columns(frame, "kode", "nama", "nilai", "tampil")
    whole = frame.set_index("kode")["nilai"].get("I01")
    figure = go.Figure()
    for position, row in enumerate(frame.itertuples(index=False)):
        share = row.nilai / whole * 100 if whole and not pd.isna(row.nilai / whole) else None
        label = plain(row.tampil) if share is None else f"{plain(row.tampil)} · {persen(share)}"
        is_inside = share is not None and share >= TEXT_INSIDE_FROM * 100
        colour = STATUS_COLOURS[CORONG_STATUS[row.kode]]
        figure.add_trace(
            go.Bar(
                x=[0 if pd.isna(row.nilai) else row.nilai],
                y=[position],
                width=0.52,
                orientation="h",
                name=plain(row.nama),
                text=[f" <b>{label}</b>"],
                textposition="inside" if is_inside else "outside",
                insidetextanchor="start",
                textangle=0,
                constraintext="none",
                cliponaxis=False,
                textfont={"size": 14, "color": PAGE_TEXT},
                insidetextfont={"color": text_on(colour), "size": 14},
                marker={"color": colour, "line": {"color": EDGE, "width": 0.6}},
                customdata=[row.kode],
                hovertext=[f"<b>{plain(row.nama)}</b><br>{label}"],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    figure.add_trace(_names_above([wrap(nama) for nama in frame["nama"]], half_bar=0.29))
    base_layout(figure, height=CORONG_ROW * len(frame) + 34)
    figure.update_layout(showlegend=False, barmode="overlay")
    longest = frame["nilai"].max()
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, longest if longest > 0 else 1])
    figure.update_yaxes(visible=False, fixedrange=True, range=[len(frame) - 0.6, -0.85])
    return figure


def _names_above(texts: list[str], *, half_bar: float) -> go.Scatter:
    """Texts that start at zero just above each bar: they have the whole width, also on a telephone."""
    return go.Scatter(
        x=[0] * len(texts),
        y=[position - half_bar for position in range(len(texts))],
        mode="text",
        text=texts,
        textposition="top right",
        textfont=TEXT_FONT,
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )


def _row_labels(frame: pd.DataFrame) -> list[str]:
    """Name, wrapped, and value in bold at the end of its last line: beside the axis nothing can overlap it."""
    return [
        f"{wrap(row.nama, width=NAME_WIDTH)}  <b>{plain(row.tampil)}</b>"
        for row in frame.itertuples(index=False)
    ]


def _label_axis(labels: list[str]) -> dict:
    """One row per label, the first on top."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [len(labels) - 0.4, -0.6],
        "automargin": True,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": SMALL_TEXT_FONT,
    }


def _title_over_labels(figure: go.Figure, heading: str, *, room: int) -> None:
    """A heading from the left edge; a legend's title would start only where the bars do, right of the names."""
    figure.update_layout(
        title={
            "text": heading,
            "font": HEADING_FONT,
            "xref": "container",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 4, "l": 4},
        },
        margin={"t": room},
        legend={"y": 1, "tracegroupgap": 0},
    )


def _interval_entry() -> go.Scatter:
    """A mark off the chart: whiskers of bars have no legend entry of their own."""
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        marker={"symbol": "line-ew", "size": 14, "line": {"color": PAGE_TEXT, "width": 2}},
        name="rentang 95 %",
        showlegend=True,
        hoverinfo="skip",
    )


def _whiskers(frame: pd.DataFrame) -> dict | None:
    """Distances from the value to the limits of its interval; an absent limit draws no arm."""
    if not {"bawah", "atas"} <= set(frame.columns):
        return None
    return {
        "type": "data",
        "array": (frame["atas"] - frame["nilai"]).clip(lower=0).fillna(0).tolist(),
        "arrayminus": (frame["nilai"] - frame["bawah"]).clip(lower=0).fillna(0).tolist(),
        "color": PAGE_TEXT,
        "thickness": 1.5,
        "width": 4,
    }


def _ranked_hover(frame: pd.DataFrame) -> list[str]:
    lines = []
    for row in frame.itertuples(index=False):
        text = hover_text(row.nama, row.tampil, n=row.n, catatan=getattr(row, "catatan", None))
        bawah, atas = getattr(row, "bawah", None), getattr(row, "atas", None)
        if not (pd.isna(bawah) and pd.isna(atas)):
            text += f"<br>rentang 95 %: {angka(bawah)}–{angka(atas)}"
        lines.append(text)
    return lines


def ranked(
    frame: pd.DataFrame,
    *,
    unit: str,
    reference: float | None = None,
    reference_label: str = "Nasional",
    ascending: bool = False,
) -> go.Figure:
    """Groups in order of their value, with interval whiskers and a line at a reference value.

    One row per group: kunci, nama, nilai (NaN: no number, listed last), tampil, n; optional bawah, atas, catatan.
    `unit` is the heading. The highest value is on top unless `ascending`. Bars carry kunci as customdata.
    """
    require_columns(frame, "kunci", "nama", "nilai", "tampil", "n")
    frame = frame.sort_values(
        "nilai", ascending=ascending, na_position="last", kind="stable", ignore_index=True
    )
    figure = go.Figure(
        go.Bar(
            x=frame["nilai"].tolist(),
            y=list(range(len(frame))),
            orientation="h",
            width=0.62,
            name="nilai",
            showlegend=False,
            error_x=_whiskers(frame),
            marker={"color": NEUTRAL_BAR, "line": {"color": EDGE, "width": 0.6}},
            customdata=frame["kunci"].tolist(),
            hovertext=_ranked_hover(frame),
            hovertemplate="%{hovertext}<extra></extra>",
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
        )
    )
    if reference is not None and not pd.isna(reference):
        figure.add_trace(
            go.Scatter(
                x=[reference, reference],
                y=[-0.6, len(frame) - 0.4],
                mode="lines",
                line={"color": PAGE_TEXT, "width": 2, "dash": "dash"},
                name=f"{plain(reference_label)}: <b>{angka(reference)}</b>",
                hoverinfo="skip",
            )
        )
    if frame["nilai"].notna().any() and figure.data[0].error_x.array is not None:
        figure.add_trace(_interval_entry())
    labels = _row_labels(frame)
    row_height = LINE_HEIGHT * max((line_count(label) for label in labels), default=1) + ROW_PADDING
    has_legend = len(figure.data) > 1
    heading_room = LINE_HEIGHT * line_count(wrap(unit)) + (56 if has_legend else 14)
    base_layout(figure, height=row_height * len(labels) + heading_room + AXIS_ROOM)
    _title_over_labels(figure, wrap(unit), room=heading_room)
    figure.update_xaxes(**number_axis(), nticks=5)
    figure.update_yaxes(**_label_axis(labels))
    return figure


def composition(frame: pd.DataFrame, *, unit: str) -> go.Figure:
    """Groups (klaster, jenis, provinsi) as bars divided by status; groups keep the order of the frame.

    One row per group and status: kunci, nama (of the group), status, nama_status, nilai (NaN: not shown), tampil;
    optional tampil_total, shown beside the group's name. A count is printed in its part where it fits. `unit` is
    the heading.
    """
    require_columns(frame, "kunci", "nama", "status", "nama_status", "nilai", "tampil")
    groups = frame.drop_duplicates("kunci")
    position = {kunci: row for row, kunci in enumerate(groups["kunci"])}
    figure = go.Figure()
    for status in Status:
        part = frame[frame["status"] == status.value]
        if part.empty:
            continue
        figure.add_trace(
            go.Bar(
                x=part["nilai"].tolist(),
                y=part["kunci"].map(position).tolist(),
                orientation="h",
                width=0.4,
                name=plain(part["nama_status"].iloc[0]),
                text=[plain(text) for text in part["tampil"]],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                insidetextfont={"size": SMALL_FONT_SIZE, "color": text_on(STATUS_COLOURS[status])},
                marker=status_marker(status),
                customdata=part["kunci"].tolist(),
                hovertext=[
                    f"<b>{plain(row.nama)}</b><br>{plain(row.nama_status)}: {plain(row.tampil)}"
                    for row in part.itertuples(index=False)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    figure.add_trace(_names_above(_group_names(groups), half_bar=0.23))
    base_layout(figure, height=COMPOSITION_ROW * len(groups) + LEGEND_ROOM, heading=wrap(unit))
    figure.update_layout(
        showlegend=True, barmode="stack", uniformtext={"minsize": SMALL_FONT_SIZE, "mode": "hide"}
    )
    figure.update_xaxes(**number_axis(), nticks=5)
    figure.update_yaxes(visible=False, fixedrange=True, range=[len(groups) - 0.7, -0.8])
    return figure


def _group_names(groups: pd.DataFrame) -> list[str]:
    if "tampil_total" not in groups:
        return [wrap(nama) for nama in groups["nama"]]
    return [f"{wrap(row.nama)}  <b>{plain(row.tampil_total)}</b>" for row in groups.itertuples(index=False)]
