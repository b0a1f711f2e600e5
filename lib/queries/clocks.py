"""The two count tables of a clock that starts at tanggal_terdata: until the closing, or until the response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import and_, case, func, literal_column, or_

from lib.domain import CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries.cases import count_where, grouped
from lib.queries.source import Source


@dataclass(frozen=True)
class Clock:
    """What a curve measures from tanggal_terdata on, as functions of the prepared cases: the date of the end, the
    days until then, and what the end is."""

    end: Callable
    days: Callable
    outcome: Callable


CLOSING = Clock(
    end=lambda k: k.c.tanggal_terminasi, days=lambda k: k.c.lama_hari, outcome=lambda k: k.c.kelompok
)
# A case closed without a response stops waiting for one then.
RESPONSE = Clock(
    end=lambda k: func.coalesce(k.c.tanggal_respon, k.c.tanggal_terminasi),
    days=lambda k: func.coalesce(k.c.respon_hari, k.c.lama_hari),
    outcome=lambda k: case(
        (k.c.tanggal_respon.is_not(None), literal_column("'respon'")), else_=literal_column("'ditutup'")
    ),
)


def at_risk_starts(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    *,
    clock: Clock = CLOSING,
) -> pd.DataFrame:
    """Count table 1 of the period view: n by group, province, window, start date and ended-by-t yes/no, for clocks
    that started by t and still ran on day s or later."""
    extra = {"masuk": [window.masuk for window in windows]}

    def build(k, w):
        end = clock.end(k)
        seen = or_(end.is_(None), end >= w.c.masuk)
        return (
            [func.count().label("n"), count_where(end <= w.c.akhir).label("berakhir")],
            and_(k.c.tanggal_terdata <= w.c.akhir, w.c.masuk <= w.c.akhir, seen),
        )

    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        build,
        extra=extra,
        more_keys=lambda k, w: [
            k.c.kode_provinsi.label("wilayah"),
            w.c.nomor.label("nomor"),
            k.c.tanggal_terdata.label("tanggal_terdata"),
        ],
    )


def ended_ages(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    *,
    clock: Clock = CLOSING,
) -> pd.DataFrame:
    """Count table 2 of the period view: n by group, age at the end (lama_hari) and hasil (what the end is), for ends
    in [s, t]."""
    extra = {"masuk": [window.masuk for window in windows]}

    def build(k, w):
        end = clock.end(k)
        return [func.count().label("n")], and_(end >= w.c.masuk, end <= w.c.akhir)

    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        build,
        extra=extra,
        more_keys=lambda k, w: [clock.days(k).label("lama_hari"), clock.outcome(k).label("hasil")],
        event=clock.end,
    )
