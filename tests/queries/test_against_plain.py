"""The real answers equal those of the slow plain-Python reference, on the case database and on its snapshot."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from lib import settings, snapshot
from lib.database.connection import writable_engine
from lib.domain import CaseFilter, Dimensi, Period, PeriodKind, Role, Scope
from lib.indicators.records import INDICATORS
from lib.measure import measure_comparison, open_source
from lib.queries.source import Source, direct_source
from tests.plain.compute import FIGURES, compute
from tests.plain.data import World, build_world
from tests.queries.build import DAY, PROVINCES, kasus_row, random_world, raw_world, unggahan_row, write
from tests.queries.compare import (
    FIGURES_PROPER,
    KODES,
    LIMITS,
    NUMBERS,
    PER,
    Ask,
    differences,
    plain,
    questions,
    real,
    same,
)

# Worlds of 400 cases and of next to nothing; how many questions each is asked.
WORLDS = {16: 9, 33: 9, 29: 9, 4: 5, 7: 2, 3: 2}
# What the notes of a figure count as left out.
NOTED = {
    "I05-90K": ("sebelum_lengkap",),
    "I05MK": ("sebelum_lengkap",),
    "I12-asesmen": ("terlewat",),
    "I12-rencana-p80": ("terlewat",),
    "I12-intervensi": ("terlewat", "negatif"),
}
# Counts with a definition of their own in terms of others: test_properties ties them to I13 and I07.
WITHOUT_REFERENCE = ("STOK-",)


@cache
def world_of(seed: int) -> World:
    return build_world(random_world(seed))


@cache
def asked_of(seed: int) -> list[Ask]:
    """The questions a world is asked."""
    return questions(world_of(seed), seed, WORLDS[seed])


@cache
def expected_of(seed: int, position: int) -> dict | str:
    """What the reference answers: slowly, so once for all tests."""
    return plain(asked_of(seed)[position], world_of(seed))


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator:
    """A function: seed -> world, and its sources by engine."""
    made: dict[int, tuple[World, dict[str, Source]]] = {}

    def open_world(seed: int) -> tuple[World, dict[str, Source]]:
        if seed not in made:
            raw, folder = random_world(seed), tmp_path_factory.mktemp(f"dunia{seed}")
            engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
            write(engine, raw)
            values = settings.load(environment={"TUNTAS_DATA": str(folder)})
            snapshot.build(values, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
            sources = {"sqlite": direct_source(engine, simulasi=True), "duckdb": open_source(values)}
            made[seed] = world_of(seed), sources
        return made[seed]

    yield open_world
    for _, sources in made.values():
        for source in sources.values():
            source.engine.dispose()


@pytest.mark.parametrize(
    ("seed", "position"), [(seed, position) for seed, number in WORLDS.items() for position in range(number)]
)
def test_equal(opened, seed, position):
    _, sources = opened(seed)
    ask, expected = asked_of(seed)[position], expected_of(seed, position)
    for name, source in sources.items():
        found = differences(real(ask, source), expected)
        assert not found, "\n".join([f"{name}: {len(found)} differences for {ask}", *found[:20]])


T = dt.date(2026, 11, 20)
CURVES = ("I05-30", "I05-90", "I05-180", "I05M", "I08")
COHORT_OF = {kode: f"{kode}K" for kode in CURVES if kode != "I08"}
COHORT = tuple(COHORT_OF.values())


def lives(*days: int | None) -> list[dict]:
    """Cases of one province recorded 100 days before T, resolved after so many days; None is still open."""
    start = T - 100 * DAY
    return [
        kasus_row(
            "34",
            number,
            start,
            tanggal_terminasi=None if age is None else start + age * DAY,
            kode_alasan=None if age is None else "T1",
        )
        for number, age in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("cases", "reported"),
    [
        # The last ones end with few at risk, but nobody is censored or enters any more.
        (lives(*range(1, 13)), {"I05-30", "I05-90", "I05-180", "I05M", "I08"}),
        # One is still open: below five at risk is too few, and past its age nothing is known.
        (lives(*range(1, 13), None), {"I05M", "I08"}),
        (lives(*[5] * 9), set()),
        (lives(*[5] * 5, *[None] * 5), {"I05-30", "I05-90", "I05M", "I08"}),
        (lives(*[5] * 4, *[None] * 6), {"I05-30", "I05-90"}),
    ],
)
def test_equal_at_the_end_of_a_curve(tmp_path, cases, reported):
    """What random worlds seldom hold: curves that end because everybody has."""
    raw = raw_world(kasus=cases, unggahan=[unggahan_row(1, "34", T)])
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    write(engine, raw)
    ask = Ask(kodes=(*CURVES, *COHORT), dari=T - 200 * DAY, sampai=T)
    expected = plain(ask, build_world(raw))
    assert differences(real(ask, direct_source(engine, simulasi=True)), expected) == []
    found = {kode for (kode,), values in expected.items() if values[0] is not None}
    assert found & set(CURVES) == reported
    # Everybody is seen from the start, so both views are the same.
    assert found & set(COHORT) == {COHORT_OF[kode] for kode in reported if kode in COHORT_OF}
    engine.dispose()


@pytest.mark.parametrize("kind", [PeriodKind.BULAN, PeriodKind.TRIWULAN, PeriodKind.BEBAS])
def test_comparison_is_the_figures_of_two_periods(opened, kind):
    """One province a time: both sides are what the reference says of their days."""
    world, sources = opened(4)
    kodes = [kode for kode in FIGURES_PROPER if kode[:3] in ("I01", "I02", "I03", "I05", "I06", "I08", "I16")]
    for province in PROVINCES:
        chosen = CaseFilter(period=Period(kind=kind), provinsi=(province,))
        scope = Scope(role=Role.DIREKTUR, provinces=PROVINCES)
        now, before, left_out = measure_comparison(
            scope, kodes, chosen, source=sources["duckdb"], limits=LIMITS
        )
        if left_out:
            assert (len(now), len(before)) == (0, 0)
            continue
        for side in (now, before):
            for row in side.to_dict("records"):
                (expected,) = compute(
                    world,
                    row["kode"],
                    scope_provinsi=PROVINCES,
                    dari=row["dari"],
                    sampai=row["sampai"],
                    provinsi=(province,),
                )
                found = {name: None if row[name] != row[name] else row[name] for name in NUMBERS}
                assert all(same(found[name], expected[name]) for name in NUMBERS), (row, expected)


# --- the worlds and questions themselves ---------------------------------------------------------------------


def test_every_indicator_with_a_reference_is_compared():
    assert [
        kode for kode in INDICATORS if kode not in FIGURES and not kode.startswith(WITHOUT_REFERENCE)
    ] == []
    asked: set[tuple] = set()
    for seed in WORLDS:
        for ask in asked_of(seed):
            asked |= {(kode, ask.per) for kode in ask.allowed()}
    missing = [
        (kode, per)
        for kode in FIGURES_PROPER
        for per in PER
        if (per is None or per in INDICATORS[kode].dimensi) and (kode, per) not in asked
    ]
    assert missing == []


@pytest.fixture(scope="module")
def expected() -> Counter:
    """How often the questions have an answer of each kind: (kode, alasan), and (kode, what is left out)."""
    seen: Counter = Counter()
    for seed, number in WORLDS.items():
        for position in range(number):
            answer = expected_of(seed, position)
            if answer == "refused":
                continue
            for (kode, *_), values in answer.items():
                seen[kode, values[len(NUMBERS)]] += 1
                seen.update((kode, name) for name, _ in values[-1])
    return seen


def test_the_worlds_give_every_note_of_what_is_left_out(expected):
    """One of the months or provinces of each figure leaves somebody out."""
    for kode, names in NOTED.items():
        assert {name for name in names if not expected[kode, name]} == set(), kode


def test_the_worlds_give_every_figure_a_value(expected):
    assert [kode for kode in FIGURES_PROPER if not expected[kode, None]] == []
    # A target of a figure may be missing from the two drawn each time.
    assert sum(expected[kode, None] for kode in KODES if kode.startswith("I26-")) > 0


@pytest.mark.parametrize(
    ("kode", "reason"),
    [
        ("I04-30", "n < 10"),
        ("I04-180", "belum matang"),
        ("I05-90", "masa pantau kurang"),
        ("I05M", "belum tercapai"),
        ("I05M", "masa pantau kurang"),
        ("I08", "n < 10"),
        ("I15-n", "belum ada riwayat"),
        ("I18-rata", "tidak ada pendamping aktif"),
        ("I01", "belum ada data"),
    ],
)
def test_the_worlds_give_every_reason(expected, kode, reason):
    assert expected[kode, reason] > 0


def test_a_difference_is_seen(opened):
    """What the comparison is worth: a changed number, a missing row and a superfluous one are found."""
    world, _ = opened(16)
    ask = Ask(per=Dimensi.PROVINSI, kodes=("I01", "I06"))
    right = plain(ask, world)
    key = next(key for key, values in right.items() if values[0] and values[3])
    changed = list(right[key])
    changed[0] *= 1 + 1e-8
    assert differences(right | {key: tuple(changed)}, right) == [
        f"{key} nilai: {changed[0]} instead of {right[key][0]}"
    ]
    fewer = {other: values for other, values in right.items() if other != key}
    assert len(differences(fewer, right)) == len(differences(right, fewer)) == 1
    assert differences("refused", right) == [f"refused instead of {len(right)} rows"]
