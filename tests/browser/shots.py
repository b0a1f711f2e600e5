"""Screenshots of the app for looking at:  python -m tests.browser.shots OUTDIR URLPATH... [options]

    python -m tests.browser.shots /tmp/layar / provinsi?provinsi=35 --widths 1440x900,390x844

Starts the app with the caller's TUNTAS_ variables and the project's own data folder, or uses --base.
Prints each file; exit code 1 when a page had errors or asked for something outside the app.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.harness import (
    ROOT,
    AppServer,
    axe_serious,
    chromium,
    errors_of,
    open_page,
    outside_requests,
    running_browser,
    settled,
    shoot,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = "1440x900,1920x1080,390x844"


def viewports(text: str) -> list[tuple[int, int]]:
    """`1440x900,390x844` -> [(1440, 900), (390, 844)]; raises ArgumentTypeError for anything else."""
    if not re.fullmatch(r"\d+x\d+(,\d+x\d+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list like {WIDTHS}")
    return [(int(width), int(height)) for width, height in (part.split("x") for part in text.split(","))]


def file_name(url_path: str) -> str:
    """`/provinsi?provinsi=35` -> provinsi-provinsi-35; the start page -> beranda."""
    return re.sub(r"[^a-zA-Z0-9_]+", "-", url_path).strip("-") or "beranda"


@contextmanager
def address(base: str | None) -> Iterator[str]:
    """The address of a running app: the one given, else one started for the purpose."""
    if base:
        yield base.rstrip("/")
        return
    given = {name: value for name, value in os.environ.items() if name.startswith("TUNTAS_")}
    with AppServer({"TUNTAS_DATA": str(ROOT / "data" / "lokal")} | given) as app:
        yield app.base


def look(
    page: Page, base: str, url_path: str, *, viewport: tuple[int, int], options: argparse.Namespace
) -> int:
    """Open one page, save its screenshot, print its problems and return how many there are."""
    page.goto(f"{base}/{url_path.lstrip('/')}")
    settled(page)
    print(shoot(page, file_name(url_path), viewport=viewport, folder=options.outdir, whole=not options.fold))
    problems = errors_of(page) + [f"luar: {url}" for url in outside_requests(page, base)]
    problems += [f"axe: {line}" for line in axe_serious(page)]
    for problem in problems:
        print(f"  {problem}")
    return len(problems)


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.shots", description=__doc__.split("\n")[0])
    parser.add_argument("outdir", type=Path)
    parser.add_argument("url_paths", nargs="+", metavar="urlpath")
    parser.add_argument("--base", help="address of an app that is already running")
    parser.add_argument("--widths", type=viewports, default=WIDTHS)
    parser.add_argument("--fold", action="store_true", help="only what is visible without scrolling")
    options = parser.parse_args(arguments)
    executable = chromium()
    if executable is None:
        parser.error("Chromium is not installed")
    problems = 0
    with address(options.base) as base, running_browser(executable) as browser:
        for url_path in options.url_paths:
            for viewport in options.widths:
                with open_page(browser, viewport=viewport) as page:
                    problems += look(page, base, url_path, viewport=viewport, options=options)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
