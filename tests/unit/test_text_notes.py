"""Words that somebody of the office typed: what is refused, and that none of them becomes markup."""

from __future__ import annotations

import pytest

from lib.domain import UserError
from lib.text_notes import LONGEST, checked, for_markdown

NIK = "3374011201900001"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("  Telaah  kasus\nmacet ", "Telaah kasus macet"),
        ("Turun dari 1.250.000 menjadi 900.000", "Turun dari 1.250.000 menjadi 900.000"),
        ("2026-01-01 sampai 2026-12-31", "2026-01-01 sampai 2026-12-31"),
        ("rapat 08.30-10.00, ruang 2.01", "rapat 08.30-10.00, ruang 2.01"),
        ("UU 11/2009 pasal 7 ayat 2", "UU 11/2009 pasal 7 ayat 2"),
        ("a" * LONGEST, "a" * LONGEST),
    ],
)
def test_ordinary_words_are_kept(words, kept):
    assert checked(words, label="Keputusan") == kept


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (NIK, "seperti NIK"),
        (f"klien {NIK} ditelaah", "seperti NIK"),
        ("3374 0112 0190 0001", "seperti NIK"),
        ("3374.0112.0190.0001", "seperti NIK"),
        ("33-74-01-120190-0001", "seperti NIK"),
        ("33740112 / 01900001", "seperti NIK"),
        ("3 3 7 4 0 1 1 2 0 1 9 0 0 0 0 1", "seperti NIK"),
        ("3374\u00a00112\u20090190\u20140001", "seperti NIK"),
        ("3374_0112_0190_0001", "seperti NIK"),
        ("3374_ 0112_ 0190_ 0001", "seperti NIK"),
        ("3374 - - 0112 _ _ 0190 / / 0001", "seperti NIK"),
        (
            "\uff13\uff13\uff17\uff14\uff10\uff11\uff11\uff12\uff10\uff11\uff19\uff10\uff10\uff10\uff10\uff11",
            "seperti NIK",
        ),
        ("KK 337401120190000112", "seperti NIK"),
        ("hubungi 0812-3456-7890", "telepon"),
        ("hubungi 0812 345 678 9", "telepon"),
        ("(021) 5550 1234", "telepon"),
        ("+62 812 3456 7890", "telepon"),
        ("62 812 3456 7890", "telepon"),
        ("rekening 812345678", "nomor panjang"),
        ("surat ke a.b@kantor.go.id", "surel"),
        ("lihat https://contoh.go.id/x", "tautan"),
        ("lihat WWW.contoh.go.id", "tautan"),
        ("nol\u200blebar", "tanda kendali"),
        ("terbalik \u202eabc", "tanda kendali"),
        ("bel \x07", "tanda kendali"),
        ("a" * (LONGEST + 1), f"{LONGEST + 1} karakter"),
        ("   ", "masih kosong"),
    ],
)
def test_what_may_name_a_client_is_refused_with_a_remedy(words, named):
    with pytest.raises(UserError) as refused:
        checked(words, label="Keputusan")
    said = str(refused.value)
    assert named in said
    assert said.startswith("Keputusan ")
    assert "; " in said
    # A refusal never says the number again.
    assert "3374" not in said


def test_a_note_may_be_left_out():
    assert checked(" ", label="Catatan", required=False) == ""


@pytest.mark.parametrize(
    "words",
    [
        "[teks](https://evil.example)",
        "![x](a.png)",
        "*a* _b_ `c` ~d~",
        "# judul",
        "<b>x</b>",
        "$x^2$",
        ":red[x]",
        ":material/home:",
        "www.evil.example",
        "a@b.id",
        "- butir",
    ],
)
def test_shown_words_hold_no_markup(words):
    shown = for_markdown(words)
    assert shown.replace("\\", "").replace("\u2060", "") == words.replace("\\", "")
    for position, sign in enumerate(shown):
        if sign.isascii() and not sign.isalnum() and sign not in " \\":
            assert shown[position - 1] == "\\", (sign, shown)
    assert "www." not in shown and "://" not in shown and ":material" not in shown
