# shellcheck shell=bash
# Functions for the virtual environment of the peers. Source this file after jobs/lib.sh.

# Installs the packages that are missing from the environment at PEERS_VENV (default: .venv-peers in
# the repository) and sets `peers_python`. A package that cannot be installed is skipped with
# a message.
#   peers_environment package...
peers_environment() {
  local venv=${PEERS_VENV:-$root/.venv-peers} package version log
  peers_python=$venv/bin/python3
  if [[ ! -x $peers_python ]]; then
    python3 -m venv "$venv" || die "no virtual environment at $venv (Debian: apt install python3-venv)"
  fi
  log=$(mktemp)
  for package; do
    if ! version=$(peer_version "$package"); then
      # One at a time: a package without a release for this Python must not prevent the others.
      echo "Installing $package into $venv"
      "$peers_python" -m pip install --quiet --disable-pip-version-check "$package" >"$log" 2>&1 ||
        tail -n 3 "$log" >&2
      version=$(peer_version "$package") || version="not installed"
    fi
    echo "$package $version"
  done
  rm -f "$log"
}

# Prints the installed version of a package; fails if it is not installed.
peer_version() {
  "$peers_python" -c 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))' "$1" \
    2>/dev/null
}
