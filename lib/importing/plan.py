"""What an upload changes in one province: new, changed and equal rows, and what vanishes when it replaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from lib.database import schema
from lib.importing import columns, store
from lib.importing.checks import Checked
from lib.importing.columns import KASUS, PENDAMPING


@dataclass(frozen=True, kw_only=True)
class Plan:
    """New and changed rows by sheet (text), the number of equal rows, the ids that vanish.

    `vanish_children` counts, by table, the rows that go with them.
    """

    kode_provinsi: str
    new: dict[str, pd.DataFrame]
    changed: dict[str, pd.DataFrame]
    same: dict[str, int]
    vanish: dict[str, pd.Series]
    vanish_children: dict[str, int]
    notes: tuple[str, ...]

    def changes_nothing(self) -> bool:
        """Whether the database already holds exactly what was sent."""
        return not any(len(rows) for part in (self.new, self.changed, self.vanish) for rows in part.values())


def positions(checked: dict[str, Checked]) -> dict[str, dict[str, np.ndarray]]:
    """The positions of each province's rows, by sheet and kode_provinsi; one pass for all provinces."""
    return {sheet: checked[sheet].rows.frame.groupby("kode_provinsi").indices for sheet in schema.SHEETS}


def compare(
    connection: Connection,
    checked: dict[str, Checked],
    places: dict[str, dict[str, np.ndarray]],
    code: str,
    *,
    replace: bool,
) -> Plan:
    """Compare the rows of one province (`places` from positions) with the database.

    A province at a time, so that no second copy of all rows is held.
    """
    nothing = np.array([], dtype=np.int64)
    new, changed, same, sent, accepted, existing = {}, {}, {}, {}, {}, {}
    for sheet in schema.SHEETS:
        own = columns.key(sheet)[-1]
        place = places[sheet].get(code, nothing)
        sent[sheet] = checked[sheet].rows.frame.iloc[place].set_index(own, drop=False)
        accepted[sheet] = rows = sent[sheet][checked[sheet].accepted[place]]
        table, names = schema.metadata.tables[sheet], columns.names(sheet)
        held = store.rows_as_text(connection, table, names, [code]).set_index(own, drop=False)
        present = rows.index.isin(held.index)
        both = rows[present]
        differs = both.ne(held.loc[both.index]).any(axis=1)
        new[sheet], changed[sheet] = rows[~present], both[differs]
        same[sheet], existing[sheet] = int((~differs).sum()), held
    vanish, notes = _vanish(sent, accepted, existing, code) if replace else ({}, ())
    hanging: dict[str, int] = {}
    for sheet, ids in vanish.items():
        if len(ids):
            hanging |= store.child_counts(connection, sheet, code, ids)
    return Plan(
        kode_provinsi=code,
        new=new,
        changed=changed,
        same=same,
        vanish=vanish,
        vanish_children=hanging,
        notes=notes,
    )


def _vanish(
    sent: dict[str, pd.DataFrame],
    accepted: dict[str, pd.DataFrame],
    existing: dict[str, pd.DataFrame],
    code: str,
) -> tuple[dict[str, pd.Series], tuple[str, ...]]:
    """The ids absent from the file. A refused row is not absent: its old version stays, and its pendamping."""
    absent = {}
    for sheet in schema.SHEETS:
        own = columns.key(sheet)[-1]
        ids = existing[sheet][own]
        absent[sheet] = ids[~ids.isin(sent[sheet][own])]
    cases = existing[KASUS]
    rewritten = cases["id_kasus"].isin(accepted[KASUS]["id_kasus"])
    kept_as_is = cases[~cases["id_kasus"].isin(absent[KASUS]) & ~rewritten]
    needed = absent[PENDAMPING].isin(kept_as_is["id_pendamping"])
    absent[PENDAMPING] = absent[PENDAMPING][~needed]
    if not needed.any():
        return absent, ()
    return absent, (
        f"Provinsi {code}: {int(needed.sum())} pendamping yang tidak ada di berkas tidak dihapus, karena masih "
        "tercatat pada kasus yang barisnya ditolak.",
    )
