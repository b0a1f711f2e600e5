"""What the line at the top of a page says of late provinces, and how bad it is."""

from __future__ import annotations

import datetime as dt

import pytest

from lib import text_freshness as words
from lib.database.prepared import ProvinceData
from lib.web import freshness

TODAY = dt.date(2026, 11, 22)
NEVER = None


def provinces(**days_ago: int | None) -> list[ProvinceData]:
    """Provinces by code (p34=3: sent three days ago)."""
    return [
        ProvinceData(
            kode_provinsi=code.removeprefix("p"),
            tanggal_data=None if days is NEVER else TODAY - dt.timedelta(days=days),
            lengkap_sejak=None,
        )
        for code, days in days_ago.items()
    ]


FIVE = {"p31": 0, "p32": 1, "p33": 0, "p34": 3, "p35": 8}
SILENT_35 = "Jawa Timur belum mengirim data sejak 14 November 2026 (8 hari)"
COUNTED = "1 provinsi belum mengirim data lebih dari 7 hari: Jawa Timur (sejak 14 Nov 2026)"


@pytest.mark.parametrize(
    ("own", "chosen", "level", "says"),
    [
        # All together.
        ({"p35": 0}, None, 0, ["S"]),
        ({"p35": 2}, None, 0, ["S"]),
        ({"p35": 3}, None, 1, ["S: sudah 3 hari tanpa data baru"]),
        ({"p35": 7}, None, 1, ["S: sudah 7 hari tanpa data baru"]),
        ({"p35": 8}, "35", 2, ["S: sudah 8 hari tanpa data baru"]),
        ({"p35": NEVER}, None, 0, ["S"]),
        # A country: only those beyond the red limit, counted; the whole is amber at most.
        (FIVE, None, 1, ["S", COUNTED]),
        (FIVE | {"p35": 7}, None, 0, ["S"]),
        (FIVE | {"p35": NEVER}, None, 0, ["S"]),
        ({code: 9 for code in FIVE}, None, 2, ["S: sudah 9 hari tanpa data baru"]),
        # A page of one province, by name from the amber limit on.
        (FIVE, "35", 2, ["S", SILENT_35]),
        (
            FIVE,
            "34",
            1,
            ["S", "DI Yogyakarta belum mengirim data sejak 19 November 2026 (3 hari)"],
        ),
        (FIVE, "32", 0, ["S"]),
        (FIVE | {"p35": NEVER}, "35", 1, ["S", "Jawa Timur belum pernah mengirim data"]),
        # A province outside the visitor's is as if none were chosen.
        (FIVE, "11", 1, ["S", COUNTED]),
        # A coordinator of two.
        ({"p33": 0, "p35": 8}, None, 2, ["S", SILENT_35]),
    ],
)
def test_who_is_named_and_how_bad_it_is(own, chosen, level, says):
    found = freshness.judged(provinces(**own), "S", chosen=chosen, today=TODAY)
    assert (found.level, list(found.sentences)) == (level, says)


def test_a_data_date_that_has_not_come_yet():
    found = freshness.judged(provinces(p35=-1), "S", chosen=None, today=TODAY)
    assert found.level == 1
    assert found.sentences[1].startswith(
        "Tanggal data 23 November 2026 sesudah tanggal server ini, 22 November 2026; periksa jam server"
    )


def test_only_the_longest_silent_are_named():
    since = {f"P{day}": dt.date(2026, 10, day) for day in (5, 1, 3, 2, 4)}
    assert words.silent_provinces(since, days=7) == (
        "5 provinsi belum mengirim data lebih dari 7 hari: P1 (sejak 1 Okt 2026), P2 (sejak 2 Okt 2026), "
        "P3 (sejak 3 Okt 2026) dan 2 provinsi lain"
    )


def test_a_moment_is_told_in_wib():
    assert words.moment(dt.datetime(2026, 11, 21, 18, 5, tzinfo=dt.UTC)) == "22 November 2026 pukul 01.05 WIB"


def test_a_remark_of_the_one_door_is_shown_with_its_day_in_words() -> None:
    told = words.remark("data terbaru 2026-11-20; 2 provinsi belum ada data")
    assert told == "data terbaru 20 November 2026; 2 provinsi belum ada data"
    assert words.remark(None) is None
