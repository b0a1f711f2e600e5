"""The commands `pengguna` and `audit`: users with their rights, and who saw what."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from collections.abc import Callable
from functools import partial

from lib import audit, clock, users
from lib.audit import Event
from lib.domain import Role, UserError
from lib.settings import Settings
from lib.users import User


def add_users(parser: argparse.ArgumentParser) -> None:
    """The words after `pengguna`."""
    parts = parser.add_subparsers(required=True, metavar="TINDAKAN")

    def part(name: str, help_text: str, run) -> argparse.ArgumentParser:
        added = parts.add_parser(name, help=help_text, description=help_text)
        added.set_defaults(run=run)
        return added

    part("daftar", "Menampilkan semua pengguna", _list)
    new = part("tambah", "Menambah pengguna atau mengganti haknya", _put)
    for each in (
        new,
        part("cabut", "Mencabut hak", lambda o, v: _switch(o, v, active=False)),
        part("pulihkan", "Memulihkan hak yang dicabut", lambda o, v: _switch(o, v, active=True)),
    ):
        each.add_argument("--penerbit", required=True, help="alamat penyedia masuk (iss)")
        each.add_argument("--subjek", required=True, help="kode orang pada penyedia itu (sub)")
    new.add_argument("--peran", required=True, help=", ".join(Role))
    new.add_argument("--provinsi", default="", help="satu kode atau beberapa dipisah koma; hanya koordinator")
    new.add_argument("--sebutan", help="nama atau jabatan pegawai")


def add_audit(parser: argparse.ArgumentParser) -> None:
    """The words after `audit`."""
    parser.add_argument("--hari", type=int, default=30, help="berapa hari terakhir")
    parser.add_argument("--kejadian", help=", ".join(Event))
    parser.add_argument("--subjek", help="hanya orang ini (sub)")
    parser.add_argument(
        "--hapus-lama", action="store_true", help="hapus dahulu jejak yang lebih tua dari pengaturan"
    )
    parser.set_defaults(run=_audit)


def _list(options: argparse.Namespace, values: Settings) -> int:
    known = users.everyone(values)
    for user in known:
        state = "aktif" if user.active else "dicabut"
        places = ",".join(user.provinces) or "-"
        print(f"{state}\t{user.role.value}\t{places}\t{user.label or '-'}\t{user.issuer}\t{user.subject}")
    if not known:
        print("Belum ada pengguna; tambahkan dengan `pengguna tambah`.")
    return 0


def _put(options: argparse.Namespace, values: Settings) -> int:
    try:
        role = Role(options.peran)
    except ValueError as error:
        raise UserError(f"Peran “{options.peran}” tidak dikenal; pilihannya: {', '.join(Role)}.") from error
    provinces = tuple(part.strip() for part in options.provinsi.split(",") if part.strip())
    user = User(
        issuer=options.penerbit.strip(),
        subject=options.subjek.strip(),
        role=role,
        provinces=tuple(sorted(set(provinces))),
        label=options.sebutan,
    )
    users.put(values, user, now=clock.now(), tell=_telling(users.described(user)))
    print(f"Pengguna {user.subject} kini {role.value}.")
    return 0


def _switch(options: argparse.Namespace, values: Settings, *, active: bool) -> int:
    done = "dipulihkan" if active else "dicabut"
    told = _telling(f"{options.subjek} ({options.penerbit}): {done}")
    users.set_active(values, options.penerbit, options.subjek, active=active, now=clock.now(), tell=told)
    print(f"Hak {options.subjek} {done}; berlaku pada klik berikutnya.")
    return 0


def _telling(detail: str) -> Callable:
    return partial(
        audit.write, event=Event.HAK, now=clock.now(), who=None, page="baris-perintah", detail=detail
    )


def _audit(options: argparse.Namespace, values: Settings) -> int:
    event = None
    if options.kejadian is not None:
        if options.kejadian not in set(Event):
            raise UserError(f"Kejadian “{options.kejadian}” tidak dikenal; pilihannya: {', '.join(Event)}.")
        event = Event(options.kejadian)
    if options.hari < 1:
        raise UserError(f"Jumlah hari {options.hari} harus paling sedikit 1.")
    if options.hapus_lama:
        dropped = audit.forget_old(values, now=clock.now())
        print(f"{dropped} baris lama dihapus.", file=sys.stderr)
    since = clock.now() - dt.timedelta(days=options.hari)
    frame = audit.trail(values, since=since, event=event, subject=options.subjek)
    frame["waktu"] = [moment.tz_convert(clock.WIB).isoformat(timespec="seconds") for moment in frame["waktu"]]
    writer = csv.writer(sys.stdout)
    writer.writerow(audit.COLUMNS)
    writer.writerows(frame[list(audit.COLUMNS)].fillna("").itertuples(index=False, name=None))
    return 0
