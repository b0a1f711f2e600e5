"""The template: what it holds, and the round trip with 200 cases of which 15 are wrong in 15 ways."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from lib import reference
from lib.importing import codes, columns, importer, reader
from lib.importing.report import summary
from lib.importing.template import write_template
from lib.indicators.records import INDICATORS
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

NIK = "3578014107900001"
# Changes to a right case -> the column and the value the report must name, and a part of the reason.
WRONG = [
    ({"id_kasus": ""}, "id_kasus", "", "wajib diisi"),
    ({"id_klien": NIK}, "id_klien", "(disembunyikan)", "NIK"),
    ({"kode_jenis": "P99"}, "kode_jenis", "P99", "tidak dikenal"),
    ({"kode_kabkota": "33.74"}, "kode_kabkota", "33.74", "terletak di provinsi 33"),
    ({"id_pendamping": "PD-9"}, "id_pendamping", "PD-9", "Pendamping tidak ada"),
    ({"jenis_kelamin": "W"}, "jenis_kelamin", "W", "salah satu dari: L, P"),
    ({"prioritas": "Darurat"}, "prioritas", "Darurat", "darurat, tinggi, biasa"),
    ({"tanggal_terdata": "5 Januari 2026"}, "tanggal_terdata", "5 Januari 2026", "tahun-bulan-hari"),
    ({"tanggal_rencana": "2026-02-30"}, "tanggal_rencana", "2026-02-30", "ada di kalender"),
    ({"tanggal_intervensi": "2026-01-11"}, "tanggal_intervensi", "2026-01-11", "sebelum tanggal_asesmen"),
    ({"tanggal_kontak": "2026-01-04"}, "tanggal_kontak", "2026-01-04", "sebelum tanggal_terdata"),
    ({"tanggal_pembaruan": "2026-11-21"}, "tanggal_pembaruan", "2026-11-21", "(2026-11-20)"),
    ({"tanggal_terminasi": "2026-05-04"}, "kode_alasan", "", "tanpa kode_alasan"),
    ({"id_kasus": "K-1"}, "id_kasus", "K-1", "baris 2"),
    ({"id_kasus_sebelumnya": "K-1"}, "id_kasus_sebelumnya", "K-1", "klien lain"),
]


def test_untouched_template_gives_a_sentence(tmp_path):
    write_template(tmp_path / "t.xlsx")
    report = importer.import_files(case_database(tmp_path), [tmp_path / "t.xlsx"], now=NOW)
    assert report.status == importer.DITOLAK_BERKAS
    assert report.refusal.startswith("Berkas tidak berisi data")


def test_template_has_the_sheets_headers_and_code_lists(tmp_path):
    write_template(tmp_path / "t.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "t.xlsx")
    assert book.sheet_names == [
        "keterangan",
        "kasus",
        "pendamping",
        "kegiatan",
        "rujukan",
        "penugasan",
        "kehadiran",
        "target",
        "kamus",
        "kode_jenis",
        "kode_alasan",
        "kode_provinsi",
        "kode_kabkota",
        "kode_indikator",
    ]
    for sheet in columns.SHEETS:
        assert book.get_sheet_by_name(sheet).to_python() == [list(columns.names(sheet))]
    kabkota = book.get_sheet_by_name("kode_kabkota").to_python()
    assert len(kabkota) == 1 + len(reference.table("kabkota"))
    assert "31.71" in [row[0] for row in kabkota]
    indikator = book.get_sheet_by_name("kode_indikator").to_python()
    assert ["I03", "Capaian target: Kasus terselesaikan (periode)", "persen"] not in indikator
    assert ["I03", "Kasus terselesaikan (periode)", "kasus"] in indikator
    kamus = book.get_sheet_by_name("kamus").to_python()
    assert [tuple(row[:3]) for row in kamus[1:4]] == [
        ("keterangan", "kode_provinsi", "ya"),
        ("keterangan", "tanggal_data", "ya"),
        ("keterangan", "lengkap_sejak", "tidak"),
    ]
    assert len(kamus) == 1 + sum(len(wanted) for wanted in columns.SHEETS.values())


def test_every_column_is_explained_with_an_example_that_is_accepted():
    for sheet, wanted in columns.SHEETS.items():
        for column in wanted:
            assert column.meaning.endswith("."), (sheet, column.name)
            if column.choices:
                assert column.example in column.choices
            if column.reference:
                assert column.example in codes.codes(column.reference)


def test_template_offers_lists_and_keeps_codes_as_text(tmp_path):
    write_template(tmp_path / "t.xlsx")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "t.xlsx").read_bytes())) as archive:
        kasus = archive.read("xl/worksheets/sheet2.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
        made = archive.read("docProps/core.xml").decode()
    lists = re.findall(r"<formula1>(.*?)</formula1>", kasus)
    assert '"darurat,tinggi,biasa"' in [entry.replace("&quot;", '"') for entry in lists]
    assert "kode_jenis!$A$2:$A$27" in lists
    assert 'numFmtId="49"' in styles
    # No clock inside: the same content is the same file.
    assert set(re.findall(r"2[0-9]{3}-[0-9-]+T[0-9:]+Z", made)) == {"2026-01-01T00:00:00Z"}


def test_round_trip_of_200_cases_rejects_exactly_the_15_wrong_ones(tmp_path):
    provinces = ["35"] * 100 + ["33"] * 85
    good = [kasus_row(number, kode_provinsi=code) for number, code in enumerate(provinces, start=1)]
    wrong = [kasus_row(200 + place, **changes) for place, (changes, *_) in enumerate(WRONG)]
    path = workbook(
        tmp_path / "isian.xlsx",
        keterangan=[keterangan_row("35"), keterangan_row("33")],
        kasus=good + wrong,
    )
    engine = case_database(tmp_path)
    report = importer.import_files(engine, [path], now=NOW)

    assert report.status == importer.SEBAGIAN
    assert report.counts["kasus"] == {
        "baru": 185,
        "berubah": 0,
        "sama": 0,
        "ditolak": 15,
        "peringatan": 0,
        "hilang": 0,
    }
    assert report.counts["pendamping"]["baru"] == 2
    found = report.problems[["lembar", "baris", "kolom", "nilai", "tingkat"]].to_numpy().tolist()
    assert found == [
        ["kasus", 187 + place, kolom, nilai, "ditolak"] for place, (_, kolom, nilai, _) in enumerate(WRONG)
    ]
    for (_, kolom, _, reason), alasan in zip(WRONG, report.problems["alasan"], strict=True):
        assert reason in alasan, kolom
    assert NIK not in report.problems.to_csv()
    kasus = stored(engine, "kasus")
    assert sorted(kasus["id_kasus"]) == sorted(f"K-{number}" for number in range(1, 186))
    assert set(kasus["tanggal_pertama_masuk"].astype(str)) == {"2026-11-20"}
    uploads = stored(engine, "unggahan")
    assert uploads[["kode_provinsi", "baris", "ditolak"]].to_numpy().tolist() == [
        ["33", 86, 0],
        ["35", 116, 15],
    ]
    assert uploads["digest"].tolist() == [reader.read_files([path]).digest] * 2

    before = dump(engine)
    again = importer.import_files(engine, [path], now=NOW.replace(hour=9))
    assert dump(engine) == before
    assert again.counts["kasus"]["sama"] == 185
    assert again.counts["kasus"]["baru"] == again.counts["kasus"]["berubah"] == 0
    assert "sudah diimpor sebelumnya" in summary(again)


def test_every_indicator_with_an_achievement_can_have_a_target():
    known = codes.codes("indikator")
    assert {f"I26-{kode}" for kode in known} == {kode for kode in INDICATORS if kode.startswith("I26-")}
    assert {"I01", "I02", "I03", "I03K", "I04-180", "I05M", "I11"} <= set(known)
    assert not {"I13", "I26-I03"} & set(known)


@pytest.mark.parametrize("code", ["01", "=1+1", "0012"])
def test_template_rows_keep_text_as_text(tmp_path, code):
    path = workbook(tmp_path / "a.xlsx", pendamping=[pendamping_row(nama_tampil=code)])
    part = reader.combine(reader.read_files([path]).parts, "pendamping")
    assert part.frame["nama_tampil"].tolist() == [code]
