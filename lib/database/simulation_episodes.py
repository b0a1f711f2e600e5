"""Clients and their cases over time: when each begins, when it truly ends, what the register knows of it.

Days are whole numbers counted from the first simulated day (0 .. 1095). The hazards stand in simulation_truth.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lib import reference
from lib.database import simulation_truth as true

NONE = -99_999
"""A day that does not exist (not reached, not ended); staff may have begun on a negative day."""
TERSELESAIKAN, ADMINISTRATIF = 1, 4


def places() -> pd.DataFrame:
    """The 38 provinces in code order: pendamping, T as a day, first complete day, multipliers."""
    frame = reference.table("provinsi").sort_values("kode_provinsi").reset_index(drop=True)
    code = frame["kode_provinsi"]
    spare = true.PENDAMPING - true.LEAST_PENDAMPING * len(frame)
    share = frame["penduduk"] / frame["penduduk"].sum() * spare
    count = np.floor(share).astype(int)
    # Largest remainder: the seats left over go to the largest fractions.
    count[(share - count).sort_values(ascending=False).index[: spare - count.sum()]] += 1
    factor = {true.BETTER: true.BETTER_MULTIPLIER, true.WORSE: true.WORSE_MULTIPLIER}
    return pd.DataFrame(
        {
            "kode": code,
            "pendamping": true.LEAST_PENDAMPING + count,
            "last": true.DAYS - 1 - code.map(true.LATE_DAYS).fillna(0).astype(int),
            "since": code.map(true.COMPLETE_SINCE_DAY).fillna(0).astype(int),
            "factor": code.map(factor).fillna(1.0),
            "inflow": code.map(true.INFLOW).fillna(1.0),
            "response": code.map(true.RESPONSE_FACTOR).fillna(1.0),
            "update": np.where(code == true.STUCK, true.UPDATE_STUCK_FACTOR, 1.0),
        }
    )


def draw_episodes(
    rng: np.random.Generator, *, cases: int, places: pd.DataFrame, end: dt.date
) -> pd.DataFrame:
    """Return exactly `cases` rows sorted by province and day: what each register holds on its T.

    Columns: province, kind, klaster (positions), kabkota (code), start, end, last (T), reported (days; end NONE
    while open at T), cause (0 open, 1..3 as CAUSES, 4 administratif), client, previous (row position or NONE).
    """
    # Rows that arrive too late or closed before lengkap_sejak are lost, so more are drawn and then thinned.
    episodes = _episodes(rng, int(cases * 1.07) + 200, places, end)
    return _thin(rng, _as_known(rng, episodes, places), cases)


def kinds_by_klaster() -> pd.DataFrame:
    """The 26 kinds sorted by klaster: code, klaster as its position in PLATEAU, cumulative weight."""
    frame = reference.table("jenis_masalah")[["kode_jenis", "kode_klaster"]]
    frame["klaster"] = frame["kode_klaster"].map({name: i for i, name in enumerate(true.PLATEAU)})
    frame = frame.sort_values(["klaster", "kode_jenis"]).reset_index(drop=True)
    weight = frame["kode_jenis"].map(true.KIND_WEIGHTS)
    frame["upto"] = weight.cumsum() / weight.sum()
    return frame


def pick(rng: np.random.Generator, weight: np.ndarray, size: int) -> np.ndarray:
    """Positions drawn with these weights (faster than rng.choice)."""
    upto = np.cumsum(weight)
    return np.searchsorted(upto / upto[-1], rng.random(size), side="right")


def _episodes(rng: np.random.Generator, count: int, places: pd.DataFrame, end: dt.date) -> pd.DataFrame:
    """First cases of `count` clients and all cases of those who come back, with their true ends."""
    kinds = kinds_by_klaster()
    window = [(day - end).days + true.DAYS - 1 for day in true.speedup_dates(end)]
    current = _arrivals(rng, count, places, kinds, end)
    rounds, known = [], 0
    while len(current):
        _draw_ends(rng, current, places, window)
        if not rounds:
            _close_administratif(rng, current, places)
        rounds.append(current)
        current = _returning(rng, current, places, kinds, offset=known)
        known += len(rounds[-1])
    return pd.concat(rounds, ignore_index=True)


def _arrivals(rng, count: int, places: pd.DataFrame, kinds: pd.DataFrame, end: dt.date) -> pd.DataFrame:
    dates = np.datetime64(end, "D") - (true.DAYS - 1) + np.arange(true.DAYS)
    day_of_year = (dates - dates.astype("datetime64[Y]")).astype(int)
    weekend = (dates.astype(int) + 3) % 7 >= 5
    season = 1 + 0.12 * np.cos(2 * np.pi * (day_of_year - 350) / 365.25)
    province = pick(rng, places["pendamping"].to_numpy() * places["inflow"].to_numpy(), count)
    kind = np.searchsorted(kinds["upto"], rng.random(count), side="right")
    return pd.DataFrame(
        {
            "province": province,
            "kabkota": _kabkota(rng, province, places),
            "kind": kind,
            "klaster": kinds["klaster"].to_numpy()[kind],
            "start": pick(rng, season * np.where(weekend, 0.35, 1.0), count),
            "client": np.arange(count),
            "previous": NONE,
        }
    )


def _kabkota(rng: np.random.Generator, province: np.ndarray, places: pd.DataFrame) -> np.ndarray:
    """Codes drawn by population inside the province; one in 34 kab/kota, small ones, never reports."""
    frame = reference.table("kabkota").sort_values("kode_kabkota").reset_index(drop=True)
    many = frame.groupby("kode_provinsi")["penduduk"].transform("size") >= 6
    small = frame["penduduk"] < frame["penduduk"].median()
    silent = rng.choice(np.flatnonzero(many & small), size=len(frame) // 34, replace=False)
    weight = frame["penduduk"].astype(float)
    weight[silent] = 0.0
    share = weight / weight.groupby(frame["kode_provinsi"]).transform("sum")
    # One cumulative scale over all provinces: province p owns the interval p .. p + 1.
    upto = share.groupby(frame["kode_provinsi"]).cumsum() + frame["kode_provinsi"].map(
        dict(zip(places["kode"], places.index, strict=True))
    )
    drawn = np.searchsorted(upto.to_numpy(), province + rng.random(len(province)) * (1 - 1e-9), side="right")
    return frame["kode_kabkota"].to_numpy(dtype=object)[drawn]


def _draw_ends(rng, episodes: pd.DataFrame, places: pd.DataFrame, window: list[int]) -> None:
    """Add `end` and `cause` from the daily hazards, exactly, by inverting the cumulative hazard.

    A case lives through up to three stretches: before, in and after the speed-up; only there does its
    multiplier change. Beyond the table of ages (longer than the simulated time) nobody ends.
    """
    age = np.full(len(episodes), NONE)
    cause = np.zeros(len(episodes), dtype=int)
    factor = places["factor"].to_numpy()[episodes["province"]]
    group = pd.Series(factor).groupby([episodes["klaster"].to_numpy(), factor]).indices
    names = list(true.PLATEAU)
    start = episodes["start"].to_numpy()
    for (klaster, multiplier), rows in group.items():
        usual = true.hazards(names[klaster], ages=true.DAYS, multiplier=multiplier)
        faster = true.hazards(names[klaster], ages=true.DAYS, multiplier=multiplier * true.SPEEDUP_MULTIPLIER)
        age[rows] = _invert(rng, usual, faster, start[rows], window)
        ended = rows[age[rows] != NONE]
        inside = (start[ended] + age[ended] >= window[0]) & (start[ended] + age[ended] <= window[1])
        chance = np.where(inside[:, None], faster[age[ended]], usual[age[ended]])
        upto = np.cumsum(chance, axis=1)
        drawn = rng.random(len(ended)) * upto[:, -1]
        cause[ended] = 1 + (drawn[:, None] >= upto[:, :-1]).sum(axis=1)
    episodes["end"] = np.where(age == NONE, NONE, start + age)
    episodes["cause"] = cause


def _invert(rng, usual: np.ndarray, faster: np.ndarray, start: np.ndarray, window: list[int]) -> np.ndarray:
    """Ages at the end of cases begun on day `start`; NONE where the table of ages is outlived."""
    a, b = (np.r_[0.0, np.cumsum(-np.log1p(-rates.sum(axis=1)))] for rates in (usual, faster))
    enter = np.clip(window[0] - start, 0, true.DAYS)
    leave = np.clip(window[1] + 1 - start, 0, true.DAYS)
    level = rng.exponential(size=len(start))
    in_speedup = level - a[enter] + b[enter]
    later = level - a[enter] - (b[leave] - b[enter]) + a[leave]
    age = np.where(
        level <= a[enter],
        np.searchsorted(a, level),
        np.where(in_speedup <= b[leave], np.searchsorted(b, in_speedup), np.searchsorted(a, later)),
    )
    return np.where(age > true.DAYS, NONE, age - 1)


def _close_administratif(rng: np.random.Generator, episodes: pd.DataFrame, places: pd.DataFrame) -> None:
    """Turn a share of the cases into duplicates and wrong entries, found out by T; none of them stays open."""
    # The share is of all rows, but only first cases are drawn here: 1.04 rows per client.
    chosen = rng.random(len(episodes)) < true.ADMINISTRATIF_SHARE * 1.04
    day = episodes["start"].to_numpy() + rng.geometric(1 / 20, len(episodes))
    chosen &= day <= places["last"].to_numpy()[episodes["province"]]
    episodes["end"] = np.where(chosen, day, episodes["end"])
    episodes["cause"] = np.where(chosen, ADMINISTRATIF, episodes["cause"])


def _returning(rng, before: pd.DataFrame, places: pd.DataFrame, kinds: pd.DataFrame, *, offset: int):
    """The next case of the clients who come back within 180 days after terselesaikan, known by T."""
    share = rng.random(len(before))
    gap = 1 + np.floor(true.RETURN_DAYS * rng.random(len(before)) ** 1.3).astype(int)
    day = before["end"].to_numpy() + gap
    back = (before["cause"] == TERSELESAIKAN) & (share < true.RETURN_SHARE)
    back &= day <= places["last"].to_numpy()[before["province"]]
    after = before.loc[back, ["province", "kabkota", "kind", "klaster", "client"]].reset_index(drop=True)
    limits = kinds.groupby("klaster")["upto"].max().to_numpy()
    low = np.r_[0.0, limits[:-1]][after["klaster"]]
    drawn = low + rng.random(len(after)) * (limits[after["klaster"]] - low) * (1 - 1e-9)
    same = rng.random(len(after)) < true.SAME_KIND_ON_RETURN
    after["kind"] = np.where(same, after["kind"], np.searchsorted(kinds["upto"], drawn, side="right"))
    after["start"] = day[back]
    after["previous"] = offset + np.flatnonzero(back)
    return after


def _as_known(rng: np.random.Generator, episodes: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Only what the register of each province holds on its T: late reports and later ends are not there yet."""
    last = places["last"].to_numpy()[episodes["province"]]
    since = places["since"].to_numpy()[episodes["province"]]
    count = len(episodes)
    tail = rng.random(count) < 0.06
    delay = np.minimum(rng.geometric(np.where(tail, 1 / 26, 1 / 4.7)) - 1, 60)
    open_at_last = (episodes["end"] == NONE) | (episodes["end"] > last)
    episodes = episodes.assign(
        last=last,
        reported=episodes["start"] + delay,
        end=np.where(open_at_last, NONE, episodes["end"]),
        cause=np.where(open_at_last, 0, episodes["cause"]),
        row=np.arange(count),
    )
    complete = (episodes["start"] >= since) | open_at_last | (episodes["end"] >= since)
    return episodes[complete & (episodes["reported"] <= last)]


def _thin(rng: np.random.Generator, episodes: pd.DataFrame, cases: int) -> pd.DataFrame:
    """Exactly `cases` rows: whole clients are dropped at random, so no kind of history is favoured."""
    size = episodes.groupby("client").size()
    size = size.iloc[rng.permutation(len(size))]
    kept = size.cumsum() <= cases
    missing = cases - int(size[kept].sum())
    kept[size.index[~kept & (size == 1)][:missing]] = True
    frame = episodes[episodes["client"].isin(size.index[kept])]
    frame = frame.sort_values(["province", "start", "row"]).reset_index(drop=True)
    place_of = np.full(int(episodes["row"].max()) + 1, NONE)
    place_of[frame["row"]] = frame.index
    previous = frame["previous"].to_numpy()
    # The case before may be gone: closed before lengkap_sejak, or not reported yet.
    frame["previous"] = np.where(previous == NONE, NONE, place_of[np.maximum(previous, 0)])
    if len(frame) != cases:
        raise RuntimeError(f"{len(frame)} rows instead of {cases}: too few were drawn")
    return frame
