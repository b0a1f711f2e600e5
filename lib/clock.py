"""The only place that reads the clock; everything else gets its time as an argument."""

from __future__ import annotations

import datetime as dt

WIB = dt.timezone(dt.timedelta(hours=7), "WIB")


def now() -> dt.datetime:
    """The present moment in WIB (UTC+7), whatever the machine's own zone."""
    return dt.datetime.now(tz=WIB)


def today() -> dt.date:
    """Today's date in WIB."""
    return now().date()
