"""The one door: scope, filter and kode in; query, computation and disclosure inside; a frame out.

Pages, the command line and every export go through `measure`, so a number is the same everywhere and access cannot
be forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lib import application, clock, periods, snapshot, versions
from lib.database import origins
from lib.domain import AccessRefused, CaseFilter, Dimensi, Scope, Tahap, Tayang, Thresholds, UserError
from lib.indicators.attention import needs_attention
from lib.indicators.fairness import can_be_smoothed, smoothed
from lib.indicators.records import INDICATORS
from lib.measure import history
from lib.measure.answer import NO_DATA, answer
from lib.measure.benchmark import benchmark, has_benchmark, is_national, nation_of
from lib.measure.counts import provide, provide_together
from lib.measure.curves import closed_mean, outcome_curves
from lib.measure.delays import late_reports
from lib.measure.fairness import (
    CONTROL_KODES,
    CONTROL_MONTHS,
    FUNNEL_KODES,
    NATIONAL_UNIT,
    OF_CLOSINGS,
    Control,
    Event,
    Funnel,
    control_chart,
    funnel_of,
    read_events,
)
from lib.measure.flow import FLOWS, TARGETS, WEEKS, outlook, pace, stock_and_flow, weekly
from lib.measure.groups import KEY_COLUMNS, keys_of, members_of
from lib.measure.history import is_kept
from lib.measure.nowcast import AFTER_DATA, COMPLETE, Delays, nowcast, reporting_delays
from lib.measure.presented import audited, present, present_comparison
from lib.measure.quality import ALL_PROVINCES, DataQuality, data_quality
from lib.measure.question import ask, check_kodes
from lib.measure.revisions import SPLIT, Side, revisions
from lib.measure.waits import waiting
from lib.measure.workers import shows_names, workers
from lib.queries import lists
from lib.queries.history import History
from lib.queries.lists import LISTED, Place
from lib.queries.live import is_live, live_source, live_version
from lib.queries.source import (
    Source,
    as_they_stood,
    direct_source,
    forget_closed,
    registers,
    snapshot_source,
)
from lib.scoping import allowed_provinces
from lib.settings import LIVE, Settings

__all__ = [
    "AFTER_DATA",
    "COMPLETE",
    "ALL_PROVINCES",
    "CONTROL_KODES",
    "CONTROL_MONTHS",
    "FUNNEL_KODES",
    "FLOWS",
    "KEY_COLUMNS",
    "LISTED",
    "NATIONAL_UNIT",
    "OF_CLOSINGS",
    "NO_DATA",
    "Control",
    "Delays",
    "DataQuality",
    "Event",
    "Funnel",
    "Place",
    "SPLIT",
    "Side",
    "Source",
    "TARGETS",
    "WEEKS",
    "attention",
    "audited",
    "benchmark",
    "can_be_smoothed",
    "case_timeline",
    "cases_behind",
    "closed_mean",
    "control_chart",
    "count_behind",
    "current_version",
    "data_quality",
    "figures_of_the_past",
    "figures_to_keep",
    "funnel_of",
    "has_benchmark",
    "has_list",
    "is_kept",
    "is_national",
    "keys_of",
    "late_reports",
    "measure",
    "measure_comparison",
    "nowcast",
    "open_kept",
    "open_source",
    "outcome_curves",
    "outlook",
    "pace",
    "read_events",
    "reporting_delays",
    "revisions",
    "shows_names",
    "smoothed",
    "stock_and_flow",
    "waiting",
    "weekly",
    "workers",
]


def current_version(settings: Settings) -> str | None:
    """What pages show now: the published snapshot (None before the first), or the present moment of direct mode."""
    if settings.sumber == LIVE:
        return live_version(clock.now(), settings.langsung_detik)
    return snapshot.current_version(settings)


def open_source(settings: Settings, versi: str | None = None) -> Source:
    """What pages read now, or another version, a kept one by its name too (see `lib.versions.kept_for`).

    Raises UserError when there is none or it cannot be read. A kept version wants the thresholds of
    `lib.versions.settings_of` beside it.
    """
    if versi is not None and not is_live(versi) and (kept := versions.kept_for(settings, versi)):
        return open_kept(settings, kept)
    versi = current_version(settings) if versi in (None, versions.NEWEST) else versi
    if versi is None:
        raise UserError("Belum ada potret; buat dengan `python -m lib.cli potret`.")
    if settings.sumber == LIVE and is_live(versi):
        source = live_source(settings, now=clock.now())
    else:
        source = snapshot_source(snapshot.open_version(settings, versi))
        source = replace(source, samar=snapshot.audit_path(settings, versi))
    engine = application.readable_engine(settings)
    if engine is None:
        return source
    past = History(engine=engine, sumber=origins.of(settings), simulasi=source.simulasi)
    return replace(source, riwayat=past)


def open_kept(settings: Settings, kept: versions.Kept) -> Source:
    """A kept version with the riwayat and the audit of then, its files checked by their digests first.

    Raises UserError when a file is missing or changed, or this program cannot read it.
    """
    versions.check(settings, kept)
    try:
        opened = snapshot.open_version(
            settings, kept.versi, path=versions.path_of(settings, kept, versions.CASES)
        )
    except UserError as error:
        raise UserError(f"Versi simpanan “{kept.nama}” tidak dapat dibuka. {error}") from error
    past = History(
        engine=versions.history_engine(settings, kept),
        sumber=origins.of(settings),
        simulasi=opened.simulasi,
    )
    return replace(
        snapshot_source(opened, riwayat=past),
        samar=versions.path_of(settings, kept, versions.HIDDEN),
        simpanan=kept.nama,
    )


def figures_to_keep(source: Source, *, limits: Thresholds) -> pd.DataFrame:
    """What to remember of a version: the figures known at T only, of every province.

    Columns kode_provinsi, tanggal_data, kode, nilai, pembilang, n, versi; a figure that does not exist has no row.
    """
    return history.figures_to_keep(source, limits, answer)


def figures_of_the_past(copy, settings: Settings, months: int) -> list[pd.DataFrame]:
    """The same at the ends of the last months before the newest T, told from the dates in the rows.

    `copy` is a copy of the case database; cases that no later month-end can find open are taken out of it. A case
    counts for the pendamping it has now.
    """
    known = registers(copy)
    newest = max((province.tanggal_data for province in known if province.tanggal_data), default=None)
    rows = []
    for day in [] if newest is None else periods.month_ends_before(newest, months):
        forget_closed(copy, day)
        source = direct_source(
            copy,
            simulasi=True,
            referral_resolves=settings.rujukan_penuh_terselesaikan,
            provinces=as_they_stood(known, day),
        )
        rows.append(figures_to_keep(source, limits=settings.ambang))
    return rows


def measure(
    scope: Scope,
    kodes: Sequence[str],
    case_filter: CaseFilter,
    *,
    per: Dimensi | None = None,
    source: Source,
    limits: Thresholds,
) -> pd.DataFrame:
    """The figures `kodes` for a filter, one row per kode and group; some have one row per group and value.

    Columns: kode, the key columns (`keys_of` names those of a kode), nilai, pembilang, n, satuan, bawah, atas, alasan
    (why there is no number), catatan (alasan and notes), dari, sampai, tanggal_data, tayang, versi, simulasi. Percent
    are 0-100.
    Under tayang presentasi small counts are hidden and the others rounded (see `lib.disclosure`).
    Raises UserError for a code, dimension, filter or period that makes no sense, AccessRefused outside the scope.
    """
    check_kodes(kodes, per)
    if scope.tayang is Tayang.PRESENTASI:
        return present(scope, kodes, case_filter, per=per, source=source, limits=limits)
    return answer(ask(scope, case_filter, per=per, source=source, limits=limits), kodes)


def measure_comparison(
    scope: Scope,
    kodes: Sequence[str],
    case_filter: CaseFilter,
    *,
    source: Source,
    limits: Thresholds,
    last_year: bool = False,
    known: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Now and the earlier period over the same provinces, and the provinces left out of both.

    `known` may hold what `measure` answered for the same filter; where now is the same question it is taken from there.
    A calendar period is compared with the same number of elapsed days of the one before, any other with as many
    days before; per province, because late provinces have fewer elapsed days.
    """
    check_kodes(kodes, None)
    if scope.tayang is Tayang.PRESENTASI:
        return present_comparison(
            scope, kodes, case_filter, source=source, limits=limits, last_year=last_year
        )
    question = ask(scope, case_filter, per=None, source=source, limits=limits)
    now, before, left_out = periods.comparison(
        question.registers, case_filter.period.kind, question.start, question.end, last_year=last_year
    )
    kept = tuple(r for r in question.registers if r.kode_provinsi not in left_out)
    # Provinces that are left out must not come back through persons, population or notes.
    codes = tuple(register.kode_provinsi for register in kept)
    sides = []
    for windows in (now, before):
        if not windows:
            sides.append(pd.DataFrame())
            continue
        side = replace(
            question,
            case_filter=case_filter if codes == question.provinces else replace(case_filter, provinsi=codes),
            provinces=codes,
            registers=kept,
            windows=tuple(windows),
            start=min(window.mulai for window in windows),
            end=max(window.sampai for window in windows),
        )
        if known is not None and side == question:
            sides.append(known.set_index("kode", drop=False).loc[list(kodes)].reset_index(drop=True))
        else:
            sides.append(answer(side, kodes))
    return sides[0], sides[1], left_out


def attention(scope: Scope, case_filter: CaseFilter, *, source: Source, limits: Thresholds) -> pd.DataFrame:
    """Provinces that need attention first (see `needs_attention`), with the counts behind each reason.

    Parts known only at T (stuck cases, load) are left out where the period ends before a province's T. The own
    provinces of a narrower scope are held against the nation, whose counts are not told.
    """
    visible = allowed_provinces(scope, case_filter)
    if not is_national(scope):
        scope, case_filter = nation_of(scope), replace(case_filter, provinsi=(), kabkota=())
    question = ask(scope, case_filter, per=Dimensi.PROVINSI, source=source, limits=limits)
    members = members_of(question)
    frames: dict = {"anggota": members}
    provide_together(("macet", "kohort-respon"), frames, question)
    provide("beban", frames, question)
    loads = frames["beban"]
    above = loads["terbuka"] > limits.beban_wajar
    per_province = pd.DataFrame(
        {
            "pendamping": loads.groupby("g").size(),
            "di_atas_wajar": above.groupby(loads["g"]).sum(),
            "beban_lebih": (loads["terbuka"] - limits.beban_wajar).clip(lower=0).groupby(loads["g"]).sum(),
        }
    ).reindex(range(len(members)), fill_value=0)
    cohort, stuck = frames["kohort-respon"], frames["macet"]
    due = cohort["n"] - cohort["tanpa_respon"]
    known = (~members["sebelum_data"] & ~members["kosong"]).astype(int)
    counts = pd.DataFrame(
        {
            "provinsi": members["provinsi"],
            "macet": stuck["macet"] * known,
            "terbuka": stuck["n"] * known,
            "terlambat": due - cohort["respon"],
            "jatuh_tempo": due,
            "di_atas_wajar": per_province["di_atas_wajar"] * known,
            "pendamping": per_province["pendamping"] * known,
            "beban_lebih": per_province["beban_lebih"] * known,
        }
    )
    own = counts["provinsi"].isin(visible)
    return needs_attention(counts, own).merge(counts[own], on="provinsi", suffixes=("_lebih", ""))


def has_list(row: pd.Series) -> bool:
    """Whether the cases a row of an answer counts can be listed: there are some, and they are still known."""
    return row["kode"] in LISTED and row["nilai"] > 0 and not is_kept(row)


def count_behind(
    scope: Scope,
    kode: str,
    case_filter: CaseFilter,
    *,
    source: Source,
    limits: Thresholds,
    tahap: Tahap | None = None,
) -> int:
    """How many cases lie behind a count; equal to the count itself."""
    question = _list_question(scope, kode, case_filter, source=source, limits=limits)
    return lists.count_listed(
        scope, source, case_filter, list(question.windows), kode, limits=limits, tahap=tahap
    )


def cases_behind(
    scope: Scope,
    kode: str,
    case_filter: CaseFilter,
    *,
    source: Source,
    limits: Thresholds,
    tahap: Tahap | None = None,
    sort: str = "tanggal_terdata",
    newest_first: bool = True,
    after: Place | None = None,
    size: int | None = 50,
) -> pd.DataFrame:
    """The cases of a count as states and dates, one page; raises UserError for a kode without a list."""
    if sort not in lists.SORTS:
        raise UserError(f"Urutan “{sort}” tidak dikenal; pilihannya: {', '.join(lists.SORTS)}.")
    question = _list_question(scope, kode, case_filter, source=source, limits=limits)
    return lists.listed(
        scope,
        source,
        case_filter,
        list(question.windows),
        kode,
        limits=limits,
        tahap=tahap,
        sort=sort,
        newest_first=newest_first,
        after=after,
        size=size,
    )


def case_timeline(scope: Scope, kode_provinsi: str, id_kasus: str, *, source: Source) -> pd.Series:
    """The dates and states of one case; raises UserError when it does not exist, AccessRefused outside the scope."""
    if scope.tayang is Tayang.PRESENTASI:
        raise AccessRefused("Satu kasus tidak ditampilkan dalam tayang presentasi; gunakan tayang internal.")
    rows = lists.one_case(scope, source, kode_provinsi, id_kasus)
    if rows.empty:
        raise UserError(f"Kasus “{id_kasus}” tidak ada di provinsi {kode_provinsi}; kembali ke daftar kasus.")
    return rows.iloc[0]


def _list_question(scope: Scope, kode: str, case_filter: CaseFilter, *, source: Source, limits: Thresholds):
    if kode not in lists.LISTED:
        raise UserError(f"Angka “{kode}” tidak punya daftar kasus; yang punya: {', '.join(lists.LISTED)}.")
    question = ask(scope, case_filter, per=None, source=source, limits=limits)
    newest = max((register.tanggal_data for register in question.registers), default=question.end)
    at_data = kode in lists.AT_DATA or (kode in INDICATORS and INDICATORS[kode].pada_data)
    if at_data and question.end < newest:
        raise UserError(
            f"Daftar {kode} hanya ada pada tanggal data, sedangkan periode berakhir {question.end.isoformat()}; "
            "pilih periode yang sampai tanggal data."
        )
    return question
