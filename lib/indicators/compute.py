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
from lib.stats import intervals, survival

CAUSES = {"terselesaikan": 1, "dialihkan": 2, "berhenti": 3}
AGE_BANDS = {"I14-0": (0, 30), "I14-31": (31, 90), "I14-91": (91, 180), "I14-181": (181, 10**9)}
NOT_ENOUGH = "n < {minimum}"
Frames = dict[str, pd.DataFrame]


def _result(
    *,
    nilai,
    n,
    pembilang=None,
    bawah=None,
    atas=None,
    alasan=None,
    catatan=None,
) -> pd.DataFrame:
    size = len(n)

    def column(values, kind):
        return pd.Series([None] * size if values is None else list(values), dtype=kind)

    return pd.DataFrame(
        {
            "nilai": column(nilai, "float64"),
            "pembilang": column(pembilang, "float64"),
            "n": column(n, "float64"),
            "bawah": column(bawah, "float64"),
            "atas": column(atas, "float64"),
            "alasan": column(alasan, "object"),
            "catatan": column(catatan, "object"),
        }
    )


def count(values: pd.Series, n: pd.Series) -> pd.DataFrame:
    """A plain count; n is the number of cases it is drawn from."""
    return _result(nilai=values, n=n)


def share(x: pd.Series, n: pd.Series, minimum: int, **more) -> pd.DataFrame:
    """100 x / n with Wilson's interval; no number below `minimum`. Example: 65 of 100 -> 65 (55.25 to 73.64)."""
    low, high = intervals.wilson(x.to_numpy(), n.to_numpy())
    return _hide_small(
        _result(nilai=100 * _ratio(x, n), pembilang=x, n=n, bawah=100 * low, atas=100 * high, **more),
        minimum,
    )


def rate(x: pd.Series, n: pd.Series, factor: float) -> pd.DataFrame:
    """factor x / n with the exact Poisson interval of x. Example: 10 of 100,000 -> 10 (4.80 to 18.39)."""
    low, high = intervals.poisson_exact(x.to_numpy())
    base = np.where(n > 0, n, np.nan)
    return _result(
        nilai=factor * _ratio(x, n), pembilang=x, n=n, bawah=factor * low / base, atas=factor * high / base
    )


def _ratio(x: pd.Series, n: pd.Series) -> np.ndarray:
    x, n = x.to_numpy(dtype=float), n.to_numpy(dtype=float)
    return np.divide(x, n, out=np.full(len(x), np.nan), where=n > 0)


def _hide_small(result: pd.DataFrame, minimum: int) -> pd.DataFrame:
    small = (result["n"] < minimum) & result["alasan"].isna()
    result.loc[small, "alasan"] = NOT_ENOUGH.format(minimum=minimum)
    return blank(result)


def blank(result: pd.DataFrame) -> pd.DataFrame:
    """Take the number and its interval away wherever there is a reason for it not to exist."""
    result.loc[result["alasan"].notna(), ["nilai", "bawah", "atas"]] = np.nan
    return result


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
            alasan=_not_mature(cohort),
            catatan=_left_out(cohort, {"sebelum_lengkap": "kasus sebelum register lengkap tidak dihitung"}),
        )

    return compute


def _on_time(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    cohort = frames["kohort-respon"]
    reasons = {
        "tanpa_respon": "kasus ditutup sebelum batas waktu tanpa respon tidak dihitung",
        "sebelum_lengkap": "kasus sebelum register lengkap tidak dihitung",
    }
    return share(
        cohort["respon"],
        cohort["n"] - cohort["tanpa_respon"],
        limits.n_minimum,
        alasan=_not_mature(cohort),
        catatan=_left_out(cohort, reasons),
    )


def _not_mature(cohort: pd.DataFrame) -> list[str | None]:
    waiting = (cohort["calon"] > 0) & (cohort["n"] == 0)
    return ["belum matang" if yes else None for yes in waiting]


def _left_out(cohort: pd.DataFrame, reasons: dict[str, str]) -> list[str | None]:
    notes = []
    for _, row in cohort[list(reasons)].iterrows():
        parts = [f"{int(row[name])} {words}" for name, words in reasons.items() if row[name] > 0]
        notes.append("; ".join(parts) or None)
    return notes


def _completion_ratio(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    result = rate(frames["tutup"]["terselesaikan"], frames["terdata"]["n"], 100)
    return _hide_small(result, limits.n_minimum)


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
            _per_group(ages["g"][inside], ages["n"][inside], groups),
            _per_group(ages["g"], ages["n"], groups),
        )

    return compute


def _per_group(group: pd.Series, n: pd.Series, groups: int) -> pd.Series:
    totals = np.bincount(group.to_numpy(dtype=int), weights=n.to_numpy(dtype=float), minlength=groups)
    return pd.Series(totals[:groups])


def _median_age(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    ages, groups = frames["umur"], len(frames["anggota"])
    totals = _per_group(ages["g"], ages["n"], groups)
    medians = [np.nan] * groups
    for g, rows in ages.groupby("g"):
        rows = rows.sort_values("umur")
        medians[int(g)] = counted_median(rows["umur"].to_numpy(), rows["n"].to_numpy())
    return _hide_small(_result(nilai=medians, n=totals), limits.n_minimum)


def counted_median(values: np.ndarray, n: np.ndarray) -> float:
    """Median of sorted whole numbers given with their counts: the mean of the two middle values.

    Example: values 1, 5 with counts 2, 2 -> (1 + 5) / 2 = 3.
    """
    cumulated = np.cumsum(n)
    total = int(cumulated[-1])
    middle = [np.searchsorted(cumulated, rank) for rank in ((total + 1) // 2, total // 2 + 1)]
    return float(values[middle].mean())


def life_table(frames: Frames) -> survival.LifeTable:
    """The period view's risk sets from the two count tables.

    `kurva`: columns g, mulai (start), s, t (datetime64), n, berakhir; `akhir`: g, lama_hari, kelompok, n.
    A clock that began before s enters at age s - start - 1, one that began in the window at -1.
    """
    starts, ends = frames["kurva"], frames["akhir"]
    late = (starts["s"] - starts["mulai"]).dt.days.to_numpy()
    running = (starts["n"] - starts["berakhir"]).to_numpy(dtype=np.int64)
    watched = (starts["t"] - starts["mulai"]).dt.days.to_numpy()
    censored = running > 0
    return survival.life_table(
        groups=len(frames["anggota"]),
        causes=len(CAUSES),
        entry_group=starts["g"].to_numpy(dtype=np.int64),
        entry_age=np.where(late > 0, late - 1, -1),
        entry_n=starts["n"].to_numpy(dtype=np.int64),
        exit_group=np.concatenate(
            [starts["g"].to_numpy(dtype=np.int64)[censored], ends["g"].to_numpy(dtype=np.int64)]
        ),
        exit_age=np.concatenate([watched[censored], ends["lama_hari"].to_numpy(dtype=np.int64)]),
        exit_cause=np.concatenate(
            [
                np.zeros(int(censored.sum()), dtype=np.int64),
                ends["kelompok"].map(CAUSES).to_numpy(dtype=np.int64),
            ]
        ),
        exit_n=np.concatenate([running[censored], ends["n"].to_numpy(dtype=np.int64)]),
    )


def _from_curve(
    table, day, values, limits: Thresholds, *, factor: float, reached: np.ndarray
) -> pd.DataFrame:
    """Order of the reasons: too few cases, never reached, not watched long enough."""
    value, low, high = values
    enough = survival.watched_enough(table, day, minimum=limits.n_risiko_minimum)
    reasons = np.select(
        [table.total < limits.n_minimum, ~reached, ~enough],
        [NOT_ENOUGH.format(minimum=limits.n_minimum), "belum tercapai", "masa pantau kurang"],
        default="",
    )
    return blank(
        _result(
            nilai=factor * value,
            n=table.total,
            bawah=factor * low,
            atas=factor * high,
            alasan=[reason or None for reason in reasons],
        )
    )


def _chance(days: int) -> Callable:
    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        table = frames["tabel_hidup"]
        curve = survival.aalen_johansen(table, cause=CAUSES["terselesaikan"])
        values = survival.at_age(curve, days)
        day = np.full(len(table.total), float(days))
        return _from_curve(table, day, values, limits, factor=100, reached=np.ones(len(day), dtype=bool))

    return compute


def _half_resolved(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    table = frames["tabel_hidup"]
    values = survival.incidence_quantile(survival.aalen_johansen(table, cause=CAUSES["terselesaikan"]), 0.5)
    return _from_curve(table, values[0], values, limits, factor=1, reached=~np.isnan(values[0]))


def _half_closed(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    table = frames["tabel_hidup"]
    values = survival.survival_quantile(survival.kaplan_meier(table), 0.5)
    return _from_curve(table, values[0], values, limits, factor=1, reached=~np.isnan(values[0]))


def _stuck_share(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return share(frames["macet"]["macet"], frames["macet"]["n"], limits.n_minimum)


def _load(kode: str) -> Callable:
    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        people, groups = frames["beban"], len(frames["anggota"])
        loads = {int(g): rows["terbuka"].to_numpy(dtype=float) for g, rows in people.groupby("g")}
        each = [loads.get(g, np.empty(0)) for g in range(groups)]
        n = pd.Series([len(values) for values in each])
        nobody = ["tidak ada pendamping aktif" if size == 0 else None for size in n]
        if kode == "I18-persen":
            above = pd.Series([int((values > limits.beban_wajar).sum()) for values in each])
            return share(above, n, 0, alasan=nobody)
        finish = {"I18-rata": np.mean, "I18-median": np.median, "I18-maks": np.max}[kode]
        values = [float(finish(values)) if len(values) else np.nan for values in each]
        total = [values.sum() for values in each] if kode == "I18-rata" else None
        return _result(nilai=values, pembilang=total, n=n, alasan=nobody)

    return compute


def _per_population(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return rate(frames["terdata"]["n"], frames["penduduk"]["penduduk"], 100_000)


COMPUTE: dict[str, Callable[[Frames, Thresholds], pd.DataFrame]] = {
    "I01": _recorded("n"),
    "I02": _recorded("tertangani"),
    "I03": _resolved_in_period,
    "I03K": _recorded("terselesaikan"),
    **{f"I04-{days}": _cohort(days) for days in (30, 90, 180)},
    **{f"I05-{days}": _chance(days) for days in (30, 90, 180)},
    "I05M": _half_resolved,
    "I06": _completion_ratio,
    "I07": _stock_ratio,
    "I08": _half_closed,
    "I11": _on_time,
    "I13": _open,
    **{f"STOK-{status}": _stock(status) for status in ("terdata", "tertangani", "terselesaikan", "ditutup")},
    "I14-median": _median_age,
    **{kode: _age_band(kode) for kode in AGE_BANDS},
    "I15-n": lambda frames, limits: count(frames["macet"]["macet"], frames["macet"]["n"]),
    "I15-persen": _stuck_share,
    "I16": _net_flow,
    **{kode: _load(kode) for kode in ("I18-rata", "I18-median", "I18-maks", "I18-persen")},
    "I27": _per_population,
}
