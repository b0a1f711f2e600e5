"""The code lists of the workbook: the reference tables, and the indicators that can have a target."""

from __future__ import annotations

from functools import cache

import pandas as pd

from lib import reference
from lib.indicators.records import INDICATORS

INDIKATOR = "indikator"
_ACHIEVEMENT = "I26-"


def table(name: str) -> pd.DataFrame:
    """One code list with its codes in the column kode_...; `name` is a reference table or INDIKATOR.

    Raises KeyError for another name.
    """
    return _indicators() if name == INDIKATOR else reference.table(name)


@cache
def codes(name: str) -> tuple[str, ...]:
    """The codes of one list, in its order. Example: I03 can have a target, because I26-I03 exists."""
    column = "kode_indikator" if name == INDIKATOR else reference.KEYS[name]
    return tuple(table(name)[column])


def _indicators() -> pd.DataFrame:
    kodes = [kode.removeprefix(_ACHIEVEMENT) for kode in INDICATORS if kode.startswith(_ACHIEVEMENT)]
    return pd.DataFrame(
        {
            "kode_indikator": kodes,
            "nama": [INDICATORS[kode].nama for kode in kodes],
            "satuan": [INDICATORS[kode].satuan for kode in kodes],
        }
    )
