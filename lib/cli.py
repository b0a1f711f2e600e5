"""`python -m lib.cli COMMAND`: everything that needs no screen."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from lib import (
    cli_access,
    cli_filters,
    cli_pack,
    cli_versions,
    clock,
    publishing,
    reference,
    settings,
    snapshot,
    start,
    versions,
)
from lib.database import connection, contract, fence
from lib.domain import Dimensi, Role, Scope, Tayang, UserError
from lib.measure import keys_of, measure, open_source

ANSWER = (
    "kode",
    "kunci",
    "nilai",
    "pembilang",
    "n",
    "satuan",
    "bawah",
    "atas",
    "catatan",
    "dari",
    "sampai",
    "tanggal_data",
    "tayang",
    "versi",
    "simulasi",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (2 with a sentence on standard error for a UserError)."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options, settings.load())
    except UserError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.cli", description="Tuntas tanpa layar")
    commands = parser.add_subparsers(required=True, metavar="PERINTAH")

    def command(name: str, help_text: str, run: Callable | None) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_text, description=help_text)
        added.set_defaults(run=run)
        return added

    ready = command("siapkan", "Membuat atau menaikkan skema basis data kasus", _prepare)
    ready.add_argument("--turun", metavar="VERSI", help="turunkan skema ke versi yang lebih lama")
    ready.add_argument(
        "--ya", action="store_true", help="bersama --turun: hapus juga baris yang tidak muat di sana"
    )
    demo = command("demo", "Membuat basis data simulasi dan potretnya", _demo)
    demo.add_argument("--kasus", type=int, default=start.DEMO_CASES, help="jumlah kasus")
    demo.add_argument("--benih", type=int, default=start.DEMO_SEED, help="benih acak")
    load = command("impor", "Memeriksa lalu memasukkan buku kerja (XLSX) atau lembar (CSV)", _import)
    given = load.add_mutually_exclusive_group(required=True)
    given.add_argument("berkas", nargs="*", type=Path, default=())
    given.add_argument(
        "--batal", action="store_true", help="batalkan impor terakhir seluruhnya, tanpa berkas"
    )
    load.add_argument("--uji", action="store_true", help="hanya memeriksa")
    load.add_argument("--ganti", action="store_true", help="ganti seluruh data provinsi dalam berkas")
    load.add_argument("--ke-simulasi", action="store_true", help="izinkan masuk ke basis data simulasi")
    load.add_argument("--laporan", type=Path, help="tulis laporan baris ke CSV ini")
    empty = command("templat", "Menulis buku kerja impor yang kosong", _template)
    empty.add_argument("keluar", type=Path)
    bounds = command("batas", "Memakai berkas batas wilayah sendiri untuk peta", _bounds)
    bounds.add_argument("berkas", type=Path)
    bounds.add_argument("--kode", required=True, help="kolom yang memuat kode Kemendagri")
    cli_versions.add_keep(command("potret", "Membangun dan menerbitkan potret baru", _snapshot))
    cli_versions.add_versions(command("versi", "Menampilkan atau menghapus versi simpanan", None))
    compared = "Membandingkan dua versi: kejadian baru dan data lampau yang diperbaiki"
    cli_versions.add_compare(command("banding", compared, None))
    cli_access.add_users(command("pengguna", "Mengatur siapa yang boleh melihat apa", None))
    cli_access.add_audit(command("audit", "Mencetak jejak akses sebagai CSV", None))
    cli_pack.add_pack(command("paket", "Menulis paket rapat: salindia, buku kerja, dan cetakan", None))
    command("periksa", "Memeriksa basis data, potret, kesegaran dan berkas", _check)
    _add_measure(
        command("hitung", "Menghitung indikator: yang ditampilkan halaman, dicetak di sini", _measure)
    )
    return parser


def _add_measure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kode", nargs="+")
    cli_filters.add_filters(parser)
    parser.add_argument("--per", help=", ".join(Dimensi))
    parser.add_argument("--tayang", default=Tayang.INTERNAL.value, help=", ".join(Tayang))
    parser.add_argument("--format", default="json", choices=["json", "csv"])


def _prepare(options: argparse.Namespace, values: settings.Settings) -> int:
    """Exit 0 when all is in place, 1 when a part of the second fence could not be put up."""
    from lib.database import upgrade  # brings alembic: half a second that no other command need wait for

    values.require_own_tables()
    engine = connection.writable_engine(values.database_url)
    if options.turun is not None:
        return _turn_down(engine, options)
    before = upgrade.bring_up(engine)
    now = connection.version_of(engine)
    if before not in (None, now):
        print(f"Skema dinaikkan dari versi {before} ke versi {now}; semua baris tetap ada.")
    print(f"Basis data kasus siap, versi skema {now}.")
    erected = fence.erect(engine, reader=values.peran_baca, seconds=values.batas_kueri_detik)
    for line in erected.done:
        print(line)
    for line in erected.missing:
        print(f"Perhatian: {line}")
    return 1 if erected.missing else 0


def _turn_down(engine, options: argparse.Namespace) -> int:
    from lib.database import upgrade

    before = upgrade.turn_down(engine, options.turun, lose=options.ya)
    print(
        f"Skema diturunkan dari versi {before} ke versi {options.turun}. Tuntas ini tidak lagi memakainya: pasang "
        "Tuntas yang sesuai, atau naikkan lagi dengan `python -m lib.cli siapkan`."
    )
    return 0


def _say(share: float, text: str) -> None:
    print(f"{share:4.0%} {text}", file=sys.stderr)


def _demo(options: argparse.Namespace, values: settings.Settings) -> int:
    if options.kasus < 1:
        raise UserError(f"Jumlah kasus {options.kasus} harus paling sedikit 1.")
    built = start.make_demo(
        values, now=clock.now(), cases=options.kasus, seed=options.benih, progress=_say, audit=True
    )
    print(f"DATA SIMULASI siap. Potret {built.versi}: {built.baris} kasus, {built.detik:.1f} detik.")
    return 0


def _import(options: argparse.Namespace, values: settings.Settings) -> int:
    from lib import cli_trial, intake  # as above: what reads workbooks
    from lib.importing import report

    values.require_own_tables()
    if options.batal:
        return _take_back(options, values)
    if options.laporan:
        _check_report(options.laporan, options.berkas)
    asked = {"now": clock.now(), "into_simulated": options.ke_simulasi, "replace_all": options.ganti}
    effect: list[str] = []
    if options.uji:
        everything = Scope(role=Role.ADMIN_DATA, provinces=reference.all_provinces())
        tried = intake.check(values, everything, options.berkas, sender=intake.OPERATOR, **asked)
        done, effect = tried.report, cli_trial.effect_lines(tried.effect)
    else:
        done = intake.bring_in(values, options.berkas, **asked)
    if options.laporan:
        report.write_report(done, options.laporan)
    print("\n".join([report.summary(done), *effect]))
    code = {"diterima": 0, "sebagian": 1, "ditolak_berkas": 2}[done.status]
    if code == 2 or options.uji:
        return code
    return max(code, _publish_after(values, "Data sudah masuk"))


def _publish_after(values: settings.Settings, done: str) -> int:
    """Publish what was written; 1 with a sentence where that fails, for 2 would say that nothing was written."""
    try:
        _publish(values)
    except UserError as error:
        print(f"{done}, tetapi potret belum terbit. {error}", file=sys.stderr)
        return 1
    return 0


def _check_report(path: Path, files: Sequence[Path]) -> None:
    """Raise UserError, before anything is imported, where the report could not be written or would replace a file."""
    if not path.absolute().parent.is_dir():
        raise UserError(f"Folder {path.parent} tidak ada; buat dahulu folder itu.")
    if path.absolute().resolve() in {file.absolute().resolve() for file in files}:
        raise UserError(f"Laporan {path} akan menimpa berkas yang diimpor; pilih nama lain.")
    is_new = not path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        raise UserError(
            f"Laporan {path} tidak dapat ditulis ({error.strerror}); pilih nama atau folder lain."
        ) from error
    if is_new:
        path.unlink()


def _take_back(options: argparse.Namespace, values: settings.Settings) -> int:
    if options.uji or options.ganti:
        raise UserError("--batal membatalkan impor terakhir dan tidak memakai --uji atau --ganti.")
    from lib import intake

    last = intake.take_back(values, now=clock.now())
    where = f" provinsi {', '.join(last.provinces)}" if last.provinces else ""
    print(
        f"Impor{where} tanggal {last.waktu:%Y-%m-%d %H:%M} dibatalkan; basis data kembali seperti sebelumnya."
    )
    return _publish_after(values, "Impor sudah dibatalkan")


def _publish(values: settings.Settings) -> None:
    built = publishing.publish(values, now=clock.now(), progress=_say)
    print(f"Potret {built.versi}: {built.baris} kasus, {built.detik:.1f} detik.")


def _template(options: argparse.Namespace, values: settings.Settings) -> int:
    from lib.importing import template

    template.write_template(options.keluar)
    print(f"Templat ditulis ke {options.keluar}.")
    return 0


def _bounds(options: argparse.Namespace, values: settings.Settings) -> int:
    from lib.geo import adopt, given

    done = adopt.adopt(options.berkas, column=options.kode, data_folder=values.data_folder)
    kind = "provinsi" if done.are_provinces else f"kabupaten/kota di {done.provinces} provinsi"
    size = f"berkas terbesar {math.ceil(done.largest / 1000)} kB"
    print(f"Batas {done.areas} {kind} dari {options.berkas.name} dipakai; {size}.")
    if done.uneven:
        where = given.some(done.uneven)
        print(f"Tepi wilayah yang bertetangga tidak persis berhimpit ({where}); celah kecil dapat terlihat.")
    print("Isi berkas itu terbuka untuk siapa pun yang membuka Tuntas: hanya bidang, kode, dan nama wilayah.")
    return 0


def _snapshot(options: argparse.Namespace, values: settings.Settings) -> int:
    cli_versions.check_keep(options, values)
    if not options.yang_ada:
        _publish(values)
    if options.simpan is not None:
        cli_versions.keep(values, options.simpan)
    return 0


def _check(options: argparse.Namespace, values: settings.Settings) -> int:
    """Doctor: exit 0 when all is well, 1 when something needs attention."""
    engine = connection.read_engine(values.database_url)
    if values.kontrak == settings.OWN_TABLES:
        connection.check_version(engine)
    if found := contract.flaws(engine, kontrak=values.kontrak):
        for line in found:
            print(f"Perhatian: {line}")
        return 1
    live = values.sumber == settings.LIVE
    said, wanting = _views(values) if values.kontrak == settings.VIEWS else _own_tables(engine, values)
    for line in said:
        print(line)
    for line in wanting:
        print(f"Perhatian: {line}")
    source = open_source(values)
    print(f"{'Sumber langsung' if live else 'Potret terbit'}: {source.versi}, dibuat {source.dibuat}")
    today, late = clock.today(), []
    for province in source.provinces:
        if province.tanggal_data is None:
            late.append(f"{province.kode_provinsi} belum pernah mengirim")
        elif (today - province.tanggal_data).days > values.merah_hari:
            late.append(f"{province.kode_provinsi} belum mengirim sejak {province.tanggal_data.isoformat()}")
    for line in late:
        print(f"Perhatian: provinsi {line}")
    return 1 if late or wanting else 0


def _own_tables(engine, values: settings.Settings) -> tuple[list[str], list[str]]:
    """What `periksa` says of our own tables, and what needs attention."""
    simulated = "ya" if connection.is_simulated(engine) else "tidak"
    said = [f"Basis data kasus: {connection.count_cases(engine)} baris, simulasi: {simulated}"]
    fenced, wanting = fence.report(engine, reader=values.peran_baca, live=values.sumber == settings.LIVE)
    return said + fenced, wanting


def _views(values: settings.Settings) -> tuple[list[str], list[str]]:
    """The same of a ministry's views, every row of them looked at."""
    found = snapshot.sifted(values, now=clock.now())
    rows = ", ".join(f"v_{name} {number}" for name, number in found.rows.items() if number)
    return [f"Tampilan kementerian, baris: {rows}", *found.remarks], [
        *found.broken,
        *filter(None, [found.refusal]),
    ]


def _measure(options: argparse.Namespace, values: settings.Settings) -> int:
    tayang = cli_filters.choice(Tayang, options.tayang, "Tayang")
    per = None if options.per is None else cli_filters.choice(Dimensi, options.per, "Dimensi")
    scope = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces(), tayang=tayang)
    chosen = cli_filters.chosen(options)
    source = open_source(values, options.versi)
    limits = versions.settings_of(values, options.versi).ambang
    cli_versions.warn_of_changes(values, options.versi)
    answer = measure(scope, options.kode, chosen, per=per, source=source, limits=limits)
    rows = as_objects(answer, per)
    if options.format == "json":
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        keys = list(dict.fromkeys(key for kode in options.kode for key in keys_of(kode, per)))
        flat = [{**row["kunci"], **{k: v for k, v in row.items() if k != "kunci"}} for row in rows]
        writer = csv.DictWriter(sys.stdout, fieldnames=[*keys, *(name for name in ANSWER if name != "kunci")])
        writer.writeheader()
        writer.writerows(flat)
    return 0


def as_objects(answer: pd.DataFrame, per: Dimensi | None) -> list[dict]:
    """The rows of `measure` as plain objects, dates as ISO text, missing numbers as None."""
    rows = []
    for row in answer.to_dict("records"):
        row["kunci"] = {key: _plain_key(row[key]) for key in keys_of(row["kode"], per)}
        rows.append({name: _plain(row[name]) for name in ANSWER})
    return rows


def _plain_key(value):
    return None if pd.isna(value) else value


def _plain(value):
    if isinstance(value, dict | str | bool) or value is None:
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    number = float(value)
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() else number


if __name__ == "__main__":
    sys.exit(main())
