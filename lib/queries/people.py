"""Pendamping and their load at T; a scope is the first argument here too."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
from sqlalchemy import and_, func, or_, select

from lib.domain import CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries import cases
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
        .where(*of_filter(scope, p, case_filter))
        .order_by(p.c.kode_provinsi, p.c.id_pendamping)
    )
    return fetch(scope, source, query)


def profiles(scope: Scope, source: Source, case_filter: CaseFilter) -> pd.DataFrame:
    """Every pendamping known at T: provinsi, pendamping, kabkota, aktif, what is known of the person (bersertifikat,
    jenjang, sebutan, pendidikan, tanggal_pelatihan) and the service (tanggal_mulai, tanggal_selesai, both by T).

    A kab/kota filter takes pendamping by their own kode_kabkota.
    """
    p = source.pendamping
    query = select(
        p.c.kode_provinsi.label("provinsi"),
        p.c.id_pendamping.label("pendamping"),
        p.c.kode_kabkota.label("kabkota"),
        p.c.aktif,
        p.c.bersertifikat,
        p.c.jenjang,
        p.c.sebutan,
        p.c.pendidikan,
        p.c.pelatihan_terakhir.label("tanggal_pelatihan"),
        p.c.tanggal_mulai,
        p.c.tanggal_selesai,
    ).where(*of_filter(scope, p, case_filter))
    return fetch(scope, source, query.order_by(p.c.kode_provinsi, p.c.id_pendamping))


def of_filter(scope: Scope, p, case_filter: CaseFilter) -> list:
    """The conditions of scope and filter on pendamping `p`; a kab/kota filter takes them by their own kode_kabkota."""
    conditions = [p.c.kode_provinsi.in_(allowed_provinces(scope, case_filter))]
    if case_filter.kabkota:
        conditions.append(p.c.kode_kabkota.in_(case_filter.kabkota))
    if case_filter.pendamping is not None:
        conditions.append(p.c.id_pendamping == case_filter.pendamping)
    return conditions


def closed_by(scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window]) -> pd.DataFrame:
    """Cases closed in each window, for any reason, by their current pendamping: nomor, provinsi, pendamping, ditutup.

    Of the filter only the provinces and the pendamping apply: it is a person's whole work.
    """
    whole = replace(
        case_filter, provinsi=allowed_provinces(scope, case_filter), kabkota=(), klaster=(), jenis=()
    )
    return cases.grouped(
        scope,
        source,
        whole,
        windows,
        Dimensi.PENDAMPING,
        lambda k, w: (
            [func.count().label("ditutup")],
            and_(
                k.c.id_pendamping.is_not(None),
                k.c.tanggal_terminasi >= w.c.mulai,
                k.c.tanggal_terminasi <= w.c.akhir,
            ),
        ),
        more_keys=lambda k, w: [w.c.nomor.label("nomor")],
    )


def without_active(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Open cases at T: n, and tanpa (those without a pendamping, or with one who is not active at T)."""
    p = source.pendamping
    k = source.kasus
    on_duty = and_(
        p.c.kode_provinsi == k.c.kode_provinsi, p.c.id_pendamping == k.c.id_pendamping, p.c.aktif == 1
    )
    return cases.grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        lambda k, w: (
            [
                func.count().label("n"),
                cases.count_where(p.c.id_pendamping.is_(None)).label("tanpa"),
            ],
            and_(
                k.c.tanggal_terdata <= w.c.data,
                or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > w.c.data),
            ),
        ),
        beside=((p, on_duty, True),),
    )


def is_known(scope: Scope, source: Source, case_filter: CaseFilter) -> bool:
    """Whether the pendamping of the filter is in its province's register at T, or holds a case recorded by T."""
    for rows in (source.pendamping, source.kasus):
        query = (
            select(func.count().label("n"))
            .where(rows.c.kode_provinsi.in_(allowed_provinces(scope, case_filter)))
            .where(rows.c.id_pendamping == case_filter.pendamping)
        )
        if fetch(scope, source, query)["n"].iloc[0]:
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
    query = select(*columns).where(p.c.aktif == 1, *of_filter(scope, p, case_filter))
    return fetch(scope, source, query.order_by(p.c.kode_provinsi, p.c.id_pendamping))


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

    One pass over the cases, where a query per count would take six.
    """
    extra = {
        "batas": [window.tanggal_data - dt.timedelta(days=days) for window in windows],
        "batas_darurat": [window.tanggal_data - dt.timedelta(days=days_emergency) for window in windows],
    }

    def build(k, w):
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
        sums = [cases.count_where(condition).label(name) for name, condition in counted.items()]
        return sums, k.c.id_pendamping.is_not(None)

    return cases.grouped(scope, source, case_filter, windows, Dimensi.PENDAMPING, build, extra=extra)
