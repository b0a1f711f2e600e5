"""Who may see what: from the person who signed in to the Scope every query takes."""

from __future__ import annotations

import datetime as dt

from lib import reference, users
from lib.domain import AccessRefused, Identity, Role, Scope, SignInNeeded, Tayang
from lib.settings import Settings
from lib.users import User

LOCAL_ADDRESSES = ("127.0.0.1", "localhost", "::1")
NOT_CONFIGURED = (
    "Basis data ini berisi kasus nyata, dan cara masuk belum diatur. Atur bagian [auth] pada "
    ".streamlit/secrets.toml menurut README bagian Keamanan; atau, untuk memakai Tuntas di komputer ini saja, jalankan "
    "dengan TUNTAS_TANPA_MASUK=1 pada alamat 127.0.0.1."
)


def scope_of(role: Role, provinces: tuple[str, ...] = ()) -> Scope:
    """What a role may see: a coordinator the own provinces; admin_data counts of the whole country, made harmless.

    Raises AccessRefused for a coordinator without a province.
    """
    if role is Role.DIREKTUR:
        return Scope(role=role, provinces=reference.all_provinces())
    if role is Role.ADMIN_DATA:
        return Scope(role=role, provinces=reference.all_provinces(), tayang=Tayang.PRESENTASI)
    own = tuple(kode for kode in provinces if kode in reference.names("provinsi"))
    if not own:
        raise AccessRefused(
            "Akun Anda koordinator tanpa provinsi; minta pengelola data mengisi provinsi Anda."
        )
    return Scope(role=role, provinces=own)


def local_scope(*, address: str) -> Scope:
    """The scope of whoever sits at this machine with TUNTAS_TANPA_MASUK=1; raises AccessRefused elsewhere."""
    if address in LOCAL_ADDRESSES:
        return scope_of(Role.DIREKTUR)
    raise AccessRefused(
        f"TUNTAS_TANPA_MASUK=1 hanya berlaku pada alamat 127.0.0.1, sedangkan server berjalan di "
        f"{address or 'semua alamat'}. Jalankan dengan `--server.address 127.0.0.1`."
    )


def scope_for(settings: Settings, identity: Identity | None, *, now: dt.datetime) -> Scope:
    """The scope of a person, looked up now: revoked rights are gone at the next click.

    Raises SignInNeeded for nobody or a sign-in that is too old, AccessRefused for somebody unknown, revoked or
    without a province.
    """
    if identity is None:
        raise SignInNeeded("Masuk dahulu untuk melihat halaman ini.")
    _check_age(settings, identity, now)
    return scope_of_user(users.find(settings, identity), identity)


def _check_age(settings: Settings, identity: Identity, now: dt.datetime) -> None:
    signed_in = identity.signed_in_at
    longest = dt.timedelta(hours=settings.masuk_jam)
    # A moment in the future beyond ordinary differences of clocks is no proof of a fresh sign-in.
    if signed_in is None or not -dt.timedelta(minutes=5) <= now - signed_in <= longest:
        raise SignInNeeded(f"Masa masuk Anda ({settings.masuk_jam:g} jam) sudah lewat; masuk lagi.")


def scope_of_user(user: User | None, identity: Identity) -> Scope:
    """The scope of a user's row; raises AccessRefused where there is none, or it gives no right."""
    if user is None:
        raise AccessRefused(
            "Akun Anda belum terdaftar di Tuntas. Berikan dua keterangan ini kepada pengelola data: penerbit "
            f"“{identity.issuer}”, subjek “{identity.subject}”."
        )
    if not user.active:
        raise AccessRefused("Hak akun Anda sudah dicabut; hubungi pengelola data bila ini keliru.")
    return scope_of(user.role, user.provinces)
