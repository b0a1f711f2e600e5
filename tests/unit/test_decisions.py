"""Tindak lanjut: who writes and sees which, states, the figure of then and now, and what a table of them says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from lib import access, decisions, settings
from lib.charts.annotated import annotated, place
from lib.charts.trends import monthly
from lib.decisions import Draft, Reading, State, movement
from lib.decisions.demonstration import month_end
from lib.domain import AccessRefused, Period, Role, Scope, Tayang, UserError

TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
DIREKTUR = access.scope_of(Role.DIREKTUR)
JATENG = access.scope_of(Role.KOORDINATOR, ("33",))
ADMIN = access.scope_of(Role.ADMIN_DATA)
NOBODY = Scope(role=Role.KOORDINATOR, provinces=())
THEN = Reading(
    kode="I11", nilai=80.0, alasan=None, dari=dt.date(2026, 4, 1), sampai=dt.date(2026, 6, 30), versi="v1"
)


def source(*, simulated: bool = True) -> SimpleNamespace:
    """What is read of a version here: its name, whether it is simulated, and one province's data date."""
    province = SimpleNamespace(kode_provinsi="33", tanggal_data=TODAY)
    return SimpleNamespace(versi="v2", simulasi=simulated, provinces=(province,))


def draft(provinsi: str | None = "33", **more) -> Draft:
    given = {
        "keputusan": "Telaah kasus macet",
        "kode": "I11",
        "penanggung": "Sentra",
        "tenggat": TODAY + dt.timedelta(days=10),
    }
    return Draft(provinsi=provinsi, **(given | more))


def put(values, scope=DIREKTUR, provinsi: str | None = "33", *, simulated: bool = True, **more) -> int:
    return decisions.put(
        scope,
        values,
        draft(provinsi, **more),
        source=source(simulated=simulated),
        now=NOW,
        today=TODAY,
        then=(THEN, THEN),
    )


def numbers(scope: Scope, values, *, simulated: bool = True) -> list[int]:
    return [each.nomor for each in decisions.listed(scope, values, simulated=simulated)]


@pytest.fixture
def values(tuntas_data: Path) -> settings.Settings:
    return settings.load()


@pytest.mark.parametrize(
    ("scope", "provinsi", "writes"),
    [
        (DIREKTUR, None, True),
        (DIREKTUR, "35", True),
        (JATENG, "33", True),
        (JATENG, "35", False),
        (JATENG, None, False),
        (ADMIN, "33", False),
        (ADMIN, None, False),
        (NOBODY, None, False),
        (NOBODY, "33", False),
    ],
)
def test_who_may_write_where(values, scope, provinsi, writes):
    assert decisions.may_write(scope, provinsi) is writes
    if writes:
        number = put(values, scope, provinsi)
        assert numbers(DIREKTUR, values) == [number]
        return
    with pytest.raises(AccessRefused, match="tidak dapat Anda tulis"):
        put(values, scope, provinsi)
    with pytest.raises(AccessRefused, match="tidak dapat Anda tulis"):
        _annotate(values, scope, provinsi)
    assert numbers(DIREKTUR, values) == []


def test_a_narrower_scope_sees_own_provinces_and_the_nation_and_nothing_more(values):
    own, other, nation = (put(values, provinsi=each) for each in ("33", "35", None))
    assert numbers(DIREKTUR, values) == numbers(ADMIN, values) == [own, other, nation]
    assert numbers(JATENG, values) == [own, nation]
    assert numbers(NOBODY, values) == []
    changed = decisions.changes(JATENG, values, simulated=True)
    assert {each.nomor for each in changed} == {own, nation}
    for scope, number in ((JATENG, other), (NOBODY, own)):
        with pytest.raises(UserError, match="tidak ada di wilayah Anda"):
            _change(values, scope, number, State.SELESAI)
    with pytest.raises(AccessRefused):
        _change(values, JATENG, nation, State.SELESAI)
    with pytest.raises(AccessRefused):
        _change(values, ADMIN, own, State.SELESAI)


def test_what_goes_with_simulated_figures_is_never_beside_real_ones(values):
    put(values, simulated=True)
    real = put(values, simulated=False)
    assert numbers(DIREKTUR, values, simulated=False) == [real]
    with pytest.raises(UserError, match="tidak ada"):
        _change(values, DIREKTUR, real, State.SELESAI)


def _change(values, scope, number, state, *, seen=State.TERBUKA, note="") -> None:
    decisions.change(scope, values, number, state, seen=seen, simulated=True, now=NOW, note=note)


def test_changes_are_kept_and_a_state_seen_too_late_is_refused(values):
    number = put(values)
    _change(values, JATENG, number, State.BERJALAN, note="mulai")
    with pytest.raises(UserError, match="diubah orang lain menjadi berjalan"):
        _change(values, DIREKTUR, number, State.SELESAI)
    with pytest.raises(UserError, match="sudah berjalan"):
        _change(values, DIREKTUR, number, State.BERJALAN, seen=State.BERJALAN)
    found = decisions.changes(DIREKTUR, values, simulated=True)
    assert [(each.dari, each.menjadi, each.peran, each.catatan) for each in found] == [
        (State.TERBUKA, State.BERJALAN, Role.KOORDINATOR, "mulai"),
        (None, State.TERBUKA, Role.DIREKTUR, None),
    ]


def test_a_write_without_its_line_in_the_trail_is_undone(values):
    put(values)

    def fails(connection, detail):
        raise UserError("jejak tidak dapat ditulis")

    with pytest.raises(UserError, match="jejak"):
        decisions.put(
            DIREKTUR,
            values,
            draft(),
            source=source(),
            now=NOW,
            today=TODAY,
            then=(THEN, THEN),
            tell=fails,
        )
    assert len(numbers(DIREKTUR, values)) == 1


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"kode": "I99"}, "I99"),
        ({"kode": "I29-jenjang"}, "I29-jenjang"),
        ({"kode": "I18-rata", "klaster": "ANAK"}, "tidak dihitung per klaster"),
        ({"klaster": "ENTAH"}, "ENTAH"),
        ({"tenggat": TODAY - dt.timedelta(days=1)}, "2026-11-19"),
        ({"tenggat": TODAY + dt.timedelta(days=800)}, "dua tahun"),
        ({"penanggung": "Sdri. 3374 0112 0190 0001"}, "seperti NIK"),
        ({"penanggung": "x" * 61}, "61 karakter"),
        ({"keputusan": "hubungi a@b.id"}, "surel"),
    ],
)
def test_what_makes_no_sense_is_refused(values, more, named):
    with pytest.raises(UserError, match=named):
        put(values, **more)


def test_open_ones_first_and_days_late(values):
    for days in (5, 1, 9):
        put(values, tenggat=TODAY + dt.timedelta(days=days))
    _change(values, DIREKTUR, 2, State.SELESAI)
    found = decisions.listed(DIREKTUR, values, simulated=True)
    assert [each.nomor for each in found] == [1, 3, 2]
    later = TODAY + dt.timedelta(days=17)
    assert [each.days_late(later) for each in found] == [12, 8, 0]
    assert decisions.due(found[0], later) == "tenggat 25 November 2026, lewat tenggat 12 hari"
    assert decisions.due(found[2], later) == "tenggat 21 November 2026"


@pytest.mark.parametrize(
    ("kode", "newest", "days"),
    [
        ("I11", dt.date(2026, 11, 20), ("2026-07-01", "2026-09-30")),
        ("I11", dt.date(2026, 9, 30), ("2026-07-01", "2026-09-30")),
        ("I11", dt.date(2026, 1, 5), ("2025-10-01", "2025-12-31")),
        ("I15-n", dt.date(2026, 11, 20), ("2026-10-01", "2026-11-20")),
    ],
)
def test_days_a_figure_is_looked_at(kode, newest, days):
    dari, sampai = (dt.date.fromisoformat(day) for day in days)
    assert movement.span(kode, newest) == Period(dari=dari, sampai=sampai)


@pytest.mark.parametrize(
    ("kode", "difference", "words"),
    [
        ("I11", 2.0, "naik, membaik"),
        ("I11", -2.0, "turun, memburuk"),
        ("I15-n", -12, "turun, membaik"),
        ("I15-n", 12, "naik, memburuk"),
        ("I01", 5, "naik"),
        ("I11", 0.04, "tidak berubah"),
    ],
)
def test_direction_in_words(kode, difference, words):
    assert movement.direction(kode, difference) == words


def answered(nilai: float | None, alasan: str | None = None):
    """A door that always gives this figure, and remembers what it was asked."""
    asked = []

    def ask(scope, kode, chosen):
        asked.append((scope.tayang, kode, chosen.provinsi, chosen.period.sampai))
        row = {"nilai": nilai, "alasan": alasan, "tanggal_data": TODAY, "versi": "v2"}
        return pd.DataFrame([row])

    return ask, asked


def test_the_figure_moved_since_it_was_decided(values):
    put(values)
    ask, asked = answered(83.5)
    (decision,) = decisions.listed(JATENG, values, simulated=True)
    moved = decisions.moved(JATENG, decision, source=source(), ask=ask)
    assert moved.selisih == pytest.approx(3.5)
    assert decisions.sentence(moved) == (
        "Saat diputuskan 80,0\u00a0% (triwulan 2 2026), kini 83,5\u00a0% (triwulan 3 2026): "
        "+3,5 poin persen, naik, membaik."
    )
    assert asked == [(Tayang.INTERNAL, "I11", ("33",), dt.date(2026, 9, 30))]


def test_the_same_quarter_is_no_movement(values):
    put(values)
    (decision,) = decisions.listed(JATENG, values, simulated=True)
    decision = replace(decision, then=replace(decision.then, sampai=dt.date(2026, 9, 30)))
    moved = decisions.moved(JATENG, decision, source=source(), ask=answered(83.5)[0])
    assert "belum ada triwulan lengkap sesudahnya" in decisions.sentence(moved)


def test_presentasi_tells_both_sides_anew_and_never_the_exact_figure_kept(values):
    put(values)
    scope = replace(JATENG, tayang=Tayang.PRESENTASI)
    ask, asked = answered(None, "disamarkan")
    (decision,) = decisions.listed(scope, values, simulated=True)
    said = decisions.sentence(decisions.moved(scope, decision, source=source(), ask=ask))
    assert said == "Saat diputuskan disamarkan, kini disamarkan."
    assert {(tayang, end) for tayang, _, _, end in asked} == {
        (Tayang.PRESENTASI, dt.date(2026, 9, 30)),
        (Tayang.PRESENTASI, dt.date(2026, 6, 30)),
    }


def test_what_presentasi_does_not_list_is_not_shown(values):
    put(values)

    def refuses(scope, kode, chosen):
        raise UserError("tidak tersedia dalam tayang presentasi")

    scope = replace(JATENG, tayang=Tayang.PRESENTASI)
    (decision,) = decisions.listed(scope, values, simulated=True)
    said = decisions.sentence(decisions.moved(scope, decision, source=source(), ask=refuses))
    assert "80" not in said
    assert said.count("tidak ditampilkan dalam tayang presentasi") == 2


def test_a_coordinator_is_not_told_the_nations_figures(values):
    put(values, provinsi=None)
    ask, asked = answered(83.5)
    frame = decisions.for_export(JATENG, values, source=source(), today=TODAY, ask=ask)
    assert asked == []
    told = frame.iloc[0][["Nilai saat diputuskan", "Nilai sekarang"]].tolist()
    assert told == [movement.OWN_AREA_ONLY] * 2


def test_table_for_the_meeting(values):
    put(values)
    put(values, tenggat=TODAY + dt.timedelta(days=2))
    later = TODAY + dt.timedelta(days=5)
    frame = decisions.for_export(DIREKTUR, values, source=source(), today=later, ask=answered(79.0)[0])
    assert list(frame.columns) == list(decisions.COLUMNS)
    assert frame["Nomor"].tolist() == ["2", "1"]
    row = frame.iloc[0]
    assert row["Lewat tenggat (hari)"] == "3"
    assert (row["Selisih"], row["Arah"]) == ("−1,0 poin persen", "turun, memburuk")
    assert row["Versi saat diputuskan"] == "v1"


def test_nothing_decided_is_an_empty_table(values):
    frame = decisions.for_export(DIREKTUR, values, source=source(), today=TODAY)
    assert frame.empty
    assert list(frame.columns) == list(decisions.COLUMNS)
    assert decisions.annotations(DIREKTUR, values, simulated=True) == []


def test_a_database_that_cannot_be_read_is_one_sentence(values):
    (values.data_folder / "aplikasi.sqlite").write_bytes(b"bukan basis data" * 100)
    for read in (decisions.listed, decisions.annotations, decisions.changes):
        with pytest.raises(UserError, match="tidak dapat dibaca"):
            read(DIREKTUR, values, simulated=True)
    with pytest.raises(UserError, match="tidak dapat ditulis"):
        put(values)


def _annotate(values, scope, provinsi, *, day=TODAY, words="Formulir baru") -> int:
    return decisions.annotate(
        scope,
        values,
        day=day,
        words=words,
        provinsi=provinsi,
        simulated=True,
        now=NOW,
        today=TODAY,
    )


def test_notes_are_seen_by_area_and_can_be_taken_off(values):
    own, _, nation = (_annotate(values, DIREKTUR, each) for each in ("33", "35", None))
    seen = [each.nomor for each in decisions.annotations(JATENG, values, simulated=True)]
    assert seen == [own, nation]
    assert decisions.annotations(NOBODY, values, simulated=True) == []
    assert decisions.annotations(DIREKTUR, values, simulated=False) == []
    with pytest.raises(AccessRefused):
        decisions.withdraw(JATENG, values, nation, simulated=True, now=NOW)
    decisions.withdraw(JATENG, values, own, simulated=True, now=NOW)
    assert [each.nomor for each in decisions.annotations(JATENG, values, simulated=True)] == [nation]


@pytest.mark.parametrize(
    ("day", "words", "named"),
    [
        (TODAY + dt.timedelta(days=1), "x", "2026-11-21"),
        (dt.date(1999, 1, 1), "x", "1999-01-01"),
        (TODAY, "3374011201900001", "seperti NIK"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(values, day, words, named):
    with pytest.raises(UserError, match=named):
        _annotate(values, DIREKTUR, None, day=day, words=words)


@pytest.mark.parametrize(
    ("day", "where"),
    [("2026-11-16", 1 + 15.5 / 30 - 0.5), ("2026-10-01", 0.5 / 31 - 0.5), ("2026-12-01", None)],
)
def test_place_of_a_day_on_the_months(day, where):
    assert place(dt.date.fromisoformat(day), ["2026-10", "2026-11"]) == (where and pytest.approx(where))


def test_notes_on_a_chart_are_numbered_lines_with_harmless_hover():
    months = pd.DataFrame(
        {"bulan": ["2026-10", "2026-11"], "nilai": [3.0, 4.0], "tampil": ["3", "4"], "n": [3, 4]}
    )
    bare = monthly(months, y_title="Terdata", colour="#0B4F8A")
    days = [dt.date(2026, 11, 3), dt.date(2026, 11, 9), dt.date(2025, 1, 1)]
    figure = annotated(bare, [(n, day, "<b>baru</b>") for n, day in enumerate(days, start=1)])
    assert len(figure.layout.shapes) == 2
    first, second = figure.layout.annotations
    assert (first.text, second.text) == ("<b>1</b>", "<b>2</b>")
    assert second.yshift < first.yshift == 0
    assert "&lt;b&gt;baru&lt;/b&gt;" in first.hovertext


def test_month_ends_of_the_demonstration():
    assert month_end(dt.date(2026, 11, 20), 1) == dt.date(2026, 10, 31)
    assert month_end(dt.date(2026, 1, 5), 2) == dt.date(2025, 11, 30)
