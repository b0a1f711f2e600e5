"""The small parts of the meeting pack: room for texts, outlines, sentences."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lib import reference, text_pack
from lib.decisions.export import as_table
from lib.domain import CaseFilter
from lib.exports import fit, sheets, story
from lib.exports.pack import slug
from lib.exports.print_parts import printable
from lib.exports.slide_map import class_mark
from lib.exports.slide_parts import column_widths, labelled
from lib.exports.step import BARS, Chart, Series
from lib.geo.outlines import province_outlines, simplified


def row(kode, nilai, alasan=None, **more):
    return {"kode": kode, "nilai": nilai, "alasan": alasan, **more}


def rows(*given):
    return pd.DataFrame(given).astype({"nilai": "float64"}).set_index("kode", drop=False)


@pytest.mark.parametrize(
    ("three", "said"),
    [
        (
            ((320, None), (300, None), (190, None)),
            "Bali: 320 kasus terdata, 300 tertangani, 190 terselesaikan",
        ),
        (
            ((12, None), (None, "<5"), (None, "disamarkan")),
            "Bali: 12 kasus terdata, <5 tertangani, jumlah terselesaikan disamarkan",
        ),
        (
            ((None, "disamarkan"),) * 3,
            "Bali: jumlah kasus terdata, tertangani, dan terselesaikan disamarkan",
        ),
        (((0, None),) * 3, "Bali: tidak ada kasus yang terdata dalam periode ini"),
        (((None, "belum ada data"),) * 3, "Bali: belum ada data"),
    ],
)
def test_the_headline_tells_none_hidden_and_unknown_apart(three, said):
    figures = rows(*(row(kode, *each) for kode, each in zip(("I01", "I02", "I03K"), three, strict=True)))
    assert text_pack.headline(figures, place="Bali") == said


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ((None, None), "Kasus terbanyak di A: 20 dari 30 kasus terdata"),
        ((None, "<5"), "Kasus terbanyak di A: 20 dari 30 kasus terdata; 1 klaster tanpa angka"),
        (
            (None, "disamarkan"),
            "Dari yang dapat ditampilkan, kasus terbanyak di A: 20 dari 30 kasus terdata; 1 klaster tanpa angka",
        ),
        (("disamarkan", "disamarkan"), "Tidak ada klaster dengan jumlah kasus yang dapat ditampilkan"),
    ],
)
def test_the_largest_is_named_only_among_what_is_shown(reasons, said):
    """What is withheld may be larger; what is below five is not."""
    groups = pd.DataFrame(
        {
            "nama": ["A", "B"],
            "alasan": reasons,
            "nilai": [None if reason else value for reason, value in zip(reasons, (20, 10), strict=True)],
            "tampil": ["20", "10"],
        }
    ).astype({"nilai": "float64"})
    assert text_pack.over_places(groups, pd.Series(row("I01", 30)), what="klaster") == said


def test_months_compare_whole_months_only():
    recorded = pd.DataFrame({"bulan": ["2026-01", "2026-02", "2026-03"], "nilai": [10.0, 10, 1]})
    resolved = pd.DataFrame({"bulan": ["2026-01", "2026-02", "2026-03"], "nilai": [5.0, 15, 9]})
    said = text_pack.months(recorded, resolved, full_until="2026-02")
    assert said.endswith("pada 1 dari 2 bulan penuh sampai Februari 2026")
    assert "belum ada bulan penuh" in text_pack.months(recorded, resolved, full_until=None)


@pytest.mark.parametrize(
    ("decide", "figures"),
    [
        (text_pack.stuck_decision, rows(row("I15-n", 0))),
        (text_pack.stuck_decision, rows(row("I15-n", None, "disamarkan"))),
    ],
)
def test_nothing_to_decide_without_a_figure(decide, figures):
    assert decide(figures) is None


def test_a_hidden_count_of_stuck_cases_is_still_to_be_decided():
    assert text_pack.stuck_decision(rows(row("I15-n", None, "<5"))).startswith("<5 kasus terbuka macet")


@pytest.mark.parametrize(
    ("chosen", "provinces", "said"),
    [
        (CaseFilter(provinsi=("51",)), ("51",), "Bali"),
        (CaseFilter(), ("11", "51"), "Aceh dan Bali"),
        (CaseFilter(), ("11", "12", "13", "51"), "4 provinsi"),
        (CaseFilter(klaster=("ANAK",)), ("51",), "Bali, klaster Anak"),
    ],
)
def test_place(chosen, provinces, said):
    assert text_pack.place(chosen, provinces) == said


def test_lines_are_broken_at_spaces_and_stay_within_the_room():
    words = "Kasus yang masih terbuka ikut dihitung sampai tanggal data provinsinya"
    lines = fit.broken(words, 12, 120)
    assert " ".join(lines) == words and len(lines) > 2
    assert all(fit.width(line, 12) <= 120 for line in lines)
    assert fit.largest(words, (30, 12, 8), 120, 6 * 12 * fit.LEADING) == 12
    assert fit.largest(words, (30, 12), 120, 10) == 12


def test_number_and_unit_stay_together():
    assert fit.broken(fit.kept_together("Sampai 57,5 %"), 12, 45) == ["Sampai", "57,5\u00a0%"]
    room = fit.width("131 hari", 12) / fit.SAFE + 0.01
    assert fit.largest("131\u00a0hari", (13, 12, 11), room, 100) == 12


def test_files_for_a_spreadsheet_have_plain_spaces():
    about = sheets.About(judul="Tuntas", baris=("Sampai 57,5\u00a0%",))
    written = sheets.to_csv(
        pd.DataFrame({"nilai": ["46,0\u00a0%"], "+selisih": ["+12\u00a0hari"]}), about
    ).decode()
    assert "46,0 %;'+12 hari" in written and "Sampai 57,5 %" in written and "\u00a0" not in written


def test_columns_fill_the_width_and_the_widest_gives_way():
    table = pd.DataFrame({"a": ["x"], "b": ["sebuah kalimat panjang sekali " * 10], "c": ["12"]})
    assert sum(column_widths(table, 8, 12)) == pytest.approx(8)
    narrow = column_widths(table, 4, 12)
    assert sum(narrow) == pytest.approx(4) and max(narrow) == narrow[1]


def test_several_long_columns_share_the_width():
    """A table of tindak lanjut: no column is squeezed to nothing, the short ones keep what they need."""
    long = "Rencana intervensi disetujui paling lambat tujuh hari sesudah asesmen"
    names = ("Keputusan", "Indikator", "Wilayah", "Penanggung jawab", "Nilai saat diputuskan", "Keadaan")
    table = pd.DataFrame([[long, long, "Nasional, klaster Anak", "Koordinator provinsi", long, "terbuka"]])
    widths = column_widths(table.set_axis(names, axis=1), 12, 12)
    assert sum(widths) == pytest.approx(12)
    assert min(widths) == widths[-1] > 0.7 and [widths[1], widths[4]] == pytest.approx([widths[0]] * 2)
    assert widths[0] > 1.9


def test_a_bar_that_is_missing_says_why():
    series = Series(kode="I01", nama="Terdata", nilai=(5.0, None), tampil=("5", "<5"))
    chart = Chart(rupa=BARS, judul="Kasus", satuan="kasus", kategori=("A", "=B"), seri=(series,))
    assert labelled(chart) == ["A", "'=B (<5)"]


def test_a_line_keeps_the_points_that_matter():
    """A tip of 2 stays, a dent of 0.05 goes; a closed ring keeps its farthest point."""
    assert simplified([(0, 0), (1, 0.05), (2, 0), (3, 2), (4, 0)], 0.1) == ((0, 0), (2, 0), (3, 2), (4, 0))
    ring = [(0, 0), (1, 0), (1, 1), (0.5, 1.01), (0, 1), (0, 0)]
    assert simplified(ring, 0.1) == ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))


def test_all_provinces_have_an_outline_and_few_points():
    outlines = province_outlines(tolerance=0.03)
    assert len(outlines) == 38
    assert all(ring[0] == ring[-1] for rings in outlines.values() for ring in rings)
    assert 1000 < sum(len(ring) for rings in outlines.values() for ring in rings) < 4000


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("≤ 20", "sampai 20"),
        ("“a” – b…", "“a” – b…"),
        ("\u22123", "-3"),
        ("\U0001f600", "?"),
        ("1 %", "1\u00a0%"),
    ],
)
def test_print_uses_the_characters_of_its_font(words, printed):
    assert printable(words) == printed


@pytest.mark.parametrize(("kelas", "mark"), [(-1, "×"), (0, "1"), (4, "5")])
def test_class_mark(kelas, mark):
    assert class_mark(kelas) == mark


def test_slug():
    assert slug("DI Yogyakarta") == "di-yogyakarta"


def test_a_pack_of_one_province_is_made_where_nothing_was_decided_yet():
    nothing = as_table([], today=dt.date(2026, 11, 22))
    step = story._decisions([], nothing, None, ["35"])
    assert step.tabel is None and step.judul == "Tidak ada hal yang menonjol untuk diputuskan"
    place = ["Nasional", "Jawa Timur, Surabaya", "Bali"]
    three = pd.DataFrame({"Wilayah": place})
    assert story.of_place(three, ["35"])["Wilayah"].tolist() == place[:2]


@pytest.mark.parametrize(
    ("provinces", "listed"),
    [
        (("35",), {"Nasional, klaster Anak": story.ELSEWHERE, "Jawa Timur": "46,0 %"}),
        (
            ("35", "51"),
            {"Nasional, klaster Anak": story.ELSEWHERE, "Jawa Timur": "46,0 %", "Bali": "51,0 %"},
        ),
        (("93",), {"Nasional, klaster Anak": story.ELSEWHERE}),
        (
            reference.all_provinces(),
            {"Nasional, klaster Anak": "50,0 %", "Jawa Timur": "46,0 %", "Bali": "51,0 %"},
        ),
    ],
)
def test_a_pack_of_provinces_holds_no_figure_of_others_or_of_the_nation(provinces, listed):
    decided = pd.DataFrame(
        {
            "Wilayah": ["Nasional, klaster Anak", "Jawa Timur", "Bali"],
            "Nilai saat diputuskan": ["50,0 %", "46,0 %", "51,0 %"],
            "Nilai sekarang": ["50,0 %", "46,0 %", "51,0 %"],
        }
    )
    handed = story.handed_to(decided, provinces).set_index("Wilayah")
    for column in story.FIGURES:
        assert handed[column].to_dict() == listed
    assert decided["Nilai sekarang"].tolist() == ["50,0 %", "46,0 %", "51,0 %"]
