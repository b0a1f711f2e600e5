"""The same answers from PostgreSQL: asked directly, and from a snapshot built from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest
from sqlalchemy import create_engine

from lib import settings, snapshot
from lib.database.connection import writable_engine
from lib.domain import CaseFilter, Dimensi, UserError
from lib.measure import measure, open_source
from lib.queries.source import Source, direct_source
from tests.plain.data import Raw, World, build_world
from tests.queries.build import TARGETED, random_world, raw_world, write
from tests.queries.compare import (
    FIGURES_PROPER,
    LIMITS,
    PER,
    SCOPE,
    Ask,
    curve_differences,
    differences,
    plain,
    questions,
    real,
)

pytestmark = pytest.mark.database

SEED = 4
NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
KODES = (*FIGURES_PROPER, *(f"I26-{kode}" for kode in TARGETED))


@pytest.fixture(scope="module")
def raw() -> Raw:
    return random_world(SEED)


@pytest.fixture(scope="module")
def world(raw) -> World:
    return build_world(raw)


@pytest.fixture(scope="module")
def engine(postgres_url, raw) -> Iterator:
    """An engine of a PostgreSQL database that holds the world."""
    made = writable_engine(postgres_url)
    write(made, raw)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def direct(engine) -> Source:
    return direct_source(engine, simulasi=True)


@pytest.fixture(scope="module")
def office(engine, postgres_url, tmp_path_factory) -> settings.Settings:
    """Settings with TUNTAS_DB on PostgreSQL and one published snapshot."""
    folder = tmp_path_factory.mktemp("potret")
    values = settings.load(environment={"TUNTAS_DATA": str(folder), "TUNTAS_DB": postgres_url})
    snapshot.build(values, now=NOW)
    return values


@pytest.fixture(scope="module")
def copied(office) -> Iterator[Source]:
    source = open_source(office)
    yield source
    source.engine.dispose()


@pytest.fixture(scope="module")
def expected(world) -> Callable[[Dimensi | None], dict]:
    """A function: dimension -> what the reference answers for every indicator; slowly, so once for all tests."""
    return cache(lambda per: plain(Ask(per=per, kodes=KODES), world))


def compared(ask: Ask, source: Source, expected: dict | str) -> None:
    found = differences(real(ask, source), expected)
    assert not found, "\n".join([f"{len(found)} differences for {ask}", *found[:20]])


@pytest.mark.parametrize("per", PER)
def test_direct_equals_plain(direct, expected, per):
    """Every indicator for every dimension: PostgreSQL groups by the very expression that is selected."""
    compared(Ask(per=per, kodes=KODES), direct, expected(per))


@pytest.mark.parametrize("position", range(len(PER)))
def test_direct_equals_plain_under_filters(direct, world, position):
    ask = questions(world, SEED, len(PER))[position]
    compared(ask, direct, plain(ask, world))


@pytest.mark.parametrize("per", PER)
def test_snapshot_equals_plain(copied, expected, per):
    ask = Ask(per=per, kodes=KODES[PER.index(per) % 2 :: 2])
    compared(ask, copied, {key: row for key, row in expected(per).items() if key[0] in ask.kodes})


@pytest.mark.parametrize("cohort", [False, True])
@pytest.mark.parametrize("per", [None, Dimensi.KLASTER, Dimensi.PROVINSI, "triwulan"])
def test_curves_equal_plain(direct, copied, world, per, cohort):
    for source in (direct, copied):
        assert curve_differences(world, source, per=per, cohort=cohort) == []


def test_snapshot_is_the_one_built_from_sqlite(office, raw, tmp_path):
    """The same rows give the same snapshot, whichever database they lay in."""
    embedded = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    write(embedded, raw)
    embedded.dispose()
    other = settings.load(environment={"TUNTAS_DATA": str(tmp_path)})
    snapshot.build(other, now=NOW)
    sources = [open_source(values) for values in (office, other)]
    assert sources[0].provinces == sources[1].provinces
    names = ("kasus", "pendamping", "rujukan", "komponen", "kehadiran", "target", "data_provinsi")
    for name in names:
        rows = []
        for source in sources:
            with source.engine.connect() as reader:
                found = reader.exec_driver_sql(f"SELECT * FROM {name} ORDER BY ALL")  # noqa: S608
                rows.append((list(found.keys()), found.all()))
        assert rows[0] == rows[1], name
        assert rows[0][1], name
    for source in sources:
        source.engine.dispose()


def test_empty_database(postgres_database, tmp_path):
    url = postgres_database()
    engine = writable_engine(url)
    write(engine, raw_world())
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path), "TUNTAS_DB": url})
    assert snapshot.build(values, now=NOW).baris == 0
    for source in (open_source(values), direct_source(engine, simulasi=True)):
        answer = real(Ask(kodes=("I01", "I05M", "I18-rata")), source)
        assert {values[5] for values in answer.values()} == {"belum ada data"}
        source.engine.dispose()


def test_a_server_that_is_down(tmp_path):
    values = settings.load(
        environment={"TUNTAS_DATA": str(tmp_path), "TUNTAS_DB": "postgresql://tuntas@127.0.0.1:9/tuntas"}
    )
    with pytest.raises(UserError, match="TUNTAS_DB"):
        snapshot.build(values, now=NOW)
    assert snapshot.versions(values) == []


def test_a_server_that_goes_down_between_two_questions(engine, direct):
    unreachable = create_engine(engine.url.set(port=9), connect_args={"connect_timeout": 2})
    with pytest.raises(UserError, match="Basis data kasus .*TUNTAS_DB"):
        measure(SCOPE, ["I01"], CaseFilter(), source=replace(direct, engine=unreachable), limits=LIMITS)
