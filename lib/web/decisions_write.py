"""The forms of Tindak lanjut: a new one, another state, and notes on the charts.

A press leaves only a wish in the session; it is fulfilled after the rights were looked up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from lib import audit, clock, decisions, reference
from lib.audit import Event
from lib.decisions import Decision, Draft, State
from lib.domain import AccessRefused, Scope, UserError
from lib.indicators.records import INDICATORS
from lib.numbers_id import tanggal
from lib.text_notes import LONGEST, LONGEST_OFFICE
from lib.web import cards, trail
from lib.web.decisions import as_of, today
from lib.web.session import current_settings, current_source, looked_back, visitor

WISH, ROUND = "tindak_lanjut_diminta", "tindak_lanjut_putaran"
USUAL_WAIT, LONGEST_WAIT = dt.timedelta(days=30), dt.timedelta(days=731)
BACK_FIRST = (
    "Tampil sebagaimana adanya saat versi ini disimpan. Untuk menulis, kembali ke data terbaru dahulu: yang dicatat "
    "selalu angka yang terbit sekarang."
)
NOTHING_PERSONAL = (
    "Tanpa nama orang, NIK, nomor telepon, alamat, dan tanpa angka kecil yang menunjuk satu klien."
)


def fulfil(scope: Scope) -> None:
    """Do what the last press asked for, and say what became of it; refused words stay in their form."""
    wish = st.session_state.pop(WISH, None)
    if wish is None:
        return
    if looked_back() is not None:
        st.warning(BACK_FIRST, icon=":material/history:")
        return
    what, values = wish
    try:
        said = {"baru": _put, "ubah": _change, "catat": _annotate, "tarik": _withdraw}[what](scope, values)
    except AccessRefused as error:
        trail.refused(visitor(), error, {})
        st.warning(str(error), icon=":material/block:")
        return
    except UserError as error:
        st.warning(str(error), icon=":material/info:")
        return
    # New keys: what was written leaves its form.
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.success(said, icon=":material/check_circle:")


def _tell(connection, detail: str) -> None:
    who = visitor()
    audit.write(
        connection,
        Event.CATAT,
        now=clock.now(),
        who=who.identity,
        scope=who.scope,
        page=who.page,
        detail=detail,
        simulated=who.demonstration,
    )


def _door() -> dict:
    """What every write needs beside its own words."""
    return {"now": clock.now(), "tell": _tell}


def _put(scope: Scope, values: dict) -> str:
    if not values["tenggat"]:
        raise UserError("Tenggat masih kosong; pilih tanggalnya.")
    draft = Draft(
        keputusan=values["keputusan"],
        kode=values["kode"],
        penanggung=values["unit"].strip() or values["penanggung"],
        tenggat=values["tenggat"],
        provinsi=values["provinsi"] or None,
        klaster=values["klaster"] or None,
    )
    door = _door() | {"source": current_source(), "today": today(), "who": visitor().identity}
    return f"Tindak lanjut {decisions.put(scope, current_settings(), draft, **door)} dicatat."


def _change(scope: Scope, values: dict) -> str:
    decision: Decision | None = values["tindak_lanjut"]
    if decision is None:
        raise UserError("Tindak lanjut yang diubah belum dipilih; pilih dari daftar.")
    door = _door() | {"simulated": current_source().simulasi, "who": visitor().identity}
    asked = {"seen": decision.keadaan, "note": values["catatan"]}
    decisions.change(scope, current_settings(), decision.nomor, values["keadaan"], **asked, **door)
    return f"Tindak lanjut {decision.nomor} kini {values['keadaan'].value}."


def _annotate(scope: Scope, values: dict) -> str:
    if not values["tanggal"]:
        raise UserError("Tanggal catatan masih kosong; pilih tanggalnya.")
    door = _door() | {"simulated": current_source().simulasi, "today": today(), "who": visitor().identity}
    place = values["provinsi"] or None
    asked = {"day": values["tanggal"], "words": values["teks"], "provinsi": place}
    decisions.annotate(scope, current_settings(), **asked, **door)
    return f"Catatan {tanggal(values['tanggal'])} tampil pada grafik bulanan."


def _withdraw(scope: Scope, values: dict) -> str:
    note = values["ditarik"]
    if note is None:
        raise UserError("Catatan yang ditarik belum dipilih; pilih dari daftar.")
    simulated = current_source().simulasi
    decisions.withdraw(scope, current_settings(), note.nomor, simulated=simulated, **_door())
    return f"Catatan {tanggal(note.tanggal)} tidak tampil lagi pada grafik."


def _wish(what: str, prefix: str, names: tuple[str, ...]) -> None:
    st.session_state[WISH] = (what, {name: st.session_state[f"{prefix}{name}"] for name in names})


def _prefix(form: str) -> str:
    return f"tl_{form}{st.session_state.get(ROUND, 0)}_"


def _submit(label: str, what: str, prefix: str, *names: str) -> None:
    st.form_submit_button(
        label, icon=":material/save:", on_click=partial(_wish, what, prefix, names), key=f"{prefix}simpan"
    )


def _places(scope: Scope) -> list[str]:
    """Where a visitor may write; "" stands for the nation."""
    return [kode for kode in ("", *scope.provinces) if decisions.may_write(scope, kode or None)]


def _place(kode: str) -> str:
    return reference.names("provinsi")[kode] if kode else decisions.NATIONAL


def _choose(place, label: str, options: list, key: str, names: Callable[[object], str], **more):
    return place.selectbox(
        label, options, format_func=names, key=key, placeholder="Ketik untuk mencari", **more
    )


def add(scope: Scope) -> None:
    """A form for a new tindak lanjut, for whoever may write."""
    places = _places(scope)
    if looked_back() is not None:
        cards.note(BACK_FIRST)
        return
    if not places:
        cards.note("Peran Anda membaca tindak lanjut; direktur dan koordinator yang menulisnya.")
        return
    st.subheader("Catat tindak lanjut", help="Angkanya saat ini ikut disimpan, sebagai pembanding kelak.")
    prefix, klaster = _prefix("baru"), reference.names("klaster")
    with st.form(f"{prefix}form", enter_to_submit=False):
        st.text_area(
            "Keputusan",
            key=f"{prefix}keputusan",
            max_chars=LONGEST,
            help=NOTHING_PERSONAL,
            placeholder="Apa yang akan dilakukan, dalam satu kalimat",
        )
        left, middle, right = st.columns(3)
        kodes = list(decisions.decided_by())
        _choose(left, "Indikator", kodes, f"{prefix}kode", lambda kode: f"{INDICATORS[kode].nama} ({kode})")
        _choose(middle, "Wilayah", places, f"{prefix}provinsi", _place)
        _choose(
            right, "Klaster", ["", *klaster], f"{prefix}klaster", lambda k: klaster.get(k, "Semua klaster")
        )
        left, middle, right = st.columns(3)
        _choose(left, "Penanggung jawab", list(decisions.OFFICES), f"{prefix}penanggung", str)
        middle.text_input(
            "Unit lain",
            key=f"{prefix}unit",
            max_chars=LONGEST_OFFICE,
            placeholder="Bila tidak ada di daftar",
            help="Jabatan atau unit, bukan nama orang.",
        )
        right.date_input(
            "Tenggat",
            value=today() + USUAL_WAIT,
            min_value=today(),
            max_value=today() + LONGEST_WAIT,
            format="DD/MM/YYYY",
            key=f"{prefix}tenggat",
        )
        names = ("keputusan", "kode", "provinsi", "klaster", "penanggung", "unit", "tenggat")
        _submit("Simpan tindak lanjut", "baru", prefix, *names)


def change(scope: Scope) -> None:
    """A form for another state of a tindak lanjut the visitor may write."""
    if looked_back() is not None:
        return
    found = decisions.listed(scope, current_settings(), simulated=current_source().simulasi)
    own = [each for each in found if decisions.may_write(scope, each.provinsi)]
    if not own:
        return
    st.subheader("Ubah keadaan")
    prefix = _prefix("ubah")
    with st.form(f"{prefix}form", enter_to_submit=False):
        left, right = st.columns([3, 1])
        _choose(left, "Tindak lanjut", own, f"{prefix}tindak_lanjut", _title, index=None)
        _choose(right, "Keadaan baru", list(State), f"{prefix}keadaan", str, index=1, filter_mode=None)
        st.text_input(
            "Catatan perubahan",
            key=f"{prefix}catatan",
            max_chars=LONGEST,
            help=NOTHING_PERSONAL,
            placeholder="Boleh kosong",
        )
        _submit("Simpan keadaan", "ubah", prefix, "tindak_lanjut", "keadaan", "catatan")


def _title(decision: Decision) -> str:
    return f"No. {decision.nomor} ({decision.keadaan.value}, {decision.place}): {decision.keputusan}"


def notes(scope: Scope) -> None:
    """The notes on the monthly charts: all of them, a form for a new one, and one to take one off."""
    st.subheader(
        "Catatan pada grafik",
        help="Peristiwa yang menjelaskan naik turunnya angka; tampil sebagai garis bernomor pada grafik bulanan.",
    )
    simulated = current_source().simulasi
    found = decisions.annotations(scope, current_settings(), simulated=simulated, at=as_of())
    if found:
        shown = [
            {"Tanggal": tanggal(each.tanggal), "Wilayah": each.place, "Catatan": each.teks} for each in found
        ]
        st.dataframe(pd.DataFrame(shown), hide_index=True, placeholder="–")
    else:
        cards.note("Belum ada catatan pada grafik.")
    places = _places(scope)
    if not places or looked_back() is not None:
        return
    prefix = _prefix("catat")
    with st.form(f"{prefix}form", enter_to_submit=False):
        left, right = st.columns(2)
        left.date_input(
            "Tanggal",
            value=today(),
            min_value=dt.date(2000, 1, 1),
            max_value=today(),
            format="DD/MM/YYYY",
            key=f"{prefix}tanggal",
        )
        _choose(right, "Wilayah catatan", places, f"{prefix}provinsi", _place)
        st.text_input(
            "Peristiwa",
            key=f"{prefix}teks",
            max_chars=LONGEST,
            help=NOTHING_PERSONAL,
            placeholder="Apa yang terjadi, dalam satu kalimat",
        )
        _submit("Simpan catatan", "catat", prefix, "tanggal", "provinsi", "teks")
    own = [each for each in found if decisions.may_write(scope, each.provinsi)]
    if own:
        prefix = _prefix("tarik")
        with st.form(f"{prefix}form", enter_to_submit=False):
            _choose(
                st,
                "Catatan yang ditarik",
                own,
                f"{prefix}ditarik",
                lambda each: f"{tanggal(each.tanggal)}, {each.place}: {each.teks}",
                index=None,
            )
            _submit("Tarik catatan", "tarik", prefix, "ditarik")
