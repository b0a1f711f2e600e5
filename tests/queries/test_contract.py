"""Views over a ministry's own schema: the same snapshot as from our tables, and every breach of the contract named."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, create_engine, text

from lib import cli, settings, snapshot
from lib.database import connection, contract, contract_rules, origins
from lib.domain import UserError
from lib.measure import open_source
from lib.settings import OWN_TABLES, ROOT, VIEWS
from tests.queries.build import DAY, kasus_row, pendamping_row, random_world, raw_world, unggahan_row, write
from tests.queries.office import NOW, T, rows_of
from tests.test_docs import rows as table_rows
from tests.test_docs import section

PREPARED = ("kasus", "pendamping", "rujukan", "komponen", "kehadiran", "target", "data_provinsi")
VIEWED = [table for table in contract.COPIED if table not in contract.FROM_REFERENCE and table.name != "meta"]
EXAMPLE = ROOT / "docs" / "kontrak_contoh.sql"
GUIDE = ROOT / "docs" / "kontrak.md"
# As `province_dates` reads uploads: the largest tanggal_data, and the lengkap_sejak that arrived last.
STATUS = (
    "SELECT kode_provinsi, max(tanggal_data) tanggal_data, (SELECT u.lengkap_sejak FROM asal.unggahan u "
    "WHERE u.kode_provinsi = o.kode_provinsi AND u.lengkap_sejak IS NOT NULL ORDER BY u.waktu DESC, u.id DESC LIMIT 1) "
    "lengkap_sejak FROM asal.unggahan o GROUP BY kode_provinsi"
)


def prepared(values: settings.Settings) -> dict[str, list[tuple]]:
    """The rows of the published file in the order in which they lie there."""
    return {name: rows_of(values, f"FROM {name}") for name in PREPARED}


def types(values: settings.Settings) -> list[tuple]:
    asked = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    return rows_of(values, asked)


def own(folder: Path, raw) -> settings.Settings:
    """An office with our tables in `folder`/asal.sqlite."""
    engine = connection.writable_engine(f"sqlite:///{folder / 'asal.sqlite'}")
    write(engine, raw)
    with engine.connect() as writer:
        writer.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return office_of(folder, f"sqlite:///{folder / 'asal.sqlite'}", OWN_TABLES)


def office_of(folder: Path, url: str, kontrak: str) -> settings.Settings:
    environment = {"TUNTAS_DATA": str(folder / kontrak), "TUNTAS_DB": url, "TUNTAS_KONTRAK": kontrak}
    return settings.load(environment=environment)


def legacy(folder: Path) -> settings.Settings:
    """The rows of `folder`/asal.sqlite under other names in lama.sqlite, without rules, and views over them."""
    with sqlite3.connect(folder / "lama.sqlite") as lama:
        lama.execute("ATTACH ? AS asal", [str(folder / "asal.sqlite")])
        for table in VIEWED:
            names = [column.name for column in contract.columns(table)]
            source = f"({STATUS})" if table.name == "unggahan" else f"asal.{table.name}"
            renamed = ", ".join(f"{name} AS x_{name}" for name in names)
            lama.execute(f"CREATE TABLE lama_{table.name} AS SELECT {renamed} FROM {source}")  # noqa: S608
            back = ", ".join(f"x_{name} AS {name}" for name in names)
            lama.execute(f"CREATE VIEW v_{table.name} AS SELECT {back}, 1 AS lebih FROM lama_{table.name}")  # noqa: S608
    return office_of(folder, f"sqlite:///{folder / 'lama.sqlite'}", VIEWS)


def change(values: settings.Settings, *statements: str) -> None:
    with sqlite3.connect(values.database_url.removeprefix("sqlite:///")) as lama:
        for statement in statements:
            lama.execute(statement)


# --- the same snapshot -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A random world in our own tables: the folder, and what a snapshot of it holds."""
    folder = tmp_path_factory.mktemp("asal")
    values = own(folder, random_world(4))
    snapshot.build(values, now=NOW)
    found = prepared(values)
    assert all(len(rows) > 3 for rows in found.values())
    return folder, found, types(values)


def test_views_over_other_names_give_the_same_snapshot(world):
    folder, expected, kinds = world
    values = legacy(folder)
    snapshot.build(values, now=NOW)
    assert prepared(values) == expected
    assert types(values) == kinds
    source = open_source(values)
    assert (source.simulasi, source.dikeluarkan) == (False, "")
    source.engine.dispose()
    assert set(origins.of(values)).isdisjoint(origins.of(office_of(folder, values.db, OWN_TABLES)))


def at(day: dt.date | None) -> dt.datetime | None:
    """A day as the old system keeps it: with a time."""
    return day and dt.datetime.combine(day, dt.time(13, 5))


def truth(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def old_rows(raw) -> dict[str, list[tuple]]:
    """A world as the invented old schema of the example keeps it."""
    sent = {}
    for row in sorted(raw.unggahan, key=lambda row: (row["waktu"], row["id"])):
        before = sent.get(row["kode_provinsi"], (None, row["tanggal_data"]))
        sent[row["kode_provinsi"]] = (
            row["lengkap_sejak"] or before[0],
            max(before[1], row["tanggal_data"]),
        )
    level = {"darurat": 1, "tinggi": 2, "biasa": 3}
    people = ("kode_provinsi", "id_pendamping", "kode_kabkota", "nama_tampil", "jenjang")
    first = ("kode_provinsi", "id_kasus", "id_klien", "kode_jenis", "kode_kabkota", "id_pendamping")
    steps = ("terdata", "kontak", "asesmen", "rencana", "intervensi", "terminasi")
    return {
        "m_petugas": [
            (
                *(row[name] for name in people),
                truth(row["bersertifikat"]),
                *(row["sebutan"], row["pendidikan"]),
                *(at(row[n]) for n in ("pelatihan_terakhir", "tanggal_mulai", "tanggal_selesai")),
            )
            for row in raw.pendamping
        ],
        "t_register": [
            (
                *(row[name] for name in first),
                {"L": 1, "P": 2}.get(row["jenis_kelamin"]),
                *(row["kelompok_umur"], row["sumber_laporan"], level[row["prioritas"]], row["pendekatan"]),
                *(at(row[f"tanggal_{step}"]) for step in steps),
                *(row["kode_alasan"], at(row["tanggal_pembaruan"])),
                *(truth(row[f"hasil_{n}"]) for n in ("kebutuhan_dasar", "peran_sosial", "atasi_masalah")),
                *(at(row["tanggal_pascalayanan"]), deleted),
            )
            for row, deleted in [
                *((row, False) for row in raw.kasus),
                (raw.kasus[0] | {"id_kasus": "batal"}, True),
            ]
        ],
        "t_layanan": [
            (
                *list(row.values())[:2],
                at(row["tanggal_kegiatan"]),
                row["jenis_kegiatan"],
                row["id_pendamping"],
            )
            for row in [*raw.kegiatan, *raw.kegiatan[:9]]
        ],
        "t_rujuk": [
            (
                *(row["kode_provinsi"], row["id_kasus"], at(row["tanggal_rujukan"]), row["tujuan"]),
                *(at(row["tanggal_diterima"]), row["hasil"]),
            )
            for row in raw.rujukan
        ],
        "t_absen": [
            (
                *(row["kode_provinsi"], row["id_pendamping"], *map(int, row["bulan"].split("-"))),
                *(row["hari_kerja"], row["hadir"]),
            )
            for row in raw.kehadiran
        ],
        "m_sasaran": [tuple(row.values()) for row in raw.target],
        "m_status_data": [(kode, at(since), at(until)) for kode, (since, until) in sent.items()],
    }


@pytest.fixture(scope="module")
def ministry(postgres_database):
    """A PostgreSQL database as the example makes it, with a world in its old schema; the URL of the reading user."""
    url = postgres_database()
    engine = create_engine(url)
    with engine.begin() as target:
        target.exec_driver_sql(EXAMPLE.read_text(encoding="utf-8").replace("%", "%%"))
        target.exec_driver_sql("ALTER ROLE tuntas_kontrak PASSWORD 'kontrak'")
        for name, found in old_rows(random_world(4)).items():
            marks = ", ".join(["%s"] * len(found[0]))
            target.exec_driver_sql(f"INSERT INTO layanan.{name} VALUES ({marks})", found)  # noqa: S608
    yield (
        engine.url.set(username="tuntas_kontrak", password="kontrak").render_as_string(hide_password=False),
        engine,
    )
    with engine.begin() as target:
        target.exec_driver_sql("DROP OWNED BY tuntas_kontrak")
        target.exec_driver_sql("DROP ROLE tuntas_kontrak")
    engine.dispose()


# What is done to the views of the example, and the sentences it gives.
OLD_SHAPES = [
    ("DROP VIEW tuntas.v_pendamping", ["Tampilan v_pendamping tidak ada."]),
    ("DROP VIEW tuntas.v_target", []),
    (
        "ALTER VIEW tuntas.v_unggahan RENAME COLUMN lengkap_sejak TO sejak",
        ["v_unggahan.lengkap_sejak tidak ada, seharusnya kolom tanggal."],
    ),
    (
        "DROP VIEW tuntas.v_rujukan; CREATE VIEW tuntas.v_rujukan AS SELECT prov kode_provinsi, no_register "
        "id_kasus, tgl tanggal_rujukan, ke tujuan, tgl_terima::text tanggal_diterima, 1 hasil FROM layanan.t_rujuk; "
        "GRANT SELECT ON tuntas.v_rujukan TO tuntas_kontrak",
        [
            "v_rujukan.tanggal_rujukan bertipe waktu, seharusnya tanggal.",
            "v_rujukan.tanggal_diterima bertipe teks, seharusnya tanggal.",
            "v_rujukan.hasil bertipe bilangan bulat, seharusnya teks.",
        ],
    ),
    (
        "REVOKE SELECT ON tuntas.v_kasus FROM tuntas_kontrak",
        ["v_kasus tidak boleh dibaca pengguna dalam TUNTAS_DB; beri hak SELECT."],
    ),
]


@pytest.mark.database
def test_the_example_over_an_old_schema(ministry, world, tmp_path):
    """First the same snapshot as from our tables; then the views are spoilt, and nothing more is published."""
    url, owner = ministry
    values = office_of(tmp_path, url, VIEWS)
    snapshot.build(values, now=NOW)
    assert prepared(values) == world[1]
    published = snapshot.versions(values)
    with owner.begin() as changing:
        for statement, _ in OLD_SHAPES:
            changing.exec_driver_sql(statement)
    expected = [sentence for _, sentences in OLD_SHAPES for sentence in sentences]
    reader = create_engine(url)
    assert sorted(contract.flaws(reader, kontrak=VIEWS)) == sorted(expected)
    reader.dispose()
    with pytest.raises(UserError, match="Tampilan v_pendamping tidak ada"):
        snapshot.build(values, now=NOW)
    assert snapshot.versions(values) == published


# --- broken contracts --------------------------------------------------------------------------------------------


CASES = 60


def small():
    """Cases of province 34 that have come all the way, held by p1, and one row or more of each other sheet."""
    steps = {
        "kontak": 85,
        "asesmen": 80,
        "rencana": 75,
        "intervensi": 70,
        "terminasi": 50,
        "pascalayanan": 20,
    }
    whole = {f"tanggal_{step}": T - days * DAY for step, days in steps.items()}
    whole |= {"id_pendamping": "p1", "kode_alasan": "T1"}
    of_case = {"kode_provinsi": "34", "id_kasus": f"{CASES:04d}"}
    referral = {"tanggal_rujukan": T - DAY, "tujuan": "sentra", "hasil": "menunggu", "tanggal_diterima": None}
    month = {"kode_provinsi": "34", "id_pendamping": "p1", "hari_kerja": 20, "hadir": 19}
    target = {"periode": "2026", "kode_wilayah": "34", "nilai": 5.0}
    return raw_world(
        kasus=[kasus_row("34", number, T - 90 * DAY, **whole) for number in range(1, CASES + 1)],
        unggahan=[
            unggahan_row(number, kode, T, T - 400 * DAY) for number, kode in enumerate(("34", "35", "93"))
        ],
        pendamping=[pendamping_row("34", f"p{number}", T - 500 * DAY) for number in range(1, 5)],
        kegiatan=[
            of_case | {"tanggal_kegiatan": T - day * DAY, "jenis_kegiatan": "terapi"} for day in range(9)
        ],
        rujukan=[of_case | referral],
        kehadiran=[month | {"bulan": f"2026-0{number}"} for number in range(1, 4)],
        target=[target | {"kode_indikator": kode} for kode in ("I01", "I02", "I03")],
    )


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("kecil")
    own(folder, small())
    legacy(folder)
    return folder


def copy_of(small_folder: Path, folder: Path) -> settings.Settings:
    shutil.copy(small_folder / "lama.sqlite", folder / "lama.sqlite")
    return office_of(folder, f"sqlite:///{folder / 'lama.sqlite'}", VIEWS)


@pytest.fixture
def ministry_file(small_folder, tmp_path) -> settings.Settings:
    """A copy of the small legacy database, to be broken."""
    return copy_of(small_folder, tmp_path)


def kasus(what: str, number: int = 10) -> str:
    return f"UPDATE lama_kasus SET {what} WHERE x_id_kasus = '{number:04d}'"  # noqa: S608


EARLY = "'2020-01-01'"
# What is done to one case each, and the rule that it breaks.
BROKEN_CASES = [
    ("x_kode_jenis = NULL", "kode_jenis kosong"),
    ("x_prioritas = ' '", "prioritas kosong"),
    ("x_kode_jenis = 'P99'", "kode_jenis tidak dikenal"),
    ("x_kode_kabkota = '34.99'", "kode_kabkota tidak dikenal"),
    ("x_kode_alasan = 'X9'", "kode_alasan tidak dikenal"),
    ("x_kode_kabkota = '35.01'", "kode_kabkota bukan di kode_provinsi itu"),
    ("x_id_pendamping = 'p9'", "id_pendamping tidak ada di v_pendamping atau barisnya di sana dikeluarkan"),
    (f"x_tanggal_asesmen = {EARLY}", "tanggal_asesmen sebelum tanggal_terdata"),
    (
        "x_tanggal_intervensi = x_tanggal_kontak",
        "tanggal_intervensi sebelum tanggal_asesmen pada kasus yang tidak darurat",
    ),
    (f"x_tanggal_pembaruan = {EARLY}", "tanggal_pembaruan sebelum tanggal_terdata"),
    ("x_kode_alasan = NULL", "hanya salah satu dari tanggal_terminasi dan kode_alasan yang terisi"),
    ("x_prioritas = 'segera'", "prioritas di luar pilihan (darurat, tinggi, biasa)"),
    ("x_hasil_peran_sosial = 2", "hasil_peran_sosial di luar pilihan (0, 1)"),
    ("x_tanggal_pertama_masuk = '0206-01-01'", "tanggal sebelum tahun 1980"),
]
# The same of other views: statement, sentence.
BROKEN_ROWS = [
    (
        kasus("x_id_kasus = '=1+1'", 1 + len(BROKEN_CASES)),
        "v_kasus: 1 baris: id_kasus diawali =, +, -, atau @ ",
    ),
    (
        kasus("x_kode_provinsi = '10'", 2 + len(BROKEN_CASES)),
        "v_kasus: 1 baris: kode_provinsi tidak dikenal (misalnya 10/0016).",
    ),
    (
        "INSERT INTO lama_kasus SELECT * FROM lama_kasus WHERE x_id_kasus = '0017'",
        "v_kasus: 2 baris: kunci ganda (kode_provinsi, id_kasus) (misalnya 34/0017).",
    ),
    (
        "UPDATE lama_pendamping SET x_jenjang = 12 WHERE x_id_pendamping = 'p2'",
        "v_pendamping: 1 baris: jenjang di luar 3 sampai 9 (misalnya 34/p2).",
    ),
    (
        f"UPDATE lama_pendamping SET x_tanggal_selesai = {EARLY} WHERE x_id_pendamping > 'p2'",  # noqa: S608
        "v_pendamping: 2 baris: tanggal_selesai sebelum tanggal_mulai (misalnya 34/p3, 34/p4).",
    ),
    (
        "UPDATE lama_kegiatan SET x_id_kasus = 'x' WHERE x_tanggal_kegiatan < '2026-11-16'",
        "v_kegiatan: 4 baris: id_kasus tidak ada di v_kasus atau barisnya di sana dikeluarkan "
        "(misalnya 34/x/2026-11-12/terapi, 34/x/2026-11-13/terapi, 34/x/2026-11-14/terapi).",
    ),
    (
        "UPDATE lama_kegiatan SET x_jenis_kegiatan = 'rapat' WHERE x_tanggal_kegiatan = '2026-11-20'",
        "v_kegiatan: 1 baris: jenis_kegiatan di luar pilihan (",
    ),
    (
        f"UPDATE lama_rujukan SET x_tanggal_diterima = {EARLY}",  # noqa: S608
        "v_rujukan: 1 baris: tanggal_diterima sebelum tanggal_rujukan (misalnya 34/0060/2026-11-19/sentra).",
    ),
    (
        "UPDATE lama_kehadiran SET x_hadir = 21 WHERE x_bulan = '2026-01'",
        "v_kehadiran: 1 baris: hadir di luar 0 sampai hari_kerja (misalnya 34/p1/2026-01).",
    ),
    (
        "UPDATE lama_kehadiran SET x_bulan = '2026-2' WHERE x_bulan = '2026-02'",
        "v_kehadiran: 1 baris: bulan bukan TTTT-BB (misalnya 34/p1/2026-2).",
    ),
    (
        "UPDATE lama_kehadiran SET x_hari_kerja = 32 WHERE x_bulan = '2026-03'",
        "v_kehadiran: 1 baris: hari_kerja lebih dari 31 (misalnya 34/p1/2026-03).",
    ),
    (
        "UPDATE lama_target SET x_periode = 'TW1' WHERE x_kode_indikator = 'I01'",
        "v_target: 1 baris: periode bukan TTTT atau TTTT-BB (misalnya TW1/34/I01).",
    ),
    (
        "UPDATE lama_target SET x_kode_wilayah = '10' WHERE x_kode_indikator = 'I02'",
        "v_target: 1 baris: kode_wilayah bukan 00 atau kode provinsi (misalnya 2026/10/I02).",
    ),
    (
        "INSERT INTO lama_unggahan SELECT * FROM lama_unggahan WHERE x_kode_provinsi = '34'",
        "v_unggahan: 2 baris: kunci ganda (kode_provinsi) (misalnya 34).",
    ),
    (
        "UPDATE lama_unggahan SET x_tanggal_data = '2027-01-01' WHERE x_kode_provinsi = '35'",
        "v_unggahan: 1 baris: tanggal_data sesudah hari ini (misalnya 35).",
    ),
    (
        "UPDATE lama_unggahan SET x_lengkap_sejak = '2026-11-30' WHERE x_kode_provinsi = '93'",
        "v_unggahan: 1 baris: lengkap_sejak sesudah tanggal_data (misalnya 93).",
    ),
]


@pytest.fixture(scope="module")
def all_broken(small_folder, tmp_path_factory) -> contract_rules.Sifted:
    """The small database with every breach in it, each in a row of its own."""
    values = copy_of(small_folder, tmp_path_factory.mktemp("rusak"))
    found = snapshot.sifted(values, now=NOW)
    assert (found.broken, found.left_out, found.refusal) == ([], {}, None)
    change(values, *(kasus(what, number) for number, (what, _) in enumerate(BROKEN_CASES, start=1)))
    change(values, *(statement for statement, _ in BROKEN_ROWS))
    return snapshot.sifted(values, now=NOW)


@pytest.mark.parametrize("number", range(1, 1 + len(BROKEN_CASES)))
def test_every_breach_of_a_case_is_named_with_its_key(all_broken, number):
    said = [line for line in all_broken.broken if f" baris: {BROKEN_CASES[number - 1][1]} (misalnya " in line]
    assert [line.startswith("v_kasus: ") and f"34/{number:04d}" in line for line in said] == [True]


@pytest.mark.parametrize("sentence", [sentence for _, sentence in BROKEN_ROWS])
def test_every_breach_of_another_view_is_named(all_broken, sentence):
    assert [line for line in all_broken.broken if line.startswith(sentence)], all_broken.broken


def test_rows_that_break_a_rule_are_left_out_once(all_broken):
    """The cases, with 0017 twice; its pendamping gone, none of p2, p3 and p4 takes a case along."""
    assert all_broken.left_out == {
        "unggahan": 4,
        "pendamping": 3,
        "kasus": len(BROKEN_CASES) + 4,
        "kegiatan": 5,
        "rujukan": 1,
        "kehadiran": 3,
        "target": 2,
    }
    assert all_broken.refusal.startswith(
        "Tampilan melanggar kontrak data: v_unggahan 4 dari 4 baris, v_pendamping 3 dari 4 baris, v_kasus 18 dari 61 "
    )


def test_a_reference_of_the_ministry_must_have_our_codes(ministry_file):
    change(
        ministry_file,
        "CREATE VIEW v_alasan_terminasi AS SELECT 'T1' kode_alasan, 'Mandiri' uraian, 'terselesaikan' kelompok "
        "UNION ALL SELECT 'Z1', 'Lain', 'berhenti'",
    )
    found = snapshot.sifted(ministry_file, now=NOW)
    assert found.broken == [
        "v_alasan_terminasi: 1 baris: kode_alasan tidak ada di data/referensi (misalnya Z1).",
        "v_alasan_terminasi: 2 baris: tidak semua kode_alasan dari data/referensi ada (misalnya T1, Z1).",
    ]
    assert "v_alasan_terminasi 2 dari 2 baris" in found.refusal


def test_what_looks_like_a_nik_is_named_and_never_repeated(ministry_file):
    nik = "3471012345678901"
    change(
        ministry_file, kasus(f"x_id_kasus = '{nik}', x_kode_jenis = 'P99'"), kasus(f"x_id_klien = '{nik}'", 9)
    )
    broken = snapshot.sifted(ministry_file, now=NOW).broken
    assert "v_kasus: 1 baris: id_kasus menyerupai NIK." in broken
    assert "v_kasus: 1 baris: id_klien menyerupai NIK." in broken
    assert "v_kasus: 1 baris: kode_jenis tidak dikenal." in broken
    assert nik not in " ".join(broken)


def test_every_rule_of_the_schema_has_words():
    said = [
        contract_rules.words(str(rule.sqltext))
        for table in contract.COPIED
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    ]
    assert len(said) == 39
    with pytest.raises(ValueError, match="no words"):
        contract_rules.words("hadir % 2 = 0")


def test_few_broken_rows_are_left_out_and_the_rest_is_published(ministry_file):
    change(
        ministry_file,
        kasus("x_kode_jenis = 'P99', x_tanggal_asesmen = '2020-01-01'"),
        "UPDATE lama_kegiatan SET x_id_kasus = '0010' WHERE x_tanggal_kegiatan = '2026-11-20'",
    )
    built = snapshot.build(ministry_file, now=NOW)
    assert built.baris == CASES - 1
    source = open_source(ministry_file)
    assert source.dikeluarkan == "v_kasus 1, v_kegiatan 1"
    source.engine.dispose()


@pytest.mark.parametrize(
    ("statement", "view"),
    [
        ("UPDATE lama_kasus SET x_kode_jenis = 'P99' WHERE x_id_kasus <= '0013'", "v_kasus 13 dari 60 baris"),
        ("UPDATE lama_unggahan SET x_tanggal_data = NULL", "v_unggahan 3 dari 3 baris"),
    ],
)
def test_many_broken_rows_or_a_broken_data_date_are_refused(ministry_file, statement, view):
    change(ministry_file, statement)
    refusal = rf"melanggar kontrak data: {view}\..* 20 persen .*lib\.cli periksa`\.$"
    with pytest.raises(UserError, match=refusal) as refused:
        snapshot.build(ministry_file, now=NOW)
    # Shown before anybody signed in, where it is the first snapshot: no code of a case.
    assert "34/" not in str(refused.value)
    assert snapshot.versions(ministry_file) == []


def test_what_is_not_counted_yet_is_remarked_and_stays(ministry_file):
    change(
        ministry_file,
        kasus("x_tanggal_pascalayanan = '2026-11-25'"),
        "UPDATE lama_kasus SET x_kode_provinsi = '96', x_kode_kabkota = '96.71', x_id_pendamping = NULL "
        "WHERE x_id_kasus = '0009'",
    )
    found = snapshot.sifted(ministry_file, now=NOW)
    assert found.left_out == {}
    assert found.remarks == [
        "v_kasus: 1 baris dari 1 provinsi tanpa baris di v_unggahan; tanggal terakhir dalam barisnya dipakai sebagai "
        "tanggal data.",
        "v_kasus: 1 baris memuat tanggal sesudah tanggal data provinsinya; tanggal itu belum dihitung.",
    ]


# What is done to the views of SQLite, where only the values tell a type, and the sentences it gives.
SHAPES = [
    ("DROP VIEW v_rujukan", []),
    (
        kasus("x_tanggal_terdata = '20/11/2026'"),
        ["v_kasus.tanggal_terdata bertipe teks, seharusnya tanggal."],
    ),
    (
        kasus("x_tanggal_asesmen = '2026-02-30'"),
        ["v_kasus.tanggal_asesmen bertipe teks, seharusnya tanggal."],
    ),
    (
        "UPDATE lama_unggahan SET x_tanggal_data = '2026-11-20 10:00:00' WHERE x_kode_provinsi = '35'",
        ["v_unggahan.tanggal_data bertipe teks, seharusnya tanggal."],
    ),
    ("DROP VIEW v_pendamping", ["Tampilan v_pendamping tidak ada."]),
    (
        "UPDATE lama_kehadiran SET x_hadir = 'sembilan', x_hari_kerja = 20.5",
        [
            "v_kehadiran.hari_kerja bertipe bilangan, seharusnya bilangan bulat.",
            "v_kehadiran.hadir bertipe teks, seharusnya bilangan bulat.",
        ],
    ),
    (
        "CREATE VIEW v_meta AS SELECT 1 AS kunci, 'x' AS nilai",
        ["v_meta.kunci bertipe bilangan bulat, seharusnya teks."],
    ),
    ("UPDATE lama_target SET x_nilai = 5", []),
]


def test_shape_on_sqlite(ministry_file):
    engine = connection.read_engine(ministry_file.database_url)
    assert contract.flaws(engine, kontrak=VIEWS) == []
    change(ministry_file, *(statement for statement, _ in SHAPES))
    expected = [sentence for _, sentences in SHAPES for sentence in sentences]
    assert sorted(contract.flaws(engine, kontrak=VIEWS)) == sorted(expected)
    engine.dispose()


def test_columns_that_a_view_may_lack_and_those_it_may_not(ministry_file):
    change(
        ministry_file,
        "DROP VIEW v_kasus",
        "CREATE VIEW v_kasus AS SELECT "  # noqa: S608
        + ", ".join(
            f"x_{column.name} AS {column.name}"
            for column in contract.columns(contract.schema.kasus)
            if column.name not in (*contract.MAY_LACK["kasus"], "tanggal_kontak")
        )
        + " FROM lama_kasus",
    )
    engine = connection.read_engine(ministry_file.database_url)
    assert contract.flaws(engine, kontrak=VIEWS) == [
        "v_kasus.tanggal_kontak tidak ada, seharusnya kolom tanggal."
    ]
    engine.dispose()


OWN_SHAPES = [
    ("DROP TABLE kehadiran", ["Tabel kehadiran tidak ada."]),
    ("ALTER TABLE kasus RENAME COLUMN id_klien TO klien", ["kasus.id_klien tidak ada, seharusnya kolom teks."]),
    ("DROP TABLE target; CREATE TABLE target (periode text, kode_wilayah text, kode_indikator text, nilai text)",
     ["target.nilai bertipe teks, seharusnya bilangan."]),
    ("DROP TABLE cadangan", ["Tabel cadangan tidak ada."]),
    ("ALTER TABLE target ADD COLUMN catatan text", []),
]  # fmt: skip


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def test_shape_of_our_own_tables(dialect, tmp_path, request, monkeypatch, capsys):
    url = f"sqlite:///{tmp_path / 'kasus.sqlite'}"
    if dialect == "postgresql":
        url = request.getfixturevalue("postgres_database")()
    engine = connection.writable_engine(url)
    connection.prepare(engine)
    expected = []
    for statements, sentences in OWN_SHAPES:
        with engine.begin() as target:
            for statement in statements.split("; "):
                target.execute(text(statement))
        expected += sentences
    assert sorted(contract.flaws(engine, kontrak=OWN_TABLES)) == sorted(expected)
    for name, value in {"TUNTAS_DB": url, "TUNTAS_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["periksa"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert sorted(said) == sorted(f"Perhatian: {sentence}" for sentence in expected)
    assert cli.main(["potret"]) == 2
    assert "kasus.id_klien tidak ada" in capsys.readouterr().err
    engine.dispose()


# --- commands and settings ---------------------------------------------------------------------------------------


def test_commands_with_views(ministry_file, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("TUNTAS_DB", ministry_file.db)
    monkeypatch.setenv("TUNTAS_DATA", str(tmp_path))
    monkeypatch.setenv("TUNTAS_KONTRAK", VIEWS)
    for refused in (["siapkan"], ["demo"], ["impor", "isian.xlsx"], ["siapkan", "--turun", "1"]):
        assert cli.main(refused) == 2
        assert "hanya membaca tampilan" in capsys.readouterr().err
    change(ministry_file, kasus("x_kode_jenis = 'P99'"))
    assert cli.main(["potret"]) == 0
    capsys.readouterr()
    assert cli.main(["periksa"]) == 1
    said = capsys.readouterr().out
    assert (
        f"v_kasus {CASES}," in said
        and "Perhatian: v_kasus: 1 baris: kode_jenis tidak dikenal (misalnya 34/0010)." in said
    )
    assert "Potret terbit" in said
    assert cli.main(["hitung", "I01"]) == 0


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"TUNTAS_KONTRAK": "lain"}, "TUNTAS_KONTRAK=lain tidak dikenal"),
        ({"TUNTAS_KONTRAK": VIEWS}, "memerlukan TUNTAS_DB"),
        (
            {"TUNTAS_KONTRAK": VIEWS, "TUNTAS_SUMBER": "langsung", "TUNTAS_DB": "postgresql://x/y"},
            "tidak dapat dipakai bersama",
        ),
    ],
)
def test_settings_that_contradict(environment, sentence):
    with pytest.raises(UserError, match=sentence):
        settings.load(environment=environment)


# --- the guide ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [table for table in contract.COPIED], ids=lambda table: table.name)
def test_the_guide_names_every_column_with_its_type(table):
    said = [row[:3] for row in table_rows(section(GUIDE.read_text(encoding="utf-8"), f"v_{table.name}"))]
    may_lack = contract.MAY_LACK.get(table.name, ())
    assert said == [
        [
            f"`{column.name}`",
            contract.family(column.type),
            "boleh tidak ada" if column.name in may_lack else "ya" if column.nullable else "tidak",
        ]
        for column in contract.columns(table)
    ]
