"""The report file and the sentences of an import."""

from __future__ import annotations

import pandas as pd
import pytest

from lib.importing import importer, report, rules

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
