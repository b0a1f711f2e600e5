"""What a meeting decided, how its figure moved since, and notes on the monthly charts.

Kept in the application database; a narrower scope never sees more: own provinces, and the nation's to read.
"""

from lib.decisions.book import change, changes, listed, may_write, put
from lib.decisions.export import COLUMNS, as_table, for_export
from lib.decisions.movement import Movement, asking, due, moved, sentence
from lib.decisions.notes import annotate, annotations, withdraw
from lib.decisions.records import (
    NATIONAL,
    OFFICES,
    OPEN,
    Annotation,
    Change,
    Decision,
    Draft,
    Reading,
    State,
    decided_by,
)

__all__ = [
    "COLUMNS",
    "NATIONAL",
    "OFFICES",
    "OPEN",
    "Annotation",
    "Change",
    "Decision",
    "Draft",
    "Movement",
    "Reading",
    "State",
    "annotate",
    "annotations",
    "as_table",
    "asking",
    "change",
    "changes",
    "decided_by",
    "due",
    "for_export",
    "listed",
    "may_write",
    "moved",
    "put",
    "sentence",
    "withdraw",
]
