"""Funnel, control chart and smoothing on hand-made numbers; the sentences that tell them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lib import reference
from lib import text_comparison as words
from lib.charts import control as control_charts
from lib.charts import funnel as funnel_charts
from lib.domain import UserError
from lib.indicators.fairness import (
    Pattern,
    bulk_days,
    chart_frame,
    funnel,
    judged,
    judged_ratio,
    last_pattern,
    monthly_chart,
    smoothed,
)
from lib.measure import Control, Event, read_events
from lib.measure.fairness import _not_too_late, _span
from lib.periods import Register

NAMES = reference.names("provinsi")
CODES = ("11", "12", "13", "14", "15")


# --- funnel ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "n", "place"),
    [(30, 100, -2), (39, 100, -1), (40, 100, 0), (60, 100, 0), (61, 100, 1), (66, 100, 2), (0, 3, 0)],
)
def test_a_place_is_the_tail_probability(x, n, place):
    assert judged(np.array([x]), np.array([n]), 0.5).tolist() == [place]


def test_no_place_where_all_or_nothing_happened():
    assert judged(np.array([0, 10]), np.array([10, 10]), np.array([0.0, 1.0])).tolist() == [0, 0]


def test_a_count_is_judged_beside_its_expectation():
    # P(X <= 2 | 10) = .0028, P(X <= 1 | 10) = .0005, P(X >= 10 | 10) = .54
    assert judged_ratio(np.array([2, 1, 10]), np.full(3, 10.0)).tolist() == [-1, -2, 0]


def units(x, n) -> pd.DataFrame:
    return pd.DataFrame({"provinsi": CODES[: len(n)], "x": np.array(x, float), "n": np.array(n, float)})


def test_a_funnel_draws_enough_cases_and_counts_the_others():
    made = funnel(units([50, 50, 9, np.nan, 20], [100, 100, 9, np.nan, 100]), minimum=10)
    assert made.units["provinsi"].tolist() == ["11", "12", "15"]
    assert (made.few, made.unknown) == (1, 1)
    # The small unit takes part in the reference: 129 of 309.
    assert made.reference == pytest.approx(100 * 129 / 309)
    assert made.units["letak"].tolist() == [0, 0, -2]
    assert made.limits["besar"].is_monotonic_increasing and (made.limits["besar"] % 1 == 0).all()
    assert (made.limits["bawah_998"] <= made.limits["bawah_95"]).all()
    assert made.limits.notna().all().all()


def test_an_adjusted_funnel_compares_with_the_expected():
    made = funnel(units([20, 40], [50, 60]), minimum=10, expected=np.array([30.0, 40.0]))
    assert made.units["nilai"].tolist() == pytest.approx([20 / 30, 1.0])
    assert made.reference == 1 and made.adjusted
    assert made.units["besar"].tolist() == [30, 40]


def test_an_adjusted_unit_without_events_is_drawn():
    made = funnel(units([0, 40, 30], [20, 60, 50]), minimum=10, expected=np.array([12.0, 35.0, 29.0]))
    assert made.units["nilai"].tolist()[0] == 0 and made.units["letak"].tolist() == [-2, 0, 0]
    assert np.isfinite(made.phi)


@pytest.mark.parametrize("n", [[], [5, 9]])
def test_a_funnel_of_nobody_is_empty(n):
    made = funnel(units([1] * len(n), n), minimum=10)
    assert made.units.empty and made.limits.empty and made.few == len(n)
    sentence = words.funnel_sentence(made, NAMES, key="provinsi", unit="provinsi", name="Respon")
    assert sentence == "Respon: belum ada provinsi dengan cukup kasus untuk dibandingkan."


def test_the_sentence_names_only_those_beyond_the_outer_limit():
    made = funnel(units([500, 500, 500, 200, 560], [1000, 1000, 1000, 1000, 1000]), minimum=10)
    sentence = words.funnel_sentence(made, NAMES, key="provinsi", unit="provinsi", name="Respon")
    assert "Riau (di bawah batas)" in sentence and "Jambi (di atas batas)" in sentence
    assert all(word not in sentence.lower() for word in ("baik", "buruk", "terbaik", "peringkat"))
    assert "Dispersi berlebih: ya" in words.overdispersion(made, unit="provinsi")


def test_the_widened_limits_are_told_apart_from_the_exact_ones():
    calm = funnel(units([50, 51, 49], [100, 100, 100]), minimum=10)
    assert calm.tau2 == 0 and "tidak ada" in words.overdispersion(calm, unit="provinsi")
    assert "Poisson" not in words.limits_used(calm, unit="provinsi", one_group=False)
    adjusted = funnel(units([50, 51], [100, 100]), minimum=10, expected=np.array([50.0, 51.0]))
    said = words.limits_used(adjusted, unit="provinsi", one_group=True)
    assert "Poisson" in said and "tidak ada campuran" in said


def test_names_do_not_cover_each_other():
    together = pd.DataFrame(
        {"kunci": list("abcdef"), "nama": "Papua Barat Daya", "besar": 100.0, "nilai": 50.0, "letak": 2}
    )
    apart = together.assign(besar=[20, 100, 500, 20, 100, 500], nilai=[10, 30, 50, 70, 90, 95])
    axis = {"type": "log", "range": [1, 3]}
    crowded = funnel_charts._labels(together, axis, [0, 100])
    assert set(crowded) == set("abcdef") and sum(map(bool, crowded.values())) <= 4
    assert all(funnel_charts._labels(apart, axis, [0, 100]).values())


def test_sizes_that_differ_much_stand_on_a_multiplying_axis():
    wide = funnel(units([50, 500], [100, 1000]), minimum=10)
    narrow = funnel(units([50, 60], [100, 120]), minimum=10)
    assert funnel_charts._x_axis(wide.limits, "n")["ticktext"] == ["100", "200", "500", "1.000"]
    assert "type" not in funnel_charts._x_axis(narrow.limits, "n")


@pytest.mark.parametrize(
    ("place", "said"),
    [(0, "dalam variasi wajar"), (-1, "perlu didengar (di bawah)"), (2, "patut dipelajari (di atas)")],
)
def test_the_words_of_a_place(place, said):
    assert words.verdict(place) == said


def drawn_funnel(**more):
    made = funnel(units([500, 560, 200], [1000, 1000, 1000]), minimum=10)
    shown = made.units.assign(kunci=made.units["provinsi"], nama=["A", "B", "C"], tampil="1", catatan=None)
    arguments = {"reference": 50.0, "heading": "Judul", "x_title": "n", "widened": True}
    classes = dict(enumerate(words.CLASSES))
    return funnel_charts.funnel(shown, made.limits, classes=classes, **(arguments | more))


def test_the_three_classes_have_three_shapes_and_only_the_outer_one_names():
    traces = {trace.name.split(":")[0]: trace for trace in drawn_funnel().data}
    marks = [traces[name] for name in words.CLASSES]
    assert len({trace.marker.symbol for trace in marks}) == 3
    assert marks[0].text is None and marks[1].text is None
    # 420 of 1,000 is the share of all: every one of the three lies beyond 99.8 %.
    assert list(marks[2].text) == ["A", "B", "C"] and list(marks[2].customdata) == ["11", "12", "13"]


def test_the_widened_limits_are_drawn_on_demand_and_a_choice_is_ringed():
    assert "99,8 % dilebarkan (dispersi berlebih)" in [trace.name for trace in drawn_funnel().data]
    figure = drawn_funnel(widened=False, selected="12")
    names = [trace.name for trace in figure.data]
    assert "99,8 % dilebarkan (dispersi berlebih)" not in names and "dipilih: <b>B</b>" in names
    with pytest.raises(ValueError, match="besar"):
        funnel_charts.funnel(
            pd.DataFrame({"kunci": []}),
            pd.DataFrame(),
            reference=1.0,
            heading="",
            x_title="",
            classes={},
            widened=False,
        )


# --- control chart --------------------------------------------------------------------------------------


def months_of(count: int) -> list[str]:
    return [f"{2024 + number // 12}-{number % 12 + 1:02d}" for number in range(count)]


def control(values, *, n=1000, share=False, rebase_at=()) -> Control:
    values = np.array(values, dtype=float)
    n = np.full(len(values), float(n))
    chart, kind = monthly_chart(values * n / 100, n, values, share=share, rebase_at=rebase_at)
    frame = chart_frame(chart, scale=100 if kind == "p" else 1)
    frame.insert(0, "bulan", months_of(len(values)))
    frame.insert(1, "n", n)
    return Control(
        frame=frame,
        jenis=kind,
        pola=last_pattern(frame),
        target=None,
        jaminan=None,
        massal=pd.DataFrame(columns=["provinsi", "tanggal", "n", "biasa"]),
        terlambat=(),
        baru=(),
        belum=(),
        peristiwa=(),
        answer=pd.DataFrame(),
    )


ZIGZAG = [50, 54, 49, 53, 51, 48, 54, 50, 52, 49, 53, 50]


@pytest.mark.parametrize(
    ("values", "pattern", "said"),
    [
        ([*ZIGZAG, 51], Pattern(jenis="", arah=0, bulan=0), "dalam naik-turun biasa"),
        ([*ZIGZAG, 99], Pattern(jenis="luar", arah=1, bulan=1), "di atas batas naik-turun biasa"),
        (
            [*ZIGZAG, 47, 48, 49, 50, 51, 52, 53],
            Pattern(jenis="tren", arah=1, bulan=7),
            "Naik 7 bulan berturut-turut",
        ),
        (
            [*ZIGZAG, 55, 54, 53, 52, 51, 50, 49, 48],
            Pattern(jenis="tren", arah=-1, bulan=8),
            "Turun 8 bulan berturut-turut",
        ),
        (
            [50, 46, 50, 46, 50, 46, 50, 54, 52, 54, 52, 55, 52, 54],
            Pattern(jenis="beruntun", arah=1, bulan=7),
            "7 bulan berturut-turut di atas rata-rata",
        ),
    ],
)
def test_the_last_month_tells_its_pattern(values, pattern, said):
    made = control(values)
    assert made.pola == pattern
    sentence = words.pattern_sentence(made, kode="I01", names=NAMES)
    assert said in sentence and ("jarang muncul kebetulan" in sentence) == bool(pattern.jenis)


def test_a_past_pattern_is_named_as_past():
    made = control([*ZIGZAG, 99, *ZIGZAG[:3]])
    assert "Pola khusus terakhir: Januari 2025." in words.pattern_sentence(made, kode="I01", names=NAMES)


@pytest.mark.parametrize(("n", "share", "kind"), [(50, True, "p"), (1000, True, "xmr"), (50, False, "xmr")])
def test_a_p_chart_is_for_shares_of_few(n, share, kind):
    assert control(ZIGZAG, n=n, share=share).jenis == kind


def test_a_p_chart_is_in_percent():
    frame = control([50] * 14, n=50, share=True).frame
    # 3 sqrt(.25 / 50) = .2121
    assert frame["bawah"].iloc[0] == pytest.approx(28.79, abs=0.01)
    assert frame["tengah"].iloc[0] == pytest.approx(50)


def test_a_rebase_begins_new_limits():
    frame = control([50, 52, 50, 52, 80, 82, 80, 82], rebase_at=[4]).frame
    assert frame["tengah"].tolist() == [51] * 4 + [81] * 4
    assert not frame["khusus"].any() and frame["sementara"].all()


def test_notes_say_what_is_provisional_and_left_out():
    made = replace(
        control(ZIGZAG),
        belum=("2026-11",),
        terlambat=("92",),
        baru=("64",),
        peristiwa=(Event(unit="nasional", bulan="2024-05", keterangan="Aturan baru"),),
    )
    said = words.control_notes(made, NAMES)
    for part in (
        "batas sementara",
        "November 2026",
        NAMES["92"],
        NAMES["64"],
        "Mei 2024 (nasional: Aturan baru)",
    ):
        assert part in said
    assert "batas sementara" not in words.control_notes(control([*ZIGZAG, 51]), NAMES)


@pytest.mark.parametrize(
    ("jaminan", "kode", "said"),
    [
        ("above", "I11", "● Selalu tercapai"),
        ("below", "I11", "□ Tidak tercapai"),
        ("across", "I11", "? Kadang tercapai"),
        (None, "I11", "– Batas belum dapat dihitung"),
    ],
)
def test_assurance_is_a_sign_and_words(jaminan, kode, said):
    made = replace(control(ZIGZAG), target=60.0, jaminan=jaminan)
    assert words.assurance_mark(made, kode=kode).startswith(said)
    assert "60,0\u00a0%" in words.assurance_mark(made, kode=kode)
    assert words.assurance_mark(control(ZIGZAG), kode=kode).startswith("– Tidak ada target")


@pytest.mark.parametrize(
    ("kode", "last", "said"),
    [
        ("I03", 99, "▲ ke atas: pola khusus, searah dengan tujuan"),
        ("I03", 1, "▼ ke bawah: pola khusus, berlawanan dengan tujuan"),
        ("I01", 99, "▲ ke atas: pola khusus"),
        ("I01", 51, "○ Variasi biasa"),
    ],
)
def test_variation_is_a_sign_and_words(kode, last, said):
    assert words.variation_mark(control([*ZIGZAG, last]), kode=kode) == said


def test_special_months_point_to_their_side():
    frame = control([*ZIGZAG, 99, 1, *ZIGZAG]).frame.assign(tampil="1", catatan=None)
    figure = control_charts.control_chart(frame, heading="Judul", target=60)
    symbols = {trace.marker.symbol: list(trace.x) for trace in figure.data if trace.marker.symbol}
    assert symbols == {"triangle-up": ["2025-01"], "triangle-down": ["2025-02"]}
    assert "target" in [trace.name for trace in figure.data]
    with pytest.raises(ValueError, match="tengah"):
        control_charts.control_chart(frame.drop(columns="tengah"), heading="")


DAY = dt.date(2026, 3, 2)


def closings(counts: list[int], provinsi: str = "35") -> pd.DataFrame:
    days = [DAY + dt.timedelta(days=number) for number in range(len(counts))]
    return pd.DataFrame({"provinsi": provinsi, "tanggal": days, "n": counts, "terselesaikan": counts})


@pytest.mark.parametrize(
    ("counts", "found"),
    [([2] * 20, []), ([*[2] * 20, 9], []), ([*[2] * 20, 10], [10]), ([*[3] * 20, 14, 15], [15])],
)
def test_a_day_with_very_many_closings(counts, found):
    assert bulk_days(closings(counts))["n"].tolist() == found


def test_bulk_days_are_judged_within_their_province_and_named():
    days = bulk_days(
        pd.concat([closings([2] * 9 + [12]), closings([20] * 9 + [60], "32")], ignore_index=True)
    )
    assert days["provinsi"].tolist() == ["35"] and days["biasa"].tolist() == [2]
    assert words.bulk_sentence(days, NAMES) == (
        " Penutupan massal pada satu hari: Jawa Timur 11 Maret 2026 (12 kasus, biasanya 2)."
    )
    made = replace(control([*ZIGZAG, 51]), massal=days)
    assert "Penutupan massal" in words.pattern_sentence(made, kode="I03", names=NAMES)
    assert "Penutupan massal" not in words.pattern_sentence(made, kode="I01", names=NAMES)
    assert bulk_days(closings([])).empty


# --- which months ---------------------------------------------------------------------------------------


def register(kode: str, known: str, since: str = "2020-01-01") -> Register:
    return Register(
        kode_provinsi=kode,
        tanggal_data=dt.date.fromisoformat(known),
        lengkap_sejak=dt.date.fromisoformat(since),
    )


@pytest.mark.parametrize(
    ("registers", "wait", "span"),
    [
        ([register("34", "2026-11-20")], 0, ("2025-11-01", "2026-10-31")),
        ([register("34", "2026-11-30")], 0, ("2025-12-01", "2026-11-30")),
        ([register("34", "2026-11-20"), register("35", "2026-10-11")], 0, ("2025-10-01", "2026-09-30")),
        ([register("34", "2026-11-20", "2026-02-01")], 0, ("2026-02-01", "2026-10-31")),
        ([register("34", "2026-11-20", "2026-02-02")], 0, ("2026-03-01", "2026-10-31")),
        ([register("34", "2026-11-20", "2026-02-02")], 180, ("2026-08-01", "2026-10-31")),
        ([register("34", "2026-11-20", "2026-10-20")], 0, None),
        ([], 0, None),
    ],
)
def test_a_series_has_whole_months_of_complete_registers(registers, wait, span):
    found = _span(registers, dt.date(2026, 11, 30), months=12, wait=wait)
    assert found == (span and tuple(dt.date.fromisoformat(day) for day in span))


def test_one_late_register_in_ten_does_not_shorten_the_series():
    registers = [register(f"{number}", "2026-11-20") for number in range(11, 20)]
    late = register("64", "2026-11-20", "2026-05-05")
    assert _span([*registers, late], dt.date(2026, 11, 20), months=12, wait=0)[0] == dt.date(2025, 11, 1)
    assert _span([*registers[:8], late], dt.date(2026, 11, 20), months=12, wait=0)[0] == dt.date(2026, 6, 1)


def test_a_province_that_stopped_sending_does_not_end_the_series_for_all():
    known, stale = register("34", "2026-11-20"), register("35", "2026-09-18")
    today = dt.date(2026, 11, 20)
    assert _not_too_late([known, stale], today) == ([known], [stale])
    assert _not_too_late([known, register("35", "2026-09-19")], today)[1] == []
    assert _not_too_late([], today) == ([], [])


def test_a_province_that_sent_beyond_the_period_is_never_too_late_for_it():
    known, stale = register("34", "2026-11-20"), register("35", "2026-06-30")
    assert _not_too_late([known, stale], dt.date(2026, 5, 31)) == ([known, stale], [])


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[[peristiwa]]\nunit = "nasional"\nbulan = "2026-13"\nketerangan = "x"', "2026-13"),
        ('[[peristiwa]]\nunit = "99"\nbulan = "2026-03"\nketerangan = "x"', "99"),
        ('[[peristiwa]]\nunit = "35"\nbulan = "2026-03"', "keterangan"),
        ("[[peristiwa", "tidak dapat dibaca"),
    ],
)
def test_a_wrong_event_is_named(tmp_path, content, named):
    path = tmp_path / "peristiwa.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=named):
        read_events(path)


def test_events_are_read_and_none_by_default(tmp_path):
    path = tmp_path / "peristiwa.toml"
    assert read_events(path) == ()
    path.write_text(
        '[[peristiwa]]\nunit = "35"\nbulan = "2026-03"\nketerangan = " Aturan "', encoding="utf-8"
    )
    assert read_events(path) == (Event(unit="35", bulan="2026-03", keterangan="Aturan"),)


# --- smoothing ------------------------------------------------------------------------------------------


def rates(unit: str, *, scale: float, x=(1, 300, 5), n=(10, 1000, 40)) -> pd.DataFrame:
    x, n = np.array(x, float), np.array(n, float)
    return pd.DataFrame(
        {"nilai": scale * x / n, "pembilang": x, "n": n, "bawah": 0.0, "atas": 1.0, "satuan": unit}
    )


@pytest.mark.parametrize(
    ("unit", "scale"),
    [("persen", 100), ("per 100.000 penduduk", 100_000), ("kasus per pendamping", 1)],
)
def test_small_areas_are_drawn_to_the_mean_most(unit, scale):
    # Far apart, so that the areas differ beyond chance: 10, 30 and 80 of 100, the last of few.
    raw = rates(unit, scale=scale, x=(100, 300, 16), n=(1000, 1000, 20))
    made = smoothed(raw)
    mean = scale * 416 / 2020
    moved = ((made["nilai"] - raw["nilai"]).abs() / (raw["nilai"] - mean).abs()).tolist()
    assert 0 < moved[0] < 0.2 and 0 < moved[1] < 0.2 and moved[2] > 2 * max(moved[:2])
    assert made["bawah"].isna().all() and made["n"].equals(raw["n"])


def test_equal_chance_gives_the_mean_and_hidden_figures_stay_hidden():
    raw = rates("persen", scale=100, x=(10, 20, 31, 40), n=(100, 200, 300, 400))
    assert smoothed(raw)["nilai"].tolist() == pytest.approx([10.1] * 4)
    raw.loc[0, "nilai"] = np.nan
    assert smoothed(raw)["nilai"].isna().tolist() == [True, False, False, False]
    with pytest.raises(ValueError, match="kasus"):
        smoothed(rates("kasus", scale=1))


def test_a_month_of_too_few_cases_is_not_judged():
    made = control([0, 0, 1, *[0] * 11])
    sentence = words.pattern_sentence(made, kode="I01", names=NAMES)
    assert made.pola.jenis and "terlalu sedikit untuk menilai pola" in sentence
    assert words.too_few(made, "I01") and not words.too_few(made, "I11")
    assert not words.too_few(control([*ZIGZAG, 99]), "I01")
