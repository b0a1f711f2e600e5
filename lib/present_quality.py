"""Frames of Mutu data: the answer of `measure.data_quality` with names and texts."""

from __future__ import annotations

import pandas as pd

from lib import reference, text_quality
from lib.domain import Kesegaran, Mutu
from lib.numbers_id import angka, persen

FRESHNESS_ORDER = tuple(each.value for each in Kesegaran)
GRADE_MARKS = {
    Mutu.BAIK.value: "●",
    Mutu.CUKUP.value: "◐",
    Mutu.PERLU_PERBAIKAN.value: "○",
    Mutu.BELUM_DINILAI.value: "–",
}


def freshness_map(provinces: pd.DataFrame) -> pd.DataFrame:
    """One row per province for `charts.quality.freshness_map`: provinsi, nama, kesegaran, umur, tampil."""
    frame = provinces[["provinsi", "kesegaran", "umur"]].copy()
    frame["nama"] = frame["provinsi"].map(reference.names("provinsi"))
    frame["tampil"] = [
        text_quality.last_sent(row.tanggal_data, row.umur, row.kesegaran)
        for row in provinces.itertuples(index=False)
    ]
    return frame


def grades(provinces: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """One row per province in the order of the codes: Provinsi, Nilai, Terpenuhi, and each part as text."""
    frame = pd.DataFrame({"Provinsi": provinces["provinsi"].map(reference.names("provinsi"))})
    frame["Nilai"] = [f"{GRADE_MARKS[mutu]} {mutu}" for mutu in provinces["mutu"]]
    frame["Terpenuhi"] = [
        f"{row.dinilai - row.belum} dari {row.dinilai}" for row in provinces.itertuples(index=False)
    ]
    for part, name in text_quality.PART_HEADS.items():
        own = parts[parts["bagian"] == part].set_index("provinsi")
        frame[name] = [_state(own.loc[kode]) for kode in provinces["provinsi"]]
    return frame


def grade_of(provinces: pd.DataFrame, parts: pd.DataFrame, provinsi: str) -> str:
    """The grade of one province in a sentence, with the parts that are not met.

    Example: "Mutu data 12 bulan terakhir: ◐ cukup, 7 dari 8 bagian terpenuhi; belum: Data terkini."
    """
    row = provinces.set_index("provinsi").loc[provinsi]
    sentence = f"Mutu data 12 bulan terakhir: {GRADE_MARKS[row['mutu']]} {row['mutu']}"
    if row["mutu"] == Mutu.BELUM_DINILAI.value:
        return f"{sentence}."
    missed = parts.loc[(parts["provinsi"] == provinsi) & (parts["keadaan"] == "belum terpenuhi"), "bagian"]
    named = f"; belum: {', '.join(missed.map(text_quality.PART_NAMES))}" if len(missed) else ""
    return f"{sentence}, {row['dinilai'] - row['belum']} dari {row['dinilai']} bagian terpenuhi{named}."


def _state(row: pd.Series) -> str:
    """A part of a province in a few signs: its number and whether it is met."""
    if row["keadaan"] == "belum dapat dinilai":
        return "– n kurang"
    number = text_quality.part_text(row["bagian"], row["nilai"], decimals=_decimals(row["n"]))
    sign = "✓" if row["keadaan"] == "terpenuhi" else "✗"
    return sign if number == "–" else f"{sign} {number}"


def _decimals(n: float) -> int:
    """Whole percent where no count is told, which they were rounded for."""
    return 0 if pd.isna(n) else 1


def parts_of(parts: pd.DataFrame, provinsi: str) -> pd.DataFrame:
    """The parts of one province: Bagian, Angka, n, Batas (usulan), Keadaan."""
    own = parts[parts["provinsi"] == provinsi]
    return pd.DataFrame(
        {
            "Bagian": own["bagian"].map(text_quality.PART_NAMES),
            "Angka": [
                text_quality.part_text(row.bagian, row.nilai, decimals=_decimals(row.n))
                for row in own.itertuples(index=False)
            ],
            "Hitungan": [
                "–" if pd.isna(row.x) or row.bagian == "lonjakan" else f"{angka(row.x)} dari {angka(row.n)}"
                for row in own.itertuples(index=False)
            ],
            "Batas (usulan)": [
                text_quality.limit_text(bagian, batas)
                for bagian, batas in zip(own["bagian"], own["batas"], strict=True)
            ],
            "Keadaan": own["keadaan"]
            .map({"terpenuhi": "✓ terpenuhi", "belum terpenuhi": "✗ belum terpenuhi"})
            .fillna("– belum dapat dinilai"),
        }
    )


def fields_of(counts: pd.DataFrame, provinsi: str) -> pd.DataFrame:
    """The fields of one place in the order of the steps: kunci, langkah, nama, wajib, nilai (percent empty), tampil, n,
    kosong."""
    own = counts[(counts["provinsi"] == provinsi) & counts["kode"].str.startswith("KOSONG-")]
    names = own["kode"].str.removeprefix("KOSONG-")
    return pd.DataFrame(
        {
            "kunci": own["kode"].to_numpy(),
            "langkah": names.map(text_quality.STEP_OF).to_numpy(),
            "nama": names.map(text_quality.FIELD_NAMES).to_numpy(),
            "wajib": names.map(text_quality.WHEN_DUE).to_numpy(),
            "nilai": own["persen"].to_numpy(),
            "tampil": [_share(row.n, row.persen) for row in own.itertuples(index=False)],
            "n": own["dari"].to_numpy(),
            "kosong": own["n"].to_numpy(),
        }
    )


def _share(n: float, share: float) -> str:
    parts = [] if pd.isna(share) else [persen(share, decimals=_decimals(n))]
    parts += [] if pd.isna(n) else [f"{angka(n)} kasus"]
    return " · ".join(parts) or "belum dapat dinilai"


def fields_by_province(counts: pd.DataFrame) -> pd.DataFrame:
    """Percent empty of each field: Provinsi and one column per field, in the order of the codes."""
    own = counts[counts["kode"].str.startswith("KOSONG-") & (counts["provinsi"] != "00")]
    named = own.assign(ruas=own["kode"].str.removeprefix("KOSONG-"))
    wide = named.pivot_table(index="provinsi", columns="ruas", values="persen", dropna=False)
    wide = wide.reindex(index=sorted(own["provinsi"].unique()))
    wide = wide.reindex(columns=list(text_quality.FIELD_NAMES)).rename(columns=text_quality.FIELD_NAMES)
    names = [reference.names("provinsi")[kode] for kode in wide.index]
    return wide.reset_index(drop=True).assign(Provinsi=names)[
        ["Provinsi", *text_quality.FIELD_NAMES.values()]
    ]


def findings_by_province(counts: pd.DataFrame) -> pd.DataFrame:
    """What is hardly true, one row per province: Provinsi, and per finding how many of how many, or the percent."""
    own = counts[counts["kode"].str.startswith("MUTU-") & (counts["provinsi"] != "00")]
    frame = pd.DataFrame({"provinsi": sorted(own["provinsi"].unique())})
    for name, label in text_quality.FINDING_NAMES.items():
        rows = own[own["kode"] == f"MUTU-{name}"].set_index("provinsi").loc[frame["provinsi"]]
        frame[label] = [
            _share(row.n, row.persen) if pd.isna(row.n) else f"{angka(row.n)} dari {angka(row.dari)}"
            for row in rows.itertuples(index=False)
        ]
    frame["Provinsi"] = frame["provinsi"].map(reference.names("provinsi"))
    return frame[["Provinsi", *text_quality.FINDING_NAMES.values()]]
