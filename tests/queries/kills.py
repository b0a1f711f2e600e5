"""What attempts to kill a process left: one line of findings each, told by tests.queries.killing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from lib import settings
from tests.queries.killing import KILLS


def attempts(folder: Path, what: str) -> list[dict]:
    """What each attempt left, and what lay there when the same was done once more."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.queries.killing", str(folder), what, "20261122"],
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == KILLS and all(each["again"] == 0 for each in found)
    # Most of the moments must lie inside the work, or the test would show nothing.
    assert sum(each["killed"] for each in found) >= KILLS / 2
    return found
