"""The shared filter: one state per session, mirrored in the URL so that a link shows the same elsewhere.

Widgets are not bound to the URL by the framework: it would write their labels instead of their codes, and lose
them on a change of page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import streamlit as st

from lib import present_area, reference
from lib.domain import (
    FIRST_DAY,
    LAST_DAY,
    AccessRefused,
    CaseFilter,
    Dimensi,
    Period,
    PeriodKind,
    Scope,
    UserError,
)
from lib.web.session import looked_back, visitor

STATE, SEEN_URL, SEEN_PAGE = "saringan", "saringan_url", "saringan_halaman"
# The address parameter of a kept version, and where the session carries it over a change of page.
VERSION, SEEN_VERSION = "versi", "saringan_versi"
# The parameters that name a place or a case, whose first two digits are a province.
AREA_PARTS = (
    *("provinsi", "kabkota", "sorot_kabkota", "kasus", "lihat", "orang_provinsi", "macet_provinsi"),
    *("tujuan", "asal"),
)
# What a sentence may not quote from an address: it would become a link, a picture or a colour on the page.
HARMFUL = re.compile(r"[\[\]()<>:@\\`*#!|{}$\x00-\x1f]|(?<=www)\.")
LONGEST_VALUE = 64
DEFAULT_KIND = PeriodKind.DUA_BELAS_BULAN
PERIOD_LABELS = {
    PeriodKind.DUA_BELAS_BULAN: "12 bulan terakhir",
    PeriodKind.BULAN: "Bulan ini",
    PeriodKind.TRIWULAN: "Triwulan ini",
    PeriodKind.TAHUN: "Tahun ini",
    PeriodKind.BEBAS: "Tanggal bebas",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the filter bar holds, as codes; also the page's own choices (`lain`: map indicator and the like).

    `versi` is the kept version that is shown; empty for the published one.
    """

    periode: PeriodKind = DEFAULT_KIND
    dari: dt.date | None = None
    sampai: dt.date | None = None
    masalah: str = ""
    provinsi: str = ""
    versi: str = ""
    lain: tuple[tuple[str, str], ...] = ()

    def case_filter(self) -> CaseFilter:
        """The filter the door understands; raises UserError for a start after the end."""
        free = self.periode is PeriodKind.BEBAS
        return CaseFilter(
            period=Period(
                kind=self.periode, dari=self.dari if free else None, sampai=self.sampai if free else None
            ),
            provinsi=(self.provinsi,) if self.provinsi else (),
            klaster=(self.masalah,) if self.masalah in reference.names("klaster") else (),
            jenis=(self.masalah,) if self.masalah in reference.names("jenis_masalah") else (),
        )

    def other(self, name: str, default: str = "") -> str:
        """A page's own choice."""
        return dict(self.lain).get(name, default)

    def with_other(self, name: str, value: str) -> Choice:
        """The same choice with another own value of a page."""
        kept = dict(self.lain) | {name: value}
        return replace(self, lain=tuple(sorted((key, text) for key, text in kept.items() if text)))


def to_url(choice: Choice) -> dict[str, str]:
    """The choice as query parameters; defaults are left out.

    Example: Choice(provinsi="33", masalah="ANAK") -> {"klaster": "ANAK", "provinsi": "33"}.
    """
    url = dict(choice.lain)
    if choice.periode is not DEFAULT_KIND:
        url["periode"] = choice.periode.value
    if choice.periode is PeriodKind.BEBAS:
        url |= {
            name: day.isoformat() for name, day in (("dari", choice.dari), ("sampai", choice.sampai)) if day
        }
    if choice.masalah:
        url["klaster" if choice.masalah in reference.names("klaster") else "jenis"] = choice.masalah
    if choice.provinsi:
        url["provinsi"] = choice.provinsi
    if choice.versi:
        url[VERSION] = choice.versi
    return url


def from_url(url: Mapping[str, str]) -> tuple[Choice, list[str]]:
    """The choice of a link, and a sentence for every part of it that means nothing."""
    choice, wrong = Choice(), []

    def complain(label: str, value: str) -> None:
        wrong.append(
            f"{label} “{value}” pada tautan tidak dikenal dan diabaikan; pilih lagi di bilah saringan."
        )

    for name, value in url.items():
        if name == VERSION:
            # Its name may hold any sign; what it means is known since the run began.
            continue
        if HARMFUL.search(f"{name} {value}") or len(value) > LONGEST_VALUE:
            complain("Bagian", HARMFUL.sub("·", f"{name}={value}")[:LONGEST_VALUE])
        elif name == "periode":
            if value in set(PeriodKind):
                choice = replace(choice, periode=PeriodKind(value))
            else:
                complain("Periode", value)
        elif name in ("dari", "sampai"):
            try:
                day = dt.date.fromisoformat(value)
            except ValueError:
                day = dt.date.min
            # A day outside would stop the date field, and with it every page of this session.
            if FIRST_DAY <= day <= LAST_DAY:
                choice = replace(choice, periode=PeriodKind.BEBAS, **{name: day})
            else:
                complain("Tanggal", value)
        elif name in ("klaster", "jenis"):
            known = reference.names("klaster" if name == "klaster" else "jenis_masalah")
            if value in known:
                choice = replace(choice, masalah=value)
            else:
                complain("Klaster" if name == "klaster" else "Jenis masalah", value)
        elif name == "provinsi":
            if value in reference.names("provinsi"):
                choice = replace(choice, provinsi=value)
            else:
                complain("Provinsi", value)
        else:
            choice = choice.with_other(name, value)
    if choice.dari and choice.sampai and choice.dari > choice.sampai:
        wrong.append(
            f"Awal periode {choice.dari.isoformat()} pada tautan sesudah akhirnya {choice.sampai.isoformat()}; "
            "kedua tanggal diabaikan."
        )
        choice = replace(choice, periode=DEFAULT_KIND, dari=None, sampai=None)
    return choice, wrong


def area(scope: Scope, choice: Choice) -> str:
    """Where the figures are from: the chosen province, or all that the visitor may see."""
    if choice.provinsi:
        return reference.names("provinsi")[choice.provinsi]
    return "Indonesia" if scope.provinces == reference.all_provinces() else "Semua provinsi Anda"


def place(scope: Scope, choice: Choice) -> str:
    """What the figures are about: the area, all kinds or some. Example: "Jawa Tengah, Anak"."""
    names = reference.names("klaster") | reference.names("jenis_masalah")
    return f"{area(scope, choice)}, {names[choice.masalah]}" if choice.masalah else area(scope, choice)


def of_pas(case_filter: CaseFilter, pas: str) -> CaseFilter:
    """The filter narrowed to a PAS, which is the set of its kinds.

    Raises UserError for a PAS that does not exist, or when the kind of the filter is not one of its kinds.
    """
    names = reference.names("pas")
    if pas not in names:
        raise UserError(f"12-PAS “{pas}” tidak dikenal; pilihannya: {', '.join(names)}.")
    kinds = present_area.kinds_of(Dimensi.PAS, pas)
    kept = tuple(kind for kind in kinds if kind in (case_filter.jenis or kinds))
    if not kept:
        raise UserError(
            f"Jenis {', '.join(case_filter.jenis)} tidak termasuk 12-PAS “{names[pas]}”, yang terdiri atas "
            f"{', '.join(kinds)}; pilih jenis lain di bilah saringan."
        )
    return replace(case_filter, jenis=kept)


def describe(choice: Choice) -> str:
    """The visitor's choice in words. Example: "Klaster Anak; Jawa Tengah; 12 bulan terakhir"."""
    where = area(visitor().scope, choice)
    return "; ".join((_problem_label(choice.masalah).strip(), where, PERIOD_LABELS[choice.periode]))


def current(page: str) -> Choice:
    """The session's choice, taken from the URL when the visitor brought one (a link, or the Back button).

    A change of page empties the URL; then the choice is kept and written again.
    """
    url = dict(st.query_params)
    moved = st.session_state.get(SEEN_PAGE) != page
    first = STATE not in st.session_state
    brought = url != st.session_state.get(SEEN_URL)
    if brought and not url and not moved and looked_back() is not None:
        # The Back button led before the kept version was opened.
        show_version("")
        st.rerun()
    if first or (brought and (url or not moved)):
        st.session_state[STATE], wrong = from_url(url)
        for sentence in wrong:
            st.warning(sentence, icon=":material/link_off:")
    st.session_state[SEEN_PAGE] = page
    keep(_of_visitor(st.session_state[STATE]))
    return st.session_state[STATE]


def _of_visitor(choice: Choice) -> Choice:
    """Whoever may see one province only has chosen it."""
    own, back = visitor().scope.provinces, looked_back()
    choice = replace(choice, versi=back.versi if back else "")
    return replace(choice, provinsi=own[0]) if len(own) == 1 else choice


def version_asked() -> str:
    """The kept version this run is to show, as the address or else the session says; empty for the published one.

    A link without it leads to the published version; a change of page, which empties the address, keeps it.
    """
    url = dict(st.query_params)
    if VERSION in url or (url and url != st.session_state.get(SEEN_URL)):
        st.session_state[SEEN_VERSION] = url.get(VERSION, "")
    return st.session_state.get(SEEN_VERSION, "")


def show_version(versi: str) -> None:
    """From the next run on show a kept version, or with nothing the published one; the rest of the choice stays."""
    st.session_state[SEEN_VERSION] = versi
    url = dict(st.query_params)
    url.pop(VERSION, None)
    url |= {VERSION: versi} if versi else {}
    st.query_params.from_dict(url)
    if STATE in st.session_state:
        st.session_state[SEEN_URL] = url


def keep(choice: Choice) -> None:
    """Make this the session's choice, in the URL too."""
    st.session_state[STATE] = choice
    wanted = to_url(choice)
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[SEEN_URL] = wanted


def forget() -> None:
    """Begin anew: the choice may hold a province that the next role does not see."""
    st.session_state.pop(STATE, None)
    st.query_params.clear()


def asked_now() -> dict[str, str]:
    """What this run of the page will show: the address, or after a change of page the choice that is carried over."""
    url = st.query_params.to_dict()
    return url or (to_url(st.session_state[STATE]) if STATE in st.session_state else {})


def check_area(scope: Scope, asked: Mapping[str, str]) -> None:
    """Raise AccessRefused for a link into a province outside the scope; the session's own choice is forgotten then.

    A kab/kota and a case lie in the province of their first two digits.
    """
    names = reference.names("provinsi")
    for part in AREA_PARTS:
        kode = asked.get(part, "")[:2]
        if kode in names and kode not in scope.provinces:
            forget()
            raise AccessRefused(
                f"{names[kode]} di luar wilayah yang boleh Anda lihat. Pilih halaman di menu untuk melihat wilayah "
                "Anda."
            )


def set_other(name: str, value: str) -> None:
    """Change one of a page's own choices."""
    keep(st.session_state[STATE].with_other(name, value))


def choose_province(kode: str) -> None:
    """Change the province ("": all) of the choice; the page checks it against the rights when it runs again."""
    keep(replace(st.session_state[STATE], provinsi=kode))


def _changed() -> None:
    state = st.session_state
    kind = state["f_periode"]
    free = kind is PeriodKind.BEBAS
    try:
        choice = replace(
            state[STATE],
            periode=kind,
            dari=state.get("f_dari") if free else None,
            sampai=state.get("f_sampai") if free else None,
            masalah=state["f_masalah"],
            provinsi=state["f_provinsi"],
        )
        choice.case_filter()
    except UserError as error:
        st.session_state["saringan_salah"] = str(error)
        return
    keep(choice)


@cache
def _problem_options() -> tuple[str, ...]:
    """All, and each klaster before its kinds; the same in every run."""
    kinds = reference.table("jenis_masalah")
    listed = [""]
    for klaster in reference.names("klaster"):
        listed.append(klaster)
        listed += kinds.loc[kinds["kode_klaster"] == klaster, "kode_jenis"].tolist()
    return tuple(listed)


def _problem_label(kode: str) -> str:
    if not kode:
        return "Semua klaster dan jenis"
    if kode in reference.names("klaster"):
        return f"Klaster {reference.names('klaster')[kode]}"
    return f"   {kode} {reference.names('jenis_masalah')[kode]}"


def bar(choice: Choice, provinces: tuple[str, ...], *, periods: Sequence[PeriodKind] = ()) -> None:
    """Draw the filter bar; a change is kept before the page runs again. `periods`: the only ones offered."""
    state, offered = st.session_state, list(periods or PERIOD_LABELS)
    state["f_periode"] = choice.periode if choice.periode in offered else offered[0]
    state["f_masalah"] = choice.masalah
    state["f_provinsi"] = choice.provinsi if choice.provinsi in provinces else ""
    everywhere = "Semua provinsi" if provinces == reference.all_provinces() else "Semua provinsi Anda"
    free = choice.periode is PeriodKind.BEBAS and PeriodKind.BEBAS in offered
    columns = st.columns([1.1, 1.6, 1.2] if not free else [1.1, 0.8, 0.8, 1.5, 1.2])
    columns[0].selectbox(
        "Periode",
        offered,
        format_func=PERIOD_LABELS.get,
        key="f_periode",
        on_change=_changed,
        placeholder="Pilih periode",
        filter_mode=None,
    )
    if free:
        state["f_dari"], state["f_sampai"] = choice.dari, choice.sampai
        for column, label, key in ((columns[1], "Dari", "f_dari"), (columns[2], "Sampai", "f_sampai")):
            column.date_input(
                label,
                key=key,
                format="DD/MM/YYYY",
                on_change=_changed,
                min_value=FIRST_DAY,
                max_value=LAST_DAY,
            )
    columns[-2].selectbox(
        "Klaster atau jenis masalah",
        _problem_options(),
        format_func=_problem_label,
        key="f_masalah",
        on_change=_changed,
        placeholder="Ketik untuk mencari",
    )
    columns[-1].selectbox(
        "Provinsi",
        ["", *provinces] if len(provinces) > 1 else list(provinces),
        format_func=lambda kode: reference.names("provinsi")[kode] if kode else everywhere,
        key="f_provinsi",
        on_change=_changed,
        placeholder="Ketik untuk mencari",
    )
    if sentence := state.pop("saringan_salah", None):
        st.warning(sentence, icon=":material/date_range:")
