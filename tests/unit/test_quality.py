"""Parts and grade of data quality on small counts worked out beside them; what presentasi leaves of them."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest

from lib import settings, text_quality
from lib.charts import quality as charts
from lib.disclosure.quality import harmless_counts, harmless_parts
from lib.domain import Kesegaran, Mutu, QualityLimits, UserError
from lib.indicators.quality import PARTS, freshness, graded, judged, spikes

LIMITS = settings.load(environment={}).ambang
RULES = QualityLimits(
    lengkap_persen=90,
    ruas_kosong_persen=15,
    tanpa_kabar_persen=5,
    sehari_persen=2,
    kembar_persen=1,
    peluang=0.001,
    lonjakan_kasus=5,
    cukup_bagian=2,
    kuning_hari=2,
    merah_hari=7,
)
# Every part is met: 500 fields of 100 cases with 20 empty, 100 closings of which 10 on 36 of 365 days, 60 open cases.
GOOD = {
    "provinsi": "35",
    "umur": 7.0,
    "jatuh": 500.0,
    "kosong": 20.0,
    "jatuh_sumber_laporan": 100.0,
    "kosong_sumber_laporan": 15.0,
    "jatuh_kontak": 9.0,
    "kosong_kontak": 9.0,
    "terdata": 100.0,
    "kembar": 1.0,
    "ditutup": 100.0,
    "sehari": 2.0,
    "ditutup_lengkap": 100.0,
    "akhir_bulan": 10.0,
    "terbuka": 60.0,
    "tanpa_kabar": 3.0,
    "hari": 365.0,
    "hari_akhir": 36.0,
    "lonjakan": 0.0,
}
NEVER = {name: math.nan for name in GOOD} | {"provinsi": "96", "hari": math.nan}
D = dt.date


def parts_of(**changes) -> pd.Series:
    """The state of each part of one province."""
    return judged(pd.DataFrame([GOOD | changes]), RULES, LIMITS).set_index("bagian")["keadaan"]


@pytest.mark.parametrize(
    ("age", "state"),
    [(0, "terkini"), (2, "terkini"), (3, "mulai tertinggal"), (7, "mulai tertinggal"), (8, "tertinggal")],
)
def test_freshness(age, state):
    assert freshness(age, RULES).value == state
    assert freshness(None, RULES) is Kesegaran.BELUM_PERNAH


def test_a_province_at_every_limit_meets_every_part():
    state = parts_of()
    assert list(state.index) == list(PARTS)
    assert set(state) == {"terpenuhi"}


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("segar", {"umur": 8.0}),
        ("lengkap", {"kosong": 51.0}),
        ("ruas", {"kosong_sumber_laporan": 16.0}),
        ("tanpa_kabar", {"tanpa_kabar": 4.0}),
        ("sehari", {"sehari": 3.0}),
        ("kembar", {"kembar": 2.0}),
        ("akhir_bulan", {"akhir_bulan": 30.0}),
        ("lonjakan", {"lonjakan": 1.0}),
    ],
)
def test_one_step_beyond_a_limit_misses_that_part_alone(part, changes):
    state = parts_of(**changes)
    assert state[part] == "belum terpenuhi"
    assert set(state.drop(part)) == {"terpenuhi"}


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("lengkap", {"terdata": 9.0}),
        ("ruas", {"jatuh_sumber_laporan": 9.0}),
        ("tanpa_kabar", {"terbuka": 9.0, "tanpa_kabar": 9.0}),
        ("sehari", {"ditutup": 9.0}),
        ("akhir_bulan", {"ditutup_lengkap": 9.0}),
        ("akhir_bulan", {"hari_akhir": 0.0}),
        ("lonjakan", {"ditutup_lengkap": 9.0, "lonjakan": 1.0}),
    ],
)
def test_few_cases_cannot_be_judged(part, changes):
    assert parts_of(**changes)[part] == "belum dapat dinilai"


def test_the_tail_at_a_month_s_end_is_the_exact_binomial_one():
    """P(X >= 30 | 100, 36/365), summed term by term."""
    row = (
        judged(pd.DataFrame([GOOD | {"akhir_bulan": 30.0}]), RULES, LIMITS)
        .set_index("bagian")
        .loc["akhir_bulan"]
    )
    p = 36 / 365
    tail = sum(math.comb(100, x) * p**x * (1 - p) ** (100 - x) for x in range(30, 101))
    assert row["peluang"] == pytest.approx(tail, rel=1e-9)
    assert (row["nilai"], row["batas"]) == (30.0, pytest.approx(100 * p))


@pytest.mark.parametrize(
    ("missed", "grade"),
    [
        ({}, Mutu.BAIK),
        ({"umur": 8.0}, Mutu.CUKUP),
        ({"umur": 8.0, "lonjakan": 1.0}, Mutu.CUKUP),
        ({"umur": 8.0, "lonjakan": 1.0, "sehari": 3.0}, Mutu.PERLU_PERBAIKAN),
        ({"terdata": 9.0, "umur": 8.0}, Mutu.BELUM_DINILAI),
    ],
)
def test_the_grade_counts_the_parts_that_are_not_met(missed, grade):
    parts = judged(pd.DataFrame([GOOD | missed, NEVER]), RULES, LIMITS)
    rows = graded(parts, RULES).set_index("provinsi")
    assert rows.loc["35", "mutu"] == grade.value
    assert rows.loc["96", "mutu"] == Mutu.BELUM_DINILAI.value
    # Never sent: only its age is judged.
    assert (rows.loc["96", "dinilai"], rows.loc["96", "belum"]) == (1, 1)


def peaks(counts: dict[dt.date, int], first: dt.date, last: dt.date) -> list[tuple]:
    closings = pd.DataFrame({"provinsi": "35", "tanggal_terminasi": list(counts), "n": list(counts.values())})
    spans = pd.DataFrame({"provinsi": ["35", "36"], "mulai": [first] * 2, "akhir": [last] * 2})
    rows = spikes(closings, spans, RULES)
    return list(rows[["provinsi", "mulai", "akhir", "n"]].itertuples(index=False, name=None))


def every_day(first: dt.date, days: int, n: int) -> dict[dt.date, int]:
    return {first + dt.timedelta(days=number): n for number in range(days)}


def test_a_day_far_above_the_others_is_named():
    usual = every_day(D(2026, 9, 23), 100, 2)
    assert peaks(usual, D(2026, 9, 23), D(2026, 12, 31)) == []
    assert peaks(usual | {D(2026, 12, 31): 20}, D(2026, 9, 23), D(2026, 12, 31)) == [
        ("35", D(2026, 12, 31), D(2026, 12, 31), 20)
    ]


def test_a_week_is_named_where_no_single_day_stands_out():
    usual = every_day(D(2026, 9, 24), 98, 1)
    busy = usual | every_day(D(2026, 12, 24), 7, 5)
    found = peaks(busy, D(2026, 9, 24), D(2026, 12, 30))
    assert found == [("35", D(2026, 12, 24), D(2026, 12, 30), 35)]


def test_a_first_load_on_one_day_is_a_peak_and_few_closings_are_not():
    assert peaks({D(2026, 5, 4): 40}, D(2026, 1, 1), D(2026, 12, 31)) == [
        ("35", D(2026, 5, 4), D(2026, 5, 4), 40)
    ]
    assert peaks({D(2026, 5, 4): 4}, D(2026, 1, 1), D(2026, 12, 31)) == []
    assert peaks({D(2026, 5, 4): 40}, D(2026, 5, 4), D(2026, 5, 4)) == []


def test_presentasi_leaves_whole_percent_of_many_rows_and_no_count():
    counts = pd.DataFrame(
        {
            "provinsi": "35",
            "kode": "KOSONG-kontak",
            "n": [7.0, 7.0],
            "dari": [60.0, 49.0],
            "persen": [11.67, 14.29],
        }
    )
    shown = harmless_counts(counts)
    assert shown[["n", "dari"]].isna().all(axis=None)
    assert shown["persen"].fillna(-1).tolist() == [12.0, -1.0]
    parts = harmless_parts(judged(pd.DataFrame([GOOD | {"ditutup": 49.0}]), RULES, LIMITS)).set_index(
        "bagian"
    )
    assert parts[["x", "n", "peluang"]].isna().all(axis=None)
    assert parts.loc[["segar", "lengkap", "tanpa_kabar"], "nilai"].tolist() == [7.0, 96.0, 5.0]
    assert parts.loc[["sehari", "lonjakan"], "nilai"].isna().all()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (D(2026, 12, 31), D(2026, 12, 31), "31 Desember 2026 (akhir tahun)"),
        (D(2026, 6, 28), D(2026, 6, 28), "28 Juni 2026 (akhir triwulan)"),
        (D(2026, 5, 27), D(2026, 5, 27), "27 Mei 2026, biasanya 2,0 sehari"),
        (
            D(2026, 5, 24),
            D(2026, 5, 30),
            "pekan 24 Mei 2026 sampai 30 Mei 2026 (akhir bulan), biasanya 2,0 sepekan",
        ),
    ],
)
def test_a_peak_names_its_date(start, end, words):
    assert words in text_quality.spike(start, end, 20, 2.0)


def test_the_published_rule_names_every_part_and_every_grade():
    rule = "\n".join(text_quality.rule(LIMITS, RULES))
    assert all(name in rule for name in text_quality.PART_NAMES.values())
    assert all(each.value in rule for each in Mutu)
    assert set(text_quality.PART_NAMES) == set(PARTS)


def test_the_map_tells_states_apart_by_sign_and_by_words():
    states = [each.value for each in Kesegaran]
    frame = pd.DataFrame(
        {"provinsi": ["11", "31", "35", "94"], "nama": list("abcd"), "kesegaran": states, "tampil": states}
    )
    figure = charts.freshness_map(frame, geojson_url="app/static/x.geojson")
    legend = [trace for trace in figure.data if trace.showlegend]
    assert [trace.name for trace in legend] == [f"{state} (1)" for state in states]
    assert (
        len({trace.marker.symbol for trace in legend}) == len({trace.marker.color for trace in legend}) == 4
    )
    with pytest.raises(ValueError, match="kesegaran"):
        charts.freshness_map(frame.drop(columns="kesegaran"), geojson_url="x")


def test_a_probability_that_is_none_is_no_setting(tmp_path):
    text_of = settings.FILE.read_text(encoding="utf-8").replace("peluang = 0.001", "peluang = 0.0")
    wrong = tmp_path / "pengaturan.toml"
    wrong.write_text(text_of, encoding="utf-8")
    with pytest.raises(UserError, match=r"mutu\.peluang"):
        settings.load(environment={}, file=wrong)
