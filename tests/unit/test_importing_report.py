"""The report file and the sentences of an import."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from lib.importing import columns, importer, report, rules
from tests.unit.test_importing_rows import (
    NOW,
    case_database,
    kasus_row,
    workbook,
)

PROBLEM = ("kasus", 12, "prioritas", "x", "Nilai salah; periksa.", "ditolak")


def made(*problems: tuple, **changes) -> importer.ImportReport:
    values = {
        "status": importer.SEBAGIAN,
        "counts": {},
        "problems": pd.DataFrame(problems, columns=list(rules.PROBLEM_COLUMNS)),
        "digest": "d",
        "provinces": ("33", "35"),
    }
    return importer.ImportReport(**(values | changes))


@pytest.mark.parametrize("nilai", ["=1+1", "+62", "-5", "@a", "\tx", "\rx"])
def test_cells_that_would_run_as_formulas_are_quoted(tmp_path, nilai):
    report.write_report(made(("kasus", 3, "nama_tampil", nilai, "a", "ditolak")), tmp_path / "l.csv")
    read = pd.read_csv(
        tmp_path / "l.csv",
        sep=";",
        dtype=str,
        encoding="utf-8-sig",
        lineterminator="\n" if nilai[0] != "\r" else None,
    )
    assert read["nilai"].iloc[0] == "'" + nilai


def test_report_is_csv_for_indonesian_excel(tmp_path):
    report.write_report(made(PROBLEM), tmp_path / "l.csv")
    assert (tmp_path / "l.csv").read_bytes().decode() == (
        "\ufefflembar;baris;kolom;nilai;alasan;tingkat\r\n"
        'kasus;12;prioritas;x;"Nilai salah; periksa.";ditolak\r\n'
    )


def test_report_without_problems_has_its_header(tmp_path):
    report.write_report(made(problems=rules.no_problems()), tmp_path / "l.csv")
    assert (tmp_path / "l.csv").read_text(encoding="utf-8-sig").splitlines() == [
        ";".join(rules.PROBLEM_COLUMNS)
    ]


def counts(**changes: int) -> dict[str, int]:
    return dict.fromkeys(importer.COUNTED, 0) | changes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"status": importer.DITERIMA, "counts": {"kasus": counts(baru=1234), "pendamping": counts()}},
            "Berkas diterima seluruhnya (provinsi 33, 35).\nkasus: 1.234 baru.",
        ),
        (
            {"counts": {"kasus": counts(sama=3, ditolak=1, peringatan=2)}, "notes": ("Catatan.",)},
            "Berkas diterima sebagian (provinsi 33, 35); baris yang ditolak ada di laporan.\n"
            "kasus: 3 sama, 1 ditolak, 2 baris dengan peringatan.\nCatatan.",
        ),
        (
            {"status": importer.DITOLAK_BERKAS, "refusal": "Berkas kosong."},
            "Berkas kosong.\nTidak ada yang ditulis.",
        ),
        (
            {"status": importer.DITOLAK_BERKAS, "refusal": "Berkas kosong.", "dry_run": True},
            "Uji saja: tidak ada yang ditulis.\nBerkas kosong.",
        ),
    ],
)
def test_summary(changes, expected):
    assert report.summary(made(**changes)) == expected


@pytest.mark.parametrize(
    ("given", "shown"),
    [("", ""), ("x" * 200, "x" * 200), ("x" * 201, "x" * 199 + "…"), ("é" * 100_000, "é" * 199 + "…")],
)
def test_a_long_value_is_cut_where_the_cut_can_be_seen(given, shown):
    assert rules.cut(pd.Series([given], dtype=columns.TEXT)).tolist() == [shown]


@pytest.mark.parametrize(
    ("huge", "shown"),
    [("K" * 100_000, "K" * 199 + "…"), ("K" * 100_000 + "3374011201900001", rules.HIDDEN)],
)
def test_a_cell_of_a_whole_page_is_not_repeated_whole(tmp_path, huge, shown):
    """What is hidden is looked for in the whole cell, also behind the place where it is cut."""
    cases = [kasus_row(number, kode_jenis="P18" if number else huge) for number in range(10)]
    path = tmp_path / "kasus.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([columns.names("kasus"), *cases])
    engine = case_database(tmp_path)
    made = importer.import_files(engine, [workbook(tmp_path / "a.xlsx"), path], now=NOW)
    engine.dispose()
    report.write_report(made, tmp_path / "l.csv")
    assert made.status == importer.SEBAGIAN
    assert made.problems["nilai"].tolist() == [shown]
    assert (tmp_path / "l.csv").stat().st_size < 1000


def test_a_title_of_a_whole_page_is_not_repeated_whole(tmp_path):
    path = tmp_path / "kasus.csv"
    path.write_text(",".join([*columns.names("kasus"), "k" * 100_000]) + "\n" + "x,x\n")
    engine = case_database(tmp_path)
    made = importer.import_files(engine, [workbook(tmp_path / "a.xlsx"), path], now=NOW)
    engine.dispose()
    assert made.problems["kolom"].tolist() == ["k" * 199 + "…"]
    assert "…: Kolom tidak dikenal" in made.refusal and len(made.refusal) < 400
