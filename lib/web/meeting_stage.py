"""The story of a meeting on the screen: one message per step, in large type, turned by keyboard or pointer.

The address holds filter and step, so that a link opens the same step of the same story.
"""

from __future__ import annotations

import html

import plotly.graph_objects as go
import streamlit as st

from lib import geo, present, text
from lib.charts import maps, stage
from lib.charts.foot import written
from lib.charts.theme import STATUS_COLOURS
from lib.domain import AccessRefused, Scope, Status, UserError
from lib.exports import story, story_steps
from lib.exports.step import Chart, Step, Story
from lib.indicators.records import INDICATORS
from lib.numbers_id import angka
from lib.scoping import allowed_provinces
from lib.web import cache, cards, filters
from lib.web import decisions as decided
from lib.web.session import current_settings, current_source

STEP, WANTED, AGREED = "langkah", "keputusan", "tindak-lanjut"
# Definitions are read on paper and on Kamus, not from ten metres.
LEFT_OUT = ("definisi",)
NAMES = {
    "pokok": "Pokok",
    "peta": "Provinsi",
    "kabkota": "Kabupaten/kota",
    "klaster": "Klaster",
    "tren": "Tren",
    "waktu": "Waktu",
    "tersendat": "Tersendat",
    "beban": "Beban",
    WANTED: "Keputusan",
    AGREED: "Tindak lanjut",
}
WISH = "rapat_langkah"
COLOURS = {
    "I01": STATUS_COLOURS[Status.TERDATA],
    "I02": STATUS_COLOURS[Status.TERTANGANI],
    "I03K": STATUS_COLOURS[Status.TERSELESAIKAN],
    "I03": STATUS_COLOURS[Status.TERSELESAIKAN],
}
MOST_TILES = 4
MOST_ROWS = 5
# What a room needs of a tindak lanjut; the rest is on its own page and in the pack.
COLUMNS = ("Keputusan", "Wilayah", "Penanggung jawab", "Tenggat", "Keadaan", "Nilai sekarang")
# Made for 1280 by 720; on a larger screen all type grows, the chart's with its drawing, because a figure's pixels know
# nothing of the screen: the framework measures a smaller place, and what is drawn for it is scaled. The drawing library
# follows a scaled drawing with its pointer, but not a zoomed one. The chart takes the height that is left.
_LARGER = (1580, 860, 1.25), (1900, 1000, 1.5), (2540, 1360, 2.0), (3800, 2000, 3.0)
_STYLE = """
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"] {display: none}
.stMainBlockContainer {padding: 0.4rem 2.2rem 0.2rem; max-width: 100%; --besar: 1px; --gambar: 1}
.stMainBlockContainer [data-testid="stVerticalBlock"] {gap: 0.55rem}
.panggung-judul {font-size: calc(36 * var(--besar)); line-height: 1.16; font-weight: 700; margin: 0}
.panggung-kalimat {font-size: calc(19 * var(--besar)); line-height: 1.3; margin: 0}
.panggung-kotak {display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px}
.panggung-kotak div {border: 2px solid rgb(124 140 161); border-radius: 10px; padding: 4px 14px}
.panggung-kotak b {display: block; font-size: calc(40 * var(--besar)); line-height: 1.15}
.panggung-kotak span {display: block; font-size: calc(18 * var(--besar)); line-height: 1.25}
.panggung-daftar {font-size: calc(25 * var(--besar)); line-height: 1.3; margin: 0; padding-left: 1.2em}
.panggung-daftar li {margin-bottom: 0.4em}
.panggung-tabel {font-size: calc(19 * var(--besar)); border-collapse: collapse; width: 100%}
.panggung-tabel td, .panggung-tabel th {border-bottom: 1px solid rgb(124 140 161); padding: 0.3em 0.6em;
  text-align: left; vertical-align: top}
.panggung-kaki {font-size: calc(12 * var(--besar)); line-height: 1.25; margin: 0}
.stMainBlockContainer {height: 100vh; display: flex; flex-direction: column}
.stMainBlockContainer > [data-testid="stVerticalBlock"] {flex: 1 1 0; min-height: 0}
[data-testid="stLayoutWrapper"]:has(> .st-key-panggung_grafik) {flex: 1 1 0; min-height: 230px}
.st-key-panggung_grafik {position: relative; height: 100%}
.st-key-panggung_grafik > .stElementContainer {position: absolute; left: 0; top: 0; max-width: none;
  width: calc(100% / var(--gambar)); height: calc(100% / var(--gambar))}
.st-key-panggung_grafik > .stElementContainer > * {height: 100%}
.st-key-panggung_grafik .js-plotly-plot {transform: scale(var(--gambar)); transform-origin: 0 0}
.st-key-panggung_grafik :has(> .js-plotly-plot) {overflow: visible}
.st-key-panggung_tombol_lain {display: none}
.stMainBlockContainer kbd {color: inherit; opacity: 1}
.st-key-versi_simpanan {flex-wrap: nowrap; padding: 2px 12px}
@media (min-width: 800px) and (max-height: 859px) {
  /* The banner of a kept version takes the room of two bars. */
  .stMainBlockContainer:has(.st-key-versi_simpanan) {--gambar: 0.85}
  .stMainBlockContainer:has(.st-key-versi_simpanan) .panggung-judul {font-size: 32px}
}
@media (max-width: 799px) {
  .stMainBlockContainer {padding: 0.6rem 1rem; --besar: 0.75px; --gambar: 0.6}
  .panggung-kotak {grid-template-columns: repeat(2, 1fr)}
  .panggung-tabel {display: block; overflow-x: auto}
}
"""
STYLE = f"<style>{_STYLE}" + "".join(
    f"@media (min-width: {width}px) and (min-height: {height}px) "
    f"{{.stMainBlockContainer {{--besar: {times}px; --gambar: {times}}}}}"
    for width, height, times in _LARGER
)
STYLE += "</style>"


def is_on(choice: filters.Choice) -> bool:
    """Whether the address asks for a step of the story."""
    return bool(choice.other(STEP))


def start_button() -> None:
    """The way from the page to the story."""
    st.button(
        "Mulai tayangan",
        icon=":material/slideshow:",
        on_click=_wish,
        args=("pokok",),
        key="mulai_tayangan",
        help="Satu pesan per layar. Panah kiri dan kanan, PageUp dan PageDown, atau alat penunjuk untuk berpindah; "
        "Esc untuk kembali ke sini. Tautan di bilah alamat membuka layar yang sama.",
    )


def follow_wish() -> bool:
    """Turn to the step that a button asked for; says whether there was a wish."""
    wish = st.session_state.pop(WISH, None)
    if wish is None:
        return False
    filters.set_other(STEP, wish)
    return True


def _wish(name: str) -> None:
    # Only noted here: rights are checked before the page turns.
    st.session_state[WISH] = name


def told(scope: Scope, choice: filters.Choice) -> Story:
    """The story of the choice, computed once per version; raises UserError where not even the counts may be shown."""

    def tell() -> Story:
        return story.tell(scope, choice.case_filter(), source=current_source(), values=current_settings())

    return cache.made("rapat.cerita", scope, tell, choice.case_filter())


def show(scope: Scope, choice: filters.Choice) -> None:
    """One step of the story, alone on the screen, with its place in the story and the ways on."""
    st.html(STYLE)
    asked = choice.other(STEP)
    try:
        everything = told(scope, choice)
    except AccessRefused:
        raise
    except UserError as error:
        # Beside the message there is no menu, so the way back stands here.
        st.warning(str(error), icon=":material/block:")
        _end_button()
        return
    steps = {step.nama: step for step in everything.langkah if step.nama not in LEFT_OUT}
    names = [*steps, AGREED]
    if asked not in names:
        st.warning(
            f"Langkah “{asked}” tidak ada dalam cerita ini; ditampilkan dari awal.",
            icon=":material/link_off:",
        )
        asked = names[0]
    place = names.index(asked)
    if asked == AGREED:
        _agreed(scope, choice)
    else:
        key = (choice.case_filter(), asked, geo.provinsi_geojson_url())
        cache.drawn("rapat.langkah", scope, lambda: _step(steps[asked]), *key)
    _turning(names, place)
    label = f"{text.SIMULATION}. " if everything.simulasi else ""
    st.html(f'<p class="panggung-kaki">{html.escape(label + everything.kaki)}</p>')


def _turning(names: list[str], place: int) -> None:
    """Buttons and keys: arrows, the two keys of a presenter's clicker, Home and Escape."""
    last = len(names) - 1
    before, after = names[max(place - 1, 0)], names[min(place + 1, last)]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button(
            "Sebelumnya",
            icon=":material/arrow_back:",
            on_click=_wish,
            args=(before,),
            shortcut="Left",
            disabled=place == 0,
            key="panggung_mundur",
        )
        st.markdown(f"**{place + 1} dari {last + 1}** · {NAMES[names[place]]}", width="content")
        st.button(
            "Selanjutnya",
            icon=":material/arrow_forward:",
            on_click=_wish,
            args=(after,),
            shortcut="Right",
            disabled=place == last,
            key="panggung_maju",
        )
        _end_button()
    # The same ways for other keys; not shown, because a button has room for one key only.
    with st.container(key="panggung_tombol_lain"):
        for label, key, target in (
            ("Mundur", "PageUp", before),
            ("Maju", "PageDown", after),
            ("Awal", "Home", names[0]),
            ("Akhir", "End", names[-1]),
        ):
            st.button(label, on_click=_wish, args=(target,), shortcut=key, key=f"panggung_{key}")


def _end_button() -> None:
    st.button(
        "Selesai",
        icon=":material/close:",
        on_click=_wish,
        args=("",),
        shortcut="Esc",
        key="panggung_selesai",
    )


def _step(step: Step) -> None:
    st.html(f'<h1 class="panggung-judul">{html.escape(step.judul)}</h1>')
    if step.peta is not None:
        _map(step)
    elif step.nama == WANTED:
        _decisions(step)
    else:
        _tiles(step)
        if step.grafik is not None:
            _chart(step, step.grafik)
    if step.kalimat:
        st.html(f'<p class="panggung-kalimat">{html.escape(step.kalimat)}</p>')


def _tiles(step: Step) -> None:
    if not step.kotak:
        return
    boxes = "".join(
        f"<div><span>{html.escape(tile.nama)}</span><b>{html.escape(tile.tampil)}</b>"
        f"<span>{html.escape(tile.n)}</span></div>"
        for tile in step.kotak[:MOST_TILES]
    )
    st.html(f'<div class="panggung-kotak">{boxes}</div>')


def _chart(step: Step, chart: Chart) -> None:
    marks = [
        stage.Marks(nama=each.nama, nilai=each.nilai, tampil=each.tampil, warna=COLOURS.get(each.kode))
        for each in chart.seri
    ]
    kind = stage.LINES if step.nama == "tren" else chart.rupa
    figure = stage.chart(kind, chart.kategori, marks, title=chart.judul)
    _filling(figure, step)


def _filling(figure: go.Figure, step: Step, *, is_map: bool = False) -> None:
    """A chart as high as the screen leaves room for, whatever stands above and below it."""
    with st.container(key="panggung_grafik"):
        cards.chart(
            figure,
            key=f"panggung_{step.nama}",
            sentence=step.judul,
            is_map=is_map,
            height="stretch",
            foot=written(cards.picture_source(), size=stage.FOOT, width=stage.FOOT_WIDTH),
        )


def _map(step: Step) -> None:
    shown = set(step.frame["kode"])
    kode = story_steps.ON_THE_MAP if story_steps.ON_THE_MAP in shown else "I05M"
    one = step.frame[step.frame["kode"] == kode].reset_index(drop=True)
    days = (one["sampai"].iloc[0] - one["dari"].iloc[0]).days + 1
    frame, limits, labels = present.by_province(one, period_days=days)
    figure = maps.choropleth(
        frame,
        geojson_url=geo.provinsi_geojson_url(),
        limits=limits,
        labels=labels,
        title=INDICATORS[kode].nama,
        unit=INDICATORS[kode].satuan,
    )
    _filling(stage.enlarged(figure), step, is_map=True)


def _decisions(step: Step) -> None:
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in step.putusan)
    if items:
        st.html(f'<ol class="panggung-daftar">{items}</ol>')


def _agreed(scope: Scope, choice: filters.Choice) -> None:
    """What earlier meetings agreed and how its figures stand now, the overdue first."""
    try:
        rows = decided.agreed(scope)
    except UserError as error:
        # Said here and not by the page, so that the ways on still follow.
        st.warning(f"Tindak lanjut tidak tampil. {error}", icon=":material/info:")
        return
    rows = story.of_place(rows, allowed_provinces(scope, choice.case_filter()))
    if rows.empty:
        st.html('<h1 class="panggung-judul">Belum ada tindak lanjut yang terbuka</h1>')
        return
    st.html(f'<h1 class="panggung-judul">{angka(len(rows))} tindak lanjut terbuka</h1>')
    head = "".join(f"<th>{html.escape(name)}</th>" for name in COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows[list(COLUMNS)].head(MOST_ROWS).itertuples(index=False)
    )
    st.html(f'<table class="panggung-tabel"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
    if len(rows) > MOST_ROWS:
        more = f"{angka(len(rows) - MOST_ROWS)} tindak lanjut lain ada di halaman Tindak lanjut."
        st.html(f'<p class="panggung-kalimat">{more}</p>')
