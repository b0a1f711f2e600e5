"""Grouped counts of cases. Every function takes the scope first and returns additive counts, never rows of cases.

The windows hold the days of each province; joining them keeps t = min(b, T) per province inside one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Date, Integer, String, and_, case, func, literal_column, or_, select

from lib.database.expressions import awal_bulan, ditambah, rows_as_table, selisih_hari
from lib.domain import CaseFilter, Dimensi, Kelompok, Scope, Tahap
from lib.periods import Window
from lib.queries.source import Source, fetch
from lib.scoping import allowed_provinces

RESOLVED = Kelompok.TERSELESAIKAN.value
ENDS = (Kelompok.TERSELESAIKAN, Kelompok.DIALIHKAN, Kelompok.BERHENTI)


def count_where(condition):
    """How many rows of a group meet a condition, as an expression."""
    # sum(case ...) instead of FILTER: 1.3 to 2.6 times faster in DuckDB, and SQLite of old lacks FILTER.
    return func.sum(case((condition, 1), else_=0))


def step_reached(k, w):
    """Furthest step reached at t; constants are written out because PostgreSQL groups by the very expression."""
    word = {tahap: literal_column(f"'{tahap.value}'") for tahap in Tahap}
    return case(
        (k.c.tanggal_terminasi <= w.c.akhir, word[Tahap.TERMINASI]),
        (k.c.tanggal_intervensi <= w.c.akhir, word[Tahap.INTERVENSI]),
        (k.c.tanggal_rencana <= w.c.akhir, word[Tahap.RENCANA]),
        (k.c.tanggal_asesmen <= w.c.akhir, word[Tahap.ASESMEN]),
        else_=word[Tahap.TERDATA],
    )


def _keys(k, w, per: Dimensi | None) -> list:
    """The grouping columns of a dimension, labelled as the frames call them."""
    if per is Dimensi.TAHAP:
        return [step_reached(k, w).label("tahap")]
    columns = {
        None: [],
        Dimensi.PROVINSI: [k.c.kode_provinsi.label("provinsi")],
        Dimensi.KABKOTA: [k.c.kode_kabkota.label("kabkota")],
        Dimensi.KLASTER: [k.c.kode_klaster.label("klaster")],
        Dimensi.JENIS: [k.c.kode_jenis.label("jenis")],
        Dimensi.PAS: [k.c.kode_pas.label("pas")],
        Dimensi.PENDAMPING: [k.c.kode_provinsi.label("provinsi"), k.c.id_pendamping.label("pendamping")],
        Dimensi.BULAN: [w.c.nomor.label("bulan")],
    }
    return columns[per]


def windows_table(
    source: Source,
    windows: list[Window],
    scope: Scope,
    extra: dict[str, list],
    *,
    texts: Sequence[str] = (),
) -> object:
    """The windows of allowed provinces as a table; a window outside the scope never reaches the database.

    `extra` are further columns, one value per window: dates, or text where `texts` names the column.
    """
    kinds = {"nomor": Integer, "kode_provinsi": String, "mulai": Date, "akhir": Date, "data": Date}
    rows = []
    for position, window in enumerate(windows):
        if window.kode_provinsi in scope.provinces:
            more = tuple(values[position] for values in extra.values())
            rows.append(
                (
                    window.nomor,
                    window.kode_provinsi,
                    window.mulai,
                    window.akhir,
                    window.tanggal_data,
                    *more,
                )
            )
    kinds |= {name: String if name in texts else Date for name in extra}
    return rows_as_table(source.engine.dialect.name, "jendela", kinds, rows)


def restrictions(scope: Scope, k, case_filter: CaseFilter) -> list:
    """The conditions of scope and filter on the prepared cases `k`; raises AccessRefused outside the scope."""
    conditions = [k.c.kode_provinsi.in_(allowed_provinces(scope, case_filter))]
    for column, chosen in (
        (k.c.kode_kabkota, case_filter.kabkota),
        (k.c.kode_klaster, case_filter.klaster),
        (k.c.kode_jenis, case_filter.jenis),
    ):
        if chosen:
            conditions.append(column.in_(chosen))
    if case_filter.pendamping is not None:
        conditions.append(k.c.id_pendamping == case_filter.pendamping)
    return conditions


def grouped(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    build,
    *,
    extra: dict[str, list] | None = None,
    more_keys=(),
    beside=(),
    rows=None,
    event=None,
) -> pd.DataFrame:
    """Join cases with windows, restrict to scope and filter, group by the dimension.

    `build(k, w)` returns (aggregates, condition); `more_keys(k, w)` further grouping columns; `beside` are further
    row sets as (rows, on, whether a case without such a row stays); `rows` stand in for the cases themselves;
    `event(k)` is a date that the condition holds inside the days of the window.
    """
    k = source.kasus if rows is None else rows
    w = windows_table(source, windows, scope, extra or {})
    aggregates, condition = build(k, w)
    keys = [*_keys(k, w, per), *(more_keys(k, w) if more_keys else ())]
    matches = w.c.kode_provinsi == k.c.kode_provinsi
    if per is Dimensi.BULAN and event is not None:
        # Says again what the condition says, so that a case meets its own month only and not every month.
        matches = and_(matches, awal_bulan(event(k)) == awal_bulan(w.c.mulai))
    joined = k.join(w, matches)
    for others, on, optional in beside:
        joined = joined.join(others, on, isouter=optional)
    query = (
        select(*keys, *aggregates)
        .select_from(joined)
        .where(condition)
        .where(*restrictions(scope, k, case_filter))
    )
    if keys:
        query = query.group_by(*keys)
    return fetch(scope, source, query)


@dataclass(frozen=True, kw_only=True)
class Count:
    """A kind of count, as functions of prepared cases and windows: `of`: which cases, `columns`: a condition among
    these per column (None: all of them), `days`: further days of each window, `event` as in `grouped`."""

    of: Callable
    columns: Callable
    days: Callable[[list[Window]], dict[str, list]] = lambda windows: {}
    event: Callable | None = None


def counted(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    count: Count,
) -> pd.DataFrame:
    """One kind of count, one row per group that has such cases."""

    def build(k, w):
        columns = count.columns(k, w).items()
        sums = [(func.count() if each is None else count_where(each)).label(name) for name, each in columns]
        return sums, count.of(k, w)

    extra = count.days(windows)
    return grouped(scope, source, case_filter, windows, per, build, extra=extra, event=count.event)


def counted_together(
    scope: Scope,
    source: Source,
    case_filter: CaseFilter,
    windows: list[Window],
    per: Dimensi | None,
    counts: Mapping[str, Count],
) -> dict[str, pd.DataFrame]:
    """Several kinds of count in one pass over the cases, each as `counted` gives it, with 0 for a group that another
    one has; not by month, where one pass would hold every case against every month.

    Planning a query takes longer than counting the cases of one province.
    """

    def build(k, w):
        sums, everybody = [], []
        for number, count in enumerate(counts.values()):
            of = count.of(k, w)
            everybody.append(of)
            for name, each in count.columns(k, w).items():
                sums.append(count_where(of if each is None else and_(of, each)).label(f"{number}_{name}"))
        return sums, or_(*everybody)

    extra = {name: days for count in counts.values() for name, days in count.days(windows).items()}
    frame = grouped(scope, source, case_filter, windows, per, build, extra=extra)
    found = {}
    for number, name in enumerate(counts):
        own = [column for column in frame if not column[0].isdigit() or column.startswith(f"{number}_")]
        found[name] = pd.DataFrame({column.removeprefix(f"{number}_"): frame[column] for column in own})
    return found


def _recorded_columns(k, w) -> dict:
    resolved = and_(k.c.kelompok == RESOLVED, k.c.tanggal_terminasi <= w.c.akhir)
    answered = or_(k.c.tanggal_respon <= w.c.akhir, resolved)
    return {"n": None, "tertangani": answered, "terselesaikan": resolved}


RECORDED = Count(
    of=lambda k, w: and_(k.c.tanggal_terdata >= w.c.mulai, k.c.tanggal_terdata <= w.c.akhir),
    columns=_recorded_columns,
    event=lambda k: k.c.tanggal_terdata,
)
"""Cases recorded in the window: n, tertangani (responded or resolved by t), terselesaikan (by t)."""

CLOSED = Count(
    of=lambda k, w: and_(k.c.tanggal_terminasi >= w.c.mulai, k.c.tanggal_terminasi <= w.c.akhir),
    columns=lambda k, w: {"n": None} | {each.value: k.c.kelompok == each.value for each in ENDS},
    event=lambda k: k.c.tanggal_terminasi,
)
"""Cases closed in the window, whenever recorded: n (any reason) and one column per reason group."""


def _stock_columns(k, w) -> dict:
    ended = k.c.tanggal_terminasi <= w.c.akhir
    still_open = or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > w.c.akhir)
    return {
        "n": None,
        "terselesaikan": and_(ended, k.c.kelompok == RESOLVED),
        "ditutup_lainnya": and_(ended, k.c.kelompok != RESOLVED),
        "terbuka": still_open,
        "tertangani": and_(still_open, k.c.tanggal_respon <= w.c.akhir),
    }


STOCK = Count(of=lambda k, w: k.c.tanggal_terdata <= w.c.akhir, columns=_stock_columns)
"""All cases recorded by t: n, terselesaikan, ditutup_lainnya, terbuka, and tertangani among the open."""


def stock(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """The counts of STOCK."""
    return counted(scope, source, case_filter, windows, per, STOCK)


def recorded(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """The counts of RECORDED."""
    return counted(scope, source, case_filter, windows, per, RECORDED)


def open_ages(
    scope: Scope, source: Source, case_filter: CaseFilter, windows: list[Window], per: Dimensi | None
) -> pd.DataFrame:
    """Open cases at t by age: columns umur (whole days since terdata) and n."""

    def build(k, w):
        still_open = or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > w.c.akhir)
        return [func.count().label("n")], and_(k.c.tanggal_terdata <= w.c.akhir, still_open)

    return grouped(
        scope,
        source,
        case_filter,
        windows,
        per,
        build,
        more_keys=lambda k, w: [selisih_hari(w.c.akhir, k.c.tanggal_terdata).label("umur")],
    )


def matured(days: int) -> Count:
    """The cohort whose day `days` falls in the window: calon (recorded in [max(a-H, lengkap_sejak), b-H]), n (of
    them with day H by T), selesai (terselesaikan within H days), respon (responded within H days), tanpa_respon
    (closed before day H without response), sebelum_lengkap (left out: recorded before lengkap_sejak).
    """
    horizon = dt.timedelta(days=days)
    first, last, ripe = (f"{name}_{days}" for name in ("kohort_mulai", "kohort_akhir", "matang"))

    def columns(k, w) -> dict:
        complete = k.c.tanggal_terdata >= w.c.lengkap
        mature = and_(complete, k.c.tanggal_terdata <= w.c[ripe])
        return {
            "calon": complete,
            "n": mature,
            "selesai": and_(mature, k.c.kelompok == RESOLVED, k.c.lama_hari <= days),
            "respon": and_(mature, k.c.respon_hari <= days),
            "tanpa_respon": and_(mature, k.c.lama_hari < days, k.c.tanggal_respon.is_(None)),
            "sebelum_lengkap": k.c.tanggal_terdata < w.c.lengkap,
        }

    return Count(
        of=lambda k, w: and_(k.c.tanggal_terdata >= w.c[first], k.c.tanggal_terdata <= w.c[last]),
        columns=columns,
        days=lambda windows: {
            first: [window.mulai - horizon for window in windows],
            "lengkap": [window.lengkap_sejak for window in windows],
            last: [window.sampai - horizon for window in windows],
            ripe: [window.akhir - horizon for window in windows],
        },
        event=lambda k: ditambah(k.c.tanggal_terdata, days),
    )


def stuck(days: int, days_emergency: int) -> Count:
    """Open cases at T: n, and macet (no activity for more than `days`, darurat more than `days_emergency`)."""
    limits = {"batas": dt.timedelta(days=days), "batas_darurat": dt.timedelta(days=days_emergency)}

    def silent(k, w):
        return or_(
            and_(k.c.darurat == 0, k.c.tanggal_aktivitas < w.c.batas),
            and_(k.c.darurat == 1, k.c.tanggal_aktivitas < w.c.batas_darurat),
        )

    return Count(
        of=lambda k, w: and_(
            k.c.tanggal_terdata <= w.c.data,
            or_(k.c.tanggal_terminasi.is_(None), k.c.tanggal_terminasi > w.c.data),
        ),
        columns=lambda k, w: {"n": None, "macet": silent(k, w)},
        days=lambda windows: {
            name: [window.tanggal_data - length for window in windows] for name, length in limits.items()
        },
    )
