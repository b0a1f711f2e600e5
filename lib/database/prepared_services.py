"""The rows of the optional sheets as every figure reads them: cut at the data date of their province.

What hangs on a case counts only with its prepared case (here, or joined by whoever reads it): what belongs to an
administratif closure or to a case recorded after T vanishes there.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, FromClause, Select, String, and_, case, cast, func, null, select

from lib.database import schema
from lib.database.expressions import rows_as_table
from lib.database.prepared import ProvinceData, dates_table

_OF_CASE = (
    "kode_provinsi",
    "kode_kabkota",
    "kode_klaster",
    "kode_pas",
    "kode_jenis",
    "id_kasus",
    "id_pendamping",
    "tanggal_terdata",
    "tanggal_asesmen",
    "tanggal_rencana",
    "tanggal_intervensi",
    "tanggal_terminasi",
)


def prepared_referrals(dialect: str, provinces: list[ProvinceData]) -> Select:
    """The rows of rujukan made by T, with what was decided by T: acceptance later than T is still menunggu."""
    r = schema.rujukan
    limit = dates_table(dialect, provinces, "batas_rujukan")
    later = and_(r.c.hasil == "diterima", r.c.tanggal_diterima > limit.c.tanggal_data)
    accepted = and_(r.c.hasil == "diterima", r.c.tanggal_diterima <= limit.c.tanggal_data)
    return (
        select(
            r.c.kode_provinsi,
            r.c.id_kasus,
            r.c.tanggal_rujukan,
            r.c.tujuan,
            case((accepted, r.c.tanggal_diterima), else_=cast(null(), Date)).label("tanggal_diterima"),
            case((later, "menunggu"), else_=r.c.hasil).label("hasil"),
        )
        .join(limit, limit.c.kode_provinsi == r.c.kode_provinsi)
        .where(r.c.tanggal_rujukan <= limit.c.tanggal_data)
    )


def prepared_components(dialect: str, provinces: list[ProvinceData], cases: FromClause) -> Select:
    """For each case and component of ATENSI it had by T: the first day, and `pertama` 1 on one of its rows.

    Summing `pertama` over the components counts the cases that had any. `cases` are the prepared cases; what groups
    and filters need of them is repeated here, for joining two million rows at each question takes half a second.
    """
    g = schema.kegiatan
    limit = dates_table(dialect, provinces, "batas_komponen")
    first = (
        select(
            g.c.kode_provinsi,
            g.c.id_kasus,
            g.c.jenis_kegiatan.label("komponen"),
            func.min(g.c.tanggal_kegiatan).label("tanggal_kegiatan"),
        )
        .join(limit, limit.c.kode_provinsi == g.c.kode_provinsi)
        .where(g.c.jenis_kegiatan.in_(schema.KOMPONEN_ATENSI))
        .where(g.c.tanggal_kegiatan <= limit.c.tanggal_data)
        .group_by(g.c.kode_provinsi, g.c.id_kasus, g.c.jenis_kegiatan)
        .subquery("komponen_pertama")
    )
    place = func.row_number().over(
        partition_by=(first.c.kode_provinsi, first.c.id_kasus),
        order_by=(first.c.tanggal_kegiatan, first.c.komponen),
    )
    same_case = and_(cases.c.kode_provinsi == first.c.kode_provinsi, cases.c.id_kasus == first.c.id_kasus)
    return select(
        *(cases.c[name] for name in _OF_CASE),
        first.c.komponen,
        first.c.tanggal_kegiatan,
        case((place == 1, 1), else_=0).label("pertama"),
    ).join_from(first, cases, same_case)


def prepared_attendance(dialect: str, provinces: list[ProvinceData]) -> Select:
    """The rows of kehadiran of the months whose last day is not later than T."""
    a = schema.kehadiran
    rows = [(p.kode_provinsi, last_whole_month(p.tanggal_data)) for p in provinces if p.tanggal_data]
    limit = rows_as_table(
        dialect, "batas_kehadiran", {"kode_provinsi": String, "bulan_terakhir": String}, rows
    )
    return (
        select(a.c.kode_provinsi, a.c.id_pendamping, a.c.bulan, a.c.hari_kerja, a.c.hadir)
        .join(limit, limit.c.kode_provinsi == a.c.kode_provinsi)
        .where(a.c.bulan <= limit.c.bulan_terakhir)
    )


def last_whole_month(day: dt.date) -> str:
    """The last month that is over on that day. Example: 2026-11-20 -> "2026-10"; 2026-11-30 -> "2026-11"."""
    before = (day + dt.timedelta(days=1)).replace(day=1) - dt.timedelta(days=1)
    return f"{before:%Y-%m}"


def prepared_targets() -> Select:
    """All targets: of provinces and, as kode_wilayah 00, national ones."""
    t = schema.target
    return select(t.c.periode, t.c.kode_wilayah, t.c.kode_indikator, t.c.nilai)
