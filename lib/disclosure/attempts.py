"""What the audit tries: a few cases that change places, kinds or months, drawn at random near a cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from lib.disclosure.cells import STARTS, layout, place_of
from lib.disclosure.tables import NO_MONTH, NO_QUARTER


@dataclass
class Cases:
    """The cases of a block with their places and properties, and indexes to draw from by property."""

    kab: np.ndarray
    prov: np.ndarray
    kind: np.ndarray
    group: np.ndarray
    month: np.ndarray
    quarter: np.ndarray
    sorted_by: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    def draw(self, by: tuple[str, ...], values: tuple[np.ndarray, ...], rng) -> np.ndarray:
        """One case with the given properties for each row of values, -1 where there is none."""
        if by not in self.sorted_by:
            keys = self._keys(by, tuple(getattr(self, name) for name in by))
            order = np.argsort(keys, kind="stable")
            self.sorted_by[by] = order, keys[order]
        order, keys = self.sorted_by[by]
        asked = self._keys(by, values)
        first, end = np.searchsorted(keys, asked, "left"), np.searchsorted(keys, asked, "right")
        place = first + (rng.random(len(asked)) * (end - first)).astype("int64")
        return np.where(end > first, order[np.minimum(place, len(order) - 1)], -1)

    @staticmethod
    def _keys(by: tuple[str, ...], values: tuple[np.ndarray, ...]) -> np.ndarray:
        keys = np.zeros(len(values[0]), dtype="int64") if values else np.zeros(0, dtype="int64")
        for each in values:
            keys = keys * 1024 + each
        return keys


@dataclass
class Moves:
    """For each attempt some cases before and after: positions of cases and their new kab, kind, month, quarter.

    Arrays are attempts x cases; a case of -1 does not take part. `leaves`: it no longer counts where it was (else it
    was only the pattern of a new one); `arrives`: it counts where it is put (else it is gone).
    """

    case: np.ndarray
    leaves: np.ndarray
    arrives: np.ndarray
    kab: np.ndarray
    kind: np.ndarray
    month: np.ndarray
    quarter: np.ndarray

    def pick(self, rows: np.ndarray) -> Moves:
        return Moves(**{name: values[rows] for name, values in vars(self).items()})

    def beside(self, other: Moves) -> Moves:
        """Both at once."""
        return Moves(**{n: np.hstack([values, getattr(other, n)]) for n, values in vars(self).items()})


def exchanged(cases: Cases, targets: np.ndarray, direction: int, rng) -> Moves:
    """Cases that come into the place of a target (or leave it), mostly in exchange for another case."""
    first, second = _chosen(cases, targets, direction, rng)
    x, y = np.maximum(first, 0), np.maximum(second, 0)
    alone = rng.random(len(targets)) < 0.25
    both = np.ones((len(targets), 2), dtype=bool)
    return Moves(
        case=np.column_stack([np.where(second >= 0, first, -1), np.where(alone, -1, second)]),
        leaves=both,
        arrives=both,
        kab=np.column_stack([cases.kab[y], cases.kab[x]]),
        kind=np.column_stack([cases.kind[x], cases.kind[y]]),
        month=np.column_stack([cases.month[x], cases.month[y]]),
        quarter=np.column_stack([cases.quarter[x], cases.quarter[y]]),
    )


def changed(cases: Cases, targets: np.ndarray, direction: int, rng) -> Moves:
    """Cases that take another's kind where they are, cases of the target more, or fewer."""
    first, second = _chosen(cases, targets, direction, rng)
    first = np.where(second >= 0, first, -1)
    # The case inside the place of the target, and the one whose kind it takes.
    inside, pattern = (second, first) if direction > 0 else (first, second)
    inside = np.where(first >= 0, inside, -1)
    x, y = np.maximum(inside, 0), np.maximum(pattern, 0)
    alters = rng.random(len(targets)) < 0.5
    same_time = rng.random(len(targets)) < 0.5
    column = lambda values: values[:, None]  # noqa: E731
    return Moves(
        case=column(inside),
        leaves=column(alters | (direction < 0)),
        arrives=column(alters | (direction > 0)),
        kab=column(cases.kab[x]),
        kind=column(cases.kind[y]),
        month=column(np.where(same_time, cases.month[x], cases.month[y])),
        quarter=column(np.where(same_time, cases.quarter[x], cases.quarter[y])),
    )


def _chosen(cases: Cases, targets: np.ndarray, direction: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """A case with the property of each target (outside it for a step up, inside for a step down) and a counterpart
    from the other side; -1 where there is none."""
    places, starts = layout(), STARTS
    parts, quarters = places.parts, NO_QUARTER + 1
    chosen = np.full((len(targets), 2), -1)
    for family, after in (("K", "PQ"), ("PQ", "PY"), ("PY", "PK"), ("PK", "NM")):
        of_family = np.flatnonzero((targets >= starts[family]) & (targets < starts[after]))
        number = targets[of_family] - starts[family]
        area, named = ("kab" if family == "K" else "prov"), ("kind" if family == "PK" else "group")
        time, when = (), np.zeros(len(number), dtype="int64")
        if family == "PQ":
            number, when = np.divmod(number, quarters)
            time = ("quarter",)
        place, part = np.divmod(number, len(places.kinds) if family == "PK" else parts)
        whole = (part == parts - 1) & (family != "PK")
        for all_kinds in (False, True):
            rows = np.flatnonzero(whole == all_kinds)
            if not len(rows):
                continue
            by = time if all_kinds else (named, *time)
            values = (() if all_kinds else (part[rows],)) + ((when[rows],) if time else ())
            chosen[of_family[rows]] = _exchange(cases, area, place[rows], by, values, direction, rng)
    return chosen[:, 0], chosen[:, 1]


def _exchange(
    cases: Cases,
    area: str,
    place: np.ndarray,
    by: tuple[str, ...],
    values: tuple[np.ndarray, ...],
    direction: int,
    rng,
) -> np.ndarray:
    """A case with a property and one to take its place: from outside for a step up, from inside for a step down."""
    province = layout().province_of[place] if area == "kab" else place
    around, where = (("prov",), (province,)) if area == "kab" else ((), ())
    inside = ((area,), (place,))
    nothing = np.zeros(len(place), dtype="int64")
    if direction > 0:
        x = cases.draw(by, values, rng) if by else _any(cases, nothing, rng)
        if around:
            own = cases.draw((*around, *by), (*where, *values), rng)
            x = np.where(rng.random(len(place)) < 0.7, own, x)
        here, values_here = inside
    else:
        x = cases.draw((area, *by), (place, *values), rng)
        here, values_here = around, where
    near = np.flatnonzero(rng.random(len(place)) < 0.5)
    y = cases.draw(here, values_here, rng) if here else _any(cases, nothing, rng)
    # Of the same kind or group as the case it stands in for: then little else changes.
    alike = ("kind",) if "quarter" in by else ("group",)
    like = tuple(getattr(cases, name)[np.maximum(x[near], 0)] for name in alike)
    if area == "prov":
        y[near] = cases.draw((*here, *alike), (*(each[near] for each in values_here), *like), rng)
    outside, within = (x, y) if direction > 0 else (y, x)
    wrong = getattr(cases, area)[np.maximum(outside, 0)] == place
    wrong |= getattr(cases, area)[np.maximum(within, 0)] != place
    x = np.where(wrong | (y < 0), -1, x)
    return np.column_stack([x, y])


def _any(cases: Cases, rows: np.ndarray, rng) -> np.ndarray:
    return rng.integers(0, len(cases.kab), len(rows))


@dataclass(frozen=True)
class Aims:
    """Of every node its kab/kota, province, row (kind, then group, then all), month and quarter; -1 for every one."""

    kab: np.ndarray
    prov: np.ndarray
    row: np.ndarray
    month: np.ndarray
    quarter: np.ndarray


@cache
def aims() -> Aims:
    """Of every node of the layout."""
    places, kinds = layout(), len(layout().kinds)
    found = np.full((STARTS["end"], 5), -1)
    for node in range(STARTS["end"]):
        family, where = place_of(node)
        if family == "K":
            found[node, :3] = where[0], places.province_of[where[0]], kinds + where[1]
        elif family in ("PQ", "PY", "PK"):
            found[node, 1:3] = where[0], where[1] + (0 if family == "PK" else kinds)
        else:
            found[node, 2] = where[0]
        if family in ("NM", "PQ", "NQ"):
            found[node, 3 if family == "NM" else 4] = where[-1]
    return Aims(*found.T)


def turned(cases: Cases, targets: np.ndarray, direction: int, rng) -> Moves:
    """Cases that take any kind of the target and its time, alike or not; or leave it for any kind."""
    places, wanted, size = layout(), aims(), len(targets)
    kab, prov, row = wanted.kab[targets], wanted.prov[targets], wanted.row[targets]
    month, quarter = wanted.month[targets], wanted.quarter[targets]
    inside = direction < 0
    x = np.full(size, -1)
    # A step down needs a case of the target; a step up any case of its place, half of the time of its time too.
    timed = inside | (rng.random(size) < 0.5)
    group, kinds = row - len(places.kinds), len(places.kinds)
    named = np.where(row < kinds, 0, np.where(row < places.rows - 1, 1, 2)) if inside else np.full(size, 2)
    area = np.where(kab >= 0, 0, np.where(prov >= 0, 1, 2))
    when = np.where(timed & (month >= 0), 0, np.where(timed & (quarter >= 0), 1, 2))
    choices = (
        (("kab", kab), ("prov", prov), None),
        (("kind", row), ("group", group), None),
        (("month", month), ("quarter", quarter), None),
    )
    for code in np.unique(area * 9 + named * 3 + when).tolist():
        rows = np.flatnonzero(area * 9 + named * 3 + when == code)
        used = [
            each[number] for each, number in zip(choices, (code // 9, code // 3 % 3, code % 3), strict=True)
        ]
        used = [each for each in used if each is not None]
        by, values = tuple(name for name, _ in used), tuple(each[rows] for _, each in used)
        x[rows] = cases.draw(by, values, rng) if by else _any(cases, rows, rng)
    old = np.maximum(x, 0)
    of_group = places.group_of[cases.kind[old]] if inside else np.where(row < places.rows - 1, group, -1)
    if inside:
        of_group = np.where(rng.random(size) < 0.5, of_group, -1)
    kind = _any_kind(of_group, rng)
    kind = kind if inside else np.where(row < kinds, row, kind)
    to_month, to_quarter = cases.month[old], cases.quarter[old]
    if not inside:
        anew = (quarter >= 0) & (to_quarter != quarter)
        drawn = np.where(rng.random(size) < 0.5, 3 * quarter + rng.integers(0, 3, size), NO_MONTH)
        drawn = np.where(quarter == NO_QUARTER, NO_MONTH, drawn)
        to_month, to_quarter = np.where(anew, drawn, to_month), np.where(anew, quarter, to_quarter)
        moved = (month >= 0) & (to_month != month)
        to_quarter = np.where(moved & (month < NO_MONTH), month // 3, to_quarter)
        to_month = np.where(moved, month, to_month)
    only = rng.random(size) < 0.25
    column = lambda values: values[:, None]  # noqa: E731
    return Moves(
        case=column(x),
        leaves=column(~only | inside),
        arrives=column(~only | (not inside)),
        kab=column(cases.kab[old]),
        kind=column(kind),
        month=column(to_month),
        quarter=column(to_quarter),
    )


def _any_kind(group: np.ndarray, rng) -> np.ndarray:
    """Any kind of each group, of all where it is -1."""
    of = layout().group_of
    order = np.argsort(of, kind="stable")
    first, end = np.searchsorted(of[order], group, "left"), np.searchsorted(of[order], group, "right")
    first, end = np.where(group < 0, 0, first), np.where(group < 0, len(of), end)
    return order[first + (rng.random(len(group)) * (end - first)).astype("int64")]


def of_nation(cases: Cases, targets: np.ndarray, direction: int, rng) -> Moves:
    """Cases of a row and period of the nation that change their kind or month, or exchange their kinds."""
    places, starts = layout(), STARTS
    month = np.full(len(targets), -1)
    quarter, row = month.copy(), month.copy()
    monthly, quarterly = targets < starts["NQ"], (targets >= starts["NQ"]) & (targets < starts["NY"])
    yearly = targets >= starts["NY"]
    row[monthly], month[monthly] = np.divmod(targets[monthly] - starts["NM"], NO_MONTH + 1)
    row[quarterly], quarter[quarterly] = np.divmod(targets[quarterly] - starts["NQ"], NO_QUARTER + 1)
    row[yearly] = targets[yearly] - starts["NY"]
    x, y = np.full(len(targets), -1), np.full(len(targets), -1)
    kinds, whole = len(places.kinds), places.rows - 1
    for timed, by_time, when in (
        (monthly, ("month",), month),
        (quarterly, ("quarter",), quarter),
        (yearly, (), quarter),
    ):
        for mask, by_row, which in (
            (row < kinds, ("kind",), row),
            ((row >= kinds) & (row < whole), ("group",), row - kinds),
            (row == whole, (), row),
        ):
            rows = np.flatnonzero(timed & mask)
            if len(rows):
                own = tuple(each[rows] for each, used in ((when, by_time), (which, by_row)) if used)
                x[rows], y[rows] = _kind_exchange(cases, by_time, by_row, own, len(rows), direction, rng)
    how = rng.integers(0, 4, len(targets))
    a, b = np.maximum(x, 0), np.maximum(y, 0)
    # Exchange of kinds; another kind; another month; one case more, with the time of x and the kind of y, or fewer.
    swap, kind_only, only = how == 0, how != 2, how == 3
    both = np.ones(len(targets), dtype=bool)
    return Moves(
        case=np.column_stack([np.where(y >= 0, x, -1), np.where(swap, y, -1)]),
        leaves=np.column_stack([~only | (direction < 0), both]),
        arrives=np.column_stack([~only | (direction > 0), both]),
        kab=np.column_stack([np.where(only, cases.kab[b], cases.kab[a]), cases.kab[b]]),
        kind=np.column_stack([np.where(kind_only, cases.kind[b], cases.kind[a]), cases.kind[a]]),
        month=np.column_stack([np.where(kind_only, cases.month[a], cases.month[b]), cases.month[b]]),
        quarter=np.column_stack([np.where(kind_only, cases.quarter[a], cases.quarter[b]), cases.quarter[b]]),
    )


def _kind_exchange(
    cases: Cases,
    by_time: tuple[str, ...],
    by_row: tuple[str, ...],
    own: tuple[np.ndarray, ...],
    size: int,
    direction: int,
    rng,
) -> tuple[np.ndarray, np.ndarray]:
    """For a step down a case of the cell and any of its province; for a step up any case and one of the cell's row."""
    nothing = np.zeros(size, dtype="int64")
    if direction < 0:
        by = (*by_time, *by_row)
        x = cases.draw(by, own, rng) if by else _any(cases, nothing, rng)
        return x, cases.draw(("prov",), (cases.prov[np.maximum(x, 0)],), rng)
    rowed = own[len(by_time) :]
    y = cases.draw(by_row, rowed, rng) if by_row else _any(cases, nothing, rng)
    near = cases.prov[np.maximum(y, 0)]
    timed = cases.draw(("prov", *by_time), (near, *own[: len(by_time)]), rng)
    free = cases.draw(("prov",), (near,), rng)
    return np.where(rng.random(size) < 0.7, timed, free), y
