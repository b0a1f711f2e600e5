"""The same question asked of two versions: what new events have changed, and what changes of past data have.

For each province let T' be its data date in the earlier version. With Q(version, t) the figure over [a, t]:

    value then = Q(earlier, min(b, T'))          value now = Q(later, min(b, T))
    revised    = Q(later, min(b, T')) - Q(earlier, min(b, T'))
    new events = Q(later, min(b, T))  - Q(later, min(b, T'))

so that the two parts add up to the difference, exactly, for every figure that is known at any day. New are the events
dated after T'. Revised is everything else: cases and dates up to T' that were sent late, corrected, reclassified,
removed, or closed as administratif since. A province whose data date has not moved forward has no new events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lib.domain import AccessRefused, CaseFilter, Dimensi, Scope, Tayang, UserError
from lib.indicators.records import VALUE_KEYS
from lib.measure.answer import answer
from lib.measure.question import Question, ask, check_kodes
from lib.queries.source import Source
from lib.settings import Settings

# Counts that no threshold decides; those with terminasi hang on what counts as terselesaikan.
FREE_OF_POLICY = ("I01", "I13", "I14-median", "I14-0", "I14-31", "I14-91", "I14-181", "I16")
FREE_OF_LIMITS = (
    *FREE_OF_POLICY,
    *("I02", "I03", "I03K"),
    *(f"STOK-{status}" for status in ("terdata", "tertangani", "terselesaikan", "ditutup")),
)
# Known at any day up to T; the others are known at T only, follow their cases to T, or describe persons of now.
SPLIT = (
    *FREE_OF_LIMITS,
    *("I04-30", "I04-90", "I04-180", "I05-30", "I05-90", "I05-180", "I05M", "I06", "I07", "I08", "I09"),
    *("I10", "I11", "I25"),
    *(
        f"I12-{step}{tail}"
        for step in ("asesmen", "rencana", "intervensi", "terminasi")
        for tail in ("", "-p80")
    ),
)
NUMBERS = ("dulu", "kini", "selisih", "baru", "direvisi")
NOT_SPLIT = "angka ini hanya diketahui pada tanggal data"
RULES_DIFFER = "ambang atau kebijakan kedua versi berbeda"
NOT_SENT = "belum mengirim pada salah satu versi"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two versions: its source and the settings that hold for it."""

    source: Source
    settings: Settings


def revisions(
    scope: Scope,
    kodes: Sequence[str],
    case_filter: CaseFilter,
    *,
    earlier: Side,
    later: Side,
    per: Dimensi | None = None,
) -> pd.DataFrame:
    """The figures of two versions over the same days, one row per kode, or per kode and province.

    Columns: kode, provinsi (with per), satuan, dulu, kini, selisih = kini - dulu, baru and direvisi (their sum is
    selisih), alasan_dulu and alasan_kini (why a value is missing), catatan, dari, sampai, tanggal_dulu, tanggal_kini
    (data dates), versi_dulu, versi_kini, tayang, simulasi. Parts are NaN where a figure cannot be split; catatan says
    why. The days [a, b] are worked out with the later version. Without `per`, provinces that have not sent to both
    versions are left out of all numbers, and catatan counts them.

    Example: 10 cases in [a, T'] then; now 9 of them and 2 sent late are in [a, T'], and 4 are dated after T':
    dulu 10, kini 15, direvisi +1, baru +4.
    Raises UserError for another dimension, a kode with one row per value, or simulated rows beside real ones;
    AccessRefused outside the scope and under tayang presentasi, where two versions could be held against each other to
    work out small numbers.
    """
    if scope.tayang is Tayang.PRESENTASI:
        raise AccessRefused(
            "Dua versi hanya dapat dibandingkan dalam tayang internal: dari selisih kecil antara dua angka yang "
            "dibulatkan, angka kecil dapat dihitung balik."
        )
    _check(kodes, per, earlier, later)
    now = ask(scope, case_filter, per=per, source=later.source, limits=later.settings.ambang)
    fixed = case_filter.with_period(now.start, now.end)
    then = ask(scope, fixed, per=per, source=earlier.source, limits=earlier.settings.ambang)
    dates = {register.kode_provinsi: register.tanggal_data for register in then.registers}
    both = tuple(r.kode_provinsi for r in now.registers if r.kode_provinsi in dates)
    left_out = [kode for kode in now.provinces if (kode in dates) != (kode in _codes(now))]
    if per is None:
        now, then = _only(now, both), _only(then, both)
    split = [kode for kode in kodes if _why_not(kode, earlier, later) is None]
    back_then = replace(
        now,
        windows=tuple(
            replace(window, akhir=min(window.akhir, dates[window.kode_provinsi]))
            for window in now.windows
            if window.kode_provinsi in dates
        ),
    )
    parts = {
        "dulu": answer(then, kodes),
        "kini": answer(now, kodes),
        "antara": answer(back_then, split) if split else None,
    }
    frame = _joined(parts, ["kode", *([per.value] if per else [])])
    return _described(frame, per, earlier, later, left_out=left_out).assign(
        dari=now.start, sampai=now.end, tayang=scope.tayang.value
    )


def _check(kodes: Sequence[str], per: Dimensi | None, earlier: Side, later: Side) -> None:
    check_kodes(kodes, per)
    if per not in (None, Dimensi.PROVINSI):
        raise UserError(f"Dua versi hanya dibandingkan seluruhnya atau per provinsi, tidak per {per.value}.")
    several = [kode for kode in kodes if kode in VALUE_KEYS]
    if several:
        raise UserError(
            f"Indikator {', '.join(several)} punya beberapa baris dan tidak dibandingkan antarversi."
        )
    if earlier.source.simulasi != later.source.simulasi:
        raise UserError(
            "Salah satu versi berisi data simulasi dan yang lain tidak; pilih dua versi yang sejenis."
        )


def _codes(question: Question) -> set[str]:
    return {register.kode_provinsi for register in question.registers}


def _only(question: Question, provinces: tuple[str, ...]) -> Question:
    """The question over fewer provinces; with none it stays whole, and says that nothing was sent."""
    if not provinces:
        return question
    return replace(
        question,
        # Else provinces that are left out would come back through persons and population.
        case_filter=replace(question.case_filter, provinsi=provinces),
        provinces=provinces,
        registers=tuple(r for r in question.registers if r.kode_provinsi in provinces),
        windows=tuple(w for w in question.windows if w.kode_provinsi in provinces),
    )


def _why_not(kode: str, earlier: Side, later: Side) -> str | None:
    """Why the difference of a figure is not split; None where it is."""
    if kode not in SPLIT:
        return NOT_SPLIT
    one, other = earlier.settings, later.settings
    if one.rujukan_penuh_terselesaikan != other.rujukan_penuh_terselesaikan and kode not in FREE_OF_POLICY:
        return RULES_DIFFER
    return RULES_DIFFER if one.ambang != other.ambang and kode not in FREE_OF_LIMITS else None


def _joined(parts: dict[str, pd.DataFrame | None], keys: list[str]) -> pd.DataFrame:
    """Values, reasons and data dates of the three answers side by side, in the order of the later one."""
    columns = ["nilai", "alasan", "tanggal_data", "versi"]
    frame = parts["kini"][[*keys, "satuan", "simulasi", *columns]].rename(
        columns={
            "nilai": "kini",
            "alasan": "alasan_kini",
            "tanggal_data": "tanggal_kini",
            "versi": "versi_kini",
        }
    )
    then = parts["dulu"][[*keys, *columns]].rename(
        columns={
            "nilai": "dulu",
            "alasan": "alasan_dulu",
            "tanggal_data": "tanggal_dulu",
            "versi": "versi_dulu",
        }
    )
    frame = frame.merge(then, on=keys, how="left")
    if parts["antara"] is None:
        return frame.assign(antara=np.nan)
    between = parts["antara"][[*keys, "nilai"]].rename(columns={"nilai": "antara"})
    return frame.merge(between, on=keys, how="left")


def _described(
    frame: pd.DataFrame, per: Dimensi | None, earlier: Side, later: Side, *, left_out: list[str]
) -> pd.DataFrame:
    """The parts of each difference, and in words why one is missing."""
    frame["selisih"] = frame["kini"] - frame["dulu"]
    known = frame["selisih"].notna()
    frame["baru"] = (frame["kini"] - frame["antara"]).where(known)
    frame["direvisi"] = (frame["antara"] - frame["dulu"]).where(known)
    remarks = []
    for row in frame.itertuples():
        why = _why_not(row.kode, earlier, later)
        parts = [why] if why else []
        if not why and pd.isna(row.antara) and not pd.isna(row.selisih):
            parts.append("pada tanggal data yang dulu tidak ada angkanya menurut data kini")
        if per is not None and row.provinsi in left_out:
            parts.append(NOT_SENT)
        if per is None and left_out:
            parts.append(f"tanpa {len(left_out)} provinsi yang {NOT_SENT}")
        remarks.append("; ".join(parts) or None)
    frame["catatan"] = pd.Series(remarks, index=frame.index, dtype=object)
    return frame.drop(columns="antara")
