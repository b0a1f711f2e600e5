"""What a story is made of: figures, charts, tables and sentences, without a word on how they are laid out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from lib import present_area, text, text_pack
from lib.domain import Tayang
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka

COLUMNS, BARS = "kolom", "batang"


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure by itself: what it is called, how it is shown, its n in words (may be empty)."""

    kode: str
    nama: str
    tampil: str
    n: str


@dataclass(frozen=True, kw_only=True)
class Series:
    """The values of one kode over the categories of a chart; None where there is nothing to draw."""

    kode: str
    nama: str
    nilai: tuple[float | None, ...]
    tampil: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What a chart shows: columns, bars or lines over categories, in one unit."""

    rupa: str
    judul: str
    satuan: str
    kategori: tuple[str, ...]
    seri: tuple[Series, ...]


@dataclass(frozen=True, kw_only=True)
class Areas:
    """The provinces of a map by code: class 0-4 (-1: no number), name, display text; labels of the classes."""

    judul: str
    kelas: dict[str, int]
    nama: dict[str, str]
    tampil: dict[str, str]
    label: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """One message: `judul` says it, `kalimat` completes it, the rest shows it.

    `frame`: the rows of `measure` behind it; `tabel`: texts as shown, the first column names the rows; `nilai`: the
    numbers of the same cells, NaN where there is none; `catatan`: what a speaker needs to know; `putusan`: what needs
    a decision.
    """

    nama: str
    judul: str
    kodes: tuple[str, ...] = ()
    frame: pd.DataFrame
    kalimat: str = ""
    catatan: tuple[str, ...] = ()
    putusan: tuple[str, ...] = ()
    kotak: tuple[Tile, ...] = ()
    grafik: Chart | None = None
    peta: Areas | None = None
    tabel: pd.DataFrame | None = None
    nilai: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Story:
    """All that a pack says, and of what: place, filter, days, data dates, version, number of cases, rules."""

    unit: str
    tempat: str
    saringan: str
    periode: str
    data_per: str
    versi: str
    n: str
    tayang: Tayang
    simulasi: bool
    langkah: tuple[Step, ...]

    @property
    def kaki(self) -> str:
        """The line under every slide and page."""
        parts = (
            f"Sumber: Tuntas, {self.unit}",
            f"saringan {self.saringan}",
            f"periode {self.periode}",
            f"data per {self.data_per}",
            f"versi {self.versi}",
            self.n,
            text_pack.RULES[self.tayang],
        )
        return "; ".join(parts) + "."

    @property
    def sidik(self) -> str:
        """A digest of every number and sentence."""
        said = repr([(step.judul, step.kalimat, step.putusan) for step in self.langkah]) + self.kaki
        numbers = "".join(step.frame.to_csv(index=False) for step in self.langkah)
        return hashlib.sha256((said + numbers).encode()).hexdigest()[:12]

    def step(self, nama: str) -> Step | None:
        """The step of that name, where the story has it."""
        return next((step for step in self.langkah if step.nama == nama), None)


def by_kode(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows found by their kode."""
    return rows.set_index("kode", drop=False)


def tiles(rows: pd.DataFrame, kodes: Sequence[str]) -> tuple[Tile, ...]:
    known = by_kode(rows)
    names = present_area.headings([kode for kode in kodes if kode in known.index])
    tiles = []
    for kode, name in names.items():
        row = known.loc[kode]
        base = "" if pd.isna(row["n"]) or text.is_count(kode) else f"n = {angka(row['n'])}"
        tiles.append(Tile(kode=kode, nama=name, tampil=row["tampil"], n=base))
    return tuple(tiles)


def series(rows: pd.DataFrame, kode: str) -> Series:
    own = rows[rows["kode"] == kode]
    drawn = tuple(None if pd.isna(value) else float(value) for value in own["nilai"])
    return Series(kode=kode, nama=INDICATORS[kode].pendek, nilai=drawn, tampil=tuple(own["tampil"]))


def chart(rupa: str, rows: pd.DataFrame, kodes: Sequence[str], *, judul: str) -> Chart:
    names = rows.loc[rows["kode"] == kodes[0], "nama"]
    return Chart(
        rupa=rupa,
        judul=judul,
        satuan=INDICATORS[kodes[0]].satuan,
        kategori=tuple(names),
        seri=tuple(series(rows, kode) for kode in kodes),
    )


def tables(rows: pd.DataFrame, *, heading: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The groups as a table of texts, and the numbers of the same cells."""
    names = dict(zip(rows["kunci"], rows["nama"], strict=True))
    table = present_area.side_by_side(rows, "kunci", names=names)
    columns = present_area.headings(table.tampil.columns)
    shown = table.tampil.rename(columns=columns).reset_index(drop=True)
    shown.insert(0, heading, table.nama)
    numbers = table.nilai.rename(columns=columns).reset_index(drop=True)
    return shown, numbers
