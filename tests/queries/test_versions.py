"""Kept versions: whole and the same after any import, never rotated away, and checked before they are opened."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from dataclasses import replace

import pytest

from lib import application, audit, cli, clock, publishing, settings, snapshot, versions, versions_keep
from lib.audit import Event
from lib.domain import CaseFilter, UserError
from lib.importing.template import write_template
from lib.measure import measure, open_kept, open_source
from tests.queries.build import kasus_row as raw_case
from tests.queries.office import SCOPE, T, build, office, one_province
from tests.unit.test_importing_rows import kasus_row, keterangan_row, pendamping_row

NAME = "Rapat evaluasi triwulan III"
KODES = (
    *("I01", "I02", "I03", "I03K", "I05M", "I11", "I13", "I15-n", "I15-persen", "I18-rata", "I18-persen"),
    *("I19", "I20", "I25", "I28"),
)


def send(folder, name: str, data: str, numbers, *options: str, **changes: str) -> None:
    """One import by the command line: cases of East Java, up to a data date."""
    path = folder / f"{name}.xlsx"
    rows = {
        "keterangan": [keterangan_row("35", data)],
        "pendamping": [pendamping_row()],
        "kasus": [kasus_row(number, **changes) for number in numbers],
    }
    write_template(path, rows=rows)
    assert cli.main(["impor", str(path), *options]) == 0


def hitung(capsys, *options: str) -> str:
    capsys.readouterr()
    assert cli.main(["hitung", *KODES, *options]) == 0
    return capsys.readouterr().out


QUESTIONS = (
    (),
    ("--per", "bulan", "--provinsi", "35"),
    ("--per", "provinsi"),
    # Ends before T: figures known at T only come from the riwayat.
    ("--dari", "2026-01-01", "--sampai", "2026-10-31", "--provinsi", "35"),
)


def test_the_same_json_after_three_later_imports_and_other_thresholds(
    tuntas_data, tmp_path, capsys, monkeypatch
):
    """The imports change old cases, write the riwayat of the same days anew, and go back and forward in time."""
    assert cli.main(["siapkan"]) == 0
    send(tmp_path, "oktober", "2026-10-25", range(1, 41))
    send(tmp_path, "november", "2026-11-20", range(41, 61))
    assert cli.main(["potret", "--simpan", f"  {NAME} ", "--yang-ada"]) == 0
    published = [hitung(capsys, *asked) for asked in QUESTIONS]
    assert '"menurut riwayat' in published[3] and json.loads(published[0])[0]["nilai"] == 60

    # Takes most of the time of an import, and decides nothing here.
    monkeypatch.setattr(publishing, "audit_version", lambda *values, **versi: None)
    late = {"tanggal_pembaruan": "2026-11-19", "tanggal_terminasi": "2026-11-19", "kode_alasan": "T1"}
    outcomes = {f"hasil_{part}": "1" for part in ("kebutuhan_dasar", "peran_sosial", "atasi_masalah")}
    send(tmp_path, "ralat", "2026-11-20", range(1, 31), **late, **outcomes)
    send(tmp_path, "ganti", "2026-10-25", range(1, 6), "--ganti")
    send(tmp_path, "sesudahnya", "2026-11-21", range(100, 120))
    values = settings.load()
    other = replace(values, ambang=replace(values.ambang, macet_hari=3, asesmen_hari=1, beban_wajar=1))
    monkeypatch.setattr(settings, "load", lambda: other)
    for asked, before in zip(QUESTIONS, published, strict=True):
        assert hitung(capsys, *asked) != before
        assert hitung(capsys, *asked, "--versi", NAME) == before
    assert versions.settings_of(other, NAME) == replace(
        values,
        peristiwa=snapshot.folder(values) / "simpanan" / versions.resolve(other, NAME) / "peristiwa.toml",
    )
    # Rotated away as a version, still there as a kept one; the code of the version leads to it too.
    versi = versions.resolve(other, NAME)
    assert versi not in snapshot.versions(values)
    assert hitung(capsys, "--versi", versi) == published[0]
    # Without the application database as well.
    (tuntas_data / "aplikasi.sqlite").unlink()
    assert hitung(capsys, *QUESTIONS[3], "--versi", NAME) == published[3]
    assert cli.main(["banding", NAME, "terbaru", "I01"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("I01,kasus")
    assert cli.main(["banding", "terbaru", NAME, "I01"]) == 2
    assert "tulis versi yang lebih lama dahulu" in capsys.readouterr().err


# --- the list, and taking one off it -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A folder with one kept version, made once."""
    folder = tmp_path_factory.mktemp("simpanan")
    values = office(folder, one_province(*(raw_case("34", number, T) for number in range(1, 5))))
    publishing.publish(values, now=clock.now())
    versions_keep.keep(values, NAME, by="Direktur", now=clock.now())
    return folder


@pytest.fixture
def kept(template, tuntas_data) -> settings.Settings:
    """An office of its own with one kept version, which is published too."""
    shutil.copytree(template, tuntas_data, dirs_exist_ok=True)
    return settings.load()


def test_listed_then_removed_by_an_explicit_command_only(kept, capsys):
    assert cli.main(["versi"]) == 0
    name, versi, when, by, data, size, state = capsys.readouterr().out.strip().split("\t")
    assert (name, versi, by) == (NAME, snapshot.current_version(kept), "Direktur")
    assert (data, state) == ("data 2026-11-20", "utuh") and when.endswith("+07:00") and size.endswith(" MB")
    assert cli.main(["versi", "--hapus", NAME.upper()]) == 0
    assert versions.every(kept) == [] and not any(versions.folder(kept).iterdir())
    # The published version is untouched, and both acts are told.
    assert measure(SCOPE, ["I01"], CaseFilter(), source=open_source(kept), limits=kept.ambang)["nilai"].iloc[
        0
    ]
    assert cli.main(["potret", "--simpan", "Lagi", "--yang-ada"]) == 0
    lines = audit.trail(kept, event=Event.SIMPANAN)["rincian"].tolist()
    assert lines == [f"simpan {versi}", f"hapus {versi}"]


def test_never_rotated_away(kept):
    first = snapshot.current_version(kept)
    for minutes in range(3):
        build(kept, minutes)
    assert first not in snapshot.versions(kept) and len(snapshot.versions(kept)) == kept.simpan_terakhir
    source = open_source(kept, NAME)
    assert (source.versi, source.simpanan) == (first, NAME)
    assert source.samar.parent == versions.folder(kept) / first


def flipped(path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def edited(path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace('"macet_hari": 30', '"macet_hari": 90'))


def gone(path) -> None:
    path.unlink()


def extra(path) -> None:
    path.write_text("[[peristiwa]]\n")


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("kasus.duckdb", flipped, "isi berkas kasus.duckdb berubah"),
        ("samar.json", flipped, "isi berkas samar.json berubah"),
        ("riwayat.sqlite", flipped, "isi berkas riwayat.sqlite berubah"),
        ("riwayat.sqlite", gone, "berkas riwayat.sqlite hilang"),
        ("kasus.duckdb", gone, "berkas kasus.duckdb hilang"),
        ("peristiwa.toml", extra, "peristiwa.toml ditambahkan"),
        ("keterangan.json", edited, "rusak atau diubah"),
        ("keterangan.json", gone, "rusak atau diubah"),
    ],
)
def test_what_was_changed_is_refused_and_listed_as_such(kept, capsys, name, spoil, words):
    one = versions.found(kept, NAME)
    versi = snapshot.current_version(kept)
    # No longer the published one, whose code would mean itself.
    build(kept, 1)
    spoil(versions.path_of(kept, one, name))
    with pytest.raises(UserError, match=words):
        open_source(kept, versi)
    assert cli.main(["versi"]) == 1
    assert "utuh" not in capsys.readouterr().out
    assert cli.main(["versi", "--hapus", versi]) == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "3 sampai 80 huruf"),
        ("ab", "3 sampai 80 huruf"),
        ("a" * 81, "3 sampai 80 huruf"),
        ("Rapat\x00Juni", "karakter kendali"),
        ("Rapat\nJuni", "karakter kendali"),
        ("Rapat \u202eJuni", "karakter kendali"),
        ("Klien 3578012345678901", "NIK"),
        ("Klien 3578 0123 4567 8901", "NIK"),
        ("Klien ③⑤⑦⑧⓪①②③④⑤⑥⑦⑧⑨⓪①", "NIK"),
        ("Rapat [x](y)", "tanda lain"),
        ("=1+1", "tanda lain"),
        ("--hapus", "tanda lain"),
        ("../../etc", "tanda lain"),
        ("lihat www.contoh.id", "tanda lain"),
        ("Terbaru", "arti lain"),
        ("20261122T144059-9a9c25", "arti lain"),
    ],
)
def test_a_name_that_is_none_is_refused_before_anything_is_built(kept, name, words, capsys):
    with pytest.raises(UserError, match=words):
        versions.checked_name(name)
    before = snapshot.versions(kept)
    if not name.startswith("-"):
        assert cli.main(["potret", "--simpan", name]) == 2
    assert snapshot.versions(kept) == before


@pytest.mark.parametrize(
    "name", ["Rapat 12.03", "Rapat Pimpinan (Juni) 2026/2027", "Evaluasi: x".replace(":", ","), "Ra’pat"]
)
def test_a_name_of_a_meeting_is_taken(name):
    assert versions.checked_name(f" {name} ") == name


def test_a_name_and_a_version_are_kept_once(kept):
    for name in (NAME.upper(), "Nama lain"):
        with pytest.raises(UserError, match="sudah"):
            versions_keep.keep(kept, name, by="Direktur", now=clock.now())
    with pytest.raises(UserError, match="yang ada: “Rapat evaluasi triwulan III”"):
        open_source(kept, "Rapat lain")


def test_a_version_that_is_not_complete_is_not_kept(kept):
    versi = build(kept, 1).versi
    with pytest.raises(UserError, match="belum selesai diperiksa"):
        versions_keep.keep(kept, "Rapat kedua", by="Direktur", now=clock.now())
    publishing.audit_version(kept, versi=versi)
    with pytest.raises(UserError, match="Riwayat potret"):
        versions_keep.keep(kept, "Rapat kedua", by="Direktur", now=clock.now())
    assert [one.nama for one in versions.every(kept)] == [NAME]
    assert [path.name for path in versions.folder(kept).iterdir()] == [versions.every(kept)[0].versi]


def published_again(values: settings.Settings) -> None:
    now = clock.now() + dt.timedelta(minutes=1)
    publishing.publish(values, now=now)


def test_what_a_killed_keeping_left_behind_is_removed_by_the_next(kept):
    left = versions.folder(kept) / ".bangun-1"
    left.mkdir()
    os.utime(left, (1, 1))
    published_again(kept)
    versions_keep.keep(kept, "Rapat kedua", by="Direktur", now=clock.now())
    assert not left.exists() and len(versions.every(kept)) == 2


def test_a_folder_that_cannot_be_made_is_told(kept, capsys):
    shutil.rmtree(versions.folder(kept))
    versions.folder(kept).write_text("")
    assert cli.main(["potret", "--yang-ada", "--simpan", "Rapat kedua"]) == 2
    assert "tidak dapat disimpan (File exists); periksa ruang dan izin folder" in capsys.readouterr().err


def test_definitions_that_have_changed_are_told(kept, capsys, monkeypatch):
    build(kept, 1)
    asked = ["hitung", "I01", "--versi", NAME]
    assert cli.main(asked) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(versions, "definitions", lambda: "lain")
    assert cli.main(asked) == 0
    assert "definisi indikator sudah berubah" in capsys.readouterr().err


def test_the_policy_is_the_one_the_version_was_built_with(kept):
    one = versions.found(kept, NAME)
    stricter = replace(kept.mutu, cukup_bagian=0, merah_hari=1)
    changed = replace(kept, rujukan_penuh_terselesaikan=True, unit="Unit lain", mutu=stricter, merah_hari=1)
    then = versions.settings_then(changed, one)
    assert (then.rujukan_penuh_terselesaikan, then.unit) == (False, kept.unit)
    assert (then.mutu, then.merah_hari) == (kept.mutu, kept.merah_hari)


def test_another_case_database_does_not_get_it(kept):
    one = versions.found(kept, NAME)
    with pytest.raises(UserError, match="basis data lain"):
        open_kept(replace(kept, db="sqlite:////tmp/lain.sqlite"), one)


def test_only_the_owner_may_read_it(kept):
    home = versions.folder(kept) / snapshot.current_version(kept)
    template_modes = {path.name: path.stat().st_mode & 0o777 for path in home.iterdir()}
    assert set(template_modes.values()) == {0o600}
    assert home.stat().st_mode & 0o777 == versions.folder(kept).stat().st_mode & 0o777 == 0o700
    assert application.readable_engine(kept) is not None
