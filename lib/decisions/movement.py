"""How the figure of a tindak lanjut moved since it was decided.

A figure known at the data date only is looked at there; every other over the last whole calendar quarter, so that
both sides are of one length and tayang presentasi lists them. There both sides come from one version: subtracting two
versions would tell more than either shows. What only an earlier version knew is shown as presentasi showed it then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from lib import text
from lib.decisions.records import Decision, Draft, Reading
from lib.domain import CaseFilter, Period, Scope, Tayang, Thresholds, UserError
from lib.indicators.records import INDICATORS
from lib.measure import Source, is_national, measure
from lib.numbers_id import tanggal
from lib.periods import DAY

OWN_AREA_ONLY = "angka nasional tidak ditampilkan di wilayah Anda"
NOT_SHOWN = "tidak ditampilkan dalam tayang presentasi"
NO_DATA = "belum ada data"
# Rounded differences below this are no movement: one decimal is what the screen shows.
DECIMALS = 1
WORDS = {1: "naik", 0: "tidak berubah", -1: "turun"}
BETTER, WORSE = "membaik", "memburuk"
WISHED = {"naik": 1, "turun": -1, "netral": 0}
Ask = Callable[[Scope, str, CaseFilter], pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Movement:
    """The figure when it was decided and now; `selisih` is None where one of them is missing."""

    then: Reading
    now: Reading
    selisih: float | None
    arah: str

    @property
    def same_period(self) -> bool:
        """Whether both sides are of the same days, so that nothing can have moved yet."""
        return self.then.sampai is not None and self.then.sampai == self.now.sampai


def quarter_start(day: dt.date) -> dt.date:
    """The first day of a day's quarter. Example: 20 November 2026 -> 1 October 2026."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def span(kode: str, newest: dt.date) -> Period:
    """The days a figure is looked at, given the newest data date.

    Example (20 November 2026): macet -> 1 October to 20 November, its state on the last day; respon -> 1 July to 30
    September. On 30 September the quarter that ends there is whole.
    """
    first = quarter_start(newest)
    if INDICATORS[kode].pada_data:
        return Period(dari=first, sampai=newest)
    if quarter_start(newest + DAY) != first:
        return Period(dari=first, sampai=newest)
    return Period(dari=quarter_start(first - DAY), sampai=first - DAY)


def newest_date(source: Source, provinsi: str | None) -> dt.date | None:
    """The newest data date of an area; None where it never sent anything."""
    dates = [
        p.tanggal_data
        for p in source.provinces
        if p.tanggal_data is not None and provinsi in (None, p.kode_provinsi)
    ]
    return max(dates, default=None)


def case_filter(kode: str, provinsi: str | None, klaster: str | None, newest: dt.date) -> CaseFilter:
    """What is asked of the one door for a figure of an area at a data date."""
    return CaseFilter(
        period=span(kode, newest),
        provinsi=(provinsi,) if provinsi else (),
        klaster=(klaster,) if klaster else (),
    )


def asking(source: Source, limits: Thresholds) -> Ask:
    """The one door on a version."""
    return lambda scope, kode, chosen: measure(scope, (kode,), chosen, source=source, limits=limits)


def read(scope: Scope, kode: str, chosen: CaseFilter, ask: Ask) -> Reading:
    """One figure; where the scope or its tayang may not show it, the reason in its place."""
    at = {"kode": kode, "dari": chosen.period.dari, "sampai": chosen.period.sampai}
    if not chosen.provinsi and not is_national(scope):
        return Reading(nilai=None, alasan=OWN_AREA_ONLY, **at)
    try:
        row = ask(scope, kode, chosen).iloc[0]
    except UserError as error:
        # Outside the list of presentasi, or without an audit: a reason to show, never a number.
        return Reading(nilai=None, alasan=NOT_SHOWN if _presented(scope) else str(error)[:200], **at)
    missing = pd.isna(row["nilai"])
    reason = None if pd.isna(row["alasan"]) else str(row["alasan"])
    return Reading(
        nilai=None if missing else float(row["nilai"]),
        alasan=(reason or NO_DATA) if missing else None,
        tanggal_data=None if pd.isna(row["tanggal_data"]) else row["tanggal_data"],
        versi=str(row["versi"]),
        **at,
    )


def _presented(scope: Scope) -> bool:
    return scope.tayang is Tayang.PRESENTASI


def when_decided(
    scope: Scope, draft: Draft, *, source: Source, limits: Thresholds, day: dt.date | None = None
) -> tuple[Reading, Reading]:
    """The figure of a decision as it stands (or stood at `day`), exact and as presentasi shows it."""
    newest = day or newest_date(source, draft.provinsi)
    if newest is None:
        nothing = Reading(kode=draft.kode, nilai=None, alasan=NO_DATA, versi=source.versi)
        return nothing, nothing
    chosen = case_filter(draft.kode, draft.provinsi, draft.klaster, newest)
    ask = asking(source, limits)
    shown = read(replace(scope, tayang=Tayang.PRESENTASI), draft.kode, chosen, ask)
    return read(scope, draft.kode, chosen, ask), shown


def moved(scope: Scope, decision: Decision, *, source: Source, ask: Ask) -> Movement:
    """The two sides of a decision as its reader may see them."""
    kode, newest = decision.kode, newest_date(source, decision.provinsi)
    if newest is None:
        now = Reading(kode=kode, nilai=None, alasan=NO_DATA)
    else:
        chosen = case_filter(kode, decision.provinsi, decision.klaster, newest)
        now = read(scope, kode, chosen, ask)
    return _compared(_then(scope, decision, ask), now)


def _then(scope: Scope, decision: Decision, ask: Ask) -> Reading:
    if decision.provinsi is None and not is_national(scope):
        return replace(decision.then, nilai=None, alasan=OWN_AREA_ONLY)
    if not _presented(scope):
        return decision.then
    if INDICATORS[decision.kode].pada_data or decision.then.sampai is None:
        return decision.then_shown
    chosen = case_filter(decision.kode, decision.provinsi, decision.klaster, decision.then.sampai)
    return read(scope, decision.kode, chosen, ask)


def _compared(then: Reading, now: Reading) -> Movement:
    if then.nilai is None or now.nilai is None:
        return Movement(then=then, now=now, selisih=None, arah="tidak dapat dibandingkan")
    difference = now.nilai - then.nilai
    return Movement(then=then, now=now, selisih=difference, arah=direction(now.kode, difference))


def direction(kode: str, difference: float) -> str:
    """Which way a figure moved, in words. Example: ("I15-n", -12) -> "turun, membaik"; ("I01", 5) -> "naik"."""
    shown = round(difference, DECIMALS)
    sign = int(shown > 0) - int(shown < 0)
    wished = WISHED[INDICATORS[kode].arah]
    if not sign or not wished:
        return WORDS[sign]
    return f"{WORDS[sign]}, {BETTER if sign == wished else WORSE}"


def told(reading: Reading) -> str:
    """A figure with its days. Example: "46,0 % (triwulan 3 2026)"."""
    shown = text.shown(reading.kode, reading.nilai, reading.alasan)
    if reading.nilai is None or reading.sampai is None:
        return shown
    if INDICATORS[reading.kode].pada_data:
        return f"{shown} (per {tanggal(reading.sampai)})"
    return f"{shown} (triwulan {(reading.sampai.month + 2) // 3} {reading.sampai.year})"


def sentence(movement: Movement) -> str:
    """How the figure moved. Example: "Saat diputuskan 46,0 % (triwulan 2 2026), kini 48,1 % (triwulan 3 2026):
    +2,1 poin persen, naik, membaik."."""
    if movement.then.alasan == movement.now.alasan == OWN_AREA_ONLY:
        return f"{OWN_AREA_ONLY[0].upper()}{OWN_AREA_ONLY[1:]}."
    begin = f"Saat diputuskan {told(movement.then)}"
    if movement.same_period and not INDICATORS[movement.now.kode].pada_data:
        return f"{begin}; belum ada triwulan lengkap sesudahnya."
    if movement.same_period:
        return f"{begin}; belum ada data yang lebih baru."
    both = f"{begin}, kini {told(movement.now)}"
    if movement.selisih is None:
        return f"{both}."
    changed = text.change(movement.now.nilai, movement.then.nilai, movement.now.kode)
    return f"{both}: {changed}, {movement.arah}."


def due(decision: Decision, today: dt.date) -> str:
    """The due date in words. Example: "tenggat 10 November 2026, lewat tenggat 12 hari"."""
    said = f"tenggat {tanggal(decision.tenggat)}"
    late = decision.days_late(today)
    if late:
        return f"{said}, lewat tenggat {late} hari"
    if decision.is_open and decision.tenggat == today:
        return f"{said}, hari ini"
    return said
