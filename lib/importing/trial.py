"""A trial of an import: written for real in a transaction that is rolled back, and counted before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Date, Engine, String, and_, case, func, or_, select
from sqlalchemy.exc import OperationalError

from lib.database import prepared, schema
from lib.database.expressions import rows_as_table
from lib.domain import Kelompok, Scope, UserError
from lib.importing import importer, store
from lib.importing.job import Job, Request
from lib.importing.outcome import DITOLAK_BERKAS, ImportReport

KODES = ("I01", "I02", "I03K", "I13")
# tahun: whose cases I01, I02 and I03K count, until the data date; None where there is no data of that year.
EFFECT = ("kode_provinsi", "kode", "tahun", "tanggal_sebelum", "tanggal_sesudah", "sebelum", "sesudah")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What an import would do, and its effect on the main counts (EFFECT; empty for a refused file)."""

    report: ImportReport
    effect: pd.DataFrame


def try_files(
    scope: Scope, engine: Engine, paths: Sequence[Path], *, asked: Request, referral_resolves: bool = False
) -> Trial:
    """Import files inside a transaction that is rolled back; counts are those of the provinces of the scope.

    I01, I02 and I03K count the cases recorded since 1 January of the year of the new data date, I13 all open ones:
    before at the old data date, after at the new one (definitions as lib.indicators). Like an import it waits for
    one that is running. Raises UserError when the database cannot be used.
    """
    asked = replace(asked, dry_run=False)
    found = importer.begin(engine, paths, asked)
    nothing = pd.DataFrame(columns=list(EFFECT))
    if isinstance(found, ImportReport):
        return Trial(report=replace(found, dry_run=True), effect=nothing)
    try:
        # Nothing commits: leaving the connection rolls all of it back.
        with engine.connect() as db:
            store.lock(db)
            provinces = sorted(set(found.sent.index) & set(scope.provinces))
            before, years = _data_dates(db, provinces), _years(db, found, provinces)
            counted = _counts(db, before, years, referral_resolves)
            report = importer.run(db, found)
            after = _data_dates(db, provinces)
            counted_after = _counts(db, after, years, referral_resolves)
    except OperationalError as error:
        raise UserError(importer.LOCKED) from error
    report = replace(report, dry_run=True)
    if report.status == DITOLAK_BERKAS:
        return Trial(report=report, effect=nothing)
    rows = [
        (
            code,
            kode,
            years[code],
            before.get(code),
            after[code],
            counted.get((code, kode)),
            counted_after.get((code, kode)),
        )
        for code in provinces
        for kode in KODES
    ]
    return Trial(report=report, effect=pd.DataFrame(rows, columns=list(EFFECT), dtype=object))


def _data_dates(db: Connection, provinces: Sequence[str]) -> dict[str, dt.date]:
    """T of the provinces that have one: the largest tanggal_data sent, else the latest date in the rows."""
    sent = {code: last.largest for code, last in store.last_uploads(db, provinces).items()}
    unsent = [code for code in provinces if code not in sent and store.count_rows(db, "kasus", code)]
    if unsent:
        known = {each.kode_provinsi: each.tanggal_data for each in prepared.province_dates(db)}
        sent |= {code: known[code] for code in unsent}
    return sent


def _years(db: Connection, job: Job, provinces: Sequence[str]) -> dict[str, int]:
    """The year of the data date each province will have."""
    held = store.last_uploads(db, provinces)
    sent = {code: dt.date.fromisoformat(job.sent.loc[code, "tanggal_data"]) for code in provinces}
    return {code: max(day, held[code].largest if code in held else day).year for code, day in sent.items()}


def _counts(
    db: Connection, dates: dict[str, dt.date], years: dict[str, int], referral_resolves: bool
) -> dict[tuple[str, str], int]:
    """The counts by province and kode; those of a year that has no data yet are left out."""
    rows = [(code, day, dt.date(years[code], 1, 1)) for code, day in sorted(dates.items())]
    kinds = {"kode_provinsi": String, "tanggal_data": Date, "awal": Date}
    limit = rows_as_table(db.dialect.name, "batas", kinds, rows)
    k, a = schema.kasus, schema.alasan_terminasi
    by_t = {name: k.c[name] <= limit.c.tanggal_data for name in schema.STEP_DATES}
    kinds_of_end = a.c.kelompok == Kelompok.TERSELESAIKAN.value
    if referral_resolves:
        kinds_of_end = or_(kinds_of_end, k.c.kode_alasan == "R1")
    resolved = and_(by_t["tanggal_terminasi"], kinds_of_end)
    emergency = and_(k.c.prioritas == "darurat", by_t["tanggal_intervensi"])
    recorded = k.c.tanggal_terdata >= limit.c.awal
    wanted = {
        "I01": recorded,
        "I02": and_(recorded, or_(by_t["tanggal_asesmen"], emergency, resolved)),
        "I03K": and_(recorded, resolved),
        "I13": or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > limit.c.tanggal_data),
    }
    query = (
        select(k.c.kode_provinsi, *(func.sum(case((each, 1), else_=0)) for each in wanted.values()))
        .join(limit, limit.c.kode_provinsi == k.c.kode_provinsi)
        .outerjoin(a, a.c.kode_alasan == k.c.kode_alasan)
        .where(by_t["tanggal_terdata"])
        .where(or_(a.c.kelompok.is_(None), a.c.kelompok != Kelompok.ADMINISTRATIF.value))
        .group_by(k.c.kode_provinsi)
    )
    found = {row[0]: dict(zip(wanted, map(int, row[1:]), strict=True)) for row in db.execute(query)}
    none = dict.fromkeys(wanted, 0)
    return {
        (code, kode): found.get(code, none)[kode]
        for code, day, since in rows
        for kode in KODES
        if kode == "I13" or day >= since
    }
