"""From grouped counts to figures. Frames in, frames out; nothing here knows where the counts came from.

`frames` maps a name of `Indicator.butuh` to counts aligned with the rows of `members` (one row per group), or to
a histogram whose column `g` is the row number. The answer has the columns nilai, pembilang, n, bawah, atas, alasan
(why there is no number) and catatan, aligned with members.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from lib.domain import Thresholds
from lib.indicators.compute_people import COMPUTE_PEOPLE
from lib.indicators.compute_quality import COMPUTE_QUALITY
from lib.indicators.compute_services import COMPUTE_SERVICES, achievement
from lib.indicators.compute_stages import COMPUTE_STAGES
from lib.indicators.curves import chance, days_until, half_resolved
from lib.indicators.figures import (
    BEFORE_COMPLETE,
    NOT_ENOUGH,
    Frames,
    blank,
    count,
    figure,
    hide_small,
    left_out,
    not_mature,
    per_group,
    rate,
    share,
)
from lib.indicators.records import INDICATORS
from lib.indicators.records_services import TARGET_PREFIX

__all__ = ["COMPUTE", "NOT_ENOUGH", "blank"]

AGE_BANDS = {"I14-0": (0, 30), "I14-31": (31, 90), "I14-91": (91, 180), "I14-181": (181, 10**9)}


def _recorded(column: str) -> Callable:
    return lambda frames, limits: count(frames["terdata"][column], frames["terdata"]["n"])


def _resolved_in_period(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return count(frames["tutup"]["terselesaikan"], frames["tutup"]["terselesaikan"])


def _cohort(days: int) -> Callable:
    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        cohort = frames[f"kohort-{days}"]
        return share(
            cohort["selesai"],
            cohort["n"],
            limits.n_minimum,
            alasan=not_mature(cohort),
            catatan=left_out(cohort, {"sebelum_lengkap": BEFORE_COMPLETE}),
        )

    return compute


def _on_time(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    cohort = frames["kohort-respon"]
    reasons = {
        "tanpa_respon": "kasus ditutup sebelum batas waktu tanpa respon tidak dihitung",
        "sebelum_lengkap": BEFORE_COMPLETE,
    }
    return share(
        cohort["respon"],
        cohort["n"] - cohort["tanpa_respon"],
        limits.n_minimum,
        alasan=not_mature(cohort),
        catatan=left_out(cohort, reasons),
    )


def _completion_ratio(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    result = rate(frames["tutup"]["terselesaikan"], frames["terdata"]["n"], 100)
    return hide_small(result, limits.n_minimum)


def _stock_ratio(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return share(frames["stok"]["terselesaikan"], frames["stok"]["n"], limits.n_minimum)


def _open(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return count(frames["stok"]["terbuka"], frames["stok"]["terbuka"])


def _stock(status: str) -> Callable:
    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        stock = frames["stok"]
        standing = {
            "terdata": stock["terbuka"] - stock["tertangani"],
            "tertangani": stock["tertangani"],
            "terselesaikan": stock["terselesaikan"],
            "ditutup": stock["ditutup_lainnya"],
        }
        return count(standing[status], stock["n"])

    return compute


def _net_flow(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    came, left = frames["terdata"]["n"], frames["tutup"]["n"]
    return count(came - left, came + left)


def _age_band(kode: str) -> Callable:
    first, last = AGE_BANDS[kode]

    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        ages, groups = frames["umur"], len(frames["anggota"])
        inside = ages["umur"].between(first, last)
        return count(
            per_group(ages["g"][inside], ages["n"][inside], groups),
            per_group(ages["g"], ages["n"], groups),
        )

    return compute


def _median_age(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    ages, groups = frames["umur"], len(frames["anggota"])
    totals = per_group(ages["g"], ages["n"], groups)
    medians = [np.nan] * groups
    for g, rows in ages.groupby("g"):
        rows = rows.sort_values("umur")
        medians[int(g)] = counted_median(rows["umur"].to_numpy(), rows["n"].to_numpy())
    return hide_small(figure(nilai=medians, n=totals), limits.n_minimum)


def counted_median(values: np.ndarray, n: np.ndarray) -> float:
    """Median of sorted whole numbers given with their counts: the mean of the two middle values.

    Example: values 1, 5 with counts 2, 2 -> (1 + 5) / 2 = 3.
    """
    cumulated = np.cumsum(n)
    total = int(cumulated[-1])
    middle = [np.searchsorted(cumulated, rank) for rank in ((total + 1) // 2, total // 2 + 1)]
    return float(values[middle].mean())


def _days_until(name: str, q: float) -> Callable:
    return lambda frames, limits: days_until(frames[name], limits, q=q)


def _stuck_share(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return share(frames["macet"]["macet"], frames["macet"]["n"], limits.n_minimum)


def _per_population(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return rate(frames["terdata"]["n"], frames["penduduk"]["penduduk"], 100_000)


COMPUTE: dict[str, Callable[[Frames, Thresholds], pd.DataFrame]] = {
    "I01": _recorded("n"),
    "I02": _recorded("tertangani"),
    "I03": _resolved_in_period,
    "I03K": _recorded("terselesaikan"),
    **{f"I04-{days}": _cohort(days) for days in (30, 90, 180)},
    **{
        f"I05-{days}": lambda frames, limits, days=days: chance(frames["kurva"], days, limits)
        for days in (30, 90, 180)
    },
    "I05M": lambda frames, limits: half_resolved(frames["kurva"], limits),
    "I06": _completion_ratio,
    "I07": _stock_ratio,
    "I08": _days_until("kurva", 0.5),
    "I09": _days_until("kurva", 0.8),
    "I10": _days_until("kurva-respon", 0.5),
    "I11": _on_time,
    "I13": _open,
    **{f"STOK-{status}": _stock(status) for status in ("terdata", "tertangani", "terselesaikan", "ditutup")},
    "I14-median": _median_age,
    **{kode: _age_band(kode) for kode in AGE_BANDS},
    "I15-n": lambda frames, limits: count(frames["macet"]["macet"], frames["macet"]["n"]),
    "I15-persen": _stuck_share,
    "I16": _net_flow,
    "I27": _per_population,
    "I28": lambda frames, limits: count(frames["tanpa-pendamping"]["tanpa"], frames["tanpa-pendamping"]["n"]),
    **COMPUTE_PEOPLE,
    **COMPUTE_QUALITY,
    **COMPUTE_SERVICES,
    **COMPUTE_STAGES,
    **{kode: achievement(kode) for kode in INDICATORS if kode.startswith(TARGET_PREFIX)},
}
