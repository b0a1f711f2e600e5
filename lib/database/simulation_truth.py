"""What is true in the simulated case database, by construction: hazards, effects, provinces set apart.

Ages are whole days since terdata: age 0 is the day of terdata itself. The causes stand in the order of CAUSES.
docs/simulasi.md states the same for readers; nothing here is measured on real cases.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lib import reference

DAYS = 1096
"""Length of the simulated time: end - 1095 to end, both included."""
CAUSES = ("terselesaikan", "dialihkan", "berhenti")

# Daily hazard at the plateau, per klaster and cause: the chance that a case still open closes today.
PLATEAU = MappingProxyType(
    {
        "ANAK": (0.0084, 0.0020, 0.0014),
        "DISABILITAS": (0.0068, 0.0014, 0.0012),
        "LANSIA": (0.0076, 0.0014, 0.0018),
        "NAPZA": (0.0062, 0.0016, 0.0014),
        "TSKPO": (0.0098, 0.0024, 0.0017),
        "BENCANA": (0.0110, 0.0024, 0.0016),
        "LAINNYA": (0.0080, 0.0016, 0.0012),
    }
)
# Share of the plateau by age: `start` up to age `begin`, then a straight line to 1 at age `full`.
RAMPS = ((0.02, 14, 45), (0.10, 0, 20), (0.30, 0, 30))

# Relative numbers of cases, skewed as the published figures: elderly, disability, children, poverty lead.
KIND_WEIGHTS = MappingProxyType(
    {
        **{"P01": 25, "P02": 110, "P03": 32, "P04": 22, "P05": 18, "P06": 45, "P07": 14, "P08": 175},
        **{"P09": 165, "P10": 10, "P11": 45, "P12": 40, "P13": 14, "P14": 3, "P15": 9, "P16": 3.5},
        **{"P17": 28, "P18": 2.5, "P19": 22, "P20": 12, "P21": 35, "P22": 5, "P23": 22, "P24": 110},
        **{"P25": 12, "P26": 2},
    }
)
URGENT_KINDS = ("P06", "P18", "P19", "P21", "P22")
URGENT_SHARE = 0.21
DARURAT_SHARE = 0.065
TINGGI_SHARE = 0.28

BETTER, BETTER_MULTIPLIER = "35", 1.5
WORSE, WORSE_MULTIPLIER = "73", 0.65
SPEEDUP_MULTIPLIER = 1.4
SPEEDUP_MONTHS = (20, 23)
OVERLOADED = ("36", "52")
STUCK = "14"
TINY = "93"
LATE_DAYS = MappingProxyType({"17": 3, "62": 8, "72": 14, "81": 21, "94": 30, "92": 40})
COMPLETE_SINCE_DAY = MappingProxyType({"21": 300, "64": 420, "75": 510})
# Incoming cases per pendamping against the average; better and worse are evened out so that their load is not.
INFLOW = MappingProxyType({"35": 1.15, "73": 0.80, "36": 2.0, "52": 2.0, "93": 0.15})

PENDAMPING = 635
LEAST_PENDAMPING = 4
ADMINISTRATIF_SHARE = 0.015
RETURN_SHARE, RETURN_DAYS = 0.06, 180
SAME_KIND_ON_RETURN = 0.8
LINKED_ON_RETURN = 0.85

# Days from terdata to asesmen: lognormal, cut to whole days; the median times the factors below.
RESPONSE_MEDIAN, RESPONSE_SIGMA = 7.2, 0.9
RESPONSE_FACTOR = MappingProxyType(
    {
        **{"31": 0.7, "33": 0.7, "34": 0.7, "51": 0.7},
        **{"53": 1.6, "81": 1.6, "82": 1.6, "91": 1.6, "92": 1.6, "93": 1.6, "94": 1.6, "95": 1.6, "96": 1.6},
    }
)
RESPONSE_PRIORITY = MappingProxyType({"darurat": 0.3, "tinggi": 0.9, "biasa": 1.0})

# Days since the last update of an open case: exponential, cut to whole days, never before its last step.
UPDATE_MEAN, UPDATE_MEAN_DARURAT, UPDATE_STUCK_FACTOR = 19.5, 4.0, 3.0

# What was done for a case: only the last 18 months, for handled cases; more kegiatan once intervensi began.
KEGIATAN_DAYS = 548
KEGIATAN_MEAN, KEGIATAN_MEAN_BEFORE = 1.9, 0.7
KEGIATAN_SHARES = MappingProxyType(
    {
        **{"pemenuhan_hidup_layak": 0.22, "perawatan_pengasuhan": 0.10, "dukungan_keluarga": 0.16},
        **{"terapi": 0.11, "vokasional_kewirausahaan": 0.07, "bantuan_asistensi_sosial": 0.17},
        **{"dukungan_aksesibilitas": 0.05, "kunjungan": 0.07, "monitoring": 0.05},
    }
)
# How much more often a klaster gets a component than KEGIATAN_SHARES says, before the shares are made 1 again.
KEGIATAN_FACTOR = MappingProxyType(
    {
        ("ANAK", "perawatan_pengasuhan"): 2.0,
        ("DISABILITAS", "dukungan_aksesibilitas"): 4.0,
        ("LANSIA", "pemenuhan_hidup_layak"): 1.5,
        ("NAPZA", "terapi"): 3.0,
        ("TSKPO", "vokasional_kewirausahaan"): 3.0,
        ("BENCANA", "bantuan_asistensi_sosial"): 2.0,
    }
)
KEGIATAN_SHARES_BEFORE = MappingProxyType({"kunjungan": 0.6, "asesmen": 0.4})

# Referrals: of cases closed as R1 (dirujuk penuh) and of all others; then diterima, ditolak, never answered.
REFERRED_FULLY, REFERRED_OTHERS = 0.40, 0.055
ANSWERS_FULLY, ANSWERS_OTHERS = (0.92, 0.0, 0.08), (0.67, 0.15, 0.18)
REFERRAL_MEDIAN, REFERRAL_SIGMA = 6.0, 0.8

HAND_OVER_SHARE = 0.065
PENUGASAN_DAYS = 365
KEHADIRAN_MONTHS = 12
# Share of the days a pendamping is away, by pendamping: lognormal; and of months with long leave.
ABSENT_MEDIAN, ABSENT_SIGMA, LONG_LEAVE_SHARE = 0.035, 0.5, 0.02
TARGET_COUNTS = ("I01", "I02", "I03", "I03K")
TARGET_FACTOR = (0.95, 1.10)
TARGET_RATES = MappingProxyType({"I04-180": 60.0, "I05M": 150.0, "I11": 85.0})


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A multiplier of the daily hazard of terselesaikan on calendar dates; no provinces means all."""

    nama: str
    multiplier: float
    provinsi: tuple[str, ...]
    dari: dt.date
    sampai: dt.date


@dataclass(frozen=True, kw_only=True)
class Truth:
    """Everything a recovered figure may be held against."""

    hazards: dict[str, np.ndarray]
    """Klaster -> daily hazards [DAYS, 3] by age and cause, before any effect."""
    effects: tuple[Effect, ...]
    overloaded: tuple[str, ...]
    stuck: str
    tiny: str
    tanggal_data: dict[str, dt.date]
    """Province -> its T; the late ones lie before the end."""
    lengkap_sejak: dict[str, dt.date]
    """Only the provinces whose register begins later than the simulated time."""


def truth(*, end: dt.date = dt.date(2026, 11, 20)) -> Truth:
    """Return the truths of the simulation that ends on `end`.

    Example: with the default end the speed-up runs from 2025-07-01 to 2025-10-31.
    """
    first = end - dt.timedelta(days=DAYS - 1)
    dari, sampai = speedup_dates(end)
    return Truth(
        hazards={klaster: hazards(klaster, ages=DAYS) for klaster in PLATEAU},
        effects=(
            Effect(
                nama="lebih cepat", multiplier=BETTER_MULTIPLIER, provinsi=(BETTER,), dari=first, sampai=end
            ),
            Effect(
                nama="lebih lambat", multiplier=WORSE_MULTIPLIER, provinsi=(WORSE,), dari=first, sampai=end
            ),
            Effect(nama="percepatan", multiplier=SPEEDUP_MULTIPLIER, provinsi=(), dari=dari, sampai=sampai),
        ),
        overloaded=OVERLOADED,
        stuck=STUCK,
        tiny=TINY,
        tanggal_data={
            code: end - dt.timedelta(days=LATE_DAYS.get(code, 0)) for code in reference.all_provinces()
        },
        lengkap_sejak={code: first + dt.timedelta(days=day) for code, day in COMPLETE_SINCE_DAY.items()},
    )


def speedup_dates(end: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the speed-up: months 20-23 of the 36 that end with the month of `end`.

    Example: end 2026-11-20 -> 2025-07-01 and 2025-10-31.
    """
    last_month = end.year * 12 + end.month - 1
    opening, after = last_month - 36 + SPEEDUP_MONTHS[0], last_month - 36 + SPEEDUP_MONTHS[1] + 1
    dari = dt.date(opening // 12, opening % 12 + 1, 1)
    return dari, dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)


def hazards(klaster: str, *, ages: int, multiplier: float = 1.0) -> np.ndarray:
    """Return the daily hazards [ages, 3] by age and cause; the multiplier acts on terselesaikan alone.

    Raises KeyError for an unknown klaster.
    Example: ANAK at age 45: .0090, .0022, .0015; at age 0: .0090 * .02 = .00018, .00022, .00045.
    """
    age = np.arange(ages)
    columns = []
    for plateau, (start, begin, full) in zip(PLATEAU[klaster], RAMPS, strict=True):
        share = start + (1 - start) * np.clip((age - begin) / (full - begin), 0, 1)
        columns.append(plateau * share)
    columns[0] = columns[0] * multiplier
    return np.stack(columns, axis=1)


def true_incidence(klaster: str, *, multiplier: float = 1.0, days: int = 400) -> np.ndarray:
    """Return the true cumulative incidence [days + 1, 3]: the chance to have ended by each cause at age <= u.

    F_k(u) = sum over v <= u of S(v - 1) h_k(v) with S(v) = product of 1 - sum of h. The multiplier acts on the
    hazard of terselesaikan at every age, as in a province with that effect. Raises KeyError for an unknown
    klaster.
    Example: ANAK: F(0) = .00018, .00022, .00045.
    """
    hazard = hazards(klaster, ages=days + 1, multiplier=multiplier)
    survival = np.cumprod(1 - hazard.sum(axis=1))
    before = np.concatenate([[1.0], survival[:-1]])
    return np.cumsum(hazard * before[:, None], axis=0)


def true_incidence_all(*, multiplier: float = 1.0, days: int = 400) -> np.ndarray:
    """Return the cumulative incidence [days + 1, 3] of the whole mix of klaster, weighted by KIND_WEIGHTS."""
    klaster = reference.table("jenis_masalah").set_index("kode_jenis")["kode_klaster"]
    total = sum(KIND_WEIGHTS.values())
    return sum(
        weight / total * true_incidence(klaster[kind], multiplier=multiplier, days=days)
        for kind, weight in KIND_WEIGHTS.items()
    )


def true_half(klaster: str, *, multiplier: float = 1.0) -> int | None:
    """Return the first age at which half of the cases are terselesaikan, None when that is never reached.

    Example: TSKPO -> 128.
    """
    reached = true_incidence(klaster, multiplier=multiplier, days=2 * DAYS)[:, 0] >= 0.5
    return int(reached.argmax()) if reached.any() else None


def true_median_any_end(klaster: str, *, multiplier: float = 1.0) -> int:
    """Return the first age at which half of the cases have ended by any cause.

    Example: TSKPO -> 68.
    """
    ended = true_incidence(klaster, multiplier=multiplier, days=2 * DAYS).sum(axis=1)
    return int((ended >= 0.5).argmax())
