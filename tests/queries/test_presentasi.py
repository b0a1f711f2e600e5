"""Tayang presentasi through the one door: every published value against the raw rows, refusals, and an attacker who
sees nothing but what `measure` publishes and solves all listed views together."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from lib import measure, publishing, reference, snapshot
from lib.disclosure import kept
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, Tayang, UserError
from lib.measure import open_source
from tests.queries.build import kasus_row, raw_world, unggahan_row
from tests.queries.office import NOW, T, office

PLACES = ("33.01", "33.02", "34.01", "34.02", "34.03", "35.01", "35.02", "35.03")
KINDS = {"P01": 30, "P02": 15, "P06": 4, "P09": 20, "P17": 3, "P18": 3, "P23": 8, "P24": 9}
GROUPS = reference.table("jenis_masalah").set_index("kode_jenis")["kode_klaster"].to_dict()
SENSITIVE = set(reference.table("jenis_masalah").query("sensitif == 1")["kode_jenis"]) | {"NAPZA"}
MONTHS = tuple(range(1, 12))
SHARE = "I11"
SHOWN = Scope(role=Role.ADMIN_DATA, provinces=reference.all_provinces(), tayang=Tayang.PRESENTASI)


def cases(seed=7, number=420):
    """Cases of one calendar year up to T: (kab/kota, kind, month), thin enough that many cells are small."""
    draw = random.Random(seed)  # noqa: S311  test data
    kinds, weights = zip(*KINDS.items(), strict=True)
    return [
        (draw.choice(PLACES), draw.choices(kinds, weights)[0], draw.choice(MONTHS)) for _ in range(number)
    ]


def resolved_in(number, month):
    """The month in which a case was terselesaikan: three quarters of them, up to four months later; None by T."""
    later = month + number % 5
    return later if number % 4 and later <= 10 else None


def responded(number):
    return number % 3 > 0


def lived(number, month):
    """What happened to a case besides."""
    done, recorded = resolved_in(number, month), dt.date(2026, month, 1 + number % 19)
    asesmen = recorded if responded(number) else None
    if done is None:
        return {"tanggal_asesmen": asesmen}
    end = dt.date(2026, done, 28)
    return {"tanggal_asesmen": asesmen, "tanggal_terminasi": end, "kode_alasan": "T1"}


@pytest.fixture(scope="module")
def world():
    return cases()


@pytest.fixture(scope="module")
def published(world, tmp_path_factory):
    """An office with these cases, its version published and audited; the source and its settings."""
    rows = [
        kasus_row(
            *(kab[:2], number, dt.date(2026, month, 1 + number % 19)),
            **{"kode_jenis": kind, "kode_kabkota": kab} | lived(number, month),
        )
        for number, (kab, kind, month) in enumerate(world)
    ]
    uploads = [
        unggahan_row(number, kode, T, dt.date(2026, 1, 1)) for number, kode in enumerate(("33", "34", "35"))
    ]
    values = office(tmp_path_factory.mktemp("kantor"), raw_world(kasus=rows, unggahan=uploads))
    publishing.publish(values, now=NOW)
    source = open_source(values)
    yield source, values
    source.engine.dispose()


def ask(published, kodes=("I01",), per=None, **chosen):
    source, values = published
    return measure.measure(
        SHOWN, list(kodes), CaseFilter(**chosen), per=per, source=source, limits=values.ambang
    )


# --- every listed view -----------------------------------------------------------------------------------------


def spans():
    """Name and days of every listed calendar period of the year, running ones up to T."""
    found = {"2026": Period(dari=dt.date(2026, 1, 1), sampai=T)}
    for first in range(1, 13):
        if first <= 11:
            last = min(T, dt.date(2026, first + 1, 1) - dt.timedelta(days=1))
            found[f"2026-{first:02d}"] = Period(dari=dt.date(2026, first, 1), sampai=last)
        if first % 3 == 1:
            end = dt.date(2026 + (first + 3) // 13, (first + 2) % 12 + 1, 1) - dt.timedelta(days=1)
            found[f"2026-T{(first + 2) // 3}"] = Period(dari=dt.date(2026, first, 1), sampai=min(T, end))
    return found


def everything(published, kodes=("I01",)):
    """All that presentasi publishes of figures, asked view by view: kode -> (place, what, period) -> (nilai, alasan).

    Of the share I11 its pembilang in place of nilai; the views of the fine parts hold the core counts only.
    """
    answers = {kode: {} for kode in kodes}

    def note(period, place, per, apa="semua", only=kodes, **chosen):
        rows = ask(published, only, per=per, period=spans()[period], **chosen)
        for kode, frame in rows.groupby("kode"):
            answers[kode] |= cells_of(frame, period, place, per, apa)

    for name in spans():
        for per in (None, Dimensi.KLASTER, Dimensi.JENIS):
            note(name, "00", per)
        if "-T" in name or name == "2026":
            for group in (None, *sorted(set(GROUPS.values()))):
                chosen = {"klaster": (group,)} if group else {}
                note(name, None, Dimensi.PROVINSI, group or "semua", **chosen)
    core = tuple(kode for kode in kodes if kode != SHARE)
    for kind in sorted(GROUPS):
        note("2026", None, Dimensi.PROVINSI, kind, core, jenis=(kind,))
    for group in (None, *sorted(set(GROUPS.values()) - SENSITIVE)):
        chosen = {"klaster": (group,)} if group else {}
        note("2026", None, Dimensi.KABKOTA, group or "semua", core, **chosen)
    return answers


def cells_of(frame, period, place, per, apa):
    found = {}
    for row in frame.to_dict("records"):
        key = (
            place or row[per.value],
            row[per.value] if per in (Dimensi.KLASTER, Dimensi.JENIS) else apa,
            period,
        )
        found[key] = (row["pembilang" if row["kode"] == SHARE else "nilai"], row["alasan"])
    return {key: value for key, value in found.items() if value[1] != "belum ada data"}


def reach(month, done):
    """Whether a case was resolved within its month (0), its quarter (1) or its year (2); None by T."""
    if done is None:
        return None
    return 0 if done == month else 1 if (done - 1) // 3 == (month - 1) // 3 else 2


def of_place(cell, kab):
    return cell[0] in ("00", kab, kab[:2])


def of_kind(cell, kind):
    return cell[1] in ("semua", kind, GROUPS[kind])


def of_time(cell, month):
    return cell[2] in ("2026", f"2026-{month:02d}", f"2026-T{(month + 2) // 3}")


def counts_in(cell, case):
    """Whether a case (kab/kota, kind, month) counts in a cell of I01, told from the words of the cell alone."""
    return of_place(cell, case[0]) and of_kind(cell, case[1]) and of_time(cell, case[2])


def resolved_in_it(cell, reached):
    """Whether a resolution lies in the period of a cell that holds the case's month, as I03K counts it."""
    span = 2 if len(cell[2]) == 4 else 1 if "-T" in cell[2] else 0
    return reached is not None and reached <= span


def counts_late(cell, case):
    """Whether a case counts in a cell of I03K: in a period that holds both its month and its resolution."""
    return resolved_in_it(cell, case[3]) and counts_in(cell, case)


def counts_both(cell, case):
    return counts_in(cell, case) if cell[3] == "I01" else counts_late(cell, case)


def resolved(world):
    """The cases of `world` that are resolved within the year, as `late_leaves`."""
    reached = [
        (kab, kind, month, reach(month, resolved_in(number, month)))
        for number, (kab, kind, month) in enumerate(world)
    ]
    return [case for case in reached if case[3] is not None]


@pytest.fixture(scope="module")
def all_answers(published):
    return everything(published, ("I01", "I03K", SHARE))


@pytest.fixture(scope="module")
def answers(all_answers):
    return all_answers["I01"]


@pytest.fixture(scope="module")
def late_answers(all_answers):
    return all_answers["I03K"]


def test_every_published_value_is_right(world, answers):
    assert len(answers) > 1000
    hidden = 0
    for cell, (nilai, alasan) in answers.items():
        count = sum(counts_in(cell, case) for case in world)
        k = 10 if cell[1] in SENSITIVE else 5
        if alasan == "disamarkan":
            hidden += 1
            continue
        if 0 < count < k:
            assert pd.isna(nilai) and alasan == f"<{k}", cell
        else:
            assert alasan is None and nilai == 5 * ((2 * count + 5) // 10), cell
            assert abs(nilai - count) <= 2
    assert 0 < hidden < len(answers) / 3


# --- the attacker ----------------------------------------------------------------------------------------------


class Attacker:
    """Solves for the cases of every kab/kota, kind and month (and of every way of being resolved, where those are
    told apart) from what is published, and for nothing else. `kode` says of which figure a cell is."""

    def __init__(self, answers, reaches=(None,), kode=lambda cell: "I01"):
        self.cells = sorted(answers)
        low, high = [], []
        for cell in self.cells:
            known = _known(cell, *answers[cell])
            low.append(known[0])
            high.append(known[1])
        self.low, self.high = np.array(low, dtype=float), np.array(high, dtype=float)
        self.matrix = csr_array([_leaves(cell, kode(cell), reaches) for cell in self.cells])
        # What the cells are in the registers found so far: each shows possible values of all cells at once.
        self.found = []

    def solve(self, cell, direction, low=None):
        """The smallest (direction 1) or largest (-1) value of a cell, at least `low`; None where there is none."""
        row = self.matrix[[self.cells.index(cell)], :].toarray()[0]
        below = self.low.copy()
        if low is not None:
            below[self.cells.index(cell)] = max(low, below[self.cells.index(cell)])
        solved = milp(
            direction * row,
            constraints=LinearConstraint(self.matrix, below, self.high),
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(row)),
            options={"mip_rel_gap": 0},
        )
        return None if solved.x is None else round(float(row @ solved.x))

    def could_hold(self, cell, value):
        """Whether a register exists with everything as published and this value in the cell."""
        row = self.cells.index(cell)
        below, above = self.low.copy(), self.high.copy()
        if not below[row] <= value <= above[row]:
            return False
        if any(cells[row] == value for cells in self.found):
            return True
        below[row] = above[row] = value
        solved = milp(
            np.zeros(self.matrix.shape[1]),
            constraints=LinearConstraint(self.matrix, below, above),
            bounds=Bounds(0, np.inf),
            integrality=np.ones(self.matrix.shape[1]),
        )
        if solved.x is None:
            return False
        cells = np.round(self.matrix @ np.round(solved.x))
        assert ((below <= cells) & (cells <= above)).all()
        self.found.append(cells)
        return True

    def values(self, cell, enough=3):
        """So many of the possible values of a cell, the smallest first."""
        found, low = [], None
        while len(found) < enough:
            value = self.solve(cell, 1, low)
            if value is None:
                break
            found.append(value)
            low = value + 1
        return found


def _leaves(cell, kode, reaches):
    """1 for each kind of case that counts in a cell, in the order kab/kota, kind, month, way of being resolved."""
    parts = (
        [of_place(cell, kab) for kab in PLACES],
        [of_kind(cell, kind) for kind in KINDS],
        [of_time(cell, month) for month in MONTHS],
        [kode == "I01" or resolved_in_it(cell, reached) for reached in reaches],
    )
    return functools.reduce(np.kron, (np.array(part, dtype=float) for part in parts))


def _known(cell, nilai, alasan):
    """What the display of a cell says: smallest and largest true count."""
    if alasan == "disamarkan":
        return 0, np.inf
    if alasan is not None:
        return 1, int(alasan.removeprefix("<")) - 1
    k = 10 if cell[1] in SENSITIVE else 5
    return (0, 0) if nilai == 0 else (max(k, nilai - 2), nilai + 2)


def test_no_hidden_cell_can_be_told_from_everything_published(world, answers):
    # A zero is no secret: it is shown, or goes with the whole list it stands in.
    counts = {cell: sum(counts_in(cell, case) for case in world) for cell in answers}
    _cannot_tell(Attacker(answers), counts, 36)


def test_no_hidden_cell_of_the_resolved_can_be_told(world, late_answers):
    """I03K: other periods hold other cases of the same register."""
    answers, truth = late_answers, resolved(world)
    counts = {cell: sum(counts_late(cell, case) for case in truth) for cell in answers}
    for cell, (nilai, _) in answers.items():
        assert pd.isna(nilai) or abs(nilai - counts[cell]) <= 2, cell
    _cannot_tell(Attacker(answers, (0, 1, 2), lambda cell: "I03K"), counts, 12)


def test_no_hidden_cell_can_be_told_from_both_figures_together(world, answers, late_answers):
    """Every resolved case is a recorded one: whoever solves I01 and I03K as one register knows that."""
    both = {(*cell, "I01"): shown for cell, shown in answers.items()}
    both |= {(*cell, "I03K"): shown for cell, shown in late_answers.items()}
    truth = [
        (kab, kind, month, reach(month, resolved_in(number, month)))
        for number, (kab, kind, month) in enumerate(world)
    ]
    counts = {cell: sum(counts_both(cell, case) for case in truth) for cell in both}
    _cannot_tell(Attacker(both, (None, 0, 1, 2), lambda cell: cell[3]), counts, 8)


def test_no_hidden_numerator_of_a_share_can_be_told(world, published, all_answers):
    """Pembilang of I11: a small one is not even said to be small, which is taken as known here."""
    source, _ = published
    hidden = kept.read(source.samar)
    days = source_days(published)
    truth = []
    for number, (kab, kind, month) in enumerate(world):
        due = dt.date(2026, month, 1 + number % 19) + days
        if responded(number) and due <= T:
            truth.append((kab, kind, due.month))
    answers, counts = {}, {}
    for cell, (pembilang, _) in all_answers[SHARE].items():
        count = counts[cell] = sum(counts_in(cell, case) for case in truth)
        k = 10 if cell[1] in SENSITIVE else 5
        if ("respon-tepat", *cell) in hidden:
            answers[cell] = (np.nan, "disamarkan")
        else:
            small = 0 < count < k
            answers[cell] = (np.nan, f"<{k}") if small else (5 * ((2 * count + 5) // 10), None)
        assert pd.isna(pembilang) or pembilang == answers[cell][0], cell
    _cannot_tell(Attacker(answers), counts, 24)


def source_days(published):
    return dt.timedelta(days=published[1].ambang.asesmen_hari)


def _cannot_tell(attacker, counts, number):
    """Some of the hidden cells with cases could as well hold two other numbers."""
    shown = (attacker.low >= attacker.high - 4) & (attacker.low != 1)
    hidden = [cell for cell, seen in zip(attacker.cells, shown, strict=True) if not seen and counts[cell]]
    assert len(hidden) > number
    draw = random.Random(5)  # noqa: S311  a sample of the cells
    for cell in draw.sample(hidden, number):
        others = (step for step in (1, -1, 2, -2, 3) if attacker.could_hold(cell, counts[cell] + step))
        assert len(list(itertools.islice(others, 2))) == 2, cell


def test_without_the_audit_the_same_attacker_tells_some(published, answers, tmp_path):
    source, values = published
    nothing = tmp_path / "tanpa.samar.json"
    kept.write(nothing, [])
    bare = everything((replace(source, samar=nothing), values))["I01"]
    attacker = Attacker(bare)
    further = [cell for cell, (_, alasan) in answers.items() if alasan == "disamarkan"]
    small = [cell for cell, (nilai, _) in bare.items() if pd.isna(nilai)]
    near = [cell for cell in small if any(cell[0] in (other[0], "00") for other in further)]
    told = (cell for cell in near if len(attacker.values(cell)) < 3)
    assert next(told, None) is not None


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kode", "chosen", "per", "named"),
    [
        (
            "I01",
            {"period": Period(dari=dt.date(2026, 3, 2), sampai=dt.date(2026, 3, 20))},
            None,
            "2026-03-02",
        ),
        ("I01", {"provinsi": ("33", "35")}, None, "33, 35"),
        ("I01", {}, Dimensi.PENDAMPING, "pendamping"),
        ("I14-0", {}, None, "I14-0"),
        ("I18-maks", {}, None, "I18-maks"),
        ("I15-n", {}, Dimensi.BULAN, "I15-n"),
        ("I11", {"kabkota": ("35.01",)}, None, "I11"),
        ("I04-180", {"provinsi": ("35",)}, Dimensi.JENIS, "I04-180"),
        (
            "I01",
            {"period": Period(dari=dt.date(2025, 1, 1), sampai=dt.date(2025, 12, 31))},
            None,
            "lengkap sejak 2026-01-01",
        ),
    ],
)
def test_what_is_not_listed_is_refused(published, kode, chosen, per, named):
    with pytest.raises(UserError, match="presentasi") as refused:
        ask(published, [kode], per=per, **chosen)
    assert named in str(refused.value)


def test_the_running_year_is_the_default(published):
    row = ask(published).iloc[0]
    assert (row["dari"], row["sampai"], row["tayang"]) == (dt.date(2026, 1, 1), T, "presentasi")


def test_a_version_without_an_audit_is_refused(published):
    source, values = published
    for samar in (None, values.data_folder / "tidak-ada.json"):
        with pytest.raises(UserError, match="belum selesai diperiksa"):
            ask((replace(source, samar=samar), values))


DOORS = {
    "attention": lambda o: measure.attention(SHOWN, CaseFilter(), **o),
    "count_behind": lambda o: measure.count_behind(SHOWN, "I01", CaseFilter(), **o),
    "cases_behind": lambda o: measure.cases_behind(SHOWN, "I01", CaseFilter(), **o),
    "stock_and_flow": lambda o: measure.stock_and_flow(SHOWN, CaseFilter(), per=None, **o),
    "weekly": lambda o: measure.weekly(SHOWN, CaseFilter(), **o),
    "pace": lambda o: measure.pace(SHOWN, CaseFilter(), **o),
    "outcome_curves": lambda o: measure.outcome_curves(SHOWN, CaseFilter(), per=None, **o),
    "closed_mean": lambda o: measure.closed_mean(SHOWN, CaseFilter(), **o),
    "waiting": lambda o: measure.waiting(SHOWN, CaseFilter(), **o),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_other_door_is_closed(published, door):
    source, values = published
    with pytest.raises(AccessRefused, match="presentasi"):
        DOORS[door]({"source": source, "limits": values.ambang})


def test_one_case_is_not_shown(published):
    with pytest.raises(AccessRefused, match="presentasi"):
        measure.case_timeline(SHOWN, "35", "0001", source=published[0])


def test_whole_calendar_periods_are_compared(published):
    source, values = published
    asked = {"source": source, "limits": values.ambang}
    quarter = Period(dari=dt.date(2026, 7, 1), sampai=dt.date(2026, 9, 30))
    now, before, left_out = measure.measure_comparison(SHOWN, ["I01"], CaseFilter(period=quarter), **asked)
    assert (now["dari"][0], before["dari"][0]) == (dt.date(2026, 7, 1), dt.date(2026, 4, 1))
    assert before["sampai"][0] == dt.date(2026, 6, 30) and left_out == []
    with pytest.raises(UserError, match="masih berjalan"):
        measure.measure_comparison(SHOWN, ["I01"], CaseFilter(), **asked)


def test_the_audit_goes_with_its_version(published):
    _, values = published
    path = snapshot.audit_path(values, snapshot.current_version(values))
    assert path.is_file() and path.stat().st_mode & 0o077 == 0
