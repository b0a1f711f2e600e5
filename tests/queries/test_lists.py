"""The list behind a count has the count's length, page by page, and never leaves the scope."""

from __future__ import annotations

import datetime as dt

import pytest

from lib import clock, measure, reference, settings, start
from lib.domain import AccessRefused, CaseFilter, Dimensi, Period, PeriodKind, Role, Scope, Tahap, UserError
from lib.queries.lists import LISTED

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
    start.make_demo(values, now=clock.now(), cases=6_000)
    return {"source": measure.open_source(values), "limits": values.ambang}


@pytest.mark.parametrize("name", FILTERS)
def test_list_is_as_long_as_its_count(world, name):
    answer = measure.measure(NATIONAL, LISTED, FILTERS[name], **world).set_index("kode")["nilai"]
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
