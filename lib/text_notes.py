"""Words that somebody of the office typed: what is refused, and how they are shown without becoming markup."""

from __future__ import annotations

import re
import unicodedata

from lib.domain import UserError

LONGEST = 300
LONGEST_OFFICE = 60
# Between the digits of one number people put spaces, dots, dashes, slashes, lines; six of them in a row still join.
_JOINT = r"(?:[^\w@]|_){0,6}"
_NIK = re.compile(rf"\d(?:{_JOINT}\d){{15,}}")
_LONG_NUMBER = re.compile(r"\d{9,}")
# 0812-3456-789, (021) 555 0123, +62 812 3456 789, 62 812 ...: nine digits or more that begin like a telephone.
_PHONE = re.compile(r"(?<!\d)(?:0|\(0|62[\s().\-]{0,3}8|\+[\s().\-]{0,2}\d)(?:[\s().\-]{0,3}\d){8,}")
_LINK = re.compile(r"://|(?<![a-z0-9])www\.", re.IGNORECASE)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_JOINER = "\u2060"


def checked(words: str, *, label: str, longest: int = LONGEST, required: bool = True) -> str:
    """The words with single spaces, ready to be kept; raises UserError that names the remedy.

    Refused: nothing at all (where `required`), more than `longest` characters, control characters, 16 digits in a row
    (a NIK, whatever stands between its digits), numbers of nine digits or more, telephone numbers, e-mail, links.
    Example: "Temui  Dinsos" -> "Temui Dinsos"; "klien 3374-0112-0190-0001" is refused.
    """
    # Line ends of a text area are spaces here; any other sign without a shape of its own is refused.
    plain = unicodedata.normalize("NFKC", re.sub(r"[\r\n\t]+", " ", words))
    if any(unicodedata.category(sign)[0] == "C" for sign in plain):
        raise UserError(f"{label} memuat tanda kendali yang tidak terlihat; ketik ulang tanpa menyalin.")
    plain = re.sub(r"\s+", " ", plain).strip()
    if required and not plain:
        raise UserError(f"{label} masih kosong; isi dengan satu kalimat pendek.")
    if len(plain) > longest:
        raise UserError(
            f"{label} sepanjang {len(plain)} karakter; ringkas sampai paling banyak {longest} karakter."
        )
    for pattern, found, remedy in (
        (
            _NIK,
            "16 angka berurutan seperti NIK",
            "hapus nomor itu; tulis rentang tanggal dengan kata “sampai”",
        ),
        (_PHONE, "nomor telepon", "hapus nomor itu dan sebut kantornya saja"),
        (_LONG_NUMBER, "nomor panjang", "hapus nomor itu; jumlah besar ditulis dengan titik ribuan"),
        (re.compile("@"), "alamat surel (tanda @)", "hapus alamat itu dan sebut kantornya saja"),
        (_LINK, "tautan", "hapus tautan itu dan sebut nama dokumennya"),
    ):
        if pattern.search(plain):
            raise UserError(f"{label} memuat {found}; {remedy}.")
    return plain


def for_markdown(words: str) -> str:
    """The words as markdown that shows them sign by sign: no link, colour, icon, formula, picture or HTML.

    A sign that cannot be seen stands where the page would still find a link, an icon or an address after markdown was
    read. Example: "*a*" -> "\\\\*a\\\\*".
    """
    apart = re.sub(r"(?i)(:|@|www)", rf"\1{_JOINER}", words.replace("\n", " "))
    return _PUNCTUATION.sub(r"\\\1", apart)
