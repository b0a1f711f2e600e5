"""Data quality of a few hand-made cases through the one door, every number worked out beside its row."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lib import measure
from lib.domain import AccessRefused, CaseFilter, Kesegaran, Mutu, Period, Role, Scope, Tayang, UserError
from tests.queries.build import DAY, kasus_row, pendamping_row, raw_world, unggahan_row
from tests.queries.office import T, build, office

OWN = Scope(role=Role.KOORDINATOR, provinces=("34", "35", "96"))
SHOWN = Scope(role=Role.ADMIN_DATA, provinces=("34", "35", "96"), tayang=Tayang.PRESENTASI)
FULL = {
    "id_pendamping": "p",
    "jenis_kelamin": "L",
    "kelompok_umur": "18-59",
    "sumber_laporan": "dinsos",
    "pendekatan": "keluarga",
}
MONTH_END = dt.date(2026, 9, 30)


def closed_on(day: dt.date, number: int, **others) -> dict:
    """A full case that was recorded 40 days before it was closed, with every step on a day of its own."""
    start = day - 40 * DAY
    steps = {
        "tanggal_kontak": start + DAY,
        "tanggal_asesmen": start + 5 * DAY,
        "tanggal_rencana": start + 9 * DAY,
        "tanggal_intervensi": start + 20 * DAY,
        "tanggal_terminasi": day,
    }
    results = dict.fromkeys(("hasil_kebutuhan_dasar", "hasil_peran_sosial", "hasil_atasi_masalah"), 1)
    row = FULL | steps | results | {"kode_alasan": "T1", "tanggal_pembaruan": day} | others
    return kasus_row("34", number, start, **row)


def all_on(day: dt.date, number: int) -> dict:
    """Recorded and closed on one day, with every step on it."""
    steps = {f"tanggal_{step}": day for step in ("kontak", "asesmen", "rencana", "intervensi", "terminasi")}
    results = dict.fromkeys(("hasil_kebutuhan_dasar", "hasil_peran_sosial", "hasil_atasi_masalah"), 0)
    return kasus_row("34", number, day, **FULL, **steps, **results, kode_alasan="T1", tanggal_pembaruan=day)


CASES = [
    # 12 closings on one day, at a month's end: a peak. One without a plan, one without its three results.
    *(closed_on(MONTH_END, number) for number in range(1, 11)),
    closed_on(MONTH_END, 11, tanggal_rencana=None),
    closed_on(
        MONTH_END, 12, **dict.fromkeys(("hasil_kebutuhan_dasar", "hasil_peran_sosial", "hasil_atasi_masalah"))
    ),
    all_on(dt.date(2026, 8, 11), 13),
    # The same client, kind and day: two of them, a third is a duplicate that was found already.
    kasus_row("34", 14, dt.date(2026, 11, 2), **FULL, id_klien="ganda"),
    kasus_row("34", 15, dt.date(2026, 11, 2), **FULL | {"sumber_laporan": None}, id_klien="ganda"),
    kasus_row(
        "34",
        16,
        dt.date(2026, 11, 2),
        **FULL,
        id_klien="ganda",
        kode_alasan="A1",
        tanggal_terminasi=dt.date(2026, 11, 3),
    ),
    # The same day and client, but another kind; the same pair once more after T.
    kasus_row("34", 17, dt.date(2026, 11, 2), **FULL, id_klien="ganda", kode_jenis="P02"),
    # Open for 91 and for 90 days without news.
    kasus_row("34", 18, T - 91 * DAY, **FULL),
    kasus_row("34", 19, T - 90 * DAY, **FULL | {"id_pendamping": None}),
    # Another province: one open case, 9 days old data.
    kasus_row("35", 1, T - 30 * DAY),
]
WORLD = raw_world(
    kasus=CASES,
    pendamping=[pendamping_row("34", "p", T - 900 * DAY)],
    unggahan=[unggahan_row(1, "34", T, T - 700 * DAY), unggahan_row(2, "35", T - 9 * DAY, T - 700 * DAY)],
)


@pytest.fixture(scope="module")
def door(tmp_path_factory) -> dict:
    values = office(tmp_path_factory.mktemp("mutu"), WORLD)
    build(values)
    return {"source": measure.open_source(values), "limits": values.ambang, "rules": values.mutu}


def found(door: dict, scope: Scope = OWN, **chosen) -> measure.DataQuality:
    return measure.data_quality(scope, CaseFilter(**chosen), today=T, **door)


def numbers(answer: measure.DataQuality, provinsi: str) -> dict[str, tuple]:
    own = answer.counts[answer.counts["provinsi"] == provinsi]
    return {row.kode: (row.n, row.dari) for row in own.itertuples(index=False)}


def test_every_number_of_the_hand_made_cases(door):
    # 18 cases count (one is a found duplicate); 13 closed; 13 terselesaikan; 5 open.
    assert {kode: n for kode, n in numbers(found(door), "34").items() if kode != "KOSONG-jenis_kelamin"} == {
        "KOSONG-pendamping": (1, 18),
        "KOSONG-kelompok_umur": (0, 18),
        "KOSONG-sumber_laporan": (1, 18),
        "KOSONG-pendekatan": (0, 18),
        "KOSONG-kontak": (0, 13),
        "KOSONG-asesmen": (0, 13),
        "KOSONG-rencana": (1, 13),
        "KOSONG-hasil_kebutuhan_dasar": (1, 13),
        "KOSONG-hasil_peran_sosial": (1, 13),
        "KOSONG-hasil_atasi_masalah": (1, 13),
        "MUTU-sehari": (1, 13),
        "MUTU-akhir_bulan": (12, 13),
        "MUTU-kembar": (2, 18),
        "MUTU-tanpa_kabar": (1, 5),
    }


def test_the_lists_hold_these_very_cases(door):
    expected = {
        "KOSONG-rencana": ["0011"],
        "KOSONG-pendamping": ["0019"],
        "MUTU-sehari": ["0013"],
        "MUTU-kembar": ["0014", "0015"],
        "MUTU-tanpa_kabar": ["0018"],
    }
    asked = {"source": door["source"], "limits": door["limits"]}
    for kode, cases in expected.items():
        rows = measure.cases_behind(OWN, kode, CaseFilter(provinsi=("34",)), **asked)
        assert sorted(rows["id_kasus"]) == cases, kode


def test_the_peak_is_named_and_held_against_the_other_days(door):
    peaks = found(door).spikes
    assert peaks[["provinsi", "mulai", "akhir", "n"]].to_numpy().tolist() == [
        ["34", MONTH_END, MONTH_END, 12]
    ]
    # One other closing on the 364 other days of the year.
    assert peaks["harapan"].iloc[0] == pytest.approx(1 / 364)


def test_parts_and_grade_of_three_provinces(door):
    answer = found(door)
    rows = answer.provinces.set_index("provinsi")
    states = answer.parts.set_index(["provinsi", "bagian"])["keadaan"]
    missed = [part for part, state in states["34"].items() if state == "belum terpenuhi"]
    assert missed == ["sehari", "kembar", "akhir_bulan", "lonjakan"]
    assert states["34"]["tanpa_kabar"] == "belum dapat dinilai"
    assert rows["mutu"].tolist() == [
        Mutu.PERLU_PERBAIKAN.value,
        Mutu.BELUM_DINILAI.value,
        Mutu.BELUM_DINILAI.value,
    ]
    assert rows["kesegaran"].tolist() == [
        Kesegaran.TERKINI.value,
        Kesegaran.TERTINGGAL.value,
        Kesegaran.BELUM_PERNAH.value,
    ]
    # Nothing is known, which is not nothing.
    assert all(pd.isna(number) for number in numbers(answer, "96")["MUTU-sehari"])


def test_completeness_and_coverage_through_hitung(door):
    asked = {"source": door["source"], "limits": door["limits"]}
    answer = measure.measure(OWN, ["I23", "I24"], CaseFilter(provinsi=("34",)), **asked).set_index("kode")
    # Fields: 18 x 5 + 13 x 3 steps + 13 x 3 results; six of them empty. One of five kab/kota.
    assert (answer.loc["I24", "pembilang"], answer.loc["I24", "n"]) == (168 - 6, 168)
    assert (answer.loc["I23", "pembilang"], answer.loc["I23", "n"]) == (1, 5)


def test_what_is_known_at_the_data_date_only_is_not_told_of_earlier_periods(door):
    early = Period(dari=dt.date(2026, 1, 1), sampai=dt.date(2026, 10, 1))
    answer = numbers(found(door, period=early), "00")
    assert all(pd.isna(number) for number in answer["MUTU-tanpa_kabar"])
    assert answer["MUTU-akhir_bulan"] == (12, 13)
    asked = {"source": door["source"], "limits": door["limits"]}
    with pytest.raises(UserError, match="tanggal data"):
        measure.cases_behind(OWN, "MUTU-tanpa_kabar", CaseFilter(period=early), **asked)


def test_presentasi_tells_no_count_no_peak_and_no_filter(door):
    answer = found(door, SHOWN)
    assert answer.counts[["n", "dari"]].isna().all(axis=None)
    assert answer.parts[["x", "n", "peluang"]].isna().all(axis=None)
    assert answer.spikes.empty
    assert answer.provinces["mutu"].tolist() == found(door).provinces["mutu"].tolist()
    # 162 of 168 fields: 96,4 %; 13 closings are too few for a percentage.
    parts = answer.parts[answer.parts["provinsi"] == "34"].set_index("bagian")["nilai"]
    assert parts["lengkap"] == 96.0
    assert pd.isna(parts["akhir_bulan"])
    for chosen in ({"klaster": ("ANAK",)}, {"period": Period(dari=T)}, {"kabkota": ("34.01",)}):
        with pytest.raises(AccessRefused, match="presentasi"):
            found(door, SHOWN, **chosen)


@pytest.mark.parametrize("kode", ["I23", "I24"])
def test_presentasi_has_neither_figure(door, kode):
    asked = {"source": door["source"], "limits": door["limits"]}
    with pytest.raises(UserError, match="presentasi"):
        measure.measure(SHOWN, [kode], CaseFilter(), **asked)
