"""The list of pages, and the guarantee that no page is ever run outside the frame of dashboard.py."""

from __future__ import annotations

import streamlit as st

from lib.domain import AccessRefused, Role

ROLE_NAMES = {
    Role.DIREKTUR: "Direktur",
    Role.KOORDINATOR: "Koordinator provinsi",
    Role.ADMIN_DATA: "Pengelola data",
}
ANALYSTS = (Role.DIREKTUR, Role.KOORDINATOR)
SENDERS = (Role.KOORDINATOR, Role.ADMIN_DATA)
EVERYBODY = tuple(Role)
# file, title, icon, address, who may open it; the first page a role may open is where it arrives.
PAGES = (
    ("pages/ringkasan.py", "Ringkasan", ":material/dashboard:", "ringkasan", ANALYSTS),
    ("pages/provinsi.py", "Provinsi", ":material/location_on:", "provinsi", ANALYSTS),
    ("pages/klaster.py", "Klaster", ":material/category:", "klaster", ANALYSTS),
    ("pages/pendamping.py", "Pendamping", ":material/group:", "pendamping", ANALYSTS),
    ("pages/waktu.py", "Waktu", ":material/timer:", "waktu", ANALYSTS),
    ("pages/alur.py", "Alur", ":material/water:", "alur", ANALYSTS),
    ("pages/perbandingan.py", "Perbandingan", ":material/balance:", "perbandingan", ANALYSTS),
    ("pages/kasus.py", "Kasus", ":material/list_alt:", "kasus", ANALYSTS),
    ("pages/mutu_data.py", "Mutu data", ":material/fact_check:", "mutu_data", SENDERS),
    ("pages/pengguna.py", "Pengguna", ":material/manage_accounts:", "pengguna", (Role.ADMIN_DATA,)),
    ("pages/jejak.py", "Jejak akses", ":material/history:", "jejak", (Role.ADMIN_DATA,)),
    (
        "pages/tindak_lanjut.py",
        "Tindak lanjut",
        ":material/assignment_turned_in:",
        "tindak_lanjut",
        EVERYBODY,
    ),
    ("pages/rapat.py", "Rapat", ":material/co_present:", "rapat", EVERYBODY),
    ("pages/versi.py", "Versi", ":material/bookmarks:", "versi", EVERYBODY),
    ("pages/kamus.py", "Kamus", ":material/menu_book:", "kamus", EVERYBODY),
)
# The page at "/"; a role that may not open it is led to its own first page.
DEFAULT = "ringkasan"
TITLES = {url: title for _, title, _, url, _ in PAGES}
FRAMED = "dalam_kerangka"


def configure() -> None:
    """Set up the browser tab.

    The tab's own picture comes first: without it the browser would fetch the page's icon from a foreign address.
    """
    st.set_page_config(
        page_title="Tuntas – pemantauan rehabilitasi sosial",
        page_icon="static/favicon.png",
        layout="wide",
        initial_sidebar_state="auto",
    )


def navigation(role: Role | None):
    """Register all pages and return the one that was asked for; the menu shows those the role may open.

    A page that is not in the menu keeps its address: whoever asks for it is told why it stays closed.
    """
    return st.navigation(
        [
            st.Page(
                path,
                title=title,
                icon=icon,
                url_path=url,
                default=url == DEFAULT,
                visibility="visible" if role in roles else "hidden",
            )
            for path, title, icon, url, roles in PAGES
        ],
        position="hidden" if role is None else "sidebar",
        # A long menu would fold behind a button that the framework writes in English.
        expanded=True,
    )


def name_of(page) -> str:
    """The name of a page of `navigation`, which is its address. Example: "ringkasan" for the page at "/"."""
    return next(url for _, title, _, url, _ in PAGES if title == page.title)


def first_page(role: Role) -> str:
    """The file of the page where a role arrives."""
    return next(path for path, *_, roles in PAGES if role in roles)


def may_open(page: str, role: Role) -> bool:
    """Whether a page is for a role."""
    return next(role in roles for *_, url, roles in PAGES if url == page)


def check_role(page: str, role: Role) -> None:
    """Raise AccessRefused where a role may not open a page."""
    if not may_open(page, role):
        open_to = " dan ".join(ROLE_NAMES[each] for *_, url, roles in PAGES if url == page for each in roles)
        raise AccessRefused(f"Halaman {TITLES[page]} hanya untuk {open_to}; pilih halaman lain di menu.")


def framed() -> None:
    """Note that dashboard.py is running this page."""
    st.session_state[FRAMED] = True


def require_frame() -> None:
    """Run the page again inside dashboard.py when it was started bare.

    Until the first call of st.navigation in a server's life a deep link runs the file of pages/ alone, without
    navigation and data date: the framework takes the folder for its older kind of multipage app.
    """
    if not st.session_state.pop(FRAMED, False):
        configure()
        navigation(None)
        st.rerun()
