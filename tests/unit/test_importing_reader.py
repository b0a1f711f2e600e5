"""Reading files: cells become text, row numbers are those a user sees, damaged files give a sentence."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
import xlsxwriter

from lib.domain import UserError
from lib.importing import containers, reader

HEADER = "kode_provinsi,tanggal_data,lengkap_sejak"


def read_csv(folder, content: bytes, *, name="keterangan.csv"):
    (folder / name).write_bytes(content)
    return reader.read_files([folder / name]).parts[0]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n01,2026-11-20,\n".encode(),
        f"\ufeff{HEADER}\r\n01,2026-11-20,\r\n".encode(),
        f"{HEADER}\n01,2026-11-20,".replace(",", ";").encode(),
        f'"kode_provinsi",{HEADER[14:]}\n" 01 ","2026-11-20",""\n\n,,\n'.encode(),
        f"{HEADER},\n01,2026-11-20,,\n".encode(),
        f"{HEADER}\n01,2026-11-20\n".encode(),
    ],
    ids=["plain", "bom-crlf", "semicolon", "quoted-and-empty-rows", "trailing-separator", "short-row"],
)
def test_csv_forms_give_the_same_text(tmp_path, content):
    part = read_csv(tmp_path, content)
    assert part.frame.to_dict("records") == [
        {"kode_provinsi": "01", "tanggal_data": "2026-11-20", "lengkap_sejak": ""}
    ]
    assert part.frame.index.tolist() == [2]


def test_words_for_missing_stay_words_and_row_numbers_count_empty_rows(tmp_path):
    part = read_csv(tmp_path, f"{HEADER}\nNA,None,null\n\n11,a,b\n".encode())
    assert part.frame.iloc[0].tolist() == ["NA", "None", "null"]
    assert part.frame.index.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("name", "sheet"),
    [("kasus.csv", "kasus"), ("kasus-jatim.csv", "kasus"), ("Pendamping_2026.CSV", "pendamping")],
)
def test_file_name_tells_the_sheet(tmp_path, name, sheet):
    assert read_csv(tmp_path, b"a,b\n1,2\n", name=name).sheet == sheet


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("data.csv", b"a,b\n", "tidak menyebut lembarnya"),
        ("kasus.xls", b"x", "bukan XLSX atau CSV"),
        ("kasus.csv", b" \n", "kosong"),
        ("kasus.xlsx", b"PK\x03\x04 not a workbook", "rusak"),
        ("kasus.csv", b"a,b\nJos\xe9,Jos\xc3\xa9\n", "bukan UTF-8"),
        ("kasus.csv", b"a,b\n1,2,3\n", "baris 2 berisi lebih banyak sel"),
        ("kasus.csv", b"a,b\n1,2,3,4\n5,6\n", "baris 2 berisi lebih banyak sel"),
        ("kasus.csv", b"a,b\n1,2\n1,2,3,4\n", "tidak dapat dibaca sebagai CSV (sekitar baris"),
        ("kasus.csv", b'a,b\n1,"2\n', "tanda kutip"),
    ],
)
def test_unreadable_files_give_a_sentence(tmp_path, name, content, part):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        reader.read_files([tmp_path / name])
    assert part in str(error.value)
    assert name in str(error.value)


def test_missing_file_gives_a_sentence(tmp_path):
    with pytest.raises(UserError, match="kasus.csv tidak ditemukan"):
        reader.read_files([tmp_path / "kasus.csv"])


def write_cells(path, rows, *, sheet="kasus", first_row=0):
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        worksheet = workbook.add_worksheet(sheet)
        for place, row in enumerate(rows, start=first_row):
            for across, value in enumerate(row):
                if isinstance(value, dt.date):
                    worksheet.write_datetime(place, across, value, day)
                else:
                    worksheet.write(place, across, value)


def test_workbook_cells_become_text(tmp_path):
    header = ["id_kasus", "kode_kabkota", "tanggal_terdata", "hasil_peran_sosial", "tanggal_asesmen"]
    moment = dt.datetime(2026, 4, 3, 10, 30)  # noqa: DTZ001 (a cell knows no zone)
    rows = [
        header,
        ["K-1", "11.10", dt.date(2026, 4, 3), 1, moment],
        [],
        [123, 11.1, 46115, 0.5, True],
    ]
    write_cells(tmp_path / "a.xlsx", rows)
    part = reader.read_files([tmp_path / "a.xlsx"]).parts[0]
    assert part.frame.loc[2].tolist() == ["K-1", "11.10", "2026-04-03", "1", "2026-04-03"]
    assert part.frame.loc[4].tolist() == ["123", "11.1", "46115", "0.5", "TRUE"]
    assert {name: rows.tolist() for name, rows in part.not_text.items()} == {
        "id_kasus": [4],
        "kode_kabkota": [4],
    }


def two_sheets(path, *names: str):
    with xlsxwriter.Workbook(str(path)) as workbook:
        for name in names:
            workbook.add_worksheet(name).write_row(0, 0, ["id_kasus"])
    return path


def test_a_sheet_is_known_in_capital_letters_too(tmp_path):
    upload = reader.read_files([two_sheets(tmp_path / "a.xlsx", " Kasus", "Kamus", "lain")])
    assert [(part.sheet, part.lembar) for part in upload.parts] == [("kasus", "kasus")]
    assert upload.unread == ("lain",)


def test_two_sheets_of_one_name_are_refused(tmp_path):
    with pytest.raises(UserError, match='lebih dari satu lembar kasus \\("kasus" dan "Kasus "\\)'):
        reader.read_files([two_sheets(tmp_path / "a.xlsx", "kasus", "Kasus ")])


def test_title_above_the_header_leaves_row_1_without_columns(tmp_path):
    write_cells(tmp_path / "a.xlsx", [["id_kasus"], ["K-1"]], first_row=2)
    part = reader.read_files([tmp_path / "a.xlsx"]).parts[0]
    assert list(part.frame.columns) == []


def test_large_sheets_are_read_in_chunks_with_the_same_row_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "CHUNK_ROWS", 2)
    write_cells(tmp_path / "a.xlsx", [["id_kasus"], ["a"], ["b"], [3], ["d"], [5]])
    part = reader.read_files([tmp_path / "a.xlsx"]).parts[0]
    assert part.frame["id_kasus"].to_dict() == {2: "a", 3: "b", 4: "3", 5: "d", 6: "5"}
    assert part.not_text["id_kasus"].tolist() == [4, 6]


def test_several_files_are_one_upload_and_rows_name_their_file(tmp_path):
    (tmp_path / "keterangan.csv").write_text("kode_provinsi,tanggal_data,lengkap_sejak\n35,2026-11-20,\n")
    (tmp_path / "keterangan-33.csv").write_text("tanggal_data;kode_provinsi;lengkap_sejak\n2026-11-19;33;\n")
    paths = [tmp_path / "keterangan.csv", tmp_path / "keterangan-33.csv"]
    upload = reader.read_files(paths)
    rows = reader.combine(upload.parts, "keterangan")
    assert rows.frame["kode_provinsi"].tolist() == ["35", "33"]
    assert rows.frame["tanggal_data"].tolist() == ["2026-11-20", "2026-11-19"]
    assert rows.lembar.tolist() == ["keterangan (keterangan.csv)", "keterangan (keterangan-33.csv)"]
    assert rows.baris.tolist() == [2, 2]
    assert reader.read_files(paths[::-1]).digest == upload.digest
    assert reader.read_files(paths[:1]).digest == hashlib.sha256(paths[0].read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        (["a/kasus.csv", "a/target.csv"], ["kasus.csv", "target.csv"]),
        (["a/kasus.csv", "b/kasus.csv", "b/target.csv"], ["a/kasus.csv", "b/kasus.csv", "target.csv"]),
        (["x/a/kasus.csv", "y/a/kasus.csv"], ["x/a/kasus.csv", "y/a/kasus.csv"]),
        (["kasus.csv", "a/kasus.csv"], ["kantor/kasus.csv", "a/kasus.csv"]),
        (["kasus.csv", "../kantor/kasus.csv"], ["kasus.csv", "kasus.csv, ke-2"]),
    ],
)
def test_files_of_one_name_are_told_apart_by_their_folder(tmp_path, monkeypatch, paths, labels):
    (tmp_path / "kantor").mkdir()
    monkeypatch.chdir(tmp_path / "kantor")
    assert containers.labels([Path(path) for path in paths]) == labels


def test_problems_and_sentences_say_which_of_two_files_of_one_name(tmp_path):
    paths = [tmp_path / folder / "keterangan.csv" for folder in "ab"]
    for path, code in zip(paths, ("35", "33"), strict=True):
        path.parent.mkdir()
        path.write_text(f"{HEADER}\n{code},2026-11-20,\n")
    rows = reader.combine(reader.read_files(paths).parts, "keterangan")
    assert rows.lembar.tolist() == ["keterangan (a/keterangan.csv)", "keterangan (b/keterangan.csv)"]
    paths[1].write_text("")
    with pytest.raises(UserError, match=r"keterangan\.csv kosong.*Yang dimaksud: b/keterangan\.csv\."):
        reader.read_files(paths)
