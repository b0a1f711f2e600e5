"""What an import did, or would do: the report every way of importing returns."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from lib.importing import rules
from lib.importing.checks import Checked

DITERIMA = "diterima"
SEBAGIAN = "sebagian"
DITOLAK_BERKAS = "ditolak_berkas"
COUNTED = ("baru", "berubah", "sama", "ditolak", "peringatan", "hilang")
VANISHING = ("kode_provinsi", "lembar", "baris", "contoh")


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did (or, with dry_run, would do).

    status: diterima | sebagian | ditolak_berkas. counts: rows by table and kind (COUNTED); "peringatan" are
    accepted rows with a warning, "hilang" rows deleted by replace. problems: lembar, baris, kolom, nilai,
    alasan, tingkat. refusal: why the file was refused, else None. notes: further sentences. vanishing: what replace
    deletes by province and table (VANISHING; `contoh` holds the first keys). checked: every row that was read and
    whether it was taken, for the quarantine; large, so that nobody keeps it.
    """

    status: str
    counts: dict[str, dict[str, int]]
    problems: pd.DataFrame
    digest: str
    refusal: str | None = None
    notes: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    dry_run: bool = False
    vanishing: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(VANISHING)))
    checked: dict[str, Checked] = field(default_factory=dict, repr=False)


def refused(
    sentence: str,
    *,
    dry_run: bool,
    digest: str = "",
    problems: pd.DataFrame | None = None,
    counts: dict | None = None,
) -> ImportReport:
    """The report of a file that was refused as a whole, with its reason."""
    return ImportReport(
        status=DITOLAK_BERKAS,
        counts=counts or {},
        problems=rules.no_problems() if problems is None else problems,
        digest=digest,
        refusal=sentence,
        dry_run=dry_run,
    )
