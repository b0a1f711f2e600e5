"""An import killed at any moment (kill -9): all of its rows or none, and the database is whole.

The build of a version is a file of its own, so that both run at the same time.
"""

from __future__ import annotations

from tests.queries.killing import BEFORE, ROWS
from tests.queries.kills import attempts

ALL = BEFORE + ROWS


def test_killed_import_leaves_all_rows_or_none(tmp_path):
    found = attempts(tmp_path, "impor")
    for each in found:
        assert (each["integrity"], each["broken"]) == ("ok", 0)
        assert (each["rows"], each["uploads"]) in ((BEFORE, 1), (ALL, 2))
        assert (each["then"]["rows"], each["then"]["uploads"], each["then"]["integrity"]) == (ALL, 2, "ok")
    assert any(each["log"] and each["rows"] == BEFORE for each in found), "none was killed while it wrote"
