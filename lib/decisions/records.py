"""What is remembered of a meeting: tindak lanjut with the changes of their state, and notes on charts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, String, Table

from lib import reference
from lib.application import metadata
from lib.domain import Dimensi, Role, UserError
from lib.indicators.records import INDICATORS, VALUE_KEYS
from lib.text_notes import LONGEST, LONGEST_OFFICE

NATIONAL = "Nasional"
# Roles and offices, never persons; others are typed.
OFFICES = ("Direktur", "Koordinator provinsi", "Sentra", "Dinas Sosial", "Pengelola data")


class State(StrEnum):
    TERBUKA = "terbuka"
    BERJALAN = "berjalan"
    SELESAI = "selesai"
    DIBATALKAN = "dibatalkan"


OPEN = (State.TERBUKA, State.BERJALAN)


def _written() -> tuple[Column, ...]:
    """Who wrote a line in which role, and when (UTC)."""
    return (
        Column("waktu", DateTime, nullable=False),
        Column("penerbit", String(200)),
        Column("subjek", String(200)),
        Column("peran", String(24)),
    )


def _key() -> tuple[Column, ...]:
    return (
        Column("nomor", Integer, primary_key=True, autoincrement=True),
        # What goes with simulated figures is never shown beside real ones.
        Column("simulasi", Boolean, nullable=False, index=True),
    )


tindak_lanjut = Table(
    "tindak_lanjut",
    metadata,
    *_key(),
    Column("keputusan", String(LONGEST), nullable=False),
    Column("kode", String(24), nullable=False),
    # Empty: the nation; empty klaster: all cases.
    Column("kode_provinsi", String(2)),
    Column("kode_klaster", String(16)),
    Column("penanggung", String(LONGEST_OFFICE), nullable=False),
    Column("diputuskan", Date, nullable=False),
    Column("tenggat", Date, nullable=False),
    Column("keadaan", String(16), nullable=False),
    # The figure when it was decided: its period, and as presentasi showed it where that cannot be told again.
    Column("dari", Date),
    Column("sampai", Date),
    Column("nilai", Float),
    Column("alasan", String(200)),
    Column("nilai_tayang", Float),
    Column("alasan_tayang", String(200)),
    Column("tanggal_data", Date),
    Column("versi", String(40)),
    *_written(),
    sqlite_autoincrement=True,
)
perubahan = Table(
    "tindak_lanjut_perubahan",
    metadata,
    *_key(),
    Column("nomor_tindak_lanjut", Integer, nullable=False, index=True),
    Column("dari", String(16)),
    Column("menjadi", String(16), nullable=False),
    Column("catatan", String(LONGEST)),
    *_written(),
    sqlite_autoincrement=True,
)
catatan_grafik = Table(
    "catatan_grafik",
    metadata,
    *_key(),
    Column("tanggal", Date, nullable=False),
    Column("teks", String(LONGEST), nullable=False),
    Column("kode_provinsi", String(2)),
    Column("ditarik", DateTime),
    *_written(),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is decided, before it has a number; no province means the nation, no klaster all cases."""

    keputusan: str
    kode: str
    penanggung: str
    tenggat: dt.date
    provinsi: str | None = None
    klaster: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A figure at a time: its number (None: not there, see `alasan`), its period, the data date and the version."""

    kode: str
    nilai: float | None
    alasan: str | None
    dari: dt.date | None = None
    sampai: dt.date | None = None
    tanggal_data: dt.date | None = None
    versi: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A tindak lanjut as it stands: `then` is its figure when it was decided, `then_shown` as presentasi showed it."""

    nomor: int
    keputusan: str
    kode: str
    provinsi: str | None
    klaster: str | None
    penanggung: str
    diputuskan: dt.date
    tenggat: dt.date
    keadaan: State
    then: Reading
    then_shown: Reading

    @property
    def is_open(self) -> bool:
        return self.keadaan in OPEN

    def days_late(self, today: dt.date) -> int:
        """Days since the due date of one that is still open, else 0. Example: due 10, today 22 -> 12."""
        return max((today - self.tenggat).days, 0) if self.is_open else 0

    @property
    def place(self) -> str:
        """Where it applies, in words. Example: "Jawa Tengah, klaster Anak"."""
        where = reference.names("provinsi")[self.provinsi] if self.provinsi else NATIONAL
        return f"{where}, klaster {reference.names('klaster')[self.klaster]}" if self.klaster else where


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a state: which decision, from (None: new) what to what, when (UTC), in which role, and why."""

    nomor: int
    dari: State | None
    menjadi: State
    waktu: dt.datetime
    peran: Role | None
    catatan: str | None


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """A note on the monthly charts at a day; no province: everywhere."""

    nomor: int
    tanggal: dt.date
    teks: str
    provinsi: str | None

    @property
    def place(self) -> str:
        return reference.names("provinsi")[self.provinsi] if self.provinsi else NATIONAL


def decided_by() -> tuple[str, ...]:
    """The codes of the figures something can be decided about: those with one number."""
    return tuple(kode for kode in INDICATORS if kode not in VALUE_KEYS)


def check_codes(kode: str, provinsi: str | None, klaster: str | None) -> None:
    """Raise UserError for a figure, province or klaster that does not exist or that do not go together."""
    if kode not in decided_by():
        raise UserError(f"Indikator “{kode}” tidak dikenal atau tidak berupa satu angka; pilih dari daftar.")
    check_province(provinsi)
    if klaster is None:
        return
    if klaster not in reference.names("klaster"):
        raise UserError(f"Klaster “{klaster}” tidak dikenal; gunakan kode dari data/referensi.")
    if Dimensi.KLASTER not in INDICATORS[kode].dimensi:
        raise UserError(f"Indikator {kode} tidak dihitung per klaster; pilih semua klaster.")


def check_province(provinsi: str | None) -> None:
    """Raise UserError for a province that does not exist."""
    if provinsi is not None and provinsi not in reference.names("provinsi"):
        raise UserError(f"Provinsi “{provinsi}” tidak dikenal; gunakan kode dari data/referensi.")
