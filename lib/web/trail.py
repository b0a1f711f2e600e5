"""What the audit trail is told by the screen: pages opened, files taken, refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import streamlit as st

from lib import access, audit, clock
from lib.audit import Event
from lib.domain import AccessRefused, Identity
from lib.settings import Settings
from lib.web.session import Visitor, current_settings, visitor

LAST_SEEN = "jejak_terakhir"


def viewed(who: Visitor, asked: Mapping[str, str]) -> None:
    """One line for a page with its filter, written before the page is drawn; a rerun of the same adds none.

    The first page of somebody who signed in is told as their arrival too. Raises UserError when it cannot be written:
    what cannot be told is not shown.
    """
    if who.looked_up:
        _once(("masuk", repr(who.identity)), who.identity, who, Event.MASUK, who.page)
    seen = ("lihat", who.page, *sorted(asked.items()), repr(who.scope))
    _once(seen, who.identity, who, Event.LIHAT, who.page, asked=asked)


def refused(who: Visitor, error: AccessRefused, asked: Mapping[str, str]) -> None:
    """One line for something a visitor's rights do not allow."""
    seen = ("ditolak", who.page, str(error))
    _once(seen, who.identity, who, Event.DITOLAK, who.page, asked=asked, detail="di luar hak")


def turned_away(page: str, who: Identity, error: AccessRefused) -> None:
    """One line for somebody who signed in and may not come in at all."""
    _once(("ditolak", page, str(error)), who, None, Event.DITOLAK, page, detail="akun tidak berhak")


def _once(
    seen: tuple,
    person: Identity | None,
    who: Visitor | None,
    event: Event,
    page: str,
    *,
    asked: Mapping[str, str] | None = None,
    detail: str | None = None,
) -> None:
    if st.session_state.get(LAST_SEEN, {}).get(event) == seen:
        return
    audit.record(
        current_settings(),
        event,
        now=clock.now(),
        who=person,
        scope=who.scope if who else None,
        page=page,
        asked=asked,
        detail=detail,
        simulated=who is not None and who.demonstration,
    )
    st.session_state[LAST_SEEN] = st.session_state.get(LAST_SEEN, {}) | {event: seen}


def told(make: Callable[[], bytes], file_name: str) -> Callable[[], bytes]:
    """The same file, made only for somebody who still has the rights it was offered with, and told to the trail.

    The click comes later and outside the page's run, so that everything it needs is taken along now.
    """
    who, values, asked = visitor(), current_settings(), st.query_params.to_dict()

    def line(event: Event, detail: str) -> None:
        audit.record(
            values,
            event,
            now=clock.now(),
            who=who.identity,
            scope=who.scope,
            page=who.page,
            asked=asked,
            detail=detail,
            simulated=who.demonstration,
        )

    def content() -> bytes:
        try:
            _check_rights(who, values)
        except AccessRefused:
            line(Event.DITOLAK, f"unduhan {file_name}")
            raise
        made = make()
        line(Event.UNDUH, f"{file_name} sha256:{hashlib.sha256(made).hexdigest()[:16]}")
        return made

    return content


def _check_rights(who: Visitor, values: Settings) -> None:
    if who.looked_up and access.scope_for(values, who.identity, now=clock.now()) != who.scope:
        raise AccessRefused("Hak Anda sudah berubah; muat ulang halaman.")
