"""The pieces of a printed page, in points from its lower left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from lib import geo
from lib.charts.theme import EDGE, INK, NEUTRAL_BAR, NO_DATA, NO_DATA_LABEL, PAPER, SEQUENTIAL
from lib.exports import fit
from lib.exports.looks import (
    BAND,
    EAST,
    FAINT,
    KODE_COLOURS,
    NORTH,
    POINT_COLOURS,
    SOUTH,
    TILE_EDGE,
    TILE_GROUND,
    TOLERANCE,
    WEST,
    class_mark,
)
from lib.exports.step import Areas, Chart, Tile
from lib.geo.outlines import province_outlines
from lib.indicators.records import INDICATORS

# What Windows-1252 lacks.
INSTEAD = {"≤": "sampai ", "≥": "mulai ", "\u2212": "-", "→": "->"}
PAD = 3.0
BAR_HIGH = 9.0


@dataclass(frozen=True)
class Area:
    """What is left of a page: its upper left corner, width and height, in points."""

    left: float
    top: float
    wide: float
    high: float

    def below(self, points: float) -> Area:
        """The same area from so many points further down."""
        return replace(self, top=self.top - points, high=self.high - points)

    def rest(self, outer: Area) -> Area:
        """What is left of `outer` below this area."""
        return outer.below(outer.top - self.top)


def printable(words: str) -> str:
    """A text in the characters that the page's font has; any other becomes a question mark.

    Example: "≤ 20" -> "sampai 20".
    """
    for sign, instead in INSTEAD.items():
        words = words.replace(f"{sign} ", instead).replace(sign, instead)
    return fit.kept_together(words).encode("cp1252", errors="replace").decode("cp1252")


def paragraphs(
    canvas: Canvas, area: Area, words: Sequence[str], *, size: float, bold: bool = False, ink: str = INK
) -> Area:
    """Texts one below the other; what is left of the area."""
    canvas.setFillColor(HexColor(ink))
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    for paragraph in words:
        for line in fit.broken(printable(paragraph), size, area.wide, bold=bold):
            area = area.below(size * fit.LEADING)
            canvas.drawString(area.left, area.top + size * 0.25, line)
        area = area.below(size * 0.25)
    return area


def tiles(canvas: Canvas, area: Area, figures: Sequence[Tile], *, columns: int) -> Area:
    """Figures in boxes; what is left of the area."""
    wide, high, gap = (area.wide - 8 * (columns - 1)) / columns, 46.0, 8.0
    for number, figure in enumerate(figures):
        row, column = divmod(number, columns)
        left, bottom = area.left + column * (wide + gap), area.top - (row + 1) * high - row * gap
        canvas.setFillColor(HexColor(TILE_GROUND))
        canvas.setStrokeColor(HexColor(TILE_EDGE))
        canvas.rect(left, bottom, wide, high, fill=1)
        canvas.setFillColor(HexColor(FAINT))
        canvas.setFont("Helvetica", 8)
        canvas.drawString(left + 5, bottom + high - 11, printable(figure.nama))
        canvas.drawString(left + 5, bottom + 5, printable(figure.n))
        canvas.setFillColor(HexColor(INK))
        shown = printable(figure.tampil)
        size = fit.largest(shown, (16, 14, 12, 10), wide - 10, 20, bold=True)
        canvas.setFont("Helvetica-Bold", size)
        canvas.drawString(left + 5, bottom + 17, shown)
    rows = -(-len(figures) // columns)
    return area.below(rows * (high + gap) - gap)


def table(
    canvas: Canvas, area: Area, frame: pd.DataFrame, *, marks: Areas | None = None, blocks: int = 1
) -> Area:
    """A table in one block or several side by side, in the largest type that fits; what is left of the area."""
    if marks is not None:
        codes = {name: code for code, name in marks.nama.items()}
        frame = frame.copy()
        first = frame.columns[0]
        frame[first] = [f"{class_mark(marks.kelas[codes[name]])}  {name}" for name in frame[first]]
    gap = 12.0
    wide = (area.wide - gap * (blocks - 1)) / blocks
    rows = -(-len(frame) // blocks)
    head = 2
    size = next(
        (size for size in (9, 8.5, 8, 7.5, 7, 6.5, 6) if _fits(frame, size, wide, area.high, rows + head)),
        5.5,
    )
    high = size * 1.45
    for block in range(blocks):
        part = frame.iloc[block * rows : (block + 1) * rows]
        if len(part):
            _block(canvas, area.left + block * (wide + gap), area.top, wide, part, size=size, high=high)
    return area.below((rows + head) * high)


def _fits(frame: pd.DataFrame, size: float, wide: float, high: float, rows: int) -> bool:
    return sum(_widths(frame, size)) <= wide and rows * size * 1.45 <= high


def _widths(frame: pd.DataFrame, size: float) -> list[float]:
    found = []
    for name in frame.columns:
        head = max(fit.width(line, size, bold=True) for line in _two_lines(str(name)))
        found.append(max([head, *(fit.width(printable(str(each)), size) for each in frame[name])]) + 2 * PAD)
    return found


def _two_lines(words: str) -> list[str]:
    """A heading on two lines, broken where both are about as long."""
    parts = words.split(" ")
    cut = min(
        range(1, len(parts) + 1),
        key=lambda place: max(len(" ".join(parts[:place])), len(" ".join(parts[place:]))),
    )
    return [line for line in (" ".join(parts[:cut]), " ".join(parts[cut:])) if line]


def _block(
    canvas: Canvas, left: float, top: float, wide: float, frame: pd.DataFrame, *, size: float, high: float
) -> None:
    widths = _widths(frame, size)
    spare = (wide - sum(widths)) / len(widths)
    widths = [each + spare for each in widths]
    canvas.setFillColor(HexColor(BAND))
    canvas.rect(left, top - 2 * high, wide, 2 * high, stroke=0, fill=1)
    canvas.setFillColor(HexColor(INK))
    canvas.setStrokeColor(HexColor(TILE_EDGE))
    place = left
    for column, (name, room) in enumerate(zip(frame.columns, widths, strict=True)):
        canvas.setFont("Helvetica-Bold", size)
        lines = _two_lines(printable(str(name)))
        for number, line in enumerate(lines):
            base = top - (2 - (len(lines) - 1 - number)) * high + size * 0.4
            _cell(canvas, place, room, base, line, right=column > 0)
        canvas.setFont("Helvetica", size)
        for number, value in enumerate(frame[name]):
            base = top - (3 + number) * high + size * 0.4
            _cell(canvas, place, room, base, printable(str(value)), right=column > 0)
        place += room
    for number in range(len(frame)):
        canvas.line(left, top - (3 + number) * high, left + wide, top - (3 + number) * high)


def _cell(canvas: Canvas, left: float, room: float, base: float, words: str, *, right: bool) -> None:
    if right:
        canvas.drawRightString(left + room - PAD, base, words)
    else:
        canvas.drawString(left + PAD, base, words)


def bars(canvas: Canvas, area: Area, chart: Chart) -> Area:
    """Horizontal bars with their values; a category without a number shows its reason instead."""
    label = max(fit.width(printable(name), 8) for name in chart.kategori) + 8
    highest = max((value for series in chart.seri for value in series.nilai if value is not None), default=0)
    room = area.wide - label - 60
    if len(chart.seri) > 1:
        area = _legend(canvas, area, chart)
    for place, name in enumerate(chart.kategori):
        canvas.setFillColor(HexColor(INK))
        canvas.setFont("Helvetica", 8)
        canvas.drawString(area.left, area.top - BAR_HIGH + 2, printable(name))
        for series in chart.seri:
            value, shown = series.nilai[place], printable(series.tampil[place])
            long = room * value / highest if value is not None and highest else 0
            points = POINT_COLOURS.get(series.kode)
            code = points[place] if points else KODE_COLOURS.get(series.kode, NEUTRAL_BAR)
            canvas.setFillColor(HexColor(code))
            canvas.rect(area.left + label, area.top - BAR_HIGH + 1, long, BAR_HIGH - 2, stroke=0, fill=1)
            canvas.setFillColor(HexColor(INK))
            canvas.drawString(area.left + label + long + 3, area.top - BAR_HIGH + 2, shown)
            area = area.below(BAR_HIGH)
        area = area.below(2)
    return area


def _legend(canvas: Canvas, area: Area, chart: Chart) -> Area:
    left = area.left
    for number, series in enumerate(chart.seri, start=1):
        canvas.setFillColor(HexColor(KODE_COLOURS.get(series.kode, NEUTRAL_BAR)))
        canvas.rect(left, area.top - BAR_HIGH + 1, 8, BAR_HIGH - 2, stroke=0, fill=1)
        canvas.setFillColor(HexColor(INK))
        canvas.setFont("Helvetica", 8)
        words = printable(f"batang {number}: {series.nama}")
        canvas.drawString(left + 11, area.top - BAR_HIGH + 2, words)
        left += fit.width(words, 8) + 30
    return area.below(BAR_HIGH + 3)


def province_map(canvas: Canvas, area: Area, areas: Areas) -> Area:
    """The provinces by class, the number of the class in each; what is below it."""
    scale = min(area.wide / (EAST - WEST), area.high / (NORTH - SOUTH))
    canvas.setStrokeColor(HexColor(EDGE))
    canvas.setLineWidth(0.4)
    for code, rings in province_outlines(tolerance=2 * TOLERANCE).items():
        path = canvas.beginPath()
        for ring in rings:
            for number, (lon, lat) in enumerate(ring):
                x, y = area.left + (lon - WEST) * scale, area.top - (NORTH - lat) * scale
                (path.lineTo if number else path.moveTo)(x, y)
            path.close()
        kelas = areas.kelas.get(code)
        canvas.setFillColor(HexColor(PAPER if kelas is None else NO_DATA if kelas < 0 else SEQUENTIAL[kelas]))
        canvas.drawPath(path, stroke=1, fill=1)
    canvas.setLineWidth(1)
    for row in geo.label_points().itertuples(index=False):
        if row.provinsi in areas.kelas:
            kelas = areas.kelas[row.provinsi]
            canvas.setFillColor(HexColor(PAPER if kelas >= 3 else INK))
            canvas.setFont("Helvetica-Bold", 6)
            x, y = area.left + (row.lon - WEST) * scale, area.top - (NORTH - row.lat) * scale
            canvas.drawCentredString(x, y - 2, class_mark(kelas))
    bottom = area.top - (NORTH - SOUTH) * scale
    rows = [*zip(SEQUENTIAL, areas.label, strict=True), (NO_DATA, NO_DATA_LABEL)]
    for number, (code, label) in enumerate(rows):
        y = bottom + (len(rows) - 1 - number) * 11
        canvas.setFillColor(HexColor(code))
        canvas.rect(area.left, y, 12, 9, fill=1)
        canvas.setFillColor(HexColor(INK))
        canvas.setFont("Helvetica", 8)
        mark = class_mark(number if number < len(SEQUENTIAL) else -1)
        canvas.drawString(area.left + 16, y + 1.5, printable(f"{mark}: {label}"))
    return area.below(area.top - bottom + 6)


def meaning_columns(canvas: Canvas, area: Area, meanings: Sequence[tuple[str, str]]) -> None:
    """What figures mean, in two columns and the largest type that fits."""
    if area.high < 24:
        return
    area = paragraphs(canvas, area, ["Arti angka"], size=10, bold=True)
    wide = (area.wide - 14) / 2
    texts = [printable(f"{INDICATORS[kode].nama}: {meaning}") for kode, meaning in meanings]
    for size in (8, 7.5, 7, 6.5, 6, 5.5):
        highs = [fit.height(words, size, wide) + size * 0.25 for words in texts]
        half = next((n for n in range(len(texts) + 1) if sum(highs[:n]) >= sum(highs) / 2), len(texts))
        if max(sum(highs[:half]), sum(highs[half:])) <= area.high:
            break
    for left, own in ((area.left, texts[:half]), (area.left + wide + 14, texts[half:])):
        column = replace(area, left=left, wide=wide)
        for words in own:
            if fit.height(words, size, wide) + size * 0.25 > column.high:
                break  # the workbook and the page Kamus have them all
            column = paragraphs(canvas, column, [words], size=size)
