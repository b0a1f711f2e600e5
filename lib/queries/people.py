"""Pendamping and their load at T; a scope is the first argument here too."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import and_, func, select

from lib.domain import CaseFilter, Scope
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
