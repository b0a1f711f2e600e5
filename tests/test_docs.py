"""The README says what there is: no command, setting, page or word without its line, no line without its thing."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from lib import cli, settings
from lib.domain import Dimensi, Kelompok, Pita, Status, Tahap, Tayang, Thresholds
from lib.importing import columns
from lib.indicators import compute, records
from lib.indicators.records import INDICATORS, Indicator

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]
# Made at run time, or by the reader.
NOT_IN_THE_REPOSITORY = (".venv", "data/lokal", "tests/browser/screenshots")
UNUSED = "belum dipakai"

# The screens of the design; a record may name one that is still to come.
PLANNED_PAGES = {
    "ringkasan",
    "provinsi",
    "klaster",
    "pendamping",
    "waktu",
    "alur",
    "perbandingan",
    "kasus",
    "rapat",
    "mutu_data",
    "pengguna",
    "jejak",
    "kamus",
    "tindak_lanjut",
}
UNITS = {
    "kasus",
    "rujukan",
    "persen",
    "hari",
    "kasus per pendamping",
    "kasus per pendamping-bulan",
    "per 100.000 penduduk",
    "per sejuta penduduk",
}
# The kinds of words that stand on the screen, in files and in commands.
WORDS = (Status, Tahap, Dimensi, Tayang, Kelompok, Pita)
DIRECTIONS = {"naik", "turun", "netral"}
MAY_BE_EMPTY = {"batas_kelas"}


# --- reading a guide --------------------------------------------------------------------------------------


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def code_words(text: str) -> set[str]:
    """Everything between single backticks outside fenced blocks."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"\s+", " ", word) for word in re.findall(r"`([^`]+)`", prose)}


def section(text: str, title: str) -> str:
    """The text under a heading of the second level, up to the next one; fails when there is none."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row but headings and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    rules = {number for number, row in enumerate(cells) if set("".join(row)) <= set("-: ")}
    return [row for number, row in enumerate(cells) if number not in rules and number + 1 not in rules]


def first_code(cell: str) -> str:
    found = re.match(r"`([^`]+)`", cell)
    return found[1] if found else ""


def missing_paths(text: str, *, home: Path) -> list[str]:
    """Links and backticked paths of a guide in folder `home` that lead nowhere."""
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    missing = [link for link in links if not (home / link).exists()]
    tops = {path.name for path in ROOT.iterdir()}
    for word in sorted(code_words(text)):
        path = word.split(" ")[-1] if word.startswith("bash ") else word
        named = re.fullmatch(r"\.?[\w.-]+(/[\w.*-]+)*/?", path) and ("/" in path or path in tops)
        if not named or path.split("/")[0] not in tops or path.startswith(NOT_IN_THE_REPOSITORY):
            continue
        if not (ROOT / path).exists() and not list(ROOT.glob(path)):
            missing.append(path)
    return missing


def wrong_commands(text: str) -> list[str]:
    """Lines of the shell blocks that could not be run: unknown script, module, command or option."""
    wrong = []
    for line in "\n".join(blocks(text, "bash")).splitlines():
        words = [word for word in shlex.split(line, comments=True) if not re.match(r"[A-Z_]+=", word)]
        if words[:1] == ["bash"] and not (ROOT / words[1]).is_file():
            wrong.append(line)
        if "-m" in words:
            module, arguments = words[words.index("-m") + 1], words[words.index("-m") + 2 :]
            if module == "lib.cli":
                wrong += [] if _parses(arguments) else [line]
            elif module.startswith(("lib.", "tests.")) and not _is_module(module):
                wrong.append(line)
    return wrong


def _is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or path.is_dir()


def _parses(arguments: list[str]) -> bool:
    try:
        cli._parser().parse_args(arguments)
    except SystemExit:
        return False
    return True


def resolves(dotted: str) -> bool:
    """Whether a dotted name leads to a module, an attribute, or a field of a dataclass."""
    parts = dotted.split(".") if dotted else []
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            if dataclasses.is_dataclass(found) and name in {each.name for each in dataclasses.fields(found)}:
                return name == parts[-1]
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


# --- commands, settings, words ----------------------------------------------------------------------------


def commands() -> dict[str, argparse.ArgumentParser]:
    """The commands of the command line by name."""
    actions = cli._parser()._actions
    return next(action.choices for action in actions if isinstance(action, argparse._SubParsersAction))


def parts(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of the words after a command that has such words (`pengguna tambah`)."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return [choice for action in nested for choice in action.choices.values()]


def test_first_blocks_are_the_two_commands_of_a_newcomer():
    assert blocks(README, "bash")[:2] == ["bash deploy/mulai.sh\n", "bash tests/run.sh\n"]


def test_every_command_has_a_row_and_every_row_a_command():
    named = [first_code(row[0]).split(" ")[0] for row in rows(section(README, "Baris perintah"))]
    assert sorted(name for name in named if name) == sorted(commands())


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (name, option)
        for name, parser in commands().items()
        for option in parser._option_string_actions
        if option.startswith("--") and option != "--help"
    ],
)
def test_every_option_is_named(command, option):
    text = section(README, "Baris perintah")
    assert re.search(rf"{re.escape(option)}(?![\w-])", text), f"{command} {option}"


def test_no_option_is_named_that_does_not_exist():
    parsers = [*commands().values(), *(part for each in commands().values() for part in parts(each))]
    known = {option for parser in parsers for option in parser._option_string_actions}
    named = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", section(README, "Baris perintah")))
    assert named - known == set()


def test_every_environment_variable_is_named():
    source = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("lib/**/*.py"))
    known = set(re.findall(r"TUNTAS_[A-Z_]+", source))
    tabled = {first_code(row[0]) for row in rows(section(README, "Pengaturan"))}
    assert {name for name in tabled if name.startswith("TUNTAS_")} == known
    assert set(re.findall(r"TUNTAS_[A-Z_]+", README)) == known


def setting_rows() -> dict[str, list[str]]:
    listed = rows(section(README, "Pengaturan"))
    return {first_code(row[0]): row for row in listed if not first_code(row[0]).startswith("TUNTAS_")}


def test_every_setting_is_described_with_its_default():
    values = tomllib.loads(settings.FILE.read_text(encoding="utf-8"))
    defaults = {
        f"{part}.{name}": {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        for part, names in values.items()
        for name, value in names.items()
    }
    assert {name: row[1] for name, row in setting_rows().items()} == defaults


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Thresholds)])
def test_a_threshold_that_nothing_reads_says_so(name):
    outside = [path for path in ROOT.glob("lib/**/*.py") if path.name not in ("settings.py", "domain.py")]
    used = any(re.search(rf"\.{name}\b", path.read_text(encoding="utf-8")) for path in outside)
    assert used != (UNUSED in setting_rows()[f"ambang.{name}"][2])


@pytest.mark.parametrize("page", sorted(path.name for path in ROOT.glob("pages/*.py")))
def test_every_page_is_described(page):
    assert f"`pages/{page}`" in section(README, "Halaman")


@pytest.mark.parametrize("sheet", columns.SHEETS)
def test_every_sheet_of_the_import_is_named(sheet):
    assert f"`{sheet}`" in section(README, "Data sendiri")


@pytest.mark.parametrize("word", [value for kind in WORDS for value in kind])
def test_every_word_of_the_house_is_named(word):
    assert word.value in code_words(README), f"{type(word).__name__}.{word.name}"


def test_answer_of_hitung_is_as_shown():
    example = json.loads(blocks(README, "json")[0])
    assert tuple(example) == cli.ANSWER
    assert example["kode"] in INDICATORS
    assert example["satuan"] == INDICATORS[example["kode"]].satuan


# --- glossary ---------------------------------------------------------------------------------------------


def glossary() -> list[list[str]]:
    return rows(section(README, "Istilah"))


@pytest.mark.parametrize("row", glossary(), ids=lambda row: row[0])
def test_glossary_word_exists_in_the_code(row):
    term, meaning, name = row
    assert term and meaning
    assert resolves(first_code(name)), f"{term}: {name}"


def test_glossary_has_each_word_once():
    terms = [row[0] for row in glossary()]
    assert len(terms) == len(set(terms)) > 0


@pytest.mark.parametrize("kind", WORDS)
def test_glossary_explains_every_kind_of_word(kind):
    assert f"lib.domain.{kind.__name__}" in {first_code(row[2]) for row in glossary()}


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("lib.domain.Status.TERDATA", True),
        ("lib.periods.Register.tanggal_data", True),
        ("lib.database.schema.kasus.c.id_klien", True),
        ("lib.domain.Status.SELESAI", False),
        ("lib.periods.Register.tanggal_data.hari", False),
        ("lib.tidak_ada", False),
        ("", False),
    ],
)
def test_resolves(name, there):
    assert resolves(name) is there


# --- records ----------------------------------------------------------------------------------------------


def flaws(record: Indicator) -> list[str]:
    """What a record lacks or names wrongly."""
    found = [
        f"{field.name} is empty"
        for field in dataclasses.fields(record)
        if field.name not in MAY_BE_EMPTY and getattr(record, field.name) in ("", (), None)
    ]
    if record.satuan not in UNITS:
        found.append(f"unit {record.satuan}")
    if record.arah not in DIRECTIONS:
        found.append(f"direction {record.arah}")
    found += [f"page {page}" for page in record.halaman if page not in PLANNED_PAGES]
    if record.satuan != "kasus" and record.penyebut == "–":
        found.append("no denominator")
    limits = record.batas_kelas
    if limits is not None and (len(limits) != 4 or list(limits) != sorted(set(limits))):
        found.append(f"class limits {limits}")
    return found


@pytest.mark.parametrize("record", INDICATORS.values(), ids=lambda record: record.kode)
def test_record_is_complete(record):
    assert flaws(record) == []


def test_every_record_is_computed_and_has_its_own_code_and_name():
    assert list(compute.COMPUTE) and set(compute.COMPUTE) == set(INDICATORS)
    assert len(records._ALL) == len(INDICATORS)
    assert len({record.nama for record in INDICATORS.values()}) == len(INDICATORS)


def test_every_planned_page_that_exists_is_named_alike():
    assert {path.stem for path in ROOT.glob("pages/*.py")} <= PLANNED_PAGES


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"pembilang": ""}, "pembilang is empty"),
        ({"dimensi": ()}, "dimensi is empty"),
        ({"satuan": "orang", "penyebut": "Kasus"}, "unit orang"),
        ({"arah": "atas"}, "direction atas"),
        ({"halaman": ("peta",)}, "page peta"),
        ({"satuan": "persen"}, "no denominator"),
        ({"batas_kelas": (1, 2, 2, 3)}, "class limits (1, 2, 2, 3)"),
    ],
)
def test_incomplete_record_is_noticed(change, flaw):
    assert flaws(dataclasses.replace(INDICATORS["I01"], **change)) == [flaw]


# --- files and commands -----------------------------------------------------------------------------------


@pytest.mark.parametrize("guide", GUIDES)
def test_files_named_in_a_guide_exist(guide):
    path = ROOT / guide
    assert missing_paths(path.read_text(encoding="utf-8"), home=path.parent) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_commands_of_a_guide_can_be_run(guide):
    assert wrong_commands((ROOT / guide).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_links_inside_a_guide_lead_to_a_heading(guide):
    text = (ROOT / guide).read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("lihat [ini](docs/tidak_ada.md)", ["docs/tidak_ada.md"]),
        ("`lib/tidak_ada.py`", ["lib/tidak_ada.py"]),
        ("`bash deploy/tidak_ada.sh`", ["deploy/tidak_ada.sh"]),
        ("`lib/cli.py`, `data/lokal`, `n/a`, [luar](https://contoh.go.id/x)", []),
    ],
)
def test_missing_file_is_noticed(text, missing):
    assert missing_paths(text, home=ROOT) == missing


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("bash deploy/mulai.sh", True),
        ("bash deploy/tidak_ada.sh", False),
        ("TUNTAS_TANPA_MASUK=1 .venv/bin/python -m lib.cli potret", True),
        (".venv/bin/python -m lib.cli potret --simpan rapat", False),
        (".venv/bin/python -m lib.cli impor", False),
        (".venv/bin/python -m tests.tidak_ada", False),
    ],
)
def test_command_that_cannot_be_run_is_noticed(line, runs):
    assert (wrong_commands(f"```bash\n{line}\n```\n") == []) is runs


def test_picture_of_the_readme_is_a_whole_screen_and_small():
    path = ROOT / "docs" / "gambar" / "ringkasan.png"
    content = path.read_bytes()
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    assert (width, height) == (1440, 900)
    assert len(content) < 300_000
