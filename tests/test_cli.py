"""The command line from an empty database to figures and the page, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib import cli
from lib.importing.template import write_template
from tests.unit.test_importing_rows import kasus_row, keterangan_row, pendamping_row
from tests.unit.test_importing_template import WRONG

PROVINCES = ["35"] * 100 + ["33"] * 85


def filled_template(path):
    """The template with 200 cases of two provinces, 15 of them wrong in 15 ways."""
    good = [kasus_row(number, kode_provinsi=code) for number, code in enumerate(PROVINCES, start=1)]
    wrong = [kasus_row(200 + place, **changes) for place, (changes, *_) in enumerate(WRONG)]
    rows = {
        "keterangan": [keterangan_row("35"), keterangan_row("33")],
        "pendamping": [pendamping_row(), pendamping_row(kode_provinsi="33")],
        "kasus": good + wrong,
    }
    write_template(path, rows=rows)
    return path


def figures(capsys, *arguments: str) -> dict:
    """kode and group -> value of `hitung`."""
    assert cli.main(["hitung", *arguments]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {(row["kode"], *row["kunci"].values()): row["nilai"] for row in rows}


def test_a_report_that_cannot_be_written_stops_the_import_before_it_begins(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TUNTAS_DATA", str(tmp_path))
    monkeypatch.setenv("TUNTAS_DB", f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    sent = tmp_path / "isian.xlsx"
    sent.write_bytes(b"x")
    for report, words in ((tmp_path, "tidak dapat ditulis"), (sent, "menimpa berkas yang diimpor")):
        assert cli.main(["impor", str(sent), "--laporan", str(report)]) == 2
        told = capsys.readouterr()
        assert words in told.err and told.out == ""
    assert sent.read_bytes() == b"x"
    # Nothing is left of the check either, when it is the import that is refused.
    assert cli.main(["impor", str(sent), "--laporan", str(tmp_path / "laporan.csv")]) == 2
    assert not (tmp_path / "laporan.csv").exists()


def run_through(tmp_path, capsys) -> None:
    assert cli.main(["siapkan"]) == 0
    path, report = filled_template(tmp_path / "isian.xlsx"), tmp_path / "laporan.csv"
    assert cli.main(["impor", str(path), "--uji"]) == 1
    assert cli.main(["impor", str(path), "--laporan", str(report)]) == 1
    rejected = list(csv.DictReader(io.StringIO(report.read_text(encoding="utf-8-sig")), delimiter=";"))
    assert len(rejected) == 15 and {row["tingkat"] for row in rejected} == {"ditolak"}
    capsys.readouterr()
    # All 185 begin on 5 January and are assessed a week later.
    found = figures(capsys, "I01", "I02", "I13", "I11", "--per", "provinsi", "--provinsi", "33,35,34")
    assert found[("I01", "35")] == found[("I02", "35")] == found[("I13", "35")] == 100
    assert found[("I01", "33")] == 85 and found[("I11", "33")] == 100
    assert found[("I01", "34")] is None
    assert figures(capsys, "I01")[("I01",)] == 185
    assert cli.main(["impor", str(path)]) == 1
    assert "sudah diimpor sebelumnya" in capsys.readouterr().out
    assert cli.main(["potret"]) == 0
    capsys.readouterr()
    assert figures(capsys, "I01")[("I01",)] == 185


def test_from_nothing_to_figures_and_the_page(tuntas_data, tmp_path, capsys, monkeypatch):
    run_through(tmp_path, capsys)
    monkeypatch.setenv("TUNTAS_TANPA_MASUK", "1")
    st.cache_resource.clear()
    app = AppTest.from_file(str(Path(cli.__file__).parents[1] / "dashboard.py"), default_timeout=60).run()
    assert not app.exception and not app.error
    assert [metric.value for metric in app.metric][:2] == ["185", "185"]


@pytest.mark.database
def test_from_nothing_to_figures_on_postgresql(tuntas_data, tmp_path, capsys, monkeypatch, postgres_url):
    monkeypatch.setenv("TUNTAS_DB", postgres_url)
    run_through(tmp_path, capsys)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """An imported office on the embedded database, made once."""
    folder = tmp_path_factory.mktemp("kantor")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TUNTAS_DB", raising=False)
        patch.setenv("TUNTAS_DATA", str(folder))
        assert cli.main(["siapkan"]) == 0
        assert cli.main(["impor", str(filled_template(folder / "isian.xlsx"))]) == 1
    return folder


@pytest.fixture
def office(imported, tuntas_data):
    """This test's copy of the imported office."""
    shutil.copytree(imported, tuntas_data, dirs_exist_ok=True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["I99"], "I99"),
        (["I01", "--per", "desa"], "desa"),
        (["I18-rata", "--per", "klaster"], "klaster"),
        (["I01", "--provinsi", "99"], "99"),
        (["I01", "--kabkota", "35.99"], "35.99"),
        (["I01", "--provinsi", "33", "--kabkota", "35.78"], "35.78"),
        (["I01", "--jenis", "P99"], "P99"),
        (["I01", "--klaster", "anak"], "anak"),
        (["I01", "--dari", "01-02-2026"], "01-02-2026"),
        (["I01", "--dari", "2026-05-01", "--sampai", "2026-04-01"], "2026-05-01"),
        (["I01", "--pendamping", "PD-1"], "PD-1"),
        (["I01", "--tayang", "presentasi", "--dari", "2026-02-03", "--sampai", "2026-03-01"], "2026-02-03"),
        (["I01", "--tayang", "umum"], "umum"),
        (["I01", "--versi", "20200101T000000-abcdef"], "20200101T000000-abcdef"),
    ],
)
def test_nonsense_exits_with_2_and_a_sentence(arguments, named, office, capsys):
    assert cli.main(["hitung", *arguments]) == 2
    output = capsys.readouterr()
    assert named in output.err and not output.out


def test_json_has_the_documented_fields(office, capsys):
    assert cli.main(["hitung", "I05M", "--provinsi", "35"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert list(row) == list(cli.ANSWER)
    assert row["nilai"] is None and row["catatan"].startswith("belum tercapai")
    assert row["tanggal_data"] == "2026-11-20" and row["simulasi"] is False and row["tayang"] == "internal"
    assert row["dari"] == "2025-11-21" and row["sampai"] == "2026-11-20"


def test_csv_holds_the_same_values(office, capsys):
    assert cli.main(["hitung", "I01", "--per", "provinsi", "--provinsi", "33,35", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["provinsi"]: row["nilai"] for row in rows} == {"33": "85", "35": "100"}


def test_demo_never_overwrites_real_data(office, capsys):
    assert cli.main(["demo", "--kasus", "100"]) == 2
    assert figures(capsys, "I01")[("I01",)] == 185


def test_doctor_names_the_provinces_that_never_sent(office, capsys):
    assert cli.main(["periksa"]) == 1
    output = capsys.readouterr().out
    assert "185 baris" in output and "provinsi 34 belum pernah mengirim" in output


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"TUNTAS_SUMBER": "langsung"}, "TUNTAS_DB adalah sqlite"),
        ({"TUNTAS_SUMBER": "langsung", "TUNTAS_DB": "sqlite:///kasus.sqlite"}, "TUNTAS_DB adalah sqlite"),
        ({"TUNTAS_SUMBER": "hidup"}, "TUNTAS_SUMBER=hidup"),
        (
            {"TUNTAS_SUMBER": "langsung", "TUNTAS_DB": "postgresql+psycopg://a@127.0.0.1:9/a"},
            "tidak dapat dibaca",
        ),
    ],
)
def test_a_source_that_cannot_be_read_exits_with_2(environment, named, tuntas_data, capsys, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["hitung", "I01"]) == 2
    assert named in capsys.readouterr().err
