"""From answers about pendamping to the frames of charts and tables; the order is never that of a result."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lib import reference, text
from lib.domain import Pita, Thresholds
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, bulan_tahun
from lib.present import display, full_until
from lib.text_freshness import NEWEST

FLOW = ("I01", "I16", "I13")
AGES = {
    "I14-0": "0–30 hari",
    "I14-31": "31–90 hari",
    "I14-91": "91–180 hari",
    "I14-181": "Lebih dari 180 hari",
}
STEPS = {
    "terdata": "Terdata, belum diasesmen",
    "asesmen": "Asesmen",
    "rencana": "Rencana intervensi",
    "intervensi": "Intervensi",
}
PROFILES = {
    "I29-jenjang": ("jenjang", text.GRADE_NAMES),
    "I29-sebutan": ("sebutan", text.TITLE_NAMES),
    "I29-pendidikan": ("pendidikan", text.SCHOOL_NAMES),
}
NOT_FILLED, NO_PLACE = "Tidak diisi", "Tanpa kabupaten/kota"
MIN_FOR_SPREAD = 5  # as I19: a spread of fewer persons says nothing
# Widest number of a column of texts: padded, texts sort as numbers do.
PADDING = 7
COLUMNS = {
    "pendamping": "Kode",
    "nama": "Nama",
    "terbuka": "Terbuka",
    "beban": "Beban",
    "berbobot": "Berbobot",
    "macet": "Macet",
    "umur": "Umur tengah",
    "terdata": "Baru",
    "ditutup": "Ditutup",
    "provinsi_nama": "Provinsi",
    "kabkota_nama": "Kabupaten/kota",
}


def band_counts(staff: pd.DataFrame) -> dict[Pita, int]:
    """How many pendamping are in each band; those whose band is not known are in none."""
    return {pita: int((staff["pita"] == pita.value).sum()) for pita in Pita}


def load_counts(staff: pd.DataFrame, limits: Thresholds) -> pd.DataFrame:
    """How many pendamping hold 0, 1, 2, ... open cases: terbuka, pita, n; none of the numbers between left out."""
    known = staff[staff["pita"].notna()]
    n = np.bincount(known["terbuka"].to_numpy(dtype=int), minlength=limits.beban_berlebih + 2)
    terbuka = np.arange(len(n))
    band = np.select(
        [terbuka <= limits.beban_wajar, terbuka <= limits.beban_berlebih],
        [Pita.WAJAR.value, Pita.TINGGI.value],
        default=Pita.BERLEBIH.value,
    )
    return pd.DataFrame({"terbuka": terbuka, "pita": band, "n": n})


def by_area(staff: pd.DataFrame, key: str, *, most_above_first: bool) -> pd.DataFrame:
    """Pendamping per band and area (`key` provinsi or kabkota) for `workload.bands_by_area`: kunci, nama, pita, n.

    Areas by name, or by how many pendamping are above the limit.
    """
    known = staff[staff["pita"].notna()]
    codes = known[key].where(known[key].notna(), "")
    names = reference.names(key)
    counts = pd.crosstab(codes, known["pita"]).reindex(columns=[pita.value for pita in Pita], fill_value=0)
    areas = pd.DataFrame({"nama": [names.get(code, NO_PLACE) for code in counts.index]}, index=counts.index)
    areas["di_atas"] = counts[Pita.TINGGI.value] + counts[Pita.BERLEBIH.value]
    areas = areas.sort_values("nama", kind="stable")
    if most_above_first:
        areas = areas.sort_values("di_atas", ascending=False, kind="stable")
    ordered = counts.loc[areas.index].rename_axis("kunci").reset_index()
    long = ordered.melt(id_vars="kunci", var_name="pita", value_name="n")
    long["nama"] = long["kunci"].map(areas["nama"])
    return long


def halves(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """The areas of `by_area` in two frames, the first one longer by at most one, in the same order."""
    areas = list(dict.fromkeys(frame["kunci"]))
    first = set(areas[: (len(areas) + 1) // 2])
    inside = frame["kunci"].isin(first)
    return [frame[inside], frame[~inside]]


def largest_area(frame: pd.DataFrame) -> int:
    """How many pendamping the largest area of `by_area` has."""
    return int(frame.groupby("kunci")["n"].sum().max())


def area_table(frame: pd.DataFrame, labels: dict[Pita, str]) -> pd.DataFrame:
    """`by_area` as a table: one row per area, one column per band, and the sum."""
    wide = frame.pivot_table(index="nama", columns="pita", values="n", aggfunc="sum", sort=False)
    wide = wide[[pita.value for pita in Pita]].rename(columns={pita.value: labels[pita] for pita in Pita})
    wide["Pendamping aktif"] = wide.sum(axis=1)
    return wide.reset_index().rename(columns={"nama": "Wilayah"})


def who_needs_help(staff: pd.DataFrame) -> pd.DataFrame:
    """Those above the limit first, then by code: an order of work, not of results."""
    above = staff["pita"].isin([Pita.TINGGI.value, Pita.BERLEBIH.value])
    return (
        staff.assign(di_atas=~above)
        .sort_values(["di_atas", "provinsi", "pendamping"], kind="stable", ignore_index=True)
        .drop(columns="di_atas")
    )


def searched(staff: pd.DataFrame, words: str) -> pd.DataFrame:
    """Those whose code (or name, where it may be shown) holds the words, in any case of letters."""
    wanted = words.strip().casefold()
    if not wanted:
        return staff
    found = [
        wanted in row.pendamping.casefold() or (isinstance(row.nama, str) and wanted in row.nama.casefold())
        for row in staff[["pendamping", "nama"]].itertuples(index=False)
    ]
    return staff[pd.Series(found, index=staff.index, dtype=bool)].reset_index(drop=True)


def staff_table(staff: pd.DataFrame, *, names: bool, one_province: bool) -> pd.DataFrame:
    """The rows for the screen, columns named by COLUMNS; missing numbers are their reason."""
    shown = staff.assign(
        provinsi_nama=staff["provinsi"].map(reference.names("provinsi")),
        kabkota_nama=staff["kabkota"]
        .map(reference.names("kabkota"))
        .str.replace("Kabupaten ", "Kab. ", regex=False)
        .fillna(NO_PLACE),
        beban=[
            text.BAND_NAMES[Pita(pita)] if pita else why
            for pita, why in zip(staff["pita"], staff["alasan"], strict=True)
        ],
        umur=_texts(staff["umur_median"], staff["alasan_umur"]),
        macet=_texts(staff["macet"], staff["alasan"]),
        berbobot=_texts(staff["beban_berbobot"], None, decimals=1),
    )
    counts = ["terbuka", "terdata", "ditutup"]
    shown[counts] = shown[counts].astype("int64")
    dropped = ([] if names else ["nama"]) + (["provinsi_nama"] if one_province else [])
    return shown[[column for column in COLUMNS if column not in dropped]].rename(columns=COLUMNS)


def _texts(values: pd.Series, reasons: pd.Series | None, *, decimals: int | None = None) -> list[str]:
    """Numbers as padded texts, a missing one as its reason."""
    return [
        why if isinstance(why, str) else angka(value, decimals=decimals).rjust(PADDING)
        for value, why in zip(values, [None] * len(values) if reasons is None else reasons, strict=True)
    ]


def find(staff: pd.DataFrame, code: str, provinsi: str) -> pd.DataFrame:
    """The rows with a code, in one province when it is given: none, one, or several offices with the same code."""
    same = staff["pendamping"] == code
    return staff[same & (staff["provinsi"] == provinsi)] if provinsi else staff[same]


def flow(answer: pd.DataFrame) -> pd.DataFrame:
    """I01, I16 and I13 by month for `flow.monthly_flow`: ditutup = I01 - I16, whatever the reason.

    A month cut by the period or by the oldest data date is not whole (utuh False). Texts in tampil_*.
    """
    wide = answer.pivot_table(index="bulan", columns="kode", values="nilai", sort=False, dropna=False)
    frame = pd.DataFrame(
        {"terdata": wide["I01"], "ditutup": wide["I01"] - wide["I16"], "terbuka": wide["I13"]}
    ).reset_index()
    last_whole = full_until(answer)
    frame["utuh"] = [last_whole is not None and month <= last_whole for month in frame["bulan"]]
    if len(frame) and answer["dari"].iloc[0].day != 1:
        frame.loc[0, "utuh"] = False
    frame["nama"] = [
        bulan_tahun(month) + ("" if whole else " (tidak penuh)")
        for month, whole in zip(frame["bulan"], frame["utuh"], strict=True)
    ]
    reasons = answer[answer["kode"] == "I01"]["alasan"].to_numpy()
    for column in ("terdata", "ditutup", "terbuka"):
        frame[f"tampil_{column}"] = [
            why if isinstance(why, str) else angka(value)
            for value, why in zip(frame[column], reasons, strict=True)
        ]
    return frame


def times(answer: pd.DataFrame, staff: pd.DataFrame, *, by_load: bool) -> pd.DataFrame:
    """I08 of every active pendamping with I05M beside it, ordered by code or by load, never by the result.

    `answer` holds I08 and I05M per pendamping of one province. Columns kunci, nama, nilai, bawah, atas, n, tampil,
    alasan, selesai (I05M as text), terbuka.
    """
    texts = answer.assign(tampil=display(answer))
    closed = texts[texts["kode"] == "I08"].set_index("pendamping")
    resolved = texts[texts["kode"] == "I05M"].set_index("pendamping")["tampil"]
    frame = staff[["pendamping", "terbuka"]].rename(columns={"pendamping": "kunci"})
    frame["nama"] = frame["kunci"]
    for column in ("nilai", "bawah", "atas", "n", "tampil", "alasan"):
        frame[column] = frame["kunci"].map(closed[column])
    frame["selesai"] = frame["kunci"].map(resolved)
    keys, ascending = (["terbuka", "kunci"], [False, True]) if by_load else (["kunci"], [True])
    return frame.sort_values(keys, ascending=ascending, kind="stable", ignore_index=True)


def left_out(frame: pd.DataFrame) -> dict[str, int]:
    """Why pendamping of `times` have no number, and how many."""
    return frame.loc[frame["nilai"].isna(), "alasan"].value_counts().to_dict()


def middle_half(frame: pd.DataFrame) -> tuple[float, float] | None:
    """The quartiles (linear) of the pendamping's own figures; None with fewer than five."""
    values = frame["nilai"].dropna()
    if len(values) < MIN_FOR_SPREAD:
        return None
    low, high = np.quantile(values, [0.25, 0.75])
    return float(low), float(high)


def profile(answer: pd.DataFrame, kode: str) -> pd.DataFrame:
    """The shares of one staff profile for `workload.ordered_bars`: kunci, nama, nilai, n, tampil, orang."""
    key, names = PROFILES[kode]
    frame = answer[answer["kode"] == kode].reset_index(drop=True)
    # Grades come as numbers, with a missing one among them as floating point.
    frame["kunci"] = [
        "" if pd.isna(value) else str(int(value) if isinstance(value, int | float) else value)
        for value in frame[key]
    ]
    frame["nama"] = [names.get(code, code) if code else NOT_FILLED for code in frame["kunci"]]
    frame["tampil"] = display(frame)
    frame["orang"] = [angka(number) for number in frame["pembilang"]]
    return frame


def shares(answer: pd.DataFrame, kodes: tuple[str, ...]) -> pd.DataFrame:
    """Several shares of the team side by side for `workload.ordered_bars`: kunci, nama, nilai, n, tampil."""
    frame = answer.set_index("kode", drop=False).loc[list(kodes)].reset_index(drop=True)
    frame["kunci"] = frame["kode"]
    frame["nama"] = [INDICATORS[kode].pendek for kode in frame["kode"]]
    frame["tampil"] = display(frame)
    return frame


def counted(answer: pd.DataFrame, names: dict[str, str], key: str) -> pd.DataFrame:
    """Counts by `key` (kode or a dimension) in the order of `names`, for `workload.ordered_bars`."""
    frame = answer.set_index(key).loc[list(names)].reset_index()
    frame["kunci"] = frame[key]
    frame["nama"] = frame["kunci"].map(names)
    frame["tampil"] = display(frame)
    return frame


def notes(rows: list[pd.Series], *, without: str) -> list[str]:
    """The remarks of several figures, each once, without one that is said elsewhere; a reason is no remark.

    The newest data date stands in the first line of every page.
    """
    parts = [
        part for row in rows if row["catatan"] and not row["alasan"] for part in row["catatan"].split("; ")
    ]
    return [part for part in dict.fromkeys(parts) if part != without and not part.startswith(NEWEST)]
