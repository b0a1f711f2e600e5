"""The simulated rows of the optional sheets: kegiatan, rujukan, penugasan, kehadiran and target.

Drawn from a generator of their own after everything else, so that cases, staff and uploads do not depend on them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib.database import schema
from lib.database import simulation_truth as true
from lib.database.simulation_episodes import ADMINISTRATIF, NONE, TERSELESAIKAN, pick
from lib.database.simulation_rows import as_dates

NATIONAL = "00"
_FULLY = "R1"
_TO_WHOM = {
    "ANAK": ("sentra", "uptd_ppa", "lks", "pendidikan", "faskes"),
    "DISABILITAS": ("sentra", "faskes", "lks", "pendidikan", "dinsos"),
    "LANSIA": ("sentra", "faskes", "lks", "dinsos", "lainnya"),
    "NAPZA": ("bnn_ipwl", "sentra", "faskes", "lks", "kepolisian"),
    "TSKPO": ("sentra", "uptd_ppa", "kepolisian", "dinsos", "lks"),
    "BENCANA": ("dinsos", "faskes", "sentra", "lainnya", "lks"),
    "LAINNYA": ("dinsos", "sentra", "faskes", "lks", "lainnya"),
}
_TO_WHOM_SHARES = (0.38, 0.24, 0.18, 0.12, 0.08)


@dataclass(frozen=True, kw_only=True)
class World:
    """What has been drawn before: days as whole numbers, rows of episodes, steps and kasus side by side.

    `chosen` is the position of each case's pendamping in `staff` and `pendamping` (NONE: nobody).
    """

    episodes: pd.DataFrame
    steps: pd.DataFrame
    kasus: pd.DataFrame
    staff: pd.DataFrame
    pendamping: pd.DataFrame
    chosen: np.ndarray
    places: pd.DataFrame
    first: np.datetime64
    end: dt.date

    def text(self, name: str) -> np.ndarray:
        """A text column of kasus, fast to take rows from."""
        return self.kasus[name].to_numpy(dtype=object, na_value=None)

    def until(self) -> np.ndarray:
        """The last day on which something can be done for each case: its last update, or its end."""
        update, end = self.steps["pembaruan"].to_numpy(), self.episodes["end"].to_numpy()
        return np.where(end == NONE, update, np.minimum(end, update))

    def valid(self) -> np.ndarray:
        """Which cases are not administratif."""
        return self.episodes["cause"].to_numpy() != ADMINISTRATIF


def draw_services(rng: np.random.Generator, world: World) -> dict[str, pd.DataFrame]:
    """Return the rows of the five tables by name, dates as datetime64, columns as in the schema."""
    referrals = _referrals(rng, world)
    return {
        "kegiatan": _activities(rng, world, referrals),
        "rujukan": _referral_frame(world, referrals),
        "penugasan": _assignments(rng, world),
        "kehadiran": _attendance(rng, world),
        "target": _targets(rng, world),
    }


def _referrals(rng: np.random.Generator, world: World) -> pd.DataFrame:
    """One row per referred case: its position, day, day of acceptance (NONE), answer as in HASIL_RUJUKAN."""
    episodes = world.episodes
    fully = world.text("kode_alasan") == _FULLY
    share = np.where(fully, true.REFERRED_FULLY, true.REFERRED_OTHERS)
    case = np.flatnonzero(world.valid() & (rng.random(len(episodes)) < share))
    fully, last = fully[case], episodes["last"].to_numpy()[case]
    start, until = episodes["start"].to_numpy()[case], world.until()[case]
    span = until - start + 1
    # A full referral is the last thing done before the case is closed.
    back = np.where(fully, np.minimum(rng.integers(0, 11, len(case)), span - 1), span)
    day = np.where(fully, until - back, start + (rng.random(len(case)) * span).astype(int))
    drawn = rng.random(len(case))
    accepted = drawn < np.where(fully, true.ANSWERS_FULLY[0], true.ANSWERS_OTHERS[0])
    refused = ~accepted & (drawn < np.where(fully, sum(true.ANSWERS_FULLY[:2]), sum(true.ANSWERS_OTHERS[:2])))
    wait = true.REFERRAL_MEDIAN * np.exp(true.REFERRAL_SIGMA * rng.standard_normal(len(case)))
    answered = day + np.rint(wait).astype(int)
    known = answered <= last
    answer = np.where(accepted & known, 0, np.where(refused & known, 1, 2))
    return pd.DataFrame(
        {
            "case": case,
            "day": day,
            "accepted": np.where(answer == 0, answered, NONE),
            "answer": answer,
            "to": pick(rng, np.array(_TO_WHOM_SHARES), len(case)),
        }
    )


def _referral_frame(world: World, referrals: pd.DataFrame) -> pd.DataFrame:
    case = referrals["case"].to_numpy()
    listed = np.array([_TO_WHOM[klaster] for klaster in true.PLATEAU], dtype=object)
    return pd.DataFrame(
        {
            "kode_provinsi": world.text("kode_provinsi")[case],
            "id_kasus": world.text("id_kasus")[case],
            "tanggal_rujukan": as_dates(referrals["day"].to_numpy(), first=world.first),
            "tujuan": listed[world.episodes["klaster"].to_numpy()[case], referrals["to"].to_numpy()],
            "tanggal_diterima": as_dates(referrals["accepted"].to_numpy(), first=world.first),
            "hasil": np.array(schema.HASIL_RUJUKAN, dtype=object)[referrals["answer"]],
        }
    )


def _activities(rng: np.random.Generator, world: World, referrals: pd.DataFrame) -> pd.DataFrame:
    """Kegiatan of the last 18 months, none later than the last update of its case."""
    last = world.episodes["last"].to_numpy()
    kinds = {name: place for place, name in enumerate(schema.JENIS_KEGIATAN)}
    since = last - true.KEGIATAN_DAYS + 1
    case, day, kind = _handled_activities(rng, world, since, kinds)
    followed = world.steps["pascalayanan"].to_numpy()
    after = np.flatnonzero((followed != NONE) & (followed >= since) & world.valid())
    sent = referrals[referrals["day"].to_numpy() >= since[referrals["case"]]]
    case = np.concatenate([case, after, sent["case"]])
    day = np.concatenate([day, followed[after], sent["day"]])
    kind = np.concatenate(
        [kind, np.full(len(after), kinds["pascalayanan"]), np.full(len(sent), kinds["rujukan"])]
    )
    # One row for each case, day and kind, in this order: the key of the table.
    key = np.unique((case * true.DAYS + day) * len(kinds) + kind)
    day_of_case, kind = np.divmod(key, len(kinds))
    case, day = np.divmod(day_of_case, true.DAYS)
    return pd.DataFrame(
        {
            "kode_provinsi": world.text("kode_provinsi")[case],
            "id_kasus": world.text("id_kasus")[case],
            "tanggal_kegiatan": as_dates(day, first=world.first),
            "jenis_kegiatan": np.array(schema.JENIS_KEGIATAN, dtype=object)[kind],
            "id_pendamping": world.text("id_pendamping")[case],
        }
    )


def _handled_activities(
    rng: np.random.Generator, world: World, since: np.ndarray, kinds: dict[str, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Case, day and kind of what was done from intervensi on, or else from asesmen on."""
    asesmen, intervensi = (world.steps[name].to_numpy() for name in ("asesmen", "intervensi"))
    helped, until = intervensi != NONE, world.until()
    begin = np.maximum(np.where(helped, intervensi, asesmen), since)
    able = world.valid() & (helped | (asesmen != NONE)) & (until >= begin)
    mean = np.where(helped, true.KEGIATAN_MEAN, true.KEGIATAN_MEAN_BEFORE)
    case = np.repeat(np.arange(len(able)), np.where(able, rng.poisson(mean), 0))
    day = begin[case] + (rng.random(len(case)) * (until - begin + 1)[case]).astype(int)
    early = ~helped[case]
    kind = np.empty(len(case), dtype=int)
    kind[early] = _pick_kind(rng, true.KEGIATAN_SHARES_BEFORE, kinds, int(early.sum()))
    klaster = world.episodes["klaster"].to_numpy()[case]
    for place, name in enumerate(true.PLATEAU):
        shares = {
            what: share * true.KEGIATAN_FACTOR.get((name, what), 1.0)
            for what, share in true.KEGIATAN_SHARES.items()
        }
        rows = np.flatnonzero(~early & (klaster == place))
        kind[rows] = _pick_kind(rng, shares, kinds, len(rows))
    return case, day, kind


def _pick_kind(rng: np.random.Generator, shares, kinds: dict[str, int], size: int) -> np.ndarray:
    places = np.array([kinds[name] for name in shares])
    return places[pick(rng, np.array(list(shares.values())), size)]


def _assignments(rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Who held each case that is open or was closed in the last 12 months, with some hand-overs."""
    end, last = world.episodes["end"].to_numpy(), world.episodes["last"].to_numpy()
    recent = (end == NONE) | (end > last - true.PENUGASAN_DAYS)
    case = np.flatnonzero(recent & (world.chosen != NONE) & world.valid())
    start, closed, holder = world.episodes["start"].to_numpy()[case], end[case], world.chosen[case]
    until = world.until()[case]
    before, handed = _hand_overs(rng, world, case)
    moved = np.flatnonzero(handed != NONE)
    frame = pd.DataFrame(
        {
            "case": np.concatenate([case, case[moved]]),
            "holder": np.concatenate([holder, before[moved]]),
            "begin": np.concatenate([np.where(handed == NONE, start, handed), start[moved]]),
            "stop": np.concatenate([np.where(closed == NONE, NONE, until), handed[moved]]),
        }
    ).sort_values(["case", "begin"], kind="stable")
    case = frame["case"].to_numpy()
    return pd.DataFrame(
        {
            "kode_provinsi": world.text("kode_provinsi")[case],
            "id_kasus": world.text("id_kasus")[case],
            "id_pendamping": world.pendamping["id_pendamping"].to_numpy(dtype=object)[frame["holder"]],
            "tanggal_mulai": as_dates(frame["begin"].to_numpy(), first=world.first),
            "tanggal_selesai": as_dates(frame["stop"].to_numpy(), first=world.first),
        }
    )


def _hand_overs(rng: np.random.Generator, world: World, case: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The colleague who held a case first, and the day of handing over (NONE where it stayed in one hand)."""
    count = world.places["pendamping"].to_numpy()
    province = world.episodes["province"].to_numpy()[case]
    start, until = world.episodes["start"].to_numpy()[case], world.until()[case]
    before = (np.cumsum(count) - count)[province] + (rng.random(len(case)) * count[province]).astype(int)
    day = start + 1 + (rng.random(len(case)) * np.maximum(until - start, 1)).astype(int)
    begin, stop = (world.staff[name].to_numpy()[before] for name in ("begin", "stop"))
    possible = (before != world.chosen[case]) & (day <= until)
    possible &= (begin <= start) & ((stop == NONE) | (stop >= day))
    # Nobody takes over a case after leaving.
    left = world.staff["stop"].to_numpy()[world.chosen[case]]
    possible &= (left == NONE) | (left >= day)
    return before, np.where(possible & (rng.random(len(case)) < true.HAND_OVER_SHARE), day, NONE)


def _attendance(rng: np.random.Generator, world: World) -> pd.DataFrame:
    """The last twelve whole months of each pendamping, where he or she served from the first day to the last."""
    staff, pendamping = world.staff, world.pendamping
    last = world.places["last"].to_numpy()[staff["province"]]
    after_last = (world.first + last + 1).astype("datetime64[M]").astype(int)
    person = np.repeat(np.arange(len(staff)), true.KEHADIRAN_MONTHS)
    month = after_last[person] - np.tile(np.arange(true.KEHADIRAN_MONTHS, 0, -1), len(staff))
    opening, after = ((month + plus).astype("datetime64[M]").astype("datetime64[D]") for plus in (0, 1))
    stop = np.where(staff["stop"] == NONE, true.DAYS, staff["stop"])
    served = world.first + staff["begin"].to_numpy()[person] <= opening
    served &= world.first + stop[person] >= after - 1
    # The same working days for everybody: weekdays less a few holidays.
    holidays = rng.integers(0, 4, int(month.max()) + 1)
    working = np.clip(np.busday_count(opening, after) - holidays[month], 18, 22)
    habit = true.ABSENT_MEDIAN * np.exp(true.ABSENT_SIGMA * rng.standard_normal(len(staff)))
    away = np.where(rng.random(len(person)) < true.LONG_LEAVE_SHARE, 0.5, habit[person])
    present = working - rng.binomial(working, np.minimum(away, 1.0))
    months = month.astype("datetime64[M]").astype(str).astype(object)
    return pd.DataFrame(
        {
            "kode_provinsi": pendamping["kode_provinsi"].to_numpy(dtype=object)[person],
            "id_pendamping": pendamping["id_pendamping"].to_numpy(dtype=object)[person],
            "bulan": months,
            "hari_kerja": working,
            "hadir": present,
        }
    )[served].reset_index(drop=True)


def _targets(rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Targets of the year of `end`: counts near the last 365 days of each province, summed for the country."""
    episodes, steps = world.episodes, world.steps
    start, end, last = (episodes[name].to_numpy() for name in ("start", "end", "last"))
    solved = episodes["cause"].to_numpy() == TERSELESAIKAN
    asesmen, intervensi = (steps[name].to_numpy() != NONE for name in ("asesmen", "intervensi"))
    entered = world.valid() & (start > last - 365)
    handled = asesmen | solved | (intervensi & (steps["priority"].to_numpy() == 0))
    reached = {
        "I01": entered,
        "I02": entered & handled,
        "I03": solved & (end > last - 365),
        "I03K": entered & solved,
    }
    province, code = episodes["province"].to_numpy(), world.places["kode"].to_numpy(dtype=object)
    # One aim per province for all its counts, so that they stay in the order of the steps.
    factor = rng.uniform(*true.TARGET_FACTOR, len(code))
    parts = []
    for kode in true.TARGET_COUNTS:
        count = np.bincount(province, weights=reached[kode], minlength=len(code))
        rounded = np.maximum(np.rint(count * factor / 5) * 5, 5.0)
        parts.append((kode, np.append(rounded.sum(), rounded)))
    parts += [(kode, np.full(len(code) + 1, value)) for kode, value in true.TARGET_RATES.items()]
    return pd.DataFrame(
        {
            "periode": str(world.end.year),
            "kode_wilayah": np.tile(np.append(NATIONAL, code), len(parts)),
            "kode_indikator": np.repeat(np.array([kode for kode, _ in parts], dtype=object), len(code) + 1),
            "nilai": np.concatenate([values for _, values in parts]),
        }
    )
