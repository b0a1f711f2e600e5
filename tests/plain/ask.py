"""What is asked: filters checked against the tables and the scope, the period made definite."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from tests.plain.data import Province, World

DIMENSIONS = ("provinsi", "kabkota", "klaster", "jenis", "pas", "pendamping", "bulan", "tahap")
OF_PERSONS = ("I17", "I18", "I19", "I20", "I29", "I30", "I31")
# Spreads and shares over several persons, and rates of a whole population.
OF_MANY = ("I19", "I20", "I23", "I27", "I29", "I31")
PER_HEAD_OF_POPULATION = ("I20", "I27")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One checked question; `provinces` are those of the filter inside the scope, `a` and `b` the period.

    a and b are None when nobody sent anything and the question leaves them to the data. kabkota is None
    without a kab/kota filter; jenis are the kinds that pass both the klaster and the jenis filter, None
    without either filter.
    """

    kode: str
    provinces: tuple[str, ...]
    kabkota: frozenset[str] | None
    jenis: frozenset[str] | None
    pendamping: str | None
    per: str | None
    a: dt.date | None
    b: dt.date | None


def base(kode: str) -> str:
    """The indicator of a kode: "I18-rata" -> "I18"."""
    return kode.split("-")[0]


def of_persons(kode: str) -> bool:
    """Describes pendamping and their whole work, so filters on cases do not apply."""
    return base(kode) in OF_PERSONS


def check_dimension(kode: str, per: str | None) -> None:
    """Raises ValueError for a dimension that does not exist or makes no sense for the indicator."""
    if per is None:
        return
    if per not in DIMENSIONS:
        raise ValueError(f"no such dimension: {per}")
    refused = {
        "klaster": of_persons(kode),
        "jenis": of_persons(kode),
        "pas": of_persons(kode),
        "tahap": of_persons(kode) or base(kode) in ("I12", "I23", *PER_HEAD_OF_POPULATION),
        "pendamping": base(kode) in OF_MANY,
    }
    only_places = base(kode) == "I26" and per != "provinsi"
    if only_places or refused.get(per, False):
        raise ValueError(f"{kode} has no --per {per}")


def resolve(
    world: World,
    kode: str,
    *,
    scope: Collection[str],
    dari: dt.date | None,
    sampai: dt.date | None,
    provinsi: Collection[str],
    kabkota: Collection[str],
    klaster: Collection[str],
    jenis: Collection[str],
    pendamping: str | None,
    per: str | None,
) -> Ask:
    """Checks every filter value; raises ValueError for an unknown one or one outside the scope."""
    check_dimension(kode, per)
    provinces = _provinces(world, scope, provinsi, kabkota)
    _known("klaster", klaster, {row["kode_klaster"] for row in world.jenis.values()})
    _known("jenis", jenis, world.jenis)
    if pendamping is not None:
        _check_pendamping(world, pendamping, provinces)
    a, b = period([world.provinces[kode] for kode in provinces], dari, sampai)
    return Ask(
        kode=kode,
        provinces=provinces,
        kabkota=frozenset(kabkota) if kabkota else None,
        jenis=_kinds(world, klaster, jenis),
        pendamping=pendamping,
        per=per,
        a=a,
        b=b,
    )


def _known(name: str, values: Collection[str], table: Collection[str]) -> None:
    for value in values:
        if value not in table:
            raise ValueError(f"no such {name}: {value}")


def _provinces(
    world: World, scope: Collection[str], provinsi: Collection[str], kabkota: Collection[str]
) -> tuple[str, ...]:
    """The provinces of the filter; a kab/kota filter narrows them to those of its kab/kota."""
    _known("provinsi", provinsi, world.provinces)
    _known("kabkota", kabkota, world.kabkota)
    allowed = set(scope) & set(world.provinces)
    if not allowed:
        raise ValueError("the scope holds no province")
    if not set(provinsi) <= allowed:
        raise ValueError(f"provinsi outside the scope: {sorted(set(provinsi) - allowed)}")
    chosen = set(provinsi) or allowed
    if kabkota:
        places = {world.kabkota[kode]["kode_provinsi"] for kode in kabkota}
        if not places <= chosen:
            raise ValueError(f"kab/kota outside the provinces asked for: {sorted(places - chosen)}")
        chosen = places
    return tuple(sorted(chosen))


def _check_pendamping(world: World, pendamping: str, provinces: tuple[str, ...]) -> None:
    if len(provinces) != 1:
        raise ValueError("a pendamping is asked for together with one province")
    if (provinces[0], pendamping) not in world.pendamping:
        raise ValueError(f"no such pendamping in {provinces[0]}: {pendamping}")


def _kinds(world: World, klaster: Collection[str], jenis: Collection[str]) -> frozenset[str] | None:
    if not klaster and not jenis:
        return None
    return frozenset(
        kode
        for kode, row in world.jenis.items()
        if (not klaster or row["kode_klaster"] in klaster) and (not jenis or kode in jenis)
    )


def period(
    provinces: list[Province], dari: dt.date | None, sampai: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    """[a, b]: to the newest T unless an end is given, over 12 months unless a start is given.

    Newest T 2026-11-20 -> 2025-11-21 to 2026-11-20; 2025-02-28 -> 2024-03-01 to 2025-02-28. Raises ValueError
    when it would end before it starts.
    """
    newest = max((place.tanggal_data for place in provinces if place.sent), default=None)
    b = sampai if sampai is not None else newest
    a = dari
    if a is None and b is not None:
        a = one_year_before(b + dt.timedelta(days=1))
    if a is not None and b is not None and a > b:
        raise ValueError(f"the period starts on {a} after its end {b}")
    return a, b


def one_year_before(day: dt.date) -> dt.date:
    """The same day of the year before; 1 March for 29 February."""
    if (day.month, day.day) == (2, 29):
        return dt.date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1)


def months(a: dt.date, b: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """Each calendar month of [a, b] as (key, first day, last day), the first and last cut at a and b."""
    parts = []
    start = a
    while start <= b:
        last = start.replace(day=calendar.monthrange(start.year, start.month)[1])
        parts.append((f"{start:%Y-%m}", start, min(last, b)))
        start = last + dt.timedelta(days=1)
    return parts
