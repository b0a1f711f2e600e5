"""One row per active pendamping equals a plain recount of the rows, adds up to the indicators, and keeps the scope."""

from __future__ import annotations

import datetime as dt
import statistics

import pandas as pd
import pytest

from lib import clock, measure, reference, settings, start
from lib.database import connection
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, Weights
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
NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
VALUES = settings.load(environment={})
LIMITS = VALUES.ambang
WEIGHTS = Weights(darurat=2.0, tinggi=1.5, biasa=1.0)
T = dt.date(2026, 11, 20)
# Dense worlds, one of few cases, one without any case, one without any pendamping.
SEEDS = (4, 17, 29, 33, 10, 15, 274)
COUNTED = ("terbuka", "terdata", "ditutup", "macet", "beban_berbobot", "umur_median", "pita")


def asked(scope, case_filter, source):
    return measure.workers(scope, case_filter, source=source, limits=LIMITS, weights=WEIGHTS)


def stored(raw, folder):
    engine = connection.writable_engine(f"sqlite:///{folder}/dunia.sqlite")
    write(engine, raw)
    return direct_source(engine, simulasi=True)


# --- the plain recount: rows and loops, nothing of the product but its data dates ---------------------------


def recount(raw, dates, *, a, b, chosen) -> dict:
    """(provinsi, pendamping) -> the numbers of COUNTED, case by case."""
    removed = {row["kode_alasan"] for row in raw.alasan_terminasi if row["kelompok"] == "administratif"}
    people = {}
    for row in raw.pendamping:
        known, ended = dates.get(row["kode_provinsi"]), row["tanggal_selesai"]
        if known is None:
            continue  # The province never sent its cases: nobody is known on any day.
        on_duty = row["tanggal_mulai"] <= known and (ended is None or ended >= known)
        in_place = not chosen["kabkota"] or row["kode_kabkota"] in chosen["kabkota"]
        if on_duty and in_place and row["kode_provinsi"] in chosen["provinsi"]:
            key = (row["kode_provinsi"], row["id_pendamping"])
            people[key] = {"terbuka": [], "terdata": 0, "ditutup": 0, "macet": 0}
    activity = {}
    for row in raw.kegiatan:
        key = (row["kode_provinsi"], row["id_kasus"])
        activity.setdefault(key, []).append(row["tanggal_kegiatan"])
    for case in raw.kasus:
        person = people.get((case["kode_provinsi"], case["id_pendamping"]))
        known = dates[case["kode_provinsi"]]
        if person is None or case["kode_alasan"] in removed or case["tanggal_terdata"] > known:
            continue
        count_case(person, case, activity.get((case["kode_provinsi"], case["id_kasus"]), []), known, a, b)
    return {key: finished(person, early=b < dates[key[0]]) for key, person in people.items()}


def count_case(person, case, activities, known, a, b) -> None:
    t = min(b, known)
    ended = case["tanggal_terminasi"]
    ended = ended if ended is not None and ended <= known else None
    if a <= case["tanggal_terdata"] <= t:
        person["terdata"] += 1
    if ended is not None and a <= ended <= t:
        person["ditutup"] += 1
    if case["tanggal_terdata"] <= t and (ended is None or ended > t):
        person["terbuka"].append((case["prioritas"], (t - case["tanggal_terdata"]).days))
    if ended is None:
        steps = ("kontak", "asesmen", "rencana", "intervensi", "pembaruan")
        seen = [case[f"tanggal_{step}"] for step in steps] + activities
        last = max([case["tanggal_terdata"], *(day for day in seen if day is not None and day <= known)])
        person["macet"] += (known - last).days > (7 if case["prioritas"] == "darurat" else 30)


def finished(person, *, early: bool) -> tuple:
    held = person["terbuka"]
    weighted = sum({"darurat": 2.0, "tinggi": 1.5, "biasa": 1.0}[priority] for priority, _ in held)
    median = statistics.median(age for _, age in held) if len(held) >= 10 else None
    band = "wajar" if len(held) <= 15 else "tinggi" if len(held) <= 18 else "berlebih"
    stuck = None if early else person["macet"]
    return (
        *(len(held), person["terdata"], person["ditutup"], stuck, weighted, median),
        None if early else band,
    )


def listed(answer: pd.DataFrame) -> dict:
    rows = answer[["provinsi", "pendamping", *COUNTED]].astype(object)
    rows = rows.where(pd.notna(rows), None)
    return {(row[0], row[1]): tuple(row[2:]) for row in rows.itertuples(index=False, name=None)}


FILTERS = {
    "none": {},
    "one province": {"provinsi": ("34",)},
    "kab/kota": {"kabkota": (places_of("34")[0],)},
    "a kind, which does not apply": {"jenis": ("P18",)},
    "a klaster, which does not apply": {"klaster": ("ANAK",), "provinsi": ("35", "34")},
}


@pytest.mark.parametrize("seed", SEEDS)
def test_equals_a_plain_recount(seed, tmp_path):
    raw = random_world(seed)
    source = stored(raw, tmp_path)
    dates = {p.kode_provinsi: p.tanggal_data for p in source.provinces if p.tanggal_data is not None}
    newest = max(dates.values(), default=T)
    spans = [
        Period(),
        Period(dari=newest - 300 * DAY, sampai=newest - 40 * DAY),
        Period(dari=newest - 20 * DAY, sampai=newest),
    ]
    for where in FILTERS.values():
        for period in spans:
            case_filter = CaseFilter(period=period, **where)
            answer = asked(FOUR, case_filter, source)
            if answer.empty:
                continue
            provinces = case_filter.provinsi or {kode[:2] for kode in case_filter.kabkota} or set(PROVINCES)
            expected = recount(
                raw,
                dates,
                a=answer["dari"].iloc[0],
                b=answer["sampai"].iloc[0],
                chosen={"provinsi": provinces, "kabkota": case_filter.kabkota},
            )
            assert listed(answer) == expected


def test_the_worlds_hold_enough():
    """Otherwise the recount would agree about nothing."""
    worlds = [random_world(seed) for seed in SEEDS]
    held = sum(case["id_pendamping"] is not None for world in worlds for case in world.kasus)
    assert held > 200


# --- a small office, checked by eye -------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path):
    """34: p1 with six open cases, p2 with nothing, p3 who has left but still holds a case; T is 20 November."""
    priorities = ("darurat", "tinggi", "tinggi", "biasa", "biasa", "biasa")
    cases = [
        kasus_row("34", number, T - 10 * DAY, id_pendamping="p1", prioritas=priority)
        for number, priority in enumerate(priorities)
    ]
    closed = {"tanggal_terminasi": T - DAY, "kode_alasan": "T1", "id_pendamping": "p1"}
    cases += [
        kasus_row("34", 20, T - 40 * DAY, **closed),
        kasus_row("34", 21, T - 40 * DAY, **(closed | {"kode_alasan": "A1"})),
        kasus_row("34", 22, T + DAY, id_pendamping="p1"),
        kasus_row("34", 23, T - 10 * DAY, id_pendamping="p3"),
        kasus_row("34", 24, T - 10 * DAY),
    ]
    people = [pendamping_row("34", name, T - 400 * DAY, nama_tampil=f"Nama {name}") for name in ("p1", "p2")]
    people.append(pendamping_row("34", "p3", T - 400 * DAY, tanggal_selesai=T - DAY))
    raw = raw_world(kasus=cases, pendamping=people, unggahan=[unggahan_row(1, "34", T, T - 500 * DAY)])
    return stored(raw, tmp_path)


def test_small_office(office):
    rows = asked(FOUR, CaseFilter(), office).set_index("pendamping")
    assert list(rows.index) == ["p1", "p2"], "who has left is not listed"
    first = rows.loc["p1"]
    assert (first["terbuka"], first["terdata"], first["ditutup"]) == (6, 7, 1)
    assert first["beban_berbobot"] == 8.0
    assert first["macet"] == 1, "ten days of silence are too many for darurat only"
    assert pd.isna(first["umur_median"]) and first["alasan_umur"] == "n < 10"
    assert (first["pita"], first["alasan"]) == ("wajar", None)
    assert rows.loc["p2", ["terbuka", "terdata", "ditutup", "macet", "beban_berbobot"]].tolist() == [0] * 5


@pytest.mark.parametrize(
    ("open_cases", "pita", "median"),
    [
        (9, "wajar", None),
        (10, "wajar", 10),
        (15, "wajar", 10),
        (16, "tinggi", 10),
        (18, "tinggi", 10),
        (19, "berlebih", 10),
    ],
)
def test_bands_and_median(open_cases, pita, median, tmp_path):
    cases = [kasus_row("34", number, T - 10 * DAY, id_pendamping="p1") for number in range(open_cases)]
    people = [pendamping_row("34", "p1", T - 400 * DAY)]
    raw = raw_world(kasus=cases, pendamping=people, unggahan=[unggahan_row(1, "34", T)])
    row = asked(FOUR, CaseFilter(), stored(raw, tmp_path)).iloc[0]
    assert row["pita"] == pita
    assert pd.isna(row["umur_median"]) if median is None else row["umur_median"] == median


def test_before_the_data_date_stuck_and_band_have_no_history(office):
    earlier = CaseFilter(period=Period(sampai=T - 5 * DAY))
    row = asked(FOUR, earlier, office).set_index("pendamping").loc["p1"]
    assert row["terbuka"] == 7, "six, and the one closed later"
    assert pd.isna(row["macet"]) and pd.isna(row["pita"]) and row["alasan"] == "belum ada riwayat"


def test_names_only_for_the_coordinator(office):
    coordinator = Scope(role=Role.KOORDINATOR, provinces=("34",))
    assert asked(coordinator, CaseFilter(), office)["nama"].tolist() == ["Nama p1", "Nama p2"]
    for role in (Role.DIREKTUR, Role.ADMIN_DATA):
        assert asked(Scope(role=role, provinces=("34",)), CaseFilter(), office)["nama"].isna().all()


def test_outside_the_scope_is_refused(office):
    with pytest.raises(AccessRefused, match="34"):
        asked(Scope(role=Role.KOORDINATOR, provinces=("35",)), CaseFilter(provinsi=("34",)), office)
    assert asked(Scope(role=Role.KOORDINATOR, provinces=("35",)), CaseFilter(), office).empty


# --- the simulation: parts and wholes -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulation(tmp_path_factory):
    """A small simulation: its snapshot, and the same SQLite file read directly."""
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path_factory.mktemp("orang"))})
    start.make_demo(values, now=clock.now(), cases=6_000, past=False)
    engine = connection.read_engine(values.database_url)
    return measure.open_source(values), direct_source(engine, simulasi=True)


@pytest.mark.parametrize(
    "case_filter",
    [CaseFilter(), CaseFilter(provinsi=("32",)), CaseFilter(period=Period(sampai=dt.date(2026, 6, 30)))],
    ids=["none", "province", "earlier"],
)
def test_each_person_equals_the_indicators(simulation, case_filter):
    source, _ = simulation
    rows = asked(NATIONAL, case_filter, source).set_index(["provinsi", "pendamping"])
    kodes = {"I13": "terbuka", "I01": "terdata", "I15-n": "macet", "I14-median": "umur_median"}
    answer = measure.measure(
        NATIONAL, list(kodes), case_filter, per=Dimensi.PENDAMPING, source=source, limits=LIMITS
    )
    for kode, column in kodes.items():
        figures = answer[answer["kode"] == kode].set_index(["provinsi", "pendamping"])["nilai"]
        expected = figures.reindex(rows.index).astype("float64")
        pd.testing.assert_series_equal(rows[column].astype("float64"), expected, check_names=False)


def test_parts_and_those_without_active_pendamping_make_the_whole(simulation):
    source, _ = simulation
    rows = asked(NATIONAL, CaseFilter(), source)
    whole = measure.measure(
        NATIONAL, ("I13", "I28", "I18-rata"), CaseFilter(), source=source, limits=LIMITS
    ).set_index("kode")
    assert rows["terbuka"].sum() + whole.loc["I28", "nilai"] == whole.loc["I13", "nilai"]
    assert rows["terbuka"].sum() == whole.loc["I18-rata", "pembilang"]
    assert len(rows) == whole.loc["I18-rata", "n"]


def test_snapshot_and_database_agree(simulation):
    snapshot, direct = simulation
    for case_filter in (CaseFilter(), CaseFilter(provinsi=("93",))):
        assert listed(asked(NATIONAL, case_filter, snapshot)) == listed(asked(NATIONAL, case_filter, direct))
