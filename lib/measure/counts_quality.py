"""The counts of what the data themselves are worth: fields due and empty, places with a case."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib import reference
from lib.domain import Dimensi
from lib.measure.align import aligned
from lib.measure.question import Question, arguments
from lib.queries import quality


def _fields(question: Question, frames: dict) -> dict:
    counted = quality.fields(*arguments(question))
    return {"kelengkapan": aligned(counted, question, frames["anggota"])}


def _places(question: Question, frames: dict) -> dict:
    counted = quality.places(*arguments(question))
    return {"kabkota-berkasus": aligned(counted, question, frames["anggota"])}


def _all_places(question: Question, frames: dict) -> dict:
    """How many kab/kota of the filter lie in provinces that ever sent, whatever the kinds."""
    members, chosen = frames["anggota"], question.case_filter.kabkota
    sent = {register.kode_provinsi for register in question.registers}
    table = reference.table("kabkota").rename(
        columns={"kode_kabkota": "kabkota", "kode_provinsi": "provinsi"}
    )
    table = table[table["provinsi"].isin(sent & set(question.provinces))]
    if chosen:
        table = table[table["kabkota"].isin(chosen)]
    if question.per in (Dimensi.PROVINSI, Dimensi.KABKOTA):
        sizes = table.groupby(question.per.value).size()
        return {
            "kabkota-semua": pd.DataFrame(
                {"kabkota": [int(sizes.get(k, 0)) for k in members[question.per.value]]}
            )
        }
    return {"kabkota-semua": pd.DataFrame({"kabkota": [len(table)] * len(members)})}


QUALITY_PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    "kelengkapan": _fields,
    "kabkota-berkasus": _places,
    "kabkota-semua": _all_places,
}
