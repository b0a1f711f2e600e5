"""Who sees which page with which numbers: roles, sign-in, other people's provinces, the access trail."""

from __future__ import annotations

import ast
import datetime as dt
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib import audit, clock, settings, snapshot, users
from lib.audit import Event
from lib.disclosure import kept
from lib.domain import AccessRefused, Identity, Role, UserError
from lib.users import User
from lib.web import identity, navigation, session
from tests.pages.conftest import ROOT

ISSUER = "https://masuk.contoh.go.id"
PAGES = {url: (path, roles) for path, _, _, url, roles in navigation.PAGES}
ROLES = tuple(Role)
OWN, OTHER = "33", "35"
# A download's ticket, and the digest of version and question in its id; a chart's id digests the name of its picture,
# which holds the version.
MADE_ANEW = re.compile(r'(deferred_file_id: |^download_button id: |^plotly_chart id: )"[^"]*"')
# Here a coordinator is told the nation's rates on purpose; tests/queries/test_narrow_scope.py holds them to no count.
WITH_YARDSTICKS = ("ringkasan", "provinsi", "perbandingan")


def looking_as(app: AppTest, role: Role, province: str = OWN) -> AppTest:
    """The app before its first run, in the demonstration's role."""
    app.session_state[session.SEEN_AS] = role
    app.session_state[session.SEEN_PROVINCE] = province
    return app


def start(page: str = "ringkasan", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    if page != "ringkasan":
        app.switch_page(PAGES[page][0])
    return app


def shown(app: AppTest) -> list[str]:
    """Everything that was sent to the browser, by the framework's own messages: words, figures, tables, hover."""
    found = []

    def walk(block) -> None:
        for child in block.children.values():
            if hasattr(child, "children"):
                found.append(str(child.proto))
                walk(child)
            elif child.type == "dataframe":
                # The bytes of a table carry a name that is made anew each time.
                found.append(child.value.to_csv())
            else:
                found.append(MADE_ANEW.sub(r"\1…", f"{child.type} {child.proto}"))

    walk(app.main)
    walk(app.sidebar)
    return found


def sentences(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.warning, *app.error))


# --- every page asks first ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted((ROOT / "pages").glob("*.py")), ids=lambda file: file.stem)
def test_the_first_line_of_a_page_requires_a_scope(file: Path):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    body = [
        node
        for node in tree.body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    first = body[0].value
    assert isinstance(first, ast.Call)
    assert first.func.id == "require_scope"


def test_every_page_file_is_in_the_list_with_its_roles():
    assert {path for path, _ in PAGES.values()} == {f"pages/{f.name}" for f in (ROOT / "pages").glob("*.py")}
    assert all(roles for _, roles in PAGES.values())


def test_the_menu_never_folds_behind_the_framework_s_english_button(monkeypatch):
    asked = {}
    monkeypatch.setattr(navigation.st, "navigation", lambda pages, **more: asked.update(more))
    navigation.navigation(Role.KOORDINATOR)
    assert asked["expanded"] is True


def test_without_having_been_let_in_nobody_has_a_scope():
    session.RUNS_AS.set(None)
    with pytest.raises(AccessRefused):
        session.visitor()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_opens_for_its_roles_and_refuses_the_others(demo, open_app, page, role):
    app = looking_as(start(page), role).run()
    assert not app.exception
    assert not app.error
    if role in PAGES[page][1]:
        assert app.title[0].value
        assert not app.warning
    elif page == navigation.DEFAULT:
        # Its address is "/", where every role arrives at its own first page.
        assert app.title[0].value == "Mutu data"
    else:
        assert not app.title
        assert "hanya untuk" in sentences(app)


# --- a coordinator and the others' provinces ---------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page, (_, roles) in PAGES.items() if Role.KOORDINATOR in roles])
def test_a_link_to_another_province_shows_nothing_of_it(demo, open_app, page):
    app = looking_as(start(page, provinsi=OTHER), Role.KOORDINATOR).run()
    assert "Jawa Timur di luar wilayah" in sentences(app)
    assert not app.title
    assert "provinsi" not in app.query_params


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("kasus", {"kode": "I13", "kabkota": "35.15"}),
        ("kasus", {"kode": "I13", "kasus": "35~2026-35-000001"}),
        ("waktu", {"kabkota": "35.15"}),
        ("provinsi", {"sorot_kabkota": "35.15"}),
        ("perbandingan", {"lihat": "35"}),
        ("ringkasan", {"lihat": "35"}),
        ("pendamping", {"orang": "35-071", "orang_provinsi": "35"}),
        ("alur", {"macet_provinsi": "35"}),
    ],
)
def test_other_parameters_open_nothing_either_and_are_told(door, open_app, page, query):
    door.signed_in("jateng")
    app = start(page, **query).run()
    assert "Jawa Timur di luar wilayah" in sentences(app)
    assert not app.title
    line = audit.trail(settings.load(), event=Event.DITOLAK).iloc[0]
    assert line["halaman"] == page
    assert any(
        part in line["saringan"] for part in (*(f"{k}={v}" for k, v in query.items()), "kasus=satu-kasus")
    )


@pytest.mark.parametrize(
    "value",
    ["[Masuk lagi](https://evil.example)", "https://evil.example", "www.evil.example", "<b>x</b>", ":red[x]"],
)
@pytest.mark.parametrize("name", ["periode", "provinsi", "peta", "lihat", "banding"])
def test_nothing_of_an_address_becomes_a_link_on_the_page(demo, open_app, name, value):
    app = looking_as(start(**{name: value}), Role.DIREKTUR).run()
    assert not app.error
    words = " ".join(shown(app))
    assert "](" not in words
    assert "://evil" not in words
    assert "www.evil" not in words
    assert "pada tautan tidak dikenal dan diabaikan" in sentences(app)


@pytest.fixture(scope="module")
def fewer(demo_folder, tmp_path_factory) -> Path:
    """The same office in which the other provinces have lost half of their cases."""
    folder = tmp_path_factory.mktemp("berkurang")
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    (folder / "kasus.sqlite").write_bytes((demo_folder / "kasus.sqlite").read_bytes())
    (folder / "aplikasi.sqlite").write_bytes((demo_folder / "aplikasi.sqlite").read_bytes())
    gone = "kode_provinsi <> '33' AND substr(id_kasus, -1) IN ('1', '3', '5', '7', '9')"
    with closing(sqlite3.connect(folder / "kasus.sqlite")) as writer, writer:
        for table in ("kegiatan", "rujukan", "kasus"):
            writer.execute(f"DELETE FROM {table} WHERE {gone}")  # noqa: S608  our own words
    built = snapshot.build(values, now=clock.now())
    kept.write(snapshot.audit_path(values, built.versi), [])
    return folder


@pytest.mark.parametrize(
    "page",
    [page for page, (_, roles) in PAGES.items() if Role.KOORDINATOR in roles and page not in WITH_YARDSTICKS],
)
def test_nothing_sent_to_a_coordinator_depends_on_other_provinces(demo, fewer, open_app, monkeypatch, page):
    # First what the director sees, so that it lies in the caches.
    looking_as(start(page), Role.DIREKTUR).run()
    versions, sent = [], []
    for folder in (demo, fewer):
        monkeypatch.setenv("TUNTAS_DATA", str(folder))
        session.present_settings.clear()
        versions.append(snapshot.current_version(settings.load()))
        sent.append(shown(looking_as(start(page), Role.KOORDINATOR).run()))
    first, second = (
        [message.replace(version, "VERSI") for message in messages]
        for version, messages in zip(versions, sent, strict=True)
    )
    assert versions[0] != versions[1]
    assert len(first) > 10
    assert first == second


@pytest.mark.parametrize("page", WITH_YARDSTICKS)
def test_a_coordinator_is_sent_no_other_province_s_figures(demo, open_app, page):
    app = looking_as(start(page), Role.KOORDINATOR).run()
    tables = [frame.value for frame in app.dataframe]
    assert not app.error
    for frame in tables:
        words = frame.astype(str).to_numpy().ravel().tolist()
        assert "Jawa Timur" not in words
    figures = " ".join(message for message in shown(app) if "plotly" in message[:200])
    assert figures
    assert "Jawa Timur" not in figures


# --- sign-in -------------------------------------------------------------------------------------------------


class Door:
    """A real office with a configured provider; `person` is whoever the provider names."""

    def __init__(self) -> None:
        self.person: Identity | None = None

    def signed_in(self, subject: str, *, hours_ago: float = 0.1) -> None:
        moment = clock.now() - dt.timedelta(hours=hours_ago)
        self.person = Identity(issuer=ISSUER, subject=subject, signed_in_at=moment)


@pytest.fixture(scope="module")
def real_folder(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small simulation, said to be real, with users in its application database; made once."""
    folder = tmp_path_factory.mktemp("nyata")
    shutil.copytree(demo_folder, folder, dirs_exist_ok=True)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    with closing(sqlite3.connect(folder / "kasus.sqlite")) as writer, writer:
        writer.execute("UPDATE meta SET nilai = '0' WHERE kunci = 'simulasi'")
    # Other tests on the same simulation have left their lines in the trail.
    (folder / "aplikasi.sqlite").unlink()
    snapshot.build(values, now=clock.now())
    for subject, role, provinces in (
        ("direktur", Role.DIREKTUR, ()),
        ("jateng", Role.KOORDINATOR, (OWN,)),
        ("jatim", Role.KOORDINATOR, (OTHER,)),
        ("admin", Role.ADMIN_DATA, ()),
    ):
        user = User(issuer=ISSUER, subject=subject, role=role, provinces=provinces)
        users.put(values, user, now=clock.now())
    return folder


@pytest.fixture
def door(real_folder: Path, tuntas_data: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A copy of the real office as this test's TUNTAS_DATA, behind a sign-in."""
    shutil.copytree(real_folder, tuntas_data, dirs_exist_ok=True)
    made = Door()
    monkeypatch.setattr(identity, "configured", lambda: True)
    monkeypatch.setattr(identity, "identity", lambda: made.person)
    return made


def events() -> list[tuple[str, str | None, str | None]]:
    frame = audit.trail(settings.load())[::-1]
    return list(frame[["kejadian", "subjek", "halaman"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_who_has_not_signed_in_gets_the_sign_in_and_nothing_else(door, open_app, page):
    app = start(page).run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Masuk ke Tuntas"]
    assert [button.label for button in app.button] == ["Masuk"]
    assert not app.metric
    assert not app.dataframe
    assert "potret" not in " ".join(shown(app))
    assert events() == []


def test_a_failed_sign_in_is_said(door, open_app):
    assert "Masuk gagal" in start(masuk="gagal").run().error[0].value


@pytest.mark.parametrize(
    ("subject", "place"), [("direktur", "Indonesia"), ("jateng", "Jawa Tengah"), ("jatim", "Jawa Timur")]
)
def test_everybody_sees_their_own_area(door, open_app, subject, place):
    door.signed_in(subject)
    app = start().run()
    assert not app.error
    heading = next(each.value for each in app.markdown if each.value.startswith("####"))
    assert heading.startswith(f"#### {place}:")
    assert events() == [("masuk", subject, "ringkasan"), ("lihat", subject, "ringkasan")]


@pytest.mark.parametrize(
    ("subject", "hours", "words"),
    [("orang asing", 0.1, "belum terdaftar"), ("direktur", 13, "masuk lagi"), ("direktur", -2, "masuk lagi")],
)
def test_unknown_and_expired_are_refused_without_data(door, open_app, subject, hours, words):
    door.signed_in(subject, hours_ago=hours)
    app = start().run()
    assert words in " ".join(shown(app))
    assert not app.metric
    assert not app.dataframe


def test_rights_revoked_while_looking_are_gone_at_the_next_click(door, open_app):
    door.signed_in("jateng")
    app = start("kasus", kode="I13").run()
    assert app.dataframe
    users.set_active(settings.load(), ISSUER, "jateng", active=False, now=clock.now())
    app.run()
    assert "dicabut" in sentences(app)
    assert not app.dataframe
    assert events()[-1] == ("ditolak", "jateng", "kasus")


def test_a_province_taken_away_while_looking_is_gone_at_the_next_click(door, open_app):
    door.signed_in("jateng")
    app = start("provinsi").run()
    assert app.title[0].value == "Jawa Tengah"
    moved = User(issuer=ISSUER, subject="jateng", role=Role.KOORDINATOR, provinces=(OTHER,))
    users.put(settings.load(), moved, now=clock.now())
    app.run()
    assert "Jawa Tengah di luar wilayah" in sentences(app)
    assert app.run().title[0].value == "Jawa Timur"


def test_without_a_provider_a_real_office_says_what_to_configure(door, open_app, monkeypatch):
    monkeypatch.setattr(identity, "configured", lambda: False)
    app = start().run()
    assert "secrets.toml" in sentences(app)
    assert not app.metric


# --- the access trail ----------------------------------------------------------------------------------------


def test_each_page_and_filter_is_told_once(door, open_app):
    door.signed_in("direktur")
    app = start("kamus").run()
    app.run()
    app.query_params["klaster"] = "ANAK"
    app.run()
    trail = audit.trail(settings.load(), event=Event.LIHAT)[::-1]
    assert trail["saringan"].tolist() == ["", "klaster=ANAK"]


def test_a_refusal_is_told(door, open_app):
    door.signed_in("jateng")
    start("jejak").run()
    start("kasus", provinsi=OTHER).run()
    refused = [event for event in events() if event[0] == "ditolak"]
    assert audit.trail(settings.load(), event=Event.DITOLAK)["saringan"].tolist() == ["provinsi=35", ""]
    assert refused == [("ditolak", "jateng", "jejak"), ("ditolak", "jateng", "kasus")]
    assert ("lihat", "jateng", "jejak") not in events()


def test_a_file_is_made_for_those_who_still_have_the_right_and_told(door, open_app):
    door.signed_in("jateng")
    visitor = session.Visitor(
        scope=session.access.scope_of(Role.KOORDINATOR, (OWN,)),
        identity=door.person,
        looked_up=True,
        page="kasus",
    )
    session.RUNS_AS.set(visitor)
    from lib.web import trail

    make = trail.told(lambda: b"isi", "tuntas-kasus-1.csv")
    assert make() == b"isi"
    assert audit.trail(settings.load(), event=Event.UNDUH)["rincian"][0].startswith(
        "tuntas-kasus-1.csv sha256:"
    )
    users.set_active(settings.load(), ISSUER, "jateng", active=False, now=clock.now())
    with pytest.raises(AccessRefused):
        make()
    assert len(audit.trail(settings.load(), event=Event.UNDUH)) == 1
    session.RUNS_AS.set(None)


def test_what_cannot_be_told_is_not_shown(door, open_app, monkeypatch):
    door.signed_in("jateng")

    def fails(*_args, **_more):
        raise UserError("Basis data aplikasi tidak dapat ditulis; periksa TUNTAS_DB_APLIKASI.")

    monkeypatch.setattr(audit, "record", fails)
    app = start("kasus", kode="I13").run()
    assert "tidak dapat ditulis" in sentences(app)
    assert not app.dataframe


def test_the_demonstration_gives_nobody_a_right_and_sees_nobody_s_trail(demo_copy, open_app):
    app = looking_as(start("pengguna"), Role.ADMIN_DATA).run()
    for label, words in (("Penerbit (iss)", ISSUER), ("Subjek (sub)", "penyusup")):
        next(box for box in app.text_input if box.label == label).input(words)
    next(box for box in app.selectbox if box.label == "Peran").select(Role.DIREKTUR)
    next(button for button in app.button if button.label == "Simpan").click().run()
    assert "disimpan" in app.success[0].value
    values = settings.load()
    assert users.find(values, Identity(issuer=ISSUER, subject="penyusup")) is None
    assert users.everyone(values) == []
    assert [user.subject for user in users.everyone(values, simulated=True)] == ["penyusup"]
    assert audit.trail(values).empty
    assert "hak" in audit.trail(values, simulated=True)["kejadian"].tolist()


def test_a_simulation_with_own_rows_in_it_is_open_to_nobody(demo_copy, open_app):
    with closing(sqlite3.connect(demo_copy / "kasus.sqlite")) as writer, writer:
        writer.execute("INSERT INTO meta VALUES ('campuran', '1')")
    snapshot.build(settings.load(), now=clock.now())
    app = start().run()
    assert "cara masuk belum diatur" in sentences(app)
    assert not app.metric


# --- Pengguna -------------------------------------------------------------------------------------------------


def test_an_unknown_person_can_be_taken_over_and_given_rights(door, open_app):
    door.signed_in("orang baru")
    start().run()
    door.signed_in("admin")
    app = start("pengguna").run()
    strangers = next(box for box in app.selectbox if box.label.startswith("Ditolak"))
    strangers.select(f"{ISSUER} orang baru").run()
    next(box for box in app.multiselect if box.label.startswith("Provinsi")).select("16")
    next(button for button in app.button if button.label == "Simpan").click().run()
    assert "Hak orang baru disimpan" in app.success[0].value
    made = users.find(settings.load(), Identity(issuer=ISSUER, subject="orang baru"))
    assert (made.role, made.provinces, made.active) == (Role.KOORDINATOR, ("16",), True)
    assert events()[-1][0] in ("hak", "lihat")
    assert ("hak", "admin", "pengguna") in events()


def test_rights_that_make_no_sense_are_named_and_nothing_is_written(door, open_app):
    door.signed_in("admin")
    app = start("pengguna").run()
    for label, words in (("Penerbit (iss)", ISSUER), ("Subjek (sub)", "orang baru")):
        next(box for box in app.text_input if box.label == label).input(words)
    next(button for button in app.button if button.label == "Simpan").click().run()
    assert "paling sedikit satu provinsi" in sentences(app)
    assert len(users.everyone(settings.load())) == 4


def test_one_s_own_rights_cannot_be_changed_on_the_page(door, open_app):
    door.signed_in("admin")
    app = start("pengguna").run()
    app.selectbox(key="pengguna_dipilih").select(f"{ISSUER} admin").run()
    app.toggle[0].set_value(False)
    next(button for button in app.button if button.label == "Simpan").click().run()
    assert "Hak sendiri" in sentences(app)
    assert users.find(settings.load(), Identity(issuer=ISSUER, subject="admin")).active


def test_the_trail_is_shown_to_the_keeper_of_the_data(door, open_app):
    door.signed_in("direktur")
    start("kamus").run()
    door.signed_in("admin")
    frame = start("jejak").run().dataframe[0].value
    assert frame["Siapa"].tolist()[-1] == "direktur"
    assert frame["Halaman"].tolist()[-1] == "Kamus"
