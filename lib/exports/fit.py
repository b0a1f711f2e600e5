"""How much room a text takes: the widths of Helvetica, which are those of Arial and Liberation Sans too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

from lib.numbers_id import HOLD

LEADING = 1.2
# Programs break lines a little differently: a line is taken to hold this share of its width.
SAFE = 0.95


@lru_cache(maxsize=20_000)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Points that a line takes at a size in points."""
    return stringWidth(text, "Helvetica-Bold" if bold else "Helvetica", size)


def broken(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The lines of a text in `room` points of width, broken at spaces; a word longer than the room stays whole."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width(longer, size, bold=bold) > room * SAFE:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def kept_together(text: str) -> str:
    """A text in which no line ends between a number and its unit. Example: "57,5 %" with a space that holds."""
    return text.replace(" %", f"{HOLD}%").replace(" hari", f"{HOLD}hari").replace("n < ", f"n{HOLD}<{HOLD}")


def height(text: str, size: float, room: float, *, bold: bool = False) -> float:
    """Points of height that a text takes in `room` points of width."""
    return len(broken(text, size, room, bold=bold)) * size * LEADING


def largest(text: str, sizes: Sequence[float], room: float, high: float, *, bold: bool = False) -> float:
    """The first of the sizes, largest first, at which a text fits; the last where none does."""
    for size in sizes:
        # Not at every kind of space: a number and its unit are one word.
        words_fit = all(width(word, size, bold=bold) <= room * SAFE for word in re.split("[ \n]", text))
        if words_fit and height(text, size, room, bold=bold) <= high:
            return size
    return sizes[-1]
