"""What the audit trail is told by the screen: pages opened, files taken, refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import streamlit as st

from lib import access, audit, clock
from lib.audit import Event
from lib.domain import AccessRefused, Identity
from lib.web.session import Visitor, current_settings, visitor

LAST_SEEN = "jejak_terakhir"


def viewed(who: Visitor) -> None:
    """One line for a page with its filter; a rerun of the same page with the same filter adds none.

    The first page of somebody who signed in is told as their arrival too.
    """
    if who.looked_up:
        _once(("masuk", repr(who.identity)), who.identity, who, Event.MASUK, who.page)
    _once(("lihat", who.page, *_asked().items(), repr(who.scope)), who.identity, who, Event.LIHAT, who.page)


def refused(who: Visitor, error: AccessRefused) -> None:
    """One line for something a visitor's rights do not allow."""
    _once(("ditolak", who.page, str(error)), who.identity, who, Event.DITOLAK, who.page, "di luar hak")


def turned_away(page: str, who: Identity | None, error: AccessRefused) -> None:
    """One line for somebody who may not come in at all."""
    _once(("ditolak", page, str(error)), who, None, Event.DITOLAK, page, "akun tidak berhak")


def _once(
    seen: tuple,
    person: Identity | None,
    who: Visitor | None,
    event: Event,
    page: str,
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
        asked=_asked(),
        detail=detail,
    )
    st.session_state[LAST_SEEN] = st.session_state.get(LAST_SEEN, {}) | {event: seen}


def _asked() -> dict[str, str]:
    return st.query_params.to_dict()


def told(make: Callable[[], bytes], file_name: str) -> Callable[[], bytes]:
    """The same file, made only for somebody who still has the rights it was offered with, and told to the trail.

    The click comes later and outside the page's run, so that everything it needs is taken along now.
    """
    who, values, asked = visitor(), current_settings(), _asked()

    def content() -> bytes:
        now = clock.now()
        if who.looked_up and access.scope_for(values, who.identity, now=now) != who.scope:
            raise AccessRefused("Hak Anda sudah berubah; muat ulang halaman.")
        made = make()
        digest = hashlib.sha256(made).hexdigest()[:16]
        audit.record(
            values,
            Event.UNDUH,
            now=now,
            who=who.identity,
            scope=who.scope,
            page=who.page,
            asked=asked,
            detail=f"{file_name} sha256:{digest}",
        )
        return made

    return content
