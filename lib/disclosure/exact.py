"""The few cells for which exchanging cases finds no witness: a small whole-number program over many cases at once."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from lib.disclosure.cells import FAMILIES, STARTS, Nodes, layout, nodes_of, place_of

OWN, OTHERS, MORE = 120, 200, 3
NODES = 30
"""Branches the solver may look at: a number, not a time, so that an audit never depends on the machine."""


def steps(state: Nodes, node: int, rng) -> list[int]:
    """Which of the values two below to two above the true one of a node a whole register exists for.

    Cases of some kab/kota, kind and month may become fewer or up to three more; all that is shown stays. A value that
    is not found may still be possible: only some hundred kinds of cases are looked at.
    """
    patterns, counts = _patterns(state, node, rng)
    rows = np.concatenate([nodes_of(family, *patterns.T) for family in range(FAMILIES)])
    columns = np.tile(np.arange(len(patterns)), FAMILIES)
    touched, places = np.unique(rows, return_inverse=True)
    matrix = csr_array((np.ones(len(rows)), (places, columns)), shape=(len(touched), len(patterns)))
    low = (state.low - state.value)[touched].astype("float64")
    high = (state.high - state.value)[touched].astype("float64")
    target = int(np.searchsorted(touched, node))
    if target == len(touched) or touched[target] != node:
        return []
    found = []
    for step in (1, -1, 2, -2):
        if not low[target] <= step <= high[target] or len(found) == 2:
            continue
        below, above = low.copy(), high.copy()
        below[target] = above[target] = step
        solved = milp(
            np.zeros(len(patterns)),
            constraints=LinearConstraint(matrix, below, above),
            bounds=Bounds(-counts, np.full(len(patterns), MORE)),
            integrality=np.ones(len(patterns)),
            options={"node_limit": NODES},
        )
        if solved.x is not None and solved.status == 0:
            found.append(step)
    return found


def _patterns(state: Nodes, node: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """Kinds of cases (kab, kind, month, quarter) to change, and how many there are of each: of the node's place, of
    others, and those of others moved into its place."""
    block, places = state.block, layout()
    cases = np.column_stack([block.kab, block.kind, block.month, block.quarter])
    family, where = place_of(node)
    if family == "K":
        own, kabs = block.kab == where[0], np.array([where[0]])
        near = places.province_of[block.kab] == places.province_of[where[0]]
    elif family in ("PQ", "PY", "PK"):
        own = near = places.province_of[block.kab] == where[0]
        kabs = np.flatnonzero(places.province_of == where[0])
    else:
        own = near = np.ones(len(cases), dtype=bool)
        kabs = np.unique(block.kab)
    size = STARTS["end"]
    inside = np.zeros(len(cases), dtype=bool)
    for each in range(FAMILIES):
        inside |= nodes_of(each, block.kab, block.kind, block.month, block.quarter) == node
    drawn = [_some(cases[part], number, rng) for part, number in ((own, OWN), (near, OWN), (inside, OWN))]
    drawn.append(_some(cases, OTHERS, rng))
    moved = _some(cases, OWN, rng)
    drawn.append(np.column_stack([rng.choice(kabs, len(moved)), moved[:, 1:]]))
    patterns = np.unique(np.vstack(drawn), axis=0)
    codes = np.ravel_multi_index(patterns.T, (size, 64, 16, 8))
    known, counts = np.unique(np.ravel_multi_index(cases.T, (size, 64, 16, 8)), return_counts=True)
    place = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return patterns, np.where(known[place] == codes, counts[place], 0)


def _some(cases: np.ndarray, number: int, rng) -> np.ndarray:
    return cases[rng.choice(len(cases), min(number, len(cases)), replace=False)] if len(cases) else cases
