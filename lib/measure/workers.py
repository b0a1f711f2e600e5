"""One row per active pendamping: their whole work, inside the scope. For helping, not for ranking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lib.domain import CaseFilter, Dimensi, Pita, Role, Scope, Tayang, Thresholds, Weights
from lib.indicators.figures import NOT_ENOUGH
from lib.measure.answer import NO_HISTORY
from lib.measure.question import Question, ask
from lib.queries import cases, people
from lib.queries.source import Source

KEYS = ["provinsi", "pendamping"]
COUNTS = ["terdata", "ditutup", "terbuka", "darurat", "tinggi", "macet"]


def shows_names(scope: Scope) -> bool:
    """Whether nama_tampil may be shown: only to a province's coordinator, in internal mode."""
    return scope.role is Role.KOORDINATOR and scope.tayang is Tayang.INTERNAL


def workers(
    scope: Scope, case_filter: CaseFilter, *, source: Source, limits: Thresholds, weights: Weights
) -> pd.DataFrame:
    """Every pendamping active at T, sorted by province and code, those without cases too.

    Columns: provinsi, pendamping, kabkota, nama (None unless `shows_names`); terbuka and its part darurat and
    tinggi at t; terdata and ditutup (any reason) in the period; macet and pita (Pita) at T, missing with `alasan`
    where the period ends before T; umur_median in days at t, missing with `alasan_umur`; beban_berbobot; dari,
    sampai, tanggal_data, versi, simulasi.

    Beban berbobot = sum of the weights of the open cases. Example: 1 darurat, 2 tinggi and 3 biasa with the weights
    2, 1.5 and 1 -> 8. Klaster and jenis do not apply: it is a person's whole work, in all kab/kota. A case counts
    for the pendamping it has now. Raises UserError and AccessRefused as `measure` does.
    """
    question = ask(scope, case_filter, per=Dimensi.PENDAMPING, source=source, limits=limits)
    staff = people.active_pendamping(scope, source, case_filter, names=shows_names(scope))
    if "nama" not in staff:
        staff["nama"] = None
    counted = _counted(question)
    answer = staff.merge(counted, on=KEYS, how="left")
    answer[COUNTS] = answer[COUNTS].astype("float64").fillna(0)
    ordinary = answer["terbuka"] - answer["darurat"] - answer["tinggi"]
    answer["beban_berbobot"] = (
        weights.darurat * answer["darurat"] + weights.tinggi * answer["tinggi"] + weights.biasa * ordinary
    )
    few = answer["terbuka"] < limits.n_minimum
    answer["umur_median"] = answer["umur_median"].astype("float64").where(~few)
    answer["alasan_umur"] = _reason(few, NOT_ENOUGH.format(minimum=limits.n_minimum))
    return _at_data_date(answer, question)


def _counted(question: Question) -> pd.DataFrame:
    """Counts and median age of the open cases by current pendamping, whatever the kind or place of the cases."""
    limits = question.limits
    whole = replace(question.case_filter, provinsi=question.provinces, kabkota=(), klaster=(), jenis=())
    arguments = (question.scope, question.source, whole, list(question.windows))
    counts = people.worker_counts(
        *arguments, days=limits.macet_hari, days_emergency=limits.macet_hari_darurat
    )
    ages = cases.open_ages(*arguments, Dimensi.PENDAMPING)
    # One row per open case: the mean of the two middle ages, as everywhere.
    each = ages.loc[ages.index.repeat(ages["n"].astype("int64"))]
    medians = each.groupby(KEYS)["umur"].median().rename("umur_median").reset_index()
    return counts.merge(medians, on=KEYS, how="left")


def _at_data_date(answer: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Add the band and what the rows belong to; what is known at T only is taken away where the period ends before."""
    limits = question.limits
    dates = {register.kode_provinsi: register.tanggal_data for register in question.registers}
    answer["tanggal_data"] = [dates.get(kode) for kode in answer["provinsi"]]
    early = pd.Series(
        [question.end < known for known in answer["tanggal_data"]], index=answer.index, dtype=bool
    )
    bands = np.select(
        [answer["terbuka"] <= limits.beban_wajar, answer["terbuka"] <= limits.beban_berlebih],
        [Pita.WAJAR.value, Pita.TINGGI.value],
        default=Pita.BERLEBIH.value,
    )
    answer["pita"] = pd.Series(bands, index=answer.index, dtype=object).where(~early, None)
    answer["macet"] = answer["macet"].where(~early)
    answer["alasan"] = _reason(early, NO_HISTORY)
    answer["dari"], answer["sampai"] = question.start, question.end
    answer["versi"], answer["simulasi"] = question.source.versi, question.source.simulasi
    return answer


def _reason(applies: pd.Series, words: str) -> pd.Series:
    return pd.Series(words, index=applies.index, dtype=object).where(applies, None)
