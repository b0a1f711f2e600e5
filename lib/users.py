"""Who has which rights: the table pengguna of the application database, looked up anew for every page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from lib import application, reference
from lib.application import pengguna, pengguna_provinsi
from lib.domain import Identity, Role, UserError
from lib.settings import Settings

LONGEST = 200
LONGEST_LABEL = 80


@dataclass(frozen=True, kw_only=True)
class User:
    """A person's rights. `label` is how the office calls them; `provinces` is empty unless a coordinator's."""

    issuer: str
    subject: str
    role: Role
    provinces: tuple[str, ...] = ()
    active: bool = True
    label: str | None = None


def find(settings: Settings, identity: Identity) -> User | None:
    """The rights of whoever signed in, None for somebody unknown; raises UserError when they cannot be read."""
    found = _read(settings, False, identity.issuer, identity.subject)
    return found[0] if found else None


def everyone(settings: Settings, *, simulated: bool = False) -> list[User]:
    """All users, revoked ones too, by role and label; with `simulated` the demonstration's, who have no right."""
    found = _read(settings, simulated)
    return sorted(found, key=lambda user: (user.role, user.label or "", user.issuer, user.subject))


def _read(
    settings: Settings, simulated: bool, issuer: str | None = None, subject: str | None = None
) -> list[User]:
    people = select(pengguna).where(pengguna.c.simulasi == simulated)
    places = select(pengguna_provinsi).where(pengguna_provinsi.c.simulasi == simulated)
    if issuer is not None:
        people = people.where(pengguna.c.penerbit == issuer, pengguna.c.subjek == subject)
        places = places.where(pengguna_provinsi.c.penerbit == issuer, pengguna_provinsi.c.subjek == subject)
    with application.reading(settings, pengguna) as connection:
        if connection is None:
            return []
        rows = connection.execute(people).all()
        provinces: dict[tuple[str, str], list[str]] = {}
        for row in connection.execute(places):
            provinces.setdefault((row.penerbit, row.subjek), []).append(row.kode_provinsi)
    return [
        User(
            issuer=row.penerbit,
            subject=row.subjek,
            role=Role(row.peran),
            provinces=tuple(sorted(provinces.get((row.penerbit, row.subjek), []))),
            active=row.aktif,
            label=row.sebutan,
        )
        for row in rows
    ]


def put(
    settings: Settings,
    user: User,
    *,
    now: dt.datetime,
    simulated: bool = False,
    tell: Callable[[Connection], None] | None = None,
) -> None:
    """Write a user's rights, replacing earlier ones; raises UserError for rights that make no sense.

    `tell` writes into the same transaction: no right is given without its line in the access trail.
    """
    check(user)
    key = {"penerbit": user.issuer, "subjek": user.subject, "simulasi": simulated}
    with application.writing(settings) as connection:
        for table in (pengguna, pengguna_provinsi):
            connection.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
        connection.execute(
            insert(pengguna).values(
                **key, peran=user.role.value, aktif=user.active, sebutan=user.label, diubah=_utc(now)
            )
        )
        if user.provinces:
            rows = [key | {"kode_provinsi": kode} for kode in user.provinces]
            connection.execute(insert(pengguna_provinsi), rows)
        if tell is not None:
            tell(connection)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def described(user: User) -> str:
    """A user's rights for the access trail. Example: "p1 (https://masuk.go.id): koordinator_provinsi 33,34 aktif"."""
    state = "aktif" if user.active else "dicabut"
    places = f" {','.join(user.provinces)}" if user.provinces else ""
    return f"{user.subject} ({user.issuer}): {user.role.value}{places} {state}"


def check(user: User) -> None:
    """Raise UserError where a user's rights make no sense."""
    for name, value in (("Penerbit", user.issuer), ("Subjek", user.subject)):
        if not value.strip() or len(value) > LONGEST:
            raise UserError(f"{name} “{value}” kosong atau lebih dari {LONGEST} huruf; periksa lagi.")
    if not user.issuer.startswith(("https://", "http://")):
        raise UserError(
            f"Penerbit “{user.issuer}” bukan alamat; tulis alamat penyedia masuk, misalnya https://masuk.contoh.go.id."
        )
    if user.label is not None and len(user.label) > LONGEST_LABEL:
        raise UserError(f"Sebutan lebih dari {LONGEST_LABEL} huruf; persingkat.")
    _check_provinces(user.role, user.provinces)


def _check_provinces(role: Role, provinces: Sequence[str]) -> None:
    wrong = [kode for kode in provinces if kode not in reference.names("provinsi")]
    if wrong:
        raise UserError(
            f"Provinsi “{', '.join(wrong)}” tidak dikenal; gunakan kode dari data/referensi/provinsi."
        )
    if role is Role.KOORDINATOR and not provinces:
        raise UserError("Koordinator provinsi memerlukan paling sedikit satu provinsi; tambahkan kodenya.")
    if role is not Role.KOORDINATOR and provinces:
        raise UserError(f"Peran {role.value} tidak memakai provinsi; hapus pilihan provinsinya.")


def set_active(
    settings: Settings,
    issuer: str,
    subject: str,
    *,
    active: bool,
    now: dt.datetime,
    tell: Callable[[Connection], None] | None = None,
) -> None:
    """Revoke a user's rights, or give them back; raises UserError for somebody unknown. `tell` as in `put`."""
    with application.writing(settings) as connection:
        changed = connection.execute(
            update(pengguna)
            .where(
                pengguna.c.penerbit == issuer, pengguna.c.subjek == subject, pengguna.c.simulasi.is_(False)
            )
            .values(aktif=active, diubah=_utc(now))
        ).rowcount
        if changed and tell is not None:
            tell(connection)
    if not changed:
        raise UserError(f"Pengguna “{subject}” dari {issuer} tidak terdaftar; lihat `pengguna daftar`.")
