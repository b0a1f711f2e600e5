"""How far a province's data can be relied on: parts with published limits, and a grade that counts them.

Nothing is weighed: a part is met, not met, or cannot be judged; the grade is the number of parts that are not met.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib.domain import Kesegaran, Mutu, QualityLimits, Thresholds
from lib.stats.funnel import binomial_tails, poisson_tails

MET, NOT_MET, UNKNOWN = "terpenuhi", "belum terpenuhi", "belum dapat dinilai"
PARTS = ("segar", "lengkap", "ruas", "tanpa_kabar", "sehari", "kembar", "akhir_bulan", "lonjakan")
WEEK = 7
# part -> (numerator, denominator) columns of the counts, and the limit in percent that is not to be passed.
AT_MOST = {
    "tanpa_kabar": ("tanpa_kabar", "terbuka", "tanpa_kabar_persen"),
    "sehari": ("sehari", "ditutup", "sehari_persen"),
    "kembar": ("kembar", "terdata", "kembar_persen"),
}
COLUMNS = ("provinsi", "bagian", "x", "n", "nilai", "batas", "peluang", "keadaan")
SPIKE_COLUMNS = ("provinsi", "mulai", "akhir", "n", "harapan", "peluang")


def freshness(age: float | None, rules: QualityLimits) -> Kesegaran:
    """How old data are, by their age in days. Example (limits 2 and 7): 2 -> terkini, 3 -> mulai tertinggal."""
    if age is None or pd.isna(age):
        return Kesegaran.BELUM_PERNAH
    if age > rules.merah_hari:
        return Kesegaran.TERTINGGAL
    return Kesegaran.MULAI_TERTINGGAL if age > rules.kuning_hari else Kesegaran.TERKINI


def judged(counts: pd.DataFrame, rules: QualityLimits, limits: Thresholds) -> pd.DataFrame:
    """One row per province and part, columns COLUMNS: x of n, nilai, the limit it is held against, whether it is met.

    `counts`: provinsi, umur (days, NaN: never sent), jatuh and kosong (fields, also jatuh_X and kosong_X of each X),
    the columns of AT_MOST,
    ditutup_lengkap and akhir_bulan, hari and hari_akhir (days of the window, and those at a month's end), lonjakan.
    nilai is in percent, of segar in days, of lonjakan a number. A part with fewer than n_minimum cases is not judged.
    """
    never = counts["umur"].isna()
    rows = [
        _part(
            counts,
            "segar",
            np.nan,
            np.nan,
            counts["umur"],
            rules.merah_hari,
            counts["umur"] <= rules.merah_hari,
        ),
        _completeness(counts, rules, limits),
        _emptiest(counts, rules, limits),
    ]
    for name, (x, n, limit) in AT_MOST.items():
        most = getattr(rules, limit)
        few = counts[n] < limits.n_minimum
        share = _percent(counts[x], counts[n])
        rows.append(_part(counts, name, counts[x], counts[n], share, most, share <= most, few | never))
    rows.append(_month_end(counts, rules, limits))
    few = (counts["ditutup_lengkap"] < limits.n_minimum) | never
    found = counts["lonjakan"]
    rows.append(_part(counts, "lonjakan", found, counts["ditutup_lengkap"], found, 0, found == 0, few))
    listed = pd.concat(rows, ignore_index=True)
    order = listed["bagian"].map({name: number for number, name in enumerate(PARTS)})
    return (
        listed.assign(urutan=order)
        .sort_values(["provinsi", "urutan"])
        .drop(columns="urutan")
        .reset_index(drop=True)
    )


def _percent(x: pd.Series, n: pd.Series) -> pd.Series:
    return 100 * x / n.where(n > 0)


def _part(counts, name, x, n, value, limit, met, unknown=None, tail=np.nan) -> pd.DataFrame:
    unknown = counts["umur"].isna() & (name != "segar") if unknown is None else unknown
    state = np.where(unknown, UNKNOWN, np.where(met, MET, NOT_MET))
    frame = pd.DataFrame({"provinsi": counts["provinsi"], "bagian": name, "x": x, "n": n, "nilai": value})
    return frame.assign(batas=float(limit), peluang=tail, keadaan=state)[list(COLUMNS)]


def _completeness(counts: pd.DataFrame, rules: QualityLimits, limits: Thresholds) -> pd.DataFrame:
    filled = counts["jatuh"] - counts["kosong"]
    share = _percent(filled, counts["jatuh"])
    few = (counts["terdata"] < limits.n_minimum) | counts["umur"].isna()
    least = rules.lengkap_persen
    return _part(counts, "lengkap", filled, counts["jatuh"], share, least, share >= least, few)


def _emptiest(counts: pd.DataFrame, rules: QualityLimits, limits: Thresholds) -> pd.DataFrame:
    """The field that is empty most often, which a mean over all fields would hide; fields of few cases left out."""
    names = [name.removeprefix("jatuh_") for name in counts if name.startswith("jatuh_")]
    due = counts[[f"jatuh_{name}" for name in names]].to_numpy(dtype=float)
    empty = counts[[f"kosong_{name}" for name in names]].to_numpy(dtype=float)
    enough = due >= max(limits.n_minimum, 1)
    share = np.where(enough, 100 * empty / np.where(enough, due, 1), -1.0)
    rows, worst = np.arange(len(counts)), share.argmax(axis=1)
    value = pd.Series(share[rows, worst], index=counts.index)
    few = (value < 0) | counts["umur"].isna()
    most = rules.ruas_kosong_persen
    x, n = (pd.Series(each[rows, worst], index=counts.index) for each in (empty, due))
    return _part(counts, "ruas", x, n, value.where(~few), most, value <= most, few)


def _month_end(counts: pd.DataFrame, rules: QualityLimits, limits: Thresholds) -> pd.DataFrame:
    """Closings on the last days of a month, held against the share of such days: the exact binomial tail.

    Example: 30 of 100 closings on 36 of 365 days -> expected 9.9 %, tail 9e-9: not met at 0.001.
    """
    x, n = counts["akhir_bulan"], counts["ditutup_lengkap"]
    days = counts["hari"].where(counts["hari"] > 0)
    expected = (counts["hari_akhir"] / days).fillna(0.0)
    few = (n < limits.n_minimum) | counts["umur"].isna() | (counts["hari_akhir"] == 0)
    tail = pd.Series(binomial_tails(x.fillna(0), n.fillna(0), expected)[1], index=counts.index)
    frame = _part(counts, "akhir_bulan", x, n, _percent(x, n), 0, tail >= rules.peluang, few, tail)
    return frame.assign(batas=100 * expected)


def spikes(closings: pd.DataFrame, spans: pd.DataFrame, rules: QualityLimits) -> pd.DataFrame:
    """Days, and weeks without such a day, with far more closings than the province's other days: SPIKE_COLUMNS.

    `closings`: provinsi, tanggal_terminasi, n; `spans`: provinsi, mulai, akhir (first and last day watched). A day with
    x closings is held against the mean of the other days: Poisson tail P(X >= x) below `peluang` divided by the
    number of days (Bonferroni), and x at least `lonjakan_kasus`. Weeks of seven days are counted back from the end.
    Example: 2 a day on 99 days and 20 on one -> expected 2, tail 1e-13, found.
    """
    found = []
    for span in spans.itertuples(index=False):
        own = closings[closings["provinsi"] == span.provinsi]
        size = (span.akhir - span.mulai).days + 1
        if size < 2 or own.empty:
            continue
        places = (pd.to_datetime(own["tanggal_terminasi"]) - pd.Timestamp(span.mulai)).dt.days
        daily = np.bincount(places.to_numpy(), weights=own["n"].to_numpy(dtype=float), minlength=size)
        found += [(span.provinsi, *each) for each in _of_province(daily, span.mulai, rules)]
    return pd.DataFrame(found, columns=list(SPIKE_COLUMNS))


def _of_province(daily: np.ndarray, first, rules: QualityLimits) -> list[tuple]:
    days = _far_above(daily, rules)
    rows = [(place, place, *rest) for place, *rest in days]
    cut = len(daily) % WEEK
    weeks = daily[cut:].reshape(-1, WEEK).sum(axis=1)
    with_day = {(place - cut) // WEEK for place, *_ in days if place >= cut}
    for number, *rest in _far_above(weeks, rules):
        if number not in with_day:
            rows.append((cut + WEEK * number, cut + WEEK * number + WEEK - 1, *rest))
    as_day = lambda place: first + pd.Timedelta(days=int(place)).to_pytimedelta()  # noqa: E731
    return [(as_day(start), as_day(end), *rest) for start, end, *rest in sorted(rows)]


def _far_above(counts: np.ndarray, rules: QualityLimits) -> list[tuple]:
    """(position, count, expected, tail) of the counts far above the mean of the others."""
    if len(counts) < 2:
        return []
    expected = (counts.sum() - counts) / (len(counts) - 1)
    tails = np.where(expected > 0, poisson_tails(counts, np.where(expected > 0, expected, 1.0))[1], 0.0)
    rare = (tails < rules.peluang / len(counts)) & (counts >= rules.lonjakan_kasus)
    return [
        (int(place), int(counts[place]), float(expected[place]), float(tails[place]))
        for place in np.flatnonzero(rare)
    ]


def graded(parts: pd.DataFrame, rules: QualityLimits) -> pd.DataFrame:
    """One row per province: provinsi, dinilai and belum (how many parts are judged, and not met), mutu.

    Not met 0: baik; up to `cukup_bagian`: cukup; more: perlu perbaikan. Where completeness cannot be judged (never
    sent, or too few cases) nothing is.
    """
    rows = []
    for kode, own in parts.groupby("provinsi", sort=True):
        state = own.set_index("bagian")["keadaan"]
        missed, known = int((state == NOT_MET).sum()), int((state != UNKNOWN).sum())
        grade = (
            Mutu.BAIK if missed == 0 else Mutu.CUKUP if missed <= rules.cukup_bagian else Mutu.PERLU_PERBAIKAN
        )
        if state["lengkap"] == UNKNOWN:
            grade = Mutu.BELUM_DINILAI
        rows.append((kode, known, missed, grade.value))
    return pd.DataFrame(rows, columns=["provinsi", "dinilai", "belum", "mutu"])
