"""The values of the contract of views: the rules of the schema, held against the copied rows before they are figures.

In our own tables the database itself keeps these rules. A ministry's views are checked: rows that break a rule are
left out and counted, and too many of them are refused.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Table

from lib import reference
from lib.database import schema
from lib.database.contract import COPIED, FROM_REFERENCE, ONLY_REFERENCE, columns
from lib.domain import UserError

# The key of a view where it is not the table's.
KEYS = {"unggahan": ("kode_provinsi",)}
# Views a ministry seldom has: their rows are ours.
OURS = (*FROM_REFERENCE, schema.meta)
# Dates and codes that decide about all rows: nothing of them can be left out.
STRICT = (*OURS, schema.unggahan)
SHOWN_KEYS = 3
# Older years are slips of the keyboard such as 0206 or 1026, as in the importer.
FIRST_DAY = dt.date(1980, 1, 1)
CODES = ("id_kasus", "id_klien", "id_kasus_sebelumnya", "id_pendamping", "nama_tampil")
LIKE_NIK = "menyerupai NIK"
_MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is wrong with a row, as words and as a condition of DuckDB; `secret` keeps the keys out of the report."""

    says: str
    broken: str
    secret: bool = False


@dataclass(frozen=True, kw_only=True)
class Sifted:
    """Rows of each view, those left out of it, the broken rules and the harmless remarks as sentences, and why
    nothing may be published (None when it may)."""

    rows: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    refusal: str | None = None

    @property
    def told(self) -> str:
        """What the screen says was left out. Example: v_kasus 3, v_kegiatan 12."""
        return ", ".join(f"v_{name} {number}" for name, number in self.left_out.items())


def accept(raw, *, limit: int, today: dt.date) -> str:
    """Sift the copied views in DuckDB and return what was left out as words, empty for nothing.

    Raises UserError when more than `limit` percent of a view break a rule, or one row does that decides about all.
    """
    found = sift(raw, limit=limit, today=today)
    if found.refusal:
        # Without the broken rules, which name cases: a first start shows this sentence before anybody signed in.
        raise UserError(f"{found.refusal} Aturan yang dilanggar disebut oleh `python -m lib.cli periksa`.")
    return found.told


def sift(raw, *, limit: int, today: dt.date) -> Sifted:
    """Take the rows that break a rule out of the copied views, and say how many and why.

    A row counts once however many rules it breaks; what hangs on a row that was left out breaks a rule itself.
    """
    rows, left_out, broken, refused = {}, {}, [], []
    for table in COPIED:
        name = table.name
        rows[name] = raw.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608  our own names
        if not rows[name]:
            continue
        wrong = []
        for rule in rules(table, today=today):
            number = raw.execute(_asked("count(*)", name, rule.broken)).fetchone()[0]
            if number:
                wrong.append(rule)
                broken.append(f"v_{name}: {number} baris: {rule.says}{_keys(raw, table, rule)}.")
        if wrong:
            any_rule = " OR ".join(f"coalesce({rule.broken}, false)" for rule in wrong)
            gone = raw.execute(f"DELETE FROM {name} WHERE {any_rule}").fetchone()[0]  # noqa: S608
            left_out[name] = gone
            if table in STRICT or 100 * gone > limit * rows[name]:
                refused.append(f"v_{name} {gone} dari {rows[name]} baris")
            if table in FROM_REFERENCE:
                # Every row that names one of its codes would seem wrong too.
                break
    refusal = None
    if refused:
        refusal = (
            f"Tampilan melanggar kontrak data: {', '.join(refused)}. Paling banyak {limit} persen baris boleh "
            "dikeluarkan, dan tidak satu pun dari tampilan rujukan dan v_unggahan; potret tidak dibuat."
        )
    rows = {name: number for name, number in rows.items() if schema.metadata.tables[name] not in OURS}
    return Sifted(rows=rows, left_out=left_out, broken=broken, remarks=_remarks(raw), refusal=refusal)


def _asked(what: str, name: str, condition: str) -> str:
    return f"SELECT {what} FROM {name} WHERE {condition}"  # noqa: S608  our own names and rules


def _key(table: Table) -> tuple[str, ...]:
    return KEYS.get(table.name, tuple(column.name for column in table.primary_key.columns))


def _keys(raw, table: Table, rule: Rule) -> str:
    """A few keys of the rows that break a rule; they are codes, but what looks like a NIK is never repeated."""
    if rule.secret:
        return ""
    listed = ", ".join(f"coalesce(CAST({table.name}.{name} AS VARCHAR), '(kosong)')" for name in _key(table))
    like = " OR ".join(
        f"regexp_matches({table.name}.{name}, '[0-9]{{16}}')" for name in _key(table) if name in CODES
    )
    shown = f"{_nothing_secret(rule, like)} ORDER BY ALL LIMIT {SHOWN_KEYS}"
    found = raw.execute(_asked(f"DISTINCT concat_ws('/', {listed})", table.name, shown)).fetchall()
    return f" (misalnya {', '.join(row[0] for row in found)})" if found else ""


def _nothing_secret(rule: Rule, like: str) -> str:
    return f"({rule.broken}) AND NOT coalesce({like}, false)" if like else f"({rule.broken})"


def rules(table: Table, *, today: dt.date) -> list[Rule]:
    """The rules a row of a view must keep: those of the table in the schema, and what only the importer knows."""
    name, there = table.name, columns(table)
    found = []
    for column in there:
        if not column.nullable:
            empty = f"{name}.{column.name} IS NULL"
            if not isinstance(column.type, Date) and column.type.python_type is str:
                empty += f" OR trim({name}.{column.name}) = ''"
            found.append(Rule(says=f"{column.name} kosong", broken=f"({empty})"))
    key = ", ".join(_key(table))
    twice = f"({key}) IN (SELECT ({key}) FROM {name} GROUP BY ALL HAVING count(*) > 1)"  # noqa: S608
    if len(_key(table)) == 1:
        twice = f"{key} IN (SELECT {key} FROM {name} GROUP BY {key} HAVING count(*) > 1)"  # noqa: S608
    found.append(Rule(says=f"kunci ganda ({key})", broken=twice))
    names = {column.name for column in there}
    for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
        if isinstance(constraint, ForeignKeyConstraint) and set(constraint.column_keys) <= names:
            found.append(_belongs(table, constraint))
        elif isinstance(constraint, CheckConstraint):
            rule = str(constraint.sqltext)
            found.append(Rule(says=words(rule), broken=f"(NOT ({rule}))"))
    return found + _of_every_view(table) + _of_one_view(table, today)


def _belongs(table: Table, constraint: ForeignKeyConstraint) -> Rule:
    parent = constraint.referred_table
    own, theirs = constraint.column_keys, [element.column.name for element in constraint.elements]
    known = " AND ".join(f"{table.name}.{each} IS NOT NULL" for each in own)
    same = " AND ".join(f"p.{b} = {table.name}.{a}" for a, b in zip(own, theirs, strict=True))
    says = f"{own[-1]} tidak dikenal"
    if parent not in (*FROM_REFERENCE, *ONLY_REFERENCE):
        says = f"{own[-1]} tidak ada di v_{parent.name} atau barisnya di sana dikeluarkan"
    return Rule(says=says, broken=f"({known} AND NOT EXISTS (SELECT 1 FROM {parent.name} p WHERE {same}))")  # noqa: S608


def words(rule: str) -> str:
    """A rule of the schema as what is wrong where it is broken.

    Example: tanggal_asesmen >= tanggal_terdata -> "tanggal_asesmen sebelum tanggal_terdata".
    """
    if found := re.fullmatch(r"(prioritas = 'darurat' OR )?(\w+) >= (\w+)", rule):
        return f"{found[2]} sebelum {found[3]}" + (" pada kasus yang tidak darurat" if found[1] else "")
    if found := re.fullmatch(r"(\w+) <= (\w+)", rule):
        return f"{found[1]} sesudah {found[2]}"
    if found := re.fullmatch(r"(\w+) IN \((.+)\)", rule):
        return f"{found[1]} di luar pilihan ({found[2].replace(chr(39), '')})"
    if found := re.fullmatch(r"(\w+) BETWEEN (\w+) AND (\w+)", rule):
        return f"{found[1]} di luar {found[2]} sampai {found[3]}"
    if found := re.fullmatch(r"\((\w+) IS NULL\) = \((\w+) IS NULL\)", rule):
        return f"hanya salah satu dari {found[1]} dan {found[2]} yang terisi"
    raise ValueError(f"no words for the rule {rule}")


def _of_every_view(table: Table) -> list[Rule]:
    name = table.name
    dates = [f"{name}.{column.name}" for column in columns(table) if isinstance(column.type, Date)]
    found = []
    if dates:
        early = " OR ".join(f"coalesce({date} < DATE '{FIRST_DAY}', false)" for date in dates)
        found.append(Rule(says=f"tanggal sebelum tahun {FIRST_DAY.year}", broken=f"({early})"))
    for column in columns(table):
        if column.name in CODES:
            value = f"{name}.{column.name}"
            nik = f"regexp_matches({value}, '[0-9]{{16}}')"
            found.append(Rule(says=f"{column.name} {LIKE_NIK}", broken=nik, secret=True))
            formula = f"regexp_matches({value}, '^[=+@-]')"
            found.append(Rule(says=f"{column.name} diawali =, +, -, atau @", broken=formula))
    return found


def _of_one_view(table: Table, today: dt.date) -> list[Rule]:
    place = Rule(
        says="kode_kabkota bukan di kode_provinsi itu",
        broken=f"left({table.name}.kode_kabkota, 2) <> kode_provinsi",
    )
    same = _same_codes(table) if table in FROM_REFERENCE else []
    return same + {
        "kasus": [place],
        "pendamping": [place],
        "unggahan": [Rule(says="tanggal_data sesudah hari ini", broken=f"tanggal_data > DATE '{today}'")],
        "kehadiran": [
            Rule(says="bulan bukan TTTT-BB", broken=f"NOT regexp_full_match(bulan, '{_MONTH}')"),
            Rule(says="hari_kerja lebih dari 31", broken="hari_kerja > 31"),
        ],
        "target": [
            Rule(
                says="periode bukan TTTT atau TTTT-BB",
                broken=f"NOT regexp_full_match(periode, '[0-9]{{4}}|{_MONTH}')",
            ),
            Rule(
                says="kode_wilayah bukan 00 atau kode provinsi",
                broken="(kode_wilayah <> '00' AND kode_wilayah NOT IN (SELECT kode_provinsi FROM provinsi))",
            ),
        ],
    }.get(table.name, [])


def _same_codes(table: Table) -> list[Rule]:
    """Names, texts and definitions of the screen know the codes of data/referensi and no others."""
    key = _key(table)[0]
    ours = reference.table(table.name)[key].tolist()
    listed = ", ".join(f"'{code}'" for code in ours)
    return [
        Rule(says=f"{key} tidak ada di data/referensi", broken=f"{table.name}.{key} NOT IN ({listed})"),
        Rule(
            says=f"tidak semua {key} dari data/referensi ada",
            broken=f"(SELECT count(DISTINCT {key}) FROM {table.name} WHERE {key} IN ({listed})) < {len(ours)}",  # noqa: S608
        ),
    ]


def _remarks(raw) -> list[str]:
    """What breaks no rule but is not counted, or counted otherwise than a reader may think."""
    found = []
    number, provinces = raw.execute(
        "SELECT count(*), count(DISTINCT kode_provinsi) FROM kasus k ANTI JOIN unggahan u USING (kode_provinsi)"
    ).fetchone()
    if number:
        found.append(
            f"v_kasus: {number} baris dari {provinces} provinsi tanpa baris di v_unggahan; tanggal terakhir dalam "
            "barisnya dipakai sebagai tanggal data."
        )
    for table in (schema.kasus, schema.kegiatan, schema.rujukan):
        dates = [column.name for column in columns(table) if isinstance(column.type, Date)]
        late = " OR ".join(f"k.{name} > u.tanggal_data" for name in dates)
        asked = f"SELECT count(*) FROM {table.name} k JOIN unggahan u USING (kode_provinsi) WHERE {late}"  # noqa: S608
        if number := raw.execute(asked).fetchone()[0]:
            found.append(
                f"v_{table.name}: {number} baris memuat tanggal sesudah tanggal data provinsinya; tanggal itu belum "
                "dihitung."
            )
    return found
