"""Keeping the published version under a name: see `lib.versions`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import create_engine, insert, select

from lib import application, snapshot
from lib.application import riwayat
from lib.database import origins, storage
from lib.domain import UserError
from lib.settings import Settings
from lib.versions import (
    CASES,
    EVENTS,
    FORM,
    HIDDEN,
    HISTORY,
    RECORD,
    Kept,
    checked_name,
    definitions,
    digest_of,
    every,
    folder,
    program,
)


def keep(settings: Settings, name: str, *, by: str, now: dt.datetime) -> Kept:
    """Keep the published version under a name; `by` says who did it, as a role or "baris perintah".

    Raises UserError for a name that is no name or taken, for a version already kept, and where the version is not yet
    complete (riwayat or audit of small numbers missing) or another one has just been published.
    """
    name = checked_name(name)
    versi = snapshot.current_version(settings)
    if versi is None:
        raise UserError("Belum ada potret untuk disimpan; buat dengan `python -m lib.cli potret`.")
    _check_free(settings, name, versi)
    home = folder(settings)
    unfinished = home / f".bangun-{os.getpid()}-{now:%Y%m%dT%H%M%S%f}"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_left_behind(home, now)
        unfinished.mkdir(mode=0o700)
        kept = _gathered(settings, unfinished, name, versi, by=by, now=now)
        if snapshot.current_version(settings) != versi:
            raise UserError(
                f"Potret baru terbit saat {versi} sedang disimpan; ulangi, agar yang terbaru tersimpan."
            )
        _flushed(unfinished)
        # One renaming: a kept version is there whole or not at all.
        unfinished.rename(home / versi)
    except OSError as error:
        raise UserError(
            f"Potret {versi} tidak dapat disimpan ({error.strerror}); periksa ruang dan izin folder {home}."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return kept


def _check_free(settings: Settings, name: str, versi: str) -> None:
    for other in every(settings):
        if other.nama.casefold() == name.casefold():
            raise UserError(
                f"Nama “{other.nama}” sudah dipakai untuk versi {other.versi}; pilih nama lain, atau hapus dahulu "
                f'yang lama dengan `python -m lib.cli versi --hapus "{other.nama}"`.'
            )
        if other.versi == versi:
            raise UserError(f"Versi {versi} sudah disimpan dengan nama “{other.nama}”; buka dengan nama itu.")
    if (folder(settings) / versi).exists():
        raise UserError(
            f"Versi {versi} pernah disimpan tetapi catatannya rusak; hapus dahulu dengan "
            f"`python -m lib.cli versi --hapus {versi}`."
        )


def _gathered(settings: Settings, target: Path, name: str, versi: str, *, by: str, now: dt.datetime) -> Kept:
    """Put everything the figures of a version rest on into a folder, and its record."""
    audit = snapshot.audit_path(settings, versi)
    if not audit.is_file():
        raise UserError(
            f"Angka kecil potret {versi} belum selesai diperiksa; tunggu sebentar, atau buat potret baru dengan "
            "`python -m lib.cli potret`."
        )
    _linked(snapshot.version_path(settings, versi), target / CASES)
    shutil.copyfile(audit, target / HIDDEN)
    if settings.peristiwa.is_file():
        shutil.copyfile(settings.peristiwa, target / EVENTS)
    opened = snapshot.open_version(settings, versi, path=target / CASES)
    try:
        with opened.engine.connect() as reader:
            meta = dict(reader.exec_driver_sql("SELECT kunci, nilai FROM meta").all())
    finally:
        opened.engine.dispose()
    dates = [province.tanggal_data for province in opened.provinces if province.tanggal_data]
    rows = _history_of(settings, simulasi=opened.simulasi)
    if dates and not any(row["versi"] == versi for row in rows):
        raise UserError(
            f"Riwayat potret {versi} belum selesai disimpan; tunggu sebentar, atau buat potret baru dengan "
            "`python -m lib.cli potret`."
        )
    _write_history(target / HISTORY, rows)
    for path in target.iterdir():
        path.chmod(0o600)
    kept = Kept(
        nama=name,
        versi=versi,
        waktu=now.isoformat(timespec="seconds"),
        oleh=by,
        data_awal=min(dates).isoformat() if dates else None,
        data_akhir=max(dates).isoformat() if dates else None,
        simulasi=opened.simulasi,
        ukuran=sum(path.stat().st_size for path in target.iterdir()),
        pengaturan={
            "unit": settings.unit,
            "kementerian": settings.kementerian,
            "ambang": asdict(settings.ambang),
            "bobot": asdict(settings.bobot),
            "mutu": asdict(settings.mutu),
            # What the version was built with: a change of this setting is seen in the next version only.
            "rujukan_penuh_terselesaikan": meta["rujukan_penuh_terselesaikan"] == "1",
        },
        definisi=definitions(),
        program=program(),
        berkas={path.name: digest_of(path) for path in sorted(target.iterdir())},
    )
    said = json.dumps(asdict(kept), ensure_ascii=False, sort_keys=True, indent=1)
    record = {"bentuk": FORM, "sidik": hashlib.sha256(said.encode()).hexdigest(), "isi": asdict(kept)}
    written = target / RECORD
    written.write_text(json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1), encoding="utf-8")
    written.chmod(0o600)
    return kept


def _linked(source: Path, target: Path) -> None:
    """The same file under another name, where the file system can; versions never change, so a copy is the same."""
    try:
        os.link(source, target)
    except FileNotFoundError as error:
        raise UserError(
            f"Berkas {source.name} tidak ada; buat potret baru dengan `python -m lib.cli potret`."
        ) from error
    except OSError:
        shutil.copyfile(source, target)


def _history_of(settings: Settings, *, simulasi: bool) -> list[dict]:
    """All rows of riwayat of this case database as they are now; each later import may overwrite some."""
    own = riwayat.c.sumber.in_(origins.of(settings)) & (riwayat.c.simulasi == simulasi)
    with application.reading(settings, riwayat) as connection:
        if connection is None:
            return []
        return [dict(row) for row in connection.execute(select(riwayat).where(own)).mappings()]


def _write_history(path: Path, rows: list[dict]) -> None:
    """The rows in a database of their own, in the form the riwayat is read in."""
    engine = create_engine(f"sqlite:///{path}")
    try:
        riwayat.create(engine)
        if rows:
            with engine.begin() as connection:
                connection.execute(insert(riwayat), rows)
    finally:
        engine.dispose()


def _flushed(target: Path) -> None:
    for path in target.iterdir():
        with path.open("rb") as written:
            os.fsync(written.fileno())


def _remove_left_behind(home: Path, now: dt.datetime) -> None:
    for path in home.glob(".bangun-*"):
        if now.timestamp() - path.stat().st_mtime > storage.STALE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
