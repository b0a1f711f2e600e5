"""The sentences of Waktu: whole cases of a hundred, differences with their uncertainty, and reasons."""

import datetime as dt

import pandas as pd
import pytest

from lib import present_times, text_times

NAN = float("nan")


def shares(*values: float) -> dict[str, float]:
    return dict(zip(text_times.OUTCOMES, values, strict=True))


def row(kode: str = "I05-90", nilai=NAN, bawah=NAN, atas=NAN, alasan=None, n=100) -> pd.Series:
    return pd.Series({"kode": kode, "nilai": nilai, "bawah": bawah, "atas": atas, "alasan": alasan, "n": n})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((33.2, 9.3, 3.7, 53.8), [33, 9, 4, 54]),
        ((33.3, 33.3, 33.4, 0.0), [33, 33, 34, 0]),
        ((0.0, 0.0, 0.0, 100.0), [0, 0, 0, 100]),
        ((25.5, 25.5, 24.5, 24.5), [26, 26, 24, 24]),
        ((100 / 3, 100 / 3, 100 / 3, 0.0), [34, 33, 33, 0]),
        ((99.999, 0.001, 0.0, 0.0), [100, 0, 0, 0]),
    ],
)
def test_a_hundred_cases_are_a_hundred(given, expected):
    counted = text_times.of_hundred(shares(*given))
    assert list(counted.values()) == expected and sum(counted.values()) == 100


def test_headline():
    assert text_times.headline(shares(33.2, 9.3, 3.7, 53.8), day=90, place="Indonesia") == (
        "Indonesia: dari 100 kasus, setelah 90 hari 33 terselesaikan, 9 dialihkan, 4 berhenti, dan 54 masih terbuka."
    )


@pytest.mark.parametrize(
    ("alasan", "n", "said"),
    [
        ("n < 10", 9, "belum dapat ditampilkan (n < 10; n = 9)"),
        (None, 20, "belum dapat ditampilkan (masa pantau kurang; n = 20)"),
        ("n < 10", 0, "tidak ada kasus yang terpantau dalam periode ini"),
    ],
)
def test_no_headline_says_why(alasan, n, said):
    assert said in text_times.no_headline(alasan, n, place="Bali")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row("I05M", 96, 94, 98), "rentang 95\u00a0%: 94–98\u00a0hari"),
        (row("I05-90", 36.04, 35.0, 37.06), "rentang 95\u00a0%: 35,0–37,1\u00a0%"),
        (row("I05M", 96, 94, NAN), "rentang 95\u00a0%: mulai 94\u00a0hari"),
        (row("I05M", 96, NAN, NAN), ""),
        (row("I05M", alasan="n < 10"), ""),
    ],
)
def test_interval(given, expected):
    assert text_times.interval(given) == expected


@pytest.mark.parametrize(
    ("period", "cohort", "said"),
    [
        ((36, 35, 37), (31, 30, 32), "Pandangan periode 5,0 poin persen lebih tinggi."),
        ((31, 30, 32), (36, 35, 37), "Pandangan periode 5,0 poin persen lebih rendah."),
        ((36, 30, 40), (31, 26, 38), "Beda 5,0 poin persen; rentang keduanya saling menjangkau"),
    ],
)
def test_difference_of_the_views(period, cohort, said):
    sentence = text_times.views(row("I05-90", *period), row("I05-90K", *cohort))
    assert said in sentence and f"pandangan periode {period[0]},0\u00a0%" in sentence


def test_missing_view_has_no_difference():
    sentence = text_times.views(row("I05-90", 36, 35, 37), row("I05-90K", alasan="masa pantau kurang"))
    assert "kohort masa pantau kurang" in sentence and sentence.endswith("Bedanya belum dapat dihitung.")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (None, None, "Belum ada periode pembanding"),
        (row("I05-90", 36, 35, 37), row("I05-90", 31, 30, 32), "lebih cepat daripada sebelumnya"),
        (row("I05-90", 31, 30, 32), row("I05-90", 36, 35, 37), "lebih lambat daripada sebelumnya"),
        (row("I05-90", 36, 30, 40), row("I05-90", 31, 26, 38), "belum tentu berubah"),
        (row("I05-90", 36, 35, 37), row("I05-90", alasan="n < 10"), "periode sebelumnya (n < 10)"),
    ],
)
def test_pace(now, before, said):
    assert said in text_times.pace(now, before)


def test_a_difference_without_an_interval_is_not_judged():
    """0 % has no interval: nothing can be said of a change, in neither direction."""
    none, some = row("I05-90", 0.0), row("I05-90", 40, 35, 45)
    assert text_times.pace(some, none).endswith(f"; {text_times.NO_LIMITS}.")
    assert text_times.views(some, none).endswith(f"{text_times.NO_LIMITS}.")


def test_groups_with_one_open_limit_are_counted():
    """A curve that is not followed to its upper limit: "from 94 days on" lies above 90 all the same."""
    frame = pd.DataFrame(
        {"nilai": [120.0, 80.0, 50.0], "bawah": [94.0, 60.0, NAN], "atas": [NAN, NAN, NAN], "acuan": 90.0}
    )
    assert text_times.groups(frame, name="Separuh", reference="semua") == (
        "Separuh: 1 kelompok seluruh rentangnya di atas semua, 0 di bawahnya, 1 rentangnya memuatnya."
    )
    of_areas = text_times.groups(frame, name="Separuh", reference="semua", noun="provinsi")
    assert of_areas.startswith("Separuh: 1 provinsi seluruh rentangnya")


def test_groups_are_counted_not_ranked():
    frame = pd.DataFrame(
        {
            "nilai": [40.0, 10.0, 30.0, NAN],
            "bawah": [35.0, 5.0, 25.0, NAN],
            "atas": [45.0, 15.0, 35.0, NAN],
            "acuan": 30.0,
        }
    )
    assert text_times.groups(frame, name="Selesai", reference="angka semua kasus") == (
        "Selesai: 1 kelompok seluruh rentangnya di atas angka semua kasus, 1 di bawahnya, 1 rentangnya memuatnya; "
        "1 tanpa angka (sebabnya di tempatnya)."
    )


@pytest.mark.parametrize(("code", "name"), [("2026-T1", "Triwulan I 2026"), ("2025-T4", "Triwulan IV 2025")])
def test_quarter_names(code, name):
    assert text_times.quarter_name(code) == name


def test_mean_of_closed_cases_is_struck_through_and_explained():
    sentence = text_times.struck_mean({"nilai": 71.6, "n": 1234, "alasan": None}, row("I05M", 96))
    assert sentence.startswith("~~72\u00a0hari~~ rata-rata 1.234 kasus yang ditutup.")
    assert "yang masih terbuka" in sentence and sentence.endswith("separuh kasus selesai, 96\u00a0hari.")


def test_no_mean_without_enough_cases():
    sentence = text_times.struck_mean(
        {"nilai": None, "n": 3, "alasan": "n < 10"}, row("I05M", alasan="n < 10")
    )
    assert sentence == "Rata-rata kasus yang sudah ditutup saja: n < 10."


WAITS = pd.DataFrame(
    {
        "langkah": ["respon", "asesmen", "rencana", "intervensi", "terminasi"],
        "menunggu": [12.0, 10.0, 5.0, 3.0, 20.0],
        "lewat": [4.0, 3.0, 0.0, NAN, 8.0],
        "norma": [14.0, 14.0, 7.0, NAN, 180.0],
    }
)


def test_waits_in_words():
    frame = present_times.waiting(WAITS)
    assert frame["nama"].tolist()[2] == "Rencana intervensi"
    assert frame["tampil"].tolist()[1:4] == [
        "10 menunggu, 3 lewat 14\u00a0hari",
        "5 menunggu, 0 lewat 7\u00a0hari",
        "3 menunggu, tanpa norma",
    ]
    assert text_times.waiting(WAITS, opened=38).endswith(
        "Terbanyak lewat norma: menunggu terminasi, 8 kasus."
    )
    assert text_times.waiting(WAITS.assign(lewat=0.0), opened=38).endswith("Tidak ada yang lewat norma.")
    assert text_times.waiting(WAITS, opened=0) == "Tidak ada kasus terbuka."
    assert text_times.norm("terminasi", 180) == "norma 180\u00a0hari sejak terdata (usulan)"


# --- frames -------------------------------------------------------------------------------------------------


def curve(until: int) -> pd.DataFrame:
    frame = pd.DataFrame({"hari": range(366), "terselesaikan": 30.0, "dialihkan": 10.0, "berhenti": 5.0})
    return frame.assign(terbuka=55.0, berisiko=9, andal_sampai=until, alasan=None)


@pytest.mark.parametrize(("until", "day"), [(365, 90), (90, 90), (89, 30), (29, None), (-1, None)])
def test_day_of_the_headline(until, day):
    assert present_times.headline_day(curve(until)) == day


def test_table_of_three_days_hides_what_is_not_known():
    table = present_times.outcome_table(curve(100))
    assert table["Hari 90"].tolist() == ["30,0\u00a0%", "10,0\u00a0%", "5,0\u00a0%", "55,0\u00a0%"]
    assert set(table["Hari 180"]) == {"masa pantau kurang"}
    daily = present_times.curve_table(curve(100))
    assert daily.loc[100, "Terselesaikan"] == "30,0\u00a0%"
    assert daily.loc[101, "Terselesaikan"] == "masa pantau kurang"


def test_provinces_stand_by_name():
    answer = pd.DataFrame(
        {
            "provinsi": ["11", "51", "36"],
            "kode": "I05M",
            "nilai": [3.0, 2.0, 1.0],
            "n": 20,
            "bawah": NAN,
            "atas": NAN,
            "alasan": None,
            "catatan": None,
        }
    )
    names = {"11": "Aceh", "51": "Bali", "36": "Banten"}
    assert present_times.groups(answer, "provinsi", names=names, whole=2.0)["nama"].tolist() == [
        "Aceh",
        "Bali",
        "Banten",
    ]


def test_late_province_names_both_dates():
    sentence = text_times.late(dt.date(2026, 10, 11), dt.date(2026, 11, 20))
    assert "11 Oktober 2026" in sentence and "20 November 2026" in sentence
