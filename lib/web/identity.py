"""Who signed in: the person that the OpenID provider named, and the screen to sign in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.domain import Identity

AUTH = "auth"
FAILED_PARAMETER, FAILED = "masuk", "gagal"
FAILED_SENTENCE = (
    "Masuk gagal atau dibatalkan di halaman penyedia akun. "
    "Coba lagi; bila tetap gagal, hubungi pengelola data."
)


def configured() -> bool:
    """Whether the server knows an OpenID provider ([auth] of its secrets)."""
    return bool(st.secrets.load_if_toml_exists()) and AUTH in st.secrets


def identity() -> Identity | None:
    """The person of this session as the provider named them, None before the sign-in."""
    return named(st.user.to_dict()) if configured() else None


def named(claims: Mapping[str, Any]) -> Identity | None:
    """Whom an answer of the provider names: nobody without issuer or subject."""
    issuer, subject, issued = claims.get("iss"), claims.get("sub"), claims.get("iat")
    if not claims.get("is_logged_in") or not issuer or not subject:
        return None
    return Identity(issuer=str(issuer), subject=str(subject), signed_in_at=_moment(issued))


def _moment(issued: object) -> dt.datetime | None:
    """The moment of a claim in seconds; None for what is no moment, which is no proof of a fresh sign-in."""
    try:
        return dt.datetime.fromtimestamp(float(issued), tz=dt.UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def sign_in_screen(sentence: str) -> None:
    """The only thing a visitor who has not signed in gets to see."""
    _, middle, _ = st.columns([1, 1.4, 1])
    with middle, st.container(border=True):
        st.title("Masuk ke Tuntas")
        if st.query_params.get(FAILED_PARAMETER) == FAILED:
            st.error(FAILED_SENTENCE, icon=":material/error:")
        st.markdown(sentence)
        st.markdown(
            "Pakai akun kantor Anda. Sesudah masuk, halaman yang Anda tuju terbuka dengan saringannya."
        )
        st.button("Masuk", icon=":material/login:", on_click=st.login)


def refused_screen(sentence: str, *, signed_in: bool) -> None:
    """A calm refusal with the way out."""
    st.title("Tidak dapat dibuka")
    st.warning(sentence, icon=":material/block:")
    if signed_in:
        st.button("Masuk dengan akun lain", icon=":material/logout:", on_click=st.logout)
