"""Two imports at the same moment, one after the other; a full disk: nothing twice and nothing lost."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event

from lib.domain import UserError
from lib.importing import importer
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


@pytest.mark.parametrize(("other", "cases", "uploads"), [("35", 10, 1), ("33", 20, 2)])
def test_two_imports_at_once(tmp_path, other, cases, uploads):
    """The same file twice counts once; two provinces' files both arrive."""
    engine = case_database(tmp_path)
    paths = [
        workbook(
            tmp_path / f"{number}.xlsx",
            keterangan=[keterangan_row(code)],
            pendamping=[pendamping_row(kode_provinsi=code)],
            kasus=[kasus_row(each, kode_provinsi=code) for each in range(10)],
        )
        for number, code in enumerate(("35", other))
    ]
    if other == "35":
        paths[1] = paths[0]
    reports, together = [], threading.Barrier(2)

    def send(path) -> None:
        together.wait()
        reports.append(importer.import_files(engine, [path], now=NOW))

    sending = [threading.Thread(target=send, args=(path,)) for path in paths]
    for each in sending:
        each.start()
    for each in sending:
        each.join(60)
    assert [report.refusal for report in reports] == [None, None]
    assert len(stored(engine, "kasus")) == cases and len(stored(engine, "unggahan")) == uploads
    engine.dispose()


def test_a_full_disk_is_told_as_one_and_changes_nothing(tmp_path):
    engine = case_database(tmp_path)
    before = dump(engine)
    path = workbook(tmp_path / "a.xlsx", kasus=[kasus_row(number) for number in range(3000)])
    engine.dispose()

    @event.listens_for(engine, "connect")
    def no_page_more(connection, _record) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(UserError, match="ruang simpannya penuh; tidak ada yang disimpan"):
        importer.import_files(engine, [path], now=NOW)
    assert dump(engine) == before
    engine.dispose()
