"""The counts an answer needs, fetched once per call and aligned with its groups."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib import reference
from lib.domain import Dimensi
from lib.indicators.compute import life_table
from lib.measure.groups import ALL, KEY_COLUMNS
from lib.measure.question import Question
from lib.queries import cases, people


def provide(name: str, frames: dict, question: Question) -> None:
    """Put the counts called `name` (see `Indicator.butuh`) into `frames`; frames["anggota"] holds the groups.

    Raises KeyError for a name nobody provides.
    """
    if name not in frames:
        frames |= PROVIDERS[name](question, frames)


def _arguments(question: Question) -> tuple:
    return (question.scope, question.source, question.case_filter, list(question.windows), question.per)


def _counted(name: str, query: Callable) -> Callable:
    """A provider of plain counts, one row per group."""
    return lambda question, frames: {
        name: _aligned(query(*_arguments(question)), question, frames["anggota"])
    }


def _cohort(name: str, days_of: Callable) -> Callable:
    def provider(question: Question, frames: dict) -> dict:
        counted = cases.matured(*_arguments(question), days=days_of(question.limits))
        return {name: _aligned(counted, question, frames["anggota"])}

    return provider


def _ages(question: Question, frames: dict) -> dict:
    return {"umur": _located(cases.open_ages(*_arguments(question)), question, frames["anggota"])}


def _stuck(question: Question, frames: dict) -> dict:
    limits = question.limits
    counted = cases.stuck(
        *_arguments(question), days=limits.macet_hari, days_emergency=limits.macet_hari_darurat
    )
    return {"macet": _aligned(counted, question, frames["anggota"])}


def _curve(question: Question, frames: dict) -> dict:
    starts, ends = _curve_counts(question, frames["anggota"])
    counted = {"anggota": frames["anggota"], "kurva": starts, "akhir": ends}
    return {"kurva": starts, "akhir": ends, "tabel_hidup": life_table(counted)}


def _keyed(frame: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, list[str]]:
    frame = frame.copy()
    if question.per is None:
        frame[ALL] = 0
        return frame, [ALL]
    keys = KEY_COLUMNS[question.per]
    if question.per is Dimensi.BULAN:
        frame["bulan"] = [question.names[int(number)] for number in frame["bulan"]]
    for key in keys:
        frame[key] = frame[key].astype(object).where(frame[key].notna(), None)
    return frame, keys


def _aligned(counted: pd.DataFrame, question: Question, members: pd.DataFrame) -> pd.DataFrame:
    """Counts in the order of the groups, 0 for a group without cases."""
    counted, keys = _keyed(counted, question)
    counts = [column for column in counted.columns if column not in keys]
    merged = members[keys].merge(counted, on=keys, how="left")
    return merged[counts].astype("float64").fillna(0).astype("int64")


def _located(counted: pd.DataFrame, question: Question, members: pd.DataFrame) -> pd.DataFrame:
    """A histogram with the row number of its group in column g."""
    counted, keys = _keyed(counted, question)
    position = members[keys].assign(g=range(len(members)))
    return counted.merge(position, on=keys, how="inner")


def _curve_counts(question: Question, members: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    arguments = (question.scope, question.source, question.case_filter, list(question.windows), question.per)
    starts = _located(cases.at_risk_starts(*arguments), question, members)
    days = pd.DataFrame(
        [(w.nomor, w.kode_provinsi, w.masuk, w.akhir) for w in question.windows],
        columns=["nomor", "wilayah", "s", "t"],
    ).astype({"s": "datetime64[s]", "t": "datetime64[s]"})
    starts = starts.merge(days, on=["nomor", "wilayah"]).rename(columns={"tanggal_terdata": "mulai"})
    return starts, _located(cases.ended_ages(*arguments), question, members)


def _loads(question: Question, frames: dict) -> dict:
    workers = people.pendamping_load(question.scope, question.source, question.case_filter)
    workers, members = workers[workers["aktif"] == 1], frames["anggota"]
    if question.per is Dimensi.BULAN:
        # The load is known at T only: the months before have no history here and are blanked.
        each = [workers.assign(g=g) for g in range(len(members))]
        return {"beban": pd.concat(each, ignore_index=True)}
    return {"beban": _located(workers, question, members)}


def _population(question: Question, frames: dict) -> dict:
    members = frames["anggota"]
    sent = {register.kode_provinsi for register in question.registers}
    chosen = question.case_filter.kabkota
    if chosen or question.per is Dimensi.KABKOTA:
        table = reference.table("kabkota").rename(
            columns={"kode_kabkota": "kabkota", "kode_provinsi": "provinsi"}
        )
        if chosen:
            table = table[table["kabkota"].isin(chosen)]
    else:
        table = reference.table("provinsi").rename(columns={"kode_provinsi": "provinsi"})
    table = table[table["provinsi"].isin(sent & set(question.provinces))]
    if question.per in (Dimensi.PROVINSI, Dimensi.KABKOTA):
        key = question.per.value
        people_of = table.groupby(key)["penduduk"].sum()
        counted = [int(people_of.get(kode, 0)) for kode in members[key]]
        return {"penduduk": pd.DataFrame({"penduduk": counted})}
    return {"penduduk": pd.DataFrame({"penduduk": [int(table["penduduk"].sum())] * len(members)})}


PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    "terdata": _counted("terdata", cases.recorded),
    "tutup": _counted("tutup", cases.closed),
    "stok": _counted("stok", cases.stock),
    "umur": _ages,
    **{f"kohort-{days}": _cohort(f"kohort-{days}", lambda limits, days=days: days) for days in (30, 90, 180)},
    "kohort-respon": _cohort("kohort-respon", lambda limits: limits.asesmen_hari),
    "macet": _stuck,
    "kurva": _curve,
    "beban": _loads,
    "penduduk": _population,
}
