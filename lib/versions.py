"""Kept versions ("versi simpanan"): a published version under a name, with all that its figures rest on.

Each is a folder `potret/simpanan/VERSI` of its own: the snapshot's file, its disclosure audit, its rows of riwayat,
the known events, and `keterangan.json`, the record. Rotation looks into `potret` alone and never finds it. The record
lies beside the files and not in the application database: a kept version appears whole by one renaming or not at all,
and stays legible where the application database is lost, replaced or restored from an older backup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import unicodedata
from dataclasses import asdict, dataclass, fields, replace
from functools import cache, lru_cache
from pathlib import Path

from sqlalchemy import Engine, create_engine

from lib import snapshot
from lib.domain import QualityLimits, Thresholds, UserError, Weights
from lib.indicators.records import INDICATORS
from lib.settings import ROOT, Settings

RECORD, CASES, HIDDEN, HISTORY, EVENTS = (
    "keterangan.json",
    "kasus.duckdb",
    "samar.json",
    "riwayat.sqlite",
    "peristiwa.toml",
)
FORM = 1
SHORTEST, LONGEST = 3, 80
NEWEST = "terbaru"
VERSION = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")
# No sign that a page, a file or a spreadsheet could take for more than text.
ALLOWED = re.compile(r"[^\W_][^\W_]*(?:[ ,.()/&'’+–-]+[^\W_]+)*[.)]?")
LIKE_NIK = re.compile(r"\d(?:[ .,()/&'’+–-]*\d){15}")
# What a figure is made of: when one of these files changes, the same version may give other numbers.
FIGURE_ROOMS = (
    "lib/indicators",
    "lib/measure",
    "lib/queries",
    "lib/stats",
    "lib/disclosure",
    "data/referensi",
)
WHOLE, DAMAGED = "utuh", "catatannya rusak"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The record of a kept version: its name, what it was kept from and when (WIB), by whom, and its digests.

    `berkas` holds the sha256 of each file beside it, `pengaturan` the settings in force, `definisi` and `program` the
    digests of the indicators' records and of the program's files of then.
    """

    nama: str
    versi: str
    waktu: str
    oleh: str
    data_awal: str | None
    data_akhir: str | None
    simulasi: bool
    ukuran: int
    pengaturan: dict
    definisi: str
    program: str
    berkas: dict[str, str]

    @property
    def disimpan(self) -> dt.datetime:
        """When it was kept."""
        return dt.datetime.fromisoformat(self.waktu)

    @property
    def redefined(self) -> bool:
        """Whether the records of the indicators say something else now than then."""
        return self.definisi != definitions()

    @property
    def reprogrammed(self) -> bool:
        """Whether the program that makes the figures is another one than then."""
        return self.program != program()


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of the list: the version, its record (None where it cannot be read), and whether all is as it was."""

    versi: str
    kept: Kept | None
    keadaan: str


def folder(settings: Settings) -> Path:
    """Where the kept versions lie, each in a folder of its own."""
    return snapshot.folder(settings) / "simpanan"


def path_of(settings: Settings, kept: Kept, name: str) -> Path:
    """One of the files of a kept version."""
    return folder(settings) / kept.versi / name


@cache
def definitions() -> str:
    """A digest of everything the records of the indicators say."""
    said = repr([sorted(asdict(record).items()) for record in INDICATORS.values()])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@cache
def program() -> str:
    """A digest of the files that make the figures, whatever the release is called."""
    digest = hashlib.sha256()
    paths = [path for room in FIGURE_ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    for path in sorted([*paths, ROOT / "lib" / "periods.py"]):
        if path.suffix in (".py", ".csv"):
            digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def checked_name(name: str) -> str:
    """The name with single spaces; raises UserError for one that is no name of a meeting.

    Example: "  Rapat evaluasi  triwulan III " -> "Rapat evaluasi triwulan III".
    """
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        raise UserError("Nama versi simpanan memuat karakter kendali; ketik ulang namanya.")
    # As notes are: a circled or raised digit is a digit.
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if not SHORTEST <= len(plain) <= LONGEST:
        raise UserError(
            f"Nama versi simpanan terdiri atas {SHORTEST} sampai {LONGEST} huruf, bukan {len(plain)}; ubah namanya."
        )
    if LIKE_NIK.search(plain):
        raise UserError("Nama versi simpanan memuat 16 angka seperti NIK; ubah namanya.")
    if not ALLOWED.fullmatch(plain) or "www." in plain.lower():
        raise UserError(
            f"Nama versi simpanan hanya boleh memuat huruf, angka, spasi, dan tanda , . ( ) / & ' + -, dimulai "
            f"dengan huruf atau angka, tanpa alamat laman; {len(plain)} huruf yang diketik memuat tanda lain."
        )
    if VERSION.fullmatch(plain) or plain.lower() == NEWEST:
        raise UserError(f"Nama “{plain}” sudah punya arti lain; beri nama rapatnya.")
    return plain


def history_engine(settings: Settings, kept: Kept) -> Engine:
    """An engine that reads the riwayat of a kept version."""
    path = path_of(settings, kept, HISTORY).resolve()
    return create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")


def digest_of(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@lru_cache(maxsize=256)
def _digest_known(path: Path, size: int, changed: int) -> str:
    """The digest of a file that has not been touched since; for lists, not for opening."""
    return digest_of(path)


def _read(home: Path) -> Kept | None:
    """The record of a folder; None where it is damaged or says something else than was written."""
    try:
        record = json.loads((home / RECORD).read_text(encoding="utf-8"))
        said = json.dumps(record["isi"], ensure_ascii=False, sort_keys=True, indent=1)
        kept = Kept(**record["isi"])
        known = record["bentuk"] == FORM and set(kept.berkas) >= {CASES, HIDDEN, HISTORY}
        whole = record["sidik"] == hashlib.sha256(said.encode()).hexdigest() and kept.versi == home.name
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return kept if known and whole else None


def _homes(settings: Settings) -> list[Path]:
    home = folder(settings)
    found = home.iterdir() if home.is_dir() else []
    return sorted((path for path in found if VERSION.fullmatch(path.name)), reverse=True)


def every(settings: Settings) -> list[Kept]:
    """The records of all kept versions that can be read, newest first."""
    return [kept for kept in map(_read, _homes(settings)) if kept is not None]


def listing(settings: Settings) -> list[Listed]:
    """All kept versions, newest first, also those whose record or files are no longer what was kept."""
    lines = []
    for home in _homes(settings):
        kept = _read(home)
        state = DAMAGED if kept is None else (_flaw(settings, kept, again=False) or WHOLE)
        lines.append(Listed(versi=home.name, kept=kept, keadaan=state))
    return lines


def find(settings: Settings, name: str) -> Kept | None:
    """The kept version of this name or version; None where nothing is kept under it.

    Raises UserError where the version is kept but its record is damaged.
    """
    if VERSION.fullmatch(name):
        home = folder(settings) / name
        if not home.is_dir():
            return None
        kept = _read(home)
        if kept is None:
            raise UserError(
                f"Catatan versi simpanan {name} rusak atau diubah; ambil kembali foldernya dari cadangan, atau hapus "
                f"dengan `python -m lib.cli versi --hapus {name}`."
            )
        return kept
    wanted = " ".join(name.split()).casefold()
    return next((kept for kept in every(settings) if kept.nama.casefold() == wanted), None)


def found(settings: Settings, name: str) -> Kept:
    """`find` that raises UserError where nothing is kept under the name."""
    kept = find(settings, name)
    if kept is None:
        known = ", ".join(f"“{each.nama}”" for each in every(settings)) or "belum ada yang disimpan"
        # A link may ask for anything; only what could be a name is repeated.
        quoted = f" “{name}”" if len(name) <= LONGEST and ALLOWED.fullmatch(name) else ""
        raise UserError(f"Versi simpanan{quoted} tidak ada; yang ada: {known}.")
    return kept


def resolve(settings: Settings, name: str) -> str:
    """The version behind a name: of a kept one, "terbaru" for the published one, or a version's own.

    Raises UserError for a name that means nothing.
    """
    if name == NEWEST:
        versi = snapshot.current_version(settings)
        if versi is None:
            raise UserError("Belum ada potret; buat dengan `python -m lib.cli potret`.")
        return versi
    if VERSION.fullmatch(name) and snapshot.version_path(settings, name).is_file():
        return name
    return found(settings, name).versi


def kept_for(settings: Settings, versi: str | None) -> Kept | None:
    """The kept version a question is asked of; None for a published or not yet rotated one.

    A name always means the kept version; the code of the version that is published now means the published one.
    Raises UserError for a name that means nothing.
    """
    if versi is None or versi == NEWEST:
        return None
    kept = find(settings, versi)
    if not VERSION.fullmatch(versi):
        return kept or found(settings, versi)
    # What is published is asked only where it matters: a damaged pointer keeps no other version from being read.
    return None if kept is None or versi == snapshot.current_version(settings) else kept


def settings_of(settings: Settings, versi: str | None) -> Settings:
    """The settings that hold for a version: those in force when it was kept, else those of now."""
    kept = kept_for(settings, versi)
    return settings if kept is None else settings_then(settings, kept)


def settings_then(settings: Settings, kept: Kept) -> Settings:
    """The settings in force when a version was kept: thresholds, weights, policy, events and the unit's names.

    Raises UserError where the record lacks a threshold that this program knows.
    """
    then = kept.pengaturan
    kinds = {"ambang": Thresholds, "bobot": Weights, "mutu": QualityLimits}
    lacking = {
        name
        for key, kind in kinds.items()
        for name in {each.name for each in fields(kind)} ^ set(then.get(key, ()))
    }
    if lacking:
        raise UserError(
            f"Versi simpanan “{kept.nama}” dibuat oleh program dengan ambang lain ({', '.join(sorted(lacking))}); "
            "buka dengan program dari waktu itu."
        )
    return replace(
        settings,
        unit=then["unit"],
        kementerian=then["kementerian"],
        ambang=Thresholds(**then["ambang"]),
        bobot=Weights(**then["bobot"]),
        mutu=QualityLimits(**then["mutu"]),
        kuning_hari=then["mutu"]["kuning_hari"],
        merah_hari=then["mutu"]["merah_hari"],
        rujukan_penuh_terselesaikan=then["rujukan_penuh_terselesaikan"],
        peristiwa=path_of(settings, kept, EVENTS),
    )


def check(settings: Settings, kept: Kept) -> None:
    """Raise UserError where a file of a kept version is missing or no longer what was kept."""
    flaw = _flaw(settings, kept, again=True)
    if flaw:
        raise UserError(
            f"Versi simpanan “{kept.nama}” tidak dibuka: {flaw}. Ambil kembali folder simpanan/{kept.versi} dari "
            "cadangan, atau buka versi lain."
        )


def stamp(settings: Settings, kept: Kept) -> tuple:
    """What tells the files of a kept version apart from changed ones without reading them."""
    files = [path_of(settings, kept, name) for name in (RECORD, *kept.berkas)]
    return tuple((path.stat().st_size, path.stat().st_mtime_ns) if path.is_file() else None for path in files)


def _flaw(settings: Settings, kept: Kept, *, again: bool) -> str | None:
    """What is wrong with the files of a kept version; `again` reads them whatever was read before."""
    for name, digest in kept.berkas.items():
        path = path_of(settings, kept, name)
        try:
            about = path.stat()
            same = digest_of(path) if again else _digest_known(path, about.st_size, about.st_mtime_ns)
        except FileNotFoundError:
            return f"berkas {name} hilang"
        except OSError as error:
            return f"berkas {name} tidak terbaca ({error.strerror})"
        if same != digest:
            return f"isi berkas {name} berubah sejak disimpan"
    if EVENTS not in kept.berkas and path_of(settings, kept, EVENTS).exists():
        return f"berkas {EVENTS} ditambahkan sesudah disimpan"
    return None


def forget(settings: Settings, name: str) -> str:
    """Remove a kept version, by its name or version, and return the version.

    Raises UserError where there is none. Who has it open reads on until they close it.
    """
    home = folder(settings) / name
    versi = name if VERSION.fullmatch(name) and home.is_dir() else found(settings, name).versi
    leaving = folder(settings) / f".bangun-hapus-{os.getpid()}-{versi}"
    try:
        (folder(settings) / versi).rename(leaving)
        shutil.rmtree(leaving)
    except OSError as error:
        raise UserError(
            f"Versi simpanan {versi} tidak dapat dihapus; periksa izin folder {home.parent}."
        ) from error
    return versi
