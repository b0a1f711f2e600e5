"""Twelve data dates of simulated registers: the 90 % interval holds the number that was finally seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from sqlalchemy import Column, MetaData, Table, create_engine, select

from lib import reference, settings
from lib.database.prepared import ProvinceData, prepared_cases
from lib.database.simulation import simulate
from lib.domain import CaseFilter, Dimensi, Role, Scope
from lib.measure import COMPLETE, nowcast, reporting_delays
from lib.queries.source import Source

SCOPE = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
LIMITS = settings.load(environment={}).ambang
# The columns of a snapshot; the nowcast reads three of them.
KASUS = Table(
    "kasus", MetaData(), *(Column(c.name, c.type) for c in prepared_cases("duckdb", []).selected_columns)
)
READ = ["kode_provinsi", "tanggal_terdata", "tanggal_pertama_masuk"]
# The register's last 70 days are not final: nothing arrives later than 60 days and a week.
DATES, APART, FINAL_AFTER = 12, 30, 70


def register(cases: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulated cases without administratif closures, and the uploads."""
    data = simulate(cases=cases, seed=seed)
    removed = data.kasus["kode_alasan"].fillna("").str.startswith("A")
    cases = data.kasus.loc[~removed, READ].reset_index(drop=True)
    return cases.assign(**{name: cases[name].dt.date for name in READ[1:]}), data.unggahan


def source_of(cases: pd.DataFrame) -> Source:
    """The cases in a database of its own."""
    engine = create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.register("baris", cases)
        listed = ", ".join(c.name if c.name in READ else f"NULL AS {c.name}" for c in KASUS.columns)
        raw.execute(f"CREATE TABLE kasus AS SELECT {listed} FROM baris")  # noqa: S608  names of our own schema
    sets = dict.fromkeys(("kasus", "pendamping", "rujukan", "komponen", "kehadiran", "target"), KASUS)
    return Source(engine=engine, **sets, versi="uji", simulasi=True, dibuat="", provinces=())


def as_known(source: Source, uploads: pd.DataFrame, day: dt.date) -> Source:
    """What the register held on a day: the cases that had come by then, each province up to its last upload."""
    sent = uploads[uploads["tanggal_data"].dt.date <= day].groupby("kode_provinsi").last()
    provinces = tuple(
        ProvinceData(
            kode_provinsi=kode,
            tanggal_data=row["tanggal_data"].date(),
            lengkap_sejak=dt.date(2023, 11, 21)
            if pd.isna(row["lengkap_sejak"])
            else row["lengkap_sejak"].date(),
        )
        for kode, row in sent.iterrows()
    )
    known = select(KASUS).where(KASUS.c.tanggal_pertama_masuk <= day).subquery("kasus")
    return replace(source, kasus=known, provinces=provinces)


def final(rows: pd.DataFrame, cases: pd.DataFrame) -> list[int]:
    """The number that was finally seen of the days of each row, counted over the raw cases."""
    day, place = cases["tanggal_terdata"], cases["kode_provinsi"]
    own = {kode: day[place == kode].to_numpy() for kode in place.unique()}
    return [
        int(((own[row.provinsi] >= row.dari) & (own[row.provinsi] <= row.sampai)).sum())
        for row in rows.itertuples(index=False)
    ]


def tried(cases: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Growing months of all provinces at all dates, with akhir (finally seen) and kena; the same for the nation."""
    rows, uploads = register(cases, seed)
    source = source_of(rows)
    newest = uploads["tanggal_data"].max().date()
    parts, whole = [], []
    for number in range(DATES):
        day = newest - dt.timedelta(days=FINAL_AFTER + 40 + APART * number)
        ask = {"source": as_known(source, uploads, day), "limits": LIMITS}
        ask["known"] = reporting_delays(SCOPE, source=ask["source"], limits=LIMITS)
        months = nowcast(SCOPE, CaseFilter(), per=Dimensi.PROVINSI, **ask)
        months["akhir"] = final(months, rows)
        nation = nowcast(SCOPE, CaseFilter(), **ask)
        nation["akhir"] = months.groupby("bulan")["akhir"].sum().reindex(nation["bulan"]).to_numpy()
        parts.append(months)
        whole.append(nation)
    source.engine.dispose()
    found = []
    for listed in (parts, whole):
        frame = pd.concat(listed, ignore_index=True)
        frame["kena"] = (frame["akhir"] >= frame["bawah"]) & (frame["akhir"] <= frame["atas"])
        frame["lebar"] = frame["atas"] - frame["bawah"]
        found.append(frame[frame["kelengkapan"] < COMPLETE])
    size = rows["kode_provinsi"].value_counts().rank(method="first")
    found[0]["sepertiga"] = (found[0]["provinsi"].map(size) - 1) * 3 // len(size)
    return found[0], found[1]


@pytest.fixture(scope="module")
def outcome() -> tuple[pd.DataFrame, pd.DataFrame]:
    return tried(cases=30_000, seed=20261120)


def test_the_interval_holds_the_final_number_in_every_third(outcome, record_property):
    months, _ = outcome
    thirds = months.groupby("sepertiga").agg(
        n=("kena", "size"), kena=("kena", "mean"), lebar=("lebar", "median")
    )
    record_property("cakupan", round(float(months["kena"].mean()), 3))
    record_property("lebar_tengah", float(months["lebar"].median()))
    print(f"coverage {months['kena'].mean():.3f}, median width {months['lebar'].median():g}\n{thirds}")
    assert len(months) > 400
    assert months["kena"].mean() >= 0.85
    assert (thirds["kena"] >= 0.85).all()


def test_the_nation_too_and_without_a_lean(outcome):
    months, nation = outcome
    print(f"nation {nation['kena'].mean():.3f} of {len(nation)}, median width {nation['lebar'].median():g}")
    assert nation["kena"].mean() >= 0.75  # of a dozen months: two misses are chance
    grown, expected = months["akhir"] - months["sejauh_ini"], months["perkiraan"] - months["sejauh_ini"]
    assert expected.sum() == pytest.approx(grown.sum(), rel=0.1)


def test_an_interval_says_something(outcome):
    """Growing months of the larger provinces are told to a fifth of their number and better."""
    months, _ = outcome
    large = months[(months["sepertiga"] == 2) & (months["perkiraan"] >= 30)]
    assert (large["lebar"] / large["perkiraan"]).median() < 0.35
