"""The same question to both: the real implementation through its one door, the reference row by row."""

from __future__ import annotations

import datetime as dt
import math
import random
import re
from dataclasses import dataclass, field

import pandas as pd

from lib import reference, settings
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope, UserError
from lib.indicators.records import INDICATORS, VALUE_KEYS
from lib.measure import KEY_COLUMNS, measure, outcome_curves
from lib.queries.source import Source
from tests.plain.compute import FIGURES, compute
from tests.plain.data import World
from tests.plain.outcomes import outcomes
from tests.queries.build import DAY, PROVINCES, TARGETED

SCOPE = Scope(role=Role.DIREKTUR, provinces=PROVINCES)
LIMITS = settings.load(environment={}).ambang
KODES = tuple(kode for kode in INDICATORS if kode in FIGURES)
TARGETS = tuple(kode for kode in KODES if kode.startswith("I26-"))
FIGURES_PROPER = tuple(kode for kode in KODES if kode not in TARGETS)
NUMBERS = ("nilai", "pembilang", "n", "bawah", "atas")
VALUES = (*NUMBERS, "alasan", "tanggal_data", "dilewati")
PER = (None, *Dimensi)
SPLITS = tuple(dict.fromkeys(VALUE_KEYS.values()))
RELATIVE, ABSOLUTE = 1e-9, 1e-10
# What a note counts as left out, and the words it does so with; compared where the reference counts it too.
LEFT_OUT = {
    "terlewat": r"(\d+) kasus yang melewati langkah",
    "negatif": r"(\d+) kasus yang langkahnya lebih dulu",
    "sebelum_lengkap": r"(\d+) kasus sebelum register lengkap",
}
COUNTED_IN_NOTES = re.compile(r"I12-.*|I05.*K")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question in words both sides understand; `scope` are the provinces of whoever asks."""

    where: dict = field(default_factory=dict)
    dari: dt.date | None = None
    sampai: dt.date | None = None
    per: Dimensi | None = None
    scope: tuple[str, ...] = PROVINCES
    kodes: tuple[str, ...] = KODES

    def allowed(self) -> list[str]:
        """The indicators asked for that allow the dimension."""
        return [kode for kode in self.kodes if self.per is None or self.per in INDICATORS[kode].dimensi]

    def case_filter(self) -> CaseFilter:
        lists = {name: value if name == "pendamping" else tuple(value) for name, value in self.where.items()}
        return CaseFilter(period=Period(dari=self.dari, sampai=self.sampai), **lists)


def _keys(kode: str, per: Dimensi | None) -> list[str]:
    """The key columns of a row: those of the dimension, and the value where a figure is split into values."""
    return [*KEY_COLUMNS[per], *([VALUE_KEYS[kode]] if kode in VALUE_KEYS else [])]


def real(ask: Ask, source: Source) -> dict | str:
    """(kode, *key) -> values of the real answer, or "refused"."""
    try:
        scope = Scope(role=Role.DIREKTUR, provinces=ask.scope)
        answer = measure(scope, ask.allowed(), ask.case_filter(), per=ask.per, source=source, limits=LIMITS)
    except UserError:
        return "refused"
    names = [name for name in ("kode", *KEY_COLUMNS[ask.per], *SPLITS) if name in answer]
    answer["dilewati"] = [
        _noted(kode, note) for kode, note in zip(answer["kode"], answer["catatan"], strict=True)
    ]
    rows = answer[[*names, *VALUES]].astype(object)
    rows = rows.where(pd.notna(rows), None)
    found = {}
    for row in rows.to_dict("records"):
        key = tuple(row[name] for name in _keys(row["kode"], ask.per))
        assert (row["kode"], *key) not in found, f"twice: {row['kode']} {key}"
        found[row["kode"], *key] = tuple(row[name] for name in VALUES)
    return found


def _noted(kode: str, note: str | None) -> tuple:
    """What a note says was left out, as (name, number); nothing for figures whose notes are not compared."""
    if pd.isna(note) or not COUNTED_IN_NOTES.fullmatch(kode):
        return ()
    found = {name: re.search(words, note) for name, words in LEFT_OUT.items()}
    return tuple((name, int(match[1])) for name, match in found.items() if match)


def plain(ask: Ask, world: World) -> dict | str:
    """(kode, *key) -> values of the reference, or "refused"."""
    found = {}
    per = ask.per and ask.per.value
    for kode in ask.allowed():
        try:
            rows = compute(
                world,
                kode,
                scope_provinsi=ask.scope,
                dari=ask.dari,
                sampai=ask.sampai,
                per=per,
                **ask.where,
            )
        except ValueError:
            return "refused"
        for row in rows:
            key = tuple(row["kunci"][name] for name in _keys(kode, ask.per))
            found[kode, *key] = tuple(row[name] for name in VALUES)
    return found


def same(mine: object, other: object) -> bool:
    """Equal; numbers up to 1e-9 of their size (a limit of 0 may come out as 1e-16)."""
    if isinstance(mine, int | float) and isinstance(other, int | float):
        return math.isclose(mine, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return mine == other


def differences(found: dict | str, expected: dict | str) -> list[str]:
    """One line per row that is missing, superfluous or different."""
    if isinstance(found, str) or isinstance(expected, str):
        return [] if found == expected else [f"{_short(found)} instead of {_short(expected)}"]
    lines = [f"missing {key}: {expected[key]}" for key in expected.keys() - found.keys()]
    lines += [f"superfluous {key}: {found[key]}" for key in found.keys() - expected.keys()]
    for key in found.keys() & expected.keys():
        for name, mine, other in zip(VALUES, found[key], expected[key], strict=True):
            if not same(mine, other):
                lines.append(f"{key} {name}: {mine} instead of {other}")
    return sorted(lines)


def curve_differences(world: World, source: Source, *, per, cohort: bool, **asked) -> list[str]:
    """One line per day of a curve that is missing, superfluous or different; `asked` as the reference takes it."""
    expected = outcomes(
        world, scope_provinsi=PROVINCES, per=getattr(per, "value", per), cohort=cohort, **asked
    )
    days = {name: asked.pop(name) for name in ("days",) if name in asked}
    chosen = CaseFilter(
        period=Period(dari=asked.pop("dari", None), sampai=asked.pop("sampai", None)), **asked
    )
    rows = outcome_curves(SCOPE, chosen, per=per, source=source, limits=LIMITS, cohort=cohort, **days)
    rows = rows.astype(object).where(pd.notna(rows), None)
    key = getattr(per, "value", per)
    found = {(row[key] if key else None, row["hari"]): row for row in rows.to_dict("records")}
    lines = [f"missing {at}" for at in expected.keys() - found.keys()]
    lines += [f"superfluous {at}" for at in found.keys() - expected.keys()]
    for at in found.keys() & expected.keys():
        for name, other in expected[at].items():
            if not same(found[at][name], other):
                lines.append(f"{at} {name}: {found[at][name]} instead of {other}")
    return sorted(lines)


def _short(answer: dict | str) -> str:
    return answer if isinstance(answer, str) else f"{len(answer)} rows"


# --- questions about a world ---------------------------------------------------------------------------------


def wheres(world: World) -> dict[str, dict]:
    """Filters by name: places, kinds, persons, several at once, some that leave nothing."""
    place = world.provinces["34"]
    known = sorted(
        name
        for (kode, name), person in world.pendamping.items()
        if kode == "34" and place.sent and person["tanggal_mulai"] <= place.tanggal_data
    )
    named = {"provinsi": ["34"]} | ({"pendamping": known[0]} if known else {})
    return {
        "none": {},
        "one province": {"provinsi": ["34"]},
        "two provinces": {"provinsi": ["34", "93"]},
        "a province that seldom sent": {"provinsi": ["96"]},
        "kab/kota": {"kabkota": ["34.01"]},
        "kab/kota of two provinces": {"kabkota": ["34.02", "35.01"]},
        "kab/kota in more provinces": {"kabkota": ["34.01"], "provinsi": ["34", "35"]},
        "kind": {"jenis": ["P01"]},
        "sensitive kind": {"jenis": ["P18"]},
        "empty kind": {"jenis": ["P26"]},
        "klaster": {"klaster": ["TSKPO"]},
        "klaster and kind apart": {"klaster": ["ANAK"], "jenis": ["P18"]},
        "klaster and province": {"klaster": ["ANAK"], "provinsi": ["35"]},
        "kind and kab/kota": {"jenis": ["P01", "P02"], "kabkota": ["35.01", "35.02"]},
        "pendamping": named,
    }


def whens(world: World) -> dict[str, tuple[dt.date | None, dt.date | None]]:
    """Periods by name, around the newest T of the world."""
    dates = [place.tanggal_data for place in world.provinces.values() if place.sent]
    newest, oldest = max(dates), min(dates)
    month = (oldest.replace(day=1) - DAY).replace(day=1)
    return {
        "default": (None, None),
        "one month": (month, (month + 31 * DAY).replace(day=1) - DAY),
        "past a late T": (oldest - 20 * DAY, newest),
        "past every T": (newest - 45 * DAY, newest + 30 * DAY),
        "after every T": (newest + 3 * DAY, newest + 20 * DAY),
        "ends early": (newest - 300 * DAY, newest - 60 * DAY),
        "long": (newest - 700 * DAY, newest + DAY),
        "one day": (oldest - 9 * DAY, oldest - 9 * DAY),
        "only a start": (newest - 100 * DAY, None),
        "only a start, late": (oldest + 2 * DAY, None),
        "only an end": (None, newest - 25 * DAY),
    }


def _anybody_sent(world: World, where: dict) -> bool:
    asked = {*where.get("provinsi", ()), *(kode[:2] for kode in where.get("kabkota", ()))}
    return any(place.sent for kode, place in world.provinces.items() if not asked or kode in asked)


def questions(world: World, seed: int, number: int) -> list[Ask]:
    """`number` questions: dimensions in turn, each time another filter and period, a third of the indicators.

    Worlds whose seeds leave 0, 1 and 2 when divided by three, len(PER) questions each, ask every indicator for
    every dimension.
    """
    chance = random.Random(f"questions {seed}")
    # A filter in two questions of three: the whole has the most groups with a value.
    places = [*wheres(world).values(), *[{}] * 6]
    spans = [*whens(world).values(), (None, None), (None, None)]
    for choices in (places, spans):
        chance.shuffle(choices)
    asked = []
    for position in range(number):
        step = (position + seed) % len(PER)
        per = PER[step]
        dari, sampai = spans[position % len(spans)]
        targets = [*(f"I26-{kode}" for kode in chance.sample(TARGETED, 4)), chance.choice(TARGETS)]
        where = places[position % len(places)]
        if per is Dimensi.BULAN and not _anybody_sent(world, where):
            # Neither the question nor a T would tell of which months.
            dari, sampai = whens(world)["long"]
        # The whole country has targets of its own; its 514 kab/kota would only take time.
        national = per is not Dimensi.KABKOTA and chance.random() < 0.15
        asked.append(
            Ask(
                where=where,
                dari=dari,
                sampai=sampai,
                per=per,
                scope=reference.all_provinces() if national else PROVINCES,
                # Targets repeat the other figures: five of them a time.
                kodes=(*FIGURES_PROPER[(seed + step) % 3 :: 3], *dict.fromkeys(targets)),
            )
        )
    return asked
