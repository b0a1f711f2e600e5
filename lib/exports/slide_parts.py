"""The pieces of a slide: texts that fit their boxes, tiles, native charts and tables, in inches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import pandas as pd
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from lib.charts.theme import INK, NEUTRAL_BAR, NO_DATA_MARK, PAPER
from lib.exports import fit
from lib.exports.looks import BAND, FAINT, KODE_COLOURS, PATTERNED, POINT_COLOURS, TILE_EDGE, TILE_GROUND
from lib.exports.sheets import harmless
from lib.exports.step import BARS, Chart, Series, Tile

POINTS = 72
INSET = 0.06
# "." between thousands whatever the language of the program that shows it.
WHOLE = r"[>=1000000]#\.###\.##0;[>=1000]#\.##0;0"
MOST_LABELS = 42
MANY, CROWDED = 16, 14
MOST_OF_WIDTH = 0.26
LONGEST_FIGURE = 24
LAST_OF_ARIAL = 0x2FFF


@dataclass(frozen=True)
class Box:
    """A rectangle on the slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def emu(self) -> tuple[int, int, int, int]:
        """As the drawing library takes it."""
        return tuple(Inches(each) for each in (self.left, self.top, self.width, self.height))


def colour(code: str) -> RGBColor:
    """A #RRGGBB colour."""
    return RGBColor.from_string(code.removeprefix("#"))


def describe(shape, name: str, text: str) -> None:
    """Name and alternative text of a shape."""
    shape.name = name
    shape._element.xpath(".//p:cNvPr")[0].set("descr", text)


def write(
    frame,
    paragraphs: Sequence[str],
    *,
    size: float,
    after: float = 0,
    bold: bool = False,
    ink: str = INK,
    align=None,
) -> None:
    """Paragraphs of one size in a text frame."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = Inches(INSET)
    frame.margin_top = frame.margin_bottom = Inches(0.02)
    for number, text in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after = align, Pt(after)
        run = paragraph.add_run()
        run.text = fit.kept_together(text)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = colour(ink)
        run._r.get_or_add_rPr().set("lang", "id-ID")


def fitted(text: str, box: Box, sizes: Sequence[float], *, bold: bool = False) -> float:
    """The largest of the sizes at which a text fits a box."""
    room = (box.width - 2 * INSET) * POINTS
    return fit.largest(text, sizes, room, (box.height - 0.04) * POINTS, bold=bold)


def text_box(
    slide,
    box: Box,
    paragraphs: Sequence[str],
    *,
    name: str,
    sizes: Sequence[float],
    bold: bool = False,
    ink: str = INK,
    align=None,
    apart: bool = False,
) -> None:
    """A box of text in the largest size that fits; `apart`: an empty line's height between paragraphs."""
    shape = slide.shapes.add_textbox(*box.emu)
    shape.name = name
    shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    paragraphs = [fit.kept_together(text) for text in paragraphs]
    size = fitted(("\n\n" if apart else "\n").join(paragraphs), box, sizes, bold=bold)
    after = size * 0.8 if apart else 0
    write(shape.text_frame, paragraphs, size=size, after=after, bold=bold, ink=ink, align=align)


def tile(slide, box: Box, figure: Tile) -> None:
    """One figure: its name, its value large, its n."""
    ground = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu)
    for style in ground._element.findall(qn("p:style")):
        ground._element.remove(style)
    ground.fill.solid()
    ground.fill.fore_color.rgb = colour(TILE_GROUND)
    ground.line.color.rgb, ground.line.width = colour(TILE_EDGE), Pt(0.75)
    describe(ground, f"Kotak {figure.kode}", f"{figure.nama}: {figure.tampil} {figure.n}".strip())
    frame = ground.text_frame
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    inner = Box(box.left, box.top, box.width, box.height * 0.42)
    large = fitted(figure.tampil, inner, (32, 28, 24, 20, 17, 14, 12), bold=True)
    small = fitted(figure.nama, Box(0, 0, box.width, box.height * 0.36), (14, 13, 12, 11, 10))
    write(frame, [figure.nama], size=small, ink=FAINT)
    for text, size, bold, ink in ((figure.tampil, large, True, INK), (figure.n, 11, False, FAINT)):
        if text:
            paragraph = frame.add_paragraph()
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = text, Pt(size), bold
            run.font.color.rgb = colour(ink)
            run._r.get_or_add_rPr().set("lang", "id-ID")
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT


def labelled(chart: Chart) -> list[str]:
    """The categories; where there is one series, what has no bar says why. Example: "Bencana (<5)"."""
    if len(chart.seri) > 1 or len(chart.kategori) > MANY:
        return [harmless(name) for name in chart.kategori]
    only = chart.seri[0]
    return [
        harmless(name if value is not None else f"{name} ({shown})")
        for name, value, shown in zip(chart.kategori, only.nilai, only.tampil, strict=True)
    ]


def add_chart(slide, box: Box, chart: Chart, *, alt: str) -> None:
    """A native chart whose numbers can be edited; what has no number is a gap."""
    data = CategoryChartData(number_format=WHOLE if chart.satuan in ("kasus", "hari") else "0.0")
    data.categories = labelled(chart)
    for series in chart.seri:
        data.add_series(harmless(series.nama), series.nilai)
    bars = chart.rupa == BARS
    kind = XL_CHART_TYPE.BAR_CLUSTERED if bars else XL_CHART_TYPE.COLUMN_CLUSTERED
    frame = slide.shapes.add_chart(kind, *box.emu, data)
    describe(frame, f"Grafik {chart.judul}", alt)
    drawn = frame.chart
    drawn.font.size, drawn.font.color.rgb = Pt(12 if len(chart.kategori) <= MANY else 10), colour(INK)
    drawn.has_title = True
    drawn.chart_title.include_in_layout = False
    drawn.chart_title.text_frame.text = chart.judul
    title = drawn.chart_title.text_frame.paragraphs[0].runs[0].font
    title.size, title.bold = Pt(12), True
    drawn.has_legend = len(chart.seri) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _axes(drawn, bars=bars, many=len(chart.kategori) > MANY)
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = 45, 0, False
    labels = len(chart.kategori) * len(chart.seri) <= MOST_LABELS
    for series, own in zip(plot.series, chart.seri, strict=True):
        _paint(series, own)
        if labels:
            _label(series, own, whole=chart.satuan in ("kasus", "hari"), size=_label_size(chart))


def _axes(drawn, *, bars: bool, many: bool) -> None:
    values, names = drawn.value_axis, drawn.category_axis
    values.minimum_scale = 0
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = colour(BAND)
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = WHOLE, False
    names.format.line.color.rgb = colour(NO_DATA_MARK)
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.has_major_gridlines = False
    # Flat where names have room, upright where there are many: no program shall choose a slope.
    turn = "-5400000" if many else "0"
    names.tick_labels.font.bold = False
    names._element.txPr.find(qn("a:bodyPr")).attrib.update({"rot": turn, "vert": "horz"})
    if bars:
        names.reverse_order = True  # the first category on top
        values.visible = False


def _paint(series, own: Series) -> None:
    code = KODE_COLOURS.get(own.kode, NEUTRAL_BAR)
    if own.kode in PATTERNED:
        series.format.fill.patterned()
        series.format.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        series.format.fill.fore_color.rgb, series.format.fill.back_color.rgb = colour(code), colour(PAPER)
        series.format.line.color.rgb = colour(code)
    else:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour(code)
    for place, code in enumerate(POINT_COLOURS.get(own.kode, ())):
        point = series.points[place].format.fill
        point.solid()
        point.fore_color.rgb = colour(code)


def _label_size(chart: Chart) -> float:
    if len(chart.kategori) > MANY:
        return 8
    return 9 if len(chart.kategori) * len(chart.seri) > CROWDED else 11


def _label(series, own: Series, *, whole: bool, size: float) -> None:
    labels = series.data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(size)
    labels.number_format, labels.number_format_is_linked = WHOLE if whole else "0.0", False
    if whole:
        return
    for place, (value, shown) in enumerate(zip(own.nilai, own.tampil, strict=True)):
        if value is not None:
            label = series.points[place].data_label
            label.has_text_frame = True
            label.text_frame.text = shown
            label.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
            label.position = XL_LABEL_POSITION.OUTSIDE_END


def row_heights(table: pd.DataFrame, widths: Sequence[float], size: float) -> list[float]:
    """Inches of each row, the head first, at a size in points."""
    rows = [table.columns.tolist(), *table.to_numpy().tolist()]
    heights = []
    for number, row in enumerate(rows):
        texts = [str(text) for text in row]
        highest = max(
            fit.height(text, size, (wide - 2 * INSET) * POINTS, bold=number == 0)
            for text, wide in zip(texts, widths, strict=True)
        )
        # Signs that Arial lacks come from other fonts, which are higher.
        foreign = any(ord(letter) > LAST_OF_ARIAL for text in texts for letter in text)
        heights.append((highest + (size if foreign else 0)) / POINTS + 0.07)
    return heights


def natural_widths(table: pd.DataFrame, size: float) -> list[float]:
    """Inches of each column that keep its texts on one line; a heading may be broken at its spaces."""
    needs = []
    for name in table.columns:
        longest_word = max(fit.width(word, size, bold=True) for word in str(name).split())
        texts = [fit.width(str(text), size) / fit.SAFE for text in table[name]]
        needs.append(max([longest_word, *texts]) / POINTS + 2 * INSET + 0.05)
    return needs


def column_widths(table: pd.DataFrame, wide: float, size: float) -> list[float]:
    """Inches of each column within a width: spare room is shared, what lacks is taken from the widest."""
    needs = natural_widths(table, size)
    spare = wide - sum(needs)
    if spare >= 0:
        return [need + spare / len(needs) for need in needs]
    widest = needs.index(max(needs))
    for place, need in enumerate(needs):
        if place != widest:
            needs[place] = min(need, max(wide * MOST_OF_WIDTH, _longest_word(table, place, size)))
    needs[widest] = wide - sum(need for place, need in enumerate(needs) if place != widest)
    if needs[widest] < wide * MOST_OF_WIDTH:
        return _levelled(natural_widths(table, size), wide)
    return needs


def _levelled(needs: Sequence[float], wide: float) -> list[float]:
    """Several long columns: each as wide as it needs up to one common limit, so that they fill the width.

    Example: ([1, 5, 9], 9) -> [1, 4, 4].
    """
    left, widths = wide, dict.fromkeys(range(len(needs)), 0.0)
    for done, place in enumerate(sorted(widths, key=lambda each: needs[each])):
        widths[place] = min(needs[place], left / (len(needs) - done))
        left -= widths[place]
    return list(widths.values())


def _longest_word(table: pd.DataFrame, place: int, size: float) -> float:
    texts = [str(table.columns[place]), *map(str, table.iloc[:, place])]
    words = [fit.width(word, size, bold=True) for text in texts for word in text.split()]
    return max(words, default=0) / POINTS + 2 * INSET + 0.05


def add_table(
    slide, left: float, top: float, table: pd.DataFrame, widths: Sequence[float], *, size: float
) -> None:
    """A native table: the first column left, all others to the right where they hold figures."""
    heights = row_heights(table, widths, size)
    box = Box(left, top, sum(widths), sum(heights))
    frame = slide.shapes.add_table(len(heights), len(widths), *box.emu)
    describe(frame, "Tabel", f"Tabel {', '.join(map(str, table.columns))}; {len(table)} baris")
    native = frame.table
    for column, wide in zip(native.columns, widths, strict=True):
        column.width = Inches(wide)
    figures = [_of_figures(table[name]) for name in table.columns]
    alike: dict[tuple[bool, bool], object] = {}
    for number, (row, texts) in enumerate(
        zip(native.rows, [table.columns.tolist(), *table.to_numpy().tolist()], strict=True)
    ):
        row.height = Inches(heights[number])
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            head, right = number == 0, bool(place and figures[place])
            if (head, right) not in alike:
                alike[head, right] = _dressed(cell, size=size, head=head, right=right)
            dressed = deepcopy(alike[head, right])
            dressed.find(f".//{qn('a:r')}").text = str(text)
            cell._tc.getparent().replace(cell._tc, dressed)


def _of_figures(texts: pd.Series) -> bool:
    """Whether a column holds figures: short texts, with digits in some; its other words are reasons."""
    short = all(len(str(text)) <= LONGEST_FIGURE for text in texts)
    return short and any(letter.isdigit() for text in texts for letter in str(text))


def _dressed(cell, *, size: float, head: bool, right: bool):
    """A cell with an empty run in its looks: asking for them anew in each of hundreds of cells takes half a second."""
    cell.margin_left = cell.margin_right = Inches(INSET)
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    run = paragraph.add_run()
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), head, colour(PAPER if head else INK)
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    return deepcopy(cell._tc)


def set_theme(presentation, *, font: str, accents: Sequence[str]) -> None:
    """The house's font and colours as those of the file, so that what a reader adds looks alike."""
    master = presentation.slide_masters[0]
    theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    xml = theme.blob.decode()
    for number, code in enumerate(accents, start=1):
        wanted = rf'(<a:accent{number}>\s*<a:srgbClr val=")[0-9A-Fa-f]{{6}}'
        xml = re.sub(wanted, rf"\g<1>{code.removeprefix('#')}", xml)
    theme._blob = re.sub(r'(<a:latin typeface=")[^"+]+', rf"\g<1>{font}", xml).encode()
