"""The cheap witnesses, found for all cells of places at once: cases that only change places.

Cases that move to another kab/kota of their province change nothing but the cells of these two; cases that move to
another province with their kind and month change nothing of the nation. Which cells of a place have room for one or two
cases more or fewer is then arithmetic over whole tables; no case is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lib.disclosure.attempts import Cases
from lib.disclosure.cells import STARTS, Nodes, layout
from lib.disclosure.tables import NO_QUARTER

STEPS = 2
"""Room is counted up to so many cases: two other values are all that is asked of a cell."""
QUARTERS = NO_QUARTER + 1


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many cases the cells of places can take more (or give away) under what is shown, at most 2.

    `kab`: kab x group, in the cells of the kab/kota; `prov`: province x kind x quarter, in the cells of the province.
    """

    kab: np.ndarray
    prov: np.ndarray


def by_transfer(state: Nodes, cases: Cases) -> np.ndarray:
    """For every node which of the values two below to two above its true one have such a witness: nodes x 5.

    Example: kab/kota A shows "<5" and holds 2, B of the same province shows "<5" and holds 3, their sums have room: one
    case of B may be one of A, so that A may hold 3.
    """
    places = layout()
    more, fewer = _room(state.high - state.value), _room(state.value - state.low)
    held, leaf = _held(cases)
    # What each province can take and give away, all its kab/kota together, by kind and quarter.
    takes = np.minimum(more.prov, _of_provinces(more.kab)[:, places.group_of, None])
    leaving = np.minimum(held, fewer.kab[leaf[0], places.group_of[leaf[1]]])
    gives = np.zeros_like(takes)
    np.add.at(gives, (places.province_of[leaf[0]], leaf[1], leaf[2]), leaving)
    gives = np.minimum(gives, fewer.prov)
    taken_elsewhere, given_elsewhere = _others(takes), _others(gives)
    seen = np.zeros((len(state.value), 2 * STEPS + 1), dtype=bool)
    seen[:, STEPS] = True

    arriving = np.minimum(more.prov, given_elsewhere)
    to_kab = _max_by_group(arriving.max(axis=2))[places.province_of]
    to_kab = np.maximum(np.minimum(more.kab, to_kab), np.minimum(more.kab, _others_of_province(fewer.kab)))
    departing = np.minimum(fewer.prov, taken_elsewhere)[places.province_of[leaf[0]], leaf[1], leaf[2]]
    from_kab = np.minimum(fewer.kab, _others_of_province(more.kab))
    np.maximum.at(from_kab, (leaf[0], places.group_of[leaf[1]]), np.minimum(leaving, departing))
    for sign, kab, prov in (
        (1, to_kab, np.minimum(takes, given_elsewhere)),
        (-1, from_kab, np.minimum(gives, taken_elsewhere)),
    ):
        found = _by_node(kab, prov)
        for step in range(1, STEPS + 1):
            seen[: STARTS["NM"], STEPS + sign * step] = found >= step
    return seen


def _room(slack: np.ndarray) -> Room:
    places = layout()
    slack = np.minimum(slack, STEPS)
    kabs, provinces, parts = len(places.kabkota), len(places.provinces), places.parts
    kab = slack[STARTS["K"] : STARTS["PQ"]].reshape(kabs, parts)
    quarter = slack[STARTS["PQ"] : STARTS["PY"]].reshape(provinces, parts, QUARTERS)
    year = slack[STARTS["PY"] : STARTS["PK"]].reshape(provinces, parts)
    kind = slack[STARTS["PK"] : STARTS["NM"]].reshape(provinces, len(places.kinds))
    group = np.minimum(np.minimum(quarter, year[:, :, None]), quarter[:, -1:, :])
    group = np.minimum(group, year[:, -1, None, None])
    return Room(
        kab=np.minimum(kab[:, :-1], kab[:, -1:]),
        prov=np.minimum(group[:, places.group_of, :], kind[:, :, None]),
    )


def _held(cases: Cases) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """How many cases there are of each kab/kota, kind and quarter that holds any, and these."""
    shape = (len(layout().kabkota), len(layout().kinds), QUARTERS)
    counted = np.bincount(
        np.ravel_multi_index((cases.kab, cases.kind, cases.quarter), shape), minlength=int(np.prod(shape))
    )
    some = np.flatnonzero(counted)
    return np.minimum(counted[some], STEPS), np.unravel_index(some, shape)


def _of_provinces(kab: np.ndarray) -> np.ndarray:
    total = np.zeros((len(layout().provinces), kab.shape[1]), dtype=kab.dtype)
    np.add.at(total, layout().province_of, kab)
    return total


def _others_of_province(kab: np.ndarray) -> np.ndarray:
    """The room of all other kab/kota of the same province."""
    return _of_provinces(kab)[layout().province_of] - kab


def _others(prov: np.ndarray) -> np.ndarray:
    """The room of all other provinces."""
    return prov.sum(axis=0) - prov


def _max_by_group(by_kind: np.ndarray) -> np.ndarray:
    """The largest of the kinds of each group; the second axis is that of kinds."""
    groups = layout().group_of
    largest = np.zeros((by_kind.shape[0], len(layout().groups), *by_kind.shape[2:]), dtype=by_kind.dtype)
    np.maximum.at(largest, (slice(None), groups), by_kind)
    return largest


def _by_node(kab: np.ndarray, prov: np.ndarray) -> np.ndarray:
    """Per node of places the most that one of its kab/kota and groups, or kinds and quarters, has room for."""
    whole = lambda parts: np.concatenate([parts, parts.max(axis=1, keepdims=True)], axis=1)  # noqa: E731
    quarters = whole(_max_by_group(prov))
    found = (whole(kab), quarters, quarters.max(axis=2), prov.max(axis=2))
    return np.concatenate([each.ravel() for each in found])
