"""What an upload changes in one province: new, changed and equal rows, and what vanishes when it replaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from lib.database import schema
from lib.importing import columns, rules, store
from lib.importing.checks import Checked
from lib.importing.columns import KASUS, OPTIONAL, PENDAMPING


@dataclass(frozen=True, kw_only=True)
class Plan:
    """New and changed rows by sheet (text), the number of equal rows, the keys that vanish.

    `kode_wilayah` is a province, or 00 for the national rows of target. `vanish_children` counts, by table,
    the rows that go with the vanishing ones.
    """

    kode_wilayah: str
    new: dict[str, pd.DataFrame]
    changed: dict[str, pd.DataFrame]
    same: dict[str, int]
    vanish: dict[str, pd.DataFrame]
    vanish_children: dict[str, int]
    notes: tuple[str, ...]

    def changes_nothing(self) -> bool:
        """Whether the database already holds exactly what was sent."""
        return not any(len(rows) for part in (self.new, self.changed, self.vanish) for rows in part.values())


def positions(checked: dict[str, Checked]) -> dict[str, dict[str, np.ndarray]]:
    """The positions of each province's rows, by sheet and code; one pass for all provinces."""
    return {sheet: checked[sheet].rows.frame.groupby(columns.area(sheet)).indices for sheet in schema.SHEETS}


def compare(
    connection: Connection,
    checked: dict[str, Checked],
    places: dict[str, dict[str, np.ndarray]],
    code: str,
    *,
    replace: bool,
) -> Plan:
    """Compare the rows of one province (`places` from positions) with the database.

    A province at a time, so that no second copy of all rows is held. An optional sheet without rows of the
    province replaces nothing.
    """
    nothing = np.array([], dtype=np.int64)
    new, changed, same, sent, accepted, existing = {}, {}, {}, {}, {}, {}
    notes: list[str] = []
    for sheet in schema.SHEETS:
        place = places[sheet].get(code, nothing)
        if not len(place) and (sheet in OPTIONAL or not replace):
            new[sheet] = changed[sheet] = checked[sheet].rows.frame.iloc[place]
            same[sheet] = 0
            notes += _left_alone(connection, sheet, code) if replace else ()
            continue
        sent[sheet] = _keyed(sheet, checked[sheet].rows.frame.iloc[place])
        accepted[sheet] = rows = sent[sheet][checked[sheet].accepted[place]]
        existing[sheet] = held = _held(connection, sheet, code)
        place_held = rules.places_of(rows.index, held.index)
        present = place_held >= 0
        both = rows[present]
        differs = _differs(sheet, both, held.iloc[place_held[present]])
        new[sheet], changed[sheet] = rows[~present], both[differs]
        same[sheet] = int((~differs).sum())
    vanish, kept = _vanish(sent, accepted, existing, code) if replace else ({}, ())
    hanging: dict[str, int] = {}
    for sheet, gone in vanish.items():
        if len(gone):
            hanging |= store.child_counts(connection, sheet, code, gone[columns.key(sheet)[-1]])
    return Plan(
        kode_wilayah=code,
        new=new,
        changed=changed,
        same=same,
        vanish=vanish,
        vanish_children=hanging,
        notes=(*kept, *notes),
    )


def _keyed(sheet: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its own key as index; rows of one province only, so that the province is left out."""
    return frame.set_axis(pd.Index(rules.joined_key(frame, columns.own_key(sheet))), axis=0)


def _apart(sheet: str) -> list[str]:
    """The columns of a sheet that are asked for one by one; the others are compared as one text."""
    table, names = schema.metadata.tables[sheet], columns.names(sheet)
    wanted = {*columns.key(sheet), "id_pendamping"}
    return [name for name in names if name in wanted or store.is_decimal(table.c[name])]


def _rest(sheet: str) -> list[str]:
    return [name for name in columns.names(sheet) if name not in _apart(sheet)]


def _held(connection: Connection, sheet: str, code: str) -> pd.DataFrame:
    """The rows the database holds of a province, keyed; see store.rows_as_text for the column JOINED."""
    table = schema.metadata.tables[sheet]
    return _keyed(sheet, store.rows_as_text(connection, table, _apart(sheet), [code], joined=_rest(sheet)))


def _differs(sheet: str, rows: pd.DataFrame, held: pd.DataFrame) -> np.ndarray:
    """Which rows are not as they are held, in the same order.

    Equal texts are equal columns: accepted rows hold no SEPARATOR, so that a held column with one makes them differ.
    """
    sent, rest = rows[_apart(sheet)], _rest(sheet)
    if rest:
        sent = sent.assign(**{store.JOINED: rules.joined_key(rows, rest)})
    differs = np.zeros(len(rows), dtype=bool)
    for name in sent.columns:
        differs |= np.asarray(sent[name].array != held[name].array)
    return differs


def _left_alone(connection: Connection, sheet: str, code: str) -> tuple[str, ...]:
    held = store.count_rows(connection, sheet, code)
    if not held:
        return ()
    return (
        f"Provinsi {code}: berkas tidak memuat baris {sheet}, maka {held} baris {sheet} di basis data "
        "dibiarkan, selain yang ikut terhapus.",
    )


def _vanish(
    sent: dict[str, pd.DataFrame],
    accepted: dict[str, pd.DataFrame],
    existing: dict[str, pd.DataFrame],
    code: str,
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """The keys absent from the file. A refused row is not absent: its old version stays, and its pendamping."""
    absent = {
        sheet: held.loc[~held.index.isin(sent[sheet].index), list(columns.key(sheet))]
        for sheet, held in existing.items()
    }
    cases = existing[KASUS]
    rewritten = cases.index.isin(accepted[KASUS].index)
    kept_as_is = cases[~cases.index.isin(absent[KASUS].index) & ~rewritten]
    needed = absent[PENDAMPING].index.isin(kept_as_is["id_pendamping"])
    absent[PENDAMPING] = absent[PENDAMPING][~needed]
    for parent in (KASUS, PENDAMPING):
        own = columns.key(parent)[-1]
        # What hangs on a vanishing row goes with it and is counted there.
        for child in {table.name for table in store.children(parent)}.intersection(absent):
            absent[child] = absent[child][~absent[child][own].isin(absent[parent][own])]
    if not needed.any():
        return absent, ()
    return absent, (
        f"Provinsi {code}: {int(needed.sum())} pendamping yang tidak ada di berkas tidak dihapus, karena masih "
        "tercatat pada kasus yang barisnya ditolak.",
    )
