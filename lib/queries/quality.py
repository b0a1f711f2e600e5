"""Counts of what the data themselves are worth: fields left empty, dates that are hardly true, places without a case.

As in `cases`, every function takes the scope first and returns counts, never rows of cases.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd
from sqlalchemy import and_, distinct, func, or_, true

from lib.database import schema
from lib.database.expressions import awal_bulan, ditambah
from lib.domain import CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries.cases import RESOLVED, count_where, grouped
from lib.queries.source import Source

ALWAYS_DUE = ("pendamping", "jenis_kelamin", "kelompok_umur", "sumber_laporan", "pendekatan")
STEPS_DUE = ("kontak", "asesmen", "rencana")
FIELDS = (*ALWAYS_DUE, *STEPS_DUE, *schema.OUTCOMES)
"""Every field that can be due, in the order in which a case fills them."""
MONTH_END_DAYS = 3
"""The last so many days of a month are its end."""
FINDINGS = ("sehari", "akhir_bulan", "kembar", "tanpa_kabar")


def recorded(k, w):
    """Recorded in the window."""
    return and_(k.c.tanggal_terdata >= w.c.mulai, k.c.tanggal_terdata <= w.c.akhir)


def due_and_empty(k, w) -> dict[str, tuple]:
    """Per field whether it is due at t, and whether it is empty then (see I24); for cases recorded in the window.

    A step is due once a later one (not terminasi) is known; in an emergency intervensi comes first and says nothing
    of asesmen and rencana. Outcomes are due once terselesaikan.
    """
    known = {step: k.c[f"tanggal_{step}"] <= w.c.akhir for step in (*STEPS_DUE, "intervensi")}
    ordinary = and_(k.c.darurat == 0, known["intervensi"])
    resolved = and_(k.c.kelompok == RESOLVED, k.c.tanggal_terminasi <= w.c.akhir)
    due = {
        **dict.fromkeys(ALWAYS_DUE, true()),
        "kontak": or_(known["asesmen"], known["rencana"], known["intervensi"]),
        "asesmen": or_(known["rencana"], ordinary),
        "rencana": ordinary,
        **dict.fromkeys(schema.OUTCOMES, resolved),
    }
    columns = {name: k.c[name] for name in (*ALWAYS_DUE[1:], *schema.OUTCOMES)} | {
        "pendamping": k.c.id_pendamping
    }
    absent = {name: column.is_(None) for name, column in columns.items()}
    for step in STEPS_DUE:
        day = k.c[f"tanggal_{step}"]
        absent[step] = or_(day.is_(None), day > w.c.akhir)
    return {name: (due[name], absent[name]) for name in FIELDS}


def within_one_day(k, w):
    """Closed in the window, with every step on the day it was recorded."""
    steps = ("asesmen", "rencana", "intervensi", "terminasi")
    same = (k.c[f"tanggal_{step}"] == k.c.tanggal_terdata for step in steps)
    return and_(k.c.tanggal_terminasi >= w.c.mulai, k.c.tanggal_terminasi <= w.c.akhir, *same)


def at_month_end(k, w):
    """Closed on one of the last days of a month, from s = max(a, lengkap_sejak) on."""
    day = k.c.tanggal_terminasi
    late = awal_bulan(ditambah(day, MONTH_END_DAYS)) > awal_bulan(day)
    return and_(day >= w.c.masuk, day <= w.c.akhir, late)


def without_news(k, w):
    """Open at T, without any activity since the day w.tanpa_kabar."""
    still_open = or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > w.c.data)
    return and_(k.c.tanggal_terdata <= w.c.data, still_open, k.c.tanggal_aktivitas < w.c.tanpa_kabar)


def fields(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Cases recorded in the window: n, and per field at t how many cases it is due in (jatuh_X) and how many of
    these left it empty (kosong_X)."""

    def build(k, w):
        counts = [func.count().label("n")]
        for name, (due, empty) in due_and_empty(k, w).items():
            counts.append(count_where(due).label(f"jatuh_{name}"))
            counts.append(count_where(and_(due, empty)).label(f"kosong_{name}"))
        return counts, recorded(k, w)

    return grouped(scope, source, case_filter, windows, per, build, event=lambda k: k.c.tanggal_terdata)


def places(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """How many kab/kota have a case recorded in the window: berkasus."""

    def build(k, w):
        return [func.count(distinct(k.c.kode_kabkota)).label("berkasus")], recorded(k, w)

    return grouped(scope, source, case_filter, windows, per, build, event=lambda k: k.c.tanggal_terdata)


def findings(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    *,
    days: int,
) -> pd.DataFrame:
    """What is hardly true, each with what it is a part of.

    sehari of ditutup (closed in the window), akhir_bulan of ditutup_lengkap (closed from s on), kembar of terdata
    (recorded in the window), tanpa_kabar of terbuka (at T; without activity for more than `days`).
    """
    extra = days_needed(windows, days=days)

    def build(k, w):
        ended = k.c.tanggal_terminasi <= w.c.akhir
        still_open = or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > w.c.data)
        return (
            [
                count_where(and_(k.c.tanggal_terminasi >= w.c.mulai, ended)).label("ditutup"),
                count_where(within_one_day(k, w)).label("sehari"),
                count_where(and_(k.c.tanggal_terminasi >= w.c.masuk, ended)).label("ditutup_lengkap"),
                count_where(at_month_end(k, w)).label("akhir_bulan"),
                count_where(recorded(k, w)).label("terdata"),
                count_where(and_(recorded(k, w), k.c.kembar == 1)).label("kembar"),
                count_where(still_open).label("terbuka"),
                count_where(without_news(k, w)).label("tanpa_kabar"),
            ],
            k.c.tanggal_terdata <= w.c.data,
        )

    return grouped(scope, source, case_filter, windows, per, build, extra=extra)


def days_needed(windows: list[Window], *, days: int) -> dict[str, list]:
    """The further days of each window that the conditions here compare with."""
    return {
        "masuk": [window.masuk for window in windows],
        "tanpa_kabar": [window.tanggal_data - dt.timedelta(days=days) for window in windows],
    }


def closings(scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window]) -> pd.DataFrame:
    """Cases closed on each day from s on, by province: provinsi, tanggal_terminasi, n; days without one are absent."""
    return grouped(
        scope,
        source,
        case_filter,
        windows,
        Dimensi.PROVINSI,
        lambda k, w: (
            [func.count().label("n")],
            and_(k.c.tanggal_terminasi >= w.c.masuk, k.c.tanggal_terminasi <= w.c.akhir),
        ),
        extra={"masuk": [window.masuk for window in windows]},
        more_keys=lambda k, w: [k.c.tanggal_terminasi.label("tanggal_terminasi")],
    )
