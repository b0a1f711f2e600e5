"""Tindak lanjut as a table: for downloads, the command line and the meeting pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from lib import text
from lib.decisions import movement
from lib.decisions.book import listed
from lib.decisions.movement import Ask, Movement
from lib.decisions.records import OPEN, Decision, State
from lib.domain import Scope
from lib.indicators.records import INDICATORS
from lib.measure import Source
from lib.numbers_id import tanggal
from lib.settings import Settings

COLUMNS = (
    "Nomor",
    "Keputusan",
    "Indikator",
    "Wilayah",
    "Penanggung jawab",
    "Diputuskan",
    "Tenggat",
    "Keadaan",
    "Lewat tenggat (hari)",
    "Nilai saat diputuskan",
    "Tanggal data saat diputuskan",
    "Versi saat diputuskan",
    "Nilai sekarang",
    "Selisih",
    "Arah",
)


def for_export(
    scope: Scope,
    settings: Settings,
    *,
    source: Source,
    today: dt.date,
    states: Sequence[State] = OPEN,
    ask: Ask | None = None,
    at: dt.datetime | None = None,
) -> pd.DataFrame:
    """The tindak lanjut a scope sees, one row each with COLUMNS as texts, overdue ones first.

    Figures are those of `source` under the scope's tayang; `ask` may answer them from a cache; `at`: as `listed` has
    it. Empty where nothing was decided. Raises UserError when the application database cannot be read.
    """
    found = listed(scope, settings, simulated=source.simulasi, states=states, at=at)
    if ask is not None:
        moves = [movement.moved(scope, each, source=source, ask=ask) for each in found]
    else:
        measured = movement.asking(source, settings.ambang)
        # Two at a time: while the database counts for one, the answer of the other is made.
        with ThreadPoolExecutor(max_workers=2) as pool:
            moves = list(
                pool.map(lambda each: movement.moved(scope, each, source=source, ask=measured), found)
            )
    return as_table(list(zip(found, moves, strict=True)), today=today)


def as_table(rows: Sequence[tuple[Decision, Movement]], *, today: dt.date) -> pd.DataFrame:
    """Decisions with their movements as texts, columns COLUMNS."""
    return pd.DataFrame([_row(*row, today) for row in rows], columns=list(COLUMNS), dtype=object)


def _row(decision: Decision, moved: Movement, today: dt.date) -> tuple:
    late = decision.days_late(today)
    known = moved.then.nilai is not None
    changed = None
    if moved.selisih is not None:
        changed = text.change(moved.now.nilai, moved.then.nilai, decision.kode)
    return (
        str(decision.nomor),
        decision.keputusan,
        f"{INDICATORS[decision.kode].nama} ({decision.kode})",
        decision.place,
        decision.penanggung,
        tanggal(decision.diputuskan),
        tanggal(decision.tenggat),
        decision.keadaan.value,
        str(late) if late else "0",
        movement.told(moved.then),
        tanggal(decision.then.tanggal_data) if known else "–",
        (decision.then.versi or "–") if known else "–",
        movement.told(moved.now),
        changed or "–",
        moved.arah,
    )
