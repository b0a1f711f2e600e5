"""Refused rows (karantina) in the application database, until an import accepts their key or somebody removes them.

Only the template's own columns are kept. A cell may hold anything where a row was refused: what looks like a NIK is not
kept, and nothing of it goes into a log.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from lib import application, reference
from lib.domain import Scope
from lib.importing import columns, rules
from lib.importing.checks import Checked
from lib.importing.outcome import ImportReport
from lib.intake.log import Place
from lib.settings import Settings

CHUNK = 5_000
LONGEST_KEY, LONGEST_REASON = 200, 1000
COLUMNS = ("nomor", "waktu", "kode_provinsi", "lembar", "baris", "alasan", "isi", "digest")
karantina = Table(
    "karantina",
    application.metadata,
    Column("nomor", Integer, primary_key=True, autoincrement=True),
    Column("sumber", String(16), nullable=False),
    Column("simulasi", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("waktu", DateTime, nullable=False),
    # None where the row named no province of the country.
    Column("kode_provinsi", String(2), index=True),
    Column("lembar", String(12), nullable=False),
    Column("baris", Integer, nullable=False),
    Column("kunci", String(LONGEST_KEY)),
    Column("isi", Text, nullable=False),
    Column("alasan", String(LONGEST_REASON), nullable=False),
    # The lines of the log: which import refused the row, which later one accepted its key (hidden since then, until
    # that one can no longer be undone).
    Column("dari", Integer, nullable=False),
    Column("selesai", Integer),
)


def keep(
    db: Connection,
    place: Place,
    report: ImportReport,
    *,
    now: dt.datetime,
    line: int,
    allowed: tuple[str, ...] | None,
) -> int:
    """Take an import's refused rows in and let go what it accepted or refused again (by key); says how many it took.

    Rows of provinces outside `allowed` (None: all) are not the sender's and are not kept.
    """
    own, taken = _of(place), 0
    # What the import before had settled is settled for good: that one can no longer be undone.
    db.execute(delete(karantina).where(own, karantina.c.selesai.is_not(None)))
    named = (karantina.c.nomor, karantina.c.lembar, karantina.c.kunci, karantina.c.digest)
    known = db.execute(select(*named).where(own)).all()
    for sheet, checked in report.checked.items():
        own_rows = [row for row in known if row.lembar == sheet]
        keys = pd.Series([row.kunci for row in own_rows], dtype="str")
        sent = rules.among(keys, rules.joined_key(checked.rows.frame, columns.key(sheet)))
        again = [
            row.nomor
            for row, found in zip(own_rows, sent, strict=True)
            if found or row.digest == report.digest
        ]
        for chunk in _chunks(again):
            db.execute(update(karantina).where(karantina.c.nomor.in_(chunk)).values(selesai=line))
        reasons = _reasons(report.problems, checked)
        waktu = now.astimezone(dt.UTC).replace(tzinfo=None)
        rows = [
            row
            | {
                "sumber": place.sumber[0],
                "simulasi": place.simulasi,
                "digest": report.digest,
                "waktu": waktu,
                "lembar": sheet,
                "dari": line,
            }
            for row in _refused(sheet, checked, reasons, report.provinces, allowed)
        ]
        if rows:
            db.execute(insert(karantina), rows)
            taken += len(rows)
    return taken


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Databases take a limited number of values in one statement."""
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]


def _of(place: Place) -> ColumnElement[bool]:
    return and_(karantina.c.sumber.in_(place.sumber), karantina.c.simulasi == place.simulasi)


def _reasons(problems: pd.DataFrame, checked: Checked) -> dict[tuple[str, int], str]:
    """By sheet label and row number: every reason why the row was refused."""
    own = problems[problems["tingkat"].eq(rules.DITOLAK) & problems["lembar"].isin(set(checked.rows.lembar))]
    found: dict[tuple[str, int], list[str]] = {}
    for each in own.itertuples():
        found.setdefault((each.lembar, int(each.baris)), []).append(f"{each.kolom}: {each.alasan}")
    return {key: " | ".join(sentences)[:LONGEST_REASON] for key, sentences in found.items()}


def _refused(
    sheet: str,
    checked: Checked,
    reasons: dict[tuple[str, int], str],
    sent: Sequence[str],
    allowed: tuple[str, ...] | None,
) -> Iterator[dict]:
    bad = np.flatnonzero(~checked.accepted)
    rows = checked.rows
    taken = rows.frame.iloc[bad]
    keys = rules.joined_key(taken, columns.key(sheet))
    complete = taken[list(columns.key(sheet))].ne("").all(axis=1)
    written = taken.copy()
    for name, given in rows.given.items():
        # As the sender wrote it, not the code it was taken for.
        written[name] = given.reindex(written.index).where(written.index.isin(given.index), written[name])
    everywhere = set(reference.all_provinces())
    for place, area, key, whole, values in zip(
        bad,
        taken[columns.area(sheet)],
        keys,
        complete,
        written.to_dict("records"),
        strict=True,
    ):
        known = area in everywhere or (area == columns.NASIONAL and sheet == columns.TARGET)
        if known and allowed is not None and area not in allowed and not everywhere <= set(allowed):
            continue
        yield {
            "kode_provinsi": area
            if area in everywhere
            else sent[0]
            if len(sent) == 1 and not known
            else None,
            "baris": int(rows.baris[place]),
            "kunci": key if whole and len(key) <= LONGEST_KEY else None,
            "isi": json.dumps(_harmless(values), ensure_ascii=False),
            "alasan": reasons.get((rows.lembar[place], int(rows.baris[place])), ""),
        }


def _harmless(values: dict[str, str]) -> dict[str, str]:
    text = pd.Series(values, dtype="str")
    shown = rules.cut(text.mask(rules.like_nik(text), rules.HIDDEN))
    return {name: value for name, value in shown.items() if value}


def as_before(db: Connection, place: Place, line: int | None) -> None:
    """Take back what the import of a line of the log did here."""
    if line is None:
        return
    own = _of(place)
    db.execute(delete(karantina).where(own, karantina.c.dari == line))
    db.execute(update(karantina).where(own, karantina.c.selesai == line).values(selesai=None))


def rows(settings: Settings, scope: Scope, place: Place) -> pd.DataFrame:
    """The quarantined rows of the scope's provinces with COLUMNS, newest import first, waktu as UTC.

    Rows of no known province are for whoever sees the whole country. Raises UserError when they cannot be read.
    """
    query = (
        select(*(karantina.c[name] for name in COLUMNS))
        .where(_of(place), karantina.c.selesai.is_(None), _within(scope))
        .order_by(karantina.c.dari.desc(), karantina.c.nomor)
    )
    with application.reading(settings, karantina) as db:
        found = [] if db is None else db.execute(query).all()
    frame = pd.DataFrame([tuple(row) for row in found], columns=list(COLUMNS), dtype=object)
    return frame.assign(waktu=pd.to_datetime(frame["waktu"]).dt.tz_localize("UTC"))


def _within(scope: Scope) -> ColumnElement[bool]:
    own = karantina.c.kode_provinsi.in_(scope.provinces)
    if scope.provinces == reference.all_provinces():
        return or_(own, karantina.c.kode_provinsi.is_(None))
    return own


def remove(db: Connection, scope: Scope, numbers: Sequence[int]) -> int:
    """Remove rows by their numbers, those of the scope's provinces only, and say how many."""
    return sum(
        db.execute(delete(karantina).where(karantina.c.nomor.in_(chunk), _within(scope))).rowcount
        for chunk in _chunks(numbers)
    )
