"""The list of pages, and the guarantee that no page is ever run outside the frame of dashboard.py."""

from __future__ import annotations

import streamlit as st

PAGES = (
    ("pages/ringkasan.py", "Ringkasan", ":material/dashboard:", "ringkasan", True),
    ("pages/provinsi.py", "Provinsi", ":material/location_on:", "provinsi", False),
    ("pages/klaster.py", "Klaster", ":material/category:", "klaster", False),
    ("pages/pendamping.py", "Pendamping", ":material/group:", "pendamping", False),
    ("pages/waktu.py", "Waktu", ":material/timer:", "waktu", False),
    ("pages/alur.py", "Alur", ":material/water:", "alur", False),
    ("pages/perbandingan.py", "Perbandingan", ":material/balance:", "perbandingan", False),
    ("pages/kasus.py", "Kasus", ":material/list_alt:", "kasus", False),
    ("pages/kamus.py", "Kamus", ":material/menu_book:", "kamus", False),
)
FRAMED = "dalam_kerangka"


def navigation():
    """Set up the browser tab, register the pages and return the one that was asked for.

    The tab's own picture comes first: without it the browser would fetch the page's icon from a foreign address.
    """
    st.set_page_config(
        page_title="Tuntas – pemantauan rehabilitasi sosial",
        page_icon="static/favicon.png",
        layout="wide",
        initial_sidebar_state="auto",
    )
    return st.navigation(
        [
            st.Page(path, title=title, icon=icon, url_path=url, default=default)
            for path, title, icon, url, default in PAGES
        ]
    )


def framed() -> None:
    """Note that dashboard.py is running this page."""
    st.session_state[FRAMED] = True


def require_frame() -> None:
    """Run the page again inside dashboard.py when it was started bare.

    Until the first call of st.navigation in a server's life a deep link runs the file of pages/ alone, without
    navigation and data date: the framework takes the folder for its older kind of multipage app.
    """
    if not st.session_state.pop(FRAMED, False):
        navigation()
        st.rerun()
