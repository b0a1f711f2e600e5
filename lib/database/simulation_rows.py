"""The rows of the simulated tables: staff, uploads, the steps of each case and everything that describes it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib import reference
from lib.database import schema
from lib.database import simulation_truth as true
from lib.database.simulation_episodes import NONE, TERSELESAIKAN, kinds_by_klaster, pick

# Reasons and their shares for each cause 1..4 of an end.
REASONS = {
    1: (("T1", "T2", "T3"), (0.46, 0.22, 0.32)),
    2: (("R1", "R2"), (0.68, 0.32)),
    3: (("B1", "B2", "B3", "B4"), (0.24, 0.36, 0.30, 0.10)),
    4: (("A1", "A2"), (0.6, 0.4)),
}
SOURCE_SHARES = (0.24, 0.10, 0.08, 0.22, 0.07, 0.17, 0.08, 0.04)
EMPTY_SHARES = {"jenis_kelamin": 0.02, "kelompok_umur": 0.03, "sumber_laporan": 0.04, "pendekatan": 0.06}
NEW_STAFF, LEFT_STAFF = 25, 14
HOUR = np.timedelta64(3600, "s")


def draw_staff(rng: np.random.Generator, *, places: pd.DataFrame) -> pd.DataFrame:
    """Return the pendamping in province order, with begin and stop as days (stop NONE while active)."""
    count = places["pendamping"].to_numpy()
    province = np.repeat(np.arange(len(places)), count)
    number = np.arange(len(province)) - np.repeat(np.cumsum(count) - count, count) + 1
    size = len(province)
    last = places["last"].to_numpy()[province]
    begin = rng.integers(-1_500, -20, size)
    stop = np.full(size, NONE)
    # Only offices with ten or more lose or gain somebody, so that the smallest keep their four.
    moving = rng.permutation(np.flatnonzero(count[province] >= 10))[: NEW_STAFF + LEFT_STAFF]
    new, left = moving[:NEW_STAFF], moving[NEW_STAFF:]
    begin[new] = last[new] - rng.integers(20, 500, len(new))
    # Most left in the last four months: only their open cases may still wait for somebody else.
    stop[left] = last[left] - np.where(rng.random(len(left)) < 0.7, rng.integers(5, 110, len(left)), 400)
    trained = last - rng.integers(30, 1_500, size)
    education = pick(rng, np.array([0.34, 0.27, 0.14, 0.25]), size)
    level = np.array([5, 4, 3, 4])[education] + rng.integers(0, 3, size)
    return pd.DataFrame(
        {
            "province": province,
            "kode_provinsi": places["kode"].to_numpy()[province],
            "number": number,
            "kode_kabkota": _office(rng, places["kode"].to_numpy()[province]),
            "jenjang": np.minimum(level + (rng.random(size) < 0.15), 9),
            "bersertifikat": (rng.random(size) < 0.55).astype(int),
            "sebutan": np.array(schema.SEBUTAN)[
                pick(rng, np.array([0.24, 0.17, 0.17, 0.2, 0.09, 0.13]), size)
            ],
            "pendidikan": np.array(schema.PENDIDIKAN)[education],
            "trained": np.where(rng.random(size) < 0.12, NONE, trained),
            "begin": begin,
            "stop": stop,
        }
    )


def _office(rng: np.random.Generator, code: np.ndarray) -> np.ndarray:
    """A kab/kota of the own province for each pendamping, by turns over a shuffled list."""
    frame = reference.table("kabkota")
    offices = {
        key: rng.permutation(part.to_numpy()) for key, part in frame.groupby("kode_provinsi")["kode_kabkota"]
    }
    turn = pd.Series(code).groupby(code).cumcount()
    return np.array(
        [offices[key][n % len(offices[key])] for key, n in zip(code, turn, strict=True)], dtype=object
    )


def draw_steps(rng: np.random.Generator, episodes: pd.DataFrame, *, places: pd.DataFrame) -> pd.DataFrame:
    """Return priority and the days of all steps (NONE where not reached by T) with the last update."""
    count, start = len(episodes), episodes["start"].to_numpy()
    end, last, cause = (episodes[name].to_numpy() for name in ("end", "last", "cause"))
    kind = kinds_by_klaster()["kode_jenis"].to_numpy()[episodes["kind"]]
    share = np.where(np.isin(kind, true.URGENT_KINDS), true.URGENT_SHARE, true.DARURAT_SHARE)
    drawn = rng.random(count)
    priority = np.where(drawn < share, 0, np.where(drawn < share + true.TINGGI_SHARE, 1, 2))
    urgent = priority == 0
    pace = np.array([true.RESPONSE_PRIORITY[name] for name in schema.PRIORITAS])[priority]
    median = true.RESPONSE_MEDIAN * places["response"].to_numpy()[episodes["province"]] * pace
    wait = np.floor(median * np.exp(true.RESPONSE_SIGMA * rng.standard_normal(count))).astype(int)
    plan = wait + np.floor(rng.exponential(6.0, count)).astype(int)
    help_at = plan + np.floor(rng.exponential(8.0, count)).astype(int)
    # In an emergency help often comes on the first days, before any asesmen.
    help_at = np.where(urgent & (rng.random(count) < 0.6), rng.integers(0, 3, count), help_at)
    contact = np.floor(rng.random(count) * (wait * 0.8 + 1)).astype(int)
    offsets = np.stack([contact, wait, plan, help_at])
    solved = cause == TERSELESAIKAN
    length, longest = np.where(solved, end - start, 0), offsets.max(axis=0)
    # What is proven solved has been worked on: its steps are squeezed in front of terminasi.
    squeezed = np.where(solved & (longest > length), offsets * length // np.maximum(longest, 1), offsets)
    reached = start + squeezed <= np.where(end == NONE, last, end)
    days = np.where(reached, start + squeezed, NONE)
    later = (days[2] != NONE) | (days[3] != NONE) | solved
    skipped = np.stack(
        [np.full(count, 0.05), np.where(later, 0.02, 0.0), np.full(count, 0.05), np.zeros(count)]
    )
    days = np.where(rng.random((4, count)) < skipped, NONE, days)
    followed = end + rng.integers(30, 91, count)
    followed = np.where(solved & (rng.random(count) < 0.4) & (followed <= last), followed, NONE)
    names = ("kontak", "asesmen", "rencana", "intervensi")
    steps = pd.DataFrame(
        dict(zip(names, days, strict=True)) | {"priority": priority, "pascalayanan": followed}
    )
    steps["pembaruan"] = _last_update(rng, episodes, steps, places)
    return steps


def _last_update(rng, episodes: pd.DataFrame, steps: pd.DataFrame, places: pd.DataFrame) -> np.ndarray:
    """Open cases: updates at a constant daily chance, seen backwards from T; closed ones: their last date."""
    dated = ["kontak", "asesmen", "rencana", "intervensi", "pascalayanan"]
    active = np.maximum(steps[dated].to_numpy().max(axis=1), episodes["start"].to_numpy())
    mean = np.where(steps["priority"] == 0, true.UPDATE_MEAN_DARURAT, true.UPDATE_MEAN)
    mean = mean * places["update"].to_numpy()[episodes["province"]]
    gap = np.floor(rng.exponential(mean)).astype(int)
    open_now = episodes["end"].to_numpy() == NONE
    return np.where(
        open_now,
        np.maximum(active, episodes["last"].to_numpy() - gap),
        np.maximum(active, episodes["end"].to_numpy()),
    )


def assign(
    rng: np.random.Generator, episodes: pd.DataFrame, *, staff: pd.DataFrame, places: pd.DataFrame
) -> np.ndarray:
    """Return the position of each case's current pendamping in `staff`, NONE where nobody has it.

    Every case goes to a colleague of its province at random, in office from its terdata to its end or T; some
    open cases still stand with somebody who left in the last four months, and some new ones with nobody.
    """
    count = places["pendamping"].to_numpy()
    first = np.cumsum(count) - count
    begin = staff["begin"].to_numpy()
    stop = np.where(staff["stop"] == NONE, true.DAYS, staff["stop"])
    province, start, last = (episodes[name].to_numpy() for name in ("province", "start", "last"))
    open_now = episodes["end"].to_numpy() == NONE
    until = np.where(open_now, last, episodes["end"])

    def draw(rows: np.ndarray) -> np.ndarray:
        return first[province[rows]] + (rng.random(len(rows)) * count[province[rows]]).astype(int)

    chosen = draw(np.arange(len(episodes)))
    left = open_now & (stop[chosen] < last) & (stop[chosen] >= np.maximum(start, last - 120))
    waiting = left & (begin[chosen] <= start) & (rng.random(len(episodes)) < 0.8)
    rows = np.arange(len(episodes))[~waiting]
    while len(rows):
        rows = rows[(begin[chosen[rows]] > start[rows]) | (stop[chosen[rows]] < until[rows])]
        chosen[rows] = draw(rows)
    fresh = np.where(open_now & (last - start < 14), 0.06, np.where(open_now, 0.002, 0.003))
    return np.where(rng.random(len(episodes)) < fresh, NONE, chosen)


def draw_uploads(
    rng: np.random.Generator, episodes: pd.DataFrame, *, changed: np.ndarray, places: pd.DataFrame, first
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return one upload per province and week up to its T, and for each case its first and its last one.

    `changed` is the day of the last change of each case; `first` the first simulated day as a datetime64.
    The positions point into the returned frame; a case enters with the first upload after it was reported.
    """
    last, since = places["last"].to_numpy(), places["since"].to_numpy()
    weeks = (last - since) // 7 + 1
    province = np.repeat(np.arange(len(places)), weeks)
    ahead = np.repeat(np.cumsum(weeks), weeks) - 1 - np.arange(len(province))
    day = last[province] - 7 * ahead
    # Sent on the evening of the data date; the order of arrival is the order of the ids.
    sent = first + day + HOUR * 15 + rng.integers(0, 7 * 3600, len(day)).astype("timedelta64[s]")
    frame = pd.DataFrame(
        {
            "kode_provinsi": places["kode"].to_numpy()[province],
            "hari": day,
            "tanggal_data": as_dates(day, first=first),
            "lengkap_sejak": as_dates(np.where(since > 0, since, NONE)[province], first=first),
            "waktu": sent.astype("datetime64[s]"),
            "digest": random_codes(rng, len(day), size=32),
            "id": np.argsort(np.argsort(sent, kind="stable")) + 1,
        }
    )
    newest = (np.cumsum(weeks) - 1)[episodes["province"]]
    until = episodes["last"].to_numpy()
    behind = np.minimum((until - episodes["reported"].to_numpy()) // 7, weeks[episodes["province"]] - 1)
    entered = newest - behind
    touched = np.maximum(entered, newest - (until - changed) // 7)
    rows = np.bincount(entered, minlength=len(frame))
    frame["baris"] = rows + np.bincount(touched[touched != entered], minlength=len(frame))
    frame["ditolak"] = rng.poisson(frame["baris"] * 0.01)
    return frame, entered, touched


def random_codes(rng: np.random.Generator, count: int, *, size: int) -> np.ndarray:
    """Return `count` hexadecimal codes of `size` random bytes, without any meaning."""
    digits = rng.bytes(count * size).hex()
    width = 2 * size
    return np.array([digits[at : at + width] for at in range(0, count * width, width)], dtype=object)


def as_dates(day: np.ndarray, *, first: np.datetime64) -> np.ndarray:
    """Return datetime64[s] dates of day numbers; NaT for NONE."""
    dates = (first + np.asarray(day)).astype("datetime64[s]")
    return np.where(np.asarray(day) == NONE, np.datetime64("NaT"), dates)


def staff_frame(staff: pd.DataFrame, *, first: np.datetime64) -> pd.DataFrame:
    """Return the rows of the table pendamping; display names are plain codes, never a person's name."""
    code = staff["kode_provinsi"] + "-" + staff["number"].astype(str).str.zfill(3)
    return staff.assign(
        id_pendamping=code,
        nama_tampil="Pendamping Simulasi " + code,
        pelatihan_terakhir=as_dates(staff["trained"], first=first),
        tanggal_mulai=as_dates(staff["begin"], first=first),
        tanggal_selesai=as_dates(staff["stop"], first=first),
    )


def case_frame(
    rng: np.random.Generator,
    episodes: pd.DataFrame,
    *,
    steps: pd.DataFrame,
    code_of_staff: np.ndarray,
    places: pd.DataFrame,
    first: np.datetime64,
) -> pd.DataFrame:
    """Return the rows of the table kasus without its two upload columns."""
    count = len(episodes)
    kinds = kinds_by_klaster()["kode_jenis"].to_numpy(dtype=object)
    province = places["kode"].to_numpy(dtype=object)[episodes["province"]]
    ids = _case_ids(episodes, province, first)
    previous = episodes["previous"].to_numpy()
    linked = (previous != NONE) & (rng.random(count) < true.LINKED_ON_RETURN)
    clients = random_codes(rng, int(episodes["client"].max()) + 1, size=6)
    frame = pd.DataFrame(
        {
            "kode_provinsi": province,
            "id_kasus": ids,
            "id_klien": clients[episodes["client"]],
            "id_kasus_sebelumnya": np.where(linked, ids[np.maximum(previous, 0)], None),
            "kode_jenis": kinds[episodes["kind"]],
            "kode_kabkota": episodes["kabkota"],
            "id_pendamping": code_of_staff,
            **_persons(rng, episodes, kinds[episodes["kind"]], steps["priority"].to_numpy()),
            "prioritas": np.array(schema.PRIORITAS, dtype=object)[steps["priority"]],
            "kode_alasan": _reasons(rng, episodes["cause"].to_numpy()),
            **_outcomes(rng, episodes["cause"].to_numpy() == TERSELESAIKAN),
        }
    )
    days = {name: steps[name] for name in steps.columns if name != "priority"}
    days |= {"terdata": episodes["start"], "terminasi": episodes["end"]}
    return frame.assign(**{f"tanggal_{name}": as_dates(day, first=first) for name, day in days.items()})


def _case_ids(episodes: pd.DataFrame, province: np.ndarray, first: np.datetime64) -> np.ndarray:
    """Numbers such as 2026-35-000123, counted within the province in the order of terdata."""
    year = as_dates(episodes["start"], first=first).astype("datetime64[Y]").astype(int) + 1970
    number = episodes.groupby("province").cumcount() + 1
    parts = zip(year.tolist(), province.tolist(), number.tolist(), strict=True)
    return np.array([f"{y}-{p}-{n:06d}" for y, p, n in parts], dtype=object)


def _reasons(rng: np.random.Generator, cause: np.ndarray) -> np.ndarray:
    reason = np.full(len(cause), None, dtype=object)
    for code, (names, shares) in REASONS.items():
        rows = np.flatnonzero(cause == code)
        reason[rows] = np.array(names, dtype=object)[pick(rng, np.array(shares), len(rows))]
    return reason


def _outcomes(rng: np.random.Generator, solved: np.ndarray) -> dict[str, pd.array]:
    """The three hasil_* of the terselesaikan: all filled for four in five, otherwise all empty."""
    filled = solved & (rng.random(len(solved)) < 0.8)
    # One common draw makes the three go together, as in life.
    common = rng.random(len(solved)) < 0.7
    values = {}
    for name, share in zip(schema.OUTCOMES, (0.80, 0.70, 0.62), strict=True):
        good = common | (rng.random(len(solved)) < share)
        values[name] = pd.array(np.where(filled, good.astype(float), np.nan), dtype="Int8")
    return values


def _persons(rng, episodes: pd.DataFrame, kind: np.ndarray, priority: np.ndarray) -> dict[str, np.ndarray]:
    """Sex, age band, source and approach; a small share of each is empty, as in real registers."""
    count, klaster = len(kind), np.array(list(true.PLATEAU))[episodes["klaster"]]
    band = pick(rng, np.array([0.04, 0.12, 0.66, 0.18]), count)
    band = np.where(klaster == "ANAK", 1, np.where(klaster == "LANSIA", 3, band))
    band = np.where(klaster == "NAPZA", np.where(rng.random(count) < 0.12, 1, 2), band)
    band = np.where(kind == "P01", 0, np.where(np.isin(kind, ["P10", "P15", "P20", "P23"]), 2, band))
    women = np.select([kind == "P23", klaster == "NAPZA", kind == "P15"], [1.0, 0.12, 0.1], default=0.5)
    source = pick(rng, np.array(SOURCE_SHARES), count)
    approach = pick(rng, np.array([0.52, 0.24, 0.17, 0.07]), count)
    approach = np.where((priority == 0) & (rng.random(count) < 0.4), 3, approach)
    values = {
        "jenis_kelamin": np.where(rng.random(count) < women, "P", "L").astype(object),
        "kelompok_umur": np.array(schema.KELOMPOK_UMUR, dtype=object)[band],
        "sumber_laporan": np.array(schema.SUMBER_LAPORAN, dtype=object)[source],
        "pendekatan": np.array(schema.PENDEKATAN, dtype=object)[approach],
    }
    return {
        name: np.where(rng.random(count) < EMPTY_SHARES[name], None, value) for name, value in values.items()
    }
