"""The real app in a real browser: start it, open pages, wait until they are drawn, look at them.

    with AppServer({"TUNTAS_DATA": str(folder), "TUNTAS_TANPA_MASUK": "1"}) as app:
        page.goto(app.base + "/provinsi")
        settled(page)
        assert not outside_requests(page, app.base)

The fixture `page` is in tests/browser/conftest.py.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, LocatorAssertions, Page

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).resolve().parent / "screenshots"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
DESKTOP = (1440, 900)
# Limits are for a machine that is many times slower than usual; nothing waits longer than it has to.
START_SECONDS = 180
STARTS = 5
SETTLE_SECONDS = 180
WAIT = 180_000  # milliseconds, for whatever a page must come to show
# Taller than any page; Chromium's own limit of a screenshot is 16,384 pixels.
TALLEST = 16_000

# Put into each page before its own scripts: what was asked of the server, whether it has answered, and when the page
# last changed. Message numbers are those of the framework's protocol: to the server 11 asks for a run of the script;
# from the server 4 begins one, and 6 ends it (2: only to begin anew at once).
WATCHED = """(() => {
  const seen = window.tuntasSeen = {awaited: true, begun: false, asked: 0};
  const changed = () => { seen.since = performance.now(); seen.looks = 0; };
  const fields = function* (bytes) {
    let at = 0;
    const number = () => {
      let value = 0, times = 1, byte;
      do { byte = bytes[at++]; value += (byte & 127) * times; times *= 128; } while (byte > 127);
      return value;
    };
    while (at < bytes.length) {
      const tag = number(), value = number();
      yield [Math.floor(tag / 8), value];
      if (tag % 8 === 2) at += value;
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({data}) => {
        for (const [name, value] of fields(new Uint8Array(data))) {
          if (name === 4) seen.begun = true;
          if (name === 6 && value !== 2 && seen.begun) seen.awaited = false;
        }
        changed();
      });
    }
    send(data) {
      if (data[0] >> 3 === 11) { seen.awaited = true; seen.begun = false; changed(); }
      super.send(data);
    }
  };
  new MutationObserver(changed).observe(document, {subtree: true, childList: true, characterData: true});
  changed();
})()"""
# Drawn: the server has answered the last request and the script has ended, nothing is a placeholder or a leftover of
# the previous run, each visible chart has its picture and each table the texts of its rows, the fonts are there - and
# nothing has changed for 250 ms and ten pictures of the browser, because a click may take a moment to become a
# request, and a browser that is slow to draw is slow to do what follows.
DRAWN = """(asked) => {
  const seen = window.tuntasSeen;
  const anew = () => { seen.asked = asked; seen.since = performance.now(); seen.looks = 0; return false; };
  if (seen.asked !== asked || seen.awaited) return anew();
  seen.looks += 1;
  // What follows costs more than a look.
  if (seen.looks < 10 || performance.now() - seen.since < 250) return false;
  const visible = (element) => element.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
  // A table is painted; its texts for readers are written later.
  const written = (canvas) => {
    const grid = canvas.querySelector('[role=grid]');
    return grid?.ariaRowCount === '1' ||
      [...grid?.querySelectorAll('td') ?? []].some((cell) => cell.textContent !== '');
  };
  return (
    document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]') !== null &&
    all('[data-testid=stSkeleton], [data-testid=stAppSkeleton], [data-testid=stSpinner], [data-stale=true]')
      .length === 0 &&
    all('[data-testid=stPlotlyChart]').every((chart) => chart.querySelector('.main-svg, canvas') !== null) &&
    all('[data-testid=stDataFrame] [data-testid=data-grid-canvas]').every(written) &&
    document.fonts.status === 'loaded'
  ) || anew();
}"""

# Each chart on the screen whose last line is missing, outside the chart, or touches its plot or another text.
WITHOUT_FOOT = """() => {
  const box = (element) => element.getBoundingClientRect();
  const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return [...document.querySelectorAll('.js-plotly-plot')].filter((plot) => plot.checkVisibility()).flatMap((plot) => {
    const name = plot.closest('[class*=st-key-]')?.className.match(/st-key-([^ ]+)/)?.[1] ?? '';
    const foot = plot.querySelector('.gtitle'), size = plot._fullLayout._size;
    if (!foot?.textContent.includes('Tuntas versi')) return [`${name}: no source`];
    const own = box(foot), whole = box(plot.querySelector('.main-svg')), found = [];
    if (own.left < whole.left || own.right > whole.right || own.bottom > whole.bottom) found.push('cut off');
    // The meeting's screen scales its charts.
    const times = whole.width / plot._fullLayout.width;
    if (own.top < whole.top + times * (size.t + size.h)) found.push('in the plot');
    for (const text of plot.querySelectorAll('text')) {
      const place = box(text);
      if (!foot.contains(text) && place.width && touch(own, place)) found.push(`over ${text.textContent}`);
    }
    return found.map((problem) => `${name}: source ${problem}`);
  });
}"""

# On /provinsi the front end first asks for these below the page's own path; the 404 is harmless.
HARMLESS_404 = ("/_stcore/health", "/_stcore/host-config")


@dataclass(frozen=True)
class Recording:
    """What a page did since it was opened: every address asked for, every error."""

    urls: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)


_recordings: WeakKeyDictionary[Page, Recording] = WeakKeyDictionary()
_asked = count(1)


class AppServer:
    """`streamlit run` of this project on a free port, as a context; `base` is its address, `log` its output.

    `environment` gives the TUNTAS_ variables; none of the caller's own are passed on, and without TUNTAS_DATA
    the app gets an empty temporary folder. It publishes no version of its own accord unless told to: that would change
    the pages while they are looked at. Raises RuntimeError with the end of the log if it does not start.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, *, script: Path = ROOT / "dashboard.py"
    ) -> None:
        self.script = script
        self.environment = dict(environment or {})
        self.base = ""

    def __enter__(self) -> AppServer:
        self.folder = Path(tempfile.mkdtemp(prefix="tuntas-app-"))
        self.log = self.folder / "app.log"
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        shutil.rmtree(self.folder)

    def output(self) -> str:
        """What the app has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _start(self) -> None:
        for attempt in range(1, STARTS + 1):
            port = free_port()
            self.base = f"http://127.0.0.1:{port}"
            with self.log.open("wb") as stream:
                self.process = subprocess.Popen(
                    self._command(port),
                    cwd=self.script.parent,
                    env=self._variables(),
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                )
            try:
                self._wait_until_ready(port)
                return
            except RuntimeError:
                self._stop()
                # Another program took the port between finding it and using it.
                if attempt == STARTS or "is not available" not in self.output():
                    raise

    def _command(self, port: int) -> list[str]:
        options = {
            "server.address": "127.0.0.1",
            "server.port": port,
            "server.headless": "true",
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": "false",
            "logger.hideWelcomeMessage": "false",
        }
        flags = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-m", "streamlit", "run", str(self.script), *flags]

    def _variables(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TUNTAS_", "STREAMLIT_"))}
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        own = {"TUNTAS_DATA": str(data), "TUNTAS_SEGARKAN_MENIT": "0", "PYTHONUNBUFFERED": "1"}
        return kept | own | self.environment

    def _wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the app ended with {self.process.returncode}:\n{self.output()[-4000:]}")
            # The log must name the port too: without it the answer may come from another program.
            if f":{port}" in self.output() and _healthy(self.base):
                return
            time.sleep(0.05)
        raise RuntimeError(f"the app was not ready after {START_SECONDS} s:\n{self.output()[-4000:]}")

    def _stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _healthy(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/_stcore/health", timeout=2) as answer:
            return answer.read() == b"ok"
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def chromium() -> str | None:
    """The path of an installed Chromium that runs, or None (some packages are only a notice to install another)."""
    for path in filter(None, map(shutil.which, CHROMIUM_NAMES)):
        if subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


@contextmanager
def running_browser(executable: str) -> Iterator[Browser]:
    """One headless Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed by tests without a browser

    with sync_playwright() as playwright:
        # Root, as in a container, cannot use Chromium's sandbox; only our own pages are opened. Without a graphics card
        # Chromium would imitate one, which takes a fifth longer.
        started = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield started
        finally:
            started.close()


@contextmanager
def open_page(browser: Browser, *, viewport: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """A page with nothing cached, in Indonesian and WIB, which records its requests and errors."""
    width, height = viewport
    context = browser.new_context(
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT)
    context.add_init_script(WATCHED)
    try:
        page = context.new_page()
        recording = Recording()
        _recordings[page] = recording
        context.on("request", lambda request: recording.urls.append(request.url))
        page.on("websocket", lambda channel: recording.urls.append(channel.url))
        page.on("console", lambda message: _record_console(recording, message))
        page.on("pageerror", lambda error: recording.page_errors.append(str(error)))
        yield page
    finally:
        context.close()


def _record_console(recording: Recording, message: ConsoleMessage) -> None:
    if message.type != "error":
        return
    address = message.location.get("url", "")
    if "404" in message.text and address.endswith(HARMLESS_404):
        return
    recording.console_errors.append(f"{message.text} ({address})")


def recording_of(page: Page) -> Recording:
    """The recording of a page made by open_page."""
    return _recordings[page]


def errors_of(page: Page) -> list[str]:
    """Console errors and uncaught exceptions of a page so far."""
    recording = recording_of(page)
    return recording.console_errors + recording.page_errors


def outside_requests(page: Page, base: str) -> list[str]:
    """Addresses the page asked for that are not the app's own (data: and blob: never leave the browser)."""
    own = urlsplit(base).netloc
    sent = [url for url in recording_of(page).urls if urlsplit(url).scheme not in ("data", "blob", "about")]
    return [url for url in sent if urlsplit(url).netloc != own]


def settled(page: Page, *, seconds: float = SETTLE_SECONDS) -> None:
    """Wait until the page is drawn; raises playwright's TimeoutError when it is not in time."""
    page.wait_for_function(DRAWN, arg=next(_asked), timeout=seconds * 1000)


def expect(place: Locator) -> LocatorAssertions:
    """Assertions that wait until they hold."""
    from playwright import sync_api  # noqa: PLC0415 - not needed by tests without a browser

    sync_api.expect.set_options(timeout=WAIT)
    return sync_api.expect(place)


def shoot(
    page: Page,
    name: str,
    *,
    viewport: tuple[int, int] = DESKTOP,
    folder: Path = SCREENSHOTS,
    whole: bool = True,
) -> Path:
    """Save a screenshot NAME-WIDTHxHEIGHT.png at a viewport; `whole` includes what lies below the fold."""
    width, height = viewport
    page.set_viewport_size({"width": width, "height": height})
    settled(page)
    if whole:
        # The page scrolls inside stMain, so Chromium's own full-page screenshot ends at the fold.
        tall = page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 0")
        page.set_viewport_size({"width": width, "height": min(max(height, tall), TALLEST)})
        settled(page)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{width}x{height}.png"
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": height})
    return path


def axe_serious(page: Page) -> list[str]:
    """Serious and critical accessibility violations found by axe, each as one line with the places."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - not needed by tests without a browser

    violations = Axe().run(page).response["violations"]
    return [
        f"{found['impact']} {found['id']}: {found['help']} - "
        + "; ".join(" ".join(map(str, node["target"])) for node in found["nodes"])
        for found in violations
        if found["impact"] in ("serious", "critical")
    ]
