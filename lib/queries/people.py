"""Pendamping and their load at T; a scope is the first argument here too."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from sqlalchemy import and_, case, func, or_, select

from lib.domain import CaseFilter, Scope
from lib.periods import Window
from lib.queries.cases import restrictions, windows_table
from lib.queries.source import Source, fetch
from lib.scoping import allowed_provinces


def pendamping_load(scope: Scope, source: Source, case_filter: CaseFilter) -> pd.DataFrame:
    """Every pendamping known at T with aktif (0/1) and terbuka: open cases at T whose current pendamping they are.

    Columns provinsi, pendamping, kabkota, aktif, terbuka. Case filters (klaster, jenis) do not apply: the load is a
    person's whole work. A kab/kota filter takes pendamping by their own kode_kabkota.
    """
    p, k = source.pendamping, source.kasus
    provinces = allowed_provinces(scope, case_filter)
    load = (
        select(k.c.kode_provinsi, k.c.id_pendamping, func.count().label("terbuka"))
        .where(k.c.kode_provinsi.in_(provinces))
        .where(k.c.tanggal_terminasi.is_(None))
        .group_by(k.c.kode_provinsi, k.c.id_pendamping)
        .subquery("beban")
    )
    query = (
        select(
            p.c.kode_provinsi.label("provinsi"),
            p.c.id_pendamping.label("pendamping"),
            p.c.kode_kabkota.label("kabkota"),
            p.c.aktif,
            func.coalesce(load.c.terbuka, 0).label("terbuka"),
        )
        .select_from(
            p.outerjoin(
                load,
                and_(load.c.kode_provinsi == p.c.kode_provinsi, load.c.id_pendamping == p.c.id_pendamping),
            )
        )
        .where(p.c.kode_provinsi.in_(provinces))
        .order_by(p.c.kode_provinsi, p.c.id_pendamping)
    )
    if case_filter.kabkota:
        query = query.where(p.c.kode_kabkota.in_(case_filter.kabkota))
    if case_filter.pendamping is not None:
        query = query.where(p.c.id_pendamping == case_filter.pendamping)
    return fetch(source, query)


def is_known(scope: Scope, source: Source, case_filter: CaseFilter) -> bool:
    """Whether the pendamping of the filter is in its province's register at T, or holds a case recorded by T."""
    for rows in (source.pendamping, source.kasus):
        query = (
            select(func.count().label("n"))
            .where(rows.c.kode_provinsi.in_(allowed_provinces(scope, case_filter)))
            .where(rows.c.id_pendamping == case_filter.pendamping)
        )
        if fetch(source, query)["n"].iloc[0]:
            return True
    return False


def active_pendamping(scope: Scope, source: Source, case_filter: CaseFilter, *, names: bool) -> pd.DataFrame:
    """Pendamping active at T: provinsi, pendamping, kabkota, sorted by code; with `names` also nama (nama_tampil).

    Without `names` no name leaves the database. A kab/kota filter takes pendamping by their own kode_kabkota.
    """
    p = source.pendamping
    columns = [
        p.c.kode_provinsi.label("provinsi"),
        p.c.id_pendamping.label("pendamping"),
        p.c.kode_kabkota.label("kabkota"),
    ]
    if names:
        columns.append(p.c.nama_tampil.label("nama"))
    query = (
        select(*columns)
        .where(p.c.kode_provinsi.in_(allowed_provinces(scope, case_filter)), p.c.aktif == 1)
        .order_by(p.c.kode_provinsi, p.c.id_pendamping)
    )
    if case_filter.kabkota:
        query = query.where(p.c.kode_kabkota.in_(case_filter.kabkota))
    if case_filter.pendamping is not None:
        query = query.where(p.c.id_pendamping == case_filter.pendamping)
    return fetch(source, query)


def worker_counts(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    *,
    days: int,
    days_emergency: int,
) -> pd.DataFrame:
    """Cases by current pendamping, provinsi and pendamping: terdata and ditutup (any reason) in the window, terbuka
    at t with darurat and tinggi among them, and macet at T (see `cases.stuck` for the two limits in days).

    One pass over the cases: a query per count costs six.
    """
    extra = {
        "batas": [window.tanggal_data - dt.timedelta(days=days) for window in windows],
        "batas_darurat": [window.tanggal_data - dt.timedelta(days=days_emergency) for window in windows],
    }
    k, w = source.kasus, windows_table(source, windows, scope, extra)
    ended = k.c.tanggal_terminasi
    still_open = and_(k.c.tanggal_terdata <= w.c.akhir, or_(ended.is_(None), ended > w.c.akhir))
    silent = or_(
        and_(k.c.darurat == 0, k.c.tanggal_aktivitas < w.c.batas),
        and_(k.c.darurat == 1, k.c.tanggal_aktivitas < w.c.batas_darurat),
    )
    counted = {
        "terdata": and_(k.c.tanggal_terdata >= w.c.mulai, k.c.tanggal_terdata <= w.c.akhir),
        "ditutup": and_(ended >= w.c.mulai, ended <= w.c.akhir),
        "terbuka": still_open,
        "darurat": and_(still_open, k.c.prioritas == "darurat"),
        "tinggi": and_(still_open, k.c.prioritas == "tinggi"),
        "macet": and_(or_(ended.is_(None), ended > w.c.data), silent),
    }
    keys = [k.c.kode_provinsi.label("provinsi"), k.c.id_pendamping.label("pendamping")]
    sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in counted.items()]
    query = (
        select(*keys, *sums)
        .select_from(k.join(w, w.c.kode_provinsi == k.c.kode_provinsi))
        .where(k.c.id_pendamping.is_not(None), *restrictions(scope, k, case_filter))
        .group_by(k.c.kode_provinsi, k.c.id_pendamping)
    )
    return fetch(source, query)
