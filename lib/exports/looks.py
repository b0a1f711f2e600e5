"""What slides, workbook and print draw alike: the colours of figures, the map's window, the mark of a class.

Without any library that writes a file: a form waits for its own library only.
"""

from __future__ import annotations

from lib.charts.theme import STATUS_COLOURS
from lib.domain import Status

TILE_GROUND, TILE_EDGE, BAND, FAINT = "#F3F6FA", "#C9D3DF", "#E9EFF6", "#44546A"
WARNING = "#8A3B00"
KODE_COLOURS = {
    "I01": STATUS_COLOURS[Status.TERDATA],
    "I02": STATUS_COLOURS[Status.TERTANGANI],
    "I03K": STATUS_COLOURS[Status.TERSELESAIKAN],
    "I03": STATUS_COLOURS[Status.TERSELESAIKAN],
    "I12": STATUS_COLOURS[Status.TERDATA],
    "I12-p80": STATUS_COLOURS[Status.DITUTUP_LAINNYA],
}
# Told apart by pattern too, as on the screen.
PATTERNED = ("I02", "I12-p80")
POINT_COLOURS = {"corong": [KODE_COLOURS[kode] for kode in ("I01", "I02", "I03K")]}

WEST, EAST, SOUTH, NORTH = 94.6, 141.4, -11.4, 6.4
TOLERANCE = (EAST - WEST) / 1500
NO_NUMBER = "×"


def class_mark(kelas: int) -> str:
    """What stands for a class in a province, on the legend and in the table. Example: 0 -> "1", -1 -> "×"."""
    return NO_NUMBER if kelas < 0 else str(kelas + 1)
