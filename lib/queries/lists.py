"""The cases behind a count: the same conditions as the counts, as rows of states and dates, page by page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import and_, func, or_, select, tuple_

from lib.domain import AccessRefused, CaseFilter, Kelompok, Scope, Thresholds
from lib.periods import Window
from lib.queries.cases import RESOLVED, windows_table
from lib.queries.source import Source, fetch
from lib.scoping import allowed_provinces

AGE_BANDS = {"I14-0": (0, 30), "I14-31": (31, 90), "I14-91": (91, 180), "I14-181": (181, 36_500)}
SORTS = ("tanggal_terdata", "tanggal_aktivitas")
COLUMNS = (
    "kode_provinsi",
    "id_kasus",
    "kode_kabkota",
    "kode_jenis",
    "id_pendamping",
    "prioritas",
    "tanggal_terdata",
    "tanggal_asesmen",
    "tanggal_rencana",
    "tanggal_intervensi",
    "tanggal_terminasi",
    "kelompok",
    "tanggal_aktivitas",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page of a list ended: the sort date and the key of its last case (keyset, not OFFSET)."""

    tanggal: dt.date
    kode_provinsi: str
    id_kasus: str


def _open(k, day):
    return and_(k.c.tanggal_terdata <= day, or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > day))


def _conditions(k, w) -> dict:
    """Per kode the condition of its cases; the same words as in lib.queries.cases."""
    recorded = and_(k.c.tanggal_terdata >= w.c.mulai, k.c.tanggal_terdata <= w.c.akhir)
    ended = k.c.tanggal_terminasi <= w.c.akhir
    resolved = and_(k.c.kelompok == RESOLVED, ended)
    responded = k.c.tanggal_respon <= w.c.akhir
    still_open = _open(k, w.c.akhir)
    silent = or_(
        and_(k.c.darurat == 0, k.c.tanggal_aktivitas < w.c.macet),
        and_(k.c.darurat == 1, k.c.tanggal_aktivitas < w.c.macet_darurat),
    )
    by_now = k.c.tanggal_terdata <= w.c.akhir
    return {
        "I01": recorded,
        "I02": and_(recorded, or_(responded, resolved)),
        "I03": and_(
            k.c.kelompok == RESOLVED, k.c.tanggal_terminasi >= w.c.mulai, k.c.tanggal_terminasi <= w.c.akhir
        ),
        "I03K": and_(recorded, resolved),
        "I13": still_open,
        **{
            kode: and_(
                still_open, k.c.tanggal_terdata >= w.c[f"dari_{kode}"], k.c.tanggal_terdata <= w.c[f"ke_{kode}"]
            )
            for kode in AGE_BANDS
        },
        "I15-n": and_(_open(k, w.c.data), silent),
        "STOK-terdata": and_(still_open, or_(k.c.tanggal_respon.is_(None), ~responded)),
        "STOK-tertangani": and_(still_open, responded),
        "STOK-terselesaikan": and_(by_now, resolved),
        "STOK-ditutup": and_(by_now, ended, k.c.kelompok != RESOLVED),
    }
