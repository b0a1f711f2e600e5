"""The rows of an answer: which members a dimension has, and which cases, people and places each holds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from tests.plain.ask import Ask, base, of_persons
from tests.plain.data import STEPS, Province, World, as_seen, furthest_step, is_active


@dataclass(frozen=True, kw_only=True)
class Group:
    """One row to compute over [a, b]: `places` sent something, `cases` are as seen at each province's t.

    `kabkota` are the rows of the group's kab/kota, `by_kabkota` whether people and population are theirs
    rather than whole provinces'; `pendamping` are the rows of the group's pendamping, active or not.
    """

    kunci: dict
    world: World
    places: tuple[Province, ...]
    kabkota: tuple[dict, ...]
    by_kabkota: bool
    cases: tuple[dict, ...]
    pendamping: tuple[dict, ...]
    a: dt.date
    b: dt.date

    @property
    def all_cases(self) -> list[dict]:
        """Every case of the places as known at T, whatever the filters on cases."""
        return [case for place in self.places for case in self.world.cases[place.kode]]

    @property
    def tanggal_data(self) -> dt.date | None:
        """The oldest T of those that sent."""
        return min((place.tanggal_data for place in self.places), default=None)

    @property
    def riwayat_needed(self) -> bool:
        """The period ends before the T of some province, so figures at T are not from the rows."""
        return any(self.b < place.tanggal_data for place in self.places)


def make_groups(world: World, ask: Ask, a: dt.date, b: dt.date) -> list[Group]:
    """One group per member of ask.per, members without anything included; one group without a dimension."""
    cases = _cases(world, ask, b)
    people = _people(world, ask)
    by_key = defaultdict(list)
    for case in cases:
        by_key[_key(case, ask.per)].append(case)
    keys = _members(world, ask, people)
    if not of_persons(ask.kode):
        # Cases without a member make a row of their own, but only where there are such cases.
        keys += sorted(set(by_key) - set(keys), key=repr)
    return [_group(world, ask, key, tuple(by_key[key]), people, a, b) for key in keys]


def _cases(world: World, ask: Ask, b: dt.date) -> list[dict]:
    """The filtered cases recorded by t, as they were seen at t."""
    seen = []
    for case in (case for kode in ask.provinces for case in world.cases[kode]):
        place = case["tempat"]
        if case["terdata"] > place.seen_until(b):
            continue
        if ask.kabkota is not None and case["kabkota"] not in ask.kabkota:
            continue
        if ask.jenis is not None and case["jenis"] not in ask.jenis:
            continue
        if ask.pendamping is not None and case["pendamping"] != ask.pendamping:
            continue
        seen.append(as_seen(case, place.seen_until(b)) | {"at_data_date": case})
    return seen


def _people(world: World, ask: Ask) -> list[dict]:
    """The pendamping of the filter; under a kab/kota filter by their own kode_kabkota."""
    return [
        row
        for row in world.pendamping.values()
        if row["kode_provinsi"] in ask.provinces
        and (ask.pendamping is None or row["id_pendamping"] == ask.pendamping)
        and (ask.kabkota is None or row.get("kode_kabkota") in ask.kabkota)
    ]


def _key(case: dict, per: str | None) -> object:
    if per in (None, "bulan"):
        return None
    if per == "tahap":
        return furthest_step(case)
    if per == "pendamping":
        return case["provinsi"], case["pendamping"]
    return case[per]


def _members(world: World, ask: Ask, people: list[dict]) -> list:
    """Every member of the dimension inside the filters, in order of its key."""
    if ask.per in (None, "bulan"):
        return [None]
    if ask.per == "tahap":
        return list(STEPS)
    if ask.per == "provinsi":
        return list(ask.provinces)
    if ask.per == "kabkota":
        places = [row["kode_kabkota"] for row in _kabkota(world, ask, ask.provinces)]
        loose = [row for row in people if row.get("kode_kabkota") is None and _listed(world, ask, row)]
        return [*places, None] if loose and of_persons(ask.kode) else places
    if ask.per == "pendamping":
        return _pendamping_members(world, ask, people)
    column = {"klaster": "kode_klaster", "pas": "kode_pas", "jenis": "kode_jenis"}[ask.per]
    rows = [row for kode, row in world.jenis.items() if ask.jenis is None or kode in ask.jenis]
    return sorted({row[column] for row in rows})


def _pendamping_members(world: World, ask: Ask, people: list[dict]) -> list[tuple[str, str]]:
    """Figures at T of persons list those on duty; others everyone who began by T, for a case may be with one
    who left. Who begins later is listed where cases are already theirs.

    A kab/kota filter picks cases by their own place, so for figures of cases all pendamping of the
    provinces stay listed.
    """
    if of_persons(ask.kode):
        rows = [row for row in people if _listed(world, ask, row)]
    else:
        rows = [
            row
            for row in world.pendamping.values()
            if row["kode_provinsi"] in ask.provinces
            and _began(world, row)
            and (ask.pendamping is None or row["id_pendamping"] == ask.pendamping)
        ]
    return sorted((row["kode_provinsi"], row["id_pendamping"]) for row in rows)


def _listed(world: World, ask: Ask, row: dict) -> bool:
    """I17 and I30 look at a period, so they list everyone known at T; the other figures of persons those on duty."""
    if base(ask.kode) in ("I17", "I30"):
        return _began(world, row)
    place = world.provinces[row["kode_provinsi"]]
    return place.sent and is_active(row, place.tanggal_data)


def _began(world: World, row: dict) -> bool:
    place = world.provinces[row["kode_provinsi"]]
    return place.sent and row["tanggal_mulai"] <= place.tanggal_data


def _kabkota(world: World, ask: Ask, provinces: tuple[str, ...]) -> list[dict]:
    rows = [
        row
        for kode, row in world.kabkota.items()
        if row["kode_provinsi"] in provinces and (ask.kabkota is None or kode in ask.kabkota)
    ]
    return sorted(rows, key=lambda row: row["kode_kabkota"])


def _group(
    world: World, ask: Ask, key: object, cases: tuple[dict, ...], people: list[dict], a: dt.date, b: dt.date
) -> Group:
    provinces = ask.provinces
    kabkota = _kabkota(world, ask, provinces)
    kunci = {} if ask.per in (None, "bulan") else {ask.per: key}
    if ask.per == "provinsi":
        provinces = (key,)
        people = [row for row in people if row["kode_provinsi"] == key]
    elif ask.per == "kabkota":
        people = [row for row in people if row.get("kode_kabkota") == key]
        kabkota = [row for row in kabkota if row["kode_kabkota"] == key]
        if key is not None:
            provinces = (world.kabkota[key]["kode_provinsi"],)
    elif ask.per == "pendamping":
        kunci = {"provinsi": key[0], "pendamping": key[1]}
        provinces = (key[0],)
        people = [row for row in people if (row["kode_provinsi"], row["id_pendamping"]) == key]
    places = tuple(world.provinces[kode] for kode in provinces if world.provinces[kode].sent)
    sent = {place.kode for place in places}
    return Group(
        kunci=kunci,
        world=world,
        places=places,
        kabkota=tuple(row for row in kabkota if row["kode_provinsi"] in sent),
        by_kabkota=ask.kabkota is not None or ask.per == "kabkota",
        cases=cases,
        pendamping=tuple(row for row in people if row["kode_provinsi"] in sent and _began(world, row)),
        a=a,
        b=b,
    )
