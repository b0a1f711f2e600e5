"""Settings: thresholds, unit name and places, read from data/pengaturan.toml and the environment."""

from __future__ import annotations

import hashlib
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lib.domain import QualityLimits, Thresholds, UserError, Weights

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "data" / "pengaturan.toml"
EVENTS_FILE = ROOT / "data" / "peristiwa.toml"
TRUE_WORDS = {"1", "true", "ya"}
SNAPSHOT, LIVE = "potret", "langsung"
OWN_TABLES, VIEWS = "tabel", "tampilan"
LEAST_TRAIL_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that may differ between two offices."""

    unit: str
    kementerian: str
    ambang: Thresholds
    bobot: Weights
    mutu: QualityLimits
    rujukan_penuh_terselesaikan: bool
    simpan_terakhir: int
    segarkan_menit: float
    kuning_hari: int
    merah_hari: int
    masuk_jam: float
    jejak_hari: int
    db: str | None
    db_aplikasi: str | None
    data_folder: Path
    sumber: str
    kontrak: str
    langsung_detik: int
    batas_kueri_detik: int
    peran_baca: str
    tanpa_masuk: bool
    # Known events of the control charts; a kept version has those of then.
    peristiwa: Path = EVENTS_FILE

    @property
    def database_url(self) -> str:
        """The configured case database, else the embedded SQLite file in the data folder."""
        return self.db or f"sqlite:///{self.data_folder / 'kasus.sqlite'}"

    @property
    def application_url(self) -> str:
        """The configured application database, else a SQLite file in the data folder."""
        return self.db_aplikasi or f"sqlite:///{self.data_folder / 'aplikasi.sqlite'}"

    def require_own_tables(self) -> None:
        """Raise UserError where the case database is a ministry's own, of which only views are read."""
        if self.kontrak == VIEWS:
            raise UserError(
                f"Dengan TUNTAS_KONTRAK={VIEWS}, Tuntas hanya membaca tampilan dan tidak menulis ke basis data itu; "
                "ubah datanya di sistem asalnya, lalu jalankan `python -m lib.cli potret`."
            )

    @property
    def digest(self) -> str:
        """Short digest of the values that change a figure; part of every cache key."""
        text = repr((self.ambang, self.bobot, self.mutu, self.rujukan_penuh_terselesaikan))
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def load(*, environment: Mapping[str, str] | None = None, file: Path = FILE) -> Settings:
    """Read the settings; raises UserError that names the setting when one is missing or wrong."""
    environment = os.environ if environment is None else environment
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        return Settings(
            unit=values["unit"]["nama"],
            kementerian=values["unit"]["kementerian"],
            ambang=Thresholds(**values["ambang"]),
            bobot=Weights(**values["bobot"]),
            mutu=_quality(values),
            rujukan_penuh_terselesaikan=bool(values["kebijakan"]["rujukan_penuh_terselesaikan"]),
            simpan_terakhir=int(values["potret"]["simpan_terakhir"]),
            segarkan_menit=_minutes(
                environment.get("TUNTAS_SEGARKAN_MENIT") or values["potret"]["segarkan_menit"]
            ),
            kuning_hari=int(values["kesegaran"]["kuning_hari"]),
            merah_hari=int(values["kesegaran"]["merah_hari"]),
            masuk_jam=float(values["masuk"]["maksimum_jam"]),
            jejak_hari=_trail_days(values["jejak"]["simpan_hari"]),
            db=environment.get("TUNTAS_DB") or None,
            db_aplikasi=environment.get("TUNTAS_DB_APLIKASI") or None,
            data_folder=Path(environment.get("TUNTAS_DATA") or ROOT / "data" / "lokal"),
            sumber=_source(environment),
            kontrak=_contract(environment),
            langsung_detik=_at_least_one(values["langsung"], "detik"),
            batas_kueri_detik=_at_least_one(values["langsung"], "batas_kueri_detik"),
            peran_baca=str(values["langsung"]["peran_baca"]),
            tanpa_masuk=environment.get("TUNTAS_TANPA_MASUK", "").lower() in TRUE_WORDS,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"Pengaturan {file.name} tidak lengkap atau salah ({error}); perbaiki berkas itu."
        ) from error


def _quality(values: Mapping) -> QualityLimits:
    """Raises ValueError for a probability that is none."""
    fresh = {name: int(values["kesegaran"][name]) for name in ("kuning_hari", "merah_hari")}
    limits = QualityLimits(**values["mutu"], **fresh)
    if not 0 < limits.peluang < 1:
        raise ValueError(f"mutu.peluang = {limits.peluang}, harus di antara 0 dan 1")
    return limits


def _source(environment: Mapping[str, str]) -> str:
    """Where figures come from: SNAPSHOT, or LIVE, which only PostgreSQL can be."""
    chosen = environment.get("TUNTAS_SUMBER") or SNAPSHOT
    if chosen not in (SNAPSHOT, LIVE):
        raise UserError(f"TUNTAS_SUMBER={chosen} tidak dikenal; gunakan `{SNAPSHOT}` atau `{LIVE}`.")
    backend = (environment.get("TUNTAS_DB") or "sqlite").partition(":")[0].partition("+")[0]
    if chosen == LIVE and backend != "postgresql":
        raise UserError(
            f"TUNTAS_SUMBER={LIVE} hanya untuk basis data PostgreSQL, sedangkan TUNTAS_DB adalah {backend}; gunakan "
            f"`{SNAPSHOT}`, atau isi TUNTAS_DB dengan alamat postgresql://."
        )
    return chosen


def _contract(environment: Mapping[str, str]) -> str:
    """Whether the case database holds our own tables or a ministry's views."""
    chosen = environment.get("TUNTAS_KONTRAK") or OWN_TABLES
    if chosen not in (OWN_TABLES, VIEWS):
        raise UserError(f"TUNTAS_KONTRAK={chosen} tidak dikenal; gunakan `{OWN_TABLES}` atau `{VIEWS}`.")
    if chosen == VIEWS and not environment.get("TUNTAS_DB"):
        raise UserError(
            f"TUNTAS_KONTRAK={VIEWS} memerlukan TUNTAS_DB, yaitu basis data yang memuat tampilan itu."
        )
    if chosen == VIEWS and environment.get("TUNTAS_SUMBER") == LIVE:
        raise UserError(
            f"TUNTAS_SUMBER={LIVE} tidak dapat dipakai bersama TUNTAS_KONTRAK={VIEWS}; gunakan `{SNAPSHOT}`."
        )
    return chosen


def _minutes(value: float | str) -> float:
    """Minutes between two refreshes, 0 for never; raises ValueError for anything else."""
    if not 0 <= float(value) < math.inf:
        raise ValueError(f"potret.segarkan_menit (TUNTAS_SEGARKAN_MENIT) = {value}, paling sedikit 0")
    return float(value)


def _at_least_one(values: Mapping, name: str) -> int:
    """Raises ValueError for less than one second."""
    if int(values[name]) < 1:
        raise ValueError(f"langsung.{name} = {values[name]}, paling sedikit 1")
    return int(values[name])


def _trail_days(value: int) -> int:
    """Raises ValueError for a shorter time than the database itself keeps the access trail."""
    if int(value) < LEAST_TRAIL_DAYS:
        raise ValueError(f"jejak.simpan_hari = {value}, paling sedikit {LEAST_TRAIL_DAYS}")
    return int(value)
