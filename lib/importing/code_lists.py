"""Kemendagri's or BPS's province codes: in Papua the same code names different provinces in the two lists.

91, 92, 94, 95 and 96 are in both lists and mean different provinces; 97 is only in BPS's. Which list a file
used shows where the kab/kota of its rows contradict the province; then the sender is asked, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pandas as pd

from lib import reference
from lib.domain import UserError
from lib.importing import columns, places, rules
from lib.importing.reader import SheetRows

_ASK = (
    "Daftar kode mana yang dipakai, Kemendagri atau BPS? Tulis semua kode provinsi dan kab/kota menurut "
    "Kemendagri (lembar kode_provinsi dan kode_kabkota pada templat), atau tulis nama provinsinya."
)


@cache
def _other_list() -> dict[str, str]:
    """BPS code -> Kemendagri code of the same province, where they differ. Example: 91 (BPS) is 92."""
    table = reference.table("provinsi")
    pairs = zip(table["kode_bps"], table["kode_provinsi"], strict=True)
    return {bps: own for bps, own in pairs if bps != own}


def check(sheets: Iterable[SheetRows]) -> None:
    """Refuse an upload whose province codes look like BPS's; raises UserError with the question.

    Refused are a code that only BPS has, and a province most of whose rows name kab/kota of the province that
    the code (or the kab/kota's first two digits) means in the other list. Single slips are left to the rows.
    """
    for sheet in sheets:
        _check_sheet(sheet)


def _check_sheet(sheet: SheetRows) -> None:
    sent = sheet.frame[columns.area(sheet.sheet)]
    only_bps = set(_other_list()) - set(reference.all_provinces())
    found = sent.isin(list(only_bps)).to_numpy()
    if found.any():
        place = int(found.argmax())
        code = sent.iloc[place]
        raise UserError(
            f"Kode provinsi {code} (lembar {sheet.lembar[place]}, baris {sheet.baris[place]}) hanya ada di daftar "
            f"BPS, yaitu {_name(_other_list()[code])}. {_ASK}"
        )
    if "kode_kabkota" not in sheet.frame:
        return
    concerned = sent.isin([*_other_list(), *_other_list().values()])
    if concerned.any():
        _check_homes(sheet, sheet.frame.loc[concerned, ["kode_provinsi", "kode_kabkota"]])


def _check_homes(sheet: SheetRows, rows: pd.DataFrame) -> None:
    homes = {text: places.home_of(text) for text in rows["kode_kabkota"].unique()}
    counted = rows.assign(home=rows["kode_kabkota"].map(homes)).dropna(subset="home")
    pair = rules.joined_key(counted, ("kode_provinsi", "home"))
    pairs = counted[~pair.duplicated()]
    crossing = pairs[[_is_crossed(*each) for each in zip(pairs["kode_provinsi"], pairs["home"], strict=True)]]
    crossed_rows = counted[pair.isin(pair[crossing.index])]
    for code, crossed in crossed_rows.groupby("kode_provinsi"):
        own = counted[counted["kode_provinsi"] == code]
        slip = len(crossed) == 1 and len(sheet.frame) > 1
        if slip or 2 * len(crossed) <= len(own):
            continue
        place, example = int(crossed.index[0]), crossed.iloc[0]
        raise UserError(
            f"Lembar {sheet.lembar[place]}: {len(crossed)} baris memakai kode provinsi {code} dengan kab/kota dari "
            f"provinsi {example['home']} ({_name(example['home'])}), misalnya baris {sheet.baris[place]} "
            f"({places.shown(example['kode_kabkota'])}). {_meanings(code, example['home'])} {_ASK}"
        )


def _is_crossed(code: str, home: str) -> bool:
    return code != home and (_other_list().get(code) == home or _other_list().get(home) == code)


def _meanings(code: str, home: str) -> str:
    """What the doubtful code means in both lists."""
    doubtful = code if _other_list().get(code) == home else home
    own = f"{_name(doubtful)} menurut Kemendagri, " if doubtful in reference.all_provinces() else ""
    return f"Kode {doubtful} berarti {own}{_name(_other_list()[doubtful])} menurut BPS."


def _name(code: str) -> str:
    return reference.names("provinsi")[code]
