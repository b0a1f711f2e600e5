"""The filters that several commands share, from words of the command line to a CaseFilter."""

from __future__ import annotations

import argparse
import datetime as dt

from lib.domain import CaseFilter, Period, UserError

LISTS = ("provinsi", "kabkota", "klaster", "jenis")


def add_cases(parser: argparse.ArgumentParser) -> None:
    """--provinsi, --kabkota, --klaster, --jenis, --dari, --sampai."""
    for name in LISTS:
        parser.add_argument(f"--{name}", default="", help="satu kode atau beberapa dipisah koma")
    parser.add_argument("--dari", help="tanggal awal, TTTT-BB-HH")
    parser.add_argument("--sampai", help="tanggal akhir, TTTT-BB-HH")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """The same and --pendamping and --versi."""
    add_cases(parser)
    parser.add_argument("--pendamping", help="id pendamping, bersama satu provinsi")
    parser.add_argument("--versi", help="versi potret, atau nama versi simpanan; tanpa ini yang terbaru")


def chosen(options: argparse.Namespace) -> CaseFilter:
    """The filter of a command line; raises UserError for a date that is none."""
    return CaseFilter(
        period=Period(dari=_date(options.dari), sampai=_date(options.sampai)),
        **{name: _codes(getattr(options, name)) for name in LISTS},
        pendamping=getattr(options, "pendamping", None),
    )


def choice(kind, text: str, label: str):
    """A member of an enum by its word; raises UserError that lists them."""
    try:
        return kind(text)
    except ValueError as error:
        raise UserError(f"{label} “{text}” tidak dikenal; pilihannya: {', '.join(kind)}.") from error


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            f"Tanggal “{text}” tidak dikenal; tulis sebagai TTTT-BB-HH, misalnya 2026-11-20."
        ) from error
