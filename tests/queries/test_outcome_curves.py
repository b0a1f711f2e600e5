"""Whole curves through the one door equal those counted clock by clock, and keep what they promise."""

from __future__ import annotations

import datetime as dt

import pytest

from lib import settings, snapshot
from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, UserError
from lib.measure import measure, open_source, outcome_curves
from lib.queries.source import direct_source
from tests.plain.data import build_world
from tests.queries.build import DAY, PROVINCES, kasus_row, random_world, raw_world, unggahan_row, write
from tests.queries.compare import LIMITS, SCOPE, curve_differences

PERS = (None, Dimensi.KLASTER, Dimensi.PROVINSI, "triwulan")
T = dt.date(2026, 11, 20)


@pytest.fixture(scope="module", params=[16, 4, 7])
def sources(request, tmp_path_factory):
    """A world, and its sources by engine."""
    raw, folder = random_world(request.param), tmp_path_factory.mktemp("kurva")
    engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
    write(engine, raw)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    snapshot.build(values, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    opened = {"sqlite": direct_source(engine, simulasi=True), "duckdb": open_source(values)}
    yield build_world(raw), opened
    for source in opened.values():
        source.engine.dispose()


@pytest.mark.parametrize("cohort", [False, True])
@pytest.mark.parametrize("per", PERS)
def test_equal(sources, per, cohort):
    world, opened = sources
    newest = max(place.tanggal_data for place in world.provinces.values() if place.sent)
    asked = [
        {},
        {"dari": newest - 400 * DAY, "sampai": newest - 40 * DAY, "days": 90},
        {"dari": newest - 200 * DAY, "sampai": newest + 9 * DAY, "klaster": ("ANAK",), "days": 200},
    ]
    for question in asked:
        for name, source in opened.items():
            found = curve_differences(world, source, per=per, cohort=cohort, **question)
            assert not found, "\n".join([f"{name}: {len(found)} differences for {question}", *found[:10]])


def one_province(cases: list[dict], folder):
    engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
    write(engine, raw_world(kasus=cases, unggahan=[unggahan_row(1, "34", T, dt.date(2020, 1, 1))]))
    return direct_source(engine, simulasi=True)


def closed(number: int, age: int | None, reason: str = "T1", *, start: int = 100) -> dict:
    terdata = T - start * DAY
    end = {} if age is None else {"tanggal_terminasi": terdata + age * DAY, "kode_alasan": reason}
    return kasus_row("34", number, terdata, **end)


def test_ten_cases_by_hand(tmp_path):
    """Ages at the end: T1 10 10 20 30, R1 15, B1 30, four open since 100 days."""
    ends = [(10, "T1"), (10, "T1"), (15, "R1"), (20, "T1"), (30, "T1"), (30, "B1"), *[(None, "")] * 4]
    source = one_province([closed(n, *end) for n, end in enumerate(ends)], tmp_path)
    chosen = CaseFilter(period=Period(dari=T - 200 * DAY, sampai=T))
    rows = outcome_curves(SCOPE, chosen, per=None, source=source, limits=LIMITS, days=120)
    assert rows["hari"].tolist() == list(range(121))
    by_day = rows.set_index("hari")
    parts = ["terselesaikan", "dialihkan", "berhenti", "terbuka"]
    for day, shares, at_risk in [
        (0, (0, 0, 0, 100), 10),
        (9, (0, 0, 0, 100), 10),
        (10, (20, 0, 0, 80), 10),
        (15, (20, 10, 0, 70), 8),
        (20, (30, 10, 0, 60), 7),
        (30, (40, 10, 10, 40), 6),
        (31, (40, 10, 10, 40), 4),
        (101, (40, 10, 10, 40), 0),
    ]:
        assert by_day.loc[day, parts].tolist() == pytest.approx(shares)
        assert by_day.loc[day, "berisiko"] == at_risk
    assert rows[parts].sum(axis=1).tolist() == pytest.approx([100] * 121)
    # Nothing is known of day 101, for the four are 100 days old.
    assert set(rows["andal_sampai"]) == {100} and set(rows["n"]) == {10}
    assert rows["alasan"].isna().all()


def test_curve_is_trusted_until_an_end_with_few_at_risk(tmp_path):
    ends = [(10, "T1")] * 6 + [(50, "T1"), (None, ""), (None, ""), (None, "")]
    source = one_province([closed(n, *end) for n, end in enumerate(ends)], tmp_path)
    chosen = CaseFilter(period=Period(dari=T - 200 * DAY, sampai=T))
    rows = outcome_curves(SCOPE, chosen, per=None, source=source, limits=LIMITS)
    assert set(rows["andal_sampai"]) == {49}
    # As the figure at day 90 says of the same cases.
    answer = measure(SCOPE, ["I05-30", "I05-90"], chosen, source=source, limits=LIMITS)
    assert answer["nilai"].tolist()[0] == rows["terselesaikan"][30] == pytest.approx(60)
    assert answer["alasan"].tolist()[1] == "masa pantau kurang"


def test_few_cases_give_no_percentages(tmp_path):
    source = one_province([closed(n, 10) for n in range(9)], tmp_path)
    rows = outcome_curves(SCOPE, CaseFilter(), per=Dimensi.PROVINSI, source=source, limits=LIMITS, days=3)
    own = rows[rows["provinsi"] == "34"]
    assert own["terbuka"].isna().all() and set(own["n"]) == {9} and set(own["andal_sampai"]) == {-1}
    assert set(own["alasan"]) == {"n < 10"}
    other = rows[rows["provinsi"] == "35"]
    assert other["n"].isna().all() and set(other["alasan"]) == {"belum ada data"}


def test_each_quarter_of_recording_is_a_cohort(tmp_path):
    """Recorded 100 days before 20 November, 12 August, and 200 days before, 4 May: followed to T."""
    cases = [closed(n, 20) for n in range(10)] + [closed(n, 150, start=200) for n in range(10, 22)]
    source = one_province(cases, tmp_path)
    chosen = CaseFilter(period=Period(dari=dt.date(2026, 5, 2), sampai=dt.date(2026, 9, 1)))
    rows = outcome_curves(SCOPE, chosen, per="triwulan", source=source, limits=LIMITS, days=160)
    assert rows["triwulan"].unique().tolist() == ["2026-T2", "2026-T3"]
    at = rows.set_index(["triwulan", "hari"])
    assert at.loc[("2026-T2", 149), "terbuka"] == 100 and at.loc[("2026-T2", 150), "terselesaikan"] == 100
    assert at.loc[("2026-T3", 20), "terselesaikan"] == 100
    assert (at.loc[("2026-T2", 0), "n"], at.loc[("2026-T3", 0), "n"]) == (12, 10)


def test_note_counts_what_the_cohort_leaves_out(tmp_path):
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    cases = [closed(n, 20) for n in range(10)] + [closed(n, 20, start=160) for n in range(10, 13)]
    write(engine, raw_world(kasus=cases, unggahan=[unggahan_row(1, "34", T, T - 120 * DAY)]))
    source = direct_source(engine, simulasi=True)
    rows = outcome_curves(SCOPE, CaseFilter(), per=None, source=source, limits=LIMITS, cohort=True, days=1)
    assert set(rows["catatan"]) == {"3 kasus sebelum register lengkap tidak dihitung"}
    assert set(rows["n"]) == {10}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"per": Dimensi.BULAN}, "tidak dapat dirinci per bulan"),
        ({"per": "minggu"}, "tidak dapat dirinci per minggu"),
        ({"days": -1}, "Jumlah hari -1"),
        ({"days": 4000}, "Jumlah hari 4000"),
    ],
)
def test_senseless_question_is_refused(tmp_path, changed, said):
    source = one_province([], tmp_path)
    with pytest.raises(UserError, match=said):
        outcome_curves(SCOPE, CaseFilter(), source=source, limits=LIMITS, **({"per": None} | changed))


def test_outside_the_scope_is_refused(tmp_path):
    source = one_province([closed(1, 5)], tmp_path)
    narrow = Scope(role=Role.KOORDINATOR, provinces=("35",))
    with pytest.raises(AccessRefused):
        outcome_curves(narrow, CaseFilter(provinsi=("34",)), per=None, source=source, limits=LIMITS)
    assert "34" in PROVINCES
