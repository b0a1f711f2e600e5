"""The checks of the optional sheets: kegiatan, rujukan, penugasan, kehadiran and target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from lib.importing import checks, columns, rules
from lib.importing.checks import Checked, Known
from lib.importing.columns import KEHADIRAN, PENUGASAN, RUJUKAN, Kind
from lib.importing.reader import SheetRows
from lib.importing.rules import Finding


def check_services(
    rows: SheetRows,
    *,
    data_dates: pd.Series,
    allowed: tuple[str, ...] | None,
    pendamping: Checked,
    kasus: Checked,
    known: Known,
) -> Checked:
    """Check kegiatan, rujukan, penugasan or kehadiran against the checked main sheets and the database.

    `data_dates` is tanggal_data (datetime64) by kode_provinsi, `allowed` what the sender may send (None: all).
    """
    if rows.frame.empty:
        return _checked(rows, [])
    days = rules.dates(rows.frame, columns.of_kind(rows.sheet, Kind.TANGGAL))
    findings = [*checks.common_findings(rows, days, data_dates, allowed), *_own_findings(rows, days)]
    for name, parent, held in (
        ("id_kasus", kasus, known.kasus),
        ("id_pendamping", pendamping, known.pendamping),
    ):
        if name in rows.frame:
            findings.append(checks.unknown_parent(rows, parent, held, data_dates))
    return _checked(rows, findings)


def check_target(rows: SheetRows, *, data_dates: pd.Series, allowed: tuple[str, ...] | None) -> Checked:
    """Check the sheet target; the accepted `nilai` come back in one spelling, as rules.number_text writes it.

    National rows (kode_wilayah 00) need no row of their own in keterangan, but a sender of the whole country.
    """
    if rows.frame.empty:
        return _checked(rows, [])
    findings = [
        *rules.column_findings(rows, pd.DataFrame(index=rows.frame.index)),
        *checks.place_findings(rows, data_dates, allowed),
        *rules.duplicate_findings(rows),
    ]
    checked = _checked(rows, findings)
    numbers = rows.frame["nilai"].mask(
        checked.accepted, rules.number_text(checked.accepted_rows(["nilai"])["nilai"])
    )
    return replace(checked, rows=replace(rows, frame=rows.frame.assign(nilai=numbers)))


def _own_findings(rows: SheetRows, days: pd.DataFrame) -> Iterator[Finding]:
    if rows.sheet == RUJUKAN:
        yield from rules.referral_findings(rows.frame, days)
    elif rows.sheet == PENUGASAN:
        yield from rules.service_findings(days)
    elif rows.sheet == KEHADIRAN:
        yield from rules.attendance_findings(rows.frame)


def _checked(rows: SheetRows, findings: list[Finding]) -> Checked:
    return Checked(
        rows=rows, accepted=checks.good_rows(rows, findings), problems=rules.problems(rows, findings)
    )
