"""The schema from one version to another and back, rows kept, on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, create_engine, insert, inspect, select, text, update

from lib import cli, reference, settings, snapshot
from lib.database import connection, fence, schema, upgrade
from lib.database.migrations.versions import v0001_awal
from lib.domain import UserError
from tests.queries.build import WRITTEN, random_world

KEPT = [table for table in schema.metadata.sorted_tables if table is not schema.cadangan]
SHORT = {"periode": "2026", "kode_wilayah": "91", "kode_indikator": "I03", "nilai": 9.5}
LONG = SHORT | {"kode_indikator": "I15-n-terminasi"}
READER = "pembaca_naik"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def empty(request, tmp_path) -> Iterator[Engine]:
    """An engine of an empty database."""
    url = f"sqlite:///{tmp_path / 'kasus.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_database")()
    engine = connection.writable_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def embedded(tmp_path) -> Iterator[Engine]:
    """An empty SQLite database."""
    engine = connection.writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    yield engine
    engine.dispose()


def fill_first(engine: Engine) -> None:
    """A database of the first version, made before there was Alembic, with a world in it."""
    raw = random_world(4)
    with engine.begin() as target:
        with Operations.context(MigrationContext.configure(target)):
            v0001_awal.upgrade()
        for name, table in schema.REFERENCE_TABLES.items():
            columns = [column.name for column in table.columns]
            target.execute(insert(table), reference.table(name)[columns].to_dict("records"))
        marks = {"versi_skema": "1", "simulasi": "1"}
        target.execute(insert(schema.meta), [{"kunci": k, "nilai": v} for k, v in marks.items()])
        for table in WRITTEN:
            if rows := getattr(raw, table.name):
                target.execute(insert(table), rows)


@pytest.fixture
def first(empty) -> Engine:
    fill_first(empty)
    return empty


def rows(engine: Engine) -> dict[str, list]:
    """Every row of every table both versions have, but the version itself."""
    with engine.connect() as reader:
        found = {table.name: sorted(map(repr, reader.execute(select(table)).all())) for table in KEPT}
    found["meta"] = [row for row in found["meta"] if "versi_skema" not in row]
    return found


def shape(engine: Engine) -> dict[str, tuple]:
    """What the database itself says of its tables: columns, keys, rules and indexes."""
    looked = inspect(engine)
    names = [name for name in looked.get_table_names() if name != "alembic_version"]
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in looked.get_columns(name)],
            looked.get_pk_constraint(name)["constrained_columns"],
            sorted((k["constrained_columns"], k["referred_table"]) for k in looked.get_foreign_keys(name)),
            sorted((c["name"], c["sqltext"]) for c in looked.get_check_constraints(name)),
            sorted((i["name"], i["column_names"]) for i in looked.get_indexes(name)),
        )
        for name in names
    }


def test_migrated_and_created_schemas_are_equal(first, request, tmp_path):
    upgrade.bring_up(first)
    url = f"sqlite:///{tmp_path / 'lain.sqlite'}"
    if first.dialect.name == "postgresql":
        url = request.getfixturevalue("postgres_database")()
    created = create_engine(url)
    schema.metadata.create_all(created)
    assert shape(first) == shape(created)
    assert len(shape(created)["kasus"][3]) > 25
    with first.connect() as looked:
        assert compare_metadata(MigrationContext.configure(looked), schema.metadata) == []
    created.dispose()


def test_the_first_version_is_recognised_and_keeps_every_row(first):
    before = rows(first)
    assert all(len(before[table.name]) > 3 for table in WRITTEN)
    with pytest.raises(
        UserError, match="berskema versi 1, Tuntas ini memerlukan versi 2; jalankan `python -m"
    ):
        connection.check_version(first)
    assert upgrade.bring_up(first) == "1"
    assert rows(first) == before
    connection.check_version(first)
    with first.begin() as target:
        target.execute(insert(schema.target), LONG)
    assert upgrade.bring_up(first) == "2"


def test_down_and_up_again(first):
    before, old = rows(first), shape(first)
    upgrade.bring_up(first)
    new = shape(first)
    assert upgrade.turn_down(first, "1") == "2"
    assert shape(first) == old and rows(first) == before
    assert upgrade.bring_up(first) == "1"
    assert shape(first) == new and rows(first) == before


def test_what_does_not_fit_below_is_only_deleted_when_told(first):
    upgrade.bring_up(first)
    before = rows(first)
    with first.begin() as target:
        target.execute(insert(schema.target), [SHORT, LONG])
        removed = {"lembar": "kasus", "tindakan": "hapus", "isi": "{}"}
        target.execute(insert(schema.cadangan), [removed, removed])
    refusal = "menghapus 2 baris cadangan; 1 target dengan kode indikator lebih dari 12 huruf. .* `--ya`"
    with pytest.raises(UserError, match=refusal):
        upgrade.turn_down(first, "1")
    with first.connect() as reader:
        assert len(reader.execute(select(schema.cadangan)).all()) == 2
    assert upgrade.turn_down(first, "1", lose=True) == "2"
    with first.begin() as target:
        assert target.execute(select(schema.target).filter_by(kode_wilayah="91")).mappings().all() == [SHORT]
        target.execute(schema.target.delete().filter_by(kode_wilayah="91"))
    assert rows(first) == before


def test_a_failure_on_the_way_leaves_everything_as_it_was(first):
    with first.begin() as target:
        target.exec_driver_sql("CREATE TABLE cadangan (lain INTEGER)")
    before, old = rows(first), shape(first)
    with pytest.raises(Exception, match="cadangan"):
        upgrade.bring_up(first)
    assert rows(first) == before and shape(first) == old
    assert "alembic_version" not in inspect(first).get_table_names()


NAMED = update(schema.meta).where(schema.meta.c.kunci == "versi_skema")


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("3", "berskema versi 3, lebih baru daripada versi 2 yang dikenal Tuntas ini; perbarui Tuntas"),
        ("10", "berskema versi 10, lebih baru"),
        ("baru", "“baru” tidak dikenal"),
    ],
)
def test_a_version_that_is_not_known_is_refused(embedded, version, sentence):
    assert upgrade.bring_up(embedded) is None
    with embedded.begin() as target:
        target.execute(NAMED.values(nilai=version))
    before = rows(embedded)
    for refused in (upgrade.bring_up, connection.check_version, lambda e: upgrade.turn_down(e, "1")):
        with pytest.raises(UserError, match=sentence):
            refused(embedded)
    assert rows(embedded) == before


@pytest.mark.parametrize("version", ["0", "2", "9", "satu", ""])
def test_only_an_older_version_can_be_gone_down_to(embedded, version):
    upgrade.bring_up(embedded)
    with pytest.raises(UserError, match="pilihannya: 1"):
        upgrade.turn_down(embedded, version, lose=True)


def test_alembic_and_meta_that_contradict_each_other_are_refused(embedded):
    upgrade.bring_up(embedded)
    with embedded.begin() as target:
        target.execute(NAMED.values(nilai="1"))
    with pytest.raises(UserError, match="alembic_version tidak sesuai"):
        upgrade.bring_up(embedded)


def test_the_commands_and_a_snapshot_in_between(tuntas_data, capsys):
    engine = connection.writable_engine(f"sqlite:///{tuntas_data / 'kasus.sqlite'}")
    fill_first(engine)
    values = settings.load()
    with pytest.raises(UserError, match="memerlukan versi 2"):
        snapshot.build(values, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    assert cli.main(["siapkan"]) == 0
    assert "Skema dinaikkan dari versi 1 ke versi 2; semua baris tetap ada." in capsys.readouterr().out
    assert cli.main(["siapkan"]) == 0
    assert "dinaikkan" not in capsys.readouterr().out
    with engine.begin() as target:
        target.execute(insert(schema.target), LONG)
    assert cli.main(["siapkan", "--turun", "1"]) == 2
    assert "1 target" in capsys.readouterr().err
    assert cli.main(["siapkan", "--turun", "1", "--ya"]) == 0
    assert "diturunkan dari versi 2 ke versi 1" in capsys.readouterr().out
    assert connection.version_of(engine) == "1"
    engine.dispose()


@pytest.mark.database
def test_the_fence_stands_after_a_migration_and_cadangan_stays_closed(postgres_database):
    engine = connection.writable_engine(postgres_database())
    fill_first(engine)
    upgrade.bring_up(engine)
    erected = fence.erect(engine, reader=READER, seconds=30)
    assert erected.missing == ()
    assert fence.state(engine, reader=READER).holds
    # Down and up again without putting the fence up anew: it was never taken away.
    upgrade.turn_down(engine, "1")
    assert fence.state(engine, reader=READER).holds
    upgrade.bring_up(engine)
    assert fence.state(engine, reader=READER).holds
    assert fence.erect(engine, reader=READER, seconds=30).missing == ()
    with engine.begin() as target:
        closed = text(
            "SELECT has_table_privilege(:role, name, 'SELECT') FROM unnest(CAST(:names AS text[])) n(name)"
        )
        names = ["cadangan", "kasus"]
        assert target.execute(closed, {"role": READER, "names": names}).scalars().all() == [False, True]
        bound = text("SELECT relrowsecurity FROM pg_class WHERE oid = 'cadangan'::regclass")
        assert target.execute(bound).scalar_one()
        target.exec_driver_sql(f"DROP OWNED BY {READER}")
        target.exec_driver_sql(f"DROP ROLE {READER}")
    engine.dispose()


@pytest.mark.database
def test_tables_in_use_and_a_user_without_rights(postgres_database, monkeypatch):
    engine = connection.writable_engine(postgres_database())
    fill_first(engine)
    monkeypatch.setattr(upgrade, "LOCK_SECONDS", 1)
    with engine.begin() as importing:
        importing.execute(insert(schema.target), SHORT)
        with pytest.raises(UserError, match="sedang dipakai"):
            upgrade.bring_up(engine)
    with engine.begin() as target:
        target.exec_driver_sql("CREATE ROLE tamu_naik LOGIN PASSWORD 'tamu'")
        target.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO tamu_naik")
    guest = create_engine(engine.url.set(username="tamu_naik", password="tamu"))
    with pytest.raises(UserError, match="tidak berhak mengubah skema"):
        upgrade.bring_up(guest)
    assert connection.version_of(engine) == "1"
    guest.dispose()
    with engine.begin() as target:
        target.exec_driver_sql("DROP OWNED BY tamu_naik")
        target.exec_driver_sql("DROP ROLE tamu_naik")
    engine.dispose()


def test_a_locked_sqlite_file(tmp_path):
    engine = connection.writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    fill_first(engine)
    engine.dispose()
    impatient = create_engine(engine.url, connect_args={"timeout": 0.1})
    with engine.begin() as importing:
        importing.execute(insert(schema.target), SHORT)
        with pytest.raises(UserError, match="sedang dipakai"):
            upgrade.bring_up(impatient)
    impatient.dispose()
    engine.dispose()
