"""What is asked: provinces, period and windows, worked out once per call; nonsense is refused here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lib import periods, reference
from lib.disclosure.views import Shown, check
from lib.domain import AccessRefused, CaseFilter, Dimensi, Scope, Tayang, Thresholds, UserError
from lib.indicators.records import INDICATORS
from lib.periods import Register, Window
from lib.queries import people
from lib.queries.source import Source
from lib.scoping import allowed_provinces


@dataclass(frozen=True, kw_only=True)
class Question:
    """Everything a figure depends on, worked out once per call; `shown`: its view, where it is for presentasi."""

    scope: Scope
    source: Source
    limits: Thresholds
    case_filter: CaseFilter
    per: Dimensi | None
    provinces: tuple[str, ...]
    registers: tuple[Register, ...]
    start: dt.date
    end: dt.date
    names: tuple[str, ...]
    windows: tuple[Window, ...]
    shown: Shown | None = None


def arguments(question: Question, *, sheet: str | None = None) -> tuple:
    """What every grouped query takes; with `sheet`, only the windows of provinces that ever sent that sheet."""
    windows = list(question.windows)
    if sheet is not None:
        sent = with_sheet(question, sheet)
        windows = [window for window in windows if window.kode_provinsi in sent]
    return (question.scope, question.source, question.case_filter, windows, question.per)


def with_sheet(question: Question, sheet: str) -> set[str]:
    """The provinces of the question that ever sent a row of an optional sheet."""
    return {
        p.kode_provinsi
        for p in question.source.provinces
        if p.kode_provinsi in question.provinces and sheet in p.lembar.split()
    }


def registers_of(source: Source, provinces: Sequence[str]) -> tuple[Register, ...]:
    """The registers of those provinces that have ever sent data."""
    return tuple(
        Register(
            kode_provinsi=p.kode_provinsi,
            tanggal_data=p.tanggal_data,
            lengkap_sejak=p.lengkap_sejak,
        )
        for p in source.provinces
        if p.kode_provinsi in provinces and p.tanggal_data is not None
    )


def check_filter(case_filter: CaseFilter) -> None:
    """Raise UserError for a code that does not exist or a pendamping without its one province."""
    known = {
        "provinsi": ("Provinsi", "provinsi"),
        "kabkota": ("Kabupaten/kota", "kabkota"),
        "klaster": ("Klaster", "klaster"),
        "jenis": ("Jenis masalah", "jenis_masalah"),
    }
    for field, (label, table) in known.items():
        wrong = [kode for kode in getattr(case_filter, field) if kode not in reference.names(table)]
        if wrong:
            raise UserError(f"{label} “{', '.join(wrong)}” tidak dikenal; gunakan kode dari data/referensi.")
    stray = [
        kode for kode in case_filter.kabkota if case_filter.provinsi and kode[:2] not in case_filter.provinsi
    ]
    if stray:
        raise UserError(
            f"Kabupaten/kota {', '.join(stray)} tidak terletak di provinsi yang dipilih; sesuaikan salah satunya."
        )
    if case_filter.pendamping is not None and len(case_filter.provinsi) != 1:
        raise UserError(
            f"Pendamping “{case_filter.pendamping}” hanya dapat dipilih bersama tepat satu provinsi."
        )


def check_kodes(kodes: Sequence[str], per: Dimensi | None) -> None:
    """Raise UserError for an unknown indicator or a dimension its record does not list."""
    for kode in kodes:
        if kode not in INDICATORS:
            raise UserError(f"Indikator “{kode}” tidak dikenal; yang tersedia: {', '.join(INDICATORS)}.")
        if per is not None and per not in INDICATORS[kode].dimensi:
            usable = ", ".join(dimension.value for dimension in INDICATORS[kode].dimensi)
            raise UserError(f"Indikator {kode} tidak dapat dirinci per {per.value}; pilihannya: {usable}.")


def _newest(source: Source, registers: tuple[Register, ...]) -> dt.date:
    """The newest T in the filter, at which a period ends by default.

    Where nobody in the filter ever sent, the period is still one that can be told: up to the newest T of the
    whole database, else up to the day the snapshot was made. Raises UserError where there is neither.
    """
    dates = [register.tanggal_data for register in registers]
    dates = dates or [p.tanggal_data for p in source.provinces if p.tanggal_data is not None]
    if dates:
        return max(dates)
    if source.dibuat:
        return dt.datetime.fromisoformat(source.dibuat).date()
    raise UserError("Belum ada data yang masuk; masukkan data dengan `python -m lib.cli impor`.")


def ask(
    scope: Scope,
    case_filter: CaseFilter,
    *,
    per: Dimensi | None,
    source: Source,
    limits: Thresholds,
    listed: bool = False,
) -> Question:
    """Work out provinces, period and windows of a question; raises UserError or AccessRefused.

    `listed`: the answer goes through the disclosure control, the only way open to tayang presentasi; what is not on
    its fixed list of views is refused.
    """
    if scope.tayang is Tayang.PRESENTASI and not listed:
        raise AccessRefused(
            "Tampilan ini tidak tersedia dalam tayang presentasi, karena menunjukkan angka rinci; gunakan angka dari "
            "daftar tampilan tetap, atau tayang internal."
        )
    check_filter(case_filter)
    provinces = allowed_provinces(scope, case_filter)
    if not provinces:
        raise UserError("Cakupan Anda kosong: tidak ada provinsi yang boleh ditampilkan.")
    if case_filter.kabkota:
        # Another province chosen beside them holds none of their cases, and its T must not decide the period.
        provinces = tuple(sorted({kode[:2] for kode in case_filter.kabkota}))
    registers = registers_of(source, provinces)
    if registers and case_filter.pendamping is not None and not people.is_known(scope, source, case_filter):
        raise UserError(
            f"Pendamping “{case_filter.pendamping}” tidak ada di provinsi {', '.join(provinces)}; periksa kodenya."
        )
    newest, shown = _newest(source, registers), None
    if scope.tayang is Tayang.PRESENTASI:
        since = min((register.lengkap_sejak for register in registers), default=None)
        shown = check(case_filter, per=per, provinces=provinces, newest=newest, since=since)
        case_filter = case_filter.with_period(shown.mulai, max(shown.mulai, shown.akhir))
        # Exact figures of the past are not kept for this.
        source = replace(source, riwayat=None)
    start, end = periods.resolve(case_filter.period, newest)
    names, spans = ("",), [(start, end)]
    if per is Dimensi.BULAN:
        listed = periods.months(start, end)
        names, spans = tuple(name for name, _, _ in listed), [(a, b) for _, a, b in listed]
    return Question(
        scope=scope,
        source=source,
        limits=limits,
        case_filter=case_filter,
        per=per,
        provinces=provinces,
        registers=registers,
        start=start,
        end=end,
        names=names,
        windows=tuple(periods.windows(registers, spans)),
        shown=shown,
    )
