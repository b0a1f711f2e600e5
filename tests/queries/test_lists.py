"""The list behind a count has the count's length, page by page, and never leaves the scope."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lib import clock, measure, reference, settings, snapshot, start
from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, PeriodKind, Role, Scope, Tahap, UserError
from lib.indicators.records import INDICATORS
from lib.queries.lists import LISTED
from lib.queries.source import direct_source
from tests.plain import case_figures
from tests.plain.ask import resolve
from tests.plain.data import build_world, furthest_step, is_active, is_open, is_resolved, response
from tests.plain.groups import Group, make_groups
from tests.queries.build import PROVINCES, random_world, write
from tests.queries.compare import whens, wheres

NATIONAL = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
JAWA_TENGAH = Scope(role=Role.KOORDINATOR, provinces=("33",))
FILTERS = {
    "none": CaseFilter(),
    "province": CaseFilter(provinsi=("33",)),
    "kab": CaseFilter(kabkota=("33.74",)),
    "klaster": CaseFilter(klaster=("ANAK",)),
    "jenis": CaseFilter(jenis=("P08",)),
    "sensitive": CaseFilter(jenis=("P18",)),
    "klaster and province": CaseFilter(klaster=("TSKPO",), provinsi=("32", "36")),
    "this month": CaseFilter(period=Period(kind=PeriodKind.BULAN)),
    "only start": CaseFilter(period=Period(dari=dt.date(2026, 10, 1))),
    "pendamping": CaseFilter(provinsi=("33",), pendamping="33-001"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    values = settings.load(environment={"TUNTAS_DATA": str(tmp_path_factory.mktemp("daftar"))})
    start.make_demo(values, now=clock.now(), cases=6_000, past=False)
    return {"source": measure.open_source(values), "limits": values.ambang}


def counted(scope: Scope, case_filter: CaseFilter, **door) -> pd.Series:
    """What every list counts, by kode; DITUTUP is what I16 takes from I01."""
    kodes = [kode for kode in LISTED if kode in INDICATORS]
    answer = measure.measure(scope, [*kodes, "I16"], case_filter, **door).set_index("kode")["nilai"]
    answer["DITUTUP"] = answer["I01"] - answer["I16"]
    flow = measure.stock_and_flow(scope, case_filter, per=None, **door).iloc[0]
    for kelompok in ("dialihkan", "berhenti"):
        answer[f"DITUTUP-{kelompok}"] = flow[kelompok]
    waits = measure.waiting(scope, case_filter, **door)
    for kode, number in (("daftar_menunggu", "menunggu"), ("daftar_lewat", "lewat")):
        for row in waits.dropna(subset=[kode]).to_dict("records"):
            answer[row[kode]] = row[number]
    rules = settings.load(environment={}).mutu
    quality = measure.data_quality(scope, case_filter, rules=rules, today=dt.date(2026, 12, 1), **door)
    whole = quality.counts[quality.counts["provinsi"] == measure.ALL_PROVINCES]
    return pd.concat([answer, whole.set_index("kode")["n"]])


@pytest.mark.parametrize("name", FILTERS)
def test_list_is_as_long_as_its_count(world, name):
    answer = counted(NATIONAL, FILTERS[name], **world)
    for kode in LISTED:
        assert measure.count_behind(NATIONAL, kode, FILTERS[name], **world) == answer[kode], kode
        rows = measure.cases_behind(NATIONAL, kode, FILTERS[name], size=None, **world)
        assert len(rows) == answer[kode], kode
        assert not rows.duplicated(["kode_provinsi", "id_kasus"]).any()


@pytest.mark.parametrize("tahap", list(Tahap))
def test_list_of_a_step_is_as_long_as_its_count(world, tahap):
    rows = measure.measure(NATIONAL, ("I01",), CaseFilter(), per=Dimensi.TAHAP, **world)
    expected = rows.set_index("tahap")["nilai"][tahap.value]
    assert measure.count_behind(NATIONAL, "I01", CaseFilter(), tahap=tahap, **world) == expected


@pytest.mark.parametrize("sort", ["tanggal_terdata", "tanggal_aktivitas"])
@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_follow_without_gap_or_repetition(world, sort, newest_first):
    chosen = {"sort": sort, "newest_first": newest_first}
    whole = measure.cases_behind(NATIONAL, "I15-n", CaseFilter(), size=None, **chosen, **world)
    seen, after = [], None
    while True:
        page = measure.cases_behind(NATIONAL, "I15-n", CaseFilter(), size=7, after=after, **chosen, **world)
        if page.empty:
            break
        seen += list(zip(page["kode_provinsi"], page["id_kasus"], strict=True))
        last = page.iloc[-1]
        after = measure.Place(
            tanggal=last[sort].date(), kode_provinsi=last["kode_provinsi"], id_kasus=last["id_kasus"]
        )
    assert seen == list(zip(whole["kode_provinsi"], whole["id_kasus"], strict=True))


def test_no_client_column_in_any_row(world):
    rows = measure.cases_behind(NATIONAL, "I01", CaseFilter(), **world)
    assert not {"id_klien", "nama", "nik"} & set(rows.columns)


def test_narrow_scope_lists_only_its_own(world):
    rows = measure.cases_behind(JAWA_TENGAH, "I13", CaseFilter(), size=None, **world)
    assert set(rows["kode_provinsi"]) == {"33"}
    with pytest.raises(AccessRefused, match="32"):
        measure.cases_behind(JAWA_TENGAH, "I13", CaseFilter(provinsi=("32",)), **world)
    other = measure.cases_behind(NATIONAL, "I13", CaseFilter(provinsi=("32",)), size=1, **world).iloc[0]
    with pytest.raises(AccessRefused, match="32"):
        measure.case_timeline(JAWA_TENGAH, "32", other["id_kasus"], source=world["source"])


@pytest.mark.parametrize("kode", ["I05M", "I99", "I18-rata"])
def test_figure_without_list_is_refused_by_name(world, kode):
    with pytest.raises(UserError, match=kode):
        measure.cases_behind(NATIONAL, kode, CaseFilter(), **world)


def test_stuck_list_of_an_earlier_date_is_refused(world):
    chosen = CaseFilter(period=Period(dari=dt.date(2026, 1, 1), sampai=dt.date(2026, 3, 31)))
    with pytest.raises(UserError, match="2026-03-31"):
        measure.count_behind(NATIONAL, "I15-n", chosen, **world)


def test_unknown_case_is_named(world):
    with pytest.raises(UserError, match="2020-33-000000"):
        measure.case_timeline(NATIONAL, "33", "2020-33-000000", source=world["source"])


# --- the same lists, row by row in plain Python ------------------------------------------------------------------

OFFICE = Scope(role=Role.DIREKTUR, provinces=PROVINCES)
SEED = 16  # 400 cases
AT_DATA_DATE = ("I15-n", "I28", "MUTU-tanpa_kabar")


def _aged(low: int, high: int):
    return lambda case, group: is_open(case) and low <= _age(case, group) <= high


def _age(case: dict, group: Group) -> int:
    return (case["tempat"].seen_until(group.b) - case["terdata"]).days


def _attended(case: dict, group: Group) -> bool:
    person = group.world.pendamping.get((case["provinsi"], case["pendamping"]))
    return person is not None and is_active(person, case["tempat"].tanggal_data)


def _handled(case: dict) -> bool:
    return response(case) is not None


def _came(case: dict, group: Group) -> bool:
    return case["terdata"] >= group.a


def _went(case: dict, group: Group) -> bool:
    return not is_open(case) and case["terminasi"] >= group.a


def _waits(*, after: str, norm: int | None = None, since: str = ""):
    """Open, with `after` as the furthest step; with a norm, longer than that since the date of `since`."""

    def holds(case: dict, group: Group) -> bool:
        if not is_open(case) or furthest_step(case) != after:
            return False
        return norm is None or _days_since(case, since, group) > norm

    return holds


def _days_since(case: dict, step: str, group: Group) -> int:
    return (case["tempat"].seen_until(group.b) - case[step]).days


def _lacks(name: str):
    """Recorded in the period, with a field that is due and empty."""
    return lambda case, group: (
        _came(case, group) and name in case_figures.due_fields(case) and case[name] is None
    )


def _within_one_day(case: dict, group: Group) -> bool:
    steps = ("asesmen", "rencana", "intervensi", "terminasi")
    return _went(case, group) and all(case[step] == case["terdata"] for step in steps)


def _at_month_end(case: dict, group: Group) -> bool:
    if not _went(case, group) or case["terminasi"] < case["tempat"].window_start(group.a):
        return False
    return (case["terminasi"] + dt.timedelta(days=3)).month != case["terminasi"].month


def _twin(case: dict, group: Group) -> bool:
    def same(other: dict) -> bool:
        return all(other[name] == case[name] for name in ("klien", "jenis", "terdata"))

    return _came(case, group) and sum(map(same, group.world.cases[case["provinsi"]])) > 1


def _silent(case: dict, group: Group) -> bool:
    dates = (case[name] for name in ("terdata", "kontak", "asesmen", "rencana", "intervensi", "pembaruan"))
    latest = max(day for day in (*dates, case["kegiatan"]) if day is not None)
    return is_open(case) and (case["tempat"].tanggal_data - latest).days > 90


EMPTY_FIELDS = (
    *("pendamping", "jenis_kelamin", "kelompok_umur", "sumber_laporan", "pendekatan"),
    *("kontak", "asesmen", "rencana"),
    *("hasil_kebutuhan_dasar", "hasil_peran_sosial", "hasil_atasi_masalah"),
)

# Whether a case of a group, seen as at t, is in the list.
PLAIN = {
    "I01": _came,
    "I02": lambda case, group: _came(case, group) and (_handled(case) or is_resolved(case)),
    "I03": lambda case, group: _went(case, group) and is_resolved(case),
    "I03K": lambda case, group: _came(case, group) and is_resolved(case),
    "I13": lambda case, group: is_open(case),
    **{f"I14-{name}": _aged(*ages) for name, ages in case_figures.AGE_BANDS.items()},
    "I15-n": lambda case, group: is_open(case) and case_figures.is_stuck(case),
    "DITUTUP": _went,
    "DITUTUP-dialihkan": lambda case, group: _went(case, group) and case["kelompok"] == "dialihkan",
    "DITUTUP-berhenti": lambda case, group: _went(case, group) and case["kelompok"] == "berhenti",
    "I28": lambda case, group: is_open(case) and not _attended(case, group),
    "STOK-terdata": lambda case, group: is_open(case) and not _handled(case),
    "STOK-tertangani": lambda case, group: is_open(case) and _handled(case),
    "STOK-terselesaikan": lambda case, group: is_resolved(case),
    "STOK-ditutup": lambda case, group: not is_open(case) and not is_resolved(case),
    "TUNGGU-asesmen": _waits(after="terdata"),
    "TUNGGU-rencana": _waits(after="asesmen"),
    "TUNGGU-intervensi": _waits(after="rencana"),
    "TUNGGU-terminasi": _waits(after="intervensi"),
    "LEWAT-respon": lambda case, group: is_open(case) and not _handled(case) and _age(case, group) > 14,
    "LEWAT-asesmen": _waits(after="terdata", norm=14, since="terdata"),
    "LEWAT-rencana": _waits(after="asesmen", norm=7, since="asesmen"),
    "LEWAT-terminasi": _waits(after="intervensi", norm=180, since="terdata"),
    **{f"KOSONG-{name}": _lacks(name) for name in EMPTY_FIELDS},
    "MUTU-sehari": _within_one_day,
    "MUTU-akhir_bulan": _at_month_end,
    "MUTU-kembar": _twin,
    "MUTU-tanpa_kabar": _silent,
}


@pytest.fixture(scope="module")
def random_office(tmp_path_factory):
    """The random world in plain rows, its sources by engine, and the limits."""
    raw, folder = random_world(SEED), tmp_path_factory.mktemp("daftar_acak")
    engine = writable_engine(f"sqlite:///{folder / 'kasus.sqlite'}")
    write(engine, raw)
    values = settings.load(environment={"TUNTAS_DATA": str(folder)})
    snapshot.build(values, now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    sources = {"sqlite": direct_source(engine, simulasi=True), "duckdb": measure.open_source(values)}
    yield WORLD, sources, values.ambang
    for source in sources.values():
        source.engine.dispose()


def plain_group(world, where: dict, dari, sampai) -> Group:
    """The cases of a filter as they were seen, by the plain reference."""
    lists = {name: where.get(name, ()) for name in ("provinsi", "kabkota", "klaster", "jenis")}
    person = where.get("pendamping")
    asked = resolve(
        world, "I13", scope=PROVINCES, dari=dari, sampai=sampai, pendamping=person, per=None, **lists
    )
    (group,) = make_groups(world, asked, asked.a, asked.b)
    return group


def test_every_list_is_recounted():
    assert set(PLAIN) == set(LISTED)


def check_lists(office, where: dict, span: tuple, *, engines: tuple[str, ...]) -> None:
    """Every list holds the very cases of the plain reference, as many as the one door counts."""
    world, sources, limits = office
    group = plain_group(world, where, *span)
    chosen = {name: value if name == "pendamping" else tuple(value) for name, value in where.items()}
    case_filter = CaseFilter(period=Period(dari=span[0], sampai=span[1]), **chosen)
    for engine in engines:
        door = {"source": sources[engine], "limits": limits}
        answer = counted(OFFICE, case_filter, **door)
        for kode in LISTED:
            if kode in AT_DATA_DATE and group.riwayat_needed:
                assert answer.isna()[kode]
                with pytest.raises(UserError, match="tanggal data"):
                    measure.cases_behind(OFFICE, kode, case_filter, **door)
                continue
            rows = measure.cases_behind(OFFICE, kode, case_filter, size=None, **door)
            found = list(zip(rows["kode_provinsi"], rows["id_kasus"], strict=True))
            expected = [(case["provinsi"], case["id"]) for case in group.cases if PLAIN[kode](case, group)]
            assert sorted(found) == sorted(expected), (engine, kode)
            assert len(found) == answer[kode] or (not group.places and answer.isna()[kode]), (engine, kode)


WORLD = build_world(random_world(SEED))


@pytest.mark.parametrize("where", wheres(WORLD).values(), ids=wheres(WORLD))
def test_lists_of_a_filter_are_those_of_the_plain_reference(random_office, where):
    engines = ("duckdb", "sqlite") if len(where) == 0 else ("duckdb",)
    check_lists(random_office, where, (None, None), engines=engines)


@pytest.mark.parametrize("span", whens(WORLD).values(), ids=whens(WORLD))
def test_lists_of_a_period_are_those_of_the_plain_reference(random_office, span):
    check_lists(random_office, {}, span, engines=("duckdb",))
