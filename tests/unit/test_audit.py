"""The access trail: what is told, that it stays, and that nothing about clients gets in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from lib import application, audit, settings
from lib.audit import Event
from lib.domain import Identity, Role, Scope, UserError

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
WHO = Identity(issuer="https://masuk.contoh.go.id", subject="p1")
SCOPE = Scope(role=Role.KOORDINATOR, provinces=("33", "34"))


@pytest.fixture
def values(tmp_path: Path) -> settings.Settings:
    return settings.load(environment={"TUNTAS_DATA": str(tmp_path)})


def test_a_line_tells_who_saw_what_where_and_when(values):
    audit.record(
        values, Event.LIHAT, now=NOW, who=WHO, scope=SCOPE, page="provinsi", asked={"provinsi": "33"}
    )
    row = audit.trail(values).iloc[0]
    assert row["waktu"] == NOW
    assert row[["kejadian", "peran", "wilayah", "halaman", "saringan", "subjek"]].tolist() == [
        *("lihat", "koordinator_provinsi", "33,34", "provinsi", "provinsi=33", "p1")
    ]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({}, ""),
        ({"klaster": "ANAK", "dari": "2026-01-01"}, "dari=2026-01-01 klaster=ANAK"),
        ({"kode": "I26-I05-180K", "tahap": "asesmen"}, "kode=I26-I05-180K tahap=asesmen"),
        ({"kabkota": "33.74", "orang": "33-012"}, "kabkota=33.74 orang=33-012"),
        ({"kasus": "33~2026-33-000123"}, "kasus=satu-kasus"),
        ({"sorot_kasus": "2026-33-000123"}, "sorot_kasus=satu-kasus"),
        ({"cari_orang": "Sutini"}, "…"),
        ({"orang": "Sutini"}, "orang=…"),
        ({"provinsi": "3374012345670001"}, "provinsi=…"),
        ({"klaster": "327301-010190-0001"}, "klaster=…"),
        ({"3374012345670001": "1"}, "…"),
        ({"nama": "Budi"}, "…"),
    ],
)
def test_only_codes_of_an_address_are_kept(values, asked, kept):
    audit.record(values, Event.LIHAT, now=NOW, who=WHO, asked=asked)
    assert audit.trail(values)["saringan"].tolist() == [kept]


def test_the_trail_is_found_by_time_event_and_person(values):
    other = Identity(issuer=WHO.issuer, subject="p2")
    for days, event, who in ((40, Event.LIHAT, WHO), (2, Event.UNDUH, WHO), (1, Event.LIHAT, other)):
        audit.record(values, event, now=NOW - dt.timedelta(days=days), who=who)
    assert len(audit.trail(values)) == 3
    assert len(audit.trail(values, since=NOW - dt.timedelta(days=7))) == 2
    assert audit.trail(values, event=Event.UNDUH)["subjek"].tolist() == ["p1"]
    assert audit.trail(values, subject="p2")["kejadian"].tolist() == ["lihat"]
    assert audit.trail(values, limit=1)["subjek"].tolist() == ["p2"]


def test_without_a_line_there_is_an_empty_trail(values):
    assert audit.trail(values).empty
    assert audit.forget_old(values, now=NOW) == 0


def _refuse_changes(url: str, statements: list[str]) -> None:
    engine = create_engine(url)
    for statement in statements:
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


CHANGES = [
    "INSERT OR REPLACE INTO jejak (nomor, simulasi, waktu, kejadian) VALUES (1, 0, '2026-01-01', 'lihat')",
    *("UPDATE jejak SET subjek = 'orang lain'", "DELETE FROM jejak", "DELETE FROM jejak WHERE nomor = 1"),
]


def test_nobody_changes_or_drops_a_line(values):
    audit.record(values, Event.LIHAT, now=dt.datetime.now(tz=dt.UTC), who=WHO)
    _refuse_changes(values.application_url, CHANGES)
    assert audit.trail(values)["subjek"].tolist() == ["p1"]


def test_what_is_older_than_the_setting_is_dropped_and_told(values):
    now = dt.datetime.now(tz=dt.UTC)
    for days in (values.jejak_hari + 1, values.jejak_hari - 1):
        audit.record(values, Event.LIHAT, now=now - dt.timedelta(days=days), who=WHO)
    assert audit.forget_old(values, now=now) == 1
    assert audit.trail(values)["kejadian"].tolist() == ["hapus", "lihat"]


def test_a_shorter_time_than_the_database_keeps_is_no_setting(tmp_path):
    text_of = settings.FILE.read_text(encoding="utf-8").replace("simpan_hari = 365", "simpan_hari = 10")
    wrong = tmp_path / "pengaturan.toml"
    wrong.write_text(text_of, encoding="utf-8")
    with pytest.raises(UserError, match="paling sedikit 90"):
        settings.load(environment={}, file=wrong)


def test_the_same_holds_on_postgresql(tmp_path, postgres_database):
    url = postgres_database()
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path), "TUNTAS_DB_APLIKASI": url})
    now = dt.datetime.now(tz=dt.UTC)
    for days in (0, values.jejak_hari + 1):
        audit.record(values, Event.LIHAT, now=now - dt.timedelta(days=days), who=WHO)
    _refuse_changes(url, [*CHANGES[1:], "TRUNCATE jejak"])
    assert audit.forget_old(values, now=now) == 1
    assert audit.trail(values)["kejadian"].tolist() == ["hapus", "lihat"]
    application.readable_engine(values).dispose()
