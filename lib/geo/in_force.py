"""Which boundary files of the user's own are in force: a list in the data folder, the files in the served folder.

The server serves one folder to browsers, static/; the list lies in the data folder, so that two offices on one copy
of the program have their own boundaries, and a change takes effect in one step.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lib import settings
from lib.domain import DataUnreadable, UserError

LIST = "batas.json"
FOLDER = "batas"
PROVINSI = (
    "provinsi"  # the key of the 38 provinces; any other key is the province whose kab/kota a file holds
)
# The operator writes, the server's own user reads, whatever the operator's umask is.
READABLE, OPEN = 0o644, 0o755


@dataclass(frozen=True)
class Boundaries:
    """The user's files by key: `berkas` their path below static/, `asal` the name of the file they were made of.

    `sebelumnya` are the files in force before: pages already open still ask for them.
    """

    berkas: Mapping[str, str]
    asal: Mapping[str, str]
    sebelumnya: tuple[str, ...] = ()


def content_hash(content: bytes) -> str:
    """The first 8 hexadecimal digits of the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()[:8]


def read(data_folder: Path) -> Boundaries:
    """The list of one data folder, empty when there is none; raises UserError when it cannot be read."""
    path = data_folder / LIST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        wilayah = found["wilayah"]
        return Boundaries(
            berkas={key: str(each["berkas"]) for key, each in wilayah.items()},
            asal={key: str(each["asal"]) for key, each in wilayah.items()},
            sebelumnya=tuple(found["sebelumnya"]),
        )
    except FileNotFoundError:
        return Boundaries({}, {})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise DataUnreadable(
            f"Daftar batas wilayah {path.name} di folder data tidak dapat dibaca; hapus berkas itu untuk memakai batas "
            "bawaan, lalu jalankan lagi `python -m lib.cli batas` bila perlu."
        ) from error


def file(key: str, *, static: Path) -> Path | None:
    """The user's file for a key ("provinsi", or the province of kab/kota); None when there is none.

    Raises UserError when the list names a file that is no longer there: another map is not shown in its place.
    """
    boundaries = read(settings.load().data_folder)
    if key not in boundaries.berkas:
        return None
    path = static / boundaries.berkas[key]
    if not path.is_file():
        raise DataUnreadable(
            f"Batas wilayah dari {boundaries.asal[key]} tidak ada lagi di folder {static.name}; jalankan lagi "
            f"`python -m lib.cli batas`, atau hapus {LIST} di folder data untuk memakai batas bawaan."
        )
    return path


def put(contents: Mapping[str, bytes], *, asal: str, static: Path, data_folder: Path) -> None:
    """Put files in force by key, all in one step; the other keys keep theirs.

    Files that are neither in force nor were just before are removed. Raises UserError when a folder may not be
    written to.
    """
    before = read(data_folder)
    folder = f"{FOLDER}/{content_hash(str(data_folder.resolve()).encode())}"
    new = {key: f"{folder}/{_stem(key)}-{content_hash(content)}.geojson" for key, content in contents.items()}
    replaced = {path for key, path in before.berkas.items() if key in new} - set(new.values())
    now = Boundaries(
        berkas=dict(sorted({**before.berkas, **new}.items())),
        asal={**before.asal, **dict.fromkeys(contents, asal)},
        sebelumnya=tuple(sorted(replaced)),
    )
    try:
        _make_served(static / folder)
        for key, content in contents.items():
            _write(static / new[key], content)
        data_folder.mkdir(parents=True, exist_ok=True)
        _write(data_folder / LIST, _as_text(now).encode("utf-8"))
    except OSError as error:
        raise UserError(
            f"{error.filename} tidak dapat ditulis ({error.strerror}); jalankan perintah ini sebagai pemilik folder "
            f"{static} dan {data_folder}."
        ) from error
    kept = {static / path for path in (*now.berkas.values(), *now.sebelumnya)}
    for old in (static / folder).iterdir():
        if old not in kept:
            old.unlink()


def _stem(key: str) -> str:
    return key if key == PROVINSI else f"kabkota-{key}"


def _make_served(folder: Path) -> None:
    for each in (folder.parent, folder):
        if not each.is_dir():
            each.mkdir(parents=True)
            each.chmod(OPEN)


def _as_text(boundaries: Boundaries) -> str:
    wilayah = {key: {"berkas": path, "asal": boundaries.asal[key]} for key, path in boundaries.berkas.items()}
    return json.dumps({"wilayah": wilayah, "sebelumnya": boundaries.sebelumnya}, ensure_ascii=False, indent=1)


def _write(target: Path, content: bytes) -> None:
    """The whole file or none: written beside its place, then moved."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".baru-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).chmod(READABLE)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
