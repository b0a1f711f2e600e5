"""The fixed list of views of tayang presentasi, and which question belongs to which.

| wilayah | jenis masalah | periode | angka |
|---|---|---|---|
| nasional (no place; `per` none, klaster, jenis, bulan) | all, one klaster or jenis | month, quarter, year | all |
| provinsi (one, or `per` provinsi) | all, one klaster (`per` klaster) | quarter, year | all |
| provinsi (one, or `per` provinsi) | one jenis (`per` jenis) | year | I01, I02, I03K, I27, days |
| kab/kota (one, or `per` kabkota) | all, one klaster not sensitive throughout (`per` klaster) | year | the same |

Everything else is refused: free days, several provinces, kab/kota, klaster or jenis chosen together, PAS, pendamping,
tahap, months of a province. A period is a calendar month, quarter or year, running ones up to the data date; without
one it is the running year. It does not begin before the first register of the provinces asked for is complete: a
period that the registers cover only in part is none to compare.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lib import reference
from lib.disclosure.rules import ALL, NATION, sensitive
from lib.domain import CaseFilter, Dimensi, Period, PeriodKind, UserError

BULAN, TRIWULAN, TAHUN = "bulan", "triwulan", "tahun"
FROM = "lengkap_sejak"
"""What the listed periods begin with: the earliest of these days."""
SPANS = (BULAN, TRIWULAN, TAHUN)


@dataclass(frozen=True, kw_only=True)
class View:
    """One row of the list: how far places and kinds are told apart, over which calendar periods."""

    wilayah: str
    rincian: tuple[str, ...]
    periode: tuple[str, ...]


VIEWS = (
    View(wilayah="nasional", rincian=("semua", "klaster", "jenis"), periode=SPANS),
    View(wilayah="provinsi", rincian=("semua", "klaster"), periode=(TRIWULAN, TAHUN)),
    View(wilayah="provinsi", rincian=("jenis",), periode=(TAHUN,)),
    View(wilayah="kabkota", rincian=("semua", "klaster"), periode=(TAHUN,)),
)
REFUSED = {
    Dimensi.PAS: "rinciannya tumpang tindih dengan klaster",
    Dimensi.PENDAMPING: "menunjukkan orang",
    Dimensi.TAHAP: "tidak ada dalam daftar tampilan tetap",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A question that is on the list: its calendar period, and what its rows have in common.

    `wilayah`, `rincian`: as in `View`; `tempat`, `apa`: the codes of the filter where `per` does not tell them apart.
    """

    wilayah: str
    rincian: str
    span: str
    nama: str
    mulai: dt.date
    akhir: dt.date
    tempat: str
    apa: str


def calendar_period(period: Period, newest: dt.date) -> tuple[str, dt.date, dt.date]:
    """The calendar month, quarter or year of a period: its span and its days up to the newest T.

    Raises UserError for free days. Example (newest 20 November 2026): nothing chosen -> tahun, 1 January 2026 to
    20 November 2026; 1 July to 30 September 2026 -> triwulan, these days; 1 to 15 March -> refused.
    """
    kinds = {PeriodKind.BULAN: BULAN, PeriodKind.TRIWULAN: TRIWULAN, PeriodKind.TAHUN: TAHUN}
    if period.kind in kinds or (period.kind is PeriodKind.BEBAS and not period.dari and not period.sampai):
        span = kinds.get(period.kind, TAHUN)
        first, _ = _around(newest, span)
        return span, first, newest
    if period.kind is PeriodKind.BEBAS:
        start, end = period.dari, period.sampai or newest
        for span in SPANS:
            first, last = _around(start or end, span)
            if start == first and end in {last, min(last, newest)}:
                return span, first, min(last, newest)
    days = f"{_said(period.dari)} sampai {_said(period.sampai)}"
    if period.kind is PeriodKind.DUA_BELAS_BULAN:
        days = "12 bulan terakhir"
    raise UserError(
        f"Periode {days} tidak tersedia dalam tayang presentasi; pilih satu bulan, triwulan, atau tahun kalender."
    )


def period_name(span: str, first: dt.date) -> str:
    """Example: 2026-03, 2026-T1, 2026."""
    if span == BULAN:
        return f"{first:%Y-%m}"
    return f"{first:%Y}-T{(first.month + 2) // 3}" if span == TRIWULAN else f"{first:%Y}"


def _said(day: dt.date | None) -> str:
    return "…" if day is None else day.isoformat()


def _around(day: dt.date, span: str) -> tuple[dt.date, dt.date]:
    """The calendar period a day lies in."""
    first = {BULAN: day.month, TRIWULAN: (day.month - 1) // 3 * 3 + 1, TAHUN: 1}[span]
    after = first + {BULAN: 1, TRIWULAN: 3, TAHUN: 12}[span]
    start = dt.date(day.year, first, 1)
    following = dt.date(day.year + 1, 1, 1) if after > 12 else dt.date(day.year, after, 1)
    return start, following - dt.timedelta(days=1)


def check(
    case_filter: CaseFilter,
    *,
    per: Dimensi | None,
    provinces: tuple[str, ...],
    newest: dt.date,
    since: dt.date | None,
) -> Shown:
    """The listed view of a question; `provinces` are those the scope and the filter leave, `since` the day from which
    the first of their registers is complete, None where none of them ever sent data.

    Raises UserError that names what is not on the list and what to choose instead.
    """
    _check_filter(case_filter, per)
    wilayah, tempat = _place(case_filter, per, provinces)
    rincian, apa = _kinds(case_filter, per)
    span, first, last = calendar_period(case_filter.period, newest)
    usable = [view for view in VIEWS if view.wilayah == wilayah and rincian in view.rincian]
    if not usable or (wilayah == "kabkota" and apa in sensitive()):
        raise UserError(
            f"Rincian {apa if apa != ALL else rincian} per kabupaten/kota tidak tersedia dalam tayang presentasi; "
            "pilih klaster lain, atau lihat provinsinya."
        )
    spans = [each for each in SPANS if any(each in view.periode for view in usable)]
    if span not in spans:
        raise UserError(
            f"Periode {span} {period_name(span, first)} untuk {wilayah} dengan rincian {rincian} tidak tersedia dalam "
            f"tayang presentasi; pilih {' atau '.join(spans)}."
        )
    if since is not None and first < since:
        raise UserError(
            f"Periode {span} {period_name(span, first)} tidak tersedia dalam tayang presentasi, karena register baru "
            f"lengkap sejak {since.isoformat()}; pilih bulan, triwulan, atau tahun yang mulai pada hari itu atau "
            "sesudahnya."
        )
    if per is Dimensi.BULAN and wilayah != "nasional":
        raise UserError(
            f"Rincian per bulan hanya tersedia secara nasional dalam tayang presentasi, bukan untuk {tempat}; "
            "hapus wilayahnya atau pilih periode triwulan atau tahun."
        )
    return Shown(
        wilayah=wilayah,
        rincian=rincian,
        span=span,
        nama=period_name(span, first),
        mulai=first,
        akhir=last,
        tempat=tempat,
        apa=apa,
    )


def _check_filter(case_filter: CaseFilter, per: Dimensi | None) -> None:
    if case_filter.pendamping is not None:
        raise UserError(
            f"Pendamping “{case_filter.pendamping}” tidak dapat dipilih dalam tayang presentasi; hapus saringan itu."
        )
    if per in REFUSED:
        raise UserError(
            f"Rincian per {per.value} tidak tersedia dalam tayang presentasi ({REFUSED[per]}); pilih provinsi, "
            "kabkota, klaster, jenis, atau bulan."
        )
    names = {"provinsi": "provinsi", "kabkota": "kabupaten/kota", "klaster": "klaster", "jenis": "jenis"}
    for field, label in names.items():
        several = getattr(case_filter, field)
        if len(several) > 1:
            raise UserError(
                f"Beberapa {label} sekaligus ({', '.join(several)}) tidak tersedia dalam tayang presentasi; pilih satu."
            )


def _place(case_filter: CaseFilter, per: Dimensi | None, provinces: tuple[str, ...]) -> tuple[str, str]:
    if per is Dimensi.KABKOTA:
        return "kabkota", NATION
    if case_filter.kabkota:
        if per is Dimensi.PROVINSI:
            raise UserError(
                f"Kabupaten/kota {case_filter.kabkota[0]} tidak dapat dirinci per provinsi dalam tayang presentasi; "
                "hapus salah satunya."
            )
        return "kabkota", case_filter.kabkota[0]
    if per is Dimensi.PROVINSI or len(provinces) == 1:
        return "provinsi", provinces[0]
    if set(provinces) != set(reference.all_provinces()):
        raise UserError(
            f"Jumlah {len(provinces)} provinsi tidak tersedia dalam tayang presentasi; pilih satu provinsi, atau rinci "
            "per provinsi."
        )
    return "nasional", NATION


def _kinds(case_filter: CaseFilter, per: Dimensi | None) -> tuple[str, str]:
    groups, kinds = case_filter.klaster, case_filter.jenis
    if kinds and (groups or per is Dimensi.KLASTER):
        raise UserError(
            f"Jenis {kinds[0]} bersama klaster tidak tersedia dalam tayang presentasi; pilih salah satunya."
        )
    if kinds or per is Dimensi.JENIS:
        return "jenis", kinds[0] if kinds else ALL
    if groups or per is Dimensi.KLASTER:
        return "klaster", groups[0] if groups else ALL
    return "semua", ALL
