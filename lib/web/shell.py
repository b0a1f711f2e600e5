"""The frame around every page: who is let in, navigation, data date, the label of simulated data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from lib import numbers_id, reference, text, text_versions
from lib.domain import AccessRefused, Role, SignInNeeded
from lib.numbers_id import tanggal
from lib.versions import Kept
from lib.web import cache, filters, freshness, identity, navigation, trail
from lib.web.cards import note
from lib.web.session import (
    SEEN_AS,
    SEEN_PROVINCE,
    Visitor,
    admit,
    begin_run,
    current_settings,
    current_source,
    end_run,
    given_up,
    guarded,
    look_back,
    looked_back,
    on_page,
    schema_flaw,
)

NAMED_PROVINCES = 3
ROLE_CHANGED = "sebagai_berubah"
# What the demonstration keeps of role and province, and the menus that change it.
MENUS = {SEEN_AS: "lihat_sebagai", SEEN_PROVINCE: "lihat_sebagai_provinsi"}


def run() -> None:
    """Let the visitor in, set up navigation for their role and run the chosen page."""
    navigation.configure()
    st.logo("static/logo-terang.png", size="large", icon_image="static/favicon.png")
    found: list[Visitor | AccessRefused] = []
    # Without a readable snapshot the page would only repeat the same sentence.
    went_well = guarded(lambda: found.append(_admitted()))
    who = found[0] if found and isinstance(found[0], Visitor) else None
    chosen = navigation.navigation(who.scope.role if who else None)
    page = navigation.name_of(chosen)
    if not went_well:
        return
    if who is None:
        _turned_away(found[0], page)
        return
    who = on_page(who, page)
    if not guarded(_look_back):
        st.button(
            "Kembali ke data terbaru", icon=":material/update:", on_click=filters.show_version, args=("",)
        )
        return
    _about(who)
    asked = filters.asked_now()
    if not (guarded(lambda: _as_of(asked)) and guarded(_not_in_it)):
        return
    _arrive_anew(who)
    try:
        guarded(lambda: _page(who, chosen, asked), on_refusal=lambda error: trail.refused(who, error, asked))
    finally:
        guarded(_finish)
    if given_up(current_source()):
        # Its file turned out to be damaged while the page was drawn: once more, with the last good version.
        st.rerun()


def _admitted() -> Visitor | AccessRefused:
    source = begin_run()
    try:
        return admit(source)
    except AccessRefused as error:
        return error


def _look_back() -> None:
    """Show a kept version instead of the published one, where the address asks for it."""
    asked = filters.version_asked()
    if asked:
        look_back(asked)


def _kept_banner(kept: Kept, sentence: str) -> None:
    """On every page of a kept version: what it is, and the way back."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="versi_simpanan"):
        st.markdown(
            f":material/history: **Sebagaimana disajikan {tanggal(kept.disimpan.date())} – {kept.nama}.** {sentence}; "
            "ambang dan kebijakan dari waktu itu.",
            width="stretch",
        )
        st.button(
            "Kembali ke data terbaru",
            icon=":material/update:",
            on_click=filters.show_version,
            args=("",),
            key="versi_kembali",
        )
    if kept.redefined:
        st.warning(text_versions.REDEFINED, icon=":material/rule:")
    elif kept.reprogrammed:
        note(text_versions.REPROGRAMMED)


def _turned_away(error: AccessRefused, page: str) -> None:
    if isinstance(error, SignInNeeded):
        identity.sign_in_screen(str(error))
        return
    who = identity.identity()
    identity.refused_screen(str(error), signed_in=who is not None)
    if who is not None:
        guarded(lambda: trail.turned_away(page, who, error))


def _arrive_anew(who: Visitor) -> None:
    """Whoever comes to "/" or looks as another role begins at the role's first page, where this one is not theirs."""
    anew = st.session_state.pop(ROLE_CHANGED, False) or who.page == navigation.DEFAULT
    if anew and not navigation.may_open(who.page, who.scope.role):
        st.switch_page(navigation.first_page(who.scope.role))


def _look_anew() -> None:
    for kept, menu in MENUS.items():
        st.session_state[kept] = st.session_state.get(menu, st.session_state[kept])
    filters.forget()
    st.session_state[ROLE_CHANGED] = True


def _page(who: Visitor, chosen, asked: Mapping[str, str]) -> None:
    """The page, if it is for this role and area; told before anything of it is drawn."""
    navigation.check_role(who.page, who.scope.role)
    filters.check_area(who.scope, asked)
    trail.viewed(who, asked)
    navigation.framed()
    chosen.run()


def _finish() -> None:
    """What was answered before the past was told is answered anew."""
    if end_run():
        cache.forget()


def _about(who: Visitor) -> None:
    """Whose office this is, and as whom the visitor looks."""
    values = current_settings()
    with st.sidebar:
        st.markdown(f":small[{values.unit}]  \n:small[{values.kementerian}]")
        if current_source().simulasi:
            st.markdown(f":material/science: **{text.SIMULATION}**")
        # As they were let in, by what is published: a kept version on the screen may be a simulation all the same.
        if who.demonstration:
            _looked_at_as()
            return
        st.markdown(f":small[Anda masuk sebagai]  \n**{navigation.ROLE_NAMES[who.scope.role]}**")
        if who.scope.role is Role.KOORDINATOR:
            st.markdown(f":small[{_listed(who.scope.provinces)}]")
        if who.identity is not None:
            st.button("Keluar", icon=":material/logout:", on_click=st.logout, key="keluar")


def _listed(provinces: tuple[str, ...]) -> str:
    names = [reference.names("provinsi")[kode] for kode in provinces]
    if len(names) <= NAMED_PROVINCES:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED_PROVINCES])} dan {len(names) - NAMED_PROVINCES} provinsi lain"


def _looked_at_as() -> None:
    """In the demonstration everybody may look as each role."""
    for kept, menu in MENUS.items():
        st.session_state[menu] = st.session_state[kept]
    st.selectbox(
        "Lihat sebagai",
        list(navigation.ROLE_NAMES),
        format_func=navigation.ROLE_NAMES.get,
        key=MENUS[SEEN_AS],
        on_change=_look_anew,
        placeholder="Pilih peran",
        filter_mode=None,
        help="Hanya pada data simulasi: peran menentukan halaman, provinsi, dan nama yang terlihat.",
    )
    if st.session_state[SEEN_AS] is Role.KOORDINATOR:
        st.selectbox(
            "Provinsi koordinator",
            list(reference.names("provinsi")),
            format_func=reference.names("provinsi").get,
            key=MENUS[SEEN_PROVINCE],
            on_change=_look_anew,
            placeholder="Ketik untuk mencari",
        )


def _as_of(asked: Mapping[str, str]) -> None:
    """Up to when the data go: of what is published now, or as it was when a kept version was made."""
    kept = looked_back()
    if kept is None:
        freshness.line(asked)
        return
    _, sentence = freshness.sent()
    _kept_banner(kept, sentence)
    if current_source().simulasi:
        note(f":material/science: **{text.SIMULATION}** – bukan kasus nyata.")


def _not_in_it() -> None:
    """What the version that is shown lacks: rows of a ministry's views, and all that came since the schema changed."""
    source = current_source()
    if source.dikeluarkan:
        st.warning(
            f"Baris yang melanggar kontrak data tidak dihitung: {source.dikeluarkan}. Aturannya disebut oleh "
            "`python -m lib.cli periksa`.",
            icon=":material/rule:",
        )
    if flaw := schema_flaw():
        made = dt.datetime.fromisoformat(source.dibuat)
        st.warning(
            f"{flaw} Sampai saat itu halaman menampilkan potret yang dibuat {numbers_id.tanggal(made.date())}.",
            icon=":material/database:",
        )
