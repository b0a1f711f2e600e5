"""Invented tindak lanjut and notes of the demonstration, about the real figures of the simulated data.

Their figure when decided is that of the day: from the riwayat, or counted anew from the dates in the rows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import delete

from lib import access, application
from lib.decisions import book, movement, notes
from lib.decisions.records import Draft, State, catatan_grafik, perubahan, tindak_lanjut
from lib.domain import Role
from lib.measure import Source
from lib.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Invented:
    """A decision of the month-end `bulan` months before the data date, due `tenggat` days after that date."""

    keputusan: str
    kode: str
    penanggung: str
    bulan: int
    tenggat: int
    provinsi: str | None = None
    klaster: str | None = None
    states: tuple[tuple[State, str], ...] = ()


DECISIONS = (
    Invented(
        # Not macet: what moved a case last is overwritten by what came later, so its past cannot be counted anew.
        keputusan="Kasus yang lama terbuka ditelaah bersama pendamping setiap dua minggu",
        kode="I13",
        penanggung="Koordinator provinsi",
        provinsi="33",
        bulan=3,
        tenggat=-12,
        states=((State.BERJALAN, "Telaah pertama sudah dilakukan"),),
    ),
    Invented(
        keputusan="Asesmen paling lambat 14 hari: pembagian kasus baru setiap Senin",
        kode="I11",
        penanggung="Koordinator provinsi",
        provinsi="35",
        bulan=5,
        tenggat=25,
        states=((State.BERJALAN, ""),),
    ),
    Invented(
        keputusan="Kasus baru dialihkan ke pendamping yang bebannya masih wajar",
        kode="I18-rata",
        penanggung="Sentra",
        provinsi="32",
        bulan=2,
        tenggat=-3,
    ),
    Invented(
        keputusan="Rencana intervensi disetujui paling lambat 7 hari sesudah asesmen",
        kode="I12-rencana",
        penanggung="Dinas Sosial",
        bulan=5,
        tenggat=40,
    ),
    Invented(
        keputusan="Panduan singkat penyelesaian kasus anak dibagikan ke semua provinsi",
        kode="I04-180",
        penanggung="Direktur",
        klaster="ANAK",
        bulan=5,
        tenggat=70,
        states=((State.BERJALAN, "Rancangan selesai"),),
    ),
    Invented(
        keputusan="Lengkapi tanggal respon pada kiriman data bulanan",
        kode="I10",
        penanggung="Pengelola data",
        bulan=8,
        tenggat=-60,
        states=((State.BERJALAN, ""), (State.SELESAI, "Kiriman tiga bulan terakhir lengkap")),
    ),
)
# Days before the newest data date, words, province.
NOTES = (
    (140, "Formulir asesmen baru mulai dipakai di semua provinsi", None),
    (65, "Pelatihan pendamping se-Jawa Tengah", "33"),
)


def forget(settings: Settings) -> None:
    """Drop what goes with simulated figures: another simulation is another office."""
    with application.writing(settings) as connection:
        for table in (perubahan, tindak_lanjut, catatan_grafik):
            connection.execute(delete(table).where(table.c.simulasi))


def write(settings: Settings, source: Source, *, now: dt.datetime) -> None:
    """Keep DECISIONS and NOTES in place of earlier ones of a simulation; nothing where no province sent data.

    Raises ValueError for figures that are not simulated, UserError when the application database cannot be written.
    """
    if not source.simulasi:
        raise ValueError("invented decisions go with simulated figures only")
    forget(settings)
    newest = movement.newest_date(source, None)
    if newest is None:
        return
    scope = access.scope_of(Role.DIREKTUR)
    for each in DECISIONS:
        _decide(settings, source, each, newest)
    for days, words, provinsi in NOTES:
        day = newest - dt.timedelta(days=days)
        said = {"day": day, "words": words, "provinsi": provinsi, "simulated": True}
        notes.annotate(scope, settings, **said, now=now, today=newest)


def _decide(settings: Settings, source: Source, each: Invented, newest: dt.date) -> None:
    scope, day = access.scope_of(Role.DIREKTUR), month_end(newest, each.bulan)
    draft = Draft(
        keputusan=each.keputusan,
        kode=each.kode,
        penanggung=each.penanggung,
        tenggat=newest + dt.timedelta(days=each.tenggat),
        provinsi=each.provinsi,
        klaster=each.klaster,
    )
    found = movement.when_decided(scope, draft, source=source, limits=settings.ambang, day=day)
    # Told of that day, from the rows of the present version.
    then = tuple(replace(reading, tanggal_data=day) for reading in found)
    moment = dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)
    number = book.put(scope, settings, draft, source=source, now=moment, today=day, then=then)
    before = State.TERBUKA
    for step, (state, note) in enumerate(each.states, start=1):
        book.change(
            scope,
            settings,
            number,
            state,
            seen=before,
            simulated=True,
            now=moment + dt.timedelta(days=14 * step),
            note=note,
        )
        before = state


def month_end(day: dt.date, months: int) -> dt.date:
    """The last day of the month so many months earlier. Example: (20 November 2026, 1) -> 31 October 2026."""
    number = day.year * 12 + day.month - months
    return dt.date(number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)
