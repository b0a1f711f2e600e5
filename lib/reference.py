"""The reference tables of data/referensi as frames: provinces, kab/kota, clusters, kinds, reasons."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parent.parent / "data" / "referensi"
TABLES = ("provinsi", "kabkota", "klaster", "pas", "jenis_masalah", "alasan_terminasi")
KEYS = {
    "provinsi": "kode_provinsi",
    "kabkota": "kode_kabkota",
    "klaster": "kode_klaster",
    "pas": "kode_pas",
    "jenis_masalah": "kode_jenis",
    "alasan_terminasi": "kode_alasan",
}
_NUMBERS = {
    "penduduk": "int64",
    "luas_km2": "float64",
    "lon": "float64",
    "lat": "float64",
    "jumlah_kabupaten": "int64",
    "jumlah_kota": "int64",
    "grid_baris": "int64",
    "grid_kolom": "int64",
    "urutan": "int64",
    "lima_klaster": "int64",
    "sensitif": "int64",
}


@cache
def _table(name: str) -> pd.DataFrame:
    # Codes stay text: "08" must not become 8, "11.10" not 11.1.
    frame = pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)
    frame = frame.rename(columns={"kode": KEYS[name]})
    return frame.astype({column: kind for column, kind in _NUMBERS.items() if column in frame.columns})


def table(name: str) -> pd.DataFrame:
    """One reference table (a copy) with its key column named as in the case database, e.g. kode_provinsi.

    Raises KeyError for a name that is not in TABLES.
    """
    if name not in KEYS:
        raise KeyError(name)
    return _table(name).copy()


@cache
def names(name: str) -> dict[str, str]:
    """Code -> name of one reference table, in the table's order."""
    frame = _table(name)
    return dict(zip(frame[KEYS[name]], frame["nama" if "nama" in frame.columns else "uraian"], strict=True))


@cache
def all_provinces() -> tuple[str, ...]:
    """The codes of the 38 provinces, sorted."""
    return tuple(sorted(_table("provinsi")["kode_provinsi"]))
