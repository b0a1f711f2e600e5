"""The harness notices what the tests of the app rely on it to notice."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.harness import (
    AppServer,
    axe_serious,
    errors_of,
    outside_requests,
    settled,
    shoot,
)
from tests.browser.shots import file_name, viewports

APP = """
import os
import time
import plotly.graph_objects as go
import streamlit as st

def ringkasan():
    pilihan = st.selectbox("Provinsi", ["Aceh", "Bali"])
    time.sleep(0.5)
    st.metric("Terdata", {"Aceh": 11, "Bali": 51}[pilihan])
    for nomor in range(4):
        st.plotly_chart(go.Figure(go.Bar(x=[1, 2], y=[3, 1])), key=f"grafik{nomor}")
    st.text("data di " + os.environ["TUNTAS_DATA"])

def provinsi():
    st.html('<p>Provinsi</p><img src="https://luar.invalid/peta.png">')

def tabel():
    if "kedua" not in st.session_state:
        st.session_state.kedua = True
        st.rerun()
    st.dataframe({"Provinsi": ["Aceh", "Bali"]}, hide_index=True)

pages = (ringkasan, provinsi, tabel)
st.navigation([st.Page(page, url_path=page.__name__, default=page is ringkasan) for page in pages]).run()
"""
# What the page sends from now on arrives later than it takes to look finished.
SLOW = """() => {
  const channel = Object.getPrototypeOf(WebSocket.prototype), send = channel.send;
  channel.send = function (data) { setTimeout(() => send.call(this, data), 1000); };
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    script = tmp_path_factory.mktemp("app") / "dashboard.py"
    script.write_text(APP)
    with AppServer(script=script) as server:
        yield server


@pytest.mark.browser
def test_page_is_settled_only_when_everything_is_drawn(app, page):
    page.goto(app.base)
    settled(page)
    assert page.locator("[data-testid=stPlotlyChart] .main-svg").count() >= 4
    assert page.get_by_test_id("stMetricValue").inner_text() == "11"
    assert str(app.folder) in page.get_by_test_id("stText").inner_text()
    assert outside_requests(page, app.base) == []
    assert errors_of(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("is_slow", [False, True])
def test_settled_waits_for_the_answer_to_a_click(app, page, is_slow):
    page.goto(app.base)
    settled(page)
    if is_slow:
        page.evaluate(SLOW)
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="Bali").click()
    settled(page)
    assert page.get_by_test_id("stMetricValue").inner_text() == "51"


@pytest.mark.browser
def test_settled_waits_for_the_texts_of_a_table(app, page):
    page.goto(app.base + "/tabel")
    settled(page)
    assert page.locator("canvas tbody td").all_text_contents() == ["Aceh", "Bali"]


@pytest.mark.browser
def test_request_to_the_outside_error_and_missing_alt_text_are_noticed(app, page):
    # The browser may need longer to learn that there is no such address than the page to be drawn.
    with page.expect_console_message(lambda message: "luar.invalid" in message.location["url"]):
        page.goto(app.base + "/provinsi")
    settled(page)
    assert outside_requests(page, app.base) == ["https://luar.invalid/peta.png"]
    assert any("luar.invalid" in line for line in errors_of(page))
    assert any(line.startswith("critical image-alt") for line in axe_serious(page))


@pytest.mark.browser
def test_screenshot_reaches_below_the_fold(app, page, tmp_path):
    page.goto(app.base)
    path = shoot(page, "ringkasan", viewport=(800, 600), folder=tmp_path)
    assert path.name == "ringkasan-800x600.png"
    width, height = (int.from_bytes(path.read_bytes()[at : at + 4]) for at in (16, 20))
    assert width == 800
    assert height > 4 * 300
    assert page.viewport_size == {"width": 800, "height": 600}


def test_app_that_does_not_start_says_why(tmp_path):
    with (
        pytest.raises(RuntimeError, match="File does not exist"),
        AppServer(script=tmp_path / "tidak_ada.py"),
    ):
        pass


@pytest.mark.parametrize(
    ("url_path", "name"),
    [("/", "beranda"), ("provinsi?provinsi=35", "provinsi-provinsi-35"), ("/mutu_data", "mutu_data")],
)
def test_file_name(url_path, name):
    assert file_name(url_path) == name


def test_viewports():
    assert viewports("1440x900,390x844") == [(1440, 900), (390, 844)]
    with pytest.raises(argparse.ArgumentTypeError, match="'lebar'"):
        viewports("lebar")


def test_screenshots_stay_out_of_the_repository():
    root = Path(__file__).resolve().parents[2]
    assert "tests/browser/screenshots/" in (root / ".gitignore").read_text().splitlines()
