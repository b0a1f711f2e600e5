"""The frame of an answer as it may leave the house: small counts hidden, the others rounded, rates from the rounded."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from lib.disclosure.cells import Cell
from lib.disclosure.rules import (
    ALL,
    AT_DATA,
    COUNTS,
    FINE_TABLES,
    LISTED,
    MEDIANS,
    N_RATE,
    NATION,
    RATES,
    SHARES,
    STAFF,
    TABLES_AT_DATA,
    TOO_FEW,
    WITHHELD,
    rounded,
    sensitive,
    threshold,
)
from lib.disclosure.views import Shown, period_name
from lib.domain import Dimensi, UserError

NUMBERS = ("nilai", "pembilang", "n", "bawah", "atas")
MEAN_LOAD = "I18-rata"
LOADS = (MEAN_LOAD, "I18-persen")
# What may be said of a figure besides its reason: about registers, never a number of cases.
HARMLESS = re.compile(
    r"data terbaru \d{4}-\d\d-\d\d|\d+ provinsi belum ada data|tanggal data \d+ provinsi diambil dari baris kasus|"
    r"\d+ provinsi tidak mengirim lembar \w+|filter klaster dan jenis tidak berlaku"
)


def check_kodes(kodes, shown: Shown, per: Dimensi | None) -> None:
    """Raise UserError for a figure that is not on the list, or not for this view."""
    fine = shown.wilayah == "kabkota" or (shown.wilayah, shown.rincian) == ("provinsi", "jenis")
    for kode in kodes:
        if kode not in LISTED:
            raise UserError(
                f"Indikator {kode} tidak tersedia dalam tayang presentasi; yang tersedia: {', '.join(LISTED)}."
            )
        if kode in STAFF and shown.wilayah == "kabkota":
            raise UserError(
                f"Indikator {kode} tidak dirinci per kabupaten/kota dalam tayang presentasi; pilih provinsi."
            )
        if fine and (kode in SHARES or _table(kode) not in (None, *FINE_TABLES)):
            usable = [each for each in (*COUNTS, *RATES) if _table(each) in FINE_TABLES]
            raise UserError(
                f"Indikator {kode} dalam tayang presentasi hanya tersedia secara nasional dan untuk provinsi per "
                f"klaster; per kabupaten/kota dan per jenis di provinsi tersedia {', '.join(usable)}, dan lama hari."
            )
        if per is Dimensi.BULAN and (kode in STAFF or _at_data(kode)):
            raise UserError(
                f"Indikator {kode} hanya ada pada tanggal data, sehingga tidak dirinci per bulan dalam tayang "
                "presentasi; hapus rincian itu."
            )


def suppress(
    frame: pd.DataFrame, shown: Shown, *, per: Dimensi | None, hidden: frozenset[Cell]
) -> pd.DataFrame:
    """The rows of `measure` as presentasi shows them; `hidden` are the further cells of the version's audit.

    A hidden number is NaN with alasan "<5", "<10" or "disamarkan" and a catatan that begins with "disamarkan"; other
    counts are rounded to 5, rates computed from the rounded counts, without intervals; n and pembilang of curves and
    n of plain counts are left out. Rows of kab/kota with a sensitive group only are left out.
    Example: 3 -> "<5"; 12 -> 10; 18 of 41 -> 100 x 20 / 40.
    """
    rows = [_row(row, shown, per, hidden) for row in frame.to_dict("records")]
    kept = [row for row in rows if row is not None]
    answer = pd.DataFrame(kept, columns=frame.columns)
    numbers = {name: "float64" for name in NUMBERS}
    answer = answer.astype({**numbers, "kode": "str", "satuan": "str"})
    for name in ("alasan", "catatan"):
        answer[name] = answer[name].astype(object).where(answer[name].notna(), None)
    return answer


def _row(row: dict, shown: Shown, per: Dimensi | None, hidden: frozenset[Cell]) -> dict | None:
    place, apa, period = _cell(row, shown, per)
    if shown.wilayah == "kabkota" and apa in sensitive():
        return None
    kode, reason = row["kode"], row["alasan"]
    known = {name: row[name] for name in NUMBERS}
    row = row | dict.fromkeys(NUMBERS, np.nan) | {"alasan": None}

    def display(table: str, count: float) -> tuple[float, str | None]:
        when = AT_DATA if table in TABLES_AT_DATA else period
        return _count(count, apa, (table, place, apa, when) in hidden)

    nothing = reason is not None and not pd.isna(reason)
    if nothing:
        row["alasan"] = TOO_FEW if str(reason).startswith("n <") else reason
    elif kode in COUNTS:
        row["nilai"], row["alasan"] = display(COUNTS[kode], known["nilai"])
    elif kode in MEDIANS:
        row["nilai"], row["alasan"] = (known["nilai"], None) if known["n"] >= N_RATE else (np.nan, TOO_FEW)
    elif kode in RATES:
        table, factor = RATES[kode]
        row |= _rate(display(table, known["pembilang"]), (known["n"], None), factor)
    elif known["n"] < N_RATE:
        row["alasan"] = TOO_FEW
    elif kode in SHARES:
        table, of, factor = SHARES[kode]
        row |= _rate(display(table, known["pembilang"]), display(of, known["n"]), factor)
    elif kode in LOADS and _tells_open(kode, known["pembilang"], place, period, hidden):
        row["alasan"] = WITHHELD
    else:
        row |= _staff(kode, known)
    row["catatan"] = _note(row["alasan"], row["catatan"])
    return row


def _cell(row: dict, shown: Shown, per: Dimensi | None) -> tuple[str, str, str]:
    """Place, kind and period of a row."""
    place = row[per.value] if per in (Dimensi.PROVINSI, Dimensi.KABKOTA) else shown.tempat
    apa = row[per.value] if per in (Dimensi.KLASTER, Dimensi.JENIS) else shown.apa
    period = row["bulan"] if per is Dimensi.BULAN else period_name(shown.span, shown.mulai)
    return place if place is not None and not pd.isna(place) else NATION, apa or ALL, period


def _count(count: float, apa: str, further: bool) -> tuple[float, str | None]:
    """A count as it is shown and why not. Example: 3 -> (NaN, "<5"); 7 of a sensitive kind -> (NaN, "<10")."""
    if pd.isna(count) or (further and count >= 0):
        return np.nan, WITHHELD
    k = threshold(apa)
    if 0 < count < k:
        return np.nan, f"<{k}"
    return float(rounded([count], k=k)[0]), None


def _rate(x: tuple[float, str | None], n: tuple[float, str | None], factor: float) -> dict:
    """factor times x / n, both as they are shown; hidden where either is."""
    if x[1] or n[1]:
        # A small share would tell its numerator: it is not shown, and neither is what hides it.
        return {"alasan": WITHHELD, "pembilang": x[0], "n": n[0]}
    if n[0] == 0:
        return {"alasan": TOO_FEW}
    return {"nilai": factor * x[0] / n[0], "pembilang": x[0], "n": n[0]}


def _tells_open(kode: str, held: float, place: str, period: str, hidden: frozenset[Cell]) -> bool:
    """Whether a load would tell of a hidden number of open cases, which nearly all have a pendamping.

    Beside a shown number it tells nothing new. The mean says how many cases are held, rounded as the open ones are: no
    more are held than open, so that the least number held is never above the least number open that I13 shows
    (e.g. 97 of 100: 95 and 100, at least 93 and at least 98). The share above the limit says that each of these holds
    more than that many; it would reach I13's least number only if all of them held just one more and nobody else any.
    """
    cells = {("terbuka-T", place, ALL, AT_DATA), (COUNTS["I13"], place, ALL, period)}
    return not hidden.isdisjoint(cells) or (kode == MEAN_LOAD and 0 < held < threshold(ALL))


def nations_load(
    rows: pd.DataFrame, provinces: pd.DataFrame, *, period: str, hidden: frozenset[Cell]
) -> pd.DataFrame:
    """Rows of the nation, suppressed, with their mean load put together from the rounded one of each province.

    The nation's own number of held cases less those of all other provinces would say how many the last one holds at
    least, and with its I13 what a hidden klaster of it holds (tests/queries/test_presentasi_beban.py). A sum of what
    each province's mean tells, or would tell with 10 pendamping, tells nothing more than these. `provinces` are the
    rows of `measure`, `period` names the finest one in which they are shown; those of which the mean would tell a
    hidden number are left out. Example: 16 held by 10 and 97 held by 10: (15 + 95) / 20, where 113 / 20 is 5.65.
    """
    known = provinces[provinces["nilai"].notna()]
    told = known.itertuples()
    telling = [_tells_open(MEAN_LOAD, row.pembilang, row.provinsi, period, hidden) for row in told]
    left_out, known = sum(telling), known[~np.array(telling, dtype=bool)]
    n = float(rounded([known["n"].sum()], k=0)[0])
    for place in rows.index[rows["kode"].eq(MEAN_LOAD) & rows["nilai"].notna()]:
        note = rows.loc[place, "catatan"]
        if not n:
            rows.loc[place, list(NUMBERS)] = np.nan
            rows.loc[place, ["alasan", "catatan"]] = WITHHELD, _note(WITHHELD, note)
            continue
        rows.loc[place, ["nilai", "n"]] = rounded(known["pembilang"], k=0).sum() / n, n
        if left_out:
            note = "; ".join(filter(None, [note, f"tanpa {left_out} provinsi yang disamarkan"]))
            rows.loc[place, "catatan"] = note
    return rows


def _staff(kode: str, known: dict) -> dict:
    """Rates of pendamping; n of I20 is the population, which is public."""
    x = float(rounded([known["pembilang"]], k=0)[0]) if not pd.isna(known["pembilang"]) else np.nan
    n = known["n"] if kode == "I20" else float(rounded([known["n"]], k=0)[0])
    if pd.isna(x) or n == 0:
        return {"alasan": WITHHELD}
    return {"nilai": STAFF[kode] * x / n, "pembilang": x if kode != MEAN_LOAD else np.nan, "n": n}


def _note(reason: str | None, note: str | None) -> str | None:
    parts = [] if note is None or pd.isna(note) else str(note).split("; ")
    kept = [part for part in parts if HARMLESS.fullmatch(part)]
    if reason in (WITHHELD, TOO_FEW) or (reason or "").startswith("<"):
        kept = [reason if reason == TOO_FEW else WITHHELD, *kept]
    elif reason:
        kept = [reason, *kept]
    return "; ".join(kept) or None


def _table(kode: str) -> str | None:
    """The table of counts a figure is read from; None for shares, medians and figures of pendamping."""
    return RATES[kode][0] if kode in RATES else COUNTS.get(kode)


def _at_data(kode: str) -> bool:
    tables = {COUNTS.get(kode), *(SHARES.get(kode, ())[:2])}
    return bool(tables & set(TABLES_AT_DATA))
