"""From rows to accepted rows and problems: the order in which the rules apply, and what they need to know."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lib import reference
from lib.importing import columns, rules
from lib.importing.columns import KASUS, KETERANGAN, PENDAMPING, Kind
from lib.importing.reader import SheetPart, SheetRows
from lib.importing.rules import DITOLAK, PERINGATAN, Finding, finding, joined_key

# Above this share of refused rows the whole file is refused: something is wrong with the file, not the rows.
MAX_BAD_PERCENT = 20
_CASE_KEY = ("kode_provinsi", "id_kasus")
_BEFORE_KEY = ("kode_provinsi", "id_kasus_sebelumnya")
_MISSING = "Kolom ini tidak ada di judul; tambahkan walau isinya kosong."
_UNKNOWN = "Kolom tidak dikenal{mungkin} Hapus atau pakai nama dari templat."
_UNTITLED = "Ada kolom berisi tanpa judul; beri nama dari templat atau hapus."
_DOUBLED = "Kolom muncul lebih dari sekali; sisakan satu."
_SAME_CASE = ("kode_provinsi", "id_klien", "kode_jenis", "tanggal_terdata")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the database holds of the provinces concerned and what will stay there, as text.

    pendamping: kode_provinsi, id_pendamping; kasus: kode_provinsi, id_kasus, id_klien, kode_jenis,
    tanggal_terdata.
    """

    pendamping: pd.DataFrame
    kasus: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A checked sheet: its rows, which of them are accepted, and the problems of the others (and warnings)."""

    rows: SheetRows
    accepted: np.ndarray
    problems: pd.DataFrame

    def accepted_rows(self, names: Sequence[str]) -> pd.DataFrame:
        """The named columns of the accepted rows as text, index as in `rows`."""
        return self.rows.frame[list(names)][self.accepted]


def header_problems(parts: Sequence[SheetPart]) -> pd.DataFrame:
    """Missing, unknown and doubled columns of every sheet as problems of row 1."""
    found = []
    for part in parts:
        present, wanted = list(part.frame.columns), columns.names(part.sheet)
        once = list(dict.fromkeys(present))
        missing = [name for name in wanted if name not in present]
        lists = {_UNKNOWN: [], _MISSING: missing}
        alike = {_title_words(name) for name in once}.intersection(wanted)
        if len(missing) * 2 <= len(wanted) or len(alike) * 2 >= len(wanted):
            # Otherwise row 1 is probably a row of data, and its values must not be repeated.
            lists[_UNKNOWN] = [name for name in once if name and name not in wanted]
            lists[_UNTITLED] = [name for name in once if not name]
            lists[_DOUBLED] = [name for name in once if name and present.count(name) > 1]
        for alasan, names in lists.items():
            for name in names:
                sentence = alasan.format(mungkin=_near_title(name, missing))
                found.append((part.lembar, 1, name, "", sentence, DITOLAK))
    problems = pd.DataFrame(found, columns=list(rules.PROBLEM_COLUMNS)) if found else rules.no_problems()
    return problems.assign(
        kolom=rules.cut(problems["kolom"].mask(rules.like_nik(problems["kolom"]), rules.HIDDEN))
    )


def _title_words(name: str) -> str:
    """A title as the template would spell it. Example: "Tgl. Terdata" is tanggal_terdata."""
    short = {"tgl": "tanggal", "kab": "kabkota", "prov": "provinsi", "no": "id", "nomor": "id"}
    return "_".join(short.get(word, word) for word in re.findall("[a-z0-9]+", name.lower()))


def _near_title(name: str, missing: list[str]) -> str:
    """The missing column that an unknown title is close to, as the end of a sentence."""
    near = difflib.get_close_matches(_title_words(name), missing, n=1, cutoff=0.75)
    return f'; mungkin "{near[0]}"?' if near else "."


def check_keterangan(rows: SheetRows, *, today: dt.date, allowed: tuple[str, ...] | None) -> Checked:
    """Check the sheet keterangan: one row per province, a tanggal_data not in the future.

    `allowed` are the provinces the sender may send, None means all.
    """
    days = rules.dates(rows.frame, columns.of_kind(KETERANGAN, Kind.TANGGAL))
    doubled = rows.frame["kode_provinsi"].ne("") & rows.frame["kode_provinsi"].duplicated(keep=False)
    # Tomorrow passes, because the east of Indonesia is ahead of WIB. A later day would be the province's
    # data date for ever: every honest file after it would count as too old.
    latest = pd.Timestamp(today) + pd.Timedelta(days=1)
    findings = [
        *rules.column_findings(rows, days),
        _outside(rows, allowed),
        finding("kode_provinsi", doubled, "Provinsi ini muncul lebih dari sekali; sisakan satu baris."),
        finding("tanggal_data", days["tanggal_data"] > latest, "tanggal_data sesudah hari ini."),
        finding(
            "lengkap_sejak",
            days["lengkap_sejak"] > days["tanggal_data"],
            "lengkap_sejak sesudah tanggal_data.",
        ),
    ]
    return Checked(rows=rows, accepted=good_rows(rows, findings), problems=rules.problems(rows, findings))


def check_pendamping(rows: SheetRows, *, data_dates: pd.Series, allowed: tuple[str, ...] | None) -> Checked:
    """Check the sheet pendamping; `data_dates` is tanggal_data (datetime64) by kode_provinsi."""
    days = rules.dates(rows.frame, columns.of_kind(PENDAMPING, Kind.TANGGAL))
    findings = [*common_findings(rows, days, data_dates, allowed), *rules.service_findings(days)]
    return Checked(rows=rows, accepted=good_rows(rows, findings), problems=rules.problems(rows, findings))


def check_kasus(
    rows: SheetRows,
    *,
    data_dates: pd.Series,
    allowed: tuple[str, ...] | None,
    pendamping: Checked,
    known: Known,
) -> Checked:
    """Check the sheet kasus against itself, the checked pendamping of the same upload and the database.

    Refused rows get no warnings. A case before (id_kasus_sebelumnya) is looked up among the rows of the file
    that passed every other check, then in the database.
    """
    days = rules.dates(rows.frame, columns.of_kind(KASUS, Kind.TANGGAL))
    findings = [
        *common_findings(rows, days, data_dates, allowed),
        *rules.case_findings(rows.frame, days),
        unknown_parent(rows, pendamping, known.pendamping, data_dates),
    ]
    client = _client_before(rows, good_rows(rows, findings), known)
    other = client.notna() & client.ne(rows.frame["id_klien"])
    alasan = "Kasus sebelumnya milik klien lain; periksa nomor kasus dan kode klien."
    findings.append(finding("id_kasus_sebelumnya", other, alasan))
    accepted = good_rows(rows, findings)
    findings += [rules.only(found, accepted) for found in _case_warnings(rows, accepted, known)]
    return Checked(rows=rows, accepted=accepted, problems=rules.problems(rows, findings))


def bad_share(checked: Sequence[Checked]) -> float:
    """The share of refused rows over several sheets; 0 without rows. Example: 3 of 20 rows: 0.15."""
    total = sum(len(sheet.accepted) for sheet in checked)
    return sum(int((~sheet.accepted).sum()) for sheet in checked) / total if total else 0.0


def common_findings(
    rows: SheetRows, days: pd.DataFrame, data_dates: pd.Series, allowed: tuple[str, ...] | None
) -> Iterator[Finding]:
    """What holds for every sheet with provinces: cells, sender, keterangan, data date, place, double keys."""
    yield from rules.column_findings(rows, days)
    yield from place_findings(rows, data_dates, allowed)
    place = rules.places_of(rows.frame["kode_provinsi"], data_dates.index)
    # The last place stands for -1: a province without a data date.
    known = np.append(data_dates.to_numpy(), np.datetime64("NaT"))
    data_date = pd.Series(known[place], index=rows.frame.index)
    yield from rules.future_findings(rows, days, data_date)
    yield from rules.month_findings(rows, data_date)
    if "kode_kabkota" in rows.frame:
        yield from rules.kabkota_findings(rows)
    yield from rules.duplicate_findings(rows)


def place_findings(
    rows: SheetRows, data_dates: pd.Series, allowed: tuple[str, ...] | None
) -> Iterator[Finding]:
    """The province of a row is one the sender may send, and has an accepted row in keterangan."""
    elsewhere = _outside(rows, allowed)
    yield elsewhere
    sent = rows.frame[columns.area(rows.sheet)]
    undated = (sent.isin(reference.all_provinces()) & ~sent.isin(data_dates.index)).to_numpy(copy=True)
    undated[elsewhere.rows] = False
    alasan = "Provinsi ini tidak mempunyai baris yang sah di lembar keterangan."
    yield finding(elsewhere.kolom, undated, alasan)


def _outside(rows: SheetRows, allowed: tuple[str, ...] | None) -> Finding:
    area = columns.area(rows.sheet)
    sent = rows.frame[area]
    mask = np.zeros(len(sent), dtype=bool)
    if allowed is not None:
        # The whole country's target comes from whoever may send for the whole country.
        whole = set(reference.all_provinces()).issubset(allowed)
        mask = sent.ne("") & ~sent.isin([*allowed, columns.NASIONAL] if whole else allowed)
    return finding(area, mask, "Provinsi ini di luar wilayah pengirim.")


def good_rows(rows: SheetRows, findings: Sequence[Finding]) -> np.ndarray:
    """Which rows no finding refuses."""
    good = np.ones(len(rows.frame), dtype=bool)
    for found in findings:
        if found.tingkat == DITOLAK:
            good[found.rows] = False
    return good


def unknown_parent(rows: SheetRows, parent: Checked, held: pd.DataFrame, data_dates: pd.Series) -> Finding:
    """Rows that name a kasus or pendamping which is neither accepted in its sheet nor held by the database."""
    sheet = parent.rows.sheet
    names = columns.key(sheet)
    key = joined_key(rows.frame, names)
    usable = pd.concat([joined_key(parent.accepted_rows(names), names), joined_key(held, names)])
    # A row whose province is refused says so itself; its pendamping is not the trouble.
    sent = rows.frame["kode_provinsi"].isin(data_dates.index)
    unknown = sent & rows.frame[names[-1]].ne("") & ~rules.among(key, usable)
    refused = rules.among(key[unknown], joined_key(parent.rows.frame, names))
    alasan = pd.Series(
        np.where(
            refused,
            f"Baris {sheet} ini di lembar {sheet} ditolak; perbaiki baris itu dahulu.",
            f"{sheet.capitalize()} tidak ada di lembar {sheet} maupun di basis data.",
        )
    )
    return finding(names[-1], unknown, alasan)


def _client_before(rows: SheetRows, good: np.ndarray, known: Known) -> pd.Series:
    """The client of each row's id_kasus_sebelumnya; missing where there is none or it is unknown."""
    before = joined_key(rows.frame, _BEFORE_KEY).where(rows.frame["id_kasus_sebelumnya"].ne(""))
    own = rows.frame[[*_CASE_KEY, "id_klien"]][good]
    found = rules.look_up(before, own["id_klien"].set_axis(joined_key(own, _CASE_KEY)))
    held = known.kasus["id_klien"].set_axis(joined_key(known.kasus, _CASE_KEY))
    return found.where(found.notna(), rules.look_up(before, held))


def _case_warnings(rows: SheetRows, accepted: np.ndarray, known: Known) -> Iterator[Finding]:
    yield from rules.outcome_findings(rows.frame)
    named = rows.frame["id_kasus_sebelumnya"].ne("")
    unknown = named & _client_before(rows, accepted, known).isna()
    alasan = "Kasus sebelumnya tidak ada di berkas maupun di basis data."
    yield finding("id_kasus_sebelumnya", unknown, alasan, tingkat=PERINGATAN)
    yield _same_day(rows, accepted, known)


def _same_day(rows: SheetRows, accepted: np.ndarray, known: Known) -> Finding:
    """The same client, kind and day under another case number, in the database or earlier in the file."""
    own = joined_key(rows.frame, _CASE_KEY)[accepted]
    held = known.kasus[~rules.among(joined_key(known.kasus, _CASE_KEY), own)]
    case = joined_key(rows.frame, _SAME_CASE)
    in_held = rules.places_of(case, joined_key(held, _SAME_CASE))
    in_file = rules.places_of(case, case[accepted])
    # The last place stands for -1: a row with a case of its own.
    in_file = np.append(np.flatnonzero(accepted), -1)[in_file]
    again = (in_held >= 0) | ((in_file >= 0) & (in_file != np.arange(len(case))))
    from_held = in_held[again] >= 0
    named = pd.Series("", index=range(len(from_held)), dtype=columns.TEXT)
    found = held["id_kasus"].iloc[in_held[again][from_held]]
    named[from_held] = ("kasus " + found + " di basis data").array
    named[~from_held] = rules.row_names(rows, in_file[again][~from_held]).array
    alasan = "Klien, jenis masalah dan tanggal_terdata sama dengan " + named + "; periksa apakah kasus ganda."
    return finding("tanggal_terdata", again, alasan, tingkat=PERINGATAN)
