"""Builders of upload rows for the import tests, and the test that their defaults are right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from lib.clock import WIB
from lib.database import connection, schema
from lib.importing import columns, importer, rules
from lib.importing.template import write_template

NOW = dt.datetime(2026, 11, 21, 8, 0, tzinfo=WIB)
KABKOTA = {"35": "35.78", "33": "33.74"}


def keterangan_row(kode_provinsi="35", tanggal_data="2026-11-20", lengkap_sejak="2024-01-01") -> list[str]:
    return [kode_provinsi, tanggal_data, lengkap_sejak]


def pendamping_row(**changes: str) -> list[str]:
    kode_provinsi = changes.get("kode_provinsi", "35")
    values = {
        "kode_provinsi": kode_provinsi,
        "id_pendamping": "PD-1",
        "kode_kabkota": KABKOTA.get(kode_provinsi, "35.78"),
        "sebutan": "umum",
        "pendidikan": "s1_peksos",
        "tanggal_mulai": "2023-01-02",
    }
    return _row("pendamping", values | changes)


def kasus_row(number: int = 1, **changes: str) -> list[str]:
    """An open case with asesmen; `number` makes its id, client and nothing else."""
    kode_provinsi = changes.get("kode_provinsi", "35")
    values = {
        "kode_provinsi": kode_provinsi,
        "id_kasus": f"K-{number}",
        "id_klien": f"KL-{number}",
        "kode_jenis": "P18",
        "kode_kabkota": KABKOTA.get(kode_provinsi, "35.78"),
        "id_pendamping": "PD-1",
        "prioritas": "biasa",
        "tanggal_terdata": "2026-01-05",
        "tanggal_asesmen": "2026-01-12",
        "tanggal_pembaruan": "2026-01-12",
    }
    return _row("kasus", values | changes)


def kegiatan_row(**changes: str) -> list[str]:
    values = {"id_kasus": "K-1", "tanggal_kegiatan": "2026-02-10", "jenis_kegiatan": "kunjungan"}
    return _row("kegiatan", {"kode_provinsi": "35"} | values | changes)


def rujukan_row(**changes: str) -> list[str]:
    """A referral that still waits."""
    values = {"id_kasus": "K-1", "tanggal_rujukan": "2026-02-10", "tujuan": "faskes", "hasil": "menunggu"}
    return _row("rujukan", {"kode_provinsi": "35"} | values | changes)


def penugasan_row(**changes: str) -> list[str]:
    values = {"id_kasus": "K-1", "id_pendamping": "PD-1", "tanggal_mulai": "2026-01-05"}
    return _row("penugasan", {"kode_provinsi": "35"} | values | changes)


def kehadiran_row(**changes: str) -> list[str]:
    values = {"id_pendamping": "PD-1", "bulan": "2026-03", "hari_kerja": "20", "hadir": "19"}
    return _row("kehadiran", {"kode_provinsi": "35"} | values | changes)


def target_row(**changes: str) -> list[str]:
    values = {"periode": "2026", "kode_wilayah": "35", "kode_indikator": "I03", "nilai": "1200"}
    return _row("target", values | changes)


def _row(sheet: str, values: dict[str, str]) -> list[str]:
    unknown = set(values) - set(columns.names(sheet))
    assert not unknown, unknown
    return [values.get(name, "") for name in columns.names(sheet)]


def workbook(path: Path, *, kasus=(), pendamping=None, keterangan=None, **optional) -> Path:
    """A filled template; by default one pendamping per province of keterangan, which is Jawa Timur.

    `optional` are the rows of optional sheets by their name.
    """
    keterangan = [keterangan_row()] if keterangan is None else keterangan
    if pendamping is None:
        pendamping = [pendamping_row(kode_provinsi=code) for code, *_ in keterangan]
    rows = {"keterangan": keterangan, "pendamping": pendamping, "kasus": kasus, **optional}
    write_template(path, rows=rows)
    return path


def case_database(folder: Path, *, simulasi: bool = False) -> Engine:
    engine = connection.writable_engine(f"sqlite:///{folder / 'kasus.db'}")
    connection.prepare(engine, simulasi=simulasi)
    return engine


def dump(engine: Engine) -> str:
    """Every row of the tables an import may write, as text."""
    tables = [table for table in schema.metadata.sorted_tables if table.name not in schema.REFERENCE_TABLES]
    with engine.connect() as reading:
        return "\n".join(
            repr((table.name, tuple(row)))
            for table in tables
            for row in reading.execute(table.select().order_by(*table.primary_key.columns))
        )


def stored(engine: Engine, table: str) -> pd.DataFrame:
    with engine.connect() as reading:
        return pd.read_sql(schema.metadata.tables[table].select(), reading)


def test_default_rows_are_accepted_without_any_problem(tmp_path):
    path = workbook(tmp_path / "a.xlsx", kasus=[kasus_row(1), kasus_row(2)])
    report = importer.import_files(case_database(tmp_path), [path], now=NOW)
    assert report.status == importer.DITERIMA
    assert report.problems.empty


def test_columns_are_those_of_the_schema():
    ours = {"tanggal_pertama_masuk", "id_unggahan"}
    for sheet in schema.SHEETS:
        table = schema.metadata.tables[sheet]
        assert set(columns.names(sheet)) == {column.name for column in table.columns} - ours


# --- texts looked up where they lie, and rows compared as one text -----------------------------------------------


def test_positions_are_those_of_the_first_and_minus_one_for_none():
    text = pd.Series(["b", "x", "a", None, "b"], dtype="str")
    values = pd.Series(["a", "b", "b"], dtype="str")
    assert rules.places_of(text, values).tolist() == [1, -1, 0, -1, 1]
    table = pd.Series(["satu", "dua", "tiga"], index=pd.Index(["a", "b", "b"], dtype="str"), dtype="str")
    found = rules.look_up(text.set_axis([5, 6, 7, 8, 9]), table)
    assert found.dropna().to_dict() == {5: "dua", 7: "satu", 9: "dua"}
    assert found.index.tolist() == [5, 6, 7, 8, 9]


def test_a_joined_key_tells_apart_what_a_plain_sum_would_not():
    frame = pd.DataFrame({"a": ["x", "xy", ""], "b": ["yz", "z", "xyz"]}, dtype="str")
    assert rules.joined_key(frame, ("a", "b")).nunique() == 3
    assert rules.joined_key(frame, ("b",)).tolist() == ["yz", "z", "xyz"]
