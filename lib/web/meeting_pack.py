"""The meeting pack on Rapat: slides, workbook and print of what the page shows, made when clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lib import decisions
from lib.domain import CaseFilter, Scope, UserError
from lib.exports import sheets
from lib.web import cards, filters
from lib.web import decisions as decided
from lib.web.session import current_settings, current_source

KINDS = {"pptx": "PowerPoint", "xlsx": "Excel", "pdf": "PDF"}
MIMES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": sheets.XLSX_MIME,
    "pdf": "application/pdf",
}
WISH, MADE = "paket_diminta", "paket_zip"


def section(scope: Scope, choice: filters.Choice) -> None:
    """Buttons for the pack of this filter, and for a pack of each of several provinces."""
    st.subheader("Paket rapat")
    asked = choice.case_filter()
    several = len(scope.provinces) > 1
    columns = st.columns(4 if several else 3)
    for column, (ending, label) in zip(columns, KINDS.items(), strict=False):
        with column:
            cards.file_button(
                label,
                _maker(scope, asked, ending),
                _file_name(scope, asked, "rapat", ending),
                mime=MIMES[ending],
                key=f"paket_{ending}",
            )
    if several:
        with columns[-1]:
            _every_province(scope, replace(asked, provinsi=()))
    cards.note(
        "Isi paket sama dengan saringan di atas, dalam tayang presentasi: satu pesan per salindia dengan grafik yang "
        "dapat disunting, satu lembar per grafik, atau dua halaman A4. Dibuat saat diklik, beberapa detik."
    )


def _file_name(scope: Scope, asked: CaseFilter, stem: str, ending: str) -> str:
    """Named by all that its content follows from: the content itself is made later."""
    follows = repr((scope, asked, current_source().versi, current_settings().digest))
    return sheets.file_name(f"paket-{stem}", follows.encode(), ending)


def _maker(scope: Scope, asked: CaseFilter, ending: str) -> Callable[[], bytes]:
    """What writes the file; the click comes outside the page's run, so the version is taken along now."""
    source, values = current_source(), current_settings()
    day, at = decided.today(), decided.as_of()

    def make() -> bytes:
        from lib.exports import pack  # here and not above: the page need not wait for what writes slides

        agreed = decisions.for_export(scope, values, source=source, today=day, at=at)
        return pack.one(scope, asked, ending, source=source, values=values, decisions=agreed)

    return make


def _wish(name: str) -> None:
    st.session_state[WISH] = name


def _every_province(scope: Scope, asked: CaseFilter) -> None:
    """A zip takes half a minute: made with a progress bar, then offered."""
    name = _file_name(scope, asked, "semua-provinsi", "zip")
    st.button(
        "Semua provinsi (zip)",
        key="paket_semua",
        icon=":material/folder_zip:",
        on_click=_wish,
        args=(name,),
        help="PowerPoint, Excel, dan PDF untuk tiap provinsi; sekitar satu detik per provinsi.",
    )
    if st.session_state.pop(WISH, None) == name:
        st.session_state.pop(MADE, None)
        try:
            st.session_state[MADE] = (name, _zip(scope, asked))
        except UserError as error:
            st.warning(str(error), icon=":material/block:")
    made_name, content = st.session_state.get(MADE, (None, b""))
    if made_name == name:
        offered = sheets.file_name("paket-semua-provinsi", content, "zip")
        cards.file_button(
            "Unduh zip", lambda: content, offered, mime="application/zip", key="paket_zip_unduh"
        )


def _zip(scope: Scope, asked: CaseFilter) -> bytes:
    from lib.exports import pack

    source, values = current_source(), current_settings()
    agreed = decided.agreed(scope)
    bar = st.progress(0.0, text="Menyusun paket tiap provinsi")
    try:
        return pack.every_province(
            scope,
            asked,
            source=source,
            values=values,
            decisions=agreed,
            progress=lambda share, text: bar.progress(min(share, 1.0), text=f"Menyusun paket: {text}"),
        )
    finally:
        bar.empty()
