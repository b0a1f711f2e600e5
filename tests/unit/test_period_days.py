"""The days a period may have: a link or a command with a year out of reach is told, and never stops the program."""

from __future__ import annotations

import datetime as dt

import pytest

from lib.domain import FIRST_DAY, LAST_DAY, Period, PeriodKind, UserError
from lib.web import filters

OUT_OF_REACH = ["0001-01-01", "1979-12-31", "2100-01-01", "9999-12-31"]


@pytest.mark.parametrize("day", OUT_OF_REACH)
@pytest.mark.parametrize("end", ["dari", "sampai"])
def test_a_day_out_of_reach_is_told(end, day):
    with pytest.raises(UserError, match=f"{day} di luar 1980-01-01 sampai 2099-12-31"):
        Period(**{end: dt.date.fromisoformat(day)})
    choice, wrong = filters.from_url({"periode": "bebas", end: day})
    assert choice == filters.Choice(periode=PeriodKind.BEBAS)
    assert wrong == [
        f"Tanggal “{day}” pada tautan tidak dikenal dan diabaikan; pilih lagi di bilah saringan."
    ]


def test_the_first_and_the_last_day_are_taken():
    assert Period(dari=FIRST_DAY, sampai=LAST_DAY)
    choice, wrong = filters.from_url({"dari": FIRST_DAY.isoformat(), "sampai": LAST_DAY.isoformat()})
    assert (choice.dari, choice.sampai, wrong) == (FIRST_DAY, LAST_DAY, [])
