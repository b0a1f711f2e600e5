#!/usr/bin/env bash
# Sets up what the tests need and runs them:  bash tests/run.sh [arguments of pytest]
#
# Without arguments: ruff, then every test. With arguments (bash tests/run.sh tests/unit -k median): just those.
# Chromium and PostgreSQL are installed with apt-get where that is permitted; without them their tests are
# skipped and named, but when CI is set a skipped test is a failure (tests/conftest.py).
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../deploy/lingkungan.sh"
cd "$PROJECT" || exit 1

prepare_environment tests/requirements.txt || exit 1
# Else every server and command that a test starts would compile the whole program anew.
unset PYTHONDONTWRITEBYTECODE

failed=()

# need NAME CHECK PACKAGE... : makes sure that a program of the operating system is there.
need() {
  local name="$1" check="$2"
  shift 2
  if "$PYTHON" -c "$check" 2>/dev/null; then return 0; fi
  apt_install "$@" || true
  if "$PYTHON" -c "$check" 2>/dev/null; then return 0; fi
  if [[ -n "${CI:-}" ]]; then
    say "$name tidak ada dan tidak dapat dipasang; di bawah CI itu kegagalan."
    failed+=("$name")
  else
    say "$name tidak ada, maka uji yang memerlukannya dilewati. Untuk menjalankannya: apt-get install $*"
  fi
}

need PostgreSQL "from tests.postgres import binaries; binaries() or exit(1)" postgresql
need Chromium "from tests.browser.harness import chromium; chromium() or exit(1)" chromium fonts-liberation
need LibreOffice "import shutil; all(map(shutil.which, ('soffice', 'pdftotext', 'pdftoppm'))) or exit(1)" \
  libreoffice-impress libreoffice-calc poppler-utils fonts-liberation

closing="$(mktemp)"
trap 'rm -f "$closing"' EXIT

selected=0

# stage LABEL ARGUMENT... : one run of pytest, whose closing line is shown again at the end.
stage() {
  local label="$1" status output
  shift
  output="$(mktemp)"
  printf '== %s\n' "$label"
  "$PYTHON" -m pytest -rfEs "$@" 2>&1 | tee "$output"
  status="${PIPESTATUS[0]}"
  # 5: nothing of what was asked for belongs to this stage.
  if [[ "$status" != 5 ]]; then
    selected=1
    { printf '== %s\n' "$label" && grep -v '^[[:space:]]*$' "$output" | tail -n 1; } >>"$closing"
    [[ "$status" == 0 ]] || failed+=("$label")
  fi
  rm -f "$output"
}

if [[ $# == 0 ]]; then
  printf '== ruff\n'
  "$PYTHON" -m ruff check . || failed+=("ruff check")
  "$PYTHON" -m ruff format --check . || failed+=("ruff format --check")
fi

# One worker per file: fixtures of a module (a database, a snapshot, a server) are made once. In the order of their
# folders, so that the quick ones of tests/unit come last and no worker ends alone with a long one. The browsers come
# second, so that a page is not slowed by the rest; each of the two workers has its own browser and servers.
spread=(-n 2 --dist loadfile --no-loadscope-reorder)
if [[ " $* " == *" -m "* ]]; then
  stage "pytest" "$@"
else
  stage "pytest" "${spread[@]}" -m "not browser" "$@"
  stage "pytest (peramban)" "${spread[@]}" -m browser "$@"
fi
if [[ "$selected" == 0 ]]; then failed+=("tidak ada uji yang terpilih"); fi

if [[ ${#failed[@]} -gt 0 ]]; then
  printf 'GAGAL: %s\n' "${failed[@]}"
fi
cat "$closing"
[[ ${#failed[@]} == 0 ]]
