"""The effect of a trial as the command line prints it; all numbers by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lib.cli_trial import effect_lines
from lib.importing.trial import EFFECT

OLD, NEW = dt.date(2026, 3, 31), dt.date(2026, 4, 30)


def effect(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(EFFECT), dtype=object)


def test_a_line_a_province_and_one_for_all_of_them():
    found = effect_lines(
        effect(
            ("33", "I01", 2026, None, NEW, None, 85),
            ("33", "I02", 2026, None, NEW, None, 80),
            ("33", "I03K", 2026, None, NEW, None, 0),
            ("33", "I13", 2026, None, NEW, None, 85),
            ("35", "I01", 2026, OLD, NEW, 1000, 1204),
            ("35", "I02", 2026, OLD, NEW, 900, 900),
            ("35", "I03K", 2026, OLD, NEW, 7, 9),
            ("35", "I13", 2026, OLD, NEW, 400, 380),
        )
    )
    cells = [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in found[1:-1]]
    assert [title.split()[0] for title in cells[0]] == ["Provinsi", "Tanggal", "I01", "I02", "I03K", "I13"]
    assert cells[1:] == [
        [
            *("Jawa Tengah", "belum ada data → 30 Apr 2026", "belum ada data → 85", "belum ada data → 80"),
            *("belum ada data → 0", "belum ada data → 85"),
        ],
        ["Jawa Timur", "31 Mar 2026 → 30 Apr 2026", "1.000 → 1.204", "900 → 900", "7 → 9", "400 → 380"],
        ["Semua", "1.000 → 1.289", "900 → 980", "7 → 9", "400 → 465"],
    ]
    assert "sejak 1 Januari 2026" in found[-1]


def test_a_refused_file_has_no_effect():
    assert effect_lines(effect()) == []
