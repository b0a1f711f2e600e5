"""What leaves the house: thresholds and rounding, the fixed list of views, the frame, and the audit on small tables."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lib import reference
from lib.disclosure import audit, rules, tables, views
from lib.disclosure.attempts import Cases, aims
from lib.disclosure.cells import STARTS, layout, linked, names_of, nodes, place_of
from lib.disclosure.suppress import check_kodes, suppress
from lib.disclosure.transfers import by_transfer
from lib.domain import CaseFilter, Dimensi, Period, PeriodKind, UserError
from lib.indicators.records import INDICATORS

NEWEST = dt.date(2026, 11, 20)
SINCE = dt.date(2025, 1, 1)
NATION = reference.all_provinces()


# --- numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "shown"), [(0, 0), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (1234, 1235)]
)
def test_counts_are_rounded_to_five(count, shown):
    assert rules.rounded([count]).tolist() == [shown]


def test_rounding_is_that_of_ehrql():
    """Its own cases, with its threshold of 8: 6, 7, 8 -> 0, 0, 10; what is no count is refused."""
    assert rules.rounded([6, 7, 8], k=8).tolist() == [0, 0, 10]
    for wrong in (-1, 7.1):
        with pytest.raises(ValueError, match="count"):
            rules.rounded([wrong])


@pytest.mark.parametrize(
    ("apa", "count", "low", "high"),
    [
        ("P24", 0, 0, 0),
        ("P24", 1, 1, 4),
        ("P24", 4, 1, 4),
        ("P24", 5, 5, 7),
        ("P24", 12, 8, 12),
        ("P18", 9, 1, 9),
        ("P18", 10, 10, 12),
        ("NAPZA", 7, 1, 9),
        ("TSKPO", 7, 5, 7),
        ("semua", 3, 1, 4),
    ],
)
def test_what_a_reader_knows_of_a_count(apa, count, low, high):
    found = rules.bounds(np.array([count]), rules.threshold(apa))
    assert [each.tolist() for each in found] == [[low], [high]]


def test_the_bounds_say_exactly_what_the_display_says():
    for k, count in itertools.product((5, 10), range(60)):
        same = [n for n in range(60) if _display(n, k) == _display(count, k)]
        low, high = rules.bounds(np.array([count]), k)
        assert (same[0], min(same[-1], 57)) == (low[0], min(high[0], 57))
        assert same == list(range(same[0], same[-1] + 1))


def _display(count, k):
    return f"<{k}" if 0 < count < k else int(rules.rounded([count], k=k)[0])


def test_sensitive_are_the_marked_kinds_and_the_groups_of_nothing_else():
    assert rules.sensitive() >= {"P03", "P06", "P18", "NAPZA"}
    assert not rules.sensitive() & {"P24", "ANAK", "TSKPO", "semua"}


def test_every_listed_figure_exists():
    assert set(rules.LISTED) <= set(INDICATORS)


# --- views ---------------------------------------------------------------------------------------------------

YEAR = {}
QUARTER = {"period": Period(dari=dt.date(2026, 4, 1), sampai=dt.date(2026, 6, 30))}
MONTH = {"period": Period(dari=dt.date(2026, 3, 1), sampai=dt.date(2026, 3, 31))}
LISTED = [
    (YEAR, None, ("nasional", "semua", "2026")),
    (YEAR, Dimensi.JENIS, ("nasional", "jenis", "2026")),
    (MONTH, Dimensi.JENIS, ("nasional", "jenis", "2026-03")),
    (MONTH | {"jenis": ("P18",)}, None, ("nasional", "jenis", "2026-03")),
    (QUARTER, Dimensi.KLASTER, ("nasional", "klaster", "2026-T2")),
    (YEAR | {"klaster": ("ANAK",)}, Dimensi.BULAN, ("nasional", "klaster", "2026")),
    (YEAR, Dimensi.PROVINSI, ("provinsi", "semua", "2026")),
    (QUARTER | {"klaster": ("NAPZA",)}, Dimensi.PROVINSI, ("provinsi", "klaster", "2026-T2")),
    (QUARTER | {"provinsi": ("35",)}, Dimensi.KLASTER, ("provinsi", "klaster", "2026-T2")),
    (YEAR | {"provinsi": ("35",)}, Dimensi.JENIS, ("provinsi", "jenis", "2026")),
    (YEAR | {"jenis": ("P18",)}, Dimensi.PROVINSI, ("provinsi", "jenis", "2026")),
    (YEAR | {"provinsi": ("35",)}, Dimensi.KABKOTA, ("kabkota", "semua", "2026")),
    (YEAR | {"klaster": ("ANAK",)}, Dimensi.KABKOTA, ("kabkota", "klaster", "2026")),
    (YEAR | {"kabkota": ("35.78",)}, Dimensi.KLASTER, ("kabkota", "klaster", "2026")),
    ({"period": Period(kind=PeriodKind.BULAN)}, None, ("nasional", "semua", "2026-11")),
    ({"period": Period(kind=PeriodKind.TRIWULAN)}, None, ("nasional", "semua", "2026-T4")),
    ({"period": Period(dari=dt.date(2026, 10, 1), sampai=NEWEST)}, None, ("nasional", "semua", "2026-T4")),
    (
        {"period": Period(dari=dt.date(2025, 1, 1), sampai=dt.date(2025, 12, 31))},
        None,
        ("nasional", "semua", "2025"),
    ),
]
REFUSED = [
    ({"period": Period(dari=dt.date(2026, 3, 1), sampai=dt.date(2026, 3, 15))}, None, "2026-03-15"),
    ({"period": Period(dari=dt.date(2026, 2, 1), sampai=dt.date(2026, 4, 30))}, None, "2026-02-01"),
    ({"period": Period(dari=dt.date(2026, 3, 5))}, None, "2026-03-05"),
    ({"period": Period(sampai=dt.date(2026, 3, 5))}, None, "2026-03-05"),
    ({"period": Period(kind=PeriodKind.DUA_BELAS_BULAN)}, None, "12 bulan"),
    ({"provinsi": ("35", "33")}, None, "33, 35"),
    ({"kabkota": ("35.78", "35.01")}, None, "35.01, 35.78"),
    ({"klaster": ("ANAK", "LANSIA")}, None, "ANAK, LANSIA"),
    ({"jenis": ("P01", "P02")}, None, "P01, P02"),
    ({"klaster": ("ANAK",), "jenis": ("P01",)}, None, "P01"),
    ({"jenis": ("P01",)}, Dimensi.KLASTER, "P01"),
    ({"provinsi": ("35",), "pendamping": "p0"}, None, "p0"),
    ({}, Dimensi.PENDAMPING, "pendamping"),
    ({}, Dimensi.PAS, "pas"),
    ({}, Dimensi.TAHAP, "tahap"),
    (MONTH | {"provinsi": ("35",)}, None, "2026-03"),
    (MONTH, Dimensi.PROVINSI, "2026-03"),
    (QUARTER | {"provinsi": ("35",)}, Dimensi.JENIS, "2026-T2"),
    (QUARTER | {"kabkota": ("35.78",)}, None, "2026-T2"),
    (YEAR | {"provinsi": ("35",)}, Dimensi.BULAN, "bulan"),
    (YEAR | {"kabkota": ("35.78",), "jenis": ("P24",)}, None, "P24"),
    (YEAR | {"kabkota": ("35.78",), "klaster": ("NAPZA",)}, None, "NAPZA"),
    (YEAR | {"kabkota": ("35.78",)}, Dimensi.JENIS, "jenis"),
    (YEAR | {"kabkota": ("35.78",)}, Dimensi.PROVINSI, "35.78"),
]


def _provinces(chosen):
    return chosen.provinsi or tuple({kode[:2] for kode in chosen.kabkota}) or NATION


@pytest.mark.parametrize(("chosen", "per", "expected"), LISTED)
def test_a_listed_view_is_known(chosen, per, expected):
    case_filter = CaseFilter(**chosen)
    found = views.check(case_filter, per=per, provinces=_provinces(case_filter), newest=NEWEST, since=SINCE)
    assert (found.wilayah, found.rincian, found.nama) == expected


@pytest.mark.parametrize(("chosen", "per", "named"), REFUSED)
def test_what_is_not_on_the_list_is_refused(chosen, per, named):
    case_filter = CaseFilter(**chosen)
    with pytest.raises(UserError, match="presentasi") as refused:
        views.check(case_filter, per=per, provinces=_provinces(case_filter), newest=NEWEST, since=SINCE)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("since", "days", "listed"),
    [
        (dt.date(2026, 3, 1), ("2026-03-01", "2026-03-31"), True),
        (dt.date(2026, 3, 2), ("2026-03-01", "2026-03-31"), False),
        (dt.date(2026, 3, 2), ("2026-04-01", "2026-06-30"), True),
        (dt.date(2026, 3, 2), ("2026-01-01", "2026-03-31"), False),
        (dt.date(2026, 3, 2), (None, None), False),
        (dt.date(2026, 1, 1), (None, None), True),
        (None, (None, None), True),
    ],
)
def test_a_period_begins_when_the_registers_are_complete(since, days, listed):
    first, last = (day and dt.date.fromisoformat(day) for day in days)
    asked = {"per": None, "provinces": NATION, "newest": NEWEST, "since": since}
    case_filter = CaseFilter(period=Period(dari=first, sampai=last))
    if listed:
        assert views.check(case_filter, **asked).mulai == (first or dt.date(2026, 1, 1))
        return
    with pytest.raises(UserError, match=f"lengkap sejak {since}"):
        views.check(case_filter, **asked)


@pytest.mark.parametrize("kode", ["I03", "I06", "I13", "I15-n", "I15-persen", "I11", "I04-180"])
def test_only_the_core_counts_are_told_finely(kode):
    kab, kind, group = (
        {"kabkota": ("35.78",)},
        {"provinsi": ("35",), "jenis": ("P24",)},
        {"provinsi": ("35",)},
    )
    for chosen, per in ((kab, None), ({}, Dimensi.KABKOTA), (kind, None), (group, Dimensi.JENIS)):
        view = checked(chosen, per)
        with pytest.raises(UserError, match=f"{kode} .*I01, I02, I03K, I27, dan lama hari"):
            check_kodes([kode], view, per)
        check_kodes(["I01", "I02", "I03K", "I27", "I05M"], view, per)
    for chosen, per in (({}, Dimensi.JENIS), (group, Dimensi.KLASTER), ({}, Dimensi.PROVINSI)):
        check_kodes([kode], checked(chosen, per), per)


def checked(chosen, per):
    case_filter = CaseFilter(**chosen)
    return views.check(case_filter, per=per, provinces=_provinces(case_filter), newest=NEWEST, since=SINCE)


def test_some_provinces_together_are_refused():
    with pytest.raises(UserError, match="Jumlah 2 provinsi"):
        views.check(CaseFilter(), per=None, provinces=("33", "35"), newest=NEWEST, since=SINCE)
    assert (
        views.check(CaseFilter(), per=None, provinces=("33",), newest=NEWEST, since=SINCE).wilayah
        == "provinsi"
    )


# --- frames --------------------------------------------------------------------------------------------------


def frame(**rows):
    columns = {"kode": "I01", "nilai": 12.0, "pembilang": np.nan, "n": 12.0, "bawah": 1.0, "atas": 99.0}
    columns |= {"alasan": None, "catatan": None, "satuan": "kasus"}
    return pd.DataFrame([columns | rows])


def shown_of(hidden=(), **rows):
    view = views.check(CaseFilter(), per=None, provinces=NATION, newest=NEWEST, since=SINCE)
    return suppress(frame(**rows), view, per=None, hidden=frozenset(hidden)).iloc[0]


@pytest.mark.parametrize(
    ("count", "nilai", "alasan"),
    [
        (0, 0, None),
        (1, None, "<5"),
        (4, None, "<5"),
        (5, 5, None),
        (7, 5, None),
        (8, 10, None),
        (12, 10, None),
    ],
)
def test_a_count_is_hidden_shown_or_rounded(count, nilai, alasan):
    row = shown_of(nilai=float(count))
    assert (None if pd.isna(row["nilai"]) else row["nilai"], row["alasan"]) == (nilai, alasan)
    assert row[["pembilang", "n", "bawah", "atas"]].isna().all()
    assert row["catatan"] == ("disamarkan" if alasan else None)


def test_a_cell_the_audit_hides_is_hidden():
    row = shown_of([("terdata", "00", "semua", "2026")], nilai=1234.0)
    assert pd.isna(row["nilai"]) and row["alasan"] == row["catatan"] == "disamarkan"


@pytest.mark.parametrize(
    ("x", "n", "nilai", "alasan"),
    [(18, 41, 50.0, None), (0, 41, 0.0, None), (3, 41, None, "disamarkan"), (3, 9, None, "n < 10")],
)
def test_rates_come_from_rounded_counts(x, n, nilai, alasan):
    row = shown_of(kode="I04-180", nilai=100 * x / n, pembilang=float(x), n=float(n), satuan="persen")
    assert (None if pd.isna(row["nilai"]) else row["nilai"], row["alasan"]) == (nilai, alasan)


def test_a_median_needs_ten_cases_and_tells_no_count():
    assert shown_of(kode="I05M", nilai=96.0, n=10.0)["nilai"] == 96
    row = shown_of(kode="I05M", nilai=96.0, n=9.0)
    assert pd.isna(row["nilai"]) and row["alasan"] == "n < 10" and pd.isna(row["n"])


def test_notes_with_numbers_of_cases_are_left_out():
    note = "3 kasus sebelum register lengkap tidak dihitung; 2 provinsi belum ada data"
    assert shown_of(catatan=note)["catatan"] == "2 provinsi belum ada data"


# --- the audit -----------------------------------------------------------------------------------------------


def block_of(*cases):
    """A year of cases (kab/kota, kind, month 1-12, how many)."""
    kab, kind = tables.positions("kabkota"), tables.positions("jenis_masalah")
    rows = [(kab[a], kind[b], month - 1, (month - 1) // 3) for a, b, month, n in cases for _ in range(n)]
    columns = np.array(rows, dtype="int64").T
    return tables.Block(
        tabel="terdata",
        **dict(zip(("kab", "kind", "month", "quarter"), columns, strict=True)),
        months=tuple(f"2026-{number:02d}" for number in range(1, 13)),
        quarters=tuple(f"2026-T{number}" for number in range(1, 5)),
        year="2026",
    )


PLACED = ("35.01", "35.02", "35.03")


def crowd(seed=1, cases=900):
    """A register that is neither empty nor sparse: three provinces, eight kinds, all months."""
    rng = np.random.default_rng(seed)
    places = ["35.01", "35.02", "35.03", "33.01", "33.02", "33.03", "34.01", "34.02", "34.03"]
    kinds = ["P01", "P02", "P06", "P09", "P17", "P18", "P23", "P24"]
    chosen = zip(
        rng.choice(places, cases),
        rng.choice(kinds, cases, p=[0.3, 0.2, 0.04, 0.2, 0.03, 0.03, 0.1, 0.1]),
        rng.integers(1, 13, cases),
        strict=True,
    )
    return [(str(place), str(kind), int(month), 1) for place, kind, month in chosen]


def test_every_case_counts_in_its_cells():
    state = nodes(block_of(("35.78", "P18", 5, 3)))
    named = {
        name: state.value[node] for node in np.flatnonzero(state.value) for name in names_of(state, int(node))
    }
    assert set(named.values()) == {3}
    assert ("terdata", "35.78", "TSKPO", "2026") in named and ("terdata", "35", "P18", "2026") in named
    assert ("terdata", "00", "P18", "2026-05") in named and ("terdata", "35", "TSKPO", "2026-T2") in named
    assert ("terdata", "35", "P18", "2026-T2") not in named and (
        "terdata",
        "35.78",
        "P18",
        "2026",
    ) not in named


def test_sums_are_the_sums_of_their_parts():
    """`linked` names for a sum what it is made of: kab/kota, groups, kinds, quarters or months."""
    state = nodes(block_of(*crowd()))
    for node in np.flatnonzero(state.listed).tolist():
        family, where = place_of(node)
        parts: dict[str, int] = {}
        for part in linked(node)[1]:
            kind, place = place_of(part)
            if family == kind == "NQ" or family == kind == "NY" or family == kind == "NM":
                parts["baris"] = parts.get("baris", 0) + int(state.value[part])
            elif family == kind:
                parts["bagian"] = parts.get("bagian", 0) + int(state.value[part])
            else:
                parts[kind] = parts.get(kind, 0) + int(state.value[part])
        assert all(total == state.value[node] for total in parts.values()), (family, where, parts)


@pytest.fixture(scope="module")
def audited():
    return audit.protect(block_of(*crowd(cases=350)))


def test_the_audit_hides_more_and_never_shows_more(audited):
    before = nodes(block_of(*crowd(cases=350)))
    assert audited.withheld.any()
    assert (audited.low <= before.low).all()
    assert (audited.high[audited.withheld] > before.high[audited.withheld]).all()
    assert (audited.asked >= before.asked).all()
    assert audited.withheld[STARTS["NY"] :].mean() < 0.5


def test_the_audit_is_the_same_each_time(audited):
    again = audit.protect(block_of(*crowd(cases=350)))
    assert np.array_equal(again.withheld, audited.withheld)


def test_one_case_alone_needs_nothing_more_hidden():
    """A single case: every cell it counts in says "<5", and could as well hold two or three."""
    cells, hidden = audit.audit([block_of(("35.78", "P24", 5, 1))])
    assert cells == [] and hidden > 10


def test_what_would_be_told_is_hidden_further():
    """Three months with a case each under a quarter of "<5" leave it 3 or 4: something more is hidden."""
    cells, _ = audit.audit(
        [block_of(*((place, "P24", month, 1) for month, place in enumerate(PLACED, start=1)))]
    )
    assert ("terdata", "00", "P24", "2026-T1") in cells or any(cell[3].startswith("2026-0") for cell in cells)


def cases_of(block):
    places = layout()
    of = {"prov": places.province_of[block.kab], "group": places.group_of[block.kind]}
    return Cases(kab=block.kab, kind=block.kind, month=block.month, quarter=block.quarter, **of)


GROUP_OF_P24 = reference.table("jenis_masalah").set_index("kode_jenis")["kode_klaster"]["P24"]


def node_named(state, *name):
    return next(n for n in np.flatnonzero(state.value).tolist() if ("terdata", *name) in names_of(state, n))


@pytest.mark.parametrize(
    ("placed", "possible"),
    [
        # B holds one case: none can leave it, for it does not show zero; A may give one of its two.
        ((("35.01", 2), ("35.02", 1)), [False, True, True, False, False]),
        # B may give two of its four and take none.
        ((("35.01", 2), ("35.02", 4)), [False, False, True, True, True]),
        # Nowhere to go and none to come.
        ((("35.01", 2),), [False, False, True, False, False]),
        # B shows 5 and holds 6: one may leave or come.
        ((("35.01", 2), ("35.02", 6)), [False, True, True, True, False]),
    ],
)
def test_what_transfers_between_two_kabkota_show(placed, possible):
    block = block_of(*((kab, "P24", 5, n) for kab, n in placed))
    state = nodes(block)
    node = node_named(state, "35.01", GROUP_OF_P24, "2026")
    assert by_transfer(state, cases_of(block))[node].tolist() == possible


def test_a_province_gives_to_another_of_the_same_kind_and_quarter_only():
    for month, others in ((5, True), (9, False)):
        block = block_of(("35.01", "P24", 5, 2), ("33.01", "P24", month, 3))
        state = nodes(block)
        node = node_named(state, "35", "P24", "2026")
        assert by_transfer(state, cases_of(block))[node].tolist() == [False, others, True, others, others]


def test_every_transfer_exists_as_a_whole_register():
    """Each value found by arithmetic is reached by really moving cases, in a small world where all can be tried."""
    block = block_of(*crowd(seed=4, cases=60))
    state = nodes(block)
    found = by_transfer(state, cases_of(block))
    draw = np.random.default_rng(1)
    asked = np.flatnonzero(state.asked[: STARTS["NM"]])
    for node in draw.choice(asked, 40, replace=False).tolist():
        for step in (1, -1):
            if found[node, 2 + step]:
                assert _one_move(block, state, node, step), (place_of(node), step)


def _one_move(block, state, node, step):
    """Whether one case moved to another kab/kota changes the node by the step and nothing that is shown."""
    kabs = [*range(len(layout().kabkota))]
    used = sorted(set(block.kab.tolist())) + [kab for kab in kabs if kab % 40 == 0]
    for case in range(len(block.kab)):
        for kab in used:
            moved = block.kab.copy()
            moved[case] = kab
            value = nodes(replace(block, kab=moved)).value
            if (
                value[node] == state.value[node] + step
                and ((state.low <= value) & (value <= state.high)).all()
            ):
                return True
    return False


def test_the_places_of_nodes_are_known():
    places, of = layout(), aims()
    for node in (0, STARTS["PQ"] + 7, STARTS["PK"] + 30, STARTS["NM"] + 20, STARTS["NY"] + 2):
        family, where = place_of(node)
        assert (of.kab[node] >= 0) == (family == "K") and (of.prov[node] < 0) == (family[0] == "N")
        assert (of.month[node] >= 0) == (family == "NM") and (of.quarter[node] >= 0) == (
            family in ("PQ", "NQ")
        )
        kinds = len(places.kinds) if family[0] in "K" or family in ("PQ", "PY") else 0
        assert of.row[node] == kinds + where[0 if family[0] == "N" else 1]


def test_a_mostly_hidden_list_is_not_shown_at_all():
    """Some cases only, and cells that could be told: the list of kab/kota says nothing, its zeros neither."""
    cells, _ = audit.audit([block_of(*crowd(cases=40))])
    assert {("terdata", "34.01", "ANAK", "2026"), ("terdata", "12.01", "ANAK", "2026")} <= set(cells)


def test_periods_before_the_first_are_not_audited():
    lives = pd.DataFrame(
        [
            ("35.78", "P24", pd.Timestamp(month), pd.NaT, pd.NaT, 0, 3)
            for month in ("2025-11-01", "2025-12-01")
        ],
        columns=["kabkota", "jenis", "terdata", "respon", "terminasi", "selesai", "n"],
    ).astype({"respon": "datetime64[us]", "terminasi": "datetime64[us]"})
    due = pd.DataFrame(
        columns=["kabkota", "jenis", "bulan", "n", "selesai", "respon", "tanpa_respon"]
    ).astype({"bulan": "datetime64[us]"})
    quiet = pd.DataFrame(columns=["kabkota", "jenis", "n"])
    since, newest = dt.date(2025, 11, 21), dt.date(2026, 1, 20)
    made = list(tables.blocks(lives, {180: due}, due, quiet, newest=newest, since=since))
    recorded = next(block for block in made if block.tabel == "terdata")
    assert [name for name in recorded.months if name] == ["2025-12"]
    assert (recorded.year, recorded.quarters) == (None, (None,) * 4) and len(recorded.kab) == 3
    standing = [block for block in made if block.tabel == "terbuka"]
    assert [[name for name in block.months if name] for block in standing] == [["2025-12"], ["2026-01"]]
    assert [block.year for block in standing] == [None, "2026"] and not standing[0].fine


@pytest.mark.parametrize(
    ("held", "hidden", "mean"),
    [
        (30.0, (), 1.5),
        (0.0, (), 0.0),
        (3.0, (), None),
        (30.0, [("terbuka", "00", "semua", "2026")], None),
        (30.0, [("terbuka-T", "00", "semua", "T")], None),
        (30.0, [("terdata", "00", "semua", "2026")], 1.5),
    ],
)
def test_the_mean_load_does_not_tell_a_hidden_number_of_open_cases(held, hidden, mean):
    row = shown_of(hidden, kode="I18-rata", nilai=held / 20, pembilang=held, n=20.0)
    assert (row.alasan, row.catatan) == ((None, None) if mean is not None else ("disamarkan", "disamarkan"))
    assert np.isnan(row.nilai) if mean is None else row.nilai == mean


@pytest.mark.parametrize(("hidden", "share"), [((), 25.0), ([("terbuka-T", "00", "semua", "T")], None)])
def test_the_share_above_the_limit_is_not_told_of_a_hidden_number_of_open_cases(hidden, share):
    """Each of five holds more than 15 cases: more than 80 are open."""
    row = shown_of(hidden, kode="I18-persen", nilai=25.0, pembilang=5.0, n=20.0)
    assert row.alasan == (None if share else "disamarkan")
    assert np.isnan(row.nilai) if share is None else row.nilai == share
