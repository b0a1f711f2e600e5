"""Figures of referrals, outcomes, approaches and components, and of targets: I22, I25, I26, I32."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib.domain import Thresholds
from lib.indicators.curves import days_until
from lib.indicators.figures import Frames, blank, count, figure, left_out, ratio, share
from lib.indicators.records import INDICATORS
from lib.indicators.records_services import TARGET_COUNTS, TARGET_PREFIX

NOTHING_TO_DIVIDE = {"target": "target nol", "realisasi": "realisasi nol"}


def _referrals(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return count(frames["rujukan"]["n"], frames["rujukan"]["n"])


def _accepted(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    return share(frames["rujukan"]["diterima"], frames["rujukan"]["diputuskan"], limits.n_minimum)


def _days_to_acceptance(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    reasons = {
        "ditolak": "rujukan ditolak tidak dihitung",
        "tanpa_tanggal": "rujukan diterima tanpa tanggal tidak dihitung",
    }
    notes = left_out(frames["rujukan"], reasons)
    return days_until(frames["kurva-rujukan"], limits, q=0.5, catatan=notes)


def _functioning(frames: Frames, limits: Thresholds) -> pd.DataFrame:
    """All three outcomes good among those with all three filled; the note says how many are filled."""
    outcomes = frames["hasil"]
    filled = [
        f"hasil terisi pada {known} dari {total} kasus terselesaikan ({_percent(known, total)} persen)"
        if total
        else None
        for known, total in zip(outcomes["terisi"], outcomes["n"], strict=True)
    ]
    return share(outcomes["baik"], outcomes["terisi"], limits.n_minimum, catatan=filled)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}".replace(".", ",")


def _per_value(name: str) -> Callable:
    """One count per group and value; the columns g (row number of the group) and `name` say which."""

    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        counted = frames[name]
        return count(counted["n"], counted["jumlah"]).assign(g=counted["g"], **{name: counted[name]})

    return compute


def achievement(kode: str) -> Callable:
    """The computation of I26-KODE: realised of the target in percent, or target of the realised where lower is
    better; the target of a count in proportion to the days elapsed.

    Reads frames["capaian-KODE"]: target, bagian (elapsed share of the target's days, 0-1), realisasi, n, alasan,
    catatan. Example: target 600 for 365 days, 73 elapsed, 90 realised: 90 / 120 = 75 %.
    """
    base = kode.removeprefix(TARGET_PREFIX)
    is_count = base in TARGET_COUNTS
    inverted = INDICATORS[base].arah == "turun" and not is_count

    def compute(frames: Frames, limits: Thresholds) -> pd.DataFrame:
        rows = frames[f"capaian-{base}"]
        target, realised = rows["target"], rows["realisasi"]
        if is_count:
            target = target * rows["bagian"]
        above, below = (target, realised) if inverted else (realised, target)
        nothing = NOTHING_TO_DIVIDE["realisasi" if inverted else "target"]
        reasons = rows["alasan"].where(rows["alasan"].notna() | ~(below == 0), nothing)
        return blank(
            figure(
                nilai=100 * ratio(above, below),
                pembilang=realised,
                n=rows["n"],
                alasan=reasons.where(reasons.notna(), None),
                catatan=rows["catatan"],
            )
        )

    return compute


COMPUTE_SERVICES: dict[str, Callable[[Frames, Thresholds], pd.DataFrame]] = {
    "I22-n": _referrals,
    "I22-diterima": _accepted,
    "I22-hari": _days_to_acceptance,
    "I25": _functioning,
    "I32-pendekatan": _per_value("pendekatan"),
    "I32-komponen": _per_value("komponen"),
}
