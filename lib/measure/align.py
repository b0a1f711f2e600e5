"""From the rows a query returns to the groups of an answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lib.domain import Dimensi
from lib.measure.groups import ALL, KEY_COLUMNS
from lib.measure.question import Question


def keyed(frame: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, list[str]]:
    """The counts with the keys of the groups as the answer calls them, and the names of those keys."""
    frame = frame.copy()
    if question.per is None:
        frame[ALL] = 0
        return frame, [ALL]
    keys = KEY_COLUMNS[question.per]
    if question.per is Dimensi.BULAN:
        frame["bulan"] = [question.names[int(number)] for number in frame["bulan"]]
    for key in keys:
        frame[key] = frame[key].astype(object).where(frame[key].notna(), None)
    return frame, keys


def aligned(counted: pd.DataFrame, question: Question, members: pd.DataFrame) -> pd.DataFrame:
    """Counts in the order of the groups, 0 for a group without cases."""
    if question.per is None:
        # One group: nothing to match, which would take longer than the query itself.
        return _whole(counted.reindex(range(len(members))), list(counted.columns))
    counted, keys = keyed(counted, question)
    counts = [column for column in counted.columns if column not in keys]
    return _whole(members[keys].merge(counted, on=keys, how="left"), counts)


def _whole(frame: pd.DataFrame, counts: Sequence[str]) -> pd.DataFrame:
    """The counts as whole numbers, 0 for none; column by column in numpy, which takes a third of the time."""
    columns = {name: frame[name].to_numpy(dtype="float64", na_value=np.nan) for name in counts}
    return pd.DataFrame({name: np.nan_to_num(each).astype("int64") for name, each in columns.items()})


def located(counted: pd.DataFrame, question: Question, members: pd.DataFrame) -> pd.DataFrame:
    """A histogram with the row number of its group in column g."""
    if question.per is None:
        return counted.assign(g=0)
    counted, keys = keyed(counted, question)
    position = members[keys].assign(g=range(len(members)))
    return counted.merge(position, on=keys, how="inner")


def spread(counted: pd.DataFrame, key: str, values: Sequence, totals: pd.Series) -> pd.DataFrame:
    """One row per group and value, also those that nobody has: g, `key`, n and jumlah (the group's total).

    `counted` has g, `key` and n; a row without a value (None) only where there is one, after the others.
    """
    found: dict[tuple, int] = {}
    for g, value, n in zip(counted["g"], counted[key], counted["n"], strict=True):
        place = (int(g), None if pd.isna(value) else value)
        found[place] = found.get(place, 0) + int(n)
    rows = [
        (g, value, found.get((g, value), 0), total)
        for g, total in enumerate(totals)
        for value in (*values, None)
        if value is not None or found.get((g, None), 0) > 0
    ]
    frame = pd.DataFrame(rows, columns=["g", key, "n", "jumlah"])
    # As given: pandas would make text of it and NaN of None.
    frame[key] = pd.Series([row[1] for row in rows], dtype=object)
    return frame
