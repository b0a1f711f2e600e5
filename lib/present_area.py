"""Frames of the pages Provinsi and Klaster: answers of `measure` with names, texts, sizes and classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from lib import reference, text
from lib.charts.classes import class_labels, classify
from lib.domain import Dimensi, Pita
from lib.indicators.records import INDICATORS, class_limits
from lib.numbers_id import angka, persen
from lib.present import CORONG, display

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler  # a template engine, loaded where a table is styled

# How problems are grouped: the table of the group's names, and the column of the kinds that names their group.
GROUPINGS = {Dimensi.KLASTER: ("klaster", "kode_klaster"), Dimensi.PAS: ("pas", "kode_pas")}
STUCK_COLUMNS = {
    "id_kasus": "Kasus",
    "diam": "Hari tanpa aktivitas",
    "prioritas": "Prioritas",
    "jenis": "Jenis masalah",
    "kabkota": "Kabupaten/kota",
    "pendamping": "Pendamping",
}


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


def styled(table: Table, heading: str) -> tuple[Styler, list[str]]:
    """The table for the screen, and the names of its columns of texts.

    A complete column holds numbers, sorted as such and read as texts. A column with a missing number holds texts,
    the reason among them, because a table of the screen shows every missing number alike; padded, they sort as
    numbers do and the reasons last.
    """
    columns = headings(table.nilai.columns)
    shown = pd.DataFrame({heading: table.nama})
    formats, texts = {}, []
    for kode, name in columns.items():
        if table.nilai[kode].isna().any():
            longest = table.tampil[kode].str.len().max()
            shown[name] = [
                tampil if pd.isna(number) else tampil.rjust(longest)
                for number, tampil in zip(table.nilai[kode], table.tampil[kode], strict=True)
            ]
            texts.append(name)
        else:
            shown[name] = table.nilai[kode].to_numpy()
            formats[name] = partial(text.shown, kode)
    return shown.style.format(formats), texts


def headings(kodes: Iterable[str]) -> dict[str, str]:
    """The short names of figures side by side; of two alike the one that is no count says its unit.

    Example: I15-n and I15-persen -> "Macet" and "Macet (persen)".
    """
    names = {kode: INDICATORS[kode].pendek for kode in kodes}
    alike = [name for name in names.values() if list(names.values()).count(name) > 1]
    return {
        kode: f"{name} ({INDICATORS[kode].satuan})" if name in alike and not text.is_count(kode) else name
        for kode, name in names.items()
    }


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


def stuck(rows: pd.DataFrame, data_date: dt.date) -> pd.DataFrame:
    """The stuck cases of one province as a list: names, and days without activity on the data date."""
    frame = rows.copy()
    frame["jenis"] = frame["kode_jenis"].map(reference.names("jenis_masalah"))
    frame["kabkota"] = frame["kode_kabkota"].map(reference.names("kabkota"))
    frame["pendamping"] = frame["id_pendamping"].where(frame["id_pendamping"].notna(), "tanpa pendamping")
    frame["diam"] = (pd.Timestamp(data_date) - frame["tanggal_aktivitas"]).dt.days
    return frame[list(STUCK_COLUMNS)]


def team(staff: pd.DataFrame, labels: dict[Pita, str]) -> pd.DataFrame:
    """The pendamping of one province as a table of codes: band, open and stuck cases; the order is kept."""
    return pd.DataFrame(
        {
            "Pendamping": staff["pendamping"],
            "Beban (usulan)": [labels[Pita(pita)] for pita in staff["pita"]],
            "Terbuka": staff["terbuka"].astype(int),
            "Macet": staff["macet"].astype(int),
        }
    )


def short_names(per: Dimensi) -> dict[str, str]:
    """The short names of clusters where a chart has little room; PAS have no shorter ones."""
    if per is Dimensi.PAS:
        return reference.names("pas")
    table = reference.table("klaster")
    return dict(zip(table["kode_klaster"], table["nama_pendek"], strict=True))


def kinds_of(per: Dimensi, group: str) -> tuple[str, ...]:
    """The kinds of a group. Example: (klaster, "BENCANA") -> ("P21", "P22")."""
    kinds = reference.table("jenis_masalah")
    return tuple(kinds.loc[kinds[GROUPINGS[per][1]] == group, "kode_jenis"])


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
    frame["kunci"], frame["nama"] = frame[key], [names[code] for code in frame[key]]
    frame["tampil"] = display(frame)
    frame["tampil_rentang"] = [
        text.interval(row.kode, row.bawah, row.atas) for row in frame.itertuples(index=False)
    ]
    return frame


def services(answer: pd.DataFrame, key: str) -> pd.DataFrame:
    """The cases per approach or component for `bars.ranked`, with their share of all cases recorded."""
    frame = answer[[key, "kode", "nilai", "n", "alasan", "catatan"]].copy()
    frame["kunci"] = frame[key].where(frame[key].notna(), "")
    frame["nama"] = [text.service(code, key=key) for code in frame[key]]
    frame["tampil"] = [
        f"{shown} ({persen(100 * row.nilai / row.n)})" if row.n > 0 else shown
        for shown, row in zip(display(frame), frame.itertuples(index=False), strict=True)
    ]
    return frame


def sums(answer: pd.DataFrame) -> dict[str, float]:
    """The sum of every kode over the groups; NaN where a group has no number."""
    return {kode: rows["nilai"].sum(skipna=False) for kode, rows in answer.groupby("kode", sort=False)}
