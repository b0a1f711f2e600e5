"""Links between pages that carry the filter, as real addresses."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lib.web.filters import Choice, to_url

PAGE_FILES = {
    name: f"pages/{name}.py" for name in ("ringkasan", "provinsi", "klaster", "pendamping", "kasus", "kamus")
}


def address(choice: Choice, **own: str) -> dict[str, str]:
    """The filter as query parameters, with the target page's own choices instead of this page's."""
    return to_url(replace(choice, lain=tuple(sorted((key, value) for key, value in own.items() if value))))


def page(
    name: str, label: str, choice: Choice, *, icon: str | None = None, hint: str | None = None, **own: str
) -> None:
    """A link to another page with the same filter."""
    st.page_link(PAGE_FILES[name], label=label, icon=icon, help=hint, query_params=address(choice, **own))


def cases(kode: str, label: str, choice: Choice, **own: str) -> None:
    """A link to the list of the cases behind a count; `own` may hold tahap, pendamping, kabkota."""
    page("kasus", label, choice, icon=":material/list:", kode=kode, **own)
