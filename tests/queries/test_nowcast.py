"""The months that still grow, against plain loops over the raw rows of one province."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, Tayang, UserError
from lib.measure import late_reports, measure, nowcast
from lib.queries.source import direct_source
from tests.queries.build import DAY, kasus_row, raw_world, unggahan_row, write
from tests.queries.compare import LIMITS

T = dt.date(2026, 11, 20)
FIRST = T - 280 * DAY  # the first upload; then one a week
SCOPE = Scope(role=Role.DIREKTUR, provinces=("34", "35"))
JOGJA = CaseFilter(provinsi=("34",))


def cases() -> list[dict]:
    """Two a day for 300 days, first seen with the first upload after their delay; those not there yet are left out."""
    chance, rows = random.Random(7), []
    for number in range(600):
        recorded = T - (number // 2) * DAY
        reported = recorded + int(chance.expovariate(1 / 5)) * DAY
        behind = (T - max(reported, FIRST)).days // 7
        if reported <= T:
            kind = "P01" if number % 3 else "P09"
            first = T - 7 * behind * DAY
            rows.append(kasus_row("34", number, recorded, kode_jenis=kind, tanggal_pertama_masuk=first))
    return rows


def world(rows: list[dict], tmp_path):
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    uploads = [unggahan_row(number, "34", T - 7 * (40 - number) * DAY, FIRST) for number in range(41)]
    write(engine, raw_world(kasus=rows, unggahan=uploads))
    return direct_source(engine, simulasi=True)


@pytest.fixture
def rows() -> list[dict]:
    return cases()


@pytest.fixture
def source(rows, tmp_path):
    opened = world(rows, tmp_path)
    yield opened
    opened.engine.dispose()


def told(source, case_filter=JOGJA, **more):
    return nowcast(SCOPE, case_filter, source=source, limits=LIMITS, **more)


def plain_completeness(rows: list[dict]) -> list[list[float]]:
    """F by day back from T within the week and weeks back: what earlier data dates had not seen yet, by loops."""
    known = [
        ((T - row["tanggal_terdata"]).days, (T - row["tanggal_pertama_masuk"]).days)
        for row in rows
        if row["tanggal_terdata"] > FIRST
    ]
    shares = []
    for part in range(7):
        share, found = 1.0, [1.0]
        for lag in range(25, 0, -1):
            own = [(age // 7, age // 7 - entry // 7) for age, entry in known if age % 7 == part]
            at_risk = sum(1 for week, late in own if week >= lag and late <= lag)
            events = sum(1 for week, late in own if week >= lag and late == lag)
            share *= 1 - (events / at_risk if at_risk else 0)
            found.append(share)
        shares.append(found[::-1])
    return shares


def test_expected_numbers_are_those_of_plain_loops(source, rows):
    complete = plain_completeness(rows)
    ages = [(T - row["tanggal_terdata"]).days for row in rows]
    weekday = [1] * 7
    for age in ages:
        if age >= 42:
            weekday[(T - age * DAY).weekday()] += 1
    part = [weekday[(T - back * DAY).weekday()] / sum(weekday) for back in range(7)]
    seen = [sum(1 for age in ages if age // 7 == week) for week in range(26)]
    used = [sum(part[back] * complete[back][week] for back in range(7)) for week in range(26)]
    level = (sum(seen[:8]) + 0.5) / sum(used[:8])
    # Two a day every day: weeks differ less than by chance, so that every week has the level.
    expected = {}
    for age in range(182):
        month = f"{T - age * DAY:%Y-%m}"
        unseen = level * part[age % 7] * (1 - complete[age % 7][age // 7])
        expected[month] = expected.get(month, 0) + unseen
    frame = told(source).set_index("bulan")
    assert list(frame.index) == ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
    for month, row in frame.iterrows():
        there = sum(1 for each in rows if f"{each['tanggal_terdata']:%Y-%m}" == month)
        assert row["sejauh_ini"] == there
        assert row["perkiraan"] == pytest.approx(there + expected[month], abs=1e-9)
        assert row["bawah"] <= row["perkiraan"] <= row["atas"] + 1
        assert row["kelengkapan"] == pytest.approx(100 * there / (there + expected[month]))


def test_seen_is_the_figure_of_the_trend(source):
    for chosen in (JOGJA, replace(JOGJA, jenis=("P09",)), JOGJA.with_period(T - 75 * DAY, T - 4 * DAY)):
        answer = measure(SCOPE, ["I01"], chosen, per=Dimensi.BULAN, source=source, limits=LIMITS)
        known = answer.set_index("bulan")["nilai"]
        frame = told(source, chosen).set_index("bulan")
        assert frame["sejauh_ini"].tolist() == known[frame.index].tolist()
        assert len(frame) >= 3


def test_cases_of_the_first_upload_say_nothing_about_delay(rows, source, tmp_path):
    """Old cases that came with the first upload, ten months late as it seems, change nothing."""
    (tmp_path / "more").mkdir()
    old = [
        kasus_row("34", 5000 + number, FIRST - number * DAY, tanggal_pertama_masuk=FIRST)
        for number in range(60)
    ]
    more = world(rows + old, tmp_path / "more")
    # Only what they add to the share of each weekday, far below one case.
    assert told(more)["perkiraan"].tolist() == pytest.approx(told(source)["perkiraan"].tolist(), abs=0.1)
    counted = [late_reports(SCOPE, source=each, limits=LIMITS)[0]["n"].iloc[0] for each in (source, more)]
    assert counted[0] == counted[1]
    more.engine.dispose()


def test_a_young_register_or_one_without_first_days_is_not_told(rows, tmp_path):
    for name, entry, reason in (
        ("muda", T - 30 * DAY, "unggahan pertama baru 4 minggu yang lalu, perlu 13 minggu"),
        ("tanpa", None, "tanggal pertama masuk tidak tercatat"),
    ):
        (tmp_path / name).mkdir()
        source = world([row | {"tanggal_pertama_masuk": entry} for row in rows], tmp_path / name)
        frame = told(source)
        assert frame["alasan"].unique().tolist() == [reason]
        assert frame["catatan"].unique().tolist() == [f"belum dapat diperkirakan: {reason}"]
        assert frame[["perkiraan", "bawah", "atas", "kelengkapan"]].isna().all(axis=None)
        assert (frame["sejauh_ini"] > 0).all()
        source.engine.dispose()


def test_late_reports_of_a_province(source, rows):
    shares, months = late_reports(SCOPE, source=source, limits=LIMITS)
    assert shares["provinsi"].tolist() == ["34"]
    row = shares.iloc[0]
    known = [row for row in rows if row["tanggal_terdata"] > FIRST]
    assert row["n"] == len(known)
    # Weeks that all have come by now, straight from the rows.
    old = [row for row in known if (T - row["tanggal_terdata"]).days > 70]
    within = [(row["tanggal_pertama_masuk"] - row["tanggal_terdata"]).days <= 7 for row in old]
    assert row["dalam_7"] == pytest.approx(100 * sum(within) / len(within), abs=5)
    assert 4 <= row["median"] <= 9
    assert months["bulan"].tolist() == ["2026-09", "2026-10", "2026-11"]


def test_presentasi_gets_rounded_percent_without_counts_and_no_months(source):
    shown = replace(SCOPE, tayang=Tayang.PRESENTASI)
    with pytest.raises(AccessRefused):
        nowcast(shown, JOGJA, source=source, limits=LIMITS)
    shares, months = late_reports(shown, source=source, limits=LIMITS)
    assert shares["n"].isna().all()
    assert (shares["dalam_7"] % 1 == 0).all()
    assert not {"sejauh_ini", "perkiraan", "bawah", "atas"} & set(months.columns)
    assert (months["kelengkapan"].dropna() % 5 == 0).all()
    # November: 40 days x 2 or fewer cases, below 50.
    assert months.set_index("bulan").loc["2026-11", "alasan"] == "disamarkan"


def test_refusals(source):
    with pytest.raises(UserError, match="per klaster"):
        told(source, per=Dimensi.KLASTER)
    with pytest.raises(AccessRefused):
        nowcast(replace(SCOPE, provinces=("35",)), JOGJA, source=source, limits=LIMITS)


def test_a_period_long_ago_has_no_growing_month(source):
    old = CaseFilter(period=Period(dari=T - 600 * DAY, sampai=T - 400 * DAY), provinsi=("34",))
    assert told(source, old).empty
