"""The counts of pendamping: loads, profiles, service, attendance, population."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib import reference
from lib.domain import Dimensi
from lib.measure.align import aligned, located, spread
from lib.measure.question import Question, arguments
from lib.periods import months_before
from lib.queries import people, services

TRAINED_MONTHS = 24


def _loads(question: Question, frames: dict) -> dict:
    workers = people.pendamping_load(question.scope, question.source, question.case_filter)
    workers, members = workers[workers["aktif"] == 1], frames["anggota"]
    if question.per is Dimensi.BULAN:
        # The load is known at T only: the months before have no history here and are blanked.
        each = [workers.assign(g=g) for g in range(len(members))]
        return {"beban": pd.concat(each, ignore_index=True)}
    return {"beban": located(workers, question, members)}


def _population(question: Question, frames: dict) -> dict:
    members = frames["anggota"]
    sent = {register.kode_provinsi for register in question.registers}
    chosen = question.case_filter.kabkota
    if chosen or question.per is Dimensi.KABKOTA:
        table = reference.table("kabkota").rename(
            columns={"kode_kabkota": "kabkota", "kode_provinsi": "provinsi"}
        )
        if chosen:
            table = table[table["kabkota"].isin(chosen)]
    else:
        table = reference.table("provinsi").rename(columns={"kode_provinsi": "provinsi"})
    table = table[table["provinsi"].isin(sent & set(question.provinces))]
    if question.per in (Dimensi.PROVINSI, Dimensi.KABKOTA):
        key = question.per.value
        people_of = table.groupby(key)["penduduk"].sum()
        counted = [int(people_of.get(kode, 0)) for kode in members[key]]
        return {"penduduk": pd.DataFrame({"penduduk": counted})}
    return {"penduduk": pd.DataFrame({"penduduk": [int(table["penduduk"].sum())] * len(members)})}


def _everyone(question: Question, frames: dict) -> dict:
    """Every pendamping of the filter known at T, with the row number of the group in column g."""
    known = people.profiles(question.scope, question.source, question.case_filter)
    for name in ("tanggal_pelatihan", "tanggal_mulai", "tanggal_selesai"):
        known[name] = pd.to_datetime(known[name])
    if question.per is Dimensi.BULAN:
        # What is known at T only: the months before have no history here and are blanked.
        each = [known.assign(g=g) for g in range(len(frames["anggota"]))]
        return {"orang": pd.concat(each, ignore_index=True)}
    return {"orang": located(known, question, frames["anggota"])}


def _active(question: Question, frames: dict) -> pd.DataFrame:
    if "orang" not in frames:
        frames |= _everyone(question, frames)
    return frames["orang"][frames["orang"]["aktif"] == 1]


def _profile(question: Question, frames: dict) -> dict:
    """Per group the pendamping active at T: orang, and of them bersertifikat and terlatih (within 24 months)."""
    active = _active(question, frames)
    dates = {r.kode_provinsi: r.tanggal_data for r in question.registers}
    end = pd.to_datetime(active["provinsi"].map(dates))
    since = pd.to_datetime(
        active["provinsi"].map({kode: months_before(day, TRAINED_MONTHS) for kode, day in dates.items()})
    )
    counted = pd.DataFrame(
        {
            "g": active["g"],
            "orang": 1,
            # DuckDB's missing values are neither equal nor unequal to 1.
            "bersertifikat": (active["bersertifikat"].fillna(0) == 1).astype("int64"),
            "terlatih": active["tanggal_pelatihan"].gt(since) & active["tanggal_pelatihan"].le(end),
        }
    )
    sums = counted.astype("int64").groupby("g").sum()
    return {"profil": sums.reindex(range(len(frames["anggota"])), fill_value=0)}


def _profile_of(key: str) -> Callable:
    def provider(question: Question, frames: dict) -> dict:
        active = _active(question, frames)
        counted = pd.DataFrame({"g": active["g"], key: active[key], "n": 1})
        sizes = counted.groupby("g")["n"].sum().reindex(range(len(frames["anggota"])), fill_value=0)
        return {f"profil-{key}": spread(counted, key, services.VALUES[key], sizes)}

    return provider


def _service(question: Question, frames: dict) -> dict:
    """Per group over [a, t]: hari on duty, orang with such a day, ditutup (cases they hold that were closed)."""
    scope, source, chosen, windows, _ = arguments(question)
    staff = people.profiles(scope, source, chosen)[
        ["provinsi", "pendamping", "kabkota", "tanggal_mulai", "tanggal_selesai"]
    ]
    days = pd.DataFrame(
        [(w.nomor, w.kode_provinsi, w.mulai, w.akhir) for w in windows],
        columns=["nomor", "provinsi", "a", "t"],
    ).astype({"a": "datetime64[s]", "t": "datetime64[s]"})
    work = staff.merge(days, on="provinsi")
    began = pd.to_datetime(work["tanggal_mulai"]).clip(lower=work["a"])
    ended = pd.to_datetime(work["tanggal_selesai"]).fillna(work["t"]).clip(upper=work["t"])
    work["hari"] = ((ended - began).dt.days + 1).clip(lower=0)
    closed = people.closed_by(scope, source, chosen, windows)
    work = work.merge(closed, on=["nomor", "provinsi", "pendamping"], how="left")
    work = work[work["hari"] > 0].assign(orang=1, bulan=lambda rows: rows["nomor"])
    work["ditutup"] = work["ditutup"].fillna(0)
    rows = located(work, question, frames["anggota"])
    sums = rows.groupby("g")[["hari", "orang", "ditutup"]].sum().astype("int64")
    return {"hasil-kerja": sums.reindex(range(len(frames["anggota"])), fill_value=0)}


def _attendance(question: Question, frames: dict) -> dict:
    counted = services.attendance(*arguments(question, sheet="kehadiran"))
    return {"kehadiran": aligned(counted, question, frames["anggota"])}


def _unattended(question: Question, frames: dict) -> dict:
    counted = people.without_active(*arguments(question))
    return {"tanpa-pendamping": aligned(counted, question, frames["anggota"])}


PEOPLE_PROVIDERS: dict[str, Callable[[Question, dict], dict]] = {
    "beban": _loads,
    "orang": _everyone,
    "profil": _profile,
    **{f"profil-{key}": _profile_of(key) for key in ("jenjang", "sebutan", "pendidikan")},
    "hasil-kerja": _service,
    "kehadiran": _attendance,
    "tanpa-pendamping": _unattended,
    "penduduk": _population,
}
