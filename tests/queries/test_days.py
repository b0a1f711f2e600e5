"""Closings by day equal a plain count over rows; series and funnel through the door equal their own figures."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from lib import measure, periods, reference, settings, snapshot
from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, UserError
from lib.measure.question import registers_of
from lib.queries.days import closings_per_day
from lib.queries.source import direct_source
from tests.plain.data import build_world
from tests.queries.build import DAY, PROVINCES, kasus_row, random_world, raw_world, unggahan_row, write
from tests.queries.compare import LIMITS, SCOPE

WHOLE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())

FIRST, LAST = dt.date(2023, 6, 1), dt.date(2026, 9, 30)
T = dt.date(2026, 11, 20)


@pytest.fixture(scope="module", params=[16, 33, 7])
def office(request, tmp_path_factory) -> Iterator[tuple]:
    """A random world and its sources on both engines."""
    raw, folder = random_world(request.param), tmp_path_factory.mktemp(f"dunia{request.param}")
    engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
    write(engine, raw)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    snapshot.build(values, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    sources = (direct_source(engine, simulasi=True), measure.open_source(values))
    yield build_world(raw), sources
    for source in sources:
        source.engine.dispose()


@pytest.mark.parametrize("klaster", [(), ("ANAK",)])
def test_closings_per_day_equal_a_plain_count(office, klaster):
    world, sources = office
    expected, resolved = Counter(), Counter()
    for kode in PROVINCES:
        province = world.provinces[kode]
        for case in world.cases[kode]:
            ended = case["terminasi"]
            if ended is None or (klaster and case["klaster"] not in klaster):
                continue
            if FIRST <= ended <= min(LAST, province.tanggal_data):
                expected[kode, ended] += 1
                resolved[kode, ended] += case["kelompok"] == "terselesaikan"
    for source in sources:
        windows = periods.windows(registers_of(source, PROVINCES), [(FIRST, LAST)])
        frame = closings_per_day(SCOPE, source, CaseFilter(klaster=klaster), windows)
        found = {(row.provinsi, row.tanggal): (row.n, row.terselesaikan) for row in frame.itertuples()}
        assert found == {key: (n, resolved[key]) for key, n in expected.items()}
        assert frame[["provinsi", "tanggal"]].apply(tuple, axis=1).is_monotonic_increasing or len(frame) < 2


def test_closings_of_a_province_outside_the_scope_are_refused(office):
    _, sources = office
    with pytest.raises(AccessRefused):
        closings_per_day(
            Scope(role=Role.DIREKTUR, provinces=("34",)), sources[0], CaseFilter(provinsi=("35",)), []
        )


def closed(number: int, ended: dt.date, provinsi: str = "34", **others) -> dict:
    return kasus_row(provinsi, number, ended - 40 * DAY, tanggal_terminasi=ended, kode_alasan="T1", **others)


def door(tmp_path, cases, uploads=None) -> dict:
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    write(engine, raw_world(kasus=cases, unggahan=uploads or [unggahan_row(1, "34", T, dt.date(2020, 1, 1))]))
    return {"source": direct_source(engine, simulasi=True), "limits": LIMITS}


def test_a_day_of_many_closings_is_named_and_administrative_ones_are_not_counted(tmp_path):
    usual = [closed(number, dt.date(2026, 5, 1) + number * DAY) for number in range(60)]
    at_once = [closed(100 + number, dt.date(2026, 6, 15)) for number in range(12)]
    duplicates = [closed(200 + number, dt.date(2026, 6, 20)) | {"kode_alasan": "A1"} for number in range(30)]
    where = CaseFilter(provinsi=("34",))
    chart = measure.control_chart(
        SCOPE, "I03", where, months=12, **door(tmp_path, usual + at_once + duplicates)
    )
    assert chart.massal[["tanggal", "n"]].to_numpy().tolist() == [[dt.date(2026, 6, 15), 13]]


def test_the_series_is_the_months_of_the_one_door_over_the_same_provinces(office):
    _, sources = office
    where = CaseFilter(period=Period(sampai=T))
    for source in sources:
        chart = measure.control_chart(SCOPE, "I01", where, months=12, source=source, limits=LIMITS)
        kept = {r.kode_provinsi for r in registers_of(source, PROVINCES)} - {*chart.terlambat, *chart.baru}
        if chart.frame.empty:
            continue
        first, last = chart.frame["bulan"].iloc[0], chart.answer["sampai"].iloc[-1]
        same = CaseFilter(
            provinsi=tuple(kept), period=Period(dari=dt.date.fromisoformat(f"{first}-01"), sampai=last)
        )
        rows = measure.measure(SCOPE, ["I01"], same, per=Dimensi.BULAN, source=source, limits=LIMITS)
        assert chart.frame["nilai"].tolist() == rows["nilai"].tolist()
        # Every month is over in every province.
        assert all(r.tanggal_data >= last for r in registers_of(source, tuple(kept)))


def test_an_event_begins_new_limits_only_for_its_unit(tmp_path):
    cases = [closed(number, dt.date(2025, 11, 2) + number * DAY) for number in range(300)]
    events = tuple(
        measure.Event(unit=unit, bulan="2026-03", keterangan="x") for unit in ("34", "35", "nasional")
    )
    where = CaseFilter(provinsi=("34",))
    chart = measure.control_chart(SCOPE, "I03", where, months=12, events=events, **door(tmp_path, cases))
    assert [event.unit for event in chart.peristiwa] == ["34"]
    assert chart.frame.loc[chart.frame["segmen"] == 1, "bulan"].iloc[0] == "2026-03"


@pytest.mark.parametrize("per", [Dimensi.PROVINSI, Dimensi.PENDAMPING])
def test_a_funnel_holds_the_figures_of_the_one_door(office, per):
    _, sources = office
    where = CaseFilter(provinsi=("34",) if per is Dimensi.PENDAMPING else ())
    for source in sources:
        if per is Dimensi.PENDAMPING and not registers_of(source, ("34",)):
            continue
        made = measure.funnel_of(WHOLE, "I11", where, per=per, source=source, limits=LIMITS)
        rows = measure.measure(WHOLE, ["I11"], where, per=per, source=source, limits=LIMITS)
        keys = measure.KEY_COLUMNS[per]
        shown = rows[(rows["n"] >= 10) & rows[keys].notna().all(axis=1)]
        assert made.units["nilai"].tolist() == pytest.approx(shown["nilai"].tolist())
        assert made.units[keys].to_numpy().tolist() == shown[keys].to_numpy().tolist()
        whole = measure.measure(WHOLE, ["I11"], where, source=source, limits=LIMITS).iloc[0]
        if whole["n"] > 0:
            assert made.reference == pytest.approx(100 * whole["pembilang"] / whole["n"])
        named = rows[rows[keys].notna().all(axis=1) & rows["n"].notna()]
        assert made.few == int((named["n"] < 10).sum())


def test_expected_cases_are_the_sum_over_the_clusters(office):
    _, sources = office
    source = sources[1]
    made = measure.funnel_of(
        WHOLE, "I11", CaseFilter(), per=Dimensi.PROVINSI, adjusted=True, source=source, limits=LIMITS
    )
    expected = Counter()
    for klaster in reference.names("klaster"):
        rows = measure.measure(
            WHOLE,
            ["I11"],
            CaseFilter(klaster=(klaster,)),
            per=Dimensi.PROVINSI,
            source=source,
            limits=LIMITS,
        )
        rate = rows["pembilang"].sum() / rows["n"].sum() if rows["n"].sum() else 0
        for row in rows.itertuples():
            expected[row.provinsi] += 0 if np.isnan(row.n) else row.n * rate
    for row in made.units.itertuples():
        assert row.besar == pytest.approx(expected[row.provinsi])
        assert row.nilai == pytest.approx(row.x / expected[row.provinsi])


@pytest.mark.parametrize(
    ("kode", "per", "where", "named"),
    [
        ("I01", Dimensi.PROVINSI, CaseFilter(), "I01"),
        ("I11", Dimensi.KLASTER, CaseFilter(), "klaster"),
        ("I11", Dimensi.PENDAMPING, CaseFilter(), "satu provinsi"),
    ],
)
def test_nonsense_is_refused(office, kode, per, where, named):
    _, sources = office
    with pytest.raises(UserError, match=named):
        measure.funnel_of(SCOPE, kode, where, per=per, source=sources[1], limits=LIMITS)
    with pytest.raises(UserError, match="I05M"):
        measure.control_chart(SCOPE, "I05M", where, source=sources[1], limits=LIMITS)
