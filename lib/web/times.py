"""The sections of Waktu: what becomes of cases day by day, how fast, in two views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st

from lib import measure, present_times, reference, text, text_freshness, text_times
from lib.charts import outcomes as outcome_charts
from lib.charts import waits
from lib.domain import CaseFilter, Dimensi, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka
from lib.web import cache, cards, counts, filters
from lib.web.session import current_settings, current_source, data_dates

PLACE_CHOICE, FIGURE_CHOICE = "kabkota", "ukuran"
DAYS = 365
FIGURES = ("I05M", "I05-30", "I05-90", "I05-180")
# One row per question: the period view, the cohort view, and the share of those whose day H has come.
VIEWS = {
    "Separuh selesai": ("I05M", "I05MK"),
    "Dalam 30 hari": ("I05-30", "I05-30K", "I04-30"),
    "Dalam 90 hari": ("I05-90", "I05-90K", "I04-90"),
    "Dalam 180 hari": ("I05-180", "I05-180K", "I04-180"),
}
VIEW_NAMES = ("Periode", "Kohort", "Genap H hari")
CLOSING = ("I05M", "I08", "I09")
NOUNS = {Dimensi.KLASTER: "kelompok", Dimensi.PROVINSI: "provinsi"}
GROUPS = {Dimensi.KLASTER: "Menurut klaster", Dimensi.PROVINSI: "Menurut provinsi"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filter of the page with its kab/kota, and what that place is called."""

    choice: filters.Choice
    kabkota: str
    case_filter: CaseFilter
    place: str

    @property
    def own(self) -> dict[str, str]:
        """What the lists of cases are narrowed to beside the filter bar."""
        return {PLACE_CHOICE: self.kabkota} if self.kabkota else {}

    @property
    def lines(self) -> tuple[str, ...]:
        """The kab/kota for the heading of a download."""
        return (f"Kabupaten/kota: {reference.names('kabkota')[self.kabkota]}",) if self.kabkota else ()


def asked(scope: Scope, choice: filters.Choice) -> Asked:
    """The filter with the kab/kota of the link or the menu; one that is not in the province is named and left out."""
    names = reference.names("kabkota")
    code = choice.other(PLACE_CHOICE)
    # Only beside its own province, where a menu can change it: else nobody could take it away.
    if code and (code not in names or code[:2] != choice.provinsi):
        st.warning(
            f"Kabupaten/kota “{names.get(code, code)}” tidak ada di wilayah yang dipilih dan diabaikan.",
            icon=":material/link_off:",
        )
        filters.set_other(PLACE_CHOICE, "")
        code = ""
    if choice.provinsi:
        codes = [each for each in names if each[:2] == choice.provinsi]
        _place_menu(codes, code)
    place = filters.place(scope, choice)
    return Asked(
        choice=choice,
        kabkota=code,
        case_filter=replace(choice.case_filter(), kabkota=(code,) if code else ()),
        place=f"{names[code]}, {place}" if code else place,
    )


def _place_menu(codes: list[str], chosen: str) -> None:
    names = reference.names("kabkota")
    st.session_state["w_kabkota"] = chosen
    st.selectbox(
        "Kabupaten/kota",
        ["", *codes],
        format_func=lambda code: names[code] if code else "Semua kabupaten/kota",
        key="w_kabkota",
        on_change=lambda: filters.set_other(PLACE_CHOICE, st.session_state["w_kabkota"]),
        placeholder="Ketik untuk mencari",
        width=340,
    )


def curve(scope: Scope, case_filter: CaseFilter, per: str | None = None) -> pd.DataFrame:
    """`measure.outcome_curves` on the published version, kept like every answer."""
    return cache.made(
        "waktu.kurva",
        scope,
        lambda: measure.outcome_curves(
            scope,
            case_filter,
            per=per,
            source=current_source(),
            limits=current_settings().ambang,
            days=DAYS,
        ),
        case_filter,
        per,
    )


def how_to_read(sentence: str) -> None:
    """How to read an unusual chart, one click away."""
    with st.expander("Cara membaca", icon=":material/help:"):
        st.markdown(sentence)


def headline(scope: Scope, about: Asked) -> bool:
    """What becomes of a hundred cases, in one sentence; False where nobody of the filter ever sent data."""
    drawn = curve(scope, about.case_filter)
    first = drawn.iloc[0]
    if first["alasan"] == measure.NO_DATA:
        st.info(
            f"{about.place}: belum ada data. Waktu penyelesaian muncul sesudah kiriman pertama.",
            icon=":material/inbox:",
        )
        return False
    day = present_times.headline_day(drawn)
    if day is None:
        sentence = text_times.no_headline(first["alasan"], first["n"], place=about.place)
    else:
        sentence = text_times.headline(present_times.shares(drawn, day), day=day, place=about.place)
    st.markdown(f"#### {sentence}")
    dates = data_dates(scope)
    if about.choice.provinsi and first["tanggal_data"] < max(dates):
        st.info(text_times.late(first["tanggal_data"], max(dates)), icon=":material/schedule:")
    return True


def outcomes(scope: Scope, about: Asked) -> None:
    """The picture of the sentence: the four outcomes as areas over the days, and three days as a table."""
    st.subheader("Apa yang terjadi pada kasus, hari demi hari", help=text.definition("I05-90"))
    case_filter = about.case_filter
    cache.drawn("waktu.nasib", scope, lambda: _outcomes(curve(scope, case_filter)), case_filter)
    download(
        lambda: _with_table(curve(scope, case_filter), present_times.curve_table),
        key="waktu-nasib",
        about=about,
        label="Tabel harian",
    )


def _outcomes(drawn: pd.DataFrame) -> None:
    day = present_times.headline_day(drawn)
    if day is None:
        cards.note(f"Belum ada gambar: {drawn['alasan'].iloc[0] or text_times.TOO_SHORT}.")
        return
    shares, until = present_times.shares(drawn, day), int(drawn["andal_sampai"].iloc[0])
    sentence = text_times.curve(shares, day=day, until=until, days=DAYS, n=drawn["n"].iloc[0])
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        cards.chart(
            outcome_charts.outcomes(
                present_times.reliable(drawn),
                names=text_times.OUTCOMES,
                heading="Dari 100 kasus (persen)",
                days=DAYS,
                marks=present_times.DAYS,
            ),
            key="w_nasib",
            sentence=sentence,
        )
    with right:
        st.table(present_times.outcome_table(drawn).set_index("Nasib kasus"))
        cards.note(sentence)
        how_to_read(text_times.read_outcomes(shares, day=day))


def download(
    make: Callable[[], tuple[pd.DataFrame, pd.DataFrame]],
    *,
    key: str,
    about: Asked,
    label: str = cards.TABLE_LABEL,
) -> None:
    """Numbers behind a click: `make` returns what the files hold and what the screen shows."""
    with cards.behind_click(label, key=key, icon=":material/table:") as is_open:
        if is_open:
            answer, shown = make()
            if "Catatan" in shown:
                shown = shown.assign(Catatan=shown["Catatan"].map(text_freshness.remark))
            st.dataframe(cards.readable(shown), hide_index=True, placeholder="–")
            cards.downloads(answer, key=key, lines=about.lines)


def _with_table(answer: pd.DataFrame, table: Callable[[pd.DataFrame], pd.DataFrame]) -> tuple:
    return answer, table(answer)


def figures(scope: Scope, about: Asked) -> pd.DataFrame:
    """All figures of the page without groups, by kode."""
    kodes = (*dict.fromkeys((*sum(VIEWS.values(), ()), *CLOSING, "I10", "I11", "I13", *step_kodes())),)
    return cache.measured(scope, kodes, about.case_filter).set_index("kode", drop=False)


def step_kodes() -> tuple[str, ...]:
    """The kodes of the waits: median and p80 of every step."""
    return tuple(
        f"I12-{step}{end}"
        for step in ("asesmen", "rencana", "intervensi", "terminasi")
        for end in ("", "-p80")
    )


def speed(scope: Scope, about: Asked) -> None:
    """How fast, with intervals: half of the cases, and the chances by three days."""
    st.subheader("Seberapa cepat")
    own = figures(scope, about)

    def draw() -> None:
        counts.grid(
            [own.loc[kode] for kode in FIGURES],
            lambda row: counts.card(row, None, beside=text_times.interval(row)),
            columns=4,
        )

    cache.drawn("waktu.cepat", scope, draw, about.case_filter)
    download(
        lambda: _with_table(
            own.loc[list(FIGURES)].reset_index(drop=True),
            partial(present_times.figure_table, key=None, names={}),
        ),
        key="waktu-cepat",
        about=about,
    )


def groups(scope: Scope, about: Asked) -> None:
    """One of the figures by cluster and by province, in a fixed order with intervals."""
    kode = counts.own_choice(about.choice, FIGURE_CHOICE, FIGURES, label="Ukuran")
    st.session_state["w_ukuran"] = kode
    st.segmented_control(
        "Ukuran yang dibandingkan",
        FIGURES,
        format_func=lambda each: INDICATORS[each].pendek,
        key="w_ukuran",
        required=True,
        on_change=lambda: filters.set_other(FIGURE_CHOICE, st.session_state["w_ukuran"]),
        help=text.definition(kode),
    )
    several = not about.choice.provinsi and not about.kabkota and len(scope.provinces) > 1
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True):
        _group(scope, about, kode, Dimensi.KLASTER)
    if several:
        with right, st.container(border=True):
            _group(scope, about, kode, Dimensi.PROVINSI)
    # Beside the long list of provinces, or of the clusters of the one.
    with left if several else right, st.container(border=True):
        quarters(scope, about)
    how_to_read(text_times.READ_GROUPS)


def _group(scope: Scope, about: Asked, kode: str, per: Dimensi) -> None:
    st.markdown(f"**{GROUPS[per]}**")
    cache.drawn("waktu.kelompok", scope, lambda: _dots(scope, about, kode, per), about.case_filter, kode, per)
    download(lambda: _group_table(scope, about, kode, per), key=f"waktu-{per.value}-{kode}", about=about)


def _grouped(scope: Scope, about: Asked, kode: str, per: Dimensi) -> pd.DataFrame:
    answer = cache.measured(scope, (kode,), about.case_filter, per)
    names = reference.names("provinsi") if per is Dimensi.PROVINSI else _cluster_names()
    whole = figures(scope, about).loc[kode, "nilai"]
    return present_times.groups(answer, per.value, names=names, whole=whole)


def _cluster_names() -> dict[str, str]:
    table = reference.table("klaster")
    return dict(zip(table["kode_klaster"], table["nama_pendek"], strict=True))


def _group_table(scope: Scope, about: Asked, kode: str, per: Dimensi) -> tuple[pd.DataFrame, pd.DataFrame]:
    answer = cache.measured(scope, (kode,), about.case_filter, per)
    return answer, present_times.figure_table(answer, per.value, names=reference.names(per.value))


def _dots(scope: Scope, about: Asked, kode: str, per: Dimensi) -> None:
    frame, record = _grouped(scope, about, kode, per), INDICATORS[kode]
    if frame["nilai"].isna().all():
        why = "; ".join(dict.fromkeys(frame["tampil"]))
        cards.note(f"{record.pendek}: belum ada angka ({why}).")
        return
    sentence = text_times.groups(frame, name=record.pendek, reference="angka semua kasus", noun=NOUNS[per])
    cards.chart(
        waits.dots(
            frame,
            unit=f"{record.pendek} ({record.satuan})",
            whole=frame["acuan"].iloc[0],
            whole_label="Semua kasus",
        ),
        key=f"w_{per.value}",
        sentence=sentence,
    )
    cards.note(sentence)


def quarters(scope: Scope, about: Asked) -> None:
    """The chance of being resolved, one line per quarter of recording."""
    st.markdown("**Menurut triwulan terdata**", help=text.definition("I05-90K"))
    case_filter = about.case_filter

    def draw() -> None:
        frame = present_times.newest_quarters(curve(scope, case_filter, "triwulan"))
        sentence = text_times.quarters(frame)
        if not (frame["andal_sampai"] >= 1).any():
            cards.note(sentence)
            return
        figure = outcome_charts.quarters(
            frame, heading="Terselesaikan (persen)", days=DAYS, marks=present_times.DAYS
        )
        cards.chart(figure, key="w_triwulan", sentence=sentence)
        cards.note(sentence)
        how_to_read(text_times.READ_QUARTERS)

    cache.drawn("waktu.triwulan", scope, draw, case_filter)
    download(
        lambda: _with_table(curve(scope, case_filter, "triwulan"), present_times.curve_table),
        key="waktu-triwulan",
        about=about,
    )


def views(scope: Scope, about: Asked) -> None:
    """The period view beside the cohort view, what their difference says, and whether the pace has changed."""
    st.subheader("Apakah kita sekarang lebih cepat?")
    cache.drawn("waktu.pandangan", scope, lambda: _views(scope, about), about.case_filter)


def _views(scope: Scope, about: Asked) -> None:
    own = figures(scope, about)
    now, before, _ = cache.compared(scope, ("I05-90",), about.case_filter, known=own)
    st.markdown(
        text_times.pace(now.iloc[0] if len(now) else None, before.iloc[0] if len(before) else None)
        + "  \n"
        + text_times.views(own.loc["I05-90"], own.loc["I05-90K"])
    )
    for column, (title, kodes) in zip(st.columns(len(VIEWS)), VIEWS.items(), strict=True):
        with column, st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(f"**{title}**")
            for name, kode in zip(VIEW_NAMES, kodes, strict=False):
                row = own.loc[kode]
                st.markdown(f":small[{name}]", help=text.definition(kode))
                parts = [
                    text.shown(kode, row["nilai"], row["alasan"]),
                    text_times.interval(row),
                    f"n = {angka(row['n'])}",
                ]
                small = [f":small[{part}]" for part in parts[1:] if part]
                st.markdown("  \n".join((f"**{parts[0]}**", *small)))
    how_to_read(text_times.READ_VIEWS)


def closing(scope: Scope, about: Asked) -> None:
    """How long until any closing, always beside until resolved; and the one mean that must not be read."""
    st.subheader("Sampai ditutup, apa pun alasannya")
    cache.drawn("waktu.ditutup", scope, lambda: _closing(scope, about), about.case_filter)


def _closing(scope: Scope, about: Asked) -> None:
    own = figures(scope, about)
    counts.grid(
        [own.loc[kode] for kode in CLOSING],
        lambda row: counts.card(row, None, beside=text_times.interval(row)),
        columns=3,
    )
    mean = measure.closed_mean(
        scope, about.case_filter, source=current_source(), limits=current_settings().ambang
    )
    st.markdown(text_times.struck_mean(mean, own.loc["I05M"]))
