"""Frames of the page Waktu: outcomes by day, groups with intervals, waits per step."""

from __future__ import annotations

import pandas as pd

from lib import present_area, text, text_times
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, persen
from lib.present import display

DAYS = (30, 90, 180)
MOST_QUARTERS = 8


def reliable(curve: pd.DataFrame) -> pd.DataFrame:
    """The days of a curve that may be shown: those up to andal_sampai that have percentages."""
    return curve[(curve["hari"] <= curve["andal_sampai"]) & curve["terbuka"].notna()]


def headline_day(curve: pd.DataFrame) -> int | None:
    """The day of the sentence: 90, else 30; None where neither may be shown."""
    days = set(reliable(curve)["hari"])
    return next((day for day in (90, 30) if day in days), None)


def shares(curve: pd.DataFrame, day: int) -> dict[str, float]:
    """The four outcomes by a day, in percent, in their order."""
    row = curve.set_index("hari").loc[day]
    return {name: float(row[name]) for name in text_times.OUTCOMES}


def outcome_table(curve: pd.DataFrame) -> pd.DataFrame:
    """The outcomes at the marked days as texts: one row per outcome, one column per day ("Hari 30", ...)."""
    shown, table = reliable(curve).set_index("hari"), {"Nasib kasus": list(text_times.OUTCOMES.values())}
    for day in DAYS:
        table[f"Hari {day}"] = [
            persen(shown.loc[day, name]) if day in shown.index else text_times.TOO_SHORT
            for name in text_times.OUTCOMES
        ]
    return pd.DataFrame(table)


def groups(answer: pd.DataFrame, key: str, *, names: dict[str, str], whole: float) -> pd.DataFrame:
    """One figure per group for `waits.dots`: names and texts in the order of the answer, by name for provinces."""
    frame = present_area.ranked(answer, key, names=names).assign(acuan=whole)
    return frame.sort_values("nama", ignore_index=True) if key == "provinsi" else frame


def newest_quarters(curve: pd.DataFrame) -> pd.DataFrame:
    """The last quarters that a chart can hold, each with its name and its short code."""
    kept = curve["triwulan"].drop_duplicates().tolist()[-MOST_QUARTERS:]
    frame = curve[curve["triwulan"].isin(kept)]
    names, codes = (
        frame["triwulan"].map(text_times.quarter_name),
        frame["triwulan"].map(text_times.quarter_code),
    )
    return frame.assign(nama=names, kode=codes)


def curve_table(curve: pd.DataFrame) -> pd.DataFrame:
    """A curve as texts for the screen: what may not be shown says why; a column of quarters first where it has any."""
    quarter = {"Triwulan": curve["triwulan"].map(text_times.quarter_name)} if "triwulan" in curve else {}
    hidden = curve["alasan"].where(curve["alasan"].notna(), text_times.TOO_SHORT)
    allowed = (curve["hari"] <= curve["andal_sampai"]) & curve["terbuka"].notna()
    parts = {
        label: [
            persen(share) if show else why
            for share, show, why in zip(curve[name], allowed, hidden, strict=True)
        ]
        for name, label in text_times.OUTCOMES.items()
    }
    return pd.DataFrame({**quarter, "Hari": curve["hari"], **parts, "Kasus terpantau": curve["berisiko"]})


def figure_table(answer: pd.DataFrame, key: str | None, *, names: dict[str, str]) -> pd.DataFrame:
    """Figures as texts for the screen: the group (or, without `key`, the figure), value, interval, n and notes."""
    group = (
        [names[code] for code in answer[key]] if key else [INDICATORS[kode].pendek for kode in answer["kode"]]
    )
    return pd.DataFrame(
        {
            "Kelompok" if key else "Angka": group,
            "Nilai": display(answer).tolist(),
            "Rentang 95 %": [text.interval(row.kode, row.bawah, row.atas) for row in answer.itertuples()],
            "n": answer["n"].tolist(),
            "Catatan": answer["catatan"].tolist(),
        }
    )


def waiting_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The waits as texts for the screen."""
    return pd.DataFrame(
        {
            "Langkah": frame["langkah"].map(text_times.STEPS),
            "Menunggu": [angka(number) for number in frame["menunggu"]],
            "Lewat norma": [angka(number) for number in frame["lewat"]],
            "Norma (usulan)": [text_times.norm(row.langkah, row.norma) for row in frame.itertuples()],
        }
    )


def waiting(frame: pd.DataFrame) -> pd.DataFrame:
    """The open cases per step for `waits.waiting`: names and the texts above the bars."""
    return frame.assign(
        nama=frame["langkah"].map(text_times.STEPS),
        tampil=[text_times.waiting_row(row) for _, row in frame.iterrows()],
    )
