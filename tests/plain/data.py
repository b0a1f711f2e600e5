"""Raw rows, and what follows from them before any indicator: data dates and cases as seen on a day."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, field

# In the order in which a case walks them; `kontak` is a date but not a step a case can stand at.
STEPS = ("terdata", "asesmen", "rencana", "intervensi", "terminasi")
DATES = ("terdata", "kontak", "asesmen", "rencana", "intervensi", "terminasi", "pembaruan", "pascalayanan")
RESULTS = ("hasil_kebutuhan_dasar", "hasil_peran_sosial", "hasil_atasi_masalah")


@dataclass(frozen=True, kw_only=True)
class Raw:
    """The case database as lists of dicts, one dict per row, keys as the columns; dates are date or None."""

    provinsi: list[dict]
    kabkota: list[dict]
    jenis_masalah: list[dict]
    alasan_terminasi: list[dict]
    pendamping: list[dict]
    kasus: list[dict]
    unggahan: list[dict]
    kegiatan: list[dict] = field(default_factory=list)
    rujukan: list[dict] = field(default_factory=list)
    kehadiran: list[dict] = field(default_factory=list)
    target: list[dict] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Province:
    """What is known of a province; without tanggal_data it never sent anything.

    `lembar` are the optional sheets of which it ever sent a row.
    """

    kode: str
    penduduk: int
    tanggal_data: dt.date | None
    lengkap_sejak: dt.date | None
    lembar: frozenset[str] = frozenset()

    @property
    def sent(self) -> bool:
        return self.tanggal_data is not None

    def seen_until(self, end: dt.date) -> dt.date:
        """t = min(b, T)."""
        return min(end, self.tanggal_data)

    def window_start(self, start: dt.date) -> dt.date:
        """s = max(a, lengkap_sejak)."""
        return start if self.lengkap_sejak is None else max(start, self.lengkap_sejak)


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything the indicators read.

    Rows by their key (pendamping by kode_provinsi and id_pendamping), judged cases in lists by kode_provinsi,
    rujukan in lists by kode_provinsi and id_kasus.
    """

    provinces: dict[str, Province]
    kabkota: dict[str, dict]
    jenis: dict[str, dict]
    pendamping: dict[tuple[str, str], dict]
    cases: dict[str, list[dict]]
    rujukan: dict[tuple[str, str], list[dict]]
    kehadiran: list[dict]
    target: list[dict]


def build_world(raw: Raw) -> World:
    """Judges every case by its own province's data date; administratif closures and later cases vanish."""
    kelompok = {row["kode_alasan"]: row["kelompok"] for row in raw.alasan_terminasi}
    valid = [row for row in raw.kasus if kelompok.get(row.get("kode_alasan")) != "administratif"]
    provinces = {row["kode_provinsi"]: _province(raw, row, valid) for row in raw.provinsi}
    jenis = {row["kode_jenis"]: row for row in raw.jenis_masalah}
    latest, services = _latest_kegiatan(raw, provinces), _services(raw)
    cases: dict[str, list[dict]] = {kode: [] for kode in provinces}
    for row in valid:
        province = provinces[row["kode_provinsi"]]
        if row["tanggal_terdata"] <= province.tanggal_data:
            case = _case(row, jenis, kelompok, province, latest)
            case["layanan"] = services.get((case["provinsi"], case["id"]), [])
            cases[province.kode].append(as_seen(case, province.tanggal_data))
    kabkota = {row["kode_kabkota"]: row for row in raw.kabkota}
    pendamping = {(row["kode_provinsi"], row["id_pendamping"]): row for row in raw.pendamping}
    rujukan: dict[tuple[str, str], list[dict]] = {}
    for row in raw.rujukan:
        rujukan.setdefault((row["kode_provinsi"], row["id_kasus"]), []).append(row)
    return World(
        provinces=provinces,
        kabkota=kabkota,
        jenis=jenis,
        pendamping=pendamping,
        cases=cases,
        rujukan=rujukan,
        kehadiran=raw.kehadiran,
        target=raw.target,
    )


def _province(raw: Raw, row: dict, valid: list[dict]) -> Province:
    kode = row["kode_provinsi"]
    uploads = [upload for upload in raw.unggahan if upload["kode_provinsi"] == kode]
    own = [case for case in valid if case["kode_provinsi"] == kode]
    return Province(
        kode=kode,
        penduduk=row["penduduk"],
        tanggal_data=_tanggal_data(raw, kode, uploads, own),
        lengkap_sejak=_lengkap_sejak(uploads, own),
        lembar=frozenset(
            name
            for name in ("kegiatan", "rujukan", "kehadiran")
            if any(sent["kode_provinsi"] == kode for sent in getattr(raw, name))
        ),
    )


def _tanggal_data(raw: Raw, kode: str, uploads: list[dict], cases: list[dict]) -> dt.date | None:
    """The largest ever sent; without any, the latest date in the rows of the province."""
    sent = [upload["tanggal_data"] for upload in uploads if upload["tanggal_data"] is not None]
    if sent:
        return max(sent)
    dates = [row.get(f"tanggal_{name}") for row in cases for name in DATES]
    own = {row["id_kasus"] for row in cases}
    dates += [
        row["tanggal_kegiatan"]
        for row in raw.kegiatan
        if row["kode_provinsi"] == kode and row["id_kasus"] in own
    ]
    return max((date for date in dates if date is not None), default=None)


def _lengkap_sejak(uploads: list[dict], cases: list[dict]) -> dt.date | None:
    """That of the upload that arrived last and had one; else the first date in the rows; else None."""
    for upload in sorted(uploads, key=lambda upload: (upload["waktu"], upload["id"]), reverse=True):
        if upload["lengkap_sejak"] is not None:
            until = upload["tanggal_data"] or upload["lengkap_sejak"]
            return min(upload["lengkap_sejak"], until)
    return min((case["tanggal_terdata"] for case in cases), default=None)


def _latest_kegiatan(raw: Raw, provinces: dict[str, Province]) -> dict[tuple[str, str], dt.date]:
    """The last activity of each case not later than its province's data date."""
    latest: dict[tuple[str, str], dt.date] = {}
    for row in raw.kegiatan:
        key = (row["kode_provinsi"], row["id_kasus"])
        date = row["tanggal_kegiatan"]
        if date <= provinces[key[0]].tanggal_data and date > latest.get(key, dt.date.min):
            latest[key] = date
    return latest


def _services(raw: Raw) -> dict[tuple[str, str], list[tuple[str | None, dt.date]]]:
    """(jenis_kegiatan, date) of every activity of each case."""
    services: dict[tuple[str, str], list[tuple[str | None, dt.date]]] = {}
    for row in raw.kegiatan:
        key = (row["kode_provinsi"], row["id_kasus"])
        services.setdefault(key, []).append((row.get("jenis_kegiatan"), row["tanggal_kegiatan"]))
    return services


def _case(row: dict, jenis: dict, kelompok: dict, province: Province, latest: dict) -> dict:
    case = {name: row.get(f"tanggal_{name}") for name in DATES}
    kind = jenis[row["kode_jenis"]]
    case |= {
        "provinsi": row["kode_provinsi"],
        "id": row["id_kasus"],
        "klien": row.get("id_klien"),
        "kabkota": row["kode_kabkota"],
        "jenis": row["kode_jenis"],
        "klaster": kind["kode_klaster"],
        "pas": kind["kode_pas"],
        "pendamping": row.get("id_pendamping"),
        "darurat": row.get("prioritas") == "darurat",
        "kelompok": kelompok.get(row.get("kode_alasan")),
        "kegiatan": latest.get((row["kode_provinsi"], row["id_kasus"])),
        "tempat": province,
    }
    for name in ("jenis_kelamin", "kelompok_umur", "sumber_laporan", "pendekatan", *RESULTS):
        case[name] = row.get(name)
    return case


def as_seen(case: dict, day: dt.date) -> dict:
    """The case as it was known on a day: later dates are gone, and with its terminasi its reason."""
    seen = dict(case)
    for name in DATES:
        if seen[name] is not None and seen[name] > day:
            seen[name] = None
    if seen["terminasi"] is None:
        seen["kelompok"] = None
    return seen


def is_open(case: dict) -> bool:
    return case["terminasi"] is None


def is_resolved(case: dict) -> bool:
    return case["kelompok"] == "terselesaikan"


def response(case: dict) -> dt.date | None:
    """The asesmen; of a darurat case the first of asesmen and intervensi."""
    candidates = [case["asesmen"], case["intervensi"] if case["darurat"] else None]
    return min((date for date in candidates if date is not None), default=None)


def furthest_step(case: dict) -> str:
    """The last step in STEPS that has a date."""
    return [step for step in STEPS if case[step] is not None][-1]


def is_active(person: dict, day: dt.date) -> bool:
    """On duty that day; the last day of service is still a day of service."""
    ended = person.get("tanggal_selesai")
    return person["tanggal_mulai"] <= day and (ended is None or ended >= day)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same date so many months earlier, or that month's last day where it has no such date."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
