"""Class limits: which class a value falls in and what the class is called."""

import pytest

from lib.charts.classes import class_labels, classify
from lib.numbers_id import angka

LIMITS = (20, 40, 60, 80)
NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "kelas"),
    [
        (-5, 0),
        (0, 0),
        (20, 0),
        (20.1, 1),
        (40, 1),
        (60, 2),
        (79.9, 3),
        (80, 3),
        (80.1, 4),
        (1e9, 4),
        (NAN, -1),
        (None, -1),
    ],
)
def test_classify(value, kelas):
    assert classify([value], LIMITS).tolist() == [kelas]


def test_classify_many_and_none():
    assert classify([10, NAN, 90], LIMITS).tolist() == [0, -1, 4]
    assert classify([], LIMITS).tolist() == []


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        ((20, 40, 60, 80), ["≤ 20", "20–40", "40–60", "60–80", "> 80"]),
        ((0.5, 1, 2, 4.5), ["≤ 0,5", "0,5–1", "1–2", "2–4,5", "> 4,5"]),
        ((500, 1000, 2000, 4000), ["≤ 500", "500–1.000", "1.000–2.000", "2.000–4.000", "> 4.000"]),
    ],
)
def test_class_labels(limits, labels):
    assert class_labels(limits, angka) == labels


@pytest.mark.parametrize("limits", [(1, 2, 3), (1, 2, 3, 4, 5), (1, 2, 2, 3), (4, 3, 2, 1), (1, 2, 3, NAN)])
def test_limits_that_make_no_classes_are_refused(limits):
    with pytest.raises(ValueError, match="4 increasing numbers"):
        classify([1], limits)
    with pytest.raises(ValueError, match="4 increasing numbers"):
        class_labels(limits, angka)
