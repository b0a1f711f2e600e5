"""The section Impor of Mutu data: choose files, see first what they would change, then import them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from lib import clock, intake, publishing
from lib.domain import Scope, UserError
from lib.exports import sheets
from lib.importing import marked, template
from lib.importing.outcome import DITOLAK_BERKAS, ImportReport
from lib.importing.trial import Trial
from lib.web import cards, intake_shown
from lib.web.session import current_settings, current_source, visitor

KINDS = ("xlsx", "csv", "txt", "tsv")
# What the press of a button leaves, what the last check and the last import of this session were.
WISH, TRIED, DONE = "impor_diminta", "impor_diperiksa", "impor_selesai"
UPLOADER, REPLACE, SURE = "impor_berkas", "impor_ganti", "impor_yakin"
CHECK, IMPORT = "periksa", "impor"
# The framework writes the words of the box in English and has no setting for them: what is not displayed is not read
# aloud either, and what takes its place is. The field behind the button has an English name; the button opens it all
# the same.
WORDS = """<style>
.st-key-impor_berkas [data-testid=stFileUploaderDropzoneInput],
.st-key-impor_berkas [data-testid=stFileUploaderDropzone] > span button p,
.st-key-impor_berkas [data-testid=stFileUploaderDropzoneInstructions] span {display: none !important}
.st-key-impor_berkas [data-testid=stFileUploaderDropzone] > span button [data-testid=stMarkdownContainer]::after
  {content: "Pilih berkas"; font-size: 1rem}
.st-key-impor_berkas [data-testid=stFileUploaderDropzoneInstructions] > div::after
  {content: "atau seret ke sini"; font-size: 0.875rem}
</style>"""
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a check is of: the scope, the files as the server keeps them, and whether they replace."""

    scope: Scope
    files: tuple[tuple[str, str, int], ...]
    replace: bool


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What an import of this session came to; `unpublished` is why its version could not be published."""

    asked: Asked
    report: ImportReport
    versi: str | None = None
    unpublished: str | None = None


def section(scope: Scope) -> None:
    """Files, their check, and the import."""
    st.subheader("Impor")
    _introduction()
    st.html(WORDS)
    files = st.file_uploader(
        "Berkas isian, satu atau beberapa (XLSX atau CSV)",
        type=list(KINDS),
        accept_multiple_files=True,
        key=UPLOADER,
    )
    _limits()
    replace = st.toggle(
        "Ganti seluruh data provinsi dalam berkas",
        key=REPLACE,
        help="Baris provinsi itu yang tidak ada di berkas ikut dihapus (sama dengan `--ganti`). Hanya dengan ini "
        "berkas yang lebih lama daripada data yang ada diterima.",
    )
    asked = Asked(
        scope=scope, files=tuple((file.file_id, file.name, file.size) for file in files), replace=replace
    )
    st.button(
        "Periksa berkas",
        icon=":material/fact_check:",
        key="impor_periksa",
        on_click=_wish,
        args=(CHECK, ""),
        disabled=not files,
    )
    wish = st.session_state.pop(WISH, None)
    if wish is not None:
        try:
            _fulfil(wish, asked, files)
        except UserError as error:
            st.warning(str(error), icon=":material/info:")
    _outcome(asked, files)


def _introduction() -> None:
    st.markdown(
        "Isi templat, unggah, lalu periksa: yang akan berubah tampil lebih dahulu, dan baru ditulis sesudah Anda "
        "menekan Impor. Baris yang salah tidak menghalangi baris yang benar."
    )
    if current_source().simulasi:
        st.info(
            "Basis data ini berisi data simulasi. Berkas dapat diperiksa terhadap kasus simulasi itu, tetapi tidak "
            "diimpor: data nyata tidak dicampur ke dalamnya.",
            icon=":material/science:",
        )
    cards.file_button(
        "Unduh templat (XLSX)",
        _template,
        "templat-tuntas.xlsx",
        mime=sheets.XLSX_MIME,
        key="unduh_templat",
    )


def _template() -> bytes:
    with tempfile.TemporaryDirectory(prefix="tuntas-") as folder:
        path = Path(folder) / "templat.xlsx"
        template.write_template(path)
        return path.read_bytes()


def _limits() -> None:
    size = st.get_option("server.maxUploadSize")
    cards.note(
        f"Paling besar {size} MB per berkas. CSV: satu berkas per lembar, dengan "
        "nama lembarnya di depan (kasus-jatim.csv), bersama keterangan.csv. Berkas hanya disimpan sementara selama "
        "diperiksa dan diimpor."
    )


def _wish(what: str, digest: str) -> None:
    """The press of a button only leaves its wish: what is done, is done after the rights were looked up."""
    st.session_state[WISH] = (what, digest, bool(st.session_state.get(f"{SURE}_{digest}")))


def _fulfil(wish: tuple[str, str, bool], asked: Asked, files: list) -> None:
    what, digest, sure = wish
    tried = st.session_state.get(TRIED)
    if what == CHECK and files:
        for kept in (TRIED, DONE):
            st.session_state.pop(kept, None)
        st.session_state[TRIED] = (asked, _check(asked, files))
    elif what == IMPORT and tried and tried[0] == asked and tried[1].report.digest == digest:
        if asked.replace and len(tried[1].report.vanishing) and not sure:
            raise UserError("Penggantian belum disetujui; centang persetujuannya lalu tekan Impor.")
        st.session_state.pop(TRIED)
        st.session_state[DONE] = _import(asked, files, digest)
        # The version, its date and all the figures are new ones now.
        st.rerun()


@contextmanager
def _progress(title: str) -> Iterator[Callable[[float, str], None]]:
    """A bar that is told a share (0 to 1) and a sentence, and goes when the work is done."""
    bar = st.progress(0.0, text=f"{title} …")
    try:
        yield lambda share, said: bar.progress(min(max(share, 0.0), 1.0), text=f"{title}: {said}")
    finally:
        bar.empty()


@contextmanager
def saved(files: list) -> Iterator[list[Path]]:
    """The uploaded files in a folder of their own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tuntas-impor-") as folder:
        paths = []
        for number, file in enumerate(files, start=1):
            # Of two files of one name the report says which one it means.
            path = Path(folder) / f"berkas {number}" / safe_name(file.name)
            path.parent.mkdir()
            path.write_bytes(file.getbuffer())
            paths.append(path)
        yield paths


def safe_name(name: str) -> str:
    """A file name without folders and odd signs. Example: "../../kasus jatim;.csv" becomes "kasus jatim_.csv"."""
    last = re.split(r"[/\\]", name)[-1]
    plain = Path(re.sub(r"[^\w.() -]", "_", last).strip(". ") or "berkas")
    return plain.stem[: LONGEST_NAME - len(plain.suffix)] + plain.suffix[:LONGEST_NAME]


def _check(asked: Asked, files: list) -> Trial:
    with saved(files) as paths, _progress("Memeriksa") as say:
        return intake.check(
            current_settings(),
            asked.scope,
            paths,
            now=clock.now(),
            replace_all=asked.replace,
            progress=say,
        )


def _import(asked: Asked, files: list, digest: str) -> Finished:
    values = current_settings()
    with saved(files) as paths, _progress("Mengimpor") as say:
        report = intake.bring_in(
            values,
            paths,
            now=clock.now(),
            sender=sender(),
            replace_all=asked.replace,
            expected_digest=digest,
            progress=say,
        )
    if report.status == DITOLAK_BERKAS:
        return Finished(asked=asked, report=report)
    versi, wrong = publish()
    return Finished(asked=asked, report=report, versi=versi, unpublished=wrong)


def sender() -> intake.Sender:
    """Whoever is looking, as the one who sends."""
    who = visitor()
    return intake.Sender(scope=who.scope, identity=who.identity, page=who.page)


def publish() -> tuple[str | None, str | None]:
    """Publish a new version with visible progress: its name, or why there is none."""
    try:
        with _progress("Menerbitkan") as say:
            return publishing.publish(current_settings(), now=clock.now(), progress=say).versi, None
    except UserError as error:
        return None, str(error)


def _outcome(asked: Asked, files: list) -> None:
    """What the last check or import came to, as far as it is of these files and this scope."""
    done = st.session_state.get(DONE)
    if done is not None and done.asked.scope == asked.scope:
        intake_shown.finished(done.report, versi=done.versi, unpublished=done.unpublished)
        if done.asked == asked:
            _marked_button(done.report, files)
        return
    tried = st.session_state.get(TRIED)
    if tried is None or tried[0].scope != asked.scope or not files:
        return
    if tried[0] != asked:
        cards.note("Berkas atau pilihannya berubah sejak diperiksa; periksa lagi.")
        return
    trial = tried[1]
    intake_shown.trial(trial, asked.scope, simulated=current_source().simulasi)
    _marked_button(trial.report, files)
    if trial.report.status == DITOLAK_BERKAS:
        return
    digest = trial.report.digest
    sure = intake_shown.agreed(trial.report, asked.scope, key=f"{SURE}_{digest}") if asked.replace else True
    st.button(
        "Impor",
        icon=":material/database_upload:",
        key="impor_impor",
        on_click=_wish,
        args=(IMPORT, digest),
        disabled=not sure,
    )


def _marked_button(report: ImportReport, files: list) -> None:
    """The files with their faults marked, made when clicked."""
    if report.problems.empty:
        return

    def make() -> bytes:
        with saved(files) as paths, tempfile.TemporaryDirectory(prefix="tuntas-") as folder:
            marked.write_marked(paths, report.problems, Path(folder) / "bertanda.xlsx")
            return (Path(folder) / "bertanda.xlsx").read_bytes()

    cards.file_button(
        "Unduh berkas Anda dengan sel bertanda (XLSX)",
        make,
        f"bertanda-{report.digest[:8]}.xlsx",
        mime=sheets.XLSX_MIME,
        key="unduh_bertanda",
    )
    cards.note(
        "Semua baris Anda ada di dalamnya; sel yang salah diwarnai dan alasannya ada di kolom alasan. Perbaiki di situ "
        "lalu unggah lagi; kolom alasan tidak perlu dihapus."
    )
