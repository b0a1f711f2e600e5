"""Links between pages that carry the filter, as real addresses; and the way back of each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from lib import reference
from lib.web import filters
from lib.web.filters import Choice, to_url
from lib.web.navigation import TITLES

PAGE_FILES = {
    name: f"pages/{name}.py"
    for name in (
        "ringkasan",
        "provinsi",
        "klaster",
        "pendamping",
        "waktu",
        "perbandingan",
        "alur",
        "kasus",
        "mutu_data",
        "kamus",
    )
}
# From the whole to the single case: only a page further up is a way back, so that two pages never name each other.
DEPTH = {
    "ringkasan": 0,
    "provinsi": 1,
    "klaster": 2,
    "pendamping": 2,
    "waktu": 2,
    "perbandingan": 1,
    "alur": 2,
    "mutu_data": 2,
    "kasus": 3,
}
PERSON = "orang"
FILTER_PARTS = ("periode", "dari", "sampai", "masalah", "provinsi", "versi")
NOT_CHOSEN = "Pilih di sini atau di tabel"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The page a visitor came down from, its choice when it was left, and the choice of the page below on arrival."""

    page: str
    left: Choice
    arrived: Choice


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


def arrive(name: str) -> Choice:
    """The choice of this page (`filters.current`); on the way down the page above is remembered for `back`."""
    above, left = st.session_state.get(filters.SEEN_PAGE), st.session_state.get(filters.STATE)
    choice = filters.current(name)
    if DEPTH.get(above, DEPTH[name]) < DEPTH[name]:
        st.session_state[_origin_key(name)] = Origin(page=above, left=left, arrived=choice)
    return choice


def back(name: str, choice: Choice) -> None:
    """The way back: to the page the visitor came from, as it was left but for what was changed in the filter here.

    A visitor who came by a link from outside is led one step up: a person's list to the person, else to the
    province, else to Ringkasan.
    """
    above, target = _above(name, choice)
    st.page_link(
        PAGE_FILES[above],
        label=f"Kembali ke {_place(above, target)}",
        icon=":material/arrow_back:",
        query_params=to_url(target),
    )


def set_aside(name: str, choice: Choice) -> str:
    """The cluster or kind of the page above that the link to this page left out, or nothing."""
    origin = st.session_state.get(_origin_key(name))
    if origin is None or origin.arrived.masalah or choice.masalah:
        return ""
    return origin.left.masalah


def _origin_key(name: str) -> str:
    return f"asal_{name}"


def _above(name: str, choice: Choice) -> tuple[str, Choice]:
    origin = st.session_state.get(_origin_key(name))
    if origin is not None:
        parts = {part: getattr(choice, part) for part in FILTER_PARTS}
        changed = {part: value for part, value in parts.items() if value != getattr(origin.arrived, part)}
        # What was open there belongs to the province of then.
        own = {"lain": ()} if "provinsi" in changed else {}
        return origin.page, replace(origin.left, **changed, **own)
    bare = replace(choice, lain=())
    if name == "kasus" and (person := choice.other("pendamping")):
        return "pendamping", bare.with_other(PERSON, person)
    return ("provinsi" if choice.provinsi else "ringkasan"), bare


def _place(above: str, target: Choice) -> str:
    if above == "provinsi" and target.provinsi:
        return reference.names("provinsi")[target.provinsi]
    if above == "pendamping" and target.other(PERSON):
        return f"pendamping {target.other(PERSON)}"
    return TITLES[above]


def choose(
    label: str,
    codes: Sequence[str],
    *,
    key: str,
    own_choice: str,
    chosen: str,
    names: Mapping[str, str] | None = None,
) -> None:
    """The rows of a table as a menu, by code or by name: the same choice for keyboards and screen readers."""
    st.session_state[key] = chosen if chosen in codes else ""
    st.selectbox(
        label,
        ["", *codes],
        format_func=lambda code: (names or {}).get(code, code) or NOT_CHOSEN,
        key=key,
        on_change=lambda: filters.set_other(own_choice, st.session_state[key]),
        placeholder="Ketik untuk mencari",
        width=320,
    )
