"""The benchmark:  python -m tests.benchmark.run [--kasus 84000,1000000] [--bagian mulai,kueri] [--ulang 5]

Prints Markdown tables in the form of docs/pengukuran.md: medians of several runs with the lowest and the highest.
Each part makes its data in a temporary folder, or keeps them in the one given with --folder for the next time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib import clock
from lib.indicators.records import INDICATORS
from tests import postgres
from tests.benchmark import data, figures, packs, screens, statistics
from tests.benchmark.timing import FIGURE_HEAD, Figure, run_cli, run_python, table, whole

FIRST_START_CASES = 84_000
BUDGETED_CASES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was asked for: data sizes, indicators, runs, and where the data lie."""

    sizes: tuple[int, ...]
    kodes: tuple[str, ...]
    runs: int
    folder: Path


FIRST_START = """
from lib import clock, settings, start
start.ensure_data(settings.load(), now=clock.now())
"""


def first_start(plan: Plan) -> tuple[str, list[Figure]]:
    """What a first visitor waits for in an empty folder (simulate, write, snapshot), and `demo`, which tells the past
    too."""
    found = []
    named = {"data": f"{whole(FIRST_START_CASES)} kasus"}
    for what, arguments, budget in (
        ("mulai dari nol: data simulasi dan potret (termasuk memulai Python)", ("-c", FIRST_START), 10),
        ("`demo`, dengan riwayat 12 bulan", ("-m", "lib.cli", "demo"), None),
    ):
        ran = []
        for number in range(min(plan.runs, 3)):
            home = plan.folder / f"mulai-{number}"
            ran.append(run_python(*arguments, environment={"TUNTAS_DATA": str(home)}))
            shutil.rmtree(home)
        found += [
            Figure(what=what, runs=tuple(each.seconds for each in ran), unit="s", budget=budget, **named),
            Figure(
                what=f"{what}, waktu prosesor", runs=tuple(each.processor for each in ran), unit="s", **named
            ),
            Figure(
                what=f"{what}, memori puncak", runs=tuple(each.peak_mb for each in ran), unit="MB", **named
            ),
        ]
    return "", found


def snapshots(plan: Plan) -> tuple[str, list[Figure]]:
    """`potret` from SQLite and, where it is installed, from PostgreSQL."""
    found = []
    for cases in plan.sizes:
        values = data.office(plan.folder, cases)
        found += _snapshot("SQLite", cases, {"TUNTAS_DATA": str(values.data_folder)}, runs=plan.runs)
    programs = postgres.binaries()
    if programs is None:
        print("PostgreSQL tidak terpasang: potret dari PostgreSQL dilewati.", file=sys.stderr)
        return "", found
    with postgres.running_server(programs) as server:
        for cases in plan.sizes:
            url = postgres.create_database(server, f"kasus_{cases}")
            environment = data.postgresql_office(url, plan.folder, cases)
            found += _snapshot("PostgreSQL", cases, environment, runs=plan.runs)
            postgres.drop_database(server, f"kasus_{cases}")
    return "", found


def _snapshot(engine: str, cases: int, environment: dict[str, str], *, runs: int) -> list[Figure]:
    ran = [run_cli("potret", environment=environment) for _ in range(runs)]
    built = tuple(float(re.search(r"([\d.]+) detik", each.output)[1]) for each in ran)
    named = {"data": f"{whole(cases)} kasus"}
    return [
        Figure(
            what=f"potret dari {engine}", runs=built, unit="s", budget=_up_to_a_million(cases, 10), **named
        ),
        Figure(
            what=f"potret dari {engine}, waktu prosesor (termasuk memulai Python)",
            runs=tuple(each.processor for each in ran),
            unit="s",
            **named,
        ),
        Figure(
            what=f"potret dari {engine}, memori puncak",
            runs=tuple(each.peak_mb for each in ran),
            unit="MB",
            **named,
        ),
    ]


def data_work(plan: Plan) -> tuple[str, list[Figure]]:
    """Queries and indicators without a cache."""
    texts, found = [], []
    for cases in plan.sizes:
        text, more = figures.report(data.office(plan.folder, cases), cases, plan.kodes, runs=plan.runs)
        texts.append(text)
        found += more
    return "\n".join(texts), found


def page_work(plan: Plan) -> tuple[str, list[Figure]]:
    """Data work of a page, and processor time of a rerun."""
    found = []
    for cases in plan.sizes:
        found += screens.processor(data.office(plan.folder, cases), cases, runs=plan.runs)
    return "", found


def browser(plan: Plan) -> tuple[str, list[Figure]]:
    """What a visitor waits for."""
    found = []
    for cases in plan.sizes:
        found += screens.in_browser(data.office(plan.folder, cases), cases, runs=plan.runs)
    found += [screens.empty_folder()]
    return "", found


def imports(plan: Plan) -> tuple[str, list[Figure]]:
    """`impor` of CSV sheets into a prepared, empty case database, with a report; then again, unchanged."""
    found = []
    for cases in plan.sizes:
        paths = [str(path) for path in data.sheets(plan.folder, cases)]
        home = plan.folder / f"impor-{cases}"
        environment = {"TUNTAS_DATA": str(home), "TUNTAS_DB": f"sqlite:///{home / 'kasus.sqlite'}"}
        run_cli("siapkan", environment=environment)
        report = ["--laporan", str(plan.folder / "laporan.csv")]
        for what in ("`impor` CSV dengan laporan dan potret", "`impor` berkas yang sama lagi"):
            ran = run_cli("impor", *paths, *report, environment=environment, accepted=(0, 1))
            print(ran.output, file=sys.stderr)
            named = {"data": f"{whole(cases)} kasus"}
            budget, most = _up_to_a_million(cases, 60), _up_to_a_million(cases, 1536)
            found.append(Figure(what=what, runs=(ran.seconds,), unit="s", budget=budget, **named))
            found.append(Figure(what=f"{what}, waktu prosesor", runs=(ran.processor,), unit="s", **named))
            found.append(
                Figure(what=f"{what}, memori puncak", runs=(ran.peak_mb,), unit="MB", budget=most, **named)
            )
        shutil.rmtree(home)
    return "", found


def _up_to_a_million(cases: int, budget: float) -> float | None:
    return budget if cases <= BUDGETED_CASES else None


def statistics_alone(plan: Plan) -> tuple[str, list[Figure]]:
    """The formulas without any query."""
    return "", statistics.measured(runs=plan.runs)


def meeting_packs(plan: Plan) -> tuple[str, list[Figure]]:
    """The meeting pack of the nation and of every province."""
    found = []
    for cases in plan.sizes:
        found += packs.measured(data.office(plan.folder, cases), cases, plan.folder, runs=min(plan.runs, 3))
    return "", found


PARTS: dict[str, tuple[str, Callable[[Plan], tuple[str, list[Figure]]]]] = {
    "mulai": ("Mulai dari nol", first_start),
    "potret": ("Potret", snapshots),
    "kueri": ("Kerja data", data_work),
    "statistik": ("Statistik", statistics_alone),
    "proses": ("Jalan ulang", page_work),
    "halaman": ("Halaman di peramban", browser),
    "impor": ("Impor", imports),
    "paket": ("Paket rapat", meeting_packs),
}


def machine() -> str:
    """Date, size and load of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}".replace(".", ",") for value in os.getloadavg())
    return f"{clock.now():%Y-%m-%d %H:%M} · {os.cpu_count()} inti · {memory:.0f} GiB · beban 1, 5, 15 menit: {load}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.run", description=__doc__.split("\n")[0])
    parser.add_argument("--kasus", default="84000", help="data sizes, e.g. 84000,1000000")
    parser.add_argument("--bagian", default=",".join(PARTS), help=", ".join(PARTS))
    parser.add_argument("--kode", default=",".join(INDICATORS), help="indicators of the part kueri")
    parser.add_argument("--ulang", type=int, default=5, help="runs of each")
    parser.add_argument("--folder", type=Path, help="where the data are kept; default: a temporary folder")
    options = parser.parse_args(arguments)
    parts = options.bagian.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"unknown part {', '.join(unknown)}; known: {', '.join(PARTS)}")
    sizes = tuple(int(size) for size in options.kasus.split(","))
    kodes = tuple(options.kode.split(","))
    with tempfile.TemporaryDirectory(prefix="tuntas-ukur-") as temporary:
        folder = options.folder or Path(temporary)
        plan = Plan(sizes=sizes, kodes=kodes, runs=options.ulang, folder=folder)
        for part in parts:
            title, measured = PARTS[part]
            print(f"## {title}\n\n{machine()}", flush=True)
            text, found = measured(plan)
            print(table(FIGURE_HEAD, [figure.cells() for figure in found]))
            print(text, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
