"""The single checks: each takes a frame of text and yields findings by plain masks, without any database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib import reference
from lib.database import schema
from lib.importing import codes, columns
from lib.importing.columns import Column, Kind
from lib.importing.reader import SheetRows

DITOLAK = "ditolak"
PERINGATAN = "peringatan"
HIDDEN = "(disembunyikan)"
# A cell of a whole page is repeated as far as it takes to find it again.
LONGEST_SHOWN = 200
PROBLEM_COLUMNS = ("lembar", "baris", "kolom", "nilai", "alasan", "tingkat")
# Older years are slips of the keyboard such as 0206 or 1026.
FIRST_YEAR = 1980
_ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MONTH = "[0-9]{4}-(?:0[1-9]|1[0-2])"
_NUMBER = "[0-9]{1,9}(?:[.,][0-9]{1,6})?"
# 20.000 is twenty thousand to one reader and twenty to another; 0,125 can only be a decimal.
_DOUBTFUL = "[1-9][0-9]{0,2}[.,][0-9]{3}"
# Digits of other scripts are digits too: the full-width ones of some keyboards, the Arabic ones.
_DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]"
_NIK = f"{_DIGIT}{{16}}"
# 3374 0112 0190 0001. Only where clients are named: 33.01-2026-0112-0001 may be an office's case number.
_NIK_APART = f"{_DIGIT}(?:[ ._/-]{{0,3}}{_DIGIT}){{15}}"
# Also what has no width, and spaces that only look like one: two such numbers look the same and are not.
_CONTROL = "[\\x00-\\x1f\\x7f\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u2060-\u2064\ufeff]"
SEPARATOR = "\x1f"


_PATTERNS = {
    Kind.BULAN: (_MONTH, "Bulan harus ditulis tahun-bulan, misalnya 2026-03, mulai tahun 1980."),
    Kind.PERIODE: (
        f"[0-9]{{4}}|{_MONTH}",
        "Periode harus tahun, misalnya 2026, atau tahun-bulan, misalnya 2026-03, mulai tahun 1980.",
    ),
    Kind.ANGKA: (_NUMBER, "Isi harus angka tanpa pemisah ribuan, misalnya 1200 atau 62,5."),
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One reason why some rows are refused or doubtful; `alasan` is one sentence or one per row."""

    kolom: str
    rows: np.ndarray
    alasan: str | np.ndarray
    tingkat: str = DITOLAK


def finding(kolom: str, mask: pd.Series | np.ndarray, alasan: str | pd.Series, **extra: str) -> Finding:
    """A finding for the rows where the mask is true; sentences that differ are a Series of these rows only."""
    # Of these rows only: a sentence for each of a million right rows would be a tenth of a gigabyte.
    rows = np.flatnonzero(np.asarray(mask, dtype=bool))
    if isinstance(alasan, pd.Series):
        alasan = alasan.to_numpy(dtype=object)
    return Finding(kolom=kolom, rows=rows, alasan=alasan, **extra)


def problems(sheet: SheetRows, findings: list[Finding]) -> pd.DataFrame:
    """The findings as rows for the report, the first refusal of each cell; values of clients stay hidden.

    Refused rows get no warnings.
    """
    refused = np.zeros(len(sheet.frame), dtype=bool)
    for found in findings:
        if found.tingkat == DITOLAK:
            refused[found.rows] = True
    told = [found if found.tingkat == DITOLAK else only(found, ~refused) for found in findings]
    frames = [_problem_frame(sheet, found) for found in told if len(found.rows)]
    if not frames:
        return no_problems()
    joined = pd.concat(frames, ignore_index=True)
    # One reason is enough to correct a cell; warnings tell different things.
    joined = joined[~joined.duplicated(["lembar", "baris", "kolom"]) | joined["tingkat"].eq(PERINGATAN)]
    return joined.sort_values(["lembar", "baris"], kind="stable", ignore_index=True)


def only(found: Finding, mask: np.ndarray) -> Finding:
    """The finding for those of its rows where the mask is true."""
    keep = mask[found.rows]
    alasan = found.alasan if isinstance(found.alasan, str) else found.alasan[keep]
    return replace(found, rows=found.rows[keep], alasan=alasan)


def no_problems() -> pd.DataFrame:
    """The empty problem list."""
    kinds = {name: "int64" if name == "baris" else "str" for name in PROBLEM_COLUMNS}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def _problem_frame(sheet: SheetRows, found: Finding) -> pd.DataFrame:
    values = sheet.frame[found.kolom].iloc[found.rows]
    if found.kolom in sheet.given:
        # The sender looks for what was written, not for the code it was taken for.
        written = sheet.given[found.kolom]
        values = written.reindex(values.index).where(values.index.isin(written.index), values)
    values = values.reset_index(drop=True)
    hide = like_nik(values) | (found.kolom in columns.HIDDEN_COLUMNS)
    for name in columns.HIDDEN_COLUMNS.intersection(sheet.frame.columns):
        # The same code typed into a neighbouring column is no less secret.
        hide |= values.eq(sheet.frame[name].iloc[found.rows].reset_index(drop=True))
    frame = pd.DataFrame(
        {
            "lembar": sheet.lembar[found.rows],
            "baris": sheet.baris[found.rows],
            "kolom": found.kolom,
            "nilai": cut(values.mask(hide & values.ne(""), HIDDEN)),
            "alasan": found.alasan,
            "tingkat": found.tingkat,
        }
    )
    return frame.astype({name: "str" for name in PROBLEM_COLUMNS if name != "baris"})


def cut(text: pd.Series) -> pd.Series:
    """Texts as reports, sentences and the quarantine repeat them: at most LONGEST_SHOWN signs.

    What was cut ends in "…". Example: 201 times "x" is 199 times "x" and "…"; 200 times "x" stays.
    """
    return text.where(text.str.len() <= LONGEST_SHOWN, text.str[: LONGEST_SHOWN - 1] + "…")


def like_nik(text: pd.Series) -> pd.Series:
    """Whether a text holds 16 digits in a row, as a NIK does."""
    return text.str.contains(_NIK, regex=True)


def joined_key(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Several text columns as one column, such as a key; missing where one of them is."""
    if len(names) == 1:
        return frame[names[0]]
    parts = [_texts(frame[name]) for name in names]
    joined = pc.binary_join_element_wise(*parts, pa.scalar(SEPARATOR, pa.large_string()))
    return pd.Series(joined, index=frame.index, dtype=columns.TEXT)


def look_up(text: pd.Series, table: pd.Series) -> pd.Series:
    """The text of `table` under each value, the first where there are several; missing where there is none."""
    found = _texts(table).take(pc.index_in(_texts(text), value_set=_texts(table.index), skip_nulls=True))
    return pd.Series(found, index=text.index, dtype=columns.TEXT)


def places_of(text: pd.Series, values: pd.Series | pd.Index) -> np.ndarray:
    """The position of each text among `values`, the first where there are several, -1 where it is none.

    Example: b, x, a among a, b, b: 1, -1, 0.
    """
    found = pc.index_in(_texts(text), value_set=_texts(values), skip_nulls=True)
    return found.fill_null(-1).to_numpy(zero_copy_only=False)


def among(text: pd.Series, values: pd.Series) -> np.ndarray:
    """Whether each text is one of `values`."""
    return pc.is_in(_texts(text), value_set=_texts(values)).to_numpy(zero_copy_only=False)


def _texts(values: pd.Series | pd.Index) -> pa.Array | pa.ChunkedArray:
    """The texts as they lie in memory; pandas itself would make an object of each to look it up."""
    return pa.array(values.array, type=pa.large_string())


def number_text(text: pd.Series) -> pd.Series:
    """Numbers with decimal point or comma in one spelling, so that equal values are equal texts; empty stays.

    Example: "20000", "20000.0" and "20000,0" become "20000.0".
    """
    return pd.Series(
        [repr(float(value.replace(",", "."))) if value else "" for value in text],
        index=text.index,
        dtype=columns.TEXT,
    )


def dates(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """The named text columns as datetime64; what is not a real day in ISO form is NaT."""
    return pd.DataFrame({name: _to_date(frame[name]) for name in names}, index=frame.index)


def _to_date(text: pd.Series) -> pd.Series:
    # Few different days, many rows: each day is read once.
    encoded = pa.chunked_array([_texts(text)]).combine_chunks().dictionary_encode()
    days = pd.Series(encoded.dictionary, dtype=columns.TEXT)
    # An explicit form only: guessing turns 2026-04-03 into March (measured in pandas 3.1).
    iso = days.where(days.str.fullmatch(_ISO))
    parsed = pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce")
    parsed = parsed.where(parsed >= pd.Timestamp(FIRST_YEAR, 1, 1))
    return parsed.take(encoded.indices.to_numpy()).set_axis(text.index)


def column_findings(sheet: SheetRows, days: pd.DataFrame) -> Iterator[Finding]:
    """What a cell may hold by itself: required, text, list, code, date, length, no NIK.

    What the reading of written forms found comes first, as it says more than these.
    """
    yield from sheet.told
    for column in columns.SHEETS[sheet.sheet]:
        text = sheet.frame[column.name]
        if column.required:
            yield finding(column.name, text.eq(""), f"Kolom {column.name} wajib diisi.")
        not_text = np.zeros(len(text), dtype=bool)
        if column.name in sheet.not_text:
            not_text[sheet.not_text[column.name]] = True
            yield finding(
                column.name,
                not_text,
                "Sel berisi angka atau tanggal, bukan teks, sehingga kode dapat berubah (01 menjadi 1, 11.10 "
                "menjadi 11.1); ubah format kolom menjadi Teks lalu ketik ulang.",
            )
        yield from _value_findings(column, text, text.ne("") & ~not_text, days)


def _value_findings(
    column: Column, text: pd.Series, filled: pd.Series, days: pd.DataFrame
) -> Iterator[Finding]:
    if column.choices:
        listed = ", ".join(column.choices)
        wrong = filled & ~text.isin(column.choices)
        yield finding(column.name, wrong, f"Nilai harus salah satu dari: {listed}.")
    elif column.reference:
        wrong = filled & ~text.isin(codes.codes(column.reference))
        alasan = f"Kode tidak dikenal; lihat lembar {column.name} pada templat."
        yield finding(column.name, wrong, alasan)
    elif column.kind == Kind.TANGGAL:
        wrong = filled & days[column.name].isna()
        alasan = "Tanggal harus ada di kalender, mulai tahun 1980, dan ditulis tahun-bulan-hari, misalnya 2026-03-31."
        yield finding(column.name, wrong, alasan)
    elif column.kind in _PATTERNS:
        pattern, alasan = _PATTERNS[column.kind]
        wrong = ~text.str.fullmatch(pattern)
        if column.kind != Kind.ANGKA:
            wrong |= text.str[:4] < str(FIRST_YEAR)
        yield finding(column.name, filled & wrong, alasan)
        if column.kind == Kind.ANGKA:
            yield from _number_findings(column.name, text, filled & ~wrong)
    elif column.max_length:
        yield from _text_findings(column, text)


def _number_findings(kolom: str, text: pd.Series, number: pd.Series) -> Iterator[Finding]:
    doubtful = number & text.str.fullmatch(_DOUBTFUL)
    alasan = (
        "Tiga angka sesudah titik atau koma dapat berarti ribuan atau pecahan; tulis tanpa pemisah ribuan, "
        "misalnya 20000 atau 62,5."
    )
    yield finding(kolom, doubtful, alasan)
    yield finding(kolom, number & ~text.str.contains("[1-9]", regex=True), "Nilai harus lebih dari 0.")


def _text_findings(column: Column, text: pd.Series) -> Iterator[Finding]:
    too_long = text.str.len() > column.max_length
    yield finding(column.name, too_long, f"Isi lebih dari {column.max_length} huruf; persingkat.")
    alasan = "Isi memuat tanda yang tidak tampak (ganti baris atau sejenisnya); ketik ulang."
    yield finding(column.name, text.str.contains(_CONTROL, regex=True), alasan)
    alasan = "Isi memuat 16 angka berurutan seperti NIK; NIK tidak boleh dikirim, pakai kode acak."
    nik = like_nik(text)
    if column.name in columns.HIDDEN_COLUMNS:
        nik |= text.str.contains(_NIK_APART, regex=True)
    yield finding(column.name, nik, alasan)


def duplicate_findings(sheet: SheetRows) -> Iterator[Finding]:
    """Later rows with the key of an earlier one; the sentence names the earlier row."""
    names = columns.key(sheet.sheet)
    key = joined_key(sheet.frame, names)
    complete = sheet.frame[list(names)].ne("").all(axis=1).to_numpy()
    first = places_of(key, key)
    again = complete & (first != np.arange(len(key)))
    own = columns.own_key(sheet.sheet)
    what = f"{own[0]} ini" if len(own) == 1 else f"Gabungan {', '.join(own[:-1])} dan {own[-1]} ini"
    alasan = what + " sudah dipakai di " + row_names(sheet, first[again]) + "; pakai satu baris saja."
    yield finding(own[-1], again, alasan)


def row_names(sheet: SheetRows, places: np.ndarray) -> pd.Series:
    """How sentences call the rows at these positions: "baris 12", or "baris 12 kasus (kasus-jatim.csv)".

    The latter with several files.
    """
    baris = "baris " + pd.Series(sheet.baris[places]).astype(columns.TEXT)
    if len(set(sheet.lembar)) < 2:
        return baris
    return baris + " " + pd.Series(sheet.lembar[places]).astype(columns.TEXT)


def kabkota_findings(sheet: SheetRows) -> Iterator[Finding]:
    """A kab/kota must lie in the row's province."""
    table = reference.table("kabkota")
    home = look_up(sheet.frame["kode_kabkota"], table.set_index("kode_kabkota")["kode_provinsi"])
    provinsi = sheet.frame["kode_provinsi"]
    wrong = home.notna() & provinsi.isin(reference.all_provinces()) & home.ne(provinsi)
    alasan = "Kabupaten/kota ini terletak di provinsi " + home[wrong] + ", bukan di provinsi baris ini."
    yield finding("kode_kabkota", wrong, alasan)


def future_findings(sheet: SheetRows, days: pd.DataFrame, data_date: pd.Series) -> Iterator[Finding]:
    """No day lies after the tanggal_data of the row's province (`data_date`, aligned to the rows)."""
    for name in days.columns:
        late = days[name] > data_date
        if late.any():
            shown = data_date[late].dt.strftime("%Y-%m-%d").astype(columns.TEXT)
            alasan = f"{name} sesudah tanggal_data provinsi ini (" + shown + ")."
            yield finding(name, late, alasan)


def service_findings(days: pd.DataFrame) -> Iterator[Finding]:
    """The order of the days of service of a pendamping, or of an assignment."""
    wrong = days["tanggal_selesai"] < days["tanggal_mulai"]
    yield finding("tanggal_selesai", wrong, "tanggal_selesai sebelum tanggal_mulai.")


def case_findings(frame: pd.DataFrame, days: pd.DataFrame) -> Iterator[Finding]:
    """The order of a case's steps, contact, update and closing; as the CHECKs of the table kasus."""
    yield from _step_findings(days, frame["prioritas"].eq("darurat"))
    before = days["tanggal_kontak"] < days["tanggal_terdata"]
    yield finding("tanggal_kontak", before, "tanggal_kontak sebelum tanggal_terdata.")
    after = days["tanggal_kontak"] > days["tanggal_terminasi"]
    yield finding("tanggal_kontak", after, "tanggal_kontak sesudah tanggal_terminasi.")
    before = days["tanggal_pembaruan"] < days["tanggal_terdata"]
    yield finding("tanggal_pembaruan", before, "tanggal_pembaruan sebelum tanggal_terdata.")
    closed, reason = frame["tanggal_terminasi"].ne(""), frame["kode_alasan"].ne("")
    alasan = "tanggal_terminasi terisi tanpa kode_alasan; isi keduanya atau kosongkan keduanya."
    yield finding("kode_alasan", closed & ~reason, alasan)
    alasan = "kode_alasan terisi tanpa tanggal_terminasi; isi keduanya atau kosongkan keduanya."
    yield finding("tanggal_terminasi", reason & ~closed, alasan)
    itself = frame["id_kasus_sebelumnya"].ne("") & frame["id_kasus_sebelumnya"].eq(frame["id_kasus"])
    yield finding("id_kasus_sebelumnya", itself, "Kasus sebelumnya adalah kasus ini sendiri.")


def _step_findings(days: pd.DataFrame, darurat: pd.Series) -> Iterator[Finding]:
    for position, later in enumerate(schema.STEP_DATES):
        told = pd.Series(False, index=days.index)
        # The nearest earlier step is named; one sentence per column is enough.
        for earlier in reversed(schema.STEP_DATES[:position]):
            wrong = (days[later] < days[earlier]) & ~told
            if later == "tanggal_intervensi" and earlier != "tanggal_terdata":
                wrong &= ~darurat
            told |= wrong
            yield finding(later, wrong, f"{later} sebelum {earlier}.")


def month_findings(sheet: SheetRows, data_date: pd.Series) -> Iterator[Finding]:
    """No bulan lies after the month of the tanggal_data of the row's province."""
    for name in columns.of_kind(sheet.sheet, Kind.BULAN):
        last = data_date.dt.strftime("%Y-%m").astype(columns.TEXT)
        late = sheet.frame[name].str.fullmatch(_MONTH) & data_date.notna() & (sheet.frame[name] > last)
        alasan = f"{name} sesudah bulan tanggal_data provinsi ini (" + last[late] + ")."
        yield finding(name, late, alasan)


def referral_findings(frame: pd.DataFrame, days: pd.DataFrame) -> Iterator[Finding]:
    """The day of acceptance: not before the referral, and present exactly when it was accepted."""
    before = days["tanggal_diterima"] < days["tanggal_rujukan"]
    yield finding("tanggal_diterima", before, "tanggal_diterima sebelum tanggal_rujukan.")
    accepted, dated = frame["hasil"].eq("diterima"), frame["tanggal_diterima"].ne("")
    alasan = "hasil diterima tanpa tanggal_diterima; isi tanggalnya."
    yield finding("tanggal_diterima", accepted & ~dated, alasan)
    alasan = "tanggal_diterima terisi tetapi hasil bukan diterima; ubah hasil atau kosongkan tanggalnya."
    yield finding("tanggal_diterima", dated & ~accepted & frame["hasil"].ne(""), alasan)


def attendance_findings(frame: pd.DataFrame) -> Iterator[Finding]:
    """Nobody is present on more days than there were working days."""
    worked = pd.to_numeric(frame["hadir"], errors="coerce")
    more = worked > pd.to_numeric(frame["hari_kerja"], errors="coerce")
    yield finding("hadir", more, "hadir lebih besar daripada hari_kerja.")


def outcome_findings(frame: pd.DataFrame) -> Iterator[Finding]:
    """Warnings: a resolved case without its outcome fields."""
    reasons = reference.table("alasan_terminasi").set_index("kode_alasan")["kelompok"]
    resolved = look_up(frame["kode_alasan"], reasons).eq("terselesaikan")
    for name in schema.OUTCOMES:
        alasan = f"Kasus terselesaikan, tetapi {name} kosong."
        yield finding(name, resolved & frame[name].eq(""), alasan, tingkat=PERINGATAN)
