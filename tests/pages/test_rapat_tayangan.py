"""The story on the screen of Rapat: every step for every role, its address, its ways on, and what it never tells."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from lib import application, clock, decisions, measure, reference, settings, versions_keep
from lib.access import scope_of
from lib.decisions import book
from lib.decisions.records import tindak_lanjut
from lib.domain import CaseFilter, Period, PeriodKind, Role, Scope, Tayang
from lib.exports import story
from lib.exports.step import Step, Story
from lib.web import meeting_stage
from tests.pages.conftest import look_as
from tests.pages.test_roles import OTHER, OWN, looking_as, sentences, shown, start

YEAR = Period(kind=PeriodKind.TAHUN)
AGREED = meeting_stage.AGREED


def opened(step: str, role: Role = Role.DIREKTUR, **query: str) -> AppTest:
    app = looking_as(start("rapat", langkah=step, **query), role).run()
    assert not app.exception
    assert not app.error
    return app


def told(scope: Scope, case_filter: CaseFilter | None = None) -> Story:
    """What the pack tells of the same, by its own way."""
    values = settings.load()
    return story.tell(
        replace(scope, tayang=Tayang.PRESENTASI),
        case_filter or CaseFilter(period=YEAR),
        source=measure.open_source(values),
        values=values,
    )


def on_screen(app: AppTest) -> str:
    """The words of the stage without their markup."""
    bodies = " ".join(each.proto.body for each in app.get("html"))
    # The spaces that hold a number and its unit together stay.
    return re.sub(r"[ \n]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bodies))).strip()


def place(app: AppTest) -> tuple[int, int]:
    line = next(each.value for each in app.markdown if re.match(r"\*\*\d+ dari \d+\*\*", each.value))
    here, last = re.findall(r"\d+", line)[:2]
    return int(here), int(last)


def address(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def says(step: Step, words: str) -> None:
    """The message of a step and every number of it stand there."""
    assert step.judul in words
    assert step.kalimat in words
    for tile in step.kotak[: meeting_stage.MOST_TILES]:
        assert f"{tile.nama} {tile.tampil}" in words, tile
    if step.nama == meeting_stage.WANTED:
        assert all(sentence in words for sentence in step.putusan)


@pytest.mark.parametrize("role", Role)
def test_every_step_says_what_the_story_says(demo, open_app, role):
    expected = told(scope_of(role, (OWN,)))
    steps = [step for step in expected.langkah if step.nama not in meeting_stage.LEFT_OUT]
    for number, step in enumerate(steps, start=1):
        # The two roles of the nation are told the same; of the second a glance is enough.
        if role is Role.ADMIN_DATA and 1 < number < len(steps):
            continue
        app = opened(step.nama, role)
        assert not app.warning, step.nama
        says(step, on_screen(app))
        assert expected.kaki in on_screen(app)
        assert "DATA SIMULASI" in on_screen(app)
        assert place(app) == (number, len(steps) + 1)
        assert address(app)["langkah"] == step.nama
        assert not app.title
    app = opened(AGREED, role)
    assert place(app) == (len(steps) + 1, len(steps) + 1)
    assert "tindak lanjut terbuka" in on_screen(app)


@pytest.mark.parametrize(
    ("query", "case_filter"),
    [
        ({"periode": "bulan-ini"}, CaseFilter(period=Period(kind=PeriodKind.BULAN))),
        ({"periode": "triwulan-ini"}, CaseFilter(period=Period(kind=PeriodKind.TRIWULAN))),
        # The last twelve months of other pages become the running year.
        ({"periode": "12-bulan"}, CaseFilter(period=YEAR)),
        ({"klaster": "ANAK"}, CaseFilter(period=YEAR, klaster=("ANAK",))),
        ({"jenis": "P24"}, CaseFilter(period=YEAR, jenis=("P24",))),
        ({"provinsi": "93"}, CaseFilter(period=YEAR, provinsi=("93",))),
        ({"provinsi": "93", "jenis": "P24"}, CaseFilter(period=YEAR, provinsi=("93",), jenis=("P24",))),
    ],
)
def test_the_story_follows_the_filter(demo, open_app, query, case_filter):
    expected = told(scope_of(Role.DIREKTUR), case_filter)
    for name in ("pokok", meeting_stage.WANTED):
        app = opened(name, **query)
        says(expected.step(name), on_screen(app))
        assert expected.kaki in on_screen(app)


def test_start_turn_and_end_by_the_buttons(demo, open_app):
    app = looking_as(start("rapat", klaster="ANAK"), Role.DIREKTUR).run()
    button(app, "Mulai tayangan").click().run()
    assert address(app) == {"klaster": "ANAK", "langkah": "pokok"}
    assert button(app, "Sebelumnya").disabled
    walked = ["pokok"]
    while not button(app, "Selanjutnya").disabled:
        button(app, "Selanjutnya").click().run()
        assert not app.exception
        walked.append(address(app)["langkah"])
    assert walked[-2:] == [meeting_stage.WANTED, AGREED]
    assert place(app) == (len(walked), len(walked))
    button(app, "Sebelumnya").click().run()
    assert address(app) == {"klaster": "ANAK", "langkah": walked[-2]}
    button(app, "Awal").click().run()
    assert address(app)["langkah"] == "pokok"
    button(app, "Akhir").click().run()
    assert address(app)["langkah"] == AGREED
    button(app, "Selesai").click().run()
    assert address(app) == {"klaster": "ANAK"}
    assert app.title[0].value == "Rapat"


def test_a_step_that_is_not_there_is_said_and_the_story_begins(demo, open_app):
    app = opened("definisi")
    assert "Langkah “definisi” tidak ada" in sentences(app)
    assert place(app)[0] == 1
    # A province alone has no map: a link to that step from the nation's story begins anew.
    app = opened("peta", provinsi=OWN)
    assert "Langkah “peta” tidak ada" in sentences(app)
    assert place(app)[0] == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"dari": "2026-01-03", "sampai": "2026-02-11"}, "2026-01-03 sampai 2026-02-11 tidak tersedia"),
        ({"periode": "bulan-ini", "provinsi": OWN}, "pilih triwulan atau tahun"),
    ],
)
def test_a_refused_period_has_its_sentence_and_the_way_back(demo, open_app, query, words):
    app = opened("pokok", **query)
    assert words in sentences(app)
    assert [each.label for each in app.button if each.key.startswith("panggung")] == ["Selesai"]
    button(app, "Selesai").click().run()
    assert app.title[0].value == "Rapat"
    assert "langkah" not in address(app)


@pytest.mark.parametrize("provinces", [(OWN,), (OWN, "34")])
def test_a_coordinator_meets_no_other_province(demo, open_app, monkeypatch, provinces):
    scope = Scope(role=Role.KOORDINATOR, provinces=provinces)
    look_as(monkeypatch, scope)
    others = {name for kode, name in reference.names("provinsi").items() if kode not in provinces}
    expected = told(scope, CaseFilter(period=YEAR, provinsi=(OWN,)))
    for step in [*expected.langkah, Step(nama=AGREED, judul="", frame=expected.langkah[0].frame)]:
        if step.nama in meeting_stage.LEFT_OUT:
            continue
        app = start("rapat", langkah=step.nama, provinsi=OWN).run()
        assert not app.exception and not app.warning
        everything = "\n".join(shown(app)).encode().decode("unicode_escape", errors="ignore")
        found = {name for name in others if name in everything.split("Provinsi koordinator")[0]}
        assert not found, (step.nama, found)
        if step.nama != AGREED:
            says(step, on_screen(app))
    app = start("rapat", langkah="pokok", provinsi=OTHER).run()
    assert not app.get("html") and "di luar" in sentences(app)


def put(
    words: str, *, provinsi: str | None, klaster: str | None = None, now: dt.datetime | None = None
) -> int:
    """A tindak lanjut straight in the table, as nothing but its own row decides."""
    day = dt.date(2026, 10, 1)
    row = book.writer(scope_of(Role.DIREKTUR), None, now or clock.now()) | {"simulasi": True}
    decided = {"diputuskan": day, "tenggat": day, "keadaan": "terbuka", "kode": "I01", "penanggung": "Sentra"}
    where = {"kode_provinsi": provinsi, "kode_klaster": klaster}
    with application.writing(settings.load()) as connection:
        done = connection.execute(insert(tindak_lanjut).values(**row, **decided, **where, keputusan=words))
    return done.inserted_primary_key[0]


def test_what_was_agreed_about_a_cluster_of_the_province_is_listed_too(demo_copy, open_app):
    put("Untuk klaster di sini", provinsi=OWN, klaster="ANAK")
    put("Untuk provinsi lain", provinsi=OTHER, klaster="ANAK")
    words = on_screen(opened(AGREED, provinsi=OWN))
    assert "Untuk klaster di sini" in words
    assert "Untuk provinsi lain" not in words


def test_words_of_others_become_no_markup_on_the_stage(demo_copy, open_app):
    harm = "<script>alert(1)</script> =cmd|' /C calc'!A0 [x](https://evil.example) 🙂"
    put(harm, provinsi=OWN)
    app = opened(AGREED, provinsi=OWN)
    table = next(each.proto.body for each in app.get("html") if "<table" in each.proto.body)
    assert "<script" not in table
    assert html.escape(harm) in table


def test_without_the_decisions_the_story_can_still_be_turned(demo, open_app, monkeypatch):
    def unreadable(*args, **named):
        raise meeting_stage.UserError("Basis data aplikasi tidak dapat dibaca.")

    monkeypatch.setattr(decisions, "for_export", unreadable)
    app = opened(AGREED)
    assert "Basis data aplikasi tidak dapat dibaca." in sentences(app)
    button(app, "Sebelumnya").click().run()
    assert address(app)["langkah"] == meeting_stage.WANTED


def test_a_kept_version_tells_its_own_story_under_its_banner(demo_copy, open_app):
    kept = versions_keep.keep(settings.load(), "Rapat lama", by="Direktur", now=clock.now())
    after = kept.disimpan + dt.timedelta(days=1)
    put("Diputuskan sesudah disimpan", provinsi=OWN, now=after)
    app = opened("pokok", versi="Rapat lama", provinsi=OWN)
    assert "tindak lanjut terbuka" in on_screen(opened(AGREED, versi="Rapat lama", provinsi=OWN))
    assert any("Sebagaimana disajikan" in each.value for each in app.markdown)
    assert f"versi {kept.versi}" in on_screen(app)
    assert address(app) == {"langkah": "pokok", "provinsi": OWN, "versi": kept.versi}
    assert "Diputuskan sesudah disimpan" not in on_screen(opened(AGREED, versi="Rapat lama", provinsi=OWN))
    assert "Diputuskan sesudah disimpan" in on_screen(opened(AGREED, provinsi=OWN))


def test_without_an_audit_the_story_says_so_calmly(demo_copy, open_app):
    values = settings.load()
    measure.snapshot.audit_path(values, measure.snapshot.current_version(values)).unlink()
    app = opened("pokok")
    assert "belum selesai diperiksa" in sentences(app)
    assert [each.label for each in app.button if each.key.startswith("panggung")] == ["Selesai"]


def test_an_empty_office_has_a_story_or_a_sentence(empty_office, open_app):
    for step in ("pokok", meeting_stage.WANTED, AGREED):
        app = start("rapat", langkah=step).run()
        assert not app.exception and not app.error
        assert any(each.label == "Selesai" for each in app.button)
