"""What a coordinator is told of the nation: rates without counts, limits without the others' points.

The main proof is that the others' rows do not matter: the same questions to a database in which the other provinces
have lost half of their cases give the same answers to a coordinator, but for the yardsticks that are told on purpose.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pandas as pd
import pytest

from lib import access, clock, measure, reference, settings, snapshot, start
from lib.domain import AccessRefused, CaseFilter, Dimensi, Role, Scope, UserError
from lib.indicators.records import INDICATORS
from lib.measure.benchmark import HIDDEN

OWN = ("33",)
COORDINATOR = access.scope_of(Role.KOORDINATOR, OWN)
DIRECTOR = access.scope_of(Role.DIREKTUR)
GONE = "kode_provinsi <> '33' AND substr(id_kasus, -1) IN ('1', '3', '5', '7', '9')"
COUNTS = ("kasus", "rujukan", "per 100.000 penduduk", "per sejuta penduduk")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> tuple[dict, dict]:
    """The door of a simulated office, and of the same one where every second case of other provinces is gone."""
    whole, fewer = (
        settings.load(environment={"TUNTAS_DATA": str(tmp_path_factory.mktemp(name))})
        for name in ("semua", "berkurang")
    )
    start.make_demo(whole, now=clock.now(), cases=6_000, past=False)
    shutil.copytree(whole.data_folder, fewer.data_folder, dirs_exist_ok=True)
    # Without the check of keys, which only the house's own connections ask for.
    with closing(sqlite3.connect(fewer.data_folder / "kasus.sqlite")) as writer, writer:
        for table in ("kegiatan", "rujukan", "kasus"):
            writer.execute(f"DELETE FROM {table} WHERE {GONE}")  # noqa: S608  our own words
    snapshot.build(fewer, now=clock.now())
    doors = [{"source": measure.open_source(values), "limits": values.ambang} for values in (whole, fewer)]
    return doors[0], doors[1]


def test_the_two_worlds_differ_for_the_director(worlds):
    first, second = (measure.measure(DIRECTOR, ["I01"], CaseFilter(), **world) for world in worlds)
    assert first["nilai"].iloc[0] > 1.5 * second["nilai"].iloc[0] > 0


RULES = settings.load(environment={}).mutu


def quality(scope: Scope, case_filter: CaseFilter, door: dict) -> measure.DataQuality:
    return measure.data_quality(scope, case_filter, rules=RULES, today=dt.date(2026, 12, 1), **door)


QUESTIONS: dict[str, Callable] = {
    "mutu": lambda door: quality(COORDINATOR, CaseFilter(), door).parts,
    "mutu, hitungan": lambda door: quality(COORDINATOR, CaseFilter(), door).counts,
    **{
        f"angka per {per}": lambda door, per=per: measure.measure(
            COORDINATOR,
            [kode for kode in INDICATORS if per is None or per in INDICATORS[kode].dimensi],
            CaseFilter(),
            per=per,
            **door,
        )
        for per in (None, *Dimensi)
    },
    "perbandingan": lambda door: measure.measure_comparison(
        COORDINATOR, ["I01", "I08"], CaseFilter(), **door
    )[1],
    "daftar": lambda door: measure.cases_behind(COORDINATOR, "I13", CaseFilter(), size=None, **door),
    "stok": lambda door: measure.stock_and_flow(COORDINATOR, CaseFilter(), per=None, **door),
    "menunggu": lambda door: measure.waiting(COORDINATOR, CaseFilter(), **door),
    "kurva": lambda door: measure.outcome_curves(COORDINATOR, CaseFilter(), per=None, **door),
    "kendali": lambda door: measure.control_chart(COORDINATOR, "I01", CaseFilter(), **door).frame,
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_rows_of_other_provinces_do_not_matter(worlds, name):
    first, second = (QUESTIONS[name](world) for world in worlds)
    assert len(first)
    left_out = [column for column in ("versi",) if column in first]
    pd.testing.assert_frame_equal(first.drop(columns=left_out), second.drop(columns=left_out))


def test_workers_are_the_own_ones_with_names_for_a_coordinator_and_codes_for_the_director(worlds):
    weights = settings.load(environment={}).bobot
    for world in worlds:
        own = measure.workers(COORDINATOR, CaseFilter(), weights=weights, **world)
        every = measure.workers(DIRECTOR, CaseFilter(), weights=weights, **world)
        assert set(own["provinsi"]) == {"33"}
        assert own["nama"].notna().all()
        assert every["nama"].isna().all()


# --- the yardsticks that are told -------------------------------------------------------------------------


def test_a_benchmark_holds_rates_and_durations_only(worlds):
    told = measure.benchmark(COORDINATOR, tuple(INDICATORS), CaseFilter(), **worlds[0])
    assert not {"pembilang", "n", "bawah", "atas"} & set(told.columns)
    assert len(told) > 30
    assert not set(told["satuan"]) & set(COUNTS)
    assert not [kode for kode in told["kode"] if kode.startswith("I26-") or kode == "I18-maks"]


def test_a_benchmark_is_the_nation_s_figure_rounded_to_a_tenth(worlds):
    kodes = ("I04-90", "I11", "I08", "I18-rata")
    told = measure.benchmark(COORDINATOR, kodes, CaseFilter(), **worlds[0])
    nation = measure.measure(DIRECTOR, kodes, CaseFilter(), **worlds[0]).set_index("kode")
    assert told["nilai"].tolist() == nation["nilai"].round(1).tolist()
    assert told["alasan"].isna().all()


def test_a_benchmark_that_rests_on_few_cases_of_others_is_hidden(worlds):
    # All but one province: what is left outside is small for a rare kind.
    wide = Scope(role=Role.KOORDINATOR, provinces=DIRECTOR.provinces[:-1])
    chosen = CaseFilter(jenis=("P03",))
    told = measure.benchmark(wide, ("I04-90",), chosen, **worlds[0]).iloc[0]
    others = measure.measure(
        DIRECTOR,
        ("I04-90",),
        dataclasses.replace(chosen, provinsi=DIRECTOR.provinces[-1:]),
        **worlds[0],
    ).iloc[0]
    assert others["n"] < 10
    assert pd.isna(told["nilai"])
    assert told["alasan"] == HIDDEN


def test_nobody_without_provinces_gets_a_benchmark(worlds):
    with pytest.raises(AccessRefused):
        measure.benchmark(Scope(role=Role.KOORDINATOR, provinces=()), ("I11",), CaseFilter(), **worlds[0])


@pytest.mark.parametrize("adjusted", [False, True])
@pytest.mark.parametrize("kode", measure.FUNNEL_KODES)
def test_a_coordinator_s_funnel_has_the_own_points_as_the_nation_judges_them(worlds, kode, adjusted):
    ask = {"per": Dimensi.PROVINSI, "adjusted": adjusted, **worlds[0]}
    own = measure.funnel_of(COORDINATOR, kode, CaseFilter(), **ask)
    every = measure.funnel_of(DIRECTOR, kode, CaseFilter(), **ask)
    assert own.units["provinsi"].tolist() == list(OWN)
    same = every.units[every.units["provinsi"] == "33"]
    assert own.units["letak"].tolist() == same["letak"].tolist()
    assert own.units[["x", "n"]].to_numpy().tolist() == same[["x", "n"]].to_numpy().tolist()
    assert own.units["nilai"].to_numpy() == pytest.approx(
        same["nilai"].to_numpy(), abs=0.1 if adjusted else 1e-9
    )
    assert own.reference == round(every.reference, 1)
    # Neither the axis nor the numbers left out tell anything of the others.
    assert own.limits["besar"].max() <= 2.1 * own.units["besar"].max()
    assert (own.few, own.unknown) == (0, 0)


def test_a_funnel_that_would_tell_of_few_others_is_empty(worlds):
    wide = Scope(role=Role.KOORDINATOR, provinces=DIRECTOR.provinces[:-1])
    own = measure.funnel_of(wide, "I11", CaseFilter(jenis=("P03",)), per=Dimensi.PROVINSI, **worlds[0])
    assert own.units.empty
    assert pd.isna(own.reference)


def test_attention_tells_of_own_provinces_only_and_as_the_nation_does(worlds):
    every = measure.attention(DIRECTOR, CaseFilter(), **worlds[0])
    own = measure.attention(COORDINATOR, CaseFilter(), **worlds[0])
    assert set(own["provinsi"]) <= set(OWN)
    pair = access.scope_of(Role.KOORDINATOR, tuple(every["provinsi"][:2]))
    told = measure.attention(pair, CaseFilter(), **worlds[0])
    pd.testing.assert_frame_equal(told, every.head(2))


# --- asking for more ---------------------------------------------------------------------------------------

OTHER = CaseFilter(provinsi=("35",))
ELSEWHERE = next(kode for kode in reference.names("kabkota") if kode.startswith("35"))
OUTSIDE: dict[str, Callable] = {
    "angka": lambda door: measure.measure(COORDINATOR, ["I01"], OTHER, **door),
    "kabkota": lambda door: measure.measure(COORDINATOR, ["I01"], CaseFilter(kabkota=(ELSEWHERE,)), **door),
    "perbandingan": lambda door: measure.measure_comparison(COORDINATOR, ["I01"], OTHER, **door),
    "perhatian": lambda door: measure.attention(COORDINATOR, OTHER, **door),
    "daftar": lambda door: measure.cases_behind(COORDINATOR, "I13", OTHER, **door),
    "panjang": lambda door: measure.count_behind(COORDINATOR, "I13", OTHER, **door),
    "kasus": lambda door: measure.case_timeline(COORDINATOR, "35", "K-1", source=door["source"]),
    "corong": lambda door: measure.funnel_of(COORDINATOR, "I11", OTHER, per=Dimensi.PROVINSI, **door),
    "pendamping": lambda door: measure.funnel_of(COORDINATOR, "I11", OTHER, per=Dimensi.PENDAMPING, **door),
    "kendali": lambda door: measure.control_chart(COORDINATOR, "I01", OTHER, **door),
    "menunggu": lambda door: measure.waiting(COORDINATOR, OTHER, **door),
    "kurva": lambda door: measure.outcome_curves(COORDINATOR, OTHER, per=None, **door),
    "mutu": lambda door: quality(COORDINATOR, OTHER, door),
    "arus": lambda door: measure.stock_and_flow(COORDINATOR, OTHER, per=None, **door),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_another_province_is_refused(worlds, name):
    with pytest.raises(AccessRefused, match="35"):
        OUTSIDE[name](worlds[0])


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_empty_scope_gets_nothing(worlds, name, monkeypatch):
    monkeypatch.setitem(globals(), "COORDINATOR", Scope(role=Role.KOORDINATOR, provinces=()))
    with pytest.raises(UserError):
        QUESTIONS[name](worlds[0])


# Net change (I16) is a difference of two counts, which may be negative.
ADDING_UP = [
    kode for kode, record in INDICATORS.items() if record.satuan in ("kasus", "rujukan") and kode != "I16"
]


@pytest.mark.parametrize("kode", ADDING_UP)
def test_a_narrower_scope_never_has_a_larger_count(worlds, kode):
    wider = [DIRECTOR.provinces, ("33", "34", "35"), ("33", "34"), ("33",)]
    counted = []
    for provinces in wider:
        scope = Scope(role=Role.KOORDINATOR, provinces=provinces)
        rows = measure.measure(scope, [kode], CaseFilter(), **worlds[0])
        counted.append(rows["nilai"].sum())
    assert counted == sorted(counted, reverse=True)
