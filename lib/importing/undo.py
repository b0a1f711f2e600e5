"""Taking back the last import as a whole: what it found is kept in the table cadangan, in the import's transaction.

One line holds many rows. New cases are not listed: their id_unggahan is the import's own, and what hangs on them is
found with them, so that a first import of a million cases keeps a few lines only.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice

import pandas as pd
from sqlalchemy import Connection, Engine, Row, Table, delete, func, insert, inspect, select
from sqlalchemy.exc import IntegrityError, OperationalError

from lib.database import bulk, connection, schema
from lib.database.schema import cadangan
from lib.domain import AccessRefused, UserError
from lib.importing import columns, rules, store
from lib.importing.columns import KASUS
from lib.importing.plan import Plan

BARU, BERUBAH, HILANG = "baru", "berubah", "hilang"
# Lines that are no rows of a sheet: what the import was, its rows of unggahan, the mark of a mixed database.
HEAD, UPLOADS, MARK = "impor", "unggahan", "meta"
ROWS_PER_LINE = 2_000
NOTHING = "Tidak ada impor yang dapat dibatalkan; hanya impor terakhir yang dapat, satu kali."


@dataclass(frozen=True, kw_only=True)
class LastImport:
    """The import that can be undone: its digest, when, the provinces it sent, whether rows of the whole country."""

    digest: str
    waktu: dt.datetime
    provinces: tuple[str, ...]
    national: bool

    def is_within(self, allowed: tuple[str, ...] | None) -> bool:
        """Whether it touched nothing but the allowed provinces (None: all)."""
        return allowed is None or (not self.national and set(self.provinces) <= set(allowed))


# --- keeping, while an import writes -----------------------------------------------------------------------------


def begin(db: Connection) -> None:
    """Forget the import before: only the last one can be undone."""
    db.execute(delete(cadangan))


def keep(db: Connection, change: Plan) -> None:
    """Keep what an import is about to change in one province, before it writes."""
    cases = change.new[KASUS]["id_kasus"] if KASUS in change.new else pd.Series(dtype=columns.TEXT)
    for sheet in schema.SHEETS:
        names = columns.key(sheet)
        new = change.new[sheet]
        if sheet == KASUS:
            new = new.iloc[:0]
        elif "id_kasus" in names and len(new):
            new = new[~rules.among(new["id_kasus"], cases)]
        _put(db, sheet, BARU, names, new[list(names)].itertuples(index=False, name=None))
        if len(change.changed[sheet]):
            wanted = set(rules.joined_key(change.changed[sheet], columns.own_key(sheet)))
            _put_found(db, sheet, BERUBAH, change.kode_wilayah, _has_key(sheet, wanted))
        gone = _is_gone(sheet, change.vanish)
        if gone is not None:
            _put_found(db, sheet, HILANG, change.kode_wilayah, gone)


def _has_key(sheet: str, wanted: set[str]) -> Callable[[Row], bool]:
    names = columns.own_key(sheet)
    return lambda row: rules.SEPARATOR.join(str(_plain(getattr(row, name))) for name in names) in wanted


def _is_gone(sheet: str, vanish: dict[str, pd.DataFrame]) -> Callable[[Row], bool] | None:
    """Which rows of a sheet vanish, by themselves or with the kasus or pendamping they hang on; None where none do."""
    tests = []
    if len(vanish.get(sheet, ())):
        wanted = set(rules.joined_key(vanish[sheet], columns.own_key(sheet)))
        tests.append(_has_key(sheet, wanted))
    for parent, gone in vanish.items():
        if len(gone) and any(child.name == sheet for child in store.children(parent)):
            own = columns.key(parent)[-1]
            ids = set(gone[own])
            tests.append(lambda row, own=own, ids=ids: getattr(row, own) in ids)
    return (lambda row: any(test(row) for test in tests)) if tests else None


def _put_found(db: Connection, sheet: str, tindakan: str, code: str, wanted: Callable[[Row], bool]) -> None:
    table = schema.metadata.tables[sheet]
    found = db.execute(select(table).where(table.c[columns.area(sheet)] == code))
    rows = (tuple(map(_plain, row)) for row in found.yield_per(bulk.CHUNK_ROWS) if wanted(row))
    # Sorted, so that both engines keep the same lines; and read to the end before the first of them is written.
    _put(db, sheet, tindakan, [column.name for column in table.columns], sorted(rows, key=repr))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _put(db: Connection, lembar: str, tindakan: str, names: Sequence[str], rows: Iterable[tuple]) -> None:
    remaining = iter(rows)
    # Counted by ourselves, under the import's lock: the same numbers on both engines, however many imports came before.
    nomor = db.execute(select(func.coalesce(func.max(cadangan.c.nomor), 0))).scalar_one()
    while chunk := list(islice(remaining, ROWS_PER_LINE)):
        nomor += 1
        isi = json.dumps({"kolom": list(names), "baris": chunk}, ensure_ascii=False, separators=(",", ":"))
        db.execute(insert(cadangan), {"nomor": nomor, "lembar": lembar, "tindakan": tindakan, "isi": isi})


def sign(
    db: Connection, uploads: Sequence[tuple[int, str]], *, digest: str, now: dt.datetime, national: bool
) -> None:
    """Say at the end which import this was: its rows of unggahan (id, kode_provinsi) and the mark it found."""
    _put(db, UPLOADS, BARU, ("id", "kode_provinsi"), uploads)
    found = select(schema.meta.c.kunci, schema.meta.c.nilai).where(schema.meta.c.kunci == connection.MIXED)
    _put(db, MARK, BERUBAH, ("kunci", "nilai"), map(tuple, db.execute(found).all()))
    head = (
        digest,
        now.replace(tzinfo=None).isoformat(),
        sorted(code for _, code in uploads),
        national,
    )
    _put(db, HEAD, BARU, ("digest", "waktu", "provinsi", "nasional"), [head])


# --- looking and taking back -------------------------------------------------------------------------------------


def last_import(engine: Engine) -> LastImport | None:
    """The import that can be undone, or None; raises UserError when the database cannot be read."""
    connection.check_version(engine)
    with engine.connect() as db:
        return _head(db)


def _head(db: Connection) -> LastImport | None:
    if not inspect(db).has_table(cadangan.name):
        return None
    for digest, waktu, provinces, national in _kept(db, HEAD, BARU):
        return LastImport(
            digest=digest,
            waktu=dt.datetime.fromisoformat(waktu),
            provinces=tuple(provinces),
            national=national,
        )
    return None


def take_back(
    engine: Engine, *, allowed_provinces: tuple[str, ...] | None = None, expected: LastImport | None = None
) -> LastImport:
    """Undo the last import as a whole, in one transaction, and return which one it was.

    `expected` is the import the user was shown. Raises AccessRefused for an import that touched more than
    `allowed_provinces` (None: all), UserError when there is none, it is another one, or the database is locked.
    """
    connection.check_version(engine)
    try:
        with engine.begin() as db:
            store.lock(db)
            last = _head(db)
            if last is None:
                raise UserError(NOTHING)
            if not last.is_within(allowed_provinces):
                raise AccessRefused(
                    "Impor terakhir menyentuh data di luar wilayah Anda; hanya pengelola data yang dapat "
                    "membatalkannya."
                )
            if expected not in (None, last):
                raise UserError("Sementara itu ada impor lain; lihat lagi impor mana yang akan dibatalkan.")
            _restore(db)
            return last
    except OperationalError as error:
        raise UserError(
            "Basis data tidak dapat ditulis (terputus, atau terkunci oleh impor lain); tidak ada yang dibatalkan. "
            "Coba lagi sebentar lagi."
        ) from error
    except IntegrityError as error:
        raise UserError(
            "Impor terakhir tidak dapat dibatalkan: isi basis data sudah diubah sesudahnya dengan cara lain. Tidak ada "
            "yang berubah."
        ) from error


def _restore(db: Connection) -> None:
    tables = [schema.metadata.tables[sheet] for sheet in schema.SHEETS]
    # PostgreSQL would look for the cases of each pendamping among the dead rows; SQLite has no such rows.
    later = bulk.foreign_keys_later(db, tables) if db.dialect.name == "postgresql" else nullcontext()
    with later:
        for table in tables:
            for names, rows in _lines(db, table.name, HILANG):
                bulk.insert_tuples(db, table, names, map(tuple, rows))
        for table in tables:
            _write_back(db, table)
        uploads = [id_unggahan for id_unggahan, _ in _kept(db, UPLOADS, BARU)]
        for table in reversed(tables):
            _remove_new(db, table, uploads)
        db.execute(delete(schema.unggahan).where(schema.unggahan.c.id.in_(uploads)))
    db.execute(delete(schema.meta).where(schema.meta.c.kunci == connection.MIXED))
    for kunci, nilai in _kept(db, MARK, BERUBAH):
        db.execute(insert(schema.meta), {"kunci": kunci, "nilai": nilai})
    db.execute(delete(cadangan))


def _write_back(db: Connection, table: Table) -> None:
    keys = columns.key(table.name)
    for names, rows in _lines(db, table.name, BERUBAH):
        values = [name for name in names if name not in keys]
        order = [names.index(name) for name in (*values, *keys)]
        statement = (
            f"UPDATE {table.name} SET {bulk.equalities(values, between=', ')} "  # noqa: S608  our own schema
            f"WHERE {bulk.equalities(keys)}"
        )
        bulk.run_many(db, statement, (tuple(row[place] for place in order) for row in rows))


def _remove_new(db: Connection, table: Table, uploads: Sequence[int]) -> None:
    """Remove the new rows of a table; changed cases have their former id_unggahan again by now."""
    kasus = schema.kasus
    ours = kasus.c.id_unggahan.in_(uploads)
    if table is kasus:
        db.execute(delete(kasus).where(ours))
        return
    if "id_kasus" in columns.key(table.name):
        of_new = select(kasus.c.id_kasus).where(
            ours, kasus.c.kode_provinsi == table.c.kode_provinsi, kasus.c.id_kasus == table.c.id_kasus
        )
        db.execute(delete(table).where(of_new.exists()))
    for names, rows in _lines(db, table.name, BARU):
        statement = f"DELETE FROM {table.name} WHERE {bulk.equalities(names)}"  # noqa: S608  our own schema
        bulk.run_many(db, statement, map(tuple, rows))


def _kept(db: Connection, lembar: str, tindakan: str) -> Iterator[list]:
    for _, rows in _lines(db, lembar, tindakan):
        yield from rows


def _lines(db: Connection, lembar: str, tindakan: str) -> Iterator[tuple[list[str], list[list]]]:
    """The kept rows with their column names, a line at a time, so that they are never all in memory."""
    own = (cadangan.c.lembar == lembar) & (cadangan.c.tindakan == tindakan)
    for nomor in db.execute(select(cadangan.c.nomor).where(own).order_by(cadangan.c.nomor)).scalars().all():
        isi = json.loads(db.execute(select(cadangan.c.isi).where(cadangan.c.nomor == nomor)).scalar_one())
        yield isi["kolom"], isi["baris"]
