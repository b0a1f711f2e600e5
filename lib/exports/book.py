"""The story as a workbook: a cover, one sheet per step with typed cells and its native chart, and the definitions.

Every sheet says by itself what it belongs to, and prints on landscape A4 as wide as the paper.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import xlsxwriter

from lib import text, text_pack
from lib.charts.theme import NEUTRAL_BAR
from lib.exports.looks import BAND, FAINT, KODE_COLOURS, PATTERNED, POINT_COLOURS, WARNING
from lib.exports.sheets import harmless
from lib.exports.step import BARS, Chart, Step, Story
from lib.indicators.records import INDICATORS

FORMATS = {
    "judul": {"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"},
    "tanda": {"bold": True, "font_color": WARNING},
    "kaki": {"font_size": 9, "font_color": FAINT, "text_wrap": True, "valign": "top"},
    "kepala": {"bold": True, "bg_color": BAND, "bottom": 1, "text_wrap": True, "valign": "top"},
    "kepala_angka": {
        **{"bold": True, "bg_color": BAND, "bottom": 1, "text_wrap": True, "valign": "top"},
        "align": "right",
    },
    "teks": {"text_wrap": True, "valign": "top"},
    "samar": {"align": "right", "italic": True, "text_wrap": True, "valign": "top"},
    # The separators are those of the reader's own program: 24.390 and 57,5 in an Indonesian one.
    "bulat": {"num_format": "#,##0", "valign": "top"},
    "desimal": {"num_format": "#,##0.0", "valign": "top"},
}
NARROW, FIGURE, GAP, COMMON = 30.0, 15.0, 3.0, 8.43
COVER = (26.0, 110.0)
WIDTHS = {
    "definisi": (44.0, 100.0, 16.0),
    "keputusan": (44.0, 27.0, 20.0, 18.0, 17.0, 11.0, 22.0, 22.0),
}
"""Characters of the columns of texts; figures by FIGURE."""
LEAST_HEAD, WIDEST_HEAD = 110, 160
LINES = {"judul": (1.35, 19.0), "kepala": (1.2, 15.0), "kepala_angka": (1.2, 15.0), "kaki": (0.85, 12.0)}
"""How much wider than a common letter one is, and points of a line; of any other text 1.1 and 15."""
CHART_SIZE = {"width": 680, "height": 380}
BODY_ROW = 5  # the first row of a sheet's table, below its message
LONG = 15
"""Rows of a table, or categories, below which a chart is no longer found."""


@dataclass(frozen=True)
class _Book:
    """The workbook, its formats, and the story whose marks every sheet bears."""

    file: xlsxwriter.Workbook
    formats: Mapping[str, object]
    story: Story

    @property
    def mark(self) -> str:
        """What a sheet is a part of. Example: "DATA SIMULASI – bukan kasus nyata. Paket rapat Bali"."""
        simulated = f"{text.SIMULATION} – bukan kasus nyata. " if self.story.simulasi else ""
        return f"{simulated}Paket rapat {self.story.tempat}"


@dataclass(frozen=True)
class _Sheet:
    """A sheet, the characters of its columns, and the points of height that its rows need."""

    book: _Book
    own: object
    widths: Sequence[float]
    heights: dict[int, float] = field(default_factory=dict)

    def words(self, row: int, column: int, words: str, looks: str, *, wide: float | None = None) -> None:
        """A text, its row as high as it needs: not every program makes room for a broken line by itself."""
        wide = wide or (self.widths[column] if column < len(self.widths) else COMMON)
        letter, high = LINES.get(looks, (1.1, 15.0))
        written = harmless(words)
        lines = len(textwrap.wrap(written, max(4, int(wide / letter)))) or 1
        self.heights[row] = max(self.heights.get(row, 0), lines * high + 2)
        self.own.write_string(row, column, written, self.book.formats[looks])

    def line(self, row: int, words: str, looks: str) -> None:
        """A text over as many columns as make a readable line."""
        if not words:
            return
        last, wide = 0, self.widths[0]
        while wide < LEAST_HEAD or (
            last + 1 < len(self.widths) and wide + self.widths[last + 1] <= WIDEST_HEAD
        ):
            last += 1
            wide += self.widths[last] if last < len(self.widths) else COMMON
        self.own.merge_range(row, 0, row, last, "", self.book.formats[looks])
        self.words(row, 0, words, looks, wide=wide)

    def finish(self) -> None:
        for row, high in self.heights.items():
            self.own.set_row(row, high)


def to_xlsx(story: Story) -> bytes:
    """The workbook of a story; no cell is a formula or a link."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as file:
        book = _Book(file, {name: file.add_format(looks) for name, looks in FORMATS.items()}, story)
        file.set_properties({"title": harmless(f"Paket rapat {story.tempat}"), "author": story.unit})
        _cover(book)
        for step in story.langkah:
            _step(book, step)
    return target.getvalue()


def _sheet(book: _Book, name: str, widths: Sequence[float]) -> _Sheet:
    """A sheet that prints on landscape A4 as wide as the paper, marked on each page."""
    own = book.file.add_worksheet(name)
    own.set_landscape()
    own.set_paper(9)
    own.fit_to_pages(1, 0)
    own.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # "&" begins a code in these lines, which hold 255 characters.
    mark = book.mark[:200].replace("&", "&&")
    dates = f"versi {book.story.versi}, data per {book.story.data_per}"
    own.set_header(f"&L&9{mark}")
    own.set_footer(f"&L&8{dates}&R&8&A, halaman &P dari &N")
    for place, wide in enumerate(widths):
        own.set_column(place, place, wide)
    return _Sheet(book, own, widths)


def _cover(book: _Book) -> None:
    story, sheet = book.story, _sheet(book, "sampul", COVER)
    rows = [
        ("Paket rapat", story.tempat),
        *([("Perhatian", f"{text.SIMULATION} – bukan kasus nyata")] if story.simulasi else []),
        ("Unit", story.unit),
        ("Saringan", story.saringan),
        ("Periode", story.periode),
        ("Data per", story.data_per),
        ("Versi potret", story.versi),
        ("Jumlah", story.n),
        ("Tayang", story.tayang.value),
        ("Aturan angka kecil", text_pack.RULES[story.tayang]),
        ("Sidik isi", story.sidik),
        *((f"Lembar {step.nama}", step.judul) for step in story.langkah),
    ]
    for number, (name, value) in enumerate(rows):
        sheet.words(number, 0, name, "kepala")
        looks = "judul" if number == 0 else "tanda" if name == "Perhatian" else "teks"
        sheet.words(number, 1, value, looks)
    sheet.finish()


def _widths(step: Step) -> list[float]:
    """Characters of the columns of a step's tables."""
    if step.nama in WIDTHS:
        return list(WIDTHS[step.nama])
    columns = max(4 if step.kotak else 1, 0 if step.tabel is None else len(step.tabel.columns))
    return [NARROW] + [FIGURE] * (columns - 1)


def _step(book: _Book, step: Step) -> None:
    widths = _widths(step)
    beside = len(widths) + 1
    if step.grafik is not None:
        widths += [GAP, NARROW, *[FIGURE] * len(step.grafik.seri)]
    sheet = _sheet(book, step.nama, widths)
    _head(sheet, step)
    row = BODY_ROW
    if step.kotak:
        row = _tiles(sheet, step, row) + 1
    if step.putusan:
        sheet.words(row, 0, "Perlu diputuskan", "kepala")
        for number, decision in enumerate(step.putusan, start=1):
            sheet.line(row + number, f"{number}. {decision}", "teks")
        row += len(step.putusan) + 2
    if step.tabel is not None:
        if row == BODY_ROW and len(step.tabel) > LONG:
            sheet.own.freeze_panes(BODY_ROW + 1, 1)
            sheet.own.repeat_rows(BODY_ROW)
        row = _table(sheet, step.tabel, step.nilai, row) + 1
    if step.grafik is not None:
        _chart(sheet, step, column=beside, below=row)
        sheet.own.fit_to_pages(1, 1)  # no chart is cut by the end of a page
    sheet.finish()


def _head(sheet: _Sheet, step: Step) -> None:
    """What the sheet says, and what it belongs to: filter, period, data dates, version, n, rule of small numbers."""
    story = sheet.book.story
    sheet.own.write_string(
        0, 0, harmless(sheet.book.mark), sheet.book.formats["tanda" if story.simulasi else "kaki"]
    )
    sheet.line(1, step.judul, "judul")
    sheet.line(2, step.kalimat, "teks")
    sheet.line(3, story.kaki, "kaki")


def _tiles(sheet: _Sheet, step: Step, row: int) -> int:
    """Single figures with their unit; returns the row after them."""
    tiles = pd.DataFrame(
        [(tile.nama, tile.tampil, f" {INDICATORS[tile.kode].satuan}", tile.n) for tile in step.kotak],
        columns=["Angka", "Nilai", " Satuan", "n"],
    )
    known = step.frame.set_index("kode")["nilai"]
    first = known[~known.index.duplicated()]
    numbers = pd.DataFrame({"Nilai": [first[tile.kode] for tile in step.kotak]})
    return _table(sheet, tiles, numbers, row)


def _table(sheet: _Sheet, shown: pd.DataFrame, numbers: pd.DataFrame | None, row: int) -> int:
    """A table with numbers where there are numbers and words where there are none; returns the row after it."""
    for column, name in enumerate(shown.columns):
        known = numbers[name] if numbers is not None and name in numbers else None
        sheet.words(row, column, str(name), "kepala" if known is None else "kepala_angka")
        for place, tampil in enumerate(shown[name]):
            value = None if known is None else known.iloc[place]
            _cell(sheet, row + 1 + place, column, str(tampil), value)
    return row + 1 + len(shown)


def _cell(sheet: _Sheet, row: int, column: int, shown: str, value: float | None) -> None:
    if value is None:
        sheet.words(row, column, shown, "teks")
    elif pd.isna(value):
        sheet.words(row, column, shown, "samar")
    else:
        _number(sheet, row, column, shown, value)


def _number(sheet: _Sheet, row: int, column: int, shown: str, value: float) -> None:
    """With as many decimals as it is shown: a percent of exactly 57 stands as 57,0 among the others."""
    looks = "desimal" if "," in shown else "bulat"
    sheet.own.write_number(row, column, float(value), sheet.book.formats[looks])


def _chart(sheet: _Sheet, step: Step, *, column: int, below: int) -> None:
    """The numbers of a chart in columns of their own, empty where there is none, and the chart of them."""
    chart, file = step.grafik, sheet.book.file
    sheet.words(BODY_ROW - 1, column, "Data grafik", "kepala")
    sheet.words(BODY_ROW, column, chart.judul, "kepala")
    for place, name in enumerate(chart.kategori):
        sheet.words(BODY_ROW + 1 + place, column, name, "teks")
    last = BODY_ROW + len(chart.kategori)
    drawn = file.add_chart({"type": "bar" if chart.rupa == BARS else "column"})
    drawn.show_blanks_as("gap")
    for number, series in enumerate(chart.seri, start=1):
        sheet.words(BODY_ROW, column + number, series.nama, "kepala_angka")
        for place, (value, shown) in enumerate(zip(series.nilai, series.tampil, strict=True)):
            if value is not None:
                _number(sheet, BODY_ROW + 1 + place, column + number, shown, value)
        drawn.add_series(
            {
                "name": [step.nama, BODY_ROW, column + number],
                "categories": [step.nama, BODY_ROW + 1, column, last, column],
                "values": [step.nama, BODY_ROW + 1, column + number, last, column + number],
                "points": [{"fill": {"color": code}} for code in POINT_COLOURS.get(series.kode, ())] or None,
                "gap": 50,
                **_fill(series.kode),
            }
        )
    _finish(drawn, chart)
    if below - BODY_ROW <= LONG:
        place = (max(below, last + 2), 0)
    elif len(chart.kategori) <= LONG:
        place = (last + 2, column)
    else:
        place = (BODY_ROW + 1, column + len(chart.seri) + 1)
    sheet.own.insert_chart(*place, drawn, {"description": chart.judul, "object_position": 3})


def _fill(kode: str) -> dict:
    code = KODE_COLOURS.get(kode, NEUTRAL_BAR)
    if kode in PATTERNED:
        return {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": code, "bg_color": "#FFFFFF"}}
    return {"fill": {"color": code}}


def _finish(drawn, chart: Chart) -> None:
    drawn.set_title({"name": harmless(chart.judul), "name_font": {"size": 12}})
    drawn.set_size(CHART_SIZE)
    drawn.set_legend({"none": True} if len(chart.seri) == 1 else {"position": "bottom"})
    values = {"major_gridlines": {"visible": True, "line": {"color": BAND}}, "min": 0}
    if chart.rupa == BARS:
        # The library turns the axes of a bar chart: its y axis holds the categories, the first on top.
        drawn.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
        drawn.set_x_axis(values | {"label_position": "high"})
    else:
        drawn.set_y_axis(values)
