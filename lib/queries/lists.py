"""The cases behind a count: the same conditions as the counts, as rows of states and dates, page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd
from sqlalchemy import Select, and_, exists, func, or_, select

from lib.domain import CaseFilter, Kelompok, Scope, Tahap, Thresholds
from lib.periods import Window
from lib.queries import quality
from lib.queries.cases import RESOLVED, count_where, restrictions, step_reached, windows_table
from lib.queries.source import Source, fetch

AGE_BANDS = {"I14-0": (0, 30), "I14-31": (31, 90), "I14-91": (91, 180), "I14-181": (181, 36_500)}
# The furthest step of an open case that waits for the next one, and from when its wait runs.
WAITS = {
    "asesmen": Tahap.TERDATA,
    "rencana": Tahap.ASESMEN,
    "intervensi": Tahap.RENCANA,
    "terminasi": Tahap.INTERVENSI,
}
# The date from which the norm of a wait counts, and the threshold that is the norm; intervensi has none.
NORMS = {
    "respon": ("tanggal_terdata", "asesmen_hari"),
    "asesmen": ("tanggal_terdata", "asesmen_hari"),
    "rencana": ("tanggal_asesmen", "rencana_hari"),
    "terminasi": ("tanggal_terdata", "total_hari"),
}
SORTS = ("tanggal_terdata", "tanggal_aktivitas")
COLUMNS = (
    "kode_provinsi",
    "id_kasus",
    "kode_kabkota",
    "kode_jenis",
    "id_pendamping",
    "prioritas",
    "tanggal_terdata",
    "tanggal_asesmen",
    "tanggal_rencana",
    "tanggal_intervensi",
    "tanggal_terminasi",
    "kelompok",
    "tanggal_aktivitas",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a page of a list ended: the sort date and the key of its last case (keyset, not OFFSET)."""

    tanggal: dt.date
    kode_provinsi: str
    id_kasus: str


def _open(k, day):
    return and_(k.c.tanggal_terdata <= day, or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > day))


def _recorded_between(k, w, band: str):
    """An open case of an age band was recorded between two days counted back from t."""
    first, last = w.c[f"dari_{_column(band)}"], w.c[f"ke_{_column(band)}"]
    return and_(k.c.tanggal_terdata >= first, k.c.tanggal_terdata <= last)


def _on_duty(k, p):
    """Whether a case's pendamping is active at T; without a pendamping nobody is."""
    return exists().where(
        p.c.kode_provinsi == k.c.kode_provinsi, p.c.id_pendamping == k.c.id_pendamping, p.c.aktif == 1
    )


def _conditions(k, w, p) -> dict[str, Callable]:
    """Per kode what makes the condition of its cases; the same words as in lib.queries.cases and people.

    A question needs one or a few of fifty, and to make all takes as long as the database takes to answer.
    """
    recorded = and_(k.c.tanggal_terdata >= w.c.mulai, k.c.tanggal_terdata <= w.c.akhir)
    ended = k.c.tanggal_terminasi <= w.c.akhir
    resolved = and_(k.c.kelompok == RESOLVED, ended)
    went = and_(k.c.tanggal_terminasi >= w.c.mulai, ended)
    responded = k.c.tanggal_respon <= w.c.akhir
    still_open = _open(k, w.c.akhir)
    by_now = k.c.tanggal_terdata <= w.c.akhir

    def silent():
        return or_(
            and_(k.c.darurat == 0, k.c.tanggal_aktivitas < w.c.macet),
            and_(k.c.darurat == 1, k.c.tanggal_aktivitas < w.c.macet_darurat),
        )

    def waiting(step: str):
        if step == "respon":
            return and_(still_open, or_(k.c.tanggal_respon.is_(None), ~responded))
        return and_(still_open, step_reached(k, w) == WAITS[step].value)

    return {
        "I01": lambda: recorded,
        "I02": lambda: and_(recorded, or_(responded, resolved)),
        "I03": lambda: and_(
            k.c.kelompok == RESOLVED, k.c.tanggal_terminasi >= w.c.mulai, k.c.tanggal_terminasi <= w.c.akhir
        ),
        "I03K": lambda: and_(recorded, resolved),
        "I13": lambda: still_open,
        **{kode: lambda kode=kode: and_(still_open, _recorded_between(k, w, kode)) for kode in AGE_BANDS},
        "I15-n": lambda: and_(_open(k, w.c.data), silent()),
        "DITUTUP": lambda: went,
        **{f"DITUTUP-{end}": lambda end=end: and_(went, k.c.kelompok == end) for end in OTHER_ENDS},
        "I28": lambda: and_(_open(k, w.c.data), ~_on_duty(k, p)),
        "STOK-terdata": lambda: waiting("respon"),
        "STOK-tertangani": lambda: and_(still_open, responded),
        "STOK-terselesaikan": lambda: and_(by_now, resolved),
        "STOK-ditutup": lambda: and_(by_now, ended, k.c.kelompok != RESOLVED),
        **{f"TUNGGU-{step}": lambda step=step: waiting(step) for step in WAITS},
        **{
            f"LEWAT-{step}": lambda step=step, since=since: and_(
                waiting(step), k.c[since] < w.c[f"norma_{step}"]
            )
            for step, (since, _) in NORMS.items()
        },
        **_quality(k, w, recorded),
    }


def _quality(k, w, recorded) -> dict[str, Callable]:
    """The lists behind the counts of lib.queries.quality, by its own conditions."""
    empty = cache(lambda: quality.due_and_empty(k, w))
    found = {
        "sehari": lambda: quality.within_one_day(k, w),
        "akhir_bulan": lambda: quality.at_month_end(k, w),
        "kembar": lambda: and_(recorded, k.c.kembar == 1),
        "tanpa_kabar": lambda: quality.without_news(k, w),
    }
    return {f"{EMPTY}{name}": lambda name=name: and_(recorded, *empty()[name]) for name in quality.FIELDS} | {
        f"{FOUND}{name}": found[name] for name in quality.FINDINGS
    }


# DITUTUP is a list without a record of its own: closed in the period for any reason, as in I16 and I17, or for one of
# the reason groups beside terselesaikan, which is I03. So are TUNGGU-
# (open at t, the step before is the furthest) and LEWAT- (of these, longer than the norm).
# So are KOSONG- (a field that is due and empty) and MUTU- (what is hardly true).
EMPTY, FOUND = "KOSONG-", "MUTU-"
OTHER_ENDS = (Kelompok.DIALIHKAN.value, Kelompok.BERHENTI.value)
LISTED = (
    *("DITUTUP", *(f"DITUTUP-{kelompok}" for kelompok in OTHER_ENDS)),
    *("I01", "I02", "I03", "I03K", "I13", *AGE_BANDS, "I15-n", "I28"),
    *("STOK-terdata", "STOK-tertangani", "STOK-terselesaikan", "STOK-ditutup"),
    *(f"TUNGGU-{step}" for step in WAITS),
    *(f"LEWAT-{step}" for step in NORMS),
    *(f"{EMPTY}{name}" for name in quality.FIELDS),
    *(f"{FOUND}{name}" for name in quality.FINDINGS),
)
# Known at the data date only, and no record that says so.
AT_DATA = (f"{FOUND}tanpa_kabar",)


def _joined(scope: Scope, source: Source, windows: list[Window], *, limits: Thresholds) -> tuple:
    """The prepared cases, the windows with the days that the conditions need, and the two joined."""
    days = dt.timedelta
    extra = {
        "macet": [w.tanggal_data - days(limits.macet_hari) for w in windows],
        "macet_darurat": [w.tanggal_data - days(limits.macet_hari_darurat) for w in windows],
    }
    for band, (youngest, oldest) in AGE_BANDS.items():
        extra[f"dari_{_column(band)}"] = [w.akhir - days(oldest) for w in windows]
        extra[f"ke_{_column(band)}"] = [w.akhir - days(youngest) for w in windows]
    for step, (_, norm) in NORMS.items():
        extra[f"norma_{step}"] = [w.akhir - days(getattr(limits, norm)) for w in windows]
    extra |= quality.days_needed(windows, days=limits.tanpa_kabar_hari)
    k, w = source.kasus, windows_table(source, windows, scope, extra)
    return k, w, k.join(w, w.c.kode_provinsi == k.c.kode_provinsi)


def _chosen(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    kode: str,
    *,
    limits: Thresholds,
    tahap: Tahap | None,
) -> tuple[Select, object]:
    """The cases behind `kode` as a query without columns, and the prepared cases it reads."""
    k, w, joined = _joined(scope, source, windows, limits=limits)
    query = (
        select()
        .select_from(joined)
        .where(_conditions(k, w, source.pendamping)[kode]())
        .where(*restrictions(scope, k, case_filter))
    )
    if tahap is not None:
        query = query.where(step_reached(k, w) == tahap.value)
    return query, k


def _column(band: str) -> str:
    return band.replace("-", "_").lower()


def count_listed(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    kode: str,
    *,
    limits: Thresholds,
    tahap: Tahap | None = None,
) -> int:
    """How many cases the list of `kode` has."""
    query, _ = _chosen(scope, source, case_filter, windows, kode, limits=limits, tahap=tahap)
    return int(fetch(scope, source, query.add_columns(func.count().label("n")))["n"].iloc[0])


def count_each(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    kodes: Sequence[str],
    *,
    limits: Thresholds,
) -> dict[str, int]:
    """How many cases each of the lists has, in one query with the conditions of the lists themselves."""
    k, w, joined = _joined(scope, source, windows, limits=limits)
    conditions = _conditions(k, w, source.pendamping)
    query = select(*(count_where(conditions[kode]()).label(kode) for kode in kodes)).select_from(joined)
    counted = fetch(scope, source, query.where(*restrictions(scope, k, case_filter)))
    # The sum over no rows is NULL, not 0.
    return {kode: 0 if pd.isna(number) else int(number) for kode, number in counted.iloc[0].items()}


def listed(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    kode: str,
    *,
    limits: Thresholds,
    tahap: Tahap | None = None,
    sort: str = "tanggal_terdata",
    newest_first: bool = True,
    after: Place | None = None,
    size: int | None = 50,
) -> pd.DataFrame:
    """One page of the cases behind `kode`, columns COLUMNS, sorted by a date and the key; `size` None is all.

    Pages follow by keyset: `after` is the last case of the page before.
    """
    query, k = _chosen(scope, source, case_filter, windows, kode, limits=limits, tahap=tahap)
    date, key = k.c[sort], (k.c.kode_provinsi, k.c.id_kasus)
    if after is not None:
        later = or_(
            date < after.tanggal if newest_first else date > after.tanggal,
            and_(date == after.tanggal, key[0] > after.kode_provinsi),
            and_(date == after.tanggal, key[0] == after.kode_provinsi, key[1] > after.id_kasus),
        )
        query = query.where(later)
    query = query.add_columns(*(k.c[name] for name in COLUMNS))
    query = query.order_by(date.desc() if newest_first else date, *key)
    return fetch(scope, source, query if size is None else query.limit(size), of_cases=True)


def one_case(scope: Scope, source: Source, kode_provinsi: str, id_kasus: str) -> pd.DataFrame:
    """The prepared row of one case inside the scope (no row when there is none)."""
    k = source.kasus
    inside = CaseFilter(provinsi=(kode_provinsi,))
    query = select(k).where(*restrictions(scope, k, inside)).where(k.c.id_kasus == id_kasus)
    return fetch(scope, source, query, of_cases=True)
