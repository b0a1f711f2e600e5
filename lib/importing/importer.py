"""Import of filled workbooks into the case database: one upload, one transaction, one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from lib.database import connection as database
from lib.database import schema
from lib.domain import UserError
from lib.importing import checks, checks_optional, columns, forgiving, plan, reader, rules, store
from lib.importing.checks import Checked, Known
from lib.importing.columns import KASUS, KETERANGAN, NASIONAL, OPTIONAL, PENDAMPING, TARGET
from lib.importing.plan import Plan
from lib.importing.reader import SheetRows, Upload
from lib.importing.store import LastUpload

DITERIMA = "diterima"
SEBAGIAN = "sebagian"
DITOLAK_BERKAS = "ditolak_berkas"
COUNTED = ("baru", "berubah", "sama", "ditolak", "peringatan", "hilang")
_KNOWN_CASE = ("kode_provinsi", "id_kasus", "id_klien", "kode_jenis", "tanggal_terdata")


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did (or, with dry_run, would do).

    status: diterima | sebagian | ditolak_berkas. counts: rows by table and kind (COUNTED); "peringatan" are
    accepted rows with a warning, "hilang" rows deleted by replace. problems: lembar, baris, kolom, nilai,
    alasan, tingkat. refusal: why the file was refused, else None. notes: further sentences.
    """

    status: str
    counts: dict[str, dict[str, int]]
    problems: pd.DataFrame
    digest: str
    refusal: str | None = None
    notes: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One upload on its way: what was asked, what was read, and the accepted rows of keterangan by province."""

    now: dt.datetime
    dry_run: bool
    replace: bool
    allowed: tuple[str, ...] | None
    max_bad_percent: int
    upload: Upload
    keterangan: Checked
    sent: pd.DataFrame
    rows: dict[str, SheetRows]


def import_files(
    engine: Engine,
    paths: Sequence[Path],
    *,
    now: dt.datetime,
    dry_run: bool = False,
    replace: bool = False,
    into_simulated: bool = False,
    allowed_provinces: tuple[str, ...] | None = None,
    max_bad_percent: int = checks.MAX_BAD_PERCENT,
) -> ImportReport:
    """Check files and write their accepted rows, all in one transaction.

    An upload is an increment: rows are inserted or updated by key, what is absent stays. With `replace` the
    rows of a sent province that are absent from the files are deleted; an optional sheet without rows of the
    province, and the national rows of target, replace nothing. Rows of provinces outside `allowed_provinces`
    (None: all) are refused, and so is a file with more than `max_bad_percent` wrong rows.
    A refused file is a report with its reason, never an error.
    Raises UserError when the database cannot be used or written.
    """
    database.check_version(engine)
    if database.is_simulated(engine) and not into_simulated:
        return _refused(
            "Basis data ini berisi data simulasi; data nyata tidak dicampur ke dalamnya. Pakai basis data lain "
            "(TUNTAS_DB). --ke-simulasi hanya untuk mencoba; sesudahnya layar memerlukan masuk.",
            dry_run=dry_run,
        )
    try:
        upload = reader.read_files(paths)
    except UserError as error:
        return _refused(str(error), dry_run=dry_run)
    refused = _refused_shape(upload, replace=replace, dry_run=dry_run)
    if refused:
        return refused
    try:
        rows = forgiving.sheets(upload.parts)
    except UserError as error:
        return _refused(str(error), digest=upload.digest, dry_run=dry_run)
    if not any(len(rows[sheet].frame) for sheet in schema.SHEETS) or rows[KETERANGAN].frame.empty:
        return _refused(
            "Berkas tidak berisi data: isi lembar keterangan (satu baris per provinsi) dan lembar kasus, "
            "pendamping, atau lembar lain dari templat, lalu kirim lagi.",
            digest=upload.digest,
            dry_run=dry_run,
        )
    keterangan = checks.check_keterangan(rows[KETERANGAN], today=now.date(), allowed=allowed_provinces)
    job = _Job(
        now=now,
        dry_run=dry_run,
        replace=replace,
        allowed=allowed_provinces,
        max_bad_percent=max_bad_percent,
        upload=upload,
        keterangan=keterangan,
        sent=keterangan.accepted_rows().set_index("kode_provinsi"),
        rows=rows,
    )
    return _in_transaction(engine, job)


def _refused(
    sentence: str,
    *,
    dry_run: bool,
    digest: str = "",
    problems: pd.DataFrame | None = None,
    counts: dict | None = None,
) -> ImportReport:
    return ImportReport(
        status=DITOLAK_BERKAS,
        counts=counts or {},
        problems=rules.no_problems() if problems is None else problems,
        digest=digest,
        refusal=sentence,
        dry_run=dry_run,
    )


def _refused_shape(upload: Upload, *, replace: bool, dry_run: bool) -> ImportReport | None:
    """Refuse files with missing sheets or wrong headers."""
    sheets = {part.sheet for part in upload.parts}
    missing = [KETERANGAN] if KETERANGAN not in sheets else []
    if replace:
        missing += [sheet for sheet in (KASUS, PENDAMPING) if sheet not in sheets]
    if not missing and not sheets.intersection(schema.SHEETS):
        missing = [KASUS]
    if missing:
        extra = " (--ganti memerlukan lembar keterangan, kasus, dan pendamping)" if replace else ""
        sentence = f"Lembar {' dan '.join(missing)} tidak ada{extra}; pakai templat dari perintah `templat`."
        return _refused(sentence, digest=upload.digest, dry_run=dry_run)
    problems = checks.header_problems(upload.parts)
    if problems.empty:
        return None
    named = [
        f"{row.lembar}.{row.kolom or '(tanpa judul)'}: {row.alasan}" for row in problems.head(5).itertuples()
    ]
    more = f" Masih ada {len(problems) - 5} lagi di laporan." if len(problems) > 5 else ""
    sentence = f"Judul kolom tidak sesuai templat. {' '.join(named)}{more}"
    return _refused(sentence, digest=upload.digest, dry_run=dry_run, problems=problems)


def _in_transaction(engine: Engine, job: _Job) -> ImportReport:
    try:
        # Without a write to commit, a dry run ends in a rollback by leaving the connection.
        with engine.connect() if job.dry_run else engine.begin() as connection:
            if not job.dry_run:
                store.lock(connection)
            store.prepare_reading(connection)
            done = _run(connection, job)
            if not job.dry_run and done.status != DITOLAK_BERKAS:
                database.mark_mixed(connection)
            return done
    except OperationalError as error:
        raise UserError(
            "Basis data tidak dapat dibaca atau ditulis (terkunci atau terputus); tidak ada yang disimpan. "
            "Coba lagi."
        ) from error


def _run(connection: Connection, job: _Job) -> ImportReport:
    provinces = sorted(job.sent.index)
    if not provinces:
        first = job.keterangan.problems.iloc[0]
        return _refused(
            f"Tidak ada baris yang sah di lembar keterangan. Baris {first['baris']}, kolom {first['kolom']}: "
            f"{first['alasan']}",
            digest=job.upload.digest,
            dry_run=job.dry_run,
            problems=job.keterangan.problems,
        )
    last = store.last_uploads(connection, provinces)
    older = [] if job.replace else [code for code in provinces if _is_older(job, code, last)]
    if older:
        return _refused(
            _older_sentence(job, older, last),
            digest=job.upload.digest,
            dry_run=job.dry_run,
            problems=job.keterangan.problems,
        )
    known = _known(connection, job, provinces)
    checked = _check(job, known)
    problems = pd.concat([sheet.problems for sheet in checked.values()], ignore_index=True)
    counts = _counts(checked)
    written = [checked[sheet] for sheet in schema.SHEETS]
    if 100 * checks.bad_share(written) > job.max_bad_percent:
        bad = sum(counts[sheet]["ditolak"] for sheet in schema.SHEETS)
        total = sum(len(sheet.accepted) for sheet in written)
        return _refused(
            f"Berkas ditolak seluruhnya: {bad} dari {total} baris salah, batasnya "
            f"{job.max_bad_percent} %. Perbaiki menurut laporan lalu kirim lagi.",
            digest=job.upload.digest,
            dry_run=job.dry_run,
            problems=problems,
            counts=counts,
        )
    notes = [*_unread(job.upload), *_write_all(connection, job, checked, last, counts)]
    return ImportReport(
        status=DITERIMA if all(sheet.accepted.all() for sheet in checked.values()) else SEBAGIAN,
        counts=counts,
        problems=problems,
        digest=job.upload.digest,
        notes=tuple(notes),
        provinces=tuple(provinces),
        dry_run=job.dry_run,
    )


def _write_all(
    connection: Connection,
    job: _Job,
    checked: dict[str, Checked],
    last: dict[str, LastUpload],
    counts: dict[str, dict[str, int]],
) -> list[str]:
    """Compare and write province by province (a dry run only compares); adds to `counts`, returns notes."""
    places = plan.positions(checked)
    notes, again = [], []
    for code in sorted(job.sent.index):
        change = plan.compare(connection, checked, places, code, replace=job.replace)
        _tally(counts, change)
        notes += change.notes
        if change.changes_nothing() and _is_last(job, code, last):
            again.append(code)
        elif not job.dry_run:
            id_unggahan = store.add_upload(connection, _upload_values(job, checked, code))
            _write(connection, change, id_unggahan=id_unggahan, tanggal_data=_data_date(job, code))
    national = plan.compare(connection, checked, places, NASIONAL, replace=False)
    _tally(counts, national)
    if not job.dry_run:
        # Rows of the whole country belong to no province's upload.
        _write(connection, national)
    if again:
        notes.append(
            f"Berkas ini sudah diimpor sebelumnya untuk provinsi {', '.join(again)}; tidak ada yang berubah dan "
            "tidak ada unggahan baru dicatat."
        )
    return notes


def _data_date(job: _Job, code: str) -> dt.date:
    return dt.date.fromisoformat(job.sent.loc[code, "tanggal_data"])


def _known(connection: Connection, job: _Job, provinces: list[str]) -> Known:
    """What the database holds and will keep: with replace, only keys that the file has too."""
    names = {PENDAMPING: columns.key(PENDAMPING), KASUS: _KNOWN_CASE}
    held = {}
    for sheet, wanted in names.items():
        frame = store.rows_as_text(connection, schema.metadata.tables[sheet], wanted, provinces)
        if job.replace:
            in_file = rules.joined_key(job.rows[sheet].frame, columns.key(sheet))
            frame = frame[rules.among(rules.joined_key(frame, columns.key(sheet)), in_file)]
        held[sheet] = frame
    return Known(pendamping=held[PENDAMPING], kasus=held[KASUS])


def _check(job: _Job, known: Known) -> dict[str, Checked]:
    data_dates = pd.to_datetime(job.sent["tanggal_data"], format="%Y-%m-%d")
    pendamping = checks.check_pendamping(job.rows[PENDAMPING], data_dates=data_dates, allowed=job.allowed)
    kasus = checks.check_kasus(
        job.rows[KASUS], data_dates=data_dates, allowed=job.allowed, pendamping=pendamping, known=known
    )
    target = checks_optional.check_target(job.rows[TARGET], data_dates=data_dates, allowed=job.allowed)
    services = {
        sheet: checks_optional.check_services(
            job.rows[sheet],
            data_dates=data_dates,
            allowed=job.allowed,
            pendamping=pendamping,
            kasus=kasus,
            known=known,
        )
        for sheet in OPTIONAL
        if sheet != TARGET
    }
    return {
        KETERANGAN: job.keterangan,
        PENDAMPING: pendamping,
        KASUS: kasus,
        **services,
        TARGET: target,
    }


def _is_older(job: _Job, code: str, last: dict[str, LastUpload]) -> bool:
    return code in last and _data_date(job, code) < last[code].largest


def _older_sentence(job: _Job, older: list[str], last: dict[str, LastUpload]) -> str:
    named = ", ".join(
        f"provinsi {code} sudah sampai {last[code].largest.isoformat()}, berkas ini sampai "
        f"{_data_date(job, code).isoformat()}"
        for code in older
    )
    return (
        f"Berkas lebih lama daripada data yang ada: {named}. Kirim data yang lebih baru, atau pakai --ganti."
    )


def _is_last(job: _Job, code: str, last: dict[str, LastUpload]) -> bool:
    before = last.get(code)
    sent = (job.upload.digest, _data_date(job, code))
    return before is not None and (before.digest, before.tanggal_data) == sent


def _write(
    connection: Connection,
    change: Plan,
    *,
    id_unggahan: int | None = None,
    tanggal_data: dt.date | None = None,
) -> None:
    for sheet in schema.SHEETS:
        # Only a case carries the upload.
        ours = {"id_unggahan": id_unggahan} if sheet == KASUS else {}
        first = ours | ({"tanggal_pertama_masuk": tanggal_data} if sheet == KASUS else {})
        store.insert_rows(connection, sheet, change.new[sheet], first)
        store.update_rows(connection, sheet, change.changed[sheet], ours)
    for sheet in reversed(schema.SHEETS):
        if sheet in change.vanish:
            store.delete_rows(connection, sheet, change.vanish[sheet])


def _upload_values(job: _Job, checked: dict[str, Checked], code: str) -> dict:
    since = job.sent.loc[code, "lengkap_sejak"]
    own = [checked[sheet].rows.frame[columns.area(sheet)].eq(code).to_numpy() for sheet in schema.SHEETS]
    refused = [mask & ~checked[sheet].accepted for mask, sheet in zip(own, schema.SHEETS, strict=True)]
    return {
        "kode_provinsi": code,
        "tanggal_data": _data_date(job, code),
        "lengkap_sejak": dt.date.fromisoformat(since) if since else None,
        "waktu": job.now.replace(tzinfo=None),
        "digest": job.upload.digest,
        "baris": sum(int(mask.sum()) for mask in own),
        "ditolak": sum(int(mask.sum()) for mask in refused),
    }


def _counts(checked: dict[str, Checked]) -> dict[str, dict[str, int]]:
    counts = {}
    for sheet, result in checked.items():
        warned = result.problems[result.problems["tingkat"] == rules.PERINGATAN]
        counts[sheet] = dict.fromkeys(COUNTED, 0) | {
            "ditolak": int((~result.accepted).sum()),
            "peringatan": len(warned[["lembar", "baris"]].drop_duplicates()),
        }
    return counts


def _tally(counts: dict[str, dict[str, int]], change: Plan) -> None:
    for sheet in schema.SHEETS:
        counts[sheet]["baru"] += len(change.new[sheet])
        counts[sheet]["berubah"] += len(change.changed[sheet])
        counts[sheet]["sama"] += change.same[sheet]
        counts[sheet]["hilang"] += len(change.vanish.get(sheet, ()))
    for table, number in change.vanish_children.items():
        counts.setdefault(table, dict.fromkeys(COUNTED, 0))["hilang"] += number


def _unread(upload: Upload) -> tuple[str, ...]:
    return tuple(f"Lembar {name} tidak dikenal dan tidak dibaca." for name in upload.unread)
