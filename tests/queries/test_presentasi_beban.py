"""The mean load beside I13 in tayang presentasi: an attacker who knows that nobody holds more cases than are open."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest

from lib import publishing, reference
from lib.disclosure.suppress import nations_load
from lib.domain import CaseFilter, Dimensi, Period, Role, Scope, Tayang
from lib.measure import measure, open_source
from tests.queries.build import kasus_row, pendamping_row, raw_world, unggahan_row
from tests.queries.office import NOW, T, office

SHOWN = Scope(role=Role.ADMIN_DATA, provinces=reference.all_provinces(), tayang=Tayang.PRESENTASI)
EXACT = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
START = dt.date(2026, 1, 5)
# 33 has 16 open cases, 4 of them of a second klaster, all held; 35 has 100, of which 97 are held.
KINDS = {"33": ["P01"] * 12 + ["P08"] * 4, "35": ["P01"] * 100}
HELD = {"33": 16, "35": 97}
STAFF = 10


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    cases = [
        kasus_row(
            place,
            number,
            START,
            kode_jenis=kind,
            id_pendamping=f"p{number % STAFF}" if number < HELD[place] else None,
        )
        for place, kinds in KINDS.items()
        for number, kind in enumerate(kinds)
    ]
    staff = [pendamping_row(place, f"p{number}", START) for place in KINDS for number in range(STAFF)]
    uploads = [unggahan_row(number, place, T, dt.date(2026, 1, 1)) for number, place in enumerate(KINDS)]
    values = office(
        tmp_path_factory.mktemp("beban"), raw_world(kasus=cases, pendamping=staff, unggahan=uploads)
    )
    publishing.publish(values, now=NOW)
    source = open_source(values)
    yield source, values
    source.engine.dispose()


def rows(published, kode, per=None, *, scope=SHOWN, **chosen):
    source, values = published
    found = measure(scope, [kode], CaseFilter(**chosen), per=per, source=source, limits=values.ambang)
    return found.set_index(per.value) if per else found


def known(nilai, alasan):
    """What the display of a count says: smallest and largest true count."""
    if alasan is not None:
        return (1, 4) if alasan == "<5" else (1, 10**6)
    return (0, 0) if nilai == 0 else (max(5, round(nilai) - 2), round(nilai) + 2)


def held(row):
    """How many cases are held, from the mean load and the number of pendamping it is of."""
    return known(row.nilai * row.n, None)


def possible(nation_held, of_places, total, first, second, other):
    """The numbers of the second klaster of 33 under which everything shown is as it is shown."""
    found = set()
    for x, y in itertools.product(range(second[0], second[1] + 1), range(first[0], first[1] + 1)):
        if not total[0] <= x + y <= total[1]:
            continue
        # As many as could be held, of 33 and of 35.
        most = [min(x + y, of_places["33"][1]), min(other[1], of_places["35"][1])]
        if sum(most) >= nation_held[0] and most[0] >= of_places["33"][0]:
            found.add(x)
    return found


def test_the_nations_mean_load_does_not_tell_a_hidden_klaster(published):
    open_cases = rows(published, "I13", Dimensi.PROVINSI)
    parts = rows(published, "I13", Dimensi.KLASTER, provinsi=("33",))
    loads = rows(published, "I18-rata", Dimensi.PROVINSI)
    display = {
        "total": known(open_cases.loc["33", "nilai"], open_cases.loc["33", "alasan"]),
        "other": known(open_cases.loc["35", "nilai"], open_cases.loc["35", "alasan"]),
        "first": known(parts.loc["ANAK", "nilai"], parts.loc["ANAK", "alasan"]),
        "second": known(*parts[parts["alasan"].eq("<5")].iloc[0][["nilai", "alasan"]]),
        "of_places": {place: held(loads.loc[place]) for place in KINDS},
    }
    # The attack tells it where the nation's own numbers are shown: 113 held, as 115 of 20.
    own = rows(published, "I18-rata", scope=EXACT).iloc[0]
    assert (own.pembilang, own.n) == (113, 20)
    assert possible(known(5 * round(own.pembilang / 5), None), **display) == {4}
    shown = rows(published, "I18-rata").iloc[0]
    assert shown.n == 20
    assert possible(held(shown), **display) == {1, 2, 3, 4}


def test_the_nation_is_put_together_from_the_provinces_that_are_shown(published):
    loads = rows(published, "I18-rata", Dimensi.PROVINSI)
    told = loads[loads["nilai"].notna()]
    shown = rows(published, "I18-rata").iloc[0]
    assert shown.nilai * shown.n == (told["nilai"] * told["n"]).sum() == 15 + 95
    # 113 / 20 is 5.65: two roundings of 5 in 110.
    assert shown.nilai == 5.5 and shown.catatan == "36 provinsi belum ada data"


def test_a_quarter_before_the_data_date_has_no_load(published):
    period = Period(dari=dt.date(2026, 4, 1), sampai=dt.date(2026, 6, 30))
    assert rows(published, "I18-rata", period=period).iloc[0].alasan == "belum ada riwayat"


@pytest.mark.parametrize(
    ("held", "hidden", "mean", "n", "catatan"),
    [
        ([16.0, 97.0], (), 5.5, 20, None),
        # Of so few it would say how many; of the other the audit hides the open cases.
        ([3.0, 97.0], (), 9.5, 10, "tanpa 1 provinsi yang disamarkan"),
        ([16.0, 97.0], [("terbuka", "35", "semua", "2026-T4")], 1.5, 10, "tanpa 1 provinsi yang disamarkan"),
        ([3.0, 97.0], [("terbuka-T", "35", "semua", "T")], None, None, "disamarkan"),
    ],
)
def test_provinces_whose_mean_would_tell_are_left_out_of_the_nation(held, hidden, mean, n, catatan):
    given = {"nilai": sum(held) / 20, "pembilang": None, "n": 20.0, "bawah": None, "atas": None}
    nation = pd.DataFrame([{"kode": "I18-rata", **given, "alasan": None, "catatan": None}])
    nation = nation.astype({"alasan": object, "catatan": object})
    each = pd.DataFrame({"provinsi": ["33", "35"], "pembilang": held, "n": 10.0}).assign(nilai=1.0)
    row = nations_load(nation, each, period="2026-T4", hidden=frozenset(hidden)).iloc[0]
    shown = [None if pd.isna(value) else value for value in row[["nilai", "n", "alasan", "catatan"]]]
    assert shown == [mean, n, None if mean else "disamarkan", catatan]
