"""Between reading and checking: what is safely understood is taken with a warning, the rest is explained.

Works on the distinct values of a column that are not plainly right, never row by row, so that a large right
file costs only the look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from lib import reference
from lib.domain import UserError
from lib.importing import code_lists, codes, columns, day_forms, places, reader, rules
from lib.importing.columns import Column, Kind
from lib.importing.places import Reading, shown
from lib.importing.reader import SheetPart, SheetRows
from lib.importing.rules import PERINGATAN, Finding

# More warnings of one column than this are summed up in the last one.
MAX_WARNINGS = 5000
_ISO = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BLANK_WORDS = (
    *("na", "n/a", "#n/a", "nan", "null", "none", "nil", "nihil", "kosong", "tidak ada"),
    *("-", "--", "---", "\u2013", "\u2014", "."),
)
_FORMULA_START = "^[=+@-]"


def sheets(parts: Iterable[SheetPart]) -> dict[str, SheetRows]:
    """The rows of every sheet of the template, with forgiven cells replaced and told.

    The headers must have been checked. Raises UserError for what refuses the upload: a column of days written
    month/day/year, and province codes of the other code list.
    """
    rows = {sheet: _forgive_areas(reader.combine(parts, sheet)) for sheet in columns.SHEETS}
    code_lists.check(rows.values())
    return {sheet: _forgive_cells(found) for sheet, found in rows.items()}


def _forgive_areas(rows: SheetRows) -> SheetRows:
    """The province column first: names of kab/kota are looked up inside it."""
    if rows.frame.empty:
        return rows
    name = columns.area(rows.sheet)
    national = rows.sheet == columns.TARGET
    known = (*reference.all_provinces(), *((columns.NASIONAL,) if national else ()))
    rows = _blank_words(rows, next(column for column in columns.SHEETS[rows.sheet] if column.name == name))

    def read(text: str, cell: bool) -> Reading:
        if text in known:
            return Reading(code=text) if cell else places.UNTOUCHED
        return places.province(text, national=national)

    return _take(rows, name, _doubtful_codes(rows, name, known), read)


def _forgive_cells(rows: SheetRows) -> SheetRows:
    if rows.frame.empty:
        return rows
    for column in columns.SHEETS[rows.sheet]:
        if column.name == columns.area(rows.sheet):
            continue
        rows = _blank_words(rows, column)
        if column.name == "kode_kabkota":
            rows = _kabkota(rows)
        elif column.reference:
            rows = _other_codes(rows, column)
        elif column.kind == Kind.TANGGAL:
            rows = _days(rows, column.name)
        elif column.kind == Kind.ID:
            rows = _formula_starts(rows, column.name)
    return rows


def _doubtful_codes(rows: SheetRows, name: str, known: Iterable[str]) -> np.ndarray:
    """Which cells are no known code, or are one only because a number was read as text; told ones left out."""
    text = rows.frame[name]
    doubtful = ~rules.among(text, pd.Series([*known, ""], dtype=columns.TEXT))
    if name in rows.not_text:
        doubtful[rows.not_text[name]] = True
    return doubtful & text.ne("").to_numpy() & ~_told(rows, name)


def _told(rows: SheetRows, name: str) -> np.ndarray:
    told = np.zeros(len(rows.frame), dtype=bool)
    for found in rows.told:
        if found.kolom == name:
            told[found.rows] = True
    return told


def _blank_words(rows: SheetRows, column: Column) -> SheetRows:
    """Words for "nothing" are neither a value nor silently emptied."""
    text = rows.frame[column.name]
    words = {form for word in _BLANK_WORDS for form in (word, word.upper(), word.capitalize())}
    found = np.flatnonzero(rules.among(text, pd.Series(sorted(words | {"NaN"}), dtype=columns.TEXT)))
    if not len(found):
        return rows
    needed = ", lalu isi nilainya (kolom ini wajib)" if column.required else ""
    alasan = ("Isi " + text.iloc[found].map(shown) + f" bukan nilai; kosongkan sel itu{needed}.").to_numpy(
        object
    )
    return _with(rows, Finding(kolom=column.name, rows=found, alasan=alasan))


def _kabkota(rows: SheetRows) -> SheetRows:
    doubtful = _doubtful_codes(rows, "kode_kabkota", codes.codes("kabkota"))
    if not doubtful.any():
        return rows
    text = rows.frame["kode_kabkota"][doubtful]
    squeezed = any(places.is_squeezed(value) for value in text.unique())
    provinsi = rows.frame["kode_provinsi"][doubtful]

    def read(text: str, cell: bool, home: str) -> Reading:
        return places.kabkota(text, home, cell=cell, squeezed=squeezed)

    return _take(rows, "kode_kabkota", doubtful, read, beside=provinsi)


def _other_codes(rows: SheetRows, column: Column) -> SheetRows:
    """Codes such as P01: lower case, and a lost zero, where exactly one code fits."""
    known = codes.codes(column.reference)
    fitting: dict[str, list[str]] = {}
    for code in known:
        fitting.setdefault(_without_zeros(code), []).append(code)

    def read(text: str, _cell: bool) -> Reading:
        found = fitting.get(_without_zeros(text), [])
        return Reading(code=found[0]) if len(found) == 1 else places.UNTOUCHED

    return _take(rows, column.name, _doubtful_codes(rows, column.name, known), read)


def _without_zeros(code: str) -> str:
    """Example: "p01" and "P1" are both "P1"."""
    head = code.upper().rstrip("0123456789")
    return head + code[len(head) :].lstrip("0")


def _days(rows: SheetRows, name: str) -> SheetRows:
    text = rows.frame[name]
    other = [value for value in text.unique() if value and not _ISO.fullmatch(value)]
    if not other:
        return rows
    doubtful = rules.among(text, pd.Series(other, dtype=columns.TEXT)) & ~_told(rows, name)
    _refuse_month_first(rows, name, doubtful)
    return _take(rows, name, doubtful, lambda text, _cell: day_forms.read(text))


def _refuse_month_first(rows: SheetRows, name: str, doubtful: np.ndarray) -> None:
    """Each file of a sheet by itself: two offices may write days in two ways."""
    text, lembar = rows.frame[name][doubtful], rows.lembar[doubtful]
    for label in pd.unique(lembar):
        example = day_forms.month_first(list(text[lembar == label].unique()))
        if example:
            raise UserError(
                f"Lembar {label}, kolom {name}: tanggal tampaknya ditulis bulan/hari/tahun, misalnya "
                f"{shown(example)}. Tulis seluruh kolom sebagai tahun-bulan-hari (2026-03-31) atau "
                "hari/bulan/tahun (31/03/2026), lalu kirim lagi."
            )


def _formula_starts(rows: SheetRows, name: str) -> SheetRows:
    text = rows.frame[name]
    starts = text.str.contains(_FORMULA_START, regex=True).to_numpy(dtype=bool) & ~_told(rows, name)
    found = np.flatnonzero(starts)
    if not len(found):
        return rows
    first = text.iloc[found].str[:1]
    alasan = 'Isi diawali tanda "' + first + '" seperti rumus lembar kerja; hapus tanda itu dari nomornya.'
    return _with(rows, Finding(kolom=name, rows=found, alasan=alasan.to_numpy(object)))


def _take(
    rows: SheetRows,
    name: str,
    doubtful: np.ndarray,
    read: Callable[..., Reading],
    *,
    beside: pd.Series | None = None,
) -> SheetRows:
    """Read the doubtful cells of a column once per distinct value (and its neighbour) and tell what was done."""
    place = np.flatnonzero(doubtful)
    if not len(place):
        return rows
    text = rows.frame[name].iloc[place]
    cell = np.zeros(len(rows.frame), dtype=bool)
    if name in rows.not_text:
        cell[rows.not_text[name]] = True
    asked = pd.DataFrame({"text": text.to_numpy(object), "cell": cell[place]})
    if beside is not None:
        asked["beside"] = beside.to_numpy(object)
    group = asked.groupby(list(asked.columns), sort=False).ngroup().to_numpy()
    distinct = asked.drop_duplicates()
    answers = [read(*values) for values in distinct.itertuples(index=False, name=None)]
    code = _spread([answer.code for answer in answers], group)
    alasan = _spread([answer.alasan for answer in answers], group)
    rows = _replace(rows, name, place, text, code)
    return _with(rows, *_tell(rows, name, place, text, code, alasan))


def _spread(values: list[str | None], group: np.ndarray) -> np.ndarray:
    return np.array([*values, None], dtype=object)[group]


def _replace(rows: SheetRows, name: str, place: np.ndarray, text: pd.Series, code: np.ndarray) -> SheetRows:
    """Put the codes taken into the frame; the value as written stays known for the report."""
    taken = code != None  # noqa: E711  element by element
    if not taken.any():
        return rows
    column = rows.frame[name].copy()
    column.iloc[place[taken]] = code[taken]
    not_text = dict(rows.not_text)
    if name in not_text:
        not_text[name] = np.setdiff1d(not_text[name], place[taken])
    return replace(
        rows,
        frame=rows.frame.assign(**{name: column}),
        not_text=not_text,
        given=rows.given | {name: text[taken]},
    )


def _tell(
    rows: SheetRows, name: str, place: np.ndarray, text: pd.Series, code: np.ndarray, alasan: np.ndarray
) -> Iterator[Finding]:
    quoted = _quoted(rows, place, text)
    refused = np.array([sentence is not None for sentence in alasan], dtype=bool)
    if refused.any():
        # A client's code in the wrong column is not repeated: then the general sentence must do.
        refused &= (quoted != shown(rules.HIDDEN)).to_numpy()
        yield Finding(kolom=name, rows=place[refused], alasan=alasan[refused])
    taken = np.array([value is not None for value in code], dtype=bool)
    if taken.any():
        codes_taken = pd.Series(code[taken], index=text.index[taken], dtype=columns.TEXT)
        sentences = "Ditulis " + quoted[taken] + ", dibaca sebagai " + codes_taken + "."
        told = sentences.to_numpy(object)
        yield _limited(Finding(kolom=name, rows=place[taken], alasan=told, tingkat=PERINGATAN))


def _quoted(rows: SheetRows, place: np.ndarray, text: pd.Series) -> pd.Series:
    hide = rules.like_nik(text)
    for name in columns.HIDDEN_COLUMNS.intersection(rows.frame.columns):
        hide |= text.eq(rows.frame[name].iloc[place])
    return text.mask(hide, rules.HIDDEN).map(shown)


def _limited(found: Finding) -> Finding:
    more = len(found.rows) - MAX_WARNINGS
    if more <= 0:
        return found
    alasan = found.alasan[:MAX_WARNINGS].copy()
    alasan[-1] += f" Begitu juga {more} baris sesudahnya di kolom ini."
    return replace(found, rows=found.rows[:MAX_WARNINGS], alasan=alasan)


def _with(rows: SheetRows, *findings: Finding) -> SheetRows:
    return replace(rows, told=(*rows.told, *findings))
