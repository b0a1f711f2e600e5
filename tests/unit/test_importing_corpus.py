"""Damaged and oddly written files: each gives its sentence, writes nothing, and repeats no client's value."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import random
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from lib.importing import columns, containers, importer, report
from tests.unit.test_importing_rows import (
    NOW,
    case_database,
    dump,
    kasus_row,
    keterangan_row,
    pendamping_row,
    target_row,
)

NIK = "3578014107900001"
SECRET = "RAHASIA"
REFUSED, PARTLY, TAKEN = importer.DITOLAK_BERKAS, importer.SEBAGIAN, importer.DITERIMA
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROWS = 12


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return case_database(tmp_path_factory.mktemp("corpus"))


def cases(number: int = ROWS, **changes: str) -> list[list[str]]:
    """Right cases; the first one has the changes."""
    rows = [kasus_row(n, id_klien=f"{SECRET}-{n}") for n in range(number)]
    rows[0] = kasus_row(0, **({"id_klien": f"{SECRET}-0"} | changes))
    return rows


def text(sheet: str, rows, *, separator=",", header=None) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows([header or columns.names(sheet), *rows])
    return stream.getvalue()


def send(folder: Path, content: bytes | str | None = None, *, name="kasus.csv", **sheets) -> list[Path]:
    """Three CSV sheets; `content` is a file of its own in place of kasus.csv."""
    if isinstance(content, str):
        content = content.encode()
    rows = {"keterangan": [keterangan_row()], "pendamping": [pendamping_row()], "kasus": cases()} | sheets
    if content is not None:
        del rows["kasus"]
        (folder / name).write_bytes(content)
    for sheet, values in rows.items():
        (folder / f"{sheet}.csv").write_text(text(sheet, values), encoding="utf-8")
    return sorted(path for path in folder.iterdir() if path.suffix != ".db")


def cell(**changes: str):
    return lambda folder: send(folder, kasus=cases(**changes))


def every(**changes: str):
    """All cases have the changes."""
    rows = [kasus_row(n, **({"id_klien": f"{SECRET}-{n}"} | changes)) for n in range(ROWS)]
    return lambda folder: send(folder, kasus=rows)


def raw(content: bytes | str, name: str = "kasus.csv"):
    return lambda folder: send(folder, content, name=name)


def area(written: str, kode_kabkota: str):
    """One province, its code or name `written` in every sheet."""
    place = {"kode_provinsi": written, "kode_kabkota": kode_kabkota}
    return lambda folder: send(
        folder,
        keterangan=[keterangan_row(written)],
        pendamping=[pendamping_row(**place)],
        kasus=[kasus_row(n, **place, id_klien=f"{SECRET}-{n}") for n in range(ROWS)],
    )


def days(*written: str):
    """Cases whose tanggal_kontak is one of the written days, in turn."""
    rows = [kasus_row(n, tanggal_kontak=written[n % len(written)]) for n in range(ROWS)]
    return lambda folder: send(folder, kasus=rows)


def workbook(*, top=(), sheet_name="kasus", changes=(), options=None, header=None, far=None):
    """A workbook with three sheets; `changes` are (row, column, cell) of kasus, `top` rows above its titles."""

    def make(folder: Path) -> list[Path]:
        path = folder / "a.xlsx"
        sheets = {"keterangan": [keterangan_row()], "pendamping": [pendamping_row()], sheet_name: cases()}
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False} | (options or {})) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                own = name == sheet_name
                titles = (header if own and header else None) or columns.names("kasus" if own else name)
                above = list(top) if own else []
                for place, row in enumerate([*above, titles, *rows]):
                    sheet.write_row(place, 0, [value or None for value in row])
                for row, column, value in changes if own else ():
                    write_cell(book, sheet, row, columns.names("kasus").index(column), value)
                if own and far:
                    sheet.write(*far, "x")
        return [path]

    return make


def write_cell(book, sheet, row: int, column: int, value: object) -> None:
    if isinstance(value, dt.timedelta):
        sheet.write_number(
            row, column, value / dt.timedelta(days=1), book.add_format({"num_format": "[h]:mm"})
        )
    elif isinstance(value, dt.time):
        sheet.write_datetime(row, column, value, book.add_format({"num_format": "hh:mm"}))
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, book.add_format({"num_format": "yyyy-mm-dd"}))
    else:
        sheet.write(row, column, value)


def zipped(parts: dict[str, bytes], name: str = "a.xlsx"):
    def make(folder: Path) -> list[Path]:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
            for part, content in parts.items():
                packed.writestr(part, content)
        return [folder / name]

    return make


def undimensioned(folder: Path) -> list[Path]:
    """A workbook with a far cell whose sheets do not state their used range."""
    (path,) = workbook(far=(1048575, 16383))(folder)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return zipped({name: re.sub(rb"<dimension[^>]*>", b"", part) for name, part in parts.items()})(folder)


def alone(content: bytes, name: str = "a.xlsx"):
    def make(folder: Path) -> list[Path]:
        (folder / name).write_bytes(content)
        return [folder / name]

    return make


def titles(**renamed: str) -> list[str]:
    return [renamed.get(name, name) for name in columns.names("kasus")]


RUBBISH = random.Random(5).randbytes(4000)
KASUS = text("kasus", cases())
LOW = [["DATA KASUS"], [], ["Provinsi Jawa Timur", "", "", "per 20 November 2026"]]
GROUPS = [["Identitas", *[""] * 6, "Profil", *[""] * 4, "Perjalanan"]]
SHUFFLED = text("kasus", [row[::-1] for row in cases()], header=columns.names("kasus")[::-1])
ACCENT = text("pendamping", [pendamping_row(nama_tampil="José Ñusa")])
SCARY = [pendamping_row(nama_tampil="=HYPERLINK(1)")]

# How the file is made, a part of a sentence ("" : none at all), the status.
FILES = {
    "utf8-bom": (raw(codecs.BOM_UTF8 + KASUS.encode()), "", TAKEN),
    "utf16": (raw(KASUS.encode("utf-16")), "", TAKEN),
    "utf16-without-mark": (raw(KASUS.encode("utf-16-le")), "", TAKEN),
    "utf16-big": (raw(KASUS.encode("utf-16-be")), "", TAKEN),
    "utf16-cut": (raw(KASUS.encode("utf-16")[:-1]), "rusak di tengah", REFUSED),
    "utf16-tab-txt": (
        raw(text("kasus", cases(), separator="\t").encode("utf-16"), "kasus.txt"),
        "",
        TAKEN,
    ),
    "cp1252": (lambda folder: cp1252(folder), "", TAKEN),
    "mixed-encodings": (raw(KASUS.encode() + b"Jos\xe9,\xc3\xa9\n"), "bukan UTF-8", REFUSED),
    "semicolons": (raw(text("kasus", cases(), separator=";")), "", TAKEN),
    "tabs": (raw(text("kasus", cases(), separator="\t"), "kasus.tsv"), "", TAKEN),
    "reordered": (raw(SHUFFLED), "", TAKEN),
    "empty": (raw(b""), "kasus.csv kosong", REFUSED),
    "blank": (raw(b" \r\n \n"), "kasus.csv kosong", REFUSED),
    "only-a-mark": (raw(codecs.BOM_UTF8), "kasus.csv kosong", REFUSED),
    "only-a-wide-mark": (raw(codecs.BOM_UTF16_LE), "kasus.csv kosong", REFUSED),
    "rubbish-csv": (raw(RUBBISH), "bukan teks CSV", REFUSED),
    "controls-csv": (raw(b"\x01\x02" * 400), "bukan teks CSV", REFUSED),
    "rubbish-xlsx": (alone(RUBBISH), "rusak atau bukan buku kerja XLSX", REFUSED),
    "csv-named-xlsx": (alone(KASUS.encode()), "rusak atau bukan buku kerja XLSX", REFUSED),
    "xlsx-named-csv": (raw(b"PK\x03\x04" + RUBBISH), "isinya buku kerja atau zip", REFUSED),
    "xlsx-cut": (alone(b"PK\x03\x04" + RUBBISH), "rusak atau bukan buku kerja XLSX", REFUSED),
    "old-excel": (alone(OLE + RUBBISH, "a.xls"), "Excel lama (.xls)", REFUSED),
    "old-excel-renamed": (alone(OLE + RUBBISH), "Excel lama (.xls)", REFUSED),
    "encrypted": (alone(OLE + "EncryptedPackage".encode("utf-16-le")), "berkata sandi", REFUSED),
    "word": (zipped({"word/document.xml": b"<a/>"}), "dokumen Word", REFUSED),
    "xlsb": (zipped({"xl/workbook.bin": b"x"}), "buku kerja biner (XLSB)", REFUSED),
    "ods": (zipped({"content.xml": b"<a/>"}), "dokumen LibreOffice", REFUSED),
    "other-zip": (zipped({"foto.jpg": b"x"}), "adalah zip lain", REFUSED),
    "half-a-workbook": (zipped({"xl/workbook.xml": b"<a"}), "rusak atau bukan buku kerja", REFUSED),
    "bomb": (
        zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": bytes(24 * 1024**2)}),
        "mengembang lebih dari 200 kali",
        REFUSED,
    ),
    "pdf": (alone(b"%PDF-1.7", "a.pdf"), "bukan XLSX atau CSV", REFUSED),
    "missing-file": (lambda folder: [folder / "kasus.csv"], "tidak ditemukan", REFUSED),
    "far-cell": (workbook(far=(1048575, 16383)), "sampai sel XFD1048576", REFUSED),
    "far-cell-unstated": (undimensioned, "sampai sel XFD1048576", REFUSED),
    "unclosed-quote": (raw(KASUS + '35,"K-1'), "tanda kutip", REFUSED),
    "too-wide-row": (raw(KASUS + "," * 40 + "x\n"), "jumlah sel", REFUSED),
    "empty-sheet": (workbook(header=[""] * 24), "kasus.kode_provinsi", REFUSED),
    "title-above-xlsx": (workbook(top=LOW), "judul kolom tampaknya ada di baris 4", REFUSED),
    "groups-above-xlsx": (workbook(top=GROUPS), "judul kolom tampaknya ada di baris 2", REFUSED),
    "title-above-csv": (raw("DATA KASUS\n\n" + KASUS), "judul kolom tampaknya ada di baris 3", REFUSED),
    "title-above-semicolons": (
        raw("DATA, KASUS, JATIM\n" + text("kasus", cases(), separator=";")),
        "judul kolom tampaknya ada di baris 2, seharusnya di baris 1; hapus baris 1 di atasnya",
        REFUSED,
    ),
    "no-header": (raw(KASUS.split("\n", 1)[1]), "Kolom ini tidak ada di judul", REFUSED),
    "renamed-column": (
        workbook(header=titles(tanggal_terdata="tgl_terdata")),
        'kasus.tgl_terdata: Kolom tidak dikenal; mungkin "tanggal_terdata"?',
        REFUSED,
    ),
    "renamed-with-spaces": (
        workbook(header=titles(kode_kabkota="Kode Kab/Kota")),
        'mungkin "kode_kabkota"?',
        REFUSED,
    ),
    "titles-in-capitals": (
        raw(text("kasus", cases(), header=[name.upper() for name in columns.names("kasus")])),
        'kasus.KODE_PROVINSI: Kolom tidak dikenal; mungkin "kode_provinsi"?',
        REFUSED,
    ),
    "nik-as-title": (workbook(header=titles(pendekatan=NIK)), "kasus.(disembunyikan)", REFUSED),
}
PLACES = {
    "province-name": (area("Jawa Timur", "35.78"), 'Ditulis "Jawa Timur", dibaca sebagai 35.', TAKEN),
    "province-abbreviation": (area("PROV. JATIM", "35.78"), 'Ditulis "PROV. JATIM"', TAKEN),
    "province-misspelt": (cell(kode_provinsi="Jawa Timr"), 'mungkin "Jawa Timur" (35)?', PARTLY),
    "papua-brat": (cell(kode_provinsi="Papua Brat"), 'mungkin "Papua Barat" (92)?', PARTLY),
    "province-half-named": (cell(kode_provinsi="Jawa"), 'Provinsi "Jawa" tidak dikenal; tulis', PARTLY),
    "kabkota-name": (cell(kode_kabkota="Kab. Banyuwangi"), "dibaca sebagai 35.10.", TAKEN),
    "kabkota-without-word": (cell(kode_kabkota="SURABAYA"), "dibaca sebagai 35.78.", TAKEN),
    "kabkota-both": (cell(kode_kabkota="Malang"), "Kabupaten Malang (35.07) dan Kota Malang (35.73)", PARTLY),
    "kabkota-kind": (cell(kode_kabkota="Kota Malang"), "dibaca sebagai 35.73.", TAKEN),
    "kabkota-misspelt": (
        cell(kode_kabkota="Kab. Banyuwngi"),
        'mungkin "Kabupaten Banyuwangi" (35.10)?',
        PARTLY,
    ),
    "kabkota-elsewhere": (cell(kode_kabkota="Semarang"), 'Kab/kota "Semarang"', PARTLY),
    "kabkota-elsewhere-once": (cell(kode_kabkota="Sleman"), "terletak di provinsi 34", PARTLY),
    "zero-lost": (cell(kode_kabkota="35.1"), 'Ditulis "35.1", dibaca sebagai 35.10.', TAKEN),
    "zero-lost-with-comma": (cell(kode_kabkota="35,1"), 'Ditulis "35,1", dibaca sebagai 35.10.', TAKEN),
    "zero-lost-doubtful": (every(kode_kabkota="35.8"), 'Kode "35.8" tidak lengkap; mungkin 35.08?', REFUSED),
    "zero-lost-number-cell": (
        workbook(changes=[(1, "kode_kabkota", 35.1)]),
        'Ditulis "35.1", dibaca sebagai 35.10.',
        TAKEN,
    ),
    "province-number-cell": (
        workbook(changes=[(1, "kode_provinsi", 35)]),
        'Ditulis "35", dibaca sebagai 35.',
        TAKEN,
    ),
    "id-number-cell": (workbook(changes=[(1, "id_kasus", 77)]), "ubah format kolom menjadi Teks", PARTLY),
    "no-dot": (cell(kode_kabkota="3578"), "kode BPS atau Kemendagri", PARTLY),
    "code-as-time-text": (area("11", "11:10"), 'Ditulis "11:10", dibaca sebagai 11.10.', TAKEN),
    "code-as-time-cell": (
        workbook(changes=[(1, "kode_kabkota", dt.timedelta(hours=35, minutes=10))]),
        'Ditulis "35:10:00", dibaca sebagai 35.10.',
        TAKEN,
    ),
    "code-as-date-cell": (
        workbook(changes=[(1, "kode_kabkota", dt.date(2026, 11, 12))]),
        'terbaca sebagai tanggal "2026-11-12"; mungkin 11.12 atau 12.11?',
        PARTLY,
    ),
    "nation-zero-lost": (
        lambda folder: send(folder, target=[target_row(kode_wilayah="0")]),
        'Ditulis "0", dibaca sebagai 00.',
        TAKEN,
    ),
    "nation-named": (
        lambda folder: send(folder, target=[target_row(kode_wilayah="Nasional")]),
        'Ditulis "Nasional", dibaca sebagai 00.',
        TAKEN,
    ),
    "kind-zero-lost": (cell(kode_jenis="p1"), 'Ditulis "p1", dibaca sebagai P01.', TAKEN),
    "nik-as-kabkota": (cell(kode_kabkota=NIK), "Kode tidak dikenal", PARTLY),
    "client-as-kabkota": (cell(kode_kabkota=f"{SECRET}-0"), "Kode tidak dikenal", PARTLY),
    "bps-province": (area("91", "92.02"), "Daftar kode mana yang dipakai", REFUSED),
    "bps-province-named": (area("91", "Manokwari"), "Papua Barat menurut BPS", REFUSED),
    "bps-kabkota": (area("Papua Barat", "91.05"), "Kode 91 berarti Papua menurut Kemendagri", REFUSED),
    "bps-single-slip": (cell(kode_provinsi="91", kode_kabkota="92.02"), "terletak di provinsi 92", PARTLY),
    "bps-mostly-right": (
        lambda folder: send(
            folder,
            kasus=[
                *(kasus_row(n, kode_provinsi="91", kode_kabkota="91.03") for n in range(10)),
                *(kasus_row(n, kode_provinsi="91", kode_kabkota="92.02") for n in range(20, 22)),
            ],
            keterangan=[keterangan_row("91")],
            pendamping=[pendamping_row(kode_provinsi="91", kode_kabkota="91.03")],
        ),
        "terletak di provinsi 92",
        PARTLY,
    ),
    "province-on-two-lines": (cell(kode_provinsi="Jawa\nTimr"), 'Provinsi "Jawa Timr" tidak dikenal', PARTLY),
    "bps-only-code": (
        area("97", "95.01"),
        "97 (lembar keterangan, baris 2) hanya ada di daftar",
        REFUSED,
    ),
}
CELLS = {
    "day-slashes": (days("7/1/2026"), 'Ditulis "7/1/2026", dibaca sebagai 2026-01-07.', TAKEN),
    "day-dashes": (days("07-01-2026"), "dibaca sebagai 2026-01-07.", TAKEN),
    "month-first": (days("01/07/2026", "01/15/2026"), 'misalnya "01/15/2026"', REFUSED),
    "month-first-once": (
        days("07/01/2026", "15/01/2026", *["15/01/2026"] * 8, "01/15/2026"),
        "bagian kedua",
        PARTLY,
    ),
    "no-such-day": (cell(tanggal_kontak="31/02/2026"), "ada di kalender", PARTLY),
    "mixed-signs": (cell(tanggal_kontak="7/1-2026"), "tahun-bulan-hari", PARTLY),
    "serial-text": (cell(tanggal_kontak="45992"), "mungkin 2025-12-01", PARTLY),
    "serial-number-cell": (workbook(changes=[(1, "tanggal_kontak", 46030)]), "mungkin 2026-01-08", PARTLY),
    "date-cell": (workbook(changes=[(1, "tanggal_kontak", dt.date(2026, 1, 8))]), "", TAKEN),
    "date-cell-1904": (
        workbook(changes=[(1, "tanggal_kontak", dt.date(2026, 1, 8))], options={"date_1904": True}),
        "",
        TAKEN,
    ),
    "nik-as-day": (cell(tanggal_kontak=NIK), "tahun-bulan-hari", PARTLY),
    "na": (cell(kelompok_umur="NA"), 'Isi "NA" bukan nilai; kosongkan sel itu.', PARTLY),
    "dash": (cell(id_kasus_sebelumnya="-"), 'Isi "-" bukan nilai; kosongkan sel itu.', PARTLY),
    "nihil": (cell(tanggal_kontak="nihil"), "kosongkan sel itu.", PARTLY),
    "n/a": (cell(sumber_laporan="n/a"), "kosongkan sel itu.", PARTLY),
    "kosong": (cell(kode_alasan="Kosong"), "kosongkan sel itu.", PARTLY),
    "dash-in-required": (cell(prioritas="-"), "lalu isi nilainya (kolom ini wajib)", PARTLY),
    "dash-as-province": (cell(kode_provinsi="-"), "lalu isi nilainya (kolom ini wajib)", PARTLY),
    "formula-id": (cell(id_kasus="=1+1"), 'diawali tanda "="', PARTLY),
    "formula-plus": (cell(id_kasus="+62"), 'diawali tanda "+"', PARTLY),
    "formula-at": (cell(id_pendamping="@SUM"), 'diawali tanda "@"', PARTLY),
    "formula-minus": (cell(id_kasus_sebelumnya="-1"), 'diawali tanda "-"', PARTLY),
    "formula-client": (cell(id_klien=f"={SECRET}"), 'diawali tanda "="', PARTLY),
    "formula-name": (lambda folder: send(folder, pendamping=SCARY), "", TAKEN),
    "nik-id": (cell(id_klien=NIK), "16 angka berurutan", PARTLY),
}
CORPUS = FILES | PLACES | CELLS


def cp1252(folder: Path) -> list[Path]:
    paths = send(folder)
    (folder / "pendamping.csv").write_bytes(ACCENT.encode("cp1252"))
    return paths


@pytest.mark.parametrize("name", list(CORPUS))
def test_corpus(engine, tmp_path, name):
    make, part, status = CORPUS[name]
    before = dump(engine)
    # What would be taken is only tried, so that the database stays empty for the next file.
    done = importer.import_files(engine, make(tmp_path), now=NOW, dry_run=status != REFUSED)
    told = "\n".join([done.refusal or "", *done.notes, *done.problems["alasan"]])
    assert done.status == status, told
    assert part in told
    assert bool(told.strip()) == bool(part), told
    assert dump(engine) == before
    everything = told + done.problems.to_csv() + report.summary(done)
    assert not re.search(rf"{NIK}|{SECRET}|Traceback|Error|Exception|object at|None|\bnan\b", everything)


def test_the_corpus_is_large():
    assert len(CORPUS) >= 60


def test_refusals_of_cells_name_the_value_as_written(engine, tmp_path):
    paths = area("Jawa Timur", "35.99")(tmp_path)
    done = importer.import_files(engine, paths, now=NOW, allowed_provinces=("33",))
    assert set(done.problems["nilai"]) == {"Jawa Timur"}
    assert "di luar wilayah pengirim" in done.problems["alasan"].iloc[0]


def test_large_files_are_refused_unread(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "MAX_FILE_BYTES", 1024**2)
    paths = send(tmp_path, b"x" * (1024**2 + 1))
    done = importer.import_files(engine, paths, now=NOW)
    assert "berukuran 1 MB, batasnya 1 MB; pecah menurut provinsi" in done.refusal


def test_what_a_workbook_unpacks_to_is_limited(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "MAX_UNPACKED_BYTES", 1000)
    done = importer.import_files(engine, workbook()(tmp_path), now=NOW)
    assert "batasnya 0 MB; pecah menurut provinsi" in done.refusal
