"""From a person to a scope: every way in that is not a clear right is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from lib import access, reference, settings, users
from lib.domain import AccessRefused, Identity, Role, Scope, SignInNeeded, Tayang, UserError
from lib.users import User

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
ISSUER = "https://masuk.contoh.go.id"


@pytest.fixture
def values(tmp_path: Path) -> settings.Settings:
    return settings.load(environment={"TUNTAS_DATA": str(tmp_path)})


def person(subject: str = "p1", *, hours_ago: float | None = 1, issuer: str = ISSUER) -> Identity:
    signed_in = None if hours_ago is None else NOW - dt.timedelta(hours=hours_ago)
    return Identity(issuer=issuer, subject=subject, signed_in_at=signed_in)


def user(role: Role, *provinces: str, subject: str = "p1", active: bool = True) -> User:
    return User(issuer=ISSUER, subject=subject, role=role, provinces=provinces, active=active)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (user(Role.DIREKTUR), Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())),
        (user(Role.KOORDINATOR, "33"), Scope(role=Role.KOORDINATOR, provinces=("33",))),
        (user(Role.KOORDINATOR, "34", "33"), Scope(role=Role.KOORDINATOR, provinces=("33", "34"))),
        (
            user(Role.ADMIN_DATA),
            Scope(role=Role.ADMIN_DATA, provinces=reference.all_provinces(), tayang=Tayang.PRESENTASI),
        ),
    ],
)
def test_a_registered_person_gets_the_scope_of_their_row(values, row, expected):
    users.put(values, row, now=NOW)
    assert access.scope_for(values, person(), now=NOW) == expected


@pytest.mark.parametrize(
    ("identity", "error", "words"),
    [
        (None, SignInNeeded, "Masuk dahulu"),
        (person(hours_ago=None), SignInNeeded, "masuk lagi"),
        (person(hours_ago=12.01), SignInNeeded, "12 jam"),
        (person(hours_ago=-1), SignInNeeded, "masuk lagi"),
        (person("p2"), AccessRefused, "belum terdaftar"),
        (person(issuer="https://lain.contoh.go.id"), AccessRefused, "belum terdaftar"),
    ],
)
def test_everybody_else_is_refused(values, identity, error, words):
    users.put(values, user(Role.DIREKTUR), now=NOW)
    with pytest.raises(error, match=words):
        access.scope_for(values, identity, now=NOW)


def test_a_fresh_sign_in_is_known_for_as_long_as_the_setting_says(values):
    users.put(values, user(Role.DIREKTUR), now=NOW)
    assert access.scope_for(values, person(hours_ago=11.99), now=NOW).role is Role.DIREKTUR


def test_an_office_without_users_refuses_everybody(values):
    with pytest.raises(AccessRefused, match="belum terdaftar"):
        access.scope_for(values, person(), now=NOW)


def test_revoked_rights_are_gone_at_the_next_look_and_can_come_back(values):
    users.put(values, user(Role.KOORDINATOR, "33"), now=NOW)
    users.set_active(values, ISSUER, "p1", active=False, now=NOW)
    with pytest.raises(AccessRefused, match="dicabut"):
        access.scope_for(values, person(), now=NOW)
    users.set_active(values, ISSUER, "p1", active=True, now=NOW)
    assert access.scope_for(values, person(), now=NOW).provinces == ("33",)


def test_a_coordinator_without_provinces_sees_nothing(values):
    with pytest.raises(AccessRefused, match="tanpa provinsi"):
        access.scope_of_user(user(Role.KOORDINATOR), person())


def test_new_rights_replace_the_old_ones(values):
    users.put(values, user(Role.KOORDINATOR, "33", "34"), now=NOW)
    users.put(values, user(Role.KOORDINATOR, "35"), now=NOW)
    assert access.scope_for(values, person(), now=NOW).provinces == ("35",)
    assert len(users.everyone(values)) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (user(Role.KOORDINATOR), "paling sedikit satu provinsi"),
        (user(Role.KOORDINATOR, "99"), "“99” tidak dikenal"),
        (user(Role.DIREKTUR, "33"), "tidak memakai provinsi"),
        (User(issuer="contoh", subject="p1", role=Role.DIREKTUR), "bukan alamat"),
        (User(issuer=ISSUER, subject=" ", role=Role.DIREKTUR), "kosong"),
        (User(issuer=ISSUER, subject="x" * 201, role=Role.DIREKTUR), "lebih dari 200"),
        (User(issuer=ISSUER, subject="p1", role=Role.DIREKTUR, label="x" * 81), "persingkat"),
    ],
)
def test_rights_that_make_no_sense_are_not_written(values, row, words):
    with pytest.raises(UserError, match=words):
        users.put(values, row, now=NOW)
    assert users.everyone(values) == []


def test_nobody_unknown_can_be_revoked(values):
    with pytest.raises(UserError, match="tidak terdaftar"):
        users.set_active(values, ISSUER, "p9", active=False, now=NOW)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_may_do_without_sign_in(address):
    assert access.local_scope(address=address).role is Role.DIREKTUR


@pytest.mark.parametrize("address", ["", "0.0.0.0", "10.0.0.5"])  # noqa: S104  addresses that must be refused
def test_other_addresses_may_not(address):
    with pytest.raises(AccessRefused, match="127.0.0.1"):
        access.local_scope(address=address)
