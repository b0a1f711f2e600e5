"""The story on two A4 pages for paper: figures and places first, then groups, steps, decisions and meanings.

Helvetica is one of the fonts every reader of PDF has; its characters are those of Windows-1252.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from lib import present_area, text, text_pack
from lib.exports import fit
from lib.exports.looks import FAINT, WARNING
from lib.exports.print_parts import (
    Area,
    bars,
    meaning_columns,
    paragraphs,
    printable,
    province_map,
    table,
    tiles,
)
from lib.exports.step import Step, Story

WIDE, HIGH = A4
MARGIN = 40.0
GAP = 10.0
FOOT = 46.0
HEAD_SIZES = (17, 16, 15, 14, 13, 12)
MAP_HIGH = 190.0
BADGE = 100.0  # points of the head's right end
LONG = 13
"""Rows of a table on the whole width; longer ones stand in two columns with fewer figures."""
ON_PAPER = ("I01", "I02", "I03K", "I04-180")
MOST_AGREED = 8
ON_BOTH = ("klaster", "tren", "waktu", "tersendat", "beban")
GIVE_WAY = ("waktu", "tren", "klaster", "tersendat", "beban")
LEAST_MEANINGS = 70.0
MOST_BARS = 8

Part = Callable[[Canvas, Area], Area]


def to_pdf(story: Story) -> bytes:
    """Two pages, whatever the filter: the second takes what does not fit on the first."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, pageCompression=1)
    canvas.setTitle(printable(f"Paket rapat {story.tempat}, {story.periode}"))
    canvas.setAuthor(printable(story.unit))
    canvas.setSubject(printable(story.kaki))
    canvas.setKeywords(story.sidik)
    area = _first(canvas, story, _frame(canvas, story, 1))
    parts = {
        name: partial(_step, step=step) for name in ON_BOTH if (step := story.step(name)) is not None
    } | {"keputusan": partial(_decisions, step=story.step("keputusan"))}
    while parts and _taken(parts[next(iter(parts))], area) <= area.high:
        area = parts.pop(next(iter(parts)))(canvas, area).below(GAP)
    canvas.showPage()
    area = _frame(canvas, story, 2)
    for draw in _shortened(parts, area):
        area = draw(canvas, area).below(GAP)
    kodes = dict.fromkeys(tile.kode for each in story.langkah for tile in each.kotak)
    meaning_columns(canvas, area, [(kode, text_pack.meaning(kode)) for kode in kodes])
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _shortened(parts: dict[str, Part], area: Area) -> list[Part]:
    """The parts of the second page; where they do not all fit, some without their bars or tables."""
    parts = dict(parts)
    for name in GIVE_WAY:
        if sum(_taken(draw, area) + GAP for draw in parts.values()) <= area.high - LEAST_MEANINGS:
            break
        if name in parts:
            parts[name] = partial(parts[name], brief=True)
    return list(parts.values())


def _taken(draw: Part, area: Area) -> float:
    """Points of height that a part takes."""
    return area.high - draw(Canvas(io.BytesIO()), area).high


def _frame(canvas: Canvas, story: Story, number: int) -> Area:
    """Head and foot of a page; the area between them."""
    canvas.setFillColor(HexColor(FAINT))
    head = printable(f"{story.unit}: paket rapat {story.tempat}, {story.periode}")
    size = fit.largest(head, (9, 8.5, 8, 7.5, 7, 6.5, 6), WIDE - 2 * MARGIN - BADGE, 12)
    paragraphs(
        canvas, Area(MARGIN, HIGH - 34 + size, WIDE - 2 * MARGIN - BADGE, 12), [head], size=size, ink=FAINT
    )
    if story.simulasi:
        canvas.setFillColor(HexColor(WARNING))
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawRightString(WIDE - MARGIN, HIGH - 34, text.SIMULATION)
    foot = f"{text.SIMULATION} – bukan kasus nyata. {story.kaki}" if story.simulasi else story.kaki
    size = fit.largest(printable(foot), (7.5, 7, 6.5, 6), WIDE - 2 * MARGIN - 30, FOOT - 16)
    paragraphs(canvas, Area(MARGIN, FOOT, WIDE - 2 * MARGIN - 30, FOOT - 10), [foot], size=size, ink=FAINT)
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(WIDE - MARGIN, 18, f"{number} / 2")
    return Area(MARGIN, HIGH - 46, WIDE - 2 * MARGIN, HIGH - 46 - FOOT - 6)


def _message(canvas: Canvas, area: Area, step: Step, *, sizes: Sequence[float] = (12, 11, 10)) -> Area:
    """The message of a step and its sentence; what is left of the area."""
    size = fit.largest(printable(step.judul), sizes, area.wide, 2.6 * sizes[0], bold=True)
    area = paragraphs(canvas, area, [step.judul], size=size, bold=True)
    if step.kalimat:
        area = paragraphs(canvas, area, [step.kalimat], size=8, ink=FAINT)
    return area.below(3)


def _first(canvas: Canvas, story: Story, area: Area) -> Area:
    """The counts, then the provinces or the kab/kota."""
    start = story.langkah[0]
    area = _message(canvas, area, start, sizes=HEAD_SIZES)
    area = tiles(canvas, area, start.kotak, columns=4).below(GAP)
    step = story.step("peta") or story.step("kabkota")
    if step is None:
        return area
    area = _message(canvas, area, step)
    if step.peta is not None:
        area = province_map(canvas, Area(area.left, area.top, area.wide, MAP_HIGH), step.peta).rest(area)
    if step.tabel is None:
        return area.below(GAP)
    shown = step.tabel
    if len(shown) > LONG:
        narrow = [name for name in present_area.headings(ON_PAPER).values() if name in shown]
        shown = shown[[shown.columns[0], *narrow]]
    return table(canvas, area, shown, marks=step.peta, blocks=2 if len(shown) > LONG else 1).below(GAP)


def _decisions(canvas: Canvas, area: Area, *, step: Step) -> Area:
    """What needs a decision, and what was agreed before."""
    area = paragraphs(canvas, area, [step.judul], size=12, bold=True).below(2)
    wanted = [f"{number}. {each}" for number, each in enumerate(step.putusan, start=1)]
    agreed = (
        [] if step.tabel is None else ["; ".join(map(str, row)) for row in step.tabel.to_numpy().tolist()]
    )
    listed = [f"Tercatat: {each}" for each in agreed[:MOST_AGREED]]
    if len(agreed) > MOST_AGREED:
        listed.append(f"Dan {len(agreed) - MOST_AGREED} tindak lanjut lain: lihat buku kerja paket ini.")
    return paragraphs(canvas, area, [*wanted, *listed], size=9)


def _across(months: pd.DataFrame) -> pd.DataFrame:
    """A table with its rows as columns: two figures by month take two lines."""
    turned = months.set_index(months.columns[0]).T
    return turned.rename_axis(columns=None).reset_index(names="Angka")


def _step(canvas: Canvas, area: Area, *, step: Step, brief: bool = False) -> Area:
    """A step on paper: its table where it has a short one, else its figures in a line and its bars."""
    area = _message(canvas, area, step)
    if step.tabel is not None and len(step.tabel) <= LONG and not brief:
        return table(canvas, area, _across(step.tabel) if step.nama == "tren" else step.tabel)
    if step.kotak:
        said = "; ".join(f"{tile.nama}: {tile.tampil}" for tile in step.kotak)
        area = paragraphs(canvas, area, [said], size=9).below(2)
    if step.grafik is not None and len(step.grafik.kategori) <= MOST_BARS and not brief:
        area = bars(canvas, area, step.grafik)
    return area
