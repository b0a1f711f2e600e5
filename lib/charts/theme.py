"""Colours named by meaning, the common layout, and the settings of the drawing library."""

from __future__ import annotations

import html
import textwrap

import pandas as pd
import plotly.graph_objects as go

from lib.domain import Status
from lib.numbers_id import MONTHS, SHORT_MONTHS, angka

INK = "#16243A"
PAPER = "#FFFFFF"
# Stands for the page's strong text colour, light on a dark page; lib.charts.page puts that in its place, as
# Streamlit's own theme would. Streamlit's pale grey for axis texts has too little contrast.
PAGE_TEXT = "#000037"
STATUS_COLOURS = {
    Status.TERDATA: "#0B4F8A",
    Status.TERTANGANI: "#E08A00",
    Status.TERSELESAIKAN: "#0E8A7B",
    Status.DITUTUP_LAINNYA: "#94A0AE",
}
# Stacked parts are told apart by pattern as well, for readers and printers that do not see the hues.
STATUS_PATTERNS = {
    Status.TERDATA: "",
    Status.TERTANGANI: "/",
    Status.TERSELESAIKAN: "",
    Status.DITUTUP_LAINNYA: ".",
}
# Five fixed classes; the lightest still differs from a white page.
SEQUENTIAL = ("#CFE1F2", "#93BEE0", "#4F94C8", "#1B639F", "#03254A")
NO_DATA = "#DADDE2"
NO_DATA_MARK = "#5B6B7F"
NO_DATA_LABEL = "tidak ada angka"
INTERVAL_LABEL = "rentang 95 %"
CLEAR = "rgba(0,0,0,0)"
EDGE = "#7C8CA1"  # at least 3:1 against the white and the dark page
SELECTED = "#F2B544"
SELECTED_CASING = INK
NEUTRAL_BAR = "#2B78BC"

# Whether every figure is held against the drawing library's list of properties. That takes three quarters of the time
# of making one and says nothing of the data, so the tests do it and the running program does not.
CHECKED = False

# The drawing library fades every other mark to a fifth once one is clicked.
NO_FADING = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}

FONT_FAMILY = "Plus Jakarta Sans, Segoe UI, Roboto, Arial, sans-serif"
FONT_SIZE = 13
SMALL_FONT_SIZE = 12
TEXT_FONT = {"size": FONT_SIZE, "color": PAGE_TEXT}
SMALL_TEXT_FONT = {"size": SMALL_FONT_SIZE, "color": PAGE_TEXT}
HEADING_FONT = {"size": 14, "color": PAGE_TEXT, "weight": 600}
LINE_HEIGHT = 17  # pixels of one text line at FONT_SIZE
HEADING_ROOM = 26  # pixels above a plot besides the lines of a heading that stands alone
WRAP_AT = 48  # characters of FONT_SIZE that fit a telephone's width

# On the dark page the dark blues would vanish: their lighter counterparts, used by for_dark alone.
DARK_COUNTERPARTS = {
    STATUS_COLOURS[Status.TERDATA]: "#2F80C6",
    NEUTRAL_BAR: "#4B97D8",
    SEQUENTIAL[-1]: "#0B3D75",
    NO_DATA: "#4A5768",
    NO_DATA_MARK: "#AAB6C5",
}
_WEEKDAYS = ("Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu")
_BUTTON_TITLES = {
    "Download plot as a PNG": "Unduh gambar (PNG)",
    "Download plot": "Unduh gambar",
    "Preparing image - this may take a few seconds": "Menyiapkan gambar, mohon tunggu sebentar",
    "Image download succeeded": "Gambar terunduh",
    "Sorry, there was a problem downloading your image!": "Maaf, gambar gagal diunduh.",
    "Zoom in": "Perbesar",
    "Zoom out": "Perkecil",
    "Reset": "Kembalikan tampilan",
    "Reset views": "Kembalikan tampilan",
    "Reset axes": "Kembalikan tampilan",
    "Double-click to zoom back out": "Klik dua kali untuk kembali",
}


def plain(text: str) -> str:
    """The text with &, < and > made harmless, so that "<5" is not read as markup by the drawing library."""
    return html.escape(str(text), quote=False)


def wrap(text: str, *, width: int = WRAP_AT) -> str:
    """The escaped text broken at words into lines of at most `width` characters; longer words stay whole."""
    lines = textwrap.wrap(str(text), width=width, break_long_words=False, break_on_hyphens=False)
    return "<br>".join(plain(line) for line in lines)


def line_count(wrapped: str) -> int:
    """Number of lines of a text made by `wrap`; an empty text has none."""
    return wrapped.count("<br>") + 1 if wrapped else 0


def hover_text(nama: str, tampil: str, *, n: float | None = None, catatan: str | None = None) -> str:
    """The lines shown when pointing at a mark: name, value, number of cases, note; absent parts are left out."""
    lines = [f"<b>{plain(nama)}</b>", plain(tampil)]
    if not pd.isna(n):
        lines.append(f"n = {angka(n)}")
    if not pd.isna(catatan) and catatan and catatan != tampil:
        lines.append(wrap(catatan))
    return "<br>".join(lines)


def interval_line(bawah: float | None, atas: float | None) -> str:
    """One more line for a hover text: "<br>rentang 95 %: 8–12"; with one limit "sampai 12" or "mulai 8"; else ""."""
    if pd.isna(bawah) and pd.isna(atas):
        return ""
    if pd.isna(bawah):
        limits = f"sampai {angka(atas)}"
    elif pd.isna(atas):
        limits = f"mulai {angka(bawah)}"
    else:
        limits = f"{angka(bawah)}–{angka(atas)}"
    return f"<br>{INTERVAL_LABEL}: {limits}"


def require_columns(frame: pd.DataFrame, *columns: str) -> None:
    """Raise ValueError naming every column a chart needs and the frame lacks."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"missing columns: {', '.join(missing)}; got: {', '.join(map(str, frame.columns))}")


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #RRGGBB colours, 1 to 21 (WCAG 2.1); contrast("#000000", "#FFFFFF") == 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(colour: str) -> str:
    """The ink, dark or white, that reads better on a #RRGGBB fill."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, colour))


def status_marker(status: Status) -> dict:
    """Colour, hairline and pattern of a status in every stacked bar."""
    return {
        "color": STATUS_COLOURS[status],
        "line": {"color": EDGE, "width": 0.6},
        "pattern": {
            "shape": STATUS_PATTERNS[status],
            "fillmode": "overlay",
            "fgcolor": PAPER,
            "fgopacity": 0.45,
            "size": 8,
            "solidity": 0.12,
        },
    }


def base_layout(*, height: int, heading: str = "") -> dict:
    """The common looks: Indonesian separators, font, margins, no background, a legend with the heading.

    The heading is the legend's title: unlike other texts it makes room for itself at every width. A chart
    without a legend has none. The legend hangs from the upper edge of the figure: standing on the plot it would lie
    over it once a window grew, because the library then draws fewer lines of it in the old place.
    """
    return {
        "height": height,
        "separators": ",.",
        "font": {"family": FONT_FAMILY, **TEXT_FONT},
        # None on top: the library would add it below the legend only after it had drawn the axes, and draw again.
        "margin": {"l": 8, "r": 12, "t": 0, "b": 8},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "dragmode": False,  # dragging over a chart scrolls the page of a telephone
        "hovermode": "closest",
        "hoverdistance": 40,
        "uirevision": "tetap",
        "hoverlabel": {"align": "left", "font": {"family": FONT_FAMILY, **TEXT_FONT}},
        "modebar": {"bgcolor": CLEAR, "color": EDGE, "activecolor": PAGE_TEXT},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 1,
            "yanchor": "top",
            "maxheight": 0.9,
            "title": {"text": heading, "side": "top", "font": HEADING_FONT},
            "font": TEXT_FONT,
            "itemclick": False,
            "itemdoubleclick": False,
            "titleclick": False,
            "titledoubleclick": False,
            "traceorder": "normal",
        },
    }


def heading_from_left(heading: str, *, alone: bool) -> dict:
    """The legend of a chart with names beside it: from the left edge of the figure rather than of the bars.

    `alone` is for a chart without entries, whose only one is `no_entry`; the heading then stands in its line.
    """
    side = "left" if alone else "top"
    return {
        "xref": "container",
        "title": {"text": heading, "side": side, "font": HEADING_FONT},
    }


def no_entry() -> dict:
    """A legend entry without mark and name: without any entry the library draws no legend, and no heading."""
    return {
        "type": "scatter",
        "x": [None],
        "y": [None],
        "mode": "markers",
        "marker": {"color": CLEAR, "line": {"color": CLEAR}},
        "name": "",
        "showlegend": True,
        "hoverinfo": "skip",
    }


def drawn(traces: list[dict], base: dict, **layout: object) -> go.Figure:
    """A figure of plain trace dicts and the base layout, its parts replaced or completed by `layout`.

    One construction from dicts is about seven times cheaper than adding traces and updating a layout, and a page
    draws several figures for every new filter. Where figures are CHECKED an unknown property or value raises
    ValueError.
    """
    plain = {"data": traces, "layout": completed(base, layout)}
    if CHECKED:
        go.Figure(plain)
    return go.Figure(plain, _validate=False)


def completed(base: dict, more: dict) -> dict:
    """`base` with its parts replaced or, where both are dicts, completed by `more`; both stay as they are."""
    merged = dict(base)
    for key, value in more.items():
        both_are_dicts = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = completed(merged[key], value) if both_are_dicts else value
    return merged


def number_axis() -> dict:
    """Settings of an axis with numbers: from zero, "." between thousands, horizontal texts, no zooming."""
    return {
        "rangemode": "tozero",
        "tickformat": ",",
        "tickangle": 0,
        "tickfont": SMALL_TEXT_FONT,
        "fixedrange": True,
    }


def parts(figure: go.Figure) -> dict:
    """The traces and the layout of a figure as plain dicts; not copies, so nobody may change them."""
    return {"data": figure._data, "layout": figure._layout}


def for_dark(figure: go.Figure) -> dict:
    """The parts of a figure for the dark page: colours that would vanish there are replaced by lighter ones."""
    return {name: _recoloured(each) for name, each in parts(figure).items()}


def _recoloured(part: object) -> object:
    if isinstance(part, dict):
        return {key: _recoloured(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_recoloured(value) for value in part]
    return DARK_COUNTERPARTS.get(part, part) if isinstance(part, str) else part


def plotly_config(filename: str, *, is_map: bool = False) -> dict:
    """Settings of one chart: Indonesian words, no foreign requests, only the camera; on a map zoom and reset too.

    `filename` names the downloaded picture, without extension. The wheel keeps scrolling the page on a map:
    zooming is done by its buttons.
    """
    buttons = ["toImage", "zoomInGeo", "zoomOutGeo", "resetGeo"] if is_map else ["toImage"]
    return {
        "locale": "id",
        "locales": {
            "id": {
                "dictionary": _BUTTON_TITLES,
                "format": {
                    "days": list(_WEEKDAYS),
                    "shortDays": [day[:3] for day in _WEEKDAYS],
                    "months": list(MONTHS),
                    "shortMonths": list(SHORT_MONTHS),
                    "date": "%d/%m/%Y",
                    "decimal": ",",
                    "thousands": ".",
                },
            }
        },
        # Without an address of our own the library asks a foreign server for the world's coastline.
        "topojsonURL": "app/static/topojson/",
        "displaylogo": False,
        "modeBarButtons": [buttons],
        "scrollZoom": False,
        "toImageButtonOptions": {"filename": filename, "format": "png", "scale": 2},
    }
