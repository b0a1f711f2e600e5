"""A process killed at any moment (kill -9): the database is whole, and a version can be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from lib import settings
from tests.queries.killing import BEFORE, KILLS, ROWS

ALL = BEFORE + ROWS


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


def test_killed_import_leaves_all_rows_or_none(tmp_path):
    found = attempts(tmp_path, "impor")
    for each in found:
        assert (each["integrity"], each["broken"]) == ("ok", 0)
        assert (each["rows"], each["uploads"]) in ((BEFORE, 1), (ALL, 2))
        assert (each["then"]["rows"], each["then"]["uploads"], each["then"]["integrity"]) == (ALL, 2, "ok")
    assert any(each["log"] and each["rows"] == BEFORE for each in found), "none was killed while it wrote"


def test_killed_build_leaves_a_version_that_can_be_read(tmp_path):
    found = attempts(tmp_path, "potret")
    for each in found:
        assert each["shown"] == BEFORE
        # The lock stays; nothing half-built does.
        assert each["hidden_then"] == [".kunci"]
    assert any(len(each["hidden"]) > 1 for each in found), "none was killed while it wrote"
