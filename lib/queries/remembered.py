"""What queries found in a version that never changes: charts and pages ask the same of it again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import pandas as pd
from sqlalchemy import Select

from lib.domain import Scope

# Grouped counts have some hundred rows of few columns. An answer without any takes room as well, with its question:
# as much as some hundred rows, so that at most 400 are kept.
MOST_ROWS = 5000
AN_ANSWER = 500
ALL_ROWS = 200_000


class Remembered:
    """The rows of the queries asked last, per scope and question; for one version only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple, pd.DataFrame] = OrderedDict()
        self._rows = 0
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
                    if key not in self._kept:
                        self._rows += AN_ANSWER + len(known)
                    self._kept[key] = known
                    while self._rows > ALL_ROWS:
                        self._rows -= AN_ANSWER + len(self._kept.popitem(last=False)[1])
        # Shares its columns until somebody writes into them.
        return known.copy(deep=False)


def _key(scope: Scope, query: Select) -> tuple:
    """The whole question: rights, statement and values. By the key under which SQLAlchemy keeps compiled statements:
    writing a statement out takes about as long as running it."""
    form = query._generate_cache_key()
    if form is None:
        raise TypeError("a query of the product can be told apart from every other")
    return scope, form.key, repr([each.effective_value for each in form.bindparams])
