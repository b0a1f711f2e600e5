"""The story as a workbook: a cover, one sheet per step with typed cells and its native chart, and the definitions."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import xlsxwriter

from lib import text, text_pack
from lib.charts.theme import NEUTRAL_BAR
from lib.exports.looks import KODE_COLOURS, PATTERNED, POINT_COLOURS
from lib.exports.sheets import harmless
from lib.exports.step import BARS, Chart, Step, Story

FORMATS = {
    "judul": {"bold": True, "font_size": 14},
    "kepala": {"bold": True, "bg_color": "#E9EFF6", "bottom": 1, "text_wrap": True, "valign": "top"},
    "teks": {"text_wrap": True, "valign": "top"},
    "samar": {"align": "right", "italic": True},
    "bulat": {"num_format": "#,##0"},
    "desimal": {"num_format": "#,##0.0"},
}
WIDE, NARROW, FIGURE = 60, 26, 14
CHART_SIZE = {"width": 760, "height": 420}
BODY_ROW = 3  # the first row of a sheet's table, below its message


@dataclass(frozen=True)
class _Book:
    """The workbook and its formats."""

    file: xlsxwriter.Workbook
    formats: Mapping[str, object]


def to_xlsx(story: Story) -> bytes:
    """The workbook of a story; no cell is a formula or a link."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as file:
        book = _Book(file, {name: file.add_format(looks) for name, looks in FORMATS.items()})
        file.set_properties({"title": harmless(f"Paket rapat {story.tempat}"), "author": story.unit})
        _cover(book, story)
        for step in story.langkah:
            _step(book, step)
    return target.getvalue()


def _cover(book: _Book, story: Story) -> None:
    sheet = book.file.add_worksheet("sampul")
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
        sheet.write_string(number, 0, name, book.formats["kepala"])
        sheet.write_string(number, 1, harmless(value), book.formats["teks"])
    sheet.set_column(0, 0, NARROW)
    sheet.set_column(1, 1, 2 * WIDE)


def _step(book: _Book, step: Step) -> None:
    sheet = book.file.add_worksheet(step.nama)
    sheet.write_string(0, 0, harmless(step.judul), book.formats["judul"])
    sheet.write_string(1, 0, harmless(step.kalimat))
    row, wide = BODY_ROW, 1
    if step.kotak:
        tiles = pd.DataFrame(
            [(tile.nama, tile.tampil, tile.n) for tile in step.kotak], columns=["Angka", "Nilai", "n"]
        )
        known = step.frame.set_index("kode")["nilai"]
        first = known[~known.index.duplicated()]
        numbers = pd.DataFrame({"Nilai": [first[tile.kode] for tile in step.kotak]})
        row, wide = _table(book, sheet, tiles, numbers, row) + 1, 3
    if step.tabel is not None:
        kept = step.tabel.copy()
        row = _table(book, sheet, kept, step.nilai, row) + 1
        wide = max(wide, len(kept.columns))
    for number, decision in enumerate(step.putusan):
        sheet.write_string(row + number, 0, harmless(decision))
    if step.grafik is not None:
        _chart(book, sheet, step, column=wide + 1)
    sheet.set_column(0, 0, NARROW if step.tabel is None or step.nama != "definisi" else WIDE)
    sheet.set_column(1, max(1, wide), WIDE if step.nama in ("definisi", "keputusan") else FIGURE)


def _table(book: _Book, sheet, shown: pd.DataFrame, numbers: pd.DataFrame | None, row: int) -> int:
    """A table with numbers where there are numbers and words where there are none; returns the row after it."""
    for column, name in enumerate(shown.columns):
        sheet.write_string(row, column, harmless(str(name)), book.formats["kepala"])
        known = numbers[name] if numbers is not None and name in numbers else None
        for place, tampil in enumerate(shown[name]):
            value = None if known is None else known.iloc[place]
            _cell(book, sheet, row + 1 + place, column, str(tampil), value)
    return row + 1 + len(shown)


def _cell(book: _Book, sheet, row: int, column: int, shown: str, value: float | None) -> None:
    if value is not None and not pd.isna(value):
        looks = "bulat" if float(value).is_integer() else "desimal"
        sheet.write_number(row, column, float(value), book.formats[looks])
    elif value is None:
        sheet.write_string(row, column, harmless(shown), book.formats["teks"])
    else:
        sheet.write_string(row, column, harmless(shown), book.formats["samar"])


def _chart(book: _Book, sheet, step: Step, *, column: int) -> None:
    """The numbers of a chart in columns of their own, empty where there is none, and the chart of them."""
    chart = step.grafik
    sheet.write_string(BODY_ROW - 1, column, "Data grafik", book.formats["kepala"])
    sheet.write_string(BODY_ROW, column, harmless(chart.judul), book.formats["kepala"])
    for place, name in enumerate(chart.kategori):
        sheet.write_string(BODY_ROW + 1 + place, column, harmless(name))
    last = BODY_ROW + len(chart.kategori)
    kind = "bar" if chart.rupa == BARS else "column"
    drawn = book.file.add_chart({"type": kind})
    drawn.show_blanks_as("gap")
    for number, series in enumerate(chart.seri, start=1):
        sheet.write_string(BODY_ROW, column + number, harmless(series.nama), book.formats["kepala"])
        for place, value in enumerate(series.nilai):
            if value is not None:
                sheet.write_number(BODY_ROW + 1 + place, column + number, value)
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
    sheet.insert_chart(BODY_ROW, column + len(chart.seri) + 2, drawn, {"description": chart.judul})
    sheet.set_column(column, column, NARROW)
    sheet.set_column(column + 1, column + len(chart.seri), FIGURE)


def _fill(kode: str) -> dict:
    code = KODE_COLOURS.get(kode, NEUTRAL_BAR)
    if kode in PATTERNED:
        return {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": code, "bg_color": "#FFFFFF"}}
    return {"fill": {"color": code}}


def _finish(drawn, chart: Chart) -> None:
    drawn.set_title({"name": harmless(chart.judul), "name_font": {"size": 12}})
    drawn.set_size(CHART_SIZE)
    drawn.set_legend({"none": True} if len(chart.seri) == 1 else {"position": "bottom"})
    # A bar chart's x axis holds the categories too.
    drawn.set_x_axis({"reverse": chart.rupa == BARS} if chart.rupa == BARS else {})
    drawn.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#E9EFF6"}}, "min": 0})
