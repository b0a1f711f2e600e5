"""What becomes of cases day by day, from clocks counted one by one: the reference of whole curves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from tests.plain.ask import months, resolve
from tests.plain.curves import Clock, curve, too_thin
from tests.plain.data import World
from tests.plain.figures import FEW
from tests.plain.groups import Group, make_groups
from tests.plain.time_figures import closing_clocks, cohort_clocks

CAUSES = ("terselesaikan", "dialihkan", "berhenti")


def outcomes(
    world: World,
    *,
    scope_provinsi: Collection[str],
    dari: dt.date | None = None,
    sampai: dt.date | None = None,
    per: str | None = None,
    cohort: bool = False,
    days: int = 365,
    **filters,
) -> dict[tuple, dict]:
    """(key, day) -> the percentages, berisiko, n, andal_sampai and alasan of that day."""
    nothing = {"provinsi": (), "kabkota": (), "klaster": (), "jenis": (), "pendamping": None}
    ask = resolve(
        world,
        "I05M",
        scope=scope_provinsi,
        dari=dari,
        sampai=sampai,
        per=None if per == "triwulan" else per,
        **(nothing | filters),
    )
    spans = _quarters(ask.a, ask.b) if per == "triwulan" else {None: (ask.a, ask.b)}
    found = {}
    for name, (a, b) in spans.items():
        for group in make_groups(world, ask, a, b):
            key = name if per == "triwulan" else group.kunci.get(per)
            for day, row in enumerate(_days(group, cohort or per == "triwulan", days)):
                found[key, day] = row
    return found


def _quarters(a: dt.date, b: dt.date) -> dict[str, tuple[dt.date, dt.date]]:
    spans: dict[str, list[dt.date]] = {}
    for _, first, last in months(a, b):
        spans.setdefault(f"{first.year}-T{(first.month - 1) // 3 + 1}", []).extend((first, last))
    return {name: (min(listed), max(listed)) for name, listed in spans.items()}


def _days(group: Group, cohort: bool, days: int) -> list[dict]:
    names = (*CAUSES, "terbuka")
    if not group.places:
        empty = dict.fromkeys((*names, "berisiko", "n"))
        return [empty | {"andal_sampai": -1, "alasan": "belum ada data"}] * (days + 1)
    clocks = cohort_clocks(group) if cohort else closing_clocks(group)
    few = len(clocks) < FEW
    curves = {cause: curve(clocks, cause) for cause in CAUSES}
    trusted = [day for day in range(days + 1) if not few and not too_thin(curves["berhenti"], day)]
    rows = []
    for day in range(days + 1):
        shares = dict.fromkeys(names)
        if not few:
            events = {cause: [one for one in of.days if one.age <= day] for cause, of in curves.items()}
            shares = {cause: 100 * past[-1].incidence if past else 0 for cause, past in events.items()}
            last = events["berhenti"]
            shares["terbuka"] = 100 * last[-1].survival if last else 100
        rows.append(
            shares
            | {
                "berisiko": _at_risk(clocks, day),
                "n": len(clocks),
                "andal_sampai": max(trusted, default=-1),
                "alasan": "n < 10" if few else None,
            }
        )
    return rows


def _at_risk(clocks: list[Clock], day: int) -> int:
    return len([one for one in clocks if one.entry < day <= one.exit])
