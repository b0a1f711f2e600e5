"""From files to rows of text: workbooks (XLSX) and single sheets (CSV), with the row numbers a user sees."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from lib.domain import UserError
from lib.importing import columns, containers

if TYPE_CHECKING:
    from lib.importing.rules import Finding

CHUNK_ROWS = 50_000
_EXTRA = "\x00lebih"
# The column that marked.py adds: whoever corrects a marked workbook sends it back as it is.
REASONS = "alasan"
_SEPARATORS = (",", ";", "\t")
# Where a heading above the titles would be.
_TOP_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class SheetPart:
    """One sheet of one file: `frame` is all text with the row number as index (the header is row 1).

    `lembar` is how reports call it; `not_text` holds, for columns of codes and ids, the numbers of the rows
    whose cell was a number or a date instead of text.
    """

    sheet: str
    lembar: str
    frame: pd.DataFrame
    not_text: dict[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """Everything one import was given; `unread` names the sheets nobody reads."""

    digest: str
    parts: tuple[SheetPart, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SheetRows:
    """All rows of a sheet in one frame (index 0..n-1), with the sheet label and row number they came from.

    `not_text` holds positions in the frame. `told` is what the reading of written forms (forgiving.py) found;
    `given` holds, by column, the cells it replaced as they were written (index: position).
    """

    sheet: str
    frame: pd.DataFrame
    lembar: np.ndarray
    baris: np.ndarray
    not_text: dict[str, np.ndarray]
    told: tuple[Finding, ...] = ()
    given: dict[str, pd.Series] = field(default_factory=dict)


def read_files(paths: Sequence[Path]) -> Upload:
    """Read one or more files as one upload.

    The digest is the SHA-256 of the bytes; of several files, that of their sorted digests, so that their
    order does not matter. Raises UserError when a file is missing, damaged or of a kind that is not read.
    """
    digests, parts, unread = [], [], []
    for path, label in zip(paths, containers.labels(paths), strict=True):
        try:
            content = containers.content(path)
            is_workbook = containers.is_workbook(path)
            found, ignored = _read_workbook(path, content) if is_workbook else _read_csv(path, content)
        except UserError as error:
            # The sentence names the file without its folder.
            raise error if label == path.name else UserError(f"{error} Yang dimaksud: {label}.") from error
        digests.append(hashlib.sha256(content).hexdigest())
        parts += [(label, part) for part in found]
        unread += ignored
    digest = (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
    )
    return Upload(digest=digest, parts=_labelled(parts), unread=tuple(unread))


def combine(parts: Iterable[SheetPart], sheet: str) -> SheetRows:
    """Put the parts of one sheet under each other, in the order of the template's columns.

    The headers must have been checked. A sheet without parts gives no rows.
    """
    own = [part for part in parts if part.sheet == sheet]
    names = list(columns.names(sheet))
    if not own:
        empty = pd.DataFrame({name: pd.Series(dtype=columns.TEXT) for name in names})
        nothing = np.array([], dtype=np.int64)
        return SheetRows(
            sheet=sheet, frame=empty, lembar=np.array([], dtype=object), baris=nothing, not_text={}
        )
    baris = np.concatenate([part.frame.index.to_numpy(dtype=np.int64) for part in own])
    lembar = np.repeat([part.lembar for part in own], [len(part.frame) for part in own]).astype(object)
    starts = np.cumsum([0, *(len(part.frame) for part in own)])
    not_text: dict[str, list[np.ndarray]] = {}
    for start, part in zip(starts, own, strict=False):
        for name, rows in part.not_text.items():
            not_text.setdefault(name, []).append(start + part.frame.index.get_indexer(rows))
    return SheetRows(
        sheet=sheet,
        frame=_under_each_other([part.frame[names] for part in own]),
        lembar=lembar,
        baris=baris,
        not_text={name: np.concatenate(found) for name, found in not_text.items()},
    )


def _under_each_other(frames: list[pd.DataFrame]) -> pd.DataFrame:
    # A single one is not copied: a million cases are a third of a gigabyte.
    return frames[0].reset_index(drop=True) if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _refuse_low_header(path: Path, sheet: str, rows: list[list[str]], first_row: int) -> None:
    """Refuse a sheet whose titles stand below row 1, under a heading or merged cells; `rows` are its first."""
    wanted = set(columns.names(sheet))
    titles = [len(wanted.intersection(title.strip().lower() for title in row)) for row in rows]
    # At least half of the titles; a row of data has none of them.
    found = next((first_row + place for place, many in enumerate(titles) if 2 * many >= len(wanted)), 1)
    if found > 1:
        above = "baris 1" if found == 2 else f"baris 1 sampai {found - 1}"
        raise UserError(
            f"Berkas {path.name}, lembar {sheet}: judul kolom tampaknya ada di baris {found}, seharusnya di baris 1; "
            f"hapus {above} di atasnya (juga sel gabungan) lalu kirim lagi."
        )


def _labelled(parts: list[tuple[str, SheetPart]]) -> tuple[SheetPart, ...]:
    # With two files of the same sheet a row number alone would be ambiguous.
    sheets = [part.sheet for _, part in parts]
    return tuple(
        replace(part, lembar=f"{part.sheet} ({file})") if sheets.count(part.sheet) > 1 else part
        for file, part in parts
    )


def _read_workbook(path: Path, content: bytes) -> tuple[list[SheetPart], list[str]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            known = [name for name in workbook.sheet_names if _sheet_name(name) in columns.SHEETS]
            _refuse_doubled(path, known)
            parts = [_workbook_part(path, workbook, name) for name in known]
            ignored = columns.EXPLAINING_SHEETS.union(columns.SHEETS)
            return parts, [name for name in workbook.sheet_names if _sheet_name(name) not in ignored]
    except PasswordError as error:
        raise UserError(f"Berkas {path.name} berkata sandi; simpan tanpa kata sandi.") from error
    except CalamineError as error:
        raise UserError(
            f"Berkas {path.name} rusak atau bukan buku kerja XLSX; simpan ulang dari program lembar kerja."
        ) from error


def _sheet_name(name: str) -> str:
    """A sheet's name as the template spells it. Example: "Kasus " is kasus."""
    return name.strip().lower()


def _refuse_doubled(path: Path, known: list[str]) -> None:
    # "kasus" and "kasus ": a row number would mean a row of either.
    for sheet in columns.SHEETS:
        same = [name for name in known if _sheet_name(name) == sheet]
        if len(same) > 1:
            listed = " dan ".join(f'"{name}"' for name in same)
            raise UserError(
                f"Berkas {path.name} memuat lebih dari satu lembar {sheet} ({listed}); satukan barisnya di satu lembar."
            )


def _workbook_part(path: Path, workbook: CalamineWorkbook, name: str) -> SheetPart:
    sheet = workbook.get_sheet_by_name(name)
    # iter_rows starts at the first used row, not at row 1.
    first_row = 1 + (sheet.start[0] if sheet.start else 0)
    rows = iter(sheet.iter_rows())
    top = list(itertools.islice(rows, _TOP_ROWS))
    _refuse_low_header(
        path, _sheet_name(name), [[_cell_text(cell) for cell in row] for row in top], first_row
    )
    rows = itertools.chain(top, rows)
    header = [_cell_text(cell).strip() for cell in next(rows, [])] if first_row == 1 else []
    not_text: dict[str, list[np.ndarray]] = {}

    def frames() -> Iterator[pd.DataFrame]:
        start = first_row + 1 if first_row == 1 else first_row
        for chunk in _chunks(rows):
            frame, found = _chunk(
                chunk, header, columns.of_kind(_sheet_name(name), *columns.TEXT_ONLY), start
            )
            start += len(chunk)
            for column, numbers in found.items():
                not_text.setdefault(column, []).append(numbers)
            yield frame

    frame = _without_empty(frames(), header)
    return SheetPart(
        sheet=_sheet_name(name),
        lembar=_sheet_name(name),
        frame=frame,
        not_text={column: np.concatenate(found) for column, found in not_text.items()},
    )


def _chunks(rows: Iterator[list]) -> Iterator[list[list]]:
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        yield chunk


def _chunk(
    rows: list[list], header: list[str], text_only: tuple[str, ...], start: int
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    cells = list(zip(*rows, strict=True))
    numbers = {}
    for name, column in zip(header, cells, strict=False):
        found = [start + place for place, cell in enumerate(column) if not isinstance(cell, str)]
        if name in text_only and found:
            numbers[name] = np.array(found, dtype=np.int64)
    texts = [[_cell_text(cell) for cell in column] for column in cells]
    return _text_frame(texts, header, index=range(start, start + len(rows))), numbers


def _text_frame(texts: list[list[str]], header: list[str], *, index: Iterable[int] = ()) -> pd.DataFrame:
    index = pd.Index(index, dtype="int64")
    series = [
        pd.Series(texts[place] if texts else [], index=index, dtype=columns.TEXT)
        for place in range(len(header))
    ]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame(index=index)
    frame.columns = header
    return frame


def _cell_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.timedelta):
        # A code such as 31.01 taken for 31 hours and 1 minute; str would turn the hours into days.
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _without_empty(frames: Iterable[pd.DataFrame], header: list[str]) -> pd.DataFrame:
    """Put frames under each other, with stripped cells and the columns of the header.

    Without the reasons of marked.py, rows without any value, columns without title and value.
    """
    places = [place for place, title in enumerate(header) if title != REASONS]
    texts: dict[int, list[pa.ChunkedArray]] = {place: [] for place in places}
    used, index = {place for place in places if header[place]}, [pd.Index([], dtype="int64")]
    for frame in frames:
        stripped = {place: frame.iloc[:, place].str.strip() for place in places}
        filled = {place: column.ne("").to_numpy() for place, column in stripped.items()}
        used.update(place for place, has in filled.items() if has.any())
        rows = np.logical_or.reduce([*filled.values(), np.zeros(len(frame), dtype=bool)])
        index.append(frame.index[rows])
        for place, column in stripped.items():
            texts[place].append(pa.chunked_array(pa.array(column.array[rows])))
    index = index[0].append(index[1:])
    # One column at a time, so that all of them are never there twice.
    kept = {place: _joined(texts.pop(place), index) for place in places if place in used}
    clean = pd.DataFrame(kept, index=index, copy=False)
    clean.columns = [header[place] for place in kept]
    return clean


def _joined(texts: list[pa.ChunkedArray], index: pd.Index) -> pd.Series:
    chunks = [chunk for each in texts for chunk in each.chunks]
    return pd.Series(
        pa.chunked_array(chunks, pa.large_string()).combine_chunks(), index=index, dtype=columns.TEXT
    )


def _read_csv(path: Path, content: bytes) -> tuple[list[SheetPart], list[str]]:
    sheet = _sheet_of(path)
    content = containers.utf8(path, content)
    try:
        header, lines, separator = _csv_header(path, sheet, content)
        chunks = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            header=None,
            names=[*range(len(header)), _EXTRA],
            skiprows=lines,
            # Codes stay text ("01" is not 1), and "NA" is a value like any other.
            dtype=columns.TEXT,
            keep_default_na=False,
            na_filter=False,
            index_col=False,
            skip_blank_lines=False,
            encoding="utf-8",
            chunksize=CHUNK_ROWS,
        )
        too_wide: list[int] = []
        frame = _without_empty(_numbered(chunks, too_wide), header)
    except (pd.errors.ParserError, csv.Error) as error:
        where = re.search(r"line (\d+)", str(error))
        place = f" (sekitar baris {where[1]})" if where else ""
        raise UserError(
            f"Berkas {path.name} tidak dapat dibaca sebagai CSV{place}: jumlah sel tidak sesuai judul atau "
            "tanda kutip tidak ditutup."
        ) from error
    if too_wide:
        raise _too_wide(path, too_wide[0])
    return [SheetPart(sheet=sheet, lembar=sheet, frame=frame, not_text={})], []


def _numbered(chunks: Iterable[pd.DataFrame], too_wide: list[int]) -> Iterator[pd.DataFrame]:
    """The chunks with the row numbers of the file; the first row with more cells than titles goes to `too_wide`."""
    for chunk in chunks:
        chunk.index += 2
        extra = chunk.index[chunk[_EXTRA].str.strip().ne("")]
        too_wide += extra[:1].tolist()
        yield chunk


def _sheet_of(path: Path) -> str:
    stem = path.stem.lower()
    for sheet in columns.SHEETS:
        if stem.startswith(sheet):
            return sheet
    listed = ", ".join(f"{sheet}.csv" for sheet in columns.SHEETS)
    raise UserError(
        f"Nama berkas {path.name} tidak menyebut lembarnya; beri nama {listed} (boleh diteruskan, "
        "misalnya kasus-jatim.csv)."
    )


def _csv_header(path: Path, sheet: str, content: bytes) -> tuple[list[str], int, str]:
    """The titles, the number of physical lines they take, and the separator."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    top = list(itertools.islice(stream, _TOP_ROWS))
    stream.seek(0)
    separator = max(_SEPARATORS, key=top[0].count)
    for each in _SEPARATORS:
        _refuse_low_header(path, sheet, list(csv.reader(top, delimiter=each)), 1)
    records = csv.reader(stream, delimiter=separator)
    header = [title.strip() for title in next(records, [])]
    lines = records.line_num
    # A first row that is too wide would make pandas cut all rows to its width without a word.
    if len(next(records, [])) > len(header) + 1:
        raise _too_wide(path, 2)
    return header, lines, separator


def _too_wide(path: Path, row: int) -> UserError:
    return UserError(
        f"Berkas {path.name} baris {row} berisi lebih banyak sel daripada judulnya; periksa pemisah kolom "
        "dan tanda kutip di baris itu."
    )
