"""The audit: proves that every hidden cell keeps several possible values, and hides further cells until all do.

A proof is a witness: another list of cases under which everything that is shown stays exactly as it is shown and the
hidden cell holds another number. Witnesses are found by exchanging the places or the kinds of a few cases, so each of
them is a whole, consistent register; a cell for which none is found counts as unprotected, which can only hide more.
What is hidden further only loosens what a reader knows, so that a proof once found holds.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lib.disclosure.attempts import Cases, Moves, changed, exchanged, of_nation, turned
from lib.disclosure.cells import (
    OF_PLACES,
    STARTS,
    Cell,
    Nodes,
    close,
    finest,
    layout,
    linked,
    names_of,
    nodes,
    nodes_of,
    place_of,
    siblings,
    totals,
    withhold,
)
from lib.disclosure.rules import MIN_VALUES
from lib.disclosure.tables import NO_QUARTER, Block
from lib.disclosure.transfers import by_transfer

SEED = 20261120
TRIES = ((12, 10**6), (60, 1_000), (300, 300), (2_000, 6))
"""Moves tried for each cell and direction, in turn, as long as no more cells than so many lack a proof: of more the
neighbours are hidden first."""
AT_ONCE = 100_000
PAIRS = 12
MOSTLY = 0.75
"""A list is not shown at all, zeros neither, where more than this share of its cells with cases is hidden anyway."""
MOST_PROVINCES = 0.25
"""A larger share of the provinces without their total of the year is too large for a meeting."""
ROUNDS = 6
"""So often single cells are hidden; then so often the lists they stand in, zeros too; then whole kinds of lists."""


def audit(blocks: Iterable[Block]) -> tuple[list[Cell], int]:
    """The cells that are hidden besides the small ones, and how many hidden cells there are."""
    further: list[Cell] = []
    proven = 0
    for block in blocks:
        if not len(block.kab):
            continue
        state = protect(block)
        proven += int(state.asked.sum())
        for node in np.flatnonzero(state.withheld).tolist():
            further += names_of(state, node)
    return sorted(further), proven


def protect(block: Block) -> Nodes:
    """The cells of a block, with further ones hidden until every hidden cell keeps at least 3 possible values.

    Where that costs totals that everybody asks for, the finest lists are not shown at all instead, if fewer are lost
    then.
    """
    state = _protected(nodes(block))
    if state.withheld[totals()[1]].mean() <= MOST_PROVINCES:
        return state
    coarse = nodes(block)
    coarse.spared = totals()[0]
    close(coarse, np.flatnonzero(finest()))
    return min(state, _protected(coarse), key=_lost)


def _lost(state: Nodes) -> int:
    """How many totals are hidden, and how many cells of the nation's year."""
    whole, provinces = totals()
    return int(state.withheld[whole | provinces].sum() + state.withheld[STARTS["NY"] :].sum())


def _protected(state: Nodes) -> Nodes:
    block, places = state.block, layout()
    rng = np.random.default_rng(SEED)
    cases = Cases(
        kab=block.kab,
        prov=places.province_of[block.kab],
        kind=block.kind,
        group=places.group_of[block.kind],
        month=block.month,
        quarter=block.quarter,
    )
    proven = np.zeros(len(state.value), dtype=bool)
    for number in range(2 * ROUNDS + 2):
        open_cells = np.flatnonzero(state.asked & ~proven)
        found = possible(state, cases, open_cells, rng)
        proven[open_cells[found >= MIN_VALUES]] = True
        failing = open_cells[found < MIN_VALUES]
        if not len(failing):
            return state
        if number == 0:
            _close_mostly_hidden(state, failing)
        if number < ROUNDS:
            _hide_more(state, failing)
        elif number < 2 * ROUNDS - 1:
            _close(state, failing)
        else:
            _close_families(state, failing, number - 2 * ROUNDS + 1)
    # Nothing of the block is shown any more.
    return state


def _close_mostly_hidden(state: Nodes, failing: np.ndarray) -> None:
    """Show nothing of the lists of places (groups and totals apart) that cannot stand as they are and of which nearly
    all is hidden already."""
    parts = layout().parts
    number = np.arange(STARTS["NM"])
    for family, after, span in (
        ("K", "PQ", 1),
        ("PQ", "PY", NO_QUARTER + 1),
        ("PY", "PK", 1),
        ("PK", "NM", 1),
    ):
        inside = (number >= STARTS[family]) & (number < STARTS[after])
        total = (number - STARTS[family]) // span % parts == parts - 1
        for part in (inside,) if family == "PK" else (inside & ~total, inside & total):
            cells = number[part & state.listed[number]]
            held = state.value[cells] > 0
            if np.isin(cells, failing).any() and state.asked[cells][held].mean() > MOSTLY:
                close(state, cells)


def _hide_more(state: Nodes, failing: np.ndarray) -> None:
    """For each failing cell hide one more: the cheapest of those it is part of, itself if it is a sum, those it is made
    of, those beside it. A place is not protected at the nation's cost while anything else can be hidden."""
    for node in failing.tolist():
        up, down = linked(node)
        beside = [each for wider in up for each in linked(wider)[1]]
        choices = (
            [each for each in up if (each < STARTS["NM"]) == (node < STARTS["NM"])],
            [node] if down else [],
            down,
            [node, *(each for wider in up if wider < STARTS["NM"] for each in linked(wider)[1])],
            [each for wider in up for each in linked(wider)[0]],
            up,
            beside,
            [each for part in beside for each in linked(part)[0]],
        )
        for candidates in choices:
            usable = _open(state, candidates)
            if usable:
                withhold(state, min(usable, key=lambda each: (_cost(state, each), each)))
                break


def _cost(state: Nodes, node: int) -> float:
    """A count, times how much a reader would miss it: a province's total more than its parts."""
    family, where = place_of(node)
    whole = family in ("K", "PQ", "PY") and where[1] == layout().parts - 1
    weight = {"K": 1, "PK": 2, "PQ": 2, "PY": 6, "NM": 20, "NQ": 40, "NY": 80}[family]
    return (state.value[node] + 5) * weight * (3 if whole else 1)


def _close(state: Nodes, failing: np.ndarray) -> None:
    """Show nothing at all of the list a failing cell stands in, nor of those it is part of: zeros neither."""
    for node in failing.tolist():
        same = [
            each for part in linked(node) for each in part if (each < STARTS["NM"]) == (node < STARTS["NM"])
        ]
        for each in (node, *same):
            beside = siblings(each)
            close(state, beside[~state.spared[beside]])


def _close_families(state: Nodes, failing: np.ndarray, number: int) -> None:
    """The last resort: nothing of the kinds of lists with failing cells, then of places and months, then nothing."""
    begins = np.array(list(STARTS.values()))
    if number == 0:
        for each in np.unique(np.searchsorted(begins, failing, "right") - 1).tolist():
            of_kind = np.arange(begins[each], begins[each + 1])
            close(state, of_kind[~state.spared[of_kind]])
        return
    close(state, np.arange(STARTS["NQ"] if number == 1 else STARTS["end"]))


def _open(state: Nodes, candidates: Iterable[int]) -> list[int]:
    return [
        node
        for node in candidates
        if state.listed[node]
        and not state.withheld[node]
        and state.value[node] > 0
        and not state.spared[node]
    ]


def possible(state: Nodes, cases: Cases, targets: np.ndarray, rng) -> np.ndarray:
    """How many possible values were found of each target, its true one included; at most 5."""
    seen = by_transfer(state, cases)[targets]
    start = STARTS["NM"]
    for tries, few in TRIES:
        if (seen.sum(axis=1) < MIN_VALUES).sum() > few:
            break
        for national_cells, search in (
            (False, exchanged),
            (False, changed),
            (True, of_nation),
            (None, turned),
        ):
            if search in (changed, turned) and tries == TRIES[0][0]:
                continue
            for direction in (1, -1):
                # A step that the cell's own display rules out is not tried.
                room = (state.high - state.value if direction > 0 else state.value - state.low)[targets]
                lacking = (seen.sum(axis=1) < MIN_VALUES) & (room > 0)
                left = np.flatnonzero(
                    lacking & (((targets >= start) == national_cells) | (national_cells is None))
                )
                for some in np.array_split(left, 1 + len(left) * tries // AT_ONCE):
                    if len(some):
                        rows = np.repeat(some, tries)
                        moves = search(cases, targets[rows], direction, rng)
                        national = search is not exchanged
                        _try(state, cases, targets, rows, moves, direction, seen, national=national)
    return seen.sum(axis=1)


def _try(
    state: Nodes,
    cases: Cases,
    targets: np.ndarray,
    rows: np.ndarray,
    moves: Moves,
    direction: int,
    seen: np.ndarray,
    *,
    national: bool,
) -> None:
    """Mark what the moves show to be possible: one step, then two successful ones together as two steps."""
    good = _allowed(state, cases, moves, targets[rows], direction, national=national)
    if not len(good):
        return
    seen[rows[good], 2 + direction] = True
    lacking = seen[rows].sum(axis=1) < MIN_VALUES
    good = good[lacking[good]]
    # Enough of each target: rows are sorted by target.
    rank = np.arange(len(good)) - np.searchsorted(rows[good], rows[good], "left")
    good = good[rank < PAIRS]
    rows, moves = rows[good], moves.pick(good)
    for apart in (1, 2, 3):
        together = np.flatnonzero(rows[apart:] == rows[:-apart])
        together = together[seen[rows[together]].sum(axis=1) < MIN_VALUES]
        if not len(together):
            return
        pair = moves.pick(together).beside(moves.pick(together + apart))
        own = rows[together]
        good = _allowed(state, cases, pair, targets[own], 2 * direction, national=national)
        seen[own[good], 2 + 2 * direction] = True


def _allowed(
    state: Nodes, cases: Cases, moves: Moves, targets: np.ndarray, step: int, *, national: bool
) -> np.ndarray:
    """The attempts that change their target by `step` and leave everything shown as it is shown."""
    case = moves.case
    # No case goes twice; as the pattern of new ones it may serve twice.
    taken = np.sort(np.where(moves.leaves, case, -1), axis=1)
    valid = (case[:, 0] >= 0) & ~((taken[:, 1:] == taken[:, :-1]) & (taken[:, 1:] >= 0)).any(axis=1)
    left = np.flatnonzero(valid)
    moves, aims = moves.pick(left), targets[left]
    columns = [each for number in range(case.shape[1]) for each in _entries(cases, moves, number)]
    # Small numbers: the tables of room stay near the processor, and no move needs more.
    up, down = (
        np.minimum(room, 99).astype("int8") for room in (state.high - state.value, state.value - state.low)
    )
    changed = np.zeros(len(left), dtype="int8")
    for family in state.told[: None if national else np.searchsorted(state.told, OF_PLACES)]:
        found = [nodes_of(family, *where) for _, where in columns]
        ok = np.ones(len(left), dtype=bool)
        for i, (sign, _) in enumerate(columns):
            net = sum(
                (other * (found[j] == found[i]) for j, (other, _) in enumerate(columns) if j != i), sign
            )
            ok &= (sign == 0) | ((net <= up[found[i]]) & (-net <= down[found[i]]))
            changed += sign * (found[i] == aims)
        if not ok.all():
            left, aims, changed = left[ok], aims[ok], changed[ok]
            columns = [(sign[ok], tuple(each[ok] for each in where)) for sign, where in columns]
        if not len(left):
            break
    return left[changed == step]


def _entries(cases: Cases, moves: Moves, number: int) -> Iterable[tuple[np.ndarray, tuple[np.ndarray, ...]]]:
    """Where one case of each attempt is taken away and where it is put, each with its sign."""
    case = moves.case[:, number]
    there, old = case >= 0, np.maximum(case, 0)
    names = ("kab", "kind", "month", "quarter")
    yield (
        -(there & moves.leaves[:, number]).astype("int8"),
        tuple(getattr(cases, name)[old] for name in names),
    )
    yield (
        (there & moves.arrives[:, number]).astype("int8"),
        tuple(np.ascontiguousarray(getattr(moves, name)[:, number]) for name in names),
    )
