"""Measuring and printing: medians of several runs, a child process with its processor time and memory, tables."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured thing: what, on which data, the runs and their unit, and the budget in the same unit."""

    what: str
    data: str
    runs: tuple[float, ...]
    unit: str
    budget: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    def cells(self) -> list[str]:
        """The row of the table: median, lowest and highest run, budget, and whether it is kept."""
        spread = f"{number(min(self.runs))}–{number(max(self.runs))}" if len(self.runs) > 1 else "–"
        kept = "–" if self.budget is None else ("ya" if self.median <= self.budget else "**tidak**")
        budget = "–" if self.budget is None else f"{number(self.budget)} {self.unit}"
        return [self.what, self.data, f"{number(self.median)} {self.unit}", spread, budget, kept]


FIGURE_HEAD = ("yang diukur", "data", "median", "terendah–tertinggi", "anggaran", "tercapai")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A finished child process: seconds, processor seconds, peak memory in MB, what it printed."""

    seconds: float
    processor: float
    peak_mb: float
    output: str


def number(value: float) -> str:
    """Three figures that mean something, in Indonesian writing: 12.345 -> 12,3; 0.0456 -> 0,046; 1234.5 -> 1.234."""
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", ".")
    decimals = 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:.{decimals}f}".replace(".", ",")


def whole(value: int) -> str:
    """84000 -> 84.000."""
    return f"{value:,}".replace(",", ".")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


def clocked(work: Callable[[], object], *, runs: int) -> list[tuple[float, float]]:
    """Wall seconds and processor seconds of each run, after one that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        started, used = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - started, time.process_time() - used))
    return taken


def run_cli(*arguments: str, environment: Mapping[str, str], accepted: tuple[int, ...] = (0,)) -> Ran:
    """Run a command of the project in a process of its own; raises RuntimeError for another exit code."""
    return run_python("-m", "lib.cli", *arguments, environment=environment, accepted=accepted)


def run_python(*arguments: str, environment: Mapping[str, str], accepted: tuple[int, ...] = (0,)) -> Ran:
    """Run Python in a process of its own, at the project's root; raises RuntimeError for another exit code."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUNTAS_")}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=kept | dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process.stdout:
        output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}:\n{output[-2000:]}")
    return Ran(
        seconds=taken,
        processor=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        output=output,
    )
