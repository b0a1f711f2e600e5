"""What is shown of a number that leaves the house: the thresholds, the rounding, the fixed figures and their tables.

Policy of the signed specification: 1-4 as "<5" (sensitive kinds below 10 as "<10"), zeros shown, every other count
rounded to 5, no rate below n = 10. Rounding after ehrQL's `apply_sdc` (Bennett Institute), threshold ours.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from lib import reference

K = 5
K_SENSITIF = 10
BASE = 5
N_RATE = 10
MIN_VALUES = 3
"""A hidden cell keeps at least so many possible values for whoever solves all listed views together."""
ALL = "semua"
NATION = "00"
AT_DATA = "T"
"""The period of figures that are known at the data date only."""
WITHHELD = "disamarkan"
TOO_FEW = f"n < {N_RATE}"

COHORTS = (180,)
# The tables that are told apart finest: by kab/kota and klaster, and by province and jenis, both by year.
FINE_TABLES = ("terdata", "tertangani", "tuntas")
# Plain counts: kode -> the audited table of counts.
COUNTS = {
    "I01": "terdata",
    "I02": "tertangani",
    "I03K": "tuntas",
    "I03": "selesai",
    "I13": "terbuka",
    "I15-n": "macet",
}
# Shares: kode -> (table of pembilang, table of n, factor); both are rounded, then divided.
SHARES = {
    "I06": ("selesai", "terdata", 100),
    "I15-persen": ("macet", "terbuka-T", 100),
    "I11": ("respon-tepat", "respon-n", 100),
    **{f"I04-{days}": (f"kohort-{days}-selesai", f"kohort-{days}-n", 100) for days in COHORTS},
}
# Rates: kode -> (table of pembilang, factor); n is the population, which is public.
RATES = {"I27": ("terdata", 100_000)}
# Days read off a curve or a middle value: only the day is shown, from n = 10 on.
MEDIANS = (
    *("I05M", "I05MK", "I08", "I09", "I10", "I14-median"),
    *(
        f"I12-{step}{end}"
        for step in ("asesmen", "rencana", "intervensi", "terminasi")
        for end in ("", "-p80")
    ),
)
# Figures of pendamping: rounded like all others, for the nation and whole provinces; the mean load counts cases too and
# is hidden where it would tell their hidden number (see `suppress`).
STAFF = {"I18-rata": 1, "I18-persen": 100, "I20": 1_000_000, "I29-sertifikat": 100, "I31": 100}
LISTED = (*COUNTS, *SHARES, *RATES, *MEDIANS, *STAFF)
# Tables known at the data date only.
TABLES_AT_DATA = ("macet", "terbuka-T")


@cache
def sensitive() -> frozenset[str]:
    """The sensitive kinds, and the groups that hold nothing else."""
    kinds = reference.table("jenis_masalah")
    marked = kinds["sensitif"] == 1
    groups = {kode for kode, rows in kinds.groupby("kode_klaster") if (rows["sensitif"] == 1).all()}
    return frozenset(kinds.loc[marked, "kode_jenis"]) | groups


def threshold(apa: str) -> int:
    """Counts from 1 up to below this are hidden. Example: threshold("P24") == 5, threshold("P18") == 10."""
    return K_SENSITIF if apa in sensitive() else K


def rounded(counts, *, k: int = K, base: int = BASE) -> np.ndarray:
    """Counts below k as 0, the others to the nearest multiple of the base; raises ValueError for what is no count.

    Example (k = 8, base 5, ehrQL's own): 6, 7, 8 -> 0, 0, 10.
    """
    values = np.asarray(counts, dtype="float64")
    known = values[~np.isnan(values)]
    if (known < 0).any() or (known != np.floor(known)).any():
        raise ValueError("not a count")
    return np.where(values < k, np.where(np.isnan(values), np.nan, 0.0), base * np.floor(values / base + 0.5))


def bounds(counts: np.ndarray, k: np.ndarray | int) -> tuple[np.ndarray, np.ndarray]:
    """What a reader knows of each count from its display: the smallest and the largest true value.

    Example (k = 5): 0 -> 0..0; 3 -> 1..4; 6 (shown 5) -> 5..7; 12 (shown 10) -> 8..12.
    """
    k = np.broadcast_to(k, counts.shape)
    shown = BASE * ((2 * counts + BASE) // (2 * BASE))
    reach = BASE // 2
    low = np.where(counts == 0, 0, np.where(counts < k, 1, np.maximum(k, shown - reach)))
    high = np.where(counts == 0, 0, np.where(counts < k, k - 1, shown + reach))
    return low, high
