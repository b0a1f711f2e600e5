"""Figures of pendamping and their whole work: I17-I20, I29-I31."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter

from tests.plain.case_figures import population
from tests.plain.data import is_active, is_open, months_before
from tests.plain.figures import Figure, linear_quantile, middle, rate, share
from tests.plain.groups import Group

DAYS_OF_MONTH = 30.4375
LOAD_LIMIT = 15
FEW_PENDAMPING = 5
TRAINED_MONTHS = 24
NOBODY = "tidak ada pendamping aktif"
NO_PEOPLE = "penduduk tidak diketahui"
VALUES = {
    "jenjang": (3, 4, 5, 6, 7, 8, 9),
    "sebutan": (
        "umum",
        "pendamping_lu",
        "pendamping_pd",
        "sakti_peksos",
        "konselor_adiksi",
        "pendamping_ts_kpo",
    ),
    "pendidikan": ("s1_peksos", "d_peksos", "smk_peksos", "lainnya"),
}


def active(group: Group) -> list[dict]:
    """The pendamping of the group on duty at the T of their province."""
    place = group.world.provinces
    return [row for row in group.pendamping if is_active(row, place[row["kode_provinsi"]].tanggal_data)]


def loads(group: Group) -> list[int]:
    """Cases open at T of each active pendamping, whatever their kind or place; zero is a load."""
    held = Counter((case["provinsi"], case["pendamping"]) for case in group.all_cases if is_open(case))
    return [held[row["kode_provinsi"], row["id_pendamping"]] for row in active(group)]


def i17(group: Group) -> Figure:
    """Cases closed in [a, t] by the month of pendamping on duty; n = pendamping with a day on duty."""
    days = Counter()
    for row in group.pendamping:
        t = group.world.provinces[row["kode_provinsi"]].seen_until(group.b)
        first = max(row["tanggal_mulai"], group.a)
        last = min(row.get("tanggal_selesai") or t, t)
        if first <= last:
            days[row["kode_provinsi"], row["id_pendamping"]] += (last - first).days + 1
    events = 0
    for case in group.all_cases:
        t = case["tempat"].seen_until(group.b)
        if not is_open(case) and group.a <= case["terminasi"] <= t:
            events += (case["provinsi"], case["pendamping"]) in days
    if not days:
        return Figure(pembilang=0, n=0, alasan=NOBODY)
    return rate(events, sum(days.values()) / DAYS_OF_MONTH, per=1, n=len(days))


def i18(group: Group, figure: str) -> Figure:
    each = loads(group)
    n = len(each)
    if n == 0:
        return Figure(pembilang=0 if figure in ("rata", "persen") else None, n=0, alasan=NOBODY)
    if figure == "persen":
        return share(len([load for load in each if load > LOAD_LIMIT]), n, least=0)
    if figure == "rata":
        return Figure(nilai=sum(each) / n, pembilang=sum(each), n=n)
    return Figure(nilai=middle(each) if figure == "median" else max(each), n=n)


def i19(group: Group) -> Figure:
    """P90 - P10 of the loads."""
    each = loads(group)
    if len(each) < FEW_PENDAMPING:
        return Figure(n=len(each), alasan="n < 5")
    return Figure(nilai=linear_quantile(each, 0.9) - linear_quantile(each, 0.1), n=len(each))


def i20(group: Group) -> Figure:
    people = population(group)
    if people == 0:
        return Figure(pembilang=len(active(group)), n=0, alasan=NO_PEOPLE)
    return rate(len(active(group)), people, per=1_000_000, n=people)


def i29_sertifikat(group: Group) -> Figure:
    people = active(group)
    return share(len([row for row in people if row.get("bersertifikat") == 1]), len(people))


def i29_values(group: Group, field: str) -> list[Figure]:
    """One share per value; one more without a value where there are such pendamping."""
    values = [row.get(field) for row in active(group)]
    names = [*VALUES[field], None] if None in values else [*VALUES[field]]
    figures = []
    for name in names:
        one = share(values.count(name), len(values))
        figures.append(
            Figure(
                nilai=one.nilai,
                pembilang=one.pembilang,
                n=one.n,
                bawah=one.bawah,
                atas=one.atas,
                alasan=one.alasan,
                kunci={field: name},
            )
        )
    return figures


def i30(group: Group) -> Figure:
    """Days present of the working days of the months that end in [a, t]; n = those working days."""
    own = {(row["kode_provinsi"], row["id_pendamping"]) for row in group.pendamping}
    present = due = 0
    for row in group.world.kehadiran:
        if (row["kode_provinsi"], row["id_pendamping"]) not in own:
            continue
        year, month = (int(part) for part in row["bulan"].split("-"))
        last = dt.date(year, month, calendar.monthrange(year, month)[1])
        if group.a <= last <= group.world.provinces[row["kode_provinsi"]].seen_until(group.b):
            present += row["hadir"]
            due += row["hari_kerja"]
    return share(present, due)


def i31(group: Group) -> Figure:
    """Active pendamping trained in the 24 months that end at T."""
    people = active(group)
    trained = 0
    for row in people:
        end = group.world.provinces[row["kode_provinsi"]].tanggal_data
        last = row.get("pelatihan_terakhir")
        trained += last is not None and months_before(end, TRAINED_MONTHS) < last <= end
    return share(trained, len(people))
