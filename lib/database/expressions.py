"""Expressions the engines write differently, and our own constants as a table."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, Integer, String, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class selisih_hari(FunctionElement):  # noqa: N801  named like the SQL function it stands for
    """Whole days between two dates (later, earlier)."""

    type = Integer()
    inherit_cache = True


class terbesar(FunctionElement):  # noqa: N801
    """The latest of several dates, none of them NULL."""

    type = Date()
    inherit_cache = True


@compiles(selisih_hari)
def _days(element, compiler, **options):
    later, earlier = (compiler.process(part, **options) for part in element.clauses)
    return f"({later} - {earlier})"


@compiles(selisih_hari, "sqlite")
def _days_sqlite(element, compiler, **options):
    later, earlier = (compiler.process(part, **options) for part in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


class ditambah(FunctionElement):  # noqa: N801
    """A date some whole days later (date, days)."""

    type = Date()
    inherit_cache = True


class awal_bulan(FunctionElement):  # noqa: N801
    """The first day of a date's month."""

    type = Date()
    inherit_cache = True


@compiles(ditambah)
def _later(element, compiler, **options):
    date, days = (compiler.process(part, **options) for part in element.clauses)
    return f"({date} + CAST({days} AS INTEGER))"


@compiles(ditambah, "sqlite")
def _later_sqlite(element, compiler, **options):
    date, days = (compiler.process(part, **options) for part in element.clauses)
    return f"date({date}, '+' || {days} || ' days')"


@compiles(awal_bulan)
def _month(element, compiler, **options):
    return f"CAST(date_trunc('month', {compiler.process(element.clauses, **options)}) AS DATE)"


@compiles(awal_bulan, "sqlite")
def _month_sqlite(element, compiler, **options):
    return f"date({compiler.process(element.clauses, **options)}, 'start of month')"


@compiles(terbesar)
def _greatest(element, compiler, **options):
    return f"greatest({compiler.process(element.clauses, **options)})"


@compiles(terbesar, "sqlite")
def _greatest_sqlite(element, compiler, **options):
    return f"max({compiler.process(element.clauses, **options)})"


class disusun(FunctionElement):  # noqa: N801
    """Values put into a text at its marks %s (text, values); NULL is nothing, a date is as the server writes it.

    One call for many columns: a chain of || copies what it has so far at every step.
    """

    type = String()
    inherit_cache = True


@compiles(disusun)
def _formatted(element, compiler, **options):
    return f"format({compiler.process(element.clauses, **options)})"


@compiles(disusun, "sqlite")
def _formatted_sqlite(element, compiler, **options):
    return f"printf({compiler.process(element.clauses, **options)})"


def rows_as_table(dialect: str, name: str, columns: dict, rows: list[tuple]):
    """A common table expression of our own constants (codes, whole numbers, dates).

    Written out as text: SQLAlchemy's VALUES with bound parameters takes 140 ms for 38 provinces x 12 months, and
    DuckDB reads one list per column three times as fast as a row of constants for each.
    Raises ValueError for a value that is not a date, a whole number, None or a plain code.
    """

    def written(value) -> str:
        if isinstance(value, dt.date) and dialect != "sqlite":
            return f"DATE '{_element(value)}'"
        return _element(value) if value is None or isinstance(value, int) else f"'{_element(value)}'"

    names = list(columns)
    if not rows:
        nothing = ", ".join(f"CAST(NULL AS {_type(columns[column])}) AS {column}" for column in names)
        query = f"SELECT {nothing} WHERE 1 = 0"  # noqa: S608  our own constants
    elif dialect == "duckdb":
        query = "SELECT " + ", ".join(
            f"unnest(CAST(:{name}_{column} AS {_type(kind)}[])) AS {column}"
            for column, kind in columns.items()
        )
        lists = {
            f"{name}_{column}": _list(values)
            for column, values in zip(names, zip(*rows, strict=True), strict=True)
        }
        # As parameters: the text is the same for every question, so SQLAlchemy need not compile it anew.
        return text(query).bindparams(**lists).columns(**columns).cte(name)
    else:
        body = ", ".join("(" + ", ".join(written(value) for value in row) + ")" for row in rows)
        if dialect == "sqlite":
            listed = ", ".join(f"column{number + 1} AS {column}" for number, column in enumerate(names))
            query = f"SELECT {listed} FROM (VALUES {body})"  # noqa: S608
        else:
            query = f"SELECT * FROM (VALUES {body}) AS baris({', '.join(names)})"  # noqa: S608
    return text(query).columns(**columns).cte(name)


def _list(values: tuple) -> str:
    """Plain constants as DuckDB reads a list of them; most are the same few."""
    written = {value: _element(value) for value in set(values)}
    return f"[{', '.join(written[value] for value in values)}]"


def _element(value) -> str:
    """A plain constant as it stands inside a list or a literal."""
    if value is None:
        return "NULL"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and value.replace("-", "").isalnum() and value.isascii() and value != "NULL":
        return value
    raise ValueError(f"not a plain constant: {value!r}")


def _type(kind) -> str:
    return {"Date": "DATE", "Integer": "INTEGER", "String": "VARCHAR"}[kind.__name__]
