"""Taking back an import: every table as it was before, on both engines, and who may do it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from lib.database import connection, schema
from lib.domain import AccessRefused, UserError
from lib.importing import importer, undo
from tests.unit.test_importing_rows import (
    NOW,
    case_database,
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

WRITTEN = [
    table
    for table in schema.metadata.sorted_tables
    if table.name not in schema.REFERENCE_TABLES and table is not schema.cadangan
]
TWO = [pendamping_row(), pendamping_row(id_pendamping="PD-2", jenjang="5")]
FIRST = {
    "pendamping": TWO,
    "kasus": [
        *(kasus_row(number, kelompok_umur="60+") for number in range(1, 10)),
        kasus_row(10, id_pendamping="PD-2"),
    ],
    "kegiatan": [kegiatan_row(), kegiatan_row(id_kasus="K-10", id_pendamping="PD-2")],
    "rujukan": [rujukan_row(), rujukan_row(id_kasus="K-10")],
    "penugasan": [penugasan_row()],
    "kehadiran": [kehadiran_row(), kehadiran_row(id_pendamping="PD-2")],
    "target": [target_row(nilai="1234.5"), target_row(kode_wilayah="00", nilai="0.1")],
}
# New, changed, equal and vanishing rows of every table; K-10 and PD-2 take what hangs on them along.
SECOND = {
    "keterangan": [keterangan_row(tanggal_data="2026-11-21")],
    "pendamping": [pendamping_row(jenjang="7"), pendamping_row(id_pendamping="PD-3")],
    "kasus": [
        kasus_row(1, id_pendamping="PD-3", prioritas="tinggi"),
        *(kasus_row(number) for number in range(2, 10)),
        kasus_row(11, id_pendamping="PD-3"),
    ],
    "kegiatan": [
        kegiatan_row(id_pendamping="PD-3"),
        kegiatan_row(id_kasus="K-2"),
        kegiatan_row(id_kasus="K-11"),
    ],
    "rujukan": [rujukan_row(hasil="diterima", tanggal_diterima="2026-02-12"), rujukan_row(id_kasus="K-11")],
    "penugasan": [penugasan_row(id_kasus="K-11")],
    "kehadiran": [kehadiran_row(hadir="3"), kehadiran_row(id_pendamping="PD-3")],
    "target": [target_row(nilai="7"), target_row(kode_wilayah="00", nilai="8"), target_row(periode="2025")],
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def engine(request, tmp_path):
    if request.param == "sqlite":
        return case_database(tmp_path)
    made = connection.writable_engine(
        request.getfixturevalue("postgres_database")().replace("postgresql:", "postgresql+psycopg:")
    )
    connection.prepare(made)
    request.addfinalizer(made.dispose)
    return made


@pytest.fixture(scope="module")
def after(tmp_path_factory) -> Callable[..., Engine]:
    """A function: folder, sheets -> a SQLite database of the test's own into which they were sent, once for all."""
    sent: dict[str, Path] = {}

    def copy_of(folder: Path, **sheets) -> Engine:
        key = repr(sheets)
        if key not in sent:
            sent[key] = tmp_path_factory.mktemp("terkirim")
            engine = case_database(sent[key])
            send(engine, sent[key], **sheets)
            engine.dispose()
        shutil.copytree(sent[key], folder, dirs_exist_ok=True)
        return connection.writable_engine(f"sqlite:///{folder / 'kasus.db'}")

    return copy_of


def everything(engine) -> dict[str, list]:
    """Every row an import may write as the driver gives it, without any conversion."""
    with engine.connect() as reading:
        return {
            table.name: reading.execute(
                text(f"SELECT * FROM {table.name} ORDER BY {', '.join(c.name for c in table.primary_key)}")  # noqa: S608
            ).all()
            for table in WRITTEN
        }


def send(engine, folder, *, options=None, **sheets) -> importer.ImportReport:
    path = workbook(folder / "a.xlsx", **sheets)
    report = importer.import_files(engine, [path], now=NOW, **(options or {}))
    assert report.status != importer.DITOLAK_BERKAS, report.refusal
    return report


@pytest.mark.parametrize("replace", [False, True])
def test_every_table_is_as_before(engine, tmp_path, replace):
    empty = everything(engine)
    send(engine, tmp_path, **FIRST)
    before = everything(engine)
    report = send(engine, tmp_path, **SECOND, options={"replace": replace})
    changed = everything(engine)
    assert [name for name in before if before[name] == changed[name]] == ["meta"]
    assert (report.counts["kasus"]["hilang"] > 0) is replace
    done = undo.take_back(engine)
    assert (done.provinces, done.national, done.digest) == (("35",), True, report.digest)
    assert everything(engine) == before
    assert empty != before
    with pytest.raises(UserError, match="Tidak ada impor yang dapat dibatalkan"):
        undo.take_back(engine)
    # What was undone can be sent again, and undone again.
    send(engine, tmp_path, **SECOND, options={"replace": replace})
    undo.take_back(engine)
    assert everything(engine) == before


def test_a_first_import_keeps_few_lines_and_leaves_an_empty_database(engine, tmp_path):
    empty = everything(engine)
    send(engine, tmp_path, **FIRST)
    kept = stored(engine, "cadangan")
    assert "kasus" not in set(kept["lembar"])
    assert not kept["isi"].str.contains("K-1").any()
    undo.take_back(engine)
    assert everything(engine) == empty
    assert stored(engine, "cadangan").empty


def test_only_the_last_import_and_the_equal_one_after_it_changes_nothing(after, tmp_path):
    engine = after(tmp_path, **FIRST)
    before = everything(engine)
    send(engine, tmp_path, **SECOND)
    last = undo.last_import(engine)
    send(engine, tmp_path, **SECOND)
    assert undo.last_import(engine) == last
    undo.take_back(engine, expected=last)
    assert everything(engine) == before


def test_a_dry_run_and_a_refused_file_leave_the_last_import(after, tmp_path):
    engine = after(tmp_path, **FIRST)
    last = undo.last_import(engine)
    send(engine, tmp_path, **SECOND, options={"dry_run": True})
    path = workbook(
        tmp_path / "b.xlsx", keterangan=[keterangan_row(tanggal_data="2026-01-01")], kasus=FIRST["kasus"]
    )
    assert importer.import_files(engine, [path], now=NOW).status == importer.DITOLAK_BERKAS
    assert undo.last_import(engine) == last


def test_the_mark_of_a_mixed_database_goes_with_the_first_import(tmp_path):
    engine = case_database(tmp_path, simulasi=True)
    before = everything(engine)
    send(engine, tmp_path, **FIRST, options={"into_simulated": True})
    assert connection.is_mixed(engine)
    undo.take_back(engine)
    assert everything(engine) == before


@pytest.mark.parametrize(
    ("targets", "allowed", "refused"),
    [
        ([], None, False),
        ([], ("33", "35"), False),
        ([], ("33",), True),
        ([], (), True),
        ([target_row(kode_wilayah="00")], ("35",), True),
        ([target_row(kode_wilayah="00")], None, False),
    ],
)
def test_who_may_undo(after, tmp_path, targets, allowed, refused):
    engine = after(tmp_path, kasus=FIRST["kasus"], pendamping=TWO, target=targets)
    sent = everything(engine)
    if refused:
        with pytest.raises(AccessRefused, match="di luar wilayah Anda"):
            undo.take_back(engine, allowed_provinces=allowed)
        assert everything(engine) == sent
    else:
        undo.take_back(engine, allowed_provinces=allowed)
        assert everything(engine) != sent


def test_another_import_in_between_is_not_undone_by_mistake(after, tmp_path):
    engine = after(tmp_path, **FIRST)
    shown = undo.last_import(engine)
    send(engine, tmp_path, **SECOND)
    with pytest.raises(UserError, match="Sementara itu ada impor lain"):
        undo.take_back(engine, expected=shown)


def test_rows_added_past_the_importer_stop_it_whole(after, tmp_path):
    engine = after(tmp_path, **FIRST)
    with engine.begin() as writing:
        row = dict(writing.execute(select(schema.kasus)).mappings().first())
        writing.execute(schema.kasus.insert(), row | {"id_kasus": "K-99", "id_unggahan": None})
    before = everything(engine)
    with pytest.raises(UserError, match="sudah diubah sesudahnya dengan cara lain"):
        undo.take_back(engine)
    assert everything(engine) == before


def test_undo_waits_for_an_import_or_says_so(after, tmp_path):
    engine = after(tmp_path, **FIRST)
    impatient = connection.writable_engine(str(engine.url))
    with impatient.connect() as own:
        own.exec_driver_sql("PRAGMA busy_timeout = 50")
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="terkunci oleh impor lain"):
            undo.take_back(impatient)
