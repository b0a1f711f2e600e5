"""How late the cases of each province come, and how complete its last months are, through the one door."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lib.disclosure.delays import harmless_months, harmless_shares
from lib.domain import CaseFilter, Dimensi, Scope, Tayang, Thresholds
from lib.measure.nowcast import LONGEST, WEEK, Delays, nowcast, reporting_delays
from lib.queries.source import Source
from lib.stats import nowcast as late

LAST_MONTHS = 3


def late_reports(scope: Scope, *, source: Source, limits: Thresholds) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How late the cases of each province of the scope come, and how complete its last three months are.

    First provinsi, n, dalam_7, dalam_30 (percent), median (days), alasan: the province's own cases of 52 weeks by whole
    days from tanggal_terdata to the first upload that had them; cases still to come are allowed for (reverse-time
    hazards), median is the first day by which half are there; alasan says why there is no number (a province that
    cannot be told, fewer than n_minimum cases). Then the rows of `nowcast` by province of those months. Under tayang
    presentasi both are rounded percentages of many cases without any count (see `lib.disclosure.delays`).
    """
    exact = replace(scope, tayang=Tayang.INTERNAL)
    known = reporting_delays(exact, source=source, limits=limits)
    shares = _shares(exact, known, limits)
    months = nowcast(exact, CaseFilter(), per=Dimensi.PROVINSI, source=source, limits=limits, known=known)
    last = sorted(months["bulan"].unique())[-LAST_MONTHS:]
    months = months[months["bulan"].isin(last)].reset_index(drop=True)
    if scope.tayang is Tayang.PRESENTASI:
        return harmless_shares(shares), harmless_months(months)
    return shares, months


def _shares(scope: Scope, known: Delays, limits: Thresholds) -> pd.DataFrame:
    """The first answer of `late_reports`, exact."""
    longest = LONGEST * WEEK
    counted = known.counted
    age = np.minimum(counted["umur"].to_numpy(), longest)
    lag = np.maximum(counted["umur"].to_numpy() - counted["masuk"].to_numpy(), 0)
    kept = lag < longest
    place = counted["wilayah"].to_numpy()
    number = counted["n"].to_numpy()
    answer = []
    for position, register in enumerate(known.registers):
        if register.kode_provinsi not in scope.provinces:
            continue
        own = kept & (place == position)
        counts = np.zeros((longest + 1, longest))
        np.add.at(counts, (age[own], lag[own]), number[own])
        n = int(counts.sum())
        reason = known.reasons.get(register.kode_provinsi)
        if reason is None and n < limits.n_minimum:
            reason = f"n < {limits.n_minimum}"
        row = {"provinsi": register.kode_provinsi, "n": n, "alasan": reason}
        if reason is None:
            events, at_risk = late.reverse_counts(counts)
            hazard = np.divide(events, at_risk, out=np.zeros(longest), where=at_risk > 0)
            share = late.share_seen(hazard)
            row |= {"dalam_7": 100 * share[7], "dalam_30": 100 * share[30]}
            row["median"] = float(np.argmax(share >= 0.5))
        answer.append(row)
    names = ["provinsi", "n", "dalam_7", "dalam_30", "median", "alasan"]
    frame = pd.DataFrame(answer, columns=names)
    return frame.astype({name: "float64" for name in ("dalam_7", "dalam_30", "median")})
