"""The single checks, each by one wrong cell; and the order rules against the database's own CHECKs."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.exc import IntegrityError

from lib.database import schema
from lib.importing import checks, columns, rules
from lib.importing.checks import Checked, Known
from lib.importing.reader import SheetPart, SheetRows, combine
from tests.unit.test_importing_rows import kasus_row, keterangan_row, pendamping_row

DATA_DATES = pd.to_datetime(pd.Series({"35": "2026-11-20", "33": "2026-11-10"}))
TODAY = dt.date(2026, 11, 21)
CLOSED = {"tanggal_terminasi": "2026-05-04", "kode_alasan": "B1"}


def sheet(name: str, rows: list[list[str]], *, not_text: dict | None = None) -> SheetRows:
    frame = pd.DataFrame(rows, columns=list(columns.names(name)), dtype="str")
    frame.index = range(2, len(rows) + 2)
    return combine([SheetPart(sheet=name, lembar=name, frame=frame, not_text=not_text or {})], name)


def known(*, pendamping=(), kasus=()) -> Known:
    case_columns = ["kode_provinsi", "id_kasus", "id_klien", "kode_jenis", "tanggal_terdata"]
    return Known(
        pendamping=pd.DataFrame(pendamping, columns=["kode_provinsi", "id_pendamping"], dtype="str"),
        kasus=pd.DataFrame(kasus, columns=case_columns, dtype="str"),
    )


def check_pendamping(*rows: list[str], allowed=None, not_text=None) -> Checked:
    checked = sheet("pendamping", list(rows), not_text=not_text)
    return checks.check_pendamping(checked, data_dates=DATA_DATES, allowed=allowed)


def check_kasus(*rows: list[str], held: Known | None = None, allowed=None, not_text=None) -> Checked:
    return checks.check_kasus(
        sheet("kasus", list(rows), not_text=not_text),
        data_dates=DATA_DATES,
        allowed=allowed,
        pendamping=check_pendamping(pendamping_row(), pendamping_row(kode_provinsi="33")),
        known=held or known(),
    )


def told(checked: Checked) -> list[tuple]:
    return list(checked.problems[["baris", "kolom", "tingkat"]].itertuples(index=False, name=None))


# One wrong cell each: the changes to a right case, the column the problem names, a part of the reason.
WRONG_CASES = [
    ({"id_klien": ""}, "id_klien", "wajib diisi"),
    ({"prioritas": ""}, "prioritas", "wajib diisi"),
    ({"tanggal_pembaruan": ""}, "tanggal_pembaruan", "wajib diisi"),
    ({"kode_provinsi": "99"}, "kode_provinsi", "tidak dikenal"),
    (
        {"kode_provinsi": "11", "kode_kabkota": "11.01"},
        "kode_provinsi",
        "baris yang sah di lembar keterangan",
    ),
    ({"kode_kabkota": "35.99"}, "kode_kabkota", "lihat lembar kode_kabkota"),
    ({"kode_kabkota": "33.74"}, "kode_kabkota", "terletak di provinsi 33"),
    ({"id_kasus": "K" * 41}, "id_kasus", "40 huruf"),
    ({"id_kasus": "K\t1"}, "id_kasus", "tidak tampak"),
    ({"id_kasus": "K-3578014107900001-1"}, "id_kasus", "NIK"),
    ({"id_klien": "3578 0141 0790 0001"}, "id_klien", "NIK"),
    ({"id_klien": "357801.410790.0001"}, "id_klien", "NIK"),
    ({"id_klien": "３５７８０１４１０７９００００１"}, "id_klien", "NIK"),
    ({"id_kasus": "K-\u200b1"}, "id_kasus", "tidak tampak"),
    ({"id_kasus": "K\u00a01"}, "id_kasus", "tidak tampak"),
    ({"id_kasus": "K-X", "id_kasus_sebelumnya": "K-X"}, "id_kasus_sebelumnya", "kasus ini sendiri"),
    ({"kelompok_umur": "18-60"}, "kelompok_umur", "0-5, 6-17, 18-59, 60+"),
    ({"sumber_laporan": "koran"}, "sumber_laporan", "penjangkauan"),
    ({"pendekatan": "lks"}, "pendekatan", "komunitas_lks"),
    ({"hasil_peran_sosial": "2"}, "hasil_peran_sosial", "0, 1"),
    ({"tanggal_kontak": "2026-1-7"}, "tanggal_kontak", "2026-03-31"),
    ({"tanggal_kontak": "2026-04-31"}, "tanggal_kontak", "kalender"),
    ({"tanggal_kontak": "0206-01-07"}, "tanggal_kontak", "mulai tahun 1980"),
    ({"tanggal_kontak": "46000"}, "tanggal_kontak", "tahun-bulan-hari"),
    ({"tanggal_asesmen": "2026-01-04"}, "tanggal_asesmen", "sebelum tanggal_terdata"),
    ({"tanggal_rencana": "2026-01-11"}, "tanggal_rencana", "sebelum tanggal_asesmen"),
    ({"tanggal_intervensi": "2026-01-11"}, "tanggal_intervensi", "sebelum tanggal_asesmen"),
    (
        {"tanggal_intervensi": "2026-01-04", "prioritas": "darurat"},
        "tanggal_intervensi",
        "sebelum tanggal_terdata",
    ),
    (CLOSED | {"tanggal_intervensi": "2026-05-05"}, "tanggal_terminasi", "sebelum tanggal_intervensi"),
    (
        CLOSED | {"tanggal_pascalayanan": "2026-05-03"},
        "tanggal_pascalayanan",
        "sebelum tanggal_terminasi",
    ),
    ({"tanggal_kontak": "2026-01-04"}, "tanggal_kontak", "sebelum tanggal_terdata"),
    (CLOSED | {"tanggal_kontak": "2026-05-05"}, "tanggal_kontak", "sesudah tanggal_terminasi"),
    ({"tanggal_pembaruan": "2026-01-04"}, "tanggal_pembaruan", "sebelum tanggal_terdata"),
    ({"tanggal_pembaruan": "2026-11-21"}, "tanggal_pembaruan", "2026-11-20"),
    ({"tanggal_terminasi": "2026-05-04"}, "kode_alasan", "tanpa kode_alasan"),
    ({"kode_alasan": "T1"}, "tanggal_terminasi", "tanpa tanggal_terminasi"),
    (CLOSED | {"kode_alasan": "X1"}, "kode_alasan", "tidak dikenal"),
    ({"id_pendamping": "PD-9"}, "id_pendamping", "maupun di basis data"),
]


@cache
def checked_wrong_cases() -> Checked:
    return check_kasus(*[kasus_row(place, **changes) for place, (changes, *_) in enumerate(WRONG_CASES)])


@pytest.mark.parametrize("place", range(len(WRONG_CASES)), ids=lambda place: str(WRONG_CASES[place][0]))
def test_one_wrong_cell_of_a_case_is_one_problem(place):
    _, kolom, reason = WRONG_CASES[place]
    checked = checked_wrong_cases()
    problems = checked.problems[checked.problems["baris"] == place + 2]
    assert problems[["kolom", "tingkat"]].to_numpy().tolist() == [[kolom, "ditolak"]]
    assert reason in problems["alasan"].iloc[0]
    assert not checked.accepted[place]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"id_pendamping": "", "jenis_kelamin": "P", "kelompok_umur": "60+", "sumber_laporan": "lapor"},
        {"tanggal_intervensi": "2026-01-05", "tanggal_rencana": "2026-01-20", "prioritas": "darurat"},
        {"tanggal_asesmen": "", "tanggal_intervensi": "2026-01-05"},
        CLOSED | {"tanggal_kontak": "2026-01-05", "tanggal_pascalayanan": "2026-05-04"},
        {"tanggal_pembaruan": "2026-11-20"},
        {"id_kasus": "K" * 40},
        {"id_kasus": "123456789012345"},
    ],
)
def test_right_cases_are_accepted(changes):
    checked = check_kasus(kasus_row(1, **changes))
    assert checked.problems.empty
    assert checked.accepted.all()


@pytest.mark.parametrize(
    ("changes", "kolom", "reason"),
    [
        ({"id_pendamping": ""}, "id_pendamping", "wajib diisi"),
        ({"id_pendamping": "3578014107900001"}, "id_pendamping", "NIK"),
        ({"kode_kabkota": "33.74"}, "kode_kabkota", "terletak di provinsi 33"),
        ({"nama_tampil": "N" * 121}, "nama_tampil", "120 huruf"),
        ({"jenjang": "2"}, "jenjang", "3, 4, 5, 6, 7, 8, 9"),
        ({"bersertifikat": "ya"}, "bersertifikat", "0, 1"),
        ({"sebutan": "relawan"}, "sebutan", "sakti_peksos"),
        ({"pendidikan": "s2"}, "pendidikan", "s1_peksos"),
        ({"tanggal_mulai": ""}, "tanggal_mulai", "wajib diisi"),
        ({"tanggal_selesai": "2023-01-01"}, "tanggal_selesai", "sebelum tanggal_mulai"),
        ({"pelatihan_terakhir": "2026-12-01"}, "pelatihan_terakhir", "sesudah tanggal_data"),
    ],
)
def test_one_wrong_cell_of_a_pendamping_is_one_problem(changes, kolom, reason):
    checked = check_pendamping(pendamping_row(**changes))
    assert told(checked) == [(2, kolom, "ditolak")]
    assert reason in checked.problems["alasan"].iloc[0]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([keterangan_row("35"), keterangan_row("33")], []),
        ([keterangan_row("35", tanggal_data="2026-11-22")], []),
        ([keterangan_row("35", tanggal_data="2026-11-23")], [(2, "tanggal_data")]),
        ([keterangan_row("35", tanggal_data="")], [(2, "tanggal_data")]),
        ([keterangan_row("35", lengkap_sejak="")], []),
        ([keterangan_row("35", lengkap_sejak="2026-11-21")], [(2, "lengkap_sejak")]),
        ([keterangan_row("35"), keterangan_row("35")], [(2, "kode_provinsi"), (3, "kode_provinsi")]),
        ([keterangan_row("77")], [(2, "kode_provinsi")]),
        ([keterangan_row("35"), keterangan_row("11")], [(3, "kode_provinsi")]),
    ],
)
def test_keterangan(rows, expected):
    checked = checks.check_keterangan(sheet("keterangan", rows), today=TODAY, allowed=("33", "35", "77"))
    assert [(baris, kolom) for baris, kolom, _ in told(checked)] == expected
    assert (~checked.accepted).sum() == len(expected)


def test_later_rows_with_the_same_key_are_refused_and_name_the_first():
    rows = [kasus_row(1), kasus_row(2), kasus_row(1, id_klien="KL-9"), kasus_row(1, kode_provinsi="33")]
    checked = check_kasus(*rows, kasus_row(1, id_klien="KL-8"))
    assert told(checked) == [(4, "id_kasus", "ditolak"), (6, "id_kasus", "ditolak")]
    assert set(checked.problems["alasan"]) == {
        "id_kasus ini sudah dipakai di baris 2; pakai satu baris saja."
    }


def test_pendamping_of_a_case_may_be_in_the_database_or_be_refused_in_the_file():
    rows = [kasus_row(1, id_pendamping="PD-7"), kasus_row(2, id_pendamping="PD-1")]
    pendamping = check_pendamping(pendamping_row(sebutan="x"))
    checked = checks.check_kasus(
        sheet("kasus", rows),
        data_dates=DATA_DATES,
        allowed=None,
        pendamping=pendamping,
        known=known(pendamping=[("35", "PD-7"), ("33", "PD-1")]),
    )
    assert checked.accepted.tolist() == [True, False]
    assert checked.problems["alasan"].str.contains("lembar pendamping ditolak").tolist() == [True]


@pytest.mark.parametrize(
    ("before", "tingkat"),
    [
        ("K-2", None),
        ("K-3", "ditolak"),
        ("D-1", None),
        ("D-2", "ditolak"),
        ("K-4", "peringatan"),
        ("X", "peringatan"),
    ],
)
def test_case_before_must_be_of_the_same_client(before, tingkat):
    held = known(
        kasus=[
            ("35", "D-1", "KL-1", "P01", "2025-01-01"),
            ("35", "D-2", "KL-2", "P01", "2025-01-01"),
            # The file moves K-2 to the client KL-1: the file counts, not the database.
            ("35", "K-2", "KL-5", "P01", "2025-01-01"),
        ]
    )
    rows = [
        kasus_row(1, id_kasus_sebelumnya=before),
        kasus_row(2, id_klien="KL-1", tanggal_terdata="2026-01-01"),
        kasus_row(3),
        kasus_row(4, id_klien="KL-1", prioritas="?", tanggal_terdata="2026-01-02"),
    ]
    problems = check_kasus(*rows, held=held).problems
    found = problems.loc[problems["kolom"] == "id_kasus_sebelumnya", "tingkat"].tolist()
    assert found == ([tingkat] if tingkat else [])


def test_resolved_without_outcomes_is_a_warning_for_each_field():
    resolved = {"tanggal_terminasi": "2026-05-04", "kode_alasan": "T1", "hasil_peran_sosial": "0"}
    checked = check_kasus(kasus_row(1, **resolved), kasus_row(2, **CLOSED))
    assert told(checked) == [
        (2, "hasil_kebutuhan_dasar", "peringatan"),
        (2, "hasil_atasi_masalah", "peringatan"),
    ]
    assert checked.accepted.all()


def test_same_client_kind_and_day_is_a_warning():
    held = known(
        kasus=[
            ("35", "D-3", "KL-3", "P18", "2026-01-05"),
            ("35", "K-4", "KL-4", "P18", "2026-01-05"),
        ]
    )
    rows = [kasus_row(1), kasus_row(2, id_klien="KL-1"), kasus_row(3), kasus_row(4)]
    checked = check_kasus(*rows, held=held)
    assert told(checked) == [(3, "tanggal_terdata", "peringatan"), (4, "tanggal_terdata", "peringatan")]
    assert "sama dengan baris 2;" in checked.problems["alasan"].iloc[0]
    assert "sama dengan kasus D-3 di basis data;" in checked.problems["alasan"].iloc[1]


def test_refused_rows_get_no_warnings():
    resolved = {"tanggal_terminasi": "2026-05-04", "kode_alasan": "T1"}
    rows = [
        kasus_row(1),
        kasus_row(2, id_klien="KL-1", jenis_kelamin="W", id_kasus_sebelumnya="X", **resolved),
    ]
    assert told(check_kasus(*rows)) == [(3, "jenis_kelamin", "ditolak")]


def test_numbers_in_code_cells_are_refused_not_guessed():
    wrong = {"kode_kabkota": np.array([2])}
    checked = check_kasus(kasus_row(1, kode_kabkota="35.1"), kasus_row(2), not_text=wrong)
    assert told(checked) == [(2, "kode_kabkota", "ditolak")]
    assert "11.10 menjadi 11.1" in checked.problems["alasan"].iloc[0]


def test_rows_outside_the_senders_provinces_are_refused():
    checked = check_kasus(kasus_row(1), kasus_row(2, kode_provinsi="33"), allowed=("35",))
    assert told(checked) == [(3, "kode_provinsi", "ditolak")]
    assert checked.accepted.tolist() == [True, False]


def test_values_of_clients_never_reach_the_problems():
    secret = ["RAHASIA-1" * 5, "3578014107900001", "RAHASIA\x01"]
    rows = [kasus_row(place, id_klien=value) for place, value in enumerate(secret)]
    shifted = [kasus_row(8, id_klien="KL-RAHASIA", jenis_kelamin="KL-RAHASIA")]
    problems = check_kasus(*rows, *shifted, kasus_row(9, kode_jenis="3578014107900001")).problems
    assert problems["nilai"].tolist() == [rules.HIDDEN] * 5
    assert not any(value in problems.to_csv() for value in (*secret, "KL-RAHASIA"))


def part(header: list[str], rows=()) -> SheetPart:
    frame = pd.DataFrame(list(rows), columns=header, dtype="str")
    return SheetPart(sheet="keterangan", lembar="keterangan", frame=frame, not_text={})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["lengkap_sejak", "tanggal_data", "kode_provinsi"], []),
        (["kode_provinsi", "tanggal_data"], [("lengkap_sejak", "tidak ada")]),
        (["kode_provinsi", "tanggal_data", "lengkap_sejak", "catatan"], [("catatan", "tidak dikenal")]),
        (["kode_provinsi", "tanggal_data", "lengkap_sejak", ""], [("", "tanpa judul")]),
        (
            ["kode_provinsi", "tanggal_data", "tanggal_data", "lengkap_sejak"],
            [("tanggal_data", "lebih dari sekali")],
        ),
        (
            ["kode_provinsi", "tanggal_data", "lengkap_sejak", "3578014107900001"],
            [(rules.HIDDEN, "tidak dikenal")],
        ),
    ],
)
def test_header_problems_name_the_column(header, expected):
    problems = checks.header_problems([part(header)])
    assert problems["kolom"].tolist() == [kolom for kolom, _ in expected]
    assert all(reason in alasan for (_, reason), alasan in zip(expected, problems["alasan"], strict=True))


def test_a_row_of_data_in_place_of_the_header_is_not_repeated():
    problems = checks.header_problems([part(["35", "KL-7F3A91", "x"])])
    assert problems["kolom"].tolist() == ["kode_provinsi", "tanggal_data", "lengkap_sejak"]


def test_bad_share():
    three_of_twenty = check_kasus(*[kasus_row(n, prioritas="?" if n < 3 else "biasa") for n in range(20)])
    assert checks.bad_share([three_of_twenty]) == 0.15
    assert checks.bad_share([]) == 0.0


def random_case(chance: random.Random, number: int) -> list[str]:
    names = (*schema.STEP_DATES, "tanggal_kontak", "tanggal_pembaruan")
    days = {name: f"2026-01-0{chance.randint(1, 4)}" if chance.random() < 0.6 else "" for name in names}
    days |= {name: days[name] or "2026-01-01" for name in ("tanggal_terdata", "tanggal_pembaruan")}
    closed = bool(days["tanggal_terminasi"]) != (chance.random() < 0.05)
    changes = {"prioritas": chance.choice(schema.PRIORITAS), "kode_alasan": "B1" if closed else ""}
    return kasus_row(number, **days, **changes)


def refused_by_database(engine, row: list[str]) -> bool:
    record = {
        column.name: (dt.date.fromisoformat(value) if column.kind == columns.Kind.TANGGAL else value)
        if value
        else None
        for column, value in zip(columns.SHEETS["kasus"], row, strict=True)
    }
    try:
        with engine.begin() as connection:
            connection.execute(insert(schema.kasus), record)
    except IntegrityError:
        return True
    return False


def test_order_rules_agree_with_the_checks_of_the_database():
    """300 random cases: the importer refuses a row exactly when the CHECKs of the table kasus do."""
    chance = random.Random(7)
    rows = [random_case(chance, number) for number in range(300)]
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    theirs = [refused_by_database(engine, row) for row in rows]
    assert (~check_kasus(*rows).accepted).tolist() == theirs
    assert 50 < sum(theirs) < 290
