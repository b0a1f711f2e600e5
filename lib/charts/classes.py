"""Five fixed classes of a map: which class a value falls in, and what the class is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

NO_CLASS = -1
CLASS_COUNT = 5


def _checked(limits: Sequence[float]) -> np.ndarray:
    checked = np.asarray(limits, dtype=float)
    if checked.shape != (CLASS_COUNT - 1,) or not (np.diff(checked) > 0).all():
        raise ValueError(f"class limits are {CLASS_COUNT - 1} increasing numbers, got: {list(limits)}")
    return checked


def classify(values: Sequence[float], limits: Sequence[float]) -> np.ndarray:
    """The class 0-4 of each value, -1 where there is no number.

    A limit belongs to the class below it: with limits (20, 40, 60, 80), 20 -> 0, 20.1 -> 1, 80 -> 3, 81 -> 4.
    Raises ValueError unless the limits are four increasing numbers.
    """
    numbers = np.asarray(values, dtype=float)
    classes = np.searchsorted(_checked(limits), numbers, side="left")
    return np.where(np.isnan(numbers), NO_CLASS, classes).astype(int)


def class_labels(limits: Sequence[float], formatter: Callable[[float], str]) -> list[str]:
    """The five names, for example ["≤ 20", "20–40", "40–60", "60–80", "> 80"].

    Raises ValueError unless the limits are four increasing numbers.
    """
    texts = [formatter(limit) for limit in _checked(limits)]
    between = [f"{low}–{high}" for low, high in zip(texts, texts[1:], strict=False)]
    return [f"≤ {texts[0]}", *between, f"> {texts[-1]}"]
