"""Figures of pendamping, each on a few people with the answer worked out beside them."""

import pytest

from tests.plain.build import ask, by, d, kasus, one, person, world

PEOPLE = [
    person("p1"),
    person("p2", kode_kabkota="35.02"),
    person("p3", selesai=100),  # the last day still counts
    person("p4", selesai=99),
    person("p5", mulai=101),
    person("p6", mulai=100, kode_kabkota=None),
    person("p1", provinsi="33", selesai=95),  # on duty on day 90, the T of 33
]


def held(name: str | None, number: int, **others) -> list[dict]:
    return [kasus(50, id_pendamping=name, **others) for _ in range(number)]


CASES = [
    *held("p1", 17, kode_kabkota="35.02", kode_jenis="P18"),
    *held("p2", 15),
    *held("p3", 1),
    *held("p4", 4),
    *held(None, 2),
    *held("p1", 5, provinsi="33"),
    kasus(50, 60, id_pendamping="p3"),
    kasus(50, 60, "A1", id_pendamping="p3"),
]


@pytest.mark.parametrize(
    ("kode", "nilai", "pembilang"),
    [
        # Loads of the five on duty: 17 15 1 0 in 35, 5 in 33.
        ("I18-rata", 38 / 5, 38),
        ("I18-median", 5, None),
        ("I18-maks", 17, None),
        ("I18-persen", 20, 1),
    ],
)
def test_load(kode, nilai, pembilang):
    row = one(world(CASES, people=PEOPLE), kode, 0, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (pytest.approx(nilai), pembilang, 5)
    assert (row["bawah"] is None) == (kode != "I18-persen")


def test_load_of_35_alone():
    raw = world(CASES, people=PEOPLE)
    assert one(raw, "I18-median", 0, 100, provinsi=["35"])["nilai"] == 8
    row = one(raw, "I18-persen", 0, 100, provinsi=["35"])
    assert row["nilai"] == 25
    # Wilson of 1 in 4.
    assert (row["bawah"], row["atas"]) == pytest.approx((4.5587, 69.9358), abs=1e-4)


def test_load_is_the_whole_work():
    raw = world(CASES, people=PEOPLE)
    # A kind does not filter it; a kab/kota picks people by their own.
    assert one(raw, "I18-rata", 0, 100, klaster=["ANAK"])["pembilang"] == 38
    row = one(raw, "I18-rata", 0, 100, kabkota=["35.01"])
    assert (row["pembilang"], row["n"]) == (18, 2)
    rows = ask(raw, "I18-maks", 0, 100, provinsi=["35"], per="kabkota")
    assert by(rows, "kabkota") == {"35.01": 17, "35.02": 15, None: 0}


def test_load_per_pendamping_lists_those_on_duty():
    rows = ask(world(CASES, people=PEOPLE), "I18-rata", 0, 100, per="pendamping")
    assert {(row["kunci"]["provinsi"], row["kunci"]["pendamping"]): row["nilai"] for row in rows} == {
        ("33", "p1"): 5,
        ("35", "p1"): 17,
        ("35", "p2"): 15,
        ("35", "p3"): 1,
        ("35", "p6"): 0,
    }
    assert one(world(CASES, people=PEOPLE), "I18-maks", 0, 100, provinsi=["35"], pendamping="p2")["n"] == 1


def test_load_without_anyone_and_without_a_past():
    row = one(world(CASES), "I18-rata", 0, 100)
    assert (row["nilai"], row["n"], row["alasan"]) == (None, 0, "tidak ada pendamping aktif")
    assert one(world(CASES, people=PEOPLE), "I18-rata", 0, 99)["alasan"] == "belum ada riwayat"
    assert one(world(CASES, people=PEOPLE), "I18-rata", 0, 99, provinsi=["33"])["nilai"] == 5
    assert one(world(CASES, people=PEOPLE), "I18-rata", 0, 100, provinsi=["91"])["alasan"] == "belum ada data"


def test_open_cases_without_an_active_pendamping():
    raw = world(CASES, people=PEOPLE)
    # Four with p4, who left on day 99, and two with nobody; 38 + 6 = 44 open.
    row = one(raw, "I28", 0, 100)
    assert (row["nilai"], row["n"]) == (6, 44)
    loads = one(raw, "I18-rata", 0, 100)["pembilang"]
    assert loads + row["nilai"] == one(raw, "I13", 0, 100)["nilai"]
    # A filter on cases does apply here.
    assert one(raw, "I28", 0, 100, klaster=["TSKPO"])["nilai"] == 0
    assert one(raw, "I28", 0, 99)["alasan"] == "belum ada riwayat"


def test_evenness():
    # Sorted 0 1 5 15 17: P90 at position 3.6 is 16.2, P10 at 0.4 is 0.4.
    row = one(world(CASES, people=PEOPLE), "I19", 0, 100)
    assert (row["nilai"], row["n"]) == (pytest.approx(15.8), 5)
    row = one(world(CASES, people=PEOPLE), "I19", 0, 100, provinsi=["35"])
    assert (row["nilai"], row["n"], row["alasan"]) == (None, 4, "n < 5")


def test_pendamping_per_million():
    raw = world(CASES, people=PEOPLE)
    # Five for the 1.5 million of 33 and 35.
    row = one(raw, "I20", 0, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (pytest.approx(10 / 3), 5, 1_500_000)
    rows = ask(raw, "I20", 0, 100, provinsi=["35"], per="kabkota")
    assert by(rows, "kabkota")["35.02"] == pytest.approx(2.5)


def test_closed_per_pendamping_month():
    people = [person("p1"), person("p2", selesai=70), person("p3", selesai=20), person("p4", mulai=96)]
    cases = [
        kasus(10, 60, id_pendamping="p1"),
        kasus(10, 61, "R1", id_pendamping="p2"),
        kasus(10, 90, "B1", id_pendamping="p2"),  # after p2 left, but p2 is counted below
        kasus(10, 60, id_pendamping="p3"),  # p3 has no day on duty in the period
        kasus(10, 60, id_pendamping=None),
        kasus(10, 30, id_pendamping="p1"),
        kasus(10, 101, id_pendamping="p1"),
    ]
    # Days 51 to 100: p1 50, p2 20 (51 to 70), p4 5 (96 to 100).
    row = one(world(cases, people=people), "I17", 51, 120)
    assert row["nilai"] == pytest.approx(3 / (75 / 30.4375))
    assert (row["pembilang"], row["n"]) == (3, 3)
    # Exact Poisson of 3 is .618672 - 8.767273.
    expected = (0.618672 * 30.4375 / 75, 8.767273 * 30.4375 / 75)
    assert (row["bawah"], row["atas"]) == pytest.approx(expected, abs=1e-5)
    row = one(world(cases, people=people), "I17", 51, 60)
    assert row["nilai"] == pytest.approx(1 / (20 / 30.4375))
    assert one(world(cases, people=people), "I17", 51, 60, provinsi=["33"])["nilai"] is None


def test_profile():
    people = [person(f"p{i}", bersertifikat=int(i < 5), jenjang=3 + i % 2) for i in range(9)]
    people.append(person("p9", bersertifikat=None, jenjang=None))
    row = one(world([], people=people), "I29-sertifikat", 0, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (50, 5, 10)
    rows = ask(world([], people=people), "I29-jenjang", 0, 100)
    assert by(rows, "jenjang") == {3: 50, 4: 40, 5: 0, 6: 0, 7: 0, 8: 0, 9: 0, None: 10}
    assert one(world([], people=people[1:]), "I29-sertifikat", 0, 100)["alasan"] == "n < 10"


def test_training():
    # Day 100 is 11 April 2026; 24 months before it is 11 April 2024, day -630.
    dates = [d(100), d(0), d(-629), d(-630), d(101), None]
    people = [person(f"p{i}", pelatihan_terakhir=date) for i, date in enumerate(dates)]
    people += [person(f"q{i}") for i in range(4)]
    row = one(world([], people=people), "I31", 0, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (30, 3, 10)
    assert one(world([], people=people[1:]), "I31", 0, 100)["alasan"] == "n < 10"
