"""The sections of Versi: the list of kept versions, and keeping the published one."""

from __future__ import annotations

import streamlit as st

from lib import audit, clock, text_versions, versions, versions_keep
from lib.audit import Event
from lib.domain import AccessRefused, Role, Scope, UserError
from lib.numbers_id import angka, tanggal
from lib.settings import LIVE
from lib.versions import Kept, Listed
from lib.web import filters, navigation
from lib.web.cards import note
from lib.web.session import looked_back, present_settings, published_source, visitor

KEEPERS = (Role.DIREKTUR, Role.ADMIN_DATA)
WISH, NAME, DONE = "versi_keinginan", "versi_nama", "versi_selesai"


def act(scope: Scope) -> None:
    """Keep the published version where the form asked for it, now that the visitor's rights are known."""
    wished = st.session_state.pop(WISH, None)
    if wished is None:
        return
    try:
        keep(scope, wished)
    except AccessRefused:
        raise
    except UserError as error:
        st.session_state[DONE] = (False, str(error))


def keep(scope: Scope, name: str) -> Kept:
    """Keep the published version under a name, and tell the access trail.

    Raises AccessRefused for a role that may not, UserError as `versions_keep.keep` does.
    """
    who, values, now = visitor(), present_settings(), clock.now()
    if scope.role not in KEEPERS:
        raise AccessRefused("Menyimpan versi hanya untuk Direktur dan Pengelola data.")
    role = navigation.ROLE_NAMES[scope.role]
    kept = versions_keep.keep(
        values, name, by=f"{role} ({who.identity.subject})" if who.identity else role, now=now
    )
    audit.record(
        values,
        Event.SIMPANAN,
        now=now,
        who=who.identity,
        scope=who.scope,
        page=who.page,
        detail=f"simpan {kept.versi}",
        simulated=who.demonstration,
    )
    st.session_state[DONE] = (True, f"Versi {kept.versi} disimpan dengan nama “{kept.nama}”.")
    st.session_state[NAME] = ""
    return kept


def introduction() -> None:
    """What a kept version is."""
    st.markdown(text_versions.WHAT_IT_IS)
    done = st.session_state.pop(DONE, None)
    if done is not None:
        went_well, sentence = done
        (st.success if went_well else st.warning)(
            sentence, icon=":material/bookmark_added:" if went_well else ":material/info:"
        )


def listing(scope: Scope) -> None:
    """One row per kept version, newest first, each with a link that opens it."""
    st.subheader("Versi simpanan")
    lines = versions.listing(present_settings())
    if not lines:
        st.info("Belum ada versi simpanan.", icon=":material/bookmark_border:")
        return
    for line in lines:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(_about(line, scope), width="stretch")
            if line.kept is not None and line.keadaan == versions.WHOLE:
                _link(line.kept, scope)


def _link(kept: Kept, scope: Scope) -> None:
    """A real address, so that it can be sent on: the first page of the role at this version, with the filter."""
    back = looked_back()
    if back is not None and back.versi == kept.versi:
        st.markdown(":material/visibility: sedang dibuka")
        return
    choice = filters.from_url(filters.asked_now())[0]
    query = filters.to_url(choice) | {filters.VERSION: kept.versi}
    query = {name: value for name, value in query.items() if name not in ("dulu", "kini", "angka")}
    st.page_link(
        navigation.first_page(scope.role),
        label="Buka versi ini",
        icon=":material/visibility:",
        query_params=query,
    )


def _about(line: Listed, scope: Scope) -> str:
    kept = line.kept
    if kept is None:
        return f"**Versi {line.versi}**  \n:small[:material/error: {line.keadaan}; tidak dapat dibuka]"
    by = f" oleh {kept.oleh}" if scope.role in KEEPERS else ""
    parts = [
        f"disimpan {tanggal(kept.disimpan.date())} pukul {kept.disimpan:%H.%M}{by}",
        text_versions.up_to(kept.data_awal, kept.data_akhir),
        f"{angka(kept.ukuran / 1e6, decimals=1)} MB",
        f"versi {kept.versi}",
    ]
    state = (
        ":material/verified: utuh" if line.keadaan == versions.WHOLE else f":material/error: {line.keadaan}"
    )
    if kept.redefined:
        state += "; definisi indikator sudah berubah sejak itu"
    return f"**{kept.nama}**  \n:small[{' · '.join(parts)}]  \n:small[{state}]"


def form(scope: Scope) -> None:
    """Keep what is published now; only for those who may, and only while it is on the screen."""
    if scope.role not in KEEPERS:
        return
    values = present_settings()
    st.subheader("Simpan versi yang terbit")
    if values.sumber == LIVE:
        note(
            "Sumber langsung tidak menerbitkan potret; simpan dengan `python -m lib.cli potret --simpan NAMA`."
        )
        return
    if looked_back() is not None:
        note("Kembali ke data terbaru dahulu: yang disimpan selalu versi yang terbit sekarang.")
        return
    published = published_source().versi
    same = next((kept for kept in versions.every(values) if kept.versi == published), None)
    if same is not None:
        note(f"Versi yang terbit sekarang ({published}) sudah disimpan dengan nama “{same.nama}”.")
        return
    with st.form("versi_simpan", enter_to_submit=False):
        st.text_input(
            "Nama versi",
            key=NAME,
            max_chars=versions.LONGEST,
            placeholder="misalnya Rapat evaluasi triwulan III",
            help="Nama rapat atau laporan. Terlihat oleh semua pengguna; jangan memuat nama orang.",
        )
        note(
            f"Yang disimpan: versi {published}, dengan ambang dan kebijakan sekarang. Tercatat di jejak akses."
        )
        st.form_submit_button("Simpan versi", icon=":material/bookmark_add:", on_click=_wish)


def _wish() -> None:
    st.session_state[WISH] = st.session_state[NAME]
