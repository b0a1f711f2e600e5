"""Several kinds of count in one pass: each equals the count on its own, in a world made at random."""

from __future__ import annotations

import pandas as pd
import pytest

from lib import measure
from lib.domain import CaseFilter, Dimensi, Period
from lib.measure.align import aligned
from lib.measure.counts import PLAIN
from lib.measure.groups import members_of
from lib.measure.question import arguments, ask
from lib.queries import cases
from tests.queries.compare import LIMITS, SCOPE
from tests.queries.office import T

COUNTS = {name: count_of(LIMITS) for name, count_of in PLAIN.items()}


@pytest.mark.parametrize("per", [None, Dimensi.PROVINSI, Dimensi.KLASTER, Dimensi.KABKOTA])
def test_together_is_the_same_as_one_by_one(varied, per):
    source = measure.open_source(varied)
    chosen = CaseFilter(period=Period(dari=T.replace(year=T.year - 1), sampai=T))
    question = ask(SCOPE, chosen, per=per, source=source, limits=LIMITS)
    members = members_of(question)
    together = cases.counted_together(*arguments(question), COUNTS)
    assert list(together) == list(COUNTS)
    for name, count in COUNTS.items():
        alone = aligned(cases.counted(*arguments(question), count), question, members)
        assert alone.to_numpy().sum() > 0, name
        pd.testing.assert_frame_equal(aligned(together[name], question, members), alone)
