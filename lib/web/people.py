"""The sections of Pengguna."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd
import streamlit as st

from lib import audit, clock, reference, users
from lib.audit import Event
from lib.domain import UserError
from lib.numbers_id import angka
from lib.users import User
from lib.web.navigation import ROLE_NAMES
from lib.web.session import current_settings, visitor

NEW = "baru"
WISH = "pengguna_diminta"
RECENT_DAYS = 14


def introduction() -> None:
    """How rights work, and what became of the last change."""
    if visitor().demonstration:
        st.info(
            "Data simulasi: yang diatur di sini hanya contoh dan tidak memberi hak pada data nyata.",
            icon=":material/science:",
        )
    st.markdown(
        "Akun dikenali dari penerbit (iss) dan subjek (sub) penyedia masuk. Hak dibaca ulang setiap kali halaman "
        "dibuka, sehingga pencabutan berlaku pada klik berikutnya."
    )
    # The press of the button only leaves its wish here: what is done, is done after the rights were looked up.
    if wish := st.session_state.pop(WISH, None):
        _fulfil(wish)


def _fulfil(user: User) -> None:
    own = visitor().identity
    try:
        if own and (user.issuer, user.subject) == (own.issuer, own.subject):
            raise UserError("Hak sendiri tidak dapat diubah di sini; minta pengelola data lain.")
        save(user)
    except UserError as error:
        st.warning(str(error), icon=":material/info:")
        return
    said = f"Hak {user.label or user.subject} disimpan: {ROLE_NAMES[user.role]}"
    st.success(f"{said}{'' if user.active else ', dicabut'}.", icon=":material/check_circle:")


def _all() -> list[User]:
    return users.everyone(current_settings(), simulated=visitor().demonstration)


def listing() -> None:
    """All users with their rights, revoked ones too."""
    known = _all()
    if not known:
        st.info(
            "Belum ada pengguna terdaftar. Tambahkan di bawah ini atau dengan `python -m lib.cli pengguna tambah`.",
            icon=":material/group_off:",
        )
        return
    active = sum(user.active for user in known)
    st.markdown(f"**{angka(len(known))} pengguna**, {angka(active)} di antaranya aktif.")
    st.dataframe(as_table(known), hide_index=True, placeholder="–", key="pengguna_tabel")


def as_table(known: list[User]) -> pd.DataFrame:
    """One row per user, in words."""
    names = reference.names("provinsi")
    return pd.DataFrame(
        {
            "Sebutan": [user.label for user in known],
            "Peran": [ROLE_NAMES[user.role] for user in known],
            "Provinsi": [", ".join(names[kode] for kode in user.provinces) for user in known],
            "Keadaan": ["aktif" if user.active else "dicabut" for user in known],
            "Subjek": [user.subject for user in known],
            "Penerbit": [user.issuer for user in known],
        }
    )


def edit() -> None:
    """A form for one user, new or known."""
    st.subheader("Tambah atau ubah")
    known = {f"{user.issuer} {user.subject}": user for user in _all()}
    chosen = st.selectbox(
        "Pengguna",
        [NEW, *known],
        format_func=lambda key: _title(known[key]) if key in known else "Pengguna baru",
        key="pengguna_dipilih",
        placeholder="Pilih pengguna",
        filter_mode=None,
    )
    user = known.get(chosen)
    stranger = None if user else _stranger(known)
    prefix = f"pg_{chosen}_{stranger}_"
    with st.form(f"pengguna_{chosen}_{stranger}", enter_to_submit=False):
        _fields(user, stranger, prefix)
        st.form_submit_button("Simpan", icon=":material/save:", on_click=_wish, args=(user, prefix))


def _wish(user: User | None, prefix: str) -> None:
    state = st.session_state
    st.session_state[WISH] = User(
        issuer=user.issuer if user else state[f"{prefix}penerbit"].strip(),
        subject=user.subject if user else state[f"{prefix}subjek"].strip(),
        role=state[f"{prefix}peran"],
        provinces=tuple(sorted(state[f"{prefix}provinsi"])),
        active=state[f"{prefix}aktif"],
        label=state[f"{prefix}sebutan"].strip() or None,
    )


def _title(user: User) -> str:
    return f"{user.label or user.subject} – {ROLE_NAMES[user.role]}{'' if user.active else ' (dicabut)'}"


def _stranger(known: dict[str, User]) -> str | None:
    """Somebody who was turned away as unknown and can be taken over into the form."""
    refused = audit.trail(
        current_settings(),
        since=clock.now() - dt.timedelta(days=RECENT_DAYS),
        event=Event.DITOLAK,
        simulated=visitor().demonstration,
    )
    refused = refused[refused["peran"].isna() & refused["subjek"].notna()]
    found = [f"{row.penerbit} {row.subjek}" for row in refused.itertuples()]
    strangers = [key for key in dict.fromkeys(found) if key not in known]
    if not strangers:
        return None
    return st.selectbox(
        "Ditolak karena belum terdaftar",
        [None, *strangers],
        format_func=lambda key: key or "Isi sendiri",
        placeholder="Isi sendiri",
        help=f"Akun yang mencoba masuk dalam {RECENT_DAYS} hari terakhir.",
        filter_mode=None,
    )


def _fields(user: User | None, stranger: str | None, prefix: str) -> None:
    issuer, _, subject = (stranger or " ").partition(" ")
    left, right = st.columns(2)
    known = user is not None
    left.text_input(
        "Penerbit (iss)", user.issuer if user else issuer, disabled=known, key=f"{prefix}penerbit"
    )
    right.text_input("Subjek (sub)", user.subject if user else subject, disabled=known, key=f"{prefix}subjek")
    # A row of its own, so that a telephone keeps the order of the form.
    left, right = st.columns(2)
    left.text_input(
        "Sebutan",
        (user.label or "") if user else "",
        help="Nama atau jabatan pegawai.",
        key=f"{prefix}sebutan",
    )
    right.selectbox(
        "Peran",
        list(ROLE_NAMES),
        index=list(ROLE_NAMES).index(user.role) if user else 1,
        format_func=ROLE_NAMES.get,
        filter_mode=None,
        key=f"{prefix}peran",
        placeholder="Pilih peran",
    )
    st.multiselect(
        "Provinsi (hanya koordinator)",
        list(reference.names("provinsi")),
        default=list(user.provinces) if user else [],
        format_func=reference.names("provinsi").get,
        placeholder="Pilih provinsi",
        key=f"{prefix}provinsi",
    )
    st.toggle(
        "Aktif",
        value=user.active if user else True,
        help="Mati berarti hak dicabut.",
        key=f"{prefix}aktif",
    )


def save(user: User) -> None:
    """Write the rights and tell the trail; raises UserError for rights that make no sense."""
    who, now = visitor(), clock.now()
    tell = partial(
        audit.write,
        event=Event.HAK,
        now=now,
        who=who.identity,
        scope=who.scope,
        page=who.page,
        detail=users.described(user),
        simulated=who.demonstration,
    )
    users.put(current_settings(), user, now=now, simulated=who.demonstration, tell=tell)
