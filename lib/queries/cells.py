"""The counts behind everything that leaves the house, by kab/kota, kind and month: what the disclosure audit reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
from sqlalchemy import and_, case, func, or_

from lib.database.expressions import awal_bulan, ditambah
from lib.domain import CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries.cases import RESOLVED, count_where, grouped
from lib.queries.source import Source


def _by_kind(k, w) -> list:
    return [k.c.kode_jenis.label("jenis")]


def lives(scope: Scope, source: Source, windows: list[Window]) -> pd.DataFrame:
    """All cases recorded by T: n by kabkota, jenis, the months terdata, respon, terminasi (NaT where there is none) and
    selesai (1 when terselesaikan)."""
    months = {"terdata": "tanggal_terdata", "respon": "tanggal_respon", "terminasi": "tanggal_terminasi"}

    def build(k, w):
        return [func.count().label("n")], k.c.tanggal_terdata <= w.c.data

    def keys(k, w):
        resolved = case((k.c.kelompok == RESOLVED, 1), else_=0).label("selesai")
        dates = [awal_bulan(k.c[column]).label(f"tanggal_{name}") for name, column in months.items()]
        return [*_by_kind(k, w), *dates, resolved]

    found = grouped(scope, source, CaseFilter(), windows, Dimensi.KABKOTA, build, more_keys=keys)
    return found.rename(columns={f"tanggal_{name}": name for name in months})


def due(scope: Scope, source: Source, windows: list[Window], *, days: int) -> pd.DataFrame:
    """The cases whose day `days` came by T, from lengkap_sejak on: by kabkota, jenis and the month of that day, n,
    selesai (terselesaikan within `days`), respon (responded within `days`), tanpa_respon (closed before without)."""
    extra = {"lengkap": [window.lengkap_sejak for window in windows]}
    windows = [
        replace(window, akhir=window.tanggal_data - dt.timedelta(days=days), mulai=window.lengkap_sejak)
        for window in windows
    ]

    def build(k, w):
        unanswered = and_(k.c.lama_hari < days, k.c.tanggal_respon.is_(None))
        return (
            [
                func.count().label("n"),
                count_where(and_(k.c.kelompok == RESOLVED, k.c.lama_hari <= days)).label("selesai"),
                count_where(k.c.respon_hari <= days).label("respon"),
                count_where(unanswered).label("tanpa_respon"),
            ],
            and_(k.c.tanggal_terdata >= w.c.lengkap, k.c.tanggal_terdata <= w.c.akhir),
        )

    def keys(k, w):
        return [*_by_kind(k, w), awal_bulan(ditambah(k.c.tanggal_terdata, days)).label("tanggal_bulan")]

    found = grouped(scope, source, CaseFilter(), windows, Dimensi.KABKOTA, build, extra=extra, more_keys=keys)
    return found.rename(columns={"tanggal_bulan": "bulan"})


def silent(
    scope: Scope, source: Source, windows: list[Window], *, days: int, days_emergency: int
) -> pd.DataFrame:
    """Open cases at T without activity for more than `days`, darurat `days_emergency`: n by kabkota and jenis."""
    extra = {
        "batas": [window.tanggal_data - dt.timedelta(days=days) for window in windows],
        "batas_darurat": [window.tanggal_data - dt.timedelta(days=days_emergency) for window in windows],
    }

    def build(k, w):
        still_open = or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > w.c.data)
        quiet = or_(
            and_(k.c.darurat == 0, k.c.tanggal_aktivitas < w.c.batas),
            and_(k.c.darurat == 1, k.c.tanggal_aktivitas < w.c.batas_darurat),
        )
        return [func.count().label("n")], and_(k.c.tanggal_terdata <= w.c.data, still_open, quiet)

    return grouped(
        scope, source, CaseFilter(), windows, Dimensi.KABKOTA, build, extra=extra, more_keys=_by_kind
    )
