"""Periods, data dates, dimensions, filters and refusals."""

import datetime as dt

import pytest

from tests.plain import compute
from tests.plain.ask import months, period
from tests.plain.build import SCOPE, ask, by, d, kasus, one, person, unggahan, world
from tests.plain.data import STEPS, Province, months_before

CASES = [
    kasus(50),
    kasus(60, kode_kabkota="35.02", kode_jenis="P18", id_pendamping=None),
    kasus(70, 80, kode_jenis="P06"),
    kasus(40, asesmen=45, id_pendamping="p2"),
    kasus(60, provinsi="33"),
]
PEOPLE = [person("p1"), person("p2"), person("p3", selesai=0), person("p1", provinsi="33")]


def place(tanggal_data: dt.date | None) -> Province:
    return Province(kode="35", penduduk=1, tanggal_data=tanggal_data, lengkap_sejak=None)


@pytest.mark.parametrize(
    ("dari", "sampai", "expected"),
    [
        (None, None, ("2025-11-21", "2026-11-20")),
        (None, "2026-03-31", ("2025-04-01", "2026-03-31")),
        ("2026-01-15", None, ("2026-01-15", "2026-11-20")),
        ("2020-01-01", "2020-01-01", ("2020-01-01", "2020-01-01")),
        (None, "2024-02-29", ("2023-03-01", "2024-02-29")),
        (None, "2024-02-28", ("2023-03-01", "2024-02-28")),
        (None, "2025-02-28", ("2024-03-01", "2025-02-28")),
    ],
)
def test_period(dari, sampai, expected):
    places = [place(dt.date(2026, 11, 20)), place(dt.date(2026, 10, 31)), place(None)]
    asked = [None if day is None else dt.date.fromisoformat(day) for day in (dari, sampai)]
    assert period(places, *asked) == tuple(dt.date.fromisoformat(day) for day in expected)


def test_period_without_any_data():
    assert period([place(None)], None, None) == (None, None)
    assert period([place(None)], d(5), None) == (d(5), None)
    with pytest.raises(ValueError, match="starts"):
        period([place(d(5))], d(6), None)


def test_months_are_cut_at_both_ends():
    parts = months(dt.date(2025, 12, 30), dt.date(2026, 2, 3))
    assert [(key, str(first), str(last)) for key, first, last in parts] == [
        ("2025-12", "2025-12-30", "2025-12-31"),
        ("2026-01", "2026-01-01", "2026-01-31"),
        ("2026-02", "2026-02-01", "2026-02-03"),
    ]


def test_months_before():
    assert months_before(dt.date(2026, 1, 31), 11) == dt.date(2025, 2, 28)
    assert months_before(dt.date(2024, 2, 29), 12) == dt.date(2023, 2, 28)


def test_default_period_ends_at_the_newest_data_date():
    row = one(world(CASES), "I01")
    assert (row["dari"], row["sampai"], row["tanggal_data"]) == (dt.date(2025, 4, 12), d(100), d(90))
    row = one(world(CASES), "I01", provinsi=["33"])
    assert (row["sampai"], row["tanggal_data"]) == (d(90), d(90))
    row = one(world(CASES), "I01", kabkota=["33.01"])
    assert (row["sampai"], row["tanggal_data"], row["nilai"]) == (d(90), d(90), 1)


def test_data_date_is_the_largest_ever_sent_or_the_latest_in_the_rows():
    uploads = [unggahan("35", 70), unggahan("35", 60, urutan=2)]
    assert one(world(CASES, uploads=uploads), "I01", provinsi=["35"])["tanggal_data"] == d(70)
    row = one(world(CASES, uploads=[]), "I01", provinsi=["35"])
    assert (row["tanggal_data"], row["nilai"]) == (d(80), 4)


@pytest.mark.parametrize(
    ("uploads", "n"),
    [
        ([unggahan("35", 100, 20)], 3),
        # The last to arrive that has one decides, not the largest data date.
        ([unggahan("35", 100, 20, urutan=1), unggahan("35", 90, 30, urutan=2)], 2),
        ([unggahan("35", 100, 20, urutan=1), unggahan("35", 90, None, urutan=2)], 3),
        # Never after its own data date.
        ([unggahan("35", 100, None, urutan=1), unggahan("35", 30, 60, urutan=2)], 2),
        # None at all: the first date in the rows.
        ([unggahan("35", 100, None)], 4),
    ],
)
def test_lengkap_sejak(uploads, n):
    cases = [kasus(0, 10), kasus(20), kasus(30), kasus(40)]
    assert one(world(cases, uploads=uploads), "I04-30", 0, 100, provinsi=["35"])["n"] == n


def test_per_provinsi():
    rows = ask(world(CASES), "I01", 0, 100, per="provinsi")
    assert by(rows, "provinsi") == {"33": 1, "35": 4, "91": None}
    assert by(rows, "provinsi", "alasan") == {"33": None, "35": None, "91": "belum ada data"}
    assert by(rows, "provinsi", "tanggal_data") == {"33": d(90), "35": d(100), "91": None}
    assert one(world(CASES), "I01", 0, 100)["nilai"] == 5


def test_per_kabkota():
    rows = ask(world(CASES), "I01", 0, 100, per="kabkota")
    assert by(rows, "kabkota") == {"33.01": 1, "35.01": 3, "35.02": 1, "91.01": None}
    rows = ask(world(CASES), "I27", 0, 100, per="kabkota", provinsi=["35"])
    assert by(rows, "kabkota", "n") == {"35.01": 600_000, "35.02": 400_000}


@pytest.mark.parametrize(
    ("per", "filters", "expected"),
    [
        ("klaster", {}, {"ANAK": 4, "TSKPO": 1}),
        ("klaster", {"jenis": ["P06"]}, {"ANAK": 1}),
        ("jenis", {}, {"P01": 3, "P06": 1, "P18": 1}),
        ("jenis", {"klaster": ["ANAK"]}, {"P01": 3, "P06": 1}),
        ("pas", {}, {"1": 4, "8": 1}),
        ("provinsi", {"klaster": ["TSKPO"]}, {"33": 0, "35": 1, "91": None}),
        ("provinsi", {"kabkota": ["35.02"]}, {"35": 1}),
        ("tahap", {}, {"terdata": 3, "asesmen": 1, "rencana": 0, "intervensi": 0, "terminasi": 1}),
    ],
)
def test_members(per, filters, expected):
    assert by(ask(world(CASES), "I01", 0, 100, per=per, **filters), per) == expected


def test_stage_is_that_of_t():
    rows = ask(world(CASES), "I13", 0, 79, per="tahap")
    assert by(rows, "tahap") == dict.fromkeys(STEPS, 0) | {"terdata": 4, "asesmen": 1}


def pendamping(raw, kode, **filters):
    rows = ask(raw, kode, 45, 100, per="pendamping", **filters)
    return {(row["kunci"]["provinsi"], row["kunci"]["pendamping"]): row["nilai"] for row in rows}


def test_per_pendamping():
    raw = world(CASES, people=PEOPLE)
    expected = {("35", "p1"): 2, ("35", "p2"): 0, ("35", "p3"): 0, ("35", None): 1}
    assert pendamping(raw, "I01") == expected | {("33", "p1"): 1}
    assert pendamping(raw, "I01", provinsi=["35"]) == expected
    assert pendamping(raw, "I01", provinsi=["35"], pendamping="p1") == {("35", "p1"): 2}
    # Without anyone's case there is no row of nobody.
    assert ("35", None) not in pendamping(raw, "I01", klaster=["ANAK"])


def test_per_bulan():
    # Days 45 to 100 are 15 February to 11 April; 33 is known up to day 90, 1 April.
    rows = ask(world(CASES), "I01", 45, 100, per="bulan")
    assert by(rows, "bulan") == {"2026-02": 1, "2026-03": 3, "2026-04": 0}
    assert [(row["dari"], row["sampai"]) for row in rows] == [(d(45), d(58)), (d(59), d(89)), (d(90), d(100))]
    assert by(ask(world(CASES), "I13", 45, 100, per="bulan"), "bulan") == {
        "2026-02": 2,
        "2026-03": 4,
        "2026-04": 4,
    }
    rows = ask(world(CASES), "I15-n", 45, 100, per="bulan")
    assert by(rows, "bulan", "alasan")["2026-03"] == "belum ada riwayat"
    # On day 100 only the case of day 70 is closed; the others stand still for 40, 50, 60 and 30 days.
    assert by(rows, "bulan")["2026-04"] == 3


def test_values_have_a_row_each_where_nothing_was_sent():
    rows = ask(world([]), "I29-pendidikan", 0, 100, provinsi=["91"])
    assert {row["alasan"] for row in rows} == {"belum ada data"}
    assert len(rows) == 4


def test_nobody_ever_sent():
    raw = world([], uploads=[])
    row = one(raw, "I01")
    assert (row["alasan"], row["dari"], row["sampai"]) == ("belum ada data", None, None)
    assert ask(raw, "I01", per="bulan") == []


@pytest.mark.parametrize(
    ("kode", "filters"),
    [
        ("I99", {}),
        ("I01", {"per": "kecamatan"}),
        ("I01", {"provinsi": ["99"]}),
        ("I01", {"kabkota": ["35.99"]}),
        ("I01", {"klaster": ["X"]}),
        ("I01", {"jenis": ["P99"]}),
        ("I01", {"provinsi": ["33"], "kabkota": ["35.01"]}),
        ("I01", {"pendamping": "p1"}),
        ("I01", {"pendamping": "p9", "provinsi": ["35"]}),
        ("I01", {"dari": d(10), "sampai": d(9)}),
        ("I01", {"dari": d(101)}),
        ("I12-asesmen", {"per": "tahap"}),
        ("I17", {"per": "jenis"}),
        ("I18-rata", {"per": "klaster"}),
        ("I18-maks", {"per": "pas"}),
        ("I18-persen", {"per": "tahap"}),
        ("I27", {"per": "pendamping"}),
        ("I27", {"per": "tahap"}),
    ],
)
def test_refused(kode, filters):
    with pytest.raises(ValueError, match=r"\w"):
        compute(world(CASES, people=PEOPLE), kode, scope_provinsi=SCOPE, **filters)


def test_scope_never_widens():
    raw = world(CASES)
    for filters in ({"provinsi": ["35"]}, {"provinsi": ["33", "35"]}, {"kabkota": ["35.01"]}):
        with pytest.raises(ValueError, match="outside"):
            compute(raw, "I01", scope_provinsi=["33"], **filters)
    with pytest.raises(ValueError, match="scope"):
        compute(raw, "I01", scope_provinsi=[])
    assert [row["nilai"] for row in compute(raw, "I01", scope_provinsi=["33"])] == [1]
