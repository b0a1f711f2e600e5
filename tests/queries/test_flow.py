"""Stock and flow: the identity under every filter, weekly counts against a plain recount, and the look ahead."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest

from lib import measure, settings, snapshot
from lib.database import connection
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, PeriodKind, Role, Scope, UserError
from lib.queries.source import direct_source
from tests.queries.build import (
    DAY,
    PROVINCES,
    kasus_row,
    pendamping_row,
    places_of,
    random_world,
    raw_world,
    unggahan_row,
    write,
)

FOUR = Scope(role=Role.DIREKTUR, provinces=PROVINCES)
LIMITS = settings.load(environment={}).ambang
T = dt.date(2026, 11, 20)
# Provinces of different T, one of them never sent.
SEEDS = (4, 33)


@pytest.fixture(scope="module", params=SEEDS)
def world(request, tmp_path_factory):
    """A random world's rows with both of its sources: SQLite read directly, and its snapshot in DuckDB."""
    folder = tmp_path_factory.mktemp(f"arus{request.param}")
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    raw = random_world(request.param)
    engine = connection.writable_engine(values.database_url)
    write(engine, raw)
    snapshot.build(values, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    return raw, direct_source(engine, simulasi=True), measure.open_source(values)


def dates_of(source) -> dict:
    return {p.kode_provinsi: p.tanggal_data for p in source.provinces if p.tanggal_data is not None}


def periods_of(source) -> list[Period]:
    newest = max(dates_of(source).values(), default=T)
    return [
        Period(kind=PeriodKind.TRIWULAN),
        Period(dari=newest - 300 * DAY, sampai=newest - 40 * DAY),
        Period(dari=newest - 20 * DAY, sampai=newest),  # past the T of late provinces
    ]


WHERE = {
    "all": {},
    "one province": {"provinsi": ("34",)},
    "a small or silent province": {"provinsi": ("96",)},
    "kab/kota": {"kabkota": (places_of("34")[0],)},
    "klaster": {"klaster": ("ANAK",)},
    "kind": {"jenis": ("P18",), "provinsi": ("34", "35")},
    "kind without cases": {"jenis": ("P26",)},
}


@pytest.mark.parametrize("where", WHERE)
def test_closing_stock_is_opening_plus_inflow_less_outflow(world, where):
    for source in world[1:]:
        # Read directly every question prepares all rows anew: one period there, all in the snapshot.
        for period in periods_of(source)[-1 if source is world[1] else 0 :]:
            asked = CaseFilter(period=period, **WHERE[where])
            whole = measure.stock_and_flow(FOUR, asked, per=None, source=source, limits=LIMITS).iloc[0]
            for per in (Dimensi.BULAN, Dimensi.PROVINSI, Dimensi.KLASTER):
                rows = measure.stock_and_flow(FOUR, asked, per=per, source=source, limits=LIMITS)
                known = rows[rows["alasan"].isna()]
                assert (known["akhir"] == known["awal"] + known["masuk"] - known["keluar"]).all()
                assert (
                    known["keluar"] == known["terselesaikan"] + known["dialihkan"] + known["berhenti"]
                ).all()
                for name in ("masuk", "keluar"):
                    assert known[name].sum() == (0 if pd.isna(whole[name]) else whole[name])
                if per is Dimensi.BULAN and len(known):
                    assert known["awal"].tolist()[1:] == known["akhir"].tolist()[:-1]
                    assert (known["awal"].iloc[0], known["akhir"].iloc[-1]) == (whole["awal"], whole["akhir"])


def test_the_figures_are_those_of_the_indicators(world):
    for source in world[1:]:
        asked = CaseFilter()
        whole = measure.stock_and_flow(FOUR, asked, per=Dimensi.BULAN, source=source, limits=LIMITS)
        answer = measure.measure(
            FOUR, ("I01", "I03", "I13", "I16"), asked, per=Dimensi.BULAN, source=source, limits=LIMITS
        )
        column = {kode: rows["nilai"].tolist() for kode, rows in answer.groupby("kode")}
        assert whole["masuk"].tolist() == column["I01"]
        assert whole["terselesaikan"].tolist() == column["I03"]
        assert whole["akhir"].tolist() == column["I13"]
        assert (whole["masuk"] - whole["keluar"]).tolist() == column["I16"]


def test_the_worlds_hold_enough():
    """Otherwise the identity would be one of zeros."""
    worlds = [random_world(seed) for seed in SEEDS]
    assert sum(len(world.kasus) for world in worlds) > 400


def test_only_dimensions_in_which_a_case_stays(world):
    for per in (Dimensi.TAHAP, Dimensi.PENDAMPING):
        with pytest.raises(UserError, match=per.value):
            measure.stock_and_flow(FOUR, CaseFilter(), per=per, source=world[1], limits=LIMITS)


# --- weekly counts -------------------------------------------------------------------------------------------


def recount(raw, dates: dict) -> dict:
    """(provinsi, minggu) -> cases recorded and closed, row by row."""
    removed = {row["kode_alasan"] for row in raw.alasan_terminasi if row["kelompok"] == "administratif"}
    counted = {(kode, week): [0, 0] for kode in dates for week in range(1, 13)}
    for case in raw.kasus:
        known = dates.get(case["kode_provinsi"])
        if known is None or case["kode_alasan"] in removed or case["tanggal_terdata"] > known:
            continue
        for position, day in enumerate((case["tanggal_terdata"], case["tanggal_terminasi"])):
            if day is not None and known - 84 * DAY < day <= known:
                counted[case["kode_provinsi"], 12 - (known - day).days // 7][position] += 1
    return {key: tuple(values) for key, values in counted.items()}


def test_weeks_equal_a_plain_recount(world):
    raw, *sources = world
    for source in sources:
        dates = {kode: day for kode, day in dates_of(source).items() if kode in PROVINCES}
        rows = measure.weekly(FOUR, CaseFilter(), source=source, limits=LIMITS)
        keys = zip(rows["provinsi"], rows["minggu"], strict=True)
        found = dict(zip(keys, zip(rows["terdata"], rows["ditutup"], strict=True), strict=True))
        assert found == recount(raw, dates)
        for row in rows.itertuples():
            assert (row.akhir - row.mulai).days == 6
            assert row.akhir == dates[row.provinsi] - (12 - row.minggu) * 7 * DAY


@pytest.mark.parametrize(
    ("days_before", "minggu"),
    [(0, 12), (6, 12), (7, 11), (83, 1), (84, None)],
    ids=["T", "last day of the week", "a week before", "first day", "too early"],
)
def test_edges_of_the_weeks(days_before, minggu, tmp_path):
    day = T - days_before * DAY
    closed = kasus_row("34", 2, T - 200 * DAY, tanggal_terminasi=day, kode_alasan="B1")
    source = stored([kasus_row("34", 1, day), closed], [], tmp_path)
    rows = measure.weekly(FOUR, CaseFilter(provinsi=("34",)), source=source, limits=LIMITS)
    for name in ("terdata", "ditutup"):
        assert rows.loc[rows[name] > 0, "minggu"].tolist() == ([] if minggu is None else [minggu])


def stored(cases, people, folder, *, since=None):
    engine = connection.writable_engine(f"sqlite:///{folder}/dunia.sqlite")
    uploads = [unggahan_row(1, "34", T, since or T - 900 * DAY)]
    write(engine, raw_world(kasus=cases, pendamping=people, unggahan=uploads))
    return direct_source(engine, simulasi=True)


# --- the look ahead ------------------------------------------------------------------------------------------


def test_pace_of_a_small_office(tmp_path):
    cases = [kasus_row("34", number, T - 10 * DAY) for number in range(3)]
    cases += [kasus_row("34", 9, T - 200 * DAY, tanggal_terminasi=T - DAY, kode_alasan="T1")]
    cases += [kasus_row("34", 10, T - 200 * DAY, tanggal_terminasi=T - DAY, kode_alasan="A1")]
    left = pendamping_row("34", "p2", T - 400 * DAY, tanggal_selesai=T - DAY)
    source = stored(cases, [pendamping_row("34", "p1", T - 400 * DAY), left], tmp_path)
    narrow = CaseFilter(jenis=("P26",), period=Period(sampai=T - 300 * DAY))
    for asked in (CaseFilter(), narrow):  # neither kinds nor the period apply
        rows = measure.pace(FOUR, asked, source=source, limits=LIMITS).set_index("provinsi")
        assert rows.loc["34", ["terbuka", "pendamping", "masuk", "ditutup"]].tolist() == [3, 1, 3, 1]
        assert rows.loc["35", "alasan"] == "belum ada data" and pd.isna(rows.loc["35", "terbuka"])


@pytest.mark.parametrize(("since", "alasan"), [(83, None), (82, "register belum lengkap 12 minggu")])
def test_a_young_register_is_not_looked_ahead_for(since, alasan, tmp_path):
    source = stored([kasus_row("34", 1, T - 10 * DAY)], [], tmp_path, since=T - since * DAY)
    rows = measure.pace(FOUR, CaseFilter(provinsi=("34",)), source=source, limits=LIMITS)
    assert rows["alasan"].tolist() == [alasan]
    ahead = measure.outlook(rows, target="beban", limits=LIMITS)
    assert pd.isna(ahead["minggu"].iloc[0]) == (alasan is not None)


def known(**more) -> pd.DataFrame:
    row = {"provinsi": "34", "terbuka": 200.0, "pendamping": 10.0, "masuk": 120.0, "ditutup": 180.0}
    return pd.DataFrame([row | {"alasan": None, "tanggal_data": T} | more]).astype({"alasan": object})


@pytest.mark.parametrize(
    ("more", "change", "batas", "minggu"),
    [
        ({}, 0, 150, 10),  # 50 / (15 - 10)
        ({}, 2, 180, 20 / 8),  # 12 x 1.5 closed a week; the limit grows with the persons
        ({}, -2, 120, 80 / 2),
        ({"ditutup": 120.0}, 0, 150, math.inf),  # capacity equals demand
        ({"ditutup": 0.0}, 5, 225, 0),
        ({"terbuka": 150.0, "ditutup": 0.0}, 0, 150, 0),  # at the limit already
        ({"pendamping": 0.0}, 0, 0, 40),
    ],
)
def test_weeks_until_the_backlog_is_gone(more, change, batas, minggu):
    row = measure.outlook(known(**more), target="beban", limits=LIMITS, change={"34": change}).iloc[0]
    assert (row["batas"], row["minggu"]) == (batas, pytest.approx(minggu))
    assert row["minggu_cepat"] <= row["minggu"] <= row["minggu_lambat"]


def test_norm_is_a_quarter_of_the_norm_time():
    row = measure.outlook(known(), target="norma", limits=LIMITS).iloc[0]
    assert row["batas"] == pytest.approx(10 * 180 / 7 / 4)
    assert row["minggu"] == pytest.approx((200 - 10 * 180 / 7 / 4) / 5)


def test_interval_by_hand():
    """Garwood's limits of 120 and 180, put together as the limits of a difference (MOVER)."""
    row = measure.outlook(known(), target="beban", limits=LIMITS).iloc[0]
    assert (12 * row["masuk_minggu_bawah"], 12 * row["masuk_minggu_atas"]) == pytest.approx(
        (99.49, 143.49), abs=0.01
    )
    assert (12 * row["kapasitas_bawah"], 12 * row["kapasitas_atas"]) == pytest.approx(
        (154.66, 208.31), abs=0.01
    )
    low = 5 - math.hypot(180 - 154.66, 143.49 - 120) / 12
    high = 5 + math.hypot(208.31 - 180, 120 - 99.49) / 12
    assert (row["minggu_cepat"], row["minggu_lambat"]) == pytest.approx((50 / high, 50 / low), rel=1e-3)


def test_moved_pendamping_leave_a_gap():
    two = pd.concat([known(), known(provinsi="35", terbuka=100.0)], ignore_index=True)
    rows = measure.outlook(two, target="beban", limits=LIMITS, change={"34": 2, "35": -2}).set_index(
        "provinsi"
    )
    assert rows["pendamping"].tolist() == [12, 8] and rows["kapasitas"].tolist() == pytest.approx([18, 12])


@pytest.mark.parametrize(
    ("more", "target", "change", "words"),
    [
        ({}, "entah", {}, "entah"),
        ({}, "beban", {"99": 1}, "99"),
        ({}, "beban", {"34": -11}, "10 pendamping"),
    ],
)
def test_nonsense_is_refused(more, target, change, words):
    with pytest.raises(UserError, match=words):
        measure.outlook(known(**more), target=target, limits=LIMITS, change=change)


def test_nobody_there_to_tell_the_capacity_of_one_more():
    row = measure.outlook(known(pendamping=0.0), target="beban", limits=LIMITS, change={"34": 1}).iloc[0]
    assert row["alasan"] == "tidak ada pendamping aktif" and pd.isna(row["minggu"])


def test_outside_the_scope_is_refused(tmp_path):
    source = stored([kasus_row("34", 1, T - 10 * DAY)], [], tmp_path)
    other = Scope(role=Role.KOORDINATOR, provinces=("35",))
    asked = CaseFilter(provinsi=("34",))
    for run in (measure.weekly, measure.pace):
        with pytest.raises(AccessRefused, match="34"):
            run(other, asked, source=source, limits=LIMITS)
        assert "34" not in set(run(other, CaseFilter(), source=source, limits=LIMITS)["provinsi"])
    with pytest.raises(AccessRefused, match="34"):
        measure.stock_and_flow(other, asked, per=None, source=source, limits=LIMITS)
