"""The report of an import: a CSV for the office that sent the file, and sentences for the command line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lib.importing import outcome, rules
from lib.importing.outcome import ImportReport

# A spreadsheet would run such a cell as a formula (OWASP, CSV injection).
_FORMULA_START = r"^[=+\-@\t\r]"
_VERBS = {"baru": "baru", "berubah": "berubah", "sama": "sama", "ditolak": "ditolak", "hilang": "dihapus"}


def write_report(report: ImportReport, path: Path) -> None:
    """Write the problems as CSV for Indonesian Excel: UTF-8 with BOM, semicolons, one line per problem."""
    safe = report.problems[list(rules.PROBLEM_COLUMNS)].assign(
        **{name: _harmless(report.problems[name]) for name in rules.PROBLEM_COLUMNS if name != "baris"}
    )
    safe.to_csv(path, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _harmless(text: pd.Series) -> pd.Series:
    text = text.astype("str")
    return text.mask(text.str.contains(_FORMULA_START, regex=True), "'" + text)


def summary(report: ImportReport) -> str:
    """The result in sentences, one a line."""
    lines = ["Uji saja: tidak ada yang ditulis."] if report.dry_run else []
    if report.refusal:
        lines.append(report.refusal)
        if not report.dry_run:
            lines.append("Tidak ada yang ditulis.")
    else:
        lines.append(_outcome(report))
    for table, counts in report.counts.items():
        parts = [f"{_number(counts[kind])} {verb}" for kind, verb in _VERBS.items() if counts[kind]]
        if counts["peringatan"]:
            parts.append(f"{_number(counts['peringatan'])} baris dengan peringatan")
        if parts:
            lines.append(f"{table}: {', '.join(parts)}.")
    lines += report.notes
    return "\n".join(lines)


def _outcome(report: ImportReport) -> str:
    named = f"provinsi {', '.join(report.provinces)}"
    if report.status == outcome.DITERIMA:
        return f"Berkas diterima seluruhnya ({named})."
    return f"Berkas diterima sebagian ({named}); baris yang ditolak ada di laporan."


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
