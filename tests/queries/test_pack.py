"""The meeting pack: what its charts and tables hold against `hitung`, how its slides look, what it never holds."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import itertools
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image
from pptx import Presentation
from python_calamine import CalamineWorkbook

from lib import audit, cli, clock, reference, settings, snapshot, start, text_pack
from lib.disclosure import kept
from lib.domain import CaseFilter, Period, Role, Scope, Tayang, UserError
from lib.exports import book, pack, slides, story, story_steps
from lib.exports import print as printed
from lib.measure import open_source

SHOWN = Scope(role=Role.DIREKTUR, provinces=reference.all_provinces(), tayang=Tayang.PRESENTASI)
GROUPS = "ANAK", "TSKPO"
HOSTILE = ("=1+1", '<b>"&', "+628", "emoji \U0001f600 \x0b", "@SUM(A1)")
PLACES = ("Nasional", "Jawa Timur, klaster Anak", "Papua Selatan", "Nasional", "Nasional")
DECISIONS = pd.DataFrame(
    [
        [
            text,
            "Kasus macet (I15-n)",
            place,
            "Koordinator provinsi",
            "15 Desember 2026",
            "terbuka",
            "35",
            None,
        ]
        for text, place in zip(HOSTILE, PLACES, strict=True)
    ],
    columns=list(story.DECISION_COLUMNS),
)
DECKS = {
    "nasional": {},
    "besar": {"provinsi": ("35",)},
    "kecil": {"provinsi": ("93",)},
    "klaster": {"klaster": ("TSKPO",)},
    "hampir-kosong": {"provinsi": ("93",), "jenis": ("P18",)},
}
POINTS, EMU = 72, 914_400
NEAR = 2.5
"""Points by which a letter may reach beyond its box: side bearings."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A small simulation whose audit hides a good part of the clusters and some provinces."""
    folder = tmp_path_factory.mktemp("kantor")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUNTAS_DATA", str(folder))
        patch.delenv("TUNTAS_DB", raising=False)
        values = settings.load()
        start.make_demo(values, now=clock.now(), cases=4_000, past=False)
        versi = snapshot.current_version(values)
        year = f"{max(p.tanggal_data for p in open_source(values).provinces):%Y}"
        hidden = [
            (table, place, apa, year)
            for table in ("terdata", "tuntas")
            for place, apa in (("00", "ANAK"), ("35", "semua"), ("35", "LANSIA"), ("31", "semua"))
        ]
        kept.write(snapshot.audit_path(values, versi), hidden)
        source = open_source(values)
        yield values, source
        source.engine.dispose()


@pytest.fixture(scope="module")
def stories(office):
    values, source = office
    return {
        name: story.tell(SHOWN, CaseFilter(**chosen), source=source, values=values, decisions=DECISIONS)
        for name, chosen in DECKS.items()
    }


@pytest.fixture(scope="module")
def files(stories, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("paket")
    for name, told in stories.items():
        (folder / f"{name}.pptx").write_bytes(slides.to_pptx(told))
        (folder / f"buku-{name}.xlsx").write_bytes(book.to_xlsx(told))
        (folder / f"cetak-{name}.pdf").write_bytes(printed.to_pdf(told))
    return folder


def asked(capsys, kodes, chosen, per=None) -> dict[tuple[str, str], float | None]:
    """(kode, group) -> value of `hitung --tayang presentasi` with the same filter."""
    words = ["hitung", *kodes, "--tayang", "presentasi", *(["--per", per] if per else [])]
    for name, codes in chosen.items():
        words += [f"--{name}", ",".join(codes)]
    assert cli.main(words) == 0, words
    rows = json.loads(capsys.readouterr().out)
    return {(row["kode"], next(iter(row["kunci"].values()), "")): row["nilai"] for row in rows}


# --- the numbers ------------------------------------------------------------------------------------------------


def charts_of(deck: Path) -> dict[str, dict[str, tuple]]:
    """Title of each native chart -> series -> values, as the file holds them."""
    found = {}
    for slide in Presentation(str(deck)).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                own = shape.chart
                found[own.chart_title.text_frame.text] = {
                    s.name: tuple(s.values) for s in own.plots[0].series
                }
    return found


def sheets_of(path: Path) -> dict[str, list[list]]:
    """The cells of every sheet, "" where there is nothing."""
    workbook = CalamineWorkbook.from_path(str(path))
    return {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in workbook.sheet_names
    }


def expected_charts(capsys, chosen) -> dict[str, list[list[float | None]]]:
    """Title -> values of each series, asked of the command line."""
    kinds, staffed = "jenis" if "klaster" in chosen else "klaster", "provinsi" not in chosen
    rows = asked(capsys, story_steps.GROUPS_CORE, chosen, kinds)
    groups = list(dict.fromkeys(group for _, group in rows))
    waits = asked(capsys, story_steps.WAITS, chosen)
    found = {
        "Kasus": [[rows[kode, group] for group in groups] for kode in ("I01", "I02", "I03K")],
        "Separuh kasus terselesaikan dalam … hari, hari": [[rows["I05M", group] for group in groups]],
        "Hari tunggu dari langkah sebelumnya": [
            [waits[f"I12-{step}{end}", ""] for step in ("asesmen", "rencana", "intervensi", "terminasi")]
            for end in ("", "-p80")
        ],
    }
    if staffed:
        loads = asked(capsys, ["I18-rata"], chosen, "provinsi")
        months = asked(capsys, story_steps.MONTHLY, chosen, "bulan")
        names = list(dict.fromkeys(month for _, month in months))
        found["Kasus terbuka per pendamping aktif, rata-rata"] = [list(loads.values())]
        found["Kasus per bulan"] = [[months[kode, name] for name in names] for kode in story_steps.MONTHLY]
    return found


@pytest.mark.parametrize("name", ["nasional", "besar", "klaster"])
def test_charts_hold_what_hitung_prints(name, office, files, capsys):
    drawn = charts_of(files / f"{name}.pptx")
    for title, values in expected_charts(capsys, DECKS[name]).items():
        assert [list(series) for series in drawn[title].values()] == values, title


@pytest.mark.parametrize("name", ["nasional", "besar", "klaster"])
def test_sheets_hold_what_the_charts_and_hitung_hold(name, office, files, capsys):
    sheets = sheets_of(files / f"buku-{name}.xlsx")
    for title, values in expected_charts(capsys, DECKS[name]).items():
        rows, head, column = next(
            (rows, number, place)
            for rows in sheets.values()
            for number, row in enumerate(rows)
            for place, cell in enumerate(row)
            if cell == title and rows[number - 1][place] == "Data grafik"
        )
        for number, series in enumerate(values, start=1):
            held = [rows[head + place][column + number] for place in range(1, len(series) + 1)]
            assert held == ["" if value is None else pytest.approx(value) for value in series], title


def test_the_table_of_provinces_holds_what_hitung_prints(office, files, capsys):
    names = reference.names("provinsi")
    rows = sheets_of(files / "buku-nasional.xlsx")["peta"][book.BODY_ROW :]
    column = rows[0].index("Terselesaikan")
    shown = {row[0]: row[column] for row in rows[1:]}
    for (_, code), value in asked(capsys, ["I03K"], {}, "provinsi").items():
        assert shown[names[code]] == value or (value is None and isinstance(shown[names[code]], str))


def test_hidden_counts_are_words_in_tables_and_gaps_in_charts(files):
    drawn = charts_of(files / "nasional.pptx")["Kasus"]
    assert drawn["Terdata"][0] is None and drawn["Terselesaikan"][0] is None and drawn["Tertangani"][0] > 0
    anak = next(row for row in sheets_of(files / "buku-nasional.xlsx")["klaster"] if row[0] == "Anak")
    assert anak[1] == "disamarkan"
    texts = " ".join(texts_of(Presentation(str(files / "kecil.pptx"))))
    assert "<5" in texts


def numbers_in(content: bytes) -> set[float]:
    """Every number in the cells and chart caches of an office file, and of the workbooks inside it."""
    found = set()

    def number(text: str) -> float:
        return round(float(text), 9)  # a sheet keeps fifteen digits

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".xlsx"):
                found |= numbers_in(archive.read(name))
            elif re.search(r"(charts/chart|worksheets/sheet)\d+\.xml$", name):
                root = ElementTree.fromstring(archive.read(name))  # noqa: S314  our own file
                for cell in root.iter():
                    kind = cell.tag.rpartition("}")[2]
                    if kind == "c" and cell.get("t") in (None, "n"):
                        found |= {number(v.text) for v in cell if v.tag.endswith("}v") and v.text}
                    elif kind == "numCache":
                        found |= {number(v.text) for v in cell.iter() if v.tag.endswith("}v") and v.text}
    return found


@pytest.mark.parametrize("name", DECKS)
def test_no_file_holds_a_number_that_presentasi_does_not_show(name, stories, files):
    """Also in the workbooks inside the deck. A number that is shown nowhere must not be there."""
    told = stories[name]
    frames = [step.frame["nilai"].dropna() for step in told.langkah if "nilai" in step.frame]
    shown = {round(value, 9) for values in frames for value in values}
    for file in (f"{name}.pptx", f"buku-{name}.xlsx"):
        assert numbers_in((files / file).read_bytes()) <= shown | {0.0}, file


def test_what_stands_behind_a_hidden_value_never_leaves(office, monkeypatch):
    """Were the door to let the parts of a hidden figure through, no file would hold them."""
    values, source = office
    real, secret = story_steps.measure, 987_654_321.0

    def leaking(*args, **named):
        answer = real(*args, **named)
        hidden = answer["nilai"].isna()
        for column in ("pembilang", "bawah", "atas"):
            answer.loc[hidden, column] = secret
        return answer

    monkeypatch.setattr(story_steps, "measure", leaking)
    told = story.tell(SHOWN, CaseFilter(provinsi=("93",)), source=source, values=values)
    assert (told.langkah[0].frame["pembilang"] == secret).any()
    written = [write(told) for write in (slides.to_pptx, book.to_xlsx, printed.to_pdf)]
    for content in [*written, *inside(written[0]), *inside(written[1])]:
        assert b"987654321" not in content and b"987.654.321" not in content


def inside(content: bytes) -> list[bytes]:
    """Every file of a zip, and of the zips in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [archive.read(name) for name in archive.namelist()]
    return found + [part for each in found if each[:2] == b"PK" for part in inside(each)]


def test_one_story_for_all_provinces_is_each_province_s_own(office, stories):
    """Answers asked once for all provinces make the very same story, also where data end earlier."""
    values, source = office
    known = story.ahead(SHOWN, CaseFilter(), source=source, values=values)
    newest = max(p.tanggal_data for p in source.provinces)
    late = next(p.kode_provinsi for p in source.provinces if p.tanggal_data < newest)
    assert set(known) == set(reference.all_provinces())
    told = {"source": source, "values": values, "decisions": DECISIONS}
    alone = {"35": stories["besar"], late: story.tell(SHOWN, CaseFilter(provinsi=(late,)), **told)}
    for code, own in alone.items():
        sliced = story.tell(SHOWN, CaseFilter(provinsi=(code,)), **told, known=known[code])
        assert (sliced.sidik, sliced.kaki) == (own.sidik, own.kaki)


def test_a_named_end_that_a_province_does_not_reach_is_asked_by_itself(office):
    values, source = office
    newest = max(p.tanggal_data for p in source.provinces)
    chosen = CaseFilter(period=Period(dari=newest.replace(month=1, day=1), sampai=newest))
    known = story.ahead(SHOWN, chosen, source=source, values=values)
    assert set(known) == {p.kode_provinsi for p in source.provinces if p.tanggal_data == newest}


# --- how it looks -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pictured(files) -> Path:
    """All decks and workbooks as PDF, turned by LibreOffice in one call."""
    if not all(map(shutil.which, ("soffice", "pdftotext", "pdftoppm"))):
        pytest.skip(
            "LibreOffice atau poppler tidak terpasang (apt-get install libreoffice-impress poppler-utils)"
        )
    sources = sorted([*files.glob("*.pptx"), files / "buku-nasional.xlsx"])
    profile = f"-env:UserInstallation={(files / 'profil').as_uri()}"
    ran = subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", files, *sources],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    missing = [path.name for path in sources if not path.with_suffix(".pdf").exists()]
    assert not missing, ran.stderr
    return files


@dataclasses.dataclass(frozen=True)
class Rect:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Rect, near: float) -> bool:
        return (
            self.left - near <= other.left
            and self.top - near <= other.top
            and other.right <= self.right + near
            and other.bottom <= self.bottom + near
        )

    def meets(self, other: Rect) -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 1
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 1
        )


def rect(shape) -> Rect:
    scale = POINTS / EMU
    return Rect(
        shape.left * scale,
        shape.top * scale,
        (shape.left + shape.width) * scale,
        (shape.top + shape.height) * scale,
    )


def text_of(shape) -> str:
    if shape.has_text_frame:
        return shape.text_frame.text
    if shape.has_table:
        return "\n".join(cell.text for row in shape.table.rows for cell in row.cells)
    return ""


def texts_of(deck) -> list[str]:
    return [text_of(shape) for slide in deck.slides for shape in slide.shapes]


def words_of(pdf: Path) -> list[list[tuple[str, Rect]]]:
    """The words of each page with their boxes, in points from the upper left corner."""
    ran = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True)
    root = ElementTree.fromstring(ran.stdout)  # noqa: S314  made by poppler from our own file
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        [
            (word.text or "", Rect(*(float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax"))))
            for word in page.iter(f"{space}word")
        ]
        for page in root.iter(f"{space}page")
    ]


def letters(text: str) -> Counter:
    """Letters and digits: what a program may draw in another way (spaces, signs, small pictures) is left out."""
    return Counter(letter for letter in text if letter.isascii() and letter.isalnum())


def on_the_map(shape) -> bool:
    """The numbers of the classes stand in the provinces, and islands lie between islands."""
    return shape.name.startswith(("Provinsi ", "Kelas ", "Legenda "))


@pytest.mark.parametrize("name", DECKS)
def test_every_text_lies_in_its_box_and_no_box_in_another(name, pictured):
    deck = Presentation(str(pictured / f"{name}.pptx"))
    pages = words_of(pictured / f"{name}.pdf")
    assert len(pages) == len(deck.slides)
    whole = Rect(0, 0, deck.slide_width * POINTS / EMU, deck.slide_height * POINTS / EMU)
    for slide, words in zip(deck.slides, pages, strict=True):
        boxes = [(shape, rect(shape)) for shape in slide.shapes]
        title = slide.shapes.title.text_frame.text
        for shape, box in boxes:
            assert whole.holds(box, 0.5), (title, shape.name)
            seen = Counter()
            for word, place in words:
                if box.holds(place, NEAR):
                    seen += letters(word)
            assert not letters(text_of(shape)) - seen, (title, shape.name, text_of(shape))
        for word, place in words:
            assert any(box.holds(place, NEAR) for _, box in boxes), (title, word, place)
        for (one, its), (other, others) in itertools.combinations(boxes, 2):
            if not (on_the_map(one) and on_the_map(other)):
                assert not its.meets(others), (title, one.name, other.name)


@pytest.mark.parametrize("name", DECKS)
def test_every_slide_becomes_a_picture_with_something_on_it(name, pictured, tmp_path):
    subprocess.run(
        ["pdftoppm", "-r", "20", "-png", pictured / f"{name}.pdf", tmp_path / "halaman"], check=True
    )
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) == len(Presentation(str(pictured / f"{name}.pptx")).slides)
    for path in pictures:
        with Image.open(path) as picture:
            assert len(picture.convert("L").getcolors()) > 10, path.name


@pytest.mark.parametrize("name", DECKS)
def test_the_print_has_two_pages_and_nothing_runs_into_its_foot(name, files):
    if not shutil.which("pdftotext"):
        pytest.skip("poppler tidak terpasang (apt-get install poppler-utils)")
    pages = words_of(files / f"cetak-{name}.pdf")
    assert len(pages) == 2
    for words in pages:
        text = [word for word, _ in words]
        foot = max(place for place, word in enumerate(text) if word == "Sumber:")
        line = words[foot][1].top
        body = [place for word, place in words[: foot - 8]]
        assert max(place.bottom for place in body) <= line
        assert all(place.left >= 30 and place.right <= 595 - 30 for _, place in words)
        assert "DATA" in text and "SIMULASI" in text


def test_every_slide_says_where_it_is_from(stories, files):
    for name, told in stories.items():
        for slide in Presentation(str(files / f"{name}.pptx")).slides:
            texts = {shape.name: text_of(shape).replace("\xa0", " ") for shape in slide.shapes}
            for part in (told.versi, told.saringan, told.periode, told.data_per, told.n, "DATA SIMULASI"):
                assert part in texts["Catatan kaki"], (name, part)
            assert slide.has_notes_slide


@pytest.mark.parametrize("name", DECKS)
def test_every_sheet_says_where_it_is_from_and_prints_as_wide_as_the_paper(name, stories, files):
    told, path = stories[name], files / f"buku-{name}.xlsx"
    for sheet, rows in sheets_of(path).items():
        texts = "\n".join(str(cell) for row in rows for cell in row)
        for part in (told.versi, told.saringan, told.periode, told.data_per, told.n, "DATA SIMULASI"):
            assert part in texts, (sheet, part)
        assert text_pack.RULES[told.tayang] in texts, sheet
    pages = [part.decode() for part in inside(path.read_bytes()) if b"<worksheet" in part]
    assert len(pages) == len(told.langkah) + 1
    for page in pages:
        assert 'orientation="landscape"' in page and "<pageSetUpPr fitToPage=" in page
        assert "fitToWidth" not in page  # one page wide, the default
        assert "DATA SIMULASI" in re.search("<oddHeader>.*?</oddHeader>", page)[0]


def test_bars_grow_to_the_right_and_the_first_category_is_on_top(files):
    bars = [
        part.decode()
        for part in inside((files / "buku-nasional.xlsx").read_bytes())
        if b'<c:barDir val="bar"/>' in part
    ]
    assert bars
    for chart in bars:
        direction = {
            axis: re.search(f'<c:{axis}>.*?<c:orientation val="(\\w+)"/>', chart)[1]
            for axis in ("catAx", "valAx")
        }
        assert direction == {"catAx": "maxMin", "valAx": "minMax"}


def test_the_map_has_38_named_shapes_with_their_values(files):
    deck = Presentation(str(files / "nasional.pptx"))
    shapes = [s for slide in deck.slides for s in slide.shapes if s.name.startswith("Provinsi ")]
    names = {shape.name.removeprefix("Provinsi ") for shape in shapes}
    assert names == set(reference.names("provinsi").values())
    for shape in shapes:
        described = shape._element.xpath(".//p:cNvPr")[0].get("descr")
        assert re.search(r", kelas [1-5×]$", described), described
        assert not shape._element.xpath("./p:style")
    marks = [s for slide in deck.slides for s in slide.shapes if s.name.startswith("Kelas ")]
    assert len(marks) == 38


# --- what it refuses, and what it does to texts -----------------------------------------------------------------


def test_hostile_texts_stay_texts(stories, files):
    for content in (files / "buku-nasional.xlsx", files / "nasional.pptx"):
        for part in inside(content.read_bytes()):
            if b"<worksheet" in part:
                assert b"<f>" not in part and b"hyperlink" not in part
    cells = [cell for row in sheets_of(files / "buku-nasional.xlsx")["keputusan"] for cell in row]
    assert {"'=1+1", "'+628", "'@SUM(A1)", '<b>"&'} <= set(cells)
    texts = "\n".join(texts_of(Presentation(str(files / "nasional.pptx"))))
    assert '<b>"&' in texts


def test_a_province_lists_what_was_decided_for_it_and_for_the_nation(stories):
    listed = {name: list(told.step("keputusan").tabel["Keputusan"]) for name, told in stories.items()}
    typed = [text.replace("\x0b", "").strip() for text in HOSTILE]
    assert listed["nasional"] == typed
    assert listed["kecil"] == [typed[0], *typed[2:]]
    assert listed["besar"] == [*typed[:2], *typed[3:]]


def test_a_national_decision_is_told_to_a_province_without_its_figures(stories):
    for name, told in stories.items():
        rows = told.step("keputusan").tabel
        national = rows[rows["Wilayah"] == "Nasional"]
        known = ["35"] if set(DECKS[name]) <= {"klaster"} else [story.ELSEWHERE]
        assert national["Nilai saat diputuskan"].unique().tolist() == known, name


def test_where_nothing_was_decided_nothing_is_listed(office):
    values, source = office
    told = story.tell(
        SHOWN, CaseFilter(provinsi=("93",)), source=source, values=values, decisions=DECISIONS.iloc[:0]
    )
    assert told.step("keputusan").tabel is None


def test_a_view_that_is_refused_is_said_on_its_slide(office):
    values, source = office
    chosen = CaseFilter(provinsi=("35",), jenis=("P18",))
    told = story.tell(SHOWN, chosen, source=source, values=values)
    assert "tidak tersedia dalam tayang presentasi" in told.step("kabkota").kalimat
    assert told.step("klaster") is None and told.step("tren") is None
    texts = "\n".join(texts_of(Presentation(io.BytesIO(slides.to_pptx(told)))))
    assert told.step("kabkota").kalimat in texts.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--keluar", "a.doc"], "“.doc”"),
        (["--keluar", "a.pptx", "--per", "provinsi"], ".zip"),
        (["--keluar", "a.zip", "--per", "klaster"], "klaster"),
        (["--keluar", "tidak/ada/a.pptx"], "Folder tidak/ada"),
        (["--keluar", "a.pdf", "--provinsi", "33,35"], "33, 35"),
        (["--keluar", "a.pdf", "--pendamping", "P1", "--provinsi", "33"], "Pendamping"),
        (["--keluar", "a.pdf", "--tayang", "umum"], "umum"),
        (["--keluar", "a.pdf", "--dari", "2026-01-03", "--sampai", "2026-02-11"], "2026-01-03"),
    ],
)
def test_what_cannot_be_packed_is_refused_with_a_sentence(
    words, named, office, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["paket", *words]) == 2
    assert named in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(office, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "one", lambda *asked, **more: b"isi")
    (tmp_path / "folder.pdf").mkdir()
    assert cli.main(["paket", "--keluar", str(tmp_path / "folder.pdf")]) == 2
    assert "folder.pdf tidak dapat ditulis" in capsys.readouterr().err


def test_the_command_tells_the_access_trail(office, tmp_path, monkeypatch):
    values, source = office
    monkeypatch.setattr(pack, "one", lambda *asked, **more: b"isi")
    assert cli.main(["paket", "--keluar", str(tmp_path / "a.pdf")]) == 0
    line = audit.trail(values, event=audit.Event.UNDUH).iloc[0]
    assert line["rincian"] == f"paket pdf versi {source.versi}"


def test_the_command_writes_a_zip_of_provinces(office, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "allowed_provinces", lambda scope, chosen: ("31", "93"))
    out = tmp_path / "semua.zip"
    assert cli.main(["paket", "--keluar", str(out), "--per", "provinsi"]) == 0
    assert "100%" in capsys.readouterr().err
    with zipfile.ZipFile(out) as archive:
        names = [name for name in archive.namelist() if name != pack.DIGESTS]
        digests = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names}
        told = archive.read(pack.DIGESTS).decode().splitlines()
    assert sorted(names) == sorted(
        f"{stem}/paket-{stem}-{digests[name][:10]}.{ending}"
        for stem in ("31-dki-jakarta", "93-papua-selatan")
        for ending in ("pdf", "pptx", "xlsx")
        for name in names
        if name.startswith(f"{stem}/") and name.endswith(ending)
    )
    assert len(names) == 6 and told == [f"{digests[name]}  {name}" for name in names]


def test_a_scope_packs_its_own_provinces_only(office):
    values, source = office
    own = Scope(role=Role.KOORDINATOR, provinces=("93", "94"), tayang=Tayang.PRESENTASI)
    said = []
    content = pack.every_province(
        own, CaseFilter(), source=source, values=values, progress=lambda share, text: said.append(text)
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name.split("-")[0] for name in archive.namelist()} == {"93", "94", pack.DIGESTS}
    assert said == ["Papua Selatan", "Papua Tengah", "2 provinsi"]
    with pytest.raises(UserError, match="31"):
        pack.one(own, CaseFilter(provinsi=("31",)), "pdf", source=source, values=values)
    with pytest.raises(UserError, match="triwulan atau tahun"):
        month = CaseFilter(
            period=Period(dari=pd.Timestamp("2026-03-01").date(), sampai=pd.Timestamp("2026-03-31").date())
        )
        pack.every_province(own, month, source=source, values=values, progress=lambda share, text: None)
