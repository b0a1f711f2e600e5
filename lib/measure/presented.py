"""Figures for tayang presentasi: a listed view, its answer, and the disclosure control over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lib import periods, reference
from lib.disclosure import audit, kept, tables
from lib.disclosure.rules import COHORTS
from lib.disclosure.suppress import MEAN_LOAD, check_kodes, nations_load, suppress
from lib.disclosure.views import TAHUN, TRIWULAN, period_name
from lib.domain import CaseFilter, Dimensi, Role, Scope, Thresholds, UserError
from lib.measure.answer import answer
from lib.measure.question import ask, registers_of
from lib.queries import cells
from lib.queries.source import Source

NOT_AUDITED = (
    "Tayang presentasi untuk versi {versi} belum tersedia: penyamaran angka kecilnya belum selesai diperiksa; coba "
    "lagi nanti, atau jalankan `python -m lib.cli potret`."
)


def present(
    scope: Scope,
    kodes: Sequence[str],
    case_filter: CaseFilter,
    *,
    per: Dimensi | None,
    source: Source,
    limits: Thresholds,
) -> pd.DataFrame:
    """The rows of `measure` as presentasi shows them (see `lib.disclosure.views` and `suppress`).

    Raises UserError for a figure or view that is not on the list, and for a version without an audit.
    """
    hidden = _hidden(source)
    question = ask(scope, case_filter, per=per, source=source, limits=limits, listed=True)
    check_kodes(kodes, question.shown, per)
    rows = suppress(answer(question, kodes), question.shown, per=per, hidden=hidden)
    if MEAN_LOAD not in kodes or question.shown.wilayah != "nasional":
        return rows
    loads = answer(replace(question, per=Dimensi.PROVINSI), [MEAN_LOAD])
    # Provinces are shown by quarter at the finest.
    return nations_load(rows, loads, period=period_name(TRIWULAN, question.shown.akhir), hidden=hidden)


def present_comparison(
    scope: Scope,
    kodes: Sequence[str],
    case_filter: CaseFilter,
    *,
    source: Source,
    limits: Thresholds,
    last_year: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """A calendar period and the one before (or the same a year earlier), both whole and of all provinces.

    A running period is refused: the same number of days of the one before is no calendar period.
    """
    _hidden(source)
    shown = ask(scope, case_filter, per=None, source=source, limits=limits, listed=True).shown
    first, last = _before(shown.mulai, shown.span, last_year=last_year)
    if shown.akhir + periods.DAY != _following(shown.mulai, shown.span):
        raise UserError(
            f"Periode {period_name(shown.span, shown.mulai)} masih berjalan; dalam tayang presentasi hanya periode "
            "kalender yang sudah lengkap dapat dibandingkan."
        )
    asked = {"per": None, "source": source, "limits": limits}
    return (
        present(scope, kodes, case_filter.with_period(shown.mulai, shown.akhir), **asked),
        present(scope, kodes, case_filter.with_period(first, last), **asked),
        [],
    )


def _hidden(source: Source) -> frozenset[tuple[str, str, str, str]]:
    """The cells the version's audit hides further; raises UserError where there is no audit by the present rules."""
    cells = None if source.samar is None else kept.read(source.samar)
    if cells is None:
        raise UserError(NOT_AUDITED.format(versi=source.versi))
    return cells


def _months(span: str) -> int:
    return {TAHUN: 12, TRIWULAN: 3}.get(span, 1)


def _following(first: dt.date, span: str) -> dt.date:
    """The first day of the next calendar period."""
    return periods.months_before(first, -_months(span))


def _before(first: dt.date, span: str, *, last_year: bool) -> tuple[dt.date, dt.date]:
    earlier = periods.months_before(first, 12 if last_year else _months(span))
    return earlier, _following(earlier, span) - periods.DAY


def audited(source: Source, *, limits: Thresholds) -> list[tuple[str, str, str, str]]:
    """The cells a version hides besides the small ones, so that no hidden cell can be told from all others.

    Each as (tabel, tempat, apa, periode); see `lib.disclosure.audit`.
    """
    scope = Scope(role=Role.ADMIN_DATA, provinces=reference.all_provinces())
    registers = registers_of(source, scope.provinces)
    if not registers:
        return []
    first = min(register.lengkap_sejak for register in registers)
    newest = max(register.tanggal_data for register in registers)
    windows = periods.windows(registers, [(first, newest)])
    blocks = tables.blocks(
        cells.lives(scope, source, windows),
        {days: cells.due(scope, source, windows, days=days) for days in COHORTS},
        cells.due(scope, source, windows, days=limits.asesmen_hari),
        cells.silent(
            scope,
            source,
            windows,
            days=limits.macet_hari,
            days_emergency=limits.macet_hari_darurat,
        ),
        newest=newest,
        since=first,
    )
    return audit.audit(blocks)[0]
