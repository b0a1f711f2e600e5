"""The frames of Provinsi and Klaster: names, texts, classes, and five different displays of a missing number."""

import datetime as dt

import pandas as pd
import pytest

from lib import present_area, text
from lib.domain import Dimensi

NAN = float("nan")


def answer(rows, key="kabkota"):
    """An answer of the one door: rows of kode, group, nilai, n, alasan over twelve months."""
    frame = pd.DataFrame(rows, columns=["kode", key, "nilai", "n", "alasan"])
    frame["catatan"] = frame["alasan"]
    frame["bawah"], frame["atas"] = NAN, NAN
    return frame.assign(dari=dt.date(2025, 11, 21), sampai=dt.date(2026, 11, 20))


PLACES = answer(
    [
        ("I13", "34.01", 5.0, 5.0, None),
        ("I13", "34.04", 1200.0, 1200.0, None),
        ("I13", "34.71", 0.0, 0.0, None),
        ("I04-180", "34.01", NAN, 4.0, "n < 10"),
        ("I04-180", "34.04", 61.25, 800.0, None),
        ("I04-180", "34.71", NAN, 0.0, "belum matang"),
    ]
)
NAMES = {"34.01": "Kabupaten Kulon Progo", "34.04": "Kabupaten Sleman", "34.71": "Kota Yogyakarta"}


def test_kodes_stand_side_by_side_with_the_highest_first():
    table = present_area.side_by_side(PLACES, "kabkota", names=NAMES, highest_first="I13")
    assert table.kunci == ["34.04", "34.01", "34.71"]
    assert table.nama == ["Kabupaten Sleman", "Kabupaten Kulon Progo", "Kota Yogyakarta"]
    assert table.nilai["I13"].tolist() == [1200, 5, 0]
    assert table.tampil["I04-180"].tolist() == ["61,3\u00a0%", "n < 10", "belum matang"]


def test_without_an_order_groups_stay_as_they_came():
    assert present_area.side_by_side(PLACES, "kabkota", names=NAMES).kunci == ["34.01", "34.04", "34.71"]


def test_a_complete_column_is_numbers_and_one_with_reasons_is_texts():
    table = present_area.side_by_side(PLACES, "kabkota", names=NAMES)
    style, texts = present_area.styled(table, "Kabupaten/kota")
    assert texts == ["Selesai dalam 180 hari"]
    assert style.data["Terbuka"].tolist() == [5, 1200, 0]
    assert [each.strip() for each in style.data["Selesai dalam 180 hari"]] == [
        "n < 10",
        "61,3\u00a0%",
        "belum matang",
    ]
    assert "1.200" in style.to_html()


def test_texts_sort_as_numbers_do_and_reasons_last():
    rows = [("I04-180", code, value, 50.0, None) for code, value in (("34.01", 9.5), ("34.04", 100.0))]
    table = present_area.side_by_side(
        answer([*rows, ("I04-180", "34.71", NAN, 1.0, "n < 10")]), "kabkota", names=NAMES
    )
    column = present_area.styled(table, "Kabupaten/kota")[0].data["Selesai dalam 180 hari"]
    assert [each.strip() for each in sorted(column)] == ["9,5\u00a0%", "100,0\u00a0%", "n < 10"]


def test_two_names_alike_are_told_apart_by_the_unit():
    assert present_area.headings(["I01", "I15-n", "I15-persen"]) == {
        "I01": "Terdata",
        "I15-n": "Macet",
        "I15-persen": "Macet (persen)",
    }


def test_bubbles_have_place_size_class_and_texts():
    frame, limits, labels = present_area.kabkota_bubbles(PLACES, size_kode="I13", colour_kode="I04-180")
    sleman = frame.set_index("kabkota").loc["34.04"]
    assert limits == (30, 40, 50, 60) and labels[-1] == "> 60"
    assert (sleman["ukuran"], sleman["tampil_ukuran"], sleman["tampil"], sleman["kelas"]) == (
        1200,
        "1.200",
        "61,3\u00a0%",
        4,
    )
    assert frame["kelas"].tolist() == [-1, 4, -1]
    assert sleman["lon"] == pytest.approx(110.3, abs=0.3) and sleman["lat"] == pytest.approx(-7.7, abs=0.3)
    assert text.places(frame, colour="Selesai", size="kasus terbuka") == (
        "3 kabupaten/kota; kasus terbuka terbanyak di Kabupaten Sleman (1.200 dari 1.205). Selesai: tertinggi "
        "Kabupaten Sleman (61,3\u00a0%), terendah Kabupaten Sleman (61,3\u00a0%); 2 tanpa angka."
    )


def test_stuck_cases_have_names_and_days_on_the_data_date():
    rows = pd.DataFrame(
        {
            "id_kasus": ["a", "b"],
            "kode_jenis": ["P02", "P08"],
            "kode_kabkota": ["34.04", "34.71"],
            "prioritas": ["biasa", "darurat"],
            "id_pendamping": ["34-001", None],
            "tanggal_terdata": pd.to_datetime(["2026-01-01", "2026-09-01"]),
            "tanggal_aktivitas": pd.to_datetime(["2026-09-01", "2026-10-01"]),
        }
    )
    frame = present_area.stuck(rows, dt.date(2026, 10, 11))
    assert frame["diam"].tolist() == [40, 10]
    assert frame["pendamping"].tolist() == ["34-001", "tanpa pendamping"]
    assert frame["jenis"].tolist() == ["Anak Terlantar", "Lanjut Usia Terlantar"]


@pytest.mark.parametrize(
    ("per", "group", "kinds"),
    [
        (Dimensi.KLASTER, "BENCANA", ("P21", "P22")),
        (Dimensi.PAS, "5", ("P21", "P22")),
        (Dimensi.PAS, "3", ("P08",)),
    ],
)
def test_a_group_is_its_kinds(per, group, kinds):
    assert present_area.kinds_of(per, group) == kinds


def test_services_are_named_with_their_share_of_all_cases():
    frame = present_area.services(
        answer(
            [("I32-pendekatan", "keluarga", 30.0, 40.0, None), ("I32-pendekatan", None, 10.0, 40.0, None)],
            key="pendekatan",
        ),
        "pendekatan",
    )
    assert frame["nama"].tolist() == ["Keluarga", "Pendekatan tidak diisi"]
    assert frame["tampil"].tolist() == ["30 (75,0\u00a0%)", "10 (25,0\u00a0%)"]
    assert text.services(frame) == "n = 40 kasus terdata; terbanyak Keluarga: 30 (75,0\u00a0%)."


@pytest.mark.parametrize(
    ("kode", "own", "wider", "same", "beside"),
    [
        ("I01", 32.0, (1000.0, None), True, "3,2\u00a0% dari nasional (1.000)"),
        ("I01", 32.0, (1000.0, None), False, "nasional 1.000"),
        ("I01", 0.0, (0.0, None), True, "nasional 0"),
        ("I04-180", 60.0, (58.9, None), True, "nasional 58,9\u00a0%"),
        ("I05M", NAN, (141.0, None), True, "nasional 141\u00a0hari"),
        ("I15-n", 3.0, (NAN, "belum ada riwayat"), True, "nasional: belum ada riwayat"),
    ],
)
def test_what_stands_beside_a_figure(kode, own, wider, same, beside):
    row = pd.Series({"nilai": wider[0], "alasan": wider[1]})
    assert text.beside(kode, own, row, place="nasional", same_period=same) == beside


@pytest.mark.parametrize(
    ("parts", "total", "sentence"),
    [
        (
            {"7 kelompok": 12.0, "26 jenis": 12.0},
            12.0,
            "Jumlah 7 kelompok 12 = jumlah 26 jenis 12 = total 12 kasus.",
        ),
        (
            {"7 kelompok": 11.0, "26 jenis": 12.0},
            12.0,
            "Perhatian: jumlah 7 kelompok 11, jumlah 26 jenis 12 tidak sama dengan total 12 kasus. "
            "Laporkan kepada pengelola.",
        ),
    ],
)
def test_parts_that_do_not_make_up_the_whole_are_announced(parts, total, sentence):
    assert text.reconciled(parts, total, what="kasus") == sentence


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        ((90, 104), "90\u00a0hari – 104\u00a0hari"),
        ((NAN, 104), "sampai 104\u00a0hari"),
        ((90, NAN), "mulai 90\u00a0hari"),
        ((NAN, NAN), "–"),
    ],
)
def test_an_interval_in_words(limits, shown):
    assert text.interval("I05M", *limits) == shown
