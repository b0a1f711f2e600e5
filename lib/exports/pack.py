"""The meeting pack as files: one story written by each writer, for a filter or for every province."""

from __future__ import annotations

import hashlib
import importlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from lib import reference
from lib.domain import AccessRefused, CaseFilter, Scope, UserError
from lib.exports import story
from lib.exports.step import Story
from lib.measure import Source
from lib.scoping import allowed_provinces
from lib.settings import Settings

ZIP = "zip"
# Each form's module and what writes it: whoever wants one need not wait for the libraries of the others.
WRITERS = {
    "pptx": ("lib.exports.slides", "to_pptx"),
    "xlsx": ("lib.exports.book", "to_xlsx"),
    "pdf": ("lib.exports.print", "to_pdf"),
}
NOT_MADE = "tidak-dibuat.txt"
# One line per file as sha256sum writes and checks it: sha256sum -c sidik.txt.
DIGESTS = "sidik.txt"


def one(
    scope: Scope,
    case_filter: CaseFilter,
    ending: str,
    *,
    source: Source,
    values: Settings,
    decisions: pd.DataFrame | None = None,
) -> bytes:
    """The pack of a filter as pptx, xlsx, pdf, or all three in a zip.

    Raises UserError for another ending and like `story.tell`.
    """
    if ending not in (*WRITERS, ZIP):
        endings = ", ".join(f".{each}" for each in (*WRITERS, ZIP))
        raise UserError(f"Paket rapat tidak dapat ditulis sebagai “.{ending}”; pilihannya: {endings}.")
    told = story.tell(scope, case_filter, source=source, values=values, decisions=decisions)
    if ending in WRITERS:
        return written(told, ending)
    return _zipped({("paket-rapat", each): written(told, each) for each in WRITERS})


def every_province(
    scope: Scope,
    case_filter: CaseFilter,
    *,
    source: Source,
    values: Settings,
    decisions: pd.DataFrame | None = None,
    progress: Callable[[float, str], None],
) -> bytes:
    """A zip with a folder of pptx, xlsx and pdf for each province of scope and filter, and the list DIGESTS.

    A province whose figures may not be shown for this filter is named with the reason in NOT_MADE. `progress` is told
    a share 0-1 and a text. Raises AccessRefused outside the scope, UserError where no province has a pack.
    """
    provinces = allowed_provinces(scope, case_filter)
    known = story.ahead(scope, case_filter, source=source, values=values)
    files: dict[tuple[str, str], bytes] = {}
    refused = []
    for number, code in enumerate(provinces):
        name = reference.names("provinsi")[code]
        progress(number / len(provinces), name)
        own = replace(case_filter, provinsi=(code,))
        try:
            told = story.tell(
                scope, own, source=source, values=values, decisions=decisions, known=known.get(code)
            )
        except AccessRefused:
            raise
        except UserError as error:
            refused.append(f"{code} {name}: {error}")
            continue
        stem = f"{code}-{slug(name)}"
        for ending in WRITERS:
            files[f"{stem}/paket-{stem}", ending] = written(told, ending)
    if not files:
        raise UserError(refused[0])
    progress(1.0, f"{len(provinces) - len(refused)} provinsi")
    return _zipped(files, refused)


def written(told: Story, ending: str) -> bytes:
    """A story in one of the forms of WRITERS."""
    module, name = WRITERS[ending]
    return getattr(importlib.import_module(module), name)(told)


def slug(name: str) -> str:
    """A name for files. Example: "DI Yogyakarta" -> "di-yogyakarta"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _zipped(files: Mapping[tuple[str, str], bytes], refused: Sequence[str] = ()) -> bytes:
    """The files by path and ending, each with the digest of its content in its name; DIGESTS lists them in full."""
    named = {
        f"{path}-{hashlib.sha256(content).hexdigest()[:10]}.{ending}": content
        for (path, ending), content in files.items()
    }
    if refused:
        named[NOT_MADE] = "\n".join(refused).encode()
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in named.items()]
    named[DIGESTS] = "".join(lines).encode()
    target = io.BytesIO()
    # All but the lists are compressed already.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in named.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()
