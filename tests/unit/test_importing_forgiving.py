"""Written forms: which place, code or day a value means, and what an import keeps of it."""

from __future__ import annotations

import re

import pytest

from lib import reference
from lib.importing import day_forms, forgiving, importer, places
from tests.unit.test_importing_rows import (
    NOW,
    case_database,
    kasus_row,
    keterangan_row,
    pendamping_row,
    stored,
    workbook,
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("jawa timur", "35"),
        ("Prov.Jateng", "33"),
        ("PROPINSI  SUMUT", "12"),
        ("DKI", "31"),
        ("D.K.I. Jakarta", "31"),
        ("Daerah Khusus Jakarta", "31"),
        ("DIY", "34"),
        ("DI Yogyakarta", "34"),
        ("D.I. Yogyakarta", "34"),
        ("Daerah Istimewa Yogyakarta", "34"),
        ("NTB", "52"),
        ("ntt", "53"),
        ("Kepri", "21"),
        ("Kep. Riau", "21"),
        ("Riau", "14"),
        ("Babel", "19"),
        ("Bangka Belitung", "19"),
        ("Papua", "91"),
        ("Papua Barat", "92"),
        ("Papua Barat Daya", "96"),
        ("Papua Pegunungan", "95"),
    ],
)
def test_provinces_as_people_write_them(written, code):
    assert places.province(written).code == code


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("Papua Brat", 'mungkin "Papua Barat" (92)?'),
        ("Jawa", '"Jawa" tidak dikenal; tulis kode dua angka'),
        ("Irian Jaya Barat", "tulis kode dua angka"),
        ("Nasional", "tidak dikenal"),
    ],
)
def test_other_names_are_refused_with_a_remedy(written, part):
    reading = places.province(written)
    assert reading.code is None
    assert part in reading.alasan


def test_every_name_and_abbreviation_means_its_own_province():
    for row in reference.table("provinsi").itertuples():
        for name in (row.nama, row.nama_resmi, row.singkatan, f"Provinsi {row.nama.upper()}"):
            assert places.province(name).code == row.kode_provinsi


def test_every_full_name_means_its_own_kabkota():
    for row in reference.table("kabkota").itertuples():
        reading = places.kabkota(row.nama.upper(), row.kode_provinsi, cell=False, squeezed=False)
        assert reading.code == row.kode_kabkota, row.nama


@pytest.mark.parametrize(
    ("written", "provinsi", "code"),
    [
        ("Kab.Bandung", "32", "32.04"),
        ("kodya bandung", "32", "32.73"),
        ("Bandung Barat", "32", "32.17"),
        ("Kotabaru", "63", "63.02"),
        ("Kota Baru", "63", "63.02"),
        ("Kota Adm. Jakarta Selatan", "31", "31.74"),
        ("Kep. Seribu", "31", "31.01"),
        ("Toli Toli", "72", "72.04"),
        ("11.1", "11", "11.10"),
        ("11,10", "11", "11.10"),
        ("11:10:00", "11", "11.10"),
        ("2026-10-11", "11", "11.10"),
        ("2026-11-12", "12", "12.11"),
    ],
)
def test_kabkota_as_people_and_spreadsheets_write_them(written, provinsi, code):
    assert places.kabkota(written, provinsi, cell=False, squeezed=False).code == code


@pytest.mark.parametrize(
    ("written", "provinsi", "part"),
    [
        ("Bandung", "32", "Kabupaten Bandung (32.04) dan Kota Bandung (32.73)"),
        ("Bandng Barat", "32", 'mungkin "Kabupaten Bandung Barat" (32.17)?'),
        ("Kota Surabya", "35", 'mungkin "Kota Surabaya" (35.78)?'),
        ("Manokwari", "91", "terletak di provinsi 92 (Papua Barat)"),
        ("Surabaya", "99", "perbaiki kode_provinsi dahulu"),
        ("11.2", "11", "mungkin 11.02?"),
        ("1110", "11", "misalnya 11.10 (Kabupaten"),
        ("2026-11-12", "35", "mungkin 11.12 atau 12.11?"),
        ("1975-11-01", "11", "mungkin 11.01 atau 11.75?"),
        ("10:10", "11", "terbaca sebagai jam"),
    ],
)
def test_doubtful_kabkota_are_refused_with_a_remedy(written, provinsi, part):
    reading = places.kabkota(written, provinsi, cell=False, squeezed=False)
    assert reading.code is None
    assert part in reading.alasan


def test_a_column_that_drops_leading_zeros_makes_short_codes_doubtful():
    reading = places.kabkota("11.1", "11", cell=False, squeezed=True)
    assert reading.code is None
    assert "mungkin 11.10 atau 11.01?" in reading.alasan
    assert places.is_squeezed("11.2")
    assert not places.is_squeezed("11.1")


@pytest.mark.parametrize(
    ("written", "code", "part"),
    [
        ("31/3/2026", "2026-03-31", None),
        ("05-01-2026", "2026-01-05", None),
        ("1/15/2026", None, "bagian kedua lebih dari 12"),
        ("45992", None, "mungkin 2025-12-01"),
        ("31/2/2026", None, None),
        ("99999", None, None),
        ("00000", None, None),
        ("5/1-2026", None, None),
        ("5/1/26", None, None),
    ],
)
def test_days_as_people_write_them(written, code, part):
    reading = day_forms.read(written)
    assert reading.code == code
    assert (part in reading.alasan) if part else reading.alasan is None


@pytest.mark.parametrize(
    ("values", "example"),
    [
        (["1/2/2026", "1/15/2026", "2/20/2026"], "1/15/2026"),
        (["15/1/2026", "1/15/2026"], None),
        (["1/2/2026"], None),
        (["2026-01-15", "x"], None),
    ],
)
def test_a_column_of_month_first_is_known_by_its_values(values, example):
    assert day_forms.month_first(values) == example


def written_cases(number: int = 3) -> list[list[str]]:
    changes = {
        "kode_provinsi": "Jatim",
        "kode_kabkota": "Kota Surabaya",
        "kode_jenis": "p18",
        "tanggal_terdata": "5/1/2026",
    }
    return [kasus_row(n, **changes) for n in range(number)]


def test_what_is_understood_is_stored_as_if_written_right(tmp_path):
    engine = case_database(tmp_path)
    written = workbook(
        tmp_path / "a.xlsx",
        keterangan=[keterangan_row("Jawa Timur", tanggal_data="20/11/2026")],
        pendamping=[pendamping_row()],
        kasus=written_cases(),
    )
    done = importer.import_files(engine, [written], now=NOW)
    assert done.status == importer.DITERIMA
    assert (done.counts["kasus"]["baru"], done.counts["kasus"]["peringatan"]) == (3, 3)
    first = done.problems[(done.problems["lembar"] == "kasus") & (done.problems["baris"] == 2)]
    # The report shows what was written, the sentence also what was taken.
    assert first[["kolom", "nilai", "tingkat"]].to_numpy().tolist() == [
        ["kode_provinsi", "Jatim", "peringatan"],
        ["kode_jenis", "p18", "peringatan"],
        ["kode_kabkota", "Kota Surabaya", "peringatan"],
        ["tanggal_terdata", "5/1/2026", "peringatan"],
    ]
    assert first["alasan"].iloc[3] == 'Ditulis "5/1/2026", dibaca sebagai 2026-01-05.'
    right = workbook(tmp_path / "b.xlsx", kasus=[kasus_row(n) for n in range(3)])
    again = importer.import_files(engine, [right], now=NOW)
    assert again.counts["kasus"]["sama"] == again.counts["kasus"]["sama"] == 3
    assert set(stored(engine, "kasus")["kode_kabkota"]) == {"35.78"}


def test_refused_rows_get_no_warnings_and_other_warnings_stay(tmp_path):
    rows = [*written_cases(8), *written_cases(1)]
    rows[-1] = [value.replace("K-0", "K-99") for value in rows[-1]]
    rows[1] = kasus_row(1, tanggal_terdata="5/1/2026", prioritas="?")
    path = workbook(tmp_path / "a.xlsx", kasus=rows)
    done = importer.import_files(case_database(tmp_path), [path], now=NOW)
    assert done.problems.loc[done.problems["baris"] == 3, "kolom"].tolist() == ["prioritas"]
    last = done.problems[(done.problems["baris"] == 10) & (done.problems["kolom"] == "tanggal_terdata")]
    assert [bool(re.search("sama dengan baris 2", alasan)) for alasan in last["alasan"]] == [False, True]


def test_many_warnings_of_a_column_are_summed_up(tmp_path, monkeypatch):
    monkeypatch.setattr(forgiving, "MAX_WARNINGS", 2)
    path = workbook(tmp_path / "a.xlsx", kasus=written_cases(5))
    done = importer.import_files(case_database(tmp_path), [path], now=NOW)
    told = done.problems.loc[done.problems["kolom"] == "tanggal_terdata", "alasan"].tolist()
    assert len(told) == 2
    assert told[1].endswith("Begitu juga 3 baris sesudahnya di kolom ini.")
    assert len(stored(case_database(tmp_path), "kasus")) == 5
