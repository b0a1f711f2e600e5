"""Place codes as people write them: names of provinces and kab/kota, abbreviations, codes a spreadsheet changed.

Nothing is guessed: a name counts only when it is exactly one place (upper and lower case, spaces, dots and the
usual forewords aside), a changed code only when exactly one code fits. What is merely near is a suggestion.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from lib import reference
from lib.importing.columns import NASIONAL

_PROVINCE_WORD = re.compile(r"^(?:provinsi|propinsi|prov|prop)\b[.\s]*")
_KIND_WORD = re.compile(r"^(kabupaten|kab|kotamadya|kodya|kota)\b[.\s]*(?:(?:administrasi|adm)\b[.\s]*)?")
_ISLANDS = re.compile(r"\bkep\b[.\s]*")
_KINDS = {"kabupaten": "Kabupaten", "kab": "Kabupaten"}
# Written forms that neither the names nor the abbreviations of the table provinsi hold.
_MORE_PROVINCES = {
    "jakarta": "31",
    "dkj": "31",
    "daerahkhususjakarta": "31",
    "jogjakarta": "34",
    "yogyakarta": "34",
    "diyogya": "34",
    "nad": "11",
    "nanggroeacehdarussalam": "11",
    "bangkabelitung": "19",
}
_NATION = frozenset({"nasional", "indonesia"})
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]00)?")
_DATE_CELL = re.compile(r"[0-9]{2}([0-9]{2})-([0-9]{2})-([0-9]{2})")
_PARTS = re.compile(r"([0-9]{2})[.,]([0-9]{1,2})")
_NEAR = 0.75


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a written value means: a `code` that is taken, or the sentence that refuses it; or neither."""

    code: str | None = None
    alasan: str | None = None


UNTOUCHED = Reading()


def shown(text: str) -> str:
    """A value as sentences quote it: on one line, cut to 40 letters."""
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return f'"{text if len(text) <= 40 else text[:39] + "…"}"'


def letters(text: str) -> str:
    """Only the letters and digits of a name, in lower case. Example: "D.I. Yogyakarta" is "diyogyakarta"."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _plain(text: str) -> str:
    """Lower case, single spaces, "kep." written out."""
    return _ISLANDS.sub("kepulauan ", " ".join(unicodedata.normalize("NFKC", text).casefold().split()))


def _bare(plain: str) -> tuple[str, str | None]:
    """The letters of a kab/kota name without its foreword, and the kind the foreword names."""
    word = _KIND_WORD.match(plain)
    if not word:
        return letters(plain), None
    return letters(plain[word.end() :]), _KINDS.get(word[1], "Kota")


@cache
def _provinces() -> dict[str, str]:
    """Every accepted way to write a province, as `letters`, and its code."""
    table = reference.table("provinsi")
    known = dict(_MORE_PROVINCES)
    for row in table.itertuples():
        for name in (row.nama, row.nama_resmi, row.singkatan):
            known[letters(name)] = row.kode_provinsi
    return known


@cache
def _kabkota() -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """By province: its kab/kota as (letters of the bare name, kind, code, full name)."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for row in reference.table("kabkota").itertuples():
        place = (_bare(_plain(row.nama))[0], row.jenis, row.kode_kabkota, row.nama)
        found.setdefault(row.kode_provinsi, []).append(place)
    return {code: tuple(rows) for code, rows in found.items()}


def province(text: str, *, national: bool = False) -> Reading:
    """What a written province means; codes themselves stay untouched.

    `national` allows the word "nasional" (00). Example: "Prov. Jateng" is 33; "Papua Brat" is refused with
    the suggestion "Papua Barat".
    """
    if not any(sign.isalpha() for sign in text):
        return _short_code(
            text, ("00", *reference.all_provinces()) if national else reference.all_provinces()
        )
    key = letters(_PROVINCE_WORD.sub("", _plain(text)))
    if national and key in _NATION:
        return Reading(code=NASIONAL)
    code = _provinces().get(key)
    if code:
        return Reading(code=code)
    names = reference.names("provinsi")
    near = difflib.get_close_matches(key, _provinces(), n=1, cutoff=_NEAR)
    hint = (
        f'; mungkin "{names[_provinces()[near[0]]]}" ({_provinces()[near[0]]})? Tulis kodenya'
        if near
        else "; tulis kode dua angka"
    )
    return Reading(alasan=f"Provinsi {shown(text)} tidak dikenal{hint} menurut lembar kode_provinsi.")


def _short_code(text: str, codes: tuple[str, ...]) -> Reading:
    """A two-digit code that lost its leading zero, where exactly one fits. Example: "0" is 00."""
    return Reading(code=text.zfill(2)) if len(text) == 1 and text.zfill(2) in codes else UNTOUCHED


def home_of(text: str) -> str | None:
    """The province of a kab/kota written as a code or as a name that only one province has."""
    homes = _homes()
    if text in homes:
        return homes[text]
    if not any(sign.isalpha() for sign in text):
        return None
    found = {code for code in _kabkota() if _named(text, code)}
    return found.pop() if len(found) == 1 else None


@cache
def _homes() -> dict[str, str]:
    table = reference.table("kabkota")
    return dict(zip(table["kode_kabkota"], table["kode_provinsi"], strict=True))


def _named(text: str, provinsi: str) -> list[tuple[str, str, str, str]]:
    """The kab/kota of a province that a written name can mean."""
    plain = _plain(text)
    bare, kind = _bare(plain)
    rows = _kabkota().get(provinsi, ())
    found = [row for row in rows if row[0] == bare and kind in (None, row[1])]
    # "Kota Baru" without Kabupaten is the kabupaten Kotabaru.
    return found or [row for row in rows if row[0] == letters(plain)]


def kabkota(text: str, provinsi: str, *, cell: bool, squeezed: bool) -> Reading:
    """What a written kab/kota of a row of province `provinsi` means.

    `cell`: the spreadsheet cell was a number, time or date instead of text. `squeezed`: this column writes
    11.2 for 11.02, so that 11.1 may be 11.01 as well as 11.10.
    """
    if text in _homes():
        # Only a cell that is no text gets here with a right code.
        return Reading(code=text) if cell else UNTOUCHED
    if any(sign.isalpha() for sign in text):
        return _kabkota_name(text, provinsi)
    parts = _PARTS.fullmatch(text)
    if parts:
        return _kabkota_parts(text, parts[1], parts[2], squeezed=squeezed)
    if re.fullmatch("[0-9]{4}", text):
        dotted, names = f"{text[:2]}.{text[2:]}", reference.names("kabkota")
        return Reading(
            alasan=f"Kode {shown(text)} tanpa titik dapat berarti kode BPS atau Kemendagri, yang isinya berbeda; "
            "cocokkan dengan lembar kode_kabkota, lalu tulis kode Kemendagri dengan titik"
            f"{', misalnya ' + dotted + ' (' + names[dotted] + ')' if dotted in names else ''}."
        )
    return _kabkota_moment(text, provinsi)


def _kabkota_name(text: str, provinsi: str) -> Reading:
    names = reference.names("provinsi")
    if provinsi not in names:
        return Reading(
            alasan=f"Kab/kota {shown(text)} tidak dapat dicari karena kode_provinsi baris ini kosong atau tidak "
            "dikenal; perbaiki kode_provinsi dahulu, atau tulis kode kab/kota."
        )
    found = _named(text, provinsi)
    if len(found) == 1:
        return Reading(code=found[0][2])
    if found:
        both = " dan ".join(f"{name} ({code})" for _, _, code, name in found)
        return Reading(
            alasan=f'Kab/kota {shown(text)} dapat berarti {both}; tulis "Kab.", "Kota", atau kodenya.'
        )
    home = home_of(text)
    if home:
        return Reading(
            alasan=f"Kab/kota {shown(text)} terletak di provinsi {home} ({names[home]}), bukan di provinsi "
            f"baris ini ({provinsi}); perbaiki salah satunya."
        )
    rows = _kabkota()[provinsi]
    bare, kind = _bare(_plain(text))
    own = [row for row in rows if kind in (None, row[1])]
    near = difflib.get_close_matches(bare, [row[0] for row in own], n=1, cutoff=_NEAR)
    hint = "".join(f'; mungkin "{row[3]}" ({row[2]})?' for row in own if near and row[0] == near[0])
    return Reading(
        alasan=f"Kab/kota {shown(text)} tidak ada di provinsi {provinsi} ({names[provinsi]})"
        f"{hint or '.'} Tulis kodenya menurut lembar kode_kabkota."
    )


def _kabkota_parts(text: str, first: str, second: str, *, squeezed: bool) -> Reading:
    """11,10 and 11.1: the comma is a point, and a spreadsheet drops the last zero of a number."""
    if len(second) == 2:
        return Reading(code=f"{first}.{second}") if f"{first}.{second}" in _homes() else UNTOUCHED
    long, padded = f"{first}.{second}0", f"{first}.0{second}"
    fitting = [code for code in (long, padded) if code in _homes()]
    if long in _homes() and not squeezed:
        return Reading(code=long)
    if not fitting:
        return UNTOUCHED
    return Reading(
        alasan=f"Kode {shown(text)} tidak lengkap; mungkin {' atau '.join(fitting)}? Ubah format kolom menjadi "
        "Teks lalu tulis dua angka sesudah titik."
    )


def is_squeezed(text: str) -> bool:
    """Whether a short code can only have lost the zero before its last digit. Example: 11.2, as 11.20 is none."""
    parts = re.fullmatch(r"([0-9]{2})[.,]([0-9])", text)
    if not parts:
        return False
    return f"{parts[1]}.{parts[2]}0" not in _homes() and f"{parts[1]}.0{parts[2]}" in _homes()


def _kabkota_moment(text: str, provinsi: str) -> Reading:
    """Codes that a spreadsheet took for a time (11:10) or a date (11 October)."""
    time, date = _TIME.fullmatch(text), _DATE_CELL.fullmatch(text)
    if not time and not date:
        return UNTOUCHED
    if time:
        possible = {f"{int(time[1]):02}.{time[2]}"}
    else:
        year, month, day = date.groups()
        possible = {f"{day}.{month}", f"{month}.{day}"} | ({f"{month}.{year}"} if day == "01" else set())
    fitting = sorted(code for code in possible if code in _homes())
    own = [code for code in fitting if _homes()[code] == provinsi]
    if len(own or fitting) == 1:
        return Reading(code=(own or fitting)[0])
    what = "jam" if time else "tanggal"
    hint = f"; mungkin {' atau '.join(fitting)}?" if fitting else "."
    return Reading(
        alasan=f"Kode kab/kota terbaca sebagai {what} {shown(text)}{hint} Ubah format kolom menjadi Teks lalu "
        "ketik ulang kodenya."
    )
