"""Counts and shares of cases, each on a few rows with the answer worked out beside them."""

import pytest

from tests.plain.build import ask, by, d, kasus, one, unggahan, world

# 35 is known up to day 100, 33 up to day 90. Each case has a number to refer to.
CASES = [
    kasus(10, 60, asesmen=12),  # 1: recorded before the period, closed in it
    kasus(55, 80, asesmen=58),  # 2
    kasus(60, prioritas="darurat", intervensi=61),  # 3: handled by its intervensi
    kasus(70, 75),  # 4: terselesaikan without an asesmen
    kasus(75, asesmen=105),  # 5: the asesmen lies after day 100, so there is none yet
    kasus(80, 85, "R1"),  # 6: dialihkan
    kasus(90, 95, "A1"),  # 7: administratif, nowhere
    kasus(101),  # 8: recorded after day 100, not there yet
    kasus(65, intervensi=66),  # 9: intervensi without asesmen, not darurat
    kasus(88, provinsi="33", asesmen=92),  # 10: asesmen after day 90
    kasus(20, 95, provinsi="33"),  # 11: closed after day 90, so open
]


@pytest.mark.parametrize(
    ("kode", "sampai", "nilai", "n"),
    [
        ("I01", 120, 7, 7),  # 2 3 4 5 6 9 10
        ("I02", 120, 3, 7),  # 2 by asesmen, 3 by intervensi, 4 as terselesaikan
        ("I03", 120, 3, 3),  # 1 2 4
        ("I03K", 120, 2, 7),  # 2 4
        ("I13", 120, 5, 5),  # 3 5 9 10 11
        ("I16", 120, 3, 11),  # 7 recorded, closed 1 2 4 6
        ("I14-0", 120, 2, 5),  # ages 5: 25, 10: 2 (to day 90)
        ("I14-31", 120, 3, 5),  # ages 3: 40, 9: 35, 11: 70
        ("I14-91", 120, 0, 5),
        ("I14-181", 120, 0, 5),
        # Seen on day 70, the last day included.
        ("I01", 70, 4, 4),  # 2 3 4 9
        ("I02", 70, 2, 4),  # 2 3; 4 is still open
        ("I03", 70, 1, 1),  # 1
        ("I03K", 70, 0, 4),
        ("I13", 70, 5, 5),  # 2 3 4 9 11
        ("I16", 70, 3, 5),  # 4 recorded, 1 closed
        ("I14-0", 70, 4, 5),
        ("I14-31", 70, 1, 5),  # 11: 50
    ],
)
def test_counts(kode, sampai, nilai, n):
    row = one(world(CASES), kode, 50, sampai)
    assert (row["nilai"], row["n"]) == (nilai, n)
    assert (row["pembilang"], row["bawah"], row["atas"], row["alasan"]) == (None, None, None, None)


@pytest.mark.parametrize("kode", ["I01", "I02", "I03", "I03K", "I13", "I14-0", "I16"])
def test_counts_without_cases_are_zero(kode):
    assert one(world([]), kode, 50, 120)["nilai"] == 0


def test_net_flow_is_the_change_of_open_cases():
    raw = world(CASES)
    before, after = one(raw, "I13", 0, 49)["nilai"], one(raw, "I13", 50, 120)["nilai"]
    # Open on day 49: 1 and 11; on day t: five.
    assert (before, after) == (2, 5)
    assert one(raw, "I16", 50, 120)["nilai"] == after - before


@pytest.mark.parametrize(("terdata", "band"), [(100, "0"), (70, "0"), (69, "31"), (10, "31"), (9, "91")])
def test_age_bands(terdata, band):
    raw = world([kasus(terdata)])
    assert {name: one(raw, f"I14-{name}", 0, 100)["nilai"] for name in ("0", "31", "91", "181")} == {
        name: int(name == band) for name in ("0", "31", "91", "181")
    }


def test_age_180_and_181():
    raw = world([kasus(-80), kasus(-81)])
    assert one(raw, "I14-91", 0, 100)["nilai"] == 1
    assert one(raw, "I14-181", 0, 100)["nilai"] == 1


def test_median_age():
    # Ages 0 3 6 ... 27 on day 100: the middle two are 12 and 15.
    ten = [kasus(100 - 3 * i) for i in range(10)]
    row = one(world([*ten, kasus(5, 50)]), "I14-median", 0, 100)
    assert (row["nilai"], row["n"], row["pembilang"]) == (13.5, 10, None)
    row = one(world(ten[:9]), "I14-median", 0, 100)
    assert (row["nilai"], row["n"], row["alasan"]) == (None, 9, "n < 10")


# Day 30 falls in [50, 120] and by day 100 for cases recorded on days 20 to 70.
KOHORT = [
    *[kasus(20, 50) for _ in range(4)],  # closed on day 30 of the case
    kasus(70, 100),  # day 30 is day 100, the last known
    kasus(25, 56),  # on its day 31
    kasus(25, 30, "R1"),  # dialihkan
    kasus(25, 30, "B1"),  # berhenti
    kasus(60),
    kasus(60),
]
OUTSIDE = [kasus(19, 30), kasus(71, 80), kasus(30, 31, "A1")]


def test_cohort_share():
    row = one(world(KOHORT + OUTSIDE), "I04-30", 50, 120)
    assert (row["nilai"], row["pembilang"], row["n"]) == (50, 5, 10)
    assert (row["bawah"], row["atas"]) == pytest.approx((23.6593, 76.3407), abs=1e-4)


def test_cohort_share_of_few_mature_cases():
    row = one(world(KOHORT[1:]), "I04-30", 50, 120)
    assert (row["nilai"], row["pembilang"], row["n"], row["alasan"]) == (None, 4, 9, "n < 10")


@pytest.mark.parametrize(
    ("sampai", "n", "alasan"),
    [
        (99, 9, "n < 10"),  # the case recorded on day 70 has its day 30 on day 100
        (100, 10, None),
    ],
)
def test_cohort_share_at_the_end_of_the_period(sampai, n, alasan):
    row = one(world(KOHORT), "I04-30", 50, sampai)
    assert (row["n"], row["alasan"]) == (n, alasan)


def test_cohort_share_not_mature():
    # Recorded on day 60: day 90 is day 150, inside the period but not known yet.
    row = one(world([kasus(60, 61)] * 12), "I04-90", 120, 160)
    assert (row["nilai"], row["n"], row["alasan"]) == (None, 0, "belum matang")
    # Nobody recorded in [a - H, b - H] at all.
    assert one(world([kasus(60, 61)] * 12), "I04-90", 100, 140)["alasan"] == "n < 10"
    assert one(world([kasus(-100, 0)] * 12), "I04-180", 80, 80)["nilai"] == 100


def test_cohort_share_leaves_out_cases_before_the_register_was_complete():
    raw = world(KOHORT + [kasus(40, 41)] * 4, uploads=[unggahan("35", 100, 21)])
    # The four of day 20 go: 1 + 4 of 10.
    row = one(raw, "I04-30", 50, 120)
    assert (row["pembilang"], row["n"]) == (5, 10)


def test_period_ratio():
    # Ten closed as terselesaikan in the period, eight of them recorded before it; twelve recorded in it.
    old = [kasus(10, 60) for _ in range(8)]
    new = [kasus(55, 90) for _ in range(2)] + [kasus(60) for _ in range(9)] + [kasus(60, 70, "R1")]
    row = one(world(old + new), "I06", 50, 100)
    assert (row["pembilang"], row["n"]) == (10, 12)
    assert row["nilai"] == pytest.approx(1000 / 12)
    # Exact Poisson of 10 is 4.79539 - 18.39036.
    assert (row["bawah"], row["atas"]) == pytest.approx((479.539 / 12, 1839.036 / 12), abs=1e-3)


def test_period_ratio_may_pass_100_percent_and_needs_ten_recorded():
    old = [kasus(10, 60) for _ in range(15)]
    assert one(world(old + [kasus(60)] * 10), "I06", 50, 100)["nilai"] == 150
    row = one(world(old + [kasus(60)] * 9), "I06", 50, 100)
    assert (row["nilai"], row["pembilang"], row["n"], row["alasan"]) == (None, 15, 9, "n < 10")


def test_stock_ratio():
    # 3 of 10 ever recorded are terselesaikan; the period does not matter, only its end does.
    cases = [kasus(-50, 0), kasus(10, 60), kasus(10, 100), kasus(10, 20, "R1"), *[kasus(30)] * 6]
    row = one(world(cases), "I07", 90, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (30, 3, 10)
    assert (row["bawah"], row["atas"]) == pytest.approx((10.7791, 60.3222), abs=1e-4)
    assert one(world(cases), "I07", 90, 99)["nilai"] == 20
    assert one(world(cases[1:]), "I07", 90, 100)["alasan"] == "n < 10"


# Day 14 falls in [50, 120] and by day 100 for cases recorded on days 36 to 86.
ASESMEN = [
    *[kasus(36, asesmen=50) for _ in range(3)],  # on day 14
    kasus(86, prioritas="darurat", intervensi=90, asesmen=101),  # by its intervensi
    kasus(40, 42, asesmen=41),  # answered, then closed
    kasus(40, asesmen=55),  # on day 15
    kasus(40, intervensi=41),  # no answer: intervensi counts for darurat only
    kasus(40, 54),  # closed on day 14 without response: late
    kasus(40),
    kasus(40),
]
NOT_DUE = [kasus(40, 53), kasus(35, asesmen=35), kasus(87, asesmen=87)]


def test_asesmen_on_time():
    row = one(world(ASESMEN + NOT_DUE), "I11", 50, 120)
    assert (row["nilai"], row["pembilang"], row["n"]) == (50, 5, 10)
    assert (row["bawah"], row["atas"]) == pytest.approx((23.6593, 76.3407), abs=1e-4)


def test_asesmen_on_time_when_it_cannot_be_told():
    assert one(world(ASESMEN[:9]), "I11", 50, 120)["alasan"] == "n < 10"
    assert one(world([kasus(90)] * 12), "I11", 50, 120)["alasan"] == "belum matang"
    # Day 14 has passed but every case was closed before it without a response.
    assert one(world([kasus(40, 45)] * 12), "I11", 50, 120)["alasan"] == "n < 10"
    raw = world([kasus(36, asesmen=50)] * 12, uploads=[unggahan("35", 100, 37)])
    assert one(raw, "I11", 50, 120)["n"] == 0


KEGIATAN = [{"kode_provinsi": "35", "id_kasus": "diikuti", "tanggal_kegiatan": d(day)} for day in (75, 102)]
MACET = [
    kasus(10, pembaruan=69),  # 31 days: stuck
    kasus(10, pembaruan=70),  # 30 days
    kasus(10, pembaruan=92, prioritas="darurat"),  # 8 days: stuck
    kasus(10, pembaruan=93, prioritas="darurat"),  # 7 days
    kasus(10, asesmen=20, rencana=30, intervensi=71),  # by a step
    kasus(10, id_kasus="diikuti"),  # by its kegiatan of day 75; that of day 102 is not known yet
    kasus(10, asesmen=20),  # 80 days: stuck
    kasus(10, 20),  # closed
    kasus(10, 101),  # closed after day 100, so open: 90 days, stuck
    kasus(10, pembaruan=101, asesmen=60),  # the update is not known yet: 40 days, stuck
]


def test_stuck_cases():
    row = one(world(MACET, kegiatan=KEGIATAN), "I15-n", 50, 100)
    assert (row["nilai"], row["n"]) == (5, 9)
    assert one(world(MACET, kegiatan=KEGIATAN), "I15-persen", 50, 100)["alasan"] == "n < 10"
    row = one(world([*MACET, kasus(80)], kegiatan=KEGIATAN), "I15-persen", 50, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (50, 5, 10)
    assert (row["bawah"], row["atas"]) == pytest.approx((23.6593, 76.3407), abs=1e-4)


@pytest.mark.parametrize(("sampai", "alasan"), [(99, "belum ada riwayat"), (100, None), (150, None)])
def test_stuck_cases_are_known_at_the_data_date_only(sampai, alasan):
    assert one(world(MACET), "I15-n", 50, sampai, provinsi=["35"])["alasan"] == alasan


def test_one_late_end_hides_the_total():
    # 33 is known up to day 90, 35 up to day 100: on day 95 the rows of 35 cannot tell.
    raw = world(MACET)
    assert one(raw, "I15-n", 50, 95)["nilai"] is None
    assert one(raw, "I15-n", 50, 95, provinsi=["33"])["nilai"] == 0


def test_per_population():
    row = one(world([kasus(60) for _ in range(10)]), "I27", 50, 100, provinsi=["35"])
    # 10 of a million people; exact Poisson of 10 is 4.79539 - 18.39036.
    assert (row["nilai"], row["pembilang"], row["n"]) == (1, 10, 1_000_000)
    assert (row["bawah"], row["atas"]) == pytest.approx((0.479539, 1.839036), abs=1e-6)


def test_population_is_that_of_the_places_that_sent():
    cases = [kasus(60), kasus(60, kode_kabkota="35.02"), kasus(60, provinsi="33")]
    raw = world(cases)
    # 33 and 35 have 1.5 million people; 91 never sent.
    row = one(raw, "I27", 50, 100)
    assert (row["nilai"], row["n"]) == (pytest.approx(0.2), 1_500_000)
    row = one(raw, "I27", 50, 100, kabkota=["35.02"])
    assert (row["nilai"], row["n"]) == (pytest.approx(0.25), 400_000)
    assert one(raw, "I27", 50, 100, kabkota=["35.02", "33.01"])["n"] == 900_000
    assert one(raw, "I27", 50, 100, provinsi=["91"])["alasan"] == "belum ada data"
    # No case at all is a rate of zero, with an upper limit of 3.688879 cases.
    row = one(raw, "I27", 50, 55)
    assert (row["nilai"], row["bawah"]) == (0, 0)
    assert row["atas"] == pytest.approx(3.688879 / 15, abs=1e-6)


# Terminasi + 180 falls in [50, 120] and by day 100 for terminasi on days -130 to -80.
def again(client: str, terdata: int) -> dict:
    return kasus(terdata, id_klien=client, kode_jenis="P18")


BERULANG = [kasus(-200, -100, id_klien=f"R{i}") for i in range(9)] + [kasus(-200, -80, id_klien="R9")]


def test_returning_cases():
    later = [
        again("R0", -99),  # 1 day after
        again("R1", 80),  # 180 days after
        again("R2", 81),  # 181 days after: no
        again("R3", -100),  # the same day: no
        again("R4", -150),  # before: no
        kasus(0, provinsi="33", id_klien="R5"),  # another province's client of that code
        kasus(0, 1, "A1", id_klien="R6"),
    ]
    others = [kasus(-200, -131), kasus(-200, -79), kasus(-200, -100, "R1")]
    row = one(world(BERULANG + later + others), "I21", 50, 120)
    assert (row["nilai"], row["pembilang"], row["n"]) == (20, 2, 10)
    # The new case may be of a kind the filter leaves out.
    assert one(world(BERULANG + later + others), "I21", 50, 120, klaster=["ANAK"])["pembilang"] == 2


def test_returning_cases_when_it_cannot_be_told():
    assert one(world(BERULANG[:9]), "I21", 50, 120)["alasan"] == "n < 10"
    assert one(world([kasus(-200, -79)] * 12), "I21", 50, 120)["alasan"] == "belum matang"
    # Cases older than the complete register stay.
    raw = world(BERULANG, uploads=[unggahan("35", 100, 0)])
    assert one(raw, "I21", 50, 120)["n"] == 10


def test_covered_kabkota():
    raw = world([kasus(60), kasus(60, 61, "A1", kode_kabkota="35.02"), kasus(40, provinsi="33")])
    row = one(raw, "I23", 50, 100)
    # 35.01 of 35.01, 35.02 and 33.01; 91.01 never sent.
    assert (row["nilai"], row["pembilang"], row["n"]) == (pytest.approx(100 / 3), 1, 3)
    assert one(raw, "I23", 40, 100)["pembilang"] == 2


def test_completeness():
    full = {
        "jenis_kelamin": "L",
        "kelompok_umur": "0-5",
        "sumber_laporan": "dinsos",
        "pendekatan": "keluarga",
    }
    cases = [
        kasus(60, **full),  # 5 of 5
        kasus(60, id_pendamping=None),  # 0 of 5
        kasus(60, asesmen=70, kontak=65),  # + kontak: 2 of 6
        kasus(60, rencana=70),  # + kontak, asesmen: 1 of 7
        kasus(60, intervensi=70),  # + kontak, asesmen, rencana: 1 of 8
        kasus(60, intervensi=70, prioritas="darurat"),  # + kontak only: 1 of 6
        kasus(60, 80, hasil_peran_sosial=0),  # + three results: 2 of 8
        kasus(60, 80, "R1"),  # 1 of 5
        kasus(60, asesmen=101),  # the asesmen is not known yet: 1 of 5
    ]
    row = one(world(cases), "I24", 50, 100)
    assert (row["pembilang"], row["n"]) == (14, 55)
    assert row["nilai"] == pytest.approx(1400 / 55)
    assert one(world([]), "I24", 50, 100)["nilai"] is None


def test_social_functioning():
    good = {"hasil_kebutuhan_dasar": 1, "hasil_peran_sosial": 1, "hasil_atasi_masalah": 1}
    cases = [
        *[kasus(10, 60, **good) for _ in range(5)],
        *[kasus(10, 60, **(good | {"hasil_peran_sosial": 0})) for _ in range(5)],
        kasus(10, 60, **(good | {"hasil_peran_sosial": None})),  # not all filled
        kasus(10, 60, "R1", **good),  # not terselesaikan
        kasus(10, 40, **good),  # before the period
    ]
    row = one(world(cases), "I25", 50, 100)
    assert (row["nilai"], row["pembilang"], row["n"]) == (50, 5, 10)
    assert one(world(cases[1:]), "I25", 50, 100)["alasan"] == "n < 10"


def test_approaches():
    cases = [kasus(60, pendekatan="keluarga"), kasus(60, pendekatan="keluarga"), kasus(60), kasus(40)]
    rows = ask(world(cases), "I32-pendekatan", 50, 100)
    assert by(rows, "pendekatan") == {
        "keluarga": 2,
        "komunitas_lks": 0,
        "residensial": 0,
        "penampungan_sementara": 0,
        None: 1,
    }
    assert {row["n"] for row in rows} == {3}
