"""The sentence of a line over months: it ends with the last whole month, because a growing one is no fall."""

import pandas as pd
import pytest

from lib.text_delay import by_month

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
