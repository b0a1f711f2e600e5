"""A build killed at any moment (kill -9) leaves a version that can be read."""

from __future__ import annotations

from tests.queries.killing import BEFORE
from tests.queries.kills import attempts


def test_killed_build_leaves_a_version_that_can_be_read(tmp_path):
    found = attempts(tmp_path, "potret")
    for each in found:
        assert each["shown"] == BEFORE
        # The lock stays; nothing half-built does.
        assert each["hidden_then"] == [".kunci"]
    assert any(len(each["hidden"]) > 1 for each in found), "none was killed while it wrote"
