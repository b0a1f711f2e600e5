"""From what was asked to the days that count, as tables of cases."""

from __future__ import annotations

import datetime as dt

import pytest

from lib.domain import Period, PeriodKind, UserError
from lib.periods import Register, Window, comparison, months, resolve, twelve_months_before, windows

BEBAS, BULAN, TRIWULAN, TAHUN = PeriodKind.BEBAS, PeriodKind.BULAN, PeriodKind.TRIWULAN, PeriodKind.TAHUN
TWELVE = PeriodKind.DUA_BELAS_BULAN
NEWEST = dt.date(2026, 11, 20)


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def register(kode: str, tanggal_data: str, lengkap_sejak: str = "2020-01-01") -> Register:
    return Register(kode_provinsi=kode, tanggal_data=day(tanggal_data), lengkap_sejak=day(lengkap_sejak))


@pytest.mark.parametrize(
    ("end", "start"),
    [
        ("2026-11-20", "2025-11-21"),
        ("2026-12-31", "2026-01-01"),
        ("2025-02-28", "2024-03-01"),
        ("2024-02-29", "2023-03-01"),
        # The day after is 29 February, which the year before does not have.
        ("2024-02-28", "2023-03-01"),
        ("2025-02-27", "2024-02-28"),
    ],
)
def test_twelve_months(end, start):
    assert twelve_months_before(day(end)) == day(start)


@pytest.mark.parametrize(
    ("kind", "dari", "sampai", "expected"),
    [
        (BEBAS, None, None, ("2025-11-21", "2026-11-20")),
        (BEBAS, None, "2026-03-31", ("2025-04-01", "2026-03-31")),
        # An end past the newest T stays as asked; every province is cut at its own T later.
        (BEBAS, None, "2026-12-31", ("2026-01-01", "2026-12-31")),
        (BEBAS, "2026-01-15", None, ("2026-01-15", "2026-11-20")),
        (BEBAS, "2026-11-20", None, ("2026-11-20", "2026-11-20")),
        (BEBAS, "2027-01-01", "2027-01-31", ("2027-01-01", "2027-01-31")),
        (TWELVE, None, None, ("2025-11-21", "2026-11-20")),
        (BULAN, None, None, ("2026-11-01", "2026-11-20")),
        (TRIWULAN, None, None, ("2026-10-01", "2026-11-20")),
        (TAHUN, None, None, ("2026-01-01", "2026-11-20")),
    ],
)
def test_resolve(kind, dari, sampai, expected):
    asked = Period(dari=day(dari), sampai=day(sampai), kind=kind)
    assert resolve(asked, NEWEST) == tuple(day(text) for text in expected)


@pytest.mark.parametrize(
    ("newest", "start"),
    [("2026-01-31", "2026-01-01"), ("2026-06-30", "2026-04-01"), ("2026-12-01", "2026-10-01")],
)
def test_quarters(newest, start):
    assert resolve(Period(kind=TRIWULAN), day(newest)) == (day(start), day(newest))


def test_start_after_the_newest_data_date_is_refused():
    with pytest.raises(UserError, match="2026-11-21.*2026-11-20"):
        resolve(Period(dari=day("2026-11-21")), NEWEST)


def test_start_after_end_is_refused():
    with pytest.raises(UserError, match="2026-11-21.*2026-11-20"):
        Period(dari=day("2026-11-21"), sampai=NEWEST)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (
            "2025-12-30",
            "2026-02-03",
            [
                ("2025-12", "2025-12-30", "2025-12-31"),
                ("2026-01", "2026-01-01", "2026-01-31"),
                ("2026-02", "2026-02-01", "2026-02-03"),
            ],
        ),
        ("2024-02-01", "2024-02-29", [("2024-02", "2024-02-01", "2024-02-29")]),
        ("2026-05-05", "2026-05-05", [("2026-05", "2026-05-05", "2026-05-05")]),
    ],
)
def test_months_are_cut_at_both_ends(start, end, expected):
    found = months(day(start), day(end))
    assert [(name, str(first), str(last)) for name, first, last in found] == expected


def test_at_most_ten_years_of_months():
    assert len(months(day("2016-01-01"), day("2025-12-31"))) == 120
    with pytest.raises(UserError, match="2016-01-01.*2026-01-01"):
        months(day("2016-01-01"), day("2026-01-01"))


def test_windows_are_cut_at_each_data_date():
    registers = (register("34", "2026-11-20"), register("35", "2026-10-31", "2026-10-15"))
    october, november = ("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-20")
    found = windows(registers, [tuple(map(day, october)), tuple(map(day, november))])
    assert [(w.nomor, w.kode_provinsi, str(w.mulai), str(w.akhir), str(w.masuk)) for w in found] == [
        (0, "34", "2026-10-01", "2026-10-31", "2026-10-01"),
        # The register of 35 is complete from the 15th on only.
        (0, "35", "2026-10-01", "2026-10-31", "2026-10-15"),
        (1, "34", "2026-11-01", "2026-11-20", "2026-11-01"),
        # 35 is not known in November: its window ends before it starts.
        (1, "35", "2026-11-01", "2026-10-31", "2026-11-01"),
    ]
    assert {w.sampai for w in found if w.nomor == 1} == {NEWEST}


def spans(sides: list[Window]) -> dict[str, tuple[str, str]]:
    return {window.kode_provinsi: (str(window.mulai), str(window.akhir)) for window in sides}


@pytest.mark.parametrize(
    ("kind", "start", "end", "now", "before"),
    [
        # Calendar: as many elapsed days of the one before.
        (BULAN, "2026-11-01", "2026-11-20", None, ("2026-10-01", "2026-10-20")),
        (BULAN, "2026-03-01", "2026-03-31", None, ("2026-02-01", "2026-02-28")),
        (BULAN, "2026-01-01", "2026-01-05", None, ("2025-12-01", "2025-12-05")),
        (TRIWULAN, "2026-10-01", "2026-11-20", None, ("2026-07-01", "2026-08-20")),
        (TRIWULAN, "2026-04-01", "2026-06-30", None, ("2026-01-01", "2026-03-31")),
        (TAHUN, "2024-01-01", "2024-12-31", None, ("2023-01-01", "2023-12-31")),
        (TAHUN, "2026-01-01", "2026-11-20", None, ("2025-01-01", "2025-11-20")),
        # Any other: as many days before.
        (BEBAS, "2026-11-11", "2026-11-20", None, ("2026-11-01", "2026-11-10")),
        (BEBAS, "2026-11-20", "2026-11-20", None, ("2026-11-19", "2026-11-19")),
        (TWELVE, "2025-11-21", "2026-11-20", None, ("2024-11-21", "2025-11-20")),
        # What is asked past T ends at T, on both sides.
        (BEBAS, "2026-11-11", "2026-12-31", ("2026-11-11", "2026-11-20"), ("2026-11-01", "2026-11-10")),
    ],
)
def test_comparison_with_the_days_before(kind, start, end, now, before):
    found = comparison((register("34", "2026-11-20"),), kind, day(start), day(end))
    assert spans(found[0]) == {"34": now or (start, end)}
    assert spans(found[1]) == {"34": before}
    assert found[2] == []


@pytest.mark.parametrize(
    ("kind", "start", "end", "before"),
    [
        (BULAN, "2026-11-01", "2026-11-20", ("2025-11-01", "2025-11-20")),
        (BEBAS, "2026-03-11", "2026-03-20", ("2025-03-11", "2025-03-20")),
        (BEBAS, "2025-12-20", "2026-01-10", ("2024-12-20", "2025-01-10")),
        # 29 February has no such day the year before, and the earlier days never reach into the later ones.
        (BULAN, "2024-02-01", "2024-02-29", ("2023-02-01", "2023-02-28")),
        (TWELVE, "2023-11-21", "2024-11-20", ("2022-11-21", "2023-11-20")),
        (BEBAS, "2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28")),
        (TWELVE, "2024-03-01", "2025-02-28", ("2023-03-01", "2024-02-28")),
    ],
)
def test_comparison_with_last_year(kind, start, end, before):
    found = comparison((register("34", "2026-11-20"),), kind, day(start), day(end), last_year=True)
    assert spans(found[0]) == {"34": (start, end)}
    assert spans(found[1]) == {"34": before}


@pytest.mark.parametrize(
    ("tanggal_data", "lengkap_sejak", "expected"),
    [
        # Late: fewer elapsed days on both sides.
        ("2026-11-05", "2020-01-01", (("2026-11-01", "2026-11-05"), ("2026-10-01", "2026-10-05"))),
        ("2026-11-01", "2020-01-01", (("2026-11-01", "2026-11-01"), ("2026-10-01", "2026-10-01"))),
        # Not one day of the period is known: L = 0.
        ("2026-10-31", "2020-01-01", None),
        # The register must be complete from the first of the earlier days on.
        ("2026-11-20", "2026-10-01", (("2026-11-01", "2026-11-20"), ("2026-10-01", "2026-10-20"))),
        ("2026-11-20", "2026-10-02", None),
    ],
)
def test_comparison_per_province(tanggal_data, lengkap_sejak, expected):
    registers = (register("34", "2026-11-20"), register("35", tanggal_data, lengkap_sejak))
    now, before, left_out = comparison(registers, BULAN, day("2026-11-01"), NEWEST)
    assert spans(now)["34"] == ("2026-11-01", "2026-11-20")
    if expected is None:
        assert left_out == ["35"]
        assert "35" not in spans(now) | spans(before)
    else:
        assert left_out == []
        assert (spans(now)["35"], spans(before)["35"]) == expected


def test_comparison_keeps_what_a_window_needs():
    now, before, _ = comparison((register("35", "2026-11-05"),), BULAN, day("2026-11-01"), NEWEST)
    for window in (*now, *before):
        assert window.sampai == window.akhir
        assert (window.tanggal_data, window.lengkap_sejak) == (day("2026-11-05"), day("2020-01-01"))
