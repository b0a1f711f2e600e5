"""Small worlds as rows of the case database: one per seed, dense enough that curves are reached.

A world is a `Raw` of the plain reference with cases in four real provinces; `write` puts the same rows into a
database.
"""

from __future__ import annotations

import datetime as dt
import random
from functools import cache

from sqlalchemy import Engine, insert

from lib import reference
from lib.database import connection, schema
from tests.plain.data import STEPS, Raw

PROVINCES = ("34", "35", "93", "96")
# Newest T: an ordinary day, both sides of 29 February, a year's end.
NEWEST = (dt.date(2026, 11, 20), dt.date(2024, 2, 28), dt.date(2025, 2, 28), dt.date(2025, 1, 3))
KINDS = (*["P01"] * 6, "P02", "P09", "P18", "P20")
REASONS = ("T1", "T1", "T1", "T2", "R1", "R2", "B1", "A1")
TARGETED = ("I01", "I03", "I03K", "I04-30", "I05M", "I06", "I15-n", "I18-rata", "I25", "I30")
WRITTEN = (
    schema.pendamping,
    schema.unggahan,
    schema.kasus,
    schema.kegiatan,
    schema.rujukan,
    schema.kehadiran,
    schema.target,
)
DAY = dt.timedelta(days=1)


@cache
def tables() -> dict[str, list[dict]]:
    """The reference tables of the product, as every world has them."""
    names = ("provinsi", "kabkota", "jenis_masalah", "alasan_terminasi")
    return {name: reference.table(name).to_dict("records") for name in names}


@cache
def places_of(provinsi: str) -> tuple[str, ...]:
    """The first three kab/kota of a province, so that each has several cases."""
    return tuple(kode for kode in reference.names("kabkota") if kode.startswith(provinsi))[:3]


def kasus_row(provinsi: str, number: int, terdata: dt.date, **others) -> dict:
    """One row of kasus, open and without any step unless told otherwise."""
    row = {
        "kode_provinsi": provinsi,
        "id_kasus": f"{number:04d}",
        "id_klien": f"klien-{provinsi}-{number:04d}",
        "kode_jenis": "P01",
        "kode_kabkota": places_of(provinsi)[0],
        "id_pendamping": None,
        "prioritas": "biasa",
        "tanggal_terdata": terdata,
        "tanggal_pembaruan": terdata,
    }
    row |= {f"tanggal_{step}": None for step in (*STEPS[1:], "kontak", "pascalayanan")}
    row |= dict.fromkeys(("kode_alasan", "pendekatan", "jenis_kelamin", "kelompok_umur", "sumber_laporan"))
    row |= dict.fromkeys(schema.OUTCOMES)
    return row | others


def pendamping_row(provinsi: str, name: str, mulai: dt.date, **others) -> dict:
    """One row of pendamping, on duty since `mulai` in the first kab/kota."""
    row = {
        "kode_provinsi": provinsi,
        "id_pendamping": name,
        "kode_kabkota": places_of(provinsi)[0],
        "nama_tampil": None,
        "jenjang": None,
        "bersertifikat": None,
        "sebutan": "umum",
        "pendidikan": "lainnya",
        "pelatihan_terakhir": None,
        "tanggal_mulai": mulai,
        "tanggal_selesai": None,
    }
    return row | others


def unggahan_row(
    number: int, provinsi: str, tanggal_data: dt.date, lengkap_sejak: dt.date | None = None
) -> dict:
    """One upload; they arrived in the order of their numbers."""
    return {
        "id": number,
        "kode_provinsi": provinsi,
        "tanggal_data": tanggal_data,
        "lengkap_sejak": lengkap_sejak,
        "waktu": dt.datetime(2026, 12, 1, 8, 0) + dt.timedelta(minutes=number),  # noqa: DTZ001  stored naive
        "digest": "-",
        "baris": 0,
        "ditolak": 0,
    }


def raw_world(**rows: list[dict]) -> Raw:
    """The given rows, by the name of their table, over the reference tables."""
    return Raw(**tables(), **(dict.fromkeys(("kasus", "pendamping", "unggahan"), []) | rows))


def write(engine: Engine, raw: Raw) -> None:
    """Prepares an empty database and inserts the rows of a world."""
    connection.prepare(engine, simulasi=True)
    with engine.begin() as target:
        for table in WRITTEN:
            rows = getattr(raw, table.name)
            if rows:
                target.execute(insert(table), rows)


# --- one random world ----------------------------------------------------------------------------------------


def random_world(seed: int) -> Raw:
    """The world of a seed: 0 to 400 cases, provinces known up to different days, one of them perhaps never."""
    chance = random.Random(seed)
    newest = chance.choice(NEWEST)
    known = {kode: newest - chance.choice((0, 0, 5, 33, 70)) * DAY for kode in PROVINCES}
    known[chance.choice(PROVINCES)] = newest
    sent = [kode for kode in PROVINCES if kode != "96" or chance.random() < 0.2]
    uploads, numbers = [], iter(range(1, 100))
    for kode in sent:
        uploads += _uploads(chance, kode, known[kode], numbers)
    people = [row for kode in sent for row in _people(chance, kode, known[kode])]
    total = chance.choice((0, 3, 12, 60, 150, 400, 400))
    # One province holds most of them, so that n >= 10 also occurs in parts of a part.
    homes = chance.choices(sent, weights=[6, 2, 1, 1][: len(sent)], k=total)
    cases = [_case(chance, kode, number, known[kode], people) for number, kode in enumerate(homes)]
    # Optional sheets: a province may never have sent one.
    senders = {name: [kode for kode in sent if chance.random() < 0.7] for name in ("kegiatan", "rujukan")}
    rows = {
        "kasus": cases,
        "pendamping": people,
        "unggahan": uploads,
        "kegiatan": [row for case in _of(cases, senders["kegiatan"]) for row in _activities(chance, case)],
        "rujukan": [row for case in _of(cases, senders["rujukan"]) for row in _referrals(chance, case)],
        "kehadiran": [row for person in people for row in _attendance(chance, person, newest)],
        "target": _targets(chance, newest),
    }
    for listed in rows.values():
        chance.shuffle(listed)
    return raw_world(**rows)


def _of(cases: list[dict], provinces: list[str]) -> list[dict]:
    return [case for case in cases if case["kode_provinsi"] in provinces]


def _uploads(chance: random.Random, provinsi: str, known: dt.date, numbers) -> list[dict]:
    """One to three uploads in odd order, the largest tanggal_data is `known`; seldom none at all."""
    if chance.random() < 0.1:
        return []
    days = [known, *(known - chance.randint(0, 90) * DAY for _ in range(chance.choice((0, 0, 1, 2))))]
    chance.shuffle(days)
    rows = []
    for day in days:
        since = chance.choice((None, day - 800 * DAY, day - 250 * DAY, day - 120 * DAY, day - 20 * DAY))
        rows.append(unggahan_row(next(numbers), provinsi, day, since))
    return rows


def _people(chance: random.Random, provinsi: str, known: dt.date) -> list[dict]:
    """Nobody, a few or twenty, on and off duty around T; one in four without kab/kota."""
    rows = []
    for number in range(chance.choice((0, 2, 5, 20))):
        ended = chance.choice((None, None, None, known, known - DAY, known - 100 * DAY, known + 9 * DAY))
        began = chance.choice((known - 900 * DAY, known - 200 * DAY, known, known + 3 * DAY))
        place = chance.choice((*places_of(provinsi), None))
        rows.append(
            pendamping_row(
                provinsi,
                f"p{number}",
                min(began, ended) if ended else began,
                tanggal_selesai=ended,
                kode_kabkota=place,
                bersertifikat=chance.choice((0, 1, None)),
                jenjang=chance.choice((None, 3, 5, 9)),
                sebutan=chance.choice(schema.SEBUTAN),
                pendidikan=chance.choice(schema.PENDIDIKAN),
                pelatihan_terakhir=chance.choice(
                    (None, known - 30 * DAY, known - 731 * DAY, known - 729 * DAY, known + DAY)
                ),
            )
        )
    return rows


def _delay(chance: random.Random, mean: float) -> int:
    """Whole days, often 0, mostly short, seldom long."""
    return 0 if chance.random() < 0.1 else int(chance.expovariate(1 / mean))


def _case(chance: random.Random, provinsi: str, number: int, known: dt.date, people: list[dict]) -> dict:
    """A case recorded within 400 days before T, one in twelve after it; steps may be skipped, dates pass T."""
    terdata = known + 10 * DAY - int(400 * chance.random() ** 1.5) * DAY
    emergency = chance.random() < 0.2
    helpers = [row["id_pendamping"] for row in people if row["kode_provinsi"] == provinsi]
    # The first one holds most cases, so that loads pass 15.
    name = chance.choice([None, *helpers, *helpers[:1] * 4])
    row = kasus_row(
        provinsi,
        number,
        terdata,
        id_klien=f"klien-{provinsi}-{chance.randint(0, 90)}",
        kode_jenis=chance.choice(KINDS),
        kode_kabkota=chance.choice((*places_of(provinsi), *places_of(provinsi)[:1] * 3)),
        id_pendamping=name,
        prioritas="darurat" if emergency else chance.choice(("tinggi", "biasa")),
        pendekatan=chance.choice((None, *schema.PENDEKATAN)),
        jenis_kelamin=chance.choice((None, "L", "P")),
        kelompok_umur=chance.choice((None, *schema.KELOMPOK_UMUR)),
        sumber_laporan=chance.choice((None, "lapor", "dinsos")),
    )
    row |= _steps(chance, terdata, emergency=emergency)
    latest = max(value for key, value in row.items() if key.startswith("tanggal_") and value)
    row["tanggal_pembaruan"] = chance.choice((terdata, latest, latest + chance.randint(0, 20) * DAY))
    return row


def _steps(chance: random.Random, terdata: dt.date, *, emergency: bool) -> dict:
    """The dates of the steps in their order (darurat: intervensi at any place), each skipped now and then."""
    dates: dict = {}
    last = terdata
    for step, mean in (("asesmen", 9), ("rencana", 5), ("intervensi", 12)):
        if chance.random() < 0.25:
            continue
        if emergency and step == "intervensi":
            dates["tanggal_intervensi"] = terdata + _delay(chance, 4) * DAY
        else:
            last += _delay(chance, mean) * DAY
            dates[f"tanggal_{step}"] = last
    latest = max([last, *dates.values()])
    if chance.random() < 0.5:
        dates["tanggal_kontak"] = terdata + chance.randint(0, (latest - terdata).days) * DAY
    if chance.random() < 0.75:
        dates["tanggal_terminasi"] = latest + _delay(chance, 25) * DAY
        dates["kode_alasan"] = chance.choice(REASONS)
        if dates["kode_alasan"].startswith("T"):
            dates |= {name: chance.choice((0, 1, 1, 1, 1, None)) for name in schema.OUTCOMES}
            if chance.random() < 0.3:
                dates["tanggal_pascalayanan"] = dates["tanggal_terminasi"] + 30 * DAY
    return dates


def _activities(chance: random.Random, case: dict) -> list[dict]:
    """Up to two activities of a case, also after its last update and after T."""
    days = {
        case["tanggal_terdata"] + chance.randint(0, 150) * DAY for _ in range(chance.choice((0, 0, 1, 2)))
    }
    return [
        {
            "kode_provinsi": case["kode_provinsi"],
            "id_kasus": case["id_kasus"],
            "tanggal_kegiatan": day,
            "jenis_kegiatan": chance.choice(("kunjungan", "terapi", "terapi", "dukungan_keluarga")),
            "id_pendamping": None,
        }
        for day in sorted(days)
    ]


def _referrals(chance: random.Random, case: dict) -> list[dict]:
    """At most one referral of a case, to one or two places; some accepted on no known day, or after T."""
    made = case["tanggal_terdata"] + chance.randint(0, 40) * DAY
    rows = []
    for place in ("sentra", "faskes")[: chance.choice((0, 1, 1, 2))]:
        outcome = chance.choice(("diterima", "diterima", "ditolak", "menunggu"))
        accepted = made + _delay(chance, 15) * DAY if outcome == "diterima" else None
        rows.append(
            {
                "kode_provinsi": case["kode_provinsi"],
                "id_kasus": case["id_kasus"],
                "tanggal_rujukan": made,
                "tujuan": place,
                "tanggal_diterima": chance.choice((accepted, accepted, accepted, None)),
                "hasil": outcome,
            }
        )
    return rows


def _attendance(chance: random.Random, person: dict, newest: dt.date) -> list[dict]:
    """Some of the last five months, the one of T among them, which is not over; one in three has none."""
    months, day = [], newest
    for _ in range(5 if chance.random() < 0.7 else 0):
        months.append(f"{day:%Y-%m}")
        day = day.replace(day=1) - DAY
    rows = []
    for month in months:
        if chance.random() < 0.8:
            working = chance.randint(0, 22)
            rows.append(
                {
                    "kode_provinsi": person["kode_provinsi"],
                    "id_pendamping": person["id_pendamping"],
                    "bulan": month,
                    "hari_kerja": working,
                    "hadir": chance.randint(0, working),
                }
            )
    return rows


def _targets(chance: random.Random, newest: dt.date) -> list[dict]:
    """Targets of two provinces and the country for the year and the month of the newest T, seldom zero."""
    rows = []
    for place in ("34", "35", "00"):
        for period in (f"{newest:%Y}", f"{newest:%Y-%m}", f"{newest.year - 1}"):
            for kode in TARGETED:
                if chance.random() < 0.6:
                    value = chance.choice((0, 5, 12.5, 60, 100))
                    rows.append(
                        {"periode": period, "kode_wilayah": place, "kode_indikator": kode, "nilai": value}
                    )
    return rows
