"""The stock of open cases: what came in above zero, what left below it, and where it leads. Tables in, figures out."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from lib.charts.flow import CAME_COLOUR, month_axis
from lib.charts.theme import (
    EDGE,
    NEUTRAL_BAR,
    PAGE_TEXT,
    PAPER,
    SMALL_TEXT_FONT,
    STATUS_COLOURS,
    base_layout,
    drawn,
    number_axis,
    plain,
    require_columns,
    wrap,
)
from lib.charts.workload import HEADING_WIDTH, count_axis
from lib.domain import Kelompok, Status
from lib.numbers_id import angka, bulan_tahun

HEIGHT = 470
PROJECTION_HEIGHT = 400
# Told apart by pattern as well, for readers and printers that do not see the hues.
PARTS = {
    "masuk": ("Masuk", CAME_COLOUR, ""),
    Kelompok.TERSELESAIKAN.value: ("Terselesaikan", STATUS_COLOURS[Status.TERSELESAIKAN], ""),
    Kelompok.DIALIHKAN.value: ("Dialihkan", "#B48A3C", "/"),
    Kelompok.BERHENTI.value: ("Berhenti", STATUS_COLOURS[Status.DITUTUP_LAINNYA], "x"),
}
# The pace of today, and what is tried; the second one dashed.
SCENARIOS = ({"color": NEUTRAL_BAR, "dash": "solid"}, {"color": "#B4532A", "dash": "dash"})
STEPS = (1, 2, 2.5, 5, 10)
_HOVER_TEMPLATE = "%{hovertext}<extra></extra>"


def monthly_stock(frame: pd.DataFrame, *, heading: str) -> go.Figure:
    """Cases that came as bars upwards and those that left, by outcome, downwards; below them the stock.

    One row per month, none left out: bulan ("2026-11"), masuk, terselesaikan, dialihkan, berhenti, akhir (open at the
    month's end), utuh (False for a month cut by the period or the data date: paler, its name with *). Raises
    ValueError for missing columns.
    """
    require_columns(frame, "bulan", *PARTS, "akhir", "utuh")
    months = frame["bulan"].tolist()
    names = [bulan_tahun(month) for month in months]
    highest = frame["masuk"].max()
    lowest = frame[list(PARTS)[1:]].sum(axis=1).max()
    line = {
        "type": "scatter",
        "x": months,
        "y": frame["akhir"].tolist(),
        "yaxis": "y2",
        "mode": "lines+markers",
        "line": {"color": NEUTRAL_BAR, "width": 2.5},
        "marker": {"color": NEUTRAL_BAR, "size": 7, "symbol": "diamond"},
        "name": "Stok akhir bulan (bagan bawah)",
        "hovertext": [
            f"<b>{name}</b><br>stok akhir: {angka(value)} kasus"
            for name, value in zip(names, frame["akhir"], strict=True)
        ],
        "hoverinfo": "text",
    }
    return drawn(
        [*(_bars(frame, part, names) for part in PARTS), line],
        base_layout(height=HEIGHT, heading=wrap(heading, width=HEADING_WIDTH)),
        showlegend=True,
        barmode="relative",
        bargap=0.25,
        xaxis=month_axis(months, frame["utuh"].tolist()) | {"anchor": "y2"},
        yaxis=_two_sided(highest, lowest) | {"domain": [0.42, 1]},
        yaxis2=count_axis(frame["akhir"].max()) | {"domain": [0, 0.3], "anchor": "x"},
    )


def _bars(frame: pd.DataFrame, part: str, names: list[str]) -> dict:
    label, colour, pattern = PARTS[part]
    sign = 1 if part == "masuk" else -1
    whole = frame["utuh"].tolist()
    return {
        "type": "bar",
        "x": frame["bulan"].tolist(),
        "y": (sign * frame[part]).tolist(),
        "name": label,
        "marker": {
            "color": colour,
            "line": {"color": EDGE, "width": 0.6},
            "opacity": [1.0 if full else 0.45 for full in whole],
            "pattern": {
                "shape": pattern,
                "fillmode": "overlay",
                "fgcolor": PAPER,
                "size": 6,
                "solidity": 0.2,
            },
        },
        "hovertext": [
            f"<b>{name}</b><br>{label}: {angka(value)} kasus{'' if full else '<br>bulan tidak penuh'}"
            for name, value, full in zip(names, frame[part], whole, strict=True)
        ],
        "hovertemplate": _HOVER_TEMPLATE,
    }


def _two_sided(highest: float, lowest: float) -> dict:
    """An axis whose numbers are counts on both sides of zero, none of them with a minus sign."""
    step = nice_step(max(highest, lowest, 1) / 2)
    ticks = [number * step for number in range(-math.ceil(lowest / step), math.ceil(highest / step) + 1)]
    return number_axis() | {
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [angka(abs(tick), decimals=0) for tick in ticks],
        "zeroline": True,
        "zerolinecolor": PAGE_TEXT,
        "zerolinewidth": 1.5,
    }


def nice_step(size: float) -> int:
    """The smallest whole step of 1, 2, 2.5 or 5 times a power of ten that is at least `size`.

    Example: 1300 -> 2000; 0.4 -> 1; 21 -> 25.
    """
    if size <= 1:
        return 1
    power = 10 ** math.floor(math.log10(size))
    return next(math.ceil(step * power) for step in STEPS if step * power >= size)


def projection(frame: pd.DataFrame, *, limits: dict[str, float], heading: str) -> go.Figure:
    """The stock of the coming weeks at one or two paces, each with its band, and the stock that is no backlog.

    One row per scenario and week: skenario, minggu (0 is the data date), stok, bawah, atas. `limits` is the stock that
    is no backlog per scenario, drawn once where they agree. Raises ValueError for missing columns, no or more than two
    scenarios.
    """
    require_columns(frame, "skenario", "minggu", "stok", "bawah", "atas")
    names = list(dict.fromkeys(frame["skenario"]))
    if not 1 <= len(names) <= len(SCENARIOS):
        raise ValueError(f"one or two scenarios, got {len(names)}")
    traces = []
    for name, style in zip(names, SCENARIOS, strict=False):
        rows = frame[frame["skenario"] == name]
        traces += [_band(rows, style), _line(rows, name, style)]
    last = frame["minggu"].max()
    agree = len({limits[name] for name in names}) == 1
    for name, style in list(zip(names, SCENARIOS, strict=False))[: 1 if agree else None]:
        label = "Batas" if agree else f"Batas, {name[0].lower()}{name[1:]}"
        traces.append(_limit(limits[name], label, last, PAGE_TEXT if agree else style["color"]))
    return drawn(
        traces,
        base_layout(height=PROJECTION_HEIGHT, heading=wrap(heading, width=HEADING_WIDTH)),
        showlegend=True,
        margin={"b": 44},
        xaxis=number_axis()
        | {
            "range": [0, last],
            "showgrid": False,
            "title": {"text": "minggu sesudah tanggal data", "font": SMALL_TEXT_FONT, "standoff": 6},
        },
        yaxis=count_axis(frame["atas"].max()),
    )


def _band(rows: pd.DataFrame, style: dict) -> dict:
    return {
        "type": "scatter",
        "x": [*rows["minggu"], *rows["minggu"].iloc[::-1]],
        "y": [*rows["atas"], *rows["bawah"].iloc[::-1]],
        "fill": "toself",
        "fillcolor": style["color"],
        "opacity": 0.16,
        "mode": "lines",
        "line": {"width": 0, "color": style["color"]},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _line(rows: pd.DataFrame, name: str, style: dict) -> dict:
    return {
        "type": "scatter",
        "x": rows["minggu"].tolist(),
        "y": rows["stok"].tolist(),
        "mode": "lines",
        "line": {"width": 2.5, **style},
        "name": f"{plain(name)} (pita: rentang 95 %)",
        "hovertext": [
            f"<b>{plain(name)}</b><br>minggu ke-{row.minggu}: sekitar {angka(row.stok, decimals=0)} kasus terbuka"
            f"<br>rentang 95 %: {angka(row.bawah, decimals=0)}–{angka(row.atas, decimals=0)}"
            for row in rows.itertuples(index=False)
        ],
        "hoverinfo": "text",
    }


def _limit(value: float, label: str, last: float, colour: str) -> dict:
    return {
        "type": "scatter",
        "x": [0, last],
        "y": [value, value],
        "mode": "lines",
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
        "name": f"{plain(label)}: <b>{angka(value, decimals=0)}</b>",
        "hoverinfo": "skip",
    }
