"""The open cases that wait for a step now, and those that wait longer than the norm."""

from __future__ import annotations

import pandas as pd

from lib.domain import CaseFilter, Scope, Thresholds
from lib.measure.answer import NO_DATA
from lib.measure.groups import members_of
from lib.measure.question import ask
from lib.queries import lists
from lib.queries.source import Source

# The list of those who wait for each step; without a response is what STOK-terdata holds.
WAITING = {"respon": "STOK-terdata"} | {step: f"TUNGGU-{step}" for step in lists.WAITS}
OVER = {step: f"LEWAT-{step}" for step in lists.NORMS}


def waiting(scope: Scope, case_filter: CaseFilter, *, source: Source, limits: Thresholds) -> pd.DataFrame:
    """One row per step: how many open cases wait for it at t, and how many of them longer than the norm.

    Columns langkah (respon, asesmen, rencana, intervensi, terminasi), daftar_menunggu and daftar_lewat (the kodes of
    the lists of exactly these cases), menunggu, lewat, norma (days; NaN, like lewat, where there is none), alasan,
    dari, sampai, tanggal_data, versi, simulasi. The last four steps share out all open cases (I13); respon is a second
    view of those without an asesmen. The norm of terminasi counts from terdata, as the norm of the whole handling.
    Raises UserError and AccessRefused as `measure` does.
    """
    question = ask(scope, case_filter, per=None, source=source, limits=limits)
    members = members_of(question)
    kodes = (*WAITING.values(), *OVER.values())
    counted = lists.count_each(scope, source, case_filter, list(question.windows), kodes, limits=limits)
    empty = bool(members["kosong"].iloc[0])
    rows = [
        {
            "langkah": step,
            "daftar_menunggu": WAITING[step],
            "daftar_lewat": OVER.get(step),
            "menunggu": None if empty else counted[WAITING[step]],
            "lewat": None if empty or step not in OVER else counted[OVER[step]],
            "norma": getattr(limits, lists.NORMS[step][1]) if step in lists.NORMS else None,
            "alasan": NO_DATA if empty else None,
        }
        for step in WAITING
    ]
    frame = pd.DataFrame(rows)
    numbers = ["menunggu", "lewat", "norma"]
    frame[numbers] = frame[numbers].astype("float64")
    return frame.assign(
        dari=question.start,
        sampai=question.end,
        tanggal_data=members["tanggal_data"].iloc[0],
        versi=source.versi,
        simulasi=source.simulasi,
    )
