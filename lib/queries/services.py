"""Grouped counts of what was done for cases: referrals, components, outcomes, approaches; attendance and targets.

Referrals are joined with the prepared cases, and components hold what is needed of them, so that filters on cases
hold and what belongs to an administratif or unknown case is not counted. Every function takes the scope first.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import and_, case, func, literal_column, select

from lib.database import schema
from lib.database.expressions import selisih_hari
from lib.database.prepared_services import last_whole_month
from lib.domain import AccessRefused, CaseFilter, Dimensi, Scope
from lib.periods import Window
from lib.queries.cases import RESOLVED, Count, count_where, grouped, windows_table
from lib.queries.people import of_filter
from lib.queries.source import Source, fetch

NATIONAL = "00"
# The values a figure lists, also those that nobody has.
VALUES = {
    "jenjang": tuple(range(3, 10)),
    "sebutan": schema.SEBUTAN,
    "pendidikan": schema.PENDIDIKAN,
    "pendekatan": schema.PENDEKATAN,
    "komponen": schema.KOMPONEN_ATENSI,
}


def _of_case(rows, k):
    return and_(rows.c.kode_provinsi == k.c.kode_provinsi, rows.c.id_kasus == k.c.id_kasus)


def referrals(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Referrals made in the window: n; as decided by T: diterima, ditolak, diputuskan (both), tanpa_tanggal (accepted
    without a day)."""
    r = source.rujukan
    accepted, refused = r.c.hasil == "diterima", r.c.hasil == "ditolak"

    def build(k, w):
        return (
            [
                func.count().label("n"),
                count_where(accepted).label("diterima"),
                count_where(refused).label("ditolak"),
                count_where(r.c.hasil != "menunggu").label("diputuskan"),
                count_where(and_(accepted, r.c.tanggal_diterima.is_(None))).label("tanpa_tanggal"),
            ],
            _made(r, k, w),
        )

    beside = ((r, _of_case(r, source.kasus), False),)
    return grouped(scope, source, case_filter, windows, per, build, beside=beside)


def _made(r, k, w):
    return and_(
        r.c.tanggal_rujukan >= w.c.mulai,
        r.c.tanggal_rujukan <= w.c.akhir,
        k.c.tanggal_terdata <= w.c.akhir,
    )


def referral_waits(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Referrals made in the window by lama_hari and hasil at t: diterima after so many days, or menunggu for so many.

    Refused ones and those accepted without a day are left out.
    """
    r = source.rujukan

    def known(w):
        return r.c.tanggal_diterima <= w.c.akhir

    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        lambda k, w: (
            [func.count().label("n")],
            and_(
                _made(r, k, w),
                r.c.hasil != "ditolak",
                (r.c.hasil == "menunggu") | r.c.tanggal_diterima.is_not(None),
            ),
        ),
        more_keys=lambda k, w: [
            selisih_hari(case((known(w), r.c.tanggal_diterima), else_=w.c.akhir), r.c.tanggal_rujukan).label(
                "lama_hari"
            ),
            case((known(w), literal_column("'diterima'")), else_=literal_column("'menunggu'")).label("hasil"),
        ],
        beside=((r, _of_case(r, source.kasus), False),),
    )


def _outcome_columns(k, w) -> dict:
    results = [k.c[name] for name in schema.OUTCOMES]
    return {
        "n": None,
        "terisi": and_(*(result.is_not(None) for result in results)),
        "baik": and_(*(result == 1 for result in results)),
    }


OUTCOMES = Count(
    of=lambda k, w: and_(
        k.c.kelompok == RESOLVED, k.c.tanggal_terminasi >= w.c.mulai, k.c.tanggal_terminasi <= w.c.akhir
    ),
    columns=_outcome_columns,
)
"""Cases terselesaikan in the window: n, terisi (all three outcomes known), baik (all three 1)."""


def approaches(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Cases recorded in the window by pendekatan (None where unknown): n."""
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
        more_keys=lambda k, w: [k.c.pendekatan.label("pendekatan")],
    )


def components(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Cases recorded in the window by komponen they had by t: n; and pertama, which summed over the components counts
    the cases that had any."""
    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        lambda k, w: (
            [func.count().label("n"), func.sum(k.c.pertama).label("pertama")],
            and_(
                k.c.tanggal_terdata >= w.c.mulai,
                k.c.tanggal_terdata <= w.c.akhir,
                k.c.tanggal_kegiatan <= w.c.akhir,
            ),
        ),
        more_keys=lambda k, w: [k.c.komponen.label("komponen")],
        rows=source.komponen,
    )


def attendance(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Days hadir and hari_kerja of the months whose last day lies in the window, by the dimension of the person."""
    a, p = source.kehadiran, source.pendamping
    months = {
        "bulan_awal": [f"{window.mulai:%Y-%m}" for window in windows],
        "bulan_akhir": [last_whole_month(window.akhir) for window in windows],
    }
    w = windows_table(source, windows, scope, months, texts=tuple(months))
    keys = {
        None: [],
        Dimensi.PROVINSI: [p.c.kode_provinsi.label("provinsi")],
        Dimensi.KABKOTA: [p.c.kode_kabkota.label("kabkota")],
        Dimensi.PENDAMPING: [p.c.kode_provinsi.label("provinsi"), p.c.id_pendamping.label("pendamping")],
        Dimensi.BULAN: [w.c.nomor.label("bulan")],
    }[per]
    inside = and_(
        w.c.kode_provinsi == a.c.kode_provinsi, a.c.bulan >= w.c.bulan_awal, a.c.bulan <= w.c.bulan_akhir
    )
    person = and_(p.c.kode_provinsi == a.c.kode_provinsi, p.c.id_pendamping == a.c.id_pendamping)
    query = (
        select(*keys, func.sum(a.c.hadir).label("hadir"), func.sum(a.c.hari_kerja).label("hari_kerja"))
        .select_from(a.join(p, person).join(w, inside))
        .where(*of_filter(scope, p, case_filter))
    )
    return fetch(scope, source, query.group_by(*keys) if keys else query)


def targets(scope: Scope, source: Source, places: Sequence[str]) -> pd.DataFrame:
    """All targets of the named provinces inside the scope, or of 00 (national): periode, wilayah, kode, nilai.

    Raises AccessRefused for a province outside the scope.
    """
    outside = sorted(set(places) - {NATIONAL} - set(scope.provinces))
    if outside:
        raise AccessRefused(f"Target provinsi {', '.join(outside)} di luar wilayah yang boleh Anda lihat.")
    t = source.target
    query = select(
        t.c.periode,
        t.c.kode_wilayah.label("wilayah"),
        t.c.kode_indikator.label("kode"),
        t.c.nilai,
    ).where(t.c.kode_wilayah.in_(list(places)))
    return fetch(scope, source, query)
