"""Notes on the monthly charts: what happened on a day that explains a rise or a fall."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert, select, update

from lib import application
from lib.decisions.book import Tell, require_write, visible, writer
from lib.decisions.records import Annotation, catatan_grafik, check_province
from lib.domain import Identity, Scope, UserError
from lib.settings import Settings
from lib.text_notes import checked

EARLIEST = dt.date(2000, 1, 1)


def annotate(
    scope: Scope,
    settings: Settings,
    *,
    day: dt.date,
    words: str,
    provinsi: str | None,
    simulated: bool,
    now: dt.datetime,
    today: dt.date,
    who: Identity | None = None,
    tell: Tell | None = None,
) -> int:
    """Keep a note on the charts and give its number.

    Raises UserError for words or a day that make no sense, AccessRefused for an area the scope may not write.
    """
    require_write(scope, provinsi)
    check_province(provinsi)
    teks = checked(words, label="Catatan")
    if not EARLIEST <= day <= today:
        raise UserError(f"Tanggal catatan {day.isoformat()} harus antara 2000-01-01 dan {today.isoformat()}.")
    row = {"simulasi": simulated, "tanggal": day, "teks": teks, "kode_provinsi": provinsi}
    with application.writing(settings) as connection:
        written = insert(catatan_grafik).values(**row, **writer(scope, who, now))
        number = connection.execute(written).inserted_primary_key[0]
        if tell is not None:
            tell(connection, f"catatan grafik {number} baru {day.isoformat()} {provinsi or 'nasional'}")
    return number


def withdraw(
    scope: Scope,
    settings: Settings,
    nomor: int,
    *,
    simulated: bool,
    now: dt.datetime,
    tell: Tell | None = None,
) -> None:
    """Take a note off the charts; it stays in the database.

    Raises UserError for a number that the scope does not see, AccessRefused for an area it may not write.
    """
    table = catatan_grafik
    one = (
        (table.c.nomor == nomor)
        & (table.c.simulasi == simulated)
        & table.c.ditarik.is_(None)
        & visible(scope, table)
    )
    with application.writing(settings) as connection:
        row = connection.execute(select(table.c.kode_provinsi).where(one)).one_or_none()
        if row is None:
            raise UserError(
                f"Catatan {nomor} tidak ada di wilayah Anda atau sudah ditarik; pilih dari daftar."
            )
        require_write(scope, row.kode_provinsi)
        moment = now.astimezone(dt.UTC).replace(tzinfo=None)
        connection.execute(update(table).where(one).values(ditarik=moment))
        if tell is not None:
            tell(connection, f"catatan grafik {nomor} ditarik")


def annotations(
    scope: Scope, settings: Settings, *, simulated: bool, at: dt.datetime | None = None
) -> list[Annotation]:
    """The notes a scope sees, by day, with `at` those that stood then; raises UserError when the application database
    cannot be read."""
    table = catatan_grafik
    stands = table.c.ditarik.is_(None)
    if at is not None:
        moment = at.astimezone(dt.UTC).replace(tzinfo=None)
        stands = (table.c.waktu <= moment) & (stands | (table.c.ditarik > moment))
    query = (
        select(table.c.nomor, table.c.tanggal, table.c.teks, table.c.kode_provinsi)
        .where(table.c.simulasi == simulated, stands, visible(scope, table))
        .order_by(table.c.tanggal, table.c.nomor)
    )
    with application.reading(settings, table) as connection:
        rows = [] if connection is None else connection.execute(query).all()
    return [
        Annotation(nomor=row.nomor, tanggal=row.tanggal, teks=row.teks, provinsi=row.kode_provinsi)
        for row in rows
    ]
