"""The provinces as native shapes on a slide: one freeform each, islands as contours, a number for its class."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from lib import geo
from lib.charts.theme import EDGE, INK, NO_DATA, NO_DATA_LABEL, SEQUENTIAL
from lib.exports.looks import EAST, NORTH, SOUTH, TOLERANCE, WEST, class_mark
from lib.exports.slide_parts import Box, colour, describe, write
from lib.exports.step import Areas
from lib.geo.outlines import province_outlines

MARK = 0.17  # inches of the box of a class number
LEGEND_ROW = 0.27


def add_map(slide, box: Box, areas: Areas) -> None:
    """38 shapes with name and value as their alternative text, a class number in each, and the legend."""
    scale = min(box.width / (EAST - WEST), box.height / (NORTH - SOUTH))
    left = box.left + (box.width - scale * (EAST - WEST)) / 2

    def place(lon: float, lat: float) -> tuple[int, int]:
        return Inches(left + (lon - WEST) * scale), Inches(box.top + (NORTH - lat) * scale)

    for code, rings in province_outlines(tolerance=TOLERANCE).items():
        shown = code in areas.kelas
        name = areas.nama.get(code, code)
        shape = _outline(slide, [[place(lon, lat) for lon, lat in ring] for ring in rings])
        for style in shape._element.findall(qn("p:style")):
            shape._element.remove(style)  # else the theme's shadow
        said = areas.tampil[code] if shown else "di luar saringan"
        describe(shape, f"Provinsi {name}", f"{name}: {said}, kelas {class_mark(areas.kelas.get(code, -1))}")
        _fill(shape, areas.kelas.get(code) if shown else None)
    points = geo.label_points()
    for row in points[points["provinsi"].isin(areas.kelas)].itertuples(index=False):
        x, y = place(row.lon, row.lat)
        half = Inches(MARK / 2)
        mark = slide.shapes.add_textbox(x - half, y - half, 2 * half, 2 * half)
        mark.name = f"Kelas {row.provinsi}"
        kelas = areas.kelas[row.provinsi]
        _mark(mark.text_frame, class_mark(kelas), dark=kelas >= 3)
    _legend(slide, Box(box.left, box.top + box.height - 6 * LEGEND_ROW, 3.0, 6 * LEGEND_ROW), areas)


def _outline(slide, rings: Sequence[Sequence[tuple[int, int]]]):
    """One freeform of closed contours, whose points are in EMU on the slide.

    The library measures the whole shape anew for each of its points: it is given the corners only, and the contours
    are put into its path.
    """
    across, down = zip(*(point for ring in rings for point in ring), strict=True)
    left, top = min(across), min(down)
    builder = slide.shapes.build_freeform(left, top, scale=1.0)
    builder.add_line_segments([(max(across), max(down))], close=False)
    shape = builder.convert_to_shape()
    path = shape._element.find(f".//{qn('a:path')}")
    for corner in list(path):
        path.remove(corner)
    for ring in rings:
        for number, (x, y) in enumerate(ring):
            step = etree.SubElement(path, qn("a:lnTo" if number else "a:moveTo"))
            etree.SubElement(step, qn("a:pt"), x=str(x - left), y=str(y - top))
        etree.SubElement(path, qn("a:close"))
    return shape


def _fill(shape, kelas: int | None) -> None:
    if kelas is None:
        shape.fill.background()
    else:
        shape.fill.solid()
        shape.fill.fore_color.rgb = colour(NO_DATA if kelas < 0 else SEQUENTIAL[kelas])
    shape.line.color.rgb, shape.line.width = colour(EDGE), Pt(0.5)


def _mark(frame, text: str, *, dark: bool) -> None:
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = text, Pt(9), True
    run.font.color.rgb = RGBColor(255, 255, 255) if dark else colour(INK)


def _legend(slide, box: Box, areas: Areas) -> None:
    rows = [*zip(SEQUENTIAL, areas.label, strict=True), (NO_DATA, NO_DATA_LABEL)]
    for number, (code, label) in enumerate(rows):
        top = box.top + number * LEGEND_ROW
        kelas = number if number < len(SEQUENTIAL) else -1
        key = slide.shapes.add_textbox(*Box(box.left, top + 0.03, 0.3, LEGEND_ROW - 0.06).emu)
        key.name = f"Legenda {class_mark(kelas)}"
        key.fill.solid()
        key.fill.fore_color.rgb = colour(code)
        key.line.color.rgb, key.line.width = colour(EDGE), Pt(0.5)
        _mark(key.text_frame, class_mark(kelas), dark=kelas >= 3)
        words = slide.shapes.add_textbox(*Box(box.left + 0.34, top, box.width - 0.34, LEGEND_ROW).emu)
        words.name = f"Legenda {class_mark(kelas)}, arti"
        words.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        write(words.text_frame, [label], size=12)
