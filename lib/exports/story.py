"""The story of a meeting pack: every figure asked once through the one door, every message made from it.

A list of plain steps; the writers of slides, workbook and print only lay them out, and a screen can too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pandas as pd

from lib import reference, text_pack
from lib.decisions import NATIONAL
from lib.domain import AccessRefused, CaseFilter, Dimensi, PeriodKind, Scope, Tayang, UserError
from lib.exports import story_steps as steps_of
from lib.exports.step import Step, Story, by_kode
from lib.indicators.records import INDICATORS
from lib.measure import Source, measure
from lib.numbers_id import tanggal
from lib.scoping import allowed_provinces
from lib.settings import Settings

ELSEWHERE = "hanya dalam paket nasional"
FIGURES = ("Nilai saat diputuskan", "Nilai sekarang")
DECISION_COLUMNS = (
    *("Keputusan", "Indikator", "Wilayah", "Penanggung jawab", "Tenggat", "Keadaan"),
    *FIGURES,
)
"""What a pack lists of `lib.decisions.for_export`."""


CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def tell(
    scope: Scope,
    case_filter: CaseFilter,
    *,
    source: Source,
    values: Settings,
    decisions: pd.DataFrame | None = None,
    known: Mapping[tuple[str, ...], pd.DataFrame] | None = None,
) -> Story:
    """The story of a filter for everybody of the scope, in its tayang.

    `decisions`: what was agreed earlier, as `lib.decisions.for_export` gives it; None: nothing is listed.
    `known`: answers asked before, as `ahead` gives them.
    Raises UserError where not even the counts may be shown, AccessRefused outside the scope, ValueError for decisions
    without these columns.
    """
    door = steps_of.Door(
        scope=scope, case_filter=case_filter, source=source, settings=values, known=known or {}
    )
    provinces = allowed_provinces(scope, case_filter)
    if case_filter.kabkota:
        provinces = tuple(sorted({code[:2] for code in case_filter.kabkota}))
    place = text_pack.place(case_filter, provinces)
    rows, steps = _asked(door, provinces, place)
    steps = [_with_notes(step) for step in steps]
    steps.append(_decisions(steps, decisions, _late(source, provinces, values), provinces))
    steps.append(_definitions(steps))
    recorded = by_kode(rows).loc["I01"]
    return Story(
        unit=values.unit,
        tempat=place,
        saringan=text_pack.filters(case_filter, provinces),
        periode=text_pack.period(rows),
        data_per=text_pack.data_dates(_dates(source, provinces)),
        versi=source.versi,
        n=f"n = {text_pack.said(recorded)} kasus terdata",
        tayang=scope.tayang,
        simulasi=source.simulasi,
        langkah=tuple(steps),
    )


def _asked(door: steps_of.Door, provinces: Sequence[str], place: str) -> tuple[pd.DataFrame, list[Step]]:
    """The figures of the headline, and the steps in their order; raises UserError where not even the counts may be
    shown.

    Two questions at a time: while the database counts for one, the answer of the other is made.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        head = pool.submit(door.first_of, steps_of.HEAD, steps_of.CORE)
        months = pool.submit(steps_of.months, door, provinces)
        load = pool.submit(steps_of.load, door, provinces)
        rows, refusal = head.result()
        if rows is None:
            raise UserError(refusal)
        stuck = pool.submit(steps_of.stuck, door, rows)
        groups = pool.submit(steps_of.groups, door, rows)
        regions = pool.submit(steps_of.regions, door, rows, provinces)
    return rows, [
        steps_of.headline(rows, place),
        *regions.result(),
        *groups.result(),
        *months.result(),
        steps_of.times(rows, groups.result()),
        *stuck.result(),
        *load.result(),
    ]


def ahead(
    scope: Scope, case_filter: CaseFilter, *, source: Source, values: Settings
) -> dict[str, dict[tuple[str, ...], pd.DataFrame]]:
    """The figures of whole provinces asked once for all: province -> kodes -> the rows that `tell` would ask for.

    Only for tayang presentasi, and only those provinces whose answer is the same by itself: their data reach into the
    period, which begins after their register is complete, and no end was named that they do not reach.
    """
    if scope.tayang is not Tayang.PRESENTASI or case_filter.kabkota:
        return {}
    found: dict[str, dict[tuple[str, ...], pd.DataFrame]] = {}
    for kodes in (steps_of.HEAD, steps_of.WAITS, steps_of.STAFF):
        try:
            answer = measure(
                scope, kodes, case_filter, per=Dimensi.PROVINSI, source=source, limits=values.ambang
            )
        except AccessRefused:
            raise
        except UserError:
            continue  # each province is asked, and says so, by itself
        for code, rows in answer.groupby("provinsi", sort=False):
            if _same_alone(rows, case_filter, source, code):
                own = rows.drop(columns="provinsi").reset_index(drop=True)
                own["sampai"] = min(own["sampai"].iloc[0], own["tanggal_data"].iloc[0])
                found.setdefault(code, {})[kodes] = own
    return found


def _same_alone(rows: pd.DataFrame, case_filter: CaseFilter, source: Source, code: str) -> bool:
    register = next(p for p in source.provinces if p.kode_provinsi == code)
    first, last, newest = rows["dari"].iloc[0], rows["sampai"].iloc[0], register.tanggal_data
    named_end = case_filter.period.kind is PeriodKind.BEBAS and case_filter.period.sampai is not None
    if newest is None or register.lengkap_sejak is None or newest < first or register.lengkap_sejak > first:
        return False
    return newest >= last or not named_end


def _dates(source: Source, provinces: Sequence[str]) -> list:
    return [p.tanggal_data for p in source.provinces if p.kode_provinsi in provinces]


def _late(source: Source, provinces: Sequence[str], values: Settings) -> str | None:
    sent = {p.kode_provinsi: p.tanggal_data for p in source.provinces if p.tanggal_data is not None}
    newest = max(sent.values(), default=None)
    behind = [
        f"{reference.names('provinsi')[code]} ({tanggal(sent[code])})"
        for code in provinces
        if code in sent and (newest - sent[code]).days > values.merah_hari
    ]
    return text_pack.lateness_decision(behind, days=values.merah_hari)


def _with_notes(step: Step) -> Step:
    notes = tuple(f"{kode} {INDICATORS[kode].nama}: {text_pack.definition(kode)}" for kode in step.kodes)
    return replace(step, catatan=notes)


def _decisions(
    steps: Sequence[Step], decisions: pd.DataFrame | None, late: str | None, provinces: Sequence[str]
) -> Step:
    wanted = [each for step in steps for each in step.putusan] + ([late] if late else [])
    shown = None
    if decisions is not None:
        if missing := [name for name in DECISION_COLUMNS if name not in decisions]:
            raise ValueError(f"missing columns: {', '.join(missing)}")
        shown = handed_to(decisions, provinces)[list(DECISION_COLUMNS)].astype(object)
        shown = shown.where(shown.notna(), "–").map(_one_line).reset_index(drop=True)
    listed = f"; {len(shown)} tindak lanjut terbuka" if shown is not None and len(shown) else ""
    title = (
        f"{len(wanted)} hal perlu diputuskan" if wanted else "Tidak ada hal yang menonjol untuk diputuskan"
    )
    return Step(
        nama="keputusan",
        judul=f"{title}{listed}",
        frame=pd.DataFrame(),
        putusan=tuple(wanted),
        tabel=shown if shown is not None and len(shown) else None,
        catatan=("Disusun dari angka paket ini; ambang dan batas adalah usulan.",),
    )


def _one_line(typed: object) -> str:
    """A text that somebody typed, without what no line can show."""
    return CONTROL.sub(" ", str(typed)).strip()


def of_place(decisions: pd.DataFrame, provinces: Sequence[str]) -> pd.DataFrame:
    """Of `lib.decisions.for_export`: what was decided for these provinces and the nation; all if they are all."""
    if set(provinces) == set(reference.all_provinces()):
        return decisions
    names = (NATIONAL, *(reference.names("provinsi")[code] for code in provinces))
    return decisions[_area(decisions).isin(names)]


def handed_to(decisions: pd.DataFrame, provinces: Sequence[str]) -> pd.DataFrame:
    """What a pack lists of `of_place`: the nation's own figures in the pack of the nation only.

    A pack of some provinces is handed to them, whoever made it: it lists what their own coordinator would read.
    """
    kept = of_place(decisions, provinces).copy()
    if set(provinces) != set(reference.all_provinces()):
        kept.loc[_area(kept) == NATIONAL, list(FIGURES)] = ELSEWHERE
    return kept


def _area(decisions: pd.DataFrame) -> pd.Series:
    """Example: "Jawa Timur, klaster Anak" -> "Jawa Timur"."""
    return decisions["Wilayah"].astype(str).str.split(", ").str[0]


def _definitions(steps: Sequence[Step]) -> Step:
    kodes = tuple(dict.fromkeys(kode for step in steps for kode in step.kodes))
    rows = [
        (f"{INDICATORS[kode].nama} ({kode})", text_pack.meaning(kode), INDICATORS[kode].satuan)
        for kode in kodes
    ]
    return Step(
        nama="definisi",
        judul="Arti angka dalam paket ini",
        kodes=kodes,
        frame=pd.DataFrame(),
        kalimat="Selengkapnya (tanggal acuan, pengecualian) di catatan tiap salindia dan di halaman Kamus.",
        catatan=(),
        tabel=pd.DataFrame(rows, columns=["Angka", "Yang dihitung", "Satuan"]),
    )
