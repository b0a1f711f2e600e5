"""Grouped counts of the way between steps: waits for a step, cohorts followed to T, clients who came back.

As in `cases`, every function takes the scope first and returns additive counts, never rows of cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd
from sqlalchemy import and_, case, false, func, literal_column, or_

from lib.database.expressions import ditambah, selisih_hari
from lib.domain import CaseFilter, Dimensi, Scope, Tahap
from lib.periods import Window
from lib.queries.cases import RESOLVED, Count, count_where, grouped
from lib.queries.source import Source

# The step from which each wait runs.
BEFORE = {
    Tahap.ASESMEN: Tahap.TERDATA,
    Tahap.RENCANA: Tahap.ASESMEN,
    Tahap.INTERVENSI: Tahap.RENCANA,
    Tahap.TERMINASI: Tahap.INTERVENSI,
}
# Steps that show that one was skipped; terminasi does not: a case may be closed at any step.
LATER = {
    Tahap.TERDATA: (),
    Tahap.ASESMEN: (Tahap.RENCANA, Tahap.INTERVENSI),
    Tahap.RENCANA: (Tahap.INTERVENSI,),
    Tahap.INTERVENSI: (),
    Tahap.TERMINASI: (),
}
BEFORE_COMPLETE = "sebelum_lengkap"


def _day(k, step: Tahap):
    return k.c[f"tanggal_{step.value}"]


def _tells(k, later: Tahap, known):
    """Whether a later step is known, where it tells anything: in an emergency intervensi comes first."""
    return and_(k.c.darurat == 0, known) if later is Tahap.INTERVENSI else known


def _nothing_tells(k, step: Tahap, unknown: Callable) -> list:
    """That no later step tells that `step` was skipped; `unknown(day)` says when the day of one is not known."""
    conditions = []
    for later in LATER[step]:
        day = _day(k, later)
        silent = or_(day.is_(None), unknown(day))
        conditions.append(or_(k.c.darurat == 1, silent) if later is Tahap.INTERVENSI else silent)
    return conditions


def _waits(k, w, step: Tahap):
    """The wait began by t, and at t the step was neither skipped nor earlier than the one before."""
    start, reached = _day(k, BEFORE[step]), _day(k, step)
    return and_(
        w.c.masuk <= w.c.akhir,
        start <= w.c.akhir,
        or_(reached >= start, and_(reached.is_(None), *_nothing_tells(k, step, lambda day: day > w.c.akhir))),
    )


def _end(k, step: Tahap):
    """The step, else the day on which a case closed without it stops waiting."""
    return _day(k, step) if step is Tahap.TERMINASI else func.coalesce(_day(k, step), k.c.tanggal_terminasi)


def wait_starts(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    *,
    step: Tahap,
) -> pd.DataFrame:
    """Count table 1 of the period view for the wait of a step: n by group, province (wilayah), window (nomor), day of
    the step before (tanggal_mulai), and berakhir (of them ended by t), for waits that still ran on day s or later.

    Left out: waits for a skipped step, and those that would be negative.
    """

    def build(k, w):
        end = _end(k, step)
        return (
            [func.count().label("n"), count_where(end <= w.c.akhir).label("berakhir")],
            and_(_waits(k, w, step), or_(end.is_(None), end >= w.c.masuk)),
        )

    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        build,
        extra={"masuk": [window.masuk for window in windows]},
        more_keys=lambda k, w: [
            k.c.kode_provinsi.label("wilayah"),
            w.c.nomor.label("nomor"),
            _day(k, BEFORE[step]).label("tanggal_mulai"),
        ],
    )


def wait_ends(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    *,
    step: Tahap,
) -> pd.DataFrame:
    """Count table 2 for the wait of a step: n by group, days waited (lama_hari) and hasil (sampai or ditutup), for
    ends in [s, t]."""

    def build(k, w):
        end = _end(k, step)
        return (
            [func.count().label("n")],
            and_(_waits(k, w, step), end >= w.c.masuk, end <= w.c.akhir),
        )

    def keys(k, w):
        reached = case(
            (_day(k, step).is_not(None), literal_column("'sampai'")), else_=literal_column("'ditutup'")
        )
        waited = selisih_hari(_end(k, step), _day(k, BEFORE[step]))
        return [waited.label("lama_hari"), reached.label("hasil")]

    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        build,
        extra={"masuk": [window.masuk for window in windows]},
        more_keys=keys,
        event=lambda k: _end(k, step),
    )


def left_out(step: Tahap) -> Count:
    """What the wait of a step leaves out, where [s, t] holds the day on which that became known: terlewat (the step or
    the one before was skipped), negatif (the step came before the one before)."""

    def skipped(k, w, missing: Tahap):
        shown = (_tells(k, later, _day(k, later) <= w.c.akhir) for later in LATER[missing])
        not_before = _nothing_tells(k, missing, lambda day: day >= w.c.masuk)
        return and_(_day(k, missing).is_(None), or_(false(), *shown), *not_before)

    def columns(k, w) -> dict:
        start, reached = _day(k, BEFORE[step]), _day(k, step)
        return {
            "terlewat": or_(skipped(k, w, step), skipped(k, w, BEFORE[step])),
            "negatif": and_(reached < start, start >= w.c.masuk, start <= w.c.akhir),
        }

    return Count(
        of=lambda k, w: and_(k.c.tanggal_terdata <= w.c.akhir, or_(*columns(k, w).values())),
        columns=columns,
        days=lambda windows: {"masuk": [window.masuk for window in windows]},
    )


def followed(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """The cohort view: cases recorded in the window, by days until their end or T (lama_hari) and hasil: the group of
    the reason, terbuka, or sebelum_lengkap (recorded before lengkap_sejak, to be left out).

    Windows numbered as months may be any spans here, for instance quarters.
    """

    def keys(k, w):
        days = func.coalesce(k.c.lama_hari, selisih_hari(w.c.data, k.c.tanggal_terdata))
        outcome = case(
            (k.c.tanggal_terdata < w.c.lengkap, literal_column(f"'{BEFORE_COMPLETE}'")),
            (k.c.kelompok.is_not(None), k.c.kelompok),
            else_=literal_column("'terbuka'"),
        )
        return [days.label("lama_hari"), outcome.label("hasil")]

    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        lambda k, w: (
            [func.count().label("n")],
            and_(k.c.tanggal_terdata >= w.c.mulai, k.c.tanggal_terdata <= w.c.akhir),
        ),
        extra={"lengkap": [window.lengkap_sejak for window in windows]},
        more_keys=keys,
    )


def returned(days: int) -> Count:
    """Cases terselesaikan whose day `days` after terminasi falls in the window: calon, n (of them with that day by T),
    berulang (of these, the same client has a new case of any kind within those days)."""
    horizon = dt.timedelta(days=days)

    def columns(k, w) -> dict:
        mature = k.c.tanggal_terminasi <= w.c.ulang_matang
        # Only days after the terminasi are prepared, so it is at least 1.
        return {"calon": None, "n": mature, "berulang": and_(mature, k.c.ulang_hari <= days)}

    return Count(
        of=lambda k, w: and_(
            k.c.kelompok == RESOLVED,
            k.c.tanggal_terminasi >= w.c.ulang_mulai,
            k.c.tanggal_terminasi <= w.c.ulang_akhir,
        ),
        columns=columns,
        days=lambda windows: {
            "ulang_mulai": [window.mulai - horizon for window in windows],
            "ulang_akhir": [window.sampai - horizon for window in windows],
            "ulang_matang": [window.akhir - horizon for window in windows],
        },
        event=lambda k: ditambah(k.c.tanggal_terminasi, days),
    )
