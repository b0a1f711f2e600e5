"""Keeping tindak lanjut: who may write and see which, their figure when decided, and who changed their state when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Table, insert, or_, select, update

from lib import application
from lib.decisions import movement
from lib.decisions.records import (
    Change,
    Decision,
    Draft,
    Reading,
    State,
    check_codes,
    perubahan,
    tindak_lanjut,
)
from lib.domain import AccessRefused, Identity, Role, Scope, UserError
from lib.measure import Source
from lib.settings import Settings
from lib.text_notes import LONGEST_OFFICE, checked

LONGEST_WAIT = dt.timedelta(days=731)
# Tells the access trail inside the same transaction: nothing is written without its line.
Tell = Callable[[Connection, str], None]


def may_write(scope: Scope, provinsi: str | None) -> bool:
    """A direktur writes everywhere, a coordinator for own provinces only, nobody else at all."""
    if scope.role is Role.DIREKTUR:
        return provinsi is None or provinsi in scope.provinces
    return scope.role is Role.KOORDINATOR and provinsi in scope.provinces


def require_write(scope: Scope, provinsi: str | None) -> None:
    """Raise AccessRefused where `may_write` says no."""
    if not may_write(scope, provinsi):
        raise AccessRefused(
            "Wilayah ini tidak dapat Anda tulis: direktur menulis untuk semua wilayah, koordinator untuk provinsinya "
            "sendiri; pilih wilayah lain."
        )


def visible(scope: Scope, table: Table):
    """What a scope may see of a table: the nation's rows and those of own provinces; nothing with an empty scope."""
    own = table.c.kode_provinsi.in_(scope.provinces)
    return or_(own, table.c.kode_provinsi.is_(None)) if scope.provinces else own


def writer(scope: Scope, who: Identity | None, now: dt.datetime) -> dict:
    """The columns that say who wrote a line and when."""
    return {
        "waktu": now.astimezone(dt.UTC).replace(tzinfo=None),
        "penerbit": who.issuer if who else None,
        "subjek": who.subject if who else None,
        "peran": scope.role.value,
    }


def put(
    scope: Scope,
    settings: Settings,
    draft: Draft,
    *,
    source: Source,
    now: dt.datetime,
    today: dt.date,
    who: Identity | None = None,
    tell: Tell | None = None,
    then: tuple[Reading, Reading] | None = None,
) -> int:
    """Keep a new tindak lanjut with its figure as it stands in `source` (or `then`), and give its number.

    Raises UserError for words, codes or a due date that make no sense, AccessRefused for an area the scope may not
    write.
    """
    require_write(scope, draft.provinsi)
    check_codes(draft.kode, draft.provinsi, draft.klaster)
    words = checked(draft.keputusan, label="Keputusan")
    office = checked(draft.penanggung, label="Penanggung jawab", longest=LONGEST_OFFICE)
    if not today <= draft.tenggat <= today + LONGEST_WAIT:
        raise UserError(
            f"Tenggat {draft.tenggat.isoformat()} harus antara {today.isoformat()} dan dua tahun sesudahnya; "
            "pilih tanggal lain."
        )
    exact, shown = then or movement.when_decided(scope, draft, source=source, limits=settings.ambang)
    own = writer(scope, who, now) | {"simulasi": source.simulasi}
    row = own | {
        "keputusan": words,
        "kode": draft.kode,
        "kode_provinsi": draft.provinsi,
        "kode_klaster": draft.klaster,
        "penanggung": office,
        "diputuskan": today,
        "tenggat": draft.tenggat,
        "keadaan": State.TERBUKA.value,
        "dari": exact.dari,
        "sampai": exact.sampai,
        "nilai": exact.nilai,
        "alasan": exact.alasan,
        "nilai_tayang": shown.nilai,
        "alasan_tayang": shown.alasan,
        "tanggal_data": exact.tanggal_data,
        "versi": exact.versi,
    }
    with application.writing(settings) as connection:
        number = connection.execute(insert(tindak_lanjut).values(**row)).inserted_primary_key[0]
        first = {"nomor_tindak_lanjut": number, "menjadi": State.TERBUKA.value}
        connection.execute(insert(perubahan).values(**own, **first))
        if tell is not None:
            tell(connection, f"tindak lanjut {number} baru {draft.kode} {draft.provinsi or 'nasional'}")
    return number


def change(
    scope: Scope,
    settings: Settings,
    nomor: int,
    state: State,
    *,
    seen: State,
    simulated: bool,
    now: dt.datetime,
    note: str = "",
    who: Identity | None = None,
    tell: Tell | None = None,
) -> None:
    """Give a tindak lanjut another state; `seen` is the state its writer saw.

    Raises UserError for a number that the scope does not see, the same state, or one changed by somebody else
    meanwhile; AccessRefused for an area the scope may not write.
    """
    words = checked(note, label="Catatan", required=False) or None
    table = tindak_lanjut
    one = (table.c.nomor == nomor) & (table.c.simulasi == simulated) & visible(scope, table)
    with application.writing(settings) as connection:
        row = connection.execute(select(table.c.kode_provinsi, table.c.keadaan).where(one)).one_or_none()
        if row is None:
            raise UserError(f"Tindak lanjut {nomor} tidak ada di wilayah Anda; pilih dari daftar.")
        require_write(scope, row.kode_provinsi)
        if state is seen:
            raise UserError(f"Tindak lanjut {nomor} sudah {state.value}; pilih keadaan lain.")
        moved = update(table).where(one, table.c.keadaan == seen.value).values(keadaan=state.value)
        if connection.execute(moved).rowcount != 1:
            raise UserError(
                f"Tindak lanjut {nomor} baru saja diubah orang lain menjadi {row.keadaan}; periksa, lalu pilih lagi."
            )
        step = {"nomor_tindak_lanjut": nomor, "dari": seen.value, "menjadi": state.value, "catatan": words}
        connection.execute(insert(perubahan).values(**writer(scope, who, now), simulasi=simulated, **step))
        if tell is not None:
            tell(connection, f"tindak lanjut {nomor} {seen.value} menjadi {state.value}")


def listed(
    scope: Scope,
    settings: Settings,
    *,
    simulated: bool,
    states: Sequence[State] = tuple(State),
    at: dt.datetime | None = None,
) -> list[Decision]:
    """The tindak lanjut a scope sees, open ones first, the earliest due date first; with `at` as they stood then.

    Raises UserError when the application database cannot be read.
    """
    table = tindak_lanjut
    query = select(table).where(table.c.simulasi == simulated, visible(scope, table))
    with application.reading(settings, table) as connection:
        rows = [] if connection is None else connection.execute(query).all()
        known = {} if connection is None or at is None else _stood(connection, simulated, at)
    if at is None:
        found = [_decision(row, State(row.keadaan)) for row in rows]
    else:
        found = [_decision(row, known[row.nomor]) for row in rows if row.nomor in known]
    found = [each for each in found if each.keadaan in states]
    return sorted(found, key=lambda each: (not each.is_open, each.tenggat, each.nomor))


def _stood(connection: Connection, simulated: bool, at: dt.datetime) -> dict[int, State]:
    """The state at a moment of every tindak lanjut that there was then."""
    moment = at.astimezone(dt.UTC).replace(tzinfo=None)
    query = (
        select(perubahan.c.nomor_tindak_lanjut, perubahan.c.menjadi)
        .where(perubahan.c.simulasi == simulated, perubahan.c.waktu <= moment)
        .order_by(perubahan.c.nomor)
    )
    return {number: State(state) for number, state in connection.execute(query)}


def _decision(row, state: State) -> Decision:
    at = {
        "kode": row.kode,
        "dari": row.dari,
        "sampai": row.sampai,
        "tanggal_data": row.tanggal_data,
        "versi": row.versi,
    }
    return Decision(
        nomor=row.nomor,
        keputusan=row.keputusan,
        kode=row.kode,
        provinsi=row.kode_provinsi,
        klaster=row.kode_klaster,
        penanggung=row.penanggung,
        diputuskan=row.diputuskan,
        tenggat=row.tenggat,
        keadaan=state,
        then=Reading(nilai=row.nilai, alasan=row.alasan, **at),
        then_shown=Reading(nilai=row.nilai_tayang, alasan=row.alasan_tayang, **at),
    )


def changes(scope: Scope, settings: Settings, *, simulated: bool) -> list[Change]:
    """Every change of state of the tindak lanjut a scope sees, newest first."""
    joined = perubahan.join(tindak_lanjut, perubahan.c.nomor_tindak_lanjut == tindak_lanjut.c.nomor)
    query = (
        select(perubahan)
        .select_from(joined)
        .where(perubahan.c.simulasi == simulated, visible(scope, tindak_lanjut))
        .order_by(perubahan.c.nomor.desc())
    )
    with application.reading(settings, perubahan) as connection:
        rows = [] if connection is None else connection.execute(query).all()
    return [
        Change(
            nomor=row.nomor_tindak_lanjut,
            dari=State(row.dari) if row.dari else None,
            menjadi=State(row.menjadi),
            waktu=row.waktu,
            peran=Role(row.peran) if row.peran else None,
            catatan=row.catatan,
        )
        for row in rows
    ]
