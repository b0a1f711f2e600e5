"""What kind of file was sent, before anybody reads its cells: size, packing, text encoding.

A file that is not what its name says, or that would not fit into memory once unpacked, is refused here with a
sentence; the reader behind only sees workbooks and UTF-8 text.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from lib.domain import UserError

MAX_FILE_BYTES = 300 * 1024**2
# A filled sheet of a million cases unpacks to about 2 GB, at 10 to 20 times its packed size.
MAX_UNPACKED_BYTES = 4 * 1024**3
MAX_RATIO = 200
# Small parts pack well without any harm, such as an empty sheet with formats.
_RATIO_FROM_BYTES = 20 * 1024**2
# The parser makes a table from the first to the last used cell; one stray cell far away fills the memory.
MAX_CELLS = 60_000_000
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_BLOCK = 1024**2
_SAMPLE = 64 * 1024
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+[0-9]+:)?([A-Z]+)([0-9]+)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,10})"')
_CONTROLS = bytes({*range(9), *range(14, 32)})
_TWO_BYTES = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
# What a packed folder of another program holds, and how its files are called.
_OTHER_ZIPS = (
    ("word/", "dokumen Word"),
    ("ppt/", "salindia PowerPoint"),
    ("xl/workbook.bin", "buku kerja biner (XLSB)"),
    ("content.xml", "dokumen LibreOffice (ODS atau ODT)"),
)


def labels(paths: Sequence[Path]) -> list[str]:
    """How reports call the files of one upload: by their names, files of one name with as many folders as it takes.

    The same file twice is numbered. Example: a/kasus.csv, b/kasus.csv and b/target.csv are called a/kasus.csv,
    b/kasus.csv and target.csv.
    """
    whole = [Path(os.path.abspath(path)) for path in paths]
    found = []
    for number, path in enumerate(whole):
        same = {other for other in whole if other.name == path.name and other != path}
        folders = 0
        while path.parts[-1 - folders :] in {other.parts[-1 - folders :] for other in same}:
            folders += 1
        again = whole[:number].count(path)
        label = Path(*path.parts[-1 - folders :]).as_posix()
        found.append(f"{label}, ke-{again + 1}" if again else label)
    return found


def content(path: Path) -> bytes:
    """The bytes of a file to import.

    Raises UserError when it is missing, empty, larger than MAX_FILE_BYTES or of a kind that is not read.
    """
    if not path.is_file():
        raise UserError(f"Berkas {path.name} tidak ditemukan; periksa nama dan foldernya.")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise UserError(
            f"Berkas {path.name} berukuran {size // 1024**2} MB, batasnya {MAX_FILE_BYTES // 1024**2} MB; "
            "pecah menurut provinsi lalu kirim satu per satu."
        )
    found = path.read_bytes()
    # Unlike strip, isspace makes no copy of a large file.
    if not found or found.isspace():
        raise _empty(path)
    _check_kind(path, found)
    return found


def _empty(path: Path) -> UserError:
    return UserError(f"Berkas {path.name} kosong; isi templat dari perintah `templat` lalu kirim lagi.")


def is_workbook(path: Path) -> bool:
    """Whether the file name says XLSX (else it is text)."""
    return path.suffix.lower() == ".xlsx"


def _check_kind(path: Path, found: bytes) -> None:
    """Refuse a file whose name or first bytes say that it is neither XLSX nor text."""
    suffix = path.suffix.lower()
    old = found.startswith(_OLD_OFFICE)
    if old and _ENCRYPTED in found:
        raise UserError(f"Berkas {path.name} berkata sandi; simpan tanpa kata sandi.")
    if old or suffix == ".xls":
        raise UserError(
            f"Berkas {path.name} adalah Excel lama (.xls), bukan XLSX atau CSV; buka lalu simpan sebagai XLSX."
        )
    if suffix != ".xlsx" and suffix not in TEXT_SUFFIXES:
        raise UserError(f"Berkas {path.name} bukan XLSX atau CSV; simpan ulang sebagai salah satunya.")
    if suffix == ".xlsx":
        _check_workbook(path, found)
    elif found.startswith(_ZIP):
        raise UserError(
            f"Berkas {path.name} bernama {suffix} tetapi isinya buku kerja atau zip; simpan sebagai CSV UTF-8, "
            "atau beri akhiran .xlsx bila memang XLSX."
        )


def _check_workbook(path: Path, found: bytes) -> None:
    if not found.startswith(_ZIP):
        raise UserError(
            f"Berkas {path.name} rusak atau bukan buku kerja XLSX; simpan ulang dari program lembar kerja."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(found)) as packed:
            _check_directory(path, packed)
            if "xl/workbook.xml" not in packed.namelist():
                raise UserError(f"Berkas {path.name} {_other_zip(packed)}; simpan data sebagai XLSX.")
            _check_extent(path, packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # RuntimeError and NotImplementedError: a part with a password or of an unknown packing.
        raise UserError(
            f"Berkas {path.name} rusak atau bukan buku kerja XLSX; simpan ulang dari program lembar kerja."
        ) from error


def _check_directory(path: Path, packed: zipfile.ZipFile) -> None:
    """The sizes as the zip's own directory states them; nothing is unpacked."""
    parts = packed.infolist()
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED_BYTES:
        raise UserError(
            f"Berkas {path.name} menjadi {total // 1024**2} MB bila dibuka, batasnya "
            f"{MAX_UNPACKED_BYTES // 1024**2} MB; pecah menurut provinsi."
        )
    for part in parts:
        if part.file_size > _RATIO_FROM_BYTES and part.file_size > MAX_RATIO * max(1, part.compress_size):
            raise UserError(
                f"Berkas {path.name} mengembang lebih dari {MAX_RATIO} kali bila dibuka, tidak seperti buku kerja "
                "biasa; salin datanya ke templat baru lalu kirim lagi."
            )


def _other_zip(packed: zipfile.ZipFile) -> str:
    for start, kind in _OTHER_ZIPS:
        if any(name.startswith(start) for name in packed.namelist()):
            return f"adalah {kind}, bukan buku kerja XLSX"
    return "adalah zip lain, bukan buku kerja XLSX"


def _check_extent(path: Path, packed: zipfile.ZipFile) -> None:
    """Refuse a workbook whose used range, as its sheets state it, is too large to be held."""
    for name in packed.namelist():
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            continue
        with packed.open(name) as part:
            stated = _DIMENSION.search(part.read(4096))
        with packed.open(name) as part:
            column, row = (stated[1], int(stated[2])) if stated else _last_cell(part)
        if _column_number(column) * row > MAX_CELLS:
            raise UserError(
                f"Berkas {path.name}: ada lembar yang terisi sampai sel {column.decode()}{row}; "
                "hapus sel yang jauh di luar tabel, atau salin tabelnya ke templat baru."
            )


def _last_cell(part: IO[bytes]) -> tuple[bytes, int]:
    """The last used column and row of a sheet that does not state them, as some programs write it."""
    column, row, tail = b"A", 1, b""
    while block := part.read(_BLOCK):
        # A cell's name may lie across two blocks.
        found = set(_CELL.findall(tail + block))
        column = max([column, *(letters for letters, _ in found)], key=_column_number)
        row = max([row, *(int(number) for _, number in found)])
        tail = block[-64:]
    return column, row


def _column_number(letters: bytes) -> int:
    """The number of a column. Example: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def utf8(path: Path, found: bytes) -> bytes:
    """The bytes of a text file as UTF-8 without a byte order mark.

    Read are UTF-8, UTF-16 (with or without a mark) and Windows-1252, which older Excel writes. Raises UserError
    for a file that is no text, or that mixes UTF-8 with something else.
    """
    wide = _wide_encoding(found)
    if wide:
        try:
            text = found.decode(wide).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise UserError(f"Berkas {path.name} rusak di tengah; simpan sebagai 'CSV UTF-8'.") from error
        if not text.strip():
            raise _empty(path)
        return text.encode()
    sample = found[:_SAMPLE]
    if b"\x00" in found or len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) // 100:
        raise UserError(f"Berkas {path.name} bukan teks CSV; simpan sebagai 'CSV UTF-8' atau XLSX.")
    plain = found.removeprefix(codecs.BOM_UTF8)
    if not plain or plain.isspace():
        raise _empty(path)
    if _is_utf8(plain):
        return plain
    refusal = UserError(f"Berkas {path.name} bukan UTF-8; simpan sebagai 'CSV UTF-8'.")
    if _TWO_BYTES.search(plain):
        raise refusal
    try:
        return plain.decode("cp1252").encode()
    except UnicodeDecodeError as error:
        raise refusal from error


def _wide_encoding(found: bytes) -> str | None:
    if found.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark: the titles are plain letters, so that every second byte is zero.
    sample = found[:512]
    if len(sample) >= 8 and not sample[1::2].strip(b"\x00") and b"\x00" not in sample[0::2]:
        return "utf-16-le"
    if len(sample) >= 8 and not sample[0::2].strip(b"\x00") and b"\x00" not in sample[1::2]:
        return "utf-16-be"
    return None


def _is_utf8(plain: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        # In blocks, so that no second copy of a large file is held.
        for start in range(0, len(plain), _BLOCK):
            decoder.decode(plain[start : start + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
