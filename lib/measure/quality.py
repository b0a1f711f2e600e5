"""What each province's data are worth: empty fields, dates that are hardly true, age, and the grade made of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lib.disclosure.quality import harmless_counts, harmless_parts
from lib.domain import AccessRefused, CaseFilter, Dimensi, QualityLimits, Scope, Tayang, Thresholds
from lib.indicators.compute_quality import fields_of
from lib.indicators.quality import freshness, graded, judged, spikes
from lib.measure.align import aligned
from lib.measure.groups import members_of
from lib.measure.question import Question, arguments, ask
from lib.periods import DAY
from lib.queries import lists, quality
from lib.queries.source import Source

ALL_PROVINCES = "00"
DENOMINATORS = {
    "sehari": "ditutup",
    "akhir_bulan": "ditutup_lengkap",
    "kembar": "terdata",
    "tanpa_kabar": "terbuka",
}


@dataclass(frozen=True, kw_only=True)
class DataQuality:
    """The answer of `data_quality`; dari and sampai are the days it looks at.

    provinces: provinsi, tanggal_data, umur (days), kesegaran, dinilai, belum, mutu.
    parts: see `lib.indicators.quality.judged`; spikes: see `lib.indicators.quality.spikes`.
    counts: provinsi ("00": all of them together), kode (of the list of exactly these cases), n, dari (what they are
    a part of), persen.
    """

    provinces: pd.DataFrame
    parts: pd.DataFrame
    counts: pd.DataFrame
    spikes: pd.DataFrame
    dari: dt.date
    sampai: dt.date


def data_quality(
    scope: Scope,
    case_filter: CaseFilter,
    *,
    source: Source,
    limits: Thresholds,
    rules: QualityLimits,
    today: dt.date,
) -> DataQuality:
    """What the data of each province are worth at its T, for the cases of a filter; ages count up to `today`.

    Under tayang presentasi there are no counts and no peaks, only whole percent of many cases (see
    `lib.disclosure.quality`), and no filter but one province. Raises UserError and AccessRefused as `measure` does.
    """
    shown = scope.tayang is Tayang.PRESENTASI
    if shown and case_filter != CaseFilter(provinsi=case_filter.provinsi):
        raise AccessRefused(
            "Mutu data dalam tayang presentasi hanya tersedia untuk seluruh kasus 12 bulan terakhir; hapus saringan "
            "periode, kabupaten/kota, klaster, jenis, dan pendamping."
        )
    asking = replace(scope, tayang=Tayang.INTERNAL) if shown else scope
    question = ask(asking, case_filter, per=Dimensi.PROVINSI, source=source, limits=limits)
    counted, peaks = _counted(question, rules, today)
    parts = judged(counted, rules, limits)
    provinces = counted[["provinsi", "tanggal_data", "umur"]].merge(graded(parts, rules), on="provinsi")
    provinces["kesegaran"] = [freshness(age, rules).value for age in provinces["umur"]]
    counts = _lists(counted, limits)
    if shown:
        parts, counts, peaks = harmless_parts(parts), harmless_counts(counts), peaks.iloc[:0]
    return DataQuality(
        provinces=provinces,
        parts=parts,
        counts=counts,
        spikes=peaks,
        dari=question.start,
        sampai=question.end,
    )


def _counted(question: Question, rules: QualityLimits, today: dt.date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per province with all that is counted, NaN where it never sent; and the peaks."""
    members = members_of(question)
    asked, limits = arguments(question), question.limits
    fields = aligned(quality.fields(*asked), question, members).drop(columns="n")
    odd = aligned(quality.findings(*asked, days=limits.tanpa_kabar_hari), question, members)
    due, empty = fields_of(fields)
    frame = pd.concat([members[["provinsi", "tanggal_data"]], fields, odd], axis=1).assign(
        jatuh=due, kosong=empty
    )
    frame["umur"] = [np.nan if day is None else float((today - day).days) for day in frame["tanggal_data"]]
    windows = {window.kode_provinsi: window for window in question.windows}
    spans = [
        (kode, window.masuk, window.akhir) for kode, window in windows.items() if window.masuk <= window.akhir
    ]
    listed = pd.DataFrame(spans, columns=["provinsi", "mulai", "akhir"])
    peaks = spikes(quality.closings(*asked[:4]), listed, rules)
    days = {kode: _days(first, last) for kode, first, last in spans}
    frame["hari"] = [days.get(kode, (0, 0))[0] for kode in frame["provinsi"]]
    frame["hari_akhir"] = [days.get(kode, (0, 0))[1] for kode in frame["provinsi"]]
    frame["lonjakan"] = frame["provinsi"].map(peaks["provinsi"].value_counts()).fillna(0).astype("int64")
    numbers = [name for name in frame if name not in ("provinsi", "tanggal_data", "umur")]
    frame[numbers] = frame[numbers].astype("float64").where(~members["kosong"].astype(bool))
    before_data = members["sebelum_data"].astype(bool)
    frame["tanpa_kabar"] = frame["tanpa_kabar"].where(~before_data)
    frame["terbuka"] = frame["terbuka"].where(~before_data)
    return frame, peaks


def _days(first: dt.date, last: dt.date) -> tuple[int, int]:
    """How many days there are, and how many of them are among the last of a month."""
    every = [first + number * DAY for number in range((last - first).days + 1)]
    ends = [day for day in every if (day + quality.MONTH_END_DAYS * DAY).month != day.month]
    return len(every), len(ends)


def _lists(counted: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Per province and for all together: the length of each list of cases, and what they are a part of."""
    pairs = {f"{lists.EMPTY}{name}": (f"kosong_{name}", f"jatuh_{name}") for name in quality.FIELDS}
    pairs |= {f"{lists.FOUND}{name}": (name, DENOMINATORS[name]) for name in quality.FINDINGS}
    columns = sorted({name for pair in pairs.values() for name in pair})
    sent = counted["umur"].notna()
    # Not known of all of them as soon as it is not known of one that sent.
    whole = (
        counted.loc[sent, columns].sum(min_count=1, skipna=False).to_frame().T.assign(provinsi=ALL_PROVINCES)
    )
    every = pd.concat([counted[["provinsi", *columns]], whole], ignore_index=True)
    rows = [
        pd.DataFrame({"provinsi": every["provinsi"], "kode": kode, "n": every[x], "dari": every[of]})
        for kode, (x, of) in pairs.items()
    ]
    frame = pd.concat(rows, ignore_index=True).astype({"n": "float64", "dari": "float64"})
    enough = frame["dari"] >= limits.n_minimum
    return frame.assign(persen=(100 * frame["n"] / frame["dari"].where(frame["dari"] > 0)).where(enough))
