"""What must hold between the answers, whatever the data: parts and wholes, filters, scopes, refusals."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from lib import settings, snapshot
from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, Role, Scope, Tayang, UserError
from lib.indicators.records import INDICATORS
from lib.measure import measure, open_source
from lib.queries.source import Source, direct_source
from tests.plain.data import Raw, build_world
from tests.queries.build import DAY, PROVINCES, random_world, write

VALUES = ["nilai", "pembilang", "n", "bawah", "atas", "alasan", "tanggal_data"]
COUNTS = ("I01", "I02", "I03", "I03K", "I13", "I16")
FIGURES = (*COUNTS, "I04-30", "I05-90", "I05M", "I06", "I07", "I08", "I11", "I14-median", "I15-n", "I27")
PERSONS = ("I17", "I18-rata", "I18-maks", "I29-sertifikat")
LIMITS = settings.load(environment={}).ambang
NATIONAL = Scope(role=Role.DIREKTUR, provinces=PROVINCES)
# 400 cases, all four provinces, three different T.
SEED = 4
RAW = random_world(SEED)
KNOWN = {kode: place.tanggal_data for kode, place in build_world(RAW).provinces.items()}
NEWEST = max(KNOWN[kode] for kode in PROVINCES)
PERIODS = {
    "default": Period(),
    "a year to the newest T": Period(dari=NEWEST - 365 * DAY, sampai=NEWEST),
    "past a late T": Period(dari=min(KNOWN[kode] for kode in PROVINCES) - 40 * DAY, sampai=NEWEST),
    "early": Period(dari=NEWEST - 320 * DAY, sampai=NEWEST - 130 * DAY),
}


def snapshot_of(raw: Raw, folder: Path) -> Source:
    engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
    write(engine, raw)
    engine.dispose()
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    snapshot.build(values, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    return open_source(values)


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Source:
    assert len({KNOWN[kode] for kode in PROVINCES}) > 2
    return snapshot_of(RAW, tmp_path_factory.mktemp("sifat"))


def ask(source: Source, kodes, case_filter=None, per=None, scope=NATIONAL) -> pd.DataFrame:
    return measure(scope, list(kodes), case_filter or CaseFilter(), per=per, source=source, limits=LIMITS)


def nilai(source: Source, kodes, case_filter=None, **more) -> dict[str, float]:
    return ask(source, kodes, case_filter, **more).set_index("kode")["nilai"].to_dict()


# --- parts and wholes ----------------------------------------------------------------------------------------

PARTS = [
    *((per, COUNTS) for per in Dimensi if per not in (Dimensi.BULAN, Dimensi.TAHAP)),
    # A month's I02 and I03K are seen at its own end, its I13 is no part of a sum.
    (Dimensi.BULAN, ("I01", "I03", "I16")),
    (Dimensi.TAHAP, COUNTS),
]


@pytest.mark.parametrize("name", PERIODS)
@pytest.mark.parametrize(("per", "kodes"), PARTS, ids=lambda value: str(value)[:9])
def test_parts_sum_to_the_whole(source, per, kodes, name):
    chosen = CaseFilter(period=PERIODS[name])
    whole = nilai(source, kodes, chosen)
    parts = ask(source, kodes, chosen, per)
    assert parts.groupby("kode")["nilai"].sum().to_dict() == whole
    assert whole["I01"] > 0


@pytest.mark.parametrize("name", PERIODS)
def test_loads_sum_to_the_whole(source, name):
    """Everybody's load, with or without kab/kota."""
    chosen = CaseFilter(period=PERIODS[name])
    whole = ask(source, ["I18-rata"], chosen)["pembilang"].iloc[0]
    for per in (Dimensi.PROVINSI, Dimensi.KABKOTA, Dimensi.PENDAMPING):
        parts = ask(source, ["I18-rata"], chosen, per)
        if pd.isna(whole):
            # One province's T lies after the period, so the whole is not known; the parts of others may be.
            assert (parts["alasan"] == "belum ada riwayat").any()
        else:
            assert parts["pembilang"].sum() == whole > 0


@pytest.mark.parametrize("per", [None, *Dimensi])
def test_the_funnel_is_nested(source, per):
    for period in PERIODS.values():
        rows = ask(source, ["I01", "I02", "I03K"], CaseFilter(period=period), per)
        found = {kode: part["nilai"].to_numpy() for kode, part in rows.groupby("kode")}
        assert len(found["I01"]) == len(found["I02"]) == len(found["I03K"])
        assert (found["I01"] >= found["I02"]).all()
        assert (found["I02"] >= found["I03K"]).all()
        assert found["I01"].sum() > found["I02"].sum() > 0


@pytest.mark.parametrize("name", PERIODS)
@pytest.mark.parametrize("per", [None, Dimensi.PROVINSI, Dimensi.KLASTER, Dimensi.TAHAP])
def test_status_is_one_of_four(source, per, name):
    chosen = CaseFilter(period=PERIODS[name])
    stock = [kode for kode in INDICATORS if kode.startswith("STOK-")]
    rows = ask(source, [*stock, "I13", "I07"], chosen, per)
    rows["baris"] = rows.groupby("kode").cumcount()
    number = {kode: part.set_index("baris")["nilai"] for kode, part in rows.groupby("kode")}
    based = {kode: part.set_index("baris") for kode, part in rows.groupby("kode")}
    assert len(stock) == 4
    recorded = based["I07"]["n"]
    assert (sum(number[kode] for kode in stock) == recorded).all()
    assert recorded.sum() > 0
    for kode in stock:
        assert (based[kode]["n"] == recorded).all()
    assert (number["I13"] == number["STOK-terdata"] + number["STOK-tertangani"]).all()
    assert (based["I07"]["pembilang"] == number["STOK-terselesaikan"]).all()


@pytest.mark.parametrize("name", ["a year to the newest T", "past a late T", "early"])
@pytest.mark.parametrize("per", [None, Dimensi.PROVINSI, Dimensi.JENIS])
def test_net_flow_is_the_change_of_open_cases(source, per, name):
    period = PERIODS[name]
    before = CaseFilter(period=Period(dari=period.dari - DAY, sampai=period.dari - DAY))
    change = ask(source, ["I16"], CaseFilter(period=period), per)["nilai"]
    start, end = (ask(source, ["I13"], each, per)["nilai"] for each in (before, CaseFilter(period=period)))
    assert change.tolist() == (end - start).tolist()
    assert change.abs().sum() > 0


def test_ages_sum_to_open_cases(source):
    bands = [kode for kode in INDICATORS if kode.startswith("I14-") and kode != "I14-median"]
    for period in PERIODS.values():
        found = nilai(source, [*bands, "I13"], CaseFilter(period=period))
        assert sum(found[kode] for kode in bands) == found["I13"] > 0


def test_loads_and_the_unattended_are_all_open_cases(source):
    rows = ask(source, ["I18-rata", "I28", "I13"], CaseFilter(period=Period(sampai=NEWEST))).set_index("kode")
    assert rows["pembilang"]["I18-rata"] + rows["nilai"]["I28"] == rows["nilai"]["I13"] > 0


# --- filters -------------------------------------------------------------------------------------------------


def values_of(rows: pd.DataFrame) -> list[tuple]:
    frame = rows[["kode", *VALUES]].astype(object)
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


GROUPS = [
    (Dimensi.PROVINSI, "provinsi", ("34", "35", "96"), (*FIGURES, *PERSONS)),
    (Dimensi.KABKOTA, "kabkota", ("34.01", "35.02"), (*FIGURES, *PERSONS)),
    (Dimensi.KLASTER, "klaster", ("ANAK", "TSKPO", "NAPZA"), FIGURES),
    (Dimensi.JENIS, "jenis", ("P01", "P18", "P26"), FIGURES),
]


# Not the default: it depends on the newest T of the filter.
@pytest.mark.parametrize("name", ["past a late T", "early"])
@pytest.mark.parametrize(("per", "field", "members", "kodes"), GROUPS, ids=lambda value: str(value)[:9])
def test_filter_then_group_is_group_then_filter(source, per, field, members, kodes, name):
    period = PERIODS[name]
    grouped = ask(source, kodes, CaseFilter(period=period), per)
    for member in members:
        alone = ask(source, kodes, CaseFilter(period=period, **{field: (member,)}))
        own = grouped[grouped[per.value] == member]
        assert values_of(alone) == values_of(own), member


def test_filter_by_pendamping_is_a_row_per_pendamping(source):
    period = PERIODS["a year to the newest T"]
    kodes = [kode for kode in (*FIGURES, *PERSONS) if Dimensi.PENDAMPING in INDICATORS[kode].dimensi]
    grouped = ask(source, kodes, CaseFilter(period=period), Dimensi.PENDAMPING)
    held = grouped[(grouped["kode"] == "I01") & (grouped["nilai"] > 0) & grouped["pendamping"].notna()]
    assert len(held) > 3
    for row in held[:4].itertuples():
        chosen = CaseFilter(period=period, provinsi=(row.provinsi,), pendamping=row.pendamping)
        own = grouped[(grouped["provinsi"] == row.provinsi) & (grouped["pendamping"] == row.pendamping)]
        alone = ask(source, list(own["kode"]), chosen)
        assert values_of(alone) == values_of(own)


def test_every_step_filtered_by_klaster_and_province(source):
    """A filter on one thing and groups of another: the same cell either way."""
    period = PERIODS["past a late T"]
    left = ask(source, COUNTS, CaseFilter(period=period, klaster=("ANAK",)), Dimensi.PROVINSI)
    for province in PROVINCES:
        right = ask(source, COUNTS, CaseFilter(period=period, provinsi=(province,)), Dimensi.KLASTER)
        mine, other = left[left["provinsi"] == province], right[right["klaster"] == "ANAK"]
        assert values_of(mine) == values_of(other)


def test_all_provinces_named_is_no_filter(source):
    named = ask(source, (*FIGURES, *PERSONS), CaseFilter(provinsi=PROVINCES))
    assert values_of(named) == values_of(ask(source, (*FIGURES, *PERSONS)))


def test_order_of_rows_is_irrelevant(source, tmp_path):
    chance = random.Random(1)
    tables = ("kasus", "pendamping", "unggahan", "kegiatan", "rujukan", "kehadiran", "target")
    shuffled = {name: chance.sample(getattr(RAW, name), len(getattr(RAW, name))) for name in tables}
    assert shuffled["kasus"] != RAW.kasus
    other = snapshot_of(replace(RAW, **shuffled), tmp_path)
    for per in (None, Dimensi.PENDAMPING):
        kodes = [kode for kode in (*FIGURES, *PERSONS) if per is None or per in INDICATORS[kode].dimensi]
        assert values_of(ask(other, kodes, per=per)) == values_of(ask(source, kodes, per=per))
    other.engine.dispose()


# --- scope ---------------------------------------------------------------------------------------------------


def scope_of(*provinces: str) -> Scope:
    return Scope(role=Role.KOORDINATOR, provinces=provinces)


@pytest.mark.parametrize("provinces", [("34",), ("35", "93"), ("34", "35", "93"), ("11",)])
def test_a_narrower_scope_never_has_more(source, provinces):
    chosen = CaseFilter(period=PERIODS["past a late T"])
    counts = ("I01", "I02", "I03", "I03K", "I13")
    whole = nilai(source, counts, chosen)
    part = nilai(source, counts, chosen, scope=scope_of(*provinces))
    filtered = nilai(source, counts, replace(chosen, provinsi=provinces), scope=scope_of(*PROVINCES, "11"))
    for kode in counts:
        assert not part[kode] > whole[kode]
        assert part[kode] == filtered[kode] or (pd.isna(part[kode]) and provinces == ("11",))


@pytest.mark.parametrize("per", list(Dimensi))
def test_no_row_of_another_province(source, per):
    kodes = [kode for kode in (*COUNTS, *PERSONS) if per in INDICATORS[kode].dimensi]
    rows = ask(source, kodes, per=per, scope=scope_of("35"))
    if per in (Dimensi.PROVINSI, Dimensi.PENDAMPING):
        assert set(rows["provinsi"]) == {"35"}
    if per is Dimensi.KABKOTA:
        assert set(rows["kabkota"].dropna().str[:2]) == {"35"}
    assert set(rows["tanggal_data"]) == {KNOWN["35"]}


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({"provinsi": ("34",)}, "34"),
        ({"provinsi": ("34", "35")}, "34"),
        ({"kabkota": ("34.01",)}, "34"),
        ({"kabkota": ("34.01", "35.01")}, "34"),
        ({"provinsi": ("34",), "pendamping": "p0"}, "34"),
        ({"provinsi": ("11",)}, "11"),
    ],
)
@pytest.mark.parametrize("per", [None, Dimensi.BULAN])
def test_another_province_is_refused(source, chosen, named, per):
    with pytest.raises(AccessRefused, match=named):
        ask(source, ["I01", "I18-rata"], CaseFilter(**chosen), per, scope=scope_of("35", "93"))


@pytest.mark.parametrize("chosen", [{}, {"klaster": ("ANAK",)}, {"provinsi": ("35",)}])
def test_an_empty_scope_gets_nothing(source, chosen):
    with pytest.raises(UserError, match=r"Cakupan Anda kosong|35"):
        ask(source, ["I01"], CaseFilter(**chosen), scope=scope_of())


@pytest.mark.parametrize("kodes", [["I01"], ["I18-rata"], ["I05M", "I27"]])
def test_presentasi_is_refused(source, kodes):
    shown = Scope(role=Role.DIREKTUR, provinces=PROVINCES, tayang=Tayang.PRESENTASI)
    with pytest.raises(UserError, match="presentasi"):
        ask(source, kodes, scope=shown)


# --- refusals ------------------------------------------------------------------------------------------------

WRONG = [
    (["I99"], {}, None, "I99"),
    (["I01", "i01"], {}, None, "i01"),
    (["STOK"], {}, None, "STOK"),
    (["I18-rata"], {}, Dimensi.KLASTER, "I18-rata.*klaster"),
    (["I18-rata"], {}, Dimensi.JENIS, "I18-rata.*jenis"),
    (["I18-rata"], {}, Dimensi.PAS, "I18-rata.*pas"),
    (["I18-maks"], {}, Dimensi.TAHAP, "I18-maks.*tahap"),
    (["I27"], {}, Dimensi.TAHAP, "I27.*tahap"),
    (["I27"], {}, Dimensi.PENDAMPING, "I27.*pendamping"),
    (["I01", "I27"], {}, Dimensi.PENDAMPING, "I27.*pendamping"),
    (["I01"], {"provinsi": ("99",)}, None, "99"),
    (["I01"], {"provinsi": ("34", "jatim")}, None, "jatim"),
    (["I01"], {"kabkota": ("35.99",)}, None, r"35\.99"),
    (["I01"], {"klaster": ("anak",)}, None, "anak"),
    (["I01"], {"jenis": ("P99",)}, None, "P99"),
    (["I01"], {"jenis": ("ANAK",)}, None, "ANAK"),
    (["I01"], {"provinsi": ("34",), "kabkota": ("35.01",)}, None, r"35\.01"),
    (["I01"], {"pendamping": "p0"}, None, "p0"),
    (["I01"], {"provinsi": ("34", "35"), "pendamping": "p0"}, None, "p0"),
    (["I01"], {"provinsi": ("34",), "pendamping": "tak-ada"}, None, "tak-ada"),
    (["I01"], {"period": Period(dari=NEWEST + DAY)}, None, f"{NEWEST + DAY}.*{NEWEST}"),
    (["I01"], {"provinsi": ("35",), "period": Period(dari=KNOWN["35"] + DAY)}, None, f"{KNOWN['35'] + DAY}"),
    (
        ["I01"],
        {"period": Period(dari=dt.date(2000, 1, 1), sampai=NEWEST)},
        Dimensi.BULAN,
        f"2000-01-01.*{NEWEST}",
    ),
]


@pytest.mark.parametrize(("kodes", "chosen", "per", "named"), WRONG)
def test_nonsense_is_refused_with_the_value_in_the_sentence(source, kodes, chosen, per, named):
    with pytest.raises(UserError, match=named) as error:
        ask(source, kodes, CaseFilter(**chosen), per)
    assert str(error.value).endswith(".")


def test_direct_source_refuses_the_same(tmp_path):
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    write(engine, RAW)
    direct = direct_source(engine, simulasi=True)
    for kodes, chosen, per, named in WRONG:
        with pytest.raises(UserError, match=named):
            ask(direct, kodes, CaseFilter(**chosen), per)
    engine.dispose()
