"""The steps of the story: each asks the one door and makes its message, its chart and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from lib import present, present_area, reference, text, text_pack
from lib.domain import AccessRefused, CaseFilter, Dimensi, Scope, Tayang, UserError
from lib.exports.step import BARS, COLUMNS, Areas, Chart, Series, Step, by_kode, chart, tables, tiles
from lib.indicators.records import INDICATORS
from lib.measure import KEY_COLUMNS, Source, measure
from lib.numbers_id import bulan_pendek
from lib.settings import Settings

HEAD = (
    "I01",
    "I02",
    "I03K",
    "I13",
    "I05M",
    "I04-180",
    "I11",
    "I15-n",
    "I15-persen",
    "I10",
    "I08",
    "I14-median",
)
# What a kind within a province, or a kab/kota, is told of under tayang presentasi: see lib.disclosure.views.
CORE = ("I01", "I02", "I03K", "I05M", "I10", "I08")
GROUPS, GROUPS_CORE = ("I01", "I02", "I03K", "I13", "I04-180", "I05M"), ("I01", "I02", "I03K", "I05M")
WAITS = tuple(kode for wait in text_pack.WAITS for kode in (wait, f"{wait}-p80"))
STAFF = ("I18-rata", "I18-persen", "I20", "I29-sertifikat", "I31")
MONTHLY = ("I01", "I03")
ON_THE_MAP, LOAD = "I04-180", "I18-rata"
MOST_PLACES = 12
"""Bars that can be read on one slide; the table has all."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """Whom and what is asked; `known`: answers for no dimension that were asked before."""

    scope: Scope
    case_filter: CaseFilter
    source: Source
    settings: Settings
    known: Mapping[tuple[str, ...], pd.DataFrame]

    def ask(self, kodes: Sequence[str], per: Dimensi | None = None) -> pd.DataFrame:
        """The rows of `measure`, with the names of their groups and display texts."""
        if per is None and tuple(kodes) in self.known:
            rows = self.known[tuple(kodes)].copy()
        else:
            rows = measure(
                self.scope, kodes, self.case_filter, per=per, source=self.source, limits=self.settings.ambang
            )
        rows["tampil"] = present.display(rows)
        if per is not None:
            key = KEY_COLUMNS[per][-1]
            rows["kunci"] = rows[key]
            rows["nama"] = [_name(per, code) for code in rows[key]]
        return rows

    def first_of(self, *asked: Sequence[str], per: Dimensi | None = None) -> tuple[pd.DataFrame | None, str]:
        """The first list of kodes that may be shown; None and the sentence of the last refusal where none may."""
        refusal = ""
        for kodes in asked:
            try:
                return self.ask(kodes, per), ""
            except AccessRefused:
                raise
            except UserError as error:
                refusal = str(error)
        return None, refusal


def _name(per: Dimensi, code: str) -> str:
    if per is Dimensi.BULAN:
        return bulan_pendek(code)
    if per is Dimensi.KLASTER:
        return present_area.short_names(per)[code]
    return reference.names({Dimensi.JENIS: "jenis_masalah"}.get(per, per.value))[code]


def headline(rows: pd.DataFrame, place: str) -> Step:
    three = rows[rows["kode"].isin(present.CORONG)].copy()
    three["nama"] = [INDICATORS[kode].pendek for kode in three["kode"]]
    values = tuple(None if pd.isna(value) else float(value) for value in three["nilai"])
    series = Series(kode="corong", nama="Kasus", nilai=values, tampil=tuple(three["tampil"]))
    counts = Chart(
        rupa=COLUMNS,
        judul="Dari kasus yang terdata",
        satuan="kasus",
        kategori=tuple(three["nama"]),
        seri=(series,),
    )
    return Step(
        nama="pokok",
        judul=text_pack.headline(by_kode(rows), place=place),
        kodes=tuple(rows["kode"]),
        frame=rows,
        kalimat=f"Kasus yang terdata {text_pack.period(rows)}, dan sampai mana penanganannya pada tanggal data.",
        kotak=tiles(rows, ("I01", "I02", "I03K", "I13", "I05M", "I04-180", "I11", "I15-n")),
        grafik=counts if any(values) else None,
    )


def regions(door: Door, rows: pd.DataFrame, provinces: Sequence[str]) -> list[Step]:
    """The provinces on a map, or the kab/kota of one province."""
    if door.case_filter.kabkota or door.case_filter.pendamping:
        return []
    if len(provinces) == 1:
        return [places(door, rows)]
    answer, refusal = door.first_of(GROUPS, GROUPS_CORE, per=Dimensi.PROVINSI)
    if answer is None:
        return [refused("peta", "Menurut provinsi: tidak tersedia untuk saringan ini", refusal)]
    kode = ON_THE_MAP if ON_THE_MAP in set(answer["kode"]) else "I05M"
    one = answer[answer["kode"] == kode].reset_index(drop=True)
    days = (one["sampai"].iloc[0] - one["dari"].iloc[0]).days + 1
    frame, _, labels = present.by_province(one, period_days=days)
    total = rows[rows["kode"] == kode]
    shown, numbers = tables(answer, heading="Provinsi")
    areas = Areas(
        judul=f"{INDICATORS[kode].nama}, {INDICATORS[kode].satuan}",
        kelas=dict(zip(frame["provinsi"], frame["kelas"].astype(int), strict=True)),
        nama=dict(zip(frame["provinsi"], frame["nama"], strict=True)),
        tampil=dict(zip(frame["provinsi"], frame["tampil"], strict=True)),
        label=tuple(labels),
    )
    message = text_pack.over_provinces(
        one, total.iloc[0] if len(total) else None, place=text_pack.area(door.case_filter, provinces)
    )
    return [
        Step(
            nama="peta",
            judul=message,
            kodes=tuple(dict.fromkeys(answer["kode"])),
            frame=answer,
            kalimat=(
                "Sebagian perbedaan antarprovinsi adalah kebetulan: bandingkan pada halaman Perbandingan sebelum "
                f"menyimpulkan. {text.INDICATIVE}"
            ),
            peta=areas,
            tabel=shown,
            nilai=numbers,
        )
    ]


def places(door: Door, rows: pd.DataFrame) -> Step:
    answer, refusal = door.first_of(GROUPS, GROUPS_CORE, per=Dimensi.KABKOTA)
    if answer is None:
        return refused("kabkota", "Menurut kabupaten/kota: tidak tersedia untuk saringan ini", refusal)
    answer = answer.dropna(subset=["kunci"])
    recorded = answer[answer["kode"] == "I01"]
    most = recorded.sort_values("nilai", ascending=False, kind="stable").dropna(subset=["nilai"])
    drawn = most[most["nilai"] > 0].head(MOST_PLACES)
    shown, numbers = tables(answer, heading="Kabupaten/kota")
    title = "Kasus terdata"
    if len(drawn) < len(recorded):
        title = f"Kasus terdata, {len(drawn)} kab/kota terbanyak"
    return Step(
        nama="kabkota",
        judul=text_pack.over_places(recorded, by_kode(rows).loc["I01"], what="kab/kota"),
        kodes=tuple(dict.fromkeys(answer["kode"])),
        frame=answer,
        kalimat="Jumlah kasus mengikuti penduduk dan pelaporan, bukan mutu layanan.",
        grafik=chart(BARS, drawn, ("I01",), judul=title) if len(drawn) else None,
        tabel=shown,
        nilai=numbers,
    )


def groups(door: Door, rows: pd.DataFrame) -> list[Step]:
    """The clusters, or the kinds of the chosen cluster."""
    chosen = door.case_filter
    if chosen.jenis:
        return []
    per = Dimensi.JENIS if chosen.klaster else Dimensi.KLASTER
    what, heading = ("jenis masalah", "Jenis masalah") if chosen.klaster else ("klaster", "Klaster")
    answer, refusal = door.first_of(GROUPS, GROUPS_CORE, per=per)
    if answer is None:
        return [refused("klaster", f"Menurut {what}: tidak tersedia untuk saringan ini", refusal)]
    if per is Dimensi.JENIS:
        kinds = [kind for group in chosen.klaster for kind in present_area.kinds_of(Dimensi.KLASTER, group)]
        answer = answer[answer["kunci"].isin(kinds)].reset_index(drop=True)
    recorded = answer[answer["kode"] == "I01"]
    shown, numbers = tables(answer, heading=heading)
    return [
        Step(
            nama="klaster",
            judul=text_pack.over_places(recorded, by_kode(rows).loc["I01"], what=what),
            kodes=tuple(dict.fromkeys(answer["kode"])),
            frame=answer,
            kalimat="Jumlah kelompok dibulatkan sendiri-sendiri, sehingga tidak persis berjumlah total."
            if door.scope.tayang is Tayang.PRESENTASI
            else "",
            grafik=chart(BARS, answer, present.CORONG, judul="Kasus")
            if (answer["nilai"] > 0).any()
            else None,
            tabel=shown,
            nilai=numbers,
        )
    ]


def months(door: Door, provinces: Sequence[str]) -> list[Step]:
    """The nation by month; of provinces, tayang presentasi lists no months, and there is nothing to say."""
    if door.scope.tayang is Tayang.PRESENTASI and (len(provinces) == 1 or door.case_filter.kabkota):
        return []
    answer, refusal = door.first_of(MONTHLY, per=Dimensi.BULAN)
    if answer is None:
        return [refused("tren", "Menurut bulan: tidak tersedia untuk saringan ini", refusal)]
    if answer["bulan"].nunique() < 2:
        return []
    recorded, resolved = (answer[answer["kode"] == kode] for kode in MONTHLY)
    shown, numbers = tables(answer, heading="Bulan")
    return [
        Step(
            nama="tren",
            judul=text_pack.months(recorded, resolved, full_until=present.full_until(answer)),
            kodes=MONTHLY,
            frame=answer,
            kalimat=(
                "Bulan terakhir masih bertambah. Kasus juga ditutup karena dialihkan atau berhenti, yang tidak "
                "dihitung sebagai terselesaikan."
            ),
            grafik=chart(COLUMNS, answer, MONTHLY, judul="Kasus per bulan"),
            tabel=shown,
            nilai=numbers,
        )
    ]


def times(rows: pd.DataFrame, groups: Sequence[Step]) -> Step:
    kodes = tuple(kode for kode in ("I05M", "I04-180", "I10", "I08") if kode in set(rows["kode"]))
    halved, frame = None, rows[rows["kode"].isin(kodes)].reset_index(drop=True)
    parts = groups[0].frame if groups else pd.DataFrame()
    if "kunci" in parts and parts.loc[parts["kode"] == "I05M", "nilai"].notna().any():
        halves = parts[parts["kode"] == "I05M"]
        halved = chart(BARS, halves, ("I05M",), judul=f"{INDICATORS['I05M'].nama}, hari")
        frame = pd.concat([frame, halves], ignore_index=True)
    return Step(
        nama="waktu",
        judul=text_pack.times(by_kode(rows)),
        kodes=kodes,
        frame=frame,
        kalimat=(
            "Kasus yang masih terbuka ikut dihitung. Kelompok tanpa batang belum mencapai separuhnya atau terlalu "
            "sedikit kasusnya."
            if halved is not None
            else "Kasus yang masih terbuka ikut dihitung."
        ),
        kotak=tiles(rows, kodes),
        grafik=halved,
    )


def stuck(door: Door, rows: pd.DataFrame) -> list[Step]:
    waits, refusal = door.first_of(WAITS)
    if waits is None:
        return [refused("tersendat", "Waktu tunggu langkah: tidak tersedia untuk saringan ini", refusal)]
    everything = pd.concat([rows, waits], ignore_index=True).set_index("kode", drop=False)
    series = [
        Series(
            kode=f"I12{end}",
            nama=name,
            nilai=tuple(None if pd.isna(value) else float(value) for value in own["nilai"]),
            tampil=tuple(own["tampil"]),
        )
        for end, name in (
            ("", "Separuh menunggu lebih lama dari"),
            ("-p80", "Seperlima menunggu lebih lama dari"),
        )
        for own in [waits[waits["kode"].isin([f"{wait}{end}" for wait in text_pack.WAITS])]]
    ]
    steps = tuple(text_pack.STEP_NAMES[wait].capitalize() for wait in text_pack.WAITS)
    decisions = []
    if "I15-n" in everything.index:
        decisions.append(text_pack.stuck_decision(everything))
    decisions.append(text_pack.response_decision(everything, door.settings.ambang))
    return [
        Step(
            nama="tersendat",
            judul=text_pack.stuck(everything),
            kodes=(
                *WAITS,
                *(kode for kode in ("I15-n", "I15-persen", "I11", "I14-median") if kode in everything.index),
            ),
            frame=everything.reset_index(drop=True),
            kalimat=(
                f"Macet: kasus terbuka tanpa aktivitas lebih dari {door.settings.ambang.macet_hari} hari (darurat "
                f"{door.settings.ambang.macet_hari_darurat}), ambang usulan."
            ),
            putusan=tuple(each for each in decisions if each),
            kotak=tiles(everything.reset_index(drop=True), ("I15-n", "I15-persen", "I11", "I14-median")),
            grafik=Chart(
                rupa=BARS,
                judul="Hari tunggu dari langkah sebelumnya",
                satuan="hari",
                kategori=steps,
                seri=tuple(series),
            )
            if waits["nilai"].notna().any()
            else None,
        )
    ]


def load(door: Door, provinces: Sequence[str]) -> list[Step]:
    if door.case_filter.pendamping:
        return []
    rows, refusal = door.first_of(STAFF)
    if rows is None:
        return [refused("beban", "Beban pendamping: tidak tersedia untuk saringan ini", refusal)]
    known = by_kode(rows)
    loads, frame, texts, numbers = None, rows, None, None
    if len(provinces) > 1 and not door.case_filter.kabkota:
        answer, _ = door.first_of((LOAD,), per=Dimensi.PROVINSI)
        if answer is not None:
            texts, numbers = tables(answer, heading="Provinsi")
            short = dict(reference.table("provinsi")[["kode_provinsi", "singkatan"]].itertuples(index=False))
            drawn = answer.assign(nama=answer["kunci"].map(short))
            loads = chart(COLUMNS, drawn, (LOAD,), judul="Kasus terbuka per pendamping aktif, rata-rata")
            frame = pd.concat([rows, answer], ignore_index=True)
    ignored = bool(door.case_filter.klaster or door.case_filter.jenis)
    decision = text_pack.load_decision(known, door.settings.ambang)
    of_persons = "Menggambarkan orang dan seluruh pekerjaannya" + (
        ": saringan klaster dan jenis tidak berlaku." if ignored else ", bukan penilaian kinerja."
    )
    if loads is not None and None in loads.seri[0].nilai:
        of_persons += " Provinsi tanpa batang: terlalu sedikit pendamping."
    return [
        Step(
            nama="beban",
            judul=text_pack.load(known, door.settings.ambang),
            kodes=STAFF,
            frame=frame,
            kalimat=of_persons,
            putusan=(decision,) if decision else (),
            kotak=tiles(rows, STAFF),
            grafik=loads,
            tabel=texts,
            nilai=numbers,
        )
    ]


def refused(nama: str, title: str, refusal: str) -> Step:
    """A step that says why there is nothing to see."""
    return Step(nama=nama, judul=title, frame=pd.DataFrame(), kalimat=refusal)
