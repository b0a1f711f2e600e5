"""The one function tests call: a kode and a filter in, rows of figures out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from tests.plain import case_figures, person_figures, service_figures, target_figures, time_figures
from tests.plain.ask import Ask, base, months, resolve
from tests.plain.data import Raw, World, build_world
from tests.plain.figures import Figure
from tests.plain.groups import Group, make_groups

HORIZONS = (30, 90, 180)
# Judged at T, so from the rows only where the period reaches T.
AT_DATA_DATE = ("I15", "I18", "I19", "I20", "I28", "I29", "I31")

FIGURES: dict[str, Callable] = {
    "I01": case_figures.i01,
    "I02": case_figures.i02,
    "I03": case_figures.i03,
    "I03K": case_figures.i03k,
    **{f"I04-{h}": partial(case_figures.i04, horizon=h) for h in HORIZONS},
    **{f"I05-{h}": partial(time_figures.i05, day=h) for h in HORIZONS},
    **{f"I05-{h}K": partial(time_figures.i05k, day=h) for h in HORIZONS},
    "I05M": time_figures.i05m,
    "I05MK": time_figures.i05mk,
    "I06": case_figures.i06,
    "I07": case_figures.i07,
    "I08": partial(time_figures.i08, share=0.5),
    "I09": partial(time_figures.i08, share=0.8),
    "I10": time_figures.i10,
    "I11": case_figures.i11,
    **{f"I12-{s}": partial(time_figures.i12, step=s, share=0.5) for s in time_figures.BEFORE},
    **{f"I12-{s}-p80": partial(time_figures.i12, step=s, share=0.8) for s in time_figures.BEFORE},
    "I13": case_figures.i13,
    "I14-median": case_figures.i14_median,
    **{f"I14-{name}": partial(case_figures.i14_band, name=name) for name in case_figures.AGE_BANDS},
    **{f"I15-{name}": partial(case_figures.i15, figure=name) for name in ("n", "persen")},
    "I16": case_figures.i16,
    "I17": person_figures.i17,
    **{f"I18-{f}": partial(person_figures.i18, figure=f) for f in ("rata", "median", "maks", "persen")},
    "I19": person_figures.i19,
    "I20": person_figures.i20,
    "I21": case_figures.i21,
    "I22-n": service_figures.i22_n,
    "I22-diterima": service_figures.i22_diterima,
    "I22-hari": service_figures.i22_hari,
    "I23": case_figures.i23,
    "I24": case_figures.i24,
    "I25": case_figures.i25,
    "I27": case_figures.i27,
    "I28": case_figures.i28,
    "I29-sertifikat": person_figures.i29_sertifikat,
    **{f"I29-{name}": partial(person_figures.i29_values, field=name) for name in person_figures.VALUES},
    "I30": person_figures.i30,
    "I31": person_figures.i31,
    "I32-pendekatan": case_figures.i32_pendekatan,
    "I32-komponen": case_figures.i32_komponen,
    # Of no group of their own: they ask the others what was realised over the days of the target.
    **dict.fromkeys(target_figures.KODES, target_figures.rows),
}

SPLIT = {
    "I32-pendekatan": ("pendekatan", case_figures.APPROACHES),
    "I32-komponen": ("komponen", case_figures.COMPONENTS),
    **{f"I29-{name}": (name, values) for name, values in person_figures.VALUES.items()},
}
# Figures of a sheet that a province may leave out; provinces that did are left out of them.
SHEETS = {
    **dict.fromkeys(("I22-n", "I22-diterima", "I22-hari"), "rujukan"),
    "I30": "kehadiran",
    "I32-komponen": "kegiatan",
}


def compute(
    raw: Raw | World,
    kode: str,
    *,
    scope_provinsi: Collection[str],
    dari: dt.date | None = None,
    sampai: dt.date | None = None,
    provinsi: Collection[str] = (),
    kabkota: Collection[str] = (),
    klaster: Collection[str] = (),
    jenis: Collection[str] = (),
    pendamping: str | None = None,
    per: str | None = None,
) -> list[dict]:
    """One dict per member of `per`, in the order of the members (one dict without `per`).

    Keys: kunci, nilai, pembilang, n, bawah, atas, alasan, dilewati, dari, sampai, tanggal_data. Shares are 0-100, times
    whole days. pembilang and n are None where nothing can be counted (belum ada data, belum ada riwayat).
    `raw` may be a world already built, for many questions about the same rows.
    Raises ValueError for a kode, dimension, filter value or period that must be refused.
    """
    if kode not in FIGURES:
        raise ValueError(f"no such kode: {kode}")
    world = raw if isinstance(raw, World) else build_world(raw)
    ask = resolve(
        world,
        kode,
        scope=scope_provinsi,
        dari=dari,
        sampai=sampai,
        provinsi=provinsi,
        kabkota=kabkota,
        klaster=klaster,
        jenis=jenis,
        pendamping=pendamping,
        per=per,
    )
    if kode in target_figures.KODES:
        filters = {"kabkota": kabkota, "klaster": klaster, "jenis": jenis, "pendamping": pendamping}
        return target_figures.rows(world, ask, filters, partial(_realised, world))
    rows = []
    for bulan, a, b in _periods(ask):
        for group in make_groups(world, ask, a, b):
            for figure in _figures(ask.kode, group):
                rows.append(_row(ask, group, figure, bulan))
    return rows


def _realised(world: World, kode: str, dari: dt.date, sampai: dt.date, provinces: tuple[str, ...]) -> dict:
    rows = compute(world, kode, scope_provinsi=provinces, dari=dari, sampai=sampai, provinsi=provinces)
    return rows[0]


def _periods(ask: Ask) -> list[tuple[dict, dt.date, dt.date]]:
    """(key, a, b) of each period to compute: the whole, or each month of it."""
    # Nobody sent anything: any day serves, since every row says so and none is computed.
    a, b = ask.a or dt.date.min, ask.b or dt.date.max
    if ask.per != "bulan":
        return [({}, a, b)]
    if ask.a is None or ask.b is None:
        return []
    return [({"bulan": key}, first, last) for key, first, last in months(a, b)]


def _figures(kode: str, group: Group) -> list[Figure]:
    reason = None
    if kode in SHEETS:
        group = _with_sheet(group, SHEETS[kode])
    if not group.places:
        reason = "belum ada data"
    elif base(kode) in AT_DATA_DATE and group.riwayat_needed:
        reason = "belum ada riwayat"
    if reason is None:
        computed = FIGURES[kode](group)
        return computed if isinstance(computed, list) else [computed]
    if kode not in SPLIT:
        return [Figure(alasan=reason)]
    field, values = SPLIT[kode]
    return [Figure(alasan=reason, kunci={field: value}) for value in values]


def _with_sheet(group: Group, sheet: str) -> Group:
    """The group without the provinces that never sent a row of the sheet."""
    places = tuple(place for place in group.places if sheet in place.lembar)
    kept = {place.kode for place in places}
    return replace(
        group,
        places=places,
        cases=tuple(case for case in group.cases if case["provinsi"] in kept),
        pendamping=tuple(row for row in group.pendamping if row["kode_provinsi"] in kept),
    )


def _row(ask: Ask, group: Group, figure: Figure, bulan: dict) -> dict:
    figure = replace(figure, kunci=group.kunci | bulan | figure.kunci)
    return {
        "kunci": figure.kunci,
        "nilai": figure.nilai,
        "pembilang": figure.pembilang,
        "n": figure.n,
        "bawah": figure.bawah,
        "atas": figure.atas,
        "alasan": figure.alasan,
        "dilewati": figure.dilewati,
        "dari": group.a if bulan else ask.a,
        "sampai": group.b if bulan else ask.b,
        "tanggal_data": group.tanggal_data,
    }
