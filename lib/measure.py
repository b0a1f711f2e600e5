"""The one door: scope, filter and kode in; query, computation and disclosure inside; a frame out.

Pages, the command line and every export go through `measure`, so a number is the same everywhere and access cannot
be forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from lib import periods, reference, snapshot
from lib.domain import CaseFilter, Dimensi, Scope, Tahap, Tayang, Thresholds, UserError
from lib.indicators.attention import needs_attention
from lib.indicators.compute import COMPUTE, blank, life_table
from lib.indicators.records import INDICATORS, Indicator
from lib.periods import Register, Window
from lib.queries import cases, people
from lib.queries.source import Source, snapshot_source
from lib.scoping import allowed_provinces
from lib.settings import Settings

NO_DATA = "belum ada data"
NO_HISTORY = "belum ada riwayat"
ALL = "semua"

KEY_COLUMNS: dict[Dimensi | None, list[str]] = {
    None: [],
    Dimensi.PENDAMPING: ["provinsi", "pendamping"],
    **{dimension: [dimension.value] for dimension in Dimensi if dimension is not Dimensi.PENDAMPING},
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """Everything a figure depends on, worked out once per call."""

    scope: Scope
    source: Source
    limits: Thresholds
    case_filter: CaseFilter
    per: Dimensi | None
    provinces: tuple[str, ...]
    registers: tuple[Register, ...]
    start: dt.date
    end: dt.date
    names: tuple[str, ...]
    windows: tuple[Window, ...]


def open_source(settings: Settings, versi: str | None = None) -> Source:
    """The published snapshot, or the named version; raises UserError when there is none or it is damaged."""
    versi = versi or snapshot.current_version(settings)
    if versi is None:
        raise UserError("Belum ada potret; buat dengan `python -m lib.cli potret`.")
    return snapshot_source(snapshot.open_version(settings, versi))


def registers_of(source: Source, provinces: Sequence[str]) -> tuple[Register, ...]:
    """The registers of those provinces that have ever sent data."""
    return tuple(
        Register(
            kode_provinsi=p.kode_provinsi,
            tanggal_data=p.tanggal_data,
            lengkap_sejak=p.lengkap_sejak,
        )
        for p in source.provinces
        if p.kode_provinsi in provinces and p.tanggal_data is not None
    )


def check_filter(case_filter: CaseFilter) -> None:
    """Raise UserError for a code that does not exist or a pendamping without its one province."""
    known = {
        "provinsi": ("Provinsi", "provinsi"),
        "kabkota": ("Kabupaten/kota", "kabkota"),
        "klaster": ("Klaster", "klaster"),
        "jenis": ("Jenis masalah", "jenis_masalah"),
    }
    for field, (label, table) in known.items():
        wrong = [kode for kode in getattr(case_filter, field) if kode not in reference.names(table)]
        if wrong:
            raise UserError(f"{label} “{', '.join(wrong)}” tidak dikenal; gunakan kode dari data/referensi.")
    stray = [
        kode for kode in case_filter.kabkota if case_filter.provinsi and kode[:2] not in case_filter.provinsi
    ]
    if stray:
        raise UserError(
            f"Kabupaten/kota {', '.join(stray)} tidak terletak di provinsi yang dipilih; sesuaikan salah satunya."
        )
    if case_filter.pendamping is not None and len(case_filter.provinsi) != 1:
        raise UserError(
            f"Pendamping “{case_filter.pendamping}” hanya dapat dipilih bersama tepat satu provinsi."
        )


def _check_kodes(kodes: Sequence[str], per: Dimensi | None) -> None:
    for kode in kodes:
        if kode not in INDICATORS:
            raise UserError(f"Indikator “{kode}” tidak dikenal; yang tersedia: {', '.join(INDICATORS)}.")
        if per is not None and per not in INDICATORS[kode].dimensi:
            usable = ", ".join(dimension.value for dimension in INDICATORS[kode].dimensi)
            raise UserError(f"Indikator {kode} tidak dapat dirinci per {per.value}; pilihannya: {usable}.")


def ask(
    scope: Scope,
    case_filter: CaseFilter,
    *,
    per: Dimensi | None,
    source: Source,
    limits: Thresholds,
) -> Question:
    """Work out provinces, period and windows of a question; raises UserError or AccessRefused."""
    if scope.tayang is Tayang.PRESENTASI:
        raise UserError(
            "Tayang presentasi belum tersedia pada versi ini; angka internal tidak boleh dipakai sebagai gantinya."
        )
    check_filter(case_filter)
    provinces = allowed_provinces(scope, case_filter)
    if not provinces:
        raise UserError("Cakupan Anda kosong: tidak ada provinsi yang boleh ditampilkan.")
    registers = registers_of(source, provinces)
    if registers:
        newest = max(register.tanggal_data for register in registers)
        start, end = periods.resolve(case_filter.period, newest)
    else:
        # Nothing was ever sent: the period as asked, so that the answer can say "belum ada data".
        asked = case_filter.period
        anchor = asked.sampai or asked.dari or dt.date(1970, 1, 1)
        start, end = asked.dari or anchor, asked.sampai or anchor
    names, spans = ("",), [(start, end)]
    if per is Dimensi.BULAN:
        listed = periods.months(start, end)
        names, spans = tuple(name for name, _, _ in listed), [(a, b) for _, a, b in listed]
    return Question(
        scope=scope,
        source=source,
        limits=limits,
        case_filter=case_filter,
        per=per,
        provinces=provinces,
        registers=registers,
        start=start,
        end=end,
        names=names,
        windows=tuple(periods.windows(registers, spans)),
    )


def measure(
    scope: Scope,
    kodes: Sequence[str],
    case_filter: CaseFilter,
    *,
    per: Dimensi | None = None,
    source: Source,
    limits: Thresholds,
) -> pd.DataFrame:
    """The figures `kodes` for a filter, one row per kode and group.

    Columns: kode, the key columns of `per`, nilai, pembilang, n, satuan, bawah, atas, alasan (why there is no
    number), catatan (alasan and notes), dari, sampai, tanggal_data, tayang, versi, simulasi. Percent are 0-100.
    Raises UserError for a code, dimension, filter or period that makes no sense, AccessRefused outside the scope.
    """
    _check_kodes(kodes, per)
    return _answer(ask(scope, case_filter, per=per, source=source, limits=limits), kodes)


def measure_comparison(
    scope: Scope,
    kodes: Sequence[str],
    case_filter: CaseFilter,
    *,
    source: Source,
    limits: Thresholds,
    last_year: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Now and the earlier period over the same provinces, and the provinces left out of both.

    A calendar period is compared with the same number of elapsed days of the one before, any other with as many
    days before; per province, because late provinces have fewer elapsed days.
    """
    _check_kodes(kodes, None)
    question = ask(scope, case_filter, per=None, source=source, limits=limits)
    now, before, left_out = periods.comparison(
        question.registers, case_filter.period.kind, question.start, question.end, last_year=last_year
    )
    kept = tuple(r for r in question.registers if r.kode_provinsi not in left_out)
    sides = []
    for windows in (now, before):
        if not windows:
            sides.append(pd.DataFrame())
            continue
        side = replace(
            question,
            registers=kept,
            windows=tuple(windows),
            start=min(window.mulai for window in windows),
            end=max(window.sampai for window in windows),
        )
        sides.append(_answer(side, kodes))
    return sides[0], sides[1], left_out


def attention(scope: Scope, case_filter: CaseFilter, *, source: Source, limits: Thresholds) -> pd.DataFrame:
    """Provinces that need attention first (see `needs_attention`), with the counts behind each reason.

    Parts known only at T (stuck cases, load) are left out where the period ends before a province's T.
    """
    question = ask(scope, case_filter, per=Dimensi.PROVINSI, source=source, limits=limits)
    fetched: dict[str, pd.DataFrame] = {}
    members = _members(question)
    frames: dict = {"anggota": members}
    for name in ("macet", "kohort-respon", "beban"):
        _provide(name, frames, fetched, question, members)
    loads = frames["beban"]
    above = loads["terbuka"] > limits.beban_wajar
    per_province = pd.DataFrame(
        {
            "pendamping": loads.groupby("g").size(),
            "di_atas_wajar": above.groupby(loads["g"]).sum(),
            "beban_lebih": (loads["terbuka"] - limits.beban_wajar).clip(lower=0).groupby(loads["g"]).sum(),
        }
    ).reindex(range(len(members)), fill_value=0)
    cohort, stuck = frames["kohort-respon"], frames["macet"]
    due = cohort["n"] - cohort["tanpa_respon"]
    known = (~members["sebelum_data"] & ~members["kosong"]).astype(int)
    counts = pd.DataFrame(
        {
            "provinsi": members["provinsi"],
            "macet": stuck["macet"] * known,
            "terbuka": stuck["n"] * known,
            "terlambat": due - cohort["respon"],
            "jatuh_tempo": due,
            "di_atas_wajar": per_province["di_atas_wajar"] * known,
            "pendamping": per_province["pendamping"] * known,
            "beban_lebih": per_province["beban_lebih"] * known,
        }
    )
    return needs_attention(counts).merge(counts, on="provinsi", suffixes=("_lebih", ""))


def _answer(question: Question, kodes: Sequence[str]) -> pd.DataFrame:
    fetched: dict[str, pd.DataFrame] = {}
    members = _members(question)
    frames: dict = {"anggota": members}
    answers = []
    for kode in kodes:
        record = INDICATORS[kode]
        for name in record.butuh:
            _provide(name, frames, fetched, question, members)
        result = COMPUTE[kode](frames, question.limits)
        answers.append(_finish(result, record, members, question))
    return pd.concat(answers, ignore_index=True)


# --- groups -----------------------------------------------------------------------------------------------


def _members(question: Question) -> pd.DataFrame:
    """One row per group, those without cases too, with the data dates of the provinces it draws on."""
    per, chosen = question.per, question.case_filter
    if per is None:
        frame = pd.DataFrame({ALL: [0]})
    elif per is Dimensi.PROVINSI:
        frame = pd.DataFrame({"provinsi": list(question.provinces)})
    elif per is Dimensi.KABKOTA:
        codes = [
            kode
            for kode in reference.names("kabkota")
            if kode[:2] in question.provinces and (not chosen.kabkota or kode in chosen.kabkota)
        ]
        frame = pd.DataFrame({"kabkota": codes})
    elif per in (Dimensi.KLASTER, Dimensi.JENIS, Dimensi.PAS):
        frame = _kind_members(per, chosen)
    elif per is Dimensi.BULAN:
        frame = pd.DataFrame({"bulan": list(question.names)})
    elif per is Dimensi.TAHAP:
        frame = pd.DataFrame({"tahap": [tahap.value for tahap in Tahap]})
    else:
        frame = _pendamping_members(question)
    return _with_dates(frame.astype(object), question)


def _kind_members(per: Dimensi, chosen: CaseFilter) -> pd.DataFrame:
    kinds = reference.table("jenis_masalah")
    if chosen.klaster:
        kinds = kinds[kinds["kode_klaster"].isin(chosen.klaster)]
    if chosen.jenis:
        kinds = kinds[kinds["kode_jenis"].isin(chosen.jenis)]
    column = {Dimensi.KLASTER: "kode_klaster", Dimensi.JENIS: "kode_jenis", Dimensi.PAS: "kode_pas"}[per]
    table = {Dimensi.KLASTER: "klaster", Dimensi.JENIS: "jenis_masalah", Dimensi.PAS: "pas"}[per]
    present = set(kinds[column])
    return pd.DataFrame({per.value: [kode for kode in reference.names(table) if kode in present]})


def _pendamping_members(question: Question) -> pd.DataFrame:
    # All pendamping of the provinces: under a kab/kota filter somebody else's pendamping may hold its cases.
    everybody = replace(question.case_filter, kabkota=())
    workers = people.pendamping_load(question.scope, question.source, everybody)[["provinsi", "pendamping"]]
    workers = workers[workers["provinsi"].isin(question.provinces)]
    held = cases.stock(
        question.scope, question.source, question.case_filter, list(question.windows), Dimensi.PENDAMPING
    )[["provinsi", "pendamping"]]
    everyone = pd.concat([workers, held]).astype(object).where(lambda frame: frame.notna(), None)
    return everyone.drop_duplicates().sort_values(["provinsi", "pendamping"], na_position="last")


def _people(question: Question, fetched: dict) -> pd.DataFrame:
    if "orang" not in fetched:
        fetched["orang"] = people.pendamping_load(question.scope, question.source, question.case_filter)
    return fetched["orang"]


def _with_dates(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Add tanggal_data (oldest), terbaru (newest), kosong (never sent), hilang (how many) and sebelum_data (b < T)."""
    dates = {register.kode_provinsi: register.tanggal_data for register in question.registers}
    frame = frame.reset_index(drop=True)
    per = question.per
    if per in (Dimensi.PROVINSI, Dimensi.PENDAMPING):
        area = frame["provinsi"]
    elif per is Dimensi.KABKOTA:
        area = frame["kabkota"].str[:2]
    else:
        area = None
    if area is not None:
        known = [dates.get(kode) for kode in area]
        frame["tanggal_data"], frame["terbaru"] = known, known
        frame["hilang"] = 0
    else:
        frame["tanggal_data"] = min(dates.values(), default=None)
        frame["terbaru"] = max(dates.values(), default=None)
        frame["hilang"] = len(question.provinces) - len(dates) if dates else 0
    frame["kosong"] = frame["tanggal_data"].isna()
    ends = [question.end] * len(frame)
    if per is Dimensi.BULAN:
        ends = [
            max((w.sampai for w in question.windows if w.nomor == i), default=question.end)
            for i in frame.index
        ]
    frame["sebelum_data"] = [
        bool(newest is not None and end < newest) for end, newest in zip(ends, frame["terbaru"], strict=True)
    ]
    return frame


# --- counts -----------------------------------------------------------------------------------------------


def _provide(name: str, frames: dict, fetched: dict, question: Question, members: pd.DataFrame) -> None:
    """Fetch what an indicator needs, once per call, aligned with the groups."""
    if name in frames or (name == "kurva" and "tabel_hidup" in frames):
        return
    arguments = (question.scope, question.source, question.case_filter, list(question.windows), question.per)
    limits = question.limits
    if name == "terdata":
        frames[name] = _aligned(cases.recorded(*arguments), question, members)
    elif name == "tutup":
        frames[name] = _aligned(cases.closed(*arguments), question, members)
    elif name == "stok":
        frames[name] = _aligned(cases.stock(*arguments), question, members)
    elif name == "umur":
        frames[name] = _located(cases.open_ages(*arguments), question, members)
    elif name.startswith("kohort-"):
        word = name.removeprefix("kohort-")
        days = limits.asesmen_hari if word == "respon" else int(word)
        frames[name] = _aligned(cases.matured(*arguments, days=days), question, members)
    elif name == "macet":
        counted = cases.stuck(*arguments, days=limits.macet_hari, days_emergency=limits.macet_hari_darurat)
        frames[name] = _aligned(counted, question, members)
    elif name == "kurva":
        frames["kurva"], frames["akhir"] = _curve_counts(question, members)
        frames["tabel_hidup"] = life_table(frames)
    elif name == "beban":
        frames[name] = _loads(question, fetched, members)
    elif name == "penduduk":
        frames[name] = _population(question, members)
    else:
        raise KeyError(name)


def _keyed(frame: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, list[str]]:
    frame = frame.copy()
    if question.per is None:
        frame[ALL] = 0
        return frame, [ALL]
    keys = KEY_COLUMNS[question.per]
    if question.per is Dimensi.BULAN:
        frame["bulan"] = [question.names[int(number)] for number in frame["bulan"]]
    for key in keys:
        frame[key] = frame[key].astype(object).where(frame[key].notna(), None)
    return frame, keys


def _aligned(counted: pd.DataFrame, question: Question, members: pd.DataFrame) -> pd.DataFrame:
    """Counts in the order of the groups, 0 for a group without cases."""
    counted, keys = _keyed(counted, question)
    counts = [column for column in counted.columns if column not in keys]
    merged = members[keys].merge(counted, on=keys, how="left")
    return merged[counts].astype("float64").fillna(0).astype("int64")


def _located(counted: pd.DataFrame, question: Question, members: pd.DataFrame) -> pd.DataFrame:
    """A histogram with the row number of its group in column g."""
    counted, keys = _keyed(counted, question)
    position = members[keys].assign(g=range(len(members)))
    return counted.merge(position, on=keys, how="inner")


def _curve_counts(question: Question, members: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    arguments = (question.scope, question.source, question.case_filter, list(question.windows), question.per)
    starts = _located(cases.at_risk_starts(*arguments), question, members)
    days = pd.DataFrame(
        [(w.nomor, w.kode_provinsi, w.masuk, w.akhir) for w in question.windows],
        columns=["nomor", "wilayah", "s", "t"],
    ).astype({"s": "datetime64[s]", "t": "datetime64[s]"})
    starts = starts.merge(days, on=["nomor", "wilayah"]).rename(columns={"tanggal_terdata": "mulai"})
    return starts, _located(cases.ended_ages(*arguments), question, members)


def _loads(question: Question, fetched: dict, members: pd.DataFrame) -> pd.DataFrame:
    workers = _people(question, fetched)
    workers = workers[workers["aktif"] == 1]
    if question.per is Dimensi.BULAN:
        # The load is known at T only: the months before have no history here and are blanked.
        return pd.concat([workers.assign(g=g) for g in range(len(members))], ignore_index=True)
    return _located(workers, question, members)


def _population(question: Question, members: pd.DataFrame) -> pd.DataFrame:
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
        return pd.DataFrame({"penduduk": [int(people_of.get(kode, 0)) for kode in members[key]]})
    return pd.DataFrame({"penduduk": [int(table["penduduk"].sum())] * len(members)})


# --- the answer -------------------------------------------------------------------------------------------


def _finish(
    result: pd.DataFrame, record: Indicator, members: pd.DataFrame, question: Question
) -> pd.DataFrame:
    """Say why a number is missing, add the notes and what the number belongs to."""
    result = result.reset_index(drop=True)
    if record.pada_data:
        result.loc[members["sebelum_data"], "alasan"] = NO_HISTORY
    result.loc[members["kosong"], "alasan"] = NO_DATA
    result = blank(result)
    result.loc[result["alasan"].isin([NO_DATA, NO_HISTORY]), ["pembilang", "n", "catatan"]] = None
    notes = [
        "; ".join(part for part in parts if part) or None
        for parts in zip(
            result["alasan"].where(result["alasan"].notna(), None),
            result["catatan"].where(result["catatan"].notna(), None),
            _general_notes(record, members, question),
            strict=True,
        )
    ]
    keys = KEY_COLUMNS[question.per]
    answer = pd.concat([members[keys].reset_index(drop=True), result], axis=1)
    answer.insert(0, "kode", record.kode)
    answer["catatan"] = pd.Series(notes, dtype="object")
    answer["satuan"] = record.satuan
    answer["dari"], answer["sampai"] = question.start, question.end
    answer["tanggal_data"] = members["tanggal_data"].to_numpy()
    answer["tayang"] = question.scope.tayang.value
    answer["versi"] = question.source.versi
    answer["simulasi"] = question.source.simulasi
    if record.butuh == ("beban",) and question.per is Dimensi.PENDAMPING:
        answer = answer[answer["n"].fillna(0) > 0]
    return answer


def _general_notes(record: Indicator, members: pd.DataFrame, question: Question) -> list[str | None]:
    guessed = {p.kode_provinsi for p in question.source.provinces if p.tanpa_keterangan} & set(
        question.provinces
    )
    chosen = question.case_filter
    ignored = not record.filter_kasus and bool(chosen.klaster or chosen.jenis)
    notes = []
    for row in members[["tanggal_data", "terbaru", "hilang", "kosong"]].itertuples(index=False):
        parts = []
        if not row.kosong and row.tanggal_data != row.terbaru:
            parts.append(f"data terbaru {row.terbaru.isoformat()}")
        if row.hilang:
            parts.append(f"{row.hilang} provinsi belum ada data")
        if guessed and not row.kosong and question.per not in (Dimensi.PROVINSI, Dimensi.KABKOTA):
            parts.append(f"tanggal data {len(guessed)} provinsi diambil dari baris kasus")
        if ignored:
            parts.append("filter klaster dan jenis tidak berlaku")
        notes.append("; ".join(parts) or None)
    return notes
