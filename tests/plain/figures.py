"""One computed figure, and the shapes most of them have: a count, a share, a rate, nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.plain.intervals import poisson, wilson

FEW = 10


@dataclass(frozen=True, kw_only=True)
class Figure:
    """nilai with its base; `alasan` says why nilai is None; `kunci` is what a group is split into further.

    `dilewati` counts what was left out, as (name, number), where that is counted and not 0.
    """

    nilai: float | int | None = None
    pembilang: int | None = None
    n: int | None = None
    bawah: float | None = None
    atas: float | None = None
    alasan: str | None = None
    kunci: dict = field(default_factory=dict)
    dilewati: tuple[tuple[str, int], ...] = ()

    @staticmethod
    def percent(value: float, n: int, low: float | None, high: float | None) -> Figure:
        """A probability with its limits, all turned from fractions into percent."""
        return Figure(
            nilai=100 * value,
            n=n,
            bawah=None if low is None else 100 * low,
            atas=None if high is None else 100 * high,
        )


def count(value: int, n: int) -> Figure:
    """A count drawn from n cases; it exists however small it is."""
    return Figure(nilai=value, n=n)


def share(hits: int, n: int, *, least: int = FEW) -> Figure:
    """100 hits / n with Wilson's interval; None below `least` and always when n = 0."""
    if n < max(least, 1):
        return Figure(pembilang=hits, n=n, alasan="n < 10")
    low, high = wilson(hits, n)
    return Figure(nilai=100 * hits / n, pembilang=hits, n=n, bawah=100 * low, atas=100 * high)


def rate(events: int, exposure: float, *, per: float, n: int) -> Figure:
    """per * events / exposure with the exact Poisson interval of the events; None without any exposure."""
    if exposure <= 0:
        return Figure(pembilang=events, n=n, alasan="n < 10")
    low, high = poisson(events)
    return Figure(
        nilai=per * events / exposure,
        pembilang=events,
        n=n,
        bawah=per * low / exposure,
        atas=per * high / exposure,
    )


def middle(values: list[int]) -> float | None:
    """The median, the mean of the two middle values where they are two: [1, 2, 4, 9] -> 3."""
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return (ordered[half - 1] + ordered[half]) / 2


def linear_quantile(values: list[int], share_below: float) -> float:
    """numpy's "linear": at position (n - 1) q of the sorted values, between its neighbours by proportion."""
    ordered = sorted(values)
    position = (len(ordered) - 1) * share_below
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])
