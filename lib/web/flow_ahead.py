"""The section of Alur that looks ahead: when the backlog is gone, and what more pendamping would change."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from lib import measure, reference, text_flow
from lib.charts import stock as stock_charts
from lib.charts import workload
from lib.domain import Scope
from lib.measure import TARGETS, WEEKS
from lib.numbers_id import HOLD, angka, rentang_tanggal
from lib.web import cache, cards, counts, filters, flow, links
from lib.web.session import current_settings, current_source

LIMIT, PLACE, ADDED, ORIGIN = "batas", "tujuan", "tambah", "asal"
NEW = "Pendamping baru"
MOST_ADDED = 100
SHORTEST, LONGEST = 26, 104  # weeks the chart looks ahead
NOW = "Laju sekarang"
RESULT = {
    "nama": "Keadaan",
    "pendamping": "Pendamping",
    "masuk": "Masuk/minggu",
    "kapasitas": "Ditutup/minggu",
    "batas": "Batas",
    "tumpukan": "Tumpukan",
    "habis": "Habis dalam",
    "rentang": "Rentang 95 %",
}
# Pixels: all columns beside each other on a 1440 pixel screen.
RESULT_WIDTHS = {"nama": 166, "pendamping": 100, "masuk": 118, "kapasitas": 118, "batas": 60, "tumpukan": 84}
RESULT_WIDTHS |= {"habis": 158, "rentang": 160}


def known_pace(scope: Scope, choice: filters.Choice) -> pd.DataFrame:
    """`measure.pace` of all provinces of the scope on the published version, kept."""
    # The filter's province is chosen from the rows: a pendamping may come from any of them.
    whole = filters.Choice().case_filter()
    run = partial(measure.pace, scope, whole, source=current_source(), limits=current_settings().ambang)
    return cache.made("alur.laju", scope, run)


def _outlook(
    scope: Scope, known: pd.DataFrame, target: str, change: dict[str, int] | None = None
) -> pd.DataFrame:
    """`measure.outlook` of `known_pace`, kept; with a `change` in the number of pendamping."""
    run = partial(measure.outlook, known, target=target, limits=current_settings().ambang, change=change)
    return cache.made("alur.prakiraan", scope, run, target, change)


def ahead(scope: Scope, choice: filters.Choice) -> None:
    """When the backlog is worked off at today's pace, and with more pendamping."""
    limits = current_settings().ambang
    st.subheader("Prakiraan: kapan tumpukan habis?")
    target = _target(choice)
    cards.note(text_flow.target(target, limits=limits))
    known = known_pace(scope, choice)
    now = _outlook(scope, known, target)
    provinsi = choice.provinsi
    if not provinsi:
        _provinces(scope, choice, now, target)
    what_if(scope, choice, known, target=target, provinsi=provinsi)
    cards.note(text_flow.assumptions(weeks_used=WEEKS, whole_work=bool(choice.masalah)))
    how = text_flow.READ_AHEAD
    flow.how_to_read(how)
    _weeks_table(scope, choice, provinsi)


def _target(choice: filters.Choice) -> str:
    """Which stock is no backlog; part of the link."""
    value = counts.own_choice(choice, LIMIT, TARGETS, label="Batas")
    st.session_state["al_batas"] = value
    st.segmented_control(
        "Batas tumpukan",
        list(TARGETS),
        format_func=text_flow.TARGET_NAMES.get,
        key="al_batas",
        required=True,
        on_change=lambda: filters.set_other(LIMIT, st.session_state["al_batas"]),
    )
    return value


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `measure.outlook` with texts for tables: nama, masuk, kapasitas, batas, tumpukan, habis, rentang."""
    names = reference.names("provinsi")

    def rate(row: pd.Series, name: str) -> str:
        low, high = (angka(row[f"{name}{end}"], decimals=1) for end in ("_bawah", "_atas"))
        return f"{angka(row[name], decimals=1)} ({low}–{high})" if not pd.isna(row[name]) else "–"

    rows = [
        {
            "kunci": row["provinsi"],
            "nama": names[row["provinsi"]],
            "terbuka": angka(row["terbuka"]),
            "pendamping": angka(row["pendamping"]),
            "masuk": rate(row, "masuk_minggu"),
            "kapasitas": rate(row, "kapasitas"),
            "batas": angka(row["batas"], decimals=0),
            "tumpukan": angka(row["tumpukan"], decimals=0),
            "habis": text_flow.cleared(row),
            "rentang": text_flow.span(row),
        }
        for _, row in frame.iterrows()
    ]
    return pd.DataFrame(rows)


def _provinces(scope: Scope, choice: filters.Choice, now: pd.DataFrame, target: str) -> None:
    """The provinces with a backlog, the largest first: an order of work still to be done."""
    sentence = text_flow.many(now)
    st.markdown(f"**{sentence}**")
    behind = now[now["tumpukan"] > 0].sort_values("tumpukan", ascending=False, kind="stable")
    if len(behind):
        frame = named(behind)
        frame["nilai"] = behind["tumpukan"].to_numpy()
        frame["tampil"] = [
            f"{row.tumpukan} · {row.habis}" for row in frame[["tumpukan", "habis"]].itertuples(index=False)
        ]

        def draw() -> None:
            figure = workload.ordered_bars(frame, heading="Tumpukan (di atas batas) · kapan habis")
            cards.chart(figure, key="al_tumpukan", sentence=sentence)

        cache.drawn("alur.tumpukan", scope, draw, target)
    columns = RESULT | {"nama": "Provinsi"}
    columns = {"nama": "Provinsi", "terbuka": "Kasus terbuka", **columns}
    _table(lambda: (named(now), columns, now), key="al_prakiraan", title="Tuntas: prakiraan tumpukan")


def _table(make, *, key: str, title: str, label: str = cards.TABLE_LABEL) -> None:
    """A lazy table of what has no kode, whose files say what they hold."""
    with cards.behind_click(label, key=key, icon=":material/table:") as is_open:
        if is_open:
            frame, columns, answer = make()
            st.dataframe(frame[list(columns)].rename(columns=columns), hide_index=True)
            lines = (text_flow.assumptions(weeks_used=WEEKS, whole_work=False),)
            cards.downloads(answer, key=key.replace("al_", "alur-"), title=title, lines=lines)


def _weeks_table(scope: Scope, choice: filters.Choice, provinsi: str) -> None:
    """The weeks behind the pace."""

    def make() -> tuple:
        answer = measure.weekly(
            scope,
            filters.Choice(provinsi=provinsi).case_filter(),
            source=current_source(),
            limits=current_settings().ambang,
        )
        names = reference.names("provinsi")
        frame = answer.assign(
            nama=answer["provinsi"].map(names),
            hari=[
                rentang_tanggal(first, last)
                for first, last in zip(answer["mulai"], answer["akhir"], strict=True)
            ],
        )
        columns = {"nama": "Provinsi", "minggu": "Minggu ke-", "hari": "Hari", "terdata": "Masuk"}
        return frame, columns | {"ditutup": "Ditutup"}, answer

    label = f"Kasus masuk dan ditutup pada {WEEKS} minggu terakhir"
    _table(make, key="al_minggu", title="Tuntas: kasus per minggu", label=label)


# --- what if ----------------------------------------------------------------------------------------------


def what_if(scope: Scope, choice: filters.Choice, known: pd.DataFrame, *, target: str, provinsi: str) -> None:
    """One province with more pendamping, new ones or from another province; all of it is in the address."""
    st.markdown("#### Bagaimana bila pendamping ditambah?")
    now = _outlook(scope, known, target).set_index("provinsi")
    codes = sorted(now.index, key=reference.names("provinsi").get)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        place = provinsi or _place(choice, now, codes)
        row = now.loc[place]
        if isinstance(row["alasan"], str) or row["pendamping"] == 0:
            st.info(text_flow.outlook(row, place=reference.names("provinsi")[place]), icon=":material/info:")
            cards.note(text_flow.per_person(row))
            return
        origin = _origin(choice, now, [code for code in codes if code != place])
        added = _added(choice, int(now.loc[origin, "pendamping"]) if origin else MOST_ADDED)
        cards.note(text_flow.per_person(row))
    change = {place: added} | ({origin: -added} if origin else {})
    then = _outlook(scope, known, target, change).set_index("provinsi")
    with right:
        _projection(now.loc[place], then.loc[place], place=place, added=added)
    _compared(now, then, place=place, origin=origin, added=added)


def _place(choice: filters.Choice, now: pd.DataFrame, codes: list[str]) -> str:
    """The province that is tried; without a choice the one with the largest backlog, else the largest stock."""
    largest = now["tumpukan"].fillna(-1)
    default = largest.idxmax() if largest.max() > 0 else now["terbuka"].fillna(-1).idxmax()
    value = counts.own_choice(choice, PLACE, (default, *codes), label="Provinsi tujuan")
    st.session_state["al_tujuan"] = value
    st.selectbox(
        "Provinsi yang dicoba",
        codes,
        format_func=reference.names("provinsi").get,
        key="al_tujuan",
        on_change=lambda: filters.set_other(PLACE, st.session_state["al_tujuan"]),
        placeholder="Ketik untuk mencari",
    )
    return value


def _origin(choice: filters.Choice, now: pd.DataFrame, codes: list[str]) -> str:
    """Where the pendamping come from: new ones, or another province with pendamping on duty."""
    usable = [code for code in codes if not isinstance(now.loc[code, "alasan"], str)]
    usable = [code for code in usable if now.loc[code, "pendamping"] > 0]
    if not usable:
        return ""
    kept = choice.other(ORIGIN)
    # The province that gets them cannot give them: after a change of province the choice lapses quietly.
    same = kept in now.index and kept not in codes
    value = "" if same else counts.own_choice(choice, ORIGIN, ("", *usable), label="Asal pendamping")
    st.session_state["al_asal"] = value
    st.selectbox(
        "Asal pendamping",
        ["", *usable],
        format_func=lambda code: reference.names("provinsi").get(code, NEW),
        key="al_asal",
        on_change=lambda: filters.set_other(ORIGIN, st.session_state["al_asal"]),
        placeholder="Ketik untuk mencari",
    )
    return value


def _added(choice: filters.Choice, most: int) -> int:
    """How many pendamping are added; a number of the link that is none, or too large, is named."""
    kept = choice.other(ADDED, "0")
    value = int(kept) if kept.isascii() and kept.isdigit() and len(kept) < 6 else -1
    if not 0 <= value <= most:
        st.warning(
            f"Tambahan “{kept}” pada tautan bukan bilangan 0 sampai {angka(most)} dan diabaikan.",
            icon=":material/link_off:",
        )
        value = 0
    st.session_state["al_tambah"] = value
    st.number_input(
        "Tambahan pendamping",
        min_value=0,
        max_value=most,
        step=1,
        key="al_tambah",
        on_change=lambda: filters.set_other(ADDED, str(st.session_state["al_tambah"] or "")),
    )
    return value


def projected(row: pd.Series, name: str, horizon: int) -> pd.DataFrame:
    """The stock of a row of `measure.outlook` at the end of the coming weeks, with its limits.

    A backlog shrinks to the limit and no further: with fewer cases at hand nobody goes on closing as many.
    """
    weeks = np.arange(horizon + 1)
    lowest = row["batas"] if row["tumpukan"] > 0 else 0.0
    ends = {"stok": "turun", "bawah": "turun_atas", "atas": "turun_bawah"}
    stock = {end: np.maximum(row["terbuka"] - row[gain] * weeks, lowest) for end, gain in ends.items()}
    return pd.DataFrame({"skenario": name, "minggu": weeks, **stock})


def horizon(*rows: pd.Series) -> int:
    """How many weeks the chart looks ahead: past the day the backlog is gone, where that is not too far."""
    finite = [row["minggu"] for row in rows if np.isfinite(row["minggu"])]
    return int(np.clip(np.ceil(1.2 * max(finite, default=0)), SHORTEST, LONGEST))


def _projection(now: pd.Series, then: pd.Series, *, place: str, added: int) -> None:
    name = reference.names("provinsi")[place]
    wanted = f"Dengan +{added} pendamping"
    length = horizon(now, then) if added else horizon(now)
    frames, limits = [projected(now, NOW, length)], {NOW: float(now["batas"])}
    if added:
        frames.append(projected(then, wanted, length))
        limits[wanted] = float(then["batas"])
    sentence = text_flow.outlook(now, place=name)
    st.markdown(sentence)
    if added:
        st.markdown(f"**{wanted}**: {text_flow.cleared(then)} (rentang 95{HOLD}%: {text_flow.span(then)}).")
    figure = stock_charts.projection(pd.concat(frames), limits=limits, heading=f"Stok kasus terbuka, {name}")
    cards.chart(figure, key="al_prakiraan_garis", sentence=sentence)


def _compared(now: pd.DataFrame, then: pd.DataFrame, *, place: str, origin: str, added: int) -> None:
    """Before and after, of the province and of the one that gives."""
    names = reference.names("provinsi")
    parts = [(now, place, "sekarang")]
    if added:
        parts.append((then, place, f"dengan +{added}"))
        if origin:
            parts += [(now, origin, "sekarang"), (then, origin, f"dengan −{added}")]
    rows = pd.concat([frame.loc[[code]].reset_index() for frame, code, _ in parts], ignore_index=True)
    shown = named(rows)
    shown["nama"] = [f"{names[code]}, {state}" for _, code, state in parts]
    st.dataframe(
        shown[list(RESULT)].rename(columns=RESULT),
        hide_index=True,
        key="al_banding",
        column_config={
            RESULT[name]: st.column_config.TextColumn(width=width) for name, width in RESULT_WIDTHS.items()
        },
        alt="Sebelum dan sesudah penambahan pendamping",
    )
    if added and origin:
        links.page(
            "pendamping", "Lihat beban pendamping", filters.Choice(provinsi=origin), icon=":material/group:"
        )
