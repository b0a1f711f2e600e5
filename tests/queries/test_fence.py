"""The second fence on a real PostgreSQL: what a query that forgets its scope still cannot show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
import streamlit as st
from sqlalchemy import Engine, create_engine, func, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError
from streamlit.testing.v1 import AppTest

from lib import cli, reference, settings, snapshot
from lib.database import connection, fence, origins, schema
from lib.domain import CaseFilter, Dimensi, Role, Scope, UserError
from lib.measure import cases_behind, current_version, measure, open_source
from lib.queries.live import live_version
from lib.queries.source import direct_source, fetch
from lib.settings import ROOT
from tests.queries.build import TARGETED, random_world, write
from tests.queries.compare import FIGURES_PROPER, LIMITS, SCOPE

pytestmark = pytest.mark.database

NOW = dt.datetime(2026, 12, 1, 7, 0, tzinfo=dt.UTC)
READER, LOGIN, PASSWORD = "tuntas_baca", "dasbor_uji", "uji-baca"
KODES = (*FIGURES_PROPER[::3], "I01", "I08", "I18-rata", *(f"I26-{kode}" for kode in TARGETED[:2]))
TABLES = [table.name for table in fence.FENCED]
ALL = [*TABLES, *fence.VIEWS]
EAST = Scope(role=Role.KOORDINATOR, provinces=("35",))


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database with the fence: the URL of its owner and that of a login of the reading role."""

    owner: str
    reader: str


@pytest.fixture(scope="module")
def place(postgres_database) -> Iterator[Place]:
    """Four provinces with rows in every table, the fence, and a login made as the README says."""
    url = postgres_database()
    engine = connection.writable_engine(url)
    raw = random_world(4)
    write(engine, raw)
    with engine.begin() as target:
        held = [row for row in raw.kasus if row["id_pendamping"]]
        assert {"34", "35"} <= {row["kode_provinsi"] for row in held}
        target.execute(
            insert(schema.penugasan),
            [
                {name: row[name] for name in ("kode_provinsi", "id_kasus", "id_pendamping")}
                | {"tanggal_mulai": row["tanggal_terdata"]}
                for row in held
            ],
        )
    assert fence.erect(engine, reader=READER, seconds=30).missing == ()
    with engine.begin() as target:
        target.exec_driver_sql(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}' IN ROLE {READER}")
        target.exec_driver_sql(f"ALTER ROLE {LOGIN} SET default_transaction_read_only = on")
        target.exec_driver_sql(f"ALTER ROLE {LOGIN} SET statement_timeout = '30s'")
    engine.dispose()
    reader = make_url(url).set(username=LOGIN, password=PASSWORD)
    yield Place(owner=url, reader=reader.render_as_string(hide_password=False))
    with create_engine(url).begin() as target:
        target.exec_driver_sql(f"DROP ROLE {LOGIN}")


@pytest.fixture
def reading(place) -> Iterator[Engine]:
    """The reading login with a pool of one connection."""
    engine = create_engine(place.reader, pool_size=1, max_overflow=0)
    yield engine
    engine.dispose()


@pytest.fixture
def owning(place) -> Iterator[Engine]:
    engine = create_engine(place.owner)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def live(place, tmp_path_factory) -> settings.Settings:
    """An office in direct mode that connects as the reading login."""
    folder = tmp_path_factory.mktemp("langsung")
    environment = {"TUNTAS_DATA": str(folder), "TUNTAS_DB": place.reader, "TUNTAS_SUMBER": "langsung"}
    return settings.load(environment=environment)


def seen(target, name: str) -> set[str]:
    """The areas of the rows that a plain SELECT shows."""
    area = "kode_wilayah" if name == "target" else "kode_provinsi"
    return set(target.exec_driver_sql(f"SELECT {area} FROM {name}").scalars())  # noqa: S608  our own names


def held(owning: Engine, name: str) -> set[str]:
    with owning.connect() as target:
        return seen(target, name)


# --- who sees what ---------------------------------------------------------------------------------------------


def test_what_the_last_import_found_is_for_the_owner_only(reading, owning):
    """Rows of all provinces in one text: no policy could tell them apart, so that the reading role has no right."""
    with owning.connect() as target:
        assert target.exec_driver_sql("SELECT count(*) FROM cadangan").scalar_one() == 0
    with reading.connect() as target, pytest.raises(DBAPIError) as caught:
        target.exec_driver_sql("SELECT * FROM cadangan")
    assert fence.sqlstate(caught.value) == fence.NO_RIGHT
    with owning.begin() as target:
        target.exec_driver_sql(f"GRANT SELECT ON cadangan TO {READER}")
    assert "boleh membaca cadangan" in (fence.state(owning, reader=READER).reader_flaw or "")
    assert fence.erect(owning, reader=READER, seconds=30).missing == ()
    assert fence.state(owning, reader=READER).reader_flaw is None


def test_every_table_with_rows_of_a_province_is_fenced():
    assert set(TABLES) == {
        *("pendamping", "unggahan", "kasus", "kegiatan", "rujukan", "penugasan", "kehadiran", "target")
    }


@pytest.mark.parametrize("name", ALL)
def test_without_a_setting_there_are_no_rows(reading, owning, name):
    assert held(owning, name)
    with reading.connect() as target:
        assert seen(target, name) == set()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("role", "provinces"),
    [
        (Role.KOORDINATOR, ("35",)),
        (Role.KOORDINATOR, ("34", "35")),
        (Role.DIREKTUR, reference.all_provinces()),
        (Role.ADMIN_DATA, ()),
    ],
)
def test_each_scope_shows_only_its_provinces(reading, owning, name, role, provinces):
    there = held(owning, name)
    national = {"00"} & there
    with reading.connect() as target:
        fence.let_in(target, Scope(role=role, provinces=provinces))
        assert seen(target, name) == (there & set(provinces)) | national


@pytest.mark.parametrize("provinces", ["35", "35,34"])
def test_provinces_without_a_role_show_nothing(reading, provinces):
    with reading.connect() as target:
        target.execute(text("SELECT set_config('tuntas.provinsi', :p, true)"), {"p": provinces})
        assert [seen(target, name) for name in ALL] == [set()] * len(ALL)


@pytest.mark.parametrize("name", ALL)
def test_the_program_sees_every_province(reading, owning, name):
    with reading.connect() as target:
        fence.let_in_program(target)
        assert seen(target, name) == held(owning, name)


def test_what_is_public_is_readable_without_a_setting(reading):
    with reading.connect() as target:
        for name in (*schema.REFERENCE_TABLES, "meta"):
            assert target.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() > 0  # noqa: S608


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_pooled_connection_does_not_leak(reading, end):
    with reading.connect() as target:
        backend = target.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        fence.let_in(target, EAST, reader=READER)
        assert seen(target, "kasus") == {"35"}
        getattr(target, end)()
    with reading.connect() as target:
        assert target.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() == backend
        assert target.exec_driver_sql("SELECT current_user").scalar_one() == LOGIN
        assert [seen(target, name) for name in ALL] == [set()] * len(ALL)


# --- views -----------------------------------------------------------------------------------------------------


def test_views_run_with_the_rights_of_who_asks(owning):
    query = text("SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relname = ANY (:names)")
    with owning.connect() as target:
        found = dict(target.execute(query, {"names": list(fence.VIEWS)}).all())
    assert found == dict.fromkeys(fence.VIEWS, ["security_invoker=true"])


def test_a_plain_view_would_leak(owning, reading):
    """Why the option is there: the same view without it shows every province to whoever may read it."""
    with owning.begin() as target:
        target.exec_driver_sql(f"CREATE VIEW tembus AS {fence.VIEWS['v_kasus_ringkas']}")
        target.exec_driver_sql(f"GRANT SELECT ON tembus TO {READER}")
    try:
        with reading.connect() as target:
            assert len(seen(target, "tembus")) > 1
    finally:
        with owning.begin() as target:
            target.exec_driver_sql("DROP VIEW tembus")


@pytest.mark.parametrize("name", fence.VIEWS)
def test_views_name_no_client_no_case_and_no_person(owning, name):
    with owning.connect() as target:
        columns = set(target.exec_driver_sql(f"SELECT * FROM {name} LIMIT 0").keys())  # noqa: S608
    assert columns & {"id_klien", "id_kasus", "id_kasus_sebelumnya", "id_pendamping", "nama_tampil"} == set()


def test_the_view_of_cases_leaves_out_administrative_closures(owning):
    with owning.connect() as target:
        rows = target.exec_driver_sql("SELECT kelompok, count(*) FROM v_kasus_ringkas GROUP BY 1").all()
        administrative = target.exec_driver_sql(
            "SELECT count(*) FROM kasus WHERE kode_alasan = 'A1'"
        ).scalar_one()
        every = target.exec_driver_sql("SELECT count(*) FROM kasus").scalar_one()
    assert "administratif" not in dict(rows) and administrative > 0
    assert sum(dict(rows).values()) == every - administrative


# --- only reading ----------------------------------------------------------------------------------------------

WRITING = (
    "INSERT INTO meta VALUES ('uji', '1')",
    "UPDATE kasus SET prioritas = 'biasa'",
    "DELETE FROM kasus",
    "TRUNCATE target",
    "CREATE TABLE uji (a integer)",
    "DROP VIEW v_kasus_ringkas",
    "ALTER TABLE kasus DISABLE ROW LEVEL SECURITY",
)


@pytest.mark.parametrize("statement", WRITING)
def test_the_reading_login_cannot_write(reading, statement):
    with reading.connect() as target:
        fence.let_in_program(target)
        with pytest.raises(DBAPIError) as refused:
            target.exec_driver_sql(statement)
    # Read-only transaction; for a maintenance command the missing right comes first.
    assert fence.sqlstate(refused.value) in (fence.READ_ONLY, fence.NO_RIGHT)


@pytest.mark.parametrize("statement", WRITING)
def test_nor_when_it_makes_its_transaction_writable(reading, statement):
    with reading.connect() as target:
        target.exec_driver_sql("SET TRANSACTION READ WRITE")
        with pytest.raises(DBAPIError) as refused:
            target.exec_driver_sql(statement)
    assert fence.sqlstate(refused.value) == fence.NO_RIGHT


def test_the_owner_becomes_the_reader_for_a_question(owning):
    """Also a superuser's questions are fenced in direct mode, and cannot write."""
    with owning.connect() as target:
        fence.let_in(target, EAST, reader=READER)
        assert seen(target, "kasus") == {"35"}
        with pytest.raises(DBAPIError) as refused:
            target.exec_driver_sql("DELETE FROM kasus")
    assert fence.sqlstate(refused.value) in (fence.READ_ONLY, fence.NO_RIGHT)


def test_a_long_query_is_given_up(place, live):
    engine = connection.live_engine(place.reader, seconds=1)
    source = replace(open_source(live), engine=engine)
    with pytest.raises(UserError, match="batas_kueri_detik"):
        fetch(EAST, source, select(func.pg_sleep(60)))
    engine.dispose()


def test_the_role_itself_is_limited(owning):
    query = text("SELECT rolcanlogin, rolconfig FROM pg_roles WHERE rolname = :role")
    with owning.connect() as target:
        login, limits = target.execute(query, {"role": READER}).one()
    assert not login and set(limits) == {"default_transaction_read_only=on", "statement_timeout=30s"}


# --- direct mode -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources(place, live, tmp_path_factory) -> Iterator[tuple]:
    """The same database live, and as a snapshot built by its owner."""
    folder = tmp_path_factory.mktemp("potret")
    office = settings.load(environment={"TUNTAS_DATA": str(folder), "TUNTAS_DB": place.owner})
    snapshot.build(office, now=NOW)
    opened = open_source(live), open_source(office)
    yield opened
    for source in opened:
        source.engine.dispose()


FIGURES = ["kode", "provinsi", "nilai", "pembilang", "n", "bawah", "atas", "alasan", "tanggal_data"]


@pytest.mark.parametrize("scope", [SCOPE, EAST], ids=["nasional", "satu provinsi"])
@pytest.mark.parametrize("per", [None, Dimensi.PROVINSI])
def test_direct_mode_shows_what_the_snapshot_shows(sources, scope, per):
    answers = [
        measure(scope, KODES, CaseFilter(), per=per, source=source, limits=LIMITS) for source in sources
    ]
    columns = [name for name in FIGURES if name in answers[0]]
    live, copied = (
        [[str(value) for value in row] for row in answer[columns].to_numpy()] for answer in answers
    )
    assert live == copied and answers[0]["nilai"].notna().any()
    lists = [cases_behind(scope, "I01", CaseFilter(), source=source, limits=LIMITS) for source in sources]
    assert lists[0].astype(str).to_dict("records") == lists[1].astype(str).to_dict("records") and len(
        lists[0]
    )


def test_a_query_without_its_condition_still_shows_only_the_scope(sources):
    live, _ = sources
    forgot = select(live.kasus.c.kode_provinsi).distinct()
    assert len(fetch(SCOPE, live, forgot)) > 1
    assert list(fetch(EAST, live, forgot)["kode_provinsi"]) == ["35"]
    assert fetch(replace(EAST, provinces=()), live, forgot).empty
    raw = select(schema.kasus.c.kode_provinsi, schema.kasus.c.id_klien)
    assert set(fetch(EAST, live, raw)["kode_provinsi"]) == {"35"}


def test_registers_are_known_whoever_asks(sources):
    live, copied = sources
    assert live.provinces == copied.provinces and live.simulasi is copied.simulasi is True


def test_a_snapshot_built_by_the_reading_login_has_every_case(place, sources, tmp_path):
    office = settings.load(environment={"TUNTAS_DATA": str(tmp_path), "TUNTAS_DB": place.reader})
    assert origins.of(office) == origins.of(replace(office, db=place.owner))
    assert snapshot.build(office, now=NOW).versi == sources[1].versi


def test_a_named_snapshot_is_opened_in_direct_mode_too(place, live):
    built = snapshot.build(live, now=NOW)
    assert current_version(live).startswith("langsung-")
    source = open_source(live, built.versi)
    assert source.versi == built.versi and source.engine.dialect.name == "duckdb"
    source.engine.dispose()


@pytest.mark.parametrize(
    ("clock", "seconds", "expected"),
    [
        ("10:15:42", 60, "langsung-20261122T101500"),
        ("10:15:59", 60, "langsung-20261122T101500"),
        ("10:16:00", 60, "langsung-20261122T101600"),
        ("10:15:42", 5, "langsung-20261122T101540"),
    ],
)
def test_what_is_kept_is_never_older_than_the_setting(clock, seconds, expected):
    assert live_version(dt.datetime.fromisoformat(f"2026-11-22T{clock}+07:00"), seconds) == expected


def test_a_change_is_seen_live(place, live, owning):
    source = open_source(live)
    before = measure(EAST, ["I01"], CaseFilter(), source=source, limits=LIMITS)["nilai"].iloc[0]
    newest = next(p.tanggal_data for p in source.provinces if p.kode_provinsi == "35")
    row = {
        "kode_provinsi": "35",
        "id_kasus": "baru",
        "id_klien": "baru",
        "kode_jenis": "P01",
        "kode_kabkota": "35.01",
        "prioritas": "biasa",
        "tanggal_terdata": newest,
        "tanggal_pembaruan": newest,
    }
    with owning.begin() as target:
        target.execute(insert(schema.kasus), row)
    try:
        after = measure(EAST, ["I01"], CaseFilter(), source=source, limits=LIMITS)["nilai"].iloc[0]
    finally:
        with owning.begin() as target:
            target.exec_driver_sql("DELETE FROM kasus WHERE id_kasus = 'baru'")
    assert after == before + 1


def test_direct_mode_without_the_fence_is_refused(postgres_database, place, tmp_path):
    url = postgres_database()
    engine = connection.writable_engine(url)
    connection.prepare(engine)
    environment = {"TUNTAS_DATA": str(tmp_path), "TUNTAS_DB": url, "TUNTAS_SUMBER": "langsung"}
    with pytest.raises(UserError, match="siapkan"):
        open_source(settings.load(environment=environment))
    assert fence.erect(engine, reader=READER, seconds=30).missing == ()
    source = open_source(settings.load(environment=environment))
    with engine.begin() as target:
        target.exec_driver_sql("ALTER TABLE rujukan DISABLE ROW LEVEL SECURITY")
    with pytest.raises(UserError, match="rujukan"):
        open_source(settings.load(environment=environment))
    source.engine.dispose()
    engine.dispose()


def test_a_page_in_direct_mode(tuntas_data, place, monkeypatch):
    """The screen does not know where its figures come from."""
    monkeypatch.setenv("TUNTAS_DB", place.reader)
    monkeypatch.setenv("TUNTAS_SUMBER", "langsung")
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    assert not app.exception and not app.error
    expected = measure(
        Scope(role=Role.DIREKTUR, provinces=reference.all_provinces()),
        ["I01"],
        CaseFilter(),
        source=open_source(settings.load()),
        limits=LIMITS,
    )
    assert app.metric[0].value == f"{expected['nilai'].iloc[0]:.0f}"
    st.cache_resource.clear()


# --- siapkan and periksa ---------------------------------------------------------------------------------------


@pytest.fixture
def ordinary(postgres_database, owning) -> Iterator[Callable[[str], str]]:
    """A function that makes an ordinary login with the given rights, who owns a database, and returns its URL."""
    made = []

    def make(rights: str) -> str:
        name = f"kantor_{len(made)}"
        url = make_url(postgres_database())
        with owning.connect().execution_options(isolation_level="AUTOCOMMIT") as target:
            target.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {rights}")
            target.exec_driver_sql(f'ALTER DATABASE "{url.database}" OWNER TO {name}')
        made.append((name, url))
        return url.set(username=name, password=PASSWORD).render_as_string(hide_password=False)

    yield make
    for name, url in made:
        engine = create_engine(url)
        with engine.begin() as target:
            target.exec_driver_sql(f"DROP OWNED BY {name} CASCADE")
            target.exec_driver_sql(f'ALTER DATABASE "{url.database}" OWNER TO CURRENT_USER')
            target.exec_driver_sql("DROP ROLE IF EXISTS baca_kantor")
            target.exec_driver_sql(f"DROP ROLE {name}")
        engine.dispose()


def erected(url: str, reader: str = "baca_kantor") -> fence.Erected:
    engine = connection.writable_engine(url)
    connection.prepare(engine)
    done = fence.erect(engine, reader=reader, seconds=7)
    engine.dispose()
    return done


def test_an_owner_who_may_create_roles_needs_nobody(ordinary, tmp_path):
    url = ordinary("CREATEROLE")
    first, second = erected(url), erected(url)
    assert first.missing == second.missing == () and first.done == second.done
    engine = connection.writable_engine(url)
    found = fence.state(engine, reader="baca_kantor")
    assert (found.unbound, found.without, found.reader_flaw) == ("pemilik", (), None)
    engine.dispose()
    environment = {"TUNTAS_DATA": str(tmp_path), "TUNTAS_DB": url, "TUNTAS_SUMBER": "langsung"}
    values = replace(settings.load(environment=environment), peran_baca="baca_kantor")
    source = open_source(values)
    assert fetch(EAST, source, select(func.current_user().label("siapa")))["siapa"].iloc[0] == "baca_kantor"
    source.engine.dispose()


def test_an_owner_who_may_not_create_roles_is_told_what_to_ask_for(ordinary, owning):
    url = ordinary("")
    told = erected(url).missing
    assert len(told) == 1 and 'CREATE ROLE "baca_kantor" NOLOGIN' in told[0] and "siapkan" in told[0]
    engine = connection.writable_engine(url)
    found = fence.state(engine, reader="baca_kantor")
    assert found.without == () and "belum ada" in found.reader_flaw and not found.holds
    # What the sentence says to run, word for word, is enough.
    with owning.begin() as target:
        for statement in told[0].split("`")[1].split("; "):
            target.exec_driver_sql(statement)
    assert erected(url).missing == ()
    assert fence.state(engine, reader="baca_kantor").holds
    engine.dispose()


def test_who_does_not_own_the_tables_is_told_so(place):
    login = make_url(place.owner).set(username=LOGIN, password=PASSWORD)
    writing = create_engine(login, connect_args={"options": "-c default_transaction_read_only=off"})
    told = fence.erect(writing, reader=READER, seconds=30).missing
    assert any("bukan pemilik tabelnya" in sentence for sentence in told)
    writing.dispose()


def test_tables_in_use_are_a_sentence(place, owning, monkeypatch):
    monkeypatch.setattr(fence, "LOCK_SECONDS", 1)
    other = connection.writable_engine(place.owner)
    with owning.begin() as target:
        target.exec_driver_sql("LOCK TABLE kasus IN ACCESS SHARE MODE")
        with pytest.raises(UserError, match="sedang dipakai"):
            fence.erect(other, reader=READER, seconds=30)
    other.dispose()


@pytest.mark.parametrize(
    ("change", "back", "named"),
    [
        (
            "ALTER TABLE kegiatan DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE kegiatan ENABLE ROW LEVEL SECURITY",
            "kegiatan",
        ),
        (f"GRANT UPDATE ON kasus TO {READER}", f"REVOKE UPDATE ON kasus FROM {READER}", "boleh menulis"),
        (f"ALTER ROLE {READER} BYPASSRLS", f"ALTER ROLE {READER} NOBYPASSRLS", "menembus"),
    ],
)
def test_the_doctor_names_a_hole(place, owning, change, back, named):
    """Asked as the reading login, so that nothing but the hole needs attention."""
    engine = create_engine(place.reader)
    assert fence.report(engine, reader=READER, live=True)[1] == []
    with owning.begin() as target:
        target.exec_driver_sql(change)
    try:
        wanting = fence.report(engine, reader=READER, live=True)[1]
        assert len(wanting) == 1 and named in wanting[0]
    finally:
        with owning.begin() as target:
            target.exec_driver_sql(back)
    engine.dispose()


def test_the_doctor_warns_of_a_superuser(owning):
    said, wanting = fence.report(owning, reader=READER, live=False)
    assert "8 dari 8" in said[0] and len(wanting) == 1 and "superuser" in wanting[0]


def test_the_commands_say_how_the_fence_stands(tuntas_data, place, live, capsys, monkeypatch):
    monkeypatch.setenv("TUNTAS_DB", place.owner)
    assert [cli.main(["siapkan"]), cli.main(["siapkan"])] == [0, 0]
    assert "8 tabel dijaga per provinsi" in capsys.readouterr().out
    monkeypatch.setenv("TUNTAS_DB", place.reader)
    monkeypatch.setenv("TUNTAS_SUMBER", "langsung")
    cli.main(["periksa"])
    output = capsys.readouterr().out
    assert f"Kueri layar dijalankan sebagai {READER}" in output and "Sumber langsung: langsung-" in output
    assert "simulasi: ya" in output and "Basis data kasus: 0 baris" not in output
    assert cli.main(["hitung", "I01", "--provinsi", "35"]) == 0
    assert '"versi": "langsung-' in capsys.readouterr().out
    assert cli.main(["siapkan"]) == 1
    assert "Perhatian: " in capsys.readouterr().out


def test_sqlite_has_no_second_fence(tuntas_data, capsys):
    assert cli.main(["siapkan"]) == 0
    assert "lapisan kueri adalah satu-satunya pagar" in capsys.readouterr().out
    engine = connection.read_engine(settings.load().database_url)
    assert fence.report(engine, reader=READER, live=False)[1] == []
    with engine.connect() as target:
        fence.let_in(target, EAST, reader=READER)
    assert direct_source(engine, simulasi=False).peran_baca is None
    engine.dispose()
