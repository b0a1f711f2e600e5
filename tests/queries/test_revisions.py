"""Two versions held against each other: what each kind of change counts as, and against plain Python over the rows."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pandas as pd
import pytest

from lib import settings
from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, Tayang, UserError
from lib.measure import SPLIT, Side, measure, revisions
from lib.queries.source import direct_source
from tests.plain.data import Raw
from tests.queries.build import PROVINCES, kasus_row, places_of, random_world, raw_world, unggahan_row, write

THEN, NOW = dt.date(2026, 9, 30), dt.date(2026, 11, 20)
SCOPE = Scope(role=Role.DIREKTUR, provinces=PROVINCES)
YEAR = CaseFilter(period=Period(dari=dt.date(2026, 1, 1), sampai=dt.date(2026, 12, 31)))
COUNTS = ("I01", "I02", "I03", "I03K", "I13")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def closed(when: str, reason: str = "T1") -> dict:
    return {"tanggal_terminasi": day(when), "kode_alasan": reason, "tanggal_pembaruan": day(when)}


def side(raw: Raw, folder, name: str, **changes) -> Side:
    """A version of a world: its rows in a database of their own, and the settings."""
    engine = writable_engine(f"sqlite:///{folder / f'{name}.sqlite'}")
    write(engine, raw)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    return Side(
        source=direct_source(engine, simulasi=True, versi=name),
        settings=replace(values, ambang=replace(values.ambang, **changes)),
    )


def version(cases: list[dict], when: dt.date = NOW) -> Raw:
    return raw_world(kasus=cases, unggahan=[unggahan_row(1, "34", when, day("01-01"))])


# Two cases that never change, so that every count has something to begin with.
OPEN = kasus_row("34", 1, day("02-01"), tanggal_asesmen=day("02-05"))
DONE = kasus_row("34", 2, day("03-01"), **closed("05-01"))
ONE = kasus_row("34", 3, day("06-01"), tanggal_pembaruan=day("07-15"))
ELSEWHERE = {"kode_kabkota": places_of("34")[1]}
# What stood there then, what stands there now, and (baru, direvisi) of I01, I02, I03, I03K, I13.
CHANGES = {
    "nothing": (ONE, ONE, {}),
    "a new case": (None, kasus_row("34", 3, day("10-05")), {"I01": (1, 0), "I13": (1, 0)}),
    "a new case on the day after": (None, kasus_row("34", 3, day("10-01")), {"I01": (1, 0), "I13": (1, 0)}),
    "late registration": (None, ONE, {"I01": (0, 1), "I13": (0, 1)}),
    "late registration on the day itself": (
        None,
        kasus_row("34", 3, day("09-30")),
        {"I01": (0, 1), "I13": (0, 1)},
    ),
    "a new closing": (
        ONE,
        ONE | closed("10-15"),
        {"I02": (1, 0), "I03": (1, 0), "I03K": (1, 0), "I13": (-1, 0)},
    ),
    "a closing sent late": (
        ONE,
        ONE | closed("09-15"),
        {"I02": (0, 1), "I03": (0, 1), "I03K": (0, 1), "I13": (0, -1)},
    ),
    "a closing taken back": (
        ONE | closed("08-01"),
        ONE,
        {"I02": (0, -1), "I03": (0, -1), "I03K": (0, -1), "I13": (0, 1)},
    ),
    "a closing whose date moved to after T": (
        ONE | closed("09-15"),
        ONE | closed("10-15"),
        {"I02": (1, -1), "I03": (1, -1), "I03K": (1, -1), "I13": (-1, 1)},
    ),
    "a date corrected out of the period": (
        ONE,
        ONE | {"tanggal_terdata": dt.date(2025, 6, 1)},
        {"I01": (0, -1)},
    ),
    "a date corrected within it": (ONE, ONE | {"tanggal_terdata": day("07-01")}, {}),
    "an asesmen sent late": (ONE, ONE | {"tanggal_asesmen": day("06-09")}, {"I02": (0, 1)}),
    "removed by --ganti": (ONE, None, {"I01": (0, -1), "I13": (0, -1)}),
    "closed as a duplicate since": (ONE, ONE | closed("10-10", "A1"), {"I01": (0, -1), "I13": (0, -1)}),
    "a late case that was closed after T": (
        None,
        ONE | closed("10-15"),
        {"I01": (0, 1), "I02": (1, 0), "I03": (1, 0), "I03K": (1, 0), "I13": (-1, 1)},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_change_counts_as(name, tmp_path):
    before, after, expected = CHANGES[name]
    earlier = side(version([OPEN, DONE, *filter(None, [before])], THEN), tmp_path, "dulu")
    later = side(version([OPEN, DONE, *filter(None, [after])]), tmp_path, "kini")
    rows = revisions(SCOPE, COUNTS, YEAR, earlier=earlier, later=later).set_index("kode")
    found = {kode: (row["baru"], row["direvisi"]) for kode, row in rows.iterrows()}
    assert found == {kode: expected.get(kode, (0, 0)) for kode in COUNTS}
    assert (rows["baru"] + rows["direvisi"] == rows["selisih"]).all()
    assert (rows["kini"] - rows["dulu"] == rows["selisih"]).all()


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"jenis": ("P01",)}, (0, -1)),
        ({"jenis": ("P18",)}, (0, 1)),
        ({"kabkota": places_of("34")[:1]}, (0, -1)),
        ({"kabkota": places_of("34")[1:2]}, (0, 1)),
        ({}, (0, 0)),
    ],
)
def test_a_case_moved_to_another_kind_and_place_is_revised_in_both(narrowed, expected, tmp_path):
    moved = ONE | {"kode_jenis": "P18"} | ELSEWHERE
    earlier = side(version([OPEN, DONE, ONE], THEN), tmp_path, "dulu")
    later = side(version([OPEN, DONE, moved]), tmp_path, "kini")
    row = revisions(SCOPE, ["I01"], replace(YEAR, **narrowed), earlier=earlier, later=later).iloc[0]
    assert (row["baru"], row["direvisi"]) == expected


def test_a_data_date_that_went_back_has_no_new_events(tmp_path):
    cases = [OPEN, DONE, kasus_row("34", 3, day("10-05"))]
    earlier = side(version(cases), tmp_path, "dulu")
    later = side(version(cases, THEN), tmp_path, "kini")
    row = revisions(SCOPE, ["I01"], YEAR, earlier=earlier, later=later).iloc[0]
    assert (row["dulu"], row["kini"], row["baru"], row["direvisi"]) == (3, 2, 0, -1)


def test_a_province_that_had_not_sent_is_left_out_and_named(tmp_path):
    both = [unggahan_row(1, "34", NOW, day("01-01")), unggahan_row(2, "35", NOW, day("01-01"))]
    more = raw_world(kasus=[OPEN, DONE, kasus_row("35", 1, day("03-01"))], unggahan=both)
    earlier, later = side(version([OPEN, DONE], THEN), tmp_path, "dulu"), side(more, tmp_path, "kini")
    whole = revisions(SCOPE, ["I01"], YEAR, earlier=earlier, later=later).iloc[0]
    assert (whole["dulu"], whole["kini"], whole["selisih"]) == (2, 2, 0)
    assert "tanpa 1 provinsi" in whole["catatan"]
    each = revisions(SCOPE, ["I01"], YEAR, earlier=earlier, later=later, per=Dimensi.PROVINSI)
    each = each.set_index("provinsi")
    assert (each.loc["35", "kini"], each.loc["35", "alasan_dulu"]) == (1, "belum ada data")
    assert each.loc["35", ["dulu", "selisih", "baru", "direvisi"]].isna().all()
    assert "belum mengirim" in each.loc["35", "catatan"]
    assert each.loc["34", "selisih"] == 0 and each.loc["34", "catatan"] is None


# --- a random world, and the same in plain Python ------------------------------------------------------------


def data_dates(raw: Raw) -> dict[str, dt.date]:
    """The data date of each province that sent."""
    dates: dict[str, dt.date] = {}
    for row in raw.unggahan:
        kode = row["kode_provinsi"]
        dates[kode] = max(dates.get(kode, row["tanggal_data"]), row["tanggal_data"])
    return dates


def worlds() -> tuple[Raw, Raw]:
    """A random world as it is now, and how it was sent earlier: less known, some of it otherwise."""
    now, chance = random_world(6), random.Random(3)
    earlier = {kode: when - dt.timedelta(days=40) for kode, when in data_dates(now).items()}
    cases = []
    for row in now.kasus:
        known = earlier.get(row["kode_provinsi"])
        if chance.random() < 0.05 or (known and row["tanggal_terdata"] > known):
            continue
        changed = dict(row)
        if chance.random() < 0.05:
            changed |= {"tanggal_terminasi": None, "kode_alasan": None, "tanggal_pascalayanan": None}
            changed |= {name: None for name in row if name.startswith("hasil_")}
        cases.append(changed)
    kept = {(row["kode_provinsi"], row["id_kasus"]) for row in cases}
    then = replace(
        now,
        kasus=cases,
        unggahan=[
            row | {"tanggal_data": earlier[row["kode_provinsi"]], "lengkap_sejak": dt.date(2025, 1, 1)}
            for row in now.unggahan
        ],
        kegiatan=[row for row in now.kegiatan if (row["kode_provinsi"], row["id_kasus"]) in kept],
        rujukan=[row for row in now.rujukan if (row["kode_provinsi"], row["id_kasus"]) in kept],
    )
    return then, now


def plain_count(kode: str, raw: Raw, provinsi: str, start: dt.date, until: dt.date, data: dt.date) -> int:
    """A count over the raw rows as they were on `until`, in a version whose data date is `data`."""
    reasons = {row["kode_alasan"]: row["kelompok"] for row in raw.alasan_terminasi}

    def happened(when: dt.date | None) -> bool:
        return when is not None and when <= min(until, data)

    total = 0
    for row in raw.kasus:
        group = reasons.get(row["kode_alasan"])
        if (
            row["kode_provinsi"] != provinsi
            or group == "administratif"
            or not happened(row["tanggal_terdata"])
        ):
            continue
        ended = happened(row["tanggal_terminasi"])
        recorded, resolved = row["tanggal_terdata"] >= start, ended and group == "terselesaikan"
        urgent = row["prioritas"] == "darurat" and happened(row["tanggal_intervensi"])
        total += {
            "I01": recorded,
            "I02": recorded and (resolved or urgent or happened(row["tanggal_asesmen"])),
            "I03": resolved and row["tanggal_terminasi"] >= start,
            "I03K": recorded and resolved,
            "I13": not ended,
        }[kode]
    return total


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> tuple[Raw, Raw, Side, Side]:
    then, now = worlds()
    folder = tmp_path_factory.mktemp("dua")
    return then, now, side(then, folder, "dulu"), side(now, folder, "kini")


def test_counts_agree_with_plain_python_in_every_province(two):
    then, now, earlier, later = two
    rows = revisions(SCOPE, COUNTS, CaseFilter(), earlier=earlier, later=later, per=Dimensi.PROVINSI)
    old, new = data_dates(then), data_dates(now)
    seen = 0
    for row in rows[rows["selisih"].notna()].itertuples():
        start, end = row.dari, row.sampai
        until = min(end, old[row.provinsi], new[row.provinsi])
        ask = (row.kode,)
        first = plain_count(*ask, then, row.provinsi, start, end, old[row.provinsi])
        between = plain_count(*ask, now, row.provinsi, start, until, new[row.provinsi])
        last = plain_count(*ask, now, row.provinsi, start, end, new[row.provinsi])
        assert (row.dulu, row.kini, row.direvisi, row.baru) == (
            first,
            last,
            between - first,
            last - between,
        ), (row.kode, row.provinsi)
        seen += (row.direvisi != 0) + (row.baru != 0)
    assert seen > 10


def test_parts_of_every_split_figure_add_up_and_provinces_add_up_to_the_whole(two):
    *_, earlier, later = two
    whole = revisions(SCOPE, SPLIT, CaseFilter(), earlier=earlier, later=later)
    known = whole[whole["baru"].notna()]
    assert set(COUNTS) <= set(known["kode"]) and len(known) >= 20
    assert (known["baru"] + known["direvisi"]).tolist() == pytest.approx(known["selisih"].tolist())
    each = revisions(SCOPE, COUNTS, CaseFilter(), earlier=earlier, later=later, per=Dimensi.PROVINSI)
    summed = each.groupby("kode")[["dulu", "kini", "baru", "direvisi"]].sum()
    told = whole.set_index("kode").loc[list(COUNTS), ["dulu", "kini", "baru", "direvisi"]]
    assert summed.loc[list(COUNTS)].to_numpy().tolist() == told.to_numpy().tolist()


def test_the_values_are_those_of_the_one_door(two):
    *_, earlier, later = two
    rows = revisions(SCOPE, ["I05M", "I15-n", "I11"], CaseFilter(), earlier=earlier, later=later)
    for name, one in (("dulu", earlier), ("kini", later)):
        asked = CaseFilter(period=Period(dari=rows["dari"].iloc[0], sampai=rows["sampai"].iloc[0]))
        answer = measure(
            SCOPE, ["I05M", "I15-n", "I11"], asked, source=one.source, limits=one.settings.ambang
        )
        pd.testing.assert_series_equal(rows[name], answer["nilai"], check_names=False)
    # Known at T only: the difference alone, and why.
    stuck = rows.set_index("kode").loc["I15-n"]
    assert pd.isna(stuck["baru"]) and "hanya diketahui pada tanggal data" in stuck["catatan"]


def test_other_thresholds_split_only_what_they_do_not_decide(two, tmp_path):
    then, _, _, later = two
    earlier = side(then, tmp_path, "lain", asesmen_hari=7)
    rows = revisions(SCOPE, ["I01", "I11"], CaseFilter(), earlier=earlier, later=later).set_index("kode")
    assert not pd.isna(rows.loc["I01", "baru"])
    assert pd.isna(rows.loc["I11", "baru"]) and "ambang atau kebijakan" in rows.loc["I11", "catatan"]


def test_a_coordinator_asks_about_the_own_province_only(two):
    *_, earlier, later = two
    scope = Scope(role=Role.KOORDINATOR, provinces=("34",))
    each = revisions(scope, ["I01"], CaseFilter(), earlier=earlier, later=later, per=Dimensi.PROVINSI)
    assert each["provinsi"].tolist() == ["34"]
    with pytest.raises(AccessRefused):
        revisions(scope, ["I01"], CaseFilter(provinsi=("35",)), earlier=earlier, later=later)


@pytest.mark.parametrize(
    ("error", "words", "scope", "kodes", "per", "simulated"),
    [
        (AccessRefused, "tayang internal", replace(SCOPE, tayang=Tayang.PRESENTASI), ["I01"], None, True),
        (UserError, "tidak per bulan", SCOPE, ["I01"], Dimensi.BULAN, True),
        (UserError, "beberapa baris", SCOPE, ["I32-komponen"], None, True),
        (UserError, "simulasi", SCOPE, ["I01"], None, False),
    ],
)
def test_what_is_refused(two, error, words, scope, kodes, per, simulated):
    *_, earlier, later = two
    later = replace(later, source=replace(later.source, simulasi=simulated))
    with pytest.raises(error, match=words):
        revisions(scope, kodes, CaseFilter(), earlier=earlier, later=later, per=per)
