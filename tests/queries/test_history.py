"""Figures known at T only: kept with each version, shown where the period ends before T, as indicators define it."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import delete, insert, make_url, select, update

from lib import application, publishing, settings, snapshot
from lib.database import schema
from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, UserError
from lib.measure import figures_of_the_past, measure, open_source
from lib.measure.history import KEPT
from lib.periods import month_ends_before
from lib.queries import history
from tests.plain.compute import compute
from tests.plain.data import build_world
from tests.queries.build import (
    DAY,
    PROVINCES,
    kasus_row,
    pendamping_row,
    random_world,
    raw_world,
    unggahan_row,
)
from tests.queries.office import NOW, SCOPE, office

OCTOBER, NOVEMBER = dt.date(2026, 10, 25), dt.date(2026, 11, 20)
START = dt.date(2026, 9, 1)


def two_cases() -> list[dict]:
    """Untouched since September: stuck in October and November."""
    return [kasus_row("34", number, START) for number in (1, 2)]


def world_in_october(**rows):
    return raw_world(**{"kasus": two_cases(), "unggahan": [unggahan_row(1, "34", OCTOBER)]} | rows)


def send(values: settings.Settings, number: int, day: dt.date, *cases: dict) -> None:
    """One more upload up to a day, with new cases."""
    engine = writable_engine(values.database_url)
    with engine.begin() as target:
        target.execute(insert(schema.unggahan), [unggahan_row(number, "34", day)])
        if cases:
            target.execute(insert(schema.kasus), list(cases))
    engine.dispose()


def publish(values: settings.Settings, *, minutes: int = 0, anew: bool = False):
    """A version some minutes later, without the audit of presentasi, which keeps no past."""
    now = NOW + dt.timedelta(minutes=minutes)
    return publishing.publish(values, now=now, anew=anew, audit=False)


@pytest.fixture(scope="module")
def remembered_once(tmp_path_factory) -> Path:
    """34 was published up to 25 October with two stuck cases, then up to 20 November with a third."""
    values = office(tmp_path_factory.mktemp("teringat"), world_in_october())
    publish(values)
    send(values, 2, NOVEMBER, kasus_row("34", 3, OCTOBER - 5 * DAY))
    publish(values, minutes=1)
    return values.data_folder


@pytest.fixture
def remembered(remembered_once, tmp_path) -> settings.Settings:
    """A copy of that office."""
    shutil.copytree(remembered_once, tmp_path, dirs_exist_ok=True)
    return settings.load(environment={"TUNTAS_DATA": str(tmp_path)})


@pytest.fixture(scope="module")
def both_remembered(tmp_path_factory) -> settings.Settings:
    """34 and 35 were published up to 25 October, 34 then up to 20 November."""
    both = [unggahan_row(1, "34", OCTOBER), unggahan_row(2, "35", OCTOBER)]
    values = office(tmp_path_factory.mktemp("berdua"), world_in_october(unggahan=both))
    publish(values)
    send(values, 3, NOVEMBER)
    publish(values, minutes=1)
    return values


def ask(values, kode="I15-n", dari=None, sampai=None, *, per=None, scope=SCOPE, **chosen):
    source = open_source(values)
    case_filter = CaseFilter(period=Period(dari=dari, sampai=sampai), **{"provinsi": ("34",)} | chosen)
    rows = measure(scope, [kode], case_filter, per=per, source=source, limits=values.ambang)
    source.engine.dispose()
    return rows


def kept(values: settings.Settings) -> dict:
    """(kode_provinsi, tanggal_data, kode) -> nilai, of everything in the application database."""
    engine = application.readable_engine(values)
    with engine.connect() as connection:
        rows = connection.execute(select(application.riwayat)).mappings().all()
    engine.dispose()
    return {(row["kode_provinsi"], row["tanggal_data"], row["kode"]): row["nilai"] for row in rows}


def test_months_before_the_data_date_come_from_what_was_kept(remembered):
    rows = ask(remembered, dari=START, sampai=NOVEMBER, per=Dimensi.BULAN).set_index("bulan")
    assert rows.loc["2026-09", "alasan"] == "belum ada riwayat"
    assert rows["nilai"].tolist()[1:] == [2, 3]
    assert rows["n"].tolist()[1:] == [2, 3]
    assert "menurut riwayat per 2026-10-25" in rows.loc["2026-10", "catatan"]
    assert "riwayat" not in (rows.loc["2026-11", "catatan"] or "")


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        (OCTOBER, True),
        (dt.date(2026, 10, 31), True),
        # Not known yet on the 24th; November's own row lies after its 10th.
        (OCTOBER - DAY, False),
        (dt.date(2026, 11, 10), False),
        (dt.date(2026, 9, 30), False),
    ],
)
def test_a_period_shows_the_last_row_of_the_month_in_which_it_ends(remembered, end, shown):
    for per in (None, Dimensi.PROVINSI):
        row = ask(remembered, dari=START, sampai=end, per=per).iloc[0]
        assert bool(row["nilai"] == 2) is shown
        assert (row["alasan"] == "belum ada riwayat") is not shown


@pytest.mark.parametrize(
    ("per", "chosen"),
    [
        (None, {"kabkota": ("34.01",)}),
        (None, {"klaster": ("ANAK",)}),
        (None, {"jenis": ("P01",)}),
        (Dimensi.KLASTER, {}),
        (Dimensi.KABKOTA, {}),
        (None, {"provinsi": ("34", "35")}),
        (Dimensi.BULAN, {"provinsi": ("34", "35")}),
    ],
)
def test_parts_of_a_province_and_several_provinces_have_no_past(both_remembered, per, chosen):
    rows = ask(both_remembered, sampai=OCTOBER, per=per, **chosen)
    assert rows["nilai"].isna().all() and set(rows["alasan"]) == {"belum ada riwayat"}
    assert ask(both_remembered, sampai=OCTOBER)["nilai"].tolist() == [2]


def test_what_is_kept_is_what_was_shown(remembered):
    source = open_source(remembered)
    chosen = CaseFilter(provinsi=("34",))
    rows = measure(SCOPE, KEPT, chosen, source=source, limits=remembered.ambang)
    shown = {kode: nilai for kode, nilai in zip(rows["kode"], rows["nilai"], strict=True) if nilai == nilai}
    assert {kode: nilai for (_, day, kode), nilai in kept(remembered).items() if day == NOVEMBER} == shown
    # Nobody is on duty, and of three cases no share is told.
    assert set(shown) == {"I15-n", "I20", "I28"}


def test_the_same_data_date_is_overwritten(remembered):
    engine = writable_engine(remembered.database_url)
    with engine.begin() as target:
        target.execute(delete(schema.kasus).where(schema.kasus.c.id_kasus == "0001"))
    engine.dispose()
    before = kept(remembered)
    publish(remembered, minutes=2)
    after = kept(remembered)
    assert before.keys() == after.keys()
    changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert changed == {("34", NOVEMBER, "I15-n"): (3, 2), ("34", NOVEMBER, "I28"): (3, 2)}


def test_a_figure_that_no_longer_exists_is_no_longer_kept(tmp_path):
    staff = [pendamping_row("34", "p1", START)]
    values = office(tmp_path, world_in_october(pendamping=staff))
    publish(values)
    assert ("34", OCTOBER, "I18-rata") in kept(values)
    engine = writable_engine(values.database_url)
    with engine.begin() as target:
        target.execute(update(schema.pendamping).values(tanggal_selesai=START))
    engine.dispose()
    publish(values, minutes=1)
    assert ("34", OCTOBER, "I18-rata") not in kept(values)


@pytest.mark.parametrize("changed", [{"sumber": "lain"}, {"simulasi": False}])
def test_the_past_of_another_case_database_is_not_shown(remembered, changed):
    """Simulated figures must never pass for the past of real ones."""
    assert ask(remembered, sampai=OCTOBER)["nilai"].tolist() == [2]
    engine = writable_engine(remembered.application_url)
    with engine.begin() as target:
        target.execute(update(application.riwayat).values(**changed))
    engine.dispose()
    assert ask(remembered, sampai=OCTOBER)["alasan"].tolist() == ["belum ada riwayat"]


def spelled(folder: Path) -> dict[str, str | None]:
    """Addresses of the one SQLite file of a data folder; the working folder is that folder."""
    (folder / "pintas").symlink_to(folder, target_is_directory=True)
    return {
        "unset": None,
        "absolute": f"sqlite:///{folder / 'kasus.sqlite'}",
        "relative": "sqlite:///kasus.sqlite",
        "driver": f"sqlite+pysqlite:///{folder / 'kasus.sqlite'}",
        "symlink": f"sqlite:///{folder / 'pintas' / 'kasus.sqlite'}",
    }


@pytest.mark.parametrize("now", ["unset", "absolute", "relative", "driver", "symlink"])
def test_one_file_is_one_case_database_however_it_is_spelled(remembered, monkeypatch, now):
    """Its versions open and its past is shown; a copy of the file beside it is another one."""
    monkeypatch.chdir(remembered.data_folder)
    addresses = spelled(remembered.data_folder)
    assert ask(replace(remembered, db=addresses[now]), sampai=OCTOBER)["nilai"].tolist() == [2]
    shutil.copyfile(remembered.data_folder / "kasus.sqlite", remembered.data_folder / "lain.sqlite")
    other = replace(remembered, db=f"sqlite:///{remembered.data_folder / 'lain.sqlite'}")
    with pytest.raises(UserError, match="dari basis data lain"):
        ask(other)


@pytest.mark.parametrize(
    ("then", "now"), [("absolute", "unset"), ("absolute", "symlink"), ("relative", "relative")]
)
def test_what_was_named_by_the_spelling_before_stays_known(remembered, monkeypatch, then, now):
    """Versions and past of earlier programs, whose names went by the spelling of the address."""
    monkeypatch.chdir(remembered.data_folder)
    addresses = spelled(remembered.data_folder)
    shown = make_url(addresses[then]).set(username="", password="").render_as_string(hide_password=True)
    named = hashlib.sha256(shown.encode()).hexdigest()[:16]
    versi = snapshot.current_version(remembered)
    with duckdb.connect(str(snapshot.version_path(remembered, versi))) as written:
        written.execute("UPDATE meta SET nilai = ? WHERE kunci = 'sumber'", [named])
    engine = writable_engine(remembered.application_url)
    with engine.begin() as target:
        target.execute(update(application.riwayat).values(sumber=named))
    engine.dispose()
    values = replace(remembered, db=addresses[now])
    assert ask(values, sampai=OCTOBER)["nilai"].tolist() == [2]
    # Published again, a day is there once and not under two names.
    before = len(kept(values))
    publish(values, minutes=2)
    engine = writable_engine(values.application_url)
    with engine.connect() as reading:
        assert len(reading.execute(select(application.riwayat)).all()) == before
    engine.dispose()


def test_outside_the_scope_is_refused(remembered):
    source = open_source(remembered)
    narrow = Scope(role=Role.KOORDINATOR, provinces=("35",))
    days = {"first": OCTOBER, "last": OCTOBER}
    with pytest.raises(AccessRefused):
        history.kept(narrow, source.riwayat, ["34"], kode="I15-n", **days)
    assert len(history.kept(SCOPE, source.riwayat, ["34"], kode="I15-n", **days)) == 1


# --- the past of simulated data ------------------------------------------------------------------------------


def test_month_ends_equal_plain_on_registers_that_end_there(tmp_path):
    raw = random_world(16)
    values = office(tmp_path, raw)
    known = build_world(raw).provinces
    days = month_ends_before(max(p.tanggal_data for p in known.values() if p.sent), 4)
    with snapshot.copied(values) as copy:
        past = figures_of_the_past(copy, values, 4)
    for day, rows in zip(days, past, strict=True):
        found = {(row.kode_provinsi, row.kode): row for row in rows.itertuples()}
        places = [k for k, p in known.items() if p.sent and p.lengkap_sejak <= day <= p.tanggal_data]
        uploads = [unggahan_row(n, k, day, known[k].lengkap_sejak) for n, k in enumerate(places, start=1)]
        mine = {"pendamping", "kasus", "kegiatan"}
        cut = {name: [r for r in getattr(raw, name) if r["kode_provinsi"] in places] for name in mine}
        world = build_world(replace(raw, unggahan=uploads, **cut))
        expected = {}
        for kode in KEPT:
            for row in compute(world, kode, scope_provinsi=PROVINCES, per="provinsi"):
                if row["nilai"] is not None:
                    expected[row["kunci"]["provinsi"], kode] = row
        assert found.keys() == expected.keys() and expected
        for key, row in expected.items():
            assert found[key].nilai == pytest.approx(row["nilai"]), key
            assert found[key].tanggal_data == day
            assert found[key].n == row["n"]


def test_simulated_data_have_twelve_month_ends_and_no_other_past(remembered):
    built = publish(remembered, minutes=2, anew=True)
    publishing.tell_past(remembered, versi=built.versi)
    days = sorted({day for _, day, _ in kept(remembered)})
    # The register begins on 1 September; what was kept of 25 October belonged to other data.
    assert days == [dt.date(2026, 9, 30), dt.date(2026, 10, 31), NOVEMBER]
    rows = ask(remembered, dari=START, sampai=NOVEMBER, per=Dimensi.BULAN)
    # 29 days after 1 September nobody is stuck yet; the third case came on 20 October.
    assert rows["nilai"].tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("day", "count", "ends"),
    [
        (dt.date(2026, 11, 20), 2, [dt.date(2026, 9, 30), dt.date(2026, 10, 31)]),
        (dt.date(2026, 3, 31), 1, [dt.date(2026, 2, 28)]),
        (dt.date(2026, 1, 1), 1, [dt.date(2025, 12, 31)]),
    ],
)
def test_month_ends(day, count, ends):
    assert month_ends_before(day, count) == ends


# --- where it is kept ----------------------------------------------------------------------------------------


def test_without_an_application_database_there_is_no_past(remembered):
    Path(remembered.data_folder / "aplikasi.sqlite").unlink()
    assert ask(remembered, sampai=OCTOBER)["alasan"].tolist() == ["belum ada riwayat"]
    assert not (remembered.data_folder / "aplikasi.sqlite").exists()


def test_application_database_is_for_its_owner_only(remembered):
    assert (remembered.data_folder / "aplikasi.sqlite").stat().st_mode & 0o077 == 0


def test_a_damaged_application_database_is_said(remembered):
    (remembered.data_folder / "aplikasi.sqlite").write_bytes(b"not a database at all" * 99)
    with pytest.raises(UserError, match="TUNTAS_DB_APLIKASI"):
        ask(remembered, sampai=OCTOBER)
    with pytest.raises(UserError, match="TUNTAS_DB_APLIKASI"):
        publish(remembered, minutes=3)
    # What needs no past is answered all the same.
    assert ask(remembered)["nilai"].tolist() == [3]


def test_never_in_the_case_database(tmp_path):
    values = office(tmp_path, world_in_october())
    values = replace(values, db_aplikasi=values.database_url)
    with pytest.raises(UserError, match="sama dengan basis data kasus"):
        publish(values)


def test_nothing_to_keep(tmp_path):
    values = office(tmp_path, raw_world())
    publish(values)
    assert kept(values) == {}


@pytest.mark.database
def test_application_database_on_postgresql(postgres_database, tmp_path):
    url = postgres_database()
    values = replace(office(tmp_path, world_in_october()), db_aplikasi=url)
    publish(values)
    send(values, 2, NOVEMBER)
    publish(values, minutes=1)
    assert ask(values, sampai=OCTOBER)["nilai"].tolist() == [2]
    assert not (tmp_path / "aplikasi.sqlite").exists()
