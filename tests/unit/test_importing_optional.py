"""The optional sheets: their rules by one wrong row each, and whole imports with and without them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import xlsxwriter

from lib import reference
from lib.database import connection, schema
from lib.importing import columns, importer, rules
from lib.importing.report import summary
from tests.unit.test_importing_rows import (
    NOW,
    case_database,
    dump,
    kasus_row,
    kegiatan_row,
    kehadiran_row,
    keterangan_row,
    pendamping_row,
    penugasan_row,
    rujukan_row,
    stored,
    target_row,
    workbook,
)

ROW = {
    "kegiatan": kegiatan_row,
    "rujukan": rujukan_row,
    "penugasan": penugasan_row,
    "kehadiran": kehadiran_row,
    "target": target_row,
}
TEN = tuple(kasus_row(number) for number in range(1, 11))


@pytest.fixture
def engine(tmp_path):
    return case_database(tmp_path)


def send(engine, folder, *, name="a.xlsx", options=None, **sheets) -> importer.ImportReport:
    path = workbook(folder / name, **{"kasus": TEN} | sheets)
    return importer.import_files(engine, [path], now=NOW, **(options or {}))


def counts(report: importer.ImportReport, sheet: str) -> tuple[int, ...]:
    return tuple(report.counts[sheet][kind] for kind in ("baru", "berubah", "sama", "hilang"))


# Changes to a right row -> the column the report must name and a part of the reason.
WRONG = {
    "kegiatan": [
        ({"id_kasus": ""}, "id_kasus", "wajib diisi"),
        ({"id_kasus": "K-999"}, "id_kasus", "Kasus tidak ada di lembar kasus maupun di basis data"),
        ({"id_kasus": "K-12"}, "id_kasus", "di lembar kasus ditolak"),
        ({"id_pendamping": "PD-9"}, "id_pendamping", "Pendamping tidak ada"),
        ({"jenis_kegiatan": "rapat"}, "jenis_kegiatan", "kunjungan, asesmen"),
        ({"tanggal_kegiatan": "10 Februari 2026"}, "tanggal_kegiatan", "tahun-bulan-hari"),
        ({"tanggal_kegiatan": "2026-11-21"}, "tanggal_kegiatan", "(2026-11-20)"),
        ({"kode_provinsi": "99"}, "kode_provinsi", "tidak dikenal"),
        ({"kode_provinsi": "33"}, "kode_provinsi", "lembar keterangan"),
        ({}, "jenis_kegiatan", "Gabungan id_kasus, tanggal_kegiatan dan jenis_kegiatan ini sudah dipakai"),
    ],
    "rujukan": [
        ({"id_kasus": "K-999"}, "id_kasus", "Kasus tidak ada"),
        ({"tujuan": "hotel"}, "tujuan", "sentra, dinsos"),
        ({"hasil": ""}, "hasil", "wajib diisi"),
        ({"hasil": "ya"}, "hasil", "diterima, ditolak, menunggu"),
        ({"hasil": "diterima"}, "tanggal_diterima", "tanpa tanggal_diterima"),
        ({"tanggal_diterima": "2026-02-12"}, "tanggal_diterima", "hasil bukan diterima"),
        ({"hasil": "ditolak", "tanggal_diterima": "2026-02-12"}, "tanggal_diterima", "hasil bukan diterima"),
        (
            {"hasil": "diterima", "tanggal_diterima": "2026-02-09"},
            "tanggal_diterima",
            "sebelum tanggal_rujukan",
        ),
        ({"hasil": "diterima", "tanggal_diterima": "2026-11-21"}, "tanggal_diterima", "sesudah tanggal_data"),
        ({"tanggal_rujukan": "2026-11-21"}, "tanggal_rujukan", "sesudah tanggal_data"),
        ({}, "tujuan", "sudah dipakai di baris 2"),
    ],
    "penugasan": [
        ({"id_kasus": "K-999"}, "id_kasus", "Kasus tidak ada"),
        ({"id_pendamping": ""}, "id_pendamping", "wajib diisi"),
        ({"id_pendamping": "PD-9"}, "id_pendamping", "Pendamping tidak ada"),
        ({"tanggal_selesai": "2026-01-04"}, "tanggal_selesai", "sebelum tanggal_mulai"),
        ({"tanggal_mulai": "2026-11-21"}, "tanggal_mulai", "sesudah tanggal_data"),
        ({}, "tanggal_mulai", "sudah dipakai di baris 2"),
    ],
    "kehadiran": [
        ({"id_pendamping": "PD-9"}, "id_pendamping", "Pendamping tidak ada"),
        ({"bulan": "2026-13"}, "bulan", "tahun-bulan"),
        ({"bulan": "2026-3"}, "bulan", "tahun-bulan"),
        ({"bulan": "2026-03-01"}, "bulan", "tahun-bulan"),
        ({"bulan": "0206-03"}, "bulan", "mulai tahun 1980"),
        ({"bulan": "2026-12"}, "bulan", "sesudah bulan tanggal_data provinsi ini (2026-11)"),
        ({"hari_kerja": "32"}, "hari_kerja", "salah satu dari"),
        ({"hadir": "-1"}, "hadir", "salah satu dari"),
        ({"hadir": "21"}, "hadir", "lebih besar daripada hari_kerja"),
        ({"hadir": ""}, "hadir", "wajib diisi"),
        ({}, "bulan", "Gabungan id_pendamping dan bulan ini sudah dipakai di baris 2"),
    ],
    "target": [
        ({"periode": "26"}, "periode", "harus tahun"),
        ({"periode": "2026-00"}, "periode", "tahun-bulan"),
        ({"periode": "2026-1"}, "periode", "tahun-bulan"),
        ({"kode_wilayah": "99"}, "kode_wilayah", "salah satu dari: 00, 11"),
        ({"kode_wilayah": "33"}, "kode_wilayah", "lembar keterangan"),
        ({"kode_indikator": "I99"}, "kode_indikator", "lihat lembar kode_indikator"),
        ({"kode_indikator": "I13"}, "kode_indikator", "tidak dikenal"),
        ({"nilai": ""}, "nilai", "wajib diisi"),
        ({"nilai": "banyak"}, "nilai", "harus angka"),
        ({"nilai": "-5"}, "nilai", "harus angka"),
        ({"nilai": "1.200,5"}, "nilai", "tanpa pemisah ribuan"),
        ({"nilai": "20.000"}, "nilai", "dapat berarti ribuan atau pecahan"),
        ({"nilai": "20,000"}, "nilai", "dapat berarti ribuan atau pecahan"),
        ({"nilai": "0,0"}, "nilai", "lebih dari 0"),
        ({}, "kode_indikator", "sudah dipakai di baris 2"),
    ],
}


def own_key(sheet: str, number: int) -> dict[str, str]:
    """A key for each row, so that none is refused as another one's double."""
    if sheet == "kehadiran":
        return {"bulan": f"2025-{number:02d}"}
    return {"periode": f"{2030 + number}"} if sheet == "target" else {"id_kasus": f"K-{20 + number}"}


@pytest.mark.parametrize("sheet", WRONG)
def test_each_wrong_row_is_one_problem_and_only_it_is_refused(engine, tmp_path, sheet):
    cases = [*(kasus_row(number) for number in range(1, 101)), kasus_row(12, prioritas="?")]
    cases[11] = kasus_row(101)
    wrong = [
        ROW[sheet](**(own_key(sheet, number) | changes if changes else {}))
        for number, (changes, *_) in enumerate(WRONG[sheet], start=1)
    ]
    report = send(engine, tmp_path, kasus=cases, **{sheet: [ROW[sheet](), *wrong]})
    assert report.status == importer.SEBAGIAN
    problems = report.problems[report.problems["lembar"] == sheet]
    found = problems[["baris", "kolom", "tingkat"]].to_numpy().tolist()
    assert found == [[place, kolom, "ditolak"] for place, (_, kolom, _) in enumerate(WRONG[sheet], start=3)]
    for (changes, _, reason), alasan in zip(WRONG[sheet], problems["alasan"], strict=True):
        assert reason in alasan, changes
    assert counts(report, sheet) == (1, 0, 0, 0)
    assert report.counts[sheet]["ditolak"] == len(wrong)
    assert len(stored(engine, sheet)) == 1


RIGHT = {
    "kegiatan": [
        {"tanggal_kegiatan": "2026-11-20", "id_pendamping": "PD-1"},
        *({"jenis_kegiatan": kind} for kind in schema.KOMPONEN_ATENSI),
    ],
    "rujukan": [
        {"hasil": "diterima", "tanggal_diterima": "2026-02-10"},
        {"hasil": "ditolak", "tujuan": "lks"},
    ],
    "penugasan": [{"tanggal_selesai": "2026-01-05"}],
    "kehadiran": [
        {"bulan": "2026-11", "hari_kerja": "31", "hadir": "31"},
        {"hari_kerja": "0", "hadir": "0"},
    ],
    "target": [
        {"periode": "2027-01", "nilai": "62.5"},
        {"kode_wilayah": "00", "kode_indikator": "I05M", "nilai": "0,125"},
    ],
}


def test_right_rows_are_accepted(engine, tmp_path):
    rows = {sheet: [ROW[sheet](**changes) for changes in several] for sheet, several in RIGHT.items()}
    report = send(engine, tmp_path, **rows)
    assert report.status == importer.DITERIMA
    assert report.problems.empty
    assert {sheet: len(stored(engine, sheet)) for sheet in RIGHT} == {
        sheet: len(several) for sheet, several in RIGHT.items()
    }


ALL = {
    "kegiatan": [kegiatan_row(), kegiatan_row(id_kasus="K-2", id_pendamping="PD-1")],
    "rujukan": [rujukan_row(), rujukan_row(id_kasus="K-2", hasil="diterima", tanggal_diterima="2026-02-17")],
    "penugasan": [penugasan_row(), penugasan_row(id_kasus="K-2", tanggal_selesai="2026-03-01")],
    "kehadiran": [kehadiran_row(), kehadiran_row(bulan="2026-04", hari_kerja="21", hadir="21")],
    "target": [target_row(), target_row(kode_wilayah="00", kode_indikator="I04-180", nilai="62,5")],
}


def test_round_trip_and_the_same_file_again_changes_nothing(engine, tmp_path):
    report = send(engine, tmp_path, **ALL)
    assert report.status == importer.DITERIMA
    assert {sheet: counts(report, sheet) for sheet in ALL} == dict.fromkeys(ALL, (2, 0, 0, 0))
    day = dt.date.fromisoformat
    with engine.connect() as reading:
        found = {
            sheet: [tuple(row) for row in reading.execute(schema.metadata.tables[sheet].select())]
            for sheet in ALL
        }
    assert found == {
        "kegiatan": [
            ("35", "K-1", day("2026-02-10"), "kunjungan", None),
            ("35", "K-2", day("2026-02-10"), "kunjungan", "PD-1"),
        ],
        "rujukan": [
            ("35", "K-1", day("2026-02-10"), "faskes", None, "menunggu"),
            ("35", "K-2", day("2026-02-10"), "faskes", day("2026-02-17"), "diterima"),
        ],
        "penugasan": [
            ("35", "K-1", "PD-1", day("2026-01-05"), None),
            ("35", "K-2", "PD-1", day("2026-01-05"), day("2026-03-01")),
        ],
        "kehadiran": [("35", "PD-1", "2026-03", 20, 19), ("35", "PD-1", "2026-04", 21, 21)],
        "target": [("2026", "35", "I03", 1200.0), ("2026", "00", "I04-180", 62.5)],
    }
    # The province's own rows: 1 pendamping, 10 kasus, 8 of the four sheets, 1 of the two targets.
    assert stored(engine, "unggahan")["baris"].tolist() == [20]

    before = dump(engine)
    again = send(engine, tmp_path, **ALL)
    assert dump(engine) == before
    assert {sheet: counts(again, sheet) for sheet in ALL} == dict.fromkeys(ALL, (0, 0, 2, 0))
    assert "sudah diimpor sebelumnya" in again.notes[0]


@pytest.mark.parametrize("replace", [False, True])
def test_a_file_without_the_sheets_leaves_them_as_they_are(engine, tmp_path, replace):
    send(engine, tmp_path, **ALL)
    before = {sheet: stored(engine, sheet).to_csv() for sheet in ALL}
    report = send(engine, tmp_path, name="b.xlsx", options={"replace": replace})
    assert {sheet: stored(engine, sheet).to_csv() for sheet in ALL} == before
    assert {sheet: counts(report, sheet) for sheet in ALL} == dict.fromkeys(ALL, (0, 0, 0, 0))
    named = [sheet for sheet in ALL if f"tidak memuat baris {sheet}" in " ".join(report.notes)]
    assert named == (list(ALL) if replace else [])


def test_rows_are_updated_by_their_key(engine, tmp_path):
    send(engine, tmp_path, **ALL)
    report = send(
        engine,
        tmp_path,
        kegiatan=[kegiatan_row(id_pendamping="PD-1"), kegiatan_row(tanggal_kegiatan="2026-02-11")],
        rujukan=[rujukan_row(hasil="diterima", tanggal_diterima="2026-03-01")],
        penugasan=[penugasan_row(tanggal_selesai="2026-04-01")],
        kehadiran=[kehadiran_row(hadir="20")],
        target=[target_row(nilai="1250"), target_row(kode_wilayah="00", nilai="20000")],
    )
    assert {sheet: counts(report, sheet) for sheet in ALL} == {
        "kegiatan": (1, 1, 0, 0),
        "rujukan": (0, 1, 0, 0),
        "penugasan": (0, 1, 0, 0),
        "kehadiran": (0, 1, 0, 0),
        "target": (1, 1, 0, 0),
    }
    first = {sheet: stored(engine, sheet).iloc[0] for sheet in ALL}
    assert first["kegiatan"]["id_pendamping"] == "PD-1"
    assert (first["rujukan"]["hasil"], str(first["rujukan"]["tanggal_diterima"])) == (
        "diterima",
        "2026-03-01",
    )
    assert str(first["penugasan"]["tanggal_selesai"]) == "2026-04-01"
    assert first["kehadiran"]["hadir"] == 20
    assert first["target"]["nilai"] == 1250
    assert len(stored(engine, "kegiatan")) == 3


def test_cases_and_pendamping_of_the_database_count(engine, tmp_path):
    send(engine, tmp_path)
    later = [keterangan_row(tanggal_data="2026-11-21")]
    report = send(engine, tmp_path, kasus=[], pendamping=[], keterangan=later, **ALL)
    assert report.status == importer.DITERIMA
    assert counts(report, "kegiatan") == counts(report, "kehadiran") == (2, 0, 0, 0)
    # The file of one optional sheet alone is an upload too.
    assert stored(engine, "unggahan")["baris"].tolist() == [11, 9]


def test_replace_deletes_what_is_absent_from_a_sheet_that_has_rows(engine, tmp_path):
    third = {
        sheet: [*rows, ROW[sheet](**changes)]
        for (sheet, rows), changes in zip(ALL.items(), THIRD, strict=True)
    }
    send(engine, tmp_path, **third)
    before = dump(engine)
    fewer = {sheet: rows[:1] for sheet, rows in ALL.items()}
    trial = send(engine, tmp_path, **fewer, options={"replace": True, "dry_run": True})
    assert dump(engine) == before
    report = send(engine, tmp_path, **fewer, options={"replace": True})
    expected = {sheet: (0, 0, 1, 2) for sheet in ALL} | {"target": (0, 0, 1, 1)}
    for each in (trial, report):
        assert {sheet: counts(each, sheet) for sheet in ALL} == expected
    assert {sheet: len(stored(engine, sheet)) for sheet in ALL} == dict.fromkeys(ALL, 1) | {"target": 2}
    assert set(stored(engine, "target")["kode_wilayah"]) == {"00", "35"}


THIRD = (
    {"id_kasus": "K-3"},
    {"id_kasus": "K-3"},
    {"id_kasus": "K-3"},
    {"bulan": "2026-05"},
    {"kode_indikator": "I01"},
)


def test_replace_counts_what_hangs_on_a_vanishing_case_once(engine, tmp_path):
    people = [pendamping_row(), pendamping_row(id_pendamping="PD-2")]
    months = [kehadiran_row(), kehadiran_row(id_pendamping="PD-2"), kehadiran_row(bulan="2026-04")]
    visits = [kegiatan_row(), kegiatan_row(id_kasus="K-10"), kegiatan_row(id_kasus="K-2")]
    send(engine, tmp_path, pendamping=people, kegiatan=visits, kehadiran=months)
    report = send(
        engine,
        tmp_path,
        kasus=TEN[:9],
        kegiatan=visits[:1],
        kehadiran=months[:1],
        options={"replace": True},
    )
    assert counts(report, "kasus") == (0, 0, 9, 1)
    # One absent, one gone with its case or its pendamping.
    assert counts(report, "kegiatan") == counts(report, "kehadiran") == (0, 0, 1, 2)
    assert "kegiatan: 1 sama, 2 dihapus." in summary(report)
    assert stored(engine, "kegiatan")["id_kasus"].tolist() == ["K-1"]
    assert stored(engine, "kehadiran")["bulan"].tolist() == ["2026-03"]


def test_replace_keeps_the_old_version_of_refused_rows(engine, tmp_path):
    send(engine, tmp_path, kehadiran=[kehadiran_row(), kehadiran_row(bulan="2026-04")])
    months = [kehadiran_row(hadir="21"), kehadiran_row(bulan="2026-05")]
    report = send(engine, tmp_path, kehadiran=months, options={"replace": True})
    assert counts(report, "kehadiran") == (1, 0, 0, 1)
    assert stored(engine, "kehadiran")[["bulan", "hadir"]].to_numpy().tolist() == [
        ["2026-03", 19],
        ["2026-05", 19],
    ]


def test_replace_of_one_province_leaves_the_others(engine, tmp_path):
    both = [keterangan_row("35"), keterangan_row("33")]
    cases = [*TEN, kasus_row(1, kode_provinsi="33")]
    targets = [target_row(kode_wilayah=code) for code in ("00", "33", "35")]
    visits = [kegiatan_row(), kegiatan_row(kode_provinsi="33")]
    send(engine, tmp_path, keterangan=both, kasus=cases, target=targets, kegiatan=visits)
    report = send(
        engine,
        tmp_path,
        target=[target_row(kode_indikator="I01")],
        kegiatan=[kegiatan_row(id_kasus="K-2")],
        options={"replace": True},
    )
    assert counts(report, "target") == counts(report, "kegiatan") == (1, 0, 0, 1)
    kept = stored(engine, "target")[["kode_wilayah", "kode_indikator"]].to_numpy().tolist()
    assert sorted(kept) == [["00", "I03"], ["33", "I03"], ["35", "I01"]]
    assert sorted(stored(engine, "kegiatan")["kode_provinsi"]) == ["33", "35"]


@pytest.mark.parametrize(
    ("allowed", "accepted"),
    [(None, True), (("35",), False), (("33", "35"), False), (reference.all_provinces(), True)],
)
def test_national_targets_come_from_whoever_may_send_for_all_provinces(engine, tmp_path, allowed, accepted):
    rows = [target_row(), target_row(kode_wilayah="00")]
    report = send(engine, tmp_path, target=rows, options={"allowed_provinces": allowed})
    assert counts(report, "target")[0] == 1 + accepted
    assert report.problems["alasan"].tolist() == (
        [] if accepted else ["Provinsi ini di luar wilayah pengirim."]
    )


def test_numbers_in_cells_and_other_spellings_are_the_same_value(engine, tmp_path):
    def with_cells(nilai, periode="2026"):
        path = tmp_path / "sel.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            for sheet, row in {
                "keterangan": keterangan_row(),
                "target": ["2026", "35", "I04-180", nilai],
            }.items():
                worksheet = book.add_worksheet(sheet)
                worksheet.write_row(0, 0, columns.names(sheet))
                for across, value in enumerate(row):
                    worksheet.write(1, across, periode if value == "2026" else value)
        return importer.import_files(engine, [path], now=NOW)

    assert counts(with_cells(62.5), "target") == (1, 0, 0, 0)
    for nilai in ("62,5", "62.50", "062,5"):
        assert counts(with_cells(nilai), "target") == (0, 0, 1, 0), nilai
    assert counts(with_cells(62.5, periode=2026), "target") == (0, 0, 1, 0)
    assert counts(with_cells(60), "target") == (0, 1, 0, 0)
    assert stored(engine, "target")["nilai"].tolist() == [60.0]


def test_a_wrong_header_of_an_optional_sheet_refuses_the_file(engine, tmp_path):
    path = tmp_path / "kegiatan.csv"
    path.write_text(
        "kode_provinsi,id_kasus,tanggal,jenis_kegiatan,id_pendamping\n35,K-1,2026-02-10,terapi,\n"
    )
    report = importer.import_files(engine, [workbook(tmp_path / "a.xlsx", kasus=TEN), path], now=NOW)
    assert report.status == importer.DITOLAK_BERKAS
    assert "kegiatan (kegiatan.csv).tanggal_kegiatan" in report.refusal
    assert "kegiatan (kegiatan.csv).tanggal:" in report.refusal


def test_csv_sheets_are_recognised_by_their_name(engine, tmp_path):
    path = tmp_path / "kehadiran-jatim.csv"
    header, row = (",".join(line) for line in (columns.names("kehadiran"), kehadiran_row()))
    path.write_text(f"{header}\n{row}\n")
    main = tmp_path / "a.xlsx"
    report = importer.import_files(engine, [workbook(main, kasus=TEN), path], now=NOW)
    assert counts(report, "kehadiran") == (1, 0, 0, 0)


def test_many_bad_optional_rows_refuse_the_file(engine, tmp_path):
    wrong = [kegiatan_row(tanggal_kegiatan=f"2026-02-{day}", jenis_kegiatan="x") for day in range(10, 13)]
    report = send(engine, tmp_path, kegiatan=wrong)
    assert report.status == importer.DITOLAK_BERKAS
    assert "3 dari 14 baris salah" in report.refusal
    assert stored(engine, "kasus").empty


@pytest.mark.database
def test_postgresql_stores_updates_and_deletes_the_same(postgres_url, tmp_path):
    """The same three uploads into both databases leave the same rows."""
    target = connection.writable_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    connection.prepare(target)
    known = case_database(tmp_path)
    changed = [kasus_row(1, prioritas="tinggi", tanggal_kontak="2026-01-06"), *TEN[1:9]]
    for engine in (target, known):
        send(engine, tmp_path, **ALL)
        send(engine, tmp_path, kasus=changed, target=[target_row(nilai="0,1")])
        fewer = {sheet: rows[:1] for sheet, rows in ALL.items()}
        last = send(engine, tmp_path, kasus=changed, **fewer, options={"replace": True})
        assert counts(last, "kasus") == (0, 0, 9, 1)
        assert counts(last, "kegiatan") == (0, 0, 1, 1)
        assert send(engine, tmp_path, kasus=changed, **fewer).counts["target"]["sama"] == 1
    assert dump(target) == dump(known)
    target.dispose()


@pytest.mark.database
def test_postgresql_refuses_all_when_one_row_breaks_a_rule_of_the_database(postgres_database, tmp_path):
    engine = connection.writable_engine(postgres_database().replace("postgresql://", "postgresql+psycopg://"))
    connection.prepare(engine)
    with engine.begin() as writing:
        writing.exec_driver_sql("ALTER TABLE kasus ADD CONSTRAINT uji CHECK (id_kasus <> 'K-9')")
    before = dump(engine)
    with pytest.raises(Exception, match="uji"):
        send(engine, tmp_path)
    assert dump(engine) == before
    engine.dispose()


def test_number_text_is_one_spelling():
    found = rules.number_text(pd.Series(["20000", "20000,0", "0.10", ""], dtype="str"))
    assert found.tolist() == ["20000.0", "20000.0", "0.1", ""]
