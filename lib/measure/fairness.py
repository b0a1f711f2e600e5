"""Questions of fair comparison through the one door: funnel of units, control chart of a monthly series."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from lib import periods, reference
from lib.domain import CaseFilter, Dimensi, Period, Scope, Thresholds, UserError
from lib.indicators.fairness import (
    OF_CLOSINGS,
    Funnel,
    Pattern,
    bulk_days,
    chart_frame,
    funnel,
    last_pattern,
    monthly_chart,
    of_own_units,
)
from lib.indicators.records import INDICATORS
from lib.measure.answer import answer
from lib.measure.benchmark import is_national, nation_of
from lib.measure.groups import KEY_COLUMNS
from lib.measure.question import Question, ask
from lib.periods import DAY, Register
from lib.queries import services
from lib.queries.days import closings_per_day
from lib.queries.source import Source
from lib.scoping import allowed_provinces
from lib.stats.funnel import indirect_standardisation
from lib.stats.spc import assurance

FUNNEL_KODES = ("I04-180", "I04-90", "I04-30", "I11")
"""Proportions over mature cases: the only figures a funnel is drawn of."""
CONTROL_KODES = ("I01", "I03", "I04-180", "I11", "I13")
CONTROL_MONTHS = (24, 12, 36)
TOO_LATE_DAYS = 62
"""A province whose T lies further behind the newest one is left out of a series rather than ending it for all."""
COMPLETE_SHARE = 0.9
"""A series begins where so many of its registers are complete; the others are left out of every month."""
NATIONAL_UNIT = "nasional"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A dated, explained change of the work, at which the limits begin anew."""

    unit: str
    bulan: str
    keterangan: str


@dataclass(frozen=True, kw_only=True)
class Control:
    """A control chart with all its sentence needs.

    `frame`: bulan, n and the columns of `chart_frame`; `jenis` is "p" or "xmr"; `jaminan` is above, below, across or
    None against `target`; `massal`: the days of `bulk_days`, none unless the kode is one OF_CLOSINGS; `terlambat` and
    `baru` are provinces left out because their data end too early or their register begins too late; `belum` are
    months left out as not complete yet.
    """

    frame: pd.DataFrame
    jenis: str
    pola: Pattern
    target: float | None
    jaminan: str | None
    massal: pd.DataFrame
    terlambat: tuple[str, ...]
    baru: tuple[str, ...]
    belum: tuple[str, ...]
    peristiwa: tuple[Event, ...]
    answer: pd.DataFrame


# --- funnel ---------------------------------------------------------------------------------------------


def funnel_of(
    scope: Scope,
    kode: str,
    case_filter: CaseFilter,
    *,
    per: Dimensi,
    adjusted: bool = False,
    source: Source,
    limits: Thresholds,
) -> Funnel:
    """The funnel of provinces, or of the pendamping of one province, for a proportion over mature cases.

    With `adjusted` observed against expected cases: every unit at the rates that all units together have in each
    klaster (indirect standardisation). Cases without a pendamping belong to the reference, not to a unit. The own
    provinces of a narrower scope stand within the limits of the nation, without any other province's point. Raises
    UserError for another kode or dimension, or pendamping of several provinces.
    """
    if kode not in FUNNEL_KODES:
        raise UserError(f"Diagram batas wajar tidak ada untuk {kode}; pilihannya: {', '.join(FUNNEL_KODES)}.")
    if per not in (Dimensi.PROVINSI, Dimensi.PENDAMPING):
        raise UserError(f"Diagram batas wajar tidak ada per {per.value}; pilih provinsi atau pendamping.")
    narrower = per is Dimensi.PROVINSI and not is_national(scope)
    visible = allowed_provinces(scope, case_filter)
    if narrower:
        scope, case_filter = nation_of(scope), replace(case_filter, provinsi=(), kabkota=())
    question = ask(scope, case_filter, per=per, source=source, limits=limits)
    if per is Dimensi.PENDAMPING and len(question.provinces) != 1:
        raise UserError("Pendamping hanya dibandingkan di dalam satu provinsi; pilih satu provinsi.")
    keys = KEY_COLUMNS[per]
    units = _counts(question, kode)
    if narrower and _few_others(units, visible, limits.n_minimum):
        # What is left of the nation without the own provinces would tell of few cases.
        units = units.assign(n=np.nan, x=np.nan)
    expected = _expected(question, kode, units[keys], rounded=narrower) if adjusted else None
    named = units[keys].notna().all(axis=1)
    whole = _of_named(units, named, expected, limits)
    if not narrower:
        return whole
    shown, own = whole.units["provinsi"].isin(visible), units[units["provinsi"].isin(visible)]
    unknown = int(own["n"].isna().sum())
    return of_own_units(whole, shown, few=len(own) - unknown - int(shown.sum()), unknown=unknown)


def _of_named(
    units: pd.DataFrame, named: pd.Series, expected: np.ndarray | None, limits: Thresholds
) -> Funnel:
    """The funnel without the row of cases that belong to nobody; it has taken part in the reference."""
    whole = funnel(units, minimum=limits.n_minimum, expected=expected)
    nobody = whole.units.index.isin(units.index[~named])
    hidden = int((~named).sum())
    few = whole.few - (hidden - int(nobody.sum()) - int(units.loc[~named, "n"].isna().sum()))
    return replace(whole, units=whole.units[~nobody].reset_index(drop=True), few=few)


def _counts(question: Question, kode: str) -> pd.DataFrame:
    rows = answer(question, [kode])
    keys = KEY_COLUMNS[question.per]
    return rows[keys].assign(x=rows["pembilang"], n=rows["n"])


def _few_others(units: pd.DataFrame, visible: Sequence[str], minimum: int) -> bool:
    return bool(units.loc[~units["provinsi"].isin(visible), "n"].sum() < minimum)


def _expected(question: Question, kode: str, members: pd.DataFrame, *, rounded: bool = False) -> np.ndarray:
    """Expected events of each unit at the rates of all units in each klaster, `rounded` to a tenth of a percent."""
    keys = KEY_COLUMNS[question.per]
    # A missing code (nobody's cases) is a key too, and two missing ones do not equal each other.
    own = [tuple(str(value) for value in row) for row in members[keys].itertuples(index=False)]
    events, n = [], []
    for klaster in question.case_filter.klaster or tuple(reference.names("klaster")):
        part = replace(question, case_filter=replace(question.case_filter, klaster=(klaster,)))
        rows = _counts(part, kode)
        found = {
            tuple(str(value) for value in row[:-2]): row[-2:]
            for row in rows.itertuples(index=False, name=None)
        }
        counted = np.array([found.get(key, (0.0, 0.0)) for key in own], dtype=float).reshape(-1, 2)
        counted = np.nan_to_num(counted)
        events.append(counted[:, 0])
        n.append(counted[:, 1])
    held = np.column_stack(n)
    if rounded:
        happened = np.column_stack(events).sum(axis=0)
        rates = np.divide(happened, held.sum(axis=0), out=np.zeros(held.shape[1]), where=held.sum(axis=0) > 0)
        return held @ np.round(rates, 3)
    return indirect_standardisation(np.column_stack(events), held).expected


# --- control chart --------------------------------------------------------------------------------------


def control_chart(
    scope: Scope,
    kode: str,
    case_filter: CaseFilter,
    *,
    months: int = CONTROL_MONTHS[0],
    events: Sequence[Event] = (),
    source: Source,
    limits: Thresholds,
) -> Control:
    """The control chart of up to `months` whole months that end with the filter's period.

    Every month is made of the same provinces and is over in all of them: a province whose data end more than 62
    days before the newest is left out; the series begins where 90 % of the registers are complete (for a proportion
    within H days: H days later), and the others are left out. Raises UserError for another kode.
    """
    if kode not in CONTROL_KODES:
        raise UserError(f"Peta kendali tidak ada untuk {kode}; pilihannya: {', '.join(CONTROL_KODES)}.")
    question = ask(scope, case_filter, per=None, source=source, limits=limits)
    wait = {"I04-180": 180, "I11": limits.asesmen_hari}.get(kode, 0)
    kept, late = _not_too_late(question.registers, question.end)
    span = _span(kept, question.end, months=months, wait=wait)
    listed = periods.months(*span) if span else []
    young = [r for r in kept if span and r.lengkap_sejak + wait * DAY > span[0]]
    used = tuple(r.kode_provinsi for r in kept if r not in young)
    if not used or not listed:
        rows = pd.DataFrame(columns=["bulan", "nilai", "pembilang", "n"])
        massal = _no_bulk()
        listed = []
    else:
        chosen = replace(case_filter, provinsi=used, period=Period(dari=listed[0][1], sampai=listed[-1][2]))
        series = ask(scope, chosen, per=Dimensi.BULAN, source=source, limits=limits)
        rows = answer(series, [kode])
        massal = _bulk(scope, source, chosen, series) if kode in OF_CLOSINGS else _no_bulk()
    names = [name for name, _, _ in listed]
    own_events = _own_events(events, question, names)
    chart, kind = monthly_chart(
        rows["pembilang"].to_numpy(dtype=float),
        rows["n"].to_numpy(dtype=float),
        rows["nilai"].to_numpy(dtype=float),
        share=INDICATORS[kode].satuan == "persen",
        rebase_at=[names.index(event.bulan) for event in own_events],
    )
    scale = 100 if kind == "p" else 1
    frame = pd.concat([rows[["bulan", "n"]].reset_index(drop=True), chart_frame(chart, scale=scale)], axis=1)
    target = _target(question, kode, names)
    return Control(
        frame=frame,
        jenis=kind,
        pola=last_pattern(frame),
        target=target,
        jaminan=None if target is None else assurance(chart, target / scale),
        massal=massal,
        terlambat=tuple(r.kode_provinsi for r in late),
        baru=tuple(r.kode_provinsi for r in young),
        belum=_unfinished(question, names),
        peristiwa=tuple(own_events),
        answer=rows,
    )


def _not_too_late(registers: Sequence[Register], end: dt.date) -> tuple[list[Register], list[Register]]:
    # Up to the end of the period nobody needs later data than that.
    newest = min(max((r.tanggal_data for r in registers), default=end), end)
    late = [r for r in registers if (newest - r.tanggal_data).days > TOO_LATE_DAYS]
    return [r for r in registers if r not in late], late


def _span(
    registers: Sequence[Register], end: dt.date, *, months: int, wait: int
) -> tuple[dt.date, dt.date] | None:
    """First day of the first and last day of the last whole month; None where there is none.

    Example: T 11 October and 20 November, end 20 November: the last month is September.
    """
    if not registers:
        return None
    known = min(end, min(r.tanggal_data for r in registers))
    after = (known + DAY).replace(day=1)
    last = after - DAY
    first = _months_earlier(after, months)
    # The latest of the nine tenths of registers that are complete first.
    begins = sorted(r.lengkap_sejak + wait * DAY for r in registers)
    complete = begins[math.ceil(COMPLETE_SHARE * len(begins)) - 1]
    if complete > first:
        first = complete if complete.day == 1 else _months_earlier(complete.replace(day=1), -1)
    return (first, last) if first < last else None


def _months_earlier(first: dt.date, months: int) -> dt.date:
    number = first.year * 12 + first.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)


def _unfinished(question: Question, names: Sequence[str]) -> tuple[str, ...]:
    """The months after the series that the period touches."""
    if not names:
        return ()
    after = _months_earlier(dt.date.fromisoformat(f"{names[-1]}-01"), -1)
    return tuple(name for name, _, _ in periods.months(max(question.start, after), question.end))


def _bulk(scope: Scope, source: Source, chosen: CaseFilter, series: Question) -> pd.DataFrame:
    whole = replace(chosen, pendamping=None)
    windows = periods.windows(series.registers, [(series.start, series.end)])
    return bulk_days(closings_per_day(scope, source, whole, windows))


def _no_bulk() -> pd.DataFrame:
    return pd.DataFrame(columns=["provinsi", "tanggal", "n", "terselesaikan", "biasa"])


def _target(question: Question, kode: str, names: Sequence[str]) -> float | None:
    """The target of the year of the last month; only rates, and only the country or one province."""
    chosen = question.case_filter
    if INDICATORS[kode].satuan != "persen" or not names or chosen.klaster or chosen.jenis or chosen.kabkota:
        return None
    place = _unit(question)
    if place is None:
        return None
    place = services.NATIONAL if place == NATIONAL_UNIT else place
    known = services.targets(question.scope, question.source, [place])
    own = known[(known["kode"] == kode) & (known["periode"] == names[-1][:4])]
    return None if own.empty else float(own["nilai"].iloc[0])


def _unit(question: Question) -> str | None:
    """ "nasional", the code of the one province, or None for some provinces together."""
    if len(question.provinces) == 1:
        return question.provinces[0]
    return NATIONAL_UNIT if set(question.provinces) == set(reference.all_provinces()) else None


# --- events ---------------------------------------------------------------------------------------------


def _own_events(events: Sequence[Event], question: Question, names: Sequence[str]) -> list[Event]:
    """The events of the unit inside the series; a new segment cannot begin with its first month."""
    unit = _unit(question)
    listed = {event.bulan: event for event in events if event.unit == unit and event.bulan in names[1:]}
    return [listed[month] for month in sorted(listed)]


def read_events(path: Path) -> tuple[Event, ...]:
    """The events of a TOML file with tables [[peristiwa]] (unit, bulan, keterangan); none where there is no file.

    Raises UserError that names what is wrong.
    """
    if not path.exists():
        return ()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("peristiwa", [])
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path.name} tidak dapat dibaca ({error}); perbaiki berkas itu.") from error
    return tuple(_event(row, path.name) for row in rows)


def _event(row: dict, file: str) -> Event:
    missing = [name for name in ("unit", "bulan", "keterangan") if not str(row.get(name, "")).strip()]
    if missing:
        raise UserError(f"{file}: sebuah peristiwa tanpa {', '.join(missing)}; lengkapi berkas itu.")
    if row["unit"] != NATIONAL_UNIT and row["unit"] not in reference.names("provinsi"):
        raise UserError(
            f"{file}: unit “{row['unit']}” tidak dikenal; tulis `{NATIONAL_UNIT}` atau kode provinsi."
        )
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(row["bulan"])):
        raise UserError(f"{file}: bulan “{row['bulan']}” salah; tulis seperti 2026-03.")
    return Event(unit=row["unit"], bulan=row["bulan"], keterangan=str(row["keterangan"]).strip())
