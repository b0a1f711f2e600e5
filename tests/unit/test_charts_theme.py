"""Colours, texts and settings shared by the charts; the theme of the page; the static files they name."""

import itertools
import tomllib

import plotly.graph_objects as go
import pytest

from lib.charts import theme
from lib.domain import Status
from lib.geo import ROOT, STATIC
from lib.numbers_id import MONTHS

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def options(table, prefix=""):
    """Every option of the configuration file by its dotted name."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def channels(colour):
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def test_every_status_has_a_colour_and_a_pattern_of_its_own():
    assert list(theme.STATUS_COLOURS) == list(Status)
    assert list(theme.STATUS_PATTERNS) == list(Status)
    assert len(set(theme.STATUS_COLOURS.values())) == len(Status)
    assert theme.STATUS_COLOURS["terdata"] == "#0B4F8A"
    assert theme.STATUS_COLOURS["tertangani"] == "#E08A00"
    assert theme.STATUS_COLOURS["terselesaikan"] == "#0E8A7B"


def test_classes_darken_step_by_step_and_no_data_is_grey():
    light = [theme.contrast(colour, "#FFFFFF") for colour in theme.SEQUENTIAL]
    assert len(light) == 5
    assert all(later > earlier * 1.3 for earlier, later in itertools.pairwise(light))
    assert light[0] > 1.25, "the lightest class would vanish on a white page"
    assert max(channels(theme.NO_DATA)) - min(channels(theme.NO_DATA)) < 12


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#FFFFFF", 21.0), ("#FFFFFF", "#FFFFFF", 1.0), ("#777777", "#FFFFFF", 4.48)],
)
def test_contrast(one, other, ratio):
    assert theme.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert theme.contrast(other, one) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("colour", [*theme.STATUS_COLOURS.values(), *theme.SEQUENTIAL])
def test_text_inside_a_mark_is_readable(colour):
    assert theme.contrast(theme.text_on(colour), colour) >= 4.2


@pytest.mark.parametrize("page", ["#FFFFFF", "#0C1624"])
def test_hairlines_are_visible_on_both_pages(page):
    assert theme.contrast(theme.EDGE, page) >= 3


@pytest.mark.parametrize("colour", [theme.STATUS_COLOURS[Status.TERDATA], theme.NEUTRAL_BAR])
def test_dark_counterparts_are_visible_on_the_dark_page(colour):
    assert theme.contrast(theme.DARK_COUNTERPARTS[colour], CONFIG["theme"]["dark"]["backgroundColor"]) >= 3


def test_page_text_is_the_colour_that_streamlit_replaces():
    """Streamlit shows this one as its strong text colour, light or dark; a change there would make it black."""
    from streamlit.elements.lib import streamlit_plotly_theme

    assert theme.PAGE_TEXT == streamlit_plotly_theme.GRAY_90


@pytest.mark.parametrize(
    ("text", "shown"), [("<5", "&lt;5"), ("n < 10", "n &lt; 10"), ("A & B", "A &amp; B"), ("≤ 20", "≤ 20")]
)
def test_plain_keeps_signs_from_becoming_markup(text, shown):
    assert theme.plain(text) == shown


@pytest.mark.parametrize(
    ("text", "width", "wrapped", "lines"),
    [
        ("", 10, "", 0),
        ("Aceh", 10, "Aceh", 1),
        ("Tuna Sosial dan Korban", 11, "Tuna Sosial<br>dan Korban", 2),
        ("Kekerasan/Diperlakukan", 5, "Kekerasan/Diperlakukan", 1),
        ("a < b", 40, "a &lt; b", 1),
    ],
)
def test_wrap(text, width, wrapped, lines):
    assert theme.wrap(text, width=width) == wrapped
    assert theme.line_count(wrapped) == lines


@pytest.mark.parametrize(
    ("n", "catatan", "text"),
    [
        (1234, None, "<b>Aceh</b><br>46,0 %<br>n = 1.234"),
        (None, None, "<b>Aceh</b><br>46,0 %"),
        (float("nan"), "", "<b>Aceh</b><br>46,0 %"),
        (8, "n < 10", "<b>Aceh</b><br>46,0 %<br>n = 8<br>n &lt; 10"),
        (8, "46,0 %", "<b>Aceh</b><br>46,0 %<br>n = 8"),
    ],
)
def test_hover_text(n, catatan, text):
    assert theme.hover_text("Aceh", "46,0 %", n=n, catatan=catatan) == text


@pytest.mark.parametrize(
    ("bawah", "atas", "line"),
    [
        (8, 12.5, "<br>rentang 95 %: 8–12,5"),
        (8, float("nan"), "<br>rentang 95 %: mulai 8"),
        (None, 12, "<br>rentang 95 %: sampai 12"),
        (None, float("nan"), ""),
    ],
)
def test_interval_line(bawah, atas, line):
    assert theme.interval_line(bawah, atas) == line


def test_base_layout_has_indonesian_separators_and_readable_sizes():
    layout = theme.base_layout(height=300, heading="Judul")
    assert layout["separators"] == ",."
    assert layout["legend"]["title"]["text"] == "Judul"
    assert layout["uirevision"] == "tetap"
    sizes = [value for key, value in options(layout) if key.endswith("font.size")]
    assert sizes
    assert min(sizes) >= 12


def test_a_legend_hangs_from_the_upper_edge_of_the_figure():
    """Standing on the plot it lies over it after a window grew, until the next drawing."""
    legend = theme.base_layout(height=300)["legend"]
    assert (legend["yref"], legend["y"], legend["yanchor"]) == ("container", 1, "top")


def test_drawn_completes_the_base_without_changing_it():
    base = theme.base_layout(height=300, heading="Judul")
    figure = theme.drawn([], base, margin={"t": 77}, barmode="stack")
    assert (figure.layout.margin.t, figure.layout.margin.l) == (77, 8)
    assert figure.layout.barmode == "stack"
    assert base == theme.base_layout(height=300, heading="Judul") and base["margin"]["t"] == 0
    with pytest.raises(ValueError, match="bogus"):
        theme.drawn([{"type": "bar", "bogus": 1}], base)


def test_for_dark_replaces_dark_blues_everywhere_and_leaves_the_original():
    terdata = theme.STATUS_COLOURS[Status.TERDATA]
    bars = go.Bar(
        x=[1, 2],
        y=[0, 1],
        marker={"color": [terdata, theme.NO_DATA], "line": {"color": terdata}},
        text=["Terdata", terdata],
    )
    figure = go.Figure(bars, layout={"title": {"font": {"color": terdata}}})
    dark = go.Figure(theme.for_dark(figure))
    lighter = theme.DARK_COUNTERPARTS[terdata]
    assert list(dark.data[0].marker.color) == [lighter, theme.DARK_COUNTERPARTS[theme.NO_DATA]]
    assert dark.data[0].marker.line.color == lighter
    assert dark.layout.title.font.color == lighter
    assert list(dark.data[0].x) == [1, 2]
    assert figure.data[0].marker.line.color == terdata


def test_plotly_config_speaks_indonesian_and_stays_at_home():
    config = theme.plotly_config("peta-penyelesaian", is_map=True)
    words = config["locales"][config["locale"]]
    assert config["topojsonURL"] == "app/static/topojson/"
    assert config["displaylogo"] is False
    assert config["toImageButtonOptions"]["filename"] == "peta-penyelesaian"
    assert config["modeBarButtons"] == [["toImage", "zoomInGeo", "zoomOutGeo", "resetGeo"]]
    assert theme.plotly_config("tren")["modeBarButtons"] == [["toImage"]]
    assert words["format"]["months"] == list(MONTHS)
    assert words["format"]["shortMonths"][7] == "Agu"
    assert words["format"]["days"] == ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"]
    assert words["format"]["shortDays"] == ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"]
    assert (words["format"]["decimal"], words["format"]["thousands"]) == (",", ".")
    assert words["dictionary"]["Download plot as a PNG"] == "Unduh gambar (PNG)"
    assert "http" not in str(config)


def test_require_columns_names_all_that_are_missing():
    import pandas as pd

    frame = pd.DataFrame({"nama": ["Aceh"]})
    with pytest.raises(ValueError, match="missing columns: nilai, n; got: nama"):
        theme.require_columns(frame, "nama", "nilai", "n")


def test_every_option_of_the_page_exists_in_this_streamlit():
    """Streamlit only warns about a name it does not know, and the setting is lost."""
    from streamlit import config

    known = set(config._config_options_template)
    names = {name for name, _ in options(CONFIG)}
    assert names - known == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.headless", True),
        ("server.enableStaticServing", True),
        ("server.enableCORS", True),
        ("server.enableXsrfProtection", True),
        ("server.enableAgentApi", False),
        ("server.fileWatcherType", "none"),
        ("server.maxUploadSize", 200),
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("client.toolbarMode", "minimal"),
        ("client.disableDataExport", True),
    ],
)
def test_the_page_is_hardened(name, value):
    assert dict(options(CONFIG))[name] == value


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_chart_palettes_have_the_lengths_the_drawing_library_needs(mode):
    palette = CONFIG["theme"][mode]
    assert len(set(palette["chartCategoricalColors"])) >= 10
    assert len(set(palette["chartSequentialColors"])) == 10
    assert len(set(palette["chartDivergingColors"])) == 10


def test_the_first_three_colours_of_the_page_are_the_three_stages():
    stages = [theme.STATUS_COLOURS[status] for status in list(Status)[:3]]
    assert CONFIG["theme"]["light"]["chartCategoricalColors"][:3] == stages
    in_dark = [theme.DARK_COUNTERPARTS.get(colour, colour) for colour in stages]
    assert CONFIG["theme"]["dark"]["chartCategoricalColors"][:3] == in_dark


@pytest.mark.parametrize("section", ["light", "dark"])
def test_texts_of_the_page_are_readable(section):
    page = CONFIG["theme"][section]
    for part in (page, page["sidebar"]):
        assert theme.contrast(part["textColor"], part["backgroundColor"]) >= 7
        assert theme.contrast(part["textColor"], part["secondaryBackgroundColor"]) >= 7
        assert theme.contrast(part["linkColor"], part["backgroundColor"]) >= 4.5
    # Streamlit writes the chosen part of a control in the primary colour, on a tenth of it over the page.
    chosen = _over(page["primaryColor"], page["backgroundColor"], share=0.1)
    assert theme.contrast(page["primaryColor"], chosen) >= 4.5


def _over(colour, ground, *, share):
    channels = [
        round(share * int(colour[i : i + 2], 16) + (1 - share) * int(ground[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{channel:02X}" for channel in channels)


def test_no_primary_button_is_used():
    """Streamlit writes on them in white, which the dark page's primary colour is too light for."""
    code = [*(ROOT / "lib" / "web").glob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert not [path.name for path in code if 'type="primary"' in path.read_text(encoding="utf-8")]


def test_static_files_named_by_the_page_exist():
    (face,) = CONFIG["theme"]["fontFaces"]
    font = STATIC / face["url"].removeprefix("app/static/")
    assert font.read_bytes()[:4] == b"wOF2"
    assert "SIL Open Font License" in (STATIC / "fonts" / "LICENSE-plus-jakarta-sans.txt").read_text()
    for name in ("favicon.png", "logo.png", "logo-terang.png"):
        assert (STATIC / name).read_bytes().startswith(b"\x89PNG")


def test_no_static_file_or_setting_names_a_foreign_address():
    for path in [*STATIC.rglob("*.json"), *STATIC.rglob("*.geojson"), ROOT / ".streamlit" / "config.toml"]:
        assert "http" not in path.read_text(encoding="utf-8"), path.name
