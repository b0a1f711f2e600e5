"""How much the last months will still grow by late reports, told from how late earlier cases were first seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.domain import CaseFilter, Dimensi, Scope, Thresholds, UserError
from lib.measure.question import Question, ask
from lib.periods import DAY, Register, Window, months, windows
from lib.queries import delays as rows
from lib.queries.source import Source
from lib.stats import nowcast as late

WEEK = 7
LONGEST = 26  # weeks; a case first seen later than that is not expected any more
LOOKED_BACK = 52  # weeks of cases whose delay is looked at
RECENT = 8  # weeks that tell how many cases are recorded now: fewer are noisy, more lag behind the season
SETTLED = 6  # weeks after which nearly all cases of a day are there, to tell weekdays apart
FIRST_WEEKS = 13  # since the first upload
LEVEL = 0.9
COMPLETE = 98.0  # percent; a month with less still grows
ENOUGH = "cukup data"
NOT_YET = "belum dapat diperkirakan"
UNKNOWN = "tanggal pertama masuk tidak tercatat"
AFTER_DATA = "sesudah tanggal data"
KNOWN_SHARE = 0.9  # of the cases since the first upload, with a first-seen date
NUMBERS = ("perkiraan", "bawah", "atas", "kelengkapan")


@dataclass(frozen=True, kw_only=True, eq=False)
class Delays:
    """How late the cases of every province came, and what follows for those still to come.

    `counted` are the grouped counts of cases recorded after their province's first upload: wilayah (position in
    `registers`), umur and masuk (days back from T), n. `hazards` are [provinces, 7 days within the week, weeks],
    `weekdays` [provinces, 7] the share of a week's cases on those days, `reasons` why a province cannot be told.
    """

    registers: tuple[Register, ...]
    counted: pd.DataFrame
    hazards: late.Hazards
    weekdays: np.ndarray
    reasons: dict[str, str]


def reporting_delays(scope: Scope, *, source: Source, limits: Thresholds) -> Delays:
    """The delays of the provinces of the scope, each shrunk towards all of them; nothing depends on other provinces.

    Cases recorded on or before the day of a province's first upload are left out: they were in it however late they
    had been. Raises AccessRefused under tayang presentasi.
    """
    registers = ask(scope, CaseFilter(), per=None, source=source, limits=limits).registers
    frame = rows.first_seen(scope, source, CaseFilter(), _weeks_back(registers, LOOKED_BACK))
    frame["wilayah"] = _positions(frame.pop("provinsi"), registers)
    frame["masuk"] = frame["masuk"].clip(lower=0)
    # The day of the first upload of each province in days back from T; -1 where none is known.
    first = (
        frame.groupby("wilayah")["masuk"].max().reindex(range(len(registers))).fillna(-1).to_numpy(dtype=int)
    )
    after = frame[frame["umur"].to_numpy() < first[frame["wilayah"].to_numpy()]]
    counted = after[after["masuk"].notna()].astype({"masuk": "int64"})
    return Delays(
        registers=registers,
        counted=counted,
        hazards=late.shrunk_hazards(*late.reverse_counts(_triangles(counted, len(registers)))),
        weekdays=_weekdays(frame, registers),
        reasons=_reasons(registers, first, after=after, counted=counted),
    )


def _weeks_back(registers: tuple[Register, ...], weeks: int) -> list[Window]:
    """The last weeks before T of every province."""
    length = dt.timedelta(days=weeks * WEEK - 1)
    return [
        window
        for register in registers
        for window in windows((register,), [(register.tanggal_data - length, register.tanggal_data)])
    ]


def _positions(codes: pd.Series, registers: tuple[Register, ...]) -> np.ndarray:
    return pd.Index([register.kode_provinsi for register in registers]).get_indexer(codes)


def _reasons(
    registers: tuple[Register, ...], first: np.ndarray, *, after: pd.DataFrame, counted: pd.DataFrame
) -> dict[str, str]:
    """Why a province's last months cannot be told, for those that cannot."""
    everything, known = (
        np.bincount(frame["wilayah"], weights=frame["n"], minlength=len(registers))
        for frame in (after, counted)
    )
    reasons = {}
    for number, register in enumerate(registers):
        weeks = first[number] // WEEK
        if first[number] < 0 or known[number] < KNOWN_SHARE * everything[number]:
            reasons[register.kode_provinsi] = UNKNOWN
        elif weeks < FIRST_WEEKS:
            reasons[register.kode_provinsi] = (
                f"unggahan pertama baru {weeks} minggu yang lalu, perlu {FIRST_WEEKS} minggu"
            )
    return reasons


def _triangles(counted: pd.DataFrame, provinces: int) -> np.ndarray:
    """Counts [provinces, day within the week back from T, weeks old, lag in weeks]; all cohorts old enough as one.

    A case of week k back from T that is first seen in week j has the lag k - j: what a data date 7 j days before T
    knew and the one before it did not.
    """
    counts = np.zeros((provinces, WEEK, LONGEST + 1, LONGEST))
    age, entry = counted["umur"].to_numpy(), counted["masuk"].to_numpy()
    lag = np.maximum(age // WEEK - entry // WEEK, 0)
    kept = lag < LONGEST
    cell = (counted["wilayah"].to_numpy(), age % WEEK, np.minimum(age // WEEK, LONGEST), lag)
    np.add.at(counts, tuple(part[kept] for part in cell), counted["n"].to_numpy()[kept])
    return counts


def _weekdays(frame: pd.DataFrame, registers: tuple[Register, ...]) -> np.ndarray:
    """The share of a week's cases [provinces, 7] recorded on T, the day before, ...: that of all their weekdays."""
    ends = np.array([register.tanggal_data.toordinal() for register in registers], dtype=int)
    old = frame[frame["umur"] >= SETTLED * WEEK]
    day = (ends[old["wilayah"].to_numpy()] - old["umur"].to_numpy()) % WEEK
    counted = np.bincount(day, weights=old["n"], minlength=WEEK) + 1.0
    return (counted / counted.sum())[(ends[:, None] - np.arange(WEEK)) % WEEK]


def nowcast(
    scope: Scope,
    case_filter: CaseFilter,
    *,
    per: Dimensi | None = None,
    source: Source,
    limits: Thresholds,
    known: Delays | None = None,
) -> pd.DataFrame:
    """The months of the period that may still grow by late reports: seen so far, expected final number, 90 % interval.

    One row per month (and province, with per=Dimensi.PROVINSI) that began in the last 26 weeks: bulan, sejauh_ini
    (equal to I01), perkiraan, bawah, atas (the final number of the same days), kelengkapan (percent of the expected
    that is seen), alasan (why there is no number), catatan, belum_kirim (provinces whose T lies before the month's
    last day), dari, sampai, tanggal_data, versi, simulasi. Each province
    counts up to its own T; days after it are not expected. `known` is the answer of `reporting_delays`, which depends
    on no filter. Raises UserError and AccessRefused as `measure` does, and for another dimension.
    """
    if per not in (None, Dimensi.PROVINSI):
        raise UserError(
            f"Perkiraan bulan terakhir tidak dapat dirinci per {per.value}; pilihannya: provinsi."
        )
    question = ask(scope, case_filter, per=Dimensi.BULAN, source=source, limits=limits)
    known = known or reporting_delays(scope, source=source, limits=limits)
    listed = _months(question.start, question.end, known.registers)
    own = question.registers
    if not own or not listed:
        return _finished(pd.DataFrame(), listed, question, per=per)
    frame = rows.first_seen(scope, source, question.case_filter, _weeks_back(own, LONGEST), by_entry=False)
    age = frame["umur"].to_numpy()
    seen = np.zeros((len(own), WEEK, LONGEST))
    np.add.at(seen, (_positions(frame["provinsi"], own), age % WEEK, age // WEEK), frame["n"])
    member = _member(listed, own)
    places = _positions(pd.Series([register.kode_provinsi for register in own]), known.registers)
    rest = late.unseen(
        seen.sum(axis=1),
        share=known.weekdays[places],
        hazards=late.of_areas(known.hazards, places),
        member=member,
        usable=_usable(own),
        recent=RECENT,
    )
    counted = np.einsum("ark,arkt->at", seen, member)
    make = _by_province if per is Dimensi.PROVINSI else _together
    return _finished(make(own, listed, known, counted, rest), listed, question, per=per)


def _months(
    start: dt.date, end: dt.date, registers: tuple[Register, ...]
) -> list[tuple[str, dt.date, dt.date]]:
    """The months of the period that began in the last 26 weeks before the newest T, and not after it."""
    if not registers:
        return []
    newest = max(register.tanggal_data for register in registers)
    oldest = newest - dt.timedelta(days=LONGEST * WEEK - 1)
    last = min(end, newest)
    return [span for span in months(start, last) if span[1] >= oldest] if start <= last else []


def _member(listed: list, registers: tuple[Register, ...]) -> np.ndarray:
    """1 where a day [provinces, day within the week, week back] belongs to a month [months]."""
    ends = np.array([register.tanggal_data.toordinal() for register in registers])
    back = np.arange(WEEK)[:, None] + WEEK * np.arange(LONGEST)
    days = ends[:, None, None] - back
    return np.stack(
        [(days >= first.toordinal()) & (days <= last.toordinal()) for _, first, last in listed], axis=-1
    ).astype(float)


def _usable(registers: tuple[Register, ...]) -> np.ndarray:
    """Whether a week back from T [provinces, weeks] lies after the register's beginning."""
    whole = np.array([(r.tanggal_data - r.lengkap_sejak + DAY).days // WEEK for r in registers])
    return np.arange(LONGEST) < whole[:, None]


def _by_province(
    own: tuple[Register, ...], listed: list, known: Delays, counted: np.ndarray, rest: late.Unseen
) -> pd.DataFrame:
    variance = rest.variance + (rest.shared**2).sum(axis=1)
    low, high = late.interval(rest.mean, variance, level=LEVEL)
    frames = []
    for at, register in enumerate(own):
        reason = known.reasons.get(register.kode_provinsi)
        frame = _row(listed, counted[at], rest.mean[at], low[at], high[at])
        told = [AFTER_DATA if first > register.tanggal_data else reason for _, first, _ in listed]
        frame["alasan"] = pd.Series(told, dtype=object)
        frame["catatan"] = [f"{NOT_YET}: {each}" if each else ENOUGH for each in told]
        frame.insert(0, "provinsi", register.kode_provinsi)
        frame["belum_kirim"] = [int(register.tanggal_data < last) for _, _, last in listed]
        frame["tanggal_data"] = register.tanggal_data
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _together(
    own: tuple[Register, ...], listed: list, known: Delays, counted: np.ndarray, rest: late.Unseen
) -> pd.DataFrame:
    reasons = [known.reasons.get(register.kode_provinsi) for register in own]
    told = np.flatnonzero([reason is None for reason in reasons])
    low, high = late.interval(*late.together(rest, told), level=LEVEL)
    frame = _row(listed, counted.sum(axis=0), rest.mean[told].sum(axis=0), low, high)
    reason = None if len(told) else reasons[0]
    note = f"{NOT_YET}: {reason}" if reason else ENOUGH
    if 0 < len(told) < len(own):
        note += f"; {len(own) - len(told)} provinsi {NOT_YET} dan dihitung seperti adanya"
    frame["alasan"] = pd.Series([reason] * len(frame), dtype=object)
    frame["catatan"] = note
    frame["belum_kirim"] = [sum(register.tanggal_data < last for register in own) for _, _, last in listed]
    frame["tanggal_data"] = max(register.tanggal_data for register in own)
    return frame


def _row(listed: list, seen: np.ndarray, mean: np.ndarray, low: np.ndarray, high: np.ndarray) -> pd.DataFrame:
    final = seen + mean
    share = np.divide(100.0 * seen, final, out=np.full(final.shape, np.nan), where=final > 0)
    return pd.DataFrame(
        {
            "bulan": [name for name, _, _ in listed],
            "sejauh_ini": seen.astype("int64"),
            "perkiraan": final,
            "bawah": seen + low,
            "atas": seen + high,
            "kelengkapan": share,
        }
    )


def _finished(frame: pd.DataFrame, listed: list, question: Question, *, per: Dimensi | None) -> pd.DataFrame:
    """The same with its days and version; numbers only where they can be told."""
    if frame.empty:
        names = (
            "bulan",
            "sejauh_ini",
            *NUMBERS,
            "alasan",
            "catatan",
            "belum_kirim",
            "dari",
            "sampai",
            "tanggal_data",
        )
        keys = ("provinsi",) if per is Dimensi.PROVINSI else ()
        return pd.DataFrame(columns=[*keys, *names, "versi", "simulasi"])
    frame[list(NUMBERS)] = frame[list(NUMBERS)].where(frame["alasan"].isna())
    days = {name: (first, last) for name, first, last in listed}
    frame["dari"] = [days[name][0] for name in frame["bulan"]]
    frame["sampai"] = [
        min(days[name][1], date) for name, date in zip(frame["bulan"], frame["tanggal_data"], strict=True)
    ]
    frame["versi"], frame["simulasi"] = question.source.versi, question.source.simulasi
    return frame
