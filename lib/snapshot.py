"""The snapshot ("potret"): one immutable DuckDB file per version, published by replacing a pointer file.

Readers open a version-named file read-only; a build is never visible before it is complete.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_sqlite.dbapi as adbc_sqlite
import duckdb
from sqlalchemy import Engine, column, create_engine, table
from sqlalchemy.exc import DBAPIError

from lib.database import connection, contract, contract_rules, fence, origins, storage
from lib.database.prepared import ProvinceData, prepared_cases, prepared_pendamping, province_dates
from lib.database.prepared_services import (
    prepared_attendance,
    prepared_components,
    prepared_referrals,
    prepared_targets,
)
from lib.domain import DataUnreadable, UserError
from lib.settings import VIEWS, Settings

# DuckDB loads extensions from the internet by default; a ministry's server must never ask outside.
OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
POINTER = "terbaru.json"
ROW_GROUP = 122_880  # cases that one thread of DuckDB takes at a time


@dataclass(frozen=True, kw_only=True)
class Built:
    """What a build has produced: version, number of case rows, seconds it took."""

    versi: str
    baris: int
    detik: float


def folder(settings: Settings) -> Path:
    """Where the versions lie."""
    return settings.data_folder / "potret"


def _is_name(versi: str) -> bool:
    return versi.replace("-", "").isalnum()


def version_path(settings: Settings, versi: str) -> Path:
    """The file of one version; raises UserError for a name that is not a version's."""
    if not _is_name(versi):
        raise UserError(f"Versi potret “{versi}” tidak dikenal; lihat daftar versi dengan `periksa`.")
    return folder(settings) / f"kasus-{versi}.duckdb"


def audit_path(settings: Settings, versi: str) -> Path:
    """Beside the file of a version: what its disclosure audit hides; removed with it."""
    return version_path(settings, versi).with_suffix(".samar.json")


def current_version(settings: Settings) -> str | None:
    """The published version, or None before the first; raises UserError when the pointer is damaged."""
    pointer = folder(settings) / POINTER
    try:
        versi = json.loads(pointer.read_text(encoding="utf-8"))["versi"]
        if not isinstance(versi, str):
            raise TypeError(f"not a version: {versi!r}")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataUnreadable(
            f"Penunjuk potret {POINTER} rusak; buat ulang dengan `python -m lib.cli potret`."
        ) from error
    if not _is_name(versi):
        raise DataUnreadable(
            f"Penunjuk potret “{versi[:80]}” dalam {POINTER} rusak; buat ulang dengan `python -m lib.cli potret`."
        )
    return versi


def versions(settings: Settings) -> list[str]:
    """All versions on disk, oldest first."""
    return sorted(path.stem.removeprefix("kasus-") for path in folder(settings).glob("kasus-*.duckdb"))


def build(
    settings: Settings,
    *,
    now: dt.datetime,
    progress: Callable[[float, str], None] | None = None,
) -> Built:
    """Copy the case database into a new version and publish it; raises UserError when it cannot be read.

    Rows are copied inside one read transaction, so that a running import is seen whole or not at all. id_klien
    stays in memory: the file only holds the days until the same client came back.
    """
    started = time.perf_counter()
    say = progress or (lambda share, text: None)
    engine = connection.read_engine(settings.database_url)
    contract.check(engine, kontrak=settings.kontrak)
    home = folder(settings)
    with storage.written():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        storage.remove_stale(home, now)
    say(0.1, "Menyalin basis data kasus …")
    memory = create_engine("duckdb:///:memory:", connect_args={"config": OFFLINE | {"temp_directory": ""}})
    unfinished = home / f".bangun-{os.getpid()}-{now:%Y%m%dT%H%M%S%f}.duckdb"
    try:
        with storage.written(), memory.connect() as target:
            raw = target.connection.dbapi_connection
            _copy_tables(engine, raw, kontrak=settings.kontrak)
            left_out = ""
            if settings.kontrak == VIEWS:
                left_out = contract_rules.accept(raw, limit=_limit(settings), today=now.date())
            say(0.5, "Menghitung lama kasus …")
            rows, digest = _write_version(
                target, raw, unfinished, settings=settings, now=now, left_out=left_out
            )
        versi = f"{now:%Y%m%dT%H%M%S}-{digest}"
        say(0.9, "Menerbitkan potret …")
        with storage.written():
            _publish(settings, unfinished, versi)
    finally:
        memory.dispose()
        engine.dispose()
        for path in (unfinished, unfinished.with_name(f"{unfinished.name}.wal")):
            path.unlink(missing_ok=True)
    _keep_last(settings)
    return Built(versi=versi, baris=rows, detik=time.perf_counter() - started)


def _copy_tables(engine: Engine, raw, *, kontrak: str) -> None:
    try:
        readings = contract.readings(engine, kontrak=kontrak)
        if engine.dialect.name == "sqlite":
            path = connection.sqlite_path(engine)
            with (
                closing(adbc_sqlite.connect(f"file:{path}?mode=ro")) as source,
                closing(source.cursor()) as cursor,
            ):
                # ADBC opens a transaction of its own: all tables are read from one state.
                _copy_all(cursor, raw, readings)
        elif engine.dialect.name == "postgresql":
            _copy_postgresql(engine, raw, readings)
        else:
            raise UserError(
                f"Jenis basis data {engine.dialect.name} tidak didukung; gunakan SQLite atau PostgreSQL."
            )
        if kontrak == VIEWS:
            contract.complete(raw)
    except (adbc_sqlite.Error, DBAPIError, duckdb.Error) as error:
        raise DataUnreadable(
            "Basis data kasus tidak dapat disalin ke potret; periksa apakah berkas atau servernya baik."
        ) from error


def _copy_all(cursor, raw, readings: list[contract.Reading]) -> None:
    for reading in readings:
        cursor.execute(reading.statement)
        raw.register("baris_masuk", cursor.fetch_record_batch())
        raw.execute(f"CREATE TABLE {reading.table.name} AS SELECT {reading.typed} FROM baris_masuk")  # noqa: S608
        raw.unregister("baris_masuk")


def _copy_postgresql(engine: Engine, raw, readings: list[contract.Reading]) -> None:
    try:
        import adbc_driver_postgresql.dbapi as adbc_postgresql
    except ImportError as error:
        raise UserError(
            "Penggerak PostgreSQL belum terpasang; pasang dengan "
            "`pip install -r deploy/requirements-postgresql.txt`."
        ) from error
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(adbc_postgresql.connect(address)) as source, closing(source.cursor()) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(f"SET LOCAL lock_timeout = '{connection.LOCK_SECONDS}s'")
        # Who is not the owner would see no row, and publish a version without cases.
        cursor.execute(f"SET LOCAL tuntas.peran = '{fence.PROGRAM}'")
        _copy_all(cursor, raw, readings)


@contextmanager
def copied(settings: Settings) -> Iterator[Engine]:
    """The case database as it is now, in memory: its tables copied, nothing prepared, values of views not checked.

    Raises UserError when it cannot be read.
    """
    engine = connection.read_engine(settings.database_url)
    contract.check(engine, kontrak=settings.kontrak)
    memory = create_engine("duckdb:///:memory:", connect_args={"config": OFFLINE | {"temp_directory": ""}})
    try:
        with memory.connect() as target:
            _copy_tables(engine, target.connection.dbapi_connection, kontrak=settings.kontrak)
            yield memory
    finally:
        memory.dispose()
        engine.dispose()


def sifted(settings: Settings, *, now: dt.datetime) -> contract_rules.Sifted:
    """What a build would leave out of a ministry's views, and why; raises UserError when they cannot be read."""
    with copied(settings) as copy, copy.connect() as reader:
        raw = reader.connection.dbapi_connection
        return contract_rules.sift(raw, limit=_limit(settings), today=now.date())


def _limit(settings: Settings) -> int:
    """The percent of a view's rows that may break the contract: as many as of an import's."""
    return settings.ambang.batas_baris_ditolak


def _write_version(
    target, raw, path: Path, *, settings: Settings, now: dt.datetime, left_out: str
) -> tuple[int, str]:
    provinces = province_dates(target)
    meta = dict(raw.execute("SELECT kunci, nilai FROM meta").fetchall())
    cases = prepared_cases("duckdb", provinces, referral_resolves=settings.rujukan_penuh_terselesaikan)
    workers = prepared_pendamping("duckdb", provinces)
    written_cases = table("kasus", *(column(c.name, c.type) for c in cases.selected_columns), schema="potret")
    components = prepared_components("duckdb", provinces, written_cases)
    quoted = str(path).replace("'", "''")
    raw.execute(f"ATTACH '{quoted}' AS potret")
    for name, query, order in (
        ("kasus", cases, "tanggal_terdata, kode_provinsi, id_kasus"),
        ("pendamping", workers, "kode_provinsi, id_pendamping"),
        ("rujukan", prepared_referrals("duckdb", provinces), "tanggal_rujukan, kode_provinsi, id_kasus"),
        ("komponen", components, "tanggal_terdata, kode_provinsi, id_kasus, komponen"),
        ("kehadiran", prepared_attendance("duckdb", provinces), "bulan, kode_provinsi, id_pendamping"),
        ("target", prepared_targets(), "periode, kode_wilayah, kode_indikator"),
    ):
        written = query.compile(dialect=target.dialect, compile_kwargs={"literal_binds": True})
        raw.execute(f"CREATE TABLE potret.{name} AS SELECT * FROM ({written}) ORDER BY {order}")  # noqa: S608
    raw.execute(
        "CREATE TABLE potret.data_provinsi (kode_provinsi VARCHAR, tanggal_data DATE, lengkap_sejak DATE, "
        "tanpa_keterangan BOOLEAN, administratif INTEGER, lembar VARCHAR)"
    )
    raw.executemany(
        "INSERT INTO potret.data_provinsi VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                p.kode_provinsi,
                p.tanggal_data,
                p.lengkap_sejak,
                p.tanpa_keterangan,
                p.administratif,
                p.lembar,
            )
            for p in provinces
        ],
    )
    rows = raw.execute("SELECT count(*) FROM potret.kasus").fetchone()[0]
    digest = raw.execute(
        "SELECT coalesce((SELECT bit_xor(hash(k)) FROM potret.kasus k), 0::UBIGINT)"
    ).fetchone()[0]
    short = f"{digest % 16**6:06x}"
    raw.execute("CREATE TABLE potret.meta (kunci VARCHAR, nilai VARCHAR)")
    raw.executemany(
        "INSERT INTO potret.meta VALUES (?, ?)",
        [
            ("simulasi", meta["simulasi"]),
            (connection.MIXED, meta.get(connection.MIXED, "0")),
            ("versi_skema", meta["versi_skema"]),
            ("dibuat", now.isoformat(timespec="seconds")),
            ("rujukan_penuh_terselesaikan", str(int(settings.rujukan_penuh_terselesaikan))),
            ("sumber", origins.of(settings)[0]),
            ("dikeluarkan", left_out),
        ],
    )
    raw.commit()
    raw.execute("DETACH potret")
    return rows, short


def _publish(settings: Settings, unfinished: Path, versi: str) -> None:
    unfinished.chmod(0o600)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    published, home = version_path(settings, versi), folder(settings)
    pointer = home / f".{POINTER}.{os.getpid()}"
    again = published.exists()
    unfinished.replace(published)
    try:
        with pointer.open("w", encoding="utf-8") as written:
            json.dump({"versi": versi}, written)
            written.flush()
            os.fsync(written.fileno())
        pointer.replace(home / POINTER)
    except BaseException:
        pointer.unlink(missing_ok=True)
        if not again:
            # Nobody points to it: not to be taken for one of the last versions.
            published.unlink()
        raise
    directory = os.open(home, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _keep_last(settings: Settings) -> None:
    """Remove all but the last versions; an open reader keeps its file until it closes it."""
    current = current_version(settings)
    older = [versi for versi in versions(settings) if versi != current]
    for versi in older[: max(0, len(older) - (settings.simpan_terakhir - 1))]:
        version_path(settings, versi).unlink(missing_ok=True)
        audit_path(settings, versi).unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An open version: engine, version, whether simulated, when made, the provinces' data dates, and what of a
    ministry's views was left out (empty for nothing)."""

    engine: Engine
    versi: str
    simulasi: bool
    campuran: bool
    dibuat: str
    provinces: tuple[ProvinceData, ...]
    dikeluarkan: str = ""


def open_version(settings: Settings, versi: str, *, path: Path | None = None) -> Opened:
    """Open one version read-only, from `path` where it is kept elsewhere; raises UserError when the file is missing,
    damaged or of an older program."""
    path = path or version_path(settings, versi)
    if not path.is_file():
        raise DataUnreadable(
            f"Potret versi {versi} tidak ada; buat yang baru dengan `python -m lib.cli potret`."
        )
    engine = create_engine(
        f"duckdb:///{path}", connect_args={"read_only": True, "config": OFFLINE}, pool_size=4
    )
    try:
        with engine.connect() as reader:
            meta = dict(reader.exec_driver_sql("SELECT kunci, nilai FROM meta").all())
            found = reader.exec_driver_sql("SELECT * FROM data_provinsi ORDER BY kode_provinsi")
            known, rows = list(found.keys()), found.mappings().all()
            known += reader.exec_driver_sql("SELECT * FROM kasus LIMIT 0").keys()
            # With more threads than groups of rows a query only waits for idle ones: a sixth longer.
            cases = reader.exec_driver_sql("SELECT count(*) FROM kasus").scalar_one()
            usual = reader.exec_driver_sql("SELECT current_setting('threads')").scalar_one()
            reader.exec_driver_sql(f"SET threads = {max(1, min(usual, math.ceil(cases / ROW_GROUP)))}")
    except (DBAPIError, KeyError) as error:
        engine.dispose()
        raise DataUnreadable(
            f"Potret versi {versi} rusak atau tidak terbaca; buat ulang dengan `python -m lib.cli potret`."
        ) from error
    if not {"lembar", "kembar"} <= set(known):
        engine.dispose()
        raise DataUnreadable(
            f"Potret versi {versi} dibuat oleh program yang lebih lama; buat yang baru dengan "
            "`python -m lib.cli potret`."
        )
    if meta.get("sumber") not in origins.of(settings):
        engine.dispose()
        raise UserError(
            f"Potret versi {versi} dibuat dari basis data lain daripada yang diatur sekarang (TUNTAS_DB); buat yang "
            "baru dengan `python -m lib.cli potret`, atau pakai TUNTAS_DATA lain."
        )
    return Opened(
        engine=engine,
        versi=versi,
        simulasi=meta["simulasi"] == "1",
        campuran=meta.get(connection.MIXED) == "1",
        dibuat=meta["dibuat"],
        provinces=tuple(ProvinceData(**row) for row in rows),
        dikeluarkan=meta.get("dikeluarkan", ""),
    )
