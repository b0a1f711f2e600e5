"""Whether the case database has changed since it was last looked at, without reading its rows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from lib.database import connection, schema

# Counted by the server for each table; a new node follows a TRUNCATE, which is not counted.
_COUNTED = text(
    "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, pg_relation_filenode(relid) FROM pg_stat_user_tables "
    "WHERE relname = ANY(:names) ORDER BY schemaname, relname"
)


def mark(engine: Engine) -> str | None:
    """A text that changes whenever rows do; None where that cannot be told, as on a copy that PostgreSQL replays.

    The same text twice means: nothing was written in between. The reverse does not hold: SQLite moves rows from its
    log into its file, PostgreSQL counts with a delay.
    """
    path = connection.sqlite_path(engine)
    if path is not None:
        return repr([_state(each) for each in (path, path.with_name(f"{path.name}-wal"))])
    if engine.dialect.name != "postgresql":
        return None
    try:
        with engine.connect() as reader:
            if reader.scalar(text("SELECT pg_is_in_recovery()")):
                return None
            names = list(schema.metadata.tables)
            return repr([tuple(row) for row in reader.execute(_COUNTED, {"names": names})])
    except DBAPIError:
        # Whoever builds will say what is wrong.
        return None


def _state(path: Path) -> tuple[int, int] | None:
    """Length and time of the last write; None for no file and for an empty one, which readers make by themselves."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if found.st_size else None
