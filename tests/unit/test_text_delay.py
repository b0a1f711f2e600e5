"""The sentence of a line over months: it ends with the last whole month, because a growing one is no fall."""

import pandas as pd
import pytest

from lib.text_delay import by_month, growth

NAN = float("nan")
MONTHS = pd.DataFrame(
    {"bulan": ["2026-08", "2026-09", "2026-10"], "nilai": [50, 60, 9], "tampil": ["50", "60", "9"]}
)


@pytest.mark.parametrize(
    ("frame", "mature_until", "expected"),
    [
        (MONTHS, "2026-09", "Anak: dari 50 (Agustus 2026) ke 60 (September 2026, bulan lengkap terakhir)."),
        (MONTHS, None, "Anak: dari 50 (Agustus 2026) ke 9 (Oktober 2026)."),
        (MONTHS.iloc[1:], "2026-09", "Anak: 60 (September 2026)."),
        (MONTHS.iloc[2:], "2026-09", "Anak: 9 sejauh ini (Oktober 2026)."),
        (MONTHS.assign(nilai=NAN), "2026-09", "Anak: belum ada bulan yang dapat ditampilkan."),
    ],
)
def test_a_growing_month_is_not_told_as_a_fall(
    frame: pd.DataFrame, mature_until: str | None, expected: str
) -> None:
    assert by_month(frame, name="Anak", mature_until=mature_until) == expected


def test_a_month_that_will_not_grow_is_not_told() -> None:
    frame = pd.DataFrame(
        {
            "bulan": ["2026-09", "2026-10"],
            "sampai": ["2026-09-30", "2026-10-31"],
            "sejauh_ini": [0, 9],
            "perkiraan": [0.1, 10.2],
            "bawah": [0.0, 9.0],
            "atas": [0.4, 12.0],
            "belum_kirim": [0, 0],
        }
    )
    told = growth(frame)
    assert told.startswith("Oktober 2026: 9 kasus sejauh ini; diperkirakan menjadi 10 (90\u00a0%: 9–12)")
    assert "September" not in told
    assert growth(frame.iloc[:1]) == ""
