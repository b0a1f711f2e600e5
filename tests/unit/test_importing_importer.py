"""Whole imports into SQLite: what is written, what is left alone, what refuses a file."""

from __future__ import annotations

import csv
import datetime as dt

import pandas as pd
import pytest
import xlsxwriter
from sqlalchemy import insert, text

from lib.database import connection, schema
from lib.domain import UserError
from lib.importing import columns, importer, reader
from lib.importing.report import summary
from tests.unit.test_importing_rows import (
    NOW,
    case_database,
    dump,
    kasus_row,
    keterangan_row,
    pendamping_row,
    stored,
    workbook,
)

TEN = tuple(kasus_row(number) for number in range(1, 11))


@pytest.fixture
def engine(tmp_path):
    return case_database(tmp_path)


def send(engine, folder, *, name="a.xlsx", options=None, **sheets) -> importer.ImportReport:
    path = workbook(folder / name, **sheets)
    return importer.import_files(engine, [path], now=NOW, **(options or {}))


def changed_counts(report: importer.ImportReport, table: str = "kasus") -> tuple[int, ...]:
    counts = report.counts[table]
    return tuple(counts[kind] for kind in ("baru", "berubah", "sama", "hilang"))


def test_an_upload_is_an_increment(engine, tmp_path):
    send(engine, tmp_path, kasus=TEN)
    report = send(
        engine,
        tmp_path,
        keterangan=[keterangan_row(tanggal_data="2026-11-21")],
        pendamping=[],
        kasus=[kasus_row(1), kasus_row(2, prioritas="tinggi"), kasus_row(11)],
    )
    assert report.status == importer.DITERIMA
    assert changed_counts(report) == (1, 1, 1, 0)
    kasus = stored(engine, "kasus").set_index("id_kasus")
    assert len(kasus) == 11
    assert kasus.loc["K-2", "prioritas"] == "tinggi"
    first_seen, last_changed = kasus["tanggal_pertama_masuk"].astype(str), kasus["id_unggahan"]
    assert [first_seen[key] for key in ("K-1", "K-2", "K-11")] == ["2026-11-20", "2026-11-20", "2026-11-21"]
    assert [last_changed[key] for key in ("K-1", "K-2", "K-11")] == [1, 2, 2]
    uploads = stored(engine, "unggahan")
    assert uploads["tanggal_data"].astype(str).tolist() == ["2026-11-20", "2026-11-21"]
    assert uploads["waktu"].astype(str).tolist() == ["2026-11-21 08:00:00"] * 2


def test_values_arrive_as_dates_numbers_and_nulls(engine, tmp_path):
    send(
        engine,
        tmp_path,
        pendamping=[pendamping_row(jenjang="6", bersertifikat="0")],
        kasus=[kasus_row(1, tanggal_terminasi="2026-05-04", kode_alasan="T1", hasil_peran_sosial="1")],
    )
    with engine.connect() as reading:
        kasus = reading.execute(schema.kasus.select()).one()
        pendamping = reading.execute(schema.pendamping.select()).one()
    assert kasus.tanggal_terminasi == dt.date(2026, 5, 4)
    assert (kasus.hasil_peran_sosial, kasus.hasil_atasi_masalah, kasus.pendekatan) == (1, None, None)
    assert (pendamping.jenjang, pendamping.bersertifikat, pendamping.nama_tampil) == (6, 0, None)


def test_a_value_can_be_emptied_again(engine, tmp_path):
    send(engine, tmp_path, kasus=[kasus_row(1, kelompok_umur="60+")])
    assert changed_counts(send(engine, tmp_path, kasus=[kasus_row(1)])) == (0, 1, 0, 0)
    assert stored(engine, "kasus")["kelompok_umur"].isna().all()


def test_another_province_with_the_same_numbers_is_not_touched(engine, tmp_path):
    other = {"kode_provinsi": "33"}
    send(engine, tmp_path, keterangan=[keterangan_row("33")], kasus=[kasus_row(1, **other)])
    before = stored(engine, "kasus").query("kode_provinsi == '33'").to_csv()
    kasus = [kasus_row(1, id_klien="KL-X"), kasus_row(2)]
    report = send(engine, tmp_path, kasus=kasus, options={"replace": True})
    assert changed_counts(report) == (2, 0, 0, 0)
    assert stored(engine, "kasus").query("kode_provinsi == '33'").to_csv() == before


def test_more_than_a_fifth_bad_rows_refuses_the_file_with_nothing_written(engine, tmp_path):
    before = dump(engine)
    # 11 rows with the pendamping: 3 are more than 20 %, 2 are not.
    three = [kasus_row(n, prioritas="?" if n <= 3 else "biasa") for n in range(1, 11)]
    report = send(engine, tmp_path, kasus=three)
    assert report.status == importer.DITOLAK_BERKAS
    assert "3 dari 11 baris salah" in report.refusal
    assert len(report.problems) == report.counts["kasus"]["ditolak"] == 3
    assert dump(engine) == before
    two = [kasus_row(n, prioritas="?" if n <= 2 else "biasa") for n in range(1, 11)]
    assert send(engine, tmp_path, kasus=two).status == importer.SEBAGIAN


def test_no_valid_keterangan_refuses_the_file(engine, tmp_path):
    report = send(
        engine, tmp_path, keterangan=[keterangan_row("35", tanggal_data="20 November 2026")], kasus=TEN
    )
    assert report.status == importer.DITOLAK_BERKAS
    assert "Baris 2, kolom tanggal_data" in report.refusal
    assert stored(engine, "unggahan").empty


def write_sheets(path, sheets: dict[str, list[list]]):
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            worksheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                for across, value in enumerate(row):
                    if isinstance(value, dt.date):
                        worksheet.write_datetime(place, across, value, day)
                    else:
                        worksheet.write(place, across, value)
    return path


def sheets_with(**changes) -> dict[str, list[list]]:
    rows = {"keterangan": [keterangan_row()], "pendamping": [pendamping_row()], "kasus": list(TEN)}
    return {sheet: [list(columns.names(sheet)), *rows[sheet]] for sheet in rows} | changes


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"kasus": [[*columns.names("kasus")[:-1]], TEN[0][:-1]]}, "kasus.tanggal_pascalayanan"),
        ({"kasus": [[*columns.names("kasus"), "alamat"], [*TEN[0], "x"]]}, "kasus.alamat"),
        ({"kasus": [[*columns.names("kasus"), "id_kasus"], [*TEN[0], "K-1"]]}, "kasus.id_kasus"),
        ({"kasus": []}, "kasus.kode_provinsi"),
    ],
)
def test_header_problems_refuse_the_file_and_name_the_column(engine, tmp_path, changes, part):
    path = write_sheets(tmp_path / "a.xlsx", sheets_with(**changes))
    report = importer.import_files(engine, [path], now=NOW)
    assert report.status == importer.DITOLAK_BERKAS
    assert part in report.refusal
    assert set(report.problems["baris"]) == {1}
    assert stored(engine, "kasus").empty


def test_missing_keterangan_and_unknown_sheets_are_named(engine, tmp_path):
    sheets = sheets_with()
    del sheets["keterangan"]
    report = importer.import_files(engine, [write_sheets(tmp_path / "a.xlsx", sheets)], now=NOW)
    assert "Lembar keterangan tidak ada" in report.refusal
    path = write_sheets(tmp_path / "b.xlsx", sheets_with(Sheet1=[["a"]]))
    report = importer.import_files(engine, [path], now=NOW)
    assert report.status == importer.DITERIMA
    assert report.notes == ("Lembar Sheet1 tidak dikenal dan tidak dibaca.",)


def test_true_date_cells_and_number_cells(engine, tmp_path):
    place = columns.names("kasus").index
    rows = [list(row) for row in TEN]
    rows[0][place("tanggal_terdata")] = dt.date(2026, 1, 6)
    rows[1][place("hasil_peran_sosial")] = 1
    rows[2][place("kode_provinsi")] = 35
    sheets = sheets_with(kasus=[list(columns.names("kasus")), *rows])
    sheets["keterangan"][1][1] = dt.date(2026, 11, 20)
    report = importer.import_files(engine, [write_sheets(tmp_path / "a.xlsx", sheets)], now=NOW)
    found = report.problems[["lembar", "baris", "kolom", "nilai"]].to_numpy().tolist()
    assert found == [["kasus", 4, "kode_provinsi", "35"]]
    kasus = stored(engine, "kasus").set_index("id_kasus")
    assert str(kasus.loc["K-1", "tanggal_terdata"]) == "2026-01-06"
    assert kasus.loc["K-2", "hasil_peran_sosial"] == 1


def test_an_older_file_is_refused_unless_it_replaces(engine, tmp_path):
    send(engine, tmp_path, kasus=TEN)
    before = dump(engine)
    older = {"keterangan": [keterangan_row(tanggal_data="2026-11-19")], "kasus": TEN[:4]}
    report = send(engine, tmp_path, **older)
    assert report.status == importer.DITOLAK_BERKAS
    assert "sudah sampai 2026-11-20, berkas ini sampai 2026-11-19" in report.refusal
    assert dump(engine) == before
    report = send(engine, tmp_path, **older, options={"replace": True})
    assert changed_counts(report) == (0, 0, 4, 6)
    # The data date of a province is the largest ever sent, not the last one.
    assert send(engine, tmp_path, **older).status == importer.DITOLAK_BERKAS


def test_replace_deletes_what_is_absent_and_what_hangs_on_it(engine, tmp_path):
    pendamping = [pendamping_row(), pendamping_row(id_pendamping="PD-2")]
    send(engine, tmp_path, pendamping=pendamping, kasus=TEN)
    visits = [
        {
            "kode_provinsi": "35",
            "id_kasus": key,
            "tanggal_kegiatan": dt.date(2026, 2, 1),
            "jenis_kegiatan": "kunjungan",
        }
        for key in ("K-1", "K-10")
    ]
    months = {
        "kode_provinsi": "35",
        "id_pendamping": "PD-2",
        "bulan": "2026-01",
        "hari_kerja": 20,
        "hadir": 19,
    }
    with engine.begin() as writing:
        writing.execute(insert(schema.kegiatan), visits)
        writing.execute(insert(schema.kehadiran), months)
    before = dump(engine)
    trial = send(engine, tmp_path, kasus=TEN[:9], options={"replace": True, "dry_run": True})
    assert dump(engine) == before
    report = send(engine, tmp_path, kasus=TEN[:9], options={"replace": True})
    for each in (trial, report):
        assert changed_counts(each) == (0, 0, 9, 1)
        assert changed_counts(each, "pendamping") == (0, 0, 1, 1)
        assert each.counts["kegiatan"]["hilang"] == each.counts["kehadiran"]["hilang"] == 1
    assert "kasus: 9 sama, 1 dihapus." in summary(report)
    assert stored(engine, "kegiatan")["id_kasus"].tolist() == ["K-1"]
    assert stored(engine, "kehadiran").empty
    assert stored(engine, "pendamping")["id_pendamping"].tolist() == ["PD-1"]


def test_replace_keeps_the_old_version_of_refused_rows_and_their_pendamping(engine, tmp_path):
    pendamping = [pendamping_row(), pendamping_row(id_pendamping="PD-2")]
    send(engine, tmp_path, pendamping=pendamping, kasus=[kasus_row(1, id_pendamping="PD-2"), *TEN[1:]])
    kasus = [kasus_row(1, prioritas="?"), *TEN[1:]]
    report = send(engine, tmp_path, kasus=kasus, options={"replace": True})
    assert changed_counts(report) == (0, 0, 9, 0)
    assert changed_counts(report, "pendamping") == (0, 0, 1, 0)
    assert "1 pendamping yang tidak ada di berkas tidak dihapus" in " ".join(report.notes)
    assert len(stored(engine, "pendamping")) == 2


def test_replace_refuses_a_case_of_a_vanishing_pendamping(engine, tmp_path):
    pendamping = [pendamping_row(), pendamping_row(id_pendamping="PD-2")]
    send(engine, tmp_path, pendamping=pendamping, kasus=TEN)
    kasus = [*TEN, kasus_row(11, id_pendamping="PD-2")]
    report = send(engine, tmp_path, kasus=kasus, options={"replace": True})
    assert report.problems[["baris", "kolom"]].to_numpy().tolist() == [[12, "id_pendamping"]]
    assert len(stored(engine, "kasus")) == 10


def test_replace_needs_both_sheets(engine, tmp_path):
    sheets = sheets_with()
    del sheets["pendamping"]
    path = write_sheets(tmp_path / "a.xlsx", sheets)
    report = importer.import_files(engine, [path], now=NOW, replace=True)
    assert "Lembar pendamping tidak ada" in report.refusal


@pytest.mark.parametrize("sheet", ["kasus", "pendamping"])
def test_replace_with_an_empty_sheet_deletes_nothing(engine, tmp_path, sheet):
    send(engine, tmp_path, kasus=TEN)
    before = dump(engine)
    report = send(engine, tmp_path, **{"kasus": TEN, sheet: []}, options={"replace": True})
    assert report.status == importer.DITOLAK_BERKAS
    assert f"Lembar {sheet} kosong" in report.refusal
    assert dump(engine) == before


def test_dry_run_writes_nothing_and_counts_the_same(engine, tmp_path):
    before = dump(engine)
    path = workbook(tmp_path / "a.xlsx", kasus=[*TEN, kasus_row(11, prioritas="?")])
    trial = importer.import_files(engine, [path], now=NOW, dry_run=True)
    assert dump(engine) == before
    done = importer.import_files(engine, [path], now=NOW)
    assert trial.counts == done.counts
    assert trial.status == done.status == importer.SEBAGIAN
    assert summary(trial).startswith("Uji saja: tidak ada yang ditulis.")


def test_the_same_file_again_is_not_recorded_but_a_new_data_date_is(engine, tmp_path):
    send(engine, tmp_path, kasus=TEN)
    before = dump(engine)
    report = send(engine, tmp_path, kasus=TEN)
    assert dump(engine) == before
    assert "sudah diimpor sebelumnya" in report.notes[0]
    later = [keterangan_row(tanggal_data="2026-11-21")]
    report = send(engine, tmp_path, kasus=TEN, keterangan=later)
    assert changed_counts(report) == (0, 0, 10, 0)
    assert report.notes == ()
    assert len(stored(engine, "unggahan")) == 2


def test_a_simulated_database_is_refused_unless_asked_for(tmp_path):
    engine = case_database(tmp_path, simulasi=True)
    report = send(engine, tmp_path, kasus=TEN)
    assert report.status == importer.DITOLAK_BERKAS
    assert "data simulasi" in report.refusal
    assert stored(engine, "kasus").empty
    assert send(engine, tmp_path, kasus=TEN, options={"into_simulated": True}).status == importer.DITERIMA
    # Rows of the user's own are in it now: no longer open to everybody.
    assert connection.is_mixed(engine)


def test_provinces_of_others_are_refused(engine, tmp_path):
    report = send(
        engine,
        tmp_path,
        keterangan=[keterangan_row("35"), keterangan_row("33")],
        kasus=[*TEN, kasus_row(1, kode_provinsi="33")],
        options={"allowed_provinces": ("35",)},
    )
    assert report.status == importer.SEBAGIAN
    assert set(report.problems["alasan"]) == {"Provinsi ini di luar wilayah pengirim."}
    assert report.problems[["lembar", "baris"]].to_numpy().tolist() == [
        ["keterangan", 3],
        ["pendamping", 3],
        ["kasus", 12],
    ]
    assert set(stored(engine, "kasus")["kode_provinsi"]) == {"35"}
    nothing = send(engine, tmp_path, kasus=TEN, options={"allowed_provinces": ()})
    assert nothing.status == importer.DITOLAK_BERKAS


def test_csv_sheets_form_one_upload(engine, tmp_path):
    def csv_file(name, sheet, rows, delimiter):
        with (tmp_path / name).open("w", newline="", encoding="utf-8-sig") as stream:
            csv.writer(stream, delimiter=delimiter).writerows([columns.names(sheet), *rows])
        return tmp_path / name

    central = [kasus_row(number, kode_provinsi="33") for number in range(1, 6)]
    paths = [
        csv_file("kasus-jatim.csv", "kasus", [*TEN, kasus_row(1)], ","),
        csv_file("kasus-jateng.csv", "kasus", central, ";"),
        csv_file("keterangan.csv", "keterangan", [keterangan_row("35"), keterangan_row("33")], ";"),
        csv_file("pendamping.csv", "pendamping", [pendamping_row(), pendamping_row(kode_provinsi="33")], ","),
    ]
    report = importer.import_files(engine, paths, now=NOW)
    assert changed_counts(report) == (15, 0, 0, 0)
    assert report.problems[["lembar", "baris", "kolom"]].to_numpy().tolist() == [
        ["kasus (kasus-jatim.csv)", 12, "id_kasus"]
    ]
    assert "di baris 2 kasus (kasus-jatim.csv);" in report.problems["alasan"].iloc[0]
    # Without pendamping: those of the database count.
    report = importer.import_files(engine, paths[1:3], now=NOW)
    assert changed_counts(report) == (0, 0, 5, 0)


def test_an_unreadable_file_is_a_refusal(engine, tmp_path):
    report = importer.import_files(engine, [tmp_path / "kasus.csv"], now=NOW)
    assert report.status == importer.DITOLAK_BERKAS
    assert "tidak ditemukan" in report.refusal


def test_a_database_without_schema_is_an_error(tmp_path):
    engine = connection.writable_engine(f"sqlite:///{tmp_path / 'kosong.db'}")
    with pytest.raises(UserError, match="siapkan"):
        send(engine, tmp_path, kasus=TEN)


def test_a_failure_in_the_middle_leaves_nothing(engine, tmp_path):
    send(engine, tmp_path, keterangan=[keterangan_row("33")], kasus=[kasus_row(1, kode_provinsi="33")])
    with engine.begin() as writing:
        writing.execute(
            text(
                "CREATE TRIGGER gagal BEFORE INSERT ON kasus WHEN NEW.id_kasus = 'K-9' "
                "BEGIN SELECT RAISE(ABORT, 'putus'); END"
            )
        )
    before = dump(engine)
    both = [keterangan_row("33"), keterangan_row("35")]
    changed = kasus_row(1, kode_provinsi="33", prioritas="tinggi")
    with pytest.raises(Exception, match="putus"):
        send(engine, tmp_path, keterangan=both, kasus=[changed, *TEN])
    assert dump(engine) == before
    with engine.begin() as writing:
        writing.execute(text("DROP TRIGGER gagal"))
    assert changed_counts(send(engine, tmp_path, keterangan=both, kasus=[changed, *TEN])) == (10, 1, 0, 0)


def test_a_locked_database_gives_a_sentence(engine, tmp_path):
    path = workbook(tmp_path / "a.xlsx", kasus=TEN)
    impatient = connection.writable_engine(str(engine.url))
    with impatient.connect() as own:
        own.exec_driver_sql("PRAGMA busy_timeout = 50")
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="terkunci"):
            importer.import_files(impatient, [path], now=NOW)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_texts_lie_in_arrow_whatever_the_pages_prefer(tmp_path, form):
    """The pages keep their small frames in Python's own strings; an import on a page must not."""
    with pd.option_context("mode.string_storage", "python"):
        engine = case_database(tmp_path)
        path = workbook(tmp_path / "a.xlsx", kasus=[kasus_row(1), kasus_row(2)])
        if form == "csv":
            path = tmp_path / "kasus.csv"
            path.write_text(
                ",".join(columns.names("kasus")) + "\n" + ",".join(kasus_row(1)), encoding="utf-8"
            )
        read = reader.combine(reader.read_files([path]).parts, "kasus").frame
        assert {each.storage for each in read.dtypes} == {"pyarrow"}
        if form == "xlsx":
            report = importer.import_files(engine, [path], now=NOW)
            assert (report.status, report.counts["kasus"]["baru"]) == (importer.DITERIMA, 2)
            again = importer.import_files(engine, [path], now=NOW)
            assert again.counts["kasus"]["sama"] == 2
