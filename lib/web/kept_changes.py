"""The section of Versi that holds two versions against each other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib import measure, present_versions, text, text_versions, versions
from lib.charts import versions as charts
from lib.domain import Dimensi, Role, Scope
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka, tanggal
from lib.settings import LIVE
from lib.versions import Kept
from lib.web import cache, counts, filters
from lib.web import cards as pieces
from lib.web.session import kept_source, present_settings, published_source

KODES = (
    *("I01", "I02", "I03", "I03K", "I13", "I16", "I04-180", "I05M", "I08", "I10", "I11"),
    *("I15-n", "I18-rata", "I28"),
)
THEN, NOW, FIGURE = "dulu", "kini", "angka"
NEWEST = ""
MOST = 15


def section(scope: Scope, choice: filters.Choice) -> None:
    """Two versions, the figures of both, and what new events and what revised data have changed."""
    st.subheader("Bandingkan dua versi", help="\n\n".join(text_versions.DEFINITION))
    if scope.role is Role.ADMIN_DATA:
        pieces.note(text_versions.INTERNAL_ONLY)
        return
    if present_settings().sumber == LIVE:
        pieces.note(
            "Sumber langsung tidak punya versi terbit; bandingkan dua versi simpanan dengan `banding`."
        )
        return
    known = {kept.versi: kept for kept in versions.every(present_settings())}
    others = [versi for versi in known if versi != published_source().versi]
    if not others:
        st.info(
            "Perbandingan muncul sesudah ada versi simpanan yang lebih lama daripada data terbaru.",
            icon=":material/compare_arrows:",
        )
        return
    filters.bar(choice, scope.provinces)
    then = counts.own_choice(choice, THEN, (*others, *(v for v in known if v not in others)), label="Versi")
    now = counts.own_choice(choice, NOW, (NEWEST, *known), label="Versi")
    _choosers(known, then, now)
    if then == (now or published_source().versi):
        st.info("Kedua pilihan adalah versi yang sama; pilih dua versi yang berbeda.", icon=":material/info:")
        return
    # Whoever chooses the newer one on the left still asks what has come since.
    earlier, later = sorted((_side(known, then), _side(known, now)), key=lambda side: side.source.versi)
    _changes(scope, choice, earlier, later)


def _choosers(known: dict[str, Kept], then: str, now: str) -> None:
    st.session_state["vs_dulu"], st.session_state["vs_kini"] = then, now
    left, right = st.columns(2)
    for column, label, key, name, codes in (
        (left, "Versi yang lama", "vs_dulu", THEN, list(known)),
        (right, "Dibandingkan dengan", "vs_kini", NOW, [NEWEST, *known]),
    ):
        column.selectbox(
            label,
            codes,
            format_func=lambda versi: _name(known, versi),
            key=key,
            on_change=lambda name=name, key=key: filters.set_other(name, st.session_state[key]),
            placeholder="Pilih versi",
        )


def _name(known: dict[str, Kept], versi: str) -> str:
    if versi not in known:
        return text_versions.NEWEST_NAME
    return f"{known[versi].nama} ({tanggal(known[versi].disimpan.date())})"


def _side(known: dict[str, Kept], versi: str) -> measure.Side:
    values = present_settings()
    if versi == NEWEST:
        return measure.Side(source=published_source(), settings=values)
    kept = known[versi]
    return measure.Side(source=kept_source(kept), settings=versions.settings_then(values, kept))


def _changes(scope: Scope, choice: filters.Choice, earlier: measure.Side, later: measure.Side) -> None:
    def asked(kodes: tuple[str, ...], per: Dimensi | None) -> pd.DataFrame:
        return cache.made(
            "versi.selisih",
            scope,
            lambda: measure.revisions(
                scope, kodes, choice.case_filter(), earlier=earlier, later=later, per=per
            ),
            kodes,
            choice.case_filter(),
            per,
            *((side.source.versi, side.source.simpanan, side.settings.digest) for side in (earlier, later)),
        )

    kode = counts.own_choice(choice, FIGURE, KODES, label="Angka")
    whole = asked(KODES, None)
    row = whole[whole["kode"] == kode].iloc[0]
    st.markdown(f"#### {text_versions.sentence(row, place=filters.place(scope, choice))}")
    _notes(whole, earlier, later)
    shown = present_versions.with_texts(whole)
    columns = present_versions.COLUMNS
    st.dataframe(
        shown[list(columns)].rename(columns=columns),
        hide_index=True,
        placeholder="–",
        key="versi_angka",
        height=38 + 35 * len(shown),
        column_config={
            columns["nama"]: st.column_config.TextColumn(width=290),
            **{
                columns[name]: st.column_config.TextColumn(alignment="right")
                for name in columns
                if name.startswith("tampil_")
            },
        },
    )
    if why := present_versions.why_whole(whole):
        pieces.note(why)
    pieces.downloads(whole, key="versi", title="Tuntas: perbandingan dua versi", lines=_lines(earlier, later))
    _figure(kode)
    if len(scope.provinces) > 1 and not choice.provinsi:
        _provinces(kode, asked((kode,), Dimensi.PROVINSI), _lines(earlier, later))


def _lines(earlier: measure.Side, later: measure.Side) -> tuple[str, ...]:
    """What the files say besides: both versions and what the columns mean."""
    return (
        *(
            f"{word}: versi {side.source.versi} ({side.source.simpanan or text_versions.NEWEST_NAME})"
            for word, side in (("Dulu", earlier), ("Kini", later))
        ),
        *(line.replace("**", "") for line in text_versions.DEFINITION),
        text_versions.INTERNAL_ONLY,
    )


def _notes(whole: pd.DataFrame, earlier: measure.Side, later: measure.Side) -> None:
    """What keeps the numbers from being alike in all but the data."""
    left_out = whole["catatan"].dropna().str.extract(r"tanpa (\d+) provinsi", expand=False).dropna()
    parts = [text_versions.INTERNAL_ONLY]
    if len(left_out):
        parts.append(
            f"{left_out.iloc[0]} provinsi belum mengirim pada salah satu versi dan tidak ikut dihitung."
        )
    if earlier.settings.digest != later.settings.digest:
        parts.append(
            "Ambang, bobot, atau kebijakan kedua versi berbeda; angka yang bergantung padanya tidak dipecah."
        )
    pieces.note(" ".join(parts))


def _figure(kode: str) -> None:
    st.session_state["vs_angka"] = kode
    st.selectbox(
        "Angka yang dirinci",
        KODES,
        format_func=lambda each: INDICATORS[each].nama,
        key="vs_angka",
        on_change=lambda: filters.set_other(FIGURE, st.session_state["vs_angka"]),
        help=text.definition(kode),
        placeholder="Pilih angka",
        width=420,
    )


def _provinces(kode: str, rows: pd.DataFrame, lines: tuple[str, ...]) -> None:
    """The provinces whose figure differs most, and all of them in the table."""
    name, unit = INDICATORS[kode].nama, INDICATORS[kode].satuan
    frame = present_versions.most_changed(rows, MOST)
    changed = int((rows["selisih"].abs() > 0).sum())
    if frame.empty:
        pieces.note(f"{name}: tidak ada provinsi yang angkanya berbeda antara kedua versi.")
    else:
        figure = charts.then_and_now(frame, heading=f"{name} per provinsi: dulu dan kini", unit=unit)
        told = "; ".join(f"{row.nama} {row.tampil}" for row in frame.head(5).itertuples())
        sentence = f"{name} berbeda di {angka(changed)} provinsi. Selisih terbesar: {told}."
        pieces.chart(figure, key="versi_provinsi", sentence=sentence)
        if changed > MOST:
            pieces.note(
                f"Tampak {MOST} dari {angka(changed)} provinsi yang angkanya berbeda; semuanya ada di tabel."
            )

    with pieces.behind_click(pieces.TABLE_LABEL, key="versi-provinsi", icon=":material/table:") as is_open:
        if is_open:
            shown, columns = (
                present_versions.with_texts(rows),
                present_versions.COLUMNS | {"nama": "Provinsi"},
            )
            st.dataframe(shown[list(columns)].rename(columns=columns), hide_index=True, placeholder="–")
            pieces.downloads(
                rows, key="versi-provinsi", title="Tuntas: perbandingan dua versi per provinsi", lines=lines
            )
