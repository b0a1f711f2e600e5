"""The published cells of a block as nodes: how many cases each holds, what a reader knows of it, how they are linked.

Nodes stand in one flat array; a case counts in up to sixteen of them, found by arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from lib import reference
from lib.disclosure.rules import ALL, NATION, bounds, sensitive, threshold
from lib.disclosure.tables import NO_MONTH, NO_QUARTER, Block, positions

NO_LIMIT = 1 << 30
Cell = tuple[str, str, str, str]
"""tabel, tempat ("00", "35", "35.78"), apa ("semua", group or kind), periode ("2026", "2026-T1", "2026-03")."""


@dataclass(frozen=True)
class Layout:
    """Where the nodes of each family begin, and the codes behind their positions."""

    kabkota: tuple[str, ...]
    provinces: tuple[str, ...]
    kinds: tuple[str, ...]
    groups: tuple[str, ...]
    province_of: np.ndarray = field(repr=False)
    group_of: np.ndarray = field(repr=False)

    @property
    def parts(self) -> int:
        """The groups and, after them, all of them together."""
        return len(self.groups) + 1

    @property
    def rows(self) -> int:
        """What the nation is told apart by: kinds, groups, all."""
        return len(self.kinds) + self.parts

    @property
    def what(self) -> tuple[str, ...]:
        return (*self.kinds, *self.groups, ALL)

    @property
    def starts(self) -> dict[str, int]:
        sizes = {
            "K": len(self.kabkota) * self.parts,
            "PQ": len(self.provinces) * self.parts * (NO_QUARTER + 1),
            "PY": len(self.provinces) * self.parts,
            "PK": len(self.provinces) * len(self.kinds),
            "NM": self.rows * (NO_MONTH + 1),
            "NQ": self.rows * (NO_QUARTER + 1),
            "NY": self.rows,
        }
        ends = np.cumsum([0, *sizes.values()]).tolist()
        return dict(zip((*sizes, "end"), ends, strict=True))


@cache
def layout() -> Layout:
    """The layout of the reference tables."""
    kabkota, provinces = tuple(positions("kabkota")), tuple(positions("provinsi"))
    kinds, groups = tuple(positions("jenis_masalah")), tuple(positions("klaster"))
    table = reference.table("jenis_masalah").set_index("kode_jenis")["kode_klaster"]
    return Layout(
        kabkota=kabkota,
        provinces=provinces,
        kinds=kinds,
        groups=groups,
        province_of=np.array([provinces.index(kode[:2]) for kode in kabkota]),
        group_of=np.array([groups.index(table[kode]) for kode in kinds]),
    )


STARTS = layout().starts
FAMILIES = 16
OF_PLACES = 7
"""The first families a case counts in are those of places; the others are the nation's."""


def nodes_of(family: int, kab, kind, month, quarter) -> np.ndarray:
    """The node a case counts in, of one of the sixteen families."""
    places, starts = layout(), STARTS
    parts, every, quarters = places.parts, places.parts - 1, NO_QUARTER + 1
    if family >= OF_PLACES:
        row_of = (
            lambda: kind,
            lambda: len(places.kinds) + places.group_of[kind],
            lambda: np.full_like(kind, places.rows - 1),
        )
        which, span = divmod(family - OF_PLACES, 3)
        row = row_of[which]()
        if span == 0:
            return starts["NM"] + row * (NO_MONTH + 1) + month
        return starts["NQ"] + row * quarters + quarter if span == 1 else starts["NY"] + row
    if family == 0:
        return starts["K"] + kab * parts + places.group_of[kind]
    if family == 1:
        return starts["K"] + kab * parts + every
    province = places.province_of[kab]
    if family == 6:
        return starts["PK"] + province * len(places.kinds) + kind
    part = every if family in (3, 5) else places.group_of[kind]
    if family in (2, 3):
        return starts["PQ"] + (province * parts + part) * quarters + quarter
    return starts["PY"] + province * parts + part


@dataclass
class Nodes:
    """The state of a block: `value` is true, `low` and `high` what a reader knows, `asked` what must stay unknown,
    `spared` what is not hidden for the sake of others but at the very last."""

    block: Block
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    listed: np.ndarray
    asked: np.ndarray
    withheld: np.ndarray
    spared: np.ndarray
    told: tuple[int, ...]
    """The families with listed or asked cells: the others bind nothing."""


def nodes(block: Block) -> Nodes:
    """The cells of a block as they are shown before anything further is hidden."""
    places = layout()
    size = places.starts["end"]
    value = np.zeros(size, dtype="int64")
    k, listed, left_out = _shape(block)
    for family in range(FAMILIES):
        found = nodes_of(family, block.kab, block.kind, block.month, block.quarter)
        value += np.bincount(found, minlength=size)
    low, high = bounds(value, k)
    hidden = listed & (value > 0) & (value < k)
    low, high = np.where(listed, low, 0), np.where(listed, high, NO_LIMIT)
    return Nodes(
        block=block,
        value=value,
        low=low,
        high=high,
        listed=listed,
        asked=hidden | (left_out & (value > 0)),
        withheld=np.zeros(size, dtype=bool),
        spared=np.zeros(size, dtype=bool),
        told=_told(listed | left_out),
    )


def _told(listed: np.ndarray) -> tuple[int, ...]:
    """The families of which any cell is listed, one that holds no case too: its zero binds."""
    names = (*("K",) * 2, *("PQ",) * 2, *("PY",) * 2, "PK", *("NM", "NQ", "NY") * 3)
    begins = list(STARTS)
    return tuple(
        family
        for family, name in enumerate(names)
        if listed[STARTS[name] : STARTS[begins[begins.index(name) + 1]]].any()
    )


def withhold(state: Nodes, node: int) -> None:
    """Show nothing of a cell but that it is not zero."""
    state.withheld[node] = state.asked[node] = True
    state.low[node], state.high[node] = 1, NO_LIMIT


def close(state: Nodes, listed: np.ndarray) -> None:
    """Show nothing of cells, not even that they are zero."""
    listed = listed[state.listed[listed]]
    state.withheld[listed] = True
    state.low[listed], state.high[listed] = 0, NO_LIMIT
    state.asked[listed] |= state.value[listed] > 0


def siblings(node: int) -> np.ndarray:
    """The list a node stands in: the parts of a kab/kota or of a province's period, the kinds of a province, the rows
    of the nation in a period."""
    places, (family, where) = layout(), place_of(node)
    quarters = NO_QUARTER + 1
    if family == "K":
        return STARTS["K"] + where[0] * places.parts + np.arange(places.parts)
    if family == "PQ":
        return STARTS["PQ"] + (where[0] * places.parts + np.arange(places.parts)) * quarters + where[2]
    if family == "PY":
        return STARTS["PY"] + where[0] * places.parts + np.arange(places.parts)
    if family == "PK":
        return STARTS["PK"] + where[0] * len(places.kinds) + np.arange(len(places.kinds))
    step = {"NM": NO_MONTH + 1, "NQ": quarters, "NY": 1}[family]
    return STARTS[family] + np.arange(places.rows) * step + (where[1] if step > 1 else 0)


@cache
def finest() -> np.ndarray:
    """Which nodes are of the finest lists: kab/kota by group, provinces by group and quarter, the nation by kind and
    month."""
    places, number = layout(), np.arange(STARTS["end"])
    kab = (number < STARTS["PQ"]) & ~_of_all("K", 1)
    quarter = (number >= STARTS["PQ"]) & (number < STARTS["PY"]) & ~_of_all("PQ", NO_QUARTER + 1)
    month = (number >= STARTS["NM"]) & (number < STARTS["NM"] + len(places.kinds) * (NO_MONTH + 1))
    return kab | quarter | month


@cache
def totals() -> tuple[np.ndarray, np.ndarray]:
    """Which nodes count all kinds of the nation in some period, and all kinds of a province in the year."""
    last, number = layout().rows - 1, np.arange(STARTS["end"])
    whole = np.zeros(len(number), dtype=bool)
    for family, after, span in (("NM", "NQ", NO_MONTH + 1), ("NQ", "NY", NO_QUARTER + 1), ("NY", "end", 1)):
        inside = (number >= STARTS[family]) & (number < STARTS[after])
        whole |= inside & ((number - STARTS[family]) // span == last)
    provinces = (number >= STARTS["PY"]) & (number < STARTS["PK"]) & _of_all("PY", 1)
    return whole, provinces


def _of_all(family: str, span: int) -> np.ndarray:
    """Whether a node's place within a family of places is that of all groups together."""
    places = layout()
    return (np.arange(STARTS["end"]) - STARTS[family]) // span % places.parts == places.parts - 1


def _shape(block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per node its threshold, whether it is listed, and whether it is left out of a listed view."""
    places = layout()
    groups = np.array([threshold(kode) for kode in (*places.groups, ALL)])
    closed = np.array([kode in sensitive() for kode in (*places.groups, ALL)])
    kinds = np.array([threshold(kode) for kode in places.kinds])
    rows = np.array([threshold(kode) for kode in places.what])
    quarters = np.array([name is not None for name in (*block.quarters, None)])
    months = np.array([name is not None for name in (*block.months, None)])
    year = block.year is not None
    kabs, provinces = len(places.kabkota), len(places.provinces)
    k = np.concatenate(
        [
            np.tile(groups, kabs),
            np.tile(np.repeat(groups, NO_QUARTER + 1), provinces),
            np.tile(groups, provinces),
            np.tile(kinds, provinces),
            np.repeat(rows, NO_MONTH + 1),
            np.repeat(rows, NO_QUARTER + 1),
            rows,
        ]
    )
    listed = np.concatenate(
        [
            np.tile(~closed & year & block.fine, kabs),
            np.tile(quarters, provinces * places.parts),
            np.full(provinces * places.parts, year),
            np.full(provinces * len(places.kinds), year & block.fine),
            np.tile(months, places.rows),
            np.tile(quarters, places.rows),
            np.full(places.rows, year),
        ]
    )
    left_out = np.zeros(len(k), dtype=bool)
    left_out[: kabs * places.parts] = np.tile(closed & year & block.fine, kabs)
    return k, listed, left_out


def place_of(node: int) -> tuple[str, tuple[int, ...]]:
    """The family of a node and its positions, e.g. (kab, part), (province, part, quarter), (row, month)."""
    places, starts = layout(), STARTS
    family = [name for name in starts if name != "end" and starts[name] <= node][-1]
    rest = node - starts[family]
    shape = {
        "K": (places.parts,),
        "PQ": (places.parts, NO_QUARTER + 1),
        "PY": (places.parts,),
        "PK": (len(places.kinds),),
        "NM": (NO_MONTH + 1,),
        "NQ": (NO_QUARTER + 1,),
        "NY": (),
    }[family]
    found: tuple[int, ...] = ()
    for size in reversed(shape):
        rest, place = divmod(rest, size)
        found = (place, *found)
    return family, (rest, *found)


def names_of(state: Nodes, node: int) -> list[Cell]:
    """The published cells a node stands for."""
    places, block = layout(), state.block
    family, where = place_of(node)
    part = lambda number: (*places.groups, ALL)[number]  # noqa: E731
    if family == "K":
        found = (places.kabkota[where[0]], part(where[1]), block.year)
    elif family == "PQ":
        found = (places.provinces[where[0]], part(where[1]), (*block.quarters, None)[where[2]])
    elif family == "PY":
        found = (places.provinces[where[0]], part(where[1]), block.year)
    elif family == "PK":
        found = (places.provinces[where[0]], places.kinds[where[1]], block.year)
    elif family == "NY":
        found = (NATION, places.what[where[0]], block.year)
    else:
        periods = (*block.months, None) if family == "NM" else (*block.quarters, None)
        found = (NATION, places.what[where[0]], periods[where[1]])
    return [] if found[2] is None else [(block.tabel, *found)]


def linked(node: int) -> tuple[list[int], list[int]]:
    """The nodes a node is part of, and the nodes it is made of: what may be hidden to protect it."""
    family, where = place_of(node)
    return _of_place(family, where) if node < STARTS["NM"] else _of_nation(family, where)


def _of_place(family: str, where: tuple[int, ...]) -> tuple[list[int], list[int]]:
    places, starts = layout(), STARTS
    parts, every, kinds, quarters = places.parts, places.parts - 1, len(places.kinds), NO_QUARTER + 1
    k, pq, py, pk = starts["K"], starts["PQ"], starts["PY"], starts["PK"]
    nq, ny = starts["NQ"], starts["NY"]
    if family == "K":
        kab, part = where
        up = [py + int(places.province_of[kab]) * parts + part]
        if part == every:
            return up, [k + kab * parts + each for each in range(every)]
        return [*up, k + kab * parts + every], []
    if family == "PQ":
        province, part, quarter = where
        up = [py + province * parts + part, nq + (kinds + part) * quarters + quarter]
        if part == every:
            return up, [pq + (province * parts + each) * quarters + quarter for each in range(every)]
        return [*up, pq + (province * parts + every) * quarters + quarter], []
    if family == "PK":
        province, kind = where
        return [py + province * parts + int(places.group_of[kind]), ny + kind], []
    province, part = where
    down = [pq + (province * parts + part) * quarters + quarter for quarter in range(NO_QUARTER)]
    down += [k + kab * parts + part for kab in np.flatnonzero(places.province_of == province).tolist()]
    if part == every:
        return [ny + kinds + part], down + [py + province * parts + each for each in range(every)]
    down += [pk + province * kinds + kind for kind in np.flatnonzero(places.group_of == part).tolist()]
    return [ny + kinds + part, py + province * parts + every], down


def _of_nation(family: str, where: tuple[int, ...]) -> tuple[list[int], list[int]]:
    starts = STARTS
    quarters, row = NO_QUARTER + 1, where[0]
    nm, nq, ny = starts["NM"], starts["NQ"], starts["NY"]
    wider, narrower = _rows_beside(row)
    if family == "NM":
        month = where[1]
        up = [nq + row * quarters + month // 3] + [nm + each * (NO_MONTH + 1) + month for each in wider]
        return up, [nm + each * (NO_MONTH + 1) + month for each in narrower]
    if family == "NQ":
        quarter = where[1]
        up = [ny + row] + [nq + each * quarters + quarter for each in wider]
        down = [nm + row * (NO_MONTH + 1) + 3 * quarter + each for each in range(3)]
        return up, down + [nq + each * quarters + quarter for each in narrower]
    down = [nq + row * quarters + quarter for quarter in range(NO_QUARTER)]
    return [ny + each for each in wider], down + [ny + each for each in narrower]


def _rows_beside(row: int) -> tuple[list[int], list[int]]:
    """The row of the nation that holds a row (the group of a kind, all of a group), and those it holds."""
    places = layout()
    kinds, whole = len(places.kinds), places.rows - 1
    if row == whole:
        return [], list(range(kinds, whole))
    if row >= kinds:
        return [whole], np.flatnonzero(places.group_of == row - kinds).tolist()
    return [kinds + int(places.group_of[row])], []
