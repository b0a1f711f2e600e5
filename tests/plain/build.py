"""Small worlds for the tests of this folder, written in day numbers so that waits can be read off."""

from __future__ import annotations

import datetime as dt
import itertools

from tests.plain.compute import compute
from tests.plain.data import Raw

PROVINSI = [
    {"kode_provinsi": "33", "penduduk": 500_000},
    {"kode_provinsi": "35", "penduduk": 1_000_000},
    {"kode_provinsi": "91", "penduduk": 200_000},
]
KABKOTA = [
    {"kode_kabkota": "33.01", "kode_provinsi": "33", "penduduk": 500_000},
    {"kode_kabkota": "35.01", "kode_provinsi": "35", "penduduk": 600_000},
    {"kode_kabkota": "35.02", "kode_provinsi": "35", "penduduk": 400_000},
    {"kode_kabkota": "91.01", "kode_provinsi": "91", "penduduk": 200_000},
]
JENIS = [
    {"kode_jenis": "P01", "kode_klaster": "ANAK", "kode_pas": "1", "sensitif": 0},
    {"kode_jenis": "P06", "kode_klaster": "ANAK", "kode_pas": "1", "sensitif": 1},
    {"kode_jenis": "P18", "kode_klaster": "TSKPO", "kode_pas": "8", "sensitif": 1},
]
ALASAN = [
    {"kode_alasan": "T1", "kelompok": "terselesaikan"},
    {"kode_alasan": "R1", "kelompok": "dialihkan"},
    {"kode_alasan": "B1", "kelompok": "berhenti"},
    {"kode_alasan": "A1", "kelompok": "administratif"},
]
SCOPE = ("33", "35", "91")
_numbers = itertools.count(1)


def d(number: int | None) -> dt.date | None:
    """Day 0 is 1 January 2026; day -1 the day before."""
    return None if number is None else dt.date(2026, 1, 1) + dt.timedelta(days=number)


def kasus(
    terdata: int,
    tutup: int | None = None,
    alasan: str = "T1",
    *,
    provinsi: str = "35",
    asesmen: int | None = None,
    rencana: int | None = None,
    intervensi: int | None = None,
    kontak: int | None = None,
    pembaruan: int | None = None,
    **others,
) -> dict:
    """A case recorded on day `terdata`, closed on day `tutup` with `alasan`; no step unless given."""
    number = next(_numbers)
    row = {
        "kode_provinsi": provinsi,
        "id_kasus": f"K{number}",
        "id_klien": f"C{number}",
        "kode_jenis": "P01",
        "kode_kabkota": f"{provinsi}.01",
        "id_pendamping": "p1",
        "jenis_kelamin": None,
        "kelompok_umur": None,
        "sumber_laporan": None,
        "prioritas": "biasa",
        "pendekatan": None,
        "tanggal_terdata": d(terdata),
        "tanggal_kontak": d(kontak),
        "tanggal_asesmen": d(asesmen),
        "tanggal_rencana": d(rencana),
        "tanggal_intervensi": d(intervensi),
        "tanggal_terminasi": d(tutup),
        "kode_alasan": None if tutup is None else alasan,
        "tanggal_pembaruan": d(terdata if pembaruan is None else pembaruan),
        "tanggal_pascalayanan": None,
    }
    return row | others


def person(
    name: str, *, provinsi: str = "35", mulai: int = -1000, selesai: int | None = None, **others
) -> dict:
    """A pendamping of kab/kota .01 on duty from day `mulai` to day `selesai`."""
    row = {
        "kode_provinsi": provinsi,
        "id_pendamping": name,
        "kode_kabkota": f"{provinsi}.01",
        "tanggal_mulai": d(mulai),
        "tanggal_selesai": d(selesai),
    }
    return row | others


def unggahan(provinsi: str, tanggal_data: int, lengkap_sejak: int | None = -1000, *, urutan: int = 1) -> dict:
    """An upload that arrived as number `urutan`."""
    return {
        "id": urutan,
        "kode_provinsi": provinsi,
        "tanggal_data": d(tanggal_data),
        "lengkap_sejak": d(lengkap_sejak),
        "waktu": dt.datetime(2026, 6, 1, 8, urutan, tzinfo=dt.UTC),
    }


def world(
    cases: list[dict],
    *,
    uploads: list[dict] | None = None,
    people=(),
    kegiatan=(),
    rujukan=(),
    kehadiran=(),
    target=(),
) -> Raw:
    """35 sent up to day 100 and 33 up to day 90, both complete all along; 91 never sent."""
    return Raw(
        provinsi=PROVINSI,
        kabkota=KABKOTA,
        jenis_masalah=JENIS,
        alasan_terminasi=ALASAN,
        pendamping=list(people),
        kasus=cases,
        unggahan=[unggahan("35", 100), unggahan("33", 90)] if uploads is None else uploads,
        kegiatan=list(kegiatan),
        rujukan=list(rujukan),
        kehadiran=list(kehadiran),
        target=list(target),
    )


def rujukan(case: dict, made: int, *, diterima: int | None = None, hasil: str | None = None) -> dict:
    """A referral of a case on day `made`; accepted on day `diterima`, else waiting unless told otherwise."""
    return {
        "kode_provinsi": case["kode_provinsi"],
        "id_kasus": case["id_kasus"],
        "tanggal_rujukan": d(made),
        "tujuan": "sentra",
        "tanggal_diterima": d(diterima),
        "hasil": hasil or ("menunggu" if diterima is None else "diterima"),
    }


def kegiatan(case: dict, day: int, jenis: str) -> dict:
    """An activity of a case."""
    return {
        "kode_provinsi": case["kode_provinsi"],
        "id_kasus": case["id_kasus"],
        "tanggal_kegiatan": d(day),
        "jenis_kegiatan": jenis,
        "id_pendamping": None,
    }


def target(kode: str, nilai: float, *, periode: str = "2026", wilayah: str = "35") -> dict:
    """A target of a province for the whole year unless told otherwise."""
    return {"periode": periode, "kode_wilayah": wilayah, "kode_indikator": kode, "nilai": nilai}


def ask(raw: Raw, kode: str, dari: int | None = None, sampai: int | None = None, **filters) -> list[dict]:
    """All rows, over the days [dari, sampai], with national scope."""
    return compute(raw, kode, scope_provinsi=SCOPE, dari=d(dari), sampai=d(sampai), **filters)


def one(raw: Raw, kode: str, dari: int | None = None, sampai: int | None = None, **filters) -> dict:
    """The only row."""
    rows = ask(raw, kode, dari, sampai, **filters)
    assert len(rows) == 1
    return rows[0]


def by(rows: list[dict], dimension: str, name: str = "nilai") -> dict:
    """One number per key of a dimension."""
    return {row["kunci"][dimension]: row[name] for row in rows}
