"""The story as slides: one message each as its title, native charts and tables, notes, and the source below."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pandas as pd
from pptx import Presentation
from pptx.enum.text import PP_ALIGN
from pptx.util import Inches

from lib import text, text_pack
from lib.charts.page import COLOURS
from lib.exports import fit, slide_map
from lib.exports.looks import FAINT, WARNING, class_mark
from lib.exports.slide_parts import (
    Box,
    add_chart,
    add_table,
    column_widths,
    fitted,
    natural_widths,
    row_heights,
    set_theme,
    text_box,
    tile,
    write,
)
from lib.exports.step import Step, Story, Tile

WIDTH, HEIGHT = 13.333, 7.5
TITLE_ONLY = 5
LONGEST_PROPERTY = 255
MARGIN = 0.5
TITLE = Box(MARGIN, 0.3, 10.7, 0.95)
SIMULATED = Box(11.3, 0.36, 1.53, 0.36)
SENTENCE = Box(MARGIN, 1.27, WIDTH - 2 * MARGIN, 0.58)
BODY = Box(MARGIN, 1.95, WIDTH - 2 * MARGIN, 4.72)
FOOT = Box(MARGIN, 6.82, WIDTH - 2 * MARGIN - 0.7, 0.5)
NUMBER = Box(WIDTH - MARGIN - 0.6, 6.82, 0.6, 0.3)
GAP = 0.2
TABLE_SIZES = (14, 13, 12, 11)
BESIDE_SIZES = (14, 13, 12, 11, 10)
WIDEST_TABLE = 7.4
LONG_TABLE = 13
"""Rows that stand beside a chart; longer tables have slides of their own."""


def to_pptx(story: Story) -> bytes:
    """The deck of a story, 16:9; what is not shown is said."""
    deck = Presentation()
    _widen(deck)
    set_theme(deck, font="Arial", accents=COLOURS[False][:6])
    deck.core_properties.title = f"Paket rapat {story.tempat}, {story.periode}"[:LONGEST_PROPERTY]
    deck.core_properties.author = story.unit
    deck.core_properties.subject = f"Versi {story.versi}, data per {story.data_per}"[:LONGEST_PROPERTY]
    deck.core_properties.keywords = story.sidik
    deck.core_properties.language = "id-ID"
    for step in story.langkah:
        for title, sentence, build in _slides(step):
            slide = _empty(deck, story, step, title=title, sentence=sentence)
            build(slide)
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def _widen(deck) -> None:
    """The library's own template is 4:3: its master and layouts are stretched with the slide."""
    factor = Inches(WIDTH) / deck.slide_width
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for page in (deck.slide_masters[0], *deck.slide_layouts):
        for shape in page.placeholders:
            if shape.element.spPr.xfrm is not None:
                shape.left, shape.width = int(shape.left * factor), int(shape.width * factor)


def _empty(deck, story: Story, step: Step, *, title: str, sentence: str):
    """A slide with title, sentence, foot and notes."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    heading = slide.shapes.title
    heading.left, heading.top, heading.width, heading.height = TITLE.emu
    heading.name = "Judul"
    size = fitted(fit.kept_together(title), TITLE, (28, 26, 24, 22, 20, 18), bold=True)
    write(heading.text_frame, [title], size=size, bold=True, align=PP_ALIGN.LEFT)
    if story.simulasi:
        text_box(
            slide,
            SIMULATED,
            [text.SIMULATION],
            name="Tanda simulasi",
            sizes=(13, 12),
            bold=True,
            ink=WARNING,
            align=PP_ALIGN.RIGHT,
        )
    if sentence:
        text_box(slide, SENTENCE, [sentence], name="Kalimat", sizes=(16, 15, 14, 13, 12), ink=FAINT)
    foot = f"{text.SIMULATION} – bukan kasus nyata. {story.kaki}" if story.simulasi else story.kaki
    text_box(slide, FOOT, [foot], name="Catatan kaki", sizes=(10, 9.5, 9, 8.5, 8), ink=FAINT)
    number = str(len(deck.slides))
    text_box(slide, NUMBER, [number], name="Nomor", sizes=(10,), ink=FAINT, align=PP_ALIGN.RIGHT)
    slide.notes_slide.notes_text_frame.text = _notes(step, foot)
    return slide


def _notes(step: Step, foot: str) -> str:
    decisions = ["Perlu diputuskan:", *(f"- {each}" for each in step.putusan), ""] if step.putusan else []
    meanings = ["Arti angka:", *(f"- {each}" for each in step.catatan), ""] if step.catatan else []
    return "\n".join([step.judul, step.kalimat, "", *decisions, *meanings, foot])


def _slides(step: Step) -> Iterator[tuple]:
    """Title, sentence and what draws it, of each slide of a step."""
    if step.nama == "keputusan":
        yield from _decisions(step)
    elif step.nama == "definisi":
        yield from _table_slides(step.tabel, step.judul, step.kalimat)
    elif step.peta is not None:
        sentence = f"{step.peta.judul}. {step.kalimat}"
        yield step.judul, sentence, lambda slide: slide_map.add_map(slide, BODY, step.peta)
        yield from _table_slides(
            _with_class(step), "Angka setiap provinsi", f"Kelas = nomor di peta. {step.kalimat}"
        )
    elif step.kotak:
        yield step.judul, step.kalimat, lambda slide: _figures(slide, step)
    elif step.tabel is not None and (step.grafik is None or len(step.tabel) > LONG_TABLE):
        if step.grafik is not None:
            yield step.judul, step.kalimat, lambda slide: add_chart(slide, BODY, step.grafik, alt=_alt(step))
        again = f"Angka setiap {step.tabel.columns[0].lower()}"
        yield from _table_slides(step.tabel, step.judul if step.grafik is None else again, step.kalimat)
    elif step.tabel is not None:
        yield step.judul, step.kalimat, lambda slide: _beside(slide, step)
    else:
        yield step.judul, "", lambda slide: _said(slide, [step.kalimat])


def _said(slide, paragraphs: Sequence[str]) -> None:
    text_box(slide, BODY, paragraphs, name="Keterangan", sizes=(22, 20, 18, 16, 14), apart=True)


def _table_slides(table: pd.DataFrame, title: str, sentence: str) -> Iterator[tuple]:
    pages = _pages(table, BODY)
    for number, draw in enumerate(pages, start=1):
        yield f"{title} ({number} dari {len(pages)})" if len(pages) > 1 else title, sentence, draw


def _alt(step: Step) -> str:
    """A chart in words: its title and all that it shows."""
    chart = step.grafik
    lines = [
        f"{series.nama}: "
        + "; ".join(f"{name} {shown}" for name, shown in zip(chart.kategori, series.tampil, strict=True))
        for series in chart.seri
    ]
    return f"{chart.judul}. " + ". ".join(lines)


def _row(slide, tiles: Sequence[Tile], box: Box, *, columns: int) -> None:
    wide = (box.width - GAP * (columns - 1)) / columns
    rows = -(-len(tiles) // columns)
    high = (box.height - GAP * (rows - 1)) / rows
    for number, figure in enumerate(tiles):
        row, column = divmod(number, columns)
        tile(slide, Box(box.left + column * (wide + GAP), box.top + row * (high + GAP), wide, high), figure)


def _figures(slide, step: Step) -> None:
    """Tiles above their chart; many of them beside it; alone with what they mean."""
    if step.grafik is not None and len(step.kotak) > 6:
        _row(slide, step.kotak, Box(BODY.left, BODY.top, 7.9, BODY.height), columns=4)
        right = Box(BODY.left + 8.1, BODY.top, BODY.width - 8.1, BODY.height)
        add_chart(slide, right, step.grafik, alt=_alt(step))
        return
    above = Box(BODY.left, BODY.top, BODY.width, 1.3)
    below = Box(BODY.left, BODY.top + 1.3 + GAP, BODY.width, BODY.height - 1.3 - GAP)
    _row(slide, step.kotak, above, columns=len(step.kotak))
    if step.grafik is not None:
        add_chart(slide, below, step.grafik, alt=_alt(step))
    else:
        meanings = [f"{each.nama}: {text_pack.meaning(each.kode)}" for each in step.kotak]
        text_box(slide, below, meanings, name="Arti", sizes=(16, 15, 14, 13, 12, 11, 10), apart=True)


def _beside(slide, step: Step) -> None:
    """A chart and its table."""
    size = next(
        (
            size
            for size in BESIDE_SIZES
            if sum(natural_widths(step.tabel, size)) <= WIDEST_TABLE
            and _high(step.tabel, size) <= BODY.height
        ),
        BESIDE_SIZES[-1],
    )
    wide = min(WIDEST_TABLE, sum(natural_widths(step.tabel, size)))
    left = Box(BODY.left, BODY.top, BODY.width - wide - GAP, BODY.height)
    add_chart(slide, left, step.grafik, alt=_alt(step))
    widths = column_widths(step.tabel, wide, size)
    add_table(slide, BODY.left + BODY.width - wide, BODY.top, step.tabel, widths, size=size)


def _high(table: pd.DataFrame, size: float) -> float:
    return sum(row_heights(table, natural_widths(table, size), size))


def _with_class(step: Step) -> pd.DataFrame:
    """The table of the provinces with the number that stands for each on the map."""
    codes = {name: code for code, name in step.peta.nama.items()}
    first = step.tabel.columns[0]
    marks = [class_mark(step.peta.kelas[codes[name]]) for name in step.tabel[first]]
    table = step.tabel.copy()
    table.insert(1, "Kelas", marks)
    return table


def _pages(table: pd.DataFrame, box: Box) -> list:
    """A long table over as many slides as it needs, in one or two blocks side by side."""
    for size in TABLE_SIZES:
        widths = column_widths(table, box.width, size)
        if sum(row_heights(table, widths, size)) <= box.height:
            return [_drawing([(box.left, table, widths)], box.top, size)]
    size = TABLE_SIZES[-1]
    half = (box.width - GAP) / 2
    narrow = column_widths(table, half, size)
    wrapped = max(row_heights(table, narrow, size)[1:])
    two = wrapped < 0.45
    widths = narrow if two else column_widths(table, box.width, size)
    heights = row_heights(table, widths, size)
    blocks, rows, used = [], [], heights[0]
    for number, high in enumerate(heights[1:]):
        if rows and used + high > box.height:
            blocks.append(rows)
            rows, used = [], heights[0]
        rows.append(number)
        used += high
    blocks.append(rows)
    per_slide = 2 if two else 1
    drawings = []
    for first in range(0, len(blocks), per_slide):
        placed = [
            (box.left + place * (half + GAP), table.iloc[rows], widths)
            for place, rows in enumerate(blocks[first : first + per_slide])
        ]
        drawings.append(_drawing(placed, box.top, size))
    return drawings


def _drawing(placed: list, top: float, size: float):
    def draw(slide) -> None:
        for left, table, widths in placed:
            add_table(slide, left, top, table, widths, size=size)

    return draw


def _decisions(step: Step) -> Iterator[tuple]:
    """What needs a decision, then what was agreed before."""
    wanted = [f"{number}. {each}" for number, each in enumerate(step.putusan, start=1)]
    if wanted or step.tabel is None:
        yield step.judul, "", lambda slide: _said(slide, wanted or list(step.catatan))
    if step.tabel is not None:
        yield from _table_slides(step.tabel, "Tindak lanjut yang sudah tercatat", "")
