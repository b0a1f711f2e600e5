"""What is achieved of a target: I26-KODE, which asks the other figures what was realised."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable

from tests.plain.ask import Ask
from tests.plain.data import World

COUNTS = ("I01", "I02", "I03", "I03K")
HIGHER = (
    *COUNTS,
    *("I04-30", "I04-90", "I04-180", "I05-30", "I05-90", "I05-180", "I05-30K", "I05-90K", "I05-180K"),
    *("I06", "I07", "I11"),
    *("I20", "I22-diterima", "I24", "I25", "I29-sertifikat", "I30", "I31"),
)
LOWER = (
    *("I05M", "I05MK", "I08", "I09", "I10", "I14-median", "I15-n", "I15-persen", "I21"),
    *(
        f"I12-{step}{end}"
        for step in ("asesmen", "rencana", "intervensi", "terminasi")
        for end in ("", "-p80")
    ),
    *("I18-rata", "I18-median", "I18-maks", "I18-persen", "I19", "I22-hari", "I28"),
)
KODES = tuple(f"I26-{kode}" for kode in (*HIGHER, *LOWER))


def rows(world: World, ask: Ask, filters: dict, compute: Callable) -> list[dict]:
    """One row, or one per province; `compute(kode, dari, sampai, provinsi)` gives the row of what was realised."""
    places = [(kode,) for kode in ask.provinces] if ask.per == "provinsi" else [ask.provinces]
    answers = []
    for provinces in places:
        found = _achieved(world, ask, provinces, any(filters.values()), compute)
        kunci = {"provinsi": provinces[0]} if ask.per == "provinsi" else {}
        dates = [world.provinces[kode].tanggal_data for kode in provinces if world.provinces[kode].sent]
        base = dict.fromkeys(("nilai", "pembilang", "n", "bawah", "atas", "alasan"))
        answers.append(
            base
            | {
                "dilewati": (),
                "kunci": kunci,
                "dari": ask.a,
                "sampai": ask.b,
                "tanggal_data": min(dates, default=None),
            }
            | found
        )
    return answers


def _achieved(world: World, ask: Ask, provinces: tuple, filtered: bool, compute: Callable) -> dict:
    dates = [world.provinces[kode].tanggal_data for kode in provinces if world.provinces[kode].sent]
    if not dates:
        return {"alasan": "belum ada data"}
    if filtered:
        return {"alasan": "target hanya nasional dan provinsi"}
    if len(provinces) == 1:
        wilayah = provinces[0]
    elif len(provinces) == len(world.provinces):
        wilayah = "00"
    else:
        return {"alasan": "belum ada target"}
    own = [row for row in world.target if row["kode_wilayah"] == wilayah]
    if not own:
        return {"alasan": "belum ada data"}
    kode = ask.kode.removeprefix("I26-")
    t = min(ask.b, max(dates))
    chosen = _target({row["periode"]: row["nilai"] for row in own if row["kode_indikator"] == kode}, ask, t)
    if chosen is None:
        return {"alasan": "belum ada target"}
    first, last, target = chosen
    row = compute(kode, first, t, provinces)
    realised = row["nilai"]
    found = {"pembilang": realised, "n": row["n"]}
    if row["alasan"] is not None:
        return found | {"alasan": row["alasan"]}
    if kode in COUNTS:
        target = target * ((t - first).days + 1) / ((last - first).days + 1)
    if kode in LOWER:
        return found | ({"nilai": 100 * target / realised} if realised else {"alasan": "realisasi nol"})
    return found | ({"nilai": 100 * realised / target} if target else {"alasan": "target nol"})


def _target(values: dict[str, float], ask: Ask, t: dt.date) -> tuple[dt.date, dt.date, float] | None:
    """(first day, last day, value) of the month's target where [a, b] lies in the month of t, else of the year's."""
    month, year = f"{t:%Y-%m}", f"{t:%Y}"
    if f"{ask.a:%Y-%m}" == f"{ask.b:%Y-%m}" == month and month in values:
        last = calendar.monthrange(t.year, t.month)[1]
        return t.replace(day=1), t.replace(day=last), values[month]
    if year in values:
        return dt.date(t.year, 1, 1), dt.date(t.year, 12, 31), values[year]
    return None
