"""Frames of the pages Provinsi and Klaster: answers of `measure` with names, texts, sizes and classes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
from pandas.io.formats.style import Styler

from lib import reference, text
from lib.charts.classes import class_labels, classify
from lib.domain import Dimensi, Thresholds
from lib.indicators.records import INDICATORS, class_limits
from lib.numbers_id import angka
from lib.present import CORONG, display

# How problems are grouped: the table of the group's names, and the column of the kinds that names their group.
GROUPINGS = {Dimensi.KLASTER: ("klaster", "kode_klaster"), Dimensi.PAS: ("pas", "kode_pas")}
BANDS = ("wajar", "tinggi", "berlebih")


@dataclass(frozen=True)
class Table:
    """Figures side by side: numbers to sort by, texts to read, one row per group, one column per kode."""

    nilai: pd.DataFrame
    tampil: pd.DataFrame
    nama: list[str]

    @property
    def kunci(self) -> list[str]:
        """The code of each row."""
        return self.nilai.index.tolist()


def side_by_side(
    answer: pd.DataFrame, key: str, *, names: dict[str, str], highest_first: str | None = None
) -> Table:
    """The kodes of an answer as columns and its groups as rows, in their order or by one kode from the highest."""
    texts = answer.assign(tampil=display(answer))
    kodes, groups = list(dict.fromkeys(answer["kode"])), list(dict.fromkeys(answer[key]))
    nilai = texts.pivot_table(index=key, columns="kode", values="nilai", dropna=False, observed=False)
    nilai = nilai.reindex(index=groups, columns=kodes)
    tampil = texts.pivot_table(index=key, columns="kode", values="tampil", aggfunc="first")
    tampil = tampil.reindex(index=groups, columns=kodes)
    if highest_first is not None:
        order = nilai[highest_first].sort_values(ascending=False, na_position="last", kind="stable").index
        nilai, tampil = nilai.loc[order], tampil.loc[order]
    return Table(nilai, tampil, [names[group] for group in nilai.index])


def styled(table: Table, heading: str) -> Styler:
    """The table for the screen: sorted as numbers, read as texts, a missing number as its reason."""
    columns = {kode: INDICATORS[kode].pendek for kode in table.nilai.columns}
    shown = table.nilai.rename(columns=columns).reset_index(drop=True)
    shown.insert(0, heading, table.nama)
    style = shown.style
    for kode, name in columns.items():
        style = style.format(lambda number, kode=kode: text.shown(kode, number), subset=[name], na_rep="–")
        texts = table.tampil[kode].reset_index(drop=True)
        missing = texts[shown[name].isna()]
        for reason, rows in missing.groupby(missing).groups.items():
            # One call per reason: a style takes one text for the missing numbers of a selection.
            style = style.format(
                lambda number, kode=kode: text.shown(kode, number), subset=(rows, [name]), na_rep=reason
            )
    return style


def kabkota_bubbles(
    answer: pd.DataFrame, *, size_kode: str, colour_kode: str
) -> tuple[pd.DataFrame, tuple[float, ...], list[str]]:
    """The kab/kota of one province for `outline.bubbles`, with the class limits and their names."""
    colours = answer[answer["kode"] == colour_kode].copy()
    sizes = answer[answer["kode"] == size_kode].set_index("kabkota")
    days = (colours["sampai"].iloc[0] - colours["dari"].iloc[0]).days + 1
    highest = colours["nilai"].max()
    limits = class_limits(colour_kode, period_days=days, maximum=None if pd.isna(highest) else highest)
    colours["tampil"] = display(colours)
    colours["kelas"] = classify(colours["nilai"].to_numpy(dtype=float), limits)
    colours["ukuran"] = colours["kabkota"].map(sizes["nilai"])
    colours["tampil_ukuran"] = colours["kabkota"].map(display(sizes))
    places = reference.table("kabkota").rename(columns={"kode_kabkota": "kabkota"})
    frame = colours.merge(places[["kabkota", "nama", "lon", "lat"]], on="kabkota")
    labels = class_labels(limits, lambda value: angka(value, decimals=None if value >= 10 else 1))
    return frame, limits, labels


def loads(answer: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """Every pendamping on duty with open cases and band, highest load first; the answer is I18-rata per pendamping.

    Columns pendamping, terbuka, tampil, kelompok (wajar, tinggi, berlebih). A load that is not known is left out.
    """
    frame = answer.dropna(subset=["nilai"]).copy()
    frame["terbuka"] = frame["nilai"].astype(int)
    frame["tampil"] = [angka(number, decimals=0) for number in frame["terbuka"]]
    frame["kelompok"] = [band(number, limits) for number in frame["terbuka"]]
    return frame.sort_values(["terbuka", "pendamping"], ascending=[False, True], ignore_index=True)[
        ["pendamping", "terbuka", "tampil", "kelompok"]
    ]


def band(terbuka: float, limits: Thresholds) -> str:
    """The band of a load. Example with 15 and 18: 15 is wajar, 16 and 18 tinggi, 19 berlebih."""
    if terbuka <= limits.beban_wajar:
        return "wajar"
    return "tinggi" if terbuka <= limits.beban_berlebih else "berlebih"


def band_counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many pendamping are in each band, those without anybody too."""
    counted = frame["kelompok"].value_counts()
    return {name: int(counted.get(name, 0)) for name in BANDS}


def stuck(rows: pd.DataFrame, data_date: dt.date) -> pd.DataFrame:
    """The stuck cases of one province as a list: names, and days without activity on the data date."""
    frame = rows.copy()
    frame["jenis"] = frame["kode_jenis"].map(reference.names("jenis_masalah"))
    frame["kabkota"] = frame["kode_kabkota"].map(reference.names("kabkota"))
    frame["pendamping"] = frame["id_pendamping"].where(frame["id_pendamping"].notna(), "tanpa pendamping")
    frame["diam"] = (pd.Timestamp(data_date) - frame["tanggal_aktivitas"]).dt.days
    return frame[
        ["id_kasus", "diam", "prioritas", "jenis", "kabkota", "pendamping", "tanggal_terdata", "tanggal_aktivitas"]
    ]


def kinds_of(per: Dimensi, group: str) -> tuple[str, ...]:
    """The kinds of a group. Example: (klaster, "BENCANA") -> ("P21", "P22")."""
    kinds = reference.table("jenis_masalah")
    return tuple(kinds.loc[kinds[GROUPINGS[per][1]] == group, "kode_jenis"])


def group_of(per: Dimensi, jenis: str) -> str:
    """The group of a kind. Example: (klaster, "P21") -> "BENCANA"."""
    kinds = reference.table("jenis_masalah").set_index("kode_jenis")
    return kinds.loc[jenis, GROUPINGS[per][1]]


def corong_by(answer: pd.DataFrame, key: str, *, names: dict[str, str]) -> pd.DataFrame:
    """The nested counts per group for `nested.corong_groups`."""
    frame = answer[answer["kode"].isin(CORONG)].copy()
    frame["kunci"], frame["nama"] = frame[key], frame[key].map(names)
    frame["nama_kode"] = [INDICATORS[kode].pendek for kode in frame["kode"]]
    frame["tampil"] = display(frame)
    return frame


def ranked(answer: pd.DataFrame, key: str, *, names: dict[str, str]) -> pd.DataFrame:
    """One indicator per group for `bars.ranked`, with its interval."""
    frame = answer[[key, "kode", "nilai", "n", "bawah", "atas", "alasan", "catatan"]].copy()
    frame["kunci"], frame["nama"] = frame[key], [names.get(code, text.unnamed(code)) for code in frame[key]]
    frame["tampil"] = display(frame)
    frame["tampil_rentang"] = [
        text.interval(row.kode, row.bawah, row.atas) for row in frame.itertuples(index=False)
    ]
    return frame


def sums(answer: pd.DataFrame) -> dict[str, float]:
    """The sum of every kode over the groups; NaN where a group has no number."""
    return {kode: rows["nilai"].sum(skipna=False) for kode, rows in answer.groupby("kode", sort=False)}
