"""The simulated database keeps what docs/simulasi.md states; every figure is recounted here in plain pandas."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from lib import reference
from lib.database import connection, schema, simulation
from lib.database import simulation_truth as true
from lib.database.simulation import SimulatedData, simulate, write
from lib.database.simulation_truth import (
    CAUSES,
    PLATEAU,
    hazards,
    speedup_dates,
    true_half,
    true_incidence,
    true_incidence_all,
    true_median_any_end,
    truth,
)
from lib.domain import UserError

END = dt.date(2026, 11, 20)
FIRST = pd.Timestamp(END) - pd.Timedelta(days=1095)
TABLES = {table.name: table for table in simulation.WRITTEN}
STEPS = ["tanggal_kontak", "tanggal_asesmen", "tanggal_rencana", "tanggal_intervensi"]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "simulasi.md"


@pytest.fixture(scope="module")
def data() -> SimulatedData:
    return simulate()


@pytest.fixture(scope="module")
def cases(data: SimulatedData) -> pd.DataFrame:
    """All valid cases with their klaster, group of reason, T of the province and whether they are open."""
    frame = data.kasus.merge(
        reference.table("jenis_masalah")[["kode_jenis", "kode_klaster"]], on="kode_jenis"
    )
    groups = reference.table("alasan_terminasi").set_index("kode_alasan")["kelompok"]
    frame["kelompok"] = frame["kode_alasan"].map(groups)
    frame["T"] = frame["kode_provinsi"].map(truth().tanggal_data).astype("datetime64[s]")
    frame["darurat"] = frame["prioritas"] == "darurat"
    frame["terbuka"] = frame["tanggal_terminasi"].isna()
    return frame[frame["kelompok"] != "administratif"].reset_index(drop=True)


@pytest.fixture(scope="module")
def load(data: SimulatedData, cases: pd.DataFrame) -> pd.DataFrame:
    """Active pendamping with their open cases, zero included."""
    staff = data.pendamping
    last = staff["kode_provinsi"].map(truth().tanggal_data).astype("datetime64[s]")
    active = staff[staff["tanggal_selesai"].isna() | (staff["tanggal_selesai"] >= last)]
    count = cases[cases["terbuka"]].groupby("id_pendamping").size()
    return active.assign(beban=active["id_pendamping"].map(count).fillna(0)).set_index("id_pendamping")


@pytest.fixture(scope="module")
def database(tmp_path_factory, data: SimulatedData):
    engine = connection.writable_engine(f"sqlite:///{tmp_path_factory.mktemp('simulasi')}/kasus.db")
    write(engine, data)
    return engine


@pytest.fixture
def empty(tmp_path):
    return connection.writable_engine(f"sqlite:///{tmp_path}/kasus.db")


def days(frame: pd.DataFrame, later: str, earlier: str) -> pd.Series:
    return (frame[later] - frame[earlier]).dt.days


# The stated truths ------------------------------------------------------------------------------------------


def test_incidence_equals_a_plain_loop_over_the_days() -> None:
    survival, reached = 1.0, [0.0, 0.0, 0.0]
    for rates in hazards("NAPZA", ages=201, multiplier=1.5):
        reached = [f + survival * h for f, h in zip(reached, rates, strict=True)]
        survival *= 1 - sum(rates)
    assert true_incidence("NAPZA", multiplier=1.5, days=200)[200] == pytest.approx(reached, abs=1e-12)
    assert survival + sum(reached) == pytest.approx(1)


def test_hazard_is_near_zero_for_two_weeks_and_then_rises_to_its_plateau() -> None:
    rates = hazards("ANAK", ages=60)
    assert rates[0] == pytest.approx([0.0084 * 0.02, 0.0020 * 0.1, 0.0014 * 0.3])
    assert (rates[:15, 0] <= 0.02 * 0.0084 + 1e-12).all()
    assert rates[45] == pytest.approx([0.0084, 0.0020, 0.0014])
    assert hazards("ANAK", ages=60, multiplier=1.5)[50] == pytest.approx([0.0126, 0.0020, 0.0014])


@pytest.mark.parametrize("klaster", PLATEAU)
def test_half_and_median_are_the_first_days_that_reach_them(klaster: str) -> None:
    curve = true_incidence(klaster, days=400)
    half, median = true_half(klaster), true_median_any_end(klaster)
    assert curve[half - 1, 0] < 0.5 <= curve[half, 0]
    assert curve[median - 1].sum() < 0.5 <= curve[median].sum()
    assert 110 <= half <= 200
    assert 0.60 <= true_incidence(klaster, days=3000)[-1, 0] <= 0.71


def test_a_slow_enough_province_never_reaches_half() -> None:
    assert true_half("TSKPO") == 133
    assert true_median_any_end("TSKPO") == 73
    assert true_half("TSKPO", multiplier=0.2) is None


def test_the_mix_of_all_klaster_lies_between_its_parts() -> None:
    parts = [true_incidence(klaster, days=150)[150, 0] for klaster in PLATEAU]
    mixed = true_incidence_all(days=150)
    assert min(parts) < mixed[150, 0] < max(parts)
    assert (mixed[147, 0] < 0.5) and (mixed[148, 0] >= 0.5)


@pytest.mark.parametrize(
    ("end", "dari", "sampai"),
    [
        (dt.date(2026, 11, 20), dt.date(2025, 7, 1), dt.date(2025, 10, 31)),
        (dt.date(2026, 12, 31), dt.date(2025, 8, 1), dt.date(2025, 11, 30)),
        (dt.date(2026, 1, 5), dt.date(2024, 9, 1), dt.date(2024, 12, 31)),
    ],
)
def test_speedup_covers_months_20_to_23_of_36(end: dt.date, dari: dt.date, sampai: dt.date) -> None:
    assert speedup_dates(end) == (dari, sampai)


def test_provinces_set_apart_do_not_overlap() -> None:
    known = truth()
    apart = [code for effect in known.effects for code in effect.provinsi]
    apart += [*known.overloaded, known.stuck, known.tiny, *known.lengkap_sejak]
    apart += [code for code, day in known.tanggal_data.items() if day < END]
    assert len(apart) == len(set(apart)) == 15
    assert set(apart) < set(reference.all_provinces())


# The rows ---------------------------------------------------------------------------------------------------


def test_size_columns_and_keys(data: SimulatedData) -> None:
    assert len(data.kasus) == 84_000
    assert len(data.pendamping) == 635
    for name, table in TABLES.items():
        assert list(getattr(data, name).columns) == [column.name for column in table.columns]
    assert not data.kasus.duplicated(["kode_provinsi", "id_kasus"]).any()
    assert not data.pendamping.duplicated(["kode_provinsi", "id_pendamping"]).any()
    assert data.unggahan["id"].is_unique


def test_pendamping_by_population(data: SimulatedData) -> None:
    count = data.pendamping["kode_provinsi"].value_counts()
    assert len(count) == 38
    assert count.min() >= 4
    assert 88 <= count["32"] <= 92
    assert data.pendamping["bersertifikat"].mean() == pytest.approx(0.55, abs=0.06)
    assert data.pendamping["nama_tampil"].str.fullmatch(r"Pendamping Simulasi \d\d-\d{3}").all()
    assert data.pendamping["tanggal_selesai"].notna().sum() >= 10
    assert (data.pendamping["tanggal_mulai"] > "2025-05-01").sum() >= 15


def test_same_seed_same_rows_another_seed_others() -> None:
    one, two, other = (simulate(cases=2_000, seed=seed) for seed in (1, 1, 2))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    assert not one.kasus["id_klien"].equals(other.kasus["id_klien"])


@pytest.mark.parametrize("count", [1, 38, 2_000, 10_001])
def test_exactly_as_many_cases_as_asked_for(count: int) -> None:
    small = simulate(cases=count, seed=count)
    assert len(small.kasus) == count
    assert len(small.pendamping) == 635
    assert small.kasus["id_unggahan"].isin(small.unggahan["id"]).all()


def test_no_cases_is_refused() -> None:
    with pytest.raises(UserError, match="Jumlah kasus simulasi 0 tidak mungkin"):
        simulate(cases=0)


def test_another_end_moves_everything() -> None:
    moved = simulate(cases=2_000, end=dt.date(2024, 2, 29))
    assert moved.unggahan["tanggal_data"].max() == pd.Timestamp(2024, 2, 29)
    assert moved.kasus["tanggal_terdata"].between("2021-03-01", "2024-02-29").all()


def test_every_province_and_nearly_every_kabkota_has_cases(data: SimulatedData) -> None:
    count = data.kasus["kode_provinsi"].value_counts()
    assert len(count) == 38
    assert 60 <= count["93"] <= 140
    assert count.drop("93").min() > 400
    places = reference.table("kabkota")
    silent = ~places["kode_kabkota"].isin(data.kasus["kode_kabkota"].unique())
    assert 0.02 <= silent.mean() <= 0.045
    assert (data.kasus["kode_kabkota"].str[:2] == data.kasus["kode_provinsi"]).all()


def test_kinds_are_skewed_as_published(data: SimulatedData) -> None:
    count = data.kasus["kode_jenis"].value_counts()
    assert len(count) == 26
    assert set(count.index[:4]) == {"P08", "P09", "P02", "P24"}
    assert set(count.index[-4:]) == {"P26", "P18", "P14", "P16"}
    assert count.min() >= 100


def test_seasonality_is_mild(data: SimulatedData) -> None:
    month = data.kasus["tanggal_terdata"].dt.month.value_counts()
    per_day = month / pd.Series({m: dt.date(2026, m % 12 + 1, 1).replace(day=1) for m in month.index}).map(
        lambda after: (after - dt.timedelta(days=1)).day
    )
    assert 1.1 <= per_day.max() / per_day.min() <= 1.6


# Load, response, updates ------------------------------------------------------------------------------------


def test_load_per_active_pendamping(load: pd.DataFrame) -> None:
    assert 11 <= load["beban"].median() <= 13
    overloaded = load["kode_provinsi"].isin(true.OVERLOADED)
    assert 0.10 <= (load.loc[~overloaded, "beban"] > 15).mean() <= 0.20
    medians = load.groupby("kode_provinsi")["beban"].median()
    assert (medians[list(true.OVERLOADED)] >= 20).all()
    assert (medians.drop(list(true.OVERLOADED)) <= 18).all()


def test_open_cases_without_active_pendamping(cases: pd.DataFrame, load: pd.DataFrame) -> None:
    unattended = ~cases.loc[cases["terbuka"], "id_pendamping"].isin(load.index)
    assert 0.010 <= unattended.mean() <= 0.020
    assert cases.loc[cases["terbuka"], "id_pendamping"].isna().sum() > 20
    attended = cases.dropna(subset="id_pendamping")
    assert (attended["id_pendamping"].str[:2] == attended["kode_provinsi"]).all()


def test_a_case_never_stands_with_somebody_who_was_not_there(
    data: SimulatedData, cases: pd.DataFrame
) -> None:
    both = cases.merge(data.pendamping, on=["kode_provinsi", "id_pendamping"])
    assert (both["tanggal_mulai"] <= both["tanggal_terdata"]).all()
    closed = both[~both["terbuka"] & both["tanggal_selesai"].notna()]
    assert (closed["tanggal_selesai"] >= closed["tanggal_terminasi"]).all()


def test_response_within_14_days(cases: pd.DataFrame) -> None:
    mature = cases[cases["tanggal_terdata"] + pd.Timedelta(days=14) <= cases["T"]]
    response = mature["tanggal_asesmen"].where(
        ~mature["darurat"], mature[["tanggal_asesmen", "tanggal_intervensi"]].min(axis=1)
    )
    waited = (response - mature["tanggal_terdata"]).dt.days
    early_end = waited.isna() & (days(mature, "tanggal_terminasi", "tanggal_terdata") < 14)
    on_time = waited[~early_end] <= 14
    assert 0.77 <= on_time.mean() <= 0.84
    by_province = on_time.groupby(mature["kode_provinsi"]).mean()
    slow = [code for code, factor in true.RESPONSE_FACTOR.items() if factor > 1]
    fast = [code for code, factor in true.RESPONSE_FACTOR.items() if factor < 1]
    assert by_province[slow].max() < by_province.drop(slow).min()
    assert by_province[fast].min() > by_province.drop(fast).max()


def test_stuck_cases(cases: pd.DataFrame) -> None:
    opened = cases[cases["terbuka"]]
    active = opened[["tanggal_pembaruan", "tanggal_terdata", *STEPS]].max(axis=1)
    stuck = (opened["T"] - active).dt.days > np.where(opened["darurat"], 7, 30)
    assert 0.10 <= stuck.mean() <= 0.14
    assert 0.08 <= stuck[opened["darurat"]].mean() <= 0.17
    share = stuck.groupby(opened["kode_provinsi"]).mean()
    assert share[true.STUCK] > 0.25
    assert share.drop(true.STUCK).max() < share[true.STUCK]


def test_emergencies_and_skipped_steps(cases: pd.DataFrame) -> None:
    assert 0.07 <= cases["darurat"].mean() <= 0.09
    before = cases["tanggal_intervensi"] < cases["tanggal_asesmen"]
    assert 0.2 <= before[cases["darurat"]].mean() <= 0.4
    assert not before[~cases["darurat"]].any()
    helped = cases["tanggal_intervensi"].notna()
    assert 0.01 <= (helped & cases["tanggal_asesmen"].isna()).sum() / helped.sum() <= 0.03
    assert 0.03 <= (helped & cases["tanggal_rencana"].isna()).sum() / helped.sum() <= 0.07


def test_closing_reasons_and_outcomes(data: SimulatedData, cases: pd.DataFrame) -> None:
    assert 0.012 <= data.kasus["kode_alasan"].isin(["A1", "A2"]).mean() <= 0.017
    assert set(data.kasus["kode_alasan"].dropna()) == set(reference.names("alasan_terminasi"))
    solved = cases["kelompok"] == "terselesaikan"
    for name in schema.OUTCOMES:
        assert 0.78 <= cases.loc[solved, name].notna().mean() <= 0.82
        assert cases.loc[~solved, name].isna().all()
        assert 0.8 <= cases[name].mean() <= 0.97


def test_reopened_cases(data: SimulatedData, cases: pd.DataFrame) -> None:
    solved = cases[cases["kelompok"] == "terselesaikan"]
    mature = solved[solved["tanggal_terminasi"] + pd.Timedelta(days=180) <= solved["T"]]
    pairs = mature.merge(cases, on=["kode_provinsi", "id_klien"], suffixes=("", "_baru"))
    gap = days(pairs, "tanggal_terdata_baru", "tanggal_terminasi")
    back = pairs.loc[gap.between(1, 180), "id_kasus"].nunique() / len(mature)
    assert 0.055 <= back <= 0.065
    known = data.kasus[["kode_provinsi", "id_kasus", "id_klien", "tanggal_terminasi"]]
    linked = data.kasus.dropna(subset="id_kasus_sebelumnya").merge(
        known,
        left_on=["kode_provinsi", "id_kasus_sebelumnya", "id_klien"],
        right_on=["kode_provinsi", "id_kasus", "id_klien"],
        how="left",
        suffixes=("", "_lama"),
    )
    assert (linked["tanggal_terminasi_lama"] < linked["tanggal_terdata"]).all()
    later_cases = data.kasus.sort_values("tanggal_terdata").duplicated(["kode_provinsi", "id_klien"])
    assert 0.80 <= len(linked) / later_cases.sum() <= 0.90


# Reporting --------------------------------------------------------------------------------------------------


def test_nothing_is_dated_after_the_data_date_of_the_province(data: SimulatedData) -> None:
    newest = data.unggahan.groupby("kode_provinsi")["tanggal_data"].max()
    known = truth().tanggal_data
    assert newest.to_dict() == {code: pd.Timestamp(day) for code, day in known.items()}
    assert sorted((END - day).days for day in known.values() if day < END) == [3, 8, 14, 21, 30, 40]
    last = data.kasus["kode_provinsi"].map(newest)
    for name in data.kasus.columns[data.kasus.columns.str.startswith("tanggal_")]:
        assert not (data.kasus[name] > last).any(), name
    for name in ("tanggal_mulai", "tanggal_selesai", "pelatihan_terakhir"):
        assert not (data.pendamping[name] > data.pendamping["kode_provinsi"].map(newest)).any(), name


def test_each_case_points_to_an_upload_of_its_province(data: SimulatedData) -> None:
    uploads = data.unggahan.rename(columns={"id": "id_unggahan"})
    both = data.kasus.merge(uploads, on=["id_unggahan", "kode_provinsi"])
    assert len(both) == len(data.kasus)
    assert (both["tanggal_data"] >= both[["tanggal_pertama_masuk", "tanggal_pembaruan"]].max(axis=1)).all()
    first = data.kasus.merge(
        uploads,
        left_on=["kode_provinsi", "tanggal_pertama_masuk"],
        right_on=["kode_provinsi", "tanggal_data"],
    )
    assert len(first) == len(data.kasus)
    assert uploads["baris"].sum() >= len(data.kasus)


def test_uploads_are_weekly_and_arrive_in_the_order_of_their_ids(data: SimulatedData) -> None:
    uploads = data.unggahan
    assert uploads["waktu"].is_monotonic_increasing
    gaps = uploads.groupby("kode_provinsi")["tanggal_data"].diff().dropna()
    assert (gaps == pd.Timedelta(days=7)).all()
    assert uploads.groupby("kode_provinsi").size().min() >= 60


def test_reporting_delay(cases: pd.DataFrame) -> None:
    usual = cases[~cases["kode_provinsi"].isin(list(true.COMPLETE_SINCE_DAY))]
    delay = days(usual, "tanggal_pertama_masuk", "tanggal_terdata")
    assert delay.min() == 0
    assert 6 <= delay.mean() <= 10
    assert 40 <= delay.max() <= 66
    # The last days are still incomplete, as they are in a real register.
    per_day = usual[usual["kode_provinsi"] == "32"].groupby("tanggal_terdata").size()
    recent = per_day.reindex(pd.date_range(END - dt.timedelta(days=6), END), fill_value=0).sum()
    assert recent < 0.6 * per_day["2026-10-01":"2026-10-28"].sum() / 4


def test_registers_that_begin_late_hold_only_open_cases_from_before(data: SimulatedData) -> None:
    sent = data.unggahan.groupby("kode_provinsi")["lengkap_sejak"].max().dropna()
    assert sent.to_dict() == {code: pd.Timestamp(day) for code, day in truth().lengkap_sejak.items()}
    for code, since in sent.items():
        rows = data.kasus[(data.kasus["kode_provinsi"] == code) & (data.kasus["tanggal_terdata"] < since)]
        assert len(rows) > 20
        assert (rows["tanggal_terminasi"].isna() | (rows["tanggal_terminasi"] >= since)).all()
        assert (rows["tanggal_pertama_masuk"] >= since).all()


# The truths can be recovered from the rows ------------------------------------------------------------------


def experience(frame: pd.DataFrame, *, dari: pd.Timestamp, sampai: pd.Timestamp, ages: int = 1096):
    """Days at risk [ages] and ends [ages, 3] by age inside [dari, sampai], every case seen from its terdata."""
    start = (frame["tanggal_terdata"] - FIRST).dt.days.to_numpy()
    closed = (frame["tanggal_terminasi"] - FIRST).dt.days.fillna(9_999).to_numpy()
    low, high = (dari - FIRST).days, (sampai - FIRST).days
    last = np.minimum(np.minimum(closed, (frame["T"] - FIRST).dt.days), high).astype(int)
    seen = (start <= high) & (last >= low)
    enter, leave = np.maximum(low - start, 0)[seen], (last - start)[seen]
    at_risk = np.cumsum(np.bincount(enter, minlength=ages + 1) - np.bincount(leave + 1, minlength=ages + 1))
    ended = np.zeros((ages, 3))
    for number, cause in enumerate(CAUSES):
        rows = seen & (closed == last) & (frame["kelompok"] == cause).to_numpy()
        ended[:, number] = np.bincount((last - start)[rows], minlength=ages)
    return at_risk[:ages], ended


def incidence(at_risk: np.ndarray, ended: np.ndarray) -> np.ndarray:
    survival, reached, rows = 1.0, np.zeros(3), []
    for n, d in zip(at_risk, ended, strict=True):
        if n:
            reached = reached + survival * d / n
            survival *= 1 - d.sum() / n
        rows.append(reached)
    return np.array(rows)


def ordinary(cases: pd.DataFrame) -> pd.DataFrame:
    apart = (true.BETTER, true.WORSE, *true.COMPLETE_SINCE_DAY)
    return cases[~cases["kode_provinsi"].isin(apart)]


@pytest.mark.parametrize("klaster", PLATEAU)
def test_incidence_of_each_klaster_is_recovered(cases: pd.DataFrame, klaster: str) -> None:
    rows = ordinary(cases)
    rows = rows[
        (rows["kode_klaster"] == klaster) & (rows["tanggal_terdata"] <= FIRST + pd.Timedelta(days=730))
    ]
    before = pd.Timestamp(speedup_dates(END)[0]) - pd.Timedelta(days=1)
    at_risk, ended = experience(rows, dari=FIRST, sampai=before)
    found, stated = incidence(at_risk, ended), true_incidence(klaster, days=365)
    total = at_risk[0]
    for day in (14, 30, 60, 90, 120, 180, 270, 365):
        margin = 4 * np.sqrt(stated[day] * (1 - stated[day]) / total)
        assert (np.abs(found[day] - stated[day]) <= margin).all(), (day, found[day], stated[day])
    half = int((found[:, 0] >= 0.5).argmax())
    assert half == pytest.approx(true_half(klaster), abs=25 if klaster in ("NAPZA", "BENCANA") else 8)


def ratio(frame: pd.DataFrame, *, dari: dt.date, sampai: dt.date, cause: int = 0) -> float:
    """Ends seen in [dari, sampai] for each end expected from the stated hazards without any effect."""
    seen = expected = 0.0
    for klaster, rows in frame.groupby("kode_klaster"):
        at_risk, ended = experience(rows, dari=pd.Timestamp(dari), sampai=pd.Timestamp(sampai))
        seen += ended[:, cause].sum()
        expected += (at_risk * hazards(klaster, ages=1096)[:, cause]).sum()
    return seen / expected


@pytest.mark.parametrize(
    ("provinsi", "multiplier"),
    [(true.BETTER, 1.5), (true.WORSE, 0.65), ("32", 1.0), ("36", 1.0), ("14", 1.0)],
)
@pytest.mark.parametrize("percepatan", [False, True])
def test_effects_of_provinces_and_months_multiply(
    cases: pd.DataFrame, provinsi: str, multiplier: float, percepatan: bool
) -> None:
    dari, sampai = speedup_dates(END)
    if not percepatan:
        dari, sampai = sampai + dt.timedelta(days=1), END
    rows = cases[cases["kode_provinsi"] == provinsi]
    expected = multiplier * (1.4 if percepatan else 1.0)
    assert ratio(rows, dari=dari, sampai=sampai) == pytest.approx(expected, rel=0.20)


def test_speedup_acts_nationally_on_terselesaikan_alone(cases: pd.DataFrame) -> None:
    dari, sampai = speedup_dates(END)
    rows, day = ordinary(cases), dt.timedelta(days=1)
    assert ratio(rows, dari=dari, sampai=sampai) == pytest.approx(1.4, rel=0.04)
    assert ratio(rows, dari=FIRST.date(), sampai=dari - day) == pytest.approx(1.0, rel=0.03)
    assert ratio(rows, dari=sampai + day, sampai=END) == pytest.approx(1.0, rel=0.03)
    for cause in (1, 2):
        assert ratio(rows, dari=dari, sampai=sampai, cause=cause) == pytest.approx(1.0, rel=0.06)


def test_half_is_reached_in_the_last_twelve_months(cases: pd.DataFrame) -> None:
    dari, sampai = pd.Timestamp(2025, 11, 21), pd.Timestamp(END)
    reached = {
        klaster: incidence(*experience(rows, dari=dari, sampai=sampai))[:366, 0].max() >= 0.5
        for klaster, rows in cases.groupby("kode_klaster")
    }
    assert sum(reached.values()) >= 6, reached


# Writing ----------------------------------------------------------------------------------------------------


def test_all_rows_are_stored_and_every_constraint_holds(database, data: SimulatedData) -> None:
    with database.connect() as db:
        for name, table in TABLES.items():
            count = db.execute(select(func.count()).select_from(table)).scalar_one()
            assert count == len(getattr(data, name))
        assert db.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        # Reports CHECKs and NOT NULLs too.
        assert db.exec_driver_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.is_simulated(database)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_constraints_hold_for_other_seeds(empty, seed: int) -> None:
    write(empty, simulate(cases=6_000, seed=seed))
    with empty.connect() as db:
        assert db.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        assert db.exec_driver_sql("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_integrity_check_would_see_a_wrong_row(empty) -> None:
    small = simulate(cases=200)
    wrong = small.kasus.assign(tanggal_pembaruan=small.kasus["tanggal_terdata"] - pd.Timedelta(days=1))
    write(empty, replace(small, kasus=wrong))
    with empty.connect() as db:
        assert db.exec_driver_sql("PRAGMA integrity_check").fetchone() == (
            "CHECK constraint failed in kasus",
        )


def test_foreign_key_check_would_see_a_wrong_row(empty) -> None:
    small = simulate(cases=200)
    write(empty, replace(small, rujukan=small.rujukan.assign(id_kasus="tidak ada")))
    with empty.connect() as db:
        found = db.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    assert {row[0] for row in found} == {"rujukan"}
    assert len(found) == len(small.rujukan) > 5


def test_values_come_back_as_they_were(empty) -> None:
    small = simulate(cases=500)
    write(empty, small)
    with empty.connect() as db:
        for name, table in TABLES.items():
            stored = [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key.columns))]
            frame = getattr(small, name).sort_values([column.name for column in table.primary_key.columns])
            assert stored == [tuple(row) for row in plain(frame, table)]


def plain(frame: pd.DataFrame, table) -> list[list]:
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    kinds = [column.type.python_type for column in table.columns]
    return [
        [
            value.date()
            if kind is dt.date and value
            else value.to_pydatetime()
            if kind is dt.datetime
            else value
            for value, kind in zip(row, kinds, strict=True)
        ]
        for row in rows
    ]


def test_checks_are_on_again_after_writing(empty) -> None:
    write(empty, simulate(cases=50))
    with pytest.raises(IntegrityError, match="ck_prioritas"), empty.begin() as db:
        db.execute(text("UPDATE kasus SET prioritas = 'segera'"))
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), empty.begin() as db:
        db.execute(text("UPDATE kasus SET kode_jenis = 'P99'"))
    with empty.connect() as db:
        assert "baris" not in [row[1] for row in db.exec_driver_sql("PRAGMA database_list")]


def test_simulated_database_is_emptied_and_filled_again(empty) -> None:
    write(empty, simulate(cases=300))
    with empty.begin() as db:
        row = db.execute(select(schema.kasus.c.kode_provinsi, schema.kasus.c.id_kasus)).first()
        visit = {"tanggal_kegiatan": dt.date(2020, 1, 1), "jenis_kegiatan": "kunjungan"}
        db.execute(insert(schema.kegiatan).values(**row._mapping, **visit))
    second = simulate(cases=200, seed=5)
    write(empty, second)
    assert connection.count_cases(empty) == 200
    with empty.connect() as db:
        assert db.execute(select(func.count()).select_from(schema.kegiatan)).scalar_one() == len(
            second.kegiatan
        )


def test_prepared_empty_database_becomes_a_simulated_one(empty) -> None:
    connection.prepare(empty, simulasi=False)
    write(empty, simulate(cases=100))
    assert connection.is_simulated(empty)
    assert connection.count_cases(empty) == 100


def test_real_rows_are_never_touched(empty) -> None:
    connection.prepare(empty, simulasi=False)
    row = {
        "kode_provinsi": "35",
        "tanggal_data": END,
        "waktu": pd.Timestamp("2026-11-20 09:00").to_pydatetime(),
    }
    with empty.begin() as db:
        db.execute(insert(schema.unggahan).values(**row, digest="0", baris=1, ditolak=0))
    with pytest.raises(UserError, match="sudah berisi 1 baris unggahan yang bukan simulasi"):
        write(empty, simulate(cases=100))
    assert not connection.is_simulated(empty)
    assert connection.count_cases(empty) == 0


def test_database_of_another_program_is_refused(tmp_path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/lain.db")
    with engine.begin() as db:
        db.execute(text("CREATE TABLE pegawai (nip TEXT)"))
    with pytest.raises(UserError, match="bukan milik program ini"):
        write(engine, simulate(cases=100))
    with engine.connect() as db:
        assert db.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one() == 1


def test_interrupted_writing_leaves_the_rows_of_before(empty) -> None:
    write(empty, simulate(cases=150))

    def stop(share: float, sentence: str) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(empty, simulate(cases=3_000), progress=stop)
    assert connection.count_cases(empty) == 150


def test_a_locked_database_gives_a_sentence(empty) -> None:
    write(empty, simulate(cases=50))
    impatient = connection.writable_engine(str(empty.url))
    with impatient.connect() as own:
        own.exec_driver_sql("PRAGMA busy_timeout = 50")
    with empty.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="terkunci"):
            write(impatient, simulate(cases=60))
    assert connection.count_cases(empty) == 50


def test_progress_rises_to_one_in_plain_sentences(empty) -> None:
    told: list[tuple[float, str]] = []
    write(empty, simulate(cases=1_000), progress=lambda share, sentence: told.append((share, sentence)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert [sentence for _, sentence in told] == [
        "Menyiapkan basis data simulasi",
        *(f"Menulis tabel {name}" for name in TABLES),
    ]


@pytest.mark.database
def test_postgresql_holds_the_same_rows_and_keeps_its_rules(postgres_url, empty) -> None:
    target = connection.writable_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    small = simulate(cases=400)
    write(empty, small)
    write(target, simulate(cases=150, seed=3))
    write(target, small)
    for table in TABLES.values():
        query = select(table).order_by(*table.primary_key.columns)
        with empty.connect() as ours, target.connect() as theirs:
            assert ours.execute(query).all() == theirs.execute(query).all(), table.name
    # The foreign keys are back, and the next upload does not begin at 1 again.
    with pytest.raises(IntegrityError, match="kasus_kode_jenis_fkey"), target.begin() as db:
        db.execute(text("UPDATE kasus SET kode_jenis = 'P99'"))
    keys = sum(len(table.foreign_key_constraints) for table in schema.metadata.sorted_tables)
    with target.begin() as db:
        found = db.execute(text("SELECT count(*) FROM pg_constraint WHERE contype = 'f'")).scalar_one()
        assert found == keys
        row = {"kode_provinsi": "35", "tanggal_data": END, "waktu": dt.datetime(2026, 11, 21)}  # noqa: DTZ001
        db.execute(insert(schema.unggahan).values(**row, digest="0", baris=1, ditolak=0))
        newest = db.execute(select(func.max(schema.unggahan.c.id))).scalar_one()
    assert newest == small.unggahan["id"].max() + 1
    target.dispose()


# Documentation ----------------------------------------------------------------------------------------------


def angka(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


@pytest.mark.parametrize("klaster", PLATEAU)
def test_document_states_hazards_and_halves(klaster: str) -> None:
    cells = [klaster, *(angka(rate, 4) for rate in PLATEAU[klaster])]
    cells += [angka(100 * true_incidence(klaster, days=day)[day, 0], 1) for day in (30, 90, 180, 3000)]
    cells += [str(true_half(klaster)), str(true_median_any_end(klaster))]
    assert f"| {' | '.join(cells)} |" in DOCS.read_text(encoding="utf-8")


def test_document_names_every_province_set_apart() -> None:
    text_of_document = DOCS.read_text(encoding="utf-8")
    names = reference.names("provinsi")
    known = truth()
    rows = [
        f"| {names[true.BETTER]} ({true.BETTER}) | laju terselesaikan x 1,5 |",
        f"| {names[true.WORSE]} ({true.WORSE}) | laju terselesaikan x 0,65 |",
        "| semua provinsi | laju terselesaikan x 1,4 pada 1 Juli 2025 - 31 Oktober 2025 |",
        *(f"| {names[code]} ({code}) | beban berlebih" for code in known.overloaded),
        f"| {names[known.stuck]} ({known.stuck}) | banyak kasus macet",
        f"| {names[known.tiny]} ({known.tiny}) | sangat sedikit kasus",
        *(f"| {names[code]} ({code}) | terlambat {late} hari |" for code, late in true.LATE_DAYS.items()),
        *(
            f"| {names[code]} ({code}) | lengkap sejak {day:%Y-%m-%d} |"
            for code, day in known.lengkap_sejak.items()
        ),
    ]
    assert [row for row in rows if row not in text_of_document] == []


def test_document_states_the_other_shares() -> None:
    text_of_document = DOCS.read_text(encoding="utf-8")
    for share in (
        true.RETURN_SHARE,
        true.LINKED_ON_RETURN,
        true.SAME_KIND_ON_RETURN,
        true.ADMINISTRATIF_SHARE,
    ):
        assert f"{share * 100:g}".replace(".", ",") + " %" in text_of_document
    for number in (true.RESPONSE_MEDIAN, true.UPDATE_MEAN, true.UPDATE_MEAN_DARURAT):
        assert f"{angka(number, 1)} hari" in text_of_document


def test_document_states_weights_and_priorities() -> None:
    text_of_document = DOCS.read_text(encoding="utf-8")
    for kind, weight in true.KIND_WEIGHTS.items():
        assert f"{kind} {f'{weight:g}'.replace('.', ',')}" in text_of_document
    for share in (true.URGENT_SHARE, true.DARURAT_SHARE, true.TINGGI_SHARE):
        assert f"{share * 100:g}".replace(".", ",") + " %" in text_of_document
