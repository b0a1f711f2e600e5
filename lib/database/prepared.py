"""The case rows as every figure reads them: cut at the data date, no administratif closures, days counted.

One definition serves the snapshot (run once by DuckDB over the copied tables) and the tests (run by SQLite or
PostgreSQL on the case database itself).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    Date,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from lib.database import schema
from lib.database.expressions import rows_as_table, selisih_hari, terbesar
from lib.domain import Kelompok

_DATES = (
    "tanggal_kontak",
    "tanggal_asesmen",
    "tanggal_rencana",
    "tanggal_intervensi",
    "tanggal_terminasi",
    "tanggal_pascalayanan",
)


# Sheets a province may leave out of its workbooks; target is nobody's own.
OPTIONAL_SHEETS = ("kegiatan", "rujukan", "kehadiran")


@dataclass(frozen=True, kw_only=True)
class ProvinceData:
    """What is known of one province's register: T, since when it is complete; None when it never sent.

    `lembar` names the optional sheets it ever sent a row of, separated by spaces.
    """

    kode_provinsi: str
    tanggal_data: dt.date | None
    lengkap_sejak: dt.date | None
    tanpa_keterangan: bool = False
    administratif: int = 0
    lembar: str = ""


def province_dates(connection: Connection) -> list[ProvinceData]:
    """Data date and completeness of every province of the database, read from unggahan, else from the rows.

    T is the largest tanggal_data ever sent, else the latest date in the rows; lengkap_sejak is that of the upload
    that arrived last and had one, else the first date in the rows. Administratif closures do not count as rows.
    """
    uploads = connection.execute(
        select(
            schema.unggahan.c.kode_provinsi,
            schema.unggahan.c.tanggal_data,
            schema.unggahan.c.lengkap_sejak,
        ).order_by(schema.unggahan.c.waktu, schema.unggahan.c.id)
    ).all()
    sent: dict[str, dt.date] = {}
    complete: dict[str, dt.date] = {}
    for kode, tanggal, since in uploads:
        sent[kode] = max(sent.get(kode, tanggal), tanggal)
        if since is not None:
            complete[kode] = since
    first, last = _dates_of_rows(connection)
    removed = dict(
        connection.execute(
            select(schema.kasus.c.kode_provinsi, func.count())
            .join(
                schema.alasan_terminasi, schema.alasan_terminasi.c.kode_alasan == schema.kasus.c.kode_alasan
            )
            .where(schema.alasan_terminasi.c.kelompok == Kelompok.ADMINISTRATIF.value)
            .group_by(schema.kasus.c.kode_provinsi)
        ).all()
    )
    sheets = _sheets_sent(connection)
    result = []
    for kode in connection.execute(select(schema.provinsi.c.kode_provinsi)).scalars():
        tanggal = sent.get(kode, last.get(kode))
        since = complete.get(kode, first.get(kode))
        result.append(
            ProvinceData(
                kode_provinsi=kode,
                tanggal_data=tanggal,
                lengkap_sejak=min(since, tanggal) if since and tanggal else tanggal,
                tanpa_keterangan=kode in last and kode not in sent,
                administratif=removed.get(kode, 0),
                lembar=" ".join(sheets.get(kode, ())),
            )
        )
    return sorted(result, key=lambda province: province.kode_provinsi)


def _dates_of_rows(connection: Connection) -> tuple[dict[str, dt.date], dict[str, dt.date]]:
    """First tanggal_terdata and latest date of each province's cases and their activities."""
    k, a, g = schema.kasus, schema.alasan_terminasi, schema.kegiatan
    valid = or_(a.c.kelompok.is_(None), a.c.kelompok != Kelompok.ADMINISTRATIF.value)
    reasons = k.outerjoin(a, a.c.kode_alasan == k.c.kode_alasan)
    rows = connection.execute(
        select(
            k.c.kode_provinsi,
            func.min(k.c.tanggal_terdata),
            func.max(k.c.tanggal_terdata),
            *(func.max(k.c[name]) for name in (*_DATES, "tanggal_pembaruan")),
        )
        .select_from(reasons)
        .where(valid)
        .group_by(k.c.kode_provinsi)
    ).all()
    first = {row[0]: row[1] for row in rows}
    last = {row[0]: max(value for value in row[2:] if value is not None) for row in rows}
    of_case = and_(g.c.kode_provinsi == k.c.kode_provinsi, g.c.id_kasus == k.c.id_kasus)
    activities = connection.execute(
        select(g.c.kode_provinsi, func.max(g.c.tanggal_kegiatan))
        .select_from(reasons.join(g, of_case))
        .where(valid)
        .group_by(g.c.kode_provinsi)
    ).all()
    for kode, latest in activities:
        last[kode] = max(last[kode], latest)
    return first, last


def _sheets_sent(connection: Connection) -> dict[str, list[str]]:
    """The optional sheets of each province that has any."""
    found: dict[str, list[str]] = {}
    place = schema.provinsi.c.kode_provinsi
    for name in OPTIONAL_SHEETS:
        table = schema.metadata.tables[name]
        # EXISTS stops at the first row of the key; DISTINCT would read millions of kegiatan.
        any_row = select(table.c.kode_provinsi).where(table.c.kode_provinsi == place).exists()
        for kode in connection.execute(select(place).where(any_row)).scalars():
            found.setdefault(kode, []).append(name)
    return found


def dates_table(dialect: str, provinces: list[ProvinceData], name: str):
    """T of each province; the name differs per row set, for one query may read both."""
    rows = [(p.kode_provinsi, p.tanggal_data) for p in provinces if p.tanggal_data]
    return rows_as_table(dialect, name, {"kode_provinsi": String, "tanggal_data": Date}, rows)


def prepared_cases(dialect: str, provinces: list[ProvinceData], *, referral_resolves: bool = False) -> Select:
    """The rows of kasus as they were on their province's tanggal_data.

    Cases recorded after T and administratif closures are left out, dates after T are ignored, durations are
    whole days. `referral_resolves` counts reason R1 (rujukan penuh) as terselesaikan, a policy of the settings.
    """
    k, a, j = schema.kasus, schema.alasan_terminasi, schema.jenis_masalah
    limit = dates_table(dialect, provinces, "batas_kasus")
    known = {name: case((k.c[name] <= limit.c.tanggal_data, k.c[name])) for name in _DATES}
    assessed, intervened, ended = (
        known["tanggal_asesmen"],
        known["tanggal_intervensi"],
        known["tanggal_terminasi"],
    )
    emergency = k.c.prioritas == "darurat"
    response = case(
        (and_(emergency, or_(assessed.is_(None), intervened < assessed)), intervened), else_=assessed
    )
    group = case(
        (and_(literal(referral_resolves), k.c.kode_alasan == "R1"), "terselesaikan"), else_=a.c.kelompok
    )
    activities = _last_activity(limit)
    seen = case(
        (k.c.tanggal_pembaruan <= limit.c.tanggal_data, k.c.tanggal_pembaruan), else_=k.c.tanggal_terdata
    )
    steps = ("tanggal_kontak", "tanggal_asesmen", "tanggal_rencana", "tanggal_intervensi")
    last_activity = terbesar(
        seen,
        k.c.tanggal_terdata,
        *(func.coalesce(known[name], k.c.tanggal_terdata) for name in steps),
        func.coalesce(activities.c.terakhir, k.c.tanggal_terdata),
    )
    again, twins = _next_case(limit), _twins()
    return (
        select(
            k.c.kode_provinsi,
            k.c.kode_kabkota,
            j.c.kode_klaster,
            j.c.kode_pas,
            k.c.kode_jenis,
            j.c.sensitif,
            k.c.id_kasus,
            k.c.id_pendamping,
            case((emergency, 1), else_=0).label("darurat"),
            k.c.prioritas,
            k.c.pendekatan,
            k.c.jenis_kelamin,
            k.c.kelompok_umur,
            k.c.sumber_laporan,
            k.c.tanggal_terdata,
            *(known[name].label(name) for name in _DATES),
            case((ended.is_not(None), group)).label("kelompok"),
            case((ended.is_not(None), k.c.kode_alasan)).label("kode_alasan"),
            response.label("tanggal_respon"),
            last_activity.label("tanggal_aktivitas"),
            selisih_hari(ended, k.c.tanggal_terdata).label("lama_hari"),
            selisih_hari(response, k.c.tanggal_terdata).label("respon_hari"),
            selisih_hari(again.c.berikutnya, ended).label("ulang_hari"),
            *(case((ended.is_not(None), k.c[name])).label(name) for name in schema.OUTCOMES),
            func.coalesce(twins.c.kembar, 0).label("kembar"),
            k.c.tanggal_pertama_masuk,
        )
        .join(limit, limit.c.kode_provinsi == k.c.kode_provinsi)
        .join(j, j.c.kode_jenis == k.c.kode_jenis)
        .outerjoin(a, a.c.kode_alasan == k.c.kode_alasan)
        .outerjoin(
            activities,
            and_(
                activities.c.kode_provinsi == k.c.kode_provinsi,
                activities.c.id_kasus == k.c.id_kasus,
            ),
        )
        .outerjoin(again, and_(again.c.kode_provinsi == k.c.kode_provinsi, again.c.id_kasus == k.c.id_kasus))
        .outerjoin(twins, and_(*(twins.c[name] == k.c[name] for name in _TWIN_KEY)))
        .where(k.c.tanggal_terdata <= limit.c.tanggal_data)
        .where(or_(a.c.kelompok.is_(None), a.c.kelompok != Kelompok.ADMINISTRATIF.value))
    )


def _last_activity(limit):
    g = schema.kegiatan
    return (
        select(g.c.kode_provinsi, g.c.id_kasus, func.max(g.c.tanggal_kegiatan).label("terakhir"))
        .join(limit, limit.c.kode_provinsi == g.c.kode_provinsi)
        .where(g.c.tanggal_kegiatan <= limit.c.tanggal_data)
        .group_by(g.c.kode_provinsi, g.c.id_kasus)
        .subquery("kegiatan_terakhir")
    )


def _next_case(limit):
    """First later case of the same client, of any kind, for cases that have ended."""
    before, after = schema.kasus.alias("sebelum"), schema.kasus.alias("sesudah")
    reason = schema.alasan_terminasi.alias("alasan_sesudah")
    return (
        select(
            before.c.kode_provinsi,
            before.c.id_kasus,
            func.min(after.c.tanggal_terdata).label("berikutnya"),
        )
        .join(
            after,
            and_(
                after.c.kode_provinsi == before.c.kode_provinsi,
                after.c.id_klien == before.c.id_klien,
                after.c.id_kasus != before.c.id_kasus,
                after.c.tanggal_terdata > before.c.tanggal_terminasi,
            ),
        )
        .join(limit, limit.c.kode_provinsi == after.c.kode_provinsi)
        .outerjoin(reason, reason.c.kode_alasan == after.c.kode_alasan)
        .where(after.c.tanggal_terdata <= limit.c.tanggal_data)
        .where(or_(reason.c.kelompok.is_(None), reason.c.kelompok != Kelompok.ADMINISTRATIF.value))
        .group_by(before.c.kode_provinsi, before.c.id_kasus)
        .subquery("kasus_berikut")
    )


_TWIN_KEY = ("kode_provinsi", "id_klien", "kode_jenis", "tanggal_terdata")


def _twins():
    """Client, kind and day that stand on more than one case that is not administratif: kembar 1.

    All cases of one day are cut at T alike, so that T does not matter here.
    """
    k, a = schema.kasus.alias("kasus_kembar"), schema.alasan_terminasi.alias("alasan_kembar")
    return (
        select(*(k.c[name] for name in _TWIN_KEY), literal(1).label("kembar"))
        .select_from(k.outerjoin(a, a.c.kode_alasan == k.c.kode_alasan))
        .where(or_(a.c.kelompok.is_(None), a.c.kelompok != Kelompok.ADMINISTRATIF.value))
        .group_by(*(k.c[name] for name in _TWIN_KEY))
        .having(func.count() > 1)
        .subquery("kasus_kembaran")
    )


def prepared_pendamping(dialect: str, provinces: list[ProvinceData]) -> Select:
    """The rows of pendamping who began by their province's tanggal_data, with `aktif` 1 when active on it."""
    p = schema.pendamping
    limit = dates_table(dialect, provinces, "batas_pendamping")
    left = case((p.c.tanggal_selesai <= limit.c.tanggal_data, p.c.tanggal_selesai), else_=cast(null(), Date))
    active = case(
        (and_(p.c.tanggal_selesai.is_not(None), p.c.tanggal_selesai < limit.c.tanggal_data), 0), else_=1
    )
    return (
        select(
            p.c.kode_provinsi,
            p.c.id_pendamping,
            p.c.kode_kabkota,
            p.c.nama_tampil,
            p.c.jenjang,
            p.c.bersertifikat,
            p.c.sebutan,
            p.c.pendidikan,
            p.c.pelatihan_terakhir,
            p.c.tanggal_mulai,
            left.label("tanggal_selesai"),
            active.label("aktif"),
        )
        .join(limit, limit.c.kode_provinsi == p.c.kode_provinsi)
        .where(p.c.tanggal_mulai <= limit.c.tanggal_data)
    )
