"""What the audit of a version hides further, kept in a small file beside the version's own."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from functools import cache, lru_cache
from pathlib import Path

from lib import reference
from lib.disclosure import rules, views
from lib.disclosure.cells import Cell

LOGGER = logging.getLogger("tuntas")


@cache
def rules_digest() -> str:
    """A digest of everything the audit rests on: an audit by other rules is none."""
    text = repr(
        (
            (rules.K, rules.K_SENSITIF, rules.BASE, rules.N_RATE, rules.MIN_VALUES),
            (rules.COUNTS, rules.SHARES, rules.RATES, rules.FINE_TABLES, views.VIEWS, views.FROM),
            [reference.table(name).to_csv(index=False) for name in ("kabkota", "jenis_masalah")],
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write(path: Path, cells: list[Cell]) -> None:
    """Write the cells that are hidden further; readers see the whole file or none."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8") as written:
            json.dump({"aturan": rules_digest(), "sel": cells}, written)
        unfinished.chmod(0o600)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read(path: Path) -> frozenset[Cell] | None:
    """The cells that are hidden further; None where there is no audit by the present rules, or none that is whole."""
    try:
        written = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _read(path, written)


@lru_cache(maxsize=4)
def _read(path: Path, written: int) -> frozenset[Cell] | None:
    """`written` tells a file apart from the one it has replaced."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        cells = frozenset(tuple(cell) for cell in found["sel"])
        return cells if found["aturan"] == rules_digest() else None
    except (OSError, ValueError, KeyError, TypeError):
        # Presentasi refuses the version then, as it does without an audit.
        LOGGER.warning("the audit of small numbers %s cannot be read", path.name)
        return None
