# shellcheck shell=bash
# The Python environment of Tuntas, in .venv of the project folder.
#
# Sourced by deploy/mulai.sh and tests/run.sh; run by itself it installs the files named, by default
# requirements.txt:  bash deploy/lingkungan.sh requirements.txt deploy/requirements-postgresql.txt
#
# Defines PROJECT (absolute path), PYTHON (the environment's interpreter) and the functions below.

PROJECT="$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
PYTHON="$PROJECT/.venv/bin/python"

say() { printf '%s\n' "$*" >&2; }

# Whether packages of the operating system may be installed without asking for a password.
may_install() {
  command -v apt-get >/dev/null || return 1
  [[ "$(id -u)" == 0 ]] || sudo -n true 2>/dev/null
}

as_root() {
  if [[ "$(id -u)" == 0 ]]; then "$@"; else sudo -n "$@"; fi
}

apt() {
  # Another apt-get may hold the lock: wait for it.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq "$@"
}

# apt_install PACKAGE... : 0 when installed, 1 when not permitted or not possible; its output only then.
apt_install() {
  may_install || return 1
  say "Memasang dengan apt-get: $*"
  local output
  # The list of packages is empty or old on a fresh machine; without a network it may still be good enough.
  output="$(apt update 2>&1)" || say "$output"
  output="$(apt -y --no-install-recommends install "$@" 2>&1)" || { say "$output" && return 1; }
}

# Prints the first interpreter that runs and is new enough (a shim of a version manager may do neither).
find_python() {
  local candidate
  while read -r candidate; do
    # An activated environment must not be used to build itself.
    [[ "$candidate" == "$PROJECT/.venv/"* ]] && continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done < <(type -aP python3 python3.11 python3.12 python3.13 python3.14 python)
  return 1
}

can_make_environment() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# The environment works, also when the project folder was moved or Python was upgraded.
environment_works() {
  [[ -x "$PYTHON" ]] &&
    "$PYTHON" -c 'import sys, pathlib; sys.exit(sys.version_info < (3, 11) or
pathlib.Path(sys.prefix).resolve() != pathlib.Path(sys.argv[1]).resolve())' "$PROJECT/.venv" 2>/dev/null &&
    "$PYTHON" -m pip --version >/dev/null 2>&1
}

create_environment() {
  local base
  if ! base="$(find_python)"; then
    apt_install python3 python3-venv || true
    if ! base="$(find_python)"; then
      say "Python 3.11 atau lebih baru tidak ditemukan; pasang dahulu (Debian 12: apt-get install python3 python3-venv)."
      return 1
    fi
  fi
  if ! can_make_environment "$base"; then
    # Debian keeps ensurepip in a package of its own, per version of Python.
    local package
    package="python$("$base" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    apt_install "$package" || apt_install python3-venv || true
    if ! can_make_environment "$base"; then
      say "Modul venv untuk $base tidak ada; pasang dahulu: apt-get install $package"
      return 1
    fi
  fi
  say "Membuat lingkungan Python di $PROJECT/.venv"
  "$base" -m venv --clear "$PROJECT/.venv"
}

# Fingerprint of a requirements file and of every file it names with -r.
requirements_hash() {
  "$PYTHON" - "$1" <<'PY'
import hashlib
import pathlib
import sys


def contents(path: pathlib.Path) -> bytes:
    raw = path.read_bytes()
    named = [line.split(maxsplit=1)[1] for line in raw.decode().splitlines() if line.startswith("-r ")]
    return raw + b"".join(contents(path.parent / name.strip()) for name in named)


print(hashlib.sha256(contents(pathlib.Path(sys.argv[1]))).hexdigest())
PY
}

# install_requirements FILE : installs it unless the environment already holds exactly this version of it.
install_requirements() {
  local file="$PROJECT/$1" stamp wanted
  stamp="$PROJECT/.venv/.terpasang-${1//\//-}"
  wanted="$(requirements_hash "$file")" || return 1
  if [[ -f "$stamp" && "$(cat "$stamp")" == "$wanted" ]]; then return 0; fi
  say "Memasang paket Python dari $1 (sekali saja, beberapa menit)"
  # pip compiles one file after the other; compileall takes all processors. What does not compile is a template of a
  # package and is never run.
  if ! "$PYTHON" -m pip install --disable-pip-version-check --no-input --quiet --no-compile -r "$file" >&2; then
    say "Paket Python dari $1 gagal dipasang; periksa sambungan ke gudang paket, lalu ulangi perintah ini."
    return 1
  fi
  "$PYTHON" -m compileall -qq -j 0 "$PROJECT"/.venv/lib/python*/site-packages >/dev/null 2>&1 || true
  # Written last: an interrupted installation is repeated.
  printf '%s\n' "$wanted" >"$stamp"
}

# prepare_environment FILE... : makes the environment when needed and installs the requirements files.
prepare_environment() {
  environment_works || create_environment || return 1
  local file
  for file in "$@"; do
    install_requirements "$file" || return 1
  done
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  if [[ $# == 0 ]]; then set -- requirements.txt; fi
  prepare_environment "$@"
fi
