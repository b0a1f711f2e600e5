"""Import of filled workbooks into the case database: one upload, one transaction, one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from lib.database import connection as database
from lib.database import schema
from lib.domain import UserError
from lib.importing import checks, checks_optional, columns, plan, rules, store, undo
from lib.importing.checks import Checked, Known
from lib.importing.columns import KASUS, KETERANGAN, NASIONAL, OPTIONAL, PENDAMPING, TARGET
from lib.importing.job import Job, Progress, Request, read
from lib.importing.outcome import COUNTED, DITERIMA, SEBAGIAN, VANISHING, ImportReport, refused
from lib.importing.outcome import DITOLAK_BERKAS as DITOLAK_BERKAS  # whoever imports asks here for all three
from lib.importing.plan import Plan
from lib.importing.reader import Upload
from lib.importing.store import LastUpload

# How many keys a report names of what vanishes.
NAMED_KEYS = 10
LOCKED = (
    "Basis data tidak dapat dibaca atau ditulis (terputus, atau terkunci oleh impor lain); tidak ada yang disimpan. "
    "Coba lagi sebentar lagi."
)
FULL = (
    "Basis data tidak dapat ditulis karena ruang simpannya penuh; tidak ada yang disimpan. Kosongkan ruang, lalu impor "
    "lagi."
)
_KNOWN_CASE = ("kode_provinsi", "id_kasus", "id_klien", "kode_jenis", "tanggal_terdata")


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
    expected_digest: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Check files and write their accepted rows, all in one transaction.

    An upload is an increment: rows are inserted or updated by key, what is absent stays. With `replace` the
    rows of a sent province that are absent from the files are deleted; an optional sheet without rows of the
    province, and the national rows of target, replace nothing. Rows of provinces outside `allowed_provinces`
    (None: all) are refused, and so is a file with more than `max_bad_percent` wrong rows, or with another digest than
    `expected_digest`. `progress` is told a share (0 to 1) and a sentence.
    A refused file is a report with its reason, never an error.
    Raises UserError when the database cannot be used or written.
    """
    asked = Request(
        now=now,
        dry_run=dry_run,
        replace=replace,
        into_simulated=into_simulated,
        allowed=allowed_provinces,
        max_bad_percent=max_bad_percent,
        expected_digest=expected_digest,
        progress=progress,
    )
    found = begin(engine, paths, asked)
    return found if isinstance(found, ImportReport) else _in_transaction(engine, found)


def begin(engine: Engine, paths: Sequence[Path], asked: Request) -> Job | ImportReport:
    """Look at the database's version and kind, then read the files; a report where nothing can be imported.

    Raises UserError when the database cannot be used.
    """
    database.check_version(engine)
    if database.is_simulated(engine) and not asked.into_simulated:
        return refused(
            "Basis data ini berisi data simulasi; data nyata tidak dicampur ke dalamnya. Pakai basis data lain "
            "(TUNTAS_DB). --ke-simulasi hanya untuk mencoba; sesudahnya layar memerlukan masuk.",
            dry_run=asked.dry_run,
        )
    return read(paths, asked)


def _in_transaction(engine: Engine, job: Job) -> ImportReport:
    try:
        # Without a write to commit, a dry run ends in a rollback by leaving the connection.
        with engine.connect() if job.dry_run else engine.begin() as connection:
            if not job.dry_run:
                store.lock(connection)
            return run(connection, job)
    except OperationalError as error:
        full = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL"
        raise UserError(FULL if full else LOCKED) from error


def run(connection: Connection, job: Job) -> ImportReport:
    """Check the rows of a job against the database and write them, inside the caller's locked transaction."""
    store.prepare_reading(connection)
    job.asked.say(0.4, "Memeriksa baris …")
    provinces = sorted(job.sent.index)
    if not provinces:
        first = job.keterangan.problems.iloc[0]
        return refused(
            f"Tidak ada baris yang sah di lembar keterangan. Baris {first['baris']}, kolom {first['kolom']}: "
            f"{first['alasan']}",
            digest=job.upload.digest,
            dry_run=job.dry_run,
            problems=job.keterangan.problems,
        )
    last = store.last_uploads(connection, provinces)
    older = [] if job.replace else [code for code in provinces if _is_older(job, code, last)]
    if older:
        return refused(
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
    if 100 * checks.bad_share(written) > job.asked.max_bad_percent:
        bad = sum(counts[sheet]["ditolak"] for sheet in schema.SHEETS)
        total = sum(len(sheet.accepted) for sheet in written)
        return refused(
            f"Berkas ditolak seluruhnya: {bad} dari {total} baris salah, batasnya "
            f"{job.asked.max_bad_percent} %. Perbaiki menurut laporan lalu kirim lagi.",
            digest=job.upload.digest,
            dry_run=job.dry_run,
            problems=problems,
            counts=counts,
        )
    vanishing: list[tuple] = []
    notes = [*_unread(job.upload), *_write_all(connection, job, checked, last, counts, vanishing)]
    if not job.dry_run:
        database.mark_mixed(connection)
    return ImportReport(
        status=DITERIMA if all(sheet.accepted.all() for sheet in checked.values()) else SEBAGIAN,
        counts=counts,
        problems=problems,
        digest=job.upload.digest,
        notes=tuple(notes),
        provinces=tuple(provinces),
        dry_run=job.dry_run,
        vanishing=pd.DataFrame(vanishing, columns=list(VANISHING)),
        checked=checked,
    )


def _write_all(
    connection: Connection,
    job: Job,
    checked: dict[str, Checked],
    last: dict[str, LastUpload],
    counts: dict[str, dict[str, int]],
    vanishing: list[tuple],
) -> list[str]:
    """Compare and write province by province (a dry run only compares); adds to `counts` and `vanishing`.

    What stands in the way of undoing the import is kept in the same transaction. Returns notes.
    """
    places = plan.positions(checked)
    notes, again, uploads, codes = [], [], [], sorted(job.sent.index)
    # Rows of the whole country belong to no province's upload.
    national = plan.compare(connection, checked, places, NASIONAL, replace=False)
    kept = False
    with store.inserting(connection) as insert:
        for number, code in enumerate((*codes, NASIONAL)):
            job.asked.say(0.5 + 0.5 * number / (len(codes) + 1), _doing(job, code))
            change = (
                national
                if code == NASIONAL
                else plan.compare(connection, checked, places, code, replace=job.replace)
            )
            _tally(counts, change)
            vanishing += _vanishing(change)
            notes += change.notes
            if change.changes_nothing() and (code == NASIONAL or _is_last(job, code, last)):
                again += [code] if code != NASIONAL else []
            elif not job.dry_run:
                if not kept:
                    undo.begin(connection)
                    kept = True
                undo.keep(connection, change)
                if code == NASIONAL:
                    _write(connection, change, insert)
                else:
                    uploads.append((store.add_upload(connection, _upload_values(job, checked, code)), code))
                    own = {"id_unggahan": uploads[-1][0], "tanggal_data": _data_date(job, code)}
                    _write(connection, change, insert, **own)
    if kept:
        undo.sign(
            connection,
            uploads,
            digest=job.upload.digest,
            now=job.asked.now,
            national=not national.changes_nothing(),
        )
    if again:
        notes.append(
            f"Berkas ini sudah diimpor sebelumnya untuk provinsi {', '.join(again)}; tidak ada yang berubah dan "
            "tidak ada unggahan baru dicatat."
        )
    return notes


def _doing(job: Job, code: str) -> str:
    what = "Membandingkan" if job.dry_run else "Membandingkan dan menulis"
    return f"{what} baris nasional …" if code == NASIONAL else f"{what} provinsi {code} …"


def _vanishing(change: Plan) -> list[tuple]:
    """What replace deletes of a province, by table: how many rows, and the first of their keys."""
    found = [
        (
            change.kode_wilayah,
            sheet,
            len(gone),
            ", ".join(gone[columns.key(sheet)[-1]].iloc[:NAMED_KEYS]) if sheet in (KASUS, PENDAMPING) else "",
        )
        for sheet, gone in change.vanish.items()
    ]
    found += [(change.kode_wilayah, table, number, "") for table, number in change.vanish_children.items()]
    return [each for each in found if each[2]]


def _data_date(job: Job, code: str) -> dt.date:
    return dt.date.fromisoformat(job.sent.loc[code, "tanggal_data"])


def _known(connection: Connection, job: Job, provinces: list[str]) -> Known:
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


def _check(job: Job, known: Known) -> dict[str, Checked]:
    data_dates = pd.to_datetime(job.sent["tanggal_data"], format="%Y-%m-%d")
    pendamping = checks.check_pendamping(
        job.rows[PENDAMPING], data_dates=data_dates, allowed=job.asked.allowed
    )
    kasus = checks.check_kasus(
        job.rows[KASUS], data_dates=data_dates, allowed=job.asked.allowed, pendamping=pendamping, known=known
    )
    asked = {"data_dates": data_dates, "allowed": job.asked.allowed}
    parents = {"pendamping": pendamping, "kasus": kasus, "known": known}

    def optional(sheet: str) -> Checked:
        rows = job.rows[sheet]
        if rows.frame.empty:
            return Checked(rows=rows, accepted=np.zeros(0, dtype=bool), problems=rules.no_problems())
        if sheet == TARGET:
            return checks_optional.check_target(rows, **asked)
        return checks_optional.check_services(rows, **asked, **parents)

    return {
        KETERANGAN: job.keterangan,
        PENDAMPING: pendamping,
        KASUS: kasus,
        **{sheet: optional(sheet) for sheet in OPTIONAL},
    }


def _is_older(job: Job, code: str, last: dict[str, LastUpload]) -> bool:
    return code in last and _data_date(job, code) < last[code].largest


def _older_sentence(job: Job, older: list[str], last: dict[str, LastUpload]) -> str:
    named = ", ".join(
        f"provinsi {code} sudah sampai {last[code].largest.isoformat()}, berkas ini sampai "
        f"{_data_date(job, code).isoformat()}"
        for code in older
    )
    return (
        f"Berkas lebih lama daripada data yang ada: {named}. Kirim data yang lebih baru, atau pakai --ganti."
    )


def _is_last(job: Job, code: str, last: dict[str, LastUpload]) -> bool:
    before = last.get(code)
    sent = (job.upload.digest, _data_date(job, code))
    return before is not None and (before.digest, before.tanggal_data) == sent


def _write(
    connection: Connection,
    change: Plan,
    insert: store.Inserter,
    *,
    id_unggahan: int | None = None,
    tanggal_data: dt.date | None = None,
) -> None:
    for sheet in schema.SHEETS:
        # Only a case carries the upload.
        ours = {"id_unggahan": id_unggahan} if sheet == KASUS else {}
        first = ours | ({"tanggal_pertama_masuk": tanggal_data} if sheet == KASUS else {})
        insert(sheet, change.new[sheet], first)
        store.update_rows(connection, sheet, change.changed[sheet], ours)
    for sheet in reversed(schema.SHEETS):
        if sheet in change.vanish:
            store.delete_rows(connection, sheet, change.vanish[sheet])


def _upload_values(job: Job, checked: dict[str, Checked], code: str) -> dict:
    since = job.sent.loc[code, "lengkap_sejak"]
    own = [checked[sheet].rows.frame[columns.area(sheet)].eq(code).to_numpy() for sheet in schema.SHEETS]
    refused = [mask & ~checked[sheet].accepted for mask, sheet in zip(own, schema.SHEETS, strict=True)]
    return {
        "kode_provinsi": code,
        "tanggal_data": _data_date(job, code),
        "lengkap_sejak": dt.date.fromisoformat(since) if since else None,
        "waktu": job.asked.now.replace(tzinfo=None),
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
    names = rules.cut(pd.Series(upload.unread, dtype=columns.TEXT))
    return tuple(f"Lembar {name} tidak dikenal dan tidak dibaca." for name in names)
