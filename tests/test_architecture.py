"""Who may import whom, and the habits a reader of the code relies on; each rule is proven able to fail."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What a room may import besides the standard library.
MAY_IMPORT = {
    "lib.domain": (),
    "lib.clock": (),
    "lib.stats": ("numpy", "scipy", "lib.stats"),
    "lib.disclosure": ("numpy", "scipy", "pandas", "lib.domain", "lib.reference", "lib.disclosure"),
    "lib.indicators": ("numpy", "pandas", "lib.stats", "lib.domain", "lib.reference", "lib.indicators"),
    # lib.domain holds words, not data: a chart names a status as everybody else does.
    "lib.charts": (
        *("numpy", "pandas", "plotly", "PIL"),
        *("lib.charts", "lib.domain", "lib.geo", "lib.numbers_id", "lib.text"),
    ),
}

# Who may import a package or a room; everybody else may not.
DATABASE_ROOMS = (
    *("lib.database", "lib.snapshot", "lib.queries", "lib.importing", "lib.application"),
    *("lib.access", "lib.audit", "lib.users", "lib.decisions", "lib.versions", "lib.versions_keep"),
    "lib.intake",
)
SCREEN_ROOMS = ("dashboard", "pages", "lib.web")
IMPORTED_ONLY_BY = {
    "sqlalchemy": DATABASE_ROOMS,
    "alembic": ("lib.database",),
    "duckdb": DATABASE_ROOMS,
    "duckdb_sqlalchemy": DATABASE_ROOMS,
    "adbc_driver_manager": DATABASE_ROOMS,
    "adbc_driver_postgresql": DATABASE_ROOMS,
    "adbc_driver_sqlite": DATABASE_ROOMS,
    "psycopg": DATABASE_ROOMS,
    "sqlite3": DATABASE_ROOMS,
    "streamlit": SCREEN_ROOMS,
    "lib.web": SCREEN_ROOMS,
    "lib.queries": ("lib.measure", "lib.queries"),
    "lib.indicators": ("lib.measure", "lib.indicators"),
    "geopandas": ("lib.geo",),
    "shapely": ("lib.geo",),
    "pages": (),
}
# The catalogue of indicators is for everybody: cards, dictionary and exports read it.
OPEN_TO_ALL = ("lib.indicators.records",)
# Slow to import (half a second, 128 MB): only inside the functions that need them, never on a page's way.
INSIDE_FUNCTIONS = ("geopandas", "shapely")
# What has .today() or .now(); `func` is the database server's clock.
CLOCK_TYPES = {"date", "datetime", "Timestamp", "func"}


@dataclass(frozen=True)
class Source:
    """One Python file of the product: its module name and its syntax tree."""

    module: str
    tree: ast.Module


@dataclass(frozen=True)
class Import:
    """One imported name, e.g. `from lib import queries` -> lib.queries."""

    name: str
    line: int
    inside_function: bool


def parse(module: str, text: str) -> Source:
    return Source(module, ast.parse(text))


@cache
def product() -> tuple[Source, ...]:
    """dashboard.py, pages/ and lib/."""
    files = [*ROOT.glob("dashboard.py"), *ROOT.glob("pages/**/*.py"), *ROOT.glob("lib/**/*.py")]
    return tuple(parse(module_name(file), file.read_text(encoding="utf-8")) for file in sorted(files))


def module_name(file: Path) -> str:
    """lib/stats/flow.py -> lib.stats.flow; a package keeps its __init__, so that `from . import` resolves."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def inside(name: str, rooms: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of the rooms or lies in one."""
    return any(name == room or name.startswith(room + ".") for room in rooms)


@cache
def imports(source: Source) -> tuple[Import, ...]:
    """Every import of a file, also those inside functions and by importlib."""
    in_functions = {
        id(node)
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(source.tree):
        for name in _imported_names(node, source.module):
            found.append(Import(name, node.lineno, id(node) in in_functions))
    return tuple(found)


def _imported_names(node: ast.AST, module: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            base = ".".join([*module.split(".")[: -node.level], *filter(None, [base])])
        yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and _last_name(node.func) in ("import_module", "__import__"):
        yield from (argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant))


def _last_name(node: ast.AST) -> str:
    """`st.cache_data` -> cache_data, `today` -> today, anything else -> empty."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def foreign_imports(source: Source) -> list[str]:
    """A room imports what its row of MAY_IMPORT does not name."""
    allowed = [names for room, names in MAY_IMPORT.items() if inside(source.module, (room,))]
    return [
        f"line {found.line}: {source.module} may import only {', '.join(allowed[0]) or 'the standard library'}, "
        f"not {found.name}"
        for found in imports(source)
        if allowed
        and found.name.split(".")[0] not in sys.stdlib_module_names
        and not inside(found.name, allowed[0])
    ]


def closed_rooms(package: str) -> Callable[[Source], list[str]]:
    """A check that a package is imported only by the rooms of its row in IMPORTED_ONLY_BY."""

    def check(source: Source) -> list[str]:
        rooms = IMPORTED_ONLY_BY[package]
        return [
            f"line {found.line}: {found.name} is imported only by {', '.join(rooms) or 'nobody'}"
            for found in imports(source)
            if inside(found.name, (package,))
            and not inside(source.module, rooms)
            and not inside(found.name, OPEN_TO_ALL)
        ]

    return check


def slow_imports(source: Source) -> list[str]:
    return [
        f"line {found.line}: import {found.name} inside the function that needs it"
        for found in imports(source)
        if inside(found.name, INSIDE_FUNCTIONS) and not found.inside_function
    ]


def outside_texts(source: Source) -> list[str]:
    """A string that leads out of the project to ../shared."""
    return [
        f"line {node.lineno}: the product reads nothing outside the project ({node.value!r})"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"(^|[\s/`'\"])shared(/|$)", node.value)
    ]


def caches(source: Source) -> list[str]:
    """st.cache_data is shared by all users: what is cached must depend on who asks.

    Streamlit leaves a parameter that starts with an underscore out of the key, so `_scope` leaks.
    """
    problems, accounted = [], set()
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in function.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if _last_name(target) != "cache_data":
                continue
            accounted.add(id(target))
            arguments = function.args
            names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
            if not inside(source.module, ("lib.web",)):
                problems.append(f"line {function.lineno}: {function.name} is cached outside lib/web")
            elif "scope" not in names:
                problems.append(
                    f"line {function.lineno}: {function.name} is cached without a parameter `scope`"
                )
    for node in ast.walk(source.tree):
        if _last_name(node) == "cache_data" and id(node) not in accounted:
            problems.append(f"line {node.lineno}: use cache_data only as a decorator")
        if isinstance(node, ast.ImportFrom) and any(alias.name == "cache_data" for alias in node.names):
            problems.append(f"line {node.lineno}: write st.cache_data, so that it can be found")
    return problems


def clocks(source: Source) -> list[str]:
    """Reading the clock makes a figure that cannot be reproduced; only lib/clock.py does it."""
    if source.module == "lib.clock":
        return []
    renamed = {
        alias.asname
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.name in CLOCK_TYPES
    }
    return [
        f"line {node.lineno}: {ast.unparse(node)} reads the clock; take the date as an argument or ask lib.clock"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("today", "now", "utcnow")
        and _last_name(node.value) in CLOCK_TYPES | renamed
    ]


def gates(source: Source) -> list[str]:
    """A page's URL can be asked for by anybody, so the page itself asks who it is, before anything else."""
    if not inside(source.module, ("pages",)):
        return []
    statements = [
        statement
        for statement in source.tree.body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
        and not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
    ]
    if not statements:
        return []
    value = getattr(statements[0], "value", None)
    if isinstance(value, ast.Call) and _last_name(value.func) == "require_scope":
        return []
    return [f"line {statements[0].lineno}: the first statement of a page must call require_scope(...)"]


RULES: dict[str, Callable[[Source], list[str]]] = {
    "rooms import only what they may": foreign_imports,
    **{f"who imports {package}": closed_rooms(package) for package in IMPORTED_ONLY_BY},
    "slow imports inside functions": slow_imports,
    "nothing outside the project": outside_texts,
    "caches know the scope": caches,
    "one clock": clocks,
    "pages ask for the scope first": gates,
}

CACHED = "import streamlit as st\n@st.cache_data(max_entries=9)\ndef rows({}):\n    return 1\n"
EXAMPLES = [
    ("rooms import only what they may", ("lib.stats.flow", "import pandas"), "import numpy, math"),
    (
        "rooms import only what they may",
        ("lib.stats.__init__", "from ..domain import Status"),
        "from lib.stats import x",
    ),
    ("rooms import only what they may", ("lib.indicators.beban", "import sqlalchemy"), "import pandas"),
    (
        "rooms import only what they may",
        ("lib.indicators.beban", "from lib import text"),
        "from lib import stats",
    ),
    (
        "rooms import only what they may",
        ("lib.indicators.beban", "from .. import text"),
        "from . import records",
    ),
    (
        "rooms import only what they may",
        ("lib.charts.map", "import streamlit"),
        "import plotly.graph_objects",
    ),
    (
        "rooms import only what they may",
        ("lib.charts.map", "from lib.queries import n"),
        "from lib.geo import n",
    ),
    ("rooms import only what they may", ("lib.domain", "from lib import clock"), "import enum"),
    ("who imports sqlalchemy", ("lib.measure", "from sqlalchemy import text"), "from lib import queries"),
    ("who imports duckdb", ("pages.kasus", "import duckdb"), "import streamlit"),
    ("who imports duckdb", ("lib.snapshots", "import duckdb"), "import json"),
    ("who imports adbc_driver_sqlite", ("lib.cli", "import adbc_driver_sqlite.dbapi"), "import argparse"),
    ("who imports streamlit", ("lib.charts.map", "def f():\n    import streamlit"), "import plotly"),
    ("who imports streamlit", ("lib.cli", "importlib.import_module('streamlit')"), "import argparse"),
    ("who imports lib.web", ("lib.exports", "from lib.web import cache"), "from lib import measure"),
    ("who imports lib.queries", ("pages.waktu", "from lib import queries"), "from lib import measure"),
    ("who imports lib.queries", ("lib.indicators", "import lib.queries.counts"), "from lib import stats"),
    ("who imports lib.indicators", ("pages.waktu", "from lib import indicators"), "from lib import measure"),
    (
        "who imports lib.indicators",
        ("lib.exports.slides", "from lib.indicators import waktu"),
        "from lib.indicators import records\nfrom lib.indicators.records import CATALOGUE",
    ),
    ("who imports geopandas", ("lib.exports", "import geopandas"), "from lib import geo"),
    ("who imports pages", ("dashboard", "from pages import waktu"), "from lib import web"),
    ("slow imports inside functions", ("lib.geo", "import shapely"), "def f():\n    import shapely"),
    ("nothing outside the project", ("lib.geo", "PATH = '../shared/reference'"), "PATH = 'data/batas'"),
    ("nothing outside the project", ("lib.geo", "PATH = ROOT.parent / 'shared'"), "KIND = 'shared_cache'"),
    (
        "caches know the scope",
        ("lib.web.cache", CACHED.format("_scope, *, kode")),
        CACHED.format("scope, kode"),
    ),
    ("caches know the scope", ("lib.web.cache", CACHED.format("kode")), CACHED.format("*, scope")),
    ("caches know the scope", ("pages.waktu", CACHED.format("scope")), "import streamlit as st"),
    ("caches know the scope", ("lib.web.cache", "rows = st.cache_data(rows)"), "rows = len(rows)"),
    ("caches know the scope", ("lib.web", "from streamlit import cache_data as c"), "import streamlit as st"),
    ("one clock", ("lib.measure", "def f(at=date.today()): ..."), "def f(*, at): ..."),
    ("one clock", ("lib.measure", "at = dt.datetime.now(tz=dt.UTC)"), "at = clock.now()"),
    ("one clock", ("lib.measure", "from datetime import date as d\nat = d.today()"), "at = job.now"),
    ("one clock", ("lib.queries", "select(func.now())"), "select(func.count())"),
    ("one clock", ("lib.measure", "read = pd.Timestamp.now"), "read = clock.today"),
    ("pages ask for the scope first", ("pages.waktu", "import x\nx.title('Waktu')"), "require_scope()"),
    (
        "pages ask for the scope first",
        ("pages.waktu", "rows = 1\nscope = require_scope()"),
        '"""Waktu."""\nfrom lib import web\n\nscope = web.require_scope("waktu")\nrows = 1',
    ),
]


@pytest.mark.parametrize("rule", RULES)
def test_product_keeps_the_rule(rule):
    broken = [f"{source.module}, {problem}" for source in product() for problem in RULES[rule](source)]
    assert not broken, f"{rule}:\n" + "\n".join(broken)


@pytest.mark.parametrize(("rule", "breaks", "keeps"), EXAMPLES)
def test_rule_can_fail(rule, breaks, keeps):
    module, text = breaks
    assert RULES[rule](parse(module, text)), f"{rule} does not notice {text!r} in {module}"
    assert RULES[rule](parse(module, keeps)) == []


def test_every_rule_has_an_example():
    same_check = {
        "alembic",
        "duckdb_sqlalchemy",
        "adbc_driver_manager",
        "adbc_driver_postgresql",
        "psycopg",
        "sqlite3",
    }
    untried = {f"who imports {package}" for package in (*same_check, "shapely")}
    assert {rule for rule, *_ in EXAMPLES} | untried == set(RULES)


def test_the_rules_look_at_the_product():
    modules = {source.module for source in product()}
    assert {"lib.__init__", "lib.domain", "lib.stats.survival"} <= modules
    assert not {name for name in modules if name.startswith("tests")}


def _folders() -> Iterator[tuple[str, list[str]]]:
    skipped = {".git", ".venv", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", "lokal"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped]
        yield folder, names


def test_no_file_leads_out_of_the_project():
    """Also in scripts, tests and documents: a clean copy of the folder is all there is."""
    kinds = (".py", ".sh", ".toml", ".md", ".conf", ".service", ".html", ".js")
    files = [Path(folder) / name for folder, names in _folders() for name in names]
    leading_out = [
        str(file.relative_to(ROOT))
        for file in files
        if file != Path(__file__).resolve()
        and file.suffix in kinds
        and re.search(r"\.\./shared|(?<![\w.])/work/", file.read_text(encoding="utf-8"))
    ]
    assert leading_out == []


def test_rooms_named_here_are_named_in_full():
    """`lib.snapshot` must not let `lib.snapshots` in."""
    assert inside("lib.snapshot.build", ("lib.snapshot",))
    assert not inside("lib.snapshots", ("lib.snapshot",))
