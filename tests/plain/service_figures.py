"""Figures of referrals: I22."""

from __future__ import annotations

import datetime as dt

from tests.plain.curves import Clock, quantile
from tests.plain.figures import Figure, count, share
from tests.plain.groups import Group


def made(group: Group) -> list[tuple[dict, dt.date, dt.date]]:
    """(row, t, T) of the referrals made in [a, t] for the cases of the group."""
    found = []
    for case in group.cases:
        place = case["tempat"]
        t = place.seen_until(group.b)
        for row in group.world.rujukan.get((case["provinsi"], case["id"]), []):
            if group.a <= row["tanggal_rujukan"] <= t:
                found.append((row, t, place.tanggal_data))
    return found


def outcome(row: dict, day: dt.date) -> str:
    """What was known of a referral on a day: an acceptance dated later was still waiting."""
    accepted = row["tanggal_diterima"]
    if row["hasil"] == "diterima" and accepted is not None and accepted > day:
        return "menunggu"
    return row["hasil"]


def i22_n(group: Group) -> Figure:
    n = len(made(group))
    return count(n, n)


def i22_diterima(group: Group) -> Figure:
    """Accepted of accepted and refused, as at T."""
    outcomes = [outcome(row, end) for row, _, end in made(group)]
    accepted, refused = outcomes.count("diterima"), outcomes.count("ditolak")
    return share(accepted, accepted + refused)


def i22_hari(group: Group) -> Figure:
    """Days from tanggal_rujukan to tanggal_diterima; refused and undated ones left out, waiting ones censored at t."""
    clocks = []
    for row, t, end in made(group):
        if row["hasil"] == "ditolak":
            continue
        if outcome(row, end) == "diterima" and row["tanggal_diterima"] is None:
            continue
        if outcome(row, t) == "diterima":
            days = (row["tanggal_diterima"] - row["tanggal_rujukan"]).days
            clocks.append(Clock(entry=-1, exit=days, outcome="diterima"))
        else:
            clocks.append(Clock(entry=-1, exit=(t - row["tanggal_rujukan"]).days, outcome=None))
    return quantile(clocks, 0.5)
