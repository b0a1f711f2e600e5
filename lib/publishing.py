"""Publishing a version: the snapshot, and then what the product remembers of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd

from lib import application, measure, snapshot
from lib.settings import Settings

MONTH_ENDS = 12


def publish(
    settings: Settings,
    *,
    now: dt.datetime,
    progress: Callable[[float, str], None] | None = None,
    month_ends: int = 0,
) -> snapshot.Built:
    """Build and publish a version, then keep the figures at T of every province (riwayat).

    With `month_ends` also those of the last month-ends, as the registers stood then, in place of all that was kept of
    this case database: for simulated data, which has no past of its own.
    Raises UserError when the case database cannot be read or the application database cannot be written; a version
    once published stays.
    """
    say = progress or (lambda share, text: None)
    rows: list[pd.DataFrame] = []

    def look_back(copy) -> None:
        say(0.6, "Menghitung riwayat …")
        rows.extend(measure.figures_of_the_past(copy, settings, month_ends))

    built = snapshot.build(
        settings,
        now=now,
        progress=lambda share, text: say(0.6 * share if share < 0.9 else share, text),
        also=look_back if month_ends else None,
    )
    say(0.95, "Menyimpan riwayat …")
    source = measure.open_source(settings, built.versi)
    try:
        rows.append(measure.figures_to_keep(source, limits=settings.ambang))
    finally:
        source.engine.dispose()
    application.keep(
        settings,
        pd.concat(rows, ignore_index=True).assign(versi=built.versi),
        sumber=snapshot.origin(settings),
        simulasi=source.simulasi,
        only_these=month_ends > 0,
    )
    return built
