"""Stock and flow through the one door: what was there, came, left and stayed; the pace of late; what it leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from lib.domain import CaseFilter, Dimensi, Kelompok, Scope, Thresholds, UserError
from lib.measure.align import aligned
from lib.measure.answer import NO_DATA
from lib.measure.counts import provide
from lib.measure.groups import KEY_COLUMNS, members_of
from lib.measure.question import Question, ask
from lib.periods import DAY, Window, windows
from lib.queries import cases, people, weeks
from lib.queries.source import Source
from lib.stats import flow as queues
from lib.stats import intervals

WEEKS = 12
OUTCOMES = (Kelompok.TERSELESAIKAN.value, Kelompok.DIALIHKAN.value, Kelompok.BERHENTI.value)
FLOWS = ("awal", "masuk", *OUTCOMES, "keluar", "akhir")
# A furthest step is another one at the start than at the end, and a pendamping the present one.
FLOW_DIMENSIONS = tuple(per for per in (None, *Dimensi) if per not in (Dimensi.TAHAP, Dimensi.PENDAMPING))
TARGETS = ("beban", "norma")
SHORT = f"register belum lengkap {WEEKS} minggu"
NOBODY = "tidak ada pendamping aktif"


def stock_and_flow(
    scope: Scope, case_filter: CaseFilter, *, per: Dimensi | None, source: Source, limits: Thresholds
) -> pd.DataFrame:
    """The open cases at the start, those that came and left in the period, and those open at its end.

    Columns: the keys of the group; awal (open at the end of the day before the period), masuk, terselesaikan,
    dialihkan, berhenti, keluar (their sum), akhir (open at t), alasan (never sent: no numbers); dari, sampai,
    tanggal_data, versi, simulasi. awal, masuk, keluar and akhir are counted separately, each province up to its own
    T, and akhir = awal + masuk - keluar. Raises UserError and AccessRefused as `measure` does, and for a dimension
    in which cases change their group.
    """
    if per not in FLOW_DIMENSIONS:
        raise UserError(
            f"Stok dan arus tidak dapat dirinci per {per.value}: kasus berpindah kelompok di tengah periode."
        )
    question = ask(scope, case_filter, per=per, source=source, limits=limits)
    members = members_of(question)
    frames: dict = {"anggota": members}
    for name in ("terdata", "tutup", "stok"):
        provide(name, frames, question)
    answer = members[KEY_COLUMNS[per]].copy()
    answer["awal"] = _opening(question, members, frames["stok"]["terbuka"])
    answer["masuk"] = frames["terdata"]["n"]
    for outcome in OUTCOMES:
        answer[outcome] = frames["tutup"][outcome]
    answer["keluar"] = frames["tutup"]["n"]
    answer["akhir"] = frames["stok"]["terbuka"]
    empty = members["kosong"].to_numpy(dtype=bool)
    answer[list(FLOWS)] = answer[list(FLOWS)].astype("float64").mask(np.repeat(empty[:, None], len(FLOWS), 1))
    answer["alasan"] = pd.Series(np.where(empty, NO_DATA, None), index=answer.index, dtype=object)
    answer["dari"], answer["sampai"] = question.start, question.end
    answer["tanggal_data"] = members["tanggal_data"]
    answer["versi"], answer["simulasi"] = source.versi, source.simulasi
    return answer


def _opening(question: Question, members: pd.DataFrame, closing: pd.Series) -> pd.Series:
    """The open cases before each group's first day; a month begins with what the month before has left."""
    before = [
        replace(window, akhir=min(window.mulai - DAY, window.tanggal_data))
        for window in question.windows
        if window.nomor == 0
    ]
    counted = cases.stock(question.scope, question.source, question.case_filter, before, question.per)
    opening = aligned(counted, question, members)["terbuka"]
    if question.per is not Dimensi.BULAN:
        return opening
    return closing.shift(1, fill_value=opening.iloc[0])


def weekly(scope: Scope, case_filter: CaseFilter, *, source: Source, limits: Thresholds) -> pd.DataFrame:
    """Cases recorded and closed in the last 12 whole weeks before each province's T, one row per province and week.

    Columns provinsi, minggu (1 the oldest to 12), mulai, akhir (its days; the last week ends on T), terdata, ditutup
    (any reason), tanggal_data, versi, simulasi. Whatever the period; provinces that never sent have no rows. Raises
    UserError and AccessRefused as `measure` does.
    """
    question = ask(
        scope, replace(case_filter, period=CaseFilter().period), per=None, source=source, limits=limits
    )
    counted = weeks.weekly(scope, source, question.case_filter, _last_weeks(question), weeks=WEEKS)
    dates = {register.kode_provinsi: register.tanggal_data for register in question.registers}
    counted["tanggal_data"] = [dates[kode] for kode in counted["provinsi"]]
    back = [dt.timedelta(days=int(number)) for number in (WEEKS - counted["minggu"].to_numpy()) * weeks.DAYS]
    ends = [date - days for date, days in zip(counted["tanggal_data"], back, strict=True)]
    counted["mulai"] = [end - dt.timedelta(days=weeks.DAYS - 1) for end in ends]
    counted["akhir"] = ends
    counted["versi"], counted["simulasi"] = source.versi, source.simulasi
    return counted


def _last_weeks(question: Question) -> list[Window]:
    """The days of the last whole weeks of each province."""
    length = dt.timedelta(days=WEEKS * weeks.DAYS)
    return [
        window
        for register in question.registers
        for window in windows((register,), [(register.tanggal_data - length + DAY, register.tanggal_data)])
    ]


def pace(scope: Scope, case_filter: CaseFilter, *, source: Source, limits: Thresholds) -> pd.DataFrame:
    """The stock at T and the last 12 weeks' cases of every province of the filter: what `outlook` begins with.

    Columns provinsi, terbuka (at T), pendamping (active at T), masuk and ditutup (sums of the 12 weeks), alasan (why
    a province cannot be looked ahead for: never sent, or a register that is complete for less than 12 weeks),
    tanggal_data, versi, simulasi. A pendamping's time is for all kinds of cases, so of the filter only the provinces
    apply. Raises UserError and AccessRefused as `measure` does.
    """
    whole = replace(
        case_filter, period=CaseFilter().period, kabkota=(), klaster=(), jenis=(), pendamping=None
    )
    question = ask(scope, whole, per=Dimensi.PROVINSI, source=source, limits=limits)
    members = members_of(question)
    frames: dict = {"anggota": members}
    provide("stok", frames, question)
    counted = weekly(scope, whole, source=source, limits=limits)
    sums = counted.groupby("provinsi")[["terdata", "ditutup"]].sum()
    staff = people.active_pendamping(scope, source, whole, names=False)["provinsi"].value_counts()
    codes = members["provinsi"]
    empty = members["kosong"].to_numpy(dtype=bool)
    first = {window.kode_provinsi: window.mulai for window in _last_weeks(question)}
    short = {
        register.kode_provinsi
        for register in question.registers
        if register.lengkap_sejak > first[register.kode_provinsi]
    }
    answer = pd.DataFrame(
        {
            "provinsi": codes,
            "terbuka": frames["stok"]["terbuka"].astype("float64").mask(empty),
            "pendamping": codes.map(staff).astype("float64").fillna(0).mask(empty),
            "masuk": codes.map(sums["terdata"]).astype("float64"),
            "ditutup": codes.map(sums["ditutup"]).astype("float64"),
        }
    )
    reasons = [
        NO_DATA if never else SHORT if code in short else None
        for never, code in zip(empty, codes, strict=True)
    ]
    answer["alasan"] = pd.Series(reasons, index=answer.index, dtype=object)
    answer["tanggal_data"] = members["tanggal_data"]
    answer["versi"], answer["simulasi"] = source.versi, source.simulasi
    return answer


def outlook(
    known: pd.DataFrame, *, target: str, limits: Thresholds, change: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """When each province's backlog is worked off if the pace of the last 12 weeks goes on; rows of `pace`.

    `target` is the stock that is no backlog: "beban", at which every active pendamping holds the reasonable number of
    cases, or "norma", at which cases take a quarter of the norm of total_hari on average (`queues.target_queue`).
    `change` adds or takes away pendamping by province; each closes as many cases a week as the province's now do.
    Columns of `known` and: per_pendamping (closed a week), batas, tumpukan (stock above it), masuk_minggu and
    kapasitas (a week) with _bawah and _atas (95 %, exact Poisson), minggu (inf: never), minggu_cepat, minggu_lambat.
    The limits of the weeks come from those of kapasitas - masuk (MOVER; Zou & Donner 2008). Raises UserError for an
    unknown target, a province that is not there, or more pendamping taken away than there are.

    Example: 200 open cases, 10 pendamping, 120 recorded and 180 closed in 12 weeks, 15 cases each: the backlog of 50
    is gone after 50 / (15 - 10) = 10 weeks.
    """
    if target not in TARGETS:
        raise UserError(f"Batas “{target}” tidak dikenal; pilihannya: {', '.join(TARGETS)}.")
    change = dict(change or {})
    if unknown := sorted(set(change) - set(known["provinsi"])):
        raise UserError(f"Provinsi {', '.join(unknown)} tidak ada dalam prakiraan ini; pilih provinsi lain.")
    answer = known.copy()
    added = answer["provinsi"].map(change).astype("float64").fillna(0)
    staff = answer["pendamping"] + added
    if (staff < 0).any():
        short = answer.loc[staff < 0].iloc[0]
        raise UserError(
            f"Provinsi {short['provinsi']} hanya punya {short['pendamping']:.0f} pendamping aktif; "
            "kurangi jumlah yang dipindahkan."
        )
    alone = (answer["pendamping"] == 0) & (added > 0)
    answer["alasan"] = answer["alasan"].mask(alone & answer["alasan"].isna(), NOBODY)
    usable = answer["alasan"].isna()
    factor = (staff / answer["pendamping"].where(answer["pendamping"] > 0)).fillna(1.0)
    answer["per_pendamping"] = (answer["ditutup"] / WEEKS / answer["pendamping"]).where(
        answer["pendamping"] > 0
    )
    for name, column, scale in (("masuk_minggu", "masuk", 1.0), ("kapasitas", "ditutup", factor)):
        low, high = (
            pd.Series(limit, index=answer.index)
            for limit in intervals.poisson_exact(answer[column].fillna(0).to_numpy())
        )
        for suffix, values in (("", answer[column]), ("_bawah", low), ("_atas", high)):
            answer[f"{name}{suffix}"] = (values / WEEKS * scale).where(usable)
    answer["pendamping"] = staff
    answer["batas"] = (
        limits.beban_wajar * staff
        if target == "beban"
        else queues.target_queue(answer["masuk_minggu"], limits.total_hari / weeks.DAYS)
    ).where(usable)
    answer["tumpukan"] = (answer["terbuka"] - answer["batas"]).clip(lower=0).where(usable)
    return _with_weeks(answer, usable)


def _with_weeks(answer: pd.DataFrame, usable: pd.Series) -> pd.DataFrame:
    """Add how much the stock shrinks a week (turun, with its limits) and the weeks until the backlog is gone."""
    came = {end: answer[f"masuk_minggu{end}"] for end in ("", "_bawah", "_atas")}
    left = {end: answer[f"kapasitas{end}"] for end in ("", "_bawah", "_atas")}
    net = left[""] - came[""]
    answer["turun"] = net
    answer["turun_bawah"] = net - np.hypot(left[""] - left["_bawah"], came["_atas"] - came[""])
    answer["turun_atas"] = net + np.hypot(left["_atas"] - left[""], came[""] - came["_bawah"])
    for name, gain in (("minggu", "turun"), ("minggu_cepat", "turun_atas"), ("minggu_lambat", "turun_bawah")):
        taken = queues.clearing_time(
            answer["terbuka"], target_queue=answer["batas"], capacity=answer[gain], demand=0.0
        )
        answer[name] = pd.Series(taken, index=answer.index).where(usable)
    return answer
