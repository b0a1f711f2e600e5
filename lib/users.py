"""Who has which rights: the table pengguna of the application database, looked up anew for every page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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
    found = _read(settings, identity.issuer, identity.subject)
    return found[0] if found else None


def everyone(settings: Settings) -> list[User]:
    """All users, revoked ones too, by role and label."""
    return sorted(_read(settings), key=lambda user: (user.role, user.label or "", user.issuer, user.subject))


def _read(settings: Settings, issuer: str | None = None, subject: str | None = None) -> list[User]:
    people, places = select(pengguna), select(pengguna_provinsi)
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


def put(settings: Settings, user: User, *, now: dt.datetime) -> None:
    """Write a user's rights, replacing earlier ones; raises UserError for rights that make no sense."""
    check(user)
    stamp = now.astimezone(dt.UTC).replace(tzinfo=None)
    with application.writing(settings) as connection:
        _drop(connection, user.issuer, user.subject)
        connection.execute(
            insert(pengguna).values(
                penerbit=user.issuer,
                subjek=user.subject,
                peran=user.role.value,
                aktif=user.active,
                sebutan=user.label,
                diubah=stamp,
            )
        )
        if user.provinces:
            connection.execute(
                insert(pengguna_provinsi),
                [
                    {"penerbit": user.issuer, "subjek": user.subject, "kode_provinsi": kode}
                    for kode in user.provinces
                ],
            )


def _drop(connection: Connection, issuer: str, subject: str) -> None:
    for table in (pengguna, pengguna_provinsi):
        connection.execute(delete(table).where(table.c.penerbit == issuer, table.c.subjek == subject))


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


def set_active(settings: Settings, issuer: str, subject: str, *, active: bool, now: dt.datetime) -> None:
    """Revoke a user's rights, or give them back; raises UserError for somebody unknown."""
    with application.writing(settings) as connection:
        changed = connection.execute(
            update(pengguna)
            .where(pengguna.c.penerbit == issuer, pengguna.c.subjek == subject)
            .values(aktif=active, diubah=now.astimezone(dt.UTC).replace(tzinfo=None))
        ).rowcount
    if not changed:
        raise UserError(f"Pengguna “{subject}” dari {issuer} tidak terdaftar; lihat `pengguna daftar`.")
