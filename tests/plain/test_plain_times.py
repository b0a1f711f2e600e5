"""Times from curves, each on a few cases with the answer worked out beside them."""

import pytest

from tests.plain.build import kasus, one, unggahan, world


def lives(times: list[int], ends: list[str | None]) -> list[dict]:
    """Cases that close after so many days for a reason, or are open that long on day 100 (None)."""
    return [
        kasus(100 - time) if end is None else kasus(0, time, end)
        for time, end in zip(times, ends, strict=True)
    ]


# Case S8 of the published numbers with ten days for one: F 10 % at 10, 21.4286 at 30, 32.8571 at 40, 47.1429 at
# 70, 75.7143 at 90.
S8 = lives(
    [10, 20, 20, 30, 40, 50, 60, 70, 80, 90], ["T1", "R1", None, "T1", "T1", None, "B1", "T1", None, "T1"]
)
SIX_MP = lives(
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    [*["T1"] * 3, None, "T1", None, "R1", None, None, "T1", "B1", None, None, None, "T1", "T1", *[None] * 5],
)
PLACEBO = lives([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], ["R1"] * 21)


def test_chance_of_terselesaikan():
    row = one(world(S8), "I05-30", 0, 100)
    assert row["nilai"] == pytest.approx(21.4286, abs=1e-4)
    assert (row["pembilang"], row["n"], row["alasan"]) == (None, 10, None)
    # .214286 ** exp(+-1.96 x .135041 / (.214286 x 1.540445))
    assert (row["bawah"], row["atas"]) == pytest.approx((3.2240, 50.1119), abs=1e-3)


def test_chance_needs_five_at_risk_while_somebody_is_still_to_be_censored():
    # Closed on day 60 with 4 at risk, and one is censored on day 80.
    row = one(world(S8), "I05-90", 0, 100)
    assert (row["nilai"], row["n"], row["alasan"]) == (None, 10, "masa pantau kurang")
    assert one(world(S8[:9]), "I05-30", 0, 100)["alasan"] == "n < 10"


def test_chance_from_few_at_risk_once_nobody_is_censored_any_more():
    # Two of each: 2 at risk on day 90, but then all are gone. Past day 90 the curve stays.
    raw = world(S8 + S8)
    assert one(raw, "I05-90", 0, 100)["nilai"] == pytest.approx(75.7143, abs=1e-4)
    assert one(raw, "I05-180", 0, 100)["nilai"] == pytest.approx(75.7143, abs=1e-4)


def test_chance_of_complete_data_is_a_plain_share():
    # 15 of 20 terselesaikan by day 20 and 5 dialihkan: F = .75 with variance .75 x .25 / 20.
    cases = lives([10] * 10 + [15] * 5 + [20] * 5, ["T1"] * 10 + ["R1"] * 5 + ["T1"] * 5)
    row = one(world(cases), "I05-30", 0, 100)
    assert row["nilai"] == pytest.approx(75)
    # .75 ** exp(+-1.96 x .0968246 / (.75 x .287682))
    assert (row["bawah"], row["atas"]) == pytest.approx((49.9944, 88.7471), abs=1e-4)


def test_chance_past_the_last_age():
    # All twelve are 20 days old at most.
    assert one(world([kasus(80)] * 12), "I05-30", 0, 100)["alasan"] == "masa pantau kurang"
    row = one(world([kasus(70)] * 12), "I05-30", 0, 100)
    assert (row["nilai"], row["bawah"], row["atas"]) == (0, None, None)


def test_half_terselesaikan():
    row = one(world(S8 + S8), "I05M", 0, 100)
    # F passes 50 % on day 90. With n = 20 its upper limit passes on day 40 (54.02 %; day 30: 41.74 %).
    assert (row["nilai"], row["bawah"], row["n"], row["pembilang"]) == (90, 40, 20, None)
    assert one(world(S8), "I05M", 0, 100)["alasan"] == "masa pantau kurang"
    assert one(world(S8[:9]), "I05M", 0, 100)["alasan"] == "n < 10"


def test_half_never_terselesaikan():
    # Half of all closed otherwise: F ends at 40 %. Not reached comes before too few at risk.
    cases = lives([10] * 4 + [20] * 6, ["T1"] * 4 + ["R1"] * 6)
    row = one(world(cases), "I05M", 0, 100)
    assert (row["nilai"], row["alasan"]) == (None, "belum tercapai")
    assert one(world(S8[:9] + [kasus(5)]), "I05M", 0, 100)["alasan"] == "belum tercapai"


def test_exactly_half_counts():
    cases = lives([10] * 5 + [20] * 5, ["T1"] * 5 + ["R1"] * 5)
    assert one(world(cases), "I05M", 0, 100)["nilai"] == 10


def test_half_closed_for_any_reason():
    row = one(world(SIX_MP), "I08", 0, 100)
    assert (row["nilai"], row["bawah"], row["atas"], row["n"]) == (23, 13, None, 21)
    row = one(world(PLACEBO), "I08", 0, 100)
    assert (row["nilai"], row["bawah"], row["atas"], row["n"]) == (8, 4, 11, 21)


def test_four_of_five_closed():
    # Placebo: 6 of 21 after day 11 (.286), 4 of 21 after day 12 (.190).
    assert one(world(PLACEBO), "I09", 0, 100)["nilai"] == 12
    assert one(world(SIX_MP), "I09", 0, 100)["alasan"] == "belum tercapai"


@pytest.mark.parametrize(("n", "median"), [(24, 12), (38, 19)])
def test_one_closing_a_day(n, median):
    assert one(world([kasus(0, age) for age in range(1, n + 1)]), "I08", 0, 100)["nilai"] == median


def test_closed_on_the_day_it_was_recorded():
    assert one(world([kasus(10, 10)] * 6 + [kasus(10, 20)] * 4), "I08", 0, 100)["nilai"] == 0


# Inside [50, 100]: five recorded on day 50, of which four close at age 10; six older cases close at age 20.
def older(start: int) -> list[dict]:
    return [*[kasus(50, 60)] * 4, kasus(50), *[kasus(start, start + 20)] * 6]


@pytest.mark.parametrize(
    ("start", "chance"),
    [
        # Entered at age 9, so at risk at age 10: F = 4/11, then 7/11 x 6/7 more.
        (40, 100 * 10 / 11),
        # Entered at age 10, so not at risk at age 10: F = 4/5, then 1/5 x 6/7 more.
        (39, 100 * (4 / 5 + 1 / 5 * 6 / 7)),
    ],
)
def test_cases_from_before_the_period_enter_late(start, chance):
    row = one(world(older(start)), "I05-30", 50, 100)
    assert row["nilai"] == pytest.approx(chance)
    assert row["n"] == 11


def test_what_ended_before_the_period_is_not_seen():
    # Closed on day 49: not seen. Closed on day 50: the last day at risk, entry at age 39.
    assert one(world([kasus(10, 49)] * 12), "I05-30", 50, 100)["n"] == 0
    assert one(world([kasus(10, 50)] * 12), "I05-30", 50, 100)["n"] == 12
    assert one(world([kasus(10, 50)] * 12), "I08", 50, 100)["nilai"] == 40


def test_what_ends_after_the_period_is_open():
    # Seen on day 59 nobody has closed; on day 60 ten of twelve have.
    cases = [*[kasus(50, 60)] * 10, kasus(50), kasus(50)]
    assert one(world(cases), "I08", 50, 59)["alasan"] == "belum tercapai"
    assert one(world(cases), "I08", 50, 60)["nilai"] == 10


def test_entry_where_the_register_became_complete():
    # Period from day 0, register complete from day 50: as above.
    raw = world(older(39), uploads=[unggahan("35", 100, 50)])
    assert one(raw, "I05-30", 0, 100)["nilai"] == pytest.approx(100 * (4 / 5 + 1 / 5 * 6 / 7))
    # Complete all along: all eleven from the start, F = 4/11, then 7/11 x 6/7 more.
    assert one(world(older(39)), "I05-30", 0, 100)["nilai"] == pytest.approx(100 * 10 / 11)


def test_few_at_risk_before_others_enter():
    # On day 5 of its own life the one new case closes alone; twelve older ones enter at age 9.
    cases = [kasus(50, 55), *[kasus(40, 70)] * 12]
    assert one(world(cases), "I05-30", 50, 100)["alasan"] == "masa pantau kurang"


def test_each_province_has_its_own_window():
    # 33 is known up to day 90: its six, recorded on day 70, are censored at age 20, those of 35 at 30.
    cases = [*[kasus(70)] * 6, *[kasus(70, provinsi="33")] * 6]
    assert one(world(cases), "I05-30", 0, 100)["nilai"] == 0
    assert one(world(cases), "I05-30", 0, 99)["alasan"] == "masa pantau kurang"
    assert one(world(cases), "I05-30", 95, 100)["n"] == 6


def test_cohort_view_looks_past_the_period():
    # Recorded in [0, 10], judged on day 100; the old case closing in the period is not of the cohort.
    cases = [*[kasus(5, 95)] * 6, *[kasus(5)] * 5, kasus(-10, 8)]
    assert one(world(cases), "I05-90K", 0, 10)["nilai"] == pytest.approx(100 * 6 / 11)
    assert one(world(cases), "I05MK", 0, 10)["nilai"] == 90
    assert one(world(cases), "I05-30K", 0, 10)["nilai"] == 0
    assert one(world(cases), "I05-180K", 0, 10)["alasan"] == "masa pantau kurang"
    raw = world(cases, uploads=[unggahan("35", 100, 6)])
    row = one(raw, "I05-90K", 0, 10)
    assert (row["n"], row["dilewati"]) == (0, (("sebelum_lengkap", 11),))


def test_response_time():
    cases = [
        *[kasus(0, asesmen=3)] * 4,
        kasus(0, asesmen=9, intervensi=4, prioritas="darurat"),  # answered by its intervensi, day 4
        kasus(0, intervensi=2, asesmen=5),  # not darurat: day 5
        kasus(0, 4),  # closed without response: censored at 4
        *[kasus(0)] * 4,
    ]
    # 11 at risk: S = 7/11 on day 3, 6/11 on day 4 (7 at risk), then 5 at risk on day 5: 24/55 <= .5.
    row = one(world(cases), "I10", 0, 100)
    assert (row["nilai"], row["n"]) == (5, 11)
    # Known up to day 4 there is no asesmen of day 5 yet.
    assert one(world(cases), "I10", 0, 4)["alasan"] == "belum tercapai"


def test_response_before_the_period_is_not_seen():
    cases = [*[kasus(0, asesmen=49)] * 10, *[kasus(0, asesmen=50)] * 10]
    row = one(world(cases), "I10", 50, 100)
    assert (row["nilai"], row["n"]) == (50, 10)


def test_wait_for_asesmen():
    cases = [
        *[kasus(0, asesmen=7)] * 6,
        *[kasus(0)] * 4,
        kasus(0, rencana=9),  # skipped: left out
        kasus(0, intervensi=9),  # skipped: left out
        kasus(0, intervensi=9, prioritas="darurat"),  # still waiting
    ]
    row = one(world(cases), "I12-asesmen", 0, 100)
    # 6 of 11 after 7 days.
    assert (row["nilai"], row["n"]) == (7, 11)
    assert one(world(cases), "I12-asesmen-p80", 0, 100)["alasan"] == "belum tercapai"
    # On day 8 nobody has skipped it yet.
    row_of_day_8 = one(world(cases), "I12-asesmen", 0, 8)
    assert (row_of_day_8["n"], row_of_day_8["dilewati"]) == (13, ())
    assert row["dilewati"] == (("terlewat", 2),)
    # It showed on day 9.
    assert one(world(cases), "I12-asesmen", 9, 100)["dilewati"] == (("terlewat", 2),)
    assert one(world(cases), "I12-asesmen", 10, 100)["dilewati"] == ()


def test_wait_for_rencana_and_intervensi():
    cases = [
        *[kasus(0, asesmen=5, rencana=8, intervensi=18)] * 8,
        kasus(0, 25, asesmen=5),  # closed without it: censored at 20
        kasus(0, rencana=9),  # no asesmen: no clock
        kasus(0, asesmen=5, intervensi=9),  # skipped
        kasus(0, asesmen=5, intervensi=9, prioritas="darurat"),  # still waiting
        kasus(0, intervensi=2, asesmen=5, rencana=8, prioritas="darurat"),  # intervensi before rencana
    ]
    row = one(world(cases), "I12-rencana", 0, 100)
    # 8 + 1 of 11 after 3 days.
    assert (row["nilai"], row["n"]) == (3, 11)
    # One without asesmen, one without rencana.
    assert row["dilewati"] == (("terlewat", 2),)
    assert one(world(cases), "I12-rencana-p80", 0, 100)["nilai"] == 3
    row = one(world(cases), "I12-intervensi", 0, 100)
    # One without rencana; one darurat with intervensi on day 2 and rencana on day 8.
    assert row["dilewati"] == (("terlewat", 1), ("negatif", 1))
    assert one(world(cases), "I12-intervensi", 9, 100)["dilewati"] == (("terlewat", 1),)
    # The eight, and the one waiting since its rencana of day 9.
    assert (row["n"], row["alasan"]) == (9, "n < 10")
    row = one(world([*cases, cases[0]]), "I12-intervensi", 0, 100)
    assert (row["nilai"], row["n"]) == (10, 10)


def test_wait_for_terminasi():
    cases = [
        *[kasus(0, 30, intervensi=10)] * 5,
        *[kasus(0, 50, "B1", intervensi=10)] * 5,
        kasus(0, 30),  # no intervensi: no clock
        kasus(0, 60, "A1", intervensi=10),
    ]
    row = one(world(cases), "I12-terminasi", 0, 100)
    assert (row["nilai"], row["n"]) == (20, 10)
    assert one(world(cases), "I12-terminasi-p80", 0, 100)["nilai"] == 40


def test_wait_starts_at_the_step_before():
    # Recorded long ago, asesmen on day 45: in the period the clock of rencana enters at age 4.
    cases = [*[kasus(-50, asesmen=45, rencana=55)] * 10]
    row = one(world(cases), "I12-rencana", 50, 100)
    assert (row["nilai"], row["n"]) == (10, 10)
