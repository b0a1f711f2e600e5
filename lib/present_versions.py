"""Frames of the page Versi: differences between two versions with names and texts."""

from __future__ import annotations

import pandas as pd

from lib import reference, text, text_versions
from lib.indicators.records import INDICATORS

COLUMNS = {
    "nama": "Angka",
    "tampil_dulu": "Dulu",
    "tampil_kini": "Kini",
    "tampil_selisih": "Selisih",
    "tampil_baru": "Kejadian baru",
    "tampil_direvisi": "Data lampau diperbaiki",
}
PARTS = ("selisih", "baru", "direvisi")
WHOLE = "tidak dipecah"


def with_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `measure.revisions` with nama (of the province, else of the figure) and tampil_ columns."""
    place = "provinsi" in rows
    names = reference.names("provinsi") if place else {kode: INDICATORS[kode].nama for kode in rows["kode"]}
    shown = rows.assign(nama=[names[key] for key in rows["provinsi" if place else "kode"]])
    for side in ("dulu", "kini"):
        shown[f"tampil_{side}"] = [
            text.shown(*row) for row in zip(rows["kode"], rows[side], rows[f"alasan_{side}"], strict=True)
        ]
    for part in PARTS:
        shown[f"tampil_{part}"] = [
            WHOLE if pd.isna(value) and not pd.isna(whole) else text_versions.difference(kode, value)
            for kode, value, whole in zip(rows["kode"], rows[part], rows["selisih"], strict=True)
        ]
    return shown


def why_whole(rows: pd.DataFrame) -> str:
    """Why some differences are not divided, in one sentence; nothing where all are."""
    undivided = rows[rows["baru"].isna() & rows["selisih"].notna()]
    reasons = undivided["catatan"].dropna().str.split(";").str[0].unique()
    return f"“{WHOLE}”: {', atau '.join(reasons)}." if len(reasons) else ""


def most_changed(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows of provinces whose figure differs most, for `charts.versions.then_and_now`; without a difference none.

    Columns kunci, nama, dulu, kini, tampil, rincian.
    """
    shown = with_texts(rows)
    size = shown["selisih"].abs()
    order = size[size > 0].sort_values(ascending=False, kind="stable").index[:most]
    shown = shown.loc[order].reset_index(drop=True)
    return pd.DataFrame(
        {
            "kunci": shown["provinsi"],
            "nama": shown["nama"],
            "dulu": shown["dulu"],
            "kini": shown["kini"],
            "tampil": [f"{row.tampil_dulu} → {row.tampil_kini}" for row in shown.itertuples()],
            "rincian": [
                f"<b>{row.nama}</b><br>dulu {row.tampil_dulu}, kini {row.tampil_kini} ({row.tampil_selisih})"
                + ("" if pd.isna(row.baru) else f"<br>kejadian baru {row.tampil_baru}")
                + ("" if pd.isna(row.direvisi) else f"<br>data lampau diperbaiki {row.tampil_direvisi}")
                for row in shown.itertuples()
            ],
        }
    )
