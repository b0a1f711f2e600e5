"""Counts and shares of cases: I01-I04, I06, I07, I11, I13-I16, I21, I23-I25, I27, I28, I32."""

from __future__ import annotations

import datetime as dt

from tests.plain.data import RESULTS, is_active, is_open, is_resolved, response
from tests.plain.figures import FEW, Figure, count, middle, rate, share
from tests.plain.groups import Group

ON_TIME_DAYS = 14
STUCK_DAYS = 30
STUCK_DAYS_DARURAT = 7
RETURN_DAYS = 180
AGE_BANDS = {"0": (0, 30), "31": (31, 90), "91": (91, 180), "181": (181, 10**6)}
COMPONENTS = (
    "pemenuhan_hidup_layak",
    "perawatan_pengasuhan",
    "dukungan_keluarga",
    "terapi",
    "vokasional_kewirausahaan",
    "bantuan_asistensi_sosial",
    "dukungan_aksesibilitas",
)
APPROACHES = ("keluarga", "komunitas_lks", "residensial", "penampungan_sementara")


def recorded(group: Group) -> list[dict]:
    """Recorded in [a, t]; group.cases hold none recorded after t."""
    return [case for case in group.cases if case["terdata"] >= group.a]


def closed(group: Group) -> list[dict]:
    """Closed in [a, t] for any reason, whenever recorded."""
    return [case for case in group.cases if not is_open(case) and case["terminasi"] >= group.a]


def open_cases(group: Group) -> list[dict]:
    return [case for case in group.cases if is_open(case)]


def i01(group: Group) -> Figure:
    n = len(recorded(group))
    return count(n, n)


def i02(group: Group) -> Figure:
    cases = recorded(group)
    handled = [case for case in cases if response(case) is not None or is_resolved(case)]
    return count(len(handled), len(cases))


def i03(group: Group) -> Figure:
    n = len([case for case in closed(group) if is_resolved(case)])
    return count(n, n)


def i03k(group: Group) -> Figure:
    cases = recorded(group)
    return count(len([case for case in cases if is_resolved(case)]), len(cases))


def i04(group: Group, horizon: int) -> Figure:
    """Of the cases whose day `horizon` falls in [a, b] and by T, those terselesaikan by that day."""
    cohort, mature = _cohort(group, "terdata", horizon, since_complete=True)
    if cohort and not mature:
        return Figure(pembilang=0, n=0, alasan="belum matang")
    hits = [case for case in mature if is_resolved(case) and _days(case, "terminasi") <= horizon]
    return share(len(hits), len(mature))


def _cohort(group: Group, start: str, horizon: int, *, since_complete: bool) -> tuple[list, list]:
    """The cases whose day `horizon` after `start` falls in [a, b], and those of them where it is by T."""
    cohort, mature = [], []
    for case in group.cases:
        if case[start] is None:
            continue
        place = case["tempat"]
        if since_complete and case["terdata"] < place.lengkap_sejak:
            continue
        due = case[start] + dt.timedelta(days=horizon)
        if group.a <= due <= group.b:
            cohort.append(case)
            if due <= place.tanggal_data:
                mature.append(case)
    return cohort, mature


def _days(case: dict, name: str) -> int:
    return (case[name] - case["terdata"]).days


def i06(group: Group) -> Figure:
    """100 I03 / I01: other cases above than below, so the interval is that of a rate."""
    resolved, n = i03(group).nilai, len(recorded(group))
    if n < FEW:
        return Figure(pembilang=resolved, n=n, alasan="n < 10")
    return rate(resolved, n, per=100, n=n)


def i07(group: Group) -> Figure:
    return share(len([case for case in group.cases if is_resolved(case)]), len(group.cases))


def i11(group: Group) -> Figure:
    """Response within 14 days; closed before day 14 without any response is left out."""
    cohort, mature = _cohort(group, "terdata", ON_TIME_DAYS, since_complete=True)
    if cohort and not mature:
        return Figure(pembilang=0, n=0, alasan="belum matang")
    hits = n = 0
    for case in mature:
        answered = response(case)
        if answered is None and not is_open(case) and _days(case, "terminasi") < ON_TIME_DAYS:
            continue
        n += 1
        hits += answered is not None and (answered - case["terdata"]).days <= ON_TIME_DAYS
    return share(hits, n)


def i13(group: Group) -> Figure:
    n = len(open_cases(group))
    return count(n, n)


def _ages(group: Group) -> list[int]:
    """Days from terdata to t of the open cases."""
    return [(case["tempat"].seen_until(group.b) - case["terdata"]).days for case in open_cases(group)]


def i14_median(group: Group) -> Figure:
    ages = _ages(group)
    if len(ages) < FEW:
        return Figure(n=len(ages), alasan="n < 10")
    return Figure(nilai=middle(ages), n=len(ages))


def i14_band(group: Group, name: str) -> Figure:
    low, high = AGE_BANDS[name]
    ages = _ages(group)
    return count(len([age for age in ages if low <= age <= high]), len(ages))


def is_stuck(case: dict) -> bool:
    """Nothing has happened for more than 30 days (darurat 7) at T."""
    names = ("terdata", "kontak", "asesmen", "rencana", "intervensi", "pembaruan", "kegiatan")
    last = max(case[name] for name in names if case[name] is not None)
    limit = STUCK_DAYS_DARURAT if case["darurat"] else STUCK_DAYS
    return (case["tempat"].tanggal_data - last).days > limit


def i15(group: Group, figure: str) -> Figure:
    cases = open_cases(group)
    stuck = len([case for case in cases if is_stuck(case)])
    return count(stuck, len(cases)) if figure == "n" else share(stuck, len(cases))


def i16(group: Group) -> Figure:
    came, went = len(recorded(group)), len(closed(group))
    return count(came - went, came + went)


def i21(group: Group) -> Figure:
    """Resolved cases whose client has a new case of any kind 1-180 days after the terminasi."""
    cohort, mature = _cohort(group, "terminasi", RETURN_DAYS, since_complete=False)
    mature = [case for case in mature if is_resolved(case)]
    if not mature and any(is_resolved(case) for case in cohort):
        return Figure(pembilang=0, n=0, alasan="belum matang")
    starts: dict[tuple, list[dt.date]] = {}
    for case in group.all_cases:
        starts.setdefault((case["provinsi"], case["klien"]), []).append(case["terdata"])
    hits = 0
    for case in mature:
        later = starts[case["provinsi"], case["klien"]]
        hits += any(1 <= (day - case["terminasi"]).days <= RETURN_DAYS for day in later)
    return share(hits, len(mature))


def i23(group: Group) -> Figure:
    """Kab/kota with a case recorded in [a, t], of all kab/kota of provinces that sent."""
    with_case = {case["kabkota"] for case in recorded(group)}
    kabkota = [row["kode_kabkota"] for row in group.kabkota]
    return share(len([kode for kode in kabkota if kode in with_case]), len(kabkota), least=0)


def i24(group: Group) -> Figure:
    filled = due = 0
    for case in recorded(group):
        for name in due_fields(case):
            due += 1
            filled += case[name] is not None
    return share(filled, due, least=0)


def due_fields(case: dict) -> list[str]:
    """Fields that must be filled by now; a darurat intervensi is no later step of asesmen and rencana."""
    due = ["pendamping", "jenis_kelamin", "kelompok_umur", "sumber_laporan", "pendekatan"]
    intervened = case["intervensi"] is not None
    counts_as_later = intervened and not case["darurat"]
    if case["asesmen"] is not None or case["rencana"] is not None or intervened:
        due.append("kontak")
    if case["rencana"] is not None or counts_as_later:
        due.append("asesmen")
    if counts_as_later:
        due.append("rencana")
    if is_resolved(case):
        due.extend(RESULTS)
    return due


def i25(group: Group) -> Figure:
    resolved = [case for case in closed(group) if is_resolved(case)]
    known = [case for case in resolved if all(case[name] is not None for name in RESULTS)]
    return share(len([case for case in known if all(case[name] == 1 for name in RESULTS)]), len(known))


def population(group: Group) -> int:
    """Of the provinces that sent, or of the kab/kota where the group is one of kab/kota."""
    if group.by_kabkota:
        return sum(row["penduduk"] for row in group.kabkota)
    return sum(place.penduduk for place in group.places)


def i27(group: Group) -> Figure:
    people = population(group)
    return rate(len(recorded(group)), people, per=100_000, n=people)


def i28(group: Group) -> Figure:
    """Open cases whose pendamping is missing, unknown or no longer on duty at T."""
    cases = open_cases(group)
    alone = 0
    for case in cases:
        person = group.world.pendamping.get((case["provinsi"], case["pendamping"]))
        alone += person is None or not is_active(person, case["tempat"].tanggal_data)
    return count(alone, len(cases))


def i32_komponen(group: Group) -> list[Figure]:
    """One count per component of the cases that had it by t; one more for those that had none."""
    cases = recorded(group)
    had = []
    for case in cases:
        t = case["tempat"].seen_until(group.b)
        had.append({kind for kind, day in case["layanan"] if kind in COMPONENTS and day <= t})
    figures = [
        Figure(nilai=sum(name in kinds for kinds in had), n=len(cases), kunci={"komponen": name})
        for name in COMPONENTS
    ]
    none = sum(not kinds for kinds in had)
    return figures + ([Figure(nilai=none, n=len(cases), kunci={"komponen": None})] if none else [])


def i32_pendekatan(group: Group) -> list[Figure]:
    """One count per approach; one more without a value where there are such cases."""
    cases = recorded(group)
    values = [case["pendekatan"] for case in cases]
    names = [*APPROACHES, None] if None in values else [*APPROACHES]
    return [Figure(nilai=values.count(name), n=len(cases), kunci={"pendekatan": name}) for name in names]
