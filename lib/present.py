"""From answers of `measure` to the frames that charts and tables show: names, display texts, classes."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lib import reference, text
from lib.charts.classes import class_labels, classify
from lib.indicators.records import INDICATORS, TARGET_PREFIX, class_limits
from lib.numbers_id import angka
from lib.periods import months

CORONG = ("I01", "I02", "I03K")
STOCK = {
    "STOK-terdata": "terdata",
    "STOK-tertangani": "tertangani",
    "STOK-terselesaikan": "terselesaikan",
    "STOK-ditutup": "ditutup_lainnya",
}


def display(answer: pd.DataFrame) -> pd.Series:
    """The display text of every row."""
    return pd.Series(
        [
            text.shown(kode, nilai, alasan)
            for kode, nilai, alasan in zip(answer["kode"], answer["nilai"], answer["alasan"], strict=True)
        ],
        index=answer.index,
        dtype=object,
    )


def corong(answer: pd.DataFrame) -> pd.DataFrame:
    """The nested counts for `bars.corong`."""
    rows = answer.set_index("kode").loc[list(CORONG)].reset_index()
    rows["nama"] = [INDICATORS[kode].pendek for kode in rows["kode"]]
    rows["tampil"] = display(rows)
    return rows


def stock(answer: pd.DataFrame) -> pd.DataFrame:
    """The four statuses for `trends.stacked_status`."""
    rows = answer.set_index("kode").loc[list(STOCK)].reset_index()
    rows["status"] = rows["kode"].map(STOCK)
    rows["nama"] = rows["status"].map(text.STATUS_NAMES)
    rows["tampil"] = display(rows)
    return rows


def targets(answer: pd.DataFrame) -> pd.DataFrame:
    """What has been achieved of each target, for `bars.achievement`: the name of the figure and the percentage."""
    rows = answer.reset_index(drop=True)
    base = [kode.removeprefix(TARGET_PREFIX) for kode in rows["kode"]]
    return rows.assign(nama=[INDICATORS[kode].pendek for kode in base], tampil=display(rows))


def by_province(
    answer: pd.DataFrame, *, period_days: int
) -> tuple[pd.DataFrame, tuple[float, ...], list[str]]:
    """One indicator per province for map, tiles and table: frame, class limits, class labels."""
    kode = answer["kode"].iloc[0]
    highest = answer["nilai"].max()
    limits = class_limits(kode, period_days=period_days, maximum=None if pd.isna(highest) else highest)
    frame = answer.copy()
    frame["nama"] = frame["provinsi"].map(reference.names("provinsi"))
    frame["tampil"] = display(frame)
    frame["kelas"] = classify(frame["nilai"].to_numpy(dtype=float), limits)
    labels = class_labels(limits, lambda value: angka(value, decimals=None if value >= 10 else 1))
    places = reference.table("provinsi").rename(columns={"kode_provinsi": "provinsi"})
    frame = frame.merge(places[["provinsi", "singkatan", "grid_baris", "grid_kolom"]], on="provinsi")
    return frame, limits, labels


def monthly(answer: pd.DataFrame) -> pd.DataFrame:
    """One indicator by month for `trends.monthly`."""
    frame = answer[["bulan", "kode", "nilai", "n", "bawah", "atas", "alasan", "catatan"]].copy()
    frame["tampil"] = display(frame)
    return frame if frame["bawah"].notna().any() else frame.drop(columns=["bawah", "atas"])


def without_cut_start(frame: pd.DataFrame, start: dt.date) -> pd.DataFrame:
    """The same months, the first one not drawn when the period begins inside it: half a month looks like a fall."""
    if start.day == 1 or frame.empty:
        return frame
    frame = frame.reset_index(drop=True)
    frame.loc[0, "tampil"] = f"{frame.loc[0, 'tampil']} (bulan tidak penuh)"
    frame.loc[0, "nilai"] = float("nan")
    return frame


def full_until(answer: pd.DataFrame) -> str | None:
    """The last whole month that lies before every province's data date; later months still grow."""
    listed = months(answer["dari"].iloc[0], answer["sampai"].iloc[0])
    known = answer["tanggal_data"].dropna()
    whole = [
        name
        for name, _, last in listed
        if (last + dt.timedelta(days=1)).day == 1 and not known.empty and last <= max(known)
    ]
    return whole[-1] if whole else None


def stock_by(answer: pd.DataFrame, key: str, names: dict[str, str]) -> pd.DataFrame:
    """The four statuses per group for `bars.composition`, with the group's total beside its name."""
    frame = answer.copy()
    frame["kunci"], frame["nama"] = frame[key], frame[key].map(names)
    frame["status"] = frame["kode"].map(STOCK)
    frame["nama_status"] = frame["status"].map(text.STATUS_NAMES)
    frame["tampil"] = display(frame)
    order = {kunci: number for number, kunci in enumerate(dict.fromkeys(frame["kunci"]))}
    totals = frame.groupby("kunci")["nilai"].sum(min_count=1)
    frame["tampil_total"] = [angka(totals[kunci], decimals=0) for kunci in frame["kunci"]]
    return frame.sort_values("kunci", key=lambda keys: keys.map(order), kind="stable", ignore_index=True)


def wide(frame: pd.DataFrame) -> pd.DataFrame:
    """The composition as a table: one row per group, one column per status, texts as shown."""
    table = frame.pivot_table(
        index="nama", columns="nama_status", values="tampil", aggfunc="first", sort=False
    )
    table["Jumlah"] = frame.drop_duplicates("nama").set_index("nama")["tampil_total"]
    return table.reset_index().rename(columns={"nama": "Klaster"})
