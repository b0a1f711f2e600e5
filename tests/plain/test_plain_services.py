"""Referrals, components, attendance and targets, each on a few rows with the answer worked out beside them."""

import datetime as dt

import pytest

from tests.plain.build import ask, by, d, kasus, kegiatan, one, person, rujukan, target, unggahan, world

OPEN, GONE = kasus(10), kasus(10, 90, "A1")
LATE = kasus(10, provinsi="33")


def referred(*rows: dict):
    return world([OPEN, GONE, LATE], rujukan=list(rows))


def test_referrals_of_the_period():
    rows = [
        rujukan(OPEN, 49),
        rujukan(OPEN, 50),
        rujukan(OPEN, 100),
        rujukan(OPEN, 101),  # not known yet
        rujukan(GONE, 60),  # of an administratif case
        rujukan(LATE, 90),
        rujukan(LATE, 91),  # after the T of 33
    ]
    row = one(referred(*rows), "I22-n", 50, 120)
    assert (row["nilai"], row["n"]) == (3, 3)
    assert by(ask(referred(*rows), "I22-n", 50, 120, per="provinsi"), "provinsi") == {
        "33": 1,
        "35": 2,
        "91": None,
    }
    assert one(referred(*rows), "I22-n", 50, 120, klaster=["TSKPO"])["nilai"] == 0
    assert one(referred(*rows), "I22-n", 50, 99, provinsi=["35"])["nilai"] == 1


def test_referrals_of_a_case_not_recorded_yet_are_not_seen():
    early = kasus(80)
    assert one(world([early], rujukan=[rujukan(early, 70)]), "I22-n", 50, 75)["nilai"] == 0
    assert one(world([early], rujukan=[rujukan(early, 70)]), "I22-n", 50, 80)["nilai"] == 1


@pytest.mark.parametrize("kode", ["I22-n", "I22-diterima", "I22-hari", "I30", "I32-komponen"])
def test_without_its_sheet_a_figure_has_no_data(kode):
    for row in ask(world([OPEN], people=[person("p1")]), kode, 0, 100):
        assert (row["nilai"], row["n"], row["alasan"]) == (None, None, "belum ada data")


def test_a_province_without_the_sheet_is_left_out():
    raw = referred(rujukan(OPEN, 60))
    rows = ask(raw, "I22-n", 50, 100, per="provinsi")
    assert by(rows, "provinsi", "alasan") == {"33": "belum ada data", "35": None, "91": "belum ada data"}
    assert one(raw, "I22-n", 50, 100)["nilai"] == 1
    # A row is a row, however late: the sheet is there, the period has none.
    assert one(referred(rujukan(OPEN, 120)), "I22-n", 50, 100)["nilai"] == 0


DECIDED = [
    *[rujukan(OPEN, 50 + i, diterima=60 + i) for i in range(5)],
    rujukan(OPEN, 55, diterima=100),
    *[rujukan(OPEN, 60 + i, hasil="ditolak") for i in range(4)],
]
UNDECIDED = [rujukan(OPEN, 70), rujukan(OPEN, 71, diterima=101)]


def test_accepted_of_the_decided_as_at_the_data_date():
    # Six accepted by day 100, four refused; the period may end before the decision.
    row = one(referred(*DECIDED, *UNDECIDED), "I22-diterima", 50, 80)
    assert (row["nilai"], row["pembilang"], row["n"]) == (60, 6, 10)
    assert (row["bawah"], row["atas"]) == pytest.approx((31.2674, 83.1820), abs=1e-4)
    row = one(referred(*DECIDED[1:], *UNDECIDED), "I22-diterima", 50, 80)
    assert (row["nilai"], row["pembilang"], row["n"], row["alasan"]) == (None, 5, 9, "n < 10")


def test_days_to_acceptance():
    rows = [
        *[rujukan(OPEN, 50 + i, diterima=53 + i) for i in range(4)],  # 3 days
        *[rujukan(OPEN, 60 + i, diterima=70 + i) for i in range(3)],  # 10 days
        *[rujukan(OPEN, 70 + i) for i in range(4)],  # waiting on day 100: 30, 29, 28, 27 days
        *[rujukan(OPEN, 80 + i, hasil="ditolak") for i in range(5)],
        rujukan(OPEN, 90, hasil="diterima"),  # accepted, nobody knows when
    ]
    # 4 of 11 after 3 days, 7 of 11 after 10.
    row = one(referred(*rows), "I22-hari", 50, 100)
    assert (row["nilai"], row["n"], row["pembilang"]) == (10, 11, None)
    # On day 69 nobody of the 3 is accepted: 9, 8, 7 days waiting, and only seven were made.
    assert one(referred(*rows), "I22-hari", 50, 69)["alasan"] == "n < 10"
    assert one(referred(*rows[4:]), "I22-hari", 50, 100)["alasan"] == "n < 10"
    assert (
        one(referred(*rows[:4], *rows[7:11], *rows[7:11]), "I22-hari", 50, 100)["alasan"] == "belum tercapai"
    )


def test_acceptance_after_the_period_is_waiting():
    # Known on day 100: ten accepted after 20 days. On day 60 the oldest has waited 10 days.
    rows = [rujukan(OPEN, 50, diterima=70)] * 10
    assert one(referred(*rows), "I22-hari", 50, 100)["nilai"] == 20
    assert one(referred(*rows), "I22-hari", 50, 60)["alasan"] == "belum tercapai"


def test_components():
    cases = [kasus(60), kasus(60), kasus(60), kasus(40), kasus(60, 61, "A1"), kasus(60, provinsi="33")]
    activities = [
        kegiatan(cases[0], 65, "terapi"),
        kegiatan(cases[0], 70, "terapi"),  # the same component once
        kegiatan(cases[0], 70, "dukungan_keluarga"),
        kegiatan(cases[1], 100, "terapi"),
        kegiatan(cases[1], 101, "dukungan_aksesibilitas"),  # not known yet
        kegiatan(cases[2], 70, "kunjungan"),  # no component
        kegiatan(cases[3], 70, "terapi"),  # recorded before the period
        kegiatan(cases[4], 61, "terapi"),
    ]
    raw = world(cases, kegiatan=activities)
    rows = ask(raw, "I32-komponen", 50, 100)
    # 33 sent no kegiatan, so its case is not among the three.
    assert {row["n"] for row in rows} == {3}
    found = by(rows, "komponen")
    assert {name: n for name, n in found.items() if n} == {"terapi": 2, "dukungan_keluarga": 1, None: 1}
    assert len(found) == 8
    # On day 65 only the first case had anything.
    assert by(ask(raw, "I32-komponen", 50, 65), "komponen")[None] == 2
    rows = ask(raw, "I32-komponen", 50, 100, provinsi=["33"])
    assert {row["alasan"] for row in rows} == {"belum ada data"} and len(rows) == 7


def hadir(name: str, bulan: str, present: int, due: int = 20, *, provinsi: str = "35") -> dict:
    return {
        "kode_provinsi": provinsi,
        "id_pendamping": name,
        "bulan": bulan,
        "hari_kerja": due,
        "hadir": present,
    }


def test_attendance():
    people = [person("p1"), person("p2", selesai=40, kode_kabkota="35.02"), person("p1", provinsi="33")]
    rows = [
        hadir("p1", "2025-12", 1),
        hadir("p1", "2026-01", 18),
        hadir("p1", "2026-02", 16),
        hadir("p2", "2026-01", 10),
        hadir("p1", "2026-03", 20),
        hadir("p1", "2026-04", 0),  # April is not over on day 100 (11 April)
        hadir("p1", "2026-03", 12, provinsi="33"),
    ]
    raw = world([], people=people, kehadiran=rows)
    # Day 31 is 1 February, day 89 31 March, day 90 the T of 33: February and March.
    row = one(raw, "I30", 31, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (80, 48, 60)
    assert (row["bawah"], row["atas"]) == pytest.approx((68.2182, 88.1715), abs=1e-4)
    # Up to 30 March the month is not over.
    assert one(raw, "I30", 31, 88)["n"] == 20
    # The first day of the period may lie inside the month.
    assert one(raw, "I30", 30, 100)["n"] == 100
    assert one(raw, "I30", 90, 100)["alasan"] == "n < 10"
    assert by(ask(raw, "I30", 0, 100, per="kabkota"), "kabkota")["35.02"] == 50
    rows = ask(raw, "I30", 0, 100, per="pendamping", provinsi=["35"])
    assert {row["kunci"]["pendamping"]: row["nilai"] for row in rows} == {"p1": 90, "p2": 50}
    # A person's work: kinds do not filter it.
    assert one(raw, "I30", 31, 100, jenis=["P18"])["n"] == 60


def resolved(number: int, day: int, **others) -> list[dict]:
    return [kasus(0, day, **others) for _ in range(number)]


# 35 is known up to 11 April 2026, day 100: 101 of the 365 days of 2026.
def test_count_target_in_proportion_to_the_days():
    raw = world([*resolved(30, 50), *resolved(9, 101)], target=[target("I03", 365)])
    row = one(raw, "I26-I03", 60, 200, provinsi=["35"])
    # From 1 January, whatever the period's start.
    assert row["nilai"] == pytest.approx(100 * 30 / 101)
    assert (row["pembilang"], row["n"], row["bawah"]) == (30, 30, None)
    # Up to day 59 (1 March) 60 days are over.
    assert one(raw, "I26-I03", 55, 59, provinsi=["35"])["nilai"] == pytest.approx(100 * 30 / 60)
    assert one(raw, "I26-I03", 20, 49, provinsi=["35"])["nilai"] == 0
    assert (row["dari"], row["sampai"]) == (d(60), d(200))


def test_month_target_where_the_period_lies_in_the_month():
    # March is day 59 to 89.
    raw = world(
        [kasus(30), *[kasus(60)] * 5, *[kasus(80)] * 5],
        target=[target("I01", 31, periode="2026-03"), target("I01", 365)],
    )
    # From 1 March to 22 March (day 80): 10 of 22.
    assert one(raw, "I26-I01", 70, 80, provinsi=["35"])["nilai"] == pytest.approx(100 * 10 / 22)
    assert one(raw, "I26-I01", 59, 89, provinsi=["35"])["nilai"] == pytest.approx(100 * 10 / 31)
    # Across two months the year's holds: 11 recorded in 81 days.
    assert one(raw, "I26-I01", 58, 80, provinsi=["35"])["nilai"] == pytest.approx(100 * 11 / 81)
    # April has no target of its own.
    assert one(raw, "I26-I01", 90, 95, provinsi=["35"])["nilai"] == pytest.approx(100 * 11 / 96)


def test_rate_targets_are_not_divided_and_lower_may_be_better():
    answered = [*[kasus(0, asesmen=4)] * 8, *[kasus(0)] * 2]
    raw = world(answered, target=[target("I11", 90), target("I10", 5), target("I15-persen", 10)])
    # 80 % on time of a wished 90 %.
    row = one(raw, "I26-I11", 0, 100, provinsi=["35"])
    assert (row["nilai"], row["pembilang"], row["n"]) == (pytest.approx(800 / 9), 80, 10)
    # Half answered in 4 days where 5 were wished for: better than the target.
    assert one(raw, "I26-I10", 0, 100, provinsi=["35"])["nilai"] == 125
    # All ten are stuck: 10 / 100.
    assert one(raw, "I26-I15-persen", 0, 100, provinsi=["35"])["nilai"] == 10
    assert one(raw, "I26-I15-persen", 0, 99, provinsi=["35"])["alasan"] == "belum ada riwayat"


def test_reasons_without_an_achievement():
    goals = [target("I03", 365), target("I11", 90), target("I28", 4), target("I01", 0)]
    raw = world([kasus(10)], people=[person("p1")], target=goals)
    here = {"provinsi": ["35"]}
    assert one(raw, "I26-I04-90", 0, 100, **here)["alasan"] == "belum ada target"
    assert one(raw, "I26-I03", -300, -200, **here)["alasan"] == "belum ada target"
    assert one(raw, "I26-I11", 0, 100, **here)["alasan"] == "n < 10"
    assert one(raw, "I26-I28", 0, 100, **here)["alasan"] == "realisasi nol"
    assert one(raw, "I26-I01", 0, 100, **here)["alasan"] == "target nol"
    for others in ({"klaster": ["ANAK"]}, {"kabkota": ["35.01"]}, {"pendamping": "p1"}):
        assert one(raw, "I26-I03", 0, 100, **here, **others)["alasan"] == "target hanya nasional dan provinsi"
    # 33 has no row, two provinces together have no target, 91 never sent.
    assert one(raw, "I26-I03", 0, 100, provinsi=["33"])["alasan"] == "belum ada data"
    assert one(raw, "I26-I03", 0, 100, provinsi=["33", "35"])["alasan"] == "belum ada target"
    assert one(raw, "I26-I03", 0, 100, provinsi=["91"])["alasan"] == "belum ada data"
    with pytest.raises(ValueError, match="I26-I03 has no --per klaster"):
        ask(raw, "I26-I03", per="klaster")


def test_national_target_and_each_province_to_its_own_data_date():
    raw = world(
        [*[kasus(95)] * 10, *[kasus(20, provinsi="33")] * 4],
        target=[target("I01", 730, wilayah="00"), target("I01", 365), target("I01", 182.5, wilayah="33")],
    )
    # Newest T is day 100: 14 of 2 a day in 101 days.
    assert one(raw, "I26-I01", 0, 200)["nilai"] == pytest.approx(100 * 14 / 202)
    rows = ask(raw, "I26-I01", 0, 200, per="provinsi")
    # 33 is known up to day 90: 91 days, half a case a day.
    assert by(rows, "provinsi") == {
        "33": pytest.approx(100 * 4 / 45.5),
        "35": pytest.approx(100 * 10 / 101),
        "91": None,
    }


def test_the_year_of_the_target_is_that_of_the_day_seen():
    raw = world([kasus(-20)], uploads=[unggahan("35", -10)], target=[target("I01", 365, periode="2025")])
    # T is 22 December 2025, day -10; the period ends in 2026.
    row = one(raw, "I26-I01", -5, 20, provinsi=["35"])
    assert row["tanggal_data"] == dt.date(2025, 12, 22)
    assert row["nilai"] == pytest.approx(100 * 1 / 356)
