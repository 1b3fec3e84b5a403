# What bin/run, bin/test and bin/check share: a virtual environment with exactly the locked libraries, Debian's
# packages, and one clear line when something cannot be had. Sourced with bash; leaves the shell in the copy's folder.
# shellcheck shell=bash

set -euo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/.."
VENV=.venv
PYTHON=$VENV/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf '%s\n' "$*"; }

stop() {
  printf '%s: %s\n' "bin/$(basename "$0")" "$*" >&2
  exit 1
}

# How this person may install Debian's packages: prints the command's beginning, or fails.
apt_command() {
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" = 0 ]; then
    printf 'apt-get'
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    printf 'sudo -n apt-get'
  else
    return 1
  fi
}

# install_packages WHY PACKAGE...: installs, or returns 1 having set REMEDY to what a person should run.
install_packages() {
  local why=$1 apt log
  shift
  REMEDY="sudo apt-get install -y $*"
  command -v apt-get >/dev/null || REMEDY="install what Debian calls $* with this system's package manager"
  apt=$(apt_command) || return 1
  say "Installing $* ($why)"
  log=$(mktemp)
  # The list of packages may be missing or old: a second try follows an update.
  # shellcheck disable=SC2086
  if DEBIAN_FRONTEND=noninteractive $apt install -y --no-install-recommends "$@" >"$log" 2>&1 ||
    { $apt update >"$log" 2>&1 && DEBIAN_FRONTEND=noninteractive $apt install -y --no-install-recommends "$@" >"$log" 2>&1; }; then
    rm -f "$log"
  else
    REMEDY="$REMEDY (tried; it said: $(grep -m1 '^E:' "$log" || tail -n1 "$log"))"
    rm -f "$log"
    return 1
  fi
}

find_python() {
  local candidate
  for candidate in python3.13 python3.12 python3.11 python3 python3.14; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# The Python that makes the virtual environment, set as SYSTEM_PYTHON.
need_python() {
  SYSTEM_PYTHON=$(find_python) && return
  install_packages "Python 3.11 or later" python3 python3-venv ||
    stop "this needs Python 3.11 or later. Run: $REMEDY; then run this again."
  SYSTEM_PYTHON=$(find_python) ||
    stop "this system's python3 is older than 3.11. Put Python 3.11 or later on the PATH; then run this again."
}

# need_libraries LOCK: the virtual environment holds what LOCK lists; nothing is done when it does already.
need_libraries() {
  local lock=$1 version package
  local stamp=$VENV/installed-${lock%.txt}
  need_python
  # A folder that was moved, or whose Python was upgraded away, is made anew.
  if ! "$PYTHON" -c '' 2>/dev/null || ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
    if ! "$SYSTEM_PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
      version=$("$SYSTEM_PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
      package=python$version-venv
      install_packages "virtual environments" "$package" ||
        stop "this needs Python's virtual environments. Run: $REMEDY; then run this again."
    fi
    say "Making the virtual environment in $VENV"
    "$SYSTEM_PYTHON" -m venv --clear "$VENV"
  fi
  if cmp -s "$lock" "$stamp"; then return; fi
  say "Installing the libraries that $lock lists (half a minute the first time)"
  rm -f "$VENV"/installed-*
  "$PYTHON" -m pip install --quiet --require-hashes -r "$lock" ||
    stop "the libraries in $lock could not be installed (pip says why above). With the package index in reach, run this again."
  cp "$lock" "$stamp"
  # The development lock holds everything of the other at the same versions (a test says so).
  if [ "$lock" = requirements-dev.txt ]; then cp requirements.txt "$VENV/installed-requirements"; fi
}

have_pdf_libraries() {
  "$PYTHON" -c 'import ctypes; [ctypes.CDLL(n) for n in ("libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")]' 2>/dev/null
}

have_fonts() {
  local folder
  for folder in /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts"; do
    if [ -d "$folder" ] && [ -n "$(find -L "$folder" -name 'LiberationSans-Regular.*' -print -quit 2>/dev/null)" ]; then
      return
    fi
  done
  return 1
}

# What WeasyPrint draws PDF documents with; Python packages do not carry it.
need_system_libraries() {
  if have_pdf_libraries && have_fonts; then return; fi
  install_packages "for PDF documents" libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation ||
    stop "PDF documents need system libraries that are missing here. Run: $REMEDY; then run this again."
}

# What browser tests drive and read PDFs with; returns 1 with REMEDY set when it cannot be had.
have_browser() {
  [ -x "${CHROMIUM:-/usr/bin/chromium}" ] && command -v pdftotext >/dev/null && command -v pdftoppm >/dev/null && return
  install_packages "for browser tests" chromium poppler-utils
}
