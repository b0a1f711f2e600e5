"""The sections of Klaster: problems by cluster or by PAS, and one group down to its kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st

from lib import present, present_area, reference, text, text_delay
from lib.charts import bars, nested
from lib.charts import trends as trend_charts
from lib.charts.theme import STATUS_COLOURS
from lib.domain import CaseFilter, Dimensi, Scope, Status
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, bulan_tahun
from lib.web import annotations, cache, cards, counts, filters, growth

GROUPING_CHOICE, GROUP_CHOICE, KIND_CHOICE = "rinci", "kelompok", "sorot_jenis"
GROUPINGS = ("klaster", "pas")
GROUPING_LABELS = {"klaster": "Klaster", "pas": "12-PAS"}
NOUNS = {Dimensi.KLASTER: "kelompok", Dimensi.PAS: "PAS"}
CORONG = ("I01", "I02", "I03K")
TOTALS = (*CORONG, "I05M", "I13", "I15-n", "I04-180", *present.STOCK)
GROUP_CARDS = {
    "Kasus dalam periode; terbuka dan macet": (*CORONG, "I13", "I15-n"),
    "Stok: semua kasus yang pernah terdata, menurut status": tuple(present.STOCK),
}
SPEEDS = ("I04-180", "I05M")
# What the page shows of every group, in the order of its parts: asked once, since they share their counts.
OF_GROUPS = (*CORONG, "I13", *present.STOCK, *SPEEDS)
KIND_TABLE = (*CORONG, "I13", "I15-n", "I05M")
KIND_CARDS = (*CORONG, "I13", "I15-n")


@dataclass(frozen=True, kw_only=True)
class View:
    """How problems are grouped, which group is looked at (or "" for all), and the groups there are."""

    per: Dimensi
    group: str
    names: dict[str, str]
    short_names: dict[str, str]

    @property
    def name(self) -> str:
        """The group in words."""
        return self.names[self.group] if self.group else f"Semua {NOUNS[self.per]}"


def nothing(total: pd.DataFrame) -> bool:
    """Say that nobody has sent anything yet, or that no case was ever recorded, if so."""
    if not pd.isna(total.loc["I01", "nilai"]):
        if total.loc[list(present.STOCK), "nilai"].sum() > 0:
            return False
        st.info("Belum pernah ada kasus menurut saringan ini.", icon=":material/inbox:")
        return True
    st.info(
        "Belum ada data untuk wilayah ini. Angka akan muncul sesudah unggahan pertama.",
        icon=":material/inbox:",
    )
    return True


def figures(scope: Scope, choice: filters.Choice) -> pd.DataFrame:
    """The figures of all groups together, by kode."""
    return cache.measured(scope, TOTALS, choice.case_filter()).set_index("kode", drop=False)


def _of_groups(scope: Scope, case_filter: CaseFilter, per: Dimensi, kodes: Sequence[str]) -> pd.DataFrame:
    """The rows of some figures of every group; `kodes` in the order of OF_GROUPS."""
    answer = cache.measured(scope, OF_GROUPS, case_filter, per)
    return answer[answer["kode"].isin(kodes)].reset_index(drop=True)


def view(scope: Scope, choice: filters.Choice) -> View:
    """The controls: cluster or PAS, and the group that is looked at; both stand in the URL."""
    per = Dimensi(counts.own_choice(choice, GROUPING_CHOICE, GROUPINGS, label="Pengelompokan"))
    names = reference.names(present_area.GROUPINGS[per][0])
    group = counts.own_choice(choice, GROUP_CHOICE, ("", *names), label="Kelompok")
    groups = _of_groups(scope, choice.case_filter(), per, ("I01",))[per.value].tolist()
    options = ("", *groups) if len(groups) > 1 else tuple(groups)
    # The filter bar may have left the group that was looked at before.
    group = group if group in options else options[0]
    state = st.session_state
    state["kl_rinci"], state["kl_kelompok"] = per.value, group
    left, right = st.columns([1, 2])
    left.segmented_control(
        "Pengelompokan",
        GROUPINGS,
        format_func=GROUPING_LABELS.get,
        key="kl_rinci",
        required=True,
        on_change=_grouping_changed,
        help="Lima klaster rehabilitasi sosial dan dua kelompok lain, atau 12 kelompok PAS; jenisnya sama.",
    )
    right.selectbox(
        "Kelompok yang dirinci",
        options,
        format_func=lambda code: names[code] if code else f"Semua {NOUNS[per]}",
        key="kl_kelompok",
        on_change=lambda: filters.set_other(GROUP_CHOICE, state["kl_kelompok"]),
        placeholder="Ketik untuk mencari",
    )
    return View(per=per, group=group, names=names, short_names=present_area.short_names(per))


def _grouping_changed() -> None:
    # A group of the other grouping does not exist in this one.
    filters.set_other(GROUP_CHOICE, "")
    grouping = st.session_state["kl_rinci"]
    filters.set_other(GROUPING_CHOICE, "" if grouping == GROUPINGS[0] else grouping)


def reconciled(scope: Scope, choice: filters.Choice, shown: View, total: pd.DataFrame) -> None:
    """The line that says that groups, kinds and total agree."""
    cache.drawn("klaster.cocok", scope, lambda: _reconciled(scope, choice, shown, total), choice, shown)


def _reconciled(scope: Scope, choice: filters.Choice, shown: View, total: pd.DataFrame) -> None:
    case_filter = choice.case_filter()
    groups = _of_groups(scope, case_filter, shown.per, ("I01", "I13"))
    kinds = cache.measured(scope, KIND_TABLE, case_filter, Dimensi.JENIS)
    names = (
        f"{groups[shown.per.value].nunique()} {NOUNS[shown.per]}",
        f"{kinds['jenis'].nunique()} jenis",
    )
    lines = []
    for kode, what in (("I01", "kasus terdata"), ("I13", "kasus terbuka")):
        parts = (present_area.sums(groups)[kode], present_area.sums(kinds)[kode])
        lines.append(
            text.reconciled(dict(zip(names, parts, strict=True)), total.loc[kode, "nilai"], what=what)
        )
    st.markdown("  \n".join(f":small[{line}]" for line in lines))


def composition_and_corong(scope: Scope, choice: filters.Choice, shown: View) -> None:
    """Every group by status now, and the nested counts of the period."""
    key, case_filter = shown.per.value, choice.case_filter()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(
            "Menurut status", help="Semua kasus yang pernah terdata, menurut statusnya pada akhir periode."
        )
        cache.drawn("klaster.status", scope, lambda: _status(scope, case_filter, shown), case_filter, shown)
        cards.table_of(lambda: _status_table(scope, case_filter, shown), key=f"{key}-status")
    with right:
        st.subheader("Corong", help="Dari kasus yang terdata dalam periode: berapa yang sampai tiap langkah.")
        cache.drawn("klaster.corong", scope, lambda: _corong(scope, case_filter, shown), case_filter, shown)
        _corong_table(_of_groups(scope, case_filter, shown.per, CORONG), shown)


def _status(scope: Scope, case_filter: CaseFilter, shown: View) -> None:
    frame, _ = _stock(scope, case_filter, shown)
    sentence = f"Stok {angka(frame['nilai'].sum())} kasus, tiap baris satu {NOUNS[shown.per]}."
    cards.chart(bars.composition(frame, unit="kasus menurut status"), key="kl_status", sentence=sentence)
    cards.note(sentence)


def _stock(scope: Scope, case_filter: CaseFilter, shown: View) -> tuple[pd.DataFrame, pd.DataFrame]:
    answer = _of_groups(scope, case_filter, shown.per, tuple(present.STOCK))
    return present.stock_by(answer, shown.per.value, shown.names), answer


def _status_table(scope: Scope, case_filter: CaseFilter, shown: View) -> tuple:
    frame, answer = _stock(scope, case_filter, shown)
    wide = present.wide(frame).rename(columns={"Klaster": GROUPING_LABELS[shown.per.value]})
    return wide, {column: column for column in wide.columns}, answer


def _corong(scope: Scope, case_filter: CaseFilter, shown: View) -> None:
    answer = _of_groups(scope, case_filter, shown.per, CORONG)
    frame = present_area.corong_by(answer, shown.per.value, names=shown.names)
    sentence = text.corong_groups(frame)
    cards.chart(
        nested.corong_groups(frame, unit="kasus terdata → tertangani → terselesaikan"),
        key="kl_corong",
        sentence=sentence,
    )
    cards.note(sentence)


def _corong_table(answer: pd.DataFrame, shown: View) -> None:
    with cards.behind_click(
        "Tabel dan unduhan", key=f"{shown.per.value}-corong", icon=":material/table:"
    ) as is_open:
        if not is_open:
            return
        counts.table(
            present_area.side_by_side(answer, shown.per.value, names=shown.names),
            heading=GROUPING_LABELS[shown.per.value],
            key="kl_corong_tabel",
            alt="Kasus terdata, tertangani dan terselesaikan tiap kelompok",
            own_choice=GROUP_CHOICE,
            chosen=shown.group,
        )
        cards.note("Pilih baris untuk merinci kelompok itu.")
        cards.downloads(answer, key=f"{shown.per.value}-corong")


def speeds(scope: Scope, choice: filters.Choice, shown: View, total: pd.DataFrame) -> None:
    """How many are resolved within 180 days, and how long half of them take, with intervals."""
    st.subheader("Seberapa cepat")
    answer = _of_groups(scope, choice.case_filter(), shown.per, SPEEDS)
    for column, kode in zip(st.columns(2, gap="large"), SPEEDS, strict=True):
        rows = answer[answer["kode"] == kode]
        whole = total.loc[kode, "nilai"]
        with column, st.container(border=True, height="stretch"):
            draw = partial(_speed, rows, kode, shown, whole)
            cache.drawn("klaster.cepat", scope, draw, kode, choice, shown)
            cards.table_of(partial(_speed_table, rows, shown), key=f"{shown.per.value}-{kode}")


def _speed(rows: pd.DataFrame, kode: str, shown: View, whole: float) -> None:
    record = INDICATORS[kode]
    frame = present_area.ranked(rows, shown.per.value, names=shown.short_names)
    sentence = text.extremes(frame, name=record.pendek)
    if frame["nilai"].isna().all():
        st.markdown(f"**{record.pendek} ({record.satuan})**")
        cards.note(f"{sentence} {_reasons(frame)}")
        return
    figure = bars.ranked(
        frame,
        unit=f"{record.pendek} ({record.satuan})",
        reference=whole,
        reference_label="Semua",
        ascending=record.arah == "turun",
    )
    cards.chart(figure, key=f"kl_{kode}", sentence=sentence)
    cards.note(sentence)


def _speed_table(rows: pd.DataFrame, shown: View) -> tuple:
    columns = {
        "nama": GROUPING_LABELS[shown.per.value],
        "tampil": "Nilai",
        "tampil_rentang": "Rentang 95 %",
        "n": "n",
        "catatan": "Catatan",
    }
    return present_area.ranked(rows, shown.per.value, names=shown.short_names), columns, rows


def _reasons(frame: pd.DataFrame) -> str:
    """Why groups have no number, and how many. Example: seven small groups -> "Sebabnya: n < 10 (7)."."""
    counted = frame["alasan"].value_counts()
    return f"Sebabnya: {', '.join(f'{why} ({angka(number)})' for why, number in counted.items())}."


def narrowed(choice: filters.Choice, shown: View) -> CaseFilter:
    """The filter of the group that is looked at: a PAS is the set of its kinds."""
    case_filter = choice.case_filter()
    if not shown.group:
        return case_filter
    if shown.per is Dimensi.KLASTER:
        return replace(case_filter, klaster=(shown.group,))
    return filters.of_pas(case_filter, shown.group)


def _list_choice(choice: filters.Choice, shown: View) -> tuple[filters.Choice, dict[str, str]]:
    """The filter of the group's lists, and what narrows them: the filter bar does not know a PAS."""
    if shown.per is Dimensi.PAS:
        return choice, {"pas": shown.group}
    if not shown.group or choice.masalah in reference.names("jenis_masalah"):
        return choice, {}
    return replace(choice, masalah=shown.group), {}


def group(scope: Scope, choice: filters.Choice, shown: View) -> None:
    """The chosen group: its counts with their lists, and the cases recorded by month."""
    st.subheader(shown.name)
    case_filter = narrowed(choice, shown)
    cache.drawn("klaster.angka", scope, lambda: _group_cards(scope, choice, shown), choice, shown)
    noted = annotations.marks(scope, choice.provinsi)
    draw = partial(_group_trend, scope, case_filter, shown, noted)
    cache.drawn("klaster.tren", scope, draw, case_filter, shown, noted)
    with cards.behind_click(
        "Tabel dan unduhan", key=f"{shown.per.value}-tren", icon=":material/table:"
    ) as is_open:
        if is_open:
            frame, answer = growth.in_table(*_by_month(scope, case_filter), growth.months(scope, case_filter))
            frame = frame.assign(bulan=frame["bulan"].map(bulan_tahun))
            headings = {"bulan": "Bulan", "tampil": INDICATORS["I01"].pendek, **text_delay.COLUMNS}
            st.dataframe(frame[list(headings)].rename(columns=headings), hide_index=True, placeholder="–")
            cards.downloads(answer, key=f"{shown.per.value}-tren", lines=(f"Kelompok: {shown.name}",))


def _group_cards(scope: Scope, choice: filters.Choice, shown: View) -> None:
    own = cache.measured(scope, TOTALS, narrowed(choice, shown)).set_index("kode", drop=False)
    listed, more = _list_choice(choice, shown)
    for label, row in GROUP_CARDS.items():
        st.markdown(f"**{label}**")
        counts.grid(
            [own.loc[kode] for kode in row], lambda each: counts.card(each, listed, **more), columns=5
        )


def _by_month(scope: Scope, case_filter: CaseFilter) -> tuple[pd.DataFrame, pd.DataFrame]:
    answer = cache.measured(scope, ("I01",), case_filter, Dimensi.BULAN)
    return present.without_cut_start(present.monthly(answer), answer["dari"].iloc[0]), answer


def _group_trend(scope: Scope, case_filter: CaseFilter, shown: View, noted: annotations.Marks) -> None:
    frame, answer = _by_month(scope, case_filter)
    full = present.full_until(answer)
    sentence = text_delay.by_month(frame, name=f"{shown.name}, kasus terdata per bulan", mature_until=full)
    expected = growth.months(scope, case_filter)
    figure = trend_charts.monthly(
        frame,
        y_title=f"Terdata per bulan (kasus): {shown.name}",
        colour=STATUS_COLOURS[Status.TERDATA],
        mature_until=full,
        growing=growth.growing(expected),
    )
    noted = annotations.within(noted, answer)
    cards.chart(annotations.on(figure, noted), key="kl_tren", sentence=sentence)
    cards.note(sentence)
    growth.note(expected)
    annotations.legend(noted)


def kinds(scope: Scope, choice: filters.Choice, shown: View) -> None:
    """The kinds of the chosen group; a row leads to the lists of that kind."""
    names = reference.names("jenis_masalah")
    answer = cache.measured(scope, KIND_TABLE, narrowed(choice, shown), Dimensi.JENIS)
    st.markdown(f"##### Jenis masalah: {shown.name}")
    counts.table(
        present_area.side_by_side(answer, "jenis", names=names),
        heading="Jenis masalah",
        key="kl_jenis",
        alt="Jenis masalah dengan kasus terdata, tertangani, terselesaikan, terbuka, macet, dan separuh selesai",
        width=365,
        own_choice=KIND_CHOICE,
        chosen=choice.other(KIND_CHOICE),
    )
    counts.files(
        answer,
        key=f"{shown.per.value}-jenis",
        title="Tuntas: jenis masalah",
        lines=(f"Kelompok: {shown.name}",),
    )
    chosen = choice.other(KIND_CHOICE)
    if chosen not in set(answer["jenis"]):
        cards.note("Pilih baris untuk membuka daftar kasus jenis itu.")
        return
    rows = answer[answer["jenis"] == chosen].set_index("kode", drop=False)
    with st.container(border=True):
        head, close = st.columns([5, 1], vertical_alignment="center")
        head.markdown(f"**{chosen} {names[chosen]}**")
        close.button("Tutup", icon=":material/close:", on_click=filters.set_other, args=(KIND_CHOICE, ""))
        listed = replace(choice, masalah=chosen)
        counts.grid([rows.loc[kode] for kode in KIND_CARDS], lambda row: counts.card(row, listed), columns=5)
