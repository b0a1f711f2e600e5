"""Provinces left out of a comparison come back in no figure of it, of cases or of persons."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lib import clock, measure, reference, settings, start
from lib.database.simulation_truth import COMPLETE_SINCE_DAY
from lib.domain import CaseFilter, Period, Role, Scope

LATE_REGISTER = sorted(COMPLETE_SINCE_DAY)[0]
BOTH = tuple(sorted(("31", LATE_REGISTER)))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path_factory.mktemp("banding"))})
    start.make_demo(values, now=clock.now(), cases=4_000, past=False)
    return {"source": measure.open_source(values), "limits": values.ambang}


def test_left_out_province_is_in_no_side(world):
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
    # A period whose earlier side begins before the register of one province was complete.
    period = Period(dari=dt.date(2024, 7, 1), sampai=dt.date(2026, 11, 20))
    kodes = ("I01", "I13", "I18-rata", "I18-maks", "I20")
    asked = CaseFilter(period=period, provinsi=BOTH)
    short = CaseFilter(period=Period(dari=dt.date(2025, 10, 1), sampai=dt.date(2026, 11, 20)), provinsi=BOTH)
    for chosen in (asked, short):
        now, before, left_out = measure.measure_comparison(scope, kodes, chosen, **world)
        if not left_out:
            continue
        kept = CaseFilter(period=chosen.period, provinsi=tuple(set(BOTH) - set(left_out)))
        alone = measure.measure(scope, kodes, kept, **world) if kept.provinsi else None
        if alone is None:
            assert now.empty and before.empty
            continue
        both = now.set_index("kode")[["nilai", "n"]]
        assert both.equals(alone.set_index("kode")[["nilai", "n"]])
        assert not now["catatan"].fillna("").str.contains("belum ada data").any()
        return
    pytest.fail("no province was left out: the test shows nothing")


@pytest.mark.parametrize(
    ("provinces", "dari", "taken"),
    [
        (("31",), dt.date(2025, 10, 1), True),
        # One province is left out, so that now is about less than what was asked.
        (BOTH, dt.date(2025, 10, 1), False),
    ],
)
def test_what_is_known_is_taken_only_for_the_same_question(world, provinces, dari, taken):
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
    dates = {p.kode_provinsi: p.tanggal_data for p in world["source"].provinces}
    asked = CaseFilter(
        period=Period(dari=dari, sampai=min(dates[kode] for kode in provinces)), provinsi=provinces
    )
    kodes = ("I13", "I01")
    known = measure.measure(scope, ("I01", "I02", "I13"), asked, **world)
    plain, before, left_out = measure.measure_comparison(scope, kodes, asked, **world)
    assert bool(left_out) is not taken
    now, same_before, _ = measure.measure_comparison(scope, kodes, asked, known=known, **world)
    pd.testing.assert_frame_equal(now, plain)
    pd.testing.assert_frame_equal(same_before, before)
    marked = known.assign(nilai=-1.0)
    told, _, _ = measure.measure_comparison(scope, kodes, asked, known=marked, **world)
    assert told["kode"].tolist() == ["I13", "I01"]
    assert (told["nilai"] == -1).all() == taken
