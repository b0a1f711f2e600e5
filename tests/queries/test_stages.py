"""Waits for a step and clients who came back, on a few rows with the answer beside them."""

from __future__ import annotations

import datetime as dt

import pytest

from lib.database.connection import writable_engine
from lib.domain import CaseFilter, Dimensi, Period, Tahap, UserError
from lib.measure import measure
from lib.measure.question import ask
from lib.queries import stages
from lib.queries.clocks import ended_ages
from lib.queries.source import direct_source
from tests.plain.compute import compute
from tests.plain.data import build_world
from tests.queries.build import DAY, PROVINCES, kasus_row, raw_world, unggahan_row, write
from tests.queries.compare import LIMITS, SCOPE

T = dt.date(2026, 11, 20)


def asked(cases: list[dict], folder, kode: str, dari=None, sampai=None, *, per=None) -> dict:
    """The first row of the answer, which is also the reference's."""
    raw = raw_world(kasus=cases, unggahan=[unggahan_row(1, "34", T, dt.date(2020, 1, 1))])
    engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
    write(engine, raw)
    chosen = CaseFilter(period=Period(dari=dari, sampai=sampai))
    source = direct_source(engine, simulasi=True)
    row = measure(SCOPE, [kode], chosen, per=per, source=source, limits=LIMITS).iloc[0]
    engine.dispose()
    (expected,) = compute(build_world(raw), kode, scope_provinsi=PROVINCES, dari=dari, sampai=sampai)
    row = row.astype(object).where(row.notna(), None)
    for name in ("nilai", "pembilang", "n", "alasan"):
        assert row[name] == expected[name], name
    return row.to_dict()


def resolved(number: int, ended: int, client: int | None = None, reason: str = "T1") -> dict:
    """A case closed so many days before T, recorded 20 days earlier."""
    end = T - ended * DAY
    return kasus_row(
        "34",
        number,
        end - 20 * DAY,
        id_klien=f"k{number if client is None else client}",
        tanggal_terminasi=end,
        kode_alasan=reason,
    )


def back(number: int, client: int, days_before_t: int, **others) -> dict:
    return kasus_row("34", number, T - days_before_t * DAY, id_klien=f"k{client}", **others)


@pytest.mark.parametrize(
    ("again", "hits"),
    [
        # The terminasi lies 200 days before T: days 1 to 180 after it are 199 to 20 before T.
        (back(50, 0, 199), 1),
        (back(50, 0, 20), 1),
        (back(50, 0, 19), 0),
        (back(50, 0, 200), 0),  # the very day of the terminasi
        (back(50, 0, 100, kode_jenis="P18"), 1),  # of any kind
        (back(50, 0, 100, kode_alasan="A1", tanggal_terminasi=T - 99 * DAY), 0),  # a duplicate is no case
        (back(50, 77, 100), 0),  # somebody else
    ],
)
def test_a_client_came_back_within_180_days(tmp_path, again, hits):
    row = asked([*(resolved(n, 200) for n in range(10)), again], tmp_path, "I21", T - 300 * DAY, T)
    assert (row["pembilang"], row["n"], row["nilai"]) == (hits, 10, 10 * hits)


@pytest.mark.parametrize(
    ("ended", "reason", "n", "said"),
    [
        (180, "T1", 12, None),  # day 180 is T itself
        (179, "T1", 10, None),
        (180, "B1", 10, None),  # not resolved
        (280, "T1", 12, None),  # day 180 is the first day of the period
        (281, "T1", 10, None),
    ],
)
def test_day_180_falls_in_the_period_and_by_the_data_date(tmp_path, ended, reason, n, said):
    cases = [*(resolved(n, 200) for n in range(10)), *(resolved(n, ended, reason=reason) for n in (10, 11))]
    row = asked(cases, tmp_path, "I21", T - 100 * DAY, T + 30 * DAY)
    assert (row["n"], row["alasan"]) == (n, said)


def test_nobody_is_180_days_out_yet(tmp_path):
    row = asked([resolved(n, 10) for n in range(12)], tmp_path, "I21", T - 10 * DAY, T + 200 * DAY)
    assert (row["n"], row["alasan"]) == (0, "belum matang")


def test_the_note_of_a_wait_says_who_is_left_out(tmp_path):
    start = T - 90 * DAY
    cases = [
        *(
            kasus_row(
                "34",
                n,
                start,
                tanggal_asesmen=start + 5 * DAY,
                tanggal_rencana=start + 8 * DAY,
                tanggal_intervensi=start + 18 * DAY,
            )
            for n in range(10)
        ),
        kasus_row("34", 10, start, tanggal_asesmen=start, tanggal_intervensi=start + 9 * DAY),
        kasus_row(
            "34",
            11,
            start,
            prioritas="darurat",
            tanggal_intervensi=start,
            tanggal_asesmen=start + DAY,
            tanggal_rencana=start + 2 * DAY,
        ),
    ]
    row = asked(cases, tmp_path, "I12-intervensi", T - 200 * DAY, T)
    assert (row["nilai"], row["n"]) == (10, 10)
    assert row["catatan"].split("; ")[:2] == [
        "1 kasus yang melewati langkah ini atau langkah sebelumnya tidak dihitung",
        "1 kasus yang langkahnya lebih dulu daripada langkah sebelumnya tidak dihitung",
    ]


def test_a_wait_is_not_told_per_step_a_case_stands_at(tmp_path):
    with pytest.raises(UserError, match="I12-asesmen tidak dapat dirinci per tahap"):
        asked([resolved(1, 10)], tmp_path, "I12-asesmen", per=Dimensi.TAHAP)


@pytest.mark.parametrize("priority", ["biasa", "darurat"])
def test_waits_of_a_complete_way_sum_to_the_cases_time(tmp_path, priority):
    """Every step in order: what each step waited is together what the case took, case by case and in all."""
    ways = [(3, 4, 10, 50), (0, 0, 0, 0), (14, 1, 0, 7), (5, 30, 2, 90)]
    cases = []
    for number, way in enumerate(ways):
        start = T - 200 * DAY
        dates = [start + sum(way[: k + 1]) * DAY for k in range(4)]
        steps = dict(
            zip(
                ("tanggal_asesmen", "tanggal_rencana", "tanggal_intervensi", "tanggal_terminasi"),
                dates,
                strict=True,
            )
        )
        cases.append(
            kasus_row(
                "34", number, start, id_klien=f"k{number}", prioritas=priority, kode_alasan="T1", **steps
            )
        )
    raw = raw_world(kasus=cases, unggahan=[unggahan_row(1, "34", T, dt.date(2020, 1, 1))])
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    write(engine, raw)
    source = direct_source(engine, simulasi=True)
    chosen = CaseFilter(period=Period(dari=T - 300 * DAY, sampai=T))
    windows = list(ask(SCOPE, chosen, per=None, source=source, limits=LIMITS).windows)
    of_steps = 0
    for position, step in enumerate((Tahap.ASESMEN, Tahap.RENCANA, Tahap.INTERVENSI, Tahap.TERMINASI)):
        waits = stages.wait_ends(SCOPE, source, chosen, windows, None, step=step)
        together = int((waits["lama_hari"] * waits["n"]).sum())
        assert together == sum(way[position] for way in ways) and waits["n"].sum() == len(ways)
        of_steps += together
    whole = ended_ages(SCOPE, source, chosen, windows, None)
    engine.dispose()
    assert of_steps == int((whole["lama_hari"] * whole["n"]).sum()) == sum(map(sum, ways))
