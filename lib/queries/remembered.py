"""What queries found in a version that never changes: charts and pages ask the same of it again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import pandas as pd
from sqlalchemy import Select

from lib.domain import Scope

ENTRIES = 400
MOST_ROWS = 5000  # grouped counts have some hundred; a long list is asked for once


class Remembered:
    """The rows of the queries asked last, per scope and question; for one version only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple, pd.DataFrame] = OrderedDict()
        self._lock = Lock()

    def found(self, scope: Scope, query: Select, fetch: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The rows of a query, from `fetch` when it was not asked before; each caller may change its own frame.

        What fails is not kept. Example: the same query twice -> `fetch` is called once.
        """
        key = _key(scope, query)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
        if known is None:
            known = fetch()
            if len(known) <= MOST_ROWS:
                with self._lock:
                    self._kept[key] = known
                    while len(self._kept) > ENTRIES:
                        self._kept.popitem(last=False)
        # Shares its columns until somebody writes into them.
        return known.copy(deep=False)


def _key(scope: Scope, query: Select) -> tuple:
    """The whole question: rights, statement and values. By the key under which SQLAlchemy keeps compiled statements:
    writing a statement out takes about as long as running it."""
    form = query._generate_cache_key()
    if form is None:
        raise TypeError("a query of the product can be told apart from every other")
    return scope, form.key, repr([each.effective_value for each in form.bindparams])
