"""Mutu data from a file to the published figures: check, import, correct, undo, and who may do what."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import make_url

from lib import access, audit, builds, cli, clock, intake, publishing, settings
from lib.application import reading, riwayat
from lib.database import connection
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope, UserError
from lib.importing import columns, undo
from lib.intake import log, quarantine
from lib.measure import measure, open_source
from lib.web.intake import safe_name
from lib.web.intake_shown import change
from tests.pages.conftest import look_as
from tests.unit.test_importing_rows import kasus_row, keterangan_row, workbook

PAGE = "pages/mutu_data.py"
ADMIN = access.scope_of(Role.ADMIN_DATA)
EAST = access.scope_of(Role.KOORDINATOR, ("35",))
BOTH = [keterangan_row("35"), keterangan_row("33")]
CASES = [
    *(kasus_row(number, tanggal_asesmen="" if number < 4 else "2026-01-12") for number in range(1, 16)),
    kasus_row(16, tanggal_terdata="2025-12-30"),
    kasus_row(17, tanggal_terminasi="2026-05-04", kode_alasan="T1"),
    kasus_row(18, tanggal_terminasi="2026-05-04", kode_alasan="A1"),
    kasus_row(1, kode_provinsi="33"),
]


@pytest.fixture
def office(empty_office, monkeypatch):
    """An empty real office, and a function that says as whom the next page is opened."""

    def look(scope: Scope) -> None:
        monkeypatch.setattr(access, "local_scope", lambda *, address: scope)

    look(ADMIN)
    return look


def page(open_app):
    app = open_app(PAGE)
    app.session_state["mutu_atau_impor"] = "Impor"
    app.run()
    assert not app.exception
    return app


def upload(app, *paths):
    app.file_uploader(key="impor_berkas").set_value([(path.name, path.read_bytes(), "") for path in paths])
    return app.run()


def press(app, key: str):
    app.button(key=key).click()
    app.run()
    assert not app.exception
    return app


def said(app) -> str:
    parts = (app.markdown, app.success, app.warning, app.info, app.error)
    return "\n".join(str(each.value) for kind in parts for each in kind)


def tables(app, heading: str) -> list[list[dict]]:
    """The rows of the tables with a column of this name."""
    return [each.value.to_dict("records") for each in app.dataframe if heading in each.value.columns]


def table(app, heading: str) -> list[dict]:
    return tables(app, heading)[0]


def cases() -> int:
    engine = connection.read_engine(settings.load().database_url)
    number = connection.count_cases(engine)
    engine.dispose()
    return number


def whole(scope: Scope) -> Scope:
    return Scope(role=Role.DIREKTUR, provinces=scope.provinces)


def test_a_file_is_checked_imported_and_undone(office, open_app, tmp_path):
    path = workbook(tmp_path / "isian.xlsx", keterangan=BOTH, kasus=CASES)
    app = upload(page(open_app), path)
    app = press(app, "impor_periksa")
    assert cases() == 0
    assert "Semua baris dapat diterima (Jawa Tengah, Jawa Timur)" in said(app)
    assert (
        table(app, "Tidak berubah")[1] | {"Lembar": "kasus", "Baru": 19, "Diterima": 19}
        == table(app, "Tidak berubah")[1]
    )
    east = table(app, "Tertangani")[1]
    assert east["Terdata"] == "belum ada data → 15"
    assert "kelipatan 5" in said(app)
    app = press(app, "impor_impor")
    assert cases() == 19
    assert "Selesai diimpor: Jawa Tengah, Jawa Timur." in said(app)
    values = settings.load()
    source = open_source(values)
    assert f"Potret {source.versi} sudah terbit" in said(app)
    assert table(app, "Hasil")[0]["Hasil"] == "diterima"
    app.checkbox[-1].check()
    app = press(app.run(), "batal_impor")
    assert cases() == 0
    assert "sudah dibatalkan. Potret baru sudah terbit." in said(app)
    assert open_source(values).versi != source.versi
    assert [row["Hasil"] for row in table(app, "Hasil")] == ["diterima", "dibatalkan kemudian"]
    events = audit.trail(values)
    assert {"impor", "batal"} <= set(events["kejadian"])
    assert not events["rincian"].str.contains("K-1|KL-", na=False).any()


def test_the_effect_is_what_the_figures_become(office, tmp_path):
    """Counted by plain SQL in the trial, and by the one door after the import was really made and published."""
    values = settings.load()
    now = clock.now()
    first = workbook(tmp_path / "a.xlsx", keterangan=[keterangan_row("35", "2026-01-15")], kasus=CASES[:3])
    for each in (first, workbook(tmp_path / "b.xlsx", keterangan=BOTH, kasus=CASES)):
        trial = intake.check(values, whole(ADMIN), [each], now=now)
        intake.bring_in(values, [each], now=now)
    effect = trial.effect.set_index(["kode_provinsi", "kode"])
    assert effect.loc[("35", "I01"), "sebelum"] == 3
    assert effect.loc[("33", "I13"), "sebelum"] is None
    publishing.publish(values, now=now, audit=False)
    period = Period(dari=dt.date(2026, 1, 1), sampai=dt.date(2026, 11, 20))
    figures = measure(
        whole(ADMIN),
        ("I01", "I02", "I03K", "I13"),
        CaseFilter(period=period, provinsi=("33", "35")),
        per=Dimensi.PROVINSI,
        source=open_source(values),
        limits=values.ambang,
    ).set_index(["provinsi", "kode"])["nilai"]
    assert {key: int(value) for key, value in figures.items()} == {
        (code, kode): effect.loc[(code, kode), "sesudah"]
        for code in ("33", "35")
        for kode in ("I01", "I02", "I03K", "I13")
    }
    assert effect.loc[("35", "I01"), "sesudah"] == 16
    assert effect.loc[("35", "I13"), "sesudah"] == 16


def test_a_coordinator_brings_in_the_own_province_only(office, open_app, tmp_path):
    office(EAST)
    path = workbook(tmp_path / "isian.xlsx", keterangan=BOTH, kasus=CASES)
    app = press(upload(page(open_app), path), "impor_periksa")
    assert [row["Provinsi"] for row in table(app, "Tertangani")] == ["Jawa Timur"]
    refused = [row for row in table(app, "Isi") if row["Tingkat"] == "ditolak"]
    assert {row["Alasan"] for row in refused} == {"Provinsi ini di luar wilayah pengirim."}
    assert [row["Lembar"] for row in refused] == ["keterangan", "pendamping", "kasus"]
    # Exact for whoever handles these cases.
    assert table(app, "Tertangani")[0]["Terdata"] == "belum ada data → 16"
    app = press(app, "impor_impor")
    assert cases() == 18
    assert "3 baris di luar wilayah pengirim tidak disimpan." in said(app)
    values = settings.load()
    held = quarantine.rows(values, ADMIN, intake.place_of(values))
    assert held.empty, "rows of provinces that are not the sender's are not kept"
    office(access.scope_of(Role.KOORDINATOR, ("33",)))
    app = page(open_app)
    assert tables(app, "Hasil") == tables(app, "Impor (WIB)") == []
    assert "Impor terakhir menyentuh data di luar wilayah Anda" in said(app)
    assert not [each for each in app.button if each.key == "batal_impor"]


def test_replacing_names_what_vanishes_and_asks_again(office, open_app, tmp_path):
    intake.bring_in(settings.load(), [workbook(tmp_path / "a.xlsx", kasus=CASES[:-1])], now=clock.now())
    older = workbook(tmp_path / "b.xlsx", keterangan=[keterangan_row("35", "2026-11-01")], kasus=CASES[:16])
    app = press(upload(page(open_app), older), "impor_periksa")
    assert "Berkas lebih lama daripada data yang ada" in said(app)
    assert "nyalakan “Ganti seluruh data provinsi”" in said(app)
    assert not [each for each in app.button if each.key == "impor_impor"]
    app.toggle(key="impor_ganti").set_value(True)
    app = press(app.run(), "impor_periksa")
    gone = table(app, "Baris dihapus")
    assert [(row["Provinsi"], row["Lembar"], row["Baris dihapus"]) for row in gone] == [
        ("Jawa Timur", "kasus", 2)
    ]
    assert "Nomor pertama" not in gone[0], "single cases are not for whoever keeps the data"
    assert app.button(key="impor_impor").disabled
    box = next(each for each in app.checkbox if each.key.startswith("impor_yakin"))
    box.check()
    app = press(app.run(), "impor_impor")
    assert cases() == 16


def test_refused_rows_wait_in_the_quarantine_until_their_key_is_accepted(office, open_app, tmp_path):
    values = settings.load()
    wrong = [*CASES[:-3], kasus_row(17, prioritas="1234567890123456"), kasus_row(18, prioritas="?" * 300)]
    intake.bring_in(values, [workbook(tmp_path / "a.xlsx", kasus=wrong)], now=clock.now())
    app = page(open_app)
    held = table(app, "Impor (WIB)")
    assert [(row["Provinsi"], row["Lembar"], row["Baris"]) for row in held] == [
        ("Jawa Timur", "kasus", 18),
        ("Jawa Timur", "kasus", 19),
    ]
    frame = quarantine.rows(values, EAST, intake.place_of(values))
    kept = [json.loads(each) for each in frame["isi"]]
    assert [each["prioritas"] for each in kept] == ["(disembunyikan)", "?" * 199 + "…"]
    assert set(kept[0]) <= set(columns.names("kasus"))
    assert quarantine.rows(values, access.scope_of(Role.KOORDINATOR, ("33",)), intake.place_of(values)).empty
    right = workbook(tmp_path / "b.xlsx", kasus=[kasus_row(17)])
    intake.bring_in(values, [right], now=clock.now())
    assert quarantine.rows(values, EAST, intake.place_of(values))["baris"].tolist() == [19]
    intake.take_back(values, now=clock.now())
    assert quarantine.rows(values, EAST, intake.place_of(values))["baris"].tolist() == [18, 19]
    app = page(open_app)
    next(each for each in app.checkbox if each.key.startswith("karantina_yakin")).check()
    app = press(app.run(), "karantina_hapus")
    assert "2 baris dihapus dari karantina." in said(app)
    assert quarantine.rows(values, ADMIN, intake.place_of(values)).empty


def test_the_demonstration_checks_and_refuses(demo_copy, open_app, monkeypatch, tmp_path):
    look_as(monkeypatch, EAST)
    sent = [keterangan_row("35", clock.today().isoformat())]
    before = cases()
    path = workbook(tmp_path / "a.xlsx", keterangan=sent, kasus=CASES[:3])
    app = press(upload(page(open_app), path), "impor_periksa")
    assert "Berkas dapat diperiksa terhadap kasus simulasi itu, tetapi tidak diimpor" in said(app)
    assert [row["Baru"] for row in table(app, "Tidak berubah")] == [1, 3]
    assert table(app, "Terdata")[0]["Terdata"].endswith("(+3)")
    app = press(app, "impor_impor")
    assert "Tidak diimpor. Basis data ini berisi data simulasi" in said(app)
    assert [row["Hasil"] for row in table(app, "Hasil")] == ["ditolak"]
    assert cases() == before
    values = settings.load()
    real = log.Place(sumber=intake.place_of(values).sumber, simulasi=False)
    assert log.lines(values, ADMIN, real).empty


def test_bytes_that_were_not_checked_are_not_imported(office, tmp_path):
    values, now = settings.load(), clock.now()
    path = workbook(tmp_path / "a.xlsx", kasus=CASES[:3])
    digest = intake.check(values, ADMIN, [path], now=now).report.digest
    other = workbook(tmp_path / "b.xlsx", kasus=CASES[:4])
    report = intake.bring_in(values, [other], now=now, expected_digest=digest)
    assert "bukan lagi yang diperiksa" in report.refusal
    assert cases() == 0
    lines = log.lines(values, ADMIN, intake.place_of(values))
    assert lines[["hasil", "siapa", "berkas"]].to_numpy().tolist() == [
        ["ditolak_berkas", "operator", "b.xlsx"]
    ]


def test_an_import_that_cannot_be_logged_is_not_made(office, tmp_path, monkeypatch):
    monkeypatch.setenv("TUNTAS_DB_APLIKASI", "sqlite:////proc/tidak/ada.sqlite")
    with pytest.raises(UserError, match="TUNTAS_DB_APLIKASI"):
        intake.bring_in(settings.load(), [workbook(tmp_path / "a.xlsx", kasus=CASES[:3])], now=clock.now())
    assert cases() == 0


def test_the_command_line_writes_the_same_log_and_undoes(office, tmp_path, capsys):
    values = settings.load()
    path = workbook(tmp_path / "a.xlsx", kasus=[*CASES[:9], kasus_row(10, prioritas="?")])
    assert cli.main(["impor", str(path)]) == 1
    assert quarantine.rows(values, ADMIN, intake.place_of(values))["baris"].tolist() == [11]
    assert cli.main(["impor", "--batal"]) == 0
    assert "Impor provinsi 35" in capsys.readouterr().out
    assert cases() == 0
    assert quarantine.rows(values, ADMIN, intake.place_of(values)).empty
    lines = log.lines(values, ADMIN, intake.place_of(values))
    assert lines[["tindakan", "hasil", "siapa", "berkas"]].to_numpy().tolist() == [
        ["batal", "diterima", "operator", ""],
        ["impor", "dibatalkan", "operator", "a.xlsx"],
    ]
    with reading(values, riwayat) as db:
        assert db.execute(riwayat.select()).all() == []
    assert cli.main(["impor", "--batal"]) == 2
    assert "Tidak ada impor yang dapat dibatalkan" in capsys.readouterr().err
    assert log.lines(values, ADMIN, intake.place_of(values))["hasil"].iloc[0] == "gagal"


def test_what_was_written_but_not_published_is_not_said_to_be_refused(office, tmp_path, capsys):
    """Exit code 2 would say that nothing was written."""
    values = settings.load()
    pointer = values.data_folder / "potret" / "terbaru.json"
    pointer.unlink(missing_ok=True)
    pointer.mkdir(parents=True)
    assert cli.main(["impor", str(workbook(tmp_path / "a.xlsx", kasus=CASES[:9]))]) == 1
    assert cases() == 9
    assert (
        "Data sudah masuk, tetapi potret belum terbit. Potret tidak dapat ditulis" in capsys.readouterr().err
    )
    assert cli.main(["impor", "--batal"]) == 1
    assert cases() == 0
    assert "Impor sudah dibatalkan, tetapi potret belum terbit." in capsys.readouterr().err


def test_a_row_the_database_itself_refuses_is_in_no_log(office, tmp_path, caplog):
    values = settings.load()
    engine = connection.writable_engine(values.database_url)
    with engine.begin() as db:
        db.exec_driver_sql(
            "CREATE TRIGGER gagal BEFORE INSERT ON kasus WHEN NEW.id_kasus = 'K-3' "
            "BEGIN SELECT RAISE(ABORT, 'menolak KL-3'); END"
        )
    engine.dispose()
    with pytest.raises(UserError, match="tidak ada yang disimpan") as caught:
        intake.bring_in(values, [workbook(tmp_path / "a.xlsx", kasus=CASES[:5])], now=clock.now())
    told = f"{caplog.text}{caught.value}{caught.value.__cause__}"
    assert "case database refused: IntegrityError" in told
    assert "KL-" not in told
    assert log.lines(values, ADMIN, intake.place_of(values))["hasil"].tolist() == ["gagal"]
    assert cases() == 0


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/kasus.csv", "kasus.csv"),
        ("C:\\data\\kasus jatim;.csv", "kasus jatim_.csv"),
        ("..", "berkas"),
        ("", "berkas"),
        ("k" * 300 + ".xlsx", "k" * 75 + ".xlsx"),
        ("kasus.csv/", "berkas"),
    ],
)
def test_names_of_uploads_are_only_text(given, safe):
    assert safe_name(given) == safe


@pytest.mark.parametrize(
    ("before", "after", "exact", "shown"),
    [
        (1204, 1210, True, "1.204 → 1.210 (+6)"),
        (7, 5, True, "7 → 5 (−2)"),
        (7, 7, True, "7 → 7 (tetap)"),
        (None, 0, True, "belum ada data → 0"),
        (0, 4, False, "0 → <5"),
        (1, 1208, False, "<5 → 1.210"),
        (None, 2, False, "belum ada data → <5"),
    ],
)
def test_a_change_in_words(before, after, exact, shown):
    assert change(before, after, exact=exact) == shown


def test_a_missing_case_database_is_told_and_never_replaced_by_an_empty_one(office, open_app, tmp_path):
    path = workbook(tmp_path / "isian.xlsx", keterangan=BOTH, kasus=CASES)
    values = settings.load()
    publishing.publish(values, now=clock.now(), audit=False)
    file = Path(make_url(values.database_url).database)
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    app = press(upload(page(open_app), path), "impor_periksa")
    assert said(app).count(f"Basis data kasus {file.name} tidak ditemukan") >= 2
    with pytest.raises(UserError, match="tidak ditemukan"):
        intake.bring_in(values, [path], now=clock.now())
    assert not file.exists()


def test_no_version_is_built_while_an_import_is_undone(office, tmp_path, monkeypatch):
    values = settings.load()
    path = workbook(tmp_path / "isian.xlsx", keterangan=BOTH, kasus=CASES)
    intake.bring_in(values, [path], now=clock.now())
    real, asked = undo.take_back, []

    def watched(*found, **more):
        with pytest.raises(builds.Busy), builds.alone(values, wait=False):
            raise AssertionError("a build could begin")
        asked.append(found)
        return real(*found, **more)

    monkeypatch.setattr(undo, "take_back", watched)
    intake.take_back(values, now=clock.now())
    assert asked and cases() == 0
    with builds.alone(values, wait=False):
        pass


def test_a_report_without_a_place_is_refused_before_anything_is_written(office, tmp_path, capsys):
    path = workbook(tmp_path / "isian.xlsx", keterangan=BOTH, kasus=CASES)
    assert cli.main(["impor", str(path), "--laporan", str(tmp_path / "tiada" / "laporan.csv")]) == 2
    assert "tiada tidak ada; buat dahulu folder itu" in capsys.readouterr().err
    assert cases() == 0
