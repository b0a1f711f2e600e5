"""The command `paket`: the meeting pack as slides, workbook, print, or all of them for every province."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lib import audit, cli_filters, cli_versions, clock, decisions, reference, versions
from lib.audit import Event
from lib.domain import Dimensi, Role, Scope, Tayang, UserError
from lib.measure import open_source
from lib.settings import Settings


def add_pack(parser: argparse.ArgumentParser) -> None:
    """The words after `paket`."""
    parser.add_argument("--keluar", type=Path, required=True, help="berkas .pptx, .xlsx, .pdf, atau .zip")
    cli_filters.add_filters(parser)
    parser.add_argument("--per", help="provinsi: satu paket per provinsi, hanya ke .zip")
    parser.add_argument("--tayang", default=Tayang.PRESENTASI.value, help=", ".join(Tayang))
    parser.set_defaults(run=_pack)


def _say(share: float, text: str) -> None:
    print(f"{share:4.0%} {text}", file=sys.stderr)


def _pack(options: argparse.Namespace, values: Settings) -> int:
    from lib.exports import pack  # here and not above: other commands need not wait for what writes slides

    tayang = cli_filters.choice(Tayang, options.tayang, "Tayang")
    ending = options.keluar.suffix.removeprefix(".").lower()
    if options.per is not None and options.per != Dimensi.PROVINSI:
        raise UserError(f"Paket per “{options.per}” tidak ada; pilihannya: provinsi.")
    if options.per is not None and ending != pack.ZIP:
        raise UserError(f"Paket per provinsi ditulis ke berkas .zip, bukan {options.keluar.name}.")
    if not options.keluar.parent.is_dir():
        raise UserError(f"Folder {options.keluar.parent} tidak ada; buat dahulu folder itu.")
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces(), tayang=tayang)
    asked, source = (scope, cli_filters.chosen(options)), open_source(values, options.versi)
    cli_versions.warn_of_changes(values, options.versi)
    values = versions.settings_of(values, options.versi)
    kept = versions.kept_for(values, options.versi)
    at = kept.disimpan if kept else None
    today = at.date() if at else clock.today()
    agreed = decisions.for_export(scope, values, source=source, today=today, at=at)
    more = {"source": source, "values": values, "decisions": agreed}
    if options.per is not None:
        content = pack.every_province(*asked, **more, progress=_say)
    else:
        content = pack.one(*asked, ending, **more)
    # What cannot be told is not handed out.
    audit.record(
        values, Event.UNDUH, now=clock.now(), who=None, detail=f"paket {ending} versi {source.versi}"
    )
    try:
        options.keluar.write_bytes(content)
    except OSError as error:
        raise UserError(
            f"Berkas {options.keluar} tidak dapat ditulis ({error.strerror}); pilih nama atau folder lain."
        ) from error
    print(f"Paket rapat ditulis ke {options.keluar} ({len(content) / 1000:.0f} kB), tayang {tayang.value}.")
    return 0
