"""The nation as a yardstick for those who may not see it: rates and durations only, never a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lib import reference
from lib.domain import AccessRefused, CaseFilter, Scope, Tayang, Thresholds
from lib.indicators.records import INDICATORS, TARGET_PREFIX
from lib.measure.answer import answer
from lib.measure.question import ask
from lib.queries.source import Source

RATES = ("persen", "hari", "kasus per pendamping", "kasus per pendamping-bulan")
# The highest load is one person's count.
NOT_A_RATE = ("I18-maks",)
HIDDEN = "disamarkan"
COLUMNS = ["kode", "nilai", "alasan", "satuan", "dari", "sampai", "tanggal_data"]


def is_national(scope: Scope) -> bool:
    """Whether a scope covers every province."""
    return scope.provinces == reference.all_provinces()


def nation_of(scope: Scope) -> Scope:
    """The scope of all provinces, for a reference whose counts must not leave the door."""
    return replace(scope, provinces=reference.all_provinces())


def has_benchmark(kode: str) -> bool:
    """Whether a figure is a rate or a duration; figures per inhabitant would tell the count."""
    return INDICATORS[kode].satuan in RATES and kode not in NOT_A_RATE and not kode.startswith(TARGET_PREFIX)


def benchmark(
    scope: Scope, kodes: Sequence[str], case_filter: CaseFilter, *, source: Source, limits: Thresholds
) -> pd.DataFrame:
    """The nation's rates and durations for the period and kinds of a filter, indexed by kode; no counts.

    Columns nilai, alasan, satuan, dari, sampai, tanggal_data; kodes without a benchmark are left out. Percent are
    rounded to a tenth, so that numerator and denominator cannot be told from them; a value that rests on fewer than
    `n_minimum` cases outside the scope is hidden. Raises UserError as `measure` does.
    """
    if scope.tayang is not Tayang.INTERNAL or not scope.provinces:
        raise AccessRefused("Angka pembanding nasional hanya untuk pengguna dengan wilayah sendiri.")
    rates = [kode for kode in kodes if has_benchmark(kode)]
    if not rates:
        return pd.DataFrame(columns=COLUMNS).set_index("kode", drop=False)
    wide = replace(case_filter, provinsi=(), kabkota=(), pendamping=None)
    asked = {"per": None, "source": source, "limits": limits}
    nation = answer(ask(nation_of(scope), wide, **asked), rates).set_index("kode", drop=False)
    own = answer(ask(scope, wide, **asked), rates).set_index("kode")
    others = nation["n"] - own["n"].reindex(nation.index).fillna(0)
    known = nation["alasan"].isna()
    few = known & ~(others >= limits.n_minimum)
    nation["nilai"] = nation["nilai"].round(1).where(known & ~few)
    nation["alasan"] = nation["alasan"].where(~few, HIDDEN)
    return nation[COLUMNS]
