"""Figures of pendamping and their whole work: I17-I20, I29-I31."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from lib.domain import Thresholds
from lib.indicators.figures import Frames, blank, figure, rate, share
from lib.stats import inequality

DAYS_PER_MONTH = 30.4375
FEW_PENDAMPING = 5
NOBODY = "tidak ada pendamping aktif"
NO_PEOPLE = "penduduk tidak diketahui"


def _throughput(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    """Cases closed per month on duty. Example: 3 cases, 75 days on duty -> 3 / (75 / 30.4375) = 1.2175."""
    work = frames["hasil-kerja"]
    nobody = [NOBODY if days == 0 else None for days in work["hari"]]
    return rate(work["ditutup"], work["hari"] / DAYS_PER_MONTH, 1, alasan=nobody).assign(
        n=work["orang"].astype("float64")
    )


def _loads(frames: Frames) -> list[np.ndarray]:
    """The open cases of each pendamping on duty, one array per group."""
    loads = {int(g): rows["terbuka"].to_numpy(dtype=float) for g, rows in frames["beban"].groupby("g")}
    return [loads.get(g, np.empty(0)) for g in range(len(frames["anggota"]))]


def _load(kode: str) -> Callable:
    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        each = _loads(frames)
        n = pd.Series([len(values) for values in each])
        nobody = [NOBODY if size == 0 else None for size in n]
        if kode == "I18-persen":
            above = pd.Series([int((values > limits.beban_wajar).sum()) for values in each])
            return share(above, n, 0, alasan=nobody)
        finish = {"I18-rata": np.mean, "I18-median": np.median, "I18-maks": np.max}[kode]
        values = [float(finish(values)) if len(values) else np.nan for values in each]
        total = [values.sum() for values in each] if kode == "I18-rata" else None
        return figure(nilai=values, pembilang=total, n=n, alasan=nobody)

    return compute


def _spread(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    """P90 - P10 of the loads. Example: 0, 1, 5, 15, 17 -> 16.2 - 0.4 = 15.8."""
    each = _loads(frames)
    limits_of = [inequality.p90_p10(values) for values in each]
    few = [f"n < {FEW_PENDAMPING}" if len(values) < FEW_PENDAMPING else None for values in each]
    return blank(
        figure(
            nilai=[high - low for high, low in limits_of],
            n=pd.Series([len(values) for values in each]),
            alasan=few,
        )
    )


def _per_million(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    people = frames["penduduk"]["penduduk"]
    unknown = [NO_PEOPLE if size == 0 else None for size in people]
    return rate(frames["profil"]["orang"], people, 1_000_000, alasan=unknown)


def _share_of_active(column: str) -> Callable:
    return lambda frames, limits: share(frames["profil"][column], frames["profil"]["orang"], limits.n_minimum)


def _profile(key: str) -> Callable:
    """One share per group and value; the columns g (row number of the group) and `key` say which."""

    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        counted = frames[f"profil-{key}"]
        return share(counted["n"], counted["jumlah"], limits.n_minimum).assign(
            g=counted["g"], **{key: counted[key]}
        )

    return compute


def _attendance(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    days = frames["kehadiran"]
    return share(days["hadir"], days["hari_kerja"], limits.n_minimum)


COMPUTE_PEOPLE: dict[str, Callable[[Frames, Thresholds], pd.DataFrame]] = {
    "I17": _throughput,
    **{kode: _load(kode) for kode in ("I18-rata", "I18-median", "I18-maks", "I18-persen")},
    "I19": _spread,
    "I20": _per_million,
    "I29-sertifikat": _share_of_active("bersertifikat"),
    **{f"I29-{key}": _profile(key) for key in ("jenjang", "sebutan", "pendidikan")},
    "I30": _attendance,
    "I31": _share_of_active("terlatih"),
}
