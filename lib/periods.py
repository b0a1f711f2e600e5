"""From what the user asked to the days that count: default period, months, comparison windows per province."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from lib.domain import Period, PeriodKind, UserError

DAY = dt.timedelta(days=1)
MAX_MONTHS = 120


@dataclass(frozen=True, kw_only=True)
class Register:
    """What is known of one province: T (tanggal_data) and since when its register is complete."""

    kode_provinsi: str
    tanggal_data: dt.date
    lengkap_sejak: dt.date


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days [mulai, akhir] of one province in one period; akhir is t = min(b, T).

    `nomor` is the period's position (a month of `--per bulan`), `sampai` the period's own end b.
    """

    nomor: int
    kode_provinsi: str
    mulai: dt.date
    akhir: dt.date
    sampai: dt.date
    tanggal_data: dt.date
    lengkap_sejak: dt.date

    @property
    def masuk(self) -> dt.date:
        """s: the first day of the period view, max(a, lengkap_sejak)."""
        return max(self.mulai, self.lengkap_sejak)


def twelve_months_before(end: dt.date) -> dt.date:
    """First day of the 12 months that end at `end`: the day after it, one year earlier.

    Example: 2026-11-20 -> 2025-11-21; 2024-02-29 -> 2023-03-01; 2025-02-28 -> 2024-03-01. The one day without a
    counterpart: 2024-02-28 -> 2023-03-01.
    """
    next_day = end + DAY
    if (next_day.month, next_day.day) == (2, 29):
        return dt.date(next_day.year - 1, 3, 1)
    return next_day.replace(year=next_day.year - 1)


def _calendar_start(kind: PeriodKind, day: dt.date) -> dt.date:
    if kind is PeriodKind.BULAN:
        return day.replace(day=1)
    if kind is PeriodKind.TRIWULAN:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1)


CALENDAR_KINDS = (PeriodKind.BULAN, PeriodKind.TRIWULAN, PeriodKind.TAHUN)


def resolve(period: Period, newest: dt.date) -> tuple[dt.date, dt.date]:
    """The days [a, b] of a period, given the newest T in the filter.

    Default: the 12 months that end at the newest T; with only an end, the 12 months before it; with only a start,
    up to the newest T. Raises UserError when the start lies after the newest data date.
    """
    if period.kind in CALENDAR_KINDS:
        return _calendar_start(period.kind, newest), newest
    if period.kind is PeriodKind.DUA_BELAS_BULAN:
        return twelve_months_before(newest), newest
    end = period.sampai or newest
    start = period.dari or twelve_months_before(end)
    if start > end:
        raise UserError(
            f"Awal periode {start.isoformat()} sesudah tanggal data terbaru {end.isoformat()}; "
            "pilih awal yang lebih dini."
        )
    return start, end


def months(start: dt.date, end: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """The calendar months of [start, end] as (name, first day, last day), first and last cut at the ends.

    Raises UserError for more than ten years.
    """
    result, first = [], start
    while first <= end:
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        result.append((f"{first.year:04d}-{first.month:02d}", first, min(last, end)))
        first = last + DAY
        if len(result) > MAX_MONTHS:
            raise UserError(
                f"Periode {start.isoformat()} sampai {end.isoformat()} lebih dari {MAX_MONTHS} bulan; "
                "persempit periodenya."
            )
    return result


def windows(registers: tuple[Register, ...], spans: list[tuple[dt.date, dt.date]]) -> list[Window]:
    """One window per province and span; a span is (a, b)."""
    return [
        Window(
            nomor=number,
            kode_provinsi=register.kode_provinsi,
            mulai=start,
            akhir=min(end, register.tanggal_data),
            sampai=end,
            tanggal_data=register.tanggal_data,
            lengkap_sejak=register.lengkap_sejak,
        )
        for number, (start, end) in enumerate(spans)
        for register in registers
    ]


def months_before(day: dt.date, months: int) -> dt.date:
    """The same date so many months earlier, or that month's last day where it has no such date.

    Example: 2026-11-20, 24 months -> 2024-11-20; 2024-03-31, 1 month -> 2024-02-29.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _one_year_earlier(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=min(day.day, calendar.monthrange(day.year - 1, day.month)[1]))


def earlier_span(
    kind: PeriodKind, start: dt.date, end: dt.date, *, last_year: bool = False
) -> tuple[dt.date, dt.date]:
    """The earlier days that are compared with [start, end] of one province (end = t).

    A calendar period is compared with the same number of elapsed days of the one before, any other with the L days
    before; `last_year` takes the same days one year earlier.
    Example: bulan ini 1-20 Nov -> 1-20 Oct; free 11-20 Nov -> 1-10 Nov; February 2024 a year earlier -> 1-28 Feb.
    """
    length = (end - start).days
    if last_year:
        # Both ends by the calendar: a fixed number of days would run past 29 February into the period itself.
        return _one_year_earlier(start), _one_year_earlier(end)
    if kind in CALENDAR_KINDS:
        first = _calendar_start(kind, start - DAY)
        return first, min(first + dt.timedelta(days=length), start - DAY)
    return start - dt.timedelta(days=length + 1), start - DAY


def comparison(
    registers: tuple[Register, ...],
    kind: PeriodKind,
    start: dt.date,
    end: dt.date,
    *,
    last_year: bool = False,
) -> tuple[list[Window], list[Window], list[str]]:
    """Windows of now and of the earlier period over the same provinces, and the provinces left out.

    Per province L = t - a + 1; provinces with L <= 0 or with lengkap_sejak after the start of the earlier period are
    left out of both sides.
    """
    now, before, left_out = [], [], []
    for register in registers:
        last = min(end, register.tanggal_data)
        if last < start:
            left_out.append(register.kode_provinsi)
            continue
        first, final = earlier_span(kind, start, last, last_year=last_year)
        if register.lengkap_sejak > first:
            left_out.append(register.kode_provinsi)
            continue
        now += windows((register,), [(start, last)])
        before += windows((register,), [(first, final)])
    return now, before, left_out


def month_ends_before(day: dt.date, count: int) -> list[dt.date]:
    """The last days of the `count` months before that of `day`, oldest first.

    Example: 2026-11-20, 2 -> 2026-09-30, 2026-10-31.
    """
    ends, last = [], day
    for _ in range(count):
        last = last.replace(day=1) - dt.timedelta(days=1)
        ends.append(last)
    return ends[::-1]
