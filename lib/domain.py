"""The words of the house: roles, statuses, steps, scope, filter and period.

This module imports nothing of the project, so that every room can speak the same language.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import StrEnum


class UserError(Exception):
    """An error shown to the user as one Indonesian sentence, without a traceback."""


class DataUnreadable(UserError):
    """Stored data cannot be read: nobody's mistake at the screen, so that the log is told of it too.

    `versi` names the version that was being shown, where it is that which failed.
    """

    def __init__(self, sentence: str, *, versi: str | None = None) -> None:
        super().__init__(sentence)
        self.versi = versi


class AccessRefused(UserError):
    """The scope does not allow what was asked."""


class SignInNeeded(AccessRefused):
    """Nobody has signed in, or the sign-in is too old."""


class Tayang(StrEnum):
    """How exact a published number may be."""

    INTERNAL = "internal"
    PRESENTASI = "presentasi"


class Role(StrEnum):
    DIREKTUR = "direktur"
    KOORDINATOR = "koordinator_provinsi"
    ADMIN_DATA = "admin_data"


class Status(StrEnum):
    """Where a case stands at a date; the four sum to all recorded cases."""

    TERDATA = "terdata"
    TERTANGANI = "tertangani"
    TERSELESAIKAN = "terselesaikan"
    DITUTUP_LAINNYA = "ditutup_lainnya"


class Kelompok(StrEnum):
    """Group of a closing reason."""

    TERSELESAIKAN = "terselesaikan"
    DIALIHKAN = "dialihkan"
    BERHENTI = "berhenti"
    ADMINISTRATIF = "administratif"


class Tahap(StrEnum):
    """Furthest step a case has reached; a closed case stands at terminasi."""

    TERDATA = "terdata"
    ASESMEN = "asesmen"
    RENCANA = "rencana"
    INTERVENSI = "intervensi"
    TERMINASI = "terminasi"


class Pita(StrEnum):
    """Band of a pendamping's open cases, cut by the two limits of the load."""

    WAJAR = "wajar"
    TINGGI = "tinggi"
    BERLEBIH = "berlebih"


class Mutu(StrEnum):
    """How a province's data are graded: by the number of parts that are not met."""

    BAIK = "baik"
    CUKUP = "cukup"
    PERLU_PERBAIKAN = "perlu perbaikan"
    BELUM_DINILAI = "belum dapat dinilai"


class Kesegaran(StrEnum):
    """How old a province's data are."""

    TERKINI = "terkini"
    MULAI_TERTINGGAL = "mulai tertinggal"
    TERTINGGAL = "tertinggal"
    BELUM_PERNAH = "belum pernah mengirim"


class Dimensi(StrEnum):
    """What `--per` accepts."""

    PROVINSI = "provinsi"
    KABKOTA = "kabkota"
    KLASTER = "klaster"
    JENIS = "jenis"
    PAS = "pas"
    PENDAMPING = "pendamping"
    BULAN = "bulan"
    TAHAP = "tahap"


class PeriodKind(StrEnum):
    """Calendar periods are compared with the same elapsed days of the one before."""

    BEBAS = "bebas"
    DUA_BELAS_BULAN = "12-bulan"
    BULAN = "bulan-ini"
    TRIWULAN = "triwulan-ini"
    TAHUN = "tahun-ini"


# A period's days lie here: from the first year a file may name, and so that no reckoning leaves the calendar.
FIRST_DAY, LAST_DAY = dt.date(1980, 1, 1), dt.date(2099, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Period:
    """A closed interval of days [dari, sampai]; either end may be open until the data date is known.

    Raises UserError for a start after the end, and for days before FIRST_DAY or after LAST_DAY.
    """

    dari: dt.date | None = None
    sampai: dt.date | None = None
    kind: PeriodKind = PeriodKind.BEBAS

    def __post_init__(self) -> None:
        for day in (self.dari, self.sampai):
            if day and not FIRST_DAY <= day <= LAST_DAY:
                raise UserError(
                    f"Tanggal {day.isoformat()} di luar {FIRST_DAY.isoformat()} sampai {LAST_DAY.isoformat()}; "
                    "periksa tahunnya."
                )
        if self.dari and self.sampai and self.dari > self.sampai:
            raise UserError(
                f"Awal periode {self.dari.isoformat()} sesudah akhirnya {self.sampai.isoformat()}; "
                "tukar kedua tanggal itu."
            )


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Who is asking and which provinces they may see; an empty tuple sees nothing."""

    role: Role
    provinces: tuple[str, ...]
    tayang: Tayang = Tayang.INTERNAL

    def __post_init__(self) -> None:
        object.__setattr__(self, "provinces", tuple(sorted(set(self.provinces))))


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who signed in, as the identity provider says: its address (iss), its code of the person (sub), and when."""

    issuer: str
    subject: str
    signed_in_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """What the user chose; empty tuples mean no restriction."""

    period: Period = field(default_factory=Period)
    provinsi: tuple[str, ...] = ()
    kabkota: tuple[str, ...] = ()
    klaster: tuple[str, ...] = ()
    jenis: tuple[str, ...] = ()
    pendamping: str | None = None

    def __post_init__(self) -> None:
        for name in ("provinsi", "kabkota", "klaster", "jenis"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))

    def with_period(self, dari: dt.date, sampai: dt.date) -> CaseFilter:
        """The same filter over another free period."""
        return replace(self, period=Period(dari=dari, sampai=sampai))


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Limits that are policy; the screen labels them "usulan"."""

    beban_wajar: int
    beban_berlebih: int
    asesmen_hari: int
    kontak_hari_darurat: int
    kontak_hari_tinggi: int
    kontak_hari_biasa: int
    rencana_hari: int
    macet_hari: int
    macet_hari_darurat: int
    total_hari: int
    tanpa_kabar_hari: int
    n_minimum: int
    n_risiko_minimum: int
    batas_baris_ditolak: int


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much one open case of a priority counts in the weighted load; policy, shown as "usulan"."""

    darurat: float
    tinggi: float
    biasa: float


@dataclass(frozen=True, kw_only=True)
class QualityLimits:
    """The limits of the parts of a province's data quality; policy, shown as "usulan".

    Shares in percent, `peluang` a probability from 0 to 1, ages in days.
    """

    lengkap_persen: float
    ruas_kosong_persen: float
    tanpa_kabar_persen: float
    sehari_persen: float
    kembar_persen: float
    peluang: float
    lonjakan_kasus: int
    cukup_bagian: int
    kuning_hari: int
    merah_hari: int
