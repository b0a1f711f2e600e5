"""An upload on its way: read, its shape looked at, its province rows checked; nothing asked of the database yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lib.database import schema
from lib.domain import UserError
from lib.importing import checks, columns, forgiving, reader
from lib.importing.checks import Checked
from lib.importing.columns import KASUS, KETERANGAN, PENDAMPING
from lib.importing.outcome import ImportReport, refused
from lib.importing.reader import SheetRows, Upload

Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked of an import: when, how, and whose rows may be sent (`allowed`; None: all provinces).

    `expected_digest` is that of the files as they were tried before; other bytes are refused.
    """

    now: dt.datetime
    dry_run: bool = False
    replace: bool = False
    into_simulated: bool = False
    allowed: tuple[str, ...] | None = None
    max_bad_percent: int = checks.MAX_BAD_PERCENT
    expected_digest: str | None = None
    progress: Progress | None = None

    def say(self, share: float, sentence: str) -> None:
        """Tell how far it is, `share` from 0 to 1."""
        if self.progress is not None:
            self.progress(share, sentence)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One upload on its way: what was asked, what was read, and the accepted rows of keterangan by province."""

    asked: Request
    upload: Upload
    keterangan: Checked
    sent: pd.DataFrame
    rows: dict[str, SheetRows]

    @property
    def dry_run(self) -> bool:
        return self.asked.dry_run

    @property
    def replace(self) -> bool:
        return self.asked.replace


def read(paths: Sequence[Path], asked: Request) -> Job | ImportReport:
    """Read the files of an upload; a report with its refusal where they cannot be imported at all."""
    dry_run = asked.dry_run
    asked.say(0.0, "Membaca berkas …")
    try:
        upload = reader.read_files(paths)
    except UserError as error:
        return refused(str(error), dry_run=dry_run)
    if asked.expected_digest not in (None, upload.digest):
        return refused(
            "Berkas bukan lagi yang diperiksa; periksa lagi sebelum mengimpor.",
            digest=upload.digest,
            dry_run=dry_run,
        )
    wrong = _refused_shape(upload, replace=asked.replace, dry_run=dry_run)
    if wrong:
        return wrong
    asked.say(0.3, "Memahami isi sel …")
    try:
        rows = forgiving.sheets(upload.parts)
    except UserError as error:
        return refused(str(error), digest=upload.digest, dry_run=dry_run)
    if not any(len(rows[sheet].frame) for sheet in schema.SHEETS) or rows[KETERANGAN].frame.empty:
        return refused(
            "Berkas tidak berisi data: isi lembar keterangan (satu baris per provinsi) dan lembar kasus, "
            "pendamping, atau lembar lain dari templat, lalu kirim lagi.",
            digest=upload.digest,
            dry_run=dry_run,
        )
    empty = [sheet for sheet in (KASUS, PENDAMPING) if asked.replace and rows[sheet].frame.empty]
    if empty:
        return refused(
            f"Lembar {' dan '.join(empty)} kosong: --ganti akan menghapus semua barisnya dari provinsi yang disebut di "
            "keterangan. Isi lembar itu, atau kirim tanpa --ganti.",
            digest=upload.digest,
            dry_run=dry_run,
        )
    keterangan = checks.check_keterangan(rows[KETERANGAN], today=asked.now.date(), allowed=asked.allowed)
    return Job(
        asked=asked,
        upload=upload,
        keterangan=keterangan,
        sent=keterangan.accepted_rows(columns.names(KETERANGAN)).set_index("kode_provinsi"),
        rows=rows,
    )


def _refused_shape(upload: Upload, *, replace: bool, dry_run: bool) -> ImportReport | None:
    """Refuse files with missing sheets or wrong headers."""
    sheets = {part.sheet for part in upload.parts}
    missing = [KETERANGAN] if KETERANGAN not in sheets else []
    if replace:
        missing += [sheet for sheet in (KASUS, PENDAMPING) if sheet not in sheets]
    if not missing and not sheets.intersection(schema.SHEETS):
        missing = [KASUS]
    if missing:
        extra = " (--ganti memerlukan lembar keterangan, kasus, dan pendamping)" if replace else ""
        sentence = f"Lembar {' dan '.join(missing)} tidak ada{extra}; pakai templat dari perintah `templat`."
        return refused(sentence, digest=upload.digest, dry_run=dry_run)
    problems = checks.header_problems(upload.parts)
    if problems.empty:
        return None
    named = [
        f"{row.lembar}.{row.kolom or '(tanpa judul)'}: {row.alasan}" for row in problems.head(5).itertuples()
    ]
    more = f" Masih ada {len(problems) - 5} lagi di laporan." if len(problems) > 5 else ""
    sentence = f"Judul kolom tidak sesuai templat. {' '.join(named)}{more}"
    return refused(sentence, digest=upload.digest, dry_run=dry_run, problems=problems)
