"""The simulated rows of the optional sheets keep what docs/simulasi.md states, and an import would accept them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib import reference
from lib.database import connection, schema, simulation
from lib.database import simulation_truth as true
from lib.database.simulation import SimulatedData, simulate
from lib.importing import columns, importer

DOCS = Path(__file__).resolve().parents[2] / "docs" / "simulasi.md"
CASE = ["kode_provinsi", "id_kasus"]
YEAR = pd.Timedelta(days=365)


@pytest.fixture(scope="module")
def data() -> SimulatedData:
    return simulate()


@pytest.fixture(scope="module")
def cases(data: SimulatedData) -> pd.DataFrame:
    """All cases with klaster, group of reason and T of their province."""
    kinds = reference.table("jenis_masalah")[["kode_jenis", "kode_klaster"]]
    frame = data.kasus.merge(kinds, on="kode_jenis")
    groups = reference.table("alasan_terminasi").set_index("kode_alasan")["kelompok"]
    frame["kelompok"] = frame["kode_alasan"].map(groups)
    frame["T"] = frame["kode_provinsi"].map(data_dates(data))
    return frame


def data_dates(data: SimulatedData) -> pd.Series:
    return data.unggahan.groupby("kode_provinsi")["tanggal_data"].max()


def joined(frame: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    both = frame.merge(cases, on=CASE, suffixes=("", "_kasus"), validate="many_to_one")
    assert len(both) == len(frame)
    return both


def test_cases_do_not_depend_on_the_optional_sheets(monkeypatch) -> None:
    usual = simulate(cases=800)
    monkeypatch.setattr(simulation, "SERVICES", 2)
    other = simulate(cases=800)
    for name in ("pendamping", "unggahan", "kasus"):
        pd.testing.assert_frame_equal(getattr(usual, name), getattr(other, name))
    for name in ("kegiatan", "rujukan", "penugasan", "kehadiran", "target"):
        assert not getattr(usual, name).equals(getattr(other, name)), name


# Kegiatan ---------------------------------------------------------------------------------------------------


def test_kegiatan_is_light_and_of_the_last_18_months(data: SimulatedData, cases: pd.DataFrame) -> None:
    visits = joined(data.kegiatan, cases)
    assert 95_000 <= len(visits) <= 130_000
    assert ((visits["T"] - visits["tanggal_kegiatan"]).dt.days < true.KEGIATAN_DAYS).all()
    assert (visits["kelompok"] != "administratif").all()


def test_no_kegiatan_changes_the_last_activity_of_a_case(data: SimulatedData, cases: pd.DataFrame) -> None:
    visits = joined(data.kegiatan, cases)
    assert (visits["tanggal_kegiatan"] <= visits["tanggal_pembaruan"]).all()
    assert (visits["tanggal_kegiatan"] >= visits["tanggal_terdata"]).all()
    after_end = visits["tanggal_kegiatan"] > visits["tanggal_terminasi"]
    assert set(visits.loc[after_end, "jenis_kegiatan"]) == {"pascalayanan"}


def test_components_come_after_intervensi(data: SimulatedData, cases: pd.DataFrame) -> None:
    visits = joined(data.kegiatan, cases)
    component = visits["jenis_kegiatan"].isin(schema.KOMPONEN_ATENSI)
    assert (visits.loc[component, "tanggal_kegiatan"] >= visits.loc[component, "tanggal_intervensi"]).all()
    followed = visits[visits["jenis_kegiatan"] == "pascalayanan"]
    assert (followed["tanggal_kegiatan"] == followed["tanggal_pascalayanan"]).all()


@pytest.mark.parametrize("klaster", true.PLATEAU)
def test_shares_of_kegiatan_by_klaster(data: SimulatedData, cases: pd.DataFrame, klaster: str) -> None:
    visits = joined(data.kegiatan, cases)
    helped = visits[visits["tanggal_intervensi"].notna() & (visits["kode_klaster"] == klaster)]
    helped = helped[helped["jenis_kegiatan"].isin(list(true.KEGIATAN_SHARES))]
    stated = pd.Series(
        {
            kind: share * true.KEGIATAN_FACTOR.get((klaster, kind), 1.0)
            for kind, share in true.KEGIATAN_SHARES.items()
        }
    )
    stated /= stated.sum()
    found = helped["jenis_kegiatan"].value_counts(normalize=True)
    assert len(helped) > 1_000
    assert (found - stated).abs().max() < 4 * np.sqrt(0.25 / len(helped))


# Rujukan ----------------------------------------------------------------------------------------------------


def test_shares_of_referrals_and_their_answers(data: SimulatedData, cases: pd.DataFrame) -> None:
    sent = joined(data.rujukan, cases)
    assert 0.085 <= len(sent) / len(cases) <= 0.10
    answers = sent["hasil"].value_counts(normalize=True)
    assert answers["diterima"] == pytest.approx(0.78, abs=0.015)
    assert answers["ditolak"] == pytest.approx(0.08, abs=0.015)
    fully = sent["kode_alasan"] == "R1"
    assert fully.sum() / (cases["kode_alasan"] == "R1").sum() == pytest.approx(true.REFERRED_FULLY, abs=0.02)
    assert "ditolak" not in set(sent.loc[fully, "hasil"])
    assert ((sent["tanggal_terminasi"] - sent["tanggal_rujukan"]).dt.days[fully] <= 10).all()
    assert set(sent["tujuan"]) == set(schema.TUJUAN_RUJUKAN)
    assert (sent.loc[sent["kode_klaster"] == "NAPZA", "tujuan"] == "bnn_ipwl").mean() > 0.3


def test_days_until_acceptance(data: SimulatedData, cases: pd.DataFrame) -> None:
    sent = joined(data.rujukan, cases)
    wait = (sent["tanggal_diterima"] - sent["tanggal_rujukan"]).dt.days.dropna()
    assert wait.median() == 6
    assert np.log(wait[wait > 0]).std() == pytest.approx(true.REFERRAL_SIGMA, abs=0.05)
    assert (sent["tanggal_diterima"].notna() == (sent["hasil"] == "diterima")).all()
    assert (sent["tanggal_diterima"].dropna() <= sent["T"][sent["tanggal_diterima"].notna()]).all()
    assert (sent["tanggal_rujukan"] >= sent["tanggal_terdata"]).all()
    assert (sent["tanggal_rujukan"] <= sent["tanggal_pembaruan"]).all()


def test_recent_referrals_are_also_kegiatan(data: SimulatedData, cases: pd.DataFrame) -> None:
    sent = joined(data.rujukan, cases)
    recent = sent[(sent["T"] - sent["tanggal_rujukan"]).dt.days < true.KEGIATAN_DAYS]
    visits = data.kegiatan[data.kegiatan["jenis_kegiatan"] == "rujukan"]
    both = visits.merge(recent, left_on=[*CASE, "tanggal_kegiatan"], right_on=[*CASE, "tanggal_rujukan"])
    assert len(both) == len(recent) == len(visits)


# Penugasan --------------------------------------------------------------------------------------------------


def test_each_recent_case_with_a_pendamping_has_its_assignments(
    data: SimulatedData, cases: pd.DataFrame
) -> None:
    recent = cases["tanggal_terminasi"].isna() | (cases["tanggal_terminasi"] > cases["T"] - YEAR)
    wanted = cases[recent & cases["id_pendamping"].notna() & (cases["kelompok"] != "administratif")]
    count = data.penugasan.groupby(CASE).size()
    assert set(count.index) == set(wanted.set_index(CASE).index)
    assert set(count) == {1, 2}
    assert (count == 2).mean() == pytest.approx(0.06, abs=0.006)


def test_assignments_follow_each_other_and_end_with_the_current_pendamping(
    data: SimulatedData, cases: pd.DataFrame
) -> None:
    held = joined(data.penugasan.sort_values([*CASE, "tanggal_mulai"]), cases)
    first, last = held.drop_duplicates(CASE), held.drop_duplicates(CASE, keep="last")
    assert (first["tanggal_mulai"] == first["tanggal_terdata"]).all()
    assert (last["id_pendamping"] == last["id_pendamping_kasus"]).all()
    stopped, closed = last["tanggal_selesai"], last["tanggal_terminasi"]
    assert ((stopped == closed) | (stopped.isna() & closed.isna())).all()
    handed = held[held.duplicated(CASE, keep=False)]
    before, after = handed.iloc[::2].reset_index(), handed.iloc[1::2].reset_index()
    assert (before["tanggal_selesai"] == after["tanggal_mulai"]).all()
    assert (before["id_pendamping"] != after["id_pendamping"]).all()
    assert (after["tanggal_mulai"] > after["tanggal_terdata"]).all()


def test_nobody_holds_a_case_before_or_after_service(data: SimulatedData, cases: pd.DataFrame) -> None:
    held = data.penugasan.merge(
        data.pendamping, on=["kode_provinsi", "id_pendamping"], suffixes=("", "_tugas"), validate="m:1"
    )
    assert len(held) == len(data.penugasan)
    assert (held["tanggal_mulai"] >= held["tanggal_mulai_tugas"]).all()
    assert not (held["tanggal_mulai"] > held["tanggal_selesai_tugas"]).any()
    assert not (held["tanggal_selesai"] > held["tanggal_selesai_tugas"]).any()


# Kehadiran and target ---------------------------------------------------------------------------------------


def test_attendance_of_twelve_whole_months(data: SimulatedData) -> None:
    days = data.kehadiran.merge(
        data.pendamping, on=["kode_provinsi", "id_pendamping"], validate="many_to_one"
    )
    assert len(days) == len(data.kehadiran)
    opening = pd.to_datetime(days["bulan"] + "-01")
    closing = opening + pd.offsets.MonthEnd(0)
    assert (closing <= days["kode_provinsi"].map(data_dates(data))).all()
    assert (days["tanggal_mulai"] <= opening).all()
    assert not (days["tanggal_selesai"] < closing).any()
    months = days.groupby(["kode_provinsi", "id_pendamping"]).size()
    staff = data.pendamping.set_index(["kode_provinsi", "id_pendamping"])
    long_there = staff[(staff["tanggal_mulai"] < "2025-09-01") & staff["tanggal_selesai"].isna()]
    assert (months[long_there.index] == true.KEHADIRAN_MONTHS).all()
    assert months.max() == true.KEHADIRAN_MONTHS


def test_attendance_is_mostly_nine_tenths_and_more(data: SimulatedData) -> None:
    days = data.kehadiran
    assert set(days["hari_kerja"]) <= set(range(18, 23))
    assert len(days[["bulan", "hari_kerja"]].drop_duplicates()) == len(set(days["bulan"]))
    assert days["hadir"].between(0, days["hari_kerja"]).all()
    share = days["hadir"] / days["hari_kerja"]
    assert 0.85 <= (share >= 0.9).mean() <= 0.93
    assert days["hadir"].sum() / days["hari_kerja"].sum() == pytest.approx(0.95, abs=0.01)


def target_table(data: SimulatedData) -> pd.DataFrame:
    return data.target.pivot_table(index="kode_wilayah", columns="kode_indikator", values="nilai")


def test_targets_for_the_country_and_every_province(data: SimulatedData) -> None:
    target = target_table(data)
    assert set(data.target["periode"]) == {"2026"}
    assert list(target.index) == ["00", *reference.all_provinces()]
    for kode, value in true.TARGET_RATES.items():
        assert (target[kode] == value).all()
    counts = target[list(true.TARGET_COUNTS)]
    assert (counts.loc["00"] == counts.drop("00").sum()).all()
    assert (counts["I01"] >= counts["I02"]).all()
    assert (counts["I02"] >= counts["I03K"]).all()
    assert (counts["I03"] > 0).all()


def test_count_targets_lie_near_what_a_year_reaches(data: SimulatedData, cases: pd.DataFrame) -> None:
    valid = cases[cases["kelompok"] != "administratif"]
    entered = valid["tanggal_terdata"] > valid["T"] - YEAR
    solved = valid["kelompok"] == "terselesaikan"
    closed = solved & (valid["tanggal_terminasi"] > valid["T"] - YEAR)
    reached = {"I01": entered, "I03": closed, "I03K": entered & solved}
    target = target_table(data)
    for kode, rows in reached.items():
        of_province = valid[rows].groupby("kode_provinsi").size()
        share = target.loc[of_province.index, kode] / of_province
        large = of_province >= 250
        low, high = true.TARGET_FACTOR
        assert share[large].between(low - 0.015, high + 0.015).all(), kode
        assert target.loc["00", kode] / rows.sum() == pytest.approx(1.02, abs=0.04)
    assert 17_000 <= target.loc["00", "I03"] <= 21_000


def test_targets_of_a_tiny_simulation_are_above_zero() -> None:
    assert (simulate(cases=1).target["nilai"] > 0).all()


def test_another_end_moves_the_optional_sheets() -> None:
    moved = simulate(cases=2_000, end=dt.date(2024, 2, 29))
    assert set(moved.target["periode"]) == {"2024"}
    assert moved.kehadiran["bulan"].max() == "2024-02"
    assert moved.kegiatan["tanggal_kegiatan"].max() <= pd.Timestamp(2024, 2, 29)


# The importer -----------------------------------------------------------------------------------------------


def test_an_import_accepts_every_simulated_row(tmp_path) -> None:
    small = simulate(cases=3_000, seed=11)
    uploads = small.unggahan.groupby("kode_provinsi")[["tanggal_data", "lengkap_sejak"]].max().reset_index()
    paths = []
    for sheet in columns.SHEETS:
        frame = uploads if sheet == columns.KETERANGAN else getattr(small, sheet)
        paths.append(tmp_path / f"{sheet}.csv")
        frame[list(columns.names(sheet))].to_csv(paths[-1], index=False, date_format="%Y-%m-%d")
    engine = connection.writable_engine(f"sqlite:///{tmp_path}/kasus.db")
    connection.prepare(engine)
    report = importer.import_files(engine, paths, now=dt.datetime(2026, 11, 21, 8))  # noqa: DTZ001
    assert report.problems[report.problems["tingkat"] == "ditolak"].empty
    assert report.status == importer.DITERIMA
    for sheet in schema.SHEETS:
        assert report.counts[sheet]["baru"] == len(getattr(small, sheet)), sheet


# Documentation ----------------------------------------------------------------------------------------------


def percent(share: float) -> str:
    return f"{share * 100:g}".replace(".", ",") + " %"


def test_document_states_the_shares_of_the_optional_sheets() -> None:
    document = DOCS.read_text(encoding="utf-8")
    stated = [
        *(f"{kind} {percent(share)}" for kind, share in true.KEGIATAN_SHARES.items()),
        *(
            f"{kind} x {factor:g} di {klaster}".replace(".", ",")
            for (klaster, kind), factor in true.KEGIATAN_FACTOR.items()
        ),
        f"{percent(true.REFERRED_FULLY)} kasus R1 dan {percent(true.REFERRED_OTHERS)} kasus lain",
        f"diterima {percent(true.ANSWERS_FULLY[0])}",
        f"diterima {percent(true.ANSWERS_OTHERS[0])}, ditolak {percent(true.ANSWERS_OTHERS[1])}",
        f"sigma {str(true.REFERRAL_SIGMA).replace('.', ',')}",
        f"I04-180 {true.TARGET_RATES['I04-180']:g}, I05M {true.TARGET_RATES['I05M']:g}",
        f"{true.KEGIATAN_DAYS} hari",
    ]
    flat = " ".join(document.split())
    assert [text for text in stated if text not in flat] == []
