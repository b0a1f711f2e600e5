"""Kept versions on the command line: `potret --simpan`, `versi`, `banding`, and what `hitung --versi` opens."""

from __future__ import annotations

import argparse
import sys

from lib import audit, cli_filters, clock, measure, publishing, reference, snapshot, versions, versions_keep
from lib.audit import Event
from lib.domain import Dimensi, Role, Scope, UserError
from lib.numbers_id import angka
from lib.settings import Settings
from lib.versions import Kept

BY = "baris perintah"
COMPARED = ("I01", "I02", "I03", "I03K", "I13")


def add_keep(parser: argparse.ArgumentParser) -> None:
    """The words after `potret`."""
    parser.add_argument("--simpan", metavar="NAMA", help="simpan versi yang terbit dengan nama ini")
    parser.add_argument(
        "--yang-ada",
        action="store_true",
        help="bersama --simpan: simpan versi yang sudah terbit, tanpa membangun yang baru",
    )


def add_versions(parser: argparse.ArgumentParser) -> None:
    """The words after `versi`."""
    parser.add_argument("--hapus", metavar="NAMA", help="hapus versi simpanan ini (nama atau kode versinya)")
    parser.set_defaults(run=_list)


def add_compare(parser: argparse.ArgumentParser) -> None:
    """The words after `banding`."""
    parser.add_argument("dulu", help="versi yang lama: nama versi simpanan, kode versi, atau terbaru")
    parser.add_argument("kini", help="dibandingkan dengan versi ini")
    parser.add_argument("kode", nargs="*", help=f"indikator; tanpa ini {', '.join(COMPARED)}")
    cli_filters.add_cases(parser)
    parser.add_argument("--per", choices=[Dimensi.PROVINSI.value], help="satu baris per provinsi")
    parser.set_defaults(run=_compare)


def _compare(options: argparse.Namespace, values: Settings) -> int:
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
    chosen = cli_filters.chosen(options)
    earlier, later = side(values, options.dulu), side(values, options.kini)
    if all(map(versions.VERSION.fullmatch, (earlier.source.versi, later.source.versi))):
        _check_order(earlier.source.versi, later.source.versi)
    for versi in (options.dulu, options.kini):
        warn_of_changes(values, versi)
    rows = measure.revisions(
        scope,
        options.kode or COMPARED,
        chosen,
        earlier=earlier,
        later=later,
        per=Dimensi(options.per) if options.per else None,
    )
    print(rows.to_csv(index=False, lineterminator="\n"), end="")
    return 0


def _check_order(then: str, now: str) -> None:
    # The other way round, whatever has come since would be told as revised past.
    if then > now:
        raise UserError(f"Versi {then} lebih baru daripada {now}; tulis versi yang lebih lama dahulu.")


def side(values: Settings, versi: str) -> measure.Side:
    """A version with the settings that hold for it; raises UserError for one that is not there."""
    versions.resolve(values, versi)
    return measure.Side(
        source=measure.open_source(values, versi), settings=versions.settings_of(values, versi)
    )


def check_keep(options: argparse.Namespace, values: Settings) -> None:
    """Raise UserError for a name that could not be kept, before a version is built for it."""
    if options.yang_ada and options.simpan is None:
        raise UserError("--yang-ada hanya berarti bersama --simpan NAMA.")
    if options.simpan is not None:
        name = versions.checked_name(options.simpan)
        if (other := versions.find(values, name)) is not None:
            raise UserError(f"Nama “{other.nama}” sudah dipakai untuk versi {other.versi}; pilih nama lain.")


def keep(values: Settings, name: str) -> None:
    """Keep the published version, audited where it is not yet, and say so, also to the access trail."""
    versi = snapshot.current_version(values)
    if versi is not None and not snapshot.audit_path(values, versi).is_file():
        publishing.audit_version(values, versi=versi)
    kept = versions_keep.keep(values, name, by=BY, now=clock.now())
    told(values, f"simpan {kept.versi}")
    print(f"Versi {kept.versi} disimpan dengan nama “{kept.nama}” ({megabytes(kept)}).")


def told(values: Settings, detail: str) -> None:
    """One line of the access trail; only the version, because a name is free text."""
    audit.record(values, Event.SIMPANAN, now=clock.now(), who=None, detail=detail)


def megabytes(kept: Kept) -> str:
    """The size of a kept version. Example: "12,3 MB"."""
    return f"{angka(kept.ukuran / 1e6, decimals=1)} MB"


def _list(options: argparse.Namespace, values: Settings) -> int:
    """Exit 0 when all kept versions are as they were, 1 when one is not."""
    if options.hapus is not None:
        versi = versions.forget(values, options.hapus)
        told(values, f"hapus {versi}")
        print(f"Versi simpanan {versi} dihapus.")
        return 0
    lines = versions.listing(values)
    for line in lines:
        print("\t".join(_words(line)))
    if not lines:
        print("Belum ada versi simpanan; simpan dengan `potret --simpan NAMA`.")
    return 0 if all(line.keadaan == versions.WHOLE for line in lines) else 1


def _words(line: versions.Listed) -> list[str]:
    kept = line.kept
    if kept is None:
        return ["-", line.versi, "-", "-", "-", "-", line.keadaan]
    state = line.keadaan
    if kept.redefined:
        state += "; definisi indikator sudah berubah sejak itu"
    elif kept.reprogrammed:
        state += "; program sudah berubah sejak itu"
    dates = f"data {kept.data_akhir or 'belum ada'}"
    return [kept.nama, kept.versi, kept.waktu, kept.oleh, dates, megabytes(kept), state]


def warn_of_changes(values: Settings, versi: str | None) -> None:
    """Say on standard error that definitions or program are no longer those of a kept version."""
    kept = versions.kept_for(values, versi)
    if kept is None:
        return
    if kept.redefined:
        print(
            f"Perhatian: definisi indikator sudah berubah sejak “{kept.nama}” disimpan ({kept.waktu[:10]}); angka di "
            "bawah ini memakai definisi sekarang.",
            file=sys.stderr,
        )
    elif kept.reprogrammed:
        print(
            f"Perhatian: program penghitung sudah berubah sejak “{kept.nama}” disimpan ({kept.waktu[:10]}); definisi "
            "indikatornya sama.",
            file=sys.stderr,
        )
